"""When a slow phone shows the answer, beside a page that holds nothing but it.

``PYTHONPATH=. python benchmarks/first_sight.py`` after ``make``; it needs the machine's Chromium.
Milliseconds until the largest thing of the first screen is painted, with a processor four times
slower: the median of five, the two pages one after the other.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

REPORT = Path(__file__).parents[1] / "results" / "report"
PAGES = ("index.html", "national.html", "forces/gwent.html")
TIMES = 5
PAINTED = """() => new Promise((resolve) => {
  new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime))
    .observe({ type: "largest-contentful-paint", buffered: true });
})"""


def painted(browser: Browser, page: Path) -> float:
    """Milliseconds until the largest thing of the first screen is there."""
    tab = browser.new_page(viewport={"width": 375, "height": 740})
    tab.context.new_cdp_session(tab).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    tab.goto(page.as_uri())
    found = tab.evaluate(PAINTED)
    tab.close()
    return float(found)


def alone(page: Path, folder: Path) -> Path:
    """The page, cut after the paragraph that answers."""
    text = page.read_text(encoding="utf-8")
    end = text.index("</p>", text.index("<h1"))
    style = (REPORT / "report.css").as_uri()
    cut = folder / page.name
    cut.write_text(re.sub(r'href="[^"]*report\.css"', f'href="{style}"', text[:end]), "utf-8")
    return cut


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
            args=["--no-sandbox"] * (os.geteuid() == 0),
        )
        print("| page | milliseconds | the answer alone | ratio |")
        print("| --- | --- | --- | --- |")
        for name in PAGES:
            page = REPORT / name
            least = alone(page, Path(folder))
            times = [(painted(browser, page), painted(browser, least)) for _ in range(TIMES)]
            whole, floor = (median(side) for side in zip(*times, strict=True))
            print(f"| `{name}` | {whole:.0f} | {floor:.0f} | {whole / floor:.1f} |")


if __name__ == "__main__":
    main()
