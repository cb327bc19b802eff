"""What an earlier release held, as far as it helps to propose lines for names never seen.

Nothing here is used to read a figure.  A proposal is a guess with a reason; a person looks at it
before it becomes a line of a layout.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crimeshare.tables.observations import Observation

Meaning = tuple[str, str | None]
"""Role and offence id of a column, as in ``layouts/pfa/columns.csv``."""

ROLE_OF_MEASURE = {
    "rate_per_1000_households": "offence_per_household",
    "population": "population",
    "households": "households",
}

# Below this part of its cells marked before, a marker is not taken for the old one respelt.
_MOST = 0.5


@dataclass(frozen=True)
class Expectation:
    """Columns in order and markers by cell, for each kind of table of an earlier release."""

    columns: dict[str, list[Meaning]]
    markers: dict[str, dict[tuple[str, str | None, str], str]]

    @classmethod
    def of(cls, observations: Iterable[Observation]) -> Expectation:
        """What a release of police force area tables held; nothing, if it has no observations."""
        sheets: dict[str, str] = {}
        columns: dict[str, dict[Meaning, None]] = defaultdict(dict)
        markers: dict[str, dict[tuple[str, str | None, str], str]] = defaultdict(dict)
        for row in observations:
            kind = _kind(row)
            # One sheet a kind: the table of the year before has the same columns again.
            if sheets.setdefault(kind, row.sheet) != row.sheet:
                continue
            columns[kind][_meaning(row)] = None
            if row.marker is not None:
                markers[kind][row.area_code, row.offence_id, row.measure] = row.marker
        return cls({kind: list(found) for kind, found in columns.items()}, dict(markers))

    def between(
        self, kind: str, before: Meaning | None, after: Meaning | None, taken: Sequence[Meaning]
    ) -> list[Meaning]:
        """The columns that stood between two others and are not among ``taken``."""
        order = self.columns.get(kind, [])
        first = order.index(before) + 1 if before in order else 0
        last = order.index(after) if after in order else len(order)
        return [meaning for meaning in order[first:last] if meaning not in taken]

    def marker(self, kind: str, cells: Sequence[tuple[str, str | None, str]]) -> str | None:
        """The one meaning that markers in most of these cells had, or None.

        Args:
            cells: area code, offence id and measure of each cell that holds the marker now.
        """
        before = [self.markers.get(kind, {}).get(cell) for cell in cells]
        meanings = {meaning for meaning in before if meaning}
        marked = sum(meaning is not None for meaning in before)
        return meanings.pop() if len(meanings) == 1 and marked >= _MOST * len(cells) else None


def _kind(row: Observation) -> str:
    """The kind of table, as in ``layouts/pfa/tables.csv``, that a figure stands in."""
    if row.parent_code is not None:
        return "partnership_counts" if row.measure == "count" else "partnership_rates"
    return {"count": "counts", "change_pct": "change"}.get(row.measure, "rate")


def _meaning(row: Observation) -> Meaning:
    return ROLE_OF_MEASURE.get(row.measure, "offence"), row.offence_id
