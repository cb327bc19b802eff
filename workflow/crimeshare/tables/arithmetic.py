"""What ties the figures of the police force area tables to one another.

England is the sum of its regions and a region the sum of its forces; a group of offences is
the sum of its parts, and a force that of its partnerships; a published change follows from two
counts, and where only one of them is published the other comes out whole and adds up too; the
rates of an area follow from its counts and from one population.  A cell that breaks this was
mistyped, shifted or misread, and no table built on it can be trusted, so the run stops unless the
fault is ONS's own and listed in ``config/corrections.yaml``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from statistics import median

from crimeshare.reference import areas, offences
from crimeshare.tables.area_sums import (
    COUNTED,
    MOST,
    ROUNDING,
    Figures,
    Key,
    named,
    sums_over_areas,
    sums_over_offences,
    sums_over_partnerships,
)
from crimeshare.tables.observations import Observation
from crimeshare.tables.ties import Tie, shown

# Changes and rates are published as spreadsheet results, in double precision, or rounded alike
# in a whole table.
PRECISION = 1e-9
_DECIMALS = (0, 1, 2)
_WHOLE_TABLE = 100  # values; so many do not come out round by chance
# ONS shows no change from a small base.  It judges that by another vintage now and then: the
# largest base that an edition left out so far is 131.
_LARGE_BASE = 200
# ONS shows no rates of the City of London, where some ten thousand people live.
_LOW_POPULATION = 20_000
# What a force that made no return, or an area without residents, has in all of a row.
_OF_A_ROW = ("unavailable", "not_applicable", "low_population")
_BASE_OF_RATE = {"rate_per_1000": "population", "rate_per_1000_households": "households"}

Pair = tuple[Observation, Observation]
"""A rate and the count it is of."""


def find_ties(observations: Iterable[Observation]) -> list[Tie]:
    """Everything that must hold among the figures of one release, whether it does or not.

    A marked area takes no part in a sum: the totals of editions without Greater Manchester
    exclude it.  A total over offences may hold what is withheld of one of them.
    """
    figures: dict[Key, Observation] = {
        (row.measure, row.period_end, row.area_code, row.offence_id): row for row in observations
    }
    return [
        *_counts_that_are_not_counts(figures),
        *sums_over_areas(figures),
        *sums_over_partnerships(figures),
        *sums_over_offences(figures),
        *_changes(figures),
        *_years_before(figures),
        *_rates(figures),
        *_unrounded_bases(figures),
        *_markers(figures),
        *_inventory(figures),
    ]


def _counts_that_are_not_counts(figures: Figures) -> Iterator[Tie]:
    for row in figures.values():
        if row.measure != "count" or row.value is None:
            continue
        # A force that withdraws offences of an earlier year may leave a partnership below zero.
        negative = row.value < 0 and row.parent_code is None
        if negative or row.value != int(row.value):
            said = f"holds {shown(row)}; expected a whole number of offences"
            yield Tie("counts that are whole", (row,), said, strict=False)


def _half_a_unit(figures: Figures, measure: str) -> float:
    """Half the last decimal place that a measure is rounded to, 0 if to none.

    A slip or two in a table does not tell how the table was made.
    """
    values = [
        row.value for row in figures.values() if row.measure == measure and row.value is not None
    ]
    if len(values) >= _WHOLE_TABLE:
        for decimals in _DECIMALS:
            rounded = sum(abs(round(value, decimals) - value) < PRECISION for value in values)
            if rounded > 0.99 * len(values):
                return 0.5 * 10.0**-decimals
    return 0.0


def _changes(figures: Figures) -> Iterator[Tie]:
    """That a published change follows from the two counts it compares."""
    rounding = _half_a_unit(figures, "change_pct") / 100
    for row in figures.values():
        if row.measure != "change_pct" or row.previous_period_end is None:
            continue
        now = figures.get(("count", row.period_end, row.area_code, row.offence_id))
        before = figures.get(("count", row.previous_period_end, row.area_code, row.offence_id))
        if now is None or before is None:
            continue
        members = (row, now, before)
        if row.value is None:
            withheld = row.marker not in ("small_base", "rounds_to_zero")
            if withheld and now.value is not None and (before.value or row.marker in COUNTED):
                yield _withheld(row, now)
            if row.marker == "small_base" and (before.value or 0.0) >= _LARGE_BASE:
                yield Tie(
                    "changes from a small base",
                    (row, before),
                    f"the change of {named(row)} is {shown(row)}, but the year before had "
                    f"{before.value:,.10g} offences",
                    strict=False,
                )
        elif now.value is None or before.value is None:
            marked = now if now.value is None else before
            yield _of_a_marked("change", marked, row)
        elif before.value:
            # As ratios, not per cent: a change near zero keeps only the ratio's precision.
            expected = now.value / before.value
            said, mended = "", dict[tuple[str, str], float]()
            if abs(1 + row.value / 100 - expected) > PRECISION * expected + rounding:
                mended[row.sheet, row.cell] = 100 * (expected - 1)
                ratio = 1 + row.value / 100
                if ratio > 0:
                    mended[now.sheet, now.cell] = round(before.value * ratio)
                    mended[before.sheet, before.cell] = round(now.value / ratio)
                said = (
                    f"the change of {named(row)} is {row.value:g} per cent, but {now.value:,.10g} "
                    f"after {before.value:,.10g} is {100 * (expected - 1):g} per cent"
                )
            yield Tie("changes from two counts", members, said, mended, ratio=True)


def _withheld(row: Observation, count: Observation) -> Tie:
    return Tie(
        "figures that follow from a count",
        (row, count),
        f"{named(row)} is withheld as {shown(row)}, though its count is given as "
        f"{count.value:,.10g} at {count.cell} of {count.sheet!r}",
        strict=False,
    )


def _of_a_marked(what: str, marked: Observation, row: Observation) -> Tie:
    return Tie(
        "figures that follow from a count",
        (marked, row),
        f"{named(marked)} is marked {shown(marked)}, but its {what} is given as {row.value:g} at "
        f"{row.cell} of {row.sheet!r}",
        strict=False,
    )


def _years_before(figures: Figures) -> Iterator[Tie]:
    """That the counts which changes are of come out whole and add up, where no table has them."""
    rounding = _half_a_unit(figures, "change_pct") / 100
    earlier: dict[tuple[str, str | None], float] = {}
    changes: dict[tuple[str, str | None], Observation] = {}
    for row in figures.values():
        if row.measure != "change_pct" or row.previous_period_end is None or row.parent_code:
            continue
        if ("count", row.previous_period_end, row.area_code, row.offence_id) in figures:
            continue
        changes[row.area_code, row.offence_id] = row
        now = figures.get(("count", row.period_end, row.area_code, row.offence_id))
        if now is None or row.value is None:
            continue
        if now.value is None:
            yield _of_a_marked("change", now, row)
            continue
        ratio = 1 + row.value / 100
        if ratio <= 0 and now.value > 0:
            said = (
                f"the change of {named(row)} is {row.value:.15g} per cent, though "
                f"{now.value:,.10g} are left"
            )
            yield Tie("changes from a whole number", (row, now), said, ratio=True)
        if rounding or ratio <= 0:
            continue
        before = now.value / ratio
        if abs(before - round(before)) <= PRECISION * before + PRECISION:
            earlier[row.area_code, row.offence_id] = round(before)
            yield Tie("changes from a whole number", (row, now), ratio=True)
        else:
            said = (
                f"the change of {named(row)} is {row.value:.15g} per cent, but no whole number "
                f"makes {now.value:,.10g} by that; the nearest makes {before:,.4f}"
            )
            yield Tie("changes from a whole number", (row, now), said)
    yield from _sums_of_years_before(figures, changes, earlier)


def _sums_of_years_before(
    figures: Figures,
    changes: Mapping[tuple[str, str | None], Observation],
    earlier: Mapping[tuple[str, str | None], float],
) -> Iterator[Tie]:
    parts: dict[tuple[str, tuple[str, str | None]], list[tuple[str, str | None]]]
    parts = defaultdict(list)
    for area, offence in changes:
        if parent := areas()[area].parent_code:
            parts["area", (parent, offence)].append((area, offence))
        if offence and (parent := offences()[offence].parent_id):
            parts["offence group", (area, parent)].append((area, offence))
    for (by, key), members in parts.items():
        marked = [changes[member] for member in members if changes[member].value is None]
        known = [member for member in members if member in earlier]
        if len(members) < 2 or key not in earlier or len(known) + len(marked) < len(members):
            continue
        whole, rows = changes[key], [changes[member] for member in members]
        # What a group lacked in one of the years is in no sum; nor a column without any change.
        if marked and _marked_throughout(changes, marked):
            continue
        gap = earlier[key] - sum(earlier[member] for member in known)
        small = [row for row in marked if row.marker == "small_base"]
        said = ""
        if not 0 <= gap <= _LARGE_BASE * len(small):
            said = (
                f"the year before of {named(whole)} was {earlier[key]:,.0f} by its change, but "
                f"those of the {by}s in it make {earlier[key] - gap:,.0f}"
                + (f" besides {_listed(marked)}" if marked else "")
            )
        counts = [
            figures["count", row.period_end, row.area_code, row.offence_id]
            for row in (whole, *rows)
        ]
        suspects = (*marked, whole, *(row for row in rows if row not in marked), *counts)
        yield Tie(f"years before by {by}", suspects, said, strict=not small)


def _marked_throughout(
    changes: Mapping[tuple[str, str | None], Observation], marked: Iterable[Observation]
) -> bool:
    """Whether a group has no change at all: its recording began or changed in between."""
    groups = {row.offence_id for row in marked}
    shows = {offence for (_, offence), row in changes.items() if row.value is not None}
    return not groups <= shows


def _listed(rows: Sequence[Observation]) -> str:
    return " and ".join(f"{shown(row)} at {row.cell}" for row in rows[:3])


def _rates(figures: Figures) -> Iterator[Tie]:
    """That the rates of an area follow from its counts and from one population.

    They are computed with the unrounded population, which is thus the same in all of them and
    adds up over areas; the population published beside them is that, rounded.
    """
    for measure, base_measure in _BASE_OF_RATE.items():
        rounding = _half_a_unit(figures, measure)
        unrounded: dict[tuple[date, str], tuple[float, Pair]] = {}
        yield from _withheld_rates(figures, measure, base_measure)
        for (period, area), pairs in _rates_by_area(figures, measure).items():
            base = figures.get((base_measure, period, area, None))
            for rate, count in pairs:
                if count.value is None:
                    yield _of_a_marked("rate", count, rate)
                elif base is not None and base.value is None:
                    yield _of_a_marked("rate", base, rate)
            known = [(r, c) for r, c in pairs if r.value and c.value and c.value > 0]
            if rounding or not known:
                yield from _rounded_rates(pairs, base, rounding)
                continue
            bases = [1000 * (c.value or 0.0) / (r.value or 1.0) for r, c in known]
            middle = median(bases)
            nearest = min(range(len(known)), key=lambda i: abs(bases[i] - middle))
            unrounded[period, area] = middle, known[nearest]
            if len(known) > 1:
                yield from _one_base(known, bases, middle, base)
            yield from _no_offences([pair for pair in pairs if pair not in known], middle)
            if base is not None and base.value is not None:
                yield _base_beside_its_rates(base, middle, known[nearest])
        if not rounding:
            yield from _sums_of_unrounded(figures, base_measure, unrounded)


def _withheld_rates(figures: Figures, measure: str, base_measure: str) -> Iterator[Tie]:
    """That a rate is shown where its count and a base large enough are."""
    for row in figures.values():
        if row.measure != measure or row.value is not None or row.marker == "rounds_to_zero":
            continue
        count = figures.get(("count", row.period_end, row.area_code, row.offence_id))
        base = figures.get((base_measure, row.period_end, row.area_code, None))
        if count is None or count.value is None or base is None or base.value is None:
            continue
        if row.marker != "low_population" or base.value >= _LOW_POPULATION:
            yield _withheld(row, count)


def _rates_by_area(figures: Figures, measure: str) -> dict[tuple[date, str], list[Pair]]:
    found: dict[tuple[date, str], list[Pair]] = defaultdict(list)
    for row in figures.values():
        if row.measure == measure and row.value is not None:
            count = figures.get(("count", row.period_end, row.area_code, row.offence_id))
            if count is not None:
                found[row.period_end, row.area_code].append((row, count))
    return found


def _one_base(
    known: Sequence[Pair],
    bases: Sequence[float],
    middle: float,
    base: Observation | None,
) -> Iterator[Tie]:
    """That all rates of an area are of one population, or of the rounded one beside them."""
    published = base.value if base is not None else None
    for (rate, count), of in zip(known, bases, strict=True):
        assert rate.value is not None
        assert count.value is not None
        allowed = [middle, published] if published else [middle]
        if any(abs(of - each) <= PRECISION * each for each in allowed):
            yield Tie("rates of one population", (rate, count), ratio=True)
            continue
        expected = 1000 * count.value / middle
        yield Tie(
            "rates of one population",
            (rate, count),
            f"the rate of {named(rate)} is {rate.value:.15g} per 1,000, but {count.value:,.10g} "
            f"offences among the {middle:,.0f} that the other rates of this area are of are "
            f"{expected:g}",
            {
                (rate.sheet, rate.cell): expected,
                (count.sheet, count.cell): round(rate.value * middle / 1000),
            },
        )


def _no_offences(pairs: Sequence[tuple[Observation, Observation]], middle: float) -> Iterator[Tie]:
    """That a rate is 0 where there are no offences, and nowhere else."""
    for rate, count in pairs:
        if rate.value is None or count.value is None or count.value < 0:
            continue
        said = ""
        if bool(rate.value) != bool(count.value):
            said = (
                f"the rate of {named(rate)} is {rate.value:g} per 1,000 and the count "
                f"{count.value:,.10g}; expected none where there is none"
            )
        mended = {(rate.sheet, rate.cell): 1000 * count.value / middle} if said else {}
        yield Tie("rates of one population", (rate, count), said, mended)


def _base_beside_its_rates(base: Observation, unrounded: float, pair: Pair) -> Tie:
    assert base.value is not None
    said = ""
    if abs(base.value - unrounded) > ROUNDING + PRECISION * unrounded:
        said = (
            f"{named(base)} is {base.value:,.10g}, but the rates of this area are of "
            f"{unrounded:,.0f}"
        )
    mended = {(base.sheet, base.cell): 100.0 * round(unrounded / 100)} if said else {}
    return Tie("populations beside their rates", (base, *pair), said, mended)


def _sums_of_unrounded(
    figures: Figures,
    measure: str,
    unrounded: Mapping[tuple[date, str], tuple[float, Pair]],
) -> Iterator[Tie]:
    parts: dict[tuple[date, str], list[str]] = defaultdict(list)
    for _, period, area, _ in [key for key in figures if key[0] == measure]:
        if area in areas():
            parts[period, areas()[area].parent_code].append(area)
    for (period, parent), within in parts.items():
        known = [unrounded[period, area] for area in within if (period, area) in unrounded]
        whole = unrounded.get((period, parent))
        if whole is None or len(known) < len(within):
            continue
        total = sum(value for value, _ in known)
        keys = [(measure, period, area, None) for area in (parent, *within)]
        bases = [figures[key] for key in keys if key in figures]
        members = (*whole[1], *(row for _, pair in known for row in pair), *bases)
        said = ""
        # Households are no whole numbers, and some tables round them.
        if abs(whole[0] - total) > 1 + 1e-9 * total:
            said = (
                f"the rates of {areas()[parent].area_name} are of {whole[0]:,.0f} {measure}, those "
                f"of the areas in it of {total:,.0f}"
            )
        yield Tie(f"{measure} that rates are of", members, said)


def _rounded_rates(
    pairs: Sequence[Pair], base: Observation | None, rounding: float
) -> Iterator[Tie]:
    """That rates rounded in a whole table follow from the rounded population, as far as it goes."""
    if base is None or not base.value:
        return
    slack = ROUNDING / (base.value - ROUNDING) + PRECISION
    for rate, count in pairs:
        if rate.value is None or count.value is None:
            continue
        expected = 1000 * count.value / base.value
        said = ""
        if abs(rate.value - expected) > slack * expected + rounding:
            said = (
                f"the rate of {named(rate)} is {rate.value:g} per 1,000, but {count.value:,.10g} "
                f"offences among {base.value:,.10g} {base.measure} are {expected:g}"
            )
        mended = {(rate.sheet, rate.cell): expected} if said else {}
        yield Tie("rates of one population", (rate, count, base), said, mended)


def _unrounded_bases(figures: Figures) -> Iterator[Tie]:
    """Populations that are not rounded in a table where all others are."""
    for measure in _BASE_OF_RATE.values():
        bases: dict[str, list[Observation]] = defaultdict(list)
        for row in figures.values():
            if row.measure == measure and row.value is not None:
                bases[row.sheet].append(row)
        for rows in bases.values():
            odd = [row for row in rows if (row.value or 0.0) % (2 * ROUNDING)]
            if len(odd) <= (1 - MOST) * len(rows):
                for row in odd:
                    said = f"{named(row)} is {row.value:,.10g}; the others are rounded to hundreds"
                    yield Tie("populations that are rounded", (row,), said, strict=False)


def _markers(figures: Figures) -> Iterator[Tie]:
    """That what is missing of an area is missing of all its row, or of a whole column."""
    rows: dict[tuple[str, str], list[Observation]] = defaultdict(list)
    columns: dict[tuple[str, str], list[Observation]] = defaultdict(list)
    for row in figures.values():
        if row.parent_code is None:
            rows[row.sheet, row.area_code].append(row)
            columns[row.sheet, row.column_cell].append(row)
    for (sheet, area), line in rows.items():
        marked = [row for row in line if row.marker in _OF_A_ROW]
        if 2 * len(marked) > len(line):
            continue
        for row in marked:
            column = columns[sheet, row.column_cell]
            if 2 * sum(other.marker in _OF_A_ROW for other in column) <= len(column):
                given = next(other for other in line if other.value is not None)
                yield Tie(
                    "markers of whole rows",
                    (row,),
                    f"{named(row)} is marked {shown(row)}, though {areas()[area].area_name} has "
                    f"other figures in this row, such as that at {given.cell}",
                    strict=False,
                )


def _inventory(figures: Figures) -> Iterator[Tie]:
    """That the tables of an edition have the same offence groups and the same partnerships."""
    by_area: dict[str, list[Observation]] = defaultdict(list)
    by_partnership: dict[str, list[Observation]] = defaultdict(list)
    for row in figures.values():
        if row.offence_id is not None and row.measure != "rate_per_1000_households":
            (by_area if row.parent_code is None else by_partnership)[row.sheet].append(row)
    for tables in (by_area, by_partnership):
        groups = {sheet: {row.offence_id or "" for row in rows} for sheet, rows in tables.items()}
        names = {offence: offences()[offence].name for held in groups.values() for offence in held}
        yield from _lacking(tables, groups, names, "column")
    areas_of = {
        sheet: {row.area_code for row in rows if row.area_type == "partnership"}
        for sheet, rows in by_partnership.items()
    }
    called = {row.area_code: row.area_name for rows in by_partnership.values() for row in rows}
    yield from _lacking(by_partnership, areas_of, called, "row")


def _lacking(
    tables: Mapping[str, Sequence[Observation]],
    held: Mapping[str, set[str]],
    names: Mapping[str, str],
    what: str,
) -> Iterator[Tie]:
    """The tables that lack what every other of them has."""
    for sheet, rows in tables.items():
        others = [set(found) for other, found in held.items() if other != sheet]
        lacking = set.intersection(*others) - set(held[sheet]) if others else set()
        if lacking:
            named = ", ".join(sorted(names[each] for each in lacking))
            yield Tie(
                f"{what}s that tables share",
                (rows[0],),
                f"no {what} for {named}, which the other tables of this edition have",
                strict=False,
                at=f"sheet {sheet!r}",
            )
