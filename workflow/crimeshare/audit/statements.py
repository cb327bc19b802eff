"""What a statement may assert: the vocabulary of ``config/claims.yaml``, checked entry by entry.

Everything in the file is read as text, so that 16.70 stays 16.70 and a number keeps the
precision it was stated with.  An entry that does not hold is refused in words, and the others
are judged all the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from crimeshare.audit import stated
from crimeshare.nearest import did_you_mean
from crimeshare.periods import a_year_before, in_words, year_ending
from crimeshare.problems import Problem
from crimeshare.reference import Area, Offence, areas, offences
from crimeshare.sources.registry import Release

Classification = Literal[
    "main groups",
    "sub-groups",
    "published columns",
    "forces by share",
    "forces by rate",
    "forces by count",
    "not stated",
]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


def _area(text: str) -> Area:
    """An area by its code or name; a region and a force of one name are told apart."""
    known = {}
    names = [area.area_name for area in areas().values()]
    for area in areas().values():
        shared = names.count(area.area_name) > 1
        known[f"{area.area_name} {area.area_type}" if shared else area.area_name] = area
    by_name = {name.casefold(): area for name, area in known.items()}
    found = areas().get(text) or by_name.get(text.casefold())
    if found is None:
        fitting = [name for name in known if name.casefold().startswith(f"{text.casefold()} ")]
        if fitting:
            raise ValueError(f"is `{text}`, which may be {' or '.join(fitting)}; say which")
        raise ValueError(
            f"is `{text}`, which is no area{did_you_mean(text, known) or '.'} "
            "The areas are listed in resources/reference/areas.csv"
        )
    return found


def _offence(text: str) -> Offence:
    """An offence group by its id or name."""
    by_name = {offence.name.casefold(): offence for offence in offences().values()}
    found = offences().get(text) or by_name.get(text.casefold())
    if found is None:
        known = [*(offence.name for offence in offences().values()), *offences()]
        raise ValueError(
            f"is `{text}`, which is no offence group{did_you_mean(text, known) or '.'} "
            "The groups are listed in resources/reference/offences.csv"
        )
    return found


def _year(text: str) -> date:
    """Any year, as surveys count theirs."""
    return year_ending(text)


def _recorded_year(text: str, info: ValidationInfo) -> date:
    """A year that some release is known to be about."""
    context: Mapping[str, Any] = info.context or {}
    period_end, known = year_ending(text), sorted(context["periods"])
    if period_end not in known:
        nearest = sorted(known, key=lambda day: abs(day - period_end))[:2]
        raise ValueError(
            f"is `{text}`, of which no release is known; the nearest known are the "
            f"{' and the '.join(in_words(day) for day in sorted(nearest))}. If there is one, "
            "add it to config/releases.csv"
        )
    return period_end


AnArea = Annotated[Area, PlainValidator(_area), Field(description="an area such as Gwent")]
AnOffence = Annotated[
    Offence,
    PlainValidator(_offence),
    Field(description="an offence group such as Stalking and harassment"),
]
AYear = Annotated[
    date, PlainValidator(_recorded_year), Field(description="a year such as year ending March 2024")
]
ASurveyYear = Annotated[
    date, PlainValidator(_year), Field(description="a year such as year ending March 2024")
]
OwnCounts = Annotated[
    tuple[str, str] | None,
    Field(description="the ids of two claims of counts, as [part, whole] or [later, earlier]"),
]


class Claim(BaseModel):
    """What every entry has: where the words were said, and the words."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")] = Field(
        description="a name of its own in lower case with hyphens"
    )
    statement: Words = Field(description="the words as they were said")
    source: Words = Field(description="who said them, where and when")


class Recorded(Claim):
    """About police recorded crime in an area and a year."""

    area: AnArea
    period: AYear


class Count(Recorded):
    """So many offences of a group were recorded."""

    quantity: Literal["count"]
    offence: AnOffence
    value: Annotated[
        stated.Number | stated.Bound | stated.Near,
        PlainValidator(stated.count),
        Field(description="a number such as 9,013"),
    ]


class Total(Recorded):
    """So many offences of all kinds were recorded."""

    quantity: Literal["total"]
    value: Annotated[
        stated.Number | stated.Bound | stated.Near,
        PlainValidator(stated.count),
        Field(description="a number such as 57,093"),
    ]


