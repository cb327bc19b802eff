"""Files with addresses that stay, for programs: the newest figures, the series, one area each.

They lie below the report, ``data/latest.csv`` and so on, whatever its newest edition is.  A `table`
is ``series.parquet`` where a function says no more of it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any

import pandas as pd
import pyarrow as pa

from crimeshare.measures.composition import ranks_beside, set_apart
from crimeshare.publish.elements.licence import ATTRIBUTION
from crimeshare.publish.elements.prose import plain
from crimeshare.publish.pack.data_pack import in_text
from crimeshare.reference import areas

_YEAR = ["area_code", "period_end"]

COUNTED = [*_YEAR, "offence_id", "component", "count"]
"""Columns of the composition that a share without a code is computed from."""


def series(table: pd.DataFrame) -> pd.DataFrame:
    """The series of every area, offence group and quarter-end."""
    order = ["area_code", "offence_id", "period_end"]
    kept = table[in_text(list(table.columns))]
    return kept.sort_values(order, kind="stable").reset_index(drop=True)


def latest(
    table: pd.DataFrame, composition: pd.DataFrame, offence_ids: Sequence[str]
) -> pd.DataFrame:
    """The last year of every offence group that is still recorded, one row an area and group.

    Args:
        composition: the columns `COUNTED` of ``composition.parquet``.
        offence_ids: the groups that it is about.

    Returns:
        The columns of the series; ``police_uk``, what data.police.uk calls a force;
        ``code_left_out``, the offence code whose recording changed, and,
        where it is a part of the group, for each force ``share_without_code`` and
        ``rank_forces_without_code``.
    """
    ends = table.groupby("offence_id")["period_end"].transform("max")
    there = series(table[ends == table["period_end"].max()])
    rows = there.groupby(["area_code", "offence_id"], sort=True).tail(1)
    left_out, found = {}, []
    for offence_id in offence_ids:
        code = set_apart(offence_id)
        own = composition[composition["offence_id"] == offence_id]
        apart = ranks_beside(rows[rows["offence_id"] == offence_id], own, code)
        left_out[offence_id] = code if len(apart) else None
        found.append(apart.assign(offence_id=offence_id))
    beside = pd.concat(found).rename(
        columns={"share": "share_without_code", "rank": "rank_forces_without_code"}
    )
    key = [*_YEAR, "offence_id"]
    columns = [*key, "share_without_code", "rank_forces_without_code"]
    forces = {
        code: area.file_name.removesuffix("-police")
        for code, area in areas().items()
        if area.area_type == "force"
    }
    rows = rows.assign(
        police_uk=rows["area_code"].map(forces), code_left_out=rows["offence_id"].map(left_out)
    )
    return rows.merge(beside[columns], how="left", on=key)


def wide(table: pd.DataFrame) -> pd.DataFrame:
    """One row an area and year, a column of counts for each offence group."""
    counts = table.pivot(index=_YEAR, columns="offence_id", values="count")
    about = table.drop_duplicates(_YEAR).set_index(_YEAR)[["area_name", "area_type", "population"]]
    return about.join(counts).sort_index().reset_index()


def database(tables: Mapping[str, pd.DataFrame]) -> bytes:
    """The tables as a SQLite file, whose bytes depend on them alone.

    Args:
        tables: by their names; days are kept as text, yes and no as 1 and 0.
    """
    with closing(sqlite3.connect(":memory:")) as connection:
        for name, table in tables.items():
            texts = {each: str for each in table.columns if each.endswith("period_end")}
            table.astype(texts).to_sql(name, connection, index=False, chunksize=10_000)
        content = bytearray(connection.serialize())
    # How often it was written, and by which version of the library.
    for place in (24, 92, 96):
        content[place : place + 4] = (1).to_bytes(4, "big")
    return bytes(content)


def edition(table: pd.DataFrame, version: str) -> str:
    """Which report this is, as JSON: its newest year, the version of the code, its own name.

    The report is kept under that name whatever comes after it: see ``publish.yml``.
    """
    newest = str(table["period_end"].max())[:10]
    told = {"period_end": newest, "version": version, "name": f"{newest[:7]}-{version}"}
    return json.dumps(told, indent=1) + "\n"


def with_names(table: pd.DataFrame) -> pd.DataFrame:
    """A table with the name of each area beside its code; the areas that have pages.

    Args:
        table: with a column ``area_code``.
    """
    names = {code: area.area_name for code, area in areas().items()}
    kept = table[table["area_code"].isin(list(names))].reset_index(drop=True)
    position = kept.columns.get_loc("area_code")
    assert isinstance(position, int)
    kept.insert(position + 1, "area_name", kept["area_code"].map(names))
    return kept


def area_documents(table: pd.DataFrame, offence_id: str) -> Iterator[tuple[str, str]]:
    """For each area the name of its file, and its series of an offence group as JSON."""
    own = series(table[table["offence_id"] == offence_id])
    for code, rows in own.groupby("area_code", sort=True):
        area = areas().get(str(code))
        if area is None:
            continue
        document = {
            "area_code": area.area_code,
            "area_name": area.area_name,
            "area_type": area.area_type,
            "offence_id": offence_id,
            "licence": plain(ATTRIBUTION),
            "series": _records(rows.drop(columns=["area_code", "area_name", "area_type"])),
        }
        yield area.file_name, json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pa.Table.from_pandas(rows, preserve_index=False).to_pylist()
    return [
        {name: value if _plain(value) else str(value)[:10] for name, value in row.items()}
        for row in found
    ]


def _plain(value: object) -> bool:
    return value is None or isinstance(value, str | int | float | bool)
