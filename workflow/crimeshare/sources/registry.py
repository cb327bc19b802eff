"""The registry: which releases exist, where ONS keeps them, what their bytes must hash to.

``config/releases.csv`` is append-only. A release learnt more about later (its hash, its file
name) gets a further row; the last row of a ``release_id`` is in force, and no row may contradict
a hash that an earlier one pinned. ``config/copies.csv`` lists files that a mirror may hold in
place of ONS's own, such as a workbook that somebody re-saved.

Read at every start of Snakemake, hence nothing but the standard library.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

from crimeshare.nearest import did_you_mean
from crimeshare.periods import in_words, month_end
from crimeshare.problems import Problem, Problems, explained, shown
from crimeshare.sources.datasets import DATASETS, QUARTERS, Publisher

FIGURES = Path("resources/figures")
REGISTRY = Path("config/releases.csv")
COPIES = Path("config/copies.csv")
ANNOUNCED = Path("config/announced.csv")

PIN_BASES = {
    "file": "the project read the bytes, from an archive's copy believed to be ONS's own",
    "third_party": "somebody else recorded the hash; the project has not read the bytes",
    "unpinned": "the hash is not known",
}
STATUSES = {
    "shipped": "its figures are in resources/figures/",
    "listed": "known to exist; its figures are not shipped",
    "superseded": "ONS replaced it by a correction",
}

RELEASE_ID = r"[a-z]+-\d{4}-\d{2}(?:-v\d+|-corrected)?"
_PATH = re.compile(r"(?:/[A-Za-z0-9][A-Za-z0-9._-]*)+/?")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SIZE = re.compile(r"[1-9][0-9]*")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class Release:
    """One row of the registry; the fields are its columns.

    Attributes:
        release_id: dataset, year and month of the period's end, and `-vN` or `-corrected` where
            the edition was re-issued: `pfa-2018-06-corrected`.
        dataset: short name, a key of :data:`crimeshare.sources.datasets.DATASETS`.
        period_end: last day of the year the figures are for.
        published: day of publication, None where no source at hand states it.
        path: address below the publisher's host; ends in `/` where the file name is not known.
        sha256: hash of the publisher's own file, or "" where it is not known.
        bytes: size of the publisher's own file, None where it is not known.
        pin_basis: how the hash is known, a key of `PIN_BASES`.
        note: anything odd, in prose.
    """

    release_id: str
    dataset: str
    period_end: date
    edition: str
    published: date | None
    path: str
    sha256: str = ""
    bytes: int | None = None
    pin_basis: str = "unpinned"
    status: str = "listed"
    note: str = ""

    @property
    def pinned(self) -> bool:
        """Whether the hash of ONS's own file is known."""
        return bool(self.sha256)

    @property
    def file(self) -> str:
        """ONS's file name, or "" where it is not known."""
        return "" if self.path.endswith("/") else PurePosixPath(self.path).name

    @property
    def publisher(self) -> Publisher:
        """Who published it."""
        return DATASETS[self.dataset].publisher

    @property
    def reader(self) -> str:
        """Which reader knows the shape of its tables."""
        return DATASETS[self.dataset].reader

    @property
    def title(self) -> str:
        """What a reader calls its dataset, where the name stands alone."""
        return DATASETS[self.dataset].title

    @property
    def page_url(self) -> str:
        """Address of the page that a reader finds the file on."""
        return self.publisher.page(self.path)

    @property
    def file_url(self) -> str:
        """Address of the file itself."""
        return self.publisher.file(self.path)

    @property
    def edition_uri(self) -> str:
        """Address of the edition's page, below the host."""
        return self.path.rsplit("/", 1)[0]


def release_name(release: Release) -> str:
    """A release as people name it: "police force area tables, year ending December 2024"."""
    dataset = DATASETS[release.dataset]
    if dataset.reader == QUARTERS:
        return dataset.name
    issue = ", corrected" if release.release_id.endswith("-corrected") else ""
    return f"{dataset.name}, {in_words(release.period_end)}{issue}"


@dataclass(frozen=True)
class Copy:
    """A file that a mirror may hold for a release in place of ONS's own."""

    release_id: str
    sha256: str
    bytes: int
    note: str


COLUMNS = tuple(field.name for field in fields(Release))
COPY_COLUMNS = tuple(field.name for field in fields(Copy))


