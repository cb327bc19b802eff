"""Compute what the offence group is made of, and which of its codes moved it."""

from pathlib import Path

from crimeshare.measures.composition import compute_composition, read_joint_codes
from crimeshare.parquet import read_table, write_table
from crimeshare.running import running

with running(snakemake):
    composition = compute_composition(
        read_table(snakemake.input.quarters),
        read_joint_codes(Path(snakemake.input.joint_codes)),
        snakemake.params.offence_group,
    )
    write_table(composition, snakemake.output.composition)
