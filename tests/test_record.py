"""The envelope that all records share: one schema, records of earlier versions, and records read back from files."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from surrogate.canonical import canonical_bytes, digest
from surrogate.corpus.audited import read_audited_rules
from surrogate.errors import InputError
from surrogate.explanation import Explanation
from surrogate.report.corpus import render_corpus
from surrogate.report.html import render_html
from surrogate.report.issuance import Issuance, as_issuance, read_issuance
from surrogate.report.issuance.answers import STATED_IN, answered
from surrogate.report.record import kind_of
from surrogate.report.record.migrate import migrate
from surrogate.report.record.pointers import replaced, resolve
from surrogate.report.record.reading import read_record
from surrogate.report.record.schema import published_schema

RECORDS = Path(__file__).parent / "records"
OLD = ("local-panel-1.0", "local-withheld-1.0", "global-1.0")
VALID = jsonschema.Draft202012Validator(published_schema())


def old(name: str) -> dict[str, Any]:
    return json.loads((RECORDS / f"{name}.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def write(folder: Path, record: Any, **beside: Any) -> Path:
    (folder / "report.json").write_bytes(canonical_bytes(record))
    for name, content in beside.items():
        (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


def test_the_published_schema_is_a_schema() -> None:
    for name in ("record", "issuance"):
        jsonschema.Draft202012Validator.check_schema(published_schema(name))


@pytest.mark.parametrize("name", OLD)
def test_records_of_version_1_are_brought_to_version_2(name: str) -> None:
    record = old(name)
    of_1 = json.loads((RECORDS / f"{name.split('-')[0]}-1.0.schema.json").read_text(encoding="utf-8"))
    of_1.get("$defs", {})["share"] = {}  # It was named in the schema of version 1.0, but not told.
    assert jsonschema.Draft202012Validator(of_1).is_valid(record)
    before = copy.deepcopy(record)
    new = migrate(record)
    assert record == before
    assert [error.message for error in VALID.iter_errors(new)] == []
    assert {key: new[key] for key in record if key not in ("schema", "schema_version")} == {
        key: record[key] for key in record if key not in ("schema", "schema_version")
    }
    assert migrate(new) is new
    assert kind_of(record) == kind_of(new) == name.split("-")[0]


def test_what_is_migrated_is_what_would_be_written_now() -> None:
    for name in OLD[:2]:
        record = old(name)
        assert Explanation.from_dict(record).to_dict() == migrate(record)
        assert render_html(migrate(record)).startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(
    "record",
    [None, [], {}, {"schema_version": "3.0"}, {"schema": "surrogate-report", "schema_version": "1.0"}],
)
def test_unknown_versions_are_refused_with_what_to_do(record: Any) -> None:
    with pytest.raises(InputError, match="explain or audit again") as caught:
        migrate(record)
    assert caught.value.code == "bad-record"


def test_damaged_records_of_version_1_are_refused() -> None:
    for change in ({"surrogates": 3}, {"surrogates": [{}]}, {"surrogates": [{"kind": "tree", "model": float("nan")}]}):
        with pytest.raises(InputError, match="bad-record"):
            migrate({**old("local-panel-1.0"), **change})


@pytest.mark.parametrize("name", OLD)
@pytest.mark.parametrize(
    "change",
    [
        {"host": "here"},
        {"schema_version": "1.0"},
        {"schema": "surrogate-corpus-report"},
        {"kind": "other"},
        {"checklist": []},
        {"banner": None},
        {"model": {}},
    ],
)
def test_the_schema_refuses_what_does_not_belong(name: str, change: dict[str, Any]) -> None:
    assert not VALID.is_valid({**migrate(old(name)), **change})


def test_a_record_of_one_kind_is_none_of_the_other() -> None:
    assert not VALID.is_valid({**migrate(old("global-1.0")), "kind": "local"})
    assert not VALID.is_valid({**migrate(old("local-panel-1.0")), "kind": "global"})


def test_the_schema_ties_evidence_to_a_place() -> None:
    record = migrate(old("local-panel-1.0"))
    for field in record["checklist"]:
        where = f"/checklist/{field['field'] - 1}/where"
        other = None if field["status"] == "evidenced" else "/model"
        assert not VALID.is_valid(replaced(record, where, other))


@pytest.mark.parametrize("name", OLD)
def test_a_record_is_read_back_with_its_digest(name: str, tmp_path: Path) -> None:
    record = old(name)
    sha256 = digest(canonical_bytes(record))
    manifest = {"subject": [{"name": "report.json", "digest": {"sha256": sha256}}]}
    found = read_record(write(tmp_path, record, run={"sha256": {"report.json": sha256}}, manifest=manifest))
    assert (found.record, found.name, found.sha256, found.version) == (migrate(record), "report.json", sha256, "1.0")


@pytest.mark.parametrize("beside", ["run", "manifest"])
def test_a_changed_record_is_refused(beside: str, tmp_path: Path) -> None:
    facts = {"sha256": {"report.json": "0" * 64}, "subject": [{"name": "report.json", "digest": {"sha256": "0" * 64}}]}
    del facts["subject" if beside == "run" else "sha256"]
    with pytest.raises(InputError, match=f"was changed.*{beside}.json"):
        read_record(write(tmp_path, old("local-withheld-1.0"), **{beside: facts}))


def test_odd_files_beside_a_record_say_nothing(tmp_path: Path) -> None:
    for facts in ([], {"sha256": 3, "subject": 4}, {"subject": [3, {"name": "report.json", "digest": 5}]}):
        read_record(write(tmp_path, old("local-withheld-1.0"), run=facts, manifest=facts))


def test_a_record_of_the_other_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="explains a single text"):
        read_record(write(tmp_path, old("local-withheld-1.0")), "global")
    with pytest.raises(InputError, match="explains a corpus"):
        read_record(write(tmp_path, old("global-1.0")), "local")
    with pytest.raises(InputError, match="is no record"):
        read_record(write(tmp_path, {"a": 1}))


def test_rules_of_an_audit_of_version_1_are_read(tmp_path: Path) -> None:
    record = old("global-1.0")
    rules = read_audited_rules(write(tmp_path, record))
    assert rules.source["sha256"] == digest(canonical_bytes(record))
    assert rules.model is not None


def test_pointers_lead_where_they_say() -> None:
    record = {"a": [{"b/c": {"~": 1}}]}
    assert resolve(record, "/a/0/b~1c/~0") == 1
    assert replaced(record, "/a/0/b~1c/~0", 2) == {"a": [{"b/c": {"~": 2}}]}
    assert record["a"][0]["b/c"]["~"] == 1  # type: ignore[index]
    for where in ("/b", "/a/1", "/a/x", "/a/0/b~1c/~0/d"):
        with pytest.raises(KeyError):
            resolve(record, where)
        with pytest.raises(KeyError):
            replaced(record, where, 1)


STATED = """
date = 2026-11-02
author = "A. Lee"
organisation = "Model risk <b>team</b>"
purpose = "Routing of messages"
out_of_scope = ["Credit decisions"]
decision_role = "assisted"
readers = []
redaction = "Names were replaced"
policy_owner = "Model risk"
monitoring = ["Share of messages without a rule, monthly"]
previous_report = "0000000000000000000000000000000000000000000000000000000000000000"

