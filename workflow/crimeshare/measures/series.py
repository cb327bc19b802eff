"""One series: for every area, offence group and quarter-end the figure of the year ending there.

Which figure leads is one rule, :func:`_leading`: the newest vintage there is of an area, group and
year.  A vintage is as new as the last month its release covers, since every publisher brings out
the same months on the same day; of two that cover the same months ONS's own table leads, and of
two issues of one edition the corrected one.  Count, total and the year before are always of one
release, so a share or change never mixes vintages.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from crimeshare.measures.provenance import (
    cell_names,
    four_quarters,
    listed,
    sheets_of_year,
    summed,
)
from crimeshare.measures.quarters import YEAR
from crimeshare.measures.recorded import (
    KEY,
    SMALL_BASE,
    comparable,
    left_out,
    recording_changes_between,
)
from crimeshare.measures.revisions import issue_order
from crimeshare.reference import (
    areas,
    areas_around,
    line_of,
    main_groups,
    offences,
    published_columns,
    read_rows,
)

TOTAL = "total"
NATION = "K04000001"
ONS, HOME_OFFICE = "ons", "home_office"

SERIES = [
    "area_code",
    "area_name",
    "area_type",
    "offence_id",
    "period_end",
    "count",
    "total",
    "share",
    "rank_main_groups",
    "rank_subgroups",
    "rank_published_columns",
    "rank_forces",
    "population",
    "population_year",
    "rate_per_1000",
    "previous",
    "change",
    "change_pct",
    "contribution_pct",
    "comparable",
    "recording_changes",
    "excluded",
    "source",
    "release_id",
    "formula",
    "cells",
    "previous_formula",
    "previous_cells",
]

_NO_YEARS = {
    "release_id": "str",
    "area_code": "str",
    "offence_id": "str",
    "period_end": "datetime64[ms]",
    "count": "float64",
    "previous": "float64",
    "total": "float64",
    "excluded": "str",
    "formula": "str",
    "cells": "str",
}
OPEN_DATA_YEARS = list(_NO_YEARS)

_FIGURE = ["area_code", "offence_id", "period_end"]
_PREVIOUS = ["previous", "previous_formula", "previous_cells"]
# No rate is published for it: few live there, many more work there.
_WITHOUT_RATE = {"E23000034"}


def shown_areas() -> list[str]:
    """Codes of the areas of the series: England and Wales, Wales, the regions and the forces."""
    return [
        code
        for code, area in areas().items()
        if area.area_type in ("region", "force") or code in (NATION, "W92000004")
    ]


def read_populations(path: Path) -> pd.DataFrame:
    """Residents of the police force areas: ``area_code``, ``mid_year``, ``population``."""
    return pd.DataFrame(read_rows(path)).astype({"mid_year": "int64", "population": "float64"})


def compute_series(
    recorded: pd.DataFrame,
    changes: pd.DataFrame,
    open_data: pd.DataFrame,
    offence_codes: pd.DataFrame,
    population: pd.DataFrame,
    populations: pd.DataFrame,
    recording_changes: pd.DataFrame,
) -> pd.DataFrame:
    """The leading figure of every area, offence group and quarter-end.

    Args:
        recorded: the clean table ``recorded_crime``.
        changes: as :func:`crimeshare.measures.recorded.compute_changes` gives them.
        open_data: as :func:`compute_open_data_years` gives them.
        offence_codes: the clean table ``recorded_offence_codes``.
        population: the clean table ``population``.
        populations: ``area_code``, ``mid_year`` and ``population`` (residents) of the forces.
        recording_changes: as :func:`crimeshare.measures.recorded.read_recording_changes` gives
            them.

    Returns:
        The columns of `SERIES`, one row an area, group and quarter-end, in the order of the lists
        of areas and offences, the oldest year first.  ``count``, ``total`` and ``previous`` are
        offences in a year, of one release; ``share`` is of the total, 0 to 1, empty for the total
        itself; ranks are by count within the area, 1 the largest, as
        :func:`crimeshare.measures.recorded.compute_shares` gives them, empty where the area's
        figures of that vintage do not hold the whole classification; ``rank_forces`` is by share
        among the forces.  ``rate_per_1000`` is per 1,000 residents of mid-``population_year``.
        ``change_pct`` is empty where the base is under 50.  ``contribution_pct`` is the change in
        per cent of all crime recorded there the year before: those of groups that share no offence
        add up to the change of the total.  ``comparable`` is false where a change
        of recording touches one of the two years more than the other, and empty where nobody has
        gathered the changes of that group; ``excluded`` names the forces that a total leaves out.
    """
    candidates = pd.concat(
        [
            _of_editions(recorded, changes),
            _of_code_tables(offence_codes),
            _of_open_data(open_data),
        ],
        ignore_index=True,
    )
    series = _in_order(_leading(candidates[candidates["area_code"].isin(shown_areas())]))
    series["share"] = (series["count"] / series["total"]).where(
        (series["offence_id"] != TOTAL) & (series["total"] > 0) & (series["count"] >= 0)
    )
    series = series.assign(**_ranks_of_groups(series), rank_forces=_rank_of_force(series))
    series = _with_rates(series, _residents(population, populations))
    series["change"] = series["count"] - series["previous"]
    change = 100 * series["change"] / series["previous"]
    series["change_pct"] = change.where(series["previous"] >= SMALL_BASE)
    series["contribution_pct"] = 100 * series["change"] / _total_before(series)
    series = _with_comparability(series, recording_changes)
    for name in ("area_name", "area_type"):
        series[name] = series["area_code"].map({c: getattr(a, name) for c, a in areas().items()})
    return series[SERIES].reset_index(drop=True)


def compute_open_data_years(quarters: pd.DataFrame) -> pd.DataFrame:
    """Every year of the Home Office's open data, by every release of them.

    Args:
        quarters: the clean table ``recorded_quarters``.

    Returns:
        The columns of `OPEN_DATA_YEARS`: ``count`` and ``previous`` are offences in the year that
        ends there and in the one before, ``previous`` empty where the two are not of the same
        forces and codes; ``total`` is of the same release; ``excluded`` names the forces that an
        area leaves out, joined by semicolons.
    """
    years = [_of_quarters(each) for _, each in quarters.groupby("release_id")]
    if not years:
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in _NO_YEARS.items()})
    return pd.concat(years, ignore_index=True)[OPEN_DATA_YEARS]


def newest_year(series: pd.DataFrame) -> pd.DataFrame:
    """The rows of the newest quarter-end."""
    newest: pd.DataFrame = series[series["period_end"] == series["period_end"].max()]
    return newest


# --- what each kind of release gives -----------------------------------------------------------


def _of_editions(recorded: pd.DataFrame, changes: pd.DataFrame) -> pd.DataFrame:
    """The years of ONS's police force area tables: an edition's own, and the one before."""
    counts = recorded[(recorded["measure"] == "count") & recorded["area_code"].isin(list(areas()))]
    counts = counts.rename(columns={"value": "count"})
    names = left_out(counts)
    rows = counts.assign(
        cell=cell_names(counts),
        excluded=[
            "; ".join(names.get(key, [])) for key in counts[KEY].itertuples(index=False, name=None)
        ],
    )
    totals = rows[rows["offence_id"] == TOTAL].set_index(KEY)[["count", "cell"]]
    rows = rows.join(totals.add_suffix("_total"), on=KEY).dropna(subset=["count"])
    key = ["release_id", *_FIGURE]
    rows = rows.join(changes.set_index(key)[_PREVIOUS], on=key)
    return pd.DataFrame(
        {
            "by_code": False,
            **{name: rows[name] for name in (*key, "count", *_PREVIOUS, "excluded")},
            "total": rows["count_total"],
            "source": ONS,
            **_share_of(rows, "cell", "cell"),
        }
    )


def _of_code_tables(offence_codes: pd.DataFrame) -> pd.DataFrame:
    """The years of England and Wales in ONS's tables of offences by code."""
    rows = offence_codes[
        (offence_codes["table"] == "offence_codes")
        & offence_codes["offence_id"].notna()
        & offence_codes["count"].notna()
    ]
    rows = rows.assign(
        area_code=NATION,
        cell=cell_names(rows),
        period_end=rows["period_end"].astype("datetime64[ms]"),
    )
    year = ["release_id", "period_end"]
    totals = rows[rows["offence_id"] == TOTAL].set_index(year)[["count", "cell"]]
    rows = rows.join(totals.add_suffix("_total"), on=year)
    before = rows.assign(period_end=_a_year_later(rows["period_end"]))
    key = ["release_id", *_FIGURE]
    before = before.set_index(key)[["count", "cell"]].set_axis(_PREVIOUS[:2], axis=1)
    rows = rows.join(before, on=key)
    rows["previous_cells"] = rows["previous_formula"]
    return pd.DataFrame(
        {
            **{name: rows[name] for name in (*key, "count", *_PREVIOUS)},
            "by_code": True,
            "excluded": "",
            "total": rows["count_total"],
            "source": ONS,
            **_share_of(rows, "cell", "cell"),
        }
    )


