"""What of a statement was judged, as text."""

from __future__ import annotations

from crimeshare.audit.statements import AnyClaim, RecordedClaim, SurveyClaim
from crimeshare.periods import in_words
from crimeshare.reference import offences
from crimeshare.survey_words import measure, who


def asserted(claim: AnyClaim) -> str:
    """The one thing that an entry asserts: ``count 9,013: Stalking and harassment, Gwent, ...``."""
    return f"{_said(claim)}: {', '.join(_about(claim))}, {in_words(claim.period)}{_beside(claim)}"


def subject(claim: AnyClaim) -> str:
    """What it is about: id of an offence group, `total`, or a measure of the survey."""
    if isinstance(claim, SurveyClaim):
        return claim.measure
    offence = claim.offence
    return offence.offence_id if offence.offence_id in offences() else offence.parent_id


def _said(claim: AnyClaim) -> str:
    words = str(claim.value.text)
    if isinstance(claim, SurveyClaim) and claim.than:
        group, than = (who(side.sex, side.age) for side in (claim.group, claim.than))
        return f"{group}, {words} {'as' if ' as ' in words else 'than'} {than}"
    if claim.quantity == "record":
        return words
    which = ""
    if isinstance(claim, RecordedClaim) and claim.quantity == "rank" and not claim.value.ordered:
        which = f" (classification {claim.classification})"
    return f"{claim.quantity} {words}{which}"


def _about(claim: AnyClaim) -> list[str]:
    if isinstance(claim, SurveyClaim):
        whom = [] if claim.than else [who(claim.group.sex, claim.group.age)]
        return [measure(claim.measure), *whom]
    area, offence = claim.area.area_name, claim.offence.name
    if claim.quantity == "total":
        return [area]
    if claim.quantity == "share_of_nation":
        return [offence, area, *([f"of {claim.of.area_name}"] if claim.of else [])]
    return [offence, *([f"of {claim.of.name}"] if claim.of else []), area]


def _beside(claim: AnyClaim) -> str:
    if claim.since and claim.quantity == "record":
        return f", since the {in_words(claim.since)}"
    if claim.since:
        return f", compared with the {in_words(claim.since)}"
    if isinstance(claim, SurveyClaim) or not claim.than or claim.quantity == "record":
        return ""
    return f", compared with {claim.than.area_name}"
