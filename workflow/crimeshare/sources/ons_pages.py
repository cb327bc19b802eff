"""ONS's pages as data: the landing page of a dataset, its editions, their previous versions.

What is read is what the pages are known to hold; keys beyond that are ignored.
"""

import re
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    AliasPath,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from crimeshare.configuration import Address
from crimeshare.problems import Problems, shown
from crimeshare.sources.source import Missing, Source

FileName = Annotated[str, StringConstraints(pattern=r"^[^/\\?#]+$")]
Moment = Annotated[datetime | None, BeforeValidator(lambda value: value or None)]


class _Page(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Link(_Page):
    uri: Address


class _Download(_Page):
    file: FileName


class Landing(_Page):
    """The landing page of a dataset.

    Attributes:
        next_release: when ONS means to publish next, in ONS's words; often empty.
        datasets: the links to editions as they stand, usually the newest first.
    """

    type: Literal["dataset_landing_page"]
    uri: Address
    title: str = Field("", validation_alias=AliasPath("description", "title"))
    next_release: str = Field("", validation_alias=AliasPath("description", "nextRelease"))
    datasets: list[_Link]

    @property
    def editions(self) -> tuple[str, ...]:
        """Addresses of the editions, each once, in the order of the page."""
        return tuple(dict.fromkeys(link.uri for link in self.datasets))

    @property
    def listed_twice(self) -> tuple[str, ...]:
        """Addresses that the page lists more than once."""
        uris = [link.uri for link in self.datasets]
        return tuple(uri for uri in self.editions if uris.count(uri) > 1)


class Version(_Page):
    """A state of an edition that ONS replaced.

    Attributes:
        replaced: when it was REPLACED, not when it came out.
        correction_notice: why it was replaced, so what is wrong with this very version; empty
            also where ONS changed bytes without a word.
    """

    uri: Annotated[str, StringConstraints(pattern=r"^(/[A-Za-z0-9._-]+)+/previous/v[0-9]+$")]
    replaced: Moment = Field(validation_alias="updateDate")
    correction_notice: str = Field("", validation_alias="correctionNotice")

    @property
    def number(self) -> int:
        """The N of vN."""
        match = re.search(r"[0-9]+$", self.uri)
        assert match is not None  # by the pattern of uri
        return int(match[0])


class Edition(_Page):
    """The page of an edition, or of a previous version of one.

    Attributes:
        uri: its address below the host. A version's page gives that of its edition.
        name: the edition's name, such as "Year ending June 2018".
        first_released: when the edition first came out; it stays so through corrections, hence
            it dates no version.
    """

    type: Literal["dataset"]
    uri: Address
    name: str = Field("", validation_alias=AliasPath("description", "edition"))
    first_released: Moment = Field(None, validation_alias=AliasPath("description", "releaseDate"))
    downloads: list[_Download]
    versions: list[Version] = []

    @property
    def files(self) -> tuple[str, ...]:
        """Bare names of the files, in the order of the page."""
        return tuple(download.file for download in self.downloads)


class _Attachment(_Page):
    url: str


class Listing(_Page):
    """The landing page of a statistical data set on gov.uk."""

    path: Address = Field(validation_alias="base_path")
    attachments: list[_Attachment] = Field(validation_alias=AliasPath("details", "attachments"))

    @property
    def files(self) -> tuple[str, ...]:
        """Paths of the files below their host, in the order of the page."""
        return tuple(urlsplit(attachment.url).path for attachment in self.attachments)


Kind = TypeVar("Kind", bound=_Page)


def read_landing(source: Source, uri: str) -> Landing:
    """Read the landing page of a dataset.

    Raises:
        Missing, Unanswered: see :class:`crimeshare.sources.source.Source`.
        Problems: everything the page holds otherwise than expected.
    """
    return _parsed(Landing, source, uri)


def read_edition(source: Source, uri: str) -> Edition:
    """Read the page of an edition; raises as :func:`read_landing` does."""
    return _parsed(Edition, source, uri)


def read_listing(source: Source, uri: str) -> Listing:
    """Read a landing page of gov.uk; raises as :func:`read_landing` does."""
    return _parsed(Listing, source, uri)


def read_version(source: Source, version: Version) -> Edition:
    """Read the page of a previous version; raises as :func:`read_landing` does.

    Its files lie below `version.uri`.
    """
    try:
        return _parsed(Edition, source, version.uri)
    except Missing as error:
        edition, _, name = version.uri.rpartition("/previous/")
        raise Missing(
            f"{source.name}: the page {edition} lists {name} among its previous versions, but "
            f"{version.uri} is gone; what it held can be compared only from another archive."
        ) from error


def _parsed(kind: type[Kind], source: Source, uri: str) -> Kind:
    try:
        return kind.model_validate(source.page(uri))
    except ValidationError as error:
        raise Problems([_sentence(source, uri, dict(fault)) for fault in error.errors()]) from None


def _sentence(source: Source, uri: str, fault: dict[str, Any]) -> str:
    key = ".".join(str(part) for part in fault["loc"])
    found = "is missing" if fault["type"] == "missing" else f"is `{shown(fault['input'], 80)}`"
    return (
        f"{source.name}: on the page {uri} the key `{key}` {found} "
        f"({fault['msg'][0].lower()}{fault['msg'][1:]}); ONS may have changed its pages, and "
        "workflow/crimeshare/sources/ons_pages.py says what is expected of them."
    )
