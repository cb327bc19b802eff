"""Words about survey estimates: what an interval rests on, what a test found.

Numbers come in as they are printed.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from crimeshare.publish.elements import prose
from crimeshare.publish.elements.words import Words

WORDS = Words(Path(__file__).with_name("words") / "survey.md.j2")

METHODS = ("wilson", "korn-graubard", "logit", "normal")


def term(kind: str, key: str | None) -> str:
    """What a code of the tables means, such as the ``basis`` of an interval; empty for none."""
    return WORDS.passage("term", kind=kind, key=key) if key else ""


def said_as_one_in(estimate: float, lower: float, upper: float) -> bool:
    """Whether "one in seven" is fair: the fraction nearest to the estimate lies in its interval."""
    if not 0 < estimate < 1:
        return False
    nearest = round(1 / estimate)
    return 2 <= nearest <= 20 and lower <= 1 / nearest <= upper


def rests_on(method: str, basis: str) -> str:
    """How an interval came about: "Wilson's method, on an assumed base"."""
    return WORDS.passage("rests_on", method=term("method", method), basis=term("basis", basis))


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
