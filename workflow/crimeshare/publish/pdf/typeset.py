"""The HTML of our own sentences, tables and charts, written as Typst for the PDF.

Only what executed notebooks put out is converted, so that prose exists once.  Text reaches Typst
as string literals and never as markup, so no character of a name or note can mean anything there.
The functions called here are those of ``print.typ``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from html import unescape

from lxml.etree import _Element as Element

from crimeshare.html_reader import DRAWING, read_html
from crimeshare.problems import Problem

Link = Callable[[str], str | None]
"""Turns the address of a link into Typst's target, or None where paper has nowhere to go."""


def typeset(html: str, link: Link, page: str) -> list[str]:
    """A piece of HTML as blocks of Typst markup, each a paragraph, heading, list, table or chart.

    Args:
        html: as :func:`crimeshare.publish.site.rendering.render_body` makes it.
        page: where the HTML comes from, for the sentence about what cannot be printed.

    Raises:
        Problem: at an element that has no form on paper.
    """
    return list(_Typesetter(link, page).blocks(parse(html)))


def literal(text: str) -> str:
    """`text` as a Typst string."""
    return '"' + re.sub(r'[\\"]', r"\\\g<0>", re.sub(r"\s+", " ", text)) + '"'


def image(svg: str, width: str = "auto", alt: str | None = None) -> str:
    """A drawing as a Typst image with its text alternative."""
    label = re.search(r'aria-label="([^"]*)"', _opening(svg))
    alt = unescape(label[1]) if label else alt or ""
    return (
        f'image(bytes({literal(_paper(svg))}), format: "svg", alt: {literal(alt)}, width: {width})'
    )


SOURCE = "source"
"""The attribute that keeps a drawing as it is written."""

CHARACTER = 0.53
"""Width of an average digit or letter, in the size of the text."""

LINE, LONG, NUMBER = 105, 80, 14
"""Characters that a row of a table has room for, that make a text long, and a number at most."""

ABREAST = 2
"""Panels of a chart that stand beside each other."""

MANY_COLUMNS = 8
"""Columns from which on a table is set small."""

FEW, MANY = 8, 16
"""Rows up to which a table is kept on one page, with long texts and without: more may part, so
that what does not fit leaves no page half empty."""

_ON_SCREEN_ONLY = frozenset(
    {"input", "label", "fieldset", "button", "form", "select", "script", "style", "legend"}
)
_ON_SCREEN_ONLY_CLASSES = frozenset({"data", "source", "tiles", "legend", "layers"})
_CONTAINERS = frozenset({"div", "section", "article", "main", "details", "header", "footer"})
_TRANSPARENT = frozenset(
    {"span", "data", "time", "samp", "abbr", "small", "var", "cite", "mark", "kbd"}
)
_FORMATS = {
    "b": "strong",
    "strong": "strong",
    "i": "emph",
    "em": "emph",
    "q": "quote",
    "sub": "sub",
    "sup": "super",
    "summary": "strong",
}
_HEADINGS = {f"h{level}": level for level in range(1, 7)}


def parse(html: str) -> Element:
    """A piece of HTML, in which a drawing keeps its source: lxml would lower its names."""
    tree = next(read_html(DRAWING.sub("<svg></svg>", html)).iter("div"))
    for each, drawing in zip(tree.iter("svg"), DRAWING.findall(html), strict=True):
        each.set(SOURCE, drawing)
    return tree


def _children(element: Element) -> list[Element | str]:
    parts = [element.text, *(part for child in element for part in (child, child.tail))]
    return [part for part in parts if part is not None]


def _below(element: Element, *tags: str) -> Iterator[Element]:
    """Every element of these tags below one, in order, none inside another of them."""
    for child in element:
        if child.tag in tags:
            yield child
        else:
            yield from _below(child, *tags)


def _classes(element: Element) -> set[str]:
    return set(element.get("class", "").split())


def _text(element: Element) -> str:
    return re.sub(r"\s+", " ", "".join(element.itertext()))


def _named(element: Element, *tags: str) -> dict[str, Element]:
    """The elements of these tags below one, by their classes."""
    return {name: part for part in _below(element, *tags) for name in _classes(part)}


