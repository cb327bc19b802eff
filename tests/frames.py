"""The frames that notebooks hand to charts, for tests of the charts."""

from __future__ import annotations

from datetime import date

import pandas as pd

from crimeshare.publish.elements.reading import read
from crimeshare.publish.elements.rows import Row
from crimeshare.publish.subjects.estimates import FORCES, latest, year_of
from crimeshare.reference import NATION, Area, areas


class Place:
    """An area of a report."""

    def __init__(self, estimates: Report, area: Area) -> None:
        self.estimates, self.area = estimates, area
        self.name, self.slug, self.kind = area.area_name, area.slug, area.area_type


class Report:
    """A report about one offence group, with its areas."""

    def __init__(self, offence_id: str) -> None:
        self.offence_id = offence_id
        self.places = {code: Place(self, area) for code, area in areas().items()}
        self.forces = [self.places[code] for code in FORCES]
        self.nation = self.places[NATION]

    @property
    def latest(self) -> date:
        """The last day of the newest year."""
        return latest()


def years(place: Place) -> pd.DataFrame:
    """The leading figures of an area and of England and Wales, a row a quarter-end."""
    codes = [place.area.area_code, NATION]
    return read("series", offence_id=place.estimates.offence_id, area_code=codes)


def changes(place: Place) -> pd.DataFrame:
    """Those of an area, of every year that ends in the month of the latest."""
    own = years(place)
    month = place.estimates.latest.month
    chosen = own["area_code"].eq(place.area.area_code) & own["period_end"].dt.month.eq(month)
    return own[chosen]


def place(estimates: Report, slug: str) -> Place:
    """The area of a report that addresses call so; the force where a region is called the same."""
    found = [each for each in estimates.places.values() if each.slug == slug]
    return max(found, key=lambda each: each.kind == "force")


def now(place: Place) -> Row:
    """The latest year of an area."""
    return year_of(place.estimates.offence_id, place.area.area_code)
