"""What two releases say otherwise than each other, in words, and what of it was accepted."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from crimeshare.periods import in_words
from crimeshare.problems import Problems
from crimeshare.reference import NATION, areas, offences, partnerships, read_rows
from crimeshare.tables.against import SEVERAL, TESTS, found
from crimeshare.tables.counts import KEY, YEAR
from crimeshare.tables.placing import placed

ACCEPTED = Path("config/accepted.csv")

# So many figures of an area or of an offence that do not fit are told together.
_MANY = 3
# Where the totals of more of the forces than this do not fit, it is the file: told as one.
_MOST = 0.5


@dataclass(frozen=True)
class Misfit:
    """Figures of a release that do not go together with another's.

    Attributes:
        release_id: the release that is looked at, or else the later of the two.
        sentence: the place, both values, and what is wrong with them.
        line: the line of ``config/accepted.csv`` that would let them through.
    """

    release_id: str
    sentence: str
    line: str

    def told(self, accepted: Path) -> str:
        """The sentence, and what to do if the release is right."""
        return (
            f"{self.sentence} If the release really says so and is right, add to {accepted} "
            f"the line: {self.line}"
        )


def misfits(
    counts: pd.DataFrame,
    readers: Mapping[str, str],
    of: Collection[str] | None = None,
    accepted: Path = ACCEPTED,
) -> list[Misfit]:
    """What does not go together; see :func:`crimeshare.tables.against.found`.

    Args:
        accepted: file of the figures that a person has found right; it need not exist.
    """
    known = read_rows(accepted) if accepted.is_file() else []
    rows = _asked_first(found(counts, readers, of), of)
    told = [(misfit, scope) for misfit, scope in _Telling(counts).all(rows)]
    return [
        misfit
        for misfit, scope in told
        if not any(_covers(line, misfit.release_id, scope, counts) for line in known)
    ]


def _asked_first(rows: pd.DataFrame, of: Collection[str] | None) -> pd.DataFrame:
    """The rows, each told of the release that is looked at where the later one is not."""
    if of is None:
        return rows
    turned = rows["test"].isin(["fresh", "moved", "alone", "places"]) & ~rows["release_id"].isin(
        list(of)
    )
    own = ["release_id", "value", "sheet", "cell"]
    _turn(rows, turned, own)
    # What is like another's is so of both, each at its own time.
    swapped = rows["test"].eq("confused") & ~rows["release_id"].isin(list(of))
    _turn(rows, swapped, [*own, "period_end"])
    return rows


def _turn(rows: pd.DataFrame, chosen: pd.Series, own: list[str]) -> None:
    both = [*own, *(f"{name}_other" for name in own)]
    rows.loc[chosen, both] = rows.loc[chosen, [*both[len(own) :], *own]].to_numpy()


def check(
    counts: pd.DataFrame,
    readers: Mapping[str, str],
    of: Collection[str] | None = None,
    accepted: Path = ACCEPTED,
) -> None:
    """Stop unless releases go together, but for what was accepted.

    Raises:
        Problems: the misfits, each with the line that would let it through.
    """
    if wrong := misfits(counts, readers, of, accepted):
        raise Problems([each.told(accepted) for each in wrong])


Scope = tuple[str, str, str]
"""Area code, item and last day, each `SEVERAL` where it is not one."""


def _covers(line: Mapping[str, str], release_id: str, scope: Scope, counts: pd.DataFrame) -> bool:
    """Whether a line accepts what is in a scope, and the figures are those that it was about."""
    listed = (line["area_code"], line["item"], line["period_end"])
    return (
        line["release_id"] == release_id
        and all(a in (SEVERAL, b) for a, b in zip(listed, scope, strict=True))
        and line["figures"] == _digest(release_id, listed, counts)
    )


def _digest(release_id: str, scope: Scope, counts: pd.DataFrame) -> str:
    """A few digits that stand for exactly these figures."""
    rows = counts[counts["release_id"] == release_id]
    area, item, day = scope
    for column, value in (("area_code", area), ("item", item)):
        # The nation's count is made of the forces'.
        if value not in (SEVERAL, NATION):
            rows = rows[rows[column] == value]
    if day != SEVERAL:
        end = pd.Timestamp(day)
        year = (rows["period_end"] <= end) & (rows["period_end"] > end - pd.DateOffset(years=1))
        rows = rows[year]
    rows = rows.sort_values(KEY, kind="stable")
    text = rows[[*KEY, "value"]].to_csv(index=False, lineterminator="\n")
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class _Telling:
    """Sentences about figures, given all counts."""

    counts: pd.DataFrame

    def all(self, rows: pd.DataFrame) -> Iterator[tuple[Misfit, Scope]]:
        """A sentence for each figure, or for those of an area or offence that fail together."""
        for row, words in self._throughout(rows):
            rows = rows[rows["release_id"] != row["release_id"]]
            yield self._misfit(row, (SEVERAL, SEVERAL, SEVERAL), words)
        turned = rows["test"] == "turned"
        others = rows[(rows["test"] != "confused") & ~turned]
        wrong = {*zip(others["release_id"], others["area_code"], strict=True)}
        swapped = {
            pair: these
            for pair, these in _pairs(_records(rows[rows["test"] == "confused"])).items()
            if _explains(pair, these, others)
            # Where a force is wrong, its partnerships are like those of others.
            and wrong.isdisjoint(
                (pair[0], partnerships()[name].area_code)
                for name in pair[1:]
                if name in partnerships()
            )
        }
        for these in swapped.values():
            row = min(these, key=lambda row: not isinstance(row["sheet"], str))
            scope = (row["area_code"], row["item"], SEVERAL)
            yield self._misfit(row, scope, _swap_in_words(row, len(these)))
        told = {(release_id, name) for release_id, *names in swapped for name in names}
        # The quarters of one area beside those of another are at odds, too.
        for row in _records(rows[turned]):
            if (row["release_id"], row["area_code"]) not in told:
                scope = (row["area_code"], SEVERAL, SEVERAL)
                yield self._misfit(row, scope, _turned_in_words(row))
        alone = [
            row
            for row in _records(others)
            if told.isdisjoint((row["release_id"], row[name]) for name in ("area_code", "item"))
        ]
        if alone:
            rows = pd.DataFrame(placed(alone, self.counts))
            yield from self._together(_without_groups_of_codes(rows))

    def _throughout(self, rows: pd.DataFrame) -> Iterator[tuple[dict[str, Any], str]]:
        """A figure of each release that does not fit in most forces, and words for all of them."""
        totals = rows[_of_forces(rows) & (rows["test"] == "moved")]
        for release_id, these in totals.groupby("release_id", sort=False):
            own = self.counts[_of_forces(self.counts) & (self.counts["release_id"] == release_id)]
            wrong, forces = these["area_code"].nunique(), own["area_code"].nunique()
            if wrong > _MOST * forces:
                times = (these["value"] / these["value_other"]).median()
                row = _records(these)[0] | {"held": None}
                more = (
                    f"; so are the totals of {wrong} of its {forces} forces, as a rule {times:.3g} "
                    "times what the other has. Is the file in another unit, or of other years?"
                )
                yield row, _in_words(row, more)

    def _together(self, rows: pd.DataFrame) -> Iterator[tuple[Misfit, Scope]]:
        for by in (["release_id", "area_code"], ["release_id", "item"]):
            size = rows.groupby(by)["value"].transform("size")
            for _, these in rows[size >= _MANY].groupby(by, sort=False):
                more = f"; {len(these) - 1} more figures of it do not fit either"
                row = _records(these)[0]
                yield self._misfit(row, _scope(these), _in_words(row, more))
            rows = rows[size < _MANY]
        for row in _records(rows):
            yield self._misfit(row, _scope(pd.DataFrame([row])), _in_words(row))

    def _misfit(self, row: Mapping[str, Any], scope: Scope, words: str) -> tuple[Misfit, Scope]:
        release_id = row["release_id"]
        figures = _digest(release_id, scope, self.counts)
        line = ",".join((release_id, *scope, figures))
        return Misfit(release_id, words if words.endswith("?") else f"{words}.", line), scope


def _of_forces(rows: pd.DataFrame) -> pd.Series:
    """Which are totals of a force in a year."""
    return (rows["level"] == "force") & (rows["item"] == "total") & (rows["months"] == YEAR)


def _scope(rows: pd.DataFrame) -> Scope:
    """No wider than these rows."""
    area, item, day = (
        str(rows[name].iloc[0]) if rows[name].nunique() == 1 else SEVERAL
        for name in ("area_code", "item", "period_end")
    )
    return area, item, day[:10]


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in rows.to_dict("records")]


def _pairs(rows: list[dict[str, Any]]) -> dict[tuple[str, str, str], list[dict[str, Any]]]:
    """The plainest swaps of each time, by release and pair; nothing is swapped with two others."""
    taken: dict[tuple[Any, ...], set[str]] = defaultdict(set)
    pairs: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: -row["moved"]):
        at = (row["release_id"], row["release_id_other"], row["period_end"], row["what"])
        names = {row[row["what"]], row["twin"]}
        if taken[at].isdisjoint(names):
            taken[at] |= names
            pairs[row["release_id"], row[row["what"]], row["twin"]].append(row)
    return pairs


def _explains(pair: tuple[str, str, str], these: list[dict[str, Any]], rows: pd.DataFrame) -> bool:
    """Whether a swap is seen at most of the times at which either of the two does not fit.

    Figures that are wrong throughout are like those of another now and then.  Of two that changed
    places both depart from the year before.
    """
    release_id, *names = pair
    own = rows[(rows["release_id"] == release_id) & rows[these[0]["what"]].isin(names)]
    if own.loc[own["test"] == "jumped", these[0]["what"]].nunique() == 1:
        return False
    at = ["period_end", "release_id_other"]
    seen = {tuple(row[name] for name in at) for row in these}
    return 2 * len(seen) >= len(own.drop_duplicates(at))


def _without_groups_of_codes(rows: pd.DataFrame) -> pd.DataFrame:
    """Each figure once; a code that is wrong makes the groups it is in wrong, too."""
    rank = rows["test"].map(TESTS.index)
    rows = rows.assign(rank=rank, coded=rows["code"].astype(bool))
    rows = rows.sort_values(["coded", "rank"], ascending=[False, True], kind="stable")
    at = ["release_id", "area_code", "period_end"]
    rows = rows.drop_duplicates([*at, "item", "months"])
    rows = rows.loc[rows.drop_duplicates([*at, "gap"]).index]
    # A quarter that was found explains the nation's sums that are wrong by as much.
    found_out = rows.loc[rows["held"].notna(), ["release_id", "gap"]].apply(tuple, axis=1)
    loose = (rows["held"].isna()) & (rows["area_code"] == NATION)
    return rows[~(loose & rows[["release_id", "gap"]].apply(tuple, axis=1).isin(set(found_out)))]


# --- in words ----------------------------------------------------------------------------------


def _where(release_id: str, sheet: Any, cell: Any) -> str:
    place = f", sheet {sheet!r}" if isinstance(sheet, str) else ""
    return f"{release_id}{place}" + (f", cell {cell}" if isinstance(cell, str) else "")


def _area(code: str) -> str:
    if code in areas():
        return areas()[code].area_name
    force, _, rest = code.partition("-")
    if rest == "unassigned" and force in areas():
        return f"no partnership of {areas()[force].area_name}"
    known = partnerships().get(code)
    return f"{known.partnership_name} ({code})" if known else code


def _count(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) else f"{value:,.10g}"


def _offence(row: Mapping[str, Any]) -> str:
    item = row["item"]
    if row["code"]:
        return f"offences of code {item}"
    return f"offences ({offences()[item].name})" if item in offences() else str(item)


def _time(months: int, end: Any) -> str:
    return in_words(end) if months == YEAR else f"quarter to {end:%B %Y}"


def _in_words(row: Mapping[str, Any], more: str = "") -> str:
    other = _where(row["release_id_other"], row["sheet_other"], row["cell_other"])
    end = row["year_end"] if isinstance(row.get("year_end"), pd.Timestamp) else row["period_end"]
    area = NATION if row["level"] == "country" else row["area_code"]
    time = _time(row["months"], end)
    said = (
        f"{_held(row)}it has {_count(row['value'])} {_offence(row)} in {_area(area)} in the "
        f"{time}, {other} has {_count(row['value_other'])}"
    )
    if row["test"] == "moved":
        said += (
            f": {_per_cent(row)}, {row['moved'] / row['allowed']:.1f} times as much as the largest "
            "revision on record would explain"
        )
    elif row["test"] == "fresh":
        said += f": {_per_cent(row)}, although both came out with the same quarter"
    elif row["test"] == "alone":
        said += f", and {row['allowed']:,.0f} other figures of that time as they are here"
    elif row["test"] == "places":
        said += f", which this has for {_twin(row)}, and the other way round"
        more += ". Were they swapped?"
    elif row["test"] == "missing":
        said = (
            f"it has nothing of {_area(area)} in the {time}, not even that it made no return; "
            f"{other} has {_count(row['value_other'])} {_offence(row)} in the "
            f"{_time(row['months'], row['period_end_other'])}"
        )
    elif row["test"] == "jumped":
        said = (
            f"it has {_count(row['value'])} {_offence(row)} in {_area(area)} in the {time} after "
            f"{_count(row['value_other'])} a year before, which departs from the other forces by "
            f"{row['moved'] / row['allowed']:.1f} times as much as any did"
        )
    return f"{_where(row['release_id'], row['sheet'], row['cell'])}: {said}{more}"


def _held(row: Mapping[str, Any]) -> str:
    """The quarters that explain a wrong year, if any do."""
    if pd.isna(row["held"]):
        return ""
    count = "the quarter" if row["quarters"] == 1 else f"the {row['quarters']:.0f} quarters"
    return (
        f"holds {_count(row['held'])} {_offence(row)} of {_area(row['area_code'])} in {count} to "
        f"{row['period_end']:%B %Y}, and the year would fit with "
        f"{_count(row['held'] - row['gap'])}: "
    )


def _per_cent(row: Mapping[str, Any]) -> str:
    if not row["value_other"]:
        return "from none"
    return f"{100 * (row['value'] / row['value_other'] - 1):+.1f} per cent"


def _twin(row: Mapping[str, Any]) -> str:
    twin = row["twin"]
    if twin in areas():
        return _area(twin)
    return offences()[twin].name if twin in offences() else str(twin).removesuffix(" 00:00:00")


def _swap_in_words(row: Mapping[str, Any], times: int) -> str:
    what, twin = row[row["what"]], row["twin"]
    named = _area if row["what"] == "area_code" else lambda item: offences()[item].name
    more = f" (seen in {times} comparisons)" if times > 1 else ""
    return (
        f"{_where(row['release_id'], row['sheet'], None)}: its figures of {named(what)} in the "
        f"{_time(row['months'], row['period_end'])} are like those that "
        f"{row['release_id_other']} has of {named(twin)} in the "
        f"{_time(row['months'], row['period_end_other'])}, and the other way round{more}. Were "
        "they swapped?"
    )


def _turned_in_words(row: Mapping[str, Any]) -> str:
    if row["release_id_other"] != row["release_id"]:
        return (
            f"{_where(row['release_id'], row['sheet'], None)}: the "
            f"{_time(row['months'], row['period_end'])} of {_area(row['area_code'])} is like that "
            f"to {row['twin']:%B %Y} in {row['release_id_other']}, and the other way round. Were "
            "the two quarters swapped?"
        )
    return (
        f"{_where(row['release_id'], row['sheet'], None)}: from the "
        f"{_time(row['months'], row['period_end'])} to that to {row['twin']:%B %Y} its offence "
        f"codes of {_area(row['area_code'])} rise where those of the other forces fall, and fall "
        "where they rise. Were the two quarters swapped?"
    )
