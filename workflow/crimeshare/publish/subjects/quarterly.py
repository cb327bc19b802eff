"""What the pages show of the Home Office's open data: quarters, offence codes, ONS beside it.

The tables come from the steps before; nothing is measured here.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from crimeshare.measures.quarters import beside_group
from crimeshare.measures.recorded import SMALL_BASE
from crimeshare.measures.revisions import typical_size
from crimeshare.measures.seasonal import METHOD
from crimeshare.periods import a_year_before
from crimeshare.publish.elements import prose
from crimeshare.publish.elements.charts import Break, Chart
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.multiples import small_multiples
from crimeshare.publish.elements.reading import in_order, read
from crimeshare.publish.elements.rows import Row, figure, over, rows
from crimeshare.publish.elements.tables import Table, table
from crimeshare.publish.elements.words import Words
from crimeshare.publish.subjects.estimates import TOTAL, editions, forces_left_out
from crimeshare.publish.subjects.factsheet import breaks
from crimeshare.reference import NATION, areas, line_of, offences
from crimeshare.sources.registry import Release
from crimeshare.tables.recorded_quarters import code_names

WORDS = Words(Path(__file__).with_name("words") / "quarters.md.j2")

CODES_SHOWN = 5
"""Codes of a group that a sentence and a chart show; the table of its parts has them all."""


def newest_release() -> str:
    """The newest release of the open data; empty where the build has none."""
    own = read("quarterly_series", ["release_id"], area_code=NATION, offence_id=TOTAL)
    return str(max(own["release_id"], default=""))


def _published() -> Row:
    """A row of what the newest release says of itself: what was read of it, and its hash."""
    named = ["release_id", "read_from", "conversion_sha256"]
    return rows(read("recorded_quarters", named, release_id=newest_release(), offence_id=TOTAL))[0]


def _converted() -> bool:
    return bool(_published()["read_from"] == "conversion")


def _of_codes(offence_id: str) -> pd.DataFrame:
    inside = [name for name in offences() if offence_id in line_of(name)]
    own = read("quarterly_series", area_code=NATION, release_id=newest_release())
    newest = sorted(own["period_end"].unique())[-4:]
    return own[
        own["offence_id"].isin(inside) & own["code"].notna() & own["period_end"].isin(newest)
    ]


def codes(offence_id: str) -> dict[str, str]:
    """Names of the codes that the group holds now and that are recorded, in the order shown.

    A code that went to another group, or that others replaced, is not among them.
    """
    own = _of_codes(offence_id)
    recorded = own.groupby("code")["count"].sum()
    held = set(own.loc[own["period_end"] == own["period_end"].max(), "code"])
    return {
        code: name for code, name in code_names().items() if code in held and recorded[code] > 0
    }


def largest(offence_id: str) -> dict[str, str]:
    """The codes of a group that the pages show: those with most offences in the last quarter.

    All of them where there are few, in the order of `codes`.
    """
    known = codes(offence_id)
    own = _of_codes(offence_id)
    newest = own[own["period_end"] == own["period_end"].max()].set_index("code")["count"].fillna(0)
    most = sorted(known, key=lambda code: -newest[code])[:CODES_SHOWN]
    return {code: name for code, name in known.items() if code in most}


def quarters(offence_id: str, area_code: str) -> pd.DataFrame:
    """The codes of a group that are shown, and the group itself, by quarter in one area.

    Returns:
        Rows of ``quarterly_series``, the codes in their order and the group last, the oldest
        quarter first, with ``series`` (the code, or the group), ``name`` and
        ``seasonally_adjusted``, the count without its season, empty where it has no clear one.
        None without a release.
    """
    names = largest(offence_id) | {offence_id: offences()[offence_id].name}
    here = {"area_code": area_code, "release_id": newest_release()}
    own, adjusted = (
        # A code may have been counted in another group once.
        each.assign(series=each["code"].fillna(each["offence_id"]))
        for each in (read("quarterly_series", **here), read("seasonally_adjusted", **here))
    )
    adjusted = adjusted[adjusted["method"] == METHOD].rename(
        columns={"adjusted": "seasonally_adjusted"}
    )
    own = own[own["series"].isin(names)].merge(
        adjusted[["series", "period_end", "seasonally_adjusted"]],
        how="left",
        on=["series", "period_end"],
    )
    places = {series: place for place, series in enumerate(names)}
    return own.assign(name=own["series"].map(names), place=own["series"].map(places)).sort_values(
        ["place", "period_end"], ignore_index=True
    )


# ---------------------------------------------------------------- an area by quarter


def _shown(own: pd.DataFrame) -> pd.DataFrame:
    group = own["code"].isna()
    return own if group.all() else own[~group]


def _breaks(row: Mapping[str, Any]) -> tuple[Break, ...]:
    return breaks(row["code"] or row["offence_id"])


def opening(own: pd.DataFrame) -> str:
    """The newest quarter by offence code, and the same quarter of the year before."""
    if own.empty:
        return WORDS.passage("no_release")
    shown = _shown(own)
    *_, whole = rows(own)
    newest = rows(shown.drop_duplicates("series", keep="last"))
    told = {
        "area_code": whole["area_code"],
        "quarter": prose.quarter(newest[0]["period_start"], newest[0]["period_end"]),
    }
    if any(row["count"] is None for row in newest):
        return WORDS.passage("newest", counts=None, **told)
    most = _most(newest)
    moved, apart = _moves(shown)
    return WORDS.passage(
        "newest",
        counts=[
            (row.count, prose.offences_of(prose.named_html(row["name"]), row["count"]))
            for row in newest
        ],
        part=_part(own),
        most=prose.named_html(most["name"]),
        plural=prose.is_plural(most["name"]),
        whole=whole.count,
        offences=prose.offences_of(whole["name"]),
        offence_id=whole["offence_id"],
        moved=moved,
        apart=apart,
        season=_allowing_for_season(own),
        gathered=bool(_breaks(whole)),
        of_codes=any(map(_breaks, newest)),
        **told,
    )


def _allowing_for_season(own: pd.DataFrame) -> tuple[str, Figure] | None:
    """How the group moved from the quarter before without its season, where it has one."""
    group = rows(own[own["code"].isna()].tail(2))
    if len(group) < 2 or any(row["seasonally_adjusted"] is None for row in group):
        return None
    before, now = group
    if any(before["period_start"] < b.day <= now["period_end"] for b in _breaks(now)):
        return None
    key = ("area_code", "offence_id", "release_id", "period_end")
    season = read("seasonally_adjusted", **{name: now[name] for name in key})
    (row,) = rows(season[season["code"].isna()])
    direction = prose.recorded_direction(
        before["seasonally_adjusted"], now["seasonally_adjusted"], shown_change=row.change_pct.text
    )
    return direction, row.change_pct


def _most(newest: list[Row]) -> Row:
    return max(newest, key=lambda row: row["count"] or 0)


def _part(own: pd.DataFrame) -> Figure | None:
    """What part of the group its largest code is in the newest quarter.

    None without parts, and of a `SMALL_BASE`.
    """
    *_, whole = rows(own)
    newest = rows(_shown(own).drop_duplicates("series", keep="last"))
    beside = beside_group(_most(newest), whole)
    if len(newest) < 2 or beside["part_of_group"] is None or whole["count"] < SMALL_BASE:
        return None
    return figure(beside | {"group": whole["offence_id"]}, "part_of_group")


def _moves(shown: pd.DataFrame) -> tuple[list[dict[str, Any]], list[str]]:
    """How each series moved on the same quarter of the year before, and which may not be compared.

    Of a `small` number of offences no percentage is said.
    """
    moved, apart = [], []
    for _, series in shown.groupby("series", sort=False):
        *earlier, now = rows(series)
        year_before = a_year_before(now["period_end"])
        before = next((row for row in earlier if row["period_end"] == year_before), None)
        if before is None or now["change_pct"] is None:
            continue
        name = prose.lower_first(prose.named_html(now["name"]))
        if any(before["period_start"] <= b.day <= now["period_end"] for b in _breaks(now)):
            apart.append(name)
            continue
        moved.append(
            {
                "name": name,
                "plural": prose.is_plural(now["name"]),
                "direction": prose.recorded_direction(before["count"], now["count"]),
                "before": before.count,
                "now": now.count,
                "percent": now.change_pct,
                "small": before["count"] < SMALL_BASE,
            }
        )
    return moved, apart


def by_quarter(own: pd.DataFrame) -> Chart | None:
    """Each offence code by quarter since the open data begin; None without a release."""
    if own.empty:
        return None
    shown = _shown(own)
    *_, whole = rows(own)
    newest = rows(shown.drop_duplicates("series", keep="last"))
    most = _most(newest)
    first = rows(shown.sort_values("period_start", kind="stable").head(1))[0]
    totals = read("quarterly_series", **{n: whole[n] for n in ("area_code", "release_id")})
    left_out = totals["offence_id"].eq(TOTAL) & totals["excluded"].ne("")
    words = WORDS.points(
        "by_quarter_chart",
        area_code=whole["area_code"],
        offence_id=whole["offence_id"],
        most=prose.offences_of(prose.named_html(most["name"]), most["count"] or 0),
        part=_part(own),
        first=prose.quarter(first["period_start"], first["period_end"]),
        last=most,
        quarter=prose.quarter(most["period_start"], most["period_end"]),
        excluded=rows(totals[left_out]),
        converted=_converted(),
        others=_others(whole["offence_id"]),
        several=len(newest) > 1,
    )
    return small_multiples(
        "by-quarter",
        shown,
        y="count",
        line="seasonally_adjusted",
        by="name",
        words=words,
        breaks={row["name"]: _breaks(row) for row in newest},
    )


def _others(offence_id: str) -> bool:
    """Whether the codes with most offences alone are shown, as the group has more."""
    return codes(offence_id) != largest(offence_id)


def latest_quarters(own: pd.DataFrame) -> Table | None:
    """The newest quarters by offence code, and the whole group; None without a release."""
    if own.empty:
        return None
    *_, whole = rows(own)
    named = dict.fromkeys(own["series"])
    known = {(row["series"], row["period_end"]): row.count for row in rows(own)}
    newest = own[own["code"].isna()].tail(NEWEST_QUARTERS)
    by_end = {
        series: [known.get((series, row["period_end"]), NO_COUNT) for row in rows(newest)]
        for series in named
    }
    names = [prose.named_html(name) for name in dict.fromkeys(_shown(own)["name"])]
    others = _others(whole["offence_id"])
    # A group of one code is that code.
    columns = list(by_end) if len(names) > 1 or others else list(by_end)[:1]
    words = WORDS.points(
        "quarters_table",
        area_code=whole["area_code"],
        offence_id=whole["offence_id"],
        names=names,
        others=others,
    )
    ends = [prose.quarter(row["period_start"], row["period_end"]) for row in rows(newest)]
    return table(
        pd.DataFrame({"label": ends, **by_end}), columns, label="label", words=words, wide=True
    )


NEWEST_QUARTERS = 8
NO_COUNT = Figure("quarter.none", None, "count", marker="not_applicable")


# ---------------------------------------------------------------- ONS beside it


_KEY = ("release_id", "period_end", "area_code", "offence_id")


def compared(offence_id: str) -> str:
    """How far the two publishers' totals of the forces agree, in sentences."""
    if not newest_release():
        return WORDS.passage("no_release")
    edition, end = list(editions().items())[-1]
    own = _both(offence_id, area_type="force", release_id=edition)
    latest = rows(own[own["period_end"] == pd.Timestamp(end)])
    if not latest:
        return WORDS.passage("compared", edition=end, forces=None)

    def of_forces(name: str, value: float, unit: str) -> Figure:
        figure_id = f"check.{name}.{edition}.{newest_release()}"
        return over(
            figure_id, value, unit, ("publishers", name), [row.difference for row in latest]
        )

    same_totals = sum(row["difference"] == 0 for row in latest)
    typical = typical_size(row["difference_pct"] for row in latest) / 100
    return WORDS.passage(
        "compared",
        edition=end,
        equal=of_forces("equal", same_totals, "count"),
        forces=of_forces("forces", len(latest), "count"),
        typical=of_forces("typical", typical, "change"),
        widest=max(latest, key=lambda row: abs(row["difference_pct"])),
    )


