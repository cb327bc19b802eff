"""Where a year of quarters that does not fit another release was spoilt.

The years that a release of quarters is added up to have no cell.  All that differs from the other
release at the same time is read together: of the quarters that could make up for it, those are
named that would then go best with what another vintage has for them, or with the same quarters of
the years beside them.  Where several forces would do, none is named.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from crimeshare.reference import NATION
from crimeshare.tables.counts import QUARTER, YEAR

Row = dict[str, Any]

# Revisions and chance grow with the root of counts; of so few offences they are as large as here.
_SMALL = 30
# A force explains what is wrong with the nation if no other explains more than this much of what it
# does, and if this much of what is odd about its own quarters is then gone.
_RIVAL, _GONE = 0.5, 0.5
# Times of a force that are read; the first is what is told, and each further one takes its time.
_TIMES = 12
_TIME = ["release_id", "release_id_other", "level", "area_code", "period_end"]


def placed(rows: Iterable[Row], counts: pd.DataFrame) -> list[Row]:
    """The rows, each sum that does not fit with the quarters that explain it, if any do.

    Args:
        rows: of :func:`crimeshare.tables.against.found`.
        counts: of all releases.

    Returns:
        The rows with ``gap``, what there is too much; and where quarters were found that explain
        it, with their ``sheet``, ``area_code``, last day, ``cell`` if it is one, number in
        ``quarters`` and count in ``held``, and with ``year_end``.
    """
    told = [row | {"gap": row["value"] - (row["value_other"] or 0.0), "held": None} for row in rows]
    by_time: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in told:
        if row["months"] == YEAR and not isinstance(row["sheet"], str):
            by_time[tuple(row[name] for name in _TIME)].append(row)
    sums = counts[(counts["months"] == YEAR) & (counts["area_code"] == NATION)] if by_time else None
    of_release: dict[str, _Quarters] = {}
    of_force: Counter[tuple[str, str]] = Counter()
    for (release_id, other, _, area, end), these in by_time.items():
        if release_id not in of_release:
            of_release[release_id] = _Quarters(counts, release_id)
        quarters = of_release[release_id]
        of_force[release_id, area] += 1
        if area != NATION and of_force[release_id, area] > _TIMES:
            continue
        if area != NATION:
            gaps = pd.Series({row["item"]: row["gap"] for row in these})
            quarters.explain(these, gaps)
        elif sums is not None:
            now = sums[sums["period_end"] == end].set_index("item")
            one, two = (now.loc[now["release_id"] == name, "value"] for name in (release_id, other))
            quarters.explain(these, (one - two).dropna())
    return told


class _Quarters:
    """The quarters of a release, a layer for each force, a row for each item, a column for each.

    Attributes:
        held: their counts.
        expected: what another vintage has for them, or else the years beside them.
    """

    def __init__(self, counts: pd.DataFrame, release_id: str) -> None:
        rows = counts[counts["months"] == QUARTER]
        own = rows[rows["release_id"] == release_id]
        self.forces, self.items = (pd.Index(own[c].unique()) for c in ("area_code", "item"))
        self.coded = self.items.isin(own.loc[own["code"], "item"])
        self.days = pd.date_range(own["period_end"].min(), own["period_end"].max(), freq="QE")
        self.sheets = own.drop_duplicates("period_end").set_index("period_end")["sheet"]
        self.cells = own.set_index(["area_code", "item", "period_end"])["cell"]
        self.held = np.nan_to_num(self._layers(own))
        expected = np.full(self.held.shape, np.nan)
        for _, others in rows[rows["release_id"] != release_id].groupby("release_id", sort=False):
            twin = self._layers(others)
            expected = np.where(np.isnan(twin), expected, twin)
        beside = np.full((2, *self.held.shape), np.nan)
        beside[0, :, :, 4:], beside[1, :, :, :-4] = self.held[:, :, :-4], self.held[:, :, 4:]
        known = (~np.isnan(beside)).sum(axis=0)
        mean = np.nansum(beside, axis=0) / np.maximum(known, 1)
        self.expected = np.where(np.isnan(expected), mean, expected)

    def _layers(self, rows: pd.DataFrame) -> np.ndarray:
        layers = np.full((len(self.forces), len(self.items), len(self.days)), np.nan)
        at = [
            index.get_indexer(pd.Index(rows[column]))
            for index, column in (
                (self.forces, "area_code"),
                (self.items, "item"),
                (self.days, "period_end"),
            )
        ]
        known = np.all([each >= 0 for each in at], axis=0)
        layers[tuple(each[known] for each in at)] = rows["value"].to_numpy(float)[known]
        return layers

    def explain(self, rows: list[Row], gaps: pd.Series) -> None:
        """Add to the rows of an area and time what explains them, with all gaps of that time."""
        gaps = gaps[(gaps != 0) & gaps.index.isin(self.items)]
        while rows and (found := self._best(rows[0], gaps)):
            force, days, explained = found
            for row in rows:
                if row["item"] in explained:
                    row |= self._at(force, days, row)
            gaps = gaps.drop(explained)
            rows = [row for row in rows if row["held"] is None]

    def _at(self, force: str, days: pd.DatetimeIndex, row: Row) -> Row:
        at = (self.forces.get_loc(force), self.items.get_loc(row["item"]))
        held = self.held[at][self.days.get_indexer(days)].sum()
        cell = self.cells.get((force, row["item"], days[-1])) if len(days) == 1 else None
        return {
            "held": held,
            "quarters": len(days),
            "sheet": self.sheets[days[-1]],
            "cell": cell,
            "area_code": force,
            "period_end": days[-1],
            "year_end": row["period_end"],
        }

    def _best(self, row: Row, gaps: pd.Series) -> tuple[str, pd.DatetimeIndex, list[str]] | None:
        """The force and quarters that explain most of the gaps, and the items they explain."""
        whole = row["area_code"] == NATION
        forces = self.forces if whole else self.forces.intersection([row["area_code"]])
        if gaps.empty or forces.empty:
            return None
        items, gap = self.items.get_indexer(gaps.index), gaps.to_numpy(float)
        # Groups say again what their codes do.
        telling = self.coded[items] if self.coded[items].any() else np.ones(len(items), bool)
        at = self.forces.get_indexer(forces)
        scores, after_and_before, runs = [], [], list(self._runs(row["period_end"]))
        for days in runs:
            of = np.ix_(at, items, self.days.get_indexer(days))
            held, usual = self.held[of].sum(axis=-1), self.expected[of].sum(axis=-1)
            chance = np.sqrt(np.maximum(held, usual).clip(min=0) + _SMALL)
            before, after = (np.abs(held - by - usual) / chance for by in (0.0, gap))
            scores.append((before - after)[:, telling].sum(axis=1))
            after_and_before.append((after, before))
        table = np.array(scores)
        run, force = np.unravel_index(table.argmax(), table.shape)
        after, before = (each[force] for each in after_and_before[run])
        if not whole:
            return forces[force], runs[run], [*gaps.index]
        explained = [*gaps.index[after <= (1 - _GONE) * before]]
        rivals = np.delete(table, force, axis=1)
        if not explained or rivals.max(initial=0.0) > _RIVAL * table.max():
            return None
        return forces[force], runs[run], explained

    def _runs(self, end: pd.Timestamp) -> Iterable[pd.DatetimeIndex]:
        """Each quarter of a year, and those of each sheet together."""
        year = self.days[(self.days <= end) & (self.days > end - pd.DateOffset(years=1))]
        yield from (year[[at]] for at in range(len(year)))
        for _, days in self.sheets.reindex(year).groupby(self.sheets.reindex(year)):
            if len(days) > 1:
                yield pd.DatetimeIndex(days.index)
