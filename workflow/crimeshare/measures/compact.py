"""The compact evidence of the audit: what the tables of a build know, in a few small files.

``crimeshare check`` judges by these files alone, whether a build has just written them, they came
with the repository, or a browser has loaded them; :mod:`crimeshare.audit.vintages` reads them.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crimeshare.measures.provenance import named_cells
from crimeshare.measures.revisions import issue_order
from crimeshare.measures.vintages import BY_AREA, BY_CODE, QUARTERS
from crimeshare.measures.years import TOTAL, years_of_codes
from crimeshare.periods import month_end
from crimeshare.running import write_file

_CELL = r"^\[[^\]]+\]'(?P<sheet>.+)'!(?P<column>[A-Z]+)(?P<row>[1-9]\d*)$"
SURVEY = ["release_id", "measure_id", "sex", "age", "period_end", "estimate", "lower", "upper"]
SURVEY += ["lower_widest", "upper_widest", "level", "method", "basis", "seen", "source"]
SURVEY += ["published_significance", "workbook_sha256", "sheet", "cell"]
"""Columns of what is kept of the survey."""

_TABLE = ["release_id", "measure", "known_from", "grouping", "sheet"]


def compact_editions(
    vintages: pd.DataFrame, recorded: pd.DataFrame, offence_codes: pd.DataFrame
) -> dict[str, Any]:
    """Counts and rates of ONS's editions, with the columns and rows their cells stand in.

    Returns:
        ``releases``, the last day of the year that each is about, in the order they came out;
        ``workbooks``, their hashes; ``partnerships``, names by code; and ``blocks``, each a table
        of one release: its ``columns`` by what is in them, and ``lines`` that begin with the row.
    """
    own = vintages[vintages["known_from"] != QUARTERS]
    counts = own.assign(
        measure="count",
        name=own["offence_id"].fillna(own["code"]),
        # Of a count that is worked out from a percentage, the cell of that.
        place=[named_cells(cells)[-1] for cells in own["cells"]],
    )
    rates = recorded[recorded["measure"] == "rate_per_1000"]
    rates = rates.assign(
        known_from="published",
        grouping=BY_AREA,
        excluded="",
        refuted=False,
        name=rates["offence_id"],
        place="[" + rates["release_id"] + "]'" + rates["sheet"] + "'!" + rates["cell"],
    )
    columns = [*_TABLE[:-1], "area_code", "name", "period_end", "value", "marker", "excluded"]
    cells = pd.concat([counts, rates], ignore_index=True)[[*columns, "refuted", "place"]]
    parts = pc.extract_regex(pa.array(cells["place"], pa.string()), _CELL)
    for at, name in enumerate(["sheet", "column", "row"]):
        cells[name] = pc.struct_field(parts, at).to_pandas()
    cells["end"] = cells["period_end"].dt.strftime("%Y-%m-%d")
    numbers = _numbers(cells["value"].to_numpy(float))
    cells["said"] = np.where(cells["value"].isna(), cells["marker"].astype(object), numbers)
    by_code = cells["grouping"] == BY_CODE
    cells["line"] = cells["area_code"].mask(by_code, cells["name"])
    cells["heading"] = cells["name"].mask(by_code, cells["end"])
    cells["year"] = cells["end"].mask(by_code, "")
    # A name that stands in a table twice is in a block of its own the second time.
    for name, of in (("row", "line"), ("column", "heading")):
        key = [*_TABLE, "year", of]
        places = cells[[*key, name]].drop_duplicates()
        places["again_" + name] = places.groupby(key).cumcount()
        cells = cells.merge(places, on=[*key, name])
    key = [*_TABLE, "year", "again_row", "again_column"]
    said = ["sheet", "line", "heading", "column", "row", "said", "excluded", "refuted"]
    cells = cells[list(dict.fromkeys([*key, *said]))]
    blocks = [_block(table) for _, table in cells.groupby(key, sort=False)]
    order = vintages.drop_duplicates("release_id").sort_values("order")
    months = {release_id: issue_order(release_id)[0] - 1 for release_id in order["release_id"]}
    sheets = _sheets(recorded, offence_codes)
    named = recorded[recorded["area_type"] == "partnership"].drop_duplicates("area_code")
    return {
        "workbooks": dict(zip(sheets["release_id"], sheets["workbook_sha256"], strict=True)),
        # Names of sheets with a space at their end, which names of cells leave out.
        "spaced": {
            f"[{release_id}]'{sheet.strip()}'": sheet
            for release_id, sheet in zip(sheets["release_id"], sheets["sheet"], strict=True)
            if sheet != sheet.strip()
        },
        "partnerships": dict(zip(named["area_code"], named["area_name"], strict=True)),
        "releases": {
            release_id: f"{month_end(month // 12, month % 12 + 1)}"
            for release_id, month in months.items()
        },
        "blocks": blocks,
    }


def _sheets(*tables: pd.DataFrame) -> pd.DataFrame:
    columns = ["release_id", "workbook_sha256", "sheet"]
    return pd.concat([table[columns].drop_duplicates() for table in tables])


def _block(table: pd.DataFrame) -> dict[str, Any]:
    columns = table.drop_duplicates("heading").set_index("heading")["column"]
    rows = table.drop_duplicates("line").set_index("line")["row"].astype("int64")
    wide = table.pivot(index="line", columns="heading", values="said")
    given: Any = wide.reindex(index=rows.index, columns=columns.index).to_numpy(dtype=object)
    numbers = np.where(pd.isna(given), np.array(None, object), given)
    first = table.iloc[0]
    left = table[table["excluded"] != ""].drop_duplicates("line")
    return {
        "release": first["release_id"],
        "measure": first["measure"],
        "known_from": first["known_from"],
        "grouping": first["grouping"],
        "sheet": first["sheet"],
        "end": first["year"],
        "columns": columns.to_dict(),
        "lines": {
            line: [int(row), *own]
            for (line, row), own in zip(rows.items(), numbers.tolist(), strict=True)
        },
        "excluded": {
            line: names.split("; ")
            for line, names in zip(left["line"], left["excluded"], strict=True)
        },
        "refuted": table.loc[table["refuted"], ["line", "heading"]].to_numpy().tolist(),
    }


def compact_quarters(vintages: pd.DataFrame, quarters: pd.DataFrame) -> dict[str, Any]:
    """The years of the open data by release, offence group and area.

    Returns:
        By release the ``ends`` of its years, the ``sheets`` its quarters stand in, the forces that
        areas leave out, and the ``values``: each line begins with the place of its first year.
    """
    found = {}
    for release_id, years in vintages[vintages["known_from"] == QUARTERS].groupby("release_id"):
        own = quarters[quarters["release_id"] == release_id]
        sheets = own.drop_duplicates("period_end").sort_values("period_end")
        days = sheets["period_end"].dt.strftime("%Y-%m-%d")
        ends = sorted(years["period_end"].unique())
        left = years[(years["excluded"] != "") & (years["offence_id"] == TOTAL)]
        excluded: dict[str, dict[str, list[str]]] = {}
        without = zip(left["area_code"], left["period_end"], left["excluded"], strict=True)
        for area, end, names in without:
            excluded.setdefault(area, {})[f"{end:%Y-%m-%d}"] = names.split("; ")
        found[str(release_id)] = {
            "ends": [f"{end:%Y-%m-%d}" for end in ends],
            "sheets": dict(zip(days, sheets["sheet"], strict=True)),
            "excluded": excluded,
            "values": _by_area(years.rename(columns={"offence_id": "name"}), ends),
        }
    return found


def compact_codes(vintages: pd.DataFrame, quarters: pd.DataFrame) -> dict[str, Any]:
    """The years of the open data by release, offence code and area.

    Returns:
        By release and code ``from`` and ``to``, the places of its first and last whole year, and
        ``values`` as of groups; a year between that no line holds is 0 where there is a return.
    """
    found: dict[str, Any] = {}
    for release_id, own in quarters.groupby("release_id"):
        known = vintages[(vintages["release_id"] == release_id) & (vintages["offence_id"] == TOTAL)]
        ends = sorted(known["period_end"].unique())
        years = years_of_codes(own).rename(columns={"code": "name", "count": "value"})
        years = years[years["period_end"].isin(ends)]
        whole = years.groupby("name")["period_end"].agg(["min", "max"])
        values = _by_area(years[years["value"] != 0], ends)
        found[str(release_id)] = {
            code: {
                "from": ends.index(whole["min"][code]),
                "to": ends.index(whole["max"][code]),
                "values": lines,
            }
            for code, lines in values.items()
        }
    return found


def compact_alike(quarters: pd.DataFrame, changes: pd.DataFrame) -> dict[str, Any]:
    """The quarters of the forces, of what a change of recording touches, and of all crime.

    Years on both sides of a change are compared by the quarters that were recorded alike.

    Returns:
        By release the ``ends`` of its quarters, and ``values`` as of years.
    """
    touched = {TOTAL, *changes["offence_id"]}
    code, group = (quarters[name].astype(object) for name in ("code", "offence_id"))
    named = quarters.assign(name=code.where(code.notna(), group), coded=code.notna())
    named = named[named["name"].isin(touched) & ~(named["coded"] & (named["value"] == 0))]
    key = ["release_id", "name", "area_code", "period_end"]
    # A code may be counted in two groups, as when it moved from one to the other.
    added = named.groupby(key, observed=True)["value"].sum(min_count=1).reset_index()
    found = {}
    for release_id, own in added.dropna(subset="value").groupby("release_id", observed=True):
        ends = sorted(own["period_end"].unique())
        found[str(release_id)] = {
            "ends": [f"{end:%Y-%m-%d}" for end in ends],
            "values": _by_area(own, ends),
        }
    return found


def compact_survey(prevalence: pd.DataFrame, estimates: pd.DataFrame) -> dict[str, Any]:
    """What the survey estimates of everybody of a sex and age, each with its cell.

    Returns:
        ``columns``, and the ``rows`` of what is printed of it.  Twelve digits of each number: the
        last of a double depends on the processor's exponential.
    """
    key = ["release_id", "measure_id", "sex", "age", "characteristic", "period_end"]
    own = prevalence[prevalence["printed"] & (prevalence["characteristic"] == "all")]
    places = estimates[[*key, *SURVEY[-4:]]].drop_duplicates(key)
    rows = own[[*key, *SURVEY[5:-4]]].merge(places, on=key, how="left")
    rows["period_end"] = rows["period_end"].dt.strftime("%Y-%m-%d")
    rows = rows[SURVEY].astype(object)
    return {
        "columns": SURVEY,
        "rows": [
            [
                None
                if value is None or value != value
                else float(f"{value:.12g}")
                if isinstance(value, float)
                else value
                for value in row
            ]
            for row in rows.itertuples(index=False, name=None)
        ],
    }


def compact_residents(residents: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Residents by area and mid-year."""
    found: dict[str, dict[str, int]] = {}
    areas, years = residents.iloc[:, 0], residents.iloc[:, 1]
    numbers = _numbers(residents.iloc[:, 2].to_numpy(float))
    for area, year, number in zip(areas, years, numbers, strict=True):
        found.setdefault(area, {})[f"{year:.0f}"] = number
    return found


