"""Where a force's own figures moved: to another level, for a while, or slowly.

What all forces share, growth, season and national changes of rules among it, is taken out: a series
is the logarithm of the force's count over that of all other forces, without its season
(:func:`crimeshare.measures.seasonal.season`).  A national change of rules moves some forces further
than others, so a series is looked at from the newest change on that leaves `NEWEST` quarters.

Levels that last (reached at once or within a year), episodes that return and a drift over all
quarters are told apart by an information criterion: the one that gains most in likelihood for what
it costs is added, until none gains enough.  The noise beside them lasts from quarter to quarter by
a part that is fitted with each, so that what is as likely a wandering of the figures is not called
a step.  `COST` is set so that about one series in twenty without a step or an episode gets one,
with noise such as the forces' own series show beside theirs (``benchmarks/models.py``).

Sources of the method: N. R. Zhang and D. O. Siegmund, "A modified Bayes information criterion",
Biometrics 63 (2007) 22-32: dates cost as sizes do.  J. Bai and P. Perron, Econometrica 66 (1998)
47-78: steps added one by one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import stdtrit

from crimeshare.columns import held
from crimeshare.measures.provenance import keyed
from crimeshare.measures.quarters import YEAR
from crimeshare.measures.revisions import newest_release
from crimeshare.measures.seasonal import SEASONED, season
from crimeshare.measures.steps import stable, whitened

Values = npt.NDArray[np.float64]

METHOD = "penalised_likelihood_lasting_noise"

LEVEL, EPISODE, DRIFT = "level", "episode", "drift"

COST = {DRIFT: 7.2, LEVEL: 18.0, EPISODE: 18.0}
"""Twice the logarithm of the likelihood that each has to gain, their dates searched for."""

SHORTEST = 4
"""Quarters that a level lasts at least, and an episode."""

PHASED = (1, YEAR)
"""Quarters in which a level may be reached."""

LONGEST, GRADUAL = 12, range(6, 17)
"""Quarters that an episode lasts at most, and one that comes and goes by and by."""

MOST = 6
"""Shifts of one series."""

LEAST = 0.1
"""The least shift, as a change of the logarithm: about a tenth."""

NEWEST = 6 * YEAR
"""Quarters that the newest change of rules from which a series is looked at has to leave."""

FEWEST = 50
"""Offences in a quarter, on average, below which chance hides a shift of that size."""

LASTING = (0.0, 0.15, 0.3, 0.45, 0.6, 0.7, 0.8, 0.88, 0.95)
"""Parts of the noise that may go on into the next quarter."""


@dataclass(frozen=True)
class Shift:
    """A shift of a series of logarithms.

    Attributes:
        kind: `LEVEL`, `EPISODE` or `DRIFT`.
        first, last: positions of its first quarter and of its last; of a level, of the series'.
        size: of the logarithm: the level's, the furthest of the episode, all of the drift.
        error: its standard error, for the dates found.
    """

    kind: str
    first: int
    last: int
    size: float
    error: float


@dataclass(frozen=True)
class Found:
    """What a series is made of: its shifts and the noise beside them.

    Attributes:
        shifts: oldest first.
        sd: standard deviation of the noise.
        lasting: part of it that goes on into the next quarter.
        df: degrees of freedom of the errors of the shifts.
    """

    shifts: list[Shift]
    sd: float
    lasting: float
    df: int


def compute_level_shifts(
    quarters: pd.DataFrame,
    recording_changes: pd.DataFrame,
    offence_ids: Collection[str],
    level: float = 0.95,
) -> pd.DataFrame:
    """The shifts of every force, for offence groups, each of their codes and all crime.

    Args:
        level: of the limits, which hold for the dates found.

    Returns:
        The columns of ``level_shifts``, one row a shift. A change of the rules is named where it
        took effect in that quarter or the one before or after and moved all other forces by as
        much; where none is, the cause is not known here.
    """
    newest = newest_release(quarters)
    newest = newest[
        (newest["area_type"] == "force") & newest["offence_id"].isin([*offence_ids, "total"])
    ].assign(period_end=lambda rows: pd.to_datetime(rows["period_end"]))
    rows = []
    release_id = "".join(newest["release_id"].unique())
    items = newest.assign(code=newest["code"].fillna(""))
    for (group, code), series in items.groupby(["offence_id", "code"]):
        wide = series.pivot(index="period_end", columns="area_code", values="value").sort_index()
        name = str(code or group)
        touching = recording_changes["offence_ids"].str.split().map(lambda ids, n=name: n in ids)
        days = pd.to_datetime(recording_changes.loc[touching, "effective"])
        for area_code in wide.columns:
            own = wide[area_code]
            others = wide.drop(columns=area_code).sum(axis=1, min_count=1)
            for found in shifts(own, others, days, level):
                near = _change_near(found["quarter_end"], name, recording_changes)
                explained = found["kind"] == LEVEL and (
                    abs(found["shift"]) <= abs(_shift_at(others, found["quarter_end"]))
                )
                until = found["until"] and f" to {found['until']:%Y-%m-%d}"
                rows.append(
                    {
                        "area_code": area_code,
                        "offence_id": group,
                        "code": code or None,
                        **found,
                        "recording_change": near if explained else None,
                        "level": level,
                        "method": METHOD,
                        "formula": f"{found['kind']} of the quarters from "
                        f"{found['quarter_end']:%Y-%m-%d}{until or ''} beside those of all other "
                        "forces",
                        "cells": keyed("recorded_quarters", release_id, name, "every force"),
                    }
                )
    table = pd.DataFrame(rows, columns=held("level_shifts"))
    # Of no rows the dates would have no type.
    table = table.astype({"quarter_end": "datetime64[ms]", "until": "datetime64[ms]"})
    order = ["area_code", "offence_id", "code", "quarter_end"]
    return table.sort_values(order, na_position="first", ignore_index=True)


def shifts(
    own: pd.Series, others: pd.Series, days: Iterable[pd.Timestamp] = (), level: float = 0.95
) -> list[dict[str, Any]]:
    """The shifts of one series of counts beside that of all others, oldest first.

    Each has ``quarter_end``, ``until``, ``kind``, ``shift`` (of the logarithm), ``shift_pct``,
    ``lower``, ``upper``, ``noise_sd`` and ``noise_lasting``; a shift whose limits hold 0 is none.

    Args:
        own, others: counts by last day of the quarter; only the last unbroken stretch of quarters
            in which both are above 0 is looked at.
        days: on which the rules of the series changed.
    """
    values = beside_others(own, others, days)
    if values.empty:
        return []
    ends, found = values.index, find(values.to_numpy())
    reach = float(stdtrit(found.df, (1 + level) / 2))
    return [
        {
            "quarter_end": ends[shift.first],
            "until": None if shift.kind == LEVEL else ends[shift.last],
            "kind": shift.kind,
            "shift": shift.size,
            **{
                name: stable(100 * float(np.expm1(shift.size + side * reach * shift.error)))
                for name, side in (("shift_pct", 0), ("lower", -1), ("upper", 1))
            },
            "noise_sd": stable(found.sd),
            "noise_lasting": found.lasting,
        }
        for shift in clear(found, level)
    ]


def beside_others(
    own: pd.Series, others: pd.Series, days: Iterable[pd.Timestamp] = ()
) -> pd.Series:
    """The logarithm of counts over all others', without season; empty where short or small."""
    known = ((own > 0) & (others > 0)).to_numpy()
    first = 0 if known.all() else int(np.flatnonzero(~known)[-1]) + 1
    own, others = own.iloc[first:], others.iloc[first:]
    if len(own) < 3 * SHORTEST or own.mean() < FEWEST:
        return pd.Series(dtype=np.float64)
    values = adjusted(np.log((own / others).to_numpy(dtype=np.float64)))
    begun = [int((own.index < day).sum()) for day in days]
    since = max((place for place in begun if len(own) - place >= NEWEST), default=0)
    return pd.Series(values[since:], index=own.index[since:])


