"""The scheduled job, step by step as its file has them, while editions come out one by one."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
import yaml

from crimeshare.sources.registry import Release, read_registry
from crimeshare.tables.observations import AreaNote, read_notices
from tests import facsimile
from tests.conftest import ROOT
from tests.editions import Mirror
from tests.loopback import Loopback

JOB = yaml.safe_load((ROOT / ".github/workflows/releases.yml").read_text(encoding="utf-8"))
CHECKS = ("diff", "verify", "test")

# As they came out, from the old layout to the new one: one without a force, one in another layout.
EDITIONS = ["pfa-2018-03", "pfa-2019-12", "pfa-2024-12"]
# Of the tests those that look at what is committed, and one that the newest edition breaks.
SUITE = [
    "tests/unit/test_area_notes.py::test_every_note_names_a_known_release_area_and_cell",
    "tests/unit/test_area_notes.py::test_every_label_of_a_region_or_force_that_refers_to_a_note_has_it",
    "tests/unit/test_the_newest.py",
]
NEWEST = """
from pathlib import Path

def test_no_edition_is_of_2024():
    assert "pfa-2024" not in Path("config/releases.csv").read_text(encoding="utf-8")
"""
UNDERCOUNT = "Figures of Nottinghamshire have an undercount of about 18% in burglary."
TARGETS = """        "results/estimates/shares.parquet",
        "results/estimates/changes.parquet",
"""


class Site:
    """The publisher's site: what has come out so far, newest first."""

    def __init__(self, root: Path) -> None:
        self.mirror = Mirror(root)
        self.out: list[Release] = []

    def publish(self, release: Release, change: facsimile.Quirk = lambda _: None) -> None:
        book = facsimile.from_figures(facsimile.figures(release.release_id))
        change(book)
        self.mirror.publish(release.period_end, book, Path(release.path).name)
        self.out.insert(0, release)
        announced = "24 July 2030" if release.release_id == EDITIONS[-1] else ""
        self.mirror.list(*(known.period_end for known in self.out), next_release=announced)


def renewed_words(book: facsimile.Book) -> None:
    """Notes, labels and partnerships that no edition had."""
    referred = {
        number: label
        for table in map(book.sheets.get, book.by_force)
        for label in map(str, table.values())
        for number in re.findall(r"\[note (\d+)\]", label)
    }
    for at, (number, label) in enumerate({**referred, "40": "Nottinghamshire"}.items(), start=1):
        said = UNDERCOUNT if number == "40" else f"What note {number} says of {label}."
        book.sheets["Notes- PFA "] |= {(at, 0): float(number), (at, 1): said}
    for sheet in book.header:
        for place, cell in book.sheets[sheet].items():
            if cell == "Shoplifting":
                book.sheets[sheet][place] = "Shoplifting [note 41]"
            elif cell == "Newport":
                book.sheets[sheet][place] = "City of Newport"
            elif cell == "W14000020":  # of Torfaen
                book.sheets[sheet][place] = "W14999999"


@pytest.fixture
def editions() -> list[Release]:
    registry = read_registry(ROOT / "config" / "releases.csv")
    return [registry[name] for name in EDITIONS]


@pytest.fixture
def job(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """A clone that knows the survey's releases and no edition of the tables, and an empty site."""
    registry = project / "config" / "releases.csv"
    lines = registry.read_text(encoding="utf-8").splitlines(keepends=True)
    registry.write_text("".join(line for line in lines if not line.startswith("pfa-")), "utf-8")
    (project / "config" / "copies.csv").write_text("release_id,sha256,bytes,note\n", "utf-8")
    # Cells of a facsimile are those of the shipped figures, so the known faults are in them.
    for figures in (project / "resources" / "figures").glob("pfa-*.parquet"):
        figures.unlink()
    config = project / "config" / "config.yaml"
    config.write_text(re.sub(r"\n  appendix: .*", "", config.read_text("utf-8")), "utf-8")
    snakefile = project / "workflow" / "Snakefile"
    text, cut = re.subn(
        r"(default_target: True\n    input:\n)(?:        .*\n)+",
        rf"\1{TARGETS}",
        snakefile.read_text(),
    )
    assert cut == 1
    snakefile.write_text(text, encoding="utf-8")
    origin = tmp_path / "origin.git"
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", str(origin))
    git(project, "init", "--quiet", "--initial-branch=main")
    git(project, "config", "user.name", "Somebody")
    git(project, "config", "user.email", "somebody@example.org")
    git(project, "remote", "add", "origin", str(origin))
    shutil.copytree(ROOT / "tests", project / "tests")
    (project / "tests/unit/test_the_newest.py").write_text(NEWEST, encoding="utf-8")
    # Of what has no row any more there are no notes.
    notes = project / "resources/reference/area_notes.csv"
    known = ("release_id", *(f"{name}," for name in EDITIONS[:-1]))
    lines = notes.read_text(encoding="utf-8").splitlines(keepends=True)
    notes.write_text("".join(line for line in lines if line.startswith(known)), encoding="utf-8")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "As it was")
    git(project, "push", "--quiet", "origin", "main")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Loopback(tmp_path / "site") as server:
        yield server


