"""Test every change between two years of the survey."""

import pandas as pd

from crimeshare.measures.prevalence import compute_survey_changes
from crimeshare.measures.published_changes import compare, retest_changes
from crimeshare.parquet import read_table, write_table
from crimeshare.running import running

with running(snakemake):
    level = snakemake.params.level
    changes = retest_changes(
        compare(read_table(snakemake.input.comparisons)),
        read_table(snakemake.input.design_factors),
        level,
    )
    survey_changes = compute_survey_changes(
        changes,
        read_table(snakemake.input.prevalence),
        read_table(snakemake.input.estimates),
        pd.read_csv(snakemake.input.breaks, parse_dates=["first_day"]),
        level,
    )
    write_table(survey_changes, snakemake.output.survey_changes)
