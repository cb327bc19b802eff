"""Confidence intervals for a proportion from a complex survey.

Everything rests on the *effective sample size*: the number of interviews a simple random
sample would need to estimate the proportion as precisely as the survey did (Kish 1965).
It comes from a published standard error, ``p(1-p)/se²``, or, where none is published, from
the base and a design factor, ``n/deft²``.

References
----------
Brown, Cai and DasGupta (2001), Interval estimation for a binomial proportion,
*Statistical Science* 16(2).  Korn and Graubard (1998), Confidence intervals for
proportions with small expected number of positive counts estimated from survey data,
*Survey Methodology* 24(2).  Lumley, *survey* for R, ``svyciprop`` methods ``mean``,
``logit`` and ``beta``, which ``normal``, ``logit`` and ``korn-graubard`` reproduce.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from numbers import Real
from statistics import mean
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import betaincinv, expit, logit, ndtri, stdtrit

from crimeshare.problems import Problem

Floats: TypeAlias = NDArray[np.float64]
Numbers: TypeAlias = float | Sequence[float] | NDArray[Any] | pd.Series

SMALL_BASE = 30
"""Below this base the normal quantile is replaced by Student's in large-sample methods."""


class WrongArgument(Problem, ValueError):
    """A number that cannot be what it is said to be; the sentence says which and where."""


def proportion_interval(
    p: Numbers,
    se: Numbers | None = None,
    n: Numbers | None = None,
    design_factor: Numbers | None = None,
    df: Numbers | None = None,
    level: float = 0.95,
    method: str = "wilson",
) -> tuple[Floats, Floats]:
    """Return the confidence limits ``(lower, upper)`` of a survey proportion.

    Parameters broadcast against each other as NumPy arrays do (a pandas Series counts by
    position, its index is not consulted); numbers in, numbers out.

    *Degrees of freedom.*  ``normal`` and ``logit`` take Student's quantile.
    ``korn-graubard`` shrinks the effective sample size by the squared ratio of Student's
    quantiles on ``n - 1`` and ``df`` degrees (on infinitely many where ``n`` is not given).
    ``wilson`` takes Student's quantile; since the score interval depends on the quantile z
    and the sample size m through z²/m alone, that is the same as shrinking the effective
    sample size by the squared ratio of the quantiles.

    *Edges.*

    - NaN in gives NaN out, except that a NaN standard error or base is read as "not
      published": the other one is used.
    - A standard error of 0 says that the sample held nobody, or everybody, and is never
      taken for certainty: it is set aside as if it were missing, and the base is used.
    - At ``p`` of 0 or 1 ``wilson`` and ``korn-graubard`` hold as they stand; ``logit`` and
      ``normal`` do not exist and give the one-sided exact binomial bound at ``level`` (0 to
      ``1 - alpha^(1/m)``, or its mirror image).
    - An effective sample size below 1 is less than one interview's worth: (0, 1).
    - A base under 30 with no ``df``: ``logit`` and ``normal`` use ``n - 1`` degrees.
    - ``normal`` limits are cut at 0 and 1, which leaves coverage as it is.

    Args:
        p: proportions between 0 and 1 (not percentages).
        se: standard errors on the same scale, as the survey design gives them.
        n: unweighted bases.
        design_factor: square root of the design effect; used with ``n`` where there is no standard
            error. 1 (simple random sampling) if neither is given.
        df: degrees of freedom of the standard error (clusters less strata).  Without it the normal
            quantile is used.
        level: confidence level, strictly between 0 and 1.
        method: ``wilson``: score interval on the effective sample size. ``korn-graubard``:
            Clopper-Pearson limits on the effective sample size. ``logit``: symmetric on the
            log-odds scale.  ``normal``: ``p`` plus and minus.

    Raises:
        WrongArgument: (a :class:`Problem` and a ``ValueError``) where ``p`` lies outside 0 to 1,
            ``se`` is negative, ``n`` or ``df`` or ``design_factor`` is not positive, ``level`` lies
            outside (0, 1), ``method`` is unknown, or the base is needed and missing.
    """
    if method not in _METHODS:
        raise WrongArgument(
            f"interval method {method!r} is not known; known are {', '.join(_METHODS)}"
        )
    _refuse_level(level)
    sample = _Sample.of(p, se, n, design_factor, df, level)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        lower, upper = _METHODS[method](sample)
        exact_lower, exact_upper = _one_sided_exact(sample)
    exact = ((sample.p == 0) | (sample.p == 1)) & (method in _UNDEFINED_AT_THE_EDGES)
    lower, upper = np.where(exact, exact_lower, lower), np.where(exact, exact_upper, upper)
    # No interval leaves out its own estimate: what lies beyond it is rounding, and a sample too
    # large for the incomplete beta function has no width left.
    lower, upper = np.fmin(lower, sample.p), np.fmax(upper, sample.p)

    nothing_known = sample.n_eff < 1
    lower = np.where(nothing_known, 0.0, np.clip(lower, 0.0, 1.0))
    upper = np.where(nothing_known, 1.0, np.clip(upper, 0.0, 1.0))
    missing = np.isnan(sample.p) | np.isnan(sample.n_eff) | np.isnan(sample.df)
    lower, upper = np.where(missing, np.nan, lower), np.where(missing, np.nan, upper)
    return lower[()], upper[()]


