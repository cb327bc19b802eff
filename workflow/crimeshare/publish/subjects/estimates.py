"""What the notebooks read: clean figures and estimates, handed out as figures with their cells.

The tables come from the steps before; nothing is measured here but places in an order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from crimeshare.cells import Cell
from crimeshare.measures.control_limits import LEVELS, Funnel
from crimeshare.nearest import did_you_mean
from crimeshare.parquet import read_table, release
from crimeshare.periods import a_year_before
from crimeshare.problems import Problem
from crimeshare.publish.elements import prose
from crimeshare.publish.elements.figures import Figure, decimals_for
from crimeshare.publish.elements.reading import read
from crimeshare.publish.elements.rows import cells_of, counted, figure
from crimeshare.reference import (
    Area,
    Offence,
    areas,
    line_of,
    offences,
    published_columns,
    split_groups,
)

RECORDED = Path("results/clean/recorded_crime.parquet")
CODES = Path("results/clean/recorded_offence_codes.parquet")
SHARES = Path("results/estimates/shares.parquet")
CHANGES = Path("results/estimates/changes.parquet")
SERIES = Path("results/estimates/series.parquet")
CONTROL_LIMITS = Path("results/estimates/control_limits.parquet")
SIMILAR_FORCES = Path("results/estimates/similar_forces.parquet")
TABLES = (RECORDED, CODES, SHARES, CHANGES, SERIES, CONTROL_LIMITS, SIMILAR_FORCES)

TOTAL = "total"
RANKS = {
    "main_groups": "rank_main_groups",
    "subgroups": "rank_subgroups",
    "published_columns": "rank_published_columns",
}


FEW = 50
"""Of fewer offences no share, rate or rank is given, as ONS gives no percentage of them."""


def is_few(count: Figure) -> bool:
    """Whether a count is too small for a share, a rate or a rank."""
    return count.value is not None and count.number < FEW


@dataclass(frozen=True, order=True)
class Year:
    """A year: its leading figures, or what one release gives of it.

    Attributes:
        period_end: its last day.
        release_id: an edition of the police force area tables; empty for the leading figures, each
            of which names the release it comes from.
        revised: given by that edition as the year before its own.
    """

    period_end: date
    release_id: str = ""
    revised: bool = False

    @property
    def leads(self) -> bool:
        """Whether these are the leading figures, not those of one edition."""
        return not self.release_id

    @property
    def words(self) -> str:
        """ "year ending December 2024"."""
        return prose.period(self.period_end)

    @property
    def first_day(self) -> date:
        """Its first day."""
        return a_year_before(self.period_end) + timedelta(days=1)

    @property
    def month(self) -> str:
        """ "December 2024"."""
        return prose.month(self.period_end)


@dataclass(frozen=True)
class Alike:
    """The change between the quarters of two years that were recorded alike.

    Attributes:
        period: their months in the later year, "April to December 2025".
        previous, current: what was counted in them; percent: the change.
    """

    period: str
    previous: Figure
    current: Figure
    percent: Figure


@dataclass(frozen=True)
class Change:
    """How a count moved from one year to the next, within one release.

    Attributes:
        previous, current: the two counts; the earlier one as revised where the release gives it.
        difference: their difference, a count; percent: the same as a share of `previous`.
        comparable: False where a recording change falls in between; None where nobody has gathered
            the changes of the group.
        recording_changes: the names of those changes.
        alike: the like-for-like change, which leads where there is one.
        bounds: the lowest and the highest change that the recording changes allow, if they do.
    """

    year: Year
    previous_period_end: date
    previous: Figure
    current: Figure
    difference: Figure
    percent: Figure
    comparable: bool | None
    recording_changes: tuple[str, ...]
    alike: Alike | None = None
    bounds: tuple[Figure, Figure] | None = None

    @property
    def direction_unknown(self) -> bool:
        """Whether the recording changes alone may have made a rise of a fall, or the reverse."""
        return self.bounds is not None and self.bounds[0].number * self.bounds[1].number <= 0


@dataclass(frozen=True)
class ControlLimits:
    """Where a force's share stands among forces of its size.

    Attributes:
        size: all offences the force recorded.
        inner, outer: lower and upper limits, as shares, that about nineteen forces in twenty,
            and all but about two in a thousand, would be within.
        position: ``within``, ``above inner``, ``below inner``, ``above outer``, ``below outer``.
        distance: standard deviations of the forces above the middle of them.
        funnel: what the limits rest on.
    """

    size: float
    inner: tuple[float, float]
    outer: tuple[float, float]
    position: str
    distance: float
    funnel: Funnel


class Place:
    """One area's figures about one offence group."""

    def __init__(self, estimates: Estimates, area: Area) -> None:
        self.estimates = estimates
        self.area = area
        self.name = area.area_name
        self.slug = area.slug
        self.kind = area.area_type

    @property
    def words(self) -> str:
        """The name as it stands after "in"."""
        return prose.place(self.name, self.kind)

    @property
    def parent(self) -> Place | None:
        """The region or country this area is part of."""
        code = self.area.parent_code
        return self.estimates.place(code) if code else None

    @property
    def children(self) -> list[Place]:
        """The areas that are part of this one."""
        return [p for p in self.estimates.places if p.area.parent_code == self.area.area_code]

    @property
    def address(self) -> str:
        """Page of this area, from the root of the report; empty where it has none."""
        if self == self.estimates.nation:
            return "national.html"
        folder = "regions" if self in self.estimates.regions else f"{self.kind}s"
        return f"{folder}/{self.slug}.html" if folder in ("regions", "forces") else ""

    def count(self, year: Year | None = None, offence_id: str | None = None) -> Figure:
        """Offences recorded; the offence group of the report unless `offence_id` names another."""
        return self._cell("count", year, offence_id)

    def total(self, year: Year | None = None) -> Figure:
        """All recorded crime, excluding fraud."""
        return self._cell("count", year, TOTAL)

    def rate(self, year: Year | None = None, offence_id: str | None = None) -> Figure:
        """Offences per 1,000 residents, as published."""
        return self._cell("rate_per_1000", year, offence_id)

    def population_year(self) -> str:
        """The middle of the year whose residents the latest rate is of: "mid-2023"."""
        latest = self.estimates.latest
        row = self.estimates.share_row(latest, self.area.area_code, self.estimates.offence_id)
        return f"mid-{row['population_year']}"

    def share(self, year: Year | None = None, offence_id: str | None = None) -> Figure:
        """The group's share of the same release's own total."""
        year = year or self.estimates.latest
        offence_id = offence_id or self.estimates.offence_id
        row = self.estimates.share_row(year, self.area.area_code, offence_id)
        figure_id = self.figure_id("share", year, offence_id)
        if row.get("share") is None:
            marker = self.count(year, offence_id).marker or self.total(year).marker
            marker = row.get("marker") or marker or "unavailable"
            return Figure(figure_id, None, "proportion", marker=marker)
        return self.of(row, "share", figure_id)

    def rank(self, classification: str, year: Year | None = None) -> Figure | None:
        """Place of the group among the offence groups of this area; None where it has none.

        Args:
            classification: a key of `RANKS`.
            year: the latest unless given.
        """
        return self._rank(RANKS[classification], year)

    def rank_among_forces(self, year: Year | None = None) -> Figure | None:
        """Place of this force among all forces by share; None for other areas and no share."""
        return self._rank("rank_forces", year)

    def rank_by_rate(self, year: Year | None = None) -> Figure | None:
        """Place of this force among all forces by rate; None for other areas and no rate."""
        return self._rank("rank_rate", year)

    def _rank(self, column: str, year: Year | None) -> Figure | None:
        year = year or self.estimates.latest
        offence_id = self.estimates.offence_id
        row = self.estimates.share_row(year, self.area.area_code, offence_id)
        if row.get(column) is None:
            return None
        return self.of(row, column, self.figure_id(column, year, offence_id))

    def of(
        self,
        row: Mapping[str, Any],
        column: str,
        figure_id: str,
        table: str = "series",
        marker: str | None = None,
    ) -> Figure:
        """One number of a row of a table: see :func:`crimeshare.publish.elements.rows.figure`."""
        hashes = self.estimates.hashes
        decimals = self.estimates.decimals(column, row.get("offence_id"))
        return figure(row, column, figure_id, table, hashes, marker=marker, decimals=decimals)

    def control_limits(self) -> ControlLimits | None:
        """The control limits of this force in the latest year; None for areas without."""
        return self.estimates.control_limits().get(self.area.area_code)

    def similar(self) -> list[tuple[Place, Figure]]:
        """The forces with the most similar mix of other crime, nearest first, and how far each is.

        A distance is the part of the offences that would have to be of another kind.
        """
        month = f"{self.estimates.latest.period_end:%Y-%m}"
        found = []
        for row in self.estimates.similar_rows(self.area.area_code):
            other = self.estimates.place(row["similar_code"])
            figure_id = f"distance.{self.slug}.{other.slug}.{self.estimates.offence_id}.{month}"
            found.append((other, self.of(row, "distance", figure_id, "similar_forces")))
        return found

    def change(self, year: Year | None = None, offence_id: str | None = None) -> Change | None:
        """The change on the year before, as the estimates hold it; None where they do not."""
        year = year or self.estimates.latest
        offence_id = offence_id or self.estimates.offence_id
        code = self.area.area_code
        if year.leads:
            row, table = self.estimates.share_row(year, code, offence_id), "series"
        else:
            row, table = self.estimates.change_row(year, code, offence_id), "changes"
        if row.get("previous") is None:
            return None
        before = row.get("previous_period_end") or a_year_before(year.period_end)
        earlier = Year(before, year.release_id, revised=not year.leads)
        previous = self.count(earlier, offence_id)
        if previous.value != row["previous"]:
            name = (
                self.figure_id("previous", year, offence_id) if year.leads else previous.figure_id
            )
            previous = self.of(row, "previous", name, table)
        # A count that ONS's own percentage gives away says no more than that does.
        recovered = row.get("basis") == "recovered_from_change" and row["change_pct"] is not None
        percent = "published_change_pct" if recovered else "change_pct"
        name = self.figure_id("change_pct", year, offence_id)
        return Change(
            year,
            before,
            previous,
            self.count(year, offence_id),
            self.of(row, "change", self.figure_id("change", year, offence_id), table),
            self.of(row, percent, name, table, marker="small_base"),
            row["comparable"],
            tuple(name for name in (row["recording_changes"] or "").split("; ") if name),
            *self._like_for_like(row, table, year, offence_id),
        )

    def _like_for_like(
        self, row: Mapping[str, Any], table: str, year: Year, offence_id: str
    ) -> tuple[Alike | None, tuple[Figure, Figure] | None]:
        def of(column: str) -> Figure:
            return self.of(row, column, self.figure_id(column, year, offence_id), table)

        alike = bounds = None
        if row["like_for_like_pct"] is not None:
            names = ("like_for_like_previous", "like_for_like_count", "like_for_like_pct")
            period = prose.months_before(row["like_for_like_period"], year.period_end)
            alike = Alike(period, *map(of, names))
        if row["bound_high_pct"] is not None:
            bounds = of("bound_low_pct"), of("bound_high_pct")
        return alike, bounds

    def published_change(self, year: Year, offence_id: str) -> Figure:
        """ONS's own change on the year before, as a share of that year."""
        row = self.estimates.change_row(year, self.area.area_code, offence_id)
        name = self.figure_id("published_change", year, offence_id)
        return self.of(row, "published_change_pct", name, "changes")

    def excluded(self, year: Year | None = None) -> list[str]:
        """Forces within this area that made no return, so that its totals leave them out."""
        year = year or self.estimates.latest
        if year.leads:
            row = self.estimates.share_row(year, self.area.area_code, TOTAL)
            return [name for name in row.get("excluded", "").split("; ") if name]
        absent = self.estimates.without_return(year)
        return [place.name for place in absent if self in place.ancestors()]

    def release(self, year: Year) -> str:
        """The release that the count of a year comes from; empty where there is none."""
        row = self.estimates.share_row(year, self.area.area_code, self.estimates.offence_id)
        return str(row.get("release_id", ""))

    def ancestors(self) -> Iterator[Place]:
        """The areas this one is part of, the smallest first."""
        parent = self.parent
        while parent:
            yield parent
            parent = parent.parent

    def years(self) -> list[Year]:
        """The years in which the share is known here, oldest first."""
        return [year for year in self.estimates.years if self.share(year).value is not None]

    def figure_id(self, quantity: str, year: Year, offence_id: str) -> str:
        """What a number of this place is called, whatever page it stands on."""
        kind = "" if self.kind == "force" else f"{self.kind}-"
        named = [year.release_id] if year.release_id else []
        if year.leads or year.revised:
            named.append(f"{year.period_end:%Y-%m}")
        return ".".join([quantity, f"{kind}{self.slug}", offence_id, *named])

    def _cell(self, measure: str, year: Year | None, offence_id: str | None) -> Figure:
        year = year or self.estimates.latest
        offence_id = offence_id or self.estimates.offence_id
        if year.leads:
            return self._leading(measure, year, offence_id)
        row = self.estimates.recorded_row(year, self.area.area_code, offence_id, measure)
        unit = {"count": "count", "rate_per_1000": "per_1000"}[measure]
        figure_id = self.figure_id(measure, year, offence_id)
        if row is None:
            return Figure(figure_id, None, unit, marker="unavailable")
        decimals = self.estimates.decimals(measure, offence_id)
        cells = (Cell.of(row),)
        return Figure(figure_id, row["value"], unit, cells, marker=row["marker"], decimals=decimals)

    def _leading(self, measure: str, year: Year, offence_id: str) -> Figure:
        """A count or rate of the series."""
        figure_id = self.figure_id(measure, year, offence_id)
        row = self.estimates.share_row(year, self.area.area_code, offence_id)
        if not row:
            unit = {"count": "count", "rate_per_1000": "per_1000"}[measure]
            return Figure(figure_id, None, unit, marker="unavailable")
        return self.of(
            row, measure, figure_id, marker=_no_rate(row) if measure != "count" else None
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Place) and other.area == self.area

    def __hash__(self) -> int:
        return hash(self.area)


