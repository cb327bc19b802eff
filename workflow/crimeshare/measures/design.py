"""Design factors of a survey, estimated from what its publisher prints.

The design factor (deft) is the standard error of an estimate over the one a simple random
sample of the same size would have (Kish 1965).  It is rarely published.  Two things that are
published hold it: standard errors beside their bases, and verdicts on which changes are
significant, which switch on where a change outgrows its true standard error.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import log_ndtr, ndtri

from crimeshare.measures.intervals import Floats, Numbers, WrongArgument, as_floats
from crimeshare.measures.provenance import cells_of_rows

_CENTRES = 400
SPREADS = np.geomspace(0.002, 0.5, 40)

FLAG_LEVEL = 0.95
"""The level at which ONS calls a change significant."""

CRITICAL = float(ndtri(0.5 + FLAG_LEVEL / 2))
"""A change is flagged where it is larger than this many standard errors."""


def design_factors(p: Numbers, se: Numbers, n: Numbers) -> Floats:
    """Return ``se / sqrt(p(1-p)/n)``; NaN where ``p`` is 0 or 1 or anything is missing."""
    prop, error, base = as_floats(p), as_floats(se), as_floats(n)
    with np.errstate(divide="ignore", invalid="ignore"):
        simple_random = np.sqrt(prop * (1 - prop) / base)
        return np.where(simple_random > 0, error / simple_random, np.nan)[()]


def summarise_design_factors(estimates: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return the design factors of published standard errors, one row per group.

    ``estimates`` has ``estimate`` (proportion), ``standard_error``, ``n_unweighted`` and
    ``cells``; groups are the values of the columns ``by``.  Columns returned: ``by``,
    ``estimates`` (how many the row rests on), ``mean``, ``lowest``, ``highest``, ``formula`` and
    ``cells``.  Estimates of 0 or 1, whose standard error says nothing, are left out.
    """
    factors = design_factors(
        estimates["estimate"], estimates["standard_error"], estimates["n_unweighted"]
    )
    known = estimates.assign(design_factor=factors).dropna(subset="design_factor")
    groups = known.groupby(list(by), sort=True)
    factor = groups["design_factor"]
    summary = pd.DataFrame(factor.agg(estimates="size", mean="mean", lowest="min", highest="max"))
    summary["formula"] = "standard error / that of a simple random sample"
    summary["cells"] = groups["cells"].agg(cells_of_rows)
    return summary.reset_index()


def simple_random_error(p: Numbers, n: Numbers, previous_p: Numbers, previous_n: Numbers) -> Floats:
    """Return the standard error of a change if both years were simple random samples."""
    p1, n1, p0, n0 = map(as_floats, (p, n, previous_p, previous_n))
    return np.sqrt(p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0)[()]


def switch_ranges(
    difference: Numbers,
    simple_random_se: Numbers,
    flagged: Sequence[bool] | pd.Series,
    measure: Sequence[object] | pd.Series,
) -> pd.DataFrame:
    """Return, per measure, between which design factors its flags switch on.

    Columns ``low`` (0 if every change is flagged) and ``high`` (infinite if none is), indexed by
    measure: the largest ratio ``|difference| / (CRITICAL * simple_random_se)`` left unflagged and
    the smallest flagged.  Where they cross, the factor is taken to lie between them all the same.
    """
    frame = pd.DataFrame(
        {
            "ratio": np.abs(as_floats(difference)) / (CRITICAL * as_floats(simple_random_se)),
            "flagged": np.asarray(flagged, dtype=bool),
            "measure": np.asarray(measure, dtype=object),
        }
    ).dropna(subset="ratio")
    off = frame["ratio"].where(~frame["flagged"]).groupby(frame["measure"]).max().fillna(0.0)
    on = frame["ratio"].where(frame["flagged"]).groupby(frame["measure"]).min().fillna(np.inf)
    return pd.DataFrame({"low": np.minimum(off, on), "high": np.maximum(off, on)})


