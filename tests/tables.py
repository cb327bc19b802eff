"""Where a build has its tables."""

from pathlib import Path

CLEAN, ESTIMATES = Path("results/clean"), Path("results/estimates")

RECORDED = CLEAN / "recorded_crime.parquet"
CODES = CLEAN / "recorded_offence_codes.parquet"
QUARTERS = CLEAN / "recorded_quarters.parquet"

SHARES = ESTIMATES / "shares.parquet"
CHANGES = ESTIMATES / "changes.parquet"
SERIES = ESTIMATES / "series.parquet"
CONTROL_LIMITS = ESTIMATES / "control_limits.parquet"
SIMILAR_FORCES = ESTIMATES / "similar_forces.parquet"
QUARTERLY_SERIES = ESTIMATES / "quarterly_series.parquet"
ADJUSTED = ESTIMATES / "seasonally_adjusted.parquet"
CHECK = ESTIMATES / "home_office_check.parquet"
COMPOSITION = ESTIMATES / "composition.parquet"
TABLES = (RECORDED, CODES, SHARES, CHANGES, SERIES, CONTROL_LIMITS, SIMILAR_FORCES)
"""What pages of every offence group read."""

AREA_NOTES = Path("results/clean/area_notes.parquet")
CODE_YEARS = ESTIMATES / "code_years.parquet"
RANK_INTERVALS = ESTIMATES / "rank_intervals.parquet"
RANK_RECORD = ESTIMATES / "rank_record.parquet"
LEVEL_SHIFTS = ESTIMATES / "level_shifts.parquet"
FORECASTS = ESTIMATES / "forecasts.parquet"
SMALL_AREAS = ESTIMATES / "small_areas.parquet"
EFFECTS = ESTIMATES / "rule_effects.parquet"
PARTS = ESTIMATES / "rule_parts.parquet"
REVISIONS = ESTIMATES / "revisions.parquet"
WHOLE = ESTIMATES / "whole_revisions.parquet"
SIZES = ESTIMATES / "revision_sizes.parquet"
COMPARED = ESTIMATES / "compared_changes.parquet"
REFUTED = ESTIMATES / "refuted_changes.parquet"
LIMITS = ESTIMATES / "revision_intervals.parquet"
TEST = ESTIMATES / "revision_test.parquet"
