"""Words of a comparison: changes, verdicts and names as a reader sees them; nothing is told by colour alone."""

from __future__ import annotations

from typing import Any

from surrogate.report.language import message, recorded, say, translated

__all__ = [
    "IDENTITY",
    "MEASURE_NAMES",
    "SECTION_NAMES",
    "SIGNS",
    "WHAT",
    "checks_sentence",
    "grade_name",
    "headline",
    "measure_name",
    "member_title",
    "own_name",
    "policy_label",
    "result_sign",
    "result_words",
]

Record = dict[str, Any]

#: The sign before what was added, removed, changed, or is the same.
SIGNS = {"added": "+", "removed": "−", "changed": "~", "sign": "~", "size": "~", "same": "="}

#: What a change is called.
WHAT = {
    "added": message("added"),
    "removed": message("removed"),
    "changed": message("changed"),
    "sign": message("sign changed"),
    "size": message("size changed"),
    "same": message("same"),
}

#: What a section of statements is called.
SECTION_NAMES = {
    "model": message("Model"),
    "prompt": message("Prompt"),
    "decision": message("Decision"),
    "data": message("Data"),
    "recipe": message("Recipe"),
    "policy": message("Acceptance thresholds of the reports"),
    "production": message("How it was produced"),
    "versions": message("Versions of packages"),
    "concepts": message("Concepts"),
    "checklist": message("Checklist"),
    "findings": message("Findings"),
    "limits": message("Limits"),
}

MEASURE_NAMES = {
    "agreement": message("Same decision as the model"),
    "coverage": message("Documents that a rule covers"),
    "precision": message("Of these: same decision as the model"),
    "r2": message("R2"),
    "mae_probability": message("Mean absolute error of the probability"),
    "n": message("Held-out documents"),
    "n_test": message("Test copies"),
    "n_pairs": message("Pairs of copies"),
    "variance": message("Variance of the fitted quantity"),
    "model": message("The model"),
}

#: What identifies a record.
IDENTITY = {
    "sha256": message("SHA-256 of the record"),
    "schema": message("Schema"),
    "schema_version": message("Version of the schema"),
    "model": message("Model"),
    "recipe": message("Recipe"),
    "package": message("Version of surrogate-explainer"),
    "n_documents": message("Documents"),
    "n_fit": message("Documents fitted to"),
    "n_test": message("Documents held out"),
    "texts_sha256": message("SHA-256 of the texts"),
    "target": message("Explained decision"),
}

_TITLES = {
    "multinomial": message("Weighted terms"),
    "rule_list": message("Rules"),
    "class_tree": message("Decision tree"),
    "linear": message("Sparse linear surrogate"),
    "tree": message("Rule tree"),
    "rule_set": message("Rule set"),
    "anchor": message("Anchor"),
    "shapley": message("Shapley values"),
}

_HEADLINES = {
    "material": message("The change is material"),
    "not material": message("The change is not material"),
    "cannot be told": message("Whether the change is material cannot be told"),
}

_RESULTS = {
    "material": message("material"),
    "not material": message("not material"),
    "cannot be told": message("cannot be told"),
}

_GRADES = {
    "confirmed": message("confirmed"),
    "supported": message("supported"),
    "too few documents": message("too few documents"),
    "contradicted": message("contradicted"),
    "stable": message("stable"),
    "weak": message("weak"),
    "not reportable": message("not reportable"),
    "not confirmed": message("not confirmed"),
    "proposed": message("proposed"),
}

_BY_NAMED, _BY_OWNER = message("By the policy “{name}” of {owner}."), message("By the policy of {owner}.")


def headline(record: Record) -> str:
    """What the page says first.

    Examples
    --------
    >>> headline({"judgement": {"verdict": "material"}})
    'The change is material'
    """
    verdict = record["judgement"]["verdict"]
    return say(_HEADLINES[verdict])


def result_sign(result: str) -> str:
    """A sign for the result of a check.

    Examples
    --------
    >>> result_sign("material"), result_sign("not material"), result_sign("cannot be told")
    ('!', '✓', '?')
    """
    return {"material": "!", "not material": "✓"}.get(result, "?")


def result_words(result: str) -> str:
    """The result of a check, with its sign.

    Examples
    --------
    >>> result_words("not material")
    '✓ not material'
    """
    return say("{sign} {result}", sign=result_sign(result), result=_named(_RESULTS, result))


def policy_label(judgement: Record) -> str:
    """Whose policy it is.

    Examples
    --------
    >>> policy_label({"policy": {"owner": "A. Risk", "name": "P-1"}, "label": "By the policy “P-1” of A. Risk."})
    'By the policy “P-1” of A. Risk.'
    """
    policy, label = judgement["policy"], str(judgement["label"])
    owner, name = policy.get("owner"), policy.get("name")
    if owner is None:
        return recorded(label)
    # Put together again, not looked up: the name of an owner may hold what looks like the end of a sentence.
    told = _BY_NAMED if name else _BY_OWNER
    return say(told, name=name, owner=owner) if told.format(name=name, owner=owner) == label else label


def checks_sentence(judgement: Record) -> str:
    """How many of the checks carry the verdict.

    Examples
    --------
    >>> checks_sentence({"verdict": "material", "reasons": ["No."], "checks": [{}, {}]})
    '1 of 2 checks finds so:'
    """
    n_all, n = len(judgement["checks"]), len(judgement["reasons"])
    if judgement["verdict"] == "not material":
        return say("None of its {n} checks finds a change that matters:", n=n_all)
    if n == 1:
        return say("{n} of {n_all} checks finds so:", n=n, n_all=n_all)
    return say("{n} of {n_all} checks find so:", n=n, n_all=n_all)


def grade_name(grade: str | None) -> str:
    """What a grade is called.

    Examples
    --------
    >>> grade_name("stable"), grade_name(None)
    ('stable', '–')
    """
    return _named(_GRADES, grade) if grade else "–"


def _named(names: dict[str, str], key: str) -> str:
    """A name of ours in the language of the reader; what has none is left as it is."""
    return translated(names[key]) if key in names else key


def member_title(member: Record) -> str:
    """What a surrogate is called, with its own name where that says more.

    Examples
    --------
    >>> member_title({"kind": "rule_list", "name": "rules"}), member_title({"kind": "tree", "name": "deep"})
    ('Rules', 'Rule tree “deep”')
    """
    title = _named(_TITLES, member["kind"])
    usual = ("linear", "rules", "tree", member["kind"])
    if member["name"] in usual:
        return title
    return say("{surrogate} {name}", surrogate=title, name=own_name(member["name"]))


def own_name(name: str) -> str:
    """A name as somebody gave it.

    Examples
    --------
    >>> own_name("deep")
    '“deep”'
    """
    return f"“{name}”"


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
        return say("Of all documents: covered and same decision")
    return _named(MEASURE_NAMES, measure["name"])