class Rows(Mapping[tuple[Any, ...], dict[str, Any]]):
    """The rows of a table by a key, each made plain Python once it is asked for.

    A page asks for one row in fifty.  Of rows with the same key the last counts.
    """

    def __init__(self, table: pa.Table, *key: str) -> None:
        """Take the table, and the columns of the key in their order."""
        self._table = pa.table([_compact(column) for column in table.columns], table.column_names)
        self._key = key
        self._made: dict[tuple[Any, ...], dict[str, Any]] = {}

    @cached_property
    def _at(self) -> dict[tuple[Any, ...], int]:
        """The place of the row of each key."""
        keys = zip(*(_shared(self._table[name]) for name in self._key), strict=True)
        return {key: place for place, key in enumerate(keys)}

    def __getitem__(self, key: tuple[Any, ...]) -> dict[str, Any]:
        """The row; raises KeyError where there is none."""
        if key not in self._made:
            self._made[key] = self._table.slice(self._at[key], 1).to_pylist()[0]
        return self._made[key]

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        """The keys, in the order of the table."""
        return iter(self._at)

    def __len__(self) -> int:
        """How many keys there are."""
        return len(self._at)


def _compact(column: pa.ChunkedArray) -> pa.Array:
    """A column in one piece; of texts that recur each is there once."""
    whole = column.combine_chunks()
    if not pa.types.is_large_string(whole.type):
        return whole
    encoded = whole.dictionary_encode()
    return encoded if 2 * encoded.nbytes < whole.nbytes else whole


