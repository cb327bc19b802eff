"""What the pages read about the survey: estimates, changes, trends, handed out as figures.

Nothing is measured here; see :mod:`crimeshare.publish.subjects.estimates` for the recorded half.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from crimeshare import survey_words
from crimeshare.cells import Cell
from crimeshare.columns import column
from crimeshare.measures.assumed_bases import Assumptions
from crimeshare.measures.two_groups import difference_interval
from crimeshare.problems import Problem
from crimeshare.publish.elements.charts import Break
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.rows import difference as less
from crimeshare.publish.elements.rows import figure, over
from crimeshare.publish.subjects.estimates import built_root
from crimeshare.publish.subjects.survey_prose import WORDS
from crimeshare.reference import REFERENCE, read_rows

ESTIMATES = Path("results/estimates")
CLEAN = Path("results/clean")
TABLES = {
    "prevalence": ESTIMATES / "prevalence.parquet",
    "changes": ESTIMATES / "survey_changes.parquet",
    "trends": ESTIMATES / "survey_trends.parquet",
    "ratios": ESTIMATES / "offences_per_victims.parquet",
    "beside": ESTIMATES / "recorded_beside_survey.parquet",
    "factors": ESTIMATES / "design_factors.parquet",
    "agreement": ESTIMATES / "flag_agreement.parquet",
    "disagreements": ESTIMATES / "flag_disagreements.parquet",
    "estimates": CLEAN / "survey_estimates.parquet",
    "comparisons": CLEAN / "survey_comparisons.parquet",
    "notices": CLEAN / "survey_notices.parquet",
    "codes": CLEAN / "recorded_offence_codes.parquet",
}

Row = dict[str, Any]
_KEY = ("release_id", "measure_id", "sex", "age", "characteristic", "period_end")


@dataclass(frozen=True)
class Estimate:
    """One proportion with all that its uncertainty rests on.

    Attributes:
        measure_id, sex, age, unit_base: what it measures, and among whom.
        period_start, period_end: the year of the interviews.
        figure: the proportion, with its interval; lower, upper: the limits as figures.
        lower_widest, upper_widest: the limits with the largest design factor thought possible.
        level: of the interval; base: unweighted, published, or assumed and rounded to
            hundreds; design_factor: used.
        factor_limits: of the design factor, None where the standard error is published.
        scenario: what is assumed of the base, None where it is published.
        otherwise: the same estimate under the other scenario, where that is another base.
        standard_error: as a fraction; None for a proportion of nought without a published one.
        basis, method, seen, source: as the table of prevalence has them.
    """

    measure_id: str
    sex: str
    age: str
    unit_base: str
    period_start: date
    period_end: date
    figure: Figure
    lower: Figure
    upper: Figure
    lower_widest: Figure
    upper_widest: Figure
    level: Figure
    base: Figure
    design_factor: Figure
    factor_limits: tuple[Figure, Figure] | None
    standard_error: float | None
    scenario: str | None
    otherwise: Estimate | None
    basis: str
    method: str
    seen: str
    source: str

    @property
    def assumed(self) -> bool:
        """Whether not even the base is published."""
        return self.basis == "assumed_base"

    @property
    def release_id(self) -> str:
        """The release it is taken from."""
        return self.figure.cells[0].release_id


@dataclass(frozen=True)
class SurveyChange:
    """A tested change between two years.

    Attributes:
        earlier, later: the two estimates.
        difference: in percentage points with its interval; lower, upper: its limits as figures.
        level, p_value, p_adjusted: of the test, the latter by Holm's rule.
        smallest_detectable, even_chance: changes that would be found four times in five, and
            every second time.
        significant, published: our test of it alone and ONS's verdict, None where there is none.
        verdict, own_verdict: what is said of it, led by ONS's verdict, and by our tests alone.
        breaks: names of what makes the two years not comparable.
    """

    earlier: Estimate
    later: Estimate
    difference: Figure
    lower: Figure
    upper: Figure
    level: Figure
    p_value: Figure
    p_adjusted: Figure
    smallest_detectable: Figure
    even_chance: Figure
    significant: bool | None
    published: bool | None
    verdict: str | None
    own_verdict: str | None
    breaks: tuple[str, ...]


@dataclass(frozen=True)
class Contrast:
    """The difference between two groups of one year, with the limits it may have.

    Attributes:
        difference: in percentage points with its interval; lower, upper: the limits as figures.
        widest: the limits under the least favourable assumptions, as fractions.
    """

    difference: Figure
    lower: Figure
    upper: Figure
    widest: tuple[float, float]


class Survey:
    """The survey's tables of one build."""

    def __init__(self, tables: dict[str, list[Row]]) -> None:
        """Take the rows of every table of `TABLES`."""
        self.tables = tables
        self.hashes = {
            row["release_id"]: row["workbook_sha256"] or ""
            for name in ("codes", "comparisons", "estimates")
            for row in tables[name]
        }
        self._rows: dict[tuple[str, str, str], dict[date, Row]] = {}
        self._not_printed: dict[tuple[Any, ...], Row] = {}
        for row in sorted(tables["prevalence"], key=lambda row: str(row["release_id"])[-7:]):
            if not row["printed"]:
                self._not_printed[tuple(row[name] for name in _KEY)] = row
            elif row["characteristic"] == "all":
                who = (row["measure_id"], row["sex"], row["age"])
                self._rows.setdefault(who, {})[row["period_end"]] = row

    @cached_property
    def assumptions(self) -> Assumptions:
        """What is assumed where no base is published."""
        import pandas as pd

        estimates = pd.DataFrame(self.tables["estimates"])
        estimates["period_end"] = pd.to_datetime(estimates["period_end"])
        return Assumptions(
            pd.read_csv(REFERENCE / "assumed_bases.csv"),
            pd.read_csv(REFERENCE / "module_bases.csv"),
            estimates,
        )

    def series(self, measure_id: str, sex: str = "all", age: str = "16+") -> list[Estimate]:
        """The years of one measure among one group, oldest first, each of its latest release.

        Raises:
            Problem: if the survey has no such series.
        """
        rows = self._rows.get((measure_id, sex, age))
        if rows is None:
            known = sorted({m for m, s, a in self._rows if s == sex and a == age})
            raise Problem(
                f"The survey has no estimate of `{measure_id}` for {sex}, {age}; "
                f"for them it has {', '.join(known) or 'none'}."
            )
        return [self._estimate(row) for _, row in sorted(rows.items())]

    def _estimate(self, row: Row) -> Estimate:
        key = tuple(row[name] for name in _KEY)
        other = self._not_printed.get(key)
        estimate = _estimate(row, self.hashes)
        if other is None or other["n_assumed"] == row["n_assumed"]:
            return estimate
        return replace(estimate, otherwise=_estimate(other, self.hashes))

    def of_people(self, measure_id: str) -> bool:
        """Whether a measure is of people, not of households."""
        return (measure_id, "all", "16+") in self._rows

    def latest(self, measure_id: str, sex: str = "all", age: str = "16+") -> Estimate:
        """The newest year of a series."""
        return self.series(measure_id, sex, age)[-1]

    def at(self, period_end: date, measure_id: str, sex: str, age: str) -> Estimate:
        """The estimate of one year."""
        return next(e for e in self.series(measure_id, sex, age) if e.period_end == period_end)

    def groups(self, measure_id: str, period_end: date) -> list[Estimate]:
        """Everyone a measure was published for in one year, both sexes first, then by age."""
        order = ("all", "women", "men")
        found = [
            (age != "16+", order.index(sex), age, sex)
            for (measure, sex, age), years in self._rows.items()
            if measure == measure_id and period_end in years
        ]
        return [self.at(period_end, measure_id, sex, age) for *_, age, sex in sorted(found)]

    def changes(self, measure_id: str, sex: str = "all", age: str = "16+") -> list[SurveyChange]:
        """Every tested change of a series in the latest release that tested it, oldest first."""
        by_end = {estimate.period_end: estimate for estimate in self.series(measure_id, sex, age)}
        newest: dict[tuple[date, date], Row] = {}
        for row in sorted(self.tables["changes"], key=lambda row: str(row["release_id"])[-7:]):
            if (row["measure_id"], row["sex"], row["age"]) == (measure_id, sex, age):
                newest[row["period_end"], row["previous_period_end"]] = row
        return [
            self._change(row, by_end[earlier], by_end[later])
            for (later, earlier), row in sorted(newest.items())
            if later in by_end and earlier in by_end
        ]

    def change(self, earlier: Estimate, later: Estimate) -> SurveyChange:
        """The tested change between two estimates of a series."""
        changes = self.changes(later.measure_id, later.sex, later.age)
        ends = (earlier.period_end, later.period_end)
        return next(c for c in changes if (c.earlier.period_end, c.later.period_end) == ends)

    def contrast(self, one: Estimate, other: Estimate) -> Contrast:
        """The difference between two groups of one year, people of one not being in the other."""
        limits = difference_interval(
            *((e.figure.number, e.lower.number, e.upper.number) for e in (one, other))
        )
        widest = difference_interval(
            *((e.figure.number, e.lower_widest.number, e.upper_widest.number) for e in (one, other))
        )
        name = f"{one.figure.figure_id}.against.{other.sex}.{other.age}"
        whole = replace(
            less(name, one.figure, other.figure, "percentage_points"),
            lower=limits[0],
            upper=limits[1],
        )
        lower, upper = _limits(whole, whole.lower, whole.upper)
        return Contrast(whole, lower, upper, widest)

    def _change(self, row: Row, earlier: Estimate, later: Estimate) -> SurveyChange:
        name = f"{later.figure.figure_id}.since.{earlier.period_end}"

        def of(column: str, like: str = "") -> Figure:
            figure_id = f"{name}.{like or column}"
            limits = ("lower", "upper") if column == "difference" else ()
            return figure(row, column, figure_id, "survey_changes", self.hashes, limits=limits)

        return SurveyChange(
            earlier,
            later,
            of("difference"),
            of("lower", "difference.lower"),
            of("upper", "difference.upper"),
            level_figure(row["level"]),
            of("p_value"),
            of("p_adjusted"),
            of("smallest_detectable"),
            of("even_chance"),
            row["significant"],
            row["published_significance"],
            row["verdict"],
            row["own_verdict"],
            tuple(name for name in (row["breaks"] or "").split("; ") if name),
        )

    def breaks(self, measure_id: str) -> list[Break]:
        """What interrupts the series of a measure, oldest first."""
        rows = read_rows(REFERENCE / "survey_breaks.csv")
        touching = [
            row
            for row in rows
            if row["applies_to"] == "*" or measure_id.startswith(row["applies_to"])
        ]
        return [Break(date.fromisoformat(row["first_day"]), row["name"]) for row in touching]

    def trends(self, measures: Sequence[str]) -> list[Row]:
        """The trends fitted to the series of some measures, in their order."""
        rows = [row for row in self.tables["trends"] if row["measure_id"] in measures]
        order = {measure: position for position, measure in enumerate(measures)}
        return sorted(rows, key=lambda r: (order[r["measure_id"]], r["sex"], r["age"], r["start"]))


