"""A drawing of the page as an SVG file of its own: with the colours that the page's style sheet gives it in print."""

from __future__ import annotations

import re
from dataclasses import replace

from surrogate.report.render.tree import Element

__all__ = ["FAMILY", "drawing_styles", "standalone", "text_alternative"]

#: Family of the letters in drawings.
FAMILY = "FiraGO"

#: What a page's own style sheet sets by inheritance.
_BASE = f"text {{ font-family: '{FAMILY}'; font-size: 14px; fill: var(--ink); }}"

#: What an SVG file understands; the rest of a rule is about the page.
_KNOWN = re.compile(r"^(fill|stroke|font-(size|weight)|paint-order|opacity|(fill|stroke)-[a-z]+)$")


def drawing_styles(sheet: str) -> str:
    """The rules of a style sheet that are about drawings, each colour by its value in print.

    Parameters
    ----------
    sheet : str

    Examples
    --------
    >>> drawing_styles(":root { --ink: #111111; } svg .small { fill: var(--ink); margin: 0 }").splitlines()[-1]
    '.small { fill: #111111; }'
    """
    plain, queries = _without_queries(re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL))
    values = dict(re.findall(r"--([\w-]+):\s*([^;}]+)", " ".join(re.findall(r":root\s*\{([^}]*)\}", plain))))
    for query, body in queries:
        if query.strip() == "print":
            values |= dict(re.findall(r"--([\w-]+):\s*([^;}]+)", body))
    rules = [_BASE]
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", plain):
        named = [part.strip() for part in selectors.split(",")]
        named = [part.removeprefix("svg ") for part in named if part.startswith("svg .")]
        if named and (kept := _declarations(body)):
            rules.append(f"{', '.join(named)} {{ {kept} }}")
    return "\n".join(
        re.sub(r"var\(--([\w-]+)\)", lambda found: values.get(found[1], "black").strip(), rule) for rule in rules
    )


def _declarations(body: str) -> str:
    pairs = [tuple(part.strip() for part in line.split(":", 1)) for line in body.split(";") if ":" in line]
    return " ".join(f"{name}: {value};" for name, value in pairs if _KNOWN.match(name)).replace(" 650;", " bold;")


def _without_queries(sheet: str) -> tuple[str, list[tuple[str, str]]]:
    """The sheet without its media queries, and those with what they hold."""
    queries = re.findall(r"@media([^{]*)\{((?:[^{}]|\{[^{}]*\})*)\}", sheet)
    return re.sub(r"@media[^{]*\{(?:[^{}]|\{[^{}]*\})*\}", "", sheet), queries


def standalone(drawing: Element, styles: str) -> str:
    """The drawing as the text of an SVG file.

    Examples
    --------
    >>> svg = Element("svg", {"viewbox": "0 0 10 20", "style": "x"})
    >>> standalone(svg, "")
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 20" width="10" height="20"><style></style></svg>'
    """
    width, height = drawing.attributes["viewbox"].split()[2:]
    attributes = {"xmlns": "http://www.w3.org/2000/svg", "viewbox": drawing.attributes["viewbox"]}
    attributes |= {"width": width, "height": height}
    inside = [_without_titles(child) for child in drawing.children]
    return replace(drawing, attributes=attributes, children=[Element("style", {}, [styles]), *inside]).to_xml()


def _without_titles(part: Element | str) -> Element | str:
    """A title is a hint for a pointer: the drawing's text alternative tells it instead."""
    if isinstance(part, str):
        return part
    children = [_without_titles(child) for child in part.children if isinstance(child, str) or child.tag != "title"]
    return replace(part, children=children)


def text_alternative(drawing: Element) -> str:
    """What a drawing says in words, with the names that it had to shorten.

    Examples
    --------
    >>> title = Element("title", {}, ["a long name"])
    >>> text_alternative(Element("svg", {"aria-label": "A chart."}, [Element("text", {}, [title, "a…e"])]))
    'A chart. In full: a long name.'
    """
    own = [child.text() for child in drawing.elements() if child.tag in ("title", "desc")]
    label = drawing.attributes.get("aria-label") or " ".join(own)
    full = [
        title.text()
        for text in drawing.walk()
        if text.tag == "text"
        for title in text.elements()
        if title.tag == "title" and "…" in text.text().removeprefix(title.text())
    ]
    return f"{label} In full: {'; '.join(dict.fromkeys(full))}." if full else label
