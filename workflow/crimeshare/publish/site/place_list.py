"""The list of places for the field `#place`: a script that pages load when the field is used.

A script and no data file, since a page that is opened from a folder may load the one and not the
other.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from crimeshare.publish.elements.words import Words
from crimeshare.publish.site.pages import Page, report_pages
from crimeshare.reference import PARTNERSHIPS, PLACES, areas, everyday, read_rows

WORDS = Words(Path(__file__).with_name("templates") / "page.md.j2")

# The lists of a force, by the kind of what they hold.
KINDS = {"authority": "authorities", "town": "towns", "postcode": "postcodes"}


CODE = Path(__file__).parent / "templates" / "places.js"


def places_script() -> str:
    """The list of places, followed by the code that searches it: ``crimeshare.places``."""
    data = json.dumps(_gazetteer(), ensure_ascii=False, separators=(",", ":"))
    return f"const gazetteer = {data};\n{CODE.read_text(encoding='utf-8')}"


def _gazetteer() -> dict[str, Any]:
    addresses = {area.area_code: f"forces/{area.slug}.html" for area in areas().values()}
    places = read_rows(PLACES)
    held: dict[str, dict[str, list[str]]] = {}
    for row in places:
        lists = held.setdefault(
            addresses[row["area_code"]],
            {"authorities": [], "partnerships": [], "towns": [], "postcodes": []},
        )
        border = "*" if row["border"] else ""
        size = str(len(row["residents"])) if row["kind"] == "town" else ""
        lists[KINDS[row["kind"]]].append(f"{row['place']}{size}{border}")
    for row in read_rows(PARTNERSHIPS):
        held[addresses[row["area_code"]]]["partnerships"].append(everyday(row["partnership_name"]))
    return {
        "areas": [_area(page) for page in report_pages() if page.section in SECTIONS],
        "held": {
            address: {
                kind: (" " if kind == "postcodes" else "|").join(names)
                for kind, names in lists.items()
            }
            for address, lists in sorted(held.items())
        },
        "order": _order(places, addresses),
    }


SECTIONS = ("Forces", "Regions")
"""Sections of the navigation whose pages are areas."""


def _area(page: Page) -> dict[str, str]:
    kinds = dict(zip(SECTIONS, WORDS.points("kinds_of_areas"), strict=True))
    return {"name": page.title, "kind": kinds[page.section], "address": page.address}


def _order(rows: Sequence[dict[str, str]], addresses: dict[str, str]) -> dict[str, str]:
    """Of a district that a border cuts, its forces, that with most of it first."""
    cut: dict[str, list[str]] = {}
    for row in rows:
        if row["kind"] == "postcode" and row["border"]:
            cut.setdefault(row["place"], []).append(addresses[row["area_code"]])
    return {place: " ".join(forces) for place, forces in cut.items() if forces != sorted(forces)}
