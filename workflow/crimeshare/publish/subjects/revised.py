"""Revisions as the pages read them: each step from one release to a later one, and in words.

Nothing is measured here; see :mod:`crimeshare.measures.revisions`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pandas as pd

from crimeshare.measures.revisions import typical_size, with_ages
from crimeshare.publish.elements import prose
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.reading import in_order, read
from crimeshare.publish.elements.rows import Row, over, rows
from crimeshare.publish.elements.words import Words
from crimeshare.publish.subjects.estimates import FEW
from crimeshare.reference import NATION, offences

WORDS = Words(Path(__file__).with_name("words") / "revisions.md.j2")

EDITION, OPEN_DATA = "pfa-", "prc-"
"""How releases are called of the tables by police force area, and of the Home Office's data."""


def steps_of(offence_id: str, area_code: str) -> pd.DataFrame:
    """Every step of an area's counts from one release to the next, the oldest year first.

    Returns:
        Rows of ``revisions`` with the ages of the figure, and what the two counts are called.
    """
    return _named(with_ages(read("revisions", offence_id=offence_id, area_code=area_code)))


def since_new(offence_id: str, area_codes: Sequence[str]) -> pd.DataFrame:
    """From news to the newest release, of each count given again a year later or later.

    Returns:
        Rows of ``whole_revisions`` as those of ``revisions``, the areas in the order given.
    """
    own = read("whole_revisions", offence_id=offence_id, area_code=list(area_codes))
    return _named(in_order(own, "area_code", area_codes).assign(table="revisions"))


def _named(steps: pd.DataFrame) -> pd.DataFrame:
    """Revisions with their sizes as figures, and what names of the two counts end in."""
    named = {
        name: [called(*pair) for pair in zip(steps[release], steps["period_end"], strict=True)]
        for name, release in (("given", "release_id"), ("previously", "previous_release_id"))
    }
    found = steps.assign(**named)
    percent = [row.change_pct for row in rows(found)]
    return found.assign(percent=pd.Series(percent, found.index, dtype=object))


def called(release_id: str, period_end: date) -> str:
    """What names of a count end in: the release, and the year where it is not its own."""
    month = f"{period_end:%Y-%m}"
    own = release_id.startswith(EDITION) and month in release_id
    return release_id if own else f"{release_id}.{month}"


def size_of(offence_id: str, area_code: str) -> Row | None:
    """How far figures have moved since they were news; None where none came again."""
    found = rows(read("revision_sizes", offence_id=offence_id, area_code=area_code))
    return found[0] if found else None


def years_old(row: Row) -> Figure:
    """The age of a count in the later release."""
    return over(
        f"age.{row['period_end']:%Y-%m}.{row['release_id']}",
        row["age"] / 12,
        "years",
        ("aged_revisions", "age"),
        [row.value],
        period_end=f"{row['period_end']}",
        release_id=row["release_id"],
    )


def worked_out(row: Row) -> bool:
    """Whether the later release prints no count of the year, but a percentage that tells it."""
    count = row.value
    return any(cell.addressed for cell in count.cells) and bool(count.formula)


def newest_year(offence_id: str, area_code: str) -> Row | None:
    """The leading figures of an area in the newest year; None where it has none of that year."""
    years = read("series", ["count"], offence_id=offence_id, area_code=[area_code, NATION])
    newest = years["period_end"].eq(years["period_end"].max())
    found = rows(years[newest & years["area_code"].eq(area_code)])
    return found[0] if found else None


def middle(steps: pd.DataFrame, figure_id: str) -> Figure:
    """The median size, without sign, of several revisions."""
    known = [percent for percent in steps["percent"] if percent.value is not None]
    size, of = typical_size(percent.number for percent in known), ("aged_revisions", "typical_size")
    return over(figure_id, size, "revision", of, known, revisions=f"{len(known)}")


# ---------------------------------------------------------------- in words


def outlook(offence_id: str, area_code: str) -> str:
    """How far figures as new as the latest have moved here; nothing where none came again.

    A median of few is no forecast: the number it rests on and both extremes stand beside it.
    """
    size = size_of(offence_id, area_code)
    if size is None:
        return ""
    newest = newest_year(offence_id, area_code)
    steps = since_new(offence_id, [area_code])
    few = (steps["previous_value"] < FEW).any()
    small = few or newest is None or (newest["count"] or 0) < FEW
    return WORDS.passage(
        "outlook",
        place=area_code,
        few=few,
        small=small,
        what=prose.figures_of(offences()[offence_id].name),
        one=rows(steps)[0] if size["revisions"] == 1 else None,
        size=size,
    )


def given_as(release_id: str, period_end: date) -> str:
    """How a release came to give a year: as its own, corrected, a year later, or in a series."""
    month = f"{period_end:%Y-%m}"
    return WORDS.passage(
        "given",
        open_data=release_id.startswith(OPEN_DATA),
        in_series=not release_id.startswith((OPEN_DATA, EDITION)),
        year_after=month not in release_id,
        issue=release_id.partition(month)[2],
    )
