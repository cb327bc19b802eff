"""Set the shares of partnerships beside control limits for areas of their size."""

from crimeshare.measures.small_areas import compute_small_areas
from crimeshare.parquet import read_table, write_table
from crimeshare.reference import PARTNERSHIPS, read_rows
from crimeshare.running import running

with running(snakemake):
    forces = {row["partnership_code"]: row["area_code"] for row in read_rows(PARTNERSHIPS)}
    write_table(
        compute_small_areas(
            read_table(snakemake.input.recorded_crime), forces, snakemake.params.offence_id
        ),
        snakemake.output.small_areas,
    )
