# Take-aways: what other sites and programs take from the report, each below an address that stays.
#
# in    results/notebooks/<page>.ipynb        executed copies, as the site is rendered from
#       config/releases.csv                   releases, for the feed
#       results/estimates/*.parquet           what each release said and changed
# out   results/report/embed/<chart>.html     the main chart of each page, one file each
#       results/report/cards/<page>.png       the picture that a preview of a page shows
#       results/report/feed.xml               what changed, release by release (Atom)


rule render_takeaways:
    input:
        notebooks=executed,
        reference=[*reference("areas", "offences"), *TEMPLATES],
    output:
        # Which charts there are is known when the notebooks have been executed.
        embeds=directory("results/report/embed"),
        cards=directory("results/report/cards"),
    log:
        "results/logs/render_takeaways.log",
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=1000,
    params:
        software=software("publish"),
        offence_ids=configuration.groups,
    message:
        "Drawing charts to embed and pictures for previews"
    script:
        "../scripts/render_takeaways.py"


rule render_open_data:
    input:
        series="results/estimates/series.parquet",
        composition="results/estimates/composition.parquet",
        revisions="results/estimates/revisions.parquet",
        compared_changes="results/estimates/compared_changes.parquet",
        registry="config/releases.csv",
        reference=[
            *reference("areas", "offences", "recording_changes"),
            *TEMPLATES,
            COLUMNS,
        ],
    output:
        latest="results/report/data/latest.csv",
        latest_wide="results/report/data/latest_wide.csv",
        years_wide="results/report/data/years_wide.csv",
        text="results/report/data/series.csv",
        binary="results/report/data/series.parquet",
        database="results/report/data/crimeshare.sqlite",
        revisions="results/report/data/revisions.csv",
        flipped_changes="results/report/data/flipped_changes.csv",
        edition="results/report/data/edition.json",
        areas=[directory(f"results/report/{folder}data/areas") for folder in folders],
        feeds=[f"results/report/{folder}feed.xml" for folder in folders],
    log:
        "results/logs/render_open_data.log",
    conda:
        "../../envs/pipeline.yaml"
    resources:
        mem_mb=500,
    params:
        software=software("publish"),
        offence_ids=configuration.groups,
        site_url=configuration.site_url,
        releases=sorted(releases),
    message:
        "Writing the files for programs, and the feed"
    script:
        "../scripts/render_open_data.py"
