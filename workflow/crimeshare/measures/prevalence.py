"""How common a crime is: every published proportion with its interval and what it rests on.

The basis of an interval is one of three, and every row says which: a ``published_se``; a
published base with a ``design_factor`` read off the publisher's own verdicts; or an
``assumed_base``, where not even the base is published and an interval is only as good as the
assumption, so that there is one for each scenario.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from crimeshare import survey_words
from crimeshare.columns import held
from crimeshare.measures import formulas
from crimeshare.measures.assumed_bases import SCENARIOS, Assumptions
from crimeshare.measures.design import design_factors
from crimeshare.measures.factors import PERSONS, units_of
from crimeshare.measures.intervals import Floats, as_floats, proportion_interval
from crimeshare.measures.provenance import cell_names, compared_cells, enclosed, listed
from crimeshare.measures.survey import add_changes, add_verdicts, error_of_change
from crimeshare.measures.trend import segments
from crimeshare.periods import MONTHS

METHOD = "wilson"

WHO = ["measure_id", "sex", "age", "characteristic"]


def compute_prevalence(
    estimates: pd.DataFrame,
    factors: pd.DataFrame,
    assumptions: Assumptions,
    restarts: Sequence[date],
    level: float = 0.95,
) -> pd.DataFrame:
    """Return every estimate with its interval, level, method and basis.

    Args:
        factors: the design factors in use, as :func:`crimeshare.measures.factors.factors_in_use`
            gives them.
        assumptions: for rows with neither standard error nor base: they have one row for each
            scenario.
        restarts: first days of new designs of the survey.

    Returns:
        The columns of ``prevalence``.  ``standard_error`` of rows without a published one is
        ``design_factor * sqrt(p(1-p)/n)``; 0 is kept as published.
    """
    rows = _in_scenarios(estimates)
    known = rows["n_unweighted"].notna()
    published = rows["standard_error"].notna() & known
    basis = np.select([published, known], ["published_se", "design_factor"], default="assumed_base")
    n = rows["n_unweighted"].where(known, _assumed_bases(rows, assumptions))
    implied = design_factors(rows["estimate"], rows["standard_error"], n)
    used = rows.assign(
        units=units_of(rows["unit_base"]), design=segments(rows["period_end"], restarts)
    ).merge(factors, on=["release_id", "units", "design"], how="left")
    p = as_floats(rows["estimate"])
    own = published & ~np.isnan(implied)
    factor = np.where(own, implied, used["factor"])
    # Nobody in a rounded or sampled figure is not certainty: 0 stands only where published.
    spread = np.where((p > 0) & (p < 1), factor * np.sqrt(p * (1 - p) / n), np.nan)
    error = np.where(published, rows["standard_error"], spread)

    def limits(design_factor: Floats) -> tuple[Floats, Floats]:
        return proportion_interval(
            p,
            se=np.where(published, error, np.nan),
            n=n,
            design_factor=design_factor,
            level=level,
            method=METHOD,
        )

    lower, upper = limits(factor)
    lower_widest, upper_widest = limits(np.where(known, factor, used["factor_upper"]))
    computed = rows.assign(
        **_looked_up(rows),
        standard_error=error,
        n_assumed=n.mask(known),
        design_factor=factor,
        design_factor_lower=used["factor_lower"].mask(own),
        design_factor_upper=used["factor_upper"].mask(own),
        basis=basis,
        lower=lower,
        upper=upper,
        lower_widest=lower_widest,
        upper_widest=upper_widest,
        level=level,
        method=METHOD,
    )
    return computed.assign(printed=_printed(computed))[held("prevalence")]


def _looked_up(rows: pd.DataFrame) -> dict[str, pd.Series]:
    """Formula and cell of each estimate, or what was looked up in a publication without cells.

    Workbooks give proportions in per cent.
    """
    cell = cell_names(rows)
    what = rows["measure_id"].map(survey_words.measure) + ", " + rows["sex"] + ", " + rows["age"]
    ends = rows["period_end"].drop_duplicates()
    words = {end: f", year ending {MONTHS[end.month - 1]} {end.year}" for end in ends}
    named = cell_names(rows.assign(what=what), "source", "what")
    looked_up = "[" + rows["release_id"] + "]" + what + rows["period_end"].map(words)
    return {"formula": formulas.of_per_cent(cell).fillna(looked_up), "cells": cell.fillna(named)}


def _in_scenarios(estimates: pd.DataFrame) -> pd.DataFrame:
    rows = estimates.reset_index(drop=True)
    known = rows["n_unweighted"].notna()
    parts = [
        rows.assign(scenario=pd.Series(pd.NA, rows.index, dtype="str"))[known],
        *(rows[~known].assign(scenario=scenario) for scenario in SCENARIOS),
    ]
    return pd.concat(parts).sort_index(kind="stable").reset_index(drop=True)


def _assumed_bases(rows: pd.DataFrame, assumptions: Assumptions) -> pd.Series:
    return pd.Series(
        [
            np.nan if pd.isna(scenario) else assumptions.base(sex, age, day.date(), scenario)
            for sex, age, day, scenario in zip(
                *(rows[name] for name in ("sex", "age", "period_end", "scenario")), strict=True
            )
        ],
        index=rows.index,
        dtype=float,
    )


def _printed(rows: pd.DataFrame) -> pd.Series:
    """Whether a row is the widest of its estimate's scenarios, the first where they are alike."""
    widest = (
        rows.assign(width=rows["upper"] - rows["lower"])
        .sort_values("width", ascending=False, kind="stable")
        .drop_duplicates(["release_id", *WHO, "period_end"])
    )
    return pd.Series(rows.index.isin(widest.index), index=rows.index)


