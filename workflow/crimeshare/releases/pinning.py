"""Pin one release: bring its workbook, read it, and only then let the registry know of it.

The registry grows by a row and the figures by a file, or neither is touched.  What does not fit
is kept apart with the words that say why.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path, PurePosixPath

from crimeshare.problems import Problem, Problems
from crimeshare.releases.editions import (
    find_edition,
    parse_release_id,
    period_of_address,
    spoken,
    stem,
    workbooks,
)
from crimeshare.releases.preflight import NotUnderstood, Reading, preflight
from crimeshare.running import replacing, say
from crimeshare.sources.fetching import Delivery, check_kind, deliver, quarantined
from crimeshare.sources.pages import Edition, Version, read_edition, read_version
from crimeshare.sources.registry import (
    COPIES,
    REGISTRY,
    Release,
    current_issues,
    read_copies,
    read_registry,
)
from crimeshare.sources.source import Missing, Source
from crimeshare.tables.layout import Unknown, relative


@dataclass(frozen=True)
class Project:
    """Where a project keeps what pinning reads and changes, below the working directory."""

    registry: Path = REGISTRY
    copies: Path = COPIES
    corrections: Path = Path("config/corrections.yaml")
    figures: Path = Path("resources/figures")
    store: Path = Path("resources/releases")

    def figures_of(self, release_id: str) -> Path:
        """The file of a release's shipped figures."""
        return self.figures / f"{release_id}.parquet"


@dataclass(frozen=True)
class Pinned:
    """A release as the registry now holds it, and what is odd about it all the same."""

    release: Release
    warnings: list[str]
    new: bool


def pin_release(
    release_id: str,
    source: Source,
    datasets: Mapping[str, str],
    accept: Sequence[str] = (),
    project: Project = Project(),
) -> Pinned:
    """Bring, check and read a release, append its row and ship its figures.

    Args:
        release_id: a release of the registry, or one that the source lists.
        source: where to ask.
        datasets: short names with their addresses, from the configuration.
        accept: what a person accepts; see :class:`crimeshare.releases.preflight.NotUnderstood`.
        project: where things are kept.

    Raises:
        Missing, Unanswered: the source does not hold it, or gave no usable answer.
        Problem, Problems: it is not what it should be; nothing was changed, and the workbook is
            kept in quarantine if its bytes are wrong, in the pre-flight folder if it does not fit.
    """
    registry = read_registry(project.registry)
    release = _resolved(release_id, source, datasets, registry)
    _check_dates(release)
    delivery = _delivered(release, source, datasets, project)
    check_kind(delivery, project.store / "quarantine")
    _check_bytes(delivery, release, source, registry, project)
    shipped = project.figures_of(release.release_id)
    if release.status == "shipped" and release.pinned and shipped.is_file():
        _keep(delivery, project, release)
        return Pinned(release, [], new=False)
    rows = _rows(release, delivery, source, registry)
    before = _nearest_figures(release, registry, project)
    try:
        with _accepting(delivery, release, accept, project, before) as reading:
            _append(rows, reading, project)
    except Problems as problems:
        raise _put_aside(delivery, problems, project) from problems
    except Problem as problem:
        raise quarantined(
            delivery,
            project.store / "quarantine",
            expected=f"a workbook of the {spoken(release.period_end)}",
            found=f"what is none: {str(problem).removesuffix('.')}",
            advice="Nothing was changed.",
        ) from problem
    pinned = rows[-1]
    _keep(delivery, project, pinned)
    return Pinned(pinned, reading.warnings, new=True)


# --- which file that is ------------------------------------------------------------------


def _resolved(
    release_id: str, source: Source, datasets: Mapping[str, str], registry: Mapping[str, Release]
) -> Release:
    """The registry's row, its path put right if the source has it elsewhere, or a new row."""
    dataset, period_end, issue = parse_release_id(release_id, datasets)
    release = registry.get(release_id)
    if release is not None:
        return release
    base = stem(dataset, period_end)
    if not issue and any(name.startswith(f"{base}-") for name in registry):
        return _current_issue(base, registry)
    uri, page = find_edition(source, datasets[dataset], period_end)
    state = len(page.versions) + 1
    number = int(issue.removeprefix("-v")) if issue.startswith("-v") else None
    if number is not None and number < state:
        version = next((v for v in page.versions if v.number == number), None)
        if version is None:
            raise Problem(
                f"{source.name}: {uri} lists no previous version v{number}; it lists "
                f"{', '.join(f'v{v.number}' for v in page.versions)}."
            )
        uri, page = version.uri, read_version(source, version)
    elif number is not None and number > max(state, 2):
        raise Problem(
            f"{source.name}: {uri} lists {len(page.versions)} previous versions, so what it holds "
            f"now is {base}-v{state}; there is no {release_id} yet."
        )
    elif not issue and page.versions:
        release_id = f"{base}-v{state}"
        say(
            f"{source.name}: {uri} was corrected: {_notices(page.versions)}. What it holds now is "
            f"{release_id}; the first issue is {base}-v1."
        )
    names = workbooks(page)
    if len(names) != 1:
        raise Problem(
            f"{source.name}: the page {uri} names {', '.join(page.files) or 'no file'}; expected "
            "one workbook."
        )
    path = f"{uri}/{names[0]}"
    listed = next((r for r in registry.values() if r.path == path and not r.pinned), None)
    if listed is not None:
        say(f"{release_id} is {listed.release_id} in config/releases.csv, and keeps that id.")
        return listed
    return Release(
        release_id=release_id,
        dataset=dataset,
        period_end=period_end,
        edition=page.name or spoken(period_end).capitalize(),
        published=_published(source, page),
        path=path,
        sha256="",
        bytes=None,
        pin_basis="unpinned",
        status="listed",
        note="",
    )


