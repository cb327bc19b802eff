"""Notes about one area: in the project's own words, complete, and on the page they belong to."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from crimeshare.measures.control_limits import APART
from crimeshare.parquet import read_table
from crimeshare.publish.elements.figures import stray_numbers
from crimeshare.publish.elements.prose import plain
from crimeshare.publish.elements.reading import read
from crimeshare.publish.elements.rows import rows
from crimeshare.publish.subjects import factsheet
from crimeshare.publish.subjects.estimates import REGIONS, at, year_of
from crimeshare.reference import GROUP, NATION, REFERENCE, areas, read_rows
from crimeshare.sources.registry import read_registry
from crimeshare.tables.notices import combine_area_notes, find_area_notes
from crimeshare.tables.observations import (
    AreaNote,
    Observation,
    read_observations,
    write_observations,
)
from crimeshare.tables.police_force_area import read_police_force_area_tables
from tests import facsimile, frames
from tests.conftest import ROOT
from tests.facsimile import FIGURES, Book, place
from tests.frames import Report, now
from tests.tables import SERIES

SOUTH_YORKSHIRE = "E23000011"
NOTES = read_rows(REFERENCE / "area_notes.csv")

# A label that ends with digits or `[note 4]` refers to a note: `Essex10`, `London13`.
REFERS = re.compile(r"(\d|\[note \d+\])\s*$")


def test_every_note_names_a_known_release_area_and_cell() -> None:
    releases = read_registry(ROOT / "config" / "releases.csv")
    for note in NOTES:
        assert note["release_id"] in releases
        assert areas()[note["area_code"]].area_name == note["area_name"]
        assert re.fullmatch(r"[A-Z]+[1-9]\d*", note["cell"])
        assert note["sheet"] == note["sheet"].strip() != ""
        assert note["note"].endswith(".")


@pytest.mark.parametrize("path", sorted(FIGURES.glob("pfa-*.parquet")), ids=lambda path: path.stem)
def test_every_label_of_a_region_or_force_that_refers_to_a_note_has_it(path: Path) -> None:
    notes = combine_area_notes([path])
    referring = {
        (row.release_id, row.area_code)
        for row in read_observations(Observation, path)
        if areas().get(row.area_code or "")
        and areas()[row.area_code].area_type in ("region", "force")
        and REFERS.search(row.area_label)
        # Its note says why there is no rate, which its marker says already.
        and row.area_name != "City of London"
    }
    assert referring - {*zip(notes["release_id"], notes["area_code"], strict=True)} == set()


UNDERCOUNT = "Nottinghamshire\u2019s figures have an undercount of 18% in 1,347 [offences]."
SEEN = "The year's figures are still to be revised."


@pytest.fixture
def edition() -> tuple[Book, list[Observation]]:
    figures = facsimile.figures("pfa-2022-12")
    book = facsimile.from_figures(figures)
    for row in figures:
        if row.area_name == "Gwent" and row.sheet.split() == ["Table", "P1"]:
            book.table("P1")[place(row.cell)[0], 1] = "Gwent [note 50]"
    return book, figures


def noted(edition: tuple[Book, list[Observation]]) -> list[AreaNote]:
    book, figures = edition
    workbook = facsimile.opened("facsimile.xlsx", book.sheets)
    rows = read_police_force_area_tables(workbook, "pfa-2022-12", figures[0].period_end)
    return [n for n in find_area_notes(workbook, rows) if n.note in (UNDERCOUNT, SEEN)]


def test_notes_on_a_sheet_of_their_own_are_of_the_areas_they_name_or_that_refer_to_them(
    edition: tuple[Book, list[Observation]],
) -> None:
    edition[0].sheets["Notes"] = {
        (0, 0): "Notes for tables P1 to P3",
        (1, 0): 40.0, (1, 1): UNDERCOUNT,
        (2, 0): "[note 50]", (2, 1): SEEN,
        (3, 0): "Notes for tables P8 and P9",
        (4, 0): 40.0, (4, 1): UNDERCOUNT,
        (5, 0): 50.0, (5, 1): SEEN,
    }  # fmt: skip
    assert noted(edition) == [
        AreaNote("E23000019", "Nottinghamshire", "Notes", "B2", UNDERCOUNT),
        AreaNote("W15000002", "Gwent", "Notes", "B3", SEEN),
    ]


def test_notes_below_a_table_are_of_that_table(edition: tuple[Book, list[Observation]]) -> None:
    table = edition[0].table("P1")
    last = max(row for row, _ in table) + 2
    table[last, 0], table[last + 1, 0] = f"40. {UNDERCOUNT}", f"50. {SEEN}"
    assert [(n.area_name, n.sheet, n.cell) for n in noted(edition)] == [
        ("Nottinghamshire", "Table P1", f"A{last + 1}"),
        ("Gwent", "Table P1", f"A{last + 2}"),
    ]


def test_notes_of_an_edition_without_words_of_our_own_are_quoted(tmp_path: Path) -> None:
    rows = facsimile.figures("pfa-2022-12")
    note = AreaNote("E23000019", "Nottinghamshire", "Notes", "B2", UNDERCOUNT)
    for name in ("pfa-2022-06", "pfa-2022-12"):
        write_observations(rows, tmp_path / f"{name}.parquet", [note])
    table = combine_area_notes(sorted(tmp_path.glob("*.parquet")))
    quoted = table[table["quoted"]]
    assert list(quoted["release_id"]) == ["pfa-2022-06"]
    assert {*table.loc[~table["quoted"], "release_id"]} == {"pfa-2022-12"}
    said = plain(factsheet.noted(quoted, {"pfa-2022-06": date(2022, 6, 30)})[0])
    assert UNDERCOUNT in said
    assert stray_numbers(factsheet.noted(quoted, {"pfa-2022-06": date(2022, 6, 30)})[0]) == []


def test_a_note_stands_first_among_what_to_keep_in_mind(estimates: Report) -> None:
    first = factsheet.caveats(now(frames.place(estimates, "leicestershire")))[0]
    assert plain(first) == (
        "Burglary, and with it all crime, is counted too low for November and December 2024; the "
        "next edition was to mend it. (Year ending December 2024; Notes- PFA, cell B8.)"
    )


def test_a_force_that_no_note_is_about_has_only_what_holds_for_all(
    estimates: Report, built: Path
) -> None:
    """Where every return is complete and a rate is given, nothing particular is to be said."""
    series = read_table(built / SERIES)
    own = series[series["offence_id"].eq(estimates.offence_id) & series["area_type"].eq("force")]
    newest = own[own["period_end"] == own["period_end"].max()].set_index("area_code")
    years = own.groupby("area_code").size()
    plain_ones = [
        code
        for code in newest.index[newest["rate_per_1000"].notna()]
        if newest.loc[code, "count"] >= factsheet.SMALL
        and years[code] == years.max()
        and not factsheet.area_notes(code, GROUP)
    ]
    assert plain_ones
    for code in plain_ones:
        assert factsheet.caveats(year_of(GROUP, code))[0].startswith("These are counts")


def test_too_few_residents_are_named_where_that_is_why_there_is_no_rate(
    estimates: Report, built: Path
) -> None:
    series = read_table(built / SERIES)
    own = series[series["offence_id"] == estimates.offence_id]
    newest = own[own["period_end"] == own["period_end"].max()]
    without_rate = {
        row.area_code
        for row in newest.itertuples()
        if pd.isna(row.rate_per_1000) and row.population > 0 and not row.excluded
    }
    said = {
        place.area.area_code
        for place in estimates.places.values()
        if any(note.startswith("No rate is given") for note in factsheet.caveats(now(place)))
    }
    assert said == without_rate == {APART}


def test_an_area_without_one_of_its_forces_is_not_called_small(incomplete: Report) -> None:
    lacking = [row for row in rows(at(GROUP, [NATION, *REGIONS])) if row["excluded"]]
    assert NATION in {row["area_code"] for row in lacking}
    for row in lacking:
        rate = row.rate_per_1000
        assert (rate.value, rate.marker) == (None, "unavailable")
        assert not [note for note in factsheet.caveats(row) if note.startswith("No rate")]


def test_one_note_of_several_editions_is_told_once(estimates: Report) -> None:
    notes = factsheet.area_notes(
        frames.place(estimates, "avon-and-somerset").area.area_code, "burglary"
    )
    assert len(notes) == 1
    # Of its editions the newest is named with its cell, and the first.
    assert notes[0].count("<code>") == 1
    assert notes[0].endswith("; first in the year ending June 2018.)")


def test_notes_print_no_number_of_their_own(built: Path) -> None:
    own = [code for code in areas() if code != NATION]
    notes = [note for code in own for note in factsheet.area_notes(code, "homicide")]
    told = read("area_notes", area_code=own)
    assert len(notes) == len(told.drop_duplicates(["area_code", "note"]))
    assert stray_numbers("\n".join(notes)) == []


@pytest.mark.usefixtures("built")
def test_notes_on_homicides_stand_on_pages_about_these_alone() -> None:
    def told(area_code: str, offence_id: str) -> bool:
        return any("Hillsborough" in note for note in factsheet.area_notes(area_code, offence_id))

    assert told(SOUTH_YORKSHIRE, "homicide")
    assert told(NATION, "homicide")
    assert told(SOUTH_YORKSHIRE, "violence_against_person")
    assert not told(SOUTH_YORKSHIRE, "bicycle_theft")
