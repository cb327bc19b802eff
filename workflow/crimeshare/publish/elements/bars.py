"""Bars: each with its value written at its end, or the parts of whole years stacked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from textwrap import shorten

import pandas as pd

from crimeshare.publish.elements import prose
from crimeshare.publish.elements.charts import (
    ACCENT,
    HEIGHT,
    LABEL_WIDTH,
    PALE,
    PARTS,
    TEXT,
    VALUE_WIDTH,
    WIDTH,
    WORDS,
    Chart,
    Spec,
    row_labels,
    scale,
)
from crimeshare.publish.elements.rows import figure, rows

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
            getattr(row, y),
            row[style] if style else "pale",
            row[remark] if remark else "",
            f" ({row[beside]})" if beside and row[beside] else "",
        )
        for row in rows(frame)
    ]
    values: list[Spec] = [
        {
            "label": shorten(called, room // CHARACTER, placeholder="…"),
            "known": each.value is not None,
            "length": 0 if each.value is None else each.value * scale(each),
            "style": kind,
            "text": each.words("signed" if each.unit == "change" else "") + aside,
            "tip": WORDS.passage("bar", label=called, figure=each, remark=said),
        }
        for called, each, kind, said, aside in drawn
    ]
    used = {value["style"] for value in values}
    return Chart.worded(
        name,
        words,
        [({"label": called}, each, {"remark": said}) for called, each, _, said, _ in drawn],
        key=[(swatch, meaning) for swatch, meaning in (key or {}).items() if swatch in used],
        spec=_spec(values, room, dots),
        alt=partial(WORDS.passage, "bars_alt", bars=[value["tip"] for value in values]),
    )


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
        "fill": _by_style({"bar": ACCENT, "pale": PALE}),
        "stroke": _by_style({"hollow": ACCENT}),
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
            {
                # What has no number is named and has no mark.
                "transform": [{"filter": "datum.known"}],
                "mark": dot if dots else bar,
                "encoding": drawn,
            },
            {
                "transform": [{"calculate": "max(datum.length, 0)", "as": "end"}],
                "mark": {"type": "text", **TEXT, "align": "left", "dx": 9 if dots else 5},
                "encoding": written,
            },
        ],
    }


def _by_style(colours: Mapping[str, str]) -> Spec:
    return {
        "condition": [
            {"test": f"datum.style == '{style}'", "value": colour}
            for style, colour in colours.items()
        ],
        "value": "transparent",
    }


LARGEST = len(PARTS) - 1
"""Of so many parts each is drawn by itself, of more the smaller ones as one."""


def stack(
    name: str,
    frame: pd.DataFrame,
    *,
    y: str,
    by: str,
    label: str,
    words: Sequence[str],
    others: str,
    domain: Sequence[date],
) -> Chart:
    """Draw the parts of each year, the largest at the bottom.

    Args:
        frame: a row a year and part, the oldest year first; `y` is known everywhere.
        by: column that tells the parts apart.
        label: column of what they are called.
        others: what those are called that are drawn as one.
        domain: last days of the years on the axis, also of those without parts.
    """
    points = [(row, figure(row, y)) for row in rows(frame)]
    ranked = frame.groupby(by, sort=False)[y].max().sort_values(ascending=False, kind="stable")
    called = frame.drop_duplicates(by).set_index(by)[label].map(prose.upper_first)
    names = {part: called[part] for part in ranked.index[:LARGEST]}
    places = {part: place for place, part in enumerate(names)}
    values = [
        {
            "year": prose.month(row["period_end"]),
            "part": names.get(row[by], others),
            "share": 100 * point.number,
            "order": places.get(row[by], len(names)),
            "tip": f"{prose.upper_first(row[label])}, {prose.period(row['period_end'])}: "
            f"{point.text}",
        }
        for row, point in points
    ]
    drawn = list(dict.fromkeys([*names.values(), *(value["part"] for value in values)]))
    shown = list(map(prose.month, domain))
    newest = max((value["year"] for value in values if value["share"]), key=shown.index)
    return Chart.worded(
        name,
        words,
        [
            (
                {"year_ending": row["period_end"].isoformat(), by: row[by], label: row[label]},
                point,
                {},
            )
            for row, point in points
        ],
        key=[(f"part-{at}", prose.named_html(str(part))) for at, part in enumerate(drawn)],
        spec={
            "width": WIDTH,
            "height": HEIGHT,
            "data": {"values": values},
            "mark": {"type": "bar"},
            "encoding": {
                "x": {
                    "field": "year",
                    "type": "ordinal",
                    "sort": None,
                    "scale": {"domain": shown},
                    # The newest year, and every second before it: more would run into each other.
                    "axis": {
                        "title": None,
                        "values": shown[::-2],
                        "labelExpr": "slice(datum.label, -4)",
                    },
                },
                "y": {
                    "field": "share",
                    "type": "quantitative",
                    "axis": {"title": None, "labelExpr": "datum.label + '%'", "tickCount": 5},
                },
                "color": {
                    "field": "part",
                    "type": "nominal",
                    "scale": {"domain": drawn, "range": list(PARTS[: len(drawn)])},
                    "legend": None,
                },
                "order": {"field": "order", "type": "quantitative"},
                "description": {"field": "tip"},
            },
        },
        alt=partial(
            WORDS.passage,
            "stack_alt",
            tips=[value["tip"] for value in values if value["year"] == newest],
        ),
    )
