"""The numbers of a table or chart as CSV: a row for each figure, with its value and source cell.

Those of a chart stand in its link; those of a table stand in the table, whose rows a script of the
page writes out when they are asked for.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from urllib.parse import quote

from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.words import Words

WORDS = Words(Path(__file__).with_name("shared.md.j2"))

FORMULA = r"^[=+\-@\t\r]"
"""How a text begins that a spreadsheet would take for a formula."""

ESCAPE = "'"

_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?")

# What an address may hold as it stands, spaces too in one of data; all else takes three letters.
_PLAIN = " !$'()*+,:;=@/?"


def chart_link(name: str, rows: Sequence[Mapping[str, object]]) -> str:
    """A link that holds the rows behind a chart as CSV, so that a page needs no other file.

    Args:
        name: of the file that a reader saves, without its ending.
        rows: at least one; a column is there if any row has it.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(dict.fromkeys(chain(*rows))), lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _uncalculated(cell) for name, cell in row.items()} for row in rows)
    return (
        f'<a download="{name}.csv" href="data:text/csv;charset=utf-8,'
        f'{quote(text.getvalue(), safe=_PLAIN)}">{WORDS.passage("chart_data")}</a>'
    )


def _uncalculated(cell: object) -> object:
    """A cell that a spreadsheet takes for what it is: a number, or text."""
    if not isinstance(cell, str) or not re.match(FORMULA, cell) or _NUMBER.fullmatch(cell):
        return cell
    return f"{ESCAPE}{cell}"


def table_link(name: str) -> str:
    """A link that the page's script shows, and fills with the rows of the table above it."""
    label = WORDS.passage("table_data")
    return f'<a download="{name}.csv" href="data:text/csv," hidden>{label}</a>'


def figure_columns(figure: Figure) -> dict[str, object]:
    """A figure as columns of a row: its name, its value and where that comes from.

    A survey estimate also has ``lower`` and ``upper``; a count, which has no sampling error, does
    not have the columns.
    """
    cell = figure.cells[0] if figure.cells else None
    limits = {"lower": figure.lower, "upper": figure.upper}
    return {
        "figure_id": figure.figure_id,
        "value": _exact(figure.value),
        **{name: _exact(limit) for name, limit in limits.items() if limit is not None},
        "unit": figure.unit,
        "marker": "" if figure.value is not None else figure.marker or "",
        "release_id": cell.release_id if cell else "",
        "workbook_sha256": cell.workbook_sha256 if cell else "",
        "sheet": figure.sheet,
        "cell": figure.expression,
    }


def _exact(number: float | None) -> str:
    return "" if number is None else repr(float(number))
