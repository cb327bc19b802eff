"""From a number to its cells: by mouse, by keyboard and by touch."""

from __future__ import annotations

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

SHARE = 'main data[data-id^="share.gwent"]'


def test_a_number_opens_to_its_formula_cells_and_trace(page: Page, address: str) -> None:
    page.goto(address + "forces/gwent.html")
    number = page.locator(SHARE).first
    number.click()
    panel = page.get_by_role("dialog", name="Where this number comes from")
    expect(panel).to_be_visible()
    expect(panel).to_contain_text(number.inner_text())
    expect(panel.locator("code").last).to_have_text(re.compile(r"crimeshare trace share\.gwent\."))
    expect(panel).to_contain_text("Release")
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def test_the_panel_is_reached_and_left_by_keyboard(page: Page, address: str) -> None:
    page.goto(address + "forces/gwent.html")
    table = page.locator("main figure.table").first
    # A table is one stop of the Tab key, whatever numbers it holds.
    assert table.locator("data[tabindex], data[role]").count() == 0
    control = table.get_by_role("button", name=re.compile("^Sources of the .* numbers here$"))
    control.press("Enter")
    listed = page.get_by_role("dialog").get_by_role("button")
    expect(listed).to_have_count(table.locator("data[data-id]").count())
    chosen = listed.nth(1).inner_text()
    listed.nth(1).press("Enter")
    expect(page.get_by_role("dialog").locator(".value")).to_have_text(chosen)
    page.get_by_role("dialog").get_by_role("button", name="Close").press("Enter")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(control).to_be_focused()


def test_the_panel_opens_by_touch_and_fits_a_phone(phone: Page, address: str) -> None:
    phone.goto(address + "forces/gwent.html")
    phone.locator(SHARE).first.tap()
    panel = phone.get_by_role("dialog")
    expect(panel).to_be_visible()
    box = panel.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360


def test_the_interval_of_an_estimate_says_how_it_was_made(page: Page, address: str) -> None:
    page.goto(address + "survey.html")
    page.locator("main data[data-lower]").first.click()
    panel = page.get_by_role("dialog")
    for term in ("Interval", "Level", "Method", "Basis"):
        expect(panel.get_by_text(term, exact=True)).to_be_visible()


def test_what_stands_behind_numbers_is_loaded_only_when_asked(page: Page, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address + "forces/gwent.html")
    assert asked[1:] == [f"{address}report.css", f"{address}report.js"]
    page.locator(SHARE).first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert asked[3:] == [address + "cells/forces/gwent.js"]
