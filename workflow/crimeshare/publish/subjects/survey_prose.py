"""Words about survey estimates: what an interval rests on, what a test found.

Numbers come in as they are printed.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from crimeshare.publish.elements import prose
from crimeshare.publish.elements.words import Words

WORDS = Words(Path(__file__).with_name("words") / "survey.md.j2")

METHODS = {
    "wilson": "Wilson's method",
    "korn-graubard": "Korn and Graubard's method",
    "logit": "the logit method",
    "normal": "the normal method",
}

# What an interval rests on, after "on".
BASES = {
    "published_se": "a published standard error",
    "design_factor": "a published base and an estimated design factor",
    "assumed_base": "an assumed base",
}

# What is assumed of a base, after "if".
SCENARIOS = {
    "everybody_asked": "everybody was asked",
    "half_asked": "half of the sample was asked",
}

VERDICTS = {"rise": "a rise", "fall": "a fall", "no_clear_change": "no clear change"}

TRENDS = {"rising": "rising", "falling": "falling", "no_clear_trend": "no clear trend"}

SEEN = {
    "file": "read in a file of ONS's figures",
    "publisher_page": "read on ONS's page",
    "second_hand": "quoted second-hand",
}

UNITS = {
    "person_16_plus": "people aged 16 and over",
    "household": "households",
    "vehicle_owning_household": "households with a vehicle",
    "bicycle_owning_household": "households with a bicycle",
}


def said_as_one_in(estimate: float, lower: float, upper: float) -> bool:
    """Whether "one in seven" is fair: the fraction nearest to the estimate lies in its interval."""
    if not 0 < estimate < 1:
        return False
    nearest = round(1 / estimate)
    return 2 <= nearest <= 20 and lower <= 1 / nearest <= upper


def rests_on(method: str, basis: str) -> str:
    """How an interval came about: "Wilson's method, on an assumed base"."""
    return f"{METHODS[method]}, on {BASES[basis]}"


def on_bases(bases: Iterable[str]) -> str:
    """What several intervals rest on: "on assumed bases"."""
    assumed = {basis == "assumed_base" for basis in bases}
    return WORDS.passage("on_bases", some=True in assumed, every=assumed == {True})


def compared_groups(
    first: str, second: str, interval: tuple[float, float], widest: tuple[float, float]
) -> str:
    """What a difference between two groups amounts to, as the beginning of a sentence.

    Args:
        first, second: the groups in words.
        interval: limits of the difference, first group less second.
        widest: the same under the least favourable assumptions; a difference that only the
            usual assumption bears out says so.
    """
    direction = prose.estimated_direction(*interval)
    return WORDS.passage(
        "compared_groups",
        first=first,
        second=second,
        direction=direction,
        steady=prose.estimated_direction(*widest) == direction,
    )


def switch(
    own_low: float, own_high: float, factor: float, units: str, *, incidents: bool = False
) -> str:
    """Why a verdict away from the threshold differs from ONS's.

    Args:
        own_low, own_high: between which design factors the measure's own flags switch on.
        factor: the one its group of measures was given.
        units: ``people`` or ``households``.
        incidents: whether incidents are counted, each of which may have the same victim.

    Raises:
        ValueError: where the range holds the factor, which explains nothing.
    """
    if own_low <= factor <= own_high:
        raise ValueError(f"the range {own_low} to {own_high} holds the factor {factor}")
    return WORDS.passage("switch", larger=own_low > factor, units=units, incidents=incidents)
