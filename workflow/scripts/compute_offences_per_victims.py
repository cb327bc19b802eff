"""Put recorded offences beside estimated victims, in the years that both sources have."""

from crimeshare.measures.victims import compute_offences_per_victims, surveyed_populations
from crimeshare.parquet import read_table, write_table
from crimeshare.running import running

with running(snakemake):
    table = compute_offences_per_victims(
        read_table(snakemake.input.prevalence),
        read_table(snakemake.input.offence_codes),
        surveyed_populations(read_table(snakemake.input.comparisons)),
        level=snakemake.params.level,
    )
    write_table(table, snakemake.output.ratios)
