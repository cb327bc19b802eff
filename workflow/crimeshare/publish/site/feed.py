"""The feed of the report: what each release added and changed, the newest first (Atom)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import pandas as pd

from crimeshare.digits import fixed
from crimeshare.publish.elements import prose
from crimeshare.publish.elements.figures import decimals_for
from crimeshare.publish.elements.words import Words
from crimeshare.publish.site.rendering import templates
from crimeshare.reference import NATION, offences
from crimeshare.sources.registry import Release

WORDS = Words(Path(__file__).with_name("templates") / "page.md.j2")

PROJECT = "https://github.com/crimeshare/crimeshare"


def feed(
    releases: Mapping[str, Release],
    series: pd.DataFrame,
    revisions: pd.DataFrame,
    offence_id: str,
    site_url: str = "",
    folder: str = "",
) -> str:
    """The feed as XML: an entry for each release that the report was built from.

    Of some releases the day of publication is not known: their entries bear the last day of their
    period, the earliest that they can be from, and say so.

    Args:
        site_url: where the report is published, without a slash at the end; empty if nowhere.
        folder: where the pages of the group lie, ``robbery/``; empty if at the root.
    """
    dated = sorted(
        (
            (release.published or release.period_end, release)
            for release in releases.values()
            if release.status == "shipped"
        ),
        key=lambda pair: (pair[0], pair[1].release_id),
        reverse=True,
    )
    name = offences()[offence_id].name
    entries = [
        {
            "title": f"{release.title}: {prose.edition(release.edition)}",
            "id": _id(f"{folder}{release.release_id}"),
            "day": day,
            "address": release.page_url,
            "told": [
                *_headline(release, series, name, offence_id),
                *_revised(release, revisions),
                *([] if release.published else [WORDS.passage("feed_undated")]),
            ]
            or [WORDS.passage("feed_published", edition=release.edition)],
        }
        for day, release in dated
    ]
    return (
        templates()
        .get_template("feed.xml.j2")
        .render(
            name=name,
            id=_id(f"{folder}feed"),
            updated=max((day for day, _ in dated), default=date(1970, 1, 1)),
            address=f"{site_url}/{folder}" if site_url else "",
            entries=entries,
        )
        + "\n"
    )


def _headline(release: Release, series: pd.DataFrame, name: str, offence_id: str) -> Sequence[str]:
    rows = series[
        (series["release_id"] == release.release_id)
        & (series["area_code"] == NATION)
        & (series["offence_id"] == offence_id)
    ].dropna(subset=["count", "share"])
    return [
        WORDS.passage(
            "feed_headline",
            end=end,
            count=fixed(count),
            offences=prose.offences_in(name, count),
            share=fixed(share * 100, decimals_for(share * 100)),
        )
        for end, count, share in rows.sort_values("period_end")[["period_end", "count", "share"]]
        .tail(1)
        .to_numpy()
        .tolist()
    ]


def _revised(release: Release, revisions: pd.DataFrame) -> Sequence[str]:
    given = revisions[revisions["release_id"] == release.release_id].dropna(subset=["change"])
    if given.empty:
        return []
    moved = int((given["change"] != 0).sum())
    return [WORDS.passage("feed_revised", given=fixed(len(given)), moved=fixed(moved))]


def _id(name: str) -> str:
    """A name that stays the same wherever the report is published."""
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'{PROJECT}#{name}')}"
