"""The registry is checked as a whole, and grows without taking anything back."""

import csv
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from crimeshare.problems import Problem, Problems
from crimeshare.sources.datasets import OFFICE_FOR_NATIONAL_STATISTICS
from crimeshare.sources.registry import (
    COLUMNS,
    COPIES,
    COPY_COLUMNS,
    PIN_BASES,
    REGISTRY,
    STATUSES,
    read_copies,
    read_registry,
    select,
)
from crimeshare.sources.source import kept_figures, origin

A, B = "a" * 64, "b" * 64
ROW = {
    "release_id": "pfa-2024-12",
    "dataset": "pfa",
    "period_end": "2024-12-31",
    "edition": "Year ending December 2024",
    "published": "2025-04-24",
    "path": "/crime/yearendingdecember2024/tables.xlsx",
    "sha256": A,
    "bytes": "660636",
    "pin_basis": "file",
    "status": "shipped",
    "note": "Odd, and with a comma.",
}
COPY = {"release_id": "pfa-2024-12", "sha256": B, "bytes": "653107", "note": "Re-saved."}
UNPINNED = {"sha256": "", "bytes": "", "pin_basis": "unpinned", "status": "listed"}


def write(path: Path, *rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> Path:
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "releases.csv"


def test_a_row_is_read_with_its_types(path: Path) -> None:
    release = read_registry(write(path, ROW))["pfa-2024-12"]
    assert release.period_end == date(2024, 12, 31)
    assert release.published == date(2025, 4, 24)
    assert release.bytes == 660_636
    assert release.pinned
    assert release.file == "tables.xlsx"
    assert release.edition_uri == "/crime/yearendingdecember2024"


def test_what_is_not_known_is_none(path: Path) -> None:
    unknown = ROW | UNPINNED | {"published": "", "path": "/crime/yearending/previous/v1/"}
    release = read_registry(write(path, unknown))["pfa-2024-12"]
    assert (release.published, release.bytes, release.pinned) == (None, None, False)
    assert release.file == ""
    assert release.edition_uri == "/crime/yearending/previous/v1"


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("release_id", "pfa-2024-06", "release_id is `pfa-2024-06`; expected `pfa-2024-12`"),
        ("release_id", "pfa-2024-12-final", "expected `pfa-2024-12`, or that with -v1"),
        ("dataset", "appendix", "expected `appendix-2024-12`"),
        ("period_end", "31/12/2024", "period_end is `31/12/2024`; expected a day such as"),
        ("period_end", "20241231", "period_end is `20241231`"),
        ("period_end", "2024-12-30", "expected the last day of a month"),
        ("edition", "", "edition is ``; expected ONS's name"),
        ("published", "soon", "published is `soon`"),
        ("published", "2024-12-31", "expected a day after period_end"),
        ("path", "https://www.ons.gov.uk/a.xlsx", "expected an address below the host"),
        ("path", "/crime/../secret.xlsx", "expected an address below the host"),
        ("path", "/crime/a.xlsx?download", "expected an address below the host"),
        ("sha256", "A" * 64, "expected 64 digits"),
        ("sha256", "", "pin_basis is `file` while sha256 is empty"),
        ("bytes", "660,636", "expected a number of bytes"),
        ("bytes", "0", "expected a number of bytes"),
        ("pin_basis", "guess", "expected one of file, third_party, unpinned"),
        ("pin_basis", "unpinned", "pin_basis is `unpinned` while sha256 is given"),
        ("status", "done", "expected one of shipped, listed, superseded"),
    ],
)
def test_a_cell_that_does_not_hold(column: str, value: str, sentence: str, path: Path) -> None:
    good = ROW | {"release_id": "pfa-2023-12", "period_end": "2023-12-31", "sha256": B}
    good["path"] = "/crime/other.xlsx"
    write(path, good, ROW | {column: value})
    with pytest.raises(Problems) as caught:
        read_registry(path)
    assert sentence in str(caught.value)
    assert all(problem.startswith(f"{path} line 3: ") for problem in caught.value.problems)


