"""Text inside a block: runs, each with how it is to be told apart from its neighbours."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from surrogate.errors import InputError
from surrogate.report.render.tree import Element

__all__ = ["INLINE", "Run", "dropped", "inline_runs", "runs_of", "tidy", "written_from"]

#: ``{"text": ...}`` and, where they hold, "strong", "emphasis", "code" (true), "mark" ("for", "against", "asked" or
#: "removed"), "strength" (1 to 3), "raised" (1: above, -1: below), "tone" ("soft", "tag", "badge" or "word").
Run = dict[str, Any]

#: What each inline element adds to the runs inside it.
INLINE: dict[str, Run] = {
    "a": {}, "abbr": {}, "b": {"strong": True}, "bdi": {}, "br": {}, "cite": {"emphasis": True}, "code": {"code": True},
    "data": {}, "del": {"mark": "removed"}, "em": {"emphasis": True}, "i": {"emphasis": True}, "kbd": {"code": True}, "mark": {},
    "q": {}, "s": {"mark": "removed"}, "samp": {"code": True}, "small": {"tone": "soft"}, "span": {},
    "strong": {"strong": True}, "sub": {"raised": -1}, "sup": {"raised": 1}, "time": {}, "var": {"emphasis": True}, "wbr": {},
}  # fmt: skip

#: What a class of the page adds.
_CLASSES: dict[str, Run] = {
    "soft": {"tone": "soft"},
    "tag": {"tone": "tag"},
    "badge": {"tone": "badge", "strong": True},
    "word": {"tone": "word", "strong": True},
    "no": {"tone": "soft", "strong": True},
    "code": {"code": True},
    "pro": {"mark": "for"},
    "con": {"mark": "against"},
    "asked": {"mark": "asked"},
    **{f"s{strength}": {"strength": strength} for strength in (1, 2, 3)},
}

#: Classes that stand apart from their neighbours by a margin: here by a space.
_APART = frozenset({"tag", "badge", "no"})

#: Classes of which several stand in a row, with a gap between: here with a dot.
_IN_A_ROW = frozenset({"mix"})

#: Classes in which white space counts.
_PRESERVED = frozenset({"text", "copy"})

_SPACE = re.compile(r"[ \t\n\r\f]+")


def dropped(element: Element) -> bool:
    """Whether an element says nothing of its own: it decorates, or repeats a wide one for a narrow window.

    Examples
    --------
    >>> dropped(Element("span", {"class": "narrow-only"})), dropped(Element("div", {"class": "wide"}))
    (True, False)
    """
    return (
        element.attributes.get("aria-hidden") == "true"
        or "hidden" in element.attributes
        or bool(element.classes & {"narrow", "narrow-only"})
        or element.tag == "nav"
    )


def runs_of(element: Element | str, style: Run | None = None, *, preserved: bool = False) -> list[Run]:
    """The runs of an inline element, white space as it was written; :func:`tidy` puts it in order.

    Raises
    ------
    InputError
        ``bad-page``: an element that is not known to be inline.

    Examples
    --------
    >>> tidy(runs_of(Element("p", {}, ["a ", Element("b", {}, ["b"])]).children[1]))
    [{'strong': True, 'text': 'b'}]
    """
    style = style or {}
    if isinstance(element, str):
        return [{**style, "text": element, **({"preserved": True} if preserved else {})}]
    if dropped(element):
        return []
    if element.tag not in INLINE:
        raise InputError("bad-page", f"The page holds <{element.tag}> inside a line of text: it cannot be shown there.")
    if element.tag == "br":
        return [{"text": "\n", "preserved": True}]
    style = {**style, **INLINE[element.tag]}
    for name in sorted(element.classes & set(_CLASSES)):
        style |= _CLASSES[name]
    preserved = preserved or bool(element.classes & _PRESERVED)
    inside = inline_runs(element.children, style, preserved=preserved)
    quote = [{**style, "text": mark} for mark in "“”"] if element.tag == "q" else []
    inside = [*quote[:1], *inside, *quote[1:]]
    # A passage of its own line, as the style sheet has it.
    ends = [{"text": "\n", "preserved": True}] if "copy" in element.classes else []
    apart = [{"text": " "}] if element.classes & _APART else []
    return [*apart, *inside, *ends, *apart]


def inline_runs(children: list[Element | str], style: Run | None = None, *, preserved: bool = False) -> list[Run]:
    """The runs of neighbours in a line.

    Examples
    --------
    >>> mix = Element("span", {"class": "mix"}, ["a"])
    >>> "".join(run["text"] for run in inline_runs([mix, mix]))
    'a · a'
    """
    runs: list[Run] = []
    before: Element | str = ""
    for child in children:
        if isinstance(child, Element) and child.classes & _IN_A_ROW and isinstance(before, Element):
            runs.append({"text": " · "} if before.classes & _IN_A_ROW else {"text": ""})
        runs += runs_of(child, style, preserved=preserved)
        if not isinstance(child, str) or child.strip():
            before = child
    return runs


def tidy(runs: list[Run]) -> list[Run]:
    r"""White space as a browser shows it: one space for many, none at the ends; equal neighbours become one run.

    Examples
    --------
    >>> tidy([{"text": " a "}, {"text": " b\n", "strong": True}])
    [{'text': 'a '}, {'strong': True, 'text': 'b'}]
    """
    kept: list[Run] = []
    for run in runs:
        text = run["text"]
        if not run.get("preserved"):
            text = _SPACE.sub(" ", text)
            before = kept[-1]["text"] if kept else "\n"
            if before.endswith((" ", "\n", "\t")):
                text = text.removeprefix(" ")
        elif text == "\n" and kept and kept[-1]["text"].endswith(" "):
            kept[-1] = {**kept[-1], "text": kept[-1]["text"].removesuffix(" ")}
        if text:
            style = {key: value for key, value in sorted(run.items()) if key not in ("text", "preserved")}
            # Two marks that touch stay two.
            if kept and "mark" not in run and {key: value for key, value in kept[-1].items() if key != "text"} == style:
                kept[-1] = {**kept[-1], "text": kept[-1]["text"] + text}
            else:
                kept.append({**style, "text": text})
    while kept and not kept[-1]["text"].strip(" \n"):
        kept.pop()
    if kept:
        kept[-1] = {**kept[-1], "text": kept[-1]["text"].rstrip(" \n")}
    return kept


def written_from(runs: list[Run]) -> str:
    """The side a text is written from, by its first letter that has one: "ltr" or "rtl".

    Examples
    --------
    >>> written_from([{"text": "12 هل"}]), written_from([{"text": "12"}])
    ('rtl', 'ltr')
    """
    for run in runs:
        for letter in run["text"]:
            kind = unicodedata.bidirectional(letter)
            if kind in ("R", "AL"):
                return "rtl"
            if kind == "L":
                return "ltr"
    return "ltr"
