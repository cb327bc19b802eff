"""Workbooks shaped as ONS shapes them, written from shipped figures.

``from_figures`` lays a release's figures out at the cells they came from, under the labels
they came with; a quirk changes one thing about the result, as some edition did or may do.
The words of titles, notes and covers are the project's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import xlsxwriter
import xlwt
from openpyxl.utils import column_index_from_string

from crimeshare.reference import areas
from crimeshare.tables.grid import Grid, Workbook
from crimeshare.tables.observations import Observation, read_observations

FIGURES = Path(__file__).resolve().parents[1] / "resources" / "figures"

Place = tuple[int, int]
"""0-based row and column."""

_STATISTIC = {
    "count": "number of offences",
    "change_pct": "percentage change",
    "rate_per_1000": "rate of offences",
}


@dataclass
class Book:
    """Sheets in order, each a grid of cells; ``accessible`` is the layout from 2020 on."""

    sheets: dict[str, dict[Place, object]]
    accessible: bool
    header: dict[str, int] = field(default_factory=dict)

    @property
    def by_force(self) -> list[str]:
        """The tables of countries, regions and forces; the others are of partnerships."""
        return [name for name in self.header if name.strip().startswith("Table P")]

    def rename(self, old: str, new: str) -> None:
        """Give a sheet another name in its place."""
        self.sheets = {new if name == old else name: grid for name, grid in self.sheets.items()}
        self.header = {new if name == old else name: row for name, row in self.header.items()}

    def put_first(self, name: str, grid: dict[Place, object]) -> None:
        """Add a sheet before all others."""
        self.sheets = {name: grid, **self.sheets}

    def table(self, number: str) -> dict[Place, object]:
        """The grid of Table P1, P2, P3 or P4."""
        return next(grid for name, grid in self.sheets.items() if name.split() == ["Table", number])

    def replace(self, old: object, new: object, *tables: str) -> None:
        """Write ``new`` into every cell of the tables that holds exactly ``old``.

        Raises:
            LookupError: no cell holds it; a quirk that changes nothing would test nothing.
        """
        hits = [
            (grid, place)
            for grid in map(self.table, tables)
            for place, cell in grid.items()
            if cell == old
        ]
        if not hits:
            raise LookupError(f"no cell of {tables} holds {old!r}")
        for grid, place in hits:
            grid[place] = new


Quirk = Callable[[Book], None]


@cache
def place(cell: str) -> Place:
    """The 0-based row and column of an A1 address."""
    letters = cell.rstrip("0123456789")
    return int(cell[len(letters) :]) - 1, column_index_from_string(letters) - 1


def figures(release_id: str) -> list[Observation]:
    """The shipped figures of a release."""
    return list(_shipped(release_id))


@cache
def _shipped(release_id: str) -> tuple[Observation, ...]:
    return tuple(read_observations(Observation, FIGURES / f"{release_id}.parquet"))


def from_figures(observations: list[Observation]) -> Book:
    """The workbook a release's figures came from, as far as it is read."""
    sheets: dict[str, dict[Place, object]] = {}
    header: dict[str, int] = {}
    accessible = any((row.marker_text or "").startswith("[") for row in observations)
    for row in observations:
        if row.sheet not in sheets:
            sheets[row.sheet] = {(0, 0): _title(row, accessible)}
        grid = sheets[row.sheet]
        at, column = place(row.cell), place(row.column_cell)
        header[row.sheet] = max(header.get(row.sheet, 0), column[0])
        grid[column] = row.column_label
        grid[at] = row.value if row.value is not None else row.marker_text
        if row.parent_code:
            grid[at[0], 0], grid[at[0], 1] = row.parent_code, areas()[row.parent_code].area_name
            grid[at[0], 2] = row.area_code if row.area_type == "partnership" else ""
            grid[at[0], 3] = row.area_label
        else:
            grid[at[0], 0] = "" if row.area_code == "BTP" else row.area_code
            grid[at[0], 1] = row.area_label
    by_partnership = {row.sheet for row in observations if row.parent_code}
    for name, row in header.items():
        grid, labels = sheets[name], ("Area Code", "Area Name")
        if name in by_partnership:
            labels = _PARTNERSHIP_LABELS
        for column, label in enumerate(labels):
            grid[row, column] = label
    book = Book(sheets, accessible, header)
    _furnish(book)
    return book


