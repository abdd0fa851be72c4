"""Rules of an audit that hold for one text, and records of audits that cannot be used."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

import surrogate
from surrogate.canonical import canonical_bytes, digest
from surrogate.cli import main
from surrogate.corpus.audited import read_audited_rules
from surrogate.describe import Lexicon, Patterns, Terms
from surrogate.describe.analysis import Analysis
from surrogate.describe.applying import features_of
from surrogate.describe.base import presence_of
from surrogate.describe.stems import stemmer
from surrogate.errors import InputError
from surrogate.explanation import Explanation
from surrogate.features import Feature
from surrogate.rule_list_model import Condition, CorpusRule
from tests.precedent_toys import Asked, Reading, toy_audit
from tests.test_report_cases import RENDERERS, plain
from tests.test_report_write import SCHEMA

TEXT = "please tell me about the fee that you took for my transfer"
TEXTS = [
    "Charged two fees, and a fee again!",
    "my CARD's lost; card-holder",
    "",
    "我的信用卡丢了 card",
    "카드를 잃어버렸어요 카드",
    "หนังสือ ค่าธรรมเนียม",
    "Überweisung nach São Paulo, naïve",
    "the transfer was charged, no refund of charges",
    "क्रेडिट कार्ड खो गया",
]


@pytest.mark.parametrize("stems", [True, False])
@pytest.mark.parametrize("language", ["auto", "none", "german"])
def test_features_are_computed_as_the_terms_were(language: str, stems: bool) -> None:
    analysis = Analysis(stemmer(language), stems=stems, prefixes=(3, 7), characters=(1, 2), phrases=3)
    rows = [{term for term, _ in analysis(text)} for text in TEXTS]
    named = tuple(Feature(kind, key, key) for kind, key in sorted(set().union(*rows)))
    assert {feature.kind for feature in named} >= {"word", "prefix", "phrase", "character"}
    found = features_of(TEXTS, named, language=language, stems=stems)
    assert found.named == named
    columns = {(feature.kind, feature.key): number for number, feature in enumerate(named)}
    np.testing.assert_array_equal(found.presence.toarray(), presence_of(rows, columns).toarray())


def test_fitted_terms_say_the_same_of_new_texts() -> None:
    terms = Terms(min_documents=1, phrases=2).fit(TEXTS)
    new = ["a fee for my lost card", "信用卡", "카드 하나", "charging", ""]
    np.testing.assert_array_equal(features_of(new, terms.features_).presence.toarray(), terms.transform(new).toarray())


def test_lists_and_patterns_are_told_where_they_are_known() -> None:
    lists = {"money": ["fee", "refund of charges"], "theft": ["stolen"]}
    lexicon, patterns = Lexicon(lists).fit(TEXTS), Patterns({"shout": "!"}).fit(TEXTS)
    found = features_of(TEXTS, (*lexicon.features_, *patterns.features_), lists=lists)
    both = np.hstack([lexicon.transform(TEXTS).toarray(), patterns.transform(TEXTS).toarray()])
    np.testing.assert_array_equal(found.presence.toarray(), both)
    assert [feature.kind for feature in features_of(TEXTS, lexicon.features_).named] == []


def test_what_cannot_be_told_from_a_text_is_no_column() -> None:
    untold = [Feature(kind, "a", "a") for kind in ("column", "concept", "probe", "lexicon", "pattern")]
    assert features_of(TEXTS, [*untold, Feature("pattern", "b", "b", ("(",))]).named == ()


def test_the_rules_that_hold_are_those_of_the_rule_set() -> None:
    rules = read_audited_rules(toy_audit())
    assert rules.model is not None
    texts = ["my card", "the fee for a card", "a fee", "help with the rate", "number 7", ""]
    features = features_of(texts, rules.model.features)
    for row, text in enumerate(texts):
        fired = rules.fired(text, "toy:desks")
        assert [rule.number - 1 for rule in fired.rules] == np.flatnonzero(rules.model.fires(features)[row]).tolist()
        said = rules.model.decide(features)[row]
        assert (None if fired.answer is None else fired.answer.label) == (
            None if said < 0 else rules.model.classes[said]
        )


def test_a_rule_comes_with_its_evidence() -> None:
    record = toy_audit().to_dict()
    member = next(one for one in record["members"] if one["kind"] == "rule_list")
    for rule in read_audited_rules(toy_audit()).fired("the fee for help", None).rules:
        found = member["rules"][rule.number - 1]
        assert (rule.precision.to_dict(), rule.n, rule.grade) == (found["precision"], found["n"], found["grade"])
        assert rule.id == member["model"]["rules"][rule.number - 1]["id"]


def test_a_rule_that_asks_for_what_a_text_does_not_say_cannot_be_told() -> None:
    rules = read_audited_rules(toy_audit())
    assert rules.model is not None
    column, fee = Feature("column", "channel=app", "channel = app"), Feature("stem", "fee", "fee")
    told = CorpusRule((Condition(1, True),), 1, 0.2)
    untold = CorpusRule((Condition(0, True), Condition(1, True)), 0, 0.1)
    model = replace(rules.model, features=(column, fee), rules=(told, untold))
    changed = replace(rules, model=model, evidence=rules.evidence[:2])
    fired = changed.fired("a fee", None)
    assert (len(fired.rules), fired.untold, fired.answer) == (1, (model.ids[1],), None)
    assert changed.fired("a card", None).untold == ()
    ordered = replace(changed, model=replace(model, ordered=True)).fired("a fee", None)
    assert ordered.answer is not None
    assert ordered.answer.number == 1


def explained(text: str = TEXT, box: Any = None, **options: Any) -> Explanation:
    return surrogate.explain(text, box or Reading(), calls=64, rules=toy_audit(), store=False, **options)


@pytest.mark.parametrize("form", RENDERERS)
def test_every_rendering_names_them(form: str) -> None:
    record = explained().to_dict()
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(json.dumps(record)))
    assert Explanation.from_dict(json.loads(canonical_bytes(record))).to_dict() == record
    shown = plain(form, record)
    assert "Rules of the whole corpus that hold for this text" in shown
    assert "IF it says “fee” AND it does not say “card” THEN" in shown
    assert "as the model decides" in shown
    assert record["global_rules"]["rules"][0]["id"] in shown


def test_rules_of_another_model_are_a_finding() -> None:
    assert not any("another model" in finding for finding in explained().findings)
    other = explained(box=Asked("toy:other")).findings
    assert any("describe another model (desks, toy:desks)" in finding for finding in other)
    nameless = explained(box=Asked(None)).findings
    assert any("cannot be told: one of the two has no fingerprint" in finding for finding in nameless)


def test_a_rule_that_the_model_contradicts_is_a_finding() -> None:
    found = surrogate.explain(
        "please tell me about the fee",
        lambda texts: np.array([[0.1, 0.1, 0.8]] * len(texts)),
        classes=["cards", "fees", "other"],
        calls=32,
        rules=toy_audit(),
        store=False,
    )
    assert any("says “fees” of this text, and the model decides “other”" in finding for finding in found.findings)
    assert "while the model decides “other”" in plain("md", found.to_dict())


def written(folder: Path) -> Path:
    return toy_audit().report(folder / "audit", overwrite=True) / "report.json"


def test_a_report_on_disk_says_the_same(tmp_path: Path) -> None:
    path = written(tmp_path)
    fired = read_audited_rules(path).fired(TEXT, "toy:desks")
    assert fired == read_audited_rules(path.parent).fired(TEXT, "toy:desks") == explained().global_rules
    assert fired.source["sha256"] == digest(path.read_bytes())


def test_the_verb_takes_the_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "a fee", "--calls", "32", "--rules", str(written(tmp_path)), "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["global_rules"]["same_model"] is False
    assert main(["explain", "a fee", "--rules", str(tmp_path / "nothing.json")]) == 2
    assert "bad-file" in capsys.readouterr().err


def test_a_changed_report_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path)
    record = json.loads(path.read_bytes())
    record["documents"]["n_test"] = 100_000
    path.write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(InputError, match="changed after it was written"):
        read_audited_rules(path)


def test_a_report_that_was_only_laid_out_anew_is_read(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.write_text(json.dumps(json.loads(path.read_bytes()), indent=2), encoding="utf-8")
    assert read_audited_rules(path).model is not None


def rules_of(record: dict[str, Any]) -> dict[str, Any]:
    return next(one for one in record["members"] if one["kind"] == "rule_list")


def _set(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    """Set a value of the rule list at a path such as ``model.rules.0.id``."""

    def change(record: dict[str, Any]) -> None:
        *way, last = path.split(".")
        found: Any = rules_of(record)
        for step in way:
            found = found[int(step)] if step.isdigit() else found[step]
        found[int(last) if last.isdigit() else last] = value

    return change


CHANGES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "another condition": _set("model.rules.0.conditions.0.present", False),
    "a feature that is not there": _set("model.rules.0.conditions.0.feature", 99),
    "a negative feature": _set("model.rules.0.conditions.0.feature", -1),
    "no condition": _set("model.rules.0.conditions", []),
    "a label that is not there": _set("model.rules.0.class_index", 3),
    "a kind of feature": _set("model.features.0.kind", "magic"),
    "a share above one": _set("rules.0.precision.high", 1.5),
    "a share outside its interval": _set("rules.0.precision.value", 0.0),
    "a share that is a word": _set("rules.0.precision.low", "high"),
    "a grade": _set("rules.0.grade", "excellent"),
    "fewer measurements": _set("rules", []),
    "a missing model": _set("model", None),
    "the recipe": lambda record: record["production"]["recipe"].update(toml="name = 'x'"),
    "no recipe": lambda record: record.pop("production"),
    "members that are none": lambda record: record.update(members=3),
    "no model": lambda record: record.pop("model"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_damaged_record_is_refused(name: str, tmp_path: Path) -> None:
    record = json.loads(json.dumps(toy_audit().to_dict()))
    CHANGES[name](record)
    path = tmp_path / "report.json"
    path.write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(InputError, match="damaged") as caught:
        read_audited_rules(path)
    assert caught.value.code == "bad-record"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is no JSON"),
        ("[NaN]", "NaN is no number"),
        ("[" * 100_000, "is no JSON"),
        ("[]", "is no record of an audit"),
        ('{"schema_version": "1.0", "surrogates": []}', "it explains a single text"),
        ('{"schema": "surrogate-corpus-report", "schema_version": "9.0"}', "says '9.0'"),
    ],
)
def test_what_is_no_audit_is_refused(content: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match="bad-record") as caught:
        read_audited_rules(path)
    assert said in str(caught.value)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_bytes(b"\xff\xfe{}")
    with pytest.raises(InputError, match="bad-record"):
        read_audited_rules(path)


def test_withheld_rules_are_not_named(tmp_path: Path) -> None:
    record = json.loads(json.dumps(toy_audit().to_dict()))
    rules_of(record).update(withheld=True, model=None, rules=[])
    path = tmp_path / "report.json"
    path.write_text(json.dumps(record), encoding="utf-8")
    found = surrogate.explain(TEXT, Reading(), calls=32, rules=path, store=False)
    assert found.global_rules is not None
    assert found.global_rules.withheld
    for form in RENDERERS:
        assert "shows no rules: its evidence did not carry them" in plain(form, found.to_dict())
