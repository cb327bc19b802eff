"""Open documents (.ods) written by hand: a zip with a ``content.xml``, as spreadsheets save."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
_NAMESPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (("office", "office"), ("table", "table"), ("text", "text"))
)

COLUMNS = [
    "Financial Year",
    "Financial Quarter",
    "Force Name",
    "Offence Description",
    "Offence Group",
    "Offence Subgroup",
    "Offence Code",
    "Number of Offences",
]

Row = Sequence[object]


def cell(content: object, times: int = 1) -> str:
    """A cell that holds a number or a text, repeated to the right."""
    repeated = f' table:number-columns-repeated="{times}"' if times > 1 else ""
    if content is None or content == "":
        return f"<table:table-cell{repeated}/>"
    if isinstance(content, int | float):
        value = f'office:value-type="float" office:value="{content}"'
    else:
        value = 'office:value-type="string"'
    text = escape(str(content))
    return f"<table:table-cell {value}{repeated}><text:p>{text}</text:p></table:table-cell>"


def row(contents: Row, times: int = 1) -> str:
    """A row, repeated downwards."""
    repeated = f' table:number-rows-repeated="{times}"' if times > 1 else ""
    return f"<table:table-row{repeated}>{''.join(map(cell, contents))}</table:table-row>"


def sheet(name: str, rows: Iterable[str]) -> str:
    """A sheet of rows that are XML already."""
    return f"<table:table table:name={quoteattr(name)}>{''.join(rows)}</table:table>"


def write(path: Path, sheets: Iterable[str]) -> Path:
    """Write a document of sheets that are XML already; the path it went to."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", MIMETYPE, zipfile.ZIP_STORED)
        with archive.open("content.xml", "w") as content:
            content.write(
                f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NAMESPACES} '
                'office:version="1.2"><office:body><office:spreadsheet>'.encode()
            )
            for each in sheets:
                content.write(each.encode())
            content.write(b"</office:spreadsheet></office:body></office:document-content>")
        archive.writestr(
            "META-INF/manifest.xml",
            '<?xml version="1.0"?><manifest:manifest xmlns:manifest='
            '"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry '
            f'manifest:full-path="/" manifest:media-type="{MIMETYPE}"/></manifest:manifest>',
        )
    return path


def open_data(path: Path, years: Mapping[str, Sequence[Row]], header: Row = COLUMNS) -> Path:
    """The Home Office's table: a sheet of words, then one a financial year by name."""
    words = sheet("Contents", [row(["Police recorded crime open data tables"])])
    tables = (
        sheet(name, [row(header), *(row(line) for line in lines)]) for name, lines in years.items()
    )
    return write(path, [words, *tables])


def line(
    force: str,
    code: str,
    count: object,
    *,
    year: str = "2023/24",
    quarter: object = 4,
    description: str = "",
    group: str = "Violence against the person",
    subgroup: str = "Stalking and harassment",
) -> list[object]:
    """One row of the table; stalking and harassment in the last quarter of 2023/24 unless told."""
    return [year, quarter, force, description or f"Offence {code}", group, subgroup, code, count]
