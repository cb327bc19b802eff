"""The data pack: every clean table and estimate as Parquet and CSV, each column described.

A Frictionless Data Package (https://datapackage.org), so that software can read what the columns
mean.  What they mean is written once, in ``columns.yaml``.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from crimeshare.columns import Column, described
from crimeshare.parquet import release
from crimeshare.problems import Problems
from crimeshare.publish.elements.downloads import ESCAPE, FORMULA
from crimeshare.publish.elements.licence import ATTRIBUTION, OGL
from crimeshare.publish.elements.prose import plain
from crimeshare.publish.elements.words import Words
from crimeshare.publish.pack.dictionary import PACKED, DataTable
from crimeshare.running import replacing, write_file
from crimeshare.sources.datasets import HOME_OFFICE

WORDS = Words(Path(__file__).with_name("package.md.j2"))
README = Words(Path(__file__).with_name("README.md.j2"))

PACKAGE = "datapackage.json"
WORKBOOK = "crimeshare.xlsx"

DIGITS = 6
"""Significant digits of a number in a CSV that is not whole; the Parquet has all of them."""


def without_formulas(table: pa.Table) -> pa.Table:
    """The table with an apostrophe before every text that a spreadsheet would calculate."""
    columns = [
        pa.chunked_array([_escaped(chunk) for chunk in column.chunks], column.type)
        for column in table.columns
    ]
    return pa.table(columns, names=table.column_names)


def _escaped(texts: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(texts.type):
        return pa.DictionaryArray.from_arrays(texts.indices, _escaped(texts.dictionary))
    if not pa.types.is_string(texts.type) and not pa.types.is_large_string(texts.type):
        return texts
    taken = pc.match_substring_regex(texts, FORMULA)
    if not pc.any(taken).as_py():
        return texts
    kind = texts.type
    escaped = pc.binary_join_element_wise(pa.scalar(ESCAPE, kind), texts, pa.scalar("", kind))
    return pc.if_else(taken, escaped, texts)


_FOR_PROGRAMS = ("formula", "cells", "sha256")


def in_text(names: Sequence[str]) -> list[str]:
    """Of the columns of a table those that the CSV has: all but formulas, cells and hashes.

    Those weigh more than all the others together, and the Parquet has them.
    """
    return [name for name in names if name.rpartition("_")[2] not in _FOR_PROGRAMS]


def write_data_pack(folder: Path, tables: Sequence[DataTable], workbook: Path, dated: date) -> None:
    """Write the data pack but its workbook.

    Args:
        workbook: the accessible workbook, which the package lists.
        dated: day that the package bears.

    Raises:
        Problems: if columns are described nowhere.
    """
    resources: list[dict[str, Any]] = []
    problems: list[str] = []
    for table in tables:
        schema = pq.read_schema(table.built)
        try:
            columns = described(table.table, schema.names)
        except Problems as undescribed:
            problems += undescribed.problems
            continue
        kept = pa.schema([])
        said = {"title": table.title, "description": table.description}
        if table.text:
            kept = pa.schema([schema.field(name) for name in in_text(schema.names)])
            text = folder / table.text
            with replacing(text) as target:
                _write_csv(table.built, kept.names, target, packed=text.suffix == PACKED)
            resources.append(
                {
                    "name": table.table,
                    **_file(text, folder, "text/csv"),
                    **({"format": "csv", "compression": "gz"} if text.suffix == PACKED else {}),
                    "encoding": "utf-8",
                    **said,
                    "schema": table_schema(kept, [c for c in columns if c.name in kept.names]),
                }
            )
        left = [column for column in columns if column.name not in kept.names]
        binary = folder / "parquet" / f"{table.table}.parquet"
        write_file(binary, table.built.read_bytes())
        resources.append(
            {
                "name": f"{table.table}.parquet",
                # Its columns are those above, and those that it says; their types are in the file.
                "type": "file",
                **_file(binary, folder, "application/vnd.apache.parquet"),
                **said,
                "description": WORDS.passage(
                    "parquet", description=table.description, text=table.text, left=left
                ),
            }
        )
    if problems:
        raise Problems(problems)
    title, description = WORDS.points("workbook")
    resources.append(
        {
            "name": "workbook",
            "type": "file",
            **_file(
                workbook,
                folder,
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            ),
            "title": title,
            "description": description,
        }
    )
    package = json.dumps(_package(resources, dated), indent=2, ensure_ascii=False)
    for name, words in {
        PACKAGE: package,
        "README.md": README.text(
            attribution=plain(ATTRIBUTION),
            notes=WORDS.passage("notes"),
            digits=DIGITS,
            workbook=WORKBOOK,
            licence=OGL,
            tables=tables,
        ),
    }.items():
        write_file(folder / name, words + "\n")


def _write_csv(built: Path, columns: Sequence[str], path: Path, packed: bool) -> None:
    """Write columns of a table as text, a group of its rows after the other."""
    options = pyarrow.csv.WriteOptions(quoting_style="needed", eol="\n", batch_size=8192)
    with ExitStack() as stack:
        # A text that stands in many rows is read and looked at once.
        file = stack.enter_context(pq.ParquetFile(built, read_dictionary=columns))
        target: Any = stack.enter_context(path.open("wb"))
        if packed:
            # Neither the name of the file nor the time.
            target = stack.enter_context(gzip.GzipFile("", "wb", LEVEL, target, mtime=0))
        form = pa.schema([file.schema_arrow.field(name) for name in columns])
        writer = stack.enter_context(pyarrow.csv.CSVWriter(target, form, write_options=options))
        for group in range(file.num_row_groups):
            rows = file.read_row_group(group, columns)
            writer.write(without_formulas(_rounded(rows)))
            release()


def _rounded(table: pa.Table) -> pa.Table:
    """The table with `DIGITS` of each number that is not whole."""
    for at, column in enumerate(table.columns):
        if not pa.types.is_floating(column.type):
            continue
        size = pc.abs(column)
        scale = pc.power(10.0, pc.subtract(DIGITS - 1.0, pc.floor(pc.log10(size))))
        rounded = pc.divide(pc.round(pc.multiply(column, scale)), scale)
        # Below that a power of ten is no exact number; a count is told to the last one.
        taken = pc.and_(pc.greater_equal(size, 1e-12), pc.not_equal(size, pc.floor(size)))
        column = pc.if_else(taken, rounded, column)
        table = table.set_column(at, table.field(at), column)
    return table


def table_schema(schema: pa.Schema, columns: Sequence[Column]) -> dict[str, Any]:
    """The Table Schema of a table, whose CSV leaves an empty cell empty."""
    fields: list[dict[str, Any]] = []
    for field, column in zip(schema, columns, strict=True):
        description = column.description
        if column.empty:
            description += f" Empty: {column.empty}"
        words: dict[str, Any] = {
            "name": column.name,
            "type": _field_type(field.type),
            "description": description,
        }
        if column.in_table:
            words["unit"] = column.in_table
        if not column.empty:
            words["constraints"] = {"required": True}
        fields.append(words)
    return {"fields": fields, "missingValues": [""]}


LEVEL = 6
"""Compression level: 5 takes two thirds of its time, and packs the longest a third worse."""


def write_zip(folder: Path, path: Path) -> None:
    """Pack the data pack in a folder into one file, whose bytes depend on its files alone.

    What lies beside them, such as a table of an earlier version, is left out.
    """
    package = json.loads((folder / PACKAGE).read_text(encoding="utf-8"))
    names = [PACKAGE, "README.md", *(resource["path"] for resource in package["resources"])]
    with (
        replacing(path) as target,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in sorted(names):
            # Neither the time nor the rights that the file has on this machine.
            entry = _entry(f"crimeshare/{name}")
            archive.writestr(entry, (folder / name).read_bytes(), compresslevel=LEVEL)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    # Those are compressed themselves.
    packed = name.endswith((".parquet", ".xlsx", PACKED))
    entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
    entry.create_system = 3
    entry.external_attr = 0o644 << 16
    return entry


def _field_type(kind: pa.DataType) -> str:
    for found, name in (
        (pa.types.is_boolean, "boolean"),
        (pa.types.is_integer, "integer"),
        (pa.types.is_floating, "number"),
        (pa.types.is_date, "date"),
    ):
        if found(kind):
            return name
    return "string"


def _file(path: Path, folder: Path, mediatype: str) -> dict[str, Any]:
    with path.open("rb") as content:
        sha256 = hashlib.file_digest(content, "sha256").hexdigest()
    return {
        "path": path.relative_to(folder).as_posix(),
        "format": path.suffix.removeprefix("."),
        "mediatype": mediatype,
        "bytes": path.stat().st_size,
        "hash": f"sha256:{sha256}",
    }


def _package(resources: Sequence[Mapping[str, Any]], dated: date) -> dict[str, Any]:
    return {
        "name": "crimeshare",
        "title": WORDS.passage("title"),
        "description": f"{plain(ATTRIBUTION)} {WORDS.passage('notes')}",
        "created": f"{dated.isoformat()}T00:00:00Z",
        "licenses": [{"name": "OGL-UK-3.0", "title": "Open Government Licence v3.0", "path": OGL}],
        "sources": [
            dict(zip(("title", "path"), source.split(" | "), strict=True))
            for source in WORDS.points("sources", home_office=HOME_OFFICE.landing)
        ],
        "resources": resources,
    }
