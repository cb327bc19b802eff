"""One interface for the three places that give files and pages: ons.gov.uk, a mirror's address,
a mirror's folder; and what a release is built from under each.

Read at every start of Snakemake, hence without HTTP; :mod:`crimeshare.sources.open_source` opens
one.
"""

import shlex
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any, Literal, Protocol

from crimeshare.problems import Problem
from crimeshare.sources.datasets import ONS as ONS
from crimeshare.sources.registry import FIGURES, Release


class Missing(Problem):
    """The source answered, and does not hold what it was asked for."""


class Unanswered(Problem):
    """The source gave no answer that can be used: what it holds is not known."""


class Source(Protocol):
    """What the pipeline asks of any source. Addresses are those on ons.gov.uk below the host."""

    name: str
    """How a sentence names the source."""

    argument: str
    """What ``--config source=`` is to say to ask it again: ``ons``, a folder, an address."""

    official: bool
    """Whether it is ONS itself, so that nothing but ONS's own bytes may come from it."""

    def page(self, uri: str) -> dict[str, Any]:
        """Return the JSON body of the page at `uri`.

        Raises:
            Missing: there is no such page.
            Unanswered: no usable answer, HTML where JSON should be included.
        """

    def download(self, uri: str, destination: Path) -> str | None:
        """Write the file at `uri` to `destination`, going on from what is there if it can.

        Returns:
            The content type the source gave, or None from a folder.

        Raises:
            Missing: there is no such file.
            Unanswered: no usable answer, or a file above the size limit.
        """


def command(target: str, source: Source, **config: str) -> str:
    """The command that runs one target at the same source, as a person types it.

    Args:
        target: a target of the workflow such as ``pin_release``.
        config: further keys of the configuration.
    """
    given = {"source": source.argument, **config}
    words = " ".join(f"{key}={shlex.quote(value)}" for key, value in given.items())
    return f"snakemake {target} --config {words}"


def origin(
    release: Release, source: str, copies: Collection[str]
) -> Literal["figures", "workbook"]:
    """Say what a release is built from under the configuration's `source`.

    A publisher's own bytes are used only where the registry can vouch for them; a mirror may also
    hold a listed copy, which the fetch decides.

    Args:
        copies: ids of the releases of which config/copies.csv lists a copy.
    """
    vouched = release.pinned or (source != "ons" and release.release_id in copies)
    return "workbook" if vouched and source != "embedded" else "figures"


def file_to_read(release: Release, source: str, copies: Collection[str]) -> str:
    """The workbook of a release, or its shipped figures where no workbook is to be fetched."""
    if origin(release, source, copies) == "figures":
        return f"{FIGURES}/{release.release_id}.parquet"
    return f"resources/releases/{release.release_id}/{release.file}"


def kept_figures(releases: Iterable[Release], source: str, copies: Collection[str]) -> str:
    """Return the sentences that name releases left on shipped figures by a source, or ``""``."""
    kept: dict[str, list[str]] = {}
    for release in releases:
        if source != "embedded" and origin(release, source, copies) == "figures":
            kept.setdefault(release.publisher.short, []).append(release.release_id)
    return " ".join(
        f"With source={source}, {', '.join(names)} {'stays' if len(names) == 1 else 'stay'} with "
        f"the shipped figures, since the hash of {who}'s own file is not known; "
        f"snakemake pin_release --config release={names[0]} fetches and pins it."
        for who, names in kept.items()
    )
