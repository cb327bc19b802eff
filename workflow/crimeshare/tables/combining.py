"""The clean tables: observations of all releases in one long table each, schema-checked.

Every function here raises :class:`crimeshare.problems.Problems` for rows that break the schema, all
kinds of faults at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
import pyarrow

from crimeshare.parquet import table_of
from crimeshare.periods import first_day
from crimeshare.reference import areas, offences, partnerships
from crimeshare.tables.appendix_layout import subtotal_groups
from crimeshare.tables.labels import plain
from crimeshare.tables.observations import (
    READ_FROM,
    Notice,
    QuarterFigure,
    SurveyObservation,
    schema,
)
from crimeshare.tables.schemas import VALUE_OR_MARKER, checked, schema_of
from crimeshare.tables.survey_checks import check_survey_tables

MEASURES = [
    "count",
    "rate_per_1000",
    "rate_per_1000_households",
    "change_pct",
    "population",
    "households",
]

AREA_TYPES = ["country", "region", "force", "partnership", "other"]


def _one_of(known: Callable[[], Mapping[str, object]]) -> pa.Check:
    """A check that a column holds known names, which are read when a table is checked."""
    return pa.Check(
        lambda column: column.isin(list(known())),
        error=f"each is one of resources/reference/{known.__name__}.csv",
    )


_KNOWN_AREA = pa.Check(
    lambda table: (
        table["area_code"].isin(list(areas())) | table["area_type"].isin(["partnership", "other"])
    ),
    error="a country, region or force is one of resources/reference/areas.csv",
)

RECORDED_CRIME = schema_of(
    "recorded_crime",
    _KNOWN_AREA,
    VALUE_OR_MARKER,
    pa.Check(
        lambda table: (
            table["offence_id"].isna() == table["measure"].isin(["population", "households"])
        ),
        error="a count, change or rate has an offence, a population has none",
    ),
    unique=["release_id", "period_end", "area_code", "offence_id", "measure"],
    area_type=pa.Check.isin(AREA_TYPES),
    offence_id=_one_of(offences),
    measure=pa.Check.isin(MEASURES),
)

POPULATION = schema_of(
    "population",
    _KNOWN_AREA,
    unique=["release_id", "measure", "area_code"],
    measure=pa.Check.isin(["population", "households"]),
    reference_year=pa.Check.in_range(2000, 2100),
    value=pa.Check.gt(0),
)


def _placed(observations: pd.DataFrame) -> pd.DataFrame:
    """The rows, partnerships under the code that their force and name have in the list of them.

    A partnership whose districts have new codes, or whose code slipped, is the same place.
    """
    listed = {
        f"{of.area_code} {plain(of.partnership_name)}": code for code, of in partnerships().items()
    }
    names = observations["parent_code"].astype("str") + " " + observations["area_name"].map(plain)
    return observations.assign(area_code=names.map(listed).fillna(observations["area_code"]))


def combine_recorded_crime(observations: pd.DataFrame) -> pd.DataFrame:
    """The table ``recorded_crime``: one row a published figure, in the order of the releases."""
    table = _placed(observations)[list(RECORDED_CRIME.columns)].reset_index(drop=True)
    return checked("recorded_crime", table, RECORDED_CRIME)


def combine_population(observations: pd.DataFrame) -> pd.DataFrame:
    """The table ``population``: residents and households by area, with the mid-year they are of."""
    rows = _placed(observations[observations["measure"].isin(["population", "households"])])
    table = rows[list(POPULATION.columns)].reset_index(drop=True)
    table = table.astype({"reference_year": "int64"})
    return checked("population", table, POPULATION)


_CELLS = r"^[A-Z]{1,3}[1-9]\d*(:[A-Z]{1,3}[1-9]\d*)?( [A-Z]{1,3}[1-9]\d*(:[A-Z]{1,3}[1-9]\d*)?)*$"

RECORDED_QUARTERS = schema_of(
    "recorded_quarters",
    VALUE_OR_MARKER,
    pa.Check(
        lambda table: (
            ((table["read_from"] == "workbook") == table["workbook_sha256"].notna())
            & (table["workbook_sha256"].notna() == table["cells"].notna())
            & (table["workbook_sha256"].isna() == table["conversion_sha256"].notna())
        ),
        error="a row names the cells of a workbook, or the conversion it was read from",
    ),
    unique=["release_id", "period_end", "area_code", "offence_id", "code"],
    types={"rows": "int32"},
    area_code=_one_of(areas),
    area_type=pa.Check.isin(["force", "other"]),
    offence_id=_one_of(offences),
    rows=pa.Check.ge(1),
    read_from=pa.Check.isin(list(READ_FROM)),
    cells=pa.Check.str_matches(_CELLS),
)


def combine_recorded_quarters(figures: Sequence[pyarrow.Table]) -> pd.DataFrame:
    """The table ``recorded_quarters``: one row a force, quarter and offence group or code.

    Args:
        figures: as :func:`crimeshare.tables.observations.read_arrow` gives them,
            one table a release; none give an empty table.
    """
    table = pyarrow.concat_tables([schema(QuarterFigure).empty_table(), *figures]).to_pandas(
        date_as_object=False
    )
    days = {day: table[day].astype("datetime64[ms]") for day in ("period_start", "period_end")}
    words = {
        name: table[name].astype(str if table[name].notna().all() else "str")
        for name in ("code", "marker", "workbook_sha256", "conversion_sha256", "cells")
    }
    # Counts of one code in one area are much alike: so ordered, the table takes two thirds.
    order = ["offence_id", "code", "area_code", "period_end", "release_id"]
    table = table.assign(**days, **words).sort_values(order, na_position="first", ignore_index=True)
    return checked("recorded_quarters", table, RECORDED_QUARTERS)


SEEN = ["file", "publisher_page", "second_hand"]
"""How a figure was seen: read in a published file, on the publisher's page, quoted by another."""

