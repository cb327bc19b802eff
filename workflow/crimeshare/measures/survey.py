"""Survey estimates and their changes, each with its uncertainty.

An estimate never leaves here without its interval, level, method and basis; a change never
without its standard error, its test and the smallest change the survey could have found.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from crimeshare.measures.design import CRITICAL
from crimeshare.measures.intervals import (
    Floats,
    Numbers,
    WrongArgument,
    as_floats,
    effective_sample_size,
)

POWER = 0.8


def error_of_change(
    standard_error: Numbers, previous_standard_error: Numbers, correlation: Numbers = 0.0
) -> Floats:
    """Return the standard error of a change from those of its two estimates.

    ``correlation`` between the two estimates is 0 for separate samples, the survey's usual
    case: each year interviews other people.  Two periods that overlap share interviews, and the
    correlation is then the shared interviews over the geometric mean of the two bases (for
    rolling years of equal size, the shared months over 12); taking it for 0 would overstate the
    standard error of the change and hide real ones.  Clusters kept from one year to the next add
    a little more, which nothing published lets one estimate.

    NaN where either standard error is missing or 0: no victims is not certainty.  Raises
    :class:`WrongArgument` unless the correlation lies between -1 and 1.
    """
    shared = as_floats(correlation)
    if np.any(np.abs(shared) >= 1):
        raise WrongArgument("a correlation of two estimates lies between -1 and 1")
    now, then = (
        np.where((given := as_floats(value)) > 0, given, np.nan)
        for value in (standard_error, previous_standard_error)
    )
    error: Floats = np.sqrt(now**2 + then**2 - 2 * shared * now * then)
    return error[()]


def add_changes(
    pairs: pd.DataFrame,
    standard_error: Numbers,
    level: float = 0.95,
    family: Sequence[str] = ("release_id", "previous_period_end"),
) -> pd.DataFrame:
    """Return ``pairs`` with the change between the two periods of each row, tested.

    Args:
        pairs: one comparison a row: ``estimate``, ``previous_estimate`` and the columns named in
            ``family``.
        standard_error: of each change, as :func:`error_of_change` gives it; no verdict where it is
            missing.
        level: of the intervals; a change is ``significant`` where its p-value is below 1 - level,
            which is where its interval leaves out 0.
        family: the comparisons that a reader sees side by side, among which ``p_adjusted`` keeps
            the chance of any false alarm at its level: by default those of one release with one
            earlier period, that is, one column of a table of changes.

    Returns:
        The rows with ``difference``, ``standard_error``, ``lower``, ``upper``, ``p_value`` (normal,
        two-sided), ``p_adjusted`` (Holm 1979), ``significant`` (null where there is no verdict),
        ``smallest_detectable``, and ``even_chance``, which is found every second time.
    """
    if not 0 < level < 1:
        raise WrongArgument(f"a confidence level lies between 0 and 1, not at {level}")
    error = np.where((given := as_floats(standard_error)) > 0, given, np.nan)
    difference = as_floats(pairs["estimate"]) - as_floats(pairs["previous_estimate"])
    z = float(ndtri(0.5 + level / 2))
    p_value = pd.Series(2 * ndtr(-np.abs(difference) / error), index=pairs.index)
    return pairs.assign(
        difference=difference,
        standard_error=error,
        lower=difference - z * error,
        upper=difference + z * error,
        p_value=p_value,
        p_adjusted=p_value.groupby([pairs[name] for name in family]).transform(holm),
        significant=(p_value < 1 - level).astype("boolean").mask(p_value.isna()),
        smallest_detectable=smallest_detectable_change(error, level),
        even_chance=smallest_detectable_change(error, level, power=0.5),
    )


def smallest_detectable_change(
    standard_error: Numbers, level: float = 0.95, power: float = POWER
) -> Floats:
    """Return the true change that a two-sided test would find with probability ``power``.

    ``(z_(1-alpha/2) + z_power) * standard_error``, Cochran (1977); the far tail, below 0.01 %
    at any usual level, is left out.
    """
    return ((ndtri(0.5 + level / 2) + ndtri(power)) * as_floats(standard_error))[()]


def holm(p_values: pd.Series) -> pd.Series:
    """Return p-values adjusted by Holm's step-down rule (1979); missing ones stay missing."""
    known = np.flatnonzero(p_values.notna())
    order = known[np.argsort(as_floats(p_values)[known], kind="stable")]
    adjusted = np.full(len(p_values), np.nan)
    steps = as_floats(p_values)[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return pd.Series(adjusted, index=p_values.index)


NEAR = 0.1
"""So far from 1, a test statistic over its critical value is close to the threshold."""


def flag_agreement(changes: pd.DataFrame) -> tuple[dict[str, float], pd.DataFrame]:
    """Compare ``significant`` with ``published_significance``, row by row.

    Rows where either verdict is missing are not comparisons.  Close to the threshold rounding
    decides.

    Returns:
        Numbers of a row of ``flag_agreement``, of the columns so called, and the rows whose two
        verdicts differ, with ``test_ratio``.
    """
    judged = changes.dropna(subset=["significant", "published_significance"])
    ratio = judged["difference"].abs() / judged["standard_error"] / CRITICAL
    judged = judged.assign(test_ratio=ratio)
    agree = judged["significant"].astype(bool) == judged["published_significance"].astype(bool)
    close = (ratio - 1).abs() <= NEAR
    elsewhere = agree[~close]
    return {
        "comparisons": len(judged),
        "agreeing": int(agree.sum()),
        "agreement": int(agree.sum()) / len(judged) if len(judged) else np.nan,
        "near_threshold": int(close.sum()),
        "agreement_elsewhere": int(elsewhere.sum()) / len(elsewhere) if len(elsewhere) else np.nan,
    }, judged[~agree].sort_values("test_ratio", kind="stable")


RISE, FALL, NO_CLEAR_CHANGE = "rise", "fall", "no_clear_change"


def verdict_on_change(
    difference: float, published: bool | None, significant: bool | None
) -> str | None:
    """Return what may be said of a change: a rise, a fall or no clear change.

    Args:
        difference: later estimate less earlier one.
        published: the publisher's own verdict, which leads where there is one: it knows the figures
            unrounded and their standard errors.
        significant: what the test of this change says; None where there is no test.

    Returns:
        :data:`RISE`, :data:`FALL` or :data:`NO_CLEAR_CHANGE`; None where there is neither a
        published verdict nor a test.
    """
    found = significant if published is None else published
    if found is None:
        return None
    if not found or difference == 0:
        return NO_CLEAR_CHANGE
    return RISE if difference > 0 else FALL


def add_verdicts(changes: pd.DataFrame) -> pd.DataFrame:
    """Return changes with ``verdict``, and ``own_verdict``, which asks no publisher.

    ``changes`` has ``difference``, ``published_significance`` and ``significant``, the test of each
    change by itself, whose agreement with the publisher's verdicts is published; see
    :func:`verdict_on_change`.
    """
    columns = ["difference", "published_significance", "significant"]
    verdicts, own = [], []
    for difference, *flags in changes[columns].itertuples(index=False):
        published, significant = (None if pd.isna(flag) else bool(flag) for flag in flags)
        verdicts.append(verdict_on_change(difference, published, significant))
        own.append(verdict_on_change(difference, None, significant))
    return changes.assign(
        own_verdict=pd.Series(own, changes.index, dtype="str"),
        verdict=pd.Series(verdicts, changes.index, dtype="str"),
    )


def offences_per_100_victims(
    offences: float,
    p: float,
    population: float,
    n: float | tuple[float, float],
    design_factor: float | tuple[float, float],
    level: float = 0.95,
    draws: int = 100_000,
) -> tuple[float, float, float]:
    """Return recorded offences per 100 estimated victims, with limits by simulation.

    The offences are a count and the population is taken as known; the uncertainty is the
    survey's.  Its proportion is drawn from the Beta distribution with Jeffreys' prior on the
    effective sample, ``Beta(m p + 1/2, m (1-p) + 1/2)`` with ``m = n / design_factor²``;
    a base or design factor given as (low, high) is assumed, and drawn evenly from its range.

    The ratio is not a reporting rate.  The count holds offences, several against one victim,
    against people of any age, as the police recorded them; the survey counts people of its
    own age range by its own definition.

    Returns:
        ``(ratio, lower, upper)``; the ratio at the estimate itself, percentile limits.
    """
    if offences < 0 or population <= 0:
        raise WrongArgument(
            "offences are a count and the population is positive: "
            f"found {offences:g} offences and a population of {population:g}"
        )
    # Seeded, so that the same figures give the same limits.
    rng = np.random.default_rng(1)
    base, factor = (
        rng.uniform(*value, size=draws) if isinstance(value, tuple) else np.full(draws, value)
        for value in (n, design_factor)
    )
    m = effective_sample_size(p, base, factor)
    drawn = rng.beta(m * p + 0.5, m * (1 - p) + 0.5)
    tail = (1 - level) / 2
    lower, upper = np.quantile(100 * offences / (drawn * population), [tail, 1 - tail])
    ratio = 100 * offences / (p * population) if p > 0 else float("inf")
    return ratio, float(lower), float(upper)
