"""The layout of the police force area tables: what their sheets, titles and columns are called.

The words are data in ``layouts/pfa/``; this module finds the tables of a workbook by them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from crimeshare.periods import month_end
from crimeshare.problems import Problem, Problems
from crimeshare.reference import REFERENCE, Area, areas, main_groups, offences, read_rows
from crimeshare.tables.expectation import ROLE_OF_MEASURE, Expectation, Meaning
from crimeshare.tables.grid import Cell, Grid, Workbook, address
from crimeshare.tables.labels import (
    area_code,
    months,
    one_line,
    periods,
    plain,
    without_periods,
    year_endings,
)
from crimeshare.tables.layout import LabelMap, Layout, Unknown, header_row, proposal, relative

MEASURE_OF_ROLE = {role: measure for measure, role in ROLE_OF_MEASURE.items()}
# Roles of the columns that say what a row is about.
NAMING = ("area_code", "area_name", "partnership_code", "partnership_name")
_BY_FORCE = ("counts", "change", "rate")
# A sheet looks like a table of ours if it has this many of the total and the nine main groups,
# and this many of the 53 countries, regions and forces with a code.
_ENOUGH_GROUPS, ENOUGH_AREAS = 5, 30
# What a table says that does not name the year compared with, or the only year it is about.
_BARE_YEAR = re.compile(r"(?:year ending|compared with|and|\W)*")
_YEAR_BEFORE = re.compile(r"\b(?:previous|preceding|prior) year\b|\byear (?:before|earlier)\b")


@dataclass(frozen=True)
class AreaTable:
    """One sheet that is read: its grid, kind of table, periods and where its header is."""

    grid: Grid
    kind: str
    measure: str
    period_end: date
    previous_period_end: date | None
    header: int


@dataclass(frozen=True)
class AreaColumn:
    """One column of figures: position, meaning and the label it stands under."""

    index: int
    role: str
    offence_id: str | None
    label: str
    cell: str


class AreaLayout(Layout):
    """The names that tables of areas are known to use, and what an earlier release held."""

    likely_since = ", as in most of these cells before"

    def __init__(self, expected: Expectation, folder: Path) -> None:
        super().__init__(folder)
        self.expected = expected
        self.sheets = read_rows(folder / "sheets.csv")
        self.tables = {row["table"]: row for row in read_rows(folder / "tables.csv")}
        self.columns = LabelMap(folder / "columns.csv")
        self.area_names = LabelMap(
            folder / "area_names.csv",
            {area.area_name: {"area_code": area.area_code} for area in _named_once()},
        )
        self.forces = {
            plain(area.area_name): area for area in areas().values() if area.area_type == "force"
        }
        if faults := list(self._faults()):
            raise Problems(faults)
        self.proposed: dict[str, Meaning] = {}
        self.misdated: dict[tuple[tuple[int, int], ...], list[tuple[str, str, str]]] = {}

    def likely(self, kind: str, about: Sequence[Any]) -> str | None:
        """The one meaning that markers in most of these cells had before."""
        return self.expected.marker(kind, about)

    def _faults(self) -> Iterator[str]:
        """Lines that name what no other file knows; a person adds them by hand."""
        roles = {*NAMING, *MEASURE_OF_ROLE, "offence", "-"}
        for label, row in self.columns.rows.items():
            offence, role = row["offence_id"] or "", row["role"]
            if role not in roles:
                yield self._fault("columns.csv", label, f"the role {role!r}", sorted(roles))
            if role.startswith("offence") and offence not in offences():
                known = f"{relative(REFERENCE / 'offences.csv')}; a new group needs a line there"
                yield self._fault(
                    "columns.csv", label, f"the offence {offence!r}", [f"one of {known}"]
                )
        for label, row in self.area_names.rows.items():
            if row["area_code"] not in areas():
                known = f"a code of {relative(REFERENCE / 'areas.csv')}"
                yield self._fault(
                    "area_names.csv", label, f"the code {row['area_code']!r}", [known]
                )
        for row in self.sheets:
            if row["table"] not in (*self.tables, "-"):
                what = f"the table {row['table']!r}"
                yield self._fault("sheets.csv", row["title"], what, [*self.tables, "-"])
        for mark, kind in self.markers:
            if kind not in (*self.tables, "*") or self.markers[mark, kind] in ("", "?", None):
                what = f"the table {kind!r} and the meaning {self.markers[mark, kind]!r}"
                yield self._fault("markers.csv", mark, what, [*self.tables, "*", "and a meaning"])

    def _fault(self, file: str, key: str, what: str, expected: list[str]) -> str:
        return (
            f"{relative(self.folder / file)}: the line of {key!r} has {what}; expected "
            f"{', '.join(expected)}"
        )


def _named_once() -> list[Area]:
    """The areas whose name is theirs alone: West Midlands is a region and a force."""
    times = Counter(plain(area.area_name) for area in areas().values())
    return [area for area in areas().values() if times[plain(area.area_name)] == 1]


def find_tables(
    layout: AreaLayout, workbook: Workbook, release_id: str, period_end: date
) -> list[AreaTable]:
    """The tables that the sheets of a workbook hold; what is odd about them is noted.

    Raises:
        Problem: it is a workbook of another dataset.
    """
    tables = [table for grid in workbook.grids for table in _table(layout, grid, period_end)]
    layout.problem(*_misdated(layout, period_end, alone=not tables))
    _check_dataset(layout, tables, workbook, release_id)
    _check_tables(layout, tables, workbook, period_end)
    return tables


def _table(layout: AreaLayout, grid: Grid, period_end: date) -> Iterator[AreaTable]:
    kind = _kind(layout, grid)
    if kind is None or kind == "-":
        return
    header = _header_row(layout, grid)
    span = _periods(layout, grid, kind, period_end)
    if header is None or span is None:
        return
    yield AreaTable(grid, kind, layout.tables[kind]["measure"], *span, header)


def _kind(layout: AreaLayout, grid: Grid) -> str | None:
    """The kind of table a sheet holds, ``-`` for one that is not read, None if unknown.

    The last line that fits counts, so that an appended line wins.
    """
    # A number at the end of a name is no note there: P1 and P3 are two tables.
    sheet = _named(grid.sheet)
    for title in (plain(year_endings(text)) for text, _ in _titles(grid)):
        for row in reversed(layout.sheets):
            if fnmatchcase(sheet, row["sheet"]) and fnmatchcase(title, row["title"]):
                return row["table"]
    title, _ = _title(grid)
    if not title:
        return "-"
    kind = _proposed_kind(layout, grid)
    kinds = {row["table"]: row["title"] for row in layout.sheets if row["table"] != "-"}
    known = ", ".join(f"{pattern!r} ({kind})" for kind, pattern in kinds.items())
    if kind == "-":
        others = f"end the line with {', '.join(sorted(layout.tables))} instead of -"
        reason = "If it is not one of them"
    else:
        others = "end the line with - if it is not to be read"
        reason = f"Its columns and figures are those of a table of {kind}: if it is one"
    layout.add(
        proposal(
            layout.folder / "sheets.csv",
            ["*", without_periods(_pattern(plain(title))), kind],
            f"sheet {grid.sheet!r}: its title {title!r} is not known. Tables are known by titles "
            f"such as {known}. {reason}",
            f"; otherwise {others}",
        )
    )
    return kind


def _proposed_kind(layout: AreaLayout, grid: Grid) -> str:
    """The kind a sheet looks like: columns of the total and main groups, rows of forces."""
    header = _most_labels(layout, grid, 0) or 0
    found = [layout.columns.find(str(cell)) for cell in grid.rows[header]]
    offences = {row["offence_id"] for row in found if row} & {"total", *main_groups()}
    body = grid.rows[header + 1 :]
    codes = {area_code(str(cell)) for row in body for cell in row[:3]}
    if len(offences) < _ENOUGH_GROUPS or len(codes & set(areas())) < ENOUGH_AREAS:
        return "-"
    partnerships = any(row["role"].startswith("partnership") for row in found if row)
    if any(row["role"] in ("population", "households") for row in found if row):
        return "partnership_rates" if partnerships else "rate"
    figures = [cell for row in body for cell in row if isinstance(cell, int | float)]
    whole = all(figure == int(figure) for figure in figures)
    if partnerships:
        return "partnership_counts" if whole else "-"
    return "counts" if whole else "change"


def _pattern(text: str) -> str:
    return text.replace("[", "[[]").replace("?", "[?]").replace("*", "[*]")


def _named(sheet: str) -> str:
    return one_line(sheet).casefold()


def _titles(grid: Grid) -> list[tuple[str, str]]:
    """What may be the title and its cell, the likeliest first: a text that names a year, the first.

    A link may stand above a title; links to notes and contents, which tell nothing, below.  A year
    that stands alone in its cell belongs to the text above.
    """
    texts = list(_first_texts(grid.rows[:5]))
    dated = [(text, cell) for text, cell in texts if periods(text)]
    if (
        dated
        and texts[0] not in dated
        and _BARE_YEAR.fullmatch(without_periods(plain(dated[0][0])))
    ):
        return [(f"{texts[0][0]}, {dated[0][0]}", texts[0][1]), *texts[:1]]
    return [*dated, *texts[:1]] if dated else texts


def _first_texts(rows: Iterable[Sequence[Cell]]) -> Iterator[tuple[str, str]]:
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if str(cell).strip():
                yield str(cell), address(row, column)
                break


def _title(grid: Grid) -> tuple[str, str]:
    return next(iter(_titles(grid)), next(_first_texts(grid.rows), ("", "A1")))


def _header_row(layout: AreaLayout, grid: Grid) -> int | None:
    """The row with most known column labels; a header has both area columns and offences."""
    best = _most_labels(layout, grid, 3)
    if best is not None:
        return best
    if (above := _row_above_areas(grid)) is not None:
        return above
    layout.problem(
        f"sheet {grid.sheet!r}: no header row found in its first {min(len(grid.rows), 30)} rows; "
        "expected one with 'Area Code', 'Area Name' and offences as in "
        f"{relative(layout.columns.file)}"
    )
    return None


def _row_above_areas(grid: Grid) -> int | None:
    """The last row of several texts above the first area: a header of labels never seen."""
    for row, cells in enumerate(grid.rows[:40]):
        if any(area_code(str(cell)) in areas() for cell in cells[:5]):
            texts = [
                sum(isinstance(c, str) and c.strip() != "" for c in r) for r in grid.rows[:row]
            ]
            return max((at for at, number in enumerate(texts) if number >= 3), default=None)
    return None


def _most_labels(layout: AreaLayout, grid: Grid, fewest: int) -> int | None:
    def known(row: Sequence[Cell]) -> int:
        texts = (cell for cell in row if isinstance(cell, str) and cell.strip())
        return sum(layout.columns.find(text) is not None for text in texts)

    return header_row(grid.rows[:30], known, fewest)


def _periods(
    layout: AreaLayout, grid: Grid, kind: str, period_end: date
) -> tuple[date, date | None] | None:
    """The year a table is about and, for a change, the year compared with."""
    title, cell = _title(grid)
    current = (period_end.year, period_end.month)
    before = (period_end.year - 1, period_end.month)
    # A table that is known for ours says enough with a month alone, or with "previous year".
    found = periods(title) or months(title)
    if not found and kind != "change" and _YEAR_BEFORE.search(title.casefold()):
        found = [before]
    if found == [current] and kind == "change":
        found = [current, before]
    if len(found) == 1 and found[0] in (current, before):
        return month_end(*found[0]), None
    if len(found) == 2 and set(found) == {current, before}:
        return period_end, month_end(*before)
    layout.misdated.setdefault(tuple(found), []).append((grid.sheet, cell, title))
    return None


def _misdated(layout: AreaLayout, period_end: date, alone: bool) -> Iterator[str]:
    """One sentence for all sheets about the same other years; for all, if no sheet is left."""
    groups = list(layout.misdated.values())
    if alone:
        groups = [[place for places in groups for place in places]][: len(groups)]
    for places in groups:
        sheet, cell, title = places[0]
        others = [f"{sheet!r}" for sheet, _, _ in places[1:]]
        more = f" (and those of {', '.join(others)})" if others else ""
        yield (
            f"sheet {sheet!r}, cell {cell}: the title {title!r}{more} does not fit the registry, "
            f"which says the release is for the year ending {period_end:%B %Y}; expected that "
            "year or the one before. Check period_end in config/releases.csv, or whether this is "
            "the right workbook"
        )


def _check_dataset(
    layout: AreaLayout, tables: list[AreaTable], workbook: Workbook, release_id: str
) -> None:
    """Refuse a workbook of another dataset in one sentence, not in one for each of its sheets."""
    if tables or layout.problems:
        return
    sheets = ", ".join(map(repr, workbook.sheet_names[:5]))
    title = next((title for grid in workbook.grids if (title := _title(grid)[0])), "")
    raise Problem(
        f"{release_id}: no sheet of {workbook.name} looks like a table of police force areas; it "
        f"begins with the title {title!r} and has {len(workbook.grids)} sheets, {sheets} ... "
        "Check whether it is the workbook of another dataset"
    )


def _check_tables(
    layout: AreaLayout, tables: list[AreaTable], workbook: Workbook, period_end: date
) -> None:
    # Tables of partnerships are published as CSV by themselves.
    whole = not workbook.of_csv or any(table.kind in _BY_FORCE for table in tables)
    for kind, row in layout.tables.items():
        here = [table for table in tables if table.kind == kind]
        current = [table for table in here if table.period_end == period_end]
        if (
            whole
            and row["required"] == "yes"
            and not current
            and not (layout.unknown or layout.problems)
        ):
            layout.problem(
                f"no sheet holds the table of {kind} for the year ending {period_end:%B %Y}; "
                f"sheets present are {', '.join(map(repr, workbook.sheet_names))}. Expected a "
                f"title as in {relative(layout.folder / 'sheets.csv')}"
            )
        for period, times in Counter(table.period_end for table in here).items():
            if times > 1:
                grids = [table.grid for table in here if table.period_end == period]
                layout.add(*_all_but_one(layout, kind, period, grids))


def _all_but_one(
    layout: AreaLayout, kind: str, period: date, grids: list[Grid]
) -> Iterator[Unknown]:
    """Propose to leave out, by name and title, all sheets but the one with the shortest name."""
    kept = min(grids, key=lambda grid: len(_named(grid.sheet)))
    for grid in grids:
        if grid is not kept:
            title = plain(year_endings(_title(grid)[0]))
            yield proposal(
                layout.folder / "sheets.csv",
                [_pattern(_named(grid.sheet)), _pattern(title), "-"],
                f"sheets {', '.join(repr(each.sheet) for each in grids)} all hold the table of "
                f"{kind} for the year ending {period:%B %Y}; expected one of them. If "
                f"{kept.sheet!r} is the one",
            )
