"""A small build for the tests of the report: estimates from the shipped figures."""

from collections.abc import Callable
from pathlib import Path

import pytest

from crimeshare.parquet import read_table, write_table
from tests.building import (
    built_once,
    executed_once,
    write_area_notes,
    write_forecasts,
    write_rank_record,
    write_series,
)
from tests.conftest import made_once
from tests.frames import Report
from tests.quarterly import write_quarterly
from tests.revised import VINTAGES, write_revisions
from tests.tables import CODES, QUARTERS, RECORDED, REFUTED, SMALL_AREAS, TABLES


@pytest.fixture(scope="session")
def built(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the clean table and the estimates of every shipped release."""
    return built_once(tmp_path_factory, root)


@pytest.fixture(scope="session")
def executed(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The executed notebook of one page of each kind, by the name of the page."""
    return executed_once(tmp_path_factory, root)


@pytest.fixture(scope="session")
def estimates(built: Path) -> Report:
    """The estimates about stalking and harassment."""
    return Report("stalking_harassment")


@pytest.fixture(autouse=True)
def _inside(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests of a build work in its folder, as notebooks do."""
    for build in ("built_alone", "built_incomplete", "built"):
        of = {"built_incomplete": "incomplete", "built": "estimates"}.get(build, build)
        if {build, of} & {*request.fixturenames}:
            monkeypatch.chdir(request.getfixturevalue(build))
            return


def write_part(folder: Path, root: Path, built: Path, releases: Callable[[str], bool]) -> None:
    """The part of a build that some releases make, as if only they were at hand."""
    for name in TABLES:
        table = read_table(built / name)
        write_table(table[table["release_id"].map(releases)], folder / name)
    for name in (CODES, REFUTED, SMALL_AREAS):
        write_table(read_table(built / name).head(0), folder / name)
    vintages = read_table(built / VINTAGES)
    of_editions = vintages["release_id"].str.startswith("pfa-")
    own = of_editions & vintages["release_id"].map(releases)
    write_table(vintages[own], folder / VINTAGES)
    write_area_notes(folder, root, read_table(folder / RECORDED))
    write_revisions(folder)
    write_quarterly(folder, root, read_table(folder / RECORDED))
    write_series(folder, root, read_table(built / QUARTERS).head(0))
    write_forecasts(folder, root)
    write_rank_record(folder)


@pytest.fixture(scope="session")
def built_incomplete(root: Path, built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as of the year ending December 2019, when Greater Manchester made no return."""
    return made_once(
        tmp_path_factory,
        "incomplete",
        lambda folder: write_part(folder, root, built, lambda id_: id_ <= "pfa-2019-12"),
    )


@pytest.fixture(scope="session")
def built_alone(root: Path, built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same from the edition of December 2019 alone."""
    return made_once(
        tmp_path_factory,
        "alone",
        lambda folder: write_part(folder, root, built, lambda id_: id_ == "pfa-2019-12"),
    )


@pytest.fixture(scope="session")
def incomplete(built_incomplete: Path) -> Report:
    """The estimates of a year for which one force made no return."""
    return Report("stalking_harassment")
