"""Community safety partnerships of a force: the smallest areas that figures are published for.

They are in the order of their names: most differ no more than areas of their size do.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from crimeshare.measures.recorded import SMALL_BASE
from crimeshare.publish.elements import prose
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.tables import Content, Table
from crimeshare.publish.subjects.estimates import (
    ControlLimits,
    Estimates,
    Place,
    Year,
    built_rows,
    limits_of,
)
from crimeshare.publish.subjects.factsheet import WORDS
from crimeshare.reference import PARTNERSHIPS, Area, anchor, everyday, read_rows

SMALL_AREAS = Path("results/estimates/small_areas.parquet")

Limits = Mapping[tuple[str, str], ControlLimits]
"""Control limits by release and code of the partnership."""


def open_limits(offence_id: str, root: Path | None = None) -> Limits:
    """The limits of a group in the build that the working directory is in; see `built_rows`."""
    return {
        (row["release_id"], row["area_code"]): limits_of(row)
        for row in built_rows(SMALL_AREAS, root)
        if row["offence_id"] == offence_id and row["between_sd"] is not None
    }


def newest(estimates: Estimates) -> Year | None:
    """The newest edition that gives partnerships; None if none does."""
    codes = [row["partnership_code"] for row in _partnerships()]
    return next(
        (
            year
            for year in reversed(estimates.editions)
            if any(estimates.share_row(year, code, estimates.offence_id) for code in codes)
        ),
        None,
    )


def partnerships(force: Place, year: Year) -> list[Place]:
    """The partnerships of a force that an edition gives, by name."""
    estimates = force.estimates
    found = [
        Place(estimates, Area(row["partnership_code"], name, "partnership", force.area.area_code))
        for row in _partnerships()
        if row["area_code"] == force.area.area_code
        if (name := _named(estimates, year, row["partnership_code"]))
    ]
    return sorted(found, key=lambda place: place.name)


def table(force: Place, limits: Limits) -> Table | None:
    """Count, share, rate and change of each partnership; None where none is given."""
    estimates = force.estimates
    year = newest(estimates)
    places = partnerships(force, year) if year else []
    if year is None or not places:
        return None
    changes = {place: place.change(year) for place in places}
    unknown = Figure("change_pct.none", None, "change", marker="unavailable")
    rows: list[list[Content]] = [
        [
            f'<span id="{anchor(place.name)}">{prose.outside(place.name)}{_mark(count)}</span>',
            count,
            place.share(year),
            _said(_position(limits, place, year)),
            place.rate(year),
            change.percent if change else unknown,
        ]
        for place, change in changes.items()
        for count in [place.count(year)]
    ]
    known = [change for change in changes.values() if change]
    broken = [change for change in known if change.comparable is False]
    words = WORDS.points(
        "partnerships_table",
        force=force,
        year=year.words,
        small=any(_mark(place.count(year)) for place in places),
        changes=dict.fromkeys(name for change in broken for name in change.recording_changes),
        gathered=all(change.comparable is not None for change in known),
    )
    return Table.worded(
        words, rows, styles=["", "", "", "", "", "signed"], wide=True, sortable=True
    )


def sentence(force: Place, limits: Limits) -> str:
    """Which partnerships differ from all others, of those with offences enough to tell."""
    year = newest(force.estimates)
    given = [
        place
        for place in (partnerships(force, year) if year else [])
        if place.share(year).value is not None
    ]
    if year is None or not given:
        return WORDS.passage("partnerships", year="")
    places = [place for place in given if not _mark(place.count(year))]
    apart = [
        (prose.outside(place.name), place.share(year), _said(position))
        for place in places
        if (position := _position(limits, place, year)).endswith("outer")
    ]
    return WORDS.passage(
        "partnerships",
        year=year.words,
        apart=apart,
        told=bool(places),
        all_told=len(places) == len(given),
        only=prose.outside(given[0].name) if len(given) == 1 else "",
    )


def _position(limits: Limits, place: Place, year: Year) -> str:
    """Where a partnership's share is beside the limits; empty where there are none."""
    held = limits.get((year.release_id, place.area.area_code))
    return held.position if held else ""


@cache
def _said(position: str) -> str:
    return WORDS.passage("beside_limits", position=position)


@cache
def _partnerships() -> list[dict[str, str]]:
    return read_rows(PARTNERSHIPS)


def _named(estimates: Estimates, year: Year, code: str) -> str:
    """What an edition calls a partnership; empty where it has no such."""
    row = estimates.recorded_row(year, code, estimates.offence_id, "count")
    return everyday(str(row["area_name"])) if row else ""


def _mark(count: Figure) -> str:
    return " *" if count.value is not None and count.value < SMALL_BASE else ""