def _current_issue(release_id: str, registry: Mapping[str, Release]) -> Release:
    """The issue of an edition that was not replaced, where none is named."""
    current = current_issues(release_id, registry)
    names = " and ".join(name for name in registry if name.startswith(f"{release_id}-"))
    if len(current) != 1:
        raise Problem(
            f"{release_id} is not in config/releases.csv, which has {names}: ONS issued that "
            "edition more than once. Say which one is meant."
        )
    say(f"{release_id}: of {names} the last one is taken, since no other is named.")
    return current[0]


def _delivered(
    release: Release, source: Source, datasets: Mapping[str, str], project: Project
) -> Delivery:
    """Bring the file, from where the landing page says it is if the registry's address is not."""
    partial = project.store / ".partial"
    try:
        return deliver(release, source, partial)
    except Missing as missing:
        if "/previous/" in release.path:
            raise
        try:
            uri, page = find_edition(source, datasets[release.dataset], release.period_end)
        except Problem as problem:
            raise Missing(f"{missing} {problem}") from problem
        names = workbooks(page)
        if len(names) != 1 or uri == release.edition_uri:
            raise
        say(f"{release.release_id}: {source.name} has it below {uri}, the registry {release.path}.")
        return deliver(replace(release, path=f"{uri}/{names[0]}"), source, partial)


def _published(source: Source, page: Edition) -> date | None:
    """The day of a first issue. A correction keeps the page's day, which says nothing of it."""
    day = page.first_released.date() if page.first_released else None
    return day if source.official and not page.versions else None


def _notices(versions: Sequence[Version]) -> str:
    said = [
        " ".join(v.correction_notice.split()).rstrip(".") or "no reason given" for v in versions
    ]
    return "; ".join(f"v{v.number}: {text}" for v, text in zip(versions, said, strict=True))


def _check_dates(release: Release) -> None:
    folder = release.edition_uri.partition("/previous/")[0]
    said = period_of_address(folder)
    if said is not None and said != release.period_end:
        raise Problem(
            f"{release.release_id} is for the {spoken(release.period_end)}, but its address "
            f"{release.path} is that of the {spoken(said)}; look which one is right."
        )


# --- whether its bytes may be pinned -------------------------------------------------------


def _check_bytes(
    delivery: Delivery,
    release: Release,
    source: Source,
    registry: Mapping[str, Release],
    project: Project,
) -> None:
    """Refuse bytes that the registry knows to be others', or knows not to be these."""
    quarantine = project.store / "quarantine"
    found = f"{delivery.bytes:,} bytes with sha256 {delivery.sha256}"
    for other in registry.values():
        if other.sha256 == delivery.sha256 and other.release_id != release.release_id:
            raise quarantined(
                delivery,
                quarantine,
                expected=f"the workbook of the {spoken(release.period_end)}",
                found=f"the bytes of {other.release_id}",
                advice="Ask for the right edition, or look whether the publisher mixed them up.",
            )
    copies = read_copies(project.copies, registry).get(release.release_id, [])
    if copy := next((copy for copy in copies if copy.sha256 == delivery.sha256), None):
        delivery.path.unlink()
        raise Problem(
            f"{release.release_id}: {source.name} holds a listed copy, not ONS's own file, so "
            f"there is nothing to pin. {copy.note} Its figures are built with source={source.name}."
        )
    if release.pinned and delivery.sha256 != release.sha256:
        again = _next_issue(release, registry)
        raise quarantined(
            delivery,
            quarantine,
            expected=f"the bytes pinned with sha256 {release.sha256}",
            found=found,
            advice=(
                "A pin is never changed. If ONS re-issued the edition, these are the bytes of "
                f"another release: snakemake pin_release --config release={again}."
            ),
        )
    if release.bytes is not None and delivery.bytes != release.bytes:
        raise quarantined(
            delivery,
            quarantine,
            expected=f"the {release.bytes:,} bytes that ONS's own file has",
            found=found,
            advice="If it is a re-saved copy to be trusted, list it in config/copies.csv.",
        )


