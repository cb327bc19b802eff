"""Appendix tables: read back from ONS-shaped workbooks, and refused where they are wrong."""

from __future__ import annotations

import copy
import dataclasses
import re
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from crimeshare.problems import Problem
from crimeshare.sources.registry import REGISTRY, read_registry
from crimeshare.tables.appendix import read_appendix_tables
from crimeshare.tables.appendix_arithmetic import find_survey_ties
from crimeshare.tables.corrections import check_ties, read_corrections
from crimeshare.tables.grid import open_workbook
from crimeshare.tables.layout import UnknownNames
from crimeshare.tables.notices import find_notices
from crimeshare.tables.observations import (
    Notice,
    SurveyObservation,
    read_notices,
    read_observations,
    write_observations,
)
from crimeshare.tables.reading import read_release
from crimeshare.tables.ties import broken
from tests.appendix_facsimile import Facsimile
from tests.quick import quick

ROOT = Path(__file__).parents[2]
FIGURES = ROOT / "resources" / "figures"
RELEASES = sorted(path.stem for path in FIGURES.glob("appendix-*.parquet"))
FLAGGED = ("prevalence_change", "incidence_rate_change", "incidents_change", "victims_change")
LATEST, LATEST_END = "appendix-2025-12", date(2025, 12, 31)
TITLE = "Crime in England and Wales, Appendix tables - year ending December 2025"


def period_end(release_id: str) -> date:
    observations = read_observations(SurveyObservation, FIGURES / f"{release_id}.parquet")
    return max(row.period_end for row in observations)


@pytest.fixture(scope="module")
def untouched() -> Facsimile:
    return Facsimile.of(FIGURES / f"{LATEST}.parquet", TITLE)


@pytest.fixture
def book(untouched: Facsimile) -> Facsimile:
    return copy.deepcopy(untouched)


@cache
def shipped(release_id: str) -> tuple[list[SurveyObservation], set[frozenset[tuple[str, str]]]]:
    """The observations of a release and the cells of the faults known in it."""
    rows = read_observations(SurveyObservation, FIGURES / f"{release_id}.parquet")
    return rows, {fault.cells for fault in broken(find_survey_ties(rows))}


def read(book: Facsimile) -> list[SurveyObservation]:
    return read_appendix_tables(book.workbook(), LATEST, LATEST_END)


def refusal(book: Facsimile) -> str:
    with pytest.raises(UnknownNames) as refused:
        read(book)
    return str(refused.value)


@pytest.mark.parametrize("release_id", RELEASES)
@pytest.mark.slow
def test_shipped_figures_read_back_cell_by_cell(release_id: str, tmp_path: Path) -> None:
    shipped = read_observations(SurveyObservation, FIGURES / f"{release_id}.parquet")
    written = Facsimile.of(FIGURES / f"{release_id}.parquet", TITLE).write(tmp_path / "book.xlsx")
    workbook = open_workbook(written)
    again = read_appendix_tables(workbook, release_id, period_end(release_id))
    assert len(shipped) > 20_000
    assert sorted(map(as_written, again)) == sorted(map(as_written, shipped))


def as_written(row: SurveyObservation) -> tuple[str, ...]:
    """Everything but the hash, to 12 digits, since the workbook is written with 16."""
    value = None if row.value is None else float(f"{row.value:.12g}")
    plain = dataclasses.replace(row, workbook_sha256="", value=value)
    return tuple(map(str, dataclasses.astuple(plain)))


def test_known_figures(book: Facsimile) -> None:
    rows = read(book)
    violence = next(
        row
        for row in rows
        if (row.table, row.item_id, row.period_end) == ("prevalence", "violence", LATEST_END)
    )
    assert (violence.value, violence.unit_base) == (1.3, "person_16_plus")
    base = next(
        row
        for row in rows
        if (row.table, row.statistic, row.block, row.period_end)
        == ("prevalence", "unweighted_base", violence.block, LATEST_END)
    )
    assert base.value == 31_454
    stalking = {
        row.period_end: row.value
        for row in rows
        if row.table == "offence_codes" and row.item_id == "8Q" and row.value is not None
    }
    # Stalking (8Q), as the appendix tables of the year ending December 2025 give it.
    assert stalking[date(2015, 3, 31)] == 2_885
    assert stalking[date(2024, 3, 31)] == 128_829
    assert stalking[LATEST_END] == 144_025


