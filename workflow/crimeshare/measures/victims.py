"""Recorded offences beside estimated victims: the one place where the two sources meet.

The ratio is not a reporting rate; why not is said wherever it is shown.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from crimeshare.cells import Cell, cells_in
from crimeshare.columns import held
from crimeshare.measures.prevalence import latest_vintages
from crimeshare.measures.provenance import CELLS_APART, cell_names, enclosed, listed
from crimeshare.measures.revisions import newest_release
from crimeshare.measures.survey import offences_per_100_victims

# The measure of the survey that nearly everybody's answers go into: the least rounding when
# people are counted back from its number and its proportion of victims.
_EVERYONE = "headline_including_fraud"

# Stalking, as the survey and as the police count it.
_MEASURE, _OFFENCE_CODE = "stalking", "8Q"


def compute_offences_per_victims(
    prevalence: pd.DataFrame,
    offence_codes: pd.DataFrame,
    populations: pd.DataFrame,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return recorded offences per 100 estimated victims, for every year that both sources have.

    Args:
        prevalence: with the columns of ``prevalence``; stalking among people of 16 and over, in
            the latest release of each year.
        offence_codes: the clean table ``recorded_offence_codes``; of a year published twice the
            latest release counts, and in it the table of all offence codes.
        populations: people the survey speaks for, as :func:`surveyed_populations` gives them; the
            year nearest in time is taken.

    Returns:
        The columns of ``offences_per_victims``; ``victims`` is a number of people, with the limits
        of its proportion.
    """
    surveyed = latest_vintages(
        prevalence[
            (prevalence["measure_id"] == _MEASURE)
            & (prevalence["sex"] == "all")
            & (prevalence["age"] == "16+")
            & (prevalence["characteristic"] == "all")
        ]
    )
    recorded = (
        offence_codes[
            (offence_codes["code"] == _OFFENCE_CODE)
            & (offence_codes["table"] == "offence_codes")
            & offence_codes["count"].notna()
        ]
        .sort_values(["period_end", "release_id"], kind="stable")
        .drop_duplicates("period_end", keep="last")
    )
    asked = surveyed.rename(
        columns={"release_id": "survey_release_id", "formula": "estimate_formula"}
    ).rename(columns={"cells": "estimate_cells"})
    found = asked.merge(
        recorded[["period_end", "release_id", "workbook_sha256", "sheet", "cell", "count"]],
        on="period_end",
        suffixes=("_survey", ""),
    )
    nearest = [(populations["period_end"] - day).abs().idxmin() for day in found["period_end"]]
    people = populations.loc[nearest].set_index(found.index).add_prefix("population_")
    table = found.join(people).rename(
        columns={"count": "offences", "population_population": "population"}
    )
    limits = [_ratio(row, level) for row in table.to_dict("records")]
    table[["ratio", "lower_ratio", "upper_ratio"]] = limits or None
    for name, part in (("", "estimate"), ("_lower", "lower"), ("_upper", "upper")):
        table[f"victims{name}"] = table[part] * table["population"]
    table = table.assign(
        measure_id=_MEASURE,
        offence_code=_OFFENCE_CODE,
        lower=table["lower_ratio"],
        upper=table["upper_ratio"],
        level=level,
    )
    offence = cell_names(table)
    population = [
        CELLS_APART.join(cell.name for cell in cells_in(cells))
        for cells in table["population_cells"]
    ]
    victims = enclosed(table["estimate_formula"]) + " * " + table["population_cells"]
    return table.assign(
        formula="100 * " + offence + " / (" + victims + ")",
        cells=listed(offence, pd.Series(population, table.index), table["estimate_cells"]),
    )[held("offences_per_victims")]


def _ratio(row: Mapping[Any, Any], level: float) -> tuple[float, float, float]:
    assumed = row["basis"] == "assumed_base"
    return offences_per_100_victims(
        row["offences"],
        row["estimate"],
        row["population"],
        row["n_assumed" if assumed else "n_unweighted"],
        (row["design_factor_lower"], row["design_factor_upper"])
        if assumed
        else row["design_factor"],
        level,
    )


def surveyed_populations(comparisons: pd.DataFrame) -> pd.DataFrame:
    """Return how many people of 16 and over the survey speaks for, in each year it tells.

    From the latest release of ``survey_comparisons``: its number of victims of any crime over its
    proportion of them, exact to the rounding of that proportion (0.3 % of the number).  Columns
    ``period_end``, ``population``, ``workbook_sha256``, ``cells``, the last a formula.
    """
    latest = newest_release(comparisons)
    latest = latest[latest["measure_id"] == _EVERYONE]
    key = ["period_end", "previous_period_end"]
    victims, proportions = (
        latest[latest["statistic"] == statistic] for statistic in ("victims", "prevalence")
    )
    both = victims.merge(proportions, on=key, suffixes=("_victims", ""))
    parts = [
        pd.DataFrame(
            {
                "period_end": both[day],
                # Victims are published in thousands, their proportion in per cent.
                "population": 1000 * both[f"{value}_victims"] / both[value],
                "workbook_sha256": both["workbook_sha256"],
                "cells": [
                    f"1000 * {number.name} / ({proportion.name} / 100)"
                    for number, proportion in zip(
                        _cells(both, f"{value}_cell", "_victims"),
                        _cells(both, f"{value}_cell", ""),
                        strict=True,
                    )
                ],
            }
        )
        for day, value in (("previous_period_end", "previous_value"), ("period_end", "value"))
    ]
    everyone = pd.concat([parts[0], parts[1].tail(1)]).sort_values("period_end")
    return everyone.reset_index(drop=True)


def _cells(rows: pd.DataFrame, column: str, suffix: str) -> Iterator[Cell]:
    """The cells that a column of addresses names; `suffix` tells two joined tables apart."""
    names = (f"{name}{suffix}" for name in ("release_id", "workbook_sha256", "value_sheet", column))
    return (Cell(*place) for place in zip(*(rows[name] for name in names), strict=True))
