"""The data pack: every column described, nothing lost, nothing a spreadsheet would calculate."""

import csv
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import frictionless
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from crimeshare.columns import Column, described
from crimeshare.problems import Problems
from crimeshare.publish.pack.data_pack import (
    DIGITS,
    in_text,
    table_schema,
    without_formulas,
    write_data_pack,
    write_zip,
)
from crimeshare.publish.pack.dictionary import PACKED, data_tables

PROGRAMS = "home_office_check"


@pytest.fixture(scope="module")
def pack(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data pack of a few small tables, one of which has no text."""
    folder = tmp_path_factory.mktemp("pack")
    workbook = folder / "data" / "crimeshare.xlsx"
    workbook.parent.mkdir()
    workbook.write_bytes(b"a workbook")
    for name in ("recorded_crime", "shares", PROGRAMS, "claims", "claim_evidence"):
        table = next(table for table in data_tables() if table.table == name)
        target = folder / table.built
        target.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pq.read_table(built / table.built).slice(0, 3000), target)
    write_in(folder)
    return folder / "data"


def write_in(folder: Path) -> None:
    packed = [table for table in data_tables() if (folder / table.built).exists()]
    before = Path.cwd()
    os.chdir(folder)
    try:
        write_data_pack(Path("data"), packed, Path("data/crimeshare.xlsx"), date(2025, 4, 24))
    finally:
        os.chdir(before)


def test_frictionless_finds_nothing_amiss(pack: Path) -> None:
    report = frictionless.validate(str(pack / "datapackage.json"))
    assert report.errors == []
    assert [(task.name, task.errors) for task in report.tasks if task.errors] == []
    assert len(report.tasks) == 10


def test_frictionless_would_find_a_changed_byte_and_a_missing_value(
    pack: Path, tmp_path: Path
) -> None:
    copy = shutil.copytree(pack, tmp_path / "pack")
    path = copy / "csv" / "shares.csv"
    path.write_text(path.read_text(encoding="utf-8").replace('"pfa-2016-06"', "", 1))
    report = frictionless.validate(str(copy / "datapackage.json"))
    found = {error.type for task in report.tasks for error in task.errors}
    assert "constraint-error" in found
    assert found & {"byte-count", "hash-count"}


def test_csv_and_parquet_hold_the_same(pack: Path, built: Path) -> None:
    for name, text_name in (("recorded_crime", "recorded_crime.csv.gz"), ("shares", "shares.csv")):
        binary = pq.read_table(pack / "parquet" / f"{name}.parquet")
        binary = binary.select(in_text(binary.column_names))
        text = pyarrow.csv.read_csv(
            pack / "csv" / text_name,
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=binary.schema, strings_can_be_null=True
            ),
        )
        assert text.schema.equals(binary.schema)
        for column in text.column_names:
            told, held = text[column].to_pylist(), binary[column].to_pylist()
            if pa.types.is_floating(text.schema.field(column).type):
                held = [
                    number
                    if number is None or number.is_integer()
                    else float(f"{number:.{DIGITS}g}")
                    for number in held
                ]
            assert told == held


def test_what_the_csv_leaves_out_is_told_beside_the_parquet(pack: Path) -> None:
    package = json.loads((pack / "datapackage.json").read_text(encoding="utf-8"))
    told = {resource["name"]: resource["description"] for resource in package["resources"]}
    for name in ("recorded_crime", "shares"):
        columns = pq.read_schema(pack / "parquet" / f"{name}.parquet").names
        left = set(columns) - set(in_text(columns))
        assert left
        for column in described(name, sorted(left)):
            assert f"{column.name} ({column.description})" in told[f"{name}.parquet"]


def test_a_table_for_programs_alone_has_no_csv_and_says_so(pack: Path) -> None:
    package = json.loads((pack / "datapackage.json").read_text(encoding="utf-8"))
    told = {resource["name"]: resource["description"] for resource in package["resources"]}
    assert PROGRAMS not in told
    columns = pq.read_schema(pack / "parquet" / f"{PROGRAMS}.parquet").names
    for column in described(PROGRAMS, columns):
        assert f"{column.name} ({column.description})" in told[f"{PROGRAMS}.parquet"]
    assert f"`{PROGRAMS}`." in (pack / "README.md").read_text(encoding="utf-8")
    assert not list((pack / "csv").glob(f"{PROGRAMS}*"))


def test_no_text_of_the_csv_begins_a_formula(pack: Path) -> None:
    evidence = pq.read_table(pack / "parquet" / "claim_evidence.parquet")
    assert any(text.startswith("+") for text in evidence["text"].to_pylist())
    for path in (pack / "csv").iterdir():
        opened = gzip.open if path.suffix == PACKED else open
        with opened(path, "rt", encoding="utf-8", newline="") as file:
            for row in csv.reader(file):
                for cell in row:
                    number = re.fullmatch(r"-?\d+(\.\d+)?(e[+-]?\d+)?", cell)
                    assert number or not re.match(r"[=+\-@\t\r]", cell), cell


@pytest.mark.parametrize("text", ["=1+1", "+1", "-x", "@a", "\tx", "\rx"])
def test_a_text_that_would_be_calculated_gets_an_apostrophe(text: str) -> None:
    table = pa.table({"words": [text, "plain", None, ""], "number": [-1.0, 1.0, None, 0.0]})
    assert without_formulas(table).to_pydict() == {
        "words": [f"'{text}", "plain", None, ""],
        "number": [-1.0, 1.0, None, 0.0],
    }


def test_the_licence_and_the_sources_are_inside(pack: Path) -> None:
    package = json.loads((pack / "datapackage.json").read_text(encoding="utf-8"))
    assert package["licenses"][0]["name"] == "OGL-UK-3.0"
    assert "Open Government Licence v3.0" in package["description"]
    assert "Open Government Licence v3.0" in (pack / "README.md").read_text(encoding="utf-8")
    hosts = {source["path"].split("/")[2] for source in package["sources"]}
    assert hosts == {"www.ons.gov.uk", "www.gov.uk"}


def test_a_column_nobody_described_is_named_with_the_line_to_add() -> None:
    with pytest.raises(Problems) as caught:
        described("shares", ["share", "colour", "mood"])
    assert len(caught.value.problems) == 2
    assert "`colour` of shares" in caught.value.problems[0]
    assert "add it to that table in workflow/crimeshare/columns.yaml" in caught.value.problems[0]


def test_the_schema_says_units_types_and_what_empty_means() -> None:
    schema = pa.schema([("a", pa.float64()), ("b", pa.bool_()), ("c", pa.date32())])
    columns = [
        Column("a", unit="change", stored="per cent", description="A.", empty="Not known."),
        Column("b", description="B."),
        Column("c", description="C."),
    ]
    assert table_schema(schema, columns)["fields"] == [
        {"name": "a", "type": "number", "description": "A. Empty: Not known.", "unit": "per cent"},
        {"name": "b", "type": "boolean", "description": "B.", "constraints": {"required": True}},
        {"name": "c", "type": "date", "description": "C.", "constraints": {"required": True}},
    ]


PACK = """
import sys
from pathlib import Path
from tests.unit.test_data_pack import write_in
from crimeshare.publish.pack.data_pack import write_zip
write_in(Path(sys.argv[1]))
write_zip(Path(sys.argv[1]) / "data", Path(sys.argv[1]) / "data.zip")
"""


@pytest.mark.slow
def test_the_same_bytes_whatever_the_surroundings(root: Path, pack: Path) -> None:
    folder = pack.parent

    def packed(**environment: str) -> bytes:
        subprocess.run(
            [sys.executable, "-c", PACK, folder],
            cwd=root,
            env={**os.environ, **environment},
            check=True,
        )
        return (folder / "data.zip").read_bytes()

    first = packed(TZ="UTC", LC_ALL="C", PYTHONHASHSEED="1")
    for file in (folder / "data").rglob("*"):
        os.utime(file, (1, 1))
    assert packed(TZ="Pacific/Kiritimati", LC_ALL="C.UTF-8", PYTHONHASHSEED="2") == first


def test_the_zip_holds_the_pack(pack: Path, tmp_path: Path) -> None:
    left = pack / "csv" / "of_an_earlier_version.csv"
    left.write_text("a\n", encoding="utf-8")
    write_zip(pack, tmp_path / "data.zip")
    left.unlink()
    with zipfile.ZipFile(tmp_path / "data.zip") as archive:
        names = archive.namelist()
        assert archive.read("crimeshare/README.md") == (pack / "README.md").read_bytes()
    assert names == sorted(names)
    assert "crimeshare/csv/shares.csv" in names
    assert f"crimeshare/csv/{left.name}" not in names
