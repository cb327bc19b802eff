"""What the page about the survey shows: sentences, charts and tables, each from the figures.

The notebook puts these in order; every title states what the numbers say, and no estimate is
written without its interval, level, method and basis.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from crimeshare import survey_words
from crimeshare.cells import Cell
from crimeshare.publish.elements import prose
from crimeshare.publish.elements.charts import Chart
from crimeshare.publish.elements.facts import Facts
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.rows import figure
from crimeshare.publish.elements.tables import Content, Table
from crimeshare.publish.elements.words import Words
from crimeshare.publish.subjects import survey_prose
from crimeshare.publish.subjects.survey_charts import (
    Interval,
    Line,
    intervals_by_row,
    intervals_over_time,
)
from crimeshare.publish.subjects.surveyed import (
    Estimate,
    Survey,
    SurveyChange,
    cell_of,
    level_figure,
    shown_limits,
    uncertainty,
    with_interval,
)

STALKING, SINCE_16 = "stalking", "stalking_since_16"
PARTS = ("stalking_by_partner", "stalking_by_family")
BY_WHOM = {
    "By a partner or ex": f"{SINCE_16}_by_partner",
    "By a family member": f"{SINCE_16}_by_family",
}
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

WORDS = Words(Path(__file__).with_name("words") / "survey.md.j2")


# ---------------------------------------------------------------- sentences


def last_year(survey: Survey) -> str:
    """How common stalking was in the newest year, and how sure that is."""
    latest = survey.latest(STALKING)
    return said(latest, survey_words.who(latest.sex, latest.age), "stalking")


def said(latest: Estimate, who: str, what: str) -> str:
    """How common it was among whom in the year of an estimate, and how sure that is."""
    return WORDS.passage(
        "last_year", estimate=with_interval(latest), who=who, what=what, end=latest.period_end
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
    )


def assumption(survey: Survey) -> str:
    """What is assumed of the base, and what it does to the interval."""
    assumed = [estimate for estimate in survey.series(STALKING) if estimate.assumed]
    return WORDS.passage(
        "assumption",
        assumed=assumed[-1] if assumed else None,
        some=len(assumed) < len(survey.series(STALKING)),
        scenarios=survey_prose.SCENARIOS,
    )


def derivation(survey: Survey) -> str:
    """How the assumed bases are derived from the nearest published one, in view."""
    assumptions = survey.assumptions
    years = assumptions.module_years
    interviews = [
        Figure(
            f"interviews.{day}",
            assumptions.interviews[day],
            "count",
            _interview_cells(survey, day),
            "unweighted base of the column",
        )
        for day in years
    ]
    source = "resources/reference/module_bases.csv"
    base = Figure(
        "module.base", assumptions.module_base, "count", formula=f"computed from {source}"
    )
    parts = [
        f"{assumptions.asked(day, 'everybody_asked'):g} * {figure.named}"
        for day, figure in zip(years, interviews, strict=True)
    ]
    cells = tuple(cell for figure in interviews for cell in figure.cells)
    share = Figure(
        "module.answered",
        assumptions.answered,
        "proportion",
        cells,
        f"{base.number:.0f} of {source} / ({' + '.join(parts)})",
    )
    half = Figure(
        "module.answered_half", share.number / 2, "proportion", cells, f"half of {share.formula}"
    )
    told = [
        f"{figure} in the {prose.period(day)}"
        + (", when half were asked" if assumptions.asked(day, "everybody_asked") < 1 else "")
        for day, figure in zip(years, interviews, strict=True)
    ]
    return WORDS.passage("derivation", base=base, interviews=told, share=share, half=half)


def _interview_cells(survey: Survey, day: date) -> tuple[Cell, ...]:
    """The cell that holds the interviews of a year."""
    rows = [
        row
        for row in survey.tables["estimates"]
        if (row["period_end"], row["unit_base"], row["age"]) == (day, "person_16_plus", "16+")
        and row["n_unweighted"] == survey.assumptions.interviews[day]
    ]
    return (cell_of(rows[0]),)


def change_sentence(change: SurveyChange) -> str:
    """How an estimate moved, whether that is more than chance, and what ONS said of it."""
    differs = change.own_verdict is not None and change.own_verdict != change.verdict
    return WORDS.passage(
        "change",
        change=change,
        who=survey_words.who(change.later.sex, change.later.age),
        verdict=change_verdict(change),
        own_verdict=survey_prose.VERDICTS[change.own_verdict or ""] if differs else "",
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
        verdict=_capital(verdict),
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
        verdict=survey_prose.TRENDS[row["verdict"]],
        change=change,
        lower=lower,
        upper=upper,
        on_bases=on_bases(survey.series(STALKING, row["sex"], row["age"])),
        scatter=survey_prose.scatter(row["q_p_value"], row["level"]),
    )


def _trend_figures(survey: Survey, row: dict[str, Any]) -> tuple[Figure, Figure, Figure, Figure]:
    lower, upper = (trend_figure(survey, row, end, "change") for end in ("lower", "upper"))
    change = trend_figure(survey, row, "odds_change", "change")
    return change, lower, upper, level_figure(row["level"])


def trend_figure(survey: Survey, row: dict[str, Any], column: str, unit: str) -> Figure:
    """One number of a trend."""
    name = f"survey.trend.{row['measure_id']}.{row['sex']}.{row['age']}.{row['start']}.{column}"
    limits = ("lower", "upper") if column == "odds_change" else None
    return figure(row, column, name, "survey_trends", survey.hashes, unit=unit, limits=limits)


# ---------------------------------------------------------------- numbers at a glance


def facts(survey: Survey) -> Facts:
    """Last year, since 16, women and men since 16: each with its interval."""
    latest = survey.latest(STALKING)
    ever = [survey.latest(SINCE_16, sex) for sex in ("all", "women", "men")]
    return Facts(
        [
            fact(latest, f"experienced stalking in the {prose.period(latest.period_end)}"),
            *(
                fact(e, f"have experienced stalking since age 16, {prose.period(e.period_end)}")
                for e in ever
            ),
        ]
    )


def fact(estimate: Estimate, what: str, who: str = "") -> tuple[str, str, str]:
    """One estimate at a glance: value, meaning, uncertainty; `who` for other than sex and age."""
    text = uncertainty(estimate)
    return (
        f"{estimate.figure}",
        f"of {who or survey_words.who(estimate.sex, estimate.age)} {what}",
        f"{text[:1].upper()}{text[1:]}.",
    )


# ---------------------------------------------------------------- charts


def over_time(survey: Survey, frame: pd.DataFrame) -> Chart:
    """Stalking in the last year, year by year, broken where the survey broke.

    Args:
        survey: the survey.
        frame: the years of women and of everyone; see `of_frame`.
    """
    groups = (WOMEN, ("all", "16+"))
    named = [(survey_words.who(*group), of_frame(survey, frame, *group)) for group in groups]
    women, everyone = (series for _, series in named)
    verdict = survey.change(everyone[0], everyone[-1]).verdict
    moved = {"rise": "higher", "fall": "lower", "no_clear_change": "not clearly up or down"}
    breaks = [b for b in survey.breaks(STALKING) if women[0].period_end < b.day]
    return intervals_over_time(
        Chart(
            "stalking-over-time",
            f"Since the survey's last break the estimate is {moved[verdict or 'no_clear_change']}: "
            f"{everyone[0].figure} in the {prose.period(everyone[0].period_end)}, "
            f"{everyone[-1].figure} in the {prose.period(everyone[-1].period_end)}",
            f"People who experienced stalking in the last year, England and Wales, estimates with "
            f"{everyone[0].level:whole} intervals {on_bases([*women, *everyone])}",
            notes=[
                "Years on the two sides of a break measure different things; no line joins them."
            ],
        ),
        [
            (f"{name[:1].upper()}{name[1:]}", [(e.period_end, drawn(e, name)) for e in series])
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
    survey: Survey, frame: pd.DataFrame, sex: str, age: str, measure_id: str = STALKING
) -> list[Estimate]:
    """The years of a group as a frame has them, with all that their uncertainty rests on.

    Args:
        survey: the survey.
        frame: ``sex``, ``age``, ``period_end``, ``estimate``, ``lower`` and ``upper``, a row a
            group and year, the oldest year first.
        sex, age: the group.
        measure_id: what is measured.
    """
    known = {each.period_end: each for each in survey.series(measure_id, sex, age)}
    rows = frame[frame["sex"].eq(sex) & frame["age"].eq(age)].to_dict("records")
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


def by_group(survey: Survey) -> Chart:
    """Last year's stalking by sex and by age, in the newest year published by group."""
    groups = survey.groups(STALKING, survey.latest(STALKING, "women").period_end)
    least, top = (end(groups, key=lambda e: e.figure.number) for end in (min, max))
    return intervals_by_row(
        Chart(
            "stalking-by-group",
            f"Stalking in the last year by sex and age: from {least.figure} of "
            f"{survey_words.who(least.sex, least.age)} to {top.figure} of "
            f"{survey_words.who(top.sex, top.age)}",
            f"All groups, England and Wales, {prose.period(top.period_end)}, estimates with "
            f"{top.level:whole} intervals {on_bases(groups)}",
        ),
        [drawn(e, _capital(survey_words.who(e.sex, e.age))) for e in groups],
        label_width=150,
    )


