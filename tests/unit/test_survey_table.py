"""Survey tables of the general shape: recognised in words, read once understood whole."""

from __future__ import annotations

import pandas as pd
import pytest

from crimeshare.problems import Problem
from crimeshare.tables.grid import Grid, Workbook
from crimeshare.tables.layout import UnknownNames
from crimeshare.tables.survey_table import read_survey_tables, recognise

END = pd.Timestamp(2024, 3, 31).date()

# People by age, groups in columns, each base row closing its block.
GROUPS = [
    [
        "Table 2: Prevalence of stalking in the last year, by age, year ending March 2024 [note 1]",
        "",
        "",
        "",
    ],
    ["England and Wales", "", "", ""],
    ["Age group", "All people\n[note 3]", "Men", "Women"],
    ["16 to 19", 8.8, 6.6, 10.1],
    ["   75 and over", 0.8, "[u]", 0.9],
    ["Unweighted base - number of people", 520, 240, 280],
]
# Years in columns, kinds of stalking in rows, bases by sex at the foot.
YEARS = [
    ["Table 1: Stalking since age 16, people aged 16 and over", "", ""],
    ["", "Apr 2022 to Mar 2023", "Apr 2023 to Mar 2024"],
    ["Women", "", ""],
    ["Any stalking", 20.0, 20.2],
    ["Stalking by a partner or ex-partner", 8.0, "[x]"],
    ["Unweighted base - number of women", 9_000, 9_100],
    ["Men", "", ""],
    ["Any stalking", 8.5, 8.7],
    ["Unweighted base - number of men", 8_000, 8_100],
]
# Bases in columns beside their estimates.
BESIDE = [
    ["Table 5: Stalking in the last year", "", "", "", ""],
    ["", "Women: %", "Women: Unweighted base", "Men: %", "Men: Unweighted base"],
    ["Year ending March 2023", 4.6, 9_000, 2.4, 8_000],
    ["Year ending March 2024", 4.0, 9_100, 2.3, 8_100],
]


def workbook(**sheets: list[list[object]]) -> Workbook:
    grids = [Grid(name, [list(row) for row in rows]) for name, rows in sheets.items()]
    return Workbook("stalking.xlsx", "a" * 64, 1, grids)


def read(**sheets: list[list[object]]) -> pd.DataFrame:
    return read_survey_tables(workbook(**sheets), "stalking-2024-03", "Stalking", END)


def refusal(**sheets: list[list[object]]) -> str:
    with pytest.raises(UnknownNames) as refused:
        read(**sheets)
    return str(refused.value)


def spoil(rows: list[list[object]], row: int, column: int, value: object) -> list[list[object]]:
    copy = [list(line) for line in rows]
    copy[row][column] = value
    return copy


def as_rows(table: pd.DataFrame) -> set[tuple[object, ...]]:
    columns = ["measure_id", "sex", "age", "estimate", "n_unweighted", "cell"]
    return {
        (m, s, a, round(p, 6), n, c) for m, s, a, p, n, c in table[columns].itertuples(index=False)
    }


def test_groups_in_columns_and_a_base_row() -> None:
    table = read(Table_2=GROUPS)
    assert as_rows(table) == {
        ("stalking", "all", "16-19", 0.088, 520, "B4"),
        ("stalking", "men", "16-19", 0.066, 240, "C4"),
        ("stalking", "women", "16-19", 0.101, 280, "D4"),
        ("stalking", "all", "75+", 0.008, 520, "B5"),
        ("stalking", "women", "75+", 0.009, 280, "D5"),
    }
    assert set(table["period_end"]) == {pd.Timestamp(2024, 3, 31)}
    assert set(table["period_start"]) == {pd.Timestamp(2023, 4, 1)}


def test_years_in_columns_under_headings_with_their_own_bases() -> None:
    table = read(Table_1=YEARS)
    assert as_rows(table) == {
        ("stalking_since_16", "women", "16+", 0.2, 9_000, "B4"),
        ("stalking_since_16", "women", "16+", 0.202, 9_100, "C4"),
        ("stalking_by_partner_since_16", "women", "16+", 0.08, 9_000, "B5"),
        ("stalking_since_16", "men", "16+", 0.085, 8_000, "B8"),
        ("stalking_since_16", "men", "16+", 0.087, 8_100, "C8"),
    }
    assert table["period_end"].nunique() == 2


def test_bases_in_columns_beside_their_estimates() -> None:
    assert as_rows(read(Table_5=BESIDE)) == {
        ("stalking", "women", "16+", 0.046, 9_000, "B3"),
        ("stalking", "men", "16+", 0.024, 8_000, "D3"),
        ("stalking", "women", "16+", 0.04, 9_100, "B4"),
        ("stalking", "men", "16+", 0.023, 8_100, "D4"),
    }


