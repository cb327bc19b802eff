"""How well texts are read and judged: prints the table of docs/reading-texts.md.

``python benchmarks/reading_text.py`` reads the paragraphs of ``tests/data/texts``, which say what
they assert: ``train`` was looked at while the reader was written, ``heldout`` was not, ``others``
is by other hands, who did not know the reader and tell what is true, not how it is read.
``--cases`` prints what went wrong.  Statements that hold are also read with two digits changed
over, and with the area of another force, which makes them false.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from crimeshare.audit.evidence import open_evidence
from crimeshare.audit.reading.judged import judge_text
from crimeshare.audit.text_check import JudgeBy

ROOT = Path(__file__).parents[1]
TEXTS = ROOT / "tests" / "data" / "texts"
SLOTS = ("area", "offence", "measure", "sex", "age", "period_end", "than")
CLASSES = ("hold", "fail", "open")
SETS = ("train", "heldout", "others")


@dataclass
class Score:
    """Counts over a set of texts."""

    gold: int = 0
    found: int = 0
    resolved: int = 0
    printed: int = 0
    right: int = 0
    none: int = 0
    judged_none: int = 0
    wrong: list[str] = field(default_factory=list)
    cases: list[str] = field(default_factory=list)


def overlapping(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return bool(one["start"] < other["end"] and other["start"] < one["end"])


def resolved(found: dict[str, Any], gold: dict[str, Any]) -> list[str]:
    """Slots that were not filled as they should be."""
    off = [s for s in SLOTS if (found[s] or None) != gold[s]]
    same = {"total": "count"}
    if same.get(found["quantity"], found["quantity"]) != same.get(
        gold["quantity"], gold["quantity"]
    ):
        off.append("quantity")
    a_year = date.fromisoformat(gold["period_end"]) - timedelta(days=366)
    since = found["since"] if found["since"] and found["since"] < a_year.isoformat() else None
    if found["quantity"] == "change" and since != gold["since"] and since is not None:
        off.append("since")
    return off


def measure(paragraphs: list[dict[str, Any]]) -> Score:
    score = Score()
    for paragraph in paragraphs:
        answer = answered(paragraph["text"], paragraph["published"])
        said = answer["statements"]
        for gold in paragraph["statements"]:
            score.gold += 1
            hits = [s for s in said if overlapping(s, gold)]
            if not hits:
                why = [u["why"] for u in answer["unplaced"] if overlapping(u, gold)]
                score.cases.append(
                    f"{paragraph['id']}: not found: {gold['quote']} ({gold['quantity']}) {why}"
                )
                continue
            score.found += 1
            hit = hits[0]
            # Texts by other hands tell the truth of a statement alone.
            off = resolved(hit, gold) if "area" in gold else []
            score.resolved += not off
            if off:
                shown = {s: (hit.get(s), gold.get(s)) for s in off}
                score.cases.append(f"{paragraph['id']}: slots: {gold['quote']} {shown}")
        for statement in said:
            score.printed += 1
            golds = [g for g in paragraph["statements"] if overlapping(statement, g)]
            verdict = CLASSES[statement["exit"]]
            if golds and verdict in golds[0]["verdict"]:
                score.right += 1
                continue
            # "Open" where the truth is known is timid, and is not right.
            wanted = golds[0]["verdict"] if golds else "no statement"
            told = (
                f"{paragraph['id']}: {statement['quote']}: {statement['verdict']}, not "
                f"{wanted}: {statement['reason']}"
            )
            score.cases.append(told)
            if verdict != "open":
                score.wrong.append(told)
        score.none += len(paragraph["none"])
        score.judged_none += sum(any(overlapping(s, n) for s in said) for n in paragraph["none"])
    return score


def mutated(paragraphs: list[dict[str, Any]]) -> tuple[int, int, list[str]]:
    """How many statements made false are not said to hold, of how many; and those that are."""
    caught, tried, held = 0, 0, []
    for paragraph in paragraphs:
        for gold in paragraph["statements"]:
            if gold["verdict"] != ["hold"] or gold["quantity"] not in ("count", "total", "rate"):
                continue
            digits = re.sub(r"\D", "", gold["quote"])
            if len(digits) < 3 or digits[0] == digits[1] or digits[1] == "0":
                continue
            swapped = _swapped(gold["quote"])
            text = paragraph["text"][: gold["start"]] + swapped + paragraph["text"][gold["end"] :]
            said = answered(text, paragraph["published"])["statements"]
            place = {"start": gold["start"], "end": gold["start"] + len(swapped)}
            hits = [s for s in said if overlapping(s, place)]
            tried += 1
            if any(s["exit"] == 0 for s in hits):
                held.append(f"{paragraph['id']}: {swapped} for {gold['quote']} holds")
            else:
                caught += 1
    return caught, tried, held


def _swapped(quote: str) -> str:
    places = [i for i, c in enumerate(quote) if c.isdigit()][:2]
    one, other = places
    return quote[:one] + quote[other] + quote[one + 1 : other] + quote[one] + quote[other + 1 :]


def moved(paragraphs: list[dict[str, Any]]) -> tuple[int, int, list[str]]:
    """The same for statements whose area is another force's."""
    caught, tried, held = 0, 0, []
    for paragraph in paragraphs:
        areas = {g["area"] for g in paragraph["statements"] if g["area"]}
        if len(areas) != 1 or next(iter(areas)) in ("England and Wales", "Wales", "England"):
            continue
        name = next(iter(areas))
        other = "Kent" if name != "Kent" else "Essex"
        text = paragraph["text"].replace(name, other)
        if text.count(other) == 0 or text == paragraph["text"]:
            continue
        for statement in answered(text, paragraph["published"])["statements"]:
            if statement["quantity"] not in ("count", "total") or len(statement["quote"]) < 4:
                continue
            tried += 1
            if statement["exit"] == 0:
                held.append(f"{paragraph['id']}: {statement['quote']} of {other} holds")
            else:
                caught += 1
    return caught, tried, held


JUDGE = JudgeBy(open_evidence(ROOT))


def answered(text: str, published: str | None) -> dict[str, Any]:
    day = date.fromisoformat(published) if published else None
    return judge_text(text, JUDGE, day).record()


def read_set(name: str) -> list[dict[str, Any]]:
    return [
        json.loads(line)
        for line in (TEXTS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    ]


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--cases", action="store_true")
    asked.add_argument("--set", choices=SETS)
    asked.add_argument("--mutations", action="store_true")
    given = asked.parse_args()
    print(
        "| texts | statements | found | resolved | verdict right of printed | wrong "
        "printed | other numbers judged |"
    )
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name in (given.set,) if given.set else SETS:
        paragraphs, begun = read_set(name), time.perf_counter()
        score = measure(paragraphs)
        print(
            f"| {name} ({len(paragraphs)}) | {score.gold} | {score.found / score.gold:.3f} | "
            f"{score.resolved / score.gold:.3f} | {score.right / score.printed:.3f} "
            f"({score.right} of {score.printed}) | "
            f"{len(score.wrong)} | {score.judged_none} of {score.none} |"
        )
        if given.mutations and name != "others":
            for kind, mutate in (("two digits changed over", mutated), ("another force", moved)):
                caught, tried, held = mutate(paragraphs)
                print(f"{name}, {kind}: {caught} of {tried} do not hold")
                print("\n".join(held) if given.cases else "")
        if given.cases:
            print("\n".join(score.cases))
            print(f"{time.perf_counter() - begun:.1f} s")


if __name__ == "__main__":
    main()
