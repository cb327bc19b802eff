"""The ledger that the project publishes, worked out again from what its formulas name.

Nothing of the pipeline takes part but the figures as they stand in the workbooks and publications:
what is found here is that value, release, sheet and formula of an entry belong together.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from statistics import NormalDist

import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml

from crimeshare import survey_words
from crimeshare.cells import ADDRESS, cells_in
from crimeshare.ledger import entries
from crimeshare.ledger.entries import Entry
from crimeshare.ledger.trace import references
from crimeshare.periods import MONTHS
from crimeshare.reference import areas
from tests.conftest import ROOT
from tests.named_rows import made_of_rows

FIGURES = ROOT / "resources/figures"
REFERENCE = ROOT / "resources/reference"

# What a figure may rest on if it rests on no release.
ELSEWHERE = "level of config/config.yaml"
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
ID = re.compile(r"\b[a-z_]+\.[a-z0-9][\w+.-]*")
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
ROW = re.compile(
    r"(?:\[(?P<release>[^\]]+)\])?'(?P<table>module_bases|survey_estimates)'!"
    r"(?P<named>\w+(?:, \w+ [\w.+-]+)*)"
)
RESIDENTS = re.compile(r"residents of mid-(?P<year>\d{4})")


@cache
def published() -> list[Entry]:
    named = {entry.figure_id: entry for entry in entries.published(ROOT)[1]}
    return list(named.values())


@cache
def values() -> dict[str, str]:
    return {entry.figure_id: entry.value for entry in published()}


OF_TABLES = (
    *("checks", "check_kinds", "compared_changes"),
    *("module_bases", "false_alarms", "interval_coverage", "model_checks", "releases"),
    *("survey_changes", "revisions", "rank_intervals"),
)
"""Tables whose rows, which stand under their names in place of sheets, are of no one release."""


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


def area_of(slug: str) -> str:
    """An area by its name in the names of figures."""
    kinds = {
        ("" if is_force(row) else f"{row['area_type']}-") + slugged(row["area_name"]): name
        for name, row in places().items()
    }
    return kinds[slug]


def is_force(row: Mapping[str, str]) -> bool:
    return row["area_type"] == "force"


def slugged(name: str) -> str:
    return name.lower().replace(" ", "-")


@cache
def residents(slug: str, year: str) -> float:
    """Residents of an area, by its name in the names of figures."""
    codes = [places()[force]["area_code"] for force in forces_in(area_of(slug), "")]
    table = pd.read_csv(REFERENCE / "populations.csv", dtype={"mid_year": str})
    own = table["area_code"].isin(codes) & (table["mid_year"] == year)
    return float(table.loc[own, "population"].sum())


@cache
def recorded(
    release_id: str, keys: str, forces: tuple[str, ...], month: str, span: int = 4
) -> float:
    """Offences of some groups or codes that forces recorded in the quarters up to a month."""
    months = pd.period_range(end=month, periods=3 * span, freq="M")[2::3]
    counts = quarters_of(release_id)
    return sum(
        counts.get((key, force, str(month)), 0.0)
        for key in keys.split("+")
        for force in forces
        for month in months
    )


def a_year_before(month: str) -> str:
    return f"{int(month[:4]) - 1}{month[4:]}"


# ---------------------------------------------------------------- formulas that are described


def place_among_forces(entry: Entry, match: re.Match[str]) -> float | None:
    """A force's place by its share, with a code left out of the group or with none."""
    month, group = month_of(match), groups()[match["group"].lower()]
    without = match["without"] or ""

    def share(force: str) -> float | None:
        whole = recorded(entry.release_id, "total", (force,), month)
        left = recorded(entry.release_id, without, (force,), month) if without else 0
        own = recorded(entry.release_id, group, (force,), month)
        return (own - left) / whole if whole else None

    named = [name for name, row in places().items() if row["area_type"] == "force"]
    shares = [found for force in named if (found := share(force)) is not None]
    own = share(match["area"])
    return None if own is None else 1 + sum(other > own for other in shares)


