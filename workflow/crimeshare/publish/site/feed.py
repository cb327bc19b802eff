"""The feed of the report: what each release added and changed, the newest first (Atom)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree

import pandas as pd

from crimeshare.digits import fixed
from crimeshare.publish.elements import prose
from crimeshare.publish.elements.figures import decimals_for
from crimeshare.publish.elements.words import Words
from crimeshare.reference import NATION, offences
from crimeshare.sources.registry import Release

WORDS = Words(Path(__file__).with_name("templates") / "page.md.j2")

ATOM = "http://www.w3.org/2005/Atom"
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
    root = ElementTree.Element("feed", xmlns=ATOM)
    name = offences()[offence_id].name
    _text(root, "title", WORDS.passage("feed_title", name=name))
    _text(root, "id", _id(f"{folder}feed"))
    _text(root, "updated", _time(max((day for day, _ in dated), default=date(1970, 1, 1))))
    author = ElementTree.SubElement(root, "author")
    _text(author, "name", "crimeshare")
    _text(root, "rights", WORDS.passage("feed_rights"))
    if site_url:
        ElementTree.SubElement(root, "link", rel="self", href=f"{site_url}/{folder}feed.xml")
        ElementTree.SubElement(root, "link", href=f"{site_url}/{folder}index.html")
    for day, release in dated:
        entry = ElementTree.SubElement(root, "entry")
        _text(entry, "title", f"{release.title}: {prose.edition(release.edition)}")
        _text(entry, "id", _id(f"{folder}{release.release_id}"))
        _text(entry, "updated", _time(day))
        ElementTree.SubElement(entry, "link", href=release.page_url)
        told = [
            *_headline(release, series, name, offence_id),
            *_revised(release, revisions),
            *([] if release.published else [WORDS.passage("feed_undated")]),
        ] or [WORDS.passage("feed_published", edition=release.edition)]
        content = ElementTree.SubElement(entry, "content", type="html")
        content.text = "".join(f"<p>{escape(sentence)}</p>" for sentence in told)
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'


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


def _text(parent: ElementTree.Element, tag: str, text: str) -> None:
    ElementTree.SubElement(parent, tag).text = text


def _id(name: str) -> str:
    """A name that stays the same wherever the report is published."""
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'{PROJECT}#{name}')}"


def _time(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
