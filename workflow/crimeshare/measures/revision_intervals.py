"""How will this figure be revised?  Limits from all vintages, by the age of a figure and by area.

A revision is the logarithm of what a later release says over what the figure was.  Its size differs
between forces, and the few revisions that one force has say little about its own, so that its mean
square is drawn towards that of all forces as far as they are alike.  A revision beyond all but one
in fifty counts as large as that one: a force that once recounted a year need not do so again.  How
many times that scale a revision may be is read off revisions that were left out when the scale was
measured, pooled over all forces, since revisions have far longer tails than a normal law: the
limits are those within which that part of them lay.

A force whose revisions go one way (`ONE_WAY` of them) has limits of its own on either side: its
squares are split between the sides as they were so far, drawn towards the split of all forces.

A year that a later release moved by a fifth or more, and all crime of the force by less than half
as much, is left out and named: as a rule a mistake was mended, or something else was counted, and
how often that will happen again the past does not tell.  Of a group of which more was left out than
limits may miss, no limits are given.

The limits are tried on what they are for: each vintage is left out in turn, with all years that
share months with it, the limits are made of the others, and it is counted how many of its figures
they hold.  That coverage has an interval of its own, by vintage, as the figures of one vintage hang
together.  Limits that could not be tried are not given.

Sources of the methods: R. McKenzie and M. Gamba, "Interpreting the results of revision analyses:
recommended summary statistics", OECD and Eurostat task force on revisions analysis (2008):
revisions by the age of a figure, and errors that allow for vintages that hang together (W. K. Newey
and K. D. West, Econometrica 55 (1987) 703-708).  G. K. Smyth, "Linear models and
empirical Bayes methods for assessing differential expression in microarray experiments",
Statistical Applications in Genetics and Molecular Biology 3 (2004): variances drawn together.  R.
F. Barber, E. J. Candes, A. Ramdas and R. J. Tibshirani, "Predictive inference with the jackknife+",
Annals of Statistics 49 (2021) 486-507: limits from revisions left out, here scaled.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import stdtrit

from crimeshare.columns import held
from crimeshare.measures.intervals import proportion_interval
from crimeshare.measures.provenance import keyed
from crimeshare.measures.rank_ranges import squeeze
from crimeshare.measures.revisions import FIGURE, with_ages
from crimeshare.reference import areas

Values = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

METHOD = "shrunk_scale_left_out_quantile"

AGES = {0: (0, 0), 12: (12, 12), 24: (24, 47)}
"""Youngest and oldest age, in months, of the figures that each row is about."""

WAIT = 12
"""Months until the later vintage at least."""

FEWEST = 5
"""Vintages, no two of which share months with it, that a limit is made of at least."""

LARGEST = 0.98
"""Part of all revisions that are no larger than the one at which larger ones are cut off."""

ONE_WAY = 0.89
"""Part of an area's revisions that go one way, 17 of 19, from which its limits are told by side."""

SIDES = 4
"""Revisions that the split of all areas weighs beside an area's own."""

FAR = 0.2
"""Part of a figure from which a revision that all crime does not share is left out."""

KNOWN = 12 * 2023 + 6
"""The month up to which releases counted that were known in October 2023: June 2023."""

LAGS = 3
"""Quarters by which two years may follow each other and still share months."""


def compute_revision_intervals(
    revisions: pd.DataFrame,
    area_types: Mapping[str, str],
    offence_ids: Collection[str],
    level: float = 0.95,
) -> pd.DataFrame:
    """Limits within which a figure of an area will probably be revised.

    Args:
        area_types: of the areas that are looked at, by code; those of one type are drawn together.
        level: part of the revisions that the limits are to hold.

    Returns:
        The columns of ``revision_intervals``, one row an area, offence group and age of a figure.
        Where no vintage could be left out, for one because a single release revised them all, or
        where too many revisions are left out, there is no row.
    """
    pairs, moved = _counted(revisions, area_types, offence_ids, level)
    rows = [
        row
        for (_, offence_id), of_group in pairs.groupby(["area_type", "offence_id"])
        for age in AGES
        for row in _rows(of_group[of_group["age_months"] == age], str(offence_id), age, level)
    ]
    table = pd.DataFrame(rows, columns=held("revision_intervals")).assign(
        kind=lambda found: found["area_code"].map(area_types)
    )
    key = ["area_code", "offence_id", "age_months"]
    named = moved.groupby(key)["period_end"].agg(lambda ends: " ".join(f"{e:%Y-%m}" for e in ends))
    table["left_out"] = named.reindex(pd.MultiIndex.from_frame(table[key])).to_numpy()
    return table.sort_values(["offence_id", "age_months", "area_code"], ignore_index=True)


