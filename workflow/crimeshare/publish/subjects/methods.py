"""What the page of methods shows beside its prose: tables and sentences, from the figures."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from crimeshare import survey_words
from crimeshare.audit import verdicts
from crimeshare.audit.words import hedges
from crimeshare.cells import Cell
from crimeshare.measures import formulas
from crimeshare.measures.coverage import mean_miss, mean_ratio
from crimeshare.measures.design import summarise_design_factors
from crimeshare.measures.provenance import named_cells
from crimeshare.measures.published_changes import add_agreement
from crimeshare.publish.elements import prose
from crimeshare.publish.elements.charts import Chart
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.rows import counted, figure, of_rows, over
from crimeshare.publish.elements.tables import Content, Table
from crimeshare.publish.elements.words import Words
from crimeshare.publish.subjects import survey_prose
from crimeshare.publish.subjects.estimates import Estimates
from crimeshare.publish.subjects.sources import registry
from crimeshare.publish.subjects.survey_charts import Interval, intervals_by_row
from crimeshare.publish.subjects.survey_pages import STALKING
from crimeshare.publish.subjects.surveyed import Survey, level_figure
from crimeshare.reference import REFERENCE, fraud_totals
from crimeshare.tables.labels import plain

WORDS = Words(Path(__file__).with_name("words") / "methods.md.j2")

Row = dict[str, Any]

ORDER = ("prevalence", "victims", "incidence_rate", "incidents")
"""Of the statistics in a table."""

UNITS = {"persons": "people", "households": "households"}

LEVEL = 0.95
"""Of the intervals in the study of coverage."""

APPROXIMATED = {"theft", "headline_excluding_fraud", "headline_including_fraud"}
"""Totals of people and households together, which ONS tests by an approximation."""


FALSE_ALARMS, COVERAGE, CHECKS = "false_alarms", "interval_coverage", "model_checks"
"""Tables that a study wrote."""


# ---------------------------------------------------------------- control limits


def false_alarms() -> str:
    """How often control limits raise a false alarm, from the study."""
    inner, outer = (
        of_rows(
            f"false_alarms.{row['level']}",
            row["outside"],
            "proportion",
            "",
            (FALSE_ALARMS, "outside", "forces others", f"level {row['level']}"),
        )
        for row in _simulated(FALSE_ALARMS)
        if row["forces"] == "others"
    )
    return WORDS.passage("false_alarms", inner=inner, outer=outer)


def model_checks() -> str:
    """How often the models of quarters err in simulations and on earlier years, from the study."""
    told = {
        f"{row['model']} {row['setting']}": of_rows(
            f"model_checks.{number}",
            float(row["rate"]),
            "proportion",
            "",
            (CHECKS, "rate", f"model {row['model']}", f"setting {row['setting']}"),
        )
        for number, row in enumerate(_simulated(CHECKS))
    }
    return "\n".join(f"- {point}" for point in WORDS.points("model_checks", told=told))


# ---------------------------------------------------------------- coverage of intervals


def coverage() -> list[Row]:
    """The study of coverage: a row for each simulated setting and method."""
    return _simulated(COVERAGE)


def _covered(
    name: str,
    value: float,
    how: str,
    *having: str,
    limits: tuple[float, float] | None = None,
) -> Figure:
    """A coverage, of the rows of the study that have something in common."""
    rows = (COVERAGE, "coverage", *having)
    return of_rows(f"coverage.{name}", value, "proportion", how, rows, limits=limits)


@cache
def _simulated(name: str) -> list[Row]:
    """The rows of a table that a benchmark wrote."""
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        return [
            {name: _number(text) for name, text in row.items()} for row in csv.DictReader(lines)
        ]


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def coverage_chart(survey: Survey, frame: pd.DataFrame) -> Chart:
    """How often each method's intervals hold the truth: the mean over settings, and the range.

    Args:
        survey: the tables.
        frame: ``mean``, ``min`` and ``max`` over the settings, a row a method, which is its index.
    """
    level, found = survey.latest(STALKING).level, frame.to_dict("index")
    rows = []
    for method in survey_prose.METHODS:
        middle, least, most = (float(found[method][end]) for end in ("mean", "min", "max"))
        of = f"method {method}"
        figures = (
            _covered(method, middle, "mean", of, limits=(least, most)),
            _covered(f"{method}.lowest", least, "min", of),
            _covered(f"{method}.highest", most, "max", of),
        )
        rows.append(Interval(_method(method), *figures))
    best = min(rows, key=lambda row: abs(row.figure.number - level.number))
    words = WORDS.points("coverage_chart", best=best, level=level, settings=_settings())
    key, promised = WORDS.points("coverage_key")
    return intervals_by_row(
        replace(Chart.worded("coverage", words), key=[("interval", key)]),
        rows,
        reference=(promised, level.number),
        label_width=150,
        zero=False,
    )


def _method(method: str) -> str:
    return prose.upper_first(survey_prose.term("method", method))


def _settings() -> Figure:
    names = ("basis", "design_factor", "n", "p")
    settings = {tuple(row[name] for name in names) for row in coverage()}
    rows = (COVERAGE, " and ".join(names))
    return of_rows("coverage.settings", len(settings), "count", "different", rows)


def coverage_table() -> Table:
    """The lowest coverage of each method by the proportion estimated."""
    methods = survey_prose.METHODS
    proportions = sorted({row["p"] for row in coverage()})
    rows: list[list[Content]] = []
    for p in proportions:
        of = f"p {p:g}"
        studied = of_rows(f"coverage.p{p:g}", p, "proportion", "", (COVERAGE, "p", of))
        cells: list[Content] = [f"{studied}"]
        for method in methods:
            found = [
                row["coverage"] for row in coverage() if row["method"] == method and row["p"] == p
            ]
            name = f"{method}.p{p:g}.lowest"
            cells.append(_covered(name, min(found), "min", f"method {method}", of))
        rows.append(cells)
    words = WORDS.points(
        "coverage_table",
        methods=map(_method, methods),
        n=[_studied("n", end) for end in (min, max)],
        factor=[_studied("design_factor", end) for end in (min, max)],
        cluster=_cluster_size(),
    )
    return Table.worded(words, rows)


def _studied(name: str, end: Callable[[Iterable[float]], float]) -> Figure:
    """The least or greatest sample or design factor of the study."""
    unit = {"n": "count", "design_factor": "design_factor"}[name]
    value, how = end(row[name] for row in coverage()), end.__name__
    return of_rows(f"coverage.{name}.{how}", value, unit, how, (COVERAGE, name))


def _cluster_size() -> Figure:
    """How many people the clusters of the study hold, from the line that says how it was made."""
    with (REFERENCE / f"{COVERAGE}.csv").open(encoding="utf-8") as file:
        found = re.search(r"clusters of (\d+)", next(file))
    if found is None:
        raise ValueError("interval_coverage.csv does not say how large its clusters are")
    rows = (COVERAGE, "cluster_size")
    return of_rows("coverage.cluster_size", float(found[1]), "count", "", rows)


def why_wilson() -> str:
    """Why Wilson's method is the default, from the study."""

    def found(method: str, name: str) -> list[float]:
        return [row[name] for row in coverage() if row["method"] == method]

    def lowest(method: str) -> Figure:
        least = min(found(method, "coverage"))
        return _covered(f"{method}.lowest", least, "min", f"method {method}")

    def missed(method: str) -> float:
        return mean_miss(found(method, "coverage"), LEVEL)

    def wider(method: str, over: Callable[[Iterable[float]], float], name: str) -> Figure:
        pairs = zip(found(method, "mean_width"), found("wilson", "mean_width"), strict=True)
        ratio = over(width / wilson for width, wilson in pairs)
        rows = [(COVERAGE, "mean_width", f"method {each}") for each in (method, "wilson")]
        how = {"mean": "mean_ratio", "most": "max_ratio"}[name]
        return of_rows(f"coverage.{method}.wider.{name}", ratio - 1, "change", how, *rows)

    close = ("wilson", "logit")
    closest = of_rows(
        "coverage.missed",
        max(map(missed, close)),
        "percentage_points",
        "missed",
        *((COVERAGE, "coverage", f"method {method}") for method in close),
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
    having = ["basis design_factor"]
    for name, value in around.items():
        known = sorted({row[name] for row in rows})
        beside = {
            max((v for v in known if v <= value), default=known[0]),
            min((v for v in known if v >= value), default=known[-1]),
        }
        rows = [row for row in rows if row[name] in beside]
        having.append(f"{name} {' or '.join(f'{each:g}' for each in sorted(beside))}")
    low, high = (
        _covered(
            f"like_stalking.{end.__name__}",
            end(row["coverage"] for row in rows),
            end.__name__,
            *having,
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
        name, table = f"design_factor.{row['release_id']}.{row['sex']}", "published_design_factors"
        of, range_, not_compared, read_off = WORDS.points(
            "published_factor",
            who=survey_words.who(row["sex"], "16+"),
            low=_made(survey, row, "lowest", f"{name}.lowest", table),
            high=_made(survey, row, "highest", f"{name}.highest", table),
        )
        rows.append(
            [
                _edition(row["release_id"]),
                of,
                _made(survey, row, "mean", name, table),
                range_,
                _made(survey, row, "estimates", f"{name}.measures", table),
                not_compared,
                read_off,
            ]
        )
    for row in survey.tables["factors"]:
        name, (factor, low, high) = _factor_name(row), _with_limits(survey, row)
        of, range_, read_off = WORDS.points(
            "factor",
            of=_of(row),
            design=row["design"],
            low=low,
            high=high,
            level=level_figure(row["level"]),
        )
        rows.append(
            [
                _edition(row["release_id"]),
                of,
                factor,
                range_,
                *(
                    _made(survey, row, column, f"{name}.{column}", "design_factors")
                    for column in ("measures", "comparisons")
                ),
                read_off,
            ]
        )
    return Table.worded(WORDS.points("design_factor_table"), rows, wide=True)


def _of(row: Row) -> str:
    """Whose design factor or verdicts a row is about: "people, share of victims"."""
    return WORDS.passage("units_and_statistic", units=row["units"], statistic=row["statistic"])


def restart_sentence(survey: Survey) -> str:
    """What the restart of the survey did to the factor, for people and for households."""
    prevalence = pd.DataFrame(survey.tables["prevalence"])
    published = prevalence[
        (prevalence["basis"] == "published_se")
        & (prevalence["age"] == "16+")
        & (prevalence["sex"] == "all")
    ]
    before = summarise_design_factors(published, ["release_id"]).to_dict("records")[-1]
    name = f"design_factor.{before['release_id']}.all"
    old = _made(survey, before, "mean", name, "published_design_factors")
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
    return _edition(newest), {
        key: _with_limits(survey, row) for key, row in editions[newest].items()
    }


def _with_limits(survey: Survey, row: Row) -> tuple[Figure, Figure, Figure]:
    """A design factor read off verdicts, and its limits."""
    name = _factor_name(row)
    factor, lower, upper = (
        _made(survey, row, column, f"{name}{end}", "design_factors")
        for column, end in (("factor", ""), ("lower", ".lower"), ("upper", ".upper"))
    )
    return factor, lower, upper


def _factor_name(row: Row) -> str:
    design = "" if row["design"] == "mixed" else f".{row['design']}"
    return f"design_factor.{row['release_id']}.{row['statistic']}.{row['units']}{design}"


def _made(survey: Survey, row: Mapping[Any, Any], column: str, name: str, table: str) -> Figure:
    return figure(row, column, name, table, survey.hashes)


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

    def part(name: str, column: str) -> dict[str, Figure]:
        chosen = {units: [row for row in shares if row["units"] == units] for units in UNITS}
        return {
            units: _part(survey, add_agreement(own), column, f"agreement.{name}.{units}")
            for units, own in chosen.items()
        }

    some_within = any(row["within"] for row in shares)
    return WORDS.passage(
        "agreement",
        alone=False,
        shares=_agreement(survey, "prevalence", shares),
        every=_agreement(survey, "all", rows),
        always=part("guessed", "flagged"),
        within=part("within", "agreement_within") if some_within else None,
        within_guessed=part("guessed_within", "flagged_within"),
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
    row = add_agreement(rows)
    name = f"agreement.{name}"
    columns = {"overall": "agreement", "near": "agreement_near", "elsewhere": "agreement_elsewhere"}
    return Agreement(
        _made(survey, row, "comparisons", f"{name}.comparisons", "agreement"),
        *(_part(survey, row, column, f"{name}.{of}") for of, column in columns.items()),
    )


def _part(survey: Survey, row: Row, column: str, name: str) -> Figure:
    """A part of some comparisons; none of no comparison."""
    hashes = survey.hashes
    return figure(row, column, name, "agreement", hashes, marker="not_applicable")


def agreement_table(survey: Survey) -> Table | None:
    """Agreement for each edition and kind of measure; None where one edition is alone."""
    rows: list[list[Content]] = []
    for row in checked(survey):
        name = f"{row['release_id']}.{row['statistic']}.{row['units']}"
        comparisons, overall, near, elsewhere = _agreement(survey, name, [row])
        rows.append(
            [
                _edition(row["release_id"]),
                _edition(row["estimated_on"]),
                _of(row),
                _made(survey, row, "factor", f"agreement.{name}.factor", "flag_agreement"),
                comparisons,
                overall,
                _made(
                    survey, row, "near_threshold", f"agreement.{name}.near_threshold", "agreement"
                ),
                near,
                elsewhere,
            ]
        )
    if not rows:
        return None
    return Table.worded(WORDS.points("agreement_table"), rows, wide=True)


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
    furthest = sorted(
        grouped, key=lambda key: -max(abs(row["test_ratio"] - 1) for row in grouped[key])
    )
    for key in sorted(furthest[:SHOWN], key=lambda k: (k[0], ORDER.index(k[1]), k[2], k[3])):
        release, statistic, _, measure = key
        found = grouped[key]
        name = f"disagreement.{'.'.join(key)}"
        first = found[0]
        factor, low, high = (
            _made(survey, first, column, f"{name}.{column}", "flag_disagreements")
            for column in ("factor", "own_factor_low", "own_factor_high")
        )
        rows.append(
            [
                _edition(release),
                WORDS.passage(
                    "units_and_statistic", units=survey_words.measure(measure), statistic=statistic
                ),
                _all_of(survey, found, "comparisons", len(found), f"{name}.comparisons"),
                WORDS.passage("disagreed", significant=first["significant"]),
                factor,
                f"{low} to {high}",
                letters.setdefault(explained(first), chr(ord("A") + len(letters))),
            ]
        )
    if not rows:
        return None
    every = [row for found in grouped.values() for row in found]
    words = WORDS.points(
        "disagreement_table",
        explanations=letters,
        number=_all_of(survey, every, "measures", len(grouped), "disagreement.measures"),
        more=len(grouped) > SHOWN,
    )
    return Table.worded(words, rows, wide=True)


def _all_of(survey: Survey, rows: Sequence[Row], what: str, number: int, name: str) -> Figure:
    """How many there are in some rows, which it rests on all of."""
    cells = (Cell.named(cell, survey.hashes) for row in rows for cell in named_cells(row["cells"]))
    return counted(name, what, number, cells)


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
    approximated = row["measure_id"] in APPROXIMATED
    return WORDS.passage("explained", reason=reason, approximated=approximated)


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
        # A part of the change's size, whichever its direction.
        size = abs(change.difference.number)
        first, last = change.upper.figure_id, change.lower.figure_id
        if change.difference.number < 0:
            first, last = last, first
        part = over(
            f"{change.difference.figure_id}.half_interval",
            half / size,
            "proportion",
            ("verdicts_on_changes", "half_interval"),
            [change.difference],
            first=first,
            last=last,
            change=change.difference.figure_id,
        )
        fits = _fit(half, size, change.published)
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
    return f"<dl>{''.join(items)}</dl>{hedge_list()}"


def hedge_list() -> str:
    """How far the words before a number widen or bound it, as the audit reads them."""
    alike: dict[tuple[str, float | None, float | None], list[str]] = {}
    for words, hedge in hedges().items():
        key = (hedge.meaning, hedge.number, hedge.part)
        alike.setdefault(key, []).append(words)
    return WORDS.passage(
        "hedges",
        alike=[
            {"words": ", ".join(filter(None, words)), "meaning": meaning, "most": (number, part)}
            for (meaning, number, part), words in alike.items()
        ],
    )


# ---------------------------------------------------------------- with fraud

YEARS_WITH_FRAUD = 8
WITH_FRAUD = "with_fraud"


def share_with_fraud(survey: Survey, estimates: Estimates) -> Table | None:
    """The group's share of crime with fraud, in England and Wales; None where no table has it.

    Args:
        survey: with the table of offences by code, which alone adds fraud.
        estimates: about the group.
    """
    offence_id, decimals = estimates.offence_id, estimates.decimals("share")
    held: dict[date, dict[str, dict[str, Any]]] = {}
    for row in sorted(survey.tables["codes"], key=lambda row: str(row["release_id"])):
        name = row["offence_id"] or fraud_totals().get(plain(row["offence"]), ("",))[0]
        if row["table"] == "offence_codes" and name in (offence_id, "total", WITH_FRAUD):
            # Of a year that several editions have, the newest counts.
            held.setdefault(row["period_end"], {})[name] = row
    rows: list[list[Content]] = []
    for end, own in sorted(held.items())[-YEARS_WITH_FRAUD:]:
        if not {offence_id, "total", WITH_FRAUD} <= own.keys():
            continue
        shares = [
            _share(f"{name}.{offence_id}.{end:%Y-%m}", own[offence_id], own[whole], decimals)
            for name, whole in (("share_without_fraud", "total"), ("share_with_fraud", WITH_FRAUD))
        ]
        rows.append([prose.month(end), *shares])
    return Table.worded(WORDS.points("share_with_fraud_table"), rows) if rows else None


def _share(name: str, group: dict[str, Any], whole: dict[str, Any], decimals: int) -> Figure:
    """A count of a table over another of the same year."""
    cells = Cell.of(group), Cell.of(whole)
    empty = group["count"] is None or whole["count"] is None
    value = None if empty else group["count"] / whole["count"]
    formula = formulas.ratio(*(cell.name for cell in cells))
    marker = "unavailable" if empty else None
    return Figure(name, value, "proportion", cells, formula, marker, decimals=decimals)
