"""Reference pages: what every public function of the measures takes, gives and rests on.

They are made of the sources alone, which are read and never run, so that a page needs no build.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

from docstring_parser import Docstring, parse
from docstring_parser.common import DocstringStyle
from markupsafe import Markup

from crimeshare.columns import Column, columns

PACKAGE = "crimeshare.measures"

_TABLE = re.compile(r"The +columns of ``(\w+)``")
_ROLE = re.compile(r":\w+:`~?(?P<name>[\w.]+)`")
_CODE = re.compile(r"``(.+?)``|`(.+?)`")


@dataclass(frozen=True)
class Documented:
    """A public function or class.

    Attributes:
        signature: with its types, as the source has it.
        described: its docstring in parts.
    """

    name: str
    signature: str
    described: Docstring

    @property
    def columns(self) -> list[Column]:
        """The columns of the table that it gives, as ``columns.yaml`` describes them."""
        given = self.described.returns
        table = _TABLE.match((given and given.description) or "")
        return [column for column in columns(table[1]).values() if column.type] if table else []


@dataclass(frozen=True)
class Module:
    """A module of the measures: what it is about, and what it offers."""

    name: str
    text: str
    entries: list[Documented]

    @property
    def title(self) -> str:
        """Its first sentence, without the full stop."""
        return self.text.partition("\n\n")[0].strip().removesuffix(".")


def read_modules(paths: Iterable[Path]) -> list[Module]:
    """The modules that offer something to those who import them, in alphabetical order."""
    modules = [_module(path) for path in sorted(paths) if path.stem != "__init__"]
    return [module for module in modules if module.entries]


def _module(path: Path) -> Module:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    entries = [
        Documented(node.name, _signature(node), parse(text, DocstringStyle.GOOGLE))
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and (text := ast.get_docstring(node))
    ]
    return Module(path.stem, ast.get_docstring(tree) or "", entries)


def _signature(node: ast.FunctionDef | ast.ClassDef) -> str:
    if isinstance(node, ast.ClassDef):
        fields = [each for each in node.body if isinstance(each, ast.AnnAssign)]
        return f"class {node.name}({', '.join(ast.unparse(each) for each in fields)})"
    returned = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"{node.name}({ast.unparse(node.args)}){returned}"


def paragraphs(text: str | None, modules: Mapping[str, Module]) -> Markup:
    """A docstring's text as HTML: paragraphs, code, and links to what it names."""
    parts = [part.strip() for part in re.split(r"\n\s*\n", text or "") if part.strip()]
    return Markup("".join(f"<p>{_marked(part, modules)}</p>" for part in parts))


def _marked(text: str, modules: Mapping[str, Module]) -> str:
    """One paragraph, of which everything but code and links is escaped."""

    def link(found: re.Match[str]) -> str:
        module, _, name = found["name"].removeprefix(f"{PACKAGE}.").rpartition(".")
        shown = f"<code>{escape(name)}</code>"
        if module in modules and any(each.name == name for each in modules[module].entries):
            return f'<a href="{module}.html#{name}">{shown}</a>'
        return f"<code>{escape(found['name'])}</code>"

    html, at = "", 0
    for found in re.finditer(f"{_ROLE.pattern}|{_CODE.pattern}", text):
        html += escape(text[at : found.start()], quote=False)
        html += link(found) if found["name"] else f"<code>{escape(found[2] or found[3])}</code>"
        at = found.end()
    return html + escape(text[at:], quote=False)
