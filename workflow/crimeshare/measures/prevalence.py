"""How common a crime is: every published proportion with its interval and what it rests on.

The basis of an interval is one of three, and every row says which: a ``published_se``; a
published base with a ``design_factor`` read off the publisher's own verdicts; or an
``assumed_base``, where not even the base is published and an interval is only as good as the
assumption, so that the widest interval the assumptions allow stands beside it.
"""

from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import mul

import numpy as np
import pandas as pd

from crimeshare.measures.design import design_factors
from crimeshare.measures.intervals import Floats, WrongArgument, as_floats, proportion_interval
from crimeshare.measures.survey import add_changes, error_of_change
from crimeshare.measures.trend import segments

METHOD = "wilson"

_PERSONS = "person_16_plus"
_WHO = ["measure_id", "sex", "age", "characteristic"]

PREVALENCE_COLUMNS = [
    "release_id",
    "measure_id",
    "unit_base",
    "sex",
    "age",
    "characteristic",
    "period_start",
    "period_end",
    "estimate",
    "standard_error",
    "n_unweighted",
    "n_assumed",
    "n_lowest",
    "n_highest",
    "design_factor",
    "basis",
    "lower",
    "upper",
    "lower_widest",
    "upper_widest",
    "level",
    "method",
    "seen",
    "source",
]


CHANGE_COLUMNS = [
    "release_id",
    "measure_id",
    "unit_base",
    "sex",
    "age",
    "characteristic",
    "period_end",
    "previous_period_end",
    "estimate",
    "previous_estimate",
    "difference",
    "standard_error",
    "lower",
    "upper",
    "level",
    "p_value",
    "p_adjusted",
    "significant",
    "smallest_detectable",
    "published_significance",
    "basis",
    "breaks",
]


@dataclass(frozen=True)
class Range:
    """An assumed number with the least and most it could be."""

    value: float
    low: float
    high: float

    def __mul__(self, other: "Range") -> "Range":
        return Range(self.value * other.value, self.low * other.low, self.high * other.high)


class Assumptions:
    """What is assumed where the base of a question is not published.

    From a table of parts (``assumed_bases.csv``: ``part``, ``key``, ``first_day``, ``value``,
    ``low``, ``high``, ``reason``).  The assumed base of a row is the interviews of its year, times
    the share that answers such questions, times the shares of its sex, its age and, where data
    cover part of the year, its months.  A part with a ``first_day`` holds for years that end on
    or after it, in place of the one without.
    """

    def __init__(self, table: pd.DataFrame) -> None:
        self.parts: dict[tuple[str, str], list[tuple[str, Range]]] = {}
        names = ("part", "key", "first_day", "value", "low", "high")
        columns = (table[name] for name in names)
        for part, key, first_day, *values in zip(*columns, strict=True):
            held = self.parts.setdefault((part, key), [])
            held.append(("" if pd.isna(first_day) else first_day, Range(*map(float, values))))
            held.sort(key=lambda since: since[0])

    def base(self, interviews: float, sex: str, age: str, period_end: date) -> Range:
        """The assumed base of a row.

        Raises :class:`WrongArgument` for a sex or age that the table has no line for.
        """
        whole = Range(1.0, 1.0, 1.0)
        day = period_end.isoformat()
        months = self._part("months", day, day) if ("months", day) in self.parts else whole
        parts = (("answered", "*"), ("sex", sex), ("age", age))
        share = reduce(mul, (self._part(part, key, day) for part, key in parts))
        return Range(interviews, interviews, interviews) * share * months

    def design_factor(self, period_end: date) -> tuple[float, float]:
        """The least and greatest design factor of such questions in a year."""
        assumed = self._part("design_factor", "persons", period_end.isoformat())
        return assumed.low, assumed.high

    @property
    def restarts(self) -> list[date]:
        """The first days of the survey's designs, but for the first."""
        held = self.parts["design_factor", "persons"]
        return [date.fromisoformat(first_day) for first_day, _ in held if first_day]

    def design(self, period_end: date) -> int:
        """Which of the survey's designs a year had: its place in their order, from 0."""
        return sum(first_day <= period_end for first_day in self.restarts)

    def _part(self, part: str, key: str, day: str) -> Range:
        """The part in force in a year that ends on ``day``."""
        try:
            return [held for first_day, held in self.parts[part, key] if first_day <= day][-1]
        except KeyError:
            known = ", ".join(name for kind, name in self.parts if kind == part)
            raise WrongArgument(
                f"no {part} {key!r} among the assumed bases; known are {known}. Add a line to "
                "resources/reference/assumed_bases.csv with its share of the people who answer"
            ) from None


