"""Vintages of figures at hand, for tests of what is selected from them."""

from __future__ import annotations

import pandas as pd

from crimeshare.measures.refuted_changes import find_refuted_changes, mark_refuted
from crimeshare.measures.vintages import compute_vintages
from crimeshare.measures.years import NEEDED

NO_CODES = pd.DataFrame(
    {
        "release_id": pd.Series([], dtype="str"),
        "table": pd.Series([], dtype="str"),
        "code": pd.Series([], dtype="str"),
        "offence": pd.Series([], dtype="str"),
        "offence_id": pd.Series([], dtype="str"),
        "period_end": pd.Series([], dtype="datetime64[ms]"),
        "count": pd.Series([], dtype="float64"),
        "marker": pd.Series([], dtype="str"),
        "workbook_sha256": pd.Series([], dtype="str"),
        "sheet": pd.Series([], dtype="str"),
        "cell": pd.Series([], dtype="str"),
    }
)
NO_QUARTERS = pd.DataFrame(columns=NEEDED)


def vintages_of(
    recorded: pd.DataFrame,
    codes: pd.DataFrame = NO_CODES,
    quarters: pd.DataFrame = NO_QUARTERS,
) -> pd.DataFrame:
    """The vintages of clean tables, refuted ones marked, as a run has them."""
    vintages = compute_vintages(recorded, codes, quarters)
    return mark_refuted(vintages, find_refuted_changes(vintages))
