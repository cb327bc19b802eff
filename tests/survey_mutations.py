"""Changes to the survey's estimates that nobody should be able to make unnoticed."""

from __future__ import annotations

import random
from collections.abc import Callable

import pandas as pd

from tests.quarter_mutations import Mutation


def one(column: str, change: Callable[[float], float], least: float = 0.0) -> Mutation:
    """A change of one figure, of those of some size."""

    def mutate(table: pd.DataFrame, chance: random.Random) -> pd.DataFrame:
        row = chance.choice(table.index[table[column] > least].tolist())
        changed = table.copy()
        changed.loc[row, column] = change(changed.loc[row, column])
        return changed

    return mutate


def swapped(column: str, *, measure: bool = False) -> Mutation:
    """Two groups under each other's name, of one measure or throughout."""

    def mutate(table: pd.DataFrame, chance: random.Random) -> pd.DataFrame:
        one, other = chance.sample(sorted(set(table[column])), 2)
        names = table[column].replace({one: other, other: one})
        chosen = chance.choice(sorted(set(table["measure_id"])))
        rows = (table["measure_id"] == chosen) | (not measure)
        return table.assign(**{column: table[column].where(~rows, names)})

    return mutate


def group_times(column: str, by: float) -> Mutation:
    """All estimates of one group too large."""

    def mutate(table: pd.DataFrame, chance: random.Random) -> pd.DataFrame:
        rows = table[column] == chance.choice(sorted(set(table[column])))
        return table.assign(estimate=table["estimate"].where(~rows, table["estimate"] * by))

    return mutate


def measures_swapped(table: pd.DataFrame, chance: random.Random) -> pd.DataFrame:
    """A part and a whole under each other's name."""
    pairs = [("fraud", "bank_and_credit_fraud"), ("violence", "wounding"), ("theft", "robbery")]
    one, other = chance.choice(pairs)
    return table.assign(measure_id=table["measure_id"].replace({one: other, other: one}))


def years(by: pd.DateOffset) -> Mutation:
    """A table that begins at another time."""

    def mutate(table: pd.DataFrame, chance: random.Random) -> pd.DataFrame:
        rows = table["measure_id"] == chance.choice(sorted(set(table["measure_id"])))
        return table.assign(
            period_start=table["period_start"].where(~rows, table["period_start"] + by)
        )

    return mutate


SURVEY_KINDS: dict[str, Mutation] = {
    "estimate times ten": one("estimate", lambda value: min(value * 10, 1.0), 0.001),
    "estimate a tenth": one("estimate", lambda value: value / 10, 0.001),
    "estimate doubled": one("estimate", lambda value: value * 2, 0.001),
    "estimate a tenth more": one("estimate", lambda value: value * 1.1, 0.001),
    "estimate zero": one("estimate", lambda _: 0.0, 0.001),
    "base times ten": one("n_unweighted", lambda value: value * 10),
    "base one more": one("n_unweighted", lambda value: value + 1),
    "error times ten": one("standard_error", lambda value: value * 10, 0.0005),
    "error a tenth": one("standard_error", lambda value: value / 10, 0.0005),
    "sexes swapped": swapped("sex", measure=True),
    "sexes swapped throughout": swapped("sex"),
    "ages swapped": swapped("age", measure=True),
    "ages swapped throughout": swapped("age"),
    "age times ten": group_times("age", 0.1),
    "sex a third more": group_times("sex", 1.3),
    "measures swapped": measures_swapped,
    "half a year": years(pd.DateOffset(months=6)),
    "two years": years(pd.DateOffset(years=-1)),
}
"""Each takes rows of ``survey_estimates``, and gives them changed."""
