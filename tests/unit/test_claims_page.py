"""The page of the audit where there is nothing to judge."""

from __future__ import annotations

from crimeshare.publish.subjects.claims import Audit


def test_a_report_without_statements_says_so() -> None:
    audit = Audit([])
    assert audit.opening == "No public statement that could be judged is listed."
    assert (audit.verdicts(), audit.reasons()) == (None, "")
