"""Turn the Home Office's open data, or its shipped figures, into quarterly figures."""

import shutil
from pathlib import Path

from crimeshare.problems import Problem
from crimeshare.running import replacing, running
from crimeshare.tables.quarter_figures import read_quarter_figures, write_quarter_figures
from crimeshare.tables.recorded_quarters import read_recorded_quarters

with running(snakemake):
    origin, release_id = Path(snakemake.input.origin), snakemake.wildcards.release_id
    if origin.suffix == ".parquet":
        held = set(read_quarter_figures(origin)["release_id"].unique().to_pylist())
        if held != {release_id}:
            raise Problem(
                f"{origin} does not hold the figures of {release_id}; restore it from the "
                "repository or ship it again."
            )
        with replacing(snakemake.output.observations) as path:
            shutil.copyfile(origin, path)
    else:
        with replacing(snakemake.output.observations) as path:
            write_quarter_figures(read_recorded_quarters(origin, release_id), path)
