"""Wrong input of every kind, for tests that nothing but a sentence comes of it.

Values are those that a YAML or JSON file may hold; files are right ones with a few places changed.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

# What broke programs before: the length of a name, of a number, of a nest; what is no text.
HARD_TEXT = [
    "",
    " ",
    "\0",
    "a\0b",
    "~nobody-of-that-name",
    "x" * 5000,
    "x/" * 3000,
    "../" * 50,
    "9" * 5000,
    "-" + "9" * 400 + "." + "9" * 400,
    "1e400",
    "nan",
    "inf",
    "٣٤",
    "½",
    "²",
    "\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
    "\u202e\u2028\ufeff",
    "[a](b)",
    "=1+1",
    "<script>",
    "year ending December 9999",
    "year ending March 0000",
    "/x/yearendingdecember9999",
    "/x/previous/v99999999999999999999",
    "9999-12-31T23:59:59Z",
    "0001-01-01",
    "pfa-2024-12",
    "total",
    "https://",
    "http://[",
    "http://x:99999999/",
    "stalking_harassment",
    "1 in 0",
    "one in zero",
    "0%",
    "-0",
]
TEXT = st.sampled_from(HARD_TEXT) | st.text(max_size=12)
NUMBER = (
    st.sampled_from([0, -1, 10**20, -(10**400), 10**4000, 2**63])
    | st.integers()
    | st.floats()
    | st.sampled_from([float("nan"), float("inf"), -0.0, 1e308])
)
DAY = st.dates() | st.datetimes() | st.sampled_from([dt.date.max, dt.date.min])
LEAF = st.none() | st.booleans() | NUMBER | TEXT | DAY
VALUE = st.recursive(
    LEAF, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4)
)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBER | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
)


# What a statement is put together of, so that odd ones are still read as far as they can be.
WORDS = [
    *("more than", "nearly", "about", "between", "and", "up", "down", "by", "to", "of", "in", "a"),
    *("one in", "one every", "a day", "minutes", "%", "percentage points", "per 1,000", "million"),
    *("0", "1", "2.1", "15", "8,642", "-4", "+16.7", "99999999", "a third", "half", "-0", "1e9"),
    *("highest", "second", "lowest", "rate", "share", "record", "high", "on record", "ever"),
    *("twice", "three times", "0 times", "as likely", "as many", "doubled", "halved", "unchanged"),
    *("Wales", "Gwent", "women", "third", "top five", "stalking", "\u2212"),
]
STATED = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join) | TEXT
YEARS = st.sampled_from(
    [
        *("year ending December 2024", "year ending March 2024", "year ending March 2003"),
        *("year ending September 2019", "2023/24", "year ending December 2025"),
        *("year ending June 2013", "year ending March 2015", "year ending March 1999"),
    ]
)
ASKED = st.fixed_dictionaries(
    {"period": YEARS | TEXT, "value": STATED},
    optional={
        "area": st.sampled_from(
            [
                *("Gwent", "England and Wales", "Newport", "City of London", "Wales", "North West"),
                *("Greater Manchester", "British Transport Police", "Devon and Cornwall"),
            ]
        )
        | TEXT,
        "offence": st.sampled_from(
            [
                *("Stalking and harassment", "8Q", "8R", "total", "Homicide", "Shoplifting"),
                *("4.10", "Malicious communications", "Residential burglary", "Robbery"),
            ]
        )
        | TEXT,
        "quantity": st.sampled_from(
            [
                *("count", "total", "share", "rank", "rate", "change", "record", "proportion"),
                "comparison",
            ]
        )
        | TEXT,
        "than": st.sampled_from(["South Wales", "England and Wales", "men", "16-19", "Newport"])
        | TEXT,
        "since": YEARS | TEXT,
        "measure": st.sampled_from(["stalking", "stalking_since_16", "burglary"]) | TEXT,
        "sex": st.sampled_from(["women", "men", "all"]) | TEXT,
        "age": st.sampled_from(["16+", "16-19", "16-59", "all"]) | TEXT,
        "classification": st.sampled_from(
            ["main groups", "sub-groups", "forces by rate", "not stated"]
        )
        | TEXT,
    },
)


@st.composite
def changed(draw: Callable[..., Any], right: object, values: st.SearchStrategy[Any]) -> Any:
    """`right` with one to three of its places taken out, doubled or given another value."""
    new = right
    for _ in range(draw(st.integers(1, 3))):
        new = _changed_once(draw, new, values)
    return new


def _changed_once(draw: Callable[..., Any], right: object, values: st.SearchStrategy[Any]) -> Any:
    if isinstance(right, dict) and right and draw(st.integers(0, 9)):
        key = draw(st.sampled_from(sorted(right, key=str)))
        rest = {name: value for name, value in right.items() if name != key}
        what = draw(st.sampled_from(["inside", "inside", "gone", "renamed", "more"]))
        if what == "inside":
            return {**right, key: _changed_once(draw, right[key], values)}
        if what == "more":
            return {**right, draw(TEXT): draw(values)}
        return rest if what == "gone" else {**rest, draw(TEXT): right[key]}
    if isinstance(right, list) and right and draw(st.integers(0, 9)):
        at = draw(st.integers(0, len(right) - 1))
        what = draw(st.sampled_from(["inside", "inside", "gone", "twice"]))
        if what == "inside":
            inside = _changed_once(draw, right[at], values)
            return [*right[:at], inside, *right[at + 1 :]]
        return [*right[:at], *([right[at]] * 2 if what == "twice" else []), *right[at + 1 :]]
    return draw(values)


@st.composite
def damaged(draw: Callable[..., Any], right: bytes) -> bytes:
    """`right` cut, with bytes put in, or with something hard in place of a part of it."""
    content = right
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        stop = min(len(content), start + draw(st.integers(0, 60)))
        piece = draw(
            st.binary(max_size=6)
            | TEXT.map(lambda text: text.encode("utf-8", "replace"))
            | st.sampled_from(
                [b"\xff\xfe", b"[" * 3000, b"{" * 3000, b"&a [*a]", b"\r", b'"', b"!!"]
            )
        )
        content = content[:start] + piece + content[stop:]
    return content


def as_json(value: object) -> str:
    """`value` as JSON text, not-a-numbers included, as Python's reader takes them."""
    return json.dumps(value)
