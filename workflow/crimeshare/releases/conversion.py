"""What a file of the Home Office says otherwise than somebody's conversion of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from crimeshare.running import replacing
from crimeshare.tables.observations import QuarterFigure, read_arrow

KEY = ["area_code", "offence_id", "code", "period_end"]
REPORTS = Path("results/releases")
_SHOWN = 5


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
        workbook: likewise, of the same release.

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
