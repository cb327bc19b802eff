"""Find where the figures of a force moved to another level."""

import pandas as pd

from crimeshare.measures.level_shifts import compute_level_shifts
from crimeshare.parquet import read_table, write_table
from crimeshare.running import running

COLUMNS = ["release_id", "period_end", "area_code", "area_type", "offence_id", "code", "value"]

with running(snakemake):
    write_table(
        compute_level_shifts(
            read_table(snakemake.input.quarters, columns=COLUMNS),
            pd.read_csv(snakemake.input.recording_changes),
            snakemake.params.offence_ids,
            snakemake.params.level,
        ),
        snakemake.output.level_shifts,
    )
