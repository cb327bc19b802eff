"""A release whose figures do not add up is stopped, unless the cell is a known fault."""

from __future__ import annotations

import dataclasses
import time
from datetime import date
from pathlib import Path

import pytest

from crimeshare.problems import Problem, Problems
from crimeshare.tables.arithmetic import find_ties
from crimeshare.tables.corrections import Correction, check_ties, read_corrections
from crimeshare.tables.observations import Observation
from crimeshare.tables.ties import broken, localise
from tests import facsimile

RELEASES = sorted(path.stem for path in facsimile.FIGURES.glob("pfa-*.parquet"))


def changed(
    rows: list[Observation], by: float, **what: object
) -> tuple[list[Observation], Observation]:
    """``rows`` with ``by`` added to the one figure that ``what`` describes."""
    found = [
        (index, row)
        for index, row in enumerate(rows)
        if all(getattr(row, name) == value for name, value in what.items())
    ]
    assert len(found) == 1, f"{len(found)} rows are {what}"
    index, row = found[0]
    assert row.value is not None
    wrong = dataclasses.replace(row, value=row.value + by)
    return [*rows[:index], wrong, *rows[index + 1 :]], wrong


@pytest.mark.slow
def test_shipped_figures_add_up_but_for_the_listed_cells(root: Path) -> None:
    path = root / "config" / "corrections.yaml"
    corrections = read_corrections(path)
    assert RELEASES
    for release_id in RELEASES:
        rows = facsimile.figures(release_id)
        listed = [entry for entry in corrections if entry.release == release_id]
        check_ties(find_ties(rows), rows, listed, path)


@pytest.mark.parametrize(
    ("what", "by", "said"),
    [
        (
            {"area_name": "Gwent", "offence_id": "homicide", "sheet": "Table P1"},
            1.0,
            "the areas in it add up to",
        ),
        (
            {"area_name": "Gwent", "offence_id": "burglary", "sheet": "Table P1"},
            10.0,
            "the offence groups in it add up to",
        ),
        (
            {"area_name": "Gwent", "offence_id": "robbery", "sheet": "Table P2"},
            1e-6,
            "per cent, but",
        ),
        (
            {"area_name": "Gwent", "offence_id": "robbery", "sheet": "Table P3"},
            0.01,
            "per 1,000, but",
        ),
        (
            {"area_name": "Gwent", "measure": "population"},
            40000.0,
            "population, Wales",
        ),
        (
            {"area_name": "Gwent", "offence_id": "robbery", "sheet": "Table P4 "},
            0.5,
            "expected a whole number",
        ),
    ],
)
def test_a_figure_that_does_not_fit_is_found_at_its_cell(
    what: dict[str, object], by: float, said: str
) -> None:
    rows, wrong = changed(facsimile.figures("pfa-2024-12"), by, **what)
    faults = broken(find_ties(rows))
    assert any(said in fault.sentence for fault in faults)
    assert all((wrong.sheet, wrong.cell) in fault.cells for fault in faults)


@pytest.mark.parametrize(("by", "found"), [(0.0, False), (10_000.0, True)])
def test_a_total_may_hold_what_is_withheld_of_one_offence(by: float, found: bool) -> None:
    place = {"area_name": "Newport", "sheet": "Table C2"}
    rows, _ = changed(
        facsimile.figures("pfa-2024-12"), by, offence_id="violence_with_injury", **place
    )
    withheld = [
        dataclasses.replace(row, value=None, marker="suppressed", marker_text="[c]")
        if (row.area_name, row.offence_id, row.period_end)
        == ("Newport", "homicide", date(2024, 12, 31))
        else row
        for row in rows
    ]
    said = [f.sentence for f in broken(find_ties(withheld)) if "offence groups" in f.sentence]
    assert ["the offence groups shown in it add up to" in s for s in said] == [True] * found


def test_a_total_that_counts_a_marked_force_in_is_found() -> None:
    rows, _ = changed(
        facsimile.figures("pfa-2019-12"),
        5000.0,
        area_name="North West",
        offence_id="robbery",
        sheet="Table P1",
    )
    assert any("Robbery, North West" in fault.sentence for fault in broken(find_ties(rows)))


@pytest.fixture
def faulty() -> tuple[list[Observation], Correction]:
    rows, wrong = changed(
        facsimile.figures("pfa-2024-12"),
        1.0,
        area_name="Gwent",
        offence_id="homicide",
        sheet="Table P1",
    )
    assert wrong.value is not None
    entry = Correction(
        release="pfa-2024-12",
        sheet=wrong.sheet,
        cell=wrong.cell,
        expect=wrong.value,
        status="not_reported",
        reason="a test",
        source="a test",
    )
    return rows, entry


def test_a_listed_fault_passes(faulty: tuple[list[Observation], Correction]) -> None:
    rows, entry = faulty
    assert broken(find_ties(rows))
    check_ties(find_ties(rows), rows, [entry], Path("corrections.yaml"))


