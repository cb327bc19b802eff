"""Control limits: which forces differ by more than chance and the usual spread of forces.

A police count is a count of records and has no sampling error, so these are not confidence
intervals.  They answer another question: if all forces were alike but for chance and for a spread
of causes that nobody has listed (recording practice, the mix of other crime), how far from the
middle of all forces would one of this size be now and then?

Source of the method: D. J. Spiegelhalter, "Funnel plots for comparing institutional performance",
Statistics in Medicine 24 (2005) 1185-1202: the additive allowance for overdispersion, around a
random-effects mean.  The spread between forces is the estimator of R. C. Paule and J. Mandel,
"Consensus values and weighting factors", Journal of Research of the National Bureau of Standards
87 (1982) 377-385.  No force is drawn in before the spread is measured: with some forty of them
that makes the limits too narrow.  Shares are compared on the inverse sine scale, ``y =
asin(sqrt(share))``, where a share of ``n`` records has the standard deviation ``1 / (2 sqrt(n))``
whatever its size, so limits stay between 0 and 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Values = npt.NDArray[np.float64]

LEVELS = {"95": 0.95, "99_8": 0.998}
"""Proportion of forces expected inside, by the suffix of its columns: about two and three sigma."""

METHOD = "paule-mandel"

APART = "E23000034"
"""City of London Police: a square mile of offices, whose crime is not of the kind of other areas.

It is set beside the limits of the others and does not count towards them.
"""


@dataclass(frozen=True)
class Funnel:
    """What control limits rest on.

    Attributes:
        target: the share in the middle of the forces, their random-effects mean.
        between_sd: standard deviation between forces beyond chance, on the inverse sine scale.
    """

    target: float
    between_sd: float

    def limits(self, sizes: npt.ArrayLike, level: float) -> tuple[Values, Values]:
        """Control limits for forces of given sizes.

        Args:
            sizes: all offences that a force recorded, above 0.
            level: proportion of forces expected between the limits.

        Returns:
            Lower and upper limits, as shares between 0 and 1, in the shape of `sizes`.

        Raises:
            ValueError: for a level outside 0 to 1.
        """
        if not 0 < level < 1:
            raise ValueError(f"a level is between 0 and 1, not {level}")
        reach = NormalDist().inv_cdf((1 + level) / 2) * self.deviation(sizes)
        centre = _angle(self.target)
        lower = np.sin(np.clip(centre - reach, 0, np.pi / 2)) ** 2
        upper = np.sin(np.clip(centre + reach, 0, np.pi / 2)) ** 2
        return lower, upper

    def deviation(self, sizes: npt.ArrayLike) -> Values:
        """Standard deviation of a force of each size, on the inverse sine scale."""
        return np.asarray(np.hypot(_chance(np.asarray(sizes, dtype=np.float64)), self.between_sd))

    def scores(self, counts: npt.ArrayLike, sizes: npt.ArrayLike) -> Values:
        """How many of those standard deviations each force is above the target."""
        shares = np.asarray(counts, dtype=np.float64) / np.asarray(sizes, dtype=np.float64)
        return np.asarray((_angle(shares) - _angle(self.target)) / self.deviation(sizes))


def expected_outside(forces: int) -> int:
    """How many of some forces that vary as these do are outside the inner band, in whole forces."""
    return round((1 - LEVELS["95"]) * forces)


def fit_funnel(counts: npt.ArrayLike, sizes: npt.ArrayLike) -> Funnel:
    """Measure the middle of the forces' shares and the spread around it.

    Args:
        counts: offences of the group in each force.
        sizes: all offences in each force, above 0 and not below the counts.

    Returns:
        The random-effects mean of the shares and their spread beyond chance; the spread is 0
        where chance explains all there is.

    Raises:
        ValueError: for fewer than two forces, or counts that no force can have.
    """
    observed = np.asarray(counts, dtype=np.float64)
    size = np.asarray(sizes, dtype=np.float64)
    if observed.shape != size.shape or observed.size < 2:
        raise ValueError(f"{observed.size} counts and {size.size} sizes: give two forces or more")
    if np.any(size <= 0) or np.any(observed < 0) or np.any(observed > size):
        raise ValueError("a count lies between 0 and the size of its force, a size above 0")
    mean, between = random_effects(_angle(observed / size), _chance(size) ** 2)
    return Funnel(float(np.sin(mean) ** 2), float(np.sqrt(between)))


def random_effects(values: Values, variances: Values) -> tuple[float, float]:
    """Mean of units and the variance between them, after Paule and Mandel (1982).

    The variance is the one for which the weighted squares around the weighted mean add up to
    their expectation, the number of units less one.

    Args:
        values: one of each unit, two or more.
        variances: of each value by chance alone, above 0.

    Returns:
        The mean, weighted by chance and spread together, and the variance between units; 0 where
        the squares are no more than chance explains.
    """

    def mean(between: float) -> float:
        return float(np.average(values, weights=1 / (variances + between)))

    def excess(between: float) -> float:
        squares = np.sum((values - mean(between)) ** 2 / (variances + between))
        return float(squares) - (values.size - 1)

    if excess(0.0) <= 0:
        return mean(0.0), 0.0
    # Loaded where it is used: every page reads this module, and none fits a funnel.
    from scipy.optimize import brentq

    # With all of the range as variance the squares are below their expectation.
    between = float(brentq(excess, 0.0, float(np.ptp(values)) ** 2, xtol=1e-15, rtol=1e-12))
    return mean(between), between


def compute_control_limits(shares: pd.DataFrame) -> pd.DataFrame:
    """Control limits of every force's share, among the forces of its release and year.

    Returns:
        The columns of ``control_limits``, one row a release, year, offence group and force with a
        share. The force `APART` has a row, and no part in the limits. A group that no other force
        recorded has no rows.
    """
    forces = shares[(shares["area_type"] == "force") & shares["share"].notna()]
    by = ["release_id", "period_end", "offence_id"]
    parts = [
        _limits_of(group)
        for _, group in forces.groupby(by, sort=True)
        if len(fitted := group[group["area_code"] != APART]) > 1 and fitted["count"].sum() > 0
    ]
    return pd.concat(parts, ignore_index=True)


def _limits_of(group: pd.DataFrame) -> pd.DataFrame:
    kept = ["release_id", "period_end", "area_code", "area_name", "offence_id"]
    counts, sizes = group["count"].to_numpy(), group["total"].to_numpy()
    fitted = (group["area_code"] != APART).to_numpy()
    funnel = fit_funnel(counts[fitted], sizes[fitted])
    columns: dict[str, Any] = {
        "method": METHOD,
        "total": sizes,
        "share": group["share"].to_numpy(),
        "target": funnel.target,
        "between_sd": funnel.between_sd,
        "z_score": funnel.scores(counts, sizes),
    }
    for suffix, level in LEVELS.items():
        lower, upper = funnel.limits(sizes, level)
        columns |= {f"lower_{suffix}": lower, f"upper_{suffix}": upper}
    columns |= {name: group[name] for name in ("formula", "cells")}
    return pd.DataFrame({name: group[name] for name in kept} | columns)


def _angle(share: npt.ArrayLike) -> Values:
    return np.asarray(np.arcsin(np.sqrt(np.asarray(share, dtype=np.float64))))


def _chance(sizes: Values) -> Values:
    return np.asarray(0.5 / np.sqrt(sizes))
