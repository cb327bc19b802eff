"""The page of the audit: each public statement, its verdict, and the reason with its cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from crimeshare.cells import Cell
from crimeshare.publish.elements.figures import Figure, show
from crimeshare.publish.elements.provenance import sources
from crimeshare.publish.elements.tables import Content, Table
from crimeshare.publish.subjects.estimates import built_root

CLAIMS = Path("results/estimates/claims.parquet")
EVIDENCE = Path("results/estimates/claim_evidence.parquet")

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


@dataclass(frozen=True)
class Audited:
    """A statement with what became of it.

    Attributes:
        claim_id: its name in config/claims.yaml.
        statement, source: the words, and who said them.
        asserted: the one thing of what the words say that was judged.
        verdict: one of the audit's verdicts.
        reason: HTML, every number in it a figure with its cells.
        figures: those figures.
    """

    claim_id: str
    statement: str
    source: str
    asserted: str
    verdict: str
    reason: str
    figures: Sequence[Figure]

    def _repr_html_(self) -> str:
        return (
            f'<article class="claim" id="{self.claim_id}"><p class="statement">{self.quoted}</p>'
            f"<p>Asserts: <samp>{escape(self.asserted)}</samp></p>"
            f'<p class="verdict"><strong>{_marked(self.verdict).capitalize()}</strong></p>'
            f'<p class="reason">{self.reason}</p>{sources(self.figures)}</article>'
        )

    @property
    def quoted(self) -> str:
        """The words, and who said them."""
        return f"{self.words}, {self.said_by}"

    @property
    def words(self) -> str:
        """The words; numbers in them are quoted, not found."""
        return f"<q><samp>{escape(self.statement)}</samp></q>"

    @property
    def said_by(self) -> str:
        """Who said them, where and when."""
        return f"<samp>{escape(self.source)}</samp>"


@dataclass(frozen=True)
class Audit:
    """All statements, in the order of config/claims.yaml."""

    statements: Sequence[Audited]

    @property
    def opening(self) -> str:
        """How many statements there are, and what became of them."""
        if not self.statements:
            return "No public statement that could be judged is listed."
        judged = Figure("claims.judged", len(self.statements), "count")
        verdicts = [statement.verdict for statement in self.statements]
        kinds = [
            f"{Figure(_id(verdict), verdicts.count(verdict), 'count')} {_marked(verdict)}"
            for verdict in dict.fromkeys(verdicts)
        ]
        return (
            f"{judged} assertions from public statements were judged against every release at "
            f"hand: {'; '.join(kinds)}."
        )

    def verdicts(self) -> Table | None:
        """Every statement and its verdict; None where there is none."""
        if not self.statements:
            return None
        rows: list[list[Content]] = [
            [
                f'<a href="#{statement.claim_id}">{statement.words}</a>',
                f"<samp>{escape(statement.asserted)}</samp>",
                statement.said_by,
                _marked(statement.verdict),
            ]
            for statement in self.statements
        ]
        return Table(
            "Public statements and what the releases say",
            ["Statement", "What it asserts", "Said by", "Verdict"],
            rows,
            wide=True,
        )

    def reasons(self) -> str:
        """Every statement with its verdict and reason, as HTML."""
        return "".join(statement._repr_html_() for statement in self.statements)


def open_audit() -> Audit:
    """The audit of the build that the working directory is in.

    Raises:
        Problem: if nothing has been audited there.
    """
    root = built_root(CLAIMS, EVIDENCE)
    evidence: dict[str, list[dict[str, Any]]] = {}
    for row in pq.read_table(root / EVIDENCE).to_pylist():
        evidence.setdefault(row["claim_id"], []).append(row)
    return Audit(
        [
            _audited(row, evidence.get(row["claim_id"], []))
            for row in pq.read_table(root / CLAIMS).to_pylist()
        ]
    )


def _audited(row: dict[str, Any], evidence: Sequence[dict[str, Any]]) -> Audited:
    mentions = _mentions(evidence)
    return Audited(
        row["claim_id"],
        row["statement"],
        row["source"],
        row["asserted"],
        row["verdict"],
        _told(row["reason"], [(text, show(figure, style)) for text, figure, style in mentions]),
        [figure for _, figure, _ in mentions],
    )


def _mentions(rows: Sequence[dict[str, Any]]) -> list[tuple[str, Figure, str]]:
    """The numbers of a reason, in its order: as printed there, as figures, in which style."""
    by_mention: dict[int, list[dict[str, Any]]] = {}
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


def _id(verdict: str) -> str:
    return "claims." + re.sub(r"[^a-z0-9]+", "-", verdict)


def _told(reason: str, figures: Sequence[tuple[str, str]]) -> str:
    """A reason as HTML, the numbers it mentions replaced by figures, one after the other."""
    told = ""
    for text, figure in figures:
        before, found, reason = reason.partition(text)
        if not found:
            raise ValueError(f"the reason does not mention {text!r} where its evidence says so")
        told += _marked(before) + figure
    return told + _marked(reason)


def _marked(text: str) -> str:
    """Text as HTML, with the ids of releases marked as such."""
    return _RELEASE.sub(lambda match: f"<code>{match[0]}</code>", escape(text))
