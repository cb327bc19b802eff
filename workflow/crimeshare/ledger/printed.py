"""The figures that a page of the report prints, and where on the page they stand.

A figure in prose, a table or a caption is a ``data`` element with its value and source; the
figures of a chart are the rows of the CSV that the chart links to.  The CSV of a table only repeats
what stands in it.  Nothing else on a page may print a number
(:func:`crimeshare.publish.elements.figures.stray_numbers`): these are all of them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from crimeshare.html_reader import DRAWING, read_html
from crimeshare.problems import Problem

BLOCKS = frozenset({"p", "li", "td", "th", "caption", "figcaption", "h1", "h2", "h3", "dt", "dd"})
"""Elements that a reader takes in as one piece."""

FIGURE_COLUMNS = ("value", "lower", "upper", "unit", "release_id", "sheet", "cell")
_NOT_LABELS = ("figure_id", *FIGURE_COLUMNS, "workbook_sha256", "marker")


@dataclass(frozen=True)
class Printed:
    """One figure on one page.

    Attributes:
        figure_id: its name.
        source: value, lower, upper, unit, release_id, sheet and cell, as text.
        table: caption of the table it stands in, or whose data it is; empty in prose.
        row: label of its row.
        sentence: the text of the piece of prose or the cell it stands in.
    """

    figure_id: str
    source: Mapping[str, str]
    table: str
    row: str
    sentence: str

    @property
    def place(self) -> str:
        """Where on the page, in words."""
        if self.table:
            return f"table {self.table!r}, row {self.row!r}"
        return f"the passage {self.sentence!r}"


def printed_figures(html: str) -> list[Printed]:
    """Every figure that a page, as HTML, prints: as a reader meets them, with repetitions.

    Raises:
        Problem: the page is of another version, whose charts do not name their figures.
    """
    figures: list[Printed] = read_html(DRAWING.sub("", html), _Reader())
    return figures


@dataclass
class _Block:
    """A piece of text being read, and the figures in it that wait for its end."""

    tag: str
    text: list[str] = field(default_factory=list)
    waiting: list[tuple[str, dict[str, str]]] = field(default_factory=list)


class _Reader:
    def __init__(self) -> None:
        self.figures: list[Printed] = []
        self._blocks: list[_Block] = []
        self._table: str | None = None
        self._row = ""
        self._in_table_figure = False

    def start(self, tag: str, given: Mapping[str, str]) -> None:
        """Note where the reader is, and the figures that an element holds."""
        if tag == "table":
            self._table = ""
        elif tag == "tr":
            self._row = ""
        elif tag in BLOCKS:
            self._blocks.append(_Block(tag))
        elif tag == "data":
            self._figure(given)
        elif self._blocks:
            self._blocks[-1].text.append(" ")
        if tag == "figure":
            self._in_table_figure = "table" in given.get("class", "").split()
        of_a_chart = tag == "a" and not self._in_table_figure
        if of_a_chart and given.get("href", "").startswith("data:text/csv"):
            self._chart(given["download"].removesuffix(".csv"), given["href"])

    def end(self, tag: str) -> None:
        """Close the piece of text that ends here."""
        if tag == "table":
            self._table = None
        elif tag == "figure":
            self._in_table_figure = False
        elif any(block.tag == tag for block in self._blocks):
            while self._end_block() != tag:
                pass  # a block without an end of its own ends with the one around it

    def close(self) -> list[Printed]:
        """The figures, in the order in which their pieces of text ended."""
        while self._blocks:
            self._end_block()
        return self.figures

    def _end_block(self) -> str:
        block = self._blocks.pop()
        text = " ".join("".join(block.text).split())
        if block.tag == "caption" and self._table is not None:
            self._table = text
        if block.tag == "th" and not self._row:
            self._row = text
        for figure_id, source in block.waiting:
            self.figures.append(Printed(figure_id, source, self._table or "", self._row, text))
        if self._blocks:
            self._blocks[-1].text.append(f" {text} ")
        return block.tag

    def data(self, text: str) -> None:
        """Add to the piece of text being read."""
        if self._blocks:
            self._blocks[-1].text.append(text)

    def _figure(self, given: Mapping[str, str]) -> None:
        source = {
            "value": given["value"],
            "lower": given.get("data-lower", ""),
            "upper": given.get("data-upper", ""),
            "unit": given["data-unit"],
            "release_id": given.get("data-release", ""),
            "sheet": given.get("data-sheet", ""),
            "cell": given.get("data-cell", ""),
        }
        if self._blocks:
            self._blocks[-1].waiting.append((given["data-id"], source))
        else:
            self.figures.append(Printed(given["data-id"], source, "", "", ""))

    def _chart(self, chart: str, href: str) -> None:
        """The rows of the data behind a chart; a marked row has no number."""
        rows = csv.DictReader(io.StringIO(unquote(href.partition(",")[2])))
        for row in rows:
            if "figure_id" not in row:
                raise Problem(
                    f"The data of the chart {chart} name no figures, so the page was built by "
                    "another version; make builds it again."
                )
            if not row.get("value"):
                continue
            labels = [
                f"{name} {text}" for name, text in row.items() if name not in _NOT_LABELS and text
            ]
            label = ", ".join(labels)
            source = {name: row.get(name, "") for name in FIGURE_COLUMNS}
            table = f"data of the chart {chart}"
            self.figures.append(Printed(row["figure_id"], source, table, label, label))
