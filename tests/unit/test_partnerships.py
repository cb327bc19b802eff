"""Tables by community safety partnership: what is in no partnership, slips, withdrawn offences."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from crimeshare.problems import Problem
from crimeshare.releases.precedent import changes_of_tables
from crimeshare.sources.datasets import FORCE_AREAS
from crimeshare.tables.arithmetic import find_ties
from crimeshare.tables.combining import combine_recorded_crime
from crimeshare.tables.observations import Observation
from crimeshare.tables.police_force_area import read_police_force_area_tables
from crimeshare.tables.ties import broken, localise
from tests import facsimile
from tests.facsimile import Book, place

SHIPPED = facsimile.figures("pfa-2024-12")


@pytest.fixture
def book() -> Book:
    return facsimile.from_figures(SHIPPED)


def read(book: Book) -> list[Observation]:
    workbook = facsimile.opened("facsimile.xlsx", book.sheets)
    return read_police_force_area_tables(workbook, "pfa-2024-12", SHIPPED[0].period_end)


def total_of(name: str, rows: list[Observation]) -> Observation:
    """The partnership's total of the release's own year."""
    return next(
        row
        for row in rows
        if row.parent_code and row.area_name == name and row.offence_id == "total"
    )


def test_partnerships_are_told_from_what_is_in_none() -> None:
    """Newport is the largest of Gwent's five, and Table C2 holds 19,614 of its offences."""
    newport, airport = total_of("Newport", SHIPPED), total_of("Manchester Airport", SHIPPED)
    assert (newport.value, newport.area_type, newport.parent_code) == (
        19614,
        "partnership",
        "W15000002",
    )
    assert (airport.value, airport.area_type, airport.area_code) == (
        1684,
        "other",
        "E23000005-manchester-airport",
    )
    areas = {row.area_code for row in SHIPPED if row.area_type == "partnership"}
    assert len(areas) == 314


def test_an_unassigned_row_belongs_to_the_force_it_names_whatever_its_code(book: Book) -> None:
    gwent = total_of("Unassigned Gwent", SHIPPED)
    book.table("C2")[place(gwent.cell)[0], 0] = "W15000003"  # South Wales, as one edition had it
    assert total_of("Unassigned Gwent", read(book)).area_code == "W15000002-unassigned"


def test_the_name_of_a_force_may_stand_once_in_a_merged_cell(book: Book) -> None:
    grid = book.table("C2")
    last = ""
    for row in range(book.header["Table C2"] + 1, max(row for row, _ in grid) + 1):
        if (row, 1) in grid and grid[row, 1] == last:
            del grid[row, 0], grid[row, 1]
        else:
            last = grid.get((row, 1), last)
    told = [(r.area_code, r.parent_code, r.cell) for r in read(book)]
    assert told == [(r.area_code, r.parent_code, r.cell) for r in SHIPPED]


def test_a_force_that_placed_every_offence_has_no_unassigned_row(book: Book) -> None:
    row = place(total_of("Unassigned Kent", SHIPPED).cell)[0]
    grid = book.table("C2")
    for at in [at for at in grid if at[0] == row and at[1] > 5]:
        del grid[at]
    kent = [r for r in read(book) if r.area_code == "E23000032-unassigned"]
    assert {r.sheet for r in kent} == {"Table C5"}


def test_rows_of_whole_forces_are_not_read_twice(book: Book) -> None:
    grid = book.table("C2")
    last = max(row for row, _ in grid) + 1
    grid[last, 0], grid[last, 1], grid[last, 6] = "W15000002", "Gwent", 58358.0
    assert len(read(book)) == len(SHIPPED)


def test_withdrawn_offences_may_leave_a_partnership_below_zero_but_no_force(book: Book) -> None:
    for name, table, found in [("Newport", "C2", False), ("Gwent", "P1", True)]:
        row = next(
            row
            for row in SHIPPED
            if row.area_name == name and row.sheet.split() == ["Table", table]
            and row.offence_id == "homicide"
        )  # fmt: skip
        book.table(table)[place(row.cell)] = -1.0
        faults = [f for f in broken(find_ties(read(book))) if "whole number" in f.sentence]
        assert bool(faults) == found


