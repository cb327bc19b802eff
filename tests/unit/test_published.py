"""The ledger that the project publishes, worked out again from what its formulas name.

Nothing of the pipeline takes part but the figures as they stand in the workbooks and publications:
what is found here is that value, release, sheet and formula of an entry belong together.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache

import pandas as pd
import pyarrow.parquet as pq
import pytest

from crimeshare import survey_words
from crimeshare.cells import ADDRESS, cells_in
from crimeshare.ledger import entries
from crimeshare.ledger.entries import Entry
from crimeshare.ledger.trace import references
from crimeshare.periods import MONTHS
from tests.conftest import ROOT

FIGURES = ROOT / "resources/figures"
REFERENCE = ROOT / "resources/reference"

# What a figure may rest on if it rests on no release.
ELSEWHERE = ("computed from ", "assumed in ", "level of ")
OF_THE_REPORT = ("claim.", "claims.", "releases.")

# What is left of a formula once all that it names has become numbers.
NUMBERS = re.compile(r"[-+*/(). \de]+")


@cache
def groups() -> dict[str, str]:
    """The ids of the offence groups by their names."""
    table = pd.read_csv(REFERENCE / "offences.csv")
    named = dict(zip(table["name"].str.lower(), table["offence_id"], strict=True))
    return named | {"all recorded crime": "total"}


@cache
def places() -> dict[str, dict[str, str]]:
    """Every area by its name as formulas have it."""
    table = pd.read_csv(REFERENCE / "areas.csv", dtype=str).fillna("")
    return {
        row["area_name"] + (" region" if row["area_type"] == "region" else ""): row
        for row in table.to_dict("records")
        if row["area_type"] in ("country", "region", "force", "other")
    }


def named(names: Mapping[str, object]) -> str:
    """A pattern for one of some names, the longest first."""
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True))


MONTH = rf"(?P<month>{'|'.join(MONTHS)}) (?P<year>\d{{4}})"
CELL = re.compile(rf"(?:(?:\[[^\]]+\])?'[^']+'!)?\b{ADDRESS.pattern}\b")
ID = re.compile(r"[a-z_]+\.[\w+.-]+\.[\w+.-]+")
ADDED_UP = re.compile(
    r"(?:\[(?P<release>[^\]]+)\])?"
    rf"(?:(?P<group>{named(groups())})|offence code (?P<codes>[\w+/.]+)), "
    rf"(?P<area>{named(places())})(?:, without (?P<left>(?:(?: and )?(?:{named(places())}))+))?, "
    rf"(?P<span>year|quarter) to {MONTH}",
    re.IGNORECASE,
)
_WHAT = rf"(?:{named(groups())}|offence code [\w+.]+)"
RATIO = re.compile(
    rf"(?P<part>{_WHAT}) / (?P<whole>{_WHAT})(?P<place>, .+?, year to {MONTH})", re.IGNORECASE
)
"""A ratio of one area and year, which names these once."""
LOOKED_UP = re.compile(
    rf"(?:\[(?P<release>[^\]]+)\])?(?P<measure>[a-z][^,\[\]()]+), (?P<sex>all|women|men), "
    rf"(?P<age>[\w+-]+), year ending {MONTH}"
)
RESIDENTS = re.compile(r"residents of mid-(?P<year>\d{4})")


@cache
def published() -> list[Entry]:
    named = {entry.figure_id: entry for entry in entries.published(ROOT)[1]}
    return list(named.values())


@cache
def values() -> dict[str, str]:
    return {entry.figure_id: entry.value for entry in published()}


# ---------------------------------------------------------------- what a formula names


@cache
def cells_of(release_id: str) -> Mapping[tuple[str, str], float | None]:
    """What stands in the cells of a release."""
    path = FIGURES / f"{release_id}.parquet"
    if not path.exists():
        return {}
    table = pq.read_table(path)
    if not {"cell", "value"} <= set(table.column_names):
        return {}
    columns = (table[name].to_pylist() for name in ("sheet", "cell", "value"))
    return {(sheet.strip(), cell): value for sheet, cell, value in zip(*columns, strict=True)}


@cache
def quarters_of(release_id: str) -> Mapping[tuple[str, str, str], float]:
    """Offences by group or code, force and month that a quarter ends in, of the open data."""
    names = ["offence_id", "code", "area_name", "period_end", "value"]
    table = pq.read_table(FIGURES / f"{release_id}.parquet", columns=names)
    found: dict[tuple[str, str, str], float] = {}
    for offence_id, code, force, end, value in zip(*table.to_pydict().values(), strict=True):
        if value is not None:
            key = code or offence_id, force, f"{end:%Y-%m}"
            found[key] = found.get(key, 0) + value
    return found


@cache
def looked_up_in(release_id: str) -> dict[tuple[str, str, str, str], float]:
    """Estimates of a publication that names no cells, by measure, sex, age and month."""
    path = FIGURES / f"{release_id}.parquet"
    gathered = pd.read_csv(REFERENCE / "stalking_prevalence.csv")
    gathered = gathered[gathered["release_id"] == release_id]
    table = gathered.assign(estimate=gathered["estimate_pct"] / 100)
    if path.exists():
        table = pd.read_parquet(path)
    ends = pd.to_datetime(table["period_end"]).dt.strftime("%Y-%m")
    measures = table["measure_id"].map(survey_words.measure)
    keys = zip(measures, table["sex"], table["age"], ends, strict=True)
    return dict(zip(keys, table["estimate"], strict=True))


@cache
def forces_in(area: str, left: str) -> tuple[str, ...]:
    """The forces that a place named in a formula is added up from."""
    table = pd.DataFrame(places().values())
    above = dict(zip(table["area_code"], table["parent_code"], strict=True))
    inside = {places()[area]["area_code"]}
    while wider := {code for code, parent in above.items() if parent in inside} - inside:
        inside |= wider
    of_forces = table["area_code"].isin(inside) & table["area_type"].isin(["force", "other"])
    out = re.findall(named(places()), left)
    return tuple(table.loc[of_forces & ~table["area_name"].isin(out), "area_name"])


def month_of(match: re.Match[str]) -> str:
    return f"{match['year']}-{MONTHS.index(match['month'].capitalize()) + 1:02}"


@cache
def residents(slug: str, year: str) -> float:
    """Residents of an area, by its name in the names of figures."""
    kinds = {
        ("" if row["area_type"] == "force" else f"{row['area_type']}-")
        + row["area_name"].lower().replace(" ", "-"): name
        for name, row in places().items()
    }
    codes = [places()[force]["area_code"] for force in forces_in(kinds[slug], "")]
    table = pd.read_csv(REFERENCE / "populations.csv", dtype={"mid_year": str})
    own = table["area_code"].isin(codes) & (table["mid_year"] == year)
    return float(table.loc[own, "population"].sum())


def worked_out(entry: Entry) -> float | None:
    """The value of an entry's formula; None of one that says more than arithmetic."""

    def added_up(match: re.Match[str]) -> str:
        release = match["release"] or entry.release_id
        place = next(name for name in places() if name.lower() == match["area"].lower())
        keys = (match["codes"] or groups()[match["group"].lower()]).split("+")
        span = 4 if match["span"] == "year" else 1
        months = pd.period_range(end=month_of(match), periods=3 * span, freq="M")[2::3]
        counts = quarters_of(release)
        added = sum(
            counts.get((key, force, str(month)), 0.0)
            for key in keys
            for force in forces_in(place, match["left"] or "")
            for month in months
        )
        return repr(float(added))

    def looked_up(match: re.Match[str]) -> str:
        key = match["measure"], match["sex"], match["age"], month_of(match)
        found = looked_up_in(match["release"] or entry.release_id)
        return repr(float(found[key])) if key in found else match[0]

    def held(match: re.Match[str]) -> str:
        (cell,) = cells_in(match[0], entry.release_id, entry.sheet)
        value = cells_of(cell.release_id).get((cell.sheet, cell.cell))
        assert value is not None, f"{entry.figure_id}: nothing stands in {cell.name}"
        return repr(float(value))

    formula = entry.cell.removesuffix(", in whole thousands")
    formula = RATIO.sub(r"\g<part>\g<place> / \g<whole>\g<place>", formula)
    formula = ADDED_UP.sub(added_up, formula)
    formula = RESIDENTS.sub(
        lambda found: repr(residents(entry.figure_id.split(".")[1], found["year"])), formula
    )
    formula = LOOKED_UP.sub(looked_up, formula)
    formula = ID.sub(lambda found: f"({values().get(found[0], found[0])})", formula)
    if not NUMBERS.fullmatch(CELL.sub("0", formula)):
        return None
    made = float(eval(CELL.sub(held, formula)))
    return round(made, -3) if entry.cell.endswith(", in whole thousands") else made


