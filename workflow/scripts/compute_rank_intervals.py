"""Compute which ranks the quarters of the forces allow each of them, and what ranges held."""

from crimeshare.measures.rank_ranges import compute_rank_intervals, compute_rank_record
from crimeshare.parquet import read_table, write_table
from crimeshare.running import running

SERIES = [
    *("area_code", "area_type", "offence_id", "period_end", "share", "rank_forces"),
    *("formula", "cells"),
]
QUARTERS = ["release_id", "period_end", "area_code", "area_type", "offence_id", "code", "value"]
REVISIONS = ["area_code", "offence_id", "period_end", "rank_before"]

with running(snakemake):
    ranges = compute_rank_intervals(
        read_table(snakemake.input.series, columns=SERIES, area_type=["force"]),
        read_table(snakemake.input.quarters, columns=QUARTERS, area_type=["force"]),
        snakemake.params.level,
    )
    write_table(ranges, snakemake.output.rank_intervals)
    revisions = read_table(snakemake.input.revisions, columns=REVISIONS)
    write_table(compute_rank_record(ranges, revisions), snakemake.output.record)
