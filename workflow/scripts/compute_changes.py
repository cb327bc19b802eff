"""Compute shares of recorded crime, changes from year to year, and the Home Office beside ONS."""

from pathlib import Path

from crimeshare.measures.like_for_like import QUARTERS, add_like_for_like
from crimeshare.measures.quarters import compute_home_office_check
from crimeshare.measures.recorded import compute_changes, compute_shares, read_recording_changes
from crimeshare.measures.years import NEEDED
from crimeshare.parquet import read_table, write_table
from crimeshare.running import running

with running(snakemake):
    recorded = read_table(snakemake.input.recorded_crime)
    write_table(compute_shares(recorded), snakemake.output.shares)
    recording_changes = read_recording_changes(Path(snakemake.input.recording_changes))
    changes = compute_changes(
        recorded,
        read_table(snakemake.input.vintages, known_from=["later_column", "percentage"]),
        recording_changes,
    )
    quarters = read_table(snakemake.input.quarters, columns=QUARTERS)
    write_table(add_like_for_like(changes, quarters, recording_changes), snakemake.output.changes)
    del changes, quarters
    quarters = read_table(snakemake.input.quarters, columns=NEEDED)
    write_table(compute_home_office_check(recorded, quarters), snakemake.output.check)
