"""Vintages: every count of a year that any release gives, and how the release gives it.

One table holds them all: counts as tabled in the edition of their own year and as the year before
in a later one, counts that a published percentage gives away, England and Wales in the tables of
offences by code, and four quarters of the Home Office's open data added up.  What leads in the
series, what was revised, what is audited and what a chart of vintages shows are rows of it.
"""

from __future__ import annotations

import pandas as pd

from crimeshare.columns import held
from crimeshare.measures import formulas
from crimeshare.measures.provenance import cell_names, four_quarters, listed, sheets_of_year, summed
from crimeshare.measures.quarters import a_year_earlier, in_order
from crimeshare.measures.recorded import tabled_counts
from crimeshare.measures.revisions import issue_order
from crimeshare.measures.years import years_of_groups
from crimeshare.reference import NATION, fraud_totals
from crimeshare.tables.labels import plain

PUBLISHED, LATER_COLUMN = "published", "later_column"
PERCENTAGE, QUARTERS = "percentage", "quarters"
BY_AREA, BY_CODE = "by_area", "by_code"

FIGURE = ["area_code", "offence_id", "code", "period_end"]

# A count recovered from a published percentage must be this close to a whole number.
# Percentages are published in double precision, so a count of five million keeps about 1e-9.
_WHOLE = 1e-3
_TEXT = ["area_code", "offence_id", "code", "release_id", "marker", "known_from", "grouping"]
_TEXT += ["excluded", "formula", "cells"]


def compute_vintages(
    recorded: pd.DataFrame, offence_codes: pd.DataFrame, quarters: pd.DataFrame
) -> pd.DataFrame:
    """Every vintage of every count.

    Returns:
        The columns of ``vintages``, one row an area, offence group (or, where ``offence_id`` is
        empty, offence code), year and release that gives it, areas and groups in the order of their
        lists, the oldest year and the first vintage first; ``refuted`` is false here.
    """
    tables = [
        _of_editions(recorded),
        _of_percentages(recorded),
        _of_code_tables(offence_codes),
        *(_of_quarters(each) for _, each in quarters.groupby("release_id")),
    ]
    # The publishers of one day in this order, which is theirs.
    tables = [table.assign(publisher=place) for place, table in enumerate(tables)]
    vintages = pd.concat([table for table in tables if len(table)] or tables, ignore_index=True)
    vintages = vintages.reindex(columns=[*held("vintages"), "publisher"])
    vintages = vintages.astype(dict.fromkeys(_TEXT, "str"))
    vintages["period_end"] = vintages["period_end"].astype("datetime64[ms]")
    vintages["codes_from"] = vintages["codes_from"].astype("datetime64[ms]")
    vintages["refuted"] = False
    vintages["order"] = _order(vintages)
    return in_order(vintages, [*FIGURE, "order"])[held("vintages")]


def _of_editions(recorded: pd.DataFrame) -> pd.DataFrame:
    """Counts of ONS's police force area tables: an edition's own year, and the one before."""
    counts = tabled_counts(recorded)
    return counts.rename(columns={"count": "value"}).assign(
        known_from=_of_own_year(counts).map({True: PUBLISHED, False: LATER_COLUMN}),
        grouping=BY_AREA,
        formula=counts["cells"],
    )


def _of_percentages(recorded: pd.DataFrame) -> pd.DataFrame:
    """The year before, where an edition tells it by its own count and a percentage alone.

    ONS gives percentages in double precision, so the count of the year before comes out whole.
    """
    key = ["release_id", "area_code", "offence_id"]
    counts = tabled_counts(recorded)
    own = _of_own_year(counts)
    known = counts["count"].notna()
    tabled = counts.loc[known & ~own, key].drop_duplicates().assign(tabled=True)
    changes = recorded[recorded["measure"] == "change_pct"]
    changes = changes.assign(change_cell=cell_names(changes), change_pct=changes["value"])
    rows = counts[known & own].merge(changes[[*key, "change_pct", "change_cell"]].dropna(), on=key)
    rows = rows.merge(tabled, on=key, how="left")
    ratio = 1 + rows["change_pct"] / 100
    previous = rows["count"] / ratio.where(ratio > 0)
    whole = (previous - previous.round()).abs() < _WHOLE
    return rows.assign(
        value=previous.round(),
        period_end=a_year_earlier(rows["period_end"]),
        known_from=PERCENTAGE,
        grouping=BY_AREA,
        formula=formulas.recovered(rows["cells"], rows["change_cell"]),
        cells=listed(rows["cells"], rows["change_cell"]),
    )[whole & rows["tabled"].isna()]


def _of_code_tables(offence_codes: pd.DataFrame) -> pd.DataFrame:
    """England and Wales in ONS's tables of offences by code: codes, groups and totals of them."""
    rows = offence_codes[offence_codes["table"] == "offence_codes"]
    # Totals that no other table has are told by their labels, as they have no code.
    totals = rows["offence"].where(rows["code"].isna() & rows["offence_id"].isna(), "")
    codes = {label: fraud_totals().get(plain(label), (None,))[0] for label in totals.unique()}
    rows = rows.assign(code=rows["code"].fillna(totals.map(codes)))
    rows = rows[rows["offence_id"].notna() | rows["code"].notna()]
    names = cell_names(rows)
    return rows.rename(columns={"count": "value"}).assign(
        area_code=NATION,
        known_from=_of_own_year(rows).map({True: PUBLISHED, False: LATER_COLUMN}),
        grouping=BY_CODE,
        excluded="",
        formula=names,
        cells=names,
    )


def _of_quarters(quarters: pd.DataFrame) -> pd.DataFrame:
    years = years_of_groups(quarters).assign(release_id=quarters["release_id"].iloc[0])
    what = summed(years)
    return years.rename(columns={"count": "value"}).assign(
        known_from=QUARTERS,
        grouping=BY_AREA,
        formula=four_quarters(years, what),
        cells=sheets_of_year(years, what, quarters),
    )


def _of_own_year(rows: pd.DataFrame) -> pd.Series:
    ends = rows["period_end"].astype("datetime64[ms]")
    months = {release_id: issue_order(release_id)[0] for release_id in set(rows["release_id"])}
    own: pd.Series = rows["release_id"].map(months) == 12 * ends.dt.year + ends.dt.month
    return own


def _order(vintages: pd.DataFrame) -> pd.Series:
    releases = vintages.groupby("release_id")["publisher"].min()
    order = sorted(releases.index, key=lambda name: (issue_order(name), releases[name], name))
    places = {release_id: place for place, release_id in enumerate(order, start=1)}
    return vintages["release_id"].map(places).astype("int64")
