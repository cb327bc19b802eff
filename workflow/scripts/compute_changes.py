"""Compute year-on-year changes, mark those that a change of recording runs through or refutes."""

from pathlib import Path

from crimeshare.measures.recorded import compute_changes, read_recording_changes
from crimeshare.measures.refuted_changes import find_refuted_changes, without_refuted
from crimeshare.parquet import read_table, write_table
from crimeshare.running import running

with running(snakemake):
    recorded = read_table(snakemake.input.recorded_crime)
    recording_changes = read_recording_changes(Path(snakemake.input.recording_changes))
    changes = compute_changes(recorded, recording_changes)
    refuted = find_refuted_changes(changes, recorded, read_table(snakemake.input.open_data_years))
    write_table(without_refuted(changes, refuted), snakemake.output.changes)
    write_table(refuted, snakemake.output.refuted)
