"""Revisions as the pages show them: each step with both counts and their cells, and in words.

Nothing is measured here; see :mod:`crimeshare.measures.revisions`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from crimeshare.measures.recorded import SMALL_BASE
from crimeshare.measures.revisions import typical_size, with_ages
from crimeshare.parquet import read_rows_where
from crimeshare.publish.elements import prose
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.rows import figure, over
from crimeshare.publish.elements.words import Words
from crimeshare.publish.subjects.estimates import (
    TOTAL,
    Estimates,
    Place,
    Year,
    built_root,
    open_estimates,
    rows_of,
)
from crimeshare.reference import offences

REVISIONS = Path("results/estimates/revisions.parquet")
WHOLE = Path("results/estimates/whole_revisions.parquet")
SIZES = Path("results/estimates/revision_sizes.parquet")
COMPARED = Path("results/estimates/compared_changes.parquet")
REFUTED = Path("results/estimates/refuted_changes.parquet")
TABLES = (REVISIONS, WHOLE, SIZES, COMPARED, REFUTED)

WORDS = Words(Path(__file__).with_name("words") / "revisions.md.j2")


Rows = dict[tuple[str, str], list[dict[str, Any]]]
"""Rows of a table of revisions by area and offence group."""


@dataclass(frozen=True)
class Revision:
    """The way from one vintage of a count to a later one, the next or the newest.

    Attributes:
        previous, value: the count in the earlier and in the later release.
        change: their difference, a count; percent: the same as a share of `previous`.
        age_before, age: how old the figure was in either release, in months.
        rank_before, rank_after: the force's rank by share; None for other areas and the total.
    """

    place: Place
    offence_id: str
    period_end: date
    previous_release_id: str
    release_id: str
    previous: Figure
    value: Figure
    change: Figure
    percent: Figure
    age_before: int
    age: int
    rank_before: Figure | None
    rank_after: Figure | None

    @property
    def moved(self) -> bool:
        """Whether the later release gives another number."""
        return self.change.number != 0

    @property
    def worked_out(self) -> bool:
        """Whether the later release prints no count of the year, but a percentage that tells it."""
        return any(cell.addressed for cell in self.value.cells) and bool(self.value.formula)

    @property
    def moved_rank(self) -> bool:
        """Whether the force stands elsewhere among the forces by the later release."""
        before, after = self.rank_before, self.rank_after
        return before is not None and after is not None and before.number != after.number

    @property
    def years_old(self) -> Figure:
        """Age in the later release."""
        figure_id = f"age.{self.period_end:%Y-%m}.{self.release_id}"
        return over(
            figure_id,
            self.age / 12,
            "years",
            ("aged_revisions", "age"),
            [self.value],
            period_end=f"{self.period_end}",
            release_id=self.release_id,
        )


@dataclass(frozen=True)
class Size:
    """How far an area's figures have moved from when they were new to the newest release.

    Attributes:
        revisions: how many the size rests on; rose, fell, stayed: how many of them.
        typical: the median without sign; lowest, highest: the extremes, with sign.
    """

    revisions: Figure
    rose: Figure
    fell: Figure
    stayed: Figure
    typical: Figure
    lowest: Figure
    highest: Figure


@dataclass(frozen=True)
class Flip:
    """A change on the year before that pointed another way by an earlier release."""

    place: Place
    offence_id: str
    period_end: date
    previous_release_id: str
    release_id: str
    before: Figure
    after: Figure
    both_years: bool


class Revisions:
    """The revisions of one build, about one offence group unless another is named."""

    def __init__(
        self,
        estimates: Estimates,
        revisions: Iterable[dict[str, Any]],
        whole: Iterable[dict[str, Any]],
        sizes: Iterable[dict[str, Any]],
        compared: Iterable[dict[str, Any]],
        refuted: Iterable[dict[str, Any]],
    ) -> None:
        """Take rows of the tables of `TABLES`, those of revisions with ages.

        Areas that have no page, such as partnerships, are left to the data pack: they come, go and
        are renamed between editions.
        """
        self.estimates = estimates
        self._steps = _by_figure(filter(estimates.shows, revisions))
        self._whole = _by_figure(filter(estimates.shows, whole))
        self._sizes = {(row["area_code"], row["offence_id"]): row for row in sizes}
        self._compared = [
            row for row in compared if estimates.shows(row) and row["offence_id"] in offences()
        ]
        self.refuted = list(filter(estimates.shows, refuted))

    def of(self, place: Place, offence_id: str | None = None) -> list[Revision]:
        """Every step of an area's figures, the oldest year first, each year in its order."""
        return self._revisions(self._steps, place, offence_id)

    def new(self, places: Iterable[Place], offence_id: str | None = None) -> list[Revision]:
        """From news to the newest release, of each figure given again a year later or later."""
        return [
            revision
            for place in places
            for revision in self._revisions(self._whole, place, offence_id)
        ]

    def size(self, place: Place, offence_id: str | None = None) -> Size | None:
        """How far figures have moved since they were news; None where none came again."""
        offence_id = offence_id or self.estimates.offence_id
        row = self._sizes.get((place.area.area_code, offence_id))
        if row is None:
            return None
        name = f"{_slug(place)}.{offence_id}"

        def of(column: str, which: str) -> Figure:
            return figure(row, column, f"revisions.{which}.{name}", "revision_sizes", {})

        return Size(
            of("revisions", "number"),
            of("rose", "rose"),
            of("fell", "fell"),
            of("stayed", "stayed"),
            of("typical_size_pct", "typical"),
            of("lowest_pct", "lowest"),
            of("highest_pct", "highest"),
        )

    def flips(self, offence_id: str | None = None) -> list[Flip]:
        """Changes on the year before that turned, of every offence group unless one is named."""
        return [
            self._flip(row)
            for row in self._compared
            if row["turned"] and offence_id in (None, row["offence_id"])
        ]

    def compared(self) -> int:
        """How many changes on the year before could be set beside an earlier vintage of it."""
        return sum(row["revised"] == "year_before" for row in self._compared)

    def count_id(self, place: Place, offence_id: str, period_end: date, release_id: str) -> str:
        """What a count is called as one release gives it."""
        own = self.estimates.releases.get(release_id)
        year = Year(period_end, release_id, revised=period_end != own)
        return place.figure_id("count", year, offence_id)

    def in_series(self, release_id: str) -> bool:
        """Whether a release is one of the series by offence, not of the tables by area."""
        return release_id not in self.estimates.releases and not self.is_open(release_id)

    @staticmethod
    def is_open(release_id: str) -> bool:
        """Whether a release is one of the Home Office's open data."""
        return release_id.startswith("prc-")

    def _revisions(self, rows: Rows, place: Place, offence_id: str | None) -> list[Revision]:
        key = place.area.area_code, offence_id or self.estimates.offence_id
        return [self._revision(place, row) for row in rows.get(key, [])]

    def _revision(self, place: Place, row: dict[str, Any]) -> Revision:
        offence_id, period_end = row["offence_id"], row["period_end"]
        before, after = row["previous_release_id"], row["release_id"]
        name = f"{_slug(place)}.{offence_id}.{period_end:%Y-%m}.{after}"

        def of(column: str, figure_id: str) -> Figure:
            return place.of(row, column, figure_id, "revisions", "not_applicable")

        return Revision(
            place,
            offence_id,
            period_end,
            before,
            after,
            of("previous_value", self.count_id(place, offence_id, period_end, before)),
            of("value", self.count_id(place, offence_id, period_end, after)),
            of("change", f"revision.{name}"),
            of("change_pct", f"revision_pct.{name}"),
            row["age_before"],
            row["age"],
            *(
                None if row[rank] is None else of(rank, f"{rank}.{name}")
                for rank in ("rank_before", "rank_after")
            ),
        )

    def _flip(self, row: dict[str, Any]) -> Flip:
        place, offence_id = self.estimates.place(row["area_code"]), row["offence_id"]
        before, after = row["previous_release_id"], row["release_id"]
        name = f"{_slug(place)}.{offence_id}.{row['period_end']:%Y-%m}.{before}.{after}"
        return Flip(
            place,
            offence_id,
            row["period_end"],
            before,
            after,
            place.of(row, "change_before", f"change_before.{name}", "compared_changes"),
            place.of(row, "change", f"change_after.{name}", "compared_changes"),
            row["revised"] == "both_years",
        )


