"""Report how many figures of each edition others vouch for."""

from pathlib import Path

from crimeshare.parquet import write_table
from crimeshare.running import running
from crimeshare.tables.checks import report_checks
from crimeshare.tables.observations import Observation, SurveyObservation, read_observations

with running(snakemake):
    checks, kinds = report_checks(
        [
            *(read_observations(Observation, Path(path)) for path in snakemake.input.recorded),
            *(
                read_observations(SurveyObservation, Path(path))
                for path in snakemake.input.surveyed
            ),
        ]
    )
    write_table(checks, snakemake.output.checks)
    write_table(kinds, snakemake.output.kinds)
