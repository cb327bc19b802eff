"""What every release at hand says about police recorded crime in an area and a year.

Vintages are kept apart: a year's count as first published, as a later edition revised it in
its table of the year before, and as a later edition's percentage change gives it away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from crimeshare.audit.findings import Finding, Unit, Vintage
from crimeshare.cells import Cell
from crimeshare.measures.recorded import recording_changes_between
from crimeshare.periods import a_year_before, months_between
from crimeshare.sources.registry import Release

RANKED = {
    "main groups": "rank_main_groups",
    "sub-groups": "rank_subgroups",
    "published columns": "rank_published_columns",
}
"""Classifications of offence groups, and their columns in the table of shares."""

RANKED_FORCES = {
    "forces by share": "share",
    "forces by rate": "rate_per_1000",
    "forces by count": "count",
}
"""Orders of forces, and what they are ordered by."""

Find = Callable[[date], Sequence[Finding]]


class Releases:
    """The clean figures and estimates of every release at hand, by what they are about."""

    def __init__(
        self,
        recorded: pd.DataFrame,
        shares: pd.DataFrame,
        changes: pd.DataFrame,
        registry: Mapping[str, Release],
        recording_changes: pd.DataFrame,
    ) -> None:
        """Take the tables ``recorded_crime``, ``shares`` and ``changes``, and the registry.

        Args:
            recording_changes: as :func:`crimeshare.measures.recorded.read_recording_changes`
                gives it.
        """
        self.registry = registry
        self._recording_changes = recording_changes
        order = list(registry)
        self._order = sorted(
            recorded["release_id"].unique(),
            key=lambda release_id: (registry[release_id].period_end, order.index(release_id)),
        )
        self._cells = _by(
            recorded, ["release_id", "period_end", "area_code", "offence_id", "measure"]
        )
        self._shares = _by(shares, ["release_id", "period_end", "area_code", "offence_id"])
        self._changes = _by(changes, ["release_id", "period_end", "area_code", "offence_id"])
        self._excluding = _excluding(shares) | _excluding(changes)
        self._force_ranks = _force_ranks(recorded, shares)
        self.periods = sorted(
            {key[1] for key in self._shares}
            | {a_year_before(self.own_period(release_id)) for release_id in self._order}
        )

    def own_period(self, release_id: str) -> date:
        """Last day of the year that a release is about."""
        return self.registry[release_id].period_end

    def own_releases(self, period_end: date) -> list[str]:
        """Releases at hand that are about that year, the last issue last."""
        return [r for r in self._order if self.own_period(r) == period_end]

    def settling(self, period_end: date) -> list[str]:
        """Releases about that year that are not at hand, the one in force first."""
        missing = [
            release
            for release in self.registry.values()
            if release.dataset == "pfa"
            and release.period_end == period_end
            and release.release_id not in self._order
        ]
        return [r.release_id for r in sorted(missing, key=lambda r: r.status == "superseded")]

    def marked(self, area: str, offence: str, period_end: date, measure: str) -> Finding | None:
        """A cell of that year's own release that holds a marker; its note names the marker."""
        for release_id in self.own_releases(period_end):
            row = self._cells.get((release_id, period_end, area, offence, measure))
            if row and row["marker"]:
                cell = _cell(row)
                return Finding(
                    float("nan"),
                    "count",
                    period_end,
                    release_id,
                    "first published",
                    (cell,),
                    note=str(row["marker"]).replace("_", " "),
                )
        return None

    def counts(self, area: str, offence: str, period_end: date) -> list[Finding]:
        """Every vintage of a count, oldest release first."""
        found = []
        for release_id in self._order:
            tabled = self._tabled(release_id, period_end, area, offence, "count", "count")
            given = tabled or self._recovered(release_id, period_end, area, offence)
            found += [given] if given else []
        return found

    def rates(self, area: str, offence: str, period_end: date) -> list[Finding]:
        """Every vintage of a rate per 1,000 residents."""
        tabled = [
            self._tabled(release_id, period_end, area, offence, "rate_per_1000", "per_1000")
            for release_id in self._order
        ]
        return [finding for finding in tabled if finding]

    def shares(self, area: str, offence: str, period_end: date) -> list[Finding]:
        """Every vintage of a share of the same release's own total."""
        totals = {whole.release_id: whole for whole in self.counts(area, "total", period_end)}
        return [
            ratio(part, totals[part.release_id], "proportion")
            for part in self.counts(area, offence, period_end)
            if totals.get(part.release_id) and totals[part.release_id].value
        ]

    def ranks(
        self, area: str, offence: str, period_end: date, classification: str
    ) -> list[Finding]:
        """Every vintage of a place in an order.

        Args:
            classification: a key of ``RANKED`` or ``RANKED_FORCES``.
        """
        found = []
        for release_id in self._order:
            key = (release_id, period_end, area, offence)
            if classification in RANKED:
                rank = self._shares.get(key, {}).get(RANKED[classification])
            else:
                rank = self._force_ranks[RANKED_FORCES[classification]].get(key)
            row = self._cells.get((*key, "count"))
            if rank is None or row is None:
                continue
            cell = _cell(row)
            found.append(
                Finding(
                    rank,
                    "rank",
                    period_end,
                    release_id,
                    self._vintage(release_id, period_end),
                    (cell,),
                    f"place of {cell.name} among {classification}",
                )
            )
        return found

    def changes(
        self, area: str, offence: str, period_end: date, previous: date, unit: Unit
    ) -> list[Finding]:
        """A change as each release has it, and between counts as first published.

        Args:
            unit: ``change`` for a relative change, ``count`` for a difference of offences.

        A release compares its year with the year before as it revises it; two releases can
        also be compared, and the two need not agree.
        """
        found = []
        for release_id in self._order:
            row = self._changes.get((release_id, period_end, area, offence))
            if row is None or row["previous_period_end"] != previous:
                continue
            now = self._tabled(release_id, period_end, area, offence, "count", "count")
            before = self._tabled(
                release_id, previous, area, offence, "count", "count"
            ) or self._recovered(release_id, previous, area, offence)
            if now and before and before.value:
                change = _change(now, before, unit, "first published")
                note = "" if row["comparable"] else f"not comparable: {row['recording_changes']}"
                found.append(_noted(change, note))
        firsts = [self._first(area, offence, day) for day in (period_end, previous)]
        # A total without a force is not compared with one that has it.
        alike = firsts[0] and firsts[1] and firsts[0].excluding == firsts[1].excluding
        if firsts[0] and firsts[1] and firsts[1].value and alike:
            across = _change(firsts[0], firsts[1], unit, "compared")
            if all(across.value != finding.value for finding in found):
                found.insert(0, _noted(across, self._comparable(offence, period_end, previous)))
        return found

    def _comparable(self, offence: str, period_end: date, previous: date) -> str:
        """What makes two years not comparable, as a clause; empty where nothing does."""
        pair = pd.DataFrame(
            {
                "offence_id": [offence],
                "period_end": pd.to_datetime([period_end]).astype("datetime64[ms]"),
                "previous_period_end": pd.to_datetime([previous]).astype("datetime64[ms]"),
            }
        )
        names = recording_changes_between(pair, self._recording_changes).iloc[0]
        return f"not comparable: {names}" if isinstance(names, str) else ""

    def neighbours(self, period_end: date, find: Find) -> list[Finding]:
        """What the nearest years at hand before and after say, each in its newest vintage."""
        sides: list[Finding] = []
        for days in (
            [day for day in reversed(self.periods) if day < period_end],
            [day for day in self.periods if day > period_end],
        ):
            given = next((found for day in days if (found := find(day))), None)
            sides += [given[-1]] if given else []
        return sides

    def overlapping(self, period_end: date, find: Find) -> list[Finding]:
        """Those neighbours whose twelve months share some with the year; none unless on both sides.

        Together the two then hold every month of the year if none of it lies between them.
        """
        sides = self.neighbours(period_end, find)
        near = [f for f in sides if abs(months_between(f.period_end, period_end)) < 12]
        if len(near) < 2 or months_between(near[0].period_end, near[1].period_end) > 12:
            return []
        return near

    def elsewhere(self, area: str, offence: str, value: float, but: date) -> list[Finding]:
        """Other years in which the area's count of the group is exactly that."""
        return [
            finding
            for day in self.periods
            if day != but
            for finding in self.counts(area, offence, day)
            if finding.value == value
        ]

    def _vintage(self, release_id: str, period_end: date) -> Vintage:
        return "first published" if self.own_period(release_id) == period_end else "revised"

    def _tabled(
        self, release_id: str, period_end: date, area: str, offence: str, measure: str, unit: Unit
    ) -> Finding | None:
        row = self._cells.get((release_id, period_end, area, offence, measure))
        if row is None or row["value"] is None:
            return None
        vintage = self._vintage(release_id, period_end)
        return Finding(
            row["value"],
            unit,
            period_end,
            release_id,
            vintage,
            (_cell(row),),
            excluding=self._excluding.get((release_id, period_end, area), ""),
        )

    def _recovered(
        self, release_id: str, period_end: date, area: str, offence: str
    ) -> Finding | None:
        """The count of the year before, from a release's count and its percentage change."""
        own = self.own_period(release_id)
        row = self._changes.get((release_id, own, area, offence))
        if (
            row is None
            or row["previous_period_end"] != period_end
            or row["basis"] != "recovered_from_change"
        ):
            return None
        count, change = (
            _cell(self._cells[release_id, own, area, offence, measure])
            for measure in ("count", "change_pct")
        )
        formula = f"{count.name} / (1 + {change.name} / 100)"
        return Finding(
            row["previous"],
            "count",
            period_end,
            release_id,
            "recovered",
            (count, change),
            formula,
            excluding=self._excluding.get((release_id, own, area), ""),
        )

    def _first(self, area: str, offence: str, period_end: date) -> Finding | None:
        """The count in the last issue of the year's own edition."""
        own = [f for f in self.counts(area, offence, period_end) if f.vintage == "first published"]
        return own[-1] if own else None


