"""docs/troubleshooting.md explains sentences that the project prints, not others."""

from __future__ import annotations

import ast
import re
from pathlib import Path


def printed(root: Path) -> list[str]:
    """Every string and template of the library; what is filled in stands as a null character."""
    library = root / "workflow" / "crimeshare"
    texts = [
        re.sub(r"\s+", " ", re.sub(r"\{[{%#].*?[}%#]\}", "\0", path.read_text(encoding="utf-8")))
        for path in library.rglob("*.md.j2")
    ]
    for path in library.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                parts = (p.value if isinstance(p, ast.Constant) else "\0" for p in node.values)
                texts.append("".join(map(str, parts)))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.append(node.value)
    return texts


def test_every_sentence_that_is_explained_is_one_that_is_printed(root: Path) -> None:
    guide = (root / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    explained = re.findall(r"^\| `(.+?)` \|", guide, re.MULTILINE)
    assert len(explained) > 10
    texts = printed(root)
    assert [words for words in explained if not any(words in text for text in texts)] == []
