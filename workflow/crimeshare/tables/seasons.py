"""Quarters of a force in each other's place: their offences change against those of all others.

Each offence code has its season and its rise or fall, which forces share.  Where two quarters of a
force were swapped, what grew elsewhere shrank there, code after code, though no year that holds
both has another sum.  An earlier release of the same quarters tells it too, of a small force as
plainly as of a large one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

# Of no two quarters that were published do codes speak so plainly for a swap: 3.8 at most, of some
# 6,800 pairs of `prc-2025-12`.  Nine swaps of ten would be seen.
LIMIT = 5.0
# So many quarters lie between two of one year at most.
_APART = 3
# Of a code with fewer offences in both quarters chance decides.
_FEW = 20
# Codes vary by more than chance: this many times the variance of counts, and forces by so much
# besides, on the log scale; and one code alone is never evidence of more than one.
_MORE_THAN_CHANCE, _OF_FORCES, _ONE = 2.0, 0.01, 1.0


def turned_quarters(counts: pd.DataFrame) -> pd.DataFrame:
    """Pairs of quarters of a force that go with those of the others the other way round.

    With x the log ratio of a code's offences in two quarters, less that of all the force's
    offences, m the same of all other forces together, and v their variance, 2xm/v is twice the log
    likelihood ratio of the quarters as they stand over that of the quarters swapped.

    Args:
        counts: ``area_code``, ``period_end``, ``item`` and ``value`` of one release: by offence
            code, of police forces, in quarters.

    Returns:
        One row a pair, ``area_code``, ``period_end``, ``twin`` (the end of the other quarter) and
        ``moved``, how plainly codes speak for a swap; a quarter is in one pair of a force at most.
    """
    area, forces = pd.factorize(counts["area_code"])
    end, ends = pd.factorize(counts["period_end"], sort=True)
    item, items = pd.factorize(counts["item"])
    table = np.zeros((len(forces), len(ends), len(items)))
    table[area, end, item] = counts["value"]
    rows: list[dict[str, Any]] = [
        {"area_code": forces[force], "period_end": ends[one], "twin": ends[other], "moved": moved}
        for one in range(len(ends))
        for other in range(one + 1, min(one + _APART + 1, len(ends)))
        for force, moved in _against(table[:, one], table[:, other])
    ]
    return _plainest(rows)


def exchanged_quarters(counts: pd.DataFrame, earlier: pd.DataFrame) -> pd.DataFrame:
    """Pairs of quarters of a force that are each more like the other was in an earlier release.

    How far two quarters are apart is the sum over offence codes of the squared difference of the
    roots of their counts, whose variance hardly depends on their size.  Of no two quarters of a
    year that were published twice were the quarters as they stand as far apart as crosswise: 0.85
    times at most, of some 5,700 pairs of `prc-2023-06` and `prc-2025-12`.

    Args:
        counts, earlier: as of :func:`turned_quarters`, of the two releases.

    Returns:
        As of :func:`turned_quarters`; ``moved`` is how many times as far apart they stand.
    """
    key = ["area_code", "period_end", "item"]
    both = counts.merge(earlier[[*key, "value"]], on=key, suffixes=("", "_earlier"))
    rows: list[dict[str, Any]] = []
    for force, own in both.groupby("area_code", observed=True):
        tables = own.pivot(index="period_end", columns="item", values=["value", "value_earlier"])
        now, then = (
            tables[name].fillna(0).clip(0).to_numpy() ** 0.5 for name in ("value", "value_earlier")
        )
        apart = ((now[:, None] - then[None]) ** 2).sum(axis=2)
        stand, crosswise = np.add.outer(apart.diagonal(), apart.diagonal()), apart + apart.T
        rows += [
            {
                "area_code": force,
                "period_end": tables.index[one],
                "twin": tables.index[other],
                "moved": stand[one, other] / max(crosswise[one, other], 1.0),
            }
            for one, other in zip(*np.nonzero(stand > crosswise), strict=True)
            if one < other <= one + _APART
        ]
    return _plainest(rows)


def _plainest(rows: list[dict[str, Any]]) -> pd.DataFrame:
    # A quarter out of its place is at odds with all that lie near it.
    kept: list[dict[str, Any]] = []
    taken: set[tuple[str, pd.Timestamp]] = set()
    for row in sorted(rows, key=lambda row: -row["moved"]):
        quarters = {(row["area_code"], row[day]) for day in ("period_end", "twin")}
        if taken.isdisjoint(quarters):
            kept.append(row)
            taken |= quarters
    return pd.DataFrame(kept, columns=["area_code", "period_end", "twin", "moved"])


def _against(one: np.ndarray, other: np.ndarray) -> list[tuple[int, float]]:
    """Forces whose two quarters speak for a swap, and how plainly."""
    there = np.flatnonzero(one.any(axis=1) & other.any(axis=1))
    one, other = one[there], other[there]
    others = one.sum(axis=0) - one, other.sum(axis=0) - other
    own, common = _moves(one, other), _moves(*others)
    chance = sum(1 / (each + 0.5) for each in (one, other, *others))
    evidence = 2 * own * common / (_MORE_THAN_CHANCE * chance + _OF_FORCES)
    moved = -np.where(one + other >= _FEW, evidence.clip(-_ONE, _ONE), 0).sum(axis=1)
    return [(int(there[at]), float(moved[at])) for at in np.flatnonzero(moved > LIMIT)]


def _moves(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The log ratio of each code, less that of all codes, a force a row."""
    whole = np.log((one.sum(axis=1) + 1) / (other.sum(axis=1) + 1))[:, None]
    ratio: np.ndarray = np.log((one.clip(0) + 0.5) / (other.clip(0) + 0.5)) - whole
    return ratio
