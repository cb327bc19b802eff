"""The explorer: choose a group, areas, a measure and years; a script draws what is chosen."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from crimeshare.publish.subjects.estimates import built_root
from crimeshare.reference import Area, areas, offences

SERIES = Path("results/estimates/series.parquet")


@dataclass(frozen=True)
class Explorer:
    """The form of the explorer; hidden until the script that answers it runs.

    Attributes:
        groups: names of offence groups by their ids.
        areas: names of areas by how addresses call them.
        group, first: what is chosen to begin with: a group and areas.
    """

    groups: dict[str, str]
    areas: dict[str, str]
    group: str
    first: tuple[str, ...]

    def _repr_html_(self) -> str:
        measures = {
            "share": "Share of recorded crime",
            "count": "Number of offences",
            "rate": "Offences per thousand residents",
            "rank": "Rank among police forces by share",
            "change": "Change on the year before",
        }
        given: dict[str, Any] = {"group": self.group, "areas": self.first, "names": self.areas}
        return (
            f'<form class="explorer" id="explorer" hidden data-first="{escape(json.dumps(given))}">'
            f"<p>{_select('group', 'Offence group', self.groups)}</p>"
            f"<p>{_select('measure', 'Measure', measures)}</p>"
            f"<p>{_select('from', 'From the year ending', {})}</p>"
            f"<p>{_select('to', 'To the year ending', {})}</p>"
            f'<p class="adding">{_select("area", "Add an area", {"": "Choose…", **self.areas})}</p>'
            '<ul class="chosen" id="chosen" aria-label="Areas chosen"></ul></form>'
            '<figure class="explored wide" id="explored" hidden><figcaption>'
            '<p class="title"></p><p class="subtitle"></p></figcaption><ul class="key"></ul>'
            '<div class="drawn"></div><ul class="key letters"></ul><p class="notes"></p>'
            '<div class="data"></div><div class="scroll" tabindex="0" role="group"'
            ' aria-label="Table, scrolls sideways if it is wider than the page"></div></figure>'
        )

    def __repr__(self) -> str:
        return f"Explorer of {len(self.groups)} offence groups in {len(self.areas)} areas"


def open_explorer(offence_id: str) -> Explorer:
    """The explorer of the built series.

    Args:
        offence_id: the group that is shown to begin with.
    """
    held = pq.read_table(built_root(SERIES) / SERIES, columns=["offence_id", "area_code"])
    groups, codes = (set(held[name].unique().to_pylist()) for name in held.column_names)
    return Explorer(
        {g.offence_id: g.name for g in offences().values() if g.offence_id in groups},
        {a.file_name: _named(a) for a in areas().values() if a.area_code in codes and _shown(a)},
        offence_id,
        ("england-and-wales",),
    )


def _shown(area: Area) -> bool:
    return area.area_type in ("country", "region", "force")


def _named(area: Area) -> str:
    return f"{area.area_name} (region)" if area.area_type == "region" else area.area_name


def _select(name: str, label: str, options: dict[str, str]) -> str:
    listed = "".join(
        f'<option value="{escape(value)}">{escape(text)}</option>'
        for value, text in options.items()
    )
    return (
        f'<label for="choose-{name}">{label}</label> '
        f'<select id="choose-{name}" name="{name}">{listed}</select>'
    )
