"""Formulas as MathML, which browsers draw and screen readers speak, and the same in words."""

from __future__ import annotations

from collections.abc import Sequence
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
    """A formula of the methods page.

    Attributes:
        name: the passage of what it says, and of what its symbols mean.
        latex: as TeX writes it.
        symbols: likewise, in the order of their meanings.
    """

    name: str
    latex: str
    symbols: Sequence[str]

    @property
    def words(self) -> str:
        """The formula as one says it aloud, without digits."""
        return WORDS.points(self.name)[0]

    def _repr_html_(self) -> str:
        _, *meanings = WORDS.points(self.name)
        explained = "".join(
            f"<li>{mathml(symbol)}: {escape(meaning)}</li>"
            for symbol, meaning in zip(self.symbols, meanings, strict=True)
        )
        return (
            '<figure class="formula wide"><div class="scroll" tabindex="0" role="group"'
            f' aria-label="{SHARED.passage("scrolls", what="Formula")}">'
            f"{mathml(self.latex, self.words, display='block')}</div>"
            f'<figcaption class="notes"><p>In words: {escape(self.words)}.</p>'
            + (f"<ul>{explained}</ul>" if explained else "")
            + "</figcaption></figure>"
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


SHARE = Formula(
    "share",
    r"s_{a,g} = \frac{c_{a,g}}{c_a}",
    [r"c_{a,g}", "c_a"],
)

SHARE_POINTS = Formula(
    "share_points",
    r"\frac{c_1 - c_0}{2}\left(\frac{O_0}{(G_1+O_0)(G_0+O_0)}"
    r" + \frac{O_1}{(G_1+O_1)(G_0+O_1)}\right)",
    ["c", "G", "O"],
)

CONTROL_LIMITS = Formula(
    "control_limits",
    r"\sin^2\left(\arcsin\sqrt{s} \pm z\sqrt{\frac{1}{4c_a} + \tau^2}\right)",
    ["s", "c_a", r"\tau", "z"],
)

EFFECTIVE_SIZE = Formula(
    "effective_size",
    r"m = \frac{p\,(1-p)}{e^2} = \frac{n}{f^2}",
    ["p", "e", "n", "f"],
)

WILSON = Formula(
    "wilson",
    r"\frac{p + \frac{z^2}{2m} \pm z\sqrt{\frac{p(1-p)}{m} + \frac{z^2}{4m^2}}}{1 + \frac{z^2}{m}}",
    ["m", "z"],
)

FLAGS = Formula(
    "flags",
    r"|d| > z\,f\,\sqrt{\frac{p_1(1-p_1)}{n_1} + \frac{p_0(1-p_0)}{n_0}}",
    ["d", "f"],
)

CHANGE_ERROR = Formula(
    "change_error",
    r"e_d = \sqrt{e_1^2 + e_0^2 - 2\rho\,e_1 e_0}",
    ["e_1", "e_0", r"\rho"],
)

SMALLEST_CHANGE = Formula(
    "smallest_change",
    r"\left(z_{1-\alpha/2} + z_{\pi}\right) e_d",
    [r"\alpha", r"\pi"],
)

HOLM = Formula(
    "holm",
    r"\tilde p_{(i)} = \max_{j \le i} \min\left\{(k - j + 1)\,p_{(j)},\ 1\right\}",
    ["k", "p_{(i)}"],
)

TREND = Formula(
    "trend",
    r"\log\frac{p_t}{1-p_t} = a + b\,t + u_t + \varepsilon_t,\quad u_t \sim N(0, \tau^2),"
    r"\quad \varepsilon_t \sim N(0, v_t)",
    ["b", r"\tau", "v_t"],
)

VICTIMS = Formula(
    "victims",
    r"R = \frac{100\,c}{p\,N},\quad p \sim \mathrm{Beta}\left(m\hat p + \tfrac{1}{2},\ "
    r"m(1-\hat p) + \tfrac{1}{2}\right)",
    ["c", "N", "m"],
)
