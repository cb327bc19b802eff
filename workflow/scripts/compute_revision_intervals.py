"""Compute how far figures will probably be revised, and try it on releases left out."""

from crimeshare.measures.revision_intervals import compute_revision_intervals, kinds
from crimeshare.parquet import read_table, write_table
from crimeshare.running import running

with running(snakemake):
    table = compute_revision_intervals(
        read_table(snakemake.input.revisions),
        kinds(),
        ["total", *snakemake.params.offence_ids],
        snakemake.params.level,
    )
    write_table(table, snakemake.output.intervals)
