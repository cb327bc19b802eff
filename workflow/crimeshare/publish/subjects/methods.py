"""What the page of methods shows beside its prose: tables and sentences, from the figures."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from crimeshare import survey_words
from crimeshare.audit import verdicts
from crimeshare.cells import Cell
from crimeshare.measures.coverage import mean_coverage, mean_miss, mean_ratio
from crimeshare.measures.design import summarise_design_factors
from crimeshare.publish.elements import prose
from crimeshare.publish.elements.charts import Chart
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.tables import Content, Table
from crimeshare.publish.elements.words import Words
from crimeshare.publish.subjects import survey_prose
from crimeshare.publish.subjects.sources import registry
from crimeshare.publish.subjects.survey_charts import Interval, intervals_by_row
from crimeshare.publish.subjects.survey_pages import STALKING
from crimeshare.publish.subjects.surveyed import (
    Survey,
    cells_compared,
    cells_of_all,
    level_figure,
)
from crimeshare.reference import REFERENCE

WORDS = Words(Path(__file__).with_name("words") / "methods.md.j2")

Row = dict[str, Any]

STATISTICS = {
    "prevalence": "share of victims",
    "victims": "number of victims",
    "incidence_rate": "incidents per head",
    "incidents": "number of incidents",
}
UNITS = {"persons": "people", "households": "households"}
DESIGNS = {
    "mixed": "",
    "latest": ", the design since the restart",
    "earlier": ", the design before the restart",
}

PERSONS = "person_16_plus"
"""Base of the measures of people; all others are of households."""

LEVEL = 0.95
"""Of the intervals in the study of coverage."""

APPROXIMATED = {"theft", "headline_excluding_fraud", "headline_including_fraud"}
"""Totals of people and households together, which ONS tests by an approximation."""


TABLES = {
    "false_alarms": "resources/reference/false_alarms.csv",
    "coverage": "resources/reference/interval_coverage.csv",
    "design_factor": "results/estimates/design_factors.parquet",
    "agreement": "results/estimates/flag_agreement.parquet",
    "disagreement": "results/estimates/flag_disagreements.parquet",
}
"""The table behind a figure, by the first part of its name."""


def _computed(
    name: str,
    value: float | None,
    unit: str,
    cells: tuple[Cell, ...] = (),
    *,
    marker: str | None = None,
    lower: float | None = None,
    upper: float | None = None,
) -> Figure:
    """A figure computed over a whole table, and the cells that the table rests on."""
    table = TABLES[name.partition(".")[0]]
    return Figure(name, value, unit, cells, f"computed from {table}", marker, lower, upper)


# ---------------------------------------------------------------- control limits


def false_alarms() -> str:
    """How often control limits raise a false alarm, from the study."""
    inner, outer = (
        _computed(f"false_alarms.{row['level']}", row["outside"], "proportion")
        for row in _simulated("false_alarms.csv")
        if row["forces"] == "others"
    )
    return WORDS.passage("false_alarms", inner=inner, outer=outer)


# ---------------------------------------------------------------- coverage of intervals


def coverage() -> list[Row]:
    """The study of coverage: a row for each simulated setting and method."""
    return _simulated("interval_coverage.csv")


@cache
def _simulated(name: str) -> list[Row]:
    """The rows of a table that a benchmark wrote."""
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        return [
            {name: _number(text) for name, text in row.items()} for row in csv.DictReader(lines)
        ]


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def coverage_chart(survey: Survey) -> Chart:
    """How often each method's intervals hold the truth: the mean over settings, and the range."""
    level = survey.latest(STALKING).level
    rows = []
    for method, name in survey_prose.METHODS.items():
        found = [row["coverage"] for row in coverage() if row["method"] == method]
        middle, low, high = (
            _computed(
                f"coverage.{method}",
                mean_coverage(found),
                "proportion",
                lower=min(found),
                upper=max(found),
            ),
            _computed(f"coverage.{method}.lowest", min(found), "proportion"),
            _computed(f"coverage.{method}.highest", max(found), "proportion"),
        )
        rows.append(Interval(name[:1].upper() + name[1:], middle, low, high))
    best = min(rows, key=lambda row: abs(row.figure.number - level.number))
    return intervals_by_row(
        Chart(
            "coverage",
            WORDS.passage("coverage_title", best=best.label, coverage=best.figure),
            WORDS.passage("coverage_subtitle", level=level, settings=_settings()),
            key=[("interval", "Mean of the settings, and their range")],
        ),
        rows,
        reference=("The level promised", level.number),
        label_width=150,
        zero=False,
    )


