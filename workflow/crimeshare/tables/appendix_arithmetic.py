"""What ties the figures of the appendix tables to one another.

Numbers of incidents and their rates are of one population, and victims and prevalence of the same;
a measure is the sum of its parts.  Every table repeats the numbers of interviews, and has the rows
and years of the others.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain, combinations
from math import log
from statistics import median

from crimeshare.periods import month_end
from crimeshare.reference import read_rows
from crimeshare.tables.appendix_changes import Figure, change_ties, impossible_flags
from crimeshare.tables.appendix_layout import FOLDER, tables_by_name
from crimeshare.tables.appendix_offences import offence_ties
from crimeshare.tables.labels import one_line
from crimeshare.tables.observations import SurveyObservation
from crimeshare.tables.ties import Place, Placed, Tie, lines_of, shown, sum_tie

# Changes are published in double precision, figures rounded as tables.csv says.
_PRECISION = 1e-9
# A sum holds for a family of measures, and two rows of interviews are the same, if they are so in
# this part of the years.
_MOST = 0.8
_A_FEW = 2


def find_survey_ties(observations: Iterable[SurveyObservation]) -> list[Tie]:
    """Everything that must hold among one release's appendix figures, whether it does or not."""
    rows = list(observations)
    half_steps = {
        table: float(line["rounded_to"]) / 2
        for table, line in tables_by_name().items()
        if line["rounded_to"]
    }
    figures: dict[Figure, SurveyObservation] = {
        (row.table, row.item_id, row.period_end): row for row in rows if row.item_id is not None
    }
    changes = list(change_ties(rows, figures, half_steps))
    misprinted = frozenset(place for tie in changes if tie.broken for place in tie.places)
    sums, another_meaning = _parts(rows, figures, half_steps)
    return [
        *changes,
        *impossible_flags(rows, misprinted),
        *_shared_rows(rows),
        *_shared_years(rows),
        *_without_base(rows),
        *_foreign_bases(rows),
        *_repeated_bases(rows),
        *sums,
        *_populations(rows, figures, half_steps, another_meaning),
        *offence_ties(rows),
    ]


def out_of_line(
    observations: Iterable[SurveyObservation],
) -> Callable[[Placed, float | None], float]:
    """How much more a figure departs from the years beside it than what would mend it does."""
    series: dict[tuple[str, str], list[SurveyObservation]] = defaultdict(list)
    for row in observations:
        series[lines_of((row.sheet, row.cell))[0]].append(row)

    def doubt(member: Placed, mended: float | None) -> float:
        line = series[lines_of((member.sheet, member.cell))[0]]
        at = next(i for i, row in enumerate(line) if row.cell == member.cell)
        beside = [
            row.value
            for row in line[max(at - 2, 0) : at + 3]
            if row.value is not None and row.cell != member.cell
        ]
        if mended is None or mended < 0 or not beside:
            return 0.0
        level = log(max(median(beside), 0.0) + 1)
        now = level + 1 if member.value is None else log(max(member.value, 0.0) + 1)
        return abs(now - level) - abs(log(mended + 1) - level)

    return doubt


# --- the survey ----------------------------------------------------------------------------


def _shared_rows(rows: Iterable[SurveyObservation]) -> Iterator[Tie]:
    """That a table of changes has the measures of the table it is of, and these each other's.

    One table of the four may have a measure that no other has, and the rates have some of owners
    that numbers have not; what three have, the fourth has too.
    """
    of = {table: line["change_of"] for table, line in tables_by_name().items()}
    items: dict[str, dict[str, SurveyObservation]] = defaultdict(dict)
    for row in rows:
        if row.item_id is not None:
            items[row.table].setdefault(row.item_id, row)
    figures = [table for table in dict.fromkeys(of.values()) if table in items]
    for table, held in items.items():
        changes = [name for name, figured in of.items() if figured == table]
        others = [items[other] for other in (of[table], *changes) if other in items]
        lacking = {item: row for other in others for item, row in other.items() if item not in held}
        if table in figures and len(figures) > _A_FEW:
            everywhere = [items[other] for other in figures if other != table]
            lacking |= {
                item: row
                for item, row in everywhere[0].items()
                if item not in held and all(item in other for other in everywhere)
            }
        if lacking:
            first = next(iter(held.values()))
            named = ", ".join(repr(one_line(row.row_label)) for row in lacking.values())
            elsewhere = next(iter(lacking.values())).sheet
            yield Tie(
                "rows that tables share",
                (first,),
                f"no row for {named}, which sheet {elsewhere!r} has",
                strict=False,
                at=f"sheet {first.sheet!r}",
            )


