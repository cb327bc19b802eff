"""Write what the explorer loads: each offence group and code, and the library that draws."""

from pathlib import Path

import pandas as pd

from crimeshare.publish.site.exploring import drawing_script, drawn, series_scripts
from crimeshare.running import replacing, running

with running(snakemake):
    folder = Path(snakemake.output.series)
    folder.mkdir(parents=True, exist_ok=True)
    scripts = series_scripts(
        pd.read_parquet(snakemake.input.series, columns=["offence_id", *drawn()]),
        pd.read_parquet(snakemake.input.codes),
        pd.read_parquet(snakemake.input.shifts),
    )
    for offence_id, script in scripts.items():
        with replacing(folder / f"{offence_id}.js") as path:
            path.write_text(script, encoding="utf-8")
    with replacing(Path(snakemake.output.library)) as path:
        path.write_text(drawing_script(), encoding="utf-8")