def clear(found: Found, level: float) -> list[Shift]:
    """The shifts that are larger than `LEAST` and whose limits leave out 0."""
    reach = float(stdtrit(found.df, (1 + level) / 2))
    return [shift for shift in found.shifts if abs(shift.size) > max(reach * shift.error, LEAST)]


def find(values: Values, most: int = MOST) -> Found:
    """What a series of logarithms is made of.

    Args:
        values: one a quarter.
        most: shifts that are looked for.
    """
    candidates, kinds, places = _candidates(len(values))
    costs = np.array([COST[kind] for kind in kinds])
    chosen: list[int] = []
    model = np.ones((len(values), 1))
    fit = [_left(values, model, lasting) for lasting in LASTING]
    deviance = _deviances(fit, len(values))
    while len(chosen) < most:
        best = np.full(len(kinds), np.inf)
        for (basis, left), lasting, shapes in zip(
            fit, LASTING, _whitened(len(values)), strict=True
        ):
            room = (shapes**2).sum(axis=0) - ((basis.T @ shapes) ** 2).sum(axis=0)
            gained = (shapes.T @ left) ** 2 / np.where(room > 1e-6, room, np.inf)
            squares = np.maximum(left @ left - gained, 1e-24)
            best = np.minimum(best, _deviance(squares, lasting, len(values)))
        place = int((best + costs).argmin())
        if best[place] + costs[place] >= deviance.min():
            break
        chosen.append(place)
        model = np.column_stack([model, candidates[:, place]])
        fit = [_left(values, model, lasting) for lasting in LASTING]
        deviance = _deviances(fit, len(values))
    return _measured(values, model, [(kinds[each], *places[each]) for each in chosen], deviance)


