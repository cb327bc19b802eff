"""Name the nearest known words, so that a typing slip is mended from the message alone."""

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Sequence

_FEW = 3
_LONGEST = 200  # no name is longer, and to compare thousands of letters takes minutes


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``"; did you mean `x`?"`` for the nearest of `known`, or ``""`` when none is near.

    Near are names that hold every word of ``word`` ("Wales and England"), else the one spelt
    most like it ("Gwnt"), else those that share its rarest word ("Gwent Police").
    """
    if len(word) > _LONGEST:
        return ""
    names = list(dict.fromkeys(known))
    parts = set(_words(word))
    whole = [name for name in names if parts and parts <= set(_words(name))]
    spelt = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    same = [name for name in spelt if name.casefold() == word.casefold()]
    near = (same or whole or spelt or _sharing_a_word(parts, names))[:_FEW]
    *others, last = [f"`{name}`" for name in near] or [""]
    listed = f"{', '.join(others)} or {last}" if others else last
    return f"; did you mean {listed}?" if listed else ""


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def _sharing_a_word(words: Iterable[str], names: Sequence[str]) -> list[str]:
    """The names that hold the rarest of the words that any name holds, a letter or two apart."""
    often = Counter(part for name in names for part in set(_words(name)))
    shared = [
        match[0]
        for word in sorted(words)
        if len(word) > 2 and (match := difflib.get_close_matches(word, often, 1, 0.8))
    ]
    if not shared:
        return []
    rarest = min(shared, key=lambda word: often[word])
    return [name for name in names if rarest in _words(name)]
