"""The way of a published figure, told from the sentence to the cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from crimeshare.cells import Cell, cells_in
from crimeshare.ledger.entries import Entry, Printed, printed_figures, published
from crimeshare.ledger.holding import OBSERVATIONS, holding
from crimeshare.nearest import did_you_mean
from crimeshare.problems import Problem
from crimeshare.publish.site.pages import Page, any_page
from crimeshare.publish.subjects.surveyed import term
from crimeshare.reference import REFERENCE, read_rows
from crimeshare.sources.registry import PIN_BASES, REGISTRY, Release, read_registry

# Estimates looked up one by one in publications.
TRANSCRIBED = "stalking_prevalence.csv"


def trace(figure_id: str, root: Path) -> Iterator[str]:
    """The lines that lead from a figure's sentences through its formula to its cells.

    Raises:
        Problem: the ledger has no such figure, or there is no ledger.
    """
    path, ledger = published(root)
    entries = [entry for entry in ledger if entry.figure_id == figure_id]
    if not entries:
        names = {entry.figure_id for entry in ledger}
        raise Problem(
            f"No figure `{figure_id}` is in {path}{did_you_mean(figure_id, names) or '.'}"
        )
    first = entries[0]
    yield f"figure    {figure_id}"
    yield f"value     {first.value} ({first.unit})"
    if first.lower:
        yield f"interval  {first.lower} to {first.upper}"
        made = next((each.stated for entry in entries for each in _places(entry, root)), {})
        yield from (f"          {name} {value}" for name, value in made.items())
    for entry in entries:
        yield from _printed(entry, any_page(entry.page), root)
    resting_on = _rests_on(first, {entry.figure_id: entry for entry in ledger})
    yield from _origin(first, root)
    for entry in resting_on[1:]:
        yield f"rests on  {entry.figure_id}, {entry.value} ({entry.unit})"
        yield from _origin(entry, root)
    registry = read_registry(root / REGISTRY)
    hashes = {entry.release_id: entry.workbook_sha256 for entry in resting_on}
    named = [cell.release_id for entry in resting_on for cell in references(entry)]
    for release_id in dict.fromkeys([*hashes, *named]):
        if release_id:
            sha256 = hashes.get(release_id) or holding(release_id, root).sha256
            yield from _release(release_id, registry, sha256)


def references(entry: Entry) -> list[Cell]:
    """The cells and ranges that an entry rests on, each once, in the order of its formula."""
    return cells_in(entry.cell, entry.release_id, entry.sheet)


def _rests_on(first: Entry, ledger: Mapping[str, Entry]) -> list[Entry]:
    found = {first.figure_id: first}
    waiting = [first]
    while waiting:
        words = (word.strip("()") for word in waiting.pop(0).cell.split())
        named = {word: ledger[word] for word in words if word in ledger and word not in found}
        found |= named
        waiting += named.values()
    return list(found.values())


def _origin(entry: Entry, root: Path) -> Iterator[str]:
    """The formula of an entry and the cells that it names, or why it names none."""
    cells = references(entry)
    if entry.cell and (len(cells) != 1 or cells[0].cell != entry.cell):
        yield f"formula   {entry.cell}"
    for cell in cells:
        release = "" if cell.release_id == entry.release_id else f"[{cell.release_id}]"
        what = "cell      " if cell.addressed else "cells     "
        yield f"{what}{release}'{cell.sheet}'!{cell.cell}{_content(cell, root)}"
    if not cells and entry.sheet:
        yield f"source    {entry.sheet}; it names no cell"
    elif not cells and not entry.cell:
        yield "cell      none: it counts or restates what the report itself prints"


def _printed(entry: Entry, page: Page | None, root: Path) -> Iterator[str]:
    """The page that prints an entry and, where it is built, the passage."""
    if page is None:
        yield f"page      {entry.page}, which the report no longer has"
        return
    yield f"page      {page.path}, made by {page.source}"
    if not (root / page.executed).exists():
        yield "          (not built here: make builds it)"
        return
    # A passage that prints a figure twice is one place.
    places = dict.fromkeys(here.place for here in _places(entry, root))
    yield from (f"          {place}" for place in places)


def _places(entry: Entry, root: Path) -> list[Printed]:
    page = any_page(entry.page)
    if page is None or not (root / page.executed).exists():
        return []
    printed = printed_figures(root / page.executed)
    return [here for here in printed if here.figure_id == entry.figure_id]


def _content(cell: Cell, root: Path) -> str:
    """What a cell holds, and the labels that the workbook gives it; nothing for a range."""
    held = holding(cell.release_id, root)
    value = held.value(cell)
    return f" holds {value}: {held.labels(cell)}" if value else ""


def _release(release_id: str, registry: Mapping[str, Release], sha256: str) -> Iterator[str]:
    release = registry.get(release_id)
    if release is None:
        transcribed = [
            r for r in read_rows(REFERENCE / TRANSCRIBED) if r["release_id"] == release_id
        ]
        if sha256 or not transcribed:
            kept = f"no edition of the registry; kept in {OBSERVATIONS[1]}/{release_id}.parquet"
        else:
            seen = term("seen", transcribed[0]["seen"])
            kept = f"{seen}; kept in resources/reference/{TRANSCRIBED}"
        yield f"release   {release_id}: {kept}"
        if sha256:
            yield f"workbook  sha256 {sha256}"
        return
    yield f"release   {release_id}: {release.edition}"
    if sha256:
        yield f"workbook  sha256 {sha256}"
        known = (
            PIN_BASES[release.pin_basis]
            if sha256 == release.sha256
            else "a copy listed in config/copies.csv, not ONS's own bytes"
        )
        yield f"          {known}"
    yield f"address   {release.page_url}"
    if release.file:
        yield f"          {release.file_url}"