def git(folder: Path, *arguments: str) -> str:
    run = subprocess.run(
        ["git", *arguments], cwd=folder, check=True, capture_output=True, text=True
    )
    return run.stdout.strip()


def gh(tmp_path: Path) -> Path:
    """A folder with a `gh` that finds no pull request and writes down what it is asked."""
    tool = tmp_path / "bin" / "gh"
    tool.parent.mkdir(exist_ok=True)
    tool.write_text(
        f'#!/bin/sh\nif [ "$1" = auth ]; then exit; fi\n'
        f'if [ "$2" = list ]; then echo 0; else\n'
        f'for word in "$@"; do echo "$word"; done > "{tmp_path}/asked"; fi\n',
        encoding="utf-8",
    )
    tool.chmod(0o755)
    return tool.parent


def run_job(
    project: Path, source: str, tmp_path: Path, checks: tuple[str, ...] = ("diff",)
) -> dict[str, int]:
    """Run both jobs, `make` with the environment of the tests; the exit status of each step.

    Building everything has tests of its own; of testing the linters do, and `SUITE` is run of it.

    The second one works on a clone of its own and knows of the first what that packed.
    """
    shutil.rmtree(tmp_path / "runner", ignore_errors=True)
    (tmp_path / "runner").mkdir()
    status = run_steps("read", project, source, tmp_path, checks)
    proposing = tmp_path / "runner" / "clone"
    git(tmp_path, "clone", "--quiet", str(tmp_path / "origin.git"), str(proposing))
    return status | run_steps("propose", proposing, source, tmp_path)


def run_steps(
    job: str, project: Path, source: str, tmp_path: Path, checks: tuple[str, ...] = ("diff",)
) -> dict[str, int]:
    """Run the steps of one job in a folder; only the last may fail."""
    environment = {
        **os.environ,
        "PATH": f"{gh(tmp_path)}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(project / "workflow"),
        "RUNNER_TEMP": str(tmp_path / "runner"),
        "GITHUB_OUTPUT": str(tmp_path / "runner" / "output"),
        "MAKEFLAGS": "",
        "PYTEST_ADDOPTS": f"-p no:cacheprovider {' '.join(SUITE)}",
        "SOURCE": source,
    }
    made_with = f"BIN={Path(sys.executable).parent} ENVIRONMENT=Makefile CORES=2 -o lint"
    steps = [step for step in JOB["jobs"][job]["steps"] if "run" in step]
    status = {}
    for step in steps:
        name = step.get("name", step["run"])
        script = step["run"].replace(f"in {' '.join(CHECKS)};", f"in {' '.join(checks)};")
        script = script.replace('make "$check"', f'make "$check" {made_with}')
        script = re.sub(r"\bmake (\w+)", rf"make \1 {made_with}", script)
        run = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", script],
            cwd=project,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        status[name] = run.returncode
        assert run.returncode == 0 or step is steps[-1], run.stderr[-2000:]
    return status


def merge(project: Path) -> None:
    """What a person does who reviewed the pull request; the next run starts from a clone of it."""
    git(project, "fetch", "--quiet", "origin")
    branches = git(project, "for-each-ref", "--format=%(refname:short)", "refs/remotes/origin")
    (proposed,) = [name for name in branches.split() if name.startswith("origin/releases/")]
    git(project, "reset", "--quiet", "--hard")
    git(project, "clean", "--quiet", "--force", "-d")
    git(project, "merge", "--quiet", "--ff-only", proposed)
    git(project, "push", "--quiet", "origin", "main")
    git(project, "push", "--quiet", "origin", "--delete", proposed.removeprefix("origin/"))


