"""What every release says about police recorded crime in an area and a year.

Vintages are kept apart: a year's count as first published, as a later edition revised it in its
table of the year before, as a later edition's percentage change gives it away, and as the Home
Office's open data have it now.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from crimeshare.audit.findings import Finding, Unit, Vintage
from crimeshare.audit.offence_codes import joint_until, offence_codes
from crimeshare.cells import Cell
from crimeshare.measures import formulas
from crimeshare.periods import MONTHS, a_year_before, month_end, months_between
from crimeshare.reference import areas, areas_around, offences
from crimeshare.sources.datasets import APPENDIX, FORCE_AREAS, QUARTERS

if TYPE_CHECKING:
    from crimeshare.audit.evidence import Evidence

RANKED = ("main groups", "sub-groups", "published columns")
"""Classifications of offence groups."""

ORDERS = {"forces by share": "share", "forces by rate": "rate", "forces by count": "count"}
"""Orders of areas, and what they are ordered by."""

NATIONAL = "K04000001"
_TOTAL = "total"
_QUARTERS = 4

# How far away, in days, revisions are looked at: what a force records again changes over time.
_NEAR = 5 * 366

# How near a count recovered from a published percentage must be to a whole number.
_WHOLE = 1e-3

Row = Mapping[str, Any]
Quarters = dict[tuple[str, str, date], Row]
"""Rows of an offence group by release, force and quarter."""

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
        self.registry = evidence.registry
        order = list(self.registry)
        self._order = sorted(
            (r for r in self.registry if self.registry[r].reader != QUARTERS),
            key=lambda r: (self.registry[r].period_end, order.index(r)),
        )
        self._found: dict[tuple[str, str, date], list[Finding]] = {}
        self._by_offence: dict[str, dict[tuple[Any, ...], Row]] = {}
        self._quarters: dict[str, Quarters] = {}
        self._begun: dict[str, dict[str, date]] = {}
        self._of_groups: dict[tuple[str, date], dict[str, dict[str, float | None]]] = {}

    # What there is

    def own_period(self, release_id: str) -> date:
        """Last day of the year that a release is about."""
        return self.registry[release_id].period_end

    @cached_property
    def held(self) -> set[str]:
        """Releases with figures."""
        return self._evidence.held

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
        for release_id in self._order:
            row = self._cells(offence).get((release_id, period_end, area, measure))
            if row and row["marker"] and self.own_period(release_id) == period_end:
                note = str(row["marker"]).replace("_", " ")
                return Finding(
                    float("nan"),
                    "count",
                    period_end,
                    release_id,
                    "first published",
                    (Cell.of(row),),
                    note=note,
                )
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
            quarters = self._revised_since(*key)
            # What came out on one day with ONS's tables stands before them: they name the cells.
            own = [*(f for f in quarters if f.vintage == "first published"), *self._published(*key)]
            since = [f for f in quarters if f.vintage != "first published"]
            self._found[key] = [*own, *since] if whole else []
        return self._found[key]

    def rates(self, area: str, offence: str, day: date) -> list[Finding]:
        """Every vintage of a rate per 1,000 residents: as published, then as counts revised since.

        The Home Office publishes no rates: its counts are taken per 1,000 residents, as the report
        does.  Where the editions mark an area's rates (few live there), it has none.
        """
        tabled = (
            self._tabled(release_id, day, area, offence, "rate_per_1000", "per_1000")
            for release_id in self._order
        )
        published = [finding for finding in tabled if finding]
        if self.unrated(area):
            return published
        since = (
            _rate(count, *residents)
            for count in self.counts(area, offence, day)
            if self.registry[count.release_id].reader == QUARTERS
            and not count.excluding
            and (residents := self._residents(area, day))
        )
        return [*published, *since]

    def unrated(self, area: str) -> bool:
        """Whether every edition marks the rate of all crime in an area."""
        return area in self._unrated

    @cached_property
    def _unrated(self) -> set[str]:
        marked: set[str] = set()
        rated: set[str] = set()
        for (_, _, area, measure), row in self._cells(_TOTAL).items():
            if measure == "rate_per_1000":
                (rated if row["value"] is not None else marked).add(area)
        return marked - rated

    def _residents(self, area: str, day: date) -> tuple[float, int] | None:
        """Residents in the newest mid-year that the year holds or that came before it."""
        wanted = day.year - (day.month < 6)
        years = [year for code, year in self._evidence.residents if code == area and year <= wanted]
        return (self._evidence.residents[area, max(years)], max(years)) if years else None

    def shares(self, area: str, offence: str, day: date, of: str = _TOTAL) -> list[Finding]:
        """Every vintage of a share, each of the same release's own total, or of another group."""
        totals = {whole.release_id: whole for whole in self.counts(area, of, day)}
        return [
            _share(part, whole)
            for part in self.counts(area, offence, day)
            if (whole := totals.get(part.release_id)) and whole.value > 0 and part.value >= 0
        ]

    def shares_of_nation(self, area: str, offence: str, day: date) -> list[Finding]:
        """Every vintage of an area's part of the offences of England and Wales, by one release."""
        wholes = {whole.release_id: whole for whole in self.counts(NATIONAL, offence, day)}
        return [
            _share(part, whole)
            for part in self.counts(area, offence, day)
            if (whole := wholes.get(part.release_id)) and whole.value > 0
        ]

    def quantity(self, name: str, offence: str, of: str = _TOTAL) -> Find:
        """Counts, rates, shares or shares of the nation of an offence group by area and year."""
        if name == "share":
            return lambda area, day: self.shares(area, offence, day, of)
        finder = {
            "count": self.counts,
            "rate": self.rates,
            "share_of_nation": self.shares_of_nation,
        }[name]
        return lambda area, day: finder(area, offence, day)

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
            "main groups": [group for group in groups if offences()[group].parent_id == _TOTAL],
            "sub-groups": [group for group in groups if group not in held],
            "published columns": list(groups),
        }[classification]
        counts = {group: value for group in wanted if (value := groups[group]) is not None}
        return counts if len(counts) == len(wanted) else {}

    def area_ranks(
        self, area: str, find: Find, day: date, among: Sequence[str], *, last: bool, by: str
    ) -> list[Finding]:
        """Every vintage of an area's place among others, ties sharing the better place.

        Args:
            find: what they are ordered by.
            among: codes of the areas that are ordered.
            last: whether the lowest is the first.
            by: what the order is called.
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
            _difference(one, other, kind, one.vintage)
            for one in now
            if (other := earlier.get(one.release_id)) and (other.value or kind != "percent")
        ]
        one, other = first_published(now), first_published(before)
        if not one or not other or one.release_id == other.release_id:
            return found
        # A total without a force is not compared with one that has it.
        if one.excluding == other.excluding and (other.value or kind != "percent"):
            found = [_difference(one, other, kind, "compared"), *found]
        return found

    def comparable(self, offence: str, one: date, other: date) -> str:
        """What makes two years not comparable; empty where nothing does."""
        earlier, later = sorted((one, other))
        began = a_year_before(earlier) + timedelta(days=1)
        changes = self._changes(offence)
        return "; ".join(name for day, name in changes if began < day <= later)

    def _changes(self, offence: str) -> list[tuple[date, str]]:
        """Changes of recording that touch a group or code: from when, and their names."""
        return [
            (date.fromisoformat(change["effective"]), change["name"])
            for change in self._evidence.recording_changes
            if offence in change["offence_ids"].split()
        ]

    def like_for_like(self, area: str, offence: str, day: date, before: date) -> Finding | None:
        """The change between the quarters of two years that were recorded alike, in the open data.

        Quarters that lie on one side of every change of recording, a quarter and its counterpart;
        None where no pair does, where all do, or where the two years are no whole years apart.
        """
        if area not in areas() or day.month != before.month:
            return None
        pairs = [
            (now, then)
            for now, then in zip(_quarter_ends(day), _quarter_ends(before), strict=True)
            if not any(
                month_end(then.year, then.month - 2).replace(day=1) < since <= now
                for since, _ in self._changes(offence)
            )
        ]
        if not pairs or len(pairs) == _QUARTERS:
            return None
        months = _stretches([now for now, _ in pairs])
        quarters = self._quarterly(_TOTAL), self._quarterly(offence)
        now, then = (
            self._added_up(area, offence, year, *quarters, ends, months)
            for year, ends in zip((day, before), map(list, zip(*pairs, strict=True)), strict=True)
        )
        both = [
            (one, other)
            for one in now
            for other in then
            if one.release_id == other.release_id and one.excluding == other.excluding
        ]
        if not both or not both[-1][1].value:
            return None
        return replace(_difference(*both[-1], "percent", "revised since"), note=months)

    def elsewhere(self, area: str, offence: str, value: float, but: date) -> list[Finding]:
        """Other years in which the area's count of the group is exactly that."""
        rows = self._cells(offence)
        days = sorted({key[1] for key in rows if key[2] == area and key[1] != but})
        return [
            finding
            for day in days
            for finding in self._published(area, offence, day)
            if finding.value == value
        ]

    def nearest(self, area: str, find: Find, day: date) -> list[Finding]:
        """What the nearest years before and after say, each in its newest vintage."""
        days = sorted({row["period_end"] for row in self._evidence.of_area(area)})
        sides: list[Finding] = []
        for side in ([d for d in reversed(days) if d < day], [d for d in days if d > day]):
            given = next((found for other in side if (found := find(area, other))), None)
            sides += [given[-1]] if given else []
        return sides

    def sizes(self, find: Find, area: str, kind: str, near: date) -> Sizes | None:
        """How far a quantity has moved between its first issue and the newest figures.

        Args:
            find: the quantity.
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
                and (first := first_published(vintages) or self._first_of_quarters(vintages, day))
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
        given = (*self.held, *self._evidence.open_data)
        return sorted({self.own_period(release_id) for release_id in given})

    def _first_of_quarters(self, vintages: Sequence[Finding], day: date) -> Finding | None:
        """The figure of the open data that came out with the year, where no edition holds it."""
        return next((f for f in vintages if self.own_period(f.release_id) == day), None)

    # Reading

    def _cells(self, offence: str) -> dict[tuple[Any, ...], Row]:
        if offence not in self._by_offence:
            key = ("release_id", "period_end", "area_code", "measure")
            self._by_offence[offence] = {
                tuple(row[name] for name in key): row for row in self._evidence.of_offence(offence)
            }
        return self._by_offence[offence]

    def _published(self, area: str, offence: str, day: date) -> list[Finding]:
        """Vintages of a count in ONS's editions."""
        found = []
        for release_id in self._order:
            if self.registry[release_id].reader == APPENDIX:
                given = self._appendix(release_id, offence, day) if area == NATIONAL else None
            else:
                given = self._tabled(
                    release_id, day, area, offence, "count", "count"
                ) or self._recovered(release_id, day, area, offence)
            found += [given] if given else []
        return found

    def _vintage(self, release_id: str, day: date) -> Vintage:
        return "first published" if self.own_period(release_id) == day else "revised"

    def _appendix(self, release_id: str, offence: str, day: date) -> Finding | None:
        for row in self._evidence.national(offence):
            if (row["release_id"], row["period_end"]) == (release_id, day):
                if row["count"] is None:
                    return None
                vintage = self._vintage(release_id, day)
                return Finding(row["count"], "count", day, release_id, vintage, (Cell.of(row),))
        return None

    def _tabled(
        self, release_id: str, day: date, area: str, offence: str, measure: str, unit: Unit
    ) -> Finding | None:
        row = self._cells(offence).get((release_id, day, area, measure))
        if row is None or row["value"] is None:
            return None
        return Finding(
            row["value"],
            unit,
            day,
            release_id,
            self._vintage(release_id, day),
            (Cell.of(row),),
            excluding=self._excluding(release_id, day, area),
        )

    def _recovered(self, release_id: str, day: date, area: str, offence: str) -> Finding | None:
        """The count of the year before, from an edition's count and its percentage change."""
        own = self.own_period(release_id)
        if a_year_before(own) != day:
            return None
        cells = self._cells(offence)
        count, change = (
            cells.get((release_id, own, area, measure)) for measure in ("count", "change_pct")
        )
        if not count or not change or count["value"] is None or change["value"] is None:
            return None
        ratio = 1 + change["value"] / 100
        previous = count["value"] / ratio if ratio > 0 else 0.5
        # Percentages come in double precision, so that the count comes out whole.
        if abs(previous - round(previous)) >= _WHOLE:
            return None
        places = Cell.of(count), Cell.of(change)
        return Finding(
            float(round(previous)),
            "count",
            day,
            release_id,
            "recovered",
            places,
            formulas.recovered(*(place.name for place in places)),
            excluding=self._excluding(release_id, own, area),
        )

    def _excluding(self, release_id: str, day: date, area: str) -> str:
        """The forces without a return that a region's or country's total leaves out."""
        totals = self._cells(_TOTAL)
        missing = [
            areas()[code].area_name
            for code in members(area)
            if (row := totals.get((release_id, day, code, "count"))) and row["value"] is None
        ]
        return " and ".join(sorted(missing))

    def _revised_since(self, area: str, offence: str, day: date) -> list[Finding]:
        """Vintages of a count in the Home Office's open data."""
        if area not in areas():
            return []
        found = [
            replace(count, vintage="first published")
            if self.own_period(count.release_id) == day and count.release_id in self.concurrent
            else count
            for count in self._added_up(
                area, offence, day, self._quarterly(_TOTAL), self._quarterly(offence)
            )
        ]
        if offence not in offence_codes():
            return found
        # A code that begins within the year has no year yet.
        begun, first = self._began(offence), _quarter_ends(day)[-1]
        return [finding for finding in found if begun[finding.release_id] <= first]

    def _added_up(
        self,
        area: str,
        offence: str,
        day: date,
        totals: Quarters,
        rows: Quarters,
        ends: Sequence[date] = (),
        months: str = "year to {}",
    ) -> list[Finding]:
        """Quarters of an area's forces, as each release has them: four, or those that are named."""
        inside = members(area) or [area]
        ends = ends or _quarter_ends(day)
        when = months.format(MONTHS[day.month - 1])
        found = []
        for release_id in sorted({key[0] for key in totals}):
            complete = [
                code
                for code in inside
                if all(
                    (whole := totals.get((release_id, code, end))) and whole["value"] is not None
                    for end in ends
                )
            ]
            added = [rows.get((release_id, code, end)) for code in complete for end in ends]
            given = [row for row in added if row is not None]
            if not given or any(row["value"] is None for row in given):
                continue
            name = (offences() | offence_codes())[offence].name
            words = f"{name[:1].lower()}{name[1:]}, {areas()[area].area_name}"
            sheets = dict.fromkeys((row["sheet"], row["workbook_sha256"] or "") for row in given)
            absent = [code for code in inside if code not in complete]
            found.append(
                Finding(
                    sum(row["value"] for row in given),
                    "count",
                    day,
                    release_id,
                    "revised since",
                    tuple(Cell(release_id, sha256, sheet, words) for sheet, sha256 in sheets),
                    f"{words}, {when} {day.year}",
                    excluding=" and ".join(sorted(areas()[code].area_name for code in absent)),
                )
            )
        return found

    def _quarterly(self, offence: str) -> Quarters:
        if offence not in self._quarters:
            quarters: Quarters = {}
            for row in self._evidence.quarterly(offence):
                key = (row["release_id"], row["area_code"], row["period_end"])
                # A code may be counted in two groups, as when it moved from one to the other.
                other = quarters.get(key)
                quarters[key] = _both(row, other) if other else row
            self._quarters[offence] = quarters
        return self._quarters[offence]

    def _began(self, offence: str) -> dict[str, date]:
        """By release, the end of the first quarter in which anybody recorded an offence."""
        if offence not in self._begun:
            begun: dict[str, date] = {}
            for (release_id, _, end), row in self._quarterly(offence).items():
                if row["value"]:
                    begun[release_id] = min(end, begun.get(release_id, end))
            self._begun[offence] = begun
        return self._begun[offence]

    def _groups(self, area: str, day: date) -> dict[str, dict[str, float | None]]:
        """Counts of all offence groups of an area and year by release; None for a marked cell."""
        key = (area, day)
        if key not in self._of_groups:
            found: dict[str, dict[str, float | None]] = {}
            for row in self._evidence.of_area(area):
                if row["measure"] == "count" and row["period_end"] == day:
                    found.setdefault(row["release_id"], {})[row["offence_id"]] = row["value"]
            quarters = self._quarters_of(day)
            for group in quarters:
                for count in self._added_up(area, group, day, quarters[_TOTAL], quarters[group]):
                    found.setdefault(count.release_id, {})[group] = count.value
            for groups in found.values():
                groups.pop(_TOTAL, None)
            self._of_groups[key] = found
        return self._of_groups[key]

    def _quarters_of(self, day: date) -> dict[str, Quarters]:
        """The four quarters of a year by offence group, all areas."""
        quarters: dict[str, Quarters] = {_TOTAL: {}}
        for row in self._evidence.quarters_that_end(_quarter_ends(day)):
            key = (row["release_id"], row["area_code"], row["period_end"])
            quarters.setdefault(row["offence_id"], {})[key] = row
        return quarters

    @cached_property
    def concurrent(self) -> set[str]:
        """Releases of the Home Office that agree with ONS's edition of their own year.

        They came out on one day, so that the newest year in them is first published there, where
        England and Wales are the same in all groups that both have.
        """
        found = set()
        for release_id in self._evidence.open_data:
            day = self.own_period(release_id)
            quarters = self._quarters_of(day)
            own = {
                row["offence_id"]: row["value"]
                for row in self._evidence.of_area(NATIONAL)
                if row["measure"] == "count"
                and self.own_period(row["release_id"]) == row["period_end"] == day
            } | {
                row["offence_id"]: row["count"]
                for row in self._evidence.national_that_ends(day)
                if self.own_period(row["release_id"]) == day
            }
            pairs = [
                (own[group], count.value)
                for group in quarters
                if own.get(group) is not None
                for count in self._added_up(NATIONAL, group, day, quarters[_TOTAL], quarters[group])
                if count.release_id == release_id
            ]
            if len(pairs) > 1 and all(one == other for one, other in pairs):
                found.add(release_id)
        return found


