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
from dataclasses import dataclass, field, replace
from datetime import date
from html import escape
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from textwrap import shorten
from typing import Any, Self

import pandas as pd
import vl_convert

from crimeshare.cache import cached
from crimeshare.publish.elements import prose
from crimeshare.publish.elements.downloads import chart_link, figure_columns
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.output import Output, figures_in, told
from crimeshare.publish.elements.prose import plain
from crimeshare.publish.elements.provenance import credit, sources
from crimeshare.publish.elements.rows import figure, rows
from crimeshare.publish.elements.words import Words
from crimeshare.reference import areas

WORDS = Words(Path(__file__).with_name("shared.md.j2"))

Spec = dict[str, Any]
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
CHARACTER = 6  # width of an average one, in labels of bars
VALUE_WIDTH = 54
DOT_VALUE_WIDTH = 104  # with what stands beside it

# vl-convert carries Liberation Sans and measures text with it; the others have the same widths.
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
TEXT = {"font": FONT, "fontSize": 13, "color": INK}

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

# The marks of a key, as drawings of 28 by 12; a colour, a dash and a shape for each series.
_SWATCHES = {
    "own": f'<path d="M0 6H28" stroke="{ACCENT}" stroke-width="2.5"/>',
    "reference": f'<path d="M0 6H28" stroke="{COMPARE}" stroke-width="2" stroke-dasharray="5 3"/>',
    "published": f'<circle cx="14" cy="6" r="4.5" fill="{PAPER}" stroke="{ACCENT}"'
    f' stroke-width="2"/>',
    "dotted": f'<path d="M0 6H28" stroke="{ACCENT}" stroke-width="1.5" stroke-dasharray="1 3"/>',
    "rule": f'<path d="M14 0V12" stroke="{QUIET}" stroke-width="1.5" stroke-dasharray="2 2"/>',
    "interval": f'<path d="M2 6H26" stroke="{ACCENT}" stroke-width="4"/>'
    f'<circle cx="14" cy="6" r="4.5" fill="{ACCENT}"/>',
    "interval-reference": f'<path d="M2 6H26" stroke="{COMPARE}" stroke-width="4"/>'
    f'<path d="M14 1L19 6L14 11L9 6Z" fill="{COMPARE}"/>',
    "widest": f'<path d="M0 6H28M1 2V10M27 2V10" stroke="{QUIET}" stroke-width="1.5"/>',
    "trend": f'<path d="M0 6H28" stroke="{INK}" stroke-width="1.5" stroke-dasharray="1 3"/>',
    "diamond": f'<path d="M14 0L20 6L14 12L8 6Z" fill="{ACCENT}"/>',
    "dot": f'<circle cx="14" cy="6" r="3.8" fill="{PALE}" stroke="{ACCENT}"/>',
    "reference-line": f'<path d="M0 6H28" stroke="{COMPARE}" stroke-width="2"'
    f' stroke-dasharray="5 3"/>',
    "limit": f'<path d="M0 6H28" stroke="{QUIET}" stroke-width="1.5"/>',
    "outer-limit": f'<path d="M0 6H28" stroke="{QUIET}" stroke-width="1.5"'
    f' stroke-dasharray="2 3"/>',
    "bar": f'<rect x="2" y="1" width="24" height="10" fill="{ACCENT}"/>',
    "pale": f'<rect x="2" y="1" width="24" height="10" fill="{PALE}"/>',
    "hollow": f'<rect x="3" y="2" width="22" height="9" fill="none" stroke="{ACCENT}"'
    f' stroke-width="1.5" stroke-dasharray="3 2"/>',
    **{
        f"part-{place}": f'<rect x="2" y="1" width="24" height="10" fill="{colour}"/>'
        for place, colour in enumerate(PARTS)
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
    def worded(cls, chart_id: str, words: Sequence[str]) -> Self:
        """A chart not drawn yet, whose words are the points of a passage.

        Args:
            chart_id: see the class.
            words: the title, the subtitle and the notes.
        """
        title, subtitle, *notes = words
        return cls(chart_id, title, subtitle, notes=notes)

    def _repr_html_(self) -> str:
        # What lines and marks mean is read before the drawing, what its letters stand for after it.
        series = [item for item in self.key if item[0] != "rule"]
        letters = [item for item in self.key if item[0] == "rule"]
        return (
            f'<figure class="chart" id="{self.chart_id}"><figcaption>'
            f'<p class="title">{self.title}</p><p class="subtitle">{self.subtitle}</p>'
            f"</figcaption>{_key(series)}{self.svg()}{_key(letters)}"
            + (f'<p class="notes">{" ".join(self.notes)}</p>' if self.notes else "")
            + f'<div class="data">{credit(self.figures)} '
            f"{chart_link(self.chart_id, self.data)} {sources(self.figures)}</div></figure>"
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
    listed = "".join(
        f'<li><svg class="swatch" viewBox="0 0 28 12" aria-hidden="true">'
        f"{_SWATCHES[swatch]}</svg>{meaning}</li>"
        for swatch, meaning in items
    )
    return f'<ul class="key">{listed}</ul>' if listed else ""


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
    """Places to a tenth of a unit, finer than a screen shows."""
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


def segments(period_ends: Sequence[date]) -> list[int]:
    """Which stretch of line each year belongs to: years that neither meet nor overlap are apart.

    Args:
        period_ends: last days of years, oldest first.

    Returns:
        A number for each; equal numbers may be joined by a line.
    """
    numbers: list[int] = []
    for position, day in enumerate(period_ends):
        apart = position and _position(day) - _position(period_ends[position - 1]) > 1
        numbers.append(numbers[-1] + bool(apart) if numbers else 0)
    return numbers


Points = Sequence[tuple[date, Figure]]
"""Last days of years, oldest first, and their figures."""


def line(
    name: str,
    frame: pd.DataFrame,
    *,
    y: str,
    by: str,
    own: str,
    words: Sequence[str],
    breaks: Sequence[Break] = (),
    first: pd.DataFrame | None = None,
) -> Chart:
    """Draw a column over the years, a line for each of what `by` tells apart.

    Args:
        name: see :class:`Chart`.
        frame: rows of one or two lines, oldest first; those without a number are left out.
        y: the column.
        by: column that tells the lines apart, such as ``area_code``.
        own: of the line that the page is about, drawn in front; it has a row at least.
        words: the title, the subtitle and the notes.
        breaks: recording changes; each is drawn as a rule with its label along it.
        first: years of `own` as they were first published, drawn as points beside the line; rows
            whose figure of `column`, by default `y`, is drawn.
    """
    known = frame[frame[y].notna()]
    order = dict.fromkeys([own, *known[by]])
    named = [
        (
            label(by, each),
            [(row["period_end"], figure(row, y)) for row in rows(known[known[by] == each])],
        )
        for each in order
    ]
    published = (
        []
        if first is None
        else [(row["period_end"], figure(row, y if y in first else "value")) for row in rows(first)]
    )
    drawn = [
        row for index, (label_, points) in enumerate(named) for row in _rows(index, label_, points)
    ]
    title = named[0][0]
    first_issues = _rows(len(named), WORDS.passage("first_published", name=title), published)
    start, last = min(row["x"] for row in drawn), max(row["x"] for row in drawn)
    inside = [b for b in breaks if start <= _position(b.day, start=True) < last]
    step = 1 + (last - start > 5) + (last - start > 9)
    ticks = list(range(int(last), int(start) - 1, -step))
    x = {
        "field": "x",
        "type": "quantitative",
        "scale": {"domain": [min(start, ticks[-1]) - 0.2, last + 0.3], "nice": False},
        "axis": {
            "values": ticks,
            "labelExpr": "'Dec ' + format(datum.value, 'd')",
            "title": None,
            "grid": False,
            "ticks": True,
        },
    }
    top = max(row["y"] for row in drawn + first_issues)
    percent = named[0][1][0][1].unit == "proportion"
    y_axis = {
        "field": "y",
        "type": "quantitative",
        "scale": {"domain": [0, top * 1.05], "nice": True},
        "axis": {
            "labelExpr": "datum.label + '%'" if percent else "datum.label",
            "tickCount": 5,
            "title": None,
        },
    }
    layers = _named_rules(inside, x)
    for index in reversed(range(len(named))):
        own_rows = [row for row in drawn if row["series"] == index]
        layers += _series(own_rows, inside, index, x, y_axis)
    layers += _first_issues(first_issues, x, y_axis)
    key = list(zip(("own", "reference"), (escape(label_) for label_, _ in named), strict=False))
    if published:
        key.append(("published", WORDS.passage("first_published_key")))
    if inside:
        key.append(("dotted", WORDS.passage("under_both_rules")))
    chart = Chart.worded(name, words)
    return replace(
        chart,
        spec={"width": WIDTH, "height": HEIGHT, "layer": layers},
        alt=_alt_over_time(chart, named, inside),
        data=[
            _csv_row(label_, day, each, state)
            for state, lines in (
                ("newest release", named),
                ("first published", [(title, published)]),
            )
            for label_, points in lines
            for day, each in points
        ],
        key=key,
        figures=[
            each for points in (*(points for _, points in named), published) for _, each in points
        ],
    )


def label(by: str, value: str) -> str:
    """What a reader calls a value of a column."""
    return areas()[value].area_name if by == "area_code" else value


def _position(day: date, start: bool = False) -> float:
    """A month on the time axis: the end of December 2024 is 2024, that of March 2024 2023.25."""
    return round(day.year + (day.month - start) / 12 - 1, 4)


def _rows(series: int, name: str, points: Points) -> list[Spec]:
    stretches = segments([day for day, _ in points])
    return [
        {
            "series": series,
            "x": _position(day),
            "y": each.number * _scale(each),
            "stretch": stretch,
            "tip": f"{name}, {prose.period(day)}: {each.text}",
        }
        for (day, each), stretch in zip(points, stretches, strict=True)
    ]


def _scale(figure: Figure) -> float:
    return 100 if figure.unit in ("proportion", "change", "percentage_points") else 1


def _series(rows: list[Spec], breaks: Sequence[Break], index: int, x: Spec, y: Spec) -> list[Spec]:
    """A line, dotted where a year lies under two rules and solid nowhere across a change."""
    colour = (ACCENT, COMPARE)[index]
    line: Spec = {"type": "line", "stroke": colour, "strokeWidth": (2.5, 2)[index], "aria": False}
    if index:
        line["strokeDash"] = [5, 3]
    at = [_position(b.day, start=True) for b in breaks]
    # A year that ends on the day before a change lies wholly under the rule before it.
    whole = [
        {**row, "stretch": f"{row['stretch']}.{sum(day < row['x'] for day in at)}"}
        for row in rows
        if not any(day < row["x"] < day + 1 for day in at)
    ]
    data = {"values": rows}
    encoding: Spec = {"x": x, "y": y}
    detailed = {**encoding, "detail": {"field": "stretch"}}
    dotted = {**line, "strokeWidth": 1.5, "strokeDash": [1, 3]}
    lines = [{"data": {"values": whole}, "mark": line, "encoding": detailed}]
    if len(whole) < len(rows):
        lines.insert(0, {"data": data, "mark": dotted, "encoding": detailed})
    if index:
        return lines
    # Each quarter can be pointed at; drawn marks would hide the line.
    mark = {"type": "point", "size": 70, "opacity": 0, "stroke": colour}
    encoding["description"] = {"field": "tip"}
    return [*lines, {"data": data, "mark": mark, "encoding": encoding}]


def _first_issues(rows: list[Spec], x: Spec, y: Spec) -> list[Spec]:
    if not rows:
        return []
    mark = {
        "type": "point",
        "shape": "circle",
        "size": 40,
        "opacity": 1,
        "fill": PAPER,
        "stroke": ACCENT,
        "strokeWidth": 1.5,
    }
    encoding = {"x": x, "y": y, "description": {"field": "tip"}}
    return [{"data": {"values": rows}, "mark": mark, "encoding": encoding}]


def _named_rules(breaks: Sequence[Break], x: Spec) -> list[Spec]:
    """Rules at changes of recording, each with its label along it; close ones share a label."""
    if not breaks:
        return []
    low, high = x["scale"]["domain"]
    room = ROOM_OF_A_LABEL * (high - low)
    groups: list[list[Break]] = []
    for each in breaks:
        near = _position(each.day) - _position(groups[-1][0].day) if groups else high
        if near < room:
            groups[-1].append(each)
        else:
            groups.append([each])
    marks = [
        {
            # The first of them may stand at the axis, whose numbers its label must not cover.
            "x": max(_position(group[0].day, start=True), low + room),
            "label": WORDS.passage(
                "label_of_breaks", first=group[0].label or group[0].name, more=len(group) - 1
            ),
            "tip": "; ".join(map(_dated, group)),
        }
        for group in groups
    ]
    rule = {"type": "rule", "stroke": QUIET, "strokeDash": [2, 2], "strokeWidth": 1.5}
    along = {
        "type": "text",
        **TEXT,
        "fontSize": 11,
        "angle": 270,
        "align": "left",
        "dx": 4,
        "dy": -4,
    }
    along |= {"y": HEIGHT, "baseline": "bottom", "limit": HEIGHT - 4}
    rim = {**along, "stroke": PAPER, "strokeWidth": 4, "strokeJoin": "round", "aria": False}
    text = {"x": x, "text": {"field": "label"}}
    places = [{"x": _position(each.day, start=True)} for each in breaks]
    return [
        {"data": {"values": places}, "mark": {**rule, "aria": False}, "encoding": {"x": x}},
        {"data": {"values": marks}, "mark": rim, "encoding": text},
        {
            "data": {"values": marks},
            "mark": along,
            "encoding": text | {"description": {"field": "tip"}},
        },
    ]


ROOM_OF_A_LABEL = 0.045
"""The part of the width of a chart that a label along a rule takes."""


def rules(
    letters: Mapping[Break, str], position: Callable[[date], float], x: Spec, **text: Any
) -> list[Spec]:
    """Rules from the top to the bottom of a chart at changes of recording, with letters above it.

    Args:
        letters: of the changes, from the left.
        position: on the axis, of the day of a change.
        x: the axis, which names its domain.
        text: how the letters are set, where it is in another way than other charts do.
    """
    marks = [(position(b.day), letter, _dated(b)) for b, letter in letters.items()]
    if not marks:
        return []
    low, high = x["scale"]["domain"]
    rule = {"type": "rule", "stroke": QUIET, "strokeDash": [2, 2], "strokeWidth": 1.5}
    above = {"type": "text", **TEXT, "y": -8, "fontWeight": "bold", **text}
    return [
        {
            "data": {"values": [{"x": place} for place, _, _ in marks]},
            "mark": {**rule, "aria": False},
            "encoding": {"x": x},
        },
        {
            "data": {"values": _beside_each_other(marks, ROOM * (high - low))},
            "mark": above,
            "encoding": {"x": x, "text": {"field": "letter"}, "description": {"field": "tip"}},
        },
    ]


ROOM = 0.04
"""The part of the width of a chart that a letter above it takes."""


def _beside_each_other(marks: Sequence[tuple[float, str, str]], room: float) -> list[Spec]:
    """The letters, those of rules that stand too close for one each as "A, B" or "C-F"."""
    close: list[list[tuple[float, str, str]]] = []
    for mark in marks:
        if close and mark[0] - close[-1][-1][0] < room:
            close[-1].append(mark)
        else:
            close.append([mark])
    return [
        {
            "x": (group[0][0] + group[-1][0]) / 2,
            "letter": _span([letter for _, letter, _ in group]),
            "tip": "; ".join(tip for _, _, tip in group),
        }
        for group in close
    ]


def _span(letters: Sequence[str]) -> str:
    follow = all(ord(b) == ord(a) + 1 for a, b in pairwise(letters))
    if follow and len(letters) > 2:
        return f"{letters[0]}\N{EN DASH}{letters[-1]}"
    return ", ".join(letters)


def _dated(b: Break) -> str:
    return WORDS.passage("break", day=b.day, name=b.name)


def _alt_over_time(
    chart: Chart, named: Sequence[tuple[str, Points]], breaks: Sequence[Break]
) -> str:
    ends = [day for day, _ in named[0][1]]
    stretches = segments(ends)
    return WORDS.passage(
        "over_time_alt",
        subtitle=plain(chart.subtitle),
        lines=[(name, _told(points)) for name, points in named],
        gaps=[
            (ends[i - 1], ends[i]) for i in range(1, len(ends)) if stretches[i] != stretches[i - 1]
        ],
        breaks=list(map(_dated, breaks)),
    )


def _told(points: Points) -> Points:
    """The points that a text tells of a line: both ends, and the highest and lowest between."""
    ranked = sorted(points, key=lambda point: point[1].number)
    told = [points[0], points[-1], ranked[0], ranked[-1]] if len(points) > 4 else points
    return [point for point in points if point in told]


def _csv_row(name: str, day: date, each: Figure, state: str) -> dict[str, object]:
    return {
        "series": name,
        "year_ending": day.isoformat(),
        "state": state,
        **figure_columns(each),
    }


# ---------------------------------------------------------------- one moment


@dataclass(frozen=True)
class Bar:
    """One bar: its label, its figure and how it is drawn, a swatch of bars.

    What is `beside` its number is written there, in brackets.
    """

    label: str
    figure: Figure
    style: str = "pale"
    remark: str = ""
    beside: str = ""


def bars(
    chart: Chart, rows: Sequence[Bar], label_width: int = LABEL_WIDTH, *, dots: bool = False
) -> Chart:
    """Draw horizontal bars in the order given, each with its value written at its end.

    Args:
        chart: title, subtitle, key and notes; drawing, text alternative and data are set here.
        rows: the bars; a figure without a value is written as its marker, never drawn as zero.
        label_width: room for the labels, in units of the drawing.
        dots: draw a dot in place of each bar, closer to each other.
    """
    values: list[Spec] = [
        {
            "label": shorten(bar.label, label_width // CHARACTER, placeholder="…"),
            "length": 0 if bar.figure.value is None else bar.figure.value * _scale(bar.figure),
            "style": bar.style,
            "text": bar.figure.words("signed" if bar.figure.unit == "change" else "")
            + (f" ({bar.beside})" if bar.beside else ""),
            "tip": WORDS.passage("bar", bar=bar),
        }
        for bar in rows
    ]
    lengths = [value["length"] for value in values]
    y = row_labels(label_width)
    x: Spec = {
        "field": "length",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [min([0, *lengths]), max([0, *lengths]) or 1], "nice": False},
    }
    drawn: Spec = {
        "y": y,
        "x": x,
        "fill": _by_style({"bar": ACCENT, "pale": PALE}, "transparent"),
        "stroke": _by_style({"hollow": ACCENT}, "transparent"),
        "description": {"field": "tip"},
    }
    # Beside a bar that runs left the value stands right of the zero line, clear of the labels.
    written: Spec = {"y": y, "x": {**x, "field": "end"}, "text": {"field": "text"}}
    return replace(
        chart,
        spec={
            "width": WIDTH + 40 - label_width - (DOT_VALUE_WIDTH if dots else VALUE_WIDTH),
            "height": {"step": 17 if dots else 20},
            "data": {"values": values},
            "layer": [
                {
                    "mark": {"type": "circle", "size": 70, "opacity": 1}
                    if dots
                    else {
                        "type": "bar",
                        "height": {"band": 0.72},
                        "strokeDash": [3, 2],
                        "strokeWidth": 1.5,
                    },
                    "encoding": drawn,
                },
                {
                    "transform": [{"calculate": "max(datum.length, 0)", "as": "end"}],
                    "mark": {"type": "text", **TEXT, "align": "left", "dx": 9 if dots else 5},
                    "encoding": written,
                },
            ],
        },
        alt=WORDS.passage(
            "bars_alt", subtitle=plain(chart.subtitle), bars=[value["tip"] for value in values]
        ),
        data=[
            {"label": bar.label, **figure_columns(bar.figure), "remark": bar.remark} for bar in rows
        ],
        figures=[bar.figure for bar in rows],
    )


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


def _by_style(colours: Mapping[str, str], otherwise: str) -> Spec:
    return {
        "condition": [
            {"test": f"datum.style == '{style}'", "value": colour}
            for style, colour in colours.items()
        ],
        "value": otherwise,
    }


# ---------------------------------------------------------------- standing among others


@dataclass(frozen=True)
class Dot:
    """One area of a funnel plot.

    Attributes:
        size: how many offences its figure is a share of.
        figure: the share.
        inner, outer: its lower and upper control limits, as shares.
        apart: lies outside the outer limits, so that its name is written.
    """

    label: str
    size: float
    figure: Figure
    inner: tuple[float, float]
    outer: tuple[float, float]
    apart: bool = False


@dataclass(frozen=True)
class Curves:
    """The control limits as lines: sizes, and lower and upper limits at each, as shares."""

    sizes: Sequence[float]
    inner: tuple[Sequence[float], Sequence[float]]
    outer: tuple[Sequence[float], Sequence[float]]


def funnel(
    chart: Chart, own: Dot, others: Sequence[Dot], target: Bar, curves: Curves, what: str
) -> Chart:
    """Draw shares by size between control limits, the area the page is about among the others.

    Args:
        chart: title, subtitle and notes; drawing, text alternative, data and key are set here.
        own: the area the page is about, drawn large and named.
        others: the areas it stands among.
        target: the common share, drawn as a rule.
        curves: the control limits over the range of sizes.
        what: name of the axis of sizes.
    """
    dots = [*others, own]
    x: Spec = {
        "field": "x",
        "type": "quantitative",
        "scale": {"type": "log", "domain": [min(curves.sizes), max(curves.sizes)], "nice": False},
        "axis": {
            "values": [
                size for size in _ROUND_SIZES if curves.sizes[0] <= size <= curves.sizes[-1]
            ],
            "labelExpr": "datum.value >= 1e6 ? datum.value / 1e6 + 'm' : datum.value / 1e3 + 'k'",
            "title": what,
            "grid": False,
            "ticks": True,
        },
    }
    top = max(*(dot.figure.number for dot in dots), *curves.outer[1]) * 100
    y: Spec = {
        "field": "y",
        "type": "quantitative",
        "scale": {"domain": [0, top], "nice": True},
        "axis": {"labelExpr": "datum.label + '%'", "tickCount": 5, "title": None},
    }
    named = [dot for dot in dots if dot is own or dot.apart]
    layers = [
        _limits(curves, x, y),
        _target(target, y),
        _dots(others, "circle", 45, PALE, x, y),
        _dots([own], "diamond", 150, ACCENT, x, y),
        *_names(named, own, (curves.sizes[0] * curves.sizes[-1]) ** 0.5, x, y),
    ]
    order = sorted(dots, key=lambda dot: -dot.figure.number)
    forces, inner, outer = WORDS.points("funnel_key")
    return replace(
        chart,
        spec={"width": WIDTH, "height": 250, "layer": layers},
        alt=WORDS.passage(
            "funnel_alt",
            subtitle=plain(chart.subtitle),
            target=target,
            dots=list(map(_beside_limits, order)),
        ),
        data=[
            {
                "label": dot.label,
                **figure_columns(dot.figure),
                "size": f"{dot.size:.0f}",
                "inner_control_limit_lower": repr(float(dot.inner[0])),
                "inner_control_limit_upper": repr(float(dot.inner[1])),
                "outer_control_limit_lower": repr(float(dot.outer[0])),
                "outer_control_limit_upper": repr(float(dot.outer[1])),
            }
            for dot in dots
        ],
        key=[
            ("diamond", escape(own.label)),
            ("dot", forces),
            ("reference-line", escape(target.label)),
            ("limit", inner),
            ("outer-limit", outer),
        ],
        figures=[target.figure, *(dot.figure for dot in dots)],
    )


_ROUND_SIZES = [
    digit * 10**power for power in range(1, 8) for digit in (1, 3) if digit * 10**power >= 1000
]


def _beside_limits(dot: Dot) -> str:
    share, limits = dot.figure.number, {"outer": dot.outer, "inner": dot.inner}
    outside = [name for name, (lower, upper) in limits.items() if not lower <= share <= upper]
    above = share > dot.inner[1]
    return WORDS.passage("beside_limits", dot=dot, limits="".join(outside[:1]), above=above)


def _limits(curves: Curves, x: Spec, y: Spec) -> Spec:
    """The four limits as lines, the outer ones dotted."""
    values = [
        {"x": size, "y": round(share * 100, 3), "limit": 2 * outer + end, "outer": outer}
        for outer, limits in enumerate((curves.inner, curves.outer))
        for end, shares in enumerate(limits)
        for size, share in zip(curves.sizes, shares, strict=True)
    ]
    dash = {"condition": {"test": "datum.outer", "value": [2, 3]}, "value": [1, 0]}
    return {
        "data": {"values": values},
        "mark": {"type": "line", "stroke": QUIET, "strokeWidth": 1.5, "aria": False},
        "encoding": {"x": x, "y": y, "detail": {"field": "limit"}, "strokeDash": dash},
    }


def _target(target: Bar, y: Spec) -> Spec:
    tip = WORDS.passage("bar", bar=target)
    return {
        "data": {"values": [{"y": target.figure.number * 100, "tip": tip}]},
        "mark": {"type": "rule", "stroke": COMPARE, "strokeWidth": 2, "strokeDash": [5, 3]},
        "encoding": {"y": y, "description": {"field": "tip"}},
    }


def _dots(dots: Sequence[Dot], shape: str, size: int, colour: str, x: Spec, y: Spec) -> Spec:
    values = [
        {"x": dot.size, "y": dot.figure.number * 100, "tip": _beside_limits(dot)} for dot in dots
    ]
    mark = {
        "type": "point",
        "shape": shape,
        "size": size,
        "opacity": 1,
        "fill": colour,
        "stroke": ACCENT,
        "strokeWidth": 1,
    }
    return {
        "data": {"values": values},
        "mark": mark,
        "encoding": {"x": x, "y": y, "description": {"field": "tip"}},
    }


def _names(dots: Sequence[Dot], own: Dot, middle: float, x: Spec, y: Spec) -> list[Spec]:
    """Names on the side with more room, on a rim of paper so that no line strikes them through."""
    values = [
        {
            "x": dot.size,
            "y": dot.figure.number * 100,
            "label": dot.label,
            "align": "right" if dot.size > middle else "left",
            "dx": -9 if dot.size > middle else 9,
            "weight": "bold" if dot is own else "normal",
        }
        for dot in dots
    ]
    mark = {
        "type": "text",
        **TEXT,
        "align": {"expr": "datum.align"},
        "dx": {"expr": "datum.dx"},
        "fontWeight": {"expr": "datum.weight"},
    }
    rim = {**mark, "stroke": PAPER, "strokeWidth": 4, "strokeJoin": "round", "aria": False}
    encoding = {"x": x, "y": y, "text": {"field": "label"}}
    return [
        {"data": {"values": values}, "mark": each, "encoding": encoding} for each in (rim, mark)
    ]
