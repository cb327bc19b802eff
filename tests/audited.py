"""The audit of the project's own claims, on the shipped figures, for tests of its page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from crimeshare.audit.audit import compute_claims
from crimeshare.audit.evidence import Evidence, read_shipped
from crimeshare.parquet import write_table


def known_evidence(root: Path) -> Evidence:
    """The shipped figures of the releases that verdicts in tests were worked out by.

    ``tests/data/statements_releases.txt`` lists them: an edition that is added later may revise a
    figure, and so change what a statement is true of.
    """
    names = (root / "tests" / "data" / "statements_releases.txt").read_text(encoding="utf-8")
    known = set(names.split())
    shipped = read_shipped(root)

    def kept(table: pa.Table) -> pa.Table:
        ids = table["release_id"].cast(pa.string())
        return table.filter(pc.is_in(ids, pa.array(sorted(known))))

    return replace(
        shipped,
        recorded=kept(shipped.recorded),
        quarters=kept(shipped.quarters),
        codes=kept(shipped.codes),
        read_survey=lambda: [row for row in shipped.survey if row["release_id"] in known],
    )


def write_audit(folder: Path, root: Path, claims: Path | None = None) -> None:
    """Write the tables of the audit where a build in ``folder`` has them.

    Args:
        folder: the build.
        root: the project, with its claims, its registry and its shipped figures.
        claims: a file of other claims, if not the project's own are audited.
    """
    audit = compute_claims(claims or root / "config" / "claims.yaml", read_shipped(root))
    assert audit.refused == []
    write_table(audit.claims, folder / "results" / "estimates" / "claims.parquet")
    write_table(audit.evidence, folder / "results" / "estimates" / "claim_evidence.parquet")
