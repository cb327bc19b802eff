"""Trends of survey proportions over years, never across a break in the series."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import chdtrc, expit, logit, stdtr, stdtrit

from crimeshare.measures.intervals import Floats, WrongArgument, as_floats

FEWEST_YEARS = 4
"""A line through three points leaves one degree of freedom; it says nothing of a trend."""

_DAYS_A_YEAR = 365.25


def segments(periods: Iterable[date], breaks: Iterable[date]) -> list[int]:
    """Return the number of the stretch each period belongs to.

    A break is the first day from which figures are no longer comparable with earlier ones: a
    period ending on or after it belongs to the later stretch.
    """
    cuts = _days(breaks)
    return [sum(day >= cut for cut in cuts) for day in _days(periods)]


def fit_trends(
    series: pd.DataFrame, breaks: Sequence[date] = (), level: float = 0.95
) -> list[dict[str, Any]]:
    """Return the trend of each unbroken stretch of a series that has enough years for one.

    Each is a row of ``survey_trends``, with the ``slope`` of the log odds a year and its
    ``standard_error``.

    ``series`` has ``period_end`` (date), ``estimate`` and ``standard_error`` (proportions),
    one row a year.  Rows whose estimate is missing, 0 or 1, or whose standard error is missing
    or 0, carry no weight and are left out; stretches left with fewer than four years have no
    trend.  Two rows for one period are refused: two vintages are not two years.
    """
    usable = series[
        (series["standard_error"] > 0) & (series["estimate"] > 0) & (series["estimate"] < 1)
    ].sort_values("period_end", kind="stable")
    periods = _days(usable["period_end"])
    if len(set(periods)) < len(periods):
        twice = next(day for day in periods if periods.count(day) > 1)
        raise WrongArgument(f"{twice} has two estimates; choose one vintage before fitting a trend")
    stretch = np.array(segments(periods, breaks))
    return [
        _fit(usable[stretch == number], level)
        for number in sorted(set(stretch.tolist()))
        if (stretch == number).sum() >= FEWEST_YEARS
    ]


def _fit(series: pd.DataFrame, level: float) -> dict[str, Any]:
    """Random-effects meta-regression of logit(p) on time.

    The between-year variance is estimated by restricted maximum likelihood, the slope's error
    by Knapp and Hartung (2003) with Student's quantile on years - 2 degrees, never smaller
    than without their factor; heterogeneity by Cochran's Q of the fixed-effect line.
    """
    p, se = as_floats(series["estimate"]), as_floats(series["standard_error"])
    periods = _days(series["period_end"])
    time = _years(periods)
    x, y, v = _design(time - time.mean()), logit(p), (se / (p * (1 - p))) ** 2
    q = _weighted_squares(x, y, 1 / v)
    df = len(y) - 2
    tau2 = _restricted_variance(x, y, v)
    weights = 1 / (v + tau2)
    covariance: Floats = np.linalg.inv(x.T @ (weights[:, None] * x)).astype(np.float64)
    intercept, slope = covariance @ (x.T @ (weights * y))
    covariance = covariance * max(1.0, _weighted_squares(x, y, weights) / df)
    error = float(np.sqrt(covariance[1, 1]))
    half = float(stdtrit(df, 0.5 + level / 2)) * error
    fitted = expit(x @ np.array([intercept, slope]))
    return {
        "start": periods[0],
        "end": periods[-1],
        "years": len(y),
        "slope": float(slope),
        "standard_error": error,
        "odds_change": float(np.expm1(slope)),
        "lower": float(np.expm1(slope - half)),
        "upper": float(np.expm1(slope + half)),
        "p_value": float(2 * stdtr(df, -abs(slope) / error)),
        "between_years": float(np.sqrt(tau2)),
        "q": q,
        "q_df": df,
        "q_p_value": float(chdtrc(df, q)),
        "level": level,
        "fitted_start": float(fitted[0]),
        "fitted_end": float(fitted[-1]),
    }


def _design(time: Floats) -> Floats:
    return np.column_stack([np.ones_like(time), time])


def _days(periods: Iterable[date]) -> list[date]:
    return [day.date() if isinstance(day, datetime) else day for day in periods]


def _years(periods: Sequence[date]) -> Floats:
    return np.array([day.toordinal() for day in periods], dtype=np.float64) / _DAYS_A_YEAR


def _weighted_squares(x: Floats, y: Floats, weights: Floats) -> float:
    root = np.sqrt(weights)
    beta = np.linalg.lstsq(root[:, None] * x, root * y)[0]
    return float((weights * (y - x @ beta) ** 2).sum())


def _restricted_variance(x: Floats, y: Floats, v: Floats) -> float:
    """Return the between-year variance that maximises the restricted likelihood, or 0.

    The likelihood may have a second, lower peak at 0, so its peak is searched for; but it is flat
    there, which leaves half the digits to the machine.  The root of the score gives all of them.
    """
    # Loaded where it is used: many steps and pages read this module for its names.
    from scipy.optimize import brentq, minimize_scalar

    def projection(tau2: float) -> Floats:
        weighted = x / (v + tau2)[:, None]
        fitted = weighted @ np.linalg.solve(x.T @ weighted, weighted.T)
        return np.diag(1 / (v + tau2)) - fitted

    def minus_twice_log_likelihood(tau2: float) -> float:
        information = np.linalg.slogdet(x.T @ (x / (v + tau2)[:, None]))[1]
        return float(y @ projection(tau2) @ y + np.log(v + tau2).sum() + information)

    def score(tau2: float) -> float:
        """Derivative of the above."""
        p = projection(tau2)
        return float(np.trace(p) - ((p @ y) ** 2).sum())

    # The years' own spread bounds what lies between them.
    ceiling = float(np.var(y)) * 4 + float(v.max())
    found = minimize_scalar(
        minus_twice_log_likelihood,
        bounds=(0.0, ceiling),
        method="bounded",
        options={"xatol": 1e-6 * ceiling},
    )
    low, high = max(0.0, found.x - 1e-4 * ceiling), found.x + 1e-4 * ceiling
    if minus_twice_log_likelihood(0.0) <= found.fun or score(low) >= 0:
        return 0.0
    return float(brentq(score, low, high, xtol=1e-16 * ceiling, rtol=1e-15))
