"""Where a force's own figures moved to another level, and when: a stated test on its quarters.

What all forces share, growth, season and national changes of rules among it, is taken out: a series
is the logarithm of the force's count over that of all other forces, without its season
(:func:`crimeshare.measures.seasonal.season`). Two levels are told from one
where they differ by more than `LEAST` and by more than `CRITICAL` standard errors, each for
`SHORTEST` quarters or more; the series is split at the quarter where the difference is clearest,
then each part again (binary segmentation: L. Y. Vostrikova, Soviet Mathematics Doklady 24 (1981)
55-59). The noise is that of the changes from quarter to quarter, so that a step does not hide
itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtri

from crimeshare.measures.provenance import keyed
from crimeshare.measures.quarters import YEAR
from crimeshare.measures.revisions import newest_release
from crimeshare.measures.seasonal import SEASONED, season

Values = npt.NDArray[np.float64]

METHOD = "stl_binary_segmentation"

SHORTEST = 4
"""Quarters that a level lasts at least."""

LONGEST = 8
"""Quarters on either side that the size of a shift is taken from."""

LEAST = 0.2
"""The least shift, as a change of the logarithm: about a fifth."""

CRITICAL = 5.0
"""Standard errors by which two levels differ.  Noise alone, correlated by a half from quarter to
quarter, is then called a shift in fewer than one series in twenty (``test_level_shifts.py``)."""

FEWEST = 50
"""Offences in a quarter, on average, below which chance hides a shift of that size."""

COLUMNS = [
    "area_code",
    "offence_id",
    "code",
    "quarter_end",
    "shift_pct",
    "lower",
    "upper",
    "recording_change",
    "level",
    "method",
    "formula",
    "cells",
]


def compute_level_shifts(
    quarters: pd.DataFrame,
    recording_changes: pd.DataFrame,
    offence_ids: Collection[str],
    level: float = 0.95,
) -> pd.DataFrame:
    """The shifts of level of every force, for offence groups, each of their codes and all crime.

    Args:
        quarters: the clean table ``recorded_quarters``; the newest release counts.
        recording_changes: ``change_id``, ``effective`` and ``offence_ids`` (codes and groups,
            separated by spaces).
        offence_ids: the offence groups.
        level: of the limits, which hold for the date found.

    Returns:
        `COLUMNS`, one row a shift: ``quarter_end`` is the last day of the first quarter of the new
        level; ``shift_pct`` how much more, in per cent, the force recorded from then on,
        beyond what all other forces did, with its limits; ``recording_change`` a change of rules
        for that series that took effect in that quarter or the one before or after and moved all
        other forces by as much, empty where there is none, so that the cause is not known here.
    """
    newest = newest_release(quarters)
    newest = newest[
        (newest["area_type"] == "force") & newest["offence_id"].isin([*offence_ids, "total"])
    ].assign(period_end=lambda rows: pd.to_datetime(rows["period_end"]))
    rows = []
    release_id = "".join(newest["release_id"].unique())
    items = newest.assign(code=newest["code"].fillna(""))
    for (group, code), series in items.groupby(["offence_id", "code"]):
        wide = series.pivot(index="period_end", columns="area_code", values="value").sort_index()
        for area_code in wide.columns:
            own = wide[area_code]
            others = wide.drop(columns=area_code).sum(axis=1, min_count=1)
            for found in shifts(own, others, level):
                near = _change_near(found["quarter_end"], str(code or group), recording_changes)
                explained = abs(found["shift"]) <= abs(_shift_at(others, found["quarter_end"]))
                rows.append(
                    {
                        "area_code": area_code,
                        "offence_id": group,
                        "code": code or None,
                        **{key: found[key] for key in COLUMNS[3:7]},
                        "recording_change": near if explained else None,
                        "level": level,
                        "method": METHOD,
                        "formula": f"step of the quarters ending {found['quarter_end']:%Y-%m-%d} "
                        "beside those of all other forces",
                        "cells": keyed(
                            "recorded_quarters", release_id, str(code or group), "every force"
                        ),
                    }
                )
    table = pd.DataFrame(rows, columns=COLUMNS)
    order = ["area_code", "offence_id", "code", "quarter_end"]
    return table.sort_values(order, na_position="first", ignore_index=True)


def shifts(own: pd.Series, others: pd.Series, level: float = 0.95) -> list[dict[str, Any]]:
    """The shifts of one series of counts beside that of all others, oldest first.

    Each has ``quarter_end``, ``shift`` (of the logarithm), ``shift_pct``, ``lower`` and ``upper``;
    a shift whose limits hold 0 is none.

    Args:
        own, others: counts by last day of the quarter; only the last unbroken stretch of quarters
            in which both are above 0 is looked at.
        level: of the limits.
    """
    known = ((own > 0) & (others > 0)).to_numpy()
    first = 0 if known.all() else int(np.flatnonzero(~known)[-1]) + 1
    own, others = own.iloc[first:], others.iloc[first:]
    if len(own) < 2 * SHORTEST or own.mean() < FEWEST:
        return []
    values = adjusted(np.log((own / others).to_numpy(dtype=np.float64)))
    steps = np.diff(values)
    noise = float(np.median(np.abs(steps - np.median(steps)))) / (ndtri(0.75) * np.sqrt(2))
    found = []
    for position in sorted(_split(values, noise, 0, len(values))):
        before = values[max(position - LONGEST, 0) : position]
        after = values[position : position + LONGEST]
        shift = after.mean() - before.mean()
        spread = max(noise, float(np.sqrt((before.var(ddof=1) + after.var(ddof=1)) / 2)))
        reach = ndtri((1 + level) / 2) * spread * np.sqrt(1 / len(before) + 1 / len(after))
        if abs(shift) <= reach:
            continue
        found.append(
            {
                "quarter_end": own.index[position],
                "shift": float(shift),
                "shift_pct": 100 * float(np.expm1(shift)),
                "lower": 100 * float(np.expm1(shift - reach)),
                "upper": 100 * float(np.expm1(shift + reach)),
            }
        )
    return found


def adjusted(values: Values) -> Values:
    """A quarterly series without its season, where it is long enough to have one."""
    if len(values) < SEASONED:
        return values
    quarter = 1 + np.arange(len(values)) % YEAR
    return values - season(values, quarter)[0]


def _split(values: Values, noise: float, first: int, last: int) -> Iterator[int]:
    """Positions where a stretch of a series goes to another level."""
    best, at = 0.0, None
    for position in range(first + SHORTEST, last - SHORTEST + 1):
        before, after = values[first:position], values[position:last]
        near = values[max(position - SHORTEST, first) : position].mean()
        shift = values[position : position + SHORTEST].mean() - near
        error = noise * np.sqrt(1 / len(before) + 1 / len(after))
        clearness = abs(after.mean() - before.mean()) / error if error > 0 else 0.0
        if abs(shift) >= LEAST and clearness > max(best, CRITICAL):
            best, at = clearness, position
    if at is not None:
        yield at
        yield from _split(values, noise, first, at)
        yield from _split(values, noise, at, last)


def _shift_at(counts: pd.Series, quarter_end: pd.Timestamp) -> float:
    """How much the logarithm of a series moved from the year before a quarter to the year after."""
    position = int(np.flatnonzero(counts.index == quarter_end)[0])
    before = counts.iloc[max(position - YEAR, 0) : position].mean()
    return float(np.log(counts.iloc[position : position + YEAR].mean() / before))


def _change_near(quarter_end: pd.Timestamp, name: str, changes: pd.DataFrame) -> str | None:
    """The change of rules for a series that took effect about that quarter."""
    quarter = pd.Period(quarter_end, "Q")
    near = [
        row["change_id"]
        for row in changes.to_dict("records")
        if name in str(row["offence_ids"]).split()
        and abs((pd.Period(pd.Timestamp(row["effective"]), "Q") - quarter).n) <= 1
    ]
    return near[0] if near else None
