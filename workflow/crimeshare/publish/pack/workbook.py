"""The accessible workbook: the main tables for people, one a sheet.

A cover, contents and notes go before the tables; no cells are merged and none is left blank; a
marker stands where there is no number and is explained above its table.  Guidance: "Releasing
statistics in spreadsheets", Government Analysis Function.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Self

import gptables
import pandas as pd

from crimeshare.digits import rounded
from crimeshare.measures.prevalence import WHO, latest_vintages
from crimeshare.publish.elements import prose
from crimeshare.publish.elements.figures import MARKERS, NOT_GIVEN, Figure
from crimeshare.publish.elements.licence import ATTRIBUTION, OGL
from crimeshare.publish.elements.prose import plain
from crimeshare.publish.elements.reading import in_order
from crimeshare.publish.elements.rows import Row, month_of, rows
from crimeshare.publish.elements.words import Words
from crimeshare.publish.subjects.estimates import at, forces_left_out, year_of, years_of
from crimeshare.publish.subjects.factsheet import groups_ranked
from crimeshare.reference import NATION, areas, offences
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
        columns: headings, each with its unit and references to notes; the first labels its row.
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
            words: title, scope, source, and the headings parted by ``|``.
        """
        title, scope, source, columns = words
        return cls(label, title, scope, source, columns.split(" | "), rows)


def workbook_sheets(
    offence_id: str,
    prevalence: pd.DataFrame,
    claims: Sequence[Mapping[str, Any]],
) -> list[Sheet]:
    """The tables of the workbook, those without a row left out."""
    sheets = [
        _latest(offence_id),
        _over_time(offence_id),
        _changes(offence_id),
        _subgroups(offence_id),
        _survey(prevalence),
        _claims(claims),
    ]
    return [sheet for sheet in sheets if sheet.rows]


def write_workbook(path: Path, title: str, sheets: Sequence[Sheet], dated: date) -> None:
    """Write the workbook, whose bytes depend on its tables and `dated` alone.

    Args:
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


def _rows(frame: pd.DataFrame, *columns: str | Callable[[Row], Value]) -> list[list[Value]]:
    """The values of columns of a frame, or what gives them of a row, row by row."""
    return [
        [_value(getattr(row, name)) if isinstance(name, str) else name(row) for name in columns]
        for row in rows(frame)
    ]


def _value(found: Any) -> Value:
    """A number as one of the workbook, or the symbol of its marker; a text as it is."""
    if not isinstance(found, Figure):
        return str(found)
    if found.value is None:
        return found.text
    if found.unit == "count":
        return int(found.value)
    return float(rounded(found.value * (100 if found.unit in ("proportion", "change") else 1)))


def _latest(offence_id: str) -> Sheet:
    nation = year_of(offence_id, NATION)
    every = at(offence_id, list(areas()))
    # Also the forces that made no return: they are marked so.
    every = every[every["total"].notna() | every["area_name"].isin(forces_left_out(nation))]
    numbers = ("count", "total", "share", _rank, "rate_per_1000", "change_pct")
    shown = _rows(every, "area_code", _area, _area_type, *numbers, _comparable)
    return Sheet.worded("Latest", WORDS.points("latest", nation=nation), shown)


def _years(offence_id: str) -> pd.DataFrame:
    years = years_of(offence_id)
    years = years[years["area_code"].isin(areas())].sort_values("period_end", kind="stable")
    return in_order(years, "area_code", areas())


def _over_time(offence_id: str) -> Sheet:
    numbers = ("count", "total", "share", _rank)
    shown = _rows(_years(offence_id), "area_code", _area, month_of, "release_id", *numbers)
    return Sheet.worded("Over_time", WORDS.points("over_time", **_ends(offence_id)), shown)


def _ends(offence_id: str) -> dict[str, Any]:
    years = rows(years_of(offence_id, NATION))
    return {"offence_id": offence_id, "first": years[0], "last": years[-1]}


def _changes(offence_id: str) -> Sheet:
    years = _years(offence_id)
    years = years[years["previous"].notna()]
    numbers = ("previous", "count", "change", "change_pct", _comparable, _recording_changes)
    shown = _rows(years, "area_code", _area, month_of, "release_id", *numbers)
    return Sheet.worded("Changes", WORDS.points("changes", **_ends(offence_id)), shown)


def _subgroups(offence_id: str) -> Sheet:
    nation = year_of(offence_id, NATION)
    groups = groups_ranked("subgroups", nation["period_end"])
    groups = groups.sort_values("count", ascending=False, kind="stable")
    shown = _rows(groups, _group, "count", "share", "change_pct")
    return Sheet.worded("Sub_groups", WORDS.points("subgroups", nation=nation), shown)


def _group(row: Row) -> str:
    return offences()[row["offence_id"]].name


def _recording_changes(row: Row) -> str:
    return row["recording_changes"] or "none known"


def _area_type(row: Row) -> str:
    return areas()[row["area_code"]].area_type


def _area(row: Row) -> str:
    return f"{row['area_name']}{prose.excluding(forces_left_out(row))}"


def _rank(row: Row) -> Value:
    return NOT_APPLICABLE[0] if row["rank_forces"] is None else int(row["rank_forces"])


def _comparable(row: Row) -> str:
    if row["previous"] is None:
        return NOT_GIVEN[0]
    return {True: "yes", False: "no", None: "not gathered"}[row["comparable"]]


def _survey(prevalence: pd.DataFrame) -> Sheet:
    newest = latest_vintages(prevalence).drop_duplicates(WHO, keep="last")
    shown = [
        [
            row["measure_id"].replace("_", " "),
            row["unit_base"].replace("_", " ").replace("16 plus", "aged 16 and over"),
            row["sex"],
            row["age"],
            month_of(row),
            *(float(rounded(100 * row[name], 2)) for name in ("estimate", "lower", "upper")),
            round(100 * row["level"]),
            row["method"],
            WORDS.passage("basis", basis=row["basis"]),
            row["release_id"],
        ]
        for row in rows(newest)
    ]
    return Sheet.worded("Survey", WORDS.points("survey"), shown)


def _claims(claims: Sequence[Mapping[str, Any]]) -> Sheet:
    return Sheet.worded(
        "Statements",
        WORDS.points("statements"),
        [
            [row[name] for name in ("statement", "source", "asserted", "verdict", "reason")]
            for row in claims
        ],
    )
