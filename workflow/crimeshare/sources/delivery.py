"""A file as a source gave it: brought, looked at, and put aside if it is not what it should be.

Whoever looks at a file raises a :class:`Refused`; :func:`inspecting` keeps the file apart, under a
name with its release and hash, with the words of the refusal beside it.  A release is brought and
checked, and only then given its name.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from crimeshare.problems import Problem, Problems
from crimeshare.products import digest
from crimeshare.running import say
from crimeshare.sources.ons_pages import read_edition
from crimeshare.sources.registry import Copy, Release
from crimeshare.sources.source import Missing, Source, command

# What a file of each kind may begin with.  A workbook is read by what it holds, so one that got
# the ending of another format is no worse for that.
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WORKBOOK = (
    (_ZIP, _OLE),
    "a workbook: a zip file, as .xlsx and .ods are, or an OLE file, as .xls is",
)
_SIGNATURES = {
    ".xlsx": _WORKBOOK,
    ".ods": _WORKBOOK,
    ".xls": _WORKBOOK,
    ".zip": ((_ZIP,), "a zip file"),
}
# A server that answers with one of these has sent a page, whatever the address says.
_PAGE_TYPES = {"text/html", "application/xhtml+xml", "application/json"}


@dataclass(frozen=True)
class Delivery:
    """A file brought to the partial folder, whole but not yet checked."""

    release_id: str
    path: Path
    uri: str
    source: Source
    content_type: str
    sha256: str
    bytes: int

    @property
    def described(self) -> str:
        """Size and hash, as a sentence gives them."""
        return f"{self.bytes:,} bytes with sha256 {self.sha256}"


class Refused(Problem, ABC):
    """A delivery is not to be used.

    Attributes:
        folder: where :func:`inspecting` keeps it, below the store.
    """

    folder = "quarantine"

    @abstractmethod
    def told(self, delivery: Delivery, kept: Path) -> list[str]:
        """The sentences for the user, one a line, once the file is kept as `kept`."""


class Rejected(Refused):
    """A delivery is not the file it should be."""

    def __init__(self, *, expected: str, found: str, advice: str) -> None:
        super().__init__(f"expected {expected}, found {found}")
        self._advice = advice

    def told(self, delivery: Delivery, kept: Path) -> list[str]:
        return [
            f"{delivery.release_id}: {delivery.source.name} gave for {delivery.uri} what it should "
            f"not: {self}; kept as {kept}. {self._advice}"
        ]


@contextmanager
def inspecting(delivery: Delivery, store: Path) -> Iterator[None]:
    """Keep a delivery apart if the body refuses it; without a name of its own it does not stay.

    Args:
        store: the folder below which refused files are kept.

    Raises:
        Problems: the words of the body's refusal, with where the file is now.
    """
    try:
        yield
    except Refused as refusal:
        suffix = PurePosixPath(delivery.uri).suffix
        folder = store / refusal.folder
        kept = folder / f"{delivery.release_id}-{delivery.sha256[:12]}{suffix}"
        folder.mkdir(parents=True, exist_ok=True)
        delivery.path.replace(kept)
        sentences = refusal.told(delivery, kept)
        kept.with_name(kept.name + ".txt").write_text(
            "\n".join([*sentences, *_facts(delivery)]) + "\n", encoding="utf-8"
        )
        raise Problems(sentences) from refusal
    finally:
        delivery.path.unlink(missing_ok=True)


def deliver(release: Release, source: Source, partial: Path) -> Delivery:
    """Bring the file of a release into `partial`, unchecked but for its being whole.

    Where the source does not hold the registry's path, the edition's page is asked for the name.

    Raises:
        Missing, Unanswered: see :class:`crimeshare.sources.source.Source`.
    """
    try:
        if not release.file:
            raise Missing(f"The file name of {release.release_id} is not in config/releases.csv.")
        return deliver_file(release.release_id, source, release.path, partial)
    except Missing as missing:
        uri = _address_by_page(release, source, missing)
        say(f"{release.release_id}: {source.name} has it as {uri}, the registry as {release.path}.")
        return deliver_file(release.release_id, source, uri, partial)


def deliver_file(release_id: str, source: Source, uri: str, partial: Path) -> Delivery:
    """Bring the file at `uri` into `partial`; raises as :func:`deliver` does."""
    path = partial / f"{release_id}-{PurePosixPath(uri).name}"
    content_type = source.download(uri, path)
    return Delivery(
        release_id=release_id,
        path=path,
        uri=uri,
        source=source,
        content_type=content_type or "",
        sha256=digest(path),
        bytes=path.stat().st_size,
    )


def check_kind(delivery: Delivery) -> None:
    """Check that a delivery is the kind of file its name says: content type and first bytes.

    Raises:
        Rejected: it is not.
    """
    suffix = PurePosixPath(delivery.uri).suffix.lower()
    signatures, expected = _SIGNATURES.get(suffix, ((b"",), f"a {suffix} file"))
    with delivery.path.open("rb") as file:
        head = file.read(16)
    media_type = delivery.content_type.partition(";")[0].strip().lower()
    if media_type in _PAGE_TYPES:
        found = f"the content type {media_type}"
    elif not head:
        found = "an empty file"
    elif not head.startswith(signatures):
        found = f"{delivery.bytes:,} bytes that begin with {head!r}"
    else:
        return
    raise Rejected(
        expected=expected,
        found=found,
        advice="Open the address in a browser to see what is there now.",
    )


def _address_by_page(release: Release, source: Source, missing: Missing) -> str:
    try:
        edition = read_edition(source, release.edition_uri)
    except Missing as gone:
        raise (missing if release.file else Missing(f"{missing} {gone}")) from None
    suffix = PurePosixPath(release.file).suffix
    names = [
        name
        for name in edition.files
        if name != release.file and (not suffix or name.endswith(suffix))
    ]
    if len(names) != 1:
        listed = ", ".join(edition.files) or "no file"
        raise Missing(
            f"{missing} The page {release.edition_uri} names {listed}; expected one other file "
            f"like {release.file or 'a workbook'}."
        ) from missing
    return f"{release.edition_uri}/{names[0]}"


def _facts(delivery: Delivery) -> list[str]:
    return [
        "",
        f"source: {delivery.source.name}",
        f"address: {delivery.uri}",
        f"content type: {delivery.content_type or 'not given'}",
        f"bytes: {delivery.bytes}",
        f"sha256: {delivery.sha256}",
    ]


def fetch(
    release: Release, source: Source, copies: Sequence[Copy], target: Path, store: Path
) -> Path:
    """Bring the file of a release to `target`, checked against the registry.

    ONS itself may give nothing but the pinned bytes; a mirror may also give a listed copy, and
    then a sentence says so. A `target` that already holds acceptable bytes is left as it is, and
    one that exists is replaced by nothing less.

    Args:
        copies: what config/copies.csv lists for this release.
        store: folder of the partial transfers and of the quarantine, on `target`'s file system.

    Raises:
        Missing, Unanswered: see :class:`crimeshare.sources.source.Source`.
        Problem: no hash to check against.
        Problems: the file is not what the registry says; it is kept in quarantine.
    """
    accepted = {} if source.official else {copy.sha256: copy for copy in copies}
    if not release.pinned and not accepted:
        pin = command("pin_release", source, release=release.release_id)
        raise Problem(
            f"{release.release_id} is not pinned, so what {source.name} holds could not be "
            f"checked; {pin} pins it, and source=embedded builds from the shipped figures."
        )
    hashes = {release.sha256, *accepted} - {""}
    if target.is_file() and digest(target) in hashes:
        return target
    delivery = deliver(release, source, store / ".partial")
    with inspecting(delivery, store):
        check_kind(delivery)
        if delivery.sha256 not in hashes:
            raise Rejected(
                expected=_expected(release, list(accepted.values())),
                found=delivery.described,
                advice=_advice(release, source),
            )
        if copy := accepted.get(delivery.sha256):
            say(
                f"{release.release_id}: {source.name} holds a listed copy, not "
                f"{release.publisher.short}'s file. {copy.note}"
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        delivery.path.replace(target)
    return target


def _advice(release: Release, source: Source) -> str:
    if release.publisher.landing:
        return f"It may have been re-issued: look at {release.page_url}."
    if source.official:
        return f"ONS may have re-issued it: {command('check_releases', source)} tells."
    return "If the mirror's copy is to be trusted, list it in config/copies.csv."


def _expected(release: Release, copies: Sequence[Copy]) -> str:
    sizes = [(release.bytes, release.sha256)] if release.pinned else []
    sizes += [(copy.bytes, copy.sha256) for copy in copies]
    return " or ".join(
        f"{f'{size:,} bytes' if size else 'the file'} with sha256 {sha256}"
        for size, sha256 in sizes
    )
