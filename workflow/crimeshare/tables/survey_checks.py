"""What must hold among the estimates of a survey table, and how far its years may lie apart.

A survey weights its respondents once.  So the estimate of all people is that of women and of men in
one mix, whatever the measure, and that of an age group the mix of the ages in it; bases add up, and
are the same for all measures.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crimeshare.periods import in_words
from crimeshare.problems import Problems
from crimeshare.reference import read_rows
from crimeshare.tables.appendix_layout import FOLDER

_WHOLES = Path(__file__).with_name("survey_wholes.csv")
_SINCE = "_since_16"
_KEY = ["release_id", "measure_id", "unit_base", "sex", "age", "characteristic", "period_end"]

# Women are about half of any age group, and three in five of the oldest.
_WOMEN, _SEXES = (0.4, 0.65), "women, men"
# So many measures tell how a release mixes its groups; unrounded, to so many parts of one.
_MEASURES, _EXACT = 5, 1e-5
# The part of women is known to so much.
_ROUGHLY = 5e-4
# Standard errors beside those of a simple random sample of that size: a clustered and weighted
# sample's are larger by a tenth to a half. Of few victims the ratio is known less well.
_FEW_VICTIMS, _RATIO, _RATIO_OF_FEW = 20, (0.6, 2.0), (0.4, 3.0)
# Bases of different questions differ by who did not answer.
_ANSWERED = 0.05
# Estimates of neighbouring years lie further apart than this many standard errors hardly ever.
_FAR, _YEARS, _DESIGN = 4.0, 2, 1.2


def check_survey_tables(table: pd.DataFrame) -> None:
    """Stop unless the estimates of each release and year hold together.

    Raises:
        Problems: everything that does not hold, with where it stands.
    """
    table = table.reset_index(drop=True)
    table["rounded"] = table.groupby("release_id")["estimate"].transform(_rounded_by)
    wrong = [
        *_years(table),
        *_parts(table),
        *_standard_errors(table),
        *_bases(table),
        *_mixes(table),
    ]
    if wrong:
        raise Problems(list(dict.fromkeys(wrong)))


def beside_known(table: pd.DataFrame, known: pd.DataFrame) -> Iterator[str]:
    """What of a survey table is not like what is known of the same year, or of one near it."""
    known = known[~known["release_id"].isin(table["release_id"])]
    what = ["measure_id", "unit_base", "sex", "age", "characteristic"]
    both = table.merge(known, on=what, suffixes=("", "_other"))
    far = (both["period_end"] - both["period_end_other"]).abs()
    # Of several years the nearest.
    both = both.assign(far=far).sort_values("far", kind="stable").drop_duplicates(_KEY)
    for row in _records(both[both["far"] <= pd.Timedelta(days=366 * _YEARS)]):
        gap = abs(row["estimate"] - row["estimate_other"])
        errors = [_error(row, end) for end in ("", "_other")]
        sizes = [error for error in errors if error]
        # Of the same year and the same people there is one estimate.
        allowed = (
            0.001 if not row["far"].days else _FAR * float(np.hypot(*(sizes * 2)[:2] or (1, 0)))
        )
        if gap > allowed:
            yield (
                f"{_where(row)}: {_share(row['estimate'])} beside {_share(row['estimate_other'])} "
                f"in the {in_words(row['period_end_other'])} ({row['release_id_other']}), further "
                "than chance would explain. Is it right?"
            )


def _rounded_by(estimates: pd.Series) -> float:
    """Half the step by which the estimates of a release are rounded, or a trifle."""
    per_cent = 100 * estimates
    for decimals in range(4):
        if np.allclose(per_cent, per_cent.round(decimals), rtol=0, atol=1e-9):
            return 0.5 * 10.0 ** -(decimals + 2) + 1e-9
    return 1e-6


def _error(row: dict[str, Any], end: str) -> float:
    """The standard error of an estimate: published, or about that of its base."""
    published, p, n = (
        row[f"{name}{end}"] for name in ("standard_error", "estimate", "n_unweighted")
    )
    if published > 0:
        return float(published)
    return float(_DESIGN * np.sqrt(p * (1 - p) / n)) if n > 0 else 0.0


# --- what must hold --------------------------------------------------------------------------


def _years(table: pd.DataFrame) -> Iterator[str]:
    start = table["period_end"] - pd.DateOffset(years=1) + pd.offsets.Day(1)
    # The year to the end of February begins on 1 March, in leap years too.
    start = start.where(start.dt.day == 1, start + pd.offsets.MonthBegin(0))
    for row in _records(table[start != table["period_start"]]):
        yield (
            f"{_where(row)}: it is of {row['period_start']:%-d %B %Y} to "
            f"{row['period_end']:%-d %B %Y}; expected twelve months"
        )


def _parts(table: pd.DataFrame) -> Iterator[str]:
    """That a part is no larger than the whole."""
    listed = {
        (row["measure_id"], row["parent_id"])
        for row in read_rows(FOLDER / "measures.csv")
        if row["parent_id"]
    }
    listed |= {(row["part"], row["whole"]) for row in read_rows(_WHOLES)}
    measures = table["measure_id"].unique()
    listed |= {(name, name + _SINCE) for name in measures if name + _SINCE in measures}
    pairs = pd.DataFrame(sorted(listed), columns=["measure_id", "whole"])
    wholes = table.rename(columns={"measure_id": "whole"})
    rows = table.merge(pairs, on="measure_id").merge(
        wholes,
        on=["whole", *(name for name in _KEY if name != "measure_id")],
        suffixes=("", "_whole"),
    )
    over = rows["estimate"] > rows["estimate_whole"] + 2 * rows["rounded"]
    for row in _records(rows[over]):
        yield (
            f"{_where(row)}: {_share(row['estimate'])}, more than {_share(row['estimate_whole'])} "
            f"of {row['whole']}, which it is part of"
        )


def _standard_errors(table: pd.DataFrame) -> Iterator[str]:
    """That a standard error is one of a sample of that size."""
    p, n = table["estimate"], table["n_unweighted"]
    ratio: Any = table["standard_error"] / np.sqrt(p * (1 - p) / n)
    few = p * n < _FEW_VICTIMS
    low, high = (np.where(few, _RATIO_OF_FEW[i], _RATIO[i]) for i in (0, 1))
    for row in _records(table[(p > 0) & ((ratio < low) | (ratio > high))]):
        yield (
            f"{_where(row)}: {_share(row['estimate'])} with a standard error of "
            f"{_share(row['standard_error'])} from {row['n_unweighted']:,.0f} people; one of the "
            "three is not of the others' size"
        )


def _bases(table: pd.DataFrame) -> Iterator[str]:
    """That the bases of groups add up, and are the same for all measures."""
    rows = _records(table[table["n_unweighted"].notna()])
    for same in _grouped(rows, *(name for name in _KEY if name != "measure_id")):
        bases = [row["n_unweighted"] for row in same]
        ((usual, times),) = Counter(bases).most_common(1)
        middle, most = float(np.median(bases)), times >= 2 / 3 * len(bases)
        for row in same:
            base = row["n_unweighted"]
            if base != usual and (most or abs(base / middle - 1) > _ANSWERED):
                yield (
                    f"{_where(row)}: a base of {base:,.0f}, that of its other measures is "
                    f"{usual:,.0f}"
                )
    for whole, parts in _partitions(rows):
        total = sum(part["n_unweighted"] for part in parts)
        if total != whole["n_unweighted"]:
            yield (
                f"{_where(whole)}: a base of {whole['n_unweighted']:,.0f}, its groups "
                f"{_named(parts)} have {total:,.0f} together"
            )


def _mixes(table: pd.DataFrame) -> Iterator[str]:
    """That estimates of a whole are those of its groups in one mix, whatever the measure."""
    inside = []
    for whole, parts in _partitions(_records(table)):
        low, high = (end(part["estimate"] for part in parts) for end in (min, max))
        beyond = max(low - whole["estimate"], whole["estimate"] - high)
        if beyond > 2 * whole["rounded"]:
            yield (
                f"{_where(whole)}: {_share(whole['estimate'])}, its groups {_named(parts)} have "
                f"{_share(low)} to {_share(high)}; expected it between them"
            )
        else:
            shares = [part["estimate"] for part in parts]
            inside.append({**whole, "groups": _named(parts), "shares": shares})
    same = [name for name in _KEY if name != "measure_id"]
    women_of: list[dict[str, Any]] = []
    for rows in _grouped(inside, *same, "groups"):
        mixed = np.array([row["shares"] for row in rows])
        wholes = np.array([row["estimate"] for row in rows])
        step = rows[0]["rounded"]
        exact = step < _EXACT and len(rows) >= max(_MEASURES, 2 * mixed.shape[1])
        if exact and rows[0]["groups"] == _SEXES:
            women = float(_mix(mixed, wholes)[0])
            women_of.append({**rows[0], "women": women})
            if rows[0]["age"].endswith("+") and women < 1 / 2:
                yield (
                    f"{_where(rows[0])}: its measures mix women and men as if women were "
                    f"{women:.1%} of people of {rows[0]['age']}, of whom they are the larger part. "
                    "Were the sexes or ages swapped?"
                )
        if exact:
            away = np.abs(wholes - mixed @ _mix(mixed, wholes)) - _EXACT
        elif rows[0]["groups"] == _SEXES:
            ends = mixed @ np.array([[share, 1 - share] for share in _WOMEN]).T
            away = np.maximum(ends.min(axis=1) - wholes, wholes - ends.max(axis=1)) - 2 * step
        else:
            continue
        for at in np.flatnonzero(away > 0):
            row = rows[at]
            held = " and ".join(map(_share, row["shares"]))
            others = "that the other measures have" if exact else "that there is among people"
            yield (
                f"{_where(row)}: {_share(row['estimate'])} beside {held} of {row['groups']}; in "
                f"no mix of them {others}"
            )
    yield from _women_of_ages(women_of)


def _women_of_ages(rows: Rows) -> Iterator[str]:
    """That women are a larger part of an age group than of any younger one: men die earlier."""
    spans = {row["age"]: span for row in rows if (span := _span(row["age"]))}
    rest = ["release_id", "unit_base", "characteristic", "period_end"]
    for same in _grouped((row for row in rows if row["age"] in spans), *rest):
        for younger, older in permutations(same, 2):
            apart = spans[younger["age"]][1] < spans[older["age"]][0]
            if apart and older["women"] < younger["women"] - _ROUGHLY:
                yield (
                    f"{_where(older)}: its measures mix women and men as if women were "
                    f"{older['women']:.1%} of people of {older['age']} and {younger['women']:.1%} "
                    f"of those of {younger['age']}; they are a larger part the older people are. "
                    "Were the ages swapped?"
                )


def _mix(shares: np.ndarray, wholes: np.ndarray) -> np.ndarray:
    """The mix of groups that gives most of the wholes: few that are wrong do not move it."""
    weight = np.ones(len(wholes))
    mix: np.ndarray = np.zeros(shares.shape[1])
    for _ in range(50):
        mix = np.linalg.lstsq(shares * weight[:, None], wholes * weight, rcond=None)[0]
        weight = 1 / np.sqrt(np.maximum(np.abs(wholes - shares @ mix), 1e-9))
    return mix


Rows = list[dict[str, Any]]


def _records(table: pd.DataFrame) -> Rows:
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def _grouped(rows: Iterable[dict[str, Any]], *names: str) -> list[Rows]:
    groups: dict[tuple[Any, ...], Rows] = defaultdict(list)
    for row in rows:
        groups[tuple(row[name] for name in names)].append(row)
    return list(groups.values())


def _partitions(rows: Rows) -> Iterator[tuple[dict[str, Any], Rows]]:
    """Each row with the rows of the groups that it is made of: both sexes, or all its ages."""
    rest = ["release_id", "measure_id", "unit_base", "characteristic", "period_end"]
    for same in _grouped(rows, *rest, "age"):
        of_sex = {row["sex"]: row for row in same}
        if of_sex.keys() >= {"all", "women", "men"}:
            yield of_sex["all"], [of_sex["women"], of_sex["men"]]
    for same in _grouped(rows, *rest, "sex"):
        of_age = {row["age"]: row for row in same}
        ages = {age: span for age in of_age if (span := _span(age))}
        for whole in ages:
            if tiles := _tiles(ages, whole):
                yield of_age[whole], [of_age[age] for age in tiles]


def _span(age: str) -> tuple[int, int] | None:
    found = re.fullmatch(r"(\d+)(?:-(\d+)|\+)", age)
    return (int(found[1]), int(found[2] or 200)) if found else None


def _tiles(ages: dict[str, tuple[int, int]], whole: str) -> list[str]:
    """Age groups that make up another, none of which is parted itself; none if they do not."""
    first, last = ages[whole]
    tiles: list[str] = []
    at = first
    while at <= last:
        begin = [(span[1], age) for age, span in ages.items() if span[0] == at and age != whole]
        if not begin or min(begin)[0] > last:
            return []
        end, age = min(begin)
        tiles, at = [*tiles, age], end + 1
    return tiles


# --- in words ----------------------------------------------------------------------------------


def _named(parts: Rows) -> str:
    names = {part["sex"] for part in parts}
    return ", ".join(part["sex" if len(names) > 1 else "age"] for part in parts)


def _share(value: float) -> str:
    return f"{100 * value:.3g} %"


def _where(row: dict[str, Any]) -> str:
    place = f", sheet {row['sheet']!r}, cell {row['cell']}" if isinstance(row["sheet"], str) else ""
    return (
        f"{row['release_id']}{place}, {row['measure_id']} of {row['sex']} {row['age']} in the "
        f"{in_words(row['period_end'])}"
    )
