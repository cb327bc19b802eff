"""Verdicts on claims about survey estimates: judged by intervals and tests, never by points.

Where not even the base of an estimate is published, its interval rests on an assumption.  A
verdict must then hold under the least favourable assumption too, and says so where it does not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from math import hypot
from typing import Any

import pandas as pd

from crimeshare.audit import verdicts
from crimeshare.audit.findings import Finding
from crimeshare.audit.stated import Bound, Near, OneIn, Stated
from crimeshare.audit.statements import Comparison, Group, Proportion
from crimeshare.audit.verdicts import Reason, Verdict
from crimeshare.cells import Cell
from crimeshare.nearest import did_you_mean
from crimeshare.periods import in_words
from crimeshare.problems import Problem
from crimeshare.survey_words import aged, measure, who

KEY = ["release_id", "measure_id", "sex", "age", "period_end"]

BASES = {
    "published_se": "from its published standard error",
    "design_factor": "from its published base and a design factor",
    "assumed_base": "on an assumed base, since none is published, and a design factor",
}
SEEN = {
    "file": "",
    "publisher_page": ", as read on its publisher's page,",
    "second_hand": ", as quoted second-hand,",
}
_AGES = re.compile(r"(\d+)(?:-(\d+)|\+)")

INSIDE = "inside the interval"
INSIDE_WIDEST = "outside the interval, and inside the widest that the assumptions on the base allow"
OUTSIDE = "outside the interval"
OF_PLACE = {
    INSIDE: verdicts.WITHIN,
    INSIDE_WIDEST: verdicts.NOT_SUPPORTED,
    OUTSIDE: verdicts.CONTRADICTED,
}

SIGNS = {"more": 1, "less": -1, "no clear difference": 0}


@dataclass(frozen=True)
class Estimate:
    """One estimate with its uncertainty.

    Attributes:
        finding: the proportion with its interval and cell.
        widest: the same with the widest interval that the assumptions allow, where there are any.
        level, basis, seen: of the table of prevalence.
    """

    finding: Finding
    widest: Finding | None
    level: float
    basis: str
    seen: str


class SurveyAudit:
    """Judges claims against every survey estimate at hand."""

    def __init__(self, prevalence: pd.DataFrame, estimates: pd.DataFrame) -> None:
        """Take the tables ``prevalence`` and ``survey_estimates``."""
        everyone = estimates[estimates["characteristic"] == "all"]
        places = everyone[[*KEY, "workbook_sha256", "sheet", "cell"]]
        self._rows = prevalence[prevalence["characteristic"] == "all"].merge(
            places, on=KEY, how="left", validate="1:1"
        )

    def judge(self, claim: Proportion | Comparison) -> Verdict:
        """The verdict on one claim.

        Raises:
            Problem: the survey has no such measure, or no such age for it.
        """
        if isinstance(claim, Comparison):
            self._check_names(claim.measure, claim.group.age, claim.than.age)
            return self._comparison(claim)
        self._check_names(claim.measure, claim.age)
        return self._proportion(claim)

    def _proportion(self, claim: Proportion) -> Verdict:
        found = self._find(claim, claim.sex, claim.age)
        if not found:
            return self._not_checkable(claim, claim.sex, claim.age)
        newest = found[-1]
        reason = Reason()
        for estimate in found:
            if estimate is newest or estimate.finding.value != newest.finding.value:
                _tell(estimate, reason)
        stated = Finding(claim.value.value, "prevalence", claim.period, "", "own counts")
        best = verdicts.best(claim.value, [estimate.finding for estimate in found])
        place = _place(stated.value, newest)
        if isinstance(claim.value, Bound):
            side = (
                "" if place == OUTSIDE else ", so that the proportion may be on either side of it"
            )
            reason.say(f"The stated bound, {{}}, lies {place}{side}.", stated)
            beyond = claim.value.match(newest.finding.value)
            verdict = verdicts.CONFIRMED if beyond else verdicts.CONTRADICTED
            if place != OUTSIDE:
                verdict = verdicts.NOT_SUPPORTED
            return Verdict(verdict, reason, (newest.finding,))
        if best and not (_is_one_in(claim.value) and place == INSIDE):
            return Verdict(best[0], reason, (best[1],))
        reason.say(f"The stated proportion, {{}}, lies {place}.", stated)
        return Verdict(OF_PLACE[place], reason, (newest.finding,))

    def _comparison(self, claim: Comparison) -> Verdict:
        sides = [self._find(claim, group.sex, group.age) for group in (claim.group, claim.than)]
        for found, group in zip(sides, (claim.group, claim.than), strict=True):
            if not found:
                return self._not_checkable(claim, group.sex, group.age)
        # The same vintage of both, where a release has both.
        shared = {e.finding.release_id for e in sides[0]} & {e.finding.release_id for e in sides[1]}
        one, other = (
            next(e for e in reversed(found) if not shared or e.finding.release_id in shared)
            for found in sides
        )
        reason = Reason()
        for estimate in (one, other):
            _tell(estimate, reason)
        difference, sign = _difference(one.finding, other.finding)
        lower, upper = _limits(difference)
        reason.say(
            f"The difference is {{}}; its {{}} interval goes from {{}} to {{}}, so it is "
            f"{'' if sign else 'not '}statistically significant.",
            difference,
            _level(one),
            lower,
            upper,
        )
        for whole, part in ((claim.than, claim.group), (claim.group, claim.than)):
            if _among(part, whole):
                reason.say(
                    f"Those {aged(part.age)} are among those {aged(whole.age)}, so that the "
                    "interval is rather too wide than too narrow."
                    if part.age != whole.age
                    else "One of the two groups is part of the other, so that the interval is "
                    "rather too wide than too narrow."
                )
        wanted = SIGNS[claim.difference]
        verdict = verdicts.CONFIRMED if sign == wanted else verdicts.CONTRADICTED
        if sign != wanted and sign == 0:
            verdict = verdicts.NOT_SUPPORTED
        if one.widest or other.widest:
            widest, cautious = _difference(one.widest or one.finding, other.widest or other.finding)
            lowest, highest = _limits(widest)
            limit = lowest if widest.value > 0 else highest
            same = "the same" if cautious == sign else "another"
            reason.say(
                f"The least favourable assumption on the bases, under which the interval ends at "
                f"{{}}, leads to {same} result.",
                limit,
            )
            if cautious != sign:
                verdict = verdicts.NOT_SUPPORTED
        return Verdict(verdict, reason, (difference,))

    def _find(self, claim: Proportion | Comparison, sex: str, age: str) -> list[Estimate]:
        """Every release's estimate, in the order of the table of prevalence."""
        rows = self._of(claim.measure, sex, age)
        rows = rows[rows["period_end"] == pd.Timestamp(claim.period)]
        return [_estimate(row) for _, row in rows.iterrows()]

    def _of(self, measure_id: str, sex: str, age: str) -> pd.DataFrame:
        rows = self._rows[self._rows["measure_id"] == measure_id]
        return rows[(rows["sex"] == sex) & (rows["age"] == age)]

    def _check_names(self, measure_id: str, *ages: str) -> None:
        known = sorted(self._rows["measure_id"].unique())
        if measure_id not in known:
            names = f". The measures are {', '.join(known)}."
            raise Problem(
                f"`measure` is `{measure_id}`, which is no measure of the survey at hand"
                f"{did_you_mean(measure_id, known) or names}"
            )
        of_measure = sorted(self._rows.loc[self._rows["measure_id"] == measure_id, "age"].unique())
        for age in ages:
            if age not in of_measure:
                raise Problem(
                    f"`age` is `{age}`, of which there is no estimate of {measure_id}"
                    f"{did_you_mean(age, of_measure) or '.'} "
                    f"The ages are {', '.join(of_measure)}."
                )

    def _not_checkable(self, claim: Proportion | Comparison, sex: str, age: str) -> Verdict:
        days = sorted(self._of(claim.measure, sex, age)["period_end"].unique())
        years = [in_words(pd.Timestamp(day).date()) for day in days]
        there = f"; there are estimates of the {' and the '.join(years)}" if years else ""
        reason = Reason()
        reason.say(
            f"No estimate of {measure(claim.measure)} is at hand for {who(sex, age)} in the "
            f"{in_words(claim.period)}{there}."
        )
        return Verdict(verdicts.NOT_CHECKABLE, reason)


