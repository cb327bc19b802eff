"""What claims.yaml may say, and what is said about an entry that says something else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from crimeshare.audit.claim_keys import Vocabulary, quantities
from crimeshare.audit.claims_file import read_claims
from crimeshare.audit.evidence import open_evidence
from crimeshare.audit.judging import Auditor, vocabulary
from crimeshare.audit.statements import AnyClaim
from crimeshare.audit.verdicts import NOT_CHECKABLE
from crimeshare.audit.words import hedges
from crimeshare.problems import Problem
from tests.conftest import ROOT

GOOD = """
- id: good
  source: somebody
  statement: 58,536 crimes
  quantity: total
  area: Gwent
  period: year ending March 2019
  value: 58,536
"""


@pytest.fixture(scope="module")
def words() -> Vocabulary:
    return vocabulary(open_evidence(ROOT))


def entry(**keys: str | None) -> str:
    """One entry on stalking in Gwent with some keys changed, or left out where None."""
    whole = {
        "id": "bad",
        "source": "somebody",
        "statement": "words",
        "quantity": "count",
        "area": "Gwent",
        "offence": "Stalking and harassment",
        "period": "year ending March 2019",
        "value": "6,798",
    } | keys
    lines = [f"{key}: {value}" for key, value in whole.items() if value is not None]
    return "- " + "\n  ".join(lines) + "\n"


@pytest.fixture
def read(tmp_path: Path, words: Vocabulary) -> object:
    def read(text: str) -> tuple[list[AnyClaim], list[str]]:
        path = tmp_path / "claims.yaml"
        path.write_text(text, encoding="utf-8")
        claims, problems = read_claims(path, words)
        return claims, [problem.removeprefix(f"{path}, ") for problem in problems]

    return read


def test_every_claim_of_the_project_holds(words: Vocabulary) -> None:
    claims, problems = read_claims(ROOT / "config" / "claims.yaml", words)
    assert problems == []
    assert len(claims) > 12


def test_every_example_of_the_explanation_holds_and_every_quantity_has_one(
    read, words: Vocabulary
) -> None:
    text = (ROOT / "config" / "README.md").read_text(encoding="utf-8")
    examples = "\n".join(re.findall(r"```yaml\n(.*?)```", text, re.DOTALL))
    # The share refers to two counts that stand for any.
    counts = entry(id="gwent-stalking") + entry(id="gwent-total")
    claims, problems = read(examples + counts)
    assert problems == []
    # Each is judged, and by figures that are here.
    auditor = Auditor(open_evidence(ROOT), claims)
    verdicts = {claim.id: auditor.judge(claim).verdict for claim in claims}
    assert NOT_CHECKABLE not in verdicts.values()
    explained = {claim.quantity for claim in claims} | set(re.findall(r"quantity: (\w+)", text))
    assert explained == set(quantities())


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ({"area": "Gwnt"}, r"`area` is `Gwnt`, which is no area; did you mean `Gwent`\?"),
        ({"area": "West Midlands"}, "may be West Midlands force or West Midlands region; say"),
        ({"offence": "Stalking"}, "`offence` is `Stalking`, which is no offence group"),
        (
            {"offence": "stalking_harasment"},
            "no offence group; did you mean `stalking_harassment`",
        ),
        ({"period": "year ending Marhc 2019"}, "no month `Marhc`; did you mean `March`"),
        ({"period": "long ago"}, "`period` is `long ago`; expected a year such as year ending Mar"),
        (
            {"period": "year ending May 2019"},
            "of which no release is known; the nearest known are the year ending March 2019 and "
            "the year ending June 2019. If there is one, add it to config/releases.csv",
        ),
        ({"address": "example.org"}, "`address` is no address; expected one such as https://www"),
        ({"address": 'https://a.org/"onload'}, "`address` is no address"),
        ({"value": "many"}, "`value` is `many`; expected a number such as"),
        ({"value": None}, "a count needs the key `value`: a number such as"),
        ({"quantity": None}, "the key `quantity` is missing; expected one of count, total"),
        ({"quantity": "shares"}, r"`quantity` is `shares`; did you mean `share`\? expected one"),
        (
            {"quantity": "rank", "value": "third", "classification": "subgroups"},
            r"`classification` is `subgroups`; did you mean `sub-groups`\? expected what is",
        ),
        ({"ofence": "x"}, r"a count has no key `ofence`; did you mean `offence`\? its keys are"),
        ({"id": "Not good"}, "`id` is `Not good`; expected a name of its own in lower case"),
        (
            {"quantity": "share", "value": "15%", "own_counts": "[goood, good]"},
            r"`own_counts` names `goood`, which is no claim of a count that holds; did you mean "
            r"`good`\?$",
        ),
        ({"than": "Gwent"}, "`than` is the same area as `area`; expected another one"),
        ({"than": "Gwnt"}, r"`than` is `Gwnt`, which is no area; did you mean `Gwent`\?"),
        (
            {"since": "year ending March 2019"},
            "`since` is no year before the year ending March 2019; expected an earlier one",
        ),
        ({"than": "Kent", "value": "9,013 apples"}, "`value` is `9,013 apples`; expected a change"),
        ({"area": "Newprt"}, r"did you mean `Newport`\?"),
        ({"value": "more than many"}, r"`value` is `more than many`; expected a number such as"),
    ],
)
def test_an_entry_that_does_not_hold_is_named_in_one_sentence_and_the_others_are_kept(
    read, keys: dict[str, str], sentence: str
) -> None:
    claims, problems = read(entry(**keys) + GOOD)
    assert [claim.id for claim in claims] == ["good"]
    assert len(problems) == 1
    assert re.search(sentence, problems[0])
    name = keys.get("id", "bad")
    assert problems[0].startswith(f"claim `{name}`: ")
    assert "\n" not in problems[0]


HOSTILE = [
    *('"<script>alert(1)</script>"', '"<b>bold</b>"', "'=cmd|A1'", "'@SUM(A1)'", "'-A1+1'"),
    *("'+HYPERLINK(1)'", "[a, list]", "{a: group}", '""', '"   "', '"\u202egnirts"'),
    *('"\x00"', '"\x07"', f"'{'9' * 5000}'", f"'{'x' * 5000}'"),
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:16])
@pytest.mark.parametrize(
    "key", ["id", "source", "statement", "quantity", "area", "offence", "period", "value", "than"]
)
def test_hostile_text_in_any_field_gets_one_sentence_that_names_the_entry(
    read, key: str, text: str
) -> None:
    if key in ("statement", "source") and text.startswith("'9"):
        text = f"'{'9' * 5001}'"
    claims, problems = read(GOOD + entry(**{key: text}))
    assert [claim.id for claim in claims] == ["good"]
    assert len(problems) == 1, problems
    assert re.match(r"(?:claim `[^`]*`|entry 2): ", problems[0])
    assert f"`{key}`" in problems[0] or key == "quantity"
    assert problems[0].isprintable()
    assert len(problems[0]) < 400


SURVEYED = {
    "quantity": "comparison",
    "area": None,
    "offence": None,
    "value": None,
    "measure": "stalking",
    "group": "women",
    "than": "men",
}
KINDS = {
    "record": ({"quantity": "record"}, "value"),
    "record since": ({"quantity": "record", "value": "highest"}, "since"),
    "code": ({"quantity": "record", "value": "record high"}, "offence"),
    "times": (SURVEYED, "difference"),
}


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:16])
@pytest.mark.parametrize("kind", KINDS)
def test_hostile_text_in_records_codes_and_sizes_gets_one_sentence_too(
    read, kind: str, text: str
) -> None:
    keys, key = KINDS[kind]
    claims, problems = read(GOOD + entry(**{**keys, key: text}))
    assert [claim.id for claim in claims] == ["good"]
    assert len(problems) == 1, problems
    assert problems[0].startswith(f"claim `bad`: `{key}` ")
    assert problems[0].isprintable()
    assert len(problems[0]) < 400


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("8Q", "8Q"),
        ("code 8r", "8R"),
        ("Malicious communications", "8R"),
        ("stalking (offence code 8Q)", "8Q"),
        ("Shoplifting", "shoplifting"),
    ],
)
def test_an_offence_is_a_group_or_a_code(read, text: str, found: str) -> None:
    (claim,), problems = read(entry(offence=text))
    assert problems == []
    assert claim.offence.offence_id == found


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ({"offence": "Harassment"}, "it may be code 8L or the group Stalking and harassment: say"),
        (
            {"quantity": "record", "value": "highest", "than": "Kent"},
            "`than` cannot stand in a rec",
        ),
        ({"quantity": "record", "value": "record breaking"}, "expected a record such as record hi"),
        (
            {"quantity": "record", "value": "record share", "offence": "total"},
            "`value` is a share, and `offence` is all recorded crime; expected a group",
        ),
        (
            SURVEYED | {"difference": "twice as nice"},
            "`difference` is `twice as nice`; expected a change such as",
        ),
    ],
)
def test_what_codes_records_and_sizes_cannot_be_is_told(
    read, keys: dict[str, str], sentence: str
) -> None:
    claims, problems = read(entry(**keys) + GOOD)
    assert [claim.id for claim in claims] == ["good"]
    assert len(problems) == 1, problems
    assert sentence in problems[0]


def test_bytes_that_are_no_utf_8_are_told_of_their_entry_and_cost_no_other(
    tmp_path: Path, words: Vocabulary
) -> None:
    path = tmp_path / "claims.yaml"
    path.write_bytes(
        GOOD.encode() + entry(source="some\udcffbody").encode("utf-8", "surrogateescape")
    )
    claims, problems = read_claims(path, words)
    assert [claim.id for claim in claims] == ["good"]
    assert problems == [
        f"{path}, claim `bad`: `source` holds bytes that are no UTF-8 text; save the file as UTF-8."
    ]


def test_a_key_that_stands_there_twice_is_refused(read) -> None:
    claims, problems = read(GOOD + entry() + "  value: 9,999\n")
    assert [claim.id for claim in claims] == ["good"]
    assert problems == ["claim `bad`: the key `value` stands there twice."]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Newport", "Newport"),
        ("newport partnership", "Newport"),
        ("Gwent Police", "Gwent"),
        ("the North West", "North West"),
        ("City of London", "City of London"),
        ("W15000002", "Gwent"),
        ("West Midlands force", "West Midlands"),
    ],
)
def test_an_area_is_found_by_what_people_call_it(read, text: str, found: str) -> None:
    (claim,), problems = read(entry(area=text))
    assert problems == []
    assert claim.area.area_name == found
    assert claim.area.area_type == ("partnership" if "ewport" in text else claim.area.area_type)


def test_all_faults_of_all_entries_are_told_at_once(read) -> None:
    text = entry(area="Gwnt", value="many", period="long ago") + entry(id="bad-2", offence=None)
    claims, problems = read(text + "- just words\n" + GOOD)
    assert [claim.id for claim in claims] == ["good"]
    told = [problem.split(" ")[1].strip("`:") for problem in problems]
    assert told == ["bad", "bad", "bad", "bad-2", "3"]


def test_a_group_of_a_comparison_is_checked_too(read) -> None:
    text = """