[data_statement]
labelled_by = "Two members of staff"
language = "English"

[[applicability]]
regime = "SR 26-2"
edition = "2026-04-17"
applies = "unknown"
why = "Generative models are out of its scope; a fitted surrogate may be in it."
by = "A. Lee"

[[protected_terms]]
term = "maternity"
disposition = "open"

[retention]
name = "model documentation"
delete_after = 2036-11-02
legal_hold = false

[[findings]]
id = "F1"
text = "Fidelity is low for short messages."
status = "open"
severity = "medium"
"""
VALID_ISSUANCE = jsonschema.Draft202012Validator(published_schema("issuance"))


def stated(tmp_path: Path, text: str = STATED) -> Path:
    path = tmp_path / "stated.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_what_is_stated_is_read_kept_and_valid(tmp_path: Path) -> None:
    found = read_issuance(stated(tmp_path))
    VALID_ISSUANCE.validate(json.loads(found.to_bytes()))
    VALID_ISSUANCE.validate(Issuance().to_dict())
    assert all(value is None for key, value in Issuance().to_dict().items() if not key.startswith("schema"))
    (tmp_path / "issuance.json").write_bytes(found.to_bytes())
    assert read_issuance(tmp_path / "issuance.json") == found == as_issuance(found.to_dict()) == as_issuance(found)
    assert found.to_dict()["retention"] == {
        "name": "model documentation",
        "delete_after": "2036-11-02",
        "legal_hold": False,
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("purpse = 'x'", "did you mean 'purpose'"),
        ("purpose = ''", "not empty"),
        ("date = 2026-11-02T10:00:00", "a date as"),
        ("date = '2026-02-30'", "of the calendar"),
        ("decision_role = 'both'", "automated, assisted, unknown"),
        ("out_of_scope = 'x'", "a list of texts"),
        ("readers = [3]", r"readers\[0\]"),
        ("previous_report = '12'", "a SHA-256"),
        ("[[applicability]]\nregime = 'x'", "that has 'applies' too"),
        ("[[applicability]]\nregime = 'x'\napplies = 'perhaps'", r"applicability\[0\]: applies"),
        ("retention = 3", "a table with the keys"),
        ("[retention]\nlegal_hold = 'no'", "true or false"),
        ("findings = 3", "a list of tables"),
        ("schema_version = '9.0'", "schema_version"),
        ("=", "is no TOML"),
    ],
)
def test_mistakes_in_what_is_stated_are_named(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said) as caught:
        read_issuance(stated(tmp_path, text))
    assert caught.value.code == "bad-issuance"
    assert "stated.toml" in str(caught.value)


def test_what_no_file_can_hold_is_refused() -> None:
    with pytest.raises(InputError, match="UTF-8"):
        Issuance(author="\ud800")


def test_statements_stand_beside_the_record_and_on_its_page(tmp_path: Path) -> None:
    explanation = Explanation.from_dict(old("local-panel-1.0"))
    folder = explanation.report(tmp_path / "report", issuance=stated(tmp_path))
    assert (folder / "issuance.json").read_bytes() == read_issuance(stated(tmp_path)).to_bytes()
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "Routing of messages" in page
    assert "Model risk &lt;b&gt;team&lt;/b&gt;" in page
    assert len(page.encode()) < 500_000
    bare = (explanation.report(tmp_path / "bare") / "report.html").read_text(encoding="utf-8")
    assert "Nobody states anything" in bare
    assert json.loads((tmp_path / "bare" / "issuance.json").read_bytes())["date"] is None


def test_statements_are_neither_lost_nor_replaced_silently(tmp_path: Path) -> None:
    explanation = Explanation.from_dict(old("local-withheld-1.0"))
    folder = explanation.report(tmp_path / "report", issuance={"author": "A. Lee"})
    explanation.report(folder)
    assert read_issuance(folder / "issuance.json").author == "A. Lee"
    with pytest.raises(InputError, match="output-exists"):
        explanation.report(folder, issuance={"author": "B. Lee"})
    explanation.report(folder, issuance={"author": "B. Lee"}, overwrite=True)
    assert read_issuance(folder / "issuance.json").author == "B. Lee"


def test_fields_that_people_have_to_fill_are_missing_until_they_do(tmp_path: Path) -> None:
    record = migrate(old("global-1.0"))
    bare, filled = answered(record), answered(record, read_issuance(stated(tmp_path)).to_dict())
    asserted = {one["field"] for one in record["checklist"] if one["status"] == "asserted"}
    assert asserted == set(STATED_IN)
    for before, after in zip(bare, filled, strict=True):
        if before["field"] in asserted:
            assert (before["status"], after["status"]) == ("missing", "asserted by a person")
            assert after["where"].startswith("issuance.json/")
        else:
            assert before == after
    assert "Routing of messages" in render_corpus("html", record, read_issuance(stated(tmp_path)).to_dict())


def test_the_statements_of_the_documentation_are_some(tmp_path: Path) -> None:
    text = (Path(__file__).parent.parent / "docs" / "report-record.md").read_text(encoding="utf-8")
    found = read_issuance(stated(tmp_path, re.findall(r"```toml\n(.*?)```", text, flags=re.DOTALL)[0]))
    left_open = [name for name, value in found.to_dict().items() if value is None]
    assert left_open == ["previous_report"]
