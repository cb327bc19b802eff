"""Compute year-on-year changes, and mark those that a change of recording runs through."""

from pathlib import Path

from crimeshare.measures.like_for_like import QUARTERS, add_like_for_like
from crimeshare.measures.recorded import compute_changes, read_recording_changes
from crimeshare.parquet import read_table, write_table
from crimeshare.running import running

with running(snakemake):
    recording_changes = read_recording_changes(Path(snakemake.input.recording_changes))
    changes = compute_changes(
        read_table(snakemake.input.recorded_crime),
        read_table(snakemake.input.vintages, known_from=["later_column", "percentage"]),
        recording_changes,
    )
    quarters = read_table(snakemake.input.quarters, columns=QUARTERS)
    write_table(add_like_for_like(changes, quarters, recording_changes), snakemake.output.changes)
