"""Audited rules: the rules of an audit read back from its record, and which of them hold for a text."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surrogate.canonical import digest
from surrogate.corpus_explanation import CorpusExplanation
from surrogate.describe.applying import features_of
from surrogate.describe.stems import AUTO, stemmer
from surrogate.errors import InputError
from surrogate.estimate import Estimate
from surrogate.evidence.corpus_rules import CONFIRMED, CONTRADICTED, FEW, SUPPORTED
from surrogate.features import Features
from surrogate.fired_rules import FiredRule, FiredRules
from surrogate.report.record.reading import read_record, record_digest
from surrogate.rule_list_model import Condition, RuleListModel

__all__ = ["AuditedRules", "read_audited_rules", "wording_of"]


@dataclass(frozen=True, eq=False)
class AuditedRules:
    """The rule set of an audit, with what held-out documents said about each rule.

    Parameters
    ----------
    model : RuleListModel or None
        None: the audit withheld it, or had none.
    evidence : tuple of dict, one for each rule
        With ``precision``, ``coverage``, ``n`` and ``grade``.
    source : dict
        Digest of the record; name and fingerprint of the model; number of held-out documents.
    wording : dict
        How the audit cut words: ``language``, ``stems`` and ``lists``, as
        :func:`~surrogate.describe.applying.features_of` takes them.

    Examples
    --------
    >>> AuditedRules(None, (), {"fingerprint": None}, {}).fired("a fee", None).withheld
    True
    """

    model: RuleListModel | None
    evidence: tuple[dict[str, Any], ...]
    source: dict[str, Any]
    wording: dict[str, Any]

    def fired(self, text: str, fingerprint: str | None) -> FiredRules:
        """Which of the rules hold for a text.

        Parameters
        ----------
        text : str
        fingerprint : str or None
            Of the model that decides on the text.

        Returns
        -------
        FiredRules
        """
        known = fingerprint is not None and self.source["fingerprint"] is not None
        same = fingerprint == self.source["fingerprint"] if known else None
        if self.model is None:
            return FiredRules((), 0, (), True, same, self.source)
        found = features_of([text], self.model.features, **self.wording)
        told = [_told(rule.conditions, self.model, found) for rule in self.model.rules]
        speaks = self._speaks(told)
        rules = tuple(self._rule(self.model, place, place == speaks) for place, holds in enumerate(told) if holds)
        untold = tuple(name for name, holds in zip(self.model.ids, told, strict=True) if holds is None)
        if self.model.ordered:
            # In a list that is read from the top, only the first that holds says anything.
            rules = tuple(rule for rule in rules if rule.speaks)
        return FiredRules(rules, len(told), untold, False, same, self.source)

    def _speaks(self, told: list[bool | None]) -> int | None:
        """The rule that gives the answer; None where none does, or a rule that cannot be told goes before it."""
        order = [] if self.model is None else self.model.order
        first = next((place for place in order if told[place] is not False), None)
        return first if first is not None and told[first] else None

    def _rule(self, model: RuleListModel, number: int, speaks: bool) -> FiredRule:
        rule, found = model.rules[number], self.evidence[number]
        return FiredRule(
            id=model.ids[number],
            number=number + 1,
            conditions=tuple((model.features[one.feature], one.present) for one in rule.conditions),
            label=model.classes[rule.class_index],
            precision=found["precision"],
            coverage=found["coverage"],
            n=found["n"],
            grade=found["grade"],
            speaks=speaks,
        )


def _told(conditions: Sequence[Condition], model: RuleListModel, found: Features) -> bool | None:
    """Whether all conditions hold for the one text; None: it cannot be told."""
    columns = {feature.name: column for column, feature in enumerate(found.named)}
    named = [(model.features[one.feature].name, one.present) for one in conditions]
    if any(bool(found.presence[0, columns[name]]) != present for name, present in named if name in columns):
        return False
    return None if any(name not in columns for name, _ in named) else True


def read_audited_rules(audit: CorpusExplanation | str | Path) -> AuditedRules:
    """The rules of an audit, read back and checked.

    Parameters
    ----------
    audit : CorpusExplanation, str or Path
        The result of an audit, its ``report.json``, or the folder with it.

    Returns
    -------
    AuditedRules

    Raises
    ------
    InputError
        ``bad-file`` when the file cannot be read; ``bad-record`` when it is no record of an audit, is of another version, is
        damaged, or was changed after it was written: where ``run.json`` or ``manifest.json`` lies beside it, by the digest in
        there, and by the digests in it.

    Examples
    --------
    >>> read_audited_rules("nowhere/report.json")
    Traceback (most recent call last):
    surrogate.errors.InputError: nowhere/report.json cannot be read: No such file or directory. [bad-file]
    """
    if isinstance(audit, CorpusExplanation):
        record = audit.to_dict()
        return _rules_of(record, "The audit", record_digest(record, "The audit"))
    found = read_record(audit, "global")
    return _rules_of(found.record, found.name, found.sha256)


def _rules_of(record: dict[str, Any], name: str, sha256: str) -> AuditedRules:
    """The rules of a record of the right kind and version."""
    try:
        member = next(
            (one for one in record["members"] if one["kind"] == RuleListModel.kind and not one["withheld"]), None
        )
        source = {
            "sha256": sha256,
            "model": str(record["model"]["name"]),
            "fingerprint": record["model"]["fingerprint"],
            "n_test": int(record["documents"]["n_test"]),
        }
        if member is None:
            return AuditedRules(None, (), source, {})
        model = RuleListModel.from_dict(member["model"])
        _check_model(model, [rule["id"] for rule in member["model"]["rules"]])
        evidence = tuple(_evidence(one) for one in member["rules"])
        if len(evidence) != len(model.rules):
            raise ValueError(f"{len(model.rules)} rules have {len(evidence)} measurements")
        return AuditedRules(model, evidence, source, wording_of(record["production"]["recipe"]))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise InputError("bad-record", f"{name} is damaged: {type(error).__name__} at {error}.") from error


def _check_model(model: RuleListModel, ids: list[str]) -> None:
    for number, rule in enumerate(model.rules, 1):
        places = [one.feature for one in rule.conditions]
        if not places or not all(_is_place(place, len(model.features)) for place in places):
            raise ValueError(f"rule R{number} names a feature that is not there")
        if not all(isinstance(one.present, bool) for one in rule.conditions):
            raise ValueError(f"rule R{number} has a condition that is neither so nor not so")
        if not _is_place(rule.class_index, len(model.classes)):
            raise ValueError(f"rule R{number} names a label that is not there")
    if ids != list(model.ids):
        raise ValueError("the identifier of a rule, which is not the digest of its condition")


def _is_place(place: Any, n: int) -> bool:
    return isinstance(place, int) and not isinstance(place, bool) and 0 <= place < n


def _evidence(data: dict[str, Any]) -> dict[str, Any]:
    grade, n = data["grade"], data["n"]
    if grade not in (CONFIRMED, SUPPORTED, FEW, CONTRADICTED) or not isinstance(n, int) or n < 0:
        raise ValueError(f"a rule with the grade {grade!r} and {n!r} documents")
    return {"grade": grade, "n": n, "precision": _share(data["precision"]), "coverage": _share(data["coverage"])}


def _share(data: dict[str, Any]) -> Estimate:
    estimate = Estimate.from_dict(data)
    value = estimate.low if estimate.value is None else estimate.value
    if not 0.0 <= estimate.low <= value <= estimate.high <= 1.0:
        raise ValueError(f"a share of {estimate.value} between {estimate.low} and {estimate.high}")
    return estimate


def wording_of(recipe: dict[str, Any]) -> dict[str, Any]:
    r"""How the recipe of an audit cuts words, read from its text; nothing else of it is looked at.

    Parameters
    ----------
    recipe : dict
        ``toml`` and ``sha256``, as in the record.

    Returns
    -------
    dict
        ``language``, ``stems`` and ``lists``, as :func:`~surrogate.describe.applying.features_of` takes them.

    Examples
    --------
    >>> toml = '[describe.parts.terms]\nclass = "Terms"\nlanguage = "german"'
    >>> wording_of({"toml": toml, "sha256": digest(toml)})
    {'language': 'german', 'stems': True, 'lists': None}
    """
    if digest(recipe["toml"]) != recipe["sha256"]:
        raise ValueError("the recipe, whose SHA-256 is another")
    parts = tomllib.loads(recipe["toml"])["describe"]["parts"].values()
    terms: dict[str, Any] = next((part for part in parts if part["class"] == "Terms"), {})
    lists = next((part["lists"] for part in parts if part["class"] == "Lexicon"), None)
    language = str(terms.get("language", AUTO))
    stemmer(language)
    return {"language": language, "stems": bool(terms.get("stems", True)), "lists": lists}
