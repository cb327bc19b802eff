"""The Home Office's open data: force, quarter and offence code, by names kept as data."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from crimeshare.audit.lookup import offence_codes
from crimeshare.parquet import read_table
from crimeshare.periods import quarter
from crimeshare.problems import Problem, Problems
from crimeshare.reference import areas, offences, read_rows
from crimeshare.tables.combining import combine_recorded_quarters
from crimeshare.tables.layout import UnknownNames
from crimeshare.tables.observations import QuarterFigure, read_arrow, write_observations
from crimeshare.tables.open_document import sheets
from crimeshare.tables.recorded_quarters import (
    FOLDER,
    NO_AREA,
    NO_OFFENCE,
    code_names,
    read_conversion,
    read_recorded_quarters,
)
from tests.open_document import COLUMNS, Row, line, open_data, row, sheet, write

RELEASE = "prc-2024-03"
ROWS = [
    line("Gwent", "8Q", 30),
    line("Gwent", "8L", 50),
    line("Gwent", "12", 7, subgroup="Violence without injury"),
    line("Gwent", "30C", 5, group="Theft offences", subgroup="Non-residential burglary"),
    line("Gwent", "8R", 20),
    line("London, City of", "8Q", 2),
    line("British Transport Police", "8Q", -1),
    line("Action Fraud", "AF", 900, group="Fraud offences", subgroup="Fraud: Action Fraud"),
]


def read(
    folder: Path, rows: Sequence[Row] = ROWS, *, name: str = "2023_24", header: Row = COLUMNS
) -> dict[tuple[str, str | None], QuarterFigure]:
    """The figures of one sheet, by area and code, or group where no code is kept apart."""
    path = open_data(folder / "prc.ods", {name: rows}, header)
    figures = read_recorded_quarters(path, RELEASE)
    return {(f.area_name, f.code or f.offence_id): f for f in figures}


def refused(folder: Path, rows: Sequence[Row], **options: object) -> str:
    with pytest.raises(Problem) as caught:
        read(folder, rows, **options)  # type: ignore[arg-type]
    return str(caught.value)


def test_rows_are_added_up_to_groups_and_codes(tmp_path: Path) -> None:
    figures = read(tmp_path)
    gwent = {item: f.value for (area, item), f in figures.items() if area == "Gwent"}
    assert gwent == {
        "total": 112,
        "violence_against_person": 107,
        "violence_without_injury": 7,
        "stalking_harassment": 100,
        "theft_offences": 5,
        "burglary": 5,
        "non_residential_burglary": 5,
        "8Q": 30,
        "8L": 50,
        "8R": 20,
        "12": 7,
        "30C": 5,
    }
    stalking = figures["Gwent", "8Q"]
    assert (stalking.period_start, stalking.period_end) == (date(2024, 1, 1), date(2024, 3, 31))
    assert (stalking.area_code, stalking.offence_id) == ("W15000002", "stalking_harassment")
    assert figures["City of London", "8Q"].area_code == "E23000034"


def test_a_force_may_withdraw_more_than_it_recorded(tmp_path: Path) -> None:
    assert read(tmp_path)["British Transport Police", "total"].value == -1


def test_fraud_and_those_who_record_nothing_else_are_in_no_total(tmp_path: Path) -> None:
    own = line("Gwent", "53C", 40, group="Fraud offences", subgroup="Fraud offences to 2012/13")
    figures = read(tmp_path, [*ROWS, own])
    assert figures["Gwent", "total"].value == 112
    assert {area for area, _ in figures} == {"Gwent", "City of London", "British Transport Police"}


def test_every_figure_names_the_cells_it_was_added_up_from(tmp_path: Path) -> None:
    figures = read(tmp_path)
    cells = {item: f.cells for (area, item), f in figures.items() if area == "Gwent"}
    assert cells["8Q"] == "H2"
    assert cells["stalking_harassment"] == "H2:H3 H6"
    assert cells["total"] == "H2:H6"
    assert {f.sheet for f in figures.values()} == {"2023_24"}
    grid = {name: list(rows) for name, rows in sheets(tmp_path / "prc.ods")}["2023_24"]
    assert grid[1][7] == figures["Gwent", "8Q"].value
    combined = combine([*figures.values()], tmp_path)
    assert combined["workbook_sha256"].str.fullmatch("[0-9a-f]{64}").all()


def combine(figures: Sequence[QuarterFigure], folder: Path) -> pd.DataFrame:
    write_observations(figures, folder / "figures.parquet")
    return combine_recorded_quarters([read_arrow(QuarterFigure, folder / "figures.parquet")])


def test_titles_and_empty_rows_and_columns_move_the_cells_only(tmp_path: Path) -> None:
    rows = [["", *each] for each in ROWS]
    path = write(
        tmp_path / "prc.ods",
        [
            sheet(
                "2023-24",
                [row(["", "A title"]), row([]), row(["", *COLUMNS]), *map(row, rows), row([])],
            )
        ],
    )
    figures = {(f.area_name, f.code): f for f in read_recorded_quarters(path, RELEASE)}
    assert figures["Gwent", "8Q"].cells == "I4"
    assert figures["Gwent", "8Q"].value == 30


@pytest.mark.parametrize("name", ["2023_24", "2023-24", "2023/24"])
def test_a_sheet_is_known_by_its_financial_year(tmp_path: Path, name: str) -> None:
    assert read(tmp_path, name=name)["Gwent", "total"].value == 112


def test_numbers_may_stand_as_text_and_quarters_as_decimals(tmp_path: Path) -> None:
    rows = [line("Gwent", "8Q", " 1,234 ", quarter=4.0), line("Gwent", "8L", "50", quarter="4")]
    assert read(tmp_path, rows)["Gwent", "total"].value == 1284


def test_an_earlier_file_calls_its_last_column_otherwise(tmp_path: Path) -> None:
    figures = read(tmp_path, header=[*COLUMNS[:-1], "Offence Count"])
    assert figures["Gwent", "total"].value == 112


@pytest.mark.parametrize("marker", ["", "..", "[x]"])
def test_a_marked_cell_is_never_a_zero(tmp_path: Path, marker: str) -> None:
    rows = [*ROWS, line("Gwent", "8U", marker)]
    figures = read(tmp_path, rows)
    for item in ("8U", "stalking_harassment", "violence_against_person", "total"):
        assert (figures["Gwent", item].value, figures["Gwent", item].marker) == (
            None,
            "unavailable",
        )
    assert figures["Gwent", "8Q"].value == 30
    assert combine([*figures.values()], tmp_path)["marker"].notna().sum() == 4


def test_a_code_that_moved_counts_where_its_row_says(tmp_path: Path) -> None:
    rows = [line("Gwent", "8L", 9, year="2012/13", subgroup="Violence without injury")]
    figures = read(tmp_path, rows, name="2012_13")
    assert figures["Gwent", "8L"].offence_id == "violence_without_injury"
    assert ("Gwent", "stalking_harassment") not in figures


def test_parts_under_one_name_are_as_many_as_it_has_codes(tmp_path: Path) -> None:
    part = line("Gwent", "1/4.1/4.10/4.2", 2, description="Homicide", subgroup="Homicide")
    assert read(tmp_path, [part] * 4)["Gwent", "homicide"].value == 8
    assert "Gwent, 1/4.1/4.10/4.2 is in quarter 4 once more" in refused(tmp_path, [part] * 5)


def test_quarters_are_those_of_the_year_from_april() -> None:
    assert [quarter(2023, number) for number in (1, 2, 3, 4)] == [
        (date(2023, 4, 1), date(2023, 6, 30)),
        (date(2023, 7, 1), date(2023, 9, 30)),
        (date(2023, 10, 1), date(2023, 12, 31)),
        (date(2024, 1, 1), date(2024, 3, 31)),
    ]


class TestWhatIsNotKnown:
    """Each stops the run with the place, the nearest known name and the line to add."""

    @pytest.mark.parametrize(
        ("changed", "sentence"),
        [
            (
                line("Gwent Police", "8Q", 1),
                "cell C2: the police force 'Gwent Police' is not known. Nearest known: 'gwent'",
            ),
            (
                line("Gwent", "8Q", 1, group="Violence"),
                "cell E2: the offence group 'Violence' is not known",
            ),
            (
                line("Gwent", "8Q", 1, subgroup="Stalking and harassing"),
                "cell F2: the offence subgroup 'Stalking and harassing' is not known. Nearest "
                "known: 'stalking and harassment'",
            ),
            (
                line("Gwent", "8V", 1),
                "cell G2: the offence code '8V' is not known, and stands here in "
                "stalking_harassment. If that is right, add to workflow/crimeshare/tables/layouts/"
                "prc/codes.csv the line: 8V,stalking_harassment",
            ),
            (
                line("Gwent", "8Q", 1, subgroup="Violence with injury"),
                "the offence code '8Q' is known in stalking_harassment, and stands here in "
                "violence_with_injury",
            ),
            (line("Gwent", "8Q", "n/a"), "cell H2: the marker 'n/a' is not known"),
            (line("Gwent", "8Q", 1.5), "cell H2: holds 1.5; expected a whole number of offences"),
        ],
    )
    def test_a_name(self, tmp_path: Path, changed: Row, sentence: str) -> None:
        with pytest.raises(UnknownNames) as caught:
            read(tmp_path, [changed, *ROWS[1:]])
        assert len(caught.value.problems) == 1
        assert "prc-2024-03, sheet '2023_24', " in str(caught.value)
        assert sentence in str(caught.value)

    def test_a_sheet(self, tmp_path: Path) -> None:
        with pytest.raises(UnknownNames, match="the sheet 'Fraud' is not known"):
            read(tmp_path, name="Fraud")

    def test_a_column(self, tmp_path: Path) -> None:
        text = refused(tmp_path, [], header=[*COLUMNS[:-1], "Number of Crimes"])
        assert "cell H1: the column 'Number of Crimes' is not known. Nearest known: 'number" in text
        assert "no column for count" in text

    def test_everything_of_a_sheet_at_once_and_each_once(self, tmp_path: Path) -> None:
        with pytest.raises(UnknownNames) as caught:
            read(
                tmp_path,
                [*(line("Ghent", code, 1) for code in ("8Q", "8L")), line("Gwent", "8V", 1)],
            )
        assert len(caught.value.unknown) == 2


class TestWhatDoesNotHold:
    @pytest.mark.parametrize(
        ("changed", "sentence"),
        [
            (
                line("Gwent", "8Q", 1, year="2022/23"),
                "cell A2: the financial year is '2022/23' in the sheet '2023_24'",
            ),
            (line("Gwent", "8Q", 1, quarter=5), "cell B2: the quarter is '5'; expected 1 to 4"),
            (
                line("Gwent", "8Q", 1, group="Robbery"),
                "cell F2: 'Stalking and harassment' stands in the group 'Robbery'; expected it in "
                "that of violence_against_person",
            ),
            (
                line("CIFAS", "8Q", 1),
                "cell C2: CIFAS has 'Stalking and harassment'; expected nothing but fraud",
            ),
            (ROWS[1], "cell H3: Gwent, 8L is in quarter 4 once more"),
        ],
    )
    def test_a_row(self, tmp_path: Path, changed: Row, sentence: str) -> None:
        assert sentence in refused(tmp_path, [changed, *ROWS[1:]])

    def test_a_slip_in_every_row_is_told_once(self, tmp_path: Path) -> None:
        with pytest.raises(Problems) as caught:
            read(tmp_path, [line("Gwent", code, 1, quarter=5) for code in ("8Q", "8L", "8R")])
        assert len(caught.value.problems) == 1

    def test_a_sheet_without_header_or_rows(self, tmp_path: Path) -> None:
        assert "has a header and no rows" in refused(tmp_path, [])
        assert "no header in the first 30 rows" in refused(tmp_path, ROWS, header=["x"])

    def test_a_column_given_twice(self, tmp_path: Path) -> None:
        text = refused(tmp_path, [], header=[*COLUMNS, "Offence Code"])
        assert "cell I1: a second column for code; expected one" in text

    def test_a_document_without_a_year(self, tmp_path: Path) -> None:
        path = write(tmp_path / "prc.ods", [sheet("Notes", [row(["x"])])])
        with pytest.raises(Problem, match="has no sheet named after a financial year"):
            list(read_recorded_quarters(path, RELEASE))

    def test_a_sheet_whose_name_is_no_financial_year(self, tmp_path: Path) -> None:
        assert "'2023_25': the name is no financial year" in refused(tmp_path, ROWS, name="2023_25")


class TestConversions:
    def test_a_conversion_gives_the_same_figures_without_cells(self, tmp_path: Path) -> None:
        names = ["FY", "Financial Quarter", "Force", *COLUMNS[3:4], "Group", *COLUMNS[5:7], "n"]
        path = tmp_path / "long.parquet"
        earlier = [["2022/23", *each[1:]] for each in ROWS]
        pd.DataFrame([*ROWS, *earlier], columns=names).to_parquet(path)
        converted = list(read_conversion(path, RELEASE))
        figures = list(read(tmp_path).values())
        newer = [f for f in converted if f.sheet == "2023/24"]
        assert [(f.area_code, f.offence_id, f.code, f.value) for f in newer] == [
            (f.area_code, f.offence_id, f.code, f.value) for f in figures
        ]
        assert {f.period_end for f in converted} == {date(2023, 3, 31), date(2024, 3, 31)}
        assert {(f.cells, f.workbook_sha256, f.read_from) for f in converted} == {
            (None, None, "conversion")
        }
        table = combine(converted, tmp_path)
        assert table["conversion_sha256"].notna().all()

    def test_a_table_of_something_else_is_refused(self, tmp_path: Path) -> None:
        pd.DataFrame({"x": [1]}).to_parquet(tmp_path / "other.parquet")
        with pytest.raises(Problem, match="expected one of them to be the financial year"):
            list(read_conversion(tmp_path / "other.parquet", RELEASE))


def test_figures_that_are_none_are_refused(tmp_path: Path) -> None:
    (tmp_path / "damaged.parquet").write_bytes(b"PAR1")
    with pytest.raises(Problem, match="Restore it from the repository"):
        read_arrow(QuarterFigure, tmp_path / "damaged.parquet")


def test_a_cell_and_a_conversion_never_stand_side_by_side(tmp_path: Path) -> None:
    figure = read(tmp_path)["Gwent", "8Q"]
    both = QuarterFigure(**{**vars(figure), "conversion_sha256": figure.workbook_sha256})
    with pytest.raises(Problems, match="a row names the cells of a workbook, or the conversion"):
        combine([both], tmp_path)


def test_the_layout_names_known_offences_and_areas() -> None:
    for name in ("codes", "groups", "subgroups"):
        ids = {each["offence_id"] for each in read_rows(FOLDER / f"{name}.csv")}
        ids = {name for several in ids for name in several.split()}
        assert ids - {NO_OFFENCE} <= set(offences())
    codes = {each["area_code"] for each in read_rows(FOLDER / "forces.csv")}
    assert codes - {NO_AREA} <= set(areas())
    assert all(name.strip() for name in code_names().values())


# What was done to whom: a name that lacks it says something else of the same number.
GRAVE = re.compile(r"death|injury|physical harm|imprisonment|trafficking|sexual material")


def test_a_name_says_what_ons_says_of_the_code_that_is_grave(root: Path) -> None:
    """The Home Office's list keeps names that codes have outgrown, and one that is another's."""
    figures = read_table(max((root / "resources" / "figures").glob("appendix-*.parquet")))
    rows = figures[figures["table"] == "offence_codes"]
    labels = dict(zip(rows["item_id"], rows["row_label"].str.lower(), strict=True))
    names = {code: name.lower() for code, name in code_names().items()}
    both = set(labels) & set(names)
    assert len(both) > 100
    lacking = {
        code: set(GRAVE.findall(labels[code])) - set(GRAVE.findall(names[code])) for code in both
    }
    assert {code: words for code, words in lacking.items() if words} == {}


def test_no_two_codes_are_called_the_same() -> None:
    counted = [name for code, name in code_names().items() if code in offence_codes()]
    assert len(counted) == len(set(counted))


def test_a_label_that_stood_for_two_groups_is_told_by_its_code(tmp_path: Path) -> None:
    """Vintages before 2024 call residential burglary domestic."""
    rows = [
        ("2023/24", 1, "Gwent", "Burglary of a home", "Theft offences", label, code, 3.0)
        for label, code in (("Domestic burglary", "28E"), ("Non-domestic burglary", "30C"))
    ]
    groups = {figure.offence_id for figure in _converted(tmp_path, rows) if figure.code}
    assert groups == {"residential_burglary", "non_residential_burglary"}


def test_codes_with_all_the_digits_of_a_spreadsheet_are_read(tmp_path: Path) -> None:
    taking = ("2012/13", 1, "Gwent", "Aggravated vehicle taking")
    row = (*taking, "Theft offences", "Vehicle offences", "37.200000000000003", 3.0)
    assert {figure.code for figure in _converted(tmp_path, [row])} == {None, "37.2"}


def _converted(folder: Path, rows: Sequence[Sequence[object]]) -> list[QuarterFigure]:
    """What is read of a conversion that holds these rows."""
    names = (
        "Financial Year",
        "Financial Quarter",
        "Force Name",
        "Offence Description",
        "Offence Group",
        "Offence Subgroup",
        "Offence Code",
        "Number of Offences",
    )
    path = folder / "conversion.parquet"
    pd.DataFrame(rows, columns=list(names)).to_parquet(path)
    return list(read_conversion(path, "prc-2023-06"))
