"""Quarterly series of recorded crime, and how they stand beside the yearly figures of ONS.

Two publishers give one count: the Home Office by quarter, as it last revised every quarter, and
ONS by year, as the police had counted when the edition came out.  Where they differ, the police
have revised their count since; a difference is shown and never smoothed away.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from crimeshare.columns import held
from crimeshare.measures.provenance import (
    cell_names,
    four_quarters,
    listed,
    one_quarter,
    sheets_of_year,
    summed,
)
from crimeshare.parquet import table_of
from crimeshare.reference import areas, areas_around, line_of, offences

YEAR = 4
"""Quarters of a year."""

_ITEM = ["offence_id", "code"]
_QUARTER = ["release_id", "period_start", "period_end"]
_QUARTER_END = ["release_id", "period_end"]
_NO_CODE = ""
_TOTAL = "total"

NEEDED = [*_QUARTER, "area_code", *_ITEM, "value", "sheet", "cells"]
"""Columns of ``recorded_quarters`` that the series is computed from."""

AT_ONCE = 16384
"""Rows with their texts that are in memory together; an area has some hundreds to thousands."""


def in_order(rows: pd.DataFrame, order: list[str]) -> pd.DataFrame:
    """Rows by some columns, areas and offence groups as their lists have them, others after."""
    places = {}
    for column, known in (("area_code", areas()), ("offence_id", offences())):
        if column in rows:
            names = dict.fromkeys([*known, *sorted(rows[column].dropna().unique())])
            places[column] = {name: place for place, name in enumerate(names)}
    return rows.sort_values(
        order,
        key=lambda own: own.map(places[str(own.name)]) if own.name in places else own,
        kind="stable",
        ignore_index=True,
    )


def a_year_earlier(ends: pd.Series) -> pd.Series:
    """The last days of the years before those that end on the days given."""
    return (ends - pd.DateOffset(years=1) + pd.offsets.MonthEnd(0)).astype("datetime64[ms]")


def a_year_later(ends: pd.Series) -> pd.Series:
    """The last days of the years after those that end on the days given."""
    return (ends + pd.DateOffset(years=1) + pd.offsets.MonthEnd(0)).astype("datetime64[ms]")


PREVIOUS = ["previous", "previous_formula", "previous_cells"]


def beside_year_before(rows: pd.DataFrame, before: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Rows with the columns `PREVIOUS`: the counts of a year before that are alike in `key`."""
    ends = a_year_later(before["period_end"]).astype(rows["period_end"].dtype)
    before = before.assign(period_end=ends)[[*key, "count", "formula", "cells"]]
    return rows.merge(before.set_axis([*key, *PREVIOUS], axis=1), on=key, how="left")


def compute_quarterly_series(
    quarters: pd.DataFrame, recording_changes: pd.DataFrame, offence_ids: Collection[str]
) -> pd.DataFrame:
    """Offences by quarter in every force, region and country.

    Args:
        offence_ids: the groups that are given beside all recorded crime, with their codes.

    Returns:
        The columns of ``quarterly_series``, one row a release, quarter, area and offence group or
        code. British Transport Police counts in England and Wales and in no region.
    """
    parts = quarterly_series_by_area(quarters, recording_changes, offence_ids)
    return pd.concat(parts, ignore_index=True)


