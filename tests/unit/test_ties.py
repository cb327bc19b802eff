"""Where broken ties cross is the cell that is wrong, and not another."""

from __future__ import annotations

import dataclasses
from functools import cache

import pytest

from crimeshare.tables.arithmetic import find_ties
from crimeshare.tables.observations import Observation
from crimeshare.tables.ties import Fault, Tie, broken, localise, tally
from tests import facsimile

# Of either layout: the older has no table of the year before, the newer has one.
RELEASES = ["pfa-2018-12", "pfa-2022-09"]


@cache
def shipped(release_id: str) -> list[Observation]:
    return facsimile.figures(release_id)


def one(release_id: str, area: str, offence: str | None, measure: str) -> Observation:
    """A figure of the release's own year."""
    rows = shipped(release_id)
    own = max(row.period_end for row in rows)
    (row,) = (
        row
        for row in rows
        if (row.area_name, row.offence_id, row.measure, row.period_end)
        == (area, offence, measure, own)
        and row.parent_code is None
    )
    return row


def faults(release_id: str, *changed: Observation) -> list[Fault]:
    by_place = {(row.sheet, row.cell): row for row in changed}
    rows = [by_place.get((row.sheet, row.cell), row) for row in shipped(release_id)]
    return localise(find_ties(rows))


def place(row: Observation) -> frozenset[tuple[str, str]]:
    return frozenset({(row.sheet, row.cell)})


@pytest.mark.parametrize("release_id", RELEASES)
@pytest.mark.parametrize(
    ("area", "offence", "measure", "factor"),
    [
        ("Gwent", "stalking_harassment", "count", 10),
        ("Gwent", "total", "count", 1.01),
        ("Wales", "robbery", "count", 1.5),
        ("England", "shoplifting", "count", 1.5),
        ("England and Wales", "total", "count", 1.5),
        ("British Transport Police", "robbery", "count", 2),
        ("City of London", "robbery", "count", 2),
        ("Kent", "robbery", "change_pct", 1.1),
        ("Kent", "robbery", "rate_per_1000", 1.0001),
        ("Kent", "residential_burglary", "rate_per_1000_households", 1.1),
        ("Kent", None, "population", 1.1),
        ("London", None, "population", 1.1),
        ("Kent", None, "households", 1.1),
    ],
)
def test_a_wrong_figure_is_told_at_its_cell(
    release_id: str, area: str, offence: str | None, measure: str, factor: float
) -> None:
    right = one(release_id, area, offence, measure)
    assert right.value is not None
    value = right.value * factor
    if measure not in ("change_pct", "rate_per_1000", "rate_per_1000_households"):
        value = round(value)
    (fault,) = faults(release_id, dataclasses.replace(right, value=value))
    assert fault.cells == place(right)
    assert f"cell {right.cell}: " in fault.sentence


@pytest.mark.parametrize("release_id", RELEASES)
def test_what_would_mend_a_count_is_said(release_id: str) -> None:
    right = one(release_id, "Gwent", "robbery", "count")
    (fault,) = faults(release_id, dataclasses.replace(right, value=(right.value or 0.0) + 90))
    assert f"They would hold with {right.value:,.0f}" in fault.sentence


@pytest.mark.parametrize("release_id", RELEASES)
@pytest.mark.parametrize(
    ("marker", "text"), [("unavailable", "[x]"), ("not_applicable", "[z]"), ("suppressed", "[c]")]
)
@pytest.mark.parametrize("measure", ["count", "rate_per_1000"])
def test_a_marked_figure_is_told_at_its_cell_and_not_at_its_total(
    release_id: str, marker: str, text: str, measure: str
) -> None:
    right = one(release_id, "Gwent", "robbery", measure)
    marked = dataclasses.replace(right, value=None, marker=marker, marker_text=text)
    (fault,) = faults(release_id, marked)
    assert fault.cells == place(right)
    assert text in fault.sentence


