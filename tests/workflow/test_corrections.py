"""Known faults of the workbooks, which are checked on shipped figures as well."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workflow.runs import sentences, snakemake


@pytest.mark.parametrize(
    ("release_id", "held", "expected"),
    [
        ("pfa-2019-12", "1349900", "1349901"),
        ("appendix-2022-09", "-4.559991918190335", "-4.55"),
    ],
)
@pytest.mark.slow
def test_an_entry_that_no_longer_matches_stops_the_run(
    project: Path, release_id: str, held: str, expected: str
) -> None:
    corrections = project / "config" / "corrections.yaml"
    text = corrections.read_text(encoding="utf-8")
    assert f"expect: {held}\n" in text
    corrections.write_text(text.replace(f"expect: {held}\n", f"expect: {expected}\n"), "utf-8")
    run = snakemake(
        project,
        f"results/observations/{release_id}.parquet",
        "--config",
        f"releases=[{release_id}]",
    )
    assert run.returncode == 1
    (said,) = [sentence for sentence in sentences(run) if release_id in sentence]
    assert f"config/corrections.yaml expects {expected}: the cell was changed since" in said
    assert "Traceback" not in run.stderr


@pytest.mark.slow
def test_an_entry_that_names_another_release_leaves_the_fault_unexplained(project: Path) -> None:
    corrections = project / "config" / "corrections.yaml"
    text = corrections.read_text(encoding="utf-8")
    corrections.write_text(text.replace("release: pfa-2019-12", "release: pfa-2019-21"), "utf-8")
    run = snakemake(
        project,
        "results/observations/pfa-2019-12.parquet",
        "--config",
        "releases=[pfa-2019-12]",
    )
    assert run.returncode == 1
    assert any(sentence.startswith("pfa-2019-12") for sentence in sentences(run)), run.stderr
    assert "Traceback" not in run.stderr
