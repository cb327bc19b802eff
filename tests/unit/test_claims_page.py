"""The page of the audit tells statements of the same words apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from crimeshare.publish.subjects.claims import asserted


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (
            {"quantity": "total", "value": "57,090", "area": "Gwent"},
            "total 57,090: Gwent, year ending March 2020",
        ),
        (
            {
                "quantity": "rank",
                "value": "third",
                "classification": "sub-groups",
                "offence": "Robbery",
                "area": "Kent",
            },
            "rank third (classification sub-groups): Robbery, Kent, year ending March 2020",
        ),
        (
            {
                "quantity": "proportion",
                "value": "one in five",
                "measure": "bicycle_theft",
                "sex": "women",
            },
            "proportion one in five: bicycle theft, women aged 16 and over, year ending March 2020",
        ),
        (
            {
                "quantity": "comparison",
                "difference": "more",
                "measure": "robbery",
                "group": {"sex": "women"},
                "than": {"sex": "men"},
            },
            "women aged 16 and over, more than men aged 16 and over: "
            "robbery, year ending March 2020",
        ),
    ],
)
def test_what_an_entry_asserts_in_words(entry: dict[str, Any], words: str) -> None:
    assert asserted({"period": "year ending March 2020", **entry}) == words


def test_entries_of_one_source_and_the_same_words_assert_different_things(root: Path) -> None:
    entries = yaml.safe_load((root / "config" / "claims.yaml").read_text(encoding="utf-8"))
    told = [(entry["source"], entry["statement"], asserted(entry)) for entry in entries]
    assert len(set(told)) == len(told) > len({words for _, words, _ in told})
