"""Put the survey's figures of all releases, and those transcribed, into clean tables."""

from pathlib import Path

from crimeshare.parquet import read_table, write_table
from crimeshare.running import running
from crimeshare.tables.combining import (
    combine_notices,
    combine_recorded_offence_codes,
    combine_survey_comparisons,
    combine_survey_estimates,
    gather_survey_estimates,
    read_transcribed_estimates,
    to_frame,
)
from crimeshare.tables.observations import (
    Notice,
    SurveyObservation,
    read_notices,
    read_observations,
)

with running(snakemake):
    observations, notices = [], []
    for path in map(Path, snakemake.input.observations):
        observations += read_observations(SurveyObservation, path)
        notices += read_notices(path, Notice)
    table = to_frame(observations)
    estimates = gather_survey_estimates(
        combine_survey_estimates(table),
        [read_table(path) for path in snakemake.input.taken_in],
        read_transcribed_estimates(Path(snakemake.input.transcribed)),
    )
    write_table(estimates, snakemake.output.estimates)
    write_table(combine_survey_comparisons(table), snakemake.output.comparisons)
    write_table(combine_recorded_offence_codes(table), snakemake.output.offence_codes)
    write_table(combine_notices(notices), snakemake.output.notices)
