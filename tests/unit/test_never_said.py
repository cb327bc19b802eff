"""No page says what the rules of `tests/never_said.py` forbid; every group's pages are read too."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from crimeshare.publish.elements.prose import plain
from crimeshare.publish.site.rendering import render_body
from tests.never_said import RULES, blocks_of, broken, phrases

TEMPLATES = Path("workflow/crimeshare/publish/site/templates")


@pytest.mark.parametrize("what", RULES)
def test_a_rule_finds_what_is_wrong_and_leaves_what_is_right(what: str) -> None:
    rule = RULES[what]
    assert [said for said in broken([rule.wrong]) if said.startswith(what)]
    assert broken([rule.right]) == []


def test_a_chart_is_one_block_and_paragraphs_are_several() -> None:
    html = (
        "<p>One <data>1</data>.</p><figure><figcaption><p>Title</p></figcaption>"
        "<svg><text>drawn</text></svg><ul><li>A, April 2018: a change</li></ul></figure><p>Two</p>"
    )
    assert blocks_of(html) == ["One 1.", "Title A, April 2018: a change", "Two"]


def test_what_is_said_instead_is_allowed() -> None:
    known = phrases()
    assert len({before for before, _ in known}) == len(known) > 20
    assert [instead for _, instead in known if broken([instead])] == []


def test_no_page_says_it(executed: dict[str, Path]) -> None:
    said = {
        name: broken(blocks_of(render_body(json.loads(path.read_text(encoding="utf-8")))))
        for name, path in executed.items()
    }
    assert {name: found for name, found in said.items() if found} == {}


def test_nothing_around_the_pages_says_it(root: Path) -> None:
    said = {}
    for path in sorted((root / TEMPLATES).glob("*.[hj]*")):
        text = re.sub(r"\s+", " ", path.read_text(encoding="utf-8"))
        said[path.name] = broken([text if path.suffix == ".js" else plain(text)])
    assert {name: found for name, found in said.items() if found} == {}
