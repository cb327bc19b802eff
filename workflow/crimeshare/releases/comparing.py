"""Before against after: what a new release, or a change of the code, makes of every table.

Three answers, never two: the same, different, or not compared.  A table whose bytes changed
while its cells did not is told apart, since that happens whenever a library is renewed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from markdown_it import MarkdownIt
from markupsafe import Markup

from crimeshare.columns import PER_CENT, column
from crimeshare.measures.series import newest_year
from crimeshare.problems import Problem
from crimeshare.publish.elements.figures import written
from crimeshare.publish.elements.licence import ATTRIBUTION
from crimeshare.publish.elements.words import Words
from crimeshare.publish.site.rendering import TEMPLATES, templates
from crimeshare.reference import NATION, areas

SAME, DIFFERS, NOT_COMPARED = 0, 1, 2
OUTCOMES = {
    "same": SAME,
    "same cells": SAME,
    "differs": DIFFERS,
    "not compared": NOT_COMPARED,
}
STATUSES = ["same", "differs", "could not compare"]

# Everything that is published, below a folder of results.
TABLES = ["published/figures.csv", "estimates/*.parquet", "clean/*.parquet", "data/**/*.csv*"]
LEDGER = "published/figures.csv"
SHARES, SERIES = "estimates/shares.parquet", "estimates/series.parquet"

PAGE, WORDS = "diff.html", "diff.md"
TEXT = Words(Path(__file__).with_name("diff.md.j2"))

# What says where a value stands, not what it is: told last, if nothing else differs.
_PLACE = ("workbook_sha256", "sheet", "cell")
_EXAMPLES = 5

_VALUES = ["value", "lower", "upper"]
_LEDGER_KEY = ["figure_id", "unit", "release_id", "sheet", "cell", "page"]
_PLACE_IN_CHART = r"(#.*)\.\d+$"

# What the report leads with: of England and Wales all of it, of a force its rank among forces.
_RANKS = ["rank_forces", "rank_main_groups", "rank_subgroups", "rank_published_columns"]
_LEADING = ["count", "share", "rate_per_1000", "change_pct", *_RANKS]
_OF = ["release_id", "period_end", "area_code", "offence_id"]


@dataclass(frozen=True)
class TableDiff:
    """What became of one table.

    Attributes:
        table: its path below the folder of results.
        outcome: a key of `OUTCOMES`.
        reason: why it was not compared, or what differs beside its rows; else "".
        added, removed, changed: numbers of rows.
        by_release: numbers of rows added, by release, where rows have one.
    """

    table: str
    outcome: str
    reason: str = ""
    added: int = 0
    removed: int = 0
    changed: int = 0
    by_release: dict[str, int] = field(default_factory=dict)
    examples: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class BuildDiff:
    """What became of every table, of every published figure, of what leads and of releases.

    Attributes:
        figures: the lines of published figures that came (``+``), went (``-``) or changed (``~``).
        moves: what leads, and is not what it was: ``area``, ``quantity``, ``before`` and ``after``
            as the report prints them, ``release_before`` and ``release_after``.
        moves_not_compared: why what leads could not be compared, else "".
        come, gone: releases that only one of the builds has rows of.
        reason: why nothing at all could be compared, else "".
    """

    tables: list[TableDiff] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)
    moves: list[dict[str, str]] = field(default_factory=list)
    moves_not_compared: str = ""
    come: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    reason: str = ""

    @property
    def status(self) -> int:
        """0 same, 1 differs, 2 could not compare."""
        return max((OUTCOMES[table.outcome] for table in self.tables), default=NOT_COMPARED)

    def as_json(self) -> dict[str, Any]:
        """The form of ``results/releases/diff.json``."""
        return {"status": STATUSES[self.status], "exit_status": self.status} | asdict(self)

    def in_words(self) -> str:
        """The comparison in Markdown, to be read in two minutes."""
        return TEXT.text(
            diff=self,
            counts=Counter(table.outcome for table in self.tables),
            kinds=Counter(line[0] for line in self.figures),
        )

    def as_page(self, before: str) -> str:
        """The comparison as one page of HTML, which asks for no other file."""
        # Without raw HTML: words out of a workbook mean nothing to a browser.
        text = MarkdownIt("commonmark", {"html": False}).render(self.in_words())
        return (
            templates()
            .get_template("diff.html.j2")
            .render(
                body=Markup(text),
                before=before,
                status=STATUSES[self.status],
                exit_status=self.status,
                style=Markup((TEMPLATES / "report.css").read_text(encoding="utf-8")),
                attribution=Markup(ATTRIBUTION),
            )
        )


def write_comparison(folder: Path, diff: BuildDiff, before: str) -> Path:
    """Write the comparison in words and as a page; returns the page."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / WORDS).write_text(diff.in_words(), encoding="utf-8")
    (folder / PAGE).write_text(diff.as_page(before), encoding="utf-8")
    return folder / PAGE