def read_registry(path: Path) -> dict[str, Release]:
    """Read and check the registry.

    Args:
        path: a CSV file with exactly the columns of :class:`Release`.

    Returns:
        The row in force of each release, by release_id, in the order of first mention.

    Raises:
        Problem: the file is missing, not UTF-8, or has other columns.
        Problems: every row that does not hold, each with its line.
    """
    problems: list[str] = []
    releases: dict[str, Release] = {}
    for line, row in _rows(path, COLUMNS, problems):
        try:
            release = _release(row)
            _check_succession(release, releases)
        except Problems as found:
            problems += [f"{path} line {line}: {problem}" for problem in found.problems]
        else:
            releases[release.release_id] = release
    if not problems:
        problems = [f"{path}: {problem}" for problem in _conflicts(releases)]
    if problems:
        raise Problems(problems)
    return releases


def read_copies(path: Path, registry: Mapping[str, Release]) -> dict[str, list[Copy]]:
    """Read and check the list of copies that a mirror may hold, by release_id.

    Raises:
        Problem: the file is missing, not UTF-8, or has other columns.
        Problems: every row that does not hold, each with its line.
    """
    problems: list[str] = []
    copies: dict[str, list[Copy]] = {}
    for line, row in _rows(path, COPY_COLUMNS, problems):
        found = _copy_faults(row, registry)
        problems += [f"{path} line {line}: {problem}" for problem in found]
        if not found:
            copy = Copy(row["release_id"], row["sha256"], int(row["bytes"]), row["note"])
            copies.setdefault(copy.release_id, []).append(copy)
    if problems:
        raise Problems(problems)
    return copies


def current_issues(stem: str, registry: Mapping[str, Release]) -> list[Release]:
    """The issues of an edition that ONS did not replace, where ``stem`` names the edition alone.

    One, as a rule: of ``pfa-2024-03``, which was issued twice, ``pfa-2024-03-corrected``.
    """
    return [
        release
        for name, release in registry.items()
        if name.startswith(f"{stem}-")
        and "/previous/" not in release.path
        and release.status != "superseded"
    ]


def select(registry: Mapping[str, Release], wanted: str | list[str]) -> list[Release]:
    """Return the shipped releases (`wanted` is ``"all"``) or those named, in registry order.

    An edition that was issued more than once may be named without an issue: the last one is meant.
    A dataset of which none is named is returned whole, since a report needs them all.

    Raises:
        Problems: names that the registry does not hold, or whose figures are not shipped.
    """
    names = []
    for name in [] if wanted == "all" else [wanted] if isinstance(wanted, str) else wanted:
        issues = [] if name in registry else current_issues(name, registry)
        names.append(issues[0].release_id if len(issues) == 1 else name)
    problems = []
    for name in names:
        if name not in registry:
            problems.append(
                f"config: `releases` names `{shown(name)}`, which config/releases.csv does not hold"
                f"{did_you_mean(name, registry) or '.'}"
            )
        elif registry[name].status != "shipped":
            problems.append(
                f"config: `releases` names `{name}`, whose status in config/releases.csv is "
                f"{registry[name].status}; only shipped releases can be built, so pin it first: "
                f"snakemake pin_release --config release={name}"
            )
    if problems:
        raise Problems(problems)
    named = {registry[name].dataset for name in names}
    return [
        release
        for release in registry.values()
        if release.release_id in names
        or (release.dataset not in named and release.status == "shipped")
    ]