class _Typesetter:
    """One method a kind of element; blocks end in a blank line, phrases stay in their line."""

    def __init__(self, link: Link, page: str) -> None:
        self._link = link
        self._page = page

    def blocks(self, element: Element) -> Iterator[str]:
        """The blocks inside an element; phrases between them are paragraphs of their own."""
        phrases: list[Element | str] = []
        for child in _children(element):
            block = None if isinstance(child, str) else self._block(child)
            if block is None:
                phrases.append(child)
                continue
            yield from self._paragraph(phrases)
            phrases = []
            yield from block
        yield from self._paragraph(phrases)

    def _paragraph(self, phrases: Sequence[Element | str]) -> list[str]:
        text = self._phrases(phrases).strip()
        return [text] if text and text != '#" ";' else []

    def _block(self, element: Element) -> list[str] | None:
        """What a block becomes; None for an element that stands inside a line."""
        tag, classes = element.tag, _classes(element)
        if _on_screen_only(element) or tag == "hr":
            return []
        if tag in _HEADINGS:
            level = _HEADINGS[tag]
            return [f"#heading(level: {level})[{self._inside(element)}]"]
        if tag == "p":
            return self._paragraph(_children(element))
        if tag == "ul" and "facts" in classes:
            return [self._facts(element)]
        if tag in ("ul", "ol"):
            kind = "list" if tag == "ul" else "enum"
            return [f"#{kind}({self._contents(_below(element, 'li'))})"]
        if tag == "dl":
            return [self._terms(element)]
        if tag == "pre":
            return [f"#raw({literal(_text(element))}, block: true)"]
        if tag == "blockquote":
            return [f"#quote(block: true)[{self._content(element)}]"]
        if tag == "figure" and "chart" in classes:
            return [self._chart(element)]
        if tag == "table" or (tag == "figure" and [*_below(element, "table")]):
            return [self._table(element)]
        if tag in _CONTAINERS or tag in ("figure", "figcaption"):
            return list(self.blocks(element))
        return None

    def _content(self, element: Element) -> str:
        return "\n\n".join(self.blocks(element))

    def _contents(self, elements: Iterator[Element] | Sequence[Element]) -> str:
        return ", ".join(f"[{self._content(element)}]" for element in elements)

    def _terms(self, element: Element) -> str:
        items = [f"[{self._content(child)}]" for child in element]
        pairs = zip(items[::2], items[1::2], strict=True)
        return "#terms(" + ", ".join(f"({term}, {meaning})" for term, meaning in pairs) + ")"

    def _facts(self, element: Element) -> str:
        facts = []
        for item in _below(element, "li"):
            parts = _named(item, "span")
            contents = [self._inside(parts[name]) for name in ("value", "what", "how")]
            facts.append("(" + ", ".join(f"[{content}]" for content in contents) + ")")
        return f"#facts({', '.join(facts)})"

    def _chart(self, element: Element) -> str:
        parts = _named(element, "p", "ul")
        drawings = [each.attrib[SOURCE] for each in _below(element, "svg")]
        drawings = [each for each in drawings if 'class="swatch"' not in _opening(each)]
        panels = _named(element, "div").get("panels")
        alt = None if panels is None else panels.get("aria-label")
        key = [
            f"(width => {image(swatch.attrib[SOURCE], 'width')}, [{self._inside(item)}]), "
            for item in ([] if "key" not in parts else _below(parts["key"], "li"))
            for swatch in _below(item, "svg")
        ]
        return (
            f"#chart(title: [{self._inside(parts['title'])}],"
            f" subtitle: [{self._inside(parts['subtitle'])}],"
            f" key: ({''.join(key)}),"
            f" notes: [{self._inside(parts.get('notes'))}],"
            f" size: ({', '.join(_size(drawings))}),"
            f" drawing: width => {self._stacked(drawings, alt)})"
        )

    @staticmethod
    def _stacked(drawings: Sequence[str], alt: str | None) -> str:
        """A drawing, or panels two in a row, whose words stand with the first of them."""
        if len(drawings) == 1:
            return image(drawings[0], "width", alt)
        first, *others = [image(each, "100%", alt) for each in drawings]
        beside = [f"pdf.artifact({other})" for other in others]
        return (
            f"block(width: width, grid(columns: (1fr,) * {ABREAST}, column-gutter: 10pt,"
            f" row-gutter: 6pt, {', '.join([first, *beside])}))"
        )

    def _table(self, element: Element) -> str:
        rows = [list(_below(row, "th", "td")) for row in _below(element, "tr")]
        head, *body = rows
        caption = next(_below(element, "caption"), None)
        notes = _named(element, "figcaption").get("notes")
        numeric = ", ".join(str("number" in _classes(cell)).lower() for cell in head)
        columns = list(zip(*rows, strict=True))
        whole = len(body) <= (FEW if _crowded(columns) else MANY)
        widths = ", ".join(_widths(columns))
        cells = "".join(f", {self._contents(row)}" for row in body)
        return (
            f"#datatable(caption: [{self._inside(caption)}], numeric: ({numeric},),"
            f" widths: ({widths},), whole: {str(whole).lower()},"
            f" size: {'0.74em' if len(columns) >= MANY_COLUMNS else '0.86em'},"
            f" header: ({self._contents(head)},),"
            f" notes: [{self._inside(notes)}]{cells})"
        )

    def _inside(self, element: Element | None) -> str:
        return "" if element is None else self._phrases(_children(element))

    def _phrases(self, children: Sequence[Element | str]) -> str:
        return "".join(self._phrase(child) for child in children)

    def _phrase(self, child: Element | str) -> str:
        if isinstance(child, str):
            return f"#{literal(child)};" if child else ""
        tag = child.tag
        if _on_screen_only(child):
            return ""
        if tag == "svg":
            # A swatch of a key is drawn by its chart; any other decoration says nothing.
            drawing = child.attrib[SOURCE]
            return f"#box({image(drawing)});" if "aria-label" in _opening(drawing) else ""
        if tag == "br":
            return "#linebreak();"
        if tag == "wbr":
            return ""
        if tag == "code":
            return f"#code({literal(_text(child))});"
        if tag == "math":
            return _equation(child)
        inside = self._inside(child)
        if tag == "a":
            target = self._link(child.get("href", ""))
            return f"#link({target})[{inside}];" if target else inside
        if tag in _FORMATS:
            return f"#{_FORMATS[tag]}[{inside}];"
        if tag in _TRANSPARENT:
            return inside
        if tag == "p" or tag in _CONTAINERS:
            return f"{inside}#parbreak();"
        raise Problem(
            f"{self._page} holds a <{tag}>, which has no form in the PDF; say in "
            f"crimeshare.publish.pdf.typeset how it is printed."
        )


