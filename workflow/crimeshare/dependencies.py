"""What a script or notebook depends on, read from its source: code, tables and project files.

Snakemake looks at a rule's inputs, its parameters and its script.  The scripts here are thin: the
library does the work, and reads reference files, layouts and templates by itself.  So what a script
reaches is followed through the library, definition by definition, and every rule is given the files
found on the way as inputs and the digest of the code as a parameter.

Nothing is imported to find out, as importing pandas takes longer than all of this.  What is
followed is a superset of what runs: every name that a definition mentions counts as used.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from crimeshare.running import replacing

LIBRARY = Path(__file__).parent
PROJECT = LIBRARY.parents[1]
SCRIPTS = PROJECT / "workflow" / "scripts"
NOTEBOOKS = PROJECT / "notebooks"
LOCK = PROJECT / "envs" / "requirements.txt"
FOUND = Path(".snakemake/crimeshare/dependencies.json")
"""What was found last time, so that a start of Snakemake with unchanged sources parses none."""

_FILE = re.compile(r"(?:results|resources|config)/[\w./-]+\.\w+")
_TABLES = ("results/clean/", "results/estimates/")


@dataclass(frozen=True)
class Dependencies:
    """What one script or notebook depends on.

    Attributes:
        files: of the project, by their paths in it: reference files, layouts, templates, config.
        tables: clean tables and estimates.
        software: digest of the code and of the locked environment.
    """

    files: list[str]
    tables: list[str]
    software: str


def depends(source: str) -> Dependencies:
    """What a script (``compute_shares``) or notebook (``notebooks/force.ipynb``) depends on."""
    found = every()[source]
    return replace(found, files=[shipped(file) for file in found.files])


def shipped(path: str) -> str:
    """A file of the project as a rule names it: from here where Snakemake works in the project.

    In a folder that uses the workflow as a module, the project lies elsewhere.
    """
    return path if Path.cwd() == PROJECT.resolve() else (PROJECT / path).as_posix()


def measures() -> list[str]:
    """The modules of the measures, by their paths in the project."""
    return [path.relative_to(PROJECT).as_posix() for path in _sources(LIBRARY / "measures", "*.py")]


def software() -> str:
    """The digest of the whole library and of the locked environment."""
    return _digest([_read(path) for path in [LOCK, *_sources(LIBRARY, "*.py")]])


@cache
def every() -> dict[str, Dependencies]:
    """What every script and notebook depends on, from the last time where no source changed."""
    key = _sources_digest()
    with suppress(OSError, ValueError):
        kept = json.loads(FOUND.read_text(encoding="utf-8"))
        if kept["key"] == key:
            return {name: Dependencies(**found) for name, found in kept["found"].items()}
    library = Library()
    scripts = {path.stem: path for path in _sources(SCRIPTS, "*.py")}
    notebooks = {f"notebooks/{path.name}": path for path in _sources(NOTEBOOKS, "*.ipynb")}
    found = {name: library.follow(path) for name, path in {**scripts, **notebooks}.items()}
    text = json.dumps({"key": key, "found": {name: vars(each) for name, each in found.items()}})
    # A folder that cannot be written costs the time of parsing again.
    with suppress(OSError), replacing(FOUND) as path:
        path.write_text(text, encoding="utf-8")
    return found


def _sources_digest() -> str:
    """Of all that :func:`every` reads: sources, and which other files there are."""
    sources = [*_sources(LIBRARY, "*.py"), *_sources(SCRIPTS, "*.py")]
    sources += [LOCK, *_sources(NOTEBOOKS, "*.ipynb")]
    folders = (LIBRARY, PROJECT / "resources" / "reference", PROJECT / "config")
    there = [path for folder in folders for path in _sources(folder, "*.*")]
    names = [path.relative_to(PROJECT).as_posix() for path in there]
    return _digest([*(_read(path) for path in sources), *names])


def _sources(folder: Path, pattern: str) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob(pattern)
        if path.is_file() and not any(part.startswith((".", "__py")) for part in path.parts[-3:])
    )


def _digest(texts: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text.encode() + b"\0")
    return digest.hexdigest()[:16]


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@dataclass
class _Definition:
    """A function, class or constant at the top level of a module, or what else stands there."""

    nodes: list[ast.stmt] = field(default_factory=list)

    @property
    def value(self) -> ast.expr | None:
        """What a constant is set to; None for a function, a class or several assignments."""
        only = self.nodes[0] if len(self.nodes) == 1 else None
        return only.value if isinstance(only, ast.Assign | ast.AnnAssign) else None


class _Module:
    """A module as its source has it: imports, definitions, and statements that run on import."""

    def __init__(self, path: Path, text: str, name: str = "") -> None:
        self.path = path
        self.name = name
        self.lines = text.splitlines()
        self.imports: dict[str, tuple[str, str]] = {}
        self.definitions: dict[str, _Definition] = {}
        self.rest = _Definition()
        for statement in ast.parse(text).body:
            self._take(statement)

    def _take(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            self.imports.update(imported(statement))
            return
        for name in _defined(statement) or [""]:
            definition = self.definitions.setdefault(name, _Definition()) if name else self.rest
            definition.nodes.append(statement)

    def text(self, node: ast.stmt) -> str:
        """The source of a definition with its decorators."""
        decorators = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
        return "\n".join(self.lines[first - 1 : node.end_lineno])


def imported(statement: ast.Import | ast.ImportFrom) -> dict[str, tuple[str, str]]:
    """What an import binds: by the name it has from here on, the module and the name there."""
    if isinstance(statement, ast.ImportFrom):
        return {
            alias.asname or alias.name: (statement.module or "", alias.name)
            for alias in statement.names
        }
    return {
        alias.asname or alias.name.partition(".")[0]: (
            alias.name if alias.asname else alias.name.partition(".")[0],
            "",
        )
        for alias in statement.names
    }


def _defined(statement: ast.stmt) -> list[str]:
    """The names that a statement at the top level defines and does nothing else."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [statement.name]
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = [
            part
            for target in statement.targets
            for part in (target.elts if isinstance(target, ast.Tuple) else [target])
        ]
    elif isinstance(statement, ast.AnnAssign):
        targets = [statement.target]
    names = [target.id for target in targets if isinstance(target, ast.Name)]
    return names if len(names) == len(targets) else []


