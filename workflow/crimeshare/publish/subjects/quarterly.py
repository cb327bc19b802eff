"""What the pages show of the Home Office's open data: quarters, offence codes, ONS beside it.

The tables come from the steps before; nothing is measured here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache, cached_property, lru_cache
from html import escape
from math import isnan, nan
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from crimeshare.measures.quarters import beside_group
from crimeshare.measures.revisions import typical_size
from crimeshare.measures.seasonal import METHOD
from crimeshare.measures.years import NATION
from crimeshare.parquet import read_rows_where
from crimeshare.publish.elements import prose
from crimeshare.publish.elements.charts import Chart
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.rows import figure, over
from crimeshare.publish.elements.tables import Content, Table
from crimeshare.publish.subjects.estimates import TOTAL, Estimates, Place, Year, built_root
from crimeshare.publish.subjects.factsheet import as_in_frame, breaks
from crimeshare.publish.subjects.quarterly_charts import WORDS, Quarter, Series, panels
from crimeshare.reference import line_of, offences
from crimeshare.sources.datasets import HOME_OFFICE
from crimeshare.sources.registry import Release
from crimeshare.tables.recorded_quarters import code_names

QUARTERS = Path("results/clean/recorded_quarters.parquet")
SERIES = Path("results/estimates/quarterly_series.parquet")
ADJUSTED = Path("results/estimates/seasonally_adjusted.parquet")
READ = ["release_id", "workbook_sha256", "read_from", "conversion_sha256"]
"""What is read of the clean table, the largest there is."""
CHECK = Path("results/estimates/home_office_check.parquet")
TABLES = (QUARTERS, SERIES, ADJUSTED)
"""What every page with quarters reads; the check is read where it is shown."""

SMALL_BASE = 50
"""Offences in a quarter below which no percentage of them is given, as ONS gives none of a year."""

CODES_SHOWN = 5
"""Codes of a group that a sentence and a chart show; the table of its parts has them all."""

Row = dict[str, Any]


class Quarterly:
    """The quarterly tables of one build, the newest release of the open data alone."""

    def __init__(
        self, quarters: pa.Table, series: pa.Table, adjusted: pa.Table, check: Path
    ) -> None:
        """Take the tables of `TABLES`, of the first the columns `READ`, and where the check is."""
        self.release_id = _newest(series)
        self._series = series.filter(pc.equal(series["release_id"], self.release_id))
        # Those left as they are have nothing to add to the figures.
        self._adjusted = adjusted.filter(pc.equal(adjusted["method"], METHOD))
        names = ["workbook_sha256", "read_from", "conversion_sha256"]
        own = quarters.filter(pc.equal(quarters["release_id"], self.release_id)).select(names)
        seen = own.group_by(names).aggregate([]).to_pylist() or [dict.fromkeys(names)]
        self._hashes = {self.release_id: seen[0]["workbook_sha256"] or ""}
        self.read_from = seen[0]["read_from"] or ""
        self.conversion_sha256 = seen[0]["conversion_sha256"] or ""
        self._check_path = check
        # Asked for by a chart, a table and the sentences of a page.
        self.quarters = lru_cache(maxsize=2 * CODES_SHOWN)(self._quarters)
        self.codes = cache(self._codes)

    @cached_property
    def _check(self) -> pa.Table:
        newest = pc.field("home_office_release_id") == self.release_id
        return read_rows_where(self._check_path, newest)

    @property
    def empty(self) -> bool:
        """Whether the build has no release of the open data."""
        return not self.release_id

    @property
    def converted(self) -> bool:
        """Whether a conversion was read, which holds no cell addresses."""
        return self.read_from == "conversion"

    def _codes(self, offence_id: str) -> dict[str, str]:
        """Names of the codes that the group holds now and that are recorded, in the order shown.

        A code that went to another group, or that others replaced, is not among them.
        """
        if self.empty:
            return {}
        table = self._series
        inside = [name for name in offences() if offence_id in line_of(name)]
        newest = sorted(pc.unique(table["period_end"]).to_pylist())[-4:]
        rows = table.filter(
            pc.and_(
                pc.and_(
                    pc.equal(table["area_code"], NATION),
                    pc.is_in(table["offence_id"], pa.array(inside)),
                ),
                pc.and_(
                    pc.is_valid(table["code"]),
                    pc.is_in(table["period_end"], pa.array(newest, table["period_end"].type)),
                ),
            )
        ).to_pylist()
        recorded: dict[str, float] = {}
        for row in rows:
            recorded[row["code"]] = recorded.get(row["code"], 0) + (row["count"] or 0)
        held = {row["code"] for row in rows if row["period_end"] == newest[-1]}
        return {
            code: name for code, name in code_names().items() if code in held and recorded[code] > 0
        }

    def largest(self, offence_id: str) -> dict[str, str]:
        """The codes of a group that the pages show: those with most offences in the last quarter.

        All of them where there are few, in the order of `codes`.
        """
        codes = self.codes(offence_id)
        if len(codes) <= CODES_SHOWN:
            return codes
        table = self._series
        here = pc.and_(
            pc.equal(table["area_code"], NATION),
            pc.equal(table["period_end"], pc.max(table["period_end"])),
        )
        counts = {row["code"]: row["count"] or 0 for row in table.filter(here).to_pylist()}
        most = sorted(codes, key=lambda code: -counts[code])[:CODES_SHOWN]
        return {code: name for code, name in codes.items() if code in most}

    def _quarters(self, place: Place, offence_id: str, code: str | None = None) -> list[Quarter]:
        """The quarters of one group or code in one area, the oldest first."""
        rows = _rows_of(self._series, place, offence_id, code)
        seasons = {
            row["period_end"]: row for row in _rows_of(self._adjusted, place, offence_id, code)
        }
        return [
            Quarter(self.figure(place, row, "count"), row, seasons.get(row["period_end"]))
            for row in rows
        ]

    def figure(self, place: Place, row: Mapping[str, Any], column: str, like: str = "") -> Figure:
        """One number of a row of the series; `like` is added to its name."""
        what = row["code"] or row["offence_id"]
        name = f"quarter.{place_id(place)}.{what}.{row['period_end']:%Y-%m}.{self.release_id}{like}"
        table = "quarterly_series"
        return figure(row, column, name, table, self._hashes, marker="unavailable")

    def on_quarter_before(self, quarter: Quarter, season: Mapping[str, Any]) -> Figure:
        """The change of a quarter on the one before, both without their season."""
        name = f"{quarter.figure.figure_id}.adjusted_on_quarter_before"
        return figure(season, "change_pct", name, "seasonally_adjusted", self._hashes)

    def excluded(self, place: Place) -> dict[tuple[date, date], list[str]]:
        """Quarters in which forces are left out of an area's count, and which forces."""
        table = self._series
        rows = table.filter(
            pc.and_(
                pc.and_(
                    pc.equal(table["area_code"], place.area.area_code),
                    pc.equal(table["offence_id"], TOTAL),
                ),
                pc.not_equal(table["excluded"], ""),
            )
        ).to_pylist()
        return {(r["period_start"], r["period_end"]): r["excluded"].split("; ") for r in rows}

    def checks(self, **equal: object) -> list[Row]:
        """The rows that set both publishers beside each other, of those values alone."""
        table = self._check
        for name, value in equal.items():
            wanted = pc.is_in(table[name], pa.array(value)) if isinstance(value, list) else None
            table = table.filter(pc.equal(table[name], value) if wanted is None else wanted)
        rows: list[Row] = table.to_pylist()
        return rows

    def year(self, place: Place, row: Row, column: str = "home_office_count") -> Figure:
        """A number of a row of the check: the four quarters added up, unless another is named."""
        like = f".as-{row['release_id']}" if row["excluded"] else ""
        name = (
            f"four_quarters.{place_id(place)}.{row['offence_id']}.{row['period_end']:%Y-%m}"
            f".{self.release_id}{like}{CHECKED[column].format(row['release_id'])}"
        )
        hashes = {**place.estimates.hashes, **self._hashes}
        return figure(row, column, name, "home_office_check", hashes)


