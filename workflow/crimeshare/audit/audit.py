"""All claims judged, as tables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from crimeshare.audit.asserted import asserted, subject
from crimeshare.audit.claim_keys import closed
from crimeshare.audit.claims_file import read_claims
from crimeshare.audit.evidence import Evidence
from crimeshare.audit.findings import Finding
from crimeshare.audit.judging import Auditor, vocabulary
from crimeshare.audit.statements import AnyClaim, claimed
from crimeshare.audit.verdicts import Verdict
from crimeshare.parquet import table_of
from crimeshare.problems import Problem


class AuditTables(NamedTuple):
    """What became of the entries of a file of claims, and why those refused could not be judged."""

    claims: pd.DataFrame
    evidence: pd.DataFrame
    refused: list[str]


def compute_claims(path: Path, evidence: Evidence) -> AuditTables:
    """Judge every entry of a file of claims that holds.

    Raises:
        Problem: nothing in the file can be judged.
    """
    claims, refused = read_claims(path, vocabulary(evidence))
    auditor = Auditor(evidence, claims)
    verdicts: dict[str, Verdict] = {}
    for claim in claims:
        try:
            verdicts[claim.id] = auditor.judge(claim)
        except Problem as problem:
            refused.append(f"{path}, claim `{claim.id}`: {closed(str(problem))}")
    return AuditTables(claims_table(claims, verdicts), evidence_table(claims, verdicts), refused)


def claims_table(claims: Sequence[AnyClaim], verdicts: dict[str, Verdict]) -> pd.DataFrame:
    """One row a judged claim.

    ``claimed`` and ``computed`` are in the pipeline's units: counts, places, rates per 1,000,
    fractions of one for percentages; ``claimed`` is empty for records and for comparisons of two
    groups that say no size, ``computed`` where nothing settles the claim.  ``lower`` and ``upper``
    belong to survey estimates alone.
    ``release_id``, ``sheet`` and ``cell`` say where the verdict's evidence stands: a cell, or a
    formula over cells; several pieces are joined by ``"; "`` in one order.  ``formula`` and
    ``cells`` name them in full, as in every table.
    """
    rows: list[dict[str, object]] = []
    for claim in claims:
        if claim.id not in verdicts:
            continue
        verdict = verdicts[claim.id]
        computed = verdict.computed
        placed = [finding for finding in verdict.decisive if finding.cells]
        rows.append(
            {
                "claim_id": claim.id,
                "statement": claim.statement,
                "source": claim.source,
                "address": claim.address or None,
                "asserted": asserted(claim),
                "subject": subject(claim),
                "claimed": claimed(claim),
                "computed": computed.value if computed else None,
                "lower": computed.lower if computed else None,
                "upper": computed.upper if computed else None,
                "verdict": verdict.verdict,
                "reason": verdict.reason.text,
                "release_id": _joined([finding.release_id for finding in placed]),
                "sheet": _joined([finding.sheets for finding in placed]),
                "cell": _joined([finding.place for finding in placed]),
                "formula": _joined(
                    [finding.formula or finding.cells[0].name for finding in placed]
                ),
                "cells": _joined(
                    list(dict.fromkeys(cell.name for found in placed for cell in found.cells))
                ),
            }
        )
    return table_of("claims", rows)


def evidence_table(claims: Sequence[AnyClaim], verdicts: dict[str, Verdict]) -> pd.DataFrame:
    """One row a cell behind a number that a reason mentions, or a row for a number without cells.

    ``mention`` counts the numbers of a reason from 1 in the order of its text, and ``text`` is
    the number as printed there; ``formula`` computes it from the cells of all its rows.
    """
    rows: list[dict[str, object]] = []
    for claim in claims:
        if claim.id not in verdicts:
            continue
        for mention, (text, finding) in enumerate(verdicts[claim.id].reason.mentioned, start=1):
            rows += [
                {"claim_id": claim.id, "mention": mention, "text": text} | row
                for row in _cells(finding)
            ]
    return table_of("claim_evidence", rows)


def _cells(finding: Finding) -> list[dict[str, object]]:
    common: dict[str, object] = {
        "value": finding.value,
        "unit": finding.unit,
        "lower": finding.lower,
        "upper": finding.upper,
        "period_end": pd.Timestamp(finding.period_end),
        "vintage": finding.vintage,
        "formula": finding.formula or None,
        "release_id": finding.release_id or None,
    }
    if not finding.cells:
        return [common]
    return [
        common
        | {
            "release_id": cell.release_id,
            "workbook_sha256": cell.workbook_sha256,
            "sheet": cell.sheet,
            "cell": cell.cell,
            "cells": cell.name,
        }
        for cell in finding.cells
    ]


def _joined(parts: list[str]) -> str | None:
    return "; ".join(parts) or None