_PARTNERSHIP_LABELS = (
    "Police Force\nArea code",
    "Police Force\nArea name",
    "Community Safety\nPartnership code",
    "Community Safety\nPartnership name",
    "Local Authority code",
    "Local Authority name",
)


def _title(row: Observation, accessible: bool) -> str:
    statistic = _STATISTIC.get(row.measure, "rate of offences")
    period = f"year ending {row.period_end:%B %Y}"
    if row.previous_period_end is not None:
        before = f"year ending {row.previous_period_end:%B %Y}"
        period = (
            f"{period} compared with {before}" if accessible else f"{before} compared with {period}"
        )
    if row.parent_code:
        what = "Number of police recorded crimes for headline offences"
        if row.measure != "count":
            what = "Recorded crime rate per 1,000 population/household for headline offences"
        return (
            f"{row.sheet.strip()}: {what} by "
            f"Community Safety Partnership area, England and Wales, {period} [note 1][note 2]"
        )
    where, notes = ("England and Wales", " [note 1]") if accessible else ("English regions", "1,2")
    return (
        f"{row.sheet.strip()}:  Police recorded crime by offence group and police force area, "
        f"{where}, {statistic}, {period}{notes}"
    )


def _furnish(book: Book) -> None:
    """Add what stands around the figures: units, sources, notes, cover and contents."""
    for name, grid in book.sheets.items():
        last = max(row for row, _ in grid)
        if book.accessible:
            grid[1, 0] = "One table on this sheet."
            grid[book.header[name] - 1, 0] = "Source: Home Office - Police recorded crime "
        else:
            grid[2, 0] = "England and Wales"
            grid[book.header[name] + 1, 2] = "Numbers"
            grid[book.header[name] - 1, 4] = "Victim-based crime"
            grid[last + 1, 0] = "Source: Police recorded crime, Home Office"
            grid[last + 2, 0] = "1. A note in the project's own words."
    if book.accessible:
        book.put_first("Notes- PFA ", {(0, 0): "Notes"})
        book.put_first("Table of Contents", {(0, 0): "Table of contents"})
        book.put_first(
            "Cover_sheet", {(0, 0): "Police force area data tables - year ending December 2024"}
        )
    else:
        book.put_first(
            "Notes", {(0, 0): "Crime in England & Wales, year ending June 2018 - PFA tables"}
        )


def write(book: Book, path: Path) -> Path:
    """Write ``book`` to ``path``, as .xls or .xlsx by its ending."""
    if path.suffix == ".xls":
        old = xlwt.Workbook()
        for name, grid in book.sheets.items():
            sheet = old.add_sheet(name)
            for (row, column), cell in sorted(grid.items()):
                sheet.write(row, column, cell)
        old.save(str(path))
    else:
        with xlsxwriter.Workbook(path) as new:
            for name, grid in book.sheets.items():
                sheet = new.add_worksheet(name)
                for (row, column), cell in grid.items():
                    if cell != "":
                        sheet.write(row, column, cell)
    return path


def opened(name: str, sheets: Mapping[str, Mapping[Place, object]]) -> Workbook:
    """The workbook as reading it from a file gives it, without the file, which takes a while."""
    return Workbook(name, "0" * 64, 0, [_grid(sheet, cells) for sheet, cells in sheets.items()])


def _grid(sheet: str, cells: Mapping[Place, object]) -> Grid:
    height = max((row for row, _ in cells), default=-1) + 1
    width = max((column for _, column in cells), default=-1) + 1
    rows: list[list[object]] = [[""] * width for _ in range(height)]
    for (row, column), cell in cells.items():
        rows[row][column] = float(cell) if isinstance(cell, int) else cell
    return Grid(sheet, rows)


