"""Every export does what the surrogate does, whoever runs it, and whatever people wrote into it stays text."""

from __future__ import annotations

import ast
import base64
import csv
import gzip
import html
import io
import json
import re
import subprocess
import sys
import types
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surrogate.canonical import canonical_bytes
from surrogate.cli import main
from surrogate.describe.applying import features_of
from surrogate.describe.tokens import words_of
from surrogate.errors import InputError
from surrogate.exporting import FORMATS, check_export, engines, export_record, members_of
from surrogate.exporting.columns import columns_of
from surrogate.exporting.data_files import table_from_json, write_json
from surrogate.exporting.dmn import feel, write_dmn
from surrogate.exporting.export import Format
from surrogate.exporting.features_file import asked_of_column
from surrogate.exporting.heading import Heading
from surrogate.exporting.held_out import presence_of_rows, read_held_out
from surrogate.exporting.markup import parsed
from surrogate.exporting.members import Member, said_by_model
from surrogate.exporting.plain import defused, defused_back, in_comment
from surrogate.exporting.pmml import write_pmml
from surrogate.exporting.python_file import write_python
from surrogate.exporting.run_dmn import check_dmn_schema, run_spiffworkflow, run_zen
from surrogate.exporting.run_dmn import read_ourselves as read_dmn
from surrogate.exporting.run_pmml import read_ourselves as read_pmml
from surrogate.exporting.run_pmml import run_regression, run_tree
from surrogate.exporting.run_pmml4s import has_pmml4s, run_pmml4s
from surrogate.exporting.run_sql import run_duckdb, run_sqlite
from surrogate.exporting.sql import write_sql
from surrogate.exporting.vectors import vectors_of
from surrogate.features import Feature
from surrogate.multinomial_model import Coefficient, MultinomialModel
from surrogate.report.write import add_files
from surrogate.rule_list_model import Condition, CorpusRule, RuleListModel
from surrogate.signing import make_manifest, read_manifest
from surrogate.signing.refreshing import compare
from tests.exporting_elsewhere import Elsewhere
from tests.exporting_toys import (
    CLASSES,
    LINEAR,
    RULES,
    TREE,
    every_row,
    features,
    linear_models,
    member_of,
    record_of,
    rule_lists,
    trees,
)


@pytest.fixture(autouse=True, scope="module")
def _no_java() -> Any:
    """The Java machine takes seconds to start; one test asks it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engines, "has_pmml4s", lambda: False)
        yield


HEADING = Heading("ab" * 32, "router")
FEW = settings(max_examples=20, deadline=None)

HOSTILE = {
    "quotes": 'it\'s "quoted" `x` \\',
    "formula": '=cmd()|"/c calc"!A1',
    "markup": "</x><!-- & ]]> -->",
    "lines": "a\nDROP TABLE features; --\r\n*/ b",
    "nul": "a\x00b\x07",
    "direction": "fee\u202eeef\u2066",
    "code": '"""; import os; os.system(\'x\') #',
    "feel": '"; true or null',
    "sql": "'); DROP TABLE features; --",
    "path": "../../etc/passwd",
    "long": "long " * 200_000,
}


# --- Row for row ------------------------------------------------------------------------------------------------------


def loaded(content: bytes, member: Member, presence: Any) -> list[tuple[Any, Any]]:
    """What rules.py says, as a module."""
    module = types.ModuleType("rules")
    exec(compile(content, "rules.py", "exec"), module.__dict__)
    names = [column.name for column in member.logic.columns]
    said = [module.__dict__["decide"](dict(zip(names, row, strict=True))) for row in presence.tolist()]
    return [(one["class"], one["rule"]) for one in said]


def agrees(member: Member, engines_of: dict[Any, tuple[Any, ...]]) -> None:
    rows = every_row(member)
    expected = said_by_model(member, rows)
    assert member.logic.say(rows) == expected
    for write, runs in engines_of.items():
        content = write(member, HEADING)
        for run in runs:
            assert not expected.differs(run(content, member, rows)), run
    said = loaded(write_python(member, HEADING), member, rows)
    assert tuple(label for label, _ in said) == expected.labels
    assert expected.rules is None or tuple(rule for _, rule in said) == expected.rules
    assert table_from_json(write_json(member, HEADING), member).say(rows) == expected


