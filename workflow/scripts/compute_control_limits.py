"""Compute how far from the common share forces of each size stand now and then."""

from crimeshare.measures.control_limits import compute_control_limits
from crimeshare.measures.series import newest_year
from crimeshare.parquet import read_table, write_table
from crimeshare.running import running

with running(snakemake):
    write_table(
        compute_control_limits(newest_year(read_table(snakemake.input.series))),
        snakemake.output.control_limits,
    )
