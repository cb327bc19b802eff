"""Estimate the change of level that coincides with each change of the recording rules."""

import pandas as pd

from crimeshare.measures.rule_effects import compute_rule_effects
from crimeshare.measures.rule_parts import compute_rule_parts
from crimeshare.parquet import read_table, write_table
from crimeshare.running import running

with running(snakemake):
    quarters = read_table(snakemake.input.quarters)
    changes = pd.read_csv(snakemake.input.recording_changes)
    asked = (quarters, changes, snakemake.params.offence_id, snakemake.params.level)
    write_table(compute_rule_effects(*asked), snakemake.output.rule_effects)
    write_table(compute_rule_parts(*asked), snakemake.output.rule_parts)