def test_all_faults_are_reported_at_once(path: Path) -> None:
    write(path, ROW | {"status": "x", "edition": ""}, ROW | {"bytes": "x"})
    with pytest.raises(Problems) as caught:
        read_registry(path)
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "has the columns of an empty file; expected exactly release_id, dataset"),
        (b"release_id,dataset\n", "has the columns release_id, dataset; expected exactly"),
        (",".join(reversed(COLUMNS)).encode(), "expected exactly"),
        (b"\xff\xfe\x00", "is not CSV in UTF-8"),
        ((",".join(COLUMNS) + "\na,b\n").encode(), "line 2: 2 fields where 11 are expected"),
    ],
)
def test_a_file_of_another_shape(content: bytes, sentence: str, path: Path) -> None:
    path.write_bytes(content)
    with pytest.raises(Problem) as caught:
        read_registry(path)
    assert sentence in str(caught.value)


def test_a_missing_file_is_named(path: Path) -> None:
    with pytest.raises(Problem, match=r"releases\.csv is missing"):
        read_registry(path)


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(path: Path) -> None:
    text = write(path, ROW).read_text(encoding="utf-8")
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert list(read_registry(path)) == ["pfa-2024-12"]


class TestGrowth:
    def test_a_later_row_pins_what_was_only_listed(self, path: Path) -> None:
        releases = read_registry(write(path, ROW | UNPINNED, ROW))
        assert len(releases) == 1
        assert releases["pfa-2024-12"].sha256 == A
        assert releases["pfa-2024-12"].status == "shipped"

    def test_a_pin_is_never_taken_back(self, path: Path) -> None:
        with pytest.raises(Problems, match=rf"line 3: pfa-2024-12 is pinned above .* {A}; other"):
            read_registry(write(path, ROW, ROW | {"sha256": B}))
        with pytest.raises(Problems, match="is pinned above"):
            read_registry(write(path, ROW, ROW | UNPINNED))

    def test_the_same_row_twice_is_a_slip(self, path: Path) -> None:
        with pytest.raises(Problems, match="listed twice with the same content"):
            read_registry(write(path, ROW, ROW))

    @pytest.mark.parametrize("column", ["sha256", "path"])
    def test_two_releases_share_neither_hash_nor_address(self, column: str, path: Path) -> None:
        other = ROW | {"release_id": "pfa-2024-12-v1", "sha256": B, "path": "/crime/v1.xlsx"}
        with pytest.raises(
            Problems, match=f"pfa-2024-12 and pfa-2024-12-v1 have the same {column}"
        ):
            read_registry(write(path, ROW, other | {column: ROW[column]}))

    def test_what_is_superseded_has_a_successor(self, path: Path) -> None:
        first = ROW | UNPINNED | {"release_id": "pfa-2024-12-v1", "status": "superseded"}
        first["path"] = "/crime/previous/v1/"
        with pytest.raises(Problems, match="no row of pfa for 2024-12-31 replaces it"):
            read_registry(write(path, first))
        corrected = ROW | {"release_id": "pfa-2024-12-corrected"}
        assert len(read_registry(write(path, first, corrected))) == 2


