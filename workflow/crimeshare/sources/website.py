"""A client for ons.gov.uk, and for any mirror that answers as it does: `/X/data` is the JSON of a
page, `/file?uri=/X/name.xlsx` a file.

It asks only the hosts it was given, redirects included, says who it is, waits when told to, goes
on with a transfer that broke, and never reads more than it was allowed to.
"""

import re
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from pathlib import Path
from time import sleep as real_sleep
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
import tenacity
from tqdm import tqdm

from crimeshare.problems import Problem
from crimeshare.running import say
from crimeshare.sources.deadline import Attempt, Patience, TooSlow, Unreached, within
from crimeshare.sources.source import Missing, Source, Unanswered, command
from crimeshare.texts import parse_json

T = TypeVar("T")

_ATTEMPTS = 5
_SILENT = 2  # attempts that end in silence, or without a connection at all
_SLOWEST = 20_000  # bytes a second; a file that comes more slowly is not waited for
_LONGEST = 300.0  # seconds that the largest file is waited for
_REDIRECTS = 5
_LONGEST_WAIT = 120.0  # seconds; a server that wants more is left alone
_PAGE_BYTES = 5_000_000
_CHUNK = 65_536
_LINE_EVERY = 5_000_000  # bytes between two plain lines of progress
_TRY_AGAIN = {408, 425, 429, 500, 502, 503, 504}


_NO_CONNECTION = (httpx.ConnectError, httpx.ConnectTimeout, Unreached)


