"""Why the year's own edition does not settle a statement on recorded crime, and what would."""

from __future__ import annotations

from datetime import timedelta

from crimeshare.audit.naming import release_name
from crimeshare.audit.offence_codes import joint_until, offence_codes
from crimeshare.audit.questions import Question
from crimeshare.audit.recorded_evidence import Releases
from crimeshare.audit.statements import (
    Change,
)
from crimeshare.audit.verdicts import Reason
from crimeshare.reference import NATION, fraud_totals
from crimeshare.sources.datasets import APPENDIX, FORCE_AREAS


def say_missing(releases: Releases, question: Question, reason: Reason) -> str:
    """Say why the year's own edition does not settle it; returns what would."""
    claim = question.claim
    day = claim.period
    area, offence = claim.area.area_code, claim.offence.offence_id
    if marked := releases.marked(area, offence, day, question.measure):
        name = release_name(releases.registry[marked.release_id])
        reason.say("first_marked", name=name, marker=marked.note)
        return ""
    if offence in offence_codes():
        return _say_missing_code(releases, question, reason)
    earlier = claim.previous if isinstance(claim, Change) else claim.since
    held = any(
        releases.own_period(r) == day and releases.registry[r].reader == FORCE_AREAS
        for r in releases.held
    )
    if held and earlier:
        day = earlier
    elif held:
        reason.say("no_such_number", day=day)
        return ""
    missing = releases.settling(day)
    if not missing:
        reason.say("no_edition", day=day, appendix=False)
        return ""
    name = release_name(releases.registry[missing[-1]])
    reason.say("no_first_issue", name=name)
    return name


def _say_missing_code(releases: Releases, question: Question, reason: Reason) -> str:
    """Say why no first issue settles a statement on an offence code; returns what would."""
    claim = question.claim
    offence, day = claim.offence.offence_id, claim.period
    joint = joint_until(offence)
    if joint and not question.found:
        reason.say("joint", day=joint[0] - timedelta(days=1), others=joint[1])
        return ""
    if claim.area.area_code != NATION and offence in dict(fraud_totals().values()):
        reason.say("no_fraud_by_area")
        return ""
    if claim.area.area_code != NATION:
        reason.say("no_codes_by_area")
        return ""
    missing = [
        release
        for release in releases.registry.values()
        if release.reader == APPENDIX
        and release.period_end == day
        and release.release_id not in releases.held
    ]
    if not missing:
        reason.say("no_edition", day=day, appendix=True)
        return ""
    name = release_name(missing[-1])
    reason.say("no_first_issue", name=name)
    return name
