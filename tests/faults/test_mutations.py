"""Every kind of change to a workbook is refused; `benchmarks/mutations.py` keeps the score."""

from __future__ import annotations

import csv
import importlib.util
import sys
from types import ModuleType

import pytest

from tests.conftest import ROOT
from tests.mutations import KINDS
from tests.quarter_mutations import QUARTER_KINDS
from tests.survey_mutations import SURVEY_KINDS


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location("mutations", ROOT / "benchmarks" / "mutations.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("kind", KINDS)
def test_no_change_goes_through(
    kind: str, benchmark: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    made = benchmark.edition("pfa-2018-12", None)
    assert benchmark.outcome(made, kind, 0) in ("placed", None)


def test_a_base_that_is_withheld_in_one_block_alone_is_refused(
    benchmark: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other tables leave out the bases of some years, which does not excuse this one."""
    monkeypatch.chdir(ROOT)
    made = benchmark.edition("appendix-2022-09", None)
    assert benchmark.outcome(made, "marked [c]", 9013) == "placed"


def test_the_score_is_of_every_kind() -> None:
    with (ROOT / "benchmarks" / "mutations.csv").open(encoding="utf-8", newline="") as file:
        scores = list(csv.DictReader(file))
    kinds = {
        "police_force_area": KINDS,
        "appendix": KINDS,
        "recorded_quarters": QUARTER_KINDS,
        "survey": SURVEY_KINDS,
    }
    of_every = {(reader, kind) for reader, of_reader in kinds.items() for kind in of_reader}
    assert {(score["reader"], score["kind"]) for score in scores} == of_every
    for reader in kinds:
        of_reader = [score for score in scores if score["reader"] == reader]
        outcomes = ("placed", "found", "silent")
        assert sum(int(score[name]) for score in of_reader for name in outcomes) >= 100, reader