@FEW
@given(rule_lists())
def test_rules_are_heard_alike_by_every_engine(model: RuleListModel) -> None:
    member = member_of(model)
    dmn, sql = (run_spiffworkflow, run_zen, read_dmn), (run_sqlite, run_duckdb)
    agrees(member, {write_dmn: dmn, write_sql: sql, write_pmml: (read_pmml,)})
    assert check_dmn_schema(write_dmn(member, HEADING))["valid"] is True


@FEW
@given(trees())
def test_trees_lead_to_the_same_leaf_in_every_engine(model: Any) -> None:
    dmn, sql = (run_spiffworkflow, run_zen, read_dmn), (run_sqlite, run_duckdb)
    agrees(member_of(model), {write_dmn: dmn, write_sql: sql, write_pmml: (run_tree, read_pmml)})


@FEW
@given(linear_models())
def test_sums_and_equal_sums_give_the_same_class_in_every_engine(model: MultinomialModel) -> None:
    sql = (run_sqlite, run_duckdb)
    agrees(member_of(model), {write_sql: sql, write_pmml: (run_regression, read_pmml)})


def test_sums_that_only_rounding_tells_apart_are_rounded_alike() -> None:
    values = (0.1, 0.2, 0.3, 0.7, -0.6)
    coefficients = [Coefficient(place, 0, value) for place, value in enumerate(values)]
    coefficients += [Coefficient(place, 1, value) for place, value in enumerate(reversed(values))]
    member = member_of(MultinomialModel(features(5), ("a", "b"), (0.3, 0.3), tuple(coefficients)))
    agrees(member, {write_sql: (run_sqlite, run_duckdb)})


@pytest.fixture(scope="module")
def exported() -> dict[str, bytes]:
    return export_record(record_of(RULES, TREE, LINEAR, names=("rules", "tree", "linear")))


def listed(files: dict[str, bytes]) -> dict[tuple[str, str], dict[str, Any]]:
    exports = json.loads(files["exports.json"])["exports"]
    return {(one["surrogate"], one["format"]): one for one in exports}


def test_all_is_offered_but_a_decision_table_of_sums(exported: dict[str, bytes]) -> None:
    refused = [key for key, one in listed(exported).items() if not one["offered"]]
    assert refused == [("linear", "dmn")]
    assert "sums" in listed(exported)["linear", "dmn"]["reason"]
    assert set(exported) == {
        *(f"{name}.{form.ending}" for name in ("rules", "tree", "linear") for form in FORMATS.values()),
        "features.json",
        "vectors.csv",
        "exports.json",
    } - {"linear.dmn"}


def test_the_listing_names_engines_rows_and_disagreements(exported: dict[str, bytes]) -> None:
    found = listed(exported)
    dmn = found["tree", "dmn"]
    assert [check["engine"] for check in dmn["conformance"]] == ["SpiffWorkflow", "zen-engine"]
    assert dmn["schema"]["valid"] is True
    assert [check["engine"] for check in found["linear", "pmml"]["conformance"]] == ["sklearn-pmml-model"]
    assert "own reader" in [check["engine"] for check in found["rules", "pmml"]["conformance"]]
    n_vectors = json.loads(exported["exports.json"])["vectors"]
    for one in found.values():
        for check in one["conformance"]:
            assert (check["disagreements"], check["vectors"], check["rows"]) == (0, n_vectors, 0)


def test_pmml4s_reads_the_rule_set_where_it_is_installed() -> None:
    member = member_of(RULES)
    rows = every_row(member)
    if has_pmml4s():
        said = run_pmml4s(write_pmml(member, HEADING), member, rows)
        assert said.labels == said_by_model(member, rows).labels
        with pytest.raises(InputError, match="PMML4S cannot run it"):
            run_pmml4s(b"<PMML/>", member, rows)


def test_a_missing_engine_is_replaced_by_our_own_reader_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "find_spec", lambda name: None)
    found = listed(export_record(record_of(TREE), ["dmn", "pmml", "sql"]))
    told = {
        key[1]: [(check["engine"], check["independent"]) for check in one["conformance"]] for key, one in found.items()
    }
    assert told == {"dmn": [("own reader", False)], "pmml": [("own reader", False)], "sql": [("SQLite", True)]}


