"""Tables pasted into a text: each cell is a sentence of its column, its row and itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from crimeshare.audit.reading.spans import Span

# What parts the cells of a line: bars, tabs, three spaces or more, or a row of dots.
_BETWEEN = re.compile(r"[ \t]*\|[ \t]*|\t+| {3,}|[ \t]*\.{3,}[ \t]*")
_RULE = re.compile(r"[\s|:+=_-]*")
_CHANGE = re.compile(r"\bchange|\bdifference|\+/-|[%±]", re.IGNORECASE)
_NUMBERS = ("number", "percent")

Stretch = tuple[int, int]


@dataclass
class PastedTable:
    """Lines of a text with as many cells each.

    Attributes:
        head: the cells of its first line, if no number stands in them.
        rows: the cells of the others.
    """

    start: int
    end: int
    head: list[Stretch] = field(default_factory=list)
    rows: list[list[Stretch]] = field(default_factory=list)


def _cells(text: str, start: int, end: int) -> list[Stretch]:
    """The cells of a line; none where it is no row of a table."""
    line = text[start:end].rstrip()
    edges, at = [], 0
    for between in _BETWEEN.finditer(line):
        edges.append((at, between.start()))
        at = between.end()
    edges.append((at, len(line)))
    found = [(start + one, start + other) for one, other in edges]
    return found[1:] if found and found[0][0] == found[0][1] else found


def tables(text: str, spans: Sequence[Span]) -> Iterator[PastedTable]:
    """The tables of a text."""
    counted = [s for s in spans if s.kind in _NUMBERS]

    def numeric(cell: Stretch) -> bool:
        return any(cell[0] <= s.start < cell[1] for s in counted)

    open_: PastedTable | None = None
    for line in re.finditer(r"[^\n]+", text):
        if _RULE.fullmatch(line.group()):
            continue
        cells = [c for c in _cells(text, *line.span()) if c[0] < c[1]]
        headed = not any(numeric(c) for c in cells)
        width = len(open_.head or open_.rows[0]) if open_ else 0
        # The corner over the names of rows may be empty.
        fits = open_ and len(cells) in (width, width + 1 if not open_.rows else width)
        if open_ and fits and not headed and not numeric(cells[0]) and len(cells) > 1:
            open_.rows.append(cells)
            open_.end = line.end()
            continue
        if open_ and open_.rows and (open_.head or len(open_.rows) > 1):
            yield open_
        open_ = None
        if len(cells) > 1 and (headed or not numeric(cells[0])):
            head, rows = (cells, []) if headed else ([], [cells])
            open_ = PastedTable(line.start(), line.end(), head, rows)
    if open_ and open_.rows and (open_.head or len(open_.rows) > 1):
        yield open_


def cells_of(
    table: PastedTable, text: str, letters: Callable[[Stretch], str]
) -> Iterator[tuple[Stretch, list[Stretch], bool]]:
    """Each cell of a table: its row, the stretches that make its sentence, whether it is a change.

    A change is of what the column left of it counts, and up to the last year of the others.
    """
    for row in table.rows:
        head = [(0, 0)] * (len(row) - len(table.head)) + table.head if table.head else []
        if len(row) > 2 and not head:
            continue
        for place, cell in enumerate(row[1:], start=1):
            over = [head[place]] if head else []
            change = bool(over) and bool(_CHANGE.search(text[over[0][0] : over[0][1]]))
            label = letters(row[0])
            if over and not re.search("[OT]", label + letters(over[0])):
                left = [h for h in head[1:place] if re.search("[OT]", letters(h))]
                over = [*left[-1:], *over]
            yield (row[0][0], row[-1][1]), [*over, row[0], cell], change
