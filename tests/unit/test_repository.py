"""What is kept in the repository, and the names its parts go by."""

import json
import re
import subprocess
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import yaml

from crimeshare.sources.datasets import SHAPES

STEP_FILES = ["script", "log"]
# Kept of steps that take long: looking at a step while it runs takes time itself.
BENCHMARK = "benchmark"


@pytest.fixture(scope="module")
def kept(root: Path) -> list[Path]:
    """Every file that git keeps, or would keep with the next commit."""
    if not (root / ".git").exists():
        pytest.skip("not a git work tree: nothing says which files are kept")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = (root / name for name in listed.stdout.split("\0") if name)
    return [path for path in paths if path.is_file()]


@pytest.fixture(scope="module")
def texts(kept: list[Path]) -> dict[Path, str]:
    """The kept files that are text."""
    found = {}
    for path in kept:
        content = path.read_bytes()
        if b"\0" not in content:
            found[path] = content.decode("utf-8")
    return found


@pytest.fixture(scope="module")
def rules(root: Path) -> dict[str, str]:
    """Body of every rule, as snakefmt lays it out."""
    bodies = {}
    for file in [root / "workflow/Snakefile", *sorted((root / "workflow/rules").glob("*.smk"))]:
        rule = re.compile(r"^( *)rule(?: (\w+))?:\n((?:(?:\1 .*)?\n)+)", re.MULTILINE)
        for indent, name, body in rule.findall(file.read_text()):
            # One of many that a loop makes is called after its script and what it is for.
            named = name or re.findall(r'name:\n +f"(\w+)_\{', body)[0]
            bodies[named] = re.sub(rf"^{indent}", "", body, flags=re.MULTILINE)
    return bodies


def step_file(body: str, kind: str) -> str | None:
    """The path that a rule's body gives for its script, log or benchmark."""
    found = re.search(rf'^    {kind}:\n +f?"([^"]+)"', body, re.MULTILINE)
    return found[1] if found else None


def test_no_notebook_is_kept_with_what_it_printed(root: Path, kept: list[Path]) -> None:
    executed = [
        str(path.relative_to(root))
        for path in kept
        if path.suffix == ".ipynb"
        and any(
            cell.get("outputs") or cell.get("execution_count")
            for cell in json.loads(path.read_text())["cells"]
        )
    ]
    assert executed == []


def test_no_workbook_and_no_boundaries_are_kept(root: Path, kept: list[Path]) -> None:
    foreign = {".xls", ".xlsx", ".xlsm", ".ods", ".zip", ".geojson", ".topojson", ".shp", ".gpkg"}
    assert [str(path.relative_to(root)) for path in kept if path.suffix.lower() in foreign] == []


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(r"(?<![\w.}>])/(?:home|Users|root|work|tmp)/\w+", id="path of one machine"),
        pytest.param(
            r"pypi\.org|pythonhosted\.org|npmjs\.org|deb\.debian\.org", id="package registry"
        ),
    ],
)
def test_no_file_knows_the_machine_it_was_written_on(
    root: Path, texts: dict[Path, str], pattern: str
) -> None:
    found = [
        f"{path.relative_to(root)}: {hit}"
        for path, text in texts.items()
        for hit in re.findall(pattern, text)
    ]
    assert found == []


def test_a_step_goes_by_one_name(rules: dict[str, str]) -> None:
    amiss = []
    for name, body in rules.items():
        files = {kind: step_file(body, kind) for kind in STEP_FILES}
        benchmark = step_file(body, BENCHMARK)
        if not files["script"] and "output:" not in body:
            continue  # a target that a person types: it makes nothing itself
        if "output:" not in body:
            # Snakemake would take a benchmark for the output, and not run the rule again.
            amiss += [f"rule {name}: benchmark without output"] if benchmark else []
        elif benchmark:
            files[BENCHMARK] = benchmark
        amiss += [
            f"rule {name}: {kind} is {file}"
            for kind, file in files.items()
            if file is None or name not in re.split(r"[/.]", file)
        ]
    assert amiss == []


def test_every_step_that_computes_says_how_much_memory_it_needs(rules: dict[str, str]) -> None:
    computing = {name for name, body in rules.items() if "output:" in body}
    computing &= {name for name, body in rules.items() if step_file(body, "script")}
    # A transfer is written to the disk piece by piece.
    unsaid = {name for name in computing if "mem_mb=" not in rules[name]} - {"fetch_release"}
    assert unsaid == set()


