"""Where the numbers of a table or chart come from, folded away beside it.

For each release: the edition at ONS, the hash of the workbook read, and the cells, as ranges; a
computed number as its formula over ranges, read row by row: ``M9:M51 / C9:C51``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from itertools import chain, groupby, zip_longest

from crimeshare.cells import Cell
from crimeshare.publish.elements.figures import Figure
from crimeshare.reference import REFERENCE
from crimeshare.sources.registry import REGISTRY, Release, read_registry

HASH_SHOWN = 12

# A quoted sheet holds digits that are no cell: 'Table P1'!X43.
_REFERENCE = re.compile(r"'[^']*'!|\b([A-Z]{1,3}[1-9]\d*)\b")

_ADDRESS = re.compile(r"[A-Z]{1,3}[1-9]\d*")

_SLOT = "\0"


def sources(figures: Iterable[Figure]) -> str:
    """The cells behind figures as a block that opens on request; nothing for figures without."""
    given = [figure for figure in figures if figure.cells]
    releases = dict.fromkeys(figure.cells[0].release_id for figure in given)
    items = "".join(
        f"<li>{_workbook(own[0].cells[0])}: {_cells(own)}</li>"
        for own in (
            [figure for figure in given if figure.cells[0].release_id == release_id]
            for release_id in releases
        )
    )
    if not items:
        return ""
    return f'<details class="source"><summary>Source cells</summary><ul>{items}</ul></details>'


def ranges(cells: Iterable[str]) -> str:
    """Cells as spreadsheets write them, those next to each other as one: ``C9:C51, M9``.

    Args:
        cells: addresses such as ``C9``, in any order; repetitions count once.
    """
    places = {_place(cell) for cell in cells}
    down = _runs(places)
    across = _runs({(row, column) for column, row in places})
    if len(across) < len(down):
        down = [((c1, r1), (c2, r2)) for (r1, c1), (r2, c2) in across]
    return ", ".join(
        _address(first) if first == last else f"{_address(first)}:{_address(last)}"
        for first, last in down
    )


def _workbook(cell: Cell) -> str:
    """Edition, its address and the hash of the workbook that a cell was read from."""
    release = _registry().get(cell.release_id)
    named = f"<code>{escape(cell.release_id)}</code>"
    if release:
        edition = escape(release.edition)
        if release.path:
            at = f"{edition} at {release.publisher.short}"
            edition = f'<a href="{escape(release.page_url)}">{at}</a>'
        named = f"{edition}, {named}"
    if not cell.workbook_sha256:
        return named
    shown = cell.workbook_sha256[:HASH_SHOWN]
    return f'{named}, workbook <code title="SHA-256 {cell.workbook_sha256}">{shown}…</code>'


def _cells(figures: Sequence[Figure]) -> str:
    """Ranges of cells as they stand, sheet by sheet, then formulas over ranges."""
    sheets: dict[str, list[str]] = {}
    formulas: dict[str, list[list[str]]] = {}
    for figure in figures:
        first = figure.cells[0]
        if not figure.formula:
            sheets.setdefault(first.sheet.strip(), []).append(first.cell)
            continue
        formula = figure.formula
        slots = _REFERENCE.findall(formula)
        skeleton = _REFERENCE.sub(lambda match: _SLOT if match[1] else match[0], formula)
        if "!" not in formula:
            # Put before only now: a sheet may be called like a cell, P1.
            skeleton = f"{figure.sheet}: {skeleton}"
        formulas.setdefault(skeleton, []).append([slot for slot in slots if slot])
    listed = [f"{sheet}: {_places(cells)}" for sheet, cells in sheets.items()]
    for skeleton, filled in formulas.items():
        parts = skeleton.split(_SLOT)
        slots = [ranges(column) for column in zip(*filled, strict=True)]
        listed.append("".join(chain(*zip_longest(parts, slots, fillvalue=""))))
    return "; ".join(f"<code>{escape(text)}</code>" for text in listed)


def _places(cells: Sequence[str]) -> str:
    """Cells as ranges, after them what a publication without a workbook has in place of cells."""
    addresses = [cell for cell in cells if _ADDRESS.fullmatch(cell)]
    named = dict.fromkeys(cell for cell in cells if not _ADDRESS.fullmatch(cell))
    return ", ".join([*([ranges(addresses)] if addresses else []), *named])


Place = tuple[int, int]
"""Column and row, from 1; for runs along a row the other way round."""


def _runs(places: set[Place]) -> list[tuple[Place, Place]]:
    """First and last of each stretch of places whose second part counts up by one."""
    order = sorted(places)
    stretches = groupby(
        enumerate(order), key=lambda numbered: (numbered[1][0], numbered[1][1] - numbered[0])
    )
    found = [[place for _, place in stretch] for _, stretch in stretches]
    return [(stretch[0], stretch[-1]) for stretch in found]


def _place(cell: str) -> Place:
    letters = cell.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column, int(cell[len(letters) :])


def _address(place: Place) -> str:
    column, row = place
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"


@cache
def _registry() -> dict[str, Release]:
    return read_registry(REFERENCE.parents[1] / REGISTRY)
