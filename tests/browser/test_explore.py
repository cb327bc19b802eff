"""The explorer: what is chosen is drawn, listed and kept in the address."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from crimeshare.reference import recording_changes


def drawn(page: Page) -> None:
    expect(page.locator(".drawn svg").first).to_be_visible(timeout=15_000)


@pytest.mark.parametrize("width", [375, 1440])
def test_a_choice_is_drawn_listed_and_restored(page: Page, site: Path, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto((site / "explore.html").as_uri())
    drawn(page)
    page.locator("#choose-area").select_option("gwent")
    expect(page.locator("#chosen li")).to_have_count(2)
    page.locator("#choose-measure").select_option("change")
    expect(page.locator(".explored .title")).to_contain_text("Change on the year before")
    headers = page.locator(".explored thead th")
    expect(headers).to_have_text(["Year ending", "England and Wales", "Gwent"])
    expect(page).to_have_url(re.compile("measure=change&areas=england-and-wales,gwent"))
    kept = page.url
    page.go_back()
    expect(page.locator("#choose-measure")).to_have_value("share")
    page.goto("about:blank")
    page.goto(kept)
    drawn(page)
    expect(page.locator("#choose-measure")).to_have_value("change")
    expect(headers).to_have_text(["Year ending", "England and Wales", "Gwent"])
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_years_are_cut_and_breaks_are_named(page: Page, address: str) -> None:
    page.goto(f"{address}explore.html?areas=gwent&from=2019-03-31&to=2021-03-31")
    drawn(page)
    rows = page.locator(".explored tbody tr")
    expect(rows.first.locator("th")).to_have_text("March 2021")
    expect(rows.last.locator("th")).to_have_text("March 2019")
    moved = "controlling_behaviour_moved"
    change = next(each for each in recording_changes() if each.change_id == moved)
    expect(page.locator(".drawn text", has_text=change.label)).not_to_have_count(0)
    expect(page.locator(".drawn[role=img]")).to_have_attribute(
        "aria-label", re.compile(re.escape(f"April 2020: {change.name}"))
    )


def test_an_areas_own_steps_are_drawn_and_named(page: Page, site: Path, address: str) -> None:
    script = (site / "explore" / "stalking_harassment.js").read_text(encoding="utf-8")
    given = json.loads(script[script.index("{") : script.rindex("}") + 1])
    slug, steps = max(given["steps"].items(), key=lambda item: len(item[1]))
    page.goto(f"{address}explore.html?areas={slug}")
    drawn(page)
    assert page.locator(".explored .notes").inner_text().count("a step of ") == len(steps)
    # The layer that is drawn last.
    expect(page.locator(".drawn .mark-symbol").last.locator("path")).to_have_count(len(steps))


def test_no_more_than_six_areas_and_none_twice(page: Page, address: str) -> None:
    page.goto(address + "explore.html?areas=gwent,kent,essex,surrey,sussex,dorset,norfolk")
    drawn(page)
    expect(page.locator("#chosen li")).to_have_count(6)
    expect(page.locator("#choose-area")).to_be_disabled()
    page.get_by_role("button", name="Remove Kent").click()
    expect(page.locator("#chosen li")).to_have_count(5)
    expect(page.locator("#choose-area option[value=gwent]")).to_be_disabled()


def test_the_table_of_all_forces_follows_the_choice(page: Page, address: str) -> None:
    page.goto(address + "explore.html")
    drawn(page)
    printed = page.locator("main section figure.table")
    own = page.get_by_role("group", name="Table of all police forces")
    expect(printed).to_be_visible()
    expect(own).to_be_hidden()
    page.locator("#choose-group").select_option("robbery")
    expect(printed).to_be_hidden()
    expect(own.locator("caption")).to_contain_text("Robbery")
    expect(own.locator("tbody tr")).to_have_count(43)
    page.locator("#choose-group").select_option("stalking_harassment")
    expect(printed).to_be_visible()


def test_an_address_that_makes_no_sense_is_read_as_far_as_it_does(page: Page, address: str) -> None:
    page.goto(address + "explore.html?group=nonsense&areas=atlantis,gwent&measure=x&from=2050")
    drawn(page)
    expect(page.locator("#choose-group")).to_have_value("stalking_harassment")
    expect(page.locator("#chosen li")).to_have_count(1)


def test_what_is_drawn_is_saved_under_its_name(page: Page, address: str) -> None:
    page.goto(address + "explore.html?areas=gwent&measure=count")
    drawn(page)
    with page.expect_download() as download:
        page.locator(".explored").get_by_role("link", name="Data of this chart (CSV)").click()
    assert download.value.suggested_filename == "count-stalking-harassment-gwent.csv"
    rows = list(csv.DictReader(Path(download.value.path()).read_text().splitlines()))
    shown = page.locator(".explored tbody tr").count()
    assert len(rows) == shown
    assert {row["area"] for row in rows} == {"Gwent"}


def test_what_is_drawn_is_a_picture_to_save_with_its_source(page: Page, address: str) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(address + "explore.html?areas=gwent&measure=rate")
    drawn(page)
    page.locator(".explored .take summary").click()
    for button, kind in (("Picture (PNG)", "png"), ("Drawing (SVG)", "svg")):
        with page.expect_download() as download:
            page.locator(".explored").get_by_role("button", name=button).click()
        assert download.value.suggested_filename == f"rate-stalking-harassment-gwent.{kind}"
    picture = Path(download.value.path()).read_text(encoding="utf-8")
    assert "Home Office" in picture
    assert "Open Government Licence" in picture
    assert "var(" not in picture


def test_the_change_under_the_same_rules_leads(page: Page, site: Path, address: str) -> None:
    script = (site / "explore" / "stalking_harassment.js").read_text(encoding="utf-8")
    given = json.loads(script[script.index("{") : script.rindex("}") + 1])
    alike = given["areas"]["gwent"]["alike"]
    place = max(at for at, change in enumerate(alike) if change is not None)
    page.goto(f"{address}explore.html?areas=gwent&measure=change&to={given['ends'][place]}")
    drawn(page)
    newest = page.locator(".explored tbody td").first.inner_text()
    assert newest.replace("\N{MINUS SIGN}", "-") == f"{alike[place]:+.1f}%"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_what_is_drawn(page: Page, address: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(address + "explore.html?areas=gwent,kent")
    drawn(page)
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()


def test_without_scripts_there_is_the_table(plain: Page, address: str) -> None:
    plain.goto(address + "explore.html")
    expect(plain.locator("#explorer")).to_be_hidden()
    expect(plain.locator("main tbody tr")).to_have_count(43)


def test_a_small_group_is_written_finely_and_not_called_comparable(
    page: Page, address: str
) -> None:
    page.goto(address + "explore.html?group=homicide&measure=share&areas=england-and-wales")
    drawn(page)
    newest = page.locator(".explored tbody tr").first.locator("td")
    expect(newest).to_have_text(re.compile(r"0\.0\d\d%"))
    not_gathered = "We have not checked whether police changed how they record this group."
    expect(page.locator(".explored .notes")).to_contain_text(not_gathered)
    page.locator("#choose-measure").select_option("change")
    link = page.locator(".explored .data a")
    expect(link).to_have_attribute("href", re.compile("not%20known"))
    page.locator("#choose-group").select_option("stalking_harassment")
    expect(page.locator(".explored .notes")).not_to_contain_text(not_gathered)
