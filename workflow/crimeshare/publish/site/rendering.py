"""The site: each page is a function of its executed notebook and of the list of pages alone.

So one page can be built by itself, with the bytes it has in the whole report.  Style, scripts and
the data of charts are files beside the pages; no other host is asked for anything, and a page that
lies alone somewhere can still be read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markdown_it import MarkdownIt
from markupsafe import Markup

from crimeshare import measures
from crimeshare.problems import Problem
from crimeshare.publish.elements.figures import stray_numbers
from crimeshare.publish.elements.licence import ATTRIBUTION, PLACES_ATTRIBUTION
from crimeshare.publish.elements.prose import plain
from crimeshare.publish.elements.words import Words
from crimeshare.publish.site.how_pages import HOW, highlighted, retold
from crimeshare.publish.site.loading import (
    EARLY,
    FIT,
    OWN_SCRIPTS,
    SCRIPT,
    WASM,
    content_policy,
    load,
)
from crimeshare.publish.site.pages import REPORT, Page, report_pages
from crimeshare.publish.site.reference_pages import PACKAGE, Module, paragraphs
from crimeshare.publish.site.searching import search_index
from crimeshare.publish.site.takeaways import (
    card,
    chart_files,
    main_chart,
    with_files,
    without_files,
)
from crimeshare.reference import GROUP, NATION, areas, offences
from crimeshare.running import write_file

FOLDED = "folded"
SECTIONS = (FOLDED, "switched")
"""Tags of a heading: its section is closed until somebody opens it, or shows one
table at a time."""

REFERENCE_PAGES = "reference/index.html"
CHECK_PAGE = "check.html"
TEMPLATES = Path(__file__).parent / "templates"
WORDS = Words(Path(__file__).with_name("templates") / "page.md.j2")


def render_page(page: Page, body: str, site_url: str = "") -> str:
    """The page around a body.

    Args:
        body: what :func:`render_body` made of its executed notebook.
        site_url: where the report is published, without a slash at the end; empty if nowhere.

    Raises:
        Problem: if its text prints a number that is neither a figure nor structural, so that
            nobody could trace it.
    """
    strays = stray_numbers(body)
    if strays:
        shown = "; ".join(f'"{stray}"' for stray in strays[:5])
        raise Problem(
            f"{page.source}: {len(strays)} passages of {page.address} print a number that does not "
            f"come from a figure: {shown}. Write it as a Figure; see "
            "crimeshare.publish.elements.figures."
        )
    return _template("page.html.j2").render(
        **_shared(page)
        | {
            "page": page,
            "title": page_title(body),
            "lead": _lead(body),
            "body": Markup(_in_sections(page, with_files(page, _linked(page, body)))),
            "site_url": site_url,
            "sections": _sections(page.groups, page.folder),
            "scripts": [SCRIPT, *OWN_SCRIPTS.get(page.notebook, [])],
        },
    )


def write_page(page: Page, notebook: Mapping[str, Any], site_url: str = "") -> str:
    """Write a page, the data of its charts and how it is made; returns its body."""
    body = render_body(notebook)
    charts = REPORT / page.charts
    charts.mkdir(parents=True, exist_ok=True)
    for name, text in chart_files(page, body).items():
        (charts / name).write_text(text, encoding="utf-8")
    for path, html in (
        (page.path, render_page(page, body, site_url)),
        (page.how.path, render_how(page, notebook)),
    ):
        write_file(path, html)
    return body


def render_search(bodies: Iterable[tuple[Page, str]], groups: Sequence[str] = (GROUP,)) -> str:
    """The search page, which holds its own index of words.

    Args:
        bodies: every page with its rendered body, one after another.
    """
    page = Page("search", "Search", "", section="About", groups=tuple(groups))
    return _template("search.html.j2").render(
        **_given(page, *OWN_SCRIPTS["search"])
        | {
            "sections": _sections(page.groups),
            "index": Markup(
                search_index(((each, _in_sections(each, body)) for each, body in bodies), groups)
            ),
            "names": {name: offence.name for name, offence in offences().items()},
        }
    )


def render_check(groups: Sequence[str] = (GROUP,)) -> str:
    """The page that judges a text which is pasted into it."""
    page = Page("check", "Check", "", section="About", groups=tuple(groups))
    return _template("check.html.j2").render(
        **_given(page, *OWN_SCRIPTS["check"]) | {"policy": content_policy([EARLY, load()], WASM)}
    )


def render_reference(modules: Mapping[str, Module], module: Module | None = None) -> str:
    """The reference page of a module, or the list of all of them.

    Args:
        module: whose page it is; None for the list.
    """
    name, title = (module.name, module.name) if module else ("index", "Functions")
    page = Page(f"reference/{name}", title, "", section="Reference")
    return _template("reference.html.j2").render(
        **_given(page)
        | {
            "package": PACKAGE,
            "about": measures.__doc__,
            "modules": modules,
            "module": module,
            "paragraphs": lambda text: paragraphs(text, modules),
        }
    )


def render_how(page: Page, notebook: Mapping[str, Any]) -> str:
    """How a page is made: the cells of its notebook in their order, with what they gave.

    Its numbers are those of the page, where they can be traced; here they are text.
    """
    how = page.how
    return _template("how.html.j2").render(
        **_given(how)
        | {
            "made": page,
            "cells": [
                {
                    "code": highlighted("".join(cell["source"])),
                    "outputs": [_retold(page, _output(each)) for each in cell["outputs"]],
                }
                if cell["cell_type"] == "code"
                else {"code": "", "outputs": [_retold(page, _markdown("".join(cell["source"])))]}
                for cell in notebook["cells"]
            ],
        }
    )


def _retold(page: Page, html: str) -> Markup:
    """What a cell gave, its links to sections of the page leading there."""
    return Markup(_linked(page.how, retold(html).replace('href="#', f'href="{page.address}#')))


def render_embed(page: Page, body: str) -> tuple[str, str] | None:
    """The main chart of a page as a page of its own, for other sites to show; None without one.

    Returns:
        Its name, ``gwent-share-by-year``, and its HTML.
    """
    chart = main_chart(body)
    if chart is None:
        return None
    chart_id, html = chart
    title = re.findall(r'<p class="title">(.*?)</p>', html, flags=re.DOTALL)[0]
    return f"{page.slug}-{chart_id}", _template("embed.html.j2").render(
        **_shared(Page("embed/", "", ""))
        | {
            "page": page,
            "page_title": page_title(body),
            "chart_id": chart_id,
            "chart": Markup(
                re.sub(
                    r'href="(?=[a-z])(?!https?:)', 'href="../', without_files(_in_group(page, html))
                )
            ),
            "style": Markup(shared_file("report.css")),
            "title": plain(title),
            "licence": "Open Government Licence v3.0.",
            "policy": content_policy([FIT]),
            "fit": Markup(FIT),
        },
    )


def page_card(body: str) -> bytes:
    """The picture that a preview of a page shows, as PNG."""
    return card(page_title(body), _lead(body), body)


def read_executed(page: Page) -> dict[str, Any]:
    """The executed notebook of a page."""
    notebook: dict[str, Any] = json.loads(page.executed.read_text(encoding="utf-8"))
    return notebook


def render_body(notebook: Mapping[str, Any]) -> str:
    """Prose, tables and charts of an executed notebook as HTML, without its code.

    Cells tagged ``how`` are for whoever asks how the page is made.

    Args:
        notebook: as nbformat has it; texts may be whole or lists of lines, as in a file.
    """
    parts = []
    for cell in notebook["cells"]:
        if HOW in cell["metadata"].get("tags", ()):
            continue
        if cell["cell_type"] == "markdown":
            html = _markdown("".join(cell["source"]))
        else:
            html = "\n".join(filter(None, map(_output, cell.get("outputs", ()))))
        kinds = [kind for kind in SECTIONS if kind in cell["metadata"].get("tags", ())]
        parts.append(html.replace("<h2>", f'<h2 class="{kinds[0]}">') if kinds else html)
    return "\n".join(part for part in parts if part)


def page_title(body: str) -> str:
    """Text of the page's only heading of the first level."""
    titles = re.findall(r"<h1[^>]*>(.*?)</h1>", body, flags=re.DOTALL)
    if len(titles) != 1:
        raise Problem(f"A page needs one heading of the first level, not {len(titles)}: {titles}")
    return plain(titles[0])


