"""Recorded crime: shares, ranks and year-on-year changes of police counts.

A police count is a count of records and has no sampling error, so nothing here has an
interval.  A share is always of the same release's own total; a rank always says among
which groups; a change across a change of recording is shown and marked not comparable.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from crimeshare.columns import held
from crimeshare.measures import formulas
from crimeshare.measures.provenance import cell_names, listed
from crimeshare.measures.quarters import a_year_earlier
from crimeshare.nearest import did_you_mean
from crimeshare.problems import Problems
from crimeshare.reference import areas, areas_around, main_groups, offences, read_rows

# ONS shows no change from a base below this.
SMALL_BASE = 50

KEY = ["release_id", "period_end", "area_code"]

EXCLUDING = " (excluding "
"""What stands between an area's name and those of the forces that its figures leave out."""


def compute_shares(recorded: pd.DataFrame) -> pd.DataFrame:
    """Each offence group's share of the total, and its ranks, in every area and year of a release.

    Returns:
        The columns of ``shares``, one row a release, year, area and offence group (the total itself
        has none).  A group outside a classification, or an area with a marked figure in it, has no
        rank there; a count under 50 has no share and no rank among the forces.
    """
    counts = tabled_counts(recorded)
    totals = counts[counts["offence_id"] == "total"].set_index(KEY)[["count", "cells"]]
    totals = totals.set_axis(["total", "total_cell"], axis=1)
    shares = counts[counts["offence_id"] != "total"].join(totals, on=KEY)
    shares["formula"] = formulas.ratio(shares["cells"], shares["total_cell"])
    shares["cells"] = listed(shares["cells"], shares["total_cell"])
    # One offence more or less would move the share of a small count further than areas differ.
    # A partnership may count less than nothing where its force withdrew offences.
    enough = (shares["count"] >= SMALL_BASE) & (shares["total"] > 0)
    shares["share"] = (shares["count"] / shares["total"]).where(enough)
    columns = [*KEY, "area_name", "area_type", "offence_id", "count", "total", "share"]
    ranks = ["rank_main_groups", "rank_subgroups", "rank_published_columns"]
    shares = rank_groups(shares)
    shares["rank_forces"] = rank_forces(shares).astype("Int64")
    return shares[[*columns, *ranks, "rank_forces", "formula", "cells"]].reset_index(drop=True)


def rank_groups(counts: pd.DataFrame) -> pd.DataFrame:
    """Counts of offence groups with their ranks in each area and year of a release.

    Args:
        counts: the columns of `KEY`, ``offence_id`` and ``count``; the total is not among them.

    Returns:
        The same rows with the three columns of ranks, as :func:`compute_shares` describes them.
    """
    return counts.assign(
        rank_main_groups=_rank(counts, counts["offence_id"].isin(main_groups())),
        rank_subgroups=_rank(counts, _leaves(counts)),
        rank_published_columns=_rank(counts, pd.Series(True, index=counts.index)),
    )


def compute_changes(
    recorded: pd.DataFrame, vintages: pd.DataFrame, recording_changes: pd.DataFrame
) -> pd.DataFrame:
    """Year-on-year changes of every count of a release's own year.

    The previous year is taken as the release itself revised it: from its table of the year
    before where it has one (basis ``previous_year_table``), otherwise recovered from the count
    and the published percentage (``recovered_from_change``) unless the counts refute that
    (``refuted``), otherwise not at all (``not_shown``).

    Args:
        vintages: its vintages, as :func:`crimeshare.measures.vintages.compute_vintages` gives them
            and :func:`crimeshare.measures.refuted_changes.mark_refuted` marks them.

    Returns:
        The columns of ``changes``, one row a release, area and offence group, the total included.
    """
    counts = tabled_counts(recorded)
    own_period = counts.groupby("release_id")["period_end"].transform("max")
    key = ["release_id", "area_code", "offence_id"]
    published = _published_changes(recorded).set_index(key)
    changes = counts[counts["period_end"] == own_period].join(published, on=key)
    changes["previous_period_end"] = a_year_earlier(changes["period_end"])
    changes = changes.merge(
        _years_before(vintages), on=[*key, "previous_period_end", "excluded"], how="left"
    )
    changes["basis"] = changes["basis"].fillna("not_shown")
    changes = _with_formulas(changes)
    changes["change"] = changes["count"] - changes["previous"]
    shown = changes["previous"] >= SMALL_BASE
    changes["change_pct"] = (100 * changes["change"] / changes["previous"]).where(shown)
    names = recording_changes_between(changes, recording_changes)
    changes["comparable"] = comparable(changes["offence_id"], names, recording_changes)
    changes["recording_changes"] = names
    return changes.filter(held("changes")).astype(
        {"period_end": "datetime64[ms]", "previous_period_end": "datetime64[ms]"}
    )