@cache
def checked() -> tuple[Counter[str], list[str], list[str]]:
    """How many formulas of each kind were worked out, which are wrong, and which say more."""
    worked: Counter[str] = Counter()
    wrong, words = [], []
    for entry in published():
        if not entry.cell or entry.cell.startswith(ELSEWHERE):
            continue
        made = worked_out(entry)
        if made is None:
            words.append(entry.figure_id)
            continue
        worked[entry.figure_id.partition(".")[0]] += 1
        # Ten digits are published, so a difference has fewer.
        if made != pytest.approx(float(entry.value), rel=1e-8, abs=1e-10):
            wrong.append(f"{entry.figure_id}: {entry.cell} makes {made}, not {entry.value}")
    return worked, wrong, words


@pytest.mark.slow
def test_every_formula_makes_its_figure() -> None:
    worked, wrong, _ = checked()
    assert wrong == []
    assert set(worked) >= {
        *("count", "share", "change_pct", "rate_per_1000", "contribution"),
        *("component", "component_share", "quarter", "four_quarters", "survey", "victims"),
        *("revision_pct", "change_before", "beside_survey", "offences_per_100_victims"),
    }
    assert sum(worked.values()) > 25_000


# What says more than arithmetic over what it names: a statistic, or a place in an order.
SAYS_MORE = (
    *("age", "rank_", "distance", "forces_", "level_shift", "revision_limits", "rule_", "similar"),
    *("groups_ranked", "count_points", "share_points", "change_without", "check", "notices"),
    *("revisions.", "revision_coverage", "interviews", "module.", "survey.", "claim."),
)
LIMITS = (".lower", ".upper")


