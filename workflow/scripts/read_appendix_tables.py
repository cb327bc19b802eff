"""Turn a release of appendix tables, or its shipped figures, into observations and notices."""

from pathlib import Path

from crimeshare.problems import Problem
from crimeshare.running import replacing, running
from crimeshare.tables.appendix import check_appendix_arithmetic, read_appendix_release
from crimeshare.tables.survey_observations import (
    read_survey_observations,
    write_survey_observations,
)

with running(snakemake):
    origin = Path(snakemake.input.origin)
    corrections = Path(snakemake.input.corrections)
    release = snakemake.params.release
    if origin.suffix == ".parquet":
        observations, notices = read_survey_observations(origin)
        if {row.release_id for row in observations} != {release.release_id}:
            raise Problem(
                f"{origin} does not hold the figures of {release.release_id}; restore it from the "
                "repository or ship it again with `make figures`."
            )
        check_appendix_arithmetic(observations, release.release_id, corrections)
    else:
        observations, notices = read_appendix_release(
            origin, release.release_id, release.period_end, corrections
        )
    with replacing(snakemake.output.observations) as path:
        write_survey_observations(observations, notices, path)
