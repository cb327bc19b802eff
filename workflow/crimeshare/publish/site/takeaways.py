"""What leaves a page: its main chart as a page of its own, and the picture that a preview shows."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import wrap
from urllib.parse import unquote

import vl_convert

from crimeshare.cache import cached
from crimeshare.publish.elements.charts import DRAWN_BY, FONT
from crimeshare.publish.elements.words import Words
from crimeshare.publish.site.pages import Page

WORDS = Words(Path(__file__).with_name("templates") / "page.md.j2")

_CHART = re.compile(r'<figure class="chart" id="([^"]+)">.*?</figure>', re.DOTALL)
_DATA = re.compile(r'<a download="([^"]+)\.csv" href="data:text/csv[^",]*,([^"]+)"')
"""A link that holds the data of a chart; that of a table is filled by a script."""

# Of the text in the picture of a preview, and where its drawing stands.
TITLE_LETTERS, LEAD_LETTERS, LEAD_LINES = 24, 46, 6
PLACE = 'x="680" y="110" width="480" height="480"'


def main_chart(body: str) -> tuple[str, str] | None:
    """The first chart of a page, whose name a file takes, and its HTML; None without charts."""
    found = _CHART.search(body)
    return (found[1], found[0]) if found else None


def chart_files(page: Page, body: str) -> dict[str, str]:
    """The data of each chart as CSV, by the name of its file: what it shows, and where."""
    return {f"{page.slug}-{name}.csv": unquote(text) for name, text in _DATA.findall(body)}


def with_files(page: Page, body: str) -> str:
    """The body with links to the files of :func:`chart_files` in place of the data."""
    folder = f"{'../' * page.depth}{page.charts}"
    link = rf'<a download="{page.slug}-\1.csv" href="{folder}/{page.slug}-\1.csv"'
    return _DATA.sub(link, body)


def without_files(chart: str) -> str:
    """A chart without the link to its data."""
    return re.sub(rf"{_DATA.pattern}.*?</a>", "", chart)


def card(title: str, lead: str, body: str) -> bytes:
    """The picture that a preview of a page shows, as PNG: its title, its answer, its main chart."""
    chart = main_chart(body)
    drawing = re.search(r'<svg role="img".*?</svg>', chart[1], re.DOTALL) if chart else None
    wide = 1 if drawing else 2
    picture = WORDS.passage(
        "card",
        title=wrap(title, TITLE_LETTERS * wide)[:3],
        lead=wrap(lead, LEAD_LETTERS * wide, max_lines=LEAD_LINES, placeholder=" …"),
        font=FONT,
        drawing=re.sub(r'style="[^"]*"', PLACE, drawing[0], count=1) if drawing else "",
    )
    svg = _without_variables(picture)
    return cached("cards", DRAWN_BY + svg, lambda: vl_convert.svg_to_png(svg, scale=1, ppi=72))


def _without_variables(svg: str) -> str:
    """The colours of a light page in place of the names that a style sheet gives them."""
    svg = re.sub(r'style="[^"]*max-width[^"]*"', "", svg)
    return re.sub(r"var\(--[\w-]+, (#[0-9a-f]{6})\)", r"\1", svg)
