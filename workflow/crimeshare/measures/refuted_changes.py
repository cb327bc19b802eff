"""Published changes that the counts refute.

Where an edition has no table of the year before, its percentage gives away the count it was
computed from.  Such a count is a revision like any other, unless it lies further from every count
of that year that was ever tabled than the largest revision on record at that age: then the
percentage, or what it was computed from, is taken for a fault of the publication.
"""

from __future__ import annotations

import pandas as pd

from crimeshare.measures.provenance import CELLS_APART, cell_names
from crimeshare.measures.recorded import EXCLUDING, SMALL_BASE
from crimeshare.reference import areas, areas_around, line_of

ENOUGH = 30
"""Revisions that a record rests on, for one count to be refuted by it alone."""

_FIGURE = ["area_code", "offence_id", "previous_period_end"]
_PUBLISHED = ["published_id", "area_code"]
_RECOVERED = "recovered_from_change"
_COLUMNS = [
    "release_id",
    *_FIGURE,
    "recovered",
    "nearest",
    "nearest_release_id",
    "distance_pct",
    "record_pct",
    "record_revisions",
    "formula",
    "cells",
    "nearest_formula",
    "nearest_cells",
]


def find_refuted_changes(
    changes: pd.DataFrame, recorded: pd.DataFrame, open_data_years: pd.DataFrame
) -> pd.DataFrame:
    """The recovered counts that are further from every tabled one than any revision on record.

    A record is the largest revision, without sign, between the edition of a year and the table
    of the year before in a later edition: by offence group, for the forces and for other areas
    apart, of counts of 50 offences or more.  It refutes by itself where it rests on `ENOUGH`
    revisions; where it rests on fewer, an area or group is refuted only if one within it is.

    Args:
        changes: as :func:`crimeshare.measures.recorded.compute_changes` gives them.
        recorded: the clean table ``recorded_crime``.
        open_data_years: as :func:`crimeshare.measures.series.compute_open_data_years` gives them.

    Returns:
        One row a release, area and offence group: ``recovered``, the count (offences) in the year
        that ends on ``previous_period_end`` by the percentage; ``nearest``, the tabled count next
        to it, and its release; ``distance_pct`` between the two and ``record_pct``, both in per
        cent of the tabled count and without sign; ``record_revisions``, how many revisions the
        record rests on.
    """
    # A total that leaves out a force is of other places than the same total with it.
    whole = changes[~changes["area_name"].str.contains(EXCLUDING, regex=False)]
    own = _own_counts(recorded).merge(
        whole[["release_id", "area_code"]].drop_duplicates().set_axis(_PUBLISHED, axis=1),
        on=_PUBLISHED,
    )
    records = _records(whole[whole["basis"] == "previous_year_table"], own)
    recovered = whole[whole["basis"] == _RECOVERED]
    # Only a count that ONS itself published of that year makes the two comparable.
    known = own.loc[own["published"] >= SMALL_BASE, _FIGURE].drop_duplicates()
    judged = recovered.merge(known, on=_FIGURE)
    names = {"previous": "recovered", "previous_formula": "formula", "previous_cells": "cells"}
    judged = judged[["release_id", *_FIGURE, *names]].rename(columns=names)
    others = pd.concat([own, _open_counts(open_data_years)], ignore_index=True)
    beside = judged.merge(others[others["published"] > 0], on=_FIGURE)
    beside = beside[beside["published_id"] != beside["release_id"]]
    beside["distance_pct"] = 100 * (beside["recovered"] / beside["published"] - 1).abs()
    nearest = beside.sort_values(["release_id", *_FIGURE, "distance_pct"], kind="stable")
    nearest = nearest.drop_duplicates(["release_id", *_FIGURE])
    nearest = nearest.assign(kind=_kinds(nearest)).join(records, on=["kind", "offence_id"])
    beyond = nearest[nearest["distance_pct"] > nearest["record_pct"]]
    found = beyond[(beyond["record_revisions"] >= ENOUGH) & (beyond["kind"] == "force")]
    own_key = ["release_id", "area_code", "offence_id"]
    within = {
        (release_id, area_code, offence_id)
        for release_id, place, group in found[own_key].itertuples(index=False, name=None)
        for area_code in areas_around(place)
        for offence_id in line_of(group)
    }
    keys = beyond[own_key].itertuples(index=False, name=None)
    refuted = pd.Series([key in within for key in keys], index=beyond.index, dtype="bool")
    names = {"published": "nearest", "published_id": "nearest_release_id"}
    result: pd.DataFrame = beyond[refuted].rename(columns=names)[_COLUMNS]
    return result.astype({"record_revisions": "int64"}).reset_index(drop=True)


