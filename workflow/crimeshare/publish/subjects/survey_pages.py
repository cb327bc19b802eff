"""What the page about the survey shows: sentences, charts and tables, each from the figures.

The notebook puts these in order; every title states what the numbers say, and no estimate is
written without its interval, level, method and basis.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import Any

from crimeshare import survey_words
from crimeshare.cells import Cell, cells_in
from crimeshare.publish.elements import prose
from crimeshare.publish.elements.charts import Chart
from crimeshare.publish.elements.facts import Facts
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.tables import Content, Table
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
    level_figure,
    shown_limits,
    uncertainty,
    widest_limits,
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

ASSUMED = (
    "The widest limits are those of the smallest base and the largest design factor that are "
    "thought possible."
)

UNROUNDED = (
    "Verdicts go by the limits before rounding: one printed as nought lies on one side of it."
)


# ---------------------------------------------------------------- sentences


def last_year(survey: Survey) -> str:
    """How common stalking was in the newest year, and how sure that is."""
    latest = survey.latest(STALKING)
    return (
        f"In the {prose.period(latest.period_end)}, an estimated {with_interval(latest)} of "
        f"{survey_words.who(latest.sex, latest.age)} in England and Wales experienced stalking."
    )


def since_16(survey: Survey) -> str:
    """How many have ever been stalked as adults, as a fraction people can picture where it fits."""
    estimate = survey.latest(SINCE_16)
    lower, upper = estimate.lower.number, estimate.upper.number
    fair = survey_prose.said_as_one_in(estimate.figure.number, lower, upper)
    about = (
        f"About {with_interval(estimate, 'one in')}" if fair else f"Some {with_interval(estimate)}"
    )
    return (
        f"{about} of {survey_words.who(estimate.sex, estimate.age)} have experienced it at least "
        f"once since age 16, as estimated in the {prose.period(estimate.period_end)}."
    )


def assumption(survey: Survey) -> str:
    """What is assumed of the base, and why."""
    assumed = [estimate for estimate in survey.series(STALKING) if estimate.assumed]
    if not assumed:
        return "How many people answered these questions is published for every year shown."
    latest, long_ago = assumed[-1], survey.latest(STALKING, *WOMEN)
    low, high = survey.factor_range(latest.period_end)
    low_then, high_then = survey.factor_range(long_ago.period_end)
    return (
        f"{'Not every' if len(assumed) < len(survey.series(STALKING)) else 'No'} figure at hand "
        f"says how many people answered these questions. Every base that is called assumed here "
        f"is a share of the people interviewed: for the "
        f"{prose.period(latest.period_end)} about {latest.base}, and anything from "
        f"{latest.base_lowest} to {latest.base_highest}. The design factor is "
        f"{latest.design_factor} ({low} to {high}), as ONS's own verdicts on other questions put "
        f"to people tell it; before the survey's restart in 2021 it is {long_ago.design_factor} "
        f"({low_then} to {high_then}), as the standard errors that ONS then published tell it. "
        f"{ASSUMED}"
    )


def change_sentence(change: SurveyChange) -> str:
    """How an estimate moved, whether that is more than chance, and what ONS said of it."""
    direction = prose.estimated_direction(change.lower.number, change.upper.number)
    published = survey_prose.beside_published(change.significant, change.published)
    said = f" {published}" if published else ""
    return (
        f"From the {prose.period(change.earlier.period_end)} to the "
        f"{prose.period(change.later.period_end)} the estimate for "
        f"{survey_words.who(change.later.sex, change.later.age)} went from "
        f"{change.earlier.figure} to {change.later.figure}: {survey_prose.moved(direction)} "
        f"({change.difference:signed}; {change.level:whole} interval {change.lower:bare} to "
        f"{change.upper}, on {survey_prose.BASES[change.later.basis]}).{said} "
        f"Only a true change of {change.smallest_detectable:absolute} or more would be found with "
        f"a chance of four in five."
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
    return (
        f"{_capital(verdict)}: {with_interval(one)} against {with_interval(other)} for "
        f"{survey_words.measure(one.measure_id)}, a difference of {contrast.difference:signed} "
        f"({one.level:whole} interval {contrast.lower:bare} to {contrast.upper}, on "
        f"{survey_prose.BASES[one.basis]})."
    )


def trend_sentence(survey: Survey) -> str:
    """The trend of the longest stretch of years without a break."""
    row = max(survey.trends([STALKING]), key=lambda row: (row["years"], row["end"]))
    change, lower, upper, level = _trend_figures(survey, row)
    return (
        f"The longest stretch of years without a break is that of "
        f"{survey_words.who(row['sex'], row['age'])} from the {prose.period(row['start'])} to the "
        f"{prose.period(row['end'])}: {survey_prose.trend(row['lower'], row['upper'])}. Their odds "
        f"of being stalked changed by {change:signed} a year ({level:whole} interval "
        f"{lower:signed} to {upper:signed}, "
        f"{_on(survey.series(STALKING, row['sex'], row['age']))}), and "
        f"{survey_prose.scatter(row['q_p_value'], row['level'])}."
    )


def _trend_figures(survey: Survey, row: dict[str, Any]) -> tuple[Figure, Figure, Figure, Figure]:
    name = f"survey.trend.{row['measure_id']}.{row['sex']}.{row['age']}.{row['start']}"
    formula = f"weighted regression of the log odds over the years {row['start']} to {row['end']}"
    years = survey.series(row["measure_id"], row["sex"], row["age"])
    cells = tuple(
        cell
        for year in years
        if row["start"] <= year.period_end <= row["end"]
        for cell in year.figure.cells
    )
    parts = [
        Figure(f"{name}.{part}", row[part], "change", cells, f"{part} limit of the {formula}")
        for part in ("lower", "upper")
    ]
    whole = Figure(
        f"{name}.odds_change",
        row["odds_change"],
        "change",
        cells,
        formula,
        lower=row["lower"],
        upper=row["upper"],
    )
    return whole, parts[0], parts[1], level_figure(row["level"])


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


def fact(estimate: Estimate, what: str) -> tuple[str, str, str]:
    """One estimate at a glance: value, meaning, uncertainty."""
    text = uncertainty(estimate)
    return (
        f"{estimate.figure}",
        f"of {survey_words.who(estimate.sex, estimate.age)} {what}",
        f"{text[:1].upper()}{text[1:]}.",
    )


# ---------------------------------------------------------------- charts


def over_time(survey: Survey) -> Chart:
    """Stalking in the last year over all years at hand, broken where the survey broke."""
    groups = (WOMEN, ("all", "16+"))
    named = [(survey_words.who(*group), survey.series(STALKING, *group)) for group in groups]
    women, everyone = (series for _, series in named)
    direction = prose.estimated_direction(*_overall(survey))
    moved = {"rose": "rising", "fell": "falling", "no clear change": "neither clearly up nor down"}
    breaks = [b for b in survey.breaks(STALKING) if women[0].period_end < b.day]
    return intervals_over_time(
        Chart(
            "stalking-over-time",
            f"Since the survey's last break the estimate is {moved[direction]}: "
            f"{everyone[0].figure} in the {prose.period(everyone[0].period_end)}, "
            f"{everyone[-1].figure} in the {prose.period(everyone[-1].period_end)}",
            f"People who experienced stalking in the last year, England and Wales, estimates with "
            f"{everyone[0].level:whole} intervals {_on([*women, *everyone])}",
            notes=[
                "Years on the two sides of a break measure different things; no line joins them."
            ],
        ),
        [
            (f"{name[:1].upper()}{name[1:]}", [(e.period_end, _drawn(e, name)) for e in series])
            for name, series in named
        ],
        breaks,
        [
            Line(row["start"], row["end"], row["fitted_start"], row["fitted_end"])
            for row in survey.trends([STALKING])
            if (row["sex"], row["age"]) in groups
        ],
    )


def _overall(survey: Survey) -> tuple[float, float]:
    """Limits of the change from the first to the last year since the newest break."""
    series = survey.series(STALKING)
    change = survey.change(series[0], series[-1])
    return change.lower.number, change.upper.number


def _on(estimates: Sequence[Estimate]) -> str:
    return survey_prose.on_bases(estimate.basis for estimate in estimates)


def _drawn(estimate: Estimate, label: str, series: int = 0) -> Interval:
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
            f"Groups at hand, England and Wales, {prose.period(top.period_end)}, estimates with "
            f"{top.level:whole} intervals {_on(groups)}",
        ),
        [_drawn(e, _capital(survey_words.who(e.sex, e.age))) for e in groups],
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
            f"estimates with {top.level:whole} intervals {_on(groups)}",
        ),
        [_drawn(e, _capital(survey_words.who(e.sex, e.age)), int(e.sex == "men")) for e in groups],
        names=("Women", "Men"),
        label_width=150,
    )


def ever(survey: Survey) -> Chart:
    """Stalking since age 16, by sex and by who did it."""
    year = survey.latest(SINCE_16).period_end
    women, men = (survey.at(year, SINCE_16, sex, "16+") for sex in ("women", "men"))
    rows = [
        _drawn(e, _capital(survey_words.who(e.sex, e.age))) for e in survey.groups(SINCE_16, year)
    ]
    rows += [_drawn(survey.at(year, measure, "all", "16+"), by) for by, measure in BY_WHOM.items()]
    return intervals_by_row(
        Chart(
            "stalking-since-16",
            f"Of women aged 16 and over {women.figure} have experienced stalking since age 16, of "
            f"men {men.figure}",
            f"Stalking at least once since age 16, England and Wales, {prose.period(year)}, "
            f"estimates with {women.level:whole} intervals {_on([women, men])}",
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
    cell = Cell.of(row)
    name = f"offences_per_100_victims.{row['offence_code']}.{row['period_end']}"
    estimate = survey.at(row["period_end"], row["measure_id"], "all", "16+").figure
    formula = f"100 * {cell.name} / ({estimate.named} * {row['population_cells']})"
    cells = (cell, *_population_cells(row), *estimate.cells)
    ratio = Figure(
        name, row["ratio"], "per_100", cells, formula, lower=row["lower"], upper=row["upper"]
    )
    limits = [
        Figure(f"{name}.{part}", row[part], "per_100", cells, f"{part} limit of {formula}")
        for part in ("lower", "upper")
    ]
    return ratio, limits[0], limits[1]


def _population_cells(row: dict[str, Any]) -> tuple[Cell, ...]:
    """The cells that the population surveyed in one year was computed from."""
    sha256 = row["population_workbook_sha256"]
    return tuple(
        replace(cell, workbook_sha256=sha256) for cell in cells_in(row["population_cells"])
    )


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
            widest_limits(e),
            _base(e),
            e.design_factor,
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
            "Widest interval that the assumption allows",
            "Unweighted base",
            "Design factor",
            "Method and basis",
            "How the estimate was seen",
        ],
        rows,
        notes=[
            *([ASSUMED] if any(e.assumed for e in estimates) else []),
            *notes,
            f"Seen in: <samp>{escape('; '.join(sources))}</samp>.",
        ],
        wide=True,
    )


def _base(estimate: Estimate) -> str:
    if not estimate.assumed:
        return f"{estimate.base}"
    return f"{estimate.base} assumed<br>({estimate.base_lowest} to {estimate.base_highest})"


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


OTHER_VERDICT = (
    "Where ONS's verdict is another, ONS's counts: it knows the figures unrounded and their "
    "standard errors."
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
            _verdict(c),
            {True: "significant", False: "not significant", None: "none given"}[c.published],
            escape("; ".join(c.breaks)) or "none",
        ]
        for c in changes
    ]
    differ = any(c.published is not None and c.published != c.significant for c in changes)
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
            "Breaks in between",
        ],
        rows,
        notes=[
            f"On {survey_prose.BASES[changes[0].later.basis]}. The verdict is on each change by "
            "itself, as ONS's is; the adjusted p-value counts how many changes to the same year "
            "are tested. The smallest detectable change would be found with a chance of four in "
            f"five. {UNROUNDED}",
            *([OTHER_VERDICT] if differ else []),
        ],
        styles=["", "signed bare", "", "", "", "bare"],
        wide=True,
    )


def _verdict(change: SurveyChange) -> str:
    verdict = survey_prose.moved(
        prose.estimated_direction(change.lower.number, change.upper.number)
    )
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
        name = change.figure_id.removesuffix(".odds_change")
        years, scatter = (
            Figure(
                f"{name}.{part}", row[part], unit, change.cells, f"{what} of the {change.formula}"
            )
            for part, unit, what in (
                ("years", "count", "number of years"),
                ("q_p_value", "p_value", "p-value of the scatter about the line"),
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
                scatter,
                survey_prose.trend(row["lower"], row["upper"]),
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
            "Scatter about the line, p-value",
            "Verdict",
        ],
        rows,
        notes=[
            "On the bases of the tables above. A stretch of fewer than three years has no trend, "
            "and one of three has limits so wide that they say little."
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
                _verdict(change),
                {True: "significant", False: "not significant", None: "none given"}[
                    change.published
                ],
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
        ],
        rows,
        notes=[
            f"Intervals by {survey_prose.rests_on(latest.method, latest.basis)}; the factor is "
            f"read off ONS's own verdicts on changes. {UNROUNDED}"
        ],
        styles=["", "", "", "", "", "", "signed bare"],
        wide=True,
    )


def offences_table(survey: Survey) -> Table | None:
    """Recorded offences and estimated victims of the same years, side by side; None without any."""
    if not survey.tables["ratios"]:
        return None
    rows: list[list[Content]] = []
    for row in survey.tables["ratios"]:
        ratio, lower, upper = _ratio(survey, row)
        estimate = survey.at(row["period_end"], row["measure_id"], "all", "16+")
        name = f"victims.{row['measure_id']}.{row['period_end']}"
        formula = f"{estimate.figure.named} * {row['population_cells']}"
        victims, low, high = (
            Figure(
                f"{name}{part}",
                round(row[f"victims{part.replace('.', '_')}"], -3),
                "count",
                (*estimate.figure.cells, *_population_cells(row)),
                f"{what}{formula}, in whole thousands",
            )
            for part, what in (
                ("", ""),
                (".lower", "lower limit of "),
                (".upper", "upper limit of "),
            )
        )
        cell = Cell.of(row)
        count = Figure(
            f"recorded.{row['offence_code']}.{row['period_end']}.{row['release_id']}",
            row["offences"],
            "count",
            (cell,),
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
            f"The proportion is drawn at random, and where the base is assumed the base and the "
            f"design factor too, evenly from their ranges. People are counted by the survey's own "
            f"totals for the nearest year it gives one for, that ending "
            f"{prose.listed(_population_years(survey))}; the recorded count is the latest revision "
            f"at hand of the same twelve months."
        ],
        wide=True,
    )


def _population_years(survey: Survey) -> list[str]:
    years = dict.fromkeys(row["population_period_end"] for row in survey.tables["ratios"])
    return [prose.month(year) for year in years]


def offences_sentence(survey: Survey) -> str:
    """Recorded offences per hundred victims in the newest year that both sources have."""
    if not survey.tables["ratios"]:
        return "No year at hand has both a count of recorded stalking and an estimate of victims."
    row = survey.tables["ratios"][-1]
    ratio, lower, upper = _ratio(survey, row)
    level = level_figure(row["level"])
    return (
        f"In the {prose.period(row['period_end'])} police in England and Wales recorded {ratio} "
        f"offences of stalking for every hundred people who, by the survey, experienced it "
        f"({level:whole} interval {lower} to {upper} by simulation, on "
        f"{survey_prose.BASES[row['basis']]}). "
        f"That is not the part of stalking which is reported."
    )


DIFFERENCES = (
    "The police count offences, and several may be against one person; the survey counts people, "
    "once however often it happened.",
    "The police count offences against anyone, children and people in institutions too; the "
    "survey asks people aged 16 and over who live in private households.",
    "The survey asks about two or more incidents that caused distress, fear or alarm, whatever the "
    "law calls them; the police apply the offence in law, and may record as harassment or as "
    "malicious communications what the survey calls stalking.",
    "What the police record follows rules that changed: when several crimes come together, which "
    "of them is recorded, and when harassment by a former partner became stalking.",
    "An offence counts in the year it was recorded, an experience in the twelve months before the "
    "interview, so that the survey's year reaches back further.",
    "Not everything that people tell the survey is reported to the police, and not everything that "
    "is reported is recorded as a crime.",
)
"""Why recorded offences and estimated victims measure different things."""


def caveats(survey: Survey) -> list[str]:
    """What to keep in mind about the survey's figures."""
    second_hand = [
        e
        for who in (("all", "16+"), ("women", "16+"), ("men", "16+"))
        for e in survey.series(STALKING, *who)
        if e.seen == "second_hand"
    ]
    notes = [
        "The survey asks people in private households: nobody without a home, in a hostel, in "
        "prison or in a hall of residence is in it.",
        "Those who answer are fewer than before its suspension, and weights can only mend what is "
        "known about those who did not.",
        "The estimates of the two years from April 2021 were published without accreditation, "
        "which was restored in the second half of 2024.",
        "Data for the year ending March 2023 hold eight months of these questions.",
        "From April 2023 to March 2025 questions about domestic abuse were put to half the sample. "
        "Whether those about stalking were is not known here; the smallest bases assumed allow for "
        "questions put to part of it.",
        "The questions were put to people aged 16 to 59 until 2017, to those aged 16 to 74 until "
        "2020, and to all people aged 16 and over since October 2021.",
    ]
    if second_hand:
        years = prose.listed(list(dict.fromkeys(prose.period(e.period_end) for e in second_hand)))
        notes.append(f"Some figures of the {years} are quoted second-hand, as the tables say.")
    return notes


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
