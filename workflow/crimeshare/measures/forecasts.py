"""How many offences to expect in the coming year, if recording stays as it is.

Four methods are tried on every year that the quarters hold: at each quarter-end the next four
quarters are forecast from those before, and the forecast is held against what came.  A year in
which a change of recording took effect is not tried, since no series could have told of it.  One
method is chosen for all areas of a kind, by the mean error over all of them: the years of one force
are too few to choose by, and a choice for each force alone did no better on the years that followed
than the count of the year before (``benchmarks/models.py``).  An area for which the method did not
beat "same as last year" has no forecast.

The limits come from the errors themselves: the root mean square error of each area in the newest
years, drawn towards that of all, times the quantile of the errors so scaled.  How far a new figure
is usually revised is added, as if the two had nothing to do with each other.

Sources of the methods: R. J. Hyndman and G. Athanasopoulos, "Forecasting: principles and practice",
3rd edition (2021), chapters 5 and 8: drift, exponential smoothing of the logarithm with an additive
season, alone (the local level) and with a damped trend, rolling origins.  That a mean of forecasts
errs less than either: J. M. Bates and C. W. J. Granger, Operational Research Quarterly 20 (1969)
451-468.  Weights are those with the smallest errors one quarter ahead on a grid, all areas at once:
statsmodels' ``ETSModel``, fitted anew at every quarter-end, would take some ten minutes where this
takes a tenth of a second.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from crimeshare.columns import held
from crimeshare.measures.provenance import keyed
from crimeshare.measures.quarters import YEAR
from crimeshare.measures.revisions import newest_release

Values = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Revised = dict[tuple[str, str], tuple[float, float]]
"""How far a new figure is revised, down and up in per cent, by offence group and area."""

LAST_YEAR = "same_as_last_year"
DRIFT, LOCAL_LEVEL, ETS, MEAN = "drift", "local_level", "ets", "ets_and_last_year"
METHODS = (DRIFT, LOCAL_LEVEL, ETS, MEAN)
"""What may be chosen: the mean growth so far goes on; the level of the newest quarters stays; their
trend goes on, ever weaker; the mean of that and of the year before."""

SHORTEST = 3 * YEAR
"""Quarters from which the first forecast is made."""

FEWEST = 8
"""Years that a method is tried on at least."""

NEWEST = 8
"""The newest of the years tried, whose errors make the limits."""

SHRINK = 4
"""Years without common quarters that the errors of all areas weigh beside those of one."""

LEVELS = tuple(np.arange(1, 11) / 10)
TRENDS = (0.1, 0.2, 0.4)
SEASONS = (0.0, 0.1, 0.3)
DAMPED = (0.8, 0.9)
"""Weights of the newest quarter in level, trend and season, and what is left of a trend."""

TOO_SHORT, GAP, UNTRIED, NOT_BETTER = (
    "fewer than three years of quarters",
    "no return for the newest quarter",
    "too few years without a change of recording to try it on",
    "no better than the year before",
)
"""Why there is no forecast."""


def compute_forecasts(
    quarterly_series: pd.DataFrame,
    recording_changes: pd.DataFrame,
    revision_intervals: pd.DataFrame,
    kinds: Mapping[str, str],
    offence_ids: Collection[str],
    level: float = 0.95,
) -> pd.DataFrame:
    """The year that follows the newest quarter, for every area and offence group.

    Args:
        revision_intervals: ``area_code``, ``offence_id``, ``age_months``, ``lower_pct``,
            ``upper_pct``.
        kinds: what each area is drawn together with; others are left out.
        level: part of the years that the limits are to hold.

    Returns:
        The columns of ``forecasts``, one row an area and group; limits are rounded to about a part
        in a hundred.
    """
    newest = newest_release(quarterly_series)
    newest = newest[newest["code"].isna() & newest["offence_id"].isin(offence_ids)]
    newest = newest.assign(
        period_end=pd.to_datetime(newest["period_end"]), kind=newest["area_code"].map(kinds)
    )
    new = revision_intervals[revision_intervals["age_months"] == 0]
    ends = new[["lower_pct", "upper_pct"]].itertuples(index=False, name=None)
    revised = dict(zip(zip(new["offence_id"], new["area_code"], strict=True), ends, strict=True))
    rows = [
        row
        for (offence_id, kind), group in newest.groupby(["offence_id", "kind"])
        for row in _rows(
            group,
            [code for code, own in kinds.items() if own == kind],
            days_of(recording_changes, str(offence_id)),
            revised,
            level,
        )
    ]
    table = pd.DataFrame(rows, columns=held("forecasts"))
    return table.sort_values(["offence_id", "area_code"], ignore_index=True)


def days_of(changes: pd.DataFrame, offence_id: str) -> pd.DatetimeIndex:
    """The days on which changes of recording took effect for a group."""
    touching = changes["offence_ids"].str.split().map(lambda named: offence_id in named)
    return pd.DatetimeIndex(changes.loc[touching, "effective"])


def _rows(
    group: pd.DataFrame,
    areas: list[str],
    days: pd.DatetimeIndex,
    revised: Revised,
    level: float,
) -> Iterator[dict[str, Any]]:
    whole = group[group["excluded"] == ""]
    counts = whole.pivot(index="period_end", columns="area_code", values="count")
    counts = counts.reindex(index=sorted(group["period_end"].unique()), columns=areas)
    ends = pd.DatetimeIndex(counts.index)
    forecasts, actual = all_forecasts(counts), years_ahead(counts)
    tried = to_try(ends, days)
    errors = {name: np.log(actual / found) for name, found in forecasts.items()}
    sizes = {name: mean_error(found[tried]) for name, found in errors.items()}
    method = min(METHODS, key=lambda name: float(np.nan_to_num(sizes[name], nan=1).mean()))
    scale, quantile = limits(errors[method][np.flatnonzero(tried)[-NEWEST:]], level)
    held = coverage(errors[method], tried, level)
    release_id, offence_id = (str(group[name].iloc[0]) for name in ("release_id", "offence_id"))
    for position, area_code in enumerate(counts.columns):
        number = int(np.isfinite(errors[method][tried, position]).sum())
        error, error_last = (float(sizes[name][position]) for name in (method, LAST_YEAR))
        forecast = float(forecasts[method][-1, position])
        last = float(forecasts[LAST_YEAR][-1, position])
        known = counts[area_code].notna()
        if not known.iloc[-1]:
            reason = GAP
        elif known[::-1].cumprod().sum() < SHORTEST:
            reason = TOO_SHORT
        elif number < FEWEST:
            reason = UNTRIED
        else:
            reason = "" if error < error_last else NOT_BETTER
        down, up = _reach(quantile * scale[position], revised, offence_id, str(area_code))
        step = 10.0 ** max(np.floor(np.log10(max(forecast, 1) / 100)), 0) if not reason else 1.0
        what = f"{offence_id}, {area_code}, every quarter"
        yield {
            "area_code": area_code,
            "offence_id": offence_id,
            "period_end": ends[-1] + pd.offsets.QuarterEnd(YEAR),
            "method": method if number >= FEWEST else None,
            "forecast": None if reason else round(forecast),
            "lower": None if reason else np.floor(forecast * np.exp(-down) / step) * step,
            "upper": None if reason else np.ceil(forecast * np.exp(up) / step) * step,
            "level": level,
            "last_year": last,
            "error": float(f"{error:.9g}") if number >= FEWEST else None,
            "error_last_year": float(f"{error_last:.9g}") if number >= FEWEST else None,
            "years_tried": number,
            "coverage": held,
            "reason": reason or None,
            "basis": "errors of earlier forecasts"
            + (", and revisions of new figures" if (offence_id, area_code) in revised else ""),
            "formula": f"{method} of {what}",
            "cells": keyed("quarterly_series", release_id, what),
            "release_id": release_id,
        }


def _reach(own: float, revised: Revised, offence_id: str, area_code: str) -> tuple[float, float]:
    """How far down and up, of the logarithm: the errors' reach and that of revisions together."""
    down, up = (np.log1p(end / 100) for end in revised.get((offence_id, area_code), (0.0, 0.0)))
    return float(np.hypot(own, min(down, 0))), float(np.hypot(own, max(up, 0)))


