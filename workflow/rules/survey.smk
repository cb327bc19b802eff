# Survey: what the Crime Survey estimates, with what uncertainty, and what its publisher says
# of changes.
#
# in    results/observations/<appendix release>.parquet  as the appendix tables have them
#       resources/figures/personal-prevalence-*.parquet  estimates published with standard errors
#       resources/figures/stalking-*.parquet             estimates published with bases
#       resources/reference/stalking_prevalence.csv     estimates transcribed
#       resources/reference/assumed_bases.csv           what is assumed where no base is published,
#       resources/reference/module_bases.csv            and the published bases it rests on
#       resources/reference/survey_breaks.csv           where a series breaks
# out   results/clean/survey_estimates.parquet          proportions with bases
#       results/clean/survey_comparisons.parquet        years ONS compared, with its verdicts
#       results/clean/recorded_offence_codes.parquet    police recorded offences by code
#       results/clean/survey_notices.parquet            oddities of the workbooks
#       results/estimates/design_factors.parquet        read off ONS's verdicts
#       results/estimates/factors_in_use.parquet        the one that each year is given
#       results/estimates/flag_agreement.parquet        our verdicts beside ONS's
#       results/estimates/flag_disagreements.parquet    each one that differs
#       results/estimates/prevalence.parquet            proportions with intervals
#       results/estimates/survey_changes.parquet        changes, tested
#       results/estimates/survey_trends.parquet         trends between breaks
#       results/estimates/offences_per_victims.parquet  where recorded crime and survey meet
#       results/estimates/recorded_beside_survey.parquet  the same by crime and year

# Tables of the survey that are no edition of the registry: see `crimeshare take-in`.
taken_in = sorted(
    str(path)
    for kind in ("personal-prevalence", "stalking")
    for path in Path(shipped("resources/figures")).glob(f"{kind}-*.parquet")
)


rule combine_survey:
    input:
        observations=observations_of(APPENDIX),
        taken_in=taken_in,
        hashes=HASHES,
        transcribed=shipped("resources/reference/stalking_prevalence.csv"),
        reference=[
            SERIES_GROUPS,
            shipped("workflow/crimeshare/tables/layouts/appendix/measures.csv"),
            shipped("workflow/crimeshare/tables/survey_wholes.csv"),
        ],
        columns=NAMES,
    output:
        estimates="results/clean/survey_estimates.parquet",
        comparisons="results/clean/survey_comparisons.parquet",
        offence_codes="results/clean/recorded_offence_codes.parquet",
        notices="results/clean/survey_notices.parquet",
    log:
        "results/logs/combine_survey.log",
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=500,
    params:
        software=software("tables"),
    message:
        "Combining the survey's estimates"
    script:
        "../scripts/combine_survey.py"


rule compute_design_factors:
    input:
        estimates="results/clean/survey_estimates.parquet",
        comparisons="results/clean/survey_comparisons.parquet",
        # Knows when the survey restarted.
        breaks=shipped("resources/reference/survey_breaks.csv"),
        columns=NAMES,
    output:
        design_factors="results/estimates/design_factors.parquet",
        factors_in_use="results/estimates/factors_in_use.parquet",
        agreement="results/estimates/flag_agreement.parquet",
        disagreements="results/estimates/flag_disagreements.parquet",
    log:
        "results/logs/compute_design_factors.log",
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=500,
    params:
        software=software("measures"),
        level=configuration.level,
    message:
        "Reading design factors off the published verdicts"
    script:
        "../scripts/compute_design_factors.py"


rule compute_prevalence:
    input:
        estimates="results/clean/survey_estimates.parquet",
        comparisons="results/clean/survey_comparisons.parquet",
        factors_in_use="results/estimates/factors_in_use.parquet",
        assumed_bases=shipped("resources/reference/assumed_bases.csv"),
        module_bases=shipped("resources/reference/module_bases.csv"),
        breaks=shipped("resources/reference/survey_breaks.csv"),
        offence_codes="results/clean/recorded_offence_codes.parquet",
        pairs=shipped("resources/reference/survey_pairs.csv"),
        recording_changes=shipped("resources/reference/recording_changes.csv"),
        columns=NAMES,
    output:
        prevalence="results/estimates/prevalence.parquet",
        survey_changes="results/estimates/survey_changes.parquet",
        trends="results/estimates/survey_trends.parquet",
        ratios="results/estimates/offences_per_victims.parquet",
        beside="results/estimates/recorded_beside_survey.parquet",
    log:
        "results/logs/compute_prevalence.log",
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=500,
    params:
        software=software("measures"),
        level=configuration.level,
    message:
        "Computing prevalence with its intervals, changes and trends, and recorded crime beside it"
    script:
        "../scripts/compute_prevalence.py"
