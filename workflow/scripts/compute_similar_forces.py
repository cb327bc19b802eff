"""Compute which forces record the most similar mix of other crime."""

from crimeshare.measures.recorded import require_offence_groups
from crimeshare.measures.series import newest_year
from crimeshare.measures.similarity import compute_similar_forces
from crimeshare.parquet import read_table, together, write_table
from crimeshare.running import running

with running(snakemake):
    series, offence_ids = read_table(snakemake.input.series), snakemake.params.offence_ids
    # The first step that asks for the groups, before any page does.
    require_offence_groups(series, offence_ids)
    newest = newest_year(series)
    write_table(
        together(compute_similar_forces(newest, offence_id) for offence_id in offence_ids),
        snakemake.output.similar_forces,
    )
