"""How verdicts come about: what is missing, marked, left out, revised, quoted or assumed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from crimeshare.audit.audit import compute_claims
from crimeshare.audit.evidence import Evidence
from crimeshare.audit.recorded_evidence import Releases
from crimeshare.audit.verdicts import kinds, outcome
from crimeshare.columns import held
from crimeshare.periods import in_words
from crimeshare.reference import NATION, areas
from tests.audited import known_evidence, of_releases, with_survey
from tests.conftest import ROOT
from tests.quarterly import shipped as open_data

MAR_2024 = {"period": "year ending March 2024"}


@pytest.fixture(scope="module")
def shipped() -> Evidence:
    return known_evidence(ROOT)


def without(evidence: Evidence, *release_ids: str) -> Evidence:
    """The evidence as if the figures of some releases were not here."""
    return of_releases(evidence, lambda name: name not in release_ids)


def estimate(sex: str, age: str, value: float, lower: float, upper: float, **more: object) -> dict:
    row = {
        "release_id": "stalking-2024-03",
        "measure_id": "stalking",
        "sex": sex,
        "age": age,
        "period_end": date(2024, 3, 31),
        "estimate": value,
        "lower": lower,
        "upper": upper,
        "lower_widest": None,
        "upper_widest": None,
        "level": 0.95,
        "method": "wilson",
        "basis": "design_factor",
        "seen": "file",
        "source": "A bulletin",
        "published_significance": None,
        "workbook_sha256": "0" * 64,
        "sheet": "Table 1",
        "cell": "B7",
    }
    return row | more


ASSUMED = {"basis": "assumed_base", "lower_widest": 0.05, "upper_widest": 0.15}
SURVEY = [
    estimate("all", "16+", 0.144, 0.138, 0.150),
    estimate("women", "16+", 0.20, 0.19, 0.21),
    estimate("men", "16+", 0.085, 0.08, 0.09),
    estimate("women", "75+", 0.21, 0.19, 0.23),
    estimate("women", "16-19", 0.10, 0.08, 0.12, **ASSUMED),
    estimate("men", "16-19", 0.06, 0.05, 0.07, **ASSUMED),
    estimate("men", "75+", 0.085, 0.08, 0.09, seen="second_hand"),
]

Judged = Callable[..., tuple[pd.DataFrame, list[str]]]


@pytest.fixture(scope="module")
def judged(shipped: Evidence, tmp_path_factory: pytest.TempPathFactory) -> Judged:
    made_up = with_survey(shipped, SURVEY)

    def judged(text: str, evidence: Evidence = made_up) -> tuple[pd.DataFrame, list[str]]:
        path = tmp_path_factory.mktemp("claims") / "claims.yaml"
        path.write_text(text, encoding="utf-8")
        audit = compute_claims(path, evidence)
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
    return claim(**({"area": "Gwent", "offence": "stalking_harassment"} | keys))


def survey(**keys: str) -> str:
    return claim(**({"measure": "stalking"} | MAR_2024 | keys))


# --- what is here, and what is not -----------------------------------------------------------


def test_an_edition_that_arrives_settles_what_was_open(judged: Judged, shipped: Evidence) -> None:
    about = {"quantity": "total", "area": "Gwent", "period": "year ending March 2019"}
    text = (
        claim(id="same", **about, value="58,536")
        + claim(id="near", **about, value="58,400")
        + claim(id="far", **about, value="85,536")
    )
    # 58,536 as first published (pfa-2019-03, Table P1, C59); 58,486 as revised since.
    absent, _ = judged(text, without(shipped, "pfa-2019-03"))
    assert absent.loc["same", "verdict"] == "within usual revisions only"
    assert (
        "We do not have the first issue (police force area tables, year ending March 2019)"
        in (absent.loc["same", "reason"])
    )
    assert "58,486" in absent.loc["same", "reason"]
    assert "0.08% away" in absent.loc["same", "reason"]  # 49.5 / 58,486: it may stand for 58,535.5
    assert absent.loc["far", "verdict"] == "contradicted"
    present, _ = judged(text)
    assert present.loc["same", "verdict"] == "confirmed"
    assert present.loc["near", "verdict"] == present.loc["far", "verdict"] == "contradicted"
    place = [word.strip() for word in present.loc["same", ["release_id", "sheet", "cell"]]]
    assert place == ["pfa-2019-03", "Table P1", "C59"]


@pytest.mark.slow
def test_a_revision_larger_than_usual_leaves_a_statement_open(
    judged: Judged, shipped: Evidence
) -> None:
    about = {"quantity": "total", "area": "Gwent", "period": "year ending March 2019"}
    evidence = without(shipped, "pfa-2019-03")
    sizes = Releases(evidence).sizes(
        lambda area, day: Releases(evidence).counts(area, "total", day),
        "W15000002",
        "relative",
        date(2019, 3, 31),
    )
    assert sizes
    assert sizes.usual < sizes.largest
    between = 58_486 * (1 + (sizes.usual + sizes.largest) / 2)
    table, _ = judged(claim(**about, value=f"{round(between) | 1:,}"), evidence)
    assert table.loc["it", "verdict"] == "not checkable"


def test_england_and_wales_are_judged_by_the_appendix_tables_too(
    judged: Judged, shipped: Evidence
) -> None:
    about = {
        "quantity": "count",
        "area": "England and Wales",
        "offence": "Stalking and harassment",
        "period": "year ending December 2025",
    }
    table, _ = judged(claim(**about, value="622,376"))
    row = table.loc["it"]
    assert (row["verdict"], row["sheet"], row["cell"]) == ("confirmed", "Table_A5a", "AA65")
    table, _ = judged(claim(**about, value="622,300"), without(shipped, "appendix-2025-12"))
    assert "appendix" not in table.loc["it", "reason"].replace("622,300", "")


def test_a_marked_cell_is_told(judged: Judged, shipped: Evidence) -> None:
    about = {"quantity": "total", "area": "Greater Manchester"}
    empty = of_releases(shipped, lambda name: not name.startswith("prc-"))
    text = claim(**about, period="year ending December 2019", value="300,000")
    table, _ = judged(text, empty)
    assert table.loc["it", "verdict"] == "not checkable"
    assert "it is not available" in table.loc["it", "reason"]
    assert table.loc["it", "release_id"] == "pfa-2019-12"


def test_a_count_that_other_releases_speak_against_is_said_to_be_left_out(
    judged: Judged, shipped: Evidence
) -> None:
    refuted = [
        (area, offence, block["end"])
        for block in shipped.published.parts["editions"]["blocks"]
        for area, offence in block["refuted"]
        if area in areas()
    ]
    assert refuted
    for area, offence, end in refuted:
        day = date.fromisoformat(end)
        (found,) = Releases(shipped).refuted(area, offence, day)
        about = {"area": areas()[area].area_name, "offence": offence, "period": in_words(day)}
        table, _ = judged(claim(quantity="count", **about, value=found.text))
        assert outcome(table.loc["it", "verdict"]) != 0
        assert f"it was {found.text} in the {in_words(day)}" in table.loc["it", "reason"]


def test_an_edition_without_the_column_is_told(judged: Judged) -> None:
    keys = {"quantity": "count", "period": "year ending June 2016", "value": "2,000"}
    table, _ = judged(gwent(**keys))
    assert (
        "The edition of the year ending June 2016 gives no such number"
        in (table.loc["it", "reason"])
    )


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        # 5,013,284 are counted without Greater Manchester, which adds to them.
        ("5,013,284", "confirmed"),
        ("more than 5 million", "confirmed"),
        ("fewer than 5 million", "contradicted"),
        ("9 million", "contradicted"),
    ],
)
def test_a_total_without_a_force_settles_what_it_can(
    judged: Judged, value: str, verdict: str
) -> None:
    keys = {"area": "England and Wales", "period": "year ending December 2019"}
    table, _ = judged(claim(quantity="total", value=value, **keys))
    assert table.loc["it", "verdict"] == verdict
    assert "excluding Greater Manchester: 5,013,284" in table.loc["it", "reason"]


def test_totals_with_and_without_a_force_are_not_compared(shipped: Evidence) -> None:
    releases = Releases(shipped)
    now, before = (
        [f for f in releases.counts(NATION, "total", day) if f.vintage == "first published"]
        for day in (date(2024, 12, 31), date(2019, 12, 31))
    )
    assert before[0].excluding == "Greater Manchester"
    assert releases.compared(now, before, "percent") == []


def test_rates_as_revised_are_those_of_the_reports_own_series(
    shipped: Evidence, built: Path
) -> None:
    releases = Releases(shipped)
    series = pd.read_parquet(built / "results/estimates/series.parquet")
    rows = series[
        (series["source"] == "home_office")
        & (series["offence_id"] == "stalking_harassment")
        & series["rate_per_1000"].notna()
    ].dropna(subset="rate_per_1000")
    assert len(rows) > 1000
    for row in rows.iloc[::17].itertuples():
        day = pd.Timestamp(row.period_end).date()
        found = releases.rates(row.area_code, row.offence_id, day)
        own = [each.value for each in found if each.release_id == row.release_id]
        assert own == [pytest.approx(row.rate_per_1000, rel=1e-12)], (row.area_code, day)
    # Greater Manchester made no return to one edition and has rates; the City of London has none.
    assert not releases.unrated("E23000005")
    assert releases.unrated("E23000034")


def test_the_home_office_adds_up_four_quarters(shipped: Evidence) -> None:
    # Home Office open data, April 2026 (OGL v3.0), summed apart from this project.
    counts = Releases(shipped).counts(NATION, "stalking_harassment", date(2024, 12, 31))
    newest = counts[-1]
    assert (newest.vintage, newest.release_id, newest.value) == (
        "revised since",
        "prc-2025-12",
        603_910,
    )
    assert Releases(shipped).counts("W15000002", "total", date(2011, 3, 31)) == []


# --- arithmetic of the statement's own -------------------------------------------------------


def test_a_bad_sum_shows_without_the_edition(judged: Judged, shipped: Evidence) -> None:
    evidence = without(shipped, *(r for r in shipped.registry if r.startswith("pfa-2024-03")))
    keys = {"quantity": "share", "own_counts": "[part, whole]", **MAR_2024}
    counts = gwent(id="part", quantity="count", value="9,013", **MAR_2024) + claim(
        id="whole", quantity="total", area="Gwent", value="57,093", **MAR_2024
    )
    table, _ = judged(
        counts
        + gwent(id="cut", **keys, value="15%")
        + gwent(id="good", **keys, value="16%")
        + gwent(id="wrong", **keys, value="17%"),
        evidence,
    )
    assert table.loc["cut", "verdict"] == "truncated, not rounded"
    assert table.loc["cut", "computed"] == 9013 / 57093
    assert "15.79%" in table.loc["cut", "reason"]
    # Right by its own counts; as revised since it is 15.43%.
    assert table.loc["good", "verdict"] == "within usual revisions only"
    assert table.loc["wrong", "verdict"] == "contradicted by its own counts"


def test_a_change_across_changes_of_recording_names_them(judged: Judged) -> None:
    about = {"quantity": "change", "period": "year ending December 2024"}
    table, _ = judged(gwent(**about, since="year ending December 2019", value="+17%"))
    # 8,642 after 7,384.
    assert table.loc["it", "verdict"] == "confirmed when rounded, across a recording change"
    assert (
        "changed how they record this: Controlling or coercive behaviour moved"
        in table.loc["it", "reason"]
    )


def test_a_change_between_first_published_counts_depends_on_the_definition(
    judged: Judged,
) -> None:
    about = {"area": "Gwent", "offence": "total", "period": "year ending December 2019"}
    table, _ = judged(
        claim(id="release", quantity="change", **about, value="+2.57%")
        + claim(id="across", quantity="change", **about, value="+1,479")
    )
    # A crime beside a more serious one has been counted since April 2018.
    across = "across a recording change"
    assert table.loc["release", "verdict"] == f"confirmed when rounded, {across}"
    assert table.loc["across", "verdict"] == f"depends on definition, {across}"
    assert "1,452" in table.loc["across", "reason"]


def test_one_in_eight_is_explained_as_one_in_so_many(judged: Judged, shipped: Evidence) -> None:
    about = {"quantity": "share", "period": "year ending December 2024"}
    table, _ = judged(gwent(**about, value="one in seven"))
    assert "14.81%, that is 1 in 6.8" in table.loc["it", "reason"]  # 58,358 / 8,642 = 6.75
    men = {"quantity": "proportion", "sex": "men", "value": "one in 12"}
    rows = [estimate("men", "16+", 0.087, 0.08, 0.09)]
    table, _ = judged(survey(**men), with_survey(shipped, rows))
    assert "that is 1 in 11.49" in table.loc["it", "reason"]  # on the near side of a half


@pytest.mark.parametrize(
    ("value", "verdict", "among"),
    [
        # Of the four forces of Wales, 8,642 is third by number and by share, first by rate.
        ("third in Wales", "depends on definition", "of 4 areas"),
        ("third in Gwent", "depends on definition", "among published columns"),
        ("third in the area", "depends on definition", "among published columns"),
        ("third", "depends on definition", "among published columns"),
    ],
)
def test_a_place_is_among_areas_where_it_names_another_area(
    judged: Judged, value: str, verdict: str, among: str
) -> None:
    about = {"quantity": "rank", "period": "year ending December 2024"}
    table, _ = judged(gwent(**about, value=value))
    assert table.loc["it", "verdict"] == verdict
    assert among in table.loc["it", "reason"]


# --- the survey --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "verdict"),
    [
        ({"value": "14.4%"}, "confirmed"),
        ({"value": "14%"}, "confirmed when rounded"),
        ({"value": "14.9%"}, "not as published"),
        ({"value": "one in seven"}, "within the interval"),
        ({"value": "around one in seven"}, "within the interval"),
        ({"value": "just over one in seven"}, "within the interval"),
        ({"value": "just over 14%"}, "confirmed when rounded"),
        ({"value": "one in six"}, "contradicted"),
        ({"value": "16%"}, "contradicted"),
        ({"sex": "men", "value": "one in 11"}, "not as published"),
        ({"sex": "men", "value": "one in 12"}, "within the interval"),
        # Outside the interval, inside the widest that the assumptions allow.
        ({"sex": "women", "age": "16-19", "value": "14%"}, "not as published"),
        ({"sex": "women", "value": "20%", "period": "year ending March 2023"}, "not checkable"),
        ({"value": "more than one in ten"}, "confirmed"),
        ({"value": "less than one in ten"}, "contradicted"),
        # Above as a point, and the interval goes below.
        ({"value": "more than 14%"}, "not supported"),
        ({"value": "less than 14%"}, "not supported"),
        # Clear on the assumed base, not on the least favourable one.
        ({"sex": "women", "age": "16-19", "value": "more than 7%"}, "depends on an assumed base"),
        ({"sex": "women", "age": "16-19", "value": "more than 4%"}, "confirmed"),
        # A figure known second-hand confirms nothing.
        ({"sex": "men", "age": "75+", "value": "8.5%"}, "consistent with figures quoted second-h"),
        ({"sex": "men", "age": "75+", "value": "one in 12"}, "within the interval"),
    ],
)
def test_a_proportion_is_held_against_what_was_published_then_against_the_interval(
    judged: Judged, keys: dict[str, str], verdict: str
) -> None:
    table, problems = judged(survey(quantity="proportion", **keys))
    assert problems == []
    assert table.loc["it", "verdict"].startswith(verdict)
    if verdict != "not checkable":
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
        (YOUNG_WOMEN, YOUNG_MEN, "more", "depends on an assumed base"),
        (OLD, "{sex: men, age: 75+}", "more", "consistent with figures quoted second-hand"),
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


@pytest.mark.parametrize(
    ("difference", "verdict"),
    [
        # 20% against 8.5%: 2.35 times, and the interval goes from 2.18 to 2.53.
        ("more than twice as likely", "confirmed"),
        ("twice as likely", "contradicted"),
        ("2.4 times as likely", "confirmed when rounded"),
        ("2.5 times as likely", "not as published"),
        ("three times as likely", "contradicted"),
        ("more than 2.4 times as likely", "not supported"),
        ("135% more likely", "confirmed when rounded"),
        ("11.5 percentage points more", "confirmed"),
        ("12 percentage points more", "confirmed when rounded"),
        ("15 percentage points more", "contradicted"),
        ("half as likely", "contradicted"),
    ],
)
def test_a_size_of_a_difference_is_held_against_the_estimates_then_the_interval(
    judged: Judged, difference: str, verdict: str
) -> None:
    about = {"quantity": "comparison", "group": WOMEN, "than": MEN, "difference": difference}
    table, problems = judged(survey(**about))
    row = table.loc["it"]
    assert (row["verdict"], problems) == (verdict, []), row["reason"]
    assert row["lower"] < row["computed"] < row["upper"]
    assert not pd.isna(row["claimed"])


def test_a_ratio_to_what_may_be_nothing_has_no_end(judged: Judged, shipped: Evidence) -> None:
    rows = [estimate("women", "16+", 0.2, 0.19, 0.21), estimate("men", "16+", 0.01, 0.0, 0.03)]
    evidence = with_survey(shipped, rows)
    about = {"quantity": "comparison", "group": WOMEN, "than": MEN}
    table, _ = judged(survey(**about, difference="50 times as likely"), evidence)
    row = table.loc["it"]
    assert row["verdict"] == "not as published"
    assert "without end" in row["reason"]
    assert pd.isna(row["upper"])
    nobody = [rows[0], estimate("men", "16+", 0.0, 0.0, 0.01)]
    evidence = with_survey(shipped, nobody)
    _, (problem,) = judged(survey(**about, difference="twice as likely"), evidence)
    assert "the estimate that it is relative to is 0" in problem


def test_a_change_is_judged_by_a_test_or_by_the_publishers_own(
    judged: Judged, shipped: Evidence
) -> None:
    year = {"period_end": date(2023, 3, 31)}
    rows = [
        estimate("all", "16+", 0.032, 0.030, 0.034),
        estimate("all", "16+", 0.034, 0.032, 0.036, **year),
        estimate("men", "16+", 0.02, 0.018, 0.022),
        estimate("men", "16+", 0.03, 0.028, 0.032, **year),
        estimate("women", "16+", 0.032, 0.030, 0.034),
        estimate("women", "16+", 0.034, 0.032, 0.036, published_significance=True, **year),
    ]
    evidence = with_survey(shipped, rows)
    about = {"quantity": "proportion", "since": "year ending March 2023"}
    text = (
        survey(id="chance", **about, value="down")
        + survey(id="clear", sex="men", **about, value="down")
        + survey(id="points", sex="men", **about, value="down 1.0 percentage points")
        + survey(id="part", sex="men", **about, value="down by a third")
        + survey(id="wrong", sex="men", **about, value="up")
        + survey(id="theirs", sex="women", **about, value="down")
        + survey(id="no-more", sex="men", **about, value="halved")
    )
    table, problems = judged(text, evidence)
    assert problems == []
    assert table["verdict"].to_dict() == {
        "chance": "not supported",
        "clear": "confirmed",
        "points": "confirmed",
        "part": "confirmed when rounded",
        "wrong": "contradicted",
        "theirs": "confirmed",
        "no-more": "contradicted",
    }
    assert "as ONS says" in table.loc["theirs", "reason"]


def test_vulnerability_is_not_prevalence_and_the_reason_says_which_was_judged(
    judged: Judged,
) -> None:
    about = {"quantity": "comparison", "group": WOMEN, "than": MEN, "difference": "more"}
    table, _ = judged(
        survey(id="more", **about, statement="women are particularly vulnerable")
        + survey(id="plain", **about, statement="more women than men are stalked")
    )
    said = "What was judged is how many people say that it happened to them."
    assert said in table.loc["more", "reason"]
    assert said not in table.loc["plain", "reason"]


def test_the_interval_of_a_difference_is_newcombes(judged: Judged) -> None:
    table, _ = judged(survey(quantity="comparison", group=WOMEN, than=MEN, difference="more"))
    # By hand from limits 0.19 to 0.21 and 0.08 to 0.09 around 0.20 and 0.085.
    expected = 0.115 - (0.01**2 + 0.005**2) ** 0.5
    assert table.loc["it", "lower"] == pytest.approx(expected, rel=1e-12)


def test_a_transcribed_estimate_names_its_publication_in_place_of_a_cell(
    judged: Judged, shipped: Evidence
) -> None:
    nowhere = {"workbook_sha256": None, "sheet": None, "cell": None}
    rows = [estimate("women", "16+", 0.20, 0.19, 0.21, **nowhere)]
    evidence = with_survey(shipped, rows)
    table, _ = judged(survey(quantity="proportion", sex="women", value="20%"), evidence)
    assert table.loc["it", ["release_id", "sheet", "cell"]].tolist() == [
        "stalking-2024-03",
        "A bulletin",
        "stalking in the last year, women aged 16 and over",
    ]


@pytest.mark.parametrize(
    ("group", "than", "said"),
    [
        (OLD, WOMEN, "Those aged 75 and over are among those aged 16 and over"),
        (WOMEN, "{age: 16+}", "One of the two groups is part of the other"),
        (WOMEN, MEN, None),
        (YOUNG_WOMEN, OLD, None),
    ],
)
def test_a_group_within_the_other_is_said_to_be(
    judged: Judged, group: str, than: str, said: str | None
) -> None:
    table, _ = judged(survey(quantity="comparison", group=group, than=than, difference="more"))
    reason = table.loc["it", "reason"]
    assert ("too wide" in reason) == (said is not None)
    assert said is None or said in reason


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ({"measure": "stalkng"}, "no measure of the survey; did you mean `stalking`?"),
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


def test_every_verdict_of_the_vocabulary_is_explained_and_has_an_outcome() -> None:
    explained = (ROOT / "config" / "README.md").read_text(encoding="utf-8")
    for verdict, kind in kinds().items():
        assert f"| `{verdict.format('<...>')}` | {kind['meaning']} |" in explained
        assert outcome(verdict.format("pfa-2018-12")) in (0, 1, 2)
    with pytest.raises(ValueError, match="no verdict"):
        outcome("true")


def test_the_table_of_claims_has_its_columns_and_types(judged: Judged) -> None:
    about = {"quantity": "count", "period": "year ending December 2024"}
    table, _ = judged(gwent(**about, value="8,642"))
    assert [table.index.name, *table.columns] == held("claims")
    assert (table.dtypes[["claimed", "computed", "lower", "upper"]] == "float64").all()


def test_every_claim_of_the_project_is_judged(shipped: Evidence) -> None:
    audit = compute_claims(ROOT / "config" / "claims.yaml", shipped)
    assert audit.refused == []
    assert len(audit.claims) > 12
    assert not audit.claims["reason"].str.contains(r"\b(?:pfa|prc|appendix)-\d{4}").any()


def test_a_change_across_a_recording_change_has_the_quarters_recorded_alike_beside_it(
    shipped: Evidence,
) -> None:
    releases = Releases(shipped)
    now, before = date(2025, 12, 31), date(2024, 12, 31)
    alike = releases.like_for_like(NATION, "stalking_harassment", now, before)
    # From 31 January 2024 on: April to December of both years, added up apart from the audit.
    sums = {2024: 0.0, 2025: 0.0}
    quarters = open_data(ROOT)
    own = quarters[quarters["code"].isna() & (quarters["offence_id"] == "stalking_harassment")]
    for end, value in zip(own["period_end"], own["value"], strict=True):
        if end.month > 3 and end.year in sums:
            sums[end.year] += value
    assert alike
    assert alike.value == pytest.approx(sums[2025] / sums[2024] - 1)
    assert alike.note == "April to December"
    # No quarter of the year ending March 2024 is recorded as one of the year after.
    years = date(2025, 3, 31), date(2024, 3, 31)
    assert releases.like_for_like(NATION, "stalking_harassment", *years) is None
    assert releases.comparable("homicide", now, before) == ""
    assert releases.like_for_like(NATION, "homicide", now, before) is None


def test_every_reason_that_may_be_said_has_its_sentence() -> None:
    folder = ROOT / "workflow" / "crimeshare" / "audit"
    sentences = set(re.findall(r"block (\w+) %", (folder / "reasons.md.j2").read_text("utf-8")))
    said = {
        name
        for path in folder.rglob("*.py")
        for name in re.findall(r"\.say\(\s*f?\"([^\"]*)", path.read_text("utf-8"))
    }
    assert said
    assert said <= sentences
