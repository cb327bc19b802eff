"""From what was found to a verdict with its reason."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crimeshare.audit.findings import Finding
from crimeshare.audit.stated import Match, Stated
from crimeshare.periods import in_words
from crimeshare.reference import REFERENCE, read_rows
from crimeshare.survey_words import aged

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.runtime import Context

CONFIRMED = "confirmed"
ROUNDED = "confirmed when rounded"
TRUNCATED = "truncated, not rounded"
TRUE_ONLY_OF = "true only of {}"
WITHIN = "within the interval"
CONSISTENT = "consistent with {}"
DEPENDS = "depends on definition"
NOT_AS_PUBLISHED = "not as published"
NOT_SUPPORTED = "not supported"
CONTRADICTED = "contradicted"
NOT_CHECKABLE = "not checkable"
WITHIN_REVISIONS = "within usual revisions only"
ON_ASSUMPTION = "depends on an assumed base"
OWN_COUNTS_AGREE = "own counts agree"
BY_OWN_COUNTS = "contradicted by its own counts"

ACROSS = ", across a recording change"
"""Stands after the verdict on a change between two years that police recorded differently."""

AS_REVISED = CONSISTENT.format("the figures as revised since")
AS_QUOTED = CONSISTENT.format("figures quoted second-hand")

OF_MATCH: dict[Match, str] = {
    "exact": CONFIRMED,
    "rounded": ROUNDED,
    "near": ROUNDED,
    "truncated": TRUNCATED,
}


OUTCOMES = ("holds", "fails", "open")


@cache
def kinds() -> dict[str, dict[str, str]]:
    """Every verdict: what becomes of the statement, how pages show and rate it, what it means."""
    return {row["verdict"]: row for row in read_rows(REFERENCE / "verdicts.csv")}


def kind_of(verdict: str) -> dict[str, str]:
    """The kind of a verdict that names its release, or goes across a recording change.

    Raises:
        ValueError: there is no such verdict.
    """
    fitting = [name for name in kinds() if verdict.startswith(name.partition("{}")[0])]
    if not fitting:
        raise ValueError(f"no verdict {verdict!r}")
    return kinds()[max(fitting, key=len)]


def outcome(verdict: str) -> int:
    """0 for a statement that holds, 1 for one that fails, 2 for one that is open."""
    return OUTCOMES.index(kind_of(verdict)["outcome"])


@dataclass
class Reason:
    """Sentences that remember which numbers they mention, and in which order.

    So a report can print each number with the way to its cell, and the text alone stays text.
    """

    text: str = ""
    mentioned: list[tuple[str, Finding]] = field(default_factory=list)

    def say(self, name: str, /, **values: Any) -> None:
        """Add a sentence, a block of ``reasons.md.j2``, with what it names.

        A finding in it becomes its value, beside those it was made from as its ``told`` says.
        """
        self.text = f"{self.text} {filled(name, mentioned=self.mentioned, **values)}".strip()


def filled(name: str, /, **values: Any) -> str:
    """A block of ``reasons.md.j2``, on one line."""
    template = _template()
    text = "".join(template.blocks[name](template.new_context(values)))
    return re.sub(r"[ \n]+", " ", text).rstrip()


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context

    @pass_context
    def told(context: Context, value: object) -> object:
        if not isinstance(value, Finding):
            return value
        whole = [*value.parts, value]
        context["mentioned"].extend((finding.text, finding) for finding in whole)
        return value.told.format(*(finding.text for finding in whole))

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), undefined=StrictUndefined, finalize=told
    )
    environment.globals["how"] = lambda fits, stated: filled("how", fits=fits, stated=stated)
    environment.filters |= {
        "aged": aged,
        "capital": lambda text: text[:1].upper() + text[1:],
        "listed": lambda names: " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))),
        "year": in_words,
    }
    return environment.get_template("reasons.md.j2")


@dataclass(frozen=True)
class Verdict:
    """What became of a claim.

    Attributes:
        verdict: one of ``verdicts.csv``, with the release filled in.
        decisive: what it rests on, most important first; its first gives the computed value.
        settles: what would settle an open question, or make a verdict firmer; empty if nothing.
    """

    verdict: str
    reason: Reason
    decisive: tuple[Finding, ...] = ()
    settles: str = ""

    @property
    def computed(self) -> Finding | None:
        """The value to be set beside the claimed one; None where nothing settles the claim."""
        return None if self.verdict == NOT_CHECKABLE or not self.decisive else self.decisive[0]


def best(stated: Stated, findings: Sequence[Finding]) -> tuple[str, Finding] | None:
    """The verdict of the vintage that bears a number out best, and that vintage.

    Args:
        findings: all vintages of one quantity in ONS's editions, oldest release first.

    The newest vintage counts first, then an older one that is exact: the claim is then true
    only of the release that says so.  A match by rounding in an older vintage alone is that
    release's too; a truncated number is truncated whichever vintage it was cut from.
    """
    if not findings:
        return None
    matches = {id(finding): stated.match(finding.value) for finding in findings}
    *older, newest = findings
    if matches[id(newest)] == "exact":
        return CONFIRMED, newest
    for wanted in ("exact", "rounded", "near", "truncated"):
        match = matches[id(newest)]
        if match == wanted:
            return OF_MATCH[match], newest
        for finding in reversed(older):
            if matches[id(finding)] == wanted:
                only = TRUE_ONLY_OF.format(finding.release_id)
                return (TRUNCATED if wanted == "truncated" else only), finding
    return None
