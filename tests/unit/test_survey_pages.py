"""The survey's pages: no estimate without its uncertainty, and words that the numbers choose."""

import re
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest

from crimeshare import survey_words
from crimeshare.audit.verdicts import kinds
from crimeshare.measures.two_groups import difference_interval
from crimeshare.problems import Problem
from crimeshare.publish.elements import formulas, intervals, prose
from crimeshare.publish.elements.charts import Break, Chart
from crimeshare.publish.elements.figures import Figure, shown, stray_numbers
from crimeshare.publish.elements.reading import read
from crimeshare.publish.elements.rows import Row, rows
from crimeshare.publish.elements.words import _template
from crimeshare.publish.pdf.typeset import typeset
from crimeshare.publish.subjects import (
    front,
    measured,
    methods,
    simulated,
    sources,
    survey_pages,
    survey_tables,
    surveyed,
)
from crimeshare.publish.subjects.measured import Measure, measure_of
from crimeshare.publish.subjects.surveyed import WORDS
from tests.building import GROUP
from tests.conftest import ROOT
from tests.frames import Report


@pytest.fixture
def everyone(built: Path) -> pd.DataFrame:
    return surveyed.series("stalking")


@pytest.fixture
def women(built: Path) -> pd.DataFrame:
    return surveyed.series("stalking", *survey_pages.WOMEN)


