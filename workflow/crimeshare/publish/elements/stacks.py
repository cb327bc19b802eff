"""Parts of a whole over the years, one on top of the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pandas as pd

from crimeshare.publish.elements import prose
from crimeshare.publish.elements.charts import HEIGHT, PARTS, WIDTH, WORDS, Chart
from crimeshare.publish.elements.downloads import figure_columns
from crimeshare.publish.elements.prose import plain
from crimeshare.publish.elements.rows import figure, rows

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
    chart = Chart.worded(name, words)
    return replace(
        chart,
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
        alt=WORDS.passage(
            "stack_alt",
            subtitle=plain(chart.subtitle),
            tips=[value["tip"] for value in values if value["year"] == newest],
        ),
        data=[
            {
                "year_ending": row["period_end"].isoformat(),
                by: row[by],
                label: row[label],
                **figure_columns(point),
            }
            for row, point in points
        ],
        figures=[point for _, point in points],
    )
