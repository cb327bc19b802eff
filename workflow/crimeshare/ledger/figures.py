"""The ledger itself, ``results/published/figures.csv``: written, read, compared."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path

import pyarrow.parquet as pq

from crimeshare.ledger.printed import Printed, printed_figures
from crimeshare.problems import Problem, Problems
from crimeshare.publish.site.pages import Page
from crimeshare.running import replacing

LEDGER = Path("results/published/figures.csv")

# What the last digits of a logarithm or a quantile may differ by between machines.
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Entry:
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


COLUMNS = tuple(field.name for field in fields(Entry))


@dataclass(frozen=True)
class Collected:
    """An entry, and where on its page it stands."""

    entry: Entry
    printed: Printed


def collect(pages: Iterable[Page], hashes: Mapping[str, str]) -> list[Collected]:
    """Every figure that the built pages print, each once a page, in the order of the pages.

    Args:
        pages: the pages of the report, all of them built.
        hashes: the hash of the workbook of each release.

    Raises:
        Problems: the report prints two values, or one from two places, under one name.
    """
    found: dict[tuple[str, str], Collected] = {}
    first: dict[str, Entry] = {}
    problems = []
    for page in pages:
        for printed in printed_figures(page.path.read_text(encoding="utf-8")):
            entry = _entry(printed, page, hashes)
            known = first.setdefault(entry.figure_id, entry)
            if replace(entry, page=known.page) != known:
                problems.append(
                    f"{page.source}: {page.address} prints {entry.value} as the figure "
                    f"{entry.figure_id}, and {known.page}.html prints {known.value} from "
                    f"{known.cell or 'no cell'}; give one of them another name."
                )
            found.setdefault(entry.key, Collected(entry, printed))
    if problems:
        raise Problems(problems)
    return list(found.values())


def _entry(printed: Printed, page: Page, hashes: Mapping[str, str]) -> Entry:
    source = printed.source
    return Entry(
        printed.figure_id,
        _digits(source["value"]),
        _digits(source["lower"]),
        _digits(source["upper"]),
        source["unit"],
        source["release_id"],
        hashes.get(source["release_id"], ""),
        source["sheet"],
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
        columns = names.to_pydict()
        for release_id, sha256 in zip(*columns.values(), strict=True):
            if sha256:
                hashes[release_id] = sha256
    return hashes


def write_ledger(entries: Iterable[Entry], path: Path) -> None:
    """Write the ledger, in the order given."""
    with (
        replacing(path) as target,
        target.open("w", encoding="utf-8", newline="") as file,
    ):
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(astuple(entry) for entry in entries)


def read_ledger(path: Path) -> list[Entry]:
    """The entries of a ledger, in the order of its lines.

    Raises:
        Problem: there is none, or it has other columns.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file)
            header = tuple(next(reader, ()))
            rows = list(reader)
    except FileNotFoundError:
        raise Problem(
            f"{path} is missing; restore it from the repository, or build it with make."
        ) from None
    if header != COLUMNS or any(len(row) != len(COLUMNS) for row in rows):
        raise Problem(
            f"{path} is no ledger: expected the columns {', '.join(COLUMNS)} in every line; "
            "restore it from the repository, or build it with make."
        )
    return [Entry(*row) for row in rows]


def compare(
    published: Sequence[Entry], rebuilt: Sequence[Collected], pages: Mapping[str, Page]
) -> list[str]:
    """One sentence for each published figure that is not reproduced, and each one not published.

    Args:
        published: the ledger, in the order of its lines.
        rebuilt: what the pages print now.
        pages: every page by its name.
    """
    now = {collected.entry.key: collected for collected in rebuilt}
    sentences = []
    for line, entry in enumerate(published, start=2):
        collected = now.pop(entry.key, None)
        where = f"{LEDGER} line {line}: {entry.figure_id}"
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
        f"made by {pages[collected.entry.page].source}, is not in {LEDGER}."
        for collected in now.values()
    ]
    return sentences


def reproduced(published: Sequence[Entry], rebuilt: Sequence[Collected]) -> int:
    """How many published figures the rebuilt pages print with the same value and source."""
    now = {collected.entry.key: collected.entry for collected in rebuilt}
    return sum(entry.key in now and not _differing(entry, now[entry.key]) for entry in published)


def _differing(published: Entry, rebuilt: Entry) -> list[str]:
    """The columns in which two entries differ, numbers to within `TOLERANCE`."""
    return [
        name
        for name in COLUMNS
        if not _same(getattr(published, name), getattr(rebuilt, name), name)
    ]


def _same(published: str, rebuilt: str, column: str) -> bool:
    if published == rebuilt:
        return True
    if column not in ("value", "lower", "upper"):
        return False
    try:
        return math.isclose(float(published), float(rebuilt), rel_tol=TOLERANCE)
    except ValueError:
        return False
