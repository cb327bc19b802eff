"""Pin one release: bring its workbook, read it, and only then let the registry know of it.

The registry grows by a row and the figures by a file, or neither is touched.  What does not fit
is kept apart with the words that say why.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path

from crimeshare.periods import in_words
from crimeshare.problems import Problem
from crimeshare.products import HASHES
from crimeshare.releases.conversion import replaces_conversion, report
from crimeshare.releases.editions import next_id, workbooks
from crimeshare.releases.finding import bring, find_release
from crimeshare.releases.holdings import Past
from crimeshare.releases.preflight import DoesNotFit, Pinnable, Proposal, preflight
from crimeshare.running import replacing, shipping
from crimeshare.sources.datasets import SHAPES
from crimeshare.sources.delivery import Delivery, Rejected, check_kind, inspecting
from crimeshare.sources.ons_pages import read_edition, read_version
from crimeshare.sources.registry import (
    COPIES,
    FIGURES,
    REGISTRY,
    Copy,
    Release,
    read_copies,
    read_registry,
)
from crimeshare.sources.source import Missing, Source, command
from crimeshare.tables.corrections import read_corrections
from crimeshare.tables.misfits import ACCEPTED
from crimeshare.tables.release_day import release_day
from crimeshare.tables.ties import Place


@dataclass(frozen=True)
class Project:
    """Where a project keeps what pinning reads and changes, below the working directory."""

    registry: Path = REGISTRY
    copies: Path = COPIES
    corrections: Path = Path("config/corrections.yaml")
    accepted: Path = ACCEPTED
    figures: Path = FIGURES
    store: Path = Path("resources/releases")

    def figures_of(self, release_id: str) -> Path:
        """The file of a release's shipped figures."""
        return self.figures / f"{release_id}.parquet"


@dataclass(frozen=True)
class Pinned:
    """A release as the registry now holds it, and what is odd about it all the same.

    Attributes:
        changed: the files that were written, to be committed together; none if it was pinned.
    """

    release: Release
    warnings: list[str]
    changed: list[Path]


def pin_release(
    release_id: str,
    source: Source,
    datasets: Mapping[str, str],
    accept: Sequence[str] = (),
    project: Project = Project(),
    listing: Source | None = None,
) -> Pinned:
    """Bring, check and read a release, append its row and ship its figures.

    Args:
        release_id: a release of the registry, or one that the source lists.
        accept: what a person accepts; see :class:`crimeshare.releases.preflight.DoesNotFit`.
        listing: as in :func:`crimeshare.releases.finding.find_release`.

    Raises:
        Missing, Unanswered: the source does not hold it, or gave no usable answer.
        Problem, Problems: it is not what it should be; nothing was changed, and the workbook is
            kept in quarantine if its bytes are wrong, in the pre-flight folder if it does not fit.
    """
    registry = read_registry(project.registry)
    release = find_release(release_id, source, datasets, registry, listing)
    delivery = bring(release, source, datasets, project.store / ".partial")
    changed: list[Path] = []
    with inspecting(delivery, project.store), _accepted_lines(changed) as add:
        check_kind(delivery)
        _check_bytes(delivery, release, registry, read_copies(project.copies, registry))
        pinned = Pinned(release, [], changed)
        if not _is_shipped(release, project):
            past = every_other(release, registry, project)
            reading = _read(delivery, release, accept, project, past, add)
            *moved, row = _rows(release, delivery, registry)
            pinned = Pinned(_dated(row, delivery.path), reading.warnings, changed)
            _append([*moved, pinned.release], reading, project)
            figures = project.figures_of(pinned.release.release_id)
            changed += [project.registry, figures, figures.with_name(HASHES)]
        _keep(delivery, project, pinned.release)
    return pinned


def _is_shipped(release: Release, project: Project) -> bool:
    shipped = project.figures_of(release.release_id)
    return release.status == "shipped" and release.pinned and shipped.is_file()


# --- whether its bytes may be pinned -------------------------------------------------------


def _check_bytes(
    delivery: Delivery,
    release: Release,
    registry: Mapping[str, Release],
    copies: Mapping[str, Sequence[Copy]],
) -> None:
    source = delivery.source
    for other in registry.values():
        if other.sha256 == delivery.sha256 and other.release_id != release.release_id:
            raise Rejected(
                expected=f"the workbook of the {in_words(release.period_end)}",
                found=f"the bytes of {other.release_id}",
                advice="Ask for the right edition, or look whether the publisher mixed them up.",
            )
    listed = copies.get(release.release_id, [])
    if copy := next((copy for copy in listed if copy.sha256 == delivery.sha256), None):
        raise Problem(
            f"{release.release_id}: {source.name} holds a listed copy, not ONS's own file, so "
            f"there is nothing to pin. {copy.note} Its figures are built with "
            f"source={source.argument}."
        )
    if release.pinned and delivery.sha256 != release.sha256:
        again = next_id(release.dataset, release.period_end, registry)
        raise Rejected(
            expected=f"the bytes pinned with sha256 {release.sha256}",
            found=delivery.described,
            advice=(
                "A pin is never changed. If ONS re-issued the edition, these are the bytes of "
                f"another release: {command('pin_release', source, release=again)}."
            ),
        )
    if release.bytes is not None and delivery.bytes != release.bytes:
        raise Rejected(
            expected=f"the {release.bytes:,} bytes that ONS's own file has",
            found=delivery.described,
            advice="If it is a re-saved copy to be trusted, list it in config/copies.csv.",
        )