def _excluding(table: pd.DataFrame) -> dict[tuple[Any, ...], str]:
    """The forces that totals leave out, by release, year and area."""
    left_out = table["area_name"].str.extract(r" \(excluding (.+)\)$", expand=False)
    rows = table.assign(left_out=left_out).dropna(subset=["left_out"])
    keys = zip(rows["release_id"], rows["period_end"].dt.date, rows["area_code"], strict=True)
    return dict(zip(keys, rows["left_out"], strict=True))


def ratio(part: Finding, whole: Finding, unit: Unit) -> Finding:
    """``part / whole``, with the cells of both."""
    cells = tuple(dict.fromkeys((*part.cells, *whole.cells)))
    return Finding(
        part.value / whole.value,
        unit,
        part.period_end,
        part.release_id,
        part.vintage,
        cells,
        f"{part.named} / {whole.named}",
        excluding=part.excluding,
    )


def _change(now: Finding, before: Finding, unit: Unit, vintage: Vintage) -> Finding:
    cells = tuple(dict.fromkeys((*now.cells, *before.cells)))
    relative = unit == "change"
    return Finding(
        now.value / before.value - 1 if relative else now.value - before.value,
        unit,
        now.period_end,
        now.release_id,
        vintage,
        cells,
        f"{now.named} / {before.named} - 1" if relative else f"{now.named} - {before.named}",
        excluding=now.excluding,
    )


