"""The audit of the project's own claims, on the shipped figures, for tests of its page."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd

from crimeshare.measures.claims.audit import compute_claims
from crimeshare.measures.claims.recorded import Releases
from crimeshare.measures.claims.surveyed import SurveyAudit
from crimeshare.measures.prevalence import Assumptions, compute_prevalence
from crimeshare.measures.published_changes import compare, estimate_design_factors
from crimeshare.parquet import write_table
from crimeshare.sources.registry import read_registry
from crimeshare.tables.survey_combining import (
    combine_survey_comparisons,
    combine_survey_estimates,
    read_gathered_estimates,
    to_frame,
)
from crimeshare.tables.survey_observations import read_survey_observations


def write_audit(
    folder: Path, root: Path, recorded: pd.DataFrame, shares: pd.DataFrame, changes: pd.DataFrame
) -> None:
    """Write the tables of the audit, and the claims judged, where a build in ``folder`` has them.

    Args:
        folder: the build.
        root: the project, with its claims, its registry and its shipped figures.
        recorded, shares, changes: tables of recorded crime.
    """
    reference = root / "resources" / "reference"
    surveyed = SurveyAudit(*_survey(root / "resources" / "figures", reference))
    registry = read_registry(root / "config" / "releases.csv")
    audit = compute_claims(
        root / "config" / "claims.yaml",
        Releases(recorded, shares, changes, registry),
        surveyed,
        reference / "later_vintages.csv",
    )
    assert audit.refused == []
    write_table(audit.claims, folder / "results" / "estimates" / "claims.parquet")
    write_table(audit.evidence, folder / "results" / "estimates" / "claim_evidence.parquet")
    (folder / "config").mkdir(exist_ok=True)
    shutil.copy(root / "config" / "claims.yaml", folder / "config" / "claims.yaml")


def _survey(figures: Path, reference: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Prevalence with its intervals, and the estimates it is of."""
    appendix = sorted(figures.glob("appendix-*.parquet"))
    observations = to_frame([row for path in appendix for row in read_survey_observations(path)[0]])
    estimates = pd.concat(
        [
            combine_survey_estimates(observations),
            read_gathered_estimates(reference / "stalking_prevalence.csv"),
        ],
        ignore_index=True,
    )
    factors = estimate_design_factors(compare(combine_survey_comparisons(observations)))
    assumptions = Assumptions(pd.read_csv(reference / "assumed_bases.csv"))
    return compute_prevalence(estimates, factors, assumptions), estimates