def _years_before(vintages: pd.DataFrame) -> pd.DataFrame:
    """What each edition says of the year before its own: a count, unless it is refuted."""
    bases = {"later_column": "previous_year_table", "percentage": "recovered_from_change"}
    before = vintages[vintages["known_from"].isin(bases) & (vintages["grouping"] == "by_area")]
    before = before.dropna(subset="value").assign(basis=before["known_from"].map(bases))
    names = {
        "period_end": "previous_period_end",
        "value": "previous",
        "formula": "previous_formula",
        "cells": "previous_cells",
    }
    before = before.rename(columns=names)
    values = ["previous", "previous_formula", "previous_cells"]
    before[values] = before[values].mask(before["refuted"])
    before["basis"] = before["basis"].mask(before["refuted"], "refuted")
    own = ["release_id", "area_code", "offence_id", "previous_period_end", "excluded"]
    return before[[*own, *values, "basis"]]


def _with_formulas(changes: pd.DataFrame) -> pd.DataFrame:
    tabled = changes["basis"] == "previous_year_table"
    previous = changes["previous_formula"].where(tabled, "(" + changes["previous_formula"] + ")")
    known = changes["previous"].notna()
    # A count that is recovered from a change has the count of the year itself among its cells.
    cells = changes["previous_cells"].where(tabled, changes["published_cell"])
    return changes.assign(
        formula=changes["cells"].mask(known, formulas.difference(changes["cells"], previous)),
        cells=listed(changes["cells"], cells.where(known)),
    )


def read_recording_changes(path: Path) -> pd.DataFrame:
    """Changes of what police record, one row a change and offence id it touches.

    Columns: change_id, effective (day), name, offence_id, source.
    """
    table = pd.DataFrame(read_rows(path))
    table["effective"] = pd.to_datetime(table["effective"]).astype("datetime64[ms]")
    table["offence_id"] = table["offence_ids"].str.split()
    return table.drop(columns="offence_ids").explode("offence_id", ignore_index=True)


def require_offence_groups(shares: pd.DataFrame, offence_ids: Sequence[str]) -> None:
    """Stop unless the newest edition gives shares of the groups that a report is to be about.

    Raises:
        Problems: a sentence for each of which the edition gives no share; it names those of which
            the edition does.
    """
    known = shares.dropna(subset="share").sort_values(["period_end", "release_id"])
    newest = known["release_id"].iloc[-1]
    given = list(dict.fromkeys(known.loc[known["release_id"] == newest, "offence_id"]))
    problems = []
    for offence_id in offence_ids:
        if offence_id in given:
            continue
        elsewhere = list(dict.fromkeys(known.loc[known["offence_id"] == offence_id, "release_id"]))
        older = f" It is in {', '.join(elsewhere)}, which `releases` can name." if elsewhere else ""
        problems.append(
            f"config: the report is to be about `{offence_id}`, of which the newest edition, "
            f"{newest}, gives no share{did_you_mean(offence_id, given) or '.'}{older} It gives "
            f"those of {', '.join(given)}."
        )
    if problems:
        raise Problems(problems)


def rank_forces(shares: pd.DataFrame) -> pd.Series:
    """Each force's rank by share among the forces of the same release, year and offence group.

    Returns:
        Ranks, 1 the largest share, on the index of the rows of ``shares`` that are police force
        areas with a share; the number of ranks is the number of forces with figures.
    """
    forces = shares[(shares["area_type"] == "force") & shares["share"].notna()]
    by = ["release_id", "period_end", "offence_id"]
    return forces.groupby(by)["share"].rank(ascending=False, method="min").astype("int64")


