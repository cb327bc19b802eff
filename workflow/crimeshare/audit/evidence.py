"""The published figures that statements are judged by, from a build or as they are shipped.

Nothing here takes pandas: a statement is to be judged from the command line within seconds, and
of tables with a hundred thousand rows it takes those of one offence group, or of one area.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from crimeshare.audit.offence_codes import offence_codes
from crimeshare.problems import Problem
from crimeshare.reference import REFERENCE, Area, areas, areas_around, read_rows
from crimeshare.running import replacing
from crimeshare.sources import datasets
from crimeshare.sources.registry import REGISTRY, Release, read_registry
from crimeshare.tables.appendix_layout import subtotal_groups
from crimeshare.tables.labels import plain

Row = Mapping[str, Any]

RECORDED = Path("results/clean/recorded_crime.parquet")
CODES = Path("results/clean/recorded_offence_codes.parquet")
QUARTERS = Path("results/clean/recorded_quarters.parquet")
ESTIMATES = Path("results/clean/survey_estimates.parquet")
PREVALENCE = Path("results/estimates/prevalence.parquet")
POPULATION = Path("results/clean/population.parquet")
BUILT = (RECORDED, CODES, QUARTERS, ESTIMATES, PREVALENCE, POPULATION)

SHIPPED = Path("resources/figures")
SHIPPED_SURVEY = Path("results/published/survey.parquet")
RECORDING_CHANGES = Path("resources/reference/recording_changes.csv")
POPULATIONS = Path("resources/reference/populations.csv")

_RECORDED = (
    *("release_id", "period_end", "area_code", "area_name", "area_type", "offence_id", "measure"),
    *("value", "marker", "workbook_sha256", "sheet", "cell"),
)
_CODES = (
    *("release_id", "table", "code", "offence_id", "period_end", "count", "workbook_sha256"),
    *("sheet", "cell"),
)
_QUARTERS = (
    *("release_id", "period_end", "area_code", "offence_id", "code", "value", "sheet"),
    "workbook_sha256",
)
_POPULATION = ("release_id", "measure", "reference_year", "area_code", "value")
# Columns that rows are picked by.
_ASKED = (
    *("offence_id", "area_code", "area_type", "table", "statistic", "characteristic"),
    *("code", "item_id"),
)
_SURVEY = pa.schema(
    [
        *((name, pa.string()) for name in ("release_id", "measure_id", "sex", "age")),
        ("period_end", pa.date32()),
        *(
            (name, pa.float64())
            for name in ("estimate", "lower", "upper", "lower_widest", "upper_widest", "level")
        ),
        *((name, pa.string()) for name in ("method", "basis", "seen", "source")),
        ("published_significance", pa.bool_()),
        *((name, pa.string()) for name in ("workbook_sha256", "sheet", "cell")),
    ]
)
_SURVEY_KEY = ("release_id", "measure_id", "sex", "age", "characteristic", "period_end")
_PLACES = ("workbook_sha256", "sheet", "cell", "published_significance")


@dataclass(frozen=True)
class Evidence:
    """Tables of published figures.

    Attributes:
        registry: every release that is known, with figures or without.
        recorded: as ``recorded_crime``: counts, rates and changes by area, with cells.
        codes: as ``recorded_offence_codes``: England and Wales by the appendix tables, by offence
            group and by offence code.
        quarters: as ``recorded_quarters``: every force by quarter, as revised since, by offence
            group and by offence code.
        read_survey: gives rows as of ``prevalence``, estimates of everybody of a sex and age,
            with cells.
        read_residents: gives residents by area and mid-year, as the series of the report has them.
        recording_changes: rows of ``resources/reference/recording_changes.csv``.
    """

    registry: Mapping[str, Release]
    recorded: pa.Table
    codes: pa.Table
    quarters: pa.Table
    read_survey: Callable[[], Sequence[Row]]
    read_residents: Callable[[], Mapping[tuple[str, int], float]]
    recording_changes: Sequence[Row]

    def of_offence(self, offence_id: str) -> list[Row]:
        """Rows of ``recorded`` on an offence group, all areas."""
        return self._kept("recorded", "offence_id", offence_id)

    def of_area(self, area_code: str) -> list[Row]:
        """Rows of ``recorded`` on an area, all offence groups."""
        return self._kept("recorded", "area_code", area_code)

    def national(self, offence_id: str) -> list[Row]:
        """Rows of ``codes`` on an offence group or an offence code."""
        by = "code" if offence_id in offence_codes() else "offence_id"
        return self._kept("codes", by, offence_id)

    def quarterly(self, offence_id: str) -> list[Row]:
        """Rows of ``quarters`` on an offence group or an offence code, all forces."""
        if offence_id in offence_codes():
            return self._kept("quarters", "code", offence_id)
        return self._kept("groups", "offence_id", offence_id)

    @cached_property
    def groups(self) -> pa.Table:
        """The rows of ``quarters`` on offence groups as a whole."""
        return self.quarters.filter(pc.is_null(self.quarters["code"]))

    def _kept(self, table: str, column: str, word: str) -> list[Row]:
        """Rows of a table that hold a word, picked out once."""
        key = (table, column, word)
        if key not in self._picked:
            whole: pa.Table = getattr(self, table)
            self._picked[key] = whole.filter(_is(whole[column], word)).to_pylist()
        return self._picked[key]

    @cached_property
    def _picked(self) -> dict[tuple[str, str, str], list[Row]]:
        return {}

    def quarters_that_end(self, days: Sequence[date]) -> list[Row]:
        """Rows of ``quarters`` on quarters that end on some days, all forces and groups."""
        ends = self.groups["period_end"]
        rows: list[Row] = self.groups.filter(pc.is_in(ends, pa.array(days))).to_pylist()
        return rows

    def national_that_ends(self, day: date) -> list[Row]:
        """Rows of ``codes`` on offence groups in a year."""
        ends = pc.is_in(self.codes["period_end"], pa.array([day]))
        rows: list[Row] = self.codes.filter(ends).to_pylist()
        return [row for row in rows if row["offence_id"]]

    @cached_property
    def held(self) -> set[str]:
        """Releases of ONS's tables of recorded crime with figures."""
        tables = (self.recorded, self.codes)
        return {name for table in tables for name in table["release_id"].unique().to_pylist()}

    @cached_property
    def open_data(self) -> list[str]:
        """Releases of the Home Office's open data with figures."""
        names: list[str] = self.quarters["release_id"].unique().to_pylist()
        return names

    @cached_property
    def periods(self) -> set[date]:
        """Ends of the years that statements on recorded crime may be about."""
        ends = {release.period_end for release in self.registry.values()}
        newest = max(ends, default=date(2003, 3, 31))
        # Table A5a begins with the year ending March 2003; figures end with a quarter.
        return {
            day
            for year in range(2003, newest.year + 1)
            for day in (date(year, 3, 31), date(year, 6, 30), date(year, 9, 30), date(year, 12, 31))
            if day <= newest
        }

    @cached_property
    def residents(self) -> Mapping[tuple[str, int], float]:
        """Residents by area and mid-year."""
        return self.read_residents()

    @cached_property
    def survey(self) -> Sequence[Row]:
        """Estimates of everybody of a sex and age."""
        return self.read_survey()

    @cached_property
    def partnerships(self) -> dict[str, Area]:
        """Community safety partnerships by code, under the name of their newest release."""
        table = self.recorded
        named = table.filter(
            pc.and_(_is(table["area_type"], "partnership"), _is(table["offence_id"], "total"))
        )
        columns = (named[name].to_pylist() for name in ("area_code", "area_name"))
        rows = read_rows(REFERENCE / "partnerships.csv")
        forces = {row["partnership_code"]: row["area_code"] for row in rows}
        return {
            code: Area(code, name, "partnership", forces.get(code, ""))
            for code, name in zip(*columns, strict=True)
        }

    @cached_property
    def areas(self) -> dict[str, Area]:
        """Every area that a statement may be about, by code."""
        return areas() | self.partnerships


