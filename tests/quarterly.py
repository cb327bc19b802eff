"""The quarterly tables on the shipped figures, for tests of the pages that read them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from crimeshare.measures.quarters import compute_home_office_check, compute_quarterly_series
from crimeshare.measures.recorded import read_recording_changes
from crimeshare.measures.seasonal import compute_seasonally_adjusted
from crimeshare.parquet import write_table
from crimeshare.tables.combining import combine_recorded_quarters
from crimeshare.tables.observations import QuarterFigure, read_arrow
from tests.tables import ADJUSTED, CHECK, QUARTERS
from tests.tables import QUARTERLY_SERIES as SERIES


def shipped(root: Path) -> pd.DataFrame:
    """The clean table of the newest shipped release of the open data."""
    paths = sorted((root / "resources" / "figures").glob("prc-*.parquet"))[-1:]
    return combine_recorded_quarters([read_arrow(QuarterFigure, path) for path in paths])


def series_of(root: Path, quarters: pd.DataFrame) -> pd.DataFrame:
    """The quarterly series about stalking and harassment."""
    changes = read_recording_changes(root / "resources" / "reference" / "recording_changes.csv")
    return compute_quarterly_series(quarters, changes, ["stalking_harassment"])


def write_quarterly(
    folder: Path, root: Path, recorded: pd.DataFrame, quarters: pd.DataFrame | None = None
) -> None:
    """Write every table of the quarters, where a build has it.

    Args:
        folder: the build.
        root: the project, with its shipped figures and its reference tables.
        recorded: the clean table ``recorded_crime`` of the build.
        quarters: the clean table ``recorded_quarters``; unless given, the shipped one.
    """
    quarters = shipped(root) if quarters is None else quarters
    write_table(quarters, folder / QUARTERS)
    series = series_of(root, quarters)
    write_table(series, folder / SERIES)
    write_table(compute_seasonally_adjusted(series), folder / ADJUSTED)
    write_table(compute_home_office_check(recorded, quarters), folder / CHECK)
