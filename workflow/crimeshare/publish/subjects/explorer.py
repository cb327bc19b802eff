"""The explorer: choose a group, areas, a measure and years; a script draws what is chosen."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path

from crimeshare.publish.elements import prose
from crimeshare.publish.elements.output import HTML
from crimeshare.publish.elements.reading import read
from crimeshare.publish.elements.words import Words
from crimeshare.publish.subjects.estimates import TOTAL
from crimeshare.reference import NATION, Area, areas, offences
from crimeshare.tables.recorded_quarters import code_names

WORDS = Words(Path(__file__).with_name("words") / "explore.md.j2")


def explorer(offence_id: str) -> HTML:
    """The form of the explorer of the built series; hidden until the script that answers it runs.

    Args:
        offence_id: the group that is chosen to begin with.
    """
    nation = {"area_code": NATION}
    groups = {*read("series", ["offence_id"], **nation)["offence_id"]}
    codes = {*read("series", ["area_code"], offence_id=TOTAL)["area_code"]}
    single = sorted({*read("code_years", ["code"], **nation)["code"]})
    names = {a.file_name: _named(a) for a in areas().values() if a.area_code in codes and _shown(a)}
    given = {"group": offence_id, "areas": ("england-and-wales",), "names": names}
    chosen = {g.offence_id: g.name for g in offences().values() if g.offence_id in groups}
    chosen |= {code: f"{prose.upper_first(code_names()[code])} ({code})" for code in single}
    first = escape(json.dumps(given))
    return HTML(WORDS.passage("explorer", first=first, groups=chosen, areas=names))


def _shown(area: Area) -> bool:
    return area.area_type in ("country", "region", "force")


def _named(area: Area) -> str:
    return f"{area.area_name} (region)" if area.area_type == "region" else area.area_name
