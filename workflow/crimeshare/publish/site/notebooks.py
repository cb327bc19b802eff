"""Execute notebooks so that the executed copy depends on nothing but notebook and data.

IPython's own shell runs the cells in this process and formats what they give, as a kernel does for
JupyterLab, without a second process and its messages.  The notebooks of a run share the shell,
whose imports are paid for once; the namespace is emptied in between.  No time, path, host or
version is kept.
"""

# ruff: noqa: E402 - a module is kept from being imported first
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import chdir, redirect_stdout
from functools import cache, partial
from pathlib import Path
from typing import Any

# Only a check of international addresses, which notebooks have none of, needs it, and importing it
# takes longer than a page does.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

import nbformat
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from tqdm import tqdm
from traitlets.config import Config

from crimeshare.cache import cached
from crimeshare.problems import Problem
from crimeshare.products import digest
from crimeshare.publish.site.pages import Page
from crimeshare.running import say, write_file
from crimeshare.software import software

PARAMETERS = "parameters"
TOLD = 10
"""After how many pages a line says how far a batch is."""


def _output(kind: str, **told: Any) -> nbformat.NotebookNode:
    """An output as nbformat makes it, which is checked when the notebook is written."""
    output: nbformat.NotebookNode = nbformat.from_dict({"output_type": kind, **told})
    return output


class _Results(DisplayHook):
    """Keeps what the last line of a cell gives, as a notebook has it."""

    shell: Any

    def __call__(self, result: Any = None) -> None:
        if result is None or self.quiet():
            return
        data, metadata = self.compute_format_data(result)
        self.update_user_ns(result)
        self.shell.outputs.append(
            _output(
                "execute_result",
                data=data,
                metadata=metadata,
                execution_count=self.shell.running,
            )
        )


class _Displays(DisplayPublisher):
    shell: Any

    def publish(self, data: Any, metadata: Any = None, *others: Any, **told: Any) -> None:
        self.shell.outputs.append(_output("display_data", data=data, metadata=metadata or {}))


class _Printed:
    """Keeps what a cell prints, a stream's lines together."""

    def __init__(self, outputs: list[nbformat.NotebookNode]) -> None:
        self._outputs = outputs

    def write(self, text: str) -> int:
        last = self._outputs[-1] if self._outputs else None
        if last and last.output_type == "stream":
            last.text += text
        else:
            self._outputs.append(_output("stream", name="stdout", text=text))
        return len(text)

    def flush(self) -> None:
        """Nothing waits."""


class _Cells(InteractiveShell):
    outputs: list[nbformat.NotebookNode]
    running: int
    """The number of the cell that runs."""

    def _showtraceback(self, *told: Any) -> None:
        """The error itself is in the result of the cell."""


class Shell:
    """Executes one notebook after another."""

    def __init__(self, folder: Path) -> None:
        """Use IPython's shell of this process, with `folder` for the notebooks' own."""
        # No history: a build is no session of the user's.
        self._shell = _Cells.instance(
            config=Config(HistoryManager={"enabled": False}),
            displayhook_class=_Results,
            display_pub_class=_Displays,
        )
        self._folder = folder

    def execute(
        self, notebook: Path, parameters: Mapping[str, Any] | None = None
    ) -> nbformat.NotebookNode:
        """The notebook with its outputs; the file itself is left as it is.

        Args:
            parameters: values in place of the defaults in its cell tagged ``parameters``.

        Raises:
            Problem: if a cell fails, or a parameter has no default in the notebook.
        """
        node = nbformat.read(notebook, as_version=4)
        node = with_parameters(node, parameters or {}, notebook)
        # What the library holds by now it holds to the end: not frozen, all of it would be searched
        # for garbage at every notebook.
        gc.freeze()
        self._shell.reset(new_session=True)
        # As wide as in a notebook; in a terminal pandas asks how wide that is.
        self._shell.run_cell(NOTEBOOK_WIDE, store_history=False, silent=True)
        with chdir(self._folder):
            for number, cell in enumerate(node.cells, start=1):
                if cell.cell_type == "code":
                    self._run(cell, f"{notebook}{_given(parameters)}, cell {number}")
        node.metadata = {"kernelspec": dict(KERNEL), "language_info": dict(LANGUAGE)}
        return node

    def _run(self, cell: nbformat.NotebookNode, where: str) -> None:
        self._shell.outputs = cell.outputs = []
        cell.execution_count = self._shell.running = self._shell.execution_count
        with redirect_stdout(_Printed(cell.outputs)):
            result = self._shell.run_cell(cell.source, store_history=True)
        if error := result.error_before_exec or result.error_in_exec:
            first = next(iter(cell.source.splitlines()), "")
            said = f"{type(error).__name__}: {str(error).rstrip('.')}"
            raise Problem(f"{where} ({first}) stopped: {said}.") from error