def test_an_unlisted_fault_stops(faulty: tuple[list[Observation], Correction]) -> None:
    rows, _ = faulty
    with pytest.raises(Problems, match=r"Homicide.*list the cell in corrections\.yaml"):
        check_ties(find_ties(rows), rows, [], Path("corrections.yaml"))


def test_an_entry_dies_once_the_cell_is_changed(
    faulty: tuple[list[Observation], Correction],
) -> None:
    _, entry = faulty
    mended = facsimile.figures("pfa-2024-12")
    with pytest.raises(Problems, match="the cell was changed since"):
        check_ties(find_ties(mended), mended, [entry], Path("corrections.yaml"))


def test_an_entry_without_a_fault_stops() -> None:
    rows = facsimile.figures("pfa-2024-12")
    row = next(row for row in rows if row.area_name == "Gwent" and row.offence_id == "homicide")
    assert row.value is not None
    entry = Correction(
        release=row.release_id,
        sheet=row.sheet,
        cell=row.cell,
        expect=row.value,
        status="reported",
        reason="a test",
        source="a test",
    )
    with pytest.raises(Problems, match="the arithmetic holds"):
        check_ties(find_ties(rows), rows, [entry], Path("corrections.yaml"))


def test_every_wrong_entry_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "corrections.yaml"
    path.write_text("- release: pfa-2024-12\n  cell: 12\n- sheet: Table P1\n  colour: red\n")
    with pytest.raises(Problems) as caught:
        read_corrections(path)
    assert "entry 0 cell" in str(caught.value)
    assert "entry 1 colour" in str(caught.value)


def test_a_file_that_is_not_yaml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "corrections.yaml"
    path.write_text("- release: [")
    with pytest.raises(Problem, match="is not YAML"):
        read_corrections(path)


@pytest.mark.parametrize("decimals", [0, 1, 2])
def test_a_table_that_is_rounded_throughout_is_checked_as_far_as_it_goes(decimals: int) -> None:
    rows = [
        dataclasses.replace(row, value=round(row.value, decimals))
        if row.value is not None and row.measure in ("change_pct", "rate_per_1000")
        else row
        for row in facsimile.figures("pfa-2024-12")
    ]
    assert broken(find_ties(rows)) == []
    gwent = {"area_name": "Gwent", "offence_id": "robbery", "sheet": "Table P2"}
    faults = broken(find_ties(changed(rows, 2.0 * 10**-decimals, **gwent)[0]))
    assert ["the change of" in fault.sentence for fault in faults] == [True]


def test_a_row_of_changes_that_is_withheld_though_both_counts_are_given_is_found() -> None:
    rows = [
        dataclasses.replace(row, value=None, marker="unavailable", marker_text="[x]")
        if (row.measure, row.area_name) == ("change_pct", "Gwent")
        else row
        for row in facsimile.figures("pfa-2024-12")
    ]
    (first, *_) = [row for row in rows if row.marker_text == "[x]"]
    assert any(
        (first.sheet, first.cell) in fault.cells and "withheld" in fault.sentence
        for fault in broken(find_ties(rows))
    )


def test_a_count_that_is_not_whole_is_shown_with_its_decimals() -> None:
    what = {"area_name": "Gwent", "offence_id": "total", "sheet": "Table P1"}
    rows, wrong = changed(facsimile.figures("pfa-2024-12"), 0.4, **what)
    own = [tie for tie in broken(find_ties(rows)) if tie.members[0] == wrong]
    assert own
    assert all(f"{wrong.value:,.10g}" in tie.broken for tie in own)


@pytest.mark.slow
def test_a_table_that_is_wrong_throughout_is_refused_in_seconds() -> None:
    """Counts in thousands: some thousands of cells are no counts, and break what they are in."""
    rows = [
        dataclasses.replace(row, value=row.value / 1000)
        if row.measure == "count" and row.value is not None
        else row
        for row in facsimile.figures("pfa-2018-12")
    ]
    began = time.process_time()
    *_, last = localise(find_ties(rows))
    assert "more identities do not hold either" in last.sentence
    assert time.process_time() - began < 20


def test_an_offence_of_a_force_is_given_for_its_only_partnership() -> None:
    rows = facsimile.figures("pfa-2024-12")
    what = {
        "area_code": "E22000180",  # City of London
        "offence_id": "theft_offences",
        "measure": "count",
        "period_end": date(2024, 12, 31),
    }
    rows, row = changed(rows, 0.0, **what)
    marked = dataclasses.replace(row, value=None, marker="not_applicable", marker_text="[z]")
    rows = [marked if other == row else other for other in rows]
    (fault,) = broken(find_ties(rows))
    assert fault.cells == {(row.sheet, row.cell)}
