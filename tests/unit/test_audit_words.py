"""The words of people: that each means something that is here, and only one thing."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import pytest

from crimeshare.audit import numerals, survey_claims
from crimeshare.audit.lookup import offence_codes
from crimeshare.audit.words import (
    area_words,
    folded,
    hedges,
    movements,
    not_recorded,
    offence_words,
    towns,
)
from crimeshare.columns import column
from crimeshare.reference import PARTNERSHIPS, REFERENCE, areas, offences, read_rows

FILES = ("hedges", "movement_words", "offence_words", "area_words", "not_recorded")


@pytest.mark.parametrize("name", FILES)
def test_words_stand_there_once_and_as_they_are_compared(name: str) -> None:
    words = [row["words"] for row in read_rows(REFERENCE / f"{name}.csv")]
    assert [word for word, times in Counter(map(folded, words)).items() if times > 1] == []
    assert [word for word in words if word != word.casefold() or word != word.strip()] == []


def test_what_words_mean_is_there() -> None:
    known = {*offences(), *offence_codes()}
    partnerships = {row["partnership_code"] for row in read_rows(PARTNERSHIPS)}
    assert {offence for offence, _ in offence_words().values()} <= known
    assert {near for each in not_recorded().values() for near in each.nearest} <= known
    assert all(each.nearest for each in not_recorded().values())
    coded = {code for code, _, _ in area_words().values() if code}
    assert coded <= {*areas(), *partnerships}
    for code, kind, note in area_words().values():
        assert bool(code) == (kind not in ("context", "elsewhere", "unpublished"))
        assert note or kind not in ("doubtful", "elsewhere", "unpublished")


def test_no_word_means_two_things() -> None:
    assert not {*offence_words()} & {*not_recorded()}
    kinds = ("rise", "fall", "same", "times", "adverb")
    every = [word for kind in kinds for word in movements(kind)]
    assert len(every) == len({*every})


@pytest.mark.parametrize(("kind", "side"), [("rise", 1), ("fall", -1), ("same", 0)])
def test_every_word_of_a_movement_is_read_as_its_direction(kind: str, side: int) -> None:
    for word in movements(kind):
        assert numerals.change(word).value == side, word
        if side:
            assert numerals.change(f"{word} by 5%").value == pytest.approx(0.05 * side), word
            assert numerals.change(f"{word} sharply").value == side, word


def test_every_multiple_is_read_with_and_without_a_hedge() -> None:
    for word, factor in movements("times").items():
        assert numerals.change(word).value == float(factor) - 1
        for hedge in filter(None, hedges()):
            assert numerals.change(f"{hedge} {word}").value == float(factor) - 1, (hedge, word)


def test_towns_lead_to_their_force() -> None:
    assert towns()["cwmbran"] == ["W14000020", "W15000002"]


def test_the_judge_has_the_formulas_of_the_columns() -> None:
    assert column("configuration", "level").formula == survey_claims.LEVEL
    for side in ("lower", "upper"):
        said = survey_claims.LIMIT.format(side, formula="it")
        assert column("survey_changes", side).formula.format(formula="it") == said


def test_the_judge_of_statements_is_plain_python() -> None:
    code = (
        "import sys, crimeshare.audit.judging; print(sorted({m.partition('.')[0] for m in "
        "sys.modules} & {'pandas', 'numpy', 'pyarrow', 'pydantic', 'yaml', 'xlsxwriter'}))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
