"""The configuration: what config/config.yaml and ``snakemake --config`` may say, checked at once.

Each key's description below is what the message says was expected; config/README.md explains
the keys in prose.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from crimeshare.nearest import did_you_mean
from crimeshare.problems import Problem, Problems, shown
from crimeshare.reference import GROUP, areas, offences, reported_groups
from crimeshare.texts import read_yaml

SOURCES = ("embedded", "ons")
TOTAL = "total"
"""All recorded crime, of which a share is taken: no group to report on."""

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
Host = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")]
Address = Annotated[str, StringConstraints(pattern=r"^(/[A-Za-z0-9._-]+)+$")]


def _known_source(source: str) -> str:
    try:
        if source in SOURCES or is_url(source) or (source and Path(source).expanduser().is_dir()):
            return source
    except (OSError, RuntimeError) as error:  # longer than a name may be, a user that is not there
        raise ValueError(source) from error
    raise ValueError(source)


def _known_force(slug: str) -> str:
    if slug in _forces():
        return slug
    raise ValueError(slug)


def _forces() -> list[str]:
    return [area.slug for area in areas().values() if area.area_type == "force"]


def _known_group(offence_id: str) -> str:
    if offence_id in reported_groups():
        return offence_id
    raise ValueError(offence_id)


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) and value != "all" else value


def _each_once(groups: list[str] | str) -> list[str] | str:
    if len(set(groups)) < len(groups) and not isinstance(groups, str):
        raise ValueError(groups)
    return groups


def is_url(source: str) -> bool:
    """Whether `source` is the address of a mirror on the web rather than a folder."""
    return re.match(r"https?://[^/]", source) is not None


class Configuration(BaseModel):
    """The configuration of one run; see config/README.md for what each key means."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "oneOf": [{"required": ["offence_group"]}, {"required": ["offence_groups"]}]
        },
    )

    source: Annotated[str, AfterValidator(_known_source)] = Field(
        description="embedded, ons, a folder that exists, or the http(s) address of a mirror"
    )
    releases: Annotated[
        Literal["all"] | Annotated[list[Name], Field(min_length=1)], BeforeValidator(_as_list)
    ] = Field(description="all, or a list of release ids such as [pfa-2024-12]")
    offence_group: Annotated[Name, AfterValidator(_known_group)] = Field(
        default_factory=str,
        description="an offence_id of resources/reference/offences.csv whose share the newest "
        "edition gives, such as stalking_harassment",
    )
    offence_groups: Annotated[
        Literal["all"]
        | Annotated[
            list[Annotated[Name, AfterValidator(_known_group)]],
            Field(min_length=1, json_schema_extra={"uniqueItems": True}),
        ],
        BeforeValidator(_as_list),
        AfterValidator(_each_once),
    ] = Field(
        default_factory=list,
        description="all, or a list of offence groups such as [stalking_harassment, robbery]",
    )
    force: Annotated[Name, AfterValidator(_known_force)] = Field(
        description="a force in lower case with hyphens, such as south-wales"
    )
    level: float = Field(gt=0, lt=1, description="a number between 0 and 1, such as 0.95")
    site_url: Annotated[str, StringConstraints(pattern=r"^(https?://[!-~]*[^/])?$")] = Field(
        description="empty, or an address such as https://example.org/crimeshare without a slash "
        "at its end"
    )
    hosts: list[Host] = Field(description="a list of host names such as [www.ons.gov.uk]")
    contact: Annotated[str, StringConstraints(pattern=r"^[!-~]+$")] = Field(
        description="an e-mail or web address without spaces"
    )
    max_bytes: int = Field(gt=0, description="a whole number of bytes above 0")
    datasets: dict[Name, Address] = Field(
        description="short names, each with an address below the host: pfa: /economy/table"
    )
    release: Name | None = Field(default=None, description="one release id such as pfa-2025-03")
    before: str | None = Field(
        default=None, description="a folder of results that an earlier build left"
    )
    conversion: str | None = Field(
        default=None, description="a Parquet file that the Home Office's open data was converted to"
    )
    accept: str | list[str] | None = Field(
        default=None, description="what a person looked at and accepts, as pin_release names it"
    )

    @property
    def groups(self) -> list[str]:
        """The offence groups that the report is about; the first one's pages are at its root."""
        if self.offence_groups == "all":
            return sorted(reported_groups(), key=lambda name: name != GROUP)
        return list(self.offence_groups) or [self.offence_group]


