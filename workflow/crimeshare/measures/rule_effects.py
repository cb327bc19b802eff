"""Did a change of the rules move the figures?  Interrupted time series of the forces' quarters.

All forces' count of a quarter has a step where the rules changed; where another change falls into
the same years it has its own (:mod:`crimeshare.measures.steps`).  ``benchmarks/models.py`` shows
how often a step is found where there is none, the choice of the model included: within 3 to 7% for
5%, where the robust errors of Newey and West, or of Driscoll and Kraay, which are the same here,
find one in a quarter to a third.

Models are compared by AICc.  The best leads, unless it says more than the raw series can bear: more
than the mean quarter moved from the year before to the year after, and more than the codes that the
rules name moved it.  Then that movement, the crude change, leads.  That a step coincides with a
change of rules is no proof that it is due to it; the model is therefore also asked about dates on
which nothing changed (placebo dates), and without each force in turn.

Source of the method: J. L. Bernal, S. Cummins and A. Gasparrini, "Interrupted time series
regression for the evaluation of public health interventions: a tutorial", International Journal of
Epidemiology 46 (2017) 348-355.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from crimeshare.columns import held
from crimeshare.measures.provenance import keyed
from crimeshare.measures.quarters import YEAR
from crimeshare.measures.revisions import newest_release
from crimeshare.measures.steps import NotIdentified, Step, stable, step_at, steps_at
from crimeshare.parquet import table_of

LEVEL_ONLY, LEVEL_AND_SLOPE = "level", "level_and_slope"
"""What may change: the level alone, or the level and the trend after it."""

LEVEL_AND_SLOPES = "level_and_slopes"
"""The level and the trend after this change, and after every other one in the same quarters."""

FIRST_YEAR = "level_and_slopes_first_year"
"""As `LEVEL_AND_SLOPES`, from quarters that end a year after the last change.

Only three quarters lie between May 2023 and January 2024.  Where the trend may change after both,
these three decide how far the figures would have fallen without the second: the fewer quarters come
after it, the more of the fall is taken for the end of the first.  It has other quarters than the
others, so that AICc does not compare it with them.
"""

METHODS = (LEVEL_ONLY, LEVEL_AND_SLOPE, LEVEL_AND_SLOPES, FIRST_YEAR)

CRUDE = "crude"
"""The mean quarter of the year after over that of the year before, of whole quarters alone."""

LOCKDOWN = date(2020, 4, 1)
"""April 2020: the first lockdown and two changes of rules at once, which nothing can separate."""

APART = 3
"""A placebo date is at least so many quarters from every real one, and from both ends."""

BASIS = "national errors that last, as likely as the quarters make them"


@dataclass(frozen=True)
class Case:
    """A change of rules and the quarters it is looked for in.

    Attributes:
        recording_change: its id in ``recording_changes.csv``.
        effective: its first day.
        first, last: first and last day of the quarters, between the changes before and after.
        others: first days of other changes in these quarters, each with a level of its own.
        codes: that the change of rules names, where it is looked for in their group.
    """

    recording_change: str
    effective: date
    first: date
    last: date
    others: tuple[date, ...] = ()
    codes: tuple[str, ...] = ()


def cases(recording_changes: pd.DataFrame, newest: date) -> list[Case]:
    """The changes of rules that can be estimated.

    Those before April 2018 have four quarters before them, or none; April 2020 came with the first
    lockdown.  ``recording_changes`` has ``change_id`` and ``effective``.
    """
    effective = _effective(recording_changes)
    found = []
    if "conduct_crime_counted" in effective:
        day = effective["conduct_crime_counted"]
        found.append(Case("conduct_crime_counted", day, date(2015, 4, 1), date(2020, 3, 31)))
    later = ("two_crimes_rule_removed", "online_safety_act")
    for change in later:
        others = [effective[name] for name in later if name in effective and name != change]
        if change in effective:
            found.append(
                Case(change, effective[change], date(2018, 4, 1), newest, (LOCKDOWN, *others))
            )
    return found


def cases_of(
    name: str, recording_changes: pd.DataFrame, newest: date, *, whole: bool
) -> list[Case]:
    """The changes of rules that can be estimated of one series.

    Args:
        name: the group or the code.
        newest: last day of the newest quarter.
        whole: whether it is the group.  Another change within the quarters, which only some forces
            felt, has a level of its own there; a code it took offences from has no answer.
    """
    touching = recording_changes[
        [name in str(named).split() for named in recording_changes["offence_ids"]]
    ]
    effective = _effective(touching)
    found = []
    codes = touching.set_index("change_id")["offence_ids"].str.split().map(tuple).to_dict()
    for case in cases(recording_changes, newest):
        known = (case.effective, *case.others)
        between = tuple(
            sorted({d for d in effective.values() if case.first < d <= case.last} - {*known})
        )
        # Of two changes of one day nothing can say which did what.
        alone = list(effective.values()).count(case.effective) == 1
        if case.recording_change in effective and alone and (whole or not between):
            of_change = codes[case.recording_change] if whole else ()
            found.append(replace(case, others=(*case.others, *between), codes=of_change))
    return found


def _effective(recording_changes: pd.DataFrame) -> dict[str, date]:
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

    Returns:
        The columns of ``rule_effects``, one row a change of rules, series and method. The pages
        lead with the row of the smallest ``aicc`` or, where its effect is larger than ``crude_pct``
        and ``codes_pct``, with that of `CRUDE`. A series that does not reach back to the first
        quarter, or that another change of rules disturbs in between, has no row.
    """
    newest = newest_release(quarters)
    newest = newest[(newest["area_type"] == "force") & (newest["offence_id"] == offence_id)].assign(
        period_end=lambda rows: pd.to_datetime(rows["period_end"])
    )
    if newest.empty:
        return table_of("rule_effects")
    last = newest["period_end"].max().date()
    release_id = newest["release_id"].iloc[0]
    rows = []
    for code, series in newest.groupby("code", dropna=False):
        name = offence_id if pd.isna(code) else str(code)
        for case in cases_of(name, recording_changes, last, whole=bool(pd.isna(code))):
            counts = window(series, case)
            for found in [] if counts is None else _methods(newest, counts, case, level):
                first, last_used = (f"{found[f'{end}_quarter']:%Y-%m}" for end in ("first", "last"))
                what = f"{name}, {first} to {last_used}, every force"
                how = (
                    "the mean quarter after over that before"
                    if found["method"] == CRUDE
                    else ("regression of the logarithm")
                )
                rows.append(
                    {
                        "recording_change": case.recording_change,
                        "offence_id": offence_id,
                        "code": None if pd.isna(code) else code,
                        **found,
                        "level": level,
                        "release_id": release_id,
                        "formula": f"change of level at {case.recording_change}, {how} of {what}",
                        "cells": keyed("recorded_quarters", release_id, what),
                    }
                )
    whole = dict.fromkeys(("placebo_rank", "placebos", "placebos_significant"), "Int64")
    return pd.DataFrame(rows, columns=held("rule_effects")).astype(whole)


