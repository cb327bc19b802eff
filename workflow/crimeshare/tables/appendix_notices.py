"""Oddities of an appendix workbook that no figure depends on, noticed and handed on.

An empty sheet, a wrong date on the cover, one offence with two values on two sheets: none of these
stops a release, but all belong on the page of sources.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from crimeshare.tables.grid import Workbook, address
from crimeshare.tables.labels import one_line, periods
from crimeshare.tables.observations import Notice, SurveyObservation

_PUBLISHED = re.compile(r"published on (\d{1,2} [A-Z][a-z]+ \d{4})")


def find_notices(
    workbook: Workbook,
    observations: Iterable[SurveyObservation],
    release_id: str,
    period_end: date,
) -> list[Notice]:
    """Oddities of a workbook that no figure depends on, in words."""
    return [
        *_empty_sheets(workbook, release_id),
        *_cover_dates(workbook, release_id, period_end),
        *_two_values(observations),
    ]


def _empty_sheets(workbook: Workbook, release_id: str) -> Iterator[Notice]:
    for grid in workbook.grids:
        if all(cell == "" for row in grid.rows for cell in row):
            yield Notice(
                release_id,
                "empty_sheet",
                grid.sheet,
                None,
                f"The sheet {grid.sheet!r} is in the workbook but holds no cells.",
            )


def _cover_dates(workbook: Workbook, release_id: str, period_end: date) -> Iterator[Notice]:
    """Dates on the cover that cannot be right: another year in its title, published too early."""
    cover = workbook.grids[0]
    texts = [
        (one_line(str(cell)), address(index, column))
        for index, row in enumerate(cover.rows)
        for column, cell in enumerate(row)
        if cell != ""
    ]
    for title, cell in texts[:1]:
        for year, month in periods(title):
            if (year, month) != (period_end.year, period_end.month):
                yield Notice(
                    release_id,
                    "cover_date",
                    cover.sheet,
                    cell,
                    f"The cover says year ending {date(year, month, 1):%B %Y}; the tables end in "
                    f"{period_end:%B %Y}.",
                )
    for text, cell in texts:
        for published in _PUBLISHED.findall(text):
            if datetime.strptime(published, "%d %B %Y").date() <= period_end:
                yield Notice(
                    release_id,
                    "cover_date",
                    cover.sheet,
                    cell,
                    f"The cover says published on {published}, before the year it covers had "
                    "ended.",
                )


def _two_values(observations: Iterable[SurveyObservation]) -> Iterator[Notice]:
    """Offences that stand with different numbers in the tables of codes and of sub-codes."""
    by_code: Mapping[str, dict[tuple[str, date], SurveyObservation]] = defaultdict(dict)
    for row in observations:
        if row.statistic == "offences" and row.item_id and not row.parent_id:
            by_code[row.table][row.item_id, row.period_end] = row
    for key, other in by_code["offence_subcodes"].items():
        here = by_code["offence_codes"].get(key)
        if here is None or None in (here.value, other.value) or here.value == other.value:
            continue
        yield Notice(
            here.release_id,
            "two_values",
            here.sheet,
            here.cell,
            f"{one_line(other.row_label)} ({key[0]}) in the year ending {key[1]:%B %Y} is "
            f"{here.value:,.0f} in sheet {here.sheet!r}, cell {here.cell}, and {other.value:,.0f} "
            f"in sheet {other.sheet!r}, cell {other.cell}.",
        )