def quarterly_series_by_area(
    quarters: pd.DataFrame, recording_changes: pd.DataFrame, offence_ids: Collection[str]
) -> Iterator[pd.DataFrame]:
    """The table of :func:`compute_quarterly_series`, some areas of a release after others.

    The text of what each count is made of is several times as large as all the rest, and is in
    memory for some `AT_ONCE` rows at a time.
    """
    if quarters.empty:
        yield table_of("quarterly_series")
        return
    parts = [name for name in offences() if not {*offence_ids}.isdisjoint(line_of(name))]
    group = quarters["code"].isna() & quarters["offence_id"].isin([_TOTAL, *offence_ids])
    # A code may have been counted in another group once: its quarters there belong to its series.
    codes = quarters.loc[quarters["offence_id"].isin(parts), "code"].dropna().unique()
    own = quarters[group | quarters["code"].isin(codes)].rename(columns={"value": "count"})
    own = own.assign(code=own["code"].fillna(_NO_CODE))
    key = [*_QUARTER, "area_code", *_ITEM]
    series = pd.concat([_full(own[[*key, "count"]]), _added_up(own)], ignore_index=True)
    series["area_name"] = series["area_code"].map({c: a.area_name for c, a in areas().items()})
    series["area_type"] = series["area_code"].map({c: a.area_type for c, a in areas().items()})
    series["excluded"] = series["excluded"].fillna("")
    series = in_order(series, ["release_id", "area_code", *_ITEM, "period_end"])
    series["year_count"] = _year_counts(series)
    series["recording_changes"] = _changes_within(series, recording_changes)
    series = series.assign(code=series["code"].replace(_NO_CODE, None))
    sheets = quarters.drop_duplicates(_QUARTER_END).set_index(_QUARTER_END)["sheet"]
    # A code of a force is one row of its sheet, unless rows of the same code were added up.
    single = own[(own["code"] != _NO_CODE) & ~own["cells"].str.contains("[: ]", na=True)]
    row = pd.Series(range(len(series)), series.index)
    first = row.groupby([series["release_id"], series["area_code"]], sort=False).transform("first")
    for _, rows in series.groupby(first // AT_ONCE):
        cells = single[single["area_code"].isin(rows["area_code"])]
        yield _with_year_before(_with_cells(rows, sheets, cells))[held("quarterly_series")]


def _with_cells(series: pd.DataFrame, sheets: pd.Series, single: pd.DataFrame) -> pd.DataFrame:
    """The series with what each count is: the cell that it stands in, else what is added up."""
    named = series.assign(what=summed(series)).join(sheets, on=_QUARTER_END)
    key = [*_QUARTER_END, "area_code", *_ITEM]
    named = named.join(single.set_index(key)["cells"].rename("cell"), on=key)
    cell = cell_names(named)
    return series.assign(
        formula=cell.fillna(one_quarter(named, named["what"])),
        cells=cell.fillna(cell_names(named, cell="what")),
    )


def _with_year_before(series: pd.DataFrame) -> pd.DataFrame:
    key = ["release_id", "area_code", *_ITEM, "excluded", "period_end"]
    found = beside_year_before(series, series.dropna(subset="count"), key)
    previous = found["previous"].where(found["previous"] > 0)
    return found.assign(change_pct=100 * (found["count"] / previous - 1))


def beside_group(code: Mapping[str, Any], group: Mapping[str, Any]) -> dict[str, Any]:
    """The row of a code with ``part_of_group``, its part of what was recorded of a group.

    Args:
        code, group: rows of one area and quarter.

    Returns:
        The row with the part, between 0 and 1, and with what the group's count is; None for the
        part where either has no count or the group's is 0.
    """
    known = code["count"] is not None and group["count"]
    beside = {f"group_{name}": group[name] for name in ("formula", "cells")}
    return {**code, **beside, "part_of_group": code["count"] / group["count"] if known else None}


def _full(own: pd.DataFrame) -> pd.DataFrame:
    """The forces' own counts, with an empty one for each quarter that a force is missing in."""
    quarters = own[_QUARTER].drop_duplicates()
    items = own[[*_QUARTER, *_ITEM]].drop_duplicates()
    forces = own[["release_id", "area_code"]].drop_duplicates()
    grid = quarters.merge(items, on=_QUARTER).merge(forces, on="release_id")
    full: pd.DataFrame = grid.merge(own, on=[*_QUARTER, "area_code", *_ITEM], how="left")
    full["excluded"] = ""
    return full


def _added_up(own: pd.DataFrame) -> pd.DataFrame:
    """Counts of regions and countries: those of their forces with a complete return."""
    totals = own[own["offence_id"].eq(_TOTAL) & own["count"].notna()]
    complete = totals[[*_QUARTER, "area_code"]]
    within = pd.DataFrame(_memberships(), columns=["member", "area_code"])
    counted = own.merge(complete, on=[*_QUARTER, "area_code"])
    counted = counted.rename(columns={"area_code": "member"}).merge(within, on="member")
    sums = counted.groupby([*_QUARTER, "area_code", *_ITEM], as_index=False)["count"].sum()
    every = own[_QUARTER].drop_duplicates().merge(within, how="cross")
    given = complete.rename(columns={"area_code": "member"}).assign(given=True)
    absent = every.merge(given, on=[*_QUARTER, "member"], how="left")
    missing = _excluded(absent[absent["given"].isna()], _QUARTER)
    added: pd.DataFrame = sums.merge(missing, on=[*_QUARTER, "area_code"], how="left")
    return added


def _excluded(absent: pd.DataFrame, when: list[str]) -> pd.DataFrame:
    """Names of the members that each area lacks at a time, in alphabetical order."""
    names = absent.assign(name=absent["member"].map({c: a.area_name for c, a in areas().items()}))
    joined = names.groupby([*when, "area_code"])["name"].agg(lambda n: "; ".join(sorted(n)))
    return joined.rename("excluded").reset_index()


def _memberships() -> Iterator[tuple[str, str]]:
    for area in areas().values():
        if area.area_type in ("force", "other"):
            yield from ((area.area_code, code) for code in areas_around(area.area_code)[1:])


def _of_four(rows: pd.DataFrame, by: list[str], column: str) -> pd.Series:
    """Sums of four quarters next to each other, where all are there."""
    line = rows.groupby(by, sort=False)
    sums = rows[column]
    for back in range(1, YEAR):
        sums = sums + line[column].shift(back)
    first = line["period_start"].shift(YEAR - 1)
    years = rows["period_end"].dt.year - first.dt.year
    months = 12 * years + (rows["period_end"].dt.month - first.dt.month)
    return sums.where(months == 11)


def _year_counts(series: pd.DataFrame) -> pd.Series:
    """Counts of the years ending with each quarter, where all four are of the same forces."""
    by = ["release_id", "area_code", *_ITEM]
    excluded = series.groupby(by, sort=False)["excluded"]
    same = pd.Series(True, index=series.index)
    for back in range(1, YEAR):
        same &= excluded.shift(back) == series["excluded"]
    return _of_four(series, by, "count").where(same)


def _changes_within(series: pd.DataFrame, recording_changes: pd.DataFrame) -> np.ndarray:
    """Names of the changes that take effect within each row's quarter and touch its offence."""
    keys = series["code"].where(series["code"] != _NO_CODE, series["offence_id"])
    names = np.full(len(series), "", dtype=object)
    for change in recording_changes.itertuples():
        within = (series["period_start"] <= change.effective) & (
            change.effective <= series["period_end"]
        )
        for row in np.flatnonzero(within & (keys == change.offence_id)):
            names[row] = f"{names[row]}; {change.name}" if names[row] else change.name
    return names


def compute_home_office_check(recorded: pd.DataFrame, quarters: pd.DataFrame) -> pd.DataFrame:
    """Every yearly count of ONS beside the four quarters that the Home Office gives for it now.

    Returns:
        The columns of ``home_office_check``, one row an ONS release, year, area and offence group,
        and release of the Home Office. A year or count that either lacks has no row.
    """
    if quarters.empty or recorded.empty:
        return table_of("home_office_check")
    published = recorded[
        (recorded["measure"] == "count") & recorded["area_code"].isin(list(areas()))
    ].rename(columns={"value": "count"})
    years = years_of_forces(quarters)
    own = published.merge(years, on=["period_end", "area_code", "offence_id"], how="inner").dropna(
        subset=["count", "home_office_count"]
    )
    rows = pd.concat([own.assign(excluded=""), _of_areas(published, years)], ignore_index=True)
    rows["difference"] = rows["home_office_count"] - rows["count"]
    rows["difference_pct"] = 100 * rows["difference"] / rows["count"].where(rows["count"] > 0)
    rows["counted_elsewhere"] = _elsewhere(rows, published, years)
    named = rows.assign(release_id=rows["home_office_release_id"])
    ons, what = cell_names(rows), summed(named)
    rows["formula"] = four_quarters(named, what) + " - " + ons
    rows["cells"] = listed(ons, sheets_of_year(named, what, quarters))
    order = ["home_office_release_id", "release_id", "period_end", "area_code", "offence_id"]
    return in_order(rows, order)[held("home_office_check")]


def years_of_forces(quarters: pd.DataFrame) -> pd.DataFrame:
    """Sums of four quarters next to each other, by force and offence group.

    Returns:
        One row a release (``home_office_release_id``), force or other body, offence group and
        quarter that ends a year: ``home_office_count``, offences; empty unless all four quarters
        are there and complete.
    """
    groups = quarters[quarters["code"].isna()].sort_values("period_end", kind="stable")
    sums = _of_four(groups, ["release_id", "area_code", "offence_id"], "value")
    years = groups.assign(home_office_count=sums)
    return years.rename(columns={"release_id": "home_office_release_id"})[
        ["home_office_release_id", "period_end", "area_code", "offence_id", "home_office_count"]
    ]


def _of_areas(published: pd.DataFrame, years: pd.DataFrame) -> pd.DataFrame:
    key = ["release_id", "period_end"]
    member = published["area_type"].isin(["force", "other"])
    within = pd.DataFrame(_memberships(), columns=["member", "area_code"])
    totals = published[member & (published["offence_id"] == _TOTAL)].rename(
        columns={"area_code": "member"}
    )
    included = totals[[*key, "member", "count"]].merge(within, on="member")
    excluded = _excluded(included[included["count"].isna()], key)
    members = included.dropna(subset=["count"]).drop(columns="count")
    parts = members.merge(
        years.rename(columns={"area_code": "member"}), on=["period_end", "member"]
    )
    item = ["home_office_release_id", *key, "area_code", "offence_id"]
    # A force that ONS counts and that lacks a quarter here leaves the sum empty, not smaller.
    sums = parts.groupby(item)["home_office_count"].agg(lambda counts: counts.sum(skipna=False))
    rows = published[~member].merge(sums.reset_index(), on=[*key, "area_code", "offence_id"])
    rows = rows.dropna(subset=["count", "home_office_count"])
    rows = rows.merge(excluded, on=[*key, "area_code"], how="left")
    return rows.assign(excluded=rows["excluded"].fillna(""))


def _elsewhere(rows: pd.DataFrame, published: pd.DataFrame, years: pd.DataFrame) -> np.ndarray:
    """For each row, the neighbouring groups that its edition does not give apart."""
    parents = {offence.offence_id: offence.parent_id for offence in offences().values()}
    given = published.groupby(["release_id", "period_end"])["offence_id"].agg(set)
    counts = years.groupby(["home_office_release_id", "period_end", "offence_id"])[
        "home_office_count"
    ].sum()
    apart = (
        counts[counts > 0]
        .reset_index()
        .groupby(["home_office_release_id", "period_end"])["offence_id"]
        .agg(set)
    )
    key = ["release_id", "home_office_release_id", "period_end", "offence_id"]
    asked = rows[key].drop_duplicates()
    asked["elsewhere"] = [
        "; ".join(
            offences()[name].name
            for name in sorted(apart[other, end] - given[release_id, end])
            if parents[name] == parents[offence_id] and offence_id != _TOTAL
        )
        for release_id, other, end, offence_id in asked.itertuples(index=False)
    ]
    return rows[key].merge(asked, on=key, how="left")["elsewhere"].to_numpy()
