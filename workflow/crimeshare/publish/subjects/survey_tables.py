"""The tables of the survey: estimates with what they rest on, changes with what tests found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import pandas as pd

from crimeshare import survey_words
from crimeshare.cells import Cell
from crimeshare.publish.elements import prose
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.rows import Row, month_of, rows
from crimeshare.publish.elements.tables import Content, Table, table
from crimeshare.publish.subjects.survey_pages import (
    PARTS,
    STALKING,
    since_16_by_group,
    titled,
    trends_of,
)
from crimeshare.publish.subjects.surveyed import (
    ASSUMED,
    WORDS,
    by_group,
    changes,
    everybody,
    level_figure,
    series,
    term,
)

OTHER_MEASURES = (
    "violence",
    "robbery",
    "theft_from_person",
    "burglary",
    "vehicle_theft",
    "criminal_damage",
    "fraud",
    "computer_misuse",
    "headline_excluding_fraud",
    "headline_including_fraud",
)


def between(style: str = "", of: Callable[[Row], Row] = lambda row: row) -> Callable[[Row], str]:
    """The limits of a row as they stand in a table: "2.6% to 3.3%"."""
    return lambda row: f"{of(row).lower:{style}} to {of(row).upper:{style}}"


def beside_table(beside: pd.DataFrame) -> Table | None:
    """Each crime in its first and newest year and on both sides of a break; None without any.

    Args:
        beside: rows of ``recorded_beside_survey``, of each measure the oldest first.
    """
    if beside.empty:
        return None
    measures = beside["measure_id"]
    broken = beside[["survey_breaks", "recording_changes"]].notna().any(axis=1)
    edge = measures.ne(measures.shift()) | measures.ne(measures.shift(-1))
    before = broken.shift(-1, fill_value=False) & measures.eq(measures.shift(-1))

    def changed(row: Row) -> str:
        known = (row[name] for name in ("survey_breaks", "recording_changes"))
        return escape(prose.upper_first("; ".join(filter(None, known))))

    return table(
        beside[broken | edge | before],
        [month_of, "ratio", between(), changed],
        label=lambda row: titled(row["measure_id"]),
        words=WORDS.points("beside_table", level=level_figure(beside["level"].iloc[0])),
        wide=True,
    )


def estimates_table(
    words: Sequence[str], frame: pd.DataFrame, label: str | Callable[[Row], str] = month_of
) -> Table:
    """Estimates with their intervals, bases and design factors, and what each rests on.

    Args:
        words: the caption, and the heading of the column of labels.
        label: column of the labels, or what gives that of a row; years, of which several releases
            may give the same, unless given.
    """
    caption, heading = words
    other = between(of=lambda row: row["otherwise"])
    scenarios, same = frame["otherwise"].notna().any(), WORDS.passage("the_same")
    return table(
        frame,
        [
            "estimate",
            between(),
            *([lambda row: other(row) if row["otherwise"] else same] if scenarios else []),
            WORDS.of("base"),
            WORDS.of("factor"),
            lambda row: f"{term('method', row['method'])}, {term('basis', row['basis'])}",
            lambda row: term("seen", row["seen"]),
        ],
        label=label,
        words=WORDS.points(
            "estimates_table",
            caption=caption,
            heading=heading,
            level=level_figure(frame["level"].iloc[0]),
            assumed=frame["basis"].eq(ASSUMED).any(),
            scenarios=scenarios,
            years=label is month_of,
            sources=escape("; ".join(dict.fromkeys(frame["source"]))),
        ),
        wide=True,
    )


def groups_table(frame: pd.DataFrame) -> Table:
    """Last year's stalking by sex and age, in one year."""
    shown = by_group(frame)
    words = WORDS.points("groups_table", end=rows(shown)[0]["period_end"])
    return estimates_table(words, shown, lambda row: prose.upper_first(row["who"]))


