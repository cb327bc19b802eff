"""Text from outside stays text in every product, whatever it looks like.

Names of areas come from workbooks, statements from whoever made them, the names of editions from a
publisher's page; none of them means anything to a browser, a spreadsheet or a typesetter.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
import typst

from crimeshare.publish.elements.bars import bars
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.prose import outside
from crimeshare.publish.elements.tables import Table
from crimeshare.publish.pack.data_pack import without_formulas
from crimeshare.publish.pack.workbook import Sheet, write_workbook
from crimeshare.publish.pdf.typeset import typeset
from crimeshare.publish.site.feed import feed
from crimeshare.publish.site.pages import page
from crimeshare.publish.site.rendering import page_card, render_body, render_page, render_search
from crimeshare.publish.subjects import partnerships
from crimeshare.publish.subjects.claims import cards, told
from crimeshare.reference import GROUP
from crimeshare.sources.registry import Release
from tests.unit.test_takeaways import REVISIONS, SERIES

HOSTILE = [
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "</samp></q><a href=https://example.org>x</a>",
    "=cmd|' /C calc'!A0",
    '+HYPERLINK("https://example.org")',
    "@SUM(A1)",
    "[x](https://example.org)",
    "[a](b)",
    "![a](b) **b** `c` _d_",
    "]]>",
    "--> <!--",
    "&lt;b&gt; &amp;amp;",
    "{{ title }} {% raw %}",
    '#text(red)[x] $x$ \\ "',
    "</title></script><svg onload=x>",
]
# What our own pages are made of: anything else in them came from outside.
OURS = {
    *("html", "head", "meta", "title", "link", "script", "style", "body", "a", "header", "div"),
    *(
        "nav",
        "ul",
        "li",
        "ol",
        "form",
        "label",
        "input",
        "button",
        "main",
        "footer",
        "p",
        "details",
    ),
    *("summary", "section", "article", "h1", "h2", "h3", "q", "samp", "strong", "b", "span", "pre"),
    *("code", "select", "option", "output", "figure", "figcaption", "table", "caption", "thead"),
    *("tbody", "tr", "th", "td", "data", "abbr", "svg", "path", "g", "text", "rect", "circle"),
    *("small", "datalist", "fieldset", "legend", "template", "em", "br", "dialog", "noscript"),
}


class Seen(HTMLParser):
    """The elements of a page, their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def harmless(html: str, said: str) -> Seen:
    """The page, which shows what was said and holds nothing that was meant by it."""
    seen = Seen(html)
    assert {tag for tag, _ in seen.tags} <= OURS
    for _, attributes in seen.tags:
        assert not [name for name in attributes if name.startswith("on")]
        address = attributes.get("href") or ""
        assert address.startswith("data:") or "example.org" not in address
        assert address != "b"
    assert " ".join(said.split()) in " ".join(seen.text.split())
    return seen


def audited(said: str) -> pd.DataFrame:
    words = dict.fromkeys(("statement", "source", "asserted", "reason"), said)
    row = {"claim_id": "it", "address": None, "verdict": "confirmed"} | words
    return told(pd.DataFrame([row]), pd.DataFrame({"claim_id": []}))


def notebook(html: str) -> dict[str, object]:
    """An executed notebook that puts out one piece of HTML."""
    output = {"output_type": "display_data", "data": {"text/html": html}}
    return {"cells": [{"cell_type": "code", "metadata": {}, "source": "", "outputs": [output]}]}