class _Unready(Exception):
    """The server may well answer if asked again, after `wait` seconds if it said so."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


class Website:
    """ons.gov.uk or a mirror's address; see :class:`crimeshare.sources.source.Source`.

    Args:
        base: address that pages and files lie below. Plain http is asked only if `base` is http.
        contact: e-mail or web address for the User-Agent.
        max_bytes: most that one file may weigh.
        hosts: the only hosts that are asked; by default that of `base`.
        official: whether this is the publisher itself.
        by_path: whether a file lies at its path, as on a plain file server, and not behind
            `/file?uri=`, as on ons.gov.uk.
        page_suffix: what stands behind a page's path where its data is asked for.
        timeout: seconds of silence after which an attempt counts as failed.
        reach: seconds after which an attempt without a connection counts as failed.
        seconds: most that asking for one page, or for a file that is not known to be larger than
            comes in that time, may take, all attempts together.
        sleep: called with the seconds to wait between two attempts.
    """

    def __init__(
        self,
        base: str,
        *,
        contact: str,
        max_bytes: int,
        hosts: Collection[str] | None = None,
        official: bool = False,
        by_path: bool = False,
        page_suffix: str = "/data",
        timeout: float = 30.0,
        reach: float = 4.0,
        seconds: float = 60.0,
        sleep: Callable[[float], None] = real_sleep,
    ) -> None:
        self.official = official
        self._by_path = by_path
        self._page_suffix = page_suffix
        self._base = httpx.URL(base.rstrip("/"))
        self._hosts = [_host(self._base)] if hosts is None else hosts
        self.name = _host(self._base)
        self.argument = "ons" if official else str(self._base)
        self._max_bytes = max_bytes
        self._reach = reach
        self._seconds = seconds
        self._sleep = sleep
        self._unreachable = ""
        self._client = httpx.Client(
            headers={
                "User-Agent": f"crimeshare/{version('crimeshare')} (+{contact})",
                # Ranges and sizes are of the bytes as stored, so no compression on the way.
                "Accept-Encoding": "identity",
            },
            timeout=httpx.Timeout(timeout, connect=reach),
        )

    def page(self, uri: str) -> dict[str, Any]:
        url = f"{self._base}{quote(uri)}{self._page_suffix}"
        body, content_type = self._until_answered(
            url, lambda attempt: self._read_page(url, attempt)
        )
        try:
            content = parse_json(body)
        except Problem:
            found = "HTML" if "html" in content_type or body.lstrip()[:1] == b"<" else "other text"
            raise Unanswered(
                f"{url} answered with {found} where the page's JSON was expected; open it in a "
                "browser to see whether the page moved."
            ) from None
        if not isinstance(content, dict):
            raise Unanswered(f"{url} holds a {type(content).__name__}; expected a JSON object.")
        return content

    def download(self, uri: str, destination: Path) -> str | None:
        url = f"{self._base}{'' if self._by_path else '/file?uri='}{quote(uri)}"
        destination.parent.mkdir(parents=True, exist_ok=True)
        return self._until_answered(url, lambda attempt: self._transfer(url, destination, attempt))

    def _read_page(self, url: str, attempt: Attempt[Any]) -> tuple[bytes, str]:
        with self._answer(url, {"Accept": "application/json"}, attempt) as response:
            body = bytearray()
            for chunk in response.iter_bytes(_CHUNK):
                body += chunk
                attempt.patience.came = f"{len(body):,} bytes"
                self._check_size(url, len(body), _PAGE_BYTES)
            return bytes(body), response.headers.get("Content-Type", "")

    def _transfer(self, url: str, destination: Path, attempt: Attempt[Any]) -> str | None:
        """Fetch a file once, from where an earlier transfer of the same bytes broke off."""
        part = _Part(destination)
        with self._answer(url, part.request_headers(), attempt) as response:
            start = part.begin(response)
            length = response.headers.get("Content-Length", "")
            total = start + int(length) if length.isdecimal() else None
            attempt.allow(self._seconds_for(total or 0))
            with (
                destination.open("ab") as file,
                _progress(destination.name, start, total) as advance,
            ):
                size = start
                for chunk in response.iter_raw():
                    if attempt.over:
                        raise TooSlow
                    size += len(chunk)
                    self._check_size(url, max(size, total or 0), self._max_bytes, part)
                    file.write(chunk)
                    advance(len(chunk))
                    attempt.patience.came = f"{size:,}{_of(total)} bytes"
                    if total is None:
                        attempt.allow(self._seconds_for(size))
            part.end()
            content_type: str | None = response.headers.get("Content-Type")
            return content_type

    def _seconds_for(self, size: int) -> float:
        return max(self._seconds, min(size / _SLOWEST, _LONGEST))

    def _check_size(self, url: str, size: int, limit: int, part: "_Part | None" = None) -> None:
        if size > limit:
            if part is not None:
                part.discard()
            raise Unanswered(
                f"{url} has at least {size:,} bytes, above the limit of {limit:,}; if that is as "
                "it should be, raise `max_bytes`."
            )

    @contextmanager
    def _answer(
        self, url: str, headers: Mapping[str, str], attempt: Attempt[Any]
    ) -> Iterator[httpx.Response]:
        """Ask for `url`, follow redirects hop by hop, and yield an answer that is one."""
        hop = httpx.URL(url)
        for _ in range(_REDIRECTS + 1):
            self._check_allowed(hop, url)
            with self._client.stream(
                "GET", hop, headers=dict(headers), extensions={"trace": attempt.trace}
            ) as response:
                if not response.has_redirect_location:
                    _check_status(response, url, self)
                    yield response
                    return
                try:
                    hop = response.url.join(response.headers["Location"])
                except httpx.InvalidURL as error:
                    raise Unanswered(
                        f"{url} redirects to what is no address ({error}); open it in a browser."
                    ) from error
        raise Unanswered(
            f"{url} was redirected more than {_REDIRECTS} times, last to {hop}; open it in a "
            "browser to see where it leads."
        )

    def _check_allowed(self, hop: httpx.URL, url: str) -> None:
        asked = str(hop) if str(hop) == url else f"{hop}, where {url} redirects,"
        if hop.scheme not in {"https", self._base.scheme}:
            raise Unanswered(f"{asked} is not https; nothing else is asked.")
        if _host(hop) not in self._hosts:
            raise Unanswered(
                f"{asked} is on the host {_host(hop)}, which was not asked; the only hosts allowed "
                f"are {', '.join(self._hosts)} (`hosts` in config/config.yaml)."
            )

    def _until_answered(self, url: str, ask: Callable[[Attempt[T]], T]) -> T:
        """Call `ask` until it answers, at most a few times, waiting longer each time.

        One that is silent is asked twice; so is a host that cannot be reached, and then no more:
        not by the next call either.
        """
        if self._unreachable:
            raise Unanswered(self._unreachable)
        backoff = tenacity.wait_exponential_jitter(initial=1, max=60)
        patience = Patience(self._seconds)

        def wait(state: tenacity.RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            told = error.wait if isinstance(error, _Unready) else None
            return backoff(state) if told is None else told

        def tell(state: tenacity.RetryCallState) -> None:
            error = state.outcome.exception() if state.outcome else None
            pause = state.next_action.sleep if state.next_action else 0.0
            if not isinstance(error, _NO_CONNECTION):
                say(f"{url} {_reason(error)}; asking again in {pause:.0f} s.")

        def enough(state: tenacity.RetryCallState) -> bool:
            error = state.outcome.exception() if state.outcome else None
            return state.attempt_number >= (
                _SILENT
                if isinstance(error, (*_NO_CONNECTION, httpx.TimeoutException))
                else _ATTEMPTS
            )

        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type((_Unready, httpx.TransportError, Unreached)),
            stop=enough,
            wait=wait,
            sleep=self._sleep,
            before_sleep=tell,
            reraise=True,
        )
        try:
            answer: T = retrying(within, ask, self._reach, patience)
        except _NO_CONNECTION as error:
            detail = f" ({error})" if str(error) else ""
            self._unreachable = (
                f"{self._base} could not be reached{detail}; look whether this machine is "
                "connected and the address is right, or build from the shipped figures with "
                "source=embedded."
            )
            raise Unanswered(self._unreachable) from error
        except TooSlow:
            raise Unanswered(
                f"{url} did not give its whole answer within {patience.seconds:.0f} s: "
                f"{patience.came or 'nothing'} came; try again later, when what came so far is "
                "gone on from, or build from the shipped figures with source=embedded."
            ) from None
        except (_Unready, httpx.TransportError) as error:
            raise Unanswered(
                f"{url} {_reason(error)}, {retrying.statistics['attempt_number']} times in a row"
                f"{patience.came and f' ({patience.came} came)'}; try again later, or build from "
                "the shipped figures with source=embedded."
            ) from error
        return answer


class _Part:
    """A transfer on disk, beside it the validator that says which bytes it is a part of."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._validator = path.with_name(path.name + ".validator")

    def request_headers(self) -> dict[str, str]:
        """Ask for the rest only if the server still has the bytes that were begun."""
        if self._path.exists() and self._validator.exists():
            return {
                "Range": f"bytes={self._path.stat().st_size}-",
                "If-Range": self._validator.read_text(encoding="ascii"),
            }
        return {}

    def begin(self, response: httpx.Response) -> int:
        """Make ready to append the response's body; return the number of bytes already there."""
        if response.status_code == httpx.codes.PARTIAL_CONTENT:
            start = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
            if start and self._path.exists() and int(start[1]) == self._path.stat().st_size:
                return int(start[1])
        self.discard()
        if response.status_code != httpx.codes.OK:
            raise _Unready("did not go on where the transfer broke off", wait=0)
        self._path.touch()
        # If-Range takes a strong validator only; without one the next attempt starts afresh.
        etag = response.headers.get("ETag", "")
        validator = etag if etag.startswith('"') else response.headers.get("Last-Modified", "")
        if validator.isascii() and validator:
            self._validator.write_text(validator, encoding="ascii")
        return 0

    def end(self) -> None:
        self._validator.unlink(missing_ok=True)

    def discard(self) -> None:
        self._path.unlink(missing_ok=True)
        self._validator.unlink(missing_ok=True)