def test_rules_py_answers_the_vectors_on_the_command_line(exported: dict[str, bytes], tmp_path: Path) -> None:
    (tmp_path / "vectors.csv").write_bytes(exported["vectors.csv"])
    expected = list(csv.DictReader(io.StringIO(exported["vectors.csv"].decode("utf-8"))))
    assert len(expected) == json.loads(exported["exports.json"])["vectors"]
    for name in ("rules", "tree", "linear"):
        (tmp_path / "program.py").write_bytes(exported[f"{name}.py"])
        command = [sys.executable, "-I", str(tmp_path / "program.py"), str(tmp_path / "vectors.csv")]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        said = list(csv.DictReader(io.StringIO(done.stdout)))
        assert [one["surrogate_class"] for one in said] == [one[f"expected class: {name}"] for one in expected]
        assert [one["surrogate_rule"] for one in said] == [one[f"expected rule: {name}"] for one in expected]


@pytest.mark.parametrize("table", ["word\n1\n", "stem_fee_eb34ad94\nyes\n", "\xff"])
def test_rules_py_refuses_a_table_it_cannot_read(exported: dict[str, bytes], tmp_path: Path, table: str) -> None:
    program, data = tmp_path / "program.py", tmp_path / "rows.csv"
    program.write_bytes(exported["rules.py"])
    data.write_text(table, encoding="latin-1")
    done = subprocess.run([sys.executable, "-I", str(program), str(data)], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")


def test_rules_py_refuses_what_is_no_truth(exported: dict[str, bytes]) -> None:
    module = types.ModuleType("rules")
    exec(compile(exported["rules.py"], "rules.py", "exec"), module.__dict__)
    with pytest.raises(ValueError, match="missing"):
        module.__dict__["decide"]({})
    with pytest.raises(ValueError, match="True or False"):
        module.__dict__["decide"]({name: 1 for name, _ in module.__dict__["COLUMNS"]})


def test_rules_py_imports_nothing_but_the_standard_library(exported: dict[str, bytes]) -> None:
    for name in ("rules", "linear"):
        tree = ast.parse(exported[f"{name}.py"])
        imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        assert imported == {"csv", "json", "sys"}
        assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]


# --- Vectors ----------------------------------------------------------------------------------------------------------


def test_vectors_hold_every_border_of_every_rule() -> None:
    member = member_of(RULES)
    rows = {tuple(row) for row in vectors_of([member]).of(member).tolist()}
    assert {(False,) * 4, (True,) * 4} <= rows
    for rule in RULES.rules:
        exact = [False] * 4
        for one in rule.conditions:
            exact[one.feature] = one.present
        assert tuple(exact) in rows
        for one in rule.conditions:
            turned = list(exact)
            turned[one.feature] = not one.present
            assert tuple(turned) in rows
    assert (True, True, False, True) in rows, "two rules hold together"


def test_a_pair_of_rules_that_exclude_each_other_gives_no_vector() -> None:
    model = RuleListModel(
        features(2), CLASSES, (CorpusRule((Condition(0, True),), 0), CorpusRule((Condition(0, False),), 1)), True
    )
    assert not [why for why in vectors_of([member_of(model)]).why if why.endswith("hold")]


# --- What disagrees is not offered ------------------------------------------------------------------------------------


def tampered(write: Any, old: bytes, new: bytes) -> Any:
    def wrong(member: Member, heading: Heading) -> bytes:
        content: bytes = write(member, heading)
        assert old in content
        return content.replace(old, new)

    return wrong


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("dmn", b"<text>true</text>", b"<text>-</text>"),
        ("dmn", b"<text>true</text>", b"<text>__import__('os').getpid() != 0</text>"),
        ("dmn", b'<text>"fees"</text>', b'<text>"fe" + "es"</text>'),
        ("dmn", b'hitPolicy="FIRST"', b'hitPolicy="NONE"'),
        ("pmml", b'operator="greaterThan"', b'operator="lessOrEqual"'),
        ("pmml", b'criterion="firstHit"', b'criterion="weightedMax"'),
        ("sql", b"AND NOT ", b"AND "),
        ("sql", b"SELECT", b"SELCT"),
        ("python", b"True", b"False"),
        ("python", b"RULES = (", b"RULEZ = ("),
        ("json", b'"present": true', b'"present": false'),
    ],
)
def test_an_export_that_was_tampered_with_is_not_offered(
    monkeypatch: pytest.MonkeyPatch, name: str, old: bytes, new: bytes
) -> None:
    form = FORMATS[name]
    monkeypatch.setitem(FORMATS, name, Format(form.ending, tampered(form.write, old, new)))
    files = export_record(record_of(RULES), [name])
    (one,) = listed(files).values()
    assert not one["offered"]
    assert one["reason"]
    assert f"rule_list.{form.ending}" not in files


