"""The survey's tables on the shipped figures, for tests of the pages that read them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from crimeshare.measures.assumed_bases import Assumptions
from crimeshare.measures.beside_survey import compute_recorded_beside_survey
from crimeshare.measures.factors import factors_in_use, published_factors, restarts_of
from crimeshare.measures.prevalence import (
    compute_prevalence,
    compute_survey_changes,
)
from crimeshare.measures.published_changes import (
    compare,
    compute_flag_agreement,
    estimate_design_factors,
    retest_changes,
)
from crimeshare.measures.recorded import read_recording_changes
from crimeshare.measures.survey_trends import compute_survey_trends
from crimeshare.measures.victims import compute_offences_per_victims, surveyed_populations
from crimeshare.parquet import read_table, write_table
from crimeshare.reference import read_rows
from crimeshare.tables.combining import (
    combine_notices,
    combine_recorded_offence_codes,
    combine_survey_comparisons,
    combine_survey_estimates,
    gather_survey_estimates,
    read_transcribed_estimates,
    to_frame,
)
from crimeshare.tables.observations import (
    Notice,
    SurveyObservation,
    read_notices,
    read_observations,
)

ESTIMATES, CLEAN = Path("results/estimates"), Path("results/clean")
TABLES = {
    "prevalence": ESTIMATES / "prevalence.parquet",
    "changes": ESTIMATES / "survey_changes.parquet",
    "trends": ESTIMATES / "survey_trends.parquet",
    "ratios": ESTIMATES / "offences_per_victims.parquet",
    "beside": ESTIMATES / "recorded_beside_survey.parquet",
    "factors": ESTIMATES / "design_factors.parquet",
    "agreement": ESTIMATES / "flag_agreement.parquet",
    "disagreements": ESTIMATES / "flag_disagreements.parquet",
    "estimates": CLEAN / "survey_estimates.parquet",
    "comparisons": CLEAN / "survey_comparisons.parquet",
    "notices": CLEAN / "survey_notices.parquet",
    "codes": CLEAN / "recorded_offence_codes.parquet",
}


def write_survey(folder: Path, root: Path, *taken_in: pd.DataFrame) -> None:
    """Write every table that the pages about the survey read, where a build has it.

    Args:
        folder: the build.
        root: the project, with its shipped figures and its reference tables.
        taken_in: further tables of the survey, as they are taken in.
    """
    figures, reference = root / "resources" / "figures", root / "resources" / "reference"
    paths = sorted(figures.glob("appendix-*.parquet"))
    read = [read_observations(SurveyObservation, path) for path in paths]
    observations = to_frame([row for rows in read for row in rows])
    estimates = gather_survey_estimates(
        combine_survey_estimates(observations),
        [read_table(path) for path in figures.glob("personal-prevalence-*.parquet")]
        + list(taken_in),
        read_transcribed_estimates(reference / "stalking_prevalence.csv"),
    )
    comparisons = combine_survey_comparisons(observations)
    codes = combine_recorded_offence_codes(observations)
    compared = compare(comparisons)
    assumptions = Assumptions(
        pd.read_csv(reference / "assumed_bases.csv"),
        pd.read_csv(reference / "module_bases.csv"),
        estimates,
    )
    breaks = pd.read_csv(reference / "survey_breaks.csv", parse_dates=["first_day"])
    restarts = restarts_of(breaks)
    factors = estimate_design_factors(compared, restarts)
    used = factors_in_use(
        factors, published_factors(estimates, restarts), estimates["release_id"], restarts
    )
    agreement, disagreements = compute_flag_agreement(compared, factors, restarts)
    prevalence = compute_prevalence(estimates, used, assumptions, restarts)
    changes = compute_survey_changes(
        retest_changes(compared, used, restarts), prevalence, estimates, breaks
    )
    people = surveyed_populations(comparisons)
    ratios = compute_offences_per_victims(prevalence, codes, people)
    pairs = read_rows(reference / "survey_pairs.csv")
    beside = compute_recorded_beside_survey(
        ratios,
        prevalence,
        comparisons,
        people,
        codes,
        {row["measure_id"]: row["codes"].split() for row in pairs},
        breaks,
        read_recording_changes(reference / "recording_changes.csv"),
    )
    tables = {
        "prevalence": prevalence,
        "changes": changes,
        "trends": compute_survey_trends(prevalence, breaks),
        "ratios": ratios,
        "beside": beside,
        "factors": factors,
        "agreement": agreement,
        "disagreements": disagreements,
        "estimates": estimates,
        "comparisons": comparisons,
        "notices": combine_notices(
            [notice for path in paths for notice in read_notices(path, Notice)]
        ),
        "codes": codes,
    }
    for name, path in TABLES.items():
        write_table(tables[name], folder / path)