def columns_of_table_p1() -> pd.DataFrame:
    """The offence groups that have a column there, but the total."""
    table = pd.read_csv(REFERENCE / "offences.csv", dtype=str)
    return table[table["in_table_p1"].eq("yes")]


def place_among_groups(entry: Entry, match: re.Match[str]) -> float:
    """A group's place by number among those without parts, or among all groups."""
    table = columns_of_table_p1()
    among = set(table["offence_id"])
    if match["list"] == "sub-groups":
        among -= set(table["parent_id"])
    if match["list"] == "main groups":
        among = set(table.loc[table["parent_id"] == "total", "offence_id"])
    forces, month = forces_in(match["area"], match["left"] or ""), month_of(match)
    own = recorded(entry.release_id, groups()[match["group"].lower()], forces, month)
    counts = (recorded(entry.release_id, group, forces, month) for group in among)
    return 1 + sum(count > own for count in counts)


def part_of_change(entry: Entry, match: re.Match[str]) -> float:
    """What a code, or everything else, did to the change of its group's count or share."""
    group, end = entry.figure_id.split(".")[-2:]
    forces = forces_in(match["area"], match["left"] or "")
    (own, old_own), (all_of_it, old_all), (whole, old_whole) = (
        [recorded(entry.release_id, keys, forces, month) for month in (end, a_year_before(end))]
        for keys in (match["codes"] or group, group, "total")
    )
    if match["of"] == "count":
        return (own - old_own) / old_all
    other, old_other = whole - all_of_it, old_whole - old_all

    def share(part: float, rest: float) -> float:
        return part / (part + rest)

    # Each part is the mean of what it does when it moves first and when it moves last.
    moved = share(all_of_it, old_other) - share(old_all, old_other)
    moved += share(all_of_it, other) - share(old_all, other)
    if match["codes"]:
        return moved / 2 * (own - old_own) / (all_of_it - old_all)
    return share(all_of_it, other) - share(old_all, old_other) - moved / 2


def change_without(entry: Entry, match: re.Match[str]) -> float:
    """The change of a group's count with a code left out."""
    _, slug, group, end = entry.figure_id.split(".")
    forces = forces_in(area_of(slug), "")
    now, before = (
        recorded(entry.release_id, group, forces, month)
        - recorded(entry.release_id, match["without"], forces, month)
        for month in (end, a_year_before(end))
    )
    return now / before - 1


def distance_of_mixes(entry: Entry, match: re.Match[str]) -> float:
    """Half the sum of how far the shares of all other groups without parts are apart."""
    *_, group, month = entry.figure_id.split(".")
    table = columns_of_table_p1()
    parts = set(table["offence_id"]) - set(table["parent_id"]) - {group}
    one, other = (
        {part: recorded(entry.release_id, part, (force,), month) for part in parts}
        for force in (match["one"], match["other"])
    )
    sums = sum(one.values()), sum(other.values())
    return sum(abs(one[part] / sums[0] - other[part] / sums[1]) for part in parts) / 2


def similar_forces(entry: Entry, match: re.Match[str]) -> float:
    """How many forces a distance is given for."""
    _, slug, *of = entry.figure_id.split(".")
    return sum(
        name.startswith(f"distance.{slug}.") and name.endswith(".".join(of)) for name in values()
    )


def interval_limit(entry: Entry, match: re.Match[str]) -> float | None:
    """A limit of Wilson's interval, of the base and the design factor that the page prints."""
    name, _, end = entry.figure_id.rpartition(".")
    # Under another scenario an estimate and its factor are those of the one printed first.
    first = name.rpartition(".")[0]
    needed = [
        values().get(f"{name}{part}", values().get(f"{first}{part}"))
        for part in (".base", ".design_factor", "")
    ]
    if None in needed:
        return None
    base, factor, p, level = map(float, (*needed, values()["survey.level"]))
    z = NormalDist().inv_cdf((1 + level) / 2)

    def limit(base: float) -> float:
        n = base / factor**2
        half = z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
        return (p + z**2 / (2 * n) + (half if end == "upper" else -half)) / (1 + z**2 / n)

    # An assumed base is printed in whole hundreds.
    rounding = 50 if base % 100 == 0 else 0
    low, high = sorted(limit(base + by) for by in (-rounding, rounding))
    return min(max(float(entry.value), low), high)


