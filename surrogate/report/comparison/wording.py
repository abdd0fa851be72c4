"""Words of a comparison: changes, conditions and values as a reader sees them; nothing is told by colour alone."""

from __future__ import annotations

import re
from functools import reduce
from typing import Any

from surrogate.report.corpus import wording
from surrogate.report.language import message, recorded, say, translated

__all__ = [
    "IDENTITY",
    "MEASURE_NAMES",
    "SECTION_NAMES",
    "SIGNS",
    "WHAT",
    "apart_sentence",
    "checks_sentence",
    "condition_form",
    "condition_text",
    "feature_name",
    "grade_name",
    "headline",
    "how_words",
    "keyword",
    "measure_name",
    "member_title",
    "own_name",
    "policy_label",
    "result_sign",
    "result_words",
    "term_name",
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

_HOW = {
    "order": message("it is heard in another order"),
    "definition": message("a list or pattern of the same name was defined otherwise"),
    "form": message("written otherwise, but it speaks for the same"),
}

#: What a rule gained or lost.
_CONDITION = {
    "gained": message("its condition gained: {conditions}"),
    "lost": message("its condition lost: {conditions}"),
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

#: Conditions on copies of a text, which hold and do not hold: that a unit is kept, and how much of it is.
_OF_TEXT = {
    "unit": (message("{feature} is kept"), message("{feature} is removed")),
    "share": (message("{feature} kept"), message("{feature} removed")),
}

#: How records name one of several units that read the same, and a part of which a share is kept.
_ORDINAL = re.compile(r"“(?P<name>.*)” \((?P<n>\d+)(?P<ending>st|nd|rd|th)\)", re.DOTALL)
_AT_LEAST = re.compile(r"(?P<passages>.*) \(at least (?P<share>\d+)%\)", re.DOTALL)
_ORDINALS = {"st": message("{n}st"), "nd": message("{n}nd"), "rd": message("{n}rd"), "th": message("{n}th")}


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


def apart_sentence(name: str, apart: bool) -> str:
    """Whether the intervals of a measure of a rule overlap.

    Examples
    --------
    >>> apart_sentence("coverage", True)
    'Intervals of coverage do not overlap.'
    """
    if name == "precision":
        return say("Intervals of precision do not overlap.") if apart else say("Intervals of precision overlap.")
    return say("Intervals of coverage do not overlap.") if apart else say("Intervals of coverage overlap.")


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


def condition_form(atom: Record) -> str:
    """The message for a condition, with a place for what it names.

    Examples
    --------
    >>> condition_form({"kind": "stem", "present": False}), condition_form({"kind": "unit", "present": True})
    ('it does not say {feature}', '{feature} is kept')
    """
    if atom["kind"] in _OF_TEXT:
        return _OF_TEXT[atom["kind"]][not atom["present"]]
    return wording.condition_form(atom, atom["present"]).strip()


def feature_name(atom: Record) -> str:
    """What a condition names.

    Examples
    --------
    >>> feature_name({"kind": "stem", "key": "fee", "label": "fee"}), feature_name({"kind": "unit", "label": "“a” (2nd)"})
    ('“fee”', '“a” (2nd)')
    """
    if atom["kind"] == "unit":
        return _unit(atom["label"])
    return (
        say("share of {passages}", passages=_passages(atom["label"]))
        if atom["kind"] == "share"
        else wording.feature_name(atom)
    )


def _unit(label: str) -> str:
    """A unit as the record names it, told apart where the same one occurs several times."""
    found = _ORDINAL.fullmatch(label)
    if found is None:
        return label
    name, number, ending = found.group("name", "n", "ending")
    return say("“{name}” ({ordinal})", name=name, ordinal=say(_ORDINALS[ending], n=number))


def _passages(label: str) -> str:
    """Parts of a text as the record names them, of which a share is kept."""
    if label == "the whole text":
        return say("the whole text")
    found = _AT_LEAST.fullmatch(label)
    if found is None:
        return label
    return say("{passages} (at least {share}%)", passages=_passages(found["passages"]), share=found["share"])


def condition_text(atom: Record) -> str:
    """A condition as text.

    Examples
    --------
    >>> condition_text({"kind": "stem", "key": "fee", "label": "fee", "present": False})
    'it does not say “fee”'
    """
    return say(condition_form(atom), feature=feature_name(atom))


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
        name = feature_name(atom)
        names.append(name if atom["present"] else say("{name} removed", name=name))
    if not names:
        return say("nothing")
    return reduce(lambda before, after: say("{names} and {name}", names=before, name=after), names)


def keyword(rule: Record) -> str:
    """How a rule begins.

    Examples
    --------
    >>> keyword({"atoms": []}), keyword({"atoms": [{}]})
    ('OTHERWISE', 'IF')
    """
    return say("IF") if rule["atoms"] else say("OTHERWISE")


def how_words(change: Record) -> list[str]:
    """In what way a rule changed, or is the same though it is written otherwise.

    Examples
    --------
    >>> how_words({"how": ["order"], "gained": [], "lost": []})
    ['it is heard in another order']
    """
    found = []
    if "class" in change["how"]:
        sides = {side: change[side]["says"] for side in ("before", "after")}
        found.append(say("it said “{before}” and says “{after}”", **sides))
    for what, told in _CONDITION.items():
        if change[what]:
            found.append(say(told, conditions=say(" AND ").join(map(condition_text, change[what]))))
    return found + [say(_HOW[one]) for one in change["how"] if one in _HOW]


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
