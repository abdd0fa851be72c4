"""What all templates share: where they are, and the words and numbers they may use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from surrogate.report import (
    added,
    anchors,
    attributions,
    beside,
    excerpts,
    global_rules,
    grading,
    groups,
    interplay,
    language,
    marks,
    precedents,
    rounds,
    second,
    stages,
    stating,
    summary,
    trust,
    verdicts,
    words,
)
from surrogate.report import number_format as numbers
from surrogate.report.visible import visible

__all__ = ["finalize_html", "template_environment"]

_Value = Callable[[Any], Any]

_MODULES = (
    *(added, anchors, attributions, beside, excerpts, global_rules, grading, groups, interplay, marks),
    *(numbers, precedents, rounds, second, stages, stating, summary, trust, verdicts, words),
)


def finalize_html(value: Any) -> Any:
    r"""Every string that reaches a page is made visible first, then escaped; markup is only what was built here.

    Examples
    --------
    >>> finalize_html("a\x00b"), finalize_html(Markup("<b>"))
    ('a␀b', Markup('<b>'))
    """
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def template_environment(finalize: Callable[[Any], Any], *, autoescape: bool, **options: Any) -> Environment:
    r"""An environment whose templates know the modules of this package by name.

    Parameters
    ----------
    finalize : callable (value) -> value
        Applied to everything that a template prints.
    autoescape : bool
        Escape for HTML; where False, ``finalize`` must escape.
    **options
        Further options of :class:`jinja2.Environment`.

    Examples
    --------
    >>> template_environment(str.upper, autoescape=True).from_string("{{ numbers.percent(0.5) }} {{ 'kept' }}").render()
    '50.0\xa0% KEPT'
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=StrictUndefined,
        finalize=finalize,
        autoescape=autoescape,  # noqa: S701 - a caller that says no escapes for another format
        trim_blocks=True,
        lstrip_blocks=True,
        **options,
    )
    environment.globals |= {module.__name__.rpartition(".")[2]: module for module in _MODULES}
    say, plural = _speech(finalize)
    environment.globals |= {"numbers": numbers, "_": say, "plural": plural}
    for function in (language.clauses, language.gap, language.language_tag, language.recorded):
        environment.globals[function.__name__] = function
    environment.globals["locale"] = language.current_locale
    for name in ("decimal", "percent", "points", "signed"):
        environment.filters[name] = getattr(numbers, name)
    environment.tests["predicts"] = verdicts.predicts
    return environment


def _speech(finalize: _Value) -> tuple[Callable[..., str], Callable[..., str]]:
    """Messages whose values may be markup; what else is in them is escaped, and made visible, as everything that is printed."""

    def put(message: str, values: dict[str, Any]) -> str:
        if not any(isinstance(value, Markup) for value in values.values()):
            return language.say(message, **values)
        # The message itself is text too; only values that are markup already stay as they are.
        text = Markup.escape(language.translated(message))
        return text.format(**{name: finalize(value) for name, value in values.items()})

    def say(message: str, /, **values: Any) -> str:
        return put(message, values)

    def plural(one: str, many: str, n: int, /, **values: Any) -> str:
        form = one if n == 1 and language.current_locale() == language.LOCALES[0] else many
        return put(form, {**values, "n": f"{n:,}"})

    return say, plural
