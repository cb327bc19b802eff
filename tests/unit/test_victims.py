"""Where recorded crime and the survey meet, and trends of every series."""

import numpy as np
import pandas as pd
import pytest

from crimeshare.measures.prevalence import latest_vintages
from crimeshare.measures.survey_trends import breaks_of, compute_survey_trends
from crimeshare.measures.victims import compute_offences_per_victims, surveyed_populations


def series(years: list[str], estimates: list[float], **more: object) -> pd.DataFrame:
    ends = pd.to_datetime(years)
    return pd.DataFrame(
        {
            "release_id": "bulletin-2025-03",
            "measure_id": "stalking",
            "sex": "all",
            "age": "16+",
            "characteristic": "all",
            "period_end": ends,
            "estimate": estimates,
            "standard_error": 0.002,
            "lower": np.array(estimates) - 0.004,
            "upper": np.array(estimates) + 0.004,
            "n_unweighted": np.nan,
            "n_assumed": 12_000.0,
            "printed": True,
            "design_factor": 1.4,
            "design_factor_lower": 1.3,
            "design_factor_upper": 1.6,
            "basis": "assumed_base",
            "formula": "[bulletin-2025-03]stalking",
            "cells": "[bulletin-2025-03]'A bulletin'!stalking",
            **more,
        }
    )


def codes(counts: dict[str, float], release_id: str = "appendix-2025-12") -> pd.DataFrame:
    return pd.DataFrame(
        [
            (
                release_id,
                "offence_codes",
                "8Q",
                pd.Timestamp(end),
                count,
                "hash",
                "Table_A5a",
                "Y62",
            )
            for end, count in counts.items()
        ],
        columns=[
            *("release_id", "table", "code", "period_end", "count"),
            *("workbook_sha256", "sheet", "cell"),
        ],
    )


PEOPLE = pd.DataFrame(
    {
        "period_end": pd.to_datetime(["2023-03-31", "2024-12-31"]),
        "population": [40e6, 50e6],
        "workbook_sha256": "hash",
        "cells": ["a", "b"],
    }
)


class TestVictims:
    def test_the_ratio_is_of_the_same_year_and_the_nearest_population(self) -> None:
        found = compute_offences_per_victims(
            series(["2024-09-30", "2025-03-31"], [0.028, 0.03]),
            codes({"2025-03-31": 150_000.0, "2024-03-31": 1.0}),
            PEOPLE,
        )
        (row,) = found.to_dict("records")
        assert row["period_end"] == pd.Timestamp("2025-03-31")
        assert row["population_period_end"] == pd.Timestamp("2024-12-31")
        assert row["ratio"] == pytest.approx(100 * 150_000 / (0.03 * 50e6))
        assert row["lower"] < row["ratio"] < row["upper"]

    def test_a_published_base_is_not_drawn(self) -> None:
        assumed = series(["2025-03-31"], [0.03])
        published = series(["2025-03-31"], [0.03], n_unweighted=15_000.0, basis="design_factor")
        widths = []
        for prevalence in (assumed, published):
            (row,) = compute_offences_per_victims(
                prevalence, codes({"2025-03-31": 150_000.0}), PEOPLE
            ).to_dict("records")
            widths.append(row["upper"] - row["lower"])
        assert widths[1] != widths[0]

    def test_the_latest_release_of_a_recorded_year_counts(self) -> None:
        both = pd.concat(
            [codes({"2025-03-31": 150_000.0}), codes({"2025-03-31": 1.0}, "appendix-2025-06")]
        )
        found = compute_offences_per_victims(series(["2025-03-31"], [0.03]), both, PEOPLE)
        assert found["offences"].tolist() == [150_000.0]

    def test_years_of_one_source_alone_have_no_ratio(self) -> None:
        found = compute_offences_per_victims(
            series(["2025-03-31"], [0.03]), codes({"2024-03-31": 1.0}), PEOPLE
        )
        assert found.empty

    def test_people_are_victims_over_their_proportion(self) -> None:
        row = {
            "release_id": "appendix-2025-12",
            "measure_id": "headline_including_fraud",
            "period_end": pd.Timestamp("2025-12-31"),
            "previous_period_end": pd.Timestamp("2024-12-31"),
            "workbook_sha256": "hash",
            "value_sheet": "Table_A",
            "value_cell": "C2",
            "previous_value_cell": "B2",
        }
        comparisons = pd.DataFrame(
            [
                row | {"statistic": "victims", "value": 8500.0, "previous_value": 8000.0},
                row | {"statistic": "prevalence", "value": 0.17, "previous_value": 0.16},
                row
                | {"statistic": "victims", "value": 1.0, "previous_value": 1.0}
                | {"release_id": "appendix-2022-09"},
            ]
        )
        found = surveyed_populations(comparisons)
        assert found["population"].tolist() == pytest.approx([50e6, 50e6])
        assert found["period_end"].dt.year.tolist() == [2024, 2025]
        sheet = "[appendix-2025-12]'Table_A'!"
        assert found["cells"].tolist() == [
            f"1000 * {sheet}{cell} / ({sheet}{cell} / 100)" for cell in ("B2", "C2")
        ]


