"""Compute which ranks the spread of the forces' quarters allows each of them."""

from crimeshare.measures.rank_ranges import compute_rank_intervals
from crimeshare.parquet import read_table, write_table
from crimeshare.running import running

with running(snakemake):
    write_table(
        compute_rank_intervals(
            read_table(snakemake.input.series),
            read_table(snakemake.input.quarters),
            snakemake.params.level,
        ),
        snakemake.output.rank_intervals,
    )
