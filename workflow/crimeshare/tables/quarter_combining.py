"""The clean table ``recorded_quarters``: the quarterly figures of all releases, schema-checked."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pandera.pandas as pa
import pyarrow

from crimeshare.reference import areas, offences
from crimeshare.tables.observations import READ_FROM, QuarterFigure, schema
from crimeshare.tables.schemas import VALUE_OR_MARKER, checked, schema_of

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
    area_code=pa.Check.isin(list(areas())),
    area_type=pa.Check.isin(["force", "other"]),
    offence_id=pa.Check.isin(list(offences())),
    rows=pa.Check.ge(1),
    read_from=pa.Check.isin(list(READ_FROM)),
    cells=pa.Check.str_matches(_CELLS),
)


def combine_recorded_quarters(figures: Sequence[pyarrow.Table]) -> pd.DataFrame:
    """The table ``recorded_quarters``: one row a force, quarter and offence group or code.

    Args:
        figures: as :func:`crimeshare.tables.observations.read_arrow` gives them,
            one table a release; none give an empty table.

    Raises:
        Problems: rows that break the schema, all kinds at once.
    """
    table = pyarrow.concat_tables([schema(QuarterFigure).empty_table(), *figures]).to_pandas(
        date_as_object=False
    )
    days = {day: table[day].astype("datetime64[ms]") for day in ("period_start", "period_end")}
    words = {
        name: table[name].astype(str if table[name].notna().all() else "str")
        for name in ("code", "marker", "workbook_sha256", "conversion_sha256", "cells")
    }
    return checked("recorded_quarters", table.assign(**days, **words), RECORDED_QUARTERS)