def open_revisions(offence_id: str, root: Path | None = None) -> Revisions:
    """The revisions of the build that the working directory is in.

    Args:
        offence_id: the offence group to report on.
        root: see :func:`crimeshare.publish.subjects.estimates.open_estimates`.

    Raises:
        Problem: if nothing has been built there.
    """
    root = root or built_root(*TABLES)
    stamp = tuple((root / file).stat().st_mtime_ns for file in TABLES)
    return _read(open_estimates(offence_id, root), root, stamp)


@lru_cache(maxsize=2)
def _read(estimates: Estimates, root: Path, stamp: tuple[int, ...]) -> Revisions:
    """Read once for all notebooks that share a kernel; `stamp` tells a rebuilt table apart."""
    sizes, compared, refuted = (
        pq.read_table(root / file).to_pylist() for file in (SIZES, COMPARED, REFUTED)
    )
    groups = pc.field("offence_id").isin([estimates.offence_id, TOTAL])
    revisions, whole = (read_rows_where(root / file, groups) for file in (REVISIONS, WHOLE))
    return Revisions(
        estimates,
        rows_of(with_ages(revisions.to_pandas(date_as_object=False))),
        whole.to_pylist(),
        sizes,
        compared,
        refuted,
    )


def _by_figure(rows: Iterable[dict[str, Any]]) -> Rows:
    found: Rows = {}
    for row in rows:
        found.setdefault((row["area_code"], row["offence_id"]), []).append(row)
    return found


