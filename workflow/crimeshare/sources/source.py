"""One interface for the three places that give files and pages: ons.gov.uk, a mirror's address,
a mirror's folder; and what a release is built from under each.

Read at every start of Snakemake, hence without HTTP; :mod:`crimeshare.sources.opening` opens one.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, Protocol

from crimeshare.problems import Problem
from crimeshare.sources.registry import Release

ONS = "https://www.ons.gov.uk"


class Missing(Problem):
    """The source answered, and does not hold what it was asked for."""


class Unanswered(Problem):
    """The source gave no answer that can be used: what it holds is not known."""


class Source(Protocol):
    """What the pipeline asks of any source. Addresses are those on ons.gov.uk below the host."""

    name: str
    """How a sentence names the source."""

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


def origin(release: Release, source: str) -> Literal["figures", "workbook"]:
    """Say what a release is built from under the configuration's `source`.

    ONS's own bytes are used only where the registry can vouch for them; a mirror may also hold a
    listed copy, which the fetch decides.
    """
    if source == "embedded" or (source == "ons" and not release.pinned):
        return "figures"
    return "workbook"


def kept_figures(releases: Iterable[Release], source: str) -> str:
    """Return the sentence that names releases left on shipped figures under `ons`, or ``""``."""
    kept = [
        release.release_id
        for release in releases
        if source == "ons" and origin(release, source) == "figures"
    ]
    if not kept:
        return ""
    return (
        f"With source=ons, {', '.join(kept)} {'stays' if len(kept) == 1 else 'stay'} with the "
        "shipped figures, since the hash of ONS's own file is not known; "
        f"snakemake pin_release --config release={kept[0]} fetches and pins it."
    )
