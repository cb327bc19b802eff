"""The map of forces: a tile for every force, coloured by a measure, with its numbers in a table.

It is made of links, radio buttons and style sheets, so that it works by mouse and by keyboard and
with scripts switched off; a script only says the number of a tile that is touched or focused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any

import pandas as pd

from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.output import Output, figures_in
from crimeshare.publish.elements.tables import Table
from crimeshare.publish.subjects.estimates import Estimates
from crimeshare.publish.subjects.explorer import WORDS
from crimeshare.publish.subjects.factsheet import comparability, numbers
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


class Finder(Output):
    """The map and its table, shown by a notebook."""

    def __init__(self, estimates: Estimates, frame: pd.DataFrame) -> None:
        """Take ``area_code`` and what `numbers` takes, of every force in the order of the table."""
        self._estimates = estimates
        rows = {row["area_code"]: row for row in frame.to_dict("records")}
        self._forces = {code: estimates.place(code) for code in rows}
        own = {code: numbers(place, rows[code]) for code, place in self._forces.items()}
        changes = {code: place.change() for code, place in self._forces.items()}
        share, rate, moved = WORDS.points("layers")
        self.layers = [
            Layer("share", share, {code: each.share for code, each in own.items()}),
            Layer("rate", rate, {code: each.rate for code, each in own.items()}),
            Layer(
                "change",
                moved,
                {code: each.percent for code, each in own.items()},
                signed=True,
                not_comparable=frozenset(
                    code
                    for code, change in changes.items()
                    if change and change.comparable is False
                ),
            ),
        ]

    def __repr__(self) -> str:
        return f"Finder of {len(self._forces)} forces"

    def _repr_html_(self) -> str:
        choices = "".join(
            f'<label><input type="radio" name="layer" id="by-{layer.layer_id}"'
            f"{' checked' if position == 0 else ''}> {layer.label}</label>"
            for position, layer in enumerate(self.layers)
        )
        items = "".join(self._tile(tile) for tile in tiles())
        legends = "".join(self._legend(layer) for layer in self.layers)
        table = self.table()._repr_html_()
        return WORDS.passage("finder", choices=choices, legends=legends, tiles=items, table=table)

    def shown(self) -> Iterator[dict[str, Any]]:
        """The figures of the map as data, then those of its table."""
        table = self.table()
        yield from figures_in(self._repr_html_().replace(table._repr_html_(), ""))
        yield from table.shown()

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
            values += (
                f'<span class="{layer.layer_id}{hatched}">{format(value, _style(layer))}</span>'
            )
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
        style = _style(layer)
        items = "".join(
            f'<li><i style="background:var(--{colour})"></i>{_range(figures, style)}</li>'
            for colour, figures in members.items()
            if figures
        )
        if layer.not_comparable:
            items += f'<li><i class="hatch"></i>{WORDS.passage("hatched")}</li>'
        return f'<ul class="legend {layer.layer_id}" aria-label="{layer.label}">{items}</ul>'

    def table(self) -> Table:
        """Every force with its rank, share, rate and change, in the order of the frame."""
        rows: list[Sequence[Figure | str]] = [
            [
                f'<a href="{place.address}">{escape(place.name)}</a>',
                place.rank_among_forces() or WORDS.passage("not_ranked"),
                *(layer.figures[place.area.area_code] for layer in self.layers),
            ]
            for place in self._forces.values()
        ]
        change = self._estimates.nation.change()
        words = WORDS.points(
            "forces_table",
            group=escape(self._estimates.offence.name),
            year=self._estimates.latest.words,
            comparability=comparability(change) if change else "",
        )
        return Table.worded(
            words,
            rows,
            styles=["", "", "", "", "signed"],
            sortable=True,
        )


def _range(figures: Sequence[Figure], style: str) -> str:
    """From the lowest to the highest of a class; the one number where they read alike."""
    low, high = (end(figures, key=_number) for end in (min, max))
    if low.text == high.text:
        return format(low, style)
    return f"{format(low, style)} to {format(high, style)}"


def _number(figure: Figure) -> float:
    return figure.number


def _style(layer: Layer) -> str:
    return "signed" if layer.signed else ""
