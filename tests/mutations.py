"""Changes to a workbook that nobody should be able to make unnoticed, one kind a function.

Each takes the cells of a workbook and a random number generator, changes something as a slip of a
hand, a script or a spreadsheet may, and says which cells it touched.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from crimeshare.tables.grid import Cell, Grid, Workbook, address
from tests.facsimile import Place, place

Rows = list[list[Cell]]


class Figure:
    """What is asked of an observation of any dataset."""

    sheet: str
    cell: str
    column_label: str
    value: float | None


@dataclass
class Sheets:
    """The cells of a workbook, to be changed, and where its figures, labels and headers stand."""

    rows: dict[str, Rows]
    figures: dict[str, dict[Place, float]]
    headers: dict[str, int]
    columns: dict[str, list[int]]
    touched: set[tuple[str, str]] = field(default_factory=set)

    @classmethod
    def of(cls, workbook: Workbook, observations: Iterable[Figure]) -> Sheets:
        """A copy of a workbook, with the figures that its reader finds in it."""
        rows = {grid.sheet: [list(row) for row in grid.rows] for grid in workbook.grids}
        figures: dict[str, dict[Place, float]] = {}
        labels: dict[str, dict[int, str]] = {}
        for row in observations:
            at = place(row.cell)
            labels.setdefault(row.sheet, {})[at[1]] = row.column_label
            if row.value is not None and isinstance(rows[row.sheet][at[0]][at[1]], int | float):
                figures.setdefault(row.sheet, {})[at] = row.value
        headers = {}
        for sheet, found in labels.items():
            column, label = next(iter(found.items()))
            first = min(at[0] for at in figures[sheet])
            headers[sheet] = max(
                (i for i in range(first) if str(rows[sheet][i][column]) == label), default=first - 1
            )
        columns = {sheet: sorted({at[1] for at in found}) for sheet, found in figures.items()}
        return cls(rows, figures, headers, columns)

    def workbook(self, like: Workbook) -> Workbook:
        """The workbook as it is now."""
        return replace(like, grids=[Grid(sheet, rows) for sheet, rows in self.rows.items()])

    def put(self, sheet: str, at: Place, cell: Cell) -> None:
        """Write into a cell."""
        self.rows[sheet][at[0]][at[1]] = cell
        self.touched.add((sheet, address(*at)))

    def any_figure(self, chance: random.Random) -> tuple[str, Place, float]:
        """A figure of some size: of nought and of single digits little can be said."""
        sheet = chance.choice(sorted(self.figures))
        large = [at for at, value in self.figures[sheet].items() if abs(value) >= 10]
        at = chance.choice(sorted(large or self.figures[sheet]))
        return sheet, at, self.figures[sheet][at]

    def two_rows(self, chance: random.Random) -> tuple[str, int, int]:
        """A sheet and two rows of figures in it."""
        sheet = chance.choice(sorted(self.figures))
        first, second = chance.sample(sorted({at[0] for at in self.figures[sheet]}), 2)
        return sheet, min(first, second), max(first, second)

    def two_columns(self, chance: random.Random) -> tuple[str, int, int]:
        """A sheet and two columns of figures in it that stand side by side."""
        sheet = chance.choice(sorted(self.figures))
        first = chance.randrange(len(self.columns[sheet]) - 1)
        return sheet, self.columns[sheet][first], self.columns[sheet][first + 1]


Mutation = Callable[[Sheets, random.Random], None]


def one(change: Callable[[float, random.Random], Cell]) -> Mutation:
    """A change of one figure."""

    def mutate(sheets: Sheets, chance: random.Random) -> None:
        sheet, at, value = sheets.any_figure(chance)
        sheets.put(sheet, at, change(value, chance))

    return mutate


def _digit(value: float, chance: random.Random) -> float:
    text = f"{value:.15g}"
    # One of the digits that a reader would see.
    places = [i for i, sign in enumerate(text) if sign.isdigit()][:5]
    at = chance.choice(places)
    other = chance.choice([d for d in "0123456789" if d != text[at]])
    return float(text[:at] + other + text[at + 1 :])


def _transposed(value: float, chance: random.Random) -> float:
    text = f"{value:.15g}"
    pairs = [
        i
        for i in range(min(len(text) - 1, 5))
        if text[i : i + 2].isdigit() and text[i] != text[i + 1]
    ]
    if not pairs:
        return value * 10
    at = chance.choice(pairs)
    return float(text[:at] + text[at + 1] + text[at] + text[at + 2 :])


def _swap(sheets: Sheets, sheet: str, pairs: Sequence[tuple[Place, Place]]) -> None:
    for first, second in pairs:
        rows = sheets.rows[sheet]
        one, other = rows[first[0]][first[1]], rows[second[0]][second[1]]
        sheets.put(sheet, first, other)
        sheets.put(sheet, second, one)


def cells_of_a_row_swapped(sheets: Sheets, chance: random.Random) -> None:
    """Two figures of one row in each other's place."""
    sheet, left, right = sheets.two_columns(chance)
    row = chance.choice(sorted({at[0] for at in sheets.figures[sheet]}))
    _swap(sheets, sheet, [((row, left), (row, right))])


