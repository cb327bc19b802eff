"""Before against after: what a new release, or a change of the code, makes of every table.

Three answers, never two: the same, different, or not compared.  A table whose bytes changed
while its cells did not is told apart, since that happens whenever a library is renewed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from crimeshare.problems import Problem

SAME, DIFFERS, NOT_COMPARED = 0, 1, 2
OUTCOMES = {
    "same": SAME,
    "same cells": SAME,
    "differs": DIFFERS,
    "not compared": NOT_COMPARED,
}
STATUSES = ["same", "differs", "could not compare"]

# Everything that is published, below a folder of results.
TABLES = ["published/*.csv", "estimates/*.parquet", "clean/*.parquet", "data/**/*.csv"]
LEDGER = "published/figures.csv"

# What says where a value stands, not what it is: told last, if nothing else differs.
_PLACE = ("workbook_sha256", "sheet", "cell")
_EXAMPLES = 5

_LEDGER_KEY = ["figure_id", "unit", "release_id", "sheet", "cell", "page"]
_PLACE_IN_CHART = r"\.\d{1,3}$"


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
class BuildDiff:
    """What became of every table, and of every published figure in lines of text."""

    tables: list[TableDiff]
    figures: list[str]

    @property
    def status(self) -> int:
        """0 same, 1 differs, 2 could not compare."""
        return max((OUTCOMES[table.outcome] for table in self.tables), default=NOT_COMPARED)

    def as_json(self) -> dict[str, object]:
        """The form of ``results/releases/diff.json``."""
        return {
            "status": STATUSES[self.status],
            "exit_status": self.status,
            "tables": [asdict(table) for table in self.tables],
            "figures": self.figures,
        }


def compare_builds(before: Path, after: Path) -> BuildDiff:
    """Compare every published table of two folders of results.

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
    return BuildDiff(tables, list(_figures(before / LEDGER, after / LEDGER)))


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
        return TableDiff(name, "not compared", f"cannot be read ({error})")
    columns = [column for column in new.columns if column in old.columns]
    reason = _columns_in_words(old, new)
    old, new = old[columns], new[columns]
    key = _LEDGER_KEY if name == LEDGER else _key(old, new)
    diff = _by_key(name, old, new, key) if key else _by_row(name, old, new)
    if diff.outcome == "same cells" and not reason:
        return diff
    return TableDiff(**{**asdict(diff), "outcome": "differs", "reason": reason})


def _read(path: Path) -> pd.DataFrame:
    """Every cell as text that tells values apart, "" where there is none."""
    if path.suffix == ".csv":
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
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
    """A ledger whose figures are known by what they are, each once.

    A figure of a table or chart carries its place there (``....7``), which moves when a row comes
    in before it.
    """
    ids = ledger["figure_id"].str.replace(_PLACE_IN_CHART, "", regex=True)
    return ledger.assign(figure_id=ids).drop_duplicates(_LEDGER_KEY)


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


def _figures(before: Path, after: Path) -> Iterator[str]:
    """The published figures line by line: `+` come, `-` gone, `~` changed; unchanged ones none."""
    if not before.is_file() or not after.is_file():
        return
    old, new = (
        {_named(tuple(row[column] for column in _LEDGER_KEY)): row for row in rows}
        for rows in (_read(path).to_dict("records") for path in (before, after))
    )
    for figure in sorted(old.keys() | new.keys(), key=lambda name: ("#" in name, name)):
        if figure not in old:
            yield f"+ {figure}: {_figure(new[figure])}"
        elif figure not in new:
            yield f"- {figure}: {_figure(old[figure])}"
        elif _figure(old[figure]) != _figure(new[figure]):
            yield f"~ {figure}: {_figure(old[figure])} -> {_figure(new[figure])}"


def _figure(row: Mapping[Hashable, str]) -> str:
    interval = f" ({row['lower']} to {row['upper']})" if row["lower"] else ""
    return f"{row['value']}{interval}"


# --- in words -----------------------------------------------------------------------------


def in_words(diff: BuildDiff) -> str:
    """The page of a comparison in Markdown, to be read in two minutes."""
    counts = Counter(table.outcome for table in diff.tables)
    lines = [
        f"# {_HEADLINES[diff.status]}",
        "",
        f"{len(diff.tables)} tables: "
        + ", ".join(f"{counts[outcome]} {outcome}" for outcome in OUTCOMES if counts[outcome])
        + ".",
        "",
        *_figures_in_words(diff.figures),
    ]
    for table in diff.tables:
        if table.outcome in ("differs", "not compared"):
            lines += _table_in_words(table)
    if renewed := [table.table for table in diff.tables if table.outcome == "same cells"]:
        lines += ["## Bytes changed, cells same", "", *(f"- {name}" for name in renewed), ""]
    return "\n".join(lines)


_HEADLINES = [
    "Nothing that is published changed",
    "What changes",
    "Not everything could be compared",
]


def _figures_in_words(figures: Sequence[str]) -> list[str]:
    counts = Counter(line[0] for line in figures)
    if not figures:
        return ["No figure that readers see came, went or changed.", ""]
    shown = sorted(figures, key=_kind_of_line)[:20]
    more = len(figures) - len(shown)
    return [
        f"Of the figures that readers see, {counts['~']} changed, {counts['+']} are new and "
        f"{counts['-']} are gone.",
        "",
        "```diff",
        *shown,
        "```",
        *([f"... and {more:,} more, in figures.diff.", ""] if more else [""]),
    ]


def _kind_of_line(line: str) -> int:
    return "~-+".index(line[0])


def _table_in_words(table: TableDiff) -> list[str]:
    lines = [f"## {table.table}", ""]
    if table.reason:
        lines += [f"{table.outcome.capitalize()}: {table.reason}.", ""]
    if table.added or table.removed or table.changed:
        lines += [
            f"{table.changed:,} rows changed, {table.added:,} added, {table.removed:,} removed.",
            "",
        ]
    lines += [f"- {release}: {count:,} rows added" for release, count in table.by_release.items()]
    lines += [f"- {example}" for example in table.examples]
    return [*lines, ""] if lines[-1] else lines
