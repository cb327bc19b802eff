"""An edition beside those that are shipped: old figures under a new date, and what is gone.

An edition's own arithmetic says nothing of figures that are another year's, taken as a whole.  So
its counts are compared with every year of every shipped edition of its dataset, its account of
years already published with the largest revision on record, and its tables, columns and rows with
those of the edition before.  All of this may be right; it takes a person to say so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import combinations
from pathlib import Path
from typing import Any

from crimeshare.parquet import read_rows_where
from crimeshare.periods import in_words, months_between
from crimeshare.reference import NATION, PARTNERSHIPS, areas, areas_around, offences, read_rows
from crimeshare.sources.datasets import APPENDIX, FORCE_AREAS, QUARTERS
from crimeshare.tables.appendix_layout import subtotal_groups
from crimeshare.tables.labels import one_line, plain
from crimeshare.tables.layout import proposal
from crimeshare.tables.observations import Observation, QuarterFigure, SurveyObservation
from crimeshare.tables.ties import Place, lines_of, shown

# Of counts of ten or more, neighbouring years have up to 1.3 in a hundred in common by chance.
_SAME = 0.1
_LARGE, _ENOUGH = 10, 30
# A row of offences is the same as another where half of five years or more are.
_HALF, _FEW_YEARS = 0.5, 5
# Revisions of a total are taken for possible up to these parts of it, or the largest on record.
_REVISION = {"country": 0.02, "region": 0.02, "force": 0.1, "other": 0.1}
# The survey's estimates of a year are revised together or not at all; few that differ are slips.
_SLIPS = 0.2
# Bases of years long past were corrected by up to a quarter of one in a hundred.
_BASES = 0.003
# Editions come out every three months; those of a dataset that are further apart than two of them
# may differ in their tables.
_NEIGHBOURS = 6

Key = tuple[str | None, ...]
Inventory = Mapping[str, Mapping[Key, str]]
"""The tables of an edition, with the names of their columns or rows."""

Years = dict[date, dict[Key, float]]
"""Counts of each year: by area and offence group, or by the row of an appendix table."""


@dataclass(frozen=True)
class Past:
    """The shipped figures of one release, and its cells known to be wrong."""

    release_id: str
    period_end: date
    path: Path
    reader: str = FORCE_AREAS
    slips: frozenset[Place] = frozenset()

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """Its observations, as plain rows."""
        rows: list[dict[str, Any]] = read_rows_where(self.path).to_pylist()
        return rows


def beside_earlier_editions(
    observations: Sequence[Observation], period_end: date, past: Sequence[Past]
) -> list[str]:
    """What of an edition of the police force area tables only a person can call right.

    Args:
        observations: of the new edition, whose arithmetic holds.
        period_end: last day of its year.
        past: every shipped release of the dataset.
    """
    release_id = observations[0].release_id
    now = _Areas([_plain(row) for row in observations])
    before = [(each, _Areas(each.rows)) for each in past]
    counts = [(each.release_id, other.years) for each, other in before]
    return [
        *_old_figures(release_id, now.years, counts),
        *_large_revisions(release_id, now, [(each.release_id, other) for each, other in before]),
        *_gone(release_id, period_end, _held(now.rows), past, _held),
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
    ]


def beside_earlier_surveys(
    observations: Sequence[SurveyObservation], period_end: date, past: Sequence[Past]
) -> list[str]:
    """The same of an edition of the appendix tables; see :func:`beside_earlier_editions`."""
    release_id = observations[0].release_id
    rows = [_plain(row) for row in observations]
    nearest = sorted(past, key=lambda each: abs((each.period_end - period_end).days))[:1]
    return [
        *_old_figures(
            release_id, _offences(rows), [(each.release_id, _offences(each.rows)) for each in past]
        ),
        *_large_revisions(
            release_id, _nation(rows), [(each.release_id, _nation(each.rows)) for each in past]
        ),
        *_old_rows(observations, nearest),
        *_changed_estimates(observations, period_end, nearest),
        *_years_gone(release_id, rows, nearest),
        *_gone(release_id, period_end, _held_by_tables(rows), past, _held_by_tables),
    ]


def beside_earlier_files(
    figures: Sequence[QuarterFigure], period_end: date, past: Sequence[Past]
) -> list[str]:
    """The same of a file of the Home Office; see :func:`beside_earlier_editions`.

    How far its counts moved is a matter of :mod:`crimeshare.tables.misfits`.
    """
    release_id, rows = figures[0].release_id, [_plain(row) for row in figures]
    now = _quarters(rows)
    others = [(each.release_id, _quarters(each.rows)) for each in past]
    return [
        *_old_figures(
            release_id, now, [*others, (release_id, now)], lambda end: f"quarter to {end:%B %Y}"
        ),
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
    years: Years,
    past: Sequence[tuple[str, Years]],
    called: Callable[[date], str] = in_words,
) -> Iterator[str]:
    """Years whose counts are, in many places, those that a shipped release gives for another."""
    for end, counts in sorted(years.items()):
        alike = [
            (share, other, day)
            for other, other_years in past
            for day, others in other_years.items()
            if day != end
            and (share := _same(counts, others)) > _SAME
            # A table that repeats a year has it as that year, too.
            and share > max((_same(counts, other_years.get(end, {})), 0.0))
        ]
        if alike:
            share, other, day = max(alike)
            yield (
                f"{release_id}: {share:.0%} of its counts for the {called(end)} are those of "
                f"{other} for the {called(day)}; expected hardly any. Are these old figures "
                "under a new date?"
            )


def _quarters(rows: Sequence[Mapping[str, Any]]) -> Years:
    """Offences by force and code in each quarter."""
    quarters: Years = defaultdict(dict)
    for row in rows:
        if row["code"] is not None and row["value"] is not None:
            quarters[row["period_end"]][row["area_code"], row["code"]] = row["value"]
    return quarters


def _same(counts: Mapping[Key, float], others: Mapping[Key, float]) -> float:
    both = [key for key, value in counts.items() if value >= _LARGE and key in others]
    if len(both) < _ENOUGH:
        return 0.0
    return sum(abs(counts[key] - others[key]) < 0.01 for key in both) / len(both)


@dataclass
class _Totals:
    """Counts by area and offence group in each year, and what stands beside them.

    Attributes:
        years: the counts.
        without: areas whose totals lack a force.
        places: sheet and cell of an area's total in a year, in words, where it has one.
    """

    years: Years = field(default_factory=lambda: defaultdict(dict))
    without: set[str] = field(default_factory=set)
    places: dict[tuple[str, date], str] = field(default_factory=dict)

    def keep(self, area: str, group: str, row: Mapping[str, Any]) -> None:
        """Take in a count."""
        day = row["period_end"]
        self.years[day][area, group] = row["value"]
        if group == "total":
            self.places[area, day] = f", sheet {row['sheet']!r}, cell {row['cell']}"


class _Areas(_Totals):
    """Counts by country, region and force, the year before included."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        super().__init__()
        self.rows = rows
        for row in rows:
            area, day = row["area_code"], row["period_end"]
            if row["measure"] != "count" or area not in areas():
                continue
            if row["value"] is not None:
                self.keep(area, row["offence_id"], row)
            elif row["offence_id"] == "total":
                self.without |= set(areas_around(area))
        for row in rows:
            if row["measure"] == "change_pct" and row["value"] and row["value"] > -100:
                key, day = (row["area_code"], row["offence_id"]), row["period_end"]
                now = self.years[day].get(key)
                if now is not None and row["previous_period_end"] is not None:
                    before = self.years[row["previous_period_end"]]
                    before.setdefault(key, now / (1 + row["value"] / 100))


