"""A step of all forces' quarters together, and how sure it is where what happens to all lasts.

The logarithm of a national count is a level, the season, one trend, and a change of level (and of
trend) at each of some days.  All forces change on the same day, so that their number says nothing
of how sure a step is: what happens to all of them at once does, and it lasts.  What is left of the
model is therefore taken for a national error of which a part goes on into the next quarter.  That
part cannot be told well from so few quarters, so every part from none to nearly all is tried, each
weighing what the quarters make it likely to be (a flat prior on it, the reference prior on all
else); the interval is that of the mixture.

Sources of the method: A. Zellner and G. C. Tiao, "Bayesian analysis of the regression model with
autocorrelated errors", Journal of the American Statistical Association 59 (1964) 763-778.  C. M.
Hurvich and C.-L. Tsai, "Regression and time series model selection in small samples", Biometrika 76
(1989) 297-307: AICc.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import stdtr, stdtrit

Values = npt.NDArray[np.float64]

LASTING = np.arange(0.0, 0.96, 0.05)
"""Parts of a national error that may go on into the next quarter."""


class NotIdentified(ValueError):
    """The quarters cannot tell the steps, trends and seasons of a model apart."""


@dataclass(frozen=True)
class Step:
    """A change of the log level, as a mixture of Student's t over how far errors last.

    Attributes:
        means, errors, weights: of its parts, one for each of `LASTING`.
        df: degrees of freedom of each.
        aicc: of the model, by the likeliest part.
    """

    means: Values
    errors: Values
    weights: Values
    df: int
    aicc: float

    @property
    def effect(self) -> float:
        """Of the logarithm of the counts."""
        return float(self.weights @ self.means)

    @property
    def lasting(self) -> float:
        """The part of an error that goes on into the next quarter, by the quarters."""
        return float(self.weights @ LASTING)

    def limits(self, level: float) -> tuple[float, float]:
        """Limits with the same chance on either side."""
        # Loaded where it is used: many steps and pages read this module for its names.
        from scipy.optimize import brentq

        # A little further than each part's own limits.
        reach = 1.01 * float(stdtrit(self.df, (1 + level) / 2)) * self.errors
        low, high = float((self.means - reach).min()), float((self.means + reach).max())
        lower, upper = (
            float(brentq(lambda x, tail=tail: self._below(x) - tail, low, high, xtol=1e-13))
            for tail in ((1 - level) / 2, (1 + level) / 2)
        )
        return lower, upper

    def significant(self, level: float) -> bool:
        """Whether the limits leave out nothing having changed."""
        return abs(self._below(0.0) - 0.5) > level / 2

    def _below(self, value: float) -> float:
        return float(self.weights @ stdtr(self.df, (value - self.means) / self.errors))


def step_at(counts: pd.Series, days: Sequence[date], sloped: int = 0, together: int = 1) -> Step:
    """The change of the log level at the first of some days, or at the first several together.

    Args:
        counts: of all forces, by last day of the quarter.
        days: first days of changes of level; that of a quarter in which one falls counts by the
            part of it that comes after.
        sloped: after how many of the days, in their order, the trend may change too.
        together: how many steps, in their order, are added up.

    Raises:
        NotIdentified: where there are too few quarters for so many days, or one without offences.
    """
    return steps_at(counts.to_frame(), days, sloped, together)[0]


def steps_at(
    counts: pd.DataFrame, days: Sequence[date], sloped: int = 0, together: int = 1
) -> list[Step]:
    """A :func:`step_at` for each column of `counts`, in their order."""
    quarters = pd.DatetimeIndex(counts.index)
    effects = [_after(quarters, day) for day in days]
    slopes = [np.cumsum(effect) - effect for effect in effects[:sloped]]
    season = [(quarters.quarter == quarter).astype(float) for quarter in (2, 3, 4)]
    trend = np.arange(len(quarters)) / len(quarters)
    model = np.column_stack([np.ones(len(quarters)), *effects, *slopes, *season, trend])
    values = counts.to_numpy(dtype=np.float64)
    df = len(model) - model.shape[1]
    # AICc counts the variance and how far errors last, too.
    if df < 4 or np.linalg.matrix_rank(model) < model.shape[1] or values.min() <= 0:
        raise NotIdentified(f"{len(quarters)} quarters cannot tell {len(days)} steps apart")
    contrast = np.zeros(model.shape[1])
    contrast[1 : 1 + together] = 1.0
    return _mixtures(model, np.log(values), contrast, df)


def _mixtures(model: Values, logs: Values, contrast: Values, df: int) -> list[Step]:
    """A contrast of the parameters for each of `LASTING`, and how likely the data make it."""
    means, errors, likely, fits = np.empty((4, len(LASTING), logs.shape[1]))
    for place, lasting in enumerate(LASTING):
        own, seen = whitened(model, lasting), whitened(logs, lasting)
        inverse = np.linalg.inv(own.T @ own)
        found = inverse @ (own.T @ seen)
        squares = np.maximum(((seen - own @ found) ** 2).sum(axis=0), 1e-24)
        means[place] = contrast @ found
        errors[place] = np.sqrt(contrast @ inverse @ contrast * squares / df)
        known = np.log(1 - lasting**2) / 2
        likely[place] = np.linalg.slogdet(inverse)[1] / 2 + known - df / 2 * np.log(squares)
        fits[place] = len(logs) * np.log(squares / len(logs)) - 2 * known
    weights = np.exp(likely - likely.max(axis=0))
    weights /= weights.sum(axis=0)
    number = model.shape[1] + 2
    penalty = 2 * number * len(logs) / (len(logs) - number - 1)
    return [
        Step(means[:, column], errors[:, column], weights[:, column], df, aicc)
        for column, aicc in enumerate((fits.min(axis=0) + penalty).tolist())
    ]


def whitened(values: Values, lasting: float) -> Values:
    """Rows less what lasts of the row before, the first as large as the others."""
    first = values[:1] * np.sqrt(1 - lasting**2)
    return np.concatenate([first, values[1:] - lasting * values[:-1]])


def _after(quarters: pd.DatetimeIndex, day: date) -> Values:
    starts = quarters - pd.offsets.QuarterEnd() + pd.Timedelta(days=1)
    whole = (quarters - starts).days.to_numpy() + 1
    after = (quarters - pd.Timestamp(day)).days.to_numpy() + 1
    return np.asarray(np.clip(after / whole, 0.0, 1.0))


def stable(value: float) -> float:
    """A number without its last digits, which depend on the processor."""
    return float(f"{value:.9g}")