def compute_revision_test(
    revisions: pd.DataFrame,
    area_types: Mapping[str, str],
    offence_ids: Collection[str],
    level: float = 0.95,
    known: int = KNOWN,
) -> pd.DataFrame:
    """Limits made of the releases known at a time, held against the revisions that came later.

    Args:
        revisions, area_types, offence_ids, level: as of :func:`compute_revision_intervals`.
        known: last month of the years of the releases that limits are made of, ``12 * year +
            month``.

    Returns:
        The columns of ``revision_test``, one row a kind of area, offence group and age.
    """
    ends = pd.PeriodIndex(revisions["release_id"].str.extract(r"(\d{4}-\d{2})")[0], freq="M")
    then = (12 * ends.year + ends.month).to_numpy() <= known
    pairs, _ = _counted(revisions, area_types, offence_ids, level)
    before, _ = _counted(revisions[then], area_types, offence_ids, level)
    rows = []
    for (kind, offence_id, age), of_group in before.groupby(
        ["area_type", "offence_id", "age_months"]
    ):
        wide = _wide(of_group)
        made = _limits(wide, level)
        if made is None:
            continue
        lower, upper = (dict(zip(wide.columns, np.log1p(end / 100), strict=True)) for end in made)
        now = pairs[
            (pairs["area_type"] == kind)
            & (pairs["offence_id"] == offence_id)
            & (pairs["age_months"] == age)
            & ~pairs["period_end"].isin(of_group["period_end"])
            & pairs["area_code"].isin(wide.columns)
        ]
        if now.empty:
            continue
        codes = now["area_code"]
        inside = (codes.map(lower) <= now["revision"]) & (now["revision"] <= codes.map(upper))
        month = f"{(known - 1) // 12}-{(known - 1) % 12 + 1:02}"
        what = f"{offence_id}, {age} months old, not revised in releases up to {month}"
        rows.append(
            {
                "kind": kind,
                "offence_id": offence_id,
                "age_months": age,
                "known": month,
                "figures": len(now),
                "held": int(inside.sum()),
                "share": float(inside.mean()),
                "level": level,
                "formula": "revisions inside of the limits made before / revisions",
                "cells": keyed("revisions", "", what),
            }
        )
    return pd.DataFrame(rows, columns=held("revision_test"))


