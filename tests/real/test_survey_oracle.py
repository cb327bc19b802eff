"""The interval methods against every row R's survey package computed, where the file is."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crimeshare.measures.intervals import proportion_interval

ORACLE = Path(__file__).parents[3] / "shared" / "oracles" / "svyciprop.csv"

pytestmark = pytest.mark.skipif(
    not ORACLE.exists(), reason="needs svyciprop.csv, intervals computed by R's survey package"
)


@pytest.mark.parametrize(
    ("method", "r_name"), [("normal", "mean"), ("logit", "logit"), ("korn-graubard", "beta")]
)
def test_every_domain_matches_r_survey(method: str, r_name: str) -> None:
    rows = pd.read_csv(ORACLE)
    assert len(rows) > 0
    lower, upper = proportion_interval(
        rows["p"], se=rows["se"], n=rows["n"], df=rows["df"], method=method
    )
    np.testing.assert_allclose(lower, rows[f"{r_name}_lo"], rtol=1e-6)
    np.testing.assert_allclose(upper, rows[f"{r_name}_hi"], rtol=1e-6)