def _nation(rows: Sequence[Mapping[str, Any]]) -> _Totals:
    """England and Wales in the table of offences by code."""
    groups = subtotal_groups()
    totals = _Totals()
    for row in rows:
        subtotal = row["table"] == "offence_codes" and row["item_id"] is None
        group = groups.get(plain(row["row_label"])) if subtotal else None
        if group and row["value"] is not None:
            totals.keep(NATION, group, row)
    return totals


def _large_revisions(
    release_id: str, now: _Totals, past: Sequence[tuple[str, _Totals]]
) -> Iterator[str]:
    """Totals of years already published that moved by more than any did before."""
    record = dict(_REVISION)
    for (_, first), (_, second) in combinations(past, 2):
        for area, _, before, after in _revisions(first, second):
            kind = areas()[area].area_type
            record[kind] = max(record[kind], abs(after / before - 1))
    moved = [
        (abs(after / before - 1) / record[areas()[area].area_type], area, day, other, before, after)
        for other, earlier in past
        for area, day, before, after in _revisions(earlier, now)
    ]
    beyond = [each for each in moved if each[0] > 1]
    if beyond:
        _, area, day, other, before, after = max(beyond)
        places = len({each[1] for each in beyond})
        more = f"; {places - 1} more areas moved likewise" if places > 1 else ""
        limit, where = record[areas()[area].area_type], now.places.get((area, day), "")
        yield (
            f"{release_id}{where}: it makes {after:,.0f} offences in {areas()[area].area_name} in "
            f"the {in_words(day)}, {other} made {before:,.0f}: {after / before - 1:+.1%}, where no "
            f"revision on record is above {limit:.1%}{more}. Is this the right edition?"
        )


def _revisions(first: _Totals, second: _Totals) -> Iterator[tuple[str, date, float, float]]:
    """Area, year and both totals, where neither leaves out a force."""
    for day in first.years.keys() & second.years.keys():
        for (area, offence), before in first.years[day].items():
            after = second.years[day].get((area, offence))
            complete = area not in first.without | second.without
            if offence == "total" and area and complete and before and after is not None:
                yield area, day, before, after


def _offences(rows: Sequence[Mapping[str, Any]]) -> Years:
    """Offences by the rows of the table of codes and the year."""
    years: Years = defaultdict(dict)
    for row in rows:
        if row["table"] == "offence_codes" and row["value"] is not None:
            years[row["period_end"]][row["item_id"], plain(row["row_label"])] = row["value"]
    return years


