"""Set areas beside others like them: control limits, partnerships within them, similar forces."""

from crimeshare.measures.control_limits import compute_control_limits
from crimeshare.measures.recorded import require_offence_groups
from crimeshare.measures.series import newest_year
from crimeshare.measures.similarity import compute_similar_forces
from crimeshare.measures.small_areas import compute_small_areas
from crimeshare.parquet import read_table, together, write_table
from crimeshare.reference import partnerships
from crimeshare.running import running

with running(snakemake):
    groups = snakemake.params.offence_ids
    series = read_table(snakemake.input.series)
    # The first step that asks for the groups, before any page does.
    require_offence_groups(series, groups)
    newest = newest_year(series)
    write_table(compute_control_limits(newest), snakemake.output.control_limits)
    write_table(
        together(compute_similar_forces(newest, offence_id) for offence_id in groups),
        snakemake.output.similar_forces,
    )
    forces = {code: partnership.area_code for code, partnership in partnerships().items()}
    recorded = read_table(snakemake.input.recorded_crime)
    write_table(
        together(compute_small_areas(recorded, forces, offence_id) for offence_id in groups),
        snakemake.output.small_areas,
    )
