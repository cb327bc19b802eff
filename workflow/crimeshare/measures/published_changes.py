"""What the publisher's own verdicts on changes say: design factors, and whether ours agree.

Every comparison of two years that is published with or without a significance flag is put
beside the standard error a simple random sample would have had.  Where the flags switch on
gives the design factor (:mod:`crimeshare.measures.design`); with the factor of one edition the
comparisons of another are judged again, and the verdicts compared.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from crimeshare.columns import held
from crimeshare.measures.design import (
    CRITICAL,
    FLAG_LEVEL,
    design_factor_from_flags,
    simple_random_error,
    switch_ranges,
    unround,
)
from crimeshare.measures.factors import factors_in_use
from crimeshare.measures.intervals import WrongArgument
from crimeshare.measures.provenance import cell_names, cells_of_rows, compared_cells, keyed
from crimeshare.measures.survey import add_changes, flag_agreement
from crimeshare.measures.trend import segments
from crimeshare.measures.two_designs import design_factors_of_two_designs

# Prevalence is published to a tenth of a per cent.
_HALF_STEP = 0.0005
_PERSONS = "person_16_plus"

_JUDGED = ["difference", "standard_error", "significant", "published_significance"]


def compare(comparisons: pd.DataFrame) -> pd.DataFrame:
    """Return the comparisons with ``difference``, ``simple_random_se`` and ``units``.

    Input as the clean table ``survey_comparisons``.  For ``prevalence`` both figures are given
    back the digits that rounding took: the changes of one measure are published in full, and
    its latest figure is the one they all agree on (:func:`~crimeshare.measures.design.unround`);
    comparisons whose published change does not belong to the two figures are left out.  The
    simple random error is binomial for ``prevalence`` and ``victims``, and Poisson for
    ``incidence_rate`` and ``incidents``: as if each incident had its own victim, so that the
    design factor of those holds repeat victimisation too.  Numbers (``victims``,
    ``incidents``) take their relative error from the proportion or rate of the same measure
    and years, and are left out where there is none.
    """
    rows = comparisons.assign(
        units=np.where(comparisons["unit_base"] == _PERSONS, "persons", "households")
    )
    prevalence = _unrounded(rows[rows["statistic"] == "prevalence"])
    rates = rows[rows["statistic"] == "incidence_rate"]
    parts = [
        prevalence.assign(
            simple_random_se=simple_random_error(
                prevalence["value"],
                prevalence["n"],
                prevalence["previous_value"],
                prevalence["previous_n"],
            )
        ),
        rates.assign(
            simple_random_se=np.sqrt(
                rates["value"] / rates["n"] + rates["previous_value"] / rates["previous_n"]
            )
        ),
        _numbers(rows[rows["statistic"] == "victims"], prevalence, binomial=True),
        _numbers(rows[rows["statistic"] == "incidents"], rates, binomial=False),
    ]
    compared = pd.concat(parts, ignore_index=True)
    return compared.assign(difference=compared["value"] - compared["previous_value"])


def _unrounded(rows: pd.DataFrame) -> pd.DataFrame:
    """Prevalence comparisons with the digits that the changes give away."""
    gap = rows["value"] - rows["previous_value"] - rows["published_change"]
    # Both figures may be rounded, each by half a step.
    rows = rows[gap.abs() <= 2 * _HALF_STEP + 1e-9]
    latest = pd.Series(index=rows.index, dtype=float)
    for _, group in rows.groupby(["release_id", "measure_id"], sort=False):
        value = float(group["value"].iloc[0])
        step = _HALF_STEP if _is_rounded(value) else 0.0
        low, high = unround(group["previous_value"], group["published_change"], _HALF_STEP)
        low, high = max(low, value - step), min(high, value + step)
        latest[group.index] = (low + high) / 2 if low <= high else value
    previous = (latest - rows["published_change"]).clip(lower=0.0)
    return rows.assign(value=latest, previous_value=previous)


def _is_rounded(value: float) -> bool:
    steps = value / (2 * _HALF_STEP)
    return abs(steps - round(steps)) < 1e-9


def _numbers(rows: pd.DataFrame, figures: pd.DataFrame, *, binomial: bool) -> pd.DataFrame:
    """Numbers of victims or incidents, with the relative error of their proportion or rate."""
    key = ["release_id", "measure_id", "previous_period_end"]
    joined = rows.merge(
        figures[[*key, "value", "previous_value"]].rename(
            columns={"value": "rate", "previous_value": "previous_rate"}
        ),
        on=key,
        validate="1:1",
    )

    def variance(value: str, rate: str, n: str) -> pd.Series:
        spread = (1 - joined[rate]) if binomial else 1.0
        return joined[value] ** 2 * spread / (joined[rate] * joined[n])

    both = variance("value", "rate", "n") + variance(
        "previous_value", "previous_rate", "previous_n"
    )
    return joined.assign(simple_random_se=np.sqrt(both)).drop(columns=["rate", "previous_rate"])


def estimate_design_factors(
    compared: pd.DataFrame, restarts: Sequence[date] = (), level: float = 0.95
) -> pd.DataFrame:
    """Return the design factor of each release, statistic and kind of unit, from its flags.

    A flag weighs the latest year against an earlier one, so one factor for all comparisons of an
    edition mixes the designs of both (``design`` is ``mixed``).  Where an edition compares its
    latest year with years on both sides of a restart of the survey (``restarts``, first days of new
    designs), its flags on prevalence also tell the factor of the ``latest`` design and that of the
    ``earlier`` one.  They are found together, without a ``spread`` of their own.

    Returns:
        The columns of ``design_factors``.  A group whose flags are all alike tells no factor and
        has no row.
    """
    rows: list[dict[str, object]] = []
    for (release, statistic, units), group in compared.groupby(
        ["release_id", "statistic", "units"], sort=True
    ):
        place = {"release_id": release, "statistic": statistic, "units": units}
        evidence = {
            "measures": group["measure_id"].nunique(),
            "comparisons": int(group["difference"].notna().sum()),
            "basis": "significance_flags",
            "formula": "the factor beyond which ONS calls changes significant",
            "cells": keyed("survey_comparisons", str(release), str(statistic), str(units)),
        }
        try:
            mixed = design_factor_from_flags(
                group["difference"],
                group["simple_random_se"],
                group["published_significance"],
                group["measure_id"],
                level=level,
            )
        except WrongArgument:
            continue
        rows.append(place | {"design": "mixed"} | evidence | mixed)
        if statistic == "prevalence":
            rows += [place | found | evidence for found in _by_design(group, restarts, level)]
    return pd.DataFrame(rows, columns=held("design_factors"))


def _by_design(
    group: pd.DataFrame, restarts: Sequence[date], level: float
) -> list[dict[str, object]]:
    """The factors of the latest design and of the one before, where the flags tell them apart."""
    latest = pd.Timestamp(group["period_end"].max())
    since = max((day for day in map(pd.Timestamp, restarts) if day <= latest), default=None)
    if since is None:
        return []
    across = pd.to_datetime(group["previous_period_end"]) < since
    variance = _binomial_variance(group["value"], group["n"])
    previous = _binomial_variance(group["previous_value"], group["previous_n"])
    try:
        now, before = design_factors_of_two_designs(
            group["difference"],
            variance,
            previous,
            across,
            group["published_significance"],
            group["measure_id"],
            level=level,
        )
    except WrongArgument:
        return []
    factor = np.where(across, before["factor"], now["factor"])
    error = np.sqrt(now["factor"] ** 2 * variance + factor**2 * previous)
    misplaced = (group["difference"].abs() > CRITICAL * error) != group["published_significance"]
    return [
        {"design": design, "spread": np.nan, "misplaced": int(misplaced.sum())} | found
        for design, found in (("latest", now), ("earlier", before))
    ]


def _binomial_variance(p: pd.Series, n: pd.Series) -> pd.Series:
    return p * (1 - p) / n


def retest_changes(
    compared: pd.DataFrame, used: pd.DataFrame, restarts: Sequence[date], level: float = 0.95
) -> pd.DataFrame:
    """Return every comparison of a prevalence tested anew, each year with its own design factor.

    ``used`` are the factors in use (:func:`crimeshare.measures.factors.factors_in_use`), those
    that the intervals of the two years rest on.  One row a comparison of ``compared`` whose years
    have a factor; see :func:`crimeshare.measures.survey.add_changes` for the columns.
    """
    prevalence = compared[compared["statistic"] == "prevalence"]
    return _judged(with_factors(prevalence, used, restarts), level)


def with_factors(
    compared: pd.DataFrame, used: pd.DataFrame, restarts: Sequence[date]
) -> pd.DataFrame:
    """Comparisons of prevalence with the ``factor`` of both years and the ``error`` it gives."""
    rows = compared.assign(
        design=segments(compared["period_end"], restarts),
        previous_design=segments(compared["previous_period_end"], restarts),
    )
    columns = ["release_id", "units", "design", "factor"]
    rows = rows.merge(used[columns], on=columns[:3]).merge(
        used[columns].rename(columns={"design": "previous_design", "factor": "previous_factor"}),
        on=["release_id", "units", "previous_design"],
    )
    variance = rows["factor"] ** 2 * _binomial_variance(rows["value"], rows["n"])
    previous = rows["previous_factor"] ** 2 * _binomial_variance(
        rows["previous_value"], rows["previous_n"]
    )
    return rows.assign(error=np.sqrt(variance + previous))


def _judged(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    return add_changes(
        rows.rename(columns={"value": "estimate", "previous_value": "previous_estimate"}),
        rows["error"],
        level=level,
        family=("release_id", "statistic", "previous_period_end"),
    )


def compute_flag_agreement(
    compared: pd.DataFrame,
    factors: pd.DataFrame,
    restarts: Sequence[date] = (),
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Judge every release's comparisons with the design factors of every release.

    Shares of victims are judged by the factor of each year's design, where the release that the
    factors come from tells the two apart; numbers and rates by its one factor for all flags.

    Only rows where the two releases differ are a check from outside.

    Returns:
        The columns of ``flag_agreement``, one row for each release judged, release the factor was
        estimated on, statistic and kind of unit; and those of ``flag_disagreements``, one row each.
        Where the range ``own_factor_low`` to ``own_factor_high`` leaves out the factor used, the
        measure's design is another than its group's.
    """
    summaries, disagreements = [], []
    now, before = (
        np.array(segments(compared[name], restarts))
        for name in ("period_end", "previous_period_end")
    )
    compared = compared.assign(within=now == before)
    every = {
        estimated_on: _judged(
            _with_factors_of(compared, factors, estimated_on, restarts), FLAG_LEVEL
        )
        for estimated_on in sorted(factors["release_id"].unique())
    }
    for judged, estimated_on in product(sorted(compared["release_id"].unique()), every):
        changes = every[estimated_on]
        changes = changes[changes["release_id"] == judged]
        for (statistic, units), group in changes.groupby(["statistic", "units"], sort=True):
            found, differing = flag_agreement(group)
            within, _ = flag_agreement(group.loc[group["within"], _JUDGED])
            flagged = group["published_significance"].astype(bool)
            factor = float(group["factor"].iloc[0])
            place = {
                "release_id": judged,
                "estimated_on": estimated_on,
                "statistic": statistic,
                "units": units,
            }
            summaries.append(
                place
                | {"factor": factor}
                | found
                | {
                    "flagged": int(flagged.sum()),
                    "within": within["comparisons"],
                    "agreeing_within": within["agreeing"],
                    "flagged_within": int(flagged[group["within"]].sum()),
                    "formula": "agreeing / comparisons",
                    "cells": keyed("survey_comparisons", judged, str(statistic), str(units)),
                }
            )
            # Where its own flags switch, in multiples of the error used.
            own = factor * switch_ranges(
                group["difference"],
                group["standard_error"],
                group["published_significance"],
                group["measure_id"],
            )
            disagreements.append(
                differing.assign(
                    **place,
                    own_factor_low=own["low"].reindex(differing["measure_id"]).to_numpy(),
                    own_factor_high=own["high"].reindex(differing["measure_id"]).to_numpy(),
                )
            )
    differing = pd.concat(disagreements, ignore_index=True)
    differing = differing.assign(formula=_difference(differing), cells=compared_cells(differing))
    return pd.DataFrame(summaries), differing.drop(
        columns=["design", "previous_design", "previous_factor", "error", "within"]
    )


