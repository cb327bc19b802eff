"""Which design factor each year of the survey is given, by the best evidence there is.

Intervals and tests take the same one: the change between two years has the standard errors of the
two years' own intervals.
"""

from collections.abc import Iterable, Sequence
from datetime import date

import pandas as pd

from crimeshare.measures.design import design_factors
from crimeshare.measures.provenance import keyed
from crimeshare.measures.trend import segments

PERSONS = "person_16_plus"

_COLUMNS = ["units", "design", "factor", "factor_lower", "factor_upper", "formula", "cells"]


def restarts_of(breaks: pd.DataFrame) -> list[date]:
    """First days of new designs of the survey: the breaks that touch every measure."""
    days: list[date] = breaks.loc[breaks["applies_to"] == "*", "first_day"].dt.date.tolist()
    return days


def units_of(unit_base: pd.Series) -> pd.Series:
    """Whether a measure is of ``persons`` or of ``households``."""
    return unit_base.map(lambda base: "persons" if base == PERSONS else "households")


def published_factors(estimates: pd.DataFrame, restarts: Sequence[date]) -> pd.DataFrame:
    """Return the factors that published standard errors tell, one row a kind of unit and design.

    ``estimates`` is the clean table ``survey_estimates``; those of everybody count.  Columns
    ``units``, ``design`` (its place in the order of designs, from 0), ``factor`` (the mean over
    measures), ``factor_lower`` and ``factor_upper`` (their range).
    """
    everybody = estimates[(estimates["sex"] == "all") & (estimates["age"] == "16+")]
    seen = everybody.assign(
        factor=design_factors(
            everybody["estimate"], everybody["standard_error"], everybody["n_unweighted"]
        ),
        units=units_of(everybody["unit_base"]),
        design=segments(everybody["period_end"], restarts),
    ).dropna(subset="factor")
    found = seen.groupby(["units", "design"], as_index=False).agg(
        factor=("factor", "mean"), factor_lower=("factor", "min"), factor_upper=("factor", "max")
    )
    found["formula"] = "mean of the design factors that published standard errors tell"
    found["cells"] = keyed("survey_estimates", "", "all", "16+", found["units"])
    return found[_COLUMNS]


def factors_in_use(
    factors: pd.DataFrame,
    published: pd.DataFrame | None,
    releases: Iterable[str],
    restarts: Sequence[date],
) -> pd.DataFrame:
    """Return the factor of each release, kind of unit and design of the survey.

    The mean of published standard errors where there are any for that design; else what the flags
    of the release itself tell of it, else those of the latest release that tell it; else the one
    factor of all flags of the release, else of the latest.

    Args:
        factors: as :func:`crimeshare.measures.published_changes.estimate_design_factors` gives
            them.
        published: as :func:`published_factors` gives them, or none.
        restarts: first days of new designs of the survey.

    Returns:
        The columns of ``factors_in_use``; no row where nothing tells a factor.
    """
    told = factors[factors["statistic"] == "prevalence"].rename(
        columns={"lower": "factor_lower", "upper": "factor_upper"}
    )
    mixed = told[told["design"] == "mixed"]
    apart = told[told["design"] != "mixed"]
    latest = [
        segments([pd.Period(release[-7:], "M").end_time.date()], restarts)[0]
        for release in apart["release_id"]
    ]
    apart = apart.assign(design=latest - (apart["design"] == "earlier").astype(int))
    parts = []
    for release in sorted(set(releases)):
        for design in range(len(restarts) + 1):
            choices = [
                *([published[published["design"] == design]] if published is not None else []),
                *_own_then_latest(apart[apart["design"] == design], release),
                *(part.assign(design=design) for part in _own_then_latest(mixed, release)),
            ]
            chosen = pd.concat([choice[_COLUMNS] for choice in choices]).drop_duplicates("units")
            parts.append(chosen.assign(release_id=release))
    return pd.concat(parts, ignore_index=True)[["release_id", *_COLUMNS]]


def _own_then_latest(told: pd.DataFrame, release_id: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What a release tells itself, and what the latest one does; ids end in year and month."""
    order = told.assign(month=told["release_id"].str[-7:]).sort_values("month", kind="stable")
    return told[told["release_id"] == release_id], order.drop_duplicates("units", keep="last")
