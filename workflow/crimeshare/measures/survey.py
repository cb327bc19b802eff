"""Survey estimates and their changes, each with its uncertainty."""

from crimeshare.measures.intervals import proportion_interval

__all__ = ["proportion_interval"]
