"""Before against after: the same, different, or not compared, and never one for another."""

from __future__ import annotations

import re
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
    SERIES,
    BuildDiff,
    compare_builds,
    in_words,
    nothing_compared,
    printed,
)
from crimeshare.releases.comparison_page import as_page, clear, titled, write_comparison

SHARES = "estimates/shares.parquet"
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
    assert in_words(diff).startswith("# Nothing that is published changed")


def test_other_bytes_with_the_same_cells_are_an_outcome_of_their_own(
    builds: tuple[Path, Path],
) -> None:
    table = pq.read_table(builds[1] / SHARES)
    pq.write_table(table, builds[1] / SHARES, compression="none")
    diff = compare_builds(*builds, STALKING)
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
    assert said in in_words(diff)
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
    assert in_words(diff).startswith("# Not everything could be compared")


def test_a_folder_without_tables_is_not_the_same(builds: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(Problem, match="holds no table to compare"):
        compare_builds(tmp_path / "empty", builds[1], STALKING)


def test_where_nothing_was_compared_every_page_says_why_and_no_more() -> None:
    diff = nothing_compared("before holds no table to compare.")
    assert diff.status == NOT_COMPARED
    assert diff.as_json()["reason"] == "before holds no table to compare."
    assert in_words(diff) == (
        "# Not everything could be compared\n\nbefore holds no table to compare.\n"
    )
    page = as_page(diff, "before")
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


def ranked(release_id: str, period_end: str, **shares_of: float) -> pd.DataFrame:
    """Shares of forces, and a rank of the group in England and Wales."""
    codes = {"Gwent": "W15000002", "Wiltshire": "E23000038", "nation": "K04000001"}
    return pd.DataFrame(
        {
            "release_id": release_id,
            "period_end": pd.Timestamp(period_end),
            "area_code": [codes[name] for name in shares_of],
            "area_type": ["country" if name == "nation" else "force" for name in shares_of],
            "offence_id": STALKING,
            "share": list(shares_of.values()),
            "rank_main_groups": pd.array([None] * len(shares_of), dtype="Int64"),
            "rank_subgroups": pd.array(
                [2 if name == "nation" else 1 for name in shares_of], dtype="Int64"
            ),
            "rank_published_columns": pd.array([3] * len(shares_of), dtype="Int64"),
        }
    )


def test_ranks_of_the_newest_editions_stand_beside_each_other(builds: tuple[Path, Path]) -> None:
    old = ranked("pfa-2024-06", "2024-06-30", Gwent=0.2, Wiltshire=0.1, nation=0.15)
    new = ranked("pfa-2024-12", "2024-12-31", Gwent=0.1, Wiltshire=0.2, nation=0.15)
    write(builds[0], old)
    write(builds[1], pd.concat([old, new], ignore_index=True))
    diff = compare_builds(*builds, STALKING)
    moves = {(rank.area, rank.before, rank.after) for rank in diff.ranks}
    assert moves == {("Gwent", 1, 2), ("Wiltshire", 2, 1)}  # the nation's ranks stayed
    assert {(r.release_before, r.release_after) for r in diff.ranks} == {
        ("pfa-2024-06", "pfa-2024-12")
    }
    assert "- Gwent, forces by share: 1 -> 2 (pfa-2024-06 to pfa-2024-12)" in in_words(diff)


def test_a_rank_that_moved_within_its_edition_is_told(builds: tuple[Path, Path]) -> None:
    for build, gwent in zip(builds, (0.2, 0.05), strict=True):
        write(build, ranked("pfa-2024-06", "2024-06-30", Gwent=gwent, Wiltshire=0.1))
    diff = compare_builds(*builds, STALKING)
    assert sorted(rank.line for rank in diff.ranks) == [
        "Gwent, forces by share: 1 -> 2 (pfa-2024-06)",
        "Wiltshire, forces by share: 2 -> 1 (pfa-2024-06)",
    ]


def test_ranks_that_a_report_leads_with_are_those_of_the_newest_year(
    builds: tuple[Path, Path],
) -> None:
    """The editions are the same in both; only the series moved on."""
    codes = {"Gwent": "W15000002", "Wiltshire": "E23000038"}
    years = {"2025-09-30": (1, 2), "2025-12-31": (2, 1)}
    series = pd.DataFrame(
        [
            (code, STALKING, pd.Timestamp(period_end), rank, None, f"prc-{period_end[:7]}")
            for period_end, ranks in years.items()
            for code, rank in zip(codes.values(), ranks, strict=True)
        ],
        columns=[
            "area_code",
            "offence_id",
            "period_end",
            "rank_forces",
            "rank_main_groups",
            "release_id",
        ],
    ).assign(rank_subgroups=None, rank_published_columns=None)
    for build, rows in zip(builds, (series.head(2), series), strict=True):
        write(build, ranked("pfa-2024-12", "2024-12-31", Gwent=0.2, Wiltshire=0.1))
        write_table(rows, build / SERIES)
    diff = compare_builds(*builds, STALKING)
    assert [rank.line for rank in diff.ranks] == [
        "Gwent, forces by share: 1 -> 2 (prc-2025-09 to prc-2025-12)",
        "Wiltshire, forces by share: 2 -> 1 (prc-2025-09 to prc-2025-12)",
    ]
    (builds[1] / SERIES).write_bytes(b"PAR1 cut")
    assert "series.parquet cannot be read" in compare_builds(*builds, STALKING).ranks_not_compared


def test_ranks_that_cannot_be_compared_are_not_called_unmoved(builds: tuple[Path, Path]) -> None:
    diff = compare_builds(*builds, STALKING)  # these tables of shares have no ranks
    assert "has no column area_type" in diff.ranks_not_compared
    assert "Ranks could not be compared" in in_words(diff)
    assert "No rank moved" not in in_words(diff)
    assert "Ranks were not compared" in as_page(diff, "before")


def test_releases_that_came_or_went_are_named(builds: tuple[Path, Path]) -> None:
    for build, releases in zip(builds, (["a-1", "b-1"], ["b-1", "c-1"]), strict=True):
        (build / "clean").mkdir()
        table = pd.DataFrame({"release_id": releases, "value": [1.0, 2.0]})
        write_table(table, build / "clean" / "recorded_crime.parquet")
    diff = compare_builds(*builds, STALKING)
    assert (diff.come, diff.gone) == (["c-1"], ["a-1"])
    assert "New releases: c-1. Releases gone: a-1." in in_words(diff)


def test_a_figure_of_another_edition_takes_the_place_of_its_like(
    builds: tuple[Path, Path],
) -> None:
    name = f"share.country-england-and-wales.{STALKING}"
    line = name + ".{0},{1},,,proportion,{0},aa,Table P1,I60,{2}\n"
    for build, edition in zip(
        builds, (("pfa-2024-06", 0.1157), ("pfa-2024-12-v2", 0.1133)), strict=True
    ):
        lines = "".join(line.format(*edition, page) for page in ("national", "index"))
        (build / LEDGER).write_text(FIGURES + lines, encoding="utf-8")
    diff = compare_builds(*builds, STALKING)
    assert [figure.line for figure in diff.newest] == [
        "Share of recorded crime: 11.6% -> 11.3% (pfa-2024-06 to pfa-2024-12-v2)"
    ]
    assert compare_builds(*builds, "robbery").newest == []
    assert f"- {diff.newest[0].line}" in in_words(diff)
    page = as_page(diff, "before")
    assert '<td class="number">11.6%</td><td class="number">11.3%</td>' in page


def test_the_newest_edition_counts_though_older_ones_are_still_printed(
    builds: tuple[Path, Path],
) -> None:
    name = f"count.country-england-and-wales.{STALKING}"
    line = name + ".{0},{1},,,count,{0},aa,Table P1,I9,national\n"
    old, new = line.format("pfa-2024-06", 620861.0), line.format("pfa-2024-12", 606251.0)
    earlier_year = line.format("pfa-2024-12.2023-12", 660326.0)
    for build, lines in zip(builds, (old, new + old + earlier_year), strict=True):
        (build / LEDGER).write_text(FIGURES + lines, encoding="utf-8")
    assert [figure.line for figure in compare_builds(*builds, STALKING).newest] == [
        "Offences: 620,861 -> 606,251 (pfa-2024-06 to pfa-2024-12)"
    ]


def test_what_a_report_leads_with_counts_before_its_editions(builds: tuple[Path, Path]) -> None:
    """A leading figure names its year, and stands for editions of any year."""
    name = f"count.country-england-and-wales.{STALKING}"
    line = name + ".{0},{1},,,count,{2},aa,Table P1,I9,national\n"
    edition = line.format("pfa-2025-12", 600000.0, "pfa-2025-12")
    older = line.format("2025-09", 590000.0, "appendix-2025-09")
    newer = line.format("2025-12", 580000.0, "appendix-2025-12")
    for build, lines in zip(builds, (older + edition, newer + older + edition), strict=True):
        (build / LEDGER).write_text(FIGURES + lines, encoding="utf-8")
    assert [figure.line for figure in compare_builds(*builds, STALKING).newest] == [
        "Offences: 590,000 -> 580,000 (appendix-2025-09 to appendix-2025-12)"
    ]


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
    text = in_words(diff)
    assert len(diff.figures) == 101
    assert "1 changed, 100 are new and 0 are gone" in text
    assert "```diff\n~ share.gwent" in text
    assert "+ share." not in text
    assert "... and 100 more, in figures.diff." in text


def test_of_many_figures_that_changed_the_largest_changes_are_listed(
    builds: tuple[Path, Path],
) -> None:
    line = "share.{0},{1},,,proportion,pfa-2024-12,aa,Table P1,I60,force\n"
    for build, by in zip(builds, (0, 1), strict=True):
        many = "".join(line.format(number, 100 + by * number) for number in range(1, 51))
        (build / LEDGER).write_text(FIGURES + many, encoding="utf-8")
    text = in_words(compare_builds(*builds, STALKING))
    listed = re.findall(r"~ share\.(\d+)", text)
    assert listed == [str(number) for number in range(50, 30, -1)]
    assert "... and 30 more, in figures.diff." in text


# ---------------------------------------------------------------- the page


def test_the_page_says_what_the_words_say(builds: tuple[Path, Path]) -> None:
    write(builds[1], another_value(shares()))
    (builds[1] / LEDGER).write_text(FIGURES.replace("0.148", "0.149"), encoding="utf-8")
    page = as_page(compare_builds(*builds, STALKING), "some folder")
    assert "<h1>What changes</h1>" in page
    assert "Of 2 tables, 2 are different." in page
    assert "Differs: exit status 1." in page
    assert "<code>some folder</code>" in page
    assert "pfa-2024-12: count 8642.0 -&gt; 8643.0" in page
    assert '<td class="number" title="0.148">14.8%</td>' in page
    assert '<td class="number" title="0.149">14.9%</td>' in page
    assert "~ share.gwent, proportion, pfa-2024-12, Table P1, I60, force: 0.148 -&gt; 0.149" in page


def test_the_page_of_the_same_build_says_so(builds: tuple[Path, Path]) -> None:
    page = as_page(compare_builds(*builds, STALKING), "before")
    assert "<h1>Nothing that is published changed</h1>" in page
    assert "Same: exit status 0." in page
    assert "None came, went or changed." in page
    assert "Bytes changed" not in page


def test_bytes_that_changed_have_a_part_of_their_own(builds: tuple[Path, Path]) -> None:
    table = pq.read_table(builds[1] / SHARES)
    pq.write_table(table, builds[1] / SHARES, compression="none")
    page = as_page(compare_builds(*builds, STALKING), "before")
    assert "1 is the same byte for byte and 1 is the same cell for cell in other bytes" in page
    assert "Bytes changed, cells same</h2>" in page
    assert "Same: exit status 0." in page


def test_what_was_not_compared_comes_before_what_changed(builds: tuple[Path, Path]) -> None:
    (builds[1] / SHARES).write_bytes(b"PAR1 cut")
    page = as_page(compare_builds(*builds, STALKING), "before")
    assert "<h1>Not everything could be compared</h1>" in page
    assert "Could not compare: exit status 2." in page
    assert 0 < page.index("Not compared</h2>") < page.index("Figures that readers see</h2>")


def test_the_page_asks_no_other_file(builds: tuple[Path, Path]) -> None:
    write(builds[1], another_value(shares()))
    page = as_page(compare_builds(*builds, STALKING), "before")
    assert "<script" not in page
    assert not re.search(r'(?:src|href)="(?!#|data:|https://www\.|https://creativecommons)', page)
    assert not re.search(r"url\(|@import", page)


def test_a_value_is_written_as_the_report_prints_it(builds: tuple[Path, Path]) -> None:
    text = FIGURES.replace("0.029,0.026,0.032", "0.031,0.026,0.032")
    (builds[1] / LEDGER).write_text(text, encoding="utf-8")
    change = compare_builds(*builds, STALKING).changes[0]
    assert printed(change.unit, change.before) == "2.9% (2.6% to 3.2%)"
    assert printed(change.unit, "") == ""
    assert titled(SHARES) == "Shares and ranks"
    assert titled("clean/anything_else.parquet") == "Anything else"


def test_a_comparison_is_written_three_ways_and_cleared_before_the_next(
    builds: tuple[Path, Path], tmp_path: Path
) -> None:
    (builds[1] / LEDGER).write_text(FIGURES.replace("0.148", "0.149"), encoding="utf-8")
    diff = compare_builds(*builds, STALKING)
    page = write_comparison(tmp_path / "releases", diff, "before")
    assert page.read_text(encoding="utf-8") == as_page(diff, "before")
    names = sorted(path.name for path in page.parent.iterdir())
    assert names == ["diff.html", "diff.md", "figures.diff"]
    lines = (page.parent / "figures.diff").read_text(encoding="utf-8")
    assert lines == diff.figures[0] + "\n"
    clear(page.parent)
    assert list(page.parent.iterdir()) == []
    clear(tmp_path / "never written")
