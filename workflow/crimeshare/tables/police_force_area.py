"""Read the police force area tables: Tables P1 to P4 of any edition.

Which sheet holds which table is told by its title, which columns and rows it has by their
labels; the words are in ``layouts/pfa/``.  No edition is named here.  The table of the
year before (P4 of the later editions) is a table of counts whose title names an earlier
year.
"""

from __future__ import annotations

import calendar
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase

from crimeshare.reference import Area, areas, main_groups, read_rows
from crimeshare.tables.grid import Cell, Grid, Workbook, address
from crimeshare.tables.labels import area_code, mid_year, periods, plain
from crimeshare.tables.layout import LAYOUTS, LabelMap, Unknown, UnknownNames, csv_line, relative
from crimeshare.tables.observations import Observation

FOLDER = LAYOUTS / "pfa"

_MEASURE_OF_ROLE = {
    "offence_per_household": "rate_per_1000_households",
    "population": "population",
    "households": "households",
}
_NUMBER = re.compile(r"-?\d+(?:,\d{3})*(?:\.\d+)?")


@dataclass(frozen=True)
class Table:
    """One sheet that is read: its grid, kind of table, periods and where its header is."""

    grid: Grid
    kind: str
    measure: str
    period_end: date
    previous_period_end: date | None
    header: int


@dataclass(frozen=True)
class Column:
    """One column of figures: position, meaning and the label it stands under."""

    index: int
    role: str
    offence_id: str | None
    label: str
    cell: str


class Layout:
    """The lines of ``layouts/pfa/``, and what was met that they do not know."""

    def __init__(self) -> None:
        self.sheets = read_rows(FOLDER / "sheets.csv")
        self.tables = {row["table"]: row for row in read_rows(FOLDER / "tables.csv")}
        self.columns = LabelMap(FOLDER / "columns.csv")
        self.area_names = LabelMap(
            FOLDER / "area_names.csv",
            {area.area_name: {"area_code": area.area_code} for area in _named_once()},
        )
        self.markers = {
            (row["marker"], row["table"]): row["meaning"]
            for row in read_rows(FOLDER / "markers.csv")
        }
        self.unknown: list[Unknown] = []
        self.problems: list[str] = []

    def marker(self, text: str, kind: str) -> str | None:
        """What the marker ``text`` means in a table of this kind, or None."""
        mark = "".join(text.split()).casefold()
        return self.markers.get((mark, kind)) or self.markers.get((mark, "*"))


def _named_once() -> list[Area]:
    """The areas whose name is theirs alone: West Midlands is a region and a force."""
    times = Counter(plain(area.area_name) for area in areas().values())
    return [area for area in areas().values() if times[plain(area.area_name)] == 1]


def read_police_force_area_tables(
    workbook: Workbook, release_id: str, period_end: date
) -> list[Observation]:
    """Every figure of the workbook's Tables P1 to P4, in the order of its sheets and cells.

    Args:
        workbook: as opened by :func:`crimeshare.tables.grid.open_workbook`.
        release_id: the release the workbook is.
        period_end: last day of the year the release is for, from the registry.

    Raises:
        UnknownNames: sheets, labels, areas or markers that ``layouts/pfa/`` does not know,
            cells that hold neither number nor marker, periods that disagree with the
            registry, tables, areas or main offence groups that are missing or stand twice;
            all of them at once, each with its place and the line to add.
    """
    layout = Layout()
    tables = [table for grid in workbook.grids for table in _table(layout, grid, period_end)]
    _check_tables(layout, tables, workbook, period_end)
    observations = [
        observation
        for table in tables
        for observation in _read_table(layout, table, release_id, workbook.sha256)
    ]
    if layout.unknown or layout.problems:
        raise UnknownNames(
            [
                Unknown(f"{release_id}, {item.sentence}", item.file, item.line)
                for item in layout.unknown
            ],
            [f"{release_id}, {problem}" for problem in layout.problems],
        )
    return observations


# --- which sheets are tables -----------------------------------------------------------


def _table(layout: Layout, grid: Grid, period_end: date) -> Iterator[Table]:
    kind = _kind(layout, grid)
    if kind is None or kind == "-":
        return
    header = _header_row(layout, grid)
    span = _periods(layout, grid, period_end)
    if header is None or span is None:
        return
    yield Table(grid, kind, layout.tables[kind]["measure"], *span, header)


def _kind(layout: Layout, grid: Grid) -> str | None:
    """The kind of table a sheet holds, ``-`` for one that is not read, None if unknown."""
    sheet, title = plain(grid.sheet), plain(_title(grid))
    for row in layout.sheets:
        if fnmatchcase(sheet, row["sheet"]) and fnmatchcase(title, row["title"]):
            return row["table"]
    if not title and not any(cell != "" for row in grid.rows for cell in row):
        return "-"
    known = ", ".join(f"{row['title']!r} ({row['table']})" for row in layout.sheets[-3:])
    line = csv_line(["*", title, "-"])
    layout.unknown.append(
        Unknown(
            f"sheet {grid.sheet!r}: its title {_title(grid)!r} is not known. Tables are known by "
            f"titles such as {known}. If it is not one of them, add to "
            f"{relative(FOLDER / 'sheets.csv')} the line: {line}; otherwise end the line with "
            f"{', '.join(sorted(layout.tables))} instead of -",
            FOLDER / "sheets.csv",
            line,
        )
    )
    return None


