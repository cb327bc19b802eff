"""Tables by partnership published as CSV: the same figures at the same cells as in the workbook."""

from __future__ import annotations

import csv
import dataclasses
import io
import zipfile
from pathlib import Path

import pytest

from crimeshare.problems import Problem
from crimeshare.sources.registry import read_registry
from crimeshare.tables.grid import open_workbook
from crimeshare.tables.layout import UnknownNames
from crimeshare.tables.observations import Observation
from crimeshare.tables.police_force_area import read_police_force_area_tables
from crimeshare.tables.reading import read_release
from tests import facsimile
from tests.conftest import ROOT
from tests.facsimile import Place

EDITION = "pfa-2024-12"
SHIPPED = facsimile.figures(EDITION)
END = SHIPPED[0].period_end
BY_PARTNERSHIP = [row for row in SHIPPED if row.parent_code]
CORRECTIONS = ROOT / "config" / "corrections.yaml"
RELEASE = read_registry(ROOT / "config" / "releases.csv")[EDITION]


def as_csv(grid: dict[Place, object], *, commas: bool = False) -> bytes:
    """A sheet as a spreadsheet exports it, thousands in commas if it shows them so."""
    height, width = (max(at[i] for at in grid) + 1 for i in (0, 1))
    text = io.StringIO()
    csv.writer(text).writerows(
        [_cell(grid.get((row, column), ""), commas=commas) for column in range(width)]
        for row in range(height)
    )
    return text.getvalue().encode("utf-8-sig")


def _cell(cell: object, *, commas: bool) -> str:
    if not isinstance(cell, int | float):
        return str(cell)
    return f"{cell:,}" if commas and float(cell).is_integer() else repr(cell)


@pytest.fixture(scope="module")
def tables() -> dict[str, dict[Place, object]]:
    """The sheets of the edition's tables by partnership."""
    names = {row.sheet for row in BY_PARTNERSHIP}
    sheets = facsimile.from_figures(SHIPPED).sheets
    return {name: grid for name, grid in sheets.items() if name in names}


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def said(rows: list[Observation]) -> list[Observation]:
    """Observations but for the file that they were read from."""
    return [dataclasses.replace(row, workbook_sha256="", sheet=row.sheet.strip()) for row in rows]


@pytest.mark.parametrize("commas", [False, True])
def test_a_zip_of_tables_says_what_the_workbook_says(
    commas: bool, tables: dict[str, dict[Place, object]], tmp_path: Path
) -> None:
    files = {
        f"csp/{name.strip()}.csv": as_csv(grid, commas=commas) for name, grid in tables.items()
    }
    path = zipped(tmp_path / "partnerships.zip", files)
    assert said(read_release(path, RELEASE, CORRECTIONS).rows) == said(BY_PARTNERSHIP)


def test_one_table_alone_is_read_and_names_its_file_and_cells(
    tables: dict[str, dict[Place, object]], tmp_path: Path
) -> None:
    name, grid = next((name, grid) for name, grid in tables.items() if name.strip() == "Table C2")
    path = tmp_path / "Table C2.csv"
    path.write_bytes(as_csv(grid))
    rows = read_release(path, RELEASE, CORRECTIONS).rows
    assert said(rows) == said([row for row in BY_PARTNERSHIP if row.sheet == name])
    newport = next(r for r in rows if r.area_name == "Newport" and r.offence_id == "total")
    assert (newport.sheet, newport.cell, newport.value) == ("Table C2", "G127", 19614)


def test_tables_of_forces_need_each_other_in_csv_too(tmp_path: Path) -> None:
    sheets = facsimile.from_figures(SHIPPED).sheets
    (tmp_path / "Table P1.csv").write_bytes(as_csv(sheets["Table P1"]))
    book = open_workbook(tmp_path / "Table P1.csv")
    with pytest.raises(UnknownNames, match="no sheet holds the table of change"):
        read_police_force_area_tables(book, EDITION, END)


def test_a_changed_figure_breaks_the_sum_of_its_partnership(
    tables: dict[str, dict[Place, object]], tmp_path: Path
) -> None:
    grid = next(grid for name, grid in tables.items() if name.strip() == "Table C2")
    at = facsimile.place("G127")
    path = tmp_path / "Table C2.csv"
    path.write_bytes(as_csv({**grid, at: 91614}))
    with pytest.raises(Problem, match="G127"):
        read_release(path, RELEASE, CORRECTIONS)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.csv", b"\xff\xfe1,2", "is not CSV in UTF-8"),
        ("a.csv", b"x" * 200_000, "is not CSV in UTF-8"),
        ("a.csv", b"1\n" * 100_001, "has 100,001 rows"),
        ("a.csv", b"", "no sheet of a.csv looks like a table"),
        ("a.csv", b"<html>", "no sheet of a.csv looks like a table"),
    ],
)
def test_what_is_no_table_gets_a_sentence(
    name: str, content: bytes, sentence: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Problem, match=sentence):
        read_release(tmp_path / name, RELEASE, CORRECTIONS)


def test_a_damaged_zip_gets_a_sentence(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.csv": b"1,2\n" * 500})
    content = bytearray(path.read_bytes())
    content[40] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(Problem, match=r"a\.zip is damaged or locked"):
        open_workbook(path)
