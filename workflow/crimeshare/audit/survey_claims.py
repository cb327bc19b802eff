"""Verdicts on claims about survey estimates.

A number is first held against what was published, as rounded there, and only then against the
interval: what was not published is not confirmed because chance could make it so.  Groups and
years are compared by tests, never by points.  Where not even the base of an estimate is
published, its interval rests on an assumption; a verdict must then hold under the least
favourable assumption too.  A figure that is known second-hand confirms nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isfinite
from typing import TYPE_CHECKING, Any

from crimeshare.audit import verdicts
from crimeshare.audit.findings import Finding
from crimeshare.audit.numerals import shortened
from crimeshare.audit.people import judged, number_of, people_of
from crimeshare.audit.stated import Bound, Direction, Near, OneIn, People, Stated
from crimeshare.audit.statements import Group, SurveyClaim
from crimeshare.audit.verdicts import Reason, Verdict
from crimeshare.cells import Cell
from crimeshare.measures import formulas
from crimeshare.measures.two_groups import difference_interval, ratio_interval
from crimeshare.nearest import did_you_mean
from crimeshare.periods import in_words
from crimeshare.problems import Problem
from crimeshare.sources.registry import Release, release_name
from crimeshare.survey_words import MEASURES, SEXES, measure, who

if TYPE_CHECKING:
    from crimeshare.audit.evidence import Evidence


# As columns.yaml has them, which takes a library to read; a test compares the two.
LEVEL = "level of config/config.yaml"
LIMIT = "{} limit of {formula}"
_AGES = re.compile(r"(\d+)(?:-(\d+)|\+)")
# Words that say more than how often it happens.
_MORE_THAN_PREVALENCE = re.compile(
    r"vulnerab|\brisk|danger|afraid|fear|\bsafe|unsafe|\bharm|threat|target", re.IGNORECASE
)

INSIDE = "inside the interval"
INSIDE_WIDEST = "outside the interval, and inside the widest that the assumptions on the base allow"
OUTSIDE = "outside the interval"


@dataclass(frozen=True)
class Estimate:
    """One estimate with its uncertainty.

    Attributes:
        finding: the proportion with its interval and cell.
        widest: the same with the widest interval that the assumptions allow, where there are any.
        row: of the table of prevalence, with its level, method and basis.
        name: the publication it stands in.
    """

    finding: Finding
    widest: Finding | None
    row: Mapping[str, Any]
    name: str


class SurveyAudit:
    """Judges claims against every survey estimate."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence

    def judge(self, claim: SurveyClaim) -> Verdict:
        """The verdict on one claim.

        Raises:
            Problem: the survey has no such measure, or no such age for it.
        """
        if not self._evidence.published.survey:
            raise Problem(
                "There are no survey estimates to judge by; build the report with make first."
            )
        measure_id = self._measure(claim.measure)
        if claim.than:
            self._check_ages(measure_id, claim.group.age, claim.than.age)
            verdict = self._comparison(claim, claim.than, measure_id)
        else:
            if claim.group.age == "16+" and self._ages(measure_id) == ["all"]:
                # Of households, as the survey asks for some crimes.
                claim = replace(claim, group=replace(claim.group, age="all"))
            self._check_ages(measure_id, claim.group.age)
            judge = self._change if claim.since else self._proportion
            verdict = judge(claim, measure_id)
        if _MORE_THAN_PREVALENCE.search(claim.statement):
            verdict.reason.say("more_than_prevalence")
        return verdict

    def _proportion(self, claim: SurveyClaim, measure_id: str) -> Verdict:
        asked = (measure_id, claim.group.sex, claim.group.age, claim.period)
        found = self._find(*asked)
        if not found:
            return self._not_checkable(*asked)
        newest, stated = found[-1], claim.value
        if isinstance(stated, People):
            return self._people(claim, stated, newest)
        reason = Reason()
        for estimate in found:
            if estimate is newest or estimate.finding.value != newest.finding.value:
                _tell(estimate, reason, stated)
        said = Finding(stated.value, "prevalence", claim.period, "", "own counts")
        place = _place(stated, newest)
        if isinstance(stated, Bound):
            reason.say("stated_bound", said=said, place=place)
            beyond = stated.match(newest.finding.value)
            verdict = {
                INSIDE: verdicts.NOT_SUPPORTED,
                INSIDE_WIDEST: verdicts.ON_ASSUMPTION,
                OUTSIDE: verdicts.CONFIRMED if beyond else verdicts.CONTRADICTED,
            }[place]
            return Verdict(*_capped(verdict, reason, newest), (newest.finding,))
        best = verdicts.best(stated, [estimate.finding for estimate in found])
        if best:
            reason.say("agrees", match=stated.match(best[1].value))
            holding = next(e for e in found if e.finding is best[1])
            # "One in seven" stands for many proportions; that the data allow it says more.
            plain = stated.number if isinstance(stated, Near) else stated
            one_in = isinstance(plain, OneIn) and place == INSIDE
            verdict = verdicts.WITHIN if one_in else best[0]
            return Verdict(*_capped(verdict, reason, holding), (best[1],))
        reason.say("outside" if place == OUTSIDE else "not_ruled_out", said=said, place=place)
        verdict = verdicts.CONTRADICTED if place == OUTSIDE else verdicts.NOT_AS_PUBLISHED
        return Verdict(verdict, reason, (newest.finding,))

    def _people(self, claim: SurveyClaim, stated: People, newest: Estimate) -> Verdict:
        """How many people it happened to, by their proportion and how many they are."""
        reason = Reason()
        _tell(newest, reason)
        residents = self._evidence.published.residents
        sex, age = claim.group.sex, claim.group.age
        known = people_of(sex, age, claim.period.year, residents)
        if known is None:
            reason.say("no_people")
            return Verdict(verdicts.NOT_CHECKABLE, reason, (newest.finding,))
        number = number_of(newest.finding, known[0])
        base = Finding(known[0], "count", claim.period, "", "estimate")
        whom = "households" if age == "all" else SEXES[sex]
        reason.say("people", base=base, whom=whom, found=number, **_limits(number))
        verdict = judged(stated, number, *known)
        return Verdict(*_capped(verdict, reason, newest), (number,))

    def _change(self, claim: SurveyClaim, measure_id: str) -> Verdict:
        """A change from an earlier year to a later, judged by a test."""
        days = (claim.period, claim.since)
        both = self._both(measure_id, *((claim.group.sex, claim.group.age, day) for day in days))
        if isinstance(both, Verdict):
            return both
        now, before, reason = both
        difference, sign = _difference(now.finding, before.finding)
        # ONS's own verdict on it counts, where it gave one.
        shared = now.finding.release_id == before.finding.release_id
        told = before.row["published_significance"] if shared else None
        if by_ons := told is not None:
            sign = ((difference.value > 0) - (difference.value < 0)) if told else 0
        _tell_difference(reason, now, difference, groups=False, sign=sign, by_ons=by_ons)
        stated = claim.value
        if isinstance(stated, Direction):
            verdict = _of_signs(sign, int(stated.value))
            return Verdict(*_capped(verdict, reason, now, before), (difference,))
        if stated.kind == "percent":
            difference = _relative(difference, now.finding, before.finding)
            reason.say("relative", found=difference)
        match = stated.match(round(difference.value, 12))
        if match:
            # The estimates differ as stated; whether people's experience did is for the test.
            verdict = verdicts.OF_MATCH[match] if sign else verdicts.WITHIN
            return Verdict(*_capped(verdict, reason, now, before), (difference,))
        inside = _holds(difference, stated)
        reason.say("other_change", inside=inside)
        verdict = verdicts.NOT_AS_PUBLISHED if inside else verdicts.CONTRADICTED
        return Verdict(verdict, reason, (difference,))

    def _comparison(self, claim: SurveyClaim, than: Group, measure_id: str) -> Verdict:
        groups = (claim.group, than)
        both = self._both(measure_id, *((g.sex, g.age, claim.period) for g in groups))
        if isinstance(both, Verdict):
            return both
        one, other, reason = both
        difference, sign = _difference(one.finding, other.finding)
        _tell_difference(reason, one, difference, groups=True, sign=sign, by_ons=False)
        for whole, part in ((than, claim.group), groups):
            if _among(part, whole):
                reason.say("overlap", part=part, whole=whole)
        if not isinstance(claim.value, Direction):
            return self._sized(claim.value, one, other, sign, reason)
        verdict = _of_signs(sign, int(claim.value.value))
        if one.widest or other.widest:
            widest, cautious = _difference(one.widest or one.finding, other.widest or other.finding)
            limit = _limits(widest)["lower" if widest.value > 0 else "upper"]
            reason.say("cautious", limit=limit, same=cautious == sign)
            if cautious != sign and verdict != verdicts.NOT_SUPPORTED:
                verdict = verdicts.ON_ASSUMPTION
        return Verdict(*_capped(verdict, reason, one, other), (difference,))

    def _sized(
        self, stated: Stated, one: Estimate, other: Estimate, sign: int, reason: Reason
    ) -> Verdict:
        if stated.kind == "number":
            raise Problem(
                f"`difference` is `{stated.text}`, a number of people; the survey tells how many "
                "in a hundred, so expected a size such as twice as likely or 2 percentage points "
                "more"
            )
        if stated.kind != "points" and not other.finding.value:
            raise Problem(
                f"`difference` is `{stated.text}`, and the estimate that it is relative to is 0"
            )
        compared = _difference if stated.kind == "points" else _ratio
        found, _ = compared(one.finding, other.finding)
        widest, _ = compared(one.widest or one.finding, other.widest or other.finding)
        if stated.kind != "points":
            _say_times(reason, found, one, other)
        outside, assumed = not _holds(found, stated), False
        if outside and (one.widest or other.widest) and _holds(widest, stated):
            reason.say("allows")
            outside, assumed = False, True
        match = stated.match(round(found.value, 12))
        if match == "truncated" and outside:
            match = None
        if isinstance(stated, Bound):
            verdict = verdicts.CONFIRMED if match else verdicts.CONTRADICTED
            if assumed:
                reason.say("assumption_decides")
                verdict = verdicts.ON_ASSUMPTION
            elif not outside:
                reason.say("either_bound")
                verdict = verdicts.NOT_SUPPORTED
        elif match:
            reason.say("agrees", match=match)
            verdict = verdicts.OF_MATCH[match] if sign else verdicts.WITHIN
        else:
            reason.say("other_size", outside=outside)
            verdict = verdicts.CONTRADICTED if outside else verdicts.NOT_AS_PUBLISHED
        return Verdict(*_capped(verdict, reason, one, other), (_bounded(found),))

    def _both(
        self, measure_id: str, *asked: tuple[str, str, Any]
    ) -> tuple[Estimate, Estimate, Reason] | Verdict:
        """The newest estimates of two sides, of one release where one has both, and both told."""
        sides = [self._find(measure_id, *each) for each in asked]
        for found, each in zip(sides, asked, strict=True):
            if not found:
                return self._not_checkable(measure_id, *each)
        releases = [{estimate.finding.release_id for estimate in found} for found in sides]
        shared = set.intersection(*releases)
        one, other = (
            next(e for e in reversed(found) if not shared or e.finding.release_id in shared)
            for found in sides
        )
        reason = Reason()
        for estimate in (one, other):
            _tell(estimate, reason)
        return one, other, reason

    def _find(self, measure_id: str, sex: str, age: str, period_end: Any) -> list[Estimate]:
        rows = [r for r in self._of(measure_id, sex, age) if r["period_end"] == period_end]
        rows.sort(key=lambda row: row["release_id"][-7:])
        return [_estimate(row, self._evidence.registry) for row in rows]

    def _of(self, measure_id: str, sex: str, age: str) -> list[Mapping[str, Any]]:
        wanted = (measure_id, sex, age)
        return [
            row
            for row in self._evidence.published.survey
            if (row["measure_id"], row["sex"], row["age"]) == wanted
        ]

    def _measure(self, name: str) -> str:
        known: list[str] = sorted({row["measure_id"] for row in self._evidence.published.survey})
        by_words = {MEASURES[m].casefold(): m for m in known if m in MEASURES}
        said = " ".join(name.split()).casefold()
        found: str = by_words.get(said, said.replace(" ", "_"))
        if found not in known:
            names = f". The measures are {', '.join(known)}."
            quoted = shortened(name)
            raise Problem(
                f"`measure` is `{quoted}`, which is no measure of the survey"
                f"{did_you_mean(quoted, known) or names}"
            )
        return found

    def _ages(self, measure_id: str) -> list[str]:
        survey = self._evidence.published.survey
        return sorted({row["age"] for row in survey if row["measure_id"] == measure_id})

    def _check_ages(self, measure_id: str, *ages: str) -> None:
        of_measure = self._ages(measure_id)
        for age in ages:
            if age not in of_measure:
                quoted = shortened(age)
                raise Problem(
                    f"`age` is `{quoted}`, of which there is no estimate of {measure_id}"
                    f"{did_you_mean(quoted, of_measure) or '.'} "
                    f"The ages are {', '.join(of_measure)}."
                )

    def _not_checkable(self, measure_id: str, sex: str, age: str, day: Any) -> Verdict:
        days = sorted({row["period_end"] for row in self._of(measure_id, sex, age)})
        reason = Reason()
        what, whom = measure(measure_id), who(sex, age)
        reason.say("no_estimate", measure=what, whom=whom, day=day, days=days)
        settles = f"an estimate of the Crime Survey for the {in_words(day)}"
        return Verdict(verdicts.NOT_CHECKABLE, reason, (), settles)


