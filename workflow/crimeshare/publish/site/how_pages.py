"""How a page is made: what of an executed notebook is shown to those who ask, code included."""

from __future__ import annotations

import re
from functools import cache

from markupsafe import Markup, escape

HOW = "how"
"""Tag of the notebook cells that the page itself, the PDF and the search leave out."""

# The kinds of code that have a colour of their own.
_KINDS = {"Keyword": "k", "String": "s", "Number": "m", "Comment": "c"}


@cache
def highlighted(code: str) -> Markup:
    """Python as HTML, keywords, texts, numbers and comments marked.

    Cached: the pages of all forces are made by the same code.
    """
    # Loaded where code is shown, and not by those who render a body alone.
    from pygments.lexers.python import PythonLexer

    parts = []
    for token, text in PythonLexer().get_tokens(code.rstrip()):
        kind = next((_KINDS[part] for part in token if part in _KINDS), "")
        parts.append(Markup("<i class={}>{}</i>").format(kind, text) if kind else escape(text))
    return Markup().join(parts).rstrip()


_FRAME = re.compile(
    r"<div>\s*<style scoped>.*?</style>\s*(<table.*?</table>)(.*?)</div>", re.DOTALL
)


def retold(html: str) -> str:
    """What a cell gave, as a page shows it that repeats the numbers of another.

    Numbers become text, the data and cells behind them stay with the page, and headings go down
    a level, as the page has a title of its own.
    """
    html = re.sub(r"</?data\b[^>]*>", "", html)
    html = re.sub(r'<div class="data">.*?</div>', "", html, flags=re.DOTALL)
    html = re.sub(r"(</?)h1\b", r"\1h2", html)
    return _FRAME.sub(_in_a_box, html)


def _in_a_box(frame: re.Match[str]) -> str:
    """A frame of pandas, without its style; a corner that heads nothing is no header."""
    table = frame[1].replace(' border="1"', "").replace("<th></th>", "<td></td>")
    box = '<div class="scroll" tabindex="0" role="group" aria-label="Frame">'
    return f"{box}{table}</div>{frame[2]}"
