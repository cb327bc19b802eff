"""The survey's pages: no estimate without its uncertainty, and words that the numbers choose."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from statistics import mean
from xml.etree import ElementTree

import pandas as pd
import pytest

from crimeshare import survey_words
from crimeshare.audit.verdicts import MEANINGS
from crimeshare.measures.two_groups import difference_interval
from crimeshare.problems import Problem
from crimeshare.publish.elements import formulas, prose
from crimeshare.publish.elements.charts import Break, Chart
from crimeshare.publish.elements.figures import Figure, shown, stray_numbers
from crimeshare.publish.pdf.typeset import typeset
from crimeshare.publish.subjects import front, methods, sources, survey_pages, survey_prose
from crimeshare.publish.subjects.estimates import Estimates, open_estimates
from crimeshare.publish.subjects.survey_charts import (
    Interval,
    Line,
    intervals_by_row,
    intervals_over_time,
)
from crimeshare.publish.subjects.surveyed import Survey, open_survey, uncertainty, with_interval
from tests import frames
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def survey(built: Path) -> Survey:
    return open_survey(built)


def text(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


@pytest.fixture(scope="module")
def tables(survey: Survey, estimates: Estimates) -> list[str]:
    return [
        table._repr_html_()
        for table in (
            survey_pages.last_year_table(survey),
            survey_pages.last_year_table(survey, *survey_pages.WOMEN),
            survey_pages.groups_table(survey),
            survey_pages.ever_table(survey),
            survey_pages.recent_changes(survey),
            survey_pages.earlier_changes(survey),
            survey_pages.trends_table(survey),
            survey_pages.other_measures(survey),
            survey_pages.offences_table(survey),
            methods.coverage_table(),
            methods.design_factor_table(survey),
            methods.agreement_table(survey),
            methods.disagreement_table(survey),
            sources.surveyed(survey),
            sources.two_totals(survey, estimates),
            sources.notices(survey),
        )
    ]


def by_group(survey: Survey) -> pd.DataFrame:
    end = survey.latest("stalking", "women").period_end
    return frames.prevalence(survey, "stalking", end=end)


def by_age_and_sex(survey: Survey) -> pd.DataFrame:
    end = survey.latest("stalking", "men", "16-19").period_end
    groups = frames.prevalence(survey, "stalking", end=end)
    return groups[groups["sex"].ne("all") & groups["age"].ne("16-59")]


def ever(survey: Survey) -> pd.DataFrame:
    since_16 = "stalking_since_16"
    measures = [since_16, *survey_pages.BY_WHOM]
    return frames.prevalence(survey, *measures, end=survey.latest(since_16).period_end)


def coverage_by_method() -> pd.DataFrame:
    return (
        pd.DataFrame(methods.coverage()).groupby("method")["coverage"].agg(["mean", "min", "max"])
    )


def charts(survey: Survey) -> list[Chart]:
    return [
        survey_pages.over_time(survey, frames.prevalence(survey, "stalking")),
        survey_pages.by_group(survey, by_group(survey)),
        survey_pages.by_age_and_sex(survey, by_age_and_sex(survey)),
        survey_pages.ever(survey, ever(survey)),
        survey_pages.offences_chart(survey, frames.beside(survey.tables["ratios"])),
        methods.coverage_chart(survey, coverage_by_method()),
    ]


class TestWords:
    @pytest.mark.parametrize(
        ("sex", "age", "words"),
        [
            ("all", "16+", "people aged 16 and over"),
            ("women", "16-59", "women aged 16 to 59"),
            ("men", "75+", "men aged 75 and over"),
        ],
    )
    def test_who_was_asked(self, sex: str, age: str, words: str) -> None:
        assert survey_words.who(sex, age) == words
        assert not stray_numbers(words)

    def test_an_age_of_another_shape_is_refused(self) -> None:
        with pytest.raises(ValueError, match="no range of ages"):
            survey_words.who("all", "adults")

    @pytest.mark.parametrize(
        ("proportion", "words"),
        [(0.144, "one in seven"), (0.5, "one in two"), (0.0909, "one in eleven")],
    )
    def test_one_in(self, proportion: float, words: str) -> None:
        assert prose.one_in(proportion) == words
        assert format(Figure("f", proportion, "proportion"), "one in").endswith(f">{words}</data>")

    @pytest.mark.parametrize("proportion", [0.0, 0.8, 0.03])
    def test_one_in_is_refused_where_nobody_says_it(self, proportion: float) -> None:
        with pytest.raises(ValueError, match="is not said"):
            prose.one_in(proportion)

    def test_one_in_is_fair_only_inside_the_interval(self) -> None:
        assert survey_prose.said_as_one_in(0.144, 0.137, 0.152)
        assert not survey_prose.said_as_one_in(0.30, 0.295, 0.305)
        assert not survey_prose.said_as_one_in(0.029, 0.026, 0.033)
        assert not survey_prose.said_as_one_in(0.0, 0.0, 0.2)

    @pytest.mark.parametrize(
        ("interval", "widest", "words"),
        [
            ((0.01, 0.03), (0.005, 0.035), "A experience it more often than B"),
            ((-0.03, -0.01), (-0.04, 0.001), "A experience it less often than B, though not under"),
            ((-0.01, 0.02), (-0.02, 0.03), "no clear difference between A and B"),
        ],
    )
    def test_groups_are_compared_by_limits(
        self, interval: tuple[float, float], widest: tuple[float, float], words: str
    ) -> None:
        assert survey_prose.compared_groups("A", "B", interval, widest).startswith(words)

    def test_a_published_verdict_leads_and_ours_is_told_where_it_differs(
        self, survey: Survey
    ) -> None:
        change = survey_pages.newest_change(survey)

        def told(own: str, published: bool | None) -> str:
            other = replace(change, verdict="fall", own_verdict=own, published=published)
            return survey_pages.change_sentence(other)

        assert ": a fall. ONS calls it significant. The change is" in told("fall", True)
        differs = told("no_clear_change", False)
        assert "ONS calls it not significant, which leads here. Our own test" in differs
        assert "says no clear change. The change is" in differs
        assert "ONS" not in told("fall", None)

    @pytest.mark.parametrize(("q_p_value", "told"), [(0.01, True), (0.2, False)])
    def test_the_scatter_of_a_trend_is_told(self, q_p_value: float, told: bool) -> None:
        years = {"start": date(2010, 3, 31), "end": date(2017, 3, 31)}
        given = dict.fromkeys(("change", "lower", "upper"), Figure("change", 0.1, "change"))
        given |= {"who": "women", "verdict": "rising", "on_bases": "on assumed bases"}
        row = {**years, "q_p_value": q_p_value, "level": 0.95}
        assert ("stray" in survey_prose.WORDS.passage("trend", row=row, **given)) == told

    def test_a_disagreement_is_explained_only_by_a_factor_outside_the_range(self) -> None:
        assert "larger design factor" in survey_prose.switch(1.9, 2.1, 1.4, "people")
        assert "smaller design factor" in survey_prose.switch(1.0, 1.2, 1.4, "people")
        with pytest.raises(ValueError, match="holds the factor"):
            survey_prose.switch(1.2, 1.6, 1.4, "people")

    def test_new_units_are_written(self) -> None:
        assert Figure("f", 1.382, "design_factor").text == "1.38"
        assert Figure("f", 0.0002, "p_value").text == "less than 0.001"
        assert Figure("f", 0.0415, "p_value").text == "0.042"
        assert Figure("f", 0.95, "proportion").words("whole") == "95%"
        assert Figure("f", -0.0079, "percentage_points").words("bare") == "\N{MINUS SIGN}0.8"


class TestEstimates:
    def test_an_estimate_is_written_with_its_interval_and_assumption(self, survey: Survey) -> None:
        latest = survey.latest("stalking")
        written = text(with_interval(latest))
        assert written == (
            f"{latest.figure.text} (likely between {latest.lower.text} and {latest.upper.text})"
        )

    def test_a_published_base_is_not_called_assumed(self, survey: Survey) -> None:
        violence = survey.latest("violence")
        assert not violence.assumed
        assert "assumed" not in uncertainty(violence)
        assert violence.figure.cells[0].workbook_sha256

    def test_assumed_bases_are_rounded_and_both_scenarios_are_told(self, survey: Survey) -> None:
        latest = survey.latest("stalking")
        assert latest.base.number % 100 == 0
        assert (latest.scenario, latest.otherwise.scenario) == ("half_asked", "everybody_asked")
        assert latest.otherwise.base.number == pytest.approx(2 * latest.base.number, abs=100)
        assert latest.lower.number < latest.otherwise.lower.number
        said = text(survey_pages.assumption(survey))
        assert f"about {latest.base.text} people answered" in said
        assert f"about {latest.otherwise.base.text} people answered" in said
        assert latest.lower_widest.number < latest.lower.number
        assert latest.upper.number < latest.upper_widest.number

    def test_the_latest_release_of_a_year_counts(self, survey: Survey) -> None:
        year = survey.at(date(2024, 3, 31), "stalking", "all", "16+")
        assert year.release_id == "bulletin-2025-03"

    def test_an_unknown_series_names_the_known(self, survey: Survey) -> None:
        with pytest.raises(Problem, match=r"no estimate of `staking`.*stalking"):
            survey.series("staking")

    def test_the_newest_change_shares_no_interviews(self, survey: Survey) -> None:
        change = survey_pages.newest_change(survey)
        assert change.earlier.period_end < change.later.period_start
        assert (change.earlier.period_end, change.published) == (date(2024, 3, 31), False)
        assert "no clear change" in text(survey_pages.change_sentence(change))

    def test_women_are_stalked_more_often_than_men_by_a_test(self, survey: Survey) -> None:
        women, men = (survey.latest("stalking_since_16", sex) for sex in ("women", "men"))
        contrast = survey.contrast(women, men)
        assert contrast.widest[0] < contrast.lower.number < contrast.difference.number
        limits = [(e.figure.number, e.lower.number, e.upper.number) for e in (women, men)]
        assert (contrast.lower.number, contrast.upper.number) == difference_interval(*limits)
        sentence = text(survey_pages.contrast_sentence(survey, women, men))
        assert sentence.startswith(
            "Women aged 16 and over experience it more often than men aged 16 and over: 20.2% "
            "(likely between"
        )
        turned = text(survey_pages.contrast_sentence(survey, men, women))
        assert "Men aged 16 and over experience it less often" in turned

    def test_a_change_across_a_break_is_not_comparable(self, survey: Survey) -> None:
        changes = survey.changes("stalking", *survey_pages.WOMEN)
        across = [c for c in changes if c.earlier.period_end.year < 2008 < c.later.period_end.year]
        assert across
        assert all(c.breaks for c in across)
        html = survey_pages.changes_table("c", across)._repr_html_()
        assert html.count("not comparable") == len(across)


class TestPages:
    def test_every_number_is_a_figure(
        self, survey: Survey, estimates: Estimates, tables: list[str]
    ) -> None:
        pieces = [*tables, *(chart._repr_html_() for chart in charts(survey))]
        pieces += [
            survey_pages.last_year(survey),
            survey_pages.since_16(survey),
            survey_pages.assumption(survey),
            survey_pages.derivation(survey),
            survey_pages.change_sentence(survey_pages.newest_change(survey)),
            survey_pages.trend_sentence(survey),
            survey_pages.offences_sentence(survey),
            *survey_pages.differences(),
            *survey_pages.caveats(survey),
            methods.why_wilson(),
            methods.like_stalking(survey),
            methods.restart_sentence(survey),
            methods.assumption_checked(survey),
            methods.agreement_sentence(survey),
            methods.distant_agreement_sentence(survey),
            methods.verdict_list(),
            sources.two_totals_sentence(survey, estimates),
        ]
        assert [stray for piece in pieces for stray in stray_numbers(piece)] == []

    def test_one_name_has_one_value(
        self, survey: Survey, estimates: Estimates, tables: list[str]
    ) -> None:
        values: dict[str, set[str]] = {}
        page = "".join(
            [
                *tables,
                *front.survey_sentences(survey, estimates),
                front.headline(estimates, survey)._repr_html_(),
                methods.why_wilson(),
                methods.restart_sentence(survey),
                methods.agreement_sentence(survey),
            ]
        )
        for figure in shown(page):
            values.setdefault(figure["data-id"], set()).add(figure["value"])
        assert {name: found for name, found in values.items() if len(found) > 1} == {}

    def test_stalking_is_never_printed_without_an_assumed_base_in_its_table(
        self, tables: list[str]
    ) -> None:
        for html in tables[:4]:
            rows = re.findall(r"<tr>.*?</tr>", html, flags=re.DOTALL)[1:]
            assert rows
            assert all(" assumed<" in row for row in rows)

    def test_offences_per_victims_come_with_limits_and_reasons(self, survey: Survey) -> None:
        for row in survey.tables["ratios"]:
            assert row["lower"] < row["ratio"] < row["upper"]
        sentence = text(survey_pages.offences_sentence(survey))
        assert "likely between" in sentence
        assert "that we assume" in sentence
        assert "not the part of stalking which is reported" in sentence
        said = " ".join(survey_pages.differences())
        for reason in (
            "count offences",
            "people aged 16",
            "follows rules",
            "two or more incidents",
        ):
            assert reason in said

    def test_both_totals_of_one_year_are_on_the_page_of_sources(
        self, survey: Survey, estimates: Estimates
    ) -> None:
        html = sources.two_totals(survey, estimates)._repr_html_()
        values = {float(figure["value"]) for figure in shown(html)}
        assert {144025.0, 144171.0, 146.0} <= values

    def test_other_slips_are_listed_without_the_totals(self, survey: Survey) -> None:
        html = sources.notices(survey)._repr_html_()
        assert "holds no cells" in html
        assert "is 144,025 here" not in html


class TestFront:
    def test_two_sentences_say_both_estimates(
        self, built: Path, survey: Survey, estimates: Estimates
    ) -> None:
        prevalence = pd.read_parquet(built / "results/estimates/prevalence.parquet")
        everyone = prevalence[
            (prevalence["sex"] == "all")
            & (prevalence["age"] == "16+")
            & (prevalence["characteristic"] == "all")
        ].sort_values(["period_end", "release_id"])
        newest = everyone.groupby("measure_id")["estimate"].last()
        lately, ever = (text(sentence) for sentence in front.survey_sentences(survey, estimates))
        assert f"{100 * newest['stalking']:.1f}% (likely between" in lately
        assert f"{100 * newest['stalking_since_16']:.1f}%, likely between" in ever

    def test_of_three_numbers_the_estimate_alone_has_an_interval(
        self, estimates: Estimates, survey: Survey
    ) -> None:
        share, change, estimate = (
            text(how) for _, _, how in front.headline(estimates, survey).facts
        )
        assert "ikely between" not in share + change
        assert "Likely between" in estimate
        assert "ONS has not published how many people answered" in estimate

    def test_other_offence_groups_get_no_estimate_of_stalking(
        self, built: Path, survey: Survey
    ) -> None:
        shoplifting = open_estimates("shoplifting", built)
        assert "give no estimate of shoplifting" in front.two_measures(shoplifting)
        html = front.headline(shoplifting, survey)._repr_html_()
        assert "stalk" not in text(html)
        assert "ikely between" not in html
        assert front.survey_section(survey, shoplifting) == ""
        nothing = frames.prevalence(survey, "stalking").head(0)
        assert front.survey_chart(survey, shoplifting, nothing) is None

    def test_a_group_with_a_measure_gets_its_own(self, built: Path, survey: Survey) -> None:
        burglary = open_estimates("burglary", built)
        years = survey.series("burglary", "all", "all")
        latest = years[-1]
        _, _, estimate = front.headline(burglary, survey).facts
        assert text(estimate[0]) == latest.figure.text
        assert "of households experienced domestic burglary" in estimate[1]
        said = text(front.survey_section(survey, burglary))
        assert said.startswith("## How common domestic burglary is")
        assert f"{latest.lower.text} and {latest.upper.text}" in said
        change = survey.changes("burglary", "all", "all")[-1]
        assert survey_prose.term("verdict", change.verdict) in said
        assert "stalk" not in said.lower()
        chart = front.survey_chart(survey, burglary, frames.prevalence(survey, "burglary"))
        assert chart
        assert len([f for f in chart.figures if f.unit == "proportion"]) >= len(years)


class TestDesignFactors:
    def test_the_restart_is_told_from_the_newest_edition_that_tells_both_designs(
        self, survey: Survey
    ) -> None:
        told = {figure["data-id"] for figure in shown(methods.restart_sentence(survey))}
        newest = "design_factor.appendix-2025-12.prevalence"
        assert {
            f"{newest}.{units}.{design}{limit}"
            for units in ("persons", "households")
            for design in ("latest", "earlier")
            for limit in ("", ".lower", ".upper")
        } < told

    @pytest.mark.parametrize("units", ["persons", ""])
    def test_an_edition_that_does_not_tell_both_is_not_asked(
        self, survey: Survey, units: str
    ) -> None:
        """Without persons the newest is passed over for the one before; without any, none tells."""
        table = pd.DataFrame(survey.tables["factors"])
        cases = table[table["design"] != "mixed"].groupby("release_id").size()
        *_, before, newest = sorted(cases[cases == cases.max()].index)
        release = newest if units else "appendix"
        editions = pd.read_csv(ROOT / "config/releases.csv").set_index("release_id")["edition"]
        told = f"verdicts of the {prose.lower_first(editions[before])} give"
        if not units:
            told = "no edition that we have sets its latest year against years on both"
        factors = [
            row
            for row in survey.tables["factors"]
            if row["design"] == "mixed"
            or not (row["release_id"].startswith(release) and row["units"].startswith(units))
        ]
        assert told in methods.restart_sentence(Survey(survey.tables | {"factors": factors}))

    def test_verdicts_fit_exactly_or_within_rounding_or_not(self) -> None:
        assert methods._fit(0.0059, 0.006, significant=True) == "yes"
        assert methods._fit(0.0061, 0.006, significant=True) == "rounded"
        assert methods._fit(0.0071, 0.006, significant=True) == "no"
        assert methods._fit(0.0061, 0.006, significant=False) == "yes"
        assert methods._fit(0.0059, 0.006, significant=False) == "rounded"
        assert methods._fit(0.0049, 0.006, significant=False) == "no"


class TestCharts:
    def interval(self, label: str, value: float) -> Interval:
        def figure(part: str, number: float) -> Figure:
            return Figure(f"{label}.{part}", number, "proportion")

        limits = (figure("lower", value - 0.01), figure("upper", value + 0.01))
        wide = (figure("low", value - 0.02), figure("high", value + 0.02))
        return Interval(label, figure("value", value), *limits, wide)

    def over_time(self) -> Chart:
        years = [date(year, 3, 31) for year in (2005, 2006, 2009, 2010)]
        points = [(day, self.interval("Women", 0.05)) for day in years]
        brk = Break(date(2008, 4, 1), "the level fell")
        trend = Line(years[2], years[3], 0.05, 0.049)
        return intervals_over_time(Chart("c", "t", "s"), [("Women", points)], [brk], [trend])

    def test_no_line_joins_years_across_a_break(self) -> None:
        lines = [
            layer for layer in self.over_time().spec["layer"] if layer["mark"]["type"] == "line"
        ]
        assert len(lines) == 1
        assert all(point["x"] > 2008.25 for point in lines[0]["data"]["values"])

    def test_breaks_are_lettered_and_named_and_said(self) -> None:
        chart = self.over_time()
        assert ("rule", "A, April 2008: the level fell") in chart.key
        assert "Not joined across these breaks: April 2008: the level fell." in chart.alt

    def test_limits_are_drawn_said_and_offered_as_data(self) -> None:
        chart = intervals_by_row(Chart("c", "t", "s"), [self.interval("Women", 0.05)])
        assert "Women: 5.0% (4.0% to 6.0%)" in chart.alt
        row = chart.data[0]
        assert (row["lower"], row["lower_widest"]) == (repr(0.05 - 0.01), repr(0.05 - 0.02))
        drawn = [layer["encoding"] for layer in chart.spec["layer"]]
        assert any(
            e["x"]["field"] == "lower" and e["x2"]["field"] == "upper" for e in drawn if "x2" in e
        )
        assert any(
            e["x"]["field"] == "low" and e["x2"]["field"] == "high" for e in drawn if "x2" in e
        )

    def test_two_series_differ_in_shape_not_only_in_colour(self, survey: Survey) -> None:
        points = [
            layer["encoding"]["shape"]
            for layer in survey_pages.by_age_and_sex(survey, by_age_and_sex(survey)).spec["layer"]
            if layer["mark"]["type"] == "point"
        ]
        assert points == [
            {"condition": {"test": "datum.series == 1", "value": "diamond"}, "value": "circle"}
        ]

    def test_charts_are_drawn(self, survey: Survey) -> None:
        for chart in charts(survey):
            assert chart.svg().count("<path") > 3


class TestMethods:
    def test_wilson_is_what_the_study_found(self) -> None:
        found = {
            method: [row["coverage"] for row in methods.coverage() if row["method"] == method]
            for method in survey_prose.METHODS
        }
        off = {method: abs(mean(values) - 0.95) for method, values in found.items()}
        assert min(off, key=lambda method: off[method]) == "wilson"
        worst = {method: min(values) for method, values in found.items()}
        assert min(worst, key=lambda method: worst[method]) == "normal"
        assert max(worst, key=lambda method: worst[method]) == "korn-graubard"

    def test_factors_come_from_another_edition(self, survey: Survey) -> None:
        rows = methods.checked(survey)
        assert {row["release_id"] for row in rows} == {
            row["release_id"] for row in survey.tables["agreement"]
        }
        assert all(row["release_id"] != row["estimated_on"] for row in rows)

    def test_the_nearest_other_edition_is_taken(self) -> None:
        releases = ["a-2022-09", "a-2025-06", "a-2025-12"]
        assert methods.other_release("a-2025-12", releases) == "a-2025-06"
        assert methods.other_release("a-2022-09", releases) == "a-2025-06"
        assert methods.other_release("a-2025-06", releases, furthest=True) == "a-2022-09"

    def test_an_edition_alone_is_checked_with_no_other(self, survey: Survey) -> None:
        alone = [r for r in survey.tables["agreement"] if r["release_id"] == r["estimated_on"]]
        one = Survey(survey.tables | {"agreement": alone[:1], "disagreements": []})
        assert methods.checked(one) == []
        assert methods.agreement_sentence(one).startswith("We have only one edition")
        assert methods.distant_agreement_sentence(one) == ""
        assert methods.agreement_table(one) is None
        assert methods.disagreement_table(one) is None

    def test_agreement_holds_with_the_factor_of_the_edition_furthest_in_time(
        self, survey: Survey
    ) -> None:
        said = methods.distant_agreement_sentence(survey)
        shares, shares_elsewhere, every, every_elsewhere = [
            float(figure["value"]) for figure in shown(said)
        ]
        assert shares > 0.97
        assert shares_elsewhere > 0.99
        assert every > 0.97
        assert every_elsewhere > 0.98

    def test_verdicts_on_stalking_are_possible_on_the_assumed_bases(self, survey: Survey) -> None:
        said = methods.assumption_checked(survey)
        assert said.count("It calls the change") == 2
        assert "which does not fit" not in said

    def test_the_study_is_described_as_it_was_made(self) -> None:
        (note,) = methods.coverage_table().notes
        assert [float(figure["value"]) for figure in shown(note)] == [500, 32_000, 20, 1.0, 1.6]

    def test_a_repeated_incident_explains_no_share_of_victims(self) -> None:
        def row(statistic: str) -> dict[str, object]:
            return {
                "own_factor_low": 2.0,
                "own_factor_high": 2.5,
                "factor": 1.4,
                "units": "persons",
                "statistic": statistic,
                "measure_id": "violence",
            }

        assert "many times" not in methods.explained(row("prevalence"))
        assert "many times" in methods.explained(row("incidents"))

    def test_agreement_on_shares_is_what_the_design_expects(self, survey: Survey) -> None:
        rows = [row for row in methods.checked(survey) if row["statistic"] == "prevalence"]
        comparisons = sum(row["comparisons"] for row in rows)
        assert sum(row["agreeing"] for row in rows) / comparisons > 0.97

    def test_parts_of_the_agreement_add_up(self, survey: Survey) -> None:
        row = {
            "release_id": "appendix-2025-12",
            "statistic": "prevalence",
            "units": "persons",
            "comparisons": 100,
            "agreeing": 97,
            "near_threshold": 10,
            "agreement_elsewhere": 89 / 90,
            "flagged": 80,
            "within": 0,
            "agreeing_within": 0,
            "flagged_within": 0,
            "cells": "[appendix-2025-12]'survey_comparisons'!prevalence, persons",
        }
        count, overall, near, elsewhere = methods._agreement(survey, "x", [row])
        comparisons = row["comparisons"]
        assert (count.value, overall.value, near.value) == (100, 0.97, 0.8)
        assert elsewhere.value == pytest.approx(89 / 90)
        assert [cell.name for cell in count.cells] == [row["cells"]]
        assert elsewhere.formula == "agreeing / comparisons, away from the threshold"
        twice, *parts = methods._agreement(survey, "x", [row, row])
        assert twice.value == 2 * comparisons
        assert [part.value for part in parts] == [overall.value, near.value, elsewhere.value]

    def test_every_disagreement_away_from_the_threshold_is_explained(self, survey: Survey) -> None:
        pairs = {(row["release_id"], row["estimated_on"]) for row in methods.checked(survey)}
        apart = [
            row
            for row in survey.tables["disagreements"]
            if (row["release_id"], row["estimated_on"]) in pairs
            and abs(row["test_ratio"] - 1) > methods.NEAR
        ]
        assert apart
        assert all("design factor" in methods.explained(row) for row in apart)
        html = methods.disagreement_table(survey)._repr_html_()
        furthest: dict[str, float] = {}
        for row in apart:
            key = (row["release_id"], row["statistic"], row["units"], row["measure_id"])
            name = f"disagreement.{'.'.join(key)}.comparisons"
            furthest[name] = max(abs(row["test_ratio"] - 1), furthest.get(name, 0))
        listed = {
            figure["data-id"]
            for figure in shown(html)
            if figure["data-id"].endswith(".comparisons")
        }
        assert len(listed) == min(len(furthest), methods.SHOWN)
        left_out = [distance for name, distance in furthest.items() if name not in listed]
        assert max(left_out, default=0) <= min(furthest[name] for name in listed)
        (number,) = [f for f in shown(html) if f["data-id"] == "disagreement.measures"]
        assert float(number["value"]) == len(furthest)

    def test_every_verdict_is_explained(self) -> None:
        assert methods.verdict_list().count("<dt>") == len(MEANINGS)


FORMULAS = [value for value in vars(formulas).values() if isinstance(value, formulas.Formula)]


class TestFormulas:
    @pytest.mark.parametrize("formula", FORMULAS, ids=lambda f: f.words[:20])
    def test_a_formula_is_mathml_with_the_same_in_words(self, formula: formulas.Formula) -> None:
        html = formula._repr_html_()
        element = ElementTree.fromstring(html[html.index("<math") : html.index("</math>") + 7])
        assert element.get("alttext") == formula.words
        assert element.get("display") == "block"
        assert not re.search(r"\\[a-z]", "".join(element.itertext()))
        assert not stray_numbers(html)
        assert f"In words: {formula.words}." in html

    def test_a_formula_is_set_in_the_pdf_with_its_words(self) -> None:
        (equation, *_) = typeset(formulas.EFFECTIVE_SIZE._repr_html_(), lambda _: None, "methods")
        assert equation.startswith('#math.equation(block: true, alt: "the effective sample size')
        assert "frac(n, attach(f, t: 2))" in equation


def test_the_share_with_fraud_is_that_of_the_table_and_empty_where_its_cell_is(
    survey: Survey, estimates: Estimates
) -> None:
    table = methods.share_with_fraud(survey, estimates)
    assert table
    printed = {figure["data-id"]: float(figure["value"]) for figure in shown(table._repr_html_())}
    codes = pd.DataFrame(survey.tables["codes"])
    codes = codes[codes["table"].eq("offence_codes")].sort_values("release_id")
    codes = codes.drop_duplicates(["offence", "period_end"], keep="last")
    whole = codes[codes["offence"].str.contains("including fraud", case=False)]
    whole = whole.set_index("period_end")["count"].groupby(level=0).last()
    group = codes[codes["offence_id"].eq(estimates.offence_id)]
    group = group.drop_duplicates("period_end", keep="last").set_index("period_end")["count"]
    ends = sorted(group.index)[-methods.YEARS_WITH_FRAUD :]
    empty = [end for end in ends if pd.isna(whole.get(end))]
    assert empty
    for end in ends:
        name = f"share_with_fraud.{estimates.offence_id}.{end:%Y-%m}"
        if end in empty:
            assert name not in printed
        else:
            assert printed[name] == pytest.approx(group[end] / whole[end])
            assert printed[name] < printed[name.replace("with", "without", 1)]
