"""What the page about the survey shows: sentences, charts and tables, each from the figures.

The notebook puts these in order; every title states what the numbers say, and no estimate is
written without its interval, level, method and basis.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from html import escape

import pandas as pd

from crimeshare import survey_words
from crimeshare.cells import Cell
from crimeshare.publish.elements import prose
from crimeshare.publish.elements.charts import Chart
from crimeshare.publish.elements.facts import Facts
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.rows import figure, of_rows, over
from crimeshare.publish.elements.tables import Content, Table
from crimeshare.publish.subjects import survey_prose
from crimeshare.publish.subjects.survey_charts import (
    Interval,
    Line,
    intervals_by_row,
    intervals_over_time,
)
from crimeshare.publish.subjects.survey_prose import WORDS, term
from crimeshare.publish.subjects.surveyed import (
    Estimate,
    Row,
    Survey,
    SurveyChange,
    level_figure,
    shown_limits,
    with_interval,
)

UNCLEAR = "no_clear_change"
STALKING, SINCE_16 = "stalking", "stalking_since_16"
PARTS = ("stalking_by_partner", "stalking_by_family")
BY_WHOM = (f"{SINCE_16}_by_partner", f"{SINCE_16}_by_family")
WOMEN = ("women", "16-59")
"""The one group with a long series."""

OTHER_MEASURES = (
    "violence",
    "robbery",
    "theft_from_person",
    "burglary",
    "vehicle_theft",
    "criminal_damage",
    "fraud",
    "computer_misuse",
    "headline_excluding_fraud",
    "headline_including_fraud",
)


# ---------------------------------------------------------------- sentences


def last_year(survey: Survey) -> str:
    """How common stalking was in the newest year, and how sure that is."""
    latest = survey.latest(STALKING)
    return said(latest, survey_words.who(latest.sex, latest.age), "stalking")


def said(latest: Estimate, who: str, what: str) -> str:
    """How common it was among whom in the year of an estimate, and how sure that is."""
    return WORDS.passage(
        "last_year",
        estimate=with_interval(latest),
        who=who,
        what=what,
        end=latest.period_end,
        second_hand=latest.seen == "second_hand",
    )


def since_16(survey: Survey) -> str:
    """How many have ever been stalked as adults, as a fraction people can picture where it fits."""
    estimate = survey.latest(SINCE_16)
    lower, upper = estimate.lower.number, estimate.upper.number
    fair = survey_prose.said_as_one_in(estimate.figure.number, lower, upper)
    return WORDS.passage(
        "since_16",
        fair=fair,
        estimate=with_interval(estimate, "one in" if fair else ""),
        who=survey_words.who(estimate.sex, estimate.age),
        end=estimate.period_end,
        second_hand=estimate.seen == "second_hand",
    )


def assumption(survey: Survey) -> str:
    """What is assumed of the base, and what it does to the interval."""
    assumed = [estimate for estimate in survey.series(STALKING) if estimate.assumed]
    return WORDS.passage(
        "assumption",
        assumed=assumed[-1] if assumed else None,
        some=len(assumed) < len(survey.series(STALKING)),
        scenario=partial(term, "scenario"),
    )


def derivation(survey: Survey) -> str:
    """How the assumed bases are derived from the nearest published one, in view."""
    assumptions = survey.assumptions
    years = assumptions.module_years
    interviews = [_interviews(survey, day) for day in years]
    rows = ("module_bases", "n_unweighted", "sex all")
    base = of_rows("module.base", assumptions.module_base, "count", "", rows)
    asked = [assumptions.asked(day, "everybody_asked") for day in years]
    row, table = assumptions.derivation(), "assumed_bases"
    share, half, of_ages = (
        figure(row, column, f"module.{column}", table, survey.hashes)
        for column in ("answered", "answered_half", "of_module_ages")
    )
    return WORDS.passage(
        "derivation",
        base=base,
        interviews=zip(years, interviews, asked, strict=True),
        number=len(years),
        share=share,
        half=half,
        of_ages=of_ages,
        ages=survey_words.aged(assumptions.module_ages),
    )


def _interviews(survey: Survey, day: date) -> Figure:
    """How many people were interviewed in a year."""
    row, name = survey.assumptions.interviewed(day), f"interviews.{day}"
    return figure(row, "n_unweighted", name, "survey_estimates", survey.hashes)


def change_sentence(change: SurveyChange) -> str:
    """How an estimate moved, whether that is more than chance, and what ONS said of it."""
    differs = change.own_verdict is not None and change.own_verdict != change.verdict
    return WORDS.passage(
        "change",
        change=change,
        who=survey_words.who(change.later.sex, change.later.age),
        verdict=change_verdict(change),
        own_verdict=term("verdict", change.own_verdict) if differs else "",
    )


def newest_change(survey: Survey) -> SurveyChange:
    """The change to the newest year from the newest earlier one whose interviews are others."""
    latest = survey.latest(STALKING)
    earlier = [e for e in survey.series(STALKING) if e.period_end < latest.period_start]
    return survey.change(earlier[-1], latest)


def contrast_sentence(survey: Survey, one: Estimate, other: Estimate) -> str:
    """Whether one group is stalked more than another, by a test and not by the points."""
    contrast = survey.contrast(one, other)
    interval = (contrast.lower.number, contrast.upper.number)
    first, second = (survey_words.who(e.sex, e.age) for e in (one, other))
    verdict = survey_prose.compared_groups(first, second, interval, contrast.widest)
    return WORDS.passage(
        "contrast",
        verdict=prose.upper_first(verdict),
        one=with_interval(one),
        other=with_interval(other),
        measure=survey_words.measure(one.measure_id),
        contrast=contrast,
    )


def trend_sentence(survey: Survey) -> str:
    """The trend of the longest stretch of years without a break."""
    row = max(survey.trends([STALKING]), key=lambda row: (row["years"], row["end"]))
    change, lower, upper, _ = _trend_figures(survey, row)
    return WORDS.passage(
        "trend",
        row=row,
        who=survey_words.who(row["sex"], row["age"]),
        verdict=term("trend", row["verdict"]),
        change=change,
        lower=lower,
        upper=upper,
        on_bases=on_bases(survey.series(STALKING, row["sex"], row["age"])),
    )


def _trend_figures(survey: Survey, row: Row) -> tuple[Figure, Figure, Figure, Figure]:
    lower, upper = (trend_figure(survey, row, end) for end in ("lower", "upper"))
    change = trend_figure(survey, row, "odds_change")
    return change, lower, upper, level_figure(row["level"])


def trend_figure(survey: Survey, row: Row, column: str) -> Figure:
    """One number of a trend."""
    name = f"survey.trend.{row['measure_id']}.{row['sex']}.{row['age']}.{row['start']}.{column}"
    limits = ("lower", "upper") if column == "odds_change" else ()
    return figure(row, column, name, "survey_trends", survey.hashes, limits=limits)


# ---------------------------------------------------------------- numbers at a glance


def facts(survey: Survey) -> Facts:
    """Last year, and women and men since 16: each with its interval."""
    latest = survey.latest(STALKING)
    ever = [survey.latest(SINCE_16, sex) for sex in ("women", "men")]
    return Facts([fact(latest, STALKING), *(fact(e, STALKING, ever=True) for e in ever)])


def fact(
    estimate: Estimate, what: str, who: str = "", *, ever: bool = False
) -> tuple[str, str, str]:
    """One estimate at a glance: value, meaning, uncertainty.

    Args:
        estimate: the number.
        what: was experienced, in the year or, with `ever`, since age 16.
        who: for other than sex and age.
        ever: since age 16.
    """
    value, meaning, likely = WORDS.points(
        "fact",
        estimate=estimate,
        who=who or survey_words.who(estimate.sex, estimate.age),
        what=what,
        ever=ever,
    )
    return value, meaning, prose.upper_first(likely)


# ---------------------------------------------------------------- charts


def over_time(survey: Survey, frame: pd.DataFrame) -> Chart:
    """Stalking in the last year, year by year, broken where the survey broke.

    Args:
        survey: the survey.
        frame: the years of women and of everyone; see `of_frame`.
    """
    groups = (WOMEN, ("all", "16+"))
    series = [of_frame(survey, frame, STALKING, *group) for group in groups]
    named = [(survey_words.who(*group), own) for group, own in zip(groups, series, strict=True)]
    women, everyone = series
    breaks = [b for b in survey.breaks(STALKING) if women[0].period_end < b.day]
    return intervals_over_time(
        Chart.worded(
            "stalking-over-time",
            WORDS.points(
                "over_time_chart",
                first=everyone[0],
                last=everyone[-1],
                verdict=survey.change(everyone[0], everyone[-1]).verdict,
                flagged=[c for c in survey.changes(STALKING) if c.published],
                on_bases=on_bases([*women, *everyone]),
            ),
        ),
        [
            (prose.upper_first(name), [(e.period_end, drawn(e, name)) for e in series])
            for name, series in named
        ],
        breaks,
        [
            Line(row["start"], row["end"], row["fitted_start"], row["fitted_end"])
            for row in survey.trends([STALKING])
            if (row["sex"], row["age"]) in groups
        ],
    )


def of_frame(
    survey: Survey, frame: pd.DataFrame, measure_id: str, sex: str, age: str
) -> list[Estimate]:
    """The years of a group as a frame has them, with all that their uncertainty rests on.

    Args:
        survey: the survey.
        frame: ``measure_id``, ``sex``, ``age``, ``period_end``, ``estimate``, ``lower`` and
            ``upper``, a row a measure, group and year, the oldest year first.
        measure_id, sex, age: the measure and the group.
    """
    known = {each.period_end: each for each in survey.series(measure_id, sex, age)}
    own = frame["measure_id"].eq(measure_id) & frame["sex"].eq(sex) & frame["age"].eq(age)
    rows = frame[own].to_dict("records")
    return [
        replace(
            known[end],
            figure=replace(
                known[end].figure, value=row["estimate"], lower=row["lower"], upper=row["upper"]
            ),
            lower=replace(known[end].lower, value=row["lower"]),
            upper=replace(known[end].upper, value=row["upper"]),
        )
        for row in rows
        for end in [row["period_end"].date()]
    ]


def on_bases(estimates: Sequence[Estimate]) -> str:
    """What the intervals of several estimates rest on: 'on assumed bases'."""
    return survey_prose.on_bases(estimate.basis for estimate in estimates)


def drawn(estimate: Estimate, label: str, series: int = 0) -> Interval:
    """An estimate as charts draw it."""
    return Interval(
        label,
        estimate.figure,
        estimate.lower,
        estimate.upper,
        (estimate.lower_widest, estimate.upper_widest) if estimate.assumed else None,
        series,
        f"{survey_prose.rests_on(estimate.method, estimate.basis)}",
    )


def _groups(survey: Survey, frame: pd.DataFrame, measure_id: str) -> list[Estimate]:
    """Everyone that a frame gives a measure for, both sexes first, then by age."""
    own = frame.loc[frame["measure_id"].eq(measure_id), ["sex", "age"]]
    order = ("all", "women", "men")
    groups = sorted(
        own.itertuples(index=False, name=None),
        key=lambda group: (group[1] != "16+", order.index(group[0]), group[1]),
    )
    return [each for group in groups for each in of_frame(survey, frame, measure_id, *group)]


def _by_group(estimate: Estimate) -> Interval:
    """An estimate in a row of its own, labelled by its group."""
    who = survey_words.who(estimate.sex, estimate.age)
    return drawn(estimate, prose.upper_first(who), int(estimate.sex == "men"))


def by_group(survey: Survey, frame: pd.DataFrame) -> Chart:
    """Last year's stalking by sex and by age, in one year; for `frame` see `of_frame`."""
    groups = _groups(survey, frame, STALKING)
    least, top = (end(groups, key=lambda e: e.figure.number) for end in (min, max))
    words = WORDS.points(
        "by_group_chart",
        least=least,
        least_of=survey_words.who(least.sex, least.age),
        top=top,
        top_of=survey_words.who(top.sex, top.age),
        on_bases=on_bases(groups),
    )
    rows = [replace(_by_group(e), series=0) for e in groups]
    return intervals_by_row(Chart.worded("stalking-by-group", words), rows, label_width=150)


