"""How firm an area's figures are: the range of a force's rank, and its own steps of recording."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from crimeshare.measures.level_shifts import DRIFT
from crimeshare.parquet import read_rows_where
from crimeshare.periods import a_year_before
from crimeshare.publish.elements import prose
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.words import Words
from crimeshare.publish.subjects.estimates import TOTAL, Change, Place, built_root, is_few
from crimeshare.reference import REFERENCE, offences, read_rows

RANK_INTERVALS = Path("results/estimates/rank_intervals.parquet")
RANK_RECORD = Path("results/estimates/rank_record.parquet")
LEVEL_SHIFTS = Path("results/estimates/level_shifts.parquet")

# Days from a step within which the notes of an edition are taken to be of its time.
A_YEAR = 366

WORDS = Words(Path(__file__).with_name("words") / "area.md.j2")


@dataclass(frozen=True)
class Firmness:
    """The rows of `RANK_INTERVALS`, `LEVEL_SHIFTS` and `RANK_RECORD` about whole groups."""

    ranges: list[dict[str, Any]]
    shifts: list[dict[str, Any]]
    record: list[dict[str, Any]]

    def rank_range(self, place: Place) -> str:
        """Between which ranks a force's quarters leave it, in words; nothing for other areas."""
        ends = self.ends_of_range(place, "lower", "upper")
        return WORDS.passage("rank_range", place=place, **ends) if ends else ""

    def rank_range_meaning(self, place: Place) -> str:
        """What such a range is, for all forces at once too, and how many ranks lay in theirs."""
        ends = self.ends_of_range(place, "lower_simultaneous", "upper_simultaneous")
        if not ends:
            return ""
        record = {}
        for row in self.record:
            for column in ("share", "ranks"):
                figure_id = f"rank_record.{row['offence_id']}.{row['what']}.{column}"
                record[f"{row['what']}_{column}"] = place.of(row, column, figure_id, "rank_record")
        return WORDS.passage("rank_range_meaning", place=place, record=record, **ends)

    def ends_of_range(self, place: Place, *ends: str) -> dict[str, Figure]:
        """The ends of a force's range of ranks by their columns; empty where it has none."""
        estimates = place.estimates
        wanted = (place.area.area_code, estimates.offence_id, estimates.latest.period_end)
        for row in [] if is_few(place.count()) else self.ranges:
            if (row["area_code"], row["offence_id"], row["period_end"]) == wanted:
                return {name: self._rank(place, row, name) for name in ends}
        return {}

    @staticmethod
    def _rank(place: Place, row: dict[str, Any], end: str) -> Figure:
        estimates = place.estimates
        name = place.figure_id(f"rank_{end}", estimates.latest, estimates.offence_id)
        return place.of(row, end, name, "rank_intervals")

    def steps(self, place: Place) -> list[str]:
        """Where the force's own recording moved to another level, and no known rule explains it."""
        wanted = (TOTAL, place.estimates.offence_id)
        return [
            self._step(place, row)
            for row in self.shifts
            if row["area_code"] == place.area.area_code
            and row["offence_id"] in wanted
            and row["recording_change"] is None
        ]

    def marks(self, place: Place, end: date) -> list[str]:
        """What in a force's own recording stands between a year and the one before."""
        began = a_year_before(a_year_before(end))
        gaps = [
            WORDS.passage("gap", edition=edition.words)
            for edition in place.estimates.editions
            if began < edition.period_end <= end
            and place in place.estimates.without_return(edition)
        ]
        steps = [
            WORDS.passage("own_step", kind=row["kind"], first=row["quarter_end"], last=row["until"])
            for row in self.shifts
            if row["area_code"] == place.area.area_code
            and row["offence_id"] == place.estimates.offence_id
            and row["recording_change"] is None
            and _between(row, began, end)
        ]
        return [*gaps, *steps]

    def warning(self, place: Place, change: Change | None) -> str:
        """The same as a sentence; nothing where nothing stands between."""
        marks = self.marks(place, change.year.period_end) if change else []
        if not marks:
            return ""
        return WORDS.passage("warning", place=place, marks=marks)

    @staticmethod
    def _step(place: Place, row: dict[str, Any]) -> str:
        figure_id = f"level_shift.{place.slug}.{row['offence_id']}.{row['quarter_end']:%Y-%m}"
        shift = place.of(row, "shift_pct", figure_id, "level_shifts")
        return WORDS.passage(
            "step",
            group=prose.lower_first(offences()[row["offence_id"]].name),
            place=place,
            kind=row["kind"],
            first=row["quarter_end"],
            last=row["until"],
            shift=shift,
            noted=_noted(place, row["quarter_end"]),
        )


def _between(row: dict[str, Any], began: date, ended: date) -> bool:
    """Whether a shift made two years unlike each other: a drift does so by little, and always."""
    if row["kind"] == DRIFT:
        return False
    days = (row["quarter_end"], row["until"])
    return any(day is not None and began < day <= ended for day in days)


def _noted(place: Place, quarter_end: date) -> list[str]:
    """The months of the editions of about that time whose notes are about the area."""
    editions = {edition.release_id: edition for edition in place.estimates.editions}
    months = [
        edition.month
        for row in read_rows(REFERENCE / "area_notes.csv")
        if row["area_code"] == place.area.area_code
        and (edition := editions.get(row["release_id"]))
        and abs((edition.period_end - quarter_end).days) <= A_YEAR
    ]
    return list(dict.fromkeys(months))


def open_firmness(offence_id: str, root: Path | None = None) -> Firmness:
    """What the build that the working directory is in says of a group; see `built_root`."""
    root = root or built_root(RANK_INTERVALS, LEVEL_SHIFTS, RANK_RECORD)
    files = (root / RANK_INTERVALS, root / LEVEL_SHIFTS, root / RANK_RECORD)
    return _read(offence_id, files, tuple(file.stat().st_mtime_ns for file in files))


@lru_cache(maxsize=2)
def _read(offence_id: str, files: tuple[Path, ...], stamp: tuple[int, ...]) -> Firmness:
    own = pc.field("offence_id").isin([TOTAL, offence_id])
    ranges, shifts, record = (read_rows_where(file, own) for file in files)
    # Without open data there are no quarters, and tables without rows.
    if ranges.num_rows:
        ranges = ranges.filter(pc.equal(ranges["period_end"], pc.max(ranges["period_end"])))
    whole = shifts.filter(pc.is_null(shifts["code"]))
    return Firmness(ranges.to_pylist(), whole.to_pylist(), record.to_pylist())