def _slug(place: Place) -> str:
    return place.slug if place.kind == "force" else f"{place.kind}-{place.slug}"


# ---------------------------------------------------------------- in words


def outlook(revisions: Revisions, place: Place) -> str:
    """How far figures as new as the latest have moved here; nothing where none came again.

    A median of few is no forecast: the number it rests on and both extremes stand beside it.
    """
    size = revisions.size(place)
    if size is None:
        return ""
    one = revisions.new([place])[0] if size.revisions.value == 1 else None
    return WORDS.passage(
        "outlook",
        place=place,
        small=(place.count().value or 0) < SMALL_BASE,
        what=prose.figures_of(revisions.estimates.offence.name),
        one=one,
        moved=moved(one.percent) if one else "",
        size=size,
        directions=directions(size.rose, size.fell, size.stayed),
    )


def moved(percent: Figure) -> str:
    """What became of a figure: "rose by 0.13%", "fell by 45.92%", "was not changed"."""
    return WORDS.passage("moved", percent=percent)


def directions(rose: Figure, fell: Figure, stayed: Figure) -> str:
    """How many rose, fell and stayed: "one rose, two fell and one was unchanged".

    Directions that none took are left out; "both" or "all" where no other was taken.
    """
    of = sum(int(figure.number) for figure in (rose, fell, stayed))
    return WORDS.passage("directions", rose=rose, fell=fell, stayed=stayed, of=of)


def middle(revisions: Sequence[Revision], figure_id: str) -> Figure:
    """The median size, without sign, of several revisions."""
    known = [step.percent for step in revisions if step.percent.value is not None]
    size, of = typical_size(percent.number for percent in known), ("aged_revisions", "typical_size")
    return over(figure_id, size, "revision", of, known, revisions=f"{len(known)}")


def turned(before: float, after: float) -> tuple[str, str]:
    """Two verdicts on one change: "rose" or "fell" or "was unchanged", by either release."""
    return prose.recorded_direction(0, before), prose.recorded_direction(0, after)


def given_as(revisions: Revisions, release_id: str, period_end: date) -> str:
    """How a release came to give a year: as its own, corrected, a year later, or in a series."""
    own = revisions.estimates.releases.get(release_id)
    return WORDS.passage(
        "given",
        open_data=revisions.is_open(release_id),
        in_series=revisions.in_series(release_id),
        year_after=own != period_end,
        issue=release_id.partition(f"{period_end:%Y-%m}")[2],
    )
