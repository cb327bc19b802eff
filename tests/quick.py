"""Which cases of a test are quick enough for `make test`; the others are `make test-slow`."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import pytest


def quick(chosen: Collection[object], of: Iterable[object]) -> list[object]:
    """All the values of a parameter, every one but those that are ``chosen`` marked as slow."""
    values = list(of)
    assert all(value in values for value in chosen)
    return [
        value if value in chosen else pytest.param(value, marks=pytest.mark.slow)
        for value in values
    ]
