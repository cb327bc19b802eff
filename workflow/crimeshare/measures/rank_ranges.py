"""The range of a rank: which places among the forces the spread of a force's quarters allows.

A count of records has no sampling error, so these are no confidence intervals.  They answer: if
the year had been made of quarters that vary as these four did, which places might the force have
taken?

A force's share of a year is the mean of its quarters, whose spread about it, less what all forces
share (the season), gives the uncertainty.  Quarters that follow each other are alike, so four of
them say less than four apart would, and their spread is smaller than that of the years: both are
made up for by the autocorrelation of all forces in the two years up to then
(:func:`autocorrelation`).  Four quarters tell a variance badly, so the variances of
the forces are drawn together as far as they are alike: G. K. Smyth, "Linear models and empirical
Bayes methods for assessing differential expression", Statistical Applications in Genetics and
Molecular Biology 3 (2004), article 3.  Ranges of one rank are quantiles of simulated ranks: H.
Goldstein and D. J. Spiegelhalter, "League tables and their limitations", Journal of the Royal
Statistical Society A 159 (1996) 385-443.  Sets that hold all ranks at once come from tests of all
pairs: M. Mogstad, J. P. Romano, A. M. Shaikh and D. Wilhelm, "Inference for ranks", Review of
Economic Studies 91 (2024) 476-518, here with Bonferroni's critical value.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import digamma, ndtri, polygamma, stdtrit

from crimeshare.columns import held
from crimeshare.measures.provenance import keyed
from crimeshare.measures.quarters import YEAR
from crimeshare.measures.revisions import newest_release
from crimeshare.parquet import table_of

Values = npt.NDArray[np.float64]
Ranks = npt.NDArray[np.int64]

METHOD = "goldstein-spiegelhalter"

STRETCH = 2 * YEAR
"""Quarters over which forces are compared with themselves for the autocorrelation."""

DRAWS = 2_000
SEED = 1996


def compute_rank_intervals(
    series: pd.DataFrame, quarters: pd.DataFrame, level: float = 0.95
) -> pd.DataFrame:
    """The range of the rank by share of every force, offence group and quarter-end.

    Args:
        series: as :func:`crimeshare.measures.series.compute_series` gives it; its rows of forces
            with a ``rank_forces`` count.
        level: proportion of the simulated ranks inside a range, and of the simultaneous sets that
            hold every rank.

    Returns:
        The columns of ``rank_intervals``, one row an area, offence group and year for which the
        force has four quarters.

    Raises:
        ValueError: for a level outside 0 to 1.
    """
    if not 0 < level < 1:
        raise ValueError(f"a level is between 0 and 1, not {level}")
    angles = quarterly_angles(quarters)
    ranked = series[(series["area_type"] == "force") & series["rank_forces"].notna()]
    draws = np.random.default_rng(SEED).standard_normal((DRAWS, ranked["area_code"].nunique()))
    years = [
        found
        for offence_id, of_group in ranked.groupby("offence_id", sort=False)
        if offence_id in angles
        for found in _of_group(of_group, angles[str(offence_id)], draws, level)
    ]
    if not years:
        return table_of("rank_intervals")
    table = pd.DataFrame(
        {name: np.concatenate([year[name] for year in years]) for name in years[0]}
    )
    table = table.assign(level=level, method=METHOD)
    table = table.astype({"area_code": series["area_code"].dtype})
    return table.sort_values(["area_code", "offence_id", "period_end"], ignore_index=True)[
        held("rank_intervals")
    ]


def _of_group(
    ranked: pd.DataFrame, angles: pd.DataFrame, draws: Values, level: float
) -> Iterator[dict[str, npt.NDArray[Any]]]:
    codes = angles.columns.to_numpy(dtype=object)
    ends = angles.index.to_numpy()
    quarters = angles.to_numpy()
    of_end = ranked["period_end"].to_numpy()
    of_force = ranked["area_code"].to_numpy(dtype=object)
    shares = ranked["share"].to_numpy(dtype=np.float64)
    ranks = ranked["rank_forces"].to_numpy(dtype=np.int64)
    behind = {name: ranked[name].to_numpy(dtype=object) for name in ("formula", "cells")}
    for last in range(YEAR - 1, len(ends)):
        year = np.flatnonzero(of_end == ends[last])
        window = quarters[last - YEAR + 1 : last + 1]
        place = dict(zip(of_force[year], year, strict=True))
        known = [
            column
            for column in np.flatnonzero(~np.isnan(window).any(axis=0))
            if codes[column] in place
        ]
        if len(known) < 3:
            continue
        held = [place[codes[column]] for column in known]
        # In the first year and a half those that follow have to do.
        stretch = quarters[max(last + 1 - STRETCH, 0) :][:STRETCH]
        alike = autocorrelation(stretch)
        error, df = error_of_years(window[:, known], alike)
        centre = np.arcsin(np.sqrt(shares[held]))
        lower, upper = rank_ranges(centre, error, df, draws[:, : len(known)], level)
        lowest, highest = simultaneous_sets(centre, error, df, level)
        rank = ranks[held]
        yield {
            "area_code": codes[known],
            "offence_id": ranked["offence_id"].to_numpy(dtype=object)[held],
            "period_end": of_end[held],
            "rank": rank,
            # Ranks with ties, or of forces without quarters, may lie a place outside.
            "lower": np.minimum(lower, rank),
            "upper": np.maximum(upper, rank),
            "lower_simultaneous": np.minimum(lowest, rank),
            "upper_simultaneous": np.maximum(highest, rank),
            "autocorrelation": np.full(len(known), float(f"{alike:.9g}")),
            **{name: column[held] for name, column in behind.items()},
        }


def autocorrelation(quarters: Values) -> float:
    """How alike two quarters of a force are that follow each other, beside what all share.

    Args:
        quarters: shares of each quarter (row) and force (column), on a scale of even variance.

    Returns:
        The mean of the forces with all quarters, made up for what so few quarters take from it
        (F. H. C. Marriott and J. A. Pope, Biometrika 41 (1954) 390-402), from 0 to 0.9; 0 where
        there are fewer than `STRETCH`, or fewer than three forces.
    """
    known = quarters[:, ~np.isnan(quarters).any(axis=0)]
    if len(known) < STRETCH or known.shape[1] < 3:
        return 0.0
    rest = _beside_all(known)
    squares = (rest**2).sum(axis=0)
    varied = squares > 0
    if not varied.any():
        return 0.0
    alike = float(((rest[1:] * rest[:-1]).sum(axis=0)[varied] / squares[varied]).mean())
    return float(np.clip((alike + 1 / len(known)) / (1 - 3 / len(known)), 0.0, 0.9))


def _beside_all(quarters: Values) -> Values:
    """Quarters of each force less its own mean and what all forces share in each quarter."""
    own = quarters.mean(axis=0) + quarters.mean(axis=1, keepdims=True) - quarters.mean()
    return np.asarray(quarters - own)


def error_of_years(quarters: Values, alike: float = 0.0) -> tuple[Values, float]:
    """Standard error of each force's year by the spread of its quarters, and their freedom.

    Args:
        alike: autocorrelation of the quarters.

    Returns:
        Standard errors of the means of the columns, the variances of the forces drawn together, and
        the degrees of freedom of each, which may be infinite.
    """
    count, forces = quarters.shape
    variance = (_beside_all(quarters) ** 2).sum(axis=0) / ((count - 1) * (1 - 1 / forces))
    together, df = squeeze(variance, count - 1)
    apart = np.arange(1, count)
    # The variance of a mean of such quarters, and of what is left beside it, over one quarter's.
    mean = (1 + 2 * ((1 - apart / count) * alike**apart).sum()) / count
    left = (1 - mean) * count / (count - 1)
    return np.sqrt(together * mean / left), df


def squeeze(variance: Values, df: float) -> tuple[Values, float]:
    """Variances drawn towards the common one, after Smyth (2004), and their degrees of freedom.

    Args:
        variance: of each unit.
        df: degrees of freedom of each.

    Returns:
        ``(d0 * s0 + df * variance) / (d0 + df)`` with ``d0`` and ``s0`` the degrees of freedom and
        the scale of the common variance, by the moments of the logarithms; and ``d0 + df``,
        infinite where the variances differ by no more than chance.
    """
    positive = variance[variance > 0]
    if len(positive) < 2:
        return variance, df
    logs = np.log(positive) - digamma(df / 2) + np.log(df / 2)
    excess = float(np.var(logs, ddof=1)) - float(polygamma(1, df / 2))
    if excess <= 0:
        return np.full_like(variance, np.exp(logs.mean())), float("inf")
    # Loaded where it is used: many steps and pages read this module for its names.
    from scipy.optimize import brentq

    # The trigamma function of x lies between 1 / x and 1 / x + 1 / x**2.
    bounds = 1 / excess, (1 + np.sqrt(1 + 4 * excess)) / (2 * excess)
    d0 = 2 * float(brentq(lambda half: float(polygamma(1, half)) - excess, *bounds))
    s0 = float(np.exp(logs.mean() + digamma(d0 / 2) - np.log(d0 / 2)))
    return (d0 * s0 + df * variance) / (d0 + df), d0 + df


def rank_ranges(
    centre: Values, error: Values, df: float, draws: Values, level: float
) -> tuple[Ranks, Ranks]:
    """Range of each unit's rank, 1 the largest, that its own uncertainty and the others' allow.

    Args:
        centre, error: the value of each unit and its standard error.
        df: degrees of freedom of the errors.
        draws: standard normal, one row a simulation, one column a unit.
        level: proportion of simulated ranks inside.
    """
    tail = (1 - level) / 2
    reach = float(_quantile(df, 1 - tail) / ndtri(1 - tail))
    units, last = len(centre), len(draws) - 1
    order = np.argsort(-(centre + reach * error * draws), axis=1)
    # How often each unit takes each place or one above it.
    taken = np.bincount((order * units + np.arange(units)).ravel(), minlength=units**2)
    up_to = taken.reshape(units, units).cumsum(axis=1)
    lowest, highest = int(np.floor(tail * last)), int(np.ceil((1 - tail) * last))
    return 1 + (up_to <= lowest).sum(axis=1), 1 + (up_to <= highest).sum(axis=1)


def simultaneous_sets(
    centre: Values, error: Values, df: float, level: float
) -> tuple[Ranks, Ranks]:
    """Ranks of all units that hold at once: one more than those surely above, to those not below.

    Args:
        centre, error: the value of each unit and its standard error.
        df: degrees of freedom of the errors.
        level: of all sets together.
    """
    units = len(centre)
    critical = _quantile(df, 1 - (1 - level) / (units * (units - 1)))
    ahead = np.subtract.outer(centre, centre) > critical * np.hypot.outer(error, error)
    return 1 + ahead.sum(axis=0), units - ahead.sum(axis=1)


def _quantile(df: float, probability: float) -> float:
    return float(ndtri(probability) if np.isinf(df) else stdtrit(df, probability))


def quarterly_angles(quarters: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Shares of every group, on the inverse sine scale: one row a quarter, one column a force."""
    newest = newest_release(quarters)
    whole = newest[newest["code"].isna() & (newest["area_type"] == "force")]
    whole = whole.assign(period_end=pd.to_datetime(whole["period_end"]))
    wide = whole.pivot(
        index=["offence_id", "period_end"], columns="area_code", values="value"
    ).sort_index()
    if wide.empty:
        return {}
    total = wide.loc["total"]
    found = {}
    for offence_id in wide.index.unique(level=0):
        share = wide.loc[offence_id] / total
        if offence_id != "total":
            found[str(offence_id)] = np.arcsin(np.sqrt(share.clip(lower=0, upper=1)))
    return found