def test_labels_that_repeat_are_told_apart_by_their_place(book: Facsimile) -> None:
    rows = [row for row in read(book) if row.table == "prevalence" and row.period_end == LATEST_END]
    entries = [row.item_id for row in rows if row.row_label.strip() == "With entry"]
    assert entries == [
        "burglary_entry",
        "burglary_dwelling_entry",
        "burglary_outbuilding_entry",
    ]
    units = {row.item_id: row.unit_base for row in rows if row.row_label.strip() == "Bicycle theft"}
    assert units == {
        "bicycle_theft": "household",
        "bicycle_theft_owners": "bicycle_owning_household",
    }


def test_codes_written_as_number_and_as_text_stay_apart(book: Facsimile) -> None:
    codes = {row.item_id: row.row_label for row in read(book) if row.table == "offence_codes"}
    assert codes["4.1"].startswith("Manslaughter")
    assert codes["4.10"].startswith("Corporate manslaughter")


def test_sub_offences_know_their_offence(book: Facsimile) -> None:
    parents = {
        row.item_id: row.parent_id
        for row in read(book)
        if row.table == "offence_subcodes" and row.item_id
    }
    assert parents["008/66"] == "8Q"
    assert parents["195/94"] == "8L"
    assert parents["8Q"] is None


def test_observations_survive_their_file(tmp_path: Path) -> None:
    path = FIGURES / f"{LATEST}.parquet"
    rows, notices = read_observations(SurveyObservation, path), read_notices(path, Notice)
    for name in ("one.parquet", "two.parquet"):
        write_observations(rows, tmp_path / name, notices)
    assert read_observations(SurveyObservation, tmp_path / "one.parquet") == rows
    assert read_notices(tmp_path / "one.parquet", Notice) == notices
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "two.parquet").read_bytes()


def test_a_file_of_another_kind_is_refused() -> None:
    with pytest.raises(Problem, match="it holds another table"):
        read_observations(SurveyObservation, FIGURES / "pfa-2024-12.parquet")