def by_age_and_sex(survey: Survey) -> Chart:
    """Last year's stalking by age for women and men, in the newest year published so finely."""
    year = survey.latest(STALKING, "men", "16-19").period_end
    groups = [e for e in survey.groups(STALKING, year) if e.sex != "all" and e.age != "16-59"]
    groups.sort(key=lambda e: (e.age, e.sex != "women"))
    top = max(groups, key=lambda e: e.figure.number)
    return intervals_by_row(
        Chart(
            "stalking-by-age-and-sex",
            f"Among {survey_words.who(top.sex, top.age)} an estimated {top.figure} experienced "
            f"stalking in the {prose.period(year)}; the intervals of the age groups are wide",
            f"Stalking in the last year by sex and age, England and Wales, {prose.period(year)}, "
            f"estimates with {top.level:whole} intervals {on_bases(groups)}",
        ),
        [drawn(e, _capital(survey_words.who(e.sex, e.age)), int(e.sex == "men")) for e in groups],
        names=("Women", "Men"),
        label_width=150,
    )


def ever(survey: Survey) -> Chart:
    """Stalking since age 16, by sex and by who did it."""
    year = survey.latest(SINCE_16).period_end
    women, men = (survey.at(year, SINCE_16, sex, "16+") for sex in ("women", "men"))
    rows = [
        drawn(e, _capital(survey_words.who(e.sex, e.age))) for e in survey.groups(SINCE_16, year)
    ]
    rows += [drawn(survey.at(year, measure, "all", "16+"), by) for by, measure in BY_WHOM.items()]
    return intervals_by_row(
        Chart(
            "stalking-since-16",
            f"Of women aged 16 and over {women.figure} have experienced stalking since age 16, of "
            f"men {men.figure}",
            f"Stalking at least once since age 16, England and Wales, {prose.period(year)}, "
            f"estimates with {women.level:whole} intervals {on_bases([women, men])}",
        ),
        rows,
        label_width=150,
    )