def by_the_test(entry: Entry, match: re.Match[str]) -> float | None:
    """What a test says, from the interval of the difference that is printed."""
    name, _, column = entry.figure_id.rpartition(".")
    ends = [values().get(f"{name}.difference.{end}") for end in ("lower", "upper")]
    if None in ends:
        return None
    lower, upper, level = map(float, (*ends, values()["survey.level"]))
    normal = NormalDist()
    error = (upper - lower) / 2 / normal.inv_cdf((1 + level) / 2)
    power = {"smallest_detectable": POWER, "even_chance": 0.5}.get(column)
    if power:
        return error * (normal.inv_cdf((1 + level) / 2) + normal.inv_cdf(power))
    return 2 * normal.cdf(-abs(float(values()[f"{name}.difference"])) / error)


def limit_of_change(entry: Entry, match: re.Match[str]) -> float | None:
    """A limit of the difference of two years, of the bases and factors that the page prints."""
    name, _, earlier = entry.figure_id.removesuffix(f".difference.{match['end']}").rpartition(
        ".since."
    )
    who = ".".join(name.split(".")[:4])
    names = [
        known for known in values() if re.fullmatch(rf"{re.escape(who)}\.{earlier}\.[^.]+", known)
    ]
    needed = [
        values().get(f"{one}{part}")
        for one in (name, *names[-1:])
        for part in ("", ".base", ".design_factor")
    ]
    since, until = (pd.Timestamp(end) for end in (earlier, name.split(".")[4]))
    # Years that share interviews, and estimates whose base is not printed.
    if since > until - pd.DateOffset(years=1) or len(needed) < 6 or None in needed:
        return None
    p, n, factor, p0, n0, factor0 = map(float, needed)
    z = NormalDist().inv_cdf((1 + float(values()["survey.level"])) / 2)
    sign = 1 if match["end"] == "upper" else -1

    def limit(by: float) -> float:
        parts = ((p, n, factor), (p0, n0, factor0))
        variances = (f**2 * q * (1 - q) / (base + by) for q, base, f in parts)
        return p - p0 + sign * z * math.sqrt(sum(variances))

    rounding = 50 if n % 100 == 0 and n0 % 100 == 0 else 0
    low, high = sorted(limit(by) for by in (-rounding, rounding))
    return min(max(float(entry.value), low), high)


def limit_between_groups(entry: Entry, match: re.Match[str]) -> float:
    """A limit of the difference of two groups of a year, from the intervals of both (Newcombe)."""
    name, _, other = entry.figure_id.removesuffix(f".{match['end']}").partition(".against.")
    measure, _, _, *rest = name.split(".")[1:]
    second = ".".join(("survey", measure, other, *rest))
    (p1, lower1, upper1), (p2, lower2, upper2) = (
        [float(values()[f"{one}{part}"]) for part in ("", ".lower", ".upper")]
        for one in (name, second)
    )
    if match["end"] == "lower":
        return p1 - p2 - math.hypot(p1 - lower1, upper2 - p2)
    return p1 - p2 + math.hypot(upper1 - p1, p2 - lower2)


def limit_of_difference(entry: Entry, match: re.Match[str]) -> float | None:
    """A limit of the difference of two years, or of two groups."""
    if ".against." in entry.figure_id:
        return limit_between_groups(entry, match)
    return limit_of_change(entry, match) if ".since." in entry.figure_id else None


def adjusted(entry: Entry, match: re.Match[str]) -> float:
    """A p-value adjusted by Holm's method for all changes to the same year that are printed."""
    to, _, since = entry.figure_id.partition(".since.")
    family = {
        name: float(value)
        for name, value in values().items()
        if name.startswith(f"{to}.since.") and name.endswith(".p_value")
    }
    own = family[f"{to}.since.{since.removesuffix('.p_adjusted')}.p_value"]
    ordered = sorted(family.values())
    steps = [(len(ordered) - place) * p for place, p in enumerate(ordered) if p <= own]
    return min(1.0, max(steps))