def check_readable(path: Path) -> None:
    """Stop if Snakemake could not read a file of the configuration, where it is there.

    Raises:
        Problem: it is not text in UTF-8, not YAML, or holds no keys.
    """
    if path.exists() and not isinstance(values := read_yaml(path), dict):
        raise Problem(
            f"{path} holds {'nothing' if values is None else 'no keys with their values'}; "
            "expected lines such as `source: embedded`. config/README.md explains every key."
        )


def read_configuration(values: Mapping[str, Any]) -> Configuration:
    """Check a configuration.

    Args:
        values: the keys of config/config.yaml, overridden by ``snakemake --config``.

    Raises:
        Problems: one sentence for each key that is unknown, missing or holds what it may not, and
            for each offence group that is named and cannot be reported on.
    """
    given = {str(key): value for key, value in values.items()}
    problems = [] if len(_SUBJECTS & given.keys()) == 1 else [_one_subject(given)]
    try:
        configuration = Configuration.model_validate(given)
    except ValidationError as error:
        # A list or a union reports each part; one sentence a key is enough.
        keys = {str(fault["loc"][0]): fault["type"] for fault in error.errors()}
        problems += [text for key, kind in keys.items() for text in _sentences(key, kind, given)]
    if problems:
        raise Problems(problems)
    return configuration


_SUBJECTS = {"offence_group", "offence_groups"}
"""The keys that say what the report is about, of which one is given."""


def override(values: dict[str, Any], given: Mapping[str, Any]) -> None:
    """Let the command line say what the report is about by either key, whatever the file says.

    Args:
        values: the keys of config/config.yaml, overridden by those of the command line; changed.
    """
    if _SUBJECTS & given.keys():
        for key in _SUBJECTS - given.keys():
            values.pop(key, None)


def _one_subject(values: Mapping[str, Any]) -> str:
    if values.keys() >= _SUBJECTS:
        return (
            "config: `offence_group` and `offence_groups` are both given; keep one of them, "
            "`offence_groups` for a report about several groups."
        )
    return (
        "config: neither `offence_group` nor `offence_groups` is given; expected one of them in "
        f"config/config.yaml, such as `offence_group: {GROUP}`."
    )


def schema() -> str:
    """The configuration's schema, as YAML, for those who read it without this library."""
    return "# Made by `make schema`; config/README.md explains the keys.\n" + yaml.safe_dump(
        {"$schema": "https://json-schema.org/draft/2020-12/schema"}
        | Configuration.model_json_schema(),
        sort_keys=False,
    )


def _sentences(key: str, kind: str, values: Mapping[str, Any]) -> list[str]:
    given = values.get(key)
    if key != "offence_groups" or not isinstance(given, list | str) or not given:
        return [_sentence(key, kind, values)]
    named = [given] if isinstance(given, str) else given
    wrong = dict.fromkeys(shown(name) for name in named if name not in reported_groups())
    twice = dict.fromkeys(shown(name) for name in named if named.count(name) > 1)
    return [
        *(_no_group(f"`{key}` names `{name}`", name) for name in wrong),
        *(f"config: `{key}` names `{name}` twice; name each group once." for name in twice),
    ]


def _no_group(said: str, name: str) -> str:
    groups = reported_groups()
    if name in offences():
        return f"config: {said}, {_unreported(name)}; expected one of {_all(groups)}."
    expected = Configuration.model_fields["offence_group"].description
    return f"config: {said}; expected {expected}{did_you_mean(name, groups) or '.'}"


def _sentence(key: str, kind: str, values: Mapping[str, Any]) -> str:
    fields = Configuration.model_fields
    if kind == "extra_forbidden":
        known = ", ".join(fields)
        return (
            f"config: there is no key `{shown(key)}`{did_you_mean(shown(key), fields) or '.'}"
            f" The keys are {known}; config/README.md explains them."
        )
    expected = fields[key].description
    if kind == "missing":
        return f"config: the key `{key}` is missing from config/config.yaml; expected {expected}."
    names = {"source": SOURCES, "force": _forces()}.get(key, ())
    given = shown(values[key])
    if key == "offence_group":
        return _no_group(f"`{key}` is `{given}`", given)
    return f"config: `{key}` is `{given}`; expected {expected}{did_you_mean(given, names) or '.'}"


def _unreported(offence_id: str) -> str:
    group = offences()[offence_id]
    if offence_id == TOTAL:
        return "all recorded crime, of which a share is taken"
    if group.ended:
        return f"which ended on {group.ended}, {group.note[:1].lower()}{group.note[1:]}"
    return f"of which the newest edition gives no share, a part of `{group.parent_id}`"


def _all(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    print(schema(), end="")