@cache
def members(area: str) -> list[str]:
    """The forces, and other bodies, that lie in a region or country; none of a force."""
    return [
        code
        for code, place in areas().items()
        if place.area_type in ("force", "other") and area in areas_around(code)[1:]
    ]


def first_published(found: Sequence[Finding]) -> Finding | None:
    """The last issue of the year's own edition."""
    return next((f for f in reversed(found) if f.vintage == "first published"), None)


def revised_since(found: Sequence[Finding]) -> Finding | None:
    """The newest figure of the Home Office."""
    return next((f for f in reversed(found) if f.vintage == "revised since"), None)


def _quarter_ends(day: date) -> list[date]:
    """Ends of the four quarters of the year that ends on ``day``."""
    ends = []
    for back in range(_QUARTERS):
        month = day.month - 3 * back
        year, month = (day.year, month) if month > 0 else (day.year - 1, month + 12)
        ends.append(date(year, month, 31 if month in (3, 12) else 30))
    return ends


def _stretches(ends: Sequence[date]) -> str:
    """Quarters by their months: "April to December", or "April to June and October to December"."""
    stretches: list[list[date]] = []
    for end in sorted(ends):
        if stretches and months_between(stretches[-1][-1], end) == 3:
            stretches[-1].append(end)
        else:
            stretches.append([end])
    return " and ".join(
        f"{MONTHS[own[0].month - 3]} to {MONTHS[own[-1].month - 1]}" for own in stretches
    )


