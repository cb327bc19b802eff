"""Judge the public statements of config/claims.yaml by every release."""

from pathlib import Path

from crimeshare.audit.audit import compute_claims
from crimeshare.audit.evidence import open_evidence
from crimeshare.parquet import write_table
from crimeshare.running import replacing, running

with running(snakemake):
    audit = compute_claims(Path(snakemake.input.claims), open_evidence(Path()))
    write_table(audit.claims, snakemake.output.claims)
    write_table(audit.evidence, snakemake.output.evidence)
    # A refusal fails the check that follows, not this step: the other verdicts are kept.
    with replacing(snakemake.output.refused) as target:
        text = "".join(f"{sentence}\n" for sentence in audit.refused)
        target.write_text(text, encoding="utf-8")