def _rows_of(table: pa.Table, place: Place, offence_id: str, code: str | None) -> list[Row]:
    """The rows of one group or code in one area, the oldest quarter first."""
    # A code may have been counted in another group once.
    which = (
        pc.equal(table["code"], code)
        if code
        else pc.and_(pc.equal(table["offence_id"], offence_id), pc.is_null(table["code"]))
    )
    here = pc.equal(table["area_code"], place.area.area_code)
    # The table is sorted by group first, so those of a code that moved may stand after its newest.
    rows: list[Row] = table.filter(pc.and_(here, which)).sort_by("period_end").to_pylist()
    return rows


CHECKED = {
    "home_office_count": "",
    "difference": ".against.{}",
    "difference_pct": ".against.{}.percent",
}
"""What is added to the name of the four quarters for each number of the check."""


def place_id(place: Place) -> str:
    """An area in the names of figures; regions and forces share names."""
    return f"{'' if place.kind == 'force' else f'{place.kind}-'}{place.slug}"


def open_quarterly(offence_id: str, root: Path | None = None) -> Quarterly:
    """The quarterly tables of the build that the working directory is in.

    Args:
        offence_id: the group that a report is about.
        root: the folder that holds ``results/``; unless given, the working directory or the
            nearest folder above it that does.

    Raises:
        Problem: if nothing has been built there.
    """
    root = root or built_root(*TABLES)
    built = (root / file for file in (*TABLES, CHECK))
    return _read(
        offence_id, root, tuple(file.stat().st_mtime_ns for file in built if file.exists())
    )