def _shared(column: pa.ChunkedArray) -> Iterator[Any]:
    """The values of a column; equal values are one object, which saves memory."""
    whole = column.combine_chunks()
    encoded = whole if pa.types.is_dictionary(whole.type) else whole.dictionary_encode()
    values = [*encoded.dictionary.to_pylist(), None]
    return map(values.__getitem__, encoded.indices.fill_null(len(values) - 1).to_pylist())


class _Tables:
    """The tables of a build that the pages of every offence group read."""

    def __init__(self, root: Path) -> None:
        """Read `TABLES` of the build in the folder `root`, none before the one before is held."""

        def read(file: Path, *columns: str) -> pa.Table:
            return pq.read_table(root / file, columns=list(columns) or None)

        figure = ["area_code", "offence_id"]
        self.recorded = Rows(read(RECORDED), "release_id", "period_end", *figure, "measure")
        self.shares = Rows(read(SHARES), "release_id", "period_end", *figure)
        self.changes = Rows(read(CHANGES), "release_id", *figure)
        self.series = Rows(read(SERIES), "period_end", *figure)
        self.control_limits = Rows(read(CONTROL_LIMITS), "offence_id", "period_end", "area_code")
        self.similar_forces = read(SIMILAR_FORCES)
        named = "release_id", "workbook_sha256"
        self.hashes = _hashes(*(read(file, *named) for file in (RECORDED, CODES)))
        self.periods: dict[str, date] = {}
        for release_id, period_end, *_ in self.shares:
            newest = self.periods.get(release_id, period_end)
            self.periods[release_id] = max(newest, period_end)


