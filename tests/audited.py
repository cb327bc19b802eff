"""The audit of the project's own claims, on the shipped figures, for tests of its page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from crimeshare.audit.audit import compute_claims
from crimeshare.audit.evidence import Evidence, open_evidence
from crimeshare.audit.vintages import Published
from crimeshare.parquet import write_table

PARTS = ("editions", "quarters", "codes", "alike", "survey", "residents")


def known_evidence(root: Path) -> Evidence:
    """The shipped figures of the releases that verdicts in tests were worked out by.

    ``tests/data/statements_releases.txt`` lists them: an edition that is added later may revise a
    figure, and so change what a statement is true of.
    """
    names = (root / "tests" / "data" / "statements_releases.txt").read_text(encoding="utf-8")
    return of_releases(open_evidence(root), set(names.split()).__contains__)


def of_releases(evidence: Evidence, kept: Callable[[str], bool]) -> Evidence:
    """The evidence as if there were the figures of some releases alone."""
    parts = {name: evidence.published.parts[name] for name in PARTS}
    editions, survey = parts["editions"], parts["survey"]
    own = {name: day for name, day in editions["releases"].items() if kept(name)}
    blocks = [block for block in editions["blocks"] if kept(block["release"])]
    place = survey["columns"].index("release_id")
    parts["survey"] = survey | {"rows": [row for row in survey["rows"] if kept(row[place])]}
    parts["editions"] = editions | {"releases": own, "blocks": blocks}
    for name in ("quarters", "codes", "alike"):
        parts[name] = {key: value for key, value in parts[name].items() if kept(key)}
    return replace(evidence, published=Published(parts))


def with_survey(evidence: Evidence, rows: Sequence[Mapping[str, Any]]) -> Evidence:
    """The evidence with other estimates of the survey, whose ``period_end`` are days."""
    parts = {name: evidence.published.parts[name] for name in PARTS}
    columns = list(rows[0])
    told = [row | {"period_end": row["period_end"].isoformat()} for row in map(dict, rows)]
    parts["survey"] = {"columns": columns, "rows": [[row[c] for c in columns] for row in told]}
    return replace(evidence, published=Published(parts))


def write_audit(folder: Path, root: Path, claims: Path | None = None) -> None:
    """Write the tables of the audit where a build in ``folder`` has them.

    Args:
        folder: the build.
        root: the project, with its claims, its registry and its shipped figures.
        claims: a file of other claims, if not the project's own are audited.
    """
    audit = compute_claims(claims or root / "config" / "claims.yaml", open_evidence(root))
    assert audit.refused == []
    write_table(audit.claims, folder / "results" / "estimates" / "claims.parquet")
    write_table(audit.evidence, folder / "results" / "estimates" / "claim_evidence.parquet")
