"""Fit the trend of each unbroken stretch of years of the survey."""

import pandas as pd

from crimeshare.measures.survey_trends import compute_survey_trends
from crimeshare.parquet import read_table, write_table
from crimeshare.running import running

with running(snakemake):
    trends = compute_survey_trends(
        read_table(snakemake.input.prevalence),
        pd.read_csv(snakemake.input.breaks, parse_dates=["first_day"]),
        snakemake.params.level,
    )
    write_table(trends, snakemake.output.trends)
