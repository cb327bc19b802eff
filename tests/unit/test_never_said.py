"""What the pages may never say: rules that a page of each type is read by.

A rule is a pattern over the sentences of a page, and what is wrong with what it finds.  An
exception is part of the pattern, so that a rule is whole in one place.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from crimeshare.publish.elements.prose import plain
from crimeshare.publish.site.notebooks import execute_pages
from crimeshare.publish.site.pages import report_pages
from crimeshare.publish.site.rendering import read_executed, render_body

RULES = {
    "an interval for a count: counts have no sampling error": (
        r"(?<!no )confidence (?:interval|limit)s? (?:of|for) (?:the |a |its )?"
        r"(?:count|rank|share)",
        "The confidence interval of the count is wide.",
        "Control limits are no confidence intervals: a count of records has no sampling error.",
    ),
    "a margin of error: ONS speaks of sampling error, and counts have none": (
        r"margins? of error",
        "A count, so no margin of error.",
        "A count of records, not a survey: no sampling error.",
    ),
    "a cause that no source gives": (
        r"\b(?:caused by|due to|thanks to|owing to|as a result of|because of)\s+(?:the\s+)?"
        r"(?:lockdown|pandemic|police|recording|rules?|Online Safety|poverty|cuts)\b",
        "The fall is due to the Online Safety Act.",
        "That a step coincides with a change of the rules does not prove that they caused it.",
    ),
    "prevalence called risk": (
        r"\brisk of (?:being|becoming)\b|\bat risk\b|\bmore likely to be (?:stalked|victims)\b"
        r"|\bchance of being (?:stalked|a victim)\b",
        "Women have a higher risk of being stalked.",
        "Women experience it more often than men.",
    ),
    "a ratio of records to victims called reporting": (
        r"(?<!not a )(?<!not the )(?:\breporting rate\b|\brate of reporting\b)",
        "The reporting rate is 9 in a hundred.",
        "Not a rate of reporting: see the list.",
    ),
    "an estimate called a number that is known": (
        r"\bexactly [\d.,]+%? of (?:people|women|men|adults)\b",
        "In that year exactly 2.9% of people were stalked.",
        "About 2.9% of people were stalked.",
    ),
    "a survey's verdict called proof": (
        r"\b(?:proves|is proof|proved) that\b",
        "The test proves that stalking fell.",
        "Coincidence is no proof.",
    ),
    "areas called worst or best by a count of records": (
        r"\b(?:worst|safest|most dangerous) (?:area|force|place|region)s?\b",
        "It is the worst area for stalking.",
        "It has the largest share of the 43 forces.",
    ),
}


def broken(text: str) -> list[str]:
    """Rules that a text breaks, each with what it says."""
    return [
        f"{what}: {found[0]!r}"
        for what, (pattern, *_) in RULES.items()
        if (found := re.search(pattern, text, flags=re.IGNORECASE))
    ]


@pytest.mark.parametrize("what", RULES)
def test_a_rule_finds_what_is_wrong_and_leaves_what_is_right(what: str) -> None:
    _, wrong, right = RULES[what]
    assert [said for said in broken(wrong) if said.startswith(what)]
    assert broken(right) == []


@pytest.mark.slow
def test_no_page_says_it(root: Path, built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    # The page of one area stands for those of all.
    pages = list({page.notebook: page for page in report_pages()}.values())
    execute_pages(pages, built)
    monkeypatch.chdir(built)
    said = {page.name: broken(plain(render_body(read_executed(page)))) for page in pages}
    assert {name: found for name, found in said.items() if found} == {}