def clear(folder: Path) -> None:
    """Remove what an earlier comparison said, which must not stand beside another's verdict."""
    for name in (PAGE, WORDS):
        (folder / name).unlink(missing_ok=True)


def compare_builds(before: Path, after: Path, offence_id: str) -> BuildDiff:
    """Compare every published table of two folders of results.

    Args:
        offence_id: the offence group of which is told what leads.

    Raises:
        Problem: one of the two holds no table at all.
    """
    names = {folder: set(_tables(folder)) for folder in (before, after)}
    for folder, found in names.items():
        if not found:
            raise Problem(
                f"{folder} holds no table to compare; expected a folder of results with "
                f"{', '.join(TABLES)}."
            )
    tables = [
        _compare_table(name, before / name, after / name)
        for name in sorted(names[before] | names[after], key=_weight)
    ]
    unread = {table.table for table in tables if table.outcome == "not compared"}
    old, new = _releases(before, unread), _releases(after, unread)
    reason = _why_no_moves((before, after), unread)
    return BuildDiff(
        tables,
        [] if LEDGER in unread else _figures(before / LEDGER, after / LEDGER),
        [] if reason else _moves(before, after, offence_id),
        reason,
        sorted(new - old),
        sorted(old - new),
    )


def _releases(folder: Path, unread: set[str]) -> set[str]:
    found: set[str] = set()
    for path in sorted(folder.glob("clean/*.parquet")):
        if path.relative_to(folder).as_posix() in unread:
            continue
        if "release_id" in pq.read_schema(path).names:
            column = pq.read_table(path, columns=["release_id"])["release_id"]
            found.update(str(name) for name in column.unique().to_pylist())
    return found


# --- what leads ----------------------------------------------------------------------------


def _why_no_moves(builds: tuple[Path, Path], unread: set[str]) -> str:
    for name, quantities in ((SHARES, _RANKS), (SERIES, _LEADING)):
        if name in unread:
            return f"{name} cannot be read"
        for folder in builds:
            if not (folder / name).is_file():
                return f"{folder} has no {name}"
            if lost := {*_OF, *quantities} - set(pq.read_schema(folder / name).names):
                return f"{name} of {folder} has no column {', '.join(sorted(lost))}"
    return ""


def _moves(before: Path, after: Path, offence_id: str) -> list[dict[str, str]]:
    old, new = (_leading(build, offence_id) for build in (before, after))
    both = old.merge(new, on=_LED, suffixes=("_before", "_after"))
    moved = both[both["value_before"] != both["value_after"]]
    # The furthest first.
    far = (moved["value_after"] - moved["value_before"]).abs()
    moved = moved.loc[far.sort_values(ascending=False, kind="stable").index]
    return [
        {
            "area": areas()[row["area_code"]].area_name,
            "quantity": row["quantity"],
            "before": _printed(row["quantity"], row["value_before"]),
            "after": _printed(row["quantity"], row["value_after"]),
            "release_before": row["release_id_before"],
            "release_after": row["release_id_after"],
        }
        for row in moved.to_dict("records")
    ]


_LED = ["edition", "area_code", "quantity"]


def _leading(build: Path, offence_id: str) -> pd.DataFrame:
    """What leads in a build, a row a number; ``edition`` is empty in the newest year."""
    series, shares = (
        pq.read_table(build / name, filters=[("offence_id", "==", offence_id)]).to_pandas()
        for name in (SERIES, SHARES)
    )
    own = shares["period_end"] == shares.groupby("release_id")["period_end"].transform("max")
    shares = shares.loc[own, [*_OF, *_RANKS]]
    rows = pd.concat(
        [newest_year(series).assign(edition=""), shares.assign(edition=shares["release_id"])]
    )
    named = {"id_vars": ["edition", "area_code", "release_id"], "value_vars": _LEADING}
    long = rows.astype(dict.fromkeys(_LEADING, "float64")).melt(**named, var_name="quantity")
    told = long["area_code"].eq(NATION) | long["quantity"].eq("rank_forces")
    leading: pd.DataFrame = long[told & long["value"].notna()]
    return leading


