"""How often do control limits raise a false alarm?  A simulation with the real sizes of forces.

Shares of forces differ by a normal spread on the inverse sine scale and by chance, and by nothing
else; limits are then fitted to them as the report fits them.  Every force outside is a false alarm:
there should be about one in twenty outside the inner limits, two in a thousand outside the outer.

    .venv/bin/python benchmarks/false_alarms.py [table to write]

after a build, whose newest shares give the sizes, the mean and the spread.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crimeshare.measures.control_limits import APART, LEVELS, fit_funnel
from crimeshare.measures.series import newest_year
from crimeshare.parquet import read_table

TABLE = Path("resources/reference/false_alarms.csv")
SERIES = Path("results/estimates/series.parquet")
OFFENCE = "stalking_harassment"

SEED = 20241231
YEARS = 20_000


def false_alarms(
    sizes: np.ndarray, target: float, between_sd: float, years: int, rng: np.random.Generator
) -> dict[str, float]:
    """Return the proportion of forces outside the limits of each level, over simulated years."""
    centre = np.arcsin(np.sqrt(target))
    outside = dict.fromkeys(LEVELS, 0)
    for _ in range(years):
        angles = np.clip(centre + rng.normal(0, between_sd, len(sizes)), 0, np.pi / 2)
        counts = rng.binomial(sizes, np.sin(angles) ** 2)
        funnel = fit_funnel(counts, sizes)
        for suffix, level in LEVELS.items():
            lower, upper = funnel.limits(sizes, level)
            outside[suffix] += int(np.sum((counts / sizes < lower) | (counts / sizes > upper)))
    return {suffix: number / (years * len(sizes)) for suffix, number in outside.items()}


def study(series: pd.DataFrame, years: int = YEARS) -> pd.DataFrame:
    """Return false alarms with the sizes, mean and spread of the newest year of ``series``.

    Once without the City of London, as the report draws limits, and once with it, which gives a
    wider spread and one very small force.
    """
    newest = newest_year(series).dropna(subset="share")
    forces = newest[(newest["area_type"] == "force") & (newest["offence_id"] == OFFENCE)]
    rows: list[dict[str, Any]] = []
    for name, group in (("others", forces[forces["area_code"] != APART]), ("all", forces)):
        sizes = group["total"].to_numpy(dtype=np.int64)
        funnel = fit_funnel(group["count"], sizes)
        rng = np.random.default_rng(SEED)
        found = false_alarms(sizes, funnel.target, funnel.between_sd, years, rng)
        rows += [
            {
                "forces": name,
                "number": len(sizes),
                "between_sd": funnel.between_sd,
                "level": level,
                "outside": found[suffix],
            }
            for suffix, level in LEVELS.items()
        ]
    return pd.DataFrame(rows)


def write(table: pd.DataFrame, path: Path) -> None:
    """Write the table under a line that says how it was made."""
    settings = (
        f"# proportion of forces outside control limits by chance: {YEARS} simulated years, "
        f"seed {SEED}, made by benchmarks/false_alarms.py"
    )
    formats = {"between_sd": "{:.5f}", "outside": "{:.5f}"}
    shown = table.assign(**{name: table[name].map(f.format) for name, f in formats.items()})
    path.write_text(settings + "\n" + shown.to_csv(index=False, lineterminator="\n"))


if __name__ == "__main__":
    write(study(read_table(SERIES)), Path(sys.argv[1]) if len(sys.argv) > 1 else TABLE)
