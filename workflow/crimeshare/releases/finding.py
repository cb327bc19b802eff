"""Find a release: which file of a source a release id means, and bring it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from crimeshare.periods import in_words
from crimeshare.problems import Problem
from crimeshare.releases.editions import (
    dated_files,
    find_edition,
    parse_release_id,
    period_of_address,
    stem,
    workbooks,
)
from crimeshare.running import say
from crimeshare.sources.datasets import DATASETS
from crimeshare.sources.delivery import Delivery, deliver
from crimeshare.sources.ons_pages import Edition, Version, read_listing, read_version
from crimeshare.sources.open_source import MirrorFolder
from crimeshare.sources.registry import Release, current_issues
from crimeshare.sources.source import Missing, Source


def find_release(
    release_id: str,
    source: Source,
    datasets: Mapping[str, str],
    registry: Mapping[str, Release],
    listing: Source | None = None,
) -> Release:
    """The registry's row of a release, or a new row for one that the source lists.

    Args:
        release_id: as a person names it; without an issue the last one is meant.
        listing: where to ask for the page of a publisher that lists all files on one; `source`
            unless given.

    Raises:
        Missing, Unanswered: the source does not hold it, or gave no usable answer.
        Problem: no release is meant by that id, several are, or its dates disagree.
    """
    dataset, period_end, issue = parse_release_id(release_id, datasets)
    release = registry.get(release_id)
    if DATASETS[dataset].publisher.landing:
        if release is not None and release.file:
            return release
        return _of_a_series(release_id, dataset, period_end, source, listing or source, registry)
    if release is None and not issue:
        release = _current_issue(stem(dataset, period_end), registry)
    if release is None:
        release = _listed(release_id, dataset, period_end, issue, source, datasets, registry)
    folder = release.edition_uri.partition("/previous/")[0]
    said = period_of_address(folder)
    if said is not None and said != release.period_end:
        raise Problem(
            f"{release.release_id} is for the {in_words(release.period_end)}, but its address "
            f"{release.path} is that of the {in_words(said)}; look which one is right."
        )
    return release


def bring(release: Release, source: Source, datasets: Mapping[str, str], partial: Path) -> Delivery:
    """Bring the file, from where the landing page says it is if the registry's address is not.

    Raises:
        Missing, Unanswered: the source does not hold it, or gave no usable answer.
    """
    try:
        return deliver(release, source, partial)
    except Missing as missing:
        if "/previous/" in release.path or release.dataset not in datasets:
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


def _of_a_series(
    release_id: str,
    dataset: str,
    period_end: date,
    source: Source,
    listing: Source,
    registry: Mapping[str, Release],
) -> Release:
    """A row for the file of a series that should end with a quarter, by the day in its name."""
    own = [each for each in registry.values() if each.dataset == dataset and each.file]
    if not own:
        raise Problem(
            f"{release_id}: config/releases.csv names no file of {dataset}, so what its files are "
            "called is not known; add its row with the path of the file."
        )
    newest = max(own, key=lambda release: release.period_end)
    series = dated_files(_paths(newest, source, listing), newest.file)
    found = [file for file in series if file.period_end == period_end]
    if not found:
        names = ", ".join(file.name for file in series)
        raise Missing(
            f"{source.name} holds no file such as {newest.file} that came out when {release_id} "
            f"should have; expected one named after a day three to six months after the quarter's "
            f"end. It holds {names or 'none of that name'}."
        )
    file = found[-1]
    if any(release.path == file.path for release in own):
        known = next(release for release in own if release.path == file.path)
        raise Problem(f"{release_id}: {file.path} is the file of {known.release_id}.")
    return Release(
        release_id=release_id,
        dataset=dataset,
        period_end=period_end,
        edition=f"{newest.edition.partition(' to ')[0]} to {period_end:%B %Y}",
        published=file.day,
        path=file.path,
    )


def _paths(newest: Release, source: Source, listing: Source) -> Sequence[str]:
    """Addresses of a publisher's files by its page; of a folder without it, all that it holds."""
    try:
        return read_listing(listing, urlsplit(newest.publisher.landing).path).files
    except Missing:
        if not isinstance(source, MirrorFolder):
            raise
        return source.files(PurePosixPath(newest.file).suffix)


def _current_issue(base: str, registry: Mapping[str, Release]) -> Release | None:
    issues = [name for name in registry if name.startswith(f"{base}-")]
    if not issues:
        return None
    current = current_issues(base, registry)
    names = " and ".join(issues)
    if len(current) != 1:
        raise Problem(
            f"{base} is not in config/releases.csv, which has {names}: ONS issued that "
            "edition more than once. Say which one is meant."
        )
    say(f"{base}: of {names} the last one is taken, since no other is named.")
    return current[0]


def _listed(
    release_id: str,
    dataset: str,
    period_end: date,
    issue: str,
    source: Source,
    datasets: Mapping[str, str],
    registry: Mapping[str, Release],
) -> Release:
    """A row for what the source lists, or the unpinned row that has its address already."""
    uri, page = find_edition(source, datasets[dataset], period_end)
    base = stem(dataset, period_end)
    if not issue and page.versions:
        release_id = f"{base}-v{len(page.versions) + 1}"
        say(
            f"{source.name}: {uri} was corrected: {_notices(page.versions)}. What it holds now is "
            f"{release_id}; the first issue is {base}-v1."
        )
    if issue.startswith("-v"):
        uri, page = _issue(int(issue.removeprefix("-v")), uri, page, source, base)
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
        edition=page.name or f"Y{in_words(period_end)[1:]}",
        published=_published(source, page),
        path=path,
    )


def _issue(number: int, uri: str, page: Edition, source: Source, base: str) -> tuple[str, Edition]:
    """Address and page of one issue of an edition: a previous version, or what it holds now."""
    state = len(page.versions) + 1
    if number > max(state, 2):
        raise Problem(
            f"{source.name}: {uri} lists {len(page.versions)} previous versions, so what it holds "
            f"now is {base}-v{state}; there is no {base}-v{number} yet."
        )
    if number >= state:
        return uri, page
    version = next((v for v in page.versions if v.number == number), None)
    if version is None:
        raise Problem(
            f"{source.name}: {uri} lists no previous version v{number}; it lists "
            f"{', '.join(f'v{v.number}' for v in page.versions)}."
        )
    return version.uri, read_version(source, version)


def _published(source: Source, page: Edition) -> date | None:
    day = page.first_released.date() if page.first_released else None
    return day if source.official and not page.versions else None


def _notices(versions: Sequence[Version]) -> str:
    said = [
        " ".join(v.correction_notice.split()).rstrip(".") or "no reason given" for v in versions
    ]
    return "; ".join(f"v{v.number}: {text}" for v, text in zip(versions, said, strict=True))
