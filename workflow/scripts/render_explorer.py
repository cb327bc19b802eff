"""Write what the explorer loads: each offence group and code, and the library that draws."""

from pathlib import Path

import pandas as pd

from crimeshare.publish.site.exploring import drawing_script, drawn, series_scripts
from crimeshare.running import running, write_file

with running(snakemake):
    folder = Path(snakemake.output.series)
    folder.mkdir(parents=True, exist_ok=True)
    scripts = series_scripts(
        pd.read_parquet(snakemake.input.series, columns=["offence_id", *drawn()]),
        pd.read_parquet(snakemake.input.codes),
        pd.read_parquet(snakemake.input.shifts),
    )
    for offence_id, script in scripts.items():
        write_file(folder / f"{offence_id}.js", script)
    write_file(snakemake.output.library, drawing_script())
