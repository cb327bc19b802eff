"""Read design factors off ONS's verdicts and standard errors, and put our verdicts beside ONS's."""

import pandas as pd

from crimeshare.measures.factors import factors_in_use, published_factors, restarts_of
from crimeshare.measures.published_changes import (
    compare,
    compute_flag_agreement,
    estimate_design_factors,
)
from crimeshare.parquet import read_table, write_table
from crimeshare.running import running

with running(snakemake):
    compared = compare(read_table(snakemake.input.comparisons))
    estimates = read_table(snakemake.input.estimates)
    restarts = restarts_of(pd.read_csv(snakemake.input.breaks, parse_dates=["first_day"]))
    factors = estimate_design_factors(compared, restarts, snakemake.params.level)
    used = factors_in_use(
        factors, published_factors(estimates, restarts), estimates["release_id"], restarts
    )
    agreement, disagreements = compute_flag_agreement(compared, factors, restarts)
    write_table(factors, snakemake.output.design_factors)
    write_table(used, snakemake.output.factors_in_use)
    write_table(agreement, snakemake.output.agreement)
    write_table(disagreements, snakemake.output.disagreements)
