"""Grades of terms and rules, and words that act together: what may be quoted, and how it is told."""

from __future__ import annotations

import re
from typing import Any

import pytest

from surrogate.linear_model import LinearModel, Term
from surrogate.literals import Literal
from surrogate.report import grading, interplay, verdicts
from surrogate.report.marks import marked_by
from surrogate.report.summary import in_short
from tests.test_report_cases import RENDERERS, copy_of, member_of, plain

Record = dict[str, Any]

FORMS = sorted(RENDERERS)
EFFECT = ("text", "coefficient", "low", "high", "frequency", "grade")


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
    member["model"]["effects"] = [
        {"unit": term["literals"][0]["unit"], **{key: term[key] for key in EFFECT}} for term in member["model"]["terms"]
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
    assert "1 word of which no effect is reportable" in folded.group()
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
    assert "no single word or term of it may be quoted" in verdicts.verdict_sentence(member)
    record["surrogates"] = [member]
    assert marked_by(record) is None
    for form in FORMS:
        assert "quoted" in plain(form, record), form
        assert "raised most by" not in plain(form, record), form


def test_grades_that_nobody_could_give_are_not_shown() -> None:
    record = graded(card=(None, None))  # type: ignore[arg-type]
    member_of(record, "linear")["stability"] = None
    assert "No word is graded" in plain("html", record)
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
