"""ONS's pages are read for what they say, and refused in a sentence where they say it otherwise."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crimeshare.problems import Problem, Problems
from crimeshare.sources.ons_pages import read_edition, read_landing, read_version
from crimeshare.sources.open_source import MirrorFolder
from crimeshare.sources.source import Missing, Unanswered
from tests.faults.conftest import DATASET, EDITION, Client, write_page
from tests.loopback import Fault, Loopback


def change(tree: Path, address: str, **values: Any) -> None:
    """Rewrite keys of a page; a value of None takes the key out."""
    path = tree / address.lstrip("/") / "data.json"
    page = json.loads(path.read_text(encoding="utf-8")) | values
    write_page(tree, address, {key: value for key, value in page.items() if value is not None})


def test_from_landing_page_to_edition_to_file(client: Client) -> None:
    landing = read_landing(client.website, DATASET)
    assert landing.title == "Police force area tables"
    assert landing.next_release == "To be announced"
    assert landing.editions == (EDITION,)
    assert landing.listed_twice == ()
    edition = read_edition(client.website, landing.editions[0])
    assert edition.name == "Year ending December 2024"
    assert edition.files == ("tables.xlsx",)
    assert edition.first_released == datetime(2025, 4, 24, 8, 30, tzinfo=UTC)


def test_a_folder_holds_the_same_pages(client: Client, tree: Path) -> None:
    folder = MirrorFolder(tree, max_bytes=1_000_000)
    assert read_landing(folder, DATASET) == read_landing(client.website, DATASET)
    assert read_edition(folder, EDITION) == read_edition(client.website, EDITION)


def test_previous_versions(client: Client, tree: Path) -> None:
    version = read_edition(client.website, EDITION).versions[0]
    assert version.number == 1
    assert version.replaced == datetime(2025, 5, 6, 8, 30, tzinfo=UTC)
    assert version.correction_notice == "Rates were too high."
    with pytest.raises(Missing, match=r"lists v1 among its previous versions, but .*/v1 is gone"):
        read_version(client.website, version)
    # The page of a version gives the address of its edition, as ONS's do.
    body = {"type": "dataset", "uri": EDITION, "downloads": [{"file": "first.xlsx"}]}
    write_page(tree, version.uri, body)
    assert read_version(client.website, version).files == ("first.xlsx",)


def test_a_change_without_a_word_is_a_version_all_the_same(client: Client, tree: Path) -> None:
    silent = {"uri": f"{EDITION}/previous/v12", "updateDate": "", "correctionNotice": ""}
    change(tree, EDITION, versions=[silent])
    version = read_edition(client.website, EDITION).versions[0]
    assert (version.number, version.replaced, version.correction_notice) == (12, None, "")


def test_editions_listed_twice_are_named_and_counted_once(client: Client, tree: Path) -> None:
    other = f"{DATASET}/yearendingjune2024"
    change(tree, DATASET, datasets=[{"uri": other}, {"uri": EDITION}, {"uri": other}])
    landing = read_landing(client.website, DATASET)
    assert landing.editions == (other, EDITION)
    assert landing.listed_twice == (other,)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"type": "bulletin"}, "the key `type` is `bulletin`"),
        ({"downloads": None}, "the key `downloads` is missing"),
        ({"downloads": [{}]}, "the key `downloads.0.file` is missing"),
        ({"downloads": [{"file": "../../x.xlsx"}]}, "`downloads.0.file` is `../../x.xlsx`"),
        ({"uri": "https://example.org/x"}, "the key `uri` is `https://example.org/x`"),
        ({"versions": [{"uri": f"{EDITION}/v1", "updateDate": ""}]}, "the key `versions.0.uri` is"),
        (
            {"versions": [{"uri": f"{EDITION}/previous/v1", "updateDate": "yesterday"}]},
            "the key `versions.0.updateDate` is `yesterday`",
        ),
    ],
)
def test_a_page_of_another_shape(
    values: dict[str, Any], sentence: str, client: Client, tree: Path
) -> None:
    change(tree, EDITION, **values)
    with pytest.raises(Problem) as caught:
        read_edition(client.website, EDITION)
    assert sentence in str(caught.value)
    assert EDITION in str(caught.value)
    assert "ONS may have changed its pages" in str(caught.value)


def test_everything_wrong_with_a_page_is_said_at_once(client: Client, tree: Path) -> None:
    write_page(tree, DATASET, {"type": "dataset"})
    with pytest.raises(Problems) as caught:
        read_landing(client.website, DATASET)
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (Fault(body=b"<!DOCTYPE html><p>Sorry"), "answered with HTML where the page's JSON was"),
        (Fault(body=b"Sorry"), "answered with other text where the page's JSON was"),
        (Fault(body=b"[1, 2]"), "holds a list; expected a JSON object"),
        (Fault(body=b"x" * 6_000_000), "above the limit of 5,000,000"),
        (Fault(status=403), "refused the request"),
        (Fault(status=418), "answered 418; expected 200"),
    ],
)
def test_an_answer_that_is_no_page(
    fault: Fault, sentence: str, client: Client, server: Loopback
) -> None:
    server.fail(EDITION, fault)
    with pytest.raises(Unanswered) as caught:
        read_edition(client.website, EDITION)
    assert sentence in str(caught.value)


def test_a_page_that_moved(client: Client, server: Loopback, tree: Path) -> None:
    (tree / EDITION.lstrip("/") / "data.json").unlink()
    with pytest.raises(Missing, match="404"):
        read_edition(client.website, EDITION)
    assert len(server.asked(EDITION)) == 1


def test_a_page_is_asked_for_again_after_a_fault(client: Client, server: Loopback) -> None:
    server.fail(EDITION, Fault(status=500), Fault(cut_after=20))
    assert read_edition(client.website, EDITION).files == ("tables.xlsx",)
    assert len(client.waits) == 2
