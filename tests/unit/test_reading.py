"""A workbook of any era is read by its words, and stops the run where the words are new."""

from __future__ import annotations

import dataclasses
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from crimeshare.problems import Problems
from crimeshare.tables import LAYOUTS
from crimeshare.tables.grid import Workbook, address, open_workbook
from crimeshare.tables.layout import UnknownNames
from crimeshare.tables.observations import Observation
from crimeshare.tables.police_force_area import read_police_force_area_tables
from tests import facsimile
from tests.facsimile import Book

# One release of each kind of layout: .xls without the stalking column, two header rows,
# marked forces, one header row.
ERAS = ["pfa-2016-06", "pfa-2018-06-corrected", "pfa-2019-12", "pfa-2024-12"]


def read(book: Book, like: list[Observation], layout: Path = LAYOUTS / "pfa") -> list[Observation]:
    workbook = facsimile.opened("facsimile.xlsx", book.sheets)
    release_id, period_end = like[0].release_id, like[0].period_end
    return read_police_force_area_tables(workbook, release_id, period_end, folder=layout)


def rounded(value: float | None) -> float | None:
    """To nine digits: the writer of .xlsx files drops the seventeenth."""
    return value and float(f"{value:.9g}")


def as_written(row: Observation) -> Observation:
    return dataclasses.replace(row, value=rounded(row.value))


def meaning(row: Observation) -> tuple[object, ...]:
    return (
        row.release_id,
        row.period_end,
        row.previous_period_end,
        row.area_code,
        row.offence_id,
        row.measure,
        rounded(row.value),
        row.marker,
        row.reference_year,
    )


@pytest.mark.parametrize("release_id", ERAS)
def test_figures_survive_the_way_through_a_workbook(release_id: str, tmp_path: Path) -> None:
    shipped = facsimile.figures(release_id)
    suffix = ".xls" if release_id == "pfa-2016-06" else ".xlsx"
    written = facsimile.write(facsimile.from_figures(shipped), tmp_path / f"facsimile{suffix}")
    again = read_police_force_area_tables(
        open_workbook(written), release_id, shipped[0].period_end, folder=LAYOUTS / "pfa"
    )
    sha256 = again[0].workbook_sha256
    assert list(map(as_written, again)) == [
        dataclasses.replace(as_written(row), workbook_sha256=sha256) for row in shipped
    ]


@pytest.mark.parametrize("release_id", [ERAS[0], ERAS[-1]])
def test_a_file_holds_what_is_read_without_one(release_id: str, tmp_path: Path) -> None:
    """Odd words, spaces and types too, in a file of either kind: so no quirk needs a file."""
    book = facsimile.from_figures(facsimile.figures(release_id))
    for quirk in (
        facsimile.line_breaks_in_labels,
        facsimile.notes_set_high,
        facsimile.capitals_and_dashes,
        facsimile.spaces_behind_sheet_names,
        facsimile.figures_typed_as_text,
        facsimile.correction_sheet_first,
    ):
        quirk(book)
    suffix = ".xls" if release_id == ERAS[0] else ".xlsx"
    written = open_workbook(facsimile.write(book, tmp_path / f"facsimile{suffix}"))
    held = facsimile.opened("facsimile", book.sheets)
    assert written.sheet_names == held.sheet_names
    for there, here in zip(written.grids, held.grids, strict=True):
        assert [list(map(as_held, row)) for row in there.rows] == [
            list(map(as_held, row)) for row in here.rows
        ]


def as_held(cell: object) -> object:
    return rounded(cell) if isinstance(cell, float) else cell


@pytest.mark.parametrize("release_id", ERAS)
@pytest.mark.parametrize("quirk", facsimile.QUIRKS, ids=lambda quirk: quirk.__name__)
def test_a_quirk_changes_no_figure(release_id: str, quirk: facsimile.Quirk) -> None:
    shipped = facsimile.figures(release_id)
    book = facsimile.from_figures(shipped)
    quirk(book)
    again = read(book, shipped)
    assert Counter(map(meaning, again)) == Counter(map(meaning, shipped))