def factor_of_estimate(entry: Entry, match: re.Match[str]) -> float | None:
    """A design factor of people's shares as the page of methods prints them, or of its limits."""
    if "personal-prevalence" in entry.figure_id:
        return None  # from a standard error, which is not printed
    end = {" lower": r"\.low\w+", " upper": r"\.(?:upper|highest)"}.get(match["end"] or "", "")
    name = re.compile(rf"design_factor\.[^.]+\.(?:all|prevalence\.\w+(?:\.\w+)??){end}")
    found = [float(value) for known, value in values().items() if name.fullmatch(known)]
    return min(found, key=lambda value: abs(value - float(entry.value)))


@cache
def first_counts() -> pd.DataFrame:
    """Every count of a force in an edition of the police force area tables, of its own year."""
    tables = (pd.read_parquet(path) for path in sorted(FIGURES.glob("pfa-*.parquet")))
    rows = pd.concat(
        table[table["measure"].eq("count") & table["period_end"].eq(table["period_end"].max())]
        for table in tables
    )
    # A partnership may bear the name of its force.
    return rows[rows["value"].notna() & rows["area_type"].eq("force")]


@cache
def sizes_of_revisions(force: str, group: str) -> pd.Series:
    """How far, in per cent, counts of a force moved since they were new to the newest open data."""
    newest = max(path.stem for path in FIGURES.glob("prc-*.parquet"))
    counts, own = quarters_of(newest), first_counts()
    own = own[own["area_name"].eq(force) & own["offence_id"].eq(group)]
    last = max(month for key, name, month in counts if (key, name) == (group, force))
    moved = {}
    for end, count in zip(own["period_end"], own["value"], strict=True):
        months = pd.period_range(end=f"{end:%Y-%m}", periods=12, freq="M")[2::3]
        later = [counts.get((group, force, str(month))) for month in months]
        if None not in later and f"{end:%Y-%m}" <= a_year_before(last):
            moved[end] = 100 * (sum(filter(None, later)) - count) / count
    return pd.Series(moved, dtype=float)


def of_revisions(entry: Entry, match: re.Match[str]) -> float | None:
    """How many counts of a force came again, which way they moved, and how far."""
    _, which, slug, group = entry.figure_id.split(".")
    force = next(
        (name for name, row in places().items() if is_force(row) and slug == slugged(name)), ""
    )
    if not force:
        return None
    moved = sizes_of_revisions(force, group)
    return {
        "number": len(moved),
        "rose": (moved > 0).sum(),
        "fell": (moved < 0).sum(),
        "stayed": (moved == 0).sum(),
        "typical": moved.abs().median() / 100,
        "lowest": moved.min() / 100,
        "highest": moved.max() / 100,
    }[which]


@cache
def shipped_rows(table: str) -> pd.DataFrame | None:
    """A table that figures name rows of; None of one that no clone has before it is built."""
    if table == "survey_estimates":
        return interviews()
    if table == "releases":
        # Rows are appended, and the last of a release is what is known of it.
        return pd.read_csv(ROOT / "config/releases.csv").drop_duplicates("release_id", keep="last")
    path = REFERENCE / f"{table}.csv"
    return pd.read_csv(path, comment="#") if path.exists() else None


def interviews() -> pd.DataFrame:
    """People interviewed in each year, by the workbooks: the largest base of a table by person."""
    rows = pd.concat(map(pd.read_parquet, sorted(FIGURES.glob("appendix-*.parquet"))))
    rows = rows[rows["statistic"].eq("unweighted_base") & rows["unit_base"].eq("person_16_plus")]
    rows = rows.rename(columns={"value": "n_unweighted"})
    largest = rows.groupby(["release_id", "period_end"], as_index=False)["n_unweighted"].max()
    by_age = pd.concat(map(pd.read_parquet, FIGURES.glob("personal-prevalence-*.parquet")))
    return pd.concat([largest, by_age[by_age["characteristic"] == "all"]])


