"""What coincides with changes of the recording rules, in words and as a table."""

from __future__ import annotations

import csv
from datetime import date
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any

from crimeshare.measures.rule_effects import (
    CRUDE,
    FIRST_YEAR,
    LEVEL_AND_SLOPE,
    LEVEL_AND_SLOPES,
    LEVEL_ONLY,
)
from crimeshare.measures.rule_parts import (
    ESTIMATED,
    INSIDE,
    LOCKDOWN_TOO,
    NEW_CODES,
    NO_MODEL,
    SAME_DAY,
    TOO_FEW,
)
from crimeshare.publish.elements import prose
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.rows import figure
from crimeshare.publish.elements.tables import Content, Table
from crimeshare.publish.elements.words import Words
from crimeshare.publish.subjects import factsheet
from crimeshare.publish.subjects.estimates import built_rows
from crimeshare.publish.subjects.factsheet import breaks
from crimeshare.reference import REFERENCE, areas
from crimeshare.reference import offences as offences_named
from crimeshare.tables.recorded_quarters import code_names

EFFECTS = Path("results/estimates/rule_effects.parquet")
PARTS = Path("results/estimates/rule_parts.parquet")

WORDS = Words(Path(__file__).with_name("words") / "rules.md.j2")

Row = dict[str, Any]

# As the template says what each may change, and why a step is not estimated.
METHODS = (LEVEL_ONLY, LEVEL_AND_SLOPE, LEVEL_AND_SLOPES, FIRST_YEAR, CRUDE)
NOT_ESTIMATED = (LOCKDOWN_TOO, TOO_FEW, NO_MODEL, SAME_DAY, INSIDE)


def read_effects(offence_id: str, root: Path | None = None) -> list[Row]:
    """The effects on a group in the build that the working directory is in."""
    return [row for row in built_rows(EFFECTS, root) if row["offence_id"] == offence_id]


def read_parts(offence_id: str, root: Path | None = None) -> list[Row]:
    """The parts of the rise of a group in the build that the working directory is in."""
    return [row for row in built_rows(PARTS, root) if row["offence_id"] == offence_id]


def answer(parts: list[Row], offence_id: str) -> str:
    """How much of the rise coincides with changes of the rules, in plain words."""
    if not parts and not breaks(offence_id):
        return factsheet.WORDS.passage("not_gathered")
    if not parts:
        return WORDS.passage("answer", rise=None)
    rise = _part(parts[0], "rise", "rise")
    estimated = next((row for row in parts if row["part"] == ESTIMATED), None)
    rose = rise.number > 0
    return WORDS.passage(
        "answer",
        rise=rise,
        end=parts[0]["period_end"],
        base=parts[0]["base_period_end"],
        group=escape(prose.lower_first(offences_named()[offence_id].name)),
        offences=escape(prose.offences_in(offences_named()[offence_id].name, rise.number)),
        counted=[_counted_since(row) for row in parts if rose and row["part"] == NEW_CODES],
        steps=_estimated(estimated) if rose and estimated else None,
    )


def _part(row: Row, column: str, name: str) -> Figure:
    """One number of a row of parts."""
    figure_id = f"rule_parts.{name}.{row['offence_id']}.{row['period_end']:%Y-%m}"
    return figure(row, column, figure_id, "rule_parts", {})


def _counted_since(row: Row) -> dict[str, Figure | list[str]]:
    offences = _part(row, "offences", "new_codes")
    share = _part(row, "part_of_rise", "new_codes_share")
    names = [
        prose.named_html(prose.lower_first(code_names()[code])) for code in row["codes"].split()
    ]
    return {"offences": offences, "share": share, "names": names}


def _estimated(row: Row) -> dict[str, Figure | int]:
    effect, lower, upper = (
        _part(row, column, f"together{name}")
        for column, name in (
            ("effect_pct", ""),
            ("effect_lower", ".lower"),
            ("effect_upper", ".upper"),
        )
    )
    number = len(row["recording_changes"].split())
    return {"number": number, "effect": effect, "lower": lower, "upper": upper}


def changes_table(rows: list[Row], parts: list[Row]) -> Table | None:
    """Every change of the rules: the step of the group, or why none is estimated."""
    if not parts:
        return None
    lines: list[list[Content]] = []
    reasons = WORDS.points("not_estimated")
    for change_id in _in_order(parts):
        own = [row for row in rows if row["code"] is None and row["recording_change"] == change_id]
        label = f"{_month(change_id)}: {_name(change_id)}"
        if own:
            lead = next(row for row in own if row["leads"])
            models = [row for row in own if row["method"] != CRUDE]
            best = min(
                (row for row in models if row["aicc"] is not None), key=lambda row: row["aicc"]
            )
            _, lower, upper = figures(best)
            least, most = (
                _of(pick(models), end) for pick, end in ((_least, "lower"), (_most, "upper"))
            )
            crude = _of(lead, "crude_pct") if lead["crude_pct"] is not None else None
            lines.append(
                [
                    label,
                    _of(lead, "effect_pct"),
                    _method(lead),
                    f"{lower:signed} to {upper:signed}",
                    f"{least:signed} to {most:signed}",
                    "" if crude is None else crude,
                    _placebo(best),
                    _without(best),
                ]
            )
        else:
            # What is estimated for codes of the group may be unknown for all of it.
            described = [row["part"] for row in parts if row["recording_changes"] == change_id]
            why = next((NOT_ESTIMATED.index(p) for p in described if p in NOT_ESTIMATED), -1)
            none = Figure("rule_effect.none", None, "change", marker="not_applicable")
            lines.append([f"{label} ({reasons[why]})", none, *[""] * 6])
    return Table.worded(
        WORDS.points("steps_table"),
        lines,
        styles=["", "signed", "", "", "", "signed"],
        wide=True,
    )


