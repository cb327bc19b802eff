"""The counts of every release in one form, so that any two can stand side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from crimeshare.parquet import read_table
from crimeshare.reference import NATION, areas, areas_around
from crimeshare.sources.datasets import SHAPES
from crimeshare.tables.appendix_layout import subtotal_groups
from crimeshare.tables.labels import plain

QUARTER, YEAR = 3, 12

KEY = ["months", "area_code", "item", "period_end"]
"""What a count is about: how long a time, where, which offences, and until when."""

_TYPES: Any = {"months": "int64", "period_end": "datetime64[ms]", "code": bool, "value": float}
COUNTS = ["release_id", *KEY, "level", "code", "value", "sheet", "cell"]
WORDS = ["release_id", "area_code", "item", "level", "sheet", "cell"]
"""Columns of text, the same few of which recur in a million rows."""


def counts_of_files(files: Mapping[str, tuple[str, Path]]) -> pd.DataFrame:
    """The counts in files of figures, by release with its reader; see :func:`counts`."""
    found = [
        counts(read_table(path, columns=[*_TAKEN, *_READ[reader]]), release_id, reader)
        for release_id, (reader, path) in files.items()
    ]
    none = pd.DataFrame(columns=COUNTS).astype(_TYPES)
    return pd.concat(found, ignore_index=True) if found else none


class Dated(Protocol):
    """What is asked of a release to put it in order."""

    @property
    def release_id(self) -> str: ...

    @property
    def reader(self) -> str: ...

    @property
    def period_end(self) -> date: ...


def in_order(releases: Iterable[Dated]) -> dict[str, str]:
    """The reader of each release, in the order in which their figures came out."""
    ordered = sorted(releases, key=lambda each: (each.period_end, SHAPES.index(each.reader)))
    return {release.release_id: release.reader for release in ordered}


def counts(rows: pd.DataFrame, release_id: str, reader: str) -> pd.DataFrame:
    """Offences that a release counts, one row a figure.

    Args:
        reader: of its dataset; see :data:`crimeshare.sources.datasets.SHAPES`.

    Returns:
        The columns of `COUNTS`: ``item`` is an offence group, or an offence code where ``code``
        is true; ``level`` is ``country``, ``region``, ``force``, ``other`` or ``partnership``;
        ``cell`` is empty for a sum, ``value`` where the release says that it has none.
        Areas that leave out a force are left out.
    """
    found = _COUNTS[reader](rows.assign(period_end=pd.to_datetime(rows["period_end"])))
    table: pd.DataFrame = found.assign(release_id=release_id)[COUNTS].reset_index(drop=True)
    return table.astype(dict.fromkeys(WORDS, "str"))


def _of_areas(rows: pd.DataFrame) -> pd.DataFrame:
    """Counts of a year and of the year before, which a change tells where no table has it."""
    key = ["area_code", "offence_id", "period_end"]
    counted = rows[rows["measure"] == "count"].drop_duplicates(key)
    changes = rows[(rows["measure"] == "change_pct") & (rows["value"] > -100)]
    told = changes.merge(counted[[*key, "value"]], on=key, suffixes=("", "_now"))
    told = told.assign(
        value=(told["value_now"] / (1 + told["value"] / 100)).round(),
        period_end=pd.to_datetime(told["previous_period_end"]),
    )
    both = pd.concat([counted, told[counted.columns]], ignore_index=True).drop_duplicates(key)
    missing = counted.loc[counted["value"].isna() & (counted["offence_id"] == "total"), "area_code"]
    without = {a for code in missing if code in areas() for a in areas_around(code)}
    kept: pd.DataFrame = both[~both["area_code"].isin(without)]
    return kept.assign(months=YEAR, item=kept["offence_id"], level=kept["area_type"], code=False)


def _of_the_nation(rows: pd.DataFrame) -> pd.DataFrame:
    """The table of offences by code, and those of its subtotals that are offence groups."""
    rows = rows[rows["table"] == "offence_codes"]
    groups_of = subtotal_groups()
    known = {label: groups_of.get(plain(label)) for label in rows["row_label"].unique()}
    groups = rows["row_label"].map(known)
    item = rows["item_id"].where(rows["item_id"].notna(), groups)
    named = rows.assign(
        months=YEAR, item=item, area_code=NATION, level="country", code=rows["item_id"].notna()
    )
    table: pd.DataFrame = named[item.notna()].drop_duplicates(KEY)
    return table


def _of_quarters(rows: pd.DataFrame) -> pd.DataFrame:
    """Quarters of the forces, and the years of four that the forces and the nation have in them."""
    code = rows["code"].notna() & (rows["code"] != "")
    quarters = rows.assign(
        months=QUARTER,
        item=rows["code"].where(code, rows["offence_id"]),
        level=rows["area_type"],
        code=code,
        cell=rows["cells"],
    )[[*KEY, "level", "code", "value", "sheet", "cell"]]
    groups: Any = quarters[~code].pivot(
        index="period_end", columns=["item", "area_code"], values="value"
    )
    # What a force has no row of it did not record; a force without any row made no return.
    made = groups["total"].notna()
    returned = made[groups.columns.get_level_values("area_code")].to_numpy()
    forces = _years(groups.where(groups.notna() | ~returned, 0.0))
    complete = made.all(axis=1).rolling(4).min() == 1
    sums: Any = quarters.groupby(["period_end", "code", "item"])["value"].sum()
    nation = _years(sums.unstack(["code", "item"]).fillna(0.0))[complete]
    summed: Any = pd.concat(
        [
            forces.T.stack().rename("value").reset_index().assign(code=False),
            nation.T.stack().rename("value").reset_index().assign(area_code=NATION),
        ]
    )
    level = {code: area.area_type for code, area in areas().items()}
    summed = summed.assign(months=YEAR, level=summed["area_code"].map(level), sheet=None, cell=None)
    both: pd.DataFrame = pd.concat([quarters, summed])
    return both


def _years(quarters: Any) -> Any:
    """The sum of each quarter, a row each, and the three before it."""
    return quarters + quarters.shift(1) + quarters.shift(2) + quarters.shift(3)


_TAKEN = ["period_end", "value", "sheet"]
_READ = {
    "police_force_area": [
        *("area_code", "area_type", "offence_id", "measure", "previous_period_end", "cell")
    ],
    "appendix": ["table", "row_label", "item_id", "cell"],
    "recorded_quarters": ["area_code", "area_type", "offence_id", "code", "cells"],
}
"""Columns of the figures of a release that counts are made of."""

_COUNTS: Any = {
    "police_force_area": _of_areas,
    "appendix": _of_the_nation,
    "recorded_quarters": _of_quarters,
}
