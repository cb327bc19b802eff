"""Judge the public statements of config/claims.yaml against every release at hand."""

from pathlib import Path

from crimeshare.measures.claims.audit import (
    claims_table,
    evidence_table,
    judge,
    read_later_vintages,
)
from crimeshare.measures.claims.recorded import Releases
from crimeshare.measures.claims.recorded_claims import RecordedAudit
from crimeshare.measures.claims.statements import known_periods, read_claims
from crimeshare.measures.claims.surveyed import SurveyAudit
from crimeshare.parquet import read_table, write_table
from crimeshare.running import replacing, running
from crimeshare.sources.registry import read_registry

with running(snakemake):
    tables = snakemake.input
    path = Path(tables.claims)
    registry = read_registry(Path(tables.registry))
    claims, refused = read_claims(path, known_periods(registry.values()))
    recorded = RecordedAudit(
        Releases(
            read_table(tables.recorded_crime),
            read_table(tables.shares),
            read_table(tables.changes),
            registry,
        ),
        read_later_vintages(Path(tables.later_vintages)),
        {claim.id: claim for claim in claims},
    )
    surveyed = SurveyAudit(
        read_table(tables.prevalence),
        read_table(tables.survey_estimates),
    )
    verdicts, unknown = judge(claims, recorded, surveyed)
    write_table(claims_table(claims, verdicts), snakemake.output.claims)
    write_table(evidence_table(claims, verdicts), snakemake.output.evidence)
    # A refusal fails the check that follows, not this step: the other verdicts are kept.
    refused += [f"{path}, {sentence}" for sentence in unknown]
    with replacing(snakemake.output.refused) as target:
        target.write_text("".join(f"{sentence}\n" for sentence in refused), encoding="utf-8")