def _shared_years(rows: Iterable[SurveyObservation]) -> Iterator[Tie]:
    """That a table of figures has every year since its first that another of its kind has.

    The survey was not asked in some years of which the police recorded offences.  What the police
    recorded is given for the newest year and the one before it.
    """
    of = {table: line["change_of"] for table, line in tables_by_name().items()}
    kinds: dict[bool, dict[str, dict[date, SurveyObservation]]]
    kinds = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        if not of[row.table]:
            kinds[row.table.startswith("offence_")][row.table].setdefault(row.period_end, row)
    for recorded, tables in kinds.items():
        every = {day: row for years in tables.values() for day, row in years.items()}
        for years in tables.values():
            first, newest = years[min(years)], max(years)
            before = month_end(newest.year - 1, newest.month)
            if recorded and before not in every:
                yield Tie(
                    "years that tables share",
                    (first,),
                    f"no column for the year ending {before:%B %Y}, the one before its newest",
                    strict=False,
                    at=f"sheet {first.sheet!r}",
                )
            if lacking := [day for day in every if day > first.period_end and day not in years]:
                named = ", ".join(f"{day:%B %Y}" for day in sorted(lacking))
                elsewhere = every[lacking[0]].sheet
                yield Tie(
                    "years that tables share",
                    (first,),
                    f"no column for the year ending {named}, which sheet {elsewhere!r} has",
                    strict=False,
                    at=f"sheet {first.sheet!r}",
                )


def _without_base(rows: Iterable[SurveyObservation]) -> Iterator[Tie]:
    """Years whose estimates are given and whose number of interviews is not, block by block."""
    blocks: dict[tuple[str, int | None, date], list[SurveyObservation]] = defaultdict(list)
    for row in rows:
        if row.block is not None and row.previous_period_end is None:
            blocks[row.table, row.block, row.period_end].append(row)
    lacking: dict[tuple[str, int | None], list[SurveyObservation]] = defaultdict(list)
    for (table, block, _), members in blocks.items():
        missing = [r for r in members if r.statistic == "unweighted_base" and r.value is None]
        given = [r for r in members if r.statistic != "unweighted_base" and r.value is not None]
        if missing and given:
            lacking[table, block].append(missing[0])
    for line in lacking.values():
        yield Tie(
            "estimates and their interviews",
            tuple(line),
            f"{one_line(line[0].row_label)!r} holds {shown(line[0])} for "
            f"{len(line)} of the years whose estimates stand above it; expected how many people "
            "answered",
            strict=False,
        )


def _foreign_bases(rows: Iterable[SurveyObservation]) -> Iterator[Tie]:
    """Base rows whose numbers are those of another block.

    Every table repeats the numbers of people and of households interviewed.  A row of bases
    belongs to another block if in most years it has the number of interviews of another unit, and
    no other base of its own unit has that.
    """
    bases: dict[tuple[str, int | None], list[SurveyObservation]] = defaultdict(list)
    units: dict[tuple[date, float], list[SurveyObservation]] = defaultdict(list)
    for row in rows:
        if row.statistic == "unweighted_base" and row.value is not None:
            bases[row.table, row.block].append(row)
            units[row.period_end, row.value].append(row)
    for line in bases.values():
        others = [
            other
            for row in line
            for same in [units[row.period_end, row.value or 0.0]]
            for other in same
            if other.unit_base != row.unit_base
            and sum(base.unit_base == row.unit_base for base in same) == 1
        ]
        foreign = {other.period_end for other in others}
        if 2 * len(foreign) > len(line):
            yield Tie(
                "interviews of their own block",
                (line[0], others[0]),
                f"the bases of {one_line(line[0].row_label)!r} are in {len(foreign)} of "
                f"{len(line)} years those of {one_line(others[0].row_label)!r} at "
                f"{others[0].cell}; expected those of its own block",
                strict=False,
            )


