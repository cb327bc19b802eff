"""Reports about every offence group: what their pages must not say.

The national page, a force's, the front page and that about the survey stand for all: the others are
made of the same sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pytest

from crimeshare.measures.composition import EVERYTHING_ELSE
from crimeshare.parquet import read_table
from crimeshare.publish.elements import prose
from crimeshare.publish.elements.charts import Chart
from crimeshare.publish.elements.figures import shown, stray_numbers
from crimeshare.publish.elements.prose import plain
from crimeshare.publish.site.pages import page, report_pages
from crimeshare.publish.site.rendering import CHECK_PAGE
from crimeshare.publish.subjects import factsheet
from crimeshare.publish.subjects.factsheet import breaks
from crimeshare.publish.subjects.measured import measure_of
from crimeshare.reference import areas, line_of, offences, read_rows, reported_groups
from tests.conftest import ROOT
from tests.every_group import body_of, write_group
from tests.never_said import blocks_of, broken
from tests.tables import COMPOSITION, EFFECTS, QUARTERS, SERIES, SHARES

pytestmark = pytest.mark.slow

PAGES = (
    "index",
    "national",
    "regions/wales",
    "forces/gwent",
    "forces/city-of-london",
    "survey",
    "revisions",
    "sources",
    "explore",
    "claims",
    "methods",
)
# Where few offences are recorded, and of some groups none.
AREAS = {
    "national": "England and Wales",
    "forces/gwent": "Gwent",
    "forces/city-of-london": "City of London",
}
STALKING = "stalking_harassment"
CODES = {area.area_name: code for code, area in areas().items()}
# Sections that name every sub-group, whatever the report is about.
OF_ALL_GROUPS = ("Other offences",)


@dataclass(frozen=True)
class Report:
    """The pages of a report about one group: their HTML by name, and the build behind them."""

    offence_id: str
    bodies: dict[str, str]
    folder: Path

    @property
    def name(self) -> str:
        return offences()[self.offence_id].name

    def holds(self, offence_id: str) -> bool:
        return self.offence_id in line_of(offence_id)

    def prose(self, *names: str) -> str:
        """Sentences, captions and titles, without tables and what stands behind numbers."""
        html = "\n".join(self.bodies[name] for name in names or self.bodies)
        html = re.sub(
            r"<(details|select|svg|table|script|style)[\s>].*?</\1>", " ", html, flags=re.DOTALL
        )
        return plain(re.sub(r"</(p|li|h\d|div|figcaption)>", "\n", html))

    def own_prose(self, *names: str) -> str:
        """The same without the sections that name every sub-group, and what is named in quotes."""
        text = ""
        for name in names or self.bodies:
            parts = re.split(r"(?=<h2[ >])", self.bodies[name])
            kept = [p for p in parts if not any(f">{head}</h2>" in p for head in OF_ALL_GROUPS)]
            text += replace(self, bodies={name: "\n".join(kept)}).prose()
        for change in breaks(self.offence_id):
            text = text.replace(change.name, "")
        for row in read_rows(ROOT / "resources/reference/recording_changes.csv"):
            text = text.replace(row["name"], "")
        measure = measure_of(self.offence_id)
        return text.replace(measure.differs, "") if measure else text


@pytest.fixture(scope="module", params=reported_groups())
def report(
    request: pytest.FixtureRequest,
    root: Path,
    built: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Report]:
    offence_id = request.param
    folder = tmp_path_factory.mktemp(offence_id)
    write_group(folder, root, built, offence_id)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        # What is drawn says nothing that its title and its text alternative do not.
        patch.setattr(Chart, "svg", lambda self: "")
        bodies = {name: body_of(page(name, [offence_id])) for name in PAGES}
        patch.chdir(root)
        yield Report(offence_id, bodies, folder)


def test_only_its_own_codes_are_named(report: Report, built: Path) -> None:
    codes = read_rows(ROOT / "workflow/crimeshare/tables/layouts/prc/codes.csv")
    own = {
        row["code"] for row in codes if row["offence_id"] != "-" and report.holds(row["offence_id"])
    }
    known = {row["code"] for row in codes}
    for name in ("national", "forces/gwent"):
        named = set(re.findall(r"<code>([^<]+)</code>", report.bodies[name]))
        named = {code for each in named for code in each.split("+")} & known
        assert named
        assert named <= own
    quarters = read_table(built / QUARTERS)
    newest = quarters[quarters["period_end"] == quarters["period_end"].max()]
    now = set(newest.loc[newest["code"].notna() & newest["offence_id"].map(report.holds), "code"])
    names = {row["code"]: row["name"].lower() for row in codes}
    mine = {names[code] for code in now} | {offences()[report.offence_id].name.lower()}
    others = {
        name
        for code, name in names.items()
        if code not in now and not any(name in held for held in mine)
    }
    said = re.search(r"^From \w+ to \w+ \d{4} police in .*$", report.prose("national"), re.M)
    assert said
    assert [name for name in mine if name in said[0].lower()] or not now
    assert [
        name for name in others if re.search(rf"\d (?:offences )?of {re.escape(name)}", said[0])
    ] == []


def test_nothing_is_said_that_is_never_said(report: Report) -> None:
    said = {name: broken(blocks_of(body)) for name, body in report.bodies.items()}
    assert {name: found for name, found in said.items() if found} == {}


def test_no_word_stands_twice(report: Report) -> None:
    doubled = re.findall(r"\b([a-z]{3,}) \1\b", report.prose(), flags=re.IGNORECASE)
    assert doubled == []
    assert re.findall(r"offences (?:figures|offence)\b", report.prose()) == []


def test_verbs_agree_with_the_name(report: Report) -> None:
    name = re.escape(report.name)
    plural = report.name.endswith(("offences", "crimes")) and " of " not in report.name
    wrong = "has|is|ranks|holds|was" if plural else "have|are|rank|hold|were"
    assert re.findall(rf"(?:^|\. ){name} (?:{wrong})\b", report.prose(), flags=re.MULTILINE) == []
    captions = re.findall(r"What [^<]* made of,", report.bodies["national"])
    assert captions
    assert all((" were made of" in caption) == plural for caption in captions)


def test_nothing_of_stalking_is_said_of_others(report: Report) -> None:
    if report.holds(STALKING):
        assert "harassment" in report.own_prose("national").lower()
        return
    words = r"stalk|harass|malicious communications|controlling or coercive|\b8[LMQRU]\b|Argus"
    text = report.own_prose()
    if report.offence_id == "violence_against_person":
        return
    assert [text[m.start() - 60 : m.end() + 20] for m in re.finditer(words, text, re.I)] == []


def test_a_statement_is_judged_where_it_is_about_the_group(report: Report) -> None:
    # Those of other speakers about all recorded crime stand in every report.
    ids = re.findall(r'class="claim [a-z]+" id="([^"]+)"', report.bodies["claims"])
    assert bool([name for name in ids if "stalking" in name]) == (report.offence_id == STALKING)
    assert bool([name for name in ids if "argus" in name]) == (report.offence_id == STALKING)


def test_no_share_or_rate_is_printed_as_zero_that_is_none(report: Report) -> None:
    own = re.compile(rf"(?:share|rate_per_1000)\.[a-z-]+\.{report.offence_id}\.")
    said = [each for body in report.bodies.values() for each in shown(body)]
    figures = [each for each in said if own.match(each["data-id"])]
    assert figures
    # A tenth of what is usual is as good as nothing.
    usual = {
        unit: max(float(each["value"]) for each in figures if each["data-unit"] == unit)
        for unit in {each["data-unit"] for each in figures}
    }
    zero = re.compile(r"0(?:\.0*)?%?")
    assert [
        each
        for each in figures
        if float(each["value"]) > usual[each["data-unit"]] / 10 and zero.fullmatch(each["text"])
    ] == []


def test_the_newest_quarter_is_the_newest_of_the_release(report: Report, built: Path) -> None:
    newest = read_table(built / QUARTERS)["period_end"].max()
    for name in AREAS:
        assert re.search(rf"^From \w+ to {newest:%B %Y} police in ", report.prose(name), re.M)
        (title,) = re.findall(r"^Police in .* in \w+ to (\w+ \d{4})", report.prose(name), re.M)
        assert title == f"{newest:%B %Y}"


def test_numbers_and_what_is_said_of_them_agree(report: Report) -> None:
    text = report.prose()
    assert re.findall(r"\bbetween (\w+) and \1\b", text) == []
    assert re.findall(r"(?<![\d.,])1 (?:\w+ )?offences\b|\b(?:offences|crimes) was\b", text) == []
    assert re.findall(r"\b(?:unchanged|the same),? from\b|\bby none\b", text) == []


def test_methods_name_the_changes_of_rules_that_have_a_model(report: Report) -> None:
    effects = read_table(report.folder / EFFECTS)
    modelled = set(effects.loc[effects["offence_id"] == report.offence_id, "recording_change"])
    changes = read_rows(ROOT / "resources/reference/recording_changes.csv")
    text = report.prose("methods")
    assert {row["change_id"] for row in changes if f"“{row['name']}”" in text} == modelled
    if not modelled:
        section = text.partition("Did rule changes cause it?")[2].partition("Steps of one force")[0]
        assert re.findall(r"\b20\d\d\b", section) == []


def test_a_force_with_partnerships_is_not_said_to_have_none(report: Report) -> None:
    for name in ("forces/gwent", "forces/city-of-london"):
        assert "by community safety partnership" in plain(report.bodies[name])
        assert "No figures of smaller areas" not in report.prose(name)


def test_where_nobody_looked_nothing_is_called_comparable(report: Report) -> None:
    not_gathered = factsheet.WORDS.passage("not_gathered")
    for name in ("index", "national", "forces/gwent"):
        text = plain(report.bodies[name])
        if breaks(report.offence_id):
            assert not_gathered.removesuffix(".") not in report.own_prose(name)
            continue
        assert not_gathered in text
        own = report.own_prose(name)
        assert re.findall(r"(?:no known change|comparable)", own, flags=re.IGNORECASE) == []


def test_two_years_across_a_change_are_no_rise(report: Report, built: Path) -> None:
    series = read_table(built / SERIES)
    newest = series[series["period_end"] == series["period_end"].max()]
    own = newest[newest["offence_id"] == report.offence_id]
    for name, area in AREAS.items():
        row = own[own["area_name"] == area].iloc[0]
        opening = report.prose(name).partition("Figures up to")[0]
        if row["comparable"] is False or row["comparable"] == 0:
            assert not re.search(r"The share (?:rose|fell)", opening)
        # The title over the line of the share goes back to the last change and no further.
        since = re.search(
            r"made up .*?, (up|down|after|about).*? in the year ending (\w+ \d{4})\n",
            report.prose(name),
        )
        if since and breaks(report.offence_id):
            end = pd.Timestamp(f"1 {since[2]}") + pd.offsets.MonthEnd(0)
            begin = end - pd.DateOffset(years=1) + pd.Timedelta(days=1)
            assert begin.date() >= breaks(report.offence_id)[-1].day


def test_ranks_are_those_of_its_classifications(report: Report, built: Path) -> None:
    shares = read_table(built / SHARES)
    newest = set(shares.loc[shares["release_id"] == shares["release_id"].max(), "offence_id"])
    leaf = not any(offences()[name].parent_id == report.offence_id for name in newest)
    main = offences()[report.offence_id].parent_id == "total"
    text = report.prose("national")
    assert bool(re.search(r"ranks? [^.]*\d of \d+ sub-groups|\w+ of \d+ sub-groups", text)) == leaf
    assert bool(re.search(r"\w+ of \d+ main groups", text)) == main
    if not leaf:
        assert re.search(r"no rank among sub-groups: (?:it has|they have) parts of", text)
        assert "sub-groups: it is part of" not in text


def test_links_lead_to_what_is_there(report: Report) -> None:
    addresses = {each.address for each in report_pages([report.offence_id])} | {CHECK_PAGE}
    for name, body in report.bodies.items():
        for address, anchor in re.findall(r'href="([a-z][a-z/-]*\.html)(?:#([a-z0-9-]+))?"', body):
            assert address in addresses, (name, address)
            if address == "survey.html":
                assert measure_of(report.offence_id)
                heads = re.findall(r"<h2[^>]*>(.*?)</h2>", report.bodies["survey"])
                ids = {re.sub(r"[^a-z0-9]+", "-", plain(head).lower()).strip("-") for head in heads}
                assert not anchor or anchor in ids


def test_the_survey_is_asked_about_the_group_or_said_not_to_be(report: Report) -> None:
    measure = measure_of(report.offence_id)
    front, survey = report.prose("index"), report.prose("survey")
    if measure is None:
        for page in (front, survey):
            assert re.search(r"gives? no estimate of|cannot count|does not include", page)
        assert "nobody reported" not in survey
        assert "ikely between" not in front
    else:
        assert f"experienced {measure.words}" in front
        assert "ikely between" in front
        assert f"How common {measure.words} is" in front
        households = "of households" in front
        assert ("the survey counts private households" in survey) == households
        others = re.split(r"<h2[^>]*>Other crimes</h2>", report.bodies["survey"])[1]
        assert others
        assert f">{prose.upper_first(measure.words)}</th>" not in others
        assert re.search(r"a rise|a fall|no clear change|not clearly", front)


def test_a_single_code_is_no_cause_of_its_group(report: Report) -> None:
    parts = read_table(report.folder / COMPOSITION)
    codes = parts.loc[parts["component"] != EVERYTHING_ELSE, "component"].nunique()
    paragraphs = [
        paragraph
        for name in ("index", *AREAS)
        for paragraph in re.findall(r"<p>.*?</p>", report.bodies[name], flags=re.DOTALL)
    ]
    causes = [
        each["data-id"]
        for paragraph in paragraphs
        for each in shown(paragraph)
        if re.match(rf"component\.(?!{EVERYTHING_ELSE})", each["data-id"])
    ]
    assert codes > 1 or not causes


def test_every_number_is_a_figure_of_one_value(report: Report) -> None:
    values: dict[str, set[str]] = {}
    for body in report.bodies.values():
        assert stray_numbers(body) == []
        for figure in shown(body):
            values.setdefault(figure["data-id"], set()).add(figure["value"])
    assert {name: found for name, found in values.items() if len(found) > 1} == {}


def test_no_value_is_empty(report: Report) -> None:
    text = "\n".join(plain(body) for body in report.bodies.values())
    # The page of methods says "None of" and has formulas.
    said = report.prose(*(name for name in report.bodies if name != "methods"))
    assert re.findall(r"\b(?:nan|None|NaT|inf)\b|\(\)|\{\w*\}| ,|\.\.", said) == []
    assert re.findall(r"\bnan\b|\bNaT\b", text) == []
