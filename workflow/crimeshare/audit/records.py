"""Verdicts on records: "a record high", "the lowest on record", "the highest since 2015".

A year is held against the earlier years of the same release, so that no vintage is mixed with
another, and the verdict says how far back they go.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from crimeshare.audit import verdicts
from crimeshare.audit.findings import Finding
from crimeshare.audit.naming import say_vintage
from crimeshare.audit.recorded_evidence import Releases
from crimeshare.audit.statements import RecordedClaim
from crimeshare.audit.verdicts import Reason, Verdict
from crimeshare.periods import a_year_before, in_words, months_between
from crimeshare.sources.datasets import APPENDIX, QUARTERS

# Fewer earlier years are no series that there could be a record of.
_FEWEST = 3


@dataclass(frozen=True)
class Run:
    """A year and the earlier ones that it is held against, all of one release.

    Attributes:
        begins: the end of the oldest year, or the year that the statement reaches back to.
        years: those that do not overlap it, the oldest first.
        between: those that end in other months, of a release that has every quarter.
        lacking: those that leave out other forces than it does.
    """

    own: Finding
    begins: date
    years: Sequence[Finding]
    between: Sequence[Finding]
    lacking: Sequence[Finding]


def judge_record(claim: RecordedClaim, releases: Releases) -> Verdict:
    """The verdict on one statement of a record."""
    runs = _runs(claim, releases)
    reason = Reason()
    if not runs:
        reason.say("no_record", claim=claim)
        return Verdict(verdicts.NOT_CHECKABLE, reason)
    decisive: list[Finding] = []
    beaten = between = False
    for run in runs:
        say_vintage(reason, run.own, releases.registry)
        # A total without a force is smaller than the whole: one that is larger all the same counts.
        larger = [year for year in run.lacking if _beats(claim, year, run.own)]
        years = [*run.years, *([] if claim.value.last else larger)]
        rival = _furthest(claim, years)
        _say_rival(reason, claim, run, rival, len(years))
        decisive += [run.own, rival]
        beaten |= _beats(claim, rival, run.own)
        others = [year for year in run.between if _beats(claim, year, run.own)]
        if others and not beaten:
            other = _furthest(claim, others)
            reason.say("other_month", found=other)
            decisive.append(other)
            between = True
    first = min(run.begins for run in runs)
    if changed := releases.comparable(claim.offence.offence_id, claim.period, first):
        reason.say("not_comparable", changed=changed)
    if beaten:
        return Verdict(verdicts.CONTRADICTED, reason, tuple(decisive))
    if between:
        return Verdict(verdicts.DEPENDS, reason, tuple(decisive))
    if claim.since:
        return Verdict(verdicts.CONFIRMED, reason, tuple(decisive))
    # A record without a beginning holds as far as the figures go back.
    far = verdicts.CONSISTENT.format(f"the figures since the {in_words(first)}")
    return Verdict(far, reason, tuple(decisive))


def _runs(claim: RecordedClaim, releases: Releases) -> list[Run]:
    """The year with its predecessors, in the newest release of each kind that has them."""
    find = releases.quantity(claim.value.order or "count", claim.offence.offence_id)
    area, since = claim.area.area_code, claim.since
    earlier: dict[str, list[Finding]] = {}
    for day in releases.days:
        if day < claim.period:
            for finding in find(area, day):
                earlier.setdefault(finding.release_id, []).append(finding)
    newest: dict[str, Run] = {}
    for own in find(area, claim.period):
        reached = earlier.get(own.release_id, [])
        if since and not any(year.period_end <= since for year in reached):
            continue
        # "Since 2015" says nothing of 2015 itself.
        later = [year for year in reached if not since or year.period_end > since]
        same = [year for year in later if year.excluding == own.excluding]
        release = releases.registry[own.release_id]
        years = [year for year in same if _apart(year, own, annual=release.reader == APPENDIX)]
        if len(years) >= (1 if since else _FEWEST):
            newest[release.dataset] = Run(
                own,
                since or years[0].period_end,
                years,
                [year for year in same if year not in years] if release.reader == QUARTERS else [],
                [year for year in later if year not in same and _apart(year, own, annual=False)],
            )
    return list(newest.values())


def _apart(year: Finding, own: Finding, *, annual: bool) -> bool:
    """Whether a year ends in the same month; of a table of years, whether it does not overlap."""
    if annual:
        return year.period_end <= a_year_before(own.period_end)
    return months_between(year.period_end, own.period_end) % 12 == 0


def _furthest(claim: RecordedClaim, years: Sequence[Finding]) -> Finding:
    return (min if claim.value.last else max)(years, key=lambda year: year.value)


def _beats(claim: RecordedClaim, year: Finding, own: Finding) -> bool:
    return year.value <= own.value if claim.value.last else year.value >= own.value


def _say_rival(reason: Reason, claim: RecordedClaim, run: Run, rival: Finding, number: int) -> None:
    told = Finding(
        number, "count", run.own.period_end, "", "estimate", (), "earlier years compared"
    )
    reason.say("rival", number=told, claim=claim, begins=run.begins, found=rival)
    if run.lacking and number == len(run.years):
        names = sorted({year.excluding for year in run.lacking if year.excluding})
        reason.say("left_out", names=names, own=run.own)
