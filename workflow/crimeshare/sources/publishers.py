"""Who publishes a dataset, and where its files lie.

Read at every start of Snakemake, hence nothing but the standard library.
"""

from __future__ import annotations

from dataclasses import dataclass

ONS = "https://www.ons.gov.uk"


@dataclass(frozen=True)
class Publisher:
    """A publisher of datasets.

    Attributes:
        name: in full; short: as a sentence names it the second time.
        host: address that the paths of the registry lie below.
        landing: the page that lists a dataset's releases; empty where each release has its own.
        listing: address that answers with the landing page as data, the page's path behind it.
    """

    name: str
    short: str
    host: str
    landing: str = ""
    listing: str = ""

    def page(self, path: str) -> str:
        """Address of the page that a reader finds the file at `path` on."""
        return self.landing or f"{self.host}{path.rsplit('/', 1)[0]}"

    def file(self, path: str) -> str:
        """Address of the file at `path` itself."""
        return f"{self.host}{path}" if self.landing else f"{self.host}/file?uri={path}"


OFFICE_FOR_NATIONAL_STATISTICS = Publisher("Office for National Statistics", "ONS", ONS)
HOME_OFFICE = Publisher(
    "Home Office",
    "the Home Office",
    "https://assets.publishing.service.gov.uk",
    "https://www.gov.uk/government/statistical-data-sets/"
    "police-recorded-crime-and-outcomes-open-data-tables",
    "https://www.gov.uk/api/content",
)

DATASETS = {
    "pfa": "Police force area tables",
    "appendix": "Crime in England and Wales, appendix tables",
    "prc": "Home Office, police recorded crime open data",
}
"""What a reader calls a dataset."""

# Every other dataset is ONS's.
_PUBLISHERS = {"prc": HOME_OFFICE}


def publisher(dataset: str) -> Publisher:
    """The publisher of a dataset, by its short name."""
    return _PUBLISHERS.get(dataset, OFFICE_FOR_NATIONAL_STATISTICS)
