"""Give the survey's proportions their intervals, test their changes and fit their trends."""

import pandas as pd

from crimeshare.measures.assumed_bases import Assumptions
from crimeshare.measures.factors import restarts_of
from crimeshare.measures.prevalence import compute_prevalence, compute_survey_changes
from crimeshare.measures.published_changes import compare, retest_changes
from crimeshare.measures.survey_trends import compute_survey_trends
from crimeshare.parquet import read_table, write_table
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
    compared = compare(read_table(snakemake.input.comparisons))
    changes = retest_changes(compared, factors, restarts, level)
    survey_changes = compute_survey_changes(changes, prevalence, estimates, breaks, level)
    write_table(survey_changes, snakemake.output.survey_changes)
    write_table(compute_survey_trends(prevalence, breaks, level), snakemake.output.trends)
