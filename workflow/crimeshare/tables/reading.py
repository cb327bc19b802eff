"""Read a release, whatever its dataset: from its workbook or its shipped figures, and checked.

A dataset's reader says what is peculiar to its tables; what every release goes through is here.
The report of the check says how many figures others vouch for, and which none does.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Generic

import pyarrow as pa

from crimeshare.problems import Problem
from crimeshare.sources.datasets import APPENDIX, FORCE_AREAS, QUARTERS
from crimeshare.sources.registry import Release
from crimeshare.tables import LAYOUTS
from crimeshare.tables.appendix import read_appendix_tables
from crimeshare.tables.appendix_arithmetic import find_survey_ties, out_of_line
from crimeshare.tables.arithmetic import find_ties
from crimeshare.tables.corrections import check_ties, read_corrections
from crimeshare.tables.expectation import Expectation
from crimeshare.tables.grid import open_workbook
from crimeshare.tables.notices import find_area_notes, find_notices
from crimeshare.tables.observations import (
    AreaNote,
    Notice,
    Observation,
    QuarterFigure,
    R,
    SurveyObservation,
    read_arrow,
    read_observations,
    write_observations,
)
from crimeshare.tables.police_force_area import read_police_force_area_tables
from crimeshare.tables.recorded_quarters import read_recorded_quarters, require_last_quarter
from crimeshare.tables.ties import Doubt, Tie, broken, no_doubt, of_kinds, tally


@dataclass(frozen=True)
class ReleaseRows(Generic[R]):
    """What a workbook holds: its rows, and what is odd about it, where its dataset tells.

    Attributes:
        report: of the check; None before it.
    """

    rows: list[R]
    notices: Sequence[Notice | AreaNote] | None = None
    report: Report | None = None

    def write(self, path: Path) -> None:
        """Keep it as the figures of a release."""
        write_observations(self.rows, path, self.notices)


@dataclass(frozen=True)
class ReleaseReader(Generic[R]):
    """How the tables of one shape are read and checked.

    Attributes:
        read: reads a workbook as a release; what an earlier release held makes for better proposals
            where names are new.
        find_ties: what must hold among the rows of a release; None where nothing binds them.
        doubt: of the rows, how much a figure is out of line; see
            :func:`crimeshare.tables.ties.localise`.
    """

    rows: type[R]
    read: Callable[[Path, Release, Sequence[R]], ReleaseRows[R]]
    find_ties: Callable[[Sequence[R]], list[Tie]] | None = None
    doubt: Callable[[Sequence[R]], Doubt] = lambda _: no_doubt

    def check(self, rows: Sequence[Any], release_id: str, corrections: Path) -> Report:
        """The report of what ties a release's figures; stop unless they agree with each other.

        Raises:
            Problems: they do not and ``corrections`` does not say why, or it says so of a cell that
                holds another value or breaks nothing.
        """
        listed = [entry for entry in read_corrections(corrections) if entry.release == release_id]
        if not self.find_ties:
            return {}
        ties = self.find_ties(rows)
        check_ties(ties, rows, listed, corrections, self.doubt(rows))
        return report(rows, ties)


def _by_area(
    path: Path, release: Release, earlier: Sequence[Observation]
) -> ReleaseRows[Observation]:
    book, layout = open_workbook(path), LAYOUTS / release.dataset
    expected = Expectation.of(earlier)
    rows = read_police_force_area_tables(
        book, release.release_id, release.period_end, expected, layout
    )
    return ReleaseRows(rows, find_area_notes(book, rows))


def _of_many_years(
    path: Path, release: Release, _: Sequence[SurveyObservation]
) -> ReleaseRows[SurveyObservation]:
    book = open_workbook(path)
    rows = read_appendix_tables(book, release.release_id, release.period_end)
    return ReleaseRows(rows, find_notices(book, rows, release.release_id, release.period_end))


def _by_quarter(
    path: Path, release: Release, _: Sequence[QuarterFigure]
) -> ReleaseRows[QuarterFigure]:
    rows = list(read_recorded_quarters(path, release.release_id))
    require_last_quarter(path.name, rows, release.release_id, release.period_end)
    return ReleaseRows(rows)


READERS: dict[str, ReleaseReader[Any]] = {
    FORCE_AREAS: ReleaseReader(Observation, _by_area, find_ties),
    APPENDIX: ReleaseReader(SurveyObservation, _of_many_years, find_survey_ties, out_of_line),
    QUARTERS: ReleaseReader(QuarterFigure, _by_quarter),
}


def read_release(workbook: Path, release: Release, corrections: Path) -> ReleaseRows[Any]:
    """The rows of a workbook, known to agree with each other.

    Raises:
        Problem: it is not a workbook.
        UnknownNames: names in it that the layouts do not know.
        Problems: its arithmetic does not hold and ``corrections`` does not say why.
    """
    reader = READERS[release.reader]
    reading = reader.read(workbook, release, [])
    return replace(reading, report=reader.check(reading.rows, release.release_id, corrections))


def check_shipped(figures: Path, release: Release, corrections: Path) -> Report:
    """The report of the check of shipped figures; stop unless a file holds them, and they agree.

    Raises:
        Problem: it is damaged, or holds another release or another table.
        Problems: as :meth:`Reader.check` does.
    """
    reader = READERS[release.reader]
    if set(read_arrow(reader.rows, figures)["release_id"].to_pylist()) != {release.release_id}:
        raise Problem(
            f"{figures} does not hold the figures of {release.release_id}; restore it from the "
            "repository or ship it again with `make figures`."
        )
    # Of figures that nothing binds there may be many, and nothing to check.
    rows = read_observations(reader.rows, figures) if reader.find_ties else []
    return reader.check(rows, release.release_id, corrections)


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