def offences_chart(survey: Survey) -> Chart | None:
    """Recorded stalking per hundred estimated victims, in the years that both sources have."""
    rows = survey.tables["ratios"]
    if not rows:
        return None
    first, last = _ratio(survey, rows[0]), _ratio(survey, rows[-1])
    return intervals_by_row(
        Chart(
            "offences-per-victims",
            f"For every hundred people estimated to have been stalked, police recorded "
            f"{last[0]} offences of stalking in the {prose.period(rows[-1]['period_end'])}",
            f"Recorded stalking per 100 estimated victims, England and Wales, with "
            f"{level_figure(rows[0]['level']):whole} intervals by "
            f"simulation {survey_prose.on_bases(row['basis'] for row in rows)}",
            notes=[
                f"Not a rate of reporting: see the list of what the two measures leave out of each "
                f"other. In the {prose.period(rows[0]['period_end'])} it was {first[0]}."
            ],
        ),
        [
            Interval(
                _capital(prose.month(row["period_end"])),
                *_ratio(survey, row),
                remark=f"on {survey_prose.BASES[row['basis']]}",
            )
            for row in rows
        ],
        label_width=110,
    )


def _ratio(survey: Survey, row: dict[str, Any]) -> tuple[Figure, Figure, Figure]:
    """Offences per hundred victims of one year, with its limits."""
    name = f"offences_per_100_victims.{row['offence_code']}.{row['period_end']}"
    return _with_limits(survey, row, name, "offences_per_victims")


