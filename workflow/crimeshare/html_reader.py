"""Read HTML with lxml, element by element."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Protocol

from lxml import etree

DRAWING = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
"""An SVG drawing with its content; drawings do not nest."""


class Target(Protocol):
    """Receives the elements and texts of a document in order."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> object:
        """An element begins."""

    def end(self, tag: str) -> object:
        """An element ends, with or without an end tag."""

    def data(self, text: str) -> object:
        """A piece of text; one text may come in several pieces."""

    def close(self) -> Any:
        """End the document and return the result."""


def read_html(html: str, target: Target) -> Any:
    """Parse a document or a fragment, and return what `target` makes of it.

    A fragment is wrapped in a ``div``, and lxml adds ``html`` and ``body``.

    Args:
        html: remove `DRAWING` from it unless drawings are needed; most elements are in them.
    """
    parser = etree.HTMLParser(target=target, encoding="utf-8")
    parser.feed(html.encode() if html.lstrip()[:2] == "<!" else f"<div>{html}</div>".encode())
    return parser.close()
