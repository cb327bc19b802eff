"""Names in running text: areas, offences, what is no recorded crime, and whom a survey asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from crimeshare.audit.reading.spans import Offending, Respondents, Span
from crimeshare.audit.reading.things import things, wholes
from crimeshare.audit.words import (
    area_words,
    folded,
    listed,
    movements,
    not_recorded,
    offence_words,
    towns,
    unpublished,
)
from crimeshare.reference import (
    PARTNERSHIPS,
    REFERENCE,
    WALES,
    areas,
    everyday,
    offences,
    read_rows,
)

_WORD = re.compile(r"[A-Za-z0-9À-ÿ]+(?:['\u2019.&/-][A-Za-z0-9À-ÿ]+)*|&", re.ASCII & 0)
_POLICE = (
    "",
    " police",
    " constabulary",
    " police force",
    " police area",
    " force",
    " police service",
)
GENERIC = (
    *("offences", "offence", "incidents", "incident", "cases", "case", "reports", "allegations"),
    *("occurrences", "instances", "recorded offences", "recorded incidents", "such offences"),
    *("such crimes", "these offences", "these crimes", "reported incidents", "counts"),
)
# Words after the name of a place that make another thing of it.
_ELSE_AFTER = re.compile(
    r"\s(?:Crown|Magistrates|County(?!\s(?:Durham|and|police|force))|City(?!\sof\sLondon|"
    r"\scentre)|Town|United|Rovers|Athletic|"
    r"Wanderers|Albion|Rangers|FC|AFC|RFC|CC|Road|Street|Lane|Avenue|University|Hospital|"
    r"Airport|Evening|Gazette|Post|"
    r"Echo|Argus|News|Live|Cathedral|Council|Borough\sCouncil|Prison|Station|College|"
    r"School|Arms|Castle|Online|Times|"
    r"Star|Mercury|Chronicle|Advertiser|Guardian|Observer|Mail|Express|Telegraph|Standard|"
    r"Marathon|Fire|NHS|Women's\sAid|MP|MS)\b"
)
_ELSE_BEFORE = re.compile(
    r"(?:University\sof|Office\sfor|Duke\sof|Duchess\sof|Earl\sof|MP\sfor|MS\sfor|"
    r"(?:Bank|Church|Garden|Heart)\sof|member\sfor|Bishop\sof|Radio|BBC|ITV|Port\sof|"
    r"(?:man|woman|teenager|boy|girl|resident|family|officer|mother|father)\sfrom|"
    r"lives?\sin|living\sin|born\sin|flat\sin|home\sin)\s(?:the\s)?$",
    re.IGNORECASE,
)
_NOT_CRIME = re.compile(
    r"\s(?:survey|reference|number\b|prevention|commissioner|agency|scene|stoppers|"
    r"figures|statistics|data|bill|act|unit|group|type|"
    r"categor|plan|panel|committee|fighting|fiction|writer|reporter|correspondent|mapping|"
    r"maps?\b|squad|wave|spree|lab\b|in\sengland\sand\swales:)",
    re.IGNORECASE,
)
_NOT_CRIME_BEFORE = re.compile(
    r"(?:organised|war|national|police\sand|and\sdisorder|true|serious\sorganised|fight|"
    r"fighting|tackle|tackling|tough\son)\s$",
    re.IGNORECASE,
)
_SEX = {
    "women": "women",
    "woman": "women",
    "females": "women",
    "female": "women",
    "girls": "women",
    "men": "men",
    "man": "men",
    "males": "men",
    "male": "men",
}
_PEOPLE = (
    r"(?:people|adults?|persons|women|woman|men|females?|males?|respondents|those|"
    r"individuals|residents|households|girls|boys|population|"
    r"adult\spopulation)"
)
_RANGE = r"(?<!\d)(\d\d)-?\s?(?:years\s)?(?:to|and|-|\u2013)\s?(\d\d)(?![\d%]|[,.]\d|\sper\s?cent)"
_UPWARD = (
    r"(?<!\d)(\d\d)(?:\s?(?:years\s)?(?:(?:and|or)\s(?:over|older|above|more|upwards|up)|\+)|"
    r"[\s-]plus)(?!\d)"
)
_AGE = ((_RANGE, "{}-{}"), (_UPWARD, "{}+"), (r"over[\s-](\d\d)s", "{}+"))
_OF_AN_AGE = rf"(?:{_RANGE}|{_UPWARD})".replace("(\\d\\d)", "\\d\\d")
SAME_AGE, SOME_AGE = "same", "some"
"""Ages of "women that age", which were told before, and of "teenagers", which are not told."""
_AGE_GROUP = r"[\s-]age[\s-](?:group|range|bracket|band)"
_GROUP = re.compile(
    rf"\b(?:(?:the\s)?(?:young|younger|older|elderly)\s|all\s|adult\s)?{_PEOPLE}\b"
    r"(?!['\u2019]s\s(?:homes|houses|property|properties|businesses|refuges?|aid|centres?))"
    r"(?:\s(?:who\sare\s)?(?:(?:aged|ages|of|between|in\sthe)\s(?:between\s|from\s)?)?"
    rf"{_OF_AN_AGE}(?:\syears|{_AGE_GROUP})?|\s(?:of\s)?(?:that|the\ssame)\sage|"
    r"\sin\stheir\s(?:late\s|early\s|mid[\s-])?(?:\d0s|[a-z]+ties|teens))?"
    rf"|{_OF_AN_AGE}(?:[\s-]year[\s-]olds?\b|{_AGE_GROUP}\b|s\b)|"
    rf"\b(?:aged|ages)\s(?:between\s)?{_OF_AN_AGE}"
    r"|\bover[\s-]\d\ds\b|\b(?:under|over)[\s-]\d\d(?:s\b|-year-olds)|\bteenagers\b|\bpensioners\b|"
    # "Likelier to befall a woman (1.1%) than a man (0.9%)".
    r"(?<=\ba\s)man(?=\s\([\d.]+\s?(?:%|per))|(?<=\bthan\sa\s)man\b",
    re.IGNORECASE,
)
_YOUNG = re.compile(r"young|older|elderly|under|teen|pensioner|in their", re.IGNORECASE)
_SURVEY = re.compile(
    r"\b(?:(?:british\s)?crime\ssurvey(?:\sfor\sengland\sand\swales)?|CSEW|"
    r"(?:ONS|Office for National Statistics)(?:['\u2019]s)?\s(?:crime\s|victims\s)?survey)\b",
    re.IGNORECASE,
)
_CODE = re.compile(r"\b(?:offence |crime |home office )?code (\d{1,3}[A-Z]?)\b", re.IGNORECASE)
_LIFETIME = re.compile(
    r"since\s(?:the\sage\sof\s16|they\s(?:were|turned)\s16|turning\s16|age\s16|16)|"
    r"at\s(?:least\sonce|some\spoint)(?:\ssince\s(?:the\sage\sof\s|age\s|"
    r"they\swere\s)?16)?|in\stheir\slifetimes?",
    re.IGNORECASE,
)


POSSESSION = ("possession_of_drugs", "possession_of_weapons")
# "Southend-on-Sea", "Blackburn with Darwen", "East Riding of Yorkshire": how their names begin.
_SHORTER = re.compile(
    r"(?P<short>.+?)(?:[- ](?:on|upon|under|in|by|le|with)[- ][^,]+| of Yorkshire)(?:, .*)?"
)
_REGION = re.compile(
    "|".join(
        rf"\b{area.area_name}\b"
        for area in areas().values()
        if area.area_type == "region" and " " in area.area_name and area.area_code != "E12000005"
    )
)


def _shorter() -> dict[str, set[str]]:
    """Partnerships by the beginning of their name, where no other place is called so."""
    found: dict[str, set[str]] = {}
    for row in read_rows(PARTNERSHIPS):
        if short := _SHORTER.fullmatch(row["partnership_name"]):
            codes = found.setdefault(folded(short["short"]), set())
            codes.add(row["partnership_code"])
            codes |= {*towns().get(folded(short["short"]), ())} - {*areas()}
    return {name: codes for name, codes in found.items() if len(codes) == 1}


@cache
def _area_names() -> dict[str, tuple[str, ...]]:
    """Codes by folded name; a force comes before a region of the same name."""
    found: dict[str, list[str]] = {}

    def add(name: str, code: str) -> None:
        codes = found.setdefault(folded(name), [])
        if code not in codes:
            codes.append(code)

    rank = {"force": 0, "country": 1, "region": 2, "other": 3}
    listed = sorted(areas().values(), key=lambda area: rank[area.area_type])
    for area in listed:
        for tail in _POLICE if area.area_type in ("force", "other") else ("",):
            if not (tail and area.area_name.endswith("Police")):
                add(area.area_name + tail, area.area_code)
                add(area.area_name.replace("-", " ") + tail, area.area_code)
        if area.area_type == "region":
            add(f"{area.area_name} region", area.area_code)
            add(f"the {area.area_name} of England", area.area_code)
    for row in read_rows(PARTNERSHIPS):
        for name in {row["partnership_name"], everyday(row["partnership_name"])}:
            if folded(name) not in found:
                add(name, row["partnership_code"])
    for words, (code, kind, _) in area_words().items():
        if code and kind != "doubtful":
            found[words] = [code]
    for name, codes in _shorter().items():
        found.setdefault(name, [*codes])
    del found["met"], found["east"]
    found["met"] = [c for c, a in areas().items() if a.area_name == "Metropolitan Police"]
    found["london"] = [*found["met"], *(c for c, a in areas().items() if a.area_name == "London")]
    found["londoners"] = found["london"]
    return {name: tuple(codes) for name, codes in found.items()}


@cache
def _lexicon() -> dict[str, list[tuple[tuple[str, ...], str, object]]]:
    """What words may begin with a word: the words, their kind and meaning, the longest first."""
    found: dict[str, list[tuple[tuple[str, ...], str, object]]] = {}
    seen: set[tuple[str, ...]] = set()

    def add(words: str, kind: str, value: object) -> None:
        parts = tuple(w for w in _words(folded(words)))
        if parts and parts not in seen:
            seen.add(parts)
            found.setdefault(parts[0], []).append((parts, kind, value))

    for words in GENERIC:
        add(words, "generic", words)
    for words, (offence, _) in offence_words().items():
        if offence == "total" and not words.endswith((" rate", " rates")):
            add(words, "total", Offending(("total",)))
    for row in read_rows(REFERENCE / "other_subjects.csv"):
        add(row["words"], "other", row["what"])
    add("stalking", "offence", Offending(("stalking_harassment", "8Q")))
    add("stalking offences", "offence", Offending(("stalking_harassment", "8Q")))
    add("criminal damage", "offence", Offending(("criminal_damage", "criminal_damage_arson")))
    add("possession offences", "offence", Offending(POSSESSION))
    for words, (offence, reading) in offence_words().items():
        if re.search(r" (?:rates?|levels?)$|^offences? of ", words):
            continue
        add(words, "offence", Offending((offence,), reading))
    for group in offences().values():
        add(group.name, "offence", Offending((group.offence_id,)))
    for words, whole in wholes():
        add(words, "offence", Offending((whole,)))
    for words, what in not_recorded().items():
        add(words, "unrecorded", f"{what.what}. Published by {what.publisher}")
    for words in measure_words():
        add(words if " " in words else "fraud", "unrecorded", found["fraud"][0][2])
    for words, codes in _area_names().items():
        add(words, "area", codes)
    for words, (code, kind, note) in area_words().items():
        if kind == "elsewhere":
            add(words, "elsewhere", note)
        elif kind == "context":
            if not re.search(r"police$|^here$|^locally$", words):
                add(words, "context", words)
        elif code:
            add(words, "area", (code,))
    for row in read_rows(REFERENCE / "countries.csv"):
        add(row["words"], "elsewhere", "the figures here are of England and Wales alone")
    add("welsh", "area", (WALES,))
    add("the east", "area", _area_names()["east region"])
    for words in ("forces", "police forces", "force areas"):
        add(words, "word", words)
    for words in (*unpublished(), *towns()):
        add(words, "place", words)
    for kind in ("rise", "fall", "same"):
        for words in movements(kind):
            add(words, "move", kind)
    for words in ("above", "topped", "outstripped"):
        add(words, "move", "rise")
    add("ahead", "move", "rise")
    for words in ("below", "beneath", "under", "off"):
        add(words, "move", "fall")
    for starts in found.values():
        starts.sort(key=lambda entry: -len(entry[0]))
    return found


def _words(text: str) -> list[str]:
    return [match.group().casefold().replace("\u2019", "'") for match in _WORD.finditer(text)]


# "Officers recovered 240 stolen vehicles".
_RECOVERED = re.compile(
    r"\b(?:recover|seiz|f[io]und?|return|trac|locat|handl|with|crush)\w*\s(?:[\w,.%]+\s){0,3}$",
    re.IGNORECASE,
)
# "Keyless theft gangs" are no theft.
_GANG = re.compile(r"\s(?:gangs?|thieves|rings?|squads?)\b")
_EACH = re.compile(
    r"[^.;]*\brespectively\b|[^.;,]*\bby\s[^.;,]+\sand\s(?:by\s)?[\d,.]+(?:%|\sper\scent)"
)
_PERCENTAGE = re.compile(r"\s(?:[a-z]+\s){0,3}[\d.]+\s?(?:%|per\s?cent|pc\b)", re.IGNORECASE)
_PERCENTAGE_OF = re.compile(
    r"(?:[\d.]\s?(?:%|per\s?cent|pc)|\b(?:third|quarter|fifth|tenth))\s(?:[a-z]+\s)?$",
    re.IGNORECASE,
)
# Names that are words of everyday language unless they stand where a place does.
_PLACED = re.compile(r"\b(?:in|across|around|near|at|for|throughout|of|outside)\s$", re.IGNORECASE)
# "Windsor had 40 robberies".
_COUNTED = re.compile(r"\s(?:had|saw|recorded|logged|counted|registered)\s(?:[a-z]+\s){0,2}\d")
_LOWER = (
    "nationally",
    "nationwide",
    "national",
    "the nation",
    "across england and wales",
    "the capital",
    "the country",
)
_OF_SOMETHING = re.compile(r"\sof\s(?!England|the\scountry|the\snation|the\sUK|Wales|Britain)")
# "The Met", "crime in north Wales".
_LOWER_BEFORE = re.compile(r"(?:the|north|south|east|west|mid)\s[A-Z]")
# "A worry for Guildford traders".
_OF_A_PLACE = re.compile(
    r"\s(?:traders|residents?|shop(?!\s?theft|lifting)\w*|councillors?|retailers?|business\w*|drivers?|famil\w+|locals|"
    r"pensioners?|teenagers?|couple|mum|dad|mother|father|man|woman|pub|club|school|street|market)\b"
)
_AS_ADJECTIVE = re.compile(r"\s(?!police|force|constabulary|crime|record|rate|average)[a-z]+")
_OF_THE_NATION = re.compile(
    r"\s(?:[a-z]+\s)?(?:average|mean|median|figures?|rates?|totals?|levels?|share|"
    r"increase|rise|growth|fall|decrease|drop|decline|reduction|crimes?|offences|robberies|"
    r"burglaries|shoplifting|violence|one)\b|\s\d"
)


def names(text: str, taken: Sequence[Span]) -> Iterator[Span]:
    """Names of areas, offences, movements and people in the parts of a text that are not taken."""
    free = bytearray(len(text))
    for span in taken:
        free[span.start : span.end] = b"\1" * (span.end - span.start)
    tokens = [
        (m.start(), m.end(), m.group().casefold().replace("\u2019", "'"))
        for m in _WORD.finditer(text)
    ]
    yield from things(text, free)
    lexicon, at = _lexicon(), 0
    while at < len(tokens):
        start, _, word = tokens[at]
        stripped = word.removesuffix("'s")
        for parts, kind, value in _candidates(lexicon, word, stripped):
            size = len(parts)
            if at + size > len(tokens):
                continue
            said = [t[2] for t in tokens[at : at + size]]
            said[-1] = (
                said[-1] if said[-1] == parts[-1] else said[-1].removesuffix("'s").removesuffix("'")
            )
            end = tokens[at + size - 1][1]
            if (
                tuple("and" if w == "&" else w for w in said) != parts
                or any(free[start:end])
                or "\n" in text[start:end]
            ):
                continue
            if re.search(r"[.;:!?(]\s", text[start:end]):
                continue
            if not _stands(text, start, end, kind, parts):
                continue
            town = kind == "place" or (kind == "area" and value[0] not in areas())  # type: ignore[index]
            if town and _OF_A_PLACE.match(text, end):
                continue
            if kind == "generic" and parts[0] in ("such", "these"):
                # These words say more than that offences are counted.
                start = tokens[at + 1][0]
            yield Span(start, end, kind, value)
            free[start:end] = b"\1" * (end - start)
            at += size - 1
            break
        at += 1


# "Wigan Council's scrutiny committee heard that burglary in the borough", "Ipswich Star letters".
_COUNCIL = re.compile(
    r"\b((?:[A-Z][\w'\u2019&-]+(?:\s(?:and|upon|of|the|with))*\s)+?)"
    r"(?:(?:(?:Borough|City|County|Metropolitan|District|Unitary|Town)\s)*Council|"
    r"(?:(?:Daily|Evening|Weekly)\s)?(?:News|Post|Echo|Argus|Gazette|Star|Mercury|Chronicle|Advertiser|"
    r"Observer|Mail|Express|Telegraph|Times|Live))\b"
)


def seat(text: str) -> tuple[str, ...]:
    """The area of the first council or newspaper that a text names, as codes; empty if none."""
    names = (_area_names().get(folded(match[1])) for match in _COUNCIL.finditer(text))
    return next((codes for codes in names if codes), ())


def groups(text: str, taken: Sequence[Span]) -> Iterator[Span]:
    """People of a sex or age, whom a survey may have asked."""
    for match in _CODE.finditer(text):
        yield Span(match.start(), match.end(), "code", match.group(1).upper())
    for match in _SURVEY.finditer(text):
        yield Span(match.start(), match.end(), "survey", "")
    for match in _LIFETIME.finditer(text):
        yield Span(match.start(), match.end(), "lifetime", "")
    for match in _GROUP.finditer(text):
        if not any(span.start < match.end() and match.start() < span.end for span in taken):
            yield Span(match.start(), match.end(), "people", people(match.group()))


def _candidates(
    lexicon: Mapping[str, list[tuple[tuple[str, ...], str, object]]], word: str, stripped: str
) -> Iterator[tuple[tuple[str, ...], str, object]]:
    yield from lexicon.get(word, ())
    if stripped != word:
        yield from lexicon.get(stripped, ())


def _stands(text: str, start: int, end: int, kind: str, parts: tuple[str, ...]) -> bool:
    """Whether a name stands for what its words name."""
    if parts in (("national",), ("welsh",)):
        # "Office for National Statistics", "a national newspaper".
        return bool(_OF_THE_NATION.match(text, end))
    if parts == ("mps",) and text[start:end] != "MPS":
        # Members of Parliament are no police service.
        return False
    capital = text[start].isupper() or text[start].isdigit()
    article = re.search(r"\ban?\s$", text[max(0, start - 4) : start], re.IGNORECASE)
    if kind in ("area", "place") and article and _AS_ADJECTIVE.match(text, end):
        # "Outside a Norwich leisure centre".
        return False
    if parts == ("the", "east") and (
        not _REGION.search(text) or re.match(r"\s(?:of\s|[A-Z])", text[end : end + 4])
    ):
        # A region only beside others: "69.6 in the East".
        return False
    if parts == ("the", "capital") and _OF_SOMETHING.match(text, end):
        # "It is the capital of cycling".
        return False
    if kind in ("area", "elsewhere") and " ".join(parts) not in _LOWER:
        if not capital and not _LOWER_BEFORE.match(text, start, end):
            return False
        return not _ELSE_AFTER.match(text, end) and not _ELSE_BEFORE.search(
            text[max(0, start - 40) : start]
        )
    if kind == "place":
        if " ".join(parts) in unpublished():
            named = capital or _LOWER_BEFORE.match(text, start, end)
            own = re.match(r"\s[A-Z]", text[end : end + 2]) or _ELSE_AFTER.match(text, end)
            return bool(
                named and not own and not _ELSE_BEFORE.search(text[max(0, start - 40) : start])
            )
        if not capital or (len(parts[0]) < 4 and len(parts) == 1):
            return False
        placed = _PLACED.search(text[max(0, start - 12) : start]) or _COUNTED.match(text, end)
        return bool(placed) and not _ELSE_AFTER.match(text, end)
    if kind == "context":
        return not re.match(r"\s(?:of\s)?[A-Z]", text[end : end + 5])
    if kind == "offence" and parts[0] == "stolen":
        return not _RECOVERED.search(text[max(0, start - 50) : start])
    if kind == "offence" and "and" in parts and _EACH.match(text, end):
        # "Personal and business robberies rose by 5% and 6% respectively".
        return " ".join(parts) in offence_words()
    if kind == "move" and parts in (("under",), ("ahead",)):
        # "24% under the 2018 mark", "13% ahead of 2024".
        return bool(re.search(r"(?:%|\bper\scent|\bpc)\s$", text[max(0, start - 10) : start]))
    if kind == "move" and " ".join(parts) in only_sized():
        # "Robbery has put on 5%", and no patrol; "a 5% hike".
        return bool(_PERCENTAGE.match(text, end)) or bool(
            _PERCENTAGE_OF.search(text[max(0, start - 30) : start])
        )
    if kind == "move" and parts == ("off",):
        # "6% off, at 204", "off by 6%".
        sized = re.search(r"(?:%|\bper\scent|\bpc)\s$", text[max(0, start - 10) : start])
        return bool(
            re.match(
                r"\sby\s[\d.]+\s?(?:%|per)|[.,;)]" if sized else r"\sby\s[\d.]+\s?(?:%|per)",
                text[end : end + 16],
            )
        )
    if kind == "unrecorded":
        return not _GANG.match(text, end)
    if kind == "total":
        return not _NOT_CRIME.match(text, end) and not _NOT_CRIME_BEFORE.search(
            text[max(0, start - 24) : start]
        )
    return True


def people(words: str) -> Respondents:
    """Whom words name: "women aged 16 to 59"."""
    said = words.casefold()
    sex = next((value for word, value in _SEX.items() if re.search(rf"\b{word}\b", said)), "")
    age = next(
        (form.format(*found.groups()) for how, form in _AGE if (found := re.search(how, said))), ""
    )
    if not age:
        # "The young men" are those who were told of.
        told = said.endswith(" age") or said.startswith("the ")
        age = SAME_AGE if told else SOME_AGE if _YOUNG.search(said) else ""
    return Respondents(sex, age, "household" in said)


@cache
def only_sized() -> set[str]:
    """Words that are a movement before a percentage alone."""
    return {words for way in ("rise", "fall") for words, sized in listed(way).items() if sized}


@cache
def measure_words() -> dict[str, str]:
    """Measure of the survey by the offence group, or the words, that people say of it."""
    return {row["offence"]: row["measure_id"] for row in read_rows(REFERENCE / "measure_words.csv")}
