"""The frames that notebooks hand to charts, for tests of the charts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from crimeshare.measures.control_limits import LEVELS
from crimeshare.publish.subjects import offence_mix
from crimeshare.publish.subjects.estimates import Estimates, Place
from crimeshare.publish.subjects.quarterly import Quarterly
from crimeshare.publish.subjects.revised import Revision
from crimeshare.publish.subjects.surveyed import Survey


def years(place: Place) -> pd.DataFrame:
    """Share and rate of an area and of England and Wales, a row a quarter-end."""
    estimates = place.estimates
    return pd.DataFrame(
        [
            {
                "area_code": area.area.area_code,
                "period_end": pd.Timestamp(year.period_end),
                "share": area.share(year).value,
                "rate_per_1000": area.rate(year).value,
            }
            for area in dict.fromkeys((place, estimates.nation))
            for year in estimates.years
        ]
    ).astype({"share": float, "rate_per_1000": float})


def changes(place: Place) -> pd.DataFrame:
    """The change of every year that ends in the month of the latest."""
    known = [(year, place.change(year)) for year in place.estimates.each_year()]
    return pd.DataFrame(
        {
            "period_end": [pd.Timestamp(year.period_end) for year, _ in known],
            "change_pct": [
                100 * change.percent.number if change and change.percent.value is not None else None
                for _, change in known
            ],
        }
    ).astype({"change_pct": float})


def shares(places: Sequence[Place]) -> pd.DataFrame:
    """The share of several areas in the latest year, the highest first."""
    rows = [{"area_code": p.area.area_code, "share": p.share().value} for p in places]
    return pd.DataFrame(rows).astype({"share": float}).sort_values("share", ascending=False)


def groups(place: Place) -> pd.DataFrame:
    """Every sub-group's share and contribution in the latest year, the largest share first."""
    rows = [
        {
            "offence_id": group.offence_id,
            "share": place.share(offence_id=group.offence_id).value,
            "contribution_pct": 100 * moved.number if moved else None,
        }
        for group in place.estimates.classified("subgroups")
        for moved in [offence_mix.contribution(place, group.offence_id)]
    ]
    frame = pd.DataFrame(rows).astype({"share": float, "contribution_pct": float})
    return frame.sort_values("share", ascending=False)


def moved(place: Place) -> pd.DataFrame:
    """The sub-groups that moved most."""
    known = groups(place).dropna(subset="contribution_pct")
    return known.sort_values("contribution_pct", key=abs, ascending=False).head(8)


def quarters(quarterly: Quarterly, place: Place) -> pd.DataFrame:
    """The quarters of the codes that the pages show."""
    group = place.estimates.offence_id
    return pd.DataFrame(
        [
            {
                "series": code or group,
                "period_end": pd.Timestamp(quarter.period_end),
                "count": quarter.figure.value,
                "adjusted": quarter.season and quarter.season["adjusted"],
            }
            for code in quarterly.largest(group) or [None]
            for quarter in quarterly.quarters(place, group, code)
        ],
        columns=["series", "period_end", "count", "adjusted"],
    ).astype({"count": float, "adjusted": float})


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
                **{
                    f"{end}_{level}": limit
                    for level, pair in zip(LEVELS, (held.inner, held.outer), strict=True)
                    for end, limit in zip(ends, pair, strict=True)
                },
            }
            for code, held in estimates.control_limits().items()
        ]
    )


def prevalence(survey: Survey, *measure_ids: str, end: date | None = None) -> pd.DataFrame:
    """The estimates of some measures, of each group and year once, or of one year."""
    rows = [row for row in survey.tables["prevalence"] if row["measure_id"] in measure_ids]
    shown = [row for row in rows if row["printed"] and row["characteristic"] == "all"]
    groups = {(row["measure_id"], row["sex"], row["age"]) for row in shown}
    return pd.DataFrame(
        [
            {
                "measure_id": measure_id,
                "sex": sex,
                "age": age,
                "period_end": pd.Timestamp(each.period_end),
                "estimate": each.figure.number,
                "lower": each.lower.number,
                "upper": each.upper.number,
            }
            for measure_id, sex, age in sorted(groups)
            for each in survey.series(measure_id, sex, age)
            if end in (None, each.period_end)
        ]
    )


def beside(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Recorded offences beside estimated victims, of rows of one of the two tables of them."""
    columns = ["measure_id", "period_end", "ratio", "lower", "upper"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(period_end=pd.to_datetime(table["period_end"]))


def steps(revisions: Iterable[Revision]) -> pd.DataFrame:
    """Revisions from one release to a later one, by the range that their size is in."""
    table = pd.DataFrame(
        [
            {
                "area_code": step.place.area.area_code,
                "period_end": pd.Timestamp(step.period_end),
                "previous_release_id": step.previous_release_id,
                "release_id": step.release_id,
                "change_pct": None if step.percent.value is None else 100 * step.percent.number,
            }
            for step in revisions
        ]
    )
    size = pd.cut(table["change_pct"].abs(), [0, 0.1, 0.5, 1, 5, np.inf], right=False)
    return table.assign(size=size)