# Rates and numbers follow from each other only as exactly as ONS publishes them.
_PER_CENT = 100.0
_PER_THOUSAND = 1000.0

_UNITS = ["person_16_plus", "household", "vehicle_owning_household", "bicycle_owning_household"]
_STATISTICS = ["prevalence", "incidence_rate", "incidents", "victims"]

SURVEY_ESTIMATES = schema_of(
    "survey_estimates",
    unique=["release_id", "measure_id", "sex", "age", "characteristic", "period_end"],
    unit_base=pa.Check.isin(_UNITS),
    sex=pa.Check.isin(["all", "women", "men"]),
    estimate=pa.Check.in_range(0, 1),
    standard_error=pa.Check.ge(0),
    n_unweighted=pa.Check.ge(1),
    seen=pa.Check.isin(SEEN),
)

SURVEY_COMPARISONS = schema_of(
    "survey_comparisons",
    unique=["release_id", "statistic", "measure_id", "previous_period_end"],
    statistic=pa.Check.isin(_STATISTICS),
    unit_base=pa.Check.isin(_UNITS),
    value=pa.Check.ge(0),
    previous_value=pa.Check.ge(0),
    n=pa.Check.ge(1),
    previous_n=pa.Check.ge(1),
)

RECORDED_OFFENCE_CODES = schema_of(
    "recorded_offence_codes",
    unique=["release_id", "sheet", "cell"],
    table=pa.Check.isin(["offence_codes", "offence_subcodes"]),
    count=pa.Check.ge(0),
)

SURVEY_NOTICES = schema_of(
    "survey_notices", kind=pa.Check.isin(["empty_sheet", "cover_date", "two_values"])
)


def to_frame(observations: Sequence[SurveyObservation]) -> pd.DataFrame:
    """Observations as a table with one row each; dates become ``datetime64``.

    A registry without a workbook of the survey makes a table of no rows.
    """
    # Not asdict, which copies every value of every row and takes seconds for it.
    names = [field.name for field in fields(SurveyObservation)]
    frame = pd.DataFrame([vars(row) for row in observations], columns=names)
    days = [str(name) for name in frame if str(name).startswith(("period_", "previous_period_"))]
    return frame.assign(
        **{day: pd.to_datetime(frame[day]).astype("datetime64[ms]") for day in days}
    )


