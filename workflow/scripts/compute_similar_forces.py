"""Compute which forces record the most similar mix of other crime."""

from crimeshare.measures.similarity import compute_similar_forces
from crimeshare.parquet import read_table, write_table
from crimeshare.running import running

with running(snakemake):
    write_table(
        compute_similar_forces(read_table(snakemake.input.shares), snakemake.params.offence_id),
        snakemake.output.similar_forces,
    )
