"""Turn one release's workbook, or its shipped figures, into observations, and check them."""

import json
import shutil
from pathlib import Path

from crimeshare.running import replacing, running
from crimeshare.tables.reading import check_shipped, read_release

with running(snakemake):
    origin, corrections = Path(snakemake.input.origin), Path(snakemake.input.corrections)
    release = snakemake.params.release
    with replacing(snakemake.output.observations) as path:
        if origin.suffix == ".parquet":
            report = check_shipped(origin, release, corrections)
            shutil.copyfile(origin, path)
        else:
            reading = read_release(origin, release, corrections)
            report = reading.report
            reading.write(path)
    with replacing(snakemake.output.report) as path:
        path.write_text(json.dumps(report) + "\n", encoding="utf-8")
