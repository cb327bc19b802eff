"""The audit of the project's own claims, on the shipped figures, for tests of its page."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from crimeshare.audit.audit import compute_claims
from crimeshare.audit.open_data import OpenData
from crimeshare.audit.recorded import Releases
from crimeshare.audit.surveyed import SurveyAudit
from crimeshare.measures.recorded import read_recording_changes
from crimeshare.parquet import read_table, write_table
from crimeshare.publish.subjects.surveyed import TABLES
from crimeshare.sources.registry import read_registry
from tests.quarterly import shipped


def write_audit(
    folder: Path, root: Path, recorded: pd.DataFrame, shares: pd.DataFrame, changes: pd.DataFrame
) -> None:
    """Write the tables of the audit, and the claims judged, where a build in ``folder`` has them.

    Args:
        folder: the build, with the survey's tables.
        root: the project, with its claims, its registry and its shipped figures.
        recorded, shares, changes: tables of recorded crime.
    """
    reference = root / "resources" / "reference"
    surveyed = SurveyAudit(
        *(read_table(folder / TABLES[name]) for name in ("prevalence", "estimates"))
    )
    registry = read_registry(root / "config" / "releases.csv")
    audit = compute_claims(
        root / "config" / "claims.yaml",
        Releases(
            recorded,
            shares,
            changes,
            registry,
            read_recording_changes(reference / "recording_changes.csv"),
        ),
        surveyed,
        OpenData(shipped(root), registry),
    )
    assert audit.refused == []
    write_table(audit.claims, folder / "results" / "estimates" / "claims.parquet")
    write_table(audit.evidence, folder / "results" / "estimates" / "claim_evidence.parquet")
