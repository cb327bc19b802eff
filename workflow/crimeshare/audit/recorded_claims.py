"""Verdicts on claims about police recorded crime."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from crimeshare.audit import verdicts
from crimeshare.audit.findings import Finding, Unit
from crimeshare.audit.open_data import OpenData
from crimeshare.audit.recorded import RANKED, Find, Releases
from crimeshare.audit.stated import Bound, Direction, Number, Stated
from crimeshare.audit.statements import (
    AnyClaim,
    Change,
    Count,
    Rank,
    Rate,
    Recorded,
    Share,
    Total,
)
from crimeshare.audit.verdicts import Reason, Verdict
from crimeshare.periods import in_words
from crimeshare.reference import offences


class RecordedAudit:
    """Judges claims against every release of recorded crime at hand."""

    def __init__(
        self,
        releases: Releases,
        open_data: OpenData,
        claims: Mapping[str, AnyClaim],
    ) -> None:
        """Take the releases, counts as revised since (which decide nothing), and claims by id."""
        self._releases = releases
        self._open_data = open_data
        self._claims = claims

    def judge(self, claim: Recorded) -> Verdict:
        """The verdict on one claim."""
        match claim:
            case Count() | Total():
                return self._count(claim)
            case Share():
                return self._share(claim)
            case Rank():
                return self._rank(claim)
            case Rate():
                return self._rate(claim)
            case Change():
                return self._change(claim)
        raise TypeError(f"no verdict on a {type(claim).__name__}")

    def _count(self, claim: Count | Total) -> Verdict:
        area, offence = claim.area.area_code, _offence(claim)
        find: Find = lambda day: self._releases.counts(area, offence, day)  # noqa: E731
        verdict = self._vintages(claim, claim.value, find, "count")
        if verdict.verdict in (verdicts.NOT_CHECKABLE, verdicts.CONTRADICTED):
            same = (
                self._releases.elsewhere(area, offence, claim.value.value, claim.period)
                if isinstance(claim.value, Number)
                else []
            )
            if same:
                verdict.reason.say(
                    f"The stated number, {{}}, is exactly that of the {same[0].year} in "
                    f"{same[0].release_id}.",
                    same[0],
                )
                decisive = dict.fromkeys((*verdict.decisive, same[0]))
                verdict = Verdict(verdict.verdict, verdict.reason, tuple(decisive))
        for later in self._open_data.counts(area, offence, claim.period):
            groups = "" if isinstance(claim, Total) else " and by the offence groups of today"
            verdict.reason.say(
                f"{later.note} give {{}} for that year as revised since{groups}; a revised count "
                "neither bears out nor refutes what was first published.",
                later,
            )
        return verdict

    def _rate(self, claim: Rate) -> Verdict:
        area, offence = claim.area.area_code, claim.offence.offence_id
        return self._vintages(
            claim,
            claim.value,
            lambda day: self._releases.rates(area, offence, day),
            "rate_per_1000",
        )

    def _share(self, claim: Share) -> Verdict:
        area, offence = claim.area.area_code, claim.offence.offence_id
        find: Find = lambda day: self._releases.shares(area, offence, day)  # noqa: E731
        own = self._own_counts(claim, "proportion")
        if own and not find(claim.period):
            return self._by_own_counts(claim, claim.value, own, find)
        return self._vintages(claim, claim.value, find, "count")

    def _change(self, claim: Change) -> Verdict:
        unit: Unit = "change" if claim.value.relative else "count"
        area, offence = claim.area.area_code, claim.offence.offence_id
        found = self._releases.changes(area, offence, claim.period, claim.previous, unit)
        own = self._own_counts(claim, unit)
        if not found:
            if own:
                return self._by_own_counts(claim, claim.value, own, lambda day: [])
            return self._not_checkable(claim, lambda day: [], "count")
        within = [finding for finding in found if finding.vintage != "compared"] or found
        verdict = self._judged(claim, claim.value, within)
        across = [finding for finding in found if finding not in within]
        if verdict.verdict == verdicts.CONTRADICTED and across:
            best = verdicts.best(claim.value, across)
            if best:
                reason = Reason()
                reason.say(
                    f"The counts as first published differ by {{}} between the "
                    f"{in_words(claim.previous)} and the {across[0].year}, as stated; "
                    f"{within[-1].release_id}, which compares with the earlier year as it revised "
                    "it, has {}.",
                    across[0],
                    within[-1],
                )
                verdict = Verdict(verdicts.DEPENDS, reason, (across[0], within[-1]))
        note = next((finding.note for finding in found if finding.note), "")
        if note:
            verdict.reason.say(f"The two years are {note}.")
        return verdict

    def _rank(self, claim: Rank) -> Verdict:
        if claim.classification != "not stated":
            return self._stated_rank(claim)
        by_definition = self._places(claim, claim.period)
        if any(by_definition.values()):
            return self._by_definition(claim, by_definition)
        before_after = [
            self._places(claim, finding.period_end)
            for finding in self._releases.overlapping(
                claim.period, lambda day: self._any_place(claim, day)
            )
        ]
        fits = [_fitting(claim.value, places) for places in before_after]
        verdict = self._not_checkable(claim, lambda day: self._any_place(claim, day), "count")
        if not fits or not all(fits) or fits[0] != fits[1]:
            return verdict
        if len(fits[0]) == sum(bool(found) for found in before_after[0].values()):
            return verdict
        reason, decisive = Reason(), []
        for places in before_after:
            newest = [found[-1] for found in places.values() if found]
            reason.say(
                f"In the {newest[0].year} ({newest[0].release_id}), {_all_places(claim, places)}.",
                *newest,
            )
            decisive += [places[name][-1] for name in fits[0]]
        reason.say(
            f"So it is true among {_listed(fits[0])} only{_parent(claim, fits[0])}. "
            f"{self._missing(claim)}; those two years together hold all of its months, and "
            "agree."
        )
        return Verdict(verdicts.DEPENDS, reason, tuple(decisive))

    def _stated_rank(self, claim: Rank) -> Verdict:
        area, offence = claim.area.area_code, claim.offence.offence_id
        find: Find = lambda day: self._releases.ranks(  # noqa: E731
            area, offence, day, claim.classification
        )
        at_hand = self._releases.counts(area, offence, claim.period)
        if claim.classification not in RANKED or find(claim.period) or not at_hand:
            return self._vintages(
                claim, claim.value, find, "count", f" among {claim.classification}"
            )
        reason = Reason()
        reason.say(
            f"{claim.offence.name} has no place among {claim.classification}"
            f"{_no_place(claim)}; {at_hand[-1].release_id} counts {{}} offences.",
            at_hand[-1],
        )
        others = {name: found for name, found in self._places(claim, claim.period).items() if found}
        for name, found in others.items():
            reason.say(f"Among {name} it is {{}}.", found[-1])
        return Verdict(verdicts.NOT_SUPPORTED, reason, (at_hand[-1],))

    def _by_definition(self, claim: Rank, places: Mapping[str, Sequence[Finding]]) -> Verdict:
        newest = {name: found[-1] for name, found in places.items() if found}
        fits = _fitting(claim.value, places)
        reason = Reason()
        first = next(iter(newest.values()))
        reason.say(f"In {first.release_id}, {_all_places(claim, places)}.", *newest.values())
        if not fits:
            reason.say("It is true in none of them.")
            return Verdict(verdicts.CONTRADICTED, reason, tuple(newest.values()))
        decisive = tuple(newest[name] for name in fits)
        if len(fits) == len(newest):
            return Verdict(verdicts.CONFIRMED, reason, decisive)
        reason.say(f"So it is true among {_listed(fits)} only{_parent(claim, fits)}.")
        return Verdict(verdicts.DEPENDS, reason, decisive)

    def _places(self, claim: Rank, day: date) -> dict[str, list[Finding]]:
        """Vintages of the group's place in each classification of offence groups."""
        area, offence = claim.area.area_code, claim.offence.offence_id
        return {name: self._releases.ranks(area, offence, day, name) for name in RANKED}

    def _any_place(self, claim: Rank, day: date) -> list[Finding]:
        return self._places(claim, day)["published columns"]

    def _vintages(
        self, claim: Recorded, stated: Stated, find: Find, measure: str, where: str = ""
    ) -> Verdict:
        """Judge a number against every vintage of the year at hand."""
        found = find(claim.period)
        if not found:
            return self._not_checkable(claim, find, measure)
        first_at_hand = any(finding.vintage == "first published" for finding in found)
        if not first_at_hand and verdicts.best(stated, found) is None:
            return self._not_checkable(claim, find, measure)
        return self._judged(claim, stated, found, where)

    def _judged(
        self, claim: Recorded, stated: Stated, found: Sequence[Finding], where: str = ""
    ) -> Verdict:
        best = verdicts.best(stated, found)
        partial = all(finding.excluding for finding in found)
        if isinstance(stated, Bound) and isinstance(claim, Count | Total):
            # More than the bound stays more with the offences of the force that is left out.
            partial = partial and found[-1].value < stated.value
        reason = Reason()
        if best is None or (partial and isinstance(stated, Bound)):
            for finding in found:
                reason.say(f"{_says(finding)} {{}}{where}.", finding)
            if missing := self._releases.settling(claim.period):
                reason.say(f"Another issue for the same year, {missing[0]}, is not at hand.")
            verdict = verdicts.CONTRADICTED
            if partial:
                reason.say("What leaves out a force does not settle a number for the whole.")
                verdict = verdicts.NOT_SUPPORTED
            return Verdict(verdict, reason, tuple(reversed(found)))
        verdict, decisive = best
        reason.say(f"{_says(decisive)} {{}}{where}{_how(verdict, stated)}.", decisive)
        for other in found:
            if other is not decisive and other.value != decisive.value:
                reason.say(f"{_says(other)} {{}}.", other)
        return Verdict(verdict, reason, (decisive,))

    def _by_own_counts(
        self,
        claim: Share | Change,
        stated: Stated,
        own: tuple[Finding, Finding, Finding],
        find: Find,
    ) -> Verdict:
        """Judge arithmetic by the counts the statement itself gives."""
        match = stated.match(own[-1].value)
        reason = Reason()
        # Bad arithmetic shows without the release; good arithmetic confirms no count.
        verdict, how = {
            None: (verdicts.NOT_SUPPORTED, ", which is not what it says"),
            "truncated": (verdicts.TRUNCATED, _how(verdicts.TRUNCATED, stated)),
        }.get(match, (verdicts.NOT_CHECKABLE, ", as stated"))
        reason.say(f"Its own two counts, {{}} and {{}}, make {{}}{how}.", *own)
        if isinstance(claim, Change) and match is None:
            reason.say("A release may compare with the earlier year as it revised it.")
        reason.say(f"{self._missing(claim)}; until then the counts rest on the statement.")
        beside = self._beside(claim, find, reason)
        return Verdict(verdict, reason, (own[-1], *own[:-1], *beside))

    def _not_checkable(self, claim: Recorded, find: Find, measure: str) -> Verdict:
        reason = Reason()
        marked = self._releases.marked(claim.area.area_code, _offence(claim), claim.period, measure)
        if marked:
            reason.say(
                f"{marked.release_id} gives no number here: the cell is marked {marked.note}."
            )
            return Verdict(verdicts.NOT_CHECKABLE, reason, (marked,))
        found = find(claim.period)
        for finding in found:
            reason.say(
                f"{_says(finding)} {{}}, which does not settle what was first published.", finding
            )
        reason.say(f"{self._missing(claim)}.")
        beside = self._beside(claim, find, reason)
        return Verdict(verdicts.NOT_CHECKABLE, reason, (*found, *beside))

    def _beside(self, claim: Recorded, find: Find, reason: Reason) -> list[Finding]:
        """Tell what the years on either side say, and whether the stated value lies between."""
        sides = self._releases.neighbours(claim.period, find)
        for finding in sides:
            reason.say(
                f"The nearest year {'before' if finding.period_end < claim.period else 'after'} "
                f"at hand, the {finding.year} ({_in_release(finding)}), has {{}}.",
                finding,
            )
        stated = claim.value if isinstance(claim, Count | Total) else None
        if isinstance(stated, Number) and self._releases.overlapping(claim.period, find):
            low, high = sorted(finding.value for finding in sides)
            between = low <= stated.value <= high
            reason.say(
                f"The stated number {'lies' if between else 'does not lie'} between the two."
            )
        return sides

    def _own_counts(
        self, claim: Share | Change, unit: Unit
    ) -> tuple[Finding, Finding, Finding] | None:
        """The statement's own two counts, and the value that they make."""
        if not claim.own_counts:
            return None
        counts = [self._claims[name] for name in claim.own_counts]
        first, second = (
            self._own_count(count) for count in counts if isinstance(count, Count | Total)
        )
        value, formula = {
            "proportion": (first.value / second.value, "{:.0f} / {:.0f}"),
            "change": (first.value / second.value - 1, "{:.0f} / {:.0f} - 1"),
            "count": (first.value - second.value, "{:.0f} - {:.0f}"),
        }[unit]
        made = Finding(
            value,
            unit,
            claim.period,
            "",
            "own counts",
            formula=formula.format(first.value, second.value),
        )
        return first, second, made

    def _own_count(self, claim: Count | Total) -> Finding:
        """A count that the statement gives, with its cell where a release bears it out."""
        stated = claim.value.value
        found = self._releases.counts(claim.area.area_code, _offence(claim), claim.period)
        same = [finding for finding in found if finding.value == stated]
        return same[-1] if same else Finding(stated, "count", claim.period, "", "own counts")

    def _missing(self, claim: Recorded) -> str:
        """The clause that says which release would settle a claim."""
        day = claim.period
        if isinstance(claim, Change) and self._releases.own_releases(day):
            day = claim.previous
        year = in_words(day)
        settling = self._releases.settling(day)
        at_hand = self._releases.own_releases(day)
        if at_hand:
            return f"{at_hand[-1]}, the edition of the {year}, has no such number"
        if not settling:
            return f"No edition of the {year} is known, so nothing would settle it"
        replaced = f" (or {settling[1]}, which it replaced)" if len(settling) > 1 else ""
        return f"The edition of the {year} is not at hand; {settling[0]}{replaced} would settle it"


