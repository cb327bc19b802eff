"""Sums in the police force area tables: over areas, over partnerships and over offence groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from crimeshare.reference import areas, offences
from crimeshare.tables.observations import Observation
from crimeshare.tables.ties import Tie, shown, sum_tie

# Populations and households are published rounded to 100.
ROUNDING = 50.0
# Partnerships make up their force exactly in a table of which this part of the sums is exact.
MOST = 0.9
# What a marker means that stands for a figure which is counted elsewhere all the same.
COUNTED = ("suppressed", "rounds_to_zero")
# A count is withheld where so few offences might tell of somebody.
_WITHHELD = 10
_OF_AREAS = ("count", "population", "households")

Key = tuple[str, date, str, str | None]
"""Measure, period, area code and offence id: one figure of a release."""

Figures = Mapping[Key, Observation]


def _wholes(
    figures: Figures, around: Callable[[Observation], Key | None]
) -> Iterator[tuple[Observation, list[Observation]]]:
    """The figures that have parts and a value, each with its parts."""
    parts: dict[Key, list[Observation]] = defaultdict(list)
    for row in figures.values():
        if (key := around(row)) is not None:
            parts[key].append(row)
    for key, rows in parts.items():
        whole = figures.get(key)
        if whole is not None and whole.value is not None:
            yield whole, rows


def sums_over_areas(figures: Figures) -> Iterator[Tie]:
    def around(row: Observation) -> Key | None:
        if row.parent_code is not None or row.measure not in _OF_AREAS:
            return None
        return row.measure, row.period_end, areas()[row.area_code].parent_code, row.offence_id

    for whole, rows in _wholes(figures, around):
        kind, what = f"{whole.measure} by area", "the areas in it"
        if whole.measure == "count":
            yield from _sum(kind, whole, rows, 0.0, what)
            continue
        # Partnerships may be given with the population of an earlier year than their force.
        rows = [row for row in rows if row.reference_year == whole.reference_year]
        # A base may leave out, or keep, the residents of a force that made no return.
        slack = ROUNDING * (len(rows) + 1)
        returned = [row for row in rows if _made_a_return(figures, row)]
        ties = [*_sum(kind, whole, returned, slack, what), *_sum(kind, whole, rows, slack, what)]
        yield from [tie for tie in ties if not tie.broken][:1] or ties[-1:]


def _sum(
    kind: str, whole: Observation, parts: Sequence[Observation], slack: float, what: str
) -> Iterator[Tie]:
    """That a figure is the sum of others; that it is no less, where one of them is withheld."""
    if all(part.value is None for part in parts):
        return
    tie = sum_tie(kind, [whole], parts, slack, lambda total: _adds_up(whole, what, total))
    if any(part.marker in COUNTED for part in parts):
        yield _no_more_than(whole, parts, what)
        yield from _withheld_alone(whole, parts)
    else:
        yield tie


def _no_more_than(whole: Observation, parts: Sequence[Observation], what: str) -> Tie:
    """Parts that may leave something out never have more than the whole."""
    assert whole.value is not None
    total = sum(part.value for part in parts if part.value is not None)
    said = _adds_up(whole, what, f"{total:,.10g}") if total > whole.value else ""
    return Tie("parts that leave something out", (whole, *parts), said, strict=False)


def _withheld_alone(whole: Observation, parts: Sequence[Observation]) -> Iterator[Tie]:
    """That a figure withheld beside others is a small one, as these give it away."""
    assert whole.value is not None
    withheld = [part for part in parts if part.value is None]
    rest = whole.value - sum(part.value for part in parts if part.value is not None)
    if len(withheld) == 1 and withheld[0].marker == "suppressed" and rest >= _WITHHELD:
        (row,) = withheld
        said = (
            f"{named(row)} is marked {shown(row)}, though the figures beside it and their sum at "
            f"{whole.cell} leave {rest:,.10g} for it, which is too large to be withheld"
        )
        yield Tie("figures withheld", (row,), said, strict=False)


def _adds_up(whole: Observation, what: str, total: str) -> str:
    return f"{named(whole)} is {whole.value:,.10g}, but {what} add up to {total}"


def _made_a_return(figures: Figures, row: Observation) -> bool:
    total = figures.get(("count", row.period_end, row.area_code, "total"))
    return total is None or total.value is not None


def sums_over_partnerships(figures: Figures) -> Iterator[Tie]:
    """That a force is the sum of its partnerships and of what it could place in none.

    Where a force's row is missing, or stands under another force, most of its offences do not add
    up: no cell mends that.  An edition whose table leaves out what is in no partnership has sums
    that stay below their force.
    """
    tables: dict[str, dict[str, list[tuple[Observation, list[Observation]]]]]
    tables = defaultdict(lambda: defaultdict(list))

    def around(row: Observation) -> Key | None:
        if row.parent_code is None or row.measure != "count":
            return None
        return row.measure, row.period_end, row.parent_code, row.offence_id

    for whole, rows in _wholes(figures, around):
        tables[rows[0].sheet][whole.area_code].append((whole, rows))
    what, kind = "its partnerships", "count by partnership"
    for forces in tables.values():
        sums = [pair for pairs in forces.values() for pair in pairs]
        exact = [tie for whole, rows in sums for tie in _sum(kind, whole, rows, 0.0, what)]
        if sum(not tie.broken for tie in exact) < MOST * len(exact):
            yield from (_no_more_than(whole, rows, what) for whole, rows in sums)
            continue
        for pairs in forces.values():
            ties = [tie for whole, rows in pairs for tie in _sum(kind, whole, rows, 0.0, what)]
            if 2 * sum(bool(tie.broken) for tie in ties) > len(ties):
                yield _missing_row(kind, pairs)
            else:
                yield from ties
                yield from _nowhere_given(pairs)


def _nowhere_given(pairs: Sequence[tuple[Observation, list[Observation]]]) -> Iterator[Tie]:
    """That an offence counted in a force is given for one of its partnerships, as others are."""
    told = {whole.period_end for whole, rows in pairs if any(row.value is not None for row in rows)}
    for whole, rows in pairs:
        if whole.period_end in told and all(row.marker not in (None, *COUNTED) for row in rows):
            said = (
                f"{named(whole)} is {whole.value:,.10g} at {whole.cell} of {whole.sheet!r}, but is "
                f"marked {shown(rows[0])} for its partnerships, which have other offences"
            )
            yield Tie("offences of partnerships", tuple(rows), said, strict=False)


def _missing_row(kind: str, pairs: Sequence[tuple[Observation, Sequence[Observation]]]) -> Tie:
    whole, parts = next((p for p in pairs if p[0].offence_id == "total"), pairs[0])
    rows = [int(part.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) for part in parts]
    total = sum(part.value for part in parts if part.value is not None)
    return Tie(
        kind,
        (whole, *(part for _, others in pairs for part in others)),
        f"{_adds_up(whole, 'its partnerships', f'{total:,.10g}')}, and most of its offence groups "
        "differ likewise. Is a row missing or repeated, or does it stand under another force?",
        at=f"sheet {parts[0].sheet!r}, rows {min(rows)} to {max(rows)}",
    )


def sums_over_offences(figures: Figures) -> Iterator[Tie]:
    def around(row: Observation) -> Key | None:
        parent = offences()[row.offence_id].parent_id if row.offence_id else ""
        if row.measure != "count" or not parent:
            return None
        return row.measure, row.period_end, row.area_code, parent

    for whole, rows in _wholes(figures, around):
        if len(rows) < 2:
            continue
        if all(row.value is not None for row in rows):
            yield from _sum("count by offence group", whole, rows, 0.0, "the offence groups in it")
        else:
            yield _no_more_than(whole, rows, "the offence groups shown in it")


def named(row: Observation) -> str:
    """A figure in words: offence group or measure, area and year."""
    name = offences()[row.offence_id].name if row.offence_id else row.measure
    return f"{name}, {row.area_name}, year ending {row.period_end:%B %Y}"
