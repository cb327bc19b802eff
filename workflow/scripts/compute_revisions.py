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
    recorded = read_table(snakemake.input.recorded_crime)
    changes = read_table(snakemake.input.changes)
    offence_codes = read_table(snakemake.input.offence_codes)
    revisions = compute_revisions(
        recorded, changes, offence_codes, read_table(snakemake.input.open_data_years)
    )
    whole = find_whole_revisions(revisions)
    of_ons = compute_revisions(recorded, changes, offence_codes)
    compared = compare_changes(of_ons, changes, offence_codes)
    write_table(revisions, snakemake.output.revisions)
    write_table(whole, snakemake.output.whole)
    write_table(summarise_revisions(whole), snakemake.output.sizes)
    write_table(compared, snakemake.output.compared)
