"""Rule lists, anchors and Shapley values in a report, and every kind of surrogate side by side."""

from __future__ import annotations

import re
from typing import Any

import jsonschema
import pytest

from surrogate.report import verdicts
from surrogate.report.anchors import anchor_sentence
from surrogate.report.attributions import more_values, rest, shown_values
from surrogate.report.marks import marked_by
from tests.test_report_cases import RENDERERS, copy_of, member_of, plain, record_of_case
from tests.test_report_write import SCHEMA

Record = dict[str, Any]

FORMS = sorted(RENDERERS)


@pytest.mark.parametrize("form", FORMS)
def test_a_rule_list_is_read_from_the_top(form: str) -> None:
    said = plain(form, record_of_case("rules"))
    assert said.index("IF “lost”") < said.index("OTHERWISE") if "IF “lost”" in said else "OTHERWISE" in said
    assert "reached by" in said
    assert "THEN not cards" not in said[said.index("OTHERWISE") :]


@pytest.mark.parametrize("form", FORMS)
def test_an_anchor_names_its_words_and_its_numbers(form: str) -> None:
    record = record_of_case("anchor")
    said = plain(form, record)
    assert "As long as “lost” and “card” stay in the text, the model says “cards” on at least 95 %" in said
    assert "with 95 % confidence at least 9" in said
    assert "coverage" in said
    assert "has no fidelity" in said or form == "fragment"


def test_an_anchor_of_nothing_and_of_everything_have_sentences() -> None:
    record = copy_of("anchor")
    model = member_of(record, "anchor")["model"]
    model["candidates"][model["chosen"]]["literals"] = []
    assert anchor_sentence(record, model).startswith("Whatever is removed, the model says “cards”")
    model["exact"] = True
    assert anchor_sentence(record, model).endswith("of all such copies.")
    model.update(chosen=None, precision=None, status="not confirmed", reason="Nothing was found.")
    assert anchor_sentence(record, model) == "Nothing was found."
    for form in FORMS:
        assert "Nothing was found" in plain(form, record), form


def test_an_anchor_that_was_not_confirmed_is_withheld() -> None:
    record = record_of_case("no_anchor")
    (member,) = record["surrogates"]
    assert member["withheld"]
    for form in FORMS:
        assert "As long as" not in plain(form, record), form


def test_the_anchor_of_another_label_holds_its_absence() -> None:
    record = copy_of("anchor")
    member_of(record, "anchor")["model"]["decision"] = False
    assert "the model says “not cards”" in anchor_sentence(record, member_of(record, "anchor")["model"])


@pytest.mark.parametrize("form", FORMS)
def test_shapley_values_say_what_they_add_up_to_and_what_they_are_not(form: str) -> None:
    said = plain(form, record_of_case("shapley"))
    assert "not a prediction model" in said
    assert "add up to the difference" in said
    assert "“card”" in said


def test_what_is_shown_of_shapley_values_adds_up() -> None:
    for name in ("shapley", "shapley_exact"):
        model = member_of(record_of_case(name), "shapley")["model"]
        total = sum(row["coefficient"] for row in shown_values(model)) + rest(model)
        assert total == pytest.approx(model["full_value"] - model["base_value"], abs=1e-6)
        assert len(shown_values(model)) + len(more_values(model)) == model["n_units"]


def test_shapley_values_mark_the_text_where_nothing_else_does() -> None:
    assert marked_by(record_of_case("shapley")) == "shapley"
    assert marked_by(record_of_case("panel")) == "linear"
    assert marked_by(record_of_case("anchor")) == "anchor"


def test_every_kind_has_its_section_and_a_place_in_the_verdict() -> None:
    record = record_of_case("panel")
    page = RENDERERS["html"](record)
    kinds = {member["kind"] for member in record["surrogates"]}
    assert kinds == {"linear", "tree", "rule_set", "anchor", "shapley"}
    places = [page.index(f'<h2 id="{name}1"') for name in ("terms", "rules", "list", "values")]
    assert places == sorted(places)
    for member in record["surrogates"]:
        assert verdicts.surrogate_title(member) in page


def test_the_schema_ties_each_kind_to_its_model() -> None:
    validator = jsonschema.Draft202012Validator(SCHEMA)
    record = copy_of("panel")
    assert [error.message for error in validator.iter_errors(record)] == []
    member_of(record, "anchor")["model"] = member_of(record, "shapley")["model"]
    assert not validator.is_valid(record)
    record = copy_of("panel")
    member_of(record, "shapley")["fidelity"] = member_of(record, "linear")["fidelity"]
    assert not validator.is_valid(record)
    for change in ({"extra": 1}, {"grade": "fine"}):
        record = copy_of("panel")
        member_of(record, "linear")["model"]["terms"][0].update(change)
        assert not validator.is_valid(record)


def test_user_text_in_every_new_part_is_inert() -> None:
    record = record_of_case("hostile_panel")
    assert {member["kind"] for member in record["surrogates"] if not member["withheld"]} >= {"linear", "shapley"}
    for form in ("html", "fragment"):
        tags = set(re.findall(r"<([a-z0-9]+)", RENDERERS[form](record)))
        assert not tags & {"script", "img", "iframe", "b\u202e"}
