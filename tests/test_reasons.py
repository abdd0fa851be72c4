"""Reasons for one decision: in order, complete, worded by the user's table, and none where the evidence is too weak."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from surrogate.canonical import canonical_bytes
from surrogate.cli import main
from surrogate.errors import InputError
from surrogate.reasons import ReasonPolicy, ReasonTable, read_reason_table, reason_case
from surrogate.reasons.page import case_page, case_text
from surrogate.report.record.migrate import migrate
from tests.test_record import old

TABLE = """
name = "codes"
[policy]
number_shown = 1

[[codes]]
code = "C01"
wording = {en = "A card is named.", zh = "提到了银行卡。"}

[[codes]]
code = "C02"
wording = {en = "Something is <b>lost</b>.", zh = "有东西丢失。"}

[[map]]
term = "Card"
code = "C01"

[[map]]
term = "lost"
code = "C02"

[[map]]
feature = "stem:fee"
code = "C02"
"""
HOSTILE = "<script>alert(1)</script> {{ 7*7 }} \u202e"


def record(**changes: Any) -> dict[str, Any]:
    return {**migrate(old("local-panel-1.0")), **changes}


def table(text: str = TABLE, name: str = "table.toml", *, folder: Path) -> ReasonTable:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_reason_table(path)


def rule(**changes: Any) -> dict[str, Any]:
    share = {"value": 0.95, "low": 0.9, "high": 1.0, "baseline": None, "level": 0.95}
    feature = {"kind": "stem", "key": "fee", "label": "fee", "forms": ["fees"], "common": False}
    return {
        "id": "0123456789ab", "number": 1, "conditions": [{"feature": feature, "present": True}], "label": "cards",
        "precision": share, "coverage": share, "n": 40, "grade": "confirmed", "speaks": True, **changes,
    }  # fmt: skip


def with_rules(*rules: dict[str, Any], same_model: bool | None = True) -> dict[str, Any]:
    source = {"sha256": "0" * 64, "model": "toy", "fingerprint": "f", "n_test": 99}
    found = {"rules": list(rules), "n_rules": 9, "untold": [], "withheld": False, "same_model": same_model}
    return record(global_rules={**found, "source": source})


def changed(where: str, value: Any, of: dict[str, Any] | None = None) -> dict[str, Any]:
    found = json.loads(json.dumps(of or record()))
    at, steps = found, where.split(".")
    for step in steps[:-1]:
        at = at[int(step)] if step.isdigit() else at[step]
    at[steps[-1]] = value
    return found  # type: ignore[no-any-return]


def test_reasons_come_in_order_and_the_complete_list_is_kept(tmp_path: Path) -> None:
    case = reason_case(record(), table(folder=tmp_path))
    assert case.why_none is None
    assert [(one.code, one.wording) for one in case.reasons] == [
        ("C02", "Something is <b>lost</b>."),
        ("C01", "A card is named."),
    ]
    assert [one.code for one in case.principal] == ["C02"]
    amounts = [one.adds or 0.0 for one in case.reasons]
    assert amounts == sorted(amounts, reverse=True)
    assert json.loads(canonical_bytes(case.to_dict()))["number_shown"] == 1


def test_what_has_no_code_keeps_its_place() -> None:
    case = reason_case(record(), ReasonTable({"C01": {"en": "A card."}}, {("term", "card"): "C01"}))
    assert [one.code for one in case.reasons] == [None, "C01"]
    assert [one.sources[0].text for one in case.without_code] == ["lost"]
    for told in (case_page(case), case_text(case)):
        assert "No code in the table" in told
        assert "a person has to word them" in told


def test_words_of_one_code_are_one_reason() -> None:
    both = ReasonTable({"C": {"en": "A lost card."}}, {("term", "card"): "C", ("term", "lost"): "C"})
    [reason] = reason_case(record(), both).reasons
    assert reason.adds == pytest.approx(2.944748238 + 2.943748986)
    assert [one.text for one in reason.sources] == ["lost", "card"]


def test_reasons_are_worded_in_the_locale_that_is_asked_for(tmp_path: Path) -> None:
    page = case_page(reason_case(record(), table(folder=tmp_path), "zh"))
    assert '<html lang="zh-Hans">' in page
    assert "提到了银行卡。" in page
    assert "主要理由" in page
    assert "Principal" not in page
    with pytest.raises(InputError, match="no wording for the locale 'fr'"):
        reason_case(record(), table(folder=tmp_path), "fr")


@pytest.mark.parametrize(
    ("of", "why"),
    [
        (changed("verdict.status", "withheld"), "withheld"),
        (changed("decision.label", "other"), "other-label"),
        (changed("surrogates.0.withheld", True), "no-surrogate"),
        (changed("surrogates.0.model.margin_intercept", -1e3), "disagrees"),
        (changed("surrogates.0.fidelity.agreement.low", 0.5), "below-policy"),
        (changed("surrogates.0.model.effects", []), "nothing-stable"),
        (migrate(old("local-withheld-1.0")), "withheld"),
    ],
)
def test_there_are_no_reasons_where_the_evidence_is_too_weak(of: dict[str, Any], why: str) -> None:
    strict = ReasonTable({"C": {"en": "A card."}}, {("term", "card"): "C"}, policy=ReasonPolicy(min_agreement=0.8))
    case = reason_case(of, strict)
    assert case.why_none == why
    assert case.reasons == case.principal == ()
    assert "A card." not in case_page(case) + case_text(case)
    assert "No reasons are given" in case_page(case)
    assert "No reasons are given" in case_text(case)


def test_only_what_refits_found_again_is_quoted(tmp_path: Path) -> None:
    case = reason_case(changed("surrogates.0.model.effects.0.grade", "weak"), table(folder=tmp_path))
    assert [one.code for one in case.reasons] == ["C01"]
    assert [one.text for one in case.not_quoted] == ["lost"]


def test_what_speaks_against_the_decision_is_no_reason_for_it(tmp_path: Path) -> None:
    case = reason_case(changed("surrogates.0.model.effects.0.coefficient", -1.0), table(folder=tmp_path))
    assert [one.code for one in case.reasons] == ["C01"]
    assert [one.text for one in case.against] == ["lost"]


def test_confirmed_rules_of_an_audit_of_this_model_are_reasons_too(tmp_path: Path) -> None:
    codes = table(folder=tmp_path)
    case = reason_case(with_rules(rule()), codes)
    assert [[source.kind for source in one.sources] for one in case.reasons] == [["term", "rule"], ["term"]]
    assert [one.text for one in reason_case(with_rules(rule(grade="supported")), codes).not_quoted] == ["fee"]
    for of, why in (
        (with_rules(rule(), same_model=None), "other-model"),
        (with_rules(rule(label="other")), "rules-disagree"),
    ):
        case = reason_case(of, codes)
        assert case.rules_left_out == why
        assert {source.kind for one in case.reasons for source in one.sources} == {"term"}
        assert "Rules of the audit were not used" in case_page(case)


def test_a_rule_can_be_mapped_by_its_id() -> None:
    codes = ReasonTable({"R": {"en": "A rule."}}, {("rule", "0123456789ab"): "R"})
    assert [one.code for one in reason_case(with_rules(rule()), codes).reasons] == [None, None, "R"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[map]]\nterm = 'x'\ncode = 'Z'", "is no code of the table"),
        (TABLE + "\n[[map]]\nterm = 'Card'\ncode = 'C02'", "mapped twice"),
        (TABLE + "\n[[map]]\nterm = 'CARD'\ncode = 'C02'", "mapped twice"),
        (TABLE + "\n[[codes]]\ncode = 'C01'\nwording = {en = 'x'}", "there twice"),
        ("[[codes]]\ncode = 'C'\nwording = {}", "needs a wording"),
        ("[[codes]]\ncode = 'C'\nwording = {en = ' '}", "not empty"),
        ("[[codes]]\ncode = 'C'\nwording = 'x'", "a table by locale"),
        ("[[map]]\nterm = 'x'\nrule = 'y'\ncode = 'C'", "exactly one of"),
        ("[policy]\nnumber_shown = 0", "from 1 on"),
        ("[policy]\nmin_agreement = 2", "from 0 to 1"),
        ("[policy]\nnumber = 2", "no key 'number'"),
        ("colour = 1", "no key 'colour'"),
        ("map = 3", "a list of tables"),
        ("=", "is no TOML"),
    ],
)
def test_mistakes_in_a_table_are_named(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=re.escape(said)) as caught:
        table(text, folder=tmp_path)
    assert caught.value.code == "bad-reasons"
    assert "table.toml" in str(caught.value)


def test_a_table_may_be_a_csv_file(tmp_path: Path) -> None:
    rows = (
        "kind,key,code,en,zh",
        "term,card,C01,A card.,银行卡。",
        "term,lost,C02,Lost.,丢失。",
        "feature,stem:fee,C02,,",
    )
    text = "".join(f"{row}\n" for row in rows)
    found = table(text, "table.csv", folder=tmp_path)
    assert [one.wording for one in reason_case(record(), found, "zh").reasons] == ["丢失。", "银行卡。"]
    for wrong, said in (
        (text + "term,fee,C01,Another.,x\n", "two wordings"),
        (text + "word,fee,C01,,\n", "one of term"),
        (text + "term,fee\n", "number of cells"),
        ("kind,key,code\n", "one to each locale"),
        (text + "term,fee,C09,,\n", "needs a wording"),
    ):
        with pytest.raises(InputError, match=said):
            table(wrong, "table.csv", folder=tmp_path)


def test_the_record_of_a_corpus_has_no_reasons(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="of a corpus"):
        reason_case(migrate(old("global-1.0")), table(folder=tmp_path))


def test_untrusted_text_is_never_markup() -> None:
    of = changed("surrogates.0.model.effects.0.text", HOSTILE, changed("model.name", HOSTILE))
    of = {**of, "decision": {**of["decision"], "label": HOSTILE, "target": HOSTILE}}
    page = case_page(reason_case(of, ReasonTable({HOSTILE: {"en": HOSTILE}}, {("term", "card"): HOSTILE}, HOSTILE)))
    assert "<script" not in page
    assert "\u202e" not in page
    assert "49" not in re.sub(r"[0-9a-f]{64}", "", page[page.index("<main") :])


def test_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report, out, codes = tmp_path / "report", tmp_path / "out", tmp_path / "table.toml"
    report.mkdir()
    (report / "report.json").write_bytes(canonical_bytes(record()))
    codes.write_text(TABLE, encoding="utf-8")
    command = ["reasons", str(report), "--table", str(codes)]
    assert main([*command, "-o", str(out)]) == 0
    assert "1. C02" in capsys.readouterr().out
    assert {"reasons.json", "reasons.html"} <= {path.name for path in out.iterdir()}
    assert main([*command, "-o", str(tmp_path / "forms"), "--to", "md,pdf,docx"]) == 0
    assert {"reasons.json", "reasons.md", "reasons.pdf", "reasons.docx"} <= {
        path.name for path in (tmp_path / "forms").iterdir()
    }
    assert "A card is named" in (tmp_path / "forms" / "reasons.md").read_text(encoding="utf-8")
    assert main([*command, "-o", str(tmp_path / "other"), "--to", "word"]) == 2
    capsys.readouterr()
    assert main([*command, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["label"] == "cards"
    assert main([*command, "-o", str(report)]) == 2
    assert main([*command, "--locale", "fr"]) == 2
    assert main([*command, "--locale", "zh", "-o", str(out)]) == 2
    assert "output-exists" in capsys.readouterr().err
    (report / "report.json").write_bytes(canonical_bytes(old("local-withheld-1.0")))
    assert main(command) == 1
    assert "No reasons are given" in capsys.readouterr().out


def test_the_table_of_the_documentation_is_one(tmp_path: Path) -> None:
    text = (Path(__file__).parent.parent / "docs" / "reasons.md").read_text(encoding="utf-8")
    found = table(re.findall(r"```toml\n(.*?)```", text, flags=re.DOTALL)[0], folder=tmp_path)
    assert found.code("term", "Lost") == "S01"
    found.check_locale("zh")
