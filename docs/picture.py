"""Draw the picture that README.md opens with: the top of the report's first page.

Usage: .venv/bin/python docs/picture.py results/report/index.html docs/report.png
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright


def draw(page: Path, picture: Path) -> None:
    """Save what a reader sees first, at the width of a small screen and twice its pixels.

    Args:
        page: the built page.
        picture: where the PNG goes.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        view = browser.new_page(viewport={"width": 1000, "height": 640}, device_scale_factor=1.5)
        view.goto(page.resolve().as_uri())
        view.screenshot(path=picture)
        browser.close()


if __name__ == "__main__":
    draw(Path(sys.argv[1]), Path(sys.argv[2]))
