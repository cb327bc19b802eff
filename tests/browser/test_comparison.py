"""The page that compares two builds, in a browser: for everybody, at every width, alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from crimeshare.releases.comparing import BuildDiff, TableDiff, write_comparison

BEFORE, AFTER = "pfa-2024-06", "pfa-2024-12"
MOVE = {
    "area": "Devon and Cornwall",
    "quantity": "rank_forces",
    "before": "7th",
    "after": "9th",
    "release_before": BEFORE,
    "release_after": AFTER,
}
DIFF = BuildDiff(
    [
        TableDiff("published/figures.csv", "differs", added=1, removed=1, changed=1),
        TableDiff("estimates/shares.parquet", "not compared", "cannot be read"),
        TableDiff(
            "clean/recorded_crime.parquet",
            "differs",
            added=2,
            by_release={AFTER: 2},
            examples=["pfa-2024-06, K04000001, total: value 5366753.0 -> 5366754.0"],
        ),
        TableDiff("estimates/prevalence.parquet", "same cells"),
        TableDiff("data/csv/recorded_crime.csv", "differs", added=2),
        TableDiff("clean/population.parquet", "same"),
    ],
    [
        f"~ {'share.gwent.' * 8}, proportion, {BEFORE}, Table P1, I60, p: 0.1 -> 0.2",
        f"+ share.kent, proportion, {AFTER}, Table P1, I40, p: 0.15",
    ],
    [MOVE] * 25,
    "",
    [AFTER],
    [],
)


@pytest.fixture
def comparison(tmp_path: Path) -> str:
    """Address of a comparison with every part that one can have."""
    return write_comparison(tmp_path, DIFF, ".crimeshare-before").as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(page: Page, comparison: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(comparison)
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("width", [360, 1440])
def test_it_is_no_wider_than_the_window(page: Page, comparison: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(comparison)
    assert page.evaluate("document.documentElement.scrollWidth") == width
