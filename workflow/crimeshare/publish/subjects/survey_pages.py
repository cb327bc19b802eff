"""What the pages about the survey show: which estimates are compared, and in which order.

No estimate is written without its interval, level, method and basis; see `surveyed` for the frames.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from crimeshare import survey_words
from crimeshare.measures.assumed_bases import Assumptions
from crimeshare.measures.two_groups import difference_interval
from crimeshare.publish.elements import intervals, prose
from crimeshare.publish.elements.charts import Chart
from crimeshare.publish.elements.reading import in_order, read
from crimeshare.publish.elements.rows import Row, difference, figure, of_rows, over, rows
from crimeshare.publish.elements.tables import Facts
from crimeshare.publish.subjects.surveyed import (
    ASSUMED,
    EVERYONE,
    WORDS,
    breaks,
    by_group,
    changes,
    level_figure,
    on_bases,
    series,
    term,
)
from crimeshare.reference import REFERENCE

UNCLEAR = "no_clear_change"
STALKING, SINCE_16 = "stalking", "stalking_since_16"
PARTS = ("stalking_by_partner", "stalking_by_family")
BY_WHOM = (f"{SINCE_16}_by_partner", f"{SINCE_16}_by_family")
WOMEN = ("women", "16-59")
"""The one group with a long series."""


# ---------------------------------------------------------------- sentences


def since_16(row: Row) -> str:
    """How many have ever been stalked as adults, as a fraction people can picture where it fits."""
    fair = said_as_one_in(row["estimate"], row["lower"], row["upper"])
    return WORDS.passage("since_16", row=row, fair=fair)


def said_as_one_in(estimate: float, lower: float, upper: float) -> bool:
    """Whether "one in seven" is fair: the fraction nearest to the estimate lies in its interval."""
    if not 0 < estimate < 1:
        return False
    nearest = round(1 / estimate)
    return 2 <= nearest <= 20 and lower <= 1 / nearest <= upper


def assumption() -> str:
    """What is assumed of the base, and what it does to the interval."""
    years = rows(series(STALKING))
    assumed = [row for row in years if row["basis"] == ASSUMED]
    return WORDS.passage(
        "assumption", assumed=assumed[-1] if assumed else None, some=len(assumed) < len(years)
    )


def derivation() -> str:
    """How the assumed bases are derived from the nearest published one, in view."""
    assumptions = Assumptions(
        pd.read_csv(REFERENCE / "assumed_bases.csv"),
        pd.read_csv(REFERENCE / "module_bases.csv"),
        read("survey_estimates"),
    )
    years, row = assumptions.module_years, assumptions.derivation()
    table = "survey_estimates"
    interviews = (
        figure(assumptions.interviewed(day), "n_unweighted", f"interviews.{day}", table)
        for day in years
    )
    asked = (assumptions.asked(day, "everybody_asked") for day in years)
    share, half, of_ages = (
        figure(row, column, f"module.{column}", "assumed_bases")
        for column in ("answered", "answered_half", "of_module_ages")
    )
    base = ("module_bases", "n_unweighted", "sex all")
    return WORDS.passage(
        "derivation",
        base=of_rows("module.base", assumptions.module_base, "count", "", base),
        interviews=zip(years, interviews, asked, strict=True),
        number=len(years),
        share=share,
        half=half,
        of_ages=of_ages,
        ages=survey_words.aged(assumptions.module_ages),
    )


def contrast(one: Row, other: Row) -> str:
    """Whether one group is stalked more than another, by a test and not by the points."""
    usual, widest = (
        difference_interval(*((row["estimate"], row[low], row[high]) for row in (one, other)))
        for low, high in (("lower", "upper"), intervals.WIDEST)
    )
    name = f"{one.estimate.figure_id}.against.{other['sex']}.{other['age']}"
    whole = difference(name, one.estimate, other.estimate, "percentage_points")
    limits = {
        end: over(
            f"{name}.{end}",
            limit,
            whole.unit,
            ("survey_changes", end),
            [whole],
            formula=whole.formula,
        )
        for end, limit in zip(("lower", "upper"), usual, strict=True)
    }
    return WORDS.passage(
        "contrast",
        compared=compared(one["who"], other["who"], usual, widest),
        one=one,
        other=other,
        measure=survey_words.measure(one["measure_id"]),
        difference=replace(whole, lower=usual[0], upper=usual[1]),
        **limits,
    )


def compared(
    first: str, second: str, interval: tuple[float, float], widest: tuple[float, float]
) -> dict[str, Any]:
    """What a difference between two groups amounts to, for the beginning of a sentence.

    Args:
        first, second: the groups in words.
        interval: limits of the difference, first group less second.
        widest: the same under the least favourable assumptions; a difference that only the
            usual assumption bears out says so.
    """
    direction = prose.estimated_direction(*interval)
    steady = prose.estimated_direction(*widest) == direction
    return {"first": first, "second": second, "direction": direction, "steady": steady}


def trend() -> str:
    """The trend of the longest stretch of years without a break."""
    row = max(rows(trends_of(STALKING)), key=lambda row: (row["years"], row["end"]))
    years = series(STALKING, row["sex"], row["age"])
    return WORDS.passage(
        "trend",
        row=row,
        who=survey_words.who(row["sex"], row["age"]),
        on_bases=on_bases(years["basis"]),
    )


def trends_of(*measures: str) -> pd.DataFrame:
    """The trends fitted to the series of some measures, in their order."""
    every = read("survey_trends", measure_id=measures)
    return in_order(every.sort_values(["sex", "age", "start"]), "measure_id", measures)


def by_chance() -> str:
    """How many changes are called a rise or a fall, and how many would be if nothing changed."""
    tested = read("survey_changes", ["own_verdict", "level", "previous_period_end"])
    own = tested["own_verdict"].dropna()
    verdicts = sorted(own.unique())
    figures = {}
    for name, counted in (("tested", verdicts), ("moved", [v for v in verdicts if v != UNCLEAR])):
        of = ("survey_changes", "own_verdict", f"own_verdict {' or '.join(counted)}")
        number = int(own.isin(counted).sum())
        figures[name] = of_rows(f"survey.changes_{name}", number, "count", "number", of)
    level = level_figure(tested["level"].iloc[0])
    expected = over(
        "survey.changes_expected",
        (1 - level.number) * len(own),
        "count",
        ("changes_tested", "expected"),
        [*figures.values()],
        level=level.figure_id,
        tested=figures["tested"].figure_id,
    )
    first = tested["previous_period_end"].min()
    return WORDS.passage("by_chance", **figures, expected=expected, first=first)


def caveats() -> list[str]:
    """What to keep in mind about the survey's figures of stalking."""
    seen = pd.concat([series(STALKING, sex) for sex in ("all", "women", "men")])
    second_hand = rows(seen[seen["seen"].eq("second_hand")])
    periods = dict.fromkeys(prose.period(row["period_end"]) for row in second_hand)
    return WORDS.points("caveats", stalking=True, second_hand=list(periods))


