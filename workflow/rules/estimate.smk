# Estimate: what the clean tables say, each result with its method and its cells.
#
# in    results/clean/*.parquet
#       resources/reference/recording_changes.csv   what changed in police recording, and when
# out   results/estimates/shares.parquet            shares of the total, and ranks
#       results/estimates/home_office_check.parquet the Home Office's years beside ONS's
#       results/estimates/vintages.parquet          every count of a year that any release gives
#       results/estimates/refuted_changes.parquet   published changes that the counts refute
#       results/estimates/changes.parquet           year-on-year changes
#       results/estimates/series.parquet            the leading figure of every quarter-end
#       results/estimates/composition.parquet       the codes of the group, and what moved it
#       results/estimates/revisions.parquet         what later releases say of earlier years
#       results/estimates/whole_revisions.parquet   from the first vintage to the newest
#       results/estimates/revision_sizes.parquet    how far figures of an area have moved
#       results/estimates/compared_changes.parquet  changes by two vintages, and which turned
#       results/estimates/revision_intervals.parquet  how far figures will probably be revised
#       results/estimates/revision_test.parquet     how many later figures such limits held
#       results/estimates/control_limits.parquet    how far forces stand apart now and then
#       results/estimates/small_areas.parquet       partnerships beside control limits
#       results/estimates/rank_intervals.parquet    which ranks the forces' quarters allow
#       results/estimates/rank_record.parquet       how many ranks such ranges held before
#       results/estimates/rule_effects.parquet      what coincides with changes of the rules
#       results/estimates/rule_parts.parquet        how much of the rise does
#       results/estimates/level_shifts.parquet      where a force moved to another level
#       results/estimates/forecasts.parquet         how many offences to expect in the coming year
#       results/estimates/similar_forces.parquet    forces with the most similar mix of crime


rule compute_vintages:
    input:
        # Nothing is computed of releases that contradict each other.
        compared=rules.compare_sources.output.compared,
        recorded_crime="results/clean/recorded_crime.parquet",
        offence_codes="results/clean/recorded_offence_codes.parquet",
        quarters="results/clean/recorded_quarters.parquet",
        reference=reference("areas", "fraud_totals", "offences"),
        columns=NAMES,
    output:
        vintages="results/estimates/vintages.parquet",
        refuted="results/estimates/refuted_changes.parquet",
    log:
        "results/logs/compute_vintages.log",
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=750,
    params:
        software=software("measures"),
    message:
        "Gathering every vintage of every count"
    script:
        "../scripts/compute_vintages.py"


rule compute_changes:
    input:
        recorded_crime="results/clean/recorded_crime.parquet",
        vintages="results/estimates/vintages.parquet",
        quarters="results/clean/recorded_quarters.parquet",
        recording_changes=shipped("resources/reference/recording_changes.csv"),
        reference=reference("areas", "offences"),
        columns=NAMES,
    output:
        shares="results/estimates/shares.parquet",
        changes="results/estimates/changes.parquet",
        check="results/estimates/home_office_check.parquet",
    log:
        "results/logs/compute_changes.log",
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=1000,
    params:
        software=software("measures"),
    message:
        "Computing shares, ranks, year-on-year changes, and one publisher beside the other"
    script:
        "../scripts/compute_changes.py"


rule compute_series:
    input:
        vintages="results/estimates/vintages.parquet",
        population="results/clean/population.parquet",
        quarters="results/clean/recorded_quarters.parquet",
        reference=reference("areas", "offences"),
        populations=shipped("resources/reference/populations.csv"),
        recording_changes=shipped("resources/reference/recording_changes.csv"),
        columns=NAMES,
    output:
        series="results/estimates/series.parquet",
    log:
        "results/logs/compute_series.log",
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=750,
    params:
        software=software("measures"),
    message:
        "Computing the series of every area and offence group"
    script:
        "../scripts/compute_series.py"