def _both(offence_id: str, **only: Any) -> pd.DataFrame:
    """What ONS and the Home Office count of all crime, a row an area and edition.

    Returns:
        Rows of ``home_office_check`` about all crime, with figures of ONS, of the Home Office and
        their difference in the columns of `PUBLISHERS`, for all crime and for the group.
    """
    groups = {"offence_id": [TOTAL, offence_id]}
    own = read("home_office_check", home_office_release_id=newest_release(), **groups, **only)
    like = own["excluded"].fillna("").ne("")
    own = own.assign(like=(".as-" + own["release_id"]).where(like, ""))
    ons = rows(read("recorded_crime", measure="count", **groups, **only))
    given = {tuple(row[name] for name in _KEY): _of_ons(row) for row in ons}
    of = {
        key: (given.get(key, NO_COUNT), row.home_office_count, row.difference)
        for row in rows(own)
        for key in [tuple(row[name] for name in _KEY)]
    }
    totals = own[own["offence_id"] == TOTAL]
    keys = [(row["release_id"], row["period_end"], row["area_code"]) for row in rows(totals)]
    figures = [
        [each for group in groups["offence_id"] for each in of.get((*key, group), [NO_COUNT] * 3)]
        for key in keys
    ]
    return totals.join(pd.DataFrame(figures, index=totals.index, columns=PUBLISHERS))


