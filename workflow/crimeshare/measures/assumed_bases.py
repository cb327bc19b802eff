"""How many people answered where nobody has published it: assumed, in named scenarios.

The nearest published base is that of other questions in the same self-completion module, put to
people of 16 to 74.  Over the interviews of people of that age in its years, counting those of which
half were asked by half, it gives the share of people interviewed who answer the module.  How many
of those interviewed are of that age is counted in the nearest year whose bases by age are
published.  That share is then applied to people of other ages, those of 75 and over among them.
"""

from datetime import date
from typing import Any

import pandas as pd

from crimeshare.measures.factors import PERSONS
from crimeshare.measures.intervals import WrongArgument
from crimeshare.measures.provenance import CELLS_APART, cell_names, keyed
from crimeshare.periods import first_day

SCENARIOS = ("everybody_asked", "half_asked")
"""What may hold in years for which it is not known whether the questions were put to everybody or
to half the sample.  In other years both say the same."""

KNOWN, POSSIBLE = "known", "possible"


class Assumptions:
    """Assumed bases, from the tables that say what they rest on.

    Args:
        parts: ``assumed_bases.csv``: ``part``, ``key``, ``first_day``, ``last_day``, ``value``.
            ``asked`` is the share of the sample that the questions were put to from one day to
            another, ``known`` or ``possible``; ``age`` the share of an age among people
            interviewed, and ``months`` that of a year of which data cover a part.
        bases: ``module_bases.csv``: ``first_day``, ``last_day``, ``sex``, ``age``,
            ``n_unweighted``: published bases of the module, for all and by sex.
        estimates: hold the interviews of each year, and by age those of some.
    """

    def __init__(self, parts: pd.DataFrame, bases: pd.DataFrame, estimates: pd.DataFrame) -> None:
        whole = estimates[
            estimates["n_unweighted"].notna()
            & (estimates["unit_base"] == PERSONS)
            & (estimates["age"] == EVERYBODY)
        ]
        largest = whole.loc[whole.groupby("period_end")["n_unweighted"].idxmax()]
        days = largest["period_end"].dt.date
        self.interviews: dict[date, float] = dict(zip(days, largest["n_unweighted"], strict=True))
        ends = "period_end " + days.astype("str")
        rows = keyed("survey_estimates", largest["release_id"], "n_unweighted", ends)
        self._rows: dict[date, str] = dict(zip(days, rows, strict=True))
        cells = cell_names(largest).fillna(rows)
        self._cells: dict[date, str] = dict(zip(days, cells, strict=True))
        self._bases = {row["sex"]: row for row in bases.to_dict("records")}
        self._by_age = _interviews_by_age(estimates)
        self._parts: dict[tuple[str, str], list[tuple[date, date, float]]] = {}
        for part, key, first, last, value in zip(
            *(parts[name] for name in ("part", "key", "first_day", "last_day", "value")),
            strict=True,
        ):
            days = (_day(first) or date.min, _day(last) or date.max, float(value))
            self._parts.setdefault((part, key), []).append(days)

    @property
    def module_base(self) -> float:
        """The published base that the others are derived from."""
        return float(self._bases["all"]["n_unweighted"])

    @property
    def module_years(self) -> list[date]:
        """Last days of the years of that base."""
        first, last = (date.fromisoformat(self._bases["all"][end]) for end in _DAYS)
        return [day for day in self.interviews if first <= day <= last and day.month == last.month]

    def asked(self, period_end: date, scenario: str) -> float:
        """The share of the sample that the questions were put to in a year."""
        first = first_day(period_end)
        kinds = (KNOWN, POSSIBLE) if scenario == "half_asked" else (KNOWN,)
        not_asked = 0.0
        for kind in kinds:
            for start, end, value in self._parts.get(("asked", kind), []):
                days = (min(end, period_end) - max(start, first)).days + 1
                not_asked += (1 - value) * max(days, 0) / ((period_end - first).days + 1)
        return 1 - not_asked

    @property
    def module_ages(self) -> str:
        """The ages that the published base is of: "16-74"."""
        return str(self._bases["all"]["age"])

    @property
    def _of_module_ages(self) -> pd.DataFrame:
        """Interviews in the bands of those ages, of the year nearest to those of the base."""
        last = pd.Timestamp(self._bases["all"]["last_day"])
        known = self._by_age
        if known.empty:
            raise WrongArgument(
                "nobody knows how many of the people interviewed were of "
                f"{self.module_ages}: no table of the survey gives its bases by age. Take one in "
                "with `crimeshare take-in`, such as the open data on personal crime"
            )
        ends = known["period_end"].unique()
        known = known[known["period_end"] == min(ends, key=lambda end: (abs(end - last), end))]
        oldest = int(self.module_ages.partition("-")[2])
        within = known["age"].map(lambda age: "-" in age and int(age.partition("-")[2]) <= oldest)
        found: pd.DataFrame = known[within | known["age"].eq(EVERYBODY)]
        return found

    @property
    def of_module_ages(self) -> float:
        """The share of people interviewed who are of the ages of the published base."""
        bands = self._of_module_ages.set_index("age")["n_unweighted"]
        return float(bands.drop(EVERYBODY).sum() / bands[EVERYBODY])

    @property
    def answered(self) -> float:
        """The share of people interviewed who answer the module, where everybody is asked."""
        asked = sum(
            self.interviews[day] * self.asked(day, "everybody_asked") for day in self.module_years
        )
        return self.module_base / (asked * self.of_module_ages)

    def interviewed(self, day: date) -> dict[str, Any]:
        """``n_unweighted``, the interviews of a year, with an estimate of that base as cell."""
        cell = self._cells[day]
        return {"n_unweighted": self.interviews[day], "formula": cell, "cells": cell}

    def derivation(self) -> dict[str, Any]:
        """``answered``, half of it, ``answered_half``, and ``of_module_ages``.

        ``formula`` and ``cells`` are of the first; ``of_ages_formula`` and ``of_ages_cells`` of the
        last.
        """
        weighted = " + ".join(
            f"{self.asked(day, 'everybody_asked'):g} * {self._rows[day]}"
            for day in self.module_years
        )
        base = keyed("module_bases", "", "n_unweighted", "sex all")
        cells = [self._cells[day] for day in self.module_years]
        bands = {row["age"]: _named(row) for row in self._of_module_ages.to_dict("records")}
        whole = bands.pop(EVERYBODY)
        of_ages = f"({' + '.join(bands.values())}) / {whole}"
        return {
            "answered": self.answered,
            "answered_half": self.answered / 2,
            "of_module_ages": self.of_module_ages,
            "of_ages_formula": of_ages,
            "of_ages_cells": CELLS_APART.join([*bands.values(), whole]),
            "formula": f"{base} / (({weighted}) * {of_ages})",
            "cells": CELLS_APART.join([*cells, base, *bands.values(), whole]),
        }

    def base(self, sex: str, age: str, period_end: date, scenario: str) -> float:
        """The assumed base of an estimate.

        Raises :class:`WrongArgument` for a sex or age that the tables have no line for.
        """
        if sex not in self._bases:
            raise WrongArgument(
                f"no published base of the module for {sex!r}; known are "
                f"{', '.join(self._bases)}. Add a line to resources/reference/module_bases.csv"
            )
        nearest = min(self.interviews, key=lambda day: (abs(day - period_end), day))
        of_sex = float(self._bases[sex]["n_unweighted"]) / self.module_base
        covered = self._part("months", period_end.isoformat(), period_end, 1.0)
        return (
            self.interviews[nearest]
            * self.answered
            * self.asked(period_end, scenario)
            * of_sex
            * self._part("age", age, period_end)
            * covered
        )

    def _part(self, part: str, key: str, day: date, otherwise: float | None = None) -> float:
        if (part, key) == ("age", self.module_ages):
            return self.of_module_ages
        for first, last, value in self._parts.get((part, key), []):
            if first <= day <= last:
                return value
        if otherwise is not None:
            return otherwise
        known = dict.fromkeys(name for kind, name in self._parts if kind == part)
        raise WrongArgument(
            f"no {part} {key!r} among the assumed bases; known are {', '.join(known)}. Add a line "
            "to resources/reference/assumed_bases.csv with its share of the people interviewed"
        )


_DAYS = ("first_day", "last_day")
EVERYBODY = "16+"


def _interviews_by_age(estimates: pd.DataFrame) -> pd.DataFrame:
    """People interviewed by age, of both sexes, in the releases that give them by age."""
    rows = estimates[
        estimates["n_unweighted"].notna()
        & (estimates["unit_base"] == PERSONS)
        & (estimates["sex"] == "all")
        & (estimates["characteristic"] == "all")
    ].drop_duplicates(["release_id", "period_end", "age"])
    several = rows.groupby(["release_id", "period_end"])["age"].transform("nunique") > 1
    return rows.loc[several, ["release_id", "period_end", "age", "n_unweighted"]]


def _named(row: dict[Any, Any]) -> str:
    end = f"period_end {row['period_end']:%Y-%m-%d}"
    return str(
        keyed(
            "survey_estimates",
            row["release_id"],
            "n_unweighted",
            "sex all",
            f"age {row['age']}",
            end,
        )
    )


def _day(text: object) -> date | None:
    return date.fromisoformat(text) if isinstance(text, str) else None
