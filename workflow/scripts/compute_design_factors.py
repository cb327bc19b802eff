"""Read design factors off ONS's verdicts on changes, and put our verdicts beside them."""

import pandas as pd

from crimeshare.measures.prevalence import Assumptions
from crimeshare.measures.published_changes import (
    compare,
    compute_flag_agreement,
    estimate_design_factors,
)
from crimeshare.parquet import read_table, write_table
from crimeshare.running import running

with running(snakemake):
    compared = compare(read_table(snakemake.input.comparisons))
    restarts = Assumptions(pd.read_csv(snakemake.input.assumed_bases)).restarts
    factors = estimate_design_factors(compared, restarts, snakemake.params.level)
    agreement, disagreements = compute_flag_agreement(compared, factors)
    write_table(factors, snakemake.output.design_factors)
    write_table(agreement, snakemake.output.agreement)
    write_table(disagreements, snakemake.output.disagreements)
