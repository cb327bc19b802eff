"""Read the Home Office's open data on recorded crime: force, quarter and offence code.

The file has a sheet for each financial year with a row for each police force, quarter and offence;
what its sheets, columns, forces, groups and codes are called is data in ``layouts/prc/``.  Fraud
is recorded by national bodies and is no part of the total of recorded crime, as it is none in the
police force area tables of the Office for National Statistics.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from itertools import chain, islice
from pathlib import Path

import pyarrow.parquet as pq

from crimeshare.cells import stretches
from crimeshare.periods import quarter
from crimeshare.problems import Problem
from crimeshare.products import digest
from crimeshare.reference import Area, areas, line_of, offences, read_rows
from crimeshare.tables import LAYOUTS
from crimeshare.tables.grid import Cell, address
from crimeshare.tables.labels import number, one_line, plain
from crimeshare.tables.layout import LabelMap, Layout, Unknown, header_row, proposal, relative
from crimeshare.tables.observations import QuarterFigure
from crimeshare.tables.open_document import sheets

FOLDER = LAYOUTS / "prc"

NO_AREA = NO_OFFENCE = NO_TABLE = "-"
"""What a layout says of a body that records fraud alone, of fraud, and of a sheet of words."""

KIND = "quarters"
"""The kind of table, as in ``layouts/prc/sheets.csv``."""

ROLES = ("financial_year", "quarter", "force", "description", "group", "subgroup", "code", "count")

# A header stands in the first rows of its sheet, below a title at most.
_HEADER_ROWS = 30
_HEADER_LABELS = 4
_QUARTERS = ("1", "2", "3", "4")
_ALL_DIGITS = re.compile(r"\d+\.\d{12,}")
_FINANCIAL_YEAR = re.compile(r"(20\d\d)\s*[-_/ ]\s*(\d\d)")


class QuarterLayout(Layout):
    """The names that the open data is known to use."""

    def __init__(self) -> None:
        super().__init__(FOLDER)
        self.sheets = LabelMap(FOLDER / "sheets.csv")
        self.columns = LabelMap(FOLDER / "columns.csv")
        own_names = {
            area.area_name: {"area_code": area.area_code}
            for area in areas().values()
            if area.area_type in ("force", "other")
        }
        self.forces = LabelMap(FOLDER / "forces.csv", extra=own_names)
        self.groups = LabelMap(FOLDER / "groups.csv")
        self.subgroups = LabelMap(FOLDER / "subgroups.csv")
        self.codes: dict[str, set[str]] = {}
        """The groups that each code is known in, by its plain form."""
        self.written: dict[str, str] = {}
        """Each code as the project writes it, by its plain form."""
        for row in read_rows(FOLDER / "codes.csv"):
            self.codes.setdefault(plain(row["code"]), set()).add(row["offence_id"])
            self.written[plain(row["code"])] = row["code"]

    def role(self, label: str) -> str | None:
        """What a column of this label holds, or None."""
        found = self.columns.find(label)
        return found["role"] if found else None

    def groups_of(self, code: str) -> set[str]:
        """The groups that a code is known in."""
        return self.codes.get(plain(code), set())


@cache
def code_names() -> dict[str, str]:
    """What each offence code is called, in the order of the Home Office's list of codes.

    What its list says beside a name, that a code has outcomes alone by now, is no part of it.
    """
    rows = read_rows(FOLDER / "codes.csv")
    return {row["code"]: re.sub(r"\s*\(outcomes? only\)", "", row["name"]) for row in rows}


def read_recorded_quarters(path: Path, release_id: str) -> Iterator[QuarterFigure]:
    """The figures of the Home Office's own file (.ods), sheet by sheet.

    Each figure names the cells it was added up from.

    Raises:
        Problem: the file is no open document, or none of its sheets holds figures.
        UnknownNames: names that the layout does not know, and other faults beside them, all of
            a sheet at once.
        Problems: figures that are no whole numbers, quarters that are none, rows given twice.
    """
    sha256 = digest(path)
    layout = QuarterLayout()
    read = 0
    for name, rows in sheets(path):
        known = layout.sheets.find(name)
        if known is None:
            where = f"sheet {name!r}"
            layout.add(layout.sheets.unknown(where, "the sheet", name))
        elif known["table"] != NO_TABLE:
            origin = _Origin(release_id, name, "workbook", sha256)
            yield from _read_sheet(layout, origin, rows)
            read += 1
    layout.stop(release_id)
    if not read:
        raise Problem(
            f"{path.name} has no sheet named after a financial year, such as 2023_24. Is this the "
            "open data table of police force areas?"
        )


def read_conversion(path: Path, release_id: str) -> Iterator[QuarterFigure]:
    """The figures of somebody else's conversion of the file to Parquet.

    Args:
        path: a Parquet file with the columns of the file's sheets, one below the other.

    It holds no cell addresses, so its figures name their sheet's financial year only.

    Raises:
        As :func:`read_recorded_quarters` does.
    """
    sha256 = digest(path)
    table = pq.read_table(path)
    header = table.column_names
    layout = QuarterLayout()
    years = [name for name in header if layout.role(name) == "financial_year"]
    if len(years) != 1:
        raise Problem(
            f"{path.name} has the columns {', '.join(header)}; expected one of them to be the "
            "financial year."
        )
    column = table[years[0]].to_pylist()
    for year in dict.fromkeys(column):
        rows = table.filter([value == year for value in column]).to_pylist()
        origin = _Origin(release_id, str(year), "conversion", sha256)
        yield from _read_sheet(
            layout, origin, [header, *([row[name] for name in header] for row in rows)]
        )


def require_last_quarter(
    name: str, figures: Sequence[QuarterFigure], release_id: str, period_end: date
) -> None:
    """Stop unless figures end with the quarter that their release is named after.

    Raises:
        Problem: they end with another.
    """
    last = max(figure.period_end for figure in figures)
    if last != period_end:
        raise Problem(
            f"{name} ends with the quarter to {last:%B %Y}, which is prc-{last:%Y-%m}; expected "
            f"that to {period_end:%B %Y} of {release_id}."
        )


@dataclass(frozen=True)
class _Origin:
    """Where a sheet's rows come from."""

    release_id: str
    sheet: str
    read_from: str
    sha256: str

    @property
    def where(self) -> str:
        return f"sheet {self.sheet!r}"

    def cell(self, row: int, column: int) -> str:
        """A place in words: its cell, or the row of a conversion, whose header is row 1."""
        if self.read_from == "workbook":
            return f"{self.where}, cell {address(row, column)}"
        return f"{self.where}, row {row + 1}"