- id: women
  source: somebody
  statement: women more than men
  quantity: comparison
  measure: stalking
  period: year ending March 2024
  group: {sex: woman}
  than: {sexes: men}
  difference: more
"""
    _, problems = read(text)
    assert "`sex` of `group` is `woman`; did you mean `women`?" in problems[0]
    assert "has no key `sexes` of `than`; did you mean `sex`?" in problems[1]


def test_a_group_is_not_compared_with_itself(read) -> None:
    text = """
- id: same
  source: somebody
  statement: women more than women
  quantity: comparison
  measure: stalking
  period: year ending March 2024
  group: {sex: women, age: 16+}
  than: {sex: women}
  difference: more
"""
    claims, problems = read(text + GOOD)
    assert [claim.id for claim in claims] == ["good"]
    assert problems == [
        "claim `same`: `than` is the same group as `group`; expected another sex or age."
    ]


def test_a_second_entry_of_the_same_id_is_refused(read) -> None:
    claims, problems = read(GOOD + GOOD)
    assert len(claims) == 1
    assert problems == ["claim `good`: the id `good` is taken by an entry above; choose another."]


@pytest.mark.parametrize("text", ["- id: [", "claims: none", "", "just words"])
def test_a_file_without_a_list_of_entries_is_refused(read, text: str) -> None:
    with pytest.raises(Problem, match=r"is not YAML|holds no list"):
        read(text)


def test_numbers_are_read_as_they_are_written(read) -> None:
    claims, _ = read(entry(id="a", value="6_798") + entry(id="b", value="0o17") + GOOD)
    assert [claim.id for claim in claims] == ["good"]
    (rate,), _ = read(entry(quantity="rate", value="16.70"))
    assert rate.value.match(16.704) == "rounded"
    assert rate.value.match(16.72) is None


def test_a_bound_is_no_number_to_reckon_with(read) -> None:
    share = {"quantity": "share", "value": "15%", "own_counts": "[part, good]"}
    claims, problems = read(entry(**share) + entry(id="part", value="nearly 9,000") + GOOD)
    assert [claim.id for claim in claims] == ["part", "good"]
    assert problems == [
        "claim `bad`: `own_counts` names `part`, whose value is no plain number; "
        "expected a claim of a number such as 9,013, to reckon with."
    ]


@pytest.mark.parametrize("word", sorted(hedges())[1:])
def test_every_word_that_may_stand_before_a_number_is_read(read, word: str) -> None:
    claims, problems = read(entry(value=f"{word} 9,000"))
    assert (len(claims), problems) == (1, [])
