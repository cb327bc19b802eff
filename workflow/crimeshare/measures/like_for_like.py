"""Like for like: the change between the quarters of two years that were recorded alike.

Where a change of recording falls inside one of two years, the years are not alike, but some of
their quarters may be: a quarter and the same one of the year before lie on the same side of the
change unless it falls in one of them or between the two.  The quarters that lie on the same side of
every change make the like-for-like change.  Where all that is unlike is a quarter of the earlier
year that a change splits, and the change took offences out of known codes (``set_apart``), the
change of the whole years has a bound: the months of the quarter are not published, so all that the
codes counted in it is taken out of the earlier year.
"""

from __future__ import annotations

import re

import pandas as pd

from crimeshare.measures.provenance import CELLS_APART, cell_names, one_quarter, summed
from crimeshare.measures.quarters import YEAR
from crimeshare.measures.recorded import EXCLUDING, SMALL_BASE
from crimeshare.measures.revisions import issue_order
from crimeshare.periods import MONTHS
from crimeshare.reference import areas, areas_around, line_of

LIKE_FOR_LIKE = [
    "like_for_like_pct",
    "like_for_like_period",
    "like_for_like_reason",
    "like_for_like_count",
    "like_for_like_count_formula",
    "like_for_like_count_cells",
    "like_for_like_previous",
    "like_for_like_previous_formula",
    "like_for_like_previous_cells",
    "bound_low_pct",
    "bound_high_pct",
    "taken_out",
    "taken_out_formula",
    "taken_out_cells",
]
"""The columns that :func:`add_like_for_like` adds."""

QUARTERS = ["release_id", "period_end", "area_code", "offence_id", "code", "value", "sheet"]
"""The columns of ``recorded_quarters`` that it needs."""

NOT_GATHERED, COMPARABLE, NONE_ALIKE, MISSING, FEW = (
    *("not_gathered", "comparable", "none_alike", "quarters_missing", "small_base"),
)
"""Why there is no like-for-like change."""

_PAIR = ["item", "period_end"]
_VALUE = ["release_id", "member", "item", "quarter"]


def add_like_for_like(
    table: pd.DataFrame, quarters: pd.DataFrame, recording_changes: pd.DataFrame
) -> pd.DataFrame:
    """A table of changes on the year before, with those of the quarters recorded alike.

    Args:
        table: one row a year, area and offence group, or code where it has a column ``code``:
            ``area_code``, ``offence_id``, ``period_end``, ``count``, ``previous`` (offences),
            ``change_pct`` and ``excluded`` (forces left out, joined by semicolons) or the
            ``area_name`` that names them.

    Returns:
        The rows of ``table`` with the columns of `LIKE_FOR_LIKE`, of the forces that the row
        counts.
    """
    rows = table.reset_index(drop=True)
    rows = rows.assign(item=rows["code"] if "code" in rows else rows["offence_id"])
    if "excluded" not in rows:
        rows["excluded"] = _excluded(rows["area_name"])
    values = quarters.assign(
        item=quarters["code"].fillna(quarters["offence_id"]),
        quarter=pd.to_datetime(quarters["period_end"]).astype("datetime64[ms]"),
    ).rename(columns={"area_code": "member"})
    pairs = rows[_PAIR].drop_duplicates()
    sides = _sides(pairs, recording_changes, _codes_of_groups(quarters))
    items = {"total", *rows["item"], *sides["taken"].explode().dropna()}
    values = values[values["item"].isin(items)]
    ranks = {name: issue_order(name) for name in quarters["release_id"].unique()}
    newest = sorted(ranks, key=lambda name: ranks[name], reverse=True)

    alike = _with_release(sides[sides["alike"]], values, newest)
    whole = alike.drop(columns="taken")
    now = _added_up(rows, whole.assign(quarter=whole["end"]), values)
    before = _added_up(rows, whole.assign(quarter=whole["end_before"]), values)
    for name, side in (("count", now), ("previous", before)):
        rows[f"like_for_like_{name}"] = side["value"]
        for text in ("formula", "cells"):
            rows[f"like_for_like_{name}_{text}"] = side[text].where(side["value"].notna())
    months = {
        pair: f"{MONTHS[first.month - 1]} to {MONTHS[last.month - 1]}"
        for pair, first, last in alike.groupby(_PAIR)
        .agg(first=("start", "min"), last=("end", "max"))
        .itertuples(name=None)
    }
    rows["like_for_like_period"] = [months.get(pair) for pair in _pairs(rows)]
    both = rows["like_for_like_count"].notna() & rows["like_for_like_previous"].notna()
    enough = rows["like_for_like_previous"] >= SMALL_BASE
    change = 100 * (rows["like_for_like_count"] / rows["like_for_like_previous"] - 1)
    rows["like_for_like_pct"] = change.where(both & enough)
    rows["like_for_like_reason"] = _reasons(rows, sides, recording_changes, both, enough)
    empty = [name for name in LIKE_FOR_LIKE if name.startswith("like_for_like_")][3:]
    rows[empty] = rows[empty].where(both)
    rows["like_for_like_period"] = rows["like_for_like_period"].where(both)
    rows = _with_bounds(rows, sides, values, newest)
    return rows[[*table.columns, *LIKE_FOR_LIKE]].set_index(table.index)


