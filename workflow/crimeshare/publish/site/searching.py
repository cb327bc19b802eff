"""What the search page looks through: the words of every section of the report, and its terms."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from crimeshare.problems import Problem
from crimeshare.publish.elements.prose import plain, upper_first
from crimeshare.publish.elements.words import Words
from crimeshare.publish.site.pages import Page, report_pages
from crimeshare.reference import REFERENCE, offences, read_rows, recording_changes
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
    led = {term["page"].partition("#")[0] for term in terms}
    lost = sorted(led - {page.address for page in report_pages()})
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
        if row["offence_id"] in offences() and "outcome" not in row["name"]
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
        page = _page_of(offence_id, groups)
        found.append(
            {
                "term": known.name if known else upper_first(words[0]["words"]),
                "also": "|".join(
                    dict.fromkeys([*(row["words"] for row in words), *parts, offence_id])
                ),
                "meaning": reading or _meaning(offence_id, groups),
                "page": page,
                **_figures_of(offence_id, page),
            }
        )
    return found


def _not_recorded(groups: Sequence[str]) -> list[dict[str, str]]:
    """What people call a crime and these tables do not count by itself."""
    rows = sorted(read_rows(REFERENCE / "not_recorded.csv"), key=lambda row: row["what"])
    found = []
    for what, named in groupby(rows, key=lambda row: row["what"]):
        words = list(named)
        nearest = words[0]["nearest"].split()[0]
        page = _page_of(nearest, groups)
        offence_id = page.partition("?group=")[2] or nearest
        found.append(
            {
                "term": upper_first(words[0]["words"]),
                "also": "|".join(row["words"] for row in words),
                "meaning": WORDS.passage(
                    "not_recorded", what=what, publisher=words[0]["publisher"]
                ),
                "page": page,
                "nearest": offence_id,
                "nearest_name": _name(offence_id),
            }
        )
    return found


def _changes() -> list[dict[str, str]]:
    """What police changed in recording, found by what it is called and by its day."""
    return [
        {
            "term": change.name,
            "also": WORDS.passage("change_also", day=change.effective),
            "meaning": WORDS.passage("change", day=change.effective),
            "page": "sources.html#changes-in-what-police-record",
        }
        for change in recording_changes()
    ]


def _figures_of(offence_id: str, page: str) -> dict[str, str]:
    """Whose figures the explorer has: its own, or of a code only those of the group it is in."""
    shown = page.partition("?group=")[2] or offence_id
    return (
        {"offence": shown}
        if shown == offence_id
        else {"nearest": shown, "nearest_name": _name(shown)}
    )


def _name(offence_id: str) -> str:
    if known := offences().get(offence_id):
        return known.name
    return next(row["name"] for row in read_rows(CODES) if row["code"] == offence_id)


def _meaning(offence_id: str, groups: Sequence[str]) -> str:
    """What a group or code without a reading of its own is."""
    if offence_id in offences():
        return WORDS.passage("offence", code="")
    group = offences().get(_group_of(offence_id, groups))
    return WORDS.passage("offence", code=offence_id, group=group.name if group else "")


def _page_of(offence_id: str, groups: Sequence[str]) -> str:
    """The page about an offence group, the explorer's about a code or where it has none."""
    group = _group_of(offence_id, groups)
    if group not in groups:
        return f"explore.html?group={group}"
    # The explorer has the codes of the report's groups by themselves.
    if offence_id not in offences():
        return f"explore.html?group={offence_id}"
    return "index.html" if group == groups[0] else f"{group}/index.html"


def _group_of(offence_id: str, groups: Sequence[str]) -> str:
    """A group itself; of a code, the report's group that has held it, or else the last one."""
    if offence_id in offences():
        return offence_id
    held = [row["offence_id"] for row in read_rows(CODES) if row["code"] == offence_id] or ["total"]
    return next((each for each in held if each in groups), held[-1])


def _sections(page: Page, body: str) -> list[dict[str, Any]]:
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
    return " ".join(
        plain(re.sub(r"</(?:p|li|caption|figcaption|span)>", " ", _UNREAD.sub(" ", html))).split()
    )
