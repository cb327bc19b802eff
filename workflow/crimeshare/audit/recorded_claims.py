"""Verdicts on claims about police recorded crime.

A number is held against the year's own edition.  Where that is not here, the figures as revised
since judge it as far as they can: by how far such figures have moved from their first issue.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from crimeshare.audit import verdicts
from crimeshare.audit.findings import Finding, Unit
from crimeshare.audit.naming import say_missing, say_vintage, vintage_name
from crimeshare.audit.numerals import CHANGE
from crimeshare.audit.questions import Question, Questions
from crimeshare.audit.recorded_evidence import (
    RANKED,
    Releases,
    Sizes,
    first_published,
    revised_since,
)
from crimeshare.audit.records import judge_record
from crimeshare.audit.stated import Bound, Direction, Near, Number, Place, Stated, distance
from crimeshare.audit.statements import PLAIN_COUNTS, AnyClaim, RecordedClaim
from crimeshare.audit.verdicts import Reason, Verdict
from crimeshare.cells import Cell
from crimeshare.measures import formulas
from crimeshare.reference import Area, offences
from crimeshare.sources.datasets import APPENDIX, FORCE_AREAS
from crimeshare.sources.registry import release_name

MEASURED = ("rate", "share", "share_of_nation")
"""Quantities that are found as such; of all others the count is."""


class RecordedAudit:
    """Judges claims against every release of recorded crime."""

    def __init__(
        self, releases: Releases, areas: Mapping[str, Area], claims: Mapping[str, AnyClaim]
    ) -> None:
        self._releases = releases
        self._asked = Questions(releases, areas)
        self._claims = claims

    def judge(self, claim: RecordedClaim) -> Verdict:
        """The verdict on one claim.

        Raises:
            Problem: its parts make no sense together.
        """
        if claim.quantity == "rank":
            return self._place(claim)
        if claim.quantity == "record":
            return judge_record(claim, self._releases)
        if claim.quantity == "comparison":
            return self._defined(
                claim,
                {
                    f"by {name}": self._asked.compared(claim, claim.value, name)
                    for name in ("count", "rate", "share")
                },
            )
        name = claim.quantity if claim.quantity in MEASURED else "count"
        ask = self._asked.compared if claim.than or claim.earlier else self._asked.plain
        question = ask(claim, claim.value, name)
        verdict = self._answer(question)
        if verdicts.outcome(verdict.verdict):
            self._say_refuted(claim, verdict.reason)
        if claim.earlier:
            verdict = self._across(claim, verdict)
        return verdict

    def _place(self, claim: RecordedClaim) -> Verdict:
        asked = self._asked.ranks(claim)
        if len(asked) > 1:
            return self._defined(claim, asked)
        ((where, question),) = asked.items()
        return self._stated_rank(claim, question, where)

    def _answer(self, question: Question) -> Verdict:
        claim, stated = question.claim, question.stated
        found = question.found
        published = [f for f in found if f.vintage != "revised since"]
        newest = revised_since(found)
        within = [f for f in published if f.vintage != "compared"] or published
        since, told = [newest] if newest else [], []
        if first_published(within):
            # A table of many years, as the appendix has, tells how a figure moved since; what an
            # edition says of the year before it belongs to the year's own figures.
            many = [f for f in within if self._releases.registry[f.release_id].reader == APPENDIX]
            long_since = [f for f in many if f.vintage == "revised"]
            # Of those only the last is said, and any that had the very number that is stated.
            told = [f for f in long_since[:-1] if stated.match(f.value) == "exact"][-1:]
            within = [f for f in within if f not in long_since]
            since = [*long_since[-1:], *since]
        # An earlier file of the Home Office is named only if it has the stated number.
        opened = [
            f for f in found if f.vintage == "revised since" and f is not newest and not f.excluding
        ]
        if newest and stated.match(newest.value) not in ("exact", "rounded"):
            told += [f for f in opened if stated.match(f.value) == "exact"][-1:]
        best = verdicts.best(stated, within)
        since = since if best else [*since, *told]
        has_first = any(f.vintage in ("first published", "compared") for f in published)
        partial = bool(within) and all(f.excluding for f in within)
        if partial and best and isinstance(stated, Bound):
            # More than the bound stays more with the offences of the force that is left out.
            more = claim.quantity in PLAIN_COUNTS and within[-1].value > stated.value
            best = best if more else None
        if best and newest and best[0].startswith(verdicts.TRUE_ONLY_OF.partition("{}")[0]):
            # What is said now as it was at first is no matter of the release between.
            match = stated.match(best[1].value) if stated.match(newest.value) == "exact" else None
            best = (verdicts.OF_MATCH[match] if match else best[0], best[1])
        if best:
            return self._borne_out(question, *best, within, since)
        if told or (has_first and not partial):
            return self._not_borne_out(question, published, within, since)
        if bad := self._by_own_counts(question, found):
            return bad
        if newest or published:
            return self._by_revised(question, published, newest)
        return self._not_checkable(question)

    def _borne_out(
        self,
        question: Question,
        verdict: str,
        decisive: Finding,
        within: Sequence[Finding],
        since: Sequence[Finding],
    ) -> Verdict:
        reason = Reason()
        match = question.stated.match(decisive.value) or "exact"
        self._say(reason, decisive, question.stated, verdicts.OF_MATCH[match])
        for other in within:
            if other is not decisive and other.value != decisive.value:
                self._say(reason, other)
        for finding in since:
            self._say(reason, finding)
        if question.claim.quantity == "total":
            reason.say("without_fraud")
        settles = ""
        if decisive.vintage not in ("first published", "compared") and not first_published(within):
            settles = say_missing(self._releases, question, reason)
        return Verdict(verdict, reason, (decisive,), settles)

    def _not_borne_out(
        self,
        question: Question,
        published: Sequence[Finding],
        within: Sequence[Finding],
        since: Sequence[Finding],
    ) -> Verdict:
        stated, reason = question.stated, Reason()
        across = [f for f in published if f.vintage == "compared"]
        if across and (fits := verdicts.best(stated, across)):
            self._say(reason, fits[1], stated, fits[0])
            say_vintage(reason, within[-1], self._releases.registry, other_base=True)
            return Verdict(verdicts.DEPENDS, reason, (fits[1], within[-1]))
        for later in since:
            match = None if later.excluding else stated.match(later.value)
            if match in ("exact", "rounded"):
                self._say(reason, later, stated, verdicts.OF_MATCH[match])
                for finding in within:
                    self._say(reason, finding)
                return Verdict(verdicts.TRUE_ONLY_OF.format(later.release_id), reason, (later,))
        for finding in within:
            self._say(reason, finding, stated=stated)
        for finding in since:
            self._say(reason, finding)
        same = self._say_elsewhere(question, reason)
        settles = ""
        held = any(self._releases.registry[f.release_id].reader == FORCE_AREAS for f in within)
        if held and (missing := self._releases.settling(question.claim.period)):
            settles = release_name(self._releases.registry[missing[0]])
            reason.say("issued_twice", name=settles)
        decisive = dict.fromkeys((*reversed(within), *same))
        return Verdict(verdicts.CONTRADICTED, reason, tuple(decisive), settles)

    def _by_revised(
        self, question: Question, published: Sequence[Finding], newest: Finding | None
    ) -> Verdict:
        """Judge by the figures as revised since, as far as revisions of that size allow."""
        stated, reason = question.stated, Reason()
        settles = say_missing(self._releases, question, reason)
        known = [*published, *([newest] if newest else [])]
        last = newest or published[-1]
        match = stated.match(last.value)
        for finding in known:
            fits = verdicts.OF_MATCH[match] if finding is last and match else ""
            self._say(reason, finding, stated if finding is last else None, fits)
        # What leaves out a force does not say how large the whole was.
        whole = [finding for finding in known if not finding.excluding] or known
        if isinstance(stated, Direction | Place):
            verdict = self._in_order(question, last, reason)
            return Verdict(verdict, reason, (last,), settles)
        nearest = min(whole, key=lambda finding: _gap(question, finding))
        sizes = self._sizes(question, nearest)
        gap = _gap(question, nearest)
        if match and not isinstance(stated, Bound | Near):
            verdict = verdicts.OF_MATCH[match]
        elif match and sizes:
            margin = abs(last.value - stated.value)
            margin /= abs(last.value) if question.kind == "relative" and last.value else 1
            safe = margin > sizes.largest and not isinstance(stated, Near)
            verdict = verdicts.CONFIRMED if safe else verdicts.AS_REVISED
            if not safe:
                self._say_sizes(reason, question, sizes)
        elif sizes is None:
            verdict = verdicts.AS_REVISED if match else verdicts.NOT_CHECKABLE
        else:
            reason.say("away", away=_distance(question, nearest, gap))
            self._say_sizes(reason, question, sizes)
            verdict = verdicts.WITHIN_REVISIONS if gap <= sizes.usual else verdicts.NOT_CHECKABLE
            if gap > sizes.largest:
                verdict = verdicts.CONTRADICTED
        same = self._say_elsewhere(question, reason) if match != "exact" else []
        return Verdict(verdict, reason, (last, *same), settles)

    def _in_order(self, question: Question, last: Finding, reason: Reason) -> str:
        """The verdict on a direction or a place by a figure that may have been revised since.

        The sign and the order decide, unless revisions of a usual size would turn them.
        """
        if says := self._open_order(question, last):
            reason.say(says[0], **says[1])
            return verdicts.WITHIN_REVISIONS
        return verdicts.AS_REVISED if question.stated.match(last.value) else verdicts.CONTRADICTED

    def _open_order(
        self, question: Question, last: Finding
    ) -> tuple[str, Mapping[str, object]] | None:
        """Why revisions leave a direction or a place open, a sentence with its figures, or None."""
        claim, stated = question.claim, question.stated
        if last.vintage != "revised since":
            return None
        if not isinstance(stated, Place):
            sizes = self._sizes(question, last)
            if sizes and abs(last.value) > sizes.limit:
                return None
            if not sizes:
                return "few_revisions", {"ordered": False}
            limit = _distance(question, None, sizes.limit)
            return "either_side", {"ordered": False, "limit": limit}
        own, others = self._asked.ordered(question, last)
        rivals = _rivals(stated, others, int(last.value))
        base = question.base or self._releases.quantity("count", claim.offence.offence_id)
        kind = "absolute" if _by_change(claim) else "relative"
        sizes = self._releases.sizes(base, claim.area.area_code, kind, claim.period)
        if not sizes:
            return "few_revisions", {"ordered": True}
        beside = ((own + value) if kind == "relative" else 2 for value in rivals)
        if not any(
            abs(own - value) <= sizes.limit * size
            for value, size in zip(rivals, beside, strict=True)
        ):
            return None
        limit = _estimate(question, sizes.limit, "proportion", "size of a revision")
        return "either_side", {"ordered": True, "limit": limit}

    def _sizes(self, question: Question, finding: Finding) -> Sizes | None:
        """How far such figures have moved; of a change, if need be, how far its two sides have."""
        area, near = question.claim.area.area_code, question.claim.period
        sizes = self._releases.sizes(question.find, area, question.kind, near)
        if sizes or not question.base:
            return sizes
        sides = self._releases.sizes(question.base, area, "relative", near)
        if not sides:
            return None
        # Both sides may have moved, and apart.
        ratio = abs(finding.value + 1)
        usual, limit, largest = (
            2 * ratio * size for size in (sides.usual, sides.limit, sides.largest)
        )
        return Sizes(usual, limit, largest, sides.number)

    def _say_sizes(self, reason: Reason, question: Question, sizes: Sizes) -> None:
        usual, largest = (_distance(question, None, size) for size in (sizes.usual, sizes.largest))
        number = _estimate(question, sizes.number, "count", "revisions seen")
        reason.say("sizes", number=number, usual=usual, largest=largest)

    def _by_own_counts(self, question: Question, found: Sequence[Finding]) -> Verdict | None:
        """Judge arithmetic by the counts the statement itself gives; None where it is right."""
        claim, stated = question.claim, question.stated
        if not claim.own_counts:
            return None
        unit: Unit = "proportion"
        if claim.quantity == "change":
            relative = stated.kind == "percent" or isinstance(stated, Direction)
            unit = "change" if relative else "count"
        first, second, made = self._own_counts(claim, unit)
        match = stated.match(made.value)
        agree = match in ("exact", "rounded", "near")
        if agree and found:
            return None
        verdict = verdicts.TRUNCATED if match else verdicts.BY_OWN_COUNTS
        fits = verdicts.ROUNDED if agree else verdicts.TRUNCATED if match else ""
        reason = Reason()
        reason.say("own_counts", first=first, second=second, made=made, stated=stated, fits=fits)
        if not agree and (newest := revised_since(found)):
            self._say(reason, newest)
        settles = say_missing(self._releases, question, reason)
        verdict = verdicts.OWN_COUNTS_AGREE if agree else verdict
        return Verdict(verdict, reason, (made, first, second), settles)

    def _own_counts(self, claim: RecordedClaim, unit: Unit) -> tuple[Finding, Finding, Finding]:
        counts = [self._claims[name] for name in claim.own_counts or ()]
        first, second = (self._own_count(c) for c in counts if isinstance(c, RecordedClaim))
        value, formula = {
            "proportion": (first.value / second.value, formulas.ratio),
            "change": (first.value / second.value - 1, formulas.relative),
            "count": (first.value - second.value, formulas.difference),
        }[unit]
        words = formula(f"{first.value:.0f}", f"{second.value:.0f}")
        made = Finding(value, unit, claim.period, "", "own counts", formula=words)
        return first, second, made

    def _own_count(self, claim: RecordedClaim) -> Finding:
        """A count that the statement gives, with its cell where a release bears it out."""
        stated = claim.value.value
        found = self._releases.counts(claim.area.area_code, claim.offence.offence_id, claim.period)
        same = [finding for finding in found if finding.value == stated]
        return same[-1] if same else Finding(stated, "count", claim.period, "", "own counts")

    def _not_checkable(self, question: Question) -> Verdict:
        claim, reason = question.claim, Reason()
        marked = self._releases.marked(
            claim.area.area_code, claim.offence.offence_id, claim.period, question.measure
        )
        if question.measure == "rate_per_1000" and self._releases.unrated(claim.area.area_code):
            reason.say("no_rate")
            return Verdict(verdicts.NOT_CHECKABLE, reason, (marked,) if marked else ())
        settles = say_missing(self._releases, question, reason)
        sides = self._releases.nearest(claim.area.area_code, question.find, claim.period)
        for finding in sides:
            reason.say("nearest_year", claim=claim, found=finding)
        return Verdict(
            verdicts.NOT_CHECKABLE, reason, (marked,) if marked else tuple(sides), settles
        )

    def _stated_rank(self, claim: RecordedClaim, question: Question, where: str) -> Verdict:
        counted = self._releases.counts(
            claim.area.area_code, claim.offence.offence_id, claim.period
        )
        if question.found or not counted or claim.classification not in RANKED:
            return self._answer(question)
        reason = Reason()
        reason.say("not_ranked", claim=claim, where=where, parent=_parent(claim))
        self._say(reason, counted[-1])
        for name in RANKED:
            if found := self._asked.group_rank(claim, name).found:
                reason.say("ranked_among", name=name, found=_leading(found))
        return Verdict(verdicts.NOT_SUPPORTED, reason, (counted[-1],))

    def _defined(self, claim: RecordedClaim, asked: Mapping[str, Question]) -> Verdict:
        leading = {name: _leading(q.found) for name, q in asked.items() if q.found}
        if not leading:
            return self._not_checkable(next(iter(asked.values())))
        reason = Reason()
        first = next(iter(leading.values()))
        absent = [name for name in asked if name not in leading]
        reason.say("senses", begin=vintage_name(first, self._releases.registry), leading=leading)
        if absent:
            ranked = claim.quantity == "rank" and not claim.value.ordered
            reason.say("senses_absent", absent=absent, ranked=ranked, parent=_parent(claim))
        stated = next(iter(asked.values())).stated
        fits = [name for name, finding in leading.items() if stated.match(finding.value)]
        settles, revised = "", first.vintage == "revised since"
        if revised:
            settles = say_missing(self._releases, next(iter(asked.values())), reason)
        undecided = (self._open_order(asked[name], found) for name, found in leading.items())
        split = fits and len(fits) < len(leading)
        if not split and (says := next(filter(None, undecided), None)):
            reason.say(says[0], **says[1])
            return Verdict(verdicts.WITHIN_REVISIONS, reason, tuple(leading.values()), settles)
        if not fits:
            if len(leading) > 1:
                reason.say("no_sense")
            return Verdict(verdicts.CONTRADICTED, reason, tuple(leading.values()), settles)
        decisive = tuple(leading[name] for name in fits)
        if len(fits) == len(leading):
            matches = {stated.match(finding.value) for finding in decisive}
            exact = matches == {"exact"}
            verdict = verdicts.CONFIRMED if exact else verdicts.ROUNDED
            return Verdict(verdicts.AS_REVISED if revised else verdict, reason, decisive, settles)
        beside = _parent(claim) if fits == ["among published columns"] else ""
        reason.say("some_sense", fits=fits, parent=beside)
        return Verdict(verdicts.DEPENDS, reason, decisive, settles)

    def _say(
        self, reason: Reason, finding: Finding, stated: Stated | None = None, fits: str = ""
    ) -> None:
        say_vintage(reason, finding, self._releases.registry, stated, fits)

    def _say_elsewhere(self, question: Question, reason: Reason) -> list[Finding]:
        claim, stated = question.claim, question.stated
        plain = claim.quantity in PLAIN_COUNTS and not claim.compares
        if not plain or not isinstance(stated, Number):
            return []
        area, offence = claim.area.area_code, claim.offence.offence_id
        same = self._releases.elsewhere(area, offence, stated.value, claim.period)[:1]
        for other in same:
            reason.say("elsewhere", found=other)
        return same

    def _say_refuted(self, claim: RecordedClaim, reason: Reason) -> None:
        """Say which count is left out that a percentage change implies."""
        area, offence = claim.area.area_code, claim.offence.offence_id
        for day in filter(None, (claim.period, claim.earlier)):
            for found in self._releases.refuted(area, offence, day):
                begin = vintage_name(found, self._releases.registry)
                reason.say("refuted", begin=begin, found=found)

    def _across(self, claim: RecordedClaim, verdict: Verdict) -> Verdict:
        """A verdict on a change, named after the changes of recording that it goes across."""
        earlier = claim.earlier
        if not earlier or verdict.verdict == verdicts.NOT_CHECKABLE:
            return verdict
        changed = self._releases.comparable(claim.offence.offence_id, claim.period, earlier)
        if not changed:
            return verdict
        verdict.reason.say("changed", changed=changed)
        area, offence = claim.area.area_code, claim.offence.offence_id
        alike = None
        if not claim.than and claim.quantity in (*PLAIN_COUNTS, "change"):
            alike = self._releases.like_for_like(area, offence, claim.period, earlier)
        if alike:
            verdict.reason.say("alike", found=alike)
        return replace(verdict, verdict=f"{verdict.verdict}{verdicts.ACROSS}")


def _by_change(claim: RecordedClaim) -> bool:
    return claim.quantity == "rank" and bool(claim.value.order == CHANGE)


def _leading(found: Sequence[Finding]) -> Finding:
    """The vintage that decides: the newest of ONS's where the first issue is among them."""
    published = [f for f in found if f.vintage not in ("revised since", "compared")]
    if first_published(published):
        return published[-1]
    return revised_since(found) or found[-1]


