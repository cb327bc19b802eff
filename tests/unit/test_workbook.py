"""The accessible workbook, against the Analysis Function's checklist for spreadsheets."""

import os
import re
import subprocess
import sys
from contextlib import chdir
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from crimeshare.digits import rounded
from crimeshare.publish.elements.figures import MARKERS, NOT_GIVEN
from crimeshare.publish.pack.workbook import Sheet, workbook_sheets, write_workbook
from tests.frames import Report

DAY = date(2025, 4, 24)


def survey_row(**values: Any) -> dict[str, Any]:
    row = {
        "release_id": "survey-2024-03",
        "measure_id": "stalking",
        "unit_base": "person_16_plus",
        "sex": "women",
        "age": "16+",
        "characteristic": "all",
        "period_end": date(2024, 3, 31),
        "estimate": 0.04,
        "lower": 0.03486,
        "upper": 0.0459,
        "level": 0.95,
        "method": "wilson",
        "basis": "assumed_base",
        "printed": True,
    }
    return row | values


@pytest.fixture(scope="module")
def sheets(built_incomplete: Path) -> list[Sheet]:
    claims = [
        {
            "statement": "=HYPERLINK(1)",
            "source": "somebody",
            "asserted": "total 9: Gwent",
            "verdict": "confirmed",
            "reason": "It is so.",
        }
    ]
    older = survey_row(period_end=date(2023, 3, 31), estimate=0.9)
    other = survey_row(lower=0.036, upper=0.044, printed=False)
    with chdir(built_incomplete):
        return workbook_sheets(
            "stalking_harassment", pd.DataFrame([older, other, survey_row()]), claims
        )


