"""Give every published proportion its interval, and say what the interval rests on."""

import pandas as pd

from crimeshare.measures.prevalence import Assumptions, compute_prevalence
from crimeshare.parquet import read_table, write_table
from crimeshare.running import running

with running(snakemake):
    prevalence = compute_prevalence(
        read_table(snakemake.input.estimates),
        read_table(snakemake.input.design_factors),
        Assumptions(pd.read_csv(snakemake.input.assumed_bases)),
        snakemake.params.level,
    )
    write_table(prevalence, snakemake.output.prevalence)
