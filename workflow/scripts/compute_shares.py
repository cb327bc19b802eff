"""Compute each offence group's share of recorded crime and its ranks."""

from crimeshare.measures.recorded import compute_shares
from crimeshare.parquet import read_table, write_table
from crimeshare.running import running

with running(snakemake):
    write_table(compute_shares(read_table(snakemake.input.recorded_crime)), snakemake.output.shares)
