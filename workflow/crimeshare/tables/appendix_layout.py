"""The layout of the appendix tables: what their sheets, headers, rows and markers are called.

The words are data in ``layouts/appendix/``; this module finds the tables of a workbook by them.
A sheet that holds no table of a known title and header is passed over: most of an appendix
workbook is special topics that change with every edition.  A table that is missing, or stands
twice, is not: the line is proposed that settles it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from functools import cached_property
from itertools import pairwise

from crimeshare.reference import read_rows
from crimeshare.tables import LAYOUTS
from crimeshare.tables.appendix_periods import heads_flags, year_of_header
from crimeshare.tables.grid import Cell, Grid, Workbook, address
from crimeshare.tables.labels import one_line, plain, without_notes, without_periods
from crimeshare.tables.layout import LabelMap, Layout, Unknown, header_row, proposal

FOLDER = LAYOUTS / "appendix"

_LABEL_ROLES = ("measure", "code", "offence")
# A row with fewer cells than this is no header of a table, whatever its first cell says.
_FEWEST_HEADERS = 3


@dataclass(frozen=True)
class YearColumn:
    """One column of figures: its position, period and whether it holds significance flags."""

    index: int
    label: str
    period_start: date
    period_end: date
    flags: bool


@dataclass(frozen=True)
class AppendixTable:
    """One table on a sheet: its kind, where its header is and the columns of its figures."""

    grid: Grid
    kind: str
    header: int
    label_column: int
    code_column: int | None
    columns: list[YearColumn]

    @cached_property
    def flags(self) -> frozenset[Cell]:
        """What stands in the columns of significance flags."""
        flagging = [column.index for column in self.columns if column.flags]
        return frozenset(row[i] for row in self.grid.rows[self.header + 1 :] for i in flagging)


class AppendixLayout(Layout):
    """The lines of ``layouts/appendix/``."""

    def __init__(self) -> None:
        super().__init__(FOLDER)
        self.titles = read_rows(FOLDER / "titles.csv")
        self.headers = read_rows(FOLDER / "headers.csv")
        self.measures = _measures_in_order()
        self.tables = tables_by_name()
        self.bases = LabelMap(FOLDER / "bases.csv")
        self.groups = LabelMap(FOLDER / "code_groups.csv")

    def likely(self, kind: str, about: Sequence[object]) -> str | None:
        """A figure is missing, for whatever reason, unless what stands there is a flag."""
        return str(about[0])

    def role(self, label: str) -> str | None:
        """What a header cell of this label is, or None."""
        texts = plain(label), header_text(label)
        return next(
            (
                row["role"]
                for row in self.headers
                if label.strip() and any(fnmatchcase(text, row["label"]) for text in texts)
            ),
            None,
        )

    def kind(self, title: str) -> str | None:
        """The kind of table of this title, by the line that says most of it, or None."""
        text = plain(title)
        lines = [row for row in self.titles if text and fnmatchcase(text, row["title"])]
        best = max(lines, key=lambda row: len(row["title"].replace("*", "")), default=None)
        return best["table"] if best else None


def tables_by_name() -> dict[str, dict[str, str]]:
    """The lines of ``tables.csv``."""
    return {row["table"]: row for row in read_rows(FOLDER / "tables.csv")}


def subtotal_groups() -> dict[str, str]:
    """The offence groups that subtotals of the table of offences by code are of, by label."""
    return {row["label"]: row["offence_id"] for row in read_rows(FOLDER / "series_groups.csv")}


def _measures_in_order() -> list[dict[str, str]]:
    """The measures in the order of their tables: a line may say which one it stands ``after``."""
    rows = read_rows(FOLDER / "measures.csv")
    ordered = [row for row in rows if not row["after"]]
    for row in rows:
        if row["after"]:
            places = [i for i, other in enumerate(ordered) if other["measure_id"] == row["after"]]
            ordered.insert(places[-1] + 1 if places else len(ordered), row)
    return ordered


def header_text(label: str) -> str:
    """A header as ``headers.csv`` writes one with a year: its last digits may be no footnote."""
    return without_notes(label).casefold()


@dataclass(frozen=True)
class LabelledRow:
    """One row of a table: what its label means."""

    index: int
    label: str
    item_id: str | None
    parent_id: str | None
    unit_base: str | None
    block: int | None
    statistic: str


def find_tables(layout: AppendixLayout, grid: Grid) -> Iterator[AppendixTable]:
    """The tables of a sheet; one edition puts estimates and changes side by side on one."""
    header = header_of(layout, grid)
    if header is None:
        return
    row = grid.rows[header]
    for place, (start, end) in enumerate(spans(layout, row)):
        kind = _kind(layout, grid, header, start if place else 0, end)
        if kind is not None:
            yield _table(layout, grid, kind, header, start, end)


def spans(layout: AppendixLayout, row: Sequence[Cell]) -> list[tuple[int, int]]:
    """Where the tables of a header begin, with a column of codes or of labels, and end."""
    roles = [layout.role(cell) if isinstance(cell, str) else None for cell in row]
    starts = [
        index
        for index, role in enumerate(roles)
        if role in _LABEL_ROLES and (index == 0 or {roles[index - 1], role} != {"code", "offence"})
    ]
    return list(pairwise([*starts, len(row)]))


def header_of(layout: AppendixLayout, grid: Grid) -> int | None:
    """The first row that heads a column of labels and a year, or at least columns enough."""

    def heads(row: Sequence[Cell]) -> int:
        texts = [cell for cell in row if isinstance(cell, str)]
        if not any(layout.role(text) in _LABEL_ROLES for text in texts):
            return 0
        return 2 if any(map(year_of_header, texts)) else len(row) - row.count("") >= _FEWEST_HEADERS

    return header_row(grid.rows, heads, enough=2)


def _kind(layout: AppendixLayout, grid: Grid, header: int, left: int, end: int) -> str | None:
    """The kind of a table by the nearest title above its columns, or None if it is not read."""
    for row in range(header - 1, -1, -1):
        for cell in grid.rows[row][left:end]:
            kind = layout.kind(str(cell))
            if kind is not None:
                return None if kind == "-" else kind
    return None


def _table(
    layout: AppendixLayout, grid: Grid, kind: str, header: int, start: int, end: int
) -> AppendixTable:
    label_column, code_column, columns = start, None, list[YearColumn]()
    of_changes = bool(layout.tables[kind]["change_of"])
    for index in range(start, end):
        label = shown(grid.rows[header][index])
        role, year = layout.role(label), year_of_header(label, of_changes)
        flags = heads_flags(label)
        if role == "code":
            code_column = index
        elif role in ("measure", "offence"):
            label_column = index
        elif year is None and role is not None:
            year = year_of_header(role)
        if role in _LABEL_ROLES or (role == "-" and not (of_changes and year)):
            continue
        if of_changes and not label.strip() and columns and not columns[-1].flags:
            flags = _holds_flags(layout, grid, header, index)
        if flags and year is None and columns and columns[-1].index == index - 1:
            # The flags of a column without a year of its own are those of the change beside it.
            year = columns[-1].period_start, columns[-1].period_end
        if year is not None:
            columns.append(YearColumn(index, label, *year, flags))
        elif label.strip():
            layout.add(_unknown_header(grid, header, index, label))
        elif any(row[index] != "" for row in grid.rows[header + 1 :]):
            layout.problem(
                f"{grid.where(header, index)}: no header stands above the "
                "cells of this column; expected a year such as 'Apr 2024 to Mar 2025'"
            )
    _check_columns(layout, grid, header, columns)
    if kind == "offence_codes" and code_column is None:
        layout.add(_unknown_code_column(grid, header, label_column))
    return AppendixTable(grid, kind, header, label_column, code_column, columns)


def _holds_flags(layout: AppendixLayout, grid: Grid, header: int, index: int) -> bool:
    """Whether every filled cell of a column is a flag, and one of them says significant."""
    cells = [row[index] for row in grid.rows[header + 1 :] if row[index] != ""]
    meanings = {layout.marker(cell, "flags") for cell in cells}
    return "significant" in meanings and None not in meanings


def shown(cell: Cell) -> str:
    return f"{cell:g}" if isinstance(cell, float) else str(cell)


def _unknown_header(grid: Grid, header: int, index: int, label: str) -> Unknown:
    """A header that names no year: its column is left out, or a person says which year it is."""
    dated = any(character.isdigit() for character in header_text(label))
    what = (
        "With the year in words such as 'apr 2024 to mar 2025' for the `?`, or '-' if its column "
        "is not to be read"
        if dated
        else "If its column is not to be read"
    )
    return proposal(
        FOLDER / "headers.csv",
        [header_text(label) if dated else plain(label), "?" if dated else "-"],
        f"{grid.where(header, index)}: the column header {label!r} is "
        f"neither a year such as 'Apr 2024 to Mar 2025' nor known. {what}",
    )


def _unknown_code_column(grid: Grid, header: int, label_column: int) -> Unknown:
    left = max(label_column - 1, 0)
    label = shown(grid.rows[header][left])
    return proposal(
        FOLDER / "headers.csv",
        [plain(label) if left < label_column else "?", "code"],
        f"{grid.where(header, left)}: {label!r} stands where the column of "
        "offence codes belongs. Nearest known: 'offence code'. If it holds the codes",
    )


def _check_columns(
    layout: AppendixLayout, grid: Grid, header: int, columns: list[YearColumn]
) -> None:
    seen: dict[tuple[date, bool], YearColumn] = {}
    for column in columns:
        twin = seen.setdefault((column.period_end, column.flags), column)
        if twin is not column:
            layout.problem(
                f"sheet {grid.sheet!r}, cells {address(header, twin.index)} and "
                f"{address(header, column.index)}: {one_line(twin.label)!r} and "
                f"{one_line(column.label)!r} are the same year; expected each year once"
            )


def check_tables(
    layout: AppendixLayout, tables: list[AppendixTable], workbook: Workbook, period_end: date
) -> None:
    """Note which tables are missing, stand twice or have other years than they should."""
    _check_order(layout, tables)
    for kind, row in layout.tables.items():
        here = [table for table in tables if table.kind == kind]
        listed = "" if here else _listed(layout, kind, workbook)
        if listed or (row["required"] == "yes" and not here):
            _missing(layout, kind, tables, workbook, listed)
        if len(here) > 1:
            layout.add(*_twins(layout, here))
        for table in here:
            latest = max((column.period_end for column in table.columns), default=None)
            if not row["change_of"] and latest != period_end:
                layout.problem(
                    f"sheet {table.grid.sheet!r}, row {table.header + 1}: the table of {kind} ends "
                    f"in {latest:%B %Y}; the registry says the release is for the year ending "
                    f"{period_end:%B %Y}. Check period_end in config/releases.csv"
                    if latest
                    else f"sheet {table.grid.sheet!r}, row {table.header + 1}: the table of {kind} "
                    "has no column headed by a year such as 'Apr 2024 to Mar 2025'"
                )


def _check_order(layout: AppendixLayout, tables: list[AppendixTable]) -> None:
    """Note years that stand backwards in one table alone: their headers were swapped."""
    years = [[column for column in table.columns if not column.flags] for table in tables]
    orders = [{column.period_end: i for i, column in enumerate(columns)} for columns in years]
    for table, columns, own in zip(tables, years, orders, strict=True):
        for first, second in pairwise(columns):
            earlier, later = second.period_end, first.period_end
            both = [o for o in orders if o is not own and earlier in o and later in o]
            if earlier < later and both and all(order[earlier] < order[later] for order in both):
                layout.problem(
                    f"sheet {table.grid.sheet!r}, cells {address(table.header, first.index)} and "
                    f"{address(table.header, second.index)}: {one_line(first.label)!r} stands "
                    f"before {one_line(second.label)!r}; in the other tables it stands after. Were "
                    "the headers swapped?"
                )


def _listed(layout: AppendixLayout, kind: str, workbook: Workbook) -> str:
    """Where the title of a table without a sheet stands all the same: in the contents."""
    places = (
        grid.where(index, column)
        for grid in workbook.grids
        for index, row in enumerate(grid.rows)
        for column, cell in enumerate(row)
        if isinstance(cell, str) and layout.kind(cell) == kind
    )
    return next((f", as {place} lists it" for place in places), "")


def _missing(
    layout: AppendixLayout, kind: str, tables: list[AppendixTable], workbook: Workbook, listed: str
) -> None:
    """Say what of a table is there: its title without its header, or a title like its own."""
    read = {table.grid.sheet for table in tables}
    for grid in workbook.grids:
        titled = any(layout.kind(str(cell)) == kind for row in grid.rows for cell in row)
        if titled and grid.sheet not in read and _most_years(grid)[0] > 1:
            layout.add(_unknown_label_header(layout, kind, grid))
            return
    pattern = next(line["title"] for line in layout.titles if line["table"] == kind)
    titles = _titles_of_no_table(layout, kind, workbook)
    words = set(re.findall(r"[a-z]+", pattern))
    near = sorted(titles, key=lambda title: -len(words & set(re.findall(r"[a-z]+", title))))
    places = "; ".join(f"{title!r} on {titles[title]}" for title in near[:3])
    layout.add(
        proposal(
            FOLDER / "titles.csv",
            [without_periods(near[0]) if near else "?", kind],
            f"no sheet holds the table of {kind}; expected a title like {pattern!r} above "
            f"a header with years{listed}. Nearest titles: {places or 'none'}. If the first of "
            "them is it",
            f" (sheets present are {', '.join(map(repr, workbook.sheet_names))})",
        )
    )


def _titles_of_no_table(layout: AppendixLayout, kind: str, workbook: Workbook) -> dict[str, str]:
    """What might be a title of this kind, with its place.

    That is first of all the first cell above a table nobody knows which has as many years as the
    others, and flags if this kind has; then the first cell of any sheet.
    """
    of_changes = bool(layout.tables[kind]["change_of"])
    roles = ("offence", "code") if kind.startswith("offence_") else ("measure",)
    headed: dict[str, tuple[int, str]] = {}
    first: dict[str, str] = {}
    for grid in workbook.grids:
        header = header_of(layout, grid)
        for title, place in _cells_above(grid, header, None)[:1]:
            first[title] = place
        if header is None:
            continue
        for start, end in spans(layout, grid.rows[header]):
            labels = [str(cell) for cell in grid.rows[header][start:end]]
            above = _cells_above(grid, header, start)
            if (
                above
                and layout.role(labels[0]) in roles
                and of_changes == any(map(heads_flags, labels))
                and not any(layout.kind(title) for title, _ in above)
            ):
                years = sum(year_of_header(label, of_changes) is not None for label in labels)
                headed[above[0][0]] = years, above[0][1]
    most = max((years for years, _ in headed.values()), default=0)
    likely = {title: place for title, (years, place) in headed.items() if 2 * years > most}
    return likely | {title: place for title, place in first.items() if not layout.kind(title)}


def _cells_above(grid: Grid, header: int | None, column: int | None) -> list[tuple[str, str]]:
    return [
        (plain(str(cell)), grid.where(index, at))
        for index, row in enumerate(grid.rows[:header])
        for at, cell in enumerate(row)
        if cell != "" and column in (None, at)
    ]


def _unknown_label_header(layout: AppendixLayout, kind: str, grid: Grid) -> Unknown:
    """A sheet that has the title of a table, but no header of a column of labels that is known."""
    _, header = _most_years(grid)
    index = next((i for i, cell in enumerate(grid.rows[header]) if cell != ""), 0)
    label = shown(grid.rows[header][index])
    role = "offence" if kind.startswith("offence_") else "measure"
    known = [row["label"] for row in layout.headers if row["role"] == role]
    return proposal(
        FOLDER / "headers.csv",
        [plain(label) or "?", role],
        f"{grid.where(header, index)}: the sheet has the title of the "
        f"table of {kind}, but {label!r} is no known header of its labels. Known are "
        f"{', '.join(map(repr, known))}. If it is that",
    )


def _most_years(grid: Grid) -> tuple[int, int]:
    """How many years the row with the most of them names, and which row that is."""
    years = [
        sum(isinstance(cell, str) and year_of_header(cell) is not None for cell in row)
        for row in grid.rows
    ]
    most = max(years, default=0)
    return most, years.index(most) if years else 0


def _twins(layout: AppendixLayout, tables: list[AppendixTable]) -> Iterator[Unknown]:
    """All but the largest of several tables of one kind, each with the line that passes it over."""
    largest = max(tables, key=lambda table: len(table.columns))
    sheets = ", ".join(repr(table.grid.sheet) for table in tables)
    for table in tables:
        if table is largest:
            continue
        title = next(
            str(cell)
            for row in reversed(table.grid.rows[: table.header])
            for cell in row[: table.label_column + 1]
            if layout.kind(str(cell)) == table.kind
        )
        yield proposal(
            FOLDER / "titles.csv",
            [without_periods(plain(title)), "-"],
            f"sheets {sheets} all hold the table of {table.kind}; expected one. If that on sheet "
            f"{table.grid.sheet!r} is another",
        )
