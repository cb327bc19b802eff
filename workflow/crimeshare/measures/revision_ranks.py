"""Ranks of the forces before and after a revision, among the same forces."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from crimeshare.measures.recorded import SMALL_BASE
from crimeshare.reference import areas

RANKS = ["rank_before", "rank_after", "ranked_forces"]
"""The columns that :func:`with_ranks` adds."""

STEP = ["offence_id", "period_end", "release_id", "previous_release_id"]
"""What the forces that are ranked together share, where each step is ranked by itself."""


def with_ranks(revisions: pd.DataFrame, among: Sequence[str]) -> pd.DataFrame:
    """Revisions with the force's rank by share of its own total before and after.

    Args:
        revisions: ``area_code``, `STEP`, ``value`` and ``previous_value`` (offences).
        among: columns that are the same in all forces ranked together.

    Returns:
        The rows with ``rank_before`` and ``rank_after``, 1 the largest share, both among the same
        ``ranked_forces`` forces: those that have both vintages, of their total too, and no fewer
        than 50 offences in either.  All are empty for other areas and for the total, and where
        no other force could be ranked.
    """
    step = ["area_code", *STEP[1:]]
    totals = revisions[revisions["offence_id"] == "total"].set_index(step)
    totals = totals[["value", "previous_value"]].add_suffix("_total")
    forces = [code for code, area in areas().items() if area.area_type == "force"]
    rows = revisions[revisions["area_code"].isin(forces) & (revisions["offence_id"] != "total")]
    rows = rows.join(totals, on=step)
    rows = rows[(rows["value_total"] > 0) & (rows["previous_value_total"] > 0)]
    rows = rows[(rows["value"] >= SMALL_BASE) & (rows["previous_value"] >= SMALL_BASE)]
    together = [rows[name] for name in among]
    many = rows.groupby(list(among))["value"].transform("size")
    ranks = {"ranked_forces": many}
    for rank, value in (("rank_before", "previous_value"), ("rank_after", "value")):
        share = rows[value] / rows[f"{value}_total"]
        ranks[rank] = share.groupby(together).rank(ascending=False, method="min")
    known = {name: ranks[name].where(many > 1) for name in RANKS}
    columns = {name: rank.reindex(revisions.index).astype("Int64") for name, rank in known.items()}
    return revisions.assign(**columns)
