"""Verdicts: against every vintage, by definition, by interval; settled by what arrives later."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from crimeshare.audit.audit import compute_claims
from crimeshare.audit.open_data import OpenData
from crimeshare.audit.recorded import Releases
from crimeshare.audit.surveyed import SurveyAudit
from crimeshare.audit.verdicts import VERDICTS
from crimeshare.measures.recorded import compute_changes, compute_shares, read_recording_changes
from crimeshare.parquet import read_table
from crimeshare.periods import a_year_before
from crimeshare.reference import areas, offences
from crimeshare.sources.registry import Release, read_registry
from crimeshare.tables.combining import combine_recorded_crime
from crimeshare.tables.observations import Observation, write_observations
from crimeshare.tables.reading import read_release
from tests import facsimile
from tests.conftest import ROOT
from tests.quarterly import shipped

REFERENCE = ROOT / "resources" / "reference"
RELEASES = sorted(facsimile.FIGURES.glob("pfa-*.parquet"))
NOT_CHECKABLE = "not checkable from the releases at hand"


@pytest.fixture(scope="module")
def registry() -> dict[str, Release]:
    return read_registry(ROOT / "config" / "releases.csv")


def at_hand(paths: list[Path], registry: dict[str, Release]) -> Releases:
    recorded = combine_recorded_crime(read_table(*paths))
    recording_changes = read_recording_changes(REFERENCE / "recording_changes.csv")
    changes = compute_changes(recorded, recording_changes)
    return Releases(recorded, compute_shares(recorded), changes, registry, recording_changes)


@pytest.fixture(scope="module")
def releases(registry: dict[str, Release]) -> Releases:
    return at_hand(RELEASES, registry)


@pytest.fixture(scope="module")
def open_data(registry: dict[str, Release]) -> OpenData:
    return OpenData(shipped(ROOT), registry)


def estimate(sex: str, age: str, value: float, lower: float, upper: float, **more: object) -> dict:
    row = {
        "release_id": "stalking-2024-03",
        "measure_id": "stalking",
        "sex": sex,
        "age": age,
        "characteristic": "all",
        "period_end": pd.Timestamp("2024-03-31"),
        "estimate": value,
        "lower": lower,
        "upper": upper,
        "lower_widest": float("nan"),
        "upper_widest": float("nan"),
        "level": 0.95,
        "basis": "design_factor",
        "seen": "file",
    }
    return row | more


@pytest.fixture(scope="module")
def surveyed() -> SurveyAudit:
    assumed = {"basis": "assumed_base", "lower_widest": 0.05, "upper_widest": 0.15}
    prevalence = pd.DataFrame(
        [
            estimate("all", "16+", 0.144, 0.138, 0.150),
            estimate("women", "16+", 0.20, 0.19, 0.21),
            estimate("men", "16+", 0.085, 0.08, 0.09),
            estimate("women", "75+", 0.21, 0.19, 0.23),
            estimate("women", "16-19", 0.10, 0.08, 0.12, **assumed),
            estimate("men", "16-19", 0.06, 0.05, 0.07, **assumed),
        ]
    )
    places = prevalence[["release_id", "measure_id", "sex", "age", "period_end", "characteristic"]]
    places = places.assign(workbook_sha256="0" * 64, sheet="Table 1", cell="B7")
    return SurveyAudit(prevalence, places)


Judged = Callable[..., tuple[pd.DataFrame, list[str]]]


@pytest.fixture(scope="module")
def judged(
    releases: Releases,
    surveyed: SurveyAudit,
    open_data: OpenData,
    tmp_path_factory: pytest.TempPathFactory,
) -> Judged:
    def judged(text: str, hand: Releases = releases) -> tuple[pd.DataFrame, list[str]]:
        path = tmp_path_factory.mktemp("claims") / "claims.yaml"
        path.write_text(text, encoding="utf-8")
        audit = compute_claims(path, hand, surveyed, open_data)
        check_evidence(audit.claims, audit.evidence)
        problems = [sentence.removeprefix(f"{path}, ") for sentence in audit.refused]
        return audit.claims.set_index("claim_id"), problems

    return judged


def check_evidence(claims: pd.DataFrame, evidence: pd.DataFrame) -> None:
    """Every number a reason mentions is found in its text, in order, once each."""
    for claim in claims.itertuples():
        mentions = evidence[evidence["claim_id"] == claim.claim_id].drop_duplicates("mention")
        rest = claim.reason
        for text in mentions["text"]:
            assert text in rest, (claim.claim_id, text)
            rest = rest.partition(text)[2]


def claim(**keys: str) -> str:
    whole = {"id": "it", "source": "somebody", "statement": "words"} | keys
    return "- " + "\n  ".join(f"{key}: {value}" for key, value in whole.items()) + "\n"


def gwent(**keys: str) -> str:
    about = {"area": "Gwent", "offence": "stalking_harassment"} | keys
    return claim(**about)


DEC_2024 = {"period": "year ending December 2024"}
MAR_2024 = {"period": "year ending March 2024"}


@pytest.mark.parametrize(
    ("keys", "verdict", "computed"),
    [
        ({"quantity": "count", "value": "8,642"}, "confirmed", 8642),
        ({"quantity": "count", "value": "8,600"}, "confirmed when rounded", 8642),
        ({"quantity": "count", "value": "8,640"}, "confirmed when rounded", 8642),
        ({"quantity": "count", "value": "8,643"}, "contradicted", 8642),
        ({"quantity": "share", "value": "14.8%"}, "confirmed when rounded", 8642 / 58358),
        ({"quantity": "share", "value": "14%"}, "truncated, not rounded", 8642 / 58358),
        ({"quantity": "share", "value": "one in seven"}, "confirmed when rounded", 8642 / 58358),
        ({"quantity": "share", "value": "16%"}, "contradicted", 8642 / 58358),
        ({"quantity": "rate", "value": "14.5"}, "confirmed when rounded", 14.514319),
        ({"quantity": "change", "value": "-4.3%"}, "confirmed when rounded", -389 / 9031),
        ({"quantity": "change", "value": "-389"}, "confirmed", -389),
        ({"quantity": "change", "value": "down"}, "confirmed", -389),
        ({"quantity": "change", "value": "up"}, "contradicted", -389),
        ({"quantity": "count", "value": "more than 8,000"}, "confirmed", 8642),
        ({"quantity": "count", "value": "more than 9,000"}, "contradicted", 8642),
        ({"quantity": "count", "value": "nearly 9,000"}, "confirmed when rounded", 8642),
        ({"quantity": "share", "value": "just over 14%"}, "truncated, not rounded", 8642 / 58358),
        ({"quantity": "share", "value": "over one in seven"}, "confirmed", 8642 / 58358),
        ({"quantity": "rate", "value": "less than 15"}, "confirmed", 14.514319),
        ({"quantity": "change", "value": "more than -4%"}, "confirmed", -389 / 9031),
        ({"quantity": "change", "value": "more than -400"}, "contradicted", -389),
    ],
)
def test_a_number_of_an_edition_at_hand(
    judged: Judged, keys: dict[str, str], verdict: str, computed: float
) -> None:
    table, _ = judged(gwent(**keys, **DEC_2024))
    assert table.loc["it", "verdict"] == verdict
    assert table.loc["it", "computed"] == pytest.approx(computed, rel=1e-6)
    assert "pfa-2024-12" in table.loc["it", "release_id"]
    assert table.loc["it", ["lower", "upper"]].isna().all()


@pytest.mark.parametrize(
    ("classification", "value", "verdict"),
    [
        ("sub-groups", "first", "confirmed"),
        ("published columns", "third", "confirmed"),
        ("published columns", "first", "contradicted"),
        ("main groups", "third", "not supported"),
        ("forces by share", "9th", "confirmed"),
        ("not stated", "third", "depends on definition"),
        ("not stated", "second", "contradicted"),
    ],
)
def test_a_rank_is_judged_among_what_it_is_a_rank_in(
    judged: Judged, classification: str, value: str, verdict: str
) -> None:
    keys = {"quantity": "rank", "classification": classification, "value": value}
    table, _ = judged(gwent(**keys, **DEC_2024))
    assert table.loc["it", "verdict"] == verdict
    assert "violence against the person" in table.loc["it", "reason"] or classification in (
        "sub-groups",
        "published columns",
        "forces by share",
    )


def test_a_rank_that_every_classification_agrees_on_is_confirmed(judged: Judged) -> None:
    robbery = {"offence": "violence_against_person", "quantity": "rank", "value": "first"}
    table, _ = judged(gwent(**robbery, classification="not stated", **DEC_2024))
    assert table.loc["it", "verdict"] == "confirmed"


# Gwent, all crime, year ending December 2018: 56,497 in its own edition, and 56,524 by the
# percentage change of the edition a year later.
def test_a_first_published_count_since_revised_is_true_of_its_release_only(
    judged: Judged,
) -> None:
    about = {"quantity": "total", "area": "Gwent", "period": "year ending December 2018"}
    table, _ = judged(
        claim(id="first", **about, value="56,497")
        + claim(id="revised", **about, value="56,524")
        + claim(id="neither", **about, value="56,500")
        + claim(id="other", **about, value="56,111")
    )
    first = table.loc["first"]
    assert first["verdict"] == "true only of pfa-2018-12"
    assert (first["release_id"], first["sheet"], first["cell"]) == (
        "pfa-2018-12",
        "Table P1",
        "C59",
    )
    assert "56,524" in first["reason"]
    revised = table.loc["revised"]
    assert revised["verdict"] == "confirmed"
    assert revised["cell"] == "'Table P1'!C59 / (1 + 'Table P2'!C59 / 100)"
    assert table.loc["neither", "verdict"] == "confirmed when rounded"
    assert table.loc["other", "verdict"] == "contradicted"
    assert "56,497" in table.loc["other", "reason"]
    assert "56,524" in table.loc["other", "reason"]


def test_a_change_between_first_published_counts_depends_on_the_definition(
    judged: Judged,
) -> None:
    about = {
        "quantity": "change",
        "area": "Gwent",
        "offence": "total",
        "period": "year ending December 2019",
    }
    table, _ = judged(
        claim(id="release", **about, value="+2.57%") + claim(id="across", **about, value="+1,479")
    )
    assert table.loc["release", "verdict"] == "confirmed when rounded"
    assert "not comparable: Stalking and harassment recorded" in table.loc["release", "reason"]
    assert table.loc["across", "verdict"] == "depends on definition"
    assert "1,452" in table.loc["across", "reason"]


def test_a_year_that_only_a_later_edition_gives_as_revised(judged: Judged) -> None:
    about = {"quantity": "total", "area": "Gwent", "period": "year ending December 2023"}
    table, _ = judged(
        claim(id="same", **about, value="57,161") + claim(id="other", **about, value="57,200")
    )
    assert table.loc["same", "verdict"] == "confirmed"
    # What was first published may have been that.
    assert table.loc["other", "verdict"] == "confirmed when rounded"
    table, _ = judged(claim(**about, value="57,321"))
    assert table.loc["it", "verdict"] == NOT_CHECKABLE
    assert "pfa-2023-12 would settle it" in table.loc["it", "reason"]
    assert "57,161" in table.loc["it", "reason"]


def test_a_marked_cell_is_told(judged: Judged) -> None:
    about = {"quantity": "total", "area": "Greater Manchester"}
    table, _ = judged(claim(**about, period="year ending December 2019", value="300,000"))
    assert table.loc["it", "verdict"] == NOT_CHECKABLE
    assert "marked unavailable" in table.loc["it", "reason"]
    assert table.loc["it", "release_id"] == "pfa-2019-12"


def test_an_edition_at_hand_without_the_column_is_told(judged: Judged) -> None:
    keys = {"quantity": "count", "period": "year ending June 2016", "value": "2,000"}
    table, _ = judged(gwent(**keys))
    assert table.loc["it", "verdict"] == NOT_CHECKABLE
    assert (
        "pfa-2016-06, the edition of the year ending June 2016, has no such"
        in (table.loc["it", "reason"])
    )


def test_a_bad_sum_shows_without_the_release_and_a_good_one_confirms_nothing(
    judged: Judged,
) -> None:
    keys = {"quantity": "share", "own_counts": "[part, whole]", **MAR_2024}
    counts = gwent(id="part", quantity="count", value="9,013", **MAR_2024) + claim(
        id="whole", quantity="total", area="Gwent", value="57,093", **MAR_2024
    )
    table, _ = judged(
        counts
        + gwent(id="cut", **keys, value="15%")
        + gwent(id="good", **keys, value="16%")
        + gwent(id="wrong", **keys, value="17%")
    )
    assert table.loc["cut", "verdict"] == "truncated, not rounded"
    assert table.loc["cut", "computed"] == 9013 / 57093
    assert "15.79%" in table.loc["cut", "reason"]
    assert table.loc["good", "verdict"] == NOT_CHECKABLE
    assert pd.isna(table.loc["good", "computed"])
    assert table.loc["wrong", "verdict"] == "not supported"


@pytest.fixture(scope="module")
def article(judged: Judged) -> pd.DataFrame:
    text = (ROOT / "config" / "claims.yaml").read_text(encoding="utf-8")
    recorded_only = text.replace("measure: stalking_since_16", "measure: stalking")
    table, problems = judged(recorded_only)
    assert problems == []
    return table


@pytest.mark.parametrize(
    ("claim_id", "verdict", "told"),
    [
        ("argus-gwent-total", NOT_CHECKABLE, ["57,161", "56,940", "lies between", "56,325"]),
        ("argus-gwent-stalking", NOT_CHECKABLE, ["9,031", "8,849", "lies between", "8,693"]),
        ("argus-gwent-share", "truncated, not rounded", ["9,013", "57,093", "15.79%"]),
        (
            "argus-gwent-rank",
            "depends on definition",
            ["3rd among published columns", "beside its own parent", "1st among sub-groups"],
        ),
        ("argus-one-in-seven", "within the interval", ["13.8%", "15.0%"]),
        ("gwent-total-2019", "confirmed", ["58,536"]),
        ("gwent-total-2020", NOT_CHECKABLE, ["pfa-2020-03 would settle it"]),
        ("gwent-total-2020-before", "confirmed", ["58,536"]),
        ("south-wales-stalking-2019", "confirmed", ["12,677"]),
        (
            "south-wales-stalking-2020",
            NOT_CHECKABLE,
            ["is exactly that of the year ending December 2019 in pfa-2019-12"],
        ),
        ("south-wales-stalking-change", "not supported", ["+17.17%", "12,677", "14,854"]),
    ],
)
def test_the_public_statements(
    article: pd.DataFrame, claim_id: str, verdict: str, told: list[str]
) -> None:
    row = article.loc[claim_id]
    assert row["verdict"] == verdict
    for words in told:
        assert words in row["reason"]
    assert verdict != NOT_CHECKABLE or (
        pd.isna(row["computed"]) and "would settle it" in row["reason"]
    )


def test_the_counts_of_the_article_name_the_release_that_would_settle_them(
    article: pd.DataFrame,
) -> None:
    for name in ("argus-gwent-total", "argus-gwent-stalking"):
        reason = article.loc[name, "reason"]
        assert "pfa-2024-03-corrected (or pfa-2024-03-v1, which it replaced)" in reason
        assert article.loc[name, "release_id"] == "pfa-2024-12; pfa-2024-06"


# --- an edition that arrives -------------------------------------------------------------


def with_gwent(shipped: list[Observation], total: float, stalking: float) -> list[Observation]:
    """The figures with other counts for Gwent, everything that follows from them adjusted."""
    own = max(row.period_end for row in shipped)
    key = {
        (row.area_code, row.offence_id): row.value
        for row in shipped
        if row.measure == "count" and row.period_end == own
    }
    moved: dict[tuple[str, str | None], float] = {}

    def move(offence: str, by: float) -> None:
        area = "W15000002"
        while area:
            group = offence
            while group:
                moved[area, group] = moved.get((area, group), 0.0) + by
                group = offences()[group].parent_id
            area = areas()[area].parent_code

    by = stalking - (key["W15000002", "stalking_harassment"] or 0)
    move("stalking_harassment", by)
    move("public_order_offences", total - (key["W15000002", "total"] or 0) - by)
    before = {
        (row.area_code, row.offence_id): row.value
        for row in shipped
        if row.measure == "count" and row.period_end != own
    }
    rows = []
    for row in shipped:
        place = (row.area_code, row.offence_id)
        if row.period_end == own and place in moved and row.value is not None:
            value = (key[place] or 0) + moved[place]
            if row.measure == "count":
                row = dataclasses.replace(row, value=value)
            elif row.measure == "change_pct":
                row = dataclasses.replace(row, value=100 * (value / (before[place] or 1) - 1))
            elif row.measure == "rate_per_1000":
                row = dataclasses.replace(row, value=row.value * value / (key[place] or 1))
        rows.append(row)
    return rows


@pytest.fixture(scope="module")
def with_march_2024(
    registry: dict[str, Release], tmp_path_factory: pytest.TempPathFactory
) -> Releases:
    """The releases at hand and a workbook of the year ending March 2024, read as any other."""
    folder = tmp_path_factory.mktemp("march")
    arriving = registry["pfa-2024-03-corrected"]
    pattern = with_gwent(facsimile.figures("pfa-2024-06"), total=57093, stalking=9013)
    days = {
        date(2024, 6, 30): arriving.period_end,
        date(2023, 6, 30): a_year_before(arriving.period_end),
    }
    edition = [
        dataclasses.replace(
            row,
            period_end=days[row.period_end],
            previous_period_end=row.previous_period_end and days[row.previous_period_end],
        )
        for row in pattern
        if row.parent_code is None  # its tables by partnership would not add up to other figures
    ]
    book = facsimile.from_figures(edition)
    workbook = facsimile.write(book, folder / arriving.file)
    observations = read_release(
        workbook,
        arriving.release_id,
        arriving.period_end,
        ROOT / "config" / "corrections.yaml",
    )
    figures = folder / "pfa-2024-03-corrected.parquet"
    write_observations(observations, figures)
    return at_hand([*RELEASES, figures], registry)


def test_an_edition_that_arrives_settles_the_article_by_itself(
    judged: Judged, with_march_2024: Releases
) -> None:
    text = (ROOT / "config" / "claims.yaml").read_text(encoding="utf-8")
    text = text.replace("measure: stalking_since_16", "measure: stalking")
    table, problems = judged(text, with_march_2024)
    assert problems == []
    for name, count, cell in [
        ("argus-gwent-total", 57093, "C60"),
        ("argus-gwent-stalking", 9013, "I60"),
    ]:
        row = table.loc[name]
        assert (row["verdict"], row["computed"]) == ("confirmed", count)
        place = (row["release_id"], row["sheet"], row["cell"])
        assert place == ("pfa-2024-03-corrected", "Table P1", cell)
    share = table.loc["argus-gwent-share"]
    assert share["verdict"] == "truncated, not rounded"
    assert (share["computed"], share["cell"]) == (9013 / 57093, "I60 / C60")
    rank = table.loc["argus-gwent-rank"]
    assert rank["verdict"] == "depends on definition"
    assert rank["release_id"] == "pfa-2024-03-corrected"


def test_an_edition_that_says_otherwise_contradicts_the_article(
    judged: Judged, with_march_2024: Releases
) -> None:
    table, _ = judged(
        claim(quantity="total", area="Gwent", value="57,121", **MAR_2024), with_march_2024
    )
    assert table.loc["it", "verdict"] == "contradicted"
    assert table.loc["it", "computed"] == 57093
    assert "pfa-2024-03-v1, is not at hand" in table.loc["it", "reason"]


def test_a_total_without_a_force_says_so_and_refutes_nothing(judged: Judged) -> None:
    keys = {
        "quantity": "total",
        "area": "England and Wales",
        "period": "year ending December 2019",
    }
    table, _ = judged(claim(**keys, value="5,700,000"))
    assert table.loc["it", "verdict"] == "not supported"
    assert (
        "(pfa-2019-12), excluding Greater Manchester, gives 5,013,284" in table.loc["it", "reason"]
    )
    table, _ = judged(claim(**keys, value="5,013,284"))
    assert table.loc["it", "verdict"] == "confirmed"
    assert "excluding Greater Manchester" in table.loc["it", "reason"]


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        # 5,013,284 are counted without Greater Manchester, and it adds to them.
        ("more than 5 million", "confirmed"),
        ("more than 5.1 million", "not supported"),
        ("fewer than 5.1 million", "not supported"),
        ("fewer than 5 million", "contradicted"),
    ],
)
def test_a_total_without_a_force_settles_a_bound_that_it_is_past(
    judged: Judged, value: str, verdict: str
) -> None:
    keys = {"area": "England and Wales", "period": "year ending December 2019"}
    table, _ = judged(claim(quantity="total", value=value, **keys))
    assert table.loc["it", "verdict"] == verdict
    assert "excluding Greater Manchester, gives 5,013,284" in table.loc["it", "reason"]


def test_a_bound_is_told_by_its_words_and_holds_of_the_release_that_is_past_it(
    judged: Judged,
) -> None:
    about = {"quantity": "total", "area": "Gwent", "period": "year ending December 2018"}
    # 56,497 as first published, 56,524 as revised since.
    table, _ = judged(
        claim(id="first", **about, value="fewer than 56,500")
        + claim(id="both", **about, value="more than 56,000")
    )
    assert table.loc["first", "verdict"] == "true only of pfa-2018-12"
    assert table.loc["both", "verdict"] == "confirmed"
    assert "gives 56,524, which is more than the stated number." in table.loc["both", "reason"]


def test_a_bound_lies_between_no_two_counts(judged: Judged) -> None:
    table, _ = judged(gwent(quantity="count", value="more than 8,000", **MAR_2024))
    assert table.loc["it", "verdict"] == NOT_CHECKABLE
    assert "between the two" not in table.loc["it", "reason"]


def test_totals_with_and_without_a_force_are_not_compared(judged: Judged) -> None:
    table, _ = judged(
        claim(
            quantity="change",
            area="England and Wales",
            offence="Stalking and harassment",
            period="year ending December 2024",
            compared_with="year ending December 2019",
            value="up",
        )
    )
    assert table.loc["it", "verdict"] == NOT_CHECKABLE


def test_a_change_between_editions_names_the_changes_of_recording(judged: Judged) -> None:
    change = {
        "quantity": "change",
        "area": "Gwent",
        "offence": "Stalking and harassment",
        "period": "year ending December 2024",
    }
    table, _ = judged(claim(**change, compared_with="year ending December 2019", value="+17%"))
    # 8,642 after 7,384.
    assert table.loc["it", "verdict"] == "confirmed when rounded"
    assert "not comparable: Controlling or coercive behaviour moved" in table.loc["it", "reason"]
    table, _ = judged(claim(**change, compared_with="year ending March 2024", value="+17%"))
    assert table.loc["it", "verdict"] == NOT_CHECKABLE
    assert "pfa-2024-03-corrected" in table.loc["it", "reason"]


# --- the survey --------------------------------------------------------------------------


def survey(**keys: str) -> str:
    return claim(**({"measure": "stalking"} | MAR_2024 | keys))


@pytest.mark.parametrize(
    ("keys", "verdict"),
    [
        ({"value": "14.4%"}, "confirmed"),
        ({"value": "14%"}, "confirmed when rounded"),
        ({"value": "14.9%"}, "within the interval"),
        ({"value": "one in seven"}, "within the interval"),
        ({"value": "one in six"}, "contradicted"),
        ({"value": "16%"}, "contradicted"),
        ({"sex": "women", "age": "16-19", "value": "14%"}, "not supported"),
        ({"sex": "women", "age": "16-19", "value": "11%"}, "within the interval"),
        ({"sex": "women", "value": "20%", "period": "year ending March 2023"}, NOT_CHECKABLE),
        ({"value": "around one in seven"}, "within the interval"),
        ({"value": "just over one in seven"}, "within the interval"),
        ({"value": "just over 14%"}, "confirmed when rounded"),
        ({"value": "more than one in ten"}, "confirmed"),
        ({"value": "less than one in ten"}, "contradicted"),
        # Above as a point, and the interval goes below.
        ({"value": "more than 14%"}, "not supported"),
        ({"value": "less than 14%"}, "not supported"),
        # Clear on the assumed base, not on the least favourable one.
        ({"sex": "women", "age": "16-19", "value": "more than 7%"}, "not supported"),
        ({"sex": "women", "age": "16-19", "value": "more than 4%"}, "confirmed"),
    ],
)
def test_a_proportion_is_judged_by_its_interval(
    judged: Judged, keys: dict[str, str], verdict: str
) -> None:
    table, problems = judged(survey(quantity="proportion", **keys))
    assert problems == []
    assert table.loc["it", "verdict"] == verdict
    if verdict != NOT_CHECKABLE:
        assert table.loc["it", "lower"] < table.loc["it", "computed"] < table.loc["it", "upper"]
        assert (table.loc["it", "sheet"], table.loc["it", "cell"]) == ("Table 1", "B7 / 100")
        assert "95% interval" in table.loc["it", "reason"]


WOMEN, MEN, OLD = "{sex: women}", "{sex: men}", "{sex: women, age: 75+}"
YOUNG_WOMEN, YOUNG_MEN = "{sex: women, age: 16-19}", "{sex: men, age: 16-19}"


@pytest.mark.parametrize(
    ("group", "than", "difference", "verdict"),
    [
        (WOMEN, MEN, "more", "confirmed"),
        (MEN, WOMEN, "less", "confirmed"),
        (MEN, WOMEN, "more", "contradicted"),
        (WOMEN, MEN, "no clear difference", "contradicted"),
        # A point more, and the intervals overlap.
        (OLD, WOMEN, "more", "not supported"),
        (OLD, WOMEN, "no clear difference", "confirmed"),
        # Clear on the assumed bases, not on the least favourable ones.
        (YOUNG_WOMEN, YOUNG_MEN, "more", "not supported"),
    ],
)
def test_groups_are_compared_by_a_test(
    judged: Judged, group: str, than: str, difference: str, verdict: str
) -> None:
    table, _ = judged(survey(quantity="comparison", group=group, than=than, difference=difference))
    row = table.loc["it"]
    assert row["verdict"] == verdict
    assert pd.isna(row["claimed"])
    assert row["lower"] < row["computed"] < row["upper"]


def test_a_gathered_estimate_names_its_publication_in_place_of_a_cell(
    releases: Releases, open_data: OpenData, tmp_path: Path
) -> None:
    rows = pd.DataFrame(
        [
            estimate(sex, "16+", value, value - 0.01, value + 0.01, source="A bulletin")
            for sex, value in (("women", 0.20), ("men", 0.08))
        ]
    )
    places = rows[["release_id", "measure_id", "sex", "age", "period_end", "characteristic"]]
    gathered = SurveyAudit(rows, places.assign(workbook_sha256=None, sheet=None, cell=None))
    path = tmp_path / "claims.yaml"
    path.write_text(
        survey(quantity="proportion", sex="women", value="20%")
        + survey(id="more", quantity="comparison", group=WOMEN, than=MEN, difference="more")
    )
    audit = compute_claims(path, releases, gathered, open_data)
    table = audit.claims.set_index("claim_id")
    assert table.loc["it", ["release_id", "sheet", "cell"]].tolist() == [
        "stalking-2024-03",
        "A bulletin",
        "stalking in the last year, women aged 16 and over",
    ]
    assert table.loc["more", "cell"] == (
        "stalking in the last year, women aged 16 and over - "
        "stalking in the last year, men aged 16 and over"
    )
    assert "its 95% interval goes from" in table.loc["more", "reason"].split("difference")[1]
    evidence = audit.evidence[audit.evidence["claim_id"] == "it"]
    assert evidence["formula"].fillna("").tolist()[:4] == [
        "",
        "level of config/config.yaml",
        "lower limit of stalking in the last year, women aged 16 and over",
        "upper limit of stalking in the last year, women aged 16 and over",
    ]


@pytest.mark.parametrize(
    ("group", "than", "said"),
    [
        (OLD, WOMEN, "Those aged 75 and over are among those aged 16 and over"),
        (WOMEN, "{age: 16+}", "One of the two groups is part of the other"),
        (WOMEN, MEN, None),
        (YOUNG_WOMEN, OLD, None),
        (YOUNG_WOMEN, MEN, None),
    ],
)
def test_a_group_within_the_other_is_said_to_be(
    judged: Judged, group: str, than: str, said: str | None
) -> None:
    table, _ = judged(survey(quantity="comparison", group=group, than=than, difference="more"))
    reason = table.loc["it", "reason"]
    assert ("too wide" in reason) == (said is not None)
    assert said is None or said in reason


def test_the_interval_of_a_difference_is_newcombes(judged: Judged) -> None:
    table, _ = judged(survey(quantity="comparison", group=WOMEN, than=MEN, difference="more"))
    # By hand from limits 0.19 to 0.21 and 0.08 to 0.09 around 0.20 and 0.085.
    expected = 0.115 - (0.01**2 + 0.005**2) ** 0.5
    assert table.loc["it", "lower"] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ({"measure": "stalkng"}, "no measure of the survey at hand; did you mean `stalking`?"),
        ({"age": "16-20"}, "of which there is no estimate of stalking; did you mean `16-19`?"),
    ],
)
def test_a_measure_or_age_that_the_survey_lacks_is_named_and_the_others_are_judged(
    judged: Judged, keys: dict[str, str], sentence: str
) -> None:
    bad = survey(id="bad", quantity="proportion", value="14%", **keys)
    table, problems = judged(bad + survey(quantity="proportion", value="14%"))
    assert list(table.index) == ["it"]
    assert len(problems) == 1
    assert problems[0].startswith("claim `bad`: ")
    assert sentence in problems[0]


def test_every_verdict_of_the_vocabulary_is_explained() -> None:
    explained = (ROOT / "config" / "README.md").read_text(encoding="utf-8")
    for verdict in VERDICTS:
        assert f"| `{verdict.format('<release>')}` |" in explained


def test_the_table_of_claims_has_its_columns_and_types(judged: Judged) -> None:
    table, _ = judged(gwent(quantity="count", value="8,642", **DEC_2024))
    assert [table.index.name, *table.columns] == [
        *("claim_id", "statement", "source", "asserted", "claimed", "computed"),
        *("lower", "upper", "verdict", "reason", "release_id", "sheet", "cell"),
    ]
    assert (table.dtypes[["claimed", "computed", "lower", "upper"]] == "float64").all()


# Home Office police recorded crime open data, April 2012 to December 2025 (OGL v3.0).
@pytest.mark.parametrize(
    ("area", "offence", "year", "count", "sheets"),
    [
        ("Gwent", "total", date(2024, 3, 31), 56_325, ["2023/24"]),
        ("Gwent", "stalking_harassment", date(2024, 3, 31), 8_693, ["2023/24"]),
        ("South Wales", "stalking_harassment", date(2020, 3, 31), 14_790, ["2019/20"]),
        ("Gwent", "total", date(2024, 12, 31), 57_760, ["2023/24", "2024/25"]),
    ],
)
def test_counts_as_revised_since_come_from_the_open_data(
    open_data: OpenData, area: str, offence: str, year: date, count: int, sheets: list[str]
) -> None:
    code = next(a.area_code for a in areas().values() if a.area_name == area)
    (found,) = open_data.counts(code, offence, year)
    assert (found.value, found.release_id) == (count, "prc-2025-12")
    assert [cell.sheet for cell in found.cells] == sheets
    assert found.formula.endswith(f", {area}, four quarters")
    assert found.note == "The Home Office's open data of 23 April 2026"


def test_years_and_areas_that_the_open_data_do_not_give(
    open_data: OpenData, registry: dict[str, Release]
) -> None:
    gwent = next(a.area_code for a in areas().values() if a.area_name == "Gwent")
    assert open_data.counts(gwent, "total", date(2011, 3, 31)) == []
    assert open_data.counts("K04000001", "total", date(2024, 3, 31)) == []
    assert OpenData(shipped(ROOT).head(0), registry).counts(gwent, "total", date(2024, 3, 31)) == []


def test_a_count_as_revised_since_is_told_and_decides_nothing(judged: Judged) -> None:
    told = "The Home Office's open data of 23 April 2026 give "
    table, _ = judged(gwent(quantity="count", value="8,642", **DEC_2024))
    assert table.loc["it", "verdict"] == "confirmed"
    assert f"{told}8,467 for that year" in table.loc["it", "reason"]
    assert "by the offence groups of today" in table.loc["it", "reason"]
    table, _ = judged(gwent(quantity="count", value="8,693", **MAR_2024))
    assert table.loc["it", "verdict"] == NOT_CHECKABLE
    assert f"{told}8,693 for that year" in table.loc["it", "reason"]
