# Audit: public statements beside what the releases say.
#
# in    config/claims.yaml                              statements, and what they assert
#       config/releases.csv                             releases that would settle what is open
#       results/estimates/vintages.parquet              every vintage of every count
#       results/clean/recorded_crime.parquet            rates, and the sheets of cells
#       results/clean/recorded_offence_codes.parquet    the sheets of the appendix tables
#       results/clean/recorded_quarters.parquet         offence codes, and quarters recorded alike
#       results/clean/population.parquet                residents, for rates on those
#       results/clean/survey_estimates.parquet          survey estimates, with their cells
#       results/estimates/prevalence.parquet            their intervals
#       resources/reference/recording_changes.csv       what makes two years not comparable
# out   results/published/evidence/*.json.gz            what statements are judged by, here, by
#                                                       `crimeshare check` and in browsers
#       results/estimates/claims.parquet                a verdict on each statement
#       results/estimates/claim_evidence.parquet        the cells behind each reason's numbers
#       results/estimates/claims_refused.txt            entries that could not be judged, and why
#       results/report/check.html, results/report/check/   the page that judges a text, and what it loads

EVIDENCE = [
    f"results/published/evidence/{part}.json.gz"
    for part in ("editions", "quarters", "codes", "alike", "residents", "survey")
]

# What statements are judged with besides the figures: words of people, and what has to be known.
JUDGED_WITH = [
    "config/releases.csv",
    shipped("workflow/crimeshare/audit/reasons.md.j2"),
    *reference(
        "area_words",
        "areas",
        "claim_keys",
        "fraud_totals",
        "hedges",
        "joint_codes",
        "movement_words",
        "not_recorded",
        "offence_words",
        "offences",
        "partnerships",
        "places",
        "recording_changes",
        "release_days",
        "survey_population",
        "verdicts",
    ),
    CODES,
]


rule compute_evidence:
    input:
        vintages="results/estimates/vintages.parquet",
        recorded_crime="results/clean/recorded_crime.parquet",
        offence_codes="results/clean/recorded_offence_codes.parquet",
        quarters="results/clean/recorded_quarters.parquet",
        population="results/clean/population.parquet",
        populations=shipped("resources/reference/populations.csv"),
        prevalence="results/estimates/prevalence.parquet",
        survey_estimates="results/clean/survey_estimates.parquet",
        recording_changes=shipped("resources/reference/recording_changes.csv"),
        reference=reference("areas", "offences"),
    output:
        # A file that says the same already is left as it is.
        [update(path) for path in EVIDENCE],
    log:
        "results/logs/compute_evidence.log",
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=750,
    params:
        software=software("measures"),
    message:
        "Writing what the audit knows of every release"
    script:
        "../scripts/compute_evidence.py"


rule compute_claims:
    input:
        claims="config/claims.yaml",
        published=EVIDENCE,
        judged_with=JUDGED_WITH,
        columns=COLUMNS,
    output:
        claims="results/estimates/claims.parquet",
        evidence="results/estimates/claim_evidence.parquet",
        refused="results/estimates/claims_refused.txt",
    log:
        "results/logs/compute_claims.log",
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=500,
    params:
        software=software("audit"),
    message:
        "Judging public statements"
    script:
        "../scripts/compute_claims.py"


rule check_claims:
    input:
        refused="results/estimates/claims_refused.txt",
    output:
        touch("results/logs/check_claims.done"),
    log:
        "results/logs/check_claims.log",
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=250,
    params:
        software=software("audit"),
    message:
        "Checking that every statement could be judged"
    script:
        "../scripts/check_claims.py"


rule render_check:
    input:
        published=EVIDENCE,
        judged_with=JUDGED_WITH,
        words=reference(
            "countries",
            "measure_words",
            "narrowing_words",
            "other_subjects",
            "things_words",
        ),
        templates=TEMPLATES,
        lock=shipped("envs/browser.txt"),
    output:
        page="results/report/check.html",
        loaded=directory("results/report/check"),
    log:
        "results/logs/render_check.log",
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=250,
    params:
        software=software("publish"),
        offence_ids=configuration.groups,
    message:
        "Writing the page that judges a text in the browser"
    script:
        "../scripts/render_check.py"
