"""Fetch one release: bring its file, check it, and only then give it its name.

A file that fails a check is kept in quarantine, under a name with its release and hash, together
with a text that says what was expected and what was found.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from crimeshare.problems import Problem
from crimeshare.running import say
from crimeshare.sources.pages import read_edition
from crimeshare.sources.registry import Copy, Release
from crimeshare.sources.source import Missing, Source

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
    source: str
    content_type: str
    sha256: str
    bytes: int


def fetch(
    release: Release, source: Source, copies: Sequence[Copy], target: Path, store: Path
) -> Path:
    """Bring the file of a release to `target`, checked against the registry.

    ONS itself may give nothing but the pinned bytes; a mirror may also give a listed copy, and
    then a sentence says so. A `target` that already holds acceptable bytes is left as it is, and
    one that exists is replaced by nothing less.

    Args:
        release: the row of the registry.
        source: where to ask.
        copies: what config/copies.csv lists for this release.
        target: the path the file is to have.
        store: folder of the partial transfers and of the quarantine, on `target`'s file system.

    Raises:
        Missing, Unanswered: see :class:`crimeshare.sources.source.Source`.
        Problem: no hash to check against, or the file is not what the registry says.
    """
    accepted = {} if source.official else {copy.sha256: copy for copy in copies}
    if not release.pinned and not accepted:
        raise Problem(
            f"{release.release_id} is not pinned, so what {source.name} holds could not be "
            f"checked; snakemake pin_release --config release={release.release_id} pins it, and "
            "source=embedded builds from the shipped figures."
        )
    hashes = {release.sha256, *accepted} - {""}
    if target.is_file() and _sha256(target) in hashes:
        return target
    delivery = deliver(release, source, store / ".partial")
    check_kind(delivery, store / "quarantine")
    if delivery.sha256 not in hashes:
        raise quarantined(
            delivery,
            store / "quarantine",
            expected=_expected(release, list(accepted.values())),
            found=f"{delivery.bytes:,} bytes with sha256 {delivery.sha256}",
            advice=(
                f"It may have been re-issued: look at {release.page_url}."
                if release.publisher.landing
                else "ONS may have re-issued it: snakemake check_releases tells."
                if source.official
                else "If the mirror's copy is to be trusted, list it in config/copies.csv."
            ),
        )
    if copy := accepted.get(delivery.sha256):
        say(
            f"{release.release_id}: {source.name} holds a listed copy, not "
            f"{release.publisher.short}'s file. {copy.note}"
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    delivery.path.replace(target)
    return target


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
        source=source.name,
        content_type=content_type or "",
        sha256=_sha256(path),
        bytes=path.stat().st_size,
    )


def check_kind(delivery: Delivery, quarantine: Path) -> None:
    """Check that a delivery is the kind of file its name says: content type and first bytes.

    Raises:
        Problem: it is not; the file went to `quarantine`.
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
    raise quarantined(
        delivery,
        quarantine,
        expected=expected,
        found=found,
        advice="Open the address in a browser to see what is there now.",
    )


def quarantined(
    delivery: Delivery, quarantine: Path, *, expected: str, found: str, advice: str
) -> Problem:
    """Put a rejected file into quarantine and return the problem to raise."""
    suffix = PurePosixPath(delivery.uri).suffix
    kept = quarantine / f"{delivery.release_id}-{delivery.sha256[:12]}{suffix}"
    sentence = (
        f"{delivery.release_id}: {delivery.source} gave for {delivery.uri} what it should not: "
        f"expected {expected}, found {found}; kept as {kept}. {advice}"
    )
    quarantine.mkdir(parents=True, exist_ok=True)
    delivery.path.replace(kept)
    kept.with_name(kept.name + ".txt").write_text(
        f"{sentence}\n\nsource: {delivery.source}\naddress: {delivery.uri}\n"
        f"content type: {delivery.content_type or 'not given'}\n"
        f"bytes: {delivery.bytes}\nsha256: {delivery.sha256}\n",
        encoding="utf-8",
    )
    return Problem(sentence)


def _address_by_page(release: Release, source: Source, missing: Missing) -> str:
    """Return the address of the one file of the same kind that the edition's page names."""
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


def _expected(release: Release, copies: Sequence[Copy]) -> str:
    sizes = [(release.bytes, release.sha256)] if release.pinned else []
    sizes += [(copy.bytes, copy.sha256) for copy in copies]
    return " or ".join(
        f"{f'{size:,} bytes' if size else 'the file'} with sha256 {sha256}"
        for size, sha256 in sizes
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
