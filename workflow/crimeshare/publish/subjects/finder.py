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
from crimeshare.publish.elements import charts
from crimeshare.publish.elements.charts import Bar, Chart
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.output import Output, figures_in
from crimeshare.publish.elements.tables import Table
from crimeshare.publish.subjects.estimates import Estimates, Place
from crimeshare.publish.subjects.explorer import WORDS
from crimeshare.publish.subjects.factsheet import comparability, numbers
from crimeshare.publish.subjects.firmness import Firmness
from crimeshare.publish.subjects.tilemap import Tile, tiles

CLASSES = 5


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

    def value(self, force: Place) -> float | None:
        """The number of a force; None where it has none."""
        return self.figures[force.area.area_code].value

    @cached_property
    def bounds(self) -> list[float]:
        """Lowest value of each class; classes hold about as many forces each.

        Of a change, the lowest sizes, whichever its direction; each direction has its classes.
        """
        known = sorted(
            abs(f.number) if self.signed else f.number
            for f in self.figures.values()
            if f.value is not None
        )
        classes = SIGNED_CLASSES if self.signed else CLASSES
        return [known[len(known) * position // classes] for position in range(1, classes)]

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


# In each direction.
SIGNED_CLASSES = 3


def layers(estimates: Estimates, frame: pd.DataFrame) -> list[Layer]:
    """Share, rate and change of every force, the change like for like where there is one.

    Args:
        estimates: about the offence group.
        frame: ``area_code`` and what `numbers` takes, of every force.
    """
    rows = {row["area_code"]: row for row in frame.to_dict("records")}
    forces = {code: estimates.place(code) for code in rows}
    own = {code: numbers(force, rows[code]) for code, force in forces.items()}
    changes = {code: force.change() for code, force in forces.items()}
    nation = estimates.nation.change()
    share, rate, moved = WORDS.points("layers", alike=nation.alike if nation else None)
    return [
        Layer("share", share, {code: each.share for code, each in own.items()}),
        Layer("rate", rate, {code: each.rate for code, each in own.items()}),
        Layer(
            "change",
            moved,
            {
                code: change.alike.percent if change and change.alike else own[code].percent
                for code, change in changes.items()
            },
            signed=True,
            not_comparable=frozenset(
                code
                for code, change in changes.items()
                if change and change.comparable is False and not change.alike
            ),
        ),
    ]


def ranking(estimates: Estimates, layer: Layer, firm: Firmness, own: Place | None = None) -> Chart:
    """The forces from the highest to the lowest, by share with the range of each rank.

    Args:
        estimates: about the offence group.
        layer: the measure.
        firm: has the ranges.
        own: the force that the page is about.
    """
    forces = [estimates.place(code) for code in layer.figures]
    forces.sort(key=lambda force: (force.area.area_code == APART, *_from_the_top(layer, force)))
    ranked = [force for force in forces if force.area.area_code != APART]
    words = WORDS.points(
        "ranking",
        layer=layer,
        first=ranked[0],
        last=[force for force in ranked if layer.value(force) is not None][-1],
        own=own,
        group=estimates.offence.name,
        year=estimates.latest.words,
        apart=forces[-1] if len(forces) > len(ranked) else None,
    )
    bars = []
    for force in forces:
        ends = firm.ends_of_range(force, "lower", "upper") if layer.layer_id == "share" else {}
        beside = WORDS.passage("ends", **ends) if ends else ""
        style = "bar" if force == own else "pale"
        figure = layer.figures[force.area.area_code]
        bars.append(Bar(force.name, figure, style, beside and f"rank {beside}", beside))
    chart = Chart.worded(f"forces-by-{layer.layer_id}", words)
    return charts.bars(chart, bars, RANKING_LABELS, dots=True)


def _from_the_top(layer: Layer, force: Place) -> tuple[float, str]:
    value = layer.value(force)
    return (inf if value is None else -value, force.slug)


RANKING_LABELS = 122
"""Room for the names of forces."""


class Finder(Output):
    """The map and its rankings, shown by a notebook."""

    def __init__(self, estimates: Estimates, frame: pd.DataFrame, firm: Firmness) -> None:
        """Take what `layers` and `ranking` take."""
        self.layers = layers(estimates, frame)
        self._forces = {code: estimates.place(code) for code in self.layers[0].figures}
        self._rankings = [ranking(estimates, layer, firm) for layer in self.layers]

    def __repr__(self) -> str:
        return f"Finder of {len(self._forces)} forces"

    def _repr_html_(self) -> str:
        rankings = "".join(
            f'<div class="{layer.layer_id}">{chart._repr_html_()}</div>'
            for layer, chart in zip(self.layers, self._rankings, strict=True)
        )
        return self._html(rankings)

    def _html(self, rankings: str) -> str:
        choices = "".join(
            f'<label><input type="radio" name="layer" id="by-{layer.layer_id}"'
            f"{' checked' if position == 0 else ''}> {layer.label}</label>"
            for position, layer in enumerate(self.layers)
        )
        items = "".join(self._tile(tile) for tile in tiles())
        legends = "".join(self._legend(layer) for layer in self.layers)
        return WORDS.passage(
            "finder", choices=choices, legends=legends, tiles=items, rankings=rankings
        )

    def shown(self) -> Iterator[dict[str, Any]]:
        """The figures of the map as data, then those of its rankings."""
        yield from figures_in(self._html(""))
        for chart in self._rankings:
            yield from chart.shown()

    def _tile(self, tile: Tile) -> str:
        place = self._forces[tile.area_code]
        style = f"grid-area:{tile.row}/{tile.column}"
        values = ""
        for layer in self.layers:
            colour = layer.colour(tile.area_code)
            fill, ink = (
                (f"var(--{colour})", f"var(--on-{colour})")
                if colour
                else ("var(--none)", "var(--ink)")
            )
            style += f";--{layer.layer_id}:{fill};--on-{layer.layer_id}:{ink}"
            value = layer.figures[tile.area_code]
            hatched = " hatched" if tile.area_code in layer.not_comparable else ""
            values += f'<span class="{layer.layer_id}{hatched}">{format(value, layer.style)}</span>'
        return (
            f'<li style="{style}"><a href="{place.address}" data-name="{escape(place.name)}"'
            f' title="{escape(place.name)}"><b aria-hidden="true">{escape(tile.short_label)}</b>'
            f'<span class="hidden">{escape(place.name)}</span>{values}</a></li>'
        )

    def _legend(self, layer: Layer) -> str:
        members: dict[str, list[Figure]] = {colour: [] for colour in layer.colours}
        for code, figure in layer.figures.items():
            if colour := layer.colour(code):
                members[colour].append(figure)
        style = layer.style
        items = "".join(
            f'<li><i style="background:var(--{colour})"></i>{_range(figures, style)}</li>'
            for colour, figures in members.items()
            if figures
        )
        if layer.not_comparable:
            items += f'<li><i class="hatch"></i>{WORDS.passage("hatched")}</li>'
        return f'<ul class="legend {layer.layer_id}" aria-label="{layer.label}">{items}</ul>'


def forces_table(estimates: Estimates, frame: pd.DataFrame) -> Table:
    """Every force with its rank, share, rate and change, in the order of the frame."""
    measured = layers(estimates, frame)
    change = estimates.nation.change()
    words = WORDS.points(
        "forces_table",
        group=escape(estimates.offence.name),
        year=estimates.latest.words,
        change=measured[-1].label,
        comparability=comparability(change) if change and not change.alike else "",
    )
    rows: list[Sequence[Figure | str]] = [
        [
            f'<a href="{place.address}">{escape(place.name)}</a>',
            place.rank_among_forces() or WORDS.passage("not_ranked"),
            *(layer.figures[code] for layer in measured),
        ]
        for code in measured[0].figures
        for place in [estimates.place(code)]
    ]
    return Table.worded(words, rows, styles=["", "", "", "", "signed"], sortable=True)


def _range(figures: Sequence[Figure], style: str) -> str:
    """From the lowest to the highest of a class; the one number where they read alike."""
    low, high = (end(figures, key=_number) for end in (min, max))
    if low.text == high.text:
        return format(low, style)
    return f"{format(low, style)} to {format(high, style)}"


def _number(figure: Figure) -> float:
    return figure.number
