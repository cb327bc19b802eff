"""The description of a build, read back by the library of the format."""

from __future__ import annotations

import hashlib
import json
import warnings
from pathlib import Path

import pytest
from rocrate.rocrate import ROCrate

from crimeshare.ledger.crate import MIT, OGL, Environment, describe, write_description
from crimeshare.sources.registry import read_registry
from tests.conftest import ROOT

ENVIRONMENT = Environment(
    "0.1.0", ROOT / "envs" / "requirements.in", ROOT / "envs" / "requirements.txt"
)
READ = {"pfa-2024-12": "c3" * 32, "pfa-2024-06": "ab" * 32, "bulletin-2024-09": "cd" * 32}


@pytest.fixture
def results(tmp_path: Path) -> Path:
    for name in ("report/index.html", "estimates/shares.parquet"):
        path = tmp_path / "results" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"content of {name}", encoding="utf-8")
    return tmp_path / "results"


@pytest.fixture
def crate(results: Path) -> ROCrate:
    registry = read_registry(ROOT / "config" / "releases.csv")
    outputs = sorted(path for path in results.rglob("*") if path.is_file())
    described = describe(results, outputs, registry, READ, ENVIRONMENT)
    write_description(described, results / "ro-crate-metadata.json")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return ROCrate(results)


def test_the_build_names_what_went_in_what_ran_and_what_came_out(
    crate: ROCrate, results: Path
) -> None:
    (build,) = crate.get_by_type("CreateAction")
    assert crate.root_dataset["mentions"] == [build]
    assert [source["identifier"] for source in build["object"]] == ["pfa-2024-12", "pfa-2024-06"]
    assert all(
        source.id.startswith("https://www.ons.gov.uk/file?uri=/") for source in build["object"]
    )
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
    lock = hashlib.sha256(ENVIRONMENT.lock.read_bytes()).hexdigest()
    assert [p["sha256"] for p in software["softwareRequirements"] if p.get("sha256")] == [lock]
    assert crate.license.id == OGL


def test_a_copy_in_place_of_the_publishers_file_is_called_one(crate: ROCrate) -> None:
    (build,) = crate.get_by_type("CreateAction")
    told = {source["identifier"]: source.get("description", "") for source in build["object"]}
    assert "are a copy" in told["pfa-2024-06"]


def test_the_same_build_is_described_in_the_same_bytes(results: Path, crate: ROCrate) -> None:
    first = (results / "ro-crate-metadata.json").read_bytes()
    described = json.loads(first)
    root = next(entity for entity in described["@graph"] if entity["@id"] == "./")
    # The last day of the newest figures, not of the build.
    assert root["datePublished"] == "2024-12-31"
    registry = read_registry(ROOT / "config" / "releases.csv")
    outputs = [results / "estimates/shares.parquet", results / "report/index.html"]
    again = describe(results, outputs, registry, READ, ENVIRONMENT)
    write_description(again, results / "ro-crate-metadata.json")
    assert (results / "ro-crate-metadata.json").read_bytes() == first
