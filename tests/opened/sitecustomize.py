"""On the path of a build, this writes down which files of the project each job opens unasked.

Python announces what it opens itself.  Parquet is opened by Arrow's own code, so its readers are
wrapped.  The processes that a job starts, such as that of its notebooks, are part of the job.
"""

import atexit
import functools
import json
import os
import sys

# ruff: noqa: PTH100, PTH109, PTH112, PTH123 - this runs inside of every opening of a file, where pathlib would be slow.

PROJECT = os.getcwd()
KNOWN = "CRIMESHARE_NAMED"
"""Holds the job's name and files, for the processes that it starts."""

opened: set[str] = set()


def note(path: object) -> None:
    """Keep a path if it lies in the project and is no code."""
    if isinstance(path, (str, bytes, os.PathLike)):
        name = os.path.abspath(os.fsdecode(path))
        if name.startswith(f"{PROJECT}/") and not name.endswith((".py", ".pyc")):
            opened.add(os.path.relpath(name, PROJECT))


def announced(reader):  # type: ignore[no-untyped-def]
    """A reader of Arrow that says which file it opens."""

    @functools.wraps(reader, updated=())
    def read(source, *arguments, **options):  # type: ignore[no-untyped-def]
        for path in source if isinstance(source, list) else [source]:
            note(path)
        return reader(source, *arguments, **options)

    return read


def watch(event: str, arguments: tuple[object, ...]) -> None:
    """Follow what is opened, and wrap Arrow's readers as soon as they are there."""
    # Setting a variable of the environment, as below, is an event too.
    if event not in ("open", "import"):
        return
    if event == "open":
        # A file that is opened to be written is an output, whatever its name.
        writing = isinstance(arguments[1], str) and not arguments[1].startswith("r")
        if not writing:
            note(arguments[0])
    for module, names in {
        "pyarrow.parquet": ("read_table", "read_schema", "read_metadata"),
        "pyarrow.dataset": ("dataset",),
    }.items():
        there = sys.modules.get(module)
        for name in names:
            reader = getattr(there, name, None)
            if reader and not hasattr(reader, "__wrapped__"):
                setattr(there, name, announced(reader))
    parquet = sys.modules.get("pyarrow.parquet")
    file = getattr(parquet, "ParquetFile", None)
    if file and not hasattr(file.__init__, "__wrapped__"):
        made = file.__init__

        @functools.wraps(made)
        def init(self, source, *arguments, **options):  # type: ignore[no-untyped-def]
            note(source)
            made(self, source, *arguments, **options)

        file.__init__ = init
    job = getattr(sys.modules.get("__main__"), "snakemake", None)
    if job and KNOWN not in os.environ:
        named = [os.path.relpath(path) for path in (*job.input, *job.output, *job.log)]
        os.environ[KNOWN] = json.dumps([job.rule, named])


def tell() -> None:
    """Append what was opened without being named."""
    if KNOWN in os.environ:
        rule, named = json.loads(os.environ[KNOWN])
        # A folder that is named stands for what lies in it.
        inside = tuple(f"{name}/" for name in named if os.path.isdir(name))
        unnamed = [path for path in opened - set(named) if not path.startswith(inside)]
        with open(os.environ["CRIMESHARE_OPENED"], "a") as file:
            file.write(json.dumps([rule, sorted(unnamed)]) + "\n")


if "CRIMESHARE_OPENED" in os.environ:
    sys.addaudithook(watch)
    atexit.register(tell)