@pytest.mark.slow
def test_editions_are_taken_in_one_by_one_as_they_come_out(
    job: Loopback, project: Path, tmp_path: Path, editions: list[Release]
) -> None:
    site = Site(tmp_path / "site")
    first, *others = editions
    site.publish(first)
    # A report needs one edition to begin with.
    begin = [sys.executable, "-m", "crimeshare.releases.renewal", job.url]
    environment = {**os.environ, "PYTHONPATH": str(project / "workflow")}
    subprocess.run(begin, cwd=project, env=environment, check=True, capture_output=True)
    git(project, "add", "config", "resources")
    git(project, "commit", "--quiet", "--message", "The first edition")
    git(project, "push", "--quiet", "origin", "main")

    taken_in = [f"pfa-{first.period_end:%Y-%m}"]
    for edition in others:
        newest = edition is others[-1]
        site.publish(edition, renewed_words if newest else lambda _: None)
        before = (project / "config" / "releases.csv").read_bytes()
        status = run_job(project, job.url, tmp_path, ("diff", "test") if newest else ("diff",))
        # What fails is proposed all the same, and said at the end.
        assert status.pop("Say what a person has to look at") == newest
        assert set(status.values()) == {0}
        taken_in.append(f"pfa-{edition.period_end:%Y-%m}")
        merge(project)

        assert (project / "config" / "releases.csv").read_bytes().startswith(before)
        assert git(project, "status", "--porcelain") == ""
        changed = git(project, "show", "--name-only", "--format=").splitlines()
        assert changed == [
            *(["config/announced.csv"] if newest else []),
            "config/releases.csv",
            "resources/figures/hashes.csv",
            f"resources/figures/{taken_in[-1]}.parquet",
        ]
        asked = (tmp_path / "asked").read_text(encoding="utf-8").split("\n")
        assert asked[:2] == ["pr", "create"]
        body = (tmp_path / "runner/proposal/words.md").read_text(encoding="utf-8")
        assert all(line.startswith("    ") for line in body.splitlines())
        assert f"{taken_in[-1]} is pinned with" in body
        assert re.search(rf"- {taken_in[-1]}: [\d,]+ rows added", body)
        verdict = json.loads((project / "results/releases/diff.json").read_bytes())
        assert verdict["status"] == "differs"
        assert [t["table"] for t in verdict["tables"] if t["removed"] or t["changed"]] == []
        shares = pd.read_parquet(project / "results/estimates/shares.parquet")
        assert list(shares["release_id"].unique()) == sorted(taken_in)
    failed = re.findall(r"^    (?:FAILED|ERROR) (\S+)", body, re.MULTILINE)
    assert failed == ["tests/unit/test_the_newest.py::test_no_edition_is_of_2024"]
    assert "    - make test fails:" in body
    assert re.search(r"partnership City of Newport \(Gwent, W14000022\), which the list", body)
    assert re.search(r"Torfaen \(Gwent\) with the code W14999999, beside W14000020", body)
    figures = project / f"resources/figures/{taken_in[-1]}.parquet"
    assert UNDERCOUNT in [note.note for note in read_notices(figures, AreaNote)]
    announced = (project / "config/announced.csv").read_text(encoding="utf-8")
    assert announced.endswith("2030-07-24\n")

    (tmp_path / "asked").unlink()
    assert set(run_job(project, job.url, tmp_path).values()) == {0}
    assert not (tmp_path / "asked").exists()  # nothing new, nothing proposed


@pytest.mark.slow
def test_what_does_not_fit_fails_the_job_with_its_words_and_proposes_nothing(
    job: Loopback, project: Path, tmp_path: Path, editions: list[Release]
) -> None:
    site = Site(tmp_path / "site")
    figures = project / "resources" / "figures"
    shutil.copy(facsimile.FIGURES / "pfa-2018-03.parquet", figures)
    known = read_registry(ROOT / "config" / "releases.csv")["pfa-2018-03"]
    rows = (ROOT / "config" / "releases.csv").read_text(encoding="utf-8").splitlines(True)
    with (project / "config" / "releases.csv").open("a", encoding="utf-8") as registry:
        registry.writelines(row for row in rows if row.startswith(f"{known.release_id},"))
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "One edition")
    git(project, "push", "--quiet", "origin", "main")
    new = editions[1]
    book = facsimile.from_figures(facsimile.figures(new.release_id))
    book.replace("Gwent", "Gwentshire", "P1")
    site.mirror.publish(new.period_end, book, "tables.xlsx")
    site.mirror.list(new.period_end)

    renewed = subprocess.run(
        [sys.executable, "-m", "crimeshare.releases.renewal", job.url],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(project / "workflow")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert renewed.returncode == 1
    summary = [line for line in renewed.stderr.splitlines() if line.startswith("crimeshare: ")][-4:]
    name = f"pfa-{new.period_end:%Y-%m}"
    assert summary[0] == "crimeshare: 0 pinned; 1 refused."
    assert summary[1].startswith(f"crimeshare: Refused: {name}: ")
    assert "sheet 'Table P1', cell" in summary[1]
    assert summary[2] == "crimeshare: 1 not at the source: pfa-2018-03."
    assert summary[3].startswith("crimeshare: results/releases/refused.md has all the words")

    status = run_job(project, job.url, tmp_path)
    assert status["Say what a person has to look at"] == 1
    refused = (project / "results/releases/refused.md").read_text(encoding="utf-8")
    assert "gwentshire,W15000002" in refused
    assert "accept=lines-" in refused
    assert git(project, "log", "--format=%s", "-1") == "One edition"
    assert not (tmp_path / "asked").exists()
    assert "pfa-2018-03 is in the registry" in refused  # its page is gone: withdrawn


def test_a_patch_of_anything_but_data_is_not_proposed(
    job: Loopback, project: Path, tmp_path: Path
) -> None:
    """What reads unknown workbooks is not trusted with programs and workflows."""
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(tmp_path / "origin.git"), str(clone))
    (tmp_path / "runner" / "proposal").mkdir(parents=True)
    patch = tmp_path / "runner" / "proposal" / "changes.patch"
    before = git(tmp_path / "origin.git", "for-each-ref")
    for name in ("Makefile", ".github/workflows/test.yml", "workflow/crimeshare/cli.py"):
        with (project / name).open("a", encoding="utf-8") as file:
            file.write("# more\n")
        git(project, "add", name)
        patch.write_text(git(project, "diff", "--cached", "--binary") + "\n", encoding="utf-8")
        git(project, "reset", "--quiet", "--hard")
        with pytest.raises(AssertionError, match="none that a renewal makes"):
            run_steps("propose", clone, job.url, tmp_path)
        git(clone, "reset", "--quiet", "--hard")
    assert git(tmp_path / "origin.git", "for-each-ref") == before
    assert not (tmp_path / "asked").exists()


