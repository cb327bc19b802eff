"""What the Crime Survey measures and whom it asks, in words.

The ages that a question was put to are the only digits written here.
"""

from __future__ import annotations

import re

SEXES = {"all": "people", "women": "women", "men": "men"}

MEASURES = {
    "stalking": "stalking in the last year",
    "stalking_by_partner": "stalking by a partner or ex-partner in the last year",
    "stalking_by_family": "stalking by a family member in the last year",
    "stalking_since_16": "stalking at least once since age 16",
    "stalking_since_16_by_partner": "stalking by a partner or ex-partner since age 16",
    "stalking_since_16_by_family": "stalking by a family member since age 16",
    "headline_excluding_fraud": "any headline crime but fraud and computer misuse",
    "headline_including_fraud": "any headline crime",
    "burglary": "domestic burglary",
    "vehicle_theft": "vehicle-related theft",
    "vehicle_theft_owners": "vehicle-related theft",
    "bicycle_theft_owners": "bicycle theft",
    "theft_from_person": "theft from the person",
    "theft": "theft of any kind",
}


def measure(measure_id: str) -> str:
    """A measure of the survey inside a sentence."""
    return MEASURES.get(measure_id, measure_id.replace("_", " "))


def who(sex: str, age: str) -> str:
    """Who an estimate is about: "women aged 16 to 59", "people aged 16 and over".

    Households have neither sex nor age, and both are ``all``.

    Raises:
        ValueError: for an age that is neither a range nor open at its upper end.
    """
    return "households" if age == "all" else f"{SEXES[sex]} {aged(age)}"


def aged(age: str) -> str:
    """An age group: "aged 16 to 59", "aged 16 and over".

    Raises:
        ValueError: for an age that is neither a range nor open at its upper end.
    """
    band = re.fullmatch(r"(\d\d)(?:-(\d\d)|\+)", age)
    if band is None:
        raise ValueError(f"{age!r} is no range of ages; expected such as 16-59 or 75+")
    return f"aged {band[1]} {f'to {band[2]}' if band[2] else 'and over'}"