def _rivals(place: Place, others: Sequence[float], rank: int) -> list[float]:
    """Values that would have to change places with a group's or area's own.

    Where it stands as stated, those next to it; else that which holds the stated place.
    """
    ordered = sorted(others, reverse=not place.last)
    if place.match(rank):
        above, below = ordered[rank - 2 : rank - 1] if rank > 1 else [], ordered[rank - 1 : rank]
        return [*([] if place.at_most else above), *below]
    # Without its own value those behind it have moved up by one.
    stated = place.number - 1 if place.number < rank else place.number - 2
    return ordered[max(stated, 0) : max(stated, 0) + 1]


def _gap(question: Question, finding: Finding) -> float:
    far = distance(question.stated, finding.value)
    return far / abs(finding.value) if question.kind == "relative" and finding.value else far


def _distance(question: Question, finding: Finding | None, size: float) -> Finding:
    unit: Unit = "proportion"
    if question.kind == "absolute":
        unit = "places" if isinstance(question.stated, Place) else "points"
    if finding:
        return _estimate(question, size, unit, "distance from what is stated", finding.cells)
    return _estimate(question, size, unit, "size of a revision")


def _estimate(
    question: Question, value: float, unit: Unit, words: str, cells: tuple[Cell, ...] = ()
) -> Finding:
    return Finding(value, unit, question.claim.period, "", "estimate", cells, words)


def _parent(claim: RecordedClaim) -> str:
    """The group that the claim's is part of, inside a sentence; empty for a main group."""
    parent = offences().get(claim.offence.parent_id)
    if parent is None or parent.offence_id == "total":
        return ""
    return f"{parent.name[:1].lower()}{parent.name[1:]}"
