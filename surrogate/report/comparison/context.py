"""What every rendering of a comparison is given."""

from __future__ import annotations

from typing import Any

from surrogate.canonical import canonical_bytes, digest
from surrogate.report.comparison import values
from surrogate.report.comparison.wording import SECTION_NAMES, member_title
from surrogate.report.corpus.wording import concept_name
from surrogate.report.language import message, say, translated

__all__ = [
    "ORDER",
    "by_change",
    "comparison_context",
    "decisions_sentence",
    "fact_groups",
    "fact_path",
    "fact_told",
    "measures",
    "sections_named",
    "summary_rows",
    "term_groups",
]

Record = dict[str, Any]

#: In which order changes are told.
ORDER = ("changed", "sign", "size", "removed", "added", "same")

_MEASURES = ("r2", "coverage", "precision", "agreement", "mae_probability", "variance", "n", "n_test", "n_pairs")

_WHAT = {
    "effect": message("what each unit adds"),
    "term": message("terms"),
    "value": message("values"),
    "interaction": message("interactions"),
}


def comparison_context(record: Record) -> Record:
    """The record, its digest, its surrogates, and its changes in groups.

    Examples
    --------
    >>> from surrogate.report.comparison.examples import EMPTY
    >>> comparison_context(EMPTY)["with_rules"]
    []
    """
    return {
        "record": record,
        "sha256": digest(canonical_bytes(record)),
        "judgement": record["judgement"],
        "with_rules": [one for one in record["members"] if one["rules"] or one["decisions"] is not None],
        "with_terms": [one for one in record["members"] if one["terms"]],
        "facts": fact_groups(record),
        "rows": summary_rows(record),
    }


def by_change(changes: list[Record]) -> dict[str, list[Record]]:
    """Changes by their kind.

    Examples
    --------
    >>> list(by_change([{"change": "added"}]))
    ['changed', 'sign', 'size', 'removed', 'added', 'same']
    """
    return {kind: [one for one in changes if one["change"] == kind] for kind in ORDER}


def measures(member: Record) -> list[Record]:
    """The measures of a surrogate, what counts most first.

    Coverage and precision say something of rules only: another surrogate decides every document.

    Examples
    --------
    >>> [one["name"] for one in measures({"kind": "tree", "measures": [{"name": "n_test"}, {"name": "r2"}]})]
    ['r2', 'n_test']
    """
    hidden = () if member["kind"] == "rule_list" else ("coverage", "precision")
    shown = [one for one in member["measures"] if one["name"] not in hidden]
    return sorted(shown, key=lambda one: _MEASURES.index(one["name"]) if one["name"] in _MEASURES else len(_MEASURES))


def term_groups(member: Record) -> list[tuple[str, dict[str, list[Record]]]]:
    """Terms, effects, values and interactions of a surrogate, each by what became of them, the largest first.

    Examples
    --------
    >>> term = {"what": "term", "change": "added", "label": "a", "before": None, "after": {"value": 1.0}}
    >>> [(name, len(groups["added"])) for name, groups in term_groups({"terms": [term]})]
    [('terms', 1)]
    """
    found = []
    for what, name in _WHAT.items():
        own = sorted((one for one in member["terms"] if one["what"] == what), key=_size)
        if own:
            found.append((say(name), by_change(own)))
    return found


def _size(term: Record) -> tuple[float, str]:
    sizes = [0.0 if side is None else side["value"] for side in (term["before"], term["after"])]
    return -max(abs(sizes[0]), abs(sizes[1]), abs(sizes[1] - sizes[0])), term["label"]


def fact_groups(record: Record) -> list[tuple[str, str, list[Record]]]:
    """Statements that differ, by section: its key, its name and the statements.

    Examples
    --------
    >>> [name for _, name, _ in fact_groups({"facts": [{"section": "data"}, {"section": "model"}]})]
    ['Model', 'Data']
    """
    found = []
    for section, name in SECTION_NAMES.items():
        own = [one for one in record["facts"] if one["section"] == section]
        if own:
            found.append((section, say(name), own))
    return found


