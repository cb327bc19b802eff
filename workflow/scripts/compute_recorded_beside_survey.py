"""Put recorded offences beside estimated victims: all stalking, and crime by crime."""

from pathlib import Path

import pandas as pd

from crimeshare.measures.beside_survey import compute_recorded_beside_survey
from crimeshare.measures.recorded import read_recording_changes
from crimeshare.measures.victims import compute_offences_per_victims, surveyed_populations
from crimeshare.parquet import read_table, write_table
from crimeshare.reference import read_rows
from crimeshare.running import running

with running(snakemake):
    level = snakemake.params.level
    prevalence = read_table(snakemake.input.prevalence)
    offence_codes = read_table(snakemake.input.offence_codes)
    comparisons = read_table(snakemake.input.comparisons)
    populations = surveyed_populations(comparisons)
    ratios = compute_offences_per_victims(prevalence, offence_codes, populations, level=level)
    write_table(ratios, snakemake.output.ratios)
    pairs = read_rows(Path(snakemake.input.pairs))
    table = compute_recorded_beside_survey(
        ratios,
        prevalence,
        comparisons,
        populations,
        offence_codes,
        {row["measure_id"]: row["codes"].split() for row in pairs},
        pd.read_csv(snakemake.input.breaks, parse_dates=["first_day"]),
        read_recording_changes(Path(snakemake.input.recording_changes)),
        level=level,
    )
    write_table(table, snakemake.output.beside)
