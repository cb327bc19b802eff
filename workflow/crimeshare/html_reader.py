"""Read HTML with lxml."""

from __future__ import annotations

import re

from lxml import etree

DRAWING = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
"""An SVG drawing with its content; drawings do not nest."""


def read_html(html: str) -> etree._Element:
    """The tree of a document or a fragment, without its comments.

    A fragment is wrapped in a ``div``, and lxml adds ``html`` and ``body``.

    Args:
        html: remove `DRAWING` from it unless drawings are needed; most elements are in them.
    """
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True)
    whole = html if html.lstrip()[:2] == "<!" else f"<div>{html}</div>"
    return etree.fromstring(whole.encode(), parser)