@dataclass
class _Sum:
    value: int = 0
    marker: str | None = None
    rows: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class _Meaning:
    """What a row is about: its area, and each group and code it counts in; none for fraud."""

    area_code: str
    counted: tuple[tuple[str, str | None], ...]


# Number of the quarter, area, offence group and code (None for the group as a whole).
_Key = tuple[int, str, str, str | None]


def _read_sheet(
    layout: QuarterLayout, origin: _Origin, rows: Iterable[Sequence[Cell]]
) -> list[QuarterFigure]:
    year = _financial_year(origin.sheet)
    if year is None:
        raise Problem(
            f"{origin.release_id}, {origin.where}: the name is no financial year such as 2023_24."
        )
    numbered = enumerate(rows)
    head = list(islice(numbered, _HEADER_ROWS))

    def known(row: Sequence[Cell]) -> int:
        return sum(layout.role(_text(cell)) is not None for cell in row if _text(cell))

    at = header_row((row for _, row in head), known, _HEADER_LABELS, enough=_HEADER_LABELS)
    if at is None:
        raise Problem(
            f"{origin.release_id}, {origin.where}: no header in the first {_HEADER_ROWS} rows; "
            f"expected the columns {', '.join(ROLES)}, as {relative(layout.columns.file)} names "
            "them."
        )
    places = _places(layout, origin, *head[at])
    layout.stop(origin.release_id)
    sheet = _Sheet(layout, origin, places, year)
    for index, row in chain(head[at + 1 :], numbered):
        cells = {role: row[at] if at < len(row) else "" for role, at in places.items()}
        if any(_text(cell) for cell in cells.values()):
            sheet.add(index, cells)
    layout.stop(origin.release_id)
    if not sheet.sums:
        raise Problem(
            f"{origin.release_id}, {origin.where} has a header and no rows; expected figures below "
            "it."
        )
    return [sheet.figure(key) for key in _ordered(sheet.sums)]


