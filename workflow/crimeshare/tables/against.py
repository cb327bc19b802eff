"""Every source held against every other: which figures of two releases cannot both be right.

Two releases that count the same offences differ by what the police have revised since.  How far
that ever moved a count is on record: in all other pairs of releases that are shipped.  What moved
further than that, what alone differs where nothing else does, and areas or offences whose figures
are like another's, only a person can call right; a line of ``config/accepted.csv`` says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crimeshare.reference import offences, read_rows
from crimeshare.sources.datasets import QUARTERS
from crimeshare.tables.counts import KEY, QUARTER, YEAR

TESTS = ["confused", "places", "alone", "moved", "jumped"]
SEVERAL = "*"
FOUND = [
    "test",
    "release_id",
    "release_id_other",
    *KEY,
    "level",
    "code",
    "value",
    "sheet",
    "cell",
    "value_other",
    "sheet_other",
    "cell_other",
    "period_end_other",
    "moved",
    "allowed",
    "what",
    "twin",
]
_PAIRS = read_rows(Path(__file__).with_suffix(".csv"))

# The chance in counts grows with their root, and so do revisions, more or less.
_SMALL = 30
# A revision may go beyond the largest on record of such a count, but not this many times.
_BEYOND = 2.5
_NEAR = 370  # days
# Of so few offences more or less nothing follows.
_FEW = 5
# A force's quarter may depart from the year before by this much more than any other's did; where
# this few offences are recorded in a quarter they come and go by chance.
_JUMP, _SMALL_FORCE = 1.3, 3000
# Partnerships are small, and by groups forces are like each other: over most of a year two may
# grow alike by chance, by this much.
_ALIKE, _FAR = 0.04, 200
# Of counts as small as this many are alike by chance.
_LARGE = 20
_LEVELS = {"country": ["country"], "force": ["force", "other"]}
# An area or a group with no offences in more of the cells than this is like many others.
_COUNTED = 0.3


def found(
    counts: pd.DataFrame, readers: Mapping[str, str], of: Collection[str] | None = None
) -> pd.DataFrame:
    """The counts of which a person has to say that they are right.

    Args:
        counts: of all releases, as :func:`crimeshare.tables.counts.counts` gives them.
        readers: of each release, in the order in which they came out.
        of: the releases to look at; all unless given.

    Returns:
        The columns of `FOUND`, one row a count: ``test`` is a key of `TESTS`; ``release_id_other``
        is the earlier release, with what it has in the columns that end so; ``allowed`` is what
        the test would let through; ``twin`` the area, offence or day it was taken for.
    """
    board = _Board(counts, readers, {*(readers if of is None else of)})
    rows = pd.concat([pd.DataFrame(columns=FOUND), *board.found()], ignore_index=True)
    return rows[FOUND]


class _Board:
    """All counts, and the pairs of releases that are looked at."""

    def __init__(self, counts: pd.DataFrame, readers: Mapping[str, str], of: set[str]) -> None:
        self.readers = readers
        self.order = {release_id: at for at, release_id in enumerate(readers)}
        ids = counts["release_id"]
        rows = counts.assign(reader=ids.map(readers), order=ids.map(self.order))
        # As numbers, which are taken together and compared in a moment.
        key = (rows.groupby(KEY[:-1], sort=False, observed=True).ngroup()).to_numpy()
        days = rows["period_end"].to_numpy("datetime64[D]").astype("int64")
        self.counts = rows.assign(key=key * 100_000 + days)
        self.of = of
        main = [k for k, offence in offences().items() if offence.parent_id in ("", "total")]
        self.main = {*main}

    def found(self) -> Iterator[pd.DataFrame]:
        pairs = {(p["months"], p["level"]): None for p in _PAIRS}
        for months, level in pairs:
            both = self._beside(int(months), level)
            if len(both):
                yield self._moved(both) if int(months) == YEAR else both.iloc[:0]
                yield self._alone(both, level)
                yield self._changed_places(both)
        yield self._jumped()
        yield from self._confused()

    def _beside(self, months: int, level: str) -> pd.DataFrame:
        """Counts of the same thing in two releases, the later one's first."""
        few = {
            frozenset((p["reader"], p["other_reader"])): float(p["few"])
            for p in _PAIRS
            if (int(p["months"]), p["level"]) == (months, level)
        }
        rows = self.counts[
            (self.counts["months"] == months) & self.counts["level"].isin(_LEVELS[level])
        ]
        own = ["release_id", "order", "value", "sheet", "cell"]
        asked = rows["release_id"].isin(self.of)
        # Of others only what the record of revisions is made of.
        recorded = rows["item"].isin(self.main) if months == YEAR else asked
        both = pd.concat(
            [
                one.merge(other[["key", *own]], on="key", suffixes=("", "_other"))
                for one, other in (
                    (rows[asked], rows[asked]),
                    (rows[asked], rows[~asked]),
                    (rows[~asked], rows[asked]),
                    (rows[~asked & recorded], rows[~asked & recorded]),
                )
            ],
            ignore_index=True,
        )
        both = both[both["order"] > both["order_other"]]
        if months == QUARTER:
            # Of many vintages only neighbours: the last before it that has quarters.
            last = rows.drop_duplicates("order")["order"].sort_values()
            both = both[both["order_other"] == both["order"].map(dict(pairwise(last[::-1])))]
        table = [
            [few.get(frozenset((one, other)), np.nan) for other in self.readers.values()]
            for one in self.readers.values()
        ]
        both = both.assign(few=np.array(table)[both["order"], both["order_other"]])
        both = both[both["few"].notna()]
        gap = (both["value"] - both["value_other"]).abs()
        most = both[["value", "value_other"]].max(axis=1).clip(lower=0)
        return both.assign(moved=gap / np.sqrt(most + _SMALL))

    def _asked(self, both: pd.DataFrame) -> pd.DataFrame:
        return both[both["release_id"].isin(self.of) | both["release_id_other"].isin(self.of)]

    # --- tests -----------------------------------------------------------------------------

    def _moved(self, both: pd.DataFrame) -> pd.DataFrame:
        """Counts of main groups that moved further than any on record."""
        rows = both[both["item"].isin(self.main) & ~both["code"]]
        pair = ["release_id", "release_id_other"]
        most = rows.groupby([*pair, "item"])["moved"].max().unstack("item")
        one, other = (most.index.get_level_values(name) for name in pair)
        record = {
            at: most[~(one.isin(at) | other.isin(at))].max().mul(_BEYOND)
            for at in most.index
            if not self.of.isdisjoint(at)
        }
        rows = self._asked(rows)
        allowed = [
            record[r, o].get(item)
            for r, o, item in zip(*(rows[c] for c in (*pair, "item")), strict=True)
        ]
        rows = rows.assign(test="moved", allowed=np.array(allowed, dtype=float))
        return rows[rows["moved"] > rows["allowed"]]

    def _alone(self, both: pd.DataFrame, level: str) -> pd.DataFrame:
        """Counts that differ where hardly any other of the same time does."""
        if level == "country":
            # Sub-groups were drawn anew now and then; their codes are compared one by one.
            both = both[both["code"].astype(bool) | both["item"].isin(self.main)]
        # What one of them counts under another name is nought there.
        rows = self._asked(both[(both["value"] != 0) & (both["value_other"] != 0)])
        differs = rows["value"] != rows["value_other"]
        block = ["release_id", "release_id_other", "period_end"]
        share = differs.groupby([rows[name] for name in block]).transform("mean")
        size = differs.groupby([rows[name] for name in block]).transform("size")
        rows = rows.assign(test="alone", allowed=size - share * size)
        return rows[differs & (share <= rows["few"])]

    def _changed_places(self, both: pd.DataFrame) -> pd.DataFrame:
        """Two counts of which each has the value that the other release gives for the other."""
        rows = self._asked(both)
        # Of small counts, and by small revisions, some change places by chance.
        rows = rows[(rows["moved"] > 1) & (rows["value"].abs() >= _LARGE)]
        pair = ["release_id", "release_id_other"]
        parts = []
        for same in (["item", "period_end"], ["area_code", "period_end"], ["area_code", "item"]):
            crossed = rows.merge(
                rows[[*pair, *KEY, "value", "value_other"]],
                left_on=[*pair, *same, "value", "value_other"],
                right_on=[*pair, *same, "value_other", "value"],
                suffixes=("", "_twin"),
            )
            left = [n for n in ("area_code", "item", "period_end") if n not in same]
            parts.append(crossed.assign(twin=crossed[f"{left[0]}_twin"].astype(str), test="places"))
        return pd.concat(parts, ignore_index=True)[[*rows.columns, "twin", "test"]]

    def _jumped(self) -> pd.DataFrame:
        """Quarters in which a force departs from its year before as no other force ever did."""
        rows = self.counts[
            (self.counts["months"] == QUARTER)
            & (self.counts["level"] == "force")
            & (self.counts["item"] == "total")
        ]
        if rows.empty:
            return rows
        before = rows.assign(
            period_end=rows["period_end"] + pd.DateOffset(years=1) + pd.offsets.MonthEnd(0)
        )
        both = rows.merge(
            before[["release_id", *KEY, "value", "sheet", "cell"]],
            on=["release_id", *KEY],
            suffixes=("", "_other"),
        )
        usual = (both["value"] / both["value_other"]).groupby(
            [both["release_id"], both["period_end"]]
        )
        expected = both["value_other"] * usual.transform("median")
        most = np.maximum(both["value"], expected) + _SMALL_FORCE
        both = both.assign(moved=(both["value"] - expected).abs() / most, test="jumped")
        largest = both.groupby("area_code")["moved"].max()
        record = {area: largest.drop(area).max() * _JUMP for area in largest.index}
        both["allowed"] = both["area_code"].map(record).astype(float)
        both["release_id_other"] = both["release_id"]
        return both[(both["moved"] > both["allowed"]) & both["release_id"].isin(self.of)]

    def _confused(self) -> Iterator[pd.DataFrame]:
        """Areas and offence groups whose figures are like those of another some time before."""
        rows = self.counts[self.counts["level"].isin(["force", "other", "partnership"])]
        rows = rows.assign(kind=rows["level"].replace("other", "force"))
        # Codes tell forces apart, groups offences.
        coded = rows["months"] == QUARTER
        by_area, by_item = rows[rows["code"] == coded], rows[~rows["code"] & ~coded]
        for what, chosen in (("area_code", by_area), ("item", by_item)):
            for kind, these in chosen.groupby("kind"):
                for months, of_time in these.groupby("months"):
                    tables = _Tables(of_time, what)
                    for now, before in self._neighbours(tables.at, int(str(months))):
                        far = months == YEAR and abs((now[1] - before[1]).days) > _FAR
                        small = what == "area_code" and kind == "partnership"
                        yield tables.confused(now, before, _ALIKE if far or small else 0.0)

    def _neighbours(self, tables: Collection[Any], months: int) -> Iterator[tuple[Any, Any]]:
        """A release at a time, with itself a year before and others of that time or near it."""
        for at in tables:
            release, end = at
            year_ago = end - pd.DateOffset(years=1) + pd.offsets.MonthEnd(0)
            quarterly = self.readers[release] == QUARTERS
            near = [
                (other, day)
                for other, day in tables
                if (self.order[other], day) < (self.order[release], end)
                and (
                    (day == year_ago and (months == QUARTER or not quarterly))
                    if other == release
                    else day == end
                    or (
                        self.readers[other] == self.readers[release] != QUARTERS
                        and abs((end - day).days) <= _NEAR
                    )
                )
            ]
            near.sort(key=lambda each: (abs(each[1] - end), -self.order[each[0]]))
            nearest = list({other: (other, day) for other, day in reversed(near)}.values())[::-1]
            for other in nearest[:2]:
                if not self.of.isdisjoint((release, other[0])):
                    yield at, other


