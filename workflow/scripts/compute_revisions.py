"""Compute how far later releases moved what earlier ones published, and how far more may."""

from crimeshare.measures.revision_intervals import (
    compute_revision_intervals,
    compute_revision_test,
    kinds,
)
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
    write_table(revisions, snakemake.output.revisions)
    whole = find_whole_revisions(revisions)
    write_table(whole, snakemake.output.whole)
    write_table(summarise_revisions(whole), snakemake.output.sizes)
    groups = ["total", *snakemake.params.offence_ids]
    revisions = revisions[revisions["offence_id"].isin(groups)].reset_index(drop=True)
    for compute, output in (
        (compute_revision_intervals, snakemake.output.intervals),
        (compute_revision_test, snakemake.output.test),
    ):
        write_table(compute(revisions, kinds(), groups, snakemake.params.level), output)
    del revisions, whole
    of_ons = vintages[vintages["known_from"] != "quarters"]
    changes = read_table(snakemake.input.changes)
    compared = compare_changes(compute_revisions(of_ons), changes, of_ons)
    write_table(compared, snakemake.output.compared)
