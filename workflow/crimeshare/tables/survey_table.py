"""Read survey tables of the general shape ONS gives them.

A table has a title, a header of years or groups, rows of groups or years, percentages inside,
and the unweighted bases in rows (each closing the block above it) or in columns (beside their
estimates).  What a title, a header and a row label mean is put together from words that
``layouts/survey_table/words.csv`` knows: a measure, a sex, an age, whether in the last year or
since age 16, a base, a heading.  A workbook never seen before is first *recognised*
(:func:`recognise`): for each sheet, in words, what was understood, what was not, and the lines
that would make it so.  Only a workbook that is understood whole is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import takewhile
from typing import Any

import pandas as pd

from crimeshare.periods import month_end
from crimeshare.problems import Problem
from crimeshare.tables import LAYOUTS
from crimeshare.tables.appendix_periods import year_of_header
from crimeshare.tables.combining import survey_estimates
from crimeshare.tables.grid import Cell, Grid, Workbook, address
from crimeshare.tables.labels import number, one_line, periods, plain
from crimeshare.tables.layout import LabelMap, Layout, Unknown, UnknownNames, header_row

FOLDER = LAYOUTS / "survey_table"
WORDS = FOLDER / "words.csv"

_PIECES = re.compile(r"\s*[:;,]\s*|\s+-\s+|\s+\|\s+")

_HINT = (
    ", with one of measure, sex, age, recall, base, heading or - (says nothing) for the first ? "
    "and the project's own name for the second"
)

KIND = "estimates"
"""The kind of table, as in ``markers.csv``."""

_DEFAULTS = {"sex": "all", "age": "16+", "recall": "last_year"}
_SUFFIX = {"last_year": "", "since_16": "_since_16"}


@dataclass(frozen=True)
class Meaning:
    """What a label says: values by dimension, the year it names, and whether it is of bases."""

    values: Mapping[str, str] = field(default_factory=dict)
    period_end: date | None = None
    base: bool = False


@dataclass(frozen=True)
class Recognition:
    """What was understood of one sheet, in words.

    ``sentences`` say what it was taken for; ``unknown`` are the labels that nothing knows;
    ``problems`` what else stands in the way; ``estimates`` how many estimates would be read.
    """

    sheet: str
    sentences: list[str]
    unknown: list[Unknown]
    problems: list[str]
    estimates: int


Estimates = list[dict[str, Any]]
"""What a sheet tells of rows of ``survey_estimates``."""


class _SurveySheet(Layout):
    def __init__(self, grid: Grid) -> None:
        super().__init__(FOLDER)
        self.grid = grid
        self.words = LabelMap(WORDS)

    def meaning(self, row: int, column: int, what: str) -> Meaning | None:
        """What a label means as a whole or piece by piece; None after noting it as unknown."""
        label = str(self.grid.rows[row][column])
        found = _meaning(self.words, label)
        if found is None:
            where = self.grid.where(row, column)
            self.add(self.words.unknown(where, what, label, given="??", hint=_HINT))
        return found


def recognise(workbook: Workbook) -> list[Recognition]:
    """Say for every sheet what it was taken for; reads nothing and refuses nothing."""
    return [_understand(grid)[0] for grid in workbook.grids]


def read_survey_tables(
    workbook: Workbook, release_id: str, source: str, period_end: date
) -> pd.DataFrame:
    """The estimates of every sheet that holds a survey table of known measures.

    Args:
        period_end: last day of the year of tables that name none themselves.

    Returns rows of ``survey_estimates``; a measure since age 16 has ``_since_16`` in its name.

    Raises:
        UnknownNames: labels no word knows, percentages above 100, bases missing or no counts,
            one group given two meanings, all at once.
        Problem: no sheet holds such a table.
    """
    understood = [_understand(grid, period_end) for grid in workbook.grids]
    unknown = [item for recognition, _ in understood for item in recognition.unknown]
    problems = [text for recognition, _ in understood for text in recognition.problems]
    if unknown or problems:
        raise UnknownNames(
            [replace(item, sentence=f"{release_id}, {item.sentence}") for item in unknown],
            [f"{release_id}, {problem}" for problem in problems],
        )
    rows = [estimate for _, estimates in understood for estimate in estimates]
    if not rows:
        raise Problem(
            f"{workbook.name} holds no table of a known measure; expected a header of years or "
            "groups above percentages, and a measure such as 'Any stalking' in a title or label. "
            f"Sheets present are {', '.join(map(repr, workbook.sheet_names))}."
        )
    return survey_estimates(
        pd.DataFrame(rows),
        release_id=release_id,
        unit_base="person_16_plus",
        workbook_sha256=workbook.sha256,
        source=source,
    )


# --- understanding a sheet -------------------------------------------------------------


def _understand(grid: Grid, period_end: date | None = None) -> tuple[Recognition, Estimates]:
    sheet = _SurveySheet(grid)
    title = next((str(cell) for row in grid.rows for cell in row if cell != ""), "")
    header = _header(sheet)
    if header is None:
        return Recognition(grid.sheet, [f"{grid.sheet}: no table found"], [], [], 0), []
    named = _title_meaning(sheet.words, title)
    if period_end is not None and named.period_end is None:
        named = Meaning(named.values, period_end)
    columns = _columns(sheet, header)
    cells = list(_cells(sheet, header, columns, named))
    if not any("measure" in read.values for read in cells):
        return Recognition(grid.sheet, [f"{grid.sheet}: no measure of its is known"], [], [], 0), []
    estimates = _with_bases(sheet, cells)
    sentences = [
        f"{grid.sheet}: {one_line(title)!r} is taken for a table with its header in row "
        f"{header + 1}, {len([c for c in columns.values() if not c.base])} columns of estimates "
        f"and bases in {_where_bases(columns, cells)}; it would give {len(estimates)} "
        "estimates",
        *(
            f"{grid.sheet}, cell {address(header, index)}: "
            f"{one_line(str(grid.rows[header][index]))!r} means {_say(meaning)}"
            for index, meaning in columns.items()
        ),
    ]
    return Recognition(grid.sheet, sentences, *sheet.told(), len(estimates)), estimates


def _header(sheet: _SurveySheet) -> int | None:
    """The first row with labels over figures, one of them at least known."""
    rows = sheet.grid.rows

    def heads(row: Sequence[Cell]) -> int:
        labels = [cell for cell in row[1:] if isinstance(cell, str) and cell.strip()]
        return any(_meaning(sheet.words, label) for label in labels)

    figures = [any(isinstance(cell, int | float) for cell in row[1:]) for row in rows]
    over = [row if any(figures[at + 1 : at + 3]) else [] for at, row in enumerate(rows)]
    return header_row(over, heads, enough=1)


def _columns(sheet: _SurveySheet, header: int) -> dict[int, Meaning]:
    columns = {}
    for index, cell in enumerate(sheet.grid.rows[header]):
        if index and str(cell).strip():
            meaning = sheet.meaning(header, index, "the column header")
            if meaning is not None:
                columns[index] = meaning
    return columns


@dataclass(frozen=True)
class _Read:
    """One cell of figures: where it is, what is said of it, and whose base it is if one."""

    row: int
    column: int
    values: Mapping[str, str]
    period_end: date | None
    base_row: bool
    base_column: bool


def _cells(
    sheet: _SurveySheet, header: int, columns: Mapping[int, Meaning], title: Meaning
) -> Iterator[_Read]:
    heading = Meaning()
    for index in range(header + 1, len(sheet.grid.rows)):
        row = sheet.grid.rows[index]
        label = str(row[0])
        if not label.strip():
            continue
        meaning = sheet.meaning(index, 0, "the row label")
        if meaning is None:
            continue
        if not any(str(row[column]).strip() for column in columns):
            heading = meaning
            continue
        for column, over in columns.items():
            for dimension in meaning.values.keys() & over.values.keys():
                if meaning.values[dimension] != over.values[dimension]:
                    sheet.problem(
                        f"{sheet.grid.where(index, column)}: the row says "
                        f"{dimension} {meaning.values[dimension]!r}, the column "
                        f"{over.values[dimension]!r}; expected one of them. Is it the base of "
                        "another group?"
                    )
            yield _Read(
                index,
                column,
                {**title.values, **heading.values, **over.values, **meaning.values},
                meaning.period_end or over.period_end or heading.period_end or title.period_end,
                meaning.base,
                over.base,
            )


def _with_bases(sheet: _SurveySheet, cells: list[_Read]) -> Estimates:
    """The estimates, each with the base of the block that closes under it or of its own row."""
    figures: list[tuple[_Read, float]] = []
    bases: list[tuple[_Read, float]] = []
    for read in cells:
        where = sheet.grid.where(read.row, read.column)
        number = _number(sheet, sheet.grid.rows[read.row][read.column], where)
        is_base = read.base_row or read.base_column
        if number is None:
            continue
        if is_base and (number < 1 or number != int(number)):
            sheet.problem(
                f"{where}: holds {number:g} where an unweighted base belongs; expected a whole "
                "number of interviews"
            )
        elif not is_base and not 0 <= number <= 100:
            sheet.problem(f"{where}: holds {number:g}; expected a percentage, 0 to 100")
        else:
            (bases if is_base else figures).append((read, number))
    estimates = []
    for read, number in figures:
        where = sheet.grid.where(read.row, read.column)
        n = _base_of(read, bases)
        if "measure" not in read.values:
            sheet.problem(f"{where}: nothing says which measure this is an estimate of")
        elif read.period_end is None:
            sheet.problem(
                f"{where}: nothing says which year this is of; expected it in a title or label"
            )
        elif bases and n is None:
            sheet.problem(f"{where}: no base of its group in a row below or a column beside it")
        else:
            given = {**_DEFAULTS, **read.values}
            estimates.append(
                {
                    "measure_id": given["measure"] + _SUFFIX[given["recall"]],
                    "sex": given["sex"],
                    "age": given["age"],
                    "period_end": read.period_end,
                    "estimate": number / 100,
                    "n_unweighted": n,
                    "sheet": sheet.grid.sheet,
                    "cell": address(read.row, read.column),
                }
            )
    return estimates


def _base_of(read: _Read, bases: list[tuple[_Read, float]]) -> float | None:
    def fits(other: _Read) -> bool:
        return all(
            other.values.get(name, read.values.get(name)) == read.values.get(name)
            for name in ("sex", "age")
        )

    below = sorted(
        (item for item in bases if item[0].base_row and item[0].column == read.column),
        key=lambda item: item[0].row,
    )
    below = [item for item in below if item[0].row > read.row]
    # Base rows that stand together close the same block.
    together = [
        item
        for _, item in takewhile(
            lambda step: step[1][0].row == below[0][0].row + step[0], enumerate(below)
        )
    ]
    beside = sorted(
        (item for item in bases if item[0].base_column and item[0].row == read.row),
        key=lambda item: abs(item[0].column - read.column),
    )
    return next((number for other, number in [*together, *beside] if fits(other)), None)


def _number(sheet: _SurveySheet, cell: Cell, where: str) -> float | None:
    value = number(cell)
    if value is None and str(cell).strip() and sheet.marker(cell, KIND) is None:
        sheet.unknown_marker(where, cell, KIND)
    return value


# --- what labels mean ------------------------------------------------------------------


def _meaning(words: LabelMap, label: str) -> Meaning | None:
    """What a label means as a whole, or as the pieces between its separators; None if unknown."""
    year = year_of_header(label)
    if year is not None:
        return Meaning(period_end=year[1])
    line = words.find(label)
    if line is not None:
        return _of_line(line)
    pieces = [piece for piece in _PIECES.split(plain(label)) if piece]
    if len(pieces) < 2:
        return None
    parts = [_meaning(words, piece) for piece in pieces]
    if any(part is None for part in parts):
        return None
    return _together([part for part in parts if part is not None])


def _of_line(line: Mapping[str, str]) -> Meaning:
    if line["dimension"] == "base":
        return Meaning({"sex": line["value"]} if line["value"] else {}, base=True)
    if line["dimension"] in ("-", "heading"):
        return Meaning()
    return Meaning({line["dimension"]: line["value"]})


def _together(parts: list[Meaning]) -> Meaning:
    values: dict[str, str] = {}
    for part in parts:
        values |= part.values
    year = next((part.period_end for part in parts if part.period_end), None)
    return Meaning(values, year, any(part.base for part in parts))


def _title_meaning(words: LabelMap, title: str) -> Meaning:
    """The measure, recall, age and year a title speaks of: words inside it, the longest first."""
    text = plain(title)
    values: dict[str, str] = {}
    for label in sorted(words.rows, key=len, reverse=True):
        line = words.rows[label]
        if line["dimension"] in ("measure", "recall", "age") and re.search(
            rf"\b{re.escape(label)}\b", text
        ):
            values.setdefault(line["dimension"], line["value"])
    years = periods(title)
    return Meaning(values, month_end(*years[0]) if len(years) == 1 else None)


# --- saying it in words ----------------------------------------------------------------


def _say(meaning: Meaning) -> str:
    parts = [f"{dimension} {value}" for dimension, value in meaning.values.items()]
    if meaning.period_end:
        parts.append(f"the year ending {meaning.period_end:%B %Y}")
    if meaning.base:
        parts.append("unweighted bases")
    return " and ".join(parts) or "nothing to be read"


def _where_bases(columns: Mapping[int, Meaning], cells: list[_Read]) -> str:
    if any(meaning.base for meaning in columns.values()):
        return "columns"
    rows = sorted({read.row + 1 for read in cells if read.base_row})
    return f"row {', '.join(map(str, rows))}" if rows else "no row or column"
