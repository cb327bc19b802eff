"""Read the Home Office's open data on recorded crime: force, quarter and offence code.

The file has a sheet for each financial year with a row for each police force, quarter and offence;
what its sheets, columns, forces, groups and codes are called is data in ``layouts/prc/``.  Fraud
is recorded by national bodies and is no part of the total of recorded crime, as it is none in the
police force area tables of the Office for National Statistics.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

import pyarrow.parquet as pq

from crimeshare.periods import quarter
from crimeshare.problems import Problem, Problems
from crimeshare.reference import Area, areas, line_of, offences, read_rows
from crimeshare.tables.grid import Cell, address
from crimeshare.tables.labels import one_line, plain
from crimeshare.tables.layout import (
    LAYOUTS,
    LabelMap,
    Unknown,
    UnknownNames,
    csv_line,
    relative,
)
from crimeshare.tables.observations import QuarterFigure
from crimeshare.tables.open_document import sheets

FOLDER = LAYOUTS / "prc"

NO_AREA = NO_OFFENCE = NO_TABLE = "-"
"""What a layout says of a body that records fraud alone, of fraud, and of a sheet of words."""

ROLES = ("financial_year", "quarter", "force", "description", "group", "subgroup", "code", "count")

# A header stands in the first rows of its sheet, below a title at most.
_HEADER_ROWS = 30
_HEADER_LABELS = 4
# Faults of one kind would otherwise be told once a row.
_MOST_PROBLEMS = 20

_QUARTERS = ("1", "2", "3", "4")
_WHOLE = re.compile(r"-?\d+")
_ALL_DIGITS = re.compile(r"\d+\.\d{12,}")
_FINANCIAL_YEAR = re.compile(r"(20\d\d)\s*[-_/ ]\s*(\d\d)")


@dataclass(frozen=True)
class Layout:
    """The names the files are known to use."""

    sheets: LabelMap
    columns: LabelMap
    forces: LabelMap
    groups: LabelMap
    subgroups: LabelMap
    markers: dict[str, str]
    codes: dict[str, set[str]]
    """The groups that each code is known in, by its plain form."""
    written: dict[str, str]
    """Each code as the project writes it, by its plain form."""


@cache
def layout() -> Layout:
    """The layout as the project keeps it."""
    codes: dict[str, set[str]] = {}
    written: dict[str, str] = {}
    for row in read_rows(FOLDER / "codes.csv"):
        codes.setdefault(plain(row["code"]), set()).add(row["offence_id"])
        written[plain(row["code"])] = row["code"]
    own_names = {
        area.area_name: {"area_code": area.area_code}
        for area in areas().values()
        if area.area_type in ("force", "other")
    }
    return Layout(
        LabelMap(FOLDER / "sheets.csv"),
        LabelMap(FOLDER / "columns.csv"),
        LabelMap(FOLDER / "forces.csv", extra=own_names),
        LabelMap(FOLDER / "groups.csv"),
        LabelMap(FOLDER / "subgroups.csv"),
        {plain(row["marker"]): row["meaning"] for row in read_rows(FOLDER / "markers.csv")},
        codes,
        written,
    )


@cache
def code_names() -> dict[str, str]:
    """What each offence code is called, in the order of the Home Office's list of codes.

    What its list says beside a name, that a code has outcomes alone by now, is no part of it.
    """
    rows = read_rows(FOLDER / "codes.csv")
    return {row["code"]: re.sub(r"\s*\(outcomes? only\)", "", row["name"]) for row in rows}


def read_recorded_quarters(path: Path, release_id: str) -> Iterator[QuarterFigure]:
    """The figures of the Home Office's own file (.ods), sheet by sheet.

    Args:
        path: the file as published.
        release_id: the release it is.

    Each figure names the cells it was added up from.

    Raises:
        Problem: the file is no open document, or none of its sheets holds figures.
        UnknownNames: names that the layout does not know, and other faults beside them, all of
            a sheet at once.
        Problems: figures that are no whole numbers, quarters that are none, rows given twice.
    """
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    unknown: list[Unknown] = []
    read = 0
    for name, rows in sheets(path):
        known = layout().sheets.find(name)
        if known is None:
            where = f"{path.name}, sheet {name!r}"
            unknown.append(layout().sheets.unknown(where, "the sheet", name))
        elif known["table"] != NO_TABLE:
            origin = _Origin(release_id, path.name, name, "workbook", sha256)
            yield from _read_sheet(origin, rows)
            read += 1
    if unknown:
        raise UnknownNames(unknown, [])
    if not read:
        raise Problem(
            f"{path.name} has no sheet named after a financial year, such as 2023_24. Is this the "
            "open data table of police force areas?"
        )


def read_conversion(path: Path, release_id: str) -> Iterator[QuarterFigure]:
    """The figures of somebody else's conversion of the file to Parquet.

    Args:
        path: a Parquet file with the columns of the file's sheets, one below the other.
        release_id: the release it was converted from.

    It holds no cell addresses, so its figures name their sheet's financial year only.

    Raises:
        As :func:`read_recorded_quarters` does.
    """
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    table = pq.read_table(path)
    header = table.column_names
    years = [name for name in header if _role(name) == "financial_year"]
    if len(years) != 1:
        raise Problem(
            f"{path.name} has the columns {', '.join(header)}; expected one of them to be the "
            "financial year."
        )
    column = table[years[0]].to_pylist()
    for year in dict.fromkeys(column):
        rows = table.filter([value == year for value in column]).to_pylist()
        origin = _Origin(release_id, path.name, str(year), "conversion", sha256)
        yield from _read_sheet(origin, [header, *([row[name] for name in header] for row in rows)])


def _role(label: str) -> str | None:
    found = layout().columns.find(label)
    return found["role"] if found else None


@dataclass(frozen=True)
class _Origin:
    """Where a sheet's rows come from."""

    release_id: str
    file: str
    sheet: str
    read_from: str
    sha256: str

    @property
    def where(self) -> str:
        return f"{self.file}, sheet {self.sheet!r}"

    def cell(self, row: int, column: int) -> str:
        """A place in words: its cell, or the row of a conversion, whose header is row 1."""
        if self.read_from == "workbook":
            return f"{self.where}, cell {address(row, column)}"
        return f"{self.where}, row {row + 1}"


