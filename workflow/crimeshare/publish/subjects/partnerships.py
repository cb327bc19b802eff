"""Community safety partnerships of a force: the smallest areas that figures are published for."""

from __future__ import annotations

from functools import cache

from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.tables import Content, Table
from crimeshare.publish.subjects.estimates import Estimates, Place, Year
from crimeshare.reference import PARTNERSHIPS, Area, anchor, everyday, read_rows

SMALL = 50
"""Offences below which a figure moves much from year to year by chance; ONS's own line."""


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
    """The partnerships of a force that an edition gives, the largest share first."""
    estimates = force.estimates
    found = [
        Place(estimates, Area(row["partnership_code"], name, "partnership", force.area.area_code))
        for row in _partnerships()
        if row["area_code"] == force.area.area_code
        if (name := _named(estimates, year, row["partnership_code"]))
    ]
    return sorted(found, key=lambda place: (-(place.share(year).value or 0), place.name))


def table(force: Place) -> Table | None:
    """Count, share, rate and change of each partnership; None where none is given."""
    estimates = force.estimates
    year = newest(estimates)
    places = partnerships(force, year) if year else []
    if year is None or not places:
        return None
    rows: list[list[Content]] = []
    for place in places:
        change = place.change(year)
        count = place.count(year)
        unknown = Figure("change_pct.none", None, "change", marker="unavailable")
        rows.append(
            [
                f'<span id="{anchor(place.name)}">{place.name}{_mark(count)}</span>',
                count,
                place.share(year),
                place.rate(year),
                change.percent if change else unknown,
            ]
        )
    small = any(_mark(place.count(year)) for place in places)
    return Table(
        f"{estimates.offence.name} by community safety partnership, {force.name}, {year.words}",
        ["Partnership", "Offences", "Share", "Per 1,000 residents", "Change on the year"],
        rows,
        notes=[
            "* Fewer than fifty offences: such a figure moves much from year to year by chance."
            if small
            else "",
            *_comparability(places, year),
        ],
        styles=["", "", "", "", "signed"],
        wide=True,
        sortable=True,
    )


def sentence(force: Place) -> str:
    """Which partnership has the largest share and which the smallest; empty for fewer than two."""
    year = newest(force.estimates)
    places = [
        place
        for place in (partnerships(force, year) if year else [])
        if place.share(year).value is not None and not _mark(place.count(year))
    ]
    if year is None or len(places) < 2:
        return ""
    first, last = places[0], places[-1]
    return (
        f"In the {year.words} the share was largest in {first.name}, {first.share(year)}, and "
        f"smallest in {last.name}, {last.share(year)}."
    )


@cache
def _partnerships() -> list[dict[str, str]]:
    return read_rows(PARTNERSHIPS)


def _named(estimates: Estimates, year: Year, code: str) -> str:
    """What an edition calls a partnership; empty where it has no such."""
    row = estimates.recorded_row(year, code, estimates.offence_id, "count")
    return everyday(str(row["area_name"])) if row else ""


def _mark(count: Figure) -> str:
    return " *" if count.value is not None and count.value < SMALL else ""


def _comparability(places: list[Place], year: Year) -> list[str]:
    changes = [change for place in places if (change := place.change(year))]
    names = dict.fromkeys(
        name for change in changes if not change.comparable for name in change.recording_changes
    )
    if not names:
        return []
    return [f"The changes are not comparable: {'; '.join(names)}."]