@pytest.mark.parametrize(
    ("text", "table", "marker"),
    [
        ("-", "P2", "small_base"),
        ("[u]", "P2", "small_base"),
        ("[u] [note 3]", "P2", "small_base"),
        ("\u2013", "P2", "small_base"),
        (":", "P1", "unavailable"),
        ("[u1]", "P3", "low_population"),
        ("+", "P3", "low_population"),
        ("..", "P1", "unavailable"),
        ("[x]", "P1", "unavailable"),
        (".", "P1", "not_applicable"),
        ("[z]", "P2", "not_applicable"),
        ("[ z ]", "P2", "not_applicable"),
        (" [X] ", "P3", "unavailable"),
    ],
)
def test_markers_are_read_as_missing_never_as_zero(text: str, table: str, marker: str) -> None:
    shipped = facsimile.figures("pfa-2024-12")
    book = facsimile.from_figures(shipped)
    book.table(table)[facsimile.place("D20")] = text
    row = next(
        row
        for row in read(book, shipped)
        if row.sheet.split() == ["Table", table] and row.cell == "D20"
    )
    assert (row.value, row.marker, row.marker_text) == (None, marker, text.strip())


def rename_offence(book: Book) -> None:
    book.replace("Stalking and harassment", "Stalking, harassing", "P1")


def rename_area(book: Book) -> None:
    book.replace("Gwent", "Gwentshire", "P1")


def area_codes_swapped(book: Book) -> None:
    for old, new in [("E23000024", "-"), ("E23000025", "E23000024"), ("-", "E23000025")]:
        book.replace(old, new, "P1")


def new_area_code(book: Book) -> None:
    book.replace("W15000002", "W15000099", "P2")


def new_area(book: Book) -> None:
    book.replace("W15000002", "W15000099", "P2")
    book.replace("Gwent", "Mercia", "P2")


def figures_of_no_kind(book: Book) -> None:
    for at, cell in book.table("P1").items():
        if isinstance(cell, float):
            book.table("P1")[at] = f"about {cell}"


def base_of_no_year(book: Book) -> None:
    grid = book.table("P3")
    at = next(at for at, cell in grid.items() if str(cell).startswith("Population"))
    grid[at] = "Population figures"


def partnerships_retitled(book: Book) -> None:
    grid = book.table("C2")
    grid[0, 0] = "Table C2: Crimes by Community Safety Partnership, year ending December 2024"


def unknown_marker(book: Book) -> None:
    book.table("P2")[facsimile.place("D20")] = "[q]"


def small_base_marker_in_counts(book: Book) -> None:
    book.table("P1")[facsimile.place("D20")] = "-"


def empty_cell(book: Book) -> None:
    del book.table("P3")[facsimile.place("F20")]


def new_sheet(book: Book) -> None:
    book.sheets["Table P10"] = {(0, 0): "Table P10: Hate crime by police force area"}


def retitled_table(book: Book) -> None:
    book.table("P1")[0, 0] = "Table P1: Crimes by force, year ending December 2024"


def another_year(book: Book) -> None:
    grid = book.table("P1")
    grid[0, 0] = str(grid[0, 0]).replace("2024", "2022")


def sheet_gone(book: Book) -> None:
    book.sheets = {name: grid for name, grid in book.sheets.items() if name != "Table P3"}


def sheet_twice(book: Book) -> None:
    book.sheets["Table P1 (2)"] = dict(book.table("P1"))


def sheet_again(book: Book) -> None:
    book.sheets["Table P9"] = dict(book.table("P1"))


def force_gone(book: Book) -> None:
    name = "Table P1"
    row = next(row for (row, _), cell in book.sheets[name].items() if cell == "W15000002")
    book.sheets[name] = {at: cell for at, cell in book.sheets[name].items() if at[0] != row}


def force_twice(book: Book) -> None:
    book.replace("W15000001", "W15000002", "P1")
    book.replace("North Wales", "Gwent", "P1")


def group_gone(book: Book) -> None:
    name = "Table P1"
    column = next(c for (_, c), cell in book.sheets[name].items() if cell == "Robbery")
    book.sheets[name] = {at: cell for at, cell in book.sheets[name].items() if at[1] != column}


def group_twice(book: Book) -> None:
    book.replace("Robbery", "Homicide", "P1")


def column_without_label(book: Book) -> None:
    grid = book.table("P1")
    del grid[next(at for at, cell in grid.items() if cell == "Homicide")]


def area_columns_gone(book: Book) -> None:
    book.replace("Area Code", "", "P1")