class TestBadInput:
    """Each stops the run with the sheet and the cell."""

    def test_a_base_row_missing(self, book: Facsimile) -> None:
        assert str(book["Table_A3a", "A45"]).startswith("Unweighted base - number of households")
        book.drop_row("Table_A3a", 45)
        said = refusal(book)
        assert "sheet 'Table_A3a', cell A45: no base row closes the rows from 'Domestic" in said

    def test_the_last_base_row_missing(self, book: Facsimile) -> None:
        book.drop_row("Table_A3a", 70)
        assert "sheet 'Table_A3a', cell A70: no base row closes" in refusal(book)

    def test_a_base_of_another_block(self, book: Facsimile) -> None:
        book["Table_A3a", "A21"] = book["Table_A3a", "A45"]
        said = refusal(book)
        assert "sheet 'Table_A3a', cell A21: the base row 'Unweighted base - number of hous" in said
        assert "closes the row 'VIOLENCE' at A9, whose base counts person 16 plus" in said

    def test_a_percentage_above_100(self, book: Facsimile) -> None:
        book["Table_A3a", "AG9"] = 130.0
        said = refusal(book)
        assert "sheet 'Table_A3a', cell AG9: holds 130 where a percentage" in said
        assert said.count("\n") == 0

    def test_flags_shifted_by_one_column(self, book: Facsimile) -> None:
        book.shift_right("Table_A3b", "C9")
        said = refusal(book)
        assert re.search(
            r"'Table_A3b', cell D9 \(and [\d,]+ more\): a significance flag stands", said
        )
        assert re.search(r"'Table_A3b', cell E9 \(and [\d,]+ more\): the number -", said)
        assert said.count("\n") < 10

    def test_headers_shifted_by_one_column(self, book: Facsimile) -> None:
        shifted = book["Table_A3b", "B8"]
        book["Table_A3b", "B8"] = book["Table_A3b", "C8"]
        book["Table_A3b", "C8"] = shifted
        said = refusal(book)
        assert "sheet 'Table_A3b', cells B8 and C8: " in said
        assert "Has a column been shifted?" in said

    def test_a_flag_beside_no_change(self, book: Facsimile) -> None:
        assert book["Table_A3b", "B54"] == "[x]"
        book["Table_A3b", "C54"] = "[s]"
        assert "'Table_A3b', cell C54: a significance flag stands beside" in refusal(book)

    def test_columns_swapped_between_two_years(self, book: Facsimile) -> None:
        cells = book["Table_A3b", "D9"], book["Table_A3b", "F9"]
        book["Table_A3b", "D9"], book["Table_A3b", "F9"] = cells[1], cells[0]
        found = broken(find_survey_ties(read(book)))
        (first, second) = [tie for tie in found if tie.kind == "changes from two figures"]
        assert "sheet 'Table_A3b', cell D9: holds a change of" in first.sentence
        assert ("Table_A3b", "F9") in second.cells

    def test_a_base_that_is_no_count(self, book: Facsimile) -> None:
        book["Table_A3a", "B21"] = 0.5
        assert "cell B21: holds 0.5 where an unweighted base belongs" in refusal(book)

    def test_an_empty_cell_is_never_zero(self, book: Facsimile) -> None:
        book["Table_A3a", "C10"] = ""
        said = "an empty cell, or one with an error, where"
        assert f"sheet 'Table_A3a', cell C10: {said}" in refusal(book)

    def test_an_unknown_marker(self, book: Facsimile) -> None:
        book["Table_A3a", "C10"] = "[q]"
        said = refusal(book)
        assert "cell C10: the marker '[q]' is not known" in said
        assert "[q],prevalence,unavailable,not available" in said

    def test_an_unknown_measure(self, book: Facsimile) -> None:
        book["Table_A3a", "A10"] = "   Violence with injuries"
        said = refusal(book)
        assert "sheet 'Table_A3a', cell A10: the measure '   Violence with injuries' is not" in said
        assert "Nearest known: 'violence with injury'" in said
        assert "it may be the next one under another name" in said
        assert (
            "violence with injuries,violence_with_injury,violence,person_16_plus,,violence_with_inj"
            in said
        )

    def test_a_measure_out_of_order(self, book: Facsimile) -> None:
        for column in ("A", "B"):
            cells = book["Table_A3a", f"{column}9"], book["Table_A3a", f"{column}14"]
            book["Table_A3a", f"{column}14"], book["Table_A3a", f"{column}9"] = cells
        assert "stands out of order after 'robbery'" in refusal(book)

    def test_an_unknown_base(self, book: Facsimile) -> None:
        book["Table_A3a", "A21"] = "Unweighted base - number of persons"
        assert "sheet 'Table_A3a', cell A21: the base" in refusal(book)

    def test_an_unknown_column(self, book: Facsimile) -> None:
        book["Table_A3a", "C8"] = "1983"
        assert "sheet 'Table_A3a', cell C8: the column header '1983'" in refusal(book)

    def test_a_table_missing(self, book: Facsimile) -> None:
        book.sheets["Table_A3a"] = {(0, 0): "Table A3a: Victims once or more of crime"}
        said = refusal(book)
        assert "no sheet holds the table of prevalence" in said
        assert "'table a3a: victims once or more of crime' on sheet 'Table_A3a', cell A1" in said

    def test_a_table_twice(self, book: Facsimile) -> None:
        book.sheets["Copy"] = dict(book.sheets["Table_A3a"])
        assert "'Table_A3a', 'Copy' all hold the table of prevalence" in refusal(book)

    def test_another_year_than_the_registry_says(self, book: Facsimile) -> None:
        workbook = book.workbook()
        with pytest.raises(UnknownNames, match="ends in December 2025; the registry says"):
            read_appendix_tables(workbook, "appendix-2026-03", date(2026, 3, 31))

    def test_all_faults_at_once(self, book: Facsimile) -> None:
        book["Table_A3a", "AG9"] = 130.0
        book["Table_A3a", "A21"] = book["Table_A3a", "A45"]
        book["Table_A2a", "C10"] = "[q]"
        said = refusal(book)
        assert all(place in said for place in ("cell AG9", "cell A21", "'Table_A2a', cell C10"))


