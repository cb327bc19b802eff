"""What the page of revisions shows: sentences, charts and tables, each from the figures."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

import pandas as pd

from crimeshare.periods import a_year_before
from crimeshare.publish.elements.bars import bars
from crimeshare.publish.elements.charts import (
    ACCENT,
    QUIET,
    TIP,
    WIDTH,
    Break,
    Chart,
    Spec,
    layer,
    quantity,
)
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.reading import read
from crimeshare.publish.elements.rows import Row, counted, of_rows, rows
from crimeshare.publish.subjects.estimates import FEW, is_few
from crimeshare.publish.subjects.factsheet import breaks
from crimeshare.publish.subjects.revised import WORDS, middle, size_of, worked_out, years_old
from crimeshare.reference import NATION, areas, offences

# Months of age that a figure reaches, from one band to the next, as the template names them.
BANDS = (12, 60, 120, 10**4)
SMALL = 0.5
"""Per cent."""


# ---------------------------------------------------------------- sentences


def opening(offence_id: str, steps: pd.DataFrame) -> str:
    """Whether figures by force are revised, which way and by how much.

    Args:
        steps: of the forces; see `revised.since_new`.
    """
    changed, large = steps[steps["change"].ne(0)], of_many(steps)
    told: dict[str, Any] = {}
    if len(changed):
        told = {
            "rose": number_of(offence_id, "forces.rose", steps[steps["change"].gt(0)], steps),
            "fell": number_of(offence_id, "forces.fell", steps[steps["change"].lt(0)], steps),
        }
    most = None
    if large["change"].ne(0).any():
        most = rows(large.loc[[moved_by(large).idxmax()]])[0]
        told |= {
            "middle": middle(large, f"revisions.middle.forces.{offence_id}"),
            "some_few": len(large) < len(steps),
            "worked_out": worked_out(most),
            "rules": _within_a_change(most),
        }
    return WORDS.passage(
        "opening",
        counts=number_of(offence_id, "forces", steps),
        group=offence_id,
        changed=number_of(offence_id, "forces.changed", changed, steps),
        any_changed=len(changed) > 0,
        most=most,
        **told,
    )


def _within_a_change(row: Row) -> list[Break]:
    end = row["period_end"]
    began = a_year_before(end)
    return [change for change in breaks(row["offence_id"]) if began < change.day <= end]


def nationally(offence_id: str, steps: pd.DataFrame) -> str:
    """How far the count of England and Wales was revised: those of forces partly cancel out."""
    one = rows(steps)[0] if len(steps) == 1 else None
    size = size_of(offence_id, NATION)
    few = one is not None and is_few(one.previous_value)
    return WORDS.passage("nationally", nation=NATION, size=size, one=one, few=few)


def how_soon(offence_id: str, steps: pd.DataFrame) -> str:
    """At what age figures of England and Wales still move; see `revised.steps_of`."""
    changed = steps[steps["change"].ne(0)].sort_values(["age", "period_end"], kind="stable")
    oldest = rows(changed.tail(1))[0] if len(changed) else None
    old = steps[steps["age"].gt(BANDS[-2])]
    return WORDS.passage(
        "how_soon",
        oldest=oldest,
        few=oldest is not None and is_few(oldest.previous_value),
        years_old=years_old(oldest) if oldest else None,
        old=number_of(offence_id, "old", old),
        old_changed=number_of(offence_id, "old.changed", old[old["change"].ne(0)], old),
    )


def ranks_in_words(offence_id: str, steps: pd.DataFrame) -> str:
    """How many counts moved a force's rank since they were new, and the longest way one took."""
    ranked, shifted = steps[steps["rank_before"].notna()], moved_ranks(steps)
    way = way_of(shifted)
    return WORDS.passage(
        "ranks",
        group=offence_id,
        most=rows(shifted.loc[[way.idxmax()]])[0] if len(shifted) else None,
        furthest=way.max(),
        shifted=number_of(offence_id, "ranks.shifted", shifted),
        ranked=number_of(offence_id, "ranks", ranked),
    )


def moved_ranks(steps: pd.DataFrame) -> pd.DataFrame:
    """The steps by whose later release the force stands elsewhere among the forces."""
    return steps[steps["rank_before"].notna() & steps["rank_before"].ne(steps["rank_after"])]


def way_of(steps: pd.DataFrame) -> pd.Series[float]:
    return (steps["rank_after"] - steps["rank_before"]).abs()


def flips() -> pd.DataFrame:
    """Changes on the year before that turned, of areas and groups that pages know."""
    found = compared()
    return found[found["turned"]]


def compared() -> pd.DataFrame:
    """Changes on the year before by two releases, of areas and groups that pages know."""
    every = read("compared_changes")
    return every[every["area_code"].isin(areas()) & every["offence_id"].isin(offences())]


def flips_in_words(offence_id: str) -> str:
    """How many changes turned, and how many of those are of the report's own offence group."""
    known, found = compared(), flips()
    turning = found[found["revised"].ne("both_years")]
    shown = turning if len(turning) else found
    sides = [side for row in rows(shown) for side in (row.change_before, row.change)]
    number = of_rows(
        "revisions.flips.compared",
        int(known["revised"].eq("year_before").sum()),
        "count",
        "number",
        ("compared_changes", "change", "revised year_before"),
    )
    own = turning["offence_id"].eq(offence_id).sum()
    return WORDS.passage(
        "turned",
        turned=in_all(offence_id, "flips", len(turning), sides, "changes"),
        compared=number,
        group=offence_id,
        own=in_all(offence_id, "flips.own", int(own), sides, "changes"),
    )


