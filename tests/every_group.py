"""Pages of a report about any offence group, made in the process of the tests."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd

from crimeshare.measures.composition import compute_composition, read_joint_codes
from crimeshare.measures.forecasts import compute_forecasts
from crimeshare.measures.quarters import compute_quarterly_series
from crimeshare.measures.rank_ranges import compute_rank_intervals
from crimeshare.measures.recorded import read_recording_changes
from crimeshare.measures.revision_intervals import kinds
from crimeshare.measures.rule_effects import compute_rule_effects
from crimeshare.measures.rule_parts import compute_rule_parts
from crimeshare.measures.seasonal import compute_seasonally_adjusted
from crimeshare.measures.series import newest_year
from crimeshare.measures.similarity import compute_similar_forces
from crimeshare.measures.small_areas import compute_small_areas
from crimeshare.parquet import read_table, write_table
from crimeshare.publish.site.notebooks import with_parameters
from crimeshare.publish.site.pages import Page
from crimeshare.publish.site.rendering import render_body
from crimeshare.reference import PARTNERSHIPS, read_rows
from tests.building import LEVEL
from tests.tables import (
    ADJUSTED,
    COMPOSITION,
    EFFECTS,
    FORECASTS,
    LIMITS,
    PARTS,
    QUARTERLY_SERIES,
    QUARTERS,
    RANK_INTERVALS,
    RECORDED,
    SERIES,
    SIMILAR_FORCES,
    SMALL_AREAS,
)


def write_group(folder: Path, root: Path, built: Path, offence_id: str) -> None:
    """Write the tables about one group; all others are those of another build.

    Args:
        folder: the build to write.
        root: the project, with its reference tables.
        built: a build about another group.
        offence_id: the group.
    """
    reference = root / "resources" / "reference"
    named = reference / "recording_changes.csv"
    quarters, series = read_table(built / QUARTERS), read_table(built / SERIES)
    raw = pd.read_csv(named)
    joint = read_joint_codes(reference / "joint_codes.csv")
    forces = {row["partnership_code"]: row["area_code"] for row in read_rows(PARTNERSHIPS)}
    by_quarter = compute_quarterly_series(quarters, read_recording_changes(named), [offence_id])
    own = {
        COMPOSITION: compute_composition(quarters, joint, offence_id),
        QUARTERLY_SERIES: by_quarter,
        ADJUSTED: compute_seasonally_adjusted(by_quarter),
        SIMILAR_FORCES: compute_similar_forces(newest_year(series), offence_id),
        EFFECTS: compute_rule_effects(quarters, raw, offence_id),
        FORECASTS: compute_forecasts(
            by_quarter, raw, read_table(built / LIMITS), kinds(), [offence_id]
        ),
        PARTS: compute_rule_parts(quarters, raw, offence_id),
        RANK_INTERVALS: compute_rank_intervals(
            newest_year(series).query("offence_id == @offence_id"), quarters, LEVEL
        ),
        SMALL_AREAS: compute_small_areas(read_table(built / RECORDED), forces, offence_id),
    }
    for path in (built / "results").rglob("*.parquet"):
        name = path.relative_to(built)
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if name not in own:
            (folder / name).symlink_to(path)
    for name, table in own.items():
        write_table(table, folder / name)


def body_of(page: Page) -> str:
    """What a page says, as the site renders it, its notebook run here and not in a kernel.

    The working directory is the build.
    """
    node = nbformat.read(Path(__file__).parents[1] / page.source, as_version=4)
    node = with_parameters(node, page.parameters, page.source)
    names: dict[str, Any] = {}
    for cell in node.cells:
        if cell.cell_type == "code":
            value = _run(cell.source, names)
            cell.outputs = [] if value is None else [_output(value)]
    return render_body(node)


def _run(source: str, names: dict[str, Any]) -> object:
    """The value of the last expression of a cell; None where it ends with another statement."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names) if last else None


def _output(value: object) -> dict[str, Any]:
    forms = {
        kind: text
        for kind, name in (("text/html", "_repr_html_"), ("text/markdown", "_repr_markdown_"))
        if (method := getattr(value, name, None)) and (text := method()) is not None
    }
    return {"output_type": "execute_result", "data": forms or {"text/plain": repr(value)}}