def by_age_and_sex(survey: Survey, frame: pd.DataFrame) -> Chart:
    """Last year's stalking by age for women and men, in one year; for `frame` see `of_frame`."""
    groups = _groups(survey, frame, STALKING)
    groups.sort(key=lambda e: (e.age, e.sex != "women"))
    top = max(groups, key=lambda e: e.figure.number)
    words = WORDS.points(
        "by_age_and_sex_chart",
        top=top,
        who=survey_words.who(top.sex, top.age),
        on_bases=on_bases(groups),
    )
    return intervals_by_row(
        Chart.worded("stalking-by-age-and-sex", words),
        [_by_group(e) for e in groups],
        names=WORDS.points("sexes"),
        label_width=150,
    )


def ever(survey: Survey, frame: pd.DataFrame) -> Chart:
    """Stalking since age 16, by sex and by who did it, in one year; for `frame` see `of_frame`."""
    groups = _groups(survey, frame, SINCE_16)
    women, men = (next(e for e in groups if e.sex == sex) for sex in ("women", "men"))
    rows = [replace(_by_group(e), series=0) for e in groups]
    rows += [
        drawn(each, by)
        for measure, by in zip(BY_WHOM, WORDS.points("by_whom"), strict=True)
        for each in of_frame(survey, frame, measure, "all", "16+")
    ]
    words = WORDS.points("ever_chart", women=women, men=men, on_bases=on_bases([women, men]))
    return intervals_by_row(Chart.worded("stalking-since-16", words), rows, label_width=150)


