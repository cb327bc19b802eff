"""Whatever stands in a file or an answer: it is taken, or refused in a sentence; nothing else.

The same examples on every run; `benchmarks/fuzzing.py` looks further.
"""

from __future__ import annotations

import csv
import io
import json
import unicodedata
import zipfile
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from crimeshare.audit.check_command import check
from crimeshare.audit.claim_keys import Vocabulary
from crimeshare.audit.claims_file import read_claims
from crimeshare.audit.evidence import Evidence
from crimeshare.cli import main
from crimeshare.configuration import read_configuration
from crimeshare.problems import Problem
from crimeshare.reference import areas
from crimeshare.releases.finding import find_release
from crimeshare.releases.release_check import check_releases
from crimeshare.sources.open_source import MirrorFolder
from crimeshare.sources.registry import read_copies, read_registry, select
from crimeshare.tables.corrections import read_corrections
from tests.audited import known_evidence
from tests.conftest import ROOT
from tests.editions import DATASET, folder
from tests.fuzzing import ASKED, JSON, TEXT, VALUE, as_json, changed, damaged
from tests.releases import KNOWN, set_up

CONFIG = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
ENTRIES = yaml.load(
    (ROOT / "config/claims.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader
)
# Of every kind of claim one, and of the other files their beginning: to read all takes longest.
KINDS = list({entry["quantity"]: entry for entry in ENTRIES}.values())
CLAIMS = yaml.safe_dump(KINDS).encode()
CORRECTIONS = (ROOT / "config/corrections.yaml").read_bytes()[:1500]
REGISTRY = b"".join((ROOT / "config/releases.csv").read_bytes().splitlines(True)[:12])
COPIES = (ROOT / "config/copies.csv").read_bytes()
REFUSALS = (Problem, SystemExit)


@cache
def evidence() -> Evidence:
    return known_evidence(ROOT)


fuzzed = settings(
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.function_scoped_fixture,
        HealthCheck.data_too_large,
    ]
)


def sentence(refusal: BaseException) -> None:
    """What a refusal says can be printed and is no essay."""
    said = str(refusal)
    assert said.strip()
    assert not any(unicodedata.category(sign) == "Cc" for sign in said if sign != "\n"), said[:200]
    assert max(map(len, said.splitlines())) < 3000, said[:300]


@fuzzed
@given(values=changed(CONFIG, VALUE) | changed({**CONFIG, "release": "pfa-2024-12"}, VALUE))
@pytest.mark.slow
def test_configuration(values: Any) -> None:
    assume(isinstance(values, dict))
    try:
        configuration = read_configuration(values)
        select(read_registry(ROOT / "config/releases.csv"), configuration.releases)
    except Problem as refusal:
        sentence(refusal)