def _printed(quantity: str, value: float) -> str:
    what = column("series", quantity)
    return written(value / 100 if what.stored == PER_CENT else value, what.unit)


# --- table by table ------------------------------------------------------------------------


def _tables(folder: Path) -> Iterator[str]:
    for pattern in TABLES:
        yield from (path.relative_to(folder).as_posix() for path in folder.glob(pattern))


def _weight(name: str) -> tuple[int, str]:
    """The order of TABLES, which begins with what readers see."""
    folders = [pattern.partition("/")[0] for pattern in TABLES]
    return folders.index(name.partition("/")[0]), name


def _compare_table(name: str, before: Path, after: Path) -> TableDiff:
    if not after.is_file():
        return TableDiff(name, "differs", "the table is gone")
    if not before.is_file():
        return TableDiff(name, "differs", "the table is new")
    if before.read_bytes() == after.read_bytes():
        return TableDiff(name, "same")
    try:
        old, new = _read(before), _read(after)
    except (OSError, ValueError, pa.ArrowException) as error:
        return TableDiff(name, "not compared", f"cannot be read ({_one_line(error)})")
    columns = [column for column in new.columns if column in old.columns]
    reason = _columns_in_words(old, new)
    old, new = old[columns], new[columns]
    # The place of a release among all moves with every release that comes before it.
    old, new = (table.drop(columns="order", errors="ignore") for table in (old, new))
    key = _LEDGER_KEY if name == LEDGER else _key(old, new)
    diff = _by_key(name, old, new, key) if key else _by_row(name, old, new)
    if diff.outcome == "same cells" and not reason:
        return diff
    return TableDiff(**{**asdict(diff), "outcome": "differs", "reason": reason})


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")


def _read(path: Path) -> pd.DataFrame:
    """Every cell as text that tells values apart, "" where there is none."""
    if path.suffix in (".csv", ".gz"):
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        if path.match(LEDGER) and (lost := {*_LEDGER_KEY, *_VALUES} - set(table.columns)):
            raise ValueError(f"the ledger has no column {', '.join(sorted(lost))}")
        return _without_places(table) if path.match(LEDGER) else table
    table = pq.read_table(path)
    return pd.DataFrame(
        {
            name: ["" if value is None else _as_text(value) for value in column.to_pylist()]
            for name, column in zip(table.column_names, table.columns, strict=True)
        },
        dtype=str,
    )


def _without_places(ledger: pd.DataFrame) -> pd.DataFrame:
    """A ledger whose figures are known by what they are.

    A figure of a chart carries its place there (``page#chart.7``), which moves when a row comes
    in before it.  Those that nothing else tells apart, such as counts without a cell, are told
    apart by their order.
    """
    ids = ledger["figure_id"].str.replace(_PLACE_IN_CHART, r"\1", regex=True)
    ledger = ledger.assign(figure_id=ids)
    nth = ledger.groupby(_LEDGER_KEY, sort=False).cumcount()
    told_apart = ledger["figure_id"] + "." + (nth + 1).astype(str)
    return ledger.assign(figure_id=ledger["figure_id"].where(nth == 0, told_apart))


def _as_text(value: object) -> str:
    if isinstance(value, float):
        return "" if value != value else repr(value)
    return str(value)


def _columns_in_words(old: pd.DataFrame, new: pd.DataFrame) -> str:
    parts = []
    if come := [column for column in new.columns if column not in old.columns]:
        parts.append(f"new columns {', '.join(come)}")
    if gone := [column for column in old.columns if column not in new.columns]:
        parts.append(f"without the columns {', '.join(gone)}")
    return ", ".join(parts)


def _key(old: pd.DataFrame, new: pd.DataFrame) -> list[str]:
    """The first columns that together tell the rows apart in both tables, or none do.

    Tables here open with what a row is about and go on with what is said of it.
    """
    columns = [column for column in new.columns if column not in _PLACE]
    for size in range(1, len(columns) + 1):
        key = columns[:size]
        if not old.duplicated(key).any() and not new.duplicated(key).any():
            return key
    return []