class Library:
    """The modules of the library, each parsed once."""

    @cached_property
    def paths(self) -> dict[str, Path]:
        """The file of every module, by its dotted name."""
        found = {}
        for path in _sources(LIBRARY, "*.py"):
            parts = path.relative_to(LIBRARY.parent).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
        return found

    @cache  # noqa: B019 - one library a process
    def module(self, name: str) -> _Module:
        """A module of the library."""
        return _Module(self.paths[name], _read(self.paths[name]), name)

    def follow(self, path: Path) -> Dependencies:
        """What a script or notebook depends on."""
        walk = self.reached_from(path)
        files = {file.relative_to(PROJECT).as_posix() for file in walk.files}
        return Dependencies(
            sorted(file for file in files if not file.startswith("results/")),
            sorted(file for file in files if file.startswith(_TABLES)),
            _digest([_read(LOCK), *walk.texts()]),
        )

    def reached_from(self, path: Path) -> Walk:
        """The definitions and files that a script or notebook reaches."""
        walk = Walk(self)
        walk.all_of(_Module(path, _code(path)))
        return walk


def _code(path: Path) -> str:
    """The Python of a script or notebook."""
    text = _read(path)
    if path.suffix != ".ipynb":
        return text
    cells = json.loads(text)["cells"]
    return "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")


