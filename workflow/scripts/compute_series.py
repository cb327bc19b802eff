"""Compute the one series: the leading figure of every area, offence group and quarter-end."""

from pathlib import Path

from crimeshare.measures.recorded import read_recording_changes
from crimeshare.measures.series import compute_series, read_populations
from crimeshare.measures.years import shown_areas
from crimeshare.parquet import read_table, write_table
from crimeshare.running import running

with running(snakemake):
    series = compute_series(
        read_table(snakemake.input.vintages, area_code=shown_areas()),
        read_table(snakemake.input.population),
        read_populations(Path(snakemake.input.populations)),
        read_recording_changes(Path(snakemake.input.recording_changes)),
    )
    write_table(series, snakemake.output.series)
