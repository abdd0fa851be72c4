"""Comparing two records: by meaning, from the records alone, the same whichever way it is looked at."""

from __future__ import annotations

import contextlib
import copy
import itertools
import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

import surrogate
from surrogate import report
from surrogate.canonical import canonical_bytes
from surrogate.cli import main
from surrogate.comparing import Comparison, Materiality, compare_records, read_materiality
from surrogate.comparing.atoms import Atom, normal_form
from surrogate.comparing.changes import SAME, RuleChange
from surrogate.comparing.comparison import MemberChange
from surrogate.comparing.texts import match_units
from surrogate.corpus.audit import audit
from surrogate.errors import InputError
from surrogate.estimate import Estimate
from surrogate.evidence.corpus_rules import CorpusRuleEvidence
from surrogate.features import Feature, Features
from surrogate.report.comparison import render_comparison
from surrogate.report.record.migrate import migrate
from surrogate.report.record.reading import read_record
from surrogate.rule_list_model import Condition, CorpusRule, RuleListModel
from tests.audit_toys import CLASSES, corpus, decide
from tests.toys import Counting, logistic

Record = dict[str, Any]

WORDS = tuple(Feature("stem", word, word, (word,)) for word in ("fee", "card", "chip", "loan"))
FEES, CARDS, OTHER = range(3)
HOSTILE = (
    '<script>alert("x")</script> {{ 7*7 }} {% raw %} =cmd|calc \u202egnp.exe \x07\x1b[31m [bold]b[/bold] <img src=x '
    "onerror=alert(1)> </style></p> | ![a](b)"
)


@pytest.fixture(scope="module")
def of_corpus() -> Record:
    explained = audit(corpus(140, labels=True), Counting(decide, CLASSES, name="toy"), store=False)
    record = json.loads(canonical_bytes(explained.to_dict()))
    record["model"]["fingerprint"] = "toy:1"
    return record


@pytest.fixture(scope="module")
def of_text() -> Record:
    model = logistic({"card": 2.0, "lost": 1.2, "please": -0.8})
    explained = surrogate.explain("please help, I lost my card today", model, classes=["other", "cards"], store=False)
    return json.loads(canonical_bytes(explained.to_dict()))


def when(*said: int) -> tuple[Condition, ...]:
    """Conditions: a number n asks for the n-th word, ~n for its absence."""
    return tuple(Condition(word if word >= 0 else ~word, word >= 0) for word in said)


def with_rules(
    record: Record, *rules: tuple[tuple[int, ...], int], ordered: bool = True, features: Any = WORDS
) -> Record:
    """The record with other rules, each with the same evidence; error rates in their order."""
    listed = tuple(CorpusRule(when(*said), label, 0.01 * place) for place, (said, label) in enumerate(rules))
    model = RuleListModel(tuple(features), CLASSES, listed, ordered)
    found = CorpusRuleEvidence(9, 30, Estimate(0.2, 0.1, 0.3), Estimate(0.9, 0.8, 1.0), 2.0, 30, "supported")
    changed = copy.deepcopy(record)
    member = next(one for one in changed["members"] if one["kind"] == "rule_list")
    member |= {"model": model.to_dict(), "rules": [found.to_dict() for _ in rules]}
    return json.loads(canonical_bytes(changed))


def rules_of(comparison: Comparison, kind: str = "rule_list") -> MemberChange:
    return next(member for member in comparison.members if member.kind == kind)


def what(changes: tuple[RuleChange, ...]) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.change, one.how) for one in changes]


# --- the same record


@pytest.mark.parametrize("which", ["of_corpus", "of_text"])
def test_a_record_against_itself_has_no_differences(which: str, request: pytest.FixtureRequest) -> None:
    record = request.getfixturevalue(which)
    comparison = compare_records(record, copy.deepcopy(record))
    assert not comparison.has_changed
    assert not comparison.told_first
    assert comparison.judgement.verdict == "not material"
    assert all(one.change == SAME for member in comparison.members for one in (*member.rules, *member.terms))
    assert any(member.rules for member in comparison.members)
    assert any(member.terms for member in comparison.members)


