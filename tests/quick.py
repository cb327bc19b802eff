"""Which of the cases of a test are quick enough for `make test`; `make test-all` runs every one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TypeVar

import pytest

T = TypeVar("T")


def quick(chosen: Collection[T], of: Iterable[T]) -> list[T]:
    """All the values of a parameter, every one but those that are ``chosen`` marked as slow."""
    values = list(of)
    assert all(value in values for value in chosen)
    return [
        value if value in chosen else pytest.param(value, marks=pytest.mark.slow)  # type: ignore[misc]
        for value in values
    ]
