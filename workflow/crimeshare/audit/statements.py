"""What a statement may assert: the vocabulary of ``config/claims.yaml``, checked entry by entry.

Everything in the file is read as text, so that 16.70 stays 16.70 and a number keeps the
precision it was stated with.  An entry that does not hold is refused in one sentence a fault, and
the others are judged all the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import yaml
from pydantic import (
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from crimeshare.audit import numerals, stated
from crimeshare.audit.offence_codes import find_offence_code
from crimeshare.nearest import did_you_mean
from crimeshare.periods import a_year_before, in_words, year_ending
from crimeshare.problems import Problem
from crimeshare.reference import Area, Offence, offences

Classification = Literal[
    "main groups",
    "sub-groups",
    "published columns",
    "forces by share",
    "forces by rate",
    "forces by count",
    "not stated",
]

_LONGEST = 1000
_MARKUP = re.compile(r"<\s*[A-Za-z/!?]")
# What YAML takes for no text at all; a byte that is not UTF-8 becomes the first of them.
_NO_TEXT = re.compile("[\ufffd\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufffe\uffff]")


@dataclass(frozen=True)
class Vocabulary:
    """What names in a statement may mean.

    Attributes:
        areas: every area by its code.
        periods: last days of the years that figures of recorded crime may be of.
    """

    areas: Mapping[str, Area]
    periods: Collection[date]


def _word(value: object) -> str:
    """A key's value as text that can be quoted and printed anywhere."""
    if not isinstance(value, str):
        kinds: dict[object, str] = {dict: "a group of keys", list: "a list"}
        kind = kinds.get(type(value), "no text")
        raise ValueError(f"is {kind}; expected one text")
    text = value.strip()
    if not text:
        raise ValueError("is empty; expected text")
    if _NO_TEXT.search(text):
        raise ValueError("holds bytes that are no UTF-8 text; save the file as UTF-8")
    if len(text) > _LONGEST:
        raise ValueError(f"has {len(text):,} characters; expected at most {_LONGEST:,}")
    hidden = [c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Co", "Cs") and c != "\n"]
    if hidden:
        name = unicodedata.name(hidden[0], f"U+{ord(hidden[0]):04X}")
        raise ValueError(f"holds a character that does not print ({name}); leave it out")
    if _MARKUP.search(text):
        raise ValueError("holds markup; expected the words alone, without tags")
    if text[0] in "=@" or re.match(r"[+-][A-Za-z(]", text):
        raise ValueError(f"begins with `{text[0]}` as a spreadsheet's formula does; leave it out")
    return text


def find_area(text: str, areas: Mapping[str, Area]) -> Area:
    """An area by its code or name; of areas that share a name, a word says which.

    A police force area is meant where a partnership has the same name.

    Raises:
        ValueError: there is no such area, with the nearest names.
    """
    larger = [area for area in areas.values() if area.area_type != "partnership"]
    names = [area.area_name.casefold() for area in larger]
    known: dict[str, Area] = {}
    for area in larger:
        shared = names.count(area.area_name.casefold()) > 1
        known[f"{area.area_name} {area.area_type}" if shared else area.area_name] = area
    for area in areas.values():
        if area.area_type == "partnership":
            known.setdefault(f"{area.area_name} partnership", area)
            if area.area_name.casefold() not in names:
                known.setdefault(area.area_name, area)
    by_name = {name.casefold(): area for name, area in known.items()}
    said = " ".join(text.split()).casefold()
    plain = re.sub(r"^the | (?:police(?: force)?(?: area)?|constabulary)$", "", said)
    found = areas.get(text) or by_name.get(said) or by_name.get(plain)
    if found is None:
        fitting = [
            name
            for name in known
            if name.casefold() in {f"{said} {kind}" for kind in ("force", "region", "country")}
        ]
        quoted = numerals.shortened(text)
        if fitting:
            raise ValueError(f"is `{quoted}`, which may be {' or '.join(fitting)}; say which")
        hint = did_you_mean(quoted, [name for name in known if not name.endswith(" partnership")])
        raise ValueError(
            f"is `{quoted}`, which is no area{hint or '.'} "
            "The areas are listed in resources/reference/areas.csv, partnerships in Table C1"
        )
    return found


def _area(value: object, info: ValidationInfo) -> Area:
    return find_area(_word(value), _vocabulary(info).areas)


def _offence(value: object) -> Offence:
    """An offence group by its id or name, or one offence code."""
    text = _word(value)
    by_name = {offence.name.casefold(): offence for offence in offences().values()}
    said = " ".join(text.split()).casefold().replace("&", "and")
    found = offences().get(text) or by_name.get(said) or _ALL_CRIME.get(said)
    try:
        found = found or find_offence_code(text)
    except ValueError as several:
        raise ValueError(
            f"is `{numerals.shortened(text)}`, which is no offence group; it may be {several}: say "
            "which"
        ) from None
    if found is None:
        known = [*(offence.name for offence in offences().values()), *offences()]
        quoted = numerals.shortened(text)
        raise ValueError(
            f"is `{quoted}`, which is no offence group{did_you_mean(quoted, known) or '.'} "
            "The groups are listed in resources/reference/offences.csv; an offence code such as 8Q "
            "stands for one kind of offence"
        )
    return found


_ALL_CRIME = {
    name: offences()["total"]
    for name in ("all crime", "all crimes", "all recorded crime", "total recorded crime", "crime")
}


def _year(value: object) -> date:
    """Any year, as surveys count theirs."""
    return year_ending(_word(value))


def _recorded_year(value: object, info: ValidationInfo) -> date:
    """A year that figures of recorded crime may be of: they end with a quarter."""
    text = _word(value)
    period_end, known = year_ending(text), sorted(_vocabulary(info).periods)
    if period_end not in known:
        nearest = sorted(known, key=lambda day: abs(day - period_end))[:2]
        raise ValueError(
            f"is `{numerals.shortened(text)}`, of which no release is known; the nearest known are "
            f"the {' and the '.join(in_words(day) for day in sorted(nearest))}. If there is one, "
            "add it to config/releases.csv"
        )
    return period_end


def _vocabulary(info: ValidationInfo) -> Vocabulary:
    context: Mapping[str, Any] = info.context or {}
    vocabulary: Vocabulary = context["vocabulary"]
    return vocabulary


def _reader(read: Callable[[str], Any]) -> Callable[[object], Any]:
    """A reader of a value, which has to be one text."""
    return lambda value: read(_word(value))


AWord = Annotated[str, PlainValidator(_word)]
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
# The first word that was in use for it is still understood.
SINCE = AliasChoices("since", "compared_with")
OwnCounts = Annotated[
    tuple[str, str] | None,
    Field(description="the ids of two claims of counts, as [part, whole] or [later, earlier]"),
]
AChange = Annotated[
    stated.AnyChange,
    PlainValidator(_reader(numerals.change)),
    Field(description="a change such as +16.7%, -1,446, down 4%, more than doubled, up or down"),
]


class Claim(BaseModel):
    """What every entry has: where the words were said, and the words."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    id: Annotated[AWord, Field(description="a name of its own in lower case with hyphens")]
    statement: Annotated[AWord, Field(description="the words as they were said")]
    source: Annotated[AWord, Field(description="who said them, where and when")]

    @field_validator("id")
    @classmethod
    def _a_name(cls, name: str) -> str:
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name, re.ASCII) or len(name) > 80:
            raise ValueError(
                f"is `{numerals.shortened(name)}`; expected a name of its own in lower case with "
                "hyphens"
            )
        return name


class Recorded(Claim):
    """About police recorded crime in an area and a year.

    ``than`` (another area) or ``since`` (another year) make the value a difference.
    """

    area: AnArea
    period: AYear
    than: AnArea | None = None
    since: Annotated[AYear | None, Field(validation_alias=SINCE)] = None

    @field_validator("than")
    @classmethod
    def _another_area(cls, than: Area | None, info: ValidationInfo) -> Area | None:
        if than and than == info.data.get("area"):
            raise ValueError("is the same area as `area`; expected another one")
        return than

    @field_validator("since")
    @classmethod
    def _an_earlier_year(cls, since: date | None, info: ValidationInfo) -> date | None:
        period = info.data.get("period")
        if since and period and since >= period:
            raise ValueError(f"is no year before the {in_words(period)}; expected an earlier one")
        if since and info.data.get("than"):
            raise ValueError("cannot stand beside `than`; an entry compares areas or years")
        return since

    @property
    def compares(self) -> bool:
        """Whether the value is a difference from another area or year."""
        return bool(self.than or self.since)


def _sized(read: Callable[[str], Any]) -> Callable[[object, ValidationInfo], Any]:
    """A reader of a value that is a difference where the entry compares."""

    def read_value(value: object, info: ValidationInfo) -> Any:
        compares = info.data.get("than") or info.data.get("since")
        return (numerals.change if compares else read)(_word(value))

    return read_value


ACount = Annotated[
    stated.Number | stated.Bound | stated.Near | stated.Between | stated.Paced | stated.AnyChange,
    PlainValidator(_sized(numerals.count)),
    Field(description="a number such as 9,013"),
]


class Count(Recorded):
    """So many offences of a group were recorded."""

    quantity: Literal["count"]
    offence: AnOffence
    value: ACount


class Total(Recorded):
    """So many offences of all kinds were recorded."""

    quantity: Literal["total"]
    value: ACount

    @property
    def offence(self) -> Offence:
        """All recorded crime."""
        return offences()["total"]


class Share(Recorded):
    """A group is such a part of all recorded crime."""

    quantity: Literal["share"]
    offence: AnOffence
    value: Annotated[
        stated.Number
        | stated.OneIn
        | stated.Bound
        | stated.Near
        | stated.Between
        | stated.AnyChange,
        PlainValidator(_sized(numerals.proportion)),
        Field(description="a percentage such as 15%, or one in seven"),
    ]
    own_counts: OwnCounts = None

    @field_validator("offence")
    @classmethod
    def _a_part(cls, offence: Offence) -> Offence:
        if offence.offence_id == "total":
            raise ValueError("is all recorded crime; expected a group of it")
        return offence


class Rank(Recorded):
    """A group, or an area, comes at such a place in an order."""

    quantity: Literal["rank"]
    offence: AnOffence
    value: Annotated[
        stated.Place,
        PlainValidator(_reader(numerals.place)),
        Field(description="a place such as third, highest or second lowest in Wales"),
    ]
    classification: Annotated[
        Classification,
        Field(description=f"what is ranked: {', '.join(get_args(Classification))}"),
    ] = "not stated"


class Rate(Recorded):
    """So many offences of a group were recorded per 1,000 residents."""

    quantity: Literal["rate"]
    offence: AnOffence
    value: Annotated[
        stated.Number | stated.Bound | stated.Near | stated.AnyChange,
        PlainValidator(_sized(numerals.rate)),
        Field(description="a rate such as 14.5 or 1,451 per 100,000"),
    ]


class Change(Recorded):
    """A count rose or fell from one year to another, by default the year before."""

    quantity: Literal["change"]
    offence: AnOffence
    value: AChange
    own_counts: OwnCounts = None

    @property
    def previous(self) -> date:
        """Last day of the year compared with."""
        return self.since or a_year_before(self.period)


class Record(Recorded):
    """A year has the highest, or the lowest, figure of all, or of all since another year."""

    quantity: Literal["record"]
    offence: AnOffence = offences()["total"]
    value: Annotated[
        stated.Extreme,
        PlainValidator(_reader(numerals.record)),
        Field(description="a record such as record high, lowest on record or record high rate"),
    ]

    @field_validator("than")
    @classmethod
    def _no_other_area(cls, than: Area | None) -> None:
        if than:
            raise ValueError("cannot stand in a record, which compares years of one area")

    @field_validator("value")
    @classmethod
    def _a_part(cls, value: stated.Extreme, info: ValidationInfo) -> stated.Extreme:
        if value.order == "share" and info.data.get("offence") == offences()["total"]:
            raise ValueError("is a share, and `offence` is all recorded crime; expected a group")
        return value


class AreaComparison(Recorded):
    """There is more of it in one area than in another; the statement does not say of what."""

    quantity: Literal["comparison"]
    offence: AnOffence
    than: AnArea
    value: AChange


Sex = Annotated[Literal["all", "women", "men"], Field(description="one of all, women, men")]
Age = Annotated[AWord, Field(description="an age group of the survey such as 16+ or 16-19")]
Measure = Annotated[AWord, Field(description="a measure of the survey, such as stalking")]


class Proportion(Claim):
    """So many people say in the survey that it happened to them."""

    quantity: Literal["proportion"]
    measure: Measure
    sex: Sex = "all"
    age: Age = "16+"
    period: ASurveyYear
    since: Annotated[ASurveyYear | None, Field(validation_alias=SINCE)] = None
    value: Annotated[
        stated.Number
        | stated.OneIn
        | stated.Bound
        | stated.Near
        | stated.Between
        | stated.AnyChange,
        PlainValidator(_sized(numerals.proportion)),
        Field(description="a percentage such as 14.4%, or one in seven"),
    ]

    @field_validator("since")
    @classmethod
    def _an_earlier_year(cls, since: date | None, info: ValidationInfo) -> date | None:
        period = info.data.get("period")
        if since and period and since >= period:
            raise ValueError(f"is no year before the {in_words(period)}; expected an earlier one")
        return since


def _group(value: object) -> object:
    """Whom a comparison is about, also as one word: ``women``, ``16-19``."""
    if isinstance(value, str):
        word = _word(value).casefold()
        return {"sex": word} if word in get_args(get_args(Sex)[0]) else {"age": word}
    if not isinstance(value, dict):
        raise ValueError("is a list; expected keys such as {sex: women}")
    return value


class Group(BaseModel):
    """Whom a survey estimate is about."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sex: Sex = "all"
    age: Age = "16+"


AGroup = Annotated[Group, BeforeValidator(_group)]
Difference = Annotated[
    stated.AnyChange,
    PlainValidator(_reader(numerals.change)),
    Field(
        description="more, less, no clear difference, or a size such as twice as likely or 2 "
        "percentage points more"
    ),
]


class Comparison(Claim):
    """It happened to more, or fewer, people of one group than of another, or to so many times."""

    quantity: Literal["comparison"]
    measure: Measure
    period: ASurveyYear
    group: AGroup = Field(description="whom it is about: sex, age or both")
    than: AGroup = Field(description="whom they are compared with: sex, age or both")
    difference: Difference

    @field_validator("than")
    @classmethod
    def _another_group(cls, than: Group, info: ValidationInfo) -> Group:
        if than == info.data.get("group"):
            raise ValueError("is the same group as `group`; expected another sex or age")
        return than


AnyRecorded = Count | Total | Share | Rank | Rate | Change | Record | AreaComparison
AnyClaim = AnyRecorded | Proportion | Comparison

QUANTITIES: dict[str, type[AnyClaim]] = {
    get_args(kind.model_fields["quantity"].annotation)[0]: kind for kind in get_args(AnyClaim)
}


def claimed(claim: AnyClaim) -> float | None:
    """The number that a claim states; a record, or a comparison of two groups, may state none."""
    if isinstance(claim, Record):
        return None
    if not isinstance(claim, Comparison):
        return claim.value.value
    return None if isinstance(claim.difference, stated.Direction) else claim.difference.value


class Faults(Exception):
    """What is wrong with one entry, in clauses."""

    def __init__(self, clauses: list[str]) -> None:
        self.clauses = clauses
        super().__init__("; ".join(clauses))


def read_claims(path: Path, vocabulary: Vocabulary) -> tuple[list[AnyClaim], list[str]]:
    """The entries of ``path`` that hold, and one sentence for every fault of the others.

    Args:
        path: a YAML list of entries, each with the keys of its ``quantity``.
        vocabulary: what names may mean.

    Raises:
        Problem: the file is not a YAML list, so that nothing in it can be judged.
    """
    text = _NO_TEXT.sub("\ufffd", path.read_bytes().decode("utf-8", "replace"))
    try:
        entries = yaml.load(text, Loader=_Loader)
    except (yaml.YAMLError, RecursionError) as error:
        raise Problem(f"{path} is not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(entries, list):
        raise Problem(f"{path} holds no list; every claim begins with `- id: ...`.")
    claims: dict[str, AnyClaim] = {}
    problems: list[str] = []
    for number, entry in enumerate(entries, start=1):
        try:
            claim = read_claim(entry, vocabulary)
            if claim.id in claims:
                raise Faults([f"the id `{claim.id}` is taken by an entry above; choose another"])
        except Faults as refused:
            name = entry.get("id") if isinstance(entry, dict) else None
            named = isinstance(name, str) and name and not _NO_TEXT.search(name)
            where = f"claim `{numerals.shortened(str(name))}`" if named else f"entry {number}"
            problems += [f"{path}, {where}: {closed(clause)}" for clause in refused.clauses]
        else:
            claims[claim.id] = claim
    whole, faults = _with_counts(claims)
    return whole, problems + [f"{path}, {closed(fault)}" for fault in faults]


_TWICE = "a key that stands there twice"


class _Loader(yaml.BaseLoader):
    """Leaves every scalar the text that it is, and remembers a key that stands there twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        mapping = super().construct_mapping(node, deep=deep)
        names = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        twice = [name for name in names if names.count(name) > 1]
        return mapping | {_TWICE: twice[0]} if twice else mapping


def closed(clause: str) -> str:
    """The clause as the end of a sentence."""
    return clause if clause.endswith("?") else f"{clause}."


def read_claim(entry: object, vocabulary: Vocabulary) -> AnyClaim:
    """One entry.

    Raises:
        Faults: it does not hold.
    """
    if not isinstance(entry, dict) or not all(isinstance(key, str) for key in entry):
        raise Faults(["expected keys with their values, such as `quantity: count`"])
    if _TWICE in entry:
        raise Faults([f"the key `{numerals.shortened(entry[_TWICE])}` stands there twice"])
    quantity = entry.get("quantity")
    kind = QUANTITIES.get(quantity) if isinstance(quantity, str) else None
    if kind is None:
        if isinstance(quantity, str) and quantity:
            hint = did_you_mean(numerals.shortened(quantity), QUANTITIES)
            what = f"`quantity` is `{numerals.shortened(quantity)}`{hint or ';'}"
        else:
            what = "`quantity` is no word;" if quantity else "the key `quantity` is missing;"
        raise Faults([f"{what} expected one of {', '.join(QUANTITIES)}"])
    if quantity == "comparison" and "area" in entry:
        kind = AreaComparison
    try:
        return kind.model_validate(entry, context={"vocabulary": vocabulary})
    except ValidationError as error:
        faults = {tuple(map(str, fault["loc"])): fault for fault in reversed(error.errors())}
        # A value is read by what it is a difference from: what is wrong with that comes first.
        raise Faults(
            [_clause(kind, place, fault) for place, fault in reversed(faults.items())]
        ) from None


def _clause(kind: type[BaseModel], place: tuple[str, ...], fault: Any) -> str:
    """One fault of one key as a clause; ``place`` may lead into a group."""
    quantity = get_args(kind.model_fields["quantity"].annotation)[0]
    owner: type[BaseModel] = kind
    if len(place) > 1 and place[0] in ("group", "than") and kind is Comparison:
        owner = Group
    else:
        place = place[:1]
    key = place[-1]
    name = " of ".join(f"`{numerals.shortened(part)}`" for part in reversed(place))
    fields = owner.model_fields
    if fault["type"] == "extra_forbidden":
        hint = did_you_mean(numerals.shortened(key), fields) or ";"
        return f"a {quantity} has no key {name}{hint} its keys are {', '.join(fields)}"
    field = fields["since" if key == "compared_with" else key]
    expected = field.description or field.alias or "another value"
    if fault["type"] == "missing":
        return f"a {quantity} needs the key {name}: {expected}"
    if fault["type"] == "value_error":
        return f"{name} {fault['ctx']['error']}"
    given = fault["input"]
    if not isinstance(given, str):
        return f"{name} is no text; expected {expected}"
    allowed = get_args(field.annotation)
    quoted = numerals.shortened(given)
    hint = did_you_mean(quoted, map(str, allowed)) or ";"
    return f"{name} is `{quoted}`{hint} expected {expected}"


def _with_counts(claims: dict[str, AnyClaim]) -> tuple[list[AnyClaim], list[str]]:
    """The claims whose ``own_counts`` are claims of counts, and what is wrong with the others."""
    counts = [claim.id for claim in claims.values() if isinstance(claim, Count | Total)]
    whole, faults = [], []
    for claim in claims.values():
        named = claim.own_counts if isinstance(claim, Share | Change) else None
        unknown = [name for name in named or () if name not in counts]
        faults += [
            f"claim `{claim.id}`: `own_counts` names `{numerals.shortened(name)}`, which is no "
            f"claim of a count that holds{did_you_mean(numerals.shortened(name), counts)}"
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
    return (
        isinstance(claim, Count | Total)
        and not claim.compares
        and isinstance(claim.value, stated.Number)
        and claim.value.value > 0
    )
