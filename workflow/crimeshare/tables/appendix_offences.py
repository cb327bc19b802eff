"""What ties offences by code to one another in the appendix tables.

A subtotal is the sum of the coded rows above it, and an offence that of its sub-offences.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from fnmatch import fnmatchcase

from crimeshare.reference import read_rows
from crimeshare.tables.appendix_layout import FOLDER
from crimeshare.tables.labels import one_line, plain
from crimeshare.tables.observations import SurveyObservation
from crimeshare.tables.ties import Tie, lines_of, shown, sum_tie

# The two tables are drawn up on different days; they never differed by more than 0.7 in a hundred.
_ANOTHER_DAY, _SMALL = 0.02, 10


def offence_ties(rows: Sequence[SurveyObservation]) -> Iterator[Tie]:
    """Everything that must hold among the offences of one release."""
    yield from _subtotals(rows)
    yield from _sub_offences(rows)
    yield from _in_both_tables(rows)


def _in_both_tables(rows: Iterable[SurveyObservation]) -> Iterator[Tie]:
    """That the table of sub-offences has nearly as many of an offence as that of all codes."""
    by_table: dict[str, dict[tuple[str, date], SurveyObservation]] = defaultdict(dict)
    for row in rows:
        if row.item_id and row.parent_id is None and row.value is not None:
            by_table[row.table][row.item_id, row.period_end] = row
    for key, row in by_table["offence_subcodes"].items():
        if other := by_table["offence_codes"].get(key):
            one, two = row.value or 0.0, other.value or 0.0
            said = f"holds {shown(row)}, cell {other.cell} of sheet {other.sheet!r} {shown(other)}"
            apart = abs(one - two) > _ANOTHER_DAY * max(one, two) + _SMALL
            yield Tie("offences in two tables", (row, other), said if apart else "", strict=False)


def _subtotals(rows: Iterable[SurveyObservation]) -> Iterator[Tie]:
    """That each subtotal of offences is the sum of the rows above it that it stands for."""
    lines: dict[tuple[str, str], dict[date, SurveyObservation]] = defaultdict(dict)
    for row in rows:
        if row.table == "offence_codes":
            lines[lines_of((row.sheet, row.cell))[0]][row.period_end] = row
    for whole, parts in _sums(list(lines.values())):
        yield from _of_rows("subtotals of offence codes", whole, parts)


_Line = dict[date, SurveyObservation]


def _sums(lines: Sequence[_Line]) -> Iterator[tuple[list[_Line], list[_Line]]]:
    """Rows, with the rows they are the sum of, from the top of the table to its end."""
    roles = read_rows(FOLDER / "subtotals.csv")
    codes: list[_Line] = []
    splits: list[_Line] = []
    subtotals: list[_Line] = []
    totals: list[_Line] = []
    headings: list[tuple[_Line, int]] = []
    open_splits: list[_Line] = []
    for line in lines:
        first = next(iter(line.values()))
        role = "code" if first.item_id else _role(roles, first.row_label)
        if role == "within":
            continue
        if role != "split" and open_splits:
            if codes:
                yield open_splits, codes
            splits, codes, open_splits = [*splits, *open_splits], [], []
        if role in ("code", "part") or (role == "subtotal" and not [*codes, *splits]):
            codes.append(line)
        elif role == "split":
            open_splits.append(line)
        elif role == "heading":
            yield from ((([head], totals[at:])) for head, at in headings[-1:])
            headings.append((line, len(totals)))
        elif role == "subtotal":
            yield [line], [*splits, *codes]
            subtotals, codes, splits = [*subtotals, line], [], []
        elif role == "total":
            yield [line], [*subtotals, *splits, *codes]
            totals, subtotals, codes, splits = [*totals, line], [], [], []
        else:
            yield from ((([head], totals[at:])) for head, at in headings[-1:])
            yield [line], totals
            headings, totals = [], [line]


def _role(roles: Iterable[Mapping[str, str]], label: str) -> str:
    """What an uncoded row is, by the line that says most of its label; a subtotal unless said."""
    text = plain(label)
    lines = [row for row in roles if fnmatchcase(text, row["label"])]
    best = max(lines, key=lambda row: len(row["label"].replace("*", "")), default=None)
    return best["role"] if best else "subtotal"


def _sub_offences(rows: Iterable[SurveyObservation]) -> Iterator[Tie]:
    groups: dict[str | None, _Line] = defaultdict(dict)
    members: dict[str | None, dict[str, _Line]] = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        if row.table == "offence_subcodes":
            if row.parent_id is None:
                groups[row.item_id][row.period_end] = row
            else:
                line = lines_of((row.sheet, row.cell))[0][1]
                members[row.parent_id][line][row.period_end] = row
    for item, whole in groups.items():
        yield from _of_rows(
            "offences and their sub-offences", [whole], list(members[item].values())
        )
        yield from _labels_once([next(iter(line.values())) for line in members[item].values()])


def _labels_once(parts: Sequence[SurveyObservation]) -> Iterator[Tie]:
    """That no two parts of an offence have the same label."""
    labelled: dict[str, SurveyObservation] = {}
    for row in parts:
        first = labelled.setdefault(plain(row.row_label), row)
        if first is not row:
            said = (
                f"{one_line(row.row_label)!r} labels two rows of one offence, the other at "
                f"{first.cell}; expected each label once. Were labels swapped?"
            )
            yield Tie("labels of sub-offences", (row, first), said, strict=False)


def _of_rows(kind: str, wholes: Sequence[_Line], parts: Sequence[_Line]) -> Iterator[Tie]:
    """A sum in every year.  Where it fails in most, a row is missing: no cell mends that."""
    if not parts:
        return
    days = list(dict.fromkeys(day for line in wholes for day in line))
    ties = [
        tie
        for day in days
        for tie in _in_a_year(
            kind,
            [line[day] for line in wholes if day in line],
            [line[day] for line in parts if day in line],
        )
    ]
    failing = [tie for tie in ties if tie.broken]
    if len(failing) > 2 and 2 * len(failing) > len(ties):
        cells = [lines_of((row.sheet, row.cell))[0][1] for line in parts for row in line.values()]
        numbers = sorted(map(int, cells))
        tie = failing[-1]
        yield Tie(
            kind,
            tie.members,
            f"{tie.broken}, and {len(failing)} of {len(ties)} years differ likewise. Is a row "
            "missing or repeated, or were figures shifted?",
            at=f"sheet {tie.members[0].sheet!r}, rows {numbers[0]} to {numbers[-1]}",
        )
    else:
        yield from ties


def _in_a_year(
    kind: str, wholes: Sequence[SurveyObservation], parts: Sequence[SurveyObservation]
) -> Iterator[Tie]:
    total = sum(part.value for part in parts if part.value is not None)
    known = [whole for whole in wholes if whole.value is not None]
    name = one_line(wholes[0].row_label) if wholes else ""
    if not known:
        if wholes and total and all(part.value is not None for part in parts):
            said = f"holds {shown(wholes[0])} for {name!r}, but its parts add up to {total:,.10g}"
            whole = wholes[0]
            yield Tie(kind, (whole, *parts), said, {(whole.sheet, whole.cell): total})
        return
    given = sum(whole.value or 0.0 for whole in known)
    said = f"holds {given:,.10g} for {name!r}, but its parts add up to "
    yield sum_tie(kind, known, parts, 0.0, lambda total: said + total)
