"""What the panel behind each number of a page says, as a script that the page loads when asked.

The page itself holds no more than the names of its figures, so that it weighs no more for it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from crimeshare.cells import ADDRESS, Cell, cells_in
from crimeshare.columns import column as column_of
from crimeshare.ledger.entries import Printed, printed_figures
from crimeshare.ledger.holding import Holding, holding
from crimeshare.periods import MONTHS
from crimeshare.reference import offences
from crimeshare.sources.registry import Release

# As many cells are named one by one; of more, the formula says which.
MOST = 12


_YEAR = re.compile(rf"(?P<what>.+?), .+, year to (?P<month>{'|'.join(MONTHS)}) (?P<year>\d{{4}})")
"""A year of the open data, as formulas name it."""


class Panels:
    """Builds the script of a page."""

    def __init__(self, registry: Mapping[str, Release], root: Path) -> None:
        self._registry = registry
        self._root = root

    def script(self, executed: Path) -> str:
        """The script of a page: what stands behind each of the numbers in its text."""
        figures: dict[str, Any] = {}
        releases: dict[str, list[str]] = {}
        for printed in printed_figures(executed):
            if printed.figure_id in figures or printed.drawn:
                continue
            told, cells = self._told(printed)
            figures[printed.figure_id] = told
            for name in [printed.source["release_id"], *(cell.release_id for cell in cells)]:
                if name and name not in releases:
                    releases[name] = self._release(name)
        data = {"figures": figures, "releases": releases}
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        return f"crimeshare.cells({text});\n"

    def _told(self, printed: Printed) -> tuple[dict[str, Any], list[Cell]]:
        source = printed.source
        cells = cells_in(source["cell"], source["release_id"], source["sheet"])
        told: dict[str, Any] = {"release": source["release_id"]}
        table, _, name = source["column"].partition(".")
        if words := self._added_up(source) or (column_of(table, name).how if table else ""):
            told["words"] = words
        if [cell.cell for cell in cells] != [source["cell"]] and source["cell"]:
            told["formula"] = source["cell"]
        if worked := self._worked(source["cell"], cells):
            told["worked"] = worked
        if len(cells) <= MOST:
            told["cells"] = [
                [cell.release_id, cell.sheet, cell.cell, held.value(cell), held.labels(cell)]
                for cell in cells
                for held in [self._holding(cell.release_id)]
            ]
        if printed.interval:
            told["interval"] = printed.interval
        return told, cells

    def _added_up(self, source: Mapping[str, str]) -> str:
        """Which quarters and offence codes make a year of the open data; empty for another."""
        year = _YEAR.fullmatch(source["cell"])
        if not year:
            return ""
        last = int(year["year"]) * 4 + MONTHS.index(year["month"]) // 3
        quarters = [
            f"{MONTHS[at % 4 * 3]} to {MONTHS[at % 4 * 3 + 2]} {at // 4}"
            for at in range(last - 3, last + 1)
        ]
        named = {group.name.lower(): name for name, group in offences().items()}
        group = named.get(year["what"].lower(), "")
        ends = [(at // 4, at % 4 * 3 + 3) for at in range(last - 3, last + 1)]
        codes = self._holding(source["release_id"]).codes(group, ends)
        told = f"four quarters that we added up: {', '.join(quarters)}"
        return f"{told}; offence codes {', '.join(codes)}" if 0 < len(codes) <= MOST else told

    def _worked(self, formula: str, cells: list[Cell]) -> str:
        """A formula with what its cells hold in their places; empty where it is no sum of them."""
        held = {cell: self._holding(cell.release_id).value(cell) for cell in cells}
        if len(cells) < 2 or not all(held.values()) or re.search(r"[a-z]{3}", formula):
            return ""
        pattern = r"(?:(?:\[[^\]]+\])?'[^']+'!)?\b" + ADDRESS.pattern + r"\b"
        values = iter(re.findall(pattern, formula))
        if len(list(values)) != len(cells):
            return ""
        numbers = iter(held.values())
        return re.sub(pattern, lambda _: next(numbers), formula)

    def _holding(self, release_id: str) -> Holding:
        return holding(release_id, self._root)

    def _release(self, release_id: str) -> list[str]:
        release = self._registry.get(release_id)
        sha256 = self._holding(release_id).sha256
        return [
            release.edition if release else release_id,
            sha256,
            release.page_url if release and release.path else "",
        ]