def _capped(verdict: str, reason: Reason, *estimates: Estimate) -> tuple[str, Reason]:
    """A verdict that a figure quoted second-hand may bear, and the reason that says so."""
    quoted = any(estimate.row["seen"] == "second_hand" for estimate in estimates)
    if not quoted or verdicts.outcome(verdict):
        return verdict, reason
    reason.say("second_hand")
    return verdict if verdict == verdicts.WITHIN else verdicts.AS_QUOTED, reason


def _of_signs(sign: int, wanted: int) -> str:
    """The verdict on a stated direction, by the sign of a difference that is significant, or 0."""
    if sign == wanted:
        return verdicts.CONFIRMED
    return verdicts.CONTRADICTED if sign else verdicts.NOT_SUPPORTED


def _estimate(row: Mapping[str, Any], registry: Mapping[str, Release]) -> Estimate:
    what, whom = measure(row["measure_id"]), who(row["sex"], row["age"])
    if row["sheet"] and row["cell"]:
        cell = Cell(row["release_id"], row["workbook_sha256"], row["sheet"], row["cell"])
    else:
        # Gathered from a publication: it stands for the sheet, what was looked up for the cell.
        cell = Cell(row["release_id"], "", row["source"], f"{what}, {whom}")
    finding = Finding(
        row["estimate"],
        "prevalence",
        row["period_end"],
        row["release_id"],
        "estimate",
        (cell,),
        # Workbooks give proportions in per cent.
        formulas.of_per_cent(cell.name) if cell.addressed else "",
        lower=row["lower"],
        upper=row["upper"],
        note=f"{what} among {whom}",
    )
    assumed = row["basis"] == "assumed_base" and row["lower_widest"] is not None
    widest = replace(finding, lower=row["lower_widest"], upper=row["upper_widest"])
    release = registry.get(row["release_id"])
    return Estimate(
        finding,
        widest if assumed else None,
        row,
        release_name(release) if release else row["source"],
    )


