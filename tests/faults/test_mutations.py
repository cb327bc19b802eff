"""Every kind of change to a workbook is refused; `benchmarks/mutations.py` keeps the score."""

from __future__ import annotations

import csv
import importlib.util
import sys
from dataclasses import replace
from types import ModuleType

import pytest

from crimeshare.problems import Problem
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


def test_a_table_that_the_contents_list_is_missed_though_not_every_edition_has_it(
    benchmark: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    made = benchmark.edition("appendix-2025-06", None)
    lost = [grid for grid in made.workbook.grids if grid.sheet != "Table_B2"]
    with pytest.raises(Problem, match=r"as sheet 'Table of contents', cell B\d+ lists it"):
        made.read(replace(made.workbook, grids=lost), made.release_id, made.end)


def test_a_base_called_too_small_in_one_of_two_tables_is_refused(
    benchmark: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Owners of bicycles stand in the tables of rates and of prevalence alone."""
    monkeypatch.chdir(ROOT)
    made = benchmark.edition("appendix-2025-06", None)
    rows = made.read(made.workbook, made.release_id, made.end)
    base = next(
        row
        for row in rows
        if row.unit_base == "bicycle_owning_household" and row.statistic == "unweighted_base"
    )
    spoilt = [replace(r, value=None, marker="small_base") if r is base else r for r in rows]
    with pytest.raises(Problem, match=f"cell {base.cell}"):
        made.check(spoilt)


def test_an_area_whose_rates_are_all_withheld_is_missed(
    benchmark: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its counts are printed, so that no sum tells; the edition before had its rates."""
    monkeypatch.chdir(ROOT)
    made = benchmark.edition("pfa-2024-12", None)
    rows = made.read(made.workbook, made.release_id, made.end)
    area = next(row.area_code for row in rows if row.area_name == "Southwark")
    spoilt = [
        replace(row, value=None, marker="unavailable")
        if row.area_code == area and row.sheet == "Table C4"
        else row
        for row in rows
    ]
    with pytest.raises(Problem, match="lacks Southwark in its table of rates by partnership"):
        made.check(spoilt)


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