def _methods(
    newest: pd.DataFrame, counts: pd.DataFrame, case: Case, level: float
) -> list[dict[str, Any]]:
    crude = crude_change(counts.sum(axis=1), case)
    of_codes = _codes_change(newest, counts, case)
    rows = []
    for method in METHODS:
        used = quarters_of(counts, case, method)
        found = None if used is None else _effect(used, case, method, level)
        if used is not None and found is not None:
            rows.append({"method": method, "basis": BASIS, **found, **_span(used)})
    compared = [row for row in rows if row["aicc"] is not None]
    if not compared:
        return []
    best = min(compared, key=lambda row: float(row["aicc"]))
    bears = max((abs(part) for part in (crude, of_codes) if part is not None), default=np.inf)
    if crude is not None and abs(np.expm1(best["effect"])) > bears:
        best = {"method": CRUDE, "basis": "counts of records", "effect": crude, **_span(counts)}
        best["effect"] = float(np.log1p(crude))
        rows.append(best)
    return [
        {
            **{key: value for key, value in row.items() if key != "effect"},
            "effect_pct": percent(row["effect"]),
            "leads": row is best,
            "crude_pct": None if crude is None else stable(100 * crude),
            "codes_pct": None if of_codes is None else stable(100 * of_codes),
        }
        for row in rows
    ]


def _span(counts: pd.DataFrame) -> dict[str, Any]:
    return {
        "first_quarter": counts.index[0],
        "last_quarter": counts.index[-1],
        "forces": counts.shape[1],
    }


def percent(effect: float) -> float:
    """A change of the logarithm in per cent, without the digits that depend on the processor."""
    return stable(100 * float(np.expm1(effect)))


def crude_change(counts: pd.Series, case: Case) -> float | None:
    """How much the mean quarter moved from the year before a change to the year after, as a part.

    Of whole quarters since the change before it and until the one after it; None where there is
    none on a side.

    Args:
        counts: of all forces by last day of the quarter.
    """
    before, after = _sides(pd.DatetimeIndex(counts.index), case)
    if not len(before) or not len(after):
        return None
    return float(counts[after].mean() / counts[before].mean() - 1)


def _sides(quarters: pd.DatetimeIndex, case: Case) -> tuple[pd.DatetimeIndex, pd.DatetimeIndex]:
    """The last whole quarters before a change and the first after it, a year of each at most."""
    starts = quarters - pd.offsets.QuarterEnd() + pd.Timedelta(days=1)
    day = pd.Timestamp(case.effective)
    others = [pd.Timestamp(other) for other in case.others]
    since = max((other for other in others if other < day), default=starts[0])
    until = min((other for other in others if other > day), default=quarters[-1])
    before = quarters[(starts >= since) & (quarters < day)][-YEAR:]
    return before, quarters[(starts >= day) & (quarters <= until)][:YEAR]


