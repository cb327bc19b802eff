"""The layout of the appendix tables: what their sheets, headers, rows and markers are called.

The words are data in ``layouts/appendix/``; this module finds the tables of a workbook by them.
A sheet that holds no table of a known title and header is passed over: most of an appendix
workbook is special topics that change with every edition.  A table that is missing is not.
"""

from __future__ import annotations

import calendar
import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase

from crimeshare.reference import read_rows
from crimeshare.tables.grid import Cell, Grid, Workbook, address
from crimeshare.tables.labels import plain
from crimeshare.tables.layout import LAYOUTS, LabelMap, Unknown, UnknownNames, csv_line, relative

FOLDER = LAYOUTS / "appendix"

_LABEL_ROLES = ("measure", "code", "offence")
_MONTHS = {name.casefold(): number for number, name in enumerate(calendar.month_abbr) if name}
_PERIOD = re.compile(r"([a-z]{3}) (\d{4}) to ([a-z]{3}) (\d{4})( significance)?")


@dataclass(frozen=True)
class Column:
    """One column of figures: its position, period and whether it holds significance flags."""

    index: int
    label: str
    period_start: date
    period_end: date
    flags: bool


@dataclass(frozen=True)
class Table:
    """One table on a sheet: its kind, where its header is and the columns of its figures."""

    grid: Grid
    kind: str
    header: int
    label_column: int
    code_column: int | None
    columns: list[Column]


@dataclass
class Layout:
    """The lines of ``layouts/appendix/``, and what was met that they do not know."""

    titles: list[dict[str, str]] = field(default_factory=lambda: read_rows(FOLDER / "titles.csv"))
    headers: list[dict[str, str]] = field(default_factory=lambda: read_rows(FOLDER / "headers.csv"))
    measures: list[dict[str, str]] = field(
        default_factory=lambda: read_rows(FOLDER / "measures.csv")
    )
    tables: dict[str, dict[str, str]] = field(
        default_factory=lambda: {row["table"]: row for row in read_rows(FOLDER / "tables.csv")}
    )
    markers: dict[tuple[str, str], str] = field(
        default_factory=lambda: {
            (row["marker"], row["table"]): row["meaning"]
            for row in read_rows(FOLDER / "markers.csv")
        }
    )
    bases: LabelMap = field(default_factory=lambda: LabelMap(FOLDER / "bases.csv"))
    groups: LabelMap = field(default_factory=lambda: LabelMap(FOLDER / "code_groups.csv"))
    unknown: list[Unknown] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def role(self, label: str) -> str | None:
        """What a header cell of this label is, or None."""
        text = plain(label)
        return next(
            (row["role"] for row in self.headers if text and fnmatchcase(text, row["label"])), None
        )

    def marker(self, cell: Cell, kind: str) -> str | None:
        """What a cell that holds no figure means in a table of this kind, or None.

        ``flags`` stands for the columns of significance and ``bases`` for the base rows,
        whatever their table.
        """
        text = f"{cell:g}" if isinstance(cell, int | float) else str(cell).strip().casefold()
        return self.markers.get((text, kind)) or self.markers.get((text, "*"))

    def raise_what_was_met(self, release_id: str) -> None:
        """Stop with every unknown name and problem met so far, if any."""
        if self.unknown or self.problems:
            raise UnknownNames(
                [
                    Unknown(f"{release_id}, {item.sentence}", item.file, item.line)
                    for item in self.unknown
                ],
                [f"{release_id}, {problem}" for problem in self.problems],
            )


@dataclass(frozen=True)
class Row:
    """One row of a table: what its label means."""

    index: int
    label: str
    item_id: str | None
    parent_id: str | None
    unit_base: str | None
    block: int | None
    statistic: str


def find_tables(layout: Layout, grid: Grid) -> Iterator[Table]:
    """The tables of a sheet; one edition puts estimates and changes side by side on one."""
    header = _header_row(layout, grid)
    if header is None:
        return
    row = grid.rows[header]
    starts = [
        index
        for index, cell in enumerate(row)
        if isinstance(cell, str)
        and layout.role(cell) in _LABEL_ROLES
        and (index == 0 or row[index - 1] == "")
    ]
    for start in starts:
        end = next((i for i in range(start, len(row)) if row[i] == ""), len(row))
        kind = _kind(layout, grid, header, start)
        if kind is not None:
            yield _table(layout, grid, kind, header, start, end)


