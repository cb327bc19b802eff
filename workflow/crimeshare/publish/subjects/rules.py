"""What coincides with changes of the recording rules, in words and as a table."""

from __future__ import annotations

from html import escape
from itertools import pairwise
from pathlib import Path

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
from crimeshare.publish.elements.reading import read
from crimeshare.publish.elements.rows import Row, rows
from crimeshare.publish.elements.tables import Content, Table
from crimeshare.publish.elements.words import Words
from crimeshare.publish.subjects import factsheet
from crimeshare.publish.subjects.factsheet import breaks
from crimeshare.reference import RecordingChange, areas, recording_changes
from crimeshare.reference import offences as offences_named
from crimeshare.tables.recorded_quarters import code_names

WORDS = Words(Path(__file__).with_name("words") / "rules.md.j2")

# As the template says what each may change, and why a step is not estimated.
METHODS = (LEVEL_ONLY, LEVEL_AND_SLOPE, LEVEL_AND_SLOPES, FIRST_YEAR, CRUDE)
NOT_ESTIMATED = (LOCKDOWN_TOO, TOO_FEW, NO_MODEL, SAME_DAY, INSIDE)


def read_effects(offence_id: str) -> list[Row]:
    """The effects on a group in the build that the working directory is in."""
    own = read("rule_effects", offence_id=offence_id)
    return rows(own.assign(series=own["code"].fillna(own["offence_id"])))


def read_parts(offence_id: str) -> list[Row]:
    """The parts of the rise of a group in the build that the working directory is in."""
    return rows(read("rule_parts", offence_id=offence_id))


def answer(parts: list[Row], offence_id: str) -> str:
    """How much of the rise coincides with changes of the rules, in plain words."""
    if not parts and not breaks(offence_id):
        return factsheet.WORDS.passage("not_gathered")
    if not parts:
        return WORDS.passage("answer", rise=None)
    rise = parts[0].rise
    estimated = next((row for row in parts if row["part"] == ESTIMATED), None)
    effects = read_effects(offence_id)
    rose = rise.number > 0
    return WORDS.passage(
        "answer",
        rise=rise,
        end=parts[0]["period_end"],
        base=parts[0]["base_period_end"],
        group=escape(prose.lower_first(offences_named()[offence_id].name)),
        offences=escape(prose.offences_in(offences_named()[offence_id].name, rise.number)),
        counted=[_counted_since(row) for row in parts if rose and row["part"] == NEW_CODES],
        steps=_estimated(estimated, effects) if rose and estimated else None,
        changes=len(_in_order(parts)),
        inside=len(_in_order(parts)) if {row["part"] for row in parts} == {INSIDE} else 0,
    )


def _counted_since(row: Row) -> dict[str, Figure | list[str]]:
    names = [
        prose.named_html(prose.lower_first(code_names()[code])) for code in row["codes"].split()
    ]
    return {"offences": row.offences, "share": row.part_of_rise, "names": names}


def _estimated(row: Row, effects: list[Row]) -> dict[str, Figure | int]:
    named = row["recording_changes"].split()
    own = [e for e in effects if e["code"] is None and e["recording_change"] in named]
    if len(named) == 1 and own:
        # Of one change the table has the step: no other stands beside it.
        lead, best = next(e for e in own if e["leads"]), _best(own)
        limits = {"lower": best.lower, "upper": best.upper}
        return {"number": 1, "effect": lead.effect_pct, **limits}
    limits = {"lower": row.effect_lower, "upper": row.effect_upper}
    return {"number": len(named), "effect": row.effect_pct, **limits}


def _best(own: list[Row]) -> Row:
    """The model with the lowest AICc, of one change and series."""
    models = [row for row in own if row["method"] != CRUDE and row["aicc"] is not None]
    return min(models, key=lambda row: float(row["aicc"]))


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
            best = _best(own)
            least = min(models, key=lambda row: float(row["lower"])).lower
            most = max(models, key=lambda row: float(row["upper"])).upper
            lines.append(
                [
                    label,
                    lead.effect_pct,
                    _method(lead),
                    f"{best.lower:signed} to {best.upper:signed}",
                    f"{least:signed} to {most:signed}",
                    "" if lead["crude_pct"] is None else lead.crude_pct,
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


def _placebo(row: Row) -> str:
    if row["largest_placebo_pct"] is None:
        return ""
    return WORDS.passage("placebo", row=row)


def _without(row: Row) -> str:
    if row["without_area"] is None:
        return ""
    force = escape(areas()[row["without_area"]].area_name)
    return WORDS.passage("without", step=row.without_pct, force=force)


def _in_order(parts: list[Row]) -> list[str]:
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
        told.append((_method(row), row))
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
    days = (_changes()[name].effective for name in (one, other))
    first, second = (4 * day.year + (day.month - 1) // 3 for day in days)
    return second - first


def _method(row: Row) -> str:
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
        lines.append(
            [
                f"{_name(row['recording_change'])}, {_month(row['recording_change'])}",
                WORDS.passage(
                    "series",
                    code=row["code"],
                    name=prose.named_html(code_names()[row["code"]]) if row["code"] else "",
                ),
                WORDS.passage("method", method=_method(row), leads=row["leads"]),
                row.effect_pct,
                "" if crude else f"{row.lower:signed} to {row.upper:signed}",
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


def _changes() -> dict[str, RecordingChange]:
    return {change.change_id: change for change in recording_changes()}


def _name(change_id: str) -> str:
    return escape(_changes()[change_id].name)


def _month(change_id: str) -> str:
    return prose.month(_changes()[change_id].effective)
