"""Compute which forces record the most similar mix of other crime."""

from crimeshare.measures.recorded import require_offence_group
from crimeshare.measures.series import newest_year
from crimeshare.measures.similarity import compute_similar_forces
from crimeshare.parquet import read_table, write_table
from crimeshare.running import running

with running(snakemake):
    series, offence_id = read_table(snakemake.input.series), snakemake.params.offence_id
    # The first step that asks for the group, before any page does.
    require_offence_group(series, offence_id)
    write_table(
        compute_similar_forces(newest_year(series), offence_id),
        snakemake.output.similar_forces,
    )
