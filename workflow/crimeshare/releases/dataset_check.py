"""What the source lists and holds of a dataset that has a page of editions, beside the registry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any

from crimeshare.periods import month_end, months_before
from crimeshare.problems import Problem
from crimeshare.publish.elements.words import Words
from crimeshare.releases.editions import (
    next_id,
    period_of_address,
    period_of_name,
    stem,
    workbooks,
)
from crimeshare.sources.delivery import Delivery, check_kind, deliver_file, inspecting
from crimeshare.sources.ons_pages import (
    Edition,
    Landing,
    Version,
    read_edition,
    read_landing,
    read_version,
)
from crimeshare.sources.registry import Copy, Release
from crimeshare.sources.source import Missing, Source, command
from crimeshare.tables.grid import Cell, open_workbook
from crimeshare.tables.labels import periods
from crimeshare.tables.sandbox import check_opens

WORDS = Words(Path(__file__).with_name("check.md.j2"))

# An edition comes out about four months after its year ends; a month more is late.
_LATE_AFTER = timedelta(days=150)
_DAYS = ["%d %B %Y", "%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%d"]


@dataclass(frozen=True)
class ReleaseFinding:
    """One thing the check found.

    Attributes:
        kind: a key of :data:`crimeshare.releases.release_check.KINDS`.
        release_id: the release it is about, as `pin_release` takes it; "" if about none.
        sentence: what, where, and what to do.
        day: the day that the publisher announces, in figures; "" for every other kind.
    """

    kind: str
    dataset: str
    release_id: str
    uri: str
    sentence: str
    day: str = ""


@dataclass(frozen=True)
class DatasetCheck:
    """The check of one dataset; the fields are those of `check_releases`."""

    source: Source
    dataset: str
    uri: str
    ours: list[Release]
    registry: Mapping[str, Release]
    copies: Mapping[str, Sequence[Copy]]
    store: Path
    today: date

    def _find(
        self, kind: str, uri: str, says: str, release_id: str = "", /, **values: Any
    ) -> ReleaseFinding:
        """A finding in the words of a passage of ``check.md.j2``."""
        named = {"page": self.uri, "uri": uri, "release_id": release_id}
        sentence = WORDS.passage(says, **named | values)
        return ReleaseFinding(kind, self.dataset, release_id, uri, sentence, values.get("day", ""))

    def _unclear(self, uri: str, problem: Problem, release_id: str = "") -> ReleaseFinding:
        return self._find("unclear", uri, "problem", release_id, problem=problem)

    def findings(self) -> Iterator[ReleaseFinding]:
        try:
            landing = read_landing(self.source, self.uri)
        except Missing as problem:
            yield self._find("unclear", self.uri, "landing_gone", problem=problem)
            return
        except Problem as problem:
            yield self._unclear(self.uri, problem)
            return
        yield from self._landing(landing)
        moved: set[str] = set()
        for uri in landing.editions:
            try:
                yield from self._edition(uri, landing, moved)
            except Problem as problem:
                yield self._unclear(uri, problem)
        yield from self._not_listed(landing, moved)
        yield from self._next(landing)

    # --- the landing page ------------------------------------------------------------------

    def _landing(self, landing: Landing) -> Iterator[ReleaseFinding]:
        if landing.uri != self.uri:
            yield self._find("note", self.uri, "landing_moved", address=landing.uri)
        if not landing.editions:
            yield self._find("unclear", self.uri, "no_edition")
        for uri in landing.listed_twice:
            yield self._find("note", uri, "listed_twice")
        dated = [(period, uri) for uri in landing.editions if (period := period_of_address(uri))]
        if dated and dated[0] != max(dated):
            newest, first = max(dated)[1], dated[0][1]
            yield self._find("note", self.uri, "newest_not_first", newest=newest, first=first)

    def _not_listed(self, landing: Landing, moved: Collection[str]) -> Iterator[ReleaseFinding]:
        absent = []
        for release in self.ours:
            edition = release.edition_uri.partition("/previous/")[0]
            if edition in landing.editions or release.status == "superseded":
                continue
            if release.release_id in moved:
                continue
            if release.status != "shipped":
                absent.append(release.release_id)
                continue
            try:
                read_edition(self.source, edition)
            except Missing:
                yield self._find("withdrawn", edition, "withdrawn", release.release_id)
            except Problem as problem:
                yield self._unclear(edition, problem, release.release_id)
            else:
                yield self._find("note", edition, "no_longer_listed", release.release_id)
        if absent:
            yield self._find("note", self.uri, "known_not_listed", absent=absent)

    def _next(self, landing: Landing) -> Iterator[ReleaseFinding]:
        ends = [release.period_end for release in self.ours]
        ends += [period for uri in landing.editions if (period := period_of_address(uri))]
        if not ends:
            return
        newest = max(ends)
        expected = months_before(newest, -3)
        release_id = stem(self.dataset, expected)
        announced = _day(landing.next_release)
        if announced is not None and announced <= expected:
            announced = None  # of an edition that came out since
        due = announced or expected + _LATE_AFTER
        told: dict[str, Any] = {"end": expected, "due": due, "announced": announced}
        if announced and self.today <= due:
            told["day"] = due.isoformat()
            yield self._find("announced", self.uri, "announced", release_id, **told)
        if self.today > due:
            yield self._find("late", self.uri, "late", release_id, **told)

    # --- one edition -----------------------------------------------------------------------

    def _edition(self, uri: str, landing: Landing, moved: set[str]) -> Iterator[ReleaseFinding]:
        try:
            page = read_edition(self.source, uri)
        except Missing as problem:
            raise Problem(f"{self.uri} lists {uri}, but its page is gone: {problem}") from problem
        names = workbooks(page)
        if len(names) != 1:
            raise Problem(
                f"the page {uri} names {', '.join(page.files) or 'no file'}; expected one workbook."
            )
        path = f"{uri}/{names[0]}"
        known = [release for release in self.ours if release.edition_uri == uri]
        if not known:
            known = self._moved(uri, page, landing)
            moved.update(release.release_id for release in known)
        yield from self._dates(uri, page, known)
        yield from self._versions(page, known)
        current = next((release for release in known if release.path == path), None)
        if current is None and known:
            current = known[-1]
        if current is None or not (current.pinned or current.status == "shipped"):
            yield from self._unread(path, page, current)
        else:
            yield from self._pinned(path, page, current)

    def _moved(self, uri: str, page: Edition, landing: Landing) -> list[Release]:
        """Releases of the same year whose own address the site no longer lists, or never did."""
        period_end = period_of_address(uri) or period_of_name(page.name)
        return [
            release
            for release in self.ours
            if release.period_end == period_end
            and release.edition_uri not in landing.editions
            and "/previous/" not in release.path
            and release.status != "superseded"
        ]

    def _dates(self, uri: str, page: Edition, known: list[Release]) -> Iterator[ReleaseFinding]:
        said = {"its address": period_of_address(uri), "its name": period_of_name(page.name)}
        if known:
            said["the registry"] = known[-1].period_end
        yield from self._disagreement(uri, said)

    def _disagreement(self, uri: str, said: Mapping[str, date | None]) -> Iterator[ReleaseFinding]:
        dates = {who: period for who, period in said.items() if period is not None}
        if len(set(dates.values())) > 1:
            yield self._find("unclear", uri, "dates_disagree", dates=dates)

    def _versions(self, page: Edition, known: list[Release]) -> Iterator[ReleaseFinding]:
        for version in page.versions:
            held = [r for r in self.ours if r.edition_uri == version.uri]
            if held and held[-1].status == "shipped":
                continue
            told: dict[str, Any] = {"version": version, "notice": _notice(version)}
            try:
                self._hold(version)
            except Missing:
                yield self._find("note", version.uri, "version", gone=True, **told)
            except Problem as problem:
                yield self._unclear(version.uri, problem)
            else:
                if held:
                    pin = self._pin(held[-1].release_id)
                else:
                    first = stem(self.dataset, _period(page.uri, page))
                    pin = self._pin(f"{first}-v{version.number}")
                yield self._find("note", version.uri, "version", gone=False, pin=pin, **told)

    def _hold(self, version: Version) -> None:
        for name in workbooks(read_version(self.source, version)):
            partial = self.store / ".partial"
            deliver_file("version", self.source, f"{version.uri}/{name}", partial).path.unlink()

    def _unread(self, path: str, page: Edition, listed: Release | None) -> Iterator[ReleaseFinding]:
        uri = path.rsplit("/", 1)[0]
        period_end = listed.period_end if listed else _period(uri, page)
        release_id = listed.release_id if listed else self._id_of_current(page, period_end)
        with self._delivered(release_id, path) as delivery:
            said = _said_by_sheets(delivery.path, period_end)
        yield from self._disagreement(uri, said)
        yield self._new(path, "not_shipped", release_id, name=page.name or uri, file=delivery)

    def _new(self, path: str, says: str, release_id: str, **values: Any) -> ReleaseFinding:
        return self._find("new", path, says, release_id, pin=self._pin(release_id), **values)

    def _pinned(self, path: str, page: Edition, release: Release) -> Iterator[ReleaseFinding]:
        same_edition = [r for r in self.ours if r.period_end == release.period_end]
        with self._delivered(release.release_id, path) as delivery:
            pass
        hashes = {r.sha256: r for r in same_edition if r.pinned}
        if found := hashes.get(delivery.sha256):
            if found.path != path:
                yield self._find("note", path, "elsewhere", found.release_id, path=found.path)
            if found.status == "listed":
                yield self._new(path, "listed_alone", found.release_id)
            return
        if not self.source.official and delivery.sha256 in {
            copy.sha256 for r in same_edition for copy in self.copies.get(r.release_id, [])
        }:
            return
        if not release.pinned:
            yield self._new(path, "hash_not_known", release.release_id, file=delivery)
            return
        listed = {r.edition_uri for r in self.ours}
        versions = [
            WORDS.passage("was_replaced", version=version, notice=_notice(version))
            for version in page.versions
            if version.uri not in listed
        ]
        release_id = self._id_of_current(page, release.period_end)
        yield self._find(
            "corrected" if versions else "reissued",
            path,
            "other_bytes",
            release_id,
            file=delivery,
            old=release,
            versions=versions,
            pin=self._pin(release_id),
        )

    def _id_of_current(self, page: Edition, period_end: date) -> str:
        """The id of what an edition holds now: ``-v3`` where two versions were replaced."""
        numbered = f"{stem(self.dataset, period_end)}-v{len(page.versions) + 1}"
        if page.versions and numbered not in self.registry:
            return numbered
        return next_id(self.dataset, period_end, self.registry)

    def _pin(self, release_id: str) -> str:
        return command("pin_release", self.source, release=release_id)

    @contextmanager
    def _delivered(self, release_id: str, path: str) -> Iterator[Delivery]:
        """A file to look at; it does not stay."""
        try:
            delivery = deliver_file(release_id, self.source, path, self.store / ".partial")
        except Missing as problem:
            raise Problem(
                f"the page {path.rsplit('/', 1)[0]} names {PurePosixPath(path).name}, but the file "
                f"is gone: {problem}"
            ) from problem
        with inspecting(delivery, self.store):
            check_kind(delivery)
            yield delivery


def _period(uri: str, page: Edition) -> date:
    period = period_of_address(uri) or period_of_name(page.name)
    if period is None:
        raise Problem(
            f"neither the address {uri} nor the edition's name {page.name!r} says which year it is "
            "for; expected a folder such as yearendingmarch2025. Add its row to "
            "config/releases.csv by hand."
        )
    return period


def _said_by_sheets(workbook: Path, period_end: date) -> dict[str, date | None]:
    check_opens(workbook)
    ends = Counter(
        max(named)
        for grid in open_workbook(workbook).grids
        if (named := next(filter(None, (periods(_text(row)) for row in grid.rows[:5])), None))
    )
    said = month_end(*ends.most_common(1)[0][0]) if ends else None
    return {"the edition": period_end, "most of its sheets": said}


def _text(row: Sequence[Cell]) -> str:
    return next((str(cell) for cell in row if str(cell).strip()), "")


def _notice(version: Version) -> str:
    notice = " ".join(version.correction_notice.split())
    return repr(notice) if notice else ""


def _day(text: str) -> date | None:
    for form in _DAYS:
        try:
            return datetime.strptime(text.strip(), form).date()
        except ValueError:
            continue
    return None
