"""Compute what each offence group is made of, and which of its codes moved it."""

from pathlib import Path

from crimeshare.measures.composition import compute_composition, read_joint_codes
from crimeshare.measures.years import NEEDED
from crimeshare.parquet import read_table, write_parts
from crimeshare.running import running

with running(snakemake):
    quarters = read_table(snakemake.input.quarters, columns=NEEDED)
    joint = read_joint_codes(Path(snakemake.input.joint_codes))
    write_parts(
        (
            compute_composition(quarters, joint, offence_id)
            for offence_id in snakemake.params.offence_ids
        ),
        snakemake.output.composition,
    )
