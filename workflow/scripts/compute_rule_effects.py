"""Estimate the change of level that coincides with each change of the recording rules."""

import pandas as pd

from crimeshare.measures.rule_effects import compute_rule_effects
from crimeshare.measures.rule_parts import compute_rule_parts
from crimeshare.parquet import read_table, together, write_table
from crimeshare.running import running

COLUMNS = ["release_id", "period_end", "area_code", "area_type", "offence_id", "code", "value"]

with running(snakemake):
    quarters = read_table(snakemake.input.quarters, columns=COLUMNS)
    changes = pd.read_csv(snakemake.input.recording_changes)
    for compute, output in (
        (compute_rule_effects, snakemake.output.rule_effects),
        (compute_rule_parts, snakemake.output.rule_parts),
    ):
        write_table(
            together(
                compute(quarters, changes, offence_id, snakemake.params.level)
                for offence_id in snakemake.params.offence_ids
            ),
            output,
        )
