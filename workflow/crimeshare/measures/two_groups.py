"""Two groups compared: the one method of the report and of the audit of statements.

Kept free of the libraries for tables, which take a second to import and which the check of a single
statement does not need.
"""

from math import hypot, inf, sqrt


def difference_interval(
    one: tuple[float, float, float], other: tuple[float, float, float]
) -> tuple[float, float]:
    """Return the limits of the difference of two proportions of separate groups, one less other.

    Each is given as (proportion, lower limit, upper limit), of one level, which is that of the
    result: Newcombe (1998), Interval estimation for the difference between independent proportions,
    *Statistics in Medicine* 17, method 10.  With Wilson's limits on the effective samples it stays
    right for small groups and small proportions, unlike plus and minus.
    """
    (p1, lower1, upper1), (p2, lower2, upper2) = one, other
    difference = p1 - p2
    return (
        difference - hypot(p1 - lower1, upper2 - p2),
        difference + hypot(upper1 - p1, p2 - lower2),
    )


def ratio_interval(
    one: tuple[float, float, float], other: tuple[float, float, float]
) -> tuple[float, float]:
    """Return the limits of the ratio of two proportions of separate groups, one over the other.

    Each is given as (proportion, lower limit, upper limit), of one level, which is that of the
    result: Donner and Zou (2012), Closed-form confidence intervals for functions of the normal mean
    and standard deviation, *Statistical Methods in Medical Research* 21, equation 9, written so
    that nothing is divided by a difference.  There is no upper limit where the other proportion may
    be 0.

    Raises:
        ValueError: the other proportion is 0, so that there is no ratio.
    """
    (p1, lower1, upper1), (p2, lower2, upper2) = one, other
    if p2 <= 0:
        raise ValueError("a ratio to a proportion of 0")
    product = p1 * p2

    def root(limit1: float, limit2: float) -> float:
        return sqrt(max(0.0, product**2 - limit1 * limit2 * (2 * p1 - limit1) * (2 * p2 - limit2)))

    smallest = product + root(lower1, upper2)
    lower = lower1 * (2 * p1 - lower1) / smallest if smallest else 0.0
    least = lower2 * (2 * p2 - lower2)
    return lower, (product + root(upper1, lower2)) / least if least > 0 else inf
