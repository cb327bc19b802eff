"""What cells of the releases hold, with the labels that the workbook gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from crimeshare import survey_words
from crimeshare.cells import Cell
from crimeshare.reference import line_of, offences
from crimeshare.sources.registry import FIGURES

# What the report was built from, else what the repository ships.
OBSERVATIONS = (Path("results/observations"), FIGURES)


TOLD = ("value", "marker_text", "area_label", "row_label", "column_label")
TOLD_OF_SURVEY = ("estimate", "measure_id", "sex", "age")
"""The columns that say what a cell holds, and what the workbook says beside it."""


class Holding:
    """The observations of one release by sheet and cell."""

    def __init__(self, release_id: str, root: Path) -> None:
        self._path = observations(release_id, root)

    @cached_property
    def _table(self) -> pa.Table | None:
        return None if self._path is None else pq.read_table(self._path)

    @cached_property
    def _places(self) -> dict[tuple[str, str], int]:
        if self._table is None:
            return {}
        # A quarterly figure names the cells it was added up from; of a code, that is one.
        named = "cell" if "cell" in self._table.column_names else "cells"
        columns = (self._table[name].to_pylist() for name in ("sheet", named))
        found: dict[tuple[str, str], int] = {}
        for place, (sheet, cell) in enumerate(zip(*columns, strict=True)):
            # Sheets are named with their spaces in the figures and without in print.
            found.setdefault((str(sheet).strip(), cell), place)
        return found

    def _row(self, cell: Cell) -> Mapping[str, Any] | None:
        place = self._places.get((cell.sheet.strip(), cell.cell))
        if place is None or self._table is None:
            return None
        return {name: column[place].as_py() for name, column in self._told.items()}

    @cached_property
    def _told(self) -> Mapping[str, Any]:
        """Columns as one chunk each, since finding a row among many chunks is slow."""
        if self._table is None:
            return {}
        named = [name for name in (*TOLD, *TOLD_OF_SURVEY) if name in self._table.column_names]
        return {name: self._table[name].combine_chunks() for name in named}

    def value(self, cell: Cell) -> str:
        """The number or the marker that a cell holds; empty for a range and an unknown cell."""
        row = self._row(cell)
        if row is None:
            return ""
        if "estimate" in row:  # a survey table, kept as proportions
            return f"{100 * row['estimate']:.12g}"
        return str(row.get("marker_text")) if row["value"] is None else f"{row['value']:.15g}"

    def labels(self, cell: Cell) -> str:
        """What the workbook says beside the cell."""
        row = self._row(cell)
        if row is None:
            return ""
        if "estimate" in row:
            return f"{survey_words.measure(row['measure_id'])}, {row['sex']}, {row['age']}"
        return ", ".join(
            " ".join(str(row[name]).split())
            for name in ("area_label", "row_label", "column_label")
            if row.get(name)
        )

    def codes(self, offence_id: str, ends: Sequence[tuple[int, int]]) -> list[str]:
        """The codes of a group with offences in some quarters, given by year and last month."""
        table = self._table
        if table is None or "code" not in table.column_names:
            return []
        held = self._counted
        return sorted({code for code, *end in held.get(offence_id, ()) if tuple(end) in ends})

    @cached_property
    def _counted(self) -> Mapping[str, set[tuple[str, int, int]]]:
        """Codes with offences, each with the year and month of a quarter's end, by their groups."""
        found: dict[str, set[tuple[str, int, int]]] = {}
        if self._table is None:
            return found
        rows = self._table.select(["offence_id", "code", "period_end", "value"])
        rows = rows.filter(pc.and_(pc.is_valid(rows["code"]), pc.greater(rows["value"], 0)))
        kinds = rows.group_by(["offence_id", "code", "period_end"]).aggregate([])
        for row in kinds.to_pylist():
            end = row["period_end"]
            # Fraud is part of no group.
            for group in line_of(row["offence_id"]) if row["offence_id"] in offences() else ():
                found.setdefault(group, set()).add((row["code"], end.year, end.month))
        return found

    @cached_property
    def sha256(self) -> str:
        """Hash of the workbook that was read; figures out of a conversion name none."""
        if self._table is None or not self._table.num_rows:
            return ""
        return str(self._table["workbook_sha256"][0].as_py() or "")


@cache
def holding(release_id: str, root: Path) -> Holding:
    """The observations of a release, read once."""
    return Holding(release_id, root)


def observations(release_id: str, root: Path) -> Path | None:
    """The file of a release's observations, if there is one."""
    candidates = (root / folder / f"{release_id}.parquet" for folder in OBSERVATIONS)
    return next((path for path in candidates if path.exists()), None)