def _repeated_bases(rows: Iterable[SurveyObservation]) -> Iterator[Tie]:
    """That rows of interviews which are the same in most years are so in all.

    Where two tables give one number and two others another, they are of different questions.
    """
    lines: dict[tuple[str | None, str, int | None], dict[date, SurveyObservation]]
    lines = defaultdict(dict)
    said: Counter[tuple[str | None, date, float | str | None]] = Counter()
    for row in rows:
        if row.statistic == "unweighted_base":
            lines[row.unit_base, row.table, row.block][row.period_end] = row
            said[row.unit_base, row.period_end, row.value or row.marker] += 1
    for alike in _alike(lines):
        for day in sorted({day for line in alike for day in line}):
            bases = [line[day] for line in alike if day in line]
            values = Counter(base.value for base in bases)
            usual = max(values, key=lambda value: (values[value], value is not None))
            for base in bases:
                if values[base.value] == 1 < said[base.unit_base, day, base.value or base.marker]:
                    continue  # as another block has it
                wanted = base.value if values[base.value] > 1 else usual
                model = next((b for b in bases if b.value == wanted and b is not base), None)
                if model is not None and (values[wanted] > 1 or base.value is None):
                    yield _as_elsewhere(base, model)


def _alike(
    lines: Mapping[tuple[str | None, str, int | None], dict[date, SurveyObservation]],
) -> list[list[dict[date, SurveyObservation]]]:
    """Rows of interviews of one unit in groups of which the members agree in most years."""
    groups: list[tuple[str | None, list[dict[date, SurveyObservation]]]] = []
    for (unit, _, _), line in lines.items():
        for other, group in groups:
            both = line.keys() & group[0].keys()
            same = sum(line[day].value == group[0][day].value for day in both)
            if unit == other and both and same >= _MOST * len(both):
                group.append(line)
                break
        else:
            groups.append((unit, [line]))
    return [group for _, group in groups if len(group) > 1]


def _as_elsewhere(base: SurveyObservation, model: SurveyObservation) -> Tie:
    said, mended = "", dict[Place, float]()
    if base.value != model.value:
        said = (
            f"holds {shown(base)} interviews for the year to {base.period_end:%B %Y}, "
            f"{model.cell} of sheet {model.sheet!r} {shown(model)}"
        )
        if model.value is not None:
            mended[base.sheet, base.cell] = model.value
    return Tie("interviews that tables repeat", (base, model), said, mended)


def _parts(
    rows: Iterable[SurveyObservation],
    figures: Mapping[Figure, SurveyObservation],
    half_steps: Mapping[str, float],
) -> tuple[list[Tie], set[tuple[str | None, date]]]:
    """That a measure is the sum of its parts, in numbers of incidents and in rates.

    Which of the measures below it make it up is told by the years: burglary is that of dwellings
    and of other buildings, and also that with entry and the attempts.  Where the sum holds
    neither in numbers nor in rates, that year counted otherwise; those measures and years are the
    second result.
    """
    below: dict[tuple[str, str], list[str]] = defaultdict(list)
    compounds: dict[str, list[str]] = defaultdict(list)
    for line in read_rows(FOLDER / "compounds.csv"):
        compounds[line["part"]].append(line["measure_id"])
    units: dict[tuple[str, str], str | None] = {}
    years: dict[str, list[date]] = defaultdict(list)
    for row in rows:
        if row.table in ("incidents", "incidence_rate") and row.item_id is not None:
            units[row.table, row.item_id] = row.unit_base
            if row.period_end not in years[row.table]:
                years[row.table].append(row.period_end)
            for whole in (row.parent_id, *compounds[row.item_id]):
                if whole and row.item_id not in below[row.table, whole]:
                    below[row.table, whole].append(row.item_id)
    ties: dict[tuple[str, tuple[str, ...], date], list[Tie]] = defaultdict(list)
    for (table, parent), items in below.items():
        # Rates of people and of households do not add up.
        items = [
            item
            for item in items
            if table == "incidents" or units[table, item] == units.get((table, parent))
        ]
        sizes = range(2, len(items) + 1)
        for members in chain.from_iterable(combinations(items, size) for size in sizes):
            found = {
                day: tie
                for day in years[table]
                for tie in _part_tie(table, parent, members, day, figures, half_steps[table])
            }
            if found and sum(not t.broken for t in found.values()) >= _MOST * len(found):
                for day, tie in found.items():
                    ties[parent, members, day].append(tie)
    otherwise: set[tuple[str | None, date]] = {
        (item, day)
        for (parent, members, day), both in ties.items()
        if len(both) > 1 and all(tie.broken for tie in both)
        for item in (parent, *members)
    }
    return [
        tie
        for (parent, _, day), both in ties.items()
        if (parent, day) not in otherwise
        for tie in both
    ], otherwise


