"""What the page of revisions shows: sentences, charts and tables, each from the figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape

import pandas as pd

from crimeshare.periods import a_year_before
from crimeshare.publish.elements import charts, prose
from crimeshare.publish.elements.charts import (
    ACCENT,
    QUIET,
    WIDTH,
    Bar,
    Break,
    Chart,
    Spec,
)
from crimeshare.publish.elements.downloads import figure_columns
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.rows import counted, of_rows
from crimeshare.publish.elements.tables import Content, Table
from crimeshare.publish.subjects.estimates import Year
from crimeshare.publish.subjects.factsheet import breaks
from crimeshare.publish.subjects.revised import (
    COMPARED,
    WORDS,
    Revision,
    Revisions,
    directions,
    given_as,
    middle,
    moved,
    turned,
)
from crimeshare.reference import offences

# Months of age that a figure reaches, from one band to the next, as the template names them.
BANDS = (12, 60, 120, 10**4)
SMALL = 0.005
# Rows and years that a page shows of a table that goes on; all of them are in files of their own.
SHOWN = 20
YEARS = 6


@dataclass(frozen=True)
class Band:
    """The revisions of one range of ages."""

    words: str
    steps: Sequence[Revision]

    @property
    def ends(self) -> list[Figure]:
        """The lowest and the highest revision."""
        known = [step.percent for step in self.steps if step.percent.value is not None]
        return [end(known, key=lambda percent: percent.number) for end in (min, max)]


# ---------------------------------------------------------------- sentences


def opening(revisions: Revisions) -> str:
    """Whether figures by force are revised, which way and by how much."""
    steps = revisions.new(revisions.estimates.forces)
    changed = _changed(steps)
    most = max(changed, key=_size, default=None)
    told = {} if most is None else _told_of(revisions, steps, most)
    return WORDS.passage(
        "opening",
        counts=_count(revisions, "forces", steps),
        group=revisions.estimates.offence_words,
        changed=_count(revisions, "forces.changed", changed, steps),
        most=most,
        **told,
    )


def _told_of(
    revisions: Revisions, steps: Sequence[Revision], most: Revision
) -> dict[str, Figure | str | list[Break]]:
    """What the opening says of counts that moved."""
    return {
        "rose": _count(revisions, "forces.rose", _rose(steps), steps),
        "fell": _count(revisions, "forces.fell", _fell(steps), steps),
        "middle": _middle(revisions, "forces", steps),
        "moved": moved(most.percent),
        "rules": _within_a_change(revisions, most),
    }


def _within_a_change(revisions: Revisions, step: Revision) -> list[Break]:
    """The changes of recording that took effect within the year."""
    began = a_year_before(step.period_end)
    return [
        change
        for change in breaks(revisions.estimates.offence_id)
        if began < change.day <= step.period_end
    ]


def nationally(revisions: Revisions) -> str:
    """The same for England and Wales, where forces' revisions partly cancel out."""
    nation = revisions.estimates.nation
    size, steps = revisions.size(nation), revisions.new([nation])
    one = steps[0] if len(steps) == 1 else None
    return WORDS.passage(
        "nationally",
        nation=nation,
        size=size,
        one=one,
        moved=moved(one.percent) if one else "",
        directions=directions(size.rose, size.fell, size.stayed) if size else "",
    )


def how_soon(revisions: Revisions) -> str:
    """At what age figures of England and Wales still move."""
    steps = revisions.of(revisions.estimates.nation)
    changed = _changed(steps)
    oldest = max(changed, key=lambda step: (step.age, step.period_end), default=None)
    old = [step for step in steps if step.age > BANDS[-2]]
    return WORDS.passage(
        "how_soon",
        oldest=oldest,
        moved=moved(oldest.percent) if oldest else "",
        old=_count(revisions, "old", old),
        old_changed=_count(revisions, "old.changed", _changed(old), old),
    )


def ranks_in_words(revisions: Revisions) -> str:
    """How many counts moved a force's rank since they were new, and the longest way one took."""
    ranked = [step for step in revisions.new(revisions.estimates.forces) if step.rank_before]
    shifted = [step for step in ranked if step.moved_rank]
    return WORDS.passage(
        "ranks",
        group=revisions.estimates.offence_words,
        most=max(shifted, key=_shift, default=None),
        shifted=_count(revisions, "ranks.shifted", shifted),
        ranked=_count(revisions, "ranks", ranked),
    )


