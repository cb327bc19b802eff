"""The report as one PDF, and a page of PDF for every police force area.

Both are set from the executed notebooks by Typst, which brings its own engine and is given no font
of the machine; the date in them is that of the newest release, so the bytes depend on the figures
alone.  They are tagged to PDF/UA-1, which Typst refuses to write without a title, a language or a
text alternative for every drawing.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache, partial
from html import escape
from importlib.metadata import version
from importlib.resources import files
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

from crimeshare.cache import cached
from crimeshare.nearest import did_you_mean
from crimeshare.problems import Problem
from crimeshare.publish.elements import prose
from crimeshare.publish.elements.figures import shown
from crimeshare.publish.elements.licence import ATTRIBUTION
from crimeshare.publish.elements.words import Words
from crimeshare.publish.pdf.typeset import literal, typeset
from crimeshare.publish.site.pages import Page, report_pages
from crimeshare.publish.site.rendering import page_title, render_body
from crimeshare.reference import GROUP
from crimeshare.running import write_file
from crimeshare.sources.registry import Release

WORDS = Words(Path(__file__).with_name("document.md.j2"))

STYLE = Path(__file__).with_name("print.typ")

CHAPTERS = ("index", "national", "survey", "{example}", "claims", "revisions", "methods", "sources")
"""Pages that are chapters of the PDF, with an example force among them."""

FACTSHEET = "factsheet"
"""Tag of the notebook cells that make up the one-page factsheet of a force."""

SCREEN = "screen"
"""Tag of the notebook cells that only make sense in a browser."""

LOOSE = 10
"""How many blocks of a factsheet may stand in either column; more are kept together."""

STANDARD: Final = "ua-1"
FONTS = ("Regular", "It", "Semibold", "Bold", "BoldIt")

Notebook = Mapping[str, Any]


@dataclass(frozen=True)
class Document:
    """A document ready to be set.

    Attributes:
        name: what it is called in a sentence.
        source: Typst markup that uses the functions of ``print.typ``.
        dated: the day written into the file as that of its making.
    """

    name: str
    source: str
    dated: date


class Press:
    """A Typst compiler with the project's fonts and style, for one document after another."""

    def __init__(self, fonts: Path) -> None:
        """Use the font files in the folder `fonts`, and none of the machine's.

        Raises:
            Problem: if Typst cannot be loaded.
        """
        try:
            import typst
        except ImportError as error:
            raise Problem(
                f"The PDFs need the package `typst`, which cannot be loaded here ({error}); "
                f"`make` installs it from envs/requirements.txt. The site does not need it."
            ) from error
        self._error = typst.TypstError
        self._compiler = typst.Compiler(
            root=fonts,
            font_paths=typst.Fonts(include_system_fonts=False, font_paths=[fonts]),
            ignore_system_fonts=True,
        )
        self._style = STYLE.read_text(encoding="utf-8")

    def print(self, document: Document) -> bytes:
        """The PDF of a document.

        Raises:
            Problem: if Typst refuses it.
        """
        try:
            pdf = self._compiler.compile(
                f"{self._style}\n{document.source}".encode(),
                pdf_standards=[STANDARD],
                timestamp=datetime.combine(document.dated, time(), UTC),
            )
        except self._error as error:
            raise Problem(
                f"{document.name} could not be set as a PDF: {' '.join(str(error).split())}; the "
                f"site is made without it."
            ) from error
        assert isinstance(pdf, bytes)
        return pdf


TOGETHER = 8
"""Documents that one process prints: Typst keeps 30 MB of each, and none helps another."""


def print_all(documents: Mapping[Path, Document], processes: int) -> list[str]:
    """Print documents to the files they are given for.

    Returns:
        Why any of them could not be printed; the others are.

    Raises:
        RuntimeError: if this process printed before: Typst's threads do not survive a fork.
    """
    if "typst" in sys.modules:
        raise RuntimeError("print_all must be the first to print in its process")
    items = list(documents.items())
    problems: list[str] = []
    for start in range(0, len(items), TOGETHER * processes):
        some = items[start : start + TOGETHER * processes]
        shares = [some[first::processes] for first in range(processes)]
        with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
            problems += chain.from_iterable(pool.map(_print_share, shares))
    return problems


