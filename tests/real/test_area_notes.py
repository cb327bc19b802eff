"""Every note about one area stands in the workbook where the table of notes says it does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from python_calamine import CalamineSheet, CalamineWorkbook

from crimeshare.reference import REFERENCE, read_rows
from crimeshare.sources.registry import read_registry
from tests.conftest import ROOT
from tests.facsimile import place

NOTES = read_rows(REFERENCE / "area_notes.csv")
TABLES = ["Table P1", "Table P2", "Table P3", "Table P4"]
RELEASES = read_registry(ROOT / "config" / "releases.csv")


@pytest.mark.parametrize("release_id", sorted({note["release_id"] for note in NOTES}))
def test_the_cell_of_each_note_is_a_note_that_the_area_carries(
    mirror: Path, release_id: str
) -> None:
    path = mirror / RELEASES[release_id].path.lstrip("/")
    if not path.is_file():
        pytest.skip(f"the mirror does not hold {path.name}")
    grids = {
        sheet.strip(): grid.to_python(skip_empty_area=False)
        for sheet, grid in _sheets(path).items()
    }
    for note in NOTES:
        if note["release_id"] != release_id:
            continue
        row, column = place(note["cell"])
        text = str(grids[note["sheet"]][row][column])
        # An older sheet numbers the note in its text, a newer one in the cell before it.
        numbered = text if column == 0 else f"{float(grids[note['sheet']][row][0]):.0f}."
        number = re.match(r"\d+", numbered)
        assert number, f"{note['sheet']} {note['cell']} is no note: {text!r}"
        # A note below a table is for the labels of that table, one on a sheet of notes for all.
        own = [note["sheet"]] if note["sheet"].startswith("Table") else TABLES
        labels = [str(row[1]) for name in own if name in grids for row in grids[name] if row[1:]]
        carried = re.compile(
            rf"{note['area_name']}\s*(\[note |(\d+,)*){number[0]}\b", re.IGNORECASE
        )
        assert note["area_name"] in text or any(map(carried.match, labels)), note


def _sheets(path: Path) -> dict[str, CalamineSheet]:
    workbook = CalamineWorkbook.from_path(path)
    return {name: workbook.get_sheet_by_name(name) for name in workbook.sheet_names}
