"""Did a change of the rules move the figures?  Interrupted time series of the forces' quarters.

The counts of one offence code in every force and quarter are a Poisson regression with a level of
each force, the season, one trend, and a change of level where the rules changed; where another
change falls into the same years it has its own.  Standard errors are by force, so that the
quarters of a force may hang together and vary by more than chance.  The effect coincides with the
change of rules; that it is due to it no series can prove, and the same model is therefore asked
about dates on which nothing changed (placebo dates).

Source of the method: J. L. Bernal, S. Cummins and A. Gasparrini, "Interrupted time series
regression for the evaluation of public health interventions: a tutorial", International Journal of
Epidemiology 46 (2017) 348-355.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import stdtrit

from crimeshare.measures.provenance import keyed
from crimeshare.measures.quarters import YEAR
from crimeshare.measures.revisions import newest_release

Values = npt.NDArray[np.float64]

LEVEL_ONLY, LEVEL_AND_SLOPE = "poisson_level", "poisson_level_and_slope"
"""What may change: the level alone, or the level and the trend after it."""

LEVEL_AND_SLOPES = "poisson_level_and_slopes"
"""The level and the trend after this change, and after every other one in the same quarters."""

FIRST_YEAR = "poisson_level_and_slopes_first_year"
"""The same, from quarters that end a year after the last change.

Only three quarters lie between May 2023 and January 2024.  Where the trend may change after both,
these three decide how far the figures would have fallen without the second: the fewer quarters come
after it, the more of the fall is taken for the end of the first.  The methods are shown beside each
other, since the quarters do not say which is right.
"""

METHODS = (LEVEL_ONLY, LEVEL_AND_SLOPE, LEVEL_AND_SLOPES, FIRST_YEAR)

LOCKDOWN = date(2020, 4, 1)
"""April 2020: the first lockdown and two changes of rules at once, which nothing can separate."""

APART = 3
"""A placebo date is at least so many quarters from every real one, and from both ends."""

COLUMNS = [
    "recording_change",
    "offence_id",
    "code",
    "effect_pct",
    "lower",
    "upper",
    "level",
    "method",
    "placebo_rank",
    "placebos",
    "first_quarter",
    "last_quarter",
    "forces",
    "basis",
    "release_id",
    "formula",
    "cells",
]


class NotIdentified(ValueError):
    """The quarters cannot tell the steps, trends and seasons of a model apart."""


@dataclass(frozen=True)
class Step:
    """A change of the log level, and what each force contributes to its error.

    Attributes:
        effect: of the logarithm of the counts.
        influence: of each force on it; the squares add up to the variance by force.
    """

    effect: float
    influence: pd.Series

    @property
    def error(self) -> float:
        """Standard error by force."""
        return float(np.sqrt((self.influence**2).sum()))

    def limits(self, level: float) -> tuple[float, float]:
        """Limits of the effect, by Student's t with the forces less one degrees of freedom."""
        reach = float(stdtrit(len(self.influence) - 1, (1 + level) / 2)) * self.error
        return self.effect - reach, self.effect + reach

    def __add__(self, other: Step) -> Step:
        """Both steps together: fits to other quarters of the same forces are not independent."""
        both = self.influence.add(other.influence, fill_value=0.0)
        return replace(self, effect=self.effect + other.effect, influence=both)


@dataclass(frozen=True)
class Question:
    """A change of rules and the quarters it is looked for in.

    Attributes:
        recording_change: its id in ``recording_changes.csv``.
        effective: its first day.
        first, last: first and last day of the quarters, between the changes before and after.
        others: first days of other changes in these quarters, each with a level of its own.
    """

    recording_change: str
    effective: date
    first: date
    last: date
    others: tuple[date, ...] = ()


def questions(recording_changes: pd.DataFrame, newest: date) -> list[Question]:
    """The changes of rules that can be estimated.

    Those before April 2018 have four quarters before them, or none; April 2020 came with the first
    lockdown.  ``recording_changes`` has ``change_id`` and ``effective``.
    """
    effective = _effective(recording_changes)
    found = []
    if "conduct_crime_counted" in effective:
        day = effective["conduct_crime_counted"]
        found.append(Question("conduct_crime_counted", day, date(2015, 4, 1), date(2020, 3, 31)))
    later = ("two_crimes_rule_removed", "online_safety_act")
    for change in later:
        others = [effective[name] for name in later if name in effective and name != change]
        if change in effective:
            found.append(
                Question(change, effective[change], date(2018, 4, 1), newest, (LOCKDOWN, *others))
            )
    return found


