"""A release is fetched whole and right from a real server, or not at all."""

import hashlib
import socket
import sys
import threading
import time
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest
import yaml

from crimeshare.configuration import read_configuration
from crimeshare.problems import Problem
from crimeshare.sources.deadline import Attempt
from crimeshare.sources.delivery import fetch
from crimeshare.sources.open_source import MirrorFolder, open_source
from crimeshare.sources.registry import Copy, Release
from crimeshare.sources.source import Missing, Unanswered
from crimeshare.sources.website import Website
from tests.faults.conftest import EDITION, FILE, WORKBOOK, Client, registered, write_page
from tests.loopback import Fault, Loopback

CUT = 100_000


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


class TestTheGoodCase:
    def test_the_file_arrives_under_its_name_and_nothing_else_stays(
        self, client: Client, server: Loopback, release: Release, store: Path, target: Path
    ) -> None:
        assert fetch(release, client.website, [], target, store) == target
        assert target.read_bytes() == WORKBOOK
        assert files(store) == ["tables.xlsx"]
        assert [request.uri for request in server.requests] == [FILE]
        assert client.waits == []

    def test_every_request_says_who_asks_and_takes_bytes_as_stored(
        self, client: Client, server: Loopback, release: Release, store: Path, target: Path
    ) -> None:
        fetch(release, client.website, [], target, store)
        headers = server.requests[0].headers
        assert headers["user-agent"].startswith("crimeshare/")
        assert "someone@example.org" in headers["user-agent"]
        assert headers["accept-encoding"] == "identity"

    def test_a_good_file_is_not_asked_for_again(
        self, client: Client, server: Loopback, release: Release, store: Path, target: Path
    ) -> None:
        target.parent.mkdir(parents=True)
        target.write_bytes(WORKBOOK)
        fetch(release, client.website, [], target, store)
        assert server.requests == []

    def test_a_redirect_within_the_host_is_followed(
        self, client: Client, server: Loopback, release: Release, store: Path, target: Path
    ) -> None:
        server.fail("/elsewhere.xlsx", Fault(headers={"Location": f"/file?uri={FILE}"}, status=302))
        moved = registered(WORKBOOK, path="/elsewhere.xlsx")
        fetch(moved, client.website, [], target, store)
        assert target.read_bytes() == WORKBOOK


