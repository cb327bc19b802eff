"""Reference pages say what the public functions take, give, raise and rest on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from crimeshare import software
from crimeshare.publish.site.reference_pages import Module, paragraphs, read_modules
from crimeshare.publish.site.rendering import render_reference

SOURCE = '''"""Shares of <all> crime, after ``a & b``.

Source: nobody.
"""


def share(part: float, whole: float = 1) -> float:
    """Part of the whole, see :func:`crimeshare.measures.sums.total`.

    Args:
        part: offences <of> a group.
        whole: all offences.

    Returns:
        The share, 0 to 1; not :func:`crimeshare.measures.gone.total`.

    Raises:
        ValueError: for a whole of 0.
    """


def _hidden() -> None:
    """Not shown."""


def undescribed() -> None: ...
'''


@pytest.fixture
def modules(tmp_path: Path) -> dict[str, Module]:
    (tmp_path / "shares.py").write_text(SOURCE, encoding="utf-8")
    text = '"""Sums."""\n\n\ndef total() -> int:\n    """All."""\n'
    (tmp_path / "sums.py").write_text(text, encoding="utf-8")
    (tmp_path / "nothing.py").write_text('"""No public name."""\n', encoding="utf-8")
    return {module.name: module for module in read_modules(tmp_path.glob("*.py"))}


def test_what_is_public_and_described_has_an_entry(modules: dict[str, Module]) -> None:
    assert list(modules) == ["shares", "sums"]
    (entry,) = modules["shares"].entries
    assert entry.signature == "share(part: float, whole: float=1) -> float"
    assert [each.arg_name for each in entry.described.params] == ["part", "whole"]
    assert [each.type_name for each in entry.described.raises] == ["ValueError"]


def test_text_is_escaped_and_names_lead_to_their_pages(modules: dict[str, Module]) -> None:
    page = render_reference(modules, modules["shares"])
    assert "Shares of &lt;all&gt; crime, after <code>a &amp; b</code>." in page
    assert "offences &lt;of&gt; a group." in page
    assert '<a href="sums.html#total"><code>total</code></a>' in page
    assert "<code>crimeshare.measures.gone.total</code>" in page  # what has no page is no link
    assert 'href="../index.html"' in page
    assert "<p>Source: nobody.</p>" in paragraphs(modules["shares"].text, modules)


def test_every_module_of_the_measures_has_a_page_whose_links_hold(root: Path) -> None:
    shown = {each.name: each for each in read_modules(software.modules("measures"))}
    assert len(shown) > 1
    undescribed = [
        f"{module.name}.{entry.name}"
        for module in shown.values()
        for entry in module.entries
        if not entry.described.short_description
    ]
    assert undescribed == []
    for name, module in {"index": None, **shown}.items():
        page = render_reference(shown, module)
        given = [each for entry in module.entries for each in entry.columns] if module else []
        assert all(f"<code>{each.name}</code></dt><dd><p>" in page for each in given)
        targets = re.findall(r'href="([\w.]+)\.html#(\w+)"', page)
        for target, anchor in targets:
            assert anchor in {entry.name for entry in shown[target].entries}, (name, target)
    assert sum(len(entry.columns) > 1 for each in shown.values() for entry in each.entries) > 20