class Estimates:
    """The clean figures and estimates of one build, about one offence group."""

    def __init__(self, tables: _Tables, offence_id: str) -> None:
        """Take the tables, which all groups share."""
        if offence_id not in offences():
            raise Problem(
                f"There is no offence group `{offence_id}`{did_you_mean(offence_id, offences())}"
                " The groups are listed in resources/reference/offences.csv."
            )
        self.offence_id = offence_id
        self._recorded = tables.recorded
        self._shares = tables.shares
        self._changes = tables.changes
        self._series = tables.series
        self._control_limits = tables.control_limits
        self._own_periods = tables.periods
        similar = tables.similar_forces
        # The columns of a table without rows have no type, which no value compares with.
        own = similar.filter(pc.field("offence_id") == offence_id) if similar.num_rows else similar
        self._similar = own.to_pylist()
        self.hashes = tables.hashes
        self._without_return: dict[Year, list[Place]] = {}
        self._decimals: dict[tuple[str, str], int] = {}
        self.places = [Place(self, area) for area in areas().values()]
        self._by_code = {place.area.area_code: place for place in self.places}

    @property
    def offence(self) -> Offence:
        """The offence group the report is about."""
        return offences()[self.offence_id]

    @property
    def offence_words(self) -> str:
        """Its name inside a sentence."""
        return prose.lower_first(self.offence.name)

    @property
    def counted(self) -> str:
        """Its offences, after a number or an article: "robbery offences", "theft offences"."""
        return prose.offences_in(self.offence.name)

    @property
    def has_parts(self) -> bool:
        """Whether other columns of the tables are parts of the group."""
        return any(offences()[name].parent_id == self.offence_id for name in published_columns())

    def part_of_group(self, offence_id: str) -> bool:
        """Whether a group is the one that the report is about, or a part of it."""
        return self.offence_id in line_of(offence_id)

    def gives_group_alone(self, edition: Year) -> bool:
        """Whether an edition counts the group as it is now, without others that it held once."""
        return not set(split_groups(self.offence_id)) - self._given[edition.release_id]

    @cached_property
    def _given(self) -> dict[str, set[str]]:
        """The offence groups of each release."""
        given: dict[str, set[str]] = {}
        for release_id, *_, offence_id in self._shares:
            given.setdefault(release_id, set()).add(offence_id)
        return given

    @property
    def releases(self) -> dict[str, date]:
        """The last day of the year each release is about, superseded releases included."""
        return self._own_periods

    @cached_property
    def editions(self) -> list[Year]:
        """The year each release is about, oldest first; a corrected release counts once."""
        newest: dict[date, Year] = {}
        for release_id, period_end in sorted(self._own_periods.items()):
            newest[period_end] = Year(period_end, release_id)
        return sorted(newest.values())

    @cached_property
    def years(self) -> list[Year]:
        """The years of the leading figures, one for each quarter-end, the oldest first."""
        code = self.nation.area.area_code
        return sorted(
            Year(period_end)
            for period_end, area_code, offence_id in self._series
            if (area_code, offence_id) == (code, TOTAL)
        )

    @property
    def latest(self) -> Year:
        """The newest year of the leading figures."""
        return self.years[-1]

    def each_year(self) -> list[Year]:
        """The years that end in the same month as the latest, the oldest first."""
        month = self.latest.period_end.month
        return [year for year in self.years if year.period_end.month == month]

    @cached_property
    def forces(self) -> list[Place]:
        """The police force areas, in ONS's order."""
        return [place for place in self.places if place.kind == "force"]

    def without_return(self, year: Year) -> list[Place]:
        """The forces that made no return for a year, though its release names them."""
        if year not in self._without_return and year.leads:
            absent = self.nation.excluded(year)
            self._without_return[year] = [place for place in self.forces if place.name in absent]
        if year not in self._without_return:
            totals = [(place, place.total(year)) for place in self.forces]
            self._without_return[year] = [
                place for place, total in totals if total.value is None and total.cells
            ]
        return self._without_return[year]

    @cached_property
    def regions(self) -> list[Place]:
        """The regions of England, and Wales."""
        return [p for p in self.places if p.kind == "region" or p.name == "Wales"]

    @property
    def nation(self) -> Place:
        """England and Wales."""
        return self.places[0]

    def shows(self, row: Mapping[str, Any]) -> bool:
        """Whether a row of a table is about an area that the pages know, no partnership."""
        return row["area_code"] in self._by_code

    def place(self, name: str, kind: str | None = None) -> Place:
        """The area of that code, name or page address.

        Args:
            name: ``W15000002``, ``Gwent`` or ``gwent``.
            kind: its area type, where a region and a force share the name.

        Raises:
            Problem: if there is none, naming the nearest.
        """
        for place in self.places:
            if name in (place.area.area_code, place.name, place.slug) and kind in (
                None,
                place.kind,
            ):
                return place
        known = [place.slug for place in self.places if kind in (None, place.kind)]
        raise Problem(
            f"There is no area `{name}`{did_you_mean(name, known)}"
            " The areas are listed in resources/reference/areas.csv."
        )

    def recorded_row(
        self, year: Year, area_code: str, offence_id: str, measure: str
    ) -> dict[str, Any] | None:
        """The clean table's row for one cell."""
        key = (year.release_id, year.period_end, area_code, offence_id, measure)
        return self._recorded.get(key)

    def share_row(self, year: Year, area_code: str, offence_id: str) -> dict[str, Any]:
        """The row of shares, empty where there is none."""
        figure = (year.period_end, area_code, offence_id)
        rows, key = (
            (self._series, figure) if year.leads else (self._shares, (year.release_id, *figure))
        )
        return rows.get(key, {})

    def change_row(self, year: Year, area_code: str, offence_id: str) -> dict[str, Any]:
        """The row of changes, empty where there is none."""
        row = self._changes.get((year.release_id, area_code, offence_id), {})
        return row if row.get("period_end") == year.period_end else {}

    def control_limits(self) -> dict[str, ControlLimits]:
        """The control limits of the latest year by the code of the force."""
        year = self.latest
        codes = [force.area.area_code for force in self.forces]
        rows = {
            code: self._control_limits.get((self.offence_id, year.period_end, code))
            for code in codes
        }
        return {code: limits_of(row) for code, row in rows.items() if row}

    def decimals(self, column: str, offence_id: str | None = None) -> int:
        """How many decimals a share or rate of a group has, on every page and in every area.

        Those that its number for England and Wales takes: of a group as small as homicide, one
        decimal would print zero everywhere.
        """
        typical = {"share_points": "share"}.get(column, column)
        if typical not in ("share", "rate_per_1000"):
            return 1
        key = (typical, offence_id or self.offence_id)
        if key not in self._decimals:
            row = self.share_row(self.latest, self.nation.area.area_code, key[1])
            number = row.get(typical) or 0
            self._decimals[key] = decimals_for(number * (100 if typical == "share" else 1))
        return self._decimals[key]

    def similar_rows(self, area_code: str) -> list[dict[str, Any]]:
        """The rows of similar forces of one force in the latest year, nearest first."""
        return [
            row
            for row in self._similar
            if (row["period_end"], row["area_code"]) == (self.latest.period_end, area_code)
        ]

    def classified(self, classification: str, year: Year | None = None) -> list[Offence]:
        """The offence groups that a classification ranks in a release.

        Args:
            classification: a key of `RANKS`.
            year: the latest unless given.
        """
        year = year or self.latest
        code = self.nation.area.area_code
        return [
            offence
            for offence in offences().values()
            if self.share_row(year, code, offence.offence_id).get(RANKS[classification]) is not None
        ]

    def how_many_forces(self, year: Year | None = None) -> Figure:
        """How many forces were ranked by share."""
        year = year or self.latest
        ranked = [force for force in self.forces if force.rank_among_forces(year)]
        name = f"forces_ranked.{self.offence_id}.{year.release_id or f'{year.period_end:%Y-%m}'}"
        return counted(name, "forces", len(ranked), cells_of(p.count(year) for p in ranked))


