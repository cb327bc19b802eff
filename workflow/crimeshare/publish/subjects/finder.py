"""The map of forces, a tile each, coloured by a measure, beside all from the highest to the lowest.

It is made of links, radio buttons and style sheets, so that it works by mouse and by keyboard and
with scripts switched off; a script only says the number of a tile that is touched or focused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from math import inf
from typing import Any

import pandas as pd

from crimeshare.measures.control_limits import APART
from crimeshare.publish.elements.bars import bars
from crimeshare.publish.elements.charts import Chart
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.output import Output, figures_in
from crimeshare.publish.elements.rows import Row, figure, rows
from crimeshare.publish.elements.tables import Table, table
from crimeshare.publish.subjects.estimates import address, is_few, without_few, year_of
from crimeshare.publish.subjects.explorer import WORDS
from crimeshare.publish.subjects.factsheet import comparability, period_alike
from crimeshare.publish.subjects.firmness import range_of
from crimeshare.reference import NATION, REFERENCE, areas, read_rows

CLASSES = 5

TILES = REFERENCE / "tile_map.csv"
"""Where each force stands: column and row count from 1, from west and from north."""


@dataclass(frozen=True)
class Layer:
    """A measure the map can be coloured by.

    Attributes:
        figures: by the code of the area.
        signed: the measure is a change: colours part at zero.
        not_comparable: areas whose figure is shown but compares what cannot be compared.
    """

    layer_id: str
    label: str
    figures: dict[str, Figure]
    signed: bool = False
    not_comparable: frozenset[str] = frozenset()

    @property
    def style(self) -> str:
        """How its figures are written."""
        return "signed" if self.signed else ""

    @cached_property
    def bounds(self) -> list[float]:
        """Lowest value of each class; classes hold about as many forces each.

        Of a change, the lowest sizes, whichever its direction; each direction has its classes.
        What is printed alike is in one class.
        """
        known = sorted(
            (abs(f.number) if self.signed else f.number, f.words("absolute"))
            for f in self.figures.values()
            if f.value is not None
        )
        lowest = {text: number for number, text in reversed(known)}
        classes = SIGNED_CLASSES if self.signed else CLASSES
        return [
            lowest[known[len(known) * position // classes][1]] for position in range(1, classes)
        ]

    def colour(self, area_code: str) -> str:
        """Name of the colour of a force; empty where it has no figure."""
        value = self.figures[area_code].value
        if value is None:
            return ""
        size = sum((abs(value) if self.signed else value) >= bound for bound in self.bounds)
        if not self.signed:
            return f"s{size}"
        return f"up{size}" if value > 0 else f"down{size}"

    @property
    def colours(self) -> list[str]:
        """The names of all colours, from the lowest value to the highest."""
        if not self.signed:
            return [f"s{size}" for size in range(CLASSES)]
        sizes = range(SIGNED_CLASSES)
        return [*(f"down{size}" for size in reversed(sizes)), *(f"up{size}" for size in sizes)]

    @property
    def ranges(self) -> dict[str, str]:
        """What the forces of each colour have, from the lowest to the highest; HTML."""
        members: dict[str, list[Figure]] = {}
        for code, each in self.figures.items():
            members.setdefault(self.colour(code), []).append(each)
        return {name: self._range(members[name]) for name in self.colours if name in members}

    def _range(self, figures: Sequence[Figure]) -> str:
        known = sorted(figures, key=lambda figure: figure.number)
        ends = dict.fromkeys((known[0].text, known[-1].text))
        shown = (known[0], known[-1])[: len(ends)]
        return " to ".join(format(figure, self.style) for figure in shown)


# In each direction.
SIGNED_CLASSES = 3


def layers(frame: pd.DataFrame) -> list[Layer]:
    """Share, rate and change of every force, the change like for like where there is one."""
    forces = {row["area_code"]: row for row in rows(without_few(frame))}
    alike = {code for code, row in forces.items() if period_alike(row)}
    share, rate, moved = WORDS.points("layers", period=period_alike(_nation(frame)))
    return [
        Layer("share", share, {code: row.share for code, row in forces.items()}),
        Layer("rate", rate, {code: row.rate_per_1000 for code, row in forces.items()}),
        Layer(
            "change",
            moved,
            {
                code: figure(row, "like_for_like_pct" if code in alike else "change_pct")
                for code, row in forces.items()
            },
            signed=True,
            not_comparable=frozenset(
                code
                for code, row in forces.items()
                if row["previous"] is not None and row["comparable"] is False and code not in alike
            ),
        ),
    ]


def _nation(frame: pd.DataFrame) -> Row:
    first: Row = rows(frame)[0]
    return year_of(first["offence_id"], NATION, first["period_end"])


def ranking(frame: pd.DataFrame, layer: Layer, own: Row | None = None) -> Chart:
    """The forces from the highest to the lowest, by share with the range of each rank."""
    shown = sorted(rows(frame), key=lambda row: _from_the_top(layer, row["area_code"]))
    known = [row for row in shown if layer.figures[row["area_code"]].value is not None]
    ranked = [row for row in known if row["area_code"] != APART]
    words = WORDS.points(
        "ranking",
        layer=layer,
        first=ranked[0],
        last=ranked[-1],
        own=own,
        some_few=any(is_few(row.count) for row in rows(frame)),
        apart=APART if any(row["area_code"] == APART for row in shown) else "",
    )
    ranges = [range_of(row) if layer.layer_id == "share" else None for row in shown]
    ends = [WORDS.passage("ends", row=row) if row else "" for row in ranges]
    mine = own["area_code"] if own else ""
    drawn = pd.DataFrame(
        {
            "label": [row["area_name"] for row in shown],
            "shown": pd.Series([layer.figures[row["area_code"]] for row in shown], dtype=object),
            "style": ["bar" if row["area_code"] == mine else "pale" for row in shown],
            "remark": [f"rank {beside}" if beside else "" for beside in ends],
            "beside": ends,
        }
    )
    return bars(
        f"forces-by-{layer.layer_id}",
        drawn,
        y="shown",
        label="label",
        words=words,
        style="style",
        remark="remark",
        beside="beside",
        room=RANKING_LABELS,
        dots=True,
    )


def _from_the_top(layer: Layer, area_code: str) -> tuple[bool, float, str]:
    value = layer.figures[area_code].value
    return (area_code == APART, inf if value is None else -value, areas()[area_code].slug)


RANKING_LABELS = 122
"""Room for the names of forces."""


class Finder(Output):
    """The map and its rankings, shown by a notebook."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.layers = layers(frame)
        self._rankings = [ranking(frame, layer) for layer in self.layers]

    def __repr__(self) -> str:
        return f"Finder of {len(self.layers[0].figures)} forces"

    def _repr_html_(self) -> str:
        rankings = "".join(
            f'<div class="{layer.layer_id}">{chart._repr_html_()}</div>'
            for layer, chart in zip(self.layers, self._rankings, strict=True)
        )
        return self._html(rankings)

    def _html(self, rankings: str) -> str:
        return WORDS.passage(
            "finder",
            layers=self.layers,
            tiles=[(tile, areas()[tile["area_code"]].area_name) for tile in read_rows(TILES)],
            address=address,
            rankings=rankings,
        )

    def shown(self) -> Iterator[dict[str, Any]]:
        yield from figures_in(self._html(""))
        for chart in self._rankings:
            yield from chart.shown()


def forces_table(frame: pd.DataFrame) -> Table:
    """Every force with its rank, share, rate and change, in the order of the frame."""
    *_, moved = layers(frame)
    nation, unranked = _nation(frame), WORDS.passage("not_ranked")
    return table(
        without_few(frame),
        [
            lambda row: unranked if row["rank_forces"] is None else row.rank_forces,
            *("share", "rate_per_1000"),
            lambda row: moved.figures[row["area_code"]],
        ],
        label=lambda row: escape(row["area_name"]),
        link=lambda row: address(row["area_code"]),
        words=WORDS.points(
            "forces_table",
            nation=nation,
            change=moved.label,
            comparability="" if period_alike(nation) else comparability(nation),
        ),
        sortable=True,
    )
