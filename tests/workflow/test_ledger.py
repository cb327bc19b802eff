"""The report's figures written down, and the report checked against them."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from tests.workflow.runs import sentences, snakemake

LEDGER = "results/published/figures.csv"


@pytest.mark.slow
def test_figures_are_written_down_and_a_changed_one_is_found(
    built_project: Path,
) -> None:
    project = built_project
    ledger = project / LEDGER
    written = ledger.read_text(encoding="utf-8")
    rows = list(csv.DictReader(written.splitlines()))
    share = next(
        row
        for row in rows
        if row["figure_id"] == "share.gwent.stalking_harassment.pfa-2024-12"
        and row["page"] == "forces/gwent"
    )
    assert share["value"] == f"{8642 / 58358:.10g}"
    assert (share["sheet"], share["cell"]) == ("Table P1", "I60 / C60")
    assert len(share["workbook_sha256"]) == 64

    run = snakemake(project, "check_ledger")
    assert run.returncode == 0, run.stderr
    assert f"{len(rows)} of {len(rows)} published figures reproduced" in run.stdout

    kept, summary = (ledger.with_name(name) for name in ("figures.parquet", "summary.csv"))
    assert pd.read_parquet(kept).to_csv(index=False) == written
    counted = {row["page"]: int(row["figures"]) for row in csv.DictReader(summary.open())}
    assert counted == Counter(row["page"] for row in rows)

    lines = written.splitlines(keepends=True)
    number = 1 + next(i for i, row in enumerate(rows) if row is share)
    lines[number] = lines[number].replace(share["value"], "0.15")
    ledger.write_text("".join(lines), encoding="utf-8")
    run = snakemake(project, "check_ledger")
    assert run.returncode == 1
    assert f"{len(rows) - 1} of {len(rows)} published figures reproduced" in run.stdout
    (said,) = [sentence for sentence in sentences(run) if sentence.startswith(LEDGER)]
    assert said.startswith(f"{LEDGER} row {number}: share.gwent.stalking_harassment.")
    assert "of forces/gwent.html made by notebooks/force.ipynb: value is 0.148" in said
    assert said.endswith("published was 0.15.")
    assert "Traceback" not in run.stderr
    # A corrected statement costs the page about statements, and what is made of all pages.
    claims = project / "config" / "claims.yaml"
    claims.write_text(claims.read_text() + "\n# corrected\n")
    dry = snakemake(project, LEDGER, "--dry-run")
    jobs = re.findall(r"^(\w+_\w+) +1$", dry.stdout + dry.stderr, flags=re.MULTILINE)
    # The batches of the front page and of the page about statements.
    batches = {job for job in jobs if job.startswith("execute_notebooks_")}
    rendered = "render_site_stalking_harassment"
    assert set(jobs) - batches == {"compute_claims", rendered, "render_ledger"}
    # Of a batch that a page is in, it alone is executed.
    claims.write_text(claims.read_text().replace("57,093", "57,193"))
    again = snakemake(project, "results/notebooks/claims.ipynb")
    kept, pages = re.findall(r"(\d+) of (\d+) pages from .* are as they were", again.stderr)[0]
    assert int(kept) == int(pages) - 1
    # What was published is left for a person to look at.
    assert ledger.read_text(encoding="utf-8") == "".join(lines)