def _places(
    layout: QuarterLayout, origin: _Origin, at: int, header: Sequence[Cell]
) -> dict[str, int]:
    places: dict[str, int] = {}
    for column, cell in enumerate(header):
        if not (label := _text(cell)):
            continue
        role, where = layout.role(label), origin.cell(at, column)
        if role is None:
            layout.add(layout.columns.unknown(where, "the column", label))
        elif role in places:
            layout.problem(f"{where}: a second column for {role}; expected one")
        elif role != NO_TABLE:
            places[role] = column
    if missing := [role for role in ROLES if role not in places]:
        layout.problem(
            f"{origin.where}, row {at + 1}: no column for {', '.join(missing)}; "
            f"expected {', '.join(ROLES)}. If one was renamed, add its line to "
            f"{relative(layout.columns.file)}"
        )
    return places


class _Sheet:
    """The sheet of one financial year while its rows are added up."""

    def __init__(
        self, layout: QuarterLayout, origin: _Origin, places: dict[str, int], year: int
    ) -> None:
        self.sums: dict[_Key, _Sum] = {}
        self._layout = layout
        self._origin = origin
        self._places = places
        self._year = year
        self._seen: Counter[tuple[str, ...]] = Counter()
        # Force, group, subgroup and code recur in every quarter; looked up once.
        self._meanings: dict[tuple[str, str, str, str], _Meaning | None] = {}

    def add(self, number: int, cells: dict[str, Cell]) -> None:
        """Add one row's offences to the groups and the code it counts in."""
        text = {role: _text(cells[role]) for role in ROLES}
        if _financial_year(text["financial_year"]) != self._year:
            self._fault(
                number,
                "financial_year",
                f"the financial year is {text['financial_year']!r} in the sheet "
                f"{self._origin.sheet!r}; expected the sheet's own.",
            )
        if text["quarter"] not in _QUARTERS:
            self._fault(number, "quarter", f"the quarter is {text['quarter']!r}; expected 1 to 4.")
            return
        names = (text["force"], text["group"], text["subgroup"], text["code"])
        description = text["description"]
        row = (text["quarter"], *names, description)
        self._seen[row] += 1
        # Early files give the parts of homicide under one name: "1/4.1/4.10/4.2" is four codes.
        if self._seen[row] > 1 + text["code"].count("/"):
            self._fault(
                number,
                "count",
                f"{text['force']}, {text['code']} is in quarter {text['quarter']} once more; "
                "expected each offence once.",
            )
        if names not in self._meanings:
            self._meanings[names] = self._meaning(number, description, *names)
        meaning = self._meanings[names]
        amount, marker = self._amount(number, text["count"])
        if meaning is None:
            return
        for offence_id, code in meaning.counted:
            key = (int(text["quarter"]), meaning.area_code, offence_id, code)
            entry = self.sums.setdefault(key, _Sum())
            entry.value += amount
            entry.marker = entry.marker or marker
            entry.rows.append(number)

    def figure(self, key: _Key) -> QuarterFigure:
        part, area_code, offence_id, code = key
        entry, origin = self.sums[key], self._origin
        area: Area = areas()[area_code]
        start, end = quarter(self._year, part)
        workbook = origin.read_from == "workbook"
        return QuarterFigure(
            origin.release_id,
            start,
            end,
            area_code,
            area.area_name,
            area.area_type,
            offence_id,
            code,
            None if entry.marker else float(entry.value),
            entry.marker,
            len(entry.rows),
            origin.read_from,
            origin.sha256 if workbook else None,
            None if workbook else origin.sha256,
            origin.sheet,
            _stretches(self._places["count"], entry.rows) if workbook else None,
        )

    def _where(self, number: int, role: str) -> str:
        return self._origin.cell(number, self._places[role])

    def _fault(self, number: int, role: str, sentence: str) -> None:
        self._layout.problem(f"{self._where(number, role)}: {sentence}")

    def _meaning(
        self, number: int, description: str, force: str, group: str, subgroup: str, code: str
    ) -> _Meaning | None:
        """What a row is about; None, with a fault, where the layout does not know."""
        layout = self._layout
        maps = {
            "force": (layout.forces, "the police force", force),
            "group": (layout.groups, "the offence group", group),
            "subgroup": (layout.subgroups, "the offence subgroup", subgroup),
        }
        found: dict[str, str] = {}
        for role, (known, what, label) in maps.items():
            line = known.find(label)
            if line is None:
                layout.add(known.unknown(self._where(number, role), what, label))
            else:
                found[role] = line["area_code" if role == "force" else "offence_id"]
        if len(found) < len(maps):
            return None
        area, main = found["force"], found["group"]
        leaf = _one_of(found["subgroup"].split(), layout.groups_of(code))
        if _top(leaf) != main:
            self._fault(
                number,
                "subgroup",
                f"{subgroup!r} stands in the group {group!r}; expected it in that of "
                f"{_top(leaf)}. If it moved, its parent in resources/reference/offences.csv has "
                "to say so.",
            )
            return None
        if leaf not in (known_in := layout.groups_of(code)):
            where = self._where(number, "code")
            layout.add(_unknown_code(where, code, leaf, description, known_in))
            return None
        if leaf == NO_OFFENCE:
            return _Meaning(area, ())
        if area == NO_AREA:
            self._fault(
                number,
                "force",
                f"{force} has {subgroup!r}; expected nothing but fraud of a body that is no police "
                f"force. If it is one, give its line in {relative(layout.forces.file)} an area "
                "code.",
            )
            return None
        groups = [(offence_id, None) for offence_id in line_of(leaf)]
        return _Meaning(area, (*groups, (leaf, layout.written[plain(code)])))

    def _amount(self, row: int, text: str) -> tuple[int, str | None]:
        value = number(text)
        if value is not None:
            if not value.is_integer():
                self._fault(row, "count", f"holds {text}; expected a whole number of offences")
            return int(value), None
        marker = self._layout.marker(text, KIND)
        if marker is None:
            self._layout.unknown_marker(self._where(row, "count"), text, KIND)
        return 0, marker or "unavailable"