def _estimate(row: pd.Series[Any]) -> Estimate:
    what, whom = measure(row["measure_id"]), who(row["sex"], row["age"])
    if isinstance(row["sheet"], str) and isinstance(row["cell"], str):
        cell = Cell(row["release_id"], row["workbook_sha256"], row["sheet"], row["cell"])
    else:
        # Gathered from a publication: it stands for the sheet, what was looked up for the cell.
        cell = Cell(row["release_id"], "", row["source"], f"{what}, {whom}")
    finding = Finding(
        row["estimate"],
        "prevalence",
        row["period_end"].date(),
        row["release_id"],
        "estimate",
        (cell,),
        # Workbooks give proportions in per cent.
        f"{cell.name} / 100" if cell.addressed else "",
        lower=row["lower"],
        upper=row["upper"],
        note=f"{what} among {whom}",
    )
    assumed = pd.notna(row["lower_widest"]) and pd.notna(row["upper_widest"])
    widest = replace(finding, lower=row["lower_widest"], upper=row["upper_widest"])
    return Estimate(
        finding,
        widest if assumed else None,
        row["level"],
        row["basis"],
        row["seen"],
    )


def _difference(one: Finding, other: Finding) -> tuple[Finding, int]:
    """The difference of two estimates with its interval, and its sign if that leaves out 0.

    The interval joins the limits of the two (Newcombe 1998, method 10, hybrid score), which
    unlike a normal test stays right for small groups and small proportions.  The estimates
    are taken as independent: where one group holds the other they are positively correlated,
    and the interval is then wider than it need be.
    """
    limits = (one.lower, one.upper, other.lower, other.upper)
    l1, u1, l2, u2 = (float("nan") if limit is None else limit for limit in limits)
    value = one.value - other.value
    lower = value - hypot(one.value - l1, u2 - other.value)
    upper = value + hypot(u1 - one.value, other.value - l2)
    cells = (*one.cells, *other.cells)
    difference = replace(
        one,
        value=value,
        unit="percentage_points",
        cells=cells,
        formula=f"{one.named} - {other.named}",
        lower=lower,
        upper=upper,
    )
    return difference, (lower > 0) - (upper < 0)


