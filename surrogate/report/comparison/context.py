"""What every rendering of a comparison is given."""

from __future__ import annotations

from typing import Any

from surrogate.canonical import canonical_bytes, digest
from surrogate.report.comparison.wording import SECTION_NAMES, member_title

__all__ = [
    "ORDER",
    "by_change",
    "comparison_context",
    "decisions_sentence",
    "fact_groups",
    "measures",
    "summary_rows",
    "term_groups",
]

Record = dict[str, Any]

#: In which order changes are told.
ORDER = ("changed", "sign", "size", "removed", "added", "same")

_MEASURES = ("r2", "coverage", "precision", "agreement", "mae_probability", "variance", "n", "n_test", "n_pairs")

_WHAT = {"effect": "what each unit adds", "term": "terms", "value": "values", "interaction": "interactions"}


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
            found.append((name, by_change(own)))
    return found


def _size(term: Record) -> tuple[float, str]:
    values = [0.0 if side is None else side["value"] for side in (term["before"], term["after"])]
    return -max(abs(values[0]), abs(values[1]), abs(values[1] - values[0])), term["label"]


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
            found.append((section, name, own))
    return found


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
        parts = [("rules", member["rules"])] if member["rules"] else []
        for what, name in _WHAT.items():
            own = [one for one in member["terms"] if one["what"] == what]
            parts += [(name, own)] if own else []
        for name, changes in parts:
            groups = by_change(changes)
            counts = [sum(len(groups[kind]) for kind in kinds) for kinds in _COLUMNS]
            title = member_title(member)
            rows.append((title if title.lower() == name else f"{title}: {name}", counts))
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
    how, n, different = decisions["how"], decisions["n_vectors"], decisions["n_different"]
    what, parts = ("document", "features") if kind == "global" else ("copy", "units")
    if how == "identical":
        return f"They decide alike on every {what}: the rules are the same and are heard in the same order."
    drawn = f"{n:,} combinations, at the limits of rules and drawn at random,"
    looked = f"all {n:,} combinations" if how == "exhaustive" else drawn
    of = f"{looked} of the {decisions['n_features']} {parts} that either names"
    if different:
        return f"They decide otherwise on {different:,} of {of}."
    proved = (
        f"they decide alike on every {what}"
        if how == "exhaustive"
        else "that they decide alike everywhere is not proved"
    )
    return f"No difference was found on {of}: {proved}."
