"""The report of the check: how many figures of an edition others vouch for, and which none does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import pandas as pd

from crimeshare.tables.appendix_arithmetic import find_survey_ties
from crimeshare.tables.arithmetic import find_ties
from crimeshare.tables.observations import Observation, SurveyObservation
from crimeshare.tables.ties import Tie, broken, of_kinds, tally

# A flag says whether a change is significant; it is judged by bounds, not tied by identities.
_FLAGS = "significant"


def report_checks(
    releases: Iterable[Sequence[Observation] | Sequence[SurveyObservation]],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What ties the figures of each release.

    Args:
        releases: the observations of each.

    Returns:
        One row a release: ``figures`` (numbers read, flags of significance left out),
        ``identities`` (that bind them), ``tied``, ``tied_twice`` (by two or more) and ``untied``
        figures, ``broken`` identities (those that break, all for cells known to be wrong), and
        ``untied_in``: the sheets of the untied figures with their numbers.  And one row a release
        and ``kind`` of identity: ``identities``.
    """
    reports, kinds = [], []
    for observations in sorted(releases, key=lambda rows: rows[0].release_id):
        ties = _ties(observations)
        reports.append(_report(observations, ties))
        release_id = observations[0].release_id
        kinds += [
            {"release_id": release_id, "kind": kind, "identities": number}
            for kind, number in of_kinds(ties)
        ]
    return pd.DataFrame(reports), pd.DataFrame(kinds)


def _ties(observations: Sequence[Observation] | Sequence[SurveyObservation]) -> list[Tie]:
    surveyed = [row for row in observations if isinstance(row, SurveyObservation)]
    recorded = [row for row in observations if isinstance(row, Observation)]
    return find_survey_ties(surveyed) if surveyed else find_ties(recorded)


def _report(
    observations: Sequence[Observation] | Sequence[SurveyObservation], ties: Sequence[Tie]
) -> dict[str, object]:
    number = tally(ties)
    times = {
        (row.sheet, row.cell): number[row.sheet, row.cell]
        for row in observations
        if row.value is not None and getattr(row, "statistic", "") != _FLAGS
    }
    sheets = Counter(sheet.strip() for (sheet, _), of in times.items() if not of)
    return {
        "release_id": observations[0].release_id,
        "figures": len(times),
        "identities": sum(number for _, number in of_kinds(ties)),
        "tied": sum(of > 0 for of in times.values()),
        "tied_twice": sum(of > 1 for of in times.values()),
        "untied": sum(sheets.values()),
        "broken": sum(tie.strict for tie in broken(ties)),
        "untied_in": "; ".join(f"{sheet}: {of}" for sheet, of in sorted(sheets.items())),
    }