def _equation(element: Element) -> str:
    block = str(element.get("display") == "block").lower()
    alt = element.get("alttext", "") or _text(element).strip()
    return f"#math.equation(block: {block}, alt: {literal(alt)}, ${_math(element)}$);"


_SCRIPTS = {
    "msub": "attach({}, b: {})",
    "msup": "attach({}, t: {})",
    "msubsup": "attach({}, b: {}, t: {})",
    "munder": "attach(limits({}), b: {})",
    "mover": "accent({}, {})",
    "mfrac": "frac({}, {})",
}


def _math(element: Element) -> str:
    """The inside of an equation: letters as they are, all else as strings and functions."""
    if element.tag in ("mi", "mn", "mo", "mtext"):
        text = _text(element).strip()
        if len(text) != 1:
            return literal(text) if text else "space"
        # Typst gives a symbol its own spacing; a mark that its syntax uses is escaped.
        return text if text.isalnum() or not text.isascii() else f"\\{text}"
    if element.tag == "mspace":
        return "space"
    inside = [_math(child) for child in element]
    if element.tag in _SCRIPTS:
        return _SCRIPTS[element.tag].format(*inside)
    if element.tag == "msqrt":
        return f"sqrt({' '.join(inside)})"
    if element.tag in ("math", "mrow", "mstyle"):
        return " ".join(inside)
    raise Problem(
        f"A formula holds a <{element.tag}>, which has no form in the PDF; say in "
        f"crimeshare.publish.pdf.typeset how it is printed."
    )


def _on_screen_only(element: Element) -> bool:
    return (
        element.tag in _ON_SCREEN_ONLY
        or "hidden" in element.attrib
        or not _classes(element).isdisjoint(_ON_SCREEN_ONLY_CLASSES)
    )


def _widths(columns: Sequence[Sequence[Element]]) -> list[str]:
    """Typst's widths of columns of cells, each with its header first.

    Numbers get what they and half their header need, texts what is left: all they need where
    there is room, and shares that grow with the longest of them where there is not.
    """
    crowded = _crowded(columns)
    widths = []
    for head, *body in columns:
        words = [len(word) for word in _text(head).split()]
        needed = max(*words, len(_text(head)) // 2, *(len(_text(cell)) for cell in body))
        if "number" in _classes(head) and needed <= NUMBER:
            widths.append(f"{CHARACTER * needed:.2f}em + 8pt")
        elif crowded:
            widths.append(f"{min(_longest([head, *body]), LONG) ** 0.5:.2f}fr")
        else:
            widths.append("auto")
    return widths


def _crowded(columns: Sequence[Sequence[Element]]) -> bool:
    return sum(map(_longest, columns)) > LINE


def _longest(column: Sequence[Element]) -> int:
    return max(len(_text(cell)) for cell in column[1:] or column)


def _size(drawings: Sequence[str]) -> list[str]:
    """Width and height of a drawing, or of panels as they stand together, in its units."""
    sizes = []
    for svg in drawings:
        found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
        if found is None:
            raise ValueError(f"a drawing without a viewBox: {_opening(svg)}")
        sizes.append((float(found[1]), float(found[2])))
    abreast = min(len(sizes), ABREAST)
    wide, high = max(width for width, _ in sizes), max(height for _, height in sizes)
    return [f"{abreast * wide:g}", f"{-(-len(sizes) // abreast) * high:g}"]


def _opening(svg: str) -> str:
    return svg[: svg.index(">")]


def _paper(svg: str) -> str:
    """A drawing for white paper: the colours its style variables fall back to, the PDF's font."""
    svg = re.sub(r"var\(--[a-z0-9-]+, *([^()]+)\)", r"\1", svg)
    svg = re.sub(r' (?:data-tip|aria-label|style|class)="[^"]*"', "", svg)
    svg = re.sub(r'font-family="[^"]*"', 'font-family="Source Sans Pro"', svg)
    if "xmlns=" not in _opening(svg):
        svg = svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    return svg
