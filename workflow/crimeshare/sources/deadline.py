"""Wait for an answer no longer than so many seconds, whatever it is that does not come.

A timeout of a socket counts the silence between two bytes, so a server that sends one byte every
two seconds, or a name that is looked up without end, is waited for all night.  So each question is
asked on a thread of its own, which is left alone once its time is over.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Generic, NoReturn, TypeVar

T = TypeVar("T")


class Unreached(Exception):
    """There was no connection in time: no network, or nobody at that address."""


class TooSlow(Exception):
    """There was a connection, but not the whole answer in time."""


@dataclass
class Patience:
    """How long one question is waited for, however often it is asked.

    Attributes:
        seconds: until there must be a whole answer, all attempts together.
        spent: the seconds waited already.
        came: how much of the answer is there, in words; empty where none is.
    """

    seconds: float
    spent: float = 0.0
    came: str = ""


class Attempt(Generic[T]):
    """One question while it is asked; shared by the thread that asks and the one that waits."""

    def __init__(self, patience: Patience) -> None:
        self.patience = patience
        self._events: queue.SimpleQueue[Callable[[], T] | None] = queue.SimpleQueue()
        self._over = threading.Event()

    @property
    def over(self) -> bool:
        """Whether nobody waits for the answer any more, so that nothing is to be written."""
        return self._over.is_set()

    def trace(self, event: str, info: object) -> None:
        """Note that there is a connection, as httpx tells its extension `trace`."""
        if event in ("connection.connect_tcp.complete", "http11.send_request_headers.started"):
            self._events.put(None)

    def allow(self, seconds: float) -> None:
        """Have the whole answer waited for so long, now that it is known how much it is."""
        self.patience.seconds = seconds
        self._events.put(None)

    def ask(self, ask: Callable[[Attempt[T]], T]) -> None:
        """Ask, and hand over what came of it."""
        try:
            answer = ask(self)
        except BaseException as error:
            self._events.put(partial(_raise, error))
        else:
            self._events.put(lambda: answer)

    def wait(self, reach: float) -> T:
        """Return the answer, or raise what asking raised; see :func:`within`."""
        began = time.monotonic() - self.patience.spent
        limit = min(reach, self.patience.seconds - self.patience.spent)
        lacking: Exception = Unreached()
        try:
            while (outcome := self._events.get(timeout=max(limit, 0))) is None:
                limit, lacking = began + self.patience.seconds - time.monotonic(), TooSlow()
        except queue.Empty:
            raise lacking from None
        finally:
            self.patience.spent = time.monotonic() - began
            self._over.set()
        return outcome()


def within(ask: Callable[[Attempt[T]], T], reach: float, patience: Patience) -> T:
    """Call `ask` and return what it returns, or raise what it raises.

    Args:
        ask: asks; it is given the attempt, for its trace and to see whether it is over.
        reach: seconds until there must be a connection.
        patience: how long a whole answer is waited for; what was waited is added to it.

    Raises:
        Unreached, TooSlow: the time is over.
    """
    attempt: Attempt[T] = Attempt(patience)
    # A daemon, so that the process can end while a name is still being looked up.
    threading.Thread(target=attempt.ask, args=(ask,), daemon=True).start()
    return attempt.wait(reach)


def _raise(error: BaseException) -> NoReturn:
    raise error