def number_of(
    offence_id: str, name: str, found: pd.DataFrame, of: pd.DataFrame | None = None
) -> Figure:
    """How many revisions there are, with their cells: those looked through, where there is none."""
    shown = found if len(found) or of is None else of
    return in_all(offence_id, name, len(found), shown["percent"], "revisions")


def in_all(offence_id: str, name: str, number: int, figures: Iterable[Figure], what: str) -> Figure:
    cells = (cell for figure in figures for cell in figure.cells)
    return counted(f"revisions.{name}.{offence_id}", what, number, cells)


def of_many(steps: pd.DataFrame) -> pd.DataFrame:
    """Revisions of counts that were no less than fifty: of fewer a percentage says little."""
    return steps[steps["previous_value"] >= FEW]


def moved_by(steps: pd.DataFrame) -> pd.Series[float]:
    """How far counts moved, in per cent without sign; not at all from nothing."""
    return steps["change_pct"].abs().fillna(0)


# ---------------------------------------------------------------- charts


def by_age(offence_id: str, steps: pd.DataFrame) -> Chart | None:
    """Each revision of England and Wales by the age the figure had reached; None without any."""
    own = steps[steps["change_pct"].notna()]
    if own.empty:
        return None
    name = offences()[offence_id].name
    small = own[moved_by(own).lt(SMALL)]
    told = [(row, row["percent"], years_old(row)) for row in rows(steps)]
    points = [
        {
            "x": row["age"] / 12,
            "y": percent.number * 100,
            "tip": WORDS.passage("tip", name=name, row=row, percent=percent, age=age),
        }
        for row, percent, age in told
        if percent.value is not None
    ]
    return Chart.worded(
        "by-age",
        WORDS.points(
            "by_age_chart",
            number=number_of(offence_id, "national", own),
            group=offence_id,
            nation=NATION,
            small=number_of(offence_id, "national.small", small, own),
            start=own["period_end"].iloc[0],
            end=own["period_end"].iloc[-1],
        ),
        [
            (
                {"series": name, "year_ending": row["period_end"].isoformat()},
                percent,
                {
                    "age_in_months": row["age"],
                    "earlier_release": row["previous_release_id"],
                    "later_release": row["release_id"],
                    "earlier_count": repr(float(row["previous_value"])),
                    "later_count": repr(float(row["value"])),
                },
            )
            for row, percent, _ in told
        ],
        spec=_by_age_spec(points),
        alt=partial(WORDS.passage, "by_age_alt", name=name, bands=by_band(steps)),
    )


def _by_age_spec(points: list[Spec]) -> Spec:
    most = max(abs(point["y"]) for point in points)
    ticks = [tick for tick in (0.1, 1, 10, 100) if tick <= most * 2]
    oldest, title = max(point["x"] for point in points), WORDS.passage("age_axis")
    x = quantity("x", [0, oldest * 1.02], title=title, grid=False, ticks=True)
    y: Spec = {
        "field": "y",
        "type": "quantitative",
        "scale": {"type": "symlog", "constant": 0.1, "domain": [-most * 1.6, most * 1.6]},
        "axis": {
            "values": [*(-tick for tick in reversed(ticks)), 0, *ticks],
            "labelExpr": "(datum.value > 0 ? '+' : datum.value < 0 ? '\N{MINUS SIGN}' : '') + "
            "abs(datum.value) + '%'",
            "title": None,
        },
    }
    mark = {"type": "point", "shape": "diamond", "size": 80, "opacity": 1}
    mark |= {"fill": ACCENT, "stroke": ACCENT, "strokeWidth": 1}
    drawn = layer(points, mark, x=x, y=y, description=TIP)
    rule = {"type": "rule", "stroke": QUIET, "strokeWidth": 1, "aria": False}
    return {"width": WIDTH, "height": 250, "layer": [layer([{"y": 0}], rule, y=y), drawn]}


def by_band(steps: pd.DataFrame) -> list[tuple[str, pd.DataFrame, list[Figure]]]:
    """Revisions by the age that the figure had reached, with the lowest and highest of each."""
    bands = pd.cut(steps["age"], [0, *BANDS], include_lowest=True, labels=WORDS.points("bands"))
    found = [(str(words), steps[bands.eq(words)]) for words in bands.cat.categories]
    return [(words, own, _ends(own)) for words, own in found if len(own)]


def _ends(steps: pd.DataFrame) -> list[Figure]:
    known = [percent for percent in steps["percent"] if percent.value is not None]
    return [end(known, key=lambda percent: percent.number) for end in (min, max)]


def sizes(offence_id: str, steps: pd.DataFrame) -> Chart | None:
    """How many counts by force moved how far since they were new; None where none came again.

    Only of counts that were no less than fifty.

    Args:
        steps: see `revised.since_new`, with `size`, the range of per cent that each is in.
    """
    known = of_many(steps)
    known = known[known["change_pct"].notna()]
    if known.empty:
        return None
    still = known["change_pct"].eq(0)
    inside = {"none": still} | {
        f"below-{band.right / 100}": known["size"].eq(band) & ~still
        for band in known["size"].cat.categories
    }
    counts = [
        number_of(offence_id, f"sizes.{name}", known[own], known) for name, own in inside.items()
    ]
    words = WORDS.points(
        "sizes_chart",
        group=offence_id,
        within=number_of(offence_id, "sizes.within", known[moved_by(known).lt(1)], known),
        known=number_of(offence_id, "sizes", known),
        some_few=len(of_many(steps)) < len(steps),
        start=known["period_end"].min(),
        end=known["period_end"].max(),
    )
    shown = pd.DataFrame({"label": WORDS.points("sizes"), "revisions": counts})
    return bars("sizes", shown, y="revisions", label="label", words=words)
