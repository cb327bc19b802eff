"""A text judged: from a file for the command line, or as it was pasted into a page."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

from crimeshare.audit.claim_keys import EntryRefused, read_claim
from crimeshare.audit.evidence import Evidence, open_evidence
from crimeshare.audit.judging import Auditor, vocabulary
from crimeshare.audit.lookup import find_area, said_on
from crimeshare.audit.reading import shown
from crimeshare.audit.reading.judged import Answer, judge_text
from crimeshare.audit.statements import AnyClaim
from crimeshare.audit.verdicts import Verdict
from crimeshare.problems import Problem

LONGEST = 1_000_000
"""Bytes of the longest text that is read: about 150,000 words."""

_MARKUP = re.compile(r"<(?:!doctype|html|head|body|div|p|span|script|table)\b", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\ufffd]")
# Words that every English text of a few lines has one of.
_ENGLISH = re.compile(
    r"\b(?:the|of|in|and|to|by|for|was|were|is|are|has|had|that|with|from|up|down|rose|fell|year|recorded|crimes?|offences)\b",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"\b(?:yr|yn|mae|bod|gan|wedi|heddlu|troseddau|le|la|les|des|une|est|der|die|und|das|ist|el|los|las|una|por|het|een|van|il|che|di|w|na|jest)\b",
    re.IGNORECASE,
)


def read_source(name: str) -> str:
    """The text of a file, or of standard input for ``-``.

    Raises:
        Problem: it is empty, no text, too long, or markup.
    """
    where = "Standard input" if name == "-" else name
    if name == "-":
        content = sys.stdin.buffer.read(LONGEST + 1)
    else:
        with Path(name).open("rb") as file:
            content = file.read(LONGEST + 1)
    if len(content) > LONGEST:
        raise Problem(
            f"{where} has more than {LONGEST:,} bytes; expected one article or report. Give the "
            "part that is to be judged."
        )
    text = content.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n")
    return checked_text(text, where)


def checked_text(text: str, where: str) -> str:
    """The text, if it is one that can be read.

    Raises:
        Problem: it is empty, no text, markup, or in another language.
    """
    if not text.strip():
        raise Problem(f"{where} is empty; expected the words of an article or report.")
    if len(_CONTROL.findall(text)) > 0.001 * len(text):
        raise Problem(f"{where} is not text in UTF-8; save the article as plain text.")
    if len(_MARKUP.findall(text)) >= 2:
        raise Problem(
            f"{where} is a page in HTML; copy its words out of the browser and paste those."
        )
    words = re.findall(r"[^\W\d_]+", text)
    english, other = len(_ENGLISH.findall(text)), len(_OTHER.findall(text))
    if len(words) >= 12 and english < 0.08 * len(words) and (other > english or english == 0):
        raise Problem(f"{where} is not in English; only English texts are read.")
    return text


def check_text(text: str, evidence: Evidence, published: str | None, area: str | None) -> Answer:
    """Judge every statement of a text.

    Raises:
        Problem: the day or the area is none.
    """
    day = said_on(published)
    code = ""
    if area:
        try:
            found, _ = find_area(area, evidence.areas)
            code = found.area_code
        except ValueError as error:
            raise Problem(f"`--area` {error}.") from None
    return judge_text(text, JudgeBy(evidence), day, code)


class JudgeBy:
    """A judge of single statements."""

    def __init__(self, evidence: Evidence) -> None:
        self._known, self._auditor = vocabulary(evidence), Auditor(evidence, [])
        self._published = evidence.published
        self._counts: dict[tuple[str, str, date], set[float]] = {}

    def __call__(self, entry: Mapping[str, Any], /) -> tuple[AnyClaim, Verdict]:
        """A statement and its verdict; ValueError says why it has none."""
        named = {"id": "read", "source": "read", "statement": "read"}
        try:
            claim = read_claim({**entry, **named}, self._known)
            return claim, self._auditor.judge(claim)
        except EntryRefused as refused:
            raise ValueError("; ".join(refused.clauses)) from None
        except Problem as problem:
            raise ValueError(str(problem)) from None

    def counts(self, area: str, offence: str, day: date, /) -> set[float]:
        """Every count that was published of an area, an offence group or code, and a year."""
        asked = (area, offence, day)
        if asked not in self._counts:
            vintages = self._published.counts(*asked)
            self._counts[asked] = {each.value for each in vintages if each.value is not None}
        return self._counts[asked]


def opened(root: str) -> Callable[[str, str, str], str]:
    """What judges texts that are pasted into a page: text, day and area in, HTML out.

    What cannot be read is answered by the sentence that says why.
    """
    evidence = open_evidence(Path(root))

    def judge(text: str, published: str, area: str) -> str:
        try:
            checked_text(text, "The text")
            return shown.fragment(check_text(text, evidence, published, area))
        except Problem as problem:
            return f'<p class="refused" tabindex="-1">{escape(str(problem))}</p>'

    return judge
