"""How often do the models err?  Simulations with the noise that the quarters themselves show.

Rule effects: all forces' counts with errors that last and no step at all, in the quarters and at
the days of the real changes; the model is chosen by AICc, as the report chooses it.  Beside them
what the robust errors of Newey and West make of the same series.

Shifts: series without a step, with the noise that was found beside the shifts of each force, its
part that lasts made up for what so few quarters take from it; and with noise of fixed size.

Rank ranges: forces that keep their share, with the noise of their own last two years, at no
autocorrelation, at their own and at a half.

Forecasts: errors of each method on the years of the forces in which no rule changed, and how often
limits made of the years before held them.

    .venv/bin/python benchmarks/models.py [table to write]

after a build.  ``low`` and ``high`` are the goal, where there is one.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtr

from crimeshare.measures import forecasts, level_shifts, rank_ranges, rule_effects
from crimeshare.measures.revision_intervals import kinds
from crimeshare.measures.revisions import newest_release
from crimeshare.measures.steps import NotIdentified, steps_at
from crimeshare.parquet import read_table

TABLE = Path("resources/reference/model_checks.csv")
QUARTERS = Path("results/clean/recorded_quarters.parquet")
CHANGES = Path("resources/reference/recording_changes.csv")
GROUP = "stalking_harassment"

SEED = 20251231
RUNS = 1_000
LEVEL = 0.95
NATIONAL_SD = 0.04
"""Of the errors of all forces together, about that beside the steps of the group."""

Rows = Iterator[dict[str, Any]]


def errors(rng: np.random.Generator, quarters: int, runs: int, lasting: float) -> np.ndarray:
    """Errors of unit variance of which a part goes on, one column a run."""
    found = rng.normal(size=(quarters, runs))
    for place in range(1, quarters):
        found[place] = lasting * found[place - 1] + np.sqrt(1 - lasting**2) * found[place]
    return found


def rate(model: str, setting: str, value: float, runs: int, *goal: float) -> dict[str, Any]:
    """A row; the goal is two numbers or none."""
    low, high = goal or (np.nan, np.nan)
    return {
        "model": model,
        "setting": setting,
        "rate": value,
        "low": low,
        "high": high,
        "runs": runs,
    }


def newey_west(design: np.ndarray, logs: np.ndarray, lags: int = 3) -> np.ndarray:
    """The p-values of the second parameter of each column, by Newey and West."""
    inverse = np.linalg.inv(design.T @ design)
    found = inverse @ (design.T @ logs)
    scores = (design @ inverse[:, 1])[:, None] * (logs - design @ found)
    variance = (scores**2).sum(axis=0)
    for lag in range(1, lags + 1):
        variance += 2 * (1 - lag / (lags + 1)) * (scores[lag:] * scores[:-lag]).sum(axis=0)
    df = len(design) - design.shape[1]
    error = np.sqrt(np.maximum(variance, 1e-12) * len(design) / df)
    return np.asarray(2 * stdtr(df, -np.abs(found[1] / error)))


def of_rule_effects(quarters: pd.DataFrame, changes: pd.DataFrame, runs: int) -> Rows:
    """How often a step is found at the days of the changes of rules where there is none."""
    rng = np.random.default_rng(SEED)
    ends = pd.DatetimeIndex(sorted(quarters["period_end"].unique()))
    asked = rule_effects.cases_of(GROUP, changes, ends[-1].date(), whole=True)
    for lasting in (0.0, 0.4, 0.6):
        found, robust = [], []
        for case in asked:
            first, last = pd.Timestamp(case.first), pd.Timestamp(case.last)
            inside = ends[(ends > first) & (ends <= last)]
            logs = NATIONAL_SD * errors(rng, len(inside), runs, lasting)
            counts = pd.DataFrame(np.exp(logs), index=inside)
            days = [case.effective, *case.others]
            models = []
            for sloped in (0, 1, len(days)):
                try:
                    models.append(steps_at(counts, days, sloped))
                except NotIdentified:
                    continue
            best = [min(each, key=lambda step: step.aicc) for each in zip(*models, strict=True)]
            found += [step.significant(LEVEL) for step in best]
            place = np.arange(len(inside))
            after = [(inside >= pd.Timestamp(day)).astype(float) for day in days]
            season = [(inside.quarter == quarter).astype(float) for quarter in (2, 3, 4)]
            design = np.column_stack([np.ones(len(inside)), *after, *season, place / len(inside)])
            robust += (newey_west(design, logs) < 1 - LEVEL).tolist()
        setting = f"lasting {lasting:g}"
        goal = (0.03, 0.07) if lasting == 0.4 else ()
        yield rate("rule_effects", setting, float(np.mean(found)), len(found), *goal)
        yield rate("rule_effects_newey_west", setting, float(np.mean(robust)), len(robust))


def of_level_shifts(quarters: pd.DataFrame, changes: pd.DataFrame, runs: int) -> Rows:
    """How often a step or an episode is found in noise such as the forces' own."""
    rng = np.random.default_rng(SEED + 1)
    wide = quarters[(quarters["offence_id"] == GROUP) & quarters["code"].isna()].pivot(
        index="period_end", columns="area_code", values="value"
    )
    touching = changes["offence_ids"].str.split().map(lambda ids: GROUP in ids)
    noises = []
    for area in wide.columns[wide.mean() >= level_shifts.FEWEST]:
        values = level_shifts.beside_others(
            wide[area],
            wide.drop(columns=area).sum(axis=1),
            pd.to_datetime(changes.loc[touching, "effective"]),
        )
        found = level_shifts.find(values.to_numpy())
        made_up = found.lasting + (1 + 3 * found.lasting) / len(values)
        noises.append((len(values), min(made_up, 0.95), found.sd))
    length = noises[0][0]

    def stands_out(noise: np.ndarray) -> bool:
        found = level_shifts.clear(level_shifts.find(noise), LEVEL)
        return any(shift.kind != level_shifts.DRIFT for shift in found)

    again = max(runs // len(noises), 1)
    own = [
        stands_out(sd * noise)
        for quarters_, lasting, sd in noises
        for noise in errors(rng, quarters_, again, lasting).T
    ]
    yield rate("level_shifts", "own noise", float(np.mean(own)), len(own), 0.03, 0.07)
    for lasting, sd in ((0.0, 0.1), (0.5, 0.15), (0.7, 0.15)):
        fixed = [stands_out(sd * noise) for noise in errors(rng, length, runs // 2, lasting).T]
        setting = f"lasting {lasting:g} sd {sd:g}"
        yield rate("level_shifts", setting, float(np.mean(fixed)), len(fixed))


def of_rank_ranges(quarters: pd.DataFrame, runs: int) -> Rows:
    """How many true ranks the ranges hold, of all forces and of the worst."""
    rng = np.random.default_rng(SEED + 2)
    angles = rank_ranges.quarterly_angles(quarters)[GROUP].dropna(how="all")
    angles = angles.dropna(axis="columns").to_numpy()
    stretch = angles[-rank_ranges.STRETCH :]
    own = rank_ranges.autocorrelation(stretch)
    truth = angles[-4:].mean(axis=0)
    spread = (stretch - stretch.mean(axis=0) - stretch.mean(axis=1, keepdims=True)).std(axis=0)
    rank = (-truth).argsort().argsort() + 1
    draws = rng.standard_normal((1_000, len(truth)))
    for name, lasting in (("none", 0.0), ("own", own), ("0.5", 0.5)):
        held, all_held = [], []
        for _ in range(runs // 2):
            noise = errors(rng, len(stretch) + 8, len(truth), lasting)[8:]
            seen = truth + spread * noise
            alike = rank_ranges.autocorrelation(seen)
            error, df = rank_ranges.error_of_years(seen[-4:], alike)
            centre = seen[-4:].mean(axis=0)
            lower, upper = rank_ranges.rank_ranges(centre, error, df, draws, LEVEL)
            held.append((lower <= rank) & (rank <= upper))
            lower, upper = rank_ranges.simultaneous_sets(centre, error, df, LEVEL)
            all_held.append(bool(np.all((lower <= rank) & (rank <= upper))))
        setting = f"autocorrelation {name}"
        goal = (0.93, 0.97) if name == "own" else ()
        yield rate("rank_ranges", setting, float(np.mean(held)), len(held), *goal)
        worst = float(np.mean(held, axis=0).min())
        yield rate("rank_ranges_worst_force", setting, worst, len(held))
        yield rate("rank_ranges_simultaneous", setting, float(np.mean(all_held)), len(held))


def of_forecasts(quarters: pd.DataFrame, changes: pd.DataFrame) -> Rows:
    """The mean error of each method over forces and years, and what the limits held."""
    areas = [code for code, kind in kinds().items() if kind == "force"]
    own = quarters[(quarters["offence_id"] == GROUP) & quarters["code"].isna()]
    counts = own.pivot(index="period_end", columns="area_code", values="value")
    counts = counts.reindex(columns=areas)
    tried = forecasts.to_try(pd.DatetimeIndex(counts.index), forecasts.days_of(changes, GROUP))
    came = forecasts.years_ahead(counts)
    missed = {name: np.log(came / f) for name, f in forecasts.all_forecasts(counts).items()}
    sizes = {name: forecasts.mean_error(found[tried]) for name, found in missed.items()}
    number = int(tried.sum())
    for name, size in sizes.items():
        yield rate("forecast_error", name, float(np.nanmean(size)), number)
    best = min(forecasts.METHODS, key=lambda name: float(np.nanmean(sizes[name])))
    own_choice = np.min([sizes[name] for name in forecasts.METHODS], axis=0)
    yield rate("forecast_error", "best of each force afterwards", float(own_choice.mean()), number)
    for newest in (4, forecasts.NEWEST, 12):
        held = forecasts.coverage(missed[best], tried, LEVEL, newest)
        goal = (0.93, 0.97) if newest == forecasts.NEWEST else ()
        yield rate("forecast_coverage", f"newest {newest} years", held or np.nan, number, *goal)


def study(quarters: pd.DataFrame, changes: pd.DataFrame, runs: int = RUNS) -> pd.DataFrame:
    """Every check, one row each."""
    newest = newest_release(quarters)
    newest = newest[newest["area_type"] == "force"].assign(
        period_end=lambda rows: pd.to_datetime(rows["period_end"])
    )
    return pd.DataFrame(
        [
            *of_rule_effects(newest, changes, runs // 2),
            *of_level_shifts(newest, changes, runs),
            *of_rank_ranges(newest, runs),
            *of_forecasts(newest, changes),
        ]
    )


def write(table: pd.DataFrame, path: Path) -> None:
    """Write the table under a line that says how it was made."""
    settings = f"# how often the models err: seed {SEED}, made by benchmarks/models.py"
    shown = table.assign(rate=table["rate"].map("{:.4f}".format))
    path.write_text(settings + "\n" + shown.to_csv(index=False, lineterminator="\n"))


if __name__ == "__main__":
    wanted = ["release_id", "period_end", "area_code", "area_type", "offence_id", "code", "value"]
    built = read_table(QUARTERS, columns=wanted, offence_id=[GROUP, "total"])
    found = study(built, pd.read_csv(CHANGES))
    write(found, Path(sys.argv[1]) if len(sys.argv) > 1 else TABLE)