def flips_in_words(revisions: Revisions) -> str:
    """How many changes turned, and those of the report's own offence group by name."""
    flips, own = revisions.flips(), revisions.flips(revisions.estimates.offence_id)
    turning = [flip for flip in flips if not flip.both_years]
    sides = [figure for flip in turning or flips for figure in (flip.before, flip.after)]
    compared = of_rows(
        "revisions.flips.compared",
        revisions.compared(),
        "count",
        "number",
        (COMPARED.stem, "change", "revised year_before"),
    )
    return WORDS.passage(
        "turned",
        turned=_number(revisions, "flips", len(turning), sides, "changes"),
        compared=compared,
        group=revisions.estimates.offence_words,
        counted=revisions.estimates.counted,
        own=[{"flip": flip, "ways": turned(flip.before.number, flip.after.number)} for flip in own],
    )


def _changed(steps: Sequence[Revision]) -> list[Revision]:
    return [step for step in steps if step.moved]


def _rose(steps: Sequence[Revision]) -> list[Revision]:
    return [step for step in steps if step.change.number > 0]


def _fell(steps: Sequence[Revision]) -> list[Revision]:
    return [step for step in steps if step.change.number < 0]


def _count(
    revisions: Revisions, name: str, found: Sequence[Revision], of: Sequence[Revision] = ()
) -> Figure:
    """How many revisions there are, with their cells: those looked through, where there is none."""
    figures = [step.percent for step in found or of]
    return _number(revisions, name, len(found), figures, "revisions")


def _number(
    revisions: Revisions, name: str, number: int, figures: Iterable[Figure], what: str
) -> Figure:
    cells = (cell for figure in figures for cell in figure.cells)
    return counted(f"revisions.{name}.{revisions.estimates.offence_id}", what, number, cells)


def _middle(revisions: Revisions, name: str, steps: Sequence[Revision]) -> Figure:
    return middle(steps, f"revisions.middle.{name}.{revisions.estimates.offence_id}")


def _size(step: Revision) -> float:
    return abs(step.percent.value or 0)


def _shift(step: Revision) -> float:
    assert step.rank_before
    assert step.rank_after
    return abs(step.rank_after.number - step.rank_before.number)


# ---------------------------------------------------------------- charts


def by_age(revisions: Revisions, frame: pd.DataFrame) -> Chart | None:
    """Each revision of England and Wales by the age the figure had reached; None without any.

    Args:
        revisions: about the offence group.
        frame: ``area_code``, ``period_end``, ``previous_release_id``, ``release_id`` and
            ``change_pct``, a row a revision, the oldest year first.
    """
    estimates = revisions.estimates
    name = estimates.offence.name
    steps = _of_frame(revisions.of(estimates.nation), frame)
    own = [step for step in steps if step.percent.value is not None]
    if not own:
        return None
    small = [step for step in own if _size(step) < SMALL]
    rows = [
        {
            "x": step.age / 12,
            "y": step.percent.number * 100,
            "tip": WORDS.passage("tip", name=name, step=step),
        }
        for step in own
    ]
    return replace(
        Chart.worded(
            "by-age",
            WORDS.points(
                "by_age_chart",
                number=_count(revisions, "national", own),
                estimates=estimates,
                small=_count(revisions, "national.small", small, own),
                start=own[0].period_end,
                end=own[-1].period_end,
            ),
        ),
        spec=_by_age_spec(rows),
        alt=WORDS.passage("by_age_alt", name=name, bands=_bands(steps)),
        data=[
            {
                "series": name,
                "year_ending": step.period_end.isoformat(),
                **figure_columns(step.percent),
                "age_in_months": step.age,
                "earlier_release": step.previous_release_id,
                "later_release": step.release_id,
                "earlier_count": repr(step.previous.number),
                "later_count": repr(step.value.number),
            }
            for step in steps
        ],
        figures=[step.percent for step in steps],
    )


def _of_frame(steps: Sequence[Revision], frame: pd.DataFrame) -> list[Revision]:
    """The revisions of a frame, with the cells that the tables name for each."""
    columns = ["area_code", "period_end", "previous_release_id", "release_id", "change_pct"]
    rows = frame[columns].itertuples(index=False, name=None)
    sizes = {
        (area, end.date(), *of): None if pd.isna(pct) else pct / 100 for area, end, *of, pct in rows
    }
    return [
        replace(step, percent=replace(step.percent, value=sizes[key]))
        for step in steps
        for key in [
            (step.place.area.area_code, step.period_end, step.previous_release_id, step.release_id)
        ]
        if key in sizes
    ]


