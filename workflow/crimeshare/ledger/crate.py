"""The build described as an RO-Crate: what went in, what ran, what came out, under which licence.

https://www.researchobject.org/ro-crate/ with the Process Run Crate profile.  The description
holds nothing of the moment or the machine, so the same build is described in the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import mimetypes
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rocrate.model.contextentity import ContextEntity
from rocrate.model.file import File
from rocrate.rocrate import ROCrate

from crimeshare.running import replacing
from crimeshare.software import software
from crimeshare.sources.registry import Release

OGL = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
MIT = "https://spdx.org/licenses/MIT"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
SHA256 = "https://w3id.org/ro/terms/workflow-run#sha256"

_DIRECT = re.compile(r"^([A-Za-z0-9._-]+)", re.MULTILINE)
_LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
_TYPES = {".parquet": "application/vnd.apache.parquet", ".ipynb": "application/x-ipynb+json"}


@dataclass(frozen=True)
class Environment:
    """What the build ran with.

    Attributes:
        version: of crimeshare.
        requirements: ``envs/requirements.in``, the libraries used directly.
        lock: ``envs/requirements.txt``, with the version and hashes of all.
    """

    version: str
    requirements: Path
    lock: Path

    @property
    def libraries(self) -> dict[str, str]:
        """The version of each library that is used directly."""
        direct = {_normal(name) for name in _DIRECT.findall(_read(self.requirements))}
        locked = _LOCKED.findall(_read(self.lock))
        return {name: version for name, version in locked if _normal(name) in direct}


def describe(
    root: Path,
    outputs: Iterable[Path],
    releases: Mapping[str, Release],
    hashes: Mapping[str, str],
    environment: Environment,
) -> dict[str, Any]:
    """The description of a build, as JSON-LD.

    Args:
        root: the folder that is described.
        outputs: the files in it that the build made.
        releases: the registry's row of every release, by id.
        hashes: the hash of the workbook that was read for each release of the build; releases
            that are no workbooks of the registry are left out.
        environment: what the build ran with.
    """
    crate = ROCrate()
    crate.metadata.extra_terms["sha256"] = SHA256
    read = {name: sha256 for name, sha256 in hashes.items() if name in releases}
    newest = max(releases[name].period_end for name in read)
    crate.name = "crimeshare: recorded and surveyed crime in England and Wales"
    crate.description = (
        "A report built from releases of the Office for National Statistics, with the estimates "
        "behind it and a ledger that leads from every printed figure to its cell."
    )
    crate.license = _entity(
        crate, OGL, "CreativeWork", name="Open Government Licence v3.0", url=OGL
    )
    # RO-Crate wants a day here; that of the build would change with every build.
    crate.datePublished = newest.isoformat()
    crate.root_dataset["conformsTo"] = _entity(
        crate, PROFILE, "CreativeWork", name="Process Run Crate", version="0.5"
    )
    inputs = [_release(crate, releases[name], sha256) for name, sha256 in read.items()]
    made = [_output(crate, root, path) for path in outputs]
    action = _entity(
        crate,
        "#build",
        "CreateAction",
        name="Build of the report",
        instrument=_software(crate, environment),
        object=inputs,
        result=made,
    )
    crate.root_dataset["mentions"] = [action]
    description: dict[str, Any] = crate.metadata.generate()
    return description


def write_description(description: Mapping[str, Any], path: Path) -> None:
    """Write a description."""
    text = json.dumps(description, indent=1, sort_keys=True, ensure_ascii=False)
    with replacing(path) as target:
        target.write_text(text + "\n", encoding="utf-8")


def _entity(crate: ROCrate, entity_id: str, kind: str, /, **properties: Any) -> ContextEntity:
    entity: ContextEntity = crate.add(ContextEntity(crate, entity_id, {"@type": kind}))
    for name, content in properties.items():
        entity[name] = content
    return entity


def _release(crate: ROCrate, release: Release, sha256: str) -> File:
    """A workbook that was read, at its publisher's address; a copy keeps that address."""
    properties = {
        "name": f"{release.release_id}: {release.edition}",
        "identifier": release.release_id,
        "sha256": sha256,
        "license": {"@id": OGL},
        "temporalCoverage": release.period_end.isoformat(),
    }
    if sha256 != release.sha256:
        properties["description"] = (
            "The bytes read are a copy that config/copies.csv describes, not the publisher's own."
        )
    return crate.add_file(
        release.file_url, fetch_remote=False, validate_url=False, properties=properties
    )


def _output(crate: ROCrate, root: Path, path: Path) -> File:
    content = path.read_bytes()
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0]
    properties: dict[str, Any] = {
        "name": path.stem,
        "contentSize": str(len(content)),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    if kind:
        properties["encodingFormat"] = kind
    return crate.add_file(path, dest_path=path.relative_to(root).as_posix(), properties=properties)


def _software(crate: ROCrate, environment: Environment) -> ContextEntity:
    libraries = [
        _entity(crate, f"#{name}", "SoftwareApplication", name=name, softwareVersion=version)
        for name, version in sorted(environment.libraries.items())
    ]
    lock = _entity(
        crate,
        "#lock",
        "CreativeWork",
        name="envs/requirements.txt",
        sha256=hashlib.sha256(environment.lock.read_bytes()).hexdigest(),
    )
    licence = _entity(crate, MIT, "CreativeWork", name="MIT License", url=MIT)
    return _entity(
        crate,
        "#crimeshare",
        "SoftwareApplication",
        name="crimeshare",
        softwareVersion=environment.version,
        # The digest by which the workflow itself knows its code and environment.
        identifier=software("sources", "tables", "measures", "publish", "ledger"),
        license=licence,
        softwareRequirements=[*libraries, lock],
    )


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
