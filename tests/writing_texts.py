"""Fill the paragraphs of ``tests/data/texts`` from the tables of a build, and freeze them.

``python -m tests.writing_texts`` writes ``train.jsonl`` and ``heldout.jsonl``: each text with the
statements that it makes, their slots and whether they hold, and its numbers that are none. A true
number is that of the year's own edition where there is one, else of the leading series; the truth
is taken from these tables alone, so that the judge is not tested by itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from crimeshare.periods import a_year_before, month_end
from crimeshare.reference import offences

ROOT = Path(__file__).parents[1]
TEXTS = ROOT / "tests" / "data" / "texts"
OFFENCES = {
    **{"sh": "stalking_harassment", "tot": "total", "rob": "robbery", "burg": "burglary"},
    **{"rburg": "residential_burglary", "shop": "shoplifting", "veh": "vehicle_offences"},
    **{"sex": "sexual_offences", "vap": "violence_against_person", "tfp": "theft_from_person"},
    **{"vwi": "violence_with_injury", "theft": "theft_offences", "bike": "bicycle_theft"},
    **{"drugs": "drug_offences", "pow": "possession_of_weapons", "pub": "public_order_offences"},
    **{"cda": "criminal_damage_arson", "hom": "homicide"},
}
NATION = "England and Wales"
FRACTIONS = {"a tenth": 0.1, "a fifth": 0.2, "a quarter": 0.25, "a third": 1 / 3, "half": 0.5}
ORDINALS = ["", *(f"{n} " for n in ("second", "third", "fourth", "fifth", "sixth", "seventh"))]
ORDINALS += ["eighth ", "ninth ", "tenth ", *(f"{n}th " for n in range(11, 45))]
NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
MARK = re.compile(r"\{(\w+)((?: [^{}]*)?)\}|\[\[(.*?)\]\]", re.DOTALL)


@cache
def editions() -> pd.DataFrame:
    """Figures of each edition for its own year, the last issue alone."""
    table = pd.read_parquet(ROOT / "results/clean/recorded_crime.parquet")
    own = table["release_id"].str.extract(r"(\d{4}-\d\d)")[0]
    return table[own == table["period_end"].astype(str).str[:7]]


@cache
def published(measure: str) -> dict[tuple[str, str, str, str], float]:
    rows = editions()[editions()["measure"] == measure].dropna(subset=["value"])
    return {
        (r.area_name, r.area_type, r.offence_id, str(r.period_end)[:7]): r.value
        for r in rows.itertuples()
    }


@cache
def series() -> dict[tuple[str, str, str, str], Any]:
    table = pd.read_parquet(ROOT / "results/estimates/series.parquet")
    return {
        (r.area_name, r.area_type, r.offence_id, str(r.period_end)[:7]): r
        for r in table.itertuples()
    }


def look_up(measure: str, area: str, offence: str, period: str) -> float:
    name, _, kind = area.replace("_", " ").partition("@")
    kinds = [kind] if kind else ["force", "country", "region", "partnership"]
    for area_type in kinds:
        key = (name, area_type, offence, period)
        if key in published(measure):
            return published(measure)[key]
    column = {"count": "count", "change_pct": "change_pct", "rate_per_1000": "rate_per_1000"}
    for area_type in kinds:
        if (row := series().get((name, area_type, offence, period))) is not None:
            return float(getattr(row, column[measure]))
    raise KeyError((measure, area, offence, period))


def before(area: str, offence: str, period: str) -> float:
    """The count of the year before, as the percentage of the same edition has it."""
    change = look_up("change_pct", area, offence, period)
    return float(round(look_up("count", area, offence, period) / (1 + change / 100)))


def year_before(period: str) -> str:
    return f"{int(period[:4]) - 1}{period[4:]}"


@cache
def survey() -> dict[tuple[str, str, str, str], float]:
    table = pd.read_parquet(ROOT / "results/estimates/prevalence.parquet")
    rows = table[(table["characteristic"] == "all") & table["printed"]].sort_values("release_id")
    return {
        (r.measure_id, r.sex, r.age, str(r.period_end)[:7]): r.estimate for r in rows.itertuples()
    }


def rounded(value: float, decimals: int) -> str:
    step = Decimal(1).scaleb(-decimals)
    return f"{Decimal(f'{value:.12g}').quantize(step, ROUND_HALF_UP):,}"


def swapped(text: str) -> str:
    """The text with two of its digits changed over, so that another number stands there."""
    places = [i for i, c in enumerate(text) if c.isdigit()]
    for one, other in pairwise(places):
        if text[one] != text[other] and (text[other] != "0" or one):
            return text[:one] + text[other] + text[one + 1 : other] + text[one] + text[other + 1 :]
    return str(int(text) + 3)


def counted(value: float, form: str) -> str:
    if form == "m1":
        return f"{rounded(value / 1e6, 1)} million"
    if form.startswith("r"):
        digits = len(str(round(value))) - int(form[1])
        return f"{round(round(value / 10**digits) * 10**digits):,}"
    return f"{round(value):,}"


def one_in(p: float) -> str:
    whole = round(1 / p)
    return f"one in {NUMBERS[whole - 1]}" if whole <= 10 else f"1 in {whole}"


def rank(area: str, offence: str, period: str, by: str) -> tuple[int, int]:
    """The place of a force from the highest, and from the lowest."""
    measure = {"rate": "rate_per_1000", "count": "count"}[by]
    forces = {k[0]: v for k, v in published(measure).items() if k[1:] == ("force", offence, period)}
    own = forces[area.replace("_", " ").partition("@")[0]]
    return sum(v > own for v in forces.values()) + 1, sum(v < own for v in forces.values()) + 1


def last_day(period: str) -> date:
    return month_end(int(period[:4]), int(period[5:]))


def filled(kind: str, s: dict[str, str], words: str) -> tuple[str, dict[str, Any] | None]:
    """The text of a brace, and what it asserts; None where it is part of another."""
    wrong = words.endswith("!")
    words = words.removesuffix("!").strip()
    area, offence, form = s.get("a", ""), OFFENCES.get(s.get("o", ""), ""), s.get("f", "")
    period = s["p"]
    back = period == "-1"
    if back:
        period = year_before(s["whole"])
    verdict: list[str] = ["fail"] if wrong else ["hold"]
    quantity, since = kind, None
    if kind in ("dir", "Dir"):
        up = look_up("change_pct", area, offence, period) > 0
        rise, fall = words.split("|")
        text, quantity = (rise if up != wrong else fall), "change"
        if kind == "dir":
            return text, None
    elif kind == "count":
        now = before(area, offence, s["whole"]) if back else look_up("count", area, offence, period)
        text = counted(now, form)
        text = swapped(text) if wrong else text
        quantity = "total" if offence == "total" else "count"
    elif kind == "pct":
        change = look_up("change_pct", area, offence, period)
        text = rounded(abs(change), int(form[-1]))
        sign = ("+" if change > 0 else "-") if form[0] == "s" else ""
        text, quantity = f"{sign}{swapped(text) if wrong else text}%", "change"
        # A change whose direction is stated wrongly beside it is false, too.
        if s.get("contrary"):
            verdict = ["fail"]
    elif kind == "frac":
        change = abs(look_up("change_pct", area, offence, period)) / 100
        text, quantity = min(FRACTIONS, key=lambda f: abs(FRACTIONS[f] - change)), "change"
    elif kind in ("share", "nat"):
        whole = (area, "total") if kind == "share" else ("England_and_Wales", offence)
        part = look_up("count", area, offence, period) / look_up("count", *whole, period)
        text = rounded(100 * part, int(form)) + "%"
        quantity = "share" if kind == "share" else "share_of_nation"
    elif kind == "rate":
        text = rounded(look_up("rate_per_1000", area, offence, period), 1)
    elif kind == "pace":
        days = (last_day(period) - a_year_before(last_day(period))).days
        text, quantity = f"{look_up('count', area, offence, period) / days:,.0f}", "count"
    elif kind == "rank":
        first, last = rank(area, offence, period, s["by"])
        text = ORDINALS[first - 1].strip()
        if form != "plain":
            text = f"{ORDINALS[first - 1]}highest"
            text = f"{ORDINALS[last - 1]}lowest" if last < first else text
        verdict = ["hold"]
    elif kind == "group":
        text, quantity, verdict = words, "rank", ["open"]
    elif kind == "rec":
        text, quantity = words, "record"
        own = series()[area.replace("_", " "), "country", offence, period].count
        years = [
            r.count
            for k, r in series().items()
            if k[:3] == (area.replace("_", " "), "country", offence) and k[3] < period
        ]
        verdict = ["hold", "open"] if own > max(years) else ["fail"]
    elif kind == "mult":
        text, quantity, since = words, "change", s["since"]
        ratio = look_up("count", area, offence, period) / look_up("count", area, offence, since)
        verdict = ["hold"] if 1.8 <= ratio < 2 else ["fail"]
    elif kind == "cmp":
        by = "rate_per_1000" if s["by"] == "rate" else "count"
        sides = [look_up(by, place, offence, period) for place in (area, s["than"])]
        text, quantity = ("above" if sides[0] > sides[1] else "below"), "comparison"
    elif kind == "more":
        text, quantity = words, "comparison"
        sides = [survey()[s["m"], "all", age, period] for age in (s["age"], s["than"])]
        verdict = ["hold"] if sides[0] > sides[1] else ["fail"]
    elif kind == "prop":
        estimate = survey()[s["m"], s.get("s", "all"), s.get("age", "16+"), period]
        text = one_in(estimate) if form == "onein" else rounded(100 * estimate, int(form)) + "%"
        quantity = "proportion"
    else:
        raise ValueError(kind)
    survey_of = kind in ("prop", "more")
    return text, {
        "area": None if survey_of else area.replace("_", " ").partition("@")[0],
        "offence": None if survey_of else offences()[offence].name,
        "measure": s["m"] if survey_of else None,
        "sex": s.get("s", "all") if survey_of else None,
        "age": s.get("age", "16+") if survey_of else None,
        "period_end": last_day(period).isoformat(),
        "since": last_day(since).isoformat() if since else None,
        "than": s["than"].replace("_", " ") if kind in ("cmp", "more") else None,
        "quantity": quantity,
        "value": text,
        "verdict": verdict,
    }


def read_brace(words: str, shared: dict[str, str]) -> tuple[dict[str, str], str]:
    """The slots of a brace, and its words without them."""
    own = dict(re.findall(r"(\w+)=(\S+)", words))
    plain = " ".join(re.sub(r"\w+=\S+", "", words).split())
    return shared | {"whole": shared.get("p", "")} | own, plain


def write(head: str, slots: str, template: str) -> dict[str, Any]:
    name, kept, manner = (part.strip() for part in head.split(" ", 2))
    shared = dict(re.findall(r"(\w+)=(\S*)", slots))
    text, place = "", 0
    statements: list[dict[str, Any]] = []
    none: list[dict[str, Any]] = []
    contrary = False
    for mark in MARK.finditer(template):
        text += template[place : mark.start()]
        place = mark.end()
        kind, words, number = mark.groups()
        if number is not None:
            none.append({"quote": number, "start": len(text), "end": len(text) + len(number)})
            text += number
            continue
        own, plain = read_brace(words, shared)
        if contrary:
            own["contrary"] = "yes"
        said, asserted = filled(kind, own, plain)
        contrary = kind == "dir" and plain.endswith("!")
        if asserted:
            start = len(text)
            statements.append({"quote": said, "start": start, "end": start + len(said)} | asserted)
        text += said
    text += template[place:]
    return {
        "id": name,
        "set": kept,
        "manner": manner,
        "published": shared.get("published"),
        "text": text,
        "statements": statements,
        "none": none,
    }


def paragraphs(path: Path) -> Iterator[dict[str, Any]]:
    for block in path.read_text(encoding="utf-8").split("\n== ")[1:]:
        head, slots, template = block.strip("\n").split("\n", 2)
        try:
            yield write(head, slots, template)
        except (KeyError, ValueError, IndexError) as error:
            raise ValueError(f"{path}, {head}: {error!r}") from error


def main() -> None:
    written = list(paragraphs(TEXTS / "paragraphs.txt"))
    for kept in ("train", "heldout"):
        lines = [json.dumps(p, ensure_ascii=False) for p in written if p["set"] == kept]
        (TEXTS / f"{kept}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
