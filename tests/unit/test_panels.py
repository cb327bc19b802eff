"""What the panel behind a number says."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from crimeshare.cells import Cell
from crimeshare.ledger.panels import Panels
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.output import Markdown
from tests.shown import write_executed

RELEASE = "pfa-2024-12"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A build with two cells of one release."""
    observations = tmp_path / "results" / "observations"
    observations.mkdir(parents=True)
    pd.DataFrame(
        {
            "sheet": ["Table P1 ", "Table P1 "],
            "cell": ["I60", "C60"],
            "value": [8642.0, 58358.0],
            "marker_text": [None, None],
            "area_label": ["Gwent", "Gwent"],
            "row_label": [None, None],
            "column_label": ["Stalking and\nharassment", "Total"],
            "workbook_sha256": ["c3bd", "c3bd"],
        }
    ).to_parquet(observations / f"{RELEASE}.parquet")
    return tmp_path


def told(folder: Path, *figures: Figure) -> dict[str, dict[str, object]]:
    said = Markdown("\n\n".join(f"In words {figure}." for figure in figures))
    script = Panels({}, folder).script(write_executed(folder / "page.ipynb", said))
    found: dict[str, dict[str, object]] = json.loads(
        script.removeprefix("crimeshare.cells(").removesuffix(");\n")
    )
    return found


def cell(address: str) -> Cell:
    return Cell(RELEASE, "c3bd", "Table P1", address)


def test_a_share_is_told_with_what_its_cells_hold(folder: Path) -> None:
    one, other = cell("I60"), cell("C60")
    share = Figure(
        "share.gwent",
        8642 / 58358,
        "proportion",
        (one, other),
        f"{one.name} / {other.name}",
        column="series.share",
    )
    found = told(folder, share)
    assert found["figures"]["share.gwent"] == {
        "release": RELEASE,
        "words": "offences of the group, over all recorded crime in the same table",
        "formula": "I60 / C60",
        "worked": "8642 / 58358",
        "cells": [
            [RELEASE, "Table P1", "I60", "8642", "Gwent, Stalking and harassment"],
            [RELEASE, "Table P1", "C60", "58358", "Gwent, Total"],
        ],
    }
    assert found["releases"] == {RELEASE: [RELEASE, "c3bd", ""]}


def test_an_interval_is_told_so_that_it_can_be_made_again(folder: Path) -> None:
    estimate = Figure(
        "survey.stalking",
        0.144,
        "proportion",
        (Cell("stalking-2024-03", "", "A publication", "looked up"),),
        lower=0.1363846629,
        upper=0.1519657327,
        stated={"level": 0.95, "method": "wilson", "n_assumed": 16_000.0},
    )
    assert told(folder, estimate)["figures"]["survey.stalking"]["interval"] == {
        "lower": 0.1363846629,
        "upper": 0.1519657327,
        "level": 0.95,
        "method": "wilson",
        "n_assumed": 16_000.0,
    }


def test_of_very_many_cells_the_formula_says_which(folder: Path) -> None:
    cells = tuple(cell(f"C{row}") for row in range(9, 52))
    rank = Figure("rank_forces.gwent", 9, "rank", cells, "place of the share among the forces")
    found = told(folder, rank)["figures"]["rank_forces.gwent"]
    assert found["formula"] == "place of the share among the forces over C9:C51"
    assert "worked" not in found


def test_a_year_added_up_names_its_quarters_and_the_codes_in_them(folder: Path) -> None:
    ends = pd.to_datetime(["2024-12-31", "2025-03-31", "2025-06-30", "2025-12-31", "2025-12-31"])
    pd.DataFrame(
        {
            "offence_id": ["stalking_harassment"] * 4 + ["homicide"],
            "code": ["8U", "8Q", "8L", None, "1"],
            "period_end": ends.date,
            "value": [5.0, 5.0, 0.0, 10.0, 2.0],
            "sheet": "2024/25",
            "cells": "",
            "workbook_sha256": "",
        }
    ).to_parquet(folder / "results" / "observations" / "prc-2025-12.parquet")
    what = "Stalking and harassment, Gwent, year to December 2025"
    cell = Cell.named(f"[prc-2025-12]'2024/25'!{what}", {})
    year = Figure("count.gwent.stalking_harassment.2025-12", 10.0, "count", (cell,))
    words = told(folder, year)["figures"]["count.gwent.stalking_harassment.2025-12"]["words"]
    # Of the codes with offences in these quarters one is of the group.
    assert str(words).endswith("October to December 2025; offence codes 8Q")
    assert "four quarters" in str(words)
    assert "published" not in str(words)