class Walk:
    """What is reached from one source.

    Attributes:
        files: of the project, and tables that it builds.
        reached: definitions, by the names of their module (empty for the source) and their own.
    """

    def __init__(self, library: Library) -> None:
        self.library = library
        self.files: set[Path] = set()
        self.reached: dict[tuple[str, str], tuple[_Module, _Definition]] = {}
        self._run: set[str] = set()

    def texts(self) -> Iterator[str]:
        """The source of every definition reached, in a fixed order."""
        for (module, name), (source, definition) in sorted(
            self.reached.items(), key=lambda item: item[0]
        ):
            yield f"{module}.{name}"
            yield from (source.text(node) for node in definition.nodes)

    def all_of(self, module: _Module) -> None:
        """A module of which any name may be used."""
        self._import_all(module)
        for name, definition in [("", module.rest), *module.definitions.items()]:
            self._reach(module, name, definition)

    def _import_all(self, module: _Module) -> None:
        for binding in module.imports.values():
            self._importing(*binding)

    def _importing(self, name: str, attribute: str) -> None:
        """An import runs the module, the packages around it, and what they import."""
        parts = f"{name}.{attribute}".strip(".").split(".")
        for end in range(1, len(parts) + 1):
            dotted = ".".join(parts[:end])
            if dotted in self.library.paths and dotted not in self._run:
                self._run.add(dotted)
                module = self.library.module(dotted)
                self._import_all(module)
                self._reach(module, "", module.rest)

    def _reach(self, module: _Module, name: str, definition: _Definition) -> None:
        if (module.name, name) in self.reached or not definition.nodes:
            return
        self.reached[module.name, name] = module, definition
        for node in definition.nodes:
            self._look(module, node)

    def _look(self, module: _Module, node: ast.AST) -> None:
        """Follow the names and note the files that a piece of code mentions."""
        if isinstance(node, ast.Import | ast.ImportFrom):  # inside of a function
            for binding in imported(node).values():
                self._importing(*binding)
                self._use_imported(*binding, [])
            return
        path = self._evaluate(module, node)
        if isinstance(path, Path):
            self._note(path)
        elif isinstance(path, str) and _FILE.fullmatch(path):
            self._note(PROJECT / path)
        if dotted := _dotted(node):
            self._use(module, dotted)
            return
        for child in ast.iter_child_nodes(node):
            # The parts of a path that is known are folders on the way to it.
            if not (isinstance(path, Path) and isinstance(node, ast.BinOp)):
                self._look(module, child)

    def _note(self, path: Path) -> None:
        if not path.is_relative_to(PROJECT):
            return
        if path.suffix == ".py":
            return
        if path.is_file() or path.relative_to(PROJECT).as_posix().startswith(_TABLES):
            self.files.add(path)
        elif path.is_dir() and path != LIBRARY and path.is_relative_to(LIBRARY):
            self.files.update(file for file in _sources(path, "*.*") if file.suffix != ".py")

    def _use(self, module: _Module, dotted: str) -> None:
        head, *rest = dotted.split(".")
        if definition := module.definitions.get(head):
            self._reach(module, head, definition)
        elif head in module.imports:
            self._use_imported(*module.imports[head], rest)

    def _use_imported(self, name: str, attribute: str, rest: list[str]) -> None:
        """A name of another module, or a module and a name in it."""
        path = [*([attribute] if attribute else []), *rest]
        while path and f"{name}.{path[0]}" in self.library.paths:
            name = f"{name}.{path.pop(0)}"
        if name not in self.library.paths:
            return
        module = self.library.module(name)
        if path:
            self._use(module, ".".join(path))
        elif attribute or "." in name:
            # A module handed on as a whole.
            self.all_of(module)

    def _evaluate(self, module: _Module, node: ast.AST) -> Path | str | None:
        """A path or text that stands in the code; None where only running it would tell."""
        match node:
            case ast.Constant(value=str(text)):
                return text
            case ast.Name(id="__file__"):
                return str(module.path)
            case ast.Name() | ast.Attribute() if constant := self._constant(module, node):
                return self._evaluate(*constant)
            case ast.Call(func=ast.Name(id="Path"), args=[inner]):
                named = self._evaluate(module, inner)
                return None if named is None else PROJECT / named
            case (
                ast.BinOp(left=inner, op=ast.Div(), right=last)
                | ast.Call(func=ast.Attribute(value=inner, attr="with_name"), args=[last])
            ):
                path, name = self._evaluate(module, inner), self._evaluate(module, last)
                if not isinstance(path, Path) or name is None:
                    return None
                return (path if isinstance(node, ast.BinOp) else path.parent) / name
            case ast.Attribute(value=inner, attr="parent"):
                path = self._evaluate(module, inner)
                return path.parent if isinstance(path, Path) else None
            case ast.Subscript(
                value=ast.Attribute(value=inner, attr="parents"),
                slice=ast.Constant(value=int(number)),
            ):
                path = self._evaluate(module, inner)
                return path.parents[number] if isinstance(path, Path) else None
        return None

    def _constant(self, module: _Module, node: ast.AST) -> tuple[_Module, ast.expr] | None:
        """The constant that a name stands for, and the module it is set in."""
        head, *rest = _dotted(node).split(".")
        if not rest and head in module.definitions:
            value = module.definitions[head].value
            return (module, value) if value is not None else None
        if head not in module.imports:
            return None
        name, attribute = module.imports[head]
        path = [*([attribute] if attribute else []), *rest]
        while path and f"{name}.{path[0]}" in self.library.paths:
            name = f"{name}.{path.pop(0)}"
        if len(path) != 1 or name not in self.library.paths:
            return None
        return self._constant(self.library.module(name), ast.Name(path[0]))


def _dotted(node: Any) -> str:
    """A name with its attributes, ``factsheet.opening``; empty for any other expression."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (before := _dotted(node.value)):
        return f"{before}.{node.attr}"
    return ""