def _title(grid: Grid) -> str:
    return next((str(cell) for row in grid.rows for cell in row if cell != ""), "")


def _header_row(layout: Layout, grid: Grid) -> int | None:
    """The row with most known column labels; a header has both area columns and offences."""
    known = [sum(_known(layout, cell) for cell in row) for row in grid.rows[:30]]
    best = max(range(len(known)), key=known.__getitem__, default=0)
    if known and known[best] >= 3:
        return best
    layout.problems.append(
        f"sheet {grid.sheet!r}: no header row found in its first {len(known)} rows; expected one "
        f"with 'Area Code', 'Area Name' and offences as in {relative(layout.columns.file)}"
    )
    return None


def _known(layout: Layout, cell: Cell) -> bool:
    return isinstance(cell, str) and cell.strip() != "" and layout.columns.find(cell) is not None


def _periods(layout: Layout, grid: Grid, period_end: date) -> tuple[date, date | None] | None:
    """The year a table is about and, for a change, the year compared with."""
    title = _title(grid)
    current = (period_end.year, period_end.month)
    before = (period_end.year - 1, period_end.month)
    found = periods(title)
    if len(found) == 1 and found[0] in (current, before):
        return _month_end(*found[0]), None
    if len(found) == 2 and set(found) == {current, before}:
        return period_end, _month_end(*before)
    layout.problems.append(
        f"sheet {grid.sheet!r}, cell A1: the title {title!r} does not fit the registry, which says "
        f"the release is for the year ending {period_end:%B %Y}; expected that year or the one "
        "before. Check period_end in config/releases.csv, or whether this is the right workbook"
    )
    return None


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _check_tables(
    layout: Layout, tables: list[Table], workbook: Workbook, period_end: date
) -> None:
    for kind, row in layout.tables.items():
        here = [table for table in tables if table.kind == kind]
        current = [table for table in here if table.period_end == period_end]
        if row["required"] == "yes" and not current and not (layout.unknown or layout.problems):
            layout.problems.append(
                f"no sheet holds the table of {kind} for the year ending {period_end:%B %Y}; "
                f"sheets present are {', '.join(map(repr, workbook.sheet_names))}. Expected a "
                f"title as in {relative(FOLDER / 'sheets.csv')}"
            )
        for period, times in Counter(table.period_end for table in here).items():
            if times > 1:
                sheets = ", ".join(
                    repr(table.grid.sheet) for table in here if table.period_end == period
                )
                layout.problems.append(
                    f"sheets {sheets} all hold the table of {kind} for the year ending "
                    f"{period:%B %Y}; expected one of them. Say in "
                    f"{relative(FOLDER / 'sheets.csv')} which is not to be read"
                )


# --- what a table holds ----------------------------------------------------------------


def _read_table(
    layout: Layout, table: Table, release_id: str, sha256: str
) -> Iterator[Observation]:
    columns = list(_columns(layout, table))
    roles = {column.role: column for column in columns}
    if "area_code" not in roles or "area_name" not in roles:
        layout.problems.append(
            f"sheet {table.grid.sheet!r}, row {table.header + 1}: no column of area codes and area "
            f"names; expected labels as in {relative(layout.columns.file)}"
        )
        return
    figures = [column for column in columns if column.role not in ("area_code", "area_name")]
    _check_columns(layout, table, figures)
    seen: list[str] = []
    for row, cells, area, label in _area_rows(layout, table, roles, figures):
        seen.append(area.area_code)
        for column in figures:
            value, marker, text = _value(layout, table, column, row, cells[column.index])
            yield Observation(
                release_id=release_id,
                period_end=table.period_end,
                previous_period_end=table.previous_period_end,
                area_code=area.area_code,
                area_name=area.area_name,
                area_type=area.area_type,
                offence_id=column.offence_id,
                measure=_MEASURE_OF_ROLE.get(column.role, table.measure),
                value=value,
                marker=marker,
                reference_year=_reference_year(column),
                workbook_sha256=sha256,
                sheet=table.grid.sheet,
                cell=address(row, column.index),
                area_label=label,
                column_label=column.label,
                column_cell=column.cell,
                marker_text=text,
            )
    _check_areas(layout, table, seen)


def _reference_year(column: Column) -> int | None:
    return mid_year(column.label) if column.role in ("population", "households") else None


