"""What the Home Office's open data say of a year now: how a count moved since it was published."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd

from crimeshare.audit.findings import Finding
from crimeshare.cells import Cell
from crimeshare.measures.quarters import YEAR, years_of_forces
from crimeshare.periods import MONTHS
from crimeshare.reference import areas, offences
from crimeshare.sources.registry import Release


class OpenData:
    """Yearly counts of every force, from the newest release of the open data at hand."""

    def __init__(self, quarters: pd.DataFrame, registry: Mapping[str, Release]) -> None:
        """Take the clean table ``recorded_quarters``, which may be empty, and the registry."""
        self._release_id = quarters["release_id"].max() if len(quarters) else ""
        own = quarters[quarters["release_id"] == self._release_id]
        self._published = registry[self._release_id].published if len(own) else None
        key = ["area_code", "offence_id", "period_end"]
        years = years_of_forces(own).dropna(subset="home_office_count")
        self._counts = years.set_index(key)["home_office_count"]
        sheets = own.drop_duplicates("period_end").set_index("period_end").sort_index()
        self._sheets = sheets[["sheet", "workbook_sha256"]]

    def counts(self, area: str, offence: str, period_end: date) -> list[Finding]:
        """The four quarters of a year added up; nothing where the data do not have them."""
        day = pd.Timestamp(period_end)
        if (area, offence, day) not in self._counts.index:
            return []
        name = offences()[offence].name
        added = f"{name[:1].lower()}{name[1:]}, {areas()[area].area_name}"
        sheets = self._sheets[:day].tail(YEAR).drop_duplicates()
        cells = [
            Cell(self._release_id, sha256 if isinstance(sha256, str) else "", sheet, added)
            for sheet, sha256 in sheets.itertuples(index=False)
        ]
        return [
            Finding(
                float(self._counts[area, offence, day]),
                "count",
                period_end,
                self._release_id,
                "elsewhere",
                tuple(cells),
                f"{added}, four quarters",
                note=self._name,
            )
        ]

    @property
    def _name(self) -> str:
        published = self._published
        if published is None:
            return "The Home Office's open data"
        day = f"{published.day} {MONTHS[published.month - 1]} {published.year}"
        return f"The Home Office's open data of {day}"
