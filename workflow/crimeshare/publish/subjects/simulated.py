"""What studies by simulation found of the methods: how often limits hold, and models err."""

from __future__ import annotations

import re
from functools import cache

import pandas as pd

from crimeshare.measures.intervals import mean_miss, mean_ratio
from crimeshare.publish.elements import intervals, prose
from crimeshare.publish.elements.charts import Chart
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.rows import Row, of_rows
from crimeshare.publish.elements.tables import Content, Table
from crimeshare.publish.subjects.methods import WORDS
from crimeshare.publish.subjects.surveyed import term
from crimeshare.reference import REFERENCE

METHODS = ("wilson", "korn-graubard", "logit", "normal")

LEVEL = 0.95
"""Of the intervals in the study of coverage."""

FALSE_ALARMS, COVERAGE, CHECKS = "false_alarms", "interval_coverage", "model_checks"
"""Tables that a study wrote."""


@cache
def study(name: str) -> pd.DataFrame:
    """A table that a study wrote, of which the first line says how it was made."""
    return pd.read_csv(REFERENCE / f"{name}.csv", comment="#")


# ---------------------------------------------------------------- how often models err


def false_alarms() -> str:
    """How often control limits raise a false alarm, from the study."""
    others = study(FALSE_ALARMS).query("forces == 'others'")
    inner, outer = (
        of_rows(
            f"false_alarms.{level}",
            outside,
            "proportion",
            "",
            (FALSE_ALARMS, "outside", "forces others", f"level {level}"),
        )
        for level, outside in zip(others["level"], others["outside"], strict=True)
    )
    return WORDS.passage("false_alarms", inner=inner, outer=outer)


def model_checks() -> str:
    """How often the models of quarters err in simulations and on earlier years, from the study."""
    told = {
        f"{model} {setting}": of_rows(
            f"model_checks.{number}",
            rate,
            "proportion",
            "",
            (CHECKS, "rate", f"model {model}", f"setting {setting}"),
        )
        for number, model, setting, rate in study(CHECKS)[["model", "setting", "rate"]].itertuples()
    }
    return "\n".join(f"- {point}" for point in WORDS.points("model_checks", told=told))


# ---------------------------------------------------------------- coverage of intervals


def _covered(
    name: str,
    value: float,
    how: str,
    *having: str,
    limits: tuple[float, float] | None = None,
) -> Figure:
    """A coverage, of the rows of the study that have something in common."""
    of = (COVERAGE, "coverage", *having)
    return of_rows(f"coverage.{name}", value, "proportion", how, of, limits=limits)


def coverage_chart(by_method: pd.DataFrame, level: Figure) -> Chart:
    """How often each method's intervals hold the truth: the mean over settings, and the range.

    Args:
        by_method: ``mean``, ``min`` and ``max`` over the settings, a row a method.
        level: that the intervals promise.
    """
    found = by_method.loc[list(METHODS)]
    covered = [
        _covered(method, mean, "mean", f"method {method}", limits=(least, most))
        for method, mean, least, most in found.itertuples()
    ]
    best = min(covered, key=lambda figure: abs(figure.number - level.number))
    words = WORDS.points(
        "coverage_chart",
        best=best,
        method=_method(METHODS[covered.index(best)]),
        level=level,
        settings=_settings(),
    )
    key, promised = WORDS.points("coverage_key")
    return intervals.by_row(
        "coverage",
        found.assign(
            covered=pd.Series(covered, found.index, dtype=object), label=list(map(_method, METHODS))
        ),
        y="covered",
        label="label",
        words=words,
        key=[("interval", key)],
        rule=(promised, level.number),
        zero=False,
    )


def _method(method: str) -> str:
    return prose.upper_first(term("method", method))


def _settings() -> Figure:
    names = ["basis", "design_factor", "n", "p"]
    number = len(study(COVERAGE)[names].drop_duplicates())
    return of_rows(
        "coverage.settings", number, "count", "different", (COVERAGE, " and ".join(names))
    )