@lru_cache(maxsize=2)
def _read(offence_id: str, root: Path, stamp: tuple[int, ...]) -> Quarterly:
    """Read once for all notebooks that share a kernel; `stamp` tells a rebuilt table apart."""
    clean, series, adjusted = (root / file for file in TABLES)
    inside = [name for name in offences() if offence_id in line_of(name)]
    own = read_rows_where(series, pc.field("offence_id").isin(inside), columns=["code"])
    codes = pc.unique(own["code"])
    # A code may have been counted in another group once.
    group = pc.field("code").isin(codes.drop_null()) | (
        pc.field("code").is_null() & pc.field("offence_id").isin([TOTAL, offence_id])
    )
    newest = pc.field("release_id") == _newest(pq.read_table(series, columns=["release_id"]))
    return Quarterly(
        # All rows of a release say the same of it.
        read_rows_where(clean, newest, columns=READ).slice(0, 1),
        read_rows_where(series, group, newest),
        read_rows_where(adjusted, group, newest),
        root / CHECK,
    )


def _newest(series: pa.Table) -> str:
    """The newest release of the open data; empty where there is none."""
    return max(pc.unique(series["release_id"]).to_pylist(), default="")


# ---------------------------------------------------------------- an area by quarter


def opening(quarterly: Quarterly, place: Place) -> str:
    """The newest quarter by offence code, and the same quarter of the year before."""
    if quarterly.empty:
        return WORDS.passage("no_release")
    named = _series(quarterly, place)
    newest = [each.quarters[-1] for each in named]
    if any(quarter.figure.value is None for quarter in newest):
        return WORDS.passage("newest", place=place, quarter=newest[0].words, counts=None)
    group, most = place.estimates.offence, _most(named).name
    moved, apart = _moves(quarterly, place, named)
    return WORDS.passage(
        "newest",
        place=place,
        quarter=newest[0].words,
        counts=[
            (
                quarter.figure,
                prose.offences_of(prose.named_html(each.name), quarter.figure.number),
            )
            for each, quarter in zip(named, newest, strict=True)
        ],
        part=_part(quarterly, place, named),
        most=prose.named_html(most),
        plural=prose.is_plural(most),
        whole=quarterly.quarters(place, group.offence_id)[-1].figure,
        offences=prose.offences_of(group.name),
        moved=moved,
        apart=apart,
        season=_allowing_for_season(quarterly, place),
        gathered=bool(breaks(group.offence_id)),
        of_codes=any(each.breaks for each in named),
    )


