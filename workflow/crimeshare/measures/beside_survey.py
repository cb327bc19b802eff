"""Recorded offences beside estimated victims over the years, for every crime that both count.

The ratio is not a reporting rate; why not is said wherever it is shown.  Over the years it moves
with what the police record, with what the survey asks and with who answers; so each year names what
changed on either side since the year before it.

Source of the method: the ratio of a count to an estimate has the uncertainty of the estimate, whose
proportion is drawn from a Beta distribution on the effective sample
(:func:`crimeshare.measures.survey.offences_per_100_victims`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from crimeshare.cells import Cell
from crimeshare.columns import held
from crimeshare.measures.prevalence import latest_vintages, name_breaks
from crimeshare.measures.provenance import CELLS_APART
from crimeshare.measures.recorded import recording_changes_between
from crimeshare.measures.revisions import newest_release
from crimeshare.measures.survey import offences_per_100_victims
from crimeshare.parquet import table_of

PERSONS = "person_16_plus"
METHOD = "simulation_beta_jeffreys"

DRAWS = 20_000
"""Of the proportion, for each year: limits then repeat to a hundredth of their distance."""


def compute_recorded_beside_survey(
    ratios: pd.DataFrame,
    prevalence: pd.DataFrame,
    comparisons: pd.DataFrame,
    populations: pd.DataFrame,
    offence_codes: pd.DataFrame,
    pairs: Mapping[str, list[str]],
    breaks: pd.DataFrame,
    recording_changes: pd.DataFrame,
    level: float = 0.95,
) -> pd.DataFrame:
    """Recorded offences per 100 estimated victims by crime and year, with limits and breaks.

    Args:
        ratios: of measures whose victims are not published in numbers, as
            :func:`crimeshare.measures.victims.compute_offences_per_victims` gives them.
        prevalence: base and design factor of each measure and year.
        comparisons: the clean table ``survey_comparisons``, whose newest release publishes numbers
            of victims for the years it sets side by side.
        populations: people the survey speaks for
            (:func:`crimeshare.measures.victims.surveyed_populations`).
        pairs: the codes of recorded crime that name the same conduct as each measure.

    Returns:
        The columns of ``recorded_beside_survey``, one row a measure and year, the oldest first.
        Years without a count of every code are left out.
    """
    counts = _counts(offence_codes)
    rows = [
        *_known(ratios, pairs),
        *_published(prevalence, comparisons, populations, counts, pairs, level),
    ]
    if not rows:
        return table_of("recorded_beside_survey")
    table = pd.DataFrame(rows)
    order = {measure: place for place, measure in enumerate(pairs)}
    table = table.sort_values(
        ["measure_id", "period_end"],
        key=lambda column: column.map(order) if column.name == "measure_id" else column,
        ignore_index=True,
    )
    table["previous_period_end"] = table.groupby("measure_id")["period_end"].shift()
    return _with_breaks(table, breaks, recording_changes).assign(level=level, method=METHOD)[
        held("recorded_beside_survey")
    ]


def _counts(offence_codes: pd.DataFrame) -> pd.DataFrame:
    given = offence_codes[
        (offence_codes["table"] == "offence_codes")
        & offence_codes["count"].notna()
        & offence_codes["code"].notna()
    ]
    newest = given.sort_values(["period_end", "release_id"], kind="stable")
    return newest.drop_duplicates(["code", "period_end"], keep="last").set_index(
        ["code", "period_end"]
    )


def _known(ratios: pd.DataFrame, pairs: Mapping[str, list[str]]) -> Iterator[dict[str, Any]]:
    """The ratios that are computed elsewhere, in the columns of this table."""
    for row in ratios.to_dict("records"):
        if pairs.get(row["measure_id"]) != [row["offence_code"]]:
            continue
        yield {
            "measure_id": row["measure_id"],
            "unit_base": PERSONS,
            "codes": row["offence_code"],
            "period_end": pd.Timestamp(row["period_end"]),
            **{name: row[name] for name in ("offences", "victims", "estimate", "ratio")},
            **{name: row[name] for name in ("lower", "upper", "basis", "release_id")},
            "survey_release_id": row["survey_release_id"],
            **{name: row[name] for name in ("formula", "cells")},
            "offence_cells": row["cells"].partition(CELLS_APART)[0],
            "victim_cells": row["population_cells"],
        }


def _published(
    prevalence: pd.DataFrame,
    comparisons: pd.DataFrame,
    populations: pd.DataFrame,
    counts: pd.DataFrame,
    pairs: Mapping[str, list[str]],
    level: float,
) -> Iterator[dict[str, Any]]:
    everyone = latest_vintages(
        prevalence[
            prevalence["measure_id"].isin(pairs)
            & (prevalence["sex"] == "all")
            & prevalence["age"].isin(["16+", "all"])
            & (prevalence["characteristic"] == "all")
        ]
    )
    known = everyone.assign(period_end=pd.to_datetime(everyone["period_end"])).set_index(
        ["measure_id", "period_end"]
    )
    people = populations.set_index(pd.to_datetime(populations["period_end"]))["population"]
    for row in _victims(comparisons, pairs):
        codes, key = pairs[row["measure_id"]], (row["measure_id"], row["period_end"])
        if key not in known.index or any((code, key[1]) not in counts.index for code in codes):
            continue
        asked = known.loc[key]
        own = [counts.loc[code, key[1]] for code in codes]
        # One release for a sum: a year is revised as a whole.
        if len({part["release_id"] for part in own}) > 1 or not row["victims"] > 0:
            continue
        estimate = float(asked["estimate"])
        if asked["unit_base"] == PERSONS and key[1] in people.index:
            # Rare crimes are published to a tenth of a per cent: the number of victims says more.
            estimate = row["victims"] / float(people[key[1]])
        offences = float(sum(part["count"] for part in own))
        ratio, lower, upper = offences_per_100_victims(
            offences,
            estimate,
            row["victims"] / estimate,
            float(asked["n_unweighted"]),
            float(asked["design_factor"]),
            level,
            DRAWS,
        )
        names = [
            Cell(part["release_id"], part["workbook_sha256"], part["sheet"], part["cell"]).name
            for part in own
        ]
        cells = " + ".join(names)
        yield {
            "measure_id": key[0],
            "unit_base": asked["unit_base"],
            "codes": " ".join(codes),
            "period_end": key[1],
            "offences": offences,
            "victims": row["victims"],
            "estimate": estimate,
            "ratio": ratio,
            "lower": lower,
            "upper": upper,
            "basis": asked["basis"],
            "release_id": own[0]["release_id"],
            "survey_release_id": row["release_id"],
            "formula": f"100 * ({cells}) / (1000 * {row['cell']})",
            "cells": CELLS_APART.join([*names, row["cell"]]),
            "offence_cells": cells,
            "victim_cells": row["cell"],
        }


def _victims(comparisons: pd.DataFrame, pairs: Mapping[str, list[str]]) -> Iterator[dict[str, Any]]:
    own = newest_release(comparisons)
    own = own[(own["statistic"] == "victims") & own["measure_id"].isin(pairs)]
    for measure, group in own.groupby("measure_id", sort=True):
        earlier = [
            (row["previous_period_end"], row["previous_value"], row["previous_value_cell"], row)
            for row in group.to_dict("records")
        ]
        newest = group.iloc[-1].to_dict()
        for day, value, cell, row in [
            *earlier,
            (newest["period_end"], newest["value"], newest["value_cell"], newest),
        ]:
            place = Cell(row["release_id"], row["workbook_sha256"], row["value_sheet"], cell)
            yield {
                "measure_id": measure,
                "period_end": pd.Timestamp(day),
                "victims": 1000 * float(value),
                "cell": place.name,
                "release_id": row["release_id"],
            }


def _with_breaks(
    table: pd.DataFrame, breaks: pd.DataFrame, recording_changes: pd.DataFrame
) -> pd.DataFrame:
    """What changed on either side since the row before."""
    later = table[table["previous_period_end"].notna()]
    named = name_breaks(later, breaks).dropna()
    by_code = later.assign(offence_id=later["codes"].str.split()).explode("offence_id")
    by_code["names"] = recording_changes_between(by_code, recording_changes)
    together = by_code["names"].dropna().groupby(level=0).agg("; ".join)
    return table.assign(
        survey_breaks=named.reindex(table.index),
        recording_changes=together.reindex(table.index),
    )
