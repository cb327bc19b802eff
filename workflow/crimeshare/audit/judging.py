"""Any statement judged by one body of evidence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from crimeshare.audit.claim_keys import Vocabulary
from crimeshare.audit.lookup import offence_codes
from crimeshare.audit.recorded_claims import RecordedAudit
from crimeshare.audit.recorded_evidence import Releases
from crimeshare.audit.statements import AnyClaim, SurveyClaim
from crimeshare.audit.survey_claims import SurveyAudit
from crimeshare.audit.verdicts import NOT_CHECKABLE, Reason, Verdict
from crimeshare.audit.words import NotRecorded, not_recorded
from crimeshare.reference import offences

if TYPE_CHECKING:
    from crimeshare.audit.evidence import Evidence


class Auditor:
    """Judges claims of any kind by one body of evidence."""

    def __init__(self, evidence: Evidence, claims: Sequence[AnyClaim]) -> None:
        by_id = {claim.id: claim for claim in claims}
        self._recorded = RecordedAudit(Releases(evidence), evidence.areas, by_id)
        self._surveyed = SurveyAudit(evidence)

    def judge(self, claim: AnyClaim) -> Verdict:
        """The verdict on one claim.

        Raises:
            Problem: it asks for what there cannot be.
        """
        if isinstance(claim, SurveyClaim):
            verdict = self._surveyed.judge(claim)
        elif other := not_recorded().get(claim.offence.offence_id):
            verdict = _of_no_group(other)
        else:
            verdict = self._recorded.judge(claim)
        for reading in claim.readings:
            verdict.reason.say("reading", reading=reading)
        return verdict


def _of_no_group(other: NotRecorded) -> Verdict:
    named = offences() | offence_codes()
    nearest = " or ".join(named[near].name for near in other.nearest)
    reason = Reason()
    reason.say("no_group", other=other, nearest=nearest)
    return Verdict(NOT_CHECKABLE, reason, (), other.publisher)


def vocabulary(evidence: Evidence, published: date | None = None) -> Vocabulary:
    """What names in a statement may mean, said on a day if that is known."""
    return Vocabulary(evidence.areas, evidence.periods, published)