def _allowing_for_season(quarterly: Quarterly, place: Place) -> tuple[str, Figure] | None:
    """How the group moved from the quarter before without its season, where it has one."""
    group = place.estimates.offence_id
    quarters = quarterly.quarters(place, group)[-2:]
    if len(quarters) < 2 or quarters[0].season is None or quarters[1].season is None:
        return None
    before, now = quarters
    if any(before.period_start < b.day <= now.period_end for b in breaks(group)):
        return None
    change = quarterly.on_quarter_before(now, quarters[1].season)
    direction = prose.recorded_direction(before.adjusted, now.adjusted, shown_change=change.text)
    return direction, change


def _most(named: Sequence[Series]) -> Series:
    """The series with most offences in the newest quarter."""
    return max(named, key=lambda each: each.quarters[-1].figure.value or 0)


def _part(quarterly: Quarterly, place: Place, named: Sequence[Series]) -> Figure | None:
    """What part of the group its largest code is in the newest quarter.

    None without parts, and of a `SMALL_BASE`.
    """
    group = place.estimates.offence_id
    whole = quarterly.quarters(place, group)[-1].row
    beside = beside_group(_most(named).quarters[-1].row, whole)
    if len(named) < 2 or beside["part_of_group"] is None or whole["count"] < SMALL_BASE:
        return None
    return quarterly.figure(place, beside, "part_of_group", f".of.{group}")


def _moves(
    quarterly: Quarterly, place: Place, named: Sequence[Series]
) -> tuple[list[dict[str, Any]], list[str]]:
    """How each series moved on the same quarter of the year before, and which may not be compared.

    Of a `small` number of offences no percentage is said.
    """
    moved, apart = [], []
    for each in named:
        now = each.quarters[-1]
        before = next((q for q in each.quarters if q.period_end == _year_before(now)), None)
        if before is None or now.row["change_pct"] is None:
            continue
        name = prose.lower_first(prose.named_html(each.name))
        if any(before.period_start <= b.day <= now.period_end for b in each.breaks):
            apart.append(name)
            continue
        moved.append(
            {
                "name": name,
                "plural": prose.is_plural(each.name),
                "direction": prose.recorded_direction(before.figure.number, now.figure.number),
                "before": before.figure,
                "now": now.figure,
                "percent": quarterly.figure(place, now.row, "change_pct", ".on_year_before"),
                "small": before.figure.number < SMALL_BASE,
            }
        )
    return moved, apart


def _year_before(quarter: Quarter) -> date:
    end = quarter.period_end
    return end.replace(year=end.year - 1)


def _series(quarterly: Quarterly, place: Place) -> list[Series]:
    """The codes of the report's offence group that are given apart, else the group itself."""
    group = place.estimates.offence_id
    codes = quarterly.largest(group)
    if not codes:
        own = quarterly.quarters(place, group)
        return [Series(offences()[group].name, own, breaks(group), group)]
    return [
        Series(name, quarterly.quarters(place, group, code), breaks(code), code)
        for code, name in codes.items()
    ]


