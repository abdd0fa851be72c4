"""The case as a page, and as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from jinja2 import Environment

from surrogate.canonical import canonical_bytes
from surrogate.reasons.case import ReasonCase
from surrogate.report.environment import finalize_html, template_environment
from surrogate.report.language import LOCALES, message, say, speaking
from surrogate.report.number_format import signed
from surrogate.report.render.any_page import page_as
from surrogate.report.visible import visible

__all__ = ["case_files", "case_page", "case_text"]

#: Why no reasons are given.
_WHY_NONE = {
    "withheld": message("The evidence does not carry any simple description of this decision; it was withheld."),
    "other-label": message(
        "The record explains another label than the one that the model decided. Explain the decision itself."
    ),
    "no-surrogate": message("No surrogate that says what each word adds is shown in the record."),
    "disagrees": message(
        "The surrogate decides this text otherwise than the model does, so that it cannot give the model’s reasons."
    ),
    "below-policy": message("The fidelity of the surrogate is below what the policy for reasons asks for."),
    "nothing-stable": message(
        "Nothing in the text is firm enough to be quoted as a reason: refits did not find it again."
    ),
}

#: Why rules of the audit are not among the reasons.
_RULES_LEFT_OUT = {
    "other-model": message("Rules of the audit were not used: it was of another model, or that cannot be told."),
    "rules-disagree": message("Rules of the audit were not used: they decide this text otherwise than the model does."),
}

_SCALES = {
    "log_odds": message("What each adds is told in log-odds."),
    "probability": message("What each adds is told as probability."),
}

_GRADES = {
    "stable": message("stable"),
    "weak": message("weak"),
    "not reportable": message("not reportable"),
    "confirmed": message("confirmed"),
    "supported": message("supported"),
    "too few documents": message("too few documents"),
    "contradicted": message("contradicted"),
}


def case_page(case: ReasonCase) -> str:
    """One self-contained page: no script, no outside resource; the same case always gives the same bytes.

    It is in the language of the wordings where reports are written in that language, and in English elsewhere.

    Parameters
    ----------
    case : ReasonCase

    Examples
    --------
    >>> case = ReasonCase("fees", "en", "withheld", (), 4, (), (), None, None, {"name": "t", "sha256": "0"}, "0", "toy", "")
    >>> "No reasons are given" in case_page(case)
    True
    """
    with speaking(_spoken(case)):
        return _environment().get_template("reasons.html.j2").render(case=case)


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
    with speaking(_spoken(case)):
        return "\n".join(map(visible, _lines(case))) + "\n"


def _lines(case: ReasonCase) -> Iterator[str]:
    yield say("The model decided: {label}", label=case.label)
    if case.why_none is not None:
        yield say("No reasons are given. {why}", why=say(_WHY_NONE[case.why_none]))
        return
    yield say("Principal reasons: {shown}", shown=_shown(case))
    for number, reason in enumerate(case.reasons, 1):
        told = f"{reason.code}  {reason.wording}" if reason.code else say("No code in the table")
        parts = [source.text for source in reason.sources]
        parts += [] if reason.adds is None else [signed(reason.adds)]
        yield say("{number}. {reason} ({sources})", number=number, reason=told, sources=say(", ").join(parts))
        if number == len(case.principal) < len(case.reasons):
            yield say("Complete list:")
    if case.without_code:
        yield _add_codes()
    if case.rules_left_out:
        yield say(_RULES_LEFT_OUT[case.rules_left_out])
    yield _banner()


def _shown(case: ReasonCase) -> str:
    return say(
        "{n} of {n_all} reasons, the one that adds most first. The complete list is below.",
        n=len(case.principal),
        n_all=len(case.reasons),
    )


def _add_codes() -> str:
    return say(
        "Some reasons have no code in the table: a person has to word them before this is handed out. They keep their place, so "
        "that none is left out."
    )


def _banner() -> str:
    return say("This describes an approximation, not the decision logic of the model.")


def _spoken(case: ReasonCase) -> str:
    """The language of the page; English where the table knows a locale that reports are not written in."""
    return case.locale if case.locale in LOCALES else LOCALES[0]


@cache
def _environment() -> Environment:
    environment = template_environment(finalize_html, autoescape=True)
    environment.globals |= {"shown": _shown, "add_codes": _add_codes, "banner": _banner}
    environment.globals |= {
        "WHY_NONE": _WHY_NONE,
        "RULES_LEFT_OUT": _RULES_LEFT_OUT,
        "SCALES": _SCALES,
        "GRADES": _GRADES,
    }
    return environment
