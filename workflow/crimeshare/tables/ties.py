"""What ties the figures of a release to one another, and which cell it is where a tie breaks.

A tie is one thing that must hold among figures: a sum, a change, a rate, a number that two tables
repeat.  Most figures are in several, so a wrong cell is where the broken ones cross: all that it
takes part in break, while every other cell of a broken tie is in others that hold.  A row or a
column that was swapped or shifted breaks the ties of all its cells at once, and is told as such.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

Place = tuple[str, str]
"""Sheet and cell."""

Line = tuple[str, str]
"""Sheet, and the number of a row or the letters of a column."""

# Fewer cells than this are told one by one, not as a row or a column.
_A_LINE = 3
# A tie that a cell would explain says more of it than one that holds: two figures that changed
# places keep the sum they are both in.
_FOR = 2
_SAID = 3
# Where more is wrong than this, it is no slip: each further cell would only take longer to find.
_TOLD = 50


class Placed(Protocol):
    """What is asked of an observation of any dataset: where it stands and what it holds."""

    @property
    def release_id(self) -> str: ...

    @property
    def sheet(self) -> str: ...

    @property
    def cell(self) -> str: ...

    @property
    def where(self) -> str: ...

    @property
    def value(self) -> float | None: ...

    @property
    def marker_text(self) -> str | None: ...


Doubt = Callable[[Placed, float | None], float]
"""How much a figure is out of line with its neighbours, given what would mend it."""


@dataclass(frozen=True)
class Tie:
    """One thing that must hold among figures.

    Attributes:
        kind: of identity, as the report of the check names it.
        members: the figures that take part; the sum, change or rate itself first.
        broken: what does not hold, in words; empty where it holds.
        remedy: where it is broken, the value that would mend it, by the place of the member.
        strict: whether it says that its members are right where it holds; bounds do not.
        ratio: whether it also holds of a whole row or column that is ten times too large.
        at: where it broke, for a tie of whole rows that no single cell can mend.
    """

    kind: str
    members: tuple[Placed, ...]
    broken: str = ""
    remedy: Mapping[Place, float] = field(default_factory=dict)
    strict: bool = True
    ratio: bool = False
    at: str = ""

    @property
    def places(self) -> list[Place]:
        """Sheet and cell of each member."""
        return [(member.sheet, member.cell) for member in self.members]

    @property
    def cells(self) -> frozenset[Place]:
        """Sheet and cell of each member, in no order."""
        return frozenset(self.places)

    @property
    def sentence(self) -> str:
        """Where and what is broken."""
        first = self.members[0]
        return f"{first.release_id}, {self.at or first.where}: {self.broken}"


@dataclass(frozen=True)
class Fault:
    """A cell, or the cells of a row or column, that break the ties they are in.

    Attributes:
        sentence: where it is, what it breaks and what would mend it.
        cells: sheet and cell of each; empty where whole rows are missing.
        line: whether they are those of a row or a column.
    """

    sentence: str
    cells: frozenset[Place]
    members: tuple[Placed, ...] = ()
    line: bool = False


def sum_tie(
    kind: str,
    wholes: Sequence[Placed],
    parts: Sequence[Placed],
    slack: float,
    words: Callable[[str], str],
) -> Tie:
    """That figures add up to as much as others, of which a marked one counts nothing.

    Args:
        wholes: the sum, or the figures that are it together; each has a value.
        slack: what rounding allows.
        words: what is broken, given the sum of the parts in digits.
    """
    total = sum(part.value for part in parts if part.value is not None)
    gap = sum(whole.value for whole in wholes if whole.value is not None) - total
    members = (*wholes, *parts)
    if abs(gap) <= slack:
        return Tie(kind, members)
    mended = {(part.sheet, part.cell): (part.value or 0.0) + gap for part in parts}
    mended |= {(whole.sheet, whole.cell): (whole.value or 0.0) - gap for whole in wholes}
    return Tie(kind, members, words(f"{total:,.10g}"), mended)


def no_doubt(_: Placed, __: float | None) -> float:
    """Where nothing tells which of two figures is out of line."""
    return 0.0


def broken(ties: Iterable[Tie]) -> list[Tie]:
    """Those that do not hold."""
    return [tie for tie in ties if tie.broken]


def tally(ties: Iterable[Tie]) -> Counter[Place]:
    """How many identities tie each figure; bounds, which leave room, are not counted."""
    return Counter(place for tie in ties if tie.strict for place in tie.places)


def localise(ties: Sequence[Tie], doubt: Doubt = no_doubt) -> list[Fault]:
    """The cells, rows and columns that explain every broken tie, the plainest first.

    Args:
        ties: all of a release, those that hold included: they clear the other cells.
        doubt: how much a figure is out of line with its neighbours, given what would mend it;
            settles which cell it is where the ties cannot.
    """
    if not any(tie.broken for tie in ties):
        return []
    open_ties = [tie for tie in ties if tie.broken and not tie.at]
    cleared = _cleared(ties, {line for tie in open_ties for line in _lines(tie)})
    number = tally(ties)
    cells, lines = _by_candidate(open_ties)
    at_first = {at: len(explained) for at, explained in [*cells.items(), *lines.items()]}
    found: list[tuple[Fault, list[Tie]]] = []
    while open_ties and len(found) < _TOLD:
        found.append(_plainest(open_ties, cleared, at_first, number, doubt))
        gone = set(map(id, found[-1][1]))
        open_ties = [tie for tie in open_ties if id(tie) not in gone]
    faults = _with_whole_rows(found, [tie for tie in ties if tie.at and tie.broken])
    if open_ties:
        more = f"; {len(open_ties) - 1:,} more identities do not hold either"
        faults.append(Fault(open_ties[0].sentence + more, frozenset()))
    return faults


def _plainest(
    ties: list[Tie],
    cleared: Counter[tuple[str, str]],
    at_first: Mapping[tuple[str, str], int],
    number: Counter[Place],
    doubt: Doubt,
) -> tuple[Fault, list[Tie]]:
    """The cell or line that explains most ties which no other of its ties speaks against.

    Of two that explain the same, the one that broke more at first, explained by now or not.
    """
    cells, lines = _by_candidate(ties)

    def score(explained: Mapping[tuple[str, str], list[Tie]], of: tuple[str, str]) -> int:
        return _FOR * len(explained[of]) - cleared[of]

    best = max(
        cells,
        key=lambda place: (
            score(cells, place),
            at_first[place],
            _doubt(place, cells[place], doubt),
            place == ties[0].places[0],
        ),
    )
    line = max(lines, key=lambda at: (score(lines, at), at_first[at]), default=None)
    if line is not None and score(lines, line) > max(score(cells, best), _A_LINE):
        explained = [tie for tie in ties if line in _lines(tie)]
        return _line_fault(line, explained), explained
    explained = cells[best]
    within = dict.fromkeys(place for tie in explained for place in tie.places)
    others = [p for p in within if score(cells, p) == score(cells, best) and p != best]
    return _cell_fault(best, explained, number[best], others), explained


def _with_whole_rows(
    found: Sequence[tuple[Fault, list[Tie]]], whole_rows: Sequence[Tie]
) -> list[Fault]:
    """Faults of cells and lines, and missing rows: neither is told where the other explains it."""
    in_lines = {place for fault, _ in found if fault.line for place in fault.cells}
    rows = [tie for tie in whole_rows if tie.places[0] not in in_lines]
    parts = {place for tie in rows for place in tie.places[1:]}
    return [
        *(Fault(tie.sentence, frozenset()) for tie in rows),
        *(
            fault
            for fault, explained in found
            if fault.line or not all(parts & tie.cells for tie in explained)
        ),
    ]


def _lines(tie: Tie) -> Counter[Line]:
    return Counter(line for place in tie.places for line in lines_of(place))


def lines_of(place: Place) -> tuple[Line, Line]:
    """The row and the column of a cell."""
    letters = place[1].rstrip("0123456789")
    return (place[0], place[1][len(letters) :]), (place[0], letters)


def _cleared(ties: Sequence[Tie], lines: set[Line]) -> Counter[tuple[str, str]]:
    """How many ties hold of each cell, and across each line: those within one say nothing of it."""
    found: Counter[tuple[str, str]] = Counter()
    for tie in ties:
        if tie.broken or not tie.strict:
            continue
        found.update(set(tie.places))
        for line, inside in _lines(tie).items():
            if line in lines and inside < len(tie.members) and not tie.ratio:
                found[line] += 1
    return found


def _by_candidate(
    ties: Sequence[Tie],
) -> tuple[dict[Place, list[Tie]], dict[Line, list[Tie]]]:
    """The broken ties that each cell, row and column would explain."""
    cells: dict[Place, list[Tie]] = defaultdict(list)
    lines: dict[Line, list[Tie]] = defaultdict(list)
    members: dict[Line, set[Place]] = defaultdict(set)
    for tie in ties:
        for place in dict.fromkeys(tie.places):
            cells[place].append(tie)
            for line in lines_of(place):
                members[line].add(place)
        for line, inside in _lines(tie).items():
            if inside < len(tie.members):
                lines[line].append(tie)
    return cells, {line: held for line, held in lines.items() if len(members[line]) >= _A_LINE}


def _doubt(place: Place, ties: Sequence[Tie], doubt: Doubt) -> float:
    member = _member(place, ties)
    return doubt(member, ties[0].remedy.get(place))


def _member(place: Place, ties: Iterable[Tie]) -> Placed:
    return next(m for tie in ties for m in tie.members if (m.sheet, m.cell) == place)


def _cell_fault(place: Place, ties: list[Tie], number: int, others: Sequence[Place]) -> Fault:
    member = _member(place, ties)
    where = f"{member.release_id}, {member.where}"
    mended = {round(tie.remedy[place], 6) for tie in ties if place in tie.remedy}
    own = [tie for tie in ties if tie.places[0] == place]
    if len(ties) == 1 and own:
        sentence = f"{where}: {own[0].broken}"
    else:
        said = "; ".join(tie.broken for tie in [*own, *(t for t in ties if t not in own)][:_SAID])
        sentence = (
            f"{where}: holds {shown(member)}, which breaks {len(ties)} of the "
            f"{max(number, len(ties))} identities it is in: {said}"
        )
    if len(ties) > _SAID:
        sentence += f"; and {len(ties) - _SAID} more"
    if len(mended) == 1 and member.value not in mended:
        sentence += f". {'It' if len(ties) == 1 else 'They'} would hold with {mended.pop():,.10g}"
        sentence += _or_at(place, others) if others else ""
    return Fault(sentence, frozenset({place}), (member,))


def _or_at(place: Place, others: Sequence[Place]) -> str:
    """Other cells that the ties allow as well: one that is wrong explains the same."""
    cells = [cell if sheet == place[0] else f"{cell} of {sheet!r}" for sheet, cell in others[:6]]
    more = " and others" if len(others) > len(cells) else ""
    return f", or with another figure at {', '.join(cells)}{more}"


def shown(member: Placed) -> str:
    """What a cell holds, for a sentence."""
    if member.value is None:
        return repr(member.marker_text or "")
    return f"{member.value:,.15g}" if abs(member.value) >= 1000 else f"{member.value:.15g}"


def _line_fault(line: Line, ties: list[Tie]) -> Fault:
    sheet, name = line
    members = {
        (m.sheet, m.cell): m
        for tie in ties
        for m in tie.members
        if line in lines_of((m.sheet, m.cell))
    }
    cells = sorted(members, key=_order)
    first = members[cells[0]]
    what = "row" if name.isdigit() else "column"
    said = "; ".join(tie.broken for tie in ties[:_SAID])
    return Fault(
        f"{first.release_id}, sheet {sheet!r}, {what} {name}, cells {cells[0][1]} to "
        f"{cells[-1][1]}: its figures break {len(ties)} identities, such as: {said}. Were {what}s, "
        "their labels or figures swapped or shifted?",
        frozenset(cells),
        tuple(members[cell] for cell in cells),
        line=True,
    )


def _order(place: Place) -> tuple[int, int, str]:
    letters = place[1].rstrip("0123456789")
    return int(place[1][len(letters) :]), len(letters), letters


def of_kinds(ties: Iterable[Tie]) -> Iterator[tuple[str, int]]:
    """Each kind of identity and how many of it there are."""
    yield from Counter(tie.kind for tie in ties if tie.strict).items()