def by_quarter(quarterly: Quarterly, place: Place, frame: pd.DataFrame) -> Chart | None:
    """Each offence code by quarter since the open data begin; None without a release.

    Args:
        quarterly: the tables.
        place: the area.
        frame: ``series`` (a code, or the group), ``period_end``, ``count``, and ``adjusted``, the
            count without its season, empty where it has none.
    """
    if quarterly.empty:
        return None
    named = [_as_in_frame(each, frame) for each in _series(quarterly, place)]
    most = _most(named)
    words = WORDS.points(
        "by_quarter_chart",
        place=place,
        most=prose.offences_of(prose.named_html(most.name), most.quarters[-1].figure.value or 0),
        part=_part(quarterly, place, named),
        first=min((each.quarters[0] for each in named), key=lambda q: q.period_start),
        last=most.quarters[-1],
        excluded=quarterly.excluded(place),
        publisher=HOME_OFFICE.name,
        converted=quarterly.converted,
        others=_others(quarterly, place),
        several=len(named) > 1,
    )
    return panels(Chart.worded("by-quarter", words), named)


def _as_in_frame(series: Series, frame: pd.DataFrame) -> Series:
    """A series with the quarters and numbers of a frame, and the cells the tables name."""
    rows = frame[frame["series"] == series.series_id].sort_values("period_end")
    known = {quarter.period_end: quarter for quarter in series.quarters}
    numbers = zip(rows["period_end"].dt.date, rows["count"], rows["adjusted"], strict=True)
    quarters = [
        replace(
            known[end],
            figure=as_in_frame(known[end].figure, count),
            season=None if isnan(adjusted) else {"adjusted": adjusted},
        )
        for end, count, adjusted in numbers
    ]
    return replace(series, quarters=quarters)


def _others(quarterly: Quarterly, place: Place) -> bool:
    """Whether the codes with most offences alone are shown, as the group has more."""
    group = place.estimates.offence_id
    return quarterly.codes(group) != quarterly.largest(group)


def latest_quarters(quarterly: Quarterly, place: Place, frame: pd.DataFrame) -> Table | None:
    """The newest quarters by offence code, and the whole group; None without a release.

    Args:
        quarterly: the tables.
        place: the area.
        frame: counts, a row a ``period_end`` and a column a series, the group among them.
    """
    if quarterly.empty:
        return None
    named, group = _series(quarterly, place), place.estimates.offence_id
    known = {each.series_id: each.quarters for each in named}
    if len(named) > 1:
        known[group] = quarterly.quarters(place, group)
    by_end = {name: {each.period_end: each for each in own} for name, own in known.items()}
    together, ends = list(by_end.values())[-1], pd.DatetimeIndex(frame.index).date
    rows: list[list[Content]] = [
        [
            together[end].words,
            *(_at(quarters, end, row.get(name, nan)) for name, quarters in by_end.items()),
        ]
        for end, row in zip(ends, frame.to_dict("records"), strict=True)
        if end in together
    ]
    words = WORDS.points(
        "quarters_table",
        place=place,
        names=[prose.named_html(each.name) for each in named],
        others=_others(quarterly, place),
    )
    return Table.worded(words, rows, wide=True)


def _at(quarters: dict[date, Quarter], end: date, count: float) -> Figure:
    absent = Figure("quarter.none", None, "count", marker="not_applicable")
    return as_in_frame(quarters[end].figure, count) if end in quarters else absent


# ---------------------------------------------------------------- ONS beside it


def compared(quarterly: Quarterly, estimates: Estimates) -> str:
    """How far the two publishers' totals of the forces agree, in sentences."""
    if quarterly.empty:
        return WORDS.passage("no_release")
    edition = estimates.editions[-1]
    latest = [
        row
        for row in quarterly.checks(
            release_id=edition.release_id, area_type="force", offence_id=TOTAL
        )
        if row["period_end"] == edition.period_end
    ]
    if not latest:
        return WORDS.passage("compared", edition=edition.words, forces=None)
    differences = [
        quarterly.year(estimates.place(row["area_code"]), row, "difference") for row in latest
    ]

    def of_forces(name: str, value: float, unit: str) -> Figure:
        figure_id = f"check.{name}.{edition.release_id}.{quarterly.release_id}"
        return over(figure_id, value, unit, ("publishers", name), differences)

    same_totals = sum(row["difference"] == 0 for row in latest)
    typical = typical_size(row["difference_pct"] for row in latest) / 100
    widest = max(latest, key=lambda row: abs(row["difference_pct"]))
    place = estimates.place(widest["area_code"])
    return WORDS.passage(
        "compared",
        edition=edition.words,
        equal=of_forces("equal", same_totals, "count"),
        forces=of_forces("forces", len(latest), "count"),
        typical=of_forces("typical", typical, "change"),
        place=place,
        most=quarterly.year(place, widest, "difference_pct"),
    )