def _difference(one: Finding, other: Finding) -> tuple[Finding, int]:
    """The difference of two estimates with its interval, and its sign if that leaves out 0.

    The estimates are taken as independent: where one group holds the other they are positively
    correlated, and the interval is then wider than it need be.
    """
    lower, upper = difference_interval(_with_limits(one), _with_limits(other))
    difference = replace(one, value=one.value - other.value, unit="percentage_points")
    formula = formulas.difference(one.named, other.named)
    return _of_two(difference, other, formula, lower, upper)


def _ratio(one: Finding, other: Finding) -> tuple[Finding, int]:
    lower, upper = ratio_interval(_with_limits(one), _with_limits(other))
    ratio = replace(one, value=one.value / other.value - 1, unit="change")
    return _of_two(ratio, other, formulas.relative(one.named, other.named), lower - 1, upper - 1)


def _of_two(
    made: Finding, other: Finding, formula: str, lower: float, upper: float
) -> tuple[Finding, int]:
    cells = (*made.cells, *other.cells)
    made = replace(made, cells=cells, formula=formula, lower=lower, upper=upper)
    return made, (lower > 0) - (upper < 0)


def _bounded(finding: Finding) -> Finding:
    """A finding whose upper limit is None instead of infinite."""
    endless = finding.upper is not None and not isfinite(finding.upper)
    return replace(finding, upper=None) if endless else finding


