"""The case as a page, and as text."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment

from surrogate.canonical import canonical_bytes
from surrogate.reasons.case import ReasonCase
from surrogate.report.environment import finalize_html, template_environment
from surrogate.report.number_format import signed
from surrogate.report.render.any_page import page_as
from surrogate.report.visible import visible

__all__ = ["case_files", "case_page", "case_text"]


def case_page(case: ReasonCase) -> str:
    """One self-contained page: no script, no outside resource; the same case always gives the same bytes.

    Parameters
    ----------
    case : ReasonCase

    Examples
    --------
    >>> case = ReasonCase("fees", "en", "withheld", (), 4, (), (), None, None, {"name": "t", "sha256": "0"}, "0", "toy", "")
    >>> "No reasons are given" in case_page(case)
    True
    """
    return _environment().get_template("reasons.html.j2").render(case=case, say=_messages(case.locale))


def case_files(case: ReasonCase, forms: Sequence[str]) -> dict[str, bytes]:
    """Renderings of a case by the name of their file.

    Parameters
    ----------
    case : ReasonCase
    forms : sequence of {"html", "md", "pdf", "docx"}

    Raises
    ------
    InputError
        ``unknown-format``, or ``missing-glyph``.

    Examples
    --------
    >>> case = ReasonCase("fees", "en", "withheld", (), 4, (), (), None, None, {"name": "t", "sha256": "0"}, "0", "toy", "")
    >>> sorted(case_files(case, ["md", "html"]))
    ['reasons.html', 'reasons.md']
    """
    page, original = case_page(case), ("reasons.json", canonical_bytes(case.to_dict()))
    return {f"reasons.{form}": page_as(form, page, original, locale=case.locale) for form in dict.fromkeys(forms)}


def case_text(case: ReasonCase) -> str:
    """The case for a terminal.

    Examples
    --------
    >>> case = ReasonCase("fees", "en", "withheld", (), 4, (), (), None, None, {"name": "t", "sha256": "0"}, "0", "toy", "")
    >>> print(case_text(case).splitlines()[1])
    No reasons are given. The evidence does not carry any simple description of this decision; it was withheld.
    """
    say = _messages(case.locale)
    lines = [f"{say['decided']} {case.label}"]
    if case.why_none is not None:
        return "\n".join(visible(line) for line in (*lines, f"{say['none']}. {say[f'why_{case.why_none}']}")) + "\n"
    lines.append(f"{say['principal']}: {say['shown'].format(shown=len(case.principal), all=len(case.reasons))}")
    for number, reason in enumerate(case.reasons, 1):
        named = ", ".join(source.text for source in reason.sources)
        told = f"{reason.code}  {reason.wording}" if reason.code else say["no_code"]
        adds = "" if reason.adds is None else f", {signed(reason.adds)}"
        lines.append(f"{number}. {told} ({named}{adds})")
        if number == len(case.principal) < len(case.reasons):
            lines.append(f"{say['complete']}:")
    if case.without_code:
        lines.append(say["add_codes"])
    if case.rules_left_out:
        lines.append(say[f"rules_{case.rules_left_out}"])
    return "\n".join(visible(line) for line in (*lines, say["banner"])) + "\n"


@cache
def _catalogues() -> dict[str, dict[str, str]]:
    return tomllib.loads((Path(__file__).parent / "messages.toml").read_text(encoding="utf-8"))


def _messages(locale: str) -> dict[str, Any]:
    """The words of the page; English where the table knows a locale that the page does not."""
    found = _catalogues()
    known = locale if locale in found else "en"
    return {**found[known], "lang": known}


@cache
def _environment() -> Environment:
    return template_environment(finalize_html, autoescape=True)
