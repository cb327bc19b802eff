"""Published changes that the counts refute.

Where an edition has no table of the year before, its percentage gives away the count it was
computed from.  Such a count is a revision like any other, unless it lies further from every count
of that year that was ever tabled than the largest revision on record at that age: then the
percentage, or what it was computed from, is taken for a fault of the publication.
"""

from __future__ import annotations

import pandas as pd

from crimeshare.columns import held
from crimeshare.measures.recorded import SMALL_BASE
from crimeshare.measures.vintages import BY_AREA, LATER_COLUMN, PERCENTAGE, PUBLISHED, QUARTERS
from crimeshare.reference import areas, areas_around, line_of

ENOUGH = 30
"""Revisions that a record rests on, for one count to be refuted by it alone."""

_FIGURE = ["area_code", "offence_id", "period_end"]
_OWN = ["release_id", "area_code", "offence_id"]
_NEAREST = {
    "release_id": "nearest_release_id",
    "value": "nearest",
    "formula": "nearest_formula",
    "cells": "nearest_cells",
}


def find_refuted_changes(vintages: pd.DataFrame) -> pd.DataFrame:
    """The recovered counts that are further from every tabled one than any revision on record.

    A record is the largest revision, without sign, between the edition of a year and the table
    of the year before in a later edition: by offence group, for the forces and for other areas
    apart, of counts of 50 offences or more.  It refutes by itself where it rests on `ENOUGH`
    revisions; where it rests on fewer, an area or group is refuted only if one within it is.

    Returns:
        The columns of ``refuted_changes``, one row a release, area and offence group.
    """
    # A total that leaves out a force is of other places than the same total with it, and
    # partnerships come, go and are renamed.
    whole = vintages[
        (vintages["excluded"] == "")
        & (vintages["grouping"] == BY_AREA)
        & vintages["area_code"].isin(list(areas()))
    ].dropna(subset=["value"])
    recovered, tabled, own, open_data = (
        whole[whole["known_from"] == known_from]
        for known_from in (PERCENTAGE, LATER_COLUMN, PUBLISHED, QUARTERS)
    )
    large = own[own["value"] >= SMALL_BASE]
    records = _records(tabled, large)
    # Only a count that ONS itself published of that year makes the two comparable.
    judged = recovered.merge(large[_FIGURE].drop_duplicates(), on=_FIGURE)
    others = pd.concat([own, open_data])[[*_FIGURE, *_NEAREST]]
    beside = judged.merge(
        others[others["value"] > 0].rename(columns=_NEAREST),
        on=_FIGURE,
    )
    beside["distance_pct"] = 100 * (beside["value"] / beside["nearest"] - 1).abs()
    nearest = beside.sort_values([*_OWN, "distance_pct"], kind="stable").drop_duplicates(_OWN)
    nearest = nearest.assign(kind=_kinds(nearest)).join(records, on=["kind", "offence_id"])
    beyond = nearest[nearest["distance_pct"] > nearest["record_pct"]]
    found = beyond[(beyond["record_revisions"] >= ENOUGH) & (beyond["kind"] == "force")]
    within = {
        (release_id, area_code, offence_id)
        for release_id, place, group in found[_OWN].itertuples(index=False, name=None)
        for area_code in areas_around(place)
        for offence_id in line_of(group)
    }
    keys = beyond[_OWN].itertuples(index=False, name=None)
    refuted = pd.Series([key in within for key in keys], index=beyond.index, dtype="bool")
    names = {"period_end": "previous_period_end", "value": "recovered"}
    result: pd.DataFrame = beyond[refuted].rename(columns=names)[held("refuted_changes")]
    return result.astype({"record_revisions": "int64"}).reset_index(drop=True)


def mark_refuted(vintages: pd.DataFrame, refuted: pd.DataFrame) -> pd.DataFrame:
    """The vintages, with those counts marked that are recovered from refuted changes."""
    keys = pd.MultiIndex.from_frame(refuted[_OWN])
    hit = pd.MultiIndex.from_frame(vintages[_OWN]).isin(keys)
    return vintages.assign(refuted=hit & (vintages["known_from"] == PERCENTAGE))


def _records(tabled: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    pairs = tabled[[*_FIGURE, "value"]].merge(own, on=_FIGURE, suffixes=("", "_own"))
    pairs = pairs.assign(
        kind=_kinds(pairs), size=100 * (pairs["value"] / pairs["value_own"] - 1).abs()
    )
    return pairs.groupby(["kind", "offence_id"]).agg(
        record_pct=("size", "max"), record_revisions=("size", "size")
    )


def _kinds(rows: pd.DataFrame) -> pd.Series:
    kinds = {code: area.area_type for code, area in areas().items()}
    return rows["area_code"].map(kinds).where(lambda kind: kind == "force", "other")
