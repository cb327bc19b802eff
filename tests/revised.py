"""The tables of revisions on figures at hand, for tests of the pages that read them."""

from __future__ import annotations

from pathlib import Path

from crimeshare.measures.revision_intervals import (
    compute_revision_intervals,
    compute_revision_test,
    kinds,
)
from crimeshare.measures.revisions import (
    compare_changes,
    compute_revisions,
    find_whole_revisions,
    summarise_revisions,
)
from crimeshare.parquet import read_table, write_table
from tests.tables import CHANGES, COMPARED, LIMITS, REVISIONS, SIZES, TEST, WHOLE

VINTAGES = Path("results/estimates/vintages.parquet")


def write_revisions(folder: Path) -> None:
    """Write the tables of revisions where a build in ``folder`` has them.

    Args:
        folder: the build, with its vintages and changes.
    """
    vintages = read_table(folder / VINTAGES)
    revisions = compute_revisions(vintages)
    whole = find_whole_revisions(revisions)
    of_ons = vintages[vintages["known_from"] != "quarters"]
    changes = read_table(folder / CHANGES)
    compared = compare_changes(compute_revisions(of_ons), changes, of_ons)
    write_table(revisions, folder / REVISIONS)
    write_table(whole, folder / WHOLE)
    write_table(summarise_revisions(whole), folder / SIZES)
    write_table(compared, folder / COMPARED)
    groups = ["total", "stalking_harassment"]
    write_table(compute_revision_intervals(revisions, kinds(), groups), folder / LIMITS)
    write_table(compute_revision_test(revisions, kinds(), groups), folder / TEST)
