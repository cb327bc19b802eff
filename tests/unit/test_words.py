"""The words of pages: every passage is asked for, none lacks a value, and lines may be broken."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import jinja2
import pytest

from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.words import Words, _template

SUBJECTS = Path("workflow/crimeshare/publish/subjects")


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
    assert words.passage("ranks", held=[], name="Shoplifting", plural=False, absent=[parts]) == (
        "Shoplifting has no rank among main groups: it is part of theft offences."
    )
    parents = {"among": "sub-groups", "part_of": "", "has_parts": True}
    assert words.passage("ranks", held=[], name="Thefts", plural=True, absent=[parents]) == (
        "Thefts have no rank among sub-groups: they have parts of their own."
    )


def test_every_passage_is_asked_for_and_there(root: Path) -> None:
    modules = {
        path.stem: path.read_text(encoding="utf-8") for path in (root / SUBJECTS).glob("*.py")
    }
    defined = r'WORDS = Words\(Path\(__file__\)\.with_name\("words"\) / "([\w.]+)"\)'
    templates = {
        name: found[1] for name, text in modules.items() if (found := re.search(defined, text))
    }
    asked: dict[str, set[str]] = {template: set() for template in templates.values()}
    for name, text in modules.items():
        imported = {
            node.module.rpartition(".")[2]
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.ImportFrom) and node.module
            if "WORDS" in [alias.name for alias in node.names]
        }
        own = next(iter(imported), name)
        for owner, passage in re.findall(
            r'(?:(\w+)\.)?WORDS\.(?:passage|points)\(\s*"(\w+)"', text
        ):
            asked[templates[owner or own]].add(passage)
    folder = root / SUBJECTS / "words"
    for path in folder.iterdir():
        # What one passage says with another.
        asked[path.name] |= set(re.findall(r"self\.(\w+)\(\)", path.read_text(encoding="utf-8")))
    assert asked == {path.name: set(_template(path).blocks) for path in folder.iterdir()}


WORDED = re.compile(r"[A-Za-z']+,? [a-z']+,? [a-z']+")
"""Three words in a row, of which a name of a file or a column has fewer."""

LABELLED = re.compile(r"\b(?!signed bare)[A-Za-z]+[A-Za-z],? [a-z]{2}")
"""Two words in a row, but for a style of figures."""

AREAS = (
    *("composition", "currency", "factsheet", "firmness", "front", "offence_mix", "partnerships"),
    *("quarterly", "quarterly_charts", "standing"),
)
"""Modules that hold no label of two words either."""


def test_no_sentence_title_or_header_is_worded_in_python(root: Path) -> None:
    found = [
        f"{path.name}: {text}"
        for path in sorted((root / SUBJECTS).glob("*.py"))
        for text in texts(ast.parse(path.read_text(encoding="utf-8")))
        if (LABELLED if path.stem in AREAS else WORDED).search(re.sub("<[^>]*>?", "", text))
    ]
    assert found == []
    assert list(
        texts(ast.parse('def f():\n    """One two three."""\n    return f"of {x} words"'))
    ) == [
        "of ",
        " words",
    ]


def texts(module: ast.Module) -> Iterator[str]:
    """The texts of a module but those that explain it, refuse something or name an object."""
    left_out: set[int] = set()
    for node in ast.walk(module):
        explains = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        names = isinstance(node, ast.FunctionDef) and node.name == "__repr__"
        if explains or names or isinstance(node, ast.Raise):
            left_out |= {id(part) for part in ast.walk(node)}
    for node in ast.walk(module):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and id(node) not in left_out:
            yield text
