"""Small areas: the community safety partnerships, as recorded, beside limits for their size.

Shares and rates are those recorded.  They are not shrunk towards a common value: all but the
smallest partnerships record thousands of offences, so that a mixed model leaves nearly all of the
weight on their own figures.  Nor are they ranked: most of them do not differ by more than areas of
their size do.  Control limits say which do, by the method and with the sources of
:mod:`crimeshare.measures.control_limits`, among the partnerships of England and Wales.  The spread
between them holds what sets their forces apart, recording practice among it.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from crimeshare.columns import held
from crimeshare.measures.control_limits import APART, LEVELS, METHOD, fit_funnel
from crimeshare.measures.provenance import cell_names, listed
from crimeshare.measures.recorded import SMALL_BASE
from crimeshare.parquet import table_of

BASIS = "counts of records, which have no sampling error: limits for areas that are alike"

_TOTAL = "total"
_KEY = ["release_id", "period_end", "area_code"]


def compute_small_areas(
    recorded_crime: pd.DataFrame, forces: dict[str, str], offence_id: str
) -> pd.DataFrame:
    """Shares and rates of the partnerships, and control limits for areas of their size.

    Args:
        recorded_crime: the clean table; the year of each edition that gives partnerships is taken,
            and not the year before that it gives too.
        forces: code of the force that each partnership lies in.

    Returns:
        The columns of ``small_areas``, one row an edition and partnership, in the order of codes.
        Limits are empty where withdrawn offences leave a count below zero, or there are fewer than
        two partnerships.
    """
    own = recorded_crime[
        (recorded_crime["area_type"] == "partnership")
        & recorded_crime["offence_id"].isin([offence_id, _TOTAL])
        & recorded_crime["value"].notna()
    ]
    newest = own.groupby("release_id")["period_end"].transform("max")
    own = own[own["period_end"] == newest]
    counts = own[own["measure"] == "count"]
    group = counts[counts["offence_id"] == offence_id]
    together = group.merge(
        counts.loc[counts["offence_id"] == _TOTAL, [*_KEY, "value", "sheet", "cell"]],
        on=_KEY,
        suffixes=("", "_total"),
    )
    rates = own[(own["measure"] == "rate_per_1000") & (own["offence_id"] == offence_id)]
    rates = rates[[*_KEY, "value"]].rename(columns={"value": "rate_per_1000"})
    rows = together.merge(rates, on=_KEY, how="left").sort_values(_KEY, ignore_index=True)
    rows = rows[rows["value_total"] > 0]
    if rows.empty:
        return table_of("small_areas")
    part, whole = cell_names(rows), cell_names(rows, "sheet_total", "cell_total")
    table = rows.assign(
        force_code=rows["area_code"].map(forces),
        count=rows["value"],
        total=rows["value_total"],
        share=rows["value"] / rows["value_total"],
        small=rows["value"] < SMALL_BASE,
        method=METHOD,
        basis=BASIS,
        formula=part + " / " + whole,
        cells=listed(part, whole),
    )
    parts = [_with_limits(edition) for _, edition in table.groupby("release_id", sort=True)]
    return pd.concat(parts, ignore_index=True).reindex(columns=held("small_areas"))


def _with_limits(edition: pd.DataFrame) -> pd.DataFrame:
    valid = (edition["count"] >= 0) & (edition["count"] <= edition["total"])
    fitted = edition[valid & (edition["force_code"] != APART)]
    if len(fitted) < 2:
        return edition
    funnel = fit_funnel(fitted["count"], fitted["total"])
    held = edition[valid]
    columns: dict[str, Any] = {
        "target": funnel.target,
        "between_sd": funnel.between_sd,
        "z_score": funnel.scores(held["count"], held["total"]),
    }
    for suffix, level in LEVELS.items():
        lower, upper = funnel.limits(held["total"], level)
        columns |= {f"lower_{suffix}": lower, f"upper_{suffix}": upper}
    return edition.join(pd.DataFrame(columns, index=held.index))
