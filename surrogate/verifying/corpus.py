"""A record of a corpus against its evidence: documents, decisions, accuracy, quoted texts and digests."""

from __future__ import annotations

from collections import Counter
from typing import Any

from surrogate.verifying.canonical_json import canonical_json, sha256_hex
from surrogate.verifying.comparison import Comparison
from surrogate.verifying.corpus_members import compare_corpus_members
from surrogate.verifying.corpus_models import Deciding
from surrogate.verifying.corpus_shares import compare_share
from surrogate.verifying.digests import answer_digests
from surrogate.verifying.documents import DocumentSet, document_set, role_by_hash
from surrogate.verifying.evidence import Evidence

__all__ = ["compare_corpus", "counted_labels"]


def compare_corpus(record: dict[str, Any], evidence: Evidence) -> Comparison:
    """Compute the numbers of a record again that follow from its evidence.

    Parameters
    ----------
    record : dict
        Version 2.0, of a corpus.
    evidence : Evidence

    Raises
    ------
    UnreadableError
        When the two do not belong together.
    """
    comparison, documents = Comparison("report.json"), document_set(record, evidence)
    _compare_documents(comparison, record, documents, evidence)
    _compare_roles(comparison, record, documents)
    decidings = compare_corpus_members(comparison, record, documents)
    if record["accuracy"] is not None:
        _compare_accuracy(comparison, record, documents, evidence, decidings)
    _compare_quoted(comparison, record["quoted"], documents)
    _compare_concepts(comparison, record, documents)
    _compare_corpus_production(comparison, record["production"], evidence)
    return comparison


def counted_labels(counts: Counter[str]) -> list[list[Any]]:
    """Labels with their number, the most frequent first.

    Examples
    --------
    >>> counted_labels(Counter(["b", "a", "a"]))
    [['a', 2], ['b', 1]]
    """
    return [[label, n] for label, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]


def _distinct(evidence: Evidence) -> list[int]:
    """Places of the texts of the corpus, each text with its columns once."""
    given = evidence.sample["corpus"]
    columns = list(given["metadata"].values())
    seen: dict[tuple[Any, ...], int] = {}
    for row, place in enumerate(given["text"]):
        seen.setdefault((place, *(column[row] for column in columns)), place)
    return list(seen.values())


def _compare_documents(
    comparison: Comparison, record: dict[str, Any], documents: DocumentSet, evidence: Evidence
) -> None:
    said, given, distinct = record["documents"], evidence.sample["corpus"], _distinct(evidence)
    n_given = len(given["text"])
    expected = {
        "n_rows": n_given + given["n_empty"],
        "n_empty": given["n_empty"],
        "n_duplicates": n_given - len(distinct),
        "n_unusable": len(distinct) - documents.n,
        "n_documents": documents.n,
        "n_fit": documents.n - documents.n_test,
        "n_test": documents.n_test,
    }
    for name, number in expected.items():
        comparison.number(f"/documents/{name}", said[name], number)
    comparison.value("/documents/labelled", said["labelled"], documents.labels is not None)
    comparison.value("/documents/columns", sorted(said["columns"]), sorted(given["metadata"]))
    counts = Counter(documents.classes[one] for one in documents.decisions)
    tested = [(one & documents.test).bit_count() for one in documents.decided]
    listed = [
        {"label": label, "n": n, "n_test": tested[documents.classes.index(label)]}
        for label, n in counted_labels(counts)
    ]
    comparison.value("/documents/decisions", said["decisions"], listed)
    digests = sorted(_document_digest(evidence.texts[place]) for place in distinct)
    comparison.value("/documents/texts_sha256", said["texts_sha256"], sha256_hex(canonical_json(digests)))


def _document_digest(text: str) -> str:
    return sha256_hex(text.encode("utf-8", "surrogatepass"))


