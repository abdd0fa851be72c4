"""The record of a summary as one HTML page."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from surrogate.canonical import canonical_bytes, digest
from surrogate.report.batch import context, drift_headline, drift_words, histogram, look_first, wording
from surrogate.report.environment import finalize_html, template_environment
from surrogate.report.normal import ordered

__all__ = ["render_batch_page"]


def render_batch_page(record: dict[str, Any], *, links: bool = False) -> str:
    """One self-contained page: no script, no outside resource; the same record always gives the same bytes.

    Parameters
    ----------
    record : dict
        As in :func:`~surrogate.report.batch.render_batch`; it is told in the language of the context.
    links : bool, default False
        Link to full reports beside the page.

    Examples
    --------
    >>> from surrogate.report.batch.examples import EMPTY
    >>> "not finished" in render_batch_page(EMPTY)
    True
    """
    sha256, told = digest(canonical_bytes(record)), ordered(record)
    return (
        _environment()
        .get_template("batch/page.html.j2")
        .render(
            record=told,
            batch=told["batch"],
            counts=told["counts"],
            drift=told["drift"],
            sha256=sha256,
            bins=context.fidelity_bins(told["fidelity"]["thousandths"]),
            link=partial(context.report_link, links=links),
        )
    )


@cache
def _environment() -> Environment:
    environment = template_environment(finalize_html, autoescape=True)
    environment.globals |= {"told": context, "wording": wording, "look": look_first, "drifted": drift_words}
    environment.globals["moved"] = drift_headline
    environment.globals["chart"] = _chart
    environment.filters |= {"short": context.short, "count": context.count_of}
    return environment


def _chart(bins: list[dict[str, Any]], policy: Any, narrow: bool) -> Markup:
    needed = policy.get("min_r2") if isinstance(policy, dict) else None
    drawn = histogram.fidelity_chart(bins, needed if isinstance(needed, float) else None, narrow=narrow)
    return Markup(drawn)  # noqa: S704 - built by an XML serialiser