def _excluded(area_names: pd.Series) -> pd.Series:
    found = area_names.str.extract(rf"{re.escape(EXCLUDING)}(.+)\)$", expand=False).fillna("")
    return found.str.replace(" and ", "; ", regex=False)


def _sides(
    pairs: pd.DataFrame, recording_changes: pd.DataFrame, codes: dict[str, set[str]]
) -> pd.DataFrame:
    """The quarters of two years that a change parts, each beside the same one a year before.

    Args:
        pairs: ``item`` (group or code) and ``period_end`` of the later year.
        codes: the groups that each code is counted in, itself included.

    Returns:
        Four rows a pair that a change touches: the quarters' ``start``, ``end`` and ``end_before``;
        ``alike``; ``split``, whether all that makes them unlike is that changes fall inside the
        earlier quarter and take offences out of ``taken`` (codes).
    """
    changes = recording_changes.rename(columns={"offence_id": "item"})
    touching = pairs.merge(changes[["item", "effective", "set_apart"]], on="item")
    quarters = []
    for back in range(3 * (YEAR - 1), -1, -3):
        ends = [_months_back(touching["period_end"], back + n) for n in (0, 3, 12, 15)]
        names = ["end", "end_last", "end_before", "end_before_last"]
        quarters.append(touching.assign(**dict(zip(names, ends, strict=True))))
    each = pd.concat(quarters, ignore_index=True)
    day = pd.Timedelta(days=1)
    each["start"], each["start_before"] = each["end_last"] + day, each["end_before_last"] + day
    began = each.groupby(_PAIR)["start_before"].transform("min")
    each = each[(each["effective"] > began) & (each["effective"] <= each["period_end"])]
    each["alike"] = (each["effective"] > each["end"]) | (each["effective"] <= each["start_before"])
    taken = [
        frozenset(code for code in (listed or "").split() if item in codes.get(code, ()))
        for listed, item in zip(each["set_apart"], each["item"], strict=True)
    ]
    each["taken"] = pd.Series(taken, index=each.index, dtype=object)
    inside = (each["start_before"] < each["effective"]) & (each["effective"] <= each["end_before"])
    each["split"] = each["alike"] | (inside & each["taken"].astype(bool))
    each["taken"] = each["taken"].where(~each["alike"], frozenset())
    return each.groupby([*_PAIR, "start", "end", "end_before"], as_index=False).agg(
        alike=("alike", "all"),
        split=("split", "all"),
        taken=("taken", lambda sets: sorted(frozenset().union(*sets))),
    )


def _codes_of_groups(quarters: pd.DataFrame) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    pairs = quarters.loc[quarters["code"].notna(), ["code", "offence_id"]].drop_duplicates()
    for code, offence_id in pairs.itertuples(index=False, name=None):
        found.setdefault(code, {code}).update(line_of(offence_id))
    return found


def _months_back(ends: pd.Series, months: int) -> pd.Series:
    back = ends - pd.DateOffset(months=months) + pd.offsets.MonthEnd(0)
    return back.astype("datetime64[ms]")


def _with_release(alike: pd.DataFrame, values: pd.DataFrame, newest: list[str]) -> pd.DataFrame:
    """The quarters compared, with the newest release of the open data that has all of a pair."""
    given = values[["release_id", "quarter"]].drop_duplicates().groupby("release_id")["quarter"]
    has = {name: set(days) for name, days in given}
    wanted = alike.groupby(_PAIR)[["end", "end_before"]].agg(set)
    found = {
        pair: next((name for name in newest if now | before <= has[name]), None)
        for pair, now, before in wanted.itertuples(name=None)
    }
    releases = pd.Series([found[pair] for pair in _pairs(alike)], alike.index, dtype=object)
    return alike.assign(release_id=releases).dropna(subset="release_id")


def _pairs(rows: pd.DataFrame) -> list[tuple[str, pd.Timestamp]]:
    return list(zip(*(rows[name].tolist() for name in _PAIR), strict=True))


