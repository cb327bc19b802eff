"""The build described as an RO-Crate: what went in, what ran, what came out, under which licence.

https://www.researchobject.org/ro-crate/ with the Process Run Crate profile.  The description
holds nothing of the moment or the machine, so the same build is described in the same bytes.
"""

from __future__ import annotations

import json
import mimetypes
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from rocrate.model.contextentity import ContextEntity
from rocrate.model.file import File
from rocrate.rocrate import ROCrate

from crimeshare.products import digest
from crimeshare.publish.elements.licence import OGL
from crimeshare.running import write_file
from crimeshare.software import software
from crimeshare.sources.registry import FIGURES, Release

MIT = "https://spdx.org/licenses/MIT"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
REFERENCE = Path("resources/reference")
SHA256 = "https://w3id.org/ro/terms/workflow-run#sha256"

_DIRECT = re.compile(r"^([A-Za-z0-9._-]+)", re.MULTILINE)
_LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
_TYPES = {".parquet": "application/vnd.apache.parquet", ".ipynb": "application/x-ipynb+json"}


@dataclass
class Publication:
    """One publication whose figures the build holds.

    Attributes:
        sha256: of the workbook that was read; empty where figures came from no workbook.
        seen: in words, where its figures stand; none for one that the registry describes.
    """

    sha256: str = ""
    seen: list[str] = field(default_factory=list)


def publications(*tables: Path) -> dict[str, Publication]:
    """The publications that clean tables hold figures of, by id, in the order of their rows."""
    found: dict[str, Publication] = {}
    for table in tables:
        named = [
            name
            for name in ("release_id", "workbook_sha256", "source")
            if name in pq.read_schema(table).names
        ]
        rows = pq.read_table(table, columns=named).group_by(named, use_threads=False).aggregate([])
        for row in rows.to_pylist():
            publication = found.setdefault(row["release_id"], Publication())
            publication.sha256 = row["workbook_sha256"] or publication.sha256
            if row.get("source"):
                publication.seen.append(row["source"])
    return found


def describe(
    root: Path,
    outputs: Iterable[Path],
    inputs: Iterable[Path],
    published: Mapping[str, Publication],
    releases: Mapping[str, Release],
    version: str,
    requirements: Path,
    lock: Path,
) -> dict[str, Any]:
    """The description of a build, as JSON-LD.

    Args:
        outputs: the files in it that the build made.
        inputs: the files of the project that the build read, by their paths in it; workbooks are
            described as the publications they are.
        version: of the project.
        requirements: ``envs/requirements.in``, the libraries used directly.
        lock: ``envs/requirements.txt``, with the version and hashes of all.
    """
    crate = ROCrate()
    crate.metadata.extra_terms["sha256"] = SHA256
    newest = max(releases[name].period_end for name in published if name in releases)
    crate.name = "crimeshare: recorded and surveyed crime in England and Wales"
    crate.description = (
        "A report built from releases of the Office for National Statistics and the Home Office, "
        "with the estimates behind it and a ledger that leads from every printed figure to its "
        "source."
    )
    crate.license = _entity(
        crate, OGL, "CreativeWork", name="Open Government Licence v3.0", url=OGL
    )
    # RO-Crate wants a day here; that of the build would change with every build.
    crate.datePublished = newest.isoformat()
    crate.root_dataset["conformsTo"] = _entity(
        crate, PROFILE, "CreativeWork", name="Process Run Crate", version="0.5"
    )
    sources = {
        name: _release(crate, releases[name], publication.sha256)
        if name in releases
        else _transcribed(crate, name, publication)
        for name, publication in published.items()
    }
    files = [
        _input(crate, path, sources.get(path.stem) if path.parent == FIGURES else None)
        for path in inputs
    ]
    made = [_output(crate, root, path) for path in outputs]
    action = _entity(
        crate,
        "#build",
        "CreateAction",
        name="Build of the report",
        instrument=_software(crate, version, requirements, lock),
        object=[*sources.values(), *files],
        result=made,
    )
    crate.root_dataset["mentions"] = [action]
    description: dict[str, Any] = crate.metadata.generate()
    return description


