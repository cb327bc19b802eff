"""The ledger that the project publishes, worked out again from the cells that it names.

Nothing of the pipeline takes part but the figures as they stand in the workbooks: what is found
here is that value, release, sheet and formula of an entry belong together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

import pandas as pd
import pyarrow.parquet as pq
import pytest

from crimeshare.cells import cells_in
from crimeshare.ledger import figures
from crimeshare.ledger.figures import Entry
from crimeshare.ledger.trace import references
from tests.conftest import ROOT

FIGURES = ROOT / "resources/figures"

NAMED = re.compile(r"(?:(?:\[[^\]]+\])?'[^']+'!)?\b[A-Z]{1,3}[1-9]\d*\b")

# A formula of nothing but cells, numbers and signs can be worked out.
ARITHMETIC = re.compile(rf"(?:{NAMED.pattern}|[-+*/(). \d])+")

# A year that the Home Office's quarters were added up to.
FOUR_QUARTERS = re.compile(r"(?P<offence>[^,]+), (?P<area>[^,]+), four quarters")

# What a figure may rest on if it rests on no release.
ELSEWHERE = ("computed from ", "assumed in ", "level of ")
OF_THE_REPORT = ("claim.", "claims.", "releases.")


@cache
def published() -> list[Entry]:
    entries = {entry.figure_id: entry for entry in figures.published(ROOT)[1]}
    return list(entries.values())


@cache
def cells_of(release_id: str) -> Mapping[tuple[str, str], float | None]:
    """What stands in the cells of a release."""
    path = FIGURES / f"{release_id}.parquet"
    if not path.exists():
        return {}
    table = pq.read_table(path)
    if not {"cell", "value"} <= set(table.column_names):
        return {}
    columns = (table[name].to_pylist() for name in ("sheet", "cell", "value"))
    return {(sheet.strip(), cell): value for sheet, cell, value in zip(*columns, strict=True)}


@cache
def quarters_of(release_id: str) -> pd.DataFrame:
    """The quarters of a release of the open data, each by its last month."""
    table = pd.read_parquet(FIGURES / f"{release_id}.parquet")
    return table.assign(month=pd.to_datetime(table["period_end"]).dt.to_period("M"))


def worked_out(entry: Entry) -> float:
    """The value of an entry's formula."""

    def held(match: re.Match[str]) -> str:
        (cell,) = cells_in(match[0], entry.release_id, entry.sheet)
        value = cells_of(cell.release_id).get((cell.sheet, cell.cell))
        assert value is not None, f"{entry.figure_id}: nothing stands in {cell.name}"
        return repr(float(value))

    return float(eval(NAMED.sub(held, entry.cell)))


def arithmetic(entry: Entry) -> bool:
    return bool(references(entry)) and ARITHMETIC.fullmatch(entry.cell) is not None


def test_every_formula_makes_its_figure() -> None:
    checked = [entry for entry in published() if arithmetic(entry)]
    wrong = [
        f"{entry.figure_id}: {entry.cell} makes {made}, and {entry.value} is published"
        for entry in checked
        if (made := worked_out(entry)) != pytest.approx(float(entry.value), rel=1e-8, abs=1e-12)
    ]
    assert wrong == []
    kinds = {entry.figure_id.partition(".")[0] for entry in checked}
    assert kinds >= {
        "count",
        "share",
        "change_pct",
        "contribution",
        "revision_pct",
        "change_before",
    }
    # Years added up from quarters have no cells; the next test works those out.
    assert len(checked) > 4_000


def test_every_sum_of_four_quarters_is_that_of_the_open_data() -> None:
    entries = [entry for entry in published() if FOUR_QUARTERS.fullmatch(entry.cell)]
    if not entries:
        pytest.skip("the ledger shows no year that is added up from quarters")
    groups = pd.read_csv(ROOT / "resources/reference/offences.csv")
    by_name = dict(zip(groups["name"].str.lower(), groups["offence_id"], strict=True))
    checked = 0
    for entry in entries:
        found = FOUR_QUARTERS.fullmatch(entry.cell)
        assert found
        ends = re.search(r"\.(\d{4}-\d{2})\b", entry.figure_id)
        table = quarters_of(entry.release_id)
        own = table[(table["area_name"] == found["area"]) & table["code"].isna()]
        own = own[own["offence_id"] == by_name[found["offence"].lower()]].set_index("month")[
            "value"
        ]
        if ends is None or own.empty:  # a region or country is added up from its forces
            continue
        months = pd.period_range(end=ends[1], periods=12, freq="M")[2::3]
        assert own[months].sum() == float(entry.value), entry.figure_id
        checked += 1
    assert checked


def test_every_figure_says_where_it_comes_from() -> None:
    lost = [
        entry.figure_id
        for entry in published()
        if not (entry.release_id and entry.sheet and entry.cell)
        and not entry.cell.startswith(ELSEWHERE)
        and not entry.figure_id.startswith(OF_THE_REPORT)
    ]
    assert lost == []


def test_every_release_of_a_formula_is_known() -> None:
    named = {
        cell.release_id
        for entry in published()
        for cell in references(entry)
        if not entry.cell.startswith(ELSEWHERE)
    }
    assert named
    assert {name for name in named if not cells_of(name)} == set()
