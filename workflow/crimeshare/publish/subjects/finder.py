"""The force finder: a tile for every force, coloured by a measure, with its numbers in a table.

It is made of links, radio buttons and style sheets, so that it works by mouse and by keyboard and
with scripts switched off; a script only adds the field that narrows the list by typing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.tables import Table
from crimeshare.publish.subjects.estimates import Estimates
from crimeshare.publish.subjects.factsheet import comparability
from crimeshare.publish.subjects.tilemap import Tile, tiles

CLASSES = 5


@dataclass(frozen=True)
class Layer:
    """A measure the map can be coloured by."""

    layer_id: str
    label: str
    figures: dict[str, Figure]

    @property
    def bounds(self) -> list[float]:
        """Lowest value of each class; classes hold about as many forces each."""
        known = sorted(f.number for f in self.figures.values() if f.value is not None)
        return [known[len(known) * position // CLASSES] for position in range(CLASSES)]

    def colour_class(self, area_code: str) -> int | None:
        """Class of a force from 0, the lowest; None where it has no figure."""
        value = self.figures[area_code].value
        if value is None:
            return None
        return sum(value >= bound for bound in self.bounds) - 1


class Finder:
    """The map and its table, shown by a notebook."""

    def __init__(self, estimates: Estimates) -> None:
        self._estimates = estimates
        forces = {place.area.area_code: place for place in estimates.forces}
        self._forces = forces
        changes = {code: place.change() for code, place in forces.items()}
        none = Figure("change_pct.none", None, "change", marker="unavailable")
        self.layers = [
            Layer("share", "Share of recorded crime", {c: p.share() for c, p in forces.items()}),
            Layer("rate", "Offences per 1,000 residents", {c: p.rate() for c, p in forces.items()}),
            Layer(
                "change",
                "Change on the year before",
                {code: change.percent if change else none for code, change in changes.items()},
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
        return (
            '<p hidden><label for="force-filter">Type to narrow the list</label>'
            ' <input id="force-filter" type="search" autocomplete="off">'
            ' <span id="force-count" role="status"></span></p>'
            '<div class="finder"><div><fieldset class="layers"><legend>Colour the map by</legend>'
            f"{choices}</fieldset>{legends}"
            f'<ul class="tiles" aria-label="Police force areas, from north to south">{items}</ul>'
            f"</div>{self._table()._repr_html_()}</div>"
        )

    def _tile(self, tile: Tile) -> str:
        place = self._forces[tile.area_code]
        style = f"grid-area:{tile.row}/{tile.column}"
        values = ""
        for layer in self.layers:
            number = layer.colour_class(tile.area_code)
            fill, ink = (
                ("var(--none)", "var(--ink)")
                if number is None
                else (f"var(--s{number})", f"var(--on{number})")
            )
            style += f";--{layer.layer_id}:{fill};--on-{layer.layer_id}:{ink}"
            value = layer.figures[tile.area_code]
            values += f'<span class="{layer.layer_id}">{format(value, _style(layer))}</span>'
        return (
            f'<li style="{style}"><a href="{place.address}" data-name="{escape(place.name)}"'
            f' title="{escape(place.name)}"><b aria-hidden="true">{escape(tile.short_label)}</b>'
            f'<span class="hidden">{escape(place.name)}</span>{values}</a></li>'
        )

    def _legend(self, layer: Layer) -> str:
        members: list[list[Figure]] = [[] for _ in range(CLASSES)]
        for code, figure in layer.figures.items():
            number = layer.colour_class(code)
            if number is not None:
                members[number].append(figure)
        style = _style(layer)
        ends = [
            (min(figures, key=_number), max(figures, key=_number)) for figures in members if figures
        ]
        items = "".join(
            f'<li><i class="s{number}"></i>{format(low, style)} to {format(high, style)}</li>'
            for number, (low, high) in enumerate(ends)
        )
        return f'<ul class="legend {layer.layer_id}" aria-label="{layer.label}">{items}</ul>'

    def _table(self) -> Table:
        order = sorted(
            self._forces.values(), key=lambda place: (-(place.share().value or 0), place.slug)
        )
        rows: list[Sequence[Figure | str]] = [
            [
                f'<a href="{place.address}">{escape(place.name)}</a>',
                *(layer.figures[place.area.area_code] for layer in self.layers),
            ]
            for place in order
        ]
        return Table(
            f"{escape(self._estimates.offence.name)} by police force area, "
            f"{self._estimates.latest.words}",
            ["Force", "Share", "Per 1,000 residents", "Change on the year"],
            rows,
            notes=[
                "Share: of all recorded crime.",
                comparability(change) if (change := self._estimates.nation.change()) else "",
            ],
            styles=["", "", "", "signed"],
            sortable=True,
        )


def _number(figure: Figure) -> float:
    return figure.number


def _style(layer: Layer) -> str:
    return "signed" if layer.layer_id == "change" else ""