def _no_rate(row: Mapping[str, Any]) -> str | None:
    """Why a row of the series has no rate; None where it has one."""
    if row["rate_per_1000"] is not None:
        return None
    known = row["count"] is not None and row["population"] is not None
    # A place that lacks a force has residents, but no count of their offences.
    return "low_population" if known and not row["excluded"] else "unavailable"


def limits_of(row: Mapping[Any, Any]) -> ControlLimits:
    """The control limits that a row of a table of them holds."""
    share = row["share"]
    inner, outer = ((row[f"lower_{level}"], row[f"upper_{level}"]) for level in LEVELS)
    position = "within"
    for name, (lower, upper) in (("inner", inner), ("outer", outer)):
        if not lower <= share <= upper:
            position = f"{'above' if share > upper else 'below'} {name}"
    funnel = Funnel(row["target"], row["between_sd"])
    return ControlLimits(row["total"], inner, outer, position, row["z_score"], funnel)


def first_published(table: str, offence_id: str, area_code: str, **only: Any) -> pd.DataFrame:
    """What each edition gave of its own year, where it counts the group as it is now.

    Args:
        table: a table of editions: ``shares``, ``recorded_crime``.
        offence_id: the group.
        area_code: the area.
        only: see :func:`crimeshare.publish.elements.reading.read`.

    Returns:
        Rows of the table, oldest year first; of an edition that was issued again the last issue.
    """
    given = read("shares", ["release_id", "offence_id"]).groupby("release_id")["offence_id"]
    merged = given.agg(set)
    alone = [
        (release_id, pd.Timestamp(end))
        for release_id, end in editions().items()
        if not set(split_groups(offence_id)) - merged[release_id]
    ]
    key = ["release_id", "period_end"]
    rows = read(table, offence_id=offence_id, area_code=area_code, **only)
    return pd.DataFrame(alone, columns=key).merge(rows, on=key)


