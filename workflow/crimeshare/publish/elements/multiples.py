"""Small multiples: a panel for each of several quarterly series, all on one time axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

import pandas as pd

from crimeshare.publish.elements import prose
from crimeshare.publish.elements.charts import (
    ACCENT,
    TEXT,
    TIP,
    WIDTH,
    WORDS,
    Break,
    Chart,
    Spec,
    layer,
    named_rules,
    quantity,
)
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.rows import Row, figure, rows

PANEL_HEIGHT = 184

Points = Sequence[tuple[Row, Figure]]


def small_multiples(
    name: str,
    frame: pd.DataFrame,
    *,
    y: str,
    line: str,
    by: str,
    words: Sequence[str],
    breaks: Mapping[str, Sequence[Break]],
) -> Chart:
    """Draw each series in a panel of its own, recording changes as rules with their labels.

    A change of recording or a quarter without a figure interrupts the line.

    Args:
        frame: rows with ``period_start`` and ``period_end``, the oldest first; panels are in the
            order in which their rows come.
        y: the column that is drawn as points.
        line: the column whose numbers the line joins; those of `y` where it is empty.
        breaks: the changes that touch each panel, of which those within its years are drawn.
    """
    panels: dict[str, Points] = {
        str(each): [(row, figure(row, y)) for row in rows(own)]
        for each, own in frame.groupby(by, sort=False)
    }
    places = [_middle(row) for points in panels.values() for row, _ in points]
    span = min(places), max(places)
    drawn = {each: _within(breaks[each], points) for each, points in panels.items()}
    return Chart.worded(
        name,
        words,
        [
            (
                {"series": each, "quarter_ending": row["period_end"].isoformat()},
                point,
                {line: "" if row[line] is None else repr(round(row[line], 1))},
            )
            for each, points in panels.items()
            for row, point in points
        ],
        spec={
            "vconcat": [
                _panel(each, points, line, drawn[each], span) for each, points in panels.items()
            ]
        },
        alt=partial(_alt, panels, drawn),
    )


def _within(breaks: Sequence[Break], points: Points) -> list[Break]:
    first, last = points[0][0]["period_start"], points[-1][0]["period_end"]
    return [b for b in breaks if first <= b.day <= last]


def _position(day: date) -> float:
    """A day on an axis of years: 1 January 2024 is 2024."""
    return round(day.year + (day.timetuple().tm_yday - 1) / 366, 4)


def _middle(row: Row) -> float:
    return round((_position(row["period_start"]) + _position(row["period_end"])) / 2, 4)


def _panel(
    name: str, points: Points, line: str, breaks: Sequence[Break], span: tuple[float, float]
) -> Spec:
    ticks = [year for year in range(int(span[0]) + 1, int(span[1]) + 1) if year % 2 == 0]
    domain = [span[0] - 0.2, span[1] + 0.2]
    x = quantity("x", domain, values=ticks, format="d", grid=False, ticks=True)
    most = max(max(point.value or 0, row[line] or 0) for row, point in points)
    # No number of the axis stands at the top, where it would make one panel higher than another.
    top = round(1.1 * most, 1) or 1
    y: Spec = {
        "field": "y",
        "type": "quantitative",
        "scale": {"domain": [0, top]},
        # Equal widths, so that the panels stand exactly below each other.
        "axis": {
            "tickCount": 3,
            "tickMinStep": 1,
            "format": ",d",
            "title": None,
            "minExtent": 52,
            "maxExtent": 52,
        },
    }
    drawn = [(_middle(row), point.number / top) for row, point in points if point.value is not None]
    return {
        "title": {
            "text": name,
            "anchor": "start",
            "frame": "bounds",
            "fontSize": 13,
            "fontWeight": "bold",
            "color": TEXT["color"],
            "offset": 8,
        },
        "width": WIDTH - 30,
        "height": PANEL_HEIGHT,
        "layer": [
            *named_rules(breaks, _position, x, PANEL_HEIGHT, drawn),
            *_line(name, points, line, breaks, x, y),
        ],
    }


def _line(
    name: str, points: Points, line: str, breaks: Sequence[Break], x: Spec, y: Spec
) -> list[Spec]:
    values: list[dict[str, Any]] = []
    stretch = 0
    for row, point in points:
        if point.value is None:
            stretch += 1
            continue
        values.append(
            {
                "x": _middle(row),
                "y": point.number,
                "line": round(point.number if row[line] is None else row[line], 1),
                "stretch": stretch + sum(b.day <= row["period_end"] for b in breaks),
                "tip": f"{name}, {_quarter(row)}: {point.text}",
            }
        )
    joined = {"type": "line", "stroke": ACCENT, "strokeWidth": 1.5, "aria": False}
    # Squares and no outline: some two hundred marks a page are the shorter for it.
    mark = {"type": "point", "shape": "square", "size": 14, "opacity": 1, "fill": ACCENT}
    return [
        layer(values, joined, x=x, y={**y, "field": "line"}, detail={"field": "stretch"}),
        layer(values, {**mark, "stroke": None}, x=x, y=y, description=TIP),
    ]


def _quarter(row: Row) -> str:
    return prose.quarter(row["period_start"], row["period_end"])


def _alt(panels: Mapping[str, Points], drawn: Mapping[str, Sequence[Break]], subtitle: str) -> str:
    """First, highest and last quarter of each panel: all of them would take minutes to hear."""
    told = []
    for name, points in panels.items():
        known = [(_quarter(row), point) for row, point in points if point.value is not None]
        if known:
            top = max(known, key=lambda each: each[1].number)
            told.append(
                {
                    "name": name,
                    "top": top,
                    "quarters": dict.fromkeys((known[0], top, known[-1])),
                    "missing": [_quarter(row) for row, point in points if point.value is None],
                    "breaks": drawn[name],
                }
            )
    return WORDS.passage("panels_alt", subtitle=subtitle, series=told)