def _beside_of_frame(rows: Sequence[Row], frame: pd.DataFrame) -> list[Row]:
    """The rows of a table that a frame has, with the ratios and limits that it has."""
    columns = ["measure_id", "period_end", "ratio", "lower", "upper"]
    given = {
        (measure, end.date()): dict(zip(columns[2:], numbers, strict=True))
        for measure, end, *numbers in frame[columns].itertuples(index=False, name=None)
    }
    keyed = [(row["measure_id"], row["period_end"]) for row in rows]
    return [row | given[key] for row, key in zip(rows, keyed, strict=True) if key in given]


def offences_chart(survey: Survey, frame: pd.DataFrame) -> Chart | None:
    """Recorded stalking per hundred estimated victims, in the years that both sources have.

    Args:
        survey: the tables.
        frame: ``measure_id``, ``period_end``, ``ratio``, ``lower`` and ``upper``, a row a year,
            the oldest first.
    """
    rows = _beside_of_frame(survey.tables["ratios"], frame)
    if not rows:
        return None
    points = [_by_year(row, _ratio(survey, row)) for row in rows]
    words = WORDS.points(
        "offences_chart",
        first=points[0].figure,
        start=rows[0]["period_end"],
        last=points[-1].figure,
        end=rows[-1]["period_end"],
        level=level_figure(rows[0]["level"]),
        on_bases=survey_prose.on_bases(row["basis"] for row in rows),
    )
    return intervals_by_row(Chart.worded("offences-per-victims", words), points, label_width=110)


