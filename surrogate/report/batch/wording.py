"""Words of the page of a batch: its headline, statuses, verdicts, surrogates and settings."""

from __future__ import annotations

from typing import Any

from surrogate.report.batch.row_errors import error_meaning, error_way_out
from surrogate.report.language import message, plural, recorded, say
from surrogate.report.number_format import percent

__all__ = [
    "VERDICTS",
    "error_meaning",
    "error_way_out",
    "headline",
    "setting_name",
    "status_name",
    "surrogate_title",
    "verdict_name",
    "why_withheld",
]

Record = dict[str, Any]

#: Verdicts on a surrogate, the best first.
VERDICTS = ("pass", "insufficient evidence", "fail")

_VERDICTS = {
    "pass": message("shown"),
    "insufficient evidence": message("insufficient evidence"),
    "fail": message("not faithful"),
}

_STATUSES = {"explained": message("explained"), "withheld": message("withheld"), "error": message("error")}

_TITLES = {
    "linear": message("Sparse linear"),
    "tree": message("Rule tree"),
    "rule_set": message("Rule set"),
    "anchor": message("Anchor"),
    "shapley": message("Shapley values"),
}

_SETTINGS = {
    "model": message("Model"),
    "kind": message("Kind of the model"),
    "labels": message("Labels"),
    "multi_label": message("Several labels at once"),
    "details": message("How the model is asked"),
    "fingerprint": message("Fingerprint of the model"),
    "recipe_sha256": message("SHA-256 of the recipe"),
    "input": message("Input"),
    "rows_sha256": message("SHA-256 over the digests of the rows"),
    "batch_sha256": message("SHA-256 of the description of the batch"),
    "part_texts": message("Texts in each part"),
    "versions": message("Versions of packages"),
    "recipe_name": message("Recipe"),
    "calls": message("Calls for each text"),
    "budget": message("Most calls for each text"),
    "target": message("Target"),
    "contrast": message("Contrast"),
    "units": message("Units"),
    "policy": message("What the evidence must show"),
    "stability": message("Rows that are fitted again, to grade their words"),
    "keep_text": message("Rows hold their texts"),
    "reports": message("Rows with a full report"),
    "adverse": message("Adverse decisions"),
    "formats": message("Formats of full reports"),
    "corpus_proxy": message("Texts that a proxy of the corpus learns from"),
    "proxy_sha256": message("SHA-256 of the proxy of the corpus"),
}


def headline(counts: Record, batch: Record) -> str:
    r"""The batch in one sentence.

    Examples
    --------
    >>> headline({"rows": 4, "explained": 3, "withheld": 1, "error": 0}, {"is_complete": True})
    '4 rows: 75.0\xa0% explained, 25.0\xa0% withheld, 0\xa0% with an error'
    """
    if not counts["rows"]:
        return say("No row is there yet.") if not batch["is_complete"] else say("The batch has no rows.")
    shares = {name: percent(counts[name] / counts["rows"]) for name in ("explained", "withheld", "error")}
    told = plural(
        "{n} row: {explained} explained, {withheld} withheld, {error} with an error",
        "{n} rows: {explained} explained, {withheld} withheld, {error} with an error",
        counts["rows"],
        **shares,
    )
    return told if batch["is_complete"] else say("Not finished. So far {told}", told=told)


def status_name(status: str) -> str:
    """What a status of a row is called.

    Examples
    --------
    >>> status_name("withheld")
    'withheld'
    """
    return say(_STATUSES[status])


def verdict_name(verdict: str) -> str:
    """What a verdict on a surrogate is called; an unknown one as it is.

    Examples
    --------
    >>> verdict_name("pass"), verdict_name("fail")
    ('shown', 'not faithful')
    """
    return say(_VERDICTS[verdict]) if verdict in _VERDICTS else verdict


def why_withheld(row: Record) -> str:
    """Why a row is withheld, in short where its fidelity says the rest.

    Examples
    --------
    >>> why_withheld({"fidelity": 0.2, "verdict": "fail", "reason": "Fidelity R2 is 0.20."})
    'not faithful'
    """
    reason = row["reason"] or ""
    if reason.startswith("Fidelity R2 is") and row["verdict"] in _VERDICTS:
        return verdict_name(row["verdict"])
    return recorded(reason) or say("no reason was stated")


def surrogate_title(surrogate: Record) -> str:
    """What a surrogate is called, with its own name where that says more.

    Examples
    --------
    >>> surrogate_title({"kind": "tree", "name": "tree"}), surrogate_title({"kind": "tree", "name": "deep"})
    ('Rule tree', 'Rule tree “deep”')
    """
    kind, name = surrogate["kind"], surrogate["name"]
    title = say(_TITLES[kind]) if kind in _TITLES else kind
    return title if name == kind else say("{surrogate} “{name}”", surrogate=title, name=name)


def setting_name(name: str) -> str | None:
    """What a setting is called; None: it has no name but its key.

    Examples
    --------
    >>> setting_name("calls"), setting_name("x")
    ('Calls for each text', None)
    """
    return say(_SETTINGS[name]) if name in _SETTINGS else None
