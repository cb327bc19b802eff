"""Records: which earlier years a year is held against, and what is said of the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from crimeshare.audit import numerals
from crimeshare.audit.claim_keys import Vocabulary, read_claim
from crimeshare.audit.findings import Finding
from crimeshare.audit.records import judge_record
from crimeshare.audit.statements import RecordedClaim
from crimeshare.reference import areas
from crimeshare.sources.registry import read_registry
from tests.conftest import ROOT

RELEASE = "prc-2025-12"
REGISTRY = read_registry(ROOT / "config" / "releases.csv")
OWN = date(2024, 12, 31)
YEARS = [date(year, month, 31) for year in range(2015, 2025) for month in (3, 12)]


def releases(counts: dict[date, float], excluding: dict[date, str] | None = None) -> Any:
    """Figures of one release of the open data, by the end of the year."""

    def find(area: str, day: date) -> Sequence[Finding]:
        if day not in counts:
            return []
        left_out = (excluding or {}).get(day, "")
        return [Finding(counts[day], "count", day, RELEASE, "revised since", excluding=left_out)]

    quantity: Callable[[str, str], object] = lambda name, offence: find  # noqa: E731
    return SimpleNamespace(
        quantity=quantity, days=sorted(counts), registry=REGISTRY, comparable=lambda *_: ""
    )


def claim(value: str = "record high", **keys: str) -> RecordedClaim:
    entry = {
        "id": "it",
        "source": "somebody",
        "statement": "words",
        "quantity": "record",
        "area": "England and Wales",
        "offence": "Stalking and harassment",
        "period": "year ending December 2024",
        "value": value,
    }
    found = read_claim(entry | keys, Vocabulary(areas(), YEARS))
    assert isinstance(found, RecordedClaim)
    return found


RISING = {day: 100.0 + 10 * number for number, day in enumerate(YEARS)}


def verdict(value: str, counts: dict[date, float], **keys: str) -> str:
    return judge_record(claim(value, **keys), releases(counts)).verdict


def test_a_record_holds_as_far_back_as_the_figures_go() -> None:
    assert verdict("record high", RISING) == (
        "consistent with the figures since the year ending December 2015"
    )
    assert verdict("highest", RISING, since="year ending December 2016") == "confirmed"
    assert verdict("record low", RISING) == "contradicted"


def test_a_year_that_is_as_high_is_no_record() -> None:
    assert verdict("record high", RISING | {date(2018, 12, 31): RISING[OWN]}) == "contradicted"


def test_the_year_it_is_counted_from_may_be_higher() -> None:
    higher = RISING | {date(2016, 12, 31): 999.0}
    assert verdict("record high", higher) == "contradicted"
    assert verdict("highest", higher, since="year ending December 2016") == "confirmed"


def test_a_year_that_ends_in_another_month_makes_it_depend_on_what_is_meant() -> None:
    found = judge_record(claim(), releases(RISING | {date(2024, 3, 31): 999.0}))
    assert found.verdict == "depends on definition"
    assert "end in another month, the year ending March 2024 has 999." in found.reason.text


def test_too_few_years_are_no_series() -> None:
    few = {day: count for day, count in RISING.items() if day.year > 2021}
    assert verdict("record high", few) == "not checkable"
    assert verdict("highest", few, since="year ending December 2015") == "not checkable"


def test_years_without_a_force_are_left_out_and_said_to_be() -> None:
    day = date(2020, 12, 31)
    found = judge_record(claim("record low"), releases(RISING, {day: "Kent"}))
    assert "Left out of the earlier years are those without Kent." in found.reason.text
    # What is larger without a force is larger with it.
    beaten = releases(RISING | {day: 999.0}, {day: "Kent"})
    assert judge_record(claim(), beaten).verdict == "contradicted"
    own = judge_record(claim(), releases(RISING, {OWN: "Kent"}))
    assert own.verdict == "not checkable"


@pytest.mark.parametrize(
    ("text", "high", "order"),
    [
        ("record high", True, ""),
        ("a record", True, ""),
        ("at record levels", True, ""),
        ("all-time low", False, ""),
        ("Highest on record", True, ""),
        ("the lowest rate ever", False, "rate"),
        ("record share", True, "share"),
        ("record high rate", True, "rate"),
        ("largest number ever recorded", True, "count"),
        ("fewest since records began", False, ""),
    ],
)
def test_words_for_a_record(text: str, high: bool, order: str) -> None:
    found = numerals.record(text)
    assert (not found.last, found.order) == (high, order)


@pytest.mark.parametrize("text", ["recorded", "record breaking", "15%", "highly", "record highs 5"])
def test_words_that_are_no_record(text: str) -> None:
    with pytest.raises(ValueError, match="expected a record such as"):
        numerals.record(text)
