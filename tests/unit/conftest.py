"""A small build for the tests of the report: estimates from the shipped figures."""

from pathlib import Path

import pytest

from crimeshare.measures.control_limits import compute_control_limits
from crimeshare.measures.recorded import compute_changes, compute_shares, read_recording_changes
from crimeshare.measures.similarity import compute_similar_forces
from crimeshare.parquet import read_table, write_table
from crimeshare.publish.estimates import (
    CHANGES,
    CONTROL_LIMITS,
    RECORDED,
    SHARES,
    SIMILAR_FORCES,
    TABLES,
    Estimates,
    open_estimates,
)
from crimeshare.tables.combining import combine_recorded_crime
from tests.audited import write_audit
from tests.surveyed import write_survey


@pytest.fixture(scope="session")
def built(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the clean table and the estimates of every shipped release."""
    folder = tmp_path_factory.mktemp("built")
    shipped = sorted((root / "resources" / "figures").glob("pfa-*.parquet"))
    recorded = combine_recorded_crime(read_table(*shipped))
    changes = read_recording_changes(root / "resources" / "reference" / "recording_changes.csv")
    write_table(recorded, folder / RECORDED)
    shares = compute_shares(recorded)
    write_table(shares, folder / SHARES)
    write_table(compute_control_limits(shares), folder / CONTROL_LIMITS)
    write_table(compute_similar_forces(shares, "stalking_harassment"), folder / SIMILAR_FORCES)
    year_on_year = compute_changes(recorded, changes)
    write_table(year_on_year, folder / CHANGES)
    write_survey(folder, root)
    write_audit(folder, root, recorded, shares, year_on_year)
    return folder


@pytest.fixture(scope="session")
def estimates(built: Path) -> Estimates:
    """The estimates about stalking and harassment."""
    return open_estimates("stalking_harassment", built)


@pytest.fixture(scope="session")
def built_incomplete(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as of the year ending December 2019, when Greater Manchester made no return."""
    folder = tmp_path_factory.mktemp("incomplete")
    for name in TABLES:
        table = read_table(built / name)
        write_table(table[table["release_id"] <= "pfa-2019-12"], folder / name)
    return folder


@pytest.fixture(scope="session")
def incomplete(built_incomplete: Path) -> Estimates:
    """The estimates of a year for which one force made no return."""
    return open_estimates("stalking_harassment", built_incomplete)
