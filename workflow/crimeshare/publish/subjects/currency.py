"""How far the figures go, when they came out, and what is newer."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date

from crimeshare.publish.elements.provenance import registry
from crimeshare.publish.subjects.estimates import TOTAL, year_of
from crimeshare.publish.subjects.estimates import latest as latest_end
from crimeshare.publish.subjects.factsheet import WORDS
from crimeshare.reference import NATION, REFERENCE, read_rows
from crimeshare.sources.registry import ANNOUNCED, Release

# ONS brings out the figures of a quarter in the fourth month after it.
_MONTHS_AFTER = 4


def line() -> str:
    """Up to when the figures go, when they were published, and what is newer; HTML."""
    releases = registry()
    latest = latest_end()
    newer = (release.period_end for release in releases.values())
    # A day that was moved stands in a later line.
    days = {
        row["release_id"]: row["announced"] for row in read_rows(REFERENCE.parents[1] / ANNOUNCED)
    }
    announced = (date.fromisoformat(days[name]) for name in days.keys() - releases.keys())
    return WORDS.passage(
        "currency",
        latest=latest,
        published=published(releases),
        newer=max((end for end in newer if end > latest), default=None),
        announced=min(announced, default=None),
        expected=_next(latest),
    )


def not_taken_in() -> list[Release]:
    """The releases that the registry lists, newer than the figures, the newest last."""
    releases = registry().values()
    latest = latest_end()
    return sorted(
        (release for release in releases if release.period_end > latest),
        key=lambda release: (release.period_end, release.release_id),
    )


def published(releases: Mapping[str, Release]) -> date | None:
    """The day the leading figures came out: their release's, or that of one of the same months."""
    nation = year_of(TOTAL, NATION)
    own = releases.get(nation["release_id"])
    same = [own] if own else []
    same += [each for each in releases.values() if each.period_end == nation["period_end"]]
    return next((release.published for release in same if release.published), None)


def _next(latest: date) -> date:
    months = 12 * latest.year + latest.month - 1 + 3 + _MONTHS_AFTER
    year, month = divmod(months, 12)
    return date(year, month + 1, calendar.monthrange(year, month + 1)[1])
