"""Compute the years of the Home Office's open data, release by release."""

from crimeshare.measures.series import compute_open_data_years
from crimeshare.parquet import read_table, write_table
from crimeshare.running import running

with running(snakemake):
    years = compute_open_data_years(read_table(snakemake.input.quarters))
    write_table(years, snakemake.output.open_data_years)