def _ons(place: Place, row: Row) -> Figure:
    """ONS's count of a row of the check, as the report prints it elsewhere."""
    return place.count(_year(place.estimates, row), row["offence_id"])


def _year(estimates: Estimates, row: Row) -> Year:
    own = (row["period_end"], row["release_id"])
    known = [year for year in estimates.editions if (year.period_end, year.release_id) == own]
    first = known[0] if known else None
    return first or Year(row["period_end"], row["release_id"], revised=True)


def nation_beside_ons(quarterly: Quarterly, estimates: Estimates) -> Table | None:
    """Both publishers' counts of England and Wales, the newest editions."""
    if quarterly.empty:
        return None
    nation = estimates.nation
    rows = []
    checks = quarterly.checks(area_code=nation.area.area_code, offence_id=TOTAL)
    for row in checks[-NEWEST:]:
        excluded = prose.excluding(row["excluded"].split("; ")) if row["excluded"] else ""
        label = f"{prose.month(row['period_end'])}{escape(excluded)}"
        rows.append([label, f"<code>{row['release_id']}</code>", *_pair(quarterly, nation, row)])
    words = WORDS.points("nation_table", group=estimates.offence.name, earlier=len(checks) > NEWEST)
    return Table.worded(
        words,
        rows,
        styles=["", "", "", "", "signed", "", "", "signed"],
        wide=True,
    )


def forces_beside_ons(quarterly: Quarterly, estimates: Estimates) -> Table | None:
    """Both publishers' counts of the forces where they differ most, in the latest edition."""
    if quarterly.empty:
        return None
    latest = estimates.editions[-1]
    found = [
        (force, row)
        for force in estimates.forces
        for row in quarterly.checks(
            area_code=force.area.area_code, release_id=latest.release_id, offence_id=TOTAL
        )
        if row["period_end"] == latest.period_end
    ]
    found.sort(key=lambda pair: -abs(pair[1]["difference"]))
    rows = [[escape(force.name), *_pair(quarterly, force, row)] for force, row in found[:WIDEST]]
    return Table.worded(
        WORDS.points("forces_table", group=estimates.offence.name, year=latest.words),
        rows,
        styles=["", "", "", "signed", "", "", "signed"],
        wide=True,
        sortable=True,
    )


# How many editions of England and Wales and how many forces the page shows.
NEWEST, WIDEST = 12, 12


def _pair(quarterly: Quarterly, place: Place, row: Row) -> list[Content]:
    """ONS, the Home Office and their difference, for all crime and the report's group."""
    contents: list[Content] = []
    for offence_id in (TOTAL, place.estimates.offence_id):
        own = [
            other
            for other in quarterly.checks(
                area_code=place.area.area_code,
                release_id=row["release_id"],
                offence_id=offence_id,
            )
            if other["period_end"] == row["period_end"]
        ]
        if own:
            contents += [
                _ons(place, own[0]),
                quarterly.year(place, own[0]),
                quarterly.year(place, own[0], "difference"),
            ]
        else:
            contents += [Figure("check.none", None, "count", marker="not_applicable")] * 3
    return contents


def releases(quarterly: Quarterly, registry: dict[str, Release]) -> Table | None:
    """The release of the open data behind this report, and how it was read."""
    release = registry.get(quarterly.release_id)
    if release is None:
        return None
    row = WORDS.points(
        "release_row",
        release=release,
        converted=quarterly.converted,
        conversion=quarterly.conversion_sha256,
        note=escape(release.note),
    )
    return Table.worded(WORDS.points("release_table"), [row], wide=True)