def editions() -> dict[str, date]:
    """The editions of ONS and the last day of the year of each, oldest first.

    One that was issued again is there once, as its last issue.
    """
    given = read("shares", ["release_id", "period_end"])
    ends = given.groupby("release_id")["period_end"].max().sort_index()
    newest = ends.reset_index().drop_duplicates("period_end", keep="last")
    return {
        str(release_id): end.date()
        for release_id, end in newest.sort_values("period_end").itertuples(index=False)
    }


def forces_left_out(row: Mapping[str, Any]) -> list[str]:
    """The forces that the numbers of a row leave out."""
    return [name for name in (row["excluded"] or "").split("; ") if name]


def open_estimates(offence_id: str, root: Path | None = None) -> Estimates:
    """The tables of the build that the working directory is in.

    Args:
        offence_id: the offence group to report on.
        root: the folder that holds ``results/``; unless given, the working directory or the
            nearest folder above it that does.

    Raises:
        Problem: if nothing has been built there.
    """
    root = root or built_root(RECORDED, SHARES, CHANGES, SERIES)
    stamp = tuple((root / file).stat().st_mtime_ns for file in TABLES)
    return _read(offence_id, root, stamp)


def built_root(*files: Path) -> Path:
    """The working directory or the nearest folder above it that holds all of `files`.

    Raises:
        Problem: if there is none.
    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        if all((folder / file).exists() for file in files):
            return folder
    raise Problem(
        f"No results/estimates/ in {here} or above it; build them first: snakemake --cores 4"
    )


@lru_cache(maxsize=2)
def _read(offence_id: str, root: Path, stamp: tuple[int, ...]) -> Estimates:
    return Estimates(_tables(root, stamp), offence_id)


@lru_cache(maxsize=1)
def _tables(root: Path, stamp: tuple[int, ...]) -> _Tables:
    """Read once for all notebooks that share a kernel; `stamp` tells a rebuilt table apart."""
    tables = _Tables(root)
    release()
    return tables


def built_rows(file: Path, root: Path | None = None) -> list[dict[str, Any]]:
    """The rows of one table of the build that the working directory is in.

    Args:
        file: the table, from the root of the build.
        root: see :func:`open_estimates`.

    Raises:
        Problem: if nothing has been built there.
    """
    path = (root or built_root(file)) / file
    return _rows(path, path.stat().st_mtime_ns)


def built_table(file: str, columns: Sequence[str], **only: Sequence[str]) -> pd.DataFrame:
    """A table of the build that the working directory is in, for notebooks to work on.

    Args:
        file: the table, from the root of the build.
        columns: those to read; days become ``datetime64``.
        only: of some columns, the values that a row must have one of.

    Raises:
        Problem: if nothing has been built there.
    """
    path = built_root(Path(file)) / file
    wanted = tuple((column, tuple(values)) for column, values in only.items())
    # What a notebook changes, it changes in a copy of its own.
    return _frame(path, tuple(columns), wanted, path.stat().st_mtime_ns).copy(deep=False)


@lru_cache(maxsize=16)
def _frame(
    path: Path, columns: tuple[str, ...], wanted: tuple[Any, ...], stamp: int
) -> pd.DataFrame:
    """Read once for all notebooks that share a kernel; `stamp` tells a rebuilt table apart."""
    return read_table(path, columns=list(columns), **dict(wanted))


@lru_cache(maxsize=8)
def _rows(path: Path, stamp: int) -> list[dict[str, Any]]:
    """Read once for all notebooks that share a kernel; `stamp` tells a rebuilt table apart."""
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return rows


def _hashes(*tables: pa.Table) -> dict[str, str]:
    """The hash of each workbook that a figure of the series may come from."""
    both = pa.concat_tables(tables)
    seen = both.group_by(both.column_names).aggregate([]).to_pylist()
    return {row["release_id"]: row["workbook_sha256"] for row in seen}


def rows_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as plain Python values: None where empty, dates as dates."""
    arrow = pa.Table.from_pandas(table, preserve_index=False)
    days = [
        name for name in arrow.column_names if pa.types.is_timestamp(arrow.schema.field(name).type)
    ]
    for name in days:
        position = arrow.column_names.index(name)
        arrow = arrow.set_column(position, name, arrow[name].cast(pa.date32()))
    rows: list[dict[str, Any]] = arrow.to_pylist()
    return rows