def _by_age_spec(rows: list[Spec]) -> Spec:
    most = max(abs(row["y"]) for row in rows)
    ticks = [tick for tick in (0.1, 1, 10, 100) if tick <= most * 2]
    x: Spec = {
        "field": "x",
        "type": "quantitative",
        "scale": {"domain": [0, max(row["x"] for row in rows) * 1.02], "nice": False},
        "axis": {"title": WORDS.passage("age_axis"), "grid": False, "ticks": True},
    }
    y: Spec = {
        "field": "y",
        "type": "quantitative",
        "scale": {"type": "symlog", "constant": 0.1, "domain": [-most * 1.6, most * 1.6]},
        "axis": {
            "values": [*(-tick for tick in reversed(ticks)), 0, *ticks],
            "labelExpr": "(datum.value > 0 ? '+' : datum.value < 0 ? '\N{MINUS SIGN}' : '') + "
            "abs(datum.value) + '%'",
            "title": None,
        },
    }
    points = {
        "data": {"values": rows},
        "mark": {
            "type": "point",
            "shape": "diamond",
            "size": 80,
            "opacity": 1,
            "fill": ACCENT,
            "stroke": ACCENT,
            "strokeWidth": 1,
        },
        "encoding": {"x": x, "y": y, "description": {"field": "tip"}},
    }
    zero = {
        "data": {"values": [{"y": 0}]},
        "mark": {"type": "rule", "stroke": QUIET, "strokeWidth": 1, "aria": False},
        "encoding": {"y": y},
    }
    return {"width": WIDTH, "height": 250, "layer": [zero, points]}


def _bands(steps: Sequence[Revision]) -> list[Band]:
    """Revisions by the age that the figure had reached, empty bands left out."""
    found, above = [], 0
    for limit, words in zip(BANDS, WORDS.points("bands"), strict=True):
        inside = [step for step in steps if above < step.age <= limit or step.age == above == 0]
        above = limit
        if inside:
            found.append(Band(words, inside))
    return found


def sizes(revisions: Revisions, frame: pd.DataFrame) -> Chart | None:
    """How many counts by force moved how far since they were new; None where none came again.

    Args:
        revisions: about the offence group.
        frame: ``area_code``, ``period_end``, ``previous_release_id``, ``release_id``,
            ``change_pct`` and ``size``, the range of per cent that its size is in; a row a count.
    """
    if frame.empty:
        return None
    steps = revisions.new(revisions.estimates.forces)
    known, still = _of_frame(steps, frame), frame["change_pct"].eq(0)
    inside = {"none": still} | {
        f"below-{band.right / 100}": frame["size"].eq(band) & ~still
        for band in frame["size"].cat.categories
    }
    counts = [
        _count(revisions, f"sizes.{name}", _of_frame(steps, frame[rows]), known)
        for name, rows in inside.items()
    ]
    words = WORDS.points(
        "sizes_chart",
        estimates=revisions.estimates,
        within=_count(revisions, "sizes.within", [s for s in known if _size(s) < 0.01], known),
        known=_count(revisions, "sizes", known),
        start=min(step.period_end for step in known),
        end=max(step.period_end for step in known),
    )
    bars = map(Bar, WORDS.points("sizes"), counts)
    return charts.bars(Chart.worded("sizes", words), list(bars))


# ---------------------------------------------------------------- tables


def ages(revisions: Revisions, frame: pd.DataFrame) -> Table:
    """Revisions of England and Wales by the age that the figure had reached.

    Args:
        revisions: about the offence group.
        frame: as that of `by_age`.
    """
    nation = revisions.estimates.nation
    rows: list[list[Content]] = []
    for band in _bands(_of_frame(revisions.of(nation), frame)):
        most = max(band.steps, key=_size)
        name = f"ages.{band.words.replace(' ', '-')}"
        rows.append(
            [
                band.words.capitalize(),
                _count(revisions, f"{name}.number", band.steps),
                _count(revisions, f"{name}.changed", _changed(band.steps), band.steps),
                _middle(revisions, name, band.steps),
                most.percent,
            ]
        )
    return Table.worded(
        WORDS.points("ages_table", estimates=revisions.estimates),
        rows,
        styles=["", "", "", "absolute", "signed"],
    )


def vintages(revisions: Revisions, frame: pd.DataFrame) -> Table:
    """Every vintage of the newest years of England and Wales that were news and changed since.

    Args:
        revisions: about the offence group.
        frame: as that of `by_age`.
    """
    estimates = revisions.estimates
    rows: list[list[Content]] = []
    news = {step.period_end for step in revisions.new([estimates.nation])}
    every = _of_frame(revisions.of(estimates.nation), frame)
    steps = [step for step in every if step.period_end in news]
    changed = sorted({step.period_end for step in steps if step.moved}, reverse=True)
    still = news - set(changed)
    for end in changed[:YEARS]:
        of_year = [step for step in steps if step.period_end == end]
        first = of_year[0]
        chain: list[tuple[str, Figure, Content, Content]] = [
            (first.previous_release_id, first.previous, WORDS.passage("first"), ""),
            *((step.release_id, step.value, step.change, step.percent) for step in of_year),
        ]
        for release_id, count, change, percent in chain:
            given = f"{given_as(revisions, release_id, end)}, <code>{release_id}</code>"
            rows.append([prose.month(end), given, count, change, percent])
    left = [step.percent for step in steps if step.period_end in still]
    number = _number(revisions, "vintages.still", len(still), left, "years")
    return Table.worded(
        WORDS.points(
            "vintages_table", estimates=estimates, still=number, more=len(changed) > YEARS
        ),
        rows,
        styles=["", "", "", "signed", "signed"],
        wide=True,
    )


