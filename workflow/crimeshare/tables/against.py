"""Every source held against every other: which figures of two releases cannot both be right.

Two releases that count the same offences differ by what the police have revised since.  How far
that ever moved a count is on record, in ``revised.csv``.  What moved much further than that, what
alone differs where nothing else does, forces that are missing, and areas or offences whose figures
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
from crimeshare.tables.counts import KEY, QUARTER, WORDS, YEAR
from crimeshare.tables.seasons import exchanged_quarters, turned_quarters

TESTS = ["missing", "confused", "turned", "places", "alone", "fresh", "moved", "jumped"]
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
_RECORD = read_rows(Path(__file__).with_name("revised.csv"))

# The chance in counts grows with their root, and so do revisions, more or less.
_SMALL = 30
# A revision may go beyond the largest on record of such a count, but not this many times; that of
# all offences, which hardly depends on what they are called, by less.
_BEYOND, _BEYOND_OF_ALL = 2.5, 1.25
_NEAR = 370  # days
# Of so few offences more or less nothing follows.
_FEW = 5
# A force's quarter or year may depart from the year before by this much more than any other's did;
# where this few offences are recorded in a quarter they come and go by chance.
_JUMP, _SMALL_FORCE = 1.3, 3000
# The largest of a year, which one edition alone does not tell: Staffordshire's, ending March 2023.
_YEAR_ON_RECORD = 0.25
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
    rows = [rows.astype(object) for rows in board.found() if len(rows)]
    return pd.concat([pd.DataFrame(columns=FOUND), *rows], ignore_index=True)[FOUND]


class _Board:
    """All counts, and the pairs of releases that are looked at.

    Attributes:
        counts: those that have a value.
        returns: totals of quarters, whether a force made a return or is said to have made none.
        slim: of each count what decides, as numbers, which are taken and compared in a moment.
    """

    def __init__(self, counts: pd.DataFrame, readers: Mapping[str, str], of: set[str]) -> None:
        self.readers, self.of = readers, of
        self.ids = [*readers]
        self.order = {release_id: at for at, release_id in enumerate(readers)}
        self.asked = np.array([release_id in of for release_id in readers])
        # Numbers in place of words are compared, joined and taken in a moment.
        counts = counts.astype(dict.fromkeys(WORDS, "category"))
        self.main = {k for k, o in offences().items() if o.parent_id in ("", "total")}
        self.returns = counts[(counts["months"] == QUARTER) & (counts["item"] == "total")]
        self.counts = counts[counts["value"].notna()].reset_index(drop=True)
        ids, names = pd.factorize(self.counts["release_id"])
        key = np.zeros(len(self.counts), "int64")
        for column in KEY[:-1]:
            numbers, known = pd.factorize(self.counts[column])
            key = key * len(known) + numbers
        days = self.counts["period_end"].to_numpy("datetime64[D]").astype("int64")
        self.slim = pd.DataFrame(
            {
                "key": key * 100_000 + days,
                "day": days,
                "order": np.array([self.order[name] for name in names], "int64")[ids],
                "value": self.counts["value"].to_numpy(float),
                "row": np.arange(len(self.counts)),
            }
        )

    def found(self) -> Iterator[pd.DataFrame]:
        yield self._missing()
        pairs = {(int(p["months"]), p["level"]): None for p in _PAIRS}
        for months, level in pairs:
            both = self._beside(months, level)
            if months == YEAR:
                yield self._fresh(both, level)
                yield self._moved(both, level)
            yield self._alone(both, level)
            yield self._changed_places(both)
        for months in (QUARTER, YEAR):
            yield self._jumped(months)
        yield from self._confused()
        yield from self._turned()

    def _beside(self, months: int, level: str) -> pd.DataFrame:
        chosen = (self.counts["months"] == months) & self.counts["level"].isin(_LEVELS[level])
        rows = self.slim[chosen.to_numpy()]
        if months == QUARTER:
            # Of many vintages only neighbours: the last before it that has quarters.
            before = dict(pairwise(sorted(rows["order"].unique(), reverse=True)))
            later = rows.assign(order_other=rows["order"].map(before)).dropna()
            later["order_other"] = later["order_other"].astype("int64")
            both = later.merge(
                rows.drop(columns="day").rename(columns={"order": "order_other"}),
                on=["key", "order_other"],
                suffixes=("", "_other"),
            )
        else:
            both = rows.merge(rows.drop(columns="day"), on="key", suffixes=("", "_other"))
            both = both[both["order"] > both["order_other"]]
        few = {
            frozenset((p["reader"], p["other_reader"])): float(p["few"])
            for p in _PAIRS
            if (int(p["months"]), p["level"]) == (months, level)
        }
        table = np.array(
            [
                [few.get(frozenset((one, other)), np.nan) for other in self.readers.values()]
                for one in self.readers.values()
            ]
        )
        one, other = both["order"].to_numpy(), both["order_other"].to_numpy()
        both = both.assign(few=table[one, other])
        both = both[both["few"].notna() & (self.asked[one] | self.asked[other])]
        gap = (both["value"] - both["value_other"]).abs()
        most = both[["value", "value_other"]].max(axis=1).clip(lower=0)
        beside: pd.DataFrame = both.assign(moved=gap / np.sqrt(most + _SMALL))
        return beside

    def _in_full(self, both: pd.DataFrame) -> pd.DataFrame:
        one, other = (
            self.counts.take(both[row].to_numpy()).reset_index(drop=True)
            for row in ("row", "row_other")
        )
        own = ["release_id", "value", "sheet", "cell"]
        numbers = both[[name for name in ("moved", "allowed") if name in both]]
        parts = [one, other[own].add_suffix("_other"), numbers.reset_index(drop=True)]
        full: pd.DataFrame = pd.concat(parts, axis=1)
        return full

    # --- tests -----------------------------------------------------------------------------

    def _missing(self) -> pd.DataFrame:
        """Quarters of a force that are in the release, or one before it, at other times only."""
        orders = self.returns["release_id"].map(self.order).astype("int64")
        rows = self.returns.assign(order=orders)
        times = rows[["release_id", "order", "period_end", "sheet"]].drop_duplicates()
        # A release has the forces of its other quarters, the nearest first; and those that a
        # release before it has of the same one.
        itself = times.merge(rows, on=["release_id", "order"], suffixes=("", "_other"))
        before = times.merge(
            rows.assign(period_end_other=rows["period_end"]),
            on="period_end",
            suffixes=("", "_other"),
        )
        before = before[before["order"] > before["order_other"]]
        known = pd.concat([itself.assign(release_id_other=itself["release_id"]), before])
        known = known[known["release_id"].isin(self.of)]
        known["far"] = (known["period_end"] - known["period_end_other"]).abs()
        at = ["release_id", "period_end", "area_code"]
        known = known.sort_values("far", kind="stable").drop_duplicates(at)
        lacks = known.merge(rows[at], on=at, how="left", indicator="in")
        lacks = lacks[lacks["in"] == "left_only"]
        return lacks.rename(columns={"value": "value_other", "cell": "cell_other"}).assign(
            test="missing", value=0.0, moved=lacks["value"]
        )

    def _fresh(self, both: pd.DataFrame, level: str) -> pd.DataFrame:
        """Counts that two releases of the same quarter do not have alike, in any year."""
        years = self.slim[(self.counts["months"] == YEAR).to_numpy()]
        newest = both[["order", "order_other"]].apply(
            lambda order: order.map(years.groupby("order")["day"].max())
        )
        reader = both[["order", "order_other"]].apply(
            lambda order: order.map(dict(enumerate(self.readers.values())))
        )
        together = newest["order"].eq(newest["order_other"])
        apart = reader["order"].ne(reader["order_other"])
        rows = self._of_one_name(both[together & apart], level)
        differing = rows[rows["value"] != rows["value_other"]]
        return self._in_full(differing).assign(test="fresh", allowed=0.0)

    def _moved(self, both: pd.DataFrame, level: str) -> pd.DataFrame:
        """Counts of main groups that moved much further than any on record."""
        allowed = {
            p["item"]: float(p["moved"]) * (_BEYOND_OF_ALL if p["item"] == "total" else _BEYOND)
            for p in _RECORD
            if p["level"] == level
        }
        items, at = self.counts["item"].cat, both["row"].to_numpy()
        by_item = items.categories.map(allowed).to_numpy(float)
        of_group = by_item[items.codes.to_numpy()[at]]
        rows = both.assign(allowed=np.where(self.counts["code"].to_numpy()[at], np.nan, of_group))
        return self._in_full(rows[rows["moved"] > rows["allowed"]]).assign(test="moved")

    def _alone(self, both: pd.DataFrame, level: str) -> pd.DataFrame:
        """Counts that differ where hardly any other of the same time does."""
        rows = self._of_one_name(both, level)
        differs = rows["value"] != rows["value_other"]
        blocks = differs.groupby([rows[name] for name in ("order", "order_other", "day")])
        share, size = blocks.transform("mean"), blocks.transform("size")
        rows = rows.assign(allowed=size - share * size)
        return self._in_full(rows[differs & (share <= rows["few"])]).assign(test="alone")

    def _of_one_name(self, both: pd.DataFrame, level: str) -> pd.DataFrame:
        """The rows but for what one of the two counts under another name."""
        if level == "country":
            # Sub-groups were drawn anew now and then; their codes are compared one by one.
            whole = self.counts["code"].astype(bool) | self.counts["item"].isin(self.main)
            both = both[whole.to_numpy()[both["row"].to_numpy()]]
        named: pd.DataFrame = both[(both["value"] != 0) & (both["value_other"] != 0)]
        return named

    def _changed_places(self, both: pd.DataFrame) -> pd.DataFrame:
        # Of small counts, and by small revisions, some change places by chance.
        rows = self._in_full(both[(both["moved"] > 1) & (both["value"].abs() >= _LARGE)])
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

    def _jumped(self, months: int) -> pd.DataFrame:
        """Times at which a force departs from its year before as no other force ever did."""
        rows = self.counts[
            (self.counts["months"] == months)
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
        most = np.maximum(both["value"], expected) + _SMALL_FORCE * months / QUARTER
        both = both.assign(moved=(both["value"] - expected).abs() / most, test="jumped")
        largest = both.groupby("area_code")["moved"].max()
        floor = _YEAR_ON_RECORD if months == YEAR else 0.0
        record = {area: max(largest.drop(area).max(), floor) * _JUMP for area in largest.index}
        both["allowed"] = both["area_code"].map(record).astype(float)
        both["release_id_other"] = both["release_id"]
        # Quarters tell what their sum would.
        own = both["release_id"].isin(self.of) & both["cell"].notna()
        return both[(both["moved"] > both["allowed"]) & own]

    def _confused(self) -> Iterator[pd.DataFrame]:
        """Areas and offence groups whose figures are like those of another some time before."""
        rows = self.counts[self.counts["level"].isin(["force", "other", "partnership"])]
        rows = rows.assign(small=rows["level"] == "partnership")
        # Codes tell forces apart, groups offences.
        coded = rows["months"] == QUARTER
        by_area, by_item = rows[rows["code"] == coded], rows[~rows["code"] & ~coded]
        for what, chosen in (("area_code", by_area), ("item", by_item)):
            for (small, months), of_time in chosen.groupby(["small", "months"]):
                tables = _Tables(of_time, what)
                for now, before in self._neighbours(tables.at, int(str(months))):
                    far = months == YEAR and abs((now[1] - before[1]).days) > _FAR
                    alike = far or (small and what == "area_code")
                    yield tables.confused(now, before, _ALIKE if alike else 0.0)

    def _turned(self) -> Iterator[pd.DataFrame]:
        """Quarters of a force in each other's place: beside the others', and an earlier release's.

        Of two releases that differ the later is told, as no quarter says which of them is right.
        """
        rows = self.counts[
            (self.counts["months"] == QUARTER)
            & (self.counts["level"] == "force")
            & self.counts["code"]
        ]
        of_release = {str(name): own for name, own in rows.groupby("release_id", observed=True)}
        releases = sorted(of_release, key=self.order.__getitem__)
        for before, release_id in zip(["", *releases], releases, strict=False):
            own, told = of_release[release_id], []
            if before and not self.of.isdisjoint((before, release_id)):
                told += [
                    exchanged_quarters(own, of_release[before]).assign(release_id_other=before)
                ]
            if release_id in self.of:
                told += [turned_quarters(own).assign(release_id_other=release_id)]
            if told:
                sheets = own.drop_duplicates("period_end").set_index("period_end")["sheet"]
                turned = pd.concat(told).drop_duplicates(["area_code", "period_end", "twin"])
                yield turned.assign(
                    test="turned",
                    release_id=release_id,
                    months=QUARTER,
                    item=SEVERAL,
                    sheet=turned["period_end"].map(sheets),
                )

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
    """Counts as tables of areas and offences, one of each release and time."""

    def __init__(self, rows: pd.DataFrame, what: str) -> None:
        self.what, across = what, "item" if what == "area_code" else "area_code"
        self.rows = rows
        self.line, names = pd.factorize(rows[what])
        self.names = names.astype(object)
        self.placed = ~self.names.str.endswith("-unassigned")
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
        lines &= self.placed
        names = self.names[lines]
        one, other = (np.log(table[lines].clip(0) + _FEW) for table in (one, other))
        distance = np.abs(one[:, None, :] - other[None, :, :]).mean(-1)
        own = np.diag(distance)
        apart = distance + distance.T - own[:, None] - own[None, :]
        first, second = np.nonzero(np.triu(apart < -by, 1))
        if not len(first):
            return pd.DataFrame()
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
