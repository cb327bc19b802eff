"""Numbers a reader sees: formatted in one place, each carrying where it stands.

A :class:`Figure` written into prose, a table or a caption becomes an HTML ``data`` element with
the full value, the unit and the source cell.  Whoever collects the published numbers reads these
elements (:func:`shown`), and whoever checks that no other number is printed looks at the text
outside them (:func:`stray_numbers`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from itertools import islice
from math import ceil, log10
from typing import Any

from crimeshare.cells import Cell, names_cells, ranges_in_full, shortened
from crimeshare.columns import units
from crimeshare.digits import MINUS, fixed, ordinal
from crimeshare.html_reader import DRAWING, read_html
from crimeshare.publish.elements import prose

# What a marker of the clean tables is called where a number would have stood.
MARKERS = {
    "small_revised": ("[u]", "fewer than fifty offences in some year: no percentage is given"),
    "small_base": ("[u]", "fewer than fifty offences in the earlier year: no percentage is given"),
    "small_count": ("[u]", "fewer than fifty offences: no share, rate or rank is given"),
    "unavailable": ("[x]", "not available in this release"),
    "not_applicable": ("[z]", "does not apply"),
    "low_population": ("[u1]", "too few residents for a rate"),
}
NOT_GIVEN = ("[x]", "not available in this release")


OPERATOR = re.compile(r" [-+*/] ")
"""What makes a formula more than one thing, so that it stands in brackets inside another."""

MOST_SHEETS = 6
MOST_RANGES = 12
"""Of a number that rests on more sheets or ranges of cells, they are counted and not named."""


@dataclass(frozen=True)
class Figure:
    """A number, what it is and the cells it comes from.

    Attributes:
        figure_id: what the number is, never where it is shown: ``share.gwent.pfa-2024-12``.
        value: in `unit`; None where the release holds a marker instead.
        unit: one of ``columns.yaml``.
        cells: the cells the value was computed from, most important first.
        formula: the computation over those cells, which it names in full, or in words; empty for
            a cell as it stands.
        marker: the reason why there is no value, a key of `MARKERS`.
        lower, upper: limits of the interval of a survey estimate, in `unit`; a police count has
            no sampling error and never has them.
        decimals: how many are printed, where they are more than the unit has; see
            :func:`decimals_for`.
        column: what it is a number of: ``series.share``; empty where it is none of a table.
        stated: how its interval was made: level, method, basis and the like.
    """

    figure_id: str
    value: float | None
    unit: str
    cells: tuple[Cell, ...] = ()
    formula: str = ""
    marker: str | None = None
    lower: float | None = None
    upper: float | None = None
    decimals: int = 1
    column: str = field(default="", compare=False)
    stated: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        if self.unit not in units():
            raise ValueError(
                f"{self.figure_id}: no unit `{self.unit}`; units are {', '.join(units())}"
            )
        if len(self.cells) > 1 and not self.formula:
            raise ValueError(f"{self.figure_id}: no formula says how its cells make the number")

    @property
    def text(self) -> str:
        """The number as a reader sees it, or the symbol of its marker."""
        return self.words("")

    @property
    def number(self) -> float:
        """The value, for arithmetic and comparison; raises where there is none."""
        if self.value is None:
            raise ValueError(f"{self.figure_id} has no value ({self.marker})")
        return self.value

    @property
    def source(self) -> str:
        """Release, sheet and cells in words."""
        if not self.cells:
            return ""
        return f"{self.cells[0].release_id}, {self.sheet}, {self.expression}"

    @property
    def sheet(self) -> str:
        """The sheets of `cells`, each once; of many, the first and how many more."""
        sheets = list(dict.fromkeys(cell.sheet.strip() for cell in self.cells))
        if len(sheets) > MOST_SHEETS:
            return f"{sheets[0]} and {len(sheets) - 1} more"
        return " and ".join(sheets)

    @property
    def named(self) -> str:
        """The figure inside the formula of another; by its id where no cell can be named."""
        if self.formula:
            return f"({self.formula})" if OPERATOR.search(self.formula) else self.formula
        return self.cells[0].name if self.cells and self.cells[0].addressed else self.figure_id

    @cached_property
    def expression(self) -> str:
        """The cell or the formula as it is printed: ``C9``, ``M9 / C9``, ``median over C9:C51``."""
        if not self.formula:
            return self.cells[0].cell if self.cells else ""
        formula = self.formula
        if names_cells(formula):
            return shortened(formula, self.cells)
        named = list(islice(ranges_in_full(self.cells), MOST_RANGES + 1))
        over = ", ".join(named)
        if len(named) > MOST_RANGES:
            releases = len({cell.release_id for cell in self.cells})
            over = f"{len(self.cells)} cells in {releases} {prose.plural(releases, 'release')}"
        return shortened(f"{formula} over {over}" if over else formula, self.cells)

    def words(self, style: str) -> str:
        """The number as text.

        Args:
            style: ``absolute`` (no sign), ``signed`` (also a plus), ``whole`` (a proportion
                without decimals), ``one in`` (a proportion as "one in seven"), ``words`` (a
                small count), ``bare`` or ``signed bare`` (points without the word) or nothing.
        """
        if self.value is None:
            return MARKERS.get(self.marker or "", NOT_GIVEN)[0]
        return written(self.value, self.unit, style, self.decimals)

    def __format__(self, style: str) -> str:
        return show(self, style)

    def __str__(self) -> str:
        return show(self)


def show(figure: Figure, style: str = "") -> str:
    """The one way a number reaches the report: HTML text that keeps value, unit and source.

    Args:
        style: see :meth:`Figure.words`.
    """
    if figure.value is None:
        symbol, meaning = MARKERS.get(figure.marker or "", NOT_GIVEN)
        return f'<abbr title="{escape(meaning)}">{symbol}</abbr>'
    _keep(figure)
    attributes = {
        "value": repr(float(figure.value)),
        "data-id": figure.figure_id,
        "data-unit": figure.unit,
    }
    if figure.lower is not None and figure.upper is not None:
        attributes |= {"data-lower": repr(figure.lower), "data-upper": repr(figure.upper)}
    if figure.cells:
        attributes |= {
            "data-release": figure.cells[0].release_id,
            "data-sheet": figure.sheet,
        }
    if figure.expression:
        attributes["data-cell"] = figure.expression
    # Between double quotes an apostrophe, which formulas are full of, may stand as it is.
    listed = " ".join(
        f'{name}="{escape(text, quote=False).replace(chr(34), "&quot;")}"'
        for name, text in attributes.items()
    )
    return f"<data {listed}>{escape(figure.words(style))}</data>"


_SHOWN: dict[tuple[str, str], Figure] = {}


def _keep(figure: Figure) -> None:
    _SHOWN[figure.figure_id, repr(float(figure.number))] = figure


def shown_as(figure_id: str, value: str) -> Figure:
    """The figure that was printed in this process by its name and value."""
    return _SHOWN[figure_id, value]


def decimals_for(typical: float) -> int:
    """Decimals that tell figures of that size apart: one, and more for what would round to zero.

    Args:
        typical: a number as it is printed, 0.0096 for 0.0096 per cent.
    """
    return max(1, ceil(log10(LEAST / abs(typical)))) if typical else 1


LEAST = 5
"""What the digits of a typical number make at least, read as a whole number: 41 for 0.041."""


def written(value: float, unit: str, style: str = "", decimals: int = 1) -> str:
    """A number as text, as ``columns.yaml`` says of its unit.

    Args:
        value: the number; a part of a whole as a fraction of one.
        style: see :meth:`Figure.words`.
        decimals: how many, where they are more than the unit has and it may have more.
    """
    kind = units()[unit]
    if style == "one in":
        return prose.one_in(value)
    if style == "words":
        return prose.number_word(int(value))
    if kind.ordinal:
        return ordinal(int(value))
    if kind.none and value == 0:
        return kind.none
    number, (least, less) = value * kind.times, kind.under
    if abs(number) < least:
        return less
    # Nothing is nothing, however finely others are given.
    places = max(kind.decimals, decimals) if kind.finer and value else kind.decimals
    sign = style.removesuffix("bare").strip()
    text = fixed(number, 0 if style == "whole" else places, sign)
    if kind.halves and text.endswith(".5"):
        text = fixed(number, kind.halves, sign)
    one = kind.one and float(text.strip(MINUS + "+").replace(",", "")) == 1
    after = "" if style.endswith("bare") else kind.one if one else kind.after
    return f"{kind.before}{text}{after}"


def shown(html: str) -> list[dict[str, str]]:
    """Every figure printed in `html`, in order: the attributes of its element and its text."""
    tree = read_html(DRAWING.sub("", html))
    return [{**dict(each.attrib), "text": "".join(each.itertext())} for each in tree.iter("data")]


# Numbers that are not findings: a year, a day of a month, a name of a table, a base of a rate,
# the ages that a question was put to.
STRUCTURAL = re.compile(
    r"\b(?:19|20)\d\d(?:/\d\d)?\b"
    r"|\b\d{1,2} (?=(?:January|February|March|April|May|June|July|August|September|October"
    r"|November|December)\b)"
    r"|\bTables? [A-Z]\d+[a-z]?\b"
    r"|\b[Pp]er (?:100|1,000)\b"
    r"|\b[Aa]ge[ds]? \d\d\b(?: (?:to|and) \d\d\b)?"
    r"|\bSHA-256\b"
    r"|\[u1\]"
)


_SKIPPED = ("data", "code", "pre", "samp", "math", "time", "script", "style", "abbr")


def stray_numbers(html: str) -> list[str]:
    """Phrases of `html` that print a number which is neither a figure nor structural."""
    tree = read_html(DRAWING.sub("", html))
    for each in list(tree.iter(*_SKIPPED)):
        after = each.tail
        each.clear()
        each.tail = after
    lines = "\n".join(tree.itertext()).splitlines()
    return [line.strip() for line in lines if re.search(r"\d", STRUCTURAL.sub("", line))]
