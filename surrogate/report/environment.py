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
    environment.globals |= {"numbers": numbers, "_": language.say, "plural": language.plural}
    environment.globals["recorded"] = language.recorded
    environment.globals["locale"] = language.current_locale
    for name in ("decimal", "percent", "points", "signed"):
        environment.filters[name] = getattr(numbers, name)
    environment.tests["predicts"] = verdicts.predicts
    return environment
