"""Years of the open data: four quarters next to each other, by force and by area.

A force that lacks one of the four has no year, and the areas it lies in leave it out.  A group has
a year only where it was recorded, as one thing, in all four quarters.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from crimeshare.measures.quarters import YEAR
from crimeshare.reference import NATION, WALES, areas, areas_around, line_of

TOTAL = "total"

NEEDED = ["release_id", "period_start", "period_end", "area_code", "offence_id", "code", "value"]
NEEDED += ["sheet"]
"""Columns of ``recorded_quarters`` that years are computed from."""


def shown_areas() -> list[str]:
    """Codes of the areas of the series: England and Wales, Wales, the regions and the forces."""
    return [
        code
        for code, area in areas().items()
        if area.area_type in ("region", "force") or code in (NATION, WALES)
    ]


def years_of_groups(quarters: pd.DataFrame) -> pd.DataFrame:
    """The years of every area, by offence group, in one release of the open data.

    Returns:
        The columns of :func:`years_of_areas` and ``codes_from``: the first day of the quarter in
        which the group came to hold the offence codes that it has in that year, empty where it
        held them from the start.
    """
    groups = quarters[quarters["code"].isna()]
    ends = pd.DatetimeIndex(sorted(quarters["period_end"].unique()))
    moved = redefinitions(quarters, ends)
    years = years_of_areas(groups, _years_with_group(groups, ends, moved), areas())
    begins = quarters.groupby("period_end")["period_start"].first()
    years["codes_from"] = pd.Series(pd.NaT, index=years.index, dtype=ends.dtype)
    for offence_id, places in moved.items():
        of_group = years["offence_id"] == offence_id
        for end in ends[sorted(set(places))]:
            years.loc[of_group & (years["period_end"] >= end), "codes_from"] = begins[end]
    return years


def years_of_codes(quarters: pd.DataFrame) -> pd.DataFrame:
    """The years of every area, by offence code, in one release of the open data.

    Returns:
        The columns of :func:`years_of_areas`, with ``code`` in place of ``offence_id``: of years
        whose four quarters all list the code, none before anybody had recorded it.
    """
    used = quarters.groupby("code")["value"].sum()
    groups = quarters_of_codes(quarters, used[used > 0].index)
    counts = groups.groupby(["offence_id", "period_end"])["value"].sum().unstack()
    begun = (counts > 0).cummax(axis=1)
    rows = quarters.assign(name=quarters["code"].fillna(TOTAL))
    listed = rows.groupby(["name", "period_end"]).size().unstack().reindex_like(begun).notna()
    whole = _of_four(begun & listed) == YEAR
    years = years_of_areas(groups, whole, areas())
    return years[years["offence_id"] != TOTAL].rename(columns={"offence_id": "code"})


def quarters_of_codes(quarters: pd.DataFrame, codes: Iterable[str]) -> pd.DataFrame:
    """Quarters of offence codes as :func:`years_of_areas` takes those of groups, with the total.

    Args:
        codes: those wanted.  A code may be counted in two groups, as when it moved.
    """
    key = ["area_code", "period_end"]
    total = quarters[quarters["code"].isna() & (quarters["offence_id"] == TOTAL)]
    own = quarters[quarters["code"].isin(list(codes))]
    # A force with a return that does not name a code recorded none: most codes begin later.
    table = own.pivot_table(index=key, columns="code", values="value", aggfunc="sum")
    table = table.reindex(pd.MultiIndex.from_frame(total.loc[total["value"].notna(), key]))
    table = table.fillna(0).assign(**{TOTAL: total.set_index(key)["value"]})
    return table.reset_index().melt(key, var_name="offence_id", value_name="value")


def years_of_areas(
    groups: pd.DataFrame, exists: pd.DataFrame, area_codes: Iterable[str]
) -> pd.DataFrame:
    """The years of areas, from the quarters of the forces.

    Args:
        groups: ``area_code``, ``offence_id``, ``period_end`` and ``value`` of the quarters of one
            release; offences of one group a row, the total among them.
        exists: whether a year of a group is wanted, by group and quarter-end.

    Returns:
        ``area_code``, ``offence_id``, ``period_end``, ``count`` (offences in the year ending
        there) and ``excluded`` (names of the forces that an area leaves out, joined by semicolons).
    """
    years = _years_of_forces(groups, pd.DatetimeIndex(exists.columns))
    forces = list(years.index.unique("area_code"))
    cube = np.full((len(forces), *exists.shape), np.nan)
    for at, offence_id in enumerate(exists.index):
        cube[:, at, :] = years.xs(offence_id, level="offence_id").reindex(forces).to_numpy()
    return pd.concat(
        [_years_of_area(code, forces, cube, exists) for code in area_codes], ignore_index=True
    )


def _years_of_area(
    code: str, forces: list[str], cube: np.ndarray, exists: pd.DataFrame
) -> pd.DataFrame:
    """The years of one area: the sums over its forces with a complete return.

    Args:
        cube: counts of a year by force, group and quarter-end.
        exists: whether a group was recorded throughout the year, by group and quarter-end.
    """
    members = [place for place, force in enumerate(forces) if code in areas_around(force)]
    names = [areas()[forces[place]].area_name for place in members]
    counts = cube[members]
    if len(members) == 1:
        sums, excluded = counts[0], [""] * len(exists.columns)
    else:
        returned = ~np.isnan(counts[:, exists.index.get_loc(TOTAL), :])
        # A force with a return that names no offence of a group recorded none.
        sums = np.where(returned[:, None, :], np.nan_to_num(counts), 0.0).sum(axis=0)
        sums[:, ~returned.any(axis=0)] = np.nan
        excluded = [
            "; ".join(sorted(name for name, there in zip(names, whole, strict=True) if not there))
            for whole in returned.T
        ]
    offence, end = np.nonzero(exists.to_numpy() & ~np.isnan(sums))
    return pd.DataFrame(
        {
            "area_code": code,
            "offence_id": exists.index.to_numpy()[offence],
            "period_end": exists.columns[end],
            "count": sums[offence, end],
            "excluded": np.array(excluded, dtype=object)[end],
        }
    )


def _years_of_forces(groups: pd.DataFrame, ends: pd.DatetimeIndex) -> pd.DataFrame:
    table = groups.pivot(index=["area_code", "offence_id"], columns="period_end", values="value")
    table = table.reindex(columns=ends)
    months = 12 * ends.year + ends.month
    gap = np.full(len(ends), True)
    gap[YEAR - 1 :] = months[YEAR - 1 :] - months[: -(YEAR - 1)] != 3 * (YEAR - 1)
    sums = _of_four(table)
    return sums.where(np.broadcast_to(~gap, sums.shape))


def _of_four(table: pd.DataFrame) -> pd.DataFrame:
    """The sum of each column and the three before it, none where one of them has no value."""
    given = table.astype(float)
    return given + given.shift(1, axis=1) + given.shift(2, axis=1) + given.shift(3, axis=1)


def redefinitions(quarters: pd.DataFrame, ends: pd.DatetimeIndex) -> dict[str, list[int]]:
    """Positions of the quarters in which each group gained or lost a code to another group.

    Harassment, for one, was violence without injury until stalking and harassment began.
    """
    codes = quarters[quarters["code"].notna()]
    sums = codes.groupby(["code", "period_end", "offence_id"], as_index=False)["value"].sum()
    sums = sums[sums["value"] > 0].sort_values(["code", "period_end", "value"], kind="stable")
    sums = sums.drop_duplicates(["code", "period_end"], keep="last")
    before = sums.groupby("code")["offence_id"].shift()
    moved = sums.assign(before=before)[before.notna() & (before != sums["offence_id"])]
    places = ends.get_indexer(moved["period_end"])
    found: dict[str, list[int]] = {}
    for old, new, at in zip(moved["before"], moved["offence_id"], places, strict=True):
        for offence_id in set(line_of(old)) ^ set(line_of(new)):
            found.setdefault(offence_id, []).append(int(at))
    return found


def _years_with_group(
    groups: pd.DataFrame, ends: pd.DatetimeIndex, redefined: dict[str, list[int]]
) -> pd.DataFrame:
    """Whether each group was recorded, as one thing, in all four quarters of the year ending there.

    A group that a release carries on as zeros after it ended, or before it began, is not there.
    """
    counts = groups.groupby(["offence_id", "period_end"])["value"].sum().unstack()
    some = (counts.reindex(columns=ends).fillna(0) != 0).to_numpy()
    begun = np.logical_or.accumulate(some, axis=1)
    still = np.logical_or.accumulate(some[:, ::-1], axis=1)[:, ::-1]
    there = pd.DataFrame(begun & still, index=counts.index, columns=ends)
    whole = _of_four(there) == YEAR
    for offence_id, places in redefined.items():
        whole.loc[offence_id] &= one_thing(places, ends)
    return whole


def one_thing(moved: Iterable[int], ends: pd.DatetimeIndex, quarters: int = YEAR) -> pd.Series:
    """Whether the quarters up to each, as many as given, hold the same codes throughout."""
    clear = pd.Series(True, index=ends)
    for at in moved:
        clear.iloc[at : at + quarters - 1] = False
    return clear
