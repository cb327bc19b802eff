"""What coincides with changes of the recording rules, in words and as a table."""

from __future__ import annotations

import csv
from html import escape
from pathlib import Path
from typing import Any

from crimeshare.cells import Cell
from crimeshare.measures.rule_effects import (
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
from crimeshare.publish.elements.tables import Content, Table
from crimeshare.publish.elements.words import Words
from crimeshare.publish.subjects.estimates import built_rows
from crimeshare.publish.subjects.factsheet import NOT_GATHERED, breaks
from crimeshare.reference import REFERENCE
from crimeshare.reference import offences as offences_named
from crimeshare.tables.recorded_quarters import code_names

EFFECTS = Path("results/estimates/rule_effects.parquet")
PARTS = Path("results/estimates/rule_parts.parquet")

WORDS = Words(Path(__file__).with_name("words") / "rules.md.j2")

Row = dict[str, Any]

METHODS = {
    LEVEL_ONLY: "the level alone",
    LEVEL_AND_SLOPE: "the level, and the trend after it",
    LEVEL_AND_SLOPES: "the level, and the trend after it and after the other changes",
    FIRST_YEAR: "the same, with quarters up to a year after the last change",
}

CODES_ALONE = "codes_alone"

NOT_ESTIMATED = {
    LOCKDOWN_TOO: "not estimated: it cannot be separated from the first lockdown",
    TOO_FEW: "not estimated: too few quarters between it and what came before",
    NO_MODEL: "not estimated: no model has been made for it",
    SAME_DAY: "not estimated: it cannot be separated from another change of the same day",
    INSIDE: "not estimated: it moved offences between codes inside the group",
    CODES_ALONE: "estimated for single offence codes alone",
}


def read_effects(offence_id: str, root: Path | None = None) -> list[Row]:
    """The effects on a group in the build that the working directory is in."""
    return [row for row in built_rows(EFFECTS, root) if row["offence_id"] == offence_id]


def read_parts(offence_id: str, root: Path | None = None) -> list[Row]:
    """The parts of the rise of a group in the build that the working directory is in."""
    return [row for row in built_rows(PARTS, root) if row["offence_id"] == offence_id]


def answer(parts: list[Row], offence_id: str) -> str:
    """How much of the rise coincides with changes of the rules, in plain words."""
    if not parts and not breaks(offence_id):
        return NOT_GATHERED
    if not parts:
        return WORDS.passage("answer", rise=None)
    rise = _rise(parts[0])
    estimated = {row["method"]: row for row in parts if row["part"] == ESTIMATED}
    rose = rise.number > 0
    return WORDS.passage(
        "answer",
        rise=rise,
        end=parts[0]["period_end"],
        base=parts[0]["base_period_end"],
        group=escape(prose.lower_first(offences_named()[offence_id].name)),
        counted=[_counted_since(row, rise) for row in parts if rose and row["part"] == NEW_CODES],
        steps=_estimated(estimated, rise) if rose and estimated else None,
    )


def _rise(row: Row) -> Figure:
    return _part(row, "rise", row["count"] - row["base_count"], "count", "newest year - base year")


def _part(row: Row, name: str, value: float, unit: str, formula: str) -> Figure:
    what = f"{row['offence_id']}, every quarter and body"
    return Figure(
        f"rule_parts.{name}.{row['offence_id']}.{row['period_end']:%Y-%m}",
        value,
        unit,
        (Cell(row["release_id"], "", "quarters", what),),
        f"{formula}, {what}",
    )


def _counted_since(row: Row, rise: Figure) -> dict[str, Figure | list[str]]:
    offences = _part(row, "new_codes", row["offences"], "count", row["formula"])
    share = _part(
        row, "new_codes_share", row["offences"] / rise.number, "proportion", "new codes / rise"
    )
    names = [
        prose.named_html(prose.lower_first(code_names()[code])) for code in row["codes"].split()
    ]
    return {"offences": offences, "share": share, "names": names}


def _estimated(by_method: dict[str, Row], rise: Figure) -> dict[str, Figure | int]:
    row = by_method[LEVEL_ONLY]

    def change(name: str, value: float) -> Figure:
        formula = "change of level of all estimated steps together"
        return _part(row, name, value / 100, "change", formula)

    effect = change("together", row["effect_pct"])
    lower, upper = (change(f"together.{end}", row[f"effect_{end}"]) for end in ("lower", "upper"))
    least = change("together.least", min(each["effect_lower"] for each in by_method.values()))
    most = change("together.most", max(each["effect_upper"] for each in by_method.values()))
    largest = max(each["upper"] for each in by_method.values())
    share = _part(row, "at_most", largest / rise.number, "proportion", "upper limit / rise")
    return {
        "number": len(row["recording_changes"].split()),
        "effect": effect,
        "lower": lower,
        "upper": upper,
        "least": least,
        "most": most,
        "at_most": share,
    }


def changes_table(rows: list[Row], parts: list[Row]) -> Table | None:
    """Every change of the rules: the step of the group, or why none is estimated."""
    if not parts:
        return None
    lines: list[list[Content]] = []
    for change_id in _in_order(parts):
        own = [row for row in rows if row["code"] is None and row["recording_change"] == change_id]
        label = f"{_month(change_id)}: {_name(change_id)}"
        if own:
            lead = next(row for row in own if row["method"] == LEVEL_ONLY)
            effect, lower, upper = figures(lead)
            least = min((figures(row)[1] for row in own), key=lambda figure: figure.number)
            most = max((figures(row)[2] for row in own), key=lambda figure: figure.number)
            larger = _count(f"{effect.figure_id}.larger", lead["placebo_rank"] - 1, effect)
            dates = _count(f"{effect.figure_id}.placebos", lead["placebos"], effect)
            lines.append(
                [
                    label,
                    effect,
                    f"{lower:signed} to {upper:signed}",
                    f"{least:signed} to {most:signed}",
                    f"on {larger} of {dates}",
                ]
            )
        else:
            # What is estimated for codes of the group may be unknown for all of it.
            described = [row["part"] for row in parts if row["recording_changes"] == change_id]
            why = next((part for part in described if part in NOT_ESTIMATED), CODES_ALONE)
            none = Figure("rule_effect.none", None, "change", marker="not_applicable")
            lines.append([f"{label} ({NOT_ESTIMATED[why]})", none, "", "", ""])
    return Table(
        "Changes of the recording rules and the step of the group that coincides with each",
        [
            "Change of the rules",
            "Step",
            "Likely between",
            "Under every model",
            "Steps as large on dates without a change",
        ],
        lines,
        notes=[WORDS.passage("steps_note")],
        styles=["", "signed"],
        wide=True,
    )


def _in_order(parts: list[Row]) -> list[str]:
    """The changes of the rules that are estimated or described, oldest first."""
    named = {change for row in parts for change in row["recording_changes"].split()}
    return [change for change in _changes() if change in named]


def models_sentence(rows: list[Row]) -> str:
    """What the models say of the step that they agree on least."""
    by_series: dict[tuple[str, str | None], list[Row]] = {}
    for row in rows:
        by_series.setdefault((row["recording_change"], row["code"]), []).append(row)
    if not by_series:
        return WORDS.passage("models", told=[])
    (change_id, code), own = max(by_series.items(), key=lambda item: _spread(item[1]))
    told = []
    for row in own:
        effect, lower, upper = figures(row)
        what = METHODS[row["method"]]
        told.append({"what": what, "effect": effect, "lower": lower, "upper": upper})
    what = prose.named_html(prose.lower_first(code_names()[code])) if code else "the whole group"
    return WORDS.passage("models", month=_month(change_id), what=what, told=told)


def _spread(rows: list[Row]) -> float:
    effects = [row["effect_pct"] for row in rows]
    return float(max(effects) - min(effects))


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
                f"{_name(row['recording_change'])}, {_month(row['recording_change'])}",
                f"<samp>{row['code']}</samp> {prose.named_html(code_names()[row['code']])}"
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
            "Changes that are not named here are not estimated: "
            '<a href="national.html#did-changes-of-rules-move-it">why</a>.'
        ],
        styles=["", "", "", "signed"],
        wide=True,
    )


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


def _name(change_id: str) -> str:
    return escape(_changes()[change_id]["name"])


def _month(change_id: str) -> str:
    year, month, _ = _changes()[change_id]["effective"].split("-")
    return f"{prose.MONTHS[int(month) - 1]} {year}"
