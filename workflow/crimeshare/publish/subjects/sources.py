"""The page of sources: every release, its hash and what is known to be wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path

import pandas as pd

from crimeshare import reference
from crimeshare.cells import Cell, ranges
from crimeshare.publish.elements import prose
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.provenance import registry
from crimeshare.publish.elements.reading import hashes as all_hashes
from crimeshare.publish.elements.reading import read
from crimeshare.publish.elements.rows import Row, counted, difference, of_rows, rows
from crimeshare.publish.elements.tables import Content, Table, table
from crimeshare.publish.elements.words import Words
from crimeshare.publish.subjects import currency
from crimeshare.publish.subjects.estimates import editions
from crimeshare.publish.subjects.surveyed import term
from crimeshare.reference import REFERENCE, line_of, offences
from crimeshare.sources.datasets import FORCE_AREAS
from crimeshare.sources.registry import PIN_BASES, REGISTRY, read_copies
from crimeshare.tables.corrections import read_corrections

CONFIG = REFERENCE.parents[1] / "config"

WORDS = Words(Path(__file__).with_name("words") / "sources.md.j2")


def used() -> Table:
    """The releases behind this report: the hash of the workbook read and what is known of it."""
    known = registry()
    copies = read_copies(CONFIG / "copies.csv", known)
    held: list[list[str]] = []
    read_of = all_hashes("recorded_crime")
    for release_id in editions():
        release, sha256 = known[release_id], read_of[release_id]
        copied = [copy for copy in copies.get(release_id, []) if copy.sha256 == sha256]
        told = {"release": release, "sha256": sha256, "copied": copied}
        held.append(WORDS.cells("used_row", basis=PIN_BASES[release.pin_basis], **told))
    return Table.worded(WORDS.points("used_table"), held, wide=True)


CHECKS, KINDS = "checks", "check_kinds"


def checked(checks: pd.DataFrame) -> str:
    """How many figures others vouch for; `checks` are the rows of the table."""
    totals = {
        name: of_rows(f"checks.{name}", checks[name].sum(), "count", "sum", (CHECKS, name))
        for name in ("figures", "tied", "tied_twice", "untied")
    }
    return WORDS.passage("checked", **totals)


def check_by_edition(checks: pd.DataFrame) -> Table:
    """For each edition, how many numbers are tied by how many identities."""
    known = registry()

    def number(name: str) -> Callable[[Row], Figure]:
        return lambda row: of_rows(
            f"checks.{name}.{row['release_id']}",
            row[name],
            "count",
            "",
            (CHECKS, name),
            release_id=row["release_id"],
        )

    numbers = ("figures", "identities", "tied", "tied_twice", "untied", "broken")
    return table(
        checks,
        [*map(number, numbers), lambda row: f"<samp>{escape(row['untied_in'])}</samp>"],
        label=lambda row: (
            f"{escape(known[row['release_id']].edition)}<br><code>{row['release_id']}</code>"
        ),
        words=WORDS.points("checks_table"),
        wide=True,
    )


def check_by_kind(kinds: pd.DataFrame) -> Table:
    """Which identities there are; `kinds` are the rows of ``check_kinds``."""
    added = kinds.groupby("kind", sort=False)["identities"].sum().items()
    numbers = [(str(kind), number) for kind, number in added]
    held: list[list[Content]] = [
        [
            escape(prose.upper_first(kind)),
            of_rows(
                f"checks.kind.{kind.replace(' ', '-')}",
                number,
                "count",
                "sum",
                (KINDS, "identities", f"kind {kind}"),
            ),
        ]
        for kind, number in sorted(numbers, key=lambda item: -item[1])
    ]
    return Table.worded(WORDS.points("kinds_table"), held)


def held() -> set[str]:
    """The releases that the report takes figures from, but those of the Home Office."""
    surveys = read("survey_estimates", ["release_id"])["release_id"]
    return {*editions(), *surveys}


def coverage() -> str:
    """How many of the known editions of police force area tables the report holds."""
    # An edition that was issued twice is one edition, whichever of its issues is here.
    listed = {
        release.period_end for release in registry().values() if release.reader == FORCE_AREAS
    }
    here = set(editions().values())
    held = Figure("releases.held", len(here), "count")
    known = Figure("releases.known", len(listed), "count")
    return WORDS.passage("coverage", held=held, known=known)


def not_taken_in() -> Table | None:
    """What is out and newer than the figures of this report; None where nothing is known of."""
    rows: list[list[Content]] = [
        [
            *WORDS.cells("newer_row", release=release),
            of_rows(
                f"releases.bytes.{release.release_id}",
                release.bytes,
                "count",
                "",
                # Of no release: nobody has read this one.
                (REGISTRY.stem, "bytes", f"release_id {release.release_id}"),
                marker="unavailable",
            ),
            *WORDS.cells("newer_file", release=release),
        ]
        for release in currency.not_taken_in()
    ]
    if not rows:
        return None
    return Table.worded(WORDS.points("newer_table"), rows, wide=True)


def known(used: set[str]) -> Table:
    """Every release of the registry, and whether it is used."""
    held = [
        WORDS.cells("known_row", release=release, used=release.release_id in used)
        for release in registry().values()
    ]
    return Table.worded(WORDS.points("known_table"), held, wide=True)


def surveyed() -> Table:
    """The releases of the survey: workbooks, and figures gathered where we have no workbook."""
    every = read("survey_estimates")
    bases = read("prevalence", ["release_id", "basis"])
    basis = bases.drop_duplicates("release_id", keep="last").set_index("release_id")["basis"]
    held: list[list[Content]] = []
    for release_id, own in every.groupby("release_id"):
        sha256 = own["workbook_sha256"].iloc[0]
        held.append(
            [
                f"<code>{release_id}</code>",
                f"<samp>{escape('; '.join(own['source'].unique()))}</samp>",
                counted(f"survey.estimates.{release_id}", "estimates", len(own), _cells(own)),
                WORDS.passage("workbook", sha256=None if pd.isna(sha256) else sha256),
                prose.listed([term("seen", seen) for seen in own["seen"].unique()]),
                term("basis", basis[release_id]),
            ]
        )
    return Table.worded(WORDS.points("survey_table"), held, wide=True)


def _cells(estimates: pd.DataFrame) -> Iterator[Cell]:
    for row in rows(estimates):
        yield (
            Cell.of(row)
            if row["cell"]
            else Cell(row["release_id"], "", row["source"], WORDS.passage("every_estimate"))
        )


CODE, CODE_GROUP = "8Q", "stalking_harassment"
TABLES_OF_CODES = ("offence_codes", "offence_subcodes")


def two_totals(offence_id: str) -> Table | None:
    """Stalking recorded in one year, as two tables of one workbook give it.

    None where one does, and where the report's group does not hold stalking.
    """
    if offence_id not in line_of(CODE_GROUP):
        return None
    first, second = (
        {(row["period_start"], row["period_end"]): row for row in _coded(name)}
        for name in TABLES_OF_CODES
    )
    held: list[list[Content]] = []
    for year in sorted(first.keys() & second.keys(), key=lambda year: year[1]):
        one, other = _recorded(first[year]), _recorded(second[year], f".{TABLES_OF_CODES[1]}")
        name = f"{one.figure_id}.against.{TABLES_OF_CODES[1]}"
        held.append([prose.month(year[1]), one, other, difference(name, other, one, "count")])
    if not held:
        return None
    names = [next(iter(known.values()))["sheet"].strip() for known in (first, second)]
    return Table.worded(
        WORDS.points("two_totals_table", sheets=map(escape, names)),
        held,
        styles=["", "", "", "signed"],
    )


def _coded(name: str) -> list[Row]:
    codes = read("recorded_offence_codes", table=name, code=CODE)
    newest = read("recorded_offence_codes", ["release_id"])["release_id"].max()
    return rows(codes[codes["release_id"].eq(newest)])


def _recorded(row: Row, suffix: str = "") -> Figure:
    name = f"recorded.{row['code']}.{row['period_end']}.{row['release_id']}{suffix}"
    return Figure(name, row["count"], "count", (Cell.of(row),))


def two_totals_sentence(notices: pd.DataFrame, offence_id: str) -> str:
    """How far the disagreement of the two tables goes; `notices` are those of the survey."""
    found = rows(notices[notices["kind"].eq("two_values")])
    if not found:
        return WORDS.passage("two_totals", number=None)
    hashes = all_hashes("survey_notices")
    cells = (
        Cell(row["release_id"], hashes[row["release_id"]], row["sheet"], row["cell"])
        for row in found
    )
    return WORDS.passage(
        "two_totals",
        number=counted("notices.two_values", "cells", len(found), cells),
        sheets=escape(prose.listed(list(dict.fromkeys(row["sheet"] for row in found)))),
        stalking=offence_id in line_of(CODE_GROUP),
    )


def other_notices(notices: pd.DataFrame) -> Table:
    """What else is odd about the survey's workbooks."""
    known = registry()
    return table(
        notices[notices["kind"].ne("two_values")],
        [
            lambda row: f"<samp>{escape(row['sheet'])}</samp>",
            lambda row: f"<samp>{escape(row['sentence'])}</samp>",
        ],
        label=lambda row: escape(known[row["release_id"]].edition),
        words=WORDS.points("slips_table"),
    )


def known_faults(used: set[str]) -> Table:
    """The cells that break the arithmetic of their own workbook, and are known to."""
    editions = registry()
    alike: dict[tuple[str, str, str, str], list[str]] = {}
    for entry in read_corrections(CONFIG / "corrections.yaml"):
        if entry.release in used:
            fault = entry.release, entry.sheet, entry.reason, entry.status
            alike.setdefault(fault, []).append(entry.cell)
    held = [
        WORDS.cells(
            "fault_row", fault=fault, cells=ranges(cells), edition=editions[fault[0]].edition
        )
        for fault, cells in alike.items()
    ]
    return Table.worded(WORDS.points("faults_table"), held, wide=True)


def recording_changes() -> Table:
    """The changes of recording that make two years incomparable."""
    names = {name: group.name for name, group in offences().items()}
    held = [
        WORDS.cells("rule_row", change=change, names=names)
        for change in reference.recording_changes()
    ]
    return Table.worded(WORDS.points("rules_table"), held, wide=True)
