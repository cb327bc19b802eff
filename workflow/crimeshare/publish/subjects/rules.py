"""What coincides with changes of the recording rules, in words and as a table."""

from __future__ import annotations

import csv
from html import escape
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from crimeshare.cells import Cell
from crimeshare.measures.rule_effects import LEVEL_AND_SLOPE, LEVEL_ONLY
from crimeshare.publish.elements import prose
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.tables import Content, Table
from crimeshare.publish.subjects.estimates import built_root
from crimeshare.reference import REFERENCE
from crimeshare.tables.recorded_quarters import code_names

EFFECTS = Path("results/estimates/rule_effects.parquet")

Row = dict[str, Any]

METHODS = {
    LEVEL_ONLY: "the level alone",
    LEVEL_AND_SLOPE: "the level, and the trend after it",
}


def read_effects(root: Path | None = None) -> list[Row]:
    """The rows of the table of effects of the build that the working directory is in."""
    rows: list[Row] = pq.read_table((root or built_root(EFFECTS)) / EFFECTS).to_pylist()
    return rows


def effects_sentence(rows: list[Row]) -> str:
    """How much of what moved the group coincides with changes of the rules, with intervals."""
    told = []
    for row in rows:
        if row["code"] is None and row["method"] == LEVEL_ONLY:
            effect, lower, upper = figures(row)
            word = "higher" if row["effect_pct"] > 0 else "lower"
            told.append(
                f"{_name(row)} ({_month(row)}): the group was {effect:absolute} {word} from "
                f"then on (likely between {lower:signed} and {upper:signed}); "
                f"{_beside(row, effect)}"
            )
    if not told:
        return "No change of the rules touches this group in a way that can be estimated."
    return (
        f"Allowing for season and trend, these steps coincide with changes of the rules. "
        f"{'. '.join(told)}. That a step coincides with a change of the rules does not prove that "
        f"the rules caused it."
    )


def effects_table(rows: list[Row]) -> Table | None:
    """Every estimated effect, with its placebo dates; None where there is none."""
    if not rows:
        return None
    lines: list[list[Content]] = []
    for row in rows:
        effect, lower, upper = figures(row)
        name = effect.figure_id
        rank = Figure(
            f"{name}.placebo_rank",
            row["placebo_rank"],
            "rank",
            effect.cells,
            f"place by size of the {effect.formula}",
        )
        dates = _count(f"{name}.dates", row["placebos"] + 1, effect)
        lines.append(
            [
                f"{_name(row)}, {_month(row)}",
                f"<samp>{row['code']}</samp> {escape(code_names()[row['code']])}"
                if row["code"]
                else "the group",
                METHODS[row["method"]],
                effect,
                f"{lower:signed} to {upper:signed}",
                f"{rank} of {dates}",
            ]
        )
    return Table(
        "Steps that coincide with changes of the recording rules",
        [
            "Change of the rules",
            "Series",
            "What may change",
            "Effect",
            "Interval, by force",
            "Place by size among it and dates without a change",
        ],
        lines,
        notes=[
            "January 2024 comes three quarters after May 2023, so that a trend of three quarters "
            "decides what a model with a new trend says: compare the two rows. Changes before "
            "April 2018 have too few quarters before them, and April 2020 came with the first "
            "lockdown: these are not estimated."
        ],
        styles=["", "", "", "signed"],
        wide=True,
    )


def _beside(row: Row, effect: Figure) -> str:
    """How the effect compares with those of dates on which no rule changed."""
    dates = _count(f"{effect.figure_id}.placebos", row["placebos"], effect)
    if row["placebo_rank"] == 1:
        return f"on none of {dates} dates without a change is there a step as large"
    larger = _count(f"{effect.figure_id}.larger", row["placebo_rank"] - 1, effect)
    return f"on {larger} of {dates} dates without a change there is a step as large"


def _count(name: str, value: int, effect: Figure) -> Figure:
    return Figure(name, value, "count", effect.cells, f"placebo dates beside {effect.formula}")


def figures(row: Row) -> tuple[Figure, Figure, Figure]:
    """An effect and its limits."""
    code = row["code"] or row["offence_id"]
    name = f"rule_effect.{row['recording_change']}.{code}.{row['method']}"
    what = (
        f"{row['code'] or row['offence_id']}, {row['first_quarter']:%Y-%m} to "
        f"{row['last_quarter']:%Y-%m}, every force"
    )
    cells = (Cell(row["release_id"], "", "quarters", what),)
    formula = f"change of level at {row['recording_change']}, Poisson regression of {what}"
    effect, lower, upper = (
        Figure(f"{name}{part}", row[key] / 100, "change", cells, f"{words}{formula}")
        for part, key, words in (
            ("", "effect_pct", ""),
            (".lower", "lower", "lower limit of the "),
            (".upper", "upper", "upper limit of the "),
        )
    )
    return effect, lower, upper


def _changes() -> dict[str, dict[str, str]]:
    with (REFERENCE / "recording_changes.csv").open(encoding="utf-8", newline="") as file:
        return {row["change_id"]: row for row in csv.DictReader(file)}


def _name(row: Row) -> str:
    return escape(_changes()[row["recording_change"]]["name"])


def _month(row: Row) -> str:
    year, month, _ = _changes()[row["recording_change"]]["effective"].split("-")
    return f"{prose.MONTHS[int(month) - 1]} {year}"
