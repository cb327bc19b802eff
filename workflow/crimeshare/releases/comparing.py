"""Before against after: what a new release, or a change of the code, makes of every table.

Three answers, never two: the same, different, or not compared.  A table whose bytes changed
while its cells did not is told apart, since that happens whenever a library is renewed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from crimeshare.columns import units
from crimeshare.measures.recorded import rank_forces
from crimeshare.measures.series import newest_year
from crimeshare.problems import Problem
from crimeshare.publish.elements.figures import written
from crimeshare.reference import areas

SAME, DIFFERS, NOT_COMPARED = 0, 1, 2
OUTCOMES = {
    "same": SAME,
    "same cells": SAME,
    "differs": DIFFERS,
    "not compared": NOT_COMPARED,
}
STATUSES = ["same", "differs", "could not compare"]

# Everything that is published, below a folder of results.
TABLES = ["published/figures.csv", "estimates/*.parquet", "clean/*.parquet", "data/**/*.csv"]
LEDGER = "published/figures.csv"
SHARES = "estimates/shares.parquet"
SERIES = "estimates/series.parquet"

# What says where a value stands, not what it is: told last, if nothing else differs.
_PLACE = ("workbook_sha256", "sheet", "cell")
_EXAMPLES = 5

_VALUES = ("value", "lower", "upper")
_LEDGER_KEY = ["figure_id", "unit", "release_id", "sheet", "cell", "page"]
_PLACE_IN_CHART = r"(#.*)\.\d+$"
_NATION, _NATION_NAMED = "K04000001", "country-england-and-wales"
# A leading figure names its year, one of an edition the edition.
_YEAR = r"\d{4}-\d{2}"
_RELEASE_ID = r"[a-z-]+-\d{4}-\d{2}(?:-v\d+|-corrected)?"


@dataclass(frozen=True)
class TableDiff:
    """What became of one table.

    Attributes:
        table: its path below the folder of results.
        outcome: a key of `OUTCOMES`.
        reason: why it was not compared, or what differs beside its rows; else "".
        added, removed, changed: numbers of rows.
        by_release: numbers of rows added, by release, where rows have one.
        examples: some of the changes, in words.
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
class FigureDiff:
    """What became of one figure that readers see.

    Attributes:
        figure_id, unit, release_id, sheet, cell, page: as in the ledger.
        before, after: value and interval as the ledger has them, "" where there is none; a
            figure that came has no `before`, one that went no `after`.
    """

    figure_id: str
    unit: str
    release_id: str
    sheet: str
    cell: str
    page: str
    before: str
    after: str

    @property
    def kind(self) -> str:
        """``+`` come, ``-`` gone, ``~`` changed."""
        return "~" if self.before and self.after else "+" if self.after else "-"

    @property
    def line(self) -> str:
        """The line of ``figures.diff``."""
        key = (self.figure_id, self.unit, self.release_id, self.sheet, self.cell, self.page)
        values = " -> ".join(value for value in (self.before, self.after) if value)
        return f"{self.kind} {_named(key)}: {values}"


@dataclass(frozen=True)
class NewestFigure:
    """What either build leads with about England and Wales, as the report prints it.

    Attributes:
        words: what the figure is.
        before, after: its value; release_before, release_after: the release it comes from.
    """

    words: str
    before: str
    after: str
    release_before: str
    release_after: str

    @property
    def line(self) -> str:
        """In words."""
        where = " to ".join(dict.fromkeys((self.release_before, self.release_after)))
        return f"{self.words}: {self.before} -> {self.after} ({where})"


@dataclass(frozen=True)
class RankMove:
    """A rank that is another one than before.

    Attributes:
        area: whose rank; among: of what it is a rank.
        release_before, release_after: the release each comes from; the same one where its figures,
            or the code, changed, and two where newer figures take the place of older ones.
    """

    area: str
    among: str
    before: int
    after: int
    release_before: str
    release_after: str

    @property
    def line(self) -> str:
        """In words."""
        editions = [self.release_before, self.release_after]
        where = " to ".join(dict.fromkeys(editions))
        return f"{self.area}, {self.among}: {self.before} -> {self.after} ({where})"