def test_a_formula_that_is_not_worked_out_is_of_a_kind_that_says_more() -> None:
    _, _, words = checked()
    assert [
        name for name in words if not name.startswith(SAYS_MORE) and not name.endswith(LIMITS)
    ] == []


def test_every_rank_among_the_forces_is_that_of_its_share() -> None:
    shares: dict[tuple[str, ...], dict[str, float]] = {}
    ranks: dict[tuple[str, ...], dict[str, float]] = {}
    for entry in published():
        kind, *key = entry.figure_id.split(".")
        found = {"share": shares, "rank_forces": ranks}.get(kind)
        if found is not None and len(key) == 3:
            force, *of = key
            found.setdefault(tuple(of), {})[force] = float(entry.value)
    compared = 0
    for of, by_force in ranks.items():
        own = {force: share for force, share in shares.get(of, {}).items() if force in by_force}
        if len(own) < len(by_force) or 1 not in by_force.values():
            continue
        for force, rank in by_force.items():
            assert rank == 1 + sum(share > own[force] for share in own.values()), (force, of)
            compared += 1
    assert compared >= 43


def test_every_figure_says_where_it_comes_from() -> None:
    lost = [
        entry.figure_id
        for entry in published()
        if not (entry.release_id and entry.sheet and entry.cell)
        and not entry.cell.startswith(ELSEWHERE)
        and not entry.figure_id.startswith(OF_THE_REPORT)
    ]
    assert lost == []


def test_every_release_of_a_formula_is_known() -> None:
    named = {
        cell.release_id
        for entry in published()
        for cell in references(entry)
        if not entry.cell.startswith(ELSEWHERE)
    }
    assert named
    assert {name for name in named if not cells_of(name)} == set()