def shown_limits(estimate: Estimate) -> str:
    """The interval as it stands in a table: "2.6% to 3.3%"."""
    return f"{estimate.lower} to {estimate.upper}"


def with_interval(estimate: Estimate, style: str = "") -> str:
    """An estimate in a sentence, never without its interval.

    Args:
        estimate: what is printed.
        style: see :meth:`crimeshare.publish.elements.figures.Figure.words`; where it is not the
            plain percentage, that stands in the brackets.
    """
    return WORDS.passage("with_interval", estimate=estimate, style=style)


def uncertainty(estimate: Estimate) -> str:
    """The interval in plain words."""
    return WORDS.passage("uncertainty", estimate=estimate)


def level_figure(level: float) -> Figure:
    """The confidence level of the survey's intervals."""
    formula = column("configuration", "level").formula
    return Figure("survey.level", level, "proportion", formula=formula)


def open_survey(root: Path | None = None) -> Survey:
    """The survey's tables of the build that the working directory is in.

    Args:
        root: the folder that holds ``results/``; unless given, the working directory or the
            nearest folder above it that does.

    Raises:
        Problem: if nothing has been built there.
    """
    root = root or built_root(*TABLES.values())
    return _read(root, tuple((root / file).stat().st_mtime_ns for file in TABLES.values()))


