"""Notebooks: stored clean, re-runnable alone, and executed to the same bytes anywhere."""

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from html import unescape
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import nbformat
import pytest
from nbclient import NotebookClient

from crimeshare.parquet import read_table, write_table
from crimeshare.problems import Problem
from crimeshare.publish.elements import figures
from crimeshare.publish.elements.licence import ATTRIBUTION, PLACES_ATTRIBUTION
from crimeshare.publish.site import notebooks
from crimeshare.publish.site.how_pages import HOW
from crimeshare.publish.site.loading import SHARED
from crimeshare.publish.site.notebooks import (
    PARAMETERS,
    Shell,
    execute_pages,
    with_parameters,
)
from crimeshare.publish.site.pages import GROUP, Page, batches, page, report_pages
from crimeshare.publish.site.rendering import (
    read_executed,
    render_body,
    render_how,
    render_page,
    render_search,
)
from tests.quick import quick
from tests.tables import SERIES

# The page about the survey is another one where the report is about another group.
STORED = sorted({page.source for group in (GROUP, "burglary") for page in report_pages([group])})


@pytest.fixture(scope="module")
def shell(built: Path) -> Shell:
    return Shell(built)


def notebook(folder: Path, *cells: str, tags: tuple[str, ...] = ()) -> Path:
    node = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    if tags:
        node.cells[0].metadata["tags"] = list(tags)
    path = folder / "some.ipynb"
    nbformat.write(node, path)
    return path


def printed(node: nbformat.NotebookNode) -> str:
    return "".join(o.text for cell in node.cells for o in cell.outputs if o.output_type == "stream")


def text(node: nbformat.NotebookNode) -> str:
    return nbformat.writes(node)


@pytest.mark.parametrize("stored", STORED, ids=str)
def test_notebooks_are_stored_without_outputs_or_machine(root: Path, stored: Path) -> None:
    node = nbformat.read(root / stored, as_version=4)
    nbformat.validate(node)
    code = [cell for cell in node.cells if cell.cell_type == "code"]
    assert all(not cell.outputs and cell.execution_count is None for cell in code)
    assert set(node.metadata) == {"kernelspec", "language_info"}
    assert node.metadata.language_info == {"name": "python"}


@pytest.mark.parametrize("stored", STORED, ids=str)
@pytest.mark.slow
def test_a_notebook_runs_alone_from_its_own_folder_to_the_same_outputs(
    root: Path, built: Path, shell: Shell, stored: Path
) -> None:
    folder = built / "notebooks"
    folder.mkdir(exist_ok=True)
    clean = Shell(folder).execute(root / stored)
    assert text(clean) == text(shell.execute(root / stored))


# A page of each kind: what a reviewer executes is the page that was published.
OUTPUTS = [page.name for page in {page.source: page for page in report_pages()}.values()]


@pytest.mark.parametrize("name", OUTPUTS)
@pytest.mark.slow
def test_other_programs_run_a_notebook_to_the_same_outputs(
    root: Path, built: Path, shell: Shell, name: str
) -> None:
    """With parameters in a cell of their own below the defaults, as papermill puts them."""
    made = page(name)
    node = nbformat.read(root / made.source, as_version=4)
    tagged = [i for i, cell in enumerate(node.cells) if PARAMETERS in cell.metadata.get("tags", [])]
    given = "\n".join(f"{name} = {value!r}" for name, value in made.parameters.items())
    # A notebook about one thing alone takes no parameters.
    for at in tagged if given else []:
        node.cells.insert(at + 1, nbformat.v4.new_code_cell(given))
    folder = built / "notebooks"
    folder.mkdir(exist_ok=True)
    NotebookClient(node, timeout=300, resources={"metadata": {"path": str(folder)}}).execute()
    assert outputs(node) == outputs(shell.execute(root / made.source, made.parameters))


def test_jupyter_runs_a_notebook_to_the_same_outputs(
    root: Path, built: Path, shell: Shell, tmp_path: Path
) -> None:
    pytest.importorskip("nbconvert", reason="nbconvert comes with `make develop`")
    stored = root / page("national").source
    command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", str(stored)]
    subprocess.run([*command, "--output-dir", str(tmp_path)], cwd=built, check=True)
    node = nbformat.read(tmp_path / stored.name, as_version=4)
    assert outputs(node) == outputs(shell.execute(stored))


def outputs(node: nbformat.NotebookNode) -> list[Any]:
    """What the cells gave, without the numbers of their executions."""
    given = [output for cell in node.cells for output in cell.get("outputs", [])]
    return [{**output, "execution_count": None} for output in given]


def test_every_notebook_recomputes_its_figures_by_hand(executed: dict[str, Path]) -> None:
    for path in executed.values():
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        if not any(cell["cell_type"] == "code" for cell in cells):
            continue
        hand = [c for c in cells if HOW in c["metadata"].get("tags", ())]
        assert any("## Check by hand" in "".join(cell["source"]) for cell in hand), path
        assert any("\nassert " in "".join(cell["source"]) for cell in hand), path


