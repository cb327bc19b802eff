"""An edition beside those that are shipped: old figures under a new date, and what is gone.

An edition's own arithmetic says nothing of figures that are another year's, taken as a whole.  So
its counts are compared with every year of every shipped edition of its dataset, and its tables,
columns and rows with those of the editions beside it.  All of this may be right; it takes a person
to say so.  How far its counts moved is a matter of :mod:`crimeshare.tables.misfits`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from crimeshare.parquet import read_rows_where
from crimeshare.periods import in_words, months_between
from crimeshare.reference import PARTNERSHIPS, areas, offences, partnerships
from crimeshare.sources.datasets import APPENDIX, FORCE_AREAS, QUARTERS
from crimeshare.tables.counts import QUARTER, YEAR, counts, counts_of_files
from crimeshare.tables.labels import one_line, plain
from crimeshare.tables.layout import proposal, relative
from crimeshare.tables.observations import Observation, QuarterFigure, SurveyObservation
from crimeshare.tables.ties import Place, lines_of, shown

# Of counts of ten or more, neighbouring years have up to 1.3 in a hundred in common by chance.
_SAME = 0.1
_LARGE, _ENOUGH = 10, 30
# A row of offences is the same as another where half of five years or more are.
_HALF, _FEW_YEARS = 0.5, 5
# The survey's estimates of a year are revised together or not at all; few that differ are slips.
_SLIPS = 0.2
# Editions come out every three months; those of a dataset that are further apart than two of them
# may differ in their tables.
_NEIGHBOURS = 6

Key = tuple[str | None, ...]
Inventory = Mapping[str, Mapping[Key, str]]
"""The tables of an edition, with the names of their columns or rows."""

Times = Mapping[date, Mapping[Key, float]]
"""Counts of each year or quarter by area and offence group or code."""


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


def beside_earlier_editions(
    observations: Sequence[Observation], period_end: date, past: Sequence[Past]
) -> list[str]:
    """What of an edition of the police force area tables only a person can call right.

    Args:
        observations: of the new edition, whose arithmetic holds.
        period_end: last day of its year.
        past: every shipped release of the dataset.
    """
    release_id, rows = observations[0].release_id, [_plain(row) for row in observations]
    return [
        *_old_figures(release_id, rows, past),
        *_gone(release_id, period_end, _held(rows), past, _held),
    ]


def changes_of_tables(
    observations: Sequence[Observation | SurveyObservation | QuarterFigure],
    period_end: date,
    past: Sequence[Past],
) -> list[str]:
    """What an edition has in place of what the one before had: worth a look, and no fault."""
    release_id = observations[0].release_id
    rows = [_plain(row) for row in observations]
    if isinstance(observations[0], QuarterFigure):
        return list(_renewed(release_id, period_end, _held_by_forces(rows), past, _held_by_forces))
    if isinstance(observations[0], SurveyObservation):
        return list(_renewed(release_id, period_end, _held_by_tables(rows), past, _held_by_tables))
    return [
        *_renewed(release_id, period_end, _held(rows), past, _held),
        *_partnerships_gone_or_come(release_id, rows, period_end, past),
        *_without_counts(release_id, rows),
    ]


def beside_earlier_surveys(
    observations: Sequence[SurveyObservation], period_end: date, past: Sequence[Past]
) -> list[str]:
    """What of an edition of the appendix tables only a person can call right."""
    release_id = observations[0].release_id
    rows = [_plain(row) for row in observations]
    nearest = sorted(past, key=lambda each: abs((each.period_end - period_end).days))[:1]
    return [
        *_old_figures(release_id, rows, past, APPENDIX),
        *_old_rows(observations, nearest),
        *_changed_estimates(observations, period_end, nearest),
        *_years_gone(release_id, rows, nearest),
        *_gone(release_id, period_end, _held_by_tables(rows), past, _held_by_tables),
    ]


def beside_earlier_files(
    figures: Sequence[QuarterFigure], period_end: date, past: Sequence[Past]
) -> list[str]:
    """What of a file of the Home Office only a person can call right."""
    release_id, rows = figures[0].release_id, [_plain(row) for row in figures]
    return [
        *_old_figures(release_id, rows, past, QUARTERS),
        *_gone(release_id, period_end, _held_by_forces(rows), past, _held_by_forces),
    ]


BESIDE_EARLIER: Mapping[str, Callable[[Sequence[Any], date, Sequence[Past]], list[str]]] = {
    FORCE_AREAS: beside_earlier_editions,
    APPENDIX: beside_earlier_surveys,
    QUARTERS: beside_earlier_files,
}
"""What of an edition only a person can call right, by the reader of its dataset."""


def _plain(row: object) -> dict[str, Any]:
    return dict(vars(row))


# --- old figures ---------------------------------------------------------------------------


def _old_figures(
    release_id: str,
    rows: Sequence[Mapping[str, Any]],
    past: Sequence[Past],
    reader: str = FORCE_AREAS,
) -> Iterator[str]:
    """Times whose counts are, in many places, those that a shipped release gives for another."""
    quarterly = reader == QUARTERS
    own = _by_time(counts(pd.DataFrame(rows), release_id, reader), quarterly)
    others = [(each.release_id, _by_time(each.counts, quarterly)) for each in past]
    if quarterly:
        others.append((release_id, own))
    for end, counted in sorted(own.items()):
        alike = [
            (share, other, day)
            for other, times in others
            for day, then in times.items()
            if day != end
            and (share := _same(counted, then)) > _SAME
            # A table that repeats a year has it as that year, too.
            and share > _same(counted, times.get(end, {}) if other != release_id else {})
        ]
        if alike:
            share, other, day = max(alike)
            named = (lambda end: f"quarter to {end:%B %Y}") if quarterly else in_words
            yield (
                f"{release_id}: {share:.0%} of its counts for the {named(end)} are those of "
                f"{other} for the {named(day)}; expected hardly any. Are these old figures "
                "under a new date?"
            )


def _by_time(table: pd.DataFrame, quarterly: bool) -> Times:
    chosen = table["code"] & (table["months"] == QUARTER) if quarterly else table["months"] == YEAR
    rows = table[chosen & table["area_code"].isin(areas()) & table["value"].notna()]
    groups: Any = rows.groupby("period_end")
    return {
        end.date(): dict(
            zip(zip(of["area_code"], of["item"], strict=True), of["value"], strict=True)
        )
        for end, of in groups
    }


def _same(now: Mapping[Key, float], then: Mapping[Key, float]) -> float:
    both = [key for key, value in now.items() if value >= _LARGE and key in then]
    return sum(now[key] == then[key] for key in both) / len(both) if len(both) >= _ENOUGH else 0.0


def _old_rows(observations: Sequence[SurveyObservation], nearest: Sequence[Past]) -> Iterator[str]:
    """Rows of offences whose figures are those of another row in the edition nearest in time."""
    rows: dict[Key, dict[date, SurveyObservation]] = defaultdict(dict)
    for row in observations:
        if row.table == "offence_codes" and row.value is not None:
            rows[row.item_id, plain(row.row_label)][row.period_end] = row
    for other in nearest:
        before: dict[Key, dict[date, float]] = defaultdict(dict)
        for was in other.rows:
            if was["table"] == "offence_codes" and was["value"] is not None:
                before[was["item_id"], plain(was["row_label"])][was["period_end"]] = was["value"]
        for key, row_now in rows.items():
            now = {day: row.value or 0.0 for day, row in row_now.items()}
            if key not in before or _alike(now, before[key]) > _SAME:
                continue
            twin = max(before, key=lambda each: _alike(now, before[each]))
            if _alike(now, before[twin]) > _HALF:
                first = next(iter(row_now.values()))
                yield (
                    f"{first.release_id}, {first.where}: the row of {one_line(first.row_label)!r} "
                    f"has the figures that {other.release_id} gives for {twin[1]!r}. Were the "
                    "labels of rows swapped?"
                )


def _alike(now: Mapping[date, float], before: Mapping[date, float]) -> float:
    both = [day for day, value in now.items() if value >= _LARGE and day in before]
    if len(both) < _FEW_YEARS:
        return 0.0
    return sum(now[day] == before[day] for day in both) / len(both)


# --- estimates that another edition has otherwise -------------------------------------------


def _changed_estimates(
    observations: Sequence[SurveyObservation], period_end: date, near: Sequence[Past]
) -> Iterator[str]:
    """Single estimates and bases of earlier years that differ from the edition nearest in time.

    A year that was revised differs in most rows, a measure of another meaning in most years; who
    was asked stays who was asked.  So it is with offences of a row that is no offence code, such as
    the distraction burglaries among burglaries: no sum holds them.
    """
    nearest = next(iter(near), None)
    if nearest is None:
        return
    close = months_between(*sorted((nearest.period_end, period_end))) <= _NEIGHBOURS
    before = [row for row in nearest.rows if _in_no_sum(row)]
    times = Counter(map(_estimate, before))
    known = {
        _estimate(row): row["value"]
        for row in before
        if (row["sheet"], row["cell"]) not in nearest.slips and times[_estimate(row)] == 1
    }
    lines: dict[object, list[SurveyObservation]] = defaultdict(list)
    years, asked = set[object](), set[int]()
    for row in observations:
        if row.previous_period_end is not None or not _in_no_sum(vars(row)):
            continue
        if (key := _estimate(vars(row))) in known:
            base = row.statistic == "unweighted_base"
            years.add(year := (row.table, base, row.period_end))
            lines[year].append(row)
            lines[lines_of((row.sheet, row.cell))[0]].append(row)
            if base and row.value is not None and known[key] is not None:
                asked.add(id(row))
    differing = {
        of: {id(row): row for row in rows if _differ(row.value, known[_estimate(vars(row))])}
        for of, rows in lines.items()
    }
    whole = {
        each
        for of, found in differing.items()
        if len(found) > _SLIPS * len(lines[of])
        for each, row in found.items()
        # Nobody withholds what was published some months ago; in years a row may move elsewhere.
        if (of in years or each not in asked) and (row.value is not None or not close)
    }
    told: dict[object, list[SurveyObservation]] = defaultdict(list)
    for row in {each: row for found in differing.values() for each, row in found.items()}.values():
        if id(row) not in whole:
            told[lines_of((row.sheet, row.cell))[0]].append(row)
    for row, *more in told.values():
        was = known[_estimate(vars(row))]
        yield (
            f"{row.release_id}, {row.where}: holds {shown(row)} for {one_line(row.row_label)!r}, "
            f"the {in_words(row.period_end)}; {nearest.release_id} has "
            f"{'no number' if was is None else f'{was:,.10g}'}, and most of the figures beside it "
            f"as they are here{f'; {len(more)} more of its row differ' if more else ''}"
        )


def _in_no_sum(row: Mapping[str, Any]) -> bool:
    """Estimates and bases, and numbers of offences that have no code."""
    return row["statistic"] != "offences" or (row["item_id"] is None and row["value"] is not None)


def _differ(now: float | None, was: float | None) -> bool:
    """Whether an estimate is another, though one edition may round what another does not."""
    if now is None or was is None:
        return now is not was
    one, other = (len(f"{value:.9f}".rstrip("0").partition(".")[2]) for value in (now, was))
    rounding = 0.5 * 10.0 ** -min(one, other) if one != other else 0.0
    return abs(now - was) > rounding + 1e-9


def _estimate(row: Mapping[str, Any]) -> tuple[object, ...]:
    return (
        row["table"],
        row["statistic"],
        row["item_id"],
        (row["block"] or plain(row["row_label"])) if row["item_id"] is None else None,
        row["period_end"],
        row["previous_period_end"],
    )


# --- what is gone ----------------------------------------------------------------------------


def _gone(
    release_id: str, period_end: date, held: Inventory, past: Sequence[Past], inventory: Any
) -> Iterator[str]:
    later = [each for each in past if each.period_end > period_end]
    after = min(later, key=lambda each: (each.period_end, each.release_id), default=None)
    has = inventory(after.rows) if after else {}
    for table, before, lost, come in _compared(period_end, held, past, inventory):
        between = {key: name for key, name in lost.items() if key in has.get(table, {})}
        gone = between if _replaced(before, period_end, come) else lost
        if gone:
            both = f" and {after.release_id} has" if after and gone == between else ""
            yield f"{release_id} {_lacks(table, held, gone)}, which {before.release_id} had{both}"


def _renewed(
    release_id: str, period_end: date, held: Inventory, past: Sequence[Past], inventory: Any
) -> Iterator[str]:
    """What a table lost where other columns or rows came instead, or years lie between."""
    for table, before, lost, come in _compared(period_end, held, past, inventory):
        if _replaced(before, period_end, come):
            instead = f", and has {_listed(come)}, which it had not" if come else ""
            yield (
                f"{release_id} {_lacks(table, held, lost)}, which {before.release_id} had{instead}."
            )


def _replaced(before: Past, period_end: date, come: Sequence[str]) -> bool:
    return bool(come) or months_between(before.period_end, period_end) > _NEIGHBOURS


def _lacks(table: str, held: Inventory, lost: Mapping[Key, str]) -> str:
    if table not in held:
        return f"has no table of {table}"
    return f"lacks {_listed([*lost.values()])} in its table of {table}"


def _compared(
    period_end: date, held: Inventory, past: Sequence[Past], inventory: Any
) -> Iterator[tuple[str, Past, dict[Key, str], list[str]]]:
    """Each table that lost something, the edition that had it, what is lost and what has come."""
    earlier = [each for each in past if each.period_end < period_end]
    if not earlier:
        return
    before = max(earlier, key=lambda each: (each.period_end, each.release_id))
    for table, had in inventory(before.rows).items():
        now = held.get(table, {})
        if lost := {key: name for key, name in had.items() if key not in now}:
            yield table, before, lost, [name for key, name in now.items() if key not in had]


def _years_gone(
    release_id: str, rows: Sequence[Mapping[str, Any]], near: Sequence[Past]
) -> Iterator[str]:
    """Years that the edition nearest in time has in a table, and this one in others alone."""
    years = _years_of_tables(rows)
    known = set().union(*years.values())
    for nearest in near:
        for table, had in _years_of_tables(nearest.rows).items():
            if gone := sorted((had & known) - years.get(table, known)):
                named = _listed([in_words(day) for day in gone])
                yield (
                    f"{release_id} has no column for the {named} in its table of "
                    f"{table.replace('_', ' ')}, which {nearest.release_id} has"
                )


def _years_of_tables(rows: Sequence[Mapping[str, Any]]) -> dict[str, set[date]]:
    """The years of each table; of a table of changes, those compared with."""
    years: dict[str, set[date]] = defaultdict(set)
    for row in rows:
        years[row["table"]].add(row["previous_period_end"] or row["period_end"])
    return years


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    return ", ".join(names[:10]) + more


def _held(rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[Key, str]]:
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


_MEASURES = {
    "count": "counts",
    "change_pct": "changes",
    "rate_per_1000": "rates",
    "rate_per_1000_households": "rates per household",
}


def _without_counts(release_id: str, rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    counts = [row for row in rows if row["measure"] == "count" and row["area_code"] in areas()]
    counted = {row["area_code"] for row in counts if row["value"] is not None}
    for area in sorted({row["area_code"] for row in counts} - counted):
        yield f"{release_id} has no figures for {areas()[area].area_name}: totals exclude it."


def _held_by_forces(rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[Key, str]]:
    """The forces and the offence groups of the newest quarter of a file."""
    own = max(row["period_end"] for row in rows)
    held: dict[str, dict[Key, str]] = defaultdict(dict)
    for row in rows:
        if row["period_end"] == own:
            held["police forces"][row["area_code"],] = row["area_name"]
            held["offence groups"][row["offence_id"],] = offences()[row["offence_id"]].name
    return held


def _held_by_tables(rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[Key, str]]:
    """The tables of an edition, with their rows."""
    held: dict[str, dict[Key, str]] = defaultdict(dict)
    for row in rows:
        name = one_line(row["row_label"])
        # A code tells an offence whatever it is called, a measure too; subtotals have their label.
        key = row["item_id"] or plain(row["row_label"])
        if row["statistic"] != "unweighted_base":
            held[row["table"].replace("_", " ")].setdefault((key,), repr(name))
    return held


def _partnerships_gone_or_come(
    release_id: str, rows: Sequence[Mapping[str, Any]], period_end: date, past: Sequence[Past]
) -> Iterator[str]:
    """Partnerships of only one of two editions, with another code, or that the list lacks."""
    now = _partnerships(rows)
    listed = {
        (of.area_code, plain(of.partnership_name)): code for code, of in partnerships().items()
    }
    for key, (name, code) in now.items():
        force = areas()[key[0]].area_name
        if key in listed and code != (known := listed[key]):
            yield (
                f"{release_id} has {name} ({force}) with the code {code}, beside {known} in "
                f"{relative(PARTNERSHIPS)}: it is taken for the same partnership."
            )
        elif key not in listed:
            of = partnerships().get(code)
            was = f"; {of.partnership_name!r} has that code there" if of else ""
            yield proposal(
                PARTNERSHIPS,
                [code, name, key[0]],
                f"{release_id} has the partnership {name} ({force}, {code}), which the list of "
                f"them lacks{was}. If it is new or was renamed",
            ).sentence
    earlier = [each for each in past if each.period_end < period_end]
    before = max(earlier, key=lambda each: (each.period_end, each.release_id), default=None)
    then = _partnerships(before.rows) if before else {}
    if not now or not then or before is None:
        return
    for one, other, has, had in (
        (then, now, "no longer has", "had"),
        (now, then, "has", "had not"),
    ):
        if names := [name for key, (name, _) in one.items() if key not in other]:
            yield (
                f"{release_id} {has} a partnership called {' or '.join(names)}, which "
                f"{before.release_id} {had}."
            )


def _partnerships(rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], tuple[str, str]]:
    """Name and code of each partnership, by its force and plain name."""
    return {
        (row["parent_code"], plain(row["area_name"])): (row["area_name"], row["area_code"])
        for row in rows
        if row["area_type"] == "partnership"
    }