def _settings() -> Figure:
    settings = {(row["basis"], row["design_factor"], row["n"], row["p"]) for row in coverage()}
    return _computed("coverage.settings", len(settings), "count")


def coverage_table() -> Table:
    """The lowest coverage of each method by the proportion estimated."""
    methods = list(survey_prose.METHODS)
    proportions = sorted({row["p"] for row in coverage()})
    rows: list[list[Content]] = []
    for p in proportions:
        cells: list[Content] = [f"{_computed(f'coverage.p{p:g}', p, 'proportion')}"]
        for method in methods:
            found = [
                row["coverage"] for row in coverage() if row["method"] == method and row["p"] == p
            ]
            cells.append(_computed(f"coverage.{method}.p{p:g}.lowest", min(found), "proportion"))
        rows.append(cells)
    return Table(
        "Lowest coverage over all sample sizes and design factors",
        ["Proportion", *(name[:1].upper() + name[1:] for name in survey_prose.METHODS.values())],
        rows,
        notes=[
            WORDS.passage(
                "coverage_note",
                n=[_studied("n", end) for end in (min, max)],
                factor=[_studied("design_factor", end) for end in (min, max)],
                cluster=_cluster_size(),
            )
        ],
    )


def _studied(name: str, end: Callable[[Iterable[float]], float]) -> Figure:
    """The least or greatest sample or design factor of the study."""
    unit = {"n": "count", "design_factor": "design_factor"}[name]
    return _computed(f"coverage.{name}.{end.__name__}", end(row[name] for row in coverage()), unit)


def _cluster_size() -> Figure:
    """How many people the clusters of the study hold, from the line that says how it was made."""
    with (REFERENCE / "interval_coverage.csv").open(encoding="utf-8") as file:
        found = re.search(r"clusters of (\d+)", next(file))
    if found is None:
        raise ValueError("interval_coverage.csv does not say how large its clusters are")
    return _computed("coverage.cluster_size", float(found[1]), "count")


def why_wilson() -> str:
    """Why Wilson's method is the default, from the study."""

    def found(method: str, name: str) -> list[float]:
        return [row[name] for row in coverage() if row["method"] == method]

    def lowest(method: str) -> Figure:
        return _computed(f"coverage.{method}.lowest", min(found(method, "coverage")), "proportion")

    def missed(method: str) -> float:
        return mean_miss(found(method, "coverage"), LEVEL)

    def wider(method: str, over: Callable[[Iterable[float]], float], name: str) -> Figure:
        pairs = zip(found(method, "mean_width"), found("wilson", "mean_width"), strict=True)
        ratio = over(width / wilson for width, wilson in pairs)
        return _computed(f"coverage.{method}.wider.{name}", ratio - 1, "change")

    closest = _computed(
        "coverage.missed", max(missed("wilson"), missed("logit")), "percentage_points"
    )
    return WORDS.passage(
        "why_wilson",
        lowest={method: lowest(method) for method in survey_prose.METHODS},
        korn_graubard_wider=wider("korn-graubard", mean_ratio, "mean"),
        logit_wider=wider("logit", max, "most"),
        missed=closest,
    )


def like_stalking(survey: Survey) -> str:
    """How the methods fare on a share, sample and design factor like those of stalking."""
    latest = survey.latest(STALKING)
    around = {
        "p": latest.figure.number,
        "n": latest.base.number,
        "design_factor": latest.design_factor.number,
    }
    rows = [row for row in coverage() if row["basis"] == "design_factor"]
    for name, value in around.items():
        known = sorted({row[name] for row in rows})
        beside = {
            max((v for v in known if v <= value), default=known[0]),
            min((v for v in known if v >= value), default=known[-1]),
        }
        rows = [row for row in rows if row[name] in beside]
    low, high = (
        _computed(
            f"coverage.like_stalking.{end.__name__}",
            end(row["coverage"] for row in rows),
            "proportion",
        )
        for end in (min, max)
    )
    return WORDS.passage("like_stalking", low=low, high=high)


