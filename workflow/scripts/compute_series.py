"""Compute the one series: the leading figure of every area, offence group and quarter-end."""

from pathlib import Path

from crimeshare.measures.beside_others import beside_others
from crimeshare.measures.like_for_like import QUARTERS, add_like_for_like
from crimeshare.measures.recorded import read_recording_changes
from crimeshare.measures.series import compute_series, read_populations
from crimeshare.measures.years import shown_areas
from crimeshare.parquet import read_table, write_table
from crimeshare.running import running

with running(snakemake):
    vintages = read_table(snakemake.input.vintages, area_code=shown_areas())
    recording_changes = read_recording_changes(Path(snakemake.input.recording_changes))
    series = compute_series(
        vintages,
        read_table(snakemake.input.population),
        read_populations(Path(snakemake.input.populations)),
        recording_changes,
    )
    series = beside_others(series, vintages)
    quarters = read_table(snakemake.input.quarters, columns=QUARTERS)
    write_table(add_like_for_like(series, quarters, recording_changes), snakemake.output.series)