class _Tables:
    """Counts as tables of areas and offences, one of each release and time.

    Attributes:
        at: release and last day of each, with its rows.
    """

    def __init__(self, rows: pd.DataFrame, what: str) -> None:
        self.what, across = what, "item" if what == "area_code" else "area_code"
        self.rows = rows
        self.line, self.names = pd.factorize(rows[what])
        self.column, columns = pd.factorize(rows[across])
        self.shape = len(self.names), len(columns)
        self.values = rows["value"].to_numpy()
        self.at = rows.groupby(["release_id", "period_end"]).indices

    def _table(self, at: Any) -> np.ndarray:
        table = np.full(self.shape, np.nan)
        rows = self.at[at]
        table[self.line[rows], self.column[rows]] = self.values[rows]
        return table

    def confused(self, now: Any, before: Any, by: float) -> pd.DataFrame:
        """Pairs of which each is more like the other was than like itself, by so much."""
        one, other = self._table(now), self._table(before)
        columns = ~np.isnan(one).all(axis=0) & ~np.isnan(other).all(axis=0)
        one, other = np.nan_to_num(one[:, columns]), np.nan_to_num(other[:, columns])
        # What is not counted everywhere has no likeness, nor what stands for no place.
        lines = np.minimum((one > 0).mean(axis=1), (other > 0).mean(axis=1)) > _COUNTED
        lines &= ~self.names.str.endswith("-unassigned")
        names = self.names[lines]
        one, other = (np.log(table[lines].clip(0) + _FEW) for table in (one, other))
        distance = np.abs(one[:, None, :] - other[None, :, :]).mean(-1)
        own = np.diag(distance)
        apart = distance + distance.T - own[:, None] - own[None, :]
        first, second = np.nonzero(np.triu(apart < -by, 1))
        sheet = self.rows["sheet"].iloc[self.at[now][0]]
        return pd.DataFrame(
            {
                "test": "confused",
                "what": self.what,
                "release_id": now[0],
                "release_id_other": before[0],
                "months": self.rows["months"].iloc[0],
                "period_end": now[1],
                "period_end_other": before[1],
                "area_code": names[first] if self.what == "area_code" else SEVERAL,
                "item": names[first] if self.what == "item" else SEVERAL,
                "twin": names[second],
                "sheet": sheet,
                "moved": -apart[first, second],
            }
        )