def test_one_wrong_held_out_row_is_enough() -> None:
    member = member_of(RULES)
    wrong = write_sql(member, HEADING).replace(b"THEN 'cash'", b"THEN 'fees'")
    row = np.array([[True, False, False, True]])
    alike = np.array([[False, False, False, False]])
    said = said_by_model(member, row)
    if said.labels == ("cash",):
        assert not check_export("sql", wrong, member, alike, row).agrees
    found = check_export("sql", wrong, member, row, np.repeat(alike, 3, axis=0))
    assert (found.checks[0].vectors, found.checks[0].rows, found.checks[0].distinct) == (1, 3, 2)


def test_held_out_rows_are_run_and_counted() -> None:
    rows = [{feature.name: bool(number % 2) for feature in features(4)} for number in range(10)]
    found = listed(export_record(record_of(RULES), ["sql"], rows))
    assert [check["rows"] for check in found["rule_list", "sql"]["conformance"]] == [10, 10]


def test_rows_that_do_not_say_all_are_refused() -> None:
    with pytest.raises(InputError, match="stem:card"):
        export_record(record_of(RULES), ["sql"], [{"stem:fee": True}])


# --- What is data only ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["concept", "probe"])
def test_rules_on_embeddings_are_data_only_and_say_why(kind: str) -> None:
    model = replace(RULES, features=(Feature(kind, "3", "fees · charges"), *RULES.features[1:]))
    files = export_record(record_of(model))
    found = listed(files)
    assert {name for (_, name), one in found.items() if one["offered"]} == {"json", "csv"}
    assert "embeddings" in found["rule_list", "dmn"]["reason"]
    assert json.loads(files["rule_list.json"])["executable"] is False


def local_record() -> dict[str, Any]:
    literals = [{"unit": 1, "kept": True}, {"unit": 0, "kept": False}]
    rule = {
        "id": "ab12",
        "literals": literals,
        "consequent": "fees",
        "precision": None,
        "support": 30,
        "grade": "stable",
    }
    term = {"literals": literals, "text": "fee", "coefficient": 1.5, "low": 1.0, "high": 2.0, "frequency": 1.0}
    shown = {"kind": "tree", "withheld": False, "fidelity": None, "verdict": {"reason": "It fits."}}
    return {
        "schema_version": "1.0",
        "model": {"name": "router"},
        "document": {"text": "=a fee", "units": [[0, 2], [3, 6]], "unit_kind": "word"},
        "surrogates": [
            {"name": "tree", **shown, "rules": [rule], "model": {"kind": "tree"}},
            {"name": "linear", **shown, "kind": "linear", "rules": [], "model": {"kind": "linear", "terms": [term]}},
            {"name": "set", **shown, "withheld": True, "rules": [], "model": None},
        ],
    }


def test_rules_about_one_text_are_data_only_and_say_why() -> None:
    files = export_record(local_record())
    assert set(files) == {"tree.json", "tree.csv", "linear.json", "linear.csv", "exports.json"}
    found = listed(files)
    assert "one text" in found["tree", "sql"]["reason"]
    assert json.loads(files["exports.json"])["withheld"] == {"set": "The report withholds it: It fits."}
    rows = list(csv.DictReader(io.StringIO(files["tree.csv"].decode("utf-8"))))
    assert rows[0]["condition"] == "unit 1 kept and unit 0 removed"
    assert rows[0]["words"] == "fee kept and =a removed"
    assert json.loads(files["tree.json"])["rules"][0]["id"] == "ab12"