def _by_area(years: pd.DataFrame, ends: list[pd.Timestamp]) -> dict[str, dict[str, list[Any]]]:
    """Lines of years by name and area: the place of the first, then each, none where it lacks."""
    wide = years.pivot(index=["name", "area_code"], columns="period_end", values="value")
    values = wide.reindex(columns=ends).to_numpy(float)
    held = ~np.isnan(values)
    firsts = held.argmax(axis=1).tolist()
    lasts = (len(ends) - held[:, ::-1].argmax(axis=1)).tolist()
    found: dict[str, dict[str, list[Any]]] = {}
    for (name, area), line, first, last in zip(
        wide.index, _numbers(values).tolist(), firsts, lasts, strict=True
    ):
        found.setdefault(name, {})[area] = [first, *line[first:last]]
    return found


def _numbers(values: npt.NDArray[np.float64]) -> npt.NDArray[np.object_]:
    numbers = values.astype(object)
    whole = np.isfinite(values) & (values == np.floor(values))
    numbers[whole] = values[whole].astype("int64").astype(object)
    numbers[np.isnan(values)] = None
    return numbers


def write_evidence(evidence: Mapping[str, Any], folder: Path) -> None:
    """Write each part to a file of its name; one that says the same already is left as it is.

    The bytes that a number is compressed to depend on the machine.
    """
    for name, told in evidence.items():
        path = folder / f"{name}.json.gz"
        text = json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode()
        if path.exists() and gzip.decompress(path.read_bytes()) == text:
            path.touch()
            continue
        write_file(path, gzip.compress(text, 9, mtime=0))
