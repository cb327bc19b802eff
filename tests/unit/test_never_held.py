"""No false statement holds, and no true one is refused, over a grid of areas, groups and years.

The truth is worked out here from the shipped figures alone: what an edition says of its own year,
and every other figure of that year, as a statement may be true of a later one.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from math import floor, log10
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from crimeshare.audit.claim_keys import Vocabulary, read_claim
from crimeshare.audit.judging import Auditor, vocabulary
from crimeshare.audit.verdicts import outcome
from crimeshare.periods import a_year_before, in_words
from crimeshare.reference import areas, areas_around
from tests.audited import known_evidence
from tests.conftest import ROOT

OFFENCES = ("total", "stalking_harassment", "robbery", "shoplifting", "sexual_offences")
YEARS = {"pfa-2024-12": date(2024, 12, 31), "pfa-2023-03": date(2023, 3, 31)}
FRACTIONS = {"half": 1 / 2, "a third": 1 / 3, "a quarter": 1 / 4, "one in seven": 1 / 7}
FRACTIONS |= {"two thirds": 2 / 3, "one in ten": 1 / 10}

Cell = tuple[str, str, date]


@dataclass
class Truth:
    """Every figure of an area, group and year, and the edition's own."""

    auditor: Auditor
    words: Vocabulary
    own: dict[Cell, float]
    by_release: dict[str, dict[Cell, float]]

    @cached_property
    def every(self) -> dict[Cell, set[float]]:
        found: dict[Cell, set[float]] = {}
        for figures in self.by_release.values():
            for cell, value in figures.items():
                found.setdefault(cell, set()).add(value)
        return found

    def judged(self, cell: Cell, value: str, **keys: str) -> tuple[int, str]:
        area, offence, day = cell
        entry = {
            **{"id": "it", "source": "somebody", "statement": "words"},
            **{"area": area, "offence": offence, "period": in_words(day), "value": value},
            **keys,
        }
        verdict = self.auditor.judge(read_claim(entry, self.words))
        return outcome(verdict.verdict), f"{entry}: {verdict.verdict}. {verdict.reason.text}"


def figures(dataset: str) -> Iterator[dict[str, Any]]:
    """Rows of the shipped figures of a dataset on the groups of the grid."""
    for path in sorted((ROOT / "resources" / "figures").glob(f"{dataset}-*.parquet")):
        table = pq.read_table(path)
        yield from table.filter(pc.is_in(table["offence_id"], pa.array(OFFENCES))).to_pylist()


@pytest.fixture(scope="module")
def truth() -> Truth:
    evidence = known_evidence(ROOT)
    own: dict[Cell, float] = {}
    by_release: dict[str, dict[Cell, float]] = {}
    for row in figures("pfa"):
        if row["measure"] == "count" and row["value"] is not None:
            cell = (row["area_code"], row["offence_id"], row["period_end"])
            by_release.setdefault(row["release_id"], {})[cell] = row["value"]
            if YEARS.get(row["release_id"]) == row["period_end"]:
                own[cell] = row["value"]
    # The Home Office's quarters, added up.
    for row in figures("prc"):
        for day in {*YEARS.values(), *map(a_year_before, YEARS.values())}:
            within = a_year_before(day) < row["period_end"] <= day
            if within and row["code"] is None and row["value"] is not None:
                added = by_release.setdefault(row["release_id"], {})
                for code in areas_around(row["area_code"]):
                    cell = (code, row["offence_id"], day)
                    added[cell] = added.get(cell, 0) + row["value"]
    auditor = Auditor(evidence, [])
    return Truth(auditor, vocabulary(evidence), own, by_release)


def cells(truth: Truth, of: int) -> Iterator[Cell]:
    """Some cells of the grid, the same on every run."""
    forces = [code for code, area in areas().items() if area.area_type in ("force", "country")]
    whole = sorted(cell for cell in truth.own if cell[0] in forces and truth.own[cell] >= 100)
    yield from random.Random(24).sample(whole, of)


def shown(value: float, digits: int) -> str:
    """A count rounded to so many digits."""
    step = 10 ** max(floor(log10(value)) + 1 - digits, 0)
    return f"{floor(value / step + 0.5) * step:,}"


def swapped(value: float) -> str | None:
    """The count with two digits swapped; None where that changes little or nothing."""
    digits = list(f"{value:.0f}")
    for place in range(len(digits) - 1):
        if digits[place] != digits[place + 1] and digits[place + 1] != "0":
            digits[place : place + 2] = reversed(digits[place : place + 2])
            return f"{int(''.join(digits)):,}"
    return None


