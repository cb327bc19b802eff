"""How much of a rise coincides with changes of the recording rules?

Parts of the answer, which are not the same kind of number.  Offences of codes that the group did
not hold before are counted: they have no interval.  The steps at changes of rules that can be
estimated are taken together: those of the same quarters in one model, the better by AICc, those of
other quarters as if their errors had nothing to do with each other.  Every other change is named
with the reason why nothing is estimated of it.  That a level coincides with changes of rules is no
proof of a cause, so no part of the rise is put down to them.
"""

from __future__ import annotations

from contextlib import suppress
from itertools import groupby

import numpy as np
import pandas as pd

from crimeshare.columns import held
from crimeshare.measures.provenance import keyed
from crimeshare.measures.quarters import YEAR
from crimeshare.measures.revisions import newest_release
from crimeshare.measures.rule_effects import LOCKDOWN, Case, cases_of, percent, window
from crimeshare.measures.steps import NotIdentified, Step, step_at
from crimeshare.measures.years import redefinitions
from crimeshare.parquet import table_of

ESTIMATED, NEW_CODES = "estimated_steps", "codes_counted_since"
LOCKDOWN_TOO, TOO_FEW, INSIDE = "with_the_lockdown", "too_few_quarters", "inside_the_group"
SAME_DAY = "with_another_change"
"""Why a change is not estimated: what else came that day, what is missing, what it leaves alone."""

NO_MODEL = "no_model"
"""No case of :func:`crimeshare.measures.rule_effects.cases` is about the change."""

FEWEST = 3 * YEAR
"""Quarters before a change, since the one before it, from which a step could be estimated."""

COUNTED, TOGETHER = "count", "best_models_together"


def compute_rule_parts(
    quarters: pd.DataFrame,
    recording_changes: pd.DataFrame,
    offence_id: str,
    level: float = 0.95,
) -> pd.DataFrame:
    """The rise of a group since its rules first changed, beside what coincides with the changes.

    Returns:
        The columns of ``rule_parts``: one row for `NEW_CODES`, one for `ESTIMATED`, and one each
        for the changes that are not estimated. Counts are of the bodies that made a return in all
        quarters of both years. No row where the data do not hold a year before the first change, or
        no change is known.
    """
    newest = newest_release(quarters)
    begun = _same_group_since(newest, offence_id)
    newest = newest[newest["offence_id"] == offence_id].assign(
        period_end=lambda rows: pd.to_datetime(rows["period_end"])
    )
    newest = newest[newest["period_end"] >= begun]
    if newest.empty:
        return table_of("rule_parts")
    touching = _touching(recording_changes, offence_id, set(newest["code"].dropna()))
    touching = touching[touching["effective"] > newest["period_end"].min()]
    group = newest[newest["code"].isna()].pivot(
        index="period_end", columns="area_code", values="value"
    )
    # With no change every comparison is false.
    base = group.index[group.index < touching["effective"].min()][-YEAR:]
    if len(base) < YEAR or len(group) < 2 * YEAR:
        return table_of("rule_parts")
    years = group.loc[base.union(group.index[-YEAR:])]
    given = years.columns[years.notna().all()]
    release_id = str(newest["release_id"].iloc[0])
    common = {
        "offence_id": offence_id,
        "period_end": group.index[-1],
        "count": float(group.loc[group.index[-YEAR:], given].sum().sum()),
        "base_period_end": base[-1],
        "base_count": float(group.loc[base, given].sum().sum()),
        "excluded": " ".join(sorted(set(years.columns) - set(given))),
        "cells": keyed("recorded_quarters", release_id, offence_id, "every quarter and body"),
        "release_id": release_id,
    }
    rows = [
        *_estimated(newest, touching, offence_id, level),
        *_new_codes(newest[newest["area_code"].isin(given)], touching, offence_id, base[-1]),
        *_described(touching, offence_id, pd.DatetimeIndex(group.index)),
    ]
    table = pd.DataFrame([common | row for row in rows], columns=held("rule_parts"))
    rise = table["count"] - table["base_count"]
    return table.assign(
        rise=rise,
        part_of_rise=table["offences"].astype("float64") / rise.where(rise > 0),
    )


def _same_group_since(newest: pd.DataFrame, offence_id: str) -> pd.Timestamp:
    ends = pd.DatetimeIndex(sorted(newest["period_end"].unique()))
    moved = redefinitions(newest, ends).get(offence_id, []) if len(ends) else []
    return ends[max(moved)] if moved else pd.Timestamp.min