@dataclass(frozen=True)
class BuildDiff:
    """What became of every table, of every published figure, of ranks and of releases.

    Attributes:
        tables: every table of either build.
        changes: published figures that are not what they were.
        newest: what is said of England and Wales, and is not what it was.
        ranks: ranks that are not what they were.
        ranks_not_compared: why ranks could not be compared, else "".
        come, gone: releases that only one of the builds has rows of.
        reason: why nothing at all could be compared, else "".
    """

    tables: list[TableDiff]
    changes: list[FigureDiff]
    newest: list[NewestFigure]
    ranks: list[RankMove]
    ranks_not_compared: str
    come: list[str]
    gone: list[str]
    reason: str = ""

    @property
    def figures(self) -> list[str]:
        """Every published figure that came, went or changed, as lines of text."""
        return [change.line for change in self.changes]

    @property
    def status(self) -> int:
        """0 same, 1 differs, 2 could not compare."""
        return max((OUTCOMES[table.outcome] for table in self.tables), default=NOT_COMPARED)

    def as_json(self) -> dict[str, object]:
        """The form of ``results/releases/diff.json``."""
        return {
            "status": STATUSES[self.status],
            "exit_status": self.status,
            "reason": self.reason,
            "releases": {"come": self.come, "gone": self.gone},
            "tables": [asdict(table) for table in self.tables],
            "newest": [asdict(figure) for figure in self.newest],
            "ranks": [asdict(rank) for rank in self.ranks],
            "ranks_not_compared": self.ranks_not_compared,
            "figures": self.figures,
        }


def compare_builds(before: Path, after: Path, offence_id: str) -> BuildDiff:
    """Compare every published table of two folders of results.

    Args:
        before, after: the folders.
        offence_id: the offence group whose ranks, and figures in England and Wales, are told.

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
    reason = _no_ranks(before, after, unread)
    return BuildDiff(
        tables,
        [] if LEDGER in unread else list(_figures(before / LEDGER, after / LEDGER)),
        [] if LEDGER in unread else list(_newest(before / LEDGER, after / LEDGER, offence_id)),
        [] if reason else list(_ranks(before, after, offence_id)),
        reason,
        sorted(new - old),
        sorted(old - new),
    )


def nothing_compared(reason: str) -> BuildDiff:
    """The outcome where nothing could be compared: no table, and why."""
    return BuildDiff([], [], [], [], reason.rstrip("."), [], [], reason)


def _releases(folder: Path, unread: set[str]) -> set[str]:
    """The releases that any clean table holds rows of."""
    found: set[str] = set()
    for path in sorted(folder.glob("clean/*.parquet")):
        if path.relative_to(folder).as_posix() in unread:
            continue
        if "release_id" in pq.read_schema(path).names:
            column = pq.read_table(path, columns=["release_id"])["release_id"]
            found.update(str(name) for name in column.unique().to_pylist())
    return found


def _ranks(before: Path, after: Path, offence_id: str) -> Iterator[RankMove]:
    """Ranks of the newest year, which pages lead with, and those of each edition that both have."""
    old, new = (_ranked(build / SHARES, offence_id) for build in (before, after))
    leading = [_leading_ranks(build / SERIES, offence_id) for build in (before, after)]
    pairs = [(old[edition], new[edition]) for edition in sorted(old.keys() & new.keys())]
    if all(leading):
        pairs.insert(0, (leading[0], leading[1]))
    elif old and new and max(old) != max(new):
        pairs.append((old[max(old)], new[max(new)]))
    for earlier, later in pairs:
        for key in sorted(earlier.keys() & later.keys()):
            (was, release_before), (now, release_after) = earlier[key], later[key]
            if was != now:
                yield RankMove(*key, was, now, release_before, release_after)


def _no_ranks(before: Path, after: Path, unread: set[str]) -> str:
    """Why ranks cannot be compared; nothing where they can."""
    for name in (SHARES, SERIES):
        if name in unread:
            return f"{name} cannot be read"
    for folder in (before, after):
        if not (folder / SHARES).is_file():
            return f"{folder} has no {SHARES}"
        for name, columns in ((SHARES, _RANKED_BY), (SERIES, _LEADING)):
            if not (folder / name).is_file():
                continue  # a build from before the series leads with its newest edition
            if lost := {*columns, *_RANKS} - set(pq.read_schema(folder / name).names):
                return f"{name} of {folder} has no column {', '.join(sorted(lost))}"
    return ""


# What a rank is told apart by, the share that forces are ranked by, and the ranks of a group.
_RANKED_BY = ("release_id", "period_end", "area_code", "area_type", "offence_id", "share")
_LEADING = ("release_id", "period_end", "area_code", "offence_id", "rank_forces")
_RANKS = {
    "rank_main_groups": "main groups",
    "rank_subgroups": "sub-groups",
    "rank_published_columns": "published columns",
}

Edition = tuple[str, str]
"""The last day of a release's year and its id, so that the newest is the greatest."""


Ranks = dict[tuple[str, str], tuple[int, str]]
"""By area and what it is ranked among, the rank and the release that it comes from."""


def _ranked(path: Path, offence_id: str) -> dict[Edition, Ranks]:
    """By edition, the rank of each force by share, and of the group in England and Wales."""
    shares = pq.read_table(path).to_pandas()
    shares["by_share"] = rank_forces(shares)
    newest = shares.groupby("release_id")["period_end"].transform("max")
    own = shares[shares["period_end"] == newest]
    return {
        (str(period_end)[:10], str(release_id)): ranks
        for (period_end, release_id), rows in own.groupby(["period_end", "release_id"])
        if (ranks := _ranks_of(rows, offence_id))
    }


