"""A report about several offence groups, built beside one about the first of them alone."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from crimeshare.ledger.entries import read_ledger
from crimeshare.publish.site.pages import report_pages
from tests.workflow.runs import snakemake

pytestmark = pytest.mark.slow

# The second has parts, and the survey asks about it.
GROUPS = ["stalking_harassment", "theft_offences"]
OTHER = "theft_offences"
REPORT = Path("results/report")
SITE = [
    *("results/published/figures.csv", "results/report/places.js", "results/report/reference"),
    *("results/report/explore", "results/report/data/areas", "results/report/feed.xml"),
]
SELECTOR = re.compile(r'<form class="groups".*?</details>\n', re.DOTALL)


@pytest.fixture(scope="module")
def sites(whole: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    """The report about the first group, and in another folder that about all of `GROUPS`."""
    project = tmp_path_factory.mktemp("several") / "project"
    shutil.copytree(whole, project, symlinks=True)
    shutil.copytree(project / REPORT, project / "one")
    feeds = [f"{REPORT}/{group}/feed.xml" for group in GROUPS[1:]]
    several = snakemake(project, *SITE, *feeds, "--config", f"offence_groups=[{','.join(GROUPS)}]")
    assert several.returncode == 0, several.stderr
    yield project / "one", project / REPORT
    shutil.rmtree(project)


def ids(html: str) -> set[str]:
    return set(re.findall(r'\bid="([^"]+)"', html))


def test_every_link_leads_somewhere(sites: tuple[Path, Path]) -> None:
    report = sites[1].resolve()
    texts = {path: path.read_text(encoding="utf-8") for path in report.rglob("*.html")}
    known = {path: ids(html) for path, html in texts.items()}
    # What takes longest to make is not built here, but has an address.
    pages = report_pages(GROUPS)
    made = {report / "data.zip", *(report / page.folder / "report.pdf" for page in pages)}
    made |= {report / f"{page.name}.pdf" for page in pages if page.notebook == "force"}
    followed, lost = 0, set()
    for path, html in texts.items():
        shown = re.sub(r"<(script|pre)\b.*?</\1>", "", html, flags=re.DOTALL)
        links = re.findall(r'\bhref="([^"]+)"', shown)
        links += re.findall(r'<option value="([^"]+\.html)"', shown)
        for link in links:
            if re.match(r"[a-z]+:", link):
                continue
            address, _, anchor = link.partition("#")
            address = address.partition("?")[0]
            target = (path.parent / address).resolve() if address else path
            followed += 1
            there = target.exists() or target in made
            if not there or (anchor and anchor not in known.get(target, {anchor})):
                lost.add(f"{path.relative_to(report)}: {link}")
    assert not lost, sorted(lost)[:20]
    assert followed > 100 * len(GROUPS)


def test_the_first_group_has_the_pages_it_has_alone(sites: tuple[Path, Path]) -> None:
    alone, report = sites
    for page in report_pages(GROUPS):
        if page.group == GROUPS[0]:
            html = (report / page.address).read_text(encoding="utf-8")
            assert html.count('<form class="groups"') == 1
            assert SELECTOR.sub("", html) == (alone / page.address).read_text(encoding="utf-8")


def test_the_ledger_holds_the_figures_of_all_groups(sites: tuple[Path, Path]) -> None:
    _, report = sites
    entries = read_ledger(report.parents[1] / "results/published/figures.csv")
    assert len({entry.key for entry in entries}) == len(entries)
    assert {entry.page for entry in entries} == {
        page.name for page in report_pages(GROUPS) if page.notebook != "data"
    }


# Last, as it builds another report in the same folder.
def test_another_group_says_what_a_report_about_it_says(sites: tuple[Path, Path]) -> None:
    _, report = sites
    several = (report / OTHER / "forces" / "gwent.html").read_text(encoding="utf-8")
    target = f"{REPORT}/forces/gwent.html"
    run = snakemake(report.parents[1], target, "--config", f"offence_group={OTHER}")
    assert run.returncode == 0, run.stderr
    alone = (report / "forces/gwent.html").read_text(encoding="utf-8")

    def said(html: str) -> str:
        main = re.findall(r"<main[^>]*>(.*?)</main>", html, flags=re.DOTALL)[0]
        # Links lead to other folders, and files are called after the group.
        return re.sub(rf'href="(?:\.\./)+(?:{OTHER}/)?', 'href="', main.replace(f"{OTHER}-", ""))

    assert said(several) == said(alone)
