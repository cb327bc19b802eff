"""Judge the public statements of config/claims.yaml against every release at hand."""

from pathlib import Path

from crimeshare.audit.audit import compute_claims
from crimeshare.audit.open_data import OpenData
from crimeshare.audit.recorded import Releases
from crimeshare.audit.surveyed import SurveyAudit
from crimeshare.measures.recorded import read_recording_changes
from crimeshare.parquet import read_table, write_table
from crimeshare.running import replacing, running
from crimeshare.sources.registry import read_registry

with running(snakemake):
    given = snakemake.input
    registry = read_registry(Path(given.registry))
    audit = compute_claims(
        Path(given.claims),
        Releases(
            read_table(given.recorded_crime),
            read_table(given.shares),
            read_table(given.changes),
            registry,
            read_recording_changes(Path(given.recording_changes)),
        ),
        SurveyAudit(read_table(given.prevalence), read_table(given.survey_estimates)),
        OpenData(read_table(given.recorded_quarters), registry),
    )
    write_table(audit.claims, snakemake.output.claims)
    write_table(audit.evidence, snakemake.output.evidence)
    # A refusal fails the check that follows, not this step: the other verdicts are kept.
    with replacing(snakemake.output.refused) as target:
        text = "".join(f"{sentence}\n" for sentence in audit.refused)
        target.write_text(text, encoding="utf-8")