PUBLISHERS = [f"{who} {what}" for what in "ag" for who in ("ons", "home_office", "beside")]
"""Columns of the figures of both publishers: of all crime, then of the group."""


def _of_ons(row: Row) -> Figure:
    """ONS's count, as the report prints it elsewhere: of the edition's own year, or an earlier."""
    own = editions().get(row["release_id"]) == row["period_end"]
    year = "" if own else f".{row['period_end']:%Y-%m}"
    return figure(row, "value", f"{row.value.figure_id}{year}")


def nation_beside_ons(offence_id: str) -> Table | None:
    """Both publishers' counts of England and Wales, the newest editions."""
    if not newest_release():
        return None
    own = _both(offence_id, area_code=NATION)
    shown = own.tail(NEWEST)
    labels = [
        f"{prose.month(row['period_end'])}{escape(prose.excluding(forces_left_out(row)))}"
        for row in rows(shown)
    ]
    return table(
        shown.assign(label=labels, release="<code>" + shown["release_id"] + "</code>"),
        ["release", *PUBLISHERS],
        label="label",
        words=WORDS.points("nation_table", offence_id=offence_id, earlier=len(own) > NEWEST),
        wide=True,
    )


def forces_beside_ons(offence_id: str) -> Table | None:
    """Both publishers' counts of the forces where they differ most, in the latest edition."""
    if not newest_release():
        return None
    edition, end = list(editions().items())[-1]
    own = _both(offence_id, area_type="force", release_id=edition)
    own = in_order(own[own["period_end"] == pd.Timestamp(end)], "area_code", areas())
    widest = own.sort_values("difference", key=lambda sizes: -sizes.abs(), kind="stable")
    return table(
        widest.head(WIDEST).assign(label=widest["area_name"].map(escape)),
        PUBLISHERS,
        label="label",
        words=WORDS.points("forces_table", offence_id=offence_id, edition=end),
        wide=True,
        sortable=True,
    )


# How many editions of England and Wales and how many forces the page shows.
NEWEST, WIDEST = 12, 12


def releases(registry: Mapping[str, Release]) -> Table | None:
    """The release of the open data behind this report, and how it was read."""
    release = registry.get(newest_release())
    if release is None:
        return None
    row = WORDS.points(
        "release_row",
        release=release,
        converted=_converted(),
        conversion=_published()["conversion_sha256"],
        note=escape(release.note),
    )
    return Table.worded(WORDS.points("release_table"), [row], wide=True)