def design_factor_from_flags(
    difference: Numbers,
    simple_random_se: Numbers,
    flagged: Sequence[bool] | pd.Series,
    measure: Sequence[object] | pd.Series,
    level: float = 0.95,
) -> dict[str, Any]:
    """Estimate the design factor from which changes were called significant.

    The row has the numbers of ``design_factors``: ``spread`` is the standard deviation of log
    factors between measures, and ``misplaced`` verdicts lie on the wrong side of ``factor``.

    A change is flagged where ``|difference| > CRITICAL * deft * simple_random_se``; so the ratio
    ``|difference| / (CRITICAL * simple_random_se)`` at which a measure's flags switch on *is* its
    design factor.  All
    comparisons of one measure share the latest year and therefore most of their factor:
    they are one observation, not many.  What the flags say of a measure's factor is that it
    lies between the largest ratio left unflagged and the smallest one flagged (where these
    cross, between them all the same).  Log factors of the measures are taken as normal, and
    centre and spread are found by maximum likelihood for interval-censored data, the limits
    from the profile likelihood.  Where every interval shares a stretch, the centre is the
    middle of it.

    Measures of one table overlap (violence contains wounding), which the limits do not
    know: read them as somewhat too narrow.

    Raises :class:`WrongArgument` where the flags are all on or all off, or where no change
    is comparable: such flags bound the factor from one side only.
    """
    ratio = np.abs(as_floats(difference)) / (CRITICAL * as_floats(simple_random_se))
    on = np.asarray(flagged, dtype=bool)
    comparable = ~np.isnan(ratio)
    if len(set(on[comparable].tolist())) < 2:
        raise WrongArgument(
            "flags tell a design factor only where some changes are flagged and some are not; "
            f"found {comparable.sum()} comparable changes, {on[comparable].sum()} flagged"
        )
    ranges = switch_ranges(difference, simple_random_se, flagged, measure)
    with np.errstate(divide="ignore"):
        below, above = np.log(as_floats(ranges["low"])), np.log(as_floats(ranges["high"]))
    drop = ndtri(0.5 + level / 2) ** 2 / 2
    ends = np.concatenate([below, above])
    ends = ends[np.isfinite(ends)]
    # A coarse grid finds the part that matters, a fine one looks at it.
    centres = np.linspace(ends.min() - 0.5, ends.max() + 0.5, _CENTRES // 4)
    likelihood = switch_log_likelihood(below, above, centres, SPREADS[::4])
    inside = centres[likelihood.max(axis=1) >= likelihood.max() - drop]
    step = centres[1] - centres[0]
    centres = np.linspace(inside.min() - step, inside.max() + step, _CENTRES)
    likelihood = switch_log_likelihood(below, above, centres, SPREADS)
    profile = likelihood.max(axis=1)
    centre = centres[profile >= profile.max() - 1e-6].mean()
    spread = SPREADS[likelihood.max(axis=0).argmax()]
    inside = centres[profile >= profile.max() - drop]
    factor = float(np.exp(centre))
    return {
        "factor": factor,
        "lower": float(np.exp(inside.min())),
        "upper": float(np.exp(inside.max())),
        "level": level,
        "spread": float(spread),
        "comparisons": int(comparable.sum()),
        "misplaced": int(((ratio > factor) != on)[comparable].sum()),
        "measures": len(ranges),
    }


def switch_log_likelihood(below: Floats, above: Floats, centres: Floats, spreads: Floats) -> Floats:
    """Return the log likelihood of log factors known only to lie between two limits each.

    ``below`` and ``above`` (measures) are the limits; log factors are normal about ``centres``
    with standard deviations ``spreads``.  Shape (centres, spreads).
    """
    scale = spreads[None, :, None]
    low = (below - centres[:, None, None]) / scale
    high = (above - centres[:, None, None]) / scale
    # Work in the tail where the two distribution functions differ in more than rounding.
    flip = low > 0
    low, high = np.where(flip, -high, low), np.where(flip, -low, high)
    log_low, log_high = log_ndtr(low), log_ndtr(high)
    with np.errstate(divide="ignore"):
        chance = log_high + np.log1p(-np.exp(np.minimum(log_low - log_high, 0)))
    # Two verdicts at the very same ratio leave no width; no single measure may veto a centre.
    total: Floats = np.maximum(chance, -50.0).sum(axis=-1)
    return total


def unround(rounded: Numbers, change: Numbers, half_step: float) -> tuple[float, float]:
    """Return the range of a latest value, given rounded earlier values and exact changes.

    A table that prints values rounded but changes in full gives the latest value away:
    with ``latest = earlier + change`` and every ``earlier`` known to within ``half_step``,
    the latest lies in the intersection of ``rounded + change`` plus and minus ``half_step``.
    The range is empty (lower above upper) where some change does not belong to its values.
    NaN pairs are left out; with nothing left the range is unbounded.
    """
    latest = as_floats(rounded) + as_floats(change)
    latest = latest[~np.isnan(latest)]
    if latest.size == 0:
        return -np.inf, np.inf
    return float(latest.max() - half_step), float(latest.min() + half_step)
