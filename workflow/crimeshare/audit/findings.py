"""What a release says about a claim: a value, its origin, the cells it stands in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from crimeshare.cells import Cell, shortened
from crimeshare.digits import fixed, ordinal
from crimeshare.measures import formulas
from crimeshare.periods import in_words

Unit = Literal[
    "count",
    "proportion",
    "change",
    "prevalence",
    "percentage_points",
    "points",
    "places",
    "level",
    "rank",
    "per_1000",
    "pace",
    "one_in",
    "times",
]
Vintage = Literal[
    "first published", "revised", "recovered", "compared", "revised since", "own counts", "estimate"
]


@dataclass(frozen=True)
class Finding:
    """One value.

    Attributes:
        value: in ``unit``; proportions and relative changes are fractions of one.
        unit: what the value is.
        release_id: the release that says so; empty for arithmetic on a statement's own counts.
        vintage: ``first published`` in the edition of its own year; ``revised`` in the table of
            the year before of a later edition; ``recovered`` from a later edition's count and
            percentage change; ``compared`` between two editions; ``revised since`` in the Home
            Office's open data; ``own counts`` of the statement; ``estimate`` of a survey.
        cells: where it stands, or what it was computed from, most important first.
        formula: the computation over the cells, which it names in full; empty where the value is
            the cell's own.
        lower, upper: limits of the interval of a survey estimate; a police count has none.
        note: what has to be said with it, a clause.
        excluding: forces without a return that a total leaves out, in words; mostly none.
        told: the value among what it was made from, ``{} of {}, {}``, with a place for each of
            ``parts`` and for the value itself.
        parts: those other findings.
    """

    value: float
    unit: Unit
    period_end: date
    release_id: str
    vintage: Vintage
    cells: tuple[Cell, ...] = ()
    formula: str = ""
    lower: float | None = None
    upper: float | None = None
    note: str = ""
    excluding: str = ""
    told: str = "{}"
    parts: tuple[Finding, ...] = ()

    @property
    def year(self) -> str:
        """``year ending March 2024``."""
        return in_words(self.period_end)

    @property
    def text(self) -> str:
        """The value as a reader sees it."""
        return shown(self.value, self.unit)

    @property
    def place(self) -> str:
        """The cell, or the computation over cells, as short as it can be told."""
        if self.formula:
            return shortened(self.formula, self.cells)
        return self.cells[0].cell if self.cells else ""

    @property
    def named(self) -> str:
        """The value inside the formula of another."""
        if self.formula:
            return f"({self.formula})"
        cell = self.cells[0]
        return cell.name if cell.addressed else cell.cell

    @property
    def sheets(self) -> str:
        """The sheets, each once, under the names the workbook gives them."""
        return " and ".join(dict.fromkeys(cell.sheet for cell in self.cells))


def rate_of(count: Finding, residents: float, mid_year: int) -> Finding:
    """A count of the Home Office per 1,000 residents."""
    whom = replace(
        count,
        value=residents,
        release_id="",
        cells=(),
        formula=f"residents in the middle of {mid_year}, as ONS estimates them",
    )
    return replace(
        count,
        value=1000 * count.value / residents,
        unit="per_1000",
        formula=formulas.ratio(f"1000 * {count.named}", f"{residents:.0f}"),
        told=f"{{}} offences for {{}} residents (mid-{mid_year}), {{}} per 1,000",
        parts=(count, whom),
    )


def share_of(part: Finding, whole: Finding) -> Finding:
    """``part / whole``, with the cells of both."""
    return replace(
        part,
        value=part.value / whole.value,
        unit="proportion",
        cells=tuple(dict.fromkeys((*part.cells, *whole.cells))),
        formula=formulas.ratio(part.named, whole.named),
        told="{} of {}, {}",
        parts=(part, whole),
    )


def difference_of(one: Finding, other: Finding, kind: str, vintage: Vintage) -> Finding:
    relative = kind == "percent"
    points = not relative and one.unit == "proportion"
    unit: Unit = "change" if relative else "percentage_points" if points else one.unit
    return replace(
        one,
        value=one.value / other.value - 1 if relative else one.value - other.value,
        unit=unit,
        vintage=vintage,
        cells=tuple(dict.fromkeys((*one.cells, *other.cells))),
        formula=(formulas.relative if relative else formulas.difference)(one.named, other.named),
        told="{} against {}, {}",
        parts=(one, other),
    )


_WRITTEN: dict[str, tuple[int, int, str, str]] = {
    "proportion": (100, 2, "", "%"),
    "change": (100, 2, "signed", "%"),
    "prevalence": (100, 1, "", "%"),
    "percentage_points": (100, 2, "signed", " percentage points"),
    "points": (100, 2, "", " percentage points"),
    "per_1000": (1, 2, "", ""),
    "times": (1, 2, "", ""),
    "pace": (1, 1, "", ""),
}
"""How often a unit is taken, its decimals, the style of its sign, and what follows it."""


def shown(value: float, unit: Unit) -> str:
    """``value`` as text; shares have two decimals of a per cent, so that rounding can be seen."""
    if unit == "rank":
        return ordinal(round(value))
    if unit == "places":
        return f"{value:.0f} {'place' if value == 1 else 'places'}"
    if unit == "level":
        return f"{value * 100:.4g}%"
    if unit == "one_in":
        # A second decimal where the first would hide on which side of a half it is.
        halved = fixed(value, 1).endswith(".5")
        return f"1 in {fixed(value, 2 if halved else 1)}"
    times, decimals, style, after = _WRITTEN.get(unit, (1, 0, "", ""))
    return fixed(value * times, decimals, style) + after
