"""A record of one text against its evidence: the decision, the calls, what changed the decision, and the digests."""

from __future__ import annotations

import math
from typing import Any

from surrogate.verifying.canonical_json import sha256_hex
from surrogate.verifying.comparison import TOLERANCE, Comparison, pointer_to
from surrogate.verifying.digests import answer_digests
from surrogate.verifying.evidence import Evidence
from surrogate.verifying.local_members import compare_members
from surrogate.verifying.numeric import sigmoid
from surrogate.verifying.rows import Row, Sample, local_sample

__all__ = ["compare_local"]

#: Altered copies that are shown.
_MOST_FLIPS = 5

_ROW_ROLES = ("fit", "select", "test", "confirm", "refine")


def compare_local(record: dict[str, Any], evidence: Evidence) -> Comparison:
    """Compute the numbers of a record again that follow from its evidence.

    Parameters
    ----------
    record : dict
        Version 2.0, of one text.
    evidence : Evidence

    Raises
    ------
    UnreadableError
        When the two do not belong together.
    """
    comparison, sample = Comparison("report.json"), local_sample(record, evidence)
    _compare_document(comparison, record, evidence)
    _compare_decision(comparison, record["decision"], sample, evidence)
    _compare_flips(comparison, record["flips"], sample, evidence)
    _compare_calls(comparison, record["calls"], sample)
    _compare_local_production(comparison, record["production"], sample, evidence)
    compare_members(comparison, record, sample)
    return comparison


def _compare_document(comparison: Comparison, record: dict[str, Any], evidence: Evidence) -> None:
    text, units = record["document"]["text"], record["document"]["units"]
    comparison.value("/document/text", text, sample_text(evidence))
    end = 0
    for place, (start, stop) in enumerate(units):
        where = f"/document/units/{place}"
        fits = end <= start < stop <= len(text)
        comparison.fits(where, [start, stop], fits, "units stand in order inside the text")
        # where exactly the text was cut, only cutting it again tells
        comparison.seen.discard(where)
        end = stop


def sample_text(evidence: Evidence) -> str:
    """The text that was asked to be explained.

    Examples
    --------
    >>> sample_text(Evidence("local", (), (), {}, {"text": "pay my bill"}))
    'pay my bill'
    """
    return str(evidence.request["text"])


def _compare_decision(comparison: Comparison, decision: dict[str, Any], sample: Sample, evidence: Evidence) -> None:
    row, quantity, model = sample.original, sample.quantity, evidence.model
    shares = [math.exp(log) for log in model.logs(row.answer)]
    mass = None if model.label_mass is None else model.label_mass[row.answer]
    comparison.value("/decision/label", decision["label"], quantity.classes[shares.index(max(shares))])
    comparison.value("/decision/opposite", decision["opposite"], quantity.opposite)
    comparison.value("/decision/truncated", decision["truncated"], model.truncated[row.answer])
    comparison.value("/decision/refused", decision["refused"], model.refused[row.answer])
    comparison.value("/decision/probabilities", sorted(decision["probabilities"]), sorted(quantity.classes))
    for name, share in zip(quantity.classes, shares, strict=True):
        where = pointer_to("decision", "probabilities", name)
        comparison.number(where, decision["probabilities"].get(name), share)
    comparison.number("/decision/log_odds", decision["log_odds"], row.value)
    comparison.number("/decision/margin", decision["margin"], row.margin)
    if decision["label_mass"] is not None or mass is not None:
        comparison.number("/decision/label_mass", decision["label_mass"], mass)