def _by_year(row: Row, ratio: tuple[Figure, Figure, Figure], series: int = 0) -> Interval:
    """A ratio with its limits, labelled by its year."""
    remark = f"on {term('basis', row['basis'])}"
    return Interval(prose.month(row["period_end"]), *ratio, series=series, remark=remark)


def _ratio(survey: Survey, row: Row) -> tuple[Figure, Figure, Figure]:
    """Offences per hundred victims of one year, with its limits."""
    name = f"offences_per_100_victims.{row['offence_code']}.{row['period_end']}"
    return _with_limits(survey, row, name, "offences_per_victims")


def _with_limits(survey: Survey, row: Row, name: str, table: str) -> tuple[Figure, Figure, Figure]:
    """A ratio and its limits."""
    lower, upper = (
        figure(row, end, f"{name}.{end}", table, survey.hashes) for end in ("lower", "upper")
    )
    ends = ("lower", "upper")
    ratio = figure(row, "ratio", name, table, survey.hashes, limits=ends)
    return ratio, lower, upper


OTHERS_BESIDE = {
    "persons": ("theft_from_person", "robbery"),
    "households": ("vehicle_theft", "bicycle_theft"),
}
"""Other crimes that police records and the survey both count, by whom the survey counts."""


def others_beside(survey: Survey, victims: str, frame: pd.DataFrame) -> Chart | None:
    """Recorded offences per hundred victims of other crimes over the years; None without any.

    Args:
        survey: the tables.
        victims: a key of `OTHERS_BESIDE`.
        frame: as `offences_chart` has it, a row a measure and year.
    """
    by_measure = {
        measure: rows
        for measure in OTHERS_BESIDE[victims]
        if (rows := _beside_of_frame(_beside(survey, measure), frame))
    }
    if not by_measure:
        return None
    named = [
        (
            prose.upper_first(survey_words.measure(measure)),
            [
                (row["period_end"], _by_year(row, _beside_figures(survey, row), series))
                for row in rows
            ],
        )
        for series, (measure, rows) in enumerate(by_measure.items())
    ]
    first = next(iter(by_measure))
    newest = by_measure[first][-1]
    words = WORDS.points(
        "others_beside_chart",
        victims=victims,
        measure=survey_words.measure(first),
        ratio=_beside_figures(survey, newest)[0],
        end=newest["period_end"],
        level=level_figure(newest["level"]),
    )
    chart = Chart.worded(f"offences-per-victims-{victims}", words)
    return intervals_over_time(chart, named, breaks=survey.breaks(first))