_UNSAID: dict[str, Any] = {
    "characteristic": "all",
    "standard_error": np.nan,
    "n_unweighted": np.nan,
    "published_significance": pd.NA,
    "workbook_sha256": pd.NA,
    "sheet": pd.NA,
    "cell": pd.NA,
    "seen": "file",
}


def survey_estimates(rows: pd.DataFrame, **alike: str) -> pd.DataFrame:
    """Estimates of one source as rows of ``survey_estimates``.

    Args:
        rows: their columns; of those that are not there nothing was published, everybody is
            meant, and the file itself was read.
        alike: the columns that are the same of all.
    """
    told = rows.assign(**alike).reset_index(drop=True)
    if "period_start" not in told:
        told["period_start"] = told["period_end"].map(first_day)
    unsaid = {name: value for name, value in _UNSAID.items() if name not in told}
    table = table_of("survey_estimates", told.assign(**unsaid))
    return checked("survey_estimates", table, SURVEY_ESTIMATES)


def combine_survey_estimates(observations: pd.DataFrame) -> pd.DataFrame:
    """Published prevalence with its base, one row a measure, year and release.

    A year whose cell holds a marker has no row.  ``published_significance`` is ONS's verdict
    on the change from that year to the release's latest, null for the latest itself.
    """
    estimates = _with_bases(observations[observations["table"] == "prevalence"])
    flags = observations[
        (observations["table"] == "prevalence_change")
        & (observations["statistic"] == "significant")
        & observations["value"].notna()
    ]
    verdicts = flags.set_index(["release_id", "item_id", "previous_period_end"])["value"] == 1
    keys = pd.MultiIndex.from_frame(estimates[["release_id", "item_id", "period_end"]])
    person = estimates["unit_base"] == "person_16_plus"
    return survey_estimates(
        estimates.assign(
            age=np.where(person, "16+", "all"),
            measure_id=estimates["item_id"],
            estimate=estimates["value"] / _PER_CENT,
            n_unweighted=estimates["n"],
            published_significance=verdicts.reindex(keys).astype("boolean").to_numpy(),
        ),
        sex="all",
        source="Crime in England and Wales: appendix tables",
    )


def read_transcribed_estimates(path: Path) -> pd.DataFrame:
    """Estimates transcribed, with how each was seen, as rows of ``survey_estimates``.

    Their bases and standard errors are not published where they stand.
    """
    rows = pd.read_csv(path, dtype={"published_significance": "boolean"})
    return survey_estimates(
        rows.assign(estimate=rows["estimate_pct"] / _PER_CENT), unit_base="person_16_plus"
    )


def gather_survey_estimates(
    appendix: pd.DataFrame, taken_in: Sequence[pd.DataFrame], transcribed: pd.DataFrame
) -> pd.DataFrame:
    """All estimates as one table; one read from its own file stands for the one transcribed.

    Raises:
        Problems: rows that break the schema, or do not hold together; all kinds at once.
    """
    # A column without a single value has lost its type on its way through a file.
    typed = [table.astype({"published_significance": "boolean"}) for table in taken_in]
    read = pd.concat([appendix, *typed], ignore_index=True)
    known = pd.MultiIndex.from_frame(read[SURVEY_ESTIMATES.unique])
    rest = transcribed[~pd.MultiIndex.from_frame(transcribed[SURVEY_ESTIMATES.unique]).isin(known)]
    check_survey_tables(pd.concat([*typed, rest]))
    table = pd.concat([read, rest], ignore_index=True)
    return checked("survey_estimates", table, SURVEY_ESTIMATES)