def test_every_script_belongs_to_a_rule(root: Path, rules: dict[str, str]) -> None:
    scripts = {path.stem for path in (root / "workflow/scripts").glob("*.py")}
    assert scripts == {name for name, body in rules.items() if step_file(body, "script")}


def test_a_cluster_runs_every_step_in_a_group_or_as_a_batch(
    root: Path, rules: dict[str, str]
) -> None:
    profile = yaml.safe_load((root / "workflow/profiles/slurm/config.yaml").read_text())
    grouped = {rule.partition("=")[0] for rule in profile["groups"]}
    local = set(
        re.findall(r"^    (\w+),$", (root / "workflow/Snakefile").read_text(), re.MULTILINE)
    )
    alone = {"execute_notebooks", "render_force", "render_pdf", "render_site"}
    sent = {name for name, body in rules.items() if "output:" in body and step_file(body, "script")}
    # One step for tables of each shape.
    sent = sent - {"check_shipped"} | {f"check_shipped_{shape}" for shape in SHAPES}
    assert sent - local - alone == grouped, "see `groups` in workflow/profiles/slurm/config.yaml"


def test_every_key_of_the_configuration_is_explained(root: Path) -> None:
    keys = yaml.safe_load((root / "config/config.yaml").read_text())
    explained = set(re.findall(r"`(\w+)`", (root / "config/README.md").read_text()))
    assert set(keys) - explained == set()


def test_commands_that_are_written_down_exist(
    root: Path, texts: dict[Path, str], rules: dict[str, str]
) -> None:
    targets = set(re.findall(r"^([\w-]+):", (root / "Makefile").read_text(), re.MULTILINE))
    written = [root / ".ci/run", *(root / ".github/workflows").glob("*.yml")]
    written += [path for path in texts if path.suffix == ".md"]
    unknown = []
    for path in written:
        text = texts[path]
        makes = set(re.findall(r"(?:`|run: |^)make ([a-z][\w-]*)", text, re.MULTILINE))
        steps = set(re.findall(r"snakemake (?:--\w+ \d+ )?([a-z]\w+)\b(?!/)", text))
        unknown += [
            f"{path.relative_to(root)}: {name}" for name in (makes - targets) | (steps - set(rules))
        ]
    assert unknown == []


def test_links_between_documents_lead_somewhere(root: Path, texts: dict[Path, str]) -> None:
    dead = [
        f"{path.relative_to(root)}: {target}"
        for path, text in texts.items()
        if path.suffix == ".md"
        for target in re.findall(r"\]\((?!\w+:)([^)#]+)", text)
        if not (path.parent / target).exists()
    ]
    assert dead == []


def test_the_citation_is_of_this_version(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    citation = yaml.safe_load((root / "CITATION.cff").read_text())
    assert (citation["version"], citation["license"]) == (project["version"], project["license"])


def test_the_version_stands_in_one_place_and_the_others_follow(root: Path) -> None:
    version = tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    assert yaml.safe_load((root / "CITATION.cff").read_text())["version"] == version
    assert metadata.version("crimeshare") == version, "install it again: make environment"


def test_every_issue_form_asks_when_it_is_done(root: Path) -> None:
    forms = [p for p in (root / ".github/ISSUE_TEMPLATE").glob("*.yml") if p.stem != "config"]
    assert forms
    for form in forms:
        fields = {field["id"]: field for field in yaml.safe_load(form.read_text())["body"]}
        assert fields["acceptance"]["validations"]["required"]


def test_every_action_is_pinned_by_commit(root: Path) -> None:
    for workflow in (root / ".github/workflows").glob("*.yml"):
        for used in re.findall(r"uses: (.*)", workflow.read_text()):
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", used), used


def test_what_reads_unknown_workbooks_may_write_nothing(root: Path) -> None:
    """Nor has it a credential: neither a permission to write nor the token of the checkout."""
    jobs = yaml.safe_load((root / ".github/workflows/releases.yml").read_text())["jobs"]
    reading = {
        name: job
        for name, job in jobs.items()
        if any("make renew" in step.get("run", "") for step in job["steps"])
    }
    assert reading
    for job in reading.values():
        assert set(job["permissions"].values()) <= {"read"}
        assert "token" not in str(job).lower()
        checkouts = [s for s in job["steps"] if s.get("uses", "").startswith("actions/checkout@")]
        assert [step["with"]["persist-credentials"] for step in checkouts] == [False]
