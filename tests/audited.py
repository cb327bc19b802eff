"""The audit of the project's own claims, on the shipped figures, for tests of its page."""

from __future__ import annotations

from pathlib import Path

from crimeshare.audit.audit import compute_claims
from crimeshare.audit.evidence import read_shipped
from crimeshare.parquet import write_table


def write_audit(folder: Path, root: Path) -> None:
    """Write the tables of the audit where a build in ``folder`` has them.

    Args:
        folder: the build.
        root: the project, with its claims, its registry and its shipped figures.
    """
    audit = compute_claims(root / "config" / "claims.yaml", read_shipped(root))
    assert audit.refused == []
    write_table(audit.claims, folder / "results" / "estimates" / "claims.parquet")
    write_table(audit.evidence, folder / "results" / "estimates" / "claim_evidence.parquet")
