"""Take the season out of the quarters of every area."""

from crimeshare.measures.seasonal import compute_seasonally_adjusted
from crimeshare.parquet import read_table, write_table
from crimeshare.running import running

with running(snakemake):
    write_table(
        compute_seasonally_adjusted(read_table(snakemake.input.series)),
        snakemake.output.adjusted,
    )
