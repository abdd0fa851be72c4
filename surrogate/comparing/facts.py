"""What two records state beside their surrogates: model, prompt, data, recipe, policy and versions, by key path."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

from surrogate.canonical import canonical_bytes
from surrogate.comparing.changes import ADDED, CHANGED, REMOVED, FactChange

__all__ = ["SECTIONS", "compare_facts", "compare_sentences", "sections_of"]

#: Sections in which facts are told, in this order.
SECTIONS = (
    "model",
    "prompt",
    "decision",
    "data",
    "recipe",
    "policy",
    "production",
    "concepts",
    "versions",
    "checklist",
)

Record = dict[str, Any]

#: Parts of the production that are sections of their own, or are told with the data.
_APART = ("recipe", "policy", "versions", "text_sha256")


def compare_facts(before: Record, after: Record) -> tuple[FactChange, ...]:
    """Every statement that is not the same in both.

    Parameters
    ----------
    before, after : dict
        Records of one kind.

    Examples
    --------
    >>> old = {"kind": "global", "model": {"name": "a"}, "documents": {}, "production": {"recipe": {"toml": "a.b = 1"}}}
    >>> new = {**old, "production": {"recipe": {"toml": "a.b = 2"}}}
    >>> [(one.section, one.path, one.before, one.after) for one in compare_facts(old, new)]
    [('recipe', 'a.b', 1, 2)]
    """
    first, second = sections_of(before), sections_of(after)
    if not first["checklist"] or not second["checklist"]:
        # Only records from version 2.0 on have one.
        first["checklist"] = second["checklist"] = {}
    return tuple(change for name in SECTIONS for change in _compare(name, first[name], second[name]))


def sections_of(record: Record) -> dict[str, dict[str, Any]]:
    """All that is stated, by section and key path.

    Raises
    ------
    tomllib.TOMLDecodeError
        A ``ValueError``: the recipe is no TOML.

    Examples
    --------
    >>> told = sections_of({"model": {"details": {"prompt": "p"}}, "documents": {}, "production": {}})
    >>> told["prompt"], told["model"]
    ({'details.prompt': 'p'}, {})
    """
    made = record["production"]
    model = dict(_flat(record["model"]))
    prompt = {path: value for path, value in model.items() if "prompt" in path.lower() or "template" in path.lower()}
    return {
        "model": {path: value for path, value in model.items() if path not in prompt},
        "prompt": prompt,
        "decision": _decision(record),
        "data": _data(record),
        "recipe": _recipe(made.get("recipe") or {}),
        "policy": dict(_flat(made.get("policy") or {})),
        "production": dict(_flat({name: value for name, value in made.items() if name not in _APART})),
        "concepts": _concepts(record),
        "versions": dict(_flat(made.get("versions") or {})),
        "checklist": {str(one["name"]): one["status"] for one in record.get("checklist") or ()},
    }


def _decision(record: Record) -> dict[str, Any]:
    """What was decided on a text; its probabilities are told in a table."""
    decided = record.get("decision") or {}
    return {name: value for name, value in decided.items() if name != "probabilities"}


def _data(record: Record) -> dict[str, Any]:
    """What was explained; decisions on documents, and texts, are told in tables."""
    if "document" in record:
        document = record["document"]
        stated = {name: document.get(name) for name in ("unit_kind", "segmenter")}
        return {**stated, "n_units": len(document["units"]), "text_sha256": record["production"].get("text_sha256")}
    return dict(_flat({name: value for name, value in record["documents"].items() if name != "decisions"}))


def _concepts(record: Record) -> dict[str, Any]:
    """Numbers of documents by the words that name a concept; concepts of one name are counted together."""
    found: dict[str, int] = {}
    for one in record.get("concepts") or ():
        found[one["label"]] = found.get(one["label"], 0) + sum(n for _, n in one["decisions"])
    return found | {one["name"]: one["n_documents"] for one in record.get("probes") or ()}


def _recipe(recipe: Record) -> dict[str, Any]:
    # The name stands for nothing: two recipes are the same when their tables are.
    return dict(_flat(tomllib.loads(recipe.get("toml") or "")))


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Leaves of nested tables by their path; lists are leaves."""
    if not isinstance(value, dict):
        yield path, value
        return
    for name, item in value.items():
        yield from _flat(item, f"{path}.{name}" if path else str(name))


def _compare(section: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[FactChange]:
    for path in sorted(before.keys() | after.keys()):
        if path not in before or path not in after:
            change = REMOVED if path in before else ADDED
            yield FactChange(section, path, change, before.get(path), after.get(path))
        elif not _equal(before[path], after[path]):
            yield FactChange(section, path, CHANGED, before[path], after[path])


def _equal(one: Any, other: Any) -> bool:
    # As JSON, in which true is not 1, but 1.0 is.
    return canonical_bytes(one) == canonical_bytes(other)


def compare_sentences(section: str, before: list[str], after: list[str]) -> tuple[FactChange, ...]:
    """Sentences that only one of two lists has; their order does not count.

    Examples
    --------
    >>> [(one.change, one.after) for one in compare_sentences("findings", ["A."], ["A.", "B."])]
    [('added', 'B.')]
    """
    gone = [FactChange(section, "", REMOVED, one, None) for one in before if one not in after]
    return (*gone, *(FactChange(section, "", ADDED, None, one) for one in after if one not in before))