# ---------------------------------------------------------------- design factors


def design_factor_table(survey: Survey) -> Table:
    """Design factors by edition, for people and households, from either way to find them."""
    prevalence = pd.DataFrame(survey.tables["prevalence"])
    published = prevalence[(prevalence["basis"] == "published_se") & (prevalence["age"] == "16+")]
    rows: list[list[Content]] = []
    for found in summarise_design_factors(published, ["release_id", "sex"]).to_dict("records"):
        row: Row = {str(column): value for column, value in found.items()}
        name = f"design_factor.{row['release_id']}.{row['sex']}"
        cells = _estimated(survey, row["release_id"], row["sex"])
        low, high = (_factor(f"{name}.{part}", row[part], cells) for part in ("lowest", "highest"))
        rows.append(
            [
                _edition(row["release_id"]),
                f"{survey_words.who(row['sex'], '16+')}, share of victims",
                _factor(name, row["mean"], cells),
                f"{low} to {high}, the range over measures",
                _computed(f"{name}.measures", row["estimates"], "count", cells),
                "not compared",
                "published standard errors",
            ]
        )
    for row in survey.tables["factors"]:
        name, cells = _factor_name(row), _compared(survey, [row])
        low, high = (_factor(f"{name}.{part}", row[part], cells) for part in ("lower", "upper"))
        level = level_figure(row["level"])
        rows.append(
            [
                _edition(row["release_id"]),
                f"{UNITS[row['units']]}, {STATISTICS[row['statistic']]}{DESIGNS[row['design']]}",
                _factor(name, row["factor"], cells),
                f"{low} to {high}, {level:whole} interval",
                _computed(f"{name}.measures", row["measures"], "count", cells),
                _computed(f"{name}.comparisons", row["comparisons"], "count", cells),
                "ONS's verdicts on changes",
            ]
        )
    return Table(
        "Design factors",
        ["Edition", "Of", "Factor", "From, to", "Measures", "Comparisons", "Read off"],
        rows,
        notes=[WORDS.passage("design_factor_note")],
        wide=True,
    )


def restart_sentence(survey: Survey) -> str:
    """What the restart of the survey did to the factor, for people and for households."""
    prevalence = pd.DataFrame(survey.tables["prevalence"])
    published = prevalence[
        (prevalence["basis"] == "published_se")
        & (prevalence["age"] == "16+")
        & (prevalence["sex"] == "all")
    ]
    before = summarise_design_factors(published, ["release_id"]).iloc[-1]
    old = _factor(
        f"design_factor.{before['release_id']}.all",
        before["mean"],
        _estimated(survey, before["release_id"], "all"),
    )
    told = _factors_by_design(survey)
    if told is None:
        return WORDS.passage("restart", old=old, factors=None)
    edition, factors = told
    _, low, high = factors["persons", "earlier"]
    borne_out = low.number <= old.number <= high.number
    return WORDS.passage("restart", old=old, factors=factors, edition=edition, borne_out=borne_out)


def _factors_by_design(
    survey: Survey,
) -> tuple[str, dict[tuple[str, str], tuple[Figure, Figure, Figure]]] | None:
    """The newest edition that tells both designs apart, and its factors with their limits."""
    editions: dict[str, dict[tuple[str, str], Row]] = {}
    for row in survey.tables["factors"]:
        if row["design"] != "mixed":
            editions.setdefault(row["release_id"], {})[row["units"], row["design"]] = row
    complete = [release_id for release_id, rows in editions.items() if len(rows) == 2 * len(UNITS)]
    if not complete:
        return None
    newest = max(complete)
    factors = {}
    for key, row in editions[newest].items():
        name, cells = _factor_name(row), _compared(survey, [row])
        factors[key] = (
            _factor(name, row["factor"], cells),
            _factor(f"{name}.lower", row["lower"], cells),
            _factor(f"{name}.upper", row["upper"], cells),
        )
    return _edition(newest), factors


