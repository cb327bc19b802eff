"""What an offence group is made of, and which of its codes moved it.

The share of a group is G / (G + O), with G its offences and O all other recorded crime.  Its change
between two years is split without a rest into the part of G and the part of O, each the mean of
what it does when it moves first and when it moves last (the Shapley value for two, which is the
standardisation of Das Gupta, Standardization and Decomposition of Rates, US Bureau of the Census
1993).  The part of G is shared among its codes by how far each moved, since codes add up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crimeshare.columns import held
from crimeshare.measures.provenance import four_quarters, listed, sheets_of_year, summed
from crimeshare.measures.quarters import YEAR, a_year_earlier, a_year_later, in_order
from crimeshare.measures.revisions import newest_release
from crimeshare.measures.years import (
    TOTAL,
    one_thing,
    quarters_of_codes,
    redefinitions,
    shown_areas,
    years_of_areas,
)
from crimeshare.parquet import table_of
from crimeshare.reference import areas, changes_of, line_of, offences, read_rows

EVERYTHING_ELSE = "everything_else"

_YEAR = ["area_code", "period_end"]


def read_joint_codes(path: Path) -> pd.DataFrame:
    """Codes that were one before they were recorded apart: ``codes`` (a list) and ``until``."""
    table = pd.DataFrame(read_rows(path))
    table["until"] = pd.to_datetime(table["until"]).astype("datetime64[ms]")
    return table.assign(codes=table["codes"].str.split())


def compute_composition(
    quarters: pd.DataFrame, joint_codes: pd.DataFrame, offence_group: str
) -> pd.DataFrame:
    """The codes of a group in every area and year, and what each did to its share and its count.

    Returns:
        The columns of ``composition``, one row an area, year ending at a quarter-end and component.
    """
    if quarters.empty:
        return table_of("composition")
    newest = newest_release(quarters)
    counts = _years(newest, offence_group)
    if counts.empty:
        return table_of("composition")
    parts = _joined(counts, joint_codes)
    rows = _decomposed(parts)
    before = a_year_earlier(rows["period_end"])
    excluded = counts.drop_duplicates(_YEAR).set_index(_YEAR)["excluded"]
    rows = rows.join(excluded, on=_YEAR).assign(
        offence_id=offence_group,
        previous_period_end=before.where(rows["previous"].notna()),
        release_id=newest["release_id"].iloc[0],
        share=rows["count"] / rows.groupby(_YEAR)["count"].transform("sum"),
    )
    earlier = rows.assign(period_end=before)
    (part, cells), (previous, previous_cells) = (_added(r, newest) for r in (rows, earlier))
    whole = summed(rows.assign(offence_id=TOTAL))
    rows = rows.assign(
        formula=part + " / " + four_quarters(rows, whole),
        cells=listed(
            cells,
            sheets_of_year(rows, whole, newest).mask(rows["component"] == EVERYTHING_ELSE),
        ),
        previous_formula=previous.where(rows["previous"].notna()),
        previous_cells=previous_cells.where(rows["previous"].notna()),
    )
    return in_order(rows, ["area_code", "period_end"])[held("composition")]


def _added(rows: pd.DataFrame, quarters: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    rest = rows["component"] == EVERYTHING_ELSE
    total = summed(rows.assign(offence_id=TOTAL))
    group = summed(rows)
    own = summed(rows.assign(code=rows["component"].mask(rest)))
    years = [four_quarters(rows, what) for what in (total, group, own)]
    sheets = [sheets_of_year(rows, what, quarters) for what in (total, group, own)]
    return (
        years[2].mask(rest, "(" + years[0] + " - " + years[1] + ")"),
        sheets[2].mask(rest, listed(sheets[0], sheets[1])),
    )


def set_apart(offence_group: str) -> str:
    """The code of a group that its comparisons are also given without; empty where there is none.

    It is the one whose recording a change moved most lately, as the reference data say.
    """
    codes = [change.set_apart for change in changes_of(offence_group) if change.set_apart]
    return codes[-1] if codes else ""


def change_without(rows: Iterable[Mapping[str, Any]], component: str) -> float | None:
    """How the count of the group without one component moved on the year before.

    Args:
        rows: of one area and year, as :func:`compute_composition` gives them.
        component: the code left out of the group.

    Returns:
        The change as a fraction of the earlier count; None where that is zero or not known.
    """
    own = [row for row in rows if row["component"] not in (component, EVERYTHING_ELSE)]
    if any(row["previous"] is None for row in own):
        return None
    before = sum(row["previous"] for row in own)
    return float(sum(row["count"] for row in own) / before - 1) if before else None


def ranks_without(composition: pd.DataFrame, component: str) -> pd.DataFrame:
    """Each force's share, and its rank among the forces, of the group without one component.

    Args:
        component: the code left out of the group; it stays in all recorded crime.

    Returns:
        ``area_code``, ``period_end``, ``count`` (offences), ``share`` (of all recorded crime, 0 to
        1) and ``rank`` (1 the largest) of the police force areas, in the years in which the code is
        a component of its own.
    """
    forces = [code for code, area in areas().items() if area.area_type == "force"]
    rows = composition[composition["area_code"].isin(forces)]
    apart = rows.loc[rows["component"] == component, "period_end"]
    rows = rows[rows["period_end"].isin(apart)]
    total = rows.groupby(_YEAR)["count"].sum()
    own = rows[~rows["component"].isin([component, EVERYTHING_ELSE])]
    ranked = own.groupby(_YEAR)["count"].sum().to_frame().reset_index()
    ranked = ranked.join(total.rename("total"), on=_YEAR)
    ranked["share"] = ranked["count"] / ranked["total"]
    ranked["rank"] = (
        ranked.groupby("period_end")["share"].rank(ascending=False, method="min").astype("int64")
    )
    return ranked.drop(columns="total")


def ranks_beside(series: pd.DataFrame, composition: pd.DataFrame, component: str) -> pd.DataFrame:
    """The rows of :func:`ranks_without` that may stand beside ranks of the series.

    Returns:
        Those of the years in which the codes of every force that the series ranks add up to its
        count there, so that both ranks are of the same figures.
    """
    own = composition[composition["component"] != EVERYTHING_ELSE]
    counts = own.groupby(_YEAR)["count"].sum().rename("parts")
    ranked = series[series["rank_forces"].notna()].join(counts, on=_YEAR)
    differing = ranked.loc[ranked["parts"] != ranked["count"], "period_end"]
    found = ranks_without(composition, component)
    return found[~found["period_end"].isin(differing)]


def _years(quarters: pd.DataFrame, offence_group: str) -> pd.DataFrame:
    """Counts by code, and of everything else, in the year ending at each quarter-end."""
    inside = [name for name in offences() if offence_group in line_of(name)]
    codes = quarters[quarters["code"].notna() & quarters["offence_id"].isin(inside)]
    # A code without an offence anywhere, that of outcomes alone for one, is no component.
    used = codes.groupby("code")["value"].sum()
    total = quarters[quarters["code"].isna() & (quarters["offence_id"] == TOTAL)]
    by_code = quarters_of_codes(pd.concat([total, codes]), used[used > 0].index)
    ends = pd.DatetimeIndex(sorted(quarters["period_end"].unique()))
    every = pd.DataFrame(True, index=pd.Index(sorted(by_code["offence_id"].unique())), columns=ends)
    group = _group_is_there(quarters, offence_group, ends)
    # A year before a code came or went does not say what moved the group.
    moved = redefinitions(quarters, ends)
    whole = one_thing(moved.get(offence_group, ()), ends)
    years = years_of_areas(by_code, every & (group & whole).to_numpy(), shown_areas())
    like = ["area_code", "offence_id", "period_end", "excluded"]
    before = years.assign(period_end=a_year_later(years["period_end"]))
    years = years.merge(before.rename(columns={"count": "previous"}), on=like, how="left")
    compared = years["period_end"].map(one_thing(moved.get(offence_group, ()), ends, 2 * YEAR))
    return years.assign(previous=years["previous"].where(compared))


def _group_is_there(
    quarters: pd.DataFrame, offence_group: str, ends: pd.DatetimeIndex
) -> pd.Series:
    own = quarters[quarters["code"].isna() & (quarters["offence_id"] == offence_group)]
    counts = own.groupby("period_end")["value"].sum().reindex(ends).fillna(0)
    return (counts > 0).rolling(4, min_periods=4).sum() == 4


def _joined(counts: pd.DataFrame, joint_codes: pd.DataFrame) -> pd.DataFrame:
    """Codes that were one in either of the two years as one component; everything else beside."""
    rows = counts.assign(component=counts["offence_id"])
    began = rows["period_end"] - pd.DateOffset(years=2) + pd.Timedelta(days=1)
    for codes, until in zip(joint_codes["codes"], joint_codes["until"], strict=True):
        one = rows["offence_id"].isin(codes) & (began < until)
        rows.loc[one, "component"] = "+".join(codes)
    key = [*_YEAR, "component"]
    sums = rows.groupby(key, as_index=False)[["count", "previous"]].sum(min_count=1)
    totals = sums[sums["component"] == TOTAL]
    parts = sums[sums["component"] != TOTAL]
    # A code that nobody has recorded yet is no component of that year.
    parts = parts[(parts["count"] != 0) | (parts["previous"].fillna(0) != 0)]
    group = parts.groupby(_YEAR)[["count", "previous"]].sum(min_count=1)
    rest = totals.set_index(_YEAR)[["count", "previous"]] - group
    rest = rest.loc[group.index].assign(component=EVERYTHING_ELSE).reset_index()
    joined: pd.DataFrame = pd.concat([parts, rest], ignore_index=True)
    return joined.sort_values([*_YEAR], kind="stable", ignore_index=True)


def _decomposed(parts: pd.DataFrame) -> pd.DataFrame:
    own = parts["component"] != EVERYTHING_ELSE
    keys = [parts[key] for key in _YEAR]
    now, before = parts["count"], parts["previous"]
    g1, g0 = (column.where(own, 0).groupby(keys).transform("sum") for column in (now, before))
    o1, o0 = (column.where(~own, 0).groupby(keys).transform("sum") for column in (now, before))
    moved = now - before
    # What one offence more in the group does to the share, and one more elsewhere.
    inside = (o0 / ((g1 + o0) * (g0 + o0)) + o1 / ((g1 + o1) * (g0 + o1))) / 2
    outside = -(g0 / ((g0 + o1) * (g0 + o0)) + g1 / ((g1 + o1) * (g1 + o0))) / 2
    return parts.assign(
        share_points=100 * moved * np.where(own, inside, outside),
        count_points=(100 * moved / g0.where(g0 > 0)).where(own),
    )
