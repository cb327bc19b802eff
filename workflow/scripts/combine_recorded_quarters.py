"""Put the quarterly figures of all releases into one clean table."""

from pathlib import Path

from crimeshare.parquet import write_table
from crimeshare.running import running
from crimeshare.tables.combining import combine_recorded_quarters
from crimeshare.tables.observations import QuarterFigure, read_arrow

with running(snakemake):
    figures = [read_arrow(QuarterFigure, Path(path)) for path in snakemake.input.figures]
    write_table(combine_recorded_quarters(figures), snakemake.output.quarters)
