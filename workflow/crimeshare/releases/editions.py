"""Which release a page of the source is about: periods, release ids and file names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from crimeshare.periods import in_words, month_end
from crimeshare.problems import Problem, shown
from crimeshare.sources.datasets import DATASETS
from crimeshare.sources.ons_pages import Edition, read_edition, read_landing
from crimeshare.sources.registry import Release
from crimeshare.sources.source import Source
from crimeshare.tables.labels import periods

WORKBOOKS = {".xls", ".xlsx", ".ods"}

_RELEASE_ID = re.compile(
    r"(?P<dataset>[a-z]+)-(?P<year>20\d\d)-(?P<month>0[1-9]|1[0-2])(?P<issue>-v[1-9]\d*|-corrected)?"
)
_FOLDER = re.compile(r"yearending([a-z]+)(\d{4})")
# The Home Office's names: what is in the file, then the day it came out.
_DATED_FILE = re.compile(r"(.+)-(\d\d)(\d\d)(\d\d)\.(?:ods|xlsx|xls)", re.ASCII)
# Its files come out so many months and some weeks after the last quarter in them.
_MONTHS_AFTER = 3


def period_of_address(uri: str) -> date | None:
    """The last day of the year that an edition's folder names: ``.../yearendingmarch2025``."""
    found = _FOLDER.fullmatch(PurePosixPath(uri).name)
    return period_of_name(f"year ending {found[1]} {found[2]}") if found else None


def period_of_name(text: str) -> date | None:
    """The last day of the one year that a text names, None if it names none or several."""
    found = set(periods(text))
    return month_end(*found.pop()) if len(found) == 1 else None


def stem(dataset: str, period_end: date) -> str:
    """The release id of an edition's first issue: ``pfa-2025-03``."""
    return f"{dataset}-{period_end:%Y-%m}"


def next_id(dataset: str, period_end: date, registry: Mapping[str, Release]) -> str:
    """The id for other bytes of an edition: the first of its ids that the registry lacks."""
    base = stem(dataset, period_end)
    if base not in registry and not any(name.startswith(f"{base}-") for name in registry):
        return base
    numbers = range(2, len(registry) + 3)
    return next(name for n in numbers if (name := f"{base}-v{n}") not in registry)


@dataclass(frozen=True)
class DatedFile:
    """A file of a series, of which each is named after the day it came out.

    Attributes:
        path: its address below the host.
    """

    path: str
    day: date

    @property
    def name(self) -> str:
        """The file's bare name."""
        return PurePosixPath(self.path).name

    @property
    def period_end(self) -> date:
        """The quarter that it should end with; what it holds has the last word."""
        months = self.day.year * 12 + self.day.month - 1 - _MONTHS_AFTER
        year, month = divmod(months // 3 * 3 - 1, 12)
        return month_end(year, month + 1)


def dated_files(paths: Iterable[str], like: str) -> list[DatedFile]:
    """Those of the files that are of the series of a file, the newest last.

    Args:
        like: the name of one file of the series.
    """
    found = {path: _DATED_FILE.fullmatch(PurePosixPath(path).name) for path in [*paths, like]}
    series = found.pop(like)
    files = []
    for path, named in found.items():
        if series and named and named[1] == series[1]:
            day, month, year = map(int, named.groups()[1:])
            with suppress(ValueError):
                files.append(DatedFile(path, date(2000 + year, month, day)))
    return sorted(files, key=lambda file: (file.day, file.path))


def parse_release_id(release_id: str, datasets: Iterable[str]) -> tuple[str, date, str]:
    """Dataset, period and issue (``""``, ``-v1``, ``-corrected``) of a release id.

    Raises:
        Problem: it is not one, or of a dataset that the configuration does not know.
    """
    found = _RELEASE_ID.fullmatch(release_id)
    listed = [name for name, dataset in DATASETS.items() if dataset.publisher.landing]
    known = dict.fromkeys([*datasets, *listed])
    if found is None or found["dataset"] not in known:
        raise Problem(
            f"config: `release` is `{shown(release_id)}`; expected one of the datasets "
            f"{', '.join(known)}, then year and month of the period's end, such as pfa-2025-03, "
            "with -v1, -v2 ... or -corrected behind for a re-issue."
        )
    return (
        found["dataset"],
        month_end(int(found["year"]), int(found["month"])),
        found["issue"] or "",
    )


def workbooks(edition: Edition) -> list[str]:
    """The names of an edition's files that are workbooks."""
    return [name for name in edition.files if PurePosixPath(name).suffix.lower() in WORKBOOKS]


def find_edition(source: Source, dataset_uri: str, period_end: date) -> tuple[str, Edition]:
    """Address and page of the edition for a year, looked up on the dataset's landing page.

    Raises:
        Missing, Unanswered, Problems: see :func:`crimeshare.sources.ons_pages.read_landing`.
        Problem: the page lists no edition for that year, or several.
    """
    landing = read_landing(source, dataset_uri)
    found = [uri for uri in landing.editions if period_of_address(uri) == period_end]
    if not found:
        # Only where no address names it: asking for every page takes a while.
        pages = {
            uri: read_edition(source, uri)
            for uri in landing.editions
            if period_of_address(uri) is None
        }
        found = [uri for uri, page in pages.items() if period_of_name(page.name) == period_end]
    if len(found) != 1:
        newest = ", ".join(PurePosixPath(uri).name for uri in landing.editions[:3])
        raise Problem(
            f"{source.name}: {dataset_uri} lists {len(found) or 'no'} "
            f"edition{'s' if len(found) > 1 else ''} for the {in_words(period_end)}"
            f"{' (' + ', '.join(found) + ')' if found else ''}; expected one. The first it lists "
            f"are {newest or 'none at all'}."
        )
    return found[0], read_edition(source, found[0])