def _of_open_data(years: pd.DataFrame) -> pd.DataFrame:
    """The years of the open data, with what stands behind each and behind the year before it."""
    key = ["release_id", *_FIGURE]
    words = ["formula", "cells"]
    before = years[[*key, *words]].assign(period_end=_a_year_later(years["period_end"]))
    rows = years.merge(before.set_axis([*key, *_PREVIOUS[1:]], axis=1), on=key, how="left")
    rows[_PREVIOUS[1:]] = rows[_PREVIOUS[1:]].mask(rows["previous"].isna())
    year = ["release_id", "area_code", "period_end"]
    totals = rows[rows["offence_id"] == TOTAL].set_index(year)[words].add_suffix("_total")
    rows = rows.join(totals, on=year)
    share = _share_of(rows, "formula", "cells")
    return rows.assign(source=HOME_OFFICE, by_code=False, **share).drop(columns=totals.columns)


def _of_quarters(quarters: pd.DataFrame) -> pd.DataFrame:
    """The years of one release of the open data: four quarters next to each other.

    A force that lacks one of the four has no year, and the areas it lies in leave it out.
    """
    groups = quarters[quarters["code"].isna()]
    ends = pd.DatetimeIndex(sorted(quarters["period_end"].unique()))
    redefined = redefinitions(quarters, ends)
    exists = _years_with_group(groups, ends, redefined)
    same = same_codes(redefined, exists.index, ends)
    rows = years_of_areas(groups, exists, same)
    totals = rows[rows["offence_id"] == TOTAL].set_index(["area_code", "period_end"])["count"]
    rows = rows.join(totals.rename("total"), on=["area_code", "period_end"])
    rows = rows.assign(release_id=quarters["release_id"].iloc[0])
    what = summed(rows)
    return rows.assign(
        formula=four_quarters(rows, what), cells=sheets_of_year(rows, what, quarters)
    )


