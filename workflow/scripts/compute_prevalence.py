"""Give every published proportion its interval, and say what the interval rests on."""

import pandas as pd

from crimeshare.measures.assumed_bases import Assumptions
from crimeshare.measures.factors import restarts_of
from crimeshare.measures.prevalence import compute_prevalence
from crimeshare.parquet import read_table, write_table
from crimeshare.running import running

with running(snakemake):
    estimates = read_table(snakemake.input.estimates)
    prevalence = compute_prevalence(
        estimates,
        read_table(snakemake.input.factors_in_use),
        Assumptions(
            pd.read_csv(snakemake.input.assumed_bases),
            pd.read_csv(snakemake.input.module_bases),
            estimates,
        ),
        restarts_of(pd.read_csv(snakemake.input.breaks, parse_dates=["first_day"])),
        snakemake.params.level,
    )
    write_table(prevalence, snakemake.output.prevalence)