def write_description(description: Mapping[str, Any], path: Path) -> None:
    text = json.dumps(description, indent=1, sort_keys=True, ensure_ascii=False)
    write_file(path, text + "\n")


def _entity(crate: ROCrate, entity_id: str, kind: str, /, **properties: Any) -> ContextEntity:
    entity: ContextEntity = crate.add(ContextEntity(crate, entity_id, {"@type": kind}))
    for name, content in properties.items():
        entity[name] = content
    return entity


def _release(crate: ROCrate, release: Release, sha256: str) -> File:
    """A release at its publisher's address; a copy keeps that address."""
    properties: dict[str, Any] = {
        "name": f"{release.release_id}: {release.edition}",
        "identifier": release.release_id,
        "license": {"@id": OGL},
        "temporalCoverage": release.period_end.isoformat(),
    }
    if sha256:
        properties["sha256"] = sha256
    if not sha256:
        properties["description"] = release.note
    elif sha256 != release.sha256:
        properties["description"] = (
            "The bytes read are a copy that config/copies.csv describes, not the publisher's own."
        )
    return crate.add_file(
        release.file_url, fetch_remote=False, validate_url=False, properties=properties
    )


def _transcribed(crate: ROCrate, name: str, publication: Publication) -> ContextEntity:
    """A publication that the registry does not hold, in the words of whoever saw its figures."""
    seen = "; ".join(dict.fromkeys(publication.seen))
    return _entity(
        crate,
        f"#{name}",
        "CreativeWork",
        name=f"{name}: {seen}",
        identifier=name,
        license={"@id": OGL},
    )


def _input(crate: ROCrate, path: Path, source: ContextEntity | None) -> ContextEntity:
    """A file of the project that was read; it lies outside of the folder described."""
    entity = _entity(
        crate,
        f"#{path.as_posix()}",
        "CreativeWork",
        name=path.as_posix(),
        license=_licences(crate, path),
        **_content(path),
    )
    if source:
        entity["isBasedOn"] = source
    return entity


def _output(crate: ROCrate, root: Path, path: Path) -> File:
    properties = {"name": path.stem, **_content(path)}
    return crate.add_file(path, dest_path=path.relative_to(root).as_posix(), properties=properties)


def _content(path: Path) -> dict[str, Any]:
    described = {"contentSize": str(path.stat().st_size), "sha256": digest(path)}
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0]
    return described | ({"encodingFormat": kind} if kind else {})


def _licences(crate: ROCrate, path: Path) -> list[Mapping[str, str] | ContextEntity]:
    """As LICENSE-FIGURES.md has it: figures are not the project's own, what it wrote is."""
    if path.parent == FIGURES:
        return [{"@id": OGL}]
    return [{"@id": OGL}, _mit(crate)] if path.parent == REFERENCE else [_mit(crate)]


def _mit(crate: ROCrate) -> ContextEntity:
    return _entity(crate, MIT, "CreativeWork", name="MIT License", url=MIT)


def _software(crate: ROCrate, version: str, requirements: Path, lock: Path) -> ContextEntity:
    direct = {_normal(name) for name in _DIRECT.findall(_read(requirements))}
    libraries = [
        _entity(crate, f"#{name}", "SoftwareApplication", name=name, softwareVersion=locked)
        for name, locked in sorted(_LOCKED.findall(_read(lock)))
        if _normal(name) in direct
    ]
    sha256 = digest(lock)
    locked_in = _entity(crate, "#lock", "CreativeWork", name="envs/requirements.txt", sha256=sha256)
    return _entity(
        crate,
        "#crimeshare",
        "SoftwareApplication",
        name="crimeshare",
        softwareVersion=version,
        # The digest by which the workflow itself knows its code and environment.
        identifier=software(),
        license=_mit(crate),
        softwareRequirements=[*libraries, locked_in],
    )


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
