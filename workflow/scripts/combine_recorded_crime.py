"""Put the recorded-crime figures of all releases into the clean tables."""

from pathlib import Path

from crimeshare.parquet import read_table, write_table
from crimeshare.running import running
from crimeshare.tables.combining import combine_population, combine_recorded_crime
from crimeshare.tables.notices import combine_area_notes

with running(snakemake):
    observations = read_table(*snakemake.input.observations)
    write_table(combine_recorded_crime(observations), snakemake.output.recorded_crime)
    write_table(combine_population(observations), snakemake.output.population)
    notes = combine_area_notes([*map(Path, snakemake.input.observations)])
    write_table(notes, snakemake.output.area_notes)