def _touching(changes: pd.DataFrame, offence_id: str, codes: set[str]) -> pd.DataFrame:
    named = changes["offence_ids"].str.split().map(set)
    touching = changes.assign(named=named, effective=pd.to_datetime(changes["effective"]))
    return touching[named.map(lambda ids: bool(ids & {offence_id, *codes}))].sort_values(
        "effective", kind="stable"
    )


def _estimated(
    newest: pd.DataFrame, touching: pd.DataFrame, offence_id: str, level: float
) -> list[dict[str, object]]:
    series = newest[newest["code"].isna() & (newest["area_type"] == "force")]
    last = series["period_end"].max().date()
    asked = cases_of(offence_id, touching, last, whole=True)
    of_quarters = [
        _together(series, list(those))
        for _, those in groupby(asked, lambda case: (case.first, case.last))
    ]
    steps = [step for step in of_quarters if step is not None]
    if not steps or len(steps) < len(of_quarters):
        return []
    effect = sum(step.effect for step in steps)
    limits = np.array([step.limits(level) for step in steps])
    reach = np.hypot.reduce(np.abs(limits - [[step.effect] for step in steps]), axis=0)
    return [
        {
            "part": ESTIMATED,
            "recording_changes": " ".join(case.recording_change for case in asked),
            "effect_pct": percent(effect),
            "effect_lower": percent(effect - reach[0]),
            "effect_upper": percent(effect + reach[1]),
            "level": level,
            "method": TOGETHER,
            "basis": "national errors that last",
            "formula": "steps of the logarithm, added up",
        }
    ]


def _together(series: pd.DataFrame, asked: list[Case]) -> Step | None:
    """The steps of changes that are looked for in the same quarters, by the better model."""
    counts = window(series, asked[0])
    if counts is None:
        return None
    days = dict.fromkeys([each.effective for each in asked])
    days |= dict.fromkeys(day for each in asked for day in each.others)
    found = []
    for sloped in (0, len(asked), len(days)):
        with suppress(NotIdentified):
            found.append(step_at(counts.sum(axis=1), list(days), sloped, len(asked)))
    return min(found, key=lambda step: step.aicc, default=None)


def _new_codes(
    given: pd.DataFrame, touching: pd.DataFrame, offence_id: str, base: pd.Timestamp
) -> list[dict[str, object]]:
    """Offences of the newest year of codes that a change brought into the group since the base.

    A change brings a code in where it names both the code and the group and took effect before the
    code was first counted; one that names the code alone moves it inside the group.  Of several the
    first brought it in.
    """
    by_code = given.pivot_table(
        index="period_end", columns="code", values="value", aggfunc="sum", sort=True
    )
    found: dict[str, str] = {}
    for code in by_code.columns:
        first = by_code.index[by_code[code].fillna(0) > 0].min()
        bringing = touching[
            touching["named"].map(lambda ids, code=code: {code, offence_id} <= ids)
            & (touching["effective"] > base)
            & (touching["effective"] <= first)
        ]
        if len(bringing):
            found[str(code)] = str(bringing["change_id"].iloc[0])
    if not found:
        return []
    newest = by_code[list(found)].iloc[-YEAR:].sum().sum()
    return [
        {
            "part": NEW_CODES,
            "recording_changes": " ".join(dict.fromkeys(found.values())),
            "codes": " ".join(found),
            "offences": float(newest),
            "method": COUNTED,
            "basis": "a count of records: no sampling error",
            "formula": f"offences = {' + '.join(found)}",
        }
    ]


def _described(
    touching: pd.DataFrame, offence_id: str, quarters: pd.DatetimeIndex
) -> list[dict[str, object]]:
    """The changes of which nothing is estimated, each with the reason."""
    asked = cases_of(offence_id, touching, quarters[-1].date(), whole=True)
    estimated = {case.recording_change for case in asked}
    own = touching[touching["named"].map(lambda ids: offence_id in ids)]
    days = own["effective"].value_counts()
    rows = []
    since = quarters[0] - pd.DateOffset(months=3)
    for change in touching.to_dict("records"):
        day, of_group = change["effective"], offence_id in change["named"]
        between = int(((quarters > since) & (quarters < day)).sum())
        since = day if of_group else since
        if change["change_id"] in estimated:
            continue
        if day.date() == LOCKDOWN:
            why = LOCKDOWN_TOO
        elif not of_group:
            why = INSIDE
        elif days[day] > 1:
            why = SAME_DAY
        else:
            why = TOO_FEW if between < FEWEST else NO_MODEL
        rows.append({"part": why, "recording_changes": change["change_id"]})
    return rows