@dataclass
class _Sum:
    """A figure in the making."""

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


class _Faults:
    """What is wrong with a sheet, each kind once, and not more than a person reads."""

    def __init__(self) -> None:
        self.unknown: dict[tuple[str, ...], Unknown] = {}
        self.problems: dict[tuple[str, ...], str] = {}

    def add(self, *kind: str, problem: str) -> None:
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.setdefault(kind, problem)

    def stop(self) -> None:
        """Raise what was found."""
        if self.unknown:
            raise UnknownNames(list(self.unknown.values()), list(self.problems.values()))
        if self.problems:
            raise Problems(list(self.problems.values()))


def _read_sheet(origin: _Origin, rows: Iterable[Sequence[Cell]]) -> list[QuarterFigure]:
    """The figures of one financial year, by quarter, force and offence."""
    year = _financial_year(origin.sheet)
    if year is None:
        raise Problem(f"{origin.where}: the name is no financial year such as 2023_24.")
    faults = _Faults()
    numbered = enumerate(rows)
    places = _header(origin, numbered, faults)
    faults.stop()
    sheet = _Sheet(origin, places, year, faults)
    for number, row in numbered:
        cells = {role: row[at] if at < len(row) else "" for role, at in places.items()}
        if any(_text(cell) for cell in cells.values()):
            sheet.add(number, cells)
    faults.stop()
    if not sheet.sums:
        raise Problem(f"{origin.where} has a header and no rows; expected figures below it.")
    return [sheet.figure(key) for key in _ordered(sheet.sums)]


def _header(
    origin: _Origin, rows: Iterator[tuple[int, Sequence[Cell]]], faults: _Faults
) -> dict[str, int]:
    """The column of each role; leaves `rows` below the header."""
    for number, row in rows:
        if number >= _HEADER_ROWS:
            break
        labels = {column: _text(cell) for column, cell in enumerate(row) if _text(cell)}
        roles = {column: _role(label) for column, label in labels.items()}
        if sum(role is not None for role in roles.values()) < _HEADER_LABELS:
            continue
        places: dict[str, int] = {}
        for column, role in roles.items():
            where = origin.cell(number, column)
            if role is None:
                faults.unknown["column", labels[column]] = layout().columns.unknown(
                    where, "the column", labels[column]
                )
            elif role in places:
                faults.add(
                    "column", role, problem=f"{where}: a second column for {role}; expected one."
                )
            elif role != NO_TABLE:
                places[role] = column
        missing = [role for role in ROLES if role not in places]
        if missing:
            faults.add(
                "columns",
                problem=f"{origin.where}, row {number + 1}: no column for {', '.join(missing)}; "
                f"expected {', '.join(ROLES)}. If one was renamed, add its line to "
                f"{relative(layout().columns.file)}.",
            )
        return places
    raise Problem(
        f"{origin.where}: no header in the first {_HEADER_ROWS} rows; expected the columns "
        f"{', '.join(ROLES)}, as {relative(layout().columns.file)} names them."
    )