class TestSelection:
    def test_all_means_what_is_shipped(self, path: Path) -> None:
        listed = ROW | UNPINNED | {"release_id": "pfa-2023-12", "period_end": "2023-12-31"}
        listed["path"] = "/crime/other.xlsx"
        registry = read_registry(write(path, listed, ROW))
        assert [release.release_id for release in select(registry, "all")] == ["pfa-2024-12"]
        assert [release.release_id for release in select(registry, ["pfa-2024-12"])] == [
            "pfa-2024-12"
        ]
        with pytest.raises(Problems) as caught:
            select(registry, ["pfa-2023-12", "pfa-2024-21"])
        assert "status in config/releases.csv is listed" in caught.value.problems[0]
        assert "did you mean `pfa-2024-12`?" in caught.value.problems[1]

    def test_a_dataset_of_which_none_is_named_is_whole(self, path: Path) -> None:
        rows = [
            ROW,
            ROW
            | {"release_id": "pfa-2023-12", "period_end": "2023-12-31"}
            | {"path": "/crime/dec23/a.xlsx", "sha256": B},
            ROW
            | {"release_id": "appendix-2024-12", "dataset": "appendix"}
            | {"path": "/crime/appendix/a.xlsx", "sha256": "c" * 64},
        ]
        registry = read_registry(write(path, *rows))
        both = ["pfa-2023-12", "pfa-2024-12"]
        for wanted, chosen in {
            "all": [*both, "appendix-2024-12"],
            "pfa-2023-12": ["pfa-2023-12", "appendix-2024-12"],
            "appendix-2024-12": [*both, "appendix-2024-12"],
        }.items():
            assert sorted(r.release_id for r in select(registry, wanted)) == sorted(chosen)

    def test_of_an_edition_without_an_issue_the_last_one_is_meant(self, path: Path) -> None:
        first = ROW | {"release_id": "pfa-2024-12-v1", "path": "/crime/dec/previous/v1/a.xlsx"}
        last = ROW | {"release_id": "pfa-2024-12-corrected", "sha256": B}
        registry = read_registry(write(path, first, last))
        assert [r.release_id for r in select(registry, "pfa-2024-12")] == ["pfa-2024-12-corrected"]
        assert [r.release_id for r in select(registry, "pfa-2024-12-v1")] == ["pfa-2024-12-v1"]

    def test_origin_and_the_sentence_about_it(self, path: Path) -> None:
        unpinned = ROW | UNPINNED | {"release_id": "pfa-2024-06", "period_end": "2024-06-30"}
        unpinned |= {"path": "/crime/other.xlsx", "status": "shipped"}
        copied = unpinned | {"release_id": "pfa-2024-09", "period_end": "2024-09-30"}
        copied |= {"path": "/crime/third.xlsx"}
        releases = list(read_registry(write(path, ROW, unpinned, copied)).values())
        copies = {"pfa-2024-09": ["a listed copy"]}
        origins = {
            source: [origin(release, source, copies) for release in releases]
            for source in ("embedded", "ons", "/mirror", "https://mirror.example.org")
        }
        assert origins == {
            "embedded": ["figures", "figures", "figures"],
            "ons": ["workbook", "figures", "figures"],
            "/mirror": ["workbook", "figures", "workbook"],
            "https://mirror.example.org": ["workbook", "figures", "workbook"],
        }
        kept = kept_figures(releases, "ons", copies)
        assert "pfa-2024-06, pfa-2024-09 stay with the shipped figures" in kept
        assert "snakemake pin_release --config release=pfa-2024-06" in kept
        assert "pfa-2024-06 stays with the" in kept_figures(releases, "/mirror", copies)
        assert kept_figures(releases, "embedded", copies) == ""
        assert kept_figures(releases[:1], "ons", copies) == ""

    def test_another_publishers_release_is_named_apart(self, path: Path) -> None:
        other = ROW | UNPINNED | {"release_id": "prc-2024-12", "dataset": "prc"}
        other |= {"path": "/media/prc.ods", "status": "shipped"}
        releases = list(read_registry(write(path, other)).values())
        kept = kept_figures(releases, "ons", {})
        assert "since the hash of the Home Office's own file is not known" in kept
        assert "pin_release --config release=prc-2024-12" in kept


class TestCopies:
    def test_copies_are_listed_by_release(self, path: Path, tmp_path: Path) -> None:
        registry = read_registry(write(path, ROW))
        listed = write(tmp_path / "copies.csv", COPY, columns=COPY_COLUMNS)
        copy = read_copies(listed, registry)["pfa-2024-12"][0]
        assert (copy.sha256, copy.bytes, copy.note) == (B, 653_107, "Re-saved.")

    @pytest.mark.parametrize(
        ("column", "value", "sentence"),
        [
            ("release_id", "pfa-2024-21", "did you mean `pfa-2024-12`?"),
            ("sha256", A, "sha256 is the pin of pfa-2024-12 itself"),
            ("sha256", "b", "expected 64 digits"),
            ("bytes", "-1", "expected a number of bytes"),
            ("note", "", "note is empty"),
        ],
    )
    def test_a_cell_that_does_not_hold(
        self, column: str, value: str, sentence: str, path: Path, tmp_path: Path
    ) -> None:
        registry = read_registry(write(path, ROW))
        listed = write(tmp_path / "copies.csv", COPY | {column: value}, columns=COPY_COLUMNS)
        with pytest.raises(Problems) as caught:
            read_copies(listed, registry)
        assert sentence in str(caught.value)
        assert "line 2" in str(caught.value)


