"""Horizontal bars, each with its value written at its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from textwrap import shorten

import pandas as pd

from crimeshare.publish.elements.charts import (
    ACCENT,
    LABEL_WIDTH,
    PALE,
    TEXT,
    VALUE_WIDTH,
    WIDTH,
    WORDS,
    Chart,
    Spec,
    row_labels,
    scale,
)
from crimeshare.publish.elements.downloads import figure_columns
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.prose import plain
from crimeshare.publish.elements.rows import Row, rows

DOT_VALUE_WIDTH = 104
"""Room for a value with what stands beside it."""

CHARACTER = 6
"""Width of an average one, in labels of bars."""


def bars(
    name: str,
    frame: pd.DataFrame,
    *,
    y: str,
    label: str,
    words: Sequence[str],
    style: str = "",
    remark: str = "",
    beside: str = "",
    key: Mapping[str, str] | None = None,
    room: int = LABEL_WIDTH,
    dots: bool = False,
) -> Chart:
    """Draw a bar for each row of a frame, in its order.

    Args:
        frame: the rows; a figure without a value is written as its marker, never drawn as zero.
        y: the column: a number of its table, or figures that the frame was given.
        label: column of what the bars are called.
        style: column of how each bar is drawn: a swatch of bars, ``pale`` unless given.
        remark: column of what else is to be said of a bar.
        beside: column of what is written beside its number, in brackets.
        key: what the styles mean, of which those in use are told.
        room: for the labels, in units of the drawing.
        dots: draw a dot in place of each bar, closer to each other.
    """
    drawn = [
        (
            str(row[label]),
            _figure(row, y),
            row[style] if style else "pale",
            row[remark] if remark else "",
            f" ({row[beside]})" if beside and row[beside] else "",
        )
        for row in rows(frame)
    ]
    values: list[Spec] = [
        {
            "label": shorten(called, room // CHARACTER, placeholder="…"),
            "length": 0 if each.value is None else each.value * scale(each),
            "style": kind,
            "text": each.words("signed" if each.unit == "change" else "") + aside,
            "tip": WORDS.passage("bar", label=called, figure=each, remark=said),
        }
        for called, each, kind, said, aside in drawn
    ]
    chart = Chart.worded(name, words)
    used = {value["style"] for value in values}
    return replace(
        chart,
        key=[(swatch, meaning) for swatch, meaning in (key or {}).items() if swatch in used],
        spec=_spec(values, room, dots),
        alt=WORDS.passage(
            "bars_alt", subtitle=plain(chart.subtitle), bars=[value["tip"] for value in values]
        ),
        data=[
            {"label": called, **figure_columns(each), "remark": said}
            for called, each, _, said, _ in drawn
        ],
        figures=[each for _, each, *_ in drawn],
    )


def _figure(row: Row, y: str) -> Figure:
    found: Figure = getattr(row, y)
    return found


def _spec(values: Sequence[Spec], room: int, dots: bool) -> Spec:
    lengths = [value["length"] for value in values]
    y = row_labels(room)
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
    bar: Spec = {"type": "bar", "height": {"band": 0.72}, "strokeDash": [3, 2], "strokeWidth": 1.5}
    dot: Spec = {"type": "circle", "size": 70, "opacity": 1}
    # Beside a bar that runs left the value stands right of the zero line, clear of the labels.
    written: Spec = {"y": y, "x": {**x, "field": "end"}, "text": {"field": "text"}}
    return {
        "width": WIDTH + 40 - room - (DOT_VALUE_WIDTH if dots else VALUE_WIDTH),
        "height": {"step": 17 if dots else 20},
        "data": {"values": values},
        "layer": [
            {"mark": dot if dots else bar, "encoding": drawn},
            {
                "transform": [{"calculate": "max(datum.length, 0)", "as": "end"}],
                "mark": {"type": "text", **TEXT, "align": "left", "dx": 9 if dots else 5},
                "encoding": written,
            },
        ],
    }


def _by_style(colours: Mapping[str, str], otherwise: str) -> Spec:
    return {
        "condition": [
            {"test": f"datum.style == '{style}'", "value": colour}
            for style, colour in colours.items()
        ],
        "value": otherwise,
    }
