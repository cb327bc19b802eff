"""Which tables of an appendix workbook are missing or stand twice, and the line that settles it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from crimeshare.tables.appendix_layout import (
    FOLDER,
    AppendixLayout,
    Table,
    header_of,
    shown,
    spans,
)
from crimeshare.tables.appendix_periods import heads_flags, year_of_header
from crimeshare.tables.grid import Grid, Workbook, address
from crimeshare.tables.labels import one_line, plain, without_periods
from crimeshare.tables.layout import Unknown, proposal


def check_tables(
    layout: AppendixLayout, tables: list[Table], workbook: Workbook, period_end: date
) -> None:
    """Note which tables are missing, stand twice or have other years than they should."""
    _check_order(layout, tables)
    for kind, row in layout.tables.items():
        here = [table for table in tables if table.kind == kind]
        if row["required"] == "yes" and not here:
            _missing(layout, kind, tables, workbook)
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


def _check_order(layout: AppendixLayout, tables: list[Table]) -> None:
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


def _missing(layout: AppendixLayout, kind: str, tables: list[Table], workbook: Workbook) -> None:
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
            f"a header with years. Nearest titles: {places or 'none'}. If the first of them is it",
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
    """The cells above a header that hold something, with their places; of one column or all."""
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


def _twins(layout: AppendixLayout, tables: list[Table]) -> Iterator[Unknown]:
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
