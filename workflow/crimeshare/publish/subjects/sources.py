"""The page of sources: every release, its hash and what is known to be wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

from crimeshare.cells import Cell, ranges
from crimeshare.parquet import read_table
from crimeshare.publish.elements import prose
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.rows import counted, difference, of_rows
from crimeshare.publish.elements.tables import Content, Table
from crimeshare.publish.elements.words import Words
from crimeshare.publish.subjects import currency, survey_prose
from crimeshare.publish.subjects.estimates import Estimates, built_root, rows_of
from crimeshare.publish.subjects.quarterly import newest_release
from crimeshare.publish.subjects.surveyed import Survey, cells_of_all
from crimeshare.reference import REFERENCE, offences, read_rows
from crimeshare.sources.datasets import FORCE_AREAS
from crimeshare.sources.registry import PIN_BASES, REGISTRY, Release, read_copies, read_registry
from crimeshare.tables.corrections import read_corrections

CONFIG = REFERENCE.parents[1] / "config"

WORDS = Words(Path(__file__).with_name("words") / "sources.md.j2")


def registry() -> dict[str, Release]:
    """Every release the project knows, by id."""
    return read_registry(CONFIG / "releases.csv")


def used(estimates: Estimates) -> Table:
    """The releases behind this report: the hash of the workbook read and what is known of it."""
    known = registry()
    copies = read_copies(CONFIG / "copies.csv", known)
    rows: list[list[Content]] = []
    for year in estimates.editions:
        release = known[year.release_id]
        sha256 = estimates.nation.total(year).cells[0].workbook_sha256
        copied = [copy for copy in copies.get(release.release_id, []) if copy.sha256 == sha256]
        notes = " ".join([release.note, *(copy.note for copy in copied)])
        rows.append(
            [
                f"{escape(release.edition)}<br><code>{release.release_id}</code>",
                _link(release),
                f'<code class="hash">{sha256}</code>',
                WORDS.passage(
                    "hash_known", copied=copied, basis=escape(PIN_BASES[release.pin_basis])
                ),
                f"<samp>{escape(notes)}</samp>",
            ]
        )
    return Table.worded(WORDS.points("used_table"), rows, wide=True)


CHECKS = Path("results/clean/checks.parquet")
KINDS = Path("results/clean/check_kinds.parquet")


@dataclass(frozen=True)
class Checks:
    """What ties the figures of each edition, and how many identities of each kind there are."""

    editions: list[dict[str, Any]]
    kinds: list[dict[str, Any]]

    def total(self, column: str) -> Figure:
        """A column over all editions."""
        number = sum(row[column] for row in self.editions)
        return of_rows(f"checks.{column}", number, "count", "sum", (CHECKS.stem, column))


def open_checks(root: Path | None = None) -> Checks:
    """The report of the check of the build that the working directory is in.

    Raises:
        Problem: if nothing has been built there.
    """
    root = root or built_root(CHECKS, KINDS)
    return Checks(rows_of(read_table(root / CHECKS)), rows_of(read_table(root / KINDS)))


def checked(checks: Checks) -> str:
    """How many figures others vouch for."""
    columns = ("figures", "tied", "tied_twice", "untied")
    return WORDS.passage("checked", **{column: checks.total(column) for column in columns})


def check_by_edition(checks: Checks) -> Table:
    """For each edition, how many numbers are tied by how many identities."""
    known = registry()
    rows: list[list[Content]] = []
    for row in checks.editions:
        release_id = row["release_id"]
        numbers = [
            of_rows(
                f"checks.{column}.{release_id}",
                row[column],
                "count",
                "",
                (CHECKS.stem, column),
                release_id=release_id,
            )
            for column in ("figures", "identities", "tied", "tied_twice", "untied", "broken")
        ]
        rows.append(
            [
                f"{escape(known[release_id].edition)}<br><code>{release_id}</code>",
                *numbers,
                f"<samp>{escape(row['untied_in'])}</samp>",
            ]
        )
    return Table.worded(WORDS.points("checks_table"), rows, wide=True)


def check_by_kind(checks: Checks) -> Table:
    """Which identities there are."""
    numbers: dict[str, int] = {}
    for row in checks.kinds:
        numbers[row["kind"]] = numbers.get(row["kind"], 0) + row["identities"]
    return Table.worded(
        WORDS.points("kinds_table"),
        [
            [
                escape(prose.upper_first(kind)),
                of_rows(
                    f"checks.kind.{kind.replace(' ', '-')}",
                    number,
                    "count",
                    "sum",
                    (KINDS.stem, "identities", f"kind {kind}"),
                ),
            ]
            for kind, number in sorted(numbers.items(), key=lambda item: -item[1])
        ],
    )


def coverage(estimates: Estimates) -> str:
    """How many of the known editions of police force area tables the report holds."""
    # An edition that was issued twice is one edition, whichever of its issues is here.
    editions = {
        release.period_end for release in registry().values() if release.reader == FORCE_AREAS
    }
    here = {year.period_end for year in estimates.editions}
    held = Figure("releases.held", len(here), "count")
    known = Figure("releases.known", len(editions), "count")
    return WORDS.passage("coverage", held=held, known=known)


def not_taken_in(estimates: Estimates) -> Table | None:
    """What is out and newer than the figures of this report; None where nothing is known of."""
    rows: list[list[Content]] = [
        [
            escape(release.edition),
            escape(release.publisher.short),
            of_rows(
                f"releases.bytes.{release.release_id}",
                release.bytes,
                "count",
                "",
                # Of no release: nobody has read this one.
                (REGISTRY.stem, "bytes", f"release_id {release.release_id}"),
                marker="unavailable",
            ),
            _hash(release.pinned and release.sha256),
            _link(release),
            f"<code>{release.release_id}</code>",
        ]
        for release in currency.not_taken_in(estimates)
    ]
    if not rows:
        return None
    return Table.worded(WORDS.points("newer_table"), rows, wide=True)


def known(estimates: Estimates, survey: Survey) -> Table:
    """Every release of the registry."""
    held = {year.release_id for year in estimates.editions}
    held |= {row["release_id"] for row in survey.tables["estimates"]}
    held.add(newest_release())
    rows: list[list[Content]] = [
        [
            f"<code>{release.release_id}</code>",
            escape(release.edition),
            WORDS.passage("status", used=release.release_id in held, status=release.status),
            _hash(release.pinned and release.sha256),
            _link(release),
            f"<samp>{escape(release.note)}</samp>",
        ]
        for release in registry().values()
    ]
    return Table.worded(WORDS.points("known_table"), rows, wide=True)


def surveyed(survey: Survey) -> Table:
    """The releases of the survey: workbooks, and figures gathered where we have no workbook."""
    releases: dict[str, list[dict[str, Any]]] = {}
    for row in survey.tables["estimates"]:
        releases.setdefault(row["release_id"], []).append(row)
    bases = {row["release_id"]: row["basis"] for row in survey.tables["prevalence"]}
    rows: list[list[Content]] = []
    for release_id, own in sorted(releases.items()):
        sha256 = own[0]["workbook_sha256"]
        seen = dict.fromkeys(survey_prose.term("seen", row["seen"]) for row in own)
        said = dict.fromkeys(row["source"] for row in own)
        rows.append(
            [
                f"<code>{release_id}</code>",
                f"<samp>{escape('; '.join(said))}</samp>",
                counted(
                    f"survey.estimates.{release_id}",
                    "estimates",
                    len(own),
                    cells_of_all(own, "every estimate"),
                ),
                _hash(sha256) if sha256 else WORDS.passage("no_workbook"),
                prose.listed(list(seen)),
                survey_prose.term("basis", bases[release_id]),
            ]
        )
    return Table.worded(WORDS.points("survey_table"), rows, wide=True)


CODE, CODE_GROUP = "8Q", "stalking_harassment"
TABLES_OF_CODES = ("offence_codes", "offence_subcodes")


def two_totals(survey: Survey, estimates: Estimates) -> Table | None:
    """Stalking recorded in one year, as two tables of one workbook give it.

    None where one does, and where the report's group does not hold stalking.
    """
    if not estimates.part_of_group(CODE_GROUP):
        return None
    newest = max(row["release_id"] for row in survey.tables["codes"])
    first, second = (
        {
            (row["period_start"], row["period_end"]): row
            for row in survey.tables["codes"]
            if (row["release_id"], row["code"], row["table"]) == (newest, CODE, table)
        }
        for table in TABLES_OF_CODES
    )
    rows: list[list[Content]] = []
    for year in sorted(first.keys() & second.keys(), key=lambda year: year[1]):
        one, other = (_recorded(row) for row in (first[year], second[year]))
        name = f"{one.figure_id}.against.{TABLES_OF_CODES[1]}"
        rows.append([prose.month(year[1]), one, other, difference(name, other, one, "count")])
    if not rows:
        return None
    names = [next(iter(table.values()))["sheet"].strip() for table in (first, second)]
    return Table.worded(
        WORDS.points("two_totals_table", sheets=map(escape, names)),
        rows,
        styles=["", "", "", "signed"],
    )


def _recorded(row: dict[str, Any]) -> Figure:
    cell = Cell.of(row)
    name = f"recorded.{row['code']}.{row['period_end']}.{row['release_id']}"
    suffix = "" if row["table"] == TABLES_OF_CODES[0] else f".{row['table']}"
    return Figure(f"{name}{suffix}", row["count"], "count", (cell,))


def two_totals_sentence(survey: Survey, estimates: Estimates) -> str:
    """How far the disagreement of the two tables goes."""
    notices = [row for row in survey.tables["notices"] if row["kind"] == "two_values"]
    if not notices:
        return WORDS.passage("two_totals", number=None)
    sheets = dict.fromkeys(row["sheet"] for row in notices)
    hashes = {row["release_id"]: row["workbook_sha256"] for row in survey.tables["codes"]}
    cells = (
        Cell(row["release_id"], hashes[row["release_id"]], row["sheet"], row["cell"])
        for row in notices
    )
    number = counted("notices.two_values", "cells", len(notices), cells)
    return WORDS.passage(
        "two_totals",
        number=number,
        sheets=escape(prose.listed(list(sheets))),
        stalking=estimates.part_of_group(CODE_GROUP),
    )


def notices(survey: Survey) -> Table:
    """What else is odd about the survey's workbooks."""
    known_releases = registry()
    rows: list[list[Content]] = [
        [
            escape(known_releases[row["release_id"]].edition),
            f"<samp>{escape(row['sheet'])}</samp>",
            f"<samp>{escape(row['sentence'])}</samp>",
        ]
        for row in survey.tables["notices"]
        if row["kind"] != "two_values"
    ]
    return Table.worded(WORDS.points("slips_table"), rows)


