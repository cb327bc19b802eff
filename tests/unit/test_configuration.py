"""The configuration is checked as a whole and explained key by key."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator, ValidationError

from crimeshare.configuration import (
    Configuration,
    check_readable,
    override,
    read_configuration,
    schema,
)
from crimeshare.problems import Problem, Problems
from crimeshare.reference import reported_groups


@pytest.fixture
def values(root: Path) -> dict[str, Any]:
    values = yaml.safe_load((root / "config" / "config.yaml").read_text(encoding="utf-8"))
    assert isinstance(values, dict)
    return values


def test_the_shipped_file_holds(values: dict[str, Any]) -> None:
    configuration = read_configuration(values)
    assert configuration.source == "embedded"
    assert configuration.releases == "all"
    assert configuration.level == 0.95
    assert configuration.release is None


def test_every_key_is_explained(root: Path) -> None:
    text = (root / "config" / "README.md").read_text(encoding="utf-8")
    for key in Configuration.model_fields:
        assert f"`{key}`" in text, f"config/README.md does not explain `{key}`"


def test_every_required_key_has_its_value_in_the_file(values: dict[str, Any]) -> None:
    required = {name for name, key in Configuration.model_fields.items() if key.is_required()}
    assert set(values) == required | {"offence_group"}


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("source", "embeded", "did you mean `embedded`?"),
        ("source", "", "a folder that exists"),
        ("source", "/no/such/folder", "a folder that exists"),
        ("source", "ftp://mirror.example.org", "the http(s) address of a mirror"),
        ("source", None, "a folder that exists"),
        ("releases", [], "all, or a list of release ids"),
        ("releases", {"a": 1}, "all, or a list of release ids"),
        ("releases", ["PFA 2024"], "all, or a list of release ids"),
        ("offence_group", "Stalking and harassment", "did you mean `stalking_harassment`?"),
        ("offence_group", "stalkng", "did you mean `stalking_harassment`?"),
        ("offence_group", ["robbery"], "an offence_id of resources/reference/offences.csv"),
        ("force", "Dyfed Powys", "in lower case with hyphens"),
        ("force", "gwnt", "did you mean `gwent`?"),
        ("force", "wales", "a force in lower case with hyphens"),
        ("level", 95, "a number between 0 and 1, such as 0.95"),
        ("level", 0, "a number between 0 and 1"),
        ("level", "high", "a number between 0 and 1"),
        ("level", float("nan"), "a number between 0 and 1"),
        ("hosts", ["https://www.ons.gov.uk"], "a list of host names"),
        ("hosts", "www.ons.gov.uk", "a list of host names"),
        ("contact", "", "an e-mail or web address"),
        ("contact", "a@b.org\r\nX-Header: 1", "an e-mail or web address"),
        ("max_bytes", -1, "a whole number of bytes above 0"),
        ("max_bytes", 1.5, "a whole number of bytes above 0"),
        ("datasets", {"pfa": "https://www.ons.gov.uk/x"}, "an address below the host"),
        ("release", "", "one release id"),
    ],
)
def test_a_value_that_may_not_be(
    key: str, value: object, expected: str, values: dict[str, Any]
) -> None:
    with pytest.raises(Problems) as caught:
        read_configuration({**values, key: value})
    assert len(caught.value.problems) == 1
    given = str(value).replace("\r\n", "\\x0d\\x0a")  # a sentence is one line
    assert caught.value.problems[0].startswith(f"config: `{key}` is `{given}`; expected ")
    assert expected in caught.value.problems[0]


@pytest.mark.parametrize(
    ("offence_id", "why"),
    [
        ("total", "all recorded crime, of which a share is taken"),
        ("rape", "of which the newest edition gives no share, a part of `sexual_offences`"),
        ("domestic_burglary", "which ended on 2017-03-31, replaced by residential burglary in"),
    ],
)
def test_a_group_that_no_report_can_be_about(
    offence_id: str, why: str, values: dict[str, Any]
) -> None:
    with pytest.raises(Problems) as caught:
        read_configuration({**values, "offence_group": offence_id})
    (sentence,) = caught.value.problems
    assert sentence.startswith(f"config: `offence_group` is `{offence_id}`, {why}")
    assert f"; expected one of `{reported_groups()[0]}`, " in sentence
    assert sentence.count(".") == 1


def about(values: dict[str, Any], groups: object) -> dict[str, Any]:
    """The configuration of a report about several groups."""
    return {k: v for k, v in values.items() if k != "offence_group"} | {"offence_groups": groups}


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ("robbery", ["robbery"]),
        (["theft_offences", "robbery"], ["theft_offences", "robbery"]),
    ],
)
def test_a_report_may_be_about_several_groups(
    groups: object, expected: list[str], values: dict[str, Any]
) -> None:
    assert read_configuration(about(values, groups)).groups == expected


def test_a_report_about_all_groups_begins_with_the_default_one(values: dict[str, Any]) -> None:
    groups = read_configuration(about(values, "all")).groups
    assert groups[:1] == read_configuration(values).groups == [values["offence_group"]]
    assert sorted(groups) == sorted(reported_groups())


def test_each_group_that_may_not_be_is_named(values: dict[str, Any]) -> None:
    named = ["robery", "robbery", "total", "robbery", "burglary", 7]
    with pytest.raises(Problems) as caught:
        read_configuration({**about(values, named), "level": 2})
    told = {sentence.split("`")[3]: sentence for sentence in caught.value.problems[:4]}
    assert set(told) == {"robery", "total", "7", "robbery"}
    assert "did you mean `robbery`?" in told["robery"]
    assert "all recorded crime, of which a share is taken" in told["total"]
    assert "`robbery` twice" in told["robbery"]
    assert caught.value.problems[4].startswith("config: `level` is `2`")


@pytest.mark.parametrize("groups", [[], {"a": 1}, None, 3])
def test_what_is_no_list_of_groups(groups: object, values: dict[str, Any]) -> None:
    with pytest.raises(Problems) as caught:
        read_configuration(about(values, groups))
    (sentence,) = caught.value.problems
    assert sentence.startswith(f"config: `offence_groups` is `{groups}`; expected all, or a list")


def test_one_key_says_what_the_report_is_about(values: dict[str, Any]) -> None:
    with pytest.raises(Problems) as both:
        read_configuration({**values, "offence_groups": "all"})
    assert "are both given" in both.value.problems[0]
    del values["offence_group"]
    with pytest.raises(Problems) as neither:
        read_configuration(values)
    (sentence,) = neither.value.problems
    assert "neither `offence_group` nor `offence_groups` is given" in sentence


def test_the_command_line_takes_the_place_of_the_other_key(values: dict[str, Any]) -> None:
    given = {"offence_groups": ["robbery", "burglary"]}
    merged = {**values, **given}
    override(merged, given)
    assert read_configuration(merged).groups == ["robbery", "burglary"]
    override(merged := {**values, "level": 0.9}, {"level": 0.9})
    assert read_configuration(merged).groups == [values["offence_group"]]


def test_an_unknown_key_names_the_nearest(values: dict[str, Any]) -> None:
    with pytest.raises(Problems) as caught:
        read_configuration({**values, "relases": "all", "colour": "red", 7: 1})
    by_key = sorted(caught.value.problems)
    assert [problem.split("`")[1] for problem in by_key] == ["7", "colour", "relases"]
    assert "did you mean `releases`?" in by_key[2]
    assert "did you mean" not in by_key[1]
    assert "The keys are source, releases" in by_key[1]


def test_all_faults_at_once(values: dict[str, Any]) -> None:
    del values["contact"]
    with pytest.raises(Problems) as caught:
        read_configuration({**values, "level": 2, "source": "x", "extra": 1})
    assert len(caught.value.problems) == 4
    assert any("the key `contact` is missing" in problem for problem in caught.value.problems)


def test_one_release_may_stand_alone(values: dict[str, Any]) -> None:
    assert read_configuration({**values, "releases": "pfa-2024-12"}).releases == ["pfa-2024-12"]


@pytest.mark.parametrize("source", ["ons", "https://mirror.example.org/x", "http://127.0.0.1:80"])
def test_sources_on_the_web(source: str, values: dict[str, Any]) -> None:
    assert read_configuration({**values, "source": source}).source == source


def test_a_folder_is_a_source(values: dict[str, Any], tmp_path: Path) -> None:
    source = str(tmp_path)
    assert read_configuration({**values, "source": source}).source == source


def test_pin_release_is_told_what_to_pin(values: dict[str, Any]) -> None:
    configuration = read_configuration({**values, "release": "pfa-2025-03", "accept": ["P1"]})
    assert (configuration.release, configuration.accept) == ("pfa-2025-03", ["P1"])


def test_the_schema_is_that_of_the_model(root: Path) -> None:
    kept = (root / "workflow" / "schemas" / "config.schema.yaml").read_text(encoding="utf-8")
    assert kept == schema(), "run `make schema`"
    given = yaml.safe_load((root / "config" / "config.yaml").read_text(encoding="utf-8"))
    Draft202012Validator(yaml.safe_load(kept)).validate(given)
    with pytest.raises(ValidationError):
        Draft202012Validator(yaml.safe_load(kept)).validate(given | {"levle": 0.95})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"source: embedded\xff\n", "is not text in UTF-8: invalid start byte at byte 17"),
        (b"\xff\xfes\x00", "is not text in UTF-8"),
        (b"source: [\n", "is not YAML"),
        (b"level: " + b"9" * 5000, "is not YAML"),
        (b"day: 2024-13-45", "is not YAML"),
        (b"? [[a]]\n: b\n", "is not YAML"),
        (b"[" * 5000, "is not YAML"),
        (b"- source\n", "holds no keys with their values"),
        (b"", "holds nothing"),
    ],
)
def test_a_file_that_snakemake_could_not_read(content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes(content)
    with pytest.raises(Problem) as caught:
        check_readable(path)
    assert f"{path} {said}" in str(caught.value)
    assert "\n" not in str(caught.value)
    check_readable(tmp_path / "none.yaml")