class _Sheet:
    """The sheet of one financial year while its rows are added up."""

    def __init__(self, origin: _Origin, places: dict[str, int], year: int, faults: _Faults) -> None:
        self.sums: dict[_Key, _Sum] = {}
        self._origin = origin
        self._places = places
        self._year = year
        self._faults = faults
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
        """One sum as a figure."""
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

    def _fault(self, number: int, role: str, sentence: str, *kind: str) -> None:
        where = self._origin.cell(number, self._places[role])
        self._faults.add(role, *kind, problem=f"{where}: {sentence}")

    def _unknown(self, kind: tuple[str, ...], unknown: Unknown) -> None:
        self._faults.unknown.setdefault(kind, unknown)

    def _meaning(
        self, number: int, description: str, force: str, group: str, subgroup: str, code: str
    ) -> _Meaning | None:
        """What a row is about; None, with a fault, where the layout does not know."""
        maps = {
            "force": (layout().forces, "the police force", force),
            "group": (layout().groups, "the offence group", group),
            "subgroup": (layout().subgroups, "the offence subgroup", subgroup),
        }
        found: dict[str, str] = {}
        for role, (known, what, label) in maps.items():
            line = known.find(label)
            if line is None:
                where = self._origin.cell(number, self._places[role])
                self._unknown((role, label), known.unknown(where, what, label))
            else:
                found[role] = line["area_code" if role == "force" else "offence_id"]
        if len(found) < len(maps):
            return None
        area, main = found["force"], found["group"]
        leaf = _one_of(found["subgroup"].split(), code)
        if _top(leaf) != main:
            self._fault(
                number,
                "subgroup",
                f"{subgroup!r} stands in the group {group!r}; expected it in that of "
                f"{_top(leaf)}. If it moved, its parent in resources/reference/offences.csv has "
                "to say so.",
                subgroup,
            )
            return None
        if leaf not in layout().codes.get(plain(code), set()):
            where = self._origin.cell(number, self._places["code"])
            self._unknown(("code", code, leaf), _unknown_code(where, code, leaf, description))
            return None
        if leaf == NO_OFFENCE:
            return _Meaning(area, ())
        if area == NO_AREA:
            self._fault(
                number,
                "force",
                f"{force} has {subgroup!r}; expected nothing but fraud of a body that is no police "
                f"force. If it is one, give its line in {relative(layout().forces.file)} an area "
                "code.",
                force,
            )
            return None
        groups = [(offence_id, None) for offence_id in line_of(leaf)]
        return _Meaning(area, (*groups, (leaf, layout().written[plain(code)])))

    def _amount(self, number: int, text: str) -> tuple[int, str | None]:
        """The offences that a text states, or the meaning of its marker."""
        digits = text.replace(",", "")
        if _WHOLE.fullmatch(digits):
            return int(digits), None
        marker = layout().markers.get(plain(text))
        if marker is None:
            line, file = csv_line([text, "?", "?"]), FOLDER / "markers.csv"
            where = self._origin.cell(number, self._places["count"])
            sentence = (
                f"{where}: holds {text!r}; expected a whole number of offences. If it is a marker, "
                f"add to {relative(file)} the line: {line}"
            )
            self._unknown(("marker", text), Unknown(sentence, file, line))
        return 0, marker or "unavailable"


def _one_of(leaves: Sequence[str], code: str) -> str:
    """The group that a code is in, of those that its label stands for.

    Vintages before 2024 call residential burglary domestic, as it was until April 2017.
    """
    known = layout().codes.get(plain(code), set())
    return next((leaf for leaf in leaves if leaf in known), leaves[0])


def _unknown_code(where: str, code: str, leaf: str, name: str) -> Unknown:
    """Say that a code was never seen in a group, and propose the line that its row settles."""
    file = FOLDER / "codes.csv"
    line = csv_line([code, leaf, name])
    elsewhere = ", ".join(sorted(layout().codes.get(plain(code), set())))
    known = f"is known in {elsewhere}" if elsewhere else "is not known"
    return Unknown(
        f"{where}: the offence code {code!r} {known}, and stands here in {leaf}. If that is right, "
        f"add to {relative(file)} the line: {line}",
        file,
        line,
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
    """Keys by quarter, then in the order of the lists of areas and offences, codes last."""
    area = {code: position for position, code in enumerate(areas())}
    offence = {offence_id: position for position, offence_id in enumerate(offences())}
    return sorted(sums, key=lambda key: (key[0], area[key[1]], offence[key[2]], key[3] or ""))


def _stretches(column: int, rows: Sequence[int]) -> str:
    """Cells of one column, neighbours as ranges: ``H12:H40 H57``."""
    stretches: list[list[int]] = []
    for row in rows:
        if stretches and row == stretches[-1][1] + 1:
            stretches[-1][1] = row
        else:
            stretches.append([row, row])
    return " ".join(
        address(first, column)
        if first == last
        else f"{address(first, column)}:{address(last, column)}"
        for first, last in stretches
    )
