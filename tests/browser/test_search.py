"""What readers look for is found: pages, sections, terms and places, misspelt or by other names."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote_plus

import pytest
from playwright.sync_api import Page, expect

# Words that people type, some of them not the report's own, some misspelt.
SEARCHES = """
confidence interval; malicious communications; coercive control; download; margin of error;
Newport; Leeds; Cardiff; Birmingham; NP20; Gwnt; harrassment; stalking; csv; excel; ranking;
women; victims; population; per 1000; revisions; funnel plot; licence; how to cite; home office;
ons; recording changes; comparable; domestic abuse; Wilson; sample size; significance; trend;
shoplifting; London; fraud; api; fact check; what is stalking; is it rising; quarterly; which
force is worst; open data; methods; statistical power; covid; definition; police near me; Met
police; the Met; GMP; Heddlu Gwent; Casnewydd; Caerdydd; Ynys Môn; knife; rape; revenge porn;
8Q; hate crime; contact; what changed in January 2024; shoplifting Cardiff; robbery london; bike
theft; anti social behaviour; Suzy Lamplugh; 8L; South Wales Police; West Yorkshire police; how
is it calculated; BTP; safest; violence against women; murder; Abertawe; SW1A 1AA; latest
figures; correction; Cyberstalking; Y Fenni; St Davids; graffiti; riots; trespass; begging; trais;
dwyn o siopau; troseddau casineb; hit and run; is knife crime rising in london; St Helens;
cuckooing; doxing; dog attacks; most dangerous city; privacy; accessibility
""".replace("\n", " ").split(";")


@pytest.mark.parametrize("text", [text.strip() for text in SEARCHES])
def test_no_search_of_real_words_is_empty(page: Page, address: str, text: str) -> None:
    page.goto(f"{address}search.html?q={text}")
    expect(page.locator("#q")).to_have_value(text)
    expect(page.locator("#results a").first).to_be_visible()
    expect(page.locator("#found")).to_have_text(re.compile(r"^\d+ results?$"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("margin of error", "Interval"),
        ("coercive control", "Coercive control"),
        ("download", "Data pack"),
        ("per 1000", "Rate"),
        ("gwent", "Gwent"),
        ("NP16", "NP16"),
        ("harrassment", "Stalking and harassment"),
        ("Met police", "Metropolitan Police"),
        ("GMP", "Greater Manchester"),
        ("Casnewydd", "Newport"),
        ("Ynys Môn", "Isle of Anglesey"),
        ("rape", "Rape"),
        ("hate crime", "Hate crime"),
        ("South Wales Police", "South Wales"),
        ("8L", "Harassment"),
        ("Suzy Lamplugh", "National Stalking Helpline"),
        ("shoplifting Cardiff", "Shoplifting: South Wales"),
        ("gwent stalking", "Stalking and harassment: Gwent"),
        ("Y Fenni", "Abergavenny"),
        ("St Davids", "Saint Davids"),
        ("graffiti", "Graffiti"),
        ("lladrad Caerdydd", "Robbery: South Wales"),
        ("byrgleriaeth", "Burglary"),
        ("sexual assault Leeds", "Sexual offences: West Yorkshire"),
        ("robbery in Stoke", "Robbery: Staffordshire"),
        ("how many murders in Liverpool", "Homicide: Merseyside"),
    ],
)
def test_the_best_answer_comes_first(page: Page, address: str, text: str, found: str) -> None:
    page.goto(f"{address}search.html?q={text}")
    expect(page.locator("#results a").first).to_have_text(found)


def test_a_nickname_leads_to_the_line_of_the_partnership(page: Page, address: str) -> None:
    page.goto(address + "search.html?q=Casnewydd")
    page.locator("#results a").first.click()
    expect(page).to_have_url(address + "forces/gwent.html#partnership-newport")
    # Tables put behind a switch move the line after the page has gone there.
    expect(page.locator("#partnership-newport")).to_be_in_viewport()
    expect(page.locator(".opening .came-from")).to_contain_text("Newport is one of ")


@pytest.mark.parametrize("place", ["Scotland", "EH1", "G1 1AA"])
def test_another_nation_is_said_to_be_one(page: Page, address: str, place: str) -> None:
    page.goto(address)
    page.locator("#place").fill(place)
    expect(page.locator("#places-found")).to_contain_text("England and Wales")
    page.locator("#place").press("Enter")
    asked = re.escape(f"/search.html?q={quote_plus(place)}")
    expect(page).to_have_url(re.compile(f"{asked}$"))
    expect(page.locator("#found")).to_contain_text("England and Wales")


def test_the_head_of_a_page_leads_to_its_results(page: Page, address: str) -> None:
    page.goto(address + "forces/gwent.html")
    field = page.get_by_role("searchbox", name="Search the report")
    field.fill("how to cite")
    field.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\.html\?q=how\+to\+cite$"))
    page.locator("#results").get_by_role(
        "link", name="How the figures are made: How to cite"
    ).click()
    expect(page.get_by_role("heading", name="How to cite")).to_be_in_viewport()


def test_typing_searches_and_the_address_keeps_it(page: Page, site: Path) -> None:
    page.goto((site / "search.html").as_uri())
    field = page.locator("#q")
    expect(page.locator("#found")).to_contain_text("Type a word")
    field.fill("design factor")
    expect(page.locator("#results a").first).to_have_text("Design factor")
    # A word of the text that matched is shown and marked.
    expect(page.locator("#results mark").first).to_be_visible()
    page.reload()
    expect(page.locator("#results a").first).to_have_text("Design factor")
    field.fill("zzqqxx")
    expect(page.locator("#found")).to_contain_text("Nothing found")
    expect(page.locator("#results a")).to_have_count(0)


def test_what_is_typed_stays_text(page: Page, address: str) -> None:
    page.goto(address + "search.html?q=<img src=x onerror=alert(1)> interval")
    expect(page.locator("#results a").first).to_be_visible()
    assert page.locator("#results img").count() == 0
