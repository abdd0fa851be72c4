"""Compare two records: everything that is told of a model before and after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from surrogate.comparing.changes import FactChange, MeasureChange, TermChange
from surrogate.comparing.combinations import Table
from surrogate.comparing.comparison import Comparison, MemberChange
from surrogate.comparing.decisions import compare_decisions
from surrogate.comparing.facts import compare_facts, compare_sentences
from surrogate.comparing.groups import RuleGroup
from surrogate.comparing.judging import judge_changes
from surrogate.comparing.matching import match_rules
from surrogate.comparing.materiality import Materiality
from surrogate.comparing.measures import compare_measures
from surrogate.comparing.sides import Side
from surrogate.comparing.terms import match_terms
from surrogate.comparing.texts import match_units
from surrogate.errors import InputError
from surrogate.report.normal import ordered
from surrogate.report.record import kind_of
from surrogate.report.record.migrate import migrate
from surrogate.report.record.reading import ReadRecord, record_digest

__all__ = ["compare_records"]

Record = dict[str, Any]

_KINDS = {"local": "explains a single text", "global": "explains a corpus"}


def compare_records(
    before: Record | ReadRecord, after: Record | ReadRecord, policy: Materiality | None = None
) -> Comparison:
    """What changed from one record to another, by meaning; no model is asked.

    Parameters
    ----------
    before, after : dict or ReadRecord
        Records of reports, or what :func:`~surrogate.report.record.reading.read_record` gives: both of a single text, or both
        of a corpus.
    policy : Materiality, optional
        By which changes are called material; None: defaults that are nobody's policy.

    Returns
    -------
    Comparison

    Raises
    ------
    InputError
        ``not-comparable`` for records of two kinds; ``bad-record`` for a record of an unknown version, or one that is damaged.

    Examples
    --------
    >>> of_corpus = {"schema": "surrogate-corpus-report", "schema_version": "1.0"}
    >>> compare_records(of_corpus, {"surrogates": [], "schema_version": "1.0"})
    Traceback (most recent call last):
    surrogate.errors.InputError: The record before explains a corpus and the record after explains a single text. ...
    """
    one, two = _as_read(before), _as_read(after)
    kinds = kind_of(one.record), kind_of(two.record)
    if kinds[0] != kinds[1]:
        raise InputError(
            "not-comparable",
            f"The record before {_KINDS[kinds[0]]} and the record after {_KINDS[kinds[1]]}. Give two reports of one kind.",
        )
    try:
        # As they are read back from their files, so that nothing else can make a difference.
        return _compare(replace(one, record=ordered(one.record)), replace(two, record=ordered(two.record)), policy)
    except InputError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as error:
        raise InputError(
            "bad-record",
            f"One of the two records is damaged: {type(error).__name__} at {error}. Use them as they were written.",
        ) from error


def _as_read(record: Record | ReadRecord) -> ReadRecord:
    """A record of the current version, with the digest and version of the one that was given."""
    if isinstance(record, ReadRecord):
        return record
    current = migrate(record)
    return ReadRecord(current, "the record", record_digest(record, "the record"), str(record["schema_version"]))


def _compare(first: ReadRecord, second: ReadRecord, policy: Materiality | None) -> Comparison:
    before, after, policy = first.record, second.record, policy or Materiality()
    units: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    if kind_of(before) == "local":
        units = match_units(before["document"], after["document"])
    sides = Side(before, units[0]), Side(after, units[1])
    members = tuple(_members(*sides))
    shares, accuracy = tuple(_shares(before, after)), _accuracy(before, after)
    judged = compare_facts(before, after)
    facts = (*judged, *_sentences(before, after))
    return Comparison(
        sides[0].kind,
        _identity(first),
        _identity(second),
        tuple(_told_first(before, after, first.version, second.version)),
        judge_changes(policy, before, after, members, shares, accuracy, judged),
        *(members, shares, accuracy, facts),
    )


def _members(before: Side, after: Side) -> Iterator[MemberChange]:
    first, second = before.members, after.members
    for key in (*first, *(key for key in second if key not in first)):
        one, other = first.get(key), second.get(key)
        table = _table(before, after, one, other)
        decisions = None if table is None else compare_decisions(table)
        yield MemberChange(
            *(*key, _verdict(one), _verdict(other)),
            compare_measures(_fidelity(one), _fidelity(other)),
            () if table is None or decisions is None else match_rules(table, decisions),
            None if one is None or other is None else decisions,
            _terms(before, after, one, other),
        )


def _table(before: Side, after: Side, one: Record | None, other: Record | None) -> Table | None:
    """The rules of both; of a surrogate that only one record has, all are added or removed; None: withheld, or there are none."""
    groups = [None if member is None else side.rules(member) for side, member in ((before, one), (after, other))]
    there = next((group for group in groups if group is not None), None)
    if there is None or (None in groups and one is not None and other is not None):
        return None
    none = RuleGroup((), there.exclusive)
    return Table(groups[0] or none, groups[1] or none)


def _terms(before: Side, after: Side, one: Record | None, other: Record | None) -> tuple[TermChange, ...]:
    """The terms of both, as with the rules."""
    terms = [() if member is None else side.terms(member) for side, member in ((before, one), (after, other))]
    return () if terms[0] is None or terms[1] is None else match_terms(terms[0], terms[1])


def _verdict(member: Record | None) -> Record | None:
    if member is None:
        return None
    return {**{name: member["verdict"][name] for name in ("status", "reason")}, "withheld": bool(member["withheld"])}


def _fidelity(member: Record | None) -> Record | None:
    return None if member is None else member["fidelity"]


def _shares(before: Record, after: Record) -> Iterator[MeasureChange]:
    """Probabilities of the labels, or their shares among the documents: in the order of the labels before."""
    first, second = _label_shares(before), _label_shares(after)
    for label in (*first, *(label for label in second if label not in first)):
        yield MeasureChange(label, _value(first.get(label)), _value(second.get(label)))


def _label_shares(record: Record) -> dict[str, float]:
    if kind_of(record) == "local":
        return {label: record["decision"]["probabilities"][label] for label in record["model"]["labels"]}
    counts = {one["label"]: one["n"] for one in record["documents"]["decisions"]}
    total = sum(counts.values()) or 1
    return {label: float(f"{counts.get(label, 0) / total:.10g}") for label in record["model"]["labels"]}


def _value(share: float | None) -> dict[str, Any] | None:
    return None if share is None else {"value": share, "low": None, "high": None}


def _accuracy(before: Record, after: Record) -> tuple[MeasureChange, ...]:
    def estimates(record: Record) -> Record | None:
        told = record.get("accuracy")
        return told and {"model": told["model"], **{one["name"]: one["accuracy"] for one in told["members"]}}

    first, second = estimates(before), estimates(after)
    return compare_measures(first, second)


def _sentences(before: Record, after: Record) -> Iterator[FactChange]:
    for name in ("findings", "limits"):
        yield from compare_sentences(name, before[name], after[name])


def _identity(read: ReadRecord) -> Record:
    """What a record is, in short."""
    record = read.record
    told: Record = {
        "sha256": read.sha256,
        "schema": record["schema"],
        "schema_version": read.version,
        "model": record["model"]["name"],
        "recipe": (record["production"].get("recipe") or {}).get("name"),
        "package": (record["production"].get("versions") or {}).get("surrogate-explainer"),
    }
    if kind_of(record) == "local":
        told |= {"text": record["document"]["text"], "label": record["decision"]["label"]}
        return told | {"target": record["decision"]["target"]}
    documents = record["documents"]
    return told | {name: documents[name] for name in ("n_documents", "n_fit", "n_test", "texts_sha256")}


def _told_first(before: Record, after: Record, *versions: str) -> Iterator[str]:
    """What a reader must know before anything else."""
    if kind_of(before) == "local":
        if before["document"]["text"] != after["document"]["text"]:
            yield (
                "Two different texts are compared. What differs may come from the texts alone; units are matched where the same "
                "words stand in both, as in a diff."
            )
        elif before["document"]["units"] != after["document"]["units"]:
            yield "The text is the same, but it was divided into other units."
        if before["decision"]["target"] != after["decision"]["target"]:
            yield "The two reports explain different decisions, so their terms and rules cannot be set side by side."
    elif before["documents"]["texts_sha256"] != after["documents"]["texts_sha256"]:
        yield "Two different corpora are compared. What differs may come from the documents alone."
    if versions[0] != versions[1]:
        yield f"The records are of two versions of the schema, {versions[0]} and {versions[1]}; what both have is compared."