def _print_share(share: Sequence[tuple[Path, Document]]) -> list[str]:
    problems = []
    with ExitStack() as stack:
        # Typst and its fonts take a second to load, and are not needed where nothing changed.
        printing = cache(lambda: stack.enter_context(press()))

        def made(document: Document) -> bytes:
            return printing().print(document)

        for path, document in share:
            try:
                pdf = cached("pdf", _key(document), partial(made, document))
            except Problem as problem:
                problems.append(str(problem))
                continue
            write_file(path, pdf)
    return problems


def _key(document: Document) -> str:
    made_with = [version("typst"), version("font-source-sans-pro"), STANDARD, *FONTS]
    style = STYLE.read_text(encoding="utf-8")
    return json.dumps([made_with, style, document.source, document.dated.isoformat()])


@contextmanager
def press() -> Iterator[Press]:
    """A press, whose fonts come with the environment."""
    package = files("font_source_sans_pro") / "files"
    with tempfile.TemporaryDirectory(prefix="crimeshare-") as folder:
        # The package holds more formats, which Typst would pick from in the order of the disk.
        for font in (f"SourceSansPro-{style}.otf" for style in FONTS):
            (Path(folder) / font).write_bytes((package / font).read_bytes())
        yield Press(Path(folder))


def report_chapters(
    force: str, offence_id: str = GROUP, groups: Sequence[str] = (GROUP,)
) -> list[Page]:
    """The pages that are chapters of the PDF about a group, in its order.

    Args:
        force: page address of the force that serves as example, ``gwent``.

    Raises:
        Problem: if there is no such force, naming the nearest.
    """
    pages = {
        page.own_name: page
        for page in report_pages(groups)
        if page.group == offence_id or not page.group
    }
    example = f"forces/{force}"
    if example not in pages:
        forces = [name.removeprefix("forces/") for name in pages if name.startswith("forces/")]
        raise Problem(f"config: there is no force `{force}`{did_you_mean(force, forces)}")
    return [pages[name.format(example=example)] for name in CHAPTERS]


def report_document(chapters: Mapping[Page, Notebook], registry: Mapping[str, Release]) -> Document:
    """The report: title page, contents and a chapter for each page.

    Args:
        chapters: the executed notebooks by their pages, the front page first.
    """
    bodies = {page: render_body(_without(SCREEN, book)) for page, book in chapters.items()}
    front, body = next(iter(bodies.items()))
    title = page_title(body)
    newest = _newest(bodies.values(), registry)
    link = _links(bodies)
    lead, *_ = _blocks(front, body, link)
    as_of = _as_of(newest, next((page for page in bodies if page.section == "Forces"), None))
    parts = [
        f"#show: report.with({_metadata(title, newest)},"
        f" abstract: [{lead}], as-of: [{as_of}], licence: [{_licence()}])"
    ]
    for page, body in bodies.items():
        heading = page.title if page == front else page_title(body)
        parts += [f"#[#heading(level: 1)[#{literal(heading)}] <{_label(page)}>]"]
        # The front's answer stands on the title page.
        parts += _blocks(page, body, link)[int(page == front) :]
    return Document("The report", "\n\n".join(parts), _dated(newest))


