"""A workbook as plain grids of cells, opened with care.

The grid keeps the workbook's own addresses: ``grid.rows[0][0]`` is cell A1, whatever
empty rows or columns a sheet begins with.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath

from python_calamine import CalamineWorkbook

from crimeshare.problems import Problem

ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

# The largest ONS workbook known unpacks to about 10 MB; a bomb unpacks to gigabytes.
MAX_UNPACKED_BYTES = 100_000_000
# The longest table known has 407 rows, and the fullest workbook 60,000 cells in all its sheets.
MAX_ROWS = 100_000
MAX_CELLS = 2_000_000

# Visual Basic and the older macro sheets of .xlsx, the Basic and scripts of .ods.
_MACROS = re.compile(r"vbaproject\.bin$|(^|/)macrosheets/|^(basic|scripts)/")
_NO_MACROS = "ONS publishes none. Fetch it again from its page."

_CSV_NUMBER = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.\d{1,20})?", re.ASCII)

Cell = object
"""What calamine gives for a cell: str, float, int, bool, a date, or "" when empty."""


@dataclass(frozen=True)
class Grid:
    """One sheet: its name as published and its rows from A1 on, padded to one width."""

    sheet: str
    rows: Sequence[Sequence[Cell]]

    def where(self, row: int, column: int) -> str:
        """A cell as a sentence names it: ``sheet 'Table P1', cell K59``."""
        return f"sheet {self.sheet!r}, cell {address(row, column)}"


@dataclass(frozen=True)
class Workbook:
    """A workbook's name, digest and sheets in order; `of_csv` where files of CSV stand for it."""

    name: str
    sha256: str
    bytes: int
    grids: list[Grid]
    of_csv: bool = False

    @property
    def sheet_names(self) -> list[str]:
        """The sheets' names as published, spaces and all."""
        return [grid.sheet for grid in self.grids]


def address(row: int, column: int) -> str:
    """The A1 address of 0-based ``row`` and ``column``: ``address(6, 10)`` is ``K7``."""
    return f"{_letters(column)}{row + 1}"


@cache
def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def open_workbook(path: Path) -> Workbook:
    """Read every sheet of an .xls, .xlsx or .ods workbook, or of tables published as CSV.

    A .csv file is one sheet of its name, a .zip of nothing but .csv files a sheet for each; cells
    are counted as a spreadsheet counts them.

    Raises:
        Problem: the file is not a workbook, is locked by a password, carries macros, or
            would unpack to more than a workbook of published tables ever needs.
    """
    content = path.read_bytes()
    if (tables := _csv_tables(path, content)) is not None:
        return Workbook(path.name, _sha256(content), len(content), tables, of_csv=True)
    _refuse_what_is_not_a_plain_workbook(path.name, content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        grids = list(_grids(path.name, book))
    except Problem:
        raise
    except Exception as error:
        raise Problem(
            f"{path.name} cannot be read as a workbook ({error}); expected an .xls, .xlsx or .ods "
            "file as published. Fetch it again, or check that it opens in a spreadsheet program."
        ) from error
    return Workbook(path.name, _sha256(content), len(content), grids)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _csv_tables(path: Path, content: bytes) -> list[Grid] | None:
    """The tables of a file of CSV, or of a zip of such files; None for any other file."""
    if path.suffix.lower() == ".csv":
        return [_csv_grid(path.name, path.stem, content)]
    if not content.startswith(ZIP_MAGIC) or not zipfile.is_zipfile(io.BytesIO(content)):
        return None
    archive = zipfile.ZipFile(io.BytesIO(content))
    names = [PurePosixPath(name) for name in archive.namelist() if not name.endswith("/")]
    if not names or any(name.suffix.lower() != ".csv" for name in names):
        return None
    refuse_unsafe(path.name, archive, MAX_UNPACKED_BYTES)
    try:
        return [_csv_grid(name.name, name.stem, archive.read(str(name))) for name in names]
    except (zipfile.BadZipFile, RuntimeError, KeyError, zlib.error, EOFError) as error:
        raise Problem(
            f"{path.name} is damaged or locked ({error}); expected a zip of CSV files. Fetch it "
            "again."
        ) from error


def _csv_grid(file: str, sheet: str, content: bytes) -> Grid:
    """A table published as CSV: numbers as such, with thousands in commas or not, all else text."""
    try:
        lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Problem(
            f"{file} is not CSV in UTF-8 ({error}); save it as CSV UTF-8, or fetch it again."
        ) from error
    width = max(map(len, lines), default=0)
    if len(lines) > MAX_ROWS or len(lines) * width > MAX_CELLS:
        raise Problem(
            f"{file} has {len(lines):,} rows and {width:,} columns; expected at most {MAX_ROWS:,} "
            f"rows and {MAX_CELLS:,} cells. This is not a published table."
        )
    padded = ([*line, *[""] * (width - len(line))] for line in lines)
    return Grid(sheet, [[_csv_cell(cell) for cell in line] for line in padded])


def _csv_cell(text: str) -> Cell:
    plain = text.strip()
    return float(plain.replace(",", "")) if _CSV_NUMBER.fullmatch(plain) else text


def _grids(name: str, book: CalamineWorkbook) -> Iterator[Grid]:
    cells = 0
    for sheet_name in book.sheet_names:
        sheet = book.get_sheet_by_name(sheet_name)
        height, width = sheet.total_height, sheet.total_width
        cells += height * width
        if height > MAX_ROWS or cells > MAX_CELLS:
            raise Problem(
                f"{name}, sheet {sheet_name!r}, has {height:,} rows and {width:,} columns; "
                f"expected at most {MAX_ROWS:,} rows a sheet, and {MAX_CELLS:,} cells in all "
                "sheets so far. This is not a published table."
            )
        yield Grid(sheet_name, sheet.to_python(skip_empty_area=False))


def _refuse_what_is_not_a_plain_workbook(name: str, content: bytes) -> None:
    if content.startswith(ZIP_MAGIC):
        try:
            refuse_unsafe(name, zipfile.ZipFile(io.BytesIO(content)), MAX_UNPACKED_BYTES)
        except zipfile.BadZipFile as error:
            raise Problem(
                f"{name} is cut short or damaged ({error}); expected a whole zip file. Fetch it "
                "again."
            ) from error
    elif content.startswith(OLE_MAGIC):
        # An encrypted .xlsx is an OLE container; a container's directory names its parts in UTF-16.
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise Problem(
                f"{name} is locked by a password; expected a workbook as published. "
                "Fetch it again from its page."
            )
        if "_VBA_PROJECT".encode("utf-16-le") in content:
            raise Problem(f"{name} carries macros; {_NO_MACROS}")
    else:
        raise Problem(
            f"{name} is not a workbook: it begins with {content[:8]!r}, expected a zip "
            f"(.xlsx, .ods) or OLE (.xls) file. Fetch it again."
        )


def refuse_unsafe(name: str, archive: zipfile.ZipFile, largest: int) -> None:
    """Stop if a zip file would unpack to more bytes than ``largest``, or carries macros."""
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    if unpacked > largest:
        raise Problem(
            f"{name} would unpack to {unpacked:,} bytes; expected at most {largest:,}. This is not "
            "a published table."
        )
    if any(_MACROS.search(member.filename.lower()) for member in members):
        raise Problem(f"{name} carries macros; {_NO_MACROS}")