@pytest.fixture(scope="module")
def path(sheets: list[Sheet], tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("workbook") / "crimeshare.xlsx"
    write_workbook(target, "Stalking and harassment in recorded crime", sheets, DAY)
    return target


@pytest.fixture(scope="module")
def book(path: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(path)


@pytest.fixture(scope="module")
def tables(book: openpyxl.Workbook) -> list[Worksheet]:
    return [sheet for sheet in book if sheet.title != "Cover"]


def region(sheet: Worksheet) -> tuple[int, list[list[Any]]]:
    """Row of the headings, and the values of the sheet's one table, headings first."""
    (table,) = sheet.tables.values()
    rows = [[cell.value for cell in row] for row in sheet[table.ref]]
    return sheet[table.ref][0][0].row, rows


def test_cover_contents_and_notes_come_first(book: openpyxl.Workbook) -> None:
    assert book.sheetnames[:3] == ["Cover", "Contents", "Notes"]
    assert book.active.title == "Cover"
    assert all(sheet.sheet_state == "visible" for sheet in book)
    assert all(re.fullmatch(r"\w{1,31}", name) for name in book.sheetnames)


def test_the_contents_link_to_every_table(book: openpyxl.Workbook) -> None:
    _, rows = region(book["Contents"])
    assert [row[0] for row in rows[1:]] == book.sheetnames[3:]
    cells = [row[0] for row in book["Contents"].iter_rows(min_row=4)]
    links = [cell.hyperlink.location for cell in cells if cell.hyperlink]
    assert links == [f"'{name}'!A1" for name in book.sheetnames[3:]]


def test_one_named_table_a_sheet_below_its_title(tables: list[Worksheet]) -> None:
    names = [name for sheet in tables for name in sheet.tables]
    assert len(names) == len(set(names)) == len(tables)
    for sheet in tables:
        assert sheet["A1"].value
        first, rows = region(sheet)
        assert first + len(rows) - 1 == sheet.max_row
        assert len(rows[0]) == sheet.max_column


def test_nothing_is_merged_blank_or_hidden(book: openpyxl.Workbook) -> None:
    for sheet in book:
        assert not sheet.merged_cells.ranges
        assert all(sheet.cell(row, 1).value for row in range(1, sheet.max_row + 1)), sheet.title
        assert not any(d.hidden for d in sheet.row_dimensions.values())
        assert not any(d.hidden for d in sheet.column_dimensions.values())


def test_every_cell_of_a_table_is_filled_and_headings_differ(tables: list[Worksheet]) -> None:
    for sheet in tables:
        _, rows = region(sheet)
        assert len(set(rows[0])) == len(rows[0])
        assert all(value not in (None, "") for row in rows for value in row), sheet.title


def test_numbers_are_numbers_and_markers_are_explained_above(tables: list[Worksheet]) -> None:
    symbols = {symbol for symbol, _ in [*MARKERS.values(), NOT_GIVEN]}
    explained = set()
    for sheet in tables:
        first, rows = region(sheet)
        above = "\n".join(str(sheet.cell(row, 1).value) for row in range(1, first))
        for column in zip(*rows[1:], strict=True):
            words = {value for value in column if isinstance(value, str)}
            if words != set(column):
                assert words <= symbols, sheet.title
            for symbol in words & symbols:
                assert f"{symbol}: " in above
                explained.add(symbol)
    # Greater Manchester made no return, a country has no rank among forces.
    assert {"[x]", "[z]"} <= explained


def test_every_note_is_referred_to_and_every_reference_has_its_note(
    book: openpyxl.Workbook, tables: list[Worksheet]
) -> None:
    _, notes = region(book["Notes"])
    words = [
        str(cell.value)
        for s in tables
        if s.title != "Notes"
        for row in s.iter_rows()
        for cell in row
    ]
    referred = {int(n) for text in words for n in re.findall(r"\[note (\d+)\]", text)}
    assert referred == {row[0] for row in notes[1:]}
    assert "$$" not in "".join(words)


def test_a_table_without_a_row_is_left_out(incomplete: Report, tmp_path: Path) -> None:
    sheets = workbook_sheets("stalking_harassment", pd.DataFrame([survey_row()]), [])
    write_workbook(tmp_path / "crimeshare.xlsx", "No statement", sheets, DAY)
    book = openpyxl.load_workbook(tmp_path / "crimeshare.xlsx")
    assert "Survey" in book.sheetnames
    assert "Statements" not in book.sheetnames


@pytest.mark.parametrize(
    "said",
    [
        "[x](https://example.org)",
        "[a](b)",
        "[a](b) [c](d)",
        "see $$records$$ and $$nobody$$",
        "https://example.org",
        "internal:'Latest'!A1",
        "{=1}",
    ],
)
def test_text_from_outside_stays_text(said: str, tmp_path: Path) -> None:
    sheet = Sheet("Statements", "Statements", "All", "Us", ["Statement", "Said by"], [[said, said]])
    write_workbook(tmp_path / "crimeshare.xlsx", "Statements", [sheet], DAY)
    written = openpyxl.load_workbook(tmp_path / "crimeshare.xlsx")["Statements"]
    _, (_, row) = region(written)
    # A space keeps gptables from making a link or a note of it.
    assert [str(value).replace("] (", "](").replace("$ $", "$$") for value in row] == [said, said]
    assert written._hyperlinks == []


def test_no_cell_is_a_formula(book: openpyxl.Workbook) -> None:
    assert book["Statements"]["A6"].value == "=HYPERLINK(1)"
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= set(
        "sn"
    )


def test_the_file_says_what_it_is_and_under_which_licence(book: openpyxl.Workbook) -> None:
    assert book.properties.title == "Stalking and harassment in recorded crime"
    assert book.properties.creator == "crimeshare"
    assert book.properties.created == datetime(2025, 4, 24)
    cover = "\n".join(str(cell.value) for cell in book["Cover"]["A"])
    assert "Open Government Licence v3.0" in cover


def test_a_missing_force_is_named_and_marked_never_zero(book: openpyxl.Workbook) -> None:
    _, rows = region(book["Latest"])
    by_area = {row[1]: row for row in rows[1:]}
    assert by_area["Greater Manchester"][3:6] == ["[x]", "[x]", "[x]"]
    assert by_area["North West (excluding Greater Manchester)"][2] == "region"


def test_the_survey_sheet_holds_the_newest_estimate_with_its_interval(
    book: openpyxl.Workbook,
) -> None:
    _, rows = region(book["Survey"])
    assert rows[1:] == [
        [
            *("stalking", "person aged 16 and over", "women", "16+", "March 2024"),
            *(4, 3.49, 4.59, 95, "wilson", "assumed base", "survey-2024-03"),
        ]
    ]


def test_rounding_is_the_reports() -> None:
    assert [float(rounded(value)) for value in (0.25, -0.25, 11.349)] == [0.3, -0.3, 11.3]


WRITE = """
import pickle, sys
from datetime import date
from pathlib import Path
from crimeshare.publish.pack.workbook import write_workbook
sheets = pickle.loads(Path(sys.argv[1]).read_bytes())
path = Path(sys.argv[2])
write_workbook(path, "Stalking and harassment in recorded crime", sheets, date(2025, 4, 24))
"""


@pytest.mark.slow
def test_the_same_bytes_whatever_the_surroundings(
    sheets: list[Sheet], path: Path, tmp_path: Path
) -> None:
    import pickle

    (tmp_path / "sheets").write_bytes(pickle.dumps(sheets))
    subprocess.run(
        [sys.executable, "-c", WRITE, tmp_path / "sheets", tmp_path / "other.xlsx"],
        env={**os.environ, "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "7"},
        check=True,
    )
    assert (tmp_path / "other.xlsx").read_bytes() == path.read_bytes()
