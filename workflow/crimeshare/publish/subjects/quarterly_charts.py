"""Charts of quarterly series: one panel a series, all on one time axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

from crimeshare.publish.elements import prose
from crimeshare.publish.elements.charts import (
    ACCENT,
    TEXT,
    WIDTH,
    Break,
    Chart,
    Spec,
    rules,
)
from crimeshare.publish.elements.downloads import figure_columns
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.prose import plain
from crimeshare.publish.elements.words import Words

WORDS = Words(Path(__file__).with_name("words") / "quarters.md.j2")
PANEL_HEIGHT = 66


@dataclass(frozen=True)
class Quarter:
    """One quarter of a series.

    Attributes:
        figure: what was recorded in it.
        row: of the table of quarters.
        season: the row of the quarter without its season; None where the series has no clear one.
    """

    figure: Figure
    row: Mapping[str, Any] = field(hash=False)
    season: Mapping[str, Any] | None = field(default=None, hash=False)

    @property
    def period_start(self) -> date:
        """Its first day."""
        day: date = self.row["period_start"]
        return day

    @property
    def period_end(self) -> date:
        """Its last day."""
        day: date = self.row["period_end"]
        return day

    @property
    def adjusted(self) -> float:
        """Offences without the season, or as recorded where the series has none."""
        return float(self.season["adjusted"]) if self.season else self.figure.number

    @property
    def words(self) -> str:
        """ "October to December 2025"."""
        return f"{prose.MONTHS[self.period_start.month - 1]} to {prose.month(self.period_end)}"


@dataclass(frozen=True)
class Series:
    """One panel.

    Attributes:
        name: of the series.
        quarters: the oldest first.
        breaks: the changes that touch it.
        series_id: a code, or the group.
    """

    name: str
    quarters: Sequence[Quarter]
    breaks: Sequence[Break] = ()
    series_id: str = ""

    def breaks_within(self) -> list[Break]:
        """The changes that took effect while the series ran."""
        first, last = self.quarters[0].period_start, self.quarters[-1].period_end
        return [b for b in self.breaks if first <= b.day <= last]


def panels(chart: Chart, series: Sequence[Series]) -> Chart:
    """Draw each series in a panel of its own, recording changes as lettered rules.

    A quarter without a figure interrupts its line and is never drawn as zero.

    Args:
        chart: title, subtitle and notes; drawing, text alternative, data and key are set here.
        series: the panels in their order.
    """
    places = [_middle(quarter) for each in series for quarter in each.quarters]
    first, last = min(places), max(places)
    drawn = {each.name: each.breaks_within() for each in series}
    every = sorted({b for breaks in drawn.values() for b in breaks}, key=lambda b: (b.day, b.name))
    letters = {b: chr(ord("A") + position) for position, b in enumerate(every)}
    spec: Spec = {
        "vconcat": [
            _panel(each, {b: letters[b] for b in drawn[each.name]}, (first, last))
            for each in series
        ]
    }
    return replace(
        chart,
        spec=spec,
        alt=_alt(chart, series, drawn),
        data=[
            {
                "series": each.name,
                "quarter_ending": quarter.period_end.isoformat(),
                **figure_columns(quarter.figure),
                "seasonally_adjusted": _adjusted(quarter),
            }
            for each in series
            for quarter in each.quarters
        ],
        key=[
            ("rule", f"{letter}, {prose.month(b.day)}: {escape(b.name)}")
            for b, letter in letters.items()
        ],
        figures=[quarter.figure for each in series for quarter in each.quarters],
    )


def _position(day: date) -> float:
    """A day on an axis of years: 1 January 2024 is 2024."""
    return round(day.year + (day.timetuple().tm_yday - 1) / 366, 4)


def _adjusted(quarter: Quarter) -> str:
    """The count without its season, for the data; empty where there is none to take out."""
    if quarter.season is None:
        return ""
    return repr(round(quarter.adjusted, 1))


def _middle(quarter: Quarter) -> float:
    return round((_position(quarter.period_start) + _position(quarter.period_end)) / 2, 4)


def _panel(series: Series, letters: Mapping[Break, str], span: tuple[float, float]) -> Spec:
    ticks = [year for year in range(int(span[0]) + 1, int(span[1]) + 1) if year % 2 == 0]
    x: Spec = {
        "field": "x",
        "type": "quantitative",
        "scale": {"domain": [span[0] - 0.2, span[1] + 0.2], "nice": False},
        "axis": {"values": ticks, "format": "d", "title": None, "grid": False, "ticks": True},
    }
    recorded = any(quarter.figure.value for quarter in series.quarters)
    y: Spec = {
        "field": "y",
        "type": "quantitative",
        # Counts are whole numbers, and nothing but zeros needs an axis as well.
        "scale": {"nice": True, "zero": True} if recorded else {"domain": [0, 1]},
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
    return {
        "title": {
            "text": series.name,
            "anchor": "start",
            "frame": "bounds",
            "fontSize": 13,
            "fontWeight": "bold",
            "color": TEXT["color"],
            # Equal room for letters, so that panels stand level beside each other.
            "offset": 20,
        },
        "width": WIDTH - 30,
        "height": PANEL_HEIGHT,
        "layer": [
            *rules(letters, _position, x, fontSize=12, y=-7),
            *_line(series, x, y),
        ],
    }


def _line(series: Series, x: Spec, y: Spec) -> list[Spec]:
    rows, stretch = [], 0
    for quarter in series.quarters:
        if quarter.figure.value is None:
            stretch += 1
            continue
        rows.append(
            {
                "x": _middle(quarter),
                "y": quarter.figure.number,
                "line": round(quarter.adjusted, 1),
                "stretch": stretch,
                "tip": f"{series.name}, {quarter.words}: {quarter.figure.text}",
            }
        )
    data = {"values": rows}
    line = {"type": "line", "stroke": ACCENT, "strokeWidth": 1.5, "aria": False}
    # Squares and no outline: some two hundred marks a page are the shorter for it.
    point = {"type": "point", "shape": "square", "size": 14, "opacity": 1, "fill": ACCENT}
    return [
        {
            "data": data,
            "mark": line,
            "encoding": {"x": x, "y": {**y, "field": "line"}, "detail": {"field": "stretch"}},
        },
        {
            "data": data,
            "mark": {**point, "stroke": None},
            "encoding": {"x": x, "y": y, "description": {"field": "tip"}},
        },
    ]


def _alt(chart: Chart, series: Sequence[Series], drawn: Mapping[str, Sequence[Break]]) -> str:
    """First, highest and last quarter of each panel: all of them would take minutes to hear."""
    told = []
    for each in series:
        known = [quarter for quarter in each.quarters if quarter.figure.value is not None]
        if known:
            top = max(known, key=lambda quarter: quarter.figure.number)
            told.append(
                {
                    "name": each.name,
                    "top": top,
                    "quarters": dict.fromkeys((known[0], top, known[-1])),
                    "missing": [q.words for q in each.quarters if q.figure.value is None],
                    "breaks": drawn[each.name],
                }
            )
    return WORDS.passage("panels_alt", subtitle=plain(chart.subtitle), series=told)