def coverage_table() -> Table:
    """The lowest coverage of each method by the proportion estimated."""
    found = study(COVERAGE).groupby(["p", "method"], as_index=False)["coverage"].min()
    lowest = {(p, method): least for p, method, least in found.itertuples(index=False)}

    def studied(name: str, unit: str, end: str) -> Figure:
        value = study(COVERAGE)[name].agg(end)
        return of_rows(f"coverage.{name}.{end}", value, unit, end, (COVERAGE, name))

    def covered(method: str, p: float) -> Figure:
        of = (f"method {method}", f"p {p:g}")
        return _covered(f"{method}.p{p:g}.lowest", lowest[p, method], "min", *of)

    held: list[list[Content]] = [
        [
            f"{of_rows(f'coverage.p{p:g}', p, 'proportion', '', (COVERAGE, 'p', f'p {p:g}'))}",
            *(covered(method, p) for method in METHODS),
        ]
        for p in sorted({p for p, _ in lowest})
    ]
    words = WORDS.points(
        "coverage_table",
        methods=map(_method, METHODS),
        n=[studied("n", "count", end) for end in ("min", "max")],
        factor=[studied("design_factor", "design_factor", end) for end in ("min", "max")],
        cluster=_cluster_size(),
    )
    return Table.worded(words, held)


def _cluster_size() -> Figure:
    with (REFERENCE / f"{COVERAGE}.csv").open(encoding="utf-8") as file:
        found = re.search(r"clusters of (\d+)", next(file))
    if found is None:
        raise ValueError("interval_coverage.csv does not say how large its clusters are")
    of = (COVERAGE, "cluster_size")
    return of_rows("coverage.cluster_size", float(found[1]), "count", "", of)


def why_wilson() -> str:
    """Why Wilson's method is the default, from the study."""
    held = {str(method): own for method, own in study(COVERAGE).groupby("method")}
    lowest = {
        method: _covered(f"{method}.lowest", own["coverage"].min(), "min", f"method {method}")
        for method, own in held.items()
    }

    def wider(method: str, name: str, how: str) -> Figure:
        pairs = zip(held[method]["mean_width"], held["wilson"]["mean_width"], strict=True)
        ratios = [width / wilson for width, wilson in pairs]
        ratio = mean_ratio(ratios) if how == "mean_ratio" else max(ratios)
        of = [(COVERAGE, "mean_width", f"method {each}") for each in (method, "wilson")]
        return of_rows(f"coverage.{method}.wider.{name}", ratio - 1, "change", how, *of)

    close = ("wilson", "logit")
    missed = of_rows(
        "coverage.missed",
        max(mean_miss(held[method]["coverage"], LEVEL) for method in close),
        "percentage_points",
        "missed",
        *((COVERAGE, "coverage", f"method {method}") for method in close),
    )
    return WORDS.passage(
        "why_wilson",
        lowest=lowest,
        korn_graubard_wider=wider("korn-graubard", "mean", "mean_ratio"),
        logit_wider=wider("logit", "most", "max_ratio"),
        missed=missed,
    )


def like_stalking(newest: Row) -> str:
    """How the methods fare on a share, sample and design factor like those of stalking."""
    base = newest.n_assumed if newest["n_unweighted"] is None else newest.n_unweighted
    around = {
        "p": newest["estimate"],
        "n": base.number,
        "design_factor": newest["design_factor"],
    }
    found = study(COVERAGE).query("basis == 'design_factor'")
    having = ["basis design_factor"]
    for name, value in around.items():
        known = sorted(found[name].unique())
        beside = {
            max((v for v in known if v <= value), default=known[0]),
            min((v for v in known if v >= value), default=known[-1]),
        }
        found = found[found[name].isin(beside)]
        having.append(f"{name} {' or '.join(f'{each:g}' for each in sorted(beside))}")
    low, high = (
        _covered(f"like_stalking.{end}", found["coverage"].agg(end), end, *having)
        for end in ("min", "max")
    )
    return WORDS.passage("like_stalking", low=low, high=high)