def of_rows(entry: Entry) -> float | None:
    """What an entry says of rows of a table, worked out from them."""
    if entry.sheet == "checks":
        return of_checks(entry)
    if entry.cell == "cluster_size":
        with (REFERENCE / f"{entry.sheet}.csv").open(encoding="utf-8") as file:
            return float(re.findall(r"clusters of (\d+)", next(file))[0])
    return made_of_rows(entry.release_id, entry.sheet, entry.cell, shipped_rows)


def of_checks(entry: Entry) -> float | None:
    """What is added up over editions, and what the figures of an edition tell of its check."""
    _, column, *edition = entry.figure_id.split(".")
    if not edition:
        return sum(float(v) for name, v in values().items() if name.startswith(f"checks.{column}."))
    (release_id,) = edition
    if column == "figures":
        rows = pd.read_parquet(FIGURES / f"{release_id}.parquet").dropna(subset=["value"])
        if "statistic" in rows:
            rows = rows[rows["statistic"] != "significant"]
        return len(rows[["sheet", "cell"]].drop_duplicates())
    if column == "untied":
        figures, tied = (values()[f"checks.{name}.{release_id}"] for name in ("figures", "tied"))
        return float(figures) - float(tied)
    return None


def base_of_column(entry: Entry, match: re.Match[str]) -> float | None:
    """How many were asked, which stands below or above the estimates of a column."""
    rows = pd.read_parquet(FIGURES / f"{entry.release_id}.parquet")
    bases = rows[
        rows["statistic"].eq("unweighted_base")
        & rows["sheet"].str.strip().eq(entry.sheet)
        & rows["cell"].str.fullmatch(rf"{match['column']}\d+")
        & rows["unit_base"].eq("person_16_plus")
    ]
    return bases["value"].max() if len(bases) else None


def configured(entry: Entry, match: re.Match[str]) -> float:
    """A key of the configuration."""
    return float(yaml.safe_load((ROOT / match["file"]).read_text(encoding="utf-8"))[match["key"]])


POWER = 0.8
"""That a change is to be found with."""

_OWN = rf"(?P<group>{named(groups())}), (?P<area>{named(places())})"
_LEFT = rf"(?:, without (?P<left>(?:(?: and )?(?:{named(places())}))+))?"
_YEAR = rf"year to {MONTH}"
_LIST = "(?P<list>main groups|sub-groups|published columns)"
DESCRIBED: dict[str, Callable[[Entry, re.Match[str]], float | None]] = {
    rf"place of \((?P<group>{named(groups())}) / all recorded crime, (?P<area>{named(places())}), "
    rf"{_YEAR}\)(?: without (?P<without>\w+))? among the forces": place_among_forces,
    rf"place of {_OWN}{_LEFT}, {_YEAR} among {_LIST}.*": place_among_groups,
    rf"part of the (?P<of>share|count)'s change, offence code (?P<codes>[\w+.]+), "
    rf"(?P<area>{named(places())}){_LEFT}, {_YEAR}": part_of_change,
    rf"part of the (?P<of>share)'s change, \(all recorded crime, (?P<area>{named(places())})"
    rf"{_LEFT}, {_YEAR} - (?P<codes>).*": part_of_change,
    r"the change of the count without (?P<without>\w+)": change_without,
    rf"distance of the mixes of other crime in (?P<one>{named(places())}) and "
    rf"(?P<other>{named(places())})": distance_of_mixes,
    "number of similar forces with a share": similar_forces,
    r"(?:median size of|lowest|highest) change_pct over .+|number of revisions (?:since|that) .+": (
        of_revisions
    ),
    r"(?:lower|upper) of .+": interval_limit,
    r"(?P<end>lower|upper) limit of .+ - .+": limit_of_difference,
    r"p adjusted of .+": adjusted,
    r"design factor(?P<end> lower| upper)? of .+": factor_of_estimate,
    r"(?:p value|smallest detectable|even chance) of .+": by_the_test,
    r"unweighted base of the column over (?P<column>[A-Z]+)\d+": base_of_column,
    r"(?P<key>level) of (?P<file>config/config.yaml)": configured,
}
"""Patterns of described formulas ("place of ... among the forces"), each with its calculation."""


