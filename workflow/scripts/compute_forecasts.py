"""Forecast the coming year of every area, with limits from the errors of earlier forecasts."""

import pandas as pd

from crimeshare.measures.forecasts import compute_forecasts
from crimeshare.measures.revision_intervals import kinds
from crimeshare.parquet import read_table, write_table
from crimeshare.running import running

COLUMNS = ["release_id", "period_end", "area_code", "offence_id", "code", "count", "excluded"]

with running(snakemake):
    write_table(
        compute_forecasts(
            read_table(snakemake.input.series, columns=COLUMNS),
            pd.read_csv(snakemake.input.recording_changes),
            read_table(snakemake.input.intervals),
            kinds(),
            snakemake.params.offence_ids,
            snakemake.params.level,
        ),
        snakemake.output.forecasts,
    )
