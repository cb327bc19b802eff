"""What an edition holds beside those that are shipped: what is gone, and what came instead.

Its tables, their columns and rows, the years of the survey's tables and the partnerships.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from crimeshare.parquet import read_rows_where
from crimeshare.periods import months_between
from crimeshare.publish.elements.words import Words
from crimeshare.reference import PARTNERSHIPS, areas, offences, partnerships
from crimeshare.sources.datasets import APPENDIX, FORCE_AREAS, QUARTERS
from crimeshare.tables.counts import counts_of_files
from crimeshare.tables.labels import one_line, plain
from crimeshare.tables.layout import proposal, relative
from crimeshare.tables.ties import Place

WORDS = Words(Path(__file__).with_name("precedent.md.j2"))

# Editions come out every three months; those of a dataset that are further apart than two of them
# may differ in their tables.
NEIGHBOURS = 6

Rows = Sequence[Mapping[str, Any]]
Key = tuple[str | None, ...]


@dataclass(frozen=True)
class Past:
    """The shipped figures of one release, and its cells known to be wrong."""

    release_id: str
    period_end: date
    path: Path
    reader: str
    slips: frozenset[Place] = frozenset()

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """Its observations, as plain rows."""
        rows: list[dict[str, Any]] = read_rows_where(self.path).to_pylist()
        return rows

    @cached_property
    def counts(self) -> pd.DataFrame:
        """What it counts."""
        return counts_of_files({self.release_id: (self.reader, self.path)})


def gone(
    reader: str, release_id: str, rows: Rows, period_end: date, past: Sequence[Past]
) -> Iterator[str]:
    """What the edition before had, unless something replaced it and the one after lacks it too."""
    after = min((each for each in past if each.period_end > period_end), key=_dated, default=None)
    has = _HELD[reader](after.rows) if after else {}
    for table, before, held, lost, come in _compared(reader, rows, period_end, past):
        between = {key: name for key, name in lost.items() if key in has.get(table, {})}
        missing = between if _replaced(before, period_end, come) else lost
        if missing:
            lacks = WORDS.passage("lacks", table=table, held=held, lost=[*missing.values()])
            also = after.release_id if after and missing == between else ""
            yield WORDS.passage(
                "gone", release_id=release_id, lacks=lacks, other=before.release_id, also=also
            )


def renewed(
    reader: str, release_id: str, rows: Rows, period_end: date, past: Sequence[Past]
) -> Iterator[str]:
    """What a table lost where other columns or rows came instead, or years lie between."""
    for table, before, held, lost, come in _compared(reader, rows, period_end, past):
        if _replaced(before, period_end, come):
            lacks = WORDS.passage("lacks", table=table, held=held, lost=[*lost.values()])
            yield WORDS.passage(
                "renewed", release_id=release_id, lacks=lacks, other=before.release_id, come=come
            )


def _replaced(before: Past, period_end: date, come: Sequence[str]) -> bool:
    return bool(come) or months_between(before.period_end, period_end) > NEIGHBOURS


def _compared(
    reader: str, rows: Rows, period_end: date, past: Sequence[Past]
) -> Iterator[tuple[str, Past, bool, dict[Key, str], list[str]]]:
    """Each table that lost something, and what of it is still there, is lost and has come.

    Yields:
        The table, the edition before, whether the table is still there, the lost, the new.
    """
    if before := _last_before(period_end, past):
        held = _HELD[reader](rows)
        for table, had in _HELD[reader](before.rows).items():
            now = held.get(table, {})
            if lost := {key: name for key, name in had.items() if key not in now}:
                new = [name for key, name in now.items() if key not in had]
                yield table, before, table in held, lost, new


def _dated(edition: Past) -> tuple[date, str]:
    return edition.period_end, edition.release_id


def _last_before(period_end: date, past: Sequence[Past]) -> Past | None:
    earlier = [each for each in past if each.period_end < period_end]
    return max(earlier, key=_dated, default=None)


def years_gone(release_id: str, rows: Rows, nearest: Past) -> Iterator[str]:
    """Years that the edition nearest in time has in a table, and this one in others alone."""
    years = _years_of_tables(rows)
    known = set().union(*years.values())
    for table, had in _years_of_tables(nearest.rows).items():
        if lost := sorted((had & known) - years.get(table, known)):
            yield WORDS.passage(
                "years_gone", release_id=release_id, lost=lost, table=table, other=nearest
            )


def _years_of_tables(rows: Rows) -> dict[str, set[date]]:
    """The years of each table; of a table of changes, those compared with."""
    years: dict[str, set[date]] = defaultdict(set)
    for row in rows:
        years[row["table"]].add(row["previous_period_end"] or row["period_end"])
    return years


def _held(rows: Rows) -> dict[str, dict[Key, str]]:
    """The kinds of tables of an edition, with the offence groups in them and their areas.

    An area whose counts are printed, but of whose rates not one is, has none.
    """
    own = max(row["period_end"] for row in rows)
    counted = {r["area_code"] for r in rows if r["measure"] == "count" and r["value"] is not None}
    held: dict[str, dict[Key, str]] = defaultdict(dict)
    for row in rows:
        what = _MEASURES.get(row["measure"], row["measure"])
        by = "partnership" if row.get("parent_code") else "force"
        year = "" if row["period_end"] == own else " in the year before"
        offence = row["offence_id"]
        name = offences()[offence].name if offence else what
        held[f"{what} by {by}{year}"].setdefault((offence,), name)
        if what == "rates" and (row["value"] is not None or row["area_code"] not in counted):
            area = row["parent_code"], plain(row["area_name"])
            held[f"{what} by {by}, area by area"].setdefault(area, row["area_name"])
    return held


_MEASURES: Mapping[Any, Any] = {
    "count": "counts",
    "change_pct": "changes",
    "rate_per_1000": "rates",
    "rate_per_1000_households": "rates per household",
}


def without_counts(release_id: str, rows: Rows) -> Iterator[str]:
    """Areas of which an edition prints markers alone."""
    counts = [row for row in rows if row["measure"] == "count" and row["area_code"] in areas()]
    counted = {row["area_code"] for row in counts if row["value"] is not None}
    for area in sorted({row["area_code"] for row in counts} - counted):
        yield WORDS.passage("without_counts", release_id=release_id, area=area)


def _held_by_forces(rows: Rows) -> dict[str, dict[Key, str]]:
    """The forces and the offence groups of the newest quarter of a file."""
    own = max(row["period_end"] for row in rows)
    held: dict[str, dict[Key, str]] = defaultdict(dict)
    for row in rows:
        if row["period_end"] == own:
            held["police forces"][row["area_code"],] = row["area_name"]
            held["offence groups"][row["offence_id"],] = offences()[row["offence_id"]].name
    return held


def _held_by_tables(rows: Rows) -> dict[str, dict[Key, str]]:
    """The tables of an edition, with their rows."""
    held: dict[str, dict[Key, str]] = defaultdict(dict)
    for row in rows:
        name = one_line(row["row_label"])
        # A code tells an offence whatever it is called, a measure too; subtotals have their label.
        key = row["item_id"] or plain(row["row_label"])
        if row["statistic"] != "unweighted_base":
            held[row["table"].replace("_", " ")].setdefault((key,), repr(name))
    return held


_HELD: Mapping[str, Any] = {
    FORCE_AREAS: _held,
    APPENDIX: _held_by_tables,
    QUARTERS: _held_by_forces,
}
"""The tables of an edition with their columns or rows, key and name, by the reader."""


def partnerships_gone_or_come(
    release_id: str, rows: Rows, period_end: date, past: Sequence[Past]
) -> Iterator[str]:
    """Partnerships of only one of two editions, with another code, or that the list lacks."""
    now = _partnerships(rows)
    listed = {
        (of.area_code, plain(of.partnership_name)): code for code, of in partnerships().items()
    }
    of = {"release_id": release_id, "list": relative(PARTNERSHIPS)}
    for key, (name, code) in now.items():
        named = of | {"name": name, "force": key[0], "code": code}
        if key in listed and code != (known := listed[key]):
            yield WORDS.passage("other_code", **named, known=known)
        elif key not in listed:
            told = WORDS.passage("not_listed", **named, was=partnerships().get(code))
            yield proposal(PARTNERSHIPS, [code, name, key[0]], told).sentence
    before = _last_before(period_end, past)
    then = _partnerships(before.rows) if before else {}
    if now and then:
        for passage, one, other in (("no_longer", then, now), ("new", now, then)):
            if names := [name for key, (name, _) in one.items() if key not in other]:
                yield WORDS.passage(passage, release_id=release_id, names=names, other=before)


def _partnerships(rows: Rows) -> dict[tuple[str, str], tuple[str, str]]:
    """Name and code of each partnership, by its force and plain name."""
    return {
        (row["parent_code"], plain(row["area_name"])): (row["area_name"], row["area_code"])
        for row in rows
        if row["area_type"] == "partnership"
    }
