"""Seconds in which an article of 600 words is judged: in the shell, and by the page `check.html`.

``PYTHONPATH=. python benchmarks/reading_time.py`` after ``make``; it needs the machine's Chromium.
The article is the first paragraphs of ``tests/data/texts``; each time is the median of five.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from playwright.sync_api import expect, sync_playwright

ROOT = Path(__file__).parents[1]
WORDS = 600
TIMES = 5
LOADED = 60_000


def article() -> str:
    """Paragraphs of at least `WORDS` words together."""
    told = ""
    for line in (ROOT / "tests" / "data" / "texts" / "train.jsonl").open(encoding="utf-8"):
        told += json.loads(line)["text"] + "\n\n"
        if len(told.split()) >= WORDS:
            break
    return told


def timed(judge: Callable[[], object]) -> float:
    """The median of `TIMES` times, in seconds."""
    found = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        judge()
        found.append(time.perf_counter() - begun)
    return median(found)


def main() -> None:
    text = article()
    command = [Path(sys.executable).with_name("crimeshare"), "check", "--text", "-", "--json"]
    shell = timed(
        lambda: subprocess.run(command, input=text.encode(), stdout=subprocess.DEVNULL, cwd=ROOT)
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
            args=["--no-sandbox"] * (os.geteuid() == 0),
        )
        page = browser.new_page()
        page.goto((ROOT / "results" / "report" / "check.html").as_uri())
        page.fill("#text", text)

        def judge() -> None:
            page.click("#judge")
            expect(page.locator("#checked")).to_be_empty(timeout=LOADED)

        begun = time.perf_counter()
        judge()
        loading = time.perf_counter() - begun
        again = timed(judge)
        browser.close()
    print(
        f"{len(text.split())} words: shell {shell:.2f} s; browser {again:.2f} s, "
        f"the first time, with loading, {loading:.2f} s"
    )


if __name__ == "__main__":
    main()
