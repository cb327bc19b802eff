"""Appendix tables as other editions write them: read to the same figures, or told in one sentence.

Each test changes the workbook of a shipped edition in a way in which editions differ.
"""

from __future__ import annotations

import pickle
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from crimeshare.tables import (
    appendix_layout,
)
from crimeshare.tables.appendix import read_appendix_tables
from crimeshare.tables.appendix_arithmetic import find_survey_ties
from crimeshare.tables.appendix_periods import heads_flags, year_of_header
from crimeshare.tables.labels import plain
from crimeshare.tables.layout import UnknownNames
from crimeshare.tables.notices import find_notices
from crimeshare.tables.observations import SurveyObservation
from crimeshare.tables.ties import broken
from tests.appendix_facsimile import Cell, Facsimile, own_layout
from tests.quick import quick

FIGURES = Path(__file__).parents[2] / "resources" / "figures"
EDITIONS = {"appendix-2022-09": date(2022, 9, 30), "appendix-2025-12": date(2025, 12, 31)}

Figures = Counter[tuple[object, ...]]


@dataclass
class Edition:
    """A workbook and the last day of the year that it is for."""

    book: Facsimile
    end: date

    def read(self) -> list[SurveyObservation]:
        return read_appendix_tables(self.book.workbook(), "appendix-x", self.end)

    def figures(self) -> Figures:
        """What is read, wherever it stands and however it is labelled."""
        return Counter(
            (
                *(row.table, row.statistic, row.item_id, row.parent_id, row.unit_base),
                *(row.block, row.period_start, row.period_end),
                *(row.previous_period_start, row.previous_period_end, row.value, row.marker),
            )
            for row in self.read()
        )

    def refusal(self) -> UnknownNames:
        with pytest.raises(UnknownNames) as refused:
            self.read()
        return refused.value


@pytest.fixture(scope="module", params=quick(["appendix-2025-12"], of=EDITIONS))
def original(request: pytest.FixtureRequest) -> Edition:
    book = Facsimile.of(FIGURES / f"{request.param}.parquet", "Appendix tables")
    return Edition(book, EDITIONS[request.param])


@pytest.fixture(scope="module")
def expected(original: Edition) -> Figures:
    found = original.figures()
    assert found.total() > 20_000
    return found


@pytest.fixture
def edition(original: Edition) -> Edition:
    # A copy to change; pickle makes one in a tenth of deepcopy's time.
    copied: Edition = pickle.loads(pickle.dumps(original))
    return copied