def sections_named(facts: list[tuple[str, str, list[Record]]]) -> str:
    """The sections of which something is stated otherwise, with how much.

    Examples
    --------
    >>> sections_named([("model", "Model", [{}, {}]), ("data", "Data", [{}])])
    'model (2), data (1)'
    """
    return say(", ").join(say("{section} ({n})", section=name.lower(), n=len(items)) for _, name, items in facts)


def fact_path(section: str, path: str) -> str:
    """What a statement is about; names of the checklist are in the language of the reader.

    Examples
    --------
    >>> fact_path("recipe", "members.tree.max_leaves")
    'members.tree.max_leaves'
    """
    if section == "checklist":
        return values.told(path)
    return concept_name(path) if section == "concepts" else path


def fact_told(section: str, value: Any) -> str:
    """What is stated; states of the checklist, and sentences on how it was produced, are in the language of the reader.

    Examples
    --------
    >>> fact_told("checklist", "missing"), fact_told("data", 3)
    ('missing', '3')
    """
    if section == "checklist" and isinstance(value, str):
        return translated(value)
    # How it was produced is told in sentences too, such as what was fitted.
    return values.fact_value(values.told(value) if section == "production" and isinstance(value, str) else value)


def summary_rows(record: Record) -> list[tuple[str, list[int]]]:
    """How many rules and terms of each surrogate were changed, removed, added, or are the same.

    Examples
    --------
    >>> member = {"kind": "rule_list", "name": "rules", "rules": [{"change": "added"}], "terms": []}
    >>> summary_rows({"members": [member]})
    [('Rules', [0, 0, 1, 0])]
    """
    rows = []
    for member in record["members"]:
        parts = [(say("rules"), member["rules"])] if member["rules"] else []
        for what, name in _WHAT.items():
            own = [one for one in member["terms"] if one["what"] == what]
            parts += [(say(name), own)] if own else []
        for name, changes in parts:
            groups = by_change(changes)
            counts = [sum(len(groups[kind]) for kind in kinds) for kinds in _COLUMNS]
            title = member_title(member)
            of = title if title.lower() == name else say("{surrogate}: {part}", surrogate=title, part=name)
            rows.append((of, counts))
    return rows


#: Kinds of change that are counted together.
_COLUMNS = (("changed", "sign", "size"), ("removed",), ("added",), ("same",))


def decisions_sentence(decisions: Record, kind: str = "global") -> str:
    """Whether two sets of rules decide alike.

    Examples
    --------
    >>> decisions_sentence({"how": "identical", "n_features": 3, "n_vectors": 0, "n_different": 0})
    'They decide alike on every document: the rules are the same and are heard in the same order.'
    """
    how, is_global = decisions["how"], kind == "global"
    if how == "identical":
        if is_global:
            return say("They decide alike on every document: the rules are the same and are heard in the same order.")
        return say("They decide alike on every copy: the rules are the same and are heard in the same order.")
    looked_at = _looked_at(decisions, is_global)
    if decisions["n_different"]:
        return say(
            "They decide otherwise on {n} of {combinations}.", n=f"{decisions['n_different']:,}", combinations=looked_at
        )
    if how != "exhaustive":
        return say(
            "No difference was found on {combinations}: that they decide alike everywhere is not proved.",
            combinations=looked_at,
        )
    if is_global:
        return say(
            "No difference was found on {combinations}: they decide alike on every document.", combinations=looked_at
        )
    return say("No difference was found on {combinations}: they decide alike on every copy.", combinations=looked_at)


def _looked_at(decisions: Record, is_global: bool) -> str:
    """The combinations on which two sets of rules were compared."""
    if decisions["how"] == "exhaustive":
        said = (
            message("all {n} combinations of the {n_features} features that either names"),
            message("all {n} combinations of the {n_features} units that either names"),
        )
    else:
        said = (
            message(
                "{n} combinations, at the limits of rules and drawn at random, of the {n_features} features that either names"
            ),
            message(
                "{n} combinations, at the limits of rules and drawn at random, of the {n_features} units that either names"
            ),
        )
    return say(said[not is_global], n=f"{decisions['n_vectors']:,}", n_features=decisions["n_features"])
