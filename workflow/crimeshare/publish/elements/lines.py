"""Lines over the years, which changes of recording interrupt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from html import escape

import pandas as pd

from crimeshare.publish.elements import prose
from crimeshare.publish.elements.charts import (
    ACCENT,
    COMPARE,
    HEIGHT,
    PAPER,
    TIP,
    WIDTH,
    WORDS,
    Break,
    Chart,
    Spec,
    dated,
    in_years,
    layer,
    named_rules,
    per_cent,
    quantity,
    scale,
)
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.rows import figure, rows
from crimeshare.reference import areas


def segments(period_ends: Sequence[date]) -> list[int]:
    """Which stretch of line each year belongs to: years that neither meet nor overlap are apart.

    Args:
        period_ends: last days of years, oldest first.

    Returns:
        A number for each; equal numbers may be joined by a line.
    """
    numbers: list[int] = []
    for position, day in enumerate(period_ends):
        apart = position and in_years(day) - in_years(period_ends[position - 1]) > 1
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
        frame: rows of one or two lines, oldest first; those without a number are left out.
        by: column that tells the lines apart, such as ``area_code``.
        own: of the line that the page is about, drawn in front; it has a row at least.
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
    inside = [b for b in breaks if start <= in_years(b.day, start=True) < last]
    step = 1 + (last - start > 5) + (last - start > 9)
    ticks = list(range(int(last), int(start) - 1, -step))
    span = [min(start, ticks[-1]) - 0.2, last + 0.3]
    label_ = "'Dec ' + format(datum.value - 1, 'd')"
    x = quantity("x", span, values=ticks, labelExpr=label_, grid=False, ticks=True)
    top = max(row["y"] for row in drawn + first_issues)
    written = per_cent(named[0][1][0][1].unit == "proportion")
    y_axis = quantity("y", [0, top * 1.05], nice=True, labelExpr=written, tickCount=5)
    drawn_at = [(row["x"], row["y"] / (top * 1.05)) for row in drawn + first_issues]
    layers = named_rules(inside, partial(in_years, start=True), x, HEIGHT, drawn_at)
    for index in reversed(range(len(named))):
        own_rows = [row for row in drawn if row["series"] == index]
        layers += _series(own_rows, inside, index, x, y_axis)
    layers += _first_issues(first_issues, x, y_axis)
    key = list(zip(("own", "reference"), (escape(label_) for label_, _ in named), strict=False))
    if published:
        key.append(("published", WORDS.passage("first_published_key")))
    if inside:
        key.append(("dotted", WORDS.passage("under_both_rules")))
    return Chart.worded(
        name,
        words,
        [
            ({"series": label_, "year_ending": day.isoformat(), "state": state}, each, {})
            for state, lines in (
                ("newest release", named),
                ("first published", [(title, published)]),
            )
            for label_, points in lines
            for day, each in points
        ],
        spec={"width": WIDTH, "height": HEIGHT, "layer": layers},
        alt=partial(_alt_over_time, named, inside),
        key=key,
    )


def label(by: str, value: str) -> str:
    """What a reader calls a value of a column."""
    return areas()[value].area_name if by == "area_code" else value


def _rows(series: int, name: str, points: Points) -> list[Spec]:
    stretches = segments([day for day, _ in points])
    return [
        {
            "series": series,
            "x": in_years(day),
            "y": each.number * scale(each),
            "stretch": stretch,
            "tip": f"{name}, {prose.period(day)}: {each.text}",
        }
        for (day, each), stretch in zip(points, stretches, strict=True)
    ]


def _series(rows: list[Spec], breaks: Sequence[Break], index: int, x: Spec, y: Spec) -> list[Spec]:
    """A line, dotted where a year lies under two rules and solid nowhere across a change."""
    colour = (ACCENT, COMPARE)[index]
    line: Spec = {"type": "line", "stroke": colour, "strokeWidth": (2.5, 2)[index], "aria": False}
    if index:
        line["strokeDash"] = [5, 3]
    at = [in_years(b.day, start=True) for b in breaks]
    # A year that ends on the day before a change lies wholly under the rule before it.
    whole = [
        {**row, "stretch": f"{row['stretch']}.{sum(day < row['x'] for day in at)}"}
        for row in rows
        if not any(day < row["x"] < day + 1 for day in at)
    ]
    stretch = {"field": "stretch"}
    dotted = {**line, "strokeWidth": 1.5, "strokeDash": [1, 3]}
    lines = [layer(whole, line, x=x, y=y, detail=stretch)]
    if len(whole) < len(rows):
        lines.insert(0, layer(rows, dotted, x=x, y=y, detail=stretch))
    if index:
        return lines
    # Each quarter can be pointed at; drawn marks would hide the line.
    mark = {"type": "point", "size": 70, "opacity": 0, "stroke": colour}
    return [*lines, layer(rows, mark, x=x, y=y, description=TIP)]


def _first_issues(rows: list[Spec], x: Spec, y: Spec) -> list[Spec]:
    if not rows:
        return []
    mark = {"type": "point", "shape": "circle", "size": 40, "opacity": 1}
    mark |= {"fill": PAPER, "stroke": ACCENT, "strokeWidth": 1.5}
    return [layer(rows, mark, x=x, y=y, description=TIP)]


def _alt_over_time(
    named: Sequence[tuple[str, Points]], breaks: Sequence[Break], subtitle: str
) -> str:
    ends = [day for day, _ in named[0][1]]
    stretches = segments(ends)
    return WORDS.passage(
        "over_time_alt",
        subtitle=subtitle,
        lines=[(name, _told(points)) for name, points in named],
        gaps=[
            (ends[i - 1], ends[i]) for i in range(1, len(ends)) if stretches[i] != stretches[i - 1]
        ],
        breaks=list(map(dated, breaks)),
    )


def _told(points: Points) -> Points:
    """The points that a text tells of a line: both ends, and the highest and lowest between."""
    ranked = sorted(points, key=lambda point: point[1].number)
    told = [points[0], points[-1], ranked[0], ranked[-1]] if len(points) > 4 else points
    return [point for point in points if point in told]
