"""How good it could be, how many calls and why, other methods, and other units than words."""

from __future__ import annotations

import html
import re
from typing import Any

import jsonschema
import pytest

from surrogate.report import trust, words
from surrogate.report.marks import copy_pieces
from surrogate.report.svg_rounds import rounds_chart
from surrogate.stopping import Round, Stopping
from tests.test_report_cases import FORM, ORDER, RENDERERS, copy_of, member_of, plain, record_of_case
from tests.test_report_write import SCHEMA

Record = dict[str, Any]

FORMS = sorted(RENDERERS)


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


def test_how_the_pieces_of_a_long_text_were_found_is_told_in_every_format() -> None:
    record = copy_of("sentences")
    stage = {
        "kind": "paragraph",
        "n_units": 14,
        "calls": 57,
        "into": "sentence",
        "split": [7],
        "shares": [0.9],
        "reason": "it matters",
    }
    record["refinement"] = {"kind": "paragraph+sentence", "n_units": 32, "calls": 57, "stages": [stage]}
    assert jsonschema.Draft202012Validator(SCHEMA).is_valid(record)
    for form in ("html", "md", "text"):
        assert "14 paragraphs, 57 calls: 1 of them was split into sentences; it matters." in plain(form, record), form
    record["refinement"] = None
    assert "split into sentences" not in plain("html", record)


def test_a_long_text_is_shown_once_and_then_in_excerpts() -> None:
    record = copy_of("sentences")
    sentences = [f"This is sentence number {number} of a long letter." for number in range(40)]
    text = " ".join(sentences)
    starts = [text.index(sentence) for sentence in sentences]
    units = [[start, start + len(sentence)] for start, sentence in zip(starts, sentences, strict=True)]
    record["document"].update(text=text, units=units)
    pieces = copy_pieces(record, [20])
    shown = "".join(piece.text for piece in pieces)
    assert [piece.text for piece in pieces if piece.removed] == [sentences[20]]
    assert shown.startswith(" […] ")
    assert sentences[19] in shown
    assert sentences[30] not in shown
    long_run = copy_pieces(record, list(range(5, 35)))
    assert len("".join(piece.text for piece in long_run)) < 600


def test_values_and_anchors_that_settle_say_so_without_a_fidelity() -> None:
    rounds = (Round(64, {}), Round(128, {}, same_terms=1.0, same_decisions=1.0))
    stopping = Stopping("settled", rounds)
    assert stopping.sentence.startswith("What is named first")
    assert stopping.more == "When the calls were last doubled, 100 % of what is named first stayed, with the same sign."
    assert "fidelity" in Stopping("settled", (Round(64, {"linear": 0.5}),)).sentence
