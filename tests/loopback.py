"""A web server on loopback that answers as ons.gov.uk does, and fails on demand.

It serves a folder with the tree of a mirror: `/X/data` is `X/data.json`, `/file?uri=/X/a.xlsx` is
`X/a.xlsx`, with validators and ranges. Every request is recorded.
"""

import contextlib
import hashlib
import http.server
import itertools
import mimetypes
import re
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Fault:
    """What is wrong with one answer; each part left out is as it should be.

    Attributes:
        status: sent in place of the right one, with a short body.
        headers: sent besides the right ones, or in their place.
        body: sent in place of the file's bytes.
        cut_after: bytes of the body after which the connection is closed.
        ignore_range: whether the whole file is sent though a part was asked for.
        without_validator: whether neither ETag nor Last-Modified is sent.
        without_length: whether Content-Length is left out.
        delay: seconds before the answer begins.
        pace: seconds between one byte and the next, from the first of the status line on.
    """

    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    cut_after: int | None = None
    ignore_range: bool = False
    without_validator: bool = False
    without_length: bool = False
    delay: float = 0.0
    pace: float = 0.0


@dataclass(frozen=True)
class Request:
    """One request as it came in; `uri` is the address below the host on ons.gov.uk."""

    uri: str
    headers: dict[str, str]


class Loopback:
    """A server of `tree` while its `with` statement runs."""

    def __init__(self, tree: Path) -> None:
        self.requests: list[Request] = []
        self._tree = tree
        self._faults: dict[str, list[Fault]] = defaultdict(list)
        self._stopping = threading.Event()
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def fail(self, uri: str, *faults: Fault, times: int = 1) -> None:
        """Answer the next requests for `uri` with these faults, all of them `times` over."""
        self._faults[uri] += list(faults) * times

    def asked(self, uri: str) -> list[Request]:
        """Return the requests for `uri` so far."""
        return [request for request in self.requests if request.uri == uri]

    def __enter__(self) -> "Loopback":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[http.server.BaseHTTPRequestHandler]:
        loopback = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                loopback._answer(self)

            def log_message(self, format: str, *args: object) -> None:
                """Keep the test's own output readable."""

        return Handler

    def _answer(self, handler: http.server.BaseHTTPRequestHandler) -> None:
        uri, path = self._locate(handler.path)
        self.requests.append(Request(uri, {k.lower(): v for k, v in handler.headers.items()}))
        queue = self._faults[uri]
        fault = queue.pop(0) if queue else Fault()
        if fault.delay:
            self._stopping.wait(fault.delay)
        # A client hangs up early where a test makes it do so.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._send(handler, path, fault)

    def _locate(self, target: str) -> tuple[str, Path]:
        parts = urlsplit(target)
        if parts.path == "/file":
            uri = parse_qs(parts.query)["uri"][0]
            return uri, self._tree / uri.lstrip("/")
        uri = parts.path.removesuffix("/data")
        return uri, self._tree / uri.lstrip("/") / "data.json"

    def _send(self, handler: http.server.BaseHTTPRequestHandler, path: Path, fault: Fault) -> None:
        status, headers, body = 404, {"Content-Type": "text/html"}, b"<html>not here</html>"
        if path.is_file():
            status, headers, body = self._file(handler, path, fault)
        if fault.status is not None:
            status, body = fault.status, b"fault"
        if fault.body is not None:
            body = fault.body
        if not fault.without_length:
            headers["Content-Length"] = str(len(body))
        headers |= fault.headers
        if fault.pace:
            self._trickle(handler, fault.pace)
            return
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body if fault.cut_after is None else body[: fault.cut_after])

    def _trickle(self, handler: http.server.BaseHTTPRequestHandler, pace: float) -> None:
        """Send an answer without end, byte by byte."""
        for byte in itertools.chain(b"HTTP/1.0 200 OK\r\n\r\n", itertools.repeat(32)):
            if self._stopping.wait(pace):
                return
            handler.wfile.write(bytes([byte]))

    def _file(
        self, handler: http.server.BaseHTTPRequestHandler, path: Path, fault: Fault
    ) -> tuple[int, dict[str, str], bytes]:
        body = path.read_bytes()
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        headers = {
            "Content-Type": mimetypes.guess_type(path.name)[0] or "application/octet-stream",
            "ETag": etag,
        }
        if fault.without_validator:
            del headers["ETag"]
        wanted = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
        if not wanted or fault.ignore_range or handler.headers.get("If-Range", etag) != etag:
            return 200, headers, body
        start = int(wanted[1])
        if start >= len(body):
            return 416, {"Content-Range": f"bytes */{len(body)}"}, b""
        headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
        return 206, headers, body[start:]
