"""What a report says of grades, interactions, rule lists, anchors, Shapley values, calls and other kinds of unit."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import jsonschema
import pytest

from surrogate.linear_model import LinearModel, Term
from surrogate.literals import Literal
from surrogate.report import grading, interplay, trust, verdicts, words
from surrogate.report.anchors import anchor_sentence
from surrogate.report.attributions import more_values, rest, shown_values
from surrogate.report.marks import marked_by
from surrogate.report.summary import in_short
from surrogate.report.svg_rounds import rounds_chart
from tests.test_report_cases import FORM, ORDER, RENDERERS, record_of_case
from tests.test_report_write import SCHEMA

Record = dict[str, Any]

FORMS = sorted(RENDERERS)


def copy_of(name: str) -> Record:
    return json.loads(json.dumps(record_of_case(name)))


def member_of(record: Record, kind: str) -> Record:
    return next(member for member in record["surrogates"] if member["kind"] == kind)


def plain(form: str, record: Record) -> str:
    """The words of a rendering, without markup, on one line."""
    rendered = RENDERERS[form](record)
    if form in ("html", "fragment"):
        rendered = html.unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", rendered, flags=re.DOTALL))
    return " ".join(rendered.replace("\\", "").replace("\xa0", " ").split())


def graded(**grades: tuple[float, str]) -> Record:
    """The additive case with a single term for each word, graded as wanted."""
    record = copy_of("additive")
    member = member_of(record, "linear")
    text, units = record["document"]["text"], record["document"]["units"]
    word_of = {text[start:end]: unit for unit, (start, end) in enumerate(units)}
    member["stability"] = {"n_refits": 20, "decisions_alike": 0.97}
    member["model"]["terms"] = [
        {
            "literals": [{"unit": word_of[word], "kept": True}],
            "text": word,
            "coefficient": 2.0 - place / 2,
            "low": 1.9 - place / 2,
            "high": 2.1 - place / 2,
            "margin_coefficient": 1.0,
            "frequency": share,
            "grade": grade,
        }
        for place, (word, (share, grade)) in enumerate(grades.items())
    ]
    return record


GRADED = {"card": (1.0, "stable"), "please": (0.2, "not reportable"), "lost": (0.6, "weak")}


@pytest.mark.parametrize("form", FORMS)
def test_a_grade_stands_beside_each_term(form: str) -> None:
    said = plain(form, graded(**GRADED))
    assert "stable" in said
    assert "weak" in said
    if form != "text":
        assert "20 of 20" in said
        assert "12 of 20" in said


@pytest.mark.parametrize("form", ["html", "md"])
def test_what_is_not_reportable_stands_last_and_must_not_be_quoted(form: str) -> None:
    said = plain(form, graded(**GRADED))
    assert grading.NOT_TO_BE_QUOTED in said
    place = said.index("Not to be quoted")
    assert said.rindex("“please”") > place
    assert said.index("“lost”") < place


def test_the_page_folds_what_is_not_reportable() -> None:
    page = RENDERERS["html"](graded(**GRADED))
    folded = re.search(r'<details class="aside">.*?</details>', page, flags=re.DOTALL)
    assert folded is not None
    assert "“please”" in folded.group()
    assert "1 term that is not reportable" in folded.group()
    assert "“please”" not in page[: folded.start()]


def test_only_what_may_be_quoted_is_marked_numbered_and_said_in_short() -> None:
    record = graded(**GRADED)
    page = RENDERERS["html"](record)
    assert re.search(r'<mark class="pro s3">card<sup dir="ltr">\+1</sup>', page)
    assert re.search(r'<mark class="pro s\d">lost<sup dir="ltr">\+2</sup>', page)
    assert page.count("<mark") == 4  # Two in the text, two in its legend.
    assert "“please”" not in in_short(record)
    assert "“lost”" not in in_short(record)  # Weak: not while there is a stable one.


def test_a_surrogate_without_a_quotable_term_says_so() -> None:
    record = graded(card=(0.3, "not reportable"))
    member = member_of(record, "linear")
    assert "no single term of it may be quoted" in verdicts.verdict_sentence(member)
    record["surrogates"] = [member]
    assert marked_by(record) is None
    for form in FORMS:
        assert "quoted" in plain(form, record), form
        assert "raised most by" not in plain(form, record), form


def test_grades_that_nobody_could_give_are_not_shown() -> None:
    record = graded(card=(None, None))  # type: ignore[arg-type]
    member_of(record, "linear")["stability"] = None
    assert "No term is graded" in plain("html", record)
    assert "●" not in plain("text", {**record, "surrogates": [member_of(record, "linear")]})


def test_a_rule_below_the_grades_stands_apart_but_keeps_its_place_in_a_list() -> None:
    record = copy_of("panel")
    tree, rules = member_of(record, "tree"), member_of(record, "rule_set")
    tree["rules"][0].update(grade="not reportable", frequency=0.2)
    rules["rules"][0].update(grade="not reportable", frequency=0.2)
    assert grading.numbered(tree["rules"])[-1][1] is tree["rules"][0]
    assert grading.numbered(rules["rules"])[0][1] is rules["rules"][0]
    page = RENDERERS["html"](record)
    assert "1 rule that is not reportable" in page
    assert "It keeps its place" in page


def test_effects_of_two_units_add_up_to_what_the_term_says() -> None:
    first, second = Literal(0, True), Literal(1, True)
    for other, value in ((second, -2.5), (Literal(1, False), 3.0)):
        terms = (
            Term((first,), "", -0.5),
            Term((second,), "", 2.0),
            Term((first, other), "", value),
            Term((Literal(2, True),), "", 9),
        )
        model = LinearModel(3, 0.0, terms).to_dict()
        effects = interplay.together(model, model["terms"][2])
        assert effects is not None
        assert effects.beyond == (value if other.kept else -value)
        assert interplay.together(model, model["terms"][0]) is None
        assert [number for number, _, _ in interplay.pairs(model, list(enumerate(model["terms"], 1)))] == [3]


def test_an_interaction_is_told_with_each_alone_and_both() -> None:
    record = graded(card=(1.0, "stable"), lost=(1.0, "stable"))
    member = member_of(record, "linear")
    first, second = member["model"]["terms"]
    second["coefficient"], second["low"], second["high"] = -0.5, -0.6, -0.4
    literals = [*first["literals"], *second["literals"]]
    member["model"]["terms"].append({**first, "literals": literals, "coefficient": -2.5, "low": -2.6, "high": -2.4})
    for form in FORMS:
        said = plain(form, record)
        for effect in ("× 7.4", "÷ 1.65", "× 4.5", "÷ 2.7", "÷ 12.2"):
            assert effect in said, (form, effect)
    assert "Together, “lost” and “card” divide the odds by 2.7" in in_short(record)


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


def test_how_good_it_could_be_stands_beside_how_good_it_is() -> None:
    record = copy_of("panel")
    member = member_of(record, "linear")
    member["size_reference"] = {"r2": 0.87, "size": 12, "source": "Gaussian process", "proxy_r2": 0.94}
    member["stability"] = {"n_refits": 20, "decisions_alike": 0.975}
    for form in FORMS:
        said = plain(form, record)
        assert "0.87" in said, form
        assert "0.94" in said, form
        assert "97.5 %" in said, form
    member["size_reference"] = {"r2": 0.87, "size": 1, "source": "every copy", "proxy_r2": None}
    assert trust.could_reach(member).startswith("It has 1 term and reaches")


def test_the_calls_and_their_reason_are_told_with_a_chart_and_a_table() -> None:
    record = copy_of("additive")
    for form in FORMS:
        assert record["stopping"]["sentence"] in plain(form, record), form
        assert record["stopping"]["more"] in plain(form, record), form
    record["stopping"]["rounds"] = [
        {"calls": 64, "r2": {"linear": 0.5, "tree": None}, "same_terms": None, "same_decisions": None, "r2_change": None,
         "constant": False},
        {"calls": 128, "r2": {"linear": 0.9, "tree": -0.2}, "same_terms": 0.6, "same_decisions": 0.95, "r2_change": 0.4,
         "constant": False},
    ]  # fmt: skip
    record["stopping"]["noise_ceiling"] = 0.93
    page = RENDERERS["html"](record)
    assert page.count('aria-label="Chart of fidelity R² by the number of calls') == 2
    assert "R², Sparse linear model" in page
    assert "no more than R² 0.93" in plain("html", record)
    assert "| 128 | 0.90 | −0.20 | 60 % | 95 % | 0.40 |" in plain("md", record)


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("lines", [1, 3, 6])
def test_a_learning_curve_stays_inside_its_frame(lines: int, narrow: bool) -> None:
    curves = {f"<b>{number}</b>": [(40, -9.0), (80, 0.5), (1000, 0.51 + number / 100)] for number in range(lines)}
    chart = rounds_chart(curves, ceiling=0.99, narrow=narrow)
    assert "&lt;b&gt;" in chart
    width, height = map(float, re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', chart).groups())  # type: ignore[union-attr]
    assert all(0 <= float(x) <= width for x in re.findall(r'\b(?:cx|x|x1|x2)="([-\d.]+)"', chart))
    assert all(0 <= float(y) <= height for y in re.findall(r'\b(?:cy|y|y1|y2)="([-\d.]+)"', chart))


@pytest.mark.parametrize("form", ["html", "md", "text"])
@pytest.mark.parametrize(("name", "noun"), [("json", "fields"), ("form", "units"), ("sentences", "sentences")])
def test_units_are_called_what_they_are(name: str, noun: str, form: str) -> None:
    record = record_of_case(name)
    said = plain(form, record).split("How it was produced")[0].replace("In words", "")
    assert noun in said
    assert not re.search(r"\b[Ww]ords?\b", said)


def test_what_stands_between_units_is_plain_text_and_said_to_be_kept() -> None:
    for name, text in (("json", ORDER), ("form", FORM)):
        record = record_of_case(name)
        page = RENDERERS["html"](record)
        shown = re.search(r'<p class="text".*?</p>', page, flags=re.DOTALL)
        assert shown is not None
        assert html.unescape(re.sub(r"<sup.*?</sup>|<[^>]+>", "", shown.group())) == text
        assert "was kept in every copy" in plain("html", record)
        assert any("was kept in every copy" in limit for limit in record["limits"])
    assert "was kept in every copy" not in plain("html", record_of_case("additive"))


def test_long_units_are_cut_in_the_middle_and_told_apart() -> None:
    record = copy_of("sentences")
    text = "a" * 200 + " b.\n" + "a" * 199 + "x b."
    record["document"].update(text=text, units=[[0, 203], [204, 407]])
    names = [words.term_name(record, {"literals": [{"unit": unit, "kept": True}]}) for unit in (0, 1)]
    assert max(map(len, names)) < 100
    assert names[0] != names[1]


def test_the_library_that_found_the_units_is_named() -> None:
    assert "found by ICU" in plain("html", record_of_case("sentences"))
    assert "found by" not in plain("html", record_of_case("additive"))


def comparison(name: str, version: str | None, **changes: Any) -> Record:
    estimate = {"value": 0.8, "low": 0.7, "high": 0.9, "baseline": 0.5, "level": 0.95}
    measures = {key: dict(estimate) for key in ("r2", "r2_probability", "mae_probability", "agreement")}
    return {
        "name": name,
        "version": version,
        "settings": {} if version is None else {"num_samples": 5000},
        "form": "as given",
        "explained": "probability of '<b>'",
        "scale": "probability",
        "n_terms": 10,
        "calls": {"sent": 5000, "distinct": 900},
        "n_test": 96,
        "n_test_asked": 3,
        **measures,
        **changes,
    }


def test_other_methods_stand_beside_ours() -> None:
    record = copy_of("additive")
    for form in FORMS:
        assert "Beside other methods" not in plain(form, record), form
    other = comparison("<i>LIME</i>", "0.2", form="refitted by ridge")
    record["side_by_side"] = [comparison("linear", None, n_test_asked=0), other]
    assert jsonschema.Draft202012Validator(SCHEMA).is_valid(record)
    for form in FORMS:
        said = plain(form, record)
        assert "Beside other methods" in said, form
        assert "<i>LIME</i>, refitted" in said, form
        assert "Sparse linear model" in said, form
    assert "<i>LIME" not in RENDERERS["html"](record)
    assert "flatters them: <i>LIME</i>, refitted by ridge about 3." in plain("html", record)


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
