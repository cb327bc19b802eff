"""How many offences to expect in the coming year, in words."""

from __future__ import annotations

from pathlib import Path

from crimeshare.measures.recorded import SMALL_BASE
from crimeshare.publish.elements.rows import area_called
from crimeshare.publish.subjects.estimates import Place, built_rows
from crimeshare.publish.subjects.firmness import WORDS

FORECASTS = Path("results/estimates/forecasts.parquet")

NUMBERS = ("forecast", "lower", "upper", "error", "error_last_year", "coverage", "years_tried")
"""Columns that are printed."""


def sentence(place: Place, root: Path | None = None) -> str:
    """What to expect of an area's coming year, and how good such forecasts were.

    Empty where too little is known to try a forecast, and of so few offences that no percentage is
    given.
    """
    key = (place.area.area_code, place.estimates.offence_id)
    rows = (
        row for row in built_rows(FORECASTS, root) if (row["area_code"], row["offence_id"]) == key
    )
    row = next(rows, None)
    count = place.count().value
    if row is None or row["error"] is None or count is None or count < SMALL_BASE:
        return ""
    area = area_called(place.area.area_code)
    name = f"forecast.{area}.{row['offence_id']}.{row['period_end']:%Y-%m}"
    forecast, lower, upper, error, last_error, held, tried = (
        place.of(row, column, f"{name}.{column}", "forecasts") for column in NUMBERS
    )
    values = {"forecast": forecast, "error": error, "last_error": last_error}
    passages = (
        WORDS.passage(
            "forecast",
            lower=lower,
            upper=upper,
            end=row["period_end"],
            offences=place.estimates.counted,
            **values,
        ),
        WORDS.passage("forecast_tried", tried=tried, held=held, **values),
    )
    return " ".join(passages).strip()
