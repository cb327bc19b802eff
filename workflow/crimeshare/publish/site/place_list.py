"""The list of places for the field `#place`: a script that pages load when the field is used.

A script and no data file, since a page that is opened from a folder may load the one and not the
other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from crimeshare.publish.elements import prose
from crimeshare.publish.elements.words import Words
from crimeshare.publish.site.pages import Page, report_pages
from crimeshare.reference import PLACES, REFERENCE, areas, everyday, partnerships, read_rows

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
    for of in partnerships().values():
        held[addresses[of.area_code]]["partnerships"].append(everyday(of.partnership_name))
    pages = [_area(page) for page in report_pages() if page.section in SECTIONS]
    nation = WORDS.passage("nation")
    return {
        "areas": [
            *pages,
            {"name": nation, "kind": nation, "address": "national.html", "about": NATION},
        ],
        "also": _also(addresses),
        "crimes": sorted({row["words"] for row in _crimes() if " " not in row["words"]}),
        "elsewhere": [row["words"] for row in _named("elsewhere")],
        "held": {
            address: {
                kind: (" " if kind == "postcodes" else "|").join(names)
                for kind, names in lists.items()
            }
            for address, lists in sorted(held.items())
        },
        "order": _order(places, addresses),
    }


def _named(*kinds: str) -> list[dict[str, str]]:
    rows = read_rows(REFERENCE / "area_words.csv")
    return [row for row in rows if (row["kind"] in kinds if kinds else row["area_code"])]


def _crimes() -> list[dict[str, str]]:
    """Rows of what people call crimes: typed for a place, they are looked for in the report."""
    return [
        row
        for name in ("offence_words", "not_recorded")
        for row in read_rows(REFERENCE / f"{name}.csv")
    ]


def _also(addresses: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Nicknames, initials, Welsh names and codes, each with its page and the place on it."""
    pages = {page.about: page.address for page in report_pages() if page.section in SECTIONS}
    found = []
    for row in [*_named(), *({"words": code, "area_code": code} for code in areas())]:
        if partnership := partnerships().get(row["area_code"]):
            name = everyday(partnership.partnership_name)
            found.append((row["words"], addresses[partnership.area_code], name))
        elif area := areas().get(row["area_code"]):
            national = "national.html" if area.area_type == "country" else ""
            # British Transport Police has figures and no page.
            if address := pages.get(area.file_name, national):
                found.append((row["words"], address, ""))
    towns = read_rows(REFERENCE / "town_words.csv")
    return [*found, *((row["words"], addresses[row["area_code"]], row["place"]) for row in towns)]


NATION = "england-and-wales"
"""What the explorer calls it in its address."""

SECTIONS = ("Forces", "Regions")
"""Sections of the navigation whose pages are areas."""


def _area(page: Page) -> dict[str, str]:
    kinds = dict(zip(SECTIONS, WORDS.points("kinds_of_areas"), strict=True))
    (area,) = (each for each in areas().values() if each.file_name == page.about)
    said = prose.place(area.area_name, area.area_type)
    return {
        "name": page.title,
        "kind": kinds[page.section],
        "address": page.address,
        "about": page.about,
        **({"said": said} if said != page.title else {}),
    }


def _order(rows: Sequence[dict[str, str]], addresses: dict[str, str]) -> dict[str, str]:
    """Of a district that a border cuts, its forces, that with most of it first."""
    cut: dict[str, list[str]] = {}
    for row in rows:
        if row["kind"] == "postcode" and row["border"]:
            cut.setdefault(row["place"], []).append(addresses[row["area_code"]])
    return {place: " ".join(forces) for place, forces in cut.items() if forces != sorted(forces)}
