"""Compute how far later releases moved what earlier ones published."""

from crimeshare.measures.revisions import (
    compute_revisions,
    find_flipped_changes,
    summarise_revisions,
)
from crimeshare.parquet import read_table, write_table
from crimeshare.running import running

with running(snakemake):
    changes = read_table(snakemake.input.changes)
    offence_codes = read_table(snakemake.input.offence_codes)
    revisions = compute_revisions(
        read_table(snakemake.input.recorded_crime),
        changes,
        offence_codes,
    )
    write_table(revisions, snakemake.output.revisions)
    write_table(summarise_revisions(revisions), snakemake.output.sizes)
    write_table(find_flipped_changes(revisions, changes, offence_codes), snakemake.output.flipped)
