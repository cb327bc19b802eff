"""Charts of estimates: every point with its interval, and never a line across a break."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from html import escape

import pandas as pd

from crimeshare.periods import MONTHS
from crimeshare.publish.elements.charts import (
    ACCENT,
    COMPARE,
    INK,
    QUIET,
    TEXT,
    TIP,
    WIDTH,
    WORDS,
    Break,
    Chart,
    Point,
    Spec,
    in_years,
    layer,
    named_rules,
    per_cent,
    quantity,
    row_labels,
    scale,
)
from crimeshare.publish.elements.figures import Figure, written
from crimeshare.publish.elements.rows import Row, rows

COLOURS = (ACCENT, COMPARE)
SHAPES = ("circle", "diamond")
SWATCHES = ("interval", "interval-reference")
OVER_TIME = 250
"""Height of a chart over the years."""
WIDEST = ("lower_widest", "upper_widest")


def over_time(
    name: str,
    frame: pd.DataFrame,
    *,
    y: str,
    by: str,
    label: str,
    words: Sequence[str],
    breaks: Sequence[Break] = (),
    trends: pd.DataFrame | None = None,
) -> Chart:
    """Draw one or two series of estimates over the years, with what interrupts them.

    Args:
        frame: rows, oldest first; ``lower_widest`` and ``upper_widest`` are wider limits drawn thin
            behind the interval, ``remark`` is what the data behind the chart say beside it.
        y: column whose figures have limits.
        by: column of the names of the series, told apart by shape and colour.
        label: column of what a tip calls a point.
        trends: rows of ``survey_trends``, drawn dotted: the only lines there are, so that no two
            years are joined but by a trend, which ends at a break.
    """
    names = list(dict.fromkeys(frame[by]))
    frame = frame.sort_values(by, key=lambda own: own.map(names.index), kind="stable")
    ends = [row["period_end"] for row in rows(frame)]
    values = [
        point | {"x": in_years(end)}
        for point, end in zip(_points(frame, y, label, by), ends, strict=True)
    ]
    first, last = min(point["x"] for point in values), max(point["x"] for point in values)
    inside = [b for b in breaks if first < in_years(b.day, start=True) < last]
    x = _years(ends, first, last)
    along = _values("y", values, zero=True)
    top = max(point["high"] for point in values)
    drawn = [(point["x"], point[end] / top) for point in values for end in ("low", "high")]
    layers = named_rules(inside, partial(in_years, start=True), x, OVER_TIME, drawn)
    fitted = [] if trends is None else rows(trends)
    for trend in fitted:
        points = [
            {"x": in_years(trend[end]), "value": 100 * trend[f"fitted_{end}"]}
            for end in ("start", "end")
        ]
        mark = {"type": "line", "stroke": INK, "strokeDash": [1, 3], "strokeWidth": 1.5}
        layers.append(layer(points, {**mark, "aria": False}, x=x, y=along))
    layers += _drawn(values, {"x": x}, "y", along)
    key = _key(names, values)
    if fitted:
        key.append(("trend", WORDS.passage("trend_key")))
    told = list(zip(ends, (point["span"] for point in values), frame[by], strict=True))
    named = [(each, [(end, span) for end, span, of in told if of == each]) for each in names]
    return Chart.worded(
        name,
        words,
        [
            ({"series": of, "year_ending": end.isoformat()} | called, each, more)
            for (end, _, of), (called, each, more) in zip(told, _data(frame, y, label), strict=True)
        ],
        spec={"width": WIDTH, "height": OVER_TIME, "layer": layers},
        alt=partial(WORDS.passage, "intervals_over_time", named=named, breaks=inside),
        key=key,
    )


def _years(ends: Sequence[date], first: float, last: float) -> Spec:
    """The axis of years that end in the month which most of them end in."""
    month = max({day.month for day in ends}, key=[day.month for day in ends].count)
    step = 5 if last - first > 10 else 1
    domain = [first - 0.5, last + 0.5]
    years = [year for year in range(min(ends).year - 1, max(ends).year + 2) if year % step == 0]
    ticks = [
        tick for tick in (year + month / 12 for year in years) if domain[0] <= tick <= domain[1]
    ]
    return quantity(
        "x",
        domain,
        values=ticks,
        labelExpr=f"format(datum.value - {month / 12!r}, 'd')",
        title=f"Year ending {MONTHS[month - 1]}",
        **{"grid": False, "ticks": True, "domain": True},
    )


def by_row(
    name: str,
    frame: pd.DataFrame,
    *,
    y: str,
    label: str,
    words: Sequence[str],
    by: str = "",
    key: Sequence[tuple[str, str]] = (),
    rule: tuple[str, float] | None = None,
    label_width: int = 150,
    zero: bool = True,
) -> Chart:
    """Draw estimates below one another on one scale, each with its interval.

    Args:
        frame: as of :func:`over_time`, from top to bottom.
        by: column of the names of two series, if there are two.
        key: pairs of a swatch and its meaning that stand first.
        rule: a name and a value drawn as a dashed rule.
        label_width: room for the labels, in units of the drawing.
        zero: whether the scale begins at zero.
    """
    values = _points(frame, y, label, by)
    x = _values("x", values, zero=zero)
    rows_of = row_labels(label_width)
    layers = []
    keys = [*key, *_key(list(dict.fromkeys(frame[by])) if by else [], values)]
    if rule:
        mark = {"type": "rule", "stroke": QUIET, "strokeDash": [4, 3], "strokeWidth": 1.5}
        at = {"at": rule[1] * scale(_figures(frame, y)[0]), "tip": rule[0]}
        layers.append(layer([at], mark, x={**x, "field": "at"}, description=TIP))
        keys.append(("rule", escape(rule[0])))
    layers += _drawn(values, {"y": rows_of}, "x", x)
    mark = {"type": "text", **TEXT, "align": "left", "dx": 6}
    layers.append(layer(values, mark, y=rows_of, x={**x, "field": "high"}, text={"field": "text"}))
    return Chart.worded(
        name,
        words,
        _data(frame, y, label),
        spec={"width": WIDTH + 40 - label_width - 44, "height": {"step": 26}, "layer": layers},
        alt=partial(WORDS.passage, "intervals_by_row", rows=values),
        key=keys,
    )


def _figures(frame: pd.DataFrame, y: str) -> list[Figure]:
    return [getattr(row, y) for row in rows(frame)]


def _points(frame: pd.DataFrame, y: str, label: str, by: str = "") -> list[Spec]:
    """The numbers to draw, and point and limits as a tip and a text alternative say them."""
    series = list(dict.fromkeys(frame[by])) if by else []
    points = []
    for row, each in zip(rows(frame), _figures(frame, y), strict=True):
        times = scale(each)
        lower, upper = each.lower or 0, each.upper or 0
        low, high = (row.get(end) for end in WIDEST)
        between = " to ".join(written(end, each.unit, "", each.decimals) for end in (lower, upper))
        span = f"{each.text} ({between})"
        points.append(
            {
                "label": row[label],
                "series": series.index(row[by]) if by else 0,
                "value": each.number * times,
                "lower": lower * times,
                "upper": upper * times,
                "low": (lower if low is None else low) * times,
                "high": (upper if high is None else high) * times,
                "wide": low is not None,
                "text": each.text,
                "span": span,
                "tip": f"{row[label]}: {span}",
            }
        )
    return points


def _data(frame: pd.DataFrame, y: str, label: str) -> list[Point]:
    def more(row: Row) -> dict[str, object]:
        wide = {end: "" if row.get(end) is None else repr(float(row[end])) for end in WIDEST}
        return wide | {"remark": row.get("remark", "")}

    return [({"label": row[label]}, getattr(row, y), more(row)) for row in rows(frame)]


def _key(names: Sequence[str], points: Sequence[Spec]) -> list[tuple[str, str]]:
    key = [
        (SWATCHES[series], WORDS.passage("interval_key", name=escape(name)))
        for series, name in enumerate(names)
    ]
    widest = any(point["wide"] for point in points)
    return [*key, ("widest", WORDS.passage("widest_key"))] if widest else key


def _values(channel: str, points: Sequence[Spec], *, zero: bool) -> Spec:
    low, high = min(point["low"] for point in points), max(point["high"] for point in points)
    number = quantity(
        "value",
        [0 if zero else low, high],
        nice=True,
        labelExpr=per_cent(points[0]["text"].endswith("%")),
        tickCount=5 if channel == "y" else 4,
        labelFlush=False,
    )
    number["scale"]["zero"] = zero
    return number


def _drawn(points: Sequence[Spec], across: Spec, channel: str, along: Spec) -> list[Spec]:
    def told(pair: tuple[str, str]) -> Spec:
        return {"condition": {"test": "datum.series == 1", "value": pair[1]}, "value": pair[0]}

    def rule(low: str, high: str, width: float, stroke: object) -> Spec:
        ends = {channel: {**along, "field": low}, f"{channel}2": {"field": high}}
        mark = {"type": "rule", "strokeWidth": width}
        return layer(points, mark, **across, **ends, stroke=stroke, description=TIP)

    point = {"type": "point", "size": 55, "opacity": 1, "filled": True}
    marks = {channel: along, "fill": told(COLOURS), "shape": told(SHAPES)}
    return [
        rule("low", "high", 1.2, {"value": QUIET}),
        rule("lower", "upper", 3.5, told(COLOURS)),
        layer(points, point, **across, **marks, description=TIP),
    ]