@pytest.mark.parametrize("name", quick(["national"], of=["forces/kent", "national"]))
def test_a_figure_that_is_not_what_its_cells_give_stops_the_notebook(
    root: Path, built: Path, tmp_path: Path, name: str
) -> None:
    for path in (built / "results").rglob("*.parquet"):
        copy = tmp_path / path.relative_to(built)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.symlink_to(path)
    series = read_table(built / SERIES)
    series.loc[series["offence_id"] == GROUP, "count"] += 1
    (tmp_path / SERIES).unlink()
    write_table(series, tmp_path / SERIES)
    made = page(name)
    with pytest.raises(Problem, match="AssertionError"):
        Shell(tmp_path).execute(root / made.source, made.parameters)


def test_an_executed_notebook_names_no_machine(
    root: Path, built: Path, executed: dict[str, Path]
) -> None:
    assert len(executed) == len({page.source for page in report_pages()})
    traces = (str(root), str(built), str(Path.home()), sys.version.split()[0], "ipykernel")
    for path in executed.values():
        copy = path.read_text(encoding="utf-8")
        assert not [trace for trace in traces if trace in copy], path
        assert not re.search(r"\d\d:\d\d:\d\d|iopub|/tmp/", copy), path


def test_what_one_notebook_leaves_the_next_does_not_see(tmp_path: Path, shell: Shell) -> None:
    shell.execute(notebook(tmp_path, "left_behind = 1"))
    node = shell.execute(notebook(tmp_path, 'print("left_behind" in globals())'))
    assert printed(node) == "False\n"
    assert node.cells[0].execution_count == 1


def test_prose_is_kept_as_markdown_alone_and_becomes_html_on_the_page(
    tmp_path: Path, shell: Shell
) -> None:
    importing = "from crimeshare.publish.elements.output import Markdown"
    node = shell.execute(notebook(tmp_path, importing, "Markdown('# Gwent')"))
    (output,) = node.cells[-1].outputs
    assert {"text/markdown", "text/plain"} == set(output.data)
    assert "<h1>Gwent</h1>" in render_body(node)


def test_parameters_replace_defaults_and_leave_the_rest(tmp_path: Path, shell: Shell) -> None:
    cells = ('area = "gwent"  # a force\nother = 2', "print(area, other)")
    path = notebook(tmp_path, *cells, tags=("parameters",))
    assert printed(shell.execute(path)) == "gwent 2\n"
    assert printed(shell.execute(path, {"area": "kent's"})) == "kent's 2\n"
    node = with_parameters(nbformat.read(path, as_version=4), {"area": "kent"}, path)
    assert node.cells[0].source == "area = 'kent'  # a force\nother = 2"


def test_a_parameter_without_a_default_is_refused(tmp_path: Path, shell: Shell) -> None:
    with pytest.raises(Problem, match="no cell tagged `parameters`"):
        shell.execute(notebook(tmp_path, "a = 1"), {"a": 2})
    with pytest.raises(Problem, match="gives `b` no default; add a line b = "):
        shell.execute(notebook(tmp_path, "a = 1", tags=("parameters",)), {"b": 2})


def test_a_failing_cell_is_one_sentence(tmp_path: Path, shell: Shell) -> None:
    with pytest.raises(Problem, match=r"some\.ipynb, cell 1 \(1 / 0\) stopped: Zero"):
        shell.execute(notebook(tmp_path, "1 / 0"))
    assert printed(shell.execute(notebook(tmp_path, "print(1)"))) == "1\n"


def test_an_unknown_area_stops_with_the_nearest(root: Path, shell: Shell) -> None:
    with pytest.raises(Problem, match="no area `gwynt`; did you mean `gwent`"):
        shell.execute(root / "notebooks" / "force.ipynb", {"area": "gwynt"})


def test_nothing_built_says_what_to_run(root: Path, tmp_path: Path) -> None:
    with pytest.raises(Problem, match="snakemake --cores 4"):
        Shell(tmp_path).execute(root / "notebooks" / "national.ipynb")


