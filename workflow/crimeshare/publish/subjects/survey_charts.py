"""Charts of estimates: every point with its interval, and never a line across a break."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from html import escape
from typing import Any

from crimeshare.publish.elements import prose
from crimeshare.publish.elements.charts import (
    ACCENT,
    COMPARE,
    INK,
    QUIET,
    TEXT,
    WIDTH,
    Break,
    Chart,
    Spec,
    row_labels,
    rules,
)
from crimeshare.publish.elements.downloads import figure_columns
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.prose import plain
from crimeshare.publish.subjects.survey_prose import WORDS

COLOURS = (ACCENT, COMPARE)
SHAPES = ("circle", "diamond")
SWATCHES = ("interval", "interval-reference")


@dataclass(frozen=True)
class Interval:
    """A point with its interval.

    Attributes:
        label: what a row or a tip calls it.
        figure: the point; lower, upper: the limits of its interval.
        widest: wider limits drawn thin behind it, or None.
        series: 0 or 1, told apart by shape and colour.
        remark: what the data behind the chart say beside it.
    """

    label: str
    figure: Figure
    lower: Figure
    upper: Figure
    widest: tuple[Figure, Figure] | None = None
    series: int = 0
    remark: str = ""

    @property
    def span(self) -> str:
        """Point and limits, as a tip and a text alternative say them."""
        return f"{self.figure.text} ({self.lower.text} to {self.upper.text})"

    def row(self) -> Spec:
        """The numbers to draw."""
        scale = _scale(self.figure)
        wide = self.widest or (self.lower, self.upper)
        return {
            "label": self.label,
            "series": self.series,
            "value": self.figure.number * scale,
            "lower": self.lower.number * scale,
            "upper": self.upper.number * scale,
            "low": wide[0].number * scale,
            "high": wide[1].number * scale,
            "text": self.figure.text,
            "tip": f"{self.label}: {self.span}",
        }

    def columns(self) -> dict[str, object]:
        """The row of the data behind the chart."""
        wide = self.widest or (None, None)
        return {
            "label": self.label,
            **figure_columns(self.figure),
            "lower": repr(self.lower.number),
            "upper": repr(self.upper.number),
            "lower_widest": "" if wide[0] is None else repr(wide[0].number),
            "upper_widest": "" if wide[1] is None else repr(wide[1].number),
            "remark": self.remark,
        }


@dataclass(frozen=True)
class Line:
    """A fitted trend: a stretch of years with its proportions at both ends."""

    start: date
    end: date
    fitted_start: float
    fitted_end: float


def intervals_over_time(
    chart: Chart,
    named: Sequence[tuple[str, Sequence[tuple[date, Interval]]]],
    breaks: Sequence[Break] = (),
    trends: Sequence[Line] = (),
) -> Chart:
    """Draw one or two series of estimates over the years, with what interrupts them.

    Args:
        chart: title, subtitle and notes; drawing, text alternative, data and key are set here.
        named: name and years, oldest first, of each series.
        breaks: each is drawn as a lettered rule and named in the key.
        trends: fitted lines, drawn dotted: the only lines there are, so that no two years are
            joined but by a trend, which ends at a break.
    """
    rows: list[Spec] = [
        {**point.row(), "series": series, "x": _position(day)}
        for series, (_, points) in enumerate(named)
        for day, point in points
    ]
    first, last = min(row["x"] for row in rows), max(row["x"] for row in rows)
    inside = [b for b in breaks if first < _position(b.day, start=True) < last]
    letters = {b: chr(ord("A") + position) for position, b in enumerate(inside)}
    ends = [day for _, points in named for day, _ in points]
    month = max({day.month for day in ends}, key=[day.month for day in ends].count)
    step = 5 if last - first > 10 else 1
    domain = [first - 0.5, last + 0.5]
    years = [year for year in range(min(ends).year - 1, max(ends).year + 2) if year % step == 0]
    ticks = [
        tick for tick in (year + month / 12 for year in years) if domain[0] <= tick <= domain[1]
    ]
    x: Spec = {
        "field": "x",
        "type": "quantitative",
        "scale": {"domain": domain, "nice": False},
        "axis": {
            "values": ticks,
            "labelExpr": f"format(datum.value - {month / 12!r}, 'd')",
            "title": f"Year ending {prose.MONTHS[month - 1]}",
            "grid": False,
            "ticks": True,
            "domain": True,
        },
    }
    y = _values("y", rows, zero=True)
    data = {"values": rows}
    layers = rules(letters, partial(_position, start=True), x)
    layers += [
        {
            "data": {
                "values": [
                    {"x": _position(t.start), "value": 100 * t.fitted_start},
                    {"x": _position(t.end), "value": 100 * t.fitted_end},
                ]
            },
            "mark": {
                "type": "line",
                "stroke": INK,
                "strokeDash": [1, 3],
                "strokeWidth": 1.5,
                "aria": False,
            },
            "encoding": {"x": x, "y": y},
        }
        for t in trends
    ]
    layers += _drawn(data, {"x": x}, "y", y)
    drawn = [point for _, points in named for _, point in points]
    key = _key([name for name, _ in named], drawn)
    if trends:
        key.append(("trend", WORDS.passage("trend_key")))
    key += [
        ("rule", f"{letter}, {prose.month(b.day)}: {escape(b.name)}")
        for b, letter in letters.items()
    ]
    alt = WORDS.passage("over_time_alt", subtitle=plain(chart.subtitle), named=named, breaks=inside)
    return replace(
        chart,
        spec={"width": WIDTH, "height": 250, "layer": layers},
        alt=alt,
        data=[
            {"series": name, "year_ending": day.isoformat(), **point.columns()}
            for name, points in named
            for day, point in points
        ],
        key=key,
        figures=[point.figure for point in drawn],
    )


def intervals_by_row(
    chart: Chart,
    rows: Sequence[Interval],
    names: Sequence[str] = (),
    reference: tuple[str, float] | None = None,
    label_width: int = 130,
    zero: bool = True,
) -> Chart:
    """Draw estimates below one another on one scale, each with its interval.

    Args:
        chart: title, subtitle, key and notes; drawing, text alternative and data are set here.
        rows: from top to bottom.
        names: of the series, where there are two.
        reference: a name and a value drawn as a dashed rule.
        label_width: room for the labels, in units of the drawing.
        zero: whether the scale begins at zero.
    """
    values = [{**row.row(), "y": position} for position, row in enumerate(rows)]
    x = _values("x", values, zero=zero)
    y = row_labels(label_width)
    layers = []
    key = _key(names, rows)
    if reference:
        name, value = reference
        at = value * _scale(rows[0].figure)
        mark = {"type": "rule", "stroke": QUIET, "strokeDash": [4, 3], "strokeWidth": 1.5}
        drawn = {"x": {**x, "field": "at"}, "description": {"field": "tip"}}
        layers.append(
            {"data": {"values": [{"at": at, "tip": name}]}, "mark": mark, "encoding": drawn}
        )
        key.append(("rule", escape(name)))
    layers += _drawn({"values": values}, {"y": y}, "x", x)
    written = {"type": "text", **TEXT, "align": "left", "dx": 6}
    layers.append(
        {
            "data": {"values": values},
            "mark": written,
            "encoding": {"y": y, "x": {**x, "field": "high"}, "text": {"field": "text"}},
        }
    )
    return replace(
        chart,
        spec={
            "width": WIDTH + 40 - label_width - 44,
            "height": {"step": 26},
            "layer": layers,
        },
        alt=WORDS.passage("by_row_alt", subtitle=plain(chart.subtitle), rows=rows),
        data=[row.columns() for row in rows],
        key=[*chart.key, *key],
        figures=[row.figure for row in rows],
    )


def _key(names: Sequence[str], rows: Sequence[Interval]) -> list[tuple[str, str]]:
    """What the marks of some series mean."""
    key = [
        (SWATCHES[series], WORDS.passage("interval_key", name=escape(name)))
        for series, name in enumerate(names)
    ]
    widest = any(row.widest for row in rows)
    return [*key, ("widest", WORDS.passage("widest_key"))] if widest else key


def _position(day: date, start: bool = False) -> float:
    """A month on the time axis, its end or its start: the end of March 2024 is 2024.25."""
    return round(day.year + (day.month - start) / 12, 4)


def _scale(figure: Figure) -> float:
    return 100 if figure.unit in ("proportion", "change", "percentage_points") else 1


def _values(channel: str, rows: Sequence[Mapping[str, Any]], *, zero: bool) -> Spec:
    """The channel of the estimates themselves."""
    low, high = min(row["low"] for row in rows), max(row["high"] for row in rows)
    percent = rows[0]["text"].endswith("%")
    return {
        "field": "value",
        "type": "quantitative",
        "scale": {"domain": [0 if zero else low, high], "nice": True, "zero": zero},
        "axis": {
            "labelExpr": "datum.label + '%'" if percent else "datum.label",
            "tickCount": 5 if channel == "y" else 4,
            "labelFlush": False,
            "title": None,
        },
    }


def _drawn(data: Spec, across: Spec, channel: str, along: Spec) -> list[Spec]:
    """Widest limits, interval and point of each row."""
    second = f"{channel}2"
    tip = {"description": {"field": "tip"}}
    colour = {"condition": {"test": "datum.series == 1", "value": COLOURS[1]}, "value": COLOURS[0]}
    shape = {"condition": {"test": "datum.series == 1", "value": SHAPES[1]}, "value": SHAPES[0]}

    def rule(low: str, high: str, width: float, stroke: object) -> Spec:
        ends = {channel: {**along, "field": low}, second: {"field": high}}
        mark = {"type": "rule", "strokeWidth": width}
        return {
            "data": data,
            "mark": mark,
            "encoding": {**across, **ends, "stroke": stroke, **tip},
        }

    point = {"type": "point", "size": 55, "opacity": 1, "filled": True}
    return [
        rule("low", "high", 1.2, {"value": QUIET}),
        rule("lower", "upper", 3.5, colour),
        {
            "data": data,
            "mark": point,
            "encoding": {**across, channel: along, "fill": colour, "shape": shape, **tip},
        },
    ]