def _offence(claim: Recorded) -> str:
    if isinstance(claim, Count | Share | Rank | Rate | Change):
        return claim.offence.offence_id
    return "total"


def _says(finding: Finding) -> str:
    """Who says so, up to the number."""
    without = f" excluding {finding.excluding}," if finding.excluding else ""
    match finding.vintage:
        case "first published":
            comma = "," if without else ""
            return f"The edition of the {finding.year} ({finding.release_id}){comma}{without} gives"
        case "revised":
            return f"{finding.release_id}, as it revised the {finding.year},{without} gives"
        case "recovered":
            return (
                f"{finding.release_id}, by its percentage change on the {finding.year},{without} "
                "gives"
            )
        case _:
            return "The counts first published in the two editions make"


def _in_release(finding: Finding) -> str:
    how = {"revised": "as revised in ", "recovered": "as recovered from the change in "}
    return f"{how.get(finding.vintage, '')}{finding.release_id}"


def _how(verdict: str, stated: Stated) -> str:
    """What rounding made of the number."""
    if isinstance(stated, Direction):
        return f", which is {stated.text}"
    if isinstance(stated, Bound):
        return f", which is {stated.words} the stated number"
    if verdict == verdicts.ROUNDED:
        return ", which rounds to the stated number"
    if verdict == verdicts.TRUNCATED:
        return (
            "; the stated number is what is left when the digits behind are cut off, "
            "not what it rounds to"
        )
    return ""


def _fitting(stated: Number, places: Mapping[str, Sequence[Finding]]) -> list[str]:
    """The classifications in which the newest place is the stated one."""
    return [
        name for name, found in places.items() if found and stated.match(found[-1].value) == "exact"
    ]


def _all_places(claim: Rank, places: Mapping[str, Sequence[Finding]]) -> str:
    """One clause on the group's place in each classification, with ``{}`` for the places."""
    clauses = [
        f"{{}} among {name}" if found else f"without a place among {name}{_no_place(claim)}"
        for name, found in places.items()
    ]
    name = claim.offence.name
    return f"{name[:1].lower()}{name[1:]} is {_listed(clauses)}"


def _no_place(claim: Rank) -> str:
    parent = offences().get(claim.offence.parent_id)
    if parent is None or parent.offence_id == "total":
        return ""
    return f" (it is part of {parent.name[:1].lower()}{parent.name[1:]})"


def _parent(claim: Rank, fits: Sequence[str]) -> str:
    parent = offences().get(claim.offence.parent_id)
    if fits != ["published columns"] or parent is None or parent.offence_id == "total":
        return ""
    name = f"{parent.name[:1].lower()}{parent.name[1:]}"
    return f", where a group is ranked beside its own parent, here {name}"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
