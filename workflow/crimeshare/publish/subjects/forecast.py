"""How many offences to expect in the coming year, in words."""

from __future__ import annotations

from crimeshare.measures.recorded import SMALL_BASE
from crimeshare.publish.elements.reading import read
from crimeshare.publish.elements.rows import Row, rows
from crimeshare.publish.subjects.factsheet import WORDS

WIDE = 3
"""How many times the lower limit the upper one may be."""


def sentence(now: Row) -> str:
    """What to expect of an area's coming year, and how good such forecasts were.

    Empty where too little is known to try a forecast, of so few offences that no percentage is
    given, and where the limits are so wide that they tell nobody what to expect.
    """
    own = rows(read("forecasts", area_code=now["area_code"], offence_id=now["offence_id"]))
    if not own or own[0]["error"] is None or (now["count"] or 0) < SMALL_BASE:
        return ""
    if own[0]["upper"] is not None and own[0]["upper"] > WIDE * own[0]["lower"]:
        return ""
    told = (WORDS.passage("forecast", row=own[0]), WORDS.passage("forecast_tried", row=own[0]))
    return " ".join(told).strip()
