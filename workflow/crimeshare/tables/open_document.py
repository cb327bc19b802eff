"""A large open document (.ods), sheet by sheet and row by row, in bounded memory.

Published open data has sheets of some 30,000 rows, so the whole is never held as Python objects.
An open document may say "this row, a million times" in a few bytes; such repetitions are counted
before the document is opened.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from python_calamine import CalamineWorkbook

from crimeshare.problems import Problem
from crimeshare.tables.grid import OLE_MAGIC, ZIP_MAGIC, Cell, refuse_unsafe

CONTENT = "content.xml"

# The table of April 2012 to December 2025 has 322,000 rows of 8 columns, 2.6 million
# cells; unpacked some 260 MB.
MAX_UNPACKED_BYTES = 1_500_000_000
MAX_CELLS = 6_000_000

_CHUNK = 4_000_000
# Elements whose content is repeated; an empty one repeats nothing and costs nothing.
_ROWS = re.compile(
    rb'<table:table-row\b[^>]*\btable:number-rows-repeated="(\d+)"[^>]*(?<!/)>(.*?)</table:table-row>',
    re.DOTALL,
)
_CELLS = re.compile(rb'<table:table-cell\b[^>]*\btable:number-columns-repeated="(\d+)"[^>]*(?<!/)>')
_CELL = re.compile(rb"<table:table-cell\b[^>]*(?<!/)>")
_ROW_END = b"</table:table-row>"


def sheets(path: Path) -> Iterator[tuple[str, Iterator[list[Cell]]]]:
    """Name and rows of every sheet in order, each row from column A on; read one sheet at a time.

    Raises:
        Problem: the file is no open document, is locked or cut short, or would unpack to more
            than a published table ever needs.
    """
    _refuse_what_is_no_open_document(path)
    try:
        book = CalamineWorkbook.from_path(path)
        for name in book.sheet_names:
            yield name, _rows(book, name)
    except Problem:
        raise
    except Exception as error:
        raise Problem(
            f"{path.name} cannot be read as a workbook ({error}); expected an .ods file as "
            "published. Fetch it again, or check that it opens in a spreadsheet program."
        ) from error


def _rows(book: CalamineWorkbook, name: str) -> Iterator[list[Cell]]:
    """The rows from row 1 and column A on, whatever empty ones the sheet begins with."""
    sheet = book.get_sheet_by_name(name)
    # calamine gives the empty rows that a sheet begins with, but not its empty columns.
    indent: list[Cell] = [""] * (sheet.start[1] if sheet.start else 0)
    return ([*indent, *row] for row in sheet.iter_rows())


def _refuse_what_is_no_open_document(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(OLE_MAGIC):
        raise Problem(
            f"{path.name} is an old .xls or is locked by a password; expected an open .ods file as "
            "published. Fetch it again from its page."
        )
    if not head.startswith(ZIP_MAGIC):
        raise Problem(
            f"{path.name} is not a workbook: it begins with {head!r}, expected a zip file, as .ods "
            "is. Fetch it again."
        )
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_unsafe_content(path.name, archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise Problem(
            f"{path.name} is cut short, damaged or locked ({error}); expected a whole .ods file. "
            "Fetch it again."
        ) from error


def _refuse_unsafe_content(name: str, archive: zipfile.ZipFile) -> None:
    members = archive.namelist()
    if CONTENT not in members:
        raise Problem(
            f"{name} holds {', '.join(members[:5]) or 'nothing'}; expected an open document "
            f"with {CONTENT}. Is this the .ods file of the open data table?"
        )
    refuse_unsafe(name, archive, MAX_UNPACKED_BYTES)
    cells, rest = 0, b""
    with archive.open(CONTENT) as content:
        while chunk := content.read(_CHUNK):
            text = rest + chunk
            whole = text.rfind(_ROW_END) + len(_ROW_END) if _ROW_END in text else 0
            cells += _cells(text[:whole])
            rest = text[whole:]
            # A row that does not end is counted as it grows.
            if cells + _cells(rest) > MAX_CELLS or len(rest) > MAX_CELLS:
                raise Problem(
                    f"{name} repeats cells to more than {MAX_CELLS:,}; expected fewer. This is not "
                    "a published table."
                )


def _cells(xml: bytes) -> int:
    """How many filled cells a stretch of XML stands for, repetitions counted."""
    wide = sum(int(times) - 1 for times in _CELLS.findall(xml))
    long = sum(
        (int(times) - 1) * (len(_CELL.findall(row)) + sum(int(t) - 1 for t in _CELLS.findall(row)))
        for times, row in _ROWS.findall(xml)
    )
    return xml.count(b"<table:table-cell") + wide + long