def to_try(ends: pd.DatetimeIndex, days: pd.DatetimeIndex) -> Mask:
    """Quarter-ends from which a year is forecast in which no change of recording took effect.

    Args:
        ends: last days of the quarters, oldest first.
        days: on which changes of recording took effect.
    """
    untouched = [
        place >= SHORTEST - 1
        and place + YEAR < len(ends)
        and not ((days > end) & (days <= ends[place + YEAR])).any()
        for place, end in enumerate(ends)
    ]
    return np.array(untouched, dtype=bool)


def years_ahead(counts: pd.DataFrame) -> Values:
    """Offences in the four quarters after each, empty where one is missing or they are none."""
    years = counts.rolling(YEAR, min_periods=YEAR).sum().shift(-YEAR).to_numpy(dtype=np.float64)
    return np.where(years > 0, years, np.nan)


def mean_error(errors: Values) -> Values:
    """Mean absolute error of each column as a part of the count, of logarithms of the ratio."""
    sizes = np.abs(np.expm1(-errors))
    known = np.isfinite(sizes)
    return np.where(
        known.any(axis=0), np.nansum(sizes, axis=0) / np.maximum(known.sum(axis=0), 1), np.nan
    )


def limits(errors: Values, level: float) -> tuple[Values, float]:
    """The scale of each column's errors, drawn together, and how many times it they may be.

    Args:
        errors: of the logarithm, one row a year, one column an area; empty where there is none.
        level: part of the errors that are no larger.
    """
    known = np.isfinite(errors)
    squares = np.where(known, errors, 0.0) ** 2
    common = squares.sum() / max(int(known.sum()), 1)
    # Years that follow each other by a quarter have most of their quarters in common.
    number, own = known.sum(axis=0) / YEAR, squares.sum(axis=0) / YEAR
    scale = np.sqrt((own + SHRINK * common) / (number + SHRINK))
    scores = (np.abs(errors) / np.maximum(scale, 1e-12))[known]
    return scale, float(np.quantile(scores, level, method="higher")) if scores.size else np.nan


