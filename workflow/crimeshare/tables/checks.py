"""The report of the check: how many figures of an edition others vouch for, and which none does."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from crimeshare.tables.observations import Observation, SurveyObservation
from crimeshare.tables.ties import Tie, broken, of_kinds, tally

Report = dict[str, Any]

# A flag says whether a change is significant; it is judged by bounds, not tied by identities.
_FLAGS = "significant"

_REPORT = pa.schema(
    [
        ("release_id", pa.string()),
        *((name, pa.int64()) for name in ("figures", "identities", "tied", "tied_twice")),
        *((name, pa.int64()) for name in ("untied", "broken")),
        ("untied_in", pa.string()),
    ]
)
_KINDS = pa.schema([("release_id", pa.string()), ("kind", pa.string()), ("identities", pa.int64())])


def combine_reports(paths: Iterable[Path]) -> tuple[pa.Table, pa.Table]:
    """The reports of releases whose figures others vouch for, each kept as JSON.

    Returns:
        One row a release, the columns those of :func:`report`; and one row a release and ``kind``
        of identity: ``identities``.
    """
    reports: list[Report] = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    reports.sort(key=lambda report: str(report["release_id"]))
    kinds = [
        {"release_id": report["release_id"], "kind": kind, "identities": number}
        for report in reports
        for kind, number in report.pop("kinds")
    ]
    return pa.Table.from_pylist(reports, _REPORT), pa.Table.from_pylist(kinds, _KINDS)


def as_json(report: Report | None) -> bytes:
    """A report as it is kept beside the figures of its release."""
    return f"{json.dumps(report)}\n".encode()


def report(
    observations: Sequence[Observation] | Sequence[SurveyObservation], ties: Sequence[Tie]
) -> Report:
    """What ties the figures of a release.

    ``figures`` (numbers read, flags of significance left out), ``identities`` (that bind them),
    ``tied``, ``tied_twice`` (by two or more) and ``untied`` figures, ``broken`` identities (those
    that break, all for cells known to be wrong), ``untied_in``: the sheets of the untied figures
    with their numbers, and ``kinds`` of identities, each with how many.
    """
    number = tally(ties)
    times = {
        (row.sheet, row.cell): number[row.sheet, row.cell]
        for row in observations
        if row.value is not None and getattr(row, "statistic", "") != _FLAGS
    }
    sheets = Counter(sheet.strip() for (sheet, _), of in times.items() if not of)
    return {
        "release_id": observations[0].release_id,
        "figures": len(times),
        "identities": sum(number for _, number in of_kinds(ties)),
        "tied": sum(of > 0 for of in times.values()),
        "tied_twice": sum(of > 1 for of in times.values()),
        "untied": sum(sheets.values()),
        "broken": sum(tie.strict for tie in broken(ties)),
        "untied_in": "; ".join(f"{sheet}: {of}" for sheet, of in sorted(sheets.items())),
        "kinds": list(of_kinds(ties)),
    }