def combine_survey_comparisons(observations: pd.DataFrame) -> pd.DataFrame:
    """Every comparison of two years that ONS calls significant or not, with both figures.

    ``value`` and ``previous_value`` are proportions (``prevalence``), incidents per person or
    household (``incidence_rate``), thousands (``incidents``, ``victims``);
    ``published_change`` is a difference of proportions for ``prevalence`` and a relative
    change otherwise.  ``cell`` of ``sheet`` holds the change and ``significance_cell`` the verdict,
    ``value_cell`` and ``previous_value_cell`` of ``value_sheet`` the two figures.  Comparisons
    whose base is not published are left out.
    """
    parts = [_comparisons(observations, statistic) for statistic in _STATISTICS]
    return checked("survey_comparisons", pd.concat(parts, ignore_index=True), SURVEY_COMPARISONS)


def _comparisons(observations: pd.DataFrame, statistic: str) -> pd.DataFrame:
    scale = {"prevalence": _PER_CENT, "incidence_rate": _PER_THOUSAND}.get(statistic, 1.0)
    figures = _with_bases(observations[observations["table"] == statistic])
    figures = figures.assign(value=figures["value"] / scale)
    changes = observations[
        (observations["table"] == f"{statistic}_change") & observations["value"].notna()
    ]
    flags = changes[changes["statistic"] == "significant"]
    changes = changes[changes["statistic"] != "significant"]
    key = ["release_id", "item_id", "period_end"]
    figure = figures[[*key, "value", "n", "sheet", "cell"]].rename(
        columns={"sheet": "value_sheet", "cell": "value_cell"}
    )
    previous = figure.drop(columns="value_sheet").rename(
        columns={
            "value": "previous_value",
            "n": "previous_n",
            "period_end": "previous_period_end",
            "value_cell": "previous_value_cell",
        }
    )
    joined = (
        changes.rename(columns={"value": "published_change"})
        .merge(figure, on=key, validate="many_to_one")
        .merge(previous, on=["release_id", "item_id", "previous_period_end"], validate="1:1")
        .merge(
            flags[["release_id", "item_id", "previous_period_end", "value", "cell"]].rename(
                columns={"value": "published_significance", "cell": "significance_cell"}
            ),
            on=["release_id", "item_id", "previous_period_end"],
            validate="1:1",
        )
        .dropna(subset=["n", "previous_n"])
    )
    return joined.assign(
        statistic=statistic,
        measure_id=joined["item_id"],
        published_change=joined["published_change"] / _PER_CENT,
        published_significance=(joined["published_significance"] == 1).astype("boolean"),
    )[list(SURVEY_COMPARISONS.columns)]


def _with_bases(rows: pd.DataFrame) -> pd.DataFrame:
    key = ["release_id", "block", "period_end"]
    is_base = rows["statistic"] == "unweighted_base"
    bases = rows[is_base].set_index(key)["value"]
    figures = rows[~is_base & rows["value"].notna()]
    return figures.assign(n=bases.reindex(pd.MultiIndex.from_frame(figures[key])).to_numpy())


def combine_recorded_offence_codes(observations: pd.DataFrame) -> pd.DataFrame:
    """Police recorded offences of England and Wales by code, sub-code and published subtotal.

    A subtotal that is an offence group of the police force area tables, by the words of
    ``layouts/appendix/series_groups.csv``, carries the group's ``offence_id``.
    """
    rows = observations[observations["statistic"] == "offences"].rename(
        columns={"item_id": "code", "parent_id": "parent_code", "value": "count"}
    )
    groups = subtotal_groups()
    subtotal = (rows["table"] == "offence_codes") & rows["code"].isna()
    rows = rows.assign(
        offence=rows["row_label"].str.split().str.join(" "),
        offence_id=rows["row_label"].map(plain).map(groups).where(subtotal).astype("str"),
    )
    table = rows[list(RECORDED_OFFENCE_CODES.columns)].reset_index(drop=True)
    return checked("recorded_offence_codes", table, RECORDED_OFFENCE_CODES)


def combine_notices(notices: Sequence[Notice]) -> pd.DataFrame:
    """Oddities of the workbooks, one row each."""
    table = table_of("survey_notices", map(asdict, notices))
    return checked("survey_notices", table, SURVEY_NOTICES)
