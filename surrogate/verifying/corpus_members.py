"""The surrogates of a corpus against the evidence: fidelity, slices, rules and verdicts."""

from __future__ import annotations

from collections import Counter
from typing import Any

from surrogate.verifying.comparison import Comparison
from surrogate.verifying.corpus_models import Deciding, decide_all, rule_id
from surrogate.verifying.corpus_rules import compare_corpus_rules
from surrogate.verifying.corpus_shares import compare_share
from surrogate.verifying.corpus_slices import compare_slices
from surrogate.verifying.documents import DocumentSet
from surrogate.verifying.local_verdict import percent_of

__all__ = ["compare_corpus_members"]

#: Shares of documents with a feature are averaged in single precision.
_SINGLE = 2e-6


def compare_corpus_members(
    comparison: Comparison, record: dict[str, Any], documents: DocumentSet
) -> dict[str, Deciding]:
    """Compute again what the evidence says of every surrogate.

    Parameters
    ----------
    comparison : Comparison
    record : dict
    documents : DocumentSet

    Returns
    -------
    dict of str to Deciding
        What every shown surrogate says, by its name.
    """
    found = {}
    for place, member in enumerate(record["members"]):
        where, model = f"/members/{place}", member["model"]
        comparison.value(f"{where}/withheld", member["withheld"], member["verdict"]["status"] != "pass")
        _compare_verdict(comparison, where, member, record["production"]["policy"])
        _compare_baseline(comparison, where, member["fidelity"], documents)
        if model is None:
            continue
        deciding = found[member["name"]] = decide_all(model, documents)
        _compare_fidelity(comparison, where, member["fidelity"], deciding, documents)
        _compare_undecided(comparison, where, member, deciding, documents)
        compare_slices(comparison, where, member, deciding, documents, record)
        if model["kind"] == "rule_list":
            for number, rule in enumerate(model["rules"]):
                comparison.value(f"{where}/model/rules/{number}/id", rule["id"], rule_id(rule, model["features"]))
        if model["kind"] in ("rule_list", "class_tree"):
            compare_corpus_rules(comparison, where, member, deciding, documents)
        else:
            _compare_shares(comparison, where, member, documents)
    return found


def _compare_verdict(comparison: Comparison, where: str, member: dict[str, Any], policy: dict[str, float]) -> None:
    fidelity, said = member["fidelity"], member["verdict"]
    if fidelity["n"] < policy["min_test"]:
        needed = policy["min_test"]
        reason = f"Only {fidelity['n']} documents were held out, and at least {needed} are needed."
        status = "insufficient evidence"
    elif member["kind"] == "rule_list":
        status, reason = _judged_member(
            fidelity["precision"], policy["min_precision"], "of the held-out documents that its rules cover"
        )
    else:
        status, reason = _judged_member(fidelity["agreement"], policy["min_agreement"], "of the held-out documents")
    comparison.value(f"{where}/verdict/status", said["status"], status)
    comparison.value(f"{where}/verdict/reason", said["reason"], reason)


def _judged_member(measured: dict[str, Any], least: float, of_what: str) -> tuple[str, str]:
    value = float("nan") if measured["value"] is None else measured["value"]
    said = (
        f"It decides as the model does on {percent_of(value)} {of_what} (95 % interval {percent_of(measured['low'])} to "
        f"{percent_of(measured['high'])}); {percent_of(least)} are asked for."
    )
    trivial = measured["baseline"] is not None and measured["low"] <= measured["baseline"]
    if measured["low"] >= least and not trivial:
        return "pass", said
    if measured["high"] < least:
        return "fail", said
    if trivial:
        reach = percent_of(measured["baseline"] or 0)
        said = f"{said} Always naming the most frequent decision would reach {reach}."
    return "insufficient evidence", said


def _compare_baseline(comparison: Comparison, where: str, said: dict[str, Any], documents: DocumentSet) -> None:
    """What is known of a surrogate even where it is withheld."""
    n = documents.n_test
    usual = (documents.decided[documents.majority] & documents.test).bit_count()
    comparison.number(f"{where}/fidelity/n", said["n"], n)
    comparison.number(f"{where}/fidelity/agreement/baseline", said["agreement"]["baseline"], usual / n if n else None)


def _compare_fidelity(
    comparison: Comparison, where: str, said: dict[str, Any], deciding: Deciding, documents: DocumentSet
) -> None:
    test, n = documents.test, documents.n_test
    right = sum((own & told & test).bit_count() for own, told in zip(documents.decided, deciding.said, strict=True))
    covered, slack = (deciding.covered & test).bit_count(), (deciding.unsure & test).bit_count()
    usual = (documents.decided[documents.majority] & test).bit_count()
    baseline = usual / n if n else None
    here = f"{where}/fidelity"
    compare_share(comparison, f"{here}/agreement", said["agreement"], right, n, baseline=baseline, slack=slack)
    compare_share(comparison, f"{here}/coverage", said["coverage"], covered, n)
    compare_share(comparison, f"{here}/precision", said["precision"], right, covered, slack=slack)


def _compare_undecided(
    comparison: Comparison, where: str, member: dict[str, Any], deciding: Deciding, documents: DocumentSet
) -> None:
    left = documents.test & ~deciding.covered
    counts = Counter(
        {
            label: (own & left).bit_count()
            for label, own in zip(documents.classes, documents.decided, strict=True)
            if own & left
        }
    )
    listed = [[label, n] for label, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
    comparison.value(f"{where}/undecided", member["undecided"], listed)


def _compare_shares(comparison: Comparison, where: str, member: dict[str, Any], documents: DocumentSet) -> None:
    """The share of held-out documents that have each feature."""
    features = member["model"]["features"]
    comparison.value(f"{where}/shares", len(member["shares"]), len(features))
    comparison.seen.discard(f"{where}/shares")
    for place, (share, one) in enumerate(zip(member["shares"], features, strict=False)):
        having = documents.features[f"{one['kind']}:{one['key']}"]
        n = (having & documents.test).bit_count()
        comparison.number(f"{where}/shares/{place}", share, n / documents.n_test, _SINGLE)