def known_faults(estimates: Estimates, survey: Survey) -> Table:
    """The cells that break the arithmetic of their own workbook, and are known to."""
    editions = registry()
    held = {year.release_id for year in estimates.editions}
    held |= {row["release_id"] for row in survey.tables["estimates"]}
    alike: dict[tuple[str, str, str, str], list[str]] = {}
    for entry in read_corrections(CONFIG / "corrections.yaml"):
        if entry.release in held:
            fault = entry.release, entry.sheet, entry.reason, entry.status
            alike.setdefault(fault, []).append(entry.cell)
    rows: list[list[Content]] = [
        [
            escape(editions[release_id].edition),
            f"<samp>{escape(sheet)}</samp>",
            f"<code>{', '.join(ranges(cells))}</code>",
            f"<samp>{escape(reason)}</samp>",
            WORDS.passage("reported", status=status),
        ]
        for (release_id, sheet, reason, status), cells in alike.items()
    ]
    return Table.worded(WORDS.points("faults_table"), rows, wide=True)


def recording_changes() -> Table:
    """The changes of recording that make two years incomparable."""
    rows: list[list[Content]] = []
    for row in read_rows(REFERENCE / "recording_changes.csv"):
        touched = [
            WORDS.passage(
                "touched", name=offences()[each].name if each in offences() else "", code=each
            )
            for each in row["offence_ids"].split()
        ]
        rows.append(
            [
                escape(row["name"]),
                f"<time>{prose.day(date.fromisoformat(row['effective']))}</time>",
                f"<samp>{escape('; '.join(touched))}</samp>",
                f"<samp>{escape(row['source'])}</samp>",
            ]
        )
    return Table.worded(WORDS.points("rules_table"), rows, wide=True)


def _hash(sha256: str | bool) -> str:
    return WORDS.passage("hash", sha256=sha256)


def _link(release: Release) -> str:
    edition = escape(prose.lower_first(release.edition))
    page, file = escape(release.page_url), escape(release.file)
    return WORDS.passage("link", path=release.path, page=page, file=file, edition=edition)