@lru_cache(maxsize=2)
def _read(root: Path, stamp: tuple[int, ...]) -> Survey:
    """Read once for all notebooks that share a kernel; `stamp` tells a rebuilt table apart."""
    return Survey({name: pq.read_table(root / file).to_pylist() for name, file in TABLES.items()})


def cell_of(row: Row) -> Cell:
    """The cell of a row of ``survey_estimates``.

    Of one that was gathered by hand from a publication, what was looked up stands for a cell.
    """
    if row["cell"]:
        return Cell.of(row)
    return Cell(
        row["release_id"],
        "",
        row["source"],
        f"{survey_words.measure(row['measure_id'])}, {row['sex']}, {row['age']}",
    )


def cells_of_all(rows: Iterable[Row], told: str) -> tuple[Cell, ...]:
    """The cells of many rows of ``survey_estimates``; those without one are `told` together."""
    cells = map(cell_of, rows)
    together = (cell if cell.addressed else cell._replace(cell=told) for cell in cells)
    return tuple(dict.fromkeys(together))


def _estimate(row: Row, hashes: Mapping[str, str]) -> Estimate:
    who = f"{row['sex']}.{row['age']}"
    name = f"survey.{row['measure_id']}.{who}.{row['period_end']}.{row['release_id']}"
    if not row["printed"]:
        name += f".{row['scenario']}"

    def of(row: Row, column: str, like: str = "") -> Figure:
        return figure(row, column, f"{name}.{like or column}", "prevalence", hashes)

    # An assumption is not known to the last interview.
    base = row["n_unweighted"]
    base = row | {"n_unweighted": round(row["n_assumed"], -2) if base is None else base}
    factors = [f"design_factor_{end}" for end in ("lower", "upper")]
    return Estimate(
        row["measure_id"],
        row["sex"],
        row["age"],
        row["unit_base"],
        row["period_start"],
        row["period_end"],
        figure(
            row,
            "estimate",
            name,
            "prevalence",
            hashes,
            limits=("lower", "upper"),
        ),
        of(row, "lower"),
        of(row, "upper"),
        of(row, "lower_widest"),
        of(row, "upper_widest"),
        level_figure(row["level"]),
        of(base, "n_unweighted", "base"),
        of(row, "design_factor"),
        None
        if None in [row[limit] for limit in factors]
        else (of(row, factors[0]), of(row, factors[1])),
        row["standard_error"],
        row["scenario"],
        None,
        row["basis"],
        row["method"],
        row["seen"],
        row["source"],
    )


def _limits(whole: Figure, lower: float | None, upper: float | None) -> tuple[Figure, Figure]:
    first, second = (
        over(
            f"{whole.figure_id}.{part}",
            limit,
            whole.unit,
            ("survey_changes", part),
            [whole],
            formula=whole.formula,
        )
        for part, limit in (("lower", lower), ("upper", upper))
    )
    return first, second