def test_a_figure_withheld_in_a_partnership_that_its_sums_give_away() -> None:
    right = next(
        row
        for row in shipped("pfa-2024-12")
        if row.sheet == "Table C5" and row.cell == "U187" and row.measure == "count"
    )
    assert (right.area_name, right.value) == ("Rossendale", 14)
    marked = dataclasses.replace(right, value=None, marker="suppressed", marker_text="[c]")
    (fault,) = faults("pfa-2024-12", marked)
    assert fault.cells == place(right)
    assert "leave 14 for it" in fault.sentence
    # Of a few offences it may be right to say nothing.
    small = next(
        row
        for row in shipped("pfa-2024-12")
        if row.sheet == "Table C5" and row.value == 3 and row.offence_id == "theft_from_person"
    )
    few = dataclasses.replace(small, value=None, marker="suppressed", marker_text="[c]")
    assert faults("pfa-2024-12", few) == []


@pytest.mark.parametrize("release_id", RELEASES)
def test_a_change_withheld_for_a_small_base_that_is_none(release_id: str) -> None:
    right = one(release_id, "Kent", "robbery", "change_pct")
    marked = dataclasses.replace(right, value=None, marker="small_base", marker_text="[u]")
    (fault,) = faults(release_id, marked)
    assert fault.cells == place(right)


@pytest.mark.parametrize("release_id", RELEASES)
def test_two_rows_in_each_others_place_are_told_as_rows(release_id: str) -> None:
    rows = [
        row for row in shipped(release_id) if row.measure == "count" and row.sheet[:8] == "Table P1"
    ]
    gwent, kent = (
        [row for row in rows if row.area_name == name and row.parent_code is None]
        for name in ("Gwent", "Kent")
    )
    swapped = [
        dataclasses.replace(row, value=other.value)
        for one_row, other_row in ((gwent, kent), (kent, gwent))
        for row, other in zip(one_row, other_row, strict=True)
    ]
    found = faults(release_id, *swapped)
    assert all(fault.line for fault in found)
    assert {row for fault in found for row in fault.cells} <= {
        (row.sheet, row.cell) for row in swapped
    }
    assert len(found) == 2


@pytest.mark.parametrize("release_id", RELEASES)
@pytest.mark.parametrize("measure", ["count", "change_pct", "rate_per_1000"])
def test_two_columns_in_each_others_place_are_told_as_columns(
    release_id: str, measure: str
) -> None:
    own = max(row.period_end for row in shipped(release_id))
    rows = [
        row
        for row in shipped(release_id)
        if (row.measure, row.period_end, row.parent_code) == (measure, own, None)
    ]
    first, second = (
        {row.area_code: row for row in rows if row.offence_id == offence}
        for offence in ("shoplifting", "other_theft_offences")
    )
    swapped = [
        dataclasses.replace(
            row, value=other.value, marker=other.marker, marker_text=other.marker_text
        )
        for one_column, other_column in ((first, second), (second, first))
        for row, other in ((row, other_column[area]) for area, row in one_column.items())
    ]
    found = faults(release_id, *swapped)
    places = {(row.sheet, row.cell) for row in swapped}
    assert found
    assert all(fault.line and fault.cells <= places for fault in found)


@pytest.mark.parametrize("release_id", RELEASES)
def test_every_figure_of_an_edition_is_in_an_identity(release_id: str) -> None:
    number = tally(find_ties(shipped(release_id)))
    untied = [
        row
        for row in shipped(release_id)
        if row.value is not None and not number[row.sheet, row.cell]
    ]
    assert untied == []


def test_nothing_is_told_where_everything_holds() -> None:
    ties = find_ties(shipped("pfa-2018-12"))
    assert broken(ties) == []
    assert localise(ties) == []


def test_bounds_do_not_clear_a_cell() -> None:
    """A bound leaves room: that it holds says nothing of its members."""
    first, second, third = shipped("pfa-2018-12")[:3]
    wrong = Tie("a sum", (first, second), "does not hold")
    bounds = [Tie("a bound", (second, third), strict=False)] * 3
    sums = [Tie("another sum", (first, third))]
    (fault,) = localise([wrong, *bounds, *sums])
    assert fault.cells == place(second)
