"""What each script depends on, and that a change of anything else leaves it alone."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import nbformat
import pytest

from crimeshare import dependencies
from crimeshare.dependencies import Dependencies, shipped

SOURCES = {
    "workflow/crimeshare/__init__.py": "",
    "workflow/crimeshare/lists.py": """
        from functools import cache
        from pathlib import Path

        LISTS = Path(__file__).parents[2] / "resources" / "reference"
        NAMED = LISTS / "named.csv"

        def rows(path):
            return path.read_text()

        @cache
        def areas():
            return rows(LISTS / "areas.csv")

        def offences():
            return rows(LISTS / "offences.csv")

        def named():
            return rows(NAMED)
        """,
    "workflow/crimeshare/tables/__init__.py": "",
    "workflow/crimeshare/tables/layout.py": """
        from pathlib import Path
        from crimeshare.lists import rows

        FOLDER = Path(__file__).parent / "layouts" / "pfa"
        STYLE = Path(__file__).with_name("style.css")

        class Layout:
            def __init__(self, name):
                self.columns = rows(FOLDER / name)

        def style():
            return STYLE.read_text()
        """,
    "workflow/crimeshare/measures.py": """
        from crimeshare import lists
        from crimeshare.tables.layout import Layout as Map

        def places():
            return lists.areas()

        def groups():
            from crimeshare.lists import offences as known
            return known()

        def columns():
            return Map("columns.csv")

        def apart():
            return 1
        """,
    "workflow/crimeshare/shown.py": """
        from pathlib import Path
        import crimeshare.lists as lists

        CLEAN = Path("results/clean")
        TABLES = {"shares": Path("results/estimates/shares.parquet"), "all": CLEAN / "all.parquet"}

        def read(root):
            return [root / path for path in TABLES.values()]

        def everything(module=lists):
            return module
        """,
    "workflow/scripts/compute_places.py": """
        from crimeshare.measures import places
        places()
        """,
    "workflow/scripts/compute_groups.py": """
        from crimeshare import measures
        measures.groups()
        """,
    "workflow/scripts/read_columns.py": """
        from crimeshare.measures import columns
        columns()
        """,
    "workflow/scripts/render_style.py": """
        from crimeshare.tables import layout
        layout.style()
        """,
    "workflow/scripts/render_all.py": """
        from crimeshare.shown import everything
        everything()
        """,
    "resources/reference/areas.csv": "area",
    "resources/reference/offences.csv": "offence",
    "resources/reference/named.csv": "name",
    "config/releases.csv": "release",
    "workflow/crimeshare/tables/layouts/pfa/columns.csv": "label",
    "workflow/crimeshare/tables/layouts/pfa/sheets.csv": "sheet",
    "workflow/crimeshare/tables/style.css": "",
    "envs/requirements.txt": "pandas==3",
}
NOTEBOOK = """
    import pandas as pd
    from crimeshare import shown
    registry = pd.read_csv("config/releases.csv")
    shown.read(".")
    """


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project of another kind than this one."""
    for name, text in SOURCES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    (tmp_path / "notebooks").mkdir()
    cells = [nbformat.v4.new_code_cell(dedent(NOTEBOOK)), nbformat.v4.new_markdown_cell("# A")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "notebooks" / "page.ipynb")
    monkeypatch.setattr(dependencies, "PROJECT", tmp_path)
    monkeypatch.setattr(dependencies, "LIBRARY", tmp_path / "workflow" / "crimeshare")
    monkeypatch.setattr(dependencies, "SCRIPTS", tmp_path / "workflow" / "scripts")
    monkeypatch.setattr(dependencies, "NOTEBOOKS", tmp_path / "notebooks")
    monkeypatch.setattr(dependencies, "LOCK", tmp_path / "envs" / "requirements.txt")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found() -> dict[str, Dependencies]:
    """What a start of Snakemake finds."""
    every: dict[str, Dependencies] = dependencies.every.__wrapped__()
    return every