def test_rules_as_data_fit_the_published_schema(exported: dict[str, bytes]) -> None:
    schema = json.loads(Path(engines.__file__).with_name("rules.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    local = export_record(local_record(), ["json"])
    named = [exported[f"{name}.json"] for name in ("rules", "tree", "linear")] + [
        local["tree.json"],
        local["linear.json"],
    ]
    for content in named:
        validator.validate(json.loads(content))
    broken = json.loads(named[0])
    broken["rules"][0].pop("id")
    assert not validator.is_valid(broken)


def test_a_withheld_surrogate_is_not_exported() -> None:
    record = record_of(RULES, TREE)
    record["members"][0] |= {"withheld": True, "model": None, "rules": []}
    files = export_record(record, ["json"])
    assert "rule_list.json" not in files
    assert "withholds" in json.loads(files["exports.json"])["withheld"]["rule_list"]


# --- Hostile text -----------------------------------------------------------------------------------------------------


def hostile_record(text: str) -> Any:
    named = tuple(Feature(kind, text, text, (text,)) for kind in ("word", "lexicon", "pattern", "column"))
    rules = (CorpusRule((Condition(0, True), Condition(1, False)), 0), CorpusRule((Condition(2, True),), 1))
    model = RuleListModel(named, (text, "fees"), rules, True)
    record = record_of(model, names=(text,), columns=(text,))
    record["model"]["name"] = text
    return record


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_stays_text_in_every_format(name: str) -> None:
    text = HOSTILE[name]
    files = export_record(hostile_record(text))
    found = {one["format"]: one for one in listed(files).values()}
    # XML and SQL have no way to write a NUL: what cannot be written as it is is not offered, and says so.
    refused = {"pmml", "sql"} if "\x00" in text else set()
    assert {form for form, one in found.items() if not one["offered"]} == refused
    assert all("character" in found[form]["reason"] for form in refused)
    for file, content in files.items():
        assert Path(file).name == file
        content.decode("utf-8")
        assert b"\x00" not in content
    check_literals(files["surrogate-1.py"], text)
    check_cells(files)
    assert json.loads(files["surrogate-1.json"])["classes"] == [text, "fees"]
    for ending in ("dmn", "pmml"):
        if ending not in refused:
            names = {element.tag.rpartition("}")[2] for element in parsed(files[f"surrogate-1.{ending}"]).iter()}
            assert "x" not in names


def check_literals(content: bytes, text: str) -> None:
    """The text is there, and only inside strings; the program has the statements of any other."""
    tree = ast.parse(content)
    plain = ast.parse(export_record(record_of(RULES), ["python"])["rule_list.py"])
    assert [type(node) for node in tree.body] == [type(node) for node in plain.body]
    assert text in [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    assert "\u202e" not in content.decode("utf-8")


def check_cells(files: dict[str, bytes]) -> None:
    for name in ("surrogate-1.csv", "vectors.csv"):
        before = csv.field_size_limit(10_000_000)
        try:
            rows = list(csv.reader(io.StringIO(files[name].decode("utf-8"), newline="")))
        finally:
            csv.field_size_limit(before)
        assert not [cell for row in rows for cell in row if cell[:1] in tuple("=+-@\t\r")]


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@a", "\ta", "\ra", "'=a", "plain", ""])
def test_defusing_can_be_undone(cell: str) -> None:
    assert defused_back(defused(cell)) == cell
    assert defused(cell)[:1] not in tuple("=+-@\t\r")


@given(st.text())
def test_strings_of_feel_are_read_back_by_others(text: str) -> None:
    assert json.loads(feel(text)) == text
    assert ast.literal_eval(feel(text)) == text
    assert parsed(f"<a>{html.escape(feel(text))}</a>".encode()).text == feel(text)


@given(st.text())
def test_a_comment_of_sql_ends_with_its_line(text: str) -> None:
    assert len(f"-- {in_comment(text)}|".splitlines()) == 1


@given(st.text(), st.sampled_from(["word", "column"]))
def test_names_of_columns_are_plain(text: str, kind: str) -> None:
    (column,) = columns_of([Feature(kind, text, text)])
    assert re.fullmatch(r"[a-z]+(_[a-z0-9]+)+", column.name)
    assert len(column.name) <= 63


# --- Records ----------------------------------------------------------------------------------------------------------


def test_the_same_record_gives_the_same_bytes(tmp_path: Path) -> None:
    code = (
        "import hashlib; from surrogate.exporting import conformance, export_record; from tests.exporting_toys import *;"
        "conformance.engines_for = lambda *_: (); conformance.check_dmn_schema = lambda _: None;"
        "files = export_record(record_of(RULES, TREE, LINEAR));"
        "print(*(name + hashlib.sha256(content).hexdigest() for name, content in files.items()))"
    )
    root = Path(__file__).parent.parent
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            stdout=subprocess.PIPE,
            cwd=root,
            env={"PYTHONPATH": str(root), "PATH": "", "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"},
        )
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    ]
    said = {one.communicate()[0] for one in running}
    assert [one.returncode for one in running] == [0, 0]
    assert len(said) == 1


def broken(change: Any) -> Any:
    record = record_of(RULES, TREE, LINEAR)
    change(*(member["model"] for member in record["members"]))
    return record


@pytest.mark.parametrize(
    "change",
    [
        lambda rules, tree, linear: rules["rules"][0]["conditions"][0].update(feature=9),
        lambda rules, tree, linear: rules["rules"][0]["conditions"][0].update(present=1),
        lambda rules, tree, linear: rules["rules"][0].update(id="0" * 12),
        lambda rules, tree, linear: rules["rules"][0].update(class_index=True),
        lambda rules, tree, linear: rules["rules"].pop(),
        lambda rules, tree, linear: rules.update(classes=["cards"] * 4),
        lambda rules, tree, linear: rules.pop("ordered"),
        lambda rules, tree, linear: rules.update(kind="other"),
        lambda rules, tree, linear: tree["nodes"][0].update(present=0),
        lambda rules, tree, linear: tree["nodes"][2].update(absent=3),
        lambda rules, tree, linear: tree["nodes"][2].update(feature=-1),
        lambda rules, tree, linear: tree["nodes"][1].update(probabilities=[1.0]),
        lambda rules, tree, linear: tree.update(nodes=[]),
        lambda rules, tree, linear: linear["coefficients"][0].update(feature=7),
        lambda rules, tree, linear: linear["coefficients"][0].update(value=None),
        lambda rules, tree, linear: linear.update(intercepts=[0.0]),
    ],
)
def test_a_damaged_record_is_refused(change: Any) -> None:
    with pytest.raises(InputError) as caught:
        export_record(broken(change))
    assert caught.value.code == "bad-record"


def test_a_rule_that_can_never_hold_is_refused() -> None:
    rule = CorpusRule((Condition(0, True), Condition(0, False)), 0)
    with pytest.raises(InputError, match="present and absent"):
        members_of(record_of(RuleListModel(features(1), CLASSES, (rule,), True)))


def test_unknown_formats_and_surrogates_are_named() -> None:
    with pytest.raises(InputError, match="Did you mean 'sql'"):
        export_record(record_of(RULES), ["sq"])
    with pytest.raises(InputError, match="No export format"):
        export_record(record_of(RULES), [])
    with pytest.raises(InputError, match="rule_list"):
        export_record(record_of(RULES), ["sql"], members=["tree"])


# --- Features ---------------------------------------------------------------------------------------------------------


def test_features_are_documented_with_what_computes_them() -> None:
    named = (
        Feature("stem", "charg", "charge", ("charged", "charges")),
        Feature("lexicon", "theft", "theft", ("stolen",)),
        Feature("pattern", "question", "question", (r"\?",)),
        Feature("column", "amount > 110", "amount > 110"),
        Feature("column", "channel=app", "channel = app"),
    )
    given = '[describe.parts.given]\nclass = "Lexicon"\nlists = {theft = ["stolen", "gone"]}\n'
    toml = f'[describe.parts.terms]\nclass = "Terms"\n{given}'
    rules = tuple(CorpusRule((Condition(place, True),), 0) for place in range(len(named)))
    record = record_of(RuleListModel(named, CLASSES, rules, True), toml=toml, columns=("amount", "channel"))
    said = json.loads(export_record(record, ["json"])["features.json"])
    by_name = {one["feature"]: one for one in said["features"]}
    assert by_name["lexicon:theft"]["entries"] == ["stolen", "gone"]
    assert by_name["pattern:question"]["expression"] == r"\?"
    assert by_name["column:amount > 110"]["asks"] == {"column": "amount", "test": "above", "value": 110.0}
    assert by_name["column:channel=app"]["asks"] == {"column": "channel", "test": "equals", "value": "app"}
    for one in said["examples"]["features"]:
        found = features_of([one["text"]], named, lists={"theft": ["stolen", "gone"]})
        present = [feature.name for feature, on in zip(found.named, found.presence.toarray()[0], strict=True) if on]
        assert sorted(by_name[name]["column"] for name in present) == one["present"]


@pytest.fixture(scope="module")
def elsewhere() -> tuple[Elsewhere, tuple[Feature, ...], dict[str, Any]]:
    named = (
        Feature("stem", "charg", "charge", ("charged", "charges")),
        Feature("word", "top", "top", ("top",)),
        Feature("word", "🙂", "🙂", ("🙂",)),
        Feature("prefix", "fra", "fra…", ("fraud",)),
        Feature("prefix", "카", "카…", ("카드",)),
        Feature("phrase", "top up", "top up", ("topping up",)),
        Feature("character", "银行", "银行", ("银行",)),
        Feature("lexicon", "theft", "theft", ("stolen",)),
    )
    lists = {"theft": ["stolen", "is gone"]}
    given = '[describe.parts.given]\nclass = "Lexicon"\nlists = {theft = ["stolen", "is gone"]}\n'
    rules = tuple(CorpusRule((Condition(place, True),), 0) for place in range(len(named)))
    record = record_of(
        RuleListModel(named, CLASSES, rules, True), toml=f'[describe.parts.terms]\nclass = "Terms"\n{given}'
    )
    return Elsewhere(json.loads(export_record(record, ["json"])["features.json"])), named, lists


PARTS = st.sampled_from(
    [
        *[
            "charged",
            "charges",
            "Charging",
            "top-up",
            "topping",
            "up,",
            "up.",
            "is",
            "gone",
            "IS",
            "GONE!",
            "stolen",
            "fraud",
            "fra's",
            "it’s",
            "a_b",
            "--",
            "5€",
            "£5.50",
            "ﬁ",
            "İ",
            "’",
        ],
        *[
            "fra\u0301",
            "카드",
            "카\u1100",
            "我的银行卡",
            "银\u200b行",
            "银。行",
            "🙂",
            "e‑mail",
            "ยอดเงิน",
            "\u0301",
            "\n",
            " ",
        ],
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(PARTS, st.text(max_size=3)), max_size=8), st.sampled_from(["", " "]))
def test_another_system_computes_the_same_features_from_the_file(
    elsewhere: tuple[Elsewhere, tuple[Feature, ...], dict[str, Any]], parts: list[str], between: str
) -> None:
    other, named, lists = elsewhere
    text = between.join(parts)
    assert list(other.words(text)) == words_of(text)
    found = features_of([text], named, lists=lists)
    present = [feature for feature, on in zip(found.named, found.presence.toarray()[0], strict=True) if on]
    assert other.present(text) == sorted(column.name for column in columns_of(present))


def test_the_examples_in_the_file_come_out_elsewhere(elsewhere: tuple[Elsewhere, Any, Any]) -> None:
    other = elsewhere[0]
    for one in other.said["examples"]["words"]:
        assert list(other.words(one["text"])) == one["words"]
    for one in other.said["examples"]["features"]:
        assert other.present(one["text"]) == one["present"]


def test_a_column_whose_name_can_be_read_twice_is_not_guessed() -> None:
    assert asked_of_column("a=b=c", ["a", "a=b"]) is None
    assert asked_of_column("a missing", ["a"]) == {"column": "a", "test": "missing", "value": None}
    assert asked_of_column("b=1", ["a"]) is None


# --- Folder and command line ------------------------------------------------------------------------------------------


@pytest.fixture
def report(tmp_path: Path) -> Path:
    record = record_of(RULES, TREE, names=("rules", "tree")) | {
        "schema": "surrogate-report",
        "schema_version": "2.0",
        "kind": "global",
    }
    return written(tmp_path, record)


def written(folder: Path, record: Any) -> Path:
    content = canonical_bytes(record)
    (folder / "report.json").write_bytes(content)
    (folder / "manifest.json").write_bytes(make_manifest({"report.json": content}, record))
    return folder


def test_the_verb_writes_the_exports_and_says_who_ran_them(report: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", str(report), "--to", "sql,dmn", "--member", "rules"]) == 0
    said = capsys.readouterr().out
    assert "SQLite" in said
    assert "SpiffWorkflow" in said
    names = {path.name for path in (report / "exports").iterdir()}
    assert names == {"rules.sql", "rules.dmn", "features.json", "vectors.csv", "exports.json"}
    assert {path.stat().st_mode & 0o777 for path in (report / "exports").iterdir()} == {0o600}
    assert not list(report.glob(".surrogate-*"))


def test_the_manifest_lists_the_exports_and_what_was_changed_meanwhile_is_still_found(report: Path) -> None:
    assert main(["export", str(report), "--to", "json"]) == 0
    assert main(["export", str(report), "--to", "csv", "--overwrite"]) == 0
    names = {f"exports/{path.name}" for path in (report / "exports").iterdir()}
    assert set(read_manifest(report).files) == {"report.json"} | names
    (report / "exports" / "features.json").write_text("mine")
    add_files(report, {"report.txt": b"a page"})
    (report / "report.txt").write_text("another page")
    assert main(["export", str(report), "--to", "json", "--overwrite"]) == 0
    assert compare(report, read_manifest(report).files) == {"changed": ["report.txt"], "missing": [], "unlisted": []}


def test_the_verb_never_replaces_silently(report: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", str(report), "--to", "json"]) == 0
    assert main(["export", str(report), "--to", "json"]) == 0
    assert main(["export", str(report), "--to", "csv"]) == 2
    assert "output-exists" in capsys.readouterr().err
    assert main(["export", str(report), "--to", "csv", "--overwrite"]) == 0
    assert not (report / "exports" / "rules.json").exists()
    (report / "exports" / "mine.txt").write_text("mine")
    assert main(["export", str(report), "--to", "json", "--overwrite"]) == 2
    assert (report / "exports" / "mine.txt").read_text() == "mine"


def test_the_verb_tells_usage_errors(report: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", str(report / "nowhere")]) == 2
    assert main(["export", str(report), "--to", "excel"]) == 2
    assert main(["export", str(report), "--member", "forest"]) == 2
    (report / "report.json").write_text("[]")
    assert main(["export", str(report)]) == 2
    assert not (report / "exports").exists()


def test_a_changed_record_is_refused(report: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (report / "run.json").write_text(json.dumps({"sha256": {"report.json": "00"}}))
    assert main(["export", str(report)]) == 2
    assert "changed after it was written" in capsys.readouterr().err


def test_nothing_to_offer_ends_with_one(report: Path) -> None:
    record = json.loads((report / "report.json").read_bytes())
    for member in record["members"]:
        member |= {"withheld": True, "model": None, "rules": []}
    written(report, record)
    assert main(["export", str(report), "--to", "sql", "--json"]) == 1


def write_evidence(folder: Path, present: list[bool], role: list[str]) -> None:
    packed = base64.b64encode(np.packbits(np.array(present), bitorder="little").tobytes()).decode("ascii")
    named = [{"name": feature.name, "present": packed} for feature in features(5)]
    content = json.dumps({"sample": {"role": role, "features": named}}).encode("utf-8")
    (folder / "evidence.json.gz").write_bytes(gzip.compress(content, mtime=0))


def test_held_out_documents_come_from_the_evidence(report: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_evidence(report, [True, False, True] * 3, ["fit", "test", "test"] * 3)
    rows = read_held_out(report)
    assert rows is not None
    assert presence_of_rows(rows, member_of(RULES).logic.columns)[:, 0].tolist() == [False, True] * 3
    assert main(["export", str(report), "--to", "sql", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert {check["rows"] for one in said["exports"] for check in one["conformance"]} == {6}


@pytest.mark.parametrize("content", [b"", b"{}", gzip.compress(b"{}", mtime=0), gzip.compress(b"[1", mtime=0)])
def test_damaged_evidence_is_refused(report: Path, content: bytes) -> None:
    (report / "evidence.json.gz").write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_held_out(report)
    assert caught.value.code == "bad-record"


def test_the_child_that_starts_java_imports_nothing_of_ours() -> None:
    path = Path(engines.__file__).with_name("pypmml_child.py")
    names = {node.module for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)}
    assert names == {"__future__", "pypmml"}