def ever_table(frame: pd.DataFrame) -> Table:
    """Stalking since age 16 in one year: by sex, and by who did it."""
    shown = since_16_by_group(frame)
    words = WORDS.points("ever_table", end=rows(shown)[0]["period_end"])
    return estimates_table(words, shown, "label")


def changes_table(caption: str, tested: pd.DataFrame) -> Table:
    """Changes, tested one by one and all together; see `surveyed.changes`."""
    first = rows(tested)[0]
    words = WORDS.points(
        "changes_table",
        caption=caption,
        level=level_figure(first["level"]),
        basis=first["later"]["basis"],
    )
    return table(
        tested,
        [
            "difference",
            between("bare"),
            "p_value",
            "p_adjusted",
            "smallest_detectable",
            WORDS.of("verdict"),
            WORDS.of("ons_said"),
            WORDS.of("own_verdict"),
            WORDS.of("breaks"),
        ],
        label=lambda row: f"{prose.month(row['previous_period_end'])} to {month_of(row)}",
        words=words,
        wide=True,
    )


def changes_to_newest(caption: str, tested: pd.DataFrame) -> Table:
    """The changes from each year to the newest, tested together."""
    return changes_table(caption, tested[tested["period_end"].eq(tested["period_end"].max())])


def trends_table() -> Table:
    """The trend of each stretch of years without a break."""
    fitted = trends_of(STALKING, *PARTS)
    return table(
        fitted,
        [
            lambda row: f"{prose.month(row['start'])} to {prose.month(row['end'])}",
            "years",
            "odds_change",
            between("signed"),
            "p_adjusted",
            "q_p_value",
            lambda row: term("trend", row["verdict"]),
        ],
        label=lambda row: ", ".join(
            [titled(row["measure_id"]), survey_words.who(row["sex"], row["age"])]
        ),
        words=WORDS.points("trends_table", level=level_figure(fitted["level"].iloc[0])),
        wide=True,
    )


def other_measures(own: str = "") -> Table:
    """Other crimes of the newest appendix tables, with the change from the year before.

    Args:
        own: the measure that the page is about, which is not among the others, whether of all
            households or of those that own what was taken.
    """
    others = [m for m in OTHER_MEASURES if not own or titled(m) != titled(own)]
    newest = pd.concat([changes(everybody(measure)).tail(1) for measure in others])
    row = rows(newest)[-1]

    def later(column: str) -> Callable[[Row], Content]:
        return lambda row: getattr(row["later"], column)

    return table(
        newest,
        [
            lambda row: term("unit", row["unit_base"]),
            later("estimate"),
            between(of=lambda row: row["later"]),
            later("n_unweighted"),
            later("design_factor"),
            "difference",
            between("bare"),
            WORDS.of("verdict"),
            WORDS.of("ons_said"),
            WORDS.of("own_verdict"),
        ],
        label=lambda row: titled(row["measure_id"]),
        words=WORDS.points("other_measures_table", row=row, level=level_figure(row["level"])),
        wide=True,
    )


def offences_table(recorded: pd.DataFrame) -> Table | None:
    """Recorded offences and estimated victims of the same years, side by side; None without any."""
    if recorded.empty:
        return None
    by_end = {row["period_end"]: row for row in rows(series(STALKING))}

    def offences(row: Row) -> Figure:
        name = f"recorded.{row['offence_code']}.{row['period_end']}.{row['release_id']}"
        return Figure(name, row["offences"], "count", (Cell.of(row),))

    def share(row: Row) -> str:
        estimate = by_end[row["period_end"]]
        return f"{estimate.estimate} ({between()(estimate)})"

    years = dict.fromkeys(row["population_period_end"] for row in rows(recorded))
    return table(
        recorded,
        [
            offences,
            share,
            lambda row: f"{row.victims} ({row.victims_lower} to {row.victims_upper})",
            "ratio",
            between(),
        ],
        label=month_of,
        words=WORDS.points(
            "offences_table",
            level=level_figure(recorded["level"].iloc[0]),
            years=[prose.month(year) for year in years],
        ),
        wide=True,
    )
