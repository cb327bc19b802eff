"""Before against after: the same, different, or not compared, and never one for another."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
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
    SERIES,
    SHARES,
    BuildDiff,
    clear,
    compare_builds,
    write_comparison,
)

STALKING = "stalking_harassment"
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
    diff = compare_builds(*builds, STALKING)
    assert outcomes(diff) == {LEDGER: "same", SHARES: "same"}
    assert (diff.status, diff.figures) == (SAME, [])
    assert diff.in_words().startswith("# Nothing that is published changed")


def test_other_bytes_with_the_same_cells_are_an_outcome_of_their_own(
    builds: tuple[Path, Path],
) -> None:
    table = pq.read_table(builds[1] / SHARES)
    pq.write_table(table, builds[1] / SHARES, compression="none")
    diff = compare_builds(*builds, STALKING)
    assert (outcomes(diff)[SHARES], diff.status) == ("same cells", SAME)
    assert "## Bytes changed, cells same\n\n- estimates/shares.parquet" in diff.in_words()


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
        (a_row_more, "- pfa-2025-03: 1 row added"),
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
    diff = compare_builds(*builds, STALKING)
    assert (outcomes(diff)[SHARES], diff.status) == ("differs", DIFFERS)
    assert said in diff.in_words()
    assert diff.as_json()["exit_status"] == 1


@pytest.mark.parametrize(("gone_from", "said"), [(0, "the table is new"), (1, "the table is gone")])
def test_a_table_on_one_side_only_differs(
    gone_from: int, said: str, builds: tuple[Path, Path]
) -> None:
    (builds[gone_from] / SHARES).unlink()
    diff = compare_builds(*builds, STALKING)
    assert [t.reason for t in diff.tables if t.outcome == "differs"] == [said]


def test_a_table_that_cannot_be_read_is_not_the_same(builds: tuple[Path, Path]) -> None:
    (builds[1] / SHARES).write_bytes(b"PAR1 cut")
    diff = compare_builds(*builds, STALKING)
    assert (outcomes(diff)[SHARES], diff.status) == ("not compared", NOT_COMPARED)
    assert diff.in_words().startswith("# Not everything could be compared")


def test_a_folder_without_tables_is_not_the_same(builds: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(Problem, match="holds no table to compare"):
        compare_builds(tmp_path / "empty", builds[1], STALKING)


def test_where_nothing_was_compared_every_page_says_why_and_no_more() -> None:
    diff = BuildDiff(reason="before holds no table to compare.")
    assert diff.status == NOT_COMPARED
    assert diff.as_json()["reason"] == "before holds no table to compare."
    assert diff.in_words() == (
        "# Not everything could be compared\n\nbefore holds no table to compare.\n"
    )
    page = diff.as_page("before")
    assert "before holds no table to compare." in page
    assert "exit status 2" in page
    assert "None came" not in page
    assert "moved" not in page


def test_rows_that_nothing_tells_apart_are_compared_as_often_as_they_stand(
    builds: tuple[Path, Path],
) -> None:
    row = pd.DataFrame({"sentence": ["An empty sheet."]})
    write(builds[0], pd.concat([row, row], ignore_index=True))
    write(builds[1], pd.concat([row, row, row], ignore_index=True))
    shares_diff = next(t for t in compare_builds(*builds, STALKING).tables if t.table == SHARES)
    assert (shares_diff.outcome, shares_diff.added, shares_diff.removed) == ("differs", 1, 0)


def test_published_figures_are_compared_line_by_line(builds: tuple[Path, Path]) -> None:
    text = FIGURES.replace("0.148", "0.149").replace("prevalence,", "prevalence.women,")
    (builds[1] / LEDGER).write_text(text, encoding="utf-8")
    assert compare_builds(*builds, STALKING).figures == [
        "~ share.gwent, proportion, pfa-2024-12, Table P1, I60, force: 0.148 -> 0.149",
        "- prevalence, proportion, stalking, 1, C4, survey: 0.029 (0.026 to 0.032)",
        "+ prevalence.women, proportion, stalking, 1, C4, survey: 0.029 (0.026 to 0.032)",
    ]


def test_a_figure_of_a_chart_is_the_same_when_another_comes_in_before_it(
    builds: tuple[Path, Path],
) -> None:
    old = "page#shares.1,0.1,,,proportion,pfa-2018-03,aa,Table P1,K7,page\n"
    new = "page#shares.1,0.2,,,proportion,pfa-2016-06,bb,Table P1,K7,page\n"
    for build, rows in zip(builds, (old, new + old.replace("shares.1", "shares.2")), strict=True):
        (build / LEDGER).write_text(FIGURES + rows, encoding="utf-8")
    diff = compare_builds(*builds, STALKING)
    assert diff.figures == ["+ page#shares, proportion, pfa-2016-06, Table P1, K7, page: 0.2"]
    ledger = next(table for table in diff.tables if table.table == LEDGER)
    assert (ledger.added, ledger.removed, ledger.changed) == (1, 0, 0)


# ---------------------------------------------------------------- ledgers, ranks, releases


def test_a_ledger_that_is_no_ledger_is_not_compared_and_stops_nothing(
    builds: tuple[Path, Path],
) -> None:
    (builds[1] / LEDGER).write_text("figure_id,value\nshare.gwent,0.148\n", encoding="utf-8")
    diff = compare_builds(*builds, STALKING)
    ledger = next(table for table in diff.tables if table.table == LEDGER)
    assert (ledger.outcome, diff.status, diff.figures) == ("not compared", NOT_COMPARED, [])
    assert "the ledger has no column cell, lower, page" in ledger.reason


GWENT, WILTSHIRE, NATION = "W15000002", "E23000038", "K04000001"


def lead(build: Path, release_id: str, end: str, ranks: dict[str, int], **nation: float) -> None:
    """Write tables of one edition, whose ranks of forces and figures of the nation lead."""
    rows = pd.DataFrame(
        {
            "release_id": release_id,
            "period_end": pd.Timestamp(end),
            "area_code": [*ranks, NATION],
            "offence_id": STALKING,
            **dict.fromkeys(("count", "share", "rate_per_1000", "change_pct"), None),
            "rank_forces": [*ranks.values(), None],
            **dict.fromkeys(("rank_main_groups", "rank_subgroups"), 4),
            "rank_published_columns": 3,
        }
    )
    for name, value in nation.items():
        rows.loc[rows["area_code"] == NATION, name] = value
    for name in (SHARES, SERIES):
        held = pq.read_table(build / name).to_pandas() if (build / name).is_file() else None
        same = held is not None and list(held.columns) == list(rows.columns)
        table = pd.concat([held, rows], ignore_index=True) if same else rows
        write_table(table.astype(dict.fromkeys(rows.columns[4:], "float64")), build / name)


def test_what_leads_stands_beside_what_led(builds: tuple[Path, Path]) -> None:
    for build in builds:
        lead(build, "pfa-2024-06", "2024-06-30", {GWENT: 1, WILTSHIRE: 2}, share=0.1157)
    assert compare_builds(*builds, STALKING).moves == []
    lead(builds[1], "pfa-2024-12", "2024-12-31", {GWENT: 2, WILTSHIRE: 1}, share=0.1133)
    diff = compare_builds(*builds, STALKING)
    assert {
        (move["area"], move["quantity"], move["before"], move["after"]) for move in diff.moves
    } == {
        ("Gwent", "rank_forces", "1st", "2nd"),
        ("Wiltshire", "rank_forces", "2nd", "1st"),
        ("England and Wales", "share", "11.6%", "11.3%"),
    }
    where = "(pfa-2024-06 to pfa-2024-12)"
    text = diff.in_words()
    assert f"- England and Wales, share of recorded crime: 11.6% -> 11.3% {where}" in text
    assert f"2 ranks moved:\n\n- Gwent, forces by share: 1st -> 2nd {where}" in text
    assert compare_builds(*builds, "robbery").moves == []


def test_a_rank_that_moved_within_its_edition_is_told(builds: tuple[Path, Path]) -> None:
    for build, place in zip(builds, (1, 2), strict=True):
        lead(build, "pfa-2024-06", "2024-06-30", {GWENT: place})
        lead(build, "pfa-2024-12", "2024-12-31", {GWENT: 1})
    (move,) = compare_builds(*builds, STALKING).moves
    assert move["release_before"] == move["release_after"] == "pfa-2024-06"
    text = compare_builds(*builds, STALKING).in_words()
    assert "1 rank moved:\n\n- Gwent, forces by share: 1st -> 2nd (pfa-2024-06)" in text


def test_what_leads_and_cannot_be_compared_is_not_called_unmoved(
    builds: tuple[Path, Path],
) -> None:
    diff = compare_builds(*builds, STALKING)  # these tables of shares have no ranks
    assert "has no column offence_id" in diff.moves_not_compared
    assert "could not be compared" in diff.in_words()
    assert "No rank moved" not in diff.in_words()
    lead(builds[0], "pfa-2024-06", "2024-06-30", {GWENT: 1})
    lead(builds[1], "pfa-2024-06", "2024-06-30", {GWENT: 1})
    assert "No rank moved" in compare_builds(*builds, STALKING).in_words()
    (builds[1] / SERIES).write_bytes(b"PAR1 cut")
    assert f"{SERIES} cannot be read" in compare_builds(*builds, STALKING).moves_not_compared


def test_releases_that_came_or_went_are_named(builds: tuple[Path, Path]) -> None:
    for build, releases in zip(builds, (["a-1", "b-1"], ["b-1", "c-1"]), strict=True):
        (build / "clean").mkdir()
        table = pd.DataFrame({"release_id": releases, "value": [1.0, 2.0]})
        write_table(table, build / "clean" / "recorded_crime.parquet")
    diff = compare_builds(*builds, STALKING)
    assert (diff.come, diff.gone) == (["c-1"], ["a-1"])
    assert "New releases: c-1. Releases gone: a-1." in diff.in_words()


def test_figures_that_only_their_order_tells_apart_are_all_compared(
    builds: tuple[Path, Path],
) -> None:
    """Bars that count things have no cell, and numbers of a reason end like places in a chart."""
    bars = "page#sizes.{0},{1},,,count,,,,,page\nclaim.gwent.{0},{1},,,count,,,,,claims\n"
    for build, values in zip(builds, ((30, 8, 18), (30, 8, 19)), strict=True):
        lines = "".join(bars.format(*numbered) for numbered in enumerate(values, start=1))
        (build / LEDGER).write_text(FIGURES + lines, encoding="utf-8")
    assert compare_builds(*builds, STALKING).figures == [
        "~ claim.gwent.3, count, claims: 18 -> 19",
        "~ page#sizes.3, count, page: 18 -> 19",
    ]


def test_figures_by_the_hundred_are_counted_not_listed(builds: tuple[Path, Path]) -> None:
    """An edition that comes brings thousands; what changed must not drown in them."""
    line = "share.{0},0.1,,,proportion,pfa-2024-12,aa,Table P1,I60,force\n"
    many = "".join(line.format(number) for number in range(100))
    (builds[1] / LEDGER).write_text(FIGURES.replace("0.148", "0.149") + many, encoding="utf-8")
    diff = compare_builds(*builds, STALKING)
    text = diff.in_words()
    assert len(diff.figures) == 101
    assert "1 changed, 100 new, 0 gone" in text
    assert "```diff\n~ share.gwent" in text
    assert "+ share." not in text
    assert "... and 100 more, in diff.json." in text


def test_of_many_rows_that_changed_those_that_moved_furthest_are_shown(
    builds: tuple[Path, Path],
) -> None:
    rows = [f"E{number:08}" for number in range(30)]
    table = pd.DataFrame({"area_code": rows, "count": 1000.0, "cell": "I60"})
    for build, moved in zip(builds, (0, 1), strict=True):
        further = pd.Series(range(30)) * moved
        write(build, table.assign(count=table["count"] + further))
    (shown,) = [diff for diff in compare_builds(*builds, STALKING).tables if diff.changed]
    assert shown.changed == 29
    assert [said.partition(":")[0] for said in shown.examples] == rows[:-6:-1]


def test_of_many_figures_that_changed_the_largest_changes_are_listed(
    builds: tuple[Path, Path],
) -> None:
    line = "share.{0},{1},,,proportion,pfa-2024-12,aa,Table P1,I60,force\n"
    for build, by in zip(builds, (0, 1), strict=True):
        many = "".join(line.format(number, 100 + by * number) for number in range(1, 51))
        (build / LEDGER).write_text(FIGURES + many, encoding="utf-8")
    text = compare_builds(*builds, STALKING).in_words()
    listed = re.findall(r"~ share\.(\d+)", text)
    assert listed == [str(number) for number in range(50, 30, -1)]
    assert "... and 30 more, in diff.json." in text


# ---------------------------------------------------------------- the page


def test_the_page_says_what_the_words_say(builds: tuple[Path, Path]) -> None:
    write(builds[1], another_value(shares()))
    (builds[1] / LEDGER).write_text(FIGURES.replace("0.148", "0.149"), encoding="utf-8")
    diff = compare_builds(*builds, STALKING)
    page = diff.as_page("some folder")
    said = unescape(re.sub(r"<[^>]+>", "", page))
    lines = [line.lstrip("#- `") for line in diff.in_words().splitlines()]
    assert "Differs: exit status 1." in said
    assert "<code>some folder</code>" in page
    assert [line for line in lines if line not in said and line != "diff"] == []


def test_words_out_of_a_workbook_are_no_markup_on_the_page(builds: tuple[Path, Path]) -> None:
    write(builds[1], shares().assign(sheet=["Table P1", "<img src=x onerror=alert(1)>"]))
    page = compare_builds(*builds, STALKING).as_page("before")
    assert "<img" not in page
    assert "&lt;img src=x" in page


def test_the_page_of_the_same_build_says_so(builds: tuple[Path, Path]) -> None:
    page = compare_builds(*builds, STALKING).as_page("before")
    assert "<h1>Nothing that is published changed</h1>" in page
    assert "Same: exit status 0." in page
    assert "No figure that readers see came, went or changed." in page
    assert "Bytes changed" not in page


def test_what_was_not_compared_comes_before_what_changed(builds: tuple[Path, Path]) -> None:
    (builds[1] / SHARES).write_bytes(b"PAR1 cut")
    (builds[1] / LEDGER).write_text(FIGURES.replace("0.148", "0.149"), encoding="utf-8")
    page = compare_builds(*builds, STALKING).as_page("before")
    assert "<h1>Not everything could be compared</h1>" in page
    assert "Could not compare: exit status 2." in page
    assert 0 < page.index(f"<li>{SHARES}: cannot be read") < page.index("~ share.gwent")


def test_the_page_asks_no_other_file(builds: tuple[Path, Path]) -> None:
    write(builds[1], another_value(shares()))
    page = compare_builds(*builds, STALKING).as_page("before")
    assert "<script" not in page
    assert not re.search(r'(?:src|href)="(?!#|data:|https://www\.|https://creativecommons)', page)
    assert not re.search(r"url\(|@import", page)


def test_a_comparison_is_written_in_words_and_as_a_page_and_cleared_before_the_next(
    builds: tuple[Path, Path], tmp_path: Path
) -> None:
    (builds[1] / LEDGER).write_text(FIGURES.replace("0.148", "0.149"), encoding="utf-8")
    diff = compare_builds(*builds, STALKING)
    page = write_comparison(tmp_path / "releases", diff, "before")
    assert page.read_text(encoding="utf-8") == diff.as_page("before")
    assert (page.parent / "diff.md").read_text(encoding="utf-8") == diff.in_words()
    clear(page.parent)
    assert list(page.parent.iterdir()) == []
    clear(tmp_path / "never written")
