"""Which pages the report has, in the order a reader meets them, and what each is made from.

Read at every start of Snakemake, hence nothing but the standard library.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from crimeshare.reference import GROUP, Area, areas, offences

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
        group: the offence group it is about; empty if it is about all that the report has.
        groups: those that the report has; the pages of the first are at its root.
    """

    name: str
    title: str
    notebook: str
    parameters: Mapping[str, Any] = field(default_factory=dict, compare=False)
    section: str = ""
    about: str = ""
    group: str = ""
    groups: tuple[str, ...] = (GROUP,)

    @property
    def folder(self) -> str:
        """Where the pages of its group lie, from the root of the report: empty, or ``robbery/``."""
        return "" if self.group in ("", self.groups[0]) else f"{self.group}/"

    @property
    def own_name(self) -> str:
        """Its name among the pages of its group: ``forces/gwent``."""
        return self.name.removeprefix(self.folder)

    @property
    def source(self) -> Path:
        return NOTEBOOKS / f"{self.notebook}.ipynb"

    @property
    def executed(self) -> Path:
        return EXECUTED / f"{self.name}.ipynb"

    @property
    def path(self) -> Path:
        return REPORT / f"{self.name}.html"

    @property
    def address(self) -> str:
        """The page from the root of the report."""
        return f"{self.name}.html"

    @property
    def charts(self) -> str:
        """Where the data of its charts lie, from the root of the report."""
        return f"{self.folder}charts/{self.own_name}"

    @property
    def slug(self) -> str:
        """What the page is about, as the names of files taken from it begin."""
        own = self.about or _SLUGS.get(self.own_name, self.own_name)
        return f"{self.group}-{own}" if self.folder else own

    @property
    def how(self) -> Page:
        """The page that shows how this one is made: its notebook, code and outputs."""
        return replace(
            self,
            name=f"how/{self.name}",
            title=f"How it is made: {self.title}",
            notebook="",
            section="About",
            about="",
        )

    @property
    def depth(self) -> int:
        """How many folders below the root it lies."""
        return self.name.count("/")


_SLUGS = {"index": "summary", "national": "england-and-wales"}


def report_pages(groups: Sequence[str] = (GROUP,)) -> list[Page]:
    """Every page made from a notebook.

    Args:
        groups: the offence groups that the report is about. The pages of the first, and those that
            all have in common, are at the root; those of another are in a folder of its name.
    """
    groups = tuple(groups)
    # Whatever else it tells, it tells of stalking at greater length than of any other group.
    group = {"offence_id": GROUP if GROUP in groups else groups[0]}
    *first, revisions = _about(groups[0], groups)
    return [
        *first,
        Page("explore", "Explore", "explore", {"offence_id": groups[0]}, "About", groups=groups),
        Page(
            "claims",
            "Statements audited",
            "claims",
            {"offence_ids": list(groups)},
            "About",
            groups=groups,
        ),
        revisions,
        Page("methods", "Methods", "methods", group, "About", groups=groups),
        Page("sources", "Sources", "sources", group, "About", groups=groups),
        Page("data", "Use the data", "data", section="About", groups=groups),
        *(page for other in groups[1:] for page in _about(other, groups)),
    ]


def _about(offence_id: str, groups: tuple[str, ...]) -> list[Page]:
    folder = "" if offence_id == groups[0] else f"{offence_id}/"
    given = {"offence_id": offence_id}

    def about(
        name: str, title: str, notebook: str, section: str = "", area: Area | None = None
    ) -> Page:
        return Page(
            f"{folder}{name}",
            title,
            notebook,
            ({"area": area.slug} if area else {}) | given,
            section,
            area.file_name if area else "",
            offence_id,
            groups,
        )

    forces = sorted((a for a in areas().values() if a.area_type == "force"), key=lambda a: a.slug)
    regions = [a for a in areas().values() if a.area_type == "region" or a.area_name == "Wales"]
    survey = about("survey", "Crime Survey", "measured", "England and Wales")
    if offence_id == GROUP:
        # Of stalking alone the survey says more than how common it is.
        survey = replace(survey, notebook="survey", parameters={})
    return [
        about("index", "Summary", "index"),
        about("national", "England and Wales", "national", "England and Wales"),
        survey,
        *(about(f"regions/{a.slug}", a.area_name, "region", "Regions", a) for a in regions),
        *(about(f"forces/{a.slug}", a.area_name, "force", "Forces", a) for a in forces),
        about("revisions", "Revisions", "revisions", "About"),
    ]


def batches(pages: Sequence[Page], size: int) -> dict[str, list[Page]]:
    """Pages in batches that one kernel executes, which loads the tables of one group once.

    Pages that follow each other, often made from one notebook, are dealt out to all batches, so
    that these take about as long.  A batch is called after its first page, as a rule may be:
    ``forces_gwent``.
    """
    found = {}
    for folder in dict.fromkeys(page.folder for page in pages):
        own = [page for page in pages if page.folder == folder]
        number = -(-len(own) // size)
        for first in range(number):
            found[re.sub(r"\W", "_", own[first].name)] = own[first::number]
    return found


def page(name: str, groups: Sequence[str] = (GROUP,)) -> Page:
    """The page of that name in the report about offence groups."""
    return next(page for page in report_pages(groups) if page.name == name)


def any_page(name: str) -> Page | None:
    """The page of that name in whichever report has one, as a ledger may name it."""
    others = [group for group in offences() if name.startswith(f"{group}/")]
    pages = report_pages() if not others else report_pages(("", *others))
    return next((page for page in pages if page.name == name), None)
