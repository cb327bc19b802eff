"""Design factors on both sides of a change of the survey's design, from significance verdicts.

A verdict weighs the latest year against an earlier one.  Where the survey was redesigned between
the two, the error of the change holds the design factors of both; verdicts on changes within the
latest design hold the latest alone.  Together they tell the two apart.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crimeshare.measures.design import CRITICAL, SPREADS, switch_log_likelihood
from crimeshare.measures.intervals import Floats, Numbers, WrongArgument, as_floats

# First grids: the log of the earlier factor over the latest, and the log of the latest.
_LOG_RATIOS = (-0.7, 0.7)
_LOG_FACTORS = (0.0, 1.2)
_STEPS = 64
_SPREADS = SPREADS[::4]

# Twice the log likelihood ratio of what is left to a factor beyond the finer grid is about 20.
_NEGLIGIBLE = 10.0


def design_factors_of_two_designs(
    difference: Numbers,
    variance: Numbers,
    previous_variance: Numbers,
    across: Sequence[bool] | pd.Series,
    flagged: Sequence[bool] | pd.Series,
    measure: Sequence[object] | pd.Series,
    level: float = 0.95,
) -> tuple[dict[str, float], dict[str, float]]:
    """Return the design factor of the latest design and that of the one before it, with limits.

    ``variance`` and ``previous_variance`` are those of the two years' estimates if each were a
    simple random sample; ``across`` marks the changes whose earlier year had the earlier design.
    A change is flagged where ``|difference|`` outgrows ``CRITICAL * sqrt(f^2 * variance + g^2 *
    previous_variance)``, with f the latest factor, and g the earlier one across designs and f
    within the latest.

    As in :func:`crimeshare.measures.design.design_factor_from_flags`, a measure is one
    observation, known to lie between two limits, and log factors of measures are normal; a measure
    lies as far above or below the factor of its survey under both designs.  The likelihood of two
    factors has several peaks, so each is the median of the likelihood integrated over the logs of
    both, at its best spread, and its limits the shortest range that holds ``level`` of it.  Neither
    factor is below 1: a clustered and weighted sample tells no more than one of as many people
    drawn one by one, and the prior is even, on the log scale, from there up.

    Raises :class:`WrongArgument` where changes across designs or within the latest are missing,
    or their flags all alike: they cannot tell two factors.
    """
    rows = (
        pd.DataFrame(
            {
                "difference": np.abs(as_floats(difference)),
                "variance": as_floats(variance),
                "previous_variance": as_floats(previous_variance),
                "across": np.asarray(across, dtype=bool),
                "flagged": np.asarray(flagged, dtype=bool),
                "measure": pd.factorize(np.asarray(measure, dtype=object))[0],
            }
        )
        .dropna()
        .sort_values("measure", kind="stable")
    )
    kinds = rows.groupby("across")["flagged"].nunique()
    if len(kinds) < 2 or kinds.min() < 2:
        raise WrongArgument(
            "flags tell the factors of two designs only where changes across designs and changes "
            "within the latest are flagged in part; found "
            f"{rows['across'].sum()} across and {(~rows['across']).sum()} within"
        )
    ratios, centres = np.linspace(*_LOG_RATIOS, _STEPS), np.linspace(*_LOG_FACTORS, _STEPS)
    likelihood = _likelihood(rows, ratios, centres)
    part = likelihood >= likelihood.max() - _NEGLIGIBLE
    ratios, centres = _finer(ratios, part.any(axis=1)), _finer(centres, part.any(axis=0))
    likelihood = _likelihood(rows, ratios, centres)
    latest = np.broadcast_to(centres, likelihood.shape)
    return (
        _summary(latest, likelihood, level),
        _summary(latest + ratios[:, None], likelihood, level),
    )


def _likelihood(rows: pd.DataFrame, ratios: Floats, centres: Floats) -> Floats:
    starts = np.flatnonzero(np.diff(rows["measure"], prepend=-1))
    weight = np.where(rows["across"], np.exp(2 * ratios[:, None]), 1.0)
    error = np.sqrt(as_floats(rows["variance"]) + weight * as_floats(rows["previous_variance"]))
    multiple = as_floats(rows["difference"]) / (CRITICAL * error)
    flagged = rows["flagged"].to_numpy()
    off = np.maximum.reduceat(np.where(flagged, 0.0, multiple), starts, axis=1)
    on = np.minimum.reduceat(np.where(flagged, multiple, np.inf), starts, axis=1)
    with np.errstate(divide="ignore"):
        below, above = np.log(np.minimum(off, on)), np.log(np.maximum(off, on))
    likelihood = np.array(
        [
            switch_log_likelihood(low, high, centres, _SPREADS).max(axis=1)
            for low, high in zip(below, above, strict=True)
        ]
    )
    # The prior: neither factor is below 1.
    impossible = (centres < 0) | (centres + ratios[:, None] < 0)
    return np.where(impossible, -np.inf, likelihood)


def _finer(grid: Floats, part: NDArray[np.bool_]) -> Floats:
    """A grid of as many steps over the part that matters and a step beyond it."""
    step = grid[1] - grid[0]
    return np.linspace(
        max(grid[part].min() - step, grid[0]), min(grid[part].max() + step, grid[-1]), len(grid)
    )


def _summary(logs: Floats, likelihood: Floats, level: float) -> dict[str, float]:
    """Median of a log factor weighed by the likelihood, and the shortest range that holds `level`.

    The shortest, as the likelihood may be greatest where the prior ends.
    """
    order = np.argsort(logs, axis=None, kind="stable")
    sorted_logs = logs.ravel()[order]
    weights = np.exp(likelihood - likelihood.max()).ravel()[order]
    cumulated = np.cumsum(weights) / weights.sum()
    before = cumulated - weights / weights.sum()
    middle = float(np.interp(0.5, cumulated, sorted_logs))
    starts = np.flatnonzero(before <= 1 - level)
    ends = np.minimum(np.searchsorted(cumulated, before[starts] + level), len(order) - 1)
    best = int(np.argmin(sorted_logs[ends] - sorted_logs[starts]))
    lower, upper = sorted_logs[starts[best]], sorted_logs[ends[best]]
    factor, low, high = np.exp([middle, lower, upper]).tolist()
    return {"factor": factor, "lower": low, "upper": high, "level": level}