def _by_key(name: str, old: pd.DataFrame, new: pd.DataFrame, key: list[str]) -> TableDiff:
    before, after = old.set_index(key), new.set_index(key)
    added = after.index.difference(before.index, sort=False)
    removed = before.index.difference(after.index, sort=False)
    both = after.index.intersection(before.index, sort=False)
    columns = list(after.columns)
    left, right = before.loc[both].to_numpy(), after.loc[both].to_numpy()
    unlike = left != right
    keys: list[str | tuple[str, ...]] = both.tolist()
    rows = unlike.any(axis=1)
    changed = int(rows.sum())
    examples = []
    values = [not column.startswith(_PLACE) for column in columns]
    was, now = (pd.DataFrame(side[rows][:, values]) for side in (left, right))
    furthest = (-_moved(was, now).max(axis=1).fillna(0)).argsort(kind="stable")
    for row in rows.nonzero()[0][furthest[:_EXAMPLES]]:
        cells = [
            f"{column} {left[row, at] or 'nothing'} -> {right[row, at] or 'nothing'}"
            for at, column in enumerate(columns)
            if unlike[row, at]
        ]
        # Where a value stands is told only if the value itself is the same.
        told = [cell for cell in cells if not cell.startswith(_PLACE)]
        examples.append(f"{_named(keys[row])}: {', '.join(told or cells)}")
    outcome = "differs" if changed or len(added) or len(removed) else "same cells"
    return TableDiff(
        name,
        outcome,
        added=len(added),
        removed=len(removed),
        changed=changed,
        by_release=_by_release(new.set_index(key, drop=False).loc[added]),
        examples=examples,
    )


def _by_row(name: str, old: pd.DataFrame, new: pd.DataFrame) -> TableDiff:
    before = Counter(old.itertuples(index=False, name=None))
    after = Counter(new.itertuples(index=False, name=None))
    added, removed = (after - before).total(), (before - after).total()
    return TableDiff(
        name,
        "differs" if added or removed else "same cells",
        added=added,
        removed=removed,
    )


def _by_release(rows: pd.DataFrame) -> dict[str, int]:
    if "release_id" not in rows.columns:
        return {}
    counts = Counter(rows["release_id"])
    return {release: counts[release] for release in sorted(counts)}


def _named(key: str | tuple[str, ...]) -> str:
    parts = (key,) if isinstance(key, str) else key
    return ", ".join(part for part in parts if part != "")


def _figures(before: Path, after: Path) -> list[str]:
    """A line for each published figure that came, went or changed.

    Those that changed come first, the largest change leading, those of charts last of their kind.
    """
    if not before.is_file() or not after.is_file():
        return []
    old, new = (_read(path).set_index(_LEDGER_KEY)[_VALUES] for path in (before, after))
    both = old.add_suffix("_before").join(new.add_suffix("_after"), how="outer").fillna("")
    was, now = (_said(both, end) for end in ("_before", "_after"))
    both = both.assign(was=was, now=now, kind=np.select([was == "", now == ""], ["+", "-"], "~"))
    moved = _moved(
        *(both[[f"value_{end}"]].set_axis(["value"], axis=1) for end in ("before", "after"))
    )
    both = both.assign(
        moved=-moved["value"].fillna(0),
        order=both["kind"].map("~-+".index),
        of_chart=both.index.get_level_values("figure_id").str.contains("#"),
    )
    told = both[both["was"] != both["now"]].sort_index(kind="stable")
    told = told.sort_values(["order", "moved", "of_chart"], kind="stable")
    values = zip(told["was"], told["now"], strict=True)
    named = zip(told["kind"], map(_named, told.index.tolist()), strict=True)
    return [
        f"{kind} {name}: {' -> '.join(filter(None, pair))}"
        for (kind, name), pair in zip(named, values, strict=True)
    ]


def _moved(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """How far numbers moved, relative to the larger; nothing where a cell is no number."""
    was, now = (side.apply(pd.to_numeric, errors="coerce") for side in (before, after))
    larger = was.abs().where(was.abs() > now.abs(), now.abs())
    far: pd.DataFrame = (now - was).abs() / larger.clip(lower=1e-9)
    return far


def _said(figures: pd.DataFrame, end: str) -> pd.Series:
    """Value and interval as the ledger has them; nothing where there is none."""
    value, lower, upper = (figures[f"{name}{end}"] for name in _VALUES)
    return value + (" (" + lower + " to " + upper + ")").where(lower != "", "")