def _with_limits(
    survey: Survey, row: dict[str, Any], name: str, table: str
) -> tuple[Figure, Figure, Figure]:
    """A ratio and its limits."""
    lower, upper = (
        figure(row, end, f"{name}.{end}", table, survey.hashes, unit="per_100")
        for end in ("lower", "upper")
    )
    ends = ("lower", "upper")
    ratio = figure(row, "ratio", name, table, survey.hashes, unit="per_100", limits=ends)
    return ratio, lower, upper


OTHERS_BESIDE = {
    "persons": ("theft_from_person", "robbery"),
    "households": ("vehicle_theft", "bicycle_theft"),
}
"""Other crimes that police records and the survey both count, by whom the survey counts."""


def others_beside(survey: Survey, victims: str) -> Chart | None:
    """Recorded offences per hundred victims of other crimes over the years; None without any.

    Args:
        survey: the tables.
        victims: a key of `OTHERS_BESIDE`.
    """
    by_measure = {
        measure: rows for measure in OTHERS_BESIDE[victims] if (rows := _beside(survey, measure))
    }
    if not by_measure:
        return None
    named = [
        (
            _capital(survey_words.measure(measure)),
            [
                (
                    row["period_end"],
                    Interval(
                        _capital(prose.month(row["period_end"])),
                        *_beside_figures(survey, row),
                        series=series,
                        remark=f"on {survey_prose.BASES[row['basis']]}",
                    ),
                )
                for row in rows
            ],
        )
        for series, (measure, rows) in enumerate(by_measure.items())
    ]
    first = next(iter(by_measure))
    newest = by_measure[first][-1]
    return intervals_over_time(
        Chart(
            f"offences-per-victims-{victims}",
            f"For every hundred {victims} that were victims of {survey_words.measure(first)}, "
            f"police recorded {_beside_figures(survey, newest)[0]} offences in the "
            f"{prose.period(newest['period_end'])}",
            f"Recorded offences per 100 estimated victims, England and Wales, with "
            f"{level_figure(newest['level']):whole} intervals by simulation on the published bases",
            notes=[
                "Not a rate of reporting. The survey counts victims, and the police offences, "
                "those against businesses among them. Years on both sides of a break are not "
                "compared; changes of police recording have been gathered for few of these codes."
            ],
        ),
        named,
        breaks=survey.breaks(first),
    )


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
                    _capital(survey_words.measure(measure)),
                    prose.month(row["period_end"]),
                    ratio,
                    f"{lower} to {upper}",
                    escape(_capital("; ".join(between))),
                ]
            )
    if not rows:
        return None
    return Table(
        "Recorded offences per 100 estimated victims, by crime, England and Wales",
        [
            "Crime",
            "Year ending",
            "Offences per 100 victims",
            f"{level_figure(survey.tables['beside'][0]['level']):whole} interval by simulation",
            "What changed since the year before",
        ],
        rows,
        notes=[
            "The first and the newest year of each crime, and the years on both sides of what "
            "makes them not comparable; the data pack has every year. The limits are those of the "
            "survey; what police recorded is a count."
        ],
        wide=True,
    )


def _beside(survey: Survey, measure: str) -> list[dict[str, Any]]:
    return [row for row in survey.tables["beside"] if row["measure_id"] == measure]


def _beside_figures(survey: Survey, row: dict[str, Any]) -> tuple[Figure, Figure, Figure]:
    """Offences per hundred victims of a crime and year, with its limits."""
    name = f"beside_survey.{row['measure_id']}.{row['period_end']:%Y-%m}"
    return _with_limits(survey, row, name, "recorded_beside_survey")


# ---------------------------------------------------------------- tables


def estimates_table(
    caption: str,
    heading: str,
    labelled: Sequence[tuple[str, Estimate]],
    notes: Sequence[str] = (),
) -> Table:
    """Estimates with their intervals, bases and design factors, and what each rests on.

    Args:
        caption: of the table.
        heading: of the column of labels.
        labelled: estimates with the labels of their rows.
        notes: sentences below the table.
    """
    estimates = [estimate for _, estimate in labelled]
    rows: list[list[Content]] = [
        [
            label,
            e.figure,
            shown_limits(e),
            shown_limits(e.otherwise) if e.otherwise else "the same",
            _base(e),
            _factor(e),
            f"{survey_prose.METHODS[e.method]}, {survey_prose.BASES[e.basis]}",
            survey_prose.SEEN[e.seen],
        ]
        for label, e in labelled
    ]
    sources = dict.fromkeys(e.source for e in estimates)
    return Table(
        caption,
        [
            heading,
            "Estimate",
            f"{estimates[0].level:whole} interval",
            "Interval under the other scenario",
            "Unweighted base",
            "Design factor",
            "Method and basis",
            "How the estimate was seen",
        ],
        rows,
        notes=[
            *([WORDS.passage("assumed_note")] if any(e.assumed for e in estimates) else []),
            *notes,
            f"Seen in: <samp>{escape('; '.join(sources))}</samp>.",
        ],
        wide=True,
    )


