"""Estimate the change of level that coincides with each change of the recording rules."""

import pandas as pd

from crimeshare.measures.rule_effects import compute_rule_effects
from crimeshare.parquet import read_table, write_table
from crimeshare.running import running

with running(snakemake):
    write_table(
        compute_rule_effects(
            read_table(snakemake.input.quarters),
            pd.read_csv(snakemake.input.recording_changes),
            snakemake.params.offence_id,
            snakemake.params.level,
        ),
        snakemake.output.rule_effects,
    )