def _compare_flips(comparison: Comparison, flips: list[dict[str, Any]], sample: Sample, evidence: Evidence) -> None:
    wins = sample.original.margin > 0
    others = [row for row in sample.rows if (row.margin > 0) != wins and row.draw == 0 and row.usable and row.mask]
    others.sort(key=lambda row: (-row.n_kept, -abs(row.margin), row.text))
    expected = others[:_MOST_FLIPS]
    comparison.value("/flips", len(flips), len(expected))
    comparison.seen.discard("/flips")
    texts = [flip["text"] for flip in flips]
    for place, (flip, first) in enumerate(zip(flips, expected, strict=False)):
        # Of copies that are equally near to within the rounding, any may stand first.
        alike = [r for r in others if r.n_kept == first.n_kept and abs(abs(r.margin) - abs(first.margin)) <= TOLERANCE]
        row = next((one for one in alike if one.text == flip["text"]), first)
        where = f"/flips/{place}"
        comparison.value(f"{where}/text", flip["text"], row.text)
        comparison.value(f"{where}/removed", flip["removed"], _removed(row, sample.n_units))
        label, share = _said(row, sample, evidence)
        comparison.value(f"{where}/label", flip["label"], label)
        comparison.number(f"{where}/probability", flip["probability"], share)
        comparison.number(f"{where}/target_probability", flip["target_probability"], sigmoid(row.value))
    comparison.fits("/flips", texts, len(set(texts)) == len(texts) or len(expected) != len(set(expected)), "each once")
    comparison.seen.discard("/flips")


def _removed(row: Row, n_units: int) -> list[int]:
    return [unit for unit in range(n_units) if not row.mask >> unit & 1]


def _said(row: Row, sample: Sample, evidence: Evidence) -> tuple[str, float]:
    """The decision on a copy, and its probability."""
    quantity, target = sample.quantity, sigmoid(row.value)
    if quantity.multi_label or quantity.contrast is not None:
        return (quantity.target, target) if row.margin > 0 else (quantity.opposite, 1.0 - target)
    logs = list(evidence.model.logs(row.answer))
    best = logs.index(max(logs))
    return quantity.classes[best], math.exp(logs[best])


def _compare_calls(comparison: Comparison, calls: dict[str, int], sample: Sample) -> None:
    original = sample.original.text
    expected = {"original": 1}
    exhaustive = any(row.role == "all" for row in sample.rows)
    for role in ("all",) if exhaustive else _ROW_ROLES:
        texts = {(row.text, row.draw) for row in sample.rows if row.role == role}
        if texts or role in ("all", "fit", "select", "test"):
            expected[role] = len(texts - {(original, 0)})
    # repeated questions, by which noise was measured, are not in the sample
    expected["total"] = len({(row.text, row.draw) for row in sample.rows}) + calls.get("noise", 0)
    comparison.value("/calls", sorted(set(calls) - {"noise"}), sorted(expected))
    comparison.seen.discard("/calls")
    for name, number in expected.items():
        if name in calls:
            comparison.number(f"/calls/{name}", calls[name], number)


def _compare_local_production(comparison: Comparison, said: dict[str, Any], sample: Sample, evidence: Evidence) -> None:
    model, rows = evidence.model, sample.rows
    clipped = [sample.quantity.clipped(model.logs(row.answer), model.votes_of(row.answer)) for row in rows]
    comparison.number("/production/n_copies", said["n_copies"], len(rows))
    comparison.number("/production/n_truncated", said["n_truncated"], sum(model.truncated[row.answer] for row in rows))
    comparison.number("/production/n_refused", said["n_refused"], sum(model.refused[row.answer] for row in rows))
    comparison.number("/production/clipped_share", said["clipped_share"], sum(clipped) / len(rows))
    comparison.value("/production/exhaustive", said["exhaustive"], all(row.role == "all" for row in rows))
    comparison.value("/production/text_sha256", said["text_sha256"], _text_digest(sample_text(evidence)))
    comparison.value("/production/recipe/sha256", said["recipe"]["sha256"], _text_digest(said["recipe"]["toml"]))
    digests = answer_digests((row.text, model.logs(row.answer)) for row in rows)
    if digests:
        found = said["answers_sha256"]
        comparison.value("/production/answers_sha256", found, found if found in digests else min(digests))


def _text_digest(text: str) -> str:
    return sha256_hex(text.encode("utf-8", "surrogatepass"))
