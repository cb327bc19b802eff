"""Revisions: what later releases say of years already published.

A figure has vintages: the first release that gives it, corrected issues of that release, and
later releases that give the year again as the year before (Table P4, or the count that a
published percentage is of), in a series (offences by code, and the subtotals of that table that
are offence groups) or in the Home Office's open data.  A revision is the step from one vintage to
the next.  How old a figure was is counted from the end of its year to the end of the release's,
since both came out as long after their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from statistics import median

import numpy as np
import pandas as pd

from crimeshare.columns import held
from crimeshare.measures.provenance import CELLS_APART, cells_of_rows, listed
from crimeshare.measures.quarters import a_year_later
from crimeshare.measures.recorded import EXCLUDING
from crimeshare.measures.revision_ranks import STEP, with_ranks
from crimeshare.measures.years import shown_areas
from crimeshare.reference import offences

FIGURE = ["area_code", "offence_id", "period_end"]
NEW, A_YEAR_LATER = 0, 12
"""Ages, in months, of a figure that is news and of the same figure a year later."""

_EARLIER = [
    "previous_release_id",
    "previous_value",
    "previous_value_formula",
    "previous_value_cells",
]
_PROVENANCE = ["formula", "cells", "previous_value_formula", "previous_value_cells"]

_ISSUE = re.compile(r"[a-z-]+?-(\d{4})-(\d{2})(?:-v(\d+)|-(corrected))?")
_EXCLUDING = rf"({re.escape(EXCLUDING)}.+\))$"


def compute_revisions(vintages: pd.DataFrame) -> pd.DataFrame:
    """Every step from one vintage of a count to the next, unchanged ones included.

    Totals that leave out a force without a return are compared with totals that leave out the
    same force only, and a group that had offences which later became a group of their own with
    itself as it was then.  A marked or refuted figure is no vintage.  Where ONS and the Home Office
    give the same count up to the same month, that is one vintage, and ONS's stands for it.

    Args:
        vintages: as :func:`crimeshare.measures.vintages.compute_vintages` gives them; those of
            ONS alone, for the revisions of its releases.

    Returns:
        The columns of ``revisions``, one row a figure and step; ranks are among the forces of the
        same step. A code that is part of no group stands as ``offence_id``.
    """
    # Of the open data those of areas that have pages.
    unseen = (vintages["known_from"] == "quarters") & ~vintages["area_code"].isin(shown_areas())
    known = _known(vintages[~unseen])
    known["apart"] = _held_apart(known)
    like = [*FIGURE, "excluded", "apart"]
    months = {release_id: issue_order(release_id)[0] for release_id in known["release_id"].unique()}
    known["month"] = known["release_id"].map(months)
    known = known.sort_values([*like, "order"], kind="stable")
    # The open data are the last of their month.
    again = known.duplicated([*like, "month", "value"]) & (known["known_from"] == "quarters")
    known = known[~again].drop_duplicates([*like, "release_id"])
    same = known.groupby(like, sort=False)
    earlier = ["release_id", "value", "formula", "cells"]
    before = same[earlier].shift().rename(columns=dict(zip(earlier, _EARLIER, strict=True)))
    steps = known.join(before).dropna(subset=["previous_release_id"])
    steps["formula"] = steps["formula"] + " - " + steps["previous_value_formula"]
    steps["cells"] = listed(steps["cells"], steps["previous_value_cells"])
    steps["change"] = steps["value"] - steps["previous_value"]
    base = steps["previous_value"].where(steps["previous_value"] > 0)
    steps["change_pct"] = 100 * steps["change"] / base
    return with_ranks(steps, STEP)[held("revisions")].reset_index(drop=True)


def find_whole_revisions(revisions: pd.DataFrame) -> pd.DataFrame:
    """How far each figure has moved from when it was new to the newest vintage there is.

    Returns:
        The columns of ``revisions``, and the ages (see :func:`with_ages`), of the figures that
        were published as new and given again a year later or later still: from the first vintage
        to the last, over all the steps between; ranks are among all forces of the year that have
        both.
    """
    steps = with_ages(revisions)
    follows = (
        steps["previous_release_id"] == steps.groupby(FIGURE, sort=False)["release_id"].shift()
    )
    earlier = [*_EARLIER, "age_before"]
    ways = {name: "first" if name in earlier else "last" for name in steps.columns}
    grouped = steps.groupby((~follows).cumsum(), sort=False)
    whole = grouped.agg(ways).reset_index(drop=True)
    last = grouped[_EARLIER[2:]].last().reset_index(drop=True)
    for name, column in zip(_PROVENANCE[:2], _EARLIER[2:], strict=True):
        # A step reads "later - earlier": the earlier of the last step gives way to the first's.
        ends = zip(whole[name], last[column], whole[column], strict=True)
        whole[name] = [text.removesuffix(cut) + kept for text, cut, kept in ends]
    whole["change"] = whole["value"] - whole["previous_value"]
    base = whole["previous_value"].where(whole["previous_value"] > 0)
    whole["change_pct"] = 100 * whole["change"] / base
    known = whole[(whole["age_before"] == NEW) & (whole["age"] >= A_YEAR_LATER)]
    # Each force with its own newest vintage: those of one year are all there are of it.
    return with_ranks(known.reset_index(drop=True), ["offence_id", "period_end"])


def summarise_revisions(whole: pd.DataFrame) -> pd.DataFrame:
    """How far figures of an area have moved since they were new, to be shown beside new figures.

    Returns:
        The columns of ``revision_sizes``, one row an area and offence group.
    """
    moved = whole.dropna(subset=["change_pct"])
    ranked = moved["rank_before"].notna()
    moved = moved.assign(
        size=moved["change_pct"].abs(),
        up=moved["change_pct"] > 0,
        down=moved["change_pct"] < 0,
        still=moved["change_pct"] == 0,
        flip=ranked & (moved["rank_before"] != moved["rank_after"]).fillna(False),
    )
    sizes = (
        moved.groupby(["area_code", "offence_id"], sort=True)
        .agg(
            revisions=("change_pct", "size"),
            rose=("up", "sum"),
            fell=("down", "sum"),
            stayed=("still", "sum"),
            median_change_pct=("change_pct", "median"),
            typical_size_pct=("size", "median"),
            lowest_pct=("change_pct", "min"),
            highest_pct=("change_pct", "max"),
            rank_flips=("flip", "sum"),
            cells=("cells", cells_of_rows),
        )
        .reset_index()
    )
    cells = sizes.pop("cells")
    return sizes.assign(formula="median size of change_pct", cells=cells)


def typical_size(changes: Iterable[float]) -> float:
    """The median of changes without their signs."""
    return median(map(abs, changes))


def with_ages(revisions: pd.DataFrame) -> pd.DataFrame:
    """Revisions with how old each figure was, in months, in either release.

    ``age_before`` and ``age`` are 0 in the release of the figure's own year, 12 a year later.
    """
    aged: pd.DataFrame = revisions.copy()
    months = 12 * aged["period_end"].dt.year + aged["period_end"].dt.month
    for age, release in (("age_before", "previous_release_id"), ("age", "release_id")):
        covered = {release_id: _months(release_id) for release_id in aged[release].unique()}
        aged[age] = aged[release].map(covered).astype("int64") - months
    return aged


def compare_changes(
    revisions: pd.DataFrame, changes: pd.DataFrame, vintages: pd.DataFrame
) -> pd.DataFrame:
    """Year-on-year changes by two vintages, and whether they point another way by the second.

    The year's own release compares it with the year before as revised by then.  Against the
    earlier vintage of that year, as it was known when it was news, the change may point another
    way; and a later release that gives both years again may turn it once more.

    Args:
        revisions: as :func:`compute_revisions` gives them of ONS's releases alone, since no
            change is published with the open data.

    Returns:
        The columns of ``compared_changes``, one row a change that two vintages tell.
    """
    before = revisions.rename(columns={"period_end": "previous_period_end"})
    key = ["release_id", "area_code", "offence_id", "previous_period_end"]
    against = changes.merge(before[[*key, *_EARLIER]], on=key)
    against["change_before"] = against["count"] - against["previous_value"]
    own = against["cells"].str.split(CELLS_APART, regex=False).str[0]
    against["change_before_formula"] = own + " - " + against["previous_value_formula"]
    against["change_before_cells"] = listed(own, against["previous_value_cells"])
    both = _changes_of_vintages(changes, vintages)
    pairs = pd.concat([against.assign(revised="year_before"), both.assign(revised="both_years")])
    pairs = pairs.dropna(subset=["change", "change_before"])
    pairs["turned"] = np.sign(pairs["change"]) != np.sign(pairs["change_before"])
    return pairs[held("compared_changes")].reset_index(drop=True)


def _changes_of_vintages(changes: pd.DataFrame, vintages: pd.DataFrame) -> pd.DataFrame:
    """Each release's change between two years beside that of the release before it."""
    series = _known(vintages[vintages["grouping"] == "by_code"])
    earlier = series.assign(period_end=a_year_later(series["period_end"]))
    key = ["release_id", *FIGURE]
    known = [*key, "value", "formula", "cells"]
    within = series.merge(earlier[known], on=key, suffixes=("", "_before"))
    within["change"] = within["value"] - within["value_before"]
    within["formula"] = within["formula"] + " - " + within["formula_before"]
    within["cells"] = listed(within["cells"], within["cells_before"])
    published = changes.assign(excluded=_left_out(changes)).dropna(subset=["change"])
    columns = [*key, "excluded", "change", "formula", "cells"]
    every = pd.concat([published[columns], within[columns]], ignore_index=True)
    every = every.assign(order=every["release_id"].map(issue_order))
    every = every.sort_values([*FIGURE, "excluded", "order"], kind="stable")
    same = every.groupby([*FIGURE, "excluded"], sort=False)
    return every.assign(
        previous_release_id=same["release_id"].shift(),
        change_before=same["change"].shift(),
        change_before_formula=same["formula"].shift(),
        change_before_cells=same["cells"].shift(),
    ).dropna(subset=["previous_release_id"])


