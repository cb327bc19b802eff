"""What is new, as a person and a scheduled job ask for it: by exit status, and one by one."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from tests.editions import book, folder
from tests.releases import FILE, KNOWN, NEXT, Here, set_up
from tests.workflow.runs import sentences, snakemake


@pytest.fixture
def here(project: Path, tmp_path: Path) -> Here:
    """The whole workflow, with a registry of one release that a mirror holds."""
    small = set_up(tmp_path / "site")
    config, figures = project / "config", project / "resources" / "figures"
    for path in [small.project.registry, small.project.copies, small.project.corrections]:
        shutil.copy(path, config / path.name)
    shutil.rmtree(figures)
    shutil.copytree(small.project.figures, figures)
    text = (config / "config.yaml").read_text(encoding="utf-8")
    text, changed = re.subn(r"\n  appendix: .*", "", text)
    assert changed == 1
    (config / "config.yaml").write_text(text, encoding="utf-8")
    return replace(small, project=replace(small.project, registry=config / "releases.csv"))


@pytest.mark.slow
def test_the_exit_status_says_whether_anything_is_new(project: Path, here: Here) -> None:
    def check() -> tuple[int, str]:
        run = snakemake(project, "check_releases", f"--config=source={here.mirror.root}")
        said = json.loads((project / "results/releases/check.json").read_text(encoding="utf-8"))
        assert sentences(run)[-1].startswith(said["status"].capitalize())
        assert said["exit_status"] == run.returncode
        return run.returncode, said["status"]

    assert check() == (0, "nothing new")
    here.mirror.publish(NEXT, book("pfa-2018-12", NEXT), FILE)
    here.mirror.list(NEXT, KNOWN)
    assert check() == (1, "something new")
    here.mirror.page(folder(KNOWN)).write_text("<html>", encoding="utf-8")
    assert check() == (2, "could not tell")


@pytest.mark.slow
def test_a_pinned_release_is_in_the_next_build(project: Path, here: Here) -> None:
    here.mirror.publish(NEXT, book("pfa-2018-12", NEXT), FILE)
    here.mirror.list(NEXT, KNOWN)
    source = f"source={here.mirror.root}"
    pinned = snakemake(project, "pin_release", "--config", source, "release=pfa-2019-03")
    assert pinned.returncode == 0, pinned.stderr
    shares = "results/estimates/shares.parquet"
    for origin in ("source=embedded", source):
        built = snakemake(project, shares, f"--config={origin}")
        assert built.returncode == 0, built.stderr
        releases = pd.read_parquet(project / shares)["release_id"].unique()
        assert list(releases) == ["pfa-2018-12", "pfa-2019-03"]


@pytest.mark.slow
def test_a_refusal_is_told_without_a_traceback(project: Path, here: Here) -> None:
    run = snakemake(project, "pin_release", f"--config=source={here.mirror.root}")
    assert run.returncode == 1
    assert sentences(run) == [
        "Say which release: snakemake pin_release --config release=pfa-2025-03"
    ]
    assert "Traceback" not in run.stderr
