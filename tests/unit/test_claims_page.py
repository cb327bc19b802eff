"""The page of the audit: what it opens with, how verdicts look, what machines find in it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest
import yaml

from crimeshare.publish.elements.figures import shown, stray_numbers
from crimeshare.publish.subjects.claims import KINDS, cards, newest, open_audit, opening, told
from crimeshare.reference import reported_groups
from tests.audited import write_audit


def statement(
    claim_id: str,
    verdict: str,
    source: str = "A paper, 2024",
    address: str | None = None,
    subject: str = "total",
) -> dict[str, str | None]:
    words = {"statement": "5 <b> & more", "asserted": "count 5: all", "reason": "Because."}
    place = {"source": source, "address": address, "subject": subject}
    return {"claim_id": claim_id, "verdict": verdict} | words | place


def audit_of(statements: list[dict[str, str | None]]) -> pd.DataFrame:
    columns = [
        "claim_id",
        "verdict",
        "statement",
        "asserted",
        "reason",
        "source",
        "address",
        "subject",
    ]
    return told(pd.DataFrame(statements, columns=columns), pd.DataFrame({"claim_id": []}))


ALL = audit_of(
    [
        statement("a", "confirmed"),
        statement("b", "true only of pfa-2018-12"),
        statement("c", "contradicted", "B & C"),
        statement("d", "not checkable"),
        statement("e", "depends on definition"),
        statement("f", "not as published", "B & C"),
    ]
)


def test_a_report_without_statements_says_so() -> None:
    audit = audit_of([])
    assert opening(audit).startswith("No public statement")
    assert cards(audit) == ""


def test_the_page_opens_with_the_result() -> None:
    plain = re.sub("<[^>]+>", "", opening(ALL))
    assert plain.startswith(
        "Of 6 statements, 1 is confirmed, 1 is consistent with the figures, 2 are not confirmed "
        "and 2 are wrong."
    )
    numbers = [int(figure["text"]) for figure in shown(opening(ALL))]
    assert numbers[0] == sum(numbers[1:])


def test_verdicts_have_word_shape_and_class_and_releases_the_names_that_people_use() -> None:
    page = cards(ALL)
    for kind, shape in KINDS.items():
        assert f'class="verdict {kind}"><span aria-hidden="true">{shape}</span>' in page
    assert "True only of the police force area tables, year ending December 2018" in page
    assert "pfa-2018-12" not in page


def test_who_spoke_is_linked_where_an_address_is_known() -> None:
    address = "https://www.example.org/news/1?a=1&b=2"
    page = audit_of(
        [statement("a", "confirmed", address=address), statement("b", "confirmed", "B")]
    )
    written = "https://www.example.org/news/1?a=1&amp;b=2"
    for words in (cards(page), newest(page, "robbery")):
        assert f'<a href="{written}"><samp>A paper, 2024</samp></a>' in words
        assert "<samp>B</samp></a>" not in words
    reviews = re.search(r'<script type="application/ld\+json">(.*?)</script>', cards(page), re.S)
    assert reviews is not None
    said = {
        each["url"]: each["itemReviewed"].get("appearance")
        for each in json.loads(reviews[1])["@graph"]
    }
    assert said["claims.html#a"] == {"@type": "CreativeWork", "url": address}
    assert said["claims.html#b"] is None


def test_the_front_page_says_whether_a_statement_is_about_its_group() -> None:
    of_all = [statement(name, "confirmed", f"Paper {name}, 2025") for name in "abc"]
    assert "No statement that we checked is about robbery" in newest(audit_of(of_all), "robbery")
    own = statement("d", "confirmed", "Paper d, 2020", subject="robbery")
    told_first = newest(audit_of([*of_all, own]), "robbery")
    assert "No statement" not in told_first
    assert told_first.index("Paper d") < told_first.index("Paper a")


def test_what_was_said_last_stands_first() -> None:
    sources = [
        "The Argus, 2024, news item 24647609",
        "Somebody",
        "ONS, 26 September 2024",
        "A paper, October 2024",
        "ONS, 3 October 2024",
        "Of the year ending March 2019",
    ]
    page = cards(audit_of([statement(str(n), "confirmed", s) for n, s in enumerate(sources)]))
    order = re.findall(r"<article[^>]*><h3><samp>([^<]*)", page)
    assert order == [sources[n] for n in (4, 3, 2, 0, 5, 1)]
    listed = re.findall(r'<option value="([^"]*)">[^<]*</option>', page.partition('name="by"')[2])
    assert listed[1:] == order


def test_the_parts_of_one_source_stand_together_each_with_a_permanent_link() -> None:
    page = cards(ALL)
    articles = re.findall(r"<article.*?</article>", page, re.DOTALL)
    ids = [re.findall(r'<div class="claim \w+" id="(\w)"', article) for article in articles]
    assert ids == [["a", "b", "d", "e"], ["c", "f"]]
    for claim_id in "abcdef":
        assert f'<a href="#{claim_id}">Permanent link</a>' in page
    assert "5 &lt;b&gt; &amp; more" in page
    assert "<b>" not in page
    assert page.count('<option value="B &amp; C">') == 1


def test_machines_find_the_verdicts_as_claim_reviews() -> None:
    data = re.findall(r'<script type="application/ld\+json">(.*?)</script>', cards(ALL), re.DOTALL)
    (text,) = data
    assert "<" not in text
    reviews = json.loads(text)["@graph"]
    assert [review["url"] for review in reviews] == [f"claims.html#{c}" for c in "abcdef"]
    by_id = {review["url"][-1]: review for review in reviews}
    assert by_id["a"]["claimReviewed"] == "5 <b> & more"
    assert by_id["c"]["itemReviewed"]["author"]["name"] == "B & C"
    ratings = {name: review["reviewRating"].get("ratingValue") for name, review in by_id.items()}
    assert ratings == {"a": 5, "b": 4, "c": 1, "d": None, "e": 3, "f": 2}
    assert by_id["d"]["reviewRating"]["alternateName"] == "not checkable"


def test_every_number_of_every_kind_of_statement_is_a_figure(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The examples of the explanation, and kinds of verdict that they do not reach."""
    text = (root / "config" / "README.md").read_text(encoding="utf-8")
    entries = [
        entry
        for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
        for entry in yaml.load(block, Loader=yaml.BaseLoader)
    ]
    gwent = {"area": "Gwent", "offence": "Stalking and harassment", "source": "x"}
    for number, keys in enumerate(
        [
            {"quantity": "rate", "period": "year ending September 2024", "value": "14.7"},
            {"quantity": "rate", "period": "year ending September 2024", "value": "24.7"},
            {"quantity": "record", "period": "year ending December 2025", "value": "record high"},
            {"quantity": "record", "period": "year ending March 2022", "value": "record share"},
            {"quantity": "count", "period": "2016/17", "value": "2,000", "offence": "8R"},
            {"quantity": "change", "period": "year ending December 2025", "value": "up 10%"},
        ]
    ):
        entries.append(gwent | keys | {"id": f"more-{number}", "statement": "words"})
    for entry in entries:
        entry.pop("own_counts", None)
    path = tmp_path / "claims.yaml"
    path.write_text(yaml.safe_dump(entries), encoding="utf-8")
    write_audit(tmp_path, root, path)
    monkeypatch.chdir(tmp_path)
    audits = [open_audit([group]) for group in reported_groups()]
    judged = {name for audit in audits for name in audit["claim_id"]}
    assert len(judged) == len(entries)
    assert [stray for audit in audits for stray in stray_numbers(cards(audit))] == []


