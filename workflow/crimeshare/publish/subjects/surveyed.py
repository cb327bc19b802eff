"""What pages read about the survey: of each group and year the newest release, and what was tested.

Nothing is measured here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from crimeshare import survey_words
from crimeshare.columns import column
from crimeshare.measures.prevalence import latest_vintages
from crimeshare.problems import Problem
from crimeshare.publish.elements.charts import Break
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.reading import read
from crimeshare.publish.elements.rows import Row, rows
from crimeshare.publish.elements.words import Words
from crimeshare.reference import REFERENCE, read_rows

WORDS = Words(Path(__file__).with_name("words") / "survey.md.j2")

ASSUMED = "assumed_base"
EVERYONE = ("all", "16+")

_GROUP = ("release_id", "measure_id", "sex", "age", "period_end")


def term(kind: str, key: str | None) -> str:
    """What a code of the tables means, such as the ``basis`` of an interval; empty for none."""
    return WORDS.passage("term", kind=kind, key=key) if key else ""


def estimates_of(*measure_ids: str) -> pd.DataFrame:
    """Every group and year of some measures as the newest release gives it, the oldest year first.

    Returns:
        Rows of ``prevalence`` with ``who`` was asked, in words; ``under``, what names of their
        figures end in; and ``otherwise``, the row under the other scenario, where its base differs.
    """
    every = read("prevalence", measure_id=measure_ids, characteristic="all")
    every["who"] = [
        term("unit", unit) if age == "all" else survey_words.who(sex, age)
        for unit, sex, age in zip(every["unit_base"], every["sex"], every["age"], strict=True)
    ]
    every["under"] = ("." + every["scenario"].fillna("")).where(~every["printed"], "")
    others = {_group(row): row for row in rows(every[~every["printed"]])}
    newest = latest_vintages(every)
    found = ((row, others.get(_group(row))) for row in rows(newest))
    other = [it if it and it["n_assumed"] != row["n_assumed"] else None for row, it in found]
    return newest.assign(otherwise=pd.Series(other, newest.index, dtype=object))


def _group(row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in _GROUP)


def series(measure_id: str, sex: str = "all", age: str = "16+") -> pd.DataFrame:
    """The years of one measure among one group; see `estimates_of`.

    Raises:
        Problem: if the survey has no such series.
    """
    every = estimates_of(measure_id)
    own: pd.DataFrame = every[every["sex"].eq(sex) & every["age"].eq(age)]
    if own.empty:
        known = read("prevalence", ["measure_id"], sex=sex, age=age)["measure_id"].unique()
        raise Problem(
            f"The survey has no estimate of `{measure_id}` for {sex}, {age}; "
            f"for them it has {', '.join(sorted(known)) or 'none'}."
        )
    return own


def latest(measure_id: str, sex: str = "all", age: str = "16+") -> Row:
    """The newest year of a series."""
    return rows(series(measure_id, sex, age))[-1]


def of_people(measure_id: str) -> bool:
    """Whether a measure is of people, not of households."""
    return not read("prevalence", ["age"], measure_id=measure_id, sex="all", age="16+").empty


def everybody(measure_id: str) -> pd.DataFrame:
    """The years of a measure among all people, or all households."""
    return series(measure_id, "all", "16+" if of_people(measure_id) else "all")


def by_group(frame: pd.DataFrame) -> pd.DataFrame:
    """Estimates by sex and age: those of all ages and of both sexes first."""
    order = {"all": 0, "women": 1, "men": 2}
    keys = frame.assign(part=frame["age"].ne("16+"), of=frame["sex"].map(order))
    return frame.loc[keys.sort_values(["part", "of", "age"], kind="stable").index]


def changes(years: pd.DataFrame) -> pd.DataFrame:
    """Every tested change of a series as the newest release tested it, the oldest first.

    Args:
        years: of one series; see `estimates_of`.

    Returns:
        Rows of ``survey_changes`` with ``earlier`` and ``later``, the two rows of `years`.
    """
    by_end = {row["period_end"]: row for row in rows(years)}
    group = {name: years[name].iloc[0] for name in ("measure_id", "sex", "age")}
    tested = read("survey_changes", **group)
    ends = ["period_end", "previous_period_end"]
    issued = tested.assign(issued=tested["release_id"].str[-7:])
    issued = issued.sort_values([*ends, "issued"], kind="stable").drop_duplicates(ends, keep="last")
    tested = tested.loc[issued.index]
    both = [(row["previous_period_end"], row["period_end"]) for row in rows(tested)]
    known = [earlier in by_end and later in by_end for earlier, later in both]
    pairs = [pair for pair, there in zip(both, known, strict=True) if there]
    tested = tested[known]
    return tested.assign(
        earlier=pd.Series([by_end[one] for one, _ in pairs], tested.index, dtype=object),
        later=pd.Series([by_end[other] for _, other in pairs], tested.index, dtype=object),
    )


def newest_change(tested: pd.DataFrame) -> Row:
    """The change to the newest year from the newest earlier one whose interviews are others."""
    last = tested["period_end"].max()
    found = rows(tested[tested["period_end"].eq(last)])
    apart = [row for row in found if row["previous_period_end"] < row["later"]["period_start"]]
    return (apart or found)[-1]


def breaks(measure_id: str) -> list[Break]:
    """What interrupts the series of a measure, oldest first."""
    return [
        Break(date.fromisoformat(row["first_day"]), row["name"], row["label"])
        for row in read_rows(REFERENCE / "survey_breaks.csv")
        if row["applies_to"] == "*" or measure_id.startswith(row["applies_to"])
    ]


def on_bases(bases: Iterable[str]) -> str:
    """What several intervals rest on: "on assumed bases"."""
    assumed = {basis == ASSUMED for basis in bases}
    return WORDS.passage("on_bases", some=True in assumed, every=assumed == {True})


def level_figure(level: float) -> Figure:
    """The confidence level of the survey's intervals."""
    formula = column("configuration", "level").formula
    return Figure("survey.level", level, "proportion", formula=formula)