class Share(Recorded):
    """A group is such a part of all recorded crime."""

    quantity: Literal["share"]
    offence: AnOffence
    value: Annotated[
        stated.Number | stated.OneIn | stated.Bound | stated.Near,
        PlainValidator(stated.proportion),
        Field(description="a percentage such as 15%, or one in seven"),
    ]
    own_counts: OwnCounts = None


class Rank(Recorded):
    """A group, or a force, comes at such a place in an order."""

    quantity: Literal["rank"]
    offence: AnOffence
    value: Annotated[
        stated.Number, PlainValidator(stated.place), Field(description="a place such as third")
    ]
    classification: Classification = Field(
        description=f"what is ranked: {', '.join(get_args(Classification))}"
    )


class Rate(Recorded):
    """So many offences of a group were recorded per 1,000 residents."""

    quantity: Literal["rate"]
    offence: AnOffence
    value: Annotated[
        stated.Number | stated.Bound | stated.Near,
        PlainValidator(stated.rate),
        Field(description="a number per 1,000 residents such as 14.5"),
    ]


class Change(Recorded):
    """A count rose or fell from one year to another, by default the year before."""

    quantity: Literal["change"]
    offence: AnOffence
    compared_with: AYear | None = None
    value: Annotated[
        stated.Number | stated.Direction | stated.Bound | stated.Near,
        PlainValidator(stated.change),
        Field(description="a change such as +16.7%, -1,446, up, down or unchanged"),
    ]
    own_counts: OwnCounts = None

    @property
    def previous(self) -> date:
        """Last day of the year compared with."""
        return self.compared_with or a_year_before(self.period)


Sex = Annotated[Literal["all", "women", "men"], Field(description="one of all, women, men")]
Age = Annotated[Words, Field(description="an age group of the survey such as 16+ or 16-19")]
Measure = Annotated[Words, Field(description="a measure of the survey, such as stalking")]


class Proportion(Claim):
    """So many people say in the survey that it happened to them."""

    quantity: Literal["proportion"]
    measure: Measure
    sex: Sex = "all"
    age: Age = "16+"
    period: ASurveyYear
    value: Annotated[
        stated.Number | stated.OneIn | stated.Bound | stated.Near,
        PlainValidator(stated.proportion),
        Field(description="a percentage such as 14.4%, or one in seven"),
    ]


class Group(BaseModel):
    """Whom a survey estimate is about."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sex: Sex = "all"
    age: Age = "16+"


Difference = Literal["more", "less", "no clear difference"]


class Comparison(Claim):
    """It happened to more, or fewer, people of one group than of another in the same year."""

    quantity: Literal["comparison"]
    measure: Measure
    period: ASurveyYear
    group: Group = Field(description="whom it is about: sex, age or both")
    than: Group = Field(description="whom they are compared with: sex, age or both")
    difference: Difference = Field(description=f"one of {', '.join(get_args(Difference))}")

    @field_validator("than")
    @classmethod
    def _another_group(cls, than: Group, info: ValidationInfo) -> Group:
        if than == info.data.get("group"):
            raise ValueError("is the same group as `group`; expected another sex or age")
        return than


AnyClaim = Count | Total | Share | Rank | Rate | Change | Proportion | Comparison

QUANTITIES: dict[str, type[AnyClaim]] = {
    get_args(kind.model_fields["quantity"].annotation)[0]: kind for kind in get_args(AnyClaim)
}


def known_periods(registry: Iterable[Release]) -> set[date]:
    """Years of which police force area tables are known: each release's own and the one before."""
    own = {release.period_end for release in registry if release.dataset == "pfa"}
    return own | {a_year_before(period_end) for period_end in own}


