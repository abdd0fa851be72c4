"""Rules of two sets matched by what they mean: which are the same, which changed, which came and which went."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable

from surrogate.comparing.atoms import Atom, normal_form
from surrogate.comparing.changes import ADDED, CHANGED, REMOVED, SAME, RuleChange, RuleSide
from surrogate.comparing.combinations import Table
from surrogate.comparing.decisions import DecisionsCompared
from surrogate.comparing.measures import are_apart

__all__ = ["match_rules"]

#: Two rules that correspond, and in what way they were found to.
Pair = tuple[RuleSide, RuleSide, tuple[str, ...]]
Pairs = list[Pair]


def match_rules(table: Table, decisions: DecisionsCompared) -> tuple[RuleChange, ...]:
    """What became of every rule.

    Rules are matched, in this order, by the meaning of their conditions; by their identifier, where a list or a pattern of the
    same name was defined otherwise; by the combinations of features for which they speak, where these are few enough to look at
    all; and by the nearest rule that says the same and whose condition has only more or only fewer parts.

    Parameters
    ----------
    table : Table
    decisions : DecisionsCompared
        Of the same table: a change of the order counts only where the sets may decide otherwise.

    Returns
    -------
    tuple of RuleChange
        Those of the rules before in their order, then the added ones.

    Examples
    --------
    >>> from surrogate.comparing.decisions import compare_decisions
    >>> from surrogate.comparing.groups import RuleGroup
    >>> empty = Table(RuleGroup((), False), RuleGroup((), False))
    >>> match_rules(empty, compare_decisions(empty))
    ()
    """
    before, after = list(table.before.in_order), list(table.after.in_order)
    pairs: Pairs = []
    _pair_by(_meaning, before, after, pairs, ())
    _pair_by(_defined_name, before, after, pairs, ("definition",))
    if table.is_exhaustive and not table.before.exclusive:
        _pair_by_region(table, before, after, pairs)
    _pair_nearest(before, after, pairs)
    flipped = set() if decisions.proved or table.before.exclusive else _flipped(table, pairs)
    changes = [_change(pair, place in flipped) for place, pair in enumerate(pairs)]
    changes += [RuleChange(REMOVED, rule, None) for rule in before]
    changes += [RuleChange(ADDED, None, rule) for rule in after]
    return tuple(sorted(changes, key=_place))


def _pair_by(
    key: Callable[[RuleSide], Hashable],
    before: list[RuleSide],
    after: list[RuleSide],
    pairs: Pairs,
    how: tuple[str, ...],
) -> None:
    """Take the rules with equal keys out of both lists, the first with the first; None is equal to nothing."""
    waiting = defaultdict(list)
    for rule in after:
        waiting[key(rule)].append(rule)
    for rule in list(before):
        there = waiting[key(rule)] if key(rule) is not None else []
        if there:
            _take(rule, there.pop(0), before, after, pairs, how)


def _take(
    first: RuleSide, second: RuleSide, before: list[RuleSide], after: list[RuleSide], pairs: Pairs, how: tuple[str, ...]
) -> None:
    before.remove(first)
    after.remove(second)
    pairs.append((first, second, how))


def _meaning(rule: RuleSide) -> Hashable:
    return "never", normal_form(rule.atoms)


def _defined_name(rule: RuleSide) -> Hashable:
    """Names of the features, where one of them has a definition that may have changed."""
    if not any(atom.definition for atom in rule.atoms):
        return None
    return frozenset((*atom.meaning[:2], atom.present) for atom in rule.atoms)


def _pair_by_region(table: Table, before: list[RuleSide], after: list[RuleSide], pairs: Pairs) -> None:
    """Rules that say the same of just the same combinations, once those heard before them have spoken."""
    regions: list[dict[int, Hashable]] = []
    for group in (table.before, table.after):
        speaker = table.speaks(group)
        spoken = {rule.number: (speaker == place) for place, rule in enumerate(group.rules)}
        regions.append({number: rows.tobytes() if rows.any() else None for number, rows in spoken.items()})
    own = {id(rule): regions[0][rule.number] for rule in before} | {id(rule): regions[1][rule.number] for rule in after}

    def region(rule: RuleSide) -> Hashable:
        return None if own[id(rule)] is None else (own[id(rule)], rule.says)

    _pair_by(region, before, after, pairs, ("form",))


def _pair_nearest(before: list[RuleSide], after: list[RuleSide], pairs: Pairs) -> None:
    """Rules of one class whose condition has only more, or only fewer, parts; those that share the most first."""
    found = []
    for first in before:
        for second in after:
            one, other = normal_form(first.atoms), normal_form(second.atoms)
            if one and other and first.says == second.says and (one < other or other < one):
                found.append((-len(one & other) / len(one | other), sorted((first.id, second.id)), first, second))
    # The order must not depend on which record came first.
    for _, _, first, second in sorted(found, key=lambda row: (row[0], row[1], row[2].heard + row[3].heard)):
        if first in before and second in after:
            _take(first, second, before, after, pairs, ())


def _flipped(table: Table, pairs: Pairs) -> set[int]:
    """Places of pairs of rules that changed places with each other, where that changes what is said of some combination."""
    owners: list[dict[int, int]] = [{}, {}]
    for place, (*rules, _) in enumerate(pairs):
        for owner, rule in zip(owners, rules, strict=True):
            owner[rule.number] = place
    spoken = zip(table.speaks(table.before).tolist(), table.speaks(table.after).tolist(), strict=True)
    found: set[int] = set()
    for one, other in set(spoken):
        first = owners[0].get(table.before.rules[one].number) if one >= 0 else None
        second = owners[1].get(table.after.rules[other].number) if other >= 0 else None
        if first is not None and second is not None and first != second and _swapped(pairs[first], pairs[second]):
            found |= {first, second}
    return found


def _swapped(one: Pair, other: Pair) -> bool:
    """Whether two rules are heard in another order than before, the one that spoke then and the one that speaks now."""
    return one[0].says != other[1].says and one[0].heard < other[0].heard and one[1].heard > other[1].heard


def _change(pair: Pair, flipped: bool) -> RuleChange:
    before, after, how = pair
    apart = tuple((name, are_apart(getattr(before, name), getattr(after, name))) for name in ("coverage", "precision"))
    if how == ("form",):
        return RuleChange(SAME, before, after, how, apart=apart)
    gained, lost = [], []
    if _meaning(before) != _meaning(after) and "definition" not in how:
        gained, lost = _only_in(after, before), _only_in(before, after)
    said = {"gained": gained, "lost": lost, "class": before.says != after.says, "order": flipped}
    all_of_it = (*how, *(name for name, true in said.items() if true))
    return RuleChange(CHANGED if all_of_it else SAME, before, after, all_of_it, tuple(gained), tuple(lost), apart)


def _only_in(one: RuleSide, other: RuleSide) -> list[Atom]:
    there = normal_form(other.atoms) or ()
    return [atom for atom in one.atoms if (atom.meaning, atom.present) not in there]


def _place(change: RuleChange) -> tuple[int, int]:
    if change.before is not None:
        return 0, change.before.number
    return 1, 0 if change.after is None else change.after.number
