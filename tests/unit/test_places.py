"""Which police force a place lies in, and the script that pages ask."""

from __future__ import annotations

import csv
import gzip
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from crimeshare.publish.site.place_list import places_script
from crimeshare.reference import PARTNERSHIPS, PLACES, REFERENCE, areas, everyday, read_rows
from docs import gazetteer


@pytest.fixture(scope="module")
def places() -> list[dict[str, str]]:
    return read_rows(PLACES)


def forces_of(places: list[dict[str, str]], name: str) -> set[str]:
    return {areas()[p["area_code"]].area_name for p in places if p["place"] == name}


def test_every_force_has_places_of_every_kind(places: list[dict[str, str]]) -> None:
    forces = {area.area_code for area in areas().values() if area.area_type == "force"}
    for kind in ("town", "postcode", "authority"):
        assert {place["area_code"] for place in places if place["kind"] == kind} == forces
    assert {row["area_code"] for row in read_rows(PARTNERSHIPS)} == forces


@pytest.mark.parametrize(
    ("name", "forces"),
    # Where a place lies anybody can look up; the six Newports are the issue's.
    [
        (
            "Newport",
            {"Gwent", "Hampshire", "West Mercia", "Essex", "Humberside", "Dyfed-Powys"},
        ),
        ("Barrow in Furness", {"Cumbria"}),
        ("King's Lynn", {"Norfolk"}),
        ("NP20", {"Gwent"}),
        # Chepstow and the villages across the Wye.
        ("NP16", {"Gwent", "Gloucestershire"}),
        # Hay-on-Wye is in Wales, most of its district in Herefordshire.
        ("HR3", {"West Mercia", "Dyfed-Powys"}),
        ("EC2V", {"City of London", "Metropolitan Police"}),
        ("TR21", {"Devon and Cornwall"}),
        ("TD15", {"Northumbria"}),
        # Gretna: Scotland.
        ("DG16", set()),
    ],
)
def test_places_lie_where_they_lie(
    places: list[dict[str, str]], name: str, forces: set[str]
) -> None:
    assert forces_of(places, name) == forces


def test_a_district_with_several_forces_says_so(places: list[dict[str, str]]) -> None:
    for place in places:
        if place["kind"] == "postcode":
            assert bool(place["border"]) == (len(forces_of(places, place["place"])) > 1)


def test_other_names_of_towns_lead_to_towns_that_are_listed(places: list[dict[str, str]]) -> None:
    towns = {(row["place"], row["area_code"]) for row in places if row["kind"] == "town"}
    rows = read_rows(REFERENCE / "town_words.csv")
    assert len({row["words"] for row in rows}) == len(rows)
    assert [row for row in rows if (row["place"], row["area_code"]) not in towns] == []


def test_the_list_is_small_enough_for_a_phone() -> None:
    script = places_script().encode()
    assert len(gzip.compress(script)) < 60_000


ASKED = [
    ("Gwnt", "forces/gwent.html"),
    ("barrow-in-furness", "forces/cumbria.html"),
    ("kings lynn", "forces/norfolk.html"),
    ("Saint Albans", "forces/hertfordshire.html"),
    ("Y Fenni", "forces/gwent.html"),
    ("Tyddewi", "forces/dyfed-powys.html"),
    ("Stoke", "forces/staffordshire.html"),
    ("Sheffeild", "forces/south-yorkshire.html"),
    ("middlesborough", "forces/cleveland.html"),
    ("hull", "forces/humberside.html"),
    ("newport", "forces/gwent.html"),
    ("np20 1aa", "forces/gwent.html"),
    ("SW1A1AA", "forces/metropolitan-police.html"),
    ("Met", "forces/metropolitan-police.html"),
    ("wales", "regions/wales.html"),
    ("Leeds", "forces/west-yorkshire.html"),
]


def test_the_script_finds_places_however_they_are_spelt(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no program to run the script with: install node")
    script = tmp_path / "places.js"
    asked = json.dumps([text for text, _ in ASKED])
    script.write_text(
        f"const crimeshare = {{}};\n{places_script()}\n"
        f"const found = {asked}.map(text => crimeshare.places(text));"
        "console.log(JSON.stringify(found.map(all => all.map(place => place.page.address))))"
    )
    found = json.loads(subprocess.run([node, script], capture_output=True, check=True).stdout)
    assert [addresses[0] for addresses in found] == [page for _, page in ASKED]
    assert json.loads(
        subprocess.run(
            [node, "-e", script.read_text().replace(asked, '["zzzzqq", "x", ""]')],
            capture_output=True,
            check=True,
        ).stdout
    ) == [[], [], []]


class _Strips:
    """Two forces side by side along the easting, their border at nought."""

    codes = ("west", "east")

    def distances(self, eastings: np.ndarray, northings: np.ndarray) -> np.ndarray:
        outside = np.maximum(northings - 1_000, 0)
        return np.array([np.maximum(eastings, outside), np.maximum(-eastings, outside)])


def write_postcodes(folder: Path, rows: list[tuple[str, int, int]]) -> None:
    with gzip.open(folder / "ab.csv.gz", "wt", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows((code, "10", x, y) for code, x, y in rows)


def test_a_district_is_cut_where_postcodes_lie_beyond_doubt(tmp_path: Path) -> None:
    write_postcodes(
        tmp_path,
        [
            *(("AB1 1AA", -2_000, 0) for _ in range(199)),
            # One postcode a kilometre across the border is enough, one within the blur is not.
            ("AB1 1AB", 1_000, 0),
            *(("AB2 1AA", -2_000, 0) for _ in range(199)),
            ("AB2 1AB", 100, 0),
            *(("AB3 1AA", -2_000, 3_000) for _ in range(199)),
            ("AB3 1AB", -2_000, 900),
        ],
    )
    found = list(gazetteer.districts(_Strips(), tmp_path))  # type: ignore[arg-type]
    assert [(row["place"], row["area_code"], row["border"]) for row in found] == [
        ("AB1", "west", "yes"),
        ("AB1", "east", "yes"),
        ("AB2", "west", ""),
    ]


def test_authorities_are_called_as_people_call_them(tmp_path: Path) -> None:
    lookup = tmp_path / "lookup.csv"
    lookup.write_text(
        "ltla24_code,ltla24_name,csp24_code,csp24_name,pfa24_code,pfa24_name\n"
        'E06000023,"Bristol, City of",E22000002,Bristol,E23000036,Avon and Somerset\n',
        encoding="utf-8-sig",
    )
    places, partnerships = gazetteer.authorities(lookup)
    assert [place["place"] for place in places] == ["Bristol"]
    assert partnerships[0]["partnership_code"] == "E22000002"
    assert everyday("Herefordshire, County of") == "Herefordshire"
    assert everyday("King's Lynn") == "King's Lynn"


def test_a_folder_without_boundaries_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert gazetteer.main([str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert str(tmp_path) in said
    assert "GEOGRAPHY=" in said
    assert "Traceback" not in said