def _leading_ranks(path: Path, offence_id: str) -> Ranks:
    """The same of the newest year of the series; none where a build is older than the series."""
    if not path.is_file():
        return {}
    newest = newest_year(pq.read_table(path).to_pandas())
    return _ranks_of(newest.rename(columns={"rank_forces": "by_share"}), offence_id)


def _ranks_of(rows: pd.DataFrame, offence_id: str) -> Ranks:
    columns = {"by_share": "forces by share", **_RANKS}
    ranks: Ranks = {}
    for row in rows[rows["offence_id"] == offence_id].to_dict("records"):
        for column, among in columns.items():
            national = column != "by_share"
            if not pd.isna(row[column]) and (row["area_code"] == _NATION or not national):
                name = areas()[row["area_code"]].area_name
                ranks[name, among] = int(row[column]), str(row["release_id"])
    return ranks


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
    if path.suffix == ".csv":
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
    for row in rows.nonzero()[0][:_EXAMPLES]:
        cells = [
            f"{column} {left[row, at] or 'nothing'} -> {right[row, at] or 'nothing'}"
            for at, column in enumerate(columns)
            if unlike[row, at]
        ]
        # Where a value stands is told only if the value itself is the same.
        values = [cell for cell in cells if not cell.startswith(_PLACE)]
        examples.append(f"{_named(keys[row])}: {', '.join(values or cells)}")
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
    """Rows that no columns tell apart are compared as wholes, each as often as it stands."""
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


def _figures(before: Path, after: Path) -> Iterator[FigureDiff]:
    """The published figures that came, went or changed, those of charts last."""
    if not before.is_file() or not after.is_file():
        return
    old, new = (
        {tuple(str(row[column]) for column in _LEDGER_KEY): row for row in rows}
        for rows in (_read(path).to_dict("records") for path in (before, after))
    )
    for key in sorted(old.keys() | new.keys(), key=lambda key: ("#" in key[0], _named(key))):
        was, now = (_figure(rows[key]) if key in rows else "" for rows in (old, new))
        if was != now:
            figure_id, unit, release_id, sheet, cell, page = key
            yield FigureDiff(figure_id, unit, release_id, sheet, cell, page, was, now)


def _figure(row: Mapping[Hashable, str]) -> str:
    interval = f" ({row['lower']} to {row['upper']})" if row["lower"] else ""
    return f"{row['value']}{interval}"


# What a report leads with about England and Wales, by the first word of a figure's name.
_QUANTITIES = {
    "share": "Share of recorded crime",
    "count": "Offences",
    "rate_per_1000": "Offences per 1,000 residents",
    "change_pct": "Change on the year before",
    "rank_subgroups": "Rank among sub-groups",
    "rank_published_columns": "Rank among the published columns",
}


def _newest(before: Path, after: Path, offence_id: str) -> Iterator[NewestFigure]:
    """The newest figures of England and Wales in either build, where they differ.

    A figure names its year or its edition, so that a new one does not change it but takes its
    place.
    """
    if not before.is_file() or not after.is_file():
        return
    old, new = (_of_nation(path, offence_id) for path in (before, after))
    for quantity, words in _QUANTITIES.items():
        if quantity in old and quantity in new and old[quantity] != new[quantity]:
            was, now = old[quantity], new[quantity]
            yield NewestFigure(
                words,
                printed(was["unit"], _figure(was)),
                printed(now["unit"], _figure(now)),
                was["release_id"],
                now["release_id"],
            )


def _of_nation(ledger: Path, offence_id: str) -> dict[str, dict[Hashable, str]]:
    """By quantity, the ledger's row of the newest leading figure, or else of the newest edition."""
    named = re.compile(
        rf"(\w+)\.{_NATION_NAMED}\.{offence_id}\.(?:(?P<year>{_YEAR})|(?P<edition>{_RELEASE_ID}))"
    )
    newest: dict[str, tuple[tuple[str, str], dict[Hashable, str]]] = {}
    for row in _read(ledger).to_dict("records"):
        found = named.fullmatch(str(row["figure_id"]))
        if not found:
            continue
        age = found["year"] or "", found["edition"] or ""
        if age >= newest.get(found[1], (("", ""),))[0]:
            columns = (*_VALUES, "unit", "release_id")
            newest[found[1]] = age, {name: str(row[name]) for name in columns}
    return {quantity: row for quantity, (_, row) in newest.items()}