def _next_issue(release: Release, registry: Mapping[str, Release]) -> str:
    base = stem(release.dataset, release.period_end)
    return next(
        name for n in range(2, len(registry) + 3) if (name := f"{base}-v{n}") not in registry
    )


def _nearest_figures(
    release: Release, registry: Mapping[str, Release], project: Project
) -> Path | None:
    """Shipped figures of the same dataset nearest in time, the earlier ones if two are as near."""
    others = [
        other
        for other in registry.values()
        if other.dataset == release.dataset
        and other.release_id != release.release_id
        and other.status == "shipped"
        and project.figures_of(other.release_id).is_file()
    ]
    if not others:
        return None
    nearest = min(
        others, key=lambda o: (abs((o.period_end - release.period_end).days), o.period_end)
    )
    return project.figures_of(nearest.release_id)


# --- whether it fits, and what a person accepted --------------------------------------------


@contextmanager
def _accepting(
    delivery: Delivery,
    release: Release,
    accept: Sequence[str],
    project: Project,
    before: Path | None,
) -> Iterator[Reading]:
    """Read the workbook, with the lines a person accepted; take them back if it fails later."""
    appended: dict[Path, bytes] = {}
    accepted: list[str] = []
    reading = None
    try:
        while reading is None:
            try:
                reading = preflight(delivery.path, release, project.corrections, before)
            except NotUnderstood as names:
                names.accepted = accepted
                if names.acceptance not in accept or names.acceptance in accepted:
                    raise
                # What was not read for want of these lines may hold names of its own.
                accepted = [*accepted, names.acceptance]
                for item in names.complete:
                    appended.setdefault(item.file, item.file.read_bytes())
                    _append_line(item)
        yield reading
    except BaseException:
        for file, content in appended.items():
            with replacing(file) as path:
                path.write_bytes(content)
        raise
    for file in appended:
        say(f"{relative(file)} has the accepted lines.")


def _append_line(item: Unknown) -> None:
    content = item.file.read_bytes()
    with replacing(item.file) as path:
        path.write_bytes(content.rstrip(b"\n") + b"\n" + item.line.encode() + b"\n")


def _put_aside(delivery: Delivery, problems: Problems, project: Project) -> Problems:
    """Keep a workbook that does not fit, with the words why, and say what to do next."""
    suffix = PurePosixPath(delivery.uri).suffix
    folder = project.store / "preflight"
    kept = folder / f"{delivery.release_id}-{delivery.sha256[:12]}{suffix}"
    folder.mkdir(parents=True, exist_ok=True)
    delivery.path.replace(kept)
    sentences = list(problems.problems)
    if isinstance(problems, NotUnderstood):
        sentences += _next_steps(delivery, problems)
    sentences.append(
        f"{delivery.release_id} was not pinned and nothing was changed; its workbook is kept as "
        f"{kept}, these words beside it."
    )
    kept.with_name(kept.name + ".txt").write_text("\n".join(sentences) + "\n", encoding="utf-8")
    return Problems(sentences)


def _words(names: NotUnderstood) -> str:
    """What ``accept=`` is to name: these lines, and those that were accepted on the way to them."""
    words = [*names.accepted, names.acceptance]
    return words[0] if len(words) == 1 else f"'[{','.join(words)}]'"


def _next_steps(delivery: Delivery, names: NotUnderstood) -> Iterator[str]:
    open_lines = len(names.unknown) - len(names.complete)
    if names.complete:
        yield (
            f"{delivery.release_id}: {len(names.complete)} proposed lines are complete. Look at "
            "each beside the workbook and its notes; if all of them are right, add them by naming "
            f"them: accept={_words(names)}"
        )
    if open_lines:
        yield (
            f"{delivery.release_id}: {open_lines} proposed lines hold a `?` that only a person can "
            "fill in; add those to their files by hand, then pin again."
        )


# --- what is kept ---------------------------------------------------------------------------


def _rows(
    release: Release, delivery: Delivery, source: Source, registry: Mapping[str, Release]
) -> list[Release]:
    """The rows to append: first those of issues that this one replaced, last its own."""
    where = "ons.gov.uk" if source.official else "a mirror"
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
        for row in [_moved(other, pinned, source)]
    ]
    return [*moved, pinned]


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


def _append(rows: Sequence[Release], reading: Reading, project: Project) -> None:
    """Append rows to the registry and ship figures: both, or neither."""
    with project.registry.open("rb") as file:
        content = file.read()
    lines = "".join(map(_line, rows)).encode()
    with (
        replacing(project.registry) as registry,
        replacing(project.figures_of(rows[-1].release_id)) as figures,
    ):
        registry.write_bytes(content.rstrip(b"\n") + b"\n" + lines)
        read_registry(registry)
        reading.write(figures)


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
