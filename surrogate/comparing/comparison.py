"""Comparison: what changed between two records, and whether it is material by a stated policy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from surrogate.canonical import canonical
from surrogate.comparing.changes import SAME, FactChange, MeasureChange, RuleChange, RuleSide, TermChange
from surrogate.comparing.decisions import DecisionsCompared
from surrogate.comparing.judgement import Judgement
from surrogate.errors import InputError

__all__ = ["LIMITS", "SCHEMA", "SCHEMA_VERSION", "Comparison", "MemberChange"]

#: What the record of a comparison says it is.
SCHEMA, SCHEMA_VERSION = "surrogate-comparison", "1.0"

#: What a comparison does not say.
LIMITS = (
    "It compares what the two reports say. A surrogate can change while the model does not, and the model while the surrogates "
    "do not: only the fingerprint, the answers and the fidelity speak of the model.",
    "Two samples of documents give two sets of rules even for one model; intervals that overlap are no proof that nothing "
    "changed, and those that do not are a difference beyond chance only one by one.",
    "Combinations of features on which rules are compared are made up: no document need have them, and their share is no share "
    "of documents.",
    "Concepts are matched by the words that name them; two concepts of one name can hold different documents.",
)


@dataclass(frozen=True)
class MemberChange:
    """What became of one surrogate.

    Parameters
    ----------
    name, kind : str
    before, after : dict or None
        Status and reason of the verdict, and whether it is withheld; None: the record has no such surrogate.
    measures : tuple of MeasureChange
    rules : tuple of RuleChange
    decisions : DecisionsCompared or None
        None: it has no rules, or they are withheld in one of the records.
    terms : tuple of TermChange

    Examples
    --------
    >>> MemberChange("tree", "tree", None, None).is_compared
    False
    """

    name: str
    kind: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    measures: tuple[MeasureChange, ...] = ()
    rules: tuple[RuleChange, ...] = ()
    decisions: DecisionsCompared | None = None
    terms: tuple[TermChange, ...] = ()

    @property
    def is_compared(self) -> bool:
        """Whether both records have it and neither withholds it."""
        return all(side is not None and not side["withheld"] for side in (self.before, self.after))

    @property
    def has_changed(self) -> bool:
        """Whether its verdict, a measure, a rule or a term is not as it was."""
        numbers = [(one.before, one.after) for one in self.measures]
        numbers += [(one.before, one.after) for one in self.terms]
        numbers += [(_evidence(one.before), _evidence(one.after)) for one in self.rules]
        changes = {one.change for one in self.rules} | {one.change for one in self.terms}
        return self.before != self.after or bool(changes - {SAME}) or any(one != other for one, other in numbers)

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "name": self.name,
            "kind": self.kind,
            "before": self.before,
            "after": self.after,
            "measures": [one.to_dict() for one in self.measures],
            "rules": [one.to_dict() for one in self.rules],
            "decisions": None if self.decisions is None else self.decisions.to_dict(),
            "terms": [one.to_dict() for one in self.terms],
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> MemberChange:
        """Inverse of :meth:`to_dict`."""
        return cls(
            *(data["name"], data["kind"], data["before"], data["after"]),
            tuple(MeasureChange.from_dict(one) for one in data["measures"]),
            tuple(RuleChange.from_dict(one) for one in data["rules"]),
            None if data["decisions"] is None else DecisionsCompared.from_dict(data["decisions"]),
            tuple(TermChange.from_dict(one) for one in data["terms"]),
        )


def _evidence(rule: RuleSide | None) -> dict[str, Any] | None:
    return None if rule is None else {name: vars(rule)[name] for name in ("precision", "coverage", "n", "grade")}


@dataclass(frozen=True)
class Comparison:
    """What changed between two records.

    Parameters
    ----------
    kind : {"local", "global"}
    before, after : dict
        What each record is: its SHA-256, schema, version, model, and the text or the number of documents.
    told_first : tuple of str
        What a reader must know before anything else, such as that two different texts are compared.
    judgement : Judgement
        Whether it is material, by a policy.
    members : tuple of MemberChange
    shares : tuple of MeasureChange
        Probabilities of labels, or their shares among the documents.
    accuracy : tuple of MeasureChange
        Against true labels; empty where neither record has any.
    facts : tuple of FactChange
        Model, prompt, data, recipe, policy, versions, findings and limits, where they are not the same.
    limits : tuple of str

    Examples
    --------
    >>> import surrogate
    >>> record = surrogate.explain("pay my bill", lambda texts: [[.9, .1] if "bill" in t else [.2, .8] for t in texts],
    ...                            classes=["money", "other"]).to_dict()
    >>> from surrogate.comparing import compare_records
    >>> comparison = compare_records(record, record)
    >>> comparison.has_changed, Comparison.from_dict(comparison.to_dict()) == comparison
    (False, True)
    """

    kind: str
    before: dict[str, Any]
    after: dict[str, Any]
    told_first: tuple[str, ...]
    judgement: Judgement
    members: tuple[MemberChange, ...]
    shares: tuple[MeasureChange, ...]
    accuracy: tuple[MeasureChange, ...]
    facts: tuple[FactChange, ...]
    limits: tuple[str, ...] = LIMITS

    @property
    def has_changed(self) -> bool:
        """Whether anything in the two records is not the same."""
        numbers = [(one.before, one.after) for one in (*self.shares, *self.accuracy)]
        members = any(one.has_changed for one in self.members)
        return members or bool(self.facts) or any(one != other for one, other in numbers)

    def to_dict(self) -> dict[str, Any]:
        """The record of the comparison: plain JSON values, nothing that depends on clock or machine."""
        record: dict[str, Any] = canonical(
            {
                "schema": SCHEMA,
                "schema_version": SCHEMA_VERSION,
                "kind": self.kind,
                "before": self.before,
                "after": self.after,
                "told_first": list(self.told_first),
                "judgement": self.judgement.to_dict(),
                "members": [member.to_dict() for member in self.members],
                "shares": [one.to_dict() for one in self.shares],
                "accuracy": [one.to_dict() for one in self.accuracy],
                "facts": [one.to_dict() for one in self.facts],
                "limits": list(self.limits),
            }
        )
        return record

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Comparison:
        """Read the record of a comparison back.

        Raises
        ------
        InputError
            ``bad-record`` when it is none, is of another version or lacks a field.
        """
        found = (data.get("schema"), data.get("schema_version")) if isinstance(data, dict) else None
        if found != (SCHEMA, SCHEMA_VERSION):
            raise InputError(
                "bad-record", f"A {SCHEMA} of version {SCHEMA_VERSION} is needed; this record says {found!r}."
            )
        try:
            return cls._from_dict(data)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError(
                "bad-record", f"The record of a comparison is damaged: {type(error).__name__} at {error}."
            ) from error

    @classmethod
    def _from_dict(cls, data: dict[str, Any]) -> Comparison:
        return cls(
            *(data["kind"], data["before"], data["after"], tuple(data["told_first"])),
            Judgement.from_dict(data["judgement"]),
            tuple(MemberChange.from_dict(one) for one in data["members"]),
            tuple(MeasureChange.from_dict(one) for one in data["shares"]),
            tuple(MeasureChange.from_dict(one) for one in data["accuracy"]),
            tuple(FactChange.from_dict(one) for one in data["facts"]),
            tuple(data["limits"]),
        )