def _base(estimate: Estimate) -> str:
    if not estimate.assumed:
        return f"{estimate.base}"
    other = estimate.otherwise
    if other is None:
        return f"{estimate.base} assumed"
    return (
        f"{estimate.base} assumed<br>({survey_prose.SCENARIOS[estimate.scenario or '']}; "
        f"{other.base} if {survey_prose.SCENARIOS[other.scenario or '']})"
    )


def _factor(estimate: Estimate) -> str:
    if estimate.factor_limits is None:
        return f"{estimate.design_factor}"
    return "{} ({} to {})".format(estimate.design_factor, *estimate.factor_limits)


def last_year_table(survey: Survey, sex: str = "all", age: str = "16+") -> Table:
    """Every year of one of the series that the chart over time draws."""
    return estimates_table(
        f"Stalking in the last year, {survey_words.who(sex, age)}, England and Wales",
        "Year ending",
        [(prose.month(e.period_end), e) for e in survey.series(STALKING, sex, age)],
        ["Two releases may give a year slightly different figures; the latest is shown."],
    )


def groups_table(survey: Survey) -> Table:
    """Everyone the newest year by group was published for."""
    year = survey.latest(STALKING, "women").period_end
    return estimates_table(
        f"Stalking in the last year by sex and age, {prose.period(year)}",
        "Group",
        [(_capital(survey_words.who(e.sex, e.age)), e) for e in survey.groups(STALKING, year)],
    )


def ever_table(survey: Survey) -> Table:
    """Stalking since age 16: by sex, and by who did it."""
    year = survey.latest(SINCE_16).period_end
    return estimates_table(
        f"Stalking at least once since age 16, {prose.period(year)}",
        "Group, by whom",
        [
            *((_capital(survey_words.who(e.sex, e.age)), e) for e in survey.groups(SINCE_16, year)),
            *((by, survey.at(year, measure, "all", "16+")) for by, measure in BY_WHOM.items()),
        ],
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
            ONS_SAID[c.published],
            survey_prose.VERDICTS.get(c.own_verdict or "", "no test"),
            escape("; ".join(c.breaks)) or "none",
        ]
        for c in changes
    ]
    return Table(
        caption,
        [
            "Years ending",
            "Change, percentage points",
            f"{changes[0].level:whole} interval, percentage points",
            "p-value",
            "p-value adjusted (Holm)",
            "Smallest detectable change, percentage points",
            "Verdict",
            "ONS's verdict",
            "Our own test",
            "Breaks in between",
        ],
        rows,
        notes=[
            WORDS.passage("changes_note", basis=survey_prose.BASES[changes[0].later.basis]),
        ],
        styles=["", "signed bare", "", "", "", "bare"],
        wide=True,
    )


ONS_SAID = {True: "significant", False: "not significant", None: "none given"}


def change_verdict(change: SurveyChange) -> str:
    """What the test found, and whether the two years may be compared."""
    verdict = survey_prose.VERDICTS.get(change.verdict or "", "not tested")
    return f"{verdict}, not comparable" if change.breaks else verdict


def recent_changes(survey: Survey) -> Table:
    """Every change between two years since the newest break."""
    return changes_table(
        "Changes in stalking in the last year, people aged 16 and over",
        survey.changes(STALKING),
    )


def earlier_changes(survey: Survey) -> Table:
    """Changes from each year to the last one of the long series, across its break."""
    last = survey.latest(STALKING, *WOMEN).period_end
    return changes_table(
        f"Changes in stalking in the last year to the {prose.period(last)}, "
        f"{survey_words.who(*WOMEN)}",
        [c for c in survey.changes(STALKING, *WOMEN) if c.later.period_end == last],
    )