@pytest.fixture
def layouts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the layout, to add lines to."""
    return own_layout(tmp_path / "layouts", monkeypatch)


def text(change: Callable[[str], Cell]) -> Callable[[Cell], Cell]:
    """``change`` for what is written in words; numbers stay as they are."""
    return lambda cell: change(" ".join(cell.split())) if isinstance(cell, str) and cell else cell


def years(pattern: str) -> Callable[[Cell], Cell]:
    return text(
        lambda label: re.sub(
            r"([A-Z][a-z]{2}) (\d\d)(\d\d) to ([A-Z][a-z]{2}) (\d\d)(\d\d)", pattern, label
        )
    )


def numbers(write: Callable[[float], Cell]) -> Callable[[Cell], Cell]:
    return lambda cell: write(cell) if isinstance(cell, int | float) else cell


@pytest.mark.parametrize(
    ("roles", "change"),
    [
        ("year", years(r"YE \4 \5\6 [note 5]")),
        ("year", years(r"Year ending 31 \4 \5\6")),
        ("year", years(r"\1 '\3 to \4 '\6")),
        ("year", years("\\1 \u2019\\3 \u2013 \\4 \u2019\\6")),
        ("year", years(r"\1 \2\3 to \4 \5\6" + "\u00b9\u02d2\u00b2")),
        ("year", text(lambda label: re.sub(r"Apr (\d{4}) to Mar \d\d(\d\d)", r"\1/\2", label))),
        ("year", text(lambda label: label.replace("Mar ", "March ").replace("Sep ", "Sept. "))),
        ("year", text(lambda label: f"{label} [r]" if "ance" in label else f"{label}4")),
        ("year", text(lambda label: re.sub("Significance", "statistical significance", label))),
        ("year", text(lambda label: re.sub("(.*) Significance", r"Significance, \1", label))),
        ("year", text(lambda label: "Significance" if "ance" in label else label)),
        ("year", text(lambda label: "" if "ance" in label else label)),
        ("header", text(lambda label: label.replace("Offence group", "Crime type"))),
        ("header year title", text(str.upper)),
        ("title", text(lambda title: re.sub(r"A(\d)", lambda n: f"A{int(n[1]) + 4}", title))),
        ("title", text(lambda title: re.sub(r"^(Table )?\w\d\w?: *|\[note.*\]", "", title))),
        ("label", text(str.strip)),
        ("label", text(lambda label: f"        {label.lower()}\u00b9\u00b2")),
        ("label code", text(lambda label: f"{label} [r] [note 12]")),
        (
            "label",
            text(
                lambda label: label.replace("number of people aged 16", "number of adults aged 16")
            ),
        ),
        (
            "label",
            text(lambda label: label.replace("base - ", "base: ") if "/" not in label else label),
        ),
        ("figure", numbers(lambda number: f"{number:.17g}")),
        ("figure", numbers(lambda number: f"{number:,.17g} [r]")),
        ("figure", text(lambda marker: "[ x ]" if marker == "[x]" else marker)),
        ("figure", text(lambda marker: ".." if marker == "[x]" else marker)),
        ("flag", text(lambda flag: "*" if flag == "[s]" else flag)),
        ("flag", text(lambda flag: "[S]" if flag == "[s]" else flag)),
    ],
)
def test_other_words_are_read_to_the_same_figures(
    original: Edition,
    edition: Edition,
    expected: Figures,
    roles: str,
    change: Callable[[Cell], Cell],
) -> None:
    edition.book.change(roles, change)
    assert edition.book.sheets != original.book.sheets
    assert edition.figures() == expected


@pytest.mark.parametrize("name", ["{}  ", "Worksheet {}", "Sheet of {}"])
def test_sheets_may_have_any_name(edition: Edition, expected: Figures, name: str) -> None:
    edition.book.rename(lambda sheet: name.format(sheet.removeprefix("Table")))
    assert edition.figures() == expected


def test_rows_and_columns_that_hold_nothing(edition: Edition, expected: Figures) -> None:
    for sheet in edition.book.tables:
        edition.book.insert_column(sheet, 5)
        edition.book.insert_column(sheet, 0)
        header = edition.book.header(sheet)
        edition.book.insert_row(sheet, header + 9)
        edition.book.insert_row(sheet, header + 1, {3: "Percentage"})
        edition.book.insert_row(sheet, header)
        edition.book.insert_row(sheet, 0)
    assert edition.figures() == expected


@pytest.mark.slow
def test_notes_above_and_below_a_table(edition: Edition, expected: Figures) -> None:
    for sheet in edition.book.tables:
        for number in range(40):
            edition.book.insert_row(sheet, 1, {0: f"{number}. Not comparable before 2021."})
        last = max(row for row, _ in edition.book.sheets[sheet])
        for number, note in enumerate(("Notes", "1. See the notes.", "Source: ONS")):
            edition.book.sheets[sheet][last + 2 + number, 0] = note
    assert edition.figures() == expected


def test_two_tables_with_no_column_between(edition: Edition, expected: Figures) -> None:
    book = edition.book
    for sheet in book.tables:
        header = book.header(sheet)
        starts = sorted(
            place[1]
            for (name, place), role in book.roles.items()
            if name == sheet
            and role == "header"
            and place[0] == header
            and "\n[" in str(book.sheets[sheet][place])
        )
        for start in starts[1:]:
            book._move(sheet, lambda at, start=start: (at[0], at[1] - (at[1] >= start)))
    assert edition.figures() == expected


@pytest.mark.parametrize("cover", [{}, {(0, 0): "Appendix tables"}, None])
def test_a_cover_without_a_date(
    edition: Edition, expected: Figures, cover: dict[tuple[int, int], Cell] | None
) -> None:
    del edition.book.sheets["Cover Sheet"]
    if cover is not None:
        edition.book.sheets = {"Cover": cover, **edition.book.sheets}
    edition.book.sheets["Table_F1"] = {}
    workbook = edition.book.workbook()
    assert edition.figures() == expected
    notices = find_notices(workbook, edition.read(), "appendix-x", edition.end)
    assert "cover_date" not in {notice.kind for notice in notices}


def accept(refusal: UnknownNames, **filled: str) -> None:
    """Add the proposed lines to the layout, ``?`` filled in."""
    assert refusal.unknown
    for item in refusal.unknown:
        line = item.line
        for mark, value in filled.items():
            line = line.replace("?", value) if mark == "fill" else line
        assert "?" not in line
        with item.file.open("a", encoding="utf-8") as file:
            file.write(line + "\n")


@pytest.mark.parametrize(
    ("roles", "change", "said"),
    [
        (
            "title",
            text(
                lambda title: title.replace("were victims once or more", "met crime once or more")
            ),
            "no sheet holds the table of prevalence",
        ),
        ("title", text(lambda t: t.replace("Trends in incid", "Course of incid")), "incid"),
        ("header", text(lambda h: h.replace("Offence group", "Kind of crime")), "'Kind of crime"),
        ("header", text(lambda h: h.replace("Offence code", "HO ref")), "'HO ref' stands where"),
        (
            "label",
            text(lambda b: re.sub(r"(base - number of) (people|adults).*", r"\1 interviews", b)),
            "the base",
        ),
        (
            "label",
            text(lambda m: m.replace("iolence without", "iolence with no")),
            "with no injury",
        ),
        ("label", text(lambda m: "All violence" if m == "VIOLENCE" else m), "next one under"),
        ("figure", text(lambda m: "[q]" if m == "[x]" else m), "marker '[q]' is not known"),
        ("flag", text(lambda f: "[sig]" if f == "[s]" else f), "marker '[sig]' is not known"),
    ],
)
def test_unknown_words_are_read_once_their_lines_are_added(
    original: Edition,
    edition: Edition,
    expected: Figures,
    layouts: Path,
    roles: str,
    change: Callable[[Cell], Cell],
    said: str,
) -> None:
    edition.book.change(roles, change)
    if edition.book.sheets == original.book.sheets:
        pytest.skip("this edition does not use these words")
    refusal = edition.refusal()
    assert said in str(refusal)
    assert len(refusal.problems) <= len(appendix_layout.AppendixLayout().tables) + 1
    assert all("sheet '" in problem and "the line: " in problem for problem in refusal.problems)
    accept(refusal)
    assert edition.figures() == expected


def test_a_year_in_words_nobody_knows(edition: Edition, expected: Figures, layouts: Path) -> None:
    edition.book.change(
        "year", text(lambda y: y.replace("Apr 2016 to Mar 2017", "Survey year 2016"))
    )
    refusal = edition.refusal()
    assert "'Survey year 2016' is neither a year such as" in str(refusal)
    assert "the line: survey year 2016,?" in str(refusal)
    accept(refusal, fill="apr 2016 to mar 2017")
    assert edition.figures() == expected


def test_a_new_measure_is_read_once_its_line_is_added(edition: Edition, layouts: Path) -> None:
    book = edition.book
    for sheet in book.tables:
        labels = [
            place
            for (name, place), role in book.roles.items()
            if name == sheet
            and role == "label"
            and plain(str(book.sheets[sheet][place])) == "other fraud"
        ]
        if labels:
            row = labels[0][0]
            cells = {at[1]: cell for at, cell in book.sheets[sheet].items() if at[0] == row}
            columns = {at[1] for at in labels}
            book.insert_row(
                sheet,
                row + 1,
                {
                    column: "Romance fraud" if column in columns else cell
                    for column, cell in cells.items()
                },
            )
    refusal = edition.refusal()
    (problem,) = refusal.problems
    assert "the measure 'Romance fraud' is not known" in problem
    assert "line: romance fraud,romance_fraud,fraud,person_16_plus,,other_fraud" in problem
    accept(refusal)
    rows = edition.read()
    new = [row for row in rows if row.item_id == "romance_fraud"]
    like = [row for row in rows if row.item_id == "other_fraud"]
    assert len(new) > 100
    assert [row.value for row in new] == [row.value for row in like]
    assert {row.parent_id for row in new} == {"fraud"}


def test_another_table_with_the_title_of_ours(
    edition: Edition, expected: Figures, layouts: Path
) -> None:
    edition.book.sheets["Table_F1"] = {
        (
            0,
            0,
        ): "Table F1: Percentages of men who were victims once or more, year ending March 2023",
        (1, 0): "Offence group",
        (1, 1): "Apr 2022 to Mar 2023",
        (2, 0): "VIOLENCE",
        (2, 1): 3.0,
    }
    refusal = edition.refusal()
    assert "'Table_F1' all hold the table of prevalence" in str(refusal)
    for item in refusal.unknown:
        with item.file.open("a", encoding="utf-8") as file:
            file.write(item.line + "\n")
    assert edition.figures() == expected


def test_a_row_and_a_year_less(edition: Edition, expected: Figures) -> None:
    book = edition.book
    gone = date(2010, 3, 31)
    for sheet in book.tables:
        columns = {
            place[1]
            for (name, place), role in book.roles.items()
            if name == sheet
            and role == "year"
            and year_of_header(str(book.sheets[sheet][place]), True) == (date(2009, 4, 1), gone)
        }
        for column in sorted(columns, reverse=True):
            book.sheets[sheet] = {
                (at[0], at[1] - (at[1] > column)): cell
                for at, cell in book.sheets[sheet].items()
                if at[1] != column
            }
    left = {row: times for row, times in expected.items() if gone not in (row[7], row[9])}
    assert edition.figures() == left


def test_codes_behind_the_labels(edition: Edition, expected: Figures) -> None:
    for sheet in edition.book.tables:
        if "code" in str(edition.book.sheets[sheet].get((edition.book.header(sheet), 0))):
            edition.book._move(sheet, lambda at: (at[0], {0: 1, 1: 0}.get(at[1], at[1])))
    assert edition.figures() == expected


class TestBadInput:
    def test_a_column_with_no_header(self, edition: Edition) -> None:
        sheet = edition.book.tables[0]
        edition.book.sheets[sheet][edition.book.header(sheet), 3] = ""
        said = str(edition.refusal())
        assert re.search(rf"sheet '{sheet}', cell D\d+: no header stands above the cells", said)

    def test_a_year_twice(self, edition: Edition) -> None:
        sheet = edition.book.tables[0]
        header = edition.book.header(sheet)
        edition.book.sheets[sheet][header, 3] = edition.book.sheets[sheet][header, 2]
        assert "are the same year; expected each year once" in str(edition.refusal())

    def test_bases_with_the_numbers_of_another_block(self, edition: Edition) -> None:
        known = {fault.cells for fault in broken(find_survey_ties(edition.read()))}
        bases: dict[int | None, dict[date, str]] = {}
        for row in edition.read():
            if (row.table, row.statistic) == ("prevalence", "unweighted_base"):
                bases.setdefault(row.block, {})[row.period_end] = row.cell
                sheet = row.sheet
        assert {"1", "2"} <= {str(block) for block in bases}
        for day, cell in bases[1].items():
            edition.book[sheet, cell] = edition.book[sheet, bases[2][day]]
        found = [f for f in broken(find_survey_ties(edition.read())) if f.cells not in known]
        (sentence,) = [f.sentence for f in found if "expected those of its own block" in f.sentence]
        assert f"sheet '{sheet}', cell {bases[1][min(bases[1])]}: the bases of 'Unweigh" in sentence
        assert "those of 'Unweighted base - number of households'" in sentence

    def test_estimates_whose_interviews_are_not_given(self, edition: Edition) -> None:
        known = {fault.cells for fault in broken(find_survey_ties(edition.read()))}
        rows = [row for row in edition.read() if row.table == "prevalence" and row.block == 1]
        bases = [row for row in rows if row.statistic == "unweighted_base"]
        for row in bases:
            edition.book[row.sheet, row.cell] = "[x]"
        found = [f for f in broken(find_survey_ties(edition.read())) if f.cells not in known]
        (sentence,) = [f.sentence for f in found if "how many people answered" in f.sentence]
        assert f"cell {bases[0].cell}: 'Unweighted base" in sentence
        assert f"for {len(bases)} of the years" in sentence

    def test_a_change_marked_as_of_a_small_base_though_both_rates_are_given(
        self, edition: Edition
    ) -> None:
        known = {fault.cells for fault in broken(find_survey_ties(edition.read()))}
        changes = [row for row in edition.read() if row.item_id and row.previous_period_end]
        row = next(r for r in changes if r.statistic == "change_pct" and r.value is not None)
        of = (row.table, row.item_id, row.previous_period_end)
        for marked in changes:
            if (marked.table, marked.item_id, marked.previous_period_end) == of:
                edition.book[marked.sheet, marked.cell] = "[u]"
        found = [f for f in broken(find_survey_ties(edition.read())) if f.cells not in known]
        assert any(
            "marks a change, though" in f.sentence and (row.sheet, row.cell) in f.cells
            for f in found
        )

    def test_labels_of_sub_offences_swapped_between_two_offences(self) -> None:
        book = Facsimile.of(FIGURES / "appendix-2025-12.parquet", "Appendix tables")
        edition = Edition(book, date(2025, 12, 31))
        known = {fault.cells for fault in broken(find_survey_ties(edition.read()))}
        parts = [row for row in edition.read() if row.table == "offence_subcodes" and row.parent_id]
        one = next(row for row in parts if row.item_id == "008/71")
        other = next(row for row in parts if row.item_id is None and row.parent_id == "8Q")
        at, to = (re.sub("[A-Z]+", "A", row.cell) for row in (one, other))
        book[one.sheet, at], book[other.sheet, to] = book[other.sheet, to], book[one.sheet, at]
        found = [f for f in broken(find_survey_ties(edition.read())) if f.cells not in known]
        assert any("labels two rows of one offence" in f.sentence for f in found)

    def test_a_new_group_of_sub_offences(self) -> None:
        book = Facsimile.of(FIGURES / "appendix-2025-12.parquet", "Appendix tables")
        book.change("label", text(lambda label: "Cyberstalking" if label == "Stalking" else label))
        said = str(Edition(book, date(2025, 12, 31)).refusal())
        assert "sheet 'Table_B2', cell A37: the offence 'Cyberstalking' is not known" in said
        assert "the line: cyberstalking,?," in said


@pytest.mark.parametrize(
    ("label", "first", "last"),
    [
        ("Apr 2022 to \n Mar 2023", (2022, 4, 1), (2023, 3, 31)),
        ("YE Mar 2023 [note 5]", (2022, 4, 1), (2023, 3, 31)),
        ("Jan '95 to Dec '95", (1995, 1, 1), (1995, 12, 31)),
        ("Apr '19 to Mar '206", (2019, 4, 1), (2020, 3, 31)),
        ("2022/23", (2022, 4, 1), (2023, 3, 31)),
        ("1999-2000 [r]", (1999, 4, 1), (2000, 3, 31)),
        ("October 2021 \u2013 September 2022", (2021, 10, 1), (2022, 9, 30)),
        ("Oct 2021 to Mar 2022", (2021, 10, 1), (2022, 3, 31)),
        ("Jan to Dec 1981", (1981, 1, 1), (1981, 12, 31)),
        ("12 months to Feb 2024", (2023, 3, 1), (2024, 2, 29)),
        ("Significance: YE Dec 2025", (2025, 1, 1), (2025, 12, 31)),
    ],
)
def test_years_of_headers(
    label: str, first: tuple[int, int, int], last: tuple[int, int, int]
) -> None:
    assert year_of_header(label) == (date(*first), date(*last))


@pytest.mark.parametrize(
    "label", ["1983", "2022/24", "Mar 2023", "% change Apr 2022 to Mar 2023", "Offence group", ""]
)
def test_what_is_no_year(label: str) -> None:
    assert year_of_header(label) is None


def test_changes_and_flags_say_what_they_are() -> None:
    assert year_of_header("YE Mar 2023 percentage point change", of_changes=True)
    assert heads_flags("Apr 2022 to Mar 2023 \nSignificance [note 9]")
    assert not heads_flags("Apr 2022 to Mar 2023")