# --- quirks: what some edition did and every reader must take ---------------------------


def two_digit_years(book: Book) -> None:
    """Titles say ``year ending June 181,2``."""
    for name in book.header:
        title = str(book.sheets[name][0, 0])
        book.sheets[name][0, 0] = title.replace(" 20", " ")


def correction_sheet_first(book: Book) -> None:
    """A corrected edition opens with a sheet that says so."""
    book.put_first("Correction", {(0, 0): "A figure was corrected.", (2, 0): "Published later"})


def spaces_behind_sheet_names(book: Book) -> None:
    """``Table P1 ``, ``Table P3  ``."""
    for number, name in enumerate(list(book.header)):
        book.rename(name, name.strip() + " " * (number % 3 + 1))


def footnotes_on_everything(book: Book) -> None:
    """Digits or ``[note n]`` behind every label and area name that has none yet."""
    note = "[note 3]" if book.accessible else "7,12"
    for name, header in book.header.items():
        for (row, column), cell in list(book.sheets[name].items()):
            by_force = name in book.by_force
            area = 1 if by_force else 3
            is_label = (row == header and column > 1) or (row > header and column == area)
            # Bases carry theirs in the middle of the label.
            if (
                is_label
                and str(cell)
                and not str(cell)[-1].isdigit()
                and "rounded" not in str(cell)
            ):
                book.sheets[name][row, column] = f"{cell}{note}"


def notes_set_high(book: Book) -> None:
    """``Gwent\u00b3\u02d2\u2074``: notes as small digits, as a spreadsheet program writes them."""
    for name, header in book.header.items():
        area = 1 if name in book.by_force else 3
        for (row, column), cell in list(book.sheets[name].items()):
            if (row == header or (row > header and column == area)) and cell != "":
                book.sheets[name][row, column] = f"{cell}\u00b3\u02d2\u2074"


def ampersands(book: Book) -> None:
    """``Devon & Cornwall``, ``Stalking & harassment``."""
    for name in book.header:
        for at, cell in list(book.sheets[name].items()):
            if isinstance(cell, str) and at[1] < 3 + 30 * (at[0] == book.header[name]):
                book.sheets[name][at] = cell.replace(" and ", " & ")


def labels_over_two_rows(book: Book) -> None:
    """The first labels in cells merged over two rows: they stand in the upper one."""
    for name, header in list(book.header.items()):
        # The older layout has two rows as it is.
        more = int(book.accessible)
        grid = {(r + more * (r >= header), c): cell for (r, c), cell in book.sheets[name].items()}
        lower = book.header[name] = header + more
        for column in range(4):
            if (cell := grid.pop((lower, column), "")) != "":
                grid[lower - 1, column] = cell
        book.sheets[name] = grid


def footnotes_on_area_codes(book: Book) -> None:
    """``E230000118``: a footnote digit behind an area code."""
    for name in book.header:
        for (row, column), cell in list(book.sheets[name].items()):
            if column == 0 and str(cell).startswith("E23"):
                book.sheets[name][row, column] = f"{cell}8"


def line_breaks_in_labels(book: Book) -> None:
    """Line breaks, no-break spaces and double spaces inside labels."""
    for name, header in book.header.items():
        for (row, column), cell in list(book.sheets[name].items()):
            if row in (header, header - 1) and column > 1 and isinstance(cell, str):
                book.sheets[name][row, column] = cell.replace(" ", "\n", 1).replace(
                    " ", "\u00a0 ", 1
                )


def capitals_and_dashes(book: Book) -> None:
    """Labels in capitals, long dashes for short ones."""
    for name, header in book.header.items():
        for (row, column), cell in list(book.sheets[name].items()):
            if row == header and isinstance(cell, str):
                book.sheets[name][row, column] = cell.upper().replace("-", "\u2013")


def region_told_from_force(book: Book) -> None:
    """The region is called ``West Midlands region``."""
    for name in book.by_force:
        grid = book.sheets[name]
        row = next(row for (row, column), cell in grid.items() if cell == "E12000005")
        grid[row, 1] = "West Midlands region"


