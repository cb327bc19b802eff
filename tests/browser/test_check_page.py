"""The page that judges a text: in a browser as on the command line, and without a server."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from crimeshare.audit.text_check import opened
from tests.conftest import ROOT

TEXTS = [
    json.loads(line)
    for name in ("train", "heldout")
    for line in (ROOT / "tests" / "data" / "texts" / f"{name}.jsonl").open(encoding="utf-8")
]
# Python comes as WebAssembly and is set up once for each page.
LOADED = 120_000


def judged(page: Page, text: str, published: str = "", about: str = "") -> str:
    """The answer to a text, as HTML."""
    # The page answers late while Python is set up, on a busy machine most of all.
    page.set_default_timeout(LOADED)
    page.fill("#text", text)
    page.fill("#published", published)
    page.fill("#about", about)
    page.click("#judge")
    expect(page.locator("#checked")).to_be_empty(timeout=LOADED)
    return str(page.locator("#answer").inner_html())


def same(page: Page, html: str) -> str:
    """HTML as the browser writes it."""
    written = page.evaluate(
        "html => Object.assign(document.createElement('div'), { innerHTML: html }).innerHTML",
        html,
    )
    return str(written)


def test_every_text_has_the_same_answer_in_the_browser_and_on_the_command_line(
    page: Page, address: str
) -> None:
    page.goto(address + "check.html")
    judge = opened(str(ROOT))
    assert len(TEXTS) > 150
    for each in TEXTS:
        told = judge(each["text"], each["published"] or "", "")
        assert judged(page, each["text"], each["published"] or "") == same(page, told), each["id"]


def test_an_answer_marks_each_statement_and_leads_to_its_verdict(page: Page, address: str) -> None:
    page.goto(address + "check.html")
    text = next(each["text"] for each in TEXTS if len(each["statements"]) > 1)
    judged(page, text)
    marks = page.locator("#answer mark[data-verdict]")
    assert marks.count() > 1
    for mark in marks.all():
        target = mark.locator("a").get_attribute("href")
        verdict = page.locator(f"#answer {target} strong").inner_text().rstrip(".")
        assert verdict.casefold() == mark.get_attribute("data-verdict").casefold()  # type: ignore[union-attr]
    assert page.evaluate("document.activeElement.className") == "count"
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found = Axe().run(page, options={"resultTypes": ["violations"]})
        assert found.violations_count == 0, f"{scheme}: {found.generate_report()}"


def test_a_force_that_the_text_does_not_name_can_be_given(page: Page, address: str) -> None:
    page.goto(address + "check.html")
    text, area = next(
        (each["text"].replace(f"{one['area']} Police", "The force"), one["area"])
        for each in TEXTS
        for one in each["statements"]
        if len(each["statements"]) == 1 and one["verdict"] == ["hold"]
        if one["quantity"] == "count" and f"{one['area']} Police" in each["text"]
    )
    assert 'data-exit="0"' not in judged(page, text)
    assert 'data-exit="0"' in judged(page, text, about=area)


def test_the_page_works_from_a_folder_and_asks_nobody(page: Page, site: Path) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((site / "check.html").as_uri())
    answer = judged(page, TEXTS[0]["text"])
    assert 'class="verdicts"' in answer
    assert {re.match(r"\w+:", url)[0] for url in asked} <= {"file:", "blob:"}  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "published", "about", "said"),
    [
        ("", "", "", "is empty"),
        ("<html><body><p>Crime rose</p></body></html>", "", "", "HTML"),
        ("The weather was fine.", "", "", "No statement on crime figures"),
        ("Crime rose by 3% in Kent.", "", "Atlantis", "Atlantis"),
    ],
)
def test_what_cannot_be_judged_is_answered_in_a_sentence(
    page: Page, address: str, text: str, published: str, about: str, said: str
) -> None:
    page.goto(address + "check.html")
    assert said in judged(page, text, published, about)
    assert page.locator("#answer mark").count() == 0
