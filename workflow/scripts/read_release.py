"""Turn the workbook of a release into observations, and check them."""

from pathlib import Path

from crimeshare.running import replacing, running, write_file
from crimeshare.tables.reading import as_json, read_release

with running(snakemake):
    workbook, corrections = Path(snakemake.input.workbook), Path(snakemake.input.corrections)
    reading = read_release(workbook, snakemake.params.release, corrections)
    with replacing(snakemake.output.observations) as path:
        reading.write(path)
    write_file(snakemake.output.report, as_json(reading.report))
