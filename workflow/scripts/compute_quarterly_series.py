"""Compute recorded crime by quarter for every force, region and country."""

from pathlib import Path

from crimeshare.measures.quarters import compute_quarterly_series
from crimeshare.measures.recorded import read_recording_changes
from crimeshare.parquet import read_table, write_table
from crimeshare.running import running

with running(snakemake):
    changes = read_recording_changes(Path(snakemake.input.recording_changes))
    series = compute_quarterly_series(
        read_table(snakemake.input.quarters), changes, snakemake.params.offence_ids
    )
    write_table(series, snakemake.output.series)