def fact(row: Row, what: str, *, ever: bool = False) -> tuple[str, str, str]:
    """One estimate at a glance: value, meaning, uncertainty.

    Args:
        what: was experienced, in the year or, with `ever`, since age 16.
        ever: since age 16.
    """
    value, meaning, likely = WORDS.points("fact", row=row, what=what, ever=ever)
    return value, meaning, likely


def facts(lately: Row, since: Sequence[Row]) -> Facts:
    """Last year and since 16 at a glance, each with its interval."""
    return Facts([fact(lately, STALKING), *(fact(row, STALKING, ever=True) for row in since)])


# ---------------------------------------------------------------- charts


def drawn(frame: pd.DataFrame) -> pd.DataFrame:
    """Estimates with what their intervals rest on, and the wider ones of assumed bases alone."""
    assumed = frame["basis"].eq(ASSUMED)
    remarks = [WORDS.passage("rests_on", row=row) for row in rows(frame)]
    label = frame["who"].map(prose.upper_first)
    wide = {end: frame[end].where(assumed) for end in intervals.WIDEST}
    return frame.assign(remark=remarks, label=label, **wide)


def over_time(years: pd.DataFrame) -> Chart:
    """Stalking in the last year, year by year, broken where the survey broke."""
    groups = list(zip(years["sex"], years["age"], strict=True))
    women = years[[group == WOMEN for group in groups]]
    everyone = years[[group == EVERYONE for group in groups]]
    both = pd.concat([women, everyone])
    tested = rows(changes(everyone))
    first, *_, last = rows(everyone)
    ends = (first["period_end"], last["period_end"])
    whole = next(r for r in tested if (r["previous_period_end"], r["period_end"]) == ends)
    fitted = trends_of(STALKING)
    of = [group in (WOMEN, EVERYONE) for group in zip(fitted["sex"], fitted["age"], strict=True)]
    return intervals.over_time(
        "stalking-over-time",
        drawn(both).assign(named=both["who"].map(prose.upper_first)),
        y="estimate",
        by="named",
        label="who",
        words=WORDS.points(
            "over_time_chart",
            first=first,
            last=last,
            level=level_figure(last["level"]),
            verdict=whole["verdict"],
            flagged=[row for row in tested if row["published_significance"]],
            on_bases=on_bases(both["basis"]),
        ),
        breaks=[b for b in breaks(STALKING) if rows(women)[0]["period_end"] < b.day],
        trends=fitted[of],
    )


def by_sex_and_age(frame: pd.DataFrame) -> Chart:
    """Last year's stalking by sex and by age, in one year."""
    groups = by_group(frame)
    least, *_, top = sorted(rows(groups), key=lambda row: row["estimate"])
    words = WORDS.points(
        "by_group_chart",
        least=least,
        top=top,
        level=level_figure(top["level"]),
        on_bases=on_bases(groups["basis"]),
    )
    return intervals.by_row(
        "stalking-by-group", drawn(groups), y="estimate", label="label", words=words
    )