def _noted(finding: Finding, note: str) -> Finding:
    return replace(finding, note=note)


def _cell(row: Mapping[str, Any]) -> Cell:
    return Cell.of(row)


def _by(table: pd.DataFrame, key: list[str]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """The rows as plain values, None where empty and dates as dates, by their key."""
    plain = table.astype(object).where(table.notna(), None)
    for name in plain:
        if pd.api.types.is_datetime64_any_dtype(table[name]):
            plain[name] = table[name].dt.date
    names = [str(name) for name in plain]
    rows = (dict(zip(names, row, strict=True)) for row in plain.itertuples(index=False, name=None))
    return {tuple(row[name] for name in key): row for row in rows}


def _force_ranks(
    recorded: pd.DataFrame, shares: pd.DataFrame
) -> dict[str, dict[tuple[Any, ...], float]]:
    """Places of the forces in each order, 1 the highest, ties sharing the better place."""
    key = ["release_id", "period_end", "area_code", "offence_id"]
    of_shares = shares[[*key, "area_type", "share"]].rename(columns={"share": "value"})
    orders = {"share": of_shares} | {
        measure: recorded.loc[recorded["measure"] == measure, [*key, "area_type", "value"]]
        for measure in ("rate_per_1000", "count")
    }
    ranks = {}
    for name, table in orders.items():
        forces = table[(table["area_type"] == "force") & table["value"].notna()]
        by = [forces[column] for column in ("release_id", "period_end", "offence_id")]
        places = forces["value"].groupby(by).rank(ascending=False, method="min")
        index = zip(
            forces["release_id"],
            forces["period_end"].dt.date,
            forces["area_code"],
            forces["offence_id"],
            strict=True,
        )
        ranks[name] = dict(zip(index, places, strict=True))
    return ranks
