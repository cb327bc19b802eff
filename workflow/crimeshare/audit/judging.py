"""Any statement judged by one body of evidence."""

from __future__ import annotations

from collections.abc import Sequence

from crimeshare.audit.evidence import Evidence, known_periods
from crimeshare.audit.recorded_claims import RecordedAudit
from crimeshare.audit.recorded_evidence import Releases
from crimeshare.audit.statements import AnyClaim, Comparison, Proportion, Vocabulary
from crimeshare.audit.survey_claims import SurveyAudit
from crimeshare.audit.verdicts import Verdict


class Auditor:
    """Judges claims of any kind by one body of evidence."""

    def __init__(self, evidence: Evidence, claims: Sequence[AnyClaim]) -> None:
        """Take the evidence, and the claims that may name each other's counts."""
        by_id = {claim.id: claim for claim in claims}
        self._recorded = RecordedAudit(Releases(evidence), evidence.areas, by_id)
        self._surveyed = SurveyAudit(evidence)

    def judge(self, claim: AnyClaim) -> Verdict:
        """The verdict on one claim.

        Raises:
            Problem: it asks for what there cannot be.
        """
        if isinstance(claim, Proportion | Comparison):
            return self._surveyed.judge(claim)
        return self._recorded.judge(claim)


def vocabulary(evidence: Evidence) -> Vocabulary:
    """What names in a statement may mean."""
    return Vocabulary(evidence.areas, known_periods(evidence))
