"""Compute the years of single offence codes in every area."""

from pathlib import Path

from crimeshare.measures.code_years import compute_code_years
from crimeshare.measures.like_for_like import QUARTERS
from crimeshare.measures.recorded import read_recording_changes
from crimeshare.parquet import read_table, write_table
from crimeshare.running import running

with running(snakemake):
    codes = compute_code_years(
        read_table(snakemake.input.quarterly),
        read_table(snakemake.input.series),
        read_table(snakemake.input.quarters, columns=QUARTERS),
        read_recording_changes(Path(snakemake.input.recording_changes)),
    )
    write_table(codes, snakemake.output.codes)
