"""Sentences as rows of tokens, each with a letter for what it is, so that patterns can tie them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from crimeshare.audit.reading.spans import Offending, Span
from crimeshare.audit.reading.tables import PastedTable, Stretch, cells_of, tables
from crimeshare.reference import REFERENCE, read_rows

LETTERS = {
    **{"area": "A", "elsewhere": "E", "place": "L", "context": "F"},
    **{"offence": "O", "total": "T", "generic": "G", "unrecorded": "Z", "other": "X"},
    **{
        "period": "P",
        "later": "P",
        "base": "B",
        "same": "I",
        "newest": "R",
        "last": "R",
        "month": "R",
    },
    **{
        "partial": "Q",
        "since": "D",
        "ago": "AGO1",
        "years": "Y",
        "move": "M",
        "survey": "U",
        "people": "S",
    },
    **{"lifetime": "LIFE1", "number": "N", "percent": "C", "points": "C", "fraction": "H"},
    **{"times": "K", "between": "N", "per": "RATE1", "every": "W", "pace": "PACE1", "rank": "J"},
    **{
        "ordinal": "ORDINAL1",
        "top": "J",
        "record": "V",
        "mask": "_",
        "code": "CODE1",
        "word": "FORCES1",
    },
}

"""The letter of each kind of span; lower-case words of the text stand for themselves.