def every_other(
    release: Release, registry: Mapping[str, Release], project: Project = Project()
) -> list[Past]:
    """The shipped figures of every other release."""
    slips: dict[str, set[Place]] = defaultdict(set)
    for entry in read_corrections(project.corrections):
        slips[entry.release].add(entry.place)
    return [
        Past(
            other.release_id,
            other.period_end,
            project.figures_of(other.release_id),
            other.reader,
            frozenset(slips[other.release_id]),
        )
        for other in registry.values()
        if other.reader in SHAPES
        and other.release_id != release.release_id
        and other.status == "shipped"
        and project.figures_of(other.release_id).is_file()
    ]


# --- whether it fits, and what a person accepted --------------------------------------------


def _read(
    delivery: Delivery,
    release: Release,
    accept: Sequence[str],
    project: Project,
    past: Sequence[Past],
    add: Callable[[Proposal], None],
) -> Pinnable:
    accepted: list[str] = []
    doubts: list[str] = []
    while True:
        try:
            files = project.corrections, project.accepted
            return preflight(delivery.path, release, *files, past, doubts)
        except DoesNotFit as misfit:
            misfit.accepted = accepted
            word = misfit.acceptance(delivery)
            settled = misfit.proposed or misfit.doubts
            if not settled or word not in accept or word in accepted:
                raise
            # What was not read for want of these lines may hold names of its own.
            accepted = [*accepted, word]
            doubts += misfit.doubts
            for proposal in misfit.proposed:
                add(proposal)


@contextmanager
def _accepted_lines(changed: list[Path]) -> Iterator[Callable[[Proposal], None]]:
    """Add lines to the files they are proposed for, and note these; take them back on failure."""
    before: dict[Path, bytes] = {}

    def add(proposal: Proposal) -> None:
        content = proposal.file.read_bytes()
        if proposal.file not in before:
            before[proposal.file] = content
            changed.append(proposal.file)
        kept = content.rstrip(b"\n")
        with replacing(proposal.file) as path:
            path.write_bytes(kept + b"\n" * bool(kept) + proposal.line.encode() + b"\n")

    try:
        yield add
    except BaseException:
        for file, content in before.items():
            with replacing(file) as path:
                path.write_bytes(content)
        raise


# --- what is kept ---------------------------------------------------------------------------


def _rows(release: Release, delivery: Delivery, registry: Mapping[str, Release]) -> list[Release]:
    """The rows to append: first those of issues that this one replaced, last its own."""
    where = "ons.gov.uk" if delivery.source.official else "a mirror"
    pinned = replace(
        release,
        path=delivery.uri,
        sha256=delivery.sha256,
        bytes=delivery.bytes,
        pin_basis="file",
        status="shipped",
        note=f"{release.note} Read from {where}.".strip(),
    )
    moved = [
        row
        for other in registry.values()
        if other.path == pinned.path and other.release_id != pinned.release_id
        for row in [_moved(other, pinned, delivery.source)]
    ]
    return [*moved, pinned]


def _dated(release: Release, workbook: Path) -> Release:
    """The row with the day that the workbook states, where the publisher's page told none."""
    known = release_day(workbook, release.period_end) if release.published is None else None
    return replace(release, published=known.day) if known and known.basis == "stated" else release


def _moved(old: Release, by: Release, source: Source) -> Release:
    """The row of an issue whose address now holds another: where it went, if it is kept there."""
    page = read_edition(source, by.edition_uri)
    for version in sorted(page.versions, key=lambda v: v.number, reverse=True):
        try:
            names = workbooks(read_version(source, version))
        except Missing:
            continue
        if len(names) == 1:
            return replace(
                old,
                path=f"{version.uri}/{names[0]}",
                note=f"{old.note} Replaced by {by.release_id}.".strip(),
            )
    return replace(
        old,
        status="superseded",
        note=f"{old.note} Replaced by {by.release_id} at the same address.".strip(),
    )


def _append(rows: Sequence[Release], reading: Pinnable, project: Project) -> None:
    with project.registry.open("rb") as file:
        content = file.read()
    lines = "".join(map(_line, rows)).encode()
    with (
        replacing(project.registry) as registry,
        shipping(project.figures_of(rows[-1].release_id)) as figures,
    ):
        registry.write_bytes(content.rstrip(b"\n") + b"\n" + lines)
        read_registry(registry)
        reading.write(figures)
        if replaces_conversion(shipped := project.figures_of(rows[-1].release_id), figures):
            reading.warnings.extend(report(shipped, figures))


def _line(release: Release) -> str:
    text = io.StringIO()
    cells = [getattr(release, field.name) for field in fields(Release)]
    csv.writer(text, lineterminator="\n").writerow(
        ["" if cell is None else str(cell) for cell in cells]
    )
    return text.getvalue()


def _keep(delivery: Delivery, project: Project, release: Release) -> None:
    """Give the workbook its name, so that a run from workbooks need not fetch it again."""
    target = project.store / release.release_id / release.file
    target.parent.mkdir(parents=True, exist_ok=True)
    delivery.path.replace(target)