def _part_tie(
    table: str,
    parent: str,
    members: Sequence[str],
    day: date,
    figures: Mapping[Figure, SurveyObservation],
    half_step: float,
) -> Iterator[Tie]:
    whole = figures.get((table, parent, day))
    parts = [part for item in members if (part := figures.get((table, item, day)))]
    if whole is None or whole.value is None or len(parts) < len(members):
        return
    if all(part.value is not None for part in parts):
        slack = half_step * (len(parts) + 1) + _PRECISION
        what = f"{whole.value:,.10g} for {one_line(whole.row_label)!r}, but its parts add up to"
        yield sum_tie(
            "measures and their parts", [whole], parts, slack, lambda total: f"holds {what} {total}"
        )


def _populations(
    rows: Iterable[SurveyObservation],
    figures: Mapping[Figure, SurveyObservation],
    half_steps: Mapping[str, float],
    another_meaning: set[tuple[str | None, date]],
) -> Iterator[Tie]:
    """That all numbers and rates of a year are of the same number of people, or of households.

    The commonest measure of each unit tells that population best; the others are held against it.
    """
    half = half_steps["incidents"]
    by_year: dict[tuple[str | None, date], list[SurveyObservation]] = defaultdict(list)
    for row in rows:
        rate = figures.get(("incidence_rate", row.item_id, row.period_end))
        if row.table == "incidents" and row.item_id and row.value and rate and rate.value:
            by_year[row.unit_base, row.period_end].append(row)
    for (unit, day), incidents in by_year.items():
        pairs = [(row, figures["incidence_rate", row.item_id, day]) for row in incidents]
        model = max(pairs, key=lambda pair: pair[0].value or 0.0)
        low, high = _thousands(*model, half)
        for row, rate in pairs:
            if row is not model[0]:
                least, most = _thousands(row, rate, half)
                said = ""
                if least > high * (1 + _PRECISION) or most < low * (1 - _PRECISION):
                    said = (
                        f"holds {row.value:,.10g} thousand incidents of "
                        f"{one_line(row.row_label)!r}, but the rate at {rate.cell} of sheet "
                        f"{rate.sheet!r} is of {least:,.0f} to {most:,.0f} thousand, that of "
                        f"{one_line(model[0].row_label)!r} of {low:,.0f} to {high:,.0f}"
                    )
                yield Tie("incidents and their rates", (row, rate, *model), said)
        for (table, _, on), row in figures.items():
            if (table, row.unit_base, on) != ("victims", unit, day) or row.value is None:
                continue
            rate = figures.get(("prevalence", row.item_id, day))
            if rate is None or rate.value is None or (row.item_id, day) in another_meaning:
                continue
            least = 100 * (row.value - half_steps["victims"]) / high - half_steps["prevalence"]
            most = 100 * (row.value + half_steps["victims"]) / low + half_steps["prevalence"]
            said = ""
            if not least - _PRECISION <= rate.value <= most + _PRECISION:
                said = (
                    f"holds {row.value:,.10g} thousand victims of {one_line(row.row_label)!r}, of "
                    f"{low:,.0f} thousand that is {100 * row.value / low:.2f} per cent, but "
                    f"{rate.cell} of sheet {rate.sheet!r} says {rate.value:g}"
                )
            yield Tie("victims and prevalence", (row, rate, *model), said)


def _thousands(
    incidents: SurveyObservation, rate: SurveyObservation, half_step: float
) -> tuple[float, float]:
    """The population in thousands that a rounded number and its rate allow."""
    assert incidents.value is not None
    assert rate.value
    return (
        1000 * (incidents.value - half_step) / rate.value,
        1000 * (incidents.value + half_step) / rate.value,
    )
