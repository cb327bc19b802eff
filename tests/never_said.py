"""What the pages may never say: rules that every page is read by.

Old phrases, and what is said instead, stand in `tests/data/never_said.txt`.

A rule finds what is wrong in the blocks of a page, a block being a paragraph, an item of a list, or
a chart or table with all that stands under it.  Most rules are patterns, and an exception is part
of the pattern; what a pattern cannot tell, such as a change of rules between two years, is a
function.  Each rule comes with a text that breaks it and one that does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

from crimeshare.periods import MONTHS
from crimeshare.publish.subjects.factsheet import breaks
from crimeshare.reference import offences

GROUP = "stalking_harassment"
MONTH = f"(?:{'|'.join(MONTHS)})"

Blocks = Sequence[str]


@dataclass(frozen=True)
class Rule:
    """What a page may not say.

    Attributes:
        finds: what breaks the rule in the blocks of a page.
        wrong: a block that breaks it; right: one that does not, though it is near.
    """

    finds: Callable[[Blocks], list[str]]
    wrong: str
    right: str


def pattern(expression: str) -> Callable[[Blocks], list[str]]:
    """Finds what a pattern finds, whatever the case."""
    compiled = re.compile(expression, flags=re.IGNORECASE)
    return lambda blocks: [found[0] for block in blocks if (found := compiled.search(block))]


def rose_across_a_change(blocks: Blocks) -> list[str]:
    """Blocks that say how the group moved between two years and not that the rules changed.

    A chart names its breaks below the drawing, a table in its rows: they are one block each.
    """
    name = offences()[GROUP].name.lower()
    found = []
    for block in blocks:
        text = block.lower()
        ends = sorted(
            date(int(year), MONTHS.index(month) + 1, 28)
            for month, year in re.findall(rf"years? ending ({MONTH}) (\d{{4}})", block)
        )
        moved = re.search(r"\b(?:rose|fell|up from|down from|higher than|lower than) ", text)
        if not moved or name not in text or len(set(ends)) < 2:
            continue
        began = ends[0].replace(year=ends[0].year - 1)
        crossed = any(began < change.day <= ends[-1] for change in breaks(GROUP))
        said = any(change.name.lower() in text for change in breaks(GROUP))
        if crossed and not said and "compar" not in text and "revis" not in text:
            found.append(block[:120])
    return found


def rank_without_its_range(blocks: Blocks) -> list[str]:
    """Ranks among forces on a page that does not say which ranks its quarters allow."""
    ranks = [found[0] for block in blocks if (found := re.search(r"\d\w\w of \d+ forces", block))]
    return ranks if not any("range of the rank" in block for block in blocks) else []


RULES = {
    "an interval for a count: counts have no sampling error": Rule(
        pattern(
            r"(?<!no )confidence (?:interval|limit)s? (?:of|for) (?:the |a |its )?"
            r"(?:count|rank|share|rate|revision)"
            r"|\brecorded [\d,]+ (?:[a-z]+ ){0,5}offences? \((?:likely|probably) between"
        ),
        "Police recorded 9,013 stalking and harassment offences (likely between 8,900 and 9,100).",
        "Control limits are no confidence intervals: offences are counted, not estimated.",
    ),
    "limits of a revision called an interval for what happened": Rule(
        pattern(r"\b(?:confidence interval|confidence limits?|margin)\b[^.]*\brevis"),
        "The confidence interval of how it will be revised is wide.",
        "These are limits for a revision, not for what happened.",
    ),
    "a margin of error: ONS speaks of sampling error, and counts have none": Rule(
        pattern(r"margins? of error"),
        "A count, so no margin of error.",
        "A count of records, not a survey: no sampling error.",
    ),
    "a cause that no source gives": Rule(
        pattern(
            r"\b(?:caused by|due to|thanks to|owing to|as a result of|because of)\s+(?:the\s+)?"
            r"(?:lockdown|pandemic|police|recording|rules?|Online Safety|poverty|cuts)\b"
            r"|(?<!proof that the )(?<!prove that the )\b(?:lockdown|pandemic|rules?|Act"
            r"|changes? of (?:the )?rules?) "
            r"(?:caused|led to|brought about|drove|explains?|reduced|increased)\b"
        ),
        "The change of rules reduced the number of malicious communications.",
        "That a step coincides with a change of the rules is no proof that the rules caused it.",
    ),
    "prevalence called risk": Rule(
        pattern(
            r"\brisk of (?:being|becoming)\b|\bat risk\b"
            r"|\bmore likely to be (?:stalked|victims)\b"
            r"|\b(?:chance|odds|likelihood|probability) of being (?:stalked|a victim)\b"
        ),
        "Women have a higher risk of being stalked.",
        "Women experience it more often than men.",
    ),
    "a ratio of records to victims called reporting": Rule(
        pattern(r"(?<!not a )(?<!not the )(?:\breporting rate\b|\brate of reporting\b)"),
        "The reporting rate is 9 in a hundred.",
        "Not a rate of reporting: see the list.",
    ),
    "an estimate called a number that is known": Rule(
        pattern(r"\bexactly [\d.,]+%? of (?:people|women|men|adults)\b"),
        "In that year exactly 2.9% of people were stalked.",
        "About 2.9% of people were stalked.",
    ),
    "a survey's verdict called proof": Rule(
        pattern(r"\b(?:proves|is proof|proved) that\b"),
        "The test proves that stalking fell.",
        "Coincidence is no proof.",
    ),
    "areas called worst or best by a count of records": Rule(
        pattern(r"\b(?:worst|safest|most dangerous) (?:area|force|place|region)s?\b"),
        "It is the worst area for stalking.",
        "It has the largest share of the 43 forces.",
    ),
    "'rose' across a change of rules without saying so": Rule(
        rose_across_a_change,
        "Stalking and harassment rose by 3.1%, from 600 in the year ending December 2022 to 619 in "
        "the year ending December 2023.",
        "Stalking and harassment rose by 3.1%, from 600 in the year ending December 2022 to 619 in "
        "the year ending December 2023. The two years cannot be compared.",
    ),
    "a rank of areas that do not differ": Rule(
        pattern(
            r"\d(?:st|nd|rd|th) of (?:the )?\d+ (?:partnerships|districts|local authorities)"
            r"|\b(?:highest|lowest|largest|smallest|top|bottom)\b[^.]{0,30}\bpartnerships?\b"
        ),
        "Newport is 3rd of 314 partnerships.",
        "Newport is above the outer limits: outside the usual range of the partnerships.",
    ),
    "a rank among forces without the range of ranks that its quarters allow": Rule(
        rank_without_its_range,
        "That is 9th of 43 forces by share.",
        "That is 9th of 43 forces by share. Its rank could be anything from 6th to 14th: the range "
        "of the rank, which is no confidence interval.",
    ),
    "quarters that follow each other compared with their season in them": Rule(
        pattern(r"with the (?:three months|quarter) before,(?! allowing for the season)"),
        "Compared with the three months before, stalking rose by 4.0%.",
        "Compared with the three months before, allowing for the season, stalking rose by 4.0%.",
    ),
}


def phrases() -> list[tuple[str, str]]:
    """Old phrases as patterns, each with what is said instead."""
    lines = (Path(__file__).parent / "data" / "never_said.txt").read_text().splitlines()
    told = [line for line in lines if line and not line.startswith("#")]
    return [(before, instead) for before, _, instead in (line.partition(" => ") for line in told)]


class _Blocks(HTMLParser):
    """Collects paragraphs, items, charts and tables, each as one line of text."""

    APART = frozenset({"p", "li", "h1", "h2", "h3", "dd", "dt", "div", "section", "ul"})
    UNREAD = frozenset({"svg", "script", "style"})

    def __init__(self) -> None:
        super().__init__()
        self.blocks = [""]
        self._figures = self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unread += tag in self.UNREAD
        if tag == "figure" or (tag in self.APART and not self._figures):
            self.blocks.append("")
        elif tag not in ("data", "a", "b", "span", "samp", "code", "abbr"):
            self.blocks[-1] += " "
        self._figures += tag == "figure"

    def handle_endtag(self, tag: str) -> None:
        self._unread -= tag in self.UNREAD
        self._figures -= tag == "figure"
        if not self._figures and (tag in self.APART or tag == "figure"):
            self.blocks.append("")

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.blocks[-1] += data


def blocks_of(html: str) -> list[str]:
    """The blocks of a page that say anything."""
    parser = _Blocks()
    parser.feed(html)
    return [text for block in parser.blocks if (text := " ".join(block.split()))]


def broken(blocks: Blocks) -> list[str]:
    """Rules that a page breaks, each with what it says."""
    found = [f"{what}: {said!r}" for what, rule in RULES.items() for said in rule.finds(blocks)]
    return found + [
        f"{said!r}: {instead}" for before, instead in phrases() for said in pattern(before)(blocks)
    ]
