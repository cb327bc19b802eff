"""Write what the audit knows of every release, as small files that plain Python reads."""

from pathlib import Path

from crimeshare.measures import compact
from crimeshare.measures.recorded import read_recording_changes
from crimeshare.measures.series import read_populations, residents_of
from crimeshare.measures.years import NEEDED
from crimeshare.parquet import read_table
from crimeshare.running import running

with running(snakemake):
    vintages = read_table(snakemake.input.vintages)
    editions = compact.compact_editions(
        vintages,
        read_table(snakemake.input.recorded_crime),
        read_table(snakemake.input.offence_codes),
    )
    quarters = read_table(snakemake.input.quarters, columns=NEEDED)
    residents = residents_of(
        read_table(snakemake.input.population),
        read_populations(Path(snakemake.input.populations)),
    )
    survey = compact.compact_survey(
        read_table(snakemake.input.prevalence), read_table(snakemake.input.survey_estimates)
    )
    evidence = {
        "editions": editions,
        "quarters": compact.compact_quarters(vintages, quarters),
        "codes": compact.compact_codes(vintages, quarters),
        "alike": compact.compact_alike(
            quarters, read_recording_changes(Path(snakemake.input.recording_changes))
        ),
        "residents": compact.compact_residents(residents),
        "survey": survey,
    }
    compact.write_evidence(evidence, Path(snakemake.output[0]).parent)
