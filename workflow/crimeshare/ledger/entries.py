"""The ledger itself: written, read, compared.

A build writes it as text, ``results/published/figures.csv``.  The repository keeps the same rows in
a Parquet file of a twenty-fifth of the size, and beside it a summary of a line a page, whose
difference between two commits says to a reader which pages changed.  An executed notebook has the
figures as data beside what it shows (:mod:`crimeshare.publish.elements.output`); nothing else on a
page may print a number (:func:`crimeshare.publish.elements.figures.stray_numbers`).
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from sys import intern
from typing import Any, NamedTuple, TextIO

import pyarrow as pa
import pyarrow.parquet as pq

from crimeshare.problems import Problem, Problems
from crimeshare.publish.elements.figures import shown
from crimeshare.publish.elements.output import FIGURES
from crimeshare.publish.site.pages import Page
from crimeshare.running import replacing, write_file

LEDGER = Path("results/published/figures.csv")
KEPT = LEDGER.with_suffix(".parquet")

ROWS = 1 << 17
"""Entries that are put together for the Parquet file at a time."""

# What the last digits of a logarithm or a quantile may differ by between machines.
TOLERANCE = 1e-9


class Entry(NamedTuple):
    """One figure on one page; the fields are the ledger's columns, all of them text."""

    figure_id: str
    value: str
    lower: str
    upper: str
    unit: str
    release_id: str
    workbook_sha256: str
    sheet: str
    cell: str
    page: str

    @property
    def key(self) -> tuple[str, str]:
        """What makes it one entry: the page and the figure."""
        return self.page, self.figure_id


COLUMNS = Entry._fields


@dataclass(frozen=True)
class Collected:
    """An entry, and where on its page it stands."""

    entry: Entry
    printed: Printed


def collect(pages: Iterable[Page], hashes: Mapping[str, str]) -> list[Collected]:
    """Every figure that the built pages print, each once a page, in the order of the pages.

    Raises:
        Problems: the report prints two values, or one from two places, under one name.
    """
    return list(each_figure(pages, hashes))


def each_figure(pages: Iterable[Page], hashes: Mapping[str, str]) -> Iterator[Collected]:
    """The figures of :func:`collect` one after another; whatever is wrong is raised at the end."""
    first: dict[str, Entry] = {}
    problems = []
    for page in pages:
        seen: set[str] = set()
        for printed in printed_figures(page.executed):
            entry = _entry(printed, page, hashes)
            known = first.setdefault(entry.figure_id, entry)
            # Most figures stand on several pages: the texts of the first serve all of them.
            same = known._replace(page=page.name)
            if entry != same:
                problems.append(
                    f"{page.source}: {page.address} prints {entry.value} as the figure "
                    f"{entry.figure_id}, and {known.page}.html prints {known.value} from "
                    f"{known.cell or 'no cell'}; give one of them another name."
                )
            if same.figure_id not in seen:
                seen.add(same.figure_id)
                yield Collected(same, printed)
        html = page.path.read_text(encoding="utf-8")
        for figure_id in {figure["data-id"] for figure in shown(html)} - seen:
            problems.append(
                f"{page.source}: {page.address} prints {figure_id}, which its notebook does not "
                "hand over as data; show it in an Output of crimeshare.publish.elements.output."
            )
    if problems:
        raise Problems(problems)


def _entry(printed: Printed, page: Page, hashes: Mapping[str, str]) -> Entry:
    source = printed.source
    return Entry(
        printed.figure_id,
        _digits(source["value"]),
        _digits(source["lower"]),
        _digits(source["upper"]),
        intern(source["unit"]),
        intern(source["release_id"]),
        hashes.get(source["release_id"], ""),
        intern(source["sheet"]),
        source["cell"],
        page.name,
    )


def _digits(number: str) -> str:
    """A number as far as machines agree on it, so that the same build is the same ledger."""
    return f"{float(number):.10g}" if number else ""


def workbook_hashes(*tables: Path) -> dict[str, str]:
    """The hash of each release's workbook, from clean tables that name them."""
    hashes: dict[str, str] = {}
    for table in tables:
        names = pq.read_table(table, columns=["release_id", "workbook_sha256"])
        pairs = names.group_by(names.column_names, use_threads=False).aggregate([]).to_pydict()
        for release_id, sha256 in zip(*pairs.values(), strict=True):
            if sha256:
                hashes[release_id] = sha256
    return hashes


def write_ledger(entries: Sequence[Entry], path: Path) -> None:
    """Write the ledger as text, in the order given."""
    with replacing(path) as target, target.open("w", encoding="utf-8", newline="") as file:
        _write_csv(file, COLUMNS, entries)


def keep_ledger(entries: Sequence[Entry], ledger: Path, summary: Path) -> None:
    """Write the two files that the repository keeps.

    Args:
        entries: the ledger, the entries of a page next to each other.
        ledger: the rows, as Parquet: each text as what it adds to the one before it, which a
            compressor makes the least of.
        summary: a line a page, with the number of its figures and a digest of their rows.
    """
    schema = pa.schema([(column, pa.string()) for column in COLUMNS])
    with (
        replacing(ledger) as target,
        pq.ParquetWriter(
            target,
            schema,
            compression="zstd",
            compression_level=15,
            use_dictionary=False,
            column_encoding=dict.fromkeys(COLUMNS, "DELTA_BYTE_ARRAY"),
        ) as writer,
    ):
        for start in range(0, max(len(entries), 1), ROWS):
            columns = zip(*entries[start : start + ROWS], strict=True)
            arrays = [pa.array(column, pa.string()) for column in columns]
            writer.write_table(pa.table(arrays, schema=schema) if arrays else schema.empty_table())
    lines = []
    for page, group in groupby(entries, key=lambda entry: entry.page):
        rows = list(group)
        digest = hashlib.sha256(_as_csv(COLUMNS, rows).encode()).hexdigest()
        lines.append((page, str(len(rows)), digest))
    write_file(summary, _as_csv(("page", "figures", "sha256"), lines))


