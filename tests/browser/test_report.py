"""The report in a browser: by mouse and by keyboard, on a phone, on paper and without scripts."""

from __future__ import annotations

import csv
import gzip
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from crimeshare.digits import MINUS
from crimeshare.publish.site.pages import Page as ReportPage
from crimeshare.publish.site.pages import report_pages
from tests.browser.conftest import longest_force, page_types

# How pages are made is shown alike for all of them; the front page has a map in it.
HOW = [page.how.address for page in page_types() if page.notebook in ("force", "index")]
ADDRESSES = [*(page.address for page in page_types()), "check.html", "search.html", *HOW]


@pytest.mark.parametrize("name", ADDRESSES)
def test_axe_finds_nothing_by_day_or_by_night(page: Page, address: str, name: str) -> None:
    page.goto(address + name)
    # Colours alone differ in the dark.
    for scheme, rules in (("light", None), ("dark", ["color-contrast"])):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found = Axe().run(
            page, options={"resultTypes": ["violations"], **({"runOnly": rules} if rules else {})}
        )
        assert found.violations_count == 0, f"{scheme}: {found.generate_report()}"


# The explorer loads more on demand; no page weighs more.
MOST_BYTES = 500_000
# Of a force's page as a server packs it.
MOST_BYTES_SENT = 45_000


def test_no_page_weighs_more_than_a_phone_should_load(site: Path) -> None:
    weights = {path.name: path.stat().st_size for path in site.rglob("*.html")}
    assert len(weights) > len(page_types())
    assert {name: size for name, size in weights.items() if size >= MOST_BYTES} == {}
    sent = len(gzip.compress((site / longest_force().address).read_bytes()))
    assert sent < MOST_BYTES_SENT


# What the first answer of a server brings to a phone before it waits to hear back (RFC 6928).
FIRST_BYTES = 14_600
BLOCKING = """() => performance.getEntriesByType("resource")
  .filter((resource) => resource.renderBlockingStatus === "blocking")
  .map((resource) => new URL(resource.name).pathname)"""


@pytest.mark.parametrize("name", ["index.html", "national.html", "forces/gwent.html"])
def test_the_answer_waits_for_one_style_sheet_alone(
    page: Page, site: Path, address: str, name: str
) -> None:
    page.set_viewport_size({"width": 375, "height": 740})
    page.goto(address + name)
    assert page.evaluate(BLOCKING) == ["/report.css"]
    style = gzip.compress((site / "report.css").read_bytes())
    text = (site / name).read_bytes()
    answer = text.index(b"<data ", text.index(b"<h1"))
    assert len(style) + len(gzip.compress(text[:answer])) < FIRST_BYTES
    bottom = page.locator("h1 + p data").first.bounding_box()
    assert bottom is not None
    assert bottom["y"] + bottom["height"] < 740


