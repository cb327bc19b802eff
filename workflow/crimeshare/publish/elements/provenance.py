"""Where the numbers of a table or chart come from, folded away beside it.

For each release: the edition at ONS, the hash of the workbook read, and the cells, as ranges; a
computed number as its formula over ranges, read row by row: ``M9:M51 / C9:C51``.  A number that
rests on no release, as those of a simulation, names rows of a table of the project instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from html import escape
from itertools import chain, zip_longest
from pathlib import Path

from crimeshare.cells import Cell, names_cells, ranges
from crimeshare.publish.elements import prose
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.words import Words
from crimeshare.reference import REFERENCE
from crimeshare.sources.registry import REGISTRY, Release, read_registry

WORDS = Words(Path(__file__).with_name("shared.md.j2"))

HASH_SHOWN = 12

# A quoted sheet holds digits that are no cell: 'Table P1'!X43.
_REFERENCE = re.compile(r"'[^']*'!|\b([A-Z]{1,3}[1-9]\d*)\b")

_SLOT = "\0"


def sources(figures: Iterable[Figure]) -> str:
    """The cells behind figures as a block that opens on request; nothing for figures without."""
    given = list(figures)
    releases = [cell.release_id for figure in given for cell in figure.cells[:1]]
    first = {release_id: place for place, release_id in enumerate(dict.fromkeys(releases))}
    found = sorted(_cells(given), key=lambda item: first.get(item[0].release_id, len(first)))
    places: dict[str, list[str]] = {}
    for cell, text in found:
        places.setdefault(_workbook(cell.release_id, cell.workbook_sha256), []).append(text)
    items = [": ".join(filter(None, [at, "; ".join(texts)])) for at, texts in places.items()]
    without = dict.fromkeys(figure.formula for figure in given if not figure.cells)
    items += [f"<code>{escape(formula)}</code>" for formula in without if formula]
    if not items:
        return ""
    listed = "".join(f"<li>{item}</li>" for item in items)
    summary = WORDS.passage("source_cells")
    return f'<details class="source"><summary>{summary}</summary><ul>{listed}</ul></details>'


def credit(figures: Iterable[Figure]) -> str:
    """Who published the figures, in which edition, and when; of each dataset the newest; HTML."""
    known = {cell.release_id for figure in figures for cell in figure.cells}
    newest: dict[str, Release] = {}
    for release in sorted(
        (release for name in known if (release := registry().get(name))),
        key=lambda release: (release.period_end, release.release_id),
    ):
        newest[release.dataset] = release
    named = [
        {
            "dataset": _dataset(release),
            "edition": prose.edition(escape(release.edition)),
            "published": release.published,
        }
        for _, release in sorted(newest.items())
    ]
    return WORDS.passage("credit", releases=named) if named else ""


def _dataset(release: Release) -> str:
    name = release.title
    publisher = release.publisher
    return escape(name if name.startswith(publisher.name) else f"{publisher.short}, {name}")


@cache
def _workbook(release_id: str, sha256: str) -> str:
    """Edition, its address and the hash of the workbook that cells were read from, if any."""
    if not release_id:
        return ""
    release = registry().get(release_id)
    return WORDS.passage(
        "workbook",
        edition=escape(release.edition) if release else "",
        address=escape(release.page_url) if release and release.path else "",
        publisher=release.publisher.short if release else "",
        release_id=escape(release_id),
        sha256=sha256,
        shown=HASH_SHOWN,
    )


def _cells(figures: Sequence[Figure]) -> Iterator[tuple[Cell, str]]:
    """Ranges of cells sheet by sheet, then formulas over ranges; each with a cell of its release.

    A formula stands with the release of its first cell, and its cells of other releases with
    theirs.  Of a figure whose formula is in words, or names other figures, the cells stand alone.
    """
    sheets: dict[tuple[str, str], list[Cell]] = {}
    formulas: dict[tuple[str, str], list[Figure]] = {}
    for figure in figures:
        over_cells = names_cells(figure.formula) and all(cell.addressed for cell in figure.cells)
        if over_cells:
            own = figure.cells[0].release_id
            formulas.setdefault((own, _skeleton(figure)), []).append(figure)
        for cell in figure.cells:
            if not over_cells or cell.release_id != own:
                sheets.setdefault((cell.release_id, cell.sheet.strip()), []).append(cell)
    # Sheets of one release in which the same is looked up are named together.
    alike_sheets: dict[tuple[str, str], list[str]] = {}
    first: dict[tuple[str, str], Cell] = {}
    for (release_id, sheet), cells in sheets.items():
        key = (release_id, _places(cells))
        alike_sheets.setdefault(key, []).append(sheet)
        first.setdefault(key, cells[0])
    for key, names in alike_sheets.items():
        yield first[key], f"<code>{escape(', '.join(names) + ': ' + key[1])}</code>"
    for (_, skeleton), alike in formulas.items():
        yield alike[0].cells[0], f"<code>{escape(_filled(skeleton, alike))}</code>"


def _skeleton(figure: Figure) -> str:
    """A formula with a slot in place of each cell; formulas of one shape have the same."""
    expression = figure.expression
    skeleton = _REFERENCE.sub(lambda match: _SLOT if match[1] else match[0], expression)
    # Put before only now: a sheet may be called like a cell, P1.
    return skeleton if "!" in expression else f"{figure.sheet}: {skeleton}"


def _filled(skeleton: str, figures: Sequence[Figure]) -> str:
    """A skeleton with the cells of all its figures in each slot, as ranges."""
    named = (_REFERENCE.findall(figure.expression) for figure in figures)
    columns = zip(*([cell for cell in cells if cell] for cells in named), strict=True)
    slots = [", ".join(ranges(column)) for column in columns]
    return "".join(chain(*zip_longest(skeleton.split(_SLOT), slots, fillvalue="")))


def _places(cells: Sequence[Cell]) -> str:
    addressed = ", ".join(ranges(cell.cell for cell in cells if cell.addressed))
    named = list(dict.fromkeys(cell.cell for cell in cells if not cell.addressed))
    return "; ".join([*filter(None, [addressed]), *_alike(named)])


def _alike(named: Sequence[str]) -> list[str]:
    """What was looked up, that of many places at once: "robbery, of each of Kent, Surrey ..."."""
    places: dict[str, list[str]] = {}
    for text in named:
        what, _, place = text.rpartition(", ")
        places.setdefault(what, []).append(place)
    if "" in places or min(map(len, places.values()), default=0) < MANY:
        return list(named)
    alike: dict[tuple[str, ...], list[str]] = {}
    for what, found in places.items():
        alike.setdefault(tuple(found), []).append(what)
    return [WORDS.passage("of_each", things=whats, places=of) for of, whats in alike.items()]


MANY = 3
"""Of so many places and more the same things are named once."""


@cache
def registry() -> dict[str, Release]:
    """The releases that are listed, by id."""
    return read_registry(REFERENCE.parents[1] / REGISTRY)
