"""The figures that a page of the report prints, and where on the page they stand.

An executed notebook has them as data beside what it shows
(:mod:`crimeshare.publish.elements.output`).  Nothing else on a page may print a number
(:func:`crimeshare.publish.elements.figures.stray_numbers`): these are all of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crimeshare.publish.elements.output import FIGURES

_SAID = ("figure_id", "stated", "table", "row", "sentence")


@dataclass(frozen=True)
class Printed:
    """One figure on one page.

    Attributes:
        source: value, lower, upper, unit, release_id, sheet, cell, formula and column, as text.
        stated: how its interval was made.
        table: caption of the table it stands in, or whose data it is; empty in prose.
        row: label of its row.
        sentence: the text of the piece of prose or the cell it stands in.
        drawn: stands in a chart, whose data name their cells themselves.
    """

    figure_id: str
    source: Mapping[str, str]
    stated: Mapping[str, Any]
    table: str
    row: str
    sentence: str
    drawn: bool

    @property
    def place(self) -> str:
        """Where on the page, in words."""
        if self.table:
            return f"table {self.table!r}, row {self.row!r}"
        return f"the passage {self.sentence!r}"

    @property
    def interval(self) -> dict[str, Any]:
        """Its limits and how they were made, so that they can be made again by hand."""
        if not self.source["lower"]:
            return {}
        return {name: float(self.source[name]) for name in ("lower", "upper")} | {**self.stated}


def printed_figures(executed: Path) -> Iterator[Printed]:
    """Every figure that a page prints, as a reader meets them, with repetitions."""
    for cell in json.loads(executed.read_text(encoding="utf-8"))["cells"]:
        for output in cell.get("outputs", ()):
            for told in output.get("metadata", {}).get(FIGURES, ()):
                said = {name: told.pop(name) for name in _SAID}
                yield Printed(source=told, drawn=told.pop("drawn", False), **said)
