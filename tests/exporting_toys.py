"""Small surrogates and records of audits to export."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from surrogate.canonical import canonical, digest
from surrogate.class_tree_model import ClassNode, ClassTreeModel
from surrogate.exporting.members import Member, members_of
from surrogate.features import Feature
from surrogate.multinomial_model import Coefficient, MultinomialModel
from surrogate.rule_list_model import Condition, CorpusRule, RuleListModel

TOML = '[describe.parts.terms]\nclass = "Terms"\nlanguage = "auto"\n'
CLASSES = ("cards", "fees", "cash", "other")
WORDS = ("fee", "card", "cash", "charg", "lost")


def features(n: int) -> tuple[Feature, ...]:
    return tuple(Feature("stem", word, word, (word,)) for word in WORDS[:n])


def share(value: float) -> dict[str, Any]:
    return {"value": value, "low": value / 2, "high": 1.0, "baseline": None, "level": 0.95}


def evidence(n: int) -> list[dict[str, Any]]:
    measured = {"precision": share(0.9), "coverage": share(0.2), "n": 12, "n_fit": 30, "n_decides": 10, "lift": 2.0}
    return [{**measured, "grade": "confirmed", "overlaps": [], "typical": [], "counterexamples": []} for _ in range(n)]


def record_of(*models: Any, names: tuple[str, ...] = (), toml: str = TOML, columns: tuple[str, ...] = ()) -> Any:
    """A record of an audit with these surrogates."""
    members = []
    for number, model in enumerate(models):
        n_rules = len(getattr(model, "rules", ())) or getattr(model, "n_leaves", 0)
        members.append(
            {
                "name": names[number] if names else model.kind,
                "kind": model.kind,
                "withheld": False,
                "verdict": {"status": "pass", "reason": "It agrees."},
                "fidelity": {"agreement": share(0.9), "n": 100},
                "model": model.to_dict(),
                "rules": evidence(n_rules),
            }
        )
    return canonical(
        {
            "schema": "surrogate-corpus-report",
            "schema_version": "1.0",
            "model": {"name": "router", "fingerprint": "ab"},
            "documents": {"columns": list(columns), "n_test": 100},
            "production": {"recipe": {"toml": toml, "sha256": digest(toml)}},
            "members": members,
        }
    )


def member_of(model: Any) -> Member:
    return members_of(record_of(model))[0][0]


def every_row(member: Member) -> Any:
    """All combinations of the features, shape (2 ** n, n)."""
    n = len(member.logic.columns)
    return (np.arange(2**n)[:, None] >> np.arange(n) & 1).astype(bool)


RULES = RuleListModel(
    features(4),
    CLASSES,
    (
        CorpusRule((Condition(0, True),), 1, 0.2),
        CorpusRule((Condition(1, True), Condition(2, False)), 0, 0.1),
        CorpusRule((Condition(0, True), Condition(3, True)), 2, 0.2),
    ),
    False,
)
TREE = ClassTreeModel(
    features(2),
    CLASSES,
    (
        ClassNode((0.4, 0.3, 0.2, 0.1), 1, 1, 2),
        ClassNode((0.9, 0.1, 0.0, 0.0)),
        ClassNode((0.1, 0.4, 0.3, 0.2), 0, 3, 4),
        ClassNode((0.0, 0.5, 0.5, 0.0)),
        ClassNode((0.0, 0.0, 0.0, 1.0)),
    ),
)
LINEAR = MultinomialModel(
    features(3),
    CLASSES,
    (0.0, 0.5, 0.5, -1.0),
    (Coefficient(0, 0, 0.5, 0.25, 0.75), Coefficient(1, 1, -0.75), Coefficient(2, 3, 2.5), Coefficient(0, 2, -0.25)),
)


@st.composite
def rule_lists(draw: st.DrawFn) -> RuleListModel:
    n = draw(st.integers(1, 5))
    sides = st.dictionaries(st.integers(0, n - 1), st.booleans(), min_size=1, max_size=3)
    rules = draw(
        st.lists(
            st.builds(
                lambda asked, label, error: CorpusRule(
                    tuple(Condition(place, present) for place, present in asked.items()), label, error
                ),
                sides,
                st.integers(0, 3),
                st.sampled_from([None, 0.0, 0.125, 0.25]),
            ),
            max_size=6,
        )
    )
    return RuleListModel(features(n), CLASSES, tuple(rules), draw(st.booleans()))


@st.composite
def trees(draw: st.DrawFn) -> ClassTreeModel:
    """Trees in which no path asks about a feature twice."""
    nodes: list[ClassNode] = []

    def grow(left: list[int]) -> int:
        number = len(nodes)
        shares = tuple(draw(st.sampled_from([0.0, 0.25, 0.5])) for _ in CLASSES)
        nodes.append(ClassNode(shares))
        if left and draw(st.integers(0, 3)):
            asked = draw(st.sampled_from(left))
            rest = [place for place in left if place != asked]
            present, absent = grow(rest), grow(rest)
            nodes[number] = ClassNode(shares, asked, present, absent)
        return number

    grow([0, 1, 2, 3])
    return ClassTreeModel(features(4), CLASSES, tuple(nodes))


@st.composite
def linear_models(draw: st.DrawFn) -> MultinomialModel:
    """Models whose sums are exact in binary, so that equal scores are frequent and no order of adding matters."""
    n = draw(st.integers(1, 5))
    weight = st.integers(-8, 8).map(lambda one: one / 4)
    named = draw(st.dictionaries(st.tuples(st.integers(0, n - 1), st.integers(0, 3)), weight, max_size=10))
    coefficients = tuple(Coefficient(place, label, value) for (place, label), value in named.items())
    return MultinomialModel(features(n), CLASSES, tuple(draw(weight) for _ in CLASSES), coefficients)
