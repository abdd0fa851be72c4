"""What a policy says of the surrogates of two records: verdicts, fidelity, rules, decisions and signs."""

from __future__ import annotations

from collections.abc import Iterator

from surrogate.comparing.atoms import Atom
from surrogate.comparing.changes import ADDED, CHANGED, REMOVED, SAME, MeasureChange, TermChange
from surrogate.comparing.comparison import MemberChange
from surrogate.comparing.decisions import SAMPLED
from surrogate.comparing.judgement import CANNOT_BE_TOLD, MATERIAL, NOT_MATERIAL, Check
from surrogate.comparing.materiality import Materiality
from surrogate.estimate import percent, two_decimals

__all__ = ["ROUNDING", "Found", "check", "fall", "surrogate_checks"]

#: What is a fidelity, and may therefore fall.
_FIDELITIES = ("agreement", "r2")

#: Numbers are rounded in a record: a difference of the last digit is none.
ROUNDING = 1e-9

#: Whether something is material (None: that cannot be told), and a sentence that says why.
Found = tuple[bool | None, str]


def check(name: str, material: bool | None, sentence: str) -> Check:
    """A line of the policy, looked at; None: it cannot be told.

    Examples
    --------
    >>> check("model_changed", None, "No fingerprint.").result
    'cannot be told'
    """
    result = CANNOT_BE_TOLD if material is None else MATERIAL if material else NOT_MATERIAL
    return Check(name, result, sentence)


def surrogate_checks(policy: Materiality, members: tuple[MemberChange, ...]) -> Iterator[Check]:
    """What the policy says of each surrogate.

    Parameters
    ----------
    policy : Materiality
    members : tuple of MemberChange

    Examples
    --------
    >>> side = {"status": "pass", "reason": "", "withheld": False}
    >>> [one.sentence for one in surrogate_checks(Materiality(), (MemberChange("tree", "tree", side, side),))]
    ['Surrogate “tree” is shown in both.']
    """
    for member in members:
        if policy.verdict_changed:
            yield check("verdict_changed", *_verdicts(member))
        for measure in member.measures:
            found = fall(measure, policy.max_agreement_drop) if measure.name in _FIDELITIES else None
            if found is not None:
                name = "R2" if measure.name == "r2" else measure.name
                yield check("max_agreement_drop", found[0], f"{_title(member)}: {name} {found[1]}")
        yield from _rule_checks(policy, member)
        if policy.sign_changes and member.terms and member.is_compared:
            yield check("sign_changes", *_signs(member))


def _title(member: MemberChange) -> str:
    return f"Surrogate “{member.name}”"


def _verdicts(member: MemberChange) -> Found:
    if member.before is None or member.after is None:
        return True, f"{_title(member)} is in the record {'after' if member.before is None else 'before'} only."
    if member.before["withheld"] != member.after["withheld"]:
        states = ["withheld" if side["withheld"] else "shown" for side in (member.before, member.after)]
        return True, f"{_title(member)} was {states[0]} and is now {states[1]}."
    return False, f"{_title(member)} is {'withheld' if member.before['withheld'] else 'shown'} in both."


def fall(measure: MeasureChange, most: float) -> Found | None:
    """Whether a measure fell by more than is allowed; None: only one of the records has it.

    Examples
    --------
    >>> fall(MeasureChange("agreement", {"value": 0.9}, {"value": 0.8}), 0.05)
    (True, 'went from 90 % to 80 %; a fall of 5 points is allowed.')
    """
    if measure.before is None or measure.after is None:
        return None
    before, after = measure.before["value"], measure.after["value"]
    if before is None or after is None:
        return None, "was not measured in one of them."
    form = two_decimals if measure.name == "r2" else percent
    overlap = {None: "", True: "; the intervals do not overlap", False: "; the intervals overlap"}[measure.apart]
    allowed = (
        f"a fall of {form(most)} is allowed"
        if measure.name == "r2"
        else f"a fall of {100 * most:.3g} points is allowed"
    )
    return before - after > most + ROUNDING, f"went from {form(before)} to {form(after)}; {allowed}{overlap}."


def _rule_checks(policy: Materiality, member: MemberChange) -> Iterator[Check]:
    """Rules and decisions; where they are withheld in both there is nothing to compare, and verdicts tell the rest."""
    if member.rules and member.is_compared:
        changed = sum(rule.change != SAME for rule in member.rules)
        share = changed / len(member.rules)
        yield check(
            "max_rules_changed",
            share > policy.max_rules_changed + ROUNDING,
            f"{_title(member)}: {changed} of {len(member.rules)} rules came, went or changed ({percent(share)}): "
            f"{_breakdown(member)}; {percent(policy.max_rules_changed)} are allowed.",
        )
    decided = member.decisions
    if decided is not None and decided.n_vectors:
        share = decided.n_different / decided.n_vectors
        where = "sampled combinations" if decided.how == SAMPLED else "combinations"
        yield check(
            "max_decisions_changed",
            share > policy.max_decisions_changed + ROUNDING,
            f"{_title(member)}: its rules decide otherwise on {decided.n_different:,} of {decided.n_vectors:,} {where} of "
            f"features ({percent(share)}); {percent(policy.max_decisions_changed)} are allowed.",
        )


def _breakdown(member: MemberChange) -> str:
    counts = {kind: sum(rule.change == kind for rule in member.rules) for kind in (REMOVED, ADDED, CHANGED)}
    only_order = sum(rule.how == ("order",) for rule in member.rules)
    told = ", ".join(f"{n} {kind}" for kind, n in counts.items())
    return told + (f" ({only_order} of these only in the order in which they are heard)" if only_order else "")


def _signs(member: MemberChange) -> Found:
    firm = [one for one in member.terms if one.change == "sign" and _is_firm(one)]
    if not firm:
        return False, f"{_title(member)}: no firm term changed its sign."
    named = ", ".join(f"{' & '.join(map(_named, one.atoms))} for “{one.label}”" for one in firm[:5])
    more = f" and {len(firm) - 5} more" if len(firm) > 5 else ""
    return True, f"{_title(member)}: {len(firm)} firm terms changed their sign: {named}{more}."


def _named(atom: Atom) -> str:
    return atom.label if atom.kind == "unit" else f"“{atom.label}”"


def _is_firm(term: TermChange) -> bool:
    """Stable in both; where nothing is graded, the interval excludes zero in both."""
    for side in (term.before, term.after):
        if side is None:
            return False
        if side["grade"] is not None:
            if side["grade"] != "stable":
                return False
        elif side["low"] is None or side["low"] <= 0 <= side["high"]:
            return False
    return True
