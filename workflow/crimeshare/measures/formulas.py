"""How each column of a table is computed from the formula that its rows carry.

In a formula ``{0}`` and ``{1}`` are the two sides of the row's own, ``{formula}`` is all of it, and
``{name}`` is another column of the row: what ``name_formula`` says of it where there is such a
column, else what stands in it.  See :mod:`crimeshare.measures.provenance`.
"""

from __future__ import annotations

from typing import Any


def _of(*columns: str) -> dict[str, str]:
    """Columns that something is said of the row's own formula by: ``p value of ...``."""
    return {name: f"{name.replace('_', ' ')} of {{formula}}" for name in columns}


_LIMITS = {end: f"{end} limit of {{formula}}" for end in ("lower", "upper")}
_LIMITS_OF_THE = {end: f"{end} limit of the {{formula}}" for end in ("lower", "upper")}

_EVERY = "{offence_id}, every quarter and body"

_HELD = "part of the figures of left-out vintages that limits made without them held"

COUNTED = "number of {}"
"""What is counted on a page; see :func:`crimeshare.publish.elements.rows.counted`."""

OF_ROWS = {
    "": "{}",
    "sum": "sum of {}",
    "number": "number of {}",
    "different": "number of different {}",
    "mean": "mean {}",
    "min": "lowest {}",
    "max": "highest {}",
    "mean_ratio": "mean of {} / {} - 1",
    "max_ratio": "highest of {} / {} - 1",
    "missed": "larger mean distance from the level of {} and of {}",
}
"""What is made of a column of rows that have no formula, such as those of a simulation."""


def difference(one: Any, other: Any) -> Any:
    """One formula less another, as text or column by column; so are all of these."""
    return one + " - " + other


def ratio(one: Any, other: Any) -> Any:
    """One formula over another."""
    return one + " / " + other


def relative(one: Any, other: Any) -> Any:
    """What one formula makes more than another, as a part of that."""
    return difference(ratio(one, other), "1")


def recovered(count: Any, change_pct: Any) -> Any:
    """A count of the year before, of this year's and the change between them in per cent."""
    return ratio(count, "(1 + " + change_pct + " / 100)")


def of_per_cent(percentage: Any) -> Any:
    """A fraction of one, of what is printed in per cent."""
    return ratio(percentage, "100")


def place(one: Any, among: Any) -> Any:
    """The place of a formula among others."""
    return "place of " + one + " among " + among


