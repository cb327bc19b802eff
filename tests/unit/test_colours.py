"""The colours of pages and charts stand out from what they are drawn on, light and dark."""

from __future__ import annotations

import re

import pytest

from crimeshare.publish.elements.charts import PARTS
from crimeshare.publish.site.rendering import TEMPLATES

TEXT, MARK = 4.5, 3.0
"""Least contrast of text and of what is no text (WCAG 2.2, 1.4.3 and 1.4.11)."""

STYLE = (TEMPLATES / "report.css").read_text(encoding="utf-8")


def colours(theme: str) -> dict[str, str]:
    """The colours of a theme by their names."""
    blocks = re.findall(r"\{((?:[^{}]*--ink:[^{}]*))\}", STYLE)
    light, dark, *_ = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})\b", each)) for each in blocks)
    return light if theme == "light" else light | dark


def luminance(colour: str) -> float:
    """Relative luminance of a colour such as #206095, by WCAG 2.2."""
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_and_marks_stand_out_from_their_ground(theme: str) -> None:
    named = colours(theme)
    words = [("ink", "paper"), ("ink", "sheet"), ("quiet", "paper"), ("quiet", "sheet")]
    words += [("link", "paper"), ("link", "sheet"), ("warn", "paper"), ("accent", "paper")]
    words += [(name, name.removeprefix("on-")) for name in named if name.startswith("on-")]
    marks = [(name, "paper") for name in ("compare", "pale", *(f"e{n}" for n in range(6)))]
    weak = [pair for pair in words if contrast(*map(named.__getitem__, pair)) < TEXT]
    weak += [pair for pair in marks if contrast(*map(named.__getitem__, pair)) < MARK]
    assert weak == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_parts_of_a_whole_stand_out_and_no_two_look_alike(theme: str) -> None:
    named = colours(theme)
    drawn = [
        named[found[1]] if (found := re.match(r"var\(--(\w+)", part)) else part for part in PARTS
    ]
    assert [part for part in drawn if contrast(part, named["paper"]) < MARK] == []
    # Red, green and blue of the two nearest lie this far apart.
    apart = [
        sum(abs(int(a[n : n + 2], 16) - int(b[n : n + 2], 16)) for n in (1, 3, 5))
        for place, a in enumerate(drawn)
        for b in drawn[:place]
    ]
    assert min(apart) > 50