def _added_up(rows: pd.DataFrame, wanted: pd.DataFrame, values: pd.DataFrame) -> pd.DataFrame:
    """Offences in some quarters, or of some codes in them, of each row's forces.

    Args:
        rows: with ``area_code``, `_PAIR`, ``excluded``.
        wanted: by `_PAIR`: ``quarter``, ``release_id`` and, where codes are meant, ``taken``.

    Returns:
        On the index of ``rows`` ``value``, empty unless every force has every quarter; ``formula``
        and ``cells`` of it.
    """
    blank = pd.DataFrame({"value": float("nan"), "formula": None, "cells": None}, rows.index)
    what = [name for name in ("area_code", "offence_id", "code", "excluded") if name in rows]
    wanted = wanted[[*_PAIR, "quarter", "release_id", *wanted.columns.intersection(["taken"])]]
    known = rows[rows["area_code"].isin(list(areas()))]
    terms = known[list(dict.fromkeys([*_PAIR, *what]))].reset_index(names="row")
    terms = terms.merge(wanted, on=_PAIR) if len(wanted) else terms.head(0)
    if terms.empty:
        return blank
    if "taken" in terms:
        terms = terms.explode("taken").assign(code=lambda each: each["taken"])
        terms["item"] = terms["code"]
    terms["excluded"] = terms["excluded"].fillna("")
    sums = _sums(terms, values)
    sheets = values.drop_duplicates(["release_id", "quarter"]).set_index(["release_id", "quarter"])
    terms = terms.join(sheets["sheet"], on=["release_id", "quarter"]).join(sums)
    named = terms.assign(period_end=terms["quarter"], what=summed(terms))
    terms["formula"] = one_quarter(named, named["what"])
    terms["cells"] = cell_names(named, cell="what")
    parts: dict[int, tuple[list[str], dict[str, None]]] = {}
    columns = (terms[name].tolist() for name in ("row", "formula", "cells"))
    for row, formula, cells in zip(*columns, strict=True):
        formulas, places = parts.setdefault(row, ([], {}))
        formulas.append(formula)
        places[cells] = None
    texts = pd.DataFrame(
        [(" + ".join(formulas), CELLS_APART.join(places)) for formulas, places in parts.values()],
        index=list(parts),
        columns=["formula", "cells"],
    )
    return texts.assign(value=_whole(terms, "row")).reindex(rows.index)


def _whole(parts: pd.DataFrame, by: str) -> pd.Series:
    values = parts.groupby(by)["value"]
    sums: pd.Series = values.sum().where(values.count() == values.size())
    return sums


def _sums(terms: pd.DataFrame, values: pd.DataFrame) -> pd.Series:
    """What each term's forces counted; a force with a return that names none recorded none."""
    within = pd.DataFrame(
        [
            (area.area_code, above, area.area_name)
            for area in areas().values()
            if area.area_type in ("force", "other")
            for above in areas_around(area.area_code)
        ],
        columns=["member", "area_code", "name"],
    )
    named = ["area_code", "item", "quarter", "release_id", "excluded"]
    each = terms[named].reset_index(names="term").merge(within, on="area_code")
    some = each["excluded"] != ""
    out = [
        name in excluded.split("; ")
        for name, excluded in each.loc[some, ["name", "excluded"]].itertuples(index=False)
    ]
    each = each.drop(index=each.index[some][out])
    given = values[values["item"].isin(each["item"].unique())]
    items = given.groupby(_VALUE)["value"].sum(min_count=1)
    totals = values[values["item"] == "total"].drop_duplicates(_VALUE)
    returned = ["release_id", "member", "quarter"]
    each = each.join(items.rename("value"), on=_VALUE)
    each = each.join(totals.set_index(returned)["value"].rename("total"), on=returned)
    each["value"] = each["value"].fillna(0.0).where(each["total"].notna())
    return _whole(each, "term").reindex(terms.index)


def _reasons(
    rows: pd.DataFrame,
    sides: pd.DataFrame,
    recording_changes: pd.DataFrame,
    both: pd.Series,
    enough: pd.Series,
) -> pd.Series:
    parted, alike = set(_pairs(sides)), set(_pairs(sides[sides["alike"]]))
    pairs = _pairs(rows)
    changed = pd.Series([pair in parted for pair in pairs], index=rows.index)
    some = pd.Series([pair in alike for pair in pairs], index=rows.index)
    gathered = rows["item"].isin(set(recording_changes["offence_id"]))
    reasons = pd.Series(FEW, index=rows.index).where(both, MISSING)
    reasons = reasons.where(some, NONE_ALIKE).where(changed, COMPARABLE)
    return reasons.where(gathered, NOT_GATHERED).where(~(both & enough & changed))


def _with_bounds(
    rows: pd.DataFrame, sides: pd.DataFrame, values: pd.DataFrame, newest: list[str]
) -> pd.DataFrame:
    """The change of the whole years beside the one without what a split quarter's codes counted."""
    bounded = sides.groupby(_PAIR)["split"].transform("all").astype(bool) & ~sides["alike"]
    split = _with_release(sides[bounded], values, newest)
    out = _added_up(rows, split.assign(quarter=split["end_before"]), values)
    rest = rows["previous"] - out["value"]
    bound = (100 * (rows["count"] / rest - 1)).where(rest >= SMALL_BASE)
    bound = bound.where(rows["change_pct"].notna())
    known = bound.notna()
    return rows.assign(
        bound_low_pct=rows["change_pct"].where(known),
        bound_high_pct=bound,
        taken_out=out["value"].where(known),
        taken_out_formula=out["formula"].where(known),
        taken_out_cells=out["cells"].where(known),
    )
