"""How a build grows: time, memory, steps and products against editions and offence groups.

    .venv/bin/python benchmarks/growth.py [--cores C] [--chart FILE]

Builds the last commit in a temporary folder, with more and more editions of the police force area
tables (those beyond the shipped ones made from shipped figures, of later years) and with more and
more offence groups, hence pages.  Seconds are of the processor; memory is that of the largest step
that Snakemake's benchmarks look at: notebooks, pages and PDFs.  Prints the tables for
benchmarks/README.md and draws the chart beside them.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import vl_convert
import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.building import copy, run  # noqa: E402
from crimeshare.sources.registry import REGISTRY, read_registry  # noqa: E402
from tests.editions import multiply  # noqa: E402

EDITIONS = (10, 20, 40)
GROUPS = ("stalking_harassment", "robbery")
NUMBERS_OF_GROUPS = (1, 2)


@dataclass
class Build:
    """What one build took.

    Attributes:
        of: what grows, ``editions`` or ``groups``; size: how many of them.
        pages: of the report; steps: jobs of Snakemake.
        clock, processor: seconds; memory: MB of the largest step, and which that is.
        products: MB below ``results/report`` and ``results/data``.
    """

    of: str
    size: int
    pages: int
    steps: int
    clock: float
    processor: float
    memory: float
    largest: str
    products: float


def main() -> None:
    """Build, print the tables and draw the chart."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--cores", default="2")
    options.add_argument("--chart", type=Path, default=ROOT / "benchmarks" / "growth.svg")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="crimeshare-") as folder:
        builds = [*by_editions(Path(folder), given.cores), *by_groups(Path(folder), given.cores)]
    print("| | | pages | steps | seconds, clock, processor | largest step, MB | products, MB |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for build in builds:
        print(
            f"| {build.of} | {build.size} | {build.pages} | {build.steps} "
            f"| {build.clock:.0f}, {build.processor:.0f} "
            f"| {build.memory:.0f} (`{build.largest}`) | {build.products:.0f} |"
        )
    given.chart.write_text(vl_convert.vegalite_to_svg(chart(builds)), encoding="utf-8")


def by_editions(folder: Path, cores: str) -> Iterator[Build]:
    """Builds of ever more editions, the newest of those there are."""
    for size in EDITIONS:
        project = fresh(folder, f"editions-{size}")
        registry = read_registry(project / REGISTRY)
        known = [release for release in registry.values() if release.status == "shipped"]
        shipped = [release.release_id for release in known if release.dataset == "pfa"]
        others = [release.release_id for release in known if release.dataset != "pfa"]
        if size > len(shipped):
            shipped += multiply(project, -(-size // len(shipped)))
        yield build("editions", size, project, cores, {"releases": [*shipped[-size:], *others]})


def by_groups(folder: Path, cores: str) -> Iterator[Build]:
    """Builds about ever more offence groups, each with the pages of all areas."""
    for size in NUMBERS_OF_GROUPS:
        project = fresh(folder, f"groups-{size}")
        yield build("groups", size, project, cores, {"offence_groups": list(GROUPS[:size])})


def fresh(folder: Path, name: str) -> Path:
    """A copy of the last commit under a name of its own."""
    project = copy("HEAD", folder)
    return project.rename(folder / name)


def build(of: str, size: int, project: Path, cores: str, changed: dict[str, object]) -> Build:
    """Build a project with some keys of its configuration changed."""
    path = project / "config" / "config.yaml"
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    if "offence_groups" in changed:
        del config["offence_group"]
    path.write_text(yaml.safe_dump(config | changed), encoding="utf-8")
    spent = run(project, cores)
    memory, largest = max(measured(project))
    results = project / "results"
    files = [*(results / "report").rglob("*"), *(results / "data").rglob("*")]
    made = Build(
        of,
        size,
        len(list((results / "notebooks").rglob("*.ipynb"))),
        spent.steps,
        spent.clock,
        spent.processor,
        memory,
        largest,
        sum(file.stat().st_size for file in files if file.is_file()) / 1e6,
    )
    print(made, file=sys.stderr, flush=True)
    return made


def measured(project: Path) -> Iterator[tuple[float, str]]:
    """The memory of every step, in MB, and its name."""
    folder = project / "results" / "benchmarks"
    for path in sorted(folder.rglob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                name = path.relative_to(folder).with_suffix("").as_posix()
                if row["max_pss"] not in ("-", "NA", ""):
                    yield float(row["max_pss"]), name


def chart(builds: list[Build]) -> dict[str, object]:
    """Seconds, memory and products against what grows, each from zero."""
    units = {"processor": "seconds of the processor", "memory": "MB, largest step"}
    units["products"] = "MB of products"
    panels = [
        {
            "title": f"{unit} by {of}",
            "width": 220,
            "height": 150,
            "data": {
                "values": [
                    {"size": each.size, "value": getattr(each, name)}
                    for each in builds
                    if each.of == of
                ]
            },
            "mark": {"type": "line", "point": True},
            "encoding": {
                "x": {"field": "size", "type": "quantitative", "title": of},
                "y": {"field": "value", "type": "quantitative", "title": None},
            },
        }
        for of in ("editions", "groups")
        for name, unit in units.items()
    ]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "columns": 3,
        "concat": panels,
    }


if __name__ == "__main__":
    main()