def add_agreement(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Several rows of the agreement as one.

    Args:
        rows: as :func:`compute_flag_agreement` gives them.

    Returns:
        ``comparisons`` and ``near_threshold``, added up; ``agreement`` and ``flagged``, the parts
        of all comparisons on which both verdicts are the same and which ONS calls significant;
        ``agreement_near`` and ``agreement_elsewhere`` of those near the threshold and of the
        others; ``agreement_within`` and ``flagged_within`` of those between two years of the
        latest design; None for a part of no comparisons; ``formula`` and ``cells``.
    """

    def added(column: str) -> int:
        return sum(row[column] for row in rows)

    def part(number: int, of: int) -> float | None:
        return number / of if of else None

    comparisons, near, within = map(added, ("comparisons", "near_threshold", "within"))
    alike_elsewhere = sum(
        round(row["agreement_elsewhere"] * (row["comparisons"] - row["near_threshold"]))
        for row in rows
        if row["comparisons"] > row["near_threshold"]
    )
    return {
        "comparisons": comparisons,
        "near_threshold": near,
        "agreement": part(added("agreeing"), comparisons),
        "agreement_near": part(added("agreeing") - alike_elsewhere, near),
        "agreement_elsewhere": part(alike_elsewhere, comparisons - near),
        "flagged": part(added("flagged"), comparisons),
        "agreement_within": part(added("agreeing_within"), within),
        "flagged_within": part(added("flagged_within"), within),
        "formula": "agreeing / comparisons",
        "cells": cells_of_rows(row["cells"] for row in rows),
    }


def _difference(rows: pd.DataFrame) -> pd.Series:
    """What each change is: published in full of a prevalence, else that of two figures."""
    now, before = (
        cell_names(rows, "value_sheet", name) for name in ("value_cell", "previous_value_cell")
    )
    return (now + " - " + before).mask(
        rows["statistic"] == "prevalence", cell_names(rows) + " / 100"
    )


def _with_factors_of(
    rows: pd.DataFrame, factors: pd.DataFrame, estimated_on: str, restarts: Sequence[date]
) -> pd.DataFrame:
    """Comparisons with the factors that one release tells."""
    told = factors[factors["release_id"] == estimated_on]
    shares = rows[rows["statistic"] == "prevalence"]
    used = factors_in_use(told, None, shares["release_id"].unique(), restarts)
    mixed = told.loc[told["design"] == "mixed", ["statistic", "units", "factor"]]
    others = rows[rows["statistic"] != "prevalence"].merge(mixed, on=["statistic", "units"])
    return pd.concat(
        [
            with_factors(shares, used, restarts),
            others.assign(error=others["factor"] * others["simple_random_se"]),
        ],
        ignore_index=True,
    )
