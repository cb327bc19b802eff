"""The tables of revisions on figures at hand, for tests of the pages that read them."""

from __future__ import annotations

from pathlib import Path

from crimeshare.measures.revision_intervals import compute_revision_intervals, kinds
from crimeshare.measures.revisions import (
    compare_changes,
    compute_revisions,
    find_whole_revisions,
    summarise_revisions,
)
from crimeshare.parquet import read_table, write_table
from crimeshare.publish.subjects.estimates import CHANGES, CODES, RECORDED
from crimeshare.publish.subjects.revised import COMPARED, REVISIONS, SIZES, WHOLE
from crimeshare.publish.subjects.revision_limits import LIMITS

OPEN_DATA_YEARS = Path("results/estimates/open_data_years.parquet")


def write_revisions(folder: Path) -> None:
    """Write the tables of revisions where a build in ``folder`` has them.

    Args:
        folder: the build, with recorded crime, its changes, offences by code and the years of the
            open data.
    """
    recorded, changes = read_table(folder / RECORDED), read_table(folder / CHANGES)
    codes = read_table(folder / CODES)
    revisions = compute_revisions(recorded, changes, codes, read_table(folder / OPEN_DATA_YEARS))
    whole = find_whole_revisions(revisions)
    compared = compare_changes(compute_revisions(recorded, changes, codes), changes, codes)
    write_table(revisions, folder / REVISIONS)
    write_table(whole, folder / WHOLE)
    write_table(summarise_revisions(whole), folder / SIZES)
    write_table(compared, folder / COMPARED)
    limits = compute_revision_intervals(revisions, kinds(), ["total", "stalking_harassment"])
    write_table(limits, folder / LIMITS)
