"""How a figure of the series stands beside others, and what is too small to stand beside any.

A count below :data:`~crimeshare.measures.recorded.SMALL_BASE` is given as a count: one offence more
or less moves its share, and a rank by it, further than forces differ.
"""

from __future__ import annotations

import pandas as pd

from crimeshare.columns import held
from crimeshare.measures.recorded import SMALL_BASE
from crimeshare.reference import NATION

_TOTAL = "total"
_YEAR = ["offence_id", "period_end"]
_RANKS_OF_GROUPS = ["rank_main_groups", "rank_subgroups", "rank_published_columns"]


def beside_others(series: pd.DataFrame, vintages: pd.DataFrame) -> pd.DataFrame:
    """The series without shares and ranks of small counts, and with what compares areas.

    Returns:
        The rows of ``series`` with more of its columns.  Where the count is under 50,
        ``share`` and all ranks are empty and ``marker`` is ``small_count``; ``rank_forces`` and
        ``rank_rate`` are among the forces that have one, 1 the largest, and ``ranked_forces`` says
        how many are ranked by share.  ``share_of_nation`` is the part, 0 to 1, of what the same
        release counts in England and Wales, whose count ``nation_formula`` names; empty where that
        leaves out a force.
    """
    small = series["count"] < SMALL_BASE
    shown = series.assign(
        marker=pd.Series("small_count", series.index).where(small),
        share=series["share"].mask(small),
        **{name: series[name].mask(small) for name in _RANKS_OF_GROUPS},
    )
    force = (shown["area_type"] == "force") & (shown["offence_id"] != _TOTAL) & ~small
    by = {"rank_forces": shown["share"], "rank_rate": shown["rate_per_1000"]}
    for name, value in by.items():
        ranks = value[force].groupby([shown.loc[force, key] for key in _YEAR])
        ranked = ranks.rank(ascending=False, method="min")
        shown[name] = ranked.reindex(shown.index).astype("Int64")
    many = shown.groupby(_YEAR)["rank_forces"].transform("count")
    shown["ranked_forces"] = many.where(shown["rank_forces"].notna()).astype("Int64")
    return _with_share_of_nation(shown, vintages, small)


def _with_share_of_nation(
    series: pd.DataFrame, vintages: pd.DataFrame, small: pd.Series
) -> pd.DataFrame:
    nation = vintages[
        (vintages["area_code"] == NATION)
        & (vintages["grouping"] == "by_area")
        & (vintages["excluded"] == "")
        & vintages["offence_id"].notna()
        & vintages["value"].notna()
    ]
    names = ["nation", "nation_formula", "nation_cells"]
    key = ["release_id", *_YEAR]
    of_nation = nation[[*key, "value", "formula", "cells"]].set_axis([*key, *names], axis=1)
    of_nation["period_end"] = of_nation["period_end"].astype(series["period_end"].dtype)
    rows = series.merge(of_nation, on=key, how="left", validate="m:1").set_index(series.index)
    whole = rows["nation"] > 0
    wanted = whole & ~small & (rows["area_code"] != NATION)
    rows["share_of_nation"] = (rows["count"] / rows["nation"]).where(wanted)
    rows[names[1:]] = rows[names[1:]].where(wanted)
    return rows.filter(held("series"))
