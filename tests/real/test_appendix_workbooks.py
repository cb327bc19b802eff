"""The appendix tables as ONS published them: shipped figures are what the workbooks hold."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import openpyxl
import pytest

from crimeshare.sources.registry import REGISTRY, read_registry
from crimeshare.tables.observations import SurveyObservation, read_observations

SHIPPED = [
    release
    for release in read_registry(Path(__file__).parents[2] / REGISTRY).values()
    if release.dataset == "appendix" and release.status == "shipped"
]


def workbook(mirror: Path, path: str) -> Path:
    found = mirror / path.lstrip("/")
    if not found.exists():
        pytest.skip(f"the mirror does not hold {path}")
    return found


@pytest.mark.slow
@pytest.mark.parametrize("release", SHIPPED, ids=lambda release: release.release_id)
def test_opening_the_cell_shows_the_value(release, mirror: Path, root: Path) -> None:
    figures = root / "resources" / "figures" / f"{release.release_id}.parquet"
    observations = read_observations(SurveyObservation, figures)
    book = openpyxl.load_workbook(
        workbook(mirror, release.path), data_only=True, read_only=False, keep_links=False
    )
    for row in observations[::37]:
        shown = book[row.sheet][row.cell].value
        if row.statistic == "significant":
            assert (row.value == 1) == (shown == "[s]"), row
        elif row.value is not None:
            assert float(shown) == pytest.approx(row.value), row
        else:
            assert (shown or "").strip() == row.marker_text, dataclasses.asdict(row)
