"""An edition beside those that are shipped: old figures under a new date, and what is gone.

An edition's own arithmetic says nothing of figures that are another year's, taken as a whole.  So
its counts are compared with every year of every shipped edition of its dataset, and its tables,
columns and rows with those of the editions beside it.  All of this may be right; it takes a person
to say so.  How far its counts moved is a matter of :mod:`crimeshare.tables.misfits`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from crimeshare.periods import months_between
from crimeshare.reference import areas
from crimeshare.releases.holdings import (
    NEIGHBOURS,
    WORDS,
    Key,
    Past,
    Rows,
    gone,
    partnerships_gone_or_come,
    renewed,
    without_counts,
    years_gone,
)
from crimeshare.sources.datasets import APPENDIX, FORCE_AREAS, QUARTERS
from crimeshare.tables.counts import QUARTER, YEAR, counts
from crimeshare.tables.labels import one_line, plain
from crimeshare.tables.observations import Observation, QuarterFigure, SurveyObservation
from crimeshare.tables.ties import lines_of, shown

# Of counts of ten or more, neighbouring years have up to 1.3 in a hundred in common by chance.
_SAME = 0.1
_LARGE, _ENOUGH = 10, 30
# A row is the same as another where half of five years or more are.
_HALF, _FEW_YEARS = 0.5, 5
# The survey's estimates of a year are revised together or not at all; few that differ are slips.
_SLIPS = 0.2
_NUMBERS = (
    "offences",
    "incidents_thousands",
    "rate_per_1000",
    "victims_thousands",
    "prevalence_pct",
)

Times = Mapping[date, Mapping[Key, float]]
"""Counts of each year or quarter by area and offence group or code."""

Line = tuple[str, str | None, str]
"""The table of a row, what it counts, and its label where that alone does not say."""

Observed = Sequence[Observation] | Sequence[SurveyObservation] | Sequence[QuarterFigure]


def beside_earlier(
    reader: str, observations: Any, period_end: date, past: Sequence[Past]
) -> list[str]:
    """What of an edition only a person can call right.

    Args:
        reader: of its dataset.
        observations: of the new edition, whose arithmetic holds.
        period_end: last day of the newest year or quarter in it.
        past: every shipped release of the dataset.
    """
    release_id, rows = observations[0].release_id, _plain(observations)
    of_survey: list[str] = []
    if reader == APPENDIX:
        nearest = min(past, key=lambda each: abs((each.period_end - period_end).days), default=None)
        if nearest:
            of_survey = [
                *_old_rows(observations, nearest),
                *_changed_estimates(observations, period_end, nearest),
                *years_gone(release_id, rows, nearest),
            ]
    return [
        *_old_figures(release_id, rows, past, reader),
        *of_survey,
        *gone(reader, release_id, rows, period_end, past),
    ]


def changes_of_tables(
    reader: str, observations: Observed, period_end: date, past: Sequence[Past]
) -> list[str]:
    """What an edition has in place of what the one before had: worth a look, and no fault."""
    release_id, rows = observations[0].release_id, _plain(observations)
    told = [*renewed(reader, release_id, rows, period_end, past)]
    if reader == FORCE_AREAS:
        told += partnerships_gone_or_come(release_id, rows, period_end, past)
        told += without_counts(release_id, rows)
    return told


def _plain(observations: Observed) -> list[dict[str, Any]]:
    return [dict(vars(row)) for row in observations]


# --- old figures ---------------------------------------------------------------------------


def _old_figures(release_id: str, rows: Rows, past: Sequence[Past], reader: str) -> Iterator[str]:
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
            of = {"share": share, "end": end, "other": other, "day": day, "quarterly": quarterly}
            yield WORDS.passage("old_figures", release_id=release_id, **of)


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


def _old_rows(observations: Sequence[SurveyObservation], nearest: Past) -> Iterator[str]:
    """Rows without a number, or with those of another row, in the edition nearest in time."""
    rows: dict[Line, dict[date, SurveyObservation]] = defaultdict(dict)
    for row in observations:
        if line := _line(vars(row)):
            rows[line][row.period_end] = row
    before: dict[Line, dict[date, float]] = defaultdict(dict)
    labels: dict[Line, str] = {}
    for was in nearest.rows:
        if was["value"] is not None and (line := _line(was)):
            before[line][was["period_end"]] = was["value"]
            labels[line] = one_line(was["row_label"])
    for line, row_now in rows.items():
        now = {day: row.value for day, row in row_now.items() if row.value is not None}
        first = next(iter(row_now.values()))
        names = {
            "row": first,
            "label": repr(one_line(first.row_label)),
            "other": nearest.release_id,
        }
        if not now and len(before.get(line, {}).keys() & row_now.keys()) >= _FEW_YEARS:
            yield WORDS.passage("withheld_row", **names, held=shown(first))
        if line not in before or _alike(now, before[line]) > _SAME:
            continue
        same_table = [each for each in before if each[0] == line[0]]
        twin = max(same_table, key=lambda each: _alike(now, before[each]))
        if _alike(now, before[twin]) > _HALF:
            yield WORDS.passage("old_row", **names, twin=repr(labels[twin]))


def _line(row: Mapping[str, Any]) -> Line | None:
    """The row of a table that a number stands in; none for a change or a base."""
    if row["statistic"] not in _NUMBERS:
        return None
    # A row that is no offence code, and one of two with the same code, are known by their labels.
    named = row["table"] != "offence_codes" and row["item_id"]
    return row["table"], row["item_id"], "" if named else plain(row["row_label"])


def _alike(now: Mapping[date, float], before: Mapping[date, float]) -> float:
    both = [day for day, value in now.items() if value >= _LARGE and day in before]
    if len(both) < _FEW_YEARS:
        return 0.0
    return sum(now[day] == before[day] for day in both) / len(both)


# --- estimates that another edition has otherwise -------------------------------------------


def _changed_estimates(
    observations: Sequence[SurveyObservation], period_end: date, nearest: Past
) -> Iterator[str]:
    """Single estimates and bases of earlier years that differ from the edition nearest in time.

    A year that was revised differs in most rows, a measure of another meaning in most years; who
    was asked stays who was asked.  So it is with offences of a row that is no offence code, such as
    the distraction burglaries among burglaries: no sum holds them.
    """
    close = months_between(*sorted((nearest.period_end, period_end))) <= NEIGHBOURS
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
        yield WORDS.passage(
            "changed",
            row=row,
            held=shown(row),
            label=repr(one_line(row.row_label)),
            other=nearest.release_id,
            was=None if was is None else f"{was:,.10g}",
            more=len(more),
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
