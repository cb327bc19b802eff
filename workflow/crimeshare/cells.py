"""Where published values stand: cells, formulas over cells, ranges of cells.

A formula names every cell in full, ``[pfa-2024-12]'Table P1'!M9``, so that one formula can hold
another and none is ever in doubt; :func:`shortened` drops what a reader can do without.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

ADDRESS = re.compile(r"[A-Z]{1,3}[1-9]\d*")
"""A cell's column and row; a publication without a workbook has words in place of it."""

_BEFORE = r"(?:\[(?P<release>[^\]]+)\])?'(?P<sheet>[^']+)'!"
_SHEET = re.compile(_BEFORE)
_ONE = re.compile(rf"{_BEFORE}(?P<cell>.+)")
_OF_ONE_YEAR = re.compile(
    # Where no match can begin none is tried: long formulas are slow to search otherwise.
    r"(?:^|(?<=[/()])|(?<=\d{4}))"
    r"(?P<part>[^/()]+?)(?P<place>, [^/()]+, year to \w+ \d{4}) / (?P<whole>[^/\[\]]+?)(?P=place)"
)
_REFERENCE = re.compile(rf"(?:{_BEFORE})?\b(?P<cell>{ADDRESS.pattern}(?::{ADDRESS.pattern})?)\b")


class Cell(NamedTuple):
    """One cell of a release's workbook; a page names tens of thousands.

    Rows of a table of the project stand under its name in place of a sheet, see
    :func:`crimeshare.measures.provenance.keyed`; those of no one release have no `release_id`.
    """

    release_id: str
    workbook_sha256: str
    sheet: str
    cell: str

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Cell:
        """The cell that a row of a table names in the columns of these four names."""
        return cls(row["release_id"], row["workbook_sha256"], row["sheet"], row["cell"])

    @classmethod
    def named(cls, name: str, hashes: Mapping[str, str]) -> Cell:
        """The cell of a :attr:`name`; `hashes` are those of the workbooks by release."""
        release, sheet, cell = _parts(name)
        return cls(release, hashes.get(release, ""), sheet, cell)

    @property
    def name(self) -> str:
        """The cell in full, as formulas name it: ``[pfa-2024-12]'Table P1'!X43``."""
        return f"{self.sheet_name}{self.cell}"

    @property
    def sheet_name(self) -> str:
        """Release and sheet as they stand before a cell: ``[pfa-2024-12]'Table P1'!``."""
        release = f"[{self.release_id}]" if self.release_id else ""
        return f"{release}'{self.sheet.strip()}'!"

    @property
    def addressed(self) -> bool:
        """Whether it is a cell of a workbook; else `cell` tells in words what was looked up."""
        return _addressed(self.cell)


@cache
def _parts(name: str) -> tuple[str, str, str]:
    found = _ONE.fullmatch(name)
    if found is None:
        raise ValueError(f"{name} names no cell")
    return found["release"] or "", found["sheet"], found["cell"]


@cache
def _addressed(cell: str) -> bool:
    return ADDRESS.fullmatch(cell) is not None


def names_cells(formula: str) -> bool:
    """Whether a formula is over cells; else it tells in words what was done with them."""
    return _SHEET.search(formula) is not None


def cells_in(formula: str, release_id: str = "", sheet: str = "") -> list[Cell]:
    """The cells and ranges that a formula names, each once, without hashes.

    Args:
        formula: in full, or shortened.
        release_id, sheet: of the cells that are named without.
    """
    found = (
        Cell(match["release"] or release_id, "", match["sheet"] or sheet, match["cell"])
        for match in _REFERENCE.finditer(formula)
    )
    return list(dict.fromkeys(found))


def shortened(formula: str, cells: Sequence[Cell]) -> str:
    """A formula without the release of its first cell, nor the sheet where there is but one."""
    if not cells:
        return formula
    if len({(cell.release_id, cell.sheet.strip()) for cell in cells}) == 1:
        formula = formula.replace(cells[0].sheet_name, "")
    # What has no cell is named after its release alone, and its area and year once for a ratio.
    named = formula.replace(f"[{cells[0].release_id}]", "")
    if ", year to " not in named:
        return named
    return _OF_ONE_YEAR.sub(r"\g<part> / \g<whole>\g<place>", named)


def ranges_in_full(cells: Iterable[Cell]) -> Iterator[str]:
    """Cells of several sheets as ranges: ``[pfa-2024-12]'Table P1'!C9:C51``, sheet by sheet.

    Those without an address are left out.
    """
    sheets: dict[tuple[str, str], list[Cell]] = {}
    for cell in cells:
        if cell.addressed:
            sheets.setdefault((cell.release_id, cell.sheet.strip()), []).append(cell)
    for alike in sheets.values():
        for block in ranges(cell.cell for cell in alike):
            yield f"{alike[0].sheet_name}{block}"


def ranges(addresses: Iterable[str]) -> list[str]:
    """Addresses as spreadsheets write them, those that make a rectangle as one: ``C9:D51``.

    Args:
        addresses: such as ``C9``, in any order; repetitions count once.
    """
    from xlsxwriter.utility import xl_range

    places = set(map(_place, addresses))
    across = _blocks(places)
    down = [
        ((row1, col1), (row2, col2))
        for (col1, row1), (col2, row2) in _blocks({(col, row) for row, col in places})
    ]
    fewest = min(down, sorted(across), key=len)
    return [xl_range(*first, *last) for first, last in fewest]


@cache
def _place(address: str) -> Place:
    # A page names the same cells many times over, and a judge of statements none by its place.
    from xlsxwriter.utility import xl_cell_to_rowcol

    place: Place = xl_cell_to_rowcol(address)
    return place


Place = tuple[int, int]
"""Row and column, from 0; for blocks down the columns the other way round."""


def _blocks(places: set[Place]) -> list[tuple[Place, Place]]:
    """First and last place of each block: stretches along the second part, equal ones joined."""
    alike: dict[tuple[int, int], list[int]] = {}
    for first, numbered in groupby(sorted(places), key=lambda place: place[0]):
        for start, end in stretches([second for _, second in numbered]):
            alike.setdefault((start, end), []).append(first)
    return sorted(
        ((begin, start), (finish, end))
        for (start, end), lines in alike.items()
        for begin, finish in stretches(lines)
    )


def stretches(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """First and last of each stretch of ascending numbers that count up by one."""
    parts = groupby(enumerate(numbers), key=lambda numbered: numbered[1] - numbered[0])
    found = [[number for _, number in part] for _, part in parts]
    return [(part[0], part[-1]) for part in found]