def _is(column: pa.ChunkedArray, word: str) -> pa.ChunkedArray:
    """Where a column holds a word; a comparison with a scalar would import pandas."""
    return pc.match_substring_regex(column, f"^{re.escape(word)}$")


def open_evidence(root: Path) -> Evidence:
    """The tables of the build in ``root``, or the shipped figures where none was made.

    Raises:
        Problem: neither is there.
    """
    built = all((root / path).exists() for path in BUILT)
    return read_build(root) if built else read_shipped(root)


def read_build(root: Path) -> Evidence:
    """The tables of the build in ``root``; raises Problem for one that cannot be read."""
    return Evidence(
        read_registry(root / REGISTRY),
        _read([root / RECORDED], _RECORDED),
        _of_one_table(_read([root / CODES], _CODES)),
        _read([root / QUARTERS], _QUARTERS),
        partial(built_survey, root),
        partial(_residents, root, [root / POPULATION]),
        read_rows(root / RECORDING_CHANGES),
    )


def read_shipped(root: Path) -> Evidence:
    """The figures shipped in ``root``; raises Problem where there are none."""
    registry = read_registry(root / REGISTRY)
    shipped: dict[str, list[Path]] = {reader: [] for reader in datasets.SHAPES}
    for name, release in sorted(registry.items()):
        if (path := root / SHIPPED / f"{name}.parquet").is_file():
            shipped[release.reader].append(path)
    return Evidence(
        registry,
        _read(shipped[datasets.FORCE_AREAS], _RECORDED),
        _shipped_codes(shipped[datasets.APPENDIX]),
        _read(shipped[datasets.QUARTERS], _QUARTERS),
        partial(_shipped_survey, root),
        partial(_residents, root, shipped[datasets.FORCE_AREAS]),
        read_rows(root / RECORDING_CHANGES),
    )