def _measured(
    values: Values, model: Values, chosen: list[tuple[str, int, int]], deviance: Values
) -> Found:
    """Sizes and errors of the shifts of a model, with the likeliest noise."""
    lasting = LASTING[int(deviance.argmin())]
    own, seen = whitened(model, lasting), whitened(values, lasting)
    inverse = np.linalg.inv(own.T @ own)
    size = inverse @ (own.T @ seen)
    df = len(values) - model.shape[1]
    variance = float(((seen - own @ size) ** 2).sum()) / df
    error = np.sqrt(np.diag(inverse) * variance)
    parts = zip(chosen, size[1:].tolist(), error[1:].tolist(), strict=True)
    found = [Shift(*which, *measured) for which, *measured in parts]
    sd = float(np.sqrt(variance / (1 - lasting**2)))
    return Found(sorted(found, key=lambda shift: shift.first), sd, lasting, df)


def _left(values: Values, model: Values, lasting: float) -> tuple[Values, Values]:
    """An orthonormal basis of a model, and what it leaves of the values, for one kind of noise."""
    basis = np.linalg.qr(whitened(model, lasting))[0]
    seen = whitened(values, lasting)
    return basis, seen - basis @ (basis.T @ seen)


def _deviance(squares: Any, lasting: float, number: int) -> Any:
    return number * np.log(squares / number) - np.log(1 - lasting**2)


def _deviances(fit: list[tuple[Values, Values]], number: int) -> Values:
    return np.array(
        [
            _deviance(max(float(left @ left), 1e-24), lasting, number)
            for (_, left), lasting in zip(fit, LASTING, strict=True)
        ]
    )


@cache
def _candidates(number: int) -> tuple[Values, list[str], list[tuple[int, int]]]:
    place = np.arange(number)
    found = [(DRIFT, 0, number - 1, (place - (number - 1) / 2) / (number - 1))]
    for first, long in product(range(SHORTEST, number - SHORTEST + 1), PHASED):
        ramp = np.clip((place - first + 1) / long, 0.0, 1.0)
        found.append((LEVEL, first, number - 1, ramp))
    for first in range(2, number - SHORTEST + 1):
        for long in range(SHORTEST, min(GRADUAL.stop, number - 1 - first)):
            inside = (place >= first) & (place < first + long)
            if long <= LONGEST:
                found.append((EPISODE, first, first + long - 1, inside.astype(np.float64)))
            if long in GRADUAL:
                wave = np.sin(np.pi * (place - first + 0.5) / long)
                found.append((EPISODE, first, first + long - 1, np.where(inside, wave, 0.0)))
    kinds, starts, ends, shapes = zip(*found, strict=True)
    return np.column_stack(shapes), list(kinds), list(zip(starts, ends, strict=True))


@cache
def _whitened(number: int) -> list[Values]:
    return [whitened(_candidates(number)[0], lasting) for lasting in LASTING]


def adjusted(values: Values) -> Values:
    """A quarterly series without its season, where it is long enough to have one."""
    if len(values) < SEASONED:
        return values
    quarter = 1 + np.arange(len(values)) % YEAR
    return values - season(values, quarter)[0]


def _shift_at(counts: pd.Series, quarter_end: pd.Timestamp) -> float:
    """How much the logarithm of a series moved from the year before a quarter to the year after."""
    position = int(np.flatnonzero(counts.index == quarter_end)[0])
    before = counts.iloc[max(position - YEAR, 0) : position].mean()
    return float(np.log(counts.iloc[position : position + YEAR].mean() / before))


def _change_near(quarter_end: pd.Timestamp, name: str, changes: pd.DataFrame) -> str | None:
    quarter = pd.Period(quarter_end, "Q")
    near = [
        row["change_id"]
        for row in changes.to_dict("records")
        if name in str(row["offence_ids"]).split()
        and abs((pd.Period(pd.Timestamp(row["effective"]), "Q") - quarter).n) <= 1
    ]
    return near[0] if near else None