class TestArithmetic:
    @pytest.mark.parametrize("release_id", quick(RELEASES[-1:], of=RELEASES))
    def test_every_shipped_change_follows_from_its_figures_or_is_listed(
        self, release_id: str
    ) -> None:
        path = ROOT / "config" / "corrections.yaml"
        rows = read_observations(SurveyObservation, FIGURES / f"{release_id}.parquet")
        listed = [entry for entry in read_corrections(path) if entry.release == release_id]
        ties = find_survey_ties(rows)
        check_ties(ties, rows, listed, path)
        places = {entry.place for entry in listed}
        assert all(tie.cells & places for tie in broken(ties))

    @pytest.mark.parametrize("table", ["Table_A1b", "Table_A3b", "Table_A4b"])
    def test_a_digit_of_a_change_that_rounded_figures_allow(
        self, table: str, book: Facsimile
    ) -> None:
        """Other measures, and changes since other years, are of the same population."""
        held = book[table, "X30"]
        assert isinstance(held, float)
        book[table, "X30"] = held * 1.0001
        found = broken(find_survey_ties(read(book)))
        assert found
        assert all((table, "X30") in tie.cells for tie in found)
        assert not [tie for tie in found if tie.kind == "changes from two figures"]

    def test_a_year_that_a_table_lacks_and_another_has(self) -> None:
        rows = read_observations(SurveyObservation, FIGURES / "appendix-2025-06.parquet")
        day = date(2024, 6, 30)
        kept = [r for r in rows if (r.table, r.period_end) != ("offence_subcodes", day)]
        (tie,) = broken(find_survey_ties(kept))
        assert "no column for the year ending June 2024, which sheet 'Table_A5a' has" in tie.broken

    def test_a_year_that_the_newest_is_compared_with(self) -> None:
        rows = read_observations(SurveyObservation, FIGURES / "appendix-2022-09.parquet")
        kept = [row for row in rows if row.period_end != date(2021, 9, 30)]
        said = [fault.sentence for fault in broken(find_survey_ties(kept))]
        assert any("no column for the year ending September 2021" in each for each in said)

    def test_a_measure_that_is_made_of_others(self) -> None:
        rows = read_observations(SurveyObservation, FIGURES / "appendix-2022-09.parquet")
        wrong = next(
            row for row in rows if (row.item_id, row.table) == ("neighbourhood_crime", "incidents")
        )
        changed = [
            dataclasses.replace(row, value=(row.value or 0.0) + 10) if row is wrong else row
            for row in rows
        ]
        assert any(
            fault.places[0] == (wrong.sheet, wrong.cell) and "its parts add up" in fault.sentence
            for fault in broken(find_survey_ties(changed))
        )

    def test_a_group_that_is_not_the_sum_of_its_codes(self, book: Facsimile) -> None:
        assert str(book["Table_A5a", "B62"]).startswith("Stalking")
        book["Table_A5a", "AA62"] = 144_026.0
        (fault,) = broken(find_survey_ties(read(book)))
        assert "holds 622,376 for 'Stalking and harassment" in fault.sentence
        assert ("Table_A5a", "AA62") in fault.cells

    def test_an_offence_that_is_not_the_sum_of_its_sub_offences(self, book: Facsimile) -> None:
        book["Table_B2", "H38"] = 1.0
        (fault,) = broken(find_survey_ties(read(book)))
        assert "sheet 'Table_B2', cell H37: holds 144,171 for 'Stalking'" in fault.sentence

    def test_a_year_of_sub_offences_that_is_another_year_s(self, book: Facsimile) -> None:
        for row in range(10, 43):
            book["Table_B2", f"F{row}"] = book["Table_B2", f"E{row}"]
        said = [fault.sentence for fault in broken(find_survey_ties(read(book)))]
        assert any("'Table_B2', cell F37" in each and "'Table_A5a'" in each for each in said)

    @pytest.mark.parametrize("release_id", quick(RELEASES[-1:], of=RELEASES))
    @pytest.mark.parametrize("table", FLAGGED)
    @pytest.mark.parametrize("shift", [1, -1])
    @pytest.mark.parametrize("along", ["columns", "rows"])
    def test_flags_that_belong_to_another_change(
        self, release_id: str, table: str, shift: int, along: str
    ) -> None:
        rows, known = shipped(release_id)
        flags = {
            (row.item_id, row.previous_period_end): row
            for row in rows
            if (row.table, row.statistic) == (table, "significant")
        }
        items = list(dict.fromkeys(item for item, _ in flags))
        days = sorted({day for _, day in flags if day})

        def neighbour(row: SurveyObservation) -> SurveyObservation:
            assert row.item_id is not None
            assert row.previous_period_end is not None
            item, day = row.item_id, row.previous_period_end
            if along == "rows":
                item = items[(items.index(item) + shift) % len(items)]
            else:
                day = days[(days.index(day) + shift) % len(days)]
            return flags[item, day]

        places = {(flag.sheet, flag.cell) for flag in flags.values()}
        moved = [
            dataclasses.replace(row, value=neighbour(row).value)
            if (row.sheet, row.cell) in places
            else row
            for row in rows
        ]
        found = [fault for fault in broken(find_survey_ties(moved)) if fault.cells not in known]
        assert len(found) > 10
        assert all("Has the column of flags been shifted?" in fault.sentence for fault in found)
        assert all(fault.cells & places for fault in found)

    def test_a_flag_on_hardly_any_change(self, book: Facsimile) -> None:
        assert book["Table_A3b", "AW9"] == ""
        book["Table_A3b", "AW9"] = "[s]"
        (fault,) = broken(find_survey_ties(read(book)))
        assert fault.sentence.startswith(
            "appendix-2025-12, sheet 'Table_A3b', cell AW9: the change of 0.0024 percentage points "
            "at AV9 is flagged as significant, though it is less than 0.7 times"
        )

    def test_a_flag_missing_beside_a_great_change(self, book: Facsimile) -> None:
        assert book["Table_A3b", "C9"] == "[s]"
        book["Table_A3b", "C9"] = ""
        (fault,) = broken(find_survey_ties(read(book)))
        assert "cell C9: the change of 3.4 percentage points at B9 is not flagged" in fault.sentence

    def test_a_smaller_change_flagged_and_a_larger_one_not(self, book: Facsimile) -> None:
        def flags(year: int) -> tuple[SurveyObservation, SurveyObservation]:
            change, flag = (
                row
                for row in read(book)
                if (row.table, row.item_id) == ("incidents_change", "wounding")
                and row.previous_period_end == date(year, 3, 31)
            )
            return change, flag

        (slight, off), (great, on) = flags(2018), flags(2014)
        assert (off.value, on.value) == (0, 1)
        book[off.sheet, off.cell], book[on.sheet, on.cell] = "[s]", ""
        (fault,) = broken(find_survey_ties(read(book)))
        assert f"cell {off.cell}: the change at {slight.cell} is flagged" in fault.sentence
        assert f"the change at {great.cell}, of the same measure, is not, at" in fault.sentence
        assert {(off.sheet, off.cell), (on.sheet, on.cell)} < fault.cells

    def test_an_unlisted_fault_stops_the_release(self, book: Facsimile, tmp_path: Path) -> None:
        book["Table_A3b", "B9"] = 12.0
        corrections = tmp_path / "corrections.yaml"
        corrections.write_text("[]\n")
        written = book.write(tmp_path / "book.xlsx")
        with pytest.raises(Problem, match=r"cell B9: .*holds a change of 12, but 1\.3 after 4\.7"):
            read_release(written, read_registry(ROOT / REGISTRY)[LATEST], corrections)