def test_a_report_shows_the_statements_about_its_group(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = {"area": "Gwent", "period": "year ending March 2024", "statement": "words"}
    said = [
        ("total-a", "A", {"quantity": "total", "value": "57,093"}),
        ("stalking-a", "A", {"quantity": "count", "value": "9,013", "offence": "8Q"}),
        ("robbery-b", "B", {"quantity": "count", "value": "400", "offence": "Robbery"}),
        ("total-c", "C", {"quantity": "total", "value": "57,093"}),
    ]
    path = tmp_path / "claims.yaml"
    path.write_text(
        yaml.safe_dump([entry | keys | {"id": name, "source": by} for name, by, keys in said]),
        encoding="utf-8",
    )
    write_audit(tmp_path, root, path)
    monkeypatch.chdir(tmp_path)
    shown_in = {
        group: list(open_audit([group])["claim_id"])
        for group in ("stalking_harassment", "robbery", "burglary")
    }
    assert shown_in == {
        "stalking_harassment": ["total-a", "stalking-a", "total-c"],
        "robbery": ["robbery-b", "total-c"],
        "burglary": ["total-c"],
    }


def test_every_number_of_the_projects_own_statements_is_a_figure(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_audit(tmp_path, root)
    monkeypatch.chdir(tmp_path)
    audit = open_audit(["stalking_harassment"])
    page = cards(audit)
    assert stray_numbers(page) == []
    assert audit["claim_id"].nunique() == page.count('class="claim ')
    assert all(figure["data-id"].startswith("claim.") for figure in shown(page))