def _least(rows: list[Row]) -> Row:
    return min(rows, key=lambda row: float(row["lower"]))


def _most(rows: list[Row]) -> Row:
    return max(rows, key=lambda row: float(row["upper"]))


def _placebo(row: Row) -> str:
    """The largest step on a date without a change, and how many stood out of how many."""
    if row["largest_placebo_pct"] is None:
        return ""
    largest, found, dates = (
        _of(row, name) for name in ("largest_placebo_pct", "placebos_significant", "placebos")
    )
    return WORDS.passage("placebo", largest=largest, found=found, dates=dates)


def _without(row: Row) -> str:
    """The step without the force that moves it most."""
    if row["without_area"] is None:
        return ""
    force = escape(areas()[row["without_area"]].area_name)
    return WORDS.passage("without", step=_of(row, "without_pct"), force=force)


def _in_order(parts: list[Row]) -> list[str]:
    """The changes of the rules that are estimated or described, oldest first."""
    named = {change for row in parts for change in row["recording_changes"].split()}
    return [change for change in _changes() if change in named]


def models_sentence(rows: list[Row], offence_id: str) -> str:
    """Which changes have a model, and what the models say of the step they agree on least."""
    by_series: dict[tuple[str, str | None], list[Row]] = {}
    for row in rows:
        by_series.setdefault((row["recording_change"], row["code"]), []).append(row)
    if not by_series and not breaks(offence_id):
        return factsheet.WORDS.passage("not_gathered")
    if not by_series:
        return WORDS.passage("models", told=[])
    (change_id, code), own = max(by_series.items(), key=lambda item: _spread(item[1]))
    told = []
    for row in own:
        if row["method"] == CRUDE:
            continue
        effect, lower, upper = figures(row)
        told.append({"what": _method(row), "effect": effect, "lower": lower, "upper": upper})
    what = prose.named_html(prose.lower_first(code_names()[code])) if code else ""
    modelled = [name for name in _changes() if name in {row["recording_change"] for row in rows}]
    return WORDS.passage(
        "models",
        group=escape(prose.lower_first(offences_named()[offence_id].name)),
        modelled=[(_name(name), _month(name)) for name in modelled],
        close=[
            {"quarters": number, "first": _month(one), "second": _month(other)}
            for one, other in pairwise(modelled)
            if (number := _quarters_between(one, other)) <= CLOSE
        ],
        month=_month(change_id),
        what=what,
        told=told,
    )


CLOSE = 4
"""Quarters between two changes that are too few to say how the figures went on after the first."""


def _quarters_between(one: str, other: str) -> int:
    """From the quarter that one change falls in to the one before another's."""
    days = (date.fromisoformat(_changes()[name]["effective"]) for name in (one, other))
    first, second = (4 * day.year + (day.month - 1) // 3 for day in days)
    return second - first


def _method(row: Row) -> str:
    """What may change in the model of a row."""
    return WORDS.points("methods")[METHODS.index(row["method"])]


def _spread(rows: list[Row]) -> float:
    effects = [row["effect_pct"] for row in rows]
    return float(max(effects) - min(effects))


def effects_table(rows: list[Row]) -> Table | None:
    """Every estimated effect, with its placebo dates; None where there is none."""
    if not rows:
        return None
    lines: list[list[Content]] = []
    for row in rows:
        crude = row["method"] == CRUDE
        lower, upper = (None, None) if crude else figures(row)[1:]
        lines.append(
            [
                f"{_name(row['recording_change'])}, {_month(row['recording_change'])}",
                WORDS.passage(
                    "series",
                    code=row["code"],
                    name=prose.named_html(code_names()[row["code"]]) if row["code"] else "",
                ),
                WORDS.passage("method", method=_method(row), leads=row["leads"]),
                _of(row, "effect_pct"),
                "" if crude else f"{lower:signed} to {upper:signed}",
                "" if crude else _placebo(row),
                "" if crude else _without(row),
            ]
        )
    return Table.worded(
        WORDS.points("effects_table"),
        lines,
        styles=["", "", "", "signed"],
        wide=True,
    )


def figures(row: Row) -> tuple[Figure, Figure, Figure]:
    """An effect and its limits."""
    effect, lower, upper = (_of(row, name) for name in ("effect_pct", "lower", "upper"))
    return effect, lower, upper


def _of(row: Row, column: str) -> Figure:
    """One number of a row of effects."""
    name = (
        f"rule_effect.{row['recording_change']}.{row['code'] or row['offence_id']}.{row['method']}"
    )
    return figure(row, column, f"{name}{NAMED[column]}", "rule_effects", {})


NAMED = {
    "effect_pct": "",
    "lower": ".lower",
    "upper": ".upper",
    "crude_pct": ".crude",
    "without_pct": ".without",
    "largest_placebo_pct": ".largest_placebo",
    "placebos_significant": ".placebos_significant",
    "placebos": ".placebos",
}
"""What is added to the name of an effect for each number of its row."""


def _changes() -> dict[str, dict[str, str]]:
    with (REFERENCE / "recording_changes.csv").open(encoding="utf-8", newline="") as file:
        return {row["change_id"]: row for row in csv.DictReader(file)}


def _name(change_id: str) -> str:
    return escape(_changes()[change_id]["name"])


def _month(change_id: str) -> str:
    year, month, _ = _changes()[change_id]["effective"].split("-")
    return f"{prose.MONTHS[int(month) - 1]} {year}"