def questions_of(
    name: str, recording_changes: pd.DataFrame, newest: date, *, whole: bool
) -> list[Question]:
    """The changes of rules that can be estimated of one series.

    Args:
        name: the group or the code.
        recording_changes: with ``change_id``, ``effective`` and ``offence_ids``.
        newest: last day of the newest quarter.
        whole: whether it is the group.  Another change within the quarters, which only some forces
            felt, has a level of its own there; a code it took offences from has no answer.
    """
    touching = recording_changes[
        [name in str(named).split() for named in recording_changes["offence_ids"]]
    ]
    effective = _effective(touching)
    found = []
    for question in questions(recording_changes, newest):
        known = (question.effective, *question.others)
        between = tuple(
            sorted(
                {d for d in effective.values() if question.first < d <= question.last} - {*known}
            )
        )
        # Of two changes of one day nothing can say which did what.
        alone = list(effective.values()).count(question.effective) == 1
        if question.recording_change in effective and alone and (whole or not between):
            found.append(replace(question, others=(*question.others, *between)))
    return found


def _effective(recording_changes: pd.DataFrame) -> dict[str, date]:
    """First day of each change of rules."""
    return {
        row["change_id"]: pd.Timestamp(row["effective"]).date()
        for row in recording_changes.to_dict("records")
    }


def compute_rule_effects(
    quarters: pd.DataFrame,
    recording_changes: pd.DataFrame,
    offence_id: str,
    level: float = 0.95,
) -> pd.DataFrame:
    """The change of level that coincides with each change of rules, for a group and its codes.

    Args:
        quarters: the clean table ``recorded_quarters``; the newest release counts.
        recording_changes: ``change_id``, ``effective`` and ``offence_ids`` (codes and groups,
            separated by spaces).
        offence_id: the offence group.
        level: of the intervals.

    Returns:
        `COLUMNS`, one row a change of rules, series and method.  ``effect_pct`` is the change of
        level in per cent with its limits; ``placebo_rank`` its place, by size, among it and the
        ``placebos`` effects of dates on which no rule changed, 1 the largest; ``code`` is empty for
        the group as a whole.  A series that does not reach back to the first quarter, or that
        another change of rules disturbs in between, has no row.
    """
    newest = newest_release(quarters)
    newest = newest[(newest["area_type"] == "force") & (newest["offence_id"] == offence_id)].assign(
        period_end=lambda rows: pd.to_datetime(rows["period_end"])
    )
    if newest.empty:
        return pd.DataFrame(columns=COLUMNS)
    last = newest["period_end"].max().date()
    rows = []
    for code, series in newest.groupby("code", dropna=False):
        name = offence_id if pd.isna(code) else str(code)
        for question in questions_of(name, recording_changes, last, whole=bool(pd.isna(code))):
            counts = window(series, question)
            if counts is None:
                continue
            for method in METHODS:
                used = quarters_of(counts, question, method)
                effect = None if used is None else _effect(used, question, method, level)
                if used is None or effect is None:
                    continue
                release_id = newest["release_id"].iloc[0]
                first, last_used = (f"{used.index[place]:%Y-%m}" for place in (0, -1))
                what = f"{name}, {first} to {last_used}, every force"
                rows.append(
                    {
                        "recording_change": question.recording_change,
                        "offence_id": offence_id,
                        "code": None if pd.isna(code) else code,
                        **effect,
                        "level": level,
                        "method": method,
                        "first_quarter": used.index[0],
                        "last_quarter": used.index[-1],
                        "forces": counts.shape[1],
                        "basis": "standard errors by force",
                        "release_id": release_id,
                        "formula": f"change of level at {question.recording_change}, Poisson "
                        f"regression of {what}",
                        "cells": keyed("recorded_quarters", release_id, what),
                    }
                )
    return pd.DataFrame(rows, columns=COLUMNS)


def window(series: pd.DataFrame, question: Question) -> pd.DataFrame | None:
    """Counts of the quarters (rows) and forces (columns) with all of them; None if too short.

    Args:
        series: quarters of one code or group with ``period_end``, ``area_code`` and ``value``.
        question: says which quarters.
    """
    wide = series.pivot(index="period_end", columns="area_code", values="value").sort_index()
    first, last = pd.Timestamp(question.first), pd.Timestamp(question.last)
    if wide.empty or wide.index[0] > first + pd.DateOffset(months=3):
        return None
    inside = wide[(wide.index > first) & (wide.index <= last)].dropna(axis="columns")
    recorded = inside.loc[:, inside.sum() > 0]
    return recorded if recorded.shape[1] > 1 else None