def _factor_name(row: Row) -> str:
    design = "" if row["design"] == "mixed" else f".{row['design']}"
    return f"design_factor.{row['release_id']}.{row['statistic']}.{row['units']}{design}"


def _factor(name: str, value: float, cells: tuple[Cell, ...]) -> Figure:
    return _computed(name, value, "design_factor", cells)


def _estimated(survey: Survey, release_id: str, sex: str) -> tuple[Cell, ...]:
    """The cells of the estimates of a release that have a published standard error."""
    rows = (
        row
        for row in survey.tables["estimates"]
        if (row["release_id"], row["sex"], row["age"]) == (release_id, sex, "16+")
        and row["standard_error"] is not None
    )
    return cells_of_all(rows, f"every measure, {sex}, 16+")


def _compared(survey: Survey, groups: Iterable[Row]) -> tuple[Cell, ...]:
    """The cells of all comparisons of some groups: releases, statistics and units."""
    wanted = {(row["release_id"], row["statistic"], row["units"]) for row in groups}
    return cells_compared(row for row in survey.tables["comparisons"] if _group(row) in wanted)


def _group(row: Row) -> tuple[str, str, str]:
    """The group whose comparisons share a design factor."""
    units = "persons" if row["unit_base"] == PERSONS else "households"
    return row["release_id"], row["statistic"], units


def _edition(release_id: str) -> str:
    """An edition by its year; a table that is no edition of the registry by its name as well."""
    release = registry().get(release_id)
    if release:
        return escape(prose.lower_first(release.edition))
    year, month = map(int, release_id[-7:].split("-"))
    name = release_id[:-8].replace("-", " ")
    return f"{escape(name)}, year ending {prose.MONTHS[month - 1]} {year}"


# ---------------------------------------------------------------- ONS's own verdicts


def checked(survey: Survey, *, furthest: bool = False) -> list[Row]:
    """Agreement on each edition with the factors of another; nothing where one is alone.

    Args:
        survey: the tables.
        furthest: the other is the edition furthest in time, not the nearest.
    """
    releases = sorted({row["release_id"] for row in survey.tables["agreement"]})
    if len(releases) < 2:
        return []
    other = {release: other_release(release, releases, furthest=furthest) for release in releases}
    return [
        row for row in survey.tables["agreement"] if row["estimated_on"] == other[row["release_id"]]
    ]


def other_release(release_id: str, releases: Sequence[str], *, furthest: bool = False) -> str:
    """The other release whose period is nearest, or furthest; ids end in year and month."""

    def months(name: str) -> int:
        year, month = name[-7:].split("-")
        return 12 * int(year) + int(month)

    others = [other for other in releases if other != release_id]
    choose = max if furthest else min
    return choose(others, key=lambda other: abs(months(other) - months(release_id)))


def agreement_sentence(survey: Survey) -> str:
    """How far the project's verdicts are ONS's, over all editions and measures.

    And what guessing would score: where it is of little use, the project shows how well it does.
    """
    rows = checked(survey)
    if not rows:
        return WORDS.passage("agreement", alone=True)
    shares = _shares(rows)
    cells = _compared(survey, shares)

    def part(name: str, number: str, of: str) -> dict[str, Figure]:
        chosen = {units: [row for row in shares if row["units"] == units] for units in UNITS}
        return {
            units: _computed(
                f"agreement.{name}.{units}",
                sum(row[number] for row in own) / max(sum(row[of] for row in own), 1),
                "proportion",
                cells,
            )
            for units, own in chosen.items()
        }

    some_within = any(row["within"] for row in shares)
    return WORDS.passage(
        "agreement",
        alone=False,
        shares=_agreement(survey, "prevalence", shares),
        every=_agreement(survey, "all", rows),
        always=part("guessed", "flagged", "comparisons"),
        within=part("within", "agreeing_within", "within") if some_within else None,
        within_guessed=part("guessed_within", "flagged_within", "within"),
    )