def _counted(
    revisions: pd.DataFrame,
    area_types: Mapping[str, str],
    offence_ids: Collection[str],
    level: float,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Revisions with the kind of area: those that limits are made of, and those left out."""
    wanted = revisions[revisions["offence_id"].isin({*offence_ids, "total"})]
    pairs = _pairs(with_ages(wanted))
    pairs = pairs.assign(area_type=pairs["area_code"].map(area_types)).dropna(subset=["area_type"])
    key = ["area_code", "period_end", "age_months"]
    total = pairs[pairs["offence_id"] == "total"].set_index(key)["revision"]
    of_all = total.reindex(pd.MultiIndex.from_frame(pairs[key])).to_numpy()
    large = pairs["revision"].abs() > -np.log1p(-FAR)
    moved = large & (np.abs(of_all) < pairs["revision"].abs() / 2)
    alike = [pairs[name] for name in ("area_type", "offence_id", "age_months")]
    told = moved.groupby(alike).transform("mean") <= 1 - level
    asked = pairs["offence_id"].isin(offence_ids) & told
    return pairs[asked & ~moved], pairs[asked & moved]


def kinds() -> dict[str, str]:
    """What each area is drawn together with: forces with forces, larger areas with each other."""
    larger = {"region": "larger", "country": "larger", "force": "force"}
    return {
        code: larger[area.area_type] for code, area in areas().items() if area.area_type in larger
    }


def _pairs(steps: pd.DataFrame) -> pd.DataFrame:
    """The first vintage of each age and the last vintage there is, of every figure."""
    follows = (
        steps["previous_release_id"] == steps.groupby(FIGURE, sort=False)["release_id"].shift()
    )
    steps = steps.assign(chain=(~follows).cumsum())
    like = ["chain", *FIGURE]
    before = steps[[*like, "previous_release_id", "previous_value", "age_before"]]
    after = steps[[*like, "release_id", "value", "age"]]
    names = [*like, "release_id", "value", "age"]
    vintages = pd.concat([before.set_axis(names, axis=1), after.set_axis(names, axis=1)])
    vintages = vintages.drop_duplicates([*like, "release_id"]).sort_values("age", kind="stable")
    vintages = vintages[vintages["value"] > 0]
    last = vintages.drop_duplicates(like, keep="last")
    found = []
    for age, (youngest, oldest) in AGES.items():
        first = vintages[vintages["age"].between(youngest, oldest)].drop_duplicates(like)
        both = first.merge(last, on=like, suffixes=("", "_last"))
        both = both[both["age_last"] >= both["age"] + WAIT]
        found.append(both.assign(age_months=age))
    pairs = pd.concat(found, ignore_index=True)
    pairs["revision"] = np.log(pairs["value_last"] / pairs["value"])
    # A figure that was published in two ways, with and without a force, counts by the later.
    return pairs.drop_duplicates([*FIGURE, "age_months"], keep="last")


def _rows(group: pd.DataFrame, offence_id: str, age: int, level: float) -> Iterator[dict[str, Any]]:
    if group.empty:
        return
    wide = _wide(group)
    values = wide.to_numpy(dtype=np.float64)
    apart = _apart(pd.DatetimeIndex(wide.index))
    everything = np.ones(len(wide), dtype=bool)
    made = _limits(wide, level)
    if made is None:
        return
    scale, own = scales(values, everything), _mean_squares(values, everything[None, :])[0][0]
    down = parts_below(values, everything[None, :])[0]
    # Figures that one release gave and another revised are one trial, whatever their number.
    tried = back_test(values, apart, level) if group["release_id"].nunique() > FEWEST else []
    coverage = coverage_interval([float(np.nanmean(held)) for held in tried], level)
    if coverage is None:
        return
    lower, upper = made
    newest = str(group["release_id_last"].max())
    for position, area_code in enumerate(wide.columns):
        known = wide[area_code].dropna()
        if known.empty:
            continue
        yield {
            "area_code": area_code,
            "offence_id": offence_id,
            "age_months": age,
            "lower_pct": float(f"{lower[position]:.12g}"),
            "upper_pct": float(f"{upper[position]:.12g}"),
            "level": level,
            "method": METHOD,
            "scale_pct": 100 * float(scale[position]),
            "own_scale_pct": 100 * float(np.sqrt(own[position])),
            "mean_pct": 100 * float(known.mean()),
            "vintages": len(known),
            "coverage": coverage[0],
            "coverage_lower": coverage[1],
            "coverage_upper": coverage[2],
            "vintages_tried": len(tried),
            "own_held": int(sum(np.nan_to_num(held[position]) for held in tried)),
            "own_tried": int(sum(np.isfinite(held[position]) for held in tried)),
            "down": float(down[position]),
            "basis": f"{group['release_id'].nunique()} releases, whose figures came again later",
            "formula": "quantile of the left-out revisions * scale",
            "cells": keyed("revisions", newest, offence_id, f"every vintage {age} months old"),
            "release_id": newest,
        }


def _wide(group: pd.DataFrame) -> pd.DataFrame:
    return group.pivot(index="period_end", columns="area_code", values="revision").sort_index()


def _limits(wide: pd.DataFrame, level: float) -> tuple[Values, Values] | None:
    """Lower and upper limits of each area's revisions in per cent; None with too few vintages."""
    values = wide.to_numpy(dtype=np.float64)
    everything = np.ones(len(wide), dtype=bool)
    apart = _apart(pd.DatetimeIndex(wide.index))
    quantile = left_out_quantile(values, apart, everything, level)
    if quantile is None:
        return None
    reach = quantile * scales(values, everything)
    below = parts_below(values, everything[None, :])[0]
    down, up = reach * np.sqrt(2 * below), reach * np.sqrt(2 * (1 - below))
    return 100 * np.expm1(-down), 100 * np.expm1(up)


def _apart(ends: pd.DatetimeIndex) -> Mask:
    """Which years, by their last days, share no months with which."""
    months = (12 * ends.year + ends.month).to_numpy()
    return np.asarray(np.abs(np.subtract.outer(months, months)) >= WAIT)


def _mean_squares(values: Values, used: Mask) -> tuple[Values, Values]:
    """Mean square of each area's revisions in the used vintages, and how many there are.

    Args:
        values: revisions by vintage (row) and area, empty where there is none.
        used: vintages by set (row).

    Returns:
        Both by set (row) and area; the mean square of none is 0.
    """
    number = used.astype(np.float64) @ np.isfinite(values)
    total = used.astype(np.float64) @ np.nan_to_num(values) ** 2
    return total / np.maximum(number, 1), number


def _drawn_together(values: Values, used: Mask, by: Mask) -> Values:
    """Root mean squares in some vintages, drawn together as far as areas are alike in others.

    Args:
        by: the vintages that say how alike the areas are.
    """
    with np.errstate(invalid="ignore"):
        largest = np.nanquantile(np.abs(values[by]), LARGEST)
    values = np.clip(values, -largest, largest)
    mean_square, number = (part[0] for part in _mean_squares(values, by[None, :]))
    df = float(np.median(number[number > 0])) if np.any(number > 0) else 1.0
    together, total = squeeze(mean_square, df)
    own, count = _mean_squares(values, used)
    if np.isinf(total):
        return np.asarray(np.sqrt(np.broadcast_to(together, own.shape)))
    weight = total - df
    if weight <= 0:
        return np.asarray(np.sqrt(own))
    common = float(np.mean((together * total - df * mean_square) / weight))
    return np.asarray(np.sqrt((weight * common + count * own) / (weight + count)))


def parts_below(values: Values, used: Mask) -> Values:
    """The part of each area's squares that lies below zero: a half where they go either way.

    Returns:
        By set (row) and area; where `ONE_WAY` of the revisions have one sign, the area's own part
        drawn towards that of all areas.
    """
    known, sets = np.nan_to_num(values), used.astype(np.float64)
    number = sets @ np.isfinite(values)
    squares, below = sets @ known**2, sets @ np.minimum(known, 0.0) ** 2
    same = np.maximum(sets @ (known < 0), sets @ (known > 0))
    of_all = below.sum(axis=1, keepdims=True) / np.maximum(
        squares.sum(axis=1, keepdims=True), 1e-24
    )
    own = below / np.where(squares > 0, squares, 1.0)
    drawn = (SIDES * of_all + number * own) / (SIDES + number)
    return np.where((same >= ONE_WAY * number) & (number >= 2 * FEWEST), drawn, 0.5)


def _over_scale(values: Values, scale: Values, below: Values) -> Values:
    """How many times the scale of its side each revision is."""
    side = np.where(values < 0, below, 1 - below)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.abs(values) / (scale * np.sqrt(2 * side)))


