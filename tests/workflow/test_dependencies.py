"""What the rules are given as dependencies of their scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from crimeshare.dependencies import depends


def rules(root: Path) -> Iterator[tuple[str, str]]:
    """The script of each rule that has one, and the text of the rule."""
    for path in sorted((root / "workflow" / "rules").glob("*.smk")):
        for text in re.split(r"^(?= *rule\b)", path.read_text(), flags=re.MULTILINE)[1:]:
            if script := re.search(r"scripts/(\w+)\.py", text):
                yield script[1], text


def test_every_rule_carries_what_its_script_depends_on(root: Path) -> None:
    # A workbook is proven by its hash, whatever the code that fetched it.
    with_outputs = [(n, t) for n, t in rules(root) if "    output:" in t and n != "fetch_release"]
    assert len(with_outputs) > 20
    for name, text in with_outputs:
        assert f'depends("{name}").software' in text, name
        assert f'depends("{name}").files' in text, name
        given = f'depends("{name}").tables' in text
        assert given or all(f'"{table}"' in text for table in depends(name).tables), name