@pytest.mark.slow
def test_pages_are_the_same_bytes_whatever_the_surroundings(root: Path, built: Path) -> None:
    """In another time zone, locale and hash seed, in one shell or each in its own."""
    program = (
        "import sys; from pathlib import Path\n"
        "from crimeshare.publish.site.notebooks import execute_pages\n"
        "from crimeshare.publish.site.pages import page\n"
        "for batch in sys.argv[1:]:\n"
        "    pages = [page(name) for name in batch.split()]\n"
        "    execute_pages(pages, {page.notebook: [] for page in pages}, Path.cwd())"
    )
    copies = []
    (built / "notebooks").mkdir(exist_ok=True)
    for stored in STORED:
        (built / stored).write_bytes((root / stored).read_bytes())
    for shared, surroundings in (
        (["index forces/gwent sources"], {"TZ": "UTC", "LANG": "C", "PYTHONHASHSEED": "1"}),
        (
            ["sources", "forces/gwent", "index"],
            {"TZ": "Pacific/Apia", "LANG": "de_DE.UTF-8", "PYTHONHASHSEED": "2"},
        ),
    ):
        subprocess.run(
            [sys.executable, "-c", program, *shared],
            cwd=built,
            env={**os.environ, **surroundings},
            check=True,
        )
        names = ("index", "forces/gwent", "sources")
        copies.append([(built / page(name).executed).read_bytes() for name in names])
    assert copies[0] == copies[1]


@pytest.fixture(scope="module")
def gwent(root: Path, shell: Shell) -> str:
    """The body of the page about Gwent."""
    return render_body(shell.execute(root / "notebooks" / "force.ipynb", {"area": "gwent"}))


def test_a_page_asks_for_files_beside_it_and_nothing_else(gwent: str) -> None:
    html = render_page(page("forces/gwent"), gwent)
    assert html.count("<h1>") == 1
    # As it travels; the heaviest page of a force is a tenth larger at most.
    assert len(gzip.compress(html.encode())) < 45_000
    assert {name for name in SHARED if f"../{name}" in html} == {"report.css", "report.js"}
    # What the browser fetches by itself; the text of a script fetches nothing.
    markup = re.sub(r"(<script\b[^>]*>).*?</script>", r"\1</script>", html, flags=re.DOTALL)
    fetched = re.findall(r'\bsrc="([^"]*)"', markup)
    assert [address for address in fetched if not address.startswith("data:")] == []
    # Where a reader may go: a page, a file beside it, a source, and what a licence has to name.
    credited = re.findall(r'href="([^"]*)"', ATTRIBUTION + PLACES_ATTRIBUTION)
    cited = r"https://www\.(?:(?:nationalarchives|ons)\.)?gov\.uk/"
    linked = set(re.findall(rf'href="(?!#|data:|{cited})([^"]*)"', markup)) - set(credited)
    page_address = r"(\.\./)?[a-z/-]+\.(html(#[a-z-]+)?|css|csv|pdf|zip|xml)"
    assert [address for address in linked if not re.fullmatch(page_address, address)] == []
    assert not re.search(r"url\(\s*['\"]?http|@import|<script[^>]* src", html)