def _as_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    _write_csv(text, header, rows)
    return text.getvalue()


def _write_csv(file: TextIO, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)


def published(root: Path = Path()) -> tuple[Path, list[Entry]]:
    """The ledger of a project, from whichever of its two files was written last, and that file.

    A fresh clone has the Parquet file alone; after a build the text is as new, and what somebody
    does to either is seen.

    Raises:
        Problem: there is neither, or one of other columns.
    """
    there = [path for path in (LEDGER, KEPT) if (root / path).exists()]
    if not there:
        raise Problem(f"{KEPT} is missing; restore it from the repository, or build it with make.")
    newest = max(there, key=lambda path: (root / path).stat().st_mtime_ns)
    return newest, read_ledger(root / newest)


def read_ledger(path: Path) -> list[Entry]:
    """The entries of a ledger, in the order of its rows.

    Raises:
        Problem: it has other columns.
    """
    try:
        if path.suffix == ".parquet":
            table = pq.read_table(path)
            header = tuple(table.column_names)
            rows = list(zip(*table.to_pydict().values(), strict=True))
        else:
            with path.open(encoding="utf-8", newline="") as file:
                header, *rows = map(tuple, csv.reader(file))
        if header == COLUMNS:
            return [Entry(*row) for row in rows]
    except (TypeError, ValueError, pa.ArrowException):
        pass
    raise Problem(
        f"{path} is no ledger: expected the columns {', '.join(COLUMNS)} in every row; "
        "restore it from the repository, or build it with make."
    )


def compare(
    published: Sequence[Entry],
    rebuilt: Sequence[Collected],
    pages: Mapping[str, Page],
    ledger: Path = LEDGER,
) -> list[str]:
    """One sentence for each published figure that is not reproduced, and each one not published."""
    now = {collected.entry.key: collected for collected in rebuilt}
    sentences = []
    for row, entry in enumerate(published, start=1):
        collected = now.pop(entry.key, None)
        where = f"{ledger} row {row}: {entry.figure_id}"
        notebook = pages[entry.page].source if entry.page in pages else None
        if collected is None:
            made = f" of {notebook}" if notebook else ", which the report no longer has"
            sentences.append(f"{where} is not printed on the page {entry.page}{made}.")
        elif differing := _differing(entry, collected.entry):
            told = "; ".join(
                f"{name} is {getattr(collected.entry, name) or 'empty'}, "
                f"published was {getattr(entry, name) or 'empty'}"
                for name in differing
            )
            sentences.append(
                f"{where}, {collected.printed.place} of {entry.page}.html made by {notebook}: "
                f"{told}."
            )
    sentences += [
        f"{collected.entry.figure_id}, {collected.printed.place} of {collected.entry.page}.html "
        f"made by {pages[collected.entry.page].source}, is not in {ledger}."
        for collected in now.values()
    ]
    return sentences


def reproduced(published: Sequence[Entry], rebuilt: Sequence[Collected]) -> int:
    """How many published figures the rebuilt pages print with the same value and source."""
    now = {collected.entry.key: collected.entry for collected in rebuilt}
    return sum(entry.key in now and not _differing(entry, now[entry.key]) for entry in published)


def _differing(published: Entry, rebuilt: Entry) -> list[str]:
    return [
        name for name in COLUMNS if not same(getattr(published, name), getattr(rebuilt, name), name)
    ]


def same(published: Any, rebuilt: Any, column: str) -> bool:
    """Whether two contents of a column say the same, numbers to within `TOLERANCE`."""
    if published == rebuilt:
        return True
    if column not in ("value", "lower", "upper"):
        return False
    try:
        return math.isclose(float(published), float(rebuilt), rel_tol=TOLERANCE)
    except ValueError:
        return False


_SAID = ("figure_id", "stated", "table", "row", "sentence")


@dataclass(frozen=True)
class Printed:
    """One figure on one page.

    Attributes:
        source: value, lower, upper, unit, release_id, sheet, cell, formula and column, as text.
        stated: how its interval was made.
        table: caption of the table it stands in, or whose data it is; empty in prose.
        row: label of its row.
        sentence: the text of the piece of prose or the cell it stands in.
        drawn: stands in a chart, whose data name their cells themselves.
    """

    figure_id: str
    source: Mapping[str, str]
    stated: Mapping[str, Any]
    table: str
    row: str
    sentence: str
    drawn: bool

    @property
    def place(self) -> str:
        """Where on the page, in words."""
        if self.table:
            return f"table {self.table!r}, row {self.row!r}"
        return f"the passage {self.sentence!r}"

    @property
    def interval(self) -> dict[str, Any]:
        """Its limits and how they were made, so that they can be made again by hand."""
        if not self.source["lower"]:
            return {}
        return {name: float(self.source[name]) for name in ("lower", "upper")} | {**self.stated}


def printed_figures(executed: Path) -> Iterator[Printed]:
    """Every figure that a page prints, as a reader meets them, with repetitions."""
    for cell in json.loads(executed.read_text(encoding="utf-8"))["cells"]:
        for output in cell.get("outputs", ()):
            for told in output.get("metadata", {}).get(FIGURES, ()):
                said = {name: told.pop(name) for name in _SAID}
                yield Printed(source=told, drawn=told.pop("drawn", False), **said)