def _known(vintages: pd.DataFrame) -> pd.DataFrame:
    """The vintages with a value that stands, codes among the offence groups."""
    known = vintages[vintages["value"].notna() & ~vintages["refuted"]]
    percentage = known["known_from"] == "percentage"
    return known.assign(
        offence_id=known["offence_id"].fillna(known["code"]),
        formula=known["formula"].mask(percentage, "(" + known["formula"] + ")"),
    )


def _left_out(changes: pd.DataFrame) -> pd.Series:
    return changes["area_name"].str.extract(_EXCLUDING, expand=False).fillna("")


def _held_apart(vintages: pd.DataFrame) -> pd.Series:
    """The groups that were once part of each figure's own and that its release gives apart."""
    split: dict[str, list[str]] = {}
    for offence in offences().values():
        if offence.split_from:
            split.setdefault(offence.split_from, []).append(offence.offence_id)
    year = ["release_id", "period_end"]
    parts = {part for named in split.values() for part in named}
    given = vintages[vintages["offence_id"].isin(parts)]
    held = given.groupby(year)["offence_id"].agg(set).to_dict()
    whole = vintages[vintages["offence_id"].isin(split)]
    items = zip(*(whole[name] for name in ["offence_id", *year]), strict=True)
    apart = [
        " ".join(part for part in split[offence_id] if part in held.get((release_id, end), ()))
        for offence_id, release_id, end in items
    ]
    return pd.Series(apart, index=whole.index, dtype=str).reindex(vintages.index, fill_value="")


@cache
def issue_order(release_id: str) -> tuple[int, int]:
    """When a release came out, as far as its id tells: its last month, then its issue.

    >>> issue_order("pfa-2024-03-corrected") > issue_order("pfa-2024-03-v1")
    True
    """
    issue = _parts(release_id)
    return _months(release_id), int(issue[3]) if issue[3] else 2 if issue[4] else 1


def newest_release(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of the release that came out last; of a table without rows, none."""
    newest = max(table["release_id"].unique(), key=issue_order, default="")
    rows: pd.DataFrame = table[table["release_id"] == newest]
    return rows


def _months(release_id: str) -> int:
    year_and_month = _parts(release_id)
    return 12 * int(year_and_month[1]) + int(year_and_month[2])


def _parts(release_id: str) -> re.Match[str]:
    found = _ISSUE.fullmatch(release_id)
    assert found is not None, release_id  # the registry lets no other in
    return found