def city_of_london_turned_round(book: Book) -> None:
    """``London, City of``."""
    for name in book.by_force:
        grid = book.sheets[name]
        row = next(row for (row, column), cell in grid.items() if cell == "E23000034")
        grid[row, 1] = "London, City of"


def transport_police_with_a_year(book: Book) -> None:
    """``British Transport Police(2006)``, without a code."""
    grid = book.table("P2")
    row = next(r for (r, c), cell in grid.items() if c == 1 and str(cell).startswith("British"))
    grid[row, 1] = "British Transport Police(2006)"


def figures_typed_as_text(book: Book) -> None:
    """Numbers stored as text: commas, spaces of any kind, a note, a true minus, a per cent sign."""
    grid = book.table("P1")
    row = next(r for (r, c), cell in grid.items() if cell == "W15000002")
    columns = sorted(c for (r, c), cell in grid.items() if r == row and isinstance(cell, float))
    for column, text in zip(
        columns, ["{:,.0f}", " {:,.0f}\u00a0", "{:,.0f} [note 3]", "{:,.0f}\u00b3"], strict=False
    ):
        grid[row, column] = text.format(grid[row, column]).replace(
            ",", "\u202f" * (column % 2) or ","
        )
    grid = book.table("P2")
    for at, cell in list(grid.items()):
        if isinstance(cell, float):
            grid[at] = f"{cell!r}%".replace("-", "\u2212")


def blank_columns_between(book: Book) -> None:
    """Another empty column, so that every figure stands one column further right."""
    for name in book.header:
        book.sheets[name] = {
            (row, column + (column > 1)): cell for (row, column), cell in book.sheets[name].items()
        }


def rows_above_the_header(book: Book) -> None:
    """Three more lines above the table."""
    for name in book.header:
        book.sheets[name] = {
            (row + 3 * (row > 0), column): cell for (row, column), cell in book.sheets[name].items()
        }
        book.header[name] += 3


def columns_in_another_order(book: Book) -> None:
    """The last two offence columns have changed places."""
    for name in book.header:
        grid = book.sheets[name]
        last = max(column for _, column in grid)
        book.sheets[name] = {
            (row, {last: last - 1, last - 1: last}.get(column, column)): cell
            for (row, column), cell in grid.items()
        }


_OTHER_NAMES = {
    "Death or serious injury - unlawful driving": "Death or serious injury - illegal driving",
    "Other theft offences": "All other theft offences",
    "Miscellaneous crimes": "Miscellaneous crimes against society",
    "Possession of weapons offences": "Possession of weapon offences",
    "Residential burglary": "Residental burglary",
}


def offences_under_other_names(book: Book) -> None:
    """Names that some editions gave to the same offences, a slip of the pen among them."""
    for name, header in book.header.items():
        for (row, column), cell in list(book.sheets[name].items()):
            if row == header and cell in _OTHER_NAMES:
                book.sheets[name][row, column] = _OTHER_NAMES[str(cell)]


def total_with_typing_slips(book: Book) -> None:
    """``excludinging fraud`` with a space before and a line break inside."""
    for name, header in book.header.items():
        for (row, column), cell in list(book.sheets[name].items()):
            if row in (header, header - 1) and str(cell).strip().startswith("Total recorded"):
                book.sheets[name][row, column] = " Total recorded crime\n(excludinging fraud4)"


QUIRKS: list[Quirk] = [
    offences_under_other_names,
    total_with_typing_slips,
    two_digit_years,
    correction_sheet_first,
    spaces_behind_sheet_names,
    footnotes_on_everything,
    notes_set_high,
    ampersands,
    labels_over_two_rows,
    footnotes_on_area_codes,
    line_breaks_in_labels,
    capitals_and_dashes,
    region_told_from_force,
    city_of_london_turned_round,
    transport_police_with_a_year,
    figures_typed_as_text,
    blank_columns_between,
    rows_above_the_header,
    columns_in_another_order,
]
