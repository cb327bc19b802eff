"""The clean tables: observations of all releases in one long table each, schema-checked."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from crimeshare.reference import PARTNERSHIPS, areas, offences, read_rows
from crimeshare.tables.labels import plain
from crimeshare.tables.schemas import VALUE_OR_MARKER, checked, schema_of

MEASURES = [
    "count",
    "rate_per_1000",
    "rate_per_1000_households",
    "change_pct",
    "population",
    "households",
]

AREA_TYPES = ["country", "region", "force", "partnership", "other"]

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
    offence_id=pa.Check.isin(list(offences())),
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
        f"{row['area_code']} {plain(row['partnership_name'])}": row["partnership_code"]
        for row in read_rows(PARTNERSHIPS)
    }
    names = observations["parent_code"].astype("str") + " " + observations["area_name"].map(plain)
    return observations.assign(area_code=names.map(listed).fillna(observations["area_code"]))


def combine_recorded_crime(observations: pd.DataFrame) -> pd.DataFrame:
    """The table ``recorded_crime``: one row a published figure, in the order of the releases.

    Raises:
        Problems: rows that break the schema, all kinds at once.
    """
    table = _placed(observations)[list(RECORDED_CRIME.columns)].reset_index(drop=True)
    return checked("recorded_crime", table, RECORDED_CRIME)


def combine_population(observations: pd.DataFrame) -> pd.DataFrame:
    """The table ``population``: residents and households by area, with the mid-year they are of.

    Raises:
        Problems: rows that break the schema, all kinds at once.
    """
    rows = _placed(observations[observations["measure"].isin(["population", "households"])])
    table = rows[list(POPULATION.columns)].reset_index(drop=True)
    table = table.astype({"reference_year": "int64"})
    return checked("population", table, POPULATION)
