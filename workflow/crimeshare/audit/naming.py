"""Releases as people name them: "police force area tables, year ending December 2024".

And why a year's own edition does not settle a statement on recorded crime, and what would.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

from crimeshare.audit.findings import Finding
from crimeshare.audit.lookup import joint_until, offence_codes
from crimeshare.audit.questions import Question
from crimeshare.audit.recorded_evidence import Releases
from crimeshare.audit.stated import Bound, Near, OneIn, Stated, Times
from crimeshare.audit.verdicts import Reason, filled
from crimeshare.measures import formulas
from crimeshare.periods import MONTHS, in_words
from crimeshare.reference import NATION, REFERENCE, fraud_totals, read_rows
from crimeshare.sources.datasets import APPENDIX, DATASETS, FORCE_AREAS, QUARTERS
from crimeshare.sources.registry import Release, release_name

# As ONS names the file of an edition that it issued again.
_REISSUED = re.compile(r"(?:v[2-9]|correct\w*)\.\w+$", re.IGNORECASE)


def say_vintage(
    reason: Reason,
    found: Finding,
    registry: Mapping[str, Release],
    stated: Stated | None = None,
    fits: str = "",
    *,
    other_base: bool = False,
) -> None:
    """Say one vintage with its value, and what that is to what was stated.

    Args:
        fits: the verdict by which it bears out what was stated; empty if it is not to be said.
        other_base: whether it compares with the earlier year as since revised.
    """
    plain = stated.number if isinstance(stated, Bound | Near) else stated
    one_in = times = None
    if isinstance(plain, OneIn) and plain.part == 1 and found.value > 0:
        once = formulas.ratio("1", f"({found.named})")
        one_in = replace(found, value=1 / found.value, unit="one_in", formula=once)
        one_in = replace(one_in, told="{}", parts=())
    elif isinstance(plain, Times) and found.unit == "change":
        formula = found.formula.removesuffix(" - 1")
        times = replace(found, value=found.value + 1, unit="times", formula=formula)
        times = replace(times, told="{}", parts=())
    reason.say(
        "vintage",
        begin=vintage_name(found, registry),
        **{"found": found, "one_in": one_in, "times": times},
        **{"stated": stated, "fits": fits, "other_base": other_base},
    )


def vintage_name(finding: Finding, registry: Mapping[str, Release]) -> str:
    """How a figure stands in its release, as the beginning of a sentence."""
    release = registry[finding.release_id]
    return filled(
        "vintage_name",
        found=finding,
        name=release_name(release),
        when=_when(release),
        year=in_words(release.period_end)[12:],
        series=DATASETS[release.dataset].reader == QUARTERS,
        reissued=_REISSUED.search(release.path),
    )


def _when(release: Release) -> str:
    """In what month a release came out, or before which it did not; empty if neither is known."""
    known = _days().get(release.release_id)
    day = release.published or (date.fromisoformat(known["day"]) if known else None)
    if not day:
        return ""
    month = f"{MONTHS[day.month - 1]} {day.year}"
    stated = release.published or (known and known["basis"] == "stated")
    return f" in {month}" if stated else f", not before {month}"


@cache
def _days() -> dict[str, dict[str, str]]:
    return {row["release_id"]: row for row in read_rows(REFERENCE / "release_days.csv")}


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
    held = any(
        releases.own_period(r) == day and releases.registry[r].reader == FORCE_AREAS
        for r in releases.held
    )
    if held and claim.earlier:
        day = claim.earlier
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