def _one_of(leaves: Sequence[str], known: Collection[str]) -> str:
    """The group that a code is in, of those that its label stands for.

    Vintages before 2024 call residential burglary domestic, as it was until April 2017.
    """
    return next((leaf for leaf in leaves if leaf in known), leaves[0])


def _unknown_code(
    where: str, code: str, leaf: str, name: str, known_in: Collection[str]
) -> Unknown:
    """Say that a code was never seen in a group, and propose the line that its row settles."""
    known = f"is known in {', '.join(sorted(known_in))}" if known_in else "is not known"
    return proposal(
        FOLDER / "codes.csv",
        [code, leaf, name],
        f"{where}: the offence code {code!r} {known}, and stands here in {leaf}. If that is right",
    )


def _top(offence_id: str) -> str:
    """The main group that an offence group is part of; fraud is in none."""
    return offence_id if offence_id == NO_OFFENCE else line_of(offence_id)[-2]


def _financial_year(text: str) -> int | None:
    """The year in which a financial year such as ``2023/24`` or ``2023_24`` begins."""
    found = _FINANCIAL_YEAR.search(text)
    if found is None or (int(found[1]) + 1) % 100 != int(found[2]):
        return None
    return int(found[1])


@lru_cache(maxsize=65_536)
def _text(cell: Cell) -> str:
    """A cell as text; a number as a person writes it: 2, not 2.0, and 4.6, not 4.5999999999999996.

    Spreadsheets keep the code 4.6 as a number, and some that export them write all its digits.
    """
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = "" if cell is None else one_line(str(cell))
    return repr(float(text)) if _ALL_DIGITS.fullmatch(text) else text


def _ordered(sums: Iterable[_Key]) -> list[_Key]:
    area = {code: position for position, code in enumerate(areas())}
    offence = {offence_id: position for position, offence_id in enumerate(offences())}
    return sorted(sums, key=lambda key: (key[0], area[key[1]], offence[key[2]], key[3] or ""))


def _stretches(column: int, rows: Sequence[int]) -> str:
    """Cells of one column, neighbours as ranges: ``H12:H40 H57``."""
    return " ".join(
        address(first, column)
        if first == last
        else f"{address(first, column)}:{address(last, column)}"
        for first, last in stretches(rows)
    )
