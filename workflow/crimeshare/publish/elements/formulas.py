"""Formulas as MathML, which browsers draw and screen readers speak, and the same in words.

What a formula says, how TeX writes it and what its symbols are stands in ``formulas.md.j2``.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path

from latex2mathml.converter import convert

from crimeshare.publish.elements.output import Output
from crimeshare.publish.elements.words import Words

WORDS = Words(Path(__file__).with_name("formulas.md.j2"))
SHARED = Words(Path(__file__).with_name("shared.md.j2"))

# Read as operators, with the space of one; the converter takes them for names.
_OPERATORS = ("&#x000B1;", "&#x0007E;")


@dataclass(frozen=True)
class Formula(Output):
    """A formula of the methods page, by the name of its passage."""

    name: str

    @property
    def words(self) -> str:
        """The formula as one says it aloud, without digits."""
        return WORDS.points(self.name)[0]

    @property
    def latex(self) -> str:
        return WORDS.points(self.name)[1]

    def _repr_html_(self) -> str:
        explained = (point.split(" | ") for point in WORDS.points(self.name)[2:])
        return SHARED.passage(
            "formula",
            words=self.words,
            drawn=mathml(self.latex, self.words, display="block"),
            explained=[(mathml(symbol), meaning) for symbol, meaning in explained],
        )

    def _repr_latex_(self) -> str:
        return f"$${self.latex}$$"

    def __repr__(self) -> str:
        return f"Formula: {self.words}"


def mathml(latex: str, words: str = "", display: str = "inline") -> str:
    """A piece of TeX as a MathML element.

    Args:
        latex: without dollars around it.
    """
    element: str = convert(latex, display=display)
    for operator in _OPERATORS:
        element = element.replace(f"<mi>{operator}</mi>", f"<mo>{operator}</mo>")
    alternative = f' alttext="{escape(words)}"' if words else ""
    return element.replace("<math ", f"<math{alternative} ", 1)