NOTEBOOK_WIDE = "import pandas; pandas.set_option('display.max_columns', 20)"

# Written the same whatever executes it.
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
LANGUAGE = {"name": "python"}


def execute_pages(pages: Sequence[Page], reads: Mapping[str, Sequence[str]], folder: Path) -> None:
    """Execute the notebook of every page and write the copies to where the pages name them.

    A page whose notebook, code, parameters, tables and files are those of the last time is not
    executed again.

    Args:
        pages: what to execute, one after another in one shell.
        reads: the tables and files that each notebook reads, by its stem.
        folder: the working directory of the notebooks, which holds ``results/``.

    Raises:
        Problem: if a notebook stops; copies written before it stay.
    """
    bar = tqdm(pages, desc=pages[0].title, unit="page", leave=False, disable=None)
    shell = cache(lambda: Shell(folder))
    known = cache(digest)

    made: list[Page] = []

    def executed(page: Page) -> bytes:
        made.append(page)
        return _written(shell().execute(page.source, page.parameters))

    for number, page in enumerate(bar, start=1):
        key = _made_from(page, reads[page.notebook], folder, known)
        content = cached("notebooks", key, partial(executed, page), page.name)
        write_file(folder / page.executed, content)
        # Where there is no terminal for a bar, and not for a few pages.
        if bar.disable and number % TOLD == 0:
            say(f"{number} of {len(pages)} pages from {pages[0].title} on are executed.")
    if kept := len(pages) - len(made):
        say(f"{kept} of {len(pages)} pages from {pages[0].title} on are as they were.")


def _made_from(page: Page, reads: Sequence[str], folder: Path, known: Callable[[Path], str]) -> str:
    """All that the executed copy of a page depends on, files by their digests."""
    read = [page.source, *(folder / path for path in reads)]
    digests = [(path.name, known(path)) for path in read]
    return json.dumps([page.parameters, software("publish"), digests])


def with_parameters(
    node: nbformat.NotebookNode, parameters: Mapping[str, Any], notebook: Path
) -> nbformat.NotebookNode:
    """The notebook with values in place of the defaults in its cell tagged ``parameters``.

    The cell assigns one name a line, ``area = "gwent"``; lines of other names stay.
    """
    if not parameters:
        return node
    cell = next((c for c in node.cells if PARAMETERS in c.metadata.get("tags", [])), None)
    if cell is None:
        raise Problem(
            f"{notebook} has no cell tagged `{PARAMETERS}`, so it cannot be given "
            f"{', '.join(parameters)}; tag the cell that assigns the defaults."
        )
    lines = cell.source.splitlines()
    for name, value in parameters.items():
        assigned = [i for i, line in enumerate(lines) if line.partition("=")[0].strip() == name]
        if not assigned:
            raise Problem(
                f"{notebook}: its cell tagged `{PARAMETERS}` gives `{name}` no default; add a "
                f"line {name} = ..."
            )
        comment = lines[assigned[0]].partition("  # ")[1:]
        lines[assigned[0]] = f"{name} = {value!r}" + "".join(comment)
    cell.source = "\n".join(lines)
    return node


def _written(node: nbformat.NotebookNode) -> bytes:
    text: str = nbformat.writes(node)
    return (text + "\n").encode()


def _given(parameters: Mapping[str, Any] | None) -> str:
    if not parameters:
        return ""
    return " with " + ", ".join(f"{name} = {value!r}" for name, value in parameters.items())