def without_refuted(changes: pd.DataFrame, refuted: pd.DataFrame) -> pd.DataFrame:
    """The changes with no count of the year before where it is refuted (basis ``refuted``)."""
    key = ["release_id", "area_code", "offence_id"]
    marked = refuted[key].assign(refuted=True)
    hit = changes[key].merge(marked, on=key, how="left")["refuted"].notna().to_numpy()
    kept = changes.assign(basis=changes["basis"].mask(hit, "refuted"))
    for name in ("previous", "change", "change_pct", "previous_formula", "previous_cells"):
        kept[name] = kept[name].mask(hit)
    # What is left is the count, which comes first in both.
    kept["formula"] = kept["formula"].mask(
        hit, kept["formula"].str.split(" - ", regex=False).str[0]
    )
    kept["cells"] = kept["cells"].mask(
        hit, kept["cells"].str.split(CELLS_APART, regex=False).str[0]
    )
    return kept


def _own_counts(recorded: pd.DataFrame) -> pd.DataFrame:
    """The counts of the year that each edition is about."""
    counts = recorded[(recorded["measure"] == "count") & recorded["area_code"].isin(list(areas()))]
    own = counts[
        counts["period_end"] == counts.groupby("release_id")["period_end"].transform("max")
    ]
    named = own.rename(
        columns={
            "period_end": "previous_period_end",
            "release_id": "published_id",
            "value": "published",
        }
    )
    cells = cell_names(own)
    named = named.assign(nearest_formula=cells, nearest_cells=cells)
    known: pd.DataFrame = named.dropna(subset=["published"])[
        [*_FIGURE, "published_id", "published", "nearest_formula", "nearest_cells"]
    ].astype({"previous_period_end": "datetime64[ms]"})
    return known


def _open_counts(years: pd.DataFrame) -> pd.DataFrame:
    whole = years[years["excluded"] == ""]
    return pd.DataFrame(
        {
            "area_code": whole["area_code"],
            "offence_id": whole["offence_id"],
            "previous_period_end": whole["period_end"].astype("datetime64[ms]"),
            "published_id": whole["release_id"],
            "published": whole["count"],
            "nearest_formula": whole["formula"],
            "nearest_cells": whole["cells"],
        }
    )


def _records(tabled: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """The largest revision by kind of area and group, in per cent, and how many there were."""
    pairs = tabled[["release_id", *_FIGURE, "previous"]].merge(own, on=_FIGURE)
    large = pairs["published"] >= SMALL_BASE
    pairs = pairs[(pairs["published_id"] != pairs["release_id"]) & large]
    pairs = pairs.assign(
        kind=_kinds(pairs), size=100 * (pairs["previous"] / pairs["published"] - 1).abs()
    )
    return pairs.groupby(["kind", "offence_id"]).agg(
        record_pct=("size", "max"), record_revisions=("size", "size")
    )


def _kinds(rows: pd.DataFrame) -> pd.Series:
    kinds = {code: area.area_type for code, area in areas().items()}
    return rows["area_code"].map(kinds).where(lambda kind: kind == "force", "other")
