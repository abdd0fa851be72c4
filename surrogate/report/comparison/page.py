"""The record of a comparison as one HTML page."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment

from surrogate.report.comparison import conditions, context, values, wording
from surrogate.report.environment import finalize_html, template_environment
from surrogate.report.normal import ordered

__all__ = ["render_comparison_page"]


def render_comparison_page(record: dict[str, Any]) -> str:
    """One self-contained page: no script, no outside resource; the same record always gives the same bytes.

    Parameters
    ----------
    record : dict
        ``Comparison.to_dict()``; it is told in the language of the context, which is English if nothing else is said.

    Examples
    --------
    >>> from surrogate.report.comparison.examples import EMPTY
    >>> "The change is not material" in render_comparison_page(EMPTY)
    True
    """
    return _environment().get_template("comparison/page.html.j2").render(context.comparison_context(ordered(record)))


@cache
def _environment() -> Environment:
    environment = template_environment(finalize_html, autoescape=True)
    environment.globals |= {"conditions": conditions, "wording": wording, "told": context, "values": values}
    return environment
