"""What the page of the audit says that a statement asserts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from crimeshare.audit.asserted import asserted
from crimeshare.audit.claim_keys import Vocabulary, read_claim
from crimeshare.audit.claims_file import read_claims
from crimeshare.audit.evidence import open_evidence
from crimeshare.audit.judging import vocabulary
from crimeshare.audit.statements import AnyClaim
from crimeshare.reference import areas

GWENT = {"area": "Gwent", "offence": "stalking_harassment", "period": "year ending March 2020"}
SURVEY = {"measure": "bicycle_theft", "period": "year ending March 2020"}


def claim(keys: Mapping[str, object]) -> AnyClaim:
    whole = {"id": "it", "source": "somebody", "statement": "words", **keys}
    days = {date(2018, 3, 31), date(2020, 3, 31)}
    return read_claim(whole, Vocabulary(areas(), days))


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (
            {"quantity": "total", "value": "57,090", "area": "Gwent", "period": GWENT["period"]},
            "total 57,090: Gwent, year ending March 2020",
        ),
        (
            {**GWENT, "quantity": "count", "value": "More than  9,000"},
            "count more than 9,000: Stalking and harassment, Gwent, year ending March 2020",
        ),
        (
            {**GWENT, "quantity": "share", "value": "15.0 percent"},
            "share 15.0 percent: Stalking and harassment, Gwent, year ending March 2020",
        ),
        (
            {**GWENT, "quantity": "rank", "value": "third", "classification": "sub-groups"},
            "rank third (classification sub-groups): Stalking and harassment, Gwent, "
            "year ending March 2020",
        ),
        (
            {
                **GWENT,
                "quantity": "change",
                "value": "+16.70%",
                "compared_with": "year ending March 2018",
            },
            "change +16.70%: Stalking and harassment, Gwent, year ending March 2020, "
            "compared with the year ending March 2018",
        ),
        (
            {**GWENT, "quantity": "share", "value": "higher", "than": "Kent"},
            "share higher: Stalking and harassment, Gwent, year ending March 2020, "
            "compared with Kent",
        ),
        (
            {**GWENT, "quantity": "rank", "value": "second highest in Wales"},
            "rank second highest in Wales: Stalking and harassment, Gwent, year ending March 2020",
        ),
        (
            {**GWENT, "quantity": "change", "value": "down"},
            "change down: Stalking and harassment, Gwent, year ending March 2020",
        ),
        (
            {**SURVEY, "quantity": "proportion", "value": "one in five", "sex": "women"},
            "proportion one in five: bicycle theft, women aged 16 and over, year ending March 2020",
        ),
        (
            {**SURVEY, "quantity": "proportion", "value": "5%", "age": "all"},
            "proportion 5%: bicycle theft, households, year ending March 2020",
        ),
        (
            {
                **SURVEY,
                "quantity": "comparison",
                "difference": "more",
                "group": {"sex": "women"},
                "than": {"sex": "men"},
            },
            "women aged 16 and over, more than men aged 16 and over: "
            "bicycle theft, year ending March 2020",
        ),
    ],
)
def test_what_an_entry_asserts_in_words(keys: Mapping[str, object], words: str) -> None:
    assert asserted(claim(keys)) == words


def test_entries_of_one_source_and_the_same_words_assert_different_things(root: Path) -> None:
    words = vocabulary(open_evidence(root))
    claims, _ = read_claims(root / "config" / "claims.yaml", words)
    told = [(claim.source, claim.statement, asserted(claim)) for claim in claims]
    assert len(set(told)) == len(told) > len({words for _, words, _ in told})