def compute_prevalence(
    estimates: pd.DataFrame,
    factors: pd.DataFrame,
    assumptions: Assumptions,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return every estimate with its interval, level, method and basis.

    Parameters
    ----------
    estimates
        The clean table ``survey_estimates``.
    factors
        Design factors as
        :func:`crimeshare.measures.published_changes.estimate_design_factors` gives them.  A row
        takes that of the design its year had: the mean of the published standard errors of
        everybody, else what the verdicts tell of that design, those of its own release or of
        the latest.  Where neither tells, it takes the mixed factor of its own release, else
        that of the latest.
    assumptions
        For rows with neither standard error nor base.
    level
        Confidence level.

    Returns
    -------
    pandas.DataFrame
        with :data:`PREVALENCE_COLUMNS`.  ``design_factor`` is implied by a published standard
        error or used in its stead.  ``standard_error`` of rows without a published one is
        ``design_factor * sqrt(p(1-p)/n)``, and missing at 0 and 1; 0 is kept as published.
        ``lower_widest`` and ``upper_widest`` are the interval under the least favourable
        assumption in range; they differ from ``lower`` and ``upper`` on an assumed base only,
        as ``n_assumed`` and its range, ``n_lowest`` to ``n_highest``, are given there only.
    """
    rows = estimates.reset_index(drop=True)
    known = rows["n_unweighted"].notna()
    published = rows["standard_error"].notna() & known
    basis = np.select([published, known], ["published_se", "design_factor"], default="assumed_base")
    assumed = _assumed_bases(rows, ~known, assumptions)
    n = rows["n_unweighted"].where(known, assumed["value"])
    implied = design_factors(rows["estimate"], rows["standard_error"], n)
    used = _factors(rows, factors, pd.Series(implied, rows.index), assumptions)
    p = as_floats(rows["estimate"])
    factor = np.where(published & ~np.isnan(implied), implied, used)
    # Nobody in a rounded or sampled figure is not certainty: 0 stands only where published.
    spread = np.where((p > 0) & (p < 1), factor * np.sqrt(p * (1 - p) / n), np.nan)
    error = np.where(published, rows["standard_error"], spread)
    lower, upper = proportion_interval(
        p,
        se=np.where(published, error, np.nan),
        n=n,
        design_factor=factor,
        level=level,
        method=METHOD,
    )
    largest = [assumptions.design_factor(day.date())[1] for day in rows["period_end"]]
    lower_widest, upper_widest = proportion_interval(
        p,
        se=np.where(published, error, np.nan),
        n=np.where(known, n, assumed["low"]),
        design_factor=np.where(known, factor, np.maximum(factor, largest)),
        level=level,
        method=METHOD,
    )
    return rows.assign(
        standard_error=error,
        n_assumed=n.mask(known),
        n_lowest=assumed["low"],
        n_highest=assumed["high"],
        design_factor=factor,
        basis=basis,
        lower=lower,
        upper=upper,
        lower_widest=lower_widest,
        upper_widest=upper_widest,
        level=level,
        method=METHOD,
    )[PREVALENCE_COLUMNS]


def _factors(
    rows: pd.DataFrame, factors: pd.DataFrame, implied: pd.Series, assumptions: Assumptions
) -> Floats:
    """The design factor of each row: that of its year's design, by the best evidence there is."""
    units = np.where(rows["unit_base"] == _PERSONS, "persons", "households")
    designs = [assumptions.design(day.date()) for day in rows["period_end"]]
    own: dict[tuple[str, int, str], float] = {}
    of_design: dict[tuple[int, str], float] = {}
    mixed: dict[tuple[str, str], float] = {}
    latest: dict[str, float] = {}
    prevalence = factors[factors["statistic"] == "prevalence"].sort_values("release_id")
    for release, unit, told, factor in zip(
        *(prevalence[name] for name in ("release_id", "units", "design", "factor")), strict=True
    ):
        if told == "mixed":
            mixed[release, unit] = latest[unit] = factor
        else:
            year, month = map(int, release[-7:].split("-"))
            design = assumptions.design(date(year, month, 28)) - (told == "earlier")
            own[release, design, unit] = of_design[design, unit] = factor
    # A standard error tells more than a verdict.
    everybody = (rows["sex"] == "all") & (rows["age"] == "16+") & implied.notna()
    seen = pd.DataFrame({"design": designs, "unit": units, "factor": implied}, rows.index)
    published: dict[tuple[int, str], float] = {}
    means = seen[everybody].groupby(["design", "unit"], as_index=False)["factor"].mean()
    for design, unit, factor in zip(means["design"], means["unit"], means["factor"], strict=True):
        published[design, unit] = factor

    def factor_of(release: str, unit: str, design: int) -> float:
        return next(
            factor
            for factor in (
                published.get((design, unit)),
                own.get((release, design, unit)),
                of_design.get((design, unit)),
                mixed.get((release, unit)),
                latest.get(unit, np.nan),
            )
            if factor is not None
        )

    return np.array(list(map(factor_of, rows["release_id"], units, designs)))


def _assumed_bases(rows: pd.DataFrame, wanted: pd.Series, assumptions: Assumptions) -> pd.DataFrame:
    """Assumed bases (``value``, ``low``, ``high``) of the rows wanted, missing elsewhere."""
    interviews = (
        rows[
            rows["n_unweighted"].notna() & (rows["unit_base"] == _PERSONS) & (rows["age"] == "16+")
        ]
        .groupby("period_end")["n_unweighted"]
        .max()
    )
    ranges = {}
    for index, row in rows[wanted].iterrows():
        distance = np.abs((interviews.index - row["period_end"]).days)
        nearest = float(interviews.iloc[int(distance.argmin())])
        base = assumptions.base(nearest, row["sex"], row["age"], row["period_end"].date())
        ranges[index] = (base.value, base.low, base.high)
    return pd.DataFrame.from_dict(
        ranges, orient="index", columns=["value", "low", "high"], dtype=float
    ).reindex(rows.index)


def compute_survey_changes(
    changes: pd.DataFrame,
    prevalence: pd.DataFrame,
    estimates: pd.DataFrame,
    breaks: pd.DataFrame,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return every change of a proportion between two years, tested, with what it rests on.

    ``changes`` are those the publisher compared itself, tested by
    :func:`crimeshare.measures.published_changes.retest_changes`; to them come the changes between
    any two years of the other series, whose ``basis`` is the weaker of their two estimates'.
    ``breaks`` names what makes two years not
    comparable (:func:`name_breaks`).  Returns :data:`CHANGE_COLUMNS`.
    """
    published = changes[changes["statistic"] == "prevalence"].assign(
        sex="all",
        age=lambda rows: np.where(rows["unit_base"] == _PERSONS, "16+", "all"),
        characteristic="all",
        basis="design_factor",
    )
    compared = changes["measure_id"].unique()
    others = prevalence[
        ~prevalence["measure_id"].isin(compared) & (prevalence["basis"] != "published_se")
    ]
    tested = _changes_between_any_years(others, estimates, level)
    both = pd.concat([published, tested], ignore_index=True).assign(level=level)
    return both.assign(breaks=name_breaks(both, breaks))[CHANGE_COLUMNS]


def _changes_between_any_years(
    prevalence: pd.DataFrame, estimates: pd.DataFrame, level: float
) -> pd.DataFrame:
    """The changes between any two years of every series.

    A series is one measure, sex, age and characteristic; of a year published twice the later
    release counts.  ``release_id`` of a change is that of its later year;
    ``published_significance`` is ONS's verdict where it gave one on these two years
    (``estimates`` holds it at the earlier year, in the release that compared them).  Two years
    that overlap share interviews, and their correlation is taken as the part they share.
    """
    rows = latest_vintages(prevalence)
    pairs = rows.merge(rows, on=_WHO, suffixes=("", "_previous"))
    pairs = pairs[pairs["period_end"] > pairs["period_end_previous"]].rename(
        columns={"period_end_previous": "previous_period_end"}
    )
    error = error_of_change(
        pairs["standard_error"],
        pairs["standard_error_previous"],
        correlation=_shared_part(pairs["period_start"], pairs["previous_period_end"]),
    )
    changes = add_changes(
        pairs.rename(columns={"estimate_previous": "previous_estimate"}).drop(
            columns=["standard_error"]
        ),
        error,
        level=level,
        family=(*_WHO, "period_end"),
    )
    return changes.assign(
        published_significance=_published_verdicts(changes, estimates),
        basis=np.where(
            (changes[["basis", "basis_previous"]] == "assumed_base").any(axis=1),
            "assumed_base",
            changes["basis"],
        ),
    )


def latest_vintages(prevalence: pd.DataFrame) -> pd.DataFrame:
    """Return one row a year of each series, that of the latest release, in the order of years.

    A series is one measure, sex, age and characteristic.  Release ids end in year and month.
    """
    rows = prevalence.assign(vintage=prevalence["release_id"].str[-7:]).sort_values(
        [*_WHO, "period_end", "vintage"], kind="stable"
    )
    return rows.drop_duplicates([*_WHO, "period_end"], keep="last").drop(columns="vintage")


def _shared_part(later_start: pd.Series, earlier_end: pd.Series) -> Floats:
    """The part of twelve months that two years share, by the later's start and earlier's end."""
    days = (earlier_end - later_start).dt.days.to_numpy() + 1
    return np.clip(days / 365.25, 0.0, None)


def _published_verdicts(changes: pd.DataFrame, estimates: pd.DataFrame) -> pd.Series:
    latest = estimates.groupby(["release_id", *_WHO])["period_end"].transform("max")
    judged = estimates[estimates["published_significance"].notna()].assign(latest=latest)
    verdicts = judged.drop_duplicates([*_WHO, "latest", "period_end"], keep="last").set_index(
        [*_WHO, "latest", "period_end"]
    )["published_significance"]
    keys = pd.MultiIndex.from_frame(changes[[*_WHO, "period_end", "previous_period_end"]])
    return pd.Series(verdicts.reindex(keys).to_numpy(), index=changes.index, dtype="boolean")


def name_breaks(changes: pd.DataFrame, breaks: pd.DataFrame) -> pd.Series:
    """Return the names of the breaks between the two years of each change, or missing.

    ``breaks`` has ``first_day``, ``applies_to`` (a measure and those whose names begin with it, or
    ``*``) and ``name``.  A change across a break is shown, but it is not only a change in crime.
    """

    known = list(zip(breaks["applies_to"], breaks["first_day"], breaks["name"], strict=True))
    names = []
    for measure, *years in zip(
        changes["measure_id"], changes["previous_period_end"], changes["period_end"], strict=True
    ):
        crossed = [
            name
            for applies_to, first_day, name in known
            if (applies_to == "*" or measure.startswith(applies_to))
            and len(set(segments(years, [first_day]))) > 1
        ]
        names.append("; ".join(crossed) or None)
    return pd.Series(names, index=changes.index, dtype=str)
