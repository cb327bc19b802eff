"""The tables of the page of revisions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import pandas as pd

from crimeshare.publish.elements import prose
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.reading import read
from crimeshare.publish.elements.rows import Row, figure, month_of, rows
from crimeshare.publish.elements.tables import Content, Table, table
from crimeshare.publish.subjects.estimates import FEW, address
from crimeshare.publish.subjects.revised import WORDS, called, given_as, middle, since_new
from crimeshare.publish.subjects.revisions_page import (
    by_band,
    flips,
    in_all,
    moved_ranks,
    number_of,
    way_of,
)
from crimeshare.reference import NATION, areas, offences

# Rows and years that a page shows of a table that goes on; all of them are in files of their own.
SHOWN = 20
YEARS = 6


def ages(offence_id: str, steps: pd.DataFrame) -> Table:
    """Revisions of England and Wales by the age that the figure had reached."""
    held: list[list[Content]] = []
    for words, own, _ in by_band(steps):
        name = f"ages.{words.replace(' ', '-')}"
        held.append(
            [
                words.capitalize(),
                number_of(offence_id, f"{name}.number", own),
                number_of(offence_id, f"{name}.changed", own[own["change"].ne(0)], own),
                middle(own, f"revisions.middle.{name}.{offence_id}"),
                max(own["percent"], key=lambda percent: abs(percent.value or 0)),
            ]
        )
    return Table.worded(
        WORDS.points("ages_table", group=offence_id, nation=NATION),
        held,
        styles=["", "", "", "absolute", "signed"],
    )


def vintages(offence_id: str, steps: pd.DataFrame, new: pd.DataFrame) -> Table:
    """Every vintage of the newest years of England and Wales that were news and changed since."""
    own = steps[steps["period_end"].isin(new["period_end"])]
    changed = sorted(own.loc[own["change"].ne(0), "period_end"].unique(), reverse=True)
    left = own[~own["period_end"].isin(changed)]
    held: list[list[Content]] = []
    for end in changed[:YEARS]:
        of_year = rows(own[own["period_end"].eq(end)])
        first, day = of_year[0], of_year[0]["period_end"]
        chain: list[tuple[str, Figure, Content, Content]] = [
            (first["previous_release_id"], first.previous_value, WORDS.passage("first"), ""),
            *((row["release_id"], row.value, row.change, row["percent"]) for row in of_year),
        ]
        for release_id, count, change, percent in chain:
            given = f"{given_as(release_id, day)}, <code>{release_id}</code>"
            held.append([prose.month(day), given, count, change, percent])
    still = new["period_end"].nunique() - len(changed)
    number = in_all(offence_id, "vintages.still", still, left["percent"], "years")
    return Table.worded(
        WORDS.points(
            "vintages_table",
            group=offence_id,
            nation=NATION,
            still=number,
            more=len(changed) > YEARS,
        ),
        held,
        styles=["", "", "", "signed", "signed"],
        wide=True,
    )


def _coded(column: str) -> Callable[[Row], Content]:
    return lambda row: f"<code>{row[column]}</code>"


def _area(row: Row) -> str:
    return escape(areas()[row["area_code"]].area_name)


def _offence(row: Row) -> str:
    return escape(offences()[row["offence_id"]].name)


def rank_moves(offence_id: str, steps: pd.DataFrame) -> Table | None:
    """The longest ways of a force's rank since a count was new; None where none moved."""
    shifted = moved_ranks(steps)
    if shifted.empty:
        return None
    order = shifted.assign(
        way=-way_of(shifted), slug=[areas()[code].slug for code in shifted["area_code"]]
    ).sort_values(["way", "slug", "period_end"], kind="stable")
    return table(
        order.head(SHOWN),
        [
            month_of,
            "rank_before",
            _coded("previous_release_id"),
            "rank_after",
            _coded("release_id"),
            "percent",
        ],
        label=_area,
        link=lambda row: address(row["area_code"]),
        words=WORDS.points(
            "ranks_table",
            group=offence_id,
            shifted=number_of(offence_id, "ranks.shifted", shifted),
            more=len(shifted) > SHOWN,
        ),
        wide=True,
        sortable=True,
    )


def turned_changes(offence_id: str) -> Table | None:
    """Changes on the year before that turned: the report's own offence group, then the widest."""
    found = flips()
    if found.empty:
        return None
    apart = (found["change"] - found["change_before"]).abs()
    own = found["offence_id"].eq(offence_id)
    others = found.loc[apart[~own].sort_values(ascending=False, kind="stable").index]
    order = pd.concat([found[own], others])
    sides = [side for row in rows(order) for side in (row.change_before, row.change)]
    return table(
        order.head(max(SHOWN, own.sum())),
        [
            _offence,
            month_of,
            "change_before",
            _coded("previous_release_id"),
            "change",
            _coded("release_id"),
        ],
        label=_area,
        words=WORDS.points(
            "flips_table",
            group=offence_id,
            listed=in_all(offence_id, "flips.listed", len(order), sides, "changes"),
            more=len(order) > SHOWN,
        ),
        wide=True,
        sortable=True,
    )


def by_force(offence_id: str, forces: Sequence[str]) -> Table:
    """How far each force's counts moved from when they were new to the newest release.

    In per cent only where none of its counts was small when it was new.
    """
    every = read("revision_sizes", offence_id=offence_id, area_code=list(forces))
    known = every.set_index("area_code", drop=False)
    own = known.loc[[code for code in forces if code in known.index]]
    without = [escape(areas()[code].area_name) for code in forces if code not in known.index]
    steps = since_new(offence_id, forces)
    few = own["area_code"].isin(steps.loc[steps["previous_value"] < FEW, "area_code"])
    sizes = ["typical_size_pct", "lowest_pct", "highest_pct"]
    given = own[sizes].mask(few)
    return table(
        own.assign(**given, marker=few.map({True: "small_revised", False: ""})),
        ["revisions", "rose", "fell", *sizes],
        label=_area,
        link=lambda row: address(row["area_code"]),
        words=WORDS.points("forces_table", group=offence_id, without=without),
        wide=True,
        sortable=True,
    )


def refuted() -> Table | None:
    """The published changes that counts refute; None for none."""
    found = read("refuted_changes")
    found = found[found["area_code"].isin(areas())]
    if found.empty:
        return None
    key = ["release_id", "area_code", "offence_id"]
    changes = read("changes", **{name: list(found[name].unique()) for name in key})
    known = {tuple(row[name] for name in key): row for row in rows(changes)}

    def published(row: Row) -> Figure:
        return figure(known[tuple(row[name] for name in key)], "published_change_pct")

    ends = zip(found["nearest_release_id"], found["previous_period_end"], strict=True)
    return table(
        found.assign(
            given=[called(*pair) for pair in ends],
            named=[areas()[code].file_name for code in found["area_code"]],
        ),
        [
            _offence,
            lambda row: prose.month(row["previous_period_end"]),
            published,
            "recovered",
            "nearest",
            _coded("nearest_release_id"),
        ],
        label=_area,
        words=WORDS.points("refuted_table"),
        wide=True,
    )
