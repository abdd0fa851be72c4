"""Evidence: what an explanation is worth, measured on answered altered copies; nothing here asks the model."""

from surrogate.evidence.anchors import confirm_anchor
from surrogate.evidence.copies import Flip, Miss, SizeBand, fidelity_by_size, find_flips, find_misses
from surrogate.evidence.fidelity import Fidelity, measure_fidelity
from surrogate.evidence.gate import Policy, Verdict, judge, judge_sample
from surrogate.evidence.gate_other import judge_anchor, judge_values
from surrogate.evidence.grades import grade_effects, grade_rules, grade_terms
from surrogate.evidence.intervals import with_intervals
from surrogate.evidence.rules import MIN_SUPPORT, Rule, measure_rules
from surrogate.evidence.second import SecondSample
from surrogate.evidence.size_reference import SizeReference, Stability, measure_size_reference
from surrogate.evidence.support import needed, prune_to_support

__all__ = [
    "MIN_SUPPORT",
    "Fidelity",
    "Flip",
    "Miss",
    "Policy",
    "Rule",
    "SecondSample",
    "SizeBand",
    "SizeReference",
    "Stability",
    "Verdict",
    "fidelity_by_size",
    "confirm_anchor",
    "find_flips",
    "find_misses",
    "grade_effects",
    "grade_rules",
    "grade_terms",
    "judge",
    "judge_anchor",
    "judge_sample",
    "judge_values",
    "measure_fidelity",
    "measure_rules",
    "measure_size_reference",
    "needed",
    "prune_to_support",
    "with_intervals",
]