def quarters_of(counts: pd.DataFrame, question: Question, method: str) -> pd.DataFrame | None:
    """The quarters that a method is fitted to; None where it would say what another one says."""
    if method == LEVEL_AND_SLOPES and not question.others:
        return None
    if method != FIRST_YEAR:
        return counts
    last = pd.Timestamp(max([question.effective, *question.others]))
    ends = last + pd.offsets.QuarterEnd(0) + pd.offsets.QuarterEnd(YEAR - 1)
    first_year = counts[counts.index <= ends]
    return first_year if len(first_year) < len(counts) else None


def fitted_effect(counts: pd.DataFrame, question: Question, method: str) -> Step | None:
    """The step at the day of a change by one of `METHODS`; None where the quarters cannot tell."""
    days = [question.effective, *question.others]
    try:
        return step_at(counts, days, _sloped(question, method))
    except NotIdentified:
        return None


def _sloped(question: Question, method: str) -> int:
    """After how many of the changes, this one first, the trend may change."""
    every = 1 + len(question.others)
    return {LEVEL_ONLY: 0, LEVEL_AND_SLOPE: 1}.get(method, every)


def _effect(
    counts: pd.DataFrame, question: Question, method: str, level: float
) -> dict[str, float | int] | None:
    """The effect at the day of the change, and its place among those of placebo dates.

    None where the quarters cannot tell it.
    """
    found = fitted_effect(counts, question, method)
    if found is None:
        return None
    days = [question.effective, *question.others]
    sloped = _sloped(question, method)
    placebos = []
    for day in placebo_dates(pd.DatetimeIndex(counts.index), days):
        with suppress(NotIdentified):
            placebos.append(step_at(counts, [day, *days], sloped and sloped + 1).effect)
    lower, upper = found.limits(level)
    return {
        "effect_pct": 100 * float(np.expm1(found.effect)),
        "lower": 100 * float(np.expm1(lower)),
        "upper": 100 * float(np.expm1(upper)),
        "placebo_rank": 1 + sum(abs(placebo) >= abs(found.effect) for placebo in placebos),
        "placebos": len(placebos),
    }


def placebo_dates(quarters: pd.DatetimeIndex, days: Sequence[date]) -> Iterator[date]:
    """First days of the quarters that are far enough from every real change and from both ends."""
    starts = [end - pd.offsets.QuarterEnd() + pd.Timedelta(days=1) for end in quarters]
    real = [int((quarters < pd.Timestamp(day)).sum()) for day in days]
    for position in range(APART, len(quarters) - APART):
        if all(abs(position - other) >= APART for other in real):
            yield starts[position].date()


def step_at(counts: pd.DataFrame, days: Sequence[date], sloped: int = 0) -> Step:
    """The change of the log level at the first of some days.

    Args:
        counts: one row a quarter, by its last day, one column a force.
        days: first days of changes of level; that of a quarter in which one falls counts by the
            part of it that comes after.
        sloped: after how many of the days, in their order, the trend may change too.

    Raises:
        NotIdentified: where there are too few quarters for so many days.
    """
    # Importing it takes a second, and pages import this module for its names.
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    quarters = pd.DatetimeIndex(counts.index)
    effects = [_after(quarters, day) for day in days]
    slopes = [np.cumsum(effect) - effect for effect in effects[:sloped]]
    season = [(quarters.quarter == quarter).astype(float) for quarter in (2, 3, 4)]
    trend = np.arange(len(quarters)) / len(quarters)
    common = np.column_stack([*effects, *slopes, *season, trend])
    model = np.column_stack([np.ones(len(quarters)), common])
    if np.linalg.matrix_rank(model) <= common.shape[1]:
        raise NotIdentified(f"{len(quarters)} quarters cannot tell {len(days)} steps apart")
    values = counts.to_numpy(dtype=np.float64)
    # What moves is the same for all forces, so the levels of the forces drop out, and the
    # likelihood is that of their sum.
    fitted = GLM(values.sum(axis=1), model, family=Poisson()).fit()
    part = fitted.fittedvalues / fitted.fittedvalues.sum()
    centred = common - part @ common
    bread = np.linalg.inv(values.sum() * (centred.T * part) @ centred)
    scores = centred.T @ (values - np.outer(part, values.sum(axis=0)))
    forces = values.shape[1]
    influence = (bread @ scores)[0] * np.sqrt(forces / (forces - 1))
    return Step(float(fitted.params[1]), pd.Series(influence, index=counts.columns))


def _after(quarters: pd.DatetimeIndex, day: date) -> Values:
    """The part of each quarter that comes on or after a day."""
    starts = quarters - pd.offsets.QuarterEnd() + pd.Timedelta(days=1)
    whole = (quarters - starts).days.to_numpy() + 1
    after = (quarters - pd.Timestamp(day)).days.to_numpy() + 1
    return np.asarray(np.clip(after / whole, 0.0, 1.0))
