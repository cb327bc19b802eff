"""What a reader takes from a chart: a picture, a drawing, its data, a link, lines to embed."""

from __future__ import annotations

import csv
import re
import struct
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect


def saved(page: Page, name: str) -> tuple[str, bytes]:
    chart = page.locator("#share-by-year")
    if not chart.get_by_role("button", name=name).is_visible():
        chart.get_by_text("Download, share").click()
    with page.expect_download() as download:
        chart.get_by_role("button", name=name).click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def test_a_chart_is_saved_as_picture_drawing_and_data(page: Page, address: str) -> None:
    page.goto(address + "forces/gwent.html")
    name, content = saved(page, "Picture (PNG)")
    assert name == "gwent-share-by-year.png"
    assert content.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", content[16:24])
    assert width > 1_500
    assert height > 1_000
    name, content = saved(page, "Drawing (SVG)")
    assert name == "gwent-share-by-year.svg"
    drawing = content.decode()
    # Whoever meets the picture elsewhere still reads what it shows, who published it and when.
    # Long lines are broken into several texts.
    words = " ".join(re.sub(r"<[^>]*>", " ", drawing).split())
    assert page.locator("#share-by-year .title").inner_text() in words
    assert page.locator("#share-by-year .credit").inner_text().strip() in words
    assert "var(" not in drawing
    page.set_content(drawing)
    expect(page.locator("svg").first).to_be_visible()


def test_the_data_of_charts_are_files_beside_the_page(
    plain: Page, address: str, site: Path
) -> None:
    # Without a script, and from a folder too.
    plain.goto(address + "forces/gwent.html")
    links = plain.locator("main figure.chart .data > a[download]")
    assert links.count() > 5
    for link in links.all():
        name = link.get_attribute("download")
        path = site / "forces" / (link.get_attribute("href") or "")
        assert path.name == name
        rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
        assert rows
        assert all(row["value"] or row["marker"] for row in rows)
    with plain.expect_download() as download:
        plain.locator("#share-by-year .data > a[download]").click()
    assert download.value.suggested_filename == "gwent-share-by-year.csv"
    held = site / "charts" / "forces" / "gwent" / "gwent-share-by-year.csv"
    assert Path(download.value.path()).read_bytes() == held.read_bytes()


def test_the_data_of_a_table_are_what_stands_in_it(page: Page, address: str, site: Path) -> None:
    page.goto(address + "forces/gwent.html")
    table = page.locator("figure.table", has_text="Partnership").first
    caption = table.locator("caption").inner_text()
    with page.expect_download() as download:
        table.get_by_role("link", name="Data of this table (CSV)").click()
    assert download.value.suggested_filename.endswith(".csv")
    assert "gwent" in download.value.suggested_filename
    text = Path(download.value.path()).read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    heads = [" ".join(head.split()) for head in table.locator("thead th").all_inner_texts()]
    assert list(rows[0]) == [*heads, "releases"], caption
    assert [row[heads[0]] for row in rows] == table.locator("tbody th").all_inner_texts()
    # Unrounded, as the pages hold them.
    shown = table.locator("tbody td > data").evaluate_all("all => all.map((n) => n.value)")
    given = [value for row in rows for name, value in row.items() if name in heads[1:]]
    assert set(shown) <= set(given)
    assert all(row["releases"] for row in rows)


def test_a_chart_is_cited_linked_and_embedded(page: Page, address: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(address + "forces/gwent.html")
    chart = page.locator("#share-by-year")
    chart.get_by_text("Download, share").click()
    for button, wanted in (
        ("Copy link", f"{address}forces/gwent.html#share-by-year"),
        ("Copy citation", "Source: ONS"),
        ("Copy embed code", f'<iframe src="{address}embed/gwent-share-by-year.html"'),
    ):
        chart.get_by_role("button", name=button).click()
        expect(chart.get_by_role("button", name="Copied").first).to_be_visible()
        assert wanted in page.evaluate("navigator.clipboard.readText()")


def test_an_embedded_chart_stands_alone(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 375, "height": 560})
    page.goto(address + "embed/gwent-share-by-year.html")
    expect(page.get_by_role("img")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    link = page.get_by_role("link", name="crimeshare: Gwent")
    expect(link).to_have_attribute("href", "../forces/gwent.html#share-by-year")


@pytest.mark.parametrize("name", ["index.html", "forces/gwent.html"])
def test_previews_are_told_title_answer_and_picture(page: Page, address: str, name: str) -> None:
    page.goto(address + name)
    given = {
        tag.get_attribute("property") or tag.get_attribute("name"): tag.get_attribute("content")
        for tag in page.locator("meta[property^='og:'], meta[name^='twitter:']").all()
    }
    assert given["og:title"] == page.locator("h1").inner_text()
    assert given["og:description"]
    assert (given["og:image"] or "").endswith(f"cards/{name.removesuffix('.html')}.png")
    assert given["twitter:card"] == "summary_large_image"
