"""Two groups compared: the one method of the report and of the audit of statements.

Kept free of the libraries for tables, which take a second to import and which the check of a single
statement does not need.
"""

from math import hypot


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
