"""How often does a 95 % interval hold the truth?  A simulation of clustered samples.

Interviews come in clusters whose members resemble each other, as neighbours do: cluster
counts are beta-binomial, with the intraclass correlation chosen so that the design factor
is the one wanted (deft² = 1 + (m - 1) rho, Kish 1965).  From each simulated survey the
intervals are computed twice, as the report computes them:

``published_se``   from the survey's own standard error (between-cluster variance) on
                   k - 1 degrees of freedom
``design_factor``  from the base and a design factor known from elsewhere

A table row holds, over many surveys of one setting, the share of intervals that hold the
true proportion, the shares that lie wholly above and wholly below it, and the mean width.

    .venv/bin/python benchmarks/coverage.py [table to write]
"""

import sys
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import betabinom, binom

from crimeshare.measures.intervals import proportion_interval

TABLE = Path("resources/reference/interval_coverage.csv")

SEED = 20240926
SURVEYS = 20_000
CLUSTER_SIZE = 20
LEVEL = 0.95
METHODS = ("wilson", "korn-graubard", "logit", "normal")
PROPORTIONS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
BASES = (500, 2_000, 8_000, 32_000)
DESIGN_FACTORS = (1.0, 1.2, 1.4, 1.6)


def simulate(
    p: float, n: int, design_factor: float, surveys: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, int]:
    """Return the estimates and standard errors of ``surveys`` samples, and the clusters of each.

    A survey is drawn as the number of clusters with 0, 1, ... victims: both the estimate
    and the between-cluster variance follow from those counts.
    """
    clusters = n // CLUSTER_SIZE
    correlation = (design_factor**2 - 1) / (CLUSTER_SIZE - 1)
    victims = np.arange(CLUSTER_SIZE + 1)
    if correlation == 0:
        chances = binom.pmf(victims, CLUSTER_SIZE, p)
    else:
        spread = 1 / correlation - 1
        chances = betabinom.pmf(victims, CLUSTER_SIZE, p * spread, (1 - p) * spread)
    counts = rng.multinomial(clusters, chances / chances.sum(), size=surveys)
    total = counts @ victims
    variance = (counts @ victims**2 - total**2 / clusters) / (clusters - 1)
    estimate = total / (clusters * CLUSTER_SIZE)
    # Equal clusters have no variance; cancellation must not make it negative.
    se = np.sqrt(np.maximum(variance, 0) / clusters) / CLUSTER_SIZE
    return estimate, se, clusters


def coverage(surveys: int = SURVEYS) -> pd.DataFrame:
    """Return the table of coverage, one row per setting, basis and method."""
    rng = np.random.default_rng(SEED)
    rows: list[dict[str, Any]] = []
    for deft, n, p in product(DESIGN_FACTORS, BASES, PROPORTIONS):
        estimate, se, clusters = simulate(p, n, deft, surveys, rng)
        bases: dict[str, dict[str, Any]] = {
            "published_se": {"se": se, "n": n, "design_factor": deft, "df": clusters - 1},
            "design_factor": {"n": n, "design_factor": deft},
        }
        for (basis, known), method in product(bases.items(), METHODS):
            lower, upper = proportion_interval(estimate, **known, level=LEVEL, method=method)
            above, below = lower > p, upper < p
            rows.append(
                {
                    "basis": basis,
                    "method": method,
                    "design_factor": deft,
                    "n": n,
                    "p": p,
                    "coverage": 1 - above.mean() - below.mean(),
                    "above": above.mean(),
                    "below": below.mean(),
                    "mean_width": (upper - lower).mean(),
                }
            )
    return pd.DataFrame(rows)


def write(table: pd.DataFrame, path: Path) -> None:
    """Write the table under a line that says how it was made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    settings = (
        f"# coverage of {LEVEL:.0%} intervals: {SURVEYS} simulated surveys a setting, "
        f"beta-binomial clusters of {CLUSTER_SIZE} interviews, seed {SEED}, "
        "made by benchmarks/coverage.py"
    )
    formats = {"coverage": "{:.4f}", "above": "{:.4f}", "below": "{:.4f}", "mean_width": "{:.6f}"}
    shown = table.assign(**{name: table[name].map(f.format) for name, f in formats.items()})
    path.write_text(settings + "\n" + shown.to_csv(index=False, lineterminator="\n"))


if __name__ == "__main__":
    write(coverage(), Path(sys.argv[1]) if len(sys.argv) > 1 else TABLE)
