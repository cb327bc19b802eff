"""Compute how far from the common share forces of each size stand now and then."""

from crimeshare.measures.control_limits import compute_control_limits
from crimeshare.parquet import read_table, write_table
from crimeshare.running import running

with running(snakemake):
    write_table(
        compute_control_limits(read_table(snakemake.input.shares)),
        snakemake.output.control_limits,
    )