class TestTheServerRefuses:
    def test_404_without_another_name_on_the_page(
        self, client: Client, server: Loopback, release: Release, store: Path, target: Path
    ) -> None:
        server.fail(FILE, Fault(status=404))
        with pytest.raises(Missing, match=r"404.*names tables\.xlsx; expected one other file"):
            fetch(release, client.website, [], target, store)
        assert not target.exists()
        assert client.waits == []

    def test_404_where_the_edition_page_knows_the_name(
        self,
        client: Client,
        store: Path,
        target: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        ours = registered(WORKBOOK, path=f"{EDITION}/nameofours.xlsx")
        fetch(ours, client.website, [], target, store)
        assert target.read_bytes() == WORKBOOK
        assert f"{FILE}, the registry as {EDITION}/nameofours.xlsx" in capsys.readouterr().err

    def test_the_name_of_the_page_does_not_vouch_for_the_bytes(
        self, client: Client, store: Path, target: Path
    ) -> None:
        ours = registered(b"PK\x03\x04 others", path=f"{EDITION}/nameofours.xlsx")
        with pytest.raises(Problem, match="with sha256"):
            fetch(ours, client.website, [], target, store)
        assert not target.exists()

    def test_403_says_what_to_do_and_is_asked_once(
        self, client: Client, server: Loopback, release: Release, store: Path, target: Path
    ) -> None:
        server.fail(FILE, Fault(status=403))
        with pytest.raises(Unanswered, match=r"403.*`contact`"):
            fetch(release, client.website, [], target, store)
        assert len(server.asked(FILE)) == 1

    def test_429_waits_as_long_as_it_is_told(
        self, client: Client, server: Loopback, release: Release, store: Path, target: Path
    ) -> None:
        server.fail(FILE, Fault(status=429, headers={"Retry-After": "7"}))
        fetch(release, client.website, [], target, store)
        assert client.waits == [7.0]
        assert target.read_bytes() == WORKBOOK

    def test_429_with_a_moment_instead_of_seconds(
        self, client: Client, server: Loopback, release: Release, store: Path, target: Path
    ) -> None:
        moment = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
        server.fail(FILE, Fault(status=429, headers={"Retry-After": moment}))
        fetch(release, client.website, [], target, store)
        assert 50 < client.waits[0] <= 60

    def test_429_with_words_falls_back_on_the_own_wait(
        self, client: Client, server: Loopback, release: Release, store: Path, target: Path
    ) -> None:
        server.fail(FILE, Fault(status=429, headers={"Retry-After": "a while"}))
        fetch(release, client.website, [], target, store)
        assert 1 <= client.waits[0] <= 2

    def test_429_with_an_hour_is_not_waited_for(
        self, client: Client, server: Loopback, release: Release, store: Path, target: Path
    ) -> None:
        server.fail(FILE, Fault(status=429, headers={"Retry-After": "3600"}))
        with pytest.raises(Unanswered, match="left alone for 3600 s"):
            fetch(release, client.website, [], target, store)
        assert client.waits == []

    def test_5xx_then_right_waits_longer_each_time(
        self, client: Client, server: Loopback, release: Release, store: Path, target: Path
    ) -> None:
        server.fail(FILE, Fault(status=500), Fault(status=502), Fault(status=503))
        fetch(release, client.website, [], target, store)
        assert target.read_bytes() == WORKBOOK
        assert len(client.waits) == 3
        assert client.waits == sorted(client.waits)
        assert client.waits[0] >= 1

    def test_5xx_for_ever_gives_up_in_one_sentence(
        self, client: Client, server: Loopback, release: Release, store: Path, target: Path
    ) -> None:
        server.fail(FILE, Fault(status=503), times=50)
        with pytest.raises(Unanswered, match="answered 503, 5 times in a row; try again later"):
            fetch(release, client.website, [], target, store)
        assert len(server.asked(FILE)) == 5
        assert len(client.waits) == 4
        assert not target.exists()

    def test_nobody_listens(
        self, release: Release, store: Path, target: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        waits: list[float] = []
        website = Website(
            "http://127.0.0.1:9", contact="a@b.org", max_bytes=1000, sleep=waits.append
        )
        for _ in range(2):
            with pytest.raises(Unanswered, match="could not be reached"):
                fetch(release, website, [], target, store)
        assert len(waits) == 1  # once and for all
        assert capsys.readouterr().err == ""

    def test_a_name_that_is_looked_up_without_end_is_given_up_within_ten_seconds(
        self, release: Release, store: Path, target: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        found = threading.Event()
        monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: found.wait(30))
        website = Website("http://mirror.test", contact="a@b.org", max_bytes=1000)
        began = time.monotonic()
        with pytest.raises(Unanswered, match=r"http://mirror\.test could not be reached; look"):
            fetch(release, website, [], target, store)
        assert time.monotonic() - began < 10
        found.set()

    @pytest.mark.parametrize(("pace", "came"), [(0.02, "nothing"), (0.001, r"\d+ bytes")])
    def test_a_server_that_trickles_is_given_up(
        self, pace: float, came: str, server: Loopback, release: Release, store: Path, target: Path
    ) -> None:
        """A byte from time to time is never silence: in the headers, then in the body."""
        website = Website(
            server.url,
            contact="a@b.org",
            max_bytes=10**6,
            timeout=0.3,
            seconds=0.3,
        )
        server.fail(FILE, Fault(pace=pace), times=5)
        server.fail(EDITION, Fault(pace=pace), times=5)
        began = time.monotonic()
        with pytest.raises(Unanswered, match=f"its whole answer within 0 s: {came} came"):
            fetch(release, website, [], target, store)
        with pytest.raises(Unanswered, match="did not give its whole answer"):
            website.page(EDITION)
        assert time.monotonic() - began < 3
        assert not target.exists()
        assert len(server.requests) == 2

    def test_silence_counts_as_a_failed_attempt(
        self, client: Client, server: Loopback, release: Release, store: Path, target: Path
    ) -> None:
        server.fail(FILE, Fault(delay=5))
        fetch(release, client.website, [], target, store)
        assert len(server.asked(FILE)) == 2

    def test_silence_for_ever(
        self, client: Client, server: Loopback, release: Release, store: Path, target: Path
    ) -> None:
        server.fail(FILE, Fault(delay=5), times=50)
        with pytest.raises(Unanswered, match="did not answer in time, 2 times in a row"):
            fetch(release, client.website, [], target, store)
        assert len(server.asked(FILE)) == 2

    @pytest.mark.parametrize(
        ("size", "seconds"), [(30_000, 60), (3_000_000, 150), (80_000_000, 300), (None, 60)]
    )
    def test_a_file_is_waited_for_as_long_as_its_size_takes(
        self, size: int | None, seconds: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        allowed = []
        monkeypatch.setattr(Attempt, "allow", lambda _, seconds: allowed.append(seconds))
        website = Website("http://mirror.test", contact="a@b.org", max_bytes=90_000_000)
        headers = {} if size is None else {"Content-Length": str(size)}
        answer = httpx.Response(200, headers=headers, stream=httpx.ByteStream(b"PK"))
        answer.request = httpx.Request("GET", "http://mirror.test")
        monkeypatch.setattr(website, "_answer", lambda *_: nullcontext(answer))
        website.download(FILE, tmp_path / "tables.xlsx")
        assert set(allowed) == {seconds}


class TestTransfersThatBreak:
    def test_goes_on_where_it_broke(
        self, client: Client, server: Loopback, release: Release, store: Path, target: Path
    ) -> None:
        server.fail(FILE, Fault(cut_after=CUT))
        fetch(release, client.website, [], target, store)
        first, second = server.asked(FILE)
        assert "range" not in first.headers
        held = int(second.headers["range"].removeprefix("bytes=").removesuffix("-"))
        assert 0 < held <= CUT
        assert second.headers["if-range"].startswith('"')
        assert target.read_bytes() == WORKBOOK
        assert files(store) == ["tables.xlsx"]

    def test_a_server_that_ignores_ranges_sends_it_whole(
        self, client: Client, server: Loopback, release: Release, store: Path, target: Path
    ) -> None:
        server.fail(FILE, Fault(cut_after=CUT), Fault(ignore_range=True))
        fetch(release, client.website, [], target, store)
        assert target.read_bytes() == WORKBOOK

    def test_without_a_validator_it_starts_afresh(
        self, client: Client, server: Loopback, release: Release, store: Path, target: Path
    ) -> None:
        server.fail(FILE, Fault(cut_after=CUT, without_validator=True))
        fetch(release, client.website, [], target, store)
        assert "range" not in server.asked(FILE)[1].headers
        assert target.read_bytes() == WORKBOOK

    def test_a_weak_validator_is_none(
        self, client: Client, server: Loopback, release: Release, store: Path, target: Path
    ) -> None:
        server.fail(FILE, Fault(cut_after=CUT, headers={"ETag": 'W/"x"'}))
        fetch(release, client.website, [], target, store)
        assert "range" not in server.asked(FILE)[1].headers

    def test_a_wrong_part_starts_afresh(
        self, client: Client, server: Loopback, release: Release, store: Path, target: Path
    ) -> None:
        wrong = Fault(headers={"Content-Range": f"bytes 5-{len(WORKBOOK) - 1}/{len(WORKBOOK)}"})
        server.fail(FILE, Fault(cut_after=CUT), wrong)
        fetch(release, client.website, [], target, store)
        assert "range" not in server.asked(FILE)[2].headers
        assert target.read_bytes() == WORKBOOK

    def interrupted(self, server: Loopback, release: Release, store: Path, target: Path) -> int:
        """Break a transfer off, interrupt the wait that follows, return the bytes on disk."""

        def interrupt(seconds: float) -> None:
            raise KeyboardInterrupt

        website = Website(server.url, contact="a@b.org", max_bytes=1_000_000, sleep=interrupt)
        server.fail(FILE, Fault(cut_after=CUT))
        with pytest.raises(KeyboardInterrupt):
            fetch(release, website, [], target, store)
        assert not target.exists()
        return (store / ".partial" / "pfa-2024-12-tables.xlsx").stat().st_size

    def test_an_interrupted_run_resumes(
        self, client: Client, server: Loopback, release: Release, store: Path, target: Path
    ) -> None:
        held = self.interrupted(server, release, store, target)
        fetch(release, client.website, [], target, store)
        assert server.asked(FILE)[-1].headers["range"] == f"bytes={held}-"
        assert target.read_bytes() == WORKBOOK

    def test_bytes_that_changed_meanwhile_are_not_joined(
        self, client: Client, server: Loopback, tree: Path, store: Path, target: Path
    ) -> None:
        renewed = b"PK\x03\x04 renewed" * 20_000
        self.interrupted(server, registered(renewed), store, target)
        (tree / FILE.lstrip("/")).write_bytes(renewed)
        fetch(registered(renewed), client.website, [], target, store)
        assert "range" in server.asked(FILE)[-1].headers
        assert target.read_bytes() == renewed

    def test_a_part_that_is_already_whole_starts_afresh(
        self, client: Client, server: Loopback, release: Release, store: Path, target: Path
    ) -> None:
        partial = store / ".partial"
        partial.mkdir(parents=True)
        (partial / "pfa-2024-12-tables.xlsx").write_bytes(WORKBOOK)
        (partial / "pfa-2024-12-tables.xlsx.validator").write_text(
            f'"{sha256(WORKBOOK)[:16]}"', encoding="ascii"
        )
        fetch(release, client.website, [], target, store)
        assert target.read_bytes() == WORKBOOK


class TestFilesThatAreWrong:
    @pytest.mark.parametrize(
        ("fault", "found"),
        [
            (
                Fault(body=b"<!DOCTYPE html>", headers={"Content-Type": "text/html; charset=x"}),
                "expected a workbook: a zip file, as .xlsx and .ods are, or an OLE file, as .xls "
                "is, found the content type text/html",
            ),
            (Fault(body=b"<!DOCTYPE html>"), "found 15 bytes that begin with b'<!DOCTYPE html>'"),
            (Fault(body=b""), "found an empty file"),
            (Fault(body=b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old"), "found 12 bytes with sha256"),
            (
                Fault(body=b"PK\x03\x04 other bytes"),
                f"expected 204,804 bytes with sha256 {sha256(WORKBOOK)}, found 16 bytes with "
                f"sha256 {sha256(b'PK' + bytes([3, 4]) + b' other bytes')}",
            ),
            (
                Fault(cut_after=CUT, without_length=True),
                f"found 100,000 bytes with sha256 {sha256(WORKBOOK[:CUT])}",
            ),
        ],
        ids=["page", "page as workbook", "empty", "old format", "other bytes", "short"],
    )
    def test_goes_to_quarantine_with_expected_and_found(
        self,
        fault: Fault,
        found: str,
        client: Client,
        server: Loopback,
        release: Release,
        store: Path,
        target: Path,
    ) -> None:
        target.parent.mkdir(parents=True)
        target.write_bytes(b"what was there before")
        server.fail(FILE, fault)
        with pytest.raises(Problem) as caught:
            fetch(release, client.website, [], target, store)
        content = (fault.body if fault.body is not None else WORKBOOK)[: fault.cut_after]
        kept = store / "quarantine" / f"pfa-2024-12-{sha256(content)[:12]}.xlsx"
        assert found in str(caught.value)
        assert f"kept as {kept}" in str(caught.value)
        assert kept.read_bytes() == content
        assert str(caught.value) in kept.with_name(kept.name + ".txt").read_text(encoding="utf-8")
        assert target.read_bytes() == b"what was there before"
        assert files(store / ".partial") == []

    @pytest.mark.parametrize("name", ["old.xls", "misnamed.xlsx", "LOUD.XLSX"])
    def test_a_workbook_may_be_zip_or_ole_whatever_its_name_ends_in(
        self, name: str, client: Client, server: Loopback, tree: Path, store: Path, target: Path
    ) -> None:
        old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 500
        (tree / EDITION.lstrip("/") / name).write_bytes(old)
        fetch(registered(old, f"{EDITION}/{name}"), client.website, [], target, store)
        assert target.read_bytes() == old
        target.unlink()
        server.fail(f"{EDITION}/{name}", Fault(body=b"%PDF-1.7 and so on"))
        with pytest.raises(Problem, match="expected a workbook: a zip file"):
            fetch(registered(old, f"{EDITION}/{name}"), client.website, [], target, store)

    @pytest.mark.parametrize("without_length", [False, True])
    def test_too_large_is_given_up_before_it_is_stored(
        self,
        without_length: bool,
        client: Client,
        server: Loopback,
        release: Release,
        store: Path,
        target: Path,
    ) -> None:
        server.fail(FILE, Fault(body=bytes(3_000_000), without_length=without_length))
        with pytest.raises(Unanswered, match=r"above the limit of 1,000,000.*`max_bytes`"):
            fetch(release, client.website, [], target, store)
        assert files(store) == []
        assert len(server.asked(FILE)) == 1


class TestHosts:
    def test_a_redirect_to_a_foreign_host_is_not_followed(
        self, client: Client, server: Loopback, release: Release, store: Path, target: Path
    ) -> None:
        with Loopback(target.parent) as foreign:
            location = f"{foreign.url}/file?uri={FILE}"
            server.fail(FILE, Fault(status=302, headers={"Location": location}))
            with pytest.raises(Unanswered, match=f"{foreign.host}.*only hosts allowed"):
                fetch(release, client.website, [], target, store)
            assert foreign.requests == []

    def test_a_redirect_in_circles_ends(
        self, client: Client, server: Loopback, release: Release, store: Path, target: Path
    ) -> None:
        circle = Fault(status=301, headers={"Location": f"/file?uri={FILE}"})
        server.fail(FILE, circle, times=50)
        with pytest.raises(Unanswered, match="redirected more than 5 times"):
            fetch(release, client.website, [], target, store)
        assert len(server.asked(FILE)) == 6

    @pytest.mark.parametrize("location", ["ftp://127.0.0.1/a", "file:///etc/passwd"])
    def test_a_redirect_out_of_the_web_is_not_followed(
        self,
        location: str,
        client: Client,
        server: Loopback,
        release: Release,
        store: Path,
        target: Path,
    ) -> None:
        server.fail(FILE, Fault(status=302, headers={"Location": location}))
        with pytest.raises(Unanswered, match="is not https"):
            fetch(release, client.website, [], target, store)

    @pytest.mark.parametrize(
        ("location", "refusal"),
        [
            ("http://www.ons.gov.uk/x", "is not https"),
            ("https://www.ons.gov.uk.example.org/x", "only hosts allowed are www.ons.gov.uk"),
            ("https://www.ons.gov.uk:8443/x", "only hosts allowed are www.ons.gov.uk"),
            ("https://www.ons.gov.uk@example.org/x", "only hosts allowed are www.ons.gov.uk"),
        ],
    )
    def test_ons_is_asked_over_https_on_its_own_host_only(
        self,
        location: str,
        refusal: str,
        root: Path,
        release: Release,
        store: Path,
        target: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        asked: list[str] = []

        def answer(transport: object, request: httpx.Request) -> httpx.Response:
            asked.append(str(request.url))
            return httpx.Response(302, headers={"Location": location}, request=request)

        monkeypatch.setattr(httpx.HTTPTransport, "handle_request", answer)
        values = yaml.safe_load((root / "config" / "config.yaml").read_text(encoding="utf-8"))
        ons = open_source(read_configuration({**values, "source": "ons"}))
        with pytest.raises(Unanswered, match=refusal):
            fetch(release, ons, [], target, store)
        assert asked == [f"https://www.ons.gov.uk/file?uri={FILE}"]


class TestPinsAndCopies:
    COPY = Copy("pfa-2024-12", sha256(WORKBOOK), len(WORKBOOK), "Re-saved by somebody.")

    def official(self, server: Loopback) -> Website:
        return Website(server.url, contact="a@b.org", max_bytes=1_000_000, official=True)

    def test_an_unpinned_release_is_not_asked_for(
        self, client: Client, server: Loopback, store: Path, target: Path
    ) -> None:
        with pytest.raises(
            Problem, match=r"is not pinned.*pin_release --config source=http:\S+ release=pfa"
        ):
            fetch(registered(None), client.website, [], target, store)
        assert server.requests == []

    def test_a_mirror_may_hold_a_listed_copy_and_the_run_says_so(
        self, client: Client, store: Path, target: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        fetch(registered(None), client.website, [self.COPY], target, store)
        assert target.read_bytes() == WORKBOOK
        assert (
            "holds a listed copy, not ONS's file. Re-saved by somebody" in capsys.readouterr().err
        )

    def test_ons_itself_may_not(self, server: Loopback, store: Path, target: Path) -> None:
        with pytest.raises(Problem, match="is not pinned"):
            fetch(registered(None), self.official(server), [self.COPY], target, store)
        ons = b"PK\x03\x04 what ONS has"
        with pytest.raises(Problem, match=f"expected 17 bytes with sha256 {sha256(ons)}, found"):
            fetch(registered(ons), self.official(server), [self.COPY], target, store)
        assert not target.exists()

    def test_a_copy_at_hand_does_not_pass_for_the_file_of_ons(
        self, server: Loopback, tree: Path, store: Path, target: Path
    ) -> None:
        target.parent.mkdir(parents=True)
        target.write_bytes(WORKBOOK)
        ons = b"PK\x03\x04 what ONS has"
        (tree / FILE.lstrip("/")).write_bytes(ons)
        fetch(registered(ons), self.official(server), [self.COPY], target, store)
        assert target.read_bytes() == ons


class TestFolders:
    def test_a_folder_gives_what_the_server_gives(
        self, tree: Path, release: Release, store: Path, target: Path
    ) -> None:
        fetch(release, MirrorFolder(tree, max_bytes=1_000_000), [], target, store)
        assert target.read_bytes() == WORKBOOK

    def test_what_it_does_not_hold_is_named(
        self, tree: Path, release: Release, store: Path, target: Path
    ) -> None:
        (tree / FILE.lstrip("/")).unlink()
        with pytest.raises(Missing, match=f"does not hold {FILE}"):
            fetch(release, MirrorFolder(tree, max_bytes=1_000_000), [], target, store)

    def test_what_is_too_large_is_named(
        self, tree: Path, release: Release, store: Path, target: Path
    ) -> None:
        with pytest.raises(Unanswered, match="204,804 bytes, above the limit of 1,000"):
            fetch(release, MirrorFolder(tree, max_bytes=1000), [], target, store)

    def test_nothing_outside_it_is_read(self, tree: Path, store: Path) -> None:
        (tree.parent / "secret.xlsx").write_bytes(WORKBOOK)
        with pytest.raises(Unanswered, match="leads out of"):
            MirrorFolder(tree, max_bytes=1_000_000).download("/../secret.xlsx", store / "x")

    @pytest.mark.parametrize("body", ["<html>", "[]"])
    def test_a_page_that_is_no_object(self, body: str, tree: Path) -> None:
        write_page(tree, EDITION, body)
        with pytest.raises(Unanswered, match=r"data\.json (is not JSON|holds a list)"):
            MirrorFolder(tree, max_bytes=1000).page(EDITION)


class TestProgress:
    def test_plain_lines_where_nobody_watches(
        self, server: Loopback, tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tree / "large.zip").write_bytes(bytes(11_000_000))
        website = Website(server.url, contact="a@b.org", max_bytes=20_000_000)
        website.download("/large.zip", tmp_path / "large.zip")
        lines = capsys.readouterr().err.splitlines()
        assert lines[0] == "crimeshare: large.zip: from byte 0 of 11,000,000"
        assert len(lines) == 4
        assert lines[-1] == "crimeshare: large.zip: 11,000,000 of 11,000,000 bytes, complete"

    def test_a_bar_in_a_terminal(
        self,
        client: Client,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
        client.website.download(FILE, tmp_path / "tables.xlsx")
        shown = capsys.readouterr().err
        assert "tables.xlsx" in shown
        assert "\r" in shown
        assert "from byte" not in shown