def effective_sample_size(p: Numbers, n: Numbers, design_factor: Numbers) -> Floats:
    """Return the simple random sample that would be as precise: ``n/design_factor²``.

    Raises :class:`WrongArgument` as :func:`proportion_interval` does.
    """
    return _Sample.of(p, None, n, design_factor, None, 0.95).n_eff[()]


@dataclass(frozen=True)
class _Sample:
    """Checked, broadcast arguments; every array has the same shape."""

    p: Floats
    n: Floats
    df: Floats
    n_eff: Floats
    alpha: float

    @classmethod
    def of(
        cls,
        p: Numbers,
        se: Numbers | None,
        n: Numbers | None,
        design_factor: Numbers | None,
        df: Numbers | None,
        level: float,
    ) -> "_Sample":
        if se is None and n is None:
            raise WrongArgument("an interval needs a standard error or a base: give se or n")
        # A missing se or n is "not given"; the others have a value that changes nothing.
        prop, error, base, deft, degrees = _broadcast(
            p=as_floats(p),
            se=as_floats(np.nan if se is None else se),
            n=as_floats(np.nan if n is None else n),
            design_factor=as_floats(1.0 if design_factor is None else design_factor),
            df=as_floats(np.inf if df is None else df),
        )
        _refuse_impossible(prop, error, base, deft, degrees)

        informative = (error > 0) & (prop > 0) & (prop < 1)
        needs_base = ~informative & ~np.isnan(prop)
        if n is None and (silent := needs_base & ~np.isnan(error)).any():
            raise WrongArgument(
                "where nobody or everybody was a victim, or the standard error is 0, the base "
                f"is needed; give n as well ({_place(silent, prop, 'p')})"
            )
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            n_eff = np.where(informative, prop * (1 - prop) / error**2, base / deft**2)
        return cls(prop, base, degrees, n_eff, 1 - level)

    def quantile(self, df: Floats) -> Floats:
        """Two-sided Student quantile; the normal one for infinitely many degrees."""
        q = 1 - self.alpha / 2
        return np.where(np.isinf(df), ndtri(q), stdtrit(np.where(np.isinf(df), 1.0, df), q))

    def large_sample_quantile(self) -> Floats:
        small = np.isinf(self.df) & (self.n < SMALL_BASE)
        return self.quantile(np.where(small, np.maximum(self.n - 1, 1), self.df))


def _wilson(s: _Sample) -> tuple[Floats, Floats]:
    z2 = s.quantile(s.df) ** 2 / s.n_eff
    centre = (s.p + z2 / 2) / (1 + z2)
    half = np.sqrt(z2 * s.p * (1 - s.p) + z2**2 / 4) / (1 + z2)
    # At the edges the limit is p itself; rounding must not move it.
    return np.where(s.p == 0, 0.0, centre - half), np.where(s.p == 1, 1.0, centre + half)