@pytest.fixture(params=HOSTILE, ids=lambda said: said[:12])
def said(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_statement_on_its_page(said: str) -> None:
    page = render_body(notebook(cards(audited(said))))
    seen = harmless(page, said)
    assert [tag for tag, _ in seen.tags].count("script") == 1
    data = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert json.loads(data[0])["@graph"][0]["claimReviewed"] == said


def test_the_name_of_a_partnership_in_a_table_and_in_a_sentence(
    said: str, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partnerships, "everyday", lambda _: said)
    own = partnerships.of_force(GROUP, "W15000002")
    table = partnerships.partnerships_table(own, GROUP, "W15000002")
    assert table is not None
    harmless(table._repr_html_(), said)
    sentence = {"cell_type": "markdown", "metadata": {}, "source": f"It is {outside(said)}."}
    harmless(render_body({"cells": [sentence]}), said)


def rows_of(html: str) -> Iterator[str]:
    """The first column of the CSV that a chart offers."""
    data = re.findall(r'href="data:text/csv;charset=utf-8,([^"]*)"', html)
    for row in csv.DictReader(io.StringIO(unquote(data[0]))):
        yield next(iter(row.values()))


def test_a_chart_with_its_text_and_its_data(said: str) -> None:
    frame = pd.DataFrame({"label": [said], "share": [Figure("a", 0.1, "proportion")]})
    chart = bars("c", frame, y="share", label="label", words=["Title", "Subtitle"])
    drawing = ElementTree.fromstring(chart.svg())
    assert {element.tag.rpartition("}")[2] for element in drawing.iter()} <= OURS | {"title"}
    assert said in "".join(drawing.itertext()) + drawing.attrib["aria-label"]
    rows = list(rows_of(chart._repr_html_()))
    assert len(rows) == 1
    assert not re.match(r"[=+@-]", rows[0])


def test_the_head_of_a_page_and_its_preview(said: str) -> None:
    # Digits that are quoted are no figures.
    words = f"<samp>{outside(said)}</samp>"
    body = f"<h1>{words}</h1>\n<p>About {words}.</p>"
    html = render_page(page("claims"), body, "https://crimeshare.example")
    seen = harmless(html, said)
    metas = {
        a.get("property") or a.get("name"): a.get("content") for t, a in seen.tags if t == "meta"
    }
    assert metas["og:title"] == said
    assert metas["og:description"] == metas["description"] == f"About {said}."
    if said in HOSTILE[:2]:  # a drawing takes its time
        assert page_card(body).startswith(b"\x89PNG")


def test_the_index_of_the_search_page(said: str) -> None:
    words = f"<samp>{outside(said)}</samp>"
    body = f"<h1>Title</h1><p>Lead.</p>\n<h2>About {words}</h2>\n<p>{words}</p>"
    html = render_search([(page("claims"), body)])
    harmless(html, "Search")
    index = re.findall(r'<script[^>]*type="application/json"[^>]*>(.*?)</script>', html, re.DOTALL)
    assert f"About {said}" in [section["heading"] for section in json.loads(index[0])["sections"]]


def test_the_feed(said: str) -> None:
    release = Release(
        "pfa-2024-12",
        "pfa",
        date(2024, 12, 31),
        said,
        None,
        "/x/y.xlsx",
        "",
        None,
        "file",
        "shipped",
        "",
    )
    text = feed(
        {"pfa-2024-12": release}, SERIES.head(0), REVISIONS.head(0), "stalking_harassment", ""
    )
    entry = ElementTree.fromstring(text).find("{http://www.w3.org/2005/Atom}entry")
    assert entry is not None
    told = {child.tag.rpartition("}")[2]: child.text or "" for child in entry}
    assert said[1:] in told["title"]
    assert {tag for tag, _ in Seen(told["content"]).tags} == {"p"}


def test_the_pdf(said: str) -> None:
    html = Table("Caption", ["Name", "Note"], [[outside(said), "x"]])._repr_html_()
    html += audited(said)._repr_html_()
    source = "\n\n".join(typeset(html, lambda address: None, "a page"))
    # A string of Typst, in which nothing is markup; it is left only by a quotation mark of its own.
    without = re.sub(r'"(?:[^"\\]|\\.)*"', '""', source)
    assert not re.search(r"script|cmd|HYPERLINK|SUM|example|img|svg|red|title|raw", without)
    assert typst.compile(_printable(source).encode()).startswith(b"%PDF")


def _printable(source: str) -> str:
    """A document that stands by itself: what print.typ defines, as what it puts in."""
    calls = set(re.findall(r"#([a-z][a-z-]*)\(", source)) - {"heading", "list", "table", "enum"}
    own = "\n".join(f"#let {name}(..all) = all.pos().join()" for name in sorted(calls))
    return f"{own}\n{source}"


def test_the_workbook(said: str, tmp_path: Path) -> None:
    sheet = Sheet("Statements", "Statements", "All", "Us", ["Statement", "Said by"], [[said, said]])
    write_workbook(tmp_path / "a.xlsx", "Statements", [sheet], date(2025, 4, 24))
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    cells = [cell for row in book["Statements"].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert book["Statements"]._hyperlinks == []
    shown = {str(cell.value).replace("] (", "](").replace("$ $", "$$") for cell in cells}
    assert {said, f"Text: {said}"} & shown


def test_the_tables_of_the_data_pack(said: str) -> None:
    written = without_formulas(pa.table({"area_name": [said]}))["area_name"].to_pylist()
    assert written == [said if said[0] not in "=+-@" else f"'{said}"]