def rank_moves(revisions: Revisions) -> Table | None:
    """The longest ways of a force's rank since a count was new; None where none moved."""
    shifted = [step for step in revisions.new(revisions.estimates.forces) if step.moved_rank]
    if not shifted:
        return None
    furthest = sorted(shifted, key=lambda step: (-_shift(step), step.place.slug, step.period_end))
    return Table.worded(
        WORDS.points(
            "ranks_table",
            estimates=revisions.estimates,
            shifted=_count(revisions, "ranks.shifted", shifted),
            more=len(shifted) > SHOWN,
        ),
        [
            [
                _linked(step),
                prose.month(step.period_end),
                step.rank_before or "",
                f"<code>{step.previous_release_id}</code>",
                step.rank_after or "",
                f"<code>{step.release_id}</code>",
                step.percent,
            ]
            for step in furthest[:SHOWN]
        ],
        styles=["", "", "", "", "", "", "signed"],
        wide=True,
        sortable=True,
    )


def flips(revisions: Revisions) -> Table | None:
    """Changes on the year before that turned: the report's own offence group, then the widest."""
    own = revisions.estimates.offence_id
    others = [flip for flip in revisions.flips() if flip.offence_id != own]
    others.sort(key=lambda flip: -abs(flip.after.number - flip.before.number))
    found = revisions.flips(own) + others
    if not found:
        return None
    sides = [figure for flip in found for figure in (flip.before, flip.after)]
    listed = _number(revisions, "flips.listed", len(found), sides, "changes")
    return Table.worded(
        WORDS.points(
            "flips_table",
            estimates=revisions.estimates,
            listed=listed,
            more=len(found) > SHOWN,
        ),
        [
            [
                escape(flip.place.name),
                escape(offences()[flip.offence_id].name),
                prose.month(flip.period_end),
                flip.before,
                f"<code>{flip.previous_release_id}</code>",
                flip.after,
                f"<code>{flip.release_id}</code>",
            ]
            for flip in found[: max(SHOWN, len(found) - len(others))]
        ],
        styles=["", "", "", "signed", "", "signed"],
        wide=True,
        sortable=True,
    )


def by_force(revisions: Revisions) -> Table:
    """How far each force's counts moved from when they were new to the newest release."""
    rows: list[list[Content]] = []
    without = []
    for force in revisions.estimates.forces:
        size = revisions.size(force)
        if size is None:
            without.append(escape(force.name))
            continue
        rows.append(
            [
                f'<a href="{force.address}">{escape(force.name)}</a>',
                size.revisions,
                size.rose,
                size.fell,
                size.typical,
                size.lowest,
                size.highest,
            ]
        )
    return Table.worded(
        WORDS.points("forces_table", estimates=revisions.estimates, without=without),
        rows,
        styles=["", "", "", "", "absolute", "signed", "signed"],
        wide=True,
        sortable=True,
    )


def refuted(revisions: Revisions) -> Table | None:
    """The published changes that counts refute; None for none."""
    estimates = revisions.estimates
    rows: list[list[Content]] = []
    for row in revisions.refuted:
        place = estimates.place(row["area_code"])
        end, release_id = row["previous_period_end"], row["release_id"]
        name = f"{place.area.file_name}.{row['offence_id']}.{end:%Y-%m}"
        year = Year(estimates.releases[release_id], release_id)
        published = place.published_change(year, row["offence_id"])
        nearest = revisions.count_id(place, row["offence_id"], end, row["nearest_release_id"])
        rows.append(
            [
                escape(place.name),
                escape(offences()[row["offence_id"]].name),
                prose.month(end),
                published,
                place.of(row, "recovered", f"refuted.{name}", "refuted_changes"),
                place.of(row, "nearest", nearest, "refuted_changes"),
                f"<code>{row['nearest_release_id']}</code>",
            ]
        )
    if not rows:
        return None
    return Table.worded(
        WORDS.points("refuted_table"),
        rows,
        styles=["", "", "", "signed"],
        wide=True,
    )


def caveats() -> list[str]:
    """What revisions do and do not tell."""
    return WORDS.points("caveats")


def _linked(step: Revision) -> str:
    return f'<a href="{step.place.address}">{escape(step.place.name)}</a>'
