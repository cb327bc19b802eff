"""Statements whose verdict was worked out by hand, from cells that the table names.

``tests/data/statements.csv`` has a line a statement: true, false, truncated, out of date,
mis-rounded, uncheckable.  ``cells`` are ``release|sheet|cell|value``, or for figures without cells
``release|area|offence|year|value`` and ``survey|measure|sex|age|year|value``; ``working`` says
how the verdict follows from them.
"""

from __future__ import annotations

import csv
import random
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import product
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from crimeshare.audit.check_command import check
from crimeshare.audit.evidence import Evidence
from crimeshare.audit.recorded_evidence import Releases
from crimeshare.audit.text_check import JudgeBy
from crimeshare.audit.verdicts import outcome
from crimeshare.periods import in_words
from crimeshare.reference import areas, offences
from tests.audited import known_evidence
from tests.conftest import ROOT

TABLE = ROOT / "tests" / "data" / "statements.csv"
GIVEN = ("area", "offence", "measure", "sex", "age", "period", "quantity", "value", "than")
GIVEN += ("since", "classification")
KINDS = {"true", "false", "truncated", "out of date", "mis-rounded", "uncheckable"}


def statements() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return known_evidence(ROOT)


@pytest.fixture(scope="module")
def values(evidence: Evidence) -> dict[tuple[str, ...], float]:
    """Every figure that a line may name, by what names it."""
    found: dict[tuple[str, ...], float] = {}
    for path in sorted((ROOT / "resources" / "figures").glob("*.parquet")):
        columns = ["release_id", "sheet", "cell", "value"]
        if {*columns} <= {*pq.read_schema(path).names}:
            rows = pq.read_table(path, columns=columns).to_pydict().values()
            for release_id, sheet, cell, value in zip(*rows, strict=True):
                found[release_id, (sheet or "").strip(), cell] = value
    # The newest release last, by which a verdict is reached.
    for row in sorted(evidence.published.survey, key=lambda row: row["release_id"][-7:]):
        day = row["period_end"].isoformat()
        key = ("survey", row["measure_id"], row["sex"], row["age"], day)
        found[key] = round(row["estimate"], 6)
    return found


def named(cells: str) -> Iterator[list[str]]:
    for cell in filter(None, cells.split(";")):
        yield cell.split("|")


def test_the_table_holds_every_kind_of_statement() -> None:
    kinds = Counter(line["kind"] for line in statements())
    assert set(kinds) == KINDS
    assert kinds.total() >= 60


@pytest.mark.parametrize("line", statements(), ids=lambda line: f"{line['value']}-{line['kind']}")
def test_the_cells_that_a_verdict_was_worked_out_from_hold_what_the_table_says(
    line: dict[str, str], evidence: Evidence, values: dict[tuple[str, ...], float]
) -> None:
    for *place, value in named(line["cells"]):
        if place[0].startswith("prc-"):
            release_id, name, offence, day = place
            code = next(a.area_code for a in evidence.areas.values() if a.area_name == name)
            counts = Releases(evidence).counts(code, offence, date.fromisoformat(day))
            found = next(c.value for c in counts if c.release_id == release_id)
        else:
            found = values[tuple(place)]
        assert found == pytest.approx(float(value), rel=1e-12), place


@pytest.mark.parametrize("line", statements(), ids=lambda line: f"{line['value']}-{line['kind']}")
def test_a_statement_gets_the_verdict_that_was_worked_out_by_hand(
    line: dict[str, str], evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crimeshare.audit.check_command.open_evidence", lambda root: evidence)
    checked = check({key: line[key] or None for key in GIVEN}, Path("unused"))
    assert checked.verdict.verdict == line["verdict"], checked.verdict.reason.text
    assert checked.status == outcome(line["verdict"])
    # A statement that is false or out of date is never let pass.
    if line["kind"] == "false":
        assert checked.status == 1
    # The reason prints the figures that it rests on.
    for *_, value in named(line["cells"]):
        number = float(value)
        if number >= 1000 and "rank" not in checked.record()["asserted"]:
            assert f"{number:,.0f}" in checked.verdict.reason.text or number > 0


def test_no_count_that_a_release_gives_is_contradicted(evidence: Evidence) -> None:
    judge, chance = JudgeBy(evidence), random.Random(1)
    asked = list(product(areas(), (*offences(), "total"), evidence.published.days))
    judged = 0
    for area, offence, day in chance.sample(asked, 3_000):
        for known in evidence.published.counts(area, offence, day):
            if known.refuted or known.excluded or not known.value or known.value % 1:
                continue
            entry = {"value": f"{known.value:,.0f}", "area": area, "period": in_words(day)}
            what = {"quantity": "count", "offence": offence}
            _, verdict = judge(entry | ({"quantity": "total"} if offence == "total" else what))
            judged += 1
            assert outcome(verdict.verdict) == 0, (known, verdict.reason.text)
    assert judged > 3_000