def _both(one: Row, other: Row) -> Row:
    """Two rows of one code, force and quarter added up; none has a value where one has none."""
    values = (one["value"], other["value"])
    return {**one, "value": None if None in values else sum(values)}


def _rate(count: Finding, residents: float, mid_year: int) -> Finding:
    """A count of the Home Office per 1,000 residents."""
    whom = replace(
        count,
        value=residents,
        release_id="",
        cells=(),
        formula=f"residents in the middle of {mid_year}, as ONS estimates them",
    )
    return replace(
        count,
        value=1000 * count.value / residents,
        unit="per_1000",
        formula=formulas.ratio(f"1000 * {count.named}", f"{residents:.0f}"),
        told=f"{{}} offences for {{}} residents (mid-{mid_year}), {{}} per 1,000",
        parts=(count, whom),
    )


def _share(part: Finding, whole: Finding) -> Finding:
    """``part / whole``, with the cells of both."""
    return replace(
        part,
        value=part.value / whole.value,
        unit="proportion",
        cells=tuple(dict.fromkeys((*part.cells, *whole.cells))),
        formula=formulas.ratio(part.named, whole.named),
        told="{} of {}, {}",
        parts=(part, whole),
    )


def _difference(one: Finding, other: Finding, kind: str, vintage: Vintage) -> Finding:
    relative = kind == "percent"
    points = not relative and one.unit == "proportion"
    unit: Unit = "change" if relative else "percentage_points" if points else one.unit
    return replace(
        one,
        value=one.value / other.value - 1 if relative else one.value - other.value,
        unit=unit,
        vintage=vintage,
        cells=tuple(dict.fromkeys((*one.cells, *other.cells))),
        formula=(formulas.relative if relative else formulas.difference)(one.named, other.named),
        told="{} against {}, {}",
        parts=(one, other),
    )