def text(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


@pytest.fixture
def tables(estimates: Report, everyone: pd.DataFrame, women: pd.DataFrame) -> list[str]:
    recorded = read("offences_per_victims")
    return [
        table._repr_html_()
        for table in (
            survey_tables.estimates_table(WORDS.points("last_year_table", who="all"), everyone),
            survey_tables.estimates_table(WORDS.points("last_year_table", who="women"), women),
            survey_tables.groups_table(by_group()),
            survey_tables.ever_table(ever()),
            survey_tables.changes_table("changes", surveyed.changes(everyone)),
            survey_tables.changes_to_newest("changes", surveyed.changes(women)),
            survey_tables.trends_table(),
            survey_tables.other_measures(),
            survey_tables.offences_table(recorded),
            survey_tables.beside_table(read("recorded_beside_survey")),
            simulated.coverage_table(),
            methods.design_factor_table(),
            methods.agreement_table(read("flag_agreement")),
            methods.disagreement_table(unlike()),
            sources.surveyed(),
            sources.two_totals(estimates.offence_id),
            sources.other_notices(read("survey_notices")),
        )
    ]


def by_group() -> pd.DataFrame:
    return of_year_of("stalking", sex="women", age="16+")


def by_age_and_sex() -> pd.DataFrame:
    groups = of_year_of("stalking", sex="men", age="16-19")
    return groups[groups["sex"].ne("all") & groups["age"].ne("16-59")]


def ever() -> pd.DataFrame:
    return of_year_of("stalking_since_16", *survey_pages.BY_WHOM, sex="all", age="16+")


def of_year_of(*measures: str, sex: str, age: str) -> pd.DataFrame:
    """All groups of some measures in the newest year that one of them has."""
    every = surveyed.estimates_of(*measures)
    of = every["measure_id"].eq(measures[0]) & every["sex"].eq(sex) & every["age"].eq(age)
    return every[every["period_end"].eq(every.loc[of, "period_end"].max())]


def coverage_by_method() -> pd.DataFrame:
    by_method = simulated.study(simulated.COVERAGE).groupby("method")["coverage"]
    return by_method.agg(["mean", "min", "max"])


def unlike() -> pd.DataFrame:
    return methods.unlike(read("flag_agreement"), read("flag_disagreements"))


def charts() -> list[Chart]:
    series = [surveyed.series("stalking", *group) for group in (survey_pages.WOMEN, ("all", "16+"))]
    beside = read("recorded_beside_survey")
    drawn = [
        survey_pages.over_time(pd.concat(series)),
        survey_pages.by_sex_and_age(by_group()),
        survey_pages.by_age_for_each_sex(by_age_and_sex()),
        survey_pages.ever(ever()),
        survey_pages.offences_chart(read("offences_per_victims")),
        *(survey_pages.others_beside(victims, beside) for victims in survey_pages.OTHERS_BESIDE),
        simulated.coverage_chart(coverage_by_method(), surveyed.level_figure(0.95)),
    ]
    return [chart for chart in drawn if chart]


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
        assert survey_pages.said_as_one_in(0.144, 0.137, 0.152)
        assert not survey_pages.said_as_one_in(0.30, 0.295, 0.305)
        assert not survey_pages.said_as_one_in(0.029, 0.026, 0.033)
        assert not survey_pages.said_as_one_in(0.0, 0.0, 0.2)

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
        compared = survey_pages.compared("A", "B", interval, widest)
        assert WORDS.passage("compared_groups", **compared).startswith(words)

    def test_a_published_verdict_leads_and_ours_is_told_where_it_differs(
        self, everyone: pd.DataFrame
    ) -> None:
        change = surveyed.newest_change(surveyed.changes(everyone))

        def told(own: str, published: bool | None) -> str:
            said = {"verdict": "fall", "own_verdict": own, "published_significance": published}
            return WORDS.passage("change", row=Row({**change, **said}))

        assert ": a fall. ONS calls it significant. The change is" in told("fall", True)
        differs = told("no_clear_change", False)
        assert "ONS calls it not significant, which leads here. Our own test" in differs
        assert "says no clear change. The change is" in differs
        assert "ONS" not in told("fall", None)

    @pytest.mark.parametrize(("q_p_value", "told"), [(0.01, True), (0.2, False)])
    def test_the_scatter_of_a_trend_is_told(self, q_p_value: float, told: bool) -> None:
        years = {"start": date(2010, 3, 31), "end": date(2017, 3, 31)}
        given = {"who": "women", "on_bases": "on assumed bases"}
        row = dict.fromkeys(("odds_change", "lower", "upper"), Figure("change", 0.1, "change"))
        row |= {**years, "q_p_value": q_p_value, "level": 0.95, "verdict": "rising"}
        assert ("stray" in WORDS.passage("trend", row=row, **given)) == told

    def test_a_disagreement_is_explained_only_by_a_factor_outside_the_range(self) -> None:
        def said(low: float, high: float) -> str:
            known = {"own_factor_low": low, "own_factor_high": high, "factor": 1.4}
            of = {"units": "persons", "statistic": "prevalence", "measure_id": "violence"}
            return methods.explained(known | of)

        assert "larger design factor" in said(1.9, 2.1)
        assert "smaller design factor" in said(1.0, 1.2)
        with pytest.raises(ValueError, match="holds the factor"):
            said(1.2, 1.6)

    def test_new_units_are_written(self) -> None:
        assert Figure("f", 1.382, "design_factor").text == "1.38"
        assert Figure("f", 0.0002, "p_value").text == "less than 0.001"
        assert Figure("f", 0.0415, "p_value").text == "0.042"
        assert Figure("f", 0.95, "proportion").words("whole") == "95%"
        assert Figure("f", -0.0079, "percentage_points").words("bare") == "\N{MINUS SIGN}0.8"


class TestEstimates:
    def test_an_estimate_is_written_with_its_interval_and_assumption(
        self, everyone: pd.DataFrame
    ) -> None:
        *_, latest = rows(everyone)
        assert text(WORDS.passage("with_interval", row=latest)) == (
            f"{latest.estimate.text} (likely between {latest.lower.text} and {latest.upper.text})"
        )

    @pytest.mark.usefixtures("built")
    def test_a_published_base_is_not_called_assumed(self) -> None:
        violence = surveyed.latest("violence")
        assert violence["basis"] != surveyed.ASSUMED
        assert "assumed" not in WORDS.passage("base", row=violence)
        assert violence.estimate.cells[0].workbook_sha256

    def test_assumed_bases_are_rounded_and_both_scenarios_are_told(
        self, everyone: pd.DataFrame
    ) -> None:
        *_, latest = rows(everyone)
        other = latest["otherwise"]
        assert latest.n_assumed.number % 100 == 0
        assert (latest["scenario"], other["scenario"]) == ("half_asked", "everybody_asked")
        assert other.n_assumed.number == pytest.approx(2 * latest.n_assumed.number, abs=100)
        assert latest["lower"] < other["lower"]
        said = text(survey_pages.assumption())
        assert f"about {latest.n_assumed.text} people answered" in said
        assert f"about {other.n_assumed.text} people answered" in said
        assert latest["lower_widest"] < latest["lower"]
        assert latest["upper"] < latest["upper_widest"]

    def test_the_latest_release_of_a_year_counts(self, everyone: pd.DataFrame) -> None:
        of_year = everyone[everyone["period_end"].eq("2024-03-31")]
        assert list(of_year["release_id"]) == ["bulletin-2025-03"]

    @pytest.mark.usefixtures("built")
    def test_an_unknown_series_names_the_known(self) -> None:
        with pytest.raises(Problem, match=r"no estimate of `staking`.*stalking"):
            surveyed.series("staking")

    def test_the_newest_change_shares_no_interviews(self, everyone: pd.DataFrame) -> None:
        change = surveyed.newest_change(surveyed.changes(everyone))
        assert change["earlier"]["period_end"] < change["later"]["period_start"]
        assert change["previous_period_end"] == date(2024, 3, 31)
        assert change["published_significance"] is False
        assert "no clear change" in text(WORDS.passage("change", row=change))

    @pytest.mark.usefixtures("built")
    def test_women_are_stalked_more_often_than_men_by_a_test(self) -> None:
        women, men = (surveyed.latest("stalking_since_16", sex) for sex in ("women", "men"))
        said = survey_pages.contrast(women, men)
        limits = [(row["estimate"], row["lower"], row["upper"]) for row in (women, men)]
        *_, lower, upper = (float(figure["value"]) for figure in shown(said))
        assert (lower, upper) == difference_interval(*limits)
        assert text(said).startswith(
            "Women aged 16 and over experience it more often than men aged 16 and over: 20.2% "
            "(likely between"
        )
        turned = text(survey_pages.contrast(men, women))
        assert "Men aged 16 and over experience it less often" in turned

    def test_a_change_across_a_break_is_not_comparable(self, women: pd.DataFrame) -> None:
        tested = surveyed.changes(women)
        years = (tested["previous_period_end"].dt.year, tested["period_end"].dt.year)
        across = tested[(years[0] < 2008) & (years[1] > 2008)]
        assert len(across)
        assert across["breaks"].notna().all()
        html = survey_tables.changes_table("c", across)._repr_html_()
        assert html.count("not comparable") == len(across)


class TestPages:
    def test_every_number_is_a_figure(
        self, estimates: Report, everyone: pd.DataFrame, tables: list[str]
    ) -> None:
        pieces = [*tables, *(chart._repr_html_() for chart in charts())]
        pieces += [
            WORDS.passage("last_year", row=rows(everyone)[-1], what="stalking"),
            survey_pages.since_16(surveyed.latest("stalking_since_16")),
            survey_pages.assumption(),
            survey_pages.derivation(),
            WORDS.passage("change", row=surveyed.newest_change(surveyed.changes(everyone))),
            survey_pages.trend(),
            survey_pages.offences(read("offences_per_victims")),
            *survey_pages.differences(),
            *survey_pages.caveats(),
            simulated.why_wilson(),
            simulated.like_stalking(rows(everyone)[-1]),
            methods.restart_sentence(methods.published_factors(), methods.factors_of_flags()),
            methods.assumption_checked(),
            methods.agreement_sentence(read("flag_agreement")),
            methods.distant_agreement_sentence(read("flag_agreement")),
            methods.verdict_list(),
            sources.two_totals_sentence(read("survey_notices"), estimates.offence_id),
        ]
        assert [stray for piece in pieces for stray in stray_numbers(piece)] == []

    def test_one_name_has_one_value(
        self, estimates: Report, everyone: pd.DataFrame, tables: list[str]
    ) -> None:
        values: dict[str, set[str]] = {}
        page = "".join(
            [
                *tables,
                *front.survey_sentences(stalking(), everyone),
                front.headline(estimates.offence_id)._repr_html_(),
                simulated.why_wilson(),
                methods.restart_sentence(methods.published_factors(), methods.factors_of_flags()),
                methods.agreement_sentence(read("flag_agreement")),
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

    @pytest.mark.usefixtures("built")
    def test_offences_per_victims_come_with_limits_and_reasons(self) -> None:
        recorded = read("offences_per_victims")
        assert recorded["ratio"].between(recorded["lower"], recorded["upper"]).all()
        sentence = text(survey_pages.offences(recorded))
        assert "likely between" in sentence
        assert "that we assume" in sentence
        assert "does not say how much stalking is reported" in sentence
        said = " ".join(survey_pages.differences())
        for reason in (
            "count offences",
            "people aged 16",
            "follows rules",
            "two or more incidents",
        ):
            assert reason in said

    def test_both_totals_of_one_year_are_on_the_page_of_sources(self, estimates: Report) -> None:
        html = sources.two_totals(estimates.offence_id)._repr_html_()
        values = {float(figure["value"]) for figure in shown(html)}
        assert {144025.0, 144171.0, 146.0} <= values

    @pytest.mark.usefixtures("built")
    def test_other_slips_are_listed_without_the_totals(self) -> None:
        html = sources.other_notices(read("survey_notices"))._repr_html_()
        assert "holds no cells" in html
        assert "is 144,025 here" not in html


class TestFront:
    def test_two_sentences_say_both_estimates(self, built: Path, everyone: pd.DataFrame) -> None:
        prevalence = pd.read_parquet(built / "results/estimates/prevalence.parquet")
        known = prevalence[
            (prevalence["sex"] == "all")
            & (prevalence["age"] == "16+")
            & (prevalence["characteristic"] == "all")
        ].sort_values(["period_end", "release_id"])
        newest = known.groupby("measure_id")["estimate"].last()
        lately, ever, _ = map(text, front.survey_sentences(stalking(), everyone))
        assert f"{100 * newest['stalking']:.1f}% (likely between" in lately
        assert f"{100 * newest['stalking_since_16']:.1f}%, likely between" in ever

    def test_of_three_numbers_the_estimate_alone_has_an_interval(self, estimates: Report) -> None:
        share, change, estimate = (
            text(how) for _, _, how in front.headline(estimates.offence_id).facts
        )
        assert "ikely between" not in share + change
        assert "Likely between" in estimate
        assert "ONS has not published how many people answered" in estimate

    def test_other_offence_groups_get_no_estimate_of_stalking(self, built: Path) -> None:
        assert "gives no estimate of shoplifting" in front.two_measures("shoplifting")
        html = front.headline("shoplifting")._repr_html_()
        assert "stalk" not in text(html)
        assert "ikely between" not in html

    @pytest.mark.parametrize(
        ("group", "why"),
        [
            ("homicide", "so it cannot count homicide."),
            ("shoplifting", "not businesses, so it gives no estimate of shoplifting."),
            ("sexual_offences", "asks about sexual assault, in tables that"),
            ("public_order_offences", "that we have give no estimate of public order offences."),
        ],
    )
    def test_a_group_without_a_measure_says_why(self, group: str, why: str) -> None:
        assert measure_of(group) is None
        assert why in WORDS.passage("not_measured", group=group)

    def test_a_group_with_a_measure_gets_its_own(self, built: Path) -> None:
        measure, years = measure_of("burglary"), surveyed.everybody("burglary")
        assert measure
        *_, latest = rows(years)
        _, _, estimate = front.headline("burglary").facts
        assert text(estimate[0]) == latest.estimate.text
        assert "of households experienced domestic burglary" in estimate[1]
        said = text(front.survey_section(measure, years))
        assert said.startswith("## How common domestic burglary is")
        assert f"{latest.lower.text} and {latest.upper.text}" in said
        *_, change = rows(surveyed.changes(years))
        assert surveyed.term("verdict", change["verdict"]) in said
        assert "stalk" not in said.lower()
        chart = measured.over_time(measure, years)
        assert len([f for f in chart.figures if f.unit == "proportion"]) >= len(years)


def stalking() -> Measure:
    measure = measure_of(GROUP)
    assert measure
    return measure


class TestDesignFactors:
    @pytest.mark.usefixtures("built")
    def test_the_restart_is_told_from_the_newest_edition_that_tells_both_designs(self) -> None:
        said = methods.restart_sentence(methods.published_factors(), methods.factors_of_flags())
        newest = "design_factor.appendix-2025-12.prevalence"
        assert {
            f"{newest}.{units}.{design}{limit}"
            for units in ("persons", "households")
            for design in ("latest", "earlier")
            for limit in ("", ".lower", ".upper")
        } < {figure["data-id"] for figure in shown(said)}

    @pytest.mark.usefixtures("built")
    @pytest.mark.parametrize("units", ["persons", ""])
    def test_an_edition_that_does_not_tell_both_is_not_asked(self, units: str) -> None:
        """Without persons the newest is passed over for the one before; without any, none tells."""
        flags = methods.factors_of_flags()
        apart = flags["design"].ne("mixed")
        cases = flags[apart].groupby("release_id").size()
        *_, before, newest = sorted(cases[cases == cases.max()].index)
        release = newest if units else "appendix"
        editions = pd.read_csv(ROOT / "config/releases.csv").set_index("release_id")["edition"]
        told = f"verdicts of the {prose.lower_first(editions[before])} give"
        if not units:
            told = "no edition that we have sets its latest year against years on both"
        gone = flags["release_id"].str.startswith(release) & flags["units"].str.startswith(units)
        left = flags[~(apart & gone)]
        assert told in methods.restart_sentence(methods.published_factors(), left)

    def test_verdicts_fit_exactly_or_within_rounding_or_not(self) -> None:
        assert methods._fit(0.0059, 0.006, significant=True) == "yes"
        assert methods._fit(0.0061, 0.006, significant=True) == "rounded"
        assert methods._fit(0.0071, 0.006, significant=True) == "no"
        assert methods._fit(0.0061, 0.006, significant=False) == "yes"
        assert methods._fit(0.0059, 0.006, significant=False) == "rounded"
        assert methods._fit(0.0049, 0.006, significant=False) == "no"


class TestCharts:
    @pytest.fixture
    def frame(self, women: pd.DataFrame) -> pd.DataFrame:
        """Four years on both sides of a break, with wider limits."""
        ends = pd.to_datetime([f"{year}-03-31" for year in (2005, 2006, 2009, 2010)])
        given = {"estimate": 0.05, "lower": 0.04, "upper": 0.06}
        given |= {"lower_widest": 0.03, "upper_widest": 0.07, "label": "Women"}
        return women.head(4).assign(period_end=ends, **given)

    def over_time(self, frame: pd.DataFrame) -> Chart:
        brk = Break(date(2008, 4, 1), "the level fell")
        trend = read("survey_trends").head(1)
        trend = trend.assign(start=frame["period_end"].iloc[2], end=frame["period_end"].iloc[3])
        shown = {"y": "estimate", "by": "label", "label": "label", "words": ["t", "s"]}
        return intervals.over_time("c", frame, **shown, breaks=[brk], trends=trend)

    def test_no_line_joins_years_across_a_break(self, frame: pd.DataFrame) -> None:
        layers = self.over_time(frame).spec["layer"]
        lines = [layer for layer in layers if layer["mark"]["type"] == "line"]
        assert len(lines) == 1
        assert all(point["x"] > 2008.25 for point in lines[0]["data"]["values"])

    def test_breaks_are_named_where_they_happen_and_said(self, frame: pd.DataFrame) -> None:
        chart = self.over_time(frame)
        labels = [
            " ".join(each["label"])
            for layer in chart.spec["layer"]
            for each in layer["data"]["values"]
            if "label" in each and layer["mark"]["type"] == "text"
        ]
        assert {*labels} == {"the level fell"}
        assert "Not joined across these breaks: April 2008: the level fell." in chart.alt

    def test_limits_are_drawn_said_and_offered_as_data(self, frame: pd.DataFrame) -> None:
        chart = intervals.by_row("c", frame, y="estimate", label="label", words=["t", "s"])
        assert "Women: 5.0% (4.0% to 6.0%)" in chart.alt
        assert (chart.data[0]["lower"], chart.data[0]["lower_widest"]) == ("0.04", "0.03")
        drawn = [layer["encoding"] for layer in chart.spec["layer"]]
        ends = [(e["x"]["field"], e["x2"]["field"]) for e in drawn if "x2" in e]
        assert ends == [("low", "high"), ("lower", "upper")]

    @pytest.mark.usefixtures("built")
    def test_two_series_differ_in_shape_not_only_in_colour(self) -> None:
        points = [
            layer["encoding"]["shape"]
            for layer in survey_pages.by_age_for_each_sex(by_age_and_sex()).spec["layer"]
            if layer["mark"]["type"] == "point"
        ]
        assert points == [
            {"condition": {"test": "datum.series == 1", "value": "diamond"}, "value": "circle"}
        ]

    @pytest.mark.usefixtures("built")
    def test_charts_are_drawn(self) -> None:
        for chart in charts():
            assert chart.svg().count("<path") > 3


class TestMethods:
    def test_wilson_is_what_the_study_found(self) -> None:
        held = simulated.study(simulated.COVERAGE).groupby("method")["coverage"]
        assert set(held.groups) == set(simulated.METHODS)
        assert (held.mean() - 0.95).abs().idxmin() == "wilson"
        assert (held.min().idxmin(), held.min().idxmax()) == ("normal", "korn-graubard")

    @pytest.mark.usefixtures("built")
    def test_factors_come_from_another_edition(self) -> None:
        agreement = read("flag_agreement")
        found = methods.checked(agreement)
        assert set(found["release_id"]) == set(agreement["release_id"])
        assert found["release_id"].ne(found["estimated_on"]).all()

    def test_the_nearest_other_edition_is_taken(self) -> None:
        releases = ["a-2022-09", "a-2025-06", "a-2025-12"]
        assert methods.other_release("a-2025-12", releases) == "a-2025-06"
        assert methods.other_release("a-2022-09", releases) == "a-2025-06"
        assert methods.other_release("a-2025-06", releases, furthest=True) == "a-2022-09"

    @pytest.mark.usefixtures("built")
    def test_an_edition_alone_is_checked_with_no_other(self) -> None:
        one = read("flag_agreement").query("release_id == estimated_on").head(1)
        assert methods.checked(one).empty
        assert methods.agreement_sentence(one).startswith("We have only one edition")
        assert methods.distant_agreement_sentence(one) == ""
        assert methods.agreement_table(one) is None
        assert methods.disagreement_table(unlike().head(0)) is None

    @pytest.mark.usefixtures("built")
    def test_agreement_holds_with_the_factor_of_the_edition_furthest_in_time(self) -> None:
        said = methods.distant_agreement_sentence(read("flag_agreement"))
        shares, shares_elsewhere, every, every_elsewhere = [
            float(figure["value"]) for figure in shown(said)
        ]
        assert shares > 0.97
        assert shares_elsewhere > 0.99
        assert every > 0.97
        assert every_elsewhere > 0.98

    @pytest.mark.usefixtures("built")
    def test_verdicts_on_stalking_are_possible_on_the_assumed_bases(self) -> None:
        said = methods.assumption_checked()
        assert said.count("It calls the change") == 2
        assert "which does not fit" not in said

    def test_the_study_is_described_as_it_was_made(self) -> None:
        (note,) = simulated.coverage_table().notes
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

    @pytest.mark.usefixtures("built")
    def test_agreement_on_shares_is_what_the_design_expects(self) -> None:
        found = methods.checked(read("flag_agreement"))
        found = found[found["statistic"].eq("prevalence")]
        assert found["agreeing"].sum() / found["comparisons"].sum() > 0.97

    @pytest.mark.usefixtures("built")
    def test_parts_of_the_agreement_add_up(self) -> None:
        given = {
            "comparisons": 100,
            "agreeing": 97,
            "near_threshold": 10,
            "agreement_elsewhere": 89 / 90,
            "flagged": 80,
            "within": 0,
        }
        row = read("flag_agreement").head(1).assign(**given)
        one, twice = methods.added(row, "x"), methods.added(pd.concat([row, row]), "x")
        assert (one["comparisons"], one["agreement"], one["agreement_near"]) == (100, 0.97, 0.8)
        assert one["agreement_elsewhere"] == pytest.approx(89 / 90)
        assert [cell.name for cell in one.comparisons.cells] == list(row["cells"])
        assert one.agreement_elsewhere.formula == "agreeing / comparisons, away from the threshold"
        assert one.agreement_within.marker == "not_applicable"
        assert twice["comparisons"] == 2 * one["comparisons"]
        for part in ("agreement", "agreement_near", "agreement_elsewhere"):
            assert twice[part] == one[part]

    @pytest.mark.usefixtures("built")
    def test_every_disagreement_away_from_the_threshold_is_explained(self) -> None:
        apart = unlike()
        assert all("design factor" in methods.explained(row) for row in rows(apart))
        html = methods.disagreement_table(apart)._repr_html_()
        measure = ["release_id", "statistic", "units", "measure_id"]
        distance = apart["test_ratio"].sub(1).abs().groupby([apart[name] for name in measure])
        furthest = {
            f"disagreement.{'.'.join(key)}.comparisons": far for key, far in distance.max().items()
        }
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
        assert methods.verdict_list().count("<dt>") == len(kinds())


class TestFormulas:
    @pytest.mark.parametrize("name", sorted(_template(formulas.WORDS.path).blocks))
    def test_a_formula_is_mathml_with_the_same_in_words(self, name: str) -> None:
        formula = formulas.Formula(name)
        html = formula._repr_html_()
        element = ElementTree.fromstring(html[html.index("<math") : html.index("</math>") + 7])
        assert element.get("alttext") == formula.words
        assert element.get("display") == "block"
        assert not re.search(r"\\[a-z]", "".join(element.itertext()))
        assert not stray_numbers(html)
        assert f"In words: {formula.words}." in html

    def test_a_formula_is_set_in_the_pdf_with_its_words(self) -> None:
        html = formulas.Formula("effective_size")._repr_html_()
        (equation, *_) = typeset(html, lambda _: None, "methods")
        assert equation.startswith('#math.equation(block: true, alt: "the effective sample size')
        assert "frac(n, attach(f, t: 2))" in equation


def test_the_share_with_fraud_is_that_of_the_table_and_empty_where_its_cell_is(
    estimates: Report,
) -> None:
    table = methods.share_with_fraud(estimates.offence_id)
    assert table
    printed = {figure["data-id"]: float(figure["value"]) for figure in shown(table._repr_html_())}
    codes = read("recorded_offence_codes", table="offence_codes").sort_values("release_id")
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
