"""Put recorded offences beside estimated victims, crime by crime and year by year."""

from pathlib import Path

import pandas as pd

from crimeshare.measures.beside_survey import compute_recorded_beside_survey
from crimeshare.measures.recorded import read_recording_changes
from crimeshare.measures.victims import surveyed_populations
from crimeshare.parquet import read_table, write_table
from crimeshare.reference import read_rows
from crimeshare.running import running

with running(snakemake):
    comparisons = read_table(snakemake.input.comparisons)
    pairs = read_rows(Path(snakemake.input.pairs))
    table = compute_recorded_beside_survey(
        read_table(snakemake.input.ratios),
        read_table(snakemake.input.prevalence),
        comparisons,
        surveyed_populations(comparisons),
        read_table(snakemake.input.offence_codes),
        {row["measure_id"]: row["codes"].split() for row in pairs},
        pd.read_csv(snakemake.input.breaks, parse_dates=["first_day"]),
        read_recording_changes(Path(snakemake.input.recording_changes)),
        level=snakemake.params.level,
    )
    write_table(table, snakemake.output.beside)