def by_age_for_each_sex(frame: pd.DataFrame) -> Chart:
    """Last year's stalking by age for women and men, in one year."""
    groups = frame.sort_values(["age", "sex"], ascending=[True, False], kind="stable")
    top = max(rows(groups), key=lambda row: row["estimate"])
    words = WORDS.points(
        "by_age_and_sex_chart",
        top=top,
        level=level_figure(top["level"]),
        on_bases=on_bases(groups["basis"]),
    )
    return intervals.by_row(
        "stalking-by-age-and-sex",
        drawn(groups).assign(named=groups["sex"].str.capitalize()),
        y="estimate",
        label="label",
        by="named",
        words=words,
    )


def since_16_by_group(frame: pd.DataFrame) -> pd.DataFrame:
    """Stalking since age 16: by sex and age, then by who did it, each with its label."""
    by_whom = dict(zip(BY_WHOM, WORDS.points("by_whom"), strict=True))
    everyone = frame["sex"].eq("all") & frame["age"].eq("16+")
    groups = by_group(frame[frame["measure_id"].eq(SINCE_16)])
    others = [frame[frame["measure_id"].eq(measure) & everyone] for measure in by_whom]
    found = pd.concat([groups, *others])
    named = found["measure_id"].map(by_whom)
    return found.assign(label=named.fillna(found["who"].map(prose.upper_first)))


def ever(frame: pd.DataFrame) -> Chart:
    """Stalking since age 16, by sex and by who did it, in one year."""
    shown = since_16_by_group(frame)
    groups = shown[shown["measure_id"].eq(SINCE_16) & shown["sex"].ne("all")]
    women, men = (rows(groups[groups["sex"].eq(sex)])[0] for sex in ("women", "men"))
    words = WORDS.points(
        "ever_chart",
        women=women,
        men=men,
        level=level_figure(women["level"]),
        on_bases=on_bases([women["basis"], men["basis"]]),
    )
    return intervals.by_row(
        "stalking-since-16",
        drawn(shown).assign(label=shown["label"]),
        y="estimate",
        label="label",
        words=words,
    )


def _by_year(frame: pd.DataFrame) -> pd.DataFrame:
    said = [(row["period_end"], row["basis"]) for row in rows(frame)]
    return frame.assign(
        label=[prose.month(end) for end, _ in said],
        remark=[f"on {term('basis', basis)}" for _, basis in said],
    )


def offences_chart(recorded: pd.DataFrame) -> Chart | None:
    """Recorded stalking per hundred estimated victims, in the years that both sources have."""
    if recorded.empty:
        return None
    years = rows(recorded)
    words = WORDS.points(
        "offences_chart",
        first=years[0],
        last=years[-1],
        level=level_figure(years[0]["level"]),
        on_bases=on_bases(recorded["basis"]),
    )
    return intervals.by_row(
        "offences-per-victims",
        _by_year(recorded),
        y="ratio",
        label="label",
        words=words,
        label_width=110,
    )


OTHERS_BESIDE = {
    "persons": ("theft_from_person", "robbery"),
    "households": ("vehicle_theft", "bicycle_theft"),
}
"""Other crimes that police records and the survey both count, by whom the survey counts."""


def others_beside(victims: str, beside: pd.DataFrame) -> Chart | None:
    """Recorded offences per hundred victims of other crimes over the years; None without any.

    Args:
        victims: a key of `OTHERS_BESIDE`.
    """
    parts = [beside[beside["measure_id"].eq(measure)] for measure in OTHERS_BESIDE[victims]]
    shown = pd.concat(parts)
    if shown.empty:
        return None
    first = rows(next(part for part in parts if len(part)))[-1]
    measure = first["measure_id"]
    words = WORDS.points(
        "others_beside_chart",
        victims=victims,
        measure=survey_words.measure(measure),
        row=first,
        level=level_figure(first["level"]),
    )
    return intervals.over_time(
        f"offences-per-victims-{victims}",
        _by_year(shown).assign(named=shown["measure_id"].map(titled)),
        y="ratio",
        by="named",
        label="label",
        words=words,
        breaks=breaks(measure),
    )


def titled(measure: str) -> str:
    """A measure at the beginning of a label."""
    return prose.upper_first(survey_words.measure(measure))


def offences(recorded: pd.DataFrame) -> str:
    """Recorded offences per hundred victims in the newest year that both sources have."""
    return WORDS.passage("offences", row=rows(recorded)[-1] if len(recorded) else None)


def differences(differs: str = "", *, stalking: bool = True, households: bool = False) -> list[str]:
    """Why recorded offences and estimated victims measure different things.

    Args:
        differs: what of an offence group a measure leaves out; empty for nothing known.
        stalking: whether they are offences and victims of stalking.
        households: whether the survey counts households, not people.
    """
    return WORDS.points("differences", differs=differs, stalking=stalking, households=households)
