"""What the source holds that the registry does not: new, corrected, re-issued, withdrawn, late.

Names prove nothing, since ONS has put other bytes under the same name without a word.  So every
release that is pinned is downloaded and hashed; nothing in the project is changed by that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from crimeshare.problems import Problem
from crimeshare.releases.dataset_check import WORDS, DatasetCheck, ReleaseFinding
from crimeshare.releases.editions import dated_files, stem
from crimeshare.sources.ons_pages import read_listing
from crimeshare.sources.registry import Copy, Release
from crimeshare.sources.source import Missing, Source, command

NOTHING_NEW, SOMETHING_NEW, COULD_NOT_TELL = 0, 1, 2
STATUSES = ["nothing new", "something new", "could not tell"]

# What each kind of finding makes of the whole check.
KINDS = {
    "new": SOMETHING_NEW,
    "corrected": SOMETHING_NEW,
    "reissued": SOMETHING_NEW,
    "withdrawn": SOMETHING_NEW,
    "unclear": COULD_NOT_TELL,
    "late": NOTHING_NEW,
    "announced": NOTHING_NEW,
    "note": NOTHING_NEW,
}


@dataclass(frozen=True)
class Check:
    """Everything found, by dataset, and what was looked at."""

    source: str
    findings: list[ReleaseFinding]
    datasets: list[str]

    def status(self, dataset: str | None = None) -> int:
        """0 nothing new, 1 something new, 2 could not tell; of one dataset or of all."""
        kinds = [f.kind for f in self.findings if dataset in (None, f.dataset)]
        return max((KINDS[kind] for kind in kinds), default=NOTHING_NEW)

    def as_json(self) -> dict[str, object]:
        """The form of ``results/releases/check.json``."""
        return {
            "status": STATUSES[self.status()],
            "exit_status": self.status(),
            "source": self.source,
            "datasets": {
                dataset: {
                    "status": STATUSES[self.status(dataset)],
                    "findings": [
                        {k: v for k, v in asdict(f).items() if k != "dataset"}
                        for f in self.findings
                        if f.dataset == dataset
                    ],
                }
                for dataset in self.datasets
            },
        }

    def in_words(self) -> list[str]:
        """One line a finding, the weightiest first, and a line on the whole."""
        order = list(KINDS)
        lines = [
            f"{finding.kind}: {finding.sentence}"
            for finding in sorted(self.findings, key=lambda f: order.index(f.kind))
        ]
        # Where the source cannot be reached, every dataset says so.
        return [*dict.fromkeys(lines), f"{STATUSES[self.status()].capitalize()} at {self.source}."]


def check_releases(
    source: Source,
    datasets: Mapping[str, str],
    registry: Mapping[str, Release],
    copies: Mapping[str, Sequence[Copy]],
    store: Path,
    today: date,
    listings: Mapping[str, Source] | None = None,
) -> Check:
    """Compare what the source lists and holds with the registry.

    Args:
        store: folder for files while they are looked at, and for what is no workbook.
        today: the day from which an edition is late.
        listings: by dataset that has no address of its own, where to ask for its publisher's page.
    """
    findings: list[ReleaseFinding] = []
    for dataset, uri in datasets.items():
        ours = [release for release in registry.values() if release.dataset == dataset]
        checker = DatasetCheck(source, dataset, uri, ours, registry, copies, store, today)
        findings += checker.findings()
    every = dict.fromkeys(release.dataset for release in registry.values())
    unasked = [dataset for dataset in every if dataset not in datasets]
    for dataset in unasked:
        findings += _by_listing(dataset, (listings or {}).get(dataset), registry)
    return Check(source.name, findings, [*datasets, *unasked])


def _by_listing(
    dataset: str, source: Source | None, registry: Mapping[str, Release]
) -> Iterator[ReleaseFinding]:
    own = [release for release in registry.values() if release.dataset == dataset]
    read = [release for release in own if release.file] or own
    newest = max(read, key=lambda release: release.period_end)
    known = dated_files([newest.path], newest.file)
    landing = newest.publisher.landing
    if source is None or not known or not landing:
        yield _not_asked(dataset, newest)
        return
    try:
        files = read_listing(source, urlsplit(landing).path).files
    except Missing as problem:
        # A mirror need not hold the page; the publisher's site must.
        yield (
            _find("unclear", dataset, "problem", problem=problem, page=landing)
            if source.official
            else _not_asked(dataset, newest)
        )
        return
    except Problem as problem:
        yield _find("unclear", dataset, "problem", problem=problem, page=landing)
        return
    series = dated_files(files, newest.file)
    if not series:
        names = [PurePosixPath(path).name for path in files]
        yield _find("unclear", dataset, "unlike_names", page=landing, file=newest.file, files=names)
    for file in series:
        if file.day > known[0].day:
            release_id = stem(dataset, file.period_end)
            pin = command("pin_release", source, release=release_id)
            told = {"page": landing, "file": file.name, "newest": newest, "pin": pin}
            yield _find("new", dataset, "newer_file", release_id, **told)


def _find(
    kind: str, dataset: str, says: str, release_id: str = "", **values: Any
) -> ReleaseFinding:
    sentence = WORDS.passage(says, dataset=dataset, **values)
    return ReleaseFinding(kind, dataset, release_id, values["page"], sentence)


def _not_asked(dataset: str, newest: Release) -> ReleaseFinding:
    """What a person has to look for, as no program can."""
    told = {"page": newest.path, "newest": newest}
    return _find("note", dataset, "not_asked", newest.release_id, **told)
