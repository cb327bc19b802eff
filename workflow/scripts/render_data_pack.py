"""Write the data pack: tables as CSV and Parquet, their descriptions, and the workbook."""

from pathlib import Path

from crimeshare.publish.elements.reading import read
from crimeshare.publish.elements.rows import rows
from crimeshare.publish.pack.data_pack import WORKBOOK, write_data_pack, write_zip
from crimeshare.publish.pack.dictionary import data_tables
from crimeshare.publish.pack.workbook import workbook_sheets, write_workbook
from crimeshare.publish.subjects import currency
from crimeshare.publish.subjects.estimates import latest
from crimeshare.reference import offences
from crimeshare.running import running
from crimeshare.sources.registry import read_registry

with running(snakemake):
    offence_id = snakemake.params.offence_id
    registry = read_registry(Path(snakemake.input.registry))
    dated = currency.published(registry) or latest()
    folder = Path(snakemake.output.package).parent
    sheets = workbook_sheets(offence_id, read("prevalence"), rows(read("claims")))
    title = f"{offences()[offence_id].name} in recorded crime"
    write_workbook(folder / WORKBOOK, title, sheets, dated)
    write_data_pack(folder, data_tables(), folder / WORKBOOK, dated)
    write_zip(folder, Path(snakemake.output.zip))
