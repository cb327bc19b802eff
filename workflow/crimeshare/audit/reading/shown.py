"""An answer as a person reads it: at a terminal, and as HTML with the text marked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from typing import Any

from crimeshare.audit.asserted import asserted
from crimeshare.audit.findings import Finding
from crimeshare.audit.reading.judged import Answer, Judged

KINDS = ("holds", "does not hold", "is open")


def counted(answer: Answer) -> str:
    """How many statements there are of each kind, a sentence."""
    numbers = [sum(judged.exit == code for judged in answer.statements) for code in (0, 1, 2)]
    total = len(answer.statements)
    if not total:
        return f"No statement on crime figures was found in this text.{_left(answer)}"
    holds, fails, opened = numbers
    words = [
        f"{holds} {'holds' if holds == 1 else 'hold'}",
        f"{fails} {'does' if fails == 1 else 'do'} not",
        f"{opened} {'is' if opened == 1 else 'are'} open",
    ]
    found = f"{total} {'statement' if total == 1 else 'statements'}: {', '.join(words)}."
    return f"{found}{_left(answer)}"


def _left(answer: Answer) -> str:
    left = len(answer.unplaced)
    if not left:
        return ""
    were = "number was" if left == 1 else "numbers were"
    return f" {left} {were} not judged; the reasons are below."


def lines(answer: Answer) -> Iterator[str]:
    """The answer for a terminal: the count, the text with its marks, each verdict, what is left."""
    yield counted(answer)
    if answer.statements:
        yield ""
        yield from _marked(answer).splitlines()
    for number, judged in enumerate(answer.statements, start=1):
        yield ""
        yield f"[{number}] {quote(answer, judged)}: {judged.name}."
        yield f"    Read as: {asserted(judged.claim)}"
        yield f"    {judged.reason}"
        for text, place in cells(judged):
            yield f"      {text}: {place}"
    if answer.unplaced:
        yield ""
        yield "Not judged"
        for loose in answer.unplaced:
            yield f"  {' '.join(answer.text[loose.start : loose.end].split())}: {loose.why}"


def _marked(answer: Answer) -> str:
    """The text with each statement in brackets, its number and what became of it behind it."""
    told, at = "", 0
    for number, judged in enumerate(answer.statements, start=1):
        start, end = judged.statement.start, judged.statement.end
        told += f"{answer.text[at:start]}[{answer.text[start:end]}]({number}: {KINDS[judged.exit]})"
        at = end
    return told + answer.text[at:]


def quote(answer: Answer, judged: Judged) -> str:
    """The words of a statement, on one line."""
    return " ".join(answer.text[judged.statement.start : judged.statement.end].split())


def cells(judged: Judged) -> list[tuple[str, str]]:
    """Each number of the reason with the cells it stands in, once."""
    named = (
        (text, _place(finding))
        for text, finding in judged.verdict.reason.mentioned
        if finding.cells
    )
    return list(dict.fromkeys(named))


def _place(finding: Finding) -> str:
    if all(cell.addressed for cell in finding.cells):
        return finding.formula or finding.cells[0].name
    sheets = ", ".join(dict.fromkeys(cell.sheet for cell in finding.cells))
    return f"{finding.cells[0].release_id}, {sheets}: {finding.formula or finding.cells[0].cell}"


def fragment(answer: Answer) -> str:
    """The annotated answer as HTML, to stand inside a page."""
    parts = [f'<p class="count" tabindex="-1">{escape(counted(answer))}</p>']
    if answer.statements:
        parts.append(f'<div class="text">{_paragraphs(answer)}</div>')
        parts.append('<ol class="verdicts">')
        parts += [_item(answer, judged, n) for n, judged in enumerate(answer.statements, start=1)]
        parts.append("</ol>")
    if answer.unplaced:
        parts.append('<h2>Not judged</h2><ul class="unplaced">')
        parts += [
            f"<li><q>{escape(answer.text[u.start : u.end])}</q>: {escape(u.why)}</li>"
            for u in answer.unplaced
        ]
        parts.append("</ul>")
    return "\n".join(parts)


def _paragraphs(answer: Answer) -> str:
    told, at = "", 0
    for number, judged in enumerate(answer.statements, start=1):
        start, end = judged.statement.start, judged.statement.end
        told += escape(answer.text[at:start])
        told += (
            f'<mark data-verdict="{escape(judged.name)}" data-exit="{judged.exit}">'
            f'<a href="#statement-{number}">{escape(answer.text[start:end])}</a></mark>'
        )
        at = end
    told += escape(answer.text[at:])
    return told.strip().replace("\n\n", "</p><p>").replace("\n", "<br>").join(("<p>", "</p>"))


def _item(answer: Answer, judged: Judged, number: int) -> str:
    where = "".join(
        f"<li>{escape(text)}: <code>{escape(place)}</code></li>" for text, place in cells(judged)
    )
    name = judged.name[:1].upper() + judged.name[1:]
    return (
        f'<li id="statement-{number}" data-exit="{judged.exit}"><p>'
        f"<q>{escape(quote(answer, judged))}</q> <strong>{escape(name)}.</strong> "
        f"{escape(judged.reason)}</p>"
        f'<p class="read">Read as: {escape(asserted(judged.claim))}</p>'
        + (f"<details><summary>Cells</summary><ul>{where}</ul></details>" if where else "")
        + "</li>"
    )


def reviews(answer: Answer) -> str:
    """The verdicts for machines: ClaimReview of schema.org as JSON-LD."""
    graph = [_review(answer, judged) for judged in answer.statements]
    told = json.dumps(
        {"@context": "https://schema.org", "@graph": graph}, ensure_ascii=False, indent=1
    )
    return told.replace("<", "\\u003c")


def _review(answer: Answer, judged: Judged) -> dict[str, Any]:
    return {
        "@type": "ClaimReview",
        "claimReviewed": f"{quote(answer, judged)} ({asserted(judged.claim)})",
        "itemReviewed": {"@type": "Claim"},
        "author": {"@type": "Organization", "name": "crimeshare"},
        "reviewRating": {
            "@type": "Rating",
            "alternateName": judged.name,
            "ratingValue": (5, 1, 3)[judged.exit],
            "bestRating": 5,
            "worstRating": 1,
        },
        "reviewBody": judged.reason,
    }


STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem }
.count { font-size: 1.25rem; font-weight: 600 }
.text { border: 1px solid #bbb; border-radius: 4px; padding: 0 1rem; margin: 1rem 0 }
mark { background: none; border-bottom: 3px solid #6b4e00 }
mark[data-exit="0"] { border-bottom: 3px solid #00703c }
mark[data-exit="1"] { border-bottom: 3px double #b00020 }
mark a { color: inherit; text-decoration: none }
li { margin-bottom: .75rem }
.read, details { color: #444; font-size: .9rem; overflow-wrap: anywhere }
"""


def page(answer: Answer) -> str:
    """The annotated answer as a page of its own, which asks for no other file."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Crime figures in a text, judged</title>\n<style>{STYLE}</style>\n"
        f'<script type="application/ld+json">{reviews(answer)}</script></head>\n<body><main>'
        f"<h1>Crime figures in a text, judged</h1>\n{fragment(answer)}\n"
        "<p>Figures: ONS and the Home Office, Open Government Licence "
        "v3.0.</p></main></body></html>\n"
    )