def test_a_true_count_holds_exact_rounded_and_hedged(truth: Truth) -> None:
    for cell in cells(truth, 40):
        value = truth.own[cell]
        for said in (f"{value:,.0f}", shown(value, 2), shown(value, 3), f"about {shown(value, 2)}"):
            status, told = truth.judged(cell, said, quantity="count")
            assert status == 0, told
        over, under = f"over {floor(value * 0.98) - 1:,}", f"under {floor(value * 1.02) + 1:,}"
        assert truth.judged(cell, over, quantity="count")[0] == 0
        assert truth.judged(cell, under, quantity="count")[0] == 0


def test_a_false_count_never_holds_however_round(truth: Truth) -> None:
    others = list(cells(truth, 40))
    for cell, other in pairwise(others):
        value, vintages = truth.own[cell], truth.every[cell]
        far = [value * by for by in (0.1, 0.5, 0.8, 0.87, 1.15, 1.3, 2, 10)]
        false = [shown(each, digits) for each in far for digits in (1, 2) if each >= 10]
        false += [f"{10 ** floor(log10(value) + 1):,}", f"about {shown(value * 1.2, 2)}"]
        false += [f"nearly {shown(value * 0.9, 3)}", f"just over {shown(value * 1.1, 3)}"]
        false += [f"over {floor(max(vintages) * 1.05):,}", f"under {floor(min(vintages) * 0.95):,}"]
        false += [f"{truth.own[other]:,.0f}", f"exactly {shown(value * 1.04, 4)}"]
        for said in false:
            number = float(said.split()[-1].replace(",", ""))
            if any(abs(number / known - 1) <= 0.1 for known in vintages) and " " not in said:
                continue
            status, told = truth.judged(cell, said, quantity="count")
            assert status != 0, told
        if said := swapped(value):
            status, told = truth.judged(cell, said, quantity="count")
            if float(said.replace(",", "")) not in vintages and not said.endswith("0"):
                assert status != 0, told


def changes(truth: Truth, of: int) -> Iterator[tuple[Cell, float]]:
    """Cells with the sign of their change on the year, where all figures agree on it."""
    for cell in cells(truth, of):
        before = truth.every.get((*cell[:2], a_year_before(cell[2])), set())
        signs = {(now > then) - (now < then) for now in truth.every[cell] for then in before}
        if len(signs) == 1 and signs != {0}:
            yield cell, signs.pop()


def test_directions_hold_by_their_sign_alone(truth: Truth) -> None:
    seen = 0
    for cell, sign in changes(truth, 60):
        right, wrong = ("rose", "plunged") if sign > 0 else ("went down", "soared")
        status, told = truth.judged(cell, right, quantity="change")
        assert status == 0, told
        for said in (wrong, "unchanged", f"{wrong} by 5%"):
            status, told = truth.judged(cell, said, quantity="change")
            assert status == 1, told
        seen += 1
    assert seen > 20


def test_places_hold_by_their_order_alone(truth: Truth) -> None:
    forces = [code for code, area in areas().items() if area.area_type == "force"]
    for cell in cells(truth, 60):
        _, offence, day = cell
        if cell[0] not in forces:
            continue
        places = {
            1 + sum(figures.get((code, offence, day), 0) > figures[cell] for code in forces)
            for figures in truth.by_release.values()
            if cell in figures
        }
        assert places
        place = min(places)
        for number in {1, 2, place - 1, place, max(places) + 1} - {0}:
            if number in places and len(places) > 1:
                continue
            status, told = truth.judged(
                cell, f"{number}", quantity="rank", classification="forces by count"
            )
            assert status == (0 if number == place else 1), told


def test_fractions_hold_only_near_what_they_are(truth: Truth) -> None:
    for cell in cells(truth, 60):
        area, offence, day = cell
        if offence == "total":
            continue
        shares = [
            part / whole for part in truth.every[cell] for whole in truth.every[area, "total", day]
        ]
        for words, part in FRACTIONS.items():
            if all(abs(share - part) > 0.105 * part for share in shares):
                for said in (words, f"about {words}", f"almost {words}", f"just over {words}"):
                    status, told = truth.judged(cell, said, quantity="share")
                    assert status != 0, told
        status, told = truth.judged(cell, "over half", quantity="share")
        assert status == 1, told
        share = 100 * truth.own[cell] / truth.own[area, "total", day]
        for said, holds in ((f"{share:.1f}%", 0), (f"{share * 1.3 + 1:.1f}%", 1)):
            status, told = truth.judged(cell, said, quantity="share")
            assert status == holds, told


def test_shares_of_the_nation_are_of_the_same_offences(truth: Truth) -> None:
    for cell in cells(truth, 30):
        area, offence, day = cell
        if areas()[area].area_type == "country":
            continue
        share = 100 * truth.own[cell] / truth.own["K04000001", offence, day]
        for said, holds in ((f"{share:.2f}%", True), (f"{share * 1.2 + 1:.1f}%", False)):
            status, told = truth.judged(cell, said, quantity="share_of_nation")
            assert (status == 0) == holds, told