Longer names end in a digit, so that a pattern of one letter does not find their last.
"""

_PIECE = re.compile(r"[A-Za-z0-9À-ÿ]+(?:['\u2019][A-Za-z]+)*|[^\sA-Za-z0-9À-ÿ]")
_DASHES = "\N{EN DASH}\N{EM DASH}"
_END = re.compile(r"[.!?]['\"”\u2019)]*(?=\s+[\"“\u2018'(]*[A-Z0-9£])|\n+|[.!?]['\"”\u2019)]*\s*$")
_ABBREVIATION = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|St|Sgt|Insp|Det|Supt|PC|DC|DI|hon|Hon|No|no|approx|vs|e\.g|i\.e|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|"
    r"Aug|Sep|Sept|Oct|Nov|Dec|[A-Z])\.$"
)


@dataclass(frozen=True)
class Token:
    """A word, a mark, or a span, with the letter or the word that stands for it in a pattern."""

    start: int
    end: int
    letter: str
    span: Span | None = None


@dataclass(frozen=True)
class Sentence:
    """A sentence with its tokens.

    Attributes:
        headline: whether it is a line of its own without a full stop.
        change: whether it is a cell of a table's column of changes.
    """

    start: int
    end: int
    tokens: Sequence[Token]
    headline: bool
    change: bool = False

    def after(self, at: int) -> str:
        """The letters behind a token, each with a space behind it."""
        return "".join(f"{token.letter} " for token in self.tokens[at + 1 :])

    def before(self, at: int) -> str:
        """The letters before a token, each with a space behind it."""
        return "".join(f"{token.letter} " for token in self.tokens[:at])

    def spans(self, kind: str) -> list[tuple[int, Span]]:
        """Places and spans of a kind in it."""
        return [(i, t.span) for i, t in enumerate(self.tokens) if t.span and t.span.kind == kind]


def sentences(text: str, spans: Sequence[Span]) -> Iterator[Sentence]:
    """The sentences of a text; a line is at least one."""
    inside = sorted(spans, key=lambda span: span.start)
    start = 0
    pasted = list(tables(text, inside))
    for end in _ends(text, inside):
        piece = text[start:end]
        first = start + len(piece) - len(piece.lstrip())
        table = next((t for t in pasted if t.start <= first < t.end), None)
        if table and table.start == first:
            yield from _tabled(text, table, inside)
        if table:
            start = end
            continue
        if piece.strip():
            mine = [span for span in inside if start <= span.start < end]
            tokens = _joined(text, list(_tokens(text, start, end, mine)))
            whole = piece.strip()
            headline = not whole.endswith((".", "!", "?", '"', "”", "'", ":")) and "\n" in piece
            yield Sentence(start, end, tokens, headline)
        start = end


def _tabled(text: str, table: PastedTable, spans: Sequence[Span]) -> Iterator[Sentence]:
    """A sentence for each cell of a table: "Robbery, Dorset: 261."."""

    def tokens(cell: Stretch) -> list[Token]:
        return list(_tokens(text, *cell, [s for s in spans if cell[0] <= s.start < cell[1]]))

    def letters(cell: Stretch) -> str:
        return "".join(token.letter for token in tokens(cell))

    years = [
        (t.span.value.period_end, t)
        for cell in table.head
        for t in tokens(cell)
        if t.span and t.span.kind == "period"
    ]
    for row, parts, change in cells_of(table, text, letters):
        told = [token for part in parts[:-1] for token in tokens(part)]
        if change:
            # A change is to the last year that the table has.
            last = [max(years, key=lambda year: year[0])[1]] if len(years) > 1 else []
            told = [*last, *(t for t in told if t.letter != "P")]
        at = parts[-1][0]
        cell = [*told, Token(at, at, ":"), *tokens(parts[-1]), Token(row[1], row[1], ".")]
        yield Sentence(*row, _joined(text, cell), False, change)


def _ends(text: str, spans: Sequence[Span]) -> Iterator[int]:
    for match in _END.finditer(text):
        if "\n" not in match.group():
            if _ABBREVIATION.search(text[max(0, match.start() - 8) : match.start() + 1]):
                continue
            if any(span.start <= match.start() < span.end - 1 for span in spans):
                continue
        yield match.end()
    yield len(text)


def _tokens(text: str, start: int, end: int, spans: Sequence[Span]) -> Iterator[Token]:
    at = start
    for span in spans:
        yield from _plain(text, at, span.start)
        yield Token(span.start, span.end, LETTERS[span.kind], span)
        at = max(at, span.end)
    yield from _plain(text, at, end)


# "Knife-enabled offences", "drug-related crime".
_MARKED = ("enabled", "related", "fuelled", "motivated", "linked", "facilitated", "driven")
_ACROSS = "are a mark on offences of several groups, which these tables do not count by it"
# "63,645 were violent".
_BEING = ("was", "were", "is", "are", "being")
_VIOLENCE = "violence_against_person"
# "Retailers reported 18,459 thefts".
_OF_SHOPS = re.compile(
    r"\b(?:retailers|shops|stores|shopkeepers|supermarkets|shop\s?workers)\s"
    r"(?:\w+\s){0,3}?(?:reported|suffered|lost|logged|saw|recorded|had|endured|hit\sby)\s"
    r"(?:\w+\s){0,2}?(?:[\d,]+\s)?thefts?$|"
    r"\b(?:shops|stores|retailers|supermarkets),?\swhere\s(?:\w+\s){0,2}thefts?$",
    re.IGNORECASE,
)
# "Knifepoint robberies", "violence against the police": part of a group, not counted by itself.
_PART = "is a part of a group, which these tables do not count by itself"
_BEHIND = re.compile(
    r"(?!by (?:the )?(?:police|officers|staff) )"
    r"(?:of|by|against|at|in|from|on|involving|targeting) "
    r"(?:the |our |retail |shop |emergency |NHS )*(?P<word>[a-z]+) "
)


@cache
def _narrowing(where: str) -> set[str]:
    rows = read_rows(REFERENCE / "narrowing_words.csv")
    return {row["words"] for row in rows if row["where"] == where}


def _narrowed(text: str, tokens: Sequence[Token]) -> list[Token]:
    """Tokens with offences that a word beside them makes a part of what is counted."""
    found = list(tokens)
    for place, token in enumerate(tokens):
        if token.letter != "O":
            continue
        ahead = tokens[place - 1] if place else None
        word = text[ahead.start : ahead.end].casefold() if ahead else ""
        beside = word in _narrowing("before") and ahead and ahead.letter in (word, "S")
        letters = "".join(
            f"{text[each.start : each.end].casefold() if each.letter in 'SX' else each.letter} "
            for each in tokens[place + 1 : place + 6]
        )
        behind = _BEHIND.match(letters)
        if beside or (behind and behind["word"] in _narrowing("behind")):
            named = text[ahead.start if beside and ahead else token.start : token.end]
            span = Span(token.start, token.end, "unrecorded", f"{named} {_PART}")
            found[place] = replace(token, letter="Z", span=span)
    return found


_LEAVING_OUT = ("excluding", "except", "without", "minus", "bar")


def _of_fraud(text: str, token: Token) -> bool:
    said = text[token.start : token.end].casefold()
    return token.letter == "O" and said.startswith("fraud")


def _left_out(tokens: Sequence[Token]) -> bool:
    """Whether words say that what stands before them is not counted: "once fraud is taken out"."""
    letters = "".join(f"{token.letter} " for token in tokens[:4])
    return bool(
        re.match(
            r"(?:(?:is|are|was|were|being) )?(?:(?:left|taken|stripped|kept|carved) out|excluded|"
            r"(?:set|put|left) aside) ",
            letters,
        )
    )


def _joined(text: str, tokens: list[Token]) -> list[Token]:
    """Tokens with "crimes" behind an offence as part of its name: "shoplifting crimes".

    What is said to be left out of a count, as fraud, is no subject but says that all else is in it.
    """
    for place, (one, other) in enumerate(pairwise(tokens), start=1):
        if one.letter in _BEING and other.letter == "violent":
            behind = tokens[place + 1].letter if place + 1 < len(tokens) else ""
            if behind not in ("G", "T", "O", "and"):
                span = Span(other.start, other.end, "offence", Offending((_VIOLENCE,)))
                tokens[place] = replace(other, letter="O", span=span)
        leaving = one.letter in _LEAVING_OUT or (
            one.letter == "than" and tokens[place - 2].letter == "other"
        )
        unasked = one.letter == "Z" or _of_fraud(text, one)
        if unasked and (other.letter in ("apart", "aside") or _left_out(tokens[place:])):
            tokens[place - 1] = replace(one, letter="REST1")
        leaving = leaving or (one.letter == "out" and tokens[place - 2].letter == "leaving")
        if leaving and (other.letter == "Z" or _of_fraud(text, other)):
            tokens[place] = replace(other, letter="REST1")
        shops = other.letter == "O" and _OF_SHOPS.search(text[tokens[0].start : other.end])
        if shops and other.span and other.span.value.ids == ("theft_offences",):
            meant = Offending(("shoplifting",), "shoplifting, as shops tell of it")
            tokens[place] = replace(other, span=replace(other.span, value=meant))
        if one.letter in _MARKED and tokens[place - 2].letter == "-" and other.letter in "GTO":
            named = text[tokens[max(place - 3, 0)].start : other.end]
            span = Span(other.start, other.end, "unrecorded", f"{named} {_ACROSS}")
            tokens[place] = replace(other, letter="Z", span=span)
        again = one.letter in ("a", "the") and tokens[place - 2].letter == ","
        again = again and (one.letter == "a" or tokens[place - 3].letter == "O")
        if (
            (one.letter == "O" or again)
            and other.letter == "T"
            and "crime" in text[other.start : other.end]
        ):
            # "Shoplifting crimes", "robbery, a crime that has doubled".
            tokens[place] = replace(other, letter="G")
    return _narrowed(text, tokens)


def _plain(text: str, start: int, end: int) -> Iterator[Token]:
    for match in _PIECE.finditer(text, start, max(start, end)):
        word = match.group().casefold()
        plain = "and" if word == "&" else "-" if word in _DASHES else word
        yield Token(match.start(), match.end(), plain)


# Lists of areas, offences or years, and of numbers, that "respectively" ties to each other.
_NAMED = re.compile(r"([AOP])(?: (?:, and|,|and)(?: the| in| for)* \1)+ ")
_NUMBERED = re.compile(r"([NCH])(?: (?:, and|,|and)(?: by| to| of| a| an| M)* \1)+ ")
# "Durham, Cleveland and Northumbria stood at 2,304, 2,523 and 5,042".
_IN_TURN = re.compile(
    r"(A(?: (?:, and|,|and) A)+) (?:[a-z]+ ){1,4}?(N(?: (?:, and|,|and) N)+) (?!(?:[a-z]+ )?[OTG] )"
)
_COUNTED = r"N (?:[a-z]+ |G )*?O(?: G)?"
_PAIRED = re.compile(rf"{_COUNTED}(?: (?:, and|,|and) {_COUNTED})+ ")


def shared_out(sentence: Sentence) -> list[Sentence]:
    """A sentence for each thing of a list that has its number in another; else it alone."""
    letters = "".join(f"{token.letter} " for token in sentence.tokens)

    def places(match: re.Match[str], letter: str) -> list[range]:
        """The places of each thing of a list: a number with its noun, or a letter alone."""
        begin = len(letters[: match.start()].split())
        inside = match.group().split()
        at = [begin + i for i, each in enumerate(inside) if each == letter]
        if letter != "N" or "O" not in inside:
            return [range(i, i + 1) for i in at]
        nouns = [begin + i for i, each in enumerate(inside) if each == "O"]
        return [range(i, noun + 1) for i, noun in zip(at, nouns, strict=True)]

    if "respectively " not in letters:
        listed = _IN_TURN.search(letters)
        if not listed or listed[1].count("A") != listed[2].count("N"):
            return [sentence]
    numbers = [places(match, match.group(1)) for match in _NUMBERED.finditer(letters)]
    names = [places(match, "N") for match in _PAIRED.finditer(letters)]
    names += [places(match, match.group(1)) for match in _NAMED.finditer(letters)]
    tied = [(n, m) for n in numbers for m in names if len(n) == len(m)]
    if not tied:
        return [sentence]
    number, name = ([*each] for each in tied[0])
    found = []
    for one, other in zip(number, name, strict=True):
        # What stands between the first number and this one keeps it apart from the verb.
        left_out = {
            *(i for each in number if each.start < one.start for i in each),
            *range(one.stop, number[-1].stop),
            *(i for i in range(name[0].start, name[-1].stop) if i not in other),
        }
        kept = [
            token
            for i, token in enumerate(sentence.tokens)
            if i not in left_out and token.letter != "respectively"
        ]
        found.append(replace(sentence, tokens=kept))
    return found