def _read(paths: Iterable[Path], columns: Sequence[str]) -> pa.Table:
    tables = []
    # Not read_table, whose machinery for folders of files takes a second to import.
    for path in paths:
        try:
            # Words that repeat are read once: ten times as fast as row by row.
            file = pq.ParquetFile(path, read_dictionary=[c for c in columns if c not in _ASKED])
            tables.append(file.read(list(columns)))
        except (pa.ArrowException, OSError, KeyError) as error:
            raise Problem(
                f"{path} cannot be read ({error}); build the report again with make, or restore "
                "the file from the repository."
            ) from error
    if not tables:
        raise Problem(
            f"There are neither the tables of a build nor figures in {SHIPPED}; go to the "
            "project's folder, or build the report with make."
        )
    return pa.concat_tables(tables, promote_options="permissive")


def _of_one_table(codes: pa.Table) -> pa.Table:
    """Rows of the table of offences by code, and those on an offence group in any table."""
    wanted = pc.or_kleene(_is(codes["table"], "offence_codes"), pc.is_valid(codes["offence_id"]))
    return codes.filter(wanted).drop_columns("table")


def _shipped_codes(paths: Iterable[Path]) -> pa.Table:
    """Offences by group and by code of the appendix tables, as ``combine_survey`` has them."""
    groups = subtotal_groups()
    columns = ("release_id", "period_end", "value", "workbook_sha256", "sheet", "cell")
    table = _read(paths, (*columns, "table", "statistic", "item_id", "row_label"))
    counted = pc.and_(_is(table["table"], "offence_codes"), _is(table["statistic"], "offences"))
    rows = table.filter(counted)
    labels = rows["row_label"].cast(pa.string()).to_pylist()
    known = {label: groups.get(plain(label)) for label in set(labels)}
    # An array made of Python's values would import pandas, a builder does not.
    offence_ids = pa.lib.StringBuilder()
    for code, label in zip(rows["item_id"].to_pylist(), labels, strict=True):
        offence_ids.append(None if code else known[label])
    named = rows.append_column("offence_id", offence_ids.finish())
    return named.rename_columns({"value": "count", "item_id": "code"}).select(
        [name for name in _CODES if name != "table"]
    )


def _residents(root: Path, paths: Sequence[Path]) -> dict[tuple[str, int], float]:
    """Residents as gathered, with those of the areas that forces lie in; later years by edition."""
    found: dict[tuple[str, int], float] = {}
    for row in read_rows(root / POPULATIONS):
        for code in areas_around(row["area_code"]):
            key = (code, int(row["mid_year"]))
            found[key] = found.get(key, 0.0) + float(row["population"])
    newest = max(year for _, year in found)
    table = _read(paths, _POPULATION)
    measures = table["measure"].cast(pa.string())
    rows = table.filter(_is(measures, "population")).to_pylist()
    for row in sorted(rows, key=lambda row: row["release_id"]):
        if row["value"] is not None and (row["reference_year"] or 0) > newest:
            found[row["area_code"], row["reference_year"]] = row["value"]
    return found


def built_survey(root: Path) -> list[Row]:
    """Estimates of everybody of a sex and age in the build in ``root``, each with its cell."""
    estimates = _read([root / ESTIMATES], (*_SURVEY_KEY, *_PLACES))
    places = {tuple(row[k] for k in _SURVEY_KEY): row for row in _everybody(estimates)}
    return [
        row | {name: places[tuple(row[k] for k in _SURVEY_KEY)][name] for name in _PLACES}
        for row in _everybody(pq.ParquetFile(root / PREVALENCE).read())
        if row["printed"]
    ]


def ship_survey(evidence: Evidence, path: Path) -> None:
    """Keep what is known of the survey for those who build nothing.

    Twelve digits of each number: the last of a double depends on the processor's exponential, and
    the file is committed.
    """
    rows = [
        {name: float(f"{v:.12g}") if isinstance(v, float) else v for name, v in row.items()}
        for row in evidence.survey
    ]
    with replacing(path) as target:
        pq.write_table(pa.Table.from_pylist(rows, schema=_SURVEY), target, compression="zstd")


def _shipped_survey(root: Path) -> list[Row]:
    path = root / SHIPPED_SURVEY
    return pq.ParquetFile(path).read().to_pylist() if path.exists() else []


def _everybody(table: pa.Table) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.filter(_is(table["characteristic"], "all")).to_pylist()
    return rows
