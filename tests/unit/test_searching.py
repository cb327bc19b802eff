"""What the search page looks through."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from crimeshare.problems import Problem
from crimeshare.publish.site import searching
from crimeshare.publish.site.pages import GROUP, report_pages

BODY = (
    '<h1>How</h1><p>First words.</p><h2 id="one">One &amp; two</h2><p>Read.</p>'
    "<figure><table><caption>Seen</caption><tbody><tr><td>42</td></tr></tbody></table>"
    '<div class="data"><a>Data (CSV)</a><details><ul><li>C9</li></ul></details></div></figure>'
    "<p>After</p></script>"
)


def test_sections_hold_what_is_read_but_no_numbers_of_tables() -> None:
    pages = dict.fromkeys(report_pages(), BODY)
    text = searching.search_index(pages.items(), (GROUP,))
    assert "</script" not in text
    index = json.loads(text)
    front = [s for s in index["sections"] if s["address"].startswith("index.html")]
    assert front == [
        {
            "address": "index.html",
            "heading": "",
            "name": "Summary",
            "text": "First words.",
            "title": "How",
        },
        {
            "address": "index.html#one",
            "heading": "One & two",
            "name": "",
            "text": "Read. Seen After",
            "title": "How",
        },
    ]


def test_the_front_page_of_every_group_is_searched_as_far_as_that_of_the_first() -> None:
    far = f"<h1>How</h1><p>{'word ' * 100}murder</p>"
    pages = dict.fromkeys(report_pages(["robbery", "homicide"]), far)
    sections = json.loads(searching.search_index(pages.items(), (GROUP,)))["sections"]
    found = {each["address"] for each in sections if "murder" in each["text"]}
    assert {"index.html", "homicide/index.html", "homicide/national.html"} <= found
    assert "homicide/forces/gwent.html" not in found


def test_a_term_that_leads_nowhere_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    glossary = tmp_path / "glossary.csv"
    glossary.write_text("term,also,meaning,page\nShare,part,A part.,shares.html\n")
    monkeypatch.setattr(searching, "GLOSSARY", glossary)
    with pytest.raises(Problem, match=r"glossary\.csv: terms lead to shares\.html"):
        searching.search_index([(report_pages()[0], BODY)], (GROUP,))


def test_every_word_of_people_leads_to_a_page_that_there_is() -> None:
    for groups in (GROUP,), ("robbery", GROUP):
        terms = json.loads(searching.search_index([], groups))["terms"]
        addresses = {page.address for page in report_pages(groups)}
        assert {re.split(r"[?#]", term["page"])[0] for term in terms} <= addresses
        pages = {term["also"]: term["page"] for term in terms}
        stalking = next(page for also, page in pages.items() if "8Q" in also.split("|"))
        assert stalking == "explore.html?group=8Q"
