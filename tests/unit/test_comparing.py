"""Before against after: the same, different, or not compared, and never one for another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from crimeshare.parquet import write_table
from crimeshare.problems import Problem
from crimeshare.releases.comparing import (
    DIFFERS,
    LEDGER,
    NOT_COMPARED,
    SAME,
    BuildDiff,
    compare_builds,
    in_words,
)

SHARES = "estimates/shares.parquet"
FIGURES = """figure_id,value,lower,upper,unit,release_id,workbook_sha256,sheet,cell,page
share.gwent,0.148,,,proportion,pfa-2024-12,aa,Table P1,I60,force
prevalence,0.029,0.026,0.032,proportion,stalking,bb,1,C4,survey
"""


def shares() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "release_id": ["pfa-2024-06", "pfa-2024-12"],
            "area_code": ["W15000002", "W15000002"],
            "count": [8849.0, 8642.0],
            "share": [0.155, float("nan")],
            "sheet": ["Table P1", "Table P1"],
            "cell": ["I60", "I60"],
        }
    )


@pytest.fixture
def builds(tmp_path: Path) -> tuple[Path, Path]:
    """Two folders of results with the same two tables."""
    for name in ("before", "after"):
        write(tmp_path / name, shares())
        ledger = tmp_path / name / LEDGER
        ledger.parent.mkdir(parents=True)
        ledger.write_text(FIGURES, encoding="utf-8")
    return tmp_path / "before", tmp_path / "after"


def write(build: Path, table: pd.DataFrame) -> None:
    (build / SHARES).parent.mkdir(parents=True, exist_ok=True)
    write_table(table, build / SHARES)


def outcomes(diff: BuildDiff) -> dict[str, str]:
    return {table.table: table.outcome for table in diff.tables}


def test_the_same_bytes_are_the_same(builds: tuple[Path, Path]) -> None:
    diff = compare_builds(*builds)
    assert outcomes(diff) == {LEDGER: "same", SHARES: "same"}
    assert (diff.status, diff.figures) == (SAME, [])
    assert in_words(diff).startswith("# Nothing that is published changed")


def test_other_bytes_with_the_same_cells_are_an_outcome_of_their_own(
    builds: tuple[Path, Path],
) -> None:
    table = pq.read_table(builds[1] / SHARES)
    pq.write_table(table, builds[1] / SHARES, compression="none")
    diff = compare_builds(*builds)
    assert (outcomes(diff)[SHARES], diff.status) == ("same cells", SAME)
    assert "## Bytes changed, cells same\n\n- estimates/shares.parquet" in in_words(diff)


def another_value(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(count=[8849.0, 8643.0])


def a_value_where_none_was(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(share=[0.155, 0.148])


def a_row_more(table: pd.DataFrame) -> pd.DataFrame:
    more = table.tail(1).assign(release_id="pfa-2025-03")
    return pd.concat([table, more], ignore_index=True)


def a_row_less(table: pd.DataFrame) -> pd.DataFrame:
    return table.head(1)


def another_place(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(cell=["I60", "J60"])


def a_column_more(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(rank=[1, 2])


def a_column_less(table: pd.DataFrame) -> pd.DataFrame:
    return table.drop(columns="share")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (another_value, "- pfa-2024-12: count 8642.0 -> 8643.0"),
        (a_value_where_none_was, "- pfa-2024-12: share nothing -> 0.148"),
        (a_row_more, "- pfa-2025-03: 1 rows added"),
        (a_row_less, "0 rows changed, 0 added, 1 removed."),
        (another_place, "- pfa-2024-12: cell I60 -> J60"),
        (a_column_more, "Differs: new columns rank."),
        (a_column_less, "Differs: without the columns share."),
    ],
)
def test_what_differs_is_said(
    change: Callable[[pd.DataFrame], pd.DataFrame], said: str, builds: tuple[Path, Path]
) -> None:
    write(builds[1], change(shares()))
    diff = compare_builds(*builds)
    assert (outcomes(diff)[SHARES], diff.status) == ("differs", DIFFERS)
    assert said in in_words(diff)
    assert diff.as_json()["exit_status"] == 1


@pytest.mark.parametrize(("gone_from", "said"), [(0, "the table is new"), (1, "the table is gone")])
def test_a_table_on_one_side_only_differs(
    gone_from: int, said: str, builds: tuple[Path, Path]
) -> None:
    (builds[gone_from] / SHARES).unlink()
    diff = compare_builds(*builds)
    assert [t.reason for t in diff.tables if t.outcome == "differs"] == [said]


def test_a_table_that_cannot_be_read_is_not_the_same(builds: tuple[Path, Path]) -> None:
    (builds[1] / SHARES).write_bytes(b"PAR1 cut")
    diff = compare_builds(*builds)
    assert (outcomes(diff)[SHARES], diff.status) == ("not compared", NOT_COMPARED)
    assert in_words(diff).startswith("# Not everything could be compared")


def test_a_folder_without_tables_is_not_the_same(builds: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(Problem, match="holds no table to compare"):
        compare_builds(tmp_path / "empty", builds[1])


def test_rows_that_nothing_tells_apart_are_compared_as_often_as_they_stand(
    builds: tuple[Path, Path],
) -> None:
    row = pd.DataFrame({"sentence": ["An empty sheet."]})
    write(builds[0], pd.concat([row, row], ignore_index=True))
    write(builds[1], pd.concat([row, row, row], ignore_index=True))
    shares_diff = next(t for t in compare_builds(*builds).tables if t.table == SHARES)
    assert (shares_diff.outcome, shares_diff.added, shares_diff.removed) == ("differs", 1, 0)


def test_published_figures_are_compared_line_by_line(builds: tuple[Path, Path]) -> None:
    text = FIGURES.replace("0.148", "0.149").replace("prevalence,", "prevalence.women,")
    (builds[1] / LEDGER).write_text(text, encoding="utf-8")
    assert compare_builds(*builds).figures == [
        "- prevalence, proportion, stalking, 1, C4, survey: 0.029 (0.026 to 0.032)",
        "+ prevalence.women, proportion, stalking, 1, C4, survey: 0.029 (0.026 to 0.032)",
        "~ share.gwent, proportion, pfa-2024-12, Table P1, I60, force: 0.148 -> 0.149",
    ]


def test_a_figure_of_a_chart_is_the_same_when_another_comes_in_before_it(
    builds: tuple[Path, Path],
) -> None:
    old = "page#shares.1,0.1,,,proportion,pfa-2018-03,aa,Table P1,K7,page\n"
    new = "page#shares.1,0.2,,,proportion,pfa-2016-06,bb,Table P1,K7,page\n"
    for build, rows in zip(builds, (old, new + old.replace("shares.1", "shares.2")), strict=True):
        (build / LEDGER).write_text(FIGURES + rows, encoding="utf-8")
    diff = compare_builds(*builds)
    assert diff.figures == ["+ page#shares, proportion, pfa-2016-06, Table P1, K7, page: 0.2"]
    ledger = next(table for table in diff.tables if table.table == LEDGER)
    assert (ledger.added, ledger.removed, ledger.changed) == (1, 0, 0)