@pytest.mark.parametrize("name", ADDRESSES)
def test_no_page_is_wider_than_the_window(page: Page, address: str, name: str) -> None:
    page.goto(address + name)
    for width in (360, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("name", ADDRESSES)
def test_pages_work_from_a_folder(page: Page, site: Path, name: str) -> None:
    page.goto((site / name).as_uri())
    expect(page.locator("h1")).to_have_count(1)
    page.get_by_role("button", name="Theme").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    names = page.locator("[id]").evaluate_all("all => all.map(element => element.id)")
    assert len(names) == len(set(names))


UNCHARTED = ("claims", "sources", "data", "explore")
UNFOLD = "document.querySelectorAll('section > details').forEach((part) => { part.open = true; })"
"""Opens the folded parts of a page."""

CHARTED = [page.address for page in page_types() if page.notebook not in UNCHARTED]


@pytest.mark.parametrize("name", CHARTED)
def test_every_chart_has_a_title_words_and_its_data(page: Page, address: str, name: str) -> None:
    page.goto(address + name)
    page.evaluate(UNFOLD)
    charts = page.locator("figure.chart").all()
    assert charts
    for chart in charts:
        # One of several that are shown by choice.
        chart.evaluate("it => { it.hidden = false; it.parentElement.style.display = 'block'; }")
        # A finding has a verb or a rank; a label such as "Share" would be shorter.
        assert len(chart.locator(".title").inner_text().split()) > 5
        expect(chart.locator(".subtitle")).not_to_be_empty()
        words = chart.get_by_role("img").get_attribute("aria-label") or ""
        assert re.search(r"\d", words)
        assert chart.locator("[data-tip]").count() > 1
        link = chart.get_by_role("link", name="Data of this chart (CSV)")
        with page.expect_download() as download:
            link.click()
        text = Path(download.value.path()).read_text(encoding="utf-8")
        assert len(list(csv.DictReader(text.splitlines()))) > 1


def shown_in_tiles(page: Page) -> list[str]:
    """Which measures a reader sees on the tiles of the map."""
    return [
        layer
        for layer in ("share", "rate", "change")
        if page.locator(f".tiles span.{layer}").first.is_visible()
    ]


def colour(page: Page, force: str) -> str:
    tile = page.locator(f'.tiles a[title="{force}"]')
    return str(tile.evaluate("tile => getComputedStyle(tile).backgroundColor"))


def test_the_finder_by_mouse(page: Page, address: str) -> None:
    page.goto(address)
    assert shown_in_tiles(page) == ["share"]
    before = colour(page, "Avon and Somerset")
    page.get_by_role("radio", name="Change").check()
    assert shown_in_tiles(page) == ["change"]
    assert colour(page, "Avon and Somerset") != before
    legend = page.get_by_role("list", name="Change")
    expect(legend).to_be_visible()
    expect(page.get_by_role("list", name="Share of recorded crime")).to_be_hidden()
    page.get_by_role("radio", name="Offences per 1,000 people").check()
    assert shown_in_tiles(page) == ["rate"]
    page.get_by_role("link", name="Gwent").first.click()
    expect(page.locator("h1")).to_have_text("Gwent")


def test_the_finder_by_keyboard(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("radio", name="Share of recorded crime").focus()
    page.keyboard.press("ArrowRight")
    assert shown_in_tiles(page) == ["rate"]
    focused = page.locator(":focus")
    for _ in range(200):
        page.keyboard.press("Tab")
        if focused.get_attribute("data-name"):
            break
    expect(focused).to_have_attribute("data-name", "Northumbria")
    assert focused.evaluate("tile => getComputedStyle(tile).outlineStyle") == "solid"
    page.locator('.tiles a[data-name="Gwent"]').focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Gwent")


def test_a_tile_says_its_number_to_mouse_keyboard_and_finger(
    page: Page, phone: Page, address: str
) -> None:
    page.goto(address)
    gwent = page.locator('.tiles a[data-name="Gwent"]')
    gwent.focus()
    said = page.locator(".tile-said")
    expect(said).to_have_text(re.compile(r"^Gwent: \d+\.\d%$"))
    page.get_by_role("radio", name="Change").check()
    gwent.hover()
    expect(said).to_have_text(re.compile(rf"^Gwent: [+{MINUS}]?\d+\.\d%(, not comparable)?$"))
    phone.goto(address)
    tile = phone.locator('.tiles a[data-name="Gwent"]')
    tile.tap()
    expect(phone.locator(".tile-said")).to_have_text(re.compile(r"^Gwent: \d+\.\d%$"))
    tile.tap()
    expect(phone.locator("h1")).to_have_text("Gwent")


def test_rises_and_falls_have_colours_of_their_own(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("radio", name="Change").check()
    rows = page.locator(".tiles a").evaluate_all(
        "all => all.map(tile => [tile.dataset.name, tile.querySelector('.change data')?.value])"
    )
    colours: dict[bool, set[str]] = {True: set(), False: set()}
    for name, value in rows:
        if value is not None:
            colours[float(value) > 0].add(colour(page, name))
    assert not colours[True] & colours[False]


def test_every_force_is_on_the_map_and_in_the_ranking_beside_it(page: Page, address: str) -> None:
    page.goto(address)
    forces = {p.title for p in report_pages() if p.section == "Forces"}
    tiles = page.locator(".tiles a").evaluate_all("all => all.map(tile => tile.dataset.name)")
    assert set(tiles) == forces
    for layer, chosen in (("share", "Share"), ("rate", "Offences per"), ("change", "Change")):
        page.get_by_role("radio", name=chosen).check()
        ranked = page.locator(".finder figure.chart:visible")
        expect(ranked).to_have_attribute("id", f"forces-by-{layer}")
        told = ranked.get_by_role("img").get_attribute("aria-label") or ""
        assert all(f"{force}: " in told for force in forces)


def test_a_table_sorts_by_the_column_that_is_clicked(page: Page, address: str) -> None:
    page.goto(address + "national.html#regions-and-forces-in-numbers")
    table = page.locator("table.sortable").filter(has_text="Police force areas")
    header = table.get_by_role("columnheader", name="Per 1,000 residents")
    place = header.evaluate("cell => cell.cellIndex + 1")
    values = table.locator(f"tbody td:nth-child({place})")
    header.get_by_role("button").click()
    expect(header).to_have_attribute("aria-sort", "descending")
    down = values.all_inner_texts()
    # The City of London, which has no rate, comes last either way.
    assert down[-1] == "[u1]"
    assert [float(text) for text in down[:-1]] == sorted(map(float, down[:-1]), reverse=True)
    header.get_by_role("button").press("Enter")
    expect(header).to_have_attribute("aria-sort", "ascending")
    up = values.all_inner_texts()
    assert up[-1] == "[u1]"
    assert [float(text) for text in up[:-1]] == sorted(map(float, up[:-1]))
    table.get_by_role("columnheader", name="Force").get_by_role("button").click()
    names = table.locator("tbody th").all_inner_texts()
    assert names == sorted(names)
    assert header.get_attribute("aria-sort") is None


def test_the_theme_is_kept(page: Page, address: str) -> None:
    page.goto(address)
    paper = "getComputedStyle(document.body).backgroundColor"
    button = page.get_by_role("button", name="Theme")
    expect(button).to_have_text("Theme: system")
    button.click()
    light = page.evaluate(paper)
    button.click()
    expect(button).to_have_text("Theme: dark")
    dark = page.evaluate(paper)
    assert light != dark
    page.goto(address + "forces/gwent.html")
    expect(page.get_by_role("button", name="Theme")).to_have_text("Theme: dark")
    assert page.evaluate(paper) == dark
    page.get_by_role("button", name="Theme").click()
    expect(page.get_by_role("button", name="Theme")).to_have_text("Theme: system")


def test_a_mark_of_a_chart_tells_its_number(page: Page, address: str) -> None:
    page.goto(address + "forces/gwent.html")
    page.evaluate(UNFOLD)
    mark = page.locator('#standing [data-tip^="Gwent"]')
    mark.scroll_into_view_if_needed()
    mark.hover()
    share = page.locator('data[data-id^="share.gwent.stalking_harassment."]').first
    expect(page.locator(".tip")).to_have_text(f"Gwent {share.inner_text()}")


def test_a_finger_is_told_the_number_too(phone: Page, address: str) -> None:
    phone.goto(address + "forces/gwent.html")
    phone.evaluate(UNFOLD)
    bar = phone.locator("#contributions [data-tip]").first
    bar.scroll_into_view_if_needed()
    bar.tap()
    expect(phone.locator(".tip")).to_have_text(bar.get_attribute("data-tip") or "")
    phone.locator("h1").tap()
    expect(phone.locator(".tip")).to_be_hidden()


@pytest.mark.parametrize("kind", [page.address for page in page_types()])
def test_no_table_or_chart_with_a_number_lacks_its_data_or_its_source(
    page: Page, address: str, kind: str
) -> None:
    page.goto(address + kind)
    # What the explorer draws is the reader's own; its table below is the report's.
    own = "main figure:not(#explored)"
    holding = page.locator(f"{own}:has(data, a[download], svg [data-tip])")
    assert holding.count() or kind in ("claims.html", "search.html", "data.html")
    assert holding.count() == page.locator(f"{own}:has(details.source)").count()
    assert holding.count() == page.locator(f"{own}:has(a[download$='.csv'])").count()


def test_tables_and_charts_open_to_their_cells(page: Page, address: str) -> None:
    page.goto(address + "forces/gwent.html")
    page.evaluate(UNFOLD)
    figures = page.locator("main figure")
    assert figures.count() > 10
    assert figures.count() == page.locator("main figure:has(details.source)").count()
    assert figures.count() == page.locator("main figure .data > a[download]").count()
    block = page.locator("#share-by-year details.source")
    block.locator("summary").press("Enter")
    expect(block.get_by_role("link", name="Year ending December 2024 at ONS")).to_have_attribute(
        "href", re.compile(r"^https://www\.ons\.gov\.uk/peoplepopulationandcommunity/")
    )
    expect(block.locator("li", has_text="workbook").first).to_have_text(re.compile("[0-9a-f]{12}…"))
    # What the editions first published of Gwent, and what its quarters add up.
    assert "Table P1: I60 / C60" in block.inner_text()
    assert "Stalking and harassment, Gwent" in block.inner_text()


def test_paper_is_white_though_the_screen_is_dark(page: Page, address: str) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(address)
    for _ in range(2):
        page.get_by_role("button", name="Theme").click()
    paper, ink = (
        f"getComputedStyle(document.body).{name}" for name in ("backgroundColor", "color")
    )
    assert page.evaluate(paper) == "rgb(22, 25, 29)"
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(paper) == "rgb(255, 255, 255)"
    assert page.evaluate(ink) == "rgb(34, 34, 34)"


def test_the_sections_of_a_page_are_listed_and_reached(page: Page, address: str) -> None:
    page.goto(address + "forces/gwent.html")
    listed = page.get_by_role("navigation", name="On this page").get_by_role("link")
    assert listed.all_inner_texts() == page.locator("main h2").all_inner_texts()
    listed.filter(has_text="Will this change?").click()
    expect(page.get_by_role("heading", name="Will this change?")).to_be_in_viewport()
    # A part that is folded is opened by its address.
    folded = page.locator("section.folded", has=page.get_by_role("heading", name="All years"))
    expect(folded.locator("table")).to_be_hidden()
    listed.filter(has_text="All years").click()
    expect(folded.locator("table")).to_be_visible()


def test_one_table_or_ranking_of_areas_is_shown_at_a_time(page: Page, address: str) -> None:
    page.goto(address + "forces/gwent.html")
    section = page.locator("section.switched")
    tables = section.locator("> figure")
    choice = section.get_by_role("combobox")
    assert tables.count() == choice.locator("option").count() > 1
    expect(tables.nth(0)).to_be_visible()
    expect(tables.nth(1)).to_be_hidden()
    choice.select_option(index=1)
    expect(tables.nth(0)).to_be_hidden()
    expect(tables.nth(1)).to_be_visible()


# What a reader can take in: the goals for pages with their folded parts closed.
@pytest.mark.parametrize("kind", page_types(), ids=lambda page: page.notebook)
def test_a_page_is_short(page: Page, address: str, kind: ReportPage) -> None:
    stops = "[...document.querySelectorAll('a[href], button, input, select, summary, [tabindex]')]"
    visible = ".filter((e) => e.tabIndex >= 0 && e.checkVisibility()).length"
    for width, height in ((390, 6_500 if kind.notebook == "force" else 8_000), (1280, 5_000)):
        page.set_viewport_size({"width": width, "height": 740})
        page.goto(address + kind.address)
        assert page.evaluate("document.documentElement.scrollHeight") <= height
    if kind.notebook == "force":
        assert page.evaluate(stops + visible) <= 110


# A script that comes late puts tables behind switches while the browser is on its way.
@pytest.mark.parametrize("seconds", [0, 0.3])
def test_every_page_leads_to_how_to_cite_it(page: Page, address: str, seconds: float) -> None:
    page.goto(address + "forces/gwent.html")

    def late(route: Route) -> None:
        page.wait_for_timeout(seconds * 1000)
        route.continue_()

    page.route("**/report.js", late)
    with page.expect_response("**/report.js"):
        page.get_by_role("link", name="How to cite").click()
    page.wait_for_load_state()
    expect(page.get_by_role("heading", name="How to cite")).to_be_in_viewport()


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_printed_page_holds_its_tables_whole(page: Page, address: str, name: str) -> None:
    page.emulate_media(media="print")
    # The width of A4 within the browser's own margins.
    page.set_viewport_size({"width": 718, "height": 1000})
    page.goto(address + name)
    expect(page.locator("h1")).to_be_visible()
    for control in (".search", ".theme", ".skip", "header.site nav"):
        expect(page.locator(control)).to_be_hidden()
    cut = page.locator(".scroll").evaluate_all(
        "all => all.filter(box => box.scrollHeight > box.clientHeight + 1 "
        "&& getComputedStyle(box).overflowY !== 'visible').length"
    )
    assert cut == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 718
    assert page.pdf(format="A4").startswith(b"%PDF-")


@pytest.mark.parametrize("name", ADDRESSES)
def test_pages_read_without_scripts(plain: Page, address: str, name: str) -> None:
    plain.goto(address + name)
    expect(plain.locator("h1")).to_be_visible()
    expect(plain.locator("main p").first).to_be_visible()
    # What would do nothing is not offered.
    expect(plain.get_by_role("button")).to_have_count(0)


def test_the_finder_works_without_scripts(plain: Page, address: str) -> None:
    plain.goto(address)
    plain.get_by_role("radio", name="Change").check()
    assert shown_in_tiles(plain) == ["change"]
    expect(plain.locator(".finder figure.chart:visible")).to_have_attribute(
        "id", "forces-by-change"
    )


def test_without_scripts_the_search_page_lists_all_pages(plain: Page, address: str) -> None:
    plain.goto(address + "search.html")
    listed = plain.locator("main noscript li, main noscript a")
    assert {p.title for p in report_pages()} <= set(listed.all_inner_texts())
