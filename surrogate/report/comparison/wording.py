"""Words of a comparison: changes, conditions and values as a reader sees them; nothing is told by colour alone."""

from __future__ import annotations

from typing import Any

from surrogate.report.corpus import wording

__all__ = [
    "IDENTITY",
    "MEASURE_NAMES",
    "SECTION_NAMES",
    "SIGNS",
    "WHAT",
    "condition",
    "condition_text",
    "headline",
    "how_words",
    "keyword",
    "measure_name",
    "member_title",
    "own_name",
    "result_sign",
    "term_name",
]

Record = dict[str, Any]

#: The sign before what was added, removed, changed, or is the same.
SIGNS = {"added": "+", "removed": "−", "changed": "~", "sign": "~", "size": "~", "same": "="}

#: What a change is called.
WHAT = {
    "added": "added",
    "removed": "removed",
    "changed": "changed",
    "sign": "sign changed",
    "size": "size changed",
    "same": "same",
}

#: What a section of statements is called.
SECTION_NAMES = {
    "model": "Model",
    "prompt": "Prompt",
    "decision": "Decision",
    "data": "Data",
    "recipe": "Recipe",
    "policy": "Acceptance thresholds of the reports",
    "production": "How it was produced",
    "versions": "Versions of packages",
    "concepts": "Concepts",
    "checklist": "Checklist",
    "findings": "Findings",
    "limits": "Limits",
}

MEASURE_NAMES = {
    "agreement": "Same decision as the model",
    "coverage": "Documents that a rule covers",
    "precision": "Of these: same decision as the model",
    "r2": "R2",
    "mae_probability": "Mean absolute error of the probability",
    "n": "Held-out documents",
    "n_test": "Test copies",
    "n_pairs": "Pairs of copies",
    "variance": "Variance of the fitted quantity",
    "model": "The model",
}

#: What identifies a record.
IDENTITY = {
    "sha256": "SHA-256 of the record",
    "schema": "Schema",
    "schema_version": "Version of the schema",
    "model": "Model",
    "recipe": "Recipe",
    "package": "Version of surrogate-explainer",
    "n_documents": "Documents",
    "n_fit": "Documents fitted to",
    "n_test": "Documents held out",
    "texts_sha256": "SHA-256 of the texts",
    "target": "Explained decision",
}

_TITLES = {
    "multinomial": "Weighted terms",
    "rule_list": "Rules",
    "class_tree": "Decision tree",
    "linear": "Sparse linear surrogate",
    "tree": "Rule tree",
    "rule_set": "Rule set",
    "anchor": "Anchor",
    "shapley": "Shapley values",
}

_HEADLINES = {
    "material": "The change is material",
    "not material": "The change is not material",
    "cannot be told": "Whether the change is material cannot be told",
}

_HOW = {
    "order": "it is heard in another order",
    "definition": "a list or pattern of the same name was defined otherwise",
    "form": "written otherwise, but it speaks for the same",
}


def headline(record: Record) -> str:
    """What the page says first.

    Examples
    --------
    >>> headline({"judgement": {"verdict": "material"}})
    'The change is material'
    """
    return _HEADLINES[record["judgement"]["verdict"]]


def result_sign(result: str) -> str:
    """A sign for the result of a check.

    Examples
    --------
    >>> result_sign("material"), result_sign("not material"), result_sign("cannot be told")
    ('!', '✓', '?')
    """
    return {"material": "!", "not material": "✓"}.get(result, "?")


def member_title(member: Record) -> str:
    """What a surrogate is called, with its own name where that says more.

    Examples
    --------
    >>> member_title({"kind": "rule_list", "name": "rules"}), member_title({"kind": "tree", "name": "deep"})
    ('Rules', 'Rule tree “deep”')
    """
    title = str(_TITLES.get(member["kind"], member["kind"]))
    usual = ("linear", "rules", "tree", member["kind"])
    return title if member["name"] in usual else f"{title} {own_name(member['name'])}"


def own_name(name: str) -> str:
    """A name as somebody gave it.

    Examples
    --------
    >>> own_name("deep")
    '“deep”'
    """
    return f"“{name}”"


def condition(atom: Record) -> tuple[str, str, str]:
    """A condition in three parts: before the name, the name, and after it.

    Examples
    --------
    >>> condition({"kind": "stem", "key": "fee", "label": "fee", "present": False})
    ('it does not say', '“fee”', '')
    >>> condition({"kind": "unit", "key": "3", "label": "“card”", "present": True})
    ('', '“card”', 'is kept')
    """
    if atom["kind"] == "unit":
        return "", atom["label"], "is kept" if atom["present"] else "is removed"
    if atom["kind"] == "share":
        return "", f"share of {atom['label']}", "kept" if atom["present"] else "removed"
    return wording.condition_words(atom, atom["present"]), wording.feature_name(atom), ""


def condition_text(atom: Record) -> str:
    """A condition as text.

    Examples
    --------
    >>> condition_text({"kind": "stem", "key": "fee", "label": "fee", "present": False})
    'it does not say “fee”'
    """
    return " ".join(part for part in condition(atom) if part)


def term_name(term: Record) -> str:
    """What a term names.

    Examples
    --------
    >>> unit = {"kind": "unit", "key": "3", "label": "“card”", "present": False}
    >>> term_name({"atoms": [unit, {**unit, "label": "“lost”", "present": True}]})
    '“card” removed and “lost”'
    """
    names = []
    for atom in term["atoms"]:
        _, name, _ = condition(atom)
        names.append(name if atom["present"] else f"{name} removed")
    return " and ".join(names) or "nothing"


def keyword(rule: Record) -> str:
    """How a rule begins.

    Examples
    --------
    >>> keyword({"atoms": []}), keyword({"atoms": [{}]})
    ('OTHERWISE', 'IF')
    """
    return "IF" if rule["atoms"] else "OTHERWISE"


def how_words(change: Record) -> list[str]:
    """In what way a rule changed, or is the same though it is written otherwise.

    Examples
    --------
    >>> how_words({"how": ["order"], "gained": [], "lost": []})
    ['it is heard in another order']
    """
    found = [
        f"its condition {what}: {' AND '.join(condition_text(atom) for atom in change[what])}"
        for what in ("gained", "lost")
        if change[what]
    ]
    found += [_HOW[one] for one in change["how"] if one in _HOW]
    if "class" in change["how"]:
        found.insert(0, f"it said “{change['before']['says']}” and says “{change['after']['says']}”")
    return found


def measure_name(measure: Record, kind: str = "") -> str:
    """What a measure of a surrogate of a kind is called.

    Examples
    --------
    >>> measure_name({"name": "agreement"}), measure_name({"name": "other"})
    ('Same decision as the model', 'other')
    >>> measure_name({"name": "agreement"}, "rule_list")
    'Of all documents: covered and same decision'
    """
    if kind == "rule_list" and measure["name"] == "agreement":
        return "Of all documents: covered and same decision"
    return str(MEASURE_NAMES.get(measure["name"], measure["name"]))