def no_header(book: Book) -> None:
    grid = book.table("P1")
    header = book.header["Table P1"]
    for at in [at for at in grid if at[0] == header]:
        del grid[at]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (rename_offence, ["'Table P1', cell I7", "'Stalking, harassing'",
                          "'stalking and harassment'", "columns.csv",
                          '"stalking, harassing",offence,stalking_harassment']),
        (rename_area, ["'Table P1', cell B60", "W15000002", "'Gwentshire'", "'gwent'",
                       "area_names.csv", "gwentshire,W15000002"]),
        (area_codes_swapped, ["'Table P1', cell B41: E23000025 is the code of Suffolk",
                              "'Norfolk' the name of E23000024", "norfolk,E23000025"]),
        (new_area_code, ["'Table P2', cell B61", "'W15000099'", "'Gwent'",
                         "area_names.csv the line: w15000099,W15000002"]),
        (new_area, ["'Table P2', cell B61", "'W15000099' of 'Mercia'", "areas.csv"]),
        (figures_of_no_kind, ["'Table P1'", "more kinds of cells", "not the figures of"]),
        (base_of_no_year, ["'Table P3'", "does not say of which year", "(mid-2023)"]),
        (partnerships_retitled, ["'Table C2'", "Crimes by Community Safety Partnership",
                                 "year ending *\",partnership_counts"]),
        (unknown_marker, ["'Table P2', cell D20", "'[q]'", "[u]", "markers.csv", "[q],change,?,?"]),
        (small_base_marker_in_counts, ["'Table P1', cell D20", "'-'", "never read as zero"]),
        (empty_cell, ["'Table P3', cell F20", "an empty cell", "never read as zero"]),
        (new_sheet, ["'Table P10'", "Hate crime", "sheets.csv"]),
        (retitled_table, ["'Table P1'", "Crimes by force", "sheets.csv"]),
        (another_year, ["'Table P1', cell A1", "2022", "for the year ending December 2024"]),
        (sheet_gone, ["no sheet holds the table of rate", "'Table P1', 'Table P2', 'Table P4 '"]),
        (sheet_twice, ["'Table P1', 'Table P1 (2)'", "table of counts", "expected one",
                       "sheets.csv the line: table p1 (2),\"table p1: "]),
        (sheet_again, ["'Table P1', 'Table P9'", "sheets.csv the line: table p9,\"table p1: "]),
        (force_gone, ["'Table P1'", "no row for Gwent"]),
        (force_twice, ["'Table P1'", "Gwent stand twice"]),
        (group_gone, ["'Table P1'", "no column for robbery", "Nearest to that: '", ", read as "]),
        (group_twice, ["'Table P1'", "all mean homicide"]),
        (column_without_label, ["'Table P1', cell E7", "without a label"]),
        (area_columns_gone, ["'Table P1', row 7", "no column of area codes"]),
        (no_header, ["'Table P1'", "no header row"]),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)  # fmt: skip
def test_what_is_new_stops_the_run_with_the_line_to_add(
    fault: Callable[[Book], None], said: list[str]
) -> None:
    shipped = facsimile.figures("pfa-2024-12")
    book = facsimile.from_figures(shipped)
    fault(book)
    with pytest.raises(UnknownNames) as caught:
        read(book, shipped)
    first = str(caught.value).splitlines()[0]
    assert first.startswith("pfa-2024-12, ")
    for words in said:
        assert words in str(caught.value)


def test_a_link_may_stand_above_the_title() -> None:
    shipped = facsimile.figures("pfa-2024-12")
    book = facsimile.from_figures(shipped)
    for name in book.header:
        grid = book.sheets[name]
        grid[1, 0], grid[0, 0] = grid[0, 0], "Back to contents page"
    assert list(map(meaning, read(book, shipped))) == list(map(meaning, shipped))


def test_quarterly_tables_beside_the_yearly_ones_are_not_read() -> None:
    shipped = facsimile.figures("pfa-2024-12")
    book = facsimile.from_figures(shipped)
    quarter = dict(book.table("P1"))
    quarter[0, 0] = str(quarter[0, 0]).replace("year ending", "October to")
    book.sheets["Table P1a Oct- Dec 24"] = quarter
    assert list(map(meaning, read(book, shipped))) == list(map(meaning, shipped))


def test_all_unknown_names_are_told_at_once() -> None:
    shipped = facsimile.figures("pfa-2024-12")
    book = facsimile.from_figures(shipped)
    for fault in (rename_offence, rename_area, unknown_marker, new_sheet):
        fault(book)
    with pytest.raises(UnknownNames) as caught:
        read(book, shipped)
    assert len(caught.value.problems) == len(caught.value.unknown) == 4