RECORD = ["offence_id", "what", "ranks", "held", "share", "level", "formula", "cells"]

FIRST_PUBLISHED, NEXT_YEAR = "first_published", "next_year"


def compute_rank_record(ranges: pd.DataFrame, revisions: pd.DataFrame) -> pd.DataFrame:
    """What happened before: how many ranks lay in the ranges.

    Args:
        ranges: as :func:`compute_rank_intervals` gives them.

    Returns:
        The columns of ``rank_record``, two rows an offence group.
    """
    key = ["area_code", "offence_id", "period_end"]
    ends = ranges.assign(period_end=pd.to_datetime(ranges["period_end"]))
    published = revisions[revisions["rank_before"].notna()].drop_duplicates(key)
    published = published.assign(period_end=pd.to_datetime(published["period_end"]))
    a_year = pd.offsets.QuarterEnd(YEAR)
    later = ends[[*key, "rank"]].assign(period_end=ends["period_end"] - a_year)
    parts = []
    for what, ranks, table in (
        (FIRST_PUBLISHED, published[key].assign(other=published["rank_before"]), "revisions"),
        (NEXT_YEAR, later.rename(columns={"rank": "other"}), "rank_intervals"),
    ):
        both = ends.merge(ranks, on=key)
        inside = both["other"].between(both["lower"], both["upper"])
        held = inside.groupby(both["offence_id"]).agg(ranks="size", held="sum").reset_index()
        parts.append(
            held.assign(
                what=what,
                share=held["held"] / held["ranks"],
                level=both["level"].iloc[0] if len(both) else np.nan,
                formula="ranks inside of the range / ranks",
                cells=keyed(table, "", held["offence_id"], "every force and year"),
            )
        )
    found = pd.concat(parts, ignore_index=True)
    return found.sort_values(["offence_id", "what"], ignore_index=True)[RECORD]
