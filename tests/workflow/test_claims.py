"""Statements judged by Snakemake: the good ones kept, the bad ones named, the run failed."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from crimeshare.publish.elements.figures import shown, stray_numbers
from crimeshare.publish.subjects.claims import cards, open_audit
from crimeshare.reference import reported_groups
from tests.workflow.runs import sentences, snakemake

BAD = """
- id: nowhere
  source: somebody
  statement: words
  quantity: total
  area: Gwnt
  period: year ending March 2019
  value: 58,536

- id: unranked
  source: somebody
  statement: the third most prevalent
  quantity: rank
  area: Gwent
  offence: Stalking and harassment
  period: year ending March 2019
  value: third
  classification: subgroups

- id: unmeasured
  source: somebody
  statement: one in seven
  quantity: proportion
  measure: stalking_since_61
  period: year ending March 2024
  value: one in seven

- source: somebody
  statement: an entry without a name
  quantity: total

- id: argus-gwent-share
  source: somebody else
  statement: 15.8 percent of all recorded crimes
  quantity: share
  area: Gwent
  offence: Stalking and harassment
  period: year ending March 2024
  value: 15.8 percent

- words alone
"""


@pytest.mark.slow
def test_a_refused_entry_is_told_when_all_else_is_built(project: Path) -> None:
    graph = snakemake(project, "--rulegraph", "--forceall").stdout
    names = dict(re.findall(r'^\s*(\d+)\[label = "(\w+)"', graph, re.MULTILINE))
    arrows = re.findall(r"^\s*(\d+) -> (\d+)", graph, re.MULTILINE)
    before: set[str] = set()
    found = {number for number, name in names.items() if name == "check_claims_last"}
    while found:
        before |= {names[number] for number in found}
        found = {start for start, end in arrows if end in found}
    assert set(names.values()) - before == {"all"}
    about_one = {f"{step}_stalking_harassment" for step in ("render_pdf", "render_site")}
    assert about_one | {"render_data_pack", "render_ledger"} < before


@pytest.mark.slow
def test_an_entry_that_does_not_hold_fails_the_run_and_costs_no_other_verdict(
    built_project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = built_project
    claims = project / "config" / "claims.yaml"
    good = claims.read_text(encoding="utf-8")
    claims.write_text(good + BAD, encoding="utf-8")
    run = snakemake(project, "check_claims")
    assert run.returncode == 1
    said = [line for line in sentences(run) if line.startswith("config/claims.yaml, ")]
    for expected in (
        "claim `nowhere`: `area` is `Gwnt`, which is no area; did you mean `Gwent`?",
        "claim `unranked`: `classification` is `subgroups`; did you mean `sub-groups`?",
        "claim `unmeasured`: `measure` is `stalking_since_61`, which is no measure of the survey; "
        "did you mean `stalking_since_16`?",
        "a total needs the key `id`: a name of its own",
        "the id `argus-gwent-share` is taken by an entry above",
        "expected keys with their values",
    ):
        assert sum(expected in sentence for sentence in said) == 1, expected
    assert "Traceback" not in run.stderr

    judged = pd.read_parquet(project / "results/estimates/claims.parquet")
    assert len(judged) == good.count("\n- id: ")
    verdicts = judged.set_index("claim_id")["verdict"]
    assert verdicts["argus-gwent-share"] == "truncated, not rounded"
    assert verdicts["argus-one-in-seven"] == "within the interval"
    assert verdicts["argus-women"] == "consistent with figures quoted second-hand"

    # The page holds what was judged; every number of a reason is a figure with its source.
    monkeypatch.chdir(project)
    page = cards(open_audit(reported_groups()))
    assert stray_numbers(page) == []
    assert "share 15 percent: Stalking and harassment, Gwent" in page
    assert 'data-source="somebody' not in page
    evidence = pd.read_parquet(project / "results/estimates/claim_evidence.parquet")
    mentions = evidence.drop_duplicates(["claim_id", "mention"])
    # What was said last stands first.
    listed = re.findall(r'<div class="claim \w+" id="([^"]+)"', page)
    assert sorted(listed) == sorted(judged["claim_id"])
    mentions = mentions.assign(place=mentions["claim_id"].map(listed.index))
    mentions = mentions.sort_values(["place", "mention"], kind="stable")
    assert [figure["data-id"] for figure in shown(page)] == [
        f"claim.{claim_id}.{mention}"
        for claim_id, mention in zip(mentions["claim_id"], mentions["mention"], strict=True)
    ]

    claims.write_text(good, encoding="utf-8")
    assert snakemake(project, "check_claims").returncode == 0
    again = pd.read_parquet(project / "results/estimates/claims.parquet")
    pd.testing.assert_frame_equal(again, judged)
