"""What every release says about police recorded crime in an area and a year.

Vintages are kept apart: a year's count as first published, as a later edition revised it in its
table of the year before, as a later edition's percentage change gives it away, and as the Home
Office's open data have it now.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from crimeshare.audit.findings import Finding, Unit, Vintage, difference_of, rate_of, share_of
from crimeshare.audit.lookup import joint_until
from crimeshare.audit.vintages import BY_AREA, PERCENTAGE, TOTAL
from crimeshare.audit.vintages import Vintage as Known
from crimeshare.cells import Cell
from crimeshare.measures import formulas
from crimeshare.periods import a_year_before, month_end, months_before, stretches
from crimeshare.reference import NATION, areas, changes_of, offences
from crimeshare.sources.datasets import FORCE_AREAS, QUARTERS

if TYPE_CHECKING:
    from crimeshare.audit.evidence import Evidence

RANKED = ("main groups", "sub-groups", "published columns")
"""Classifications of offence groups."""

ORDERS = {"forces by share": "share", "forces by rate": "rate", "forces by count": "count"}
"""Orders of areas, and what they are ordered by."""

_QUARTERS = 4

# How far away, in days, revisions are looked at: what a force records again changes over time.
_NEAR = 5 * 366

Find = Callable[[str, date], Sequence[Finding]]
"""Vintages of one quantity, by area and year, the oldest release first."""


@dataclass(frozen=True)
class Sizes:
    """How far a quantity has moved since it was first published.

    Attributes:
        usual: nine revisions in ten were no larger.
        limit: nineteen in twenty were no larger, as the report's limits of revisions have it.
        largest: ninety-nine in a hundred were no larger. The few beyond are no revisions but
            changes of what a group holds, as when it was new.
        number: how many revisions that tells.
    """

    usual: float
    limit: float
    largest: float
    number: int


class Releases:
    """The figures of every release, by what they are about."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._published = evidence.published
        self.registry = evidence.registry
        self._found: dict[tuple[str, str, date], list[Finding]] = {}
        self._marked_rates: dict[str, bool] = {}
        self._of_groups: dict[tuple[str, date], dict[str, dict[str, float | None]]] = {}

    # What there is

    def own_period(self, release_id: str) -> date:
        """Last day of the year that a release is about."""
        return self.registry[release_id].period_end

    @cached_property
    def held(self) -> set[str]:
        """Releases of ONS's tables with figures."""
        return {name for name in self._published.releases if not self._open(name)}

    def _open(self, release_id: str) -> bool:
        return self.registry[release_id].reader == QUARTERS

    @cached_property
    def days(self) -> list[date]:
        """Ends of the years that there may be figures of."""
        return sorted(self._evidence.periods)

    def settling(self, period_end: date) -> list[str]:
        """Editions of that year whose figures are not here, the one in force first."""
        missing = [
            release
            for release in self.registry.values()
            if release.reader == FORCE_AREAS
            and release.period_end == period_end
            and release.release_id not in self.held
        ]
        return [r.release_id for r in sorted(missing, key=lambda r: r.status == "superseded")]

    def marked(self, area: str, offence: str, period_end: date, measure: str) -> Finding | None:
        """A cell of that year's own edition that holds a marker; its note names the marker."""
        known = self._published.rates if measure == "rate_per_1000" else self._published.counts
        for found in known(area, offence, period_end):
            own = self.own_period(found.release_id) == period_end
            leading = found.grouping == BY_AREA or offence not in offences()
            if found.marker and leading and own:
                marker = replace(self._finding(found, "count"), value=float("nan"))
                return replace(marker, note=found.marker.replace("_", " "))
        return None

    # Vintages

    def counts(self, area: str, offence: str, day: date) -> list[Finding]:
        """Every vintage of a count, those of the Home Office last.

        None of an offence code in a year that begins while it was still recorded with others.
        """
        key = (area, offence, day)
        if key not in self._found:
            joint = joint_until(offence)
            whole = joint is None or a_year_before(day) + timedelta(days=1) >= joint[0]
            known = [
                self._finding(found, "count")
                for found in self._published.counts(*key)
                if found.value is not None and not found.refuted
            ]
            # Of what came out with a year, the area tables stand last: they lead, as in the series.
            own = sorted(
                (found for found in known if found.vintage != "revised since"),
                key=lambda found: self._place(found.release_id),
            )
            since = [found for found in known if found.vintage == "revised since"]
            self._found[key] = [*own, *since] if whole else []
        return self._found[key]

    def _place(self, release_id: str) -> tuple[bool, date, bool]:
        release = self.registry[release_id]
        return release.reader != QUARTERS, release.period_end, release.reader == FORCE_AREAS

    def refuted(self, area: str, offence: str, day: date) -> list[Finding]:
        """Counts that a percentage change implies, and counts in other releases speak against."""
        found = self._published.counts(area, offence, day)
        return [self._finding(one, "count") for one in found if one.refuted]

    def rates(self, area: str, offence: str, day: date) -> list[Finding]:
        """Every vintage of a rate per 1,000 residents: as published, then as counts revised since.

        The Home Office publishes no rates: its counts are taken per 1,000 residents, as the report
        does.  Where the editions mark an area's rates (few live there), it has none.
        """
        published = [
            self._finding(found, "per_1000")
            for found in self._published.rates(area, offence, day)
            if found.value is not None
        ]
        if self.unrated(area):
            return published
        since = (
            rate_of(count, *residents)
            for count in self.counts(area, offence, day)
            if self._open(count.release_id)
            and not count.excluding
            and (residents := self._residents(area, day))
        )
        return [*published, *since]

    def unrated(self, area: str) -> bool:
        """Whether every edition marks the rate of all crime in an area."""
        if area not in self._marked_rates:
            found = [
                rate.value is not None
                for day in self._first_days
                for rate in self._published.rates(area, TOTAL, day)
            ]
            self._marked_rates[area] = bool(found) and not any(found)
        return self._marked_rates[area]

    def _residents(self, area: str, day: date) -> tuple[float, int] | None:
        """Residents in the newest mid-year that the year holds or that came before it."""
        wanted = day.year - (day.month < 6)
        residents = self._published.residents
        years = [year for code, year in residents if code == area and year <= wanted]
        return (residents[area, max(years)], max(years)) if years else None

    def shares(self, area: str, offence: str, day: date, of: str = TOTAL) -> list[Finding]:
        """Every vintage of a share, each of the same release's own total, or of another group."""
        totals = {whole.release_id: whole for whole in self.counts(area, of, day)}
        return [
            share_of(part, whole)
            for part in self.counts(area, offence, day)
            if (whole := totals.get(part.release_id)) and whole.value > 0 and part.value >= 0
        ]

    def parts_of_area(self, area: str, offence: str, day: date, of: str) -> list[Finding]:
        """Every vintage of an area's part of the offences of another, both of one release."""
        wholes = {whole.release_id: whole for whole in self.counts(of, offence, day)}
        return [
            share_of(part, whole)
            for part in self.counts(area, offence, day)
            if (whole := wholes.get(part.release_id)) and whole.value > 0
        ]

    def quantity(self, name: str, offence: str, of: str = TOTAL) -> Find:
        """Counts, rates, shares or parts of an area, of an offence group, by area and year.

        Args:
            of: the group that a share is of, or the area that a ``share_of_nation`` is of.
        """
        if name == "share":
            return lambda area, day: self.shares(area, offence, day, of)
        if name == "share_of_nation":
            return lambda area, day: self.parts_of_area(area, offence, day, of)
        finder = {"count": self.counts, "rate": self.rates}[name]
        return lambda area, day: finder(area, offence, day)

    def changes(self, offence: str) -> Find:
        """Changes on the year before, each within one release."""

        def find(area: str, day: date) -> list[Finding]:
            now, before = (self.counts(area, offence, d) for d in (day, a_year_before(day)))
            made = self.compared(now, before, "percent")
            return [change for change in made if change.vintage != "compared"]

        return find

    def group_ranks(self, area: str, offence: str, day: date, classification: str) -> list[Finding]:
        """Every vintage of a group's place by count among the offence groups of its area.

        Args:
            classification: a key of ``RANKED``.
        """
        found = []
        for count in self.counts(area, offence, day):
            others = self.ranked(area, day, count.release_id, classification)
            if offence in others:
                rank = 1 + sum(value > others[offence] for value in others.values())
                formula = formulas.place(count.named, classification)
                found.append(replace(count, value=float(rank), unit="rank", formula=formula))
        return found

    def ranked(
        self, area: str, day: date, release_id: str, classification: str
    ) -> dict[str, float]:
        """Counts of the offence groups that a classification ranks; none where one is missing."""
        groups = self._groups(area, day).get(release_id, {})
        held = {offences()[group].parent_id for group in groups}
        wanted = {
            "main groups": [group for group in groups if offences()[group].parent_id == TOTAL],
            "sub-groups": [group for group in groups if group not in held],
            "published columns": list(groups),
        }[classification]
        counts = {group: value for group in wanted if (value := groups[group]) is not None}
        if len(counts) < len(wanted):
            return {}
        # Groups of the open data make up the total, but for a year that lacks one of them.
        whole = classification != "published columns"
        added = sum(value for group, value in counts.items() if whole or group not in held)
        totals = {count.release_id: count.value for count in self.counts(area, TOTAL, day)}
        return counts if not self._open(release_id) or added == totals.get(release_id) else {}

    def area_ranks(
        self, area: str, find: Find, day: date, among: Sequence[str], *, last: bool, by: str
    ) -> list[Finding]:
        """Every vintage of an area's place among others, ties sharing the better place.

        Args:
            last: whether the lowest is the first.
        """
        found = []
        others = {code: {f.release_id: f for f in find(code, day)} for code in among}
        for own in find(area, day):
            values = [f.value for of in others.values() if (f := of.get(own.release_id))]
            before = sum(v < own.value if last else v > own.value for v in values)
            formula = formulas.place(own.named, by)
            among_all = replace(own, value=float(len(values)), unit="count", formula=formula)
            found.append(
                replace(
                    own,
                    value=float(before + 1),
                    unit="rank",
                    formula=formula,
                    told="{}, of {} areas the {}" + (" from the lowest" if last else ""),
                    parts=(own, replace(among_all, told="{}", parts=())),
                )
            )
        return found

    def compared(
        self, now: Sequence[Finding], before: Sequence[Finding], kind: str
    ) -> list[Finding]:
        """Differences between two years or areas, within each release and between editions.

        Args:
            kind: ``percent`` for a relative difference, ``points`` for one of two proportions,
                otherwise the plain difference.

        An edition compares its year with the year before as it revises it; two editions can
        also be compared as first published, and the two need not agree.
        """
        earlier = {finding.release_id: finding for finding in before}
        found = [
            difference_of(one, other, kind, one.vintage)
            for one in now
            if (other := earlier.get(one.release_id)) and (other.value or kind != "percent")
        ]
        one, other = first_published(now), first_published(before)
        if not one or not other or one.release_id == other.release_id:
            return found
        # A total without a force is not compared with one that has it.
        if one.excluding == other.excluding and (other.value or kind != "percent"):
            found = [difference_of(one, other, kind, "compared"), *found]
        return found

    def comparable(self, offence: str, one: date, other: date) -> str:
        """What makes two years not comparable; empty where nothing does."""
        earlier, later = sorted((one, other))
        began = a_year_before(earlier) + timedelta(days=1)
        changes = changes_of(offence)
        return "; ".join(each.name for each in changes if began < each.effective <= later)

    def like_for_like(self, area: str, offence: str, day: date, before: date) -> Finding | None:
        """The change between the quarters of two years that were recorded alike, in the open data.

        Quarters that lie on one side of every change of recording, a quarter and its counterpart;
        None where no pair does, where all do, or where the two years are no whole years apart.
        """
        if area not in areas() or day.month != before.month:
            return None
        pairs = [
            (now, then)
            for now, then in (
                (months_before(day, back), months_before(before, back)) for back in (0, 3, 6, 9)
            )
            if not any(
                month_end(then.year, then.month - 2).replace(day=1) < change.effective <= now
                for change in changes_of(offence)
            )
        ]
        if not pairs or len(pairs) == _QUARTERS:
            return None
        months = stretches([now for now, _ in pairs])
        now, then = (
            self._published.of_quarters(area, offence, ends, months)
            for ends in zip(*pairs, strict=True)
        )
        both = [
            (one, other)
            for one in now
            for other in then
            if one.release_id == other.release_id and one.excluded == other.excluded
        ]
        if not both or not both[-1][1].value:
            return None
        one, other = (self._finding(found, "count") for found in both[-1])
        return replace(difference_of(one, other, "percent", "revised since"), note=months)

    def elsewhere(self, area: str, offence: str, value: float, but: date) -> list[Finding]:
        """Other years in which the area's count of the group is exactly that."""
        return [
            finding
            for day in self._published.days
            for finding in self.counts(area, offence, day)
            if day != but and finding.value == value and not self._open(finding.release_id)
        ]

    def nearest(self, area: str, find: Find, day: date) -> list[Finding]:
        """What the nearest years before and after say, each in its newest vintage."""
        days = self._published.days
        sides: list[Finding] = []
        for side in ([d for d in reversed(days) if d < day], [d for d in days if d > day]):
            given = next((found for other in side if (found := find(area, other))), None)
            sides += [given[-1]] if given else []
        return sides

    def sizes(self, find: Find, area: str, kind: str, near: date) -> Sizes | None:
        """How far a quantity has moved between its first issue and the newest figures.

        Args:
            area: areas of its kind are looked at, and forces where those are few.
            kind: ``relative`` to the figure as revised, or ``absolute``.
            near: first issues of the five years before and after this day tell most.
        """
        days = [day for day in self._first_days if abs((day - near).days) <= _NEAR]
        types = {a.area_code: a.area_type for a in areas().values()}
        own = types.get(area, "force")
        for wanted in ((own,), ("force",)):
            moved = [
                abs(first.value - newest.value) / (abs(newest.value) if kind == "relative" else 1)
                for code, area_type in types.items()
                if area_type in wanted
                for day in days
                if (vintages := find(code, day))
                and (
                    first := first_published(vintages)
                    or next((f for f in vintages if self.own_period(f.release_id) == day), None)
                )
                and (newest := revised_since(vintages))
                and not first.excluding
                and first.release_id != newest.release_id
                and newest.value
            ]
            if len(moved) >= 20:
                moved.sort()
                usual, limit, largest = (
                    moved[int(q * (len(moved) - 1))] for q in (0.9, 0.95, 0.99)
                )
                return Sizes(usual, limit, largest, len(moved))
        return None

    @cached_property
    def _first_days(self) -> list[date]:
        return sorted({self.own_period(name) for name in self._published.releases})

    # Reading

    def _finding(self, found: Known, unit: Unit) -> Finding:
        own = self.own_period(found.release_id) == found.period_end
        vintage: Vintage = "first published" if own else "revised"
        if found.known_from == PERCENTAGE:
            vintage = "recovered"
        elif self._open(found.release_id):
            vintage = (
                "first published"
                if own and found.release_id in self.concurrent
                else "revised since"
            )
        return Finding(
            found.value or 0.0,
            unit,
            found.period_end,
            found.release_id,
            vintage,
            tuple(Cell(*self._published.place(cell)) for cell in found.cells),
            "" if found.formula == found.cells[0] else found.formula,
            excluding=" and ".join(found.excluded),
        )

    def _groups(self, area: str, day: date) -> dict[str, dict[str, float | None]]:
        """Counts of all offence groups of an area and year by release; None for a marked cell."""
        key = (area, day)
        if key not in self._of_groups:
            found: dict[str, dict[str, float | None]] = {}
            for group in offences():
                for count in self._published.counts(area, group, day):
                    if count.grouping == BY_AREA and count.known_from != PERCENTAGE:
                        found.setdefault(count.release_id, {})[group] = count.value
            for groups in found.values():
                groups.pop(TOTAL, None)
            self._of_groups[key] = found
        return self._of_groups[key]

    @cached_property
    def concurrent(self) -> set[str]:
        """Releases of the Home Office that agree with ONS's edition of their own year.

        They came out on one day, so that the newest year in them is first published there, where
        England and Wales are the same in all groups that both have.
        """
        found = set()
        for release_id in filter(self._open, self._published.releases):
            day = self.own_period(release_id)
            pairs = []
            for group in offences():
                known = self._published.counts(NATION, group, day)
                own = [
                    one.value
                    for one in known
                    if self.own_period(one.release_id) == day and not self._open(one.release_id)
                ]
                pairs += [
                    (own[-1], one.value) for one in known if own and one.release_id == release_id
                ]
            if len(pairs) > 1 and all(one == other for one, other in pairs):
                found.add(release_id)
        return found


def first_published(found: Sequence[Finding]) -> Finding | None:
    """The last issue of the year's own edition."""
    return next((f for f in reversed(found) if f.vintage == "first published"), None)


def revised_since(found: Sequence[Finding]) -> Finding | None:
    """The newest figure of the Home Office."""
    return next((f for f in reversed(found) if f.vintage == "revised since"), None)
