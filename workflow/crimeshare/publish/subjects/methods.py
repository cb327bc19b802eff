"""What the page of methods shows beside its prose: tables and sentences, from the figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from crimeshare import survey_words
from crimeshare.audit import verdicts
from crimeshare.audit.words import hedges, listed
from crimeshare.cells import Cell
from crimeshare.measures import formulas
from crimeshare.measures.design import summarise_design_factors
from crimeshare.measures.provenance import named_cells
from crimeshare.measures.published_changes import add_agreement
from crimeshare.measures.survey import NEAR
from crimeshare.periods import MONTHS
from crimeshare.publish.elements import prose
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.provenance import registry
from crimeshare.publish.elements.reading import hashes as all_hashes
from crimeshare.publish.elements.reading import read
from crimeshare.publish.elements.rows import Row, counted, figure, over, rows
from crimeshare.publish.elements.tables import Content, Table, table
from crimeshare.publish.elements.words import Words
from crimeshare.publish.subjects import surveyed
from crimeshare.publish.subjects.estimates import year_of
from crimeshare.publish.subjects.survey_pages import STALKING
from crimeshare.publish.subjects.surveyed import changes, level_figure, series
from crimeshare.reference import NATION, fraud_totals
from crimeshare.tables.labels import plain

WORDS = Words(Path(__file__).with_name("words") / "methods.md.j2")

ORDER = ("prevalence", "victims", "incidence_rate", "incidents")
"""Of the statistics in a table."""

UNITS = {"persons": "people", "households": "households"}

APPROXIMATED = {"theft", "headline_excluding_fraud", "headline_including_fraud"}
"""Totals of people and households together, which ONS tests by an approximation."""


# ---------------------------------------------------------------- design factors


def published_factors() -> pd.DataFrame:
    """Design factors of published standard errors, by edition and sex."""
    every = read("prevalence", basis="published_se", age="16+")
    found = summarise_design_factors(every, ["release_id", "sex"])
    return found.assign(table="published_design_factors")


def factors_of_flags() -> pd.DataFrame:
    """Design factors read off verdicts; those of one design have it in the names of figures."""
    every = read("design_factors")
    return every.assign(under=("." + every["design"]).where(every["design"].ne("mixed"), ""))


def design_factor_table() -> Table:
    """Design factors by edition, for people and households, from either way to find them."""
    held: list[list[Content]] = []
    for row in rows(published_factors()):
        who = survey_words.who(row["sex"], "16+")
        of, ends, compared, read_off = WORDS.points("published_factor", row=row, who=who)
        name = _edition(row["release_id"])
        held.append([name, of, figure(row, "mean"), ends, row.estimates, compared, read_off])
    for row in rows(factors_of_flags()):
        level = level_figure(row["level"])
        of, ends, read_off = WORDS.points("factor", row=row, level=level)
        name = _edition(row["release_id"])
        held.append([name, of, row.factor, ends, row.measures, row.comparisons, read_off])
    return Table.worded(WORDS.points("design_factor_table"), held, wide=True)


def restart_sentence(published: pd.DataFrame, flags: pd.DataFrame) -> str:
    """What the restart of the survey did to the factor, for people and for households.

    Of the newest edition that tells both designs apart.
    """
    *_, before = rows(published[published["sex"].eq("all")])
    old = figure(before, "mean")
    apart = flags[flags["design"].ne("mixed")]
    cases = apart.groupby("release_id").size()
    complete = sorted(cases[cases.eq(2 * len(UNITS))].index)
    if not complete:
        return WORDS.passage("restart", old=old, factors=None)
    found = rows(apart[apart["release_id"].eq(complete[-1])])
    factors = {(row["units"], row["design"]): row for row in found}
    earlier = factors["persons", "earlier"]
    return WORDS.passage(
        "restart",
        old=old,
        factors=factors,
        edition=_edition(complete[-1]),
        borne_out=earlier["lower"] <= before["mean"] <= earlier["upper"],
    )


def _edition(release_id: str) -> str:
    """An edition by its year; a table that is no edition of the registry by its name as well."""
    release = registry().get(release_id)
    if release:
        return escape(prose.lower_first(release.edition))
    year, month = map(int, release_id[-7:].split("-"))
    name = release_id[:-8].replace("-", " ")
    return f"{escape(name)}, year ending {MONTHS[month - 1]} {year}"


# ---------------------------------------------------------------- ONS's own verdicts


def checked(agreement: pd.DataFrame, *, furthest: bool = False) -> pd.DataFrame:
    """Agreement on each edition with the factors of another; nothing where one is alone.

    Args:
        agreement: rows of ``flag_agreement``.
        furthest: the other is the edition furthest in time, not the nearest.
    """
    releases = sorted(agreement["release_id"].unique())
    if len(releases) < 2:
        return agreement.head(0)
    other = {release: other_release(release, releases, furthest=furthest) for release in releases}
    return agreement[agreement["estimated_on"].eq(agreement["release_id"].map(other))]


def other_release(release_id: str, releases: Sequence[str], *, furthest: bool = False) -> str:
    """The other release whose period is nearest, or furthest; ids end in year and month."""

    def months(name: str) -> int:
        year, month = name[-7:].split("-")
        return 12 * int(year) + int(month)

    others = [other for other in releases if other != release_id]
    choose = max if furthest else min
    return choose(others, key=lambda other: abs(months(other) - months(release_id)))


def agreement_sentence(agreement: pd.DataFrame) -> str:
    """How far the project's verdicts are ONS's, over all editions and measures.

    And what guessing would score: where it is of little use, the project shows how well it does.
    """
    found = checked(agreement)
    if found.empty:
        return WORDS.passage("agreement", alone=True)
    shares = found[found["statistic"].eq("prevalence")]
    return WORDS.passage(
        "agreement",
        alone=False,
        shares=added(shares, "prevalence"),
        every=added(found, "all"),
        of={units: added(shares[shares["units"].eq(units)], units=units) for units in UNITS},
        within=shares["within"].any(),
    )


def distant_agreement_sentence(agreement: pd.DataFrame) -> str:
    """How well factors of the edition furthest in time do; nothing where there is one alone."""
    found = checked(agreement, furthest=True)
    if found.empty:
        return ""
    return WORDS.passage(
        "distant_agreement",
        shares=added(found[found["statistic"].eq("prevalence")], "prevalence.furthest"),
        every=added(found, "all.furthest"),
    )


def added(found: pd.DataFrame, name: str = "", units: str = "") -> Row:
    """Several rows of the agreement as one; its figures are called after `name` or `units`."""
    return Row(add_agreement(rows(found)) | {"table": "agreement", "name": name, "units": units})


def agreement_table(agreement: pd.DataFrame) -> Table | None:
    """Agreement for each edition and kind of measure; None where one edition is alone."""
    found = checked(agreement)
    if found.empty:
        return None
    held: list[list[Content]] = []
    for place, row in enumerate(rows(found)):
        name = f"{row['release_id']}.{row['statistic']}.{row['units']}"
        one = added(found.iloc[[place]], name)
        held.append(
            [
                _edition(row["release_id"]),
                _edition(row["estimated_on"]),
                WORDS.passage("units_and_statistic", units=row.units, statistic=row.statistic),
                row.factor,
                one.comparisons,
                one.agreement,
                one.near_threshold,
                one.agreement_near,
                one.agreement_elsewhere,
            ]
        )
    return Table.worded(WORDS.points("agreement_table"), held, wide=True)


def unlike(agreement: pd.DataFrame, disagreements: pd.DataFrame) -> pd.DataFrame:
    """The disagreements away from the threshold, with the factors of the nearest edition."""
    pairs = checked(agreement)[["release_id", "estimated_on"]].drop_duplicates()
    found = disagreements.merge(pairs, on=["release_id", "estimated_on"])
    return found[found["test_ratio"].sub(1).abs().gt(NEAR)]


def disagreement_table(found: pd.DataFrame) -> Table | None:
    """Disagreements measure by measure, with what explains them; None for none."""
    if found.empty:
        return None
    measure = ["release_id", "statistic", "units", "measure_id"]
    far = found.assign(far=found["test_ratio"].sub(1).abs(), of=found["statistic"].map(ORDER.index))
    furthest = far.groupby(measure, sort=False)["far"].transform("max")
    order = far.assign(far=furthest).drop_duplicates(measure)
    shown = order.sort_values("far", ascending=False, kind="stable").head(SHOWN)
    shown = shown.sort_values(["release_id", "of", "units", "measure_id"], kind="stable")
    cells = {key: list(own["cells"]) for key, own in found.groupby(measure)}
    letters: dict[str, str] = {}

    def number_of(row: Row) -> Figure:
        key = tuple(row[name] for name in measure)
        return _all_of(cells[key], "comparisons", len(cells[key]), f"{'.'.join(key)}.comparisons")

    def letter(row: Row) -> str:
        return letters.setdefault(explained(row), chr(ord("A") + len(letters)))

    for row in rows(shown):
        letter(row)
    every = [cell for own in cells.values() for cell in own]
    return table(
        shown,
        [
            lambda row: WORDS.passage(
                "units_and_statistic",
                units=survey_words.measure(row["measure_id"]),
                statistic=row["statistic"],
            ),
            number_of,
            WORDS.of("disagreed"),
            "factor",
            lambda row: f"{row.own_factor_low} to {row.own_factor_high}",
            letter,
        ],
        label=lambda row: _edition(row["release_id"]),
        words=WORDS.points(
            "disagreement_table",
            explanations=letters,
            number=_all_of(every, "measures", len(cells), "measures"),
            more=len(cells) > SHOWN,
        ),
        wide=True,
    )


def _all_of(cells: Iterable[str], what: str, number: int, name: str) -> Figure:
    """How many there are in some rows, which it rests on all of."""
    hashes = all_hashes("flag_disagreements")
    named = (Cell.named(cell, hashes) for each in cells for cell in named_cells(each))
    return counted(f"disagreement.{name}", what, number, named)


SHOWN = 25
"""Measures that the page shows of those with disagreements."""


def explained(row: Mapping[str, Any]) -> str:
    """Why a verdict away from the threshold is not ONS's.

    Raises:
        ValueError: where the range of the measure's own factors holds the one used, which explains
            nothing.
    """
    low, high, factor = (row[name] for name in ("own_factor_low", "own_factor_high", "factor"))
    if low <= factor <= high:
        raise ValueError(f"the range {low} to {high} holds the factor {factor}")
    reason = surveyed.WORDS.passage(
        "switch",
        larger=low > factor,
        units=UNITS[row["units"]],
        incidents=row["statistic"] in ("incidence_rate", "incidents"),
    )
    return WORDS.passage("explained", reason=reason, approximated=row["measure_id"] in APPROXIMATED)


# ---------------------------------------------------------------- assumed bases


def assumption_checked() -> str:
    """Whether ONS's own verdicts on stalking are possible under the assumed bases.

    A change that ONS calls significant is longer than half its interval, one that it does not is
    shorter.
    """
    told = []
    for change in rows(changes(series(STALKING))):
        if change["published_significance"] is None:
            continue
        half = (change["upper"] - change["lower"]) / 2
        # A part of the change's size, whichever its direction.
        size = abs(change["difference"])
        first, last = change.upper.figure_id, change.lower.figure_id
        if change["difference"] < 0:
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
        fits = _fit(half, size, change["published_significance"])
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
        f"<dt>{escape(name.format('...'))}</dt><dd>{prose.upper_first(kind['meaning'])}.</dd>"
        for name, kind in verdicts.kinds().items()
    ]
    return f"<dl>{''.join(items)}</dl>{hedge_list()}"


def hedge_list() -> str:
    """How far the words before a number widen or bound it, as the audit reads them."""
    alike: dict[tuple[str, float | None, float | None], list[str]] = {}
    for words, hedge in hedges().items():
        key = (hedge.meaning, hedge.number, hedge.part)
        alike.setdefault(key, []).append(words)
    still: dict[str, list[str]] = {}
    for words, most in listed("same").items():
        still.setdefault(most, []).append(words)
    return WORDS.passage(
        "hedges",
        still=[(", ".join(sorted(words)), float(most)) for most, words in still.items() if most],
        alike=[
            {"words": ", ".join(filter(None, words)), "meaning": meaning, "most": (number, part)}
            for (meaning, number, part), words in alike.items()
        ],
    )


# ---------------------------------------------------------------- with fraud

YEARS_WITH_FRAUD = 8
WITH_FRAUD = "with_fraud"


def share_with_fraud(offence_id: str) -> Table | None:
    """The group's share of crime with fraud, in England and Wales; None where no table has it."""
    decimals = year_of(offence_id, NATION).share.decimals
    every = read("recorded_offence_codes", table="offence_codes").sort_values("release_id")
    totals = fraud_totals()
    names = (
        row["offence_id"] or totals.get(plain(row["offence"]), ("",))[0] for row in rows(every)
    )
    # Of a year that several editions have, the newest counts.
    newest = {(row["period_end"], name): row for row, name in zip(rows(every), names, strict=True)}
    wanted = (offence_id, "total", WITH_FRAUD)
    held = [
        [newest.get((end, name)) for name in wanted]
        for end in sorted({end for end, name in newest if name in wanted})[-YEARS_WITH_FRAUD:]
    ]
    shown: list[list[Content]] = [
        [
            prose.month(own["period_end"]),
            _share(f"share_without_fraud.{offence_id}", own, whole, decimals),
            _share(f"share_with_fraud.{offence_id}", own, with_fraud, decimals),
        ]
        for own, whole, with_fraud in held
        if own and whole and with_fraud
    ]
    return Table.worded(WORDS.points("share_with_fraud_table"), shown) if shown else None


def _share(name: str, group: Row, whole: Row, decimals: int) -> Figure:
    """A count of a table over another of the same year."""
    cells = Cell.of(group), Cell.of(whole)
    empty = group["count"] is None or whole["count"] is None
    value = None if empty else group["count"] / whole["count"]
    formula = formulas.ratio(*(cell.name for cell in cells))
    marker = "unavailable" if empty else None
    figure_id = f"{name}.{group['period_end']:%Y-%m}"
    return Figure(figure_id, value, "proportion", cells, formula, marker, decimals=decimals)
