"""Changes to the Home Office's open data that nobody should be able to make unnoticed."""

from __future__ import annotations

import random
from collections.abc import Callable

import pandas as pd

from crimeshare.reference import line_of

Mutation = Callable[[pd.DataFrame, random.Random], pd.DataFrame]
"""Takes figures as their file has them, and gives them changed."""


def put(figures: pd.DataFrame, index: int, value: float) -> pd.DataFrame:
    """Another value of a code, and of all the groups that it counts in."""
    row = figures.loc[index]
    same = (figures["area_code"] == row["area_code"]) & (figures["period_end"] == row["period_end"])
    groups = same & figures["code"].isna() & figures["offence_id"].isin(line_of(row["offence_id"]))
    changed = figures.copy()
    changed.loc[groups, "value"] += value - row["value"]
    changed.loc[index, "value"] = value
    return changed


def any_code(figures: pd.DataFrame, chance: random.Random) -> int:
    """The index of a figure of a code, of some size."""
    large = figures.index[figures["code"].notna() & (figures["value"] >= 20)]
    return int(chance.choice(large))


def one(change: Callable[[float], float]) -> Mutation:
    """A change of one figure."""

    def mutate(figures: pd.DataFrame, chance: random.Random) -> pd.DataFrame:
        index = any_code(figures, chance)
        return put(figures, index, float(round(change(figures.loc[index, "value"]))))

    return mutate


def _times(rows: pd.Series, figures: pd.DataFrame, by: float) -> pd.DataFrame:
    return figures.assign(value=figures["value"].where(~rows, (figures["value"] * by).round()))


def force_times(by: float) -> Mutation:
    """Every figure of a force in one sheet too large."""

    def mutate(figures: pd.DataFrame, chance: random.Random) -> pd.DataFrame:
        forces = sorted(set(figures["area_code"]) - {"BTP", "E23000034"})
        force, sheet = chance.choice(forces), chance.choice(sorted(set(figures["sheet"])))
        rows = (figures["area_code"] == force) & (figures["sheet"] == sheet)
        return _times(rows, figures, by)

    return mutate


def _renamed(figures: pd.DataFrame, column: str, rows: pd.Series, names: list[str]) -> pd.DataFrame:
    other = dict(zip(names, reversed(names), strict=True))
    changed = figures[column].map(lambda name: other.get(name, name))
    return figures.assign(**{column: figures[column].where(~rows, changed)})


def forces_swapped(figures: pd.DataFrame, chance: random.Random) -> pd.DataFrame:
    """Two forces under each other's name in one sheet."""
    sheet = chance.choice(sorted(set(figures["sheet"])))
    forces = chance.sample(sorted(set(figures["area_code"])), 2)
    return _renamed(figures, "area_code", figures["sheet"] == sheet, forces)


def forces_swapped_throughout(figures: pd.DataFrame, chance: random.Random) -> pd.DataFrame:
    """Two forces under each other's name in all sheets."""
    forces = chance.sample(sorted(set(figures["area_code"])), 2)
    return _renamed(figures, "area_code", figures["sheet"].notna(), forces)


def quarters_swapped(figures: pd.DataFrame, chance: random.Random) -> pd.DataFrame:
    """Two quarters of a force in each other's place."""
    force = chance.choice(sorted(set(figures["area_code"]) - {"BTP"}))
    sheet = chance.choice(sorted(set(figures["sheet"])))
    rows = (figures["area_code"] == force) & (figures["sheet"] == sheet)
    days = chance.sample(sorted(set(figures.loc[rows, "period_end"])), 2)
    other = {days[0]: days[1], days[1]: days[0]}
    changed = figures["period_end"].map(lambda day: other.get(day, day))
    return figures.assign(period_end=figures["period_end"].where(~rows, changed))


def force_lost(figures: pd.DataFrame, chance: random.Random) -> pd.DataFrame:
    """A force without rows in one sheet."""
    force = chance.choice(sorted(set(figures["area_code"])))
    sheet = chance.choice(sorted(set(figures["sheet"])))
    return figures[(figures["area_code"] != force) | (figures["sheet"] != sheet)]


QUARTER_KINDS: dict[str, Mutation] = {
    "one more": one(lambda value: value + 1),
    "times ten": one(lambda value: value * 10),
    "doubled": one(lambda value: value * 2),
    "zero": one(lambda _: 0),
    "a tenth": one(lambda value: value / 10),
    "force doubled": force_times(2),
    "force halved": force_times(0.5),
    "force and a third": force_times(1.3),
    "forces swapped": forces_swapped,
    "forces swapped throughout": forces_swapped_throughout,
    "quarters swapped": quarters_swapped,
    "force lost": force_lost,
}
