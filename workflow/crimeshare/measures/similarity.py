"""Which forces record the most similar mix of crime, by one rule that a reader can check.

The distance of two forces is half the sum, over the sub-groups of recorded crime, of the absolute
differences of their shares: the part of either force's offences that would have to be of another
kind for the two mixes to be the same (the index of dissimilarity of O. D. and B. Duncan, "A
methodological analysis of segregation indexes", American Sociological Review 20 (1955) 210-217).
The offence group that the report is about is left out, so that forces are not called similar for
the very thing they are to be compared in.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crimeshare.measures.provenance import CELLS_APART
from crimeshare.reference import offences

_NEAREST = 5
"""How many forces are listed for each."""


def compute_similar_forces(shares: pd.DataFrame, offence_id: str) -> pd.DataFrame:
    """The forces whose mix of other crime is nearest to each force's own.

    Args:
        offence_id: the group left out, with all its parts.

    Returns:
        The columns of ``similar_forces``, one row a release, year and pair. Equal distances stand
        in the order of codes. A force without figures, or with a marked one, is not compared.
    """
    # A group too small for a rank in one area is still a part of its mix.
    ranked = shares[shares["rank_subgroups"].notna()]
    year = ["release_id", "period_end"]
    parts = shares[(shares["area_type"] == "force") & shares["count"].notna()]
    for name in ("area_code", "offence_id"):
        parts = parts.merge(ranked[[*year, name]].drop_duplicates(), on=[*year, name])
    parts = parts[~parts["offence_id"].isin(_with_parts(offence_id))]
    tables = [
        _nearest(release_id, period_end, offence_id, group)
        for (release_id, period_end), group in parts.groupby(["release_id", "period_end"])
    ]
    return pd.concat(tables, ignore_index=True)


def mixes(counts: pd.DataFrame) -> pd.DataFrame:
    """Each row of counts as shares that add up to 1."""
    return counts.div(counts.sum(axis=1), axis=0)


def distances(mix: pd.DataFrame) -> pd.DataFrame:
    """Half the sum of absolute differences between each two rows: 0 the same, 1 disjoint."""
    values = mix.to_numpy()
    apart = np.abs(values[:, None, :] - values[None, :, :]).sum(axis=2) / 2
    return pd.DataFrame(apart, index=mix.index, columns=mix.index)


def _nearest(
    release_id: object, period_end: object, offence_id: str, group: pd.DataFrame
) -> pd.DataFrame:
    names = group.drop_duplicates("area_code").set_index("area_code")["area_name"]
    counts = group.pivot(index="area_code", columns="offence_id", values="count").sort_index()
    apart = distances(mixes(counts))
    rows = [
        (
            release_id,
            period_end,
            code,
            names[code],
            offence_id,
            position,
            other,
            names[other],
            distance,
        )
        for code in apart.index
        for position, (other, distance) in enumerate(
            apart.loc[code].drop(code).sort_values(kind="stable").head(_NEAREST).items(), start=1
        )
    ]
    columns = ["release_id", "period_end", "area_code", "area_name", "offence_id", "position"]
    columns += ["similar_code", "similar_name", "distance"]
    table = pd.DataFrame(rows, columns=columns)
    names = table["area_name"] + " and " + table["similar_name"]
    # Of a share, the first half of the cells are those of the count.
    parts = group["cells"].str.split(CELLS_APART, regex=False)
    halves = parts.map(lambda cells: CELLS_APART.join(cells[: len(cells) // 2]))
    cells = halves.groupby(group["area_code"]).agg(CELLS_APART.join)
    table = table.assign(
        formula="distance of the mixes of other crime in " + names,
        cells=table["area_code"].map(cells) + CELLS_APART + table["similar_code"].map(cells),
    )
    return table.astype({"period_end": group["period_end"].dtype})


def _with_parts(offence_id: str) -> set[str]:
    """A group and all groups below it."""
    found = {offence_id}
    while True:
        below = {o.offence_id for o in offences().values() if o.parent_id in found}
        if below <= found:
            return found
        found |= below
