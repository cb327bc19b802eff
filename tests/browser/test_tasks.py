"""What readers come for, on a phone: in few steps, and not far below where they land."""

from __future__ import annotations

import csv
import re

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import ROOT

LINES = (ROOT / "tests" / "data" / "tasks.csv").read_text(encoding="utf-8").splitlines()
TASKS = list(csv.DictReader((line for line in LINES if not line.startswith("#")), escapechar="\\"))
MOST_STEPS = 2

WITHIN = """([selector, says, screens]) => [...document.querySelectorAll(selector)].some((each) => {
  const { top, height } = each.getBoundingClientRect();
  return each.checkVisibility() && each.textContent.includes(says)
    && height > 0 && top + height > 0 && top < screens * innerHeight;
})"""


def do(page: Page, step: str) -> None:
    """One step of a reader: what is done, a space, and with what."""
    kind, what = step.split(" ", maxsplit=1)
    if kind == "place":
        page.locator("#place").fill(what)
        page.locator("#place").press("Enter")
    elif kind == "search":
        page.get_by_role("button", name="Menu").tap()
        page.locator("#q").fill(what)
        page.locator("#q").press("Enter")
    elif kind == "follow":
        page.locator("main").get_by_role("link", name=what).first.tap()
    elif kind == "choose":
        label, option = what.split("=")
        page.get_by_label(label).select_option(label=option)
    else:
        # A button or the line that opens a folded part.
        page.locator("main").locator("button, summary").filter(
            has_text=re.compile(rf"^\W*{re.escape(what)}")
        ).first.tap()


@pytest.mark.parametrize("task", TASKS, ids=lambda task: f"{task['reader']}: {task['steps']}")
def test_a_reader_gets_there(phone: Page, address: str, task: dict[str, str]) -> None:
    steps = [step for step in task["steps"].split(" > ") if step]
    assert len(steps) <= MOST_STEPS
    phone.goto(address + task["start"])
    for step in steps:
        do(phone, step)
    expect(phone.locator(task["sees"]).first).to_be_attached()
    phone.wait_for_function(WITHIN, arg=[task["sees"], task["says"], float(task["screens"])])