def factsheet_document(
    page: Page, notebook: Notebook, subject: str, registry: Mapping[str, Release]
) -> Document:
    """One page about a force, from the cells of its notebook tagged ``factsheet``.

    Args:
        subject: what the whole report is about.

    Raises:
        Problem: if no cell is tagged.
    """
    body = render_body(_only(FACTSHEET, notebook))
    if not body:
        raise Problem(
            f"{page.source} has no cell tagged `{FACTSHEET}`, so its factsheet would be empty; "
            f"tag the cells that belong on one page."
        )
    title = page_title(body)
    newest = _newest([body], registry)
    blocks = _blocks(page, body, _links({}))
    after = 1 + max((i for i, b in enumerate(blocks) if b.startswith("#facts(")), default=0)
    loose = _kept_together(blocks[after:])
    # Every way to share them out to two columns is tried: the number of ways doubles with each.
    loose = [*loose[: LOOSE - 1], *([_joined(loose[LOOSE - 1 :])] if len(loose) >= LOOSE else [])]
    columns = ", ".join(f"[{block}]" for block in loose)
    source = (
        f"#factsheet({_metadata(title, newest)}, subject: {literal(subject)},"
        f" imprint: [{_as_of(newest)} {_licence()}],"
        f" [{_joined(blocks[:after])}], {columns})"
    )
    return Document(WORDS.passage("factsheet", title=title), source, _dated(newest))


def _without(tag: str, notebook: Notebook) -> Notebook:
    return {**notebook, "cells": [c for c in notebook["cells"] if tag not in _tags(c)]}


def _only(tag: str, notebook: Notebook) -> Notebook:
    return {**notebook, "cells": [c for c in notebook["cells"] if tag in _tags(c)]}


def _tags(cell: Mapping[str, Any]) -> Sequence[str]:
    tags: Sequence[str] = cell["metadata"].get("tags", ())
    return tags


def _blocks(page: Page, body: str, link: Mapping[str, str]) -> list[str]:
    def target(address: str) -> str | None:
        if address.startswith(("https://", "http://", "mailto:")):
            return literal(address)
        return link.get(address.partition("#")[0])

    blocks = typeset(body, target, page.address)
    return [block for block in blocks if not block.startswith("#heading(level: 1)")]


def _kept_together(blocks: Sequence[str]) -> list[str]:
    """Blocks with each heading at the top of what follows it."""
    kept: list[str] = []
    heading = ""
    for block in blocks:
        if block.startswith("#heading("):
            heading += block + "\n\n"
        else:
            kept.append(heading + block)
            heading = ""
    return kept


def _joined(blocks: Sequence[str]) -> str:
    return "\n\n".join(blocks)


def _links(chapters: Mapping[Page, Any]) -> dict[str, str]:
    return {f"{page.own_name}.html": f"<{_label(page)}>" for page in chapters}


def _label(page: Page) -> str:
    return page.own_name.replace("/", "-")


def _newest(bodies: Iterable[str], registry: Mapping[str, Release]) -> list[Release]:
    printed = {figure.get("data-release", "") for body in bodies for figure in shown(body)}
    releases = sorted(
        (registry[release_id] for release_id in printed if release_id in registry),
        key=lambda release: (release.period_end, release.release_id),
    )
    newest = {release.dataset: release for release in releases}
    return [newest[name] for name in sorted(newest)]


def _dated(newest: Sequence[Release]) -> date:
    return max(release.published or release.period_end for release in newest)


def _metadata(title: str, newest: Sequence[Release]) -> str:
    day = _dated(newest)
    described = "; ".join(_named(release) for release in newest)
    return (
        f"title: {literal(title)}, description: {literal(described)},"
        f" date: datetime(year: {day.year}, month: {day.month}, day: {day.day})"
    )


def _named(release: Release) -> str:
    edition = prose.edition(release.edition)
    return WORDS.passage(
        "release", title=release.title, edition=edition, published=release.published
    )


def _as_of(newest: Sequence[Release], example: Page | None = None) -> str:
    """Up to when the figures are, and where each police force area has its page."""
    releases = [
        {"named": escape(_named(release)), "release_id": release.release_id} for release in newest
    ]
    html = WORDS.passage("as_of", releases=releases, example=example.own_name if example else "")
    return _joined(_blocks(Page("as-of", "", ""), html, {}))


def _licence() -> str:
    return _joined(_blocks(Page("licence", "", ""), ATTRIBUTION, {}))