def _output(output: dict[str, Any]) -> str:
    if output["output_type"] == "stream":
        return f"<pre>{escape(''.join(output['text']))}</pre>" if output["name"] == "stdout" else ""
    forms = {kind: "".join(lines) for kind, lines in output.get("data", {}).items()}
    if "text/html" in forms:
        return forms["text/html"]
    if "text/markdown" in forms:
        return _markdown(forms["text/markdown"])
    return f"<pre>{escape(forms.get('text/plain', ''))}</pre>"


@lru_cache(maxsize=512)
def _markdown(text: str) -> str:
    """Kept for the page that shows how a page is made, which has the same passages."""
    return str(_parser().render(text))


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True}).enable("table")


def templates() -> Environment:
    """The templates of the site, in which a name that is not given is an error."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _template(name: str) -> Template:
    return templates().get_template(name)


def _shared(page: Page) -> dict[str, Any]:
    """What a page holds beside what it says."""
    return _of_folder("../" * page.depth, page.folder) | {
        "choices": _choices(page),
        "group_name": offences()[page.group].name if page.group else "",
    }


def _given(page: Page, *scripts: str) -> dict[str, Any]:
    """What a page is given that no notebook makes, whatever it says."""
    return _shared(page) | {
        "page": page,
        "title": page.title,
        "lead": "",
        "site_url": "",
        "sections": _sections(page.groups, page.folder),
        "scripts": [SCRIPT, *scripts],
    }


@cache
def _of_folder(root: str, folder: str) -> dict[str, Any]:
    """What the template needs that is equal on all pages of a folder: addresses, scripts, icon."""
    place = _template("place.html.j2").render(root=root, folder=folder)
    return {
        "root": root,
        "home": f"{root}{folder}",
        "nation": areas()[NATION].file_name,
        "early": Markup(EARLY),
        "load": Markup(load()),
        "policy": content_policy([EARLY, load()]),
        "icon": ICON,
        "place_field": Markup(place),
        "version": version("crimeshare"),
        "attribution": Markup(f"{ATTRIBUTION} {PLACES_ATTRIBUTION}"),
    }


def _choices(page: Page) -> list[dict[str, Any]]:
    """The groups that a reader may turn to, the page's own among them; none of one alone.

    The address is of a group's page about the same area; where it has none, of its first page.
    """
    if len(page.groups) == 1:
        return []
    found = []
    for group in page.groups:
        folder = replace(page, group=group).folder
        own = f"{folder}{page.own_name}.html" if page.group else ""
        address = own if own in _addresses(page.groups) else f"{folder}index.html"
        chosen = group == page.group
        found.append({"name": offences()[group].name, "address": address, "chosen": chosen})
    return found


def shared_file(name: str) -> str:
    """A script or style sheet of the pages, without its comments and indents."""
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    return re.sub(r"^(?: *//.*\n| *\n| +)", "", text, flags=re.MULTILINE)


# Three bars, one of them in the colour of what is told of.
ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
    "%3Crect width='16' height='16' rx='3' fill='%230f2f4b'/%3E"
    "%3Cpath d='M4 13V9M8 13V7' stroke='%23fff' stroke-width='2.5'/%3E"
    "%3Cpath d='M12 13V3' stroke='%23ffbf47' stroke-width='2.5'/%3E%3C/svg%3E"
)


@cache
def _sections(groups: tuple[str, ...], folder: str | None = None) -> dict[str, list[Page]]:
    """The pages by the sections of the navigation: all, or those that a group's pages lead to."""
    sections: dict[str, list[Page]] = {}
    for page in report_pages(groups):
        if folder is None or not page.group or page.folder == folder:
            sections.setdefault(page.section, []).append(page)
    return sections


