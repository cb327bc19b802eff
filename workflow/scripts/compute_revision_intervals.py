"""Compute how far figures will probably be revised, and try it on other releases."""

from crimeshare.measures.revision_intervals import (
    compute_revision_intervals,
    compute_revision_test,
    kinds,
)
from crimeshare.parquet import read_table, write_table
from crimeshare.running import running

COLUMNS = [
    *("area_code", "offence_id", "period_end", "release_id", "previous_release_id"),
    *("value", "previous_value"),
]

with running(snakemake):
    groups = ["total", *snakemake.params.offence_ids]
    revisions = read_table(snakemake.input.revisions, columns=COLUMNS, offence_id=groups)
    for compute, output in (
        (compute_revision_intervals, snakemake.output.intervals),
        (compute_revision_test, snakemake.output.test),
    ):
        write_table(compute(revisions, kinds(), groups, snakemake.params.level), output)
