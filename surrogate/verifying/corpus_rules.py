"""Rules of a corpus, or leaves of a tree, measured again on the documents of the evidence."""

from __future__ import annotations

from typing import Any

from surrogate.verifying.comparison import Comparison
from surrogate.verifying.corpus_models import Deciding
from surrogate.verifying.corpus_shares import compare_share
from surrogate.verifying.documents import DocumentSet, bits_in

__all__ = ["compare_corpus_rules"]

#: Documents that are shown of each rule, rules that it overlaps with, and how near two probabilities count as equal.
_SHOWN, _OVERLAPS, _NEAR = 5, 3, 1e-12


def compare_corpus_rules(
    comparison: Comparison, where: str, member: dict[str, Any], deciding: Deciding, documents: DocumentSet
) -> None:
    """Measure the rules of a surrogate again.

    Parameters
    ----------
    comparison : Comparison
    where : str
        JSON pointer to the surrogate.
    member : dict
    deciding : Deciding
    documents : DocumentSet
    """
    rules, test = member["rules"], documents.test
    comparison.value(f"{where}/rules", len(rules), len(deciding.fires))
    comparison.seen.discard(f"{where}/rules")
    for number, (said, holds, says) in enumerate(zip(rules, deciding.fires, deciding.says, strict=False)):
        here = f"{where}/rules/{number}"
        right, tested = documents.decided[says], holds & test
        n, n_right = tested.bit_count(), (tested & right).bit_count()
        comparison.number(f"{here}/n_fit", said["n_fit"], (holds & ~test).bit_count())
        comparison.number(f"{here}/n", said["n"], n)
        comparison.number(f"{here}/n_decides", said["n_decides"], (deciding.first[number] & test).bit_count())
        compare_share(comparison, f"{here}/coverage", said["coverage"], n, documents.n_test)
        compare_share(comparison, f"{here}/precision", said["precision"], n_right, n)
        usual = (right & test).bit_count()
        lift = n_right / n / (usual / documents.n_test) if n and usual else None
        comparison.number(f"{here}/lift", said["lift"], lift)
        comparison.value(f"{here}/grade", said["grade"], _grade(said["precision"], n))
        comparison.value(f"{here}/overlaps", said["overlaps"], _overlaps(number, deciding.fires, test))
        _compare_shown_documents(
            comparison, f"{here}/typical", said["typical"], holds & ~test & right, says, documents, 1.0
        )
        _compare_shown_documents(
            comparison, f"{here}/counterexamples", said["counterexamples"], tested & ~right, says, documents, -1.0
        )


def _grade(precision: dict[str, Any], n: int) -> str:
    if n < 5:
        return "too few documents"
    if precision["low"] >= 0.8:
        return "confirmed"
    return "supported" if precision["value"] >= 0.8 else "contradicted"


def _overlaps(number: int, fires: tuple[int, ...], test: int) -> list[list[int]]:
    shared = [
        (0 if place == number else (one & fires[number] & test).bit_count(), place) for place, one in enumerate(fires)
    ]
    ordered = sorted(shared, key=lambda one: (-one[0], one[1]))
    return [[place, n] for n, place in ordered if n][:_OVERLAPS]


def _compare_shown_documents(
    comparison: Comparison,
    where: str,
    said: list[int],
    among: int,
    column: int,
    documents: DocumentSet,
    sign: float,
) -> None:
    """Whether documents are those of the highest, or lowest, probability; of equal ones, to the last bit, any may stand."""
    scores = {place: sign * documents.probability(place, column) for place in bits_in(among)}
    expected = sorted(scores, key=lambda place: (-scores[place], place))[:_SHOWN]
    fits = len(said) == len(expected) and len(set(said)) == len(said) and all(place in scores for place in said)
    if fits:
        fits = all(abs(scores[one] - scores[two]) <= _NEAR for one, two in zip(said, expected, strict=True))
    comparison.value(where, said, said if fits else expected)
