"""How firm an area's figures are: the range of a force's rank, and its own steps of recording."""

from __future__ import annotations

from datetime import date

from crimeshare.measures.level_shifts import DRIFT, LEVEL
from crimeshare.periods import a_year_before
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.reading import of_build, read
from crimeshare.publish.elements.rows import Row, figure, rows
from crimeshare.publish.subjects.estimates import TOTAL, editions, is_few, without_return
from crimeshare.publish.subjects.factsheet import WORDS

# The kind of shifts of one group that are in part of the same quarters.
SEVERAL = "several"

# Days from a step within which the notes of an edition are taken to be of its time.
A_YEAR = 366


def rank_range(now: Row) -> str:
    """Between which ranks a force's quarters leave it, in words; nothing for other areas."""
    own = range_of(now)
    return WORDS.passage("rank_range", lower=own.lower, upper=own.upper) if own else ""


def rank_range_meaning(now: Row) -> str:
    """What such a range is, for all forces at once too, and how many ranks lay in theirs."""
    own = range_of(now)
    if not own:
        return ""
    held = rows(read("rank_record", offence_id=now["offence_id"]))
    record: dict[str, Figure] = {}
    for row in held:
        record |= {f"{row['what']}_{name}": figure(row, name) for name in ("share", "ranks")}
    return WORDS.passage(
        "rank_range_meaning",
        now=now,
        own=own,
        record=record,
    )


def range_of(now: Row) -> Row | None:
    """The range of a force's rank; None where it has none."""
    if is_few(now.count):
        return None
    return _ranges(now["offence_id"], now["period_end"]).get(now["area_code"])


@of_build("rank_intervals")
def _ranges(offence_id: str, end: date) -> dict[str, Row]:
    known = read("rank_intervals", offence_id=offence_id, period_end=end)
    return {row["area_code"]: row for row in rows(known)}


def _shifts(area_code: str, *groups: str) -> list[Row]:
    """The shifts of a force that no change of the rules explains; several at once are one.

    What a model adds up, such as an episode within another, is no size that anybody saw: of those
    the first and the last quarter are told, and whether a level is ``lasting``; the kind is
    `SEVERAL`.
    """
    own = read("level_shifts", area_code=area_code, offence_id=groups)
    told: list[Row] = []
    for row in rows(own[own["code"].isna() & own["recording_change"].isna()]):
        last = told[-1] if told else None
        if last and last["offence_id"] == row["offence_id"] and _at_once(last, row):
            until = max(_last_quarter(last), _last_quarter(row))
            lasting = LEVEL in (last["kind"], row["kind"]) or last.get("lasting", False)
            both = {"kind": SEVERAL, "until": until, "lasting": lasting}
            told[-1] = Row({**last, **both}, last.hashes_of)
        else:
            told.append(row)
    return told


def _at_once(one: Row, other: Row) -> bool:
    """Whether two shifts of a group, the first of them begun earlier, have a quarter in common."""
    return DRIFT not in (one["kind"], other["kind"]) and other["quarter_end"] <= _last_quarter(one)


def _last_quarter(row: Row) -> date:
    day: date = row["until"] or row["quarter_end"]
    return day


def steps(now: Row) -> list[str]:
    """The shifts of level that a force shows, a sentence each: of all crime and of the group."""
    return [
        WORDS.passage("step", row=row, noted=_noted(row["area_code"], row["quarter_end"]))
        for row in _shifts(now["area_code"], TOTAL, now["offence_id"])
    ]


def marks(now: Row, end: date) -> list[str]:
    """What in a force's own recording stands between a year and the one before."""
    began = a_year_before(a_year_before(end))
    gaps = [
        WORDS.passage("gap", edition=edition)
        for release_id, edition in editions().items()
        if began < edition <= end and now["area_code"] in without_return(release_id)
    ]
    steps = [
        WORDS.passage("own_step", row=row)
        for row in _shifts(now["area_code"], now["offence_id"])
        if _between(row, began, end)
    ]
    return [*gaps, *steps]


def warning(now: Row) -> str:
    """A sentence on what :func:`marks` names of the newest year; empty where that is nothing."""
    found = marks(now, now["period_end"]) if now["previous"] is not None else []
    return WORDS.passage("warning", area_code=now["area_code"], marks=found) if found else ""


def _between(row: Row, began: date, ended: date) -> bool:
    """Whether a shift made two years unlike each other: a drift does so by little, and always."""
    if row["kind"] == DRIFT:
        return False
    if row["kind"] == SEVERAL:
        return bool(row["quarter_end"] <= ended and row["until"] > began)
    days = (row["quarter_end"], row["until"])
    return any(day is not None and began < day <= ended for day in days)


def _noted(area_code: str, quarter_end: date) -> list[date]:
    """The ends of the editions of about that time whose notes are about the area."""
    ends = editions()
    found = [
        ends[row["release_id"]]
        for row in rows(read("area_notes", area_code=area_code, release_id=[*ends]))
        if abs((ends[row["release_id"]] - quarter_end).days) <= A_YEAR
    ]
    return list(dict.fromkeys(found))
