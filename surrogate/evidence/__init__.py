"""Evidence: what an explanation is worth, measured on answered altered copies; nothing here asks the model."""

from surrogate.evidence.copies import Flip, Miss, SizeBand, fidelity_by_size, find_flips, find_misses
from surrogate.evidence.fidelity import Fidelity, measure_fidelity
from surrogate.evidence.gate import Policy, Verdict, judge
from surrogate.evidence.intervals import with_intervals
from surrogate.evidence.rules import Rule, measure_rules

__all__ = [
    "Fidelity",
    "Flip",
    "Miss",
    "Policy",
    "Rule",
    "SizeBand",
    "Verdict",
    "fidelity_by_size",
    "find_flips",
    "find_misses",
    "judge",
    "measure_fidelity",
    "measure_rules",
    "with_intervals",
]