def _header_row(layout: Layout, grid: Grid) -> int | None:
    for index, row in enumerate(grid.rows[:30]):
        if any(isinstance(cell, str) and layout.role(cell) in _LABEL_ROLES for cell in row) and any(
            isinstance(cell, str) and _period(cell) for cell in row
        ):
            return index
    return None


def _kind(layout: Layout, grid: Grid, header: int, start: int) -> str | None:
    """The kind of a table by the nearest title above its first column, or None if not read."""
    for row in range(header - 1, -1, -1):
        title = plain(str(grid.rows[row][start]))
        for line in layout.titles:
            if title and fnmatchcase(title, line["title"]):
                return line["table"]
    return None


def _table(layout: Layout, grid: Grid, kind: str, header: int, start: int, end: int) -> Table:
    label_column, code_column, columns = start, None, []
    for index in range(start, end):
        label = str(grid.rows[header][index])
        role, period = layout.role(label), _period(label)
        if role == "code":
            code_column = index
        elif role in ("measure", "offence"):
            label_column = index
        elif period is not None:
            columns.append(Column(index, label, *period))
        elif role is None:
            line = csv_line([plain(label), "-"])
            layout.unknown.append(
                Unknown(
                    f"sheet {grid.sheet!r}, cell {address(header, index)}: the column header "
                    f"{label!r} is neither a year such as 'Apr 2024 to Mar 2025' nor known. If its "
                    f"column is not to be read, add to {relative(FOLDER / 'headers.csv')} the "
                    f"line: {line}",
                    FOLDER / "headers.csv",
                    line,
                )
            )
    return Table(grid, kind, header, label_column, code_column, columns)


def _period(label: str) -> tuple[date, date, bool] | None:
    """First day, last day and whether it heads flags: ``Apr 2024 to Mar 2025 Significance``."""
    found = _PERIOD.fullmatch(plain(label))
    if found is None or found[1] not in _MONTHS or found[3] not in _MONTHS:
        return None
    start = date(int(found[2]), _MONTHS[found[1]], 1)
    end_year, end_month = int(found[4]), _MONTHS[found[3]]
    end = date(end_year, end_month, calendar.monthrange(end_year, end_month)[1])
    return start, end, found[5] is not None


def check_tables(layout: Layout, tables: list[Table], workbook: Workbook, period_end: date) -> None:
    for kind, row in layout.tables.items():
        here = [table for table in tables if table.kind == kind]
        if row["required"] == "yes" and not here:
            patterns = [line["title"] for line in layout.titles if line["table"] == kind]
            titles = {
                plain(str(cells[0])): grid.sheet
                for grid in workbook.grids
                for cells in grid.rows[:1]
            }
            near = difflib.get_close_matches(
                patterns[0].replace("*", " "), list(titles), n=3, cutoff=0.3
            )
            layout.problems.append(
                f"no sheet holds the table of {kind}; expected a title like {patterns[0]!r} above "
                "a header with years. Nearest titles: "
                + ("; ".join(f"{title!r} on {titles[title]!r}" for title in near) or "none")
                + f". If one of them is it, add its title to {relative(FOLDER / 'titles.csv')}; "
                f"sheets present are {', '.join(map(repr, workbook.sheet_names))}"
            )
        if len(here) > 1:
            sheets = ", ".join(repr(table.grid.sheet) for table in here)
            layout.problems.append(
                f"sheets {sheets} all hold the table of {kind}; expected one. Make its title in "
                f"{relative(FOLDER / 'titles.csv')} tell them apart"
            )
        for table in here:
            latest = max((column.period_end for column in table.columns), default=None)
            if not row["change_of"] and latest != period_end:
                layout.problems.append(
                    f"sheet {table.grid.sheet!r}, row {table.header + 1}: the table of {kind} ends "
                    f"in {latest:%B %Y}; the registry says the release is for the year ending "
                    f"{period_end:%B %Y}. Check period_end in config/releases.csv"
                    if latest
                    else f"sheet {table.grid.sheet!r}, row {table.header + 1}: the table of {kind} "
                    "has no column headed by a year such as 'Apr 2024 to Mar 2025'"
                )
