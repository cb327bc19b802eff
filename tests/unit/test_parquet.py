"""Tables on disk, written whole or in parts and read by rows."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from crimeshare.parquet import ROWS, read_rows_where, read_table, write_parts, write_table
from crimeshare.problems import Problem


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """Two full groups of rows and some more."""
    rows = 2 * ROWS + 7
    return pd.DataFrame(
        {
            "area": pd.Series([f"area {row // 1000}" for row in range(rows)], dtype="str"),
            "day": pd.date_range("2020-01-01", periods=rows, freq="min").normalize(),
            "count": [None if row % 9 == 0 else float(row) for row in range(rows)],
        }
    )


@pytest.mark.parametrize("size", [1000, ROWS - 1, ROWS, ROWS + 1, 3 * ROWS])
def test_a_table_in_parts_has_the_bytes_of_the_whole(
    size: int, table: pd.DataFrame, tmp_path: Path
) -> None:
    whole, parted = tmp_path / "whole.parquet", tmp_path / "parted.parquet"
    write_table(table, whole)
    write_parts((table[at : at + size] for at in range(0, len(table), size)), parted)
    assert parted.read_bytes() == whole.read_bytes()
    assert pq.read_metadata(parted).num_row_groups == 3


def test_a_part_without_rows_decides_nothing(table: pd.DataFrame, tmp_path: Path) -> None:
    none = pd.DataFrame(columns=table.columns)
    write_parts([none, table[:5], none, table[5:9]], tmp_path / "some.parquet")
    write_table(table[:9], tmp_path / "whole.parquet")
    assert (tmp_path / "some.parquet").read_bytes() == (tmp_path / "whole.parquet").read_bytes()
    write_parts([none, none], tmp_path / "none.parquet")
    assert list(read_table(tmp_path / "none.parquet").columns) == list(table.columns)


def test_rows_are_read_from_whichever_group_holds_them(table: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    write_table(table, path)
    names = ["area 0", f"area {ROWS // 1000}", f"area {2 * ROWS // 1000}"]
    found = read_table(path, columns=["area", "count"], area=names)
    wanted = table.loc[table["area"].isin(names), ["area", "count"]].reset_index(drop=True)
    pd.testing.assert_frame_equal(found, wanted)
    assert read_rows_where(path, pc.field("area") == "nowhere").num_rows == 0
    assert len(read_table(path, area=[])) == 0


@pytest.mark.parametrize(
    ("folder", "again"), [("results/clean", "rm {}; make"), ("resources/figures", "git restore {}")]
)
@pytest.mark.parametrize("content", [b"", b"PAR1", b"no table at all", b"PAR1" * 9])
def test_a_table_that_cannot_be_read_is_named_with_its_remedy(
    content: bytes, folder: str, again: str, tmp_path: Path
) -> None:
    path = tmp_path / folder / "a.parquet"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    for columns in (None, ["count"]):
        with pytest.raises(Problem) as refused:
            read_table(path, columns=columns)
        said = str(refused.value)
        assert said.startswith(f"{path} is no table that can be read: ")
        assert said.endswith(again.format(path))
        assert "\n" not in said


def test_a_table_with_a_damaged_name_of_a_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    write_table(pd.DataFrame({"count": [1.0]}), path)
    path.write_bytes(path.read_bytes().replace(b"count", b"co\xe3nt"))
    with pytest.raises(Problem, match=r"a\.parquet is no table that can be read: .*utf-8"):
        read_table(path)


def test_a_table_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_table(tmp_path / "a.parquet")
