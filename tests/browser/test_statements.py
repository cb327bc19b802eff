"""The page of statements: filtered by verdict and by speaker, each statement with its address."""

from __future__ import annotations

import json

from playwright.sync_api import Page, expect


def test_statements_are_filtered_and_the_choice_is_kept_in_the_address(
    page: Page, address: str
) -> None:
    page.goto(address + "claims.html")
    shown = page.locator(".claim:visible")
    whole = shown.count()
    assert whole > 12
    page.get_by_label("Verdict").select_option("fails")
    failing = page.locator('.claim[data-kind="fails"]').count()
    assert 0 < failing < whole
    expect(shown).to_have_count(failing)
    expect(page.locator(".claims-filter output")).to_have_text(f"{failing} of {whole}")
    assert page.url.endswith("claims.html?verdict=fails")
    page.reload()
    expect(shown).to_have_count(failing)
    page.get_by_label("Verdict").select_option("")
    page.get_by_label("Speaker").select_option(index=1)
    speaker = page.locator(".statements:visible h3").all_inner_texts()
    assert len(speaker) == 1
    assert 0 < shown.count() < whole


def test_a_filter_that_is_none_shows_everything(page: Page, address: str) -> None:
    page.goto(address + "claims.html?verdict=%3Cscript%3E&by=nobody")
    assert page.locator(".claim:visible").count() == page.locator(".claim").count()


def test_each_statement_has_a_permanent_link_and_a_review_for_machines(
    page: Page, address: str
) -> None:
    page.goto(address + "claims.html#argus-gwent-share")
    expect(page.locator(".said:has(.claim:target) .statement")).to_contain_text("15 percent")
    data = page.locator('script[type="application/ld+json"]').text_content()
    reviews = json.loads(data or "")["@graph"]
    assert len(reviews) == page.locator(".claim").count()
    assert {review["@type"] for review in reviews} == {"ClaimReview"}


def test_without_scripts_no_filter_is_offered_and_everything_is_shown(
    plain: Page, address: str
) -> None:
    plain.goto(address + "claims.html")
    expect(plain.locator(".claims-filter")).to_be_hidden()
    assert plain.locator(".claim:visible").count() == plain.locator(".claim").count()