def _columns(layout: Layout, table: Table) -> Iterator[Column]:
    """The columns under their labels; a label may stand one row higher in a merged cell."""
    rows, header = table.grid.rows, table.header
    for index, cell in enumerate(rows[header]):
        row, label = header, str(cell)
        if not label.strip():
            if not any(isinstance(line[index], int | float) for line in rows[header + 1 :]):
                continue
            row, label = header - 1, str(rows[header - 1][index]) if header else ""
        if not label.strip():
            layout.problems.append(
                f"sheet {table.grid.sheet!r}, cell {address(header, index)}: a column of figures "
                "without a label; expected an offence group or a population"
            )
            continue
        found = layout.columns.find(label)
        if found is None:
            where = f"sheet {table.grid.sheet!r}, cell {address(row, index)}"
            layout.unknown.append(layout.columns.unknown(where, "the column label", label))
            continue
        yield Column(index, found["role"], found["offence_id"] or None, label, address(row, index))


def _check_columns(layout: Layout, table: Table, figures: list[Column]) -> None:
    for (role, offence_id), times in Counter((c.role, c.offence_id) for c in figures).items():
        if times > 1:
            cells = ", ".join(
                c.cell for c in figures if (c.role, c.offence_id) == (role, offence_id)
            )
            layout.problems.append(
                f"sheet {table.grid.sheet!r}: the columns at {cells} all mean "
                f"{offence_id or role}; expected one"
            )
    present = {column.offence_id for column in figures if column.role == "offence"}
    missing = [offence for offence in ["total", *main_groups()] if offence not in present]
    if missing and not layout.unknown:
        layout.problems.append(
            f"sheet {table.grid.sheet!r}, row {table.header + 1}: no column for "
            f"{', '.join(missing)}; expected the total and every main group"
        )


def _area_rows(
    layout: Layout, table: Table, roles: Mapping[str, Column], figures: list[Column]
) -> Iterator[tuple[int, Sequence[Cell], Area, str]]:
    for row in range(table.header + 1, len(table.grid.rows)):
        cells = table.grid.rows[row]
        label = str(cells[roles["area_name"].index])
        where = f"sheet {table.grid.sheet!r}, row {row + 1}"
        if not label.strip():
            if any(isinstance(cells[column.index], int | float) for column in figures):
                layout.problems.append(f"{where}: figures without an area; expected an area name")
            continue
        area = _area(layout, where, str(cells[roles["area_code"].index]), label)
        if area is not None:
            yield row, cells, area, label


def _area(layout: Layout, where: str, code_text: str, label: str) -> Area | None:
    """The area of a row by its code, its name being one that the code is known by."""
    code = area_code(code_text)
    if code_text.strip() and (code is None or code not in areas()):
        line = csv_line([code or code_text.strip(), plain(label).title(), "?", "?"])
        file = FOLDER.parents[4] / "resources" / "reference" / "areas.csv"
        layout.unknown.append(
            Unknown(
                f"{where}: the area code {code_text!r} of {label!r} is not known; expected a code "
                f"of {relative(file)}. If the area is new, add there the line: {line}",
                file,
                line,
            )
        )
        return None
    found = layout.area_names.find(label)
    if code is None:
        if found is None:
            layout.unknown.append(layout.area_names.unknown(where, "the area", label))
            return None
        return areas()[found["area_code"]]
    area = areas()[code]
    if plain(label) != plain(area.area_name) and (found is None or found["area_code"] != code):
        layout.unknown.append(
            layout.area_names.unknown(where, f"{code} under the name", label, given=[code])
        )
        return None
    return area


def _value(
    layout: Layout, table: Table, column: Column, row: int, cell: Cell
) -> tuple[float | None, str | None, str | None]:
    """The number of a cell, or the meaning and text of its marker."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return float(cell), None, None
    text = str(cell).strip()
    if _NUMBER.fullmatch(text):
        return float(text.replace(",", "")), None, None
    meaning = layout.marker(text, table.kind)
    if meaning is None:
        where = f"sheet {table.grid.sheet!r}, cell {address(row, column.index)}"
        line = csv_line(["".join(text.split()).casefold(), table.kind, "?", "?"])
        file = FOLDER / "markers.csv"
        known = ", ".join(
            sorted({mark for mark, kind in layout.markers if kind in ("*", table.kind)})
        )
        what = (
            f"the marker {text!r} is not known" if text else "an empty cell where a figure belongs"
        )
        layout.unknown.append(
            Unknown(
                f"{where}: {what}; missing is never read as zero. Markers known in a table of "
                f"{table.kind}: {known}. If you know what it means, add to {relative(file)} the "
                f"line: {line}",
                file,
                line,
            )
        )
    return None, meaning, text


def _check_areas(layout: Layout, table: Table, seen: list[str]) -> None:
    where = f"sheet {table.grid.sheet!r}"
    twice = [areas()[code].area_name for code, times in Counter(seen).items() if times > 1]
    if twice:
        layout.problems.append(f"{where}: {', '.join(twice)} stand twice; expected each area once")
    missing = [
        area.area_name
        for area in areas().values()
        if area.area_type in ("country", "region", "force") and area.area_code not in seen
    ]
    if missing and not layout.unknown:
        layout.problems.append(
            f"{where}: no row for {', '.join(missing)}; expected every country, region and police "
            "force area. A force without figures has a row with a marker"
        )