def _korn_graubard(s: _Sample) -> tuple[Floats, Floats]:
    reference = np.where(np.isnan(s.n), np.inf, np.maximum(s.n - 1, 1))
    shrink = np.where(np.isinf(s.df), 1.0, s.quantile(reference) / s.quantile(s.df))
    m = s.n_eff * shrink**2
    lower = betaincinv(m * s.p, m * (1 - s.p) + 1, s.alpha / 2)
    upper = betaincinv(m * s.p + 1, m * (1 - s.p), 1 - s.alpha / 2)
    return np.where(s.p == 0, 0.0, lower), np.where(s.p == 1, 1.0, upper)


def _logit(s: _Sample) -> tuple[Floats, Floats]:
    half = s.large_sample_quantile() / np.sqrt(s.n_eff * s.p * (1 - s.p))
    return expit(logit(s.p) - half), expit(logit(s.p) + half)


def _normal(s: _Sample) -> tuple[Floats, Floats]:
    half = s.large_sample_quantile() * np.sqrt(s.p * (1 - s.p) / s.n_eff)
    return s.p - half, s.p + half


def _one_sided_exact(s: _Sample) -> tuple[Floats, Floats]:
    """Exact binomial bound on the side the sample says nothing about (Clopper-Pearson)."""
    bound = s.alpha ** (1 / s.n_eff)
    return np.where(s.p == 1, bound, 0.0), np.where(s.p == 1, 1.0, 1 - bound)


_METHODS: dict[str, Callable[[_Sample], tuple[Floats, Floats]]] = {
    "wilson": _wilson,
    "korn-graubard": _korn_graubard,
    "logit": _logit,
    "normal": _normal,
}
_UNDEFINED_AT_THE_EDGES = {"logit", "normal"}


def as_floats(values: Numbers) -> Floats:
    """Return ``values`` as a float array; a pandas missing value becomes NaN."""
    if isinstance(values, pd.Series):
        return values.to_numpy(dtype=np.float64, na_value=np.nan)
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise WrongArgument(f"numbers were expected, found {values!r}") from error


def _broadcast(**given: Floats) -> list[Floats]:
    try:
        return [np.asarray(values) for values in np.broadcast_arrays(*given.values())]
    except ValueError:
        shapes = (f"{name} {values.shape}" for name, values in given.items() if values.ndim)
        raise WrongArgument(
            f"arguments of one length, or numbers, were expected: found {', '.join(shapes)}"
        ) from None


def _refuse_level(level: float) -> None:
    if not isinstance(level, Real):
        raise WrongArgument(f"a confidence level is one number between 0 and 1, not {level!r}")
    if not 0 < level < 1:
        raise WrongArgument(
            f"a confidence level lies between 0 and 1, not at {level}"
            + (f"; for {level:g} % give {level / 100:g}" if 1 < level < 100 else "")
        )


def _refuse_impossible(p: Floats, se: Floats, n: Floats, deft: Floats, df: Floats) -> None:
    """Raise one sentence for each argument that holds an impossible number."""
    percentages = " (a percentage? divide by 100)" if np.any((p > 1) & (p <= 100)) else ""
    rules = (
        ((p < 0) | (p > 1), p, "p", f"a proportion lies between 0 and 1{percentages}"),
        (se < 0, se, "se", "a standard error cannot be negative"),
        ((n <= 0) & ~np.isnan(p), n, "n", "a base is a positive number of interviews"),
        (deft <= 0, deft, "design_factor", "a design factor is positive"),
        (df <= 0, df, "df", "degrees of freedom are positive"),
    )
    faults = [
        f"{rule}: found {_place(wrong, values, name)}"
        for wrong, values, name, rule in rules
        if wrong.any()
    ]
    if faults:
        raise WrongArgument("\n".join(faults))


def _place(wrong: NDArray[np.bool_], values: Floats, name: str) -> str:
    """Name the first wrong element, by its position where there are several elements."""
    first = int(np.flatnonzero(wrong)[0])
    value = f"{values.flat[first]:g}"
    if values.size == 1:
        return f"{name} = {value}"
    others = int(wrong.sum()) - 1
    return f"{name}[{first}] = {value}" + (f" and {others} more" if others else "")


def mean_miss(coverages: Iterable[float], level: float) -> float:
    """How far coverages are from the level claimed, on average over settings of a simulation."""
    return mean(abs(coverage - level) for coverage in coverages)


def mean_ratio(ratios: Iterable[float]) -> float:
    """How wide one method's intervals are beside another's, on average over the same settings."""
    return mean(ratios)