def years_of_areas(groups: pd.DataFrame, exists: pd.DataFrame, same: pd.DataFrame) -> pd.DataFrame:
    """The years of the areas of the series, from the quarters of the forces.

    Args:
        groups: ``area_code``, ``offence_id``, ``period_end`` and ``value`` of the quarters of one
            release; offences of one group a row, the total among them.
        exists: whether a year of a group is wanted, by group and quarter-end.
        same: whether it may be compared with the year before, likewise.

    Returns:
        ``area_code``, ``offence_id``, ``period_end``, ``count`` and ``previous`` (offences in the
        year ending there and in the one before, empty where they are not of the same forces), and
        ``excluded``.
    """
    years = _years_of_forces(groups, pd.DatetimeIndex(exists.columns))
    forces = list(years.index.unique("area_code"))
    cube = np.full((len(forces), *exists.shape), np.nan)
    for at, offence_id in enumerate(exists.index):
        cube[:, at, :] = years.xs(offence_id, level="offence_id").reindex(forces).to_numpy()
    return pd.concat(
        [_years_of_area(code, forces, cube, exists, same) for code in shown_areas()],
        ignore_index=True,
    )


def _years_of_area(
    code: str, forces: list[str], cube: np.ndarray, exists: pd.DataFrame, same: pd.DataFrame
) -> pd.DataFrame:
    """The years of one area: the sums over its forces with a complete return.

    Args:
        code: of the area.
        forces: codes of the forces.
        cube: counts of a year by force, group and quarter-end.
        exists: whether a group was recorded throughout the year, by group and quarter-end.
        same: whether it held the same codes in that year and the one before, likewise.
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
    left = np.array(excluded, dtype=object)
    before = np.full_like(sums, np.nan)
    before[:, YEAR:] = sums[:, :-YEAR]
    pairs = same.to_numpy() & exists.shift(YEAR, axis=1, fill_value=False).to_numpy()
    pairs[:, YEAR:] &= left[YEAR:] == left[:-YEAR]
    offence, end = np.nonzero(exists.to_numpy() & ~np.isnan(sums))
    return pd.DataFrame(
        {
            "area_code": code,
            "offence_id": exists.index.to_numpy()[offence],
            "period_end": exists.columns[end],
            "count": sums[offence, end],
            "previous": np.where(pairs, before, np.nan)[offence, end],
            "excluded": left[end],
        }
    )


def _years_of_forces(groups: pd.DataFrame, ends: pd.DatetimeIndex) -> pd.DataFrame:
    """Sums of four quarters: a row a force and group, a column a quarter-end."""
    table = groups.pivot(index=["area_code", "offence_id"], columns="period_end", values="value")
    table = table.reindex(columns=ends)
    months = 12 * ends.year + ends.month
    gap = np.full(len(ends), True)
    gap[YEAR - 1 :] = months[YEAR - 1 :] - months[: -(YEAR - 1)] != 3 * (YEAR - 1)
    sums = table.T.rolling(YEAR, min_periods=YEAR).sum().T
    return sums.where(np.broadcast_to(~gap, sums.shape))


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


def same_codes(
    redefined: dict[str, list[int]], groups: pd.Index, ends: pd.DatetimeIndex
) -> pd.DataFrame:
    """Whether a group held the same codes throughout the year ending there and the one before."""
    same = pd.DataFrame(True, index=groups, columns=ends)
    for offence_id in groups.intersection(list(redefined)):
        for at in redefined[offence_id]:
            same.loc[offence_id, ends[at : at + 2 * YEAR - 1]] = False
    return same


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
    whole = there.T.rolling(YEAR, min_periods=YEAR).sum().T == YEAR
    for offence_id, places in redefined.items():
        whole.loc[offence_id] &= one_thing(places, ends)
    return whole


def one_thing(moved: Iterable[int], ends: pd.DatetimeIndex) -> pd.Series:
    """Whether the year ending at each quarter-end is clear of the quarters a code moved in."""
    clear = pd.Series(True, index=ends)
    for at in moved:
        clear.iloc[at : at + YEAR - 1] = False
    return clear


def _share_of(rows: pd.DataFrame, formula: str, cells: str) -> dict[str, pd.Series]:
    """Formula and cells of a share; of the total, and of a count without one, of the count.

    Args:
        rows: with the columns named, and those of the total with the suffix ``_total``.
        formula, cells: columns of the count.
    """
    whole = rows[f"{formula}_total"].mask(rows["offence_id"] == TOTAL)
    return {
        "formula": rows[formula].where(whole.isna(), rows[formula] + " / " + whole),
        "cells": listed(rows[cells], rows[f"{cells}_total"].mask(whole.isna())),
    }


# --- which of them leads, and what follows from it ---------------------------------------------


def _leading(candidates: pd.DataFrame) -> pd.DataFrame:
    """Of several figures of an area, group and year the one to print; see the module's rule.

    A group that the newest vintage of an area and year no longer has is not taken from an older
    one: burglary in dwellings, for one, ended within a year.
    """
    order = candidates["release_id"].map({r: issue_order(r) for r in set(candidates["release_id"])})
    rows = candidates.assign(
        vintage=order.str[0], own=(candidates["source"] == ONS).astype(int), issue=order.str[1]
    )
    tables, codes = rows[~rows["by_code"]], rows[rows["by_code"]]
    newest = tables.groupby(["area_code", "period_end"])["vintage"].transform("max")
    tables = tables[tables["vintage"] == newest]
    # A table by code goes back further than any other figure of an area: the line begins with them.
    if not tables.empty:
        codes = codes.merge(tables[_FIGURE].drop_duplicates(), on=_FIGURE)
    ranked = pd.concat([tables, codes], ignore_index=True)
    ranked = ranked.sort_values([*_FIGURE, "vintage", "own", "issue"], kind="stable")
    # Two tables of one day that count the same: where one lacks the year before, the other has it.
    twins = ranked.groupby([*_FIGURE, "vintage", "count", "total"], dropna=False)
    for name in _PREVIOUS:
        ranked[name] = ranked[name].fillna(twins[name].transform("first"))
    return ranked.drop_duplicates(_FIGURE, keep="last")


def _in_order(rows: pd.DataFrame) -> pd.DataFrame:
    places = {
        "area_code": {code: place for place, code in enumerate(areas())},
        "offence_id": {offence_id: place for place, offence_id in enumerate(offences())},
    }
    return rows.sort_values(
        _FIGURE,
        key=lambda column: column.map(places[column.name]) if column.name in places else column,
        kind="stable",
        ignore_index=True,
    )


def _ranks_of_groups(series: pd.DataFrame) -> dict[str, pd.Series]:
    """Ranks within each area, year and vintage, where its classification is whole.

    It is where the main groups, and their parts, add up to the total: in the year in which
    burglary was redefined, for one, its parts have no figures.
    """
    columns = set(published_columns())
    parts = columns - {line_of(offence_id)[1] for offence_id in columns}
    within = ["area_code", "period_end", "vintage"]
    groups, whole = {}, pd.Series(True, index=series.index)
    for name, members in (("main_groups", set(main_groups())), ("subgroups", parts)):
        groups[name] = series["offence_id"].isin(members)
        sums = series["count"].where(groups[name], 0).groupby([series[key] for key in within])
        complete = sums.transform("sum") == series["total"]
        groups[name] &= complete
        whole &= complete
    groups["published_columns"] = series["offence_id"].isin(columns) & whole
    return {
        f"rank_{name}": series[members]
        .groupby(within)["count"]
        .rank(ascending=False, method="min")
        .reindex(series.index)
        .astype("Int64")
        for name, members in groups.items()
    }


def _total_before(series: pd.DataFrame) -> pd.Series:
    """All crime recorded in the year before, on the rows of its area and year."""
    own = ["area_code", "period_end"]
    totals = series[series["offence_id"] == TOTAL].set_index(own)["previous"]
    before = series.join(totals.rename("total_before"), on=own)["total_before"]
    return before.where(before > 0)


def _rank_of_force(series: pd.DataFrame) -> pd.Series:
    forces = [code for code, area in areas().items() if area.area_type == "force"]
    ranked = series[series["area_code"].isin(forces) & series["share"].notna()]
    ranks = ranked.groupby(["offence_id", "period_end"])["share"].rank(
        ascending=False, method="min"
    )
    return ranks.reindex(series.index).astype("Int64")


def _residents(population: pd.DataFrame, populations: pd.DataFrame) -> pd.DataFrame:
    """Residents by area and mid-year: as gathered, and of later years as the editions give them."""
    forces = populations.rename(columns={"mid_year": "population_year"})
    within = pd.DataFrame(
        [
            (member, area)
            for member in forces["area_code"].unique()
            for area in areas_around(member)
        ],
        columns=["area_code", "above"],
    )
    members = forces.merge(within, on="area_code").drop(columns="area_code")
    members = members.rename(columns={"above": "area_code"})
    key = ["area_code", "population_year"]
    gathered = members.groupby(key, as_index=False)[["population"]].sum()
    later = population[(population["measure"] == "population") & population["value"].notna()]
    later = later[later["reference_year"] > gathered["population_year"].max()]
    later = later.assign(order=later["release_id"].map(issue_order)).sort_values("order")
    later = later.drop_duplicates(["area_code", "reference_year"], keep="last")
    later = later.rename(columns={"reference_year": "population_year", "value": "population"})
    residents: pd.DataFrame = pd.concat([gathered, later[gathered.columns]], ignore_index=True)
    return residents


def _with_rates(series: pd.DataFrame, residents: pd.DataFrame) -> pd.DataFrame:
    """Rates on the newest mid-year that the year holds or that came before it."""
    ends = series["period_end"]
    wanted = ends.dt.year - (ends.dt.month < 6)
    known = sorted(residents["population_year"].unique())
    at = np.searchsorted(known, wanted, side="right") - 1
    years = pd.Series(np.where(at >= 0, np.take(known, np.maximum(at, 0)), -1), series.index)
    rows = series.assign(population_year=years).merge(
        residents, on=["area_code", "population_year"], how="left"
    )
    rows["population_year"] = (
        rows["population_year"].where(rows["population"].notna()).astype("Int64")
    )
    rate = 1000 * rows["count"] / rows["population"]
    # Of an area without one of its forces the residents of that force would have to go too.
    rated = ~rows["area_code"].isin(_WITHOUT_RATE) & (rows["excluded"] == "")
    return rows.assign(rate_per_1000=rate.where(rated))


def _with_comparability(series: pd.DataFrame, recording_changes: pd.DataFrame) -> pd.DataFrame:
    before = _a_year_before(series["period_end"])
    pairs = series[["offence_id", "period_end"]].assign(previous_period_end=before)
    names = recording_changes_between(pairs, recording_changes)
    paired = series["previous"].notna()
    return series.assign(
        comparable=comparable(series["offence_id"], names, recording_changes).where(paired),
        recording_changes=names.where(paired),
    )


def _a_year_before(ends: pd.Series) -> pd.Series:
    return (ends - pd.DateOffset(years=1) + pd.offsets.MonthEnd(0)).astype("datetime64[ms]")


def _a_year_later(ends: pd.Series) -> pd.Series:
    return (ends + pd.DateOffset(years=1) + pd.offsets.MonthEnd(0)).astype("datetime64[ms]")
