"""Compute how far later releases moved what earlier ones published."""

from crimeshare.measures.revisions import (
    compare_changes,
    compute_revisions,
    find_whole_revisions,
    summarise_revisions,
)
from crimeshare.parquet import read_table, write_table
from crimeshare.running import running

with running(snakemake):
    vintages = read_table(snakemake.input.vintages)
    revisions = compute_revisions(vintages)
    whole = find_whole_revisions(revisions)
    write_table(revisions, snakemake.output.revisions)
    write_table(whole, snakemake.output.whole)
    write_table(summarise_revisions(whole), snakemake.output.sizes)
    del revisions, whole
    of_ons = vintages[vintages["known_from"] != "quarters"]
    changes = read_table(snakemake.input.changes)
    compared = compare_changes(compute_revisions(of_ons), changes, of_ons)
    write_table(compared, snakemake.output.compared)
