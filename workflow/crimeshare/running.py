"""How every script of the workflow runs: what is on the screen, in the log and on the disk."""

import atexit
import gc
import glob
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn

import psutil

from crimeshare import products
from crimeshare.problems import Problem, explained, shown

logger = logging.getLogger(__name__)

# What is left when a program ends goes with its memory: Python would search all of it for garbage
# first, which takes a step as long as a fifth of its imports.
atexit.register(gc.freeze)


class _Log(logging.FileHandler):
    """A log that a full disk cuts short, without a traceback on the screen."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Leave it to the sentence on the screen to say what is wrong."""

    def close(self) -> None:
        with suppress(OSError):
            super().close()


@contextmanager
def starting() -> Iterator[None]:
    """Run what comes before any step: what is wrong ends the run with sentences alone.

    Raises:
        SystemExit: with the sentences of a :class:`Problem`, or a name for what nobody foresaw.
    """
    try:
        yield
    except Problem as problem:
        said = str(problem)
    except OSError as error:
        said = str(explained(error))
    except Exception as error:
        said = (
            f"an error nobody foresaw, {type(error).__name__}: {shown(error)}; look at what was "
            "changed last in config/, and report it if that is right."
        )
    else:
        return
    raise SystemExit("\n".join(f"crimeshare: {sentence}" for sentence in said.splitlines()))


@contextmanager
def running(snakemake: Any) -> Iterator[None]:
    """Run a script's body: logging and tracebacks go to the rule's log, sentences to the screen.

    Args:
        snakemake: the object that Snakemake gives a script; its first log file is used.

    Raises:
        SystemExit: with status 1, after a :class:`Problem` was printed or an unexpected error
            was named together with the log that holds its traceback.
    """
    log = Path(snakemake.log[0])
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        handler = _Log(log, mode="w", encoding="utf-8")
    except OSError as error:
        _fail(str(explained(error)))
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    products.forget(snakemake.log[0])
    try:
        for path in snakemake.input:
            products.require_whole(path)
        yield
        products.note(snakemake.log[0], snakemake.output)
    except Problem as problem:
        logger.exception("refused")
        _fail(str(problem))
    except OSError as error:
        logger.exception("refused by the system")
        _fail(str(explained(error)))
    except MemoryError:
        logger.exception("out of memory")
        _fail(f"{snakemake.rule}: there is not enough memory; run it with fewer --cores.")
    except Exception as error:
        logger.exception("failed unexpectedly")
        _fail(
            f"{snakemake.rule} met an error nobody foresaw ({type(error).__name__}); "
            f"the traceback is in {log}."
        )
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        handler.close()


def say(sentence: str) -> None:
    """Tell the user something that is not a failure, on the screen and in the log."""
    logger.info(sentence)
    print(f"crimeshare: {sentence}", file=sys.stderr, flush=True)


@contextmanager
def replacing(path: Path | str) -> Iterator[Path]:
    """Yield a temporary path beside `path`, and put it in place only once the body succeeded.

    The temporary name keeps the suffix, since writers choose a format by it. A body that raises
    leaves `path` as it was.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    _clear_leftovers(target)
    temporary = target.with_name(f".{os.getpid()}-{target.name}")
    try:
        yield temporary
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def write_file(path: Path | str, content: str | bytes) -> None:
    """Write a file as :func:`replacing` does, text in UTF-8."""
    with replacing(path) as target:
        target.write_bytes(content.encode() if isinstance(content, str) else content)


@contextmanager
def shipping(path: Path) -> Iterator[Path]:
    """As :func:`replacing`, of figures that are shipped: their hash is kept beside them."""
    with replacing(path) as target, replacing(path.with_name(products.HASHES)) as hashes:
        yield target
        hashes.write_text(products.hashes_with(path, target), encoding="utf-8")


def _clear_leftovers(target: Path) -> None:
    for path in target.parent.glob(f".*-{glob.escape(target.name)}"):
        pid = path.name[1:].partition("-")[0]
        if pid.isdecimal() and not psutil.pid_exists(int(pid)):
            path.unlink(missing_ok=True)


def _fail(sentences: str) -> NoReturn:
    for sentence in sentences.splitlines():
        print(f"crimeshare: {sentence}", file=sys.stderr, flush=True)
    raise SystemExit(1)