def read_claims(path: Path, periods: Collection[date]) -> tuple[list[AnyClaim], list[str]]:
    """The entries of ``path`` that hold, and one sentence for every fault of the others.

    Args:
        path: a YAML list of entries, each with the keys of its ``quantity``.
        periods: the years of which a release of recorded crime is known.

    Raises:
        Problem: the file is not a YAML list, so that nothing in it can be judged.
    """
    try:
        # BaseLoader leaves every scalar the text that it is.
        entries = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        raise Problem(f"{path} is not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(entries, list):
        raise Problem(f"{path} holds no list; every claim begins with `- id: ...`.")
    claims: dict[str, AnyClaim] = {}
    problems: list[str] = []
    for number, entry in enumerate(entries, start=1):
        try:
            claim = _claim(entry, periods)
            if claim.id in claims:
                raise _Faults([f"the id `{claim.id}` is taken by an entry above; choose another"])
        except _Faults as refused:
            name = entry.get("id") if isinstance(entry, dict) else None
            where = f"claim `{name}`" if name else f"entry {number}"
            problems += [f"{path}, {where}: {_closed(clause)}" for clause in refused.clauses]
        else:
            claims[claim.id] = claim
    whole, faults = _with_counts(claims)
    return whole, problems + [f"{path}, {_closed(fault)}" for fault in faults]


class _Faults(Exception):
    """What is wrong with one entry, in clauses."""

    def __init__(self, clauses: list[str]) -> None:
        self.clauses = clauses
        super().__init__("; ".join(clauses))


def _closed(clause: str) -> str:
    """The clause as the end of a sentence."""
    return clause if clause.endswith("?") else f"{clause}."


def _claim(entry: object, periods: Collection[date]) -> AnyClaim:
    if not isinstance(entry, dict):
        raise _Faults(["expected keys with their values, such as `quantity: count`"])
    quantity = entry.get("quantity")
    kind = QUANTITIES.get(quantity) if isinstance(quantity, str) else None
    if kind is None:
        what = f"`quantity` is `{quantity}`" if quantity else "the key `quantity` is missing"
        hint = did_you_mean(str(quantity), QUANTITIES) if quantity else ""
        raise _Faults([f"{what}{hint or ';'} expected one of {', '.join(QUANTITIES)}"])
    try:
        return kind.model_validate(entry, context={"periods": periods})
    except ValidationError as error:
        faults = {tuple(map(str, fault["loc"])): fault for fault in reversed(error.errors())}
        raise _Faults(
            [_clause(kind, place, fault) for place, fault in reversed(faults.items())]
        ) from None


def _clause(kind: type[BaseModel], place: tuple[str, ...], fault: Any) -> str:
    """One fault of one key as a clause; ``place`` may lead into a group."""
    quantity = get_args(kind.model_fields["quantity"].annotation)[0]
    owner: type[BaseModel] = kind
    if len(place) > 1 and kind.model_fields[place[0]].annotation is Group:
        owner = Group
    else:
        place = place[:1]
    key, name = place[-1], " of ".join(f"`{part}`" for part in reversed(place))
    fields = owner.model_fields
    if fault["type"] == "extra_forbidden":
        hint = did_you_mean(key, fields) or ";"
        return f"a {quantity} has no key {name}{hint} its keys are {', '.join(fields)}"
    expected = fields[key].description
    if fault["type"] == "missing":
        return f"a {quantity} needs the key {name}: {expected}"
    if fault["type"] == "value_error":
        return f"{name} {fault['ctx']['error']}"
    allowed = get_args(fields[key].annotation)
    hint = did_you_mean(str(fault["input"]), map(str, allowed)) or ";"
    return f"{name} is `{fault['input']}`{hint} expected {expected}"


def _with_counts(claims: dict[str, AnyClaim]) -> tuple[list[AnyClaim], list[str]]:
    """The claims whose ``own_counts`` are claims of counts, and what is wrong with the others."""
    counts = [claim.id for claim in claims.values() if isinstance(claim, Count | Total)]
    whole, faults = [], []
    for claim in claims.values():
        named = claim.own_counts if isinstance(claim, Share | Change) else None
        unknown = [name for name in named or () if name not in counts]
        faults += [
            f"claim `{claim.id}`: `own_counts` names `{name}`, which is no claim of a count that "
            f"holds{did_you_mean(name, counts)}"
            for name in unknown
        ]
        bounds = [name for name in named or () if name in counts and not _numbered(claims[name])]
        faults += [
            f"claim `{claim.id}`: `own_counts` names `{name}`, whose value is no plain "
            "number; expected a claim of a number such as 9,013, to reckon with"
            for name in bounds
        ]
        if not unknown and not bounds:
            whole.append(claim)
    return whole, faults


def _numbered(claim: AnyClaim) -> bool:
    """Whether a claim says a number, rather than what it is above or below."""
    return not isinstance(claim, Comparison) and isinstance(claim.value, stated.Number)
