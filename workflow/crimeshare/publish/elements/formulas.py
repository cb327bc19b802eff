"""Formulas as MathML, which browsers draw and screen readers speak, and the same in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from latex2mathml.converter import convert

# Read as operators, with the space of one; the converter takes them for names.
_OPERATORS = ("&#x000B1;", "&#x0007E;")


@dataclass(frozen=True)
class Formula:
    """A formula of the methods page.

    Attributes:
        latex: as TeX writes it.
        words: the same as one says it aloud, without digits.
        symbols: pairs of a symbol, in TeX, and its meaning.
    """

    latex: str
    words: str
    symbols: Sequence[tuple[str, str]] = ()

    def _repr_html_(self) -> str:
        meanings = "".join(
            f"<li>{mathml(symbol)}: {escape(meaning)}</li>" for symbol, meaning in self.symbols
        )
        return (
            '<figure class="formula wide"><div class="scroll" tabindex="0" role="group"'
            ' aria-label="Formula, scrolls sideways if it is wider than the page">'
            f"{mathml(self.latex, self.words, display='block')}</div>"
            f'<figcaption class="notes"><p>In words: {escape(self.words)}.</p>'
            + (f"<ul>{meanings}</ul>" if meanings else "")
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
        words: text alternative, for programs that cannot draw MathML.
        display: ``inline`` or ``block``.
    """
    element: str = convert(latex, display=display)
    for operator in _OPERATORS:
        element = element.replace(f"<mi>{operator}</mi>", f"<mo>{operator}</mo>")
    alternative = f' alttext="{escape(words)}"' if words else ""
    return element.replace("<math ", f"<math{alternative} ", 1)


SHARE = Formula(
    r"s_{a,g} = \frac{c_{a,g}}{c_a}",
    "the share of a group in an area is the count of the group over the count of all crime",
    [
        (r"c_{a,g}", "offences of the group recorded in the area"),
        ("c_a", "all offences recorded there but fraud, of the same release"),
    ],
)

SHARE_POINTS = Formula(
    r"\frac{c_1 - c_0}{2}\left(\frac{O_0}{(G_1+O_0)(G_0+O_0)}"
    r" + \frac{O_1}{(G_1+O_1)(G_0+O_1)}\right)",
    "the part of a code is its change in offences, times the mean of what one offence more of the "
    "group does to the share, with everything else as it was and as it is",
    [
        ("c", "offences of the code, in the year and in the year before"),
        ("G", "offences of the group"),
        ("O", "all other offences recorded"),
    ],
)

CONTROL_LIMITS = Formula(
    r"\sin^2\left(\arcsin\sqrt{s} \pm z\sqrt{\frac{1}{4c_a} + \tau^2}\right)",
    "the limits lie, on the arc sine scale, some standard deviations either side of the share in "
    "the middle of the forces, of which one part is chance and the other the spread between forces",
    [
        ("s", "the random-effects mean of the forces' shares"),
        ("c_a", "all crime the force recorded"),
        (r"\tau", "the spread between forces beyond chance, found from the forces themselves"),
        ("z", "the normal quantile of the limits"),
    ],
)

EFFECTIVE_SIZE = Formula(
    r"m = \frac{p\,(1-p)}{e^2} = \frac{n}{f^2}",
    "the effective sample size is the proportion times its complement over the squared standard "
    "error, which is the base over the squared design factor",
    [
        ("p", "the estimated proportion"),
        ("e", "its standard error, where one is published"),
        ("n", "the unweighted base: how many answered"),
        (
            "f",
            "the design factor: how much larger the standard error is than that of a simple "
            "random sample of the same size",
        ),
    ],
)

WILSON = Formula(
    r"\frac{p + \frac{z^2}{2m} \pm z\sqrt{\frac{p(1-p)}{m} + \frac{z^2}{4m^2}}}{1 + \frac{z^2}{m}}",
    "the limits are the proportions that a test against the estimate, with the error that each of "
    "them would have itself, just does not reject",
    [("m", "the effective sample size"), ("z", "the normal quantile of the level")],
)

FLAGS = Formula(
    r"|d| > z\,f\,\sqrt{\frac{p_1(1-p_1)}{n_1} + \frac{p_0(1-p_0)}{n_0}}",
    "a change is called significant where it is larger than the quantile times the design factor "
    "times the standard error that two simple random samples would give",
    [("d", "the published change"), ("f", "the design factor, the one unknown")],
)

CHANGE_ERROR = Formula(
    r"e_d = \sqrt{e_1^2 + e_0^2 - 2\rho\,e_1 e_0}",
    "the squared error of a change is the sum of the squared errors of the two years, less twice "
    "their correlation times both errors",
    [
        ("e_1", "the standard error of the later year"),
        ("e_0", "that of the earlier"),
        (
            r"\rho",
            "their correlation: the part of the twelve months that both years hold, and "
            "zero where they share none",
        ),
    ],
)

SMALLEST_CHANGE = Formula(
    r"\left(z_{1-\alpha/2} + z_{\pi}\right) e_d",
    "the smallest detectable change is the sum of the quantile of the test and that of its power, "
    "times the standard error of the change",
    [(r"\alpha", "one less the level"), (r"\pi", "the power, four in five")],
)

HOLM = Formula(
    r"\tilde p_{(i)} = \max_{j \le i} \min\left\{(k - j + 1)\,p_{(j)},\ 1\right\}",
    "the adjusted p-value of a change is the largest, over it and all smaller p-values, of the "
    "p-value times the number of those not smaller, and at most one",
    [("k", "how many changes to the same year are tested"), ("p_{(i)}", "their p-values by size")],
)

TREND = Formula(
    r"\log\frac{p_t}{1-p_t} = a + b\,t + u_t + \varepsilon_t,\quad u_t \sim N(0, \tau^2),"
    r"\quad \varepsilon_t \sim N(0, v_t)",
    "the log odds of a year are a straight line over time, plus what is particular to the year, "
    "plus the sampling error of its estimate",
    [
        ("b", "the trend: the change of the log odds in a year"),
        (
            r"\tau",
            "the spread of the years beyond sampling error, found by restricted maximum likelihood",
        ),
        ("v_t", "the known variance of the estimate on this scale"),
    ],
)

VICTIMS = Formula(
    r"R = \frac{100\,c}{p\,N},\quad p \sim \mathrm{Beta}\left(m\hat p + \tfrac{1}{2},\ "
    r"m(1-\hat p) + \tfrac{1}{2}\right)",
    "a hundred times the offences recorded, over the proportion of victims times the people; the "
    "proportion is drawn again and again from the Beta distribution that the survey leaves it",
    [
        ("c", "offences recorded, a count taken as it is"),
        ("N", "people of the survey's ages, taken as known"),
        (
            "m",
            "the effective sample size; where the base is assumed it is drawn as well, evenly "
            "from the range of bases and of design factors",
        ),
    ],
)