@pytest.mark.parametrize("by", [-5.0, 5.0])
def test_partnerships_and_what_is_in_none_make_up_their_force(by: float, book: Book) -> None:
    newport = next(
        row for row in SHIPPED if row.area_name == "Newport" and row.offence_id == "robbery"
    )
    assert newport.value is not None
    book.table("C2")[place(newport.cell)] = newport.value + by
    (fault,) = localise(find_ties(read(book)))
    assert fault.cells == {("Table C2", newport.cell)}
    assert f"They would hold with {newport.value:,.0f}" in fault.sentence


def own(rows: list[Observation]) -> list[Observation]:
    """Rows without those of offences in no partnership, as a table may leave them out."""
    return [row for row in rows if row.parent_code is None or row.area_type == "partnership"]


@pytest.mark.parametrize(("by", "found"), [(-5.0, False), (50_000.0, True)])
def test_partnerships_alone_never_have_more_than_their_force(by: float, found: bool) -> None:
    rows = [
        dataclasses.replace(row, value=(row.value or 0.0) + by)
        if row.area_name == "Newport" and row.parent_code
        else row
        for row in own(SHIPPED)
    ]
    said = [t.sentence for t in broken(find_ties(rows)) if "its partnerships add up" in t.sentence]
    assert bool(said) == found


def test_a_missing_partnership_is_told_as_that_and_not_as_a_wrong_cell() -> None:
    rows = [row for row in SHIPPED if row.area_name != "Newport"]
    faults = localise(find_ties(rows))
    gwent = [row for row in rows if row.parent_code == "W15000002"]
    for sheet in ("Table C2", "Table C5"):
        numbers = [place(row.cell)[0] + 1 for row in gwent if row.sheet == sheet]
        where = f"pfa-2024-12, sheet {sheet!r}, rows {min(numbers)} to {max(numbers)}: "
        assert sum(fault.sentence.startswith(where) for fault in faults) == 1
    assert len(faults) == 2
    assert all("Is a row missing" in fault.sentence for fault in faults)


def test_a_code_that_is_none_and_a_code_without_a_name_stop_the_run(book: Book) -> None:
    row = place(total_of("Newport", SHIPPED).cell)[0]
    grid = book.table("C2")
    grid[row, 2] = "Newport"
    grid[row - 1, 3] = ""
    with pytest.raises(Problem) as caught:
        read(book)
    assert f"'Table C2', row {row + 1}: 'Newport' is no code of a partnership" in str(caught.value)
    assert f"'Table C2', row {row}: the code W14" in str(caught.value)
    assert "without a name" in str(caught.value)


def test_an_edition_without_these_tables_is_read_as_ever(book: Book) -> None:
    book.sheets = {name: grid for name, grid in book.sheets.items() if "Table C" not in name}
    assert {row.parent_code for row in read(book)} == {None}


def renamed(code: str, name: str) -> pd.DataFrame:
    """The shipped rows, Bristol under another code and name."""
    rows = [row for row in SHIPPED if row.parent_code and row.area_code == "E22000002"]
    table = pd.DataFrame(map(vars, rows)).assign(area_code=code, area_name=name)
    return table.astype({"period_end": "datetime64[ms]"})


@pytest.mark.parametrize(
    ("code", "name", "placed"),
    [
        ("E22000999", "Bristol, City of", "E22000002"),
        ("E22000001", "BRISTOL, CITY OF [note 4]", "E22000002"),
        ("E22000002", "Bristol 2", "E22000002"),
        ("E22000999", "Bristol and Bath", "E22000999"),
    ],
)
def test_a_partnership_keeps_its_place_by_force_and_name(code: str, name: str, placed: str) -> None:
    assert set(combine_recorded_crime(renamed(code, name))["area_code"]) == {placed}


def test_a_new_code_is_said_and_a_new_name_proposed_as_a_line() -> None:
    rows = [
        dataclasses.replace(row, area_code="E22000999")
        if row.parent_code and row.area_name == "Bath and North East Somerset"
        else dataclasses.replace(row, area_name="Bristol 2")
        if row.parent_code and row.area_name == "Bristol, City of"
        else row
        for row in SHIPPED
    ]
    code, name = list(changes_of_tables(FORCE_AREAS, rows, SHIPPED[0].period_end, []))
    assert "Bath and North East Somerset (Avon and Somerset) with the code E22000999" in code
    assert "beside E22000001" in code
    assert name.endswith("partnerships.csv the line: E22000002,Bristol 2,E23000036")
    assert "'Bristol, City of' has that code there" in name
    assert changes_of_tables(FORCE_AREAS, SHIPPED, SHIPPED[0].period_end, []) == []
