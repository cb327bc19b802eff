"""What a statement on recorded crime asks: a quantity, what is said of it, and how to find it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from crimeshare.audit.findings import Finding
from crimeshare.audit.lookup import find_area, lies_in, offence_codes
from crimeshare.audit.numerals import CHANGE
from crimeshare.audit.recorded_evidence import ORDERS, RANKED, Find, Releases
from crimeshare.audit.stated import Direction, Paced, Place, Stated
from crimeshare.audit.statements import RecordedClaim
from crimeshare.periods import a_year_before, months_before, months_between
from crimeshare.problems import Problem
from crimeshare.reference import NATION, WALES, Area

_MARKED_IN = {"count": "count", "share": "count", "rate": "rate_per_1000"}
_MARKED_IN |= {"share_of_nation": "count"}


@dataclass(frozen=True)
class Question:
    """One quantity, what is said of it, and how to find it.

    Attributes:
        find: vintages of the quantity by area and year.
        kind: whether a distance from it is ``relative`` or ``absolute``.
        measure: the measure whose marker explains that it is not there.
        base: of a relative difference, vintages of what differs; of a place, of what is ordered.
        among: of a place among areas, the codes of those areas.
        groups: of a place among offence groups, their classification.
    """

    claim: RecordedClaim
    stated: Stated
    find: Find
    kind: Literal["relative", "absolute"]
    measure: str
    base: Find | None = None
    among: Sequence[str] = ()
    groups: str = ""

    @property
    def found(self) -> Sequence[Finding]:
        """Every vintage of the area and year that the claim is about."""
        return self.find(self.claim.area.area_code, self.claim.period)


class Questions:
    """Turns claims into questions to every release of recorded crime."""

    def __init__(self, releases: Releases, areas: Mapping[str, Area]) -> None:
        self._releases = releases
        self._areas = areas

    def plain(self, claim: RecordedClaim, stated: Stated, name: str) -> Question:
        find = self._releases.quantity(name, claim.offence.offence_id, _whole_of(claim))
        if isinstance(stated, Paced):
            find = _paced(find, stated)
        return Question(claim, stated, find, "relative", _MARKED_IN[name])

    def compared(self, claim: RecordedClaim, stated: Stated, name: str) -> Question:
        """A difference from another area, or from another year."""
        if stated.kind == "points" and not name.startswith("share"):
            raise Problem(
                f"`value` is `{stated.text}`; only shares differ by percentage points, so "
                "expected `quantity: share`"
            )
        kind = "points" if name.startswith("share") and stated.kind != "percent" else stated.kind
        if isinstance(stated, Direction) and kind == "number":
            kind = "percent"
        base = self._releases.quantity(name, claim.offence.offence_id, _whole_of(claim))
        if claim.than:
            other = claim.than.area_code

            def find(area: str, day: date) -> Sequence[Finding]:
                now, then = base(area, day), base(other, day)
                within = [f for f in now if any(f.release_id == t.release_id for t in then)]
                return self._releases.compared(within, then, kind)

        else:
            earlier = claim.earlier or a_year_before(claim.period)
            months = months_between(earlier, claim.period)

            def find(area: str, day: date) -> Sequence[Finding]:
                return self._releases.compared(
                    base(area, day), base(area, months_before(day, months)), kind
                )

        absolute = kind in ("points", "percent")
        measure = _MARKED_IN[name]
        question = Question(claim, stated, find, "absolute" if absolute else "relative", measure)
        return replace(question, base=base) if kind == "percent" else question

    def ranks(self, claim: RecordedClaim) -> dict[str, Question]:
        """The orders that a place may be one in, by their names."""
        place = claim.value
        if claim.offence.offence_id in offence_codes() and claim.classification in RANKED:
            raise Problem(f"`classification` ranks offence groups; {claim.offence.name} is none")
        # "Highest in Gwent", said of Gwent, is a place among what is recorded there.
        here = place.within == claim.area.area_name.casefold() and not place.last
        among_areas = (place.ordered and not here) or claim.classification in ORDERS
        if among_areas and claim.classification in RANKED:
            raise Problem(
                f"`value` is `{place.text}`, a place among areas, and `classification` is "
                f"`{claim.classification}`, a list of offence groups; expected one of "
                f"{', '.join(ORDERS)}"
            )
        if not among_areas and claim.offence.offence_id in offence_codes():
            raise Problem(
                f"`value` is `{place.text}`, a place among offence groups, and "
                f"{claim.offence.name} is none; expected a place among areas such as highest"
            )
        if not among_areas:
            names = list(RANKED) if claim.classification == "not stated" else [claim.classification]
            return {f"among {name}": self.group_rank(claim, name) for name in names}
        by = ORDERS.get(claim.classification) or place.order
        names = [by] if by else ["count", "rate", "share"]
        among = self._among(claim.area, place.within)
        return {f"by {name}": self._area_rank(claim, name, among) for name in names}

    def group_rank(self, claim: RecordedClaim, name: str) -> Question:
        offence = claim.offence.offence_id

        def find(area: str, day: date) -> Sequence[Finding]:
            return self._releases.group_ranks(area, offence, day, name)

        return Question(claim, claim.value, find, "absolute", "count", groups=name)

    def _area_rank(self, claim: RecordedClaim, name: str, among: Sequence[str]) -> Question:
        place: Place = claim.value
        if name == CHANGE:
            base = self._releases.changes(claim.offence.offence_id)
        else:
            base = self._releases.quantity(name, claim.offence.offence_id)

        def find(area: str, day: date) -> Sequence[Finding]:
            return self._releases.area_ranks(area, base, day, among, last=place.last, by=name)

        return Question(claim, place, find, "absolute", _MARKED_IN.get(name, "count"), base, among)

    def _among(self, area: Area, within: str) -> list[str]:
        whole = None
        if within and within not in ("country", "area", "england and wales", "nation"):
            try:
                whole, _ = find_area(within, self._areas)
            except ValueError as error:
                raise Problem(f"`value` ends in an area that {error}") from None
        kinds = {area.area_type}
        if area.area_type == "region" or area.area_code == WALES:
            # ONS lists Wales beside the regions of England.
            codes = [code for code, a in self._areas.items() if a.area_type == "region"]
            return codes if within == "england" else [*codes, WALES]
        codes = [code for code, other in self._areas.items() if other.area_type in kinds]
        if whole:
            codes = [code for code in codes if lies_in(code, whole.area_code, self._areas)]
            if area.area_code not in codes:
                raise Problem(
                    f"`value` ranks {area.area_name} in {whole.area_name}, where it does not lie"
                )
        return codes

    def ordered(self, question: Question, last: Finding) -> tuple[float, list[float]]:
        """What is ordered: the value of the claim's own area or group, and those of the others."""
        claim = question.claim
        area, offence = claim.area.area_code, claim.offence.offence_id
        if question.groups:
            values = self._releases.ranked(area, claim.period, last.release_id, question.groups)
            return values[offence], [v for group, v in values.items() if group != offence]
        assert question.base is not None
        found = {
            code: finding.value
            for code in question.among
            for finding in question.base(code, claim.period)
            if finding.release_id == last.release_id
        }
        return found[area], [value for code, value in found.items() if code != area]


def _whole_of(claim: RecordedClaim) -> str:
    if claim.quantity == "share_of_nation":
        return claim.of.area_code if claim.of else NATION
    return claim.of.offence_id if claim.of else "total"


COMMON_YEAR = 365


def _paced(find: Find, stated: Paced) -> Find:
    """Yearly counts as the pace that they make."""

    def paced(area: str, day: date) -> list[Finding]:
        # People divide by 365 in leap years too: the length that comes nearer is what was meant.
        lengths = {(day - a_year_before(day)).days, COMMON_YEAR}

        def by(count: float) -> float:
            made = (stated.of(count, days) for days in sorted(lengths))
            return min(made, key=lambda value: abs(value - stated.value))

        unit = f"{stated.unit}s" if stated.every else f"a {stated.unit}"
        told = "{}, that is one every {} " + unit if stated.every else "{}, that is {} " + unit
        return [
            replace(
                count,
                value=by(count.value),
                unit="pace",
                formula=f"{count.named} by {'time' if stated.every else stated.unit}",
                told=told.replace("a hour", "an hour"),
                parts=(count,),
            )
            for count in find(area, day)
            if count.value > 0
        ]

    return paced
