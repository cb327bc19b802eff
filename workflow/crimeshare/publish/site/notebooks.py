"""Execute notebooks so that the executed copy depends on nothing but notebook and data.

The notebooks of a run share a few kernels, whose imports are paid for once; the namespace is
emptied in between.  No time, path, host or version is kept.
"""

# ruff: noqa: E402 - a module is kept from being imported first

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any

# Only a check of international addresses, which notebooks have none of, needs it, and importing it
# takes longer than a page does.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

import nbformat
from jupyter_client.client import KernelClient
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from tqdm import tqdm

from crimeshare.cache import cached, digest
from crimeshare.problems import Problem
from crimeshare.publish.site.pages import Page
from crimeshare.running import replacing, say
from crimeshare.software import software

PARAMETERS = "parameters"

# An empty namespace, and the count of executions back at one.  What the library holds by now it
# holds to the end: not frozen, all of it would be searched for garbage at every notebook.
NEXT_NOTEBOOK = "__import__('gc').freeze(); get_ipython().reset(new_session=True)"
TIMEOUT = 300
TOLD = 10
"""After how many pages a line says how far a batch is."""


class Kernel:
    """A running kernel that executes one notebook after another."""

    def __init__(self, manager: KernelManager, client: KernelClient, folder: Path) -> None:
        self._manager = manager
        self._client = client
        self._folder = folder

    def execute(
        self, notebook: Path, parameters: Mapping[str, Any] | None = None
    ) -> nbformat.NotebookNode:
        """The notebook with its outputs; the file itself is left as it is.

        Args:
            notebook: the notebook to read.
            parameters: values in place of the defaults in its cell tagged ``parameters``.

        Raises:
            Problem: if a cell fails, or a parameter has no default in the notebook.
        """
        node = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
        node = with_parameters(node, parameters or {}, notebook)
        self._client.execute(NEXT_NOTEBOOK, store_history=False)
        runner = NotebookClient(
            node,
            km=self._manager,
            timeout=TIMEOUT,
            record_timing=False,
            resources={"metadata": {"path": str(self._folder)}},
        )
        runner.kc = self._client
        try:
            runner.execute(cleanup_kc=False)
        except CellExecutionError as error:
            raise Problem(
                f"{notebook}{_given(parameters)} stopped: "
                f"{error.ename}: {error.evalue.rstrip('.')}. "
                f"Open it in JupyterLab and run all cells to see where."
            ) from error
        node.metadata = {"kernelspec": dict(KERNEL), "language_info": dict(LANGUAGE)}
        return node


# Written the same whatever the kernel calls itself.
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
LANGUAGE = {"name": "python"}


@contextmanager
def warm_kernel(folder: Path) -> Iterator[Kernel]:
    """A kernel of this environment, working in `folder`, stopped at the end.

    It is reached through files of its own, not through ports, which two runs could both pick.
    """
    with tempfile.TemporaryDirectory(prefix="crimeshare-") as runtime:
        manager = KernelManager(
            kernel_name="python3",
            # None but this environment's: a user's own kernels may be another Python.
            kernel_spec_manager=KernelSpecManager(kernel_dirs=[]),
            transport="ipc",
            connection_file=str(Path(runtime) / "kernel.json"),
        )
        # No history: a build is no session of the user's.
        manager.start_kernel(cwd=str(folder), extra_arguments=["--HistoryManager.enabled=False"])
        client = manager.client()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=TIMEOUT)
            yield Kernel(manager, client, folder)
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)


def execute_pages(pages: Sequence[Page], reads: Mapping[str, Sequence[str]], folder: Path) -> None:
    """Execute the notebook of every page and write the copies to where the pages name them.

    A page whose notebook, code, parameters, tables and files are those of the last time is not
    executed again.

    Args:
        pages: what to execute, one after another in one kernel.
        reads: the tables and files that each notebook reads, by its stem.
        folder: the working directory of the notebooks, which holds ``results/``.

    Raises:
        Problem: if a notebook stops; copies written before it stay.
    """
    bar = tqdm(pages, desc=pages[0].title, unit="page", leave=False, disable=None)
    with ExitStack() as stack:
        kernel = cache(lambda: stack.enter_context(warm_kernel(folder)))
        known = cache(digest)

        made: list[Page] = []

        def executed(page: Page) -> bytes:
            made.append(page)
            return _written(kernel().execute(page.source, page.parameters))

        for number, page in enumerate(bar, start=1):
            key = _made_from(page, reads[page.notebook], folder, known)
            content = cached("notebooks", key, partial(executed, page), page.name)
            with replacing(folder / page.executed) as target:
                target.write_bytes(content)
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
    """An executed notebook as it is written."""
    text: str = nbformat.writes(node)  # type: ignore[no-untyped-call]
    return (text + "\n").encode()


def _given(parameters: Mapping[str, Any] | None) -> str:
    if not parameters:
        return ""
    return " with " + ", ".join(f"{name} = {value!r}" for name, value in parameters.items())