def _codes_change(newest: pd.DataFrame, counts: pd.DataFrame, case: Case) -> float | None:
    """How much of the series the codes named by a change moved, as a part of it; None if none."""
    before, after = _sides(pd.DatetimeIndex(counts.index), case)
    named = newest[newest["code"].isin(case.codes) & newest["area_code"].isin(counts.columns)]
    by_quarter = named.groupby("period_end")["value"].sum()
    sides = [by_quarter.reindex(side, fill_value=0.0) for side in (before, after)]
    if named.empty or not all(map(len, sides)):
        return None
    whole = counts.sum(axis=1)[before].mean()
    return float((sides[1].mean() - sides[0].mean()) / whole)


def window(series: pd.DataFrame, case: Case) -> pd.DataFrame | None:
    """Counts of the quarters (rows) and forces (columns) with all of them; None if too short.

    Args:
        series: quarters of one code or group with ``period_end``, ``area_code`` and ``value``.
    """
    wide = series.pivot(index="period_end", columns="area_code", values="value").sort_index()
    first, last = pd.Timestamp(case.first), pd.Timestamp(case.last)
    if wide.empty or wide.index[0] > first + pd.DateOffset(months=3):
        return None
    inside = wide[(wide.index > first) & (wide.index <= last)].dropna(axis="columns")
    recorded = inside.loc[:, inside.sum() > 0]
    return recorded if recorded.shape[1] > 1 else None


def quarters_of(counts: pd.DataFrame, case: Case, method: str) -> pd.DataFrame | None:
    """The quarters that a method is fitted to; None where it would say what another one says."""
    if method == LEVEL_AND_SLOPES and not case.others:
        return None
    if method != FIRST_YEAR:
        return counts
    last = pd.Timestamp(max([case.effective, *case.others]))
    ends = last + pd.offsets.QuarterEnd(0) + pd.offsets.QuarterEnd(YEAR - 1)
    first_year = counts[counts.index <= ends]
    return first_year if len(first_year) < len(counts) else None


def fitted_effect(counts: pd.DataFrame, case: Case, method: str) -> Step | None:
    """The step at the day of a change by one of `METHODS`; None where the quarters cannot tell."""
    days = [case.effective, *case.others]
    with suppress(NotIdentified):
        return step_at(counts.sum(axis=1), days, _sloped(case, method))
    return None


def _sloped(case: Case, method: str) -> int:
    """After how many of the changes, this one first, the trend may change."""
    every = 1 + len(case.others)
    return {LEVEL_ONLY: 0, LEVEL_AND_SLOPE: 1}.get(method, every)


def _effect(counts: pd.DataFrame, case: Case, method: str, level: float) -> dict[str, Any] | None:
    """The effect at the day of the change, beside those of placebo dates and without each force.

    None where the quarters cannot tell it.
    """
    found = fitted_effect(counts, case, method)
    if found is None:
        return None
    days, total = [case.effective, *case.others], counts.sum(axis=1)
    sloped = _sloped(case, method)
    placebos = []
    for day in placebo_dates(pd.DatetimeIndex(counts.index), days):
        with suppress(NotIdentified):
            placebos.append(step_at(total, [day, *days], sloped and sloped + 1))
    # Every force taken out in turn, where all others recorded some in every quarter.
    others = counts.rsub(total, axis=0)
    without = steps_at(others, days, sloped) if (others > 0).all(axis=None) else []
    moved = {area: step.effect for area, step in zip(others.columns, without, strict=False)}
    most = max(moved, key=lambda area: abs(moved[area] - found.effect), default=None)
    largest = max((step.effect for step in placebos), key=abs, default=None)
    lower, upper = found.limits(level)
    return {
        "effect": found.effect,
        "lower": percent(lower),
        "upper": percent(upper),
        "aicc": None if method == FIRST_YEAR else stable(found.aicc),
        "lasting": stable(found.lasting),
        "placebo_rank": 1 + sum(abs(step.effect) >= abs(found.effect) for step in placebos),
        "placebos": len(placebos),
        "placebos_significant": sum(step.significant(level) for step in placebos),
        "largest_placebo_pct": None if largest is None else percent(largest),
        "without_area": most,
        "without_pct": None if most is None else percent(moved[most]),
    }


def placebo_dates(quarters: pd.DatetimeIndex, days: Sequence[date]) -> Iterator[date]:
    """First days of the quarters that are far enough from every real change and from both ends."""
    starts = [end - pd.offsets.QuarterEnd() + pd.Timedelta(days=1) for end in quarters]
    real = [int((quarters < pd.Timestamp(day)).sum()) for day in days]
    for position in range(APART, len(quarters) - APART):
        if all(abs(position - other) >= APART for other in real):
            yield starts[position].date()
