"""The surrogates of one text against the evidence: fidelity, rules, terms, grades and verdicts."""

from __future__ import annotations

import math
from typing import Any

from surrogate.verifying.comparison import Comparison
from surrogate.verifying.coverage import reached_share
from surrogate.verifying.local_fidelity import compare_fidelity, compare_misses
from surrogate.verifying.local_rules import compare_rules
from surrogate.verifying.local_verdict import compare_verdict
from surrogate.verifying.models import effects_of, is_linear
from surrogate.verifying.rows import Sample

__all__ = ["compare_members", "reference_of"]

#: Kinds that predict.
_PREDICTING = ("linear", "tree", "rule_set")


def compare_members(comparison: Comparison, record: dict[str, Any], sample: Sample) -> None:
    """Compute again what the evidence says of every surrogate.

    Parameters
    ----------
    comparison : Comparison
    record : dict
    sample : Sample
    """
    for place, member in enumerate(record["surrogates"]):
        where = f"/surrogates/{place}"
        comparison.value(f"{where}/withheld", member["withheld"], member["verdict"]["status"] != "pass")
        if member["kind"] in _PREDICTING:
            if member["fidelity"] is not None:
                compare_fidelity(comparison, where, member, sample, record)
            if member["model"] is not None:
                _compare_model(comparison, where, member, record)
                compare_misses(comparison, where, member, sample)
                if not is_linear(member["model"]):
                    compare_rules(comparison, where, member, sample, record)
        elif member["kind"] == "anchor" and member["model"] is not None:
            _compare_anchor(comparison, f"{where}/model", member["model"])
        elif member["kind"] == "shapley" and member["model"] is not None:
            _compare_values(comparison, f"{where}/model", member["model"], sample)
        compare_verdict(comparison, where, member, sample, record)
    status = "explained" if any(one["verdict"]["status"] == "pass" for one in record["surrogates"]) else "withheld"
    comparison.value("/verdict/status", record["verdict"]["status"], status)


def reference_of(record: dict[str, Any]) -> str:
    """Which reference distribution shares of copies are meant on.

    Examples
    --------
    >>> reference_of({"production": {"reference_distribution": "Pairs; each of the words is kept by the toss of a coin."}})
    'uniform'
    """
    return "uniform" if "toss of a coin" in record["production"]["reference_distribution"] else "sizes"


def _compare_model(comparison: Comparison, where: str, member: dict[str, Any], record: dict[str, Any]) -> None:
    """Counts, grades, and what each unit adds."""
    model, policy = member["model"], record["production"]["policy"]
    text, units = record["document"]["text"], record["document"]["units"]
    comparison.number(f"{where}/model/n_units", model["n_units"], len(units))
    if not is_linear(model):
        return
    for place, term in enumerate(model["terms"]):
        _compare_grade(comparison, f"{where}/model/terms/{place}", term, policy)
    expected = effects_of(model)
    named = [effect["unit"] for effect in model["effects"]]
    if expected is None:
        comparison.value(f"{where}/model/effects", model["effects"], [])
        return
    for place, effect in enumerate(model["effects"]):
        here, unit = f"{where}/model/effects/{place}", effect["unit"]
        value, moved = expected.get(unit, (0.0, 0.0))
        comparison.fits(
            f"{here}/unit", unit, unit in expected and named.count(unit) == 1, "each unit that a term names, once"
        )
        comparison.number(f"{here}/coefficient", effect["coefficient"], value, moved)
        if unit in expected:
            comparison.value(f"{here}/text", effect["text"], text[units[unit][0] : units[unit][1]])
        _compare_grade(comparison, here, effect, policy)
    missing = [unit for unit in expected if unit not in named]
    comparison.fits(f"{where}/model/effects", named, not missing, "every unit that a term names has an effect")
    comparison.seen.discard(f"{where}/model/effects")
    _compare_order(comparison, f"{where}/model/effects", [abs(one["coefficient"]) for one in model["effects"]])


def _compare_order(comparison: Comparison, where: str, sizes: list[float]) -> None:
    comparison.fits(where, sizes, sizes == sorted(sizes, reverse=True), "the largest comes first")
    comparison.seen.discard(where)


def _compare_grade(comparison: Comparison, where: str, item: dict[str, Any], policy: dict[str, float]) -> None:
    clear = item["low"] is not None and item["high"] is not None and (item["low"] > 0 or item["high"] < 0)
    comparison.value(f"{where}/grade", item["grade"], grade_of(item["frequency"], clear, policy))
    if item["low"] is not None:
        comparison.fits(
            where, item["low"], item["low"] <= item["coefficient"] <= item["high"], "it lies in its interval"
        )
        comparison.seen.discard(where)


def grade_of(frequency: float | None, clear: bool, policy: dict[str, float]) -> str | None:
    """How far something may be quoted, by the share of refits that find it again.

    Examples
    --------
    >>> grade_of(0.8, True, {"stable_share": 0.9, "weak_share": 0.5})
    'weak'
    """
    if frequency is None:
        return None
    if frequency >= policy["stable_share"] and clear:
        return "stable"
    return "weak" if frequency >= policy["weak_share"] else "not reportable"


def _compare_anchor(comparison: Comparison, where: str, model: dict[str, Any]) -> None:
    """Exact coverage, and what follows from the counts of the draws."""
    candidates, chosen = model["candidates"], model["chosen"]
    for place, one in enumerate(candidates):
        literals = [(literal["unit"], literal["kept"]) for literal in one["literals"]]
        share = reached_share(literals, [], model["n_units"], model["reference"])
        comparison.number(f"{where}/candidates/{place}/coverage", one["coverage"], share)
    comparison.number(f"{where}/n_draws", model["n_draws"], sum(one["n_draws"] for one in candidates))
    comparison.value(f"{where}/status", model["status"] == "confirmed", chosen is not None)
    if chosen is not None and model["precision"] is not None and not model["exact"]:
        drawn, held = candidates[chosen]["n_draws"], candidates[chosen]["n_held"]
        comparison.number(f"{where}/precision/value", model["precision"]["value"], held / drawn)
    if model["precision"] is not None:
        comparison.number(f"{where}/precision/baseline", model["precision"]["baseline"], model["base"])


def _compare_values(comparison: Comparison, where: str, model: dict[str, Any], sample: Sample) -> None:
    """That the values share out the difference of the two ends, and these ends."""
    total = math.fsum(model["values"])
    gap = model["full_value"] - model["base_value"]
    fits = abs(total - gap) <= 1e-6 * max(1.0, abs(gap))
    comparison.fits(f"{where}/values", model["values"], fits, "the values add up to the full value less the base value")
    comparison.seen.discard(f"{where}/values")
    if model["scale"] == "log_odds" and model["full_asked"] and sample.original.usable and not sample.has_draws:
        comparison.number(f"{where}/full_value", model["full_value"], sample.original.value)