@pytest.mark.parametrize(
    ("source", "files"),
    [
        ("compute_places", ["resources/reference/areas.csv"]),
        ("compute_groups", ["resources/reference/offences.csv"]),
        # The name of the file is only known when it runs: any file of the folder may be read.
        (
            "read_columns",
            [
                "workflow/crimeshare/tables/layouts/pfa/columns.csv",
                "workflow/crimeshare/tables/layouts/pfa/sheets.csv",
            ],
        ),
        ("render_style", ["workflow/crimeshare/tables/style.css"]),
        # A module that is handed on as a whole may be used as a whole.
        ("render_all", [f"resources/reference/{n}.csv" for n in ("areas", "named", "offences")]),
        ("notebooks/page.ipynb", ["config/releases.csv"]),
    ],
)
def test_the_files_that_the_library_reads_are_found(
    project: Path, source: str, files: list[str]
) -> None:
    assert found()[source].files == files


def test_the_tables_of_a_notebook_are_found(project: Path) -> None:
    assert found()["notebooks/page.ipynb"].tables == [
        "results/clean/all.parquet",
        "results/estimates/shares.parquet",
    ]


@pytest.mark.parametrize(
    ("changed", "text", "replacement", "sources"),
    [
        ("workflow/crimeshare/measures.py", "return lists.areas()", "return 2", ["compute_places"]),
        ("workflow/crimeshare/measures.py", "return 1", "return 2", []),
        (
            "workflow/crimeshare/lists.py",
            "path.read_text()",
            "path.read_text().strip()",
            ["compute_groups", "compute_places", "read_columns", "render_all"],
        ),
        (
            "workflow/crimeshare/lists.py",
            "@cache",
            "@cache  # once",
            ["compute_places", "render_all"],
        ),
        ("workflow/crimeshare/lists.py", '"named.csv"', '"names.csv"', ["render_all"]),
        # What stands at the top level of a module runs wherever it is imported.
        ("workflow/crimeshare/tables/__init__.py", "", "print()\n", None),
        ("workflow/scripts/compute_places.py", "places()", "places() ", ["compute_places"]),
        ("notebooks/page.ipynb", "shown.read", "list", ["notebooks/page.ipynb"]),
        ("notebooks/page.ipynb", "# A", "# B", []),
        ("envs/requirements.txt", "3", "4", list),
    ],
)
def test_a_change_of_code_reaches_what_uses_it_and_nothing_else(
    project: Path, changed: str, text: str, replacement: str, sources: list[str] | type[list] | None
) -> None:
    before = found()
    path = project / changed
    content = path.read_text(encoding="utf-8")
    path.write_text(content.replace(text, replacement, 1) or replacement, encoding="utf-8")
    after = found()
    if sources is None:
        sources = ["compute_groups", "compute_places", "read_columns", "render_style"]
    elif sources is list:
        sources = sorted(before)
    assert [n for n in sorted(before) if before[n].software != after[n].software] == sources


def test_what_was_found_is_kept_until_a_source_changes(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = found()

    def parse(text: str) -> None:
        raise AssertionError("parsed again")

    monkeypatch.setattr(dependencies.ast, "parse", parse)
    assert found() == first
    (project / "resources" / "reference" / "new.csv").write_text("", encoding="utf-8")
    with pytest.raises(AssertionError, match="parsed again"):
        found()


def test_a_damaged_memory_is_not_believed(project: Path) -> None:
    first = found()
    dependencies.FOUND.write_text("{", encoding="utf-8")
    assert found() == first


def test_a_file_is_named_from_here_or_from_where_the_project_lies(
    project: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "resources/reference/areas.csv"
    assert shipped(name) == name
    link = tmp_path_factory.mktemp("elsewhere") / "link"
    link.symlink_to(project)
    monkeypatch.setattr(dependencies, "PROJECT", link)
    assert shipped(name) == name
    monkeypatch.chdir(link.parent)
    assert Path(shipped(name)).read_text(encoding="utf-8") == "area"
