"""Compute how far the Home Office's quarters are from the yearly counts of ONS."""

from crimeshare.measures.quarters import compute_home_office_check
from crimeshare.measures.years import NEEDED
from crimeshare.parquet import read_table, write_table
from crimeshare.running import running

with running(snakemake):
    check = compute_home_office_check(
        read_table(snakemake.input.recorded_crime),
        read_table(snakemake.input.quarters, columns=NEEDED),
    )
    write_table(check, snakemake.output.check)
