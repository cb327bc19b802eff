"""Write the main chart of each page as a page of its own, and the picture of its preview."""

from pathlib import Path

from crimeshare.publish.site.pages import report_pages
from crimeshare.publish.site.rendering import page_card, read_executed, render_body, render_embed
from crimeshare.running import running, write_file

with running(snakemake):
    embeds = Path(snakemake.output.embeds)
    embeds.mkdir(parents=True, exist_ok=True)
    for page in report_pages(snakemake.params.offence_ids):
        body = render_body(read_executed(page))
        write_file(Path(snakemake.output.cards) / f"{page.name}.png", page_card(body))
        if embed := render_embed(page, body):
            name, html = embed
            write_file(embeds / f"{name}.html", html)
