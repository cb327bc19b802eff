"""Find where the figures of a force moved to another level."""

import pandas as pd

from crimeshare.measures.level_shifts import compute_level_shifts
from crimeshare.parquet import read_table, write_table
from crimeshare.running import running

with running(snakemake):
    write_table(
        compute_level_shifts(
            read_table(snakemake.input.quarters),
            pd.read_csv(snakemake.input.recording_changes),
            snakemake.params.offence_ids,
            snakemake.params.level,
        ),
        snakemake.output.level_shifts,
    )
