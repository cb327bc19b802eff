"""Test every change between two years of the survey."""

import pandas as pd

from crimeshare.measures.factors import restarts_of
from crimeshare.measures.prevalence import compute_survey_changes
from crimeshare.measures.published_changes import compare, retest_changes
from crimeshare.parquet import read_table, write_table
from crimeshare.running import running

with running(snakemake):
    level = snakemake.params.level
    breaks = pd.read_csv(snakemake.input.breaks, parse_dates=["first_day"])
    changes = retest_changes(
        compare(read_table(snakemake.input.comparisons)),
        read_table(snakemake.input.factors_in_use),
        restarts_of(breaks),
        level,
    )
    survey_changes = compute_survey_changes(
        changes,
        read_table(snakemake.input.prevalence),
        read_table(snakemake.input.estimates),
        breaks,
        level,
    )
    write_table(survey_changes, snakemake.output.survey_changes)