class TestTrends:
    breaks = pd.DataFrame(
        {
            "first_day": pd.to_datetime(["2008-04-01", "2021-10-01"]),
            "applies_to": ["stalking", "*"],
        }
    )

    def test_breaks_are_those_of_the_measure(self) -> None:
        assert [day.year for day in breaks_of("stalking_by_family", self.breaks)] == [2008, 2021]
        assert [day.year for day in breaks_of("robbery", self.breaks)] == [2021]

    def test_each_stretch_has_its_own_trend(self) -> None:
        years = [f"{year}-03-31" for year in (2005, 2006, 2007, 2008, 2009, 2010, 2011, 2012)]
        found = compute_survey_trends(
            series(years, [0.08, 0.075, 0.07, 0.0653, 0.04, 0.042, 0.044, 0.0461]), self.breaks
        )
        assert found["years"].tolist() == [4, 4]
        assert (np.sign(found["odds_change"]) == [-1, 1]).all()
        assert (found["lower"] < found["odds_change"]).all()
        assert found["fitted_end"].tolist() == pytest.approx([0.0653, 0.0461], abs=0.001)

    def test_years_that_end_in_another_month_are_left_out(self) -> None:
        years = ["2009-03-31", "2010-03-31", "2010-09-30", "2011-03-31", "2012-03-31"]
        found = compute_survey_trends(series(years, [0.04, 0.041, 0.2, 0.042, 0.043]), self.breaks)
        assert found["years"].tolist() == [4]

    def test_three_years_have_no_trend(self) -> None:
        years = ["2022-03-31", "2023-03-31", "2024-03-31"]
        assert compute_survey_trends(series(years, [0.02, 0.03, 0.04]), self.breaks).empty

    def test_a_trend_among_many_needs_an_adjusted_p_value(self) -> None:
        years = [f"{year}-03-31" for year in range(2009, 2017)]
        clear = series(years, [0.04 * 1.1**step for step in range(8)])
        found = compute_survey_trends(clear, self.breaks).iloc[0]
        assert found["verdict"] == "rising"
        weak = series(years, [0.04 + 0.001 * step for step in range(8)])
        alone = compute_survey_trends(weak, self.breaks).iloc[0]
        assert alone["verdict"] == "rising"
        many = pd.concat([weak.assign(measure_id=f"m{number}") for number in range(7)])
        assert set(compute_survey_trends(many, self.breaks)["verdict"]) == {"no_clear_trend"}

    def test_a_year_published_twice_counts_once_as_last_published(self) -> None:
        rows = pd.concat(
            [
                series(["2024-03-31"], [0.031], release_id="stalking-2024-03"),
                series(["2024-03-31"], [0.032], release_id="bulletin-2025-03"),
            ]
        )
        assert latest_vintages(rows)["estimate"].tolist() == [0.032]
