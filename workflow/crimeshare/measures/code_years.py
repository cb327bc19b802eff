"""Years of single offence codes, such as stalking (8Q), in every area."""

from __future__ import annotations

import pandas as pd

from crimeshare.columns import held
from crimeshare.measures.like_for_like import add_like_for_like
from crimeshare.measures.provenance import four_quarters, listed, sheets_of_year, summed
from crimeshare.measures.quarters import a_year_earlier, beside_year_before
from crimeshare.measures.recorded import SMALL_BASE, comparable, recording_changes_between
from crimeshare.measures.revisions import newest_release
from crimeshare.parquet import table_of

_YEAR = ["area_code", "period_end"]
_CODE = ["area_code", "offence_id", "code", "period_end"]


def compute_code_years(
    quarterly: pd.DataFrame,
    series: pd.DataFrame,
    quarters: pd.DataFrame,
    recording_changes: pd.DataFrame,
) -> pd.DataFrame:
    """The years of every code of the report's groups, at each quarter-end.

    Args:
        quarterly: ``quarterly_series``; its newest release counts.

    Returns:
        The columns of ``code_years``, one row an area, code and quarter-end.
    """
    newest = newest_release(quarterly)
    if newest.empty:
        return table_of("code_years")
    years = newest[newest["year_count"].notna()].assign(count=lambda rows: rows["year_count"])
    codes = years[years["code"].notna()].drop(columns=["previous", "previous_formula"])
    rows = codes.drop(columns=["previous_cells", "change_pct", "recording_changes"])
    rows = rows.reset_index(drop=True)
    what = summed(rows)
    rows["formula"], rows["cells"] = four_quarters(rows, what), sheets_of_year(rows, what, quarters)
    rows = beside_year_before(rows, rows, [*_CODE, "excluded"])
    rows["change"] = rows["count"] - rows["previous"]
    enough = rows["previous"] >= SMALL_BASE
    rows["change_pct"] = (100 * rows["change"] / rows["previous"]).where(enough)
    totals = years[years["offence_id"] == "total"].reset_index(drop=True)
    all_crime = summed(totals)
    totals = totals[_YEAR].assign(
        total=totals["count"],
        total_formula=four_quarters(totals, all_crime),
        total_cells=sheets_of_year(totals, all_crime, quarters),
    )
    rows = rows.merge(totals, on=_YEAR, how="left")
    rows["formula"] += " / " + rows["total_formula"]
    rows["cells"] = listed(rows["cells"], rows["total_cells"])
    shown = (rows["count"] >= SMALL_BASE) & (rows["total"] > 0)
    rows["share"] = (rows["count"] / rows["total"]).where(shown)
    of_all = series[series["offence_id"] == "total"]
    residents = of_all[[*_YEAR, "population", "population_year", "rate_per_1000"]]
    rows = rows.merge(residents, on=_YEAR, how="left")
    rows["population_year"] = rows["population_year"].astype("Int64")
    # Where all crime has no rate, none of its codes has.
    rated = rows.pop("rate_per_1000").notna() & (rows["excluded"] == "")
    rows["rate_per_1000"] = (1000 * rows["count"] / rows["population"]).where(rated)
    pairs = rows.assign(
        offence_id=rows["code"],
        previous_period_end=a_year_earlier(rows["period_end"]),
    )
    names = recording_changes_between(pairs, recording_changes)
    known = rows["previous"].notna()
    told = comparable(rows["code"], names, recording_changes)
    rows["comparable"], rows["recording_changes"] = told.where(known), names.where(known)
    return add_like_for_like(rows.filter(held("code_years")), quarters, recording_changes)
