"""How far the figures go, when they came out, and what is newer."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date

from crimeshare.publish.elements import prose
from crimeshare.publish.subjects.estimates import Estimates
from crimeshare.reference import REFERENCE, read_rows
from crimeshare.sources.registry import ANNOUNCED, REGISTRY, Release, read_registry

# ONS brings out the figures of a quarter in the fourth month after it.
_MONTHS_AFTER = 4


def line(estimates: Estimates) -> str:
    """Up to when the figures go, when they were published, and what is newer; HTML."""
    releases = read_registry(REFERENCE.parents[1] / REGISTRY)
    latest = estimates.latest.period_end
    day = published(releases, estimates)
    text = f"Figures up to {prose.month(latest)}"
    text += f", published on {_day(day)}." if day else "."
    newer = sorted(
        {release.period_end for release in releases.values() if release.period_end > latest}
    )
    if newer:
        return (
            f"{text} Figures up to {prose.month(newer[-1])} are out and "
            f'<a href="sources.html#not-yet-taken-in">not yet taken in here</a>.'
        )
    announced = [
        date.fromisoformat(row["announced"])
        for row in read_rows(REFERENCE.parents[1] / ANNOUNCED)
        if row["release_id"] not in releases
    ]
    if announced:
        return f"{text} The next are announced for {_day(min(announced))}."
    return f"{text} The next are expected in {prose.month(_next(latest))}."


def not_taken_in(estimates: Estimates) -> list[Release]:
    """The releases that the registry lists, newer than the figures, the newest last."""
    releases = read_registry(REFERENCE.parents[1] / REGISTRY).values()
    latest = estimates.latest.period_end
    return sorted(
        (release for release in releases if release.period_end > latest),
        key=lambda release: (release.period_end, release.release_id),
    )


def published(releases: Mapping[str, Release], estimates: Estimates) -> date | None:
    """The day the leading figures came out: their release's, or that of one of the same months."""
    latest = estimates.latest
    own = releases.get(estimates.nation.release(latest))
    same = [own] if own else []
    same += [release for release in releases.values() if release.period_end == latest.period_end]
    return next((release.published for release in same if release.published), None)


def _next(latest: date) -> date:
    """The month in which the figures of the next quarter are due."""
    months = 12 * latest.year + latest.month - 1 + 3 + _MONTHS_AFTER
    year, month = divmod(months, 12)
    return date(year, month + 1, calendar.monthrange(year, month + 1)[1])


def _day(day: date) -> str:
    """ "23 April 2026"."""
    return f"{day.day} {prose.month(day)}"