@fuzzed
@given(content=damaged(CLAIMS) | changed(KINDS, JSON | TEXT).map(lambda new: as_yaml(new)))
def test_claims(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "claims.yaml"
    path.write_bytes(content)
    try:
        claims, faults = read_claims(path, Vocabulary(areas(), [KNOWN]))
    except Problem as refusal:
        sentence(refusal)
    else:
        for fault in faults:
            sentence(Problem(fault))
        for claim in claims:
            assert repr(claim)


@fuzzed
@given(asked=ASKED)
def test_statements(asked: dict[str, str]) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("crimeshare.audit.check_command.open_evidence", lambda root: evidence())
        try:
            checked = check(asked, Path("unused"))
        except Problem as refusal:
            sentence(refusal)
            return
    said = "\n".join(checked.lines())
    sentence(Problem(said))
    assert json.dumps(checked.record(), allow_nan=False)
    assert checked.status in (0, 1, 2)


@fuzzed
@given(content=damaged(CORRECTIONS))
@pytest.mark.slow
def test_corrections(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "corrections.yaml"
    path.write_bytes(content)
    try:
        read_corrections(path)
    except Problem as refusal:
        sentence(refusal)


@fuzzed
@given(
    registry=damaged(REGISTRY)
    | st.just(REGISTRY)
    | st.lists(st.lists(TEXT)).map(lambda r: as_csv(r)),
    copies=damaged(COPIES),
    wanted=TEXT | st.lists(TEXT),
)
def test_registry(registry: bytes, copies: bytes, wanted: str | list[str], tmp_path: Path) -> None:
    for name, content in {"releases.csv": registry, "copies.csv": copies}.items():
        (tmp_path / name).write_bytes(content)
    try:
        releases = read_registry(tmp_path / "releases.csv")
        read_copies(tmp_path / "copies.csv", releases)
        select(releases, wanted)
    except Problem as refusal:
        sentence(refusal)


LANDING = {
    "type": "dataset_landing_page",
    "uri": DATASET,
    "description": {"title": "Police force area tables", "nextRelease": "24 July 2025"},
    "datasets": [{"uri": folder(KNOWN)}, {"uri": f"{DATASET}/oddlynamed"}],
}
EDITION = {
    "type": "dataset",
    "uri": folder(KNOWN),
    "downloads": [{"file": "tables.xlsx"}],
    "versions": [
        {
            "uri": f"{folder(KNOWN)}/previous/v1",
            "updateDate": "2025-05-06T08:30:00.000Z",
            "correctionNotice": "A slip.",
        }
    ],
    "description": {
        "edition": "Year ending December 2018",
        "releaseDate": "2025-04-24T08:30:00.000Z",
    },
}


@settings(parent=fuzzed, max_examples=25)  # each asks for every page of a small site
@given(
    landing=changed(LANDING, JSON).map(as_json).map(str.encode)
    | damaged(json.dumps(LANDING).encode()),
    edition=changed(EDITION, JSON).map(as_json).map(str.encode)
    | damaged(json.dumps(EDITION).encode()),
    right=st.sampled_from(["landing", "edition", "none"]),
    release_id=TEXT | st.sampled_from(["pfa-2018-12", "pfa-2018-12-v1", "pfa-2019-03-v2"]),
)
def test_pages(
    landing: bytes, edition: bytes, right: str, release_id: str, tmp_path_factory: Any
) -> None:
    here = set_up_once(tmp_path_factory)
    pages = {
        DATASET: json.dumps(LANDING).encode() if right == "landing" else landing,
        folder(KNOWN): json.dumps(EDITION).encode() if right == "edition" else edition,
        f"{DATASET}/oddlynamed": edition,
        f"{folder(KNOWN)}/previous/v1": edition,
    }
    for uri, body in pages.items():
        here.mirror.page(uri).parent.mkdir(parents=True, exist_ok=True)
        here.mirror.page(uri).write_bytes(body)
    source = MirrorFolder(here.mirror.root, max_bytes=10**7)
    check = check_releases(
        source, {"pfa": DATASET}, here.registry, {}, here.project.store, date(2025, 1, 1)
    )
    assert json.dumps(check.as_json())
    for line in check.in_words():
        sentence(Problem(line))
    try:
        find_release(release_id, source, {"pfa": DATASET}, here.registry)
    except Problem as refusal:
        sentence(refusal)


_HERE: list[Any] = []


def set_up_once(tmp_path_factory: pytest.TempPathFactory) -> Any:
    if not _HERE:
        here = set_up(tmp_path_factory.mktemp("fuzzed"))
        # A workbook would be opened by a process of its own, once for every example.
        (here.mirror.root / folder(KNOWN).lstrip("/") / "tables.xlsx").unlink()
        _HERE.append(here)
    return _HERE[0]


@settings(parent=fuzzed, max_examples=10)
@given(figure=TEXT)
@pytest.mark.slow
def test_a_figure_to_trace(figure: str) -> None:
    assume(not figure.startswith("-"))
    assert main(["trace", "--", figure]) in (0, 1, 2, 3)


@settings(parent=fuzzed, max_examples=25)  # each opens a process of its own
@given(
    content=st.binary(max_size=40)
    | damaged(b"PK\x03\x04" + bytes(60))
    | damaged(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    | TEXT.map(lambda text: zipped(text.encode("utf-8", "replace"))),
    name=st.sampled_from(["a.xlsx", "a.zip", "a.csv", "a", "a.ods"]),
    release_id=TEXT | st.sampled_from(["stalking-2024-03", "personal-prevalence-2024-03"]),
)
@pytest.mark.slow
def test_a_table_to_take_in(content: bytes, name: str, release_id: str, tmp_path: Path) -> None:
    assume(not release_id.startswith("-"))
    (tmp_path / name).write_bytes(content)
    assert main(["recognise", str(tmp_path / name)]) in (0, 1)
    taken = main(["take-in", "--source", "Somewhere", "--", release_id, str(tmp_path / name)])
    assert taken == 1


def as_yaml(value: object) -> bytes:
    text = yaml.safe_dump(value, allow_unicode=True, width=10**9)
    return text.encode("utf-8", "replace")


def as_csv(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([REGISTRY.decode().splitlines()[0].split(","), *rows])
    return text.getvalue().encode("utf-8", "replace")


def zipped(content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("table.csv", content)
    return file.getvalue()
