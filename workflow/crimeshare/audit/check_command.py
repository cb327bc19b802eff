"""One statement judged for the command line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crimeshare.audit import numerals
from crimeshare.audit.asserted import asserted
from crimeshare.audit.claim_keys import EntryRefused, closed, read_claim
from crimeshare.audit.evidence import Evidence, open_evidence
from crimeshare.audit.findings import Finding
from crimeshare.audit.judging import Auditor, vocabulary
from crimeshare.audit.lookup import find_area, find_offence, lies_in, said_on
from crimeshare.audit.statements import AnyClaim, claimed
from crimeshare.audit.verdicts import Verdict, outcome
from crimeshare.problems import Problem, Problems
from crimeshare.reference import NATION
from crimeshare.survey_words import SEXES

_RATE = re.compile(r"\bper\s+(?:1|10|100)[,\d]*000\b|\bper (?:thousand|million)\b", re.IGNORECASE)
_RECORD = re.compile(r"\brecords?\b|\ball[- ]time\b|\bever\b", re.IGNORECASE)
_QUANTITY = re.compile(rf"\b({'|'.join(numerals.ORDERS)})s?\s*$", re.IGNORECASE)
_PART = rf"(?:%|per ?cent|\bpc|\b(?:{'|'.join(numerals.PARTS)})s?|\bhalves|\bin \w+)"
_OF_NATION = re.compile(
    rf"{_PART}\s+of\b.*\b(?:in|across) (?:England and Wales|the country)|of the national total",
    re.IGNORECASE,
)
_OF_AREA = re.compile(rf"{_PART}\s+of\b.*\b(?:in|across|for) (?P<whole>[^,]+)", re.IGNORECASE)
_OF = re.compile(rf"{_PART}\s+of (?P<whole>.+)", re.IGNORECASE)
# "Fewer than Kent", "twice the rate of Kent": the area that another is compared with.
_THAN = re.compile(
    r"(?P<value>.+) (?:than|as|of|to) (?:in |that of |the )*(?P<area>[^\d%]+)", re.IGNORECASE
)
_SIGN = re.compile(r"\s*[+\N{MINUS SIGN}-]")


@dataclass(frozen=True)
class Checked:
    """A statement with what became of it."""

    claim: AnyClaim
    verdict: Verdict

    @property
    def status(self) -> int:
        """0 where it holds, 1 where it fails, 2 where it is open."""
        return outcome(self.verdict.verdict)

    def lines(self) -> Iterator[str]:
        """The verdict for people."""
        verdict = self.verdict.verdict
        yield f"{verdict[:1].upper()}{verdict[1:]}."
        yield asserted(self.claim)
        yield ""
        yield self.verdict.reason.text
        places = dict.fromkeys(
            f"  {text}: {_place(finding)}"
            for text, finding in self.verdict.reason.mentioned
            if finding.cells
        )
        if places:
            yield ""
            yield "Cells"
            yield from places
        if self.verdict.settles:
            yield ""
            yield f"What would settle it: {self.verdict.settles}"

    def record(self) -> dict[str, Any]:
        """The verdict for programs."""
        computed = self.verdict.computed
        return {
            "verdict": self.verdict.verdict,
            "status": self.status,
            "asserted": asserted(self.claim),
            "claimed": claimed(self.claim),
            "computed": computed.value if computed else None,
            "lower": computed.lower if computed else None,
            "upper": computed.upper if computed else None,
            "reason": self.verdict.reason.text,
            "settles": self.verdict.settles or None,
            "cells": [
                {
                    "text": text,
                    "value": finding.value,
                    "formula": finding.formula or None,
                    "release_id": cell.release_id,
                    "workbook_sha256": cell.workbook_sha256 or None,
                    "sheet": cell.sheet,
                    "cell": cell.cell,
                }
                for text, finding in self.verdict.reason.mentioned
                for cell in finding.cells
            ],
        }


def check(given: Mapping[str, str | None], root: Path, published: str | None = None) -> Checked:
    """Judge one statement by the build in ``root``, or by the shipped figures.

    Args:
        given: the keys of an entry of ``config/claims.yaml`` with their values, None for those
            left out; ``quantity`` may be left to what the value looks like.
        published: the day the statement was made, as 2025-04-24.

    Raises:
        Problem: the statement is none that can be judged.
    """
    evidence = open_evidence(root)
    said = " ".join(str(value) for value in given.values() if value)
    # What the words were is not asked here; who said them changes no verdict.
    entry = _entry(given, evidence) | {"id": "checked", "source": "asked", "statement": "asked"}
    try:
        claim = read_claim(entry, vocabulary(evidence, said_on(published)))
    except EntryRefused as refused:
        raise Problems([closed(_as_option(clause)) for clause in refused.clauses]) from None
    if len(said) > 10_000:
        raise Problem("The statement is too long; expected a few words for each option.")
    return Checked(claim, Auditor(evidence, [claim]).judge(claim))


def _entry(given: Mapping[str, str | None], evidence: Evidence) -> dict[str, Any]:
    entry: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
    if "measure" not in entry and (named := _THAN.fullmatch(entry.get("value", ""))):
        with suppress(ValueError):
            find_area(named["area"], evidence.areas)
            entry.setdefault("than", named["area"])
            entry["value"] = named["value"]
    if "measure" in entry and entry.get("area", "").strip().casefold() == "england and wales":
        # The survey asks there and nowhere else.
        del entry["area"]
    if (told := _OF_AREA.search(str(entry.get("value", "")))) and "area" in entry:
        # "54% of shoplifting in Wales", said of South Wales.
        with suppress(ValueError):
            part, all_of = (find_area(w, evidence.areas)[0] for w in (entry["area"], told["whole"]))
            if lies_in(part.area_code, all_of.area_code, evidence.areas):
                entry.setdefault("quantity", "share_of_nation")
                if all_of.area_code != NATION:
                    entry.setdefault("of", all_of.area_name)
    quantity = entry.setdefault("quantity", _quantity(entry))
    if quantity == "comparison" and "measure" in entry:
        group = {key: entry.pop(key) for key in ("sex", "age") if key in entry}
        entry["group"] = group
        than = entry.get("than", "").strip().casefold()
        if "age" in group and than in SEXES:
            # Women of an age are compared with men of that age, unless another is named.
            entry["than"] = {"sex": than, "age": group["age"]}
        entry["difference"] = entry.pop("value", "")
    if quantity == "share" and (whole := _OF.search(str(entry.get("value", "")))):
        # "34% of violence against the person"; "of all recorded crime" needs no word.
        with suppress(ValueError):
            of, _ = find_offence(re.sub(r"^(?:all|every|the) ", "", whole["whole"].strip()))
            if of.offence_id != "total":
                entry.setdefault("of", of.name)
    if quantity == "count" and "offence" not in entry:
        entry["quantity"] = "total"
    if quantity == "change":
        entry.setdefault("offence", "total")
    if quantity == "total" and entry.get("offence", "").casefold().startswith(("total", "all")):
        del entry["offence"]
    return entry


def _quantity(entry: Mapping[str, Any]) -> str:
    value = str(entry.get("value", ""))
    if "measure" in entry:
        return "comparison" if "than" in entry else "proportion"
    if _RECORD.search(value) or (entry.get("since") and _reads(numerals.record, value)):
        return "record"
    if entry.get("than") or entry.get("since"):
        word = _QUANTITY.search(value)
        if word or _reads(numerals.change, value) == "points":
            return numerals.ORDERS[word[1].casefold()] if word else "share"
        return "comparison" if entry.get("than") else "change"
    if _OF_NATION.search(value) and not _SIGN.match(value):
        return "share_of_nation"
    if _RATE.search(value):
        return "rate"
    if not _SIGN.match(value):
        for quantity, read in (
            ("count", numerals.count),
            ("share", numerals.proportion),
            ("rank", numerals.place),
        ):
            if _reads(read, value):
                return quantity
    return "change" if _reads(numerals.change, value) else "count"


def _reads(read: Any, value: str) -> str:
    """The kind of number that a text is read as; empty if it is none."""
    try:
        return str(read(value).kind)
    except ValueError:
        return ""


def _as_option(clause: str) -> str:
    names = "area|offence|period|value|quantity|than|since|measure|sex|age|classification"
    clause = clause.replace("`difference`", "`value`")
    return re.sub(rf"`({names})`(?= (?:is|holds|has|begins|cannot|names)\b)", r"`--\1`", clause)


def _place(finding: Finding) -> str:
    if all(cell.addressed for cell in finding.cells):
        return finding.formula or finding.cells[0].name
    sheets = ", ".join(dict.fromkeys(cell.sheet for cell in finding.cells))
    return f"{finding.cells[0].release_id}, {sheets}: {finding.place}"
