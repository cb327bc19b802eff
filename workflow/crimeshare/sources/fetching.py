"""Fetch one release: bring its file, check it, and only then give it its name."""

from collections.abc import Sequence
from pathlib import Path

from crimeshare.problems import Problem
from crimeshare.products import digest
from crimeshare.running import say
from crimeshare.sources.delivery import Rejected, check_kind, deliver, inspecting
from crimeshare.sources.registry import Copy, Release
from crimeshare.sources.source import Source, command


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
