"""The page of sources: every release, its hash and what is known to be wrong with it."""

from __future__ import annotations

from html import escape

from crimeshare.publish import prose
from crimeshare.publish.estimates import Estimates
from crimeshare.publish.figures import Figure
from crimeshare.publish.tables import Content, Table
from crimeshare.reference import REFERENCE, offences, read_rows
from crimeshare.sources.registry import PIN_BASES, Release, read_copies, read_registry

CONFIG = REFERENCE.parents[1] / "config"
HOST = "https://www.ons.gov.uk"


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
                "a copy, not ONS's own bytes" if copied else escape(PIN_BASES[release.pin_basis]),
                f"<samp>{escape(notes)}</samp>",
            ]
        )
    return Table(
        "Releases this report is built from",
        [
            "Edition",
            "Address at ONS",
            "SHA-256 of the workbook read",
            "How the hash is known",
            "Notes",
        ],
        rows,
        wide=True,
    )


def coverage(estimates: Estimates) -> str:
    """How many of the known editions of police force area tables the report holds."""
    editions = [r for r in registry().values() if r.dataset == "pfa" and r.status != "superseded"]
    held = Figure("releases.held", len(estimates.editions), "count")
    known = Figure("releases.known", len(editions), "count")
    return (
        f"The report holds {held} of the {known} editions of police force area tables that are "
        f"known to exist; the others are listed so that a gap is seen as a gap."
    )


def known(estimates: Estimates) -> Table:
    """Every release of the registry."""
    held = {year.release_id for year in estimates.editions}
    rows: list[list[Content]] = [
        [
            f"<code>{release.release_id}</code>",
            escape(release.edition),
            "used here" if release.release_id in held else release.status,
            f'<code class="hash">{release.sha256}</code>' if release.pinned else "not known",
            _link(release),
            f"<samp>{escape(release.note)}</samp>",
        ]
        for release in registry().values()
    ]
    return Table(
        "Every release the project knows",
        ["Release", "Edition", "Status", "SHA-256 of ONS's file", "Address at ONS", "Notes"],
        rows,
        wide=True,
    )


def recording_changes() -> Table:
    """The changes of recording that make two years incomparable."""
    rows: list[list[Content]] = []
    for row in read_rows(REFERENCE / "recording_changes.csv"):
        touched = [
            offences()[offence].name if offence in offences() else f"offence code {offence}"
            for offence in row["offence_ids"].split()
        ]
        year, month, day = row["effective"].split("-")
        rows.append(
            [
                escape(row["name"]),
                f"<time>{int(day)} {prose.MONTHS[int(month) - 1]} {year}</time>",
                f"<samp>{escape('; '.join(touched))}</samp>",
                f"<samp>{escape(row['source'])}</samp>",
            ]
        )
    return Table(
        "Changes in what police record",
        ["Change", "In force from", "Offences it touches", "Source"],
        rows,
        wide=True,
    )


def _link(release: Release) -> str:
    if not release.path:
        return "not known"
    if not release.file:
        return f'<a href="{HOST}{escape(release.path)}">edition page</a>'
    folder, _, file = release.path.rpartition("/")
    edition = escape(prose.lower_first(release.edition))
    return f'<a href="{HOST}{escape(folder)}">{edition}</a>, <code>{escape(file)}</code>'