def cells_of_a_column_swapped(sheets: Sheets, chance: random.Random) -> None:
    """Two figures of one column in each other's place."""
    sheet, upper, lower = sheets.two_rows(chance)
    column = chance.choice(sheets.columns[sheet])
    _swap(sheets, sheet, [((upper, column), (lower, column))])


def rows_swapped(sheets: Sheets, chance: random.Random) -> None:
    """The figures of two rows in each other's place, the labels as they were."""
    sheet, upper, lower = sheets.two_rows(chance)
    _swap(sheets, sheet, [((upper, c), (lower, c)) for c in sheets.columns[sheet]])


def columns_swapped(sheets: Sheets, chance: random.Random) -> None:
    """The figures of two columns in each other's place, the headers as they were."""
    sheet, left, right = sheets.two_columns(chance)
    rows = sorted({at[0] for at in sheets.figures[sheet]})
    _swap(sheets, sheet, [((row, left), (row, right)) for row in rows])


def headers_swapped(sheets: Sheets, chance: random.Random) -> None:
    """The labels of two columns in each other's place."""
    sheet, left, right = sheets.two_columns(chance)
    header = sheets.headers[sheet]
    _swap(sheets, sheet, [((header, left), (header, right))])
    rows = {at[0] for at in sheets.figures[sheet]}
    sheets.touched |= {(sheet, address(row, c)) for row in rows for c in (left, right)}


def labels_swapped(sheets: Sheets, chance: random.Random) -> None:
    """The labels of two rows in each other's place."""
    sheet, upper, lower = sheets.two_rows(chance)
    first = sheets.columns[sheet][0]
    _swap(sheets, sheet, [((upper, c), (lower, c)) for c in range(first)])
    sheets.touched |= {
        (sheet, address(row, c)) for row in (upper, lower) for c in sheets.columns[sheet]
    }


def row_repeated(sheets: Sheets, chance: random.Random) -> None:
    """A row a second time below itself."""
    sheet, row, _ = sheets.two_rows(chance)
    sheets.rows[sheet].insert(row, list(sheets.rows[sheet][row]))
    sheets.touched |= {(sheet, address(r, c)) for r in (row, row + 1) for c in range(60)}


def row_lost(sheets: Sheets, chance: random.Random) -> None:
    """A row that is not there."""
    sheet, row, _ = sheets.two_rows(chance)
    del sheets.rows[sheet][row]
    sheets.touched |= {(sheet, address(row, c)) for c in range(60)}


def column_lost(sheets: Sheets, chance: random.Random) -> None:
    """A column that is not there."""
    sheet, column, _ = sheets.two_columns(chance)
    for row in sheets.rows[sheet]:
        if column < len(row):
            row[column : column + 1] = []
            row.append("")
    sheets.touched |= {(sheet, address(r, column)) for r in range(500)}


def column_shifted(sheets: Sheets, chance: random.Random) -> None:
    """The figures of a column one row further down."""
    sheet, column, _ = sheets.two_columns(chance)
    rows = sorted({at[0] for at in sheets.figures[sheet]})
    values = [sheets.rows[sheet][row][column] for row in rows]
    for row, value in zip(rows, [values[-1], *values[:-1]], strict=True):
        sheets.put(sheet, (row, column), value)


def row_shifted(sheets: Sheets, chance: random.Random) -> None:
    """The figures of a row one column further right."""
    sheet, row, _ = sheets.two_rows(chance)
    columns = sheets.columns[sheet]
    values = [sheets.rows[sheet][row][column] for column in columns]
    for column, value in zip(columns, [values[-1], *values[:-1]], strict=True):
        sheets.put(sheet, (row, column), value)


def row_of_another(sheets: Sheets, chance: random.Random) -> None:
    """The figures of a row in another one as well."""
    sheet, upper, lower = sheets.two_rows(chance)
    for column in sheets.columns[sheet]:
        sheets.put(sheet, (lower, column), sheets.rows[sheet][upper][column])


def column_of_another(sheets: Sheets, chance: random.Random) -> None:
    """The figures of a column in its neighbour as well."""
    sheet, left, right = sheets.two_columns(chance)
    for row in sorted({at[0] for at in sheets.figures[sheet]}):
        sheets.put(sheet, (row, right), sheets.rows[sheet][row][left])


