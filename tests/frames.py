"""The frames that notebooks hand to charts, for tests of the charts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from crimeshare.measures.control_limits import LEVELS
from crimeshare.measures.years import NATION
from crimeshare.publish.elements.reading import read
from crimeshare.publish.subjects import factsheet, offence_mix
from crimeshare.publish.subjects.estimates import Estimates, Place, Year


def years(place: Place) -> pd.DataFrame:
    """The leading figures of an area and of England and Wales, a row a quarter-end."""
    codes = [place.area.area_code, NATION]
    return read("series", offence_id=place.estimates.offence_id, area_code=codes)


def changes(place: Place) -> pd.DataFrame:
    """Those of an area, of every year that ends in the month of the latest."""
    own = years(place)
    month = place.estimates.latest.period_end.month
    chosen = own["area_code"].eq(place.area.area_code) & own["period_end"].dt.month.eq(month)
    return own[chosen]


NUMBERS = ("count", "share", "rate_per_1000", "change_pct")


def numbers(
    place: Place, year: Year | None = None, offence_id: str | None = None
) -> dict[str, float | None]:
    """What tables say of an area, year and offence group."""
    change = place.change(year, offence_id)
    percent = change.percent.value if change else None
    return {
        "count": place.count(year, offence_id).value,
        "share": place.share(year, offence_id).value,
        "rate_per_1000": place.rate(year, offence_id).value,
        "change_pct": None if percent is None else 100 * percent,
    }


def areas(places: Sequence[Place]) -> pd.DataFrame:
    """Several areas in the latest year, the highest share first."""
    rows = [{"area_code": place.area.area_code} | numbers(place) for place in places]
    frame = pd.DataFrame(rows).astype(dict.fromkeys(NUMBERS, float))
    return frame.sort_values("share", ascending=False)


def around(place: Place) -> pd.DataFrame:
    """A force, its neighbours, and England and Wales."""
    codes = factsheet.neighbours(place.area.area_code)
    near = [force for force in place.estimates.forces if force.area.area_code in codes]
    return areas([place, *near, place.estimates.nation])


def similar(place: Place) -> pd.DataFrame:
    """A force, those with the most similar mix of other crime, and England and Wales."""
    near = {other: distance.number for other, distance in place.similar()}
    order = [place, *near, place.estimates.nation]
    rows = areas(order).set_index("area_code").loc[[each.area.area_code for each in order]]
    return rows.assign(distance=[near.get(each, np.nan) for each in order]).reset_index()


def groups(place: Place) -> pd.DataFrame:
    """Every sub-group's share and contribution in the latest year, the largest share first."""
    rows = [
        {
            "offence_id": group.offence_id,
            "previous": change.previous.value if change else None,
            "contribution_pct": 100 * moved.number if moved else None,
        }
        | numbers(place, offence_id=group.offence_id)
        for group in place.estimates.classified("subgroups")
        for moved in [offence_mix.contribution(place, group.offence_id)]
        for change in [place.change(offence_id=group.offence_id)]
    ]
    columns = ("previous", "contribution_pct", *NUMBERS)
    frame = pd.DataFrame(rows).astype(dict.fromkeys(columns, float))
    return frame.sort_values("share", ascending=False)


def moved(place: Place) -> pd.DataFrame:
    """The sub-groups whose change is known, those that moved most first."""
    known = groups(place).dropna(subset="contribution_pct")
    return known.sort_values("contribution_pct", key=abs, ascending=False)


def limits(estimates: Estimates) -> pd.DataFrame:
    """The control limits of the forces in the latest year."""
    ends = ["lower", "upper"]
    return pd.DataFrame(
        [
            {
                "area_code": code,
                "total": held.size,
                "share": estimates.place(code).share().number,
                "target": held.funnel.target,
                "between_sd": held.funnel.between_sd,
                "z_score": held.distance,
                **{
                    f"{end}_{level}": limit
                    for level, pair in zip(LEVELS, (held.inner, held.outer), strict=True)
                    for end, limit in zip(ends, pair, strict=True)
                },
            }
            for code, held in estimates.control_limits().items()
        ]
    )
