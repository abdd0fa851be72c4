"""What a reader of a global report is told in sentences: findings, and limits that are always printed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from surrogate.corpus_explanation import CorpusMember
from surrogate.corpus_shown import Accuracy, ShownConcept
from surrogate.estimate import percent
from surrogate.evidence.corpus_rules import CONTRADICTED, FEW
from surrogate.rule_list_model import RuleListModel

__all__ = ["find_corpus_findings", "state_corpus_limits"]

#: What a surrogate is called, by its kind.
_TITLES = {"multinomial": "Weighted terms", "rule_list": "Rules", "class_tree": "Decision tree"}

#: Slices that are told of for each surrogate: the worst whose agreement lies clearly below that of all documents.
_MOST_SLICES = 3


def find_corpus_findings(
    members: Sequence[CorpusMember], concepts: Sequence[ShownConcept], accuracy: Accuracy | None, facts: dict[str, Any]
) -> tuple[str, ...]:
    """What stands out, in sentences.

    Parameters
    ----------
    members : sequence of CorpusMember
    concepts : sequence of ShownConcept
    accuracy : Accuracy or None
    facts : dict
        Numbers of documents.
    """
    found: list[str] = []
    for member in members:
        if member.verdict.passed:
            found += _of_rules(member) if isinstance(member.model, RuleListModel) else _of_slices(member)
    mixed = [str(one.concept.number) for one in concepts if one.concept.mixed]
    if mixed:
        found.append(
            f"The documents of {'concept' if len(mixed) == 1 else 'concepts'} {', '.join(mixed)} share few words: read their "
            "texts before giving them a name."
        )
    if accuracy is not None and accuracy.unknown:
        n = sum(number for _, number in accuracy.unknown)
        names = ", ".join(f"“{label}”" for label, _ in accuracy.unknown[:5])
        found.append(
            f"{_counted(n, 'row')} of the corpus {'has a label' if n == 1 else 'have labels'} that the model does not know "
            f"({names}); accuracy leaves them out."
        )
    if facts["n_unusable"]:
        found.append(f"{_counted(facts['n_unusable'], 'document')} the model refused or cut; they are left out.")
    return tuple(found)


def _of_rules(member: CorpusMember) -> list[str]:
    left = f"No rule covers {percent(1 - member.fidelity.coverage.value)} of the held-out documents"
    found = [f"{left}; most of them the model decides as “{member.undecided[0][0]}”."] if member.undecided else []
    for grade, words in (
        (CONTRADICTED, "held-out documents contradict"),
        (FEW, "too few held-out documents fall under"),
    ):
        numbers = [f"R{place}" for place, rule in enumerate(member.rules, 1) if rule.grade == grade]
        if numbers:
            found.append(
                f"Not to be relied upon, since {words} {'it' if len(numbers) == 1 else 'them'}: {', '.join(numbers)}."
            )
    return found


def _of_slices(member: CorpusMember) -> list[str]:
    worse = [one for one in member.slices if one.agreement.high < member.fidelity.agreement.low]
    return [
        f"{_TITLES[member.kind]}: worse where the {one.by} is “{one.value}”; there the same decision as the model on "
        f"{percent(one.agreement.value)} of {one.n} held-out documents, against "
        f"{percent(member.fidelity.agreement.value)} of all."
        for one in worse[:_MOST_SLICES]
    ]


def state_corpus_limits(facts: dict[str, Any], own_embeddings: bool = False) -> tuple[str, ...]:
    """What is always said.

    Parameters
    ----------
    facts : dict
        Numbers of documents.
    own_embeddings : bool, default False
        Whether concepts were found in the embeddings from which the model's own answers are read.
    """
    own = (
        "The concepts were found in the embeddings from which the model reads its own answer: they largely restate what it "
        "decides. Name another model or an earlier layer to find what it decides about."
    )
    return (
        "The rules and coefficients describe what the model decides: not why, and not what is right.",
        f"They were fitted to {facts['n_fit']:,} documents of this corpus and measured on {facts['n_test']:,} others of it. On "
        "documents of another kind, another time or another language they may fail.",
        "A rule speaks for a document only where its condition holds. Documents that no rule covers are decided by the model "
        "alone.",
        "A word in a rule or a term goes together with the model's decision. Where words come together, the one that is named "
        "may stand for another.",
        "Concepts are groups that an algorithm found. Their names are the words that tell them apart, chosen by counting.",
        *([own] if own_embeddings else []),
    )


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
