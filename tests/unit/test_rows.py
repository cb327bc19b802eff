"""A figure out of a row: its number, formula and cells are those that the row carries."""

from __future__ import annotations

import ast
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

from crimeshare.columns import column
from crimeshare.ledger.entries import printed_figures
from crimeshare.measures.provenance import cell_names, four_quarters, listed, summed
from crimeshare.publish.elements.rows import figure, over
from tests.conftest import ROOT
from tests.named_rows import made_of_rows

# A figure has the hashes of workbooks, and its decimals, from the tables that are built.
pytestmark = pytest.mark.usefixtures("built")

HASHES = {"pfa-2024-12": "a" * 64}
COUNT, TOTAL = "[pfa-2024-12]'Table P1'!I59", "[pfa-2024-12]'Table P1'!C59"
PERCENTAGE = "[pfa-2024-12]'Table P2'!I59"
YEAR = "[prc-2025-12]Robbery, Kent, year to December 2025"
ALL = "[prc-2025-12]All recorded crime, Kent, year to December 2025"
SHEETS = "[prc-2025-12]'2024/25'!Robbery, Kent; [prc-2025-12]'2025/26'!Robbery, Kent"

PUBLISHED: dict[str, Any] = {
    "count": 90.0,
    "share": 0.09,
    "change": -10.0,
    "change_pct": -10.0,
    "rank_forces": 3,
    "formula": f"{COUNT} / {TOTAL}",
    "cells": f"{COUNT}; {TOTAL}",
    "previous_formula": f"{COUNT} / (1 + {PERCENTAGE} / 100)",
    "previous_cells": f"{COUNT}; {PERCENTAGE}",
}


def of(column: str, row: dict[str, Any] = PUBLISHED) -> Any:
    return figure(row, column, column, "series", HASHES)


def test_a_count_that_stands_in_a_cell_has_no_formula() -> None:
    count = of("count")
    assert (count.value, count.formula, count.expression) == (90.0, "", "I59")
    assert [cell.workbook_sha256 for cell in count.cells] == ["a" * 64]


def test_each_column_is_made_of_the_parts_of_the_row() -> None:
    assert of("share").expression == "I59 / C59"
    assert of("rank_forces").formula == f"place of ({COUNT} / {TOTAL}) among the forces"
    change = of("change_pct")
    assert change.value == -0.1
    assert change.formula == f"{COUNT} / ({COUNT} / (1 + {PERCENTAGE} / 100)) - 1"
    assert [cell.name for cell in change.cells] == [COUNT, PERCENTAGE]


def test_what_has_no_cell_is_named_by_what_is_added_up() -> None:
    row = PUBLISHED | {"formula": f"{YEAR} / {ALL}", "cells": SHEETS}
    count = of("count", row)
    assert count.expression == "Robbery, Kent, year to December 2025"
    assert count.sheet == "2024/25 and 2025/26"
    assert of("share", row).expression == (
        "Robbery / All recorded crime, Kent, year to December 2025"
    )


def test_a_step_and_an_episode_that_begin_together_have_names_of_their_own() -> None:
    begun = {
        "table": "level_shifts",
        "area_code": "W15000002",
        "offence_id": "robbery",
        "quarter_end": pd.Timestamp("2018-06-30"),
        "shift_pct": 40.0,
        "formula": "level of the quarters",
        "cells": "",
    }
    ends = (None, pd.Timestamp("2019-03-31"), pd.Timestamp("2020-03-31"))
    lasting = "level_shift.gwent.robbery.2018-06"
    assert [figure(begun | {"until": end}, "shift_pct").figure_id for end in ends] == [
        lasting,
        f"{lasting}.2019-03",
        f"{lasting}.2020-03",
    ]


def test_a_semicolon_in_the_name_of_a_publication_is_no_end_of_a_cell() -> None:
    cell = "[x-2018-12]'Prevalence; values of a copy'!stalking, all, 16+"
    row = {"estimate": 0.03, "lower": 0.02, "upper": 0.04, "formula": "[x-2018-12]stalking"}
    whole = figure(
        row | {"cells": cell},
        "estimate",
        "e",
        "prevalence",
        {},
        limits=("lower", "upper"),
    )
    assert [cell.sheet for cell in whole.cells] == ["Prevalence; values of a copy"]
    assert (whole.lower, whole.upper) == (0.02, 0.04)


