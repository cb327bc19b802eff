"""What of a statement was judged, as text."""

from __future__ import annotations

from crimeshare.audit.statements import (
    AnyClaim,
    Comparison,
    Proportion,
    Rank,
    Record,
    Recorded,
    Share,
    ShareOfNation,
    Total,
)
from crimeshare.periods import in_words
from crimeshare.reference import offences
from crimeshare.survey_words import measure, who


def asserted(claim: AnyClaim) -> str:
    """The one thing that an entry asserts: ``count 9,013: Stalking and harassment, Gwent, ...``."""
    return f"{_said(claim)}: {', '.join(_about(claim))}, {in_words(claim.period)}{_beside(claim)}"


def subject(claim: AnyClaim) -> str:
    """What it is about: id of an offence group, `total`, or a measure of the survey."""
    if isinstance(claim, Comparison | Proportion):
        return claim.measure
    offence = claim.offence
    return offence.offence_id if offence.offence_id in offences() else offence.parent_id


def _said(claim: AnyClaim) -> str:
    if isinstance(claim, Comparison):
        group, than = (who(side.sex, side.age) for side in (claim.group, claim.than))
        words = claim.difference.text
        return f"{group}, {words} {'as' if ' as ' in words else 'than'} {than}"
    if isinstance(claim, Record):
        return str(claim.value.text)
    which = ""
    if isinstance(claim, Rank) and not claim.value.ordered:
        which = f" (classification {claim.classification})"
    return f"{claim.quantity} {claim.value.text}{which}"


def _about(claim: AnyClaim) -> list[str]:
    match claim:
        case Comparison():
            return [measure(claim.measure)]
        case Proportion():
            return [measure(claim.measure), who(claim.sex, claim.age)]
        case Total():
            return [claim.area.area_name]
        case _:
            of = [f"of {claim.of.name}"] if isinstance(claim, Share) and claim.of else []
            if isinstance(claim, ShareOfNation) and claim.of:
                return [claim.offence.name, claim.area.area_name, f"of {claim.of.area_name}"]
            return [claim.offence.name, *of, claim.area.area_name]


def _beside(claim: AnyClaim) -> str:
    if isinstance(claim, Comparison):
        return ""
    if isinstance(claim, Record):
        return f", since the {in_words(claim.since)}" if claim.since else ""
    if claim.since:
        return f", compared with the {in_words(claim.since)}"
    if isinstance(claim, Recorded) and claim.than:
        return f", compared with {claim.than.area_name}"
    return ""
