"""Give the survey's proportions their intervals, changes and trends, and recorded crime beside."""

from pathlib import Path

import pandas as pd

from crimeshare.measures.assumed_bases import Assumptions
from crimeshare.measures.beside_survey import compute_recorded_beside_survey
from crimeshare.measures.factors import restarts_of
from crimeshare.measures.prevalence import compute_prevalence, compute_survey_changes
from crimeshare.measures.published_changes import compare, retest_changes
from crimeshare.measures.recorded import read_recording_changes
from crimeshare.measures.survey_trends import compute_survey_trends
from crimeshare.measures.victims import compute_offences_per_victims, surveyed_populations
from crimeshare.parquet import read_table, write_table
from crimeshare.reference import read_rows
from crimeshare.running import running

with running(snakemake):
    level = snakemake.params.level
    breaks = pd.read_csv(snakemake.input.breaks, parse_dates=["first_day"])
    restarts = restarts_of(breaks)
    estimates = read_table(snakemake.input.estimates)
    factors = read_table(snakemake.input.factors_in_use)
    assumptions = Assumptions(
        pd.read_csv(snakemake.input.assumed_bases),
        pd.read_csv(snakemake.input.module_bases),
        estimates,
    )
    prevalence = compute_prevalence(estimates, factors, assumptions, restarts, level)
    write_table(prevalence, snakemake.output.prevalence)
    comparisons = read_table(snakemake.input.comparisons)
    compared = compare(comparisons)
    changes = retest_changes(compared, factors, restarts, level)
    survey_changes = compute_survey_changes(changes, prevalence, estimates, breaks, level)
    write_table(survey_changes, snakemake.output.survey_changes)
    write_table(compute_survey_trends(prevalence, breaks, level), snakemake.output.trends)
    offence_codes = read_table(snakemake.input.offence_codes)
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
        breaks,
        read_recording_changes(Path(snakemake.input.recording_changes)),
        level=level,
    )
    write_table(table, snakemake.output.beside)