def _host(url: httpx.URL) -> str:
    return url.netloc.decode("ascii")


def _check_status(response: httpx.Response, url: str, source: Source) -> None:
    status = response.status_code
    if status in {httpx.codes.OK, httpx.codes.PARTIAL_CONTENT}:
        return
    if status == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
        return  # _Part.begin starts afresh
    if status in {httpx.codes.NOT_FOUND, httpx.codes.GONE}:
        raise Missing(
            f"{url} is not there (status {status}); it may have been moved or withdrawn, and "
            f"{command('check_releases', source)} says what the source holds."
        )
    if status in _TRY_AGAIN:
        wait = _retry_after(response.headers.get("Retry-After", ""))
        if wait is not None and wait > _LONGEST_WAIT:
            raise Unanswered(
                f"{url} answered {status} and asks to be left alone for {wait:.0f} s; "
                "try again after that."
            )
        raise _Unready(f"answered {status}", wait)
    if status in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
        raise Unanswered(
            f"{url} refused the request (status {status}); put an address where you can be reached "
            "into `contact`, and open the address in a browser to see whether it is public."
        )
    raise Unanswered(f"{url} answered {status}; expected 200. Open it in a browser to see why.")


def _retry_after(text: str) -> float | None:
    if text.isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _reason(error: BaseException | None) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "did not answer in time"
    if isinstance(error, httpx.RemoteProtocolError):
        return "broke off in the middle of its answer"
    if isinstance(error, httpx.TransportError):
        return f"could not be reached ({error})"
    return str(error)


def _of(total: int | None) -> str:
    return f" of {total:,}" if total else ""


@contextmanager
def _progress(name: str, start: int, total: int | None) -> Iterator[Callable[[int], object]]:
    """Yield what to call with each number of bytes: a bar in a terminal, plain lines elsewhere."""
    if sys.stderr.isatty():
        with tqdm(
            desc=name, initial=start, total=total, unit="B", unit_scale=True, leave=False
        ) as bar:
            yield bar.update
        return

    of_total = _of(total)
    done = start

    def advance(size: int) -> None:
        nonlocal done
        lines = done // _LINE_EVERY
        done += size
        if done // _LINE_EVERY > lines:
            say(f"{name}: {done:,}{of_total} bytes")

    say(f"{name}: from byte {start:,}{of_total}")
    yield advance
    say(f"{name}: {done:,}{of_total} bytes, complete")
