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
from crimeshare.ledger import entries
from crimeshare.ledger.entries import Entry
from crimeshare.ledger.trace import references
from tests.conftest import ROOT

FIGURES = ROOT / "resources/figures"

NAMED = re.compile(r"(?:(?:\[[^\]]+\])?'[^']+'!)?\b[A-Z]{1,3}[1-9]\d*\b")

# A formula of nothing but cells, numbers and signs can be worked out.
ARITHMETIC = re.compile(rf"(?:{NAMED.pattern}|[-+*/(). \d])+")

# A figure by its name, as formulas over other figures have it, and a formula of such alone.
ID = re.compile(r"[a-z_]+\.[\w.-]+")
OF_FIGURES = re.compile(rf"(?:{ID.pattern}|[-+*/() ]|\b[\d.]+\b)+")

# A year that the Home Office's quarters were added up to.
FOUR_QUARTERS = re.compile(
    r"(?P<offence>[^,]+), (?P<area>[^,]+)(?:, without (?P<left>[^,]+))?, four quarters"
)

# What a figure may rest on if it rests on no release.
ELSEWHERE = ("computed from ", "assumed in ", "level of ")
OF_THE_REPORT = ("claim.", "claims.", "releases.")


@cache
def published() -> list[Entry]:
    named = {entry.figure_id: entry for entry in entries.published(ROOT)[1]}
    return list(named.values())


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
    """The quarters of a release of the open data: a row a group and area, a column a month."""
    table = pd.read_parquet(FIGURES / f"{release_id}.parquet")
    table = table[table["code"].isna()]
    table = table.assign(month=pd.to_datetime(table["period_end"]).dt.to_period("M"))
    return table.pivot(index=["offence_id", "area_name"], columns="month", values="value")


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
    # Years added up from quarters have no cells; the next tests work those out.
    assert len(checked) > 3_500


def test_every_formula_over_figures_makes_its_figure() -> None:
    values = {entry.figure_id: entry.value for entry in published()}
    checked: dict[str, int] = {}
    wrong = []
    for entry in published():
        named = ID.findall(entry.cell)
        if not named or not OF_FIGURES.fullmatch(entry.cell) or not set(named) <= set(values):
            continue
        formula = ID.sub(lambda found: f"({values[found[0]]})", entry.cell)
        made = float(eval(formula))
        # Ten digits are published of each, so a difference has fewer.
        if made != pytest.approx(float(entry.value), rel=1e-8, abs=1e-10):
            wrong.append(f"{entry.figure_id}: {entry.cell} makes {made}, not {entry.value}")
        kind = entry.figure_id.partition(".")[0]
        checked[kind] = checked.get(kind, 0) + 1
    assert wrong == []
    assert set(checked) >= {"share", "change_pct"}
    assert sum(checked.values()) > 3_000


def test_every_sum_of_four_quarters_is_that_of_the_open_data() -> None:
    entries = [entry for entry in published() if FOUR_QUARTERS.fullmatch(entry.cell)]
    if not entries:
        pytest.skip("the ledger shows no year that is added up from quarters")
    groups = pd.read_csv(ROOT / "resources/reference/offences.csv")
    by_name = dict(zip(groups["name"].str.lower(), groups["offence_id"], strict=True))
    checked: dict[str, int] = {}
    for entry in entries:
        found = FOUR_QUARTERS.fullmatch(entry.cell)
        assert found
        ends = re.search(r"\.(\d{4}-\d{2})$", entry.figure_id)
        if ends is None:
            continue
        table = quarters_of(entry.release_id)
        kind, forces = forces_of(found["area"], found["left"] or "")
        months = pd.period_range(end=ends[1], periods=12, freq="M")[2::3]
        own = table.loc[by_name[found["offence"].lower()]].reindex(forces)
        made = own[months].to_numpy(na_value=0).sum()
        assert made == float(entry.value), entry.figure_id
        checked[kind] = checked.get(kind, 0) + 1
    assert set(checked) >= {"force", "region"}


@cache
def forces_of(name: str, left: str) -> tuple[str, list[str]]:
    """The kind of area that a formula names, and the forces that it is added up from."""
    table = pd.read_csv(ROOT / "resources/reference/areas.csv", dtype=str).fillna("")
    above = dict(zip(table["area_code"], table["parent_code"], strict=True))
    kinds = ["region"] if name.endswith(" region") else ["force", "country", "other"]
    (own,) = table[
        (table["area_name"] == name.removesuffix(" region")) & table["area_type"].isin(kinds)
    ].to_dict("records")
    inside = {own["area_code"]}
    while wider := {c for c, parent in above.items() if parent in inside} - inside:
        inside |= wider
    of_forces = table["area_code"].isin(inside) & table["area_type"].isin(["force", "other"])
    forces = table[of_forces & ~table["area_name"].isin(left.split(" and "))]
    return str(own["area_type"]), forces["area_name"].tolist()


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