@pytest.mark.parametrize("which", ["of_corpus", "of_text"])
def test_a_comparison_reads_back_as_it_was(which: str, request: pytest.FixtureRequest) -> None:
    record = request.getfixturevalue(which)
    comparison = compare_records(record, {**record, "findings": ["Another."]}, Materiality(owner="Model risk"))
    again = Comparison.from_dict(json.loads(canonical_bytes(comparison.to_dict())))
    assert again == comparison
    assert canonical_bytes(again.to_dict()) == canonical_bytes(comparison.to_dict())


def test_the_order_of_keys_and_the_process_change_no_byte(of_corpus: Record, tmp_path: Path) -> None:
    before = with_rules(of_corpus, ((0, ~1), FEES), ((1,), CARDS))
    after = with_rules(of_corpus, ((0,), FEES), ((1, 2), CARDS), ((3,), OTHER))
    (tmp_path / "a.json").write_text(json.dumps(dict(reversed(before.items()))), encoding="utf-8")
    (tmp_path / "b.json").write_text(json.dumps(after), encoding="utf-8")
    code = (
        "import sys; from surrogate.cli import main; sys.exit(main(['diff', 'a.json', 'b.json', '-o', sys.argv[1], '--to', "
        "'html,text', '-q']))"
    )
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run([sys.executable, "-c", code, seed], cwd=tmp_path, env=environment, capture_output=True)
        assert done.returncode == 1, done.stderr
    for name in ("comparison.json", "comparison.html", "comparison.txt"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()
    here = compare_records(before, after).to_dict()
    assert canonical_bytes(here) == (tmp_path / "1" / "comparison.json").read_bytes()


def test_every_record_of_a_comparison_is_valid_against_the_published_schema(of_corpus: Record, of_text: Record) -> None:
    schema = json.loads((Path(report.__file__).parent / "templates/comparison/record.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    changed = with_rules(of_corpus, ((0, ~1), FEES), ((1,), CARDS))
    moved = with_rules(of_corpus, ((1,), CARDS), ((0,), FEES), ((3,), OTHER))
    for before, after in ((of_corpus, changed), (changed, moved), (of_text, hostile_text(of_text)), (of_text, of_text)):
        record = compare_records(before, after, Materiality(owner="Model risk")).to_dict()
        assert [error.message for error in validator.iter_errors(record)] == []
        assert not validator.is_valid({**record, "host": "here"})


# --- meaning

ATOMS = st.builds(
    Atom, st.just("column"), st.sampled_from(["at=app", "at=web", "vip"]), st.just(""), st.booleans()
) | st.builds(Atom, st.just("stem"), st.sampled_from(["fee", "card"]), st.just(""), st.booleans())


def truth_table(atoms: list[Atom]) -> tuple[bool, ...]:
    """For every document: a column has one value, here also one that no atom names."""
    documents = itertools.product(("at=app", "at=web", "at=else"), (False, True), (False, True), (False, True))
    rows = []
    for at, vip, fee, card in documents:
        there = {at} | {name for name, here in (("vip", vip), ("fee", fee), ("card", card)) if here}
        rows.append(all((atom.key in there) == atom.present for atom in atoms))
    return tuple(rows)


@given(st.lists(ATOMS, max_size=5), st.lists(ATOMS, max_size=5))
@settings(max_examples=150, deadline=None)
def test_conditions_mean_the_same_exactly_when_they_hold_for_the_same_documents(
    one: list[Atom], other: list[Atom]
) -> None:
    assert (normal_form(one) == normal_form(other)) == (truth_table(one) == truth_table(other))


def test_the_order_of_conditions_and_repetition_do_not_matter(of_corpus: Record) -> None:
    before = with_rules(of_corpus, ((0, ~1), FEES), ((1, 2), CARDS))
    after = with_rules(of_corpus, ((~1, 0, 0), FEES), ((2, 1), CARDS), features=WORDS)
    rules = rules_of(compare_records(before, after))
    assert what(rules.rules) == [(SAME, ()), (SAME, ())]
    assert rules.decisions is not None
    assert rules.decisions.how == "identical"


def test_the_numbers_of_features_and_of_concepts_do_not_matter(of_corpus: Record) -> None:
    concepts = [Feature("concept", str(number), "fee · charged", ("fee", "charged")) for number in (3, 9)]
    before = with_rules(of_corpus, ((0, 1), FEES), features=(concepts[0], WORDS[0]))
    after = with_rules(of_corpus, ((1, 0), FEES), features=(WORDS[0], concepts[1]))
    assert what(rules_of(compare_records(before, after)).rules) == [(SAME, ())]


def test_a_list_of_words_that_was_defined_otherwise_is_told(of_corpus: Record) -> None:
    lists = [Feature("lexicon", "costs", "costs", words) for words in (("fee", "charge"), ("fee", "interest"))]
    before, after = (with_rules(of_corpus, ((0,), FEES), features=(one,)) for one in lists)
    assert what(rules_of(compare_records(before, after)).rules) == [("changed", ("definition",))]


def test_a_rule_is_the_same_when_those_before_it_make_up_the_difference(of_corpus: Record) -> None:
    before = with_rules(of_corpus, ((0,), FEES), ((~0, 1), CARDS))
    after = with_rules(of_corpus, ((0,), FEES), ((1,), CARDS))
    rules = rules_of(compare_records(before, after))
    assert what(rules.rules) == [(SAME, ()), (SAME, ("form",))]
    assert rules.decisions is not None
    assert (rules.decisions.how, rules.decisions.n_different) == ("exhaustive", 0)


def test_an_order_that_changes_no_decision_is_no_change(of_corpus: Record) -> None:
    rules = [((0, ~1), FEES), ((1, ~0), CARDS), ((2, 0, ~1), FEES)]
    before = with_rules(of_corpus, *rules)
    for order in itertools.permutations(rules):
        found = rules_of(compare_records(before, with_rules(of_corpus, *order)))
        assert {one.change for one in found.rules} == {SAME}
        assert found.decisions is not None
        assert found.decisions.n_different == 0


@pytest.mark.parametrize("ordered", [True, False])
def test_an_order_that_changes_decisions_is_told(of_corpus: Record, ordered: bool) -> None:
    rules = [((0,), FEES), ((1,), CARDS)]
    before = with_rules(of_corpus, *rules, ordered=ordered)
    found = rules_of(compare_records(before, with_rules(of_corpus, *reversed(rules), ordered=ordered)))
    assert what(found.rules) == [("changed", ("order",)), ("changed", ("order",))]
    assert found.decisions is not None
    assert found.decisions.n_different == 1
    [example] = found.decisions.examples
    assert {atom.key for atom in example.present} == {"fee", "card"}
    assert (example.before, example.after) == ("fees", "cards")


@given(st.data())
@settings(max_examples=20, deadline=None)
def test_decisions_are_those_of_the_fitted_rules(of_corpus: Record, data: st.DataObject) -> None:
    said = st.lists(st.sampled_from([0, 1, 2, 3, ~0, ~1, ~2, ~3]), min_size=1, max_size=3).map(tuple)
    rule = st.tuples(said, st.integers(0, 2))
    ordered = data.draw(st.booleans())
    sets = [data.draw(st.lists(rule, min_size=1, max_size=4)) for _ in range(2)]
    records = [with_rules(of_corpus, *rules, ordered=ordered) for rules in sets]
    models = [
        RuleListModel.from_dict(next(m for m in one["members"] if m["kind"] == "rule_list")["model"]) for one in records
    ]
    found = rules_of(compare_records(*records)).decisions
    assert found is not None
    rows = Features(csr_matrix(np.array(list(itertools.product((0.0, 1.0), repeat=4)), dtype=np.float32)), WORDS)
    n_different = int((models[0].decide(rows) != models[1].decide(rows)).sum())
    named = {abs(word) if word >= 0 else ~word for rules in sets for said, _ in rules for word in said}
    assert found.n_different == n_different / 2 ** (4 - len(named))


def test_many_features_are_sampled_and_say_so(of_corpus: Record) -> None:
    features = tuple(Feature("stem", f"w{number}", f"w{number}") for number in range(20))
    rules = [((number, (number + 1) % 20), number % 3) for number in range(20)]
    before = with_rules(of_corpus, *rules, features=features)
    rules[7] = ((7, 8), 2)
    found = rules_of(compare_records(before, with_rules(of_corpus, *rules, features=features)))
    assert [one.how for one in found.rules if one.change != SAME] == [("class",)]
    assert found.decisions is not None
    assert found.decisions.how == "sampled"
    assert found.decisions.n_different > 0


# --- what became of a rule


def test_every_change_of_a_rule_is_told_and_no_other(of_corpus: Record) -> None:
    keep = ((3,), OTHER)
    before = with_rules(of_corpus, ((0, ~1), FEES), keep)
    for after, expected in {
        (((0,), FEES), keep): ("changed", ("lost",)),
        (((0, ~1, 2), FEES), keep): ("changed", ("gained",)),
        (((0, ~1), CARDS), keep): ("changed", ("class",)),
        (keep,): ("removed", ()),
    }.items():
        found = rules_of(compare_records(before, with_rules(of_corpus, *after)))
        changed = [one for one in found.rules if one.change != SAME]
        assert what(tuple(changed)) == [expected]
        assert found.decisions is not None
        assert found.decisions.n_different > 0


def test_a_changed_rule_names_what_it_gained_and_lost(of_corpus: Record) -> None:
    before, after = with_rules(of_corpus, ((0,), FEES)), with_rules(of_corpus, ((0, ~1), FEES))
    [change] = rules_of(compare_records(before, after)).rules
    assert [(atom.key, atom.present) for atom in change.gained] == [("card", False)]
    assert change.lost == ()
    [back] = rules_of(compare_records(after, before)).rules
    assert (back.how, back.lost, back.gained) == (("lost",), change.gained, ())


def test_swapping_the_records_swaps_added_and_removed(of_corpus: Record) -> None:
    before = with_rules(of_corpus, ((0, 1), FEES), ((0, 2), FEES), ((3,), OTHER), ((1,), CARDS))
    after = with_rules(of_corpus, ((0,), FEES), ((1,), CARDS), ((2, 3), CARDS), ((3,), FEES))
    after["model"]["details"] = {"new": 1}
    there, back = compare_records(before, after), compare_records(after, before)
    turned = {"added": "removed", "removed": "added", "gained": "lost", "lost": "gained"}

    def rules(comparison: Comparison, turn: bool) -> set[Any]:
        found = set()
        for one in rules_of(comparison).rules:
            sides = [None if side is None else (side.id, side.number) for side in (one.before, one.after)]
            how = frozenset(turned.get(name, name) if turn else name for name in one.how)
            found.add(
                (turned.get(one.change, one.change) if turn else one.change, *(sides[::-1] if turn else sides), how)
            )
        return found

    assert rules(there, turn=False) == rules(back, turn=True)
    first, second = rules_of(there).decisions, rules_of(back).decisions
    assert first is not None
    assert second is not None
    assert (first.n_vectors, first.n_different) == (second.n_vectors, second.n_different)
    facts = {(one.path, one.change, one.before, one.after) for one in there.facts}
    assert facts == {(one.path, turned.get(one.change, one.change), one.after, one.before) for one in back.facts}


# --- every single change of a kind


def member(record: Record, kind: str) -> Record:
    return next(one for one in record.get("members") or record["surrogates"] if one["kind"] == kind)


def flip_coefficient(record: Record) -> None:
    one = member(record, "multinomial")["model"]["coefficients"][0]
    one |= {"value": -one["value"], "low": -one["high"], "high": -one["low"]}


def move_coefficient(record: Record) -> None:
    one = member(record, "multinomial")["model"]["coefficients"][0]
    width = one["high"] - one["low"]
    one |= {name: one[name] + (2 * width if one["value"] > 0 else -2 * width) for name in ("value", "low", "high")}


CHANGES: dict[str, tuple[Callable[[Record], Any], set[tuple[str, str]], str | None]] = {
    "fingerprint": (lambda r: r["model"].update(fingerprint="x:1"), {("model", "fingerprint")}, "model_changed"),
    "name": (lambda r: r["model"].update(name="x"), {("model", "name")}, None),
    "label": (lambda r: r["model"]["labels"].append("new"), {("model", "labels"), ("shares", "new")}, "labels_changed"),
    "prompt": (
        lambda r: r["model"]["details"].update(prompt_sha256="0"),
        {("prompt", "details.prompt_sha256")},
        "prompt_changed",
    ),
    "data": (lambda r: r["documents"].update(texts_sha256="0"), {("data", "texts_sha256")}, None),
    "recipe": (
        lambda r: r["production"]["recipe"].update(
            toml=r["production"]["recipe"]["toml"].replace("max_leaves = 32", "max_leaves = 9")
        ),
        {("recipe", "surrogate.members.tree.max_leaves")},
        None,
    ),
    "policy": (lambda r: r["production"]["policy"].update(min_test=3), {("policy", "min_test")}, "policy_changed"),
    "versions": (lambda r: r["production"]["versions"].update(numpy="0"), {("versions", "numpy")}, None),
    "answers": (lambda r: r["production"].update(answers_sha256="0"), {("production", "answers_sha256")}, None),
    "finding": (lambda r: r["findings"].append("New."), {("findings", "")}, None),
    "limit": (lambda r: r["limits"].append("New."), {("limits", "")}, None),
    "accuracy": (
        lambda r: r["accuracy"]["model"].update(value=0.5, low=0.4, high=0.6),
        {("accuracy", "model")},
        "max_accuracy_drop",
    ),
    "decisions": (
        lambda r: r["documents"]["decisions"][0].update(n=r["documents"]["decisions"][0]["n"] * 3),
        {("shares", "cards"), ("shares", "fees")},
        "max_shift",
    ),
    "agreement": (
        lambda r: member(r, "class_tree")["fidelity"]["agreement"].update(value=0.5, low=0.4, high=0.6),
        {("tree", "agreement")},
        "max_agreement_drop",
    ),
    "evidence": (lambda r: member(r, "rule_list")["rules"][0].update(n=1), {("rules", "evidence")}, None),
    "sign": (flip_coefficient, {("linear", "sign")}, "sign_changes"),
    "size": (move_coefficient, {("linear", "size")}, None),
    "term": (lambda r: member(r, "multinomial")["model"]["coefficients"].pop(0), {("linear", "removed")}, None),
    "withheld": (
        lambda r: member(r, "class_tree").update(
            withheld=True, model=None, rules=[], verdict={"status": "fail", "reason": "No."}
        ),
        {("tree", "verdict")},
        "verdict_changed",
    ),
    "dropped": (lambda r: r["members"].remove(member(r, "multinomial")), {("linear", "verdict")}, "verdict_changed"),
}


def found_in(comparison: Comparison) -> set[tuple[str, str]]:
    found = {(one.section, one.path) for one in comparison.facts}
    found |= {("shares", one.name) for one in comparison.shares if one.before != one.after}
    found |= {("accuracy", one.name) for one in comparison.accuracy if one.before != one.after}
    for one in comparison.members:
        if one.before != one.after:
            found.add((one.name, "verdict"))
            continue
        found |= {(one.name, each.name) for each in one.measures if each.before != each.after}
        found |= {(one.name, each.change) for each in (*one.terms, *one.rules) if each.change != SAME}
        evidence = [
            (each.before.n, each.after.n) for each in one.rules if each.before is not None and each.after is not None
        ]
        found |= {(one.name, "evidence") for before, after in evidence if before != after}
    return found


@pytest.mark.parametrize("name", CHANGES)
def test_every_single_change_is_found_and_only_that(name: str, of_corpus: Record) -> None:
    change, expected, check = CHANGES[name]
    after = copy.deepcopy(of_corpus)
    change(after)
    comparison = compare_records(of_corpus, after)
    assert found_in(comparison) == expected
    assert comparison.has_changed
    assert bool(comparison.told_first) == (name == "data")
    material = {one.name for one in comparison.judgement.checks if one.result == "material"}
    assert material == ({check} if check else set())


TEXT_CHANGES: dict[str, tuple[Callable[[Record], Any], set[tuple[str, str]], str | None]] = {
    "probability": (
        lambda r: r["decision"]["probabilities"].update(cards=0.2),
        {("shares", "cards")},
        "max_shift",
    ),
    "decision": (lambda r: r["decision"].update(label="neither"), {("decision", "label")}, "decision_changed"),
    "effect": (
        lambda r: member(r, "linear")["model"]["effects"][0].update(
            coefficient=-9.0, low=-9.5, high=-8.5, grade="stable"
        ),
        {("linear", "sign")},
        "sign_changes",
    ),
    "rule": (lambda r: member(r, "tree")["rules"].pop(), {("tree", "removed")}, None),
    "r2": (lambda r: member(r, "tree")["fidelity"]["r2"].update(value=0.1), {("tree", "r2")}, "max_agreement_drop"),
}


@pytest.mark.parametrize("name", TEXT_CHANGES)
def test_every_single_change_of_a_text_is_found_and_only_that(name: str, of_text: Record) -> None:
    change, expected, check = TEXT_CHANGES[name]
    after = copy.deepcopy(of_text)
    change(after)
    allowed = Materiality(max_rules_changed=1, max_decisions_changed=1)
    comparison = compare_records(of_text, after, allowed)
    assert found_in(comparison) == expected
    material = {one.name for one in comparison.judgement.checks if one.result == "material"}
    assert material == ({check} if check else set())


def test_the_checklists_of_two_records_are_compared_where_both_have_one(of_corpus: Record) -> None:
    fields = [{"field": 1, "name": "verdict", "status": "evidenced", "where": "/verdict", "reason": ""}]
    head = {"schema": "surrogate-report", "schema_version": "2.0", "kind": "global"}
    before = {**of_corpus, **head, "checklist": fields}
    after = {**before, "checklist": [{**fields[0], "status": "missing"}]}
    assert found_in(compare_records(before, after)) == {("checklist", "verdict")}


def test_two_texts_are_told_first_and_nothing_is_called_a_change_of_the_model(of_text: Record) -> None:
    model = logistic({"card": 2.0, "lost": 1.2, "please": -0.8})
    other = surrogate.explain(
        "today I lost my old card, help", model, classes=["other", "cards"], store=False
    ).to_dict()
    comparison = compare_records(of_text, other)
    assert "different texts" in comparison.told_first[0]
    assert comparison.judgement.verdict == "cannot be told"
    effects = {
        one.atoms[0].label.strip("“”"): one.change
        for one in rules_of(comparison, "linear").terms
        if one.what == "effect"
    }
    assert effects["lost"] in (SAME, "size")
    assert effects["card"] in (SAME, "size")


def test_units_of_two_texts_are_matched_whichever_comes_first() -> None:
    texts = ["my card was lost", "my old card is lost", "lost", "a b a b", "b a b a"]
    documents = [{"text": one, "units": [list(word.span()) for word in re.finditer(r"\S+", one)]} for one in texts]
    for one, other in itertools.permutations(documents, 2):
        first, second = match_units(one, other)
        assert (len(set(first)), len(set(second))) == (len(one["units"]), len(other["units"]))
        back = match_units(other, one)
        assert set(first) & set(second) == set(back[0]) & set(back[1])


# --- materiality


def test_a_missing_fingerprint_cannot_be_told(of_corpus: Record) -> None:
    after = copy.deepcopy(of_corpus)
    after["model"]["fingerprint"] = None
    judgement = compare_records(of_corpus, after).judgement
    assert judgement.verdict == "cannot be told"
    assert "without fingerprint" in judgement.reasons[0]


def test_the_policy_decides_and_names_its_owner(of_corpus: Record, tmp_path: Path) -> None:
    after = copy.deepcopy(of_corpus)
    member(after, "class_tree")["fidelity"]["agreement"]["value"] -= 0.1
    (tmp_path / "strict.toml").write_text('owner = "Model risk"\nname = "MRM-7"\nmax_agreement_drop = 0.05\n')
    (tmp_path / "loose.toml").write_text("max_agreement_drop = 0.11\n")
    strict = compare_records(of_corpus, after, read_materiality(tmp_path / "strict.toml")).judgement
    loose = compare_records(of_corpus, after, read_materiality(tmp_path / "loose.toml")).judgement
    assert (strict.verdict, loose.verdict) == ("material", "not material")
    assert strict.label == "By the policy “MRM-7” of Model risk."
    assert "Nobody stated them" in loose.label
    assert len(strict.reasons) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("max_agreement_dorp = 0.1", "Did you mean max_agreement_drop"),
        ("max_rules_changed = 40", "a share between 0 and 1"),
        ("max_rules_changed = nan", "a share between 0 and 1"),
        ('model_changed = "yes"', "true or false"),
        ('owner = ""', "not empty"),
        ("max_", "no TOML"),
        ("\x00", "no TOML"),
    ],
)
def test_a_bad_policy_says_what_is_wrong(content: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text(content)
    with pytest.raises(InputError, match=words) as caught:
        read_materiality(tmp_path / "policy.toml")
    assert caught.value.code == "bad-materiality"
    assert "policy.toml" in caught.value.message


# --- renderings


def hostile(record: Any) -> Any:
    """The record with hostile text wherever a user or a model may have written it."""
    changed = copy.deepcopy(record)
    changed["model"] |= {"name": HOSTILE, "details": {HOSTILE: HOSTILE}}
    changed["findings"] = [HOSTILE]
    for one in changed.get("members", []):
        one["verdict"]["reason"] = HOSTILE
        for feature in one["model"]["features"]:
            feature["label"] = HOSTILE
        one["model"]["classes"] = [HOSTILE + name for name in one["model"]["classes"]]
    return changed


def hostile_text(record: Record) -> Record:
    """The record with a hostile text, each unit the whole of it."""
    changed = copy.deepcopy(record)
    units = [[0, len(HOSTILE)] for _ in record["document"]["units"]]
    changed["document"] |= {"text": HOSTILE, "units": units}
    return changed


def test_hostile_text_stays_text(of_corpus: Record, of_text: Record) -> None:
    pairs = ((of_corpus, hostile(of_corpus)), (hostile(of_corpus), of_corpus), (of_text, hostile_text(of_text)))
    for before, after in pairs:
        record = compare_records(before, after, Materiality(owner=HOSTILE)).to_dict()
        page, text = (render_comparison(name, record).decode() for name in ("html", "text"))
        assert "<script" not in page
        assert "<img" not in page
        assert "&lt;script&gt;" in page
        assert page.count("</style>") == 1
        for rendered in (page, text):
            assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]", rendered)
            assert "{{ 7*7 }}" in rendered
        assert "[bold]b[/bold]" in text


def test_a_very_long_name_is_shown_in_part_with_how_much_is_left_out(of_corpus: Record) -> None:
    features = (Feature("stem", "long", "x" * 100_000), *WORDS[1:])
    record = compare_records(of_corpus, with_rules(of_corpus, ((0,), FEES), ((1,), CARDS), features=features)).to_dict()
    for name in ("html", "text"):
        rendered = render_comparison(name, record).decode()
        assert "more characters" in " ".join(rendered.split())
        assert rendered.count("x") < 20_000


def test_the_page_tells_changes_by_sign_and_word(of_corpus: Record) -> None:
    before = with_rules(of_corpus, ((0,), FEES), ((1,), CARDS), ((2,), CARDS))
    after = with_rules(of_corpus, ((0, ~1), FEES), ((1,), CARDS), ((3,), OTHER))
    page = render_comparison("html", compare_records(before, after).to_dict()).decode()
    for sign, word in (("~", "changed"), ("−", "removed"), ("+", "added")):
        assert f'<span class="badge change {word}">{sign} {word}</span>' in page
    assert re.findall("<script|https?://|javascript:| on[a-z]+=", page) == []
    assert all("<caption" in table for table in re.findall("<table.*?</table>", page, flags=re.DOTALL))
    assert 'scope="col"' in page


# --- bad input


def test_two_kinds_cannot_be_compared(of_corpus: Record, of_text: Record) -> None:
    with pytest.raises(InputError, match="one kind") as caught:
        compare_records(of_corpus, of_text)
    assert caught.value.code == "not-comparable"


@pytest.mark.parametrize(
    "change",
    [
        {"schema_version": "7.0"},
        {"schema": "other"},
        {"model": None},
        {"members": [{}]},
        {"members": 3},
        {"documents": {}},
        {"production": {"recipe": {"toml": "= ="}}},
    ],
)
def test_a_damaged_record_is_a_clear_error(change: Record, of_corpus: Record) -> None:
    for pair in ((of_corpus, {**of_corpus, **change}), ({**of_corpus, **change}, of_corpus)):
        with pytest.raises(InputError) as caught:
            compare_records(*pair)
        assert caught.value.code == "bad-record"


@pytest.mark.parametrize("which", ["of_corpus", "of_text"])
@pytest.mark.parametrize("seed", range(20))
def test_a_record_with_any_part_spoilt_is_compared_or_refused(
    seed: int, which: str, request: pytest.FixtureRequest
) -> None:
    generator, record = random.Random(seed), request.getfixturevalue(which)
    spoilt = copy.deepcopy(record)
    place: Any = spoilt
    while True:
        key = generator.choice(sorted(place) if isinstance(place, dict) else range(len(place)))
        if not isinstance(place[key], dict | list) or not place[key] or generator.random() < 0.2:
            place[key] = generator.choice([None, -1, 10**9, "x", [], {}])
            break
        place = place[key]
    # Anything but an InputError fails the test.
    with contextlib.suppress(InputError):
        compare_records(record, spoilt)


def test_a_record_that_was_changed_after_it_was_written_is_refused(of_corpus: Record, tmp_path: Path) -> None:
    (tmp_path / "report.json").write_bytes(canonical_bytes(of_corpus))
    (tmp_path / "run.json").write_text(json.dumps({"sha256": {"report.json": "0" * 64}}))
    with pytest.raises(InputError, match="changed after it was written"):
        read_record(tmp_path)
    (tmp_path / "run.json").unlink()
    assert read_record(tmp_path).record == migrate(of_corpus)
    subject = {"subject": [{"name": "report.json", "digest": {"sha256": "0" * 64}}]}
    (tmp_path / "manifest.json").write_text(json.dumps(subject))
    with pytest.raises(InputError, match=r"manifest\.json"):
        read_record(tmp_path)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"schema_version": NaN}', b"\xff", b"[" * 200_000])
