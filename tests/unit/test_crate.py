"""The description of a build, read back by the library of the format."""

from __future__ import annotations

import hashlib
import json
import warnings
from pathlib import Path

import pandas as pd
import pytest
from rocrate.rocrate import ROCrate

from crimeshare.ledger.crate import (
    MIT,
    OGL,
    Publication,
    describe,
    publications,
    write_description,
)
from crimeshare.sources.registry import read_registry
from tests.conftest import ROOT

ENVS = ROOT / "envs"
MADE_WITH = ("0.1.0", ENVS / "requirements.in", ENVS / "requirements.txt")
REGISTRY = read_registry(ROOT / "config" / "releases.csv")
PUBLISHED = {
    "pfa-2024-12": Publication(REGISTRY["pfa-2024-12"].sha256),
    "pfa-2024-06": Publication("ab" * 32),
    "prc-2025-12": Publication(),
    "bulletin-2024-09": Publication("", ["bulletin, figure 3", "bulletin, figure 3"]),
}
INPUTS = [
    Path("config/claims.yaml"),
    Path("resources/reference/stalking_prevalence.csv"),
    Path("resources/figures/pfa-2024-12.parquet"),
]


@pytest.fixture(autouse=True)
def _in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.fixture
def results(tmp_path: Path) -> Path:
    for name in ("report/index.html", "estimates/shares.parquet"):
        path = tmp_path / "results" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"content of {name}", encoding="utf-8")
    return tmp_path / "results"


@pytest.fixture
def crate(results: Path) -> ROCrate:
    outputs = sorted(path for path in results.rglob("*") if path.is_file())
    described = describe(results, outputs, INPUTS, PUBLISHED, REGISTRY, *MADE_WITH)
    write_description(described, results / "ro-crate-metadata.json")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return ROCrate(results)


def test_the_build_names_what_went_in_what_ran_and_what_came_out(
    crate: ROCrate, results: Path
) -> None:
    (build,) = crate.get_by_type("CreateAction")
    assert crate.root_dataset["mentions"] == [build]
    assert [source.get("identifier") or source["name"] for source in build["object"]] == [
        *PUBLISHED,
        *(path.as_posix() for path in INPUTS),
    ]
    made = {output.id: output for output in build["result"]}
    assert set(made) == {"report/index.html", "estimates/shares.parquet"}
    for name, output in made.items():
        content = (results / name).read_bytes()
        assert output["sha256"] == hashlib.sha256(content).hexdigest()
        assert output["contentSize"] == str(len(content))
    software = build["instrument"]
    assert (software["name"], software["license"].id) == ("crimeshare", MIT)
    versions = {
        part["name"]: part.get("softwareVersion") for part in software["softwareRequirements"]
    }
    assert versions["pandas"].startswith("3.")
    lock = hashlib.sha256(MADE_WITH[2].read_bytes()).hexdigest()
    assert [p["sha256"] for p in software["softwareRequirements"] if p.get("sha256")] == [lock]
    assert crate.license.id == OGL


def test_a_copy_in_place_of_the_publishers_file_is_called_one(crate: ROCrate) -> None:
    (build,) = crate.get_by_type("CreateAction")
    own, copy, *_ = build["object"]
    assert "are a copy" in copy["description"]
    assert "description" not in own.properties()


def test_a_publication_is_described_as_far_as_it_is_known(crate: ROCrate) -> None:
    own, copy, unpinned, gathered = crate.get_by_type("CreateAction")[0]["object"][:4]
    assert own.id.startswith("https://www.ons.gov.uk/file?uri=/")
    assert (own["sha256"], copy["sha256"]) == (REGISTRY["pfa-2024-12"].sha256, "ab" * 32)
    assert unpinned.id.startswith("https://assets.publishing.service.gov.uk/media/")
    assert "sha256" not in unpinned.properties()
    assert "third party's conversion" in unpinned["description"]
    assert (gathered.id, gathered["name"]) == (
        "#bulletin-2024-09",
        "bulletin-2024-09: bulletin, figure 3",
    )


def test_a_file_of_the_project_has_its_hash_and_what_it_is_based_on(crate: ROCrate) -> None:
    release, *_, claims, estimates, figures = crate.get_by_type("CreateAction")[0]["object"]
    for path, entity in zip(INPUTS, (claims, estimates, figures), strict=True):
        assert entity.id == f"#{path.as_posix()}"
        assert entity["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert figures["isBasedOn"] == release
    assert [licence.id for licence in figures["license"]] == [OGL]
    assert [licence.id for licence in claims["license"]] == [MIT]
    assert [licence.id for licence in estimates["license"]] == [OGL, MIT]


def test_publications_are_found_in_clean_tables(tmp_path: Path) -> None:
    recorded, surveyed = tmp_path / "recorded.parquet", tmp_path / "surveyed.parquet"
    pd.DataFrame(
        {"release_id": ["pfa-2024-12"] * 3, "workbook_sha256": ["c3" * 32, None, "c3" * 32]}
    ).to_parquet(recorded)
    pd.DataFrame(
        {
            "release_id": ["sdg", "sdg", "sdg"],
            "workbook_sha256": pd.Series([None] * 3, dtype="str"),
            "source": ["indicator", "indicator", "annex"],
        }
    ).to_parquet(surveyed)
    assert publications(recorded, surveyed) == {
        "pfa-2024-12": Publication("c3" * 32),
        "sdg": Publication("", ["indicator", "annex"]),
    }


def test_the_same_build_is_described_in_the_same_bytes(results: Path, crate: ROCrate) -> None:
    first = (results / "ro-crate-metadata.json").read_bytes()
    described = json.loads(first)
    root = next(entity for entity in described["@graph"] if entity["@id"] == "./")
    # The last day of the newest figures, not of the build.
    assert root["datePublished"] == "2025-12-31"
    outputs = [results / "estimates/shares.parquet", results / "report/index.html"]
    again = describe(results, outputs, INPUTS, PUBLISHED, REGISTRY, *MADE_WITH)
    write_description(again, results / "ro-crate-metadata.json")
    assert (results / "ro-crate-metadata.json").read_bytes() == first
