"""Charts as Vega-Lite documents, drawn to SVG without a browser.

The title states a finding and the subtitle says statistic, place and period; both are HTML above
the drawing, as is the key, so that they wrap, can be selected and are read aloud.  Colours are
CSS variables with a fallback, so one drawing serves a light and a dark page, and no series is
told apart by colour alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from html import escape
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from textwrap import wrap
from typing import Any, Self

import vl_convert

from crimeshare.cache import cached
from crimeshare.publish.elements.downloads import chart_link, figure_columns
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.output import Output, figures_in, told
from crimeshare.publish.elements.prose import plain
from crimeshare.publish.elements.provenance import credit, sources
from crimeshare.publish.elements.words import Words

WORDS = Words(Path(__file__).with_name("shared.md.j2"))

Spec = dict[str, Any]
Point = tuple[dict[str, object], Figure, Mapping[str, object]]
"""What a figure is called in the data behind a chart, the figure, and what else they say of it."""

DRAWN_BY = version("vl-convert-python")

# A drawing takes some 30 MB, and without a limit that is cleared away late.  None fetches anything.
vl_convert.configure(max_v8_heap_size_mb=128, base_url=False, allowed_base_urls=[])

INK = "var(--ink, #222222)"
QUIET = "var(--quiet, #595959)"
GRID = "var(--grid, #d9d9d9)"
PAPER = "var(--paper, #ffffff)"
ACCENT = "var(--accent, #206095)"
COMPARE = "var(--compare, #6b6b6b)"
PALE = "var(--pale, #6f96ba)"

# Of the parts of a whole, the largest first; what is left over comes last, alone in grey.
PARTS = (ACCENT, PALE, "#17807e", "#b5651d", "#5b8c5a", "#8a5aa8", QUIET)

# Drawn for the column of a phone; a wider column shows it a third larger.
WIDTH = 320
HEIGHT = 230
"""Of a chart over the years."""
ENLARGED = 1.35

# Room for the labels of bars, and for a value at the end of a bar.
LABEL_WIDTH = 160
VALUE_WIDTH = 54

# vl-convert carries Liberation Sans and measures text with it; the others have the same widths.
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
TEXT = {"font": FONT, "fontSize": 13, "color": INK, "aria": False}

CONFIG: Spec = {
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "aria": False,
        "labelFontSize": 13,
        "labelColor": INK,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
        "titleColor": QUIET,
        "gridColor": GRID,
        "domainColor": QUIET,
        "tickColor": QUIET,
        "labelAngle": 0,
        "domain": False,
        "ticks": False,
        "labelPadding": 6,
        # Each of these would measure every label again, a millisecond a time.
        "labelLimit": 0,
        "labelOverlap": False,
        "labelBound": False,
    },
}


@dataclass(frozen=True)
class Chart(Output):
    """A chart of the report.

    Attributes:
        chart_id: its name in addresses and file names, unique in its page.
        title: the finding; subtitle: statistic, place, period. Both HTML.
        spec: the Vega-Lite document, without size of text and colours, which `CONFIG` sets.
        alt: the text alternative: what is drawn, with the numbers.
        data: the rows behind it, offered as CSV.
        key: pairs of a swatch and its meaning; HTML.
        notes: sentences below the drawing; HTML.
        figures: the numbers drawn, whose cells are named below the drawing.
    """

    chart_id: str
    title: str
    subtitle: str
    spec: Spec = field(default_factory=dict)
    alt: str = ""
    data: Sequence[Mapping[str, object]] = ()
    key: Sequence[tuple[str, str]] = ()
    notes: Sequence[str] = ()
    figures: Sequence[Figure] = ()

    @classmethod
    def worded(
        cls,
        chart_id: str,
        words: Sequence[str],
        points: Sequence[Point],
        *,
        spec: Spec,
        alt: Callable[..., str],
        key: Sequence[tuple[str, str]] = (),
        beside: Sequence[Figure] = (),
    ) -> Self:
        """A chart of points, whose words are the points of a passage.

        Args:
            words: the title, the subtitle and the notes.
            alt: what makes the text alternative, given the ``subtitle`` as text.
            beside: figures that are drawn and are no points.
        """
        title, subtitle, *notes = words
        return cls(
            chart_id,
            title,
            subtitle,
            spec,
            alt(subtitle=plain(subtitle)),
            [{**called, **figure_columns(each), **more} for called, each, more in points],
            key,
            notes,
            [*beside, *(each for _, each, _ in points)],
        )

    def _repr_html_(self) -> str:
        return WORDS.passage(
            "chart",
            chart=self,
            key=_key(self.key),
            drawing=self.svg(),
            credit=credit(self.figures),
            link=chart_link(self.chart_id, self.data),
            cells=sources(self.figures),
        )

    def __repr__(self) -> str:
        return f"Chart: {self.alt}"

    def shown(self) -> Iterator[dict[str, Any]]:
        """Its figures as data: those of its words, then those that are drawn."""
        for text in (self.title, self.subtitle, *(meaning for _, meaning in self.key), *self.notes):
            yield from figures_in(text)
        drawn = {figure.figure_id: figure for figure in self.figures}
        table = WORDS.passage("data_of_chart", name=self.chart_id)
        for row in self.data:
            # A marked row has no number.
            if row["value"]:
                labels = (f"{name} {row[name]}" for name in row if name not in _SAID and row[name])
                label = ", ".join(labels)
                figure = drawn[str(row["figure_id"])]
                yield told(figure, table, label, label) | {"drawn": True}

    def svg(self) -> str:
        """The drawing, with its text alternative, for use inside an HTML page.

        Panels are drawings of their own, which a wide page sets beside each other.
        """
        label = f'role="img" aria-label="{escape(self.alt)}"'
        panels = self.spec.get("vconcat")
        if not panels:
            return self._drawn(self.spec, self.chart_id, label)
        drawn = "".join(
            self._drawn(panel, f"{self.chart_id}-{number}", 'aria-hidden="true"')
            for number, panel in enumerate(panels)
        )
        return f'<div class="panels" {label}>{drawn}</div>'

    @staticmethod
    def _drawn(spec: Spec, name: str, label: str) -> str:
        document = {
            "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
            "background": None,
            "padding": 4,
            "config": CONFIG,
            **spec,
        }
        drawing = cached(
            "drawings",
            json.dumps([DRAWN_BY, document]),
            lambda: vl_convert.vegalite_to_svg(document).encode(),
        )
        return _embedded(drawing.decode(), name, label)


_SAID = (
    *("figure_id", "value", "lower", "upper", "unit", "release_id", "sheet", "cell"),
    *("workbook_sha256", "marker"),
)
"""Columns of the data behind a chart that are no label of a row."""


def _key(items: Sequence[tuple[str, str]]) -> str:
    colours = {"accent": ACCENT, "compare": COMPARE, "ink": INK, "pale": PALE, "paper": PAPER}
    return WORDS.passage("key", items=items, quiet=QUIET, parts=PARTS, **colours) if items else ""


def _embedded(drawing: str, name: str, label: str) -> str:
    """Fit a drawing into a page: one label for all of it, ids of its own, a tip for each mark."""
    drawing = re.sub(r' (?:transform|d|x2?|y2?|width|height)="[^"]*"', _to_a_tenth, drawing)
    drawing = re.sub(
        r' (?:role|aria-roledescription|aria-hidden|pointer-events)="[^"]*"', "", drawing
    )
    drawing = drawing.replace(" aria-label=", " data-tip=")
    # Said once for all text, and nothing where it is as it would be anyway.
    drawing = drawing.replace(f' font-family="{FONT}"', "").replace(' opacity="1"', "")
    drawing = re.sub(r'<path class="(?:background|foreground)" d="[^"]*"[^>]*/>', _filled, drawing)
    drawing = re.sub(r' class="[^"]*"', "", drawing)
    drawing = _MARK.sub(_placed, drawing)
    drawing = re.sub(r"<g([^>]*)>((?:<(?!/?g\b)[^>]*>[^<]*)+)</g>", _said_once, drawing)
    drawing = re.sub(r'\b(id="|url\(#)', rf"\g<1>{name}-", drawing)
    width, height = re.search(r'width="(\d+)" height="(\d+)"', drawing).groups()  # type: ignore[union-attr]
    body = drawing[drawing.index(">") + 1 :]
    return (
        f'<svg {label} viewBox="0 0 {width} {height}"'
        f' font-family="{FONT}"'
        f' style="max-width:{int(width) * ENLARGED:.0f}px" xmlns="http://www.w3.org/2000/svg">{body}'
    )


def _to_a_tenth(attribute: re.Match[str]) -> str:
    return re.sub(r"-?\d+\.\d+", lambda number: f"{round(float(number[0]), 1):g}", attribute[0])


def _filled(path: re.Match[str]) -> str:
    """A ground that is painted; nothing for one that only takes room."""
    return path[0] if "fill=" in path[0] or "stroke=" in path[0] else ""


# A mark whose shape is drawn from its place: only its first step is not relative to that.
_MARK = re.compile(
    r'transform="translate\((-?[\d.]+),(-?[\d.]+)\)" d="M(-?[\d.]+),(-?[\d.]+)([^A-Y"]*)"'
)


def _placed(mark: re.Match[str]) -> str:
    """A mark drawn at its place instead of moved there."""
    x, y = (f"{round(float(mark[at]) + float(mark[at + 2]), 1):g}" for at in (1, 2))
    return f'd="M{x},{y}{mark[5]}"'


# What an element takes from the group around it where it does not say it itself.
_INHERITED = (
    *("fill", "stroke", "stroke-width", "stroke-dasharray"),
    *("font-size", "font-weight", "text-anchor"),
)


def _said_once(group: re.Match[str]) -> str:
    """A group of marks that says itself what all of its marks say alike."""
    own, marks = group[1], group[2]
    number = len(re.findall(r"<(?!/)", marks))
    for name in _INHERITED:
        said = re.findall(rf' {name}="[^"]*"', marks)
        if number > 1 and len(said) == number and len(set(said)) == 1 and said[0] not in own:
            own += said[0]
            marks = marks.replace(said[0], "")
    return f"<g{own}>{marks}</g>"


# ---------------------------------------------------------------- over time


@dataclass(frozen=True)
class Break:
    """A change of recording practice: from this day on, figures mean something else.

    Attributes:
        day: the first under the new rule.
        name: what changed, in a line.
        label: the same in as few words as stand beside a rule in a chart.
    """

    day: date
    name: str
    label: str = ""


def in_years(day: date, start: bool = False) -> float:
    """A month on an axis of years, its end or its start: the end of March 2024 is 2024.25."""
    return round(day.year + (day.month - start) / 12, 4)


def named_rules(
    breaks: Sequence[Break],
    position: Callable[[date], float],
    x: Spec,
    height: int,
    drawn: Sequence[tuple[float, float]],
) -> list[Spec]:
    """Rules at changes of recording, each with its label along it where nothing is drawn.

    Of changes that stand too close for a label each, the first is named and the others counted.

    Args:
        breaks: the changes, oldest first.
        position: on the axis, of the day of a change.
        x: the axis, which names its domain.
        drawn: what is drawn: places on the axis, and heights as parts of that of the chart.
    """
    if not breaks:
        return []
    low, high = x["scale"]["domain"]
    room = ROOM_OF_A_LABEL * (high - low)
    groups: list[list[Break]] = []
    for each in breaks:
        near = position(each.day) - position(groups[-1][0].day) if groups else high
        if near < room:
            groups[-1].append(each)
        else:
            groups.append([each])
    marks = []
    before = low
    for group in groups:
        # The first of them may stand at the axis, whose numbers its label must not cover.
        place = max(position(group[0].day), low + room)
        label = WORDS.passage(
            "label_of_breaks", first=group[0].label or group[0].name, more=len(group) - 1
        )
        # A label longer than the rule is always wrapped, in two lines where there is room.
        roomy = place - before >= 2 * room
        width = min(height // CHARACTER, len(label) * 2 // 3 if roomy else height)
        lines = wrap(label, width, break_long_words=False)
        near = [part for at, part in drawn if place - len(lines) * room <= at <= place]
        marks.append(
            {"x": place, "label": lines, "dy": 8 - 11 * len(lines)}
            | {"tip": "; ".join(map(dated, group))}
            | _in_the_gap(near, height)
        )
        before = position(group[-1].day)
    along = {"type": "text", **TEXT, "aria": True, "fontSize": 11, "lineHeight": 11, "angle": 270}
    along |= {name: {"expr": f"datum.{name}"} for name in ("y", "align", "dx", "dy")}
    along |= {"baseline": "bottom", "limit": height - 4}
    rim = {**along, "stroke": PAPER, "strokeWidth": 4, "strokeJoin": "round", "aria": False}
    called = {"field": "label"}
    return [
        layer([{"x": position(each.day)} for each in breaks], RULE, x=x),
        layer(marks, rim, x=x, text=called),
        layer(marks, along, x=x, text=called, description=TIP),
    ]


ROOM_OF_A_LABEL = 0.04
"""The part of the width of a chart that a line of a label along a rule takes."""

CHARACTER = 6
"""What a character of a label along a rule takes of its height."""


def _in_the_gap(near: Sequence[float], height: int) -> Spec:
    """Where a label along a rule stands: in the widest gap between what is drawn beside it."""
    ends = [0, *sorted(near), 1]
    low, high = max(pairwise(ends), key=lambda gap: gap[1] - gap[0])
    if low == 0:
        return {"y": height, "align": "left", "dx": 4}
    if high == 1:
        return {"y": 0, "align": "right", "dx": -4}
    return {"y": round(height * (1 - (low + high) / 2), 1), "align": "center", "dx": 0}


def dated(b: Break) -> str:
    """A change with the month from which it is in force."""
    return WORDS.passage("break", day=b.day, name=b.name)


RULE: Spec = {
    **{"type": "rule", "stroke": QUIET, "strokeDash": [2, 2], "strokeWidth": 1.5},
    "aria": False,
}
"""At a change of recording."""

TIP = {"field": "tip"}
"""What the pointer tells of a mark."""


def layer(values: Sequence[Spec], mark: Spec, **encoding: Any) -> Spec:
    """Marks of one kind over rows of data."""
    return {"data": {"values": values}, "mark": mark, "encoding": encoding}


def quantity(field: str, domain: Sequence[float], /, *, nice: bool = False, **axis: Any) -> Spec:
    """The channel of a number; the axis has no title unless one is given."""
    scale = {"domain": domain, "nice": nice}
    axis = {"title": None, **axis}
    return {"field": field, "type": "quantitative", "scale": scale, "axis": axis}


def per_cent(percent: bool = True) -> str:
    """How the labels of an axis are written."""
    return "datum.label + '%'" if percent else "datum.label"


def scale(figure: Figure) -> float:
    """How often a number goes into one of its axis: parts of a whole are drawn in per cent."""
    return 100 if figure.unit in ("proportion", "change", "percentage_points") else 1


def row_labels(width: int) -> Spec:
    """The axis of a chart by row: one label a row, in the order given, with `width` for each."""
    return {
        "field": "label",
        "type": "ordinal",
        "sort": None,
        "axis": {
            "title": None,
            "labelFontSize": 12,
            "minExtent": width,
            "maxExtent": width,
            "grid": False,
        },
    }