def compute_survey_changes(
    changes: pd.DataFrame,
    prevalence: pd.DataFrame,
    estimates: pd.DataFrame,
    breaks: pd.DataFrame,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return every change of a proportion between two years, tested, with what it rests on.

    ``changes`` are those the publisher compared itself, tested by
    :func:`crimeshare.measures.published_changes.retest_changes`; to them come the changes between
    any two years of the other series, whose ``basis`` is the weaker of their two estimates', each
    under the scenario that is printed, the one with the wider interval.  ``breaks`` names what
    makes two years not comparable (:func:`name_breaks`).

    Returns:
        The columns of ``survey_changes``; see :func:`crimeshare.measures.survey.verdict_on_change`.
    """
    published = changes.assign(
        sex="all",
        age=lambda rows: np.where(rows["unit_base"] == PERSONS, "16+", "all"),
        characteristic="all",
        basis="design_factor",
        scenario=None,
        # The change is published in full, where the two estimates are rounded.
        formula=formulas.of_per_cent(cell_names(changes)),
        cells=compared_cells(changes),
    )
    compared = changes["measure_id"].unique()
    others = prevalence[
        ~prevalence["measure_id"].isin(compared) & (prevalence["basis"] != "published_se")
    ]
    tested = _changes_between_any_years(others, estimates, level)
    both = add_verdicts(pd.concat([published, tested], ignore_index=True).assign(level=level))
    return both.assign(breaks=name_breaks(both, breaks))[held("survey_changes")]


def _changes_between_any_years(
    prevalence: pd.DataFrame, estimates: pd.DataFrame, level: float
) -> pd.DataFrame:
    """The changes between any two years of every series.

    A series is one measure, sex, age and characteristic; of a year published twice the later
    release counts.  ``release_id`` of a change is that of its later year;
    ``published_significance`` is ONS's verdict where it gave one on these two years
    (``estimates`` holds it at the earlier year, in the release that compared them).  Two years
    that overlap share interviews, and their correlation is taken as the part they share.
    """
    rows = latest_vintages(prevalence)
    pairs = rows.merge(rows, on=WHO, suffixes=("", "_previous"))
    pairs = pairs[pairs["period_end"] > pairs["period_end_previous"]].rename(
        columns={"period_end_previous": "previous_period_end"}
    )
    pairs = pairs.rename(columns={"estimate_previous": "previous_estimate"})
    sides = enclosed(pairs["formula"]), enclosed(pairs["formula_previous"])
    pairs["formula"] = formulas.difference(*sides)
    pairs["cells"] = listed(pairs["cells"], pairs["cells_previous"])

    changes = add_changes(
        pairs.drop(columns=["standard_error"]),
        error_of_change(
            pairs["standard_error"],
            pairs["standard_error_previous"],
            correlation=_shared_part(pairs["period_start"], pairs["previous_period_end"]),
        ),
        level=level,
        family=(*WHO, "period_end"),
    )
    return changes.assign(
        published_significance=_published_verdicts(changes, estimates),
        basis=np.where(
            (changes[["basis", "basis_previous"]] == "assumed_base").any(axis=1),
            "assumed_base",
            changes["basis"],
        ),
    )


def latest_vintages(prevalence: pd.DataFrame) -> pd.DataFrame:
    """Return one row a year of each series, that of the latest release, in the order of years.

    A series is one measure, sex, age and characteristic.  Release ids end in year and month.  Of
    the scenarios of an estimate the one that is printed counts.
    """
    rows = (
        prevalence[prevalence["printed"]]
        .assign(vintage=lambda rows: rows["release_id"].str[-7:])
        .sort_values([*WHO, "period_end", "vintage"], kind="stable")
    )
    return rows.drop_duplicates([*WHO, "period_end"], keep="last").drop(columns="vintage")


def _shared_part(later_start: pd.Series, earlier_end: pd.Series) -> Floats:
    """The part of twelve months that two years share, by the later's start and earlier's end."""
    days = (earlier_end - later_start).dt.days.to_numpy() + 1
    return np.clip(days / 365.25, 0.0, None)


def _published_verdicts(changes: pd.DataFrame, estimates: pd.DataFrame) -> pd.Series:
    latest = estimates.groupby(["release_id", *WHO])["period_end"].transform("max")
    judged = estimates[estimates["published_significance"].notna()].assign(latest=latest)
    verdicts = judged.drop_duplicates([*WHO, "latest", "period_end"], keep="last").set_index(
        [*WHO, "latest", "period_end"]
    )["published_significance"]
    keys = pd.MultiIndex.from_frame(changes[[*WHO, "period_end", "previous_period_end"]])
    return pd.Series(verdicts.reindex(keys).to_numpy(), index=changes.index, dtype="boolean")


def name_breaks(changes: pd.DataFrame, breaks: pd.DataFrame) -> pd.Series:
    """Return the names of the breaks between the two years of each change, or missing.

    ``breaks`` has ``first_day``, ``applies_to`` (a measure and those whose names begin with it, or
    ``*``) and ``name``.  A change across a break is shown, but it is not only a change in crime.
    """

    known = list(zip(breaks["applies_to"], breaks["first_day"], breaks["name"], strict=True))
    names = []
    for measure, *years in zip(
        changes["measure_id"], changes["previous_period_end"], changes["period_end"], strict=True
    ):
        crossed = [
            name
            for applies_to, first_day, name in known
            if (applies_to == "*" or measure.startswith(applies_to))
            and len(set(segments(years, [first_day]))) > 1
        ]
        names.append("; ".join(crossed) or None)
    return pd.Series(names, index=changes.index, dtype=str)
