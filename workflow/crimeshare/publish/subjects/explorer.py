"""The explorer: choose a group, areas, a measure and years; a script draws what is chosen."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from crimeshare.publish.elements import prose
from crimeshare.publish.elements.output import Output
from crimeshare.publish.elements.reading import read
from crimeshare.publish.elements.words import Words
from crimeshare.publish.subjects.estimates import TOTAL
from crimeshare.reference import NATION, Area, areas, offences
from crimeshare.tables.recorded_quarters import code_names

WORDS = Words(Path(__file__).with_name("words") / "explore.md.j2")


@dataclass(frozen=True)
class Explorer(Output):
    """The form of the explorer; hidden until the script that answers it runs.

    Attributes:
        groups: names of offence groups by their ids, and of single codes.
        areas: names of areas by how addresses call them.
        group, first: what is chosen to begin with: a group and areas.
    """

    groups: dict[str, str]
    areas: dict[str, str]
    group: str
    first: tuple[str, ...]

    def _repr_html_(self) -> str:
        given: dict[str, Any] = {"group": self.group, "areas": self.first, "names": self.areas}
        first = escape(json.dumps(given))
        return WORDS.passage("explorer", first=first, groups=self.groups, areas=self.areas)

    def __repr__(self) -> str:
        return f"Explorer of {len(self.groups)} offence groups and codes in {len(self.areas)} areas"


def open_explorer(offence_id: str) -> Explorer:
    """The explorer of the built series."""
    nation = {"area_code": NATION}
    groups = {*read("series", ["offence_id"], **nation)["offence_id"]}
    codes = {*read("series", ["area_code"], offence_id=TOTAL)["area_code"]}
    single = sorted({*read("code_years", ["code"], **nation)["code"]})
    return Explorer(
        {g.offence_id: g.name for g in offences().values() if g.offence_id in groups}
        | {code: f"{prose.upper_first(code_names()[code])} ({code})" for code in single},
        {a.file_name: _named(a) for a in areas().values() if a.area_code in codes and _shown(a)},
        offence_id,
        ("england-and-wales",),
    )


def _shown(area: Area) -> bool:
    return area.area_type in ("country", "region", "force")


def _named(area: Area) -> str:
    return f"{area.area_name} (region)" if area.area_type == "region" else area.area_name
