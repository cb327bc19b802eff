"""HTML of our own becomes Typst markup in which no character of a text means anything."""

import json
import re
from dataclasses import replace
from html import escape

import pandas as pd
import pytest
import typst
from hypothesis import given
from hypothesis import strategies as st

from crimeshare.problems import Problem
from crimeshare.publish.elements.bars import bars
from crimeshare.publish.elements.charts import Chart
from crimeshare.publish.elements.figures import Figure
from crimeshare.publish.elements.tables import Table
from crimeshare.publish.pdf.typeset import SOURCE, literal, parse, typeset


def blocks(html: str) -> list[str]:
    return typeset(html, lambda address: None, "page.html")


@pytest.mark.parametrize(
    ("html", "markup"),
    [
        ("<h2>A &amp; B</h2>", '#heading(level: 2)[#"A & B";]'),
        ("<p>One <b>two</b>\n three</p>", '#"One ";#strong[#"two";];#" three";'),
        ("<p><q>a</q> b</p>", '#quote[#"a";];#" b";'),
        ("<p>a<br>b</p>", '#"a";#linebreak();#"b";'),
        ("<p>a <code>x-1</code></p>", '#"a ";#code("x-1");'),
        ("<ul><li>one</li><li>two</li></ul>", '#list([#"one";], [#"two";])'),
        ("<ol><li>one</li></ol>", '#enum([#"one";])'),
        ("<dl><dt>a</dt><dd>b</dd></dl>", '#terms(([#"a";], [#"b";]))'),
        ('<p><abbr title="not given">[x]</abbr></p>', '#"[x]";'),
        ("<p>x<sup>2</sup></p>", '#"x";#super[#"2";];'),
    ],
)
def test_each_element_has_its_form(html: str, markup: str) -> None:
    assert blocks(html) == [markup]


def test_what_only_a_browser_can_do_is_left_out() -> None:
    html = (
        '<p hidden>a</p><input type="radio"><fieldset><legend>b</legend></fieldset>'
        '<ul class="tiles"><li>c</li></ul><p class="data"><a href="data:text/csv,1">d</a></p>'
        "<script>e</script><p>kept</p>"
    )
    assert blocks(html) == ['#"kept";']


def test_an_element_without_a_form_is_named_with_its_page() -> None:
    with pytest.raises(Problem, match=r"page\.html holds a <canvas>.*no form in the PDF"):
        blocks("<p><canvas></canvas></p>")
    with pytest.raises(Problem, match=r"A formula holds a <mroot>"):
        blocks("<math><mroot><mi>x</mi><mn>3</mn></mroot></math>")


def test_a_link_goes_where_paper_can_follow() -> None:
    def target(address: str) -> str | None:
        return {"https://ons.gov.uk/?a=1&b=2": '"there"', "national.html": "<national>"}.get(
            address
        )

    def linked(address: str) -> list[str]:
        return typeset(f'<p><a href="{address}">x</a></p>', target, "page.html")

    assert linked("https://ons.gov.uk/?a=1&amp;b=2") == ['#link("there")[#"x";];']
    assert linked("national.html") == ['#link(<national>)[#"x";];']
    assert linked("forces/kent.html") == ['#"x";']


def test_a_drawing_keeps_its_letter_case_and_becomes_one_for_white_paper() -> None:
    svg = (
        '<svg role="img" aria-label="Bars: a &lt; b" viewBox="0 0 2 1"><linearGradient id="g"/>'
        '<rect fill="var(--accent, #206095)" data-tip="a"/></svg>'
    )
    (element,) = parse(f"<p>{svg}</p>").iter("svg")
    assert element.attrib[SOURCE] == svg
    (markup,) = blocks(f"<p>{svg}</p>")
    assert "linearGradient" in markup
    assert 'fill=\\"#206095\\"' in markup
    assert "var(" not in markup
    assert 'alt: "Bars: a < b"' in markup


def test_numbers_get_what_they_need_and_long_texts_share_the_rest() -> None:
    def table(*, text: str) -> str:
        figure = Figure("a", 1234567.0, "count")
        return Table("c", ["Place", "Offences", "Remark"], [["Kent", figure, text]])._repr_html_()

    (short,) = blocks(table(text="none"))
    assert "widths: (auto, 4.77em + 8pt, auto,)" in short
    (long,) = blocks(table(text="word " * 40))
    assert "widths: (2.00fr, 4.77em + 8pt, 8.94fr,)" in long


@given(text=st.text(st.characters(exclude_categories=["C"])))
@pytest.mark.slow
def test_typst_reads_every_text_as_it_is(text: str) -> None:
    read = json.loads(typst.Compiler().eval(literal(text)))
    assert read == re.sub(r"\s+", " ", text)


def test_no_text_is_taken_for_markup() -> None:
    trap = '*a* _b_ #panic(1) $x$ <y> @z = [/* */] // \\n "; //'
    (markup,) = blocks(f"<p>{escape(trap)}</p>")
    shown = json.loads(typst.Compiler().eval(f"[{markup}]"))
    assert shown["func"] == "text"
    assert shown["text"] == trap


def kent(*notes: str) -> Chart:
    frame = pd.DataFrame({"label": ["Kent"], "offences": [Figure("a", 3.0, "count")]})
    words = ["Kent leads", "Offences", *notes]
    return bars("c", frame, y="offences", label="label", words=words)


def test_a_chart_hands_over_its_drawing_key_and_words() -> None:
    chart = replace(kent("Counts."), key=[("bar", "Kent & co")])
    (markup,) = blocks(chart._repr_html_())
    assert markup.startswith('#chart(title: [#"Kent leads";]')
    assert '[#"Kent & co";]' in markup
    assert 'notes: [#"Counts.";]' in markup
    assert 'alt: "Bar chart. Offences. Kent: 3."' in markup
    assert "Data of this chart" not in markup


@pytest.mark.parametrize("number", [1, 2])
def test_panels_are_told_of_once_however_many_there_are(number: int) -> None:
    whole = kent()
    (markup,) = blocks(replace(whole, spec={"vconcat": [whole.spec] * number})._repr_html_())
    drawings = markup.split("drawing: ")[1]
    assert drawings.count("image(") == number
    assert drawings.count("pdf.artifact(") == number - 1
    assert 'alt: ""' not in drawings
    assert 'alt: "Bar chart. Offences. Kent: 3."' in drawings
