"""The accessible workbook: the main tables for people, one a sheet.

A cover, contents and notes go before the tables; no cells are merged and none is left blank; a
marker stands where there is no number and is explained above its table.  Guidance: "Releasing
statistics in spreadsheets", Government Analysis Function.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, Self

import gptables
import pandas as pd
import pyarrow.parquet as pq

from crimeshare.publish.elements import prose
from crimeshare.publish.elements.figures import MARKERS, NOT_GIVEN, Figure
from crimeshare.publish.elements.licence import ATTRIBUTION, OGL
from crimeshare.publish.elements.prose import plain
from crimeshare.publish.elements.words import Words
from crimeshare.publish.subjects.estimates import Estimates, Place, Year
from crimeshare.running import replacing

WORDS = Words(Path(__file__).with_name("workbook.md.j2"))

Value = str | int | float

NOT_APPLICABLE = MARKERS["not_applicable"]

_REFERENCE = re.compile(r" (\$\$\w+\$\$)$")


@dataclass(frozen=True)
class Sheet:
    """One table of the workbook.

    Attributes:
        label: of the sheet's tab, without spaces.
        title: what the table shows, where and when, with references to notes.
        scope: which places and years.
        source: whose figures.
        columns: headings, each with its unit and references to notes; the first labels its row.
        rows: as many values as there are columns.
    """

    label: str
    title: str
    scope: str
    source: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Value]]

    @classmethod
    def worded(cls, label: str, words: Sequence[str], rows: Sequence[Sequence[Value]]) -> Self:
        """A table whose words are the points of a passage.

        Args:
            label: see the class.
            words: title, scope, source, and the headings parted by ``|``.
            rows: see the class.
        """
        title, scope, source, columns = words
        return cls(label, title, scope, source, columns.split(" | "), rows)


def workbook_sheets(
    estimates: Estimates,
    prevalence: Sequence[Mapping[str, Any]],
    claims: Sequence[Mapping[str, Any]],
) -> list[Sheet]:
    """The tables of the workbook, those without a row left out.

    Args:
        estimates: recorded crime about one offence group.
        prevalence: rows of the table ``prevalence``.
        claims: rows of the table ``claims``.
    """
    sheets = [
        _latest(estimates),
        _over_time(estimates),
        _changes(estimates),
        _subgroups(estimates),
        _survey(prevalence),
        _claims(claims),
    ]
    return [sheet for sheet in sheets if sheet.rows]


def write_workbook(path: Path, title: str, sheets: Sequence[Sheet], dated: date) -> None:
    """Write the workbook, whose bytes depend on its tables and `dated` alone.

    Args:
        path: where to.
        title: of the cover and of the file.
        sheets: its tables.
        dated: day that stands in the file as that of its making.
    """
    tables = {sheet.label: _gptable(sheet) for sheet in sheets}
    with replacing(path) as target, warnings.catch_warnings():
        # Every note is referred to and every cell filled, which tests see to.
        warnings.simplefilter("ignore")
        book = gptables.produce_workbook(
            str(target),
            tables,
            cover=_cover(title),
            notes_table=pd.DataFrame(
                [note.split(" | ") for note in WORDS.points("notes")],
                columns=["reference", "Note text"],
            ),
            workbook_options={"strings_to_formulas": False, "strings_to_urls": False},
        )
        book.set_properties(
            {
                "title": title,
                "author": "crimeshare",
                "comments": plain(ATTRIBUTION),
                "created": datetime(dated.year, dated.month, dated.day),
            }
        )
        book.close()


def read_rows_of(path: Path) -> list[dict[str, Any]]:
    """The rows of a built table, dates as dates and empty cells as None."""
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return rows


def _cover(title: str) -> gptables.Cover:
    return gptables.Cover(
        title=title,
        intro=WORDS.points("cover"),
        about=WORDS.points("about", attribution=plain(ATTRIBUTION), licence=OGL),
        contact=WORDS.points("contact"),
    )


def _gptable(sheet: Sheet) -> gptables.GPTable:
    headings = [_REFERENCE.sub("", column) for column in sheet.columns]
    references = [_REFERENCE.search(column) for column in sheet.columns]
    rows = [[_as_text(value) for value in row] for row in sheet.rows]
    table = pd.DataFrame(rows, columns=headings, dtype=object)
    return gptables.GPTable(
        table=table,
        table_name=sheet.label.lower() + "_table",
        title=sheet.title,
        instructions=WORDS.passage("instructions"),
        scope=sheet.scope,
        source=sheet.source,
        legend=_legend(sheet.rows),
        additional_formatting=_formats(sheet.rows),
        table_notes={i: found[1] for i, found in enumerate(references) if found},
        index_columns={1: 0},
    )


def _as_text(value: Value) -> Value:
    """A value that gptables leaves as it is: ``[a](b)`` is a link to it, ``$$a$$`` a note.

    Text without a letter or digit of English it refuses, be it another language.
    """
    if not isinstance(value, str):
        return value
    if value and not re.search(r"[a-zA-Z0-9]", value):
        value = f"Text: {value}"
    return value.replace("](", "] (").replace("$$", "$ $")


def _formats(rows: Sequence[Sequence[Value]]) -> list[dict[str, Any]]:
    """Thousands in commas, and as many decimals in every row of a column."""
    formats = []
    for position, column in enumerate(zip(*rows, strict=True)):
        numbers = [value for value in column if not isinstance(value, str)]
        decimals = max((len(str(n).partition(".")[2]) for n in numbers), default=0)
        if numbers:
            pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
            formats.append({"column": {"columns": [position], "format": {"num_format": pattern}}})
    return formats


def _legend(rows: Sequence[Sequence[Value]]) -> list[str]:
    meanings = dict([*MARKERS.values(), NOT_GIVEN])
    used = {value for row in rows for value in row if value in meanings}
    return [f"{symbol}: {meanings[symbol]}" for symbol in sorted(map(str, used))]


def _value(figure: Figure | None) -> Value:
    """A figure as a number of the workbook, or the symbol of its marker."""
    if figure is None:
        return NOT_APPLICABLE[0]
    if figure.value is None:
        return figure.text
    if figure.unit in ("count", "rank"):
        return int(figure.value)
    return rounded(figure.value * (100 if figure.unit in ("proportion", "change") else 1))


def rounded(value: float, decimals: int = 1) -> float:
    """`value` with so many decimals, halves away from zero, as the report rounds."""
    return float(Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def _latest(estimates: Estimates) -> Sheet:
    year = estimates.latest
    rows = []
    for place in _places(estimates):
        change = place.change(year)
        rows.append(
            [
                place.area.area_code,
                place.name + prose.excluding(place.excluded(year)),
                place.kind,
                _value(place.count(year)),
                _value(place.total(year)),
                _value(place.share(year)),
                _value(place.rank_among_forces(year)),
                _value(place.rate(year)),
                _value(change.percent) if change else NOT_GIVEN[0],
                _yes(change.comparable) if change else NOT_GIVEN[0],
            ]
        )
    words = WORDS.points("latest", offence=estimates.offence.name, year=year)
    return Sheet.worded("Latest", words, rows)


def _over_time(estimates: Estimates) -> Sheet:
    rows = [
        [
            place.area.area_code,
            place.name + prose.excluding(place.excluded(year)),
            year.month,
            place.release(year),
            _value(place.count(year)),
            _value(place.total(year)),
            _value(place.share(year)),
            _value(place.rank_among_forces(year)),
        ]
        for place in _places(estimates)
        for year in estimates.years
        if place.count(year).cells
    ]
    return Sheet.worded("Over_time", WORDS.points("over_time", **_all_years(estimates)), rows)


def _all_years(estimates: Estimates) -> dict[str, Any]:
    """What the words of a table over the years say: of what, from when to when."""
    years = estimates.years
    return {"offence": estimates.offence.name, "first": years[0], "last": years[-1]}


def _changes(estimates: Estimates) -> Sheet:
    rows = [
        [
            place.area.area_code,
            place.name + prose.excluding(place.excluded(year)),
            year.month,
            place.release(year),
            _value(change.previous),
            _value(change.current),
            _value(change.difference),
            _value(change.percent),
            _yes(change.comparable),
            "; ".join(change.recording_changes) or "none known",
        ]
        for place in _places(estimates)
        for year, change in _changes_of(place, estimates.years)
    ]
    return Sheet.worded("Changes", WORDS.points("changes", **_all_years(estimates)), rows)


def _changes_of(place: Place, years: Sequence[Year]) -> list[tuple[Year, Any]]:
    changes = ((year, place.change(year)) for year in years)
    return [(year, change) for year, change in changes if change]


def _subgroups(estimates: Estimates) -> Sheet:
    nation, year = estimates.nation, estimates.latest
    groups = sorted(
        estimates.classified("subgroups"),
        key=lambda group: -(nation.count(offence_id=group.offence_id).value or 0),
    )
    rows = []
    for group in groups:
        change = nation.change(offence_id=group.offence_id)
        rows.append(
            [
                group.name,
                _value(nation.count(offence_id=group.offence_id)),
                _value(nation.share(offence_id=group.offence_id)),
                _value(change.percent) if change else NOT_GIVEN[0],
            ]
        )
    return Sheet.worded("Sub_groups", WORDS.points("subgroups", nation=nation, year=year), rows)


def _survey(prevalence: Sequence[Mapping[str, Any]]) -> Sheet:
    """The newest estimate of every measure and group of people."""
    newest: dict[tuple[str, ...], Mapping[str, Any]] = {}
    for row in prevalence:
        who = (row["measure_id"], row["sex"], row["age"], row["characteristic"])
        kept = newest.get(who)
        order = (row["period_end"], row["release_id"])
        if kept is None or order > (kept["period_end"], kept["release_id"]):
            newest[who] = row
    rows = [
        [
            row["measure_id"].replace("_", " "),
            row["unit_base"].replace("_", " ").replace("16 plus", "aged 16 and over"),
            row["sex"],
            row["age"],
            prose.month(row["period_end"]),
            *(rounded(100 * row[name], 2) for name in ("estimate", "lower", "upper")),
            round(100 * row["level"]),
            row["method"],
            WORDS.passage("basis", basis=row["basis"]),
            row["release_id"],
        ]
        for _, row in sorted(newest.items())
    ]
    return Sheet.worded("Survey", WORDS.points("survey"), rows)


def _claims(claims: Sequence[Mapping[str, Any]]) -> Sheet:
    return Sheet.worded(
        "Statements",
        WORDS.points("statements"),
        [
            [row[name] for name in ("statement", "source", "asserted", "verdict", "reason")]
            for row in claims
        ],
    )


def _places(estimates: Estimates) -> list[Place]:
    """The areas of the latest year, also the forces that made no return: they are marked so."""
    absent = estimates.without_return(estimates.latest)
    return [place for place in estimates.places if place.total().cells or place in absent]


def _yes(yes: bool | None) -> str:
    return {True: "yes", False: "no", None: "not gathered"}[yes]
