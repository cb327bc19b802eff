"""The one list of datasets: who publishes each, how it is read and what a reader calls it.

A dataset's short name is what the ids of its releases begin with, and the name of the folder of
its layout in ``crimeshare/tables/layouts/``.

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

SHAPES = FORCE_AREAS, APPENDIX, QUARTERS = "police_force_area", "appendix", "recorded_quarters"
"""What can be read, by the modules in ``crimeshare/tables/`` that do: tables of offences by area
and year; of the survey, and of offences by code, over many years; of offences by force and quarter.
"""


@dataclass(frozen=True)
class Dataset:
    """A dataset.

    Attributes:
        reader: which of :data:`SHAPES` knows the shape of its tables.
        title: what a reader calls it, where its name stands alone.
        name: the same within a sentence.
    """

    publisher: Publisher
    reader: str
    title: str
    name: str


DATASETS = {
    "pfa": Dataset(
        OFFICE_FOR_NATIONAL_STATISTICS,
        FORCE_AREAS,
        "Police force area tables",
        "police force area tables",
    ),
    "appendix": Dataset(
        OFFICE_FOR_NATIONAL_STATISTICS,
        APPENDIX,
        "Crime in England and Wales, appendix tables",
        "appendix tables",
    ),
    "prc": Dataset(
        HOME_OFFICE,
        QUARTERS,
        "Home Office, police recorded crime open data",
        "Home Office open data",
    ),
}
