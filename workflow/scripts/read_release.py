"""Turn one release's workbook, or its shipped figures, into observations."""

import shutil
from pathlib import Path

from crimeshare.running import replacing, running
from crimeshare.tables.reading import check_shipped, read_release

with running(snakemake):
    origin, corrections = Path(snakemake.input.origin), Path(snakemake.input.corrections)
    release = snakemake.params.release
    with replacing(snakemake.output.observations) as path:
        if origin.suffix == ".parquet":
            check_shipped(origin, release, corrections)
            shutil.copyfile(origin, path)
        else:
            read_release(origin, release, corrections).write(path)
