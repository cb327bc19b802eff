"""The page of the audit: each public statement, its verdict, and the reason with its cells."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from crimeshare.audit import verdicts
from crimeshare.cells import Cell
from crimeshare.periods import MONTHS
from crimeshare.publish.elements.figures import Figure, show
from crimeshare.publish.elements.output import Output
from crimeshare.publish.elements.provenance import registry, sources
from crimeshare.publish.elements.reading import read
from crimeshare.publish.elements.rows import rows as rows_of
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

# How a verdict is shown: by word, by shape and by colour (of the class).
KINDS = {
    "holds": "\N{BLACK CIRCLE}",
    "consistent": "\N{BLACK SQUARE}",
    "unknown": "\N{WHITE CIRCLE}",
    "fails": "\N{BLACK DOWN-POINTING TRIANGLE}",
}


@dataclass(frozen=True)
class Audited(Output):
    """One thing that a statement asserts, with what became of it.

    Attributes:
        claim_id: its name in config/claims.yaml.
        asserted: the one thing of what the words say that was judged.
        reason: HTML, every number in it a figure with its cells.
        told: the same as plain text.
    """

    claim_id: str
    statement: str
    source: str
    address: str | None
    asserted: str
    verdict: str
    reason: str
    told: str
    figures: Sequence[Figure]

    @property
    def kind(self) -> str:
        """A key of ``KINDS``."""
        return verdicts.kind_of(self.verdict)["shown_as"]

    @property
    def sentences(self) -> list[str]:
        """The reason's first sentence, which answers; then all others, if any."""
        return _FIRST_SENTENCE.split(self.reason, maxsplit=1)

    @property
    def people(self) -> str:
        """The verdict as people name releases."""
        return _people(self.verdict)

    @property
    def shape(self) -> str:
        return KINDS[self.kind]

    def _repr_html_(self) -> str:
        return self.card(one_of_several=False)

    def card(self, one_of_several: bool) -> str:
        """What became of it; of a statement that asserts several things, after which of them."""
        return WORDS.passage(
            "card",
            each=self,
            several=one_of_several,
            cells=sources(self.figures),
        )

    def review(self) -> dict[str, Any]:
        """The verdict as a ClaimReview of schema.org, whose best rating is 5."""
        rating: dict[str, Any] = {"@type": "Rating", "alternateName": self.people}
        # What cannot be checked has no rating.
        if value := verdicts.kind_of(self.verdict)["rating"]:
            rating |= {"ratingValue": int(value), "bestRating": 5, "worstRating": 1}
        said: dict[str, Any] = {
            "@type": "Claim",
            "name": self.statement,
            "author": {"@type": "Organization", "name": self.source},
        }
        if self.address:
            said["appearance"] = {"@type": "CreativeWork", "url": self.address}
        return {
            "@type": "ClaimReview",
            "url": f"claims.html#{self.claim_id}",
            "claimReviewed": self.statement,
            "itemReviewed": said,
            "author": {"@type": "Organization", "name": "crimeshare"},
            "reviewRating": rating,
            "reviewBody": self.told,
        }


@dataclass(frozen=True)
class Audit:
    """All statements, in the order of config/claims.yaml."""

    statements: Sequence[Audited]

    @property
    def opening(self) -> str:
        """How many statements there are, and what became of them."""
        kinds = [statement.kind for statement in self.statements]
        counts = {kind: Figure(f"claims.{kind}", kinds.count(kind), "count") for kind in KINDS}
        judged = Figure("claims.judged", len(kinds), "count")
        return WORDS.passage("opening", judged=judged, counts=counts)

    def cards(self) -> str:
        """Every statement, those of one speaker together, the newest first, with a filter."""
        if not self.statements:
            return ""
        by_source: dict[str, dict[str, list[Audited]]] = {}
        for each in self._newest_first():
            by_source.setdefault(each.source, {}).setdefault(each.statement, []).append(each)
        groups = WORDS.passage("cards", sources=list(by_source.values()))
        return f"{self._filter(list(by_source))}{groups}{self._reviews()}"

    def newest(self) -> str:
        """What was said last by three speakers, each with its verdict and a link to the reason."""
        first: dict[str, Audited] = {}
        for each in self._newest_first():
            first.setdefault(each.source, each)
        return WORDS.passage("newest", statements=list(first.values())[:3])

    def _newest_first(self) -> list[Audited]:
        return sorted(self.statements, key=lambda each: _said(each.source), reverse=True)

    def _filter(self, speakers: Sequence[str]) -> str:
        held = {statement.kind for statement in self.statements}
        kinds = [kind for kind in KINDS if kind in held]
        return WORDS.passage("filter", kinds=kinds, speakers=map(escape, speakers))

    def _reviews(self) -> str:
        graph = {
            "@context": "https://schema.org",
            "@graph": [statement.review() for statement in self.statements],
        }
        text = json.dumps(graph, ensure_ascii=False, indent=1).replace("<", "\\u003c")
        return f'<script type="application/ld+json">{text}</script>'


def open_audit(offence_ids: Collection[str]) -> Audit:
    """The audit of the build that the working directory is in.

    Args:
        offence_ids: the offence groups that the report is about. Statements about another are left
            out, and what the same speakers said of all recorded crime with them.

    Raises:
        Problem: if nothing has been audited there.
    """
    evidence: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows_of(read("claim_evidence")):
        evidence.setdefault(row["claim_id"], []).append(row)
    rows = rows_of(read("claims"))
    spoken_of: dict[str, set[str]] = {}
    for row in rows:
        spoken_of.setdefault(row["source"], set()).update(_groups_of(row["subject"]))
    shown_with = (
        spoken_of[row["source"]] if row["subject"] == TOTAL else _groups_of(row["subject"])
        for row in rows
    )
    return Audit(
        [
            _audited(row, evidence.get(row["claim_id"], []))
            for row, groups in zip(rows, shown_with, strict=True)
            if not groups or not groups.isdisjoint(offence_ids)
        ]
    )


def _groups_of(subject: str) -> set[str]:
    """The groups whose reports a statement belongs to; none where it belongs to all of them."""
    if subject in offences():
        return set([name for name in line_of(subject) if name in reported_groups()][:1])
    return groups_measured_by(subject)


def _audited(row: Mapping[str, Any], evidence: Sequence[Mapping[str, Any]]) -> Audited:
    mentions = _mentions(evidence)
    return Audited(
        row["claim_id"],
        row["statement"],
        row["source"],
        row["address"],
        row["asserted"],
        row["verdict"],
        _told(row["reason"], [(text, show(figure, style)) for text, figure, style in mentions]),
        row["reason"],
        [figure for _, figure, _ in mentions],
    )


def _mentions(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, Figure, str]]:
    """The numbers of a reason, in its order: as printed there, as figures, in which style."""
    by_mention: dict[int, list[Mapping[str, Any]]] = {}
    for row in rows:
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
        )
        mentions.append((first["text"], figure, style))
    return mentions


def _told(reason: str, figures: Sequence[tuple[str, str]]) -> str:
    """A reason as HTML, the numbers it mentions replaced by figures, one after the other."""
    told = ""
    for text, figure in figures:
        # As a number by itself: 202 is not the beginning of 2020.
        found = re.search(rf"(?<![\d.,]){re.escape(text)}(?!\d|[.,]\d)", reason)
        if not found:
            raise ValueError(f"the reason does not mention {text!r} where its evidence says so")
        told += escape(reason[: found.start()]) + figure
        reason = reason[found.end() :]
    return told + escape(reason)


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
