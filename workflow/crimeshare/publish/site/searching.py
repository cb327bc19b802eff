"""What the search page looks through: the words of every section of the report, and its terms."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from crimeshare.problems import Problem
from crimeshare.publish.elements.prose import plain
from crimeshare.publish.site.pages import Page, report_pages
from crimeshare.reference import REFERENCE, offences, read_rows

GLOSSARY = REFERENCE / "glossary.csv"

# Of a section so many letters are searched; of pages that there are many of one kind, fewer.
LETTERS = 3_000
LETTERS_OF_ALIKE = 280

_UNREAD = re.compile(
    r"<(?:(svg|tbody|thead|style|script|math|details)\b|(div) class=\"data\"|(ul) class=\"key\").*?"
    r"</(?:\1|\2|\3)>",
    re.DOTALL,
)


def search_index(pages: Iterable[tuple[Page, str]]) -> str:
    """The index as JSON that may stand inside a script element.

    Args:
        pages: every page with its rendered main part, in sections whose headings have an id.

    Raises:
        Problem: if a term of the glossary leads to no page.
    """
    index = {
        "sections": [section for page, body in pages for section in _sections(page, body)],
        "terms": _terms(),
    }
    text = json.dumps(index, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _terms() -> list[dict[str, str]]:
    terms = read_rows(GLOSSARY)
    lost = sorted({term["page"] for term in terms} - {page.address for page in report_pages()})
    if lost:
        raise Problem(
            f"{GLOSSARY}: terms lead to {', '.join(lost)}, which is no page of the report; "
            "the column `page` takes an address such as methods.html."
        )
    return terms


def _sections(page: Page, body: str) -> list[dict[str, Any]]:
    """Each section with its heading; what stands before the first belongs to the page itself."""
    title = plain(re.findall(r"<h1[^>]*>(.*?)</h1>", body, flags=re.DOTALL)[0])
    if page.group and len(page.groups) > 1:
        title = f"{title} ({offences()[page.group].name})"
    letters = LETTERS_OF_ALIKE if "/" in page.own_name else LETTERS
    parts = re.split(r"(?=<h2 )", body)
    found = []
    # The pages of every group have the same sections: those of the first stand for all.
    for part in parts[:1] if page.folder else parts:
        heading = re.match(r'<h2 id="([^"]+)">(.*?)</h2>', part, flags=re.DOTALL)
        text = (
            part[heading.end() :] if heading else re.sub(r"<h1.*?</h1>", "", part, flags=re.DOTALL)
        )
        found.append(
            {
                "address": f"{page.address}#{heading[1]}" if heading else page.address,
                "title": title,
                # The page as navigation names it is found by that name too.
                "heading": plain(heading[2]) if heading else "",
                "name": "" if heading else page.title,
                "text": _words(text)[:letters],
            }
        )
    return found


def _words(html: str) -> str:
    """What a reader reads in running text, captions and notes, without numbers in tables."""
    return " ".join(
        plain(re.sub(r"</(?:p|li|caption|figcaption|span)>", " ", _UNREAD.sub(" ", html))).split()
    )
