"""Where one area is among others: shares by size between control limits."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from html import escape

import pandas as pd

from crimeshare.publish.elements.charts import (
    ACCENT,
    COMPARE,
    PALE,
    PAPER,
    QUIET,
    TEXT,
    TIP,
    WIDTH,
    WORDS,
    Chart,
    Spec,
    layer,
    per_cent,
    quantity,
)
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.rows import Row, rows

LIMITS = {
    "inner_control_limit_lower": "lower_95",
    "inner_control_limit_upper": "upper_95",
    "outer_control_limit_lower": "lower_99_8",
    "outer_control_limit_upper": "upper_99_8",
}
"""Columns of the limits of an area, as shares, by what they are called in the data."""


def funnel(
    name: str,
    frame: pd.DataFrame,
    curves: pd.DataFrame,
    *,
    own: str,
    middle: Figure,
    words: Sequence[str],
    labels: Sequence[str],
) -> Chart:
    """Draw shares by size between control limits, the area the page is about among the others.

    Args:
        frame: a row an area: ``area_code``, ``area_name``, ``total`` (its size), ``shown`` (the
            figure of its share), the columns of `LIMITS`, ``beside`` (what is said of it outside
            of limits) and ``named``, whether its name is written.
        curves: sizes and the limits there, in columns of the same names.
        own: the area the page is about, drawn large and named in the key: its name would cover the
            dots of others.
        middle: the common share, drawn as a rule.
        labels: what the rule and the axis of sizes are called.
    """
    *others, last = sorted(rows(frame), key=lambda row: bool(row["area_code"] == own))
    dots = [*others, last]
    called, axis = labels
    smallest, largest = curves["total"].min(), curves["total"].max()
    x = quantity(
        "x",
        [smallest, largest],
        values=[size for size in _ROUND_SIZES if smallest <= size <= largest],
        labelExpr="datum.value >= 1e6 ? datum.value / 1e6 + 'm' : datum.value / 1e3 + 'k'",
        title=axis,
        **{"grid": False, "ticks": True},
    )
    x["scale"]["type"] = "log"
    top = max(*(dot["shown"].number for dot in dots), curves["upper_99_8"].max()) * 100
    y = quantity("y", [0, top], nice=True, labelExpr=per_cent(), tickCount=5)
    named = [dot for dot in dots if dot["named"]]
    tip = WORDS.passage("bar", label=called, figure=middle, remark="")
    rule = {"type": "rule", "stroke": COMPARE, "strokeWidth": 2, "strokeDash": [5, 3]}
    order = sorted(dots, key=lambda dot: -dot["shown"].number)
    forces, inner, outer = WORDS.points("funnel_key")
    return Chart.worded(
        name,
        words,
        [
            (
                {"label": dot["area_name"]},
                dot["shown"],
                {"size": f"{dot['total']:.0f}"}
                | {name: repr(float(dot[column])) for name, column in LIMITS.items()},
            )
            for dot in dots
        ],
        spec={
            "width": WIDTH,
            "height": 250,
            "layer": [
                _limits(curves, x, y),
                layer([{"y": middle.number * 100, "tip": tip}], rule, y=y, description=TIP),
                _dots(others, "circle", 45, PALE, x, y),
                _dots([last], "diamond", 150, ACCENT, x, y),
                *_names(named, last, (smallest * largest) ** 0.5, x, y),
            ],
        },
        alt=partial(
            WORDS.passage,
            "funnel_alt",
            label=called,
            middle=middle,
            dots=list(map(_told, order)),
        ),
        key=[
            ("diamond", escape(last["area_name"])),
            ("dot", forces),
            ("reference-line", escape(called)),
            ("limit", inner),
            ("outer-limit", outer),
        ],
        beside=[middle],
    )


_ROUND_SIZES = [
    digit * 10**power for power in range(1, 8) for digit in (1, 3) if digit * 10**power >= 1000
]


def _told(dot: Row) -> str:
    return WORDS.passage("beside_limits", dot=dot)


def _limits(curves: pd.DataFrame, x: Spec, y: Spec) -> Spec:
    values = [
        {"x": size, "y": round(share * 100, 3), "limit": limit, "outer": limit // 2}
        for limit, column in enumerate(LIMITS.values())
        for size, share in zip(curves["total"], curves[column], strict=True)
    ]
    dash = {"condition": {"test": "datum.outer", "value": [2, 3]}, "value": [1, 0]}
    mark = {"type": "line", "stroke": QUIET, "strokeWidth": 1.5, "aria": False}
    return layer(values, mark, x=x, y=y, detail={"field": "limit"}, strokeDash=dash)


def _dots(dots: Sequence[Row], shape: str, size: int, colour: str, x: Spec, y: Spec) -> Spec:
    values = [
        {"x": dot["total"], "y": dot["shown"].number * 100, "tip": _told(dot)} for dot in dots
    ]
    mark = {"type": "point", "shape": shape, "size": size, "opacity": 1}
    mark |= {"fill": colour, "stroke": ACCENT, "strokeWidth": 1}
    return layer(values, mark, x=x, y=y, description=TIP)


def _names(dots: Sequence[Row], own: Row, middle: float, x: Spec, y: Spec) -> list[Spec]:
    """Names on the side with more room, on a rim of paper so that no line strikes them through."""
    values = [
        {
            "x": dot["total"],
            "y": dot["shown"].number * 100,
            "label": dot["area_name"],
            "align": "right" if dot["total"] > middle else "left",
            "dx": -9 if dot["total"] > middle else 9,
            "weight": "bold" if dot is own else "normal",
        }
        for dot in dots
    ]
    told = {"align": "align", "dx": "dx", "fontWeight": "weight"}
    mark = {"type": "text", **TEXT}
    mark |= {name: {"expr": f"datum.{field}"} for name, field in told.items()}
    rim = {**mark, "stroke": PAPER, "strokeWidth": 4, "strokeJoin": "round", "aria": False}
    return [layer(values, each, x=x, y=y, text={"field": "label"}) for each in (rim, mark)]
