"""Compute every vintage of every count, and which published changes the counts refute."""

from crimeshare.measures.refuted_changes import find_refuted_changes, mark_refuted
from crimeshare.measures.vintages import compute_vintages
from crimeshare.measures.years import NEEDED
from crimeshare.parquet import read_table, write_table
from crimeshare.running import running

with running(snakemake):
    vintages = compute_vintages(
        read_table(snakemake.input.recorded_crime),
        read_table(snakemake.input.offence_codes),
        read_table(snakemake.input.quarters, columns=NEEDED),
    )
    refuted = find_refuted_changes(vintages)
    write_table(mark_refuted(vintages, refuted), snakemake.output.vintages)
    write_table(refuted, snakemake.output.refuted)