def _rows(
    path: Path, columns: tuple[str, ...], problems: list[str]
) -> list[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.reader(lines)
            header = next(reader, [])
            body = [(reader.line_num, row) for row in reader if row]
    except FileNotFoundError:
        raise Problem(f"{path} is missing; restore it from the project's repository.") from None
    except OSError as error:
        raise explained(error) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise Problem(f"{path} is not CSV in UTF-8 ({error}); save it as CSV UTF-8.") from error
    if tuple(header) != columns:
        raise Problem(
            f"{path} has the columns {shown(', '.join(header)) or 'of an empty file'}; "
            f"expected exactly {', '.join(columns)}."
        )
    rows = []
    for line, row in body:
        if len(row) == len(columns):
            rows.append((line, dict(zip(columns, row, strict=True))))
        else:
            problems.append(
                f"{path} line {line}: {len(row)} fields where {len(columns)} are expected; "
                "a note with a comma must stand in double quotes."
            )
    return rows


def _release(row: Mapping[str, str]) -> Release:
    problems = _faults(row, _FORMS)
    period_end, published = _day(row["period_end"]), _day(row["published"])
    if period_end is not None:
        ends = month_end(period_end.year, period_end.month)
        stem = f"{row['dataset']}-{period_end:%Y-%m}"
        name = re.compile(rf"(?={re.escape(stem)}){RELEASE_ID}")
        later = published is None or published > period_end
        dated: _Forms = {
            "period_end": (lambda _: period_end == ends, "the last day of a month"),
            "release_id": (
                name.fullmatch,
                f"`{shown(stem)}`, or that with -v1, -v2 ... or -corrected behind",
            ),
            "published": (lambda _: later, "a day after period_end"),
        }
        problems += _faults(row, dated)
    if (row["pin_basis"] == "unpinned") == bool(row["sha256"]):
        problems.append(
            f"pin_basis is `{shown(row['pin_basis'])}` while sha256 is "
            f"{'given' if row['sha256'] else 'empty'}; a hash needs its basis, and `unpinned` "
            "stands where there is none."
        )
    if problems or period_end is None:
        raise Problems(problems)
    size = int(row["bytes"]) if row["bytes"] else None
    read: dict[str, Any] = {"period_end": period_end, "published": published, "bytes": size}
    return Release(**{**row, **read})


def _faults(row: Mapping[str, str], forms: _Forms) -> list[str]:
    return [
        f"{column} is `{shown(row[column])}`; expected {expected}."
        for column, (holds, expected) in forms.items()
        if not holds(row[column])
    ]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


_Forms = Mapping[str, tuple[Callable[[str], object], str]]
"""What each column holds: whether a text is of that form, and how the form is called."""

_FORMS: _Forms = {
    "dataset": (DATASETS.__contains__, f"one of {', '.join(DATASETS)}"),
    "period_end": (_day, "a day such as 2024-12-31"),
    "published": (lambda text: not text or _day(text), "a day, or nothing"),
    "edition": (
        lambda text: text and text.isprintable(),
        "ONS's name of the edition, on one line",
    ),
    "note": (str.isprintable, "text that prints, on one line"),
    "path": (_PATH.fullmatch, "an address below the host, such as /economy/table.xlsx"),
    "sha256": (
        lambda text: not text or _SHA256.fullmatch(text),
        "64 digits 0-9 a-f in lower case, or nothing",
    ),
    "bytes": (
        lambda text: not text or _SIZE.fullmatch(text),
        "a number of bytes, or nothing",
    ),
    "pin_basis": (PIN_BASES.__contains__, f"one of {', '.join(PIN_BASES)}"),
    "status": (STATUSES.__contains__, f"one of {', '.join(STATUSES)}"),
}
_COPY_FORMS: _Forms = {
    "sha256": (_SHA256.fullmatch, "64 digits 0-9 a-f in lower case"),
    "bytes": (_SIZE.fullmatch, "a number of bytes"),
}


def _check_succession(release: Release, earlier: Mapping[str, Release]) -> None:
    """Refuse a further row that contradicts what an earlier row of the same release pinned."""
    before = earlier.get(release.release_id)
    if before is None:
        return
    problems = []
    if before.pinned and release.sha256 != before.sha256:
        problems.append(
            f"{release.release_id} is pinned above with the sha256 {before.sha256}; other bytes "
            "are another release: give them an id ending in -v2, -v3 ... or -corrected."
        )
    if before == release:
        problems.append(f"{release.release_id} is listed twice with the same content; drop one.")
    if problems:
        raise Problems(problems)


def _conflicts(releases: Mapping[str, Release]) -> list[str]:
    """Name what no two releases may share, and superseded releases without a successor."""
    problems = []
    for column in ("sha256", "path"):
        first: dict[str, Release] = {}
        for release in releases.values():
            content = getattr(release, column)
            other = first.setdefault(content, release)
            # ONS re-issues an edition under the name it had, and then the old bytes are gone.
            reissued = column == "path" and "superseded" in (other.status, release.status)
            # A folder alone is what is known of several files.
            folder = column == "path" and release.path.endswith("/")
            if content and other is not release and not reissued and not folder:
                problems.append(
                    f"{other.release_id} and {release.release_id} have the same {column} "
                    f"{shown(content)}; one of the two is a slip."
                )
    for release in releases.values():
        successors = [
            other
            for other in releases.values()
            if (other.dataset, other.period_end) == (release.dataset, release.period_end)
            and other.status != "superseded"
        ]
        if release.status == "superseded" and not successors:
            problems.append(
                f"{release.release_id} is superseded, but no row of {release.dataset} for "
                f"{release.period_end} replaces it; add the correction's row."
            )
    return problems


def _copy_faults(row: Mapping[str, str], registry: Mapping[str, Release]) -> list[str]:
    release_id, sha256 = row["release_id"], row["sha256"]
    problems = []
    if release_id not in registry:
        problems.append(
            f"release_id is `{shown(release_id)}`, which the registry does not hold"
            f"{did_you_mean(release_id, registry) or '.'}"
        )
    elif registry[release_id].sha256 == sha256:
        problems.append(f"sha256 is the pin of {release_id} itself; a copy has other bytes.")
    problems += _faults(row, _COPY_FORMS)
    if not row["note"]:
        problems.append("note is empty; expected how the copy came to differ from ONS's file.")
    return problems