def test_what_is_no_record_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "report.json").write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_record(tmp_path)
    assert caught.value.code == "bad-record"


# --- the verb


def test_the_verb_writes_and_says_by_its_exit_code(
    of_corpus: Record, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, record in (("a", of_corpus), ("b", {**of_corpus, "model": {**of_corpus["model"], "fingerprint": "x:1"}})):
        (tmp_path / name).mkdir()
        (tmp_path / name / "report.json").write_bytes(canonical_bytes(record))
    first, second, out = str(tmp_path / "a"), str(tmp_path / "b" / "report.json"), tmp_path / "out"
    assert main(["diff", first, first, "-q"]) == 0
    assert capsys.readouterr().out == "not material\n"
    assert main(["diff", first, second, "-o", str(out), "--to", "html,text,json"]) == 1
    assert "another: its fingerprint changed" in capsys.readouterr().out
    assert {path.name for path in out.iterdir()} == {"comparison.json", "comparison.html", "comparison.txt", "run.json"}
    assert main(["diff", second, first, "-o", str(out)]) == 2
    assert "output-exists" in capsys.readouterr().err
    assert main(["diff", first, second, "--json"]) == 1
    assert Comparison.from_dict(json.loads(capsys.readouterr().out)).kind == "global"
    (tmp_path / "ours.toml").write_text("model_changed = false\n")
    assert main(["diff", first, second, "-q", "--policy", str(tmp_path / "ours.toml")]) == 0
    assert main(["diff", first, str(tmp_path / "nowhere")]) == 2
    assert main(["diff", first, second, "--to", "odt"]) == 2
