"""Against the workbooks as published: every cited cell shows the figure, and nothing differs."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from pathlib import Path

import openpyxl
import pytest
import xlrd

from crimeshare.reference import REFERENCE, read_rows
from crimeshare.sources.registry import Release, read_registry
from crimeshare.tables.observations import Observation, read_observations
from crimeshare.tables.reading import read_release
from crimeshare.tables.release_day import release_day
from tests.conftest import ROOT
from tests.facsimile import place

REGISTRY = read_registry(ROOT / "config" / "releases.csv").values()
RELEASES = [r for r in REGISTRY if r.dataset == "pfa" and r.status == "shipped"]
WORKBOOKS = [*RELEASES, *(r for r in REGISTRY if r.dataset == "appendix" and r.pinned)]


@pytest.fixture(params=RELEASES, ids=lambda release: release.release_id)
def release(request: pytest.FixtureRequest) -> Release:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def workbook(release: Release, mirror: Path) -> Path:
    path = mirror / release.path.lstrip("/")
    if not path.is_file():
        pytest.skip(f"the mirror does not hold {release.path}")
    return path


def shipped(release: Release) -> list[Observation]:
    return read_observations(
        Observation, ROOT / "resources" / "figures" / f"{release.release_id}.parquet"
    )


@pytest.mark.parametrize("release", WORKBOOKS, ids=lambda release: release.release_id)
def test_shipped_figures_are_what_the_workbook_says(
    release: Release, workbook: Path, tmp_path: Path
) -> None:
    written = tmp_path / "read.parquet"
    read_release(workbook, release, ROOT / "config" / "corrections.yaml").write(written)
    figures = ROOT / "resources" / "figures" / f"{release.release_id}.parquet"
    assert written.read_bytes() == figures.read_bytes()


@pytest.mark.parametrize("release", WORKBOOKS, ids=lambda release: release.release_id)
def test_the_day_that_a_workbook_tells_is_the_one_on_record(
    release: Release, workbook: Path
) -> None:
    days = {row["release_id"]: row for row in read_rows(REFERENCE / "release_days.csv")}
    known = days.get(release.release_id)
    # A copy that somebody saved again tells of that day.
    own = hashlib.sha256(workbook.read_bytes()).hexdigest() == release.sha256
    told = release_day(workbook, release.period_end) if own else None
    found = told and {**asdict(told), "day": told.day.isoformat()}
    assert found == (known and {key: known[key] for key in ("day", "basis", "sheet", "cell")})


@pytest.mark.slow
def test_every_cited_cell_shows_its_figure_in_another_reader(
    release: Release, workbook: Path
) -> None:
    wrong = [
        row.where
        for row, cell in _cells_by_another_reader(workbook, shipped(release))
        if (cell if row.value is not None else str(cell).strip())
        != (row.value if row.value is not None else row.marker_text)
    ]
    assert wrong == []


def _cells_by_another_reader(
    workbook: Path, rows: list[Observation]
) -> list[tuple[Observation, object]]:
    if workbook.suffix == ".xls":
        old = xlrd.open_workbook(workbook)
        return [(row, old.sheet_by_name(row.sheet).cell_value(*place(row.cell))) for row in rows]
    new = openpyxl.load_workbook(workbook, data_only=True)
    return [(row, new[row.sheet][row.cell].value) for row in rows]