def coverage(errors: Values, tried: Mask, level: float, newest: int = NEWEST) -> float | None:
    """The part of the years that limits made of years known before held; None for too few.

    Args:
        errors: of the logarithm, one row a quarter-end, one column an area.
        tried: the quarter-ends that are looked at.
        newest: years that make the limits, at most.
    """
    held = []
    places = np.flatnonzero(tried)
    for place in places:
        before = places[places + YEAR <= place][-newest:]
        if len(before) < SHRINK:
            continue
        scale, quantile = limits(errors[before], level)
        own = errors[place]
        held += (np.abs(own) <= quantile * scale)[np.isfinite(own)].tolist()
    return float(np.mean(held)) if held else None


def all_forecasts(counts: pd.DataFrame) -> dict[str, Values]:
    """What each method expects of the four quarters after each quarter, from those up to it.

    Args:
        counts: one row a quarter, one column an area; only what follows a column's last gap counts.

    Returns:
        Offences by method, `LAST_YEAR` among them, shaped as ``counts``, empty where fewer than
        `SHORTEST` quarters are known.
    """
    values = counts.to_numpy(dtype=np.float64)
    found = {name: np.full(values.shape, np.nan) for name in (LAST_YEAR, *METHODS)}
    gaps = np.isnan(values)
    starts = np.where(gaps.any(axis=0), len(values) - gaps[::-1].argmax(axis=0), 0)
    for start in np.unique(starts):
        if len(values) - start < SHORTEST:
            continue
        columns = np.flatnonzero(starts == start)
        for name, part in _of_stretch(values[start:, columns]).items():
            found[name][start + SHORTEST - 1 :, columns] = part[SHORTEST - 1 :]
    return found


def _of_stretch(values: Values) -> dict[str, Values]:
    """The forecasts of columns without gaps."""
    logs = np.log(np.maximum(values, 0.5))
    years = np.full(values.shape, np.nan)
    years[YEAR - 1 :] = np.lib.stride_tricks.sliding_window_view(values, YEAR, axis=0).sum(axis=-1)
    years = np.maximum(years, 0.5)
    since = (np.arange(len(values)) - (YEAR - 1)) / YEAR
    growth = np.log(years / years[YEAR - 1]) / np.where(since > 0, since, np.nan)[:, None]
    local = _smoothed(logs, tuple(product(LEVELS, (0.0,), SEASONS, (1.0,))))
    ets = _smoothed(logs, tuple(product(LEVELS, TRENDS, SEASONS, DAMPED)))
    return {
        LAST_YEAR: years,
        DRIFT: years * np.exp(growth),
        LOCAL_LEVEL: local,
        ETS: ets,
        MEAN: np.sqrt(years * ets),
    }


def _smoothed(logs: Values, grid: tuple[tuple[float, ...], ...]) -> Values:
    """The next four quarters by exponential smoothing, with the best weights so far at each.

    Args:
        logs: logarithms of counts, one row a quarter, one column a series.
        grid: weights of the newest quarter in level, trend and season, and the damping, to try.
    """
    alpha, beta, gamma, phi = (np.array(part)[:, None] for part in zip(*grid, strict=True))
    first, last = logs[:YEAR].mean(axis=0), logs[SHORTEST - YEAR : SHORTEST].mean(axis=0)
    slope = (last - first) / (SHORTEST - YEAR)
    shape = (len(grid), logs.shape[1])
    trend = np.where(beta > 0, slope, 0.0)
    level = np.broadcast_to(first, shape) - (YEAR + 1) / 2 * trend
    seasons = np.repeat(_first_seasons(logs[:SHORTEST])[:, None], len(grid), axis=1)
    squares = np.zeros(shape)
    found = np.empty(logs.shape)
    for place, own in enumerate(logs):
        of_year = place % YEAR
        missed = own - (level + phi * trend + seasons[of_year])
        # The first year made the level that it would be judged by.
        squares += missed**2 * (place >= YEAR)
        level = level + phi * trend + alpha * missed
        trend = phi * trend + alpha * beta * missed
        seasons[of_year] += gamma * (1 - alpha) * missed
        best = squares.argmin(axis=0), np.arange(shape[1])
        slopes = np.cumsum(phi ** np.arange(1, YEAR + 1), axis=1)
        found[place] = sum(
            np.exp((level + slopes[:, [ahead]] * trend + seasons[(place + 1 + ahead) % YEAR])[best])
            for ahead in range(YEAR)
        )
    return found


def _first_seasons(logs: Values) -> Values:
    """The season of each quarter in the first years: what is left of the centred mean of a year."""
    centred = (logs[:-4] / 2 + logs[1:-3] + logs[2:-2] + logs[3:-1] + logs[4:] / 2) / YEAR
    left = logs[2:-2] - centred
    quarter = np.arange(2, len(logs) - 2) % YEAR
    found = np.array([left[quarter == each].mean(axis=0) for each in range(YEAR)])
    return np.asarray(found - found.mean(axis=0))
