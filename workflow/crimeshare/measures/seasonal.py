"""Quarters without their season.

More offences are recorded in some quarters than in others, so two quarters that follow each other
are not compared as they stand.  The season is taken out of the logarithm of the counts, as it moves
large figures by more than small ones.  It is the same in every year, and found with robust
weights: one that may drift follows the steps at changes of rules and at the lockdown, which are no
season.  These steps stay in the adjusted figures.  A series whose quarters do not clearly differ is
left as it is.

Sources of the methods: R. B. Cleveland and others, "STL: a seasonal-trend decomposition procedure
based on loess", Journal of Official Statistics 6 (1990) 3-73, by statsmodels, its season periodic.
Whether there is a season is the test of W. H. Kruskal and W. A. Wallis, "Use of ranks in
one-criterion variance analysis", Journal of the American Statistical Association 47 (1952) 583-621,
which X-11 and its successors use for a stable season (J. Lothian and M. Morry, "A test for the
presence of identifiable seasonality when using the X-11-ARIMA program", Statistics Canada 1978). It
is put to what is left of the centred mean of four quarters, as X-11 begins, and not of the trend of
a decomposition, which has given up to a season what it then tests.  Noise alone is called a season
in about three series of a hundred (``test_seasonal.py``).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from crimeshare.columns import held
from crimeshare.measures.quarters import YEAR
from crimeshare.measures.revisions import newest_release
from crimeshare.parquet import table_of

Values = npt.NDArray[np.float64]

METHOD = "stl_periodic_robust_log"
UNADJUSTED = "no_clear_season"

SEASONED = 5 * YEAR
"""Quarters from which a season can be told."""

FEWEST = 50
"""Offences in a quarter, on average, below which chance hides a season."""

CLEAR = 0.01
"""Largest p-value of the test with which a season is called clear, that of X-11."""

CENTRED = np.array([0.5, 1.0, 1.0, 1.0, 0.5]) / YEAR
"""Weights of the mean of a year around a quarter, in which every quarter has the same part."""


def season(values: Values, quarter: npt.NDArray[np.int64]) -> tuple[Values, float]:
    """The season of a quarterly series, and the p-value of the test for one.

    Args:
        values: one a quarter, without gaps, on a scale on which a season is added.
        quarter: 1 to 4, of each value.

    Returns:
        What the season adds to each value, about 0 over a year; and the p-value.

    Raises:
        ValueError: for fewer than `SEASONED` values.
    """
    if len(values) < SEASONED:
        raise ValueError(f"{len(values)} quarters are too few to tell a season: give {SEASONED}")
    # A season smoothed over more years than there are, by a constant, is the same in all.
    window = 10 * len(values) + 1
    # Loaded where they are used: every page reads this module, and none adjusts a series.
    from scipy.stats import kruskal
    from statsmodels.tsa.seasonal import STL

    parts = STL(values, period=YEAR, seasonal=window, seasonal_deg=0, robust=True).fit()
    left = values[2:-2] - np.convolve(values, CENTRED, mode="valid")
    test = kruskal(*(left[quarter[2:-2] == each] for each in range(1, YEAR + 1)))
    # As R's periodic season: the mean of each quarter, which the wide window comes close to.
    means = np.array([parts.seasonal[quarter == each].mean() for each in range(1, YEAR + 1)])
    return (means - means.mean())[quarter - 1], float(test.pvalue)


def compute_seasonally_adjusted(quarterly_series: pd.DataFrame) -> pd.DataFrame:
    """The quarters of every area, group and code without their season, where they are enough.

    Returns:
        The columns of ``seasonally_adjusted``, one row a quarter of the last unbroken stretch of
        each series, all of it of the same forces. Series of fewer than `SEASONED` quarters, or with
        fewer than `FEWEST` offences a quarter on average, have no rows. The year of an adjusted
        series adds up to about that of the counts, not exactly.
    """
    none = table_of("seasonally_adjusted")
    if quarterly_series.empty:
        return none
    newest = newest_release(quarterly_series)
    parts = [
        found
        for _, series in newest.groupby(
            ["area_code", "offence_id", "code"], dropna=False, sort=False
        )
        if (found := _adjusted(series)) is not None
    ]
    if not parts:
        return none
    return pd.concat(parts, ignore_index=True)[held("seasonally_adjusted")]


def _adjusted(series: pd.DataFrame) -> pd.DataFrame | None:
    ordered = series.sort_values("period_end")
    # Where a force is left out the figures are another area's.
    whole = ((ordered["count"] > 0) & (ordered["excluded"] == "")).to_numpy()
    first = 0 if whole.all() else int(np.flatnonzero(~whole)[-1]) + 1
    stretch = ordered.iloc[first:]
    counts = stretch["count"].to_numpy(dtype=np.float64)
    if len(counts) < SEASONED or counts.mean() < FEWEST:
        return None
    quarter = pd.DatetimeIndex(stretch["period_end"]).quarter.to_numpy()
    found, p_value = season(np.log(counts), quarter)
    clear = p_value <= CLEAR
    factor = np.exp(found) if clear else np.ones(len(counts))
    adjusted = counts / factor
    formula = [
        f"{text} / {each:.12g}" for text, each in zip(stretch["formula"], factor, strict=True)
    ]
    told = stretch.assign(formula=formula)
    before = told[["formula", "cells"]].shift().add_prefix("previous_")
    return told.assign(
        adjusted=adjusted,
        change_pct=100 * np.append(np.nan, adjusted[1:] / adjusted[:-1] - 1),
        **before,
        seasonal_factor=factor,
        p_value=p_value,
        quarters=len(counts),
        method=METHOD if clear else UNADJUSTED,
        basis="counts of records, which have no sampling error",
    )
