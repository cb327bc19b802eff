"""The words of pages: every passage is asked for, none lacks a value, and lines may be broken."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import jinja2
import pytest

from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.words import Words, _template

PUBLISH = Path("workflow/crimeshare/publish")
SUBJECTS = PUBLISH / "subjects"


@pytest.fixture
def words(tmp_path: Path) -> Words:
    path = tmp_path / "some.md.j2"
    path.write_text(
        "{% block share %}\nPolice recorded\n{{ share|figure('whole') }} of it"
        "{% if more %}, and more{% endif %}.\n{% endblock %}\n"
        "{% block notes %}\nOne\nnote.\n\n{% if more %}\nAnother.\n{% endif %}\n\nA last.\n"
        "{% endblock %}\n"
    )
    return Words(path)


SHARE = Figure("share", 0.146, "proportion", formula="two  spaces\nand a line")


def test_a_passage_is_one_line_with_its_figures(words: Words) -> None:
    said = words.passage("share", share=SHARE, more=True)
    assert said == f"Police recorded {SHARE:whole} of it, and more."
    # What stands inside of a tag is a value, and stays what it is.
    assert "two  spaces\nand a line" in said


def test_points_are_parted_by_empty_lines(words: Words) -> None:
    assert words.points("notes", more=True) == ["One note.", "Another.", "A last."]
    assert words.points("notes", more=False) == ["One note.", "A last."]


def test_a_value_that_is_not_given_is_an_error(words: Words) -> None:
    with pytest.raises(jinja2.UndefinedError, match="'share' is undefined"):
        words.passage("share", more=False)


def test_a_part_has_no_rank_among_main_groups(root: Path) -> None:
    words = Words(root / SUBJECTS / "words" / "area.md.j2")
    parts = {"among": "main groups", "part_of": "theft offences", "has_parts": False}
    assert words.passage("ranks", held=[], offence_id="shoplifting", absent=[parts]) == (
        "Shoplifting has no rank among main groups: it is part of theft offences."
    )
    parents = {"among": "sub-groups", "part_of": "", "has_parts": True}
    assert words.passage("ranks", held=[], offence_id="theft_offences", absent=[parents]) == (
        "Theft offences have no rank among sub-groups: they have parts of their own."
    )


DEFINED = re.compile(
    r'^(\w+) = Words\(Path\(__file__\)\.with_name\("([\w.]+)"\)(?: / "([\w.]+)")?\)$', re.MULTILINE
)
ASKED = re.compile(r'(?:(\w+)\.)?\b([A-Z]+)\.(?:passage|points|cells|of)[(,]\s*"(\w+)"')


def test_every_passage_is_asked_for_and_there(root: Path) -> None:
    modules = {
        path.stem: (path, path.read_text(encoding="utf-8"))
        for path in sorted((root / PUBLISH).rglob("*.py"))
    }
    notebooks = {path: code_of(path) for path in sorted((root / "notebooks").glob("*.ipynb"))}
    templates = {
        (name, known): path.parent / Path(*filter(None, parts))
        for name, (path, text) in modules.items()
        for known, *parts in DEFINED.findall(text)
    }
    asked: dict[Path, set[str]] = {path: set() for path in templates.values()}
    asking = [(name, text) for name, (_, text) in modules.items()]
    for name, text in [*asking, *((path.name, code) for path, code in notebooks.items())]:
        imported = {
            alias.name: node.module.rpartition(".")[2]
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.ImportFrom) and node.module
            for alias in node.names
        }
        for owner, known, passage in ASKED.findall(text):
            asked[templates[owner or imported.get(known, name), known]].add(passage)
        # A formula asks for its own passage.
        asked[templates["formulas", "WORDS"]] |= set(re.findall(r'\bFormula\("(\w+)"', text))
    for path in asked:
        # What one passage says with another.
        text = path.read_text(encoding="utf-8")
        asked[path] |= set(re.findall(r"self\.(\w+)\(\)", text))
        asked[path] |= set(re.findall(r'\bpassage\("(\w+)"', text))
    assert len(asked) > 12
    assert asked == {path: set(_template(path).blocks) for path in asked}
    assert set(asked) == set((root / PUBLISH).rglob("*.md.j2"))


def code_of(notebook: Path) -> str:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")


WORDED = re.compile(r"[A-Za-z']+,? [a-z']+,? [a-z']+")
"""Three words in a row, of which a name of a file or a column has fewer."""

LABELLED = re.compile(r"\b(?!signed bare)[A-Za-z]+[A-Za-z],? [a-z]{2}")
"""Two words in a row, but for a style of figures."""

AREAS = (
    *("composition", "currency", "factsheet", "firmness", "front", "offence_mix", "partnerships"),
    *("quarterly", "side_by_side", "standing"),
)
"""Modules that hold no label of two words either."""


LISTS = {
    "figures": "what markers mean",
    "licence": "the terms of the licences, as their owners word them",
    "pages": "the titles of the pages",
    "prose": "how numbers, dates and directions are said",
}
"""Modules that are lists of words, a line each, with what of."""

MARKUP = re.compile(r"<[^>]*>?|'[\w-]+'")
"""What is no word: tags, and what is quoted in a policy."""


def test_no_sentence_title_or_header_is_worded_in_python(root: Path) -> None:
    found = [
        f"{path.name}: {text}"
        for path in sorted((root / PUBLISH).rglob("*.py"))
        if path.stem not in LISTS
        for text in texts(ast.parse(path.read_text(encoding="utf-8")))
        if (LABELLED if path.stem in AREAS else WORDED).search(MARKUP.sub("", text))
    ]
    assert found == []
    assert list(
        texts(ast.parse('def f():\n    """One two three."""\n    return f"of {x} words"'))
    ) == [
        "of ",
        " words",
    ]


def texts(module: ast.Module) -> Iterator[str]:
    """The texts of a module but those that explain it, refuse or report something, or name it."""
    left_out: set[int] = set()
    for node in ast.walk(module):
        explains = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        names = isinstance(node, ast.FunctionDef) and node.name == "__repr__"
        if explains or names or isinstance(node, ast.Raise) or said(node):
            left_out |= {id(part) for part in ast.walk(node)}
    for node in ast.walk(module):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and id(node) not in left_out:
            yield text


def said(node: ast.AST) -> bool:
    """Whether it is a call that tells whoever runs a step how far that is, or what is wrong."""
    called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
    return called in ("say", "problems.append")