def trends_table(survey: Survey) -> Table:
    """The trend of each stretch of years without a break."""
    rows: list[list[Content]] = []
    trends = survey.trends([STALKING, *PARTS])
    for row in trends:
        change, lower, upper, _ = _trend_figures(survey, row)
        years, adjusted, scatter = (
            trend_figure(survey, row, column, unit)
            for column, unit in (
                ("years", "count"),
                ("p_adjusted", "p_value"),
                ("q_p_value", "p_value"),
            )
        )
        rows.append(
            [
                f"{_capital(survey_words.measure(row['measure_id']))}, "
                f"{survey_words.who(row['sex'], row['age'])}",
                f"{prose.month(row['start'])} to {prose.month(row['end'])}",
                years,
                change,
                f"{lower:signed} to {upper:signed}",
                adjusted,
                scatter,
                survey_prose.TRENDS[row["verdict"]],
            ]
        )
    return Table(
        "Trends between breaks",
        [
            "Measure and group",
            "Years ending",
            "Years",
            "Change of the odds a year",
            f"{level_figure(trends[0]['level']):whole} interval",
            "p-value adjusted (Holm)",
            "Scatter about the line, p-value",
            "Verdict",
        ],
        rows,
        notes=[
            "On the bases of the tables above. A stretch of fewer than four years has no trend. "
            "The verdict goes by the p-value adjusted for all the trends that are fitted."
        ],
        styles=["", "", "", "signed"],
        wide=True,
    )


def other_measures(survey: Survey) -> Table:
    """Other crimes of the newest appendix tables, with the change from the year before."""
    rows: list[list[Content]] = []
    for measure in OTHER_MEASURES:
        age = "16+" if survey.of_people(measure) else "all"
        change = survey.changes(measure, "all", age)[-1]
        latest = change.later
        rows.append(
            [
                _capital(survey_words.measure(measure)),
                survey_prose.UNITS[latest.unit_base],
                latest.figure,
                shown_limits(latest),
                latest.base,
                latest.design_factor,
                change.difference,
                f"{change.lower:bare} to {change.upper:bare}",
                change_verdict(change),
                ONS_SAID[change.published],
                survey_prose.VERDICTS.get(change.own_verdict or "", "no test"),
            ]
        )
    return Table(
        f"Victims of other crimes in the {prose.period(latest.period_end)}, and the change from "
        f"the {prose.period(change.earlier.period_end)}",
        [
            "Crime",
            "Share of",
            "Estimate",
            f"{latest.level:whole} interval",
            "Unweighted base",
            "Design factor",
            "Change, percentage points",
            f"{latest.level:whole} interval of the change",
            "Verdict",
            "ONS's verdict",
            "Our own test",
        ],
        rows,
        notes=[
            f"Intervals by {survey_prose.rests_on(latest.method, latest.basis)}; the factor is "
            f"read off ONS's own verdicts on changes. {own_test()}"
        ],
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
            figure(thousands, f"victims{end}", f"{name}{like}", table, survey.hashes, unit="count")
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
    return Table(
        "Stalking recorded by the police (code <samp>8Q</samp>) beside stalking estimated by the "
        "survey, England and Wales",
        [
            "Year ending",
            "Offences recorded, a count of records",
            "Estimated victims, share of people aged 16 and over",
            "Estimated victims, people",
            "Offences per 100 victims",
            f"{estimate.level:whole} interval by simulation",
        ],
        rows,
        notes=[
            WORDS.passage("offences_note", years=_population_years(survey)),
        ],
        wide=True,
    )


def _population_years(survey: Survey) -> list[str]:
    years = dict.fromkeys(row["population_period_end"] for row in survey.tables["ratios"])
    return [prose.month(year) for year in years]


def offences_sentence(survey: Survey) -> str:
    """Recorded offences per hundred victims in the newest year that both sources have."""
    if not survey.tables["ratios"]:
        return WORDS.passage("offences", row=None)
    row = survey.tables["ratios"][-1]
    ratio, lower, upper = _ratio(survey, row)
    basis = survey_prose.BASES[row["basis"]]
    return WORDS.passage("offences", row=row, ratio=ratio, lower=lower, upper=upper, basis=basis)


def own_test() -> str:
    """Whose verdict on a change is printed."""
    return WORDS.passage("own_test")


def differences(differs: str = "", *, stalking: bool = True) -> list[str]:
    """Why recorded offences and estimated victims measure different things.

    Args:
        differs: what of an offence group a measure leaves out; empty for nothing known.
        stalking: whether they are offences and victims of stalking.
    """
    return WORDS.points("differences", differs=differs, stalking=stalking)


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


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