def _tell(estimate: Estimate, reason: Reason) -> None:
    """One estimate with its interval, level and basis, and how it was seen."""
    finding = estimate.finding
    lower, upper = _limits(finding)
    reason.say(
        f"{finding.release_id}{SEEN[estimate.seen]} estimates {finding.note} at {{}} in the "
        f"{finding.year}; its {{}} interval goes from {{}} to {{}}, {BASES[estimate.basis]}.",
        finding,
        _level(estimate),
        lower,
        upper,
    )


def _level(estimate: Estimate) -> Finding:
    """The level of an estimate's interval."""
    day = estimate.finding.period_end
    return Finding(estimate.level, "level", day, "", "estimate", (), "level of config/config.yaml")


def _limits(finding: Finding) -> tuple[Finding, Finding]:
    """The lower and the upper limit of a finding's interval."""
    lower, upper = (
        replace(
            finding,
            value=limit or 0.0,
            formula=f"{name} limit of {finding.named}",
            lower=None,
            upper=None,
        )
        for name, limit in (("lower", finding.lower), ("upper", finding.upper))
    )
    return lower, upper


def _is_one_in(stated: Stated) -> bool:
    """Whether it is "one in N", with or without a word before it."""
    return isinstance(stated.number if isinstance(stated, Near) else stated, OneIn)


def _place(value: float, estimate: Estimate) -> str:
    """Where a stated proportion lies, in words."""
    if _holds(estimate.finding, value):
        return INSIDE
    return INSIDE_WIDEST if estimate.widest and _holds(estimate.widest, value) else OUTSIDE


def _holds(finding: Finding, value: float) -> bool:
    """Whether ``value`` lies in the interval."""
    if finding.lower is None or finding.upper is None:
        return False
    return finding.lower <= value <= finding.upper


def _among(part: Group, whole: Group) -> bool:
    """Whether all people of one group are in the other."""
    ages = [_AGES.fullmatch(group.age) for group in (part, whole)]
    if None in ages or whole.sex not in ("all", part.sex):
        return False
    (low, high), (lowest, highest) = (
        (int(age[1]), int(age[2] or 999)) for age in ages if age is not None
    )
    return lowest <= low and high <= highest