class TestTheRealOne:
    """config/releases.csv itself."""

    def test_it_holds_every_edition_known(self, root: Path) -> None:
        registry = read_registry(root / REGISTRY)
        current = [r for r in registry.values() if r.dataset == "pfa" and r.status != "superseded"]
        known = {release.period_end for release in current}
        assert {date(2015, 12, 31), date(2026, 3, 31)} <= known
        assert all(f"{r.period_end:%Y-%m}" in r.release_id for r in current)
        # An edition is called shipped where its figures lie in the project, and nowhere else.
        figures = {path.stem for path in (root / "resources/figures").glob("*.parquet")}
        assert {r.release_id for r in current if r.status == "shipped"} == {
            r.release_id for r in current
        } & figures

    def test_datasets_are_those_of_the_configuration(self, root: Path) -> None:
        config = yaml.safe_load((root / "config" / "config.yaml").read_text(encoding="utf-8"))
        for release in read_registry(root / REGISTRY).values():
            if release.publisher is OFFICE_FOR_NATIONAL_STATISTICS:
                assert release.path.startswith(config["datasets"][release.dataset] + "/")

    def test_every_publisher_is_on_the_list_of_hosts(self, root: Path) -> None:
        config = yaml.safe_load((root / "config" / "config.yaml").read_text(encoding="utf-8"))
        publishers = {r.publisher for r in read_registry(root / REGISTRY).values()}
        # The page that tells of a publisher's newer files is asked, too.
        asked = {p.host for p in publishers} | {p.listing for p in publishers if p.listing}
        assert len(publishers) == 2
        assert {urlsplit(address).netloc for address in asked} == set(config["hosts"])

    def test_a_file_is_addressed_as_its_publisher_has_it(self, root: Path) -> None:
        registry = read_registry(root / REGISTRY)
        edition = registry["pfa-2024-12"]
        assert edition.page_url == f"https://www.ons.gov.uk{edition.edition_uri}"
        assert edition.file_url == f"https://www.ons.gov.uk/file?uri={edition.path}"
        quarters = registry["prc-2025-12"]
        assert quarters.file_url == (
            "https://assets.publishing.service.gov.uk/media/69e634ef84ac36aaf2cc92e2/"
            "prc-pfa-mar2013-onwards-tables-230426.ods"
        )
        assert quarters.page_url.startswith("https://www.gov.uk/government/statistical-data-sets/")

    def test_a_correction_has_its_first_issue_beside_it(self, root: Path) -> None:
        registry = read_registry(root / REGISTRY)
        corrected = [name for name in registry if name.endswith("-corrected")]
        assert "pfa-2018-06-corrected" in corrected
        for name in corrected:
            first = registry[name.replace("-corrected", "-v1")]
            # A first issue is read only where the corrected one is not to be had.
            replaced = registry[name].status == "shipped"
            assert first.status == "superseded" or not replaced
            assert first.period_end == registry[name].period_end

    def test_a_re_saved_copy_is_no_pin(self, root: Path) -> None:
        registry = read_registry(root / REGISTRY)
        copies = read_copies(root / COPIES, registry)
        june = registry["pfa-2024-06"]
        assert not june.pinned
        assert june.bytes == 661_141
        assert [copy.bytes for copy in copies["pfa-2024-06"]] == [653_107]

    def test_readme_explains_every_column_and_word(self, root: Path) -> None:
        text = (root / "config" / "README.md").read_text(encoding="utf-8")
        for word in [*COLUMNS, *PIN_BASES, *STATUSES]:
            assert f"`{word}`" in text, f"config/README.md does not explain `{word}`"
