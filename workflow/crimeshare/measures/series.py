"""One series: for every area, offence group and quarter-end the figure of the year ending there.

Which figure leads is one rule, :func:`_leading`: the newest vintage there is of an area, group and
year.  A vintage is as new as the last month its release covers, since every publisher brings out
the same months on the same day; of two that cover the same months ONS's own table leads, and of
two issues of one edition the corrected one.  Count, total and the year before are always of one
release, so a share or change never mixes vintages.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from crimeshare.columns import held
from crimeshare.measures.provenance import listed
from crimeshare.measures.quarters import PREVIOUS, a_year_earlier, beside_year_before, in_order
from crimeshare.measures.recorded import SMALL_BASE, comparable, recording_changes_between
from crimeshare.measures.revisions import issue_order
from crimeshare.measures.vintages import BY_CODE, PERCENTAGE, QUARTERS
from crimeshare.measures.years import TOTAL, shown_areas
from crimeshare.reference import (
    areas,
    areas_around,
    line_of,
    main_groups,
    published_columns,
    read_rows,
)

ONS, HOME_OFFICE = "ons", "home_office"

_FIGURE = ["area_code", "offence_id", "period_end"]
# No rate is published for it: few live there, many more work there.
_WITHOUT_RATE = {"E23000034"}


def read_populations(path: Path) -> pd.DataFrame:
    """Residents of the police force areas: ``area_code``, ``mid_year``, ``population``."""
    return pd.DataFrame(read_rows(path)).astype({"mid_year": "int64", "population": "float64"})


def compute_series(
    vintages: pd.DataFrame,
    population: pd.DataFrame,
    populations: pd.DataFrame,
    recording_changes: pd.DataFrame,
) -> pd.DataFrame:
    """The leading figure of every area, offence group and quarter-end.

    Args:
        populations: ``area_code``, ``mid_year`` and ``population`` (residents) of the forces.

    Returns:
        The columns of ``series`` up to those of other areas, one row an area, group and
        quarter-end, in the order of the lists of areas and offences, the oldest year first. Ranks
        are empty where the area's figures of that vintage do not hold the whole classification.
        Contributions of groups that share no offence add up to the change of the total.
    """
    counts = vintages[
        vintages["area_code"].isin(shown_areas())
        & vintages["code"].isna()
        & vintages["value"].notna()
        & ~vintages["refuted"]
    ].rename(columns={"value": "count"})
    series = in_order(_leading(counts), _FIGURE)
    series["share"] = (series["count"] / series["total"]).where(
        (series["offence_id"] != TOTAL) & (series["total"] > 0) & (series["count"] >= 0)
    )
    series = series.assign(**_ranks_of_groups(series))
    series = _with_rates(series, residents_of(population, populations))
    series["change"] = series["count"] - series["previous"]
    change = 100 * series["change"] / series["previous"]
    series["change_pct"] = change.where(series["previous"] >= SMALL_BASE)
    series["contribution_pct"] = 100 * series["change"] / _total_before(series)
    series = _with_comparability(series, recording_changes)
    for name in ("area_name", "area_type"):
        series[name] = series["area_code"].map({c: getattr(a, name) for c, a in areas().items()})
    return series.filter(held("series")).reset_index(drop=True)


def newest_year(series: pd.DataFrame) -> pd.DataFrame:
    """The rows of the newest quarter-end."""
    newest: pd.DataFrame = series[series["period_end"] == series["period_end"].max()]
    return newest


def _leading(vintages: pd.DataFrame) -> pd.DataFrame:
    """Of several figures of an area, group and year the one to print; see the module's rule.

    A group that the newest vintage of an area and year no longer has is not taken from an older
    one: burglary in dwellings, for one, ended within a year.
    """
    months = {release_id: issue_order(release_id)[0] for release_id in set(vintages["release_id"])}
    rows = vintages[vintages["known_from"] != PERCENTAGE]
    rows = rows.assign(
        vintage=rows["release_id"].map(months).astype("int64"),
        source=rows["known_from"].eq(QUARTERS).map({True: HOME_OFFICE, False: ONS}),
    )
    by_code = rows["grouping"] == BY_CODE
    tables, codes = rows[~by_code], rows[by_code]
    newest = tables.groupby(["area_code", "period_end"])["vintage"].transform("max")
    tables = tables[tables["vintage"] == newest]
    # A table by code goes back further than any other figure of an area: the line begins with them.
    if not tables.empty:
        codes = codes.merge(tables[_FIGURE].drop_duplicates(), on=_FIGURE)
    ranked = _with_total(pd.concat([tables, codes], ignore_index=True), rows)
    ranked = _with_year_before(ranked, vintages)
    ranked["own"] = ranked["source"] == ONS
    ranked = ranked.sort_values([*_FIGURE, "vintage", "own", "order"], kind="stable")
    # Two tables of one day that count the same: where one lacks the year before, the other has it.
    twins = ranked.groupby([*_FIGURE, "vintage", "count", "total"], dropna=False)
    for name in PREVIOUS:
        ranked[name] = ranked[name].fillna(twins[name].transform("first"))
    return ranked.drop_duplicates(_FIGURE, keep="last")


def _with_total(counts: pd.DataFrame, vintages: pd.DataFrame) -> pd.DataFrame:
    """Counts beside the total of their release, with formula and cells of the share."""
    key = ["release_id", "grouping", "area_code", "period_end"]
    totals = vintages[vintages["offence_id"] == TOTAL].set_index(key)[["count", "formula", "cells"]]
    rows = counts.join(totals.add_prefix("total_"), on=key)
    # Of the total, and of a count without one, they are those of the count.
    whole = rows["total_formula"].mask(rows["offence_id"] == TOTAL)
    return rows.drop(columns=["total_formula", "total_cells"]).assign(
        total=rows["total_count"],
        formula=rows["formula"].where(whole.isna(), rows["formula"] + " / " + whole),
        cells=listed(rows["cells"], rows["total_cells"].mask(whole.isna())),
    )


def _with_year_before(counts: pd.DataFrame, vintages: pd.DataFrame) -> pd.DataFrame:
    """Counts beside the year before, as the same release gives it of the same forces and codes."""
    key = ["release_id", "grouping", "excluded", "codes_from", *_FIGURE]
    before = vintages[vintages["release_id"].isin(counts["release_id"].unique())]
    return beside_year_before(counts, before, key)


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
    own = ["area_code", "period_end"]
    totals = series[series["offence_id"] == TOTAL].set_index(own)["previous"]
    before = series.join(totals.rename("total_before"), on=own)["total_before"]
    return before.where(before > 0)


def residents_of(population: pd.DataFrame, populations: pd.DataFrame) -> pd.DataFrame:
    """Residents by area and mid-year: as gathered, and of later years as the editions give them.

    Returns:
        ``area_code``, ``population_year`` and ``population``.
    """
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
    return residents.astype({"area_code": "str", "population_year": "int64"})


def _with_rates(series: pd.DataFrame, residents: pd.DataFrame) -> pd.DataFrame:
    """Rates on the newest mid-year known of the area that is not after the end of the year."""
    ends = series["period_end"]
    wanted = series.assign(wanted=ends.dt.year - (ends.dt.month < 6), row=range(len(series)))
    rows = pd.merge_asof(
        wanted.astype({"area_code": "str", "wanted": "int64"}).sort_values("wanted"),
        residents.sort_values("population_year"),
        left_on="wanted",
        right_on="population_year",
        by="area_code",
    )
    rows = rows.sort_values("row", ignore_index=True).drop(columns=["wanted", "row"])
    rows["population_year"] = rows["population_year"].astype("Int64")
    rate = 1000 * rows["count"] / rows["population"]
    # Of an area without one of its forces the residents of that force would have to go too.
    rated = ~rows["area_code"].isin(_WITHOUT_RATE) & (rows["excluded"] == "")
    return rows.assign(rate_per_1000=rate.where(rated))


def _with_comparability(series: pd.DataFrame, recording_changes: pd.DataFrame) -> pd.DataFrame:
    before = a_year_earlier(series["period_end"])
    pairs = series[["offence_id", "period_end"]].assign(previous_period_end=before)
    names = recording_changes_between(pairs, recording_changes)
    paired = series["previous"].notna()
    return series.assign(
        comparable=comparable(series["offence_id"], names, recording_changes).where(paired),
        recording_changes=names.where(paired),
    )