def beside_table(survey: Survey) -> Table | None:
    """Each crime in its first and newest year and on both sides of a break; None without any."""
    rows: list[list[Content]] = []
    for measure in dict.fromkeys(row["measure_id"] for row in survey.tables["beside"]):
        own = _beside(survey, measure)
        shown = {0, len(own) - 1}
        for place, row in enumerate(own):
            if row["survey_breaks"] or row["recording_changes"]:
                shown |= {place - 1, place}
        for place in sorted(shown):
            row = own[place]
            ratio, lower, upper = _beside_figures(survey, row)
            between = [row[name] for name in ("survey_breaks", "recording_changes") if row[name]]
            rows.append(
                [
                    prose.upper_first(survey_words.measure(measure)),
                    prose.month(row["period_end"]),
                    ratio,
                    f"{lower} to {upper}",
                    escape(prose.upper_first("; ".join(between))),
                ]
            )
    if not rows:
        return None
    level = level_figure(survey.tables["beside"][0]["level"])
    return Table.worded(WORDS.points("beside_table", level=level), rows, wide=True)


def _beside(survey: Survey, measure: str) -> list[Row]:
    return [row for row in survey.tables["beside"] if row["measure_id"] == measure]


def _beside_figures(survey: Survey, row: Row) -> tuple[Figure, Figure, Figure]:
    """Offences per hundred victims of a crime and year, with its limits."""
    name = f"beside_survey.{row['measure_id']}.{row['period_end']:%Y-%m}"
    return _with_limits(survey, row, name, "recorded_beside_survey")


# ---------------------------------------------------------------- tables


def estimates_table(
    words: Sequence[str], labelled: Sequence[tuple[str, Estimate]], *, years: bool = False
) -> Table:
    """Estimates with their intervals, bases and design factors, and what each rests on.

    Args:
        words: the caption, and the heading of the column of labels.
        labelled: estimates with the labels of their rows.
        years: whether these are years, of which several releases may give the same.
    """
    estimates = [estimate for _, estimate in labelled]
    rows: list[list[Content]] = [
        [
            label,
            e.figure,
            shown_limits(e),
            shown_limits(e.otherwise) if e.otherwise else WORDS.passage("the_same"),
            _base(e),
            _factor(e),
            f"{term('method', e.method)}, {term('basis', e.basis)}",
            term("seen", e.seen),
        ]
        for label, e in labelled
    ]
    caption, heading = words
    headed = WORDS.points(
        "estimates_table",
        caption=caption,
        heading=heading,
        level=estimates[0].level,
        assumed=any(e.assumed for e in estimates),
        years=years,
        sources=escape("; ".join(dict.fromkeys(e.source for e in estimates))),
    )
    return Table.worded(headed, rows, wide=True)


def _base(estimate: Estimate) -> str:
    return WORDS.passage("base", estimate=estimate, scenario=partial(term, "scenario"))


def _factor(estimate: Estimate) -> str:
    return WORDS.passage("factor", estimate=estimate)


def last_year_table(survey: Survey, sex: str = "all", age: str = "16+") -> Table:
    """Every year of one of the series that the chart over time draws."""
    return years_table(
        WORDS.points("last_year_table", who=survey_words.who(sex, age)),
        survey.series(STALKING, sex, age),
    )


def years_table(words: Sequence[str], series: Sequence[Estimate]) -> Table:
    """Every year of a series; for `words` see `estimates_table`."""
    labelled = [(prose.month(e.period_end), e) for e in series]
    return estimates_table(words, labelled, years=True)


def groups_table(survey: Survey) -> Table:
    """Everyone the newest year by group was published for."""
    year = survey.latest(STALKING, "women").period_end
    return estimates_table(
        WORDS.points("groups_table", end=year), _by_groups(survey.groups(STALKING, year))
    )