def _compare_roles(comparison: Comparison, record: dict[str, Any], documents: DocumentSet) -> None:
    """That documents were held out by the hash of their text, and not by choice."""
    split, state = record["production"]["split"], record["production"]["random_state"]
    wrong = [
        documents.ids[place]
        for place, text in enumerate(documents.texts)
        if (role_by_hash(text, split, state) == "test") != bool(documents.test >> place & 1)
    ]
    wanted = "documents are held out by the hash of their text"
    comparison.fits("/production/split", wrong[:3], not wrong, wanted)
    comparison.fits("/production/random_state", wrong[:3], not wrong, wanted)


def _compare_accuracy(
    comparison: Comparison,
    record: dict[str, Any],
    documents: DocumentSet,
    evidence: Evidence,
    decidings: dict[str, Deciding],
) -> None:
    said, classes = record["accuracy"], documents.classes
    labels = documents.labels or (None,) * documents.n
    right = dict.fromkeys(("", *decidings), 0)
    known = [p for p, label in enumerate(labels) if label in classes and documents.test >> p & 1]
    for place in known:
        label = classes.index(str(labels[place]))
        right[""] += documents.decisions[place] == label
        for name, deciding in decidings.items():
            right[name] += deciding.said[label] >> place & 1
    comparison.number("/accuracy/n", said["n"], len(known))
    compare_share(comparison, "/accuracy/model", said["model"], right[""], len(known))
    comparison.value("/accuracy/members", [one["name"] for one in said["members"]], list(decidings))
    comparison.seen.discard("/accuracy/members")
    for place, one in enumerate(said["members"]):
        if one["name"] in decidings:
            slack = (decidings[one["name"]].unsure & documents.test).bit_count()
            where = f"/accuracy/members/{place}/accuracy"
            compare_share(comparison, where, one["accuracy"], right[one["name"]], len(known), slack=slack)
    given = evidence.sample["corpus"]["label"] or []
    unknown = Counter(str(label) for label in given if label is not None and label not in classes)
    comparison.value("/accuracy/unknown", said["unknown"], counted_labels(unknown))


def _compare_quoted(comparison: Comparison, quoted: dict[str, dict[str, Any]], documents: DocumentSet) -> None:
    for key, one in quoted.items():
        where, place = f"/quoted/{key}", int(key)
        decision = documents.decisions[place]
        comparison.value(f"{where}/id", one["id"], documents.ids[place])
        comparison.value(f"{where}/text", one["text"], documents.texts[place])
        comparison.value(f"{where}/decision", one["decision"], documents.classes[decision])
        comparison.number(f"{where}/probability", one["probability"], documents.probability(place, decision))
        comparison.value(f"{where}/held_out", one["held_out"], bool(documents.test >> place & 1))


def _compare_concepts(comparison: Comparison, record: dict[str, Any], documents: DocumentSet) -> None:
    """What the model decides on the documents that have a concept; which have it, was found in embeddings."""
    for kind in ("concept", "probe"):
        for place, one in enumerate(record[f"{kind}s"]):
            present = documents.features.get(f"{kind}:{one['number' if kind == 'concept' else 'name']}")
            if present is None:
                continue
            where = f"/{kind}s/{place}"
            counts = {
                label: (own & present).bit_count()
                for label, own in zip(documents.classes, documents.decided, strict=True)
            }
            listed = counted_labels(Counter({label: n for label, n in counts.items() if n}))
            comparison.value(f"{where}/decisions", one["decisions"], listed)
            if kind == "probe":
                comparison.number(f"{where}/n_documents", one["n_documents"], present.bit_count())


def _compare_corpus_production(comparison: Comparison, said: dict[str, Any], evidence: Evidence) -> None:
    comparison.value("/production/recipe/sha256", said["recipe"]["sha256"], _document_digest(said["recipe"]["toml"]))
    model, asked = evidence.model, evidence.sample["asked"]
    comparison.number("/production/n_calls", said["n_calls"], len(set(asked)))
    comparison.number("/production/n_copies", said["n_copies"], len(asked) - len(_distinct(evidence)))
    answered = ((evidence.texts[place], model.logs(model.row_of[place, 0])) for place in asked)
    digests, found = answer_digests(answered), said["answers_sha256"]
    if digests:
        comparison.value("/production/answers_sha256", found, found if found in digests else min(digests))
