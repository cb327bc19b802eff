"""Set the shares of partnerships beside control limits for areas of their size."""

from crimeshare.measures.small_areas import compute_small_areas
from crimeshare.parquet import read_table, together, write_table
from crimeshare.reference import PARTNERSHIPS, read_rows
from crimeshare.running import running

with running(snakemake):
    forces = {row["partnership_code"]: row["area_code"] for row in read_rows(PARTNERSHIPS)}
    recorded = read_table(snakemake.input.recorded_crime)
    write_table(
        together(
            compute_small_areas(recorded, forces, offence_id)
            for offence_id in snakemake.params.offence_ids
        ),
        snakemake.output.small_areas,
    )
