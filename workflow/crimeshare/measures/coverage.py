"""How often intervals hold what they are to hold, over the settings of a simulation study."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import mean


def mean_miss(coverages: Iterable[float], level: float) -> float:
    """How far, on average over settings, that part is from what the intervals claim.

    Args:
        coverages: of each setting, 0 to 1.
        level: that is claimed.
    """
    return mean(abs(coverage - level) for coverage in coverages)


def mean_ratio(ratios: Iterable[float]) -> float:
    """The mean over settings of how wide one method's intervals are beside another's."""
    return mean(ratios)
