"""Rules of a tree or a rule set of one text, measured again on the rows of the evidence."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from typing import Any

from surrogate.verifying.canonical_json import sha256_hex
from surrogate.verifying.comparison import TOLERANCE, Comparison
from surrogate.verifying.coverage import reached_share
from surrogate.verifying.models import Part, parts_of, reached
from surrogate.verifying.numeric import half_digit, interval_ends_fit, sigmoid
from surrogate.verifying.rows import Row, Sample

__all__ = ["MIN_SUPPORT", "compare_rules"]

#: Fewest copies under a rule for its precision to be told.
MIN_SUPPORT = 30


def compare_rules(
    comparison: Comparison, where: str, member: dict[str, Any], sample: Sample, record: dict[str, Any]
) -> None:
    """Measure the rules of a surrogate again.

    Parameters
    ----------
    comparison : Comparison
    where : str
        JSON pointer to the surrogate.
    member : dict
    sample : Sample
    record : dict
    """
    parts, rules = parts_of(member["model"]), member["rules"]
    kind = "uniform" if "toss of a coin" in record["production"]["reference_distribution"] else "sizes"
    ordered = member["model"]["kind"] == "rule_set"
    shares = {part.number: reached_share(part.literals, part.earlier, sample.n_units, kind) for part in parts}
    wanted = [] if len(parts) < 2 else parts
    if not ordered:
        # equal shares keep the order of their leaves, whatever the last bit of the share
        wanted = sorted(wanted, key=lambda part: (-round(shares[part.number], 9), part.number))
    comparison.value(f"{where}/rules", [rule["leaf"] for rule in rules], [part.number for part in wanted])
    comparison.seen.discard(f"{where}/rules")
    test = sample.of_role("test")
    places = [reached(parts, row.mask).number for row in test]
    by_number = {part.number: part for part in wanted}
    for place, rule in enumerate(rules):
        part, here = by_number.get(rule["leaf"]), f"{where}/rules/{place}"
        if part is None:
            comparison.value(f"{here}/leaf", rule["leaf"], None)
            continue
        under = [row for row, number in zip(test, places, strict=True) if number == part.number]
        _compare_meaning(comparison, here, rule, part, sample, record, member["model"]["scale"])
        comparison.number(f"{here}/leaf", rule["leaf"], part.number)
        comparison.number(f"{here}/order", rule["order"], part.number + 1 if ordered else None)
        comparison.number(f"{here}/coverage", rule["coverage"], shares[part.number])
        _compare_support(comparison, here, rule, part, under, parts, sample)
        _compare_grade_of_rule(comparison, here, rule, record["production"]["policy"])


def _compare_meaning(
    comparison: Comparison,
    here: str,
    rule: dict[str, Any],
    part: Part,
    sample: Sample,
    record: dict[str, Any],
    scale: str,
) -> None:
    """Condition, identifier, and what the rule says."""
    quantity = sample.quantity
    literals = [{"unit": unit, "kept": kept} for unit, kept in sorted(part.literals)]
    comparison.value(f"{here}/literals", rule["literals"], literals)
    comparison.value(f"{here}/id", rule["id"], _rule_id(part, record))
    consequent = quantity.target if part.margin > 0 else quantity.opposite
    comparison.value(f"{here}/consequent", rule["consequent"], consequent)
    probability = part.value if scale == "probability" else sigmoid(part.value)
    comparison.number(f"{here}/probability", rule["probability"], probability, half_digit(part.value))


def _rule_id(part: Part, record: dict[str, Any]) -> str:
    text, spans, decision = record["document"]["text"], record["document"]["units"], record["decision"]
    conditions = [
        [[unit, text[spans[unit][0] : spans[unit][1]], kept] for unit, kept in sorted(literals)]
        for literals in (part.literals, *part.earlier)
    ]
    content = json.dumps([decision["target"], decision["contrast"], *conditions], ensure_ascii=True)
    return sha256_hex(content.encode("ascii"))[:12]


def _compare_support(
    comparison: Comparison,
    here: str,
    rule: dict[str, Any],
    part: Part,
    under: Sequence[Row],
    parts: Sequence[Part],
    sample: Sample,
) -> None:
    """Support and precision: on the test rows, and where these are few on a run of rows that was asked inside the rule."""
    told = rule["precision"]["value"] if rule["precision"] is not None else None
    choices = [list(under), *_confirmed(under, part, parts, sample)]
    counted = [(rows, [row for row in rows if row.weight > 0]) for rows in choices]
    fitting = [used for _, used in counted if len(used) == rule["support"]]
    matching = [used for used in fitting if _same_share(_share_right(used, part), told)]
    used = next(iter(matching or fitting), counted[0][1])
    comparison.number(f"{here}/support", rule["support"], len(used))
    if len(used) < (1 if sample.exact else MIN_SUPPORT):
        comparison.value(f"{here}/precision", rule["precision"], None)
        return
    if rule["precision"] is None:
        comparison.value(f"{here}/precision", None, "a precision")
        return
    _compare_precision(comparison, f"{here}/precision", rule["precision"], used, part, len(parts), sample.exact)


def _same_share(found: float | None, told: float | None) -> bool:
    return found is not None and told is not None and abs(found - told) <= TOLERANCE


def _confirmed(under: Sequence[Row], part: Part, parts: Sequence[Part], sample: Sample) -> Iterator[list[Row]]:
    """The rows of a rule with each run of rows that may have been asked to confirm it.

    The evidence does not say for which rule rows were asked; they were asked in one go, as many as were lacking, and all of
    them inside the rule.
    """
    lacking = MIN_SUPPORT - len(under)
    asked = [row for row in sample.rows if row.role == "confirm"]
    inside = [reached(parts, row.mask).number == part.number for row in asked]
    for start in range(len(asked) - lacking + 1 if lacking > 0 else 0):
        if all(inside[start : start + lacking]):
            yield [*under, *(row for row in asked[start : start + lacking] if row.usable)]


def _share_right(rows: Sequence[Row], part: Part) -> float | None:
    if not rows:
        return None
    right = math.fsum(row.weight for row in rows if (row.margin > 0) == (part.margin > 0))
    return right / math.fsum(row.weight for row in rows)


def _compare_precision(
    comparison: Comparison,
    here: str,
    said: dict[str, Any],
    used: Sequence[Row],
    part: Part,
    n_rules: int,
    exact: bool,
) -> None:
    """The share of copies under the rule that the model decides so, with Kish's effective number of draws."""
    value = _share_right(used, part) or 0.0
    comparison.number(f"{here}/value", said["value"], value)
    comparison.number(f"{here}/level", said["level"], 0.95)
    if said["baseline"] is not None:
        comparison.number(f"{here}/baseline", said["baseline"], None)
    if exact:
        comparison.number(f"{here}/low", said["low"], value)
        comparison.number(f"{here}/high", said["high"], value)
        return
    sums: dict[int, float] = {}
    for row in used:
        sums[row.pair] = sums.get(row.pair, 0.0) + row.weight
    n = math.fsum(sums.values()) ** 2 / math.fsum(one**2 for one in sums.values())
    ends = interval_ends_fit(said["low"], said["high"], value * n, n, 1 - 0.05 / n_rules, TOLERANCE)
    wanted = f"the end of the exact interval of {value:.6g} of {n:.6g} draws, for {n_rules} rules together"
    comparison.fits(f"{here}/low", said["low"], ends[0], wanted)
    comparison.fits(f"{here}/high", said["high"], ends[1], wanted)


def _compare_grade_of_rule(comparison: Comparison, here: str, rule: dict[str, Any], policy: dict[str, float]) -> None:
    share = rule["frequency"]
    if share is None:
        expected = None
    elif rule["precision"] is None:
        expected = "not reportable"
    elif share >= policy["stable_share"]:
        expected = "stable"
    else:
        expected = "weak" if share >= policy["weak_share"] else "not reportable"
    comparison.value(f"{here}/grade", rule["grade"], expected)