def test_a_number_of_several_figures_rests_on_all_their_cells_once() -> None:
    count, share = of("count"), of("share")
    chance = over("chance", 2, "count", ("funnel", "by_chance"), [count, share], drawn="drawn")
    assert chance.formula == column("funnel", "by_chance").formula.replace("{drawn}", "drawn")
    assert [cell.name for cell in chance.cells] == [COUNT, TOTAL]


def test_names_of_cells_and_of_years_leave_out_what_is_empty() -> None:
    rows = pd.DataFrame(
        {
            "release_id": ["pfa-2024-12", "pfa-2024-12"],
            "sheet": ["Table P1 ", "Table P1"],
            "cell": ["I59", None],
            "offence_id": "robbery",
            "area_code": ["E12000005", "E23000014"],
            "excluded": ["West Mercia; Warwickshire", ""],
            "period_end": pd.to_datetime(["2024-12-31", "2024-03-31"]),
        }
    )
    names = cell_names(rows)
    assert names[0] == COUNT
    assert pd.isna(names[1])
    assert listed(pd.Series([TOTAL, TOTAL]), names).tolist() == [f"{TOTAL}; {COUNT}", TOTAL]
    what = summed(rows)
    # A region and a force may share a name.
    assert what[0] == "Robbery, West Midlands region, without West Mercia and Warwickshire"
    assert four_quarters(rows, what)[0].endswith("Warwickshire, year to December 2024")


PARTLY_EMPTY = {"rule_parts", "claims", "claim_evidence"}
"""Where nothing is estimated, or nothing settles a statement, there is nothing to compute."""


def test_every_row_of_the_estimates_says_where_it_comes_from(built: Path) -> None:
    tables = sorted((built / "results" / "estimates").glob("*.parquet"))
    assert len(tables) > 10
    for path in tables:
        table = pq.read_table(path).to_pandas()
        assert {"formula", "cells"} <= set(table.columns), path.stem
        if path.stem not in PARTLY_EMPTY:
            assert not table[["formula", "cells"]].isna().any(axis=None), path.stem


MEASURES = {"numpy", "scipy", "statsmodels", "statistics"}


def test_statistics_live_in_measures_and_nowhere_else() -> None:
    """What judges and what shows takes its numbers from there; pandas selects, it does not fit."""
    found = []
    for folder in ("publish", "audit", "ledger"):
        for path in (ROOT / "workflow" / "crimeshare" / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                names += (
                    [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                )
                found += [(path.name, name) for name in names if name.split(".")[0] in MEASURES]
                if isinstance(node, ast.Attribute) and node.attr in COMPUTED:
                    found.append((path.name, f".{node.attr}"))
    assert found == []


COMPUTED = {"mean", "median", "std", "var", "quantile", "corr", "describe"}
"""Methods of a column that make a statistic of it."""


@pytest.mark.slow
def test_a_figure_that_names_rows_of_a_table_is_made_of_them(
    built: Path, executed: dict[str, Path]
) -> None:
    """Those of a build, where a ledger alone cannot be worked out."""

    @cache
    def read(table: str) -> pd.DataFrame | None:
        folders = (built / "results" / name for name in ("clean", "estimates"))
        found = [path for each in folders if (path := each / f"{table}.parquet").exists()]
        return pd.read_parquet(found[0]) if found else None

    worked = Counter()
    for name in ("sources", "revisions"):
        for printed in printed_figures(executed[name]):
            release_id, sheet, cell = (
                printed.source[part] for part in ("release_id", "sheet", "cell")
            )
            made = made_of_rows(release_id, sheet, cell, read)
            if made is not None:
                assert float(printed.source["value"]) == made, printed
                worked[printed.figure_id.split(".")[0]] += 1
    assert set(worked) == {"checks", "revisions"}
    assert worked["checks"] > 20
