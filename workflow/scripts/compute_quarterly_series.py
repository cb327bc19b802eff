"""Compute recorded crime by quarter for every force, region and country."""

from pathlib import Path

from crimeshare.measures.quarters import NEEDED, quarterly_series_by_area
from crimeshare.measures.recorded import read_recording_changes
from crimeshare.parquet import read_table, write_parts
from crimeshare.running import running

with running(snakemake):
    changes = read_recording_changes(Path(snakemake.input.recording_changes))
    quarters = read_table(snakemake.input.quarters, columns=NEEDED)
    write_parts(
        quarterly_series_by_area(quarters, changes, snakemake.params.offence_ids),
        snakemake.output.series,
    )