def _say_times(reason: Reason, ratio: Finding, one: Estimate, other: Estimate) -> None:
    lower, upper = (limit or 0.0 for limit in (ratio.lower, ratio.upper))
    formula = formulas.ratio(one.finding.named, other.finding.named)
    times = replace(ratio, value=ratio.value + 1, unit="times", formula=formula)
    times = _bounded(replace(times, lower=lower + 1, upper=upper + 1))
    limits = _limits(times)
    if times.upper is None:
        limits["upper"] = None
    reason.say("times", found=times, level=_level(one), **limits)


def _with_limits(finding: Finding) -> tuple[float, float, float]:
    """A finding and its limits, not a number where there are none."""
    lower, upper = (
        float("nan") if limit is None else limit for limit in (finding.lower, finding.upper)
    )
    return finding.value, lower, upper


def _relative(difference: Finding, now: Finding, before: Finding) -> Finding:
    lower, upper = difference.lower or 0.0, difference.upper or 0.0
    return replace(
        difference,
        value=now.value / before.value - 1,
        unit="change",
        formula=formulas.relative(now.named, before.named),
        lower=lower / before.value,
        upper=upper / before.value,
    )


def _tell(estimate: Estimate, reason: Reason, stated: Stated | None = None) -> None:
    finding, one_in = estimate.finding, None
    plain = stated.number if isinstance(stated, Bound | Near) else stated
    if isinstance(plain, OneIn) and plain.part == 1 and finding.value > 0:
        once = formulas.ratio("1", finding.named)
        one_in = replace(finding, value=1 / finding.value, unit="one_in", formula=once)
    level = _level(estimate)
    shown = {"found": finding, "one_in": one_in, "level": level} | _limits(finding)
    reason.say("estimate", estimate=estimate, **shown)