class TestNotices:
    def notices(self, book: Facsimile) -> list[tuple[str, str, str | None]]:
        workbook = book.workbook()
        rows = read_appendix_tables(workbook, LATEST, LATEST_END)
        found = find_notices(workbook, rows, LATEST, LATEST_END)
        return [(notice.kind, notice.sheet, notice.cell) for notice in found]

    def test_one_offence_with_two_values(self, book: Facsimile) -> None:
        workbook = book.workbook()
        rows = read_appendix_tables(workbook, LATEST, LATEST_END)
        sentences = [n.sentence for n in find_notices(workbook, rows, LATEST, LATEST_END)]
        assert (
            "Stalking (8Q) in the year ending December 2025 is 144,025 in sheet 'Table_A5a', cell "
            "AA62, and 144,171 in sheet 'Table_B2', cell H37." in sentences
        )

    def test_empty_sheets(self, book: Facsimile) -> None:
        assert ("empty_sheet", "Table_C3", None) not in self.notices(book)
        book.sheets["Table_C3"] = {}
        assert ("empty_sheet", "Table_C3", None) in self.notices(book)

    def test_a_cover_of_another_year(self, book: Facsimile) -> None:
        assert not [kind for kind, *_ in self.notices(book) if kind == "cover_date"]
        book["Cover Sheet", "A1"] = TITLE.replace("2025", "2026")
        book["Cover Sheet", "A3"] = "the bulletin published on 23 April 2025."
        found = self.notices(book)
        assert ("cover_date", "Cover Sheet", "A1") in found
        assert ("cover_date", "Cover Sheet", "A3") in found

    def test_shipped_figures_keep_the_notices_of_their_workbook(self) -> None:
        notices = read_notices(FIGURES / f"{LATEST}.parquet", Notice)
        assert {notice.kind for notice in notices} == {"empty_sheet", "cover_date", "two_values"}
