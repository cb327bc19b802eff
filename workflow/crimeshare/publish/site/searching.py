"""What the search page looks through: the words of every section of the report, and its terms."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from crimeshare.problems import Problem
from crimeshare.publish.elements.prose import plain, upper_first
from crimeshare.publish.elements.words import Words
from crimeshare.publish.site.pages import Page, report_pages
from crimeshare.reference import REFERENCE, offences, read_rows
from crimeshare.software import LIBRARY

GLOSSARY = REFERENCE / "glossary.csv"
CODES = LIBRARY / "tables" / "layouts" / "prc" / "codes.csv"
WORDS = Words(Path(__file__).with_name("templates") / "page.md.j2")

# Of a section so many letters are searched; of pages that there are many of one kind, fewer.
LETTERS = 3_000
LETTERS_OF_ALIKE = 280

_UNREAD = re.compile(
    r"<(?:(svg|tbody|thead|style|script|math|details)\b|(div) class=\"data\"|(ul) class=\"key\").*?"
    r"</(?:\1|\2|\3)>",
    re.DOTALL,
)


def search_index(pages: Iterable[tuple[Page, str]], groups: Sequence[str]) -> str:
    """The index as JSON that may stand inside a script element.

    Args:
        pages: every page with its rendered main part, in sections whose headings have an id.
        groups: the offence groups that the report is about.

    Raises:
        Problem: if a term of the glossary leads to no page.
    """
    index = {
        "sections": [section for page, body in pages for section in _sections(page, body)],
        "terms": [*_terms(), *_offences(groups), *_not_recorded(groups), *_changes()],
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


def _offences(groups: Sequence[str]) -> list[dict[str, str]]:
    """Offence groups and codes by what people call them; the explorer has those without pages."""
    codes = [
        {"words": row["name"].lower(), "offence_id": row["code"], "reading": ""}
        for row in read_rows(CODES)
        if row["offence_id"] in groups
    ]
    rows = [*read_rows(REFERENCE / "offence_words.csv"), *codes]
    rows.sort(key=lambda row: row["offence_id"])
    found = []
    for offence_id, named in groupby(rows, key=lambda row: row["offence_id"]):
        words = list(named)
        known = offences().get(offence_id)
        reading = next((row["reading"] for row in words if row["reading"]), "")
        # Whoever types one word of a name such as "stalking and harassment" means the group.
        parts = re.split(r" and |, ", known.name) if known and offence_id in groups else []
        found.append(
            {
                "term": known.name if known else upper_first(words[0]["words"]),
                "also": "|".join([*(row["words"] for row in words), *parts, offence_id]),
                "meaning": reading or WORDS.passage("offence", code="" if known else offence_id),
                "page": _page_of(offence_id, groups),
                "offence": offence_id if known else "",
            }
        )
    return found


def _not_recorded(groups: Sequence[str]) -> list[dict[str, str]]:
    """What people call a crime and these tables do not count by itself."""
    rows = sorted(read_rows(REFERENCE / "not_recorded.csv"), key=lambda row: row["what"])
    found = []
    for what, named in groupby(rows, key=lambda row: row["what"]):
        words = list(named)
        found.append(
            {
                "term": upper_first(words[0]["words"]),
                "also": "|".join(row["words"] for row in words),
                "meaning": WORDS.passage(
                    "not_recorded", what=what, publisher=words[0]["publisher"]
                ),
                "page": _page_of(words[0]["nearest"].split()[0], groups),
                "offence": "",
            }
        )
    return found


def _changes() -> list[dict[str, str]]:
    """What police changed in recording, found by what it is called and by its day."""
    rows = read_rows(REFERENCE / "recording_changes.csv")
    return [
        {
            "term": row["name"],
            "also": WORDS.passage("change_also", day=date.fromisoformat(row["effective"])),
            "meaning": WORDS.passage("change", day=date.fromisoformat(row["effective"])),
            "page": "methods.html",
        }
        for row in rows
    ]


def _page_of(offence_id: str, groups: Sequence[str]) -> str:
    """The page about an offence group or that of a code, the explorer's where it has none."""
    known = [offence_id] if offence_id in offences() else _groups_of(offence_id)
    group = next((each for each in known if each in groups), known[-1])
    if group not in groups:
        return f"explore.html?group={group}"
    return "index.html" if group == groups[0] else f"{group}/index.html"


def _groups_of(code: str) -> list[str]:
    """The groups that have held an offence code, the last of them last."""
    return [row["offence_id"] for row in read_rows(CODES) if row["code"] == code] or ["total"]


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
