"""The words of pages: every passage is asked for, none lacks a value, and lines may be broken."""

from __future__ import annotations

import re
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


def test_every_passage_is_asked_for_and_there(root: Path) -> None:
    asked: dict[str, set[str]] = {}
    code = {path: path.read_text(encoding="utf-8") for path in (root / SUBJECTS).glob("*.py")}
    named = r'Words\(Path\(__file__\)\.with_name\("words"\) / "([\w.]+)"\)'
    for path, text in code.items():
        for template in re.findall(named, text):
            others = "".join(code.values())
            found = re.findall(r'(?<!\.)WORDS\.(?:passage|points)\(\s*"(\w+)"', text)
            found += re.findall(rf'{path.stem}\.WORDS\.(?:passage|points)\(\s*"(\w+)"', others)
            asked[template] = set(found)
    folder = root / SUBJECTS / "words"
    assert asked == {path.name: set(_template(path).blocks) for path in folder.iterdir()}
