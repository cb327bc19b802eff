"""How far a figure will probably be revised: prediction limits in words and as a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from html import escape

import pandas as pd

from crimeshare.publish.elements import prose
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.reading import read
from crimeshare.publish.elements.rows import Row, rows
from crimeshare.publish.elements.tables import Content, Table, table
from crimeshare.publish.subjects.estimates import FEW, REGIONS, address
from crimeshare.publish.subjects.revised import WORDS, newest_year
from crimeshare.reference import NATION, areas, offences

NEW = 0
AGES = (NEW, 12, 24)
"""In months, as the template names them."""

NONE = Figure("revision_limits.none", None, "change", marker="unavailable")


def limits(offence_id: str, area_codes: Sequence[str], age: int = NEW) -> dict[str, Row]:
    """The limits of figures of an age, by area; of areas without any there is none."""
    held = read(
        "revision_intervals",
        offence_id=offence_id,
        area_code=list(area_codes),
        age_months=age,
    )
    return {row["area_code"]: row for row in rows(held)}


def sentence(offence_id: str, area_code: str) -> str:
    """How far the newest figure of an area will probably be revised.

    Empty where nothing says, and of so few offences that one is several per cent of them.
    """
    row = limits(offence_id, [area_code]).get(area_code)
    newest = newest_year(offence_id, area_code)
    if row is None or newest is None or (newest["count"] or 0) < FEW:
        return ""
    return WORDS.passage(
        "limits_of_place", row=row, end=newest["period_end"], left_out=_left_out(row)
    )


def coverage(offence_id: str, forces: Sequence[str]) -> str:
    """What limits for forces are, and how often such limits held; that there are none."""
    held = limits(offence_id, forces)
    row = next((held[code] for code in forces if code in held), None)
    if row is None:
        larger = limits(offence_id, [NATION, *REGIONS])
        return WORDS.passage("no_limits", group=offence_id, larger=larger)
    test = rows(read("revision_test", kind="force", offence_id=offence_id, age_months=NEW))
    left_out = [(code, _left_out(held[code])) for code in forces if code in held]
    return WORDS.passage(
        "limits_of_forces",
        row=row,
        later=test[0] if test else None,
        known=_month(test[0]["known"]) if test else None,
        moved=[(code, years) for code, years in left_out if years],
    )


def _month(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def _left_out(row: Row) -> list[date]:
    return [_month(month) for month in (row["left_out"] or "").split()]


def limits_table(offence_id: str, forces: Sequence[str]) -> Table | None:
    """The limits of every force by the age of the figure; None where there are none."""
    by_age = {age: held for age in AGES if (held := limits(offence_id, forces, age))}
    if not by_age:
        return None

    def limit(age: int, end: str) -> Callable[[Row], Content]:
        def found(row: Row) -> Content:
            held = by_age[age].get(row["area_code"])
            return getattr(held, f"{end}_pct") if held else NONE

        return found

    return table(
        pd.DataFrame({"area_code": list(forces)}),
        [limit(age, end) for age in by_age for end in ("lower", "upper")],
        label=lambda row: escape(areas()[row["area_code"]].area_name),
        link=lambda row: address(row["area_code"]),
        words=WORDS.points(
            "limits_table", what=prose.figures_of(offences()[offence_id].name), ages=list(by_age)
        ),
        wide=True,
        sortable=True,
    )
