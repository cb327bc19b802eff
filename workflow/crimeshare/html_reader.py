"""Read HTML as a reader meets it: element by element."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Protocol

from lxml import etree

DRAWING = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
"""A drawing with all that is in it; drawings do not nest."""


class Target(Protocol):
    """What is told of the elements and texts of a document, in their order."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> object:
        """An element begins."""

    def end(self, tag: str) -> object:
        """An element ends, whether the document says so or not."""

    def data(self, text: str) -> object:
        """A piece of text, of which there may be several in a row."""

    def close(self) -> Any:
        """The end of the document; what is returned is what was read."""


def read_html(html: str, target: Target) -> Any:
    """What a target makes of a document or a part of one.

    Around a part there are the elements of a document (``html``, ``body``) and a ``div``.

    Args:
        html: with the drawings taken out where nobody asks for them, as most of the elements of a
            page are in them.
        target: is told of everything.
    """
    parser = etree.HTMLParser(target=target, encoding="utf-8")
    parser.feed(html.encode() if html.lstrip()[:2] == "<!" else f"<div>{html}</div>".encode())
    return parser.close()