def worked_out_as_described(entry: Entry) -> float | None:
    """Calculate an entry whose formula is a description; None if no pattern matches."""
    for words, work_out in DESCRIBED.items():
        if match := re.fullmatch(words, entry.cell, re.IGNORECASE):
            return work_out(entry, match)
    return None


def worked_out(entry: Entry) -> float | None:
    """The value of an entry's formula; None of one that says more than arithmetic."""

    def added_up(match: re.Match[str]) -> str:
        release = match["release"] or entry.release_id
        place = next(name for name in places() if name.lower() == match["area"].lower())
        keys = match["codes"] or groups()[match["group"].lower()]
        span = 4 if match["span"] == "year" else 1
        forces = forces_in(place, match["left"] or "")
        return repr(float(recorded(release, keys, forces, month_of(match), span)))

    def looked_up(match: re.Match[str]) -> str:
        key = match["measure"], match["sex"], match["age"], month_of(match)
        found = looked_up_in(match["release"] or entry.release_id)
        return repr(float(found[key])) if key in found else match[0]

    def in_row(match: re.Match[str]) -> str:
        release = match["release"] or ("" if match["table"] == "module_bases" else entry.release_id)
        found = made_of_rows(release, match["table"], match["named"], shipped_rows)
        return match[0] if found is None else repr(found)

    def held(match: re.Match[str]) -> str:
        (cell,) = cells_in(match[0], entry.release_id, entry.sheet)
        value = cells_of(cell.release_id).get((cell.sheet, cell.cell))
        assert value is not None, f"{entry.figure_id}: nothing stands in {cell.name}"
        return repr(float(value))

    formula = entry.cell.removesuffix(", in whole thousands")
    # Where nothing but figures is named, the cells behind them follow.
    head, _, behind = formula.partition(" over ")
    if behind and NUMBERS.fullmatch(ID.sub("0", head)):
        formula = head
    formula = ROW.sub(in_row, formula)
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
        if not entry.cell:
            continue
        ways = (worked_out, worked_out_as_described, of_rows)
        made = next((made for way in ways if (made := way(entry)) is not None), None)
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
        *("rank_forces", "rank_subgroups", "rank_published_columns", "distance", "similar"),
        *("share_points", "count_points", "checks", "coverage", "false_alarms"),
        *("module", "interviews"),
    }
    # The others are outcomes of models, such as forecasts and limits.
    assert sum(worked.values()) > 0.925 * len(published())


# What says more than arithmetic over what it names: a statistic, or a place in an order.
SAYS_MORE = (
    *(
        "age",
        "rank_",
        "forces_",
        "sds_from_middle",
        "level_shift",
        "revision_limits",
        "rule_",
        "change_without",
        "forecast.",
        "module.",
        "revision_test.",
    ),
    *("groups_ranked", "check.", "notices", "revisions.", "latest_release.", "revision_coverage"),
    *("survey.", "claim.", "agreement", "design_factor", "disagreement"),
    # Rows of tables that are there once they are built: see `test_rows.py`.
    "checks.",
)
LIMITS = (".lower", ".upper")


@pytest.mark.slow
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
        if not ((entry.release_id or entry.sheet in OF_TABLES) and entry.sheet and entry.cell)
        and not entry.cell.startswith(ELSEWHERE)
        and not entry.figure_id.startswith(OF_THE_REPORT)
    ]
    assert lost == []


def test_no_figure_is_of_a_release_that_nobody_has_read() -> None:
    read = {path.stem for path in FIGURES.glob("*.parquet")}
    read |= set(pd.read_csv(REFERENCE / "stalking_prevalence.csv")["release_id"])
    assert {entry.release_id for entry in published()} - {""} - read == set()


def test_every_release_of_a_formula_is_known() -> None:
    named = {
        cell.release_id
        for entry in published()
        for cell in references(entry)
        # The code of an area, which a model is of, looks like the address of a cell.
        if not entry.cell.startswith(ELSEWHERE) and cell.cell not in areas()
    }
    assert named
    assert {name for name in named if not cells_of(name)} == set()
