"""A small build for the tests of the report: estimates from the shipped figures."""

from pathlib import Path

import pytest

from crimeshare.measures.recorded import compute_changes, compute_shares, read_recording_changes
from crimeshare.parquet import read_table, write_table
from crimeshare.publish.estimates import CHANGES, RECORDED, SHARES, Estimates, open_estimates
from crimeshare.tables.combining import combine_recorded_crime


@pytest.fixture(scope="session")
def built(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the clean table and the estimates of every shipped release."""
    folder = tmp_path_factory.mktemp("built")
    shipped = sorted((root / "resources" / "figures").glob("pfa-*.parquet"))
    recorded = combine_recorded_crime(read_table(*shipped))
    changes = read_recording_changes(root / "resources" / "reference" / "recording_changes.csv")
    write_table(recorded, folder / RECORDED)
    write_table(compute_shares(recorded), folder / SHARES)
    write_table(compute_changes(recorded, changes), folder / CHANGES)
    return folder


@pytest.fixture(scope="session")
def estimates(built: Path) -> Estimates:
    """The estimates about stalking and harassment."""
    return open_estimates("stalking_harassment", built)