def test_base_rows_of_several_groups_under_one_block() -> None:
    rows = [
        ["Stalking in the last year", ""],
        ["", "Apr 2023 to Mar 2024"],
        ["Women", 4.0],
        ["Men", 2.3],
        ["Unweighted base - number of women", 9_100],
        ["Unweighted base - number of men", 8_100],
    ]
    assert as_rows(read(Table_3=rows)) == {
        ("stalking", "women", "16+", 0.04, 9_100, "B3"),
        ("stalking", "men", "16+", 0.023, 8_100, "B4"),
    }


def test_a_table_without_bases_says_so_by_missing_values() -> None:
    assert read(Table_2=GROUPS[:-1])["n_unweighted"].isna().all()


def test_sheets_of_other_things_are_passed_over() -> None:
    other = [["Notes"], ["Note number", "Note text"], [1, "Stalking was not asked"]]
    homicide = [["Homicide", ""], ["", "Apr 2023 to Mar 2024"], ["Men", 3]]
    table = read(Notes=other, Homicide=homicide, Table_2=GROUPS, Empty=[])
    assert set(table["sheet"]) == {"Table_2"}


def test_a_workbook_of_other_things_only_is_refused() -> None:
    with pytest.raises(Problem, match="holds no table of a known measure"):
        read(Notes=[["Notes"]])


class TestRecognition:
    def test_says_in_words_what_it_took_a_sheet_for(self) -> None:
        (found,) = recognise(workbook(Table_2=GROUPS))
        assert found.estimates == 5
        assert found.unknown == found.problems == []
        assert (
            "its header in row 3, 3 columns of estimates and bases in row 6" in found.sentences[0]
        )
        assert "Table_2, cell D3: 'Women' means sex women" in found.sentences

    def test_proposes_the_lines_that_are_missing(self) -> None:
        rows = spoil(spoil(GROUPS, 3, 0, "16 to 17"), 2, 3, "Women and girls")
        (found,) = recognise(workbook(Table_2=rows))
        assert [item.line for item in found.unknown] == ["women and girls,?,?", "16 to 17,?,?"]
        assert "layouts/survey_table/words.csv the line: 16 to 17,?,?" in found.unknown[1].sentence

    def test_knows_where_there_is_no_table(self) -> None:
        (found,) = recognise(workbook(Notes=[["Notes"], ["Note number", "Note text"]]))
        assert (found.estimates, found.sentences) == (0, ["Notes: no table found"])


class TestBadInput:
    def test_an_unknown_label(self) -> None:
        said = refusal(Table_2=spoil(GROUPS, 4, 0, "75 or older"))
        assert "stalking-2024-03, sheet 'Table_2', cell A5: the row label '75 or older'" in said

    def test_a_percentage_above_100(self) -> None:
        assert "cell B4: holds 880; expected a percentage" in refusal(
            Table_2=spoil(GROUPS, 3, 1, 880)
        )

    def test_a_base_row_missing_under_one_block(self) -> None:
        rows = [row for row in YEARS if row[0] != "Unweighted base - number of men"]
        said = refusal(Table_1=rows)
        assert "sheet 'Table_1', cell B8 (and 1 more): no base of its group in a row below" in said

    def test_a_base_of_another_block(self) -> None:
        rows = spoil(YEARS, 5, 0, "Unweighted base - number of men")
        assert "sheet 'Table_1', cell B4 (and 2 more): no base of its group" in refusal(
            Table_1=rows
        )

    def test_a_base_under_the_wrong_column(self) -> None:
        rows = spoil(GROUPS, 5, 0, "Unweighted base - number of women")
        said = refusal(Table_2=rows)
        assert "sheet 'Table_2', cell C6: the row says sex 'women', the column 'men'" in said

    def test_a_base_that_is_no_count(self) -> None:
        assert "cell B6: holds 52.5 where an unweighted base" in refusal(
            Table_2=spoil(GROUPS, 5, 1, 52.5)
        )

    def test_text_where_a_figure_belongs(self) -> None:
        assert "cell B4: the marker 'about 9' is not known" in refusal(
            Table_2=spoil(GROUPS, 3, 1, "about 9")
        )

    def test_a_year_nobody_says(self) -> None:
        rows = spoil(GROUPS, 0, 0, "Table 2: Prevalence of stalking in the last year, by age")
        (found,) = recognise(workbook(Table_2=rows))
        assert "cell B4 (and 4 more): nothing says which year this is of" in found.problems[0]
        # The release's own year stands in where the whole workbook is of one year.
        assert set(read(Table_2=rows)["period_end"]) == {pd.Timestamp(2024, 3, 31)}