def row_times_ten(sheets: Sheets, chance: random.Random) -> None:
    """All figures of a row ten times as large."""
    sheet, row, _ = sheets.two_rows(chance)
    for at, value in sheets.figures[sheet].items():
        if at[0] == row:
            sheets.put(sheet, at, value * 10)


def column_times_ten(sheets: Sheets, chance: random.Random) -> None:
    """All figures of a column ten times as large."""
    sheet, column, _ = sheets.two_columns(chance)
    for at, value in sheets.figures[sheet].items():
        if at[1] == column:
            sheets.put(sheet, at, value * 10)


def row_marked(sheets: Sheets, chance: random.Random) -> None:
    """All figures of a row withheld."""
    sheet, row, _ = sheets.two_rows(chance)
    for at in sheets.figures[sheet]:
        if at[0] == row:
            sheets.put(sheet, at, "[x]")


def sheet_lost(sheets: Sheets, chance: random.Random) -> None:
    """A sheet that is not there."""
    sheet = chance.choice(sorted(sheets.figures))
    del sheets.rows[sheet]
    sheets.touched |= {(sheet, address(*at)) for at in sheets.figures[sheet]}


def sheets_swapped(sheets: Sheets, chance: random.Random) -> None:
    """The titles of two tables in each other's place."""
    first, second = chance.sample(sorted(sheets.figures), 2)
    above = min(sheets.headers[first], sheets.headers[second])
    for row in range(above):
        one, other = sheets.rows[first][row], sheets.rows[second][row]
        sheets.rows[first][row] = [*other, *[""] * len(one)][: len(one)]
        sheets.rows[second][row] = [*one, *[""] * len(other)][: len(other)]
    for sheet in (first, second):
        sheets.touched |= {(sheet, address(*at)) for at in sheets.figures[sheet]}


def year_of_a_header(sheets: Sheets, chance: random.Random) -> None:
    """Another year in the header of a column."""
    dated = [
        (sheet, (header, column))
        for sheet, header in sorted(sheets.headers.items())
        for column in sheets.columns[sheet]
        if "20" in str(sheets.rows[sheet][header][column])
    ]
    sheet, at = chance.choice(dated)
    label = str(sheets.rows[sheet][at[0]][at[1]])
    start = label.rindex("20") + 2
    year = (int(label[start : start + 2]) + 1) % 100
    sheets.put(sheet, at, f"{label[:start]}{year:02d}{label[start + 2 :]}")
    sheets.touched |= {(sheet, address(row, at[1])) for row in range(500)}


def as_of_another_table(sheets: Sheets, chance: random.Random) -> None:
    """A figure as another table has it in the same cell."""
    first, at, value = sheets.any_figure(chance)
    others = [
        sheet
        for sheet in sorted(sheets.figures)
        if sheets.figures[sheet].get(at) not in (None, value)
    ]
    sheets.put(first, at, sheets.figures[chance.choice(others)][at] if others else value * 3)


KINDS: dict[str, Mutation] = {
    "a digit": one(_digit),
    "two digits transposed": one(_transposed),
    "times ten": one(lambda value, _: value * 10),
    "a tenth": one(lambda value, _: value / 10),
    "one more": one(lambda value, _: value + 1),
    "negative": one(lambda value, _: -value),
    "zero": one(lambda value, _: 0.0),
    "doubled": one(lambda value, _: value * 2),
    "rounded to hundreds": one(lambda value, _: float(round(value / 100) * 100 + 100)),
    "marked ..": one(lambda *_: ".."),
    "marked [x]": one(lambda *_: "[x]"),
    "marked [z]": one(lambda *_: "[z]"),
    "marked [c]": one(lambda *_: "[c]"),
    "marked [u]": one(lambda *_: "[u]"),
    "empty": one(lambda *_: ""),
    "n/a": one(lambda *_: "n/a"),
    "text": one(lambda value, _: f"{value:.15g} approx"),
    "as of another table": as_of_another_table,
    "cells of a row swapped": cells_of_a_row_swapped,
    "cells of a column swapped": cells_of_a_column_swapped,
    "rows swapped": rows_swapped,
    "columns swapped": columns_swapped,
    "headers swapped": headers_swapped,
    "labels swapped": labels_swapped,
    "row repeated": row_repeated,
    "row lost": row_lost,
    "column lost": column_lost,
    "row shifted": row_shifted,
    "column shifted": column_shifted,
    "row of another": row_of_another,
    "column of another": column_of_another,
    "row times ten": row_times_ten,
    "column times ten": column_times_ten,
    "row marked": row_marked,
    "sheet lost": sheet_lost,
    "titles swapped": sheets_swapped,
    "year of a header": year_of_a_header,
}
