"""The trend of every series of the survey, one for each stretch of years without a break."""

from datetime import date

import numpy as np
import pandas as pd

from crimeshare.columns import held
from crimeshare.measures.prevalence import latest_vintages
from crimeshare.measures.provenance import CELLS_APART
from crimeshare.measures.survey import holm
from crimeshare.measures.trend import FEWEST_YEARS, fit_trends
from crimeshare.parquet import table_of


def compute_survey_trends(
    prevalence: pd.DataFrame, breaks: pd.DataFrame, level: float = 0.95
) -> pd.DataFrame:
    """Return the trend of each unbroken stretch of each series that has enough years for one.

    A series is a measure, sex and age.  Years of a series that end in another month than most of
    its years do are left out: rolling years overlap, and share interviews.  ``breaks`` has
    ``first_day`` and ``applies_to``, see :func:`breaks_of`.

    Returns:
        The columns of ``survey_trends``; ``p_adjusted`` is Holm's over all of them, as they are
        seen side by side.
    """
    everyone = latest_vintages(prevalence[prevalence["characteristic"] == "all"])
    rows = []
    for (measure, sex, age), series in everyone.groupby(["measure_id", "sex", "age"], sort=True):
        months = series["period_end"].dt.month
        regular = series[months == months.mode().iloc[0]]
        if len(regular) < FEWEST_YEARS:
            continue
        for trend in fit_trends(regular, breaks_of(str(measure), breaks), level):
            start, end = pd.Timestamp(trend["start"]), pd.Timestamp(trend["end"])
            inside = regular["period_end"].between(start, end)
            how = f"weighted regression of the log odds over the years {start:%F} to {end:%F}"
            rows.append(
                {"measure_id": measure, "sex": sex, "age": age}
                | trend
                | {"start": start, "end": end, "formula": how}
                | {"cells": CELLS_APART.join(regular.loc[inside, "cells"])}
            )
    trends = pd.DataFrame(rows)
    if trends.empty:
        return table_of("survey_trends")
    adjusted = holm(trends["p_value"])
    clear = adjusted < 1 - trends["level"]
    direction = np.where(trends["odds_change"] > 0, "rising", "falling")
    return trends.assign(p_adjusted=adjusted, verdict=np.where(clear, direction, "no_clear_trend"))[
        held("survey_trends")
    ]


def breaks_of(measure_id: str, breaks: pd.DataFrame) -> list[date]:
    """Return the first days after the breaks of one measure.

    ``applies_to`` of a break is ``*`` or what the names of the measures it touches begin with.
    """
    touched = breaks["applies_to"].map(
        lambda applies_to: applies_to == "*" or measure_id.startswith(applies_to)
    )
    days: list[date] = breaks.loc[touched, "first_day"].dt.date.tolist()
    return days