rule compute_composition:
    input:
        quarters="results/clean/recorded_quarters.parquet",
        reference=reference("areas", "offences"),
        joint_codes=shipped("resources/reference/joint_codes.csv"),
        columns=NAMES,
    output:
        composition="results/estimates/composition.parquet",
    log:
        "results/logs/compute_composition.log",
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=1000,
    params:
        software=software("measures"),
        offence_ids=configuration.groups,
    message:
        "Computing what the offence group is made of"
    script:
        "../scripts/compute_composition.py"


rule compute_control_limits:
    input:
        series="results/estimates/series.parquet",
        recorded_crime="results/clean/recorded_crime.parquet",
        reference=reference("offences", "partnerships"),
        columns=NAMES,
    output:
        control_limits="results/estimates/control_limits.parquet",
        similar_forces="results/estimates/similar_forces.parquet",
        small_areas="results/estimates/small_areas.parquet",
    log:
        "results/logs/compute_control_limits.log",
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=500,
    params:
        software=software("measures"),
        offence_ids=configuration.groups,
    message:
        "Setting forces and partnerships beside others like them"
    script:
        "../scripts/compute_control_limits.py"


rule compute_rank_intervals:
    input:
        series="results/estimates/series.parquet",
        quarters="results/clean/recorded_quarters.parquet",
        revisions="results/estimates/revisions.parquet",
        columns=NAMES,
    output:
        rank_intervals="results/estimates/rank_intervals.parquet",
        record="results/estimates/rank_record.parquet",
    log:
        "results/logs/compute_rank_intervals.log",
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=1000,
    params:
        software=software("measures"),
        level=configuration.level,
    message:
        "Computing which ranks the quarters of the forces allow"
    script:
        "../scripts/compute_rank_intervals.py"


rule compute_rule_effects:
    input:
        quarters="results/clean/recorded_quarters.parquet",
        recording_changes=shipped("resources/reference/recording_changes.csv"),
        reference=reference("offences"),
        columns=NAMES,
    output:
        rule_effects="results/estimates/rule_effects.parquet",
        rule_parts="results/estimates/rule_parts.parquet",
    log:
        "results/logs/compute_rule_effects.log",
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=1000,
    params:
        software=software("measures"),
        level=configuration.level,
        offence_ids=configuration.groups,
    message:
        "Estimating what coincides with changes of the rules"
    script:
        "../scripts/compute_rule_effects.py"


rule compute_level_shifts:
    input:
        quarters="results/clean/recorded_quarters.parquet",
        recording_changes=shipped("resources/reference/recording_changes.csv"),
        columns=NAMES,
    output:
        level_shifts="results/estimates/level_shifts.parquet",
    log:
        "results/logs/compute_level_shifts.log",
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=750,
    params:
        software=software("measures"),
        level=configuration.level,
        offence_ids=configuration.groups,
    message:
        "Finding where the figures of forces moved to another level"
    script:
        "../scripts/compute_level_shifts.py"


rule compute_revisions:
    input:
        vintages="results/estimates/vintages.parquet",
        changes="results/estimates/changes.parquet",
        reference=reference("areas", "offences"),
        columns=NAMES,
    output:
        revisions="results/estimates/revisions.parquet",
        whole="results/estimates/whole_revisions.parquet",
        sizes="results/estimates/revision_sizes.parquet",
        compared="results/estimates/compared_changes.parquet",
        intervals="results/estimates/revision_intervals.parquet",
        test="results/estimates/revision_test.parquet",
    log:
        "results/logs/compute_revisions.log",
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=750,
    params:
        software=software("measures"),
        level=configuration.level,
        offence_ids=configuration.groups,
    message:
        "Computing how figures were revised, and how far more they may be"
    script:
        "../scripts/compute_revisions.py"


rule compute_forecasts:
    input:
        series="results/estimates/quarterly_series.parquet",
        intervals="results/estimates/revision_intervals.parquet",
        recording_changes=shipped("resources/reference/recording_changes.csv"),
        reference=reference("areas"),
        columns=NAMES,
    output:
        forecasts="results/estimates/forecasts.parquet",
    log:
        "results/logs/compute_forecasts.log",
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=500,
    params:
        software=software("measures"),
        level=configuration.level,
        offence_ids=configuration.groups,
    message:
        "Forecasting the coming year"
    script:
        "../scripts/compute_forecasts.py"
