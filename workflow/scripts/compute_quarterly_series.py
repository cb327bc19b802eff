"""Compute recorded crime by quarter for every force, region and country, and without its season."""

from pathlib import Path

from crimeshare.columns import held
from crimeshare.measures.quarters import NEEDED, quarterly_series_by_area
from crimeshare.measures.recorded import read_recording_changes
from crimeshare.measures.revisions import newest_release
from crimeshare.measures.seasonal import compute_seasonally_adjusted
from crimeshare.parquet import read_table, write_parts, write_table
from crimeshare.running import running

with running(snakemake):
    changes = read_recording_changes(Path(snakemake.input.recording_changes))
    quarters = read_table(snakemake.input.quarters, columns=NEEDED)
    parts = quarterly_series_by_area(quarters, changes, snakemake.params.offence_ids)
    write_parts(parts, snakemake.output.series)
    releases = newest_release(quarters[["release_id"]])["release_id"].unique()
    del quarters, parts
    newest = read_table(
        snakemake.output.series,
        # What a quarter is compared with is found anew.
        columns=[name for name in held("quarterly_series") if not name.startswith("previous")],
        release_id=releases,
    )
    write_table(compute_seasonally_adjusted(newest), snakemake.output.adjusted)
