"""Cells, ranges and formulas: each cell named, none invented, none in doubt, in few words."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crimeshare.cells import Cell, cells_in, names_cells, ranges, ranges_in_full, shortened

NOW = Cell("pfa-2019-03", "ab" * 32, "Table P1 ", "I60")
WHOLE = Cell("pfa-2019-03", "ab" * 32, "Table P1 ", "C60")
CHANGE = Cell("pfa-2019-03", "ab" * 32, "Table P2", "I60")
BEFORE = Cell("pfa-2018-03", "cd" * 32, "Table P1", "I60")
WORDS = Cell("bulletin-2025-03", "", "A bulletin", "stalking, women aged 16 and over")


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["C9"], ["C9"]),
        (["C9", "C10", "C11"], ["C9:C11"]),
        (["C11", "C9", "C9"], ["C9", "C11"]),
        (["D43", "E43", "F43"], ["D43:F43"]),
        (["Y2", "Z2", "AA2", "AB2"], ["Y2:AB2"]),
        (["C9", "C10", "M9", "M10"], ["C9:C10", "M9:M10"]),
        (["C9", "C10", "D9", "D10", "F1"], ["C9:D10", "F1"]),
        (["C9", "D9", "C10", "D10", "C11"], ["C9:C11", "D9:D10"]),
        ([], []),
    ],
)
def test_neighbouring_cells_are_one_range(cells: list[str], expected: list[str]) -> None:
    assert ranges(cells) == expected


@given(st.sets(st.from_regex(r"[A-C][A-C]?[1-9]", fullmatch=True)))
def test_ranges_hold_the_cells_and_no_other_and_none_twice(cells: set[str]) -> None:
    held = [cell for part in ranges(cells) for cell in spread(part)]
    assert sorted(held) == sorted(cells)


def spread(part: str) -> list[str]:
    """The cells of a range of columns A to CC and of one digit's rows."""
    ends = [re.fullmatch(r"([A-Z]+)(\d)", end) for end in part.split(":")]
    (a, first), (b, last) = (end.groups() for end in (ends[0], ends[-1]) if end)
    letters = [chr(65 + i) for i in range(26)]
    letters += [x + y for x in letters for y in letters]
    columns = letters[letters.index(a) : letters.index(b) + 1]
    return [f"{column}{row}" for column in columns for row in range(int(first), int(last) + 1)]


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ([NOW, WHOLE], "I60 / C60"),
        ([NOW, CHANGE], "'Table P1'!I60 / 'Table P2'!I60"),
        ([NOW, BEFORE], "'Table P1'!I60 / [pfa-2018-03]'Table P1'!I60"),
    ],
)
def test_what_all_cells_share_is_left_out(cells: list[Cell], words: str) -> None:
    one, other = cells
    assert shortened(f"{one.name} / {other.name}", cells) == words


@pytest.mark.parametrize("cells", [[NOW, WHOLE], [NOW, CHANGE], [NOW, BEFORE], [BEFORE, CHANGE]])
def test_a_shortened_formula_still_names_the_same_cells(cells: list[Cell]) -> None:
    full = " - ".join(cell.name for cell in cells)
    read = cells_in(shortened(full, cells), cells[0].release_id, cells[0].sheet.strip())
    assert [cell.name for cell in read] == [cell.name for cell in cells]


def test_a_range_is_named_as_one() -> None:
    (found,) = cells_in("SUM([pfa-2019-03]'Table P1'!C9:C51)")
    assert (found.release_id, found.sheet, found.cell) == ("pfa-2019-03", "Table P1", "C9:C51")
    assert not found.addressed


def test_cells_of_several_sheets_are_listed_with_their_releases() -> None:
    assert list(ranges_in_full([NOW, WHOLE, BEFORE, WORDS])) == [
        "[pfa-2019-03]'Table P1'!C60",
        "[pfa-2019-03]'Table P1'!I60",
        "[pfa-2018-03]'Table P1'!I60",
    ]


def test_a_formula_in_words_names_no_cells() -> None:
    assert names_cells(f"100 * {NOW.name}")
    assert not names_cells("median size of 3 revisions")
    assert not WORDS.addressed
    assert cells_in("offence code 8Q, age 16 and over") == []