def _by_groups(estimates: Sequence[Estimate]) -> list[tuple[str, Estimate]]:
    """Estimates labelled by their groups."""
    return [(prose.upper_first(survey_words.who(e.sex, e.age)), e) for e in estimates]


def ever_table(survey: Survey) -> Table:
    """Stalking since age 16: by sex, and by who did it."""
    year = survey.latest(SINCE_16).period_end
    by_whom = [
        (by, survey.at(year, measure, "all", "16+"))
        for measure, by in zip(BY_WHOM, WORDS.points("by_whom"), strict=True)
    ]
    return estimates_table(
        WORDS.points("ever_table", end=year), _by_groups(survey.groups(SINCE_16, year)) + by_whom
    )


def changes_table(caption: str, changes: Sequence[SurveyChange]) -> Table:
    """Changes, tested one by one and all together."""
    rows: list[list[Content]] = [
        [
            f"{prose.month(c.earlier.period_end)} to {prose.month(c.later.period_end)}",
            c.difference,
            f"{c.lower:bare} to {c.upper:bare}",
            c.p_value,
            c.p_adjusted,
            c.smallest_detectable,
            change_verdict(c),
            _ons_said(c),
            _own_test(c),
            WORDS.passage("breaks", breaks=escape("; ".join(c.breaks))),
        ]
        for c in changes
    ]
    words = WORDS.points(
        "changes_table",
        caption=caption,
        level=changes[0].level,
        basis=term("basis", changes[0].later.basis),
    )
    return Table.worded(words, rows, styles=["", "signed bare", "", "", "", "bare"], wide=True)


def change_verdict(change: SurveyChange) -> str:
    """What the test found, and whether the two years may be compared."""
    found = term("verdict", change.verdict)
    return WORDS.passage("verdict", found=found, breaks=change.breaks)


def _ons_said(change: SurveyChange) -> str:
    return WORDS.passage("ons_said", published=change.published)


def _own_test(change: SurveyChange) -> str:
    return WORDS.passage("own_verdict", found=term("verdict", change.own_verdict))


def recent_changes(survey: Survey) -> Table:
    """Every change between two years since the newest break."""
    return changes_table(WORDS.passage("recent_changes"), survey.changes(STALKING))


def earlier_changes(survey: Survey) -> Table:
    """Changes from each year to the last one of the long series, across its break."""
    last = survey.latest(STALKING, *WOMEN).period_end
    return changes_table(
        WORDS.passage("earlier_changes", end=last, who=survey_words.who(*WOMEN)),
        [c for c in survey.changes(STALKING, *WOMEN) if c.later.period_end == last],
    )


def trends_table(survey: Survey) -> Table:
    """The trend of each stretch of years without a break."""
    rows: list[list[Content]] = []
    trends = survey.trends([STALKING, *PARTS])
    for row in trends:
        change, lower, upper, _ = _trend_figures(survey, row)
        years, adjusted, scatter = (
            trend_figure(survey, row, column) for column in ("years", "p_adjusted", "q_p_value")
        )
        rows.append(
            [
                f"{prose.upper_first(survey_words.measure(row['measure_id']))}, "
                f"{survey_words.who(row['sex'], row['age'])}",
                f"{prose.month(row['start'])} to {prose.month(row['end'])}",
                years,
                change,
                f"{lower:signed} to {upper:signed}",
                adjusted,
                scatter,
                term("trend", row["verdict"]),
            ]
        )
    return Table.worded(
        WORDS.points("trends_table", level=level_figure(trends[0]["level"])),
        rows,
        styles=["", "", "", "signed"],
        wide=True,
    )


def other_measures(survey: Survey, own: str = "") -> Table:
    """Other crimes of the newest appendix tables, with the change from the year before.

    Args:
        survey: the tables.
        own: the measure that the page is about, which is not among the others, whether of all
            households or of those that own what was taken.
    """
    rows: list[list[Content]] = []
    for measure in OTHER_MEASURES:
        if own and survey_words.measure(measure) == survey_words.measure(own):
            continue
        age = "16+" if survey.of_people(measure) else "all"
        change = survey.changes(measure, "all", age)[-1]
        latest = change.later
        rows.append(
            [
                prose.upper_first(survey_words.measure(measure)),
                term("unit", latest.unit_base),
                latest.figure,
                shown_limits(latest),
                latest.base,
                latest.design_factor,
                change.difference,
                f"{change.lower:bare} to {change.upper:bare}",
                change_verdict(change),
                _ons_said(change),
                _own_test(change),
            ]
        )
    words = WORDS.points(
        "other_measures_table",
        change=change,
        rests_on=survey_prose.rests_on(latest.method, latest.basis),
    )
    return Table.worded(
        words,
        rows,
        styles=["", "", "", "", "", "", "signed bare"],
        wide=True,
    )