@cache
def _addresses(groups: tuple[str, ...]) -> frozenset[str]:
    return frozenset(
        {page.address for page in report_pages(groups)} | {REFERENCE_PAGES, CHECK_PAGE}
    )


def _linked(page: Page, body: str) -> str:
    """Make links to other pages, written from the root of the report, right for this page."""
    return _LINK.sub(lambda found: f'href="{"../" * page.depth}{found[1]}', _in_group(page, body))


_FILES = ("data/", "data.zip", "feed.xml")
"""What lies beside the pages of the report, or begins the name of what does."""

_LINK = re.compile(rf'href="([a-z][a-z/_-]*\.html|(?:{"|".join(map(re.escape, _FILES))})[^"]*)')


def _in_group(page: Page, body: str) -> str:
    """Lead links to the pages of the same group, where it has one of its own."""
    known = _addresses(page.groups)

    def link(match: re.Match[str]) -> str:
        if match[1] not in known and not match[1].startswith(_FILES):
            raise Problem(
                f"{page.source}: {page.address} links to `{match[1]}`, which is no page of the "
                f"report; write a link from the root of the report, such as forces/gwent.html."
            )
        own = f"{page.folder}{match[1]}"
        return f'href="{own if own in known else match[1]}'

    return _LINK.sub(link, body)


def _lead(body: str) -> str:
    found = re.search(r"<p[^>]*>(.*?)</p>", body, flags=re.DOTALL)
    return plain(found[1]) if found else ""


_HEADING = re.compile(r"<h2(?: class=\"(\w+)\")?>(.*?)</h2>", re.DOTALL)


def _anchor(heading: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", plain(heading).lower()).strip("-")


LISTED = 3
"""A page of fewer sections is taken in at a glance."""


def _contents(body: str) -> str:
    headings = [(_anchor(text), plain(text)) for _, text in _HEADING.findall(body)]
    return WORDS.passage("contents", headings=headings) if len(headings) >= LISTED else ""


def _in_sections(page: Page, body: str) -> str:
    """Put each heading of the second level and what follows it into a section of its own."""
    before, *rest = re.split(r"(?=<h2[ >])", body)
    # Of few offences, or of a group without changes of recording, some sections say nothing.
    rest = [part for part in rest if part.split("</h2>", 1)[1].strip()]
    if page.notebook == "index":
        # The way to the reader's own place stands below the answer, on the first screen.
        before = before.replace("</p>", f"</p>{_shared(page)['place_field']}", 1)
    parts = [f'<div class="opening">{before}{_contents("".join(rest))}</div>']
    for part in rest:
        [(kind, title)] = _HEADING.findall(part)
        anchor = _anchor(title)
        head, content = f'<h2 id="{anchor}">{title}</h2>', part.split("</h2>", 1)[1]
        told = f"{head}{content}"
        if kind == FOLDED:
            told = f"<details><summary>{head}</summary><div>{content}</div></details>"
        parts.append(f'<section class="{kind}" aria-labelledby="{anchor}">{told}</section>')
    return "\n".join(parts)