def _tell_difference(reason: Reason, one: Estimate, found: Finding, **how: bool | int) -> None:
    reason.say("difference", found=found, level=_level(one), **_limits(found), **how)


def _level(estimate: Estimate) -> Finding:
    day = estimate.finding.period_end
    return Finding(estimate.row["level"], "level", day, "", "estimate", (), LEVEL)


def _limits(finding: Finding) -> dict[str, Finding | None]:
    plain = replace(finding, lower=None, upper=None)
    limits = {"lower": finding.lower or 0.0, "upper": finding.upper or 0.0}
    return {
        name: replace(plain, value=limit, formula=LIMIT.format(name, formula=finding.named))
        for name, limit in limits.items()
    }


def _place(stated: Stated, estimate: Estimate) -> str:
    """Where a stated proportion lies; "one in seven" lies where any that it stands for does."""
    if _holds(estimate.finding, stated):
        return INSIDE
    return INSIDE_WIDEST if estimate.widest and _holds(estimate.widest, stated) else OUTSIDE


def _holds(finding: Finding, stated: Stated) -> bool:
    if finding.lower is None or finding.upper is None:
        return False
    plain = stated.number if isinstance(stated, Near) else stated
    low, high = plain.limits if isinstance(plain, OneIn) else (stated.value, stated.value)
    return finding.lower <= high and low <= finding.upper


def _among(part: Group, whole: Group) -> bool:
    """Whether all people of one group are in the other."""
    ages = [_AGES.fullmatch(group.age) for group in (part, whole)]
    if None in ages or whole.sex not in ("all", part.sex):
        return False
    (low, high), (lowest, highest) = (
        (int(age[1]), int(age[2] or 999)) for age in ages if age is not None
    )
    return lowest <= low and high <= highest