def _old_rows(observations: Sequence[SurveyObservation], nearest: Sequence[Past]) -> Iterator[str]:
    """Rows of offences whose figures are those of another row in the edition nearest in time."""
    rows: dict[Key, dict[date, SurveyObservation]] = defaultdict(dict)
    for row in observations:
        if row.table == "offence_codes" and row.value is not None:
            rows[row.item_id, plain(row.row_label)][row.period_end] = row
    for other in nearest:
        before: dict[Key, dict[date, float]] = defaultdict(dict)
        for day, counts in _offences(other.rows).items():
            for key, count in counts.items():
                before[key][day] = count
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

    How many people were asked in a year hardly changes, so bases are compared however far apart the
    editions are.
    """
    nearest = next(iter(near), None)
    if nearest is None:
        return
    close = months_between(*sorted((nearest.period_end, period_end))) <= _NEIGHBOURS
    known = {
        _estimate(row): row["value"]
        for row in nearest.rows
        if (row["sheet"], row["cell"]) not in nearest.slips
    }
    lines: dict[object, list[SurveyObservation]] = defaultdict(list)
    for row in observations:
        estimated = row.previous_period_end is None and (
            row.statistic != "offences" if close else row.statistic == "unweighted_base"
        )
        if estimated and _estimate(vars(row)) in known:
            # A year that was revised differs in most rows, a row of another meaning in most years.
            lines[row.table, row.period_end].append(row)
            lines[lines_of((row.sheet, row.cell))[0]].append(row)
    differing = [
        {
            id(row): row
            for row in rows
            if _differ(row.value, known[_estimate(vars(row))], 0.0 if close else _BASES)
        }
        for rows in lines.values()
    ]
    whole = {
        each
        for rows, found in zip(lines.values(), differing, strict=True)
        if len(found) > _SLIPS * len(rows)
        for each, row in found.items()
        # Nobody withholds what was published some months ago; in years a row may move elsewhere.
        if row.value is not None or not close
    }
    for row in {each: row for found in differing for each, row in found.items()}.values():
        if id(row) not in whole:
            was = known[_estimate(vars(row))]
            yield (
                f"{row.release_id}, {row.where}: holds {shown(row)} for "
                f"{one_line(row.row_label)!r}, the {in_words(row.period_end)}; "
                f"{nearest.release_id} has {'no number' if was is None else f'{was:,.10g}'}, and "
                "the same figures in most of that row and of that year"
            )


def _differ(now: float | None, was: float | None, slack: float) -> bool:
    if now is None or was is None:
        return now is not was
    return abs(now - was) > slack * abs(was)


def _estimate(row: Mapping[str, Any]) -> tuple[object, ...]:
    return (
        row["table"],
        row["statistic"],
        row["item_id"],
        row["block"] if row["item_id"] is None else None,
        row["period_end"],
        row["previous_period_end"],
    )


# --- what is gone ----------------------------------------------------------------------------


def _gone(
    release_id: str, period_end: date, held: Inventory, past: Sequence[Past], inventory: Any
) -> Iterator[str]:
    """Tables, columns and rows that the edition before had, where nothing has come instead.

    What the edition after has as well is gone from this one alone, whatever came.
    """
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
    """The same, where other columns or rows have come instead or years lie between."""
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
    """The kinds of tables of an edition, with the offence groups in them."""
    own = max(row["period_end"] for row in rows)
    held: dict[str, dict[Key, str]] = defaultdict(dict)
    for row in rows:
        what = _MEASURES.get(row["measure"], row["measure"])
        by = "partnership" if row.get("parent_code") else "force"
        year = "" if row["period_end"] == own else " in the year before"
        offence = row["offence_id"]
        name = offences()[offence].name if offence else what
        held[f"{what} by {by}{year}"].setdefault((offence,), name)
    return held


_MEASURES = {
    "count": "counts",
    "change_pct": "changes",
    "rate_per_1000": "rates",
    "rate_per_1000_households": "rates per household",
}


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
        (row["area_code"], plain(row["partnership_name"])): row for row in read_rows(PARTNERSHIPS)
    }
    called = {row["partnership_code"]: row["partnership_name"] for row in listed.values()}
    for key, (name, code) in now.items():
        force = areas()[key[0]].area_name
        if key in listed and code != (known := listed[key]["partnership_code"]):
            yield (
                f"{release_id} has {name} ({force}) with the code {code}, beside {known} in "
                f"{PARTNERSHIPS}: it is taken for the same partnership."
            )
        elif key not in listed:
            was = f"; {called[code]!r} has that code there" if code in called else ""
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
    for what, one, other in (("has no longer", then, now), ("has new", now, then)):
        if names := [name for key, (name, _) in one.items() if key not in other]:
            yield (
                f"{release_id} {what} the partnerships {', '.join(names)}, beside "
                f"{before.release_id}."
            )


def _partnerships(rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], tuple[str, str]]:
    """Name and code of each partnership, by its force and plain name."""
    return {
        (row["parent_code"], plain(row["area_name"])): (row["area_name"], row["area_code"])
        for row in rows
        if row["area_type"] == "partnership"
    }
