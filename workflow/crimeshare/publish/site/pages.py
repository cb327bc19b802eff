"""Which pages the report has, in the order a reader meets them, and what each is made from.

Read at every start of Snakemake, hence nothing but the standard library.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from crimeshare.reference import GROUP, areas

NOTEBOOKS = Path("notebooks")
EXECUTED = Path("results/notebooks")
REPORT = Path("results/report")


@dataclass(frozen=True)
class Page:
    """One page: a notebook executed with parameters.

    Attributes:
        name: address without its ending, from the root of the report: ``forces/gwent``.
        title: as navigation names it.
        notebook: stem of the notebook it is made from.
        parameters: what replaces the defaults of the notebook's cell tagged ``parameters``.
        section: heading of the navigation it stands under; empty for the front page.
        about: what files about its area are called; empty if it is about none.
    """

    name: str
    title: str
    notebook: str
    parameters: dict[str, str] = field(default_factory=dict, compare=False)
    section: str = ""
    about: str = ""

    @property
    def source(self) -> Path:
        """The notebook as the repository keeps it."""
        return NOTEBOOKS / f"{self.notebook}.ipynb"

    @property
    def executed(self) -> Path:
        """The notebook as executed for this page."""
        return EXECUTED / f"{self.name}.ipynb"

    @property
    def path(self) -> Path:
        """The page itself."""
        return REPORT / f"{self.name}.html"

    @property
    def address(self) -> str:
        """The page from the root of the report."""
        return f"{self.name}.html"

    @property
    def slug(self) -> str:
        """What the page is about, as the names of files taken from it begin."""
        return self.about or _SLUGS.get(self.name, self.name)

    @property
    def how(self) -> Page:
        """The page that shows how this one is made: its notebook, code and outputs."""
        return Page(f"how/{self.name}", f"How it is made: {self.title}", "", section="About")

    @property
    def depth(self) -> int:
        """How many folders below the root it lies."""
        return self.name.count("/")


_SLUGS = {"index": "summary", "national": "england-and-wales"}


def report_pages(offence_id: str = GROUP) -> list[Page]:
    """Every page made from a notebook.

    Args:
        offence_id: the offence group that the report is about.
    """
    group = {"offence_id": offence_id}
    forces = sorted((a for a in areas().values() if a.area_type == "force"), key=lambda a: a.slug)
    regions = [a for a in areas().values() if a.area_type == "region" or a.area_name == "Wales"]
    return [
        Page("index", "Summary", "index", group),
        Page("national", "England and Wales", "national", group, "England and Wales"),
        # Of stalking alone the survey says more than how common it is.
        Page("survey", "Crime Survey", "survey", {}, "England and Wales")
        if offence_id == GROUP
        else Page("survey", "Crime Survey", "measured", group, "England and Wales"),
        *(
            Page(
                f"regions/{a.slug}",
                a.area_name,
                "region",
                {"area": a.slug, **group},
                "Regions",
                about=a.file_name,
            )
            for a in regions
        ),
        *(
            Page(
                f"forces/{a.slug}",
                a.area_name,
                "force",
                {"area": a.slug, **group},
                "Forces",
                about=a.file_name,
            )
            for a in forces
        ),
        Page("explore", "Explore", "explore", group, "About"),
        Page("claims", "Statements audited", "claims", group, "About"),
        Page("revisions", "Revisions", "revisions", group, "About"),
        Page("methods", "Methods", "methods", group, "About"),
        Page("sources", "Sources", "sources", group, "About"),
        Page("data", "Use the data", "data", section="About"),
    ]


def batches(pages: Sequence[Page], size: int) -> dict[str, list[Page]]:
    """Pages in batches that one kernel executes, which loads the tables once.

    Pages that follow each other, often made from one notebook, are dealt out to all batches, so
    that these take about as long.  A batch is called after its first page, as a rule may be:
    ``forces_gwent``.

    Args:
        pages: what to share out.
        size: how many a batch may have.
    """
    number = -(-len(pages) // size)
    dealt = (pages[first::number] for first in range(number))
    return {re.sub(r"\W", "_", batch[0].name): list(batch) for batch in dealt}


def page(name: str, offence_id: str = GROUP) -> Page:
    """The page of that name in the report about an offence group."""
    return next(page for page in report_pages(offence_id) if page.name == name)
