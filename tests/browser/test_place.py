"""From a town to its police force, on every page, by keyboard and by touch."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import page_types

ADDRESSES = [*(page.address for page in page_types()), "check.html", "search.html"]


@pytest.mark.parametrize("name", ADDRESSES)
def test_every_page_has_one_field_for_a_place(page: Page, site: Path, name: str) -> None:
    page.goto((site / name).as_uri())
    field = page.locator("#place")
    expect(field).to_have_count(1)
    field.press_sequentially("Gwnt")
    first = page.locator("#places a").first
    expect(first).to_have_text("Gwent Police force")
    field.press("Enter")
    expect(page).to_have_url((site / "forces/gwent.html").as_uri())


@pytest.mark.parametrize("size", [(375, 740), (1440, 900)])
def test_a_town_leads_to_share_rank_and_change(
    page: Page, address: str, size: tuple[int, int]
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(address)
    field = page.locator("#place")
    expect(field).to_be_in_viewport()
    field.press_sequentially("cwmbran")
    expect(page.locator("#places a")).to_have_text("Cwmbran Gwent")
    field.press("Enter")
    expect(page.locator("h1")).to_have_text("Gwent")
    # Share, rank and change, on the first screen.
    for name in ("share.gwent.stalking_harassment.", "rank_forces.gwent."):
        expect(page.locator(f'main p data[data-id^="{name}"]').first).to_be_in_viewport()
    moved = page.locator("main p", has_text=re.compile("The share ")).first
    expect(
        moved.locator('data[data-id^="share.gwent.stalking_harassment."]').nth(0)
    ).to_be_in_viewport()


def test_a_name_of_several_places_lists_them(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("#place").press_sequentially("newport")
    listed = page.locator("#places a").filter(
        has=page.locator("b", has_text=re.compile("^Newport$"))
    )
    expect(listed).to_have_count(6)
    expect(page.locator("#places-found")).to_contain_text("Newport")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator(":focus")).to_contain_text("Hampshire")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#place")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#places")).to_be_hidden()


def test_a_postcode_that_a_border_cuts_says_so(phone: Page, address: str) -> None:
    phone.goto(address + "methods.html")
    phone.locator("#place").press_sequentially("NP16 7AA")
    expect(phone.locator("#places-found")).to_contain_text("A border runs through NP16")
    expect(phone.locator("#places a")).to_have_text(
        ["NP16 partly Gwent", "NP16 partly Gloucestershire"]
    )
    phone.locator("#places a").first.tap()
    expect(phone.locator("h1")).to_have_text("Gwent")


def test_what_is_no_place_is_searched_for(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("#place").fill("zzqqxx")
    page.locator("#place").press("Enter")
    expect(page).to_have_url(re.compile(r"/search\.html\?q=zzqqxx$"))


def test_the_list_of_places_is_asked_for_only_when_needed(page: Page, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    brought = [address, f"{address}report.css", f"{address}report.js"]
    assert asked == brought
    page.locator("#place").focus()
    page.wait_for_function("() => Boolean(crimeshare.places)")
    assert asked == [*brought, f"{address}places.js"]


def test_the_head_is_one_row_on_a_phone(phone: Page, address: str) -> None:
    for name in ("index.html", "forces/gwent.html"):
        phone.goto(address + name)
        head = phone.locator("header.site").bounding_box()
        assert head is not None
        assert head["height"] < 64
        phone.get_by_role("button", name="Menu").tap()
        phone.locator("#menu").get_by_role("link", name="Methods").tap()
        expect(phone).to_have_url(address + "methods.html")


def luminance(colour: str) -> float:
    channels = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


GROUND = """element => {
  for (let at = element.parentElement; at; at = at.parentElement) {
    const colour = getComputedStyle(at).backgroundColor;
    if (!/, 0\\)$/.test(colour) && colour !== "transparent") return colour;
  }
  return "rgb(255, 255, 255)";
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["index.html", "forces/gwent.html"])
def test_what_has_the_focus_stands_out(page: Page, address: str, name: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(address + name)
    for _ in range(40):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if not focused.count():
            break
        ground = focused.evaluate(GROUND)
        outline, shadow = (
            focused.evaluate(f"element => getComputedStyle(element).{what}")
            for what in ("outlineColor", "boxShadow")
        )
        ring = re.match(r"rgba?\([^)]*\)", shadow)
        best = max(contrast(colour, ground) for colour in (outline, *([ring[0]] if ring else [])))
        assert best >= 3, (focused.evaluate("element => element.outerHTML"), ground)


POLICY = "meta[http-equiv='Content-Security-Policy']"


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_page_may_run_only_what_it_brought(browser: Browser, address: str, name: str) -> None:
    page = browser.new_page()
    page.goto(address + name)
    policy = page.locator(POLICY).get_attribute("content") or ""
    assert "default-src 'none'" in policy
    assert "'unsafe-eval'" not in policy
    # Each script of the page is named by its hash; what text from outside smuggled in is not.
    smuggled = '<img src=x onerror="window.bad=1">'
    with page.expect_console_message(lambda message: "Content Security Policy" in message.text):
        page.evaluate(f"document.body.insertAdjacentHTML('beforeend', {smuggled!r})")
    assert page.evaluate("window.bad") is None
    page.close()