def printed(unit: str, text: str) -> str:
    """A value of the ledger as the report prints it, with its interval."""
    value, _, interval = text.partition(" ")
    if unit not in units() or not value:
        return text
    limits = interval.strip("()").split(" to ") if interval else []
    try:
        shown, *ends = (written(float(number), unit) for number in (value, *limits))
    except ValueError:
        return text
    return f"{shown} ({' to '.join(ends)})" if ends else shown


# --- in words -----------------------------------------------------------------------------


def in_words(diff: BuildDiff) -> str:
    """The page of a comparison in Markdown, to be read in two minutes."""
    counts = Counter(table.outcome for table in diff.tables)
    title = f"# {HEADLINES[diff.status]}"
    if diff.reason:
        return "\n".join([title, "", diff.reason, ""])
    lines = [
        title,
        "",
        f"{len(diff.tables)} tables: "
        + ", ".join(
            f"{counts[outcome]} {words}"
            for outcome, words in OUTCOME_WORDS.items()
            if counts[outcome]
        )
        + ".",
        "",
        *_releases_in_words(diff),
        *_newest_in_words(diff.newest),
        *_ranks_in_words(diff),
        *_figures_in_words(diff.figures),
    ]
    for table in diff.tables:
        if table.outcome in ("differs", "not compared"):
            lines += _table_in_words(table)
    if renewed := [table.table for table in diff.tables if table.outcome == "same cells"]:
        lines += ["## Bytes changed, cells same", "", *(f"- {name}" for name in renewed), ""]
    return "\n".join(lines)


HEADLINES = [
    "Nothing that is published changed",
    "What changes",
    "Not everything could be compared",
]


OUTCOME_WORDS = {
    "same": "same",
    "same cells": "with other bytes and the same cells",
    "differs": "different",
    "not compared": "not compared",
}


def _releases_in_words(diff: BuildDiff) -> list[str]:
    parts = [
        f"{word}: {', '.join(releases)}."
        for word, releases in (("New releases", diff.come), ("Releases gone", diff.gone))
        if releases
    ]
    return [" ".join(parts), ""] if parts else []


def _newest_in_words(newest: Sequence[NewestFigure]) -> list[str]:
    if not newest:
        return []
    return ["In England and Wales:", "", *(f"- {figure.line}" for figure in newest), ""]


def _ranks_in_words(diff: BuildDiff) -> list[str]:
    ranks = diff.ranks
    if diff.ranks_not_compared:
        return [f"Ranks could not be compared: {diff.ranks_not_compared}.", ""]
    if not ranks:
        return ["No rank moved.", ""]
    verb = "rank moved" if len(ranks) == 1 else "ranks moved"
    shown = sorted(ranks, key=lambda rank: -abs(rank.after - rank.before))[:20]
    more = len(ranks) - len(shown)
    return [
        f"{len(ranks)} {verb}, the furthest first:",
        "",
        *(f"- {rank.line}" for rank in shown),
        *([f"- ... and {more:,} more, in diff.json"] if more else []),
        "",
    ]


def _figures_in_words(figures: Sequence[str]) -> list[str]:
    counts = Counter(line[0] for line in figures)
    if not figures:
        return ["No figure that readers see came, went or changed.", ""]
    # Figures that came or went by the hundred are those of an edition that came or went.
    told = [line for line in figures if line[0] == "~" or counts[line[0]] <= _LINES]
    shown = sorted(told, key=lambda line: (_kind_of_line(line), -_moved(line)))[:_LINES]
    more = len(figures) - len(shown)
    return [
        f"Of the figures that readers see, {counts['~']:,} changed, {counts['+']:,} are new and "
        f"{counts['-']:,} are gone.",
        "",
        *(["```diff", *shown, "```"] if shown else []),
        *([f"... and {more:,} more, in figures.diff.", ""] if more else [""]),
    ]


_LINES = 20


def _kind_of_line(line: str) -> int:
    return "~-+".index(line[0])


def _moved(line: str) -> float:
    """How far a figure that changed moved, beside what it was; of words, nothing."""
    try:
        was, now = (float(part.split()[0]) for part in line.rsplit(": ", 1)[-1].split(" -> "))
    except (ValueError, IndexError):
        return 0.0
    return abs(now - was) / max(abs(was), abs(now), 1e-9)


def _rows(number: int) -> str:
    return f"{number:,} {'row' if number == 1 else 'rows'}"


def _table_in_words(table: TableDiff) -> list[str]:
    lines = [f"## {table.table}", ""]
    if table.reason:
        lines += [f"{table.outcome.capitalize()}: {table.reason}.", ""]
    if table.added or table.removed or table.changed:
        lines += [
            f"{_rows(table.changed)} changed, {table.added:,} added, {table.removed:,} removed.",
            "",
        ]
    lines += [f"- {release}: {_rows(count)} added" for release, count in table.by_release.items()]
    lines += [f"- {example}" for example in table.examples]
    return [*lines, ""] if lines[-1] else lines