FORMULAS = {
    "series": {
        "count": "{0}",
        "total": "{1}",
        "share": "{0} / {1}",
        "rank_main_groups": "place of {0} among main groups",
        "rank_subgroups": "place of {0} among sub-groups",
        "rank_published_columns": "place of {0} among published columns, where a group is ranked "
        "beside its own parts",
        "rank_forces": "place of ({formula}) among the forces",
        "rate_per_1000": "1000 * {0} / residents of mid-{population_year}",
        "previous": "{previous}",
        "change": "{0} - {previous}",
        "change_pct": "{0} / {previous} - 1",
        "contribution_pct": "({0} - {previous}) / {total_before}",
    },
    "changes": {
        "count": "{0}",
        "previous": "{previous}",
        "change": "{0} - {previous}",
        "change_pct": "{0} / {previous} - 1",
        "published_change_pct": "{published_cell} / 100",
    },
    "refuted_changes": {"recovered": "{formula}", "nearest": "{nearest}"},
    "revisions": {
        "value": "{0}",
        "previous_value": "{previous_value}",
        "change": "{0} - {previous_value}",
        "change_pct": "{0} / {previous_value} - 1",
        "rank_before": "place of {previous_value} by share among the forces of both releases",
        "rank_after": "place of {0} by share among the forces of both releases",
    },
    "aged_revisions": {
        "age": "years from {period_end} to the end of the year of {release_id}",
        "typical_size": "median size of {revisions} revisions",
    },
    "revision_sizes": {
        "revisions": "number of revisions since the figures were new",
        **{way: f"number of revisions that {way}" for way in ("rose", "fell")},
        "stayed": "number of revisions that changed nothing",
        "typical_size_pct": "{formula}",
        "lowest_pct": "lowest change_pct",
        "highest_pct": "highest change_pct",
    },
    "compared_changes": {"change": "{formula}", "change_before": "{change_before}"},
    "composition": {
        "count": "{0}",
        "previous": "{previous}",
        "share": "{0} / {1}",
        "share_points": "part of the share's change, {0}",
        "count_points": "part of the count's change, {0}",
    },
    "composition_without": {
        "change": "the change of the count without {component}",
        "rank": "place of ({formula}) without {component} among the forces",
    },
    "funnel": {
        "target": "random-effects mean of the shares of the forces, without the City of London",
        "drawn": "number of forces that the limits are drawn from",
        "by_chance": "0.05 * {drawn}, rounded",
        "outside": "number of them outside the inner control limits",
    },
    "publishers": {
        "equal": "number of forces without a difference",
        "forces": "number of forces",
        "typical": "median size of the differences",
    },
    "similar": {"forces": "number of similar forces"},
    "similar_forces": {"distance": "{formula}"},
    "rank_intervals": {
        "rank": "place of ({formula}) among the forces",
        "lower": "the lower end of the range of the rank of ({formula})",
        "upper": "the upper end of the range of the rank of ({formula})",
    },
    "level_shifts": {"shift_pct": "{formula}"},
    "revision_intervals": {
        "lower_pct": "lower prediction limit of the revisions, {formula}",
        "upper_pct": "upper prediction limit of the revisions, {formula}",
        "coverage": _HELD,
        "coverage_lower": f"lower limit of the {_HELD}",
        "coverage_upper": f"upper limit of the {_HELD}",
        "vintages_tried": "vintages left out",
    },
    "rule_parts": {
        "rise": f"newest year - base year, {_EVERY}",
        "offences": f"{{formula}}, {_EVERY}",
        "part_of_rise": f"new codes / rise, {_EVERY}",
        "most_of_rise": f"upper limit / rise, {_EVERY}",
        **dict.fromkeys(
            ("effect_pct", "effect_lower", "effect_upper"),
            f"change of level of all estimated steps together, {_EVERY}",
        ),
    },
    "rule_effects": {
        "effect_pct": "{formula}",
        **_LIMITS_OF_THE,
        "placebo_rank": "place by size of the {formula}",
        "placebos": "placebo dates beside {formula}",
    },
    "quarterly_series": {
        "count": "{formula}",
        "change_pct": "{formula} / {previous} - 1",
        "part_of_group": "{formula} / {group}",
    },
    "seasonally_adjusted": {"change_pct": "({formula}) / {previous} - 1"},
    "home_office_check": {
        "home_office_count": "{0}",
        "count": "{1}",
        "difference": "{formula}",
        "difference_pct": "({formula}) / {1}",
    },
    "prevalence": {
        "estimate": "{formula}",
        **_of("lower", "upper", "lower_widest", "upper_widest"),
        **_of("design_factor", "design_factor_lower", "design_factor_upper"),
        "n_unweighted": "base of {formula}",
        "n_assumed": "base of {formula}",
    },
    "survey_changes": {
        "difference": "{formula}",
        **_LIMITS,
        **_of("p_value", "p_adjusted", "smallest_detectable"),
    },
    "verdicts_on_changes": {"half_interval": "({first} - {last}) / 2 / {change}"},
    "survey_trends": {
        "odds_change": "{formula}",
        **_LIMITS_OF_THE,
        "years": "number of years of the {formula}",
        "p_adjusted": "adjusted p-value of the {formula}",
        "q_p_value": "p-value of the scatter about the line of the {formula}",
    },
    "offences_per_victims": {
        "ratio": "{formula}",
        **_LIMITS,
        "victims": "{estimate} * {population_cells}, in whole thousands",
        "victims_lower": "lower limit of {estimate} * {population_cells}, in whole thousands",
        "victims_upper": "upper limit of {estimate} * {population_cells}, in whole thousands",
    },
    "recorded_beside_survey": {"ratio": "{formula}", **_LIMITS},
    "published_design_factors": {
        "mean": "mean of {formula}",
        **_of("lowest", "highest"),
        "estimates": "number of measures",
    },
    "design_factors": {
        "factor": "{formula}",
        **_LIMITS_OF_THE,
        "measures": "number of measures",
        "comparisons": "number of comparisons",
    },
    "flag_agreement": {"factor": "design factor estimated on {estimated_on}"},
    "agreement": {
        "comparisons": "number of comparisons",
        "near_threshold": "number of comparisons near the threshold",
        "agreement": "{formula}",
        "agreement_near": "{formula}, near the threshold",
        "agreement_elsewhere": "{formula}, away from the threshold",
        "flagged": "significant by ONS / comparisons",
        "agreement_within": "{formula}, between two years of the latest design",
        "flagged_within": "significant by ONS / comparisons between two years of the latest design",
    },
    "flag_disagreements": {
        "factor": "design factor estimated on {estimated_on}",
        "own_factor_low": "the lowest factor at which the flags of the measure switch",
        "own_factor_high": "the highest factor at which the flags of the measure switch",
    },
    "assumed_bases": {"answered": "{formula}", "answered_half": "{formula} / 2"},
    "configuration": {"level": "level of config/config.yaml"},
    "survey_estimates": {"n_unweighted": "unweighted base of the column"},
}
"""Column to formula, by table, or by what a function of `measures` makes of its rows."""
