"""The gate of what does not predict: anchors by their confirmation, Shapley values by their intervals."""

from __future__ import annotations

from surrogate.anchor_model import AnchorModel
from surrogate.estimate import percent
from surrogate.evidence.gate import NO_REACTION, Policy, Verdict
from surrogate.shapley_model import ShapleyModel

__all__ = ["judge_anchor", "judge_values"]

#: Values below this are no reaction.
_NOTHING = 1e-9


def judge_anchor(model: AnchorModel) -> Verdict:
    """An anchor passes when fresh draws, or all copies, bear it out.

    Examples
    --------
    >>> judge_anchor(AnchorModel(1, (), 0.95, True, reason="Nothing was confirmed.")).status
    'insufficient evidence'
    """
    return Verdict("pass" if model.confirmed else "insufficient evidence", model.reason)


def judge_values(model: ShapleyModel, policy: Policy) -> Verdict:
    """Shapley values pass when no interval is wide against the largest value.

    Parameters
    ----------
    model : ShapleyModel
    policy : Policy

    References
    ----------
    Covert and Lee, "Improving KernelSHAP", AISTATS 2021, section 4 (error relative to the range of the values).

    Examples
    --------
    >>> judge_values(ShapleyModel(1, 0.0, 1.0, (1.0,), (1.0,), (1.0,), exact=True), Policy()).status
    'pass'
    """
    largest = max(abs(value) for value in model.values)
    if largest < _NOTHING and abs(model.full_value - model.base_value) < _NOTHING:
        return Verdict("fail", NO_REACTION)
    if model.exact:
        return Verdict("pass", "Every possible altered copy was asked: the values are exact.")
    if model.low is None or model.high is None:
        return Verdict("insufficient evidence", "Too few altered copies were asked to say how sure the values are.")
    width = max(high - low for low, high in zip(model.low, model.high, strict=True)) / 2
    said = f"The widest 95 % interval reaches {percent(width / largest)} of the largest value to either side"
    limit = percent(policy.max_value_error)
    if width > policy.max_value_error * largest:
        return Verdict("insufficient evidence", f"{said}; the policy allows {limit}. More calls would narrow it.")
    return Verdict("pass", f"{said}; the policy allows {limit}.")