def test_a_book_of_another_year_is_refused_in_one_sentence() -> None:
    shipped = facsimile.figures("pfa-2024-12")
    workbook = facsimile.opened("facsimile.xlsx", facsimile.from_figures(shipped).sheets)
    with pytest.raises(UnknownNames) as caught:
        read_police_force_area_tables(workbook, "pfa-2024-09", date(2024, 9, 30))
    assert len(caught.value.problems) == 1
    assert "for the year ending September 2024" in str(caught.value)


@pytest.mark.parametrize(
    ("number", "title"),
    [
        ("P1", "Table P1: Recorded crime, offences, police force areas, number of offences, {}"),
        ("P2", "Table P2: Recorded crime, offences, police force areas, percentage change, {}"),
        ("P4", "Table P4: Recorded crime, offences, police force areas, number of offences, {}"),
    ],
)
@pytest.mark.parametrize(
    ("this", "before", "between"),
    [
        ("YE Dec 2024", "YE Dec 2023", "compared with"),
        ("12 months to 31 December 2024", "12 months to 31 December 2023", "compared with"),
        ("January 2024 to December 2024", "January to December 2023", "against"),
        ("year ending Dec-24 [note 1], published 24 April 2025", "YE Dec-23", "and"),
        ("year ending December 2024", "year ending December 2024, previous year", ""),
    ],
)
def test_years_may_be_worded_otherwise(
    number: str, title: str, this: str, before: str, between: str
) -> None:
    shipped = facsimile.figures("pfa-2024-12")
    book = facsimile.from_figures(shipped)
    if number == "P4" and not between:
        return  # of which year a table of counts is must be said
    years = {"P1": this, "P2": f"{before} {between} {this}" if between else this, "P4": before}
    book.table(number)[0, 0] = title.format(years[number])
    assert list(map(meaning, read(book, shipped))) == list(map(meaning, shipped))


def test_a_year_may_stand_below_the_title() -> None:
    shipped = facsimile.figures("pfa-2024-12")
    book = facsimile.from_figures(shipped)
    for name in book.header:
        grid = book.sheets[name]
        title, _, years = str(grid[0, 0]).partition(", year ending")
        grid[0, 0], grid[1, 0] = title, f"Year ending{years}"
    assert list(map(meaning, read(book, shipped))) == list(map(meaning, shipped))


def test_rows_without_an_area_are_passed_over() -> None:
    shipped = facsimile.figures("pfa-2024-12")
    book = facsimile.from_figures(shipped)
    grid = book.table("P1")
    last = max(row for row, _ in grid)
    grid[last + 2, 1] = "Contact: the crime statistics team"
    header = book.header["Table P1"]
    for column in range(25):
        grid[last + 3, column] = grid[header, column]
    assert list(map(meaning, read(book, shipped))) == list(map(meaning, shipped))


def test_lines_that_name_what_no_file_knows_are_all_told(tmp_path: Path) -> None:
    layouts = tmp_path / "pfa"
    shutil.copytree(LAYOUTS / "pfa", layouts)
    for file, line in [
        ("columns.csv", "cyber crime,offence,cyber_crime"),
        ("columns.csv", "remarks,skip,"),
        ("area_names.csv", "mercia,E23000099"),
        ("sheets.csv", "*,*mercia*,count"),
        ("markers.csv", "[q],counts,?,?"),
    ]:
        with (layouts / file).open("a", encoding="utf-8") as lines:
            lines.write(f"{line}\n")
    shipped = facsimile.figures("pfa-2024-12")
    with pytest.raises(Problems) as caught:
        read(facsimile.from_figures(shipped), shipped, layouts)
    told = str(caught.value)
    assert len(caught.value.problems) == 5
    for words in ["cyber_crime", "'skip'", "E23000099", "the table 'count'", "'[q]'"]:
        assert words in told


def test_an_address_counts_columns_past_z() -> None:
    assert [address(0, 0), address(6, 25), address(6, 26), address(99, 702)] == [
        "A1",
        "Z7",
        "AA7",
        "AAA100",
    ]


def test_a_grid_begins_at_a1(tmp_path: Path) -> None:
    book = Book({"Table P1": {(2, 1): "here"}}, accessible=True)
    workbook: Workbook = open_workbook(facsimile.write(book, tmp_path / "sparse.xlsx"))
    assert workbook.grids[0].rows[2][1] == "here"