def propose(
    patched: Callable[[Path], object], words: dict[str, str], project: Path, tmp_path: Path
) -> dict[str, int]:
    """Run the proposing job on a patch of a change, with these pages of the reading one."""
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(tmp_path / "origin.git"), str(clone))
    proposal = tmp_path / "runner" / "proposal"
    proposal.mkdir(parents=True)
    patched(project)
    git(project, "add", "--all")
    patch = git(project, "diff", "--cached", "--binary") + "\n"
    (proposal / "changes.patch").write_text(patch, encoding="utf-8")
    for name in ("words.md", *words):
        (proposal / name).write_text(words.get(name, "    words\n"), encoding="utf-8")
    return run_steps("propose", clone, "", tmp_path)


def change(project: Path, name: str, old: str, new: str) -> None:
    path = project / name
    path.write_text(path.read_text("utf-8").replace(old, new, 1), encoding="utf-8")


def test_what_adds_is_proposed_though_a_test_fails_which_is_said(
    job: Loopback, project: Path, tmp_path: Path
) -> None:
    def added(project: Path) -> None:
        with (project / "config" / "announced.csv").open("a", encoding="utf-8") as file:
            file.write("pfa-2030-03,2030-07-24\n")
        (project / "resources/figures/pfa-2030-03.parquet").write_bytes(b"PAR1")

    failed = {"failed.md": "- make test fails:\nFAILED tests/unit/test_area_notes.py\n"}
    status = propose(added, failed, project, tmp_path)
    assert status["Say what a person has to look at"] == 1
    assert (tmp_path / "asked").read_text(encoding="utf-8").startswith("pr\ncreate")
    assert "releases/" in git(tmp_path / "origin.git", "for-each-ref")


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("config/releases.csv", "\n", "\nhome,\n"),
        ("config/announced.csv", "announced", "said"),
        ("config/config.yaml", "\n", "\n\n"),
    ],
)
def test_a_patch_that_rewrites_what_was_known_is_not_proposed(
    name: str, old: str, new: str, job: Loopback, project: Path, tmp_path: Path
) -> None:
    with pytest.raises(AssertionError, match=r"renewal (only adds|makes)"):
        propose(lambda folder: change(folder, name, old, new), {}, project, tmp_path)
    assert not (tmp_path / "asked").exists()


@pytest.mark.parametrize("fails", [(), CHECKS[1:]])
def test_what_does_not_pass_is_packed_with_the_proposal(
    fails: tuple[str, ...], tmp_path: Path
) -> None:
    (step,) = [s for s in JOB["jobs"]["read"]["steps"] if s.get("name") == "Test what is proposed"]
    git(tmp_path, "init", "--quiet")
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "releases.csv").write_text("a new line\n", encoding="utf-8")
    rules = [
        f"{check}:\n\t@echo 'FAILED tests/of_{check}.py'; {'false' if check in fails else 'true'}\n"
        for check in CHECKS
    ]
    (tmp_path / "Makefile").write_text("\n".join(rules), encoding="utf-8")
    subprocess.run(
        ["bash", "-eo", "pipefail", "-c", step["run"]],
        cwd=tmp_path,
        env={**os.environ, "RUNNER_TEMP": str(tmp_path), "MAKEFLAGS": ""},
        check=True,
    )
    said = tmp_path / "results/releases/failed.md"
    lines = said.read_text(encoding="utf-8").splitlines() if said.exists() else []
    assert [line for line in lines if line.startswith("FAILED")] == [
        f"FAILED tests/of_{check}.py" for check in fails
    ]
    assert lines[:1] == ["# What does not pass"] * bool(fails)