@pytest.mark.slow
def test_the_page_from_a_file_is_the_page_from_memory(
    root: Path, built: Path, gwent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    execute_pages([page("forces/gwent")], {"force": []}, built)
    monkeypatch.chdir(built)
    assert render_body(read_executed(page("forces/gwent"))) == gwent


def test_links_of_a_page_lead_to_pages(gwent: str) -> None:
    html = render_page(page("forces/gwent"), gwent)
    links = re.findall(r'href="((?:\.\./)?[a-z/-]+\.html)', html)
    known = {other.address for other in report_pages()} | {"check.html", "search.html"}
    known.add(page("forces/gwent").how.address)
    assert links
    assert {link.removeprefix("../") for link in links} <= known


def test_a_link_to_no_page_is_refused(gwent: str) -> None:
    wrong = gwent + '<a href="forces/gwynt.html">Gwynt</a>'
    with pytest.raises(Problem, match=r"links to `forces/gwynt\.html`, which is no page"):
        render_page(page("forces/gwent"), wrong)


def test_a_number_that_nobody_can_trace_stops_the_page(gwent: str) -> None:
    with pytest.raises(Problem, match=r"does not come from a figure.*rose by 12%"):
        render_page(page("forces/gwent"), gwent + "<p>It rose by 12%</p>")


def test_a_page_needs_one_title() -> None:
    with pytest.raises(Problem, match="one heading of the first level, not 0"):
        render_page(page("sources"), "<p>Nothing</p>")


def test_how_a_page_is_made_shows_its_code_and_what_that_gave(
    executed: dict[str, Path],
) -> None:
    name = next(name for name in executed if name.startswith("forces/"))
    node = json.loads(executed[name].read_text(encoding="utf-8"))
    body, html = render_body(node), render_how(page(name), node)
    main = re.findall(r"<main.*?</main>", html, flags=re.DOTALL)[0]
    shown = unescape(re.sub(r"<[^>]+>", "", main))
    for cell in node["cells"]:
        if cell["cell_type"] == "code":
            assert "".join(cell["source"]).strip() in shown
    assert main.count("<svg role=") == body.count("<svg role=")
    # The numbers are text: nothing that anybody could take for a figure of the page.
    assert figures.shown(body)
    assert figures.shown(html) == []
    assert main.count("<h1") == 1
    links = re.findall(r'href="((?:\.\./)+[a-z/-]+\.html)', html)
    assert {link.removeprefix("../../") for link in links} <= {
        *(other.address for other in report_pages()),
        "check.html",
        "search.html",
    }
    # Its sections have no names of their own: links to them lead to the page.
    assert 'href="#' not in main
    assert "Content-Security-Policy" in html


def test_a_cell_for_those_who_ask_is_on_the_page_that_shows_how_alone(
    tmp_path: Path, shell: Shell
) -> None:
    path = notebook(tmp_path, "import pandas as pd; pd.DataFrame({'a': [1.5]})", tags=(HOW,))
    node = shell.execute(path)
    assert render_body(node) == ""
    assert '<div class="scroll" tabindex="0"' in (html := render_how(page("sources"), node))
    assert "<td>1.5</td>" in html
    assert "<style scoped>" not in html
    assert "<th></th>" not in html


def test_search_knows_every_page_and_lists_it_without_a_script(gwent: str) -> None:
    bodies = {page("forces/gwent"): gwent, page("sources"): "<h1>Sources</h1><p>All</p>"}
    html = render_search(bodies.items())
    index = json.loads(re.findall(r'id="index">(.*?)</script>', html)[0])
    sections = index["sections"]
    assert {section["title"] for section in sections} == {"Gwent", "Sources"}
    assert "Where it stands" in {section["heading"] for section in sections}
    fallback = re.findall(r"<noscript>(.*?)</noscript>", html, flags=re.DOTALL)[0]
    assert all(f'href="{other.address}"' in fallback for other in report_pages())


def test_a_long_batch_says_how_far_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(notebooks, "Shell", Mock())
    monkeypatch.setattr(notebooks, "_made_from", lambda page, *rest: page.name)
    monkeypatch.setattr(notebooks, "_written", lambda node: b"")
    monkeypatch.chdir(tmp_path)
    pages = [page for page in report_pages() if page.name.startswith("forces/")][:23]
    execute_pages(pages, {"force": []}, tmp_path)
    first = pages[0].title
    assert capsys.readouterr().err.splitlines() == [
        f"crimeshare: {done} of 23 pages from {first} on are executed." for done in (10, 20)
    ]


def test_pages_are_dealt_out_to_batches_that_take_about_as_long() -> None:
    pages = [Page(name, name, name[0]) for name in ("a", "b-1", "b-2", "b-3", "c")]
    shared = {name: [page.name for page in batch] for name, batch in batches(pages, 2).items()}
    assert shared == {"a": ["a", "b-3"], "b_1": ["b-1", "c"], "b_2": ["b-2"]}
    assert [len(batch) for batch in batches(pages, 5).values()] == [5]


def test_a_page_is_executed_again_only_if_something_it_is_made_from_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = Mock()
    shell.execute.side_effect = lambda source, parameters: nbformat.v4.new_notebook()
    monkeypatch.setattr(notebooks, "Shell", lambda folder: shell)
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".snakemake").mkdir()
    pages = [page(name) for name in ("forces/gwent", "data")]
    table, own = Path("results/estimates/table.parquet"), Path("notebooks/force.ipynb")
    for file in (table, own, Path("notebooks/data.ipynb")):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("as it was")
    digests = ["1"]
    monkeypatch.setattr(notebooks, "software", lambda floor: digests[-1])
    reads = {"force": [table.as_posix()], "data": []}

    def executed() -> list[str]:
        shell.execute.reset_mock()
        execute_pages(pages, reads, tmp_path)
        assert all((tmp_path / page.executed).exists() for page in pages)
        return [call.args[0].as_posix() for call in shell.execute.call_args_list]

    both = [page.source.as_posix() for page in pages]
    assert executed() == both
    shutil.rmtree("results/notebooks")
    assert executed() == []
    table.write_text("corrected")
    assert executed() == [own.as_posix()]
    own.write_text("rewritten")
    assert executed() == [own.as_posix()]
    digests.append("2")
    assert executed() == both
    kept = next(Path(".snakemake/crimeshare/notebooks").rglob("gwent"))
    kept.write_bytes(kept.read_bytes()[:-1])
    assert executed() == [own.as_posix()]


def test_addresses_of_pages_are_those_of_the_contract() -> None:
    names = [other.name for other in report_pages()]
    assert len(names) == len(set(names))
    assert names[0] == "index"
    forces = [name for name in names if name.startswith("forces/")]
    assert len(forces) == 43
    assert all(re.fullmatch(r"forces/[a-z]+(-[a-z]+)*", name) for name in forces)
    assert "forces/devon-and-cornwall" in forces
    assert len([name for name in names if name.startswith("regions/")]) == 10
    assert Page("a/b", "B", "force").depth == 1