def tabled_counts(recorded: pd.DataFrame) -> pd.DataFrame:
    """The counts of the editions, an edition's own year before the other.

    Returns:
        Its columns with ``count`` (offences) in place of ``value``; ``excluded``, the forces that
        an area leaves out as they made no complete return, joined by semicolons; ``area_name``
        that says so too; and ``cells``.
    """
    counts = recorded[recorded["measure"] == "count"].rename(columns={"value": "count"})
    counts = counts.sort_values(
        ["release_id", "period_end"], ascending=[True, False], kind="stable"
    )
    names = _left_out(counts)
    keys = counts[KEY].itertuples(index=False, name=None)
    excluded = pd.Series(["; ".join(names.get(key, [])) for key in keys], counts.index, "str")
    label = EXCLUDING + excluded.str.replace("; ", " and ", regex=False) + ")"
    return counts.assign(
        excluded=excluded,
        area_name=counts["area_name"] + label.where(excluded != "", ""),
        cells=cell_names(counts),
    )


def _left_out(counts: pd.DataFrame) -> dict[tuple[object, ...], list[str]]:
    """Names, in alphabetical order, of the forces that an area leaves out, by `KEY`."""
    missing = counts[
        (counts["offence_id"] == "total")
        & (counts["area_type"] == "force")
        & counts["count"].isna()
    ]
    names: dict[tuple[object, ...], list[str]] = {}
    for release_id, period_end, code in missing[KEY].itertuples(index=False, name=None):
        for above in areas_around(code)[1:]:
            names.setdefault((release_id, period_end, above), []).append(areas()[code].area_name)
    return {key: sorted(found) for key, found in names.items()}


def _leaves(shares: pd.DataFrame) -> pd.Series:
    """Whether a group has no part among the columns of its release."""
    parents = shares["offence_id"].map(lambda offence: offences()[offence].parent_id)
    held = set(zip(shares["release_id"], parents, strict=True))
    keys = zip(shares["release_id"], shares["offence_id"], strict=True)
    return pd.Series([key not in held for key in keys], index=shares.index)


def _rank(shares: pd.DataFrame, members: pd.Series) -> pd.Series:
    groups = shares[members].groupby(KEY)["count"]
    complete = groups.transform("count") == groups.transform("size")
    return groups.rank(ascending=False, method="min").where(complete).astype("Int64")


def _published_changes(recorded: pd.DataFrame) -> pd.DataFrame:
    changes = recorded[recorded["measure"] == "change_pct"]
    changes = changes.assign(published_cell=cell_names(changes))
    return changes.rename(columns={"value": "published_change_pct"})[
        ["release_id", "area_code", "offence_id", "published_change_pct", "published_cell"]
    ]


def comparable(
    offence_ids: pd.Series, names: pd.Series, recording_changes: pd.DataFrame
) -> pd.Series:
    """Whether two years may be compared: false across a change, empty where nobody looked for any.

    Args:
        offence_ids: group of each pair of years.
        recording_changes: as :func:`read_recording_changes` gives it; a group that no change
            touches has not been looked at.
    """
    gathered = offence_ids.isin(set(recording_changes["offence_id"]))
    return names.isna().astype("boolean").where(gathered)


def recording_changes_between(changes: pd.DataFrame, recording_changes: pd.DataFrame) -> pd.Series:
    """The names of the changes that touch one of two years more than the other, or None.

    Args:
        changes: with ``offence_id``, ``previous_period_end`` and ``period_end``.
    """
    by = ["offence_id", "previous_period_end", "period_end"]
    pairs = changes[by].drop_duplicates()
    touching = pairs.merge(recording_changes, on="offence_id")
    earlier_year_began = (
        touching["previous_period_end"] - pd.DateOffset(years=1) + pd.Timedelta(days=1)
    )
    touching = touching[
        (touching["effective"] > earlier_year_began)
        & (touching["effective"] <= touching["period_end"])
    ]
    names = touching.groupby(by)["name"].agg("; ".join).rename("names")
    return changes.join(names, on=by)["names"]