def distant_agreement_sentence(survey: Survey) -> str:
    """The same with factors from the edition furthest in time; nothing where one is alone."""
    rows = checked(survey, furthest=True)
    if not rows:
        return ""
    return WORDS.passage(
        "distant_agreement",
        shares=_agreement(survey, "prevalence.furthest", _shares(rows)),
        every=_agreement(survey, "all.furthest", rows),
    )


def _shares(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row["statistic"] == "prevalence"]


class Agreement(NamedTuple):
    """Comparisons, and the proportions judged alike: overall, near the threshold, elsewhere."""

    comparisons: Figure
    overall: Figure
    near: Figure
    elsewhere: Figure


def _agreement(survey: Survey, name: str, rows: Sequence[Row]) -> Agreement:
    cells = _compared(survey, rows)
    comparisons = sum(row["comparisons"] for row in rows)
    agreeing = sum(row["agreeing"] for row in rows)
    near = sum(row["near_threshold"] for row in rows)
    elsewhere = comparisons - near
    apart = sum(
        round(row["agreement_elsewhere"] * (row["comparisons"] - row["near_threshold"]))
        for row in rows
    )

    def part(of: str, alike: int, all_of_them: int) -> Figure:
        value = alike / all_of_them if all_of_them else None
        return _computed(
            f"agreement.{name}.{of}", value, "proportion", cells, marker="not_applicable"
        )

    return Agreement(
        _computed(f"agreement.{name}.comparisons", comparisons, "count", cells),
        part("overall", agreeing, comparisons),
        part("near", agreeing - apart, near),
        part("elsewhere", apart, elsewhere),
    )


def agreement_table(survey: Survey) -> Table | None:
    """Agreement for each edition and kind of measure; None where one edition is alone."""
    rows: list[list[Content]] = []
    for row in checked(survey):
        name = f"{row['release_id']}.{row['statistic']}.{row['units']}"
        comparisons, overall, near, elsewhere = _agreement(survey, name, [row])
        near_threshold = _computed(
            f"agreement.{name}.near_threshold", row["near_threshold"], "count", comparisons.cells
        )
        rows.append(
            [
                _edition(row["release_id"]),
                _edition(row["estimated_on"]),
                f"{UNITS[row['units']]}, {STATISTICS[row['statistic']]}",
                _factor(f"agreement.{name}.factor", row["factor"], _estimated_on(survey, row)),
                comparisons,
                overall,
                near_threshold,
                near,
                elsewhere,
            ]
        )
    if not rows:
        return None
    return Table(
        "The project's verdicts on changes beside ONS's, by edition and measure",
        [
            "Edition judged",
            "Factor estimated on",
            "Of",
            "Factor",
            "Comparisons",
            "Judged alike",
            "Near the threshold",
            "Of these judged alike",
            "Of the others judged alike",
        ],
        rows,
        notes=["Near the threshold: the test statistic is within a tenth of its critical value."],
        wide=True,
    )


def _estimated_on(survey: Survey, row: Row) -> tuple[Cell, ...]:
    """The cells that the factor rests on by which a row of agreement was judged."""
    return _compared(survey, [row | {"release_id": row["estimated_on"]}])


