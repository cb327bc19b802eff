"""What a cell of a notebook shows, and the figures in it as data beside it.

Whatever shows a figure is an :class:`Output`: its metadata in the executed notebook hold each of
its figures with value, source, formula and place, from where the ledger and the panels take them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from crimeshare.publish.elements.figures import Figure, shown_as
from crimeshare.publish.elements.prose import plain

FIGURES = "figures"
"""Under which the metadata of an output have its figures."""

_PIECE = re.compile(
    r"</?(?:p|li|ul|ol|div|section|article|td|th|tr|caption|figcaption|h[1-6]|dt|dd)\b[^>]*>"
    r"|\n\s*\n|(?:^|\n)[-#]+ "
)
_BEGUN = re.compile(r"<(?!/|data\b)[^>]*>")
_DATA = re.compile(r'<data value="([^"]*)" data-id="([^"]*)"')


class Output:
    """Something that a notebook shows as HTML."""

    def _repr_html_(self) -> str:
        raise NotImplementedError

    def shown(self) -> Iterator[dict[str, Any]]:
        """Its figures as data, as a reader meets them."""
        return figures_in(self._repr_html_())

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, str], dict[str, Any]]:
        return {"text/html": self._repr_html_()}, {FIGURES: list(self.shown())}


class HTML(Output):
    """A piece of a page, as HTML."""

    def __init__(self, data: str) -> None:
        self.data = data

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def _repr_html_(self) -> str:
        return self.data


class Markdown(HTML):
    """Prose of a page, as Markdown."""

    # Else IPython would put the text beside the Markdown as HTML, which a page prefers.
    _repr_html_ = None  # type: ignore[assignment]

    def _repr_markdown_(self) -> str:
        return self.data

    def shown(self) -> Iterator[dict[str, Any]]:
        return figures_in(self.data)

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, str], dict[str, Any]]:
        return {"text/markdown": self.data}, {FIGURES: list(self.shown())}


def figures_in(html: str, table: str = "", row: str = "") -> Iterator[dict[str, Any]]:
    """The figures that a text prints, each with the piece of prose it stands in."""
    for piece in _PIECE.split(html):
        found = _DATA.findall(piece)
        sentence = " ".join(plain(_BEGUN.sub(" ", piece)).split()) if found else ""
        for value, figure_id in found:
            yield told(shown_as(unescape(figure_id), value), table, row, sentence)


def told(figure: Figure, table: str = "", row: str = "", sentence: str = "") -> dict[str, Any]:
    """A figure as data: what the ledger says of it, how it was made, and its place."""
    numbers = {"value": figure.value, "lower": figure.lower, "upper": figure.upper}
    return {
        "figure_id": figure.figure_id,
        **{name: "" if n is None else repr(float(n)) for name, n in numbers.items()},
        "unit": figure.unit,
        "release_id": figure.cells[0].release_id if figure.cells else "",
        "sheet": figure.sheet,
        "cell": figure.expression,
        "formula": figure.formula,
        "column": figure.column,
        "stated": dict(figure.stated),
        "table": table,
        "row": row,
        "sentence": sentence,
    }
