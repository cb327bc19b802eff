"""The page of the audit: each public statement, its verdict, and the reason with its cells."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from crimeshare.audit import verdicts
from crimeshare.cells import Cell
from crimeshare.periods import MONTHS
from crimeshare.publish.elements.figures import Figure, show
from crimeshare.publish.elements.provenance import registry, sources
from crimeshare.publish.elements.reading import read
from crimeshare.publish.elements.rows import Row, rows
from crimeshare.publish.elements.words import Words
from crimeshare.publish.subjects.estimates import TOTAL
from crimeshare.publish.subjects.measured import groups_measured_by
from crimeshare.reference import line_of, offences, reported_groups
from crimeshare.sources.registry import release_name

WORDS = Words(Path(__file__).with_name("words") / "claims.md.j2")

# How the audit's units are written in the report: unit and style of a figure.
UNITS = {
    "count": ("count", ""),
    "proportion": ("proportion", ""),
    "prevalence": ("proportion", ""),
    "level": ("proportion", "whole"),
    "change": ("change", "signed"),
    "percentage_points": ("percentage_points", "signed"),
    "points": ("percentage_points", ""),
    "places": ("places", ""),
    "rank": ("rank", ""),
    "one_in": ("one_in", ""),
    "times": ("times", ""),
    "pace": ("pace", ""),
    "per_1000": ("per_1000", ""),
}

_RELEASE = re.compile(r"\b[a-z]+-\d{4}-\d{2}(?:-v\d+|-corrected)?\b")

# Outside of tags, whose attributes hold full stops too.
_FIRST_SENTENCE = re.compile(r"(?<=[.!?])\s+(?![^<]*>)(?=[A-Z<])")

_DAY = re.compile(
    rf"\b(?:(?:(?P<day>\d{{1,2}}) )?(?P<month>{'|'.join(MONTHS)}) )?(?P<year>(?:19|20)\d\d)\b"
)

Mention = tuple[str, Figure, str]
"""A number of a reason: as printed there, as a figure, and in which style."""

# How a verdict is shown: by word, by shape and by colour (of the class).
KINDS = {
    "holds": "\N{BLACK CIRCLE}",
    "consistent": "\N{BLACK SQUARE}",
    "unknown": "\N{WHITE CIRCLE}",
    "fails": "\N{BLACK DOWN-POINTING TRIANGLE}",
}


def open_audit(offence_ids: Collection[str]) -> pd.DataFrame:
    """The statements of the build that a report about some offence groups shows; see `told`.

    Args:
        offence_ids: the groups. Statements about another are left out, and what the same speakers
            said of all recorded crime with them.

    Raises:
        Problem: if nothing has been audited there.
    """
    claims = read("claims")
    groups = claims["subject"].map(_groups_of)
    spoken_of = {by: set().union(*own) for by, own in groups.groupby(claims["source"])}
    groups = groups.where(claims["subject"].ne(TOTAL), claims["source"].map(spoken_of))
    shown = [not own or not own.isdisjoint(offence_ids) for own in groups]
    return told(claims[shown], read("claim_evidence"))


def told(claims: pd.DataFrame, evidence: pd.DataFrame) -> pd.DataFrame:
    """Statements with what pages say of each.

    Returns:
        The rows given with ``kind``, a key of `KINDS`; ``people``, the verdict as people name
        releases; ``html``, the reason, every number in it a figure; ``cells`` behind these; and
        ``said``, the year, month and day.
    """
    mentions = {name: _mentions(rows(own)) for name, own in evidence.groupby("claim_id")}
    of = [mentions.get(name, []) for name in claims["claim_id"]]
    return claims.assign(
        kind=[verdicts.kind_of(verdict)["shown_as"] for verdict in claims["verdict"]],
        people=claims["verdict"].map(_people),
        html=list(map(_as_html, claims["reason"], of)),
        cells=[sources(figure for _, figure, _ in each) for each in of],
        said=claims["source"].map(_said),
    )


def opening(audit: pd.DataFrame) -> str:
    """How many statements there are, and what became of them."""
    numbers = audit["kind"].value_counts()
    counts = {kind: Figure(f"claims.{kind}", numbers.get(kind, 0), "count") for kind in KINDS}
    judged = Figure("claims.judged", len(audit), "count")
    return WORDS.passage("opening", judged=judged, counts=counts)


def cards(audit: pd.DataFrame) -> str:
    """Every statement, those of one speaker together, the newest first, with a filter."""
    if audit.empty:
        return ""
    speakers: dict[str, dict[str, list[Row]]] = {}
    for each in rows(_newest_first(audit)):
        speakers.setdefault(each["source"], {}).setdefault(each["statement"], []).append(each)
    kinds = [kind for kind in KINDS if kind in {*audit["kind"]}]
    graph = {"@context": "https://schema.org", "@graph": list(map(_review, rows(audit)))}
    reviews = json.dumps(graph, ensure_ascii=False, indent=1).replace("<", "\\u003c")
    return (
        WORDS.passage("filter", kinds=kinds, speakers=map(escape, speakers))
        + WORDS.passage("cards", sources=speakers.values(), shapes=KINDS, first=_first_sentence)
        + f'<script type="application/ld+json">{reviews}</script>'
    )


def newest(audit: pd.DataFrame, offence_id: str) -> str:
    """What three speakers said last, of the group before all crime, each with its verdict."""
    own = audit["subject"].map(lambda subject: offence_id in _groups_of(subject)).astype(bool)
    ordered = pd.concat([_newest_first(audit[own]), _newest_first(audit[~own])])
    last = ordered.drop_duplicates("source").head(3)
    group = "" if own.any() else offence_id
    return WORDS.passage("newest", statements=rows(last), shapes=KINDS, group=group)


def _newest_first(audit: pd.DataFrame) -> pd.DataFrame:
    return audit.sort_values("said", ascending=False, kind="stable")


def _first_sentence(html: str) -> tuple[str, str]:
    """The first sentence of a reason, which answers, and all others."""
    first, *others = _FIRST_SENTENCE.split(html, maxsplit=1)
    return first, "".join(others)


def _review(row: Row) -> dict[str, Any]:
    """The verdict as a ClaimReview of schema.org, whose best rating is 5."""
    rating: dict[str, Any] = {"@type": "Rating", "alternateName": row["people"]}
    # What cannot be checked has no rating.
    if value := verdicts.kind_of(row["verdict"])["rating"]:
        rating |= {"ratingValue": int(value), "bestRating": 5, "worstRating": 1}
    said: dict[str, Any] = {
        "@type": "Claim",
        "name": row["statement"],
        "author": {"@type": "Organization", "name": row["source"]},
    }
    if row["address"]:
        said["appearance"] = {"@type": "CreativeWork", "url": row["address"]}
    return {
        "@type": "ClaimReview",
        "url": f"claims.html#{row['claim_id']}",
        "claimReviewed": row["statement"],
        "itemReviewed": said,
        "author": {"@type": "Organization", "name": "crimeshare"},
        "reviewRating": rating,
        "reviewBody": row["reason"],
    }


def _groups_of(subject: str) -> set[str]:
    """The groups whose reports a statement belongs to; none where it belongs to all of them."""
    if subject in offences():
        return set([name for name in line_of(subject) if name in reported_groups()][:1])
    return groups_measured_by(subject)


def _mentions(evidence: Sequence[Row]) -> list[Mention]:
    """The numbers of a reason, in its order."""
    by_mention: dict[int, list[Row]] = {}
    for row in evidence:
        by_mention.setdefault(row["mention"], []).append(row)
    mentions = []
    for mention, cells in sorted(by_mention.items()):
        first = cells[0]
        unit, style = UNITS[first["unit"]]
        figure = Figure(
            f"claim.{first['claim_id']}.{mention}",
            first["value"],
            unit,
            tuple(Cell.of(row) for row in cells if row["cell"]),
            first["formula"] or "",
            lower=first["lower"],
            upper=first["upper"],
            decimals=_decimals(first["text"]),
        )
        mentions.append((first["text"], figure, style))
    return mentions


def _decimals(text: str) -> int:
    """How many decimals a number in words has, as many as show how it was rounded."""
    found = re.search(r"\.(\d+)", text)
    return len(found[1]) if found else 0


def _as_html(reason: str, mentions: Sequence[Mention]) -> str:
    """A reason as HTML, the numbers it mentions replaced by figures, one after the other."""
    html = ""
    for text, figure, style in mentions:
        # As a number by itself: 202 is not the beginning of 2020.
        found = re.search(rf"(?<![\d.,]){re.escape(text)}(?!\d|[.,]\d)", reason)
        if not found:
            raise ValueError(f"the reason does not mention {text!r} where its evidence says so")
        html += escape(reason[: found.start()]) + show(figure, style)
        reason = reason[found.end() :]
    return html + escape(reason)


def _said(source: str) -> tuple[int, int, int]:
    """Year, month and day in the words on who said it and when; 0 for what they leave out."""
    days = [
        (
            int(found["year"]),
            MONTHS.index(found["month"]) + 1 if found["month"] else 0,
            int(found["day"] or 0),
        )
        for found in _DAY.finditer(source)
    ]
    return max(days, default=(0, 0, 0))


def _people(verdict: str) -> str:
    """A verdict with the release in it named as people do."""
    known = registry()

    def name(match: re.Match[str]) -> str:
        release = known.get(match[0])
        return f"the {release_name(release)}" if release else match[0]

    return _RELEASE.sub(name, verdict)
