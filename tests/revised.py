"""The tables of revisions on figures at hand, for tests of the pages that read them."""

from __future__ import annotations

from pathlib import Path

from crimeshare.measures.revisions import (
    compute_revisions,
    find_flipped_changes,
    summarise_revisions,
)
from crimeshare.parquet import read_table, write_table
from crimeshare.publish.subjects.estimates import CHANGES, RECORDED
from crimeshare.publish.subjects.revised import CODES, FLIPPED, REVISIONS, SIZES


def write_revisions(folder: Path) -> None:
    """Write the tables of revisions where a build in ``folder`` has them.

    Args:
        folder: the build, with recorded crime, its changes and the offences by code.
    """
    changes, codes = read_table(folder / CHANGES), read_table(folder / CODES)
    revisions = compute_revisions(read_table(folder / RECORDED), changes, codes)
    write_table(revisions, folder / REVISIONS)
    write_table(summarise_revisions(revisions), folder / SIZES)
    write_table(find_flipped_changes(revisions, changes, codes), folder / FLIPPED)
