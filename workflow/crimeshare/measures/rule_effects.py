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
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd
import statsmodels.api as sm
from scipy.stats import t as student

Values = npt.NDArray[np.float64]

LEVEL_ONLY, LEVEL_AND_SLOPE = "poisson_level", "poisson_level_and_slope"
"""What may change: the level alone, or the level and the trend after it."""

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
]


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
    newest = quarters[
        (quarters["release_id"] == quarters["release_id"].max())
        & (quarters["area_type"] == "force")
        & (quarters["offence_id"] == offence_id)
    ].assign(period_end=lambda rows: pd.to_datetime(rows["period_end"]))
    if newest.empty:
        return pd.DataFrame(columns=COLUMNS)
    asked = questions(recording_changes, newest["period_end"].max().date())
    touched = {
        row["change_id"]: str(row["offence_ids"]).split()
        for row in recording_changes.to_dict("records")
    }
    effective = _effective(recording_changes)
    rows = []
    for question in asked:
        for code, series in newest.groupby("code", dropna=False):
            name = offence_id if pd.isna(code) else str(code)
            counts = _window(series, question)
            disturbed = any(
                name in named
                and question.first < effective[change] <= question.last
                and effective[change] not in (question.effective, *question.others)
                for change, named in touched.items()
            )
            if name not in touched[question.recording_change] or counts is None or disturbed:
                continue
            for method in (LEVEL_ONLY, LEVEL_AND_SLOPE):
                rows.append(
                    {
                        "recording_change": question.recording_change,
                        "offence_id": offence_id,
                        "code": None if pd.isna(code) else code,
                        **_effect(counts, question, method, level),
                        "level": level,
                        "method": method,
                        "first_quarter": counts.index[0],
                        "last_quarter": counts.index[-1],
                        "forces": counts.shape[1],
                        "basis": "standard errors by force",
                        "release_id": newest["release_id"].iloc[0],
                    }
                )
    return pd.DataFrame(rows, columns=COLUMNS)


def _window(series: pd.DataFrame, question: Question) -> pd.DataFrame | None:
    """Counts of the quarters (rows) and forces (columns) with all of them; None if too short."""
    wide = series.pivot(index="period_end", columns="area_code", values="value").sort_index()
    first, last = pd.Timestamp(question.first), pd.Timestamp(question.last)
    if wide.empty or wide.index[0] > first + pd.DateOffset(months=3):
        return None
    inside = wide[(wide.index > first) & (wide.index <= last)].dropna(axis="columns")
    recorded = inside.loc[:, inside.sum() > 0]
    return recorded if recorded.shape[1] > 1 else None


def _effect(
    counts: pd.DataFrame, question: Question, method: str, level: float
) -> dict[str, float | int]:
    """The effect at the day of the change, and its place among those of placebo dates."""
    days = [question.effective, *question.others]
    effect, error = change_of_level(counts, days, slope=method == LEVEL_AND_SLOPE)
    reach = float(student.ppf((1 + level) / 2, counts.shape[1] - 1)) * error
    placebos = [
        change_of_level(counts, [day, *days], slope=method == LEVEL_AND_SLOPE)[0]
        for day in placebo_dates(pd.DatetimeIndex(counts.index), days)
    ]
    return {
        "effect_pct": 100 * float(np.expm1(effect)),
        "lower": 100 * float(np.expm1(effect - reach)),
        "upper": 100 * float(np.expm1(effect + reach)),
        "placebo_rank": 1 + sum(abs(placebo) >= abs(effect) for placebo in placebos),
        "placebos": len(placebos),
    }


def placebo_dates(quarters: pd.DatetimeIndex, days: Sequence[date]) -> Iterator[date]:
    """First days of the quarters that are far enough from every real change and from both ends."""
    starts = [end - pd.offsets.QuarterEnd() + pd.Timedelta(days=1) for end in quarters]
    real = [int((quarters < pd.Timestamp(day)).sum()) for day in days]
    for position in range(APART, len(quarters) - APART):
        if all(abs(position - other) >= APART for other in real):
            yield starts[position].date()


def change_of_level(
    counts: pd.DataFrame, days: Sequence[date], *, slope: bool = False
) -> tuple[float, float]:
    """The change of the log level at the first of some days, and its standard error by force.

    Args:
        counts: one row a quarter, by its last day, one column a force.
        days: first days of changes of level; that of a quarter in which one falls counts by the
            part of it that comes after.
        slope: whether the trend may change at the first day too.
    """
    quarters = pd.DatetimeIndex(counts.index)
    effects = [_after(quarters, day) for day in days]
    if slope:
        effects.append(np.cumsum(effects[0]) - effects[0])
    season = [(quarters.quarter == quarter).astype(float) for quarter in (2, 3, 4)]
    trend = np.arange(len(quarters)) / len(quarters)
    common = np.column_stack([*effects, *season, trend])
    values = counts.to_numpy(dtype=np.float64)
    # What moves is the same for all forces, so the levels of the forces drop out, and the
    # likelihood is that of their sum.
    fitted = sm.GLM(values.sum(axis=1), sm.add_constant(common), family=sm.families.Poisson()).fit()
    part = fitted.fittedvalues / fitted.fittedvalues.sum()
    centred = common - part @ common
    bread = np.linalg.inv(values.sum() * (centred.T * part) @ centred)
    scores = centred.T @ (values - np.outer(part, values.sum(axis=0)))
    forces = values.shape[1]
    covariance = bread @ (scores @ scores.T) @ bread * forces / (forces - 1)
    return float(fitted.params[1]), float(np.sqrt(covariance[0, 0]))


def _after(quarters: pd.DatetimeIndex, day: date) -> Values:
    """The part of each quarter that comes on or after a day."""
    starts = quarters - pd.offsets.QuarterEnd() + pd.Timedelta(days=1)
    whole = (quarters - starts).days.to_numpy() + 1
    after = (quarters - pd.Timestamp(day)).days.to_numpy() + 1
    return np.asarray(np.clip(after / whole, 0.0, 1.0))
