"""Two ledgers side by side: every difference is told, and nothing else."""

import csv
import json
from pathlib import Path

import pytest

from crimeshare.ledger.comparing import main
from crimeshare.ledger.entries import COLUMNS, Entry, write_ledger

SHARE = Entry(
    "share.kent", "0.1", "0.09", "0.11", "proportion", "r", "f00", "P1", "M9 / C9", "kent"
)
COUNT = Entry("count.kent", "10", "", "", "count", "r", "f00", "P1", "M9", "kent")


def built(folder: Path, entries: list[Entry], panels: dict[str, object] | None = None) -> Path:
    """A folder of results with a ledger, and with the panels of a page."""
    (folder / "published").mkdir(parents=True)
    (folder / "report/cells").mkdir(parents=True)
    write_ledger(entries, folder / "published/figures.csv")
    if panels:
        text = f"crimeshare.cells({json.dumps({'figures': panels, 'releases': {}})});\n"
        (folder / "report/cells/kent.js").write_text(text)
    return folder


def test_the_same_figures_in_another_order_are_the_same(tmp_path: Path) -> None:
    before = built(tmp_path / "before", [SHARE, COUNT])
    after = built(tmp_path / "after", [COUNT, SHARE._replace(value="0.10000000000001")])
    assert main([str(before), str(after)]) == 0


@pytest.mark.parametrize("column", [name for name in COLUMNS if name not in ("figure_id", "page")])
def test_another_value_in_any_column_is_told(
    tmp_path: Path, column: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = built(tmp_path / "before", [SHARE, COUNT])
    after = built(tmp_path / "after", [SHARE._replace(**{column: "0.2"}), COUNT])
    assert main([str(before), str(after)]) == 1
    assert f"{column} of share.kent was {getattr(SHARE, column)}, is 0.2" in capsys.readouterr().out


def test_figures_that_come_and_go_are_told_and_a_renamed_one_is_neither(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = built(tmp_path / "before", [SHARE, COUNT])
    after = built(tmp_path / "after", [SHARE, COUNT._replace(figure_id="offences.kent")])
    assert main([str(before), str(after)]) == 1
    told = capsys.readouterr().out
    assert "count.kent is gone" in told
    assert "offences.kent is new" in told
    renames = tmp_path / "renames.csv"
    with renames.open("w", newline="") as file:
        csv.writer(file).writerow(["count.kent", "offences.kent"])
    assert main([str(before), str(after), "--renames", str(renames)]) == 0


def test_another_formula_behind_a_number_is_told(tmp_path: Path) -> None:
    panel = {"release": "r", "formula": "M9 / C9", "cells": [["r", "P1", "M9", "1", "Kent"]]}
    before = built(tmp_path / "before", [SHARE], {"share.kent": panel})
    after = built(tmp_path / "after", [SHARE], {"share.kent": {**panel, "cells": []}})
    assert main([str(before), str(before)]) == 0
    assert main([str(before), str(after)]) == 1


def test_what_is_no_ledger_cannot_be_compared(tmp_path: Path) -> None:
    before = built(tmp_path / "before", [SHARE])
    assert main([str(before), str(tmp_path / "nowhere")]) == 2
