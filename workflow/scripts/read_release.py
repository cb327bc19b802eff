"""Turn one release's workbook, or its shipped figures, into observations."""

from pathlib import Path

from crimeshare.problems import Problem
from crimeshare.running import replacing, running
from crimeshare.tables.observations import read_observations, write_observations
from crimeshare.tables.reading import check_arithmetic, read_release

with running(snakemake):
    origin = Path(snakemake.input.origin)
    corrections = Path(snakemake.input.corrections)
    release = snakemake.params.release
    if origin.suffix == ".parquet":
        observations = read_observations(origin)
        if {row.release_id for row in observations} != {release.release_id}:
            raise Problem(
                f"{origin} does not hold the figures of {release.release_id}; restore it from the "
                "repository or ship it again with `make figures`."
            )
        check_arithmetic(observations, release.release_id, corrections)
    else:
        observations = read_release(origin, release.release_id, release.period_end, corrections)
    with replacing(snakemake.output.observations) as path:
        write_observations(observations, path)
