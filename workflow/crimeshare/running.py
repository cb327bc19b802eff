"""How every script of the workflow runs: what is on the screen, in the log and on the disk."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from crimeshare.problems import Problem

logger = logging.getLogger(__name__)


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
    log.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(log, mode="w", encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield
    except Problem as problem:
        logger.exception("refused")
        _fail(str(problem))
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
    temporary = target.with_name(f".{os.getpid()}-{target.name}")
    try:
        yield temporary
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _fail(sentences: str) -> None:
    for sentence in sentences.splitlines():
        print(f"crimeshare: {sentence}", file=sys.stderr, flush=True)
    raise SystemExit(1)
