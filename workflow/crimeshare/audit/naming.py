"""Releases as people name them: "police force area tables, year ending December 2024"."""

from __future__ import annotations

from collections.abc import Mapping

from crimeshare.audit.findings import Finding
from crimeshare.periods import MONTHS, in_words
from crimeshare.sources.registry import Release

DATASETS = {
    "pfa": "police force area tables",
    "appendix": "appendix tables",
    "prc": "Home Office open data",
}


def release_name(release: Release) -> str:
    """A release by its dataset and year."""
    if release.dataset == "prc":
        return DATASETS["prc"]
    issue = ", corrected" if release.release_id.endswith("-corrected") else ""
    return f"{DATASETS[release.dataset]}, {in_words(release.period_end)}{issue}"


def vintage_name(finding: Finding, registry: Mapping[str, Release]) -> str:
    """How a figure stands in its release, as the beginning of a sentence."""
    release = registry[finding.release_id]
    name = release_name(release)
    month = ""
    if day := release.published:
        month = f"{MONTHS[day.month - 1]} {day.year}"
    without = f", excluding {finding.excluding}" if finding.excluding else ""
    match finding.vintage:
        case "first published":
            begin = f"As first published{f' in {month}' if month else ''} ({name})"
        case "revised":
            begin = f"As revised{f' by {month}' if month else ''} ({name})"
        case "recovered":
            begin = f"As a later percentage change implies ({name})"
        case "compared":
            begin = f"Between the figures as first published (the later in {name})"
        case _:
            begin = f"As revised by {month or in_words(release.period_end)[12:]} ({name})"
    return f"{begin}{without}"