def scales(values: Values, used: Mask) -> Values:
    """Root mean square revision of each area in the used vintages, drawn together."""
    together: Values = _drawn_together(values, used[None, :], used)[0]
    return together


def left_out_quantile(values: Values, apart: Mask, used: Mask, level: float) -> float | None:
    """How many times its scale a revision is that was left out when the scale was measured.

    Args:
        apart: which vintages share no months with which.
        level: part of the revisions to be no larger.

    Returns:
        The quantile over all vintages and areas; None with too few vintages.
    """
    others = apart & used[None, :]
    tried = used & (others.sum(axis=1) >= FEWEST)
    if not tried.any():
        return None
    scale = _drawn_together(values, others[tried], used)
    scores = _over_scale(values[tried], scale, parts_below(values, others[tried]))
    # No revision of an area that never had one is no score.
    known = scores[np.isfinite(scores)]
    return float(np.quantile(known, level, method="higher")) if known.size else None


def back_test(values: Values, apart: Mask, level: float) -> list[Values]:
    """Which figures of each vintage limits made without it hold, oldest first; empty where none."""
    held = []
    for position in range(len(values)):
        used = apart[position]
        quantile = left_out_quantile(values, apart, used, level)
        if quantile is None:
            continue
        below = parts_below(values, used[None, :])[0]
        over = _over_scale(values[position], scales(values, used), below)
        known = np.isfinite(values[position])
        held.append(np.where(known, ~(over > quantile), np.nan))
    return held


def coverage_interval(held: list[float], level: float) -> tuple[float, float, float] | None:
    """Mean of the parts held, with limits that allow for vintages that hang together.

    None for fewer than two vintages.  Where every vintage held the same part, the limits are
    Wilson's for as many trials as there are vintages.
    """
    if len(held) < 2:
        return None
    mean = float(np.mean(held))
    left = np.array(held) - mean
    lags = min(LAGS, len(held) - 1)
    # Those of Newey and West, for as few vintages; to load statsmodels takes three seconds.
    together = [(1 - lag / (lags + 1)) * left[lag:] @ left[:-lag] for lag in range(1, lags + 1)]
    spread = left @ left + 2 * sum(together)
    error = float(np.sqrt(spread / len(held) / (len(held) - 1)))
    if min(held) == max(held):
        lower, upper = proportion_interval(mean, n=len(held), level=level)
        return mean, float(lower), float(upper)
    reach = float(stdtrit(len(held) - 1, (1 + level) / 2)) * error
    return mean, max(mean - reach, 0.0), min(mean + reach, 1.0)