def disagreement_table(survey: Survey) -> Table | None:
    """Disagreements away from the threshold, measure by measure, with what explains them."""
    pairs = {(row["release_id"], row["estimated_on"]) for row in checked(survey)}
    grouped: dict[tuple[str, str, str, str], list[Row]] = {}
    for row in survey.tables["disagreements"]:
        if (row["release_id"], row["estimated_on"]) in pairs and abs(row["test_ratio"] - 1) > NEAR:
            key = (row["release_id"], row["statistic"], row["units"], row["measure_id"])
            grouped.setdefault(key, []).append(row)
    rows: list[list[Content]] = []
    letters: dict[str, str] = {}
    order = list(STATISTICS)
    furthest = sorted(
        grouped, key=lambda key: -max(abs(row["test_ratio"] - 1) for row in grouped[key])
    )
    for key in sorted(furthest[:SHOWN], key=lambda k: (k[0], order.index(k[1]), k[2], k[3])):
        release, statistic, _, measure = key
        found = grouped[key]
        name = f"disagreement.{'.'.join(key)}"
        first = found[0]
        of_measure = cells_compared(
            row
            for row in survey.tables["comparisons"]
            if _group(row) == key[:3] and row["measure_id"] == measure
        )
        own = [
            _factor(f"{name}.{part}", first[part], of_measure)
            for part in ("own_factor_low", "own_factor_high")
        ]
        rows.append(
            [
                _edition(release),
                f"{survey_words.measure(measure)}, {STATISTICS[statistic]}",
                _computed(f"{name}.comparisons", len(found), "count", cells_compared(found)),
                "significant here, not so at ONS"
                if first["significant"]
                else "not significant here, but so at ONS",
                _factor(f"{name}.factor", first["factor"], _estimated_on(survey, first)),
                f"{own[0]} to {own[1]}",
                letters.setdefault(explained(first), chr(ord("A") + len(letters))),
            ]
        )
    if not rows:
        return None
    return Table(
        "Disagreements away from the threshold, and what explains them",
        [
            "Edition judged",
            "Measure",
            "Comparisons",
            "Verdict",
            "Factor used",
            "Where the measure's own flags switch",
            "Explanation",
        ],
        rows,
        notes=[
            *(f"<b>{letter}</b>: {explanation}" for explanation, letter in letters.items()),
            _furthest(grouped),
        ],
        wide=True,
    )


def _furthest(grouped: Mapping[tuple[str, str, str, str], Sequence[Row]]) -> str:
    """Where all disagreements are, if the table shows those furthest from the threshold alone."""
    if len(grouped) <= SHOWN:
        return ""
    rows = [row for found in grouped.values() for row in found]
    number = _computed("disagreement.measures", len(grouped), "count", cells_compared(rows))
    return WORDS.passage("furthest_note", number=number)


SHOWN = 25
"""Measures that the page shows of those with disagreements."""

NEAR = 0.1
"""Distance of the test statistic from its critical value, as a part of it, that counts as near."""


def explained(row: Row) -> str:
    """Why a verdict away from the threshold is not ONS's."""
    reason = survey_prose.switch(
        row["own_factor_low"],
        row["own_factor_high"],
        row["factor"],
        UNITS[row["units"]],
        incidents=row["statistic"] in ("incidence_rate", "incidents"),
    )
    if row["measure_id"] in APPROXIMATED:
        reason += "; ONS tests this total by an approximation, as a note to its tables says"
    return f"{reason}."


# ---------------------------------------------------------------- assumed bases


def assumption_checked(survey: Survey) -> str:
    """Whether ONS's own verdicts on stalking are possible under the assumed bases.

    A change that ONS calls significant is longer than half its interval, one that it does not is
    shorter.
    """
    told = []
    for change in survey.changes(STALKING):
        if change.published is None:
            continue
        half = (change.upper.number - change.lower.number) / 2
        part = Figure(
            f"{change.difference.figure_id}.half_interval",
            half / abs(change.difference.number),
            "proportion",
            change.difference.cells,
            f"half the interval of {change.difference.figure_id}, over the change",
        )
        fits = _fit(half, abs(change.difference.number), change.published)
        told.append({"change": change, "half": part, "fits": fits})
    return WORDS.passage("verdicts_on_stalking", told=told)


def _fit(half: float, change: float, significant: bool) -> str:
    """Whether half an interval can belong to a change with that verdict: yes, rounded or no."""
    if (half < change) == significant:
        return "yes"
    # Both estimates are printed to a tenth of a per cent.
    possible = change + 0.001 if significant else change - 0.001
    if (half < possible) == significant:
        return "rounded"
    return "no"


# ---------------------------------------------------------------- verdicts on statements


def verdict_list() -> str:
    """The verdicts of the audit and what each means, as a list of definitions."""
    items = [
        f"<dt>{escape(verdict.format('...'))}</dt><dd>{meaning[:1].upper()}{meaning[1:]}.</dd>"
        for verdict, meaning in verdicts.MEANINGS.items()
    ]
    return f"<dl>{''.join(items)}</dl>"
