"""What a file of the Home Office says otherwise than somebody's conversion of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from crimeshare.problems import Problem
from crimeshare.running import replacing, shipping
from crimeshare.sources.datasets import QUARTERS, SHAPES
from crimeshare.sources.registry import FIGURES, Release
from crimeshare.tables.counts import counts, counts_of_files, in_order
from crimeshare.tables.misfits import check
from crimeshare.tables.observations import QuarterFigure, read_arrow, write_observations
from crimeshare.tables.recorded_quarters import read_conversion

KEY = ["area_code", "offence_id", "code", "period_end"]
REPORTS = Path("results/releases")
_SHOWN = 5


def ship_conversion(path: Path, release_id: str | None, registry: Mapping[str, Release]) -> Path:
    """Ship the figures of a conversion as those of the release whose last quarter is the file's.

    Args:
        path: the conversion, a Parquet file.
        release_id: what it is said to be; nothing, if only its last quarter says.

    Raises:
        Problem: no release ends with its last quarter, or another one than it is said to be.
        Problems: its figures do not go together with those of another release that is shipped.
    """
    quarterly = {r.period_end: r for r in registry.values() if r.reader == QUARTERS}
    figures = list(read_conversion(path, release_id or "prc"))
    last = max(figure.period_end for figure in figures)
    release = quarterly.get(last)
    if release is None or release_id not in (None, release.release_id):
        known = ", ".join(each.release_id for each in quarterly.values())
        raise Problem(
            f"{path.name} ends with the quarter to {last:%B %Y}, which is "
            f"{release.release_id if release else f'prc-{last:%Y-%m}'}; expected "
            f"{release_id or f'one of config/releases.csv: {known}'}. Name the file's own release, "
            "or add its row to the registry."
        )
    figures = [dataclasses.replace(each, release_id=release.release_id) for each in figures]
    shipped = {
        other.release_id: (other.reader, file)
        for other in registry.values()
        for file in [FIGURES / f"{other.release_id}.parquet"]
        if other.reader in SHAPES and other.release_id != release.release_id and file.is_file()
    }
    rows = pd.DataFrame(map(vars, figures))
    own = counts(rows, release.release_id, release.reader)
    everything = pd.concat([own, counts_of_files(shipped)], ignore_index=True)
    known_releases = [registry[name] for name in (*shipped, release.release_id)]
    check(everything, in_order(known_releases), [release.release_id])
    target = FIGURES / f"{release.release_id}.parquet"
    with shipping(target) as file:
        write_observations(figures, file)
    return target


def replaces_conversion(shipped: Path, read: Path) -> bool:
    """Whether figures that are shipped come from a conversion, and those just read do not."""
    if not shipped.is_file() or "read_from" not in pq.read_schema(read).names:
        return False
    before, after = (
        read_arrow(QuarterFigure, path)["read_from"].unique().to_pylist()
        for path in (shipped, read)
    )
    return (before, after) == (["conversion"], ["workbook"])


def differences(conversion: pa.Table, workbook: pa.Table) -> pd.DataFrame:
    """The figures that a conversion has otherwise than the file that it was made from.

    Args:
        conversion: as :func:`crimeshare.tables.observations.read_arrow` gives it.
        workbook: the table of the same release as read from the publisher's own file.

    Returns:
        A row a figure that differs, is only in the conversion or only in the file: the columns of
        `KEY`, ``area_name``, ``difference`` (``value``, ``not in the file`` or ``not in the
        conversion``), ``conversion`` and ``workbook`` (offences, or the marker), ``sheet`` and
        ``cells`` of the file.
    """
    sides = [_figures(table) for table in (conversion, workbook)]
    both = sides[0].merge(
        sides[1],
        on=[*KEY, "area_name"],
        how="outer",
        suffixes=("_conversion", "_workbook"),
        indicator="side",
    )
    words = {"left_only": "not in the file", "right_only": "not in the conversion", "both": "value"}
    both["difference"] = both["side"].astype(str).map(words)
    same = (both["side"] == "both") & (both["figure_conversion"] == both["figure_workbook"])
    found = both[~same].rename(
        columns={
            "figure_conversion": "conversion",
            "figure_workbook": "workbook",
            "sheet_workbook": "sheet",
            "cells_workbook": "cells",
        }
    )
    columns = [*KEY, "area_name", "difference", "conversion", "workbook", "sheet", "cells"]
    # What one side lacks is empty, not a number.
    words_of = {name: found[name].fillna("") for name in columns[-4:]}
    listed: pd.DataFrame = found.assign(**words_of)[columns]
    return listed.sort_values(KEY, kind="stable", ignore_index=True)


def _figures(table: pa.Table) -> pd.DataFrame:
    """Each figure as text: its offences, or its marker."""
    columns = [*KEY, "area_name", "value", "marker", "sheet", "cells"]
    rows: pd.DataFrame = table.select(columns).to_pandas()
    # A code is there or not; an empty one is a group as a whole.
    rows["code"] = rows["code"].fillna("")
    rows["figure"] = [
        str(marker) if pd.isna(value) else f"{value:.15g}"
        for value, marker in zip(rows["value"], rows["marker"], strict=True)
    ]
    return rows.drop(columns=["value", "marker"])


def report(shipped: Path, read: Path, folder: Path = REPORTS) -> list[str]:
    """Compare a conversion's figures with the file's own, and keep what differs.

    Args:
        shipped: figures read from a conversion.
        read: the same release, read from the Home Office's file.
        folder: where the list of differences goes, ``<release>-conversion.csv``.

    Returns:
        Sentences: how many figures are the same, how many are not, and the first of these.
    """
    before, after = read_arrow(QuarterFigure, shipped), read_arrow(QuarterFigure, read)
    found = differences(before, after)
    path = folder / f"{shipped.stem}-conversion.csv"
    with replacing(path) as target:
        found.to_csv(target, index=False, lineterminator="\n")
    same = after.num_rows - int((found["difference"] != "not in the file").sum())
    counts = found["difference"].value_counts()
    told = [
        f"{counts[kind]:,} {words}"
        for kind, words in (
            ("value", "differ"),
            ("not in the file", "are in the conversion alone"),
            ("not in the conversion", "are in the file alone"),
        )
        if kind in counts
    ]
    return [
        f"{shipped.stem} was read from a conversion and is now read from the Home Office's own "
        f"file, cell by cell: {same:,} figures are the same, "
        f"{', '.join(told) or 'and none differs'}. {path} lists what differs.",
        *_first(found),
    ]


def _first(found: pd.DataFrame) -> Sequence[str]:
    rows = found.head(_SHOWN).astype(str).to_dict("records")
    told = []
    for row in rows:
        code = f" ({row['code']})" if row["code"] else ""
        cells = f", sheet {row['sheet']!r}, {row['cells']}" if row["cells"] else ""
        told.append(
            f"{row['area_name']}, {row['offence_id']}{code}, quarter to {row['period_end']}: "
            f"{row['conversion'] or 'nothing'} in the conversion, {row['workbook'] or 'nothing'} "
            f"in the file{cells}."
        )
    return told