def offences_table(survey: Survey) -> Table | None:
    """Recorded offences and estimated victims of the same years, side by side; None without any."""
    if not survey.tables["ratios"]:
        return None
    rows: list[list[Content]] = []
    table = "offences_per_victims"
    for row in survey.tables["ratios"]:
        ratio, lower, upper = _ratio(survey, row)
        estimate = survey.at(row["period_end"], row["measure_id"], "all", "16+")
        name = f"victims.{row['measure_id']}.{row['period_end']}"
        thousands = row | {
            column: round(row[column], -3)
            for column in ("victims", "victims_lower", "victims_upper")
        }
        victims, low, high = (
            figure(thousands, f"victims{end}", f"{name}{like}", table, survey.hashes)
            for end, like in (("", ""), ("_lower", ".lower"), ("_upper", ".upper"))
        )
        count = Figure(
            f"recorded.{row['offence_code']}.{row['period_end']}.{row['release_id']}",
            row["offences"],
            "count",
            (Cell.of(row),),
        )
        rows.append(
            [
                prose.month(row["period_end"]),
                count,
                f"{estimate.figure} ({shown_limits(estimate)})",
                f"{victims} ({low} to {high})",
                ratio,
                f"{lower} to {upper}",
            ]
        )
    years = dict.fromkeys(row["population_period_end"] for row in survey.tables["ratios"])
    words = WORDS.points(
        "offences_table", level=estimate.level, years=[prose.month(year) for year in years]
    )
    return Table.worded(words, rows, wide=True)


def offences_sentence(survey: Survey) -> str:
    """Recorded offences per hundred victims in the newest year that both sources have."""
    if not survey.tables["ratios"]:
        return WORDS.passage("offences", row=None)
    row = survey.tables["ratios"][-1]
    ratio, lower, upper = _ratio(survey, row)
    basis = term("basis", row["basis"])
    return WORDS.passage("offences", row=row, ratio=ratio, lower=lower, upper=upper, basis=basis)


def own_test() -> str:
    """Whose verdict on a change is printed."""
    return WORDS.passage("own_test")


def by_chance(survey: Survey) -> str:
    """How many changes are called a rise or a fall, and how many would be if nothing changed."""
    own = [row["own_verdict"] for row in survey.tables["changes"] if row["own_verdict"]]
    verdicts = sorted(set(own))
    figures = {}
    for name, counted in (("tested", verdicts), ("moved", [v for v in verdicts if v != UNCLEAR])):
        rows = ("survey_changes", "own_verdict", f"own_verdict {' or '.join(counted)}")
        number = sum(verdict in counted for verdict in own)
        figures[name] = of_rows(f"survey.changes_{name}", number, "count", "number", rows)
    level = level_figure(survey.tables["changes"][0]["level"])
    expected = over(
        "survey.changes_expected",
        (1 - level.number) * len(own),
        "count",
        ("changes_tested", "expected"),
        [*figures.values()],
        level=level.figure_id,
        tested=figures["tested"].figure_id,
    )
    return WORDS.passage("by_chance", **figures, expected=expected)


def differences(differs: str = "", *, stalking: bool = True, households: bool = False) -> list[str]:
    """Why recorded offences and estimated victims measure different things.

    Args:
        differs: what of an offence group a measure leaves out; empty for nothing known.
        stalking: whether they are offences and victims of stalking.
        households: whether the survey counts households, not people.
    """
    return WORDS.points("differences", differs=differs, stalking=stalking, households=households)


def caveats_of_survey() -> list[str]:
    """What to keep in mind about any estimate of the survey."""
    return WORDS.points("caveats", stalking=False)


def caveats(survey: Survey) -> list[str]:
    """What to keep in mind about the survey's figures of stalking."""
    second_hand = [
        prose.period(e.period_end)
        for who in (("all", "16+"), ("women", "16+"), ("men", "16+"))
        for e in survey.series(STALKING, *who)
        if e.seen == "second_hand"
    ]
    return WORDS.points("caveats", stalking=True, second_hand=list(dict.fromkeys(second_hand)))
