"""Control limits: which forces stand apart by more than chance and the usual spread of forces.

A police count is a count of records and has no sampling error, so these are not confidence
intervals.  They answer another question: if all forces were alike but for chance and for a spread
of causes that nobody has listed (recording practice, the mix of other crime), how far from the
common share would a force of this size stand now and then?

Source of the method: D. J. Spiegelhalter, "Funnel plots for comparing institutional performance",
Statistics in Medicine 24 (2005) 1185-1202, and "Handling over-dispersion of performance
indicators", Quality and Safety in Health Care 14 (2005) 347-351.  Shares are compared on the
inverse sine scale, ``y = asin(sqrt(share))``, where a share of ``n`` records has the standard
deviation ``1 / (2 sqrt(n))`` whatever its size, so limits stay between 0 and 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Values = npt.NDArray[np.float64]

# The proportion of forces at each end whose z-scores are pulled in before the spread is measured,
# so that the forces to be found do not widen the limits that should find them.
WINSORISED = 0.1

LEVELS = {"95": 0.95, "99_8": 0.998}
"""Proportion of forces expected inside, by the suffix of its columns: about two and three sigma."""

METHODS = ("additive", "multiplicative")
"""How more spread than chance is allowed for, the first being the one that the report draws.

``additive`` gives every force, however large, a spread of causes of its own; ``multiplicative``
widens chance by one factor, which lets a large force stray hardly at all.  Counts of records are
so large here that chance is next to nothing, hence the first.
"""


@dataclass(frozen=True)
class Funnel:
    """What control limits around one target rest on.

    Attributes:
        target: the share of all forces together.
        dispersion: mean square of the winsorised z-scores, 1 where there is nothing but chance.
        between_sd: standard deviation between forces beyond chance, on the inverse sine scale.
    """

    target: float
    dispersion: float
    between_sd: float

    def limits(
        self, sizes: npt.ArrayLike, level: float, method: str = METHODS[0]
    ) -> tuple[Values, Values]:
        """Control limits for forces of given sizes.

        Args:
            sizes: all offences that a force recorded, above 0.
            level: proportion of forces expected between the limits.
            method: one of `METHODS`.

        Returns:
            Lower and upper limits, as shares between 0 and 1, in the shape of `sizes`.

        Raises:
            ValueError: for a level outside 0 to 1 or a method that is none.
        """
        if not 0 < level < 1:
            raise ValueError(f"a level is between 0 and 1, not {level}")
        reach = NormalDist().inv_cdf((1 + level) / 2) * self.deviation(sizes, method)
        centre = np.arcsin(np.sqrt(self.target))
        lower = np.sin(np.clip(centre - reach, 0, np.pi / 2)) ** 2
        upper = np.sin(np.clip(centre + reach, 0, np.pi / 2)) ** 2
        return lower, upper

    def deviation(self, sizes: npt.ArrayLike, method: str = METHODS[0]) -> Values:
        """Standard deviation of a force of each size, on the inverse sine scale."""
        chance = _chance(np.asarray(sizes, dtype=np.float64))
        if method == "additive":
            return np.asarray(np.sqrt(chance**2 + self.between_sd**2))
        if method == "multiplicative":
            return np.asarray(chance * np.sqrt(max(self.dispersion, 1)))
        raise ValueError(f"no method `{method}`; methods are {', '.join(METHODS)}")

    def scores(
        self, counts: npt.ArrayLike, sizes: npt.ArrayLike, method: str = METHODS[0]
    ) -> Values:
        """How many of those standard deviations each force stands above the target."""
        shares = np.asarray(counts, dtype=np.float64) / np.asarray(sizes, dtype=np.float64)
        return _distance(shares, self.target) / self.deviation(sizes, method)


def fit_funnel(
    counts: npt.ArrayLike, sizes: npt.ArrayLike, winsorised: float = WINSORISED
) -> Funnel:
    """Measure the spread of forces around their common share.

    Args:
        counts: offences of the group in each force.
        sizes: all offences in each force, above 0 and not below the counts.
        winsorised: proportion of forces at each end whose z-scores are pulled in to the quantile
            there (by linear interpolation).

    Returns:
        The target, the dispersion ``phi`` and the spread between forces by the method of moments
        (DerSimonian and Laird's, on winsorised z-scores); the spread is 0 where ``phi`` is no
        more than chance explains.

    Raises:
        ValueError: for fewer than two forces, or counts that no force can have.
    """
    observed = np.asarray(counts, dtype=np.float64)
    size = np.asarray(sizes, dtype=np.float64)
    if observed.shape != size.shape or observed.size < 2:
        raise ValueError(f"{observed.size} counts and {size.size} sizes: give two forces or more")
    if np.any(size <= 0) or np.any(observed < 0) or np.any(observed > size):
        raise ValueError("a count lies between 0 and the size of its force, a size above 0")
    target = float(observed.sum() / size.sum())
    chance = _chance(size)
    z = winsorise(_distance(observed / size, target) / chance, winsorised)
    return Funnel(target, float(np.mean(z**2)), float(np.sqrt(between_variance(z, chance))))


def winsorise(z: Values, proportion: float) -> Values:
    """`z` with that proportion of the values at each end pulled in to the quantile there."""
    low, high = np.quantile(z, [proportion, 1 - proportion])
    return np.clip(z, low, high)


def between_variance(z: Values, standard_deviation: Values) -> float:
    """Variance between units beyond their own, by the method of moments; never below 0.

    Args:
        z: z-scores around the target.
        standard_deviation: of each unit by chance alone.
    """
    weight = standard_deviation**-2
    excess = float(np.sum(z**2)) - (z.size - 1)
    scale = float(weight.sum() - np.sum(weight**2) / weight.sum())
    return max(excess / scale, 0.0)


def compute_control_limits(shares: pd.DataFrame) -> pd.DataFrame:
    """Control limits of every force's share, among the forces of its release and year.

    Args:
        shares: as :func:`crimeshare.measures.recorded.compute_shares` gives it.

    Returns:
        One row a release, year, offence group, method and force with a share:  ``share`` and
        ``target`` (0 to 1), ``dispersion`` and ``between_sd`` (see :class:`Funnel`), ``z_score``,
        and ``lower_95``, ``upper_95``, ``lower_99_8``, ``upper_99_8``: the control limits, as
        shares.  A group that no force recorded has no rows.
    """
    forces = shares[(shares["area_type"] == "force") & shares["share"].notna()]
    by = ["release_id", "period_end", "offence_id"]
    parts = [
        part
        for _, group in forces.groupby(by, sort=True)
        if len(group) > 1 and group["count"].sum() > 0
        for part in _limits_of(group)
    ]
    return pd.concat(parts, ignore_index=True)


def _limits_of(group: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """The rows of one release, year and offence group, method by method."""
    kept = ["release_id", "period_end", "area_code", "area_name", "offence_id"]
    counts, sizes = group["count"].to_numpy(), group["total"].to_numpy()
    funnel = fit_funnel(counts, sizes)
    for method in METHODS:
        columns: dict[str, Any] = {
            "method": method,
            "total": sizes,
            "share": group["share"].to_numpy(),
            "target": funnel.target,
            "dispersion": funnel.dispersion,
            "between_sd": funnel.between_sd,
            "z_score": funnel.scores(counts, sizes, method),
        }
        for suffix, level in LEVELS.items():
            lower, upper = funnel.limits(sizes, level, method)
            columns |= {f"lower_{suffix}": lower, f"upper_{suffix}": upper}
        yield pd.DataFrame({name: group[name] for name in kept} | columns)


def _chance(sizes: Values) -> Values:
    return np.asarray(0.5 / np.sqrt(sizes))


def _distance(shares: Values, target: float) -> Values:
    return np.asarray(np.arcsin(np.sqrt(shares)) - np.arcsin(np.sqrt(target)))
