"""The selector of a report about several offence groups, and the field for a place on its pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from crimeshare.publish.site.pages import page as page_of
from crimeshare.publish.site.place_list import places_script
from crimeshare.publish.site.rendering import render_page, render_search
from tests.browser.conftest import write_shared
from tests.unit.test_several_groups import BODY, GROUPS, GWENT

OTHER = "theft_offences/forces/gwent"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages about one force in three groups, and the search."""
    folder = tmp_path_factory.mktemp("several")
    pages = [page_of(name, GROUPS) for name in ("forces/gwent", GWENT, OTHER)]
    for page in pages:
        path = folder / page.address
        path.parent.mkdir(parents=True)
        path.write_text(render_page(page, BODY), encoding="utf-8")
    search = render_search(((page, BODY) for page in pages), GROUPS)
    (folder / "search.html").write_text(search, encoding="utf-8")
    write_shared(folder)
    (folder / "places.js").write_text(places_script(), encoding="utf-8")
    return folder


@pytest.fixture(params=[(1440, 900), (360, 740)], ids=["desk", "phone"])
def tab(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, height = request.param
    with browser.new_context(viewport={"width": width, "height": height}) as context:
        yield context.new_page()


def test_the_selector_leads_to_the_same_area_by_keyboard(tab: Page, folder: Path) -> None:
    tab.goto(f"{(folder / GWENT).as_uri()}.html#one")
    selector = tab.get_by_label("Kind of crime")
    expect(selector).to_have_value("../../robbery/forces/gwent.html")
    selector.focus()
    tab.keyboard.press("T")
    # Choosing leads nowhere yet: whoever walks through the list with arrows is not carried off.
    assert tab.url.endswith(f"{GWENT}.html#one")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"**/{OTHER}.html#one")


def test_nothing_is_wider_than_the_window_and_axe_finds_nothing(tab: Page, folder: Path) -> None:
    tab.goto(f"{(folder / GWENT).as_uri()}.html")
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for scheme in ("light", "dark"):
        tab.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert Axe().run(tab).response["violations"] == []


def test_a_place_leads_to_its_page_in_the_group(tab: Page, folder: Path) -> None:
    tab.goto(f"{(folder / GWENT).as_uri()}.html")
    tab.locator("#place").press_sequentially("Gwent")
    tab.locator("#places a").first.click()
    tab.wait_for_url(f"**/{GWENT}.html")
    tab.goto(f"{(folder / 'search.html').as_uri()}?q=Gwent&group=robbery/")
    places = tab.locator("#results a")
    expect(places.first).to_have_attribute("href", f"{GWENT}.html")
    # Only a folder of the report is taken from an address.
    tab.goto(f"{(folder / 'search.html').as_uri()}?q=Gwent&group=//example.org/")
    expect(places.first).to_have_attribute("href", "forces/gwent.html")


def test_without_scripts_the_groups_are_a_list_of_links(browser: Browser, folder: Path) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{(folder / GWENT).as_uri()}.html")
        expect(page.get_by_label("Kind of crime")).to_be_hidden()
        page.get_by_text("Other kinds of crime").click()
        page.get_by_role("link", name="Theft offences").click()
        page.wait_for_url(f"**/{OTHER}.html")
