"""Prototypes of an audit explained one by one, and the page that leads to their reports."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from surrogate.cli import main
from surrogate.corpus.explaining import explain_examples, write_examples
from surrogate.errors import InputError
from surrogate.report.corpus.texts import render_texts
from tests.precedent_toys import Asked, toy_audit


def test_the_first_prototype_of_each_decision_comes_before_the_second() -> None:
    audit = toy_audit()
    made = explain_examples(audit, Asked(), 3, calls=32, store=False)
    assert {one.explanation.decision.label for one in made} == {"cards", "fees", "other"}
    assert {one.place for one in made} == {one.prototypes[0] for one in audit.examples}
    assert [one.explanation.document.text for one in made] == [audit.quoted[one.place].text for one in made]


def test_each_names_the_audit_s_rules() -> None:
    for one in explain_examples(toy_audit(), Asked(), 2, calls=32, store=False):
        assert one.explanation.global_rules is not None
        assert one.explanation.global_rules.same_model


def test_more_than_there_are_gives_all_each_once() -> None:
    made = explain_examples(toy_audit(), Asked(), 100, calls=16, store=False)
    shown = [place for one in toy_audit().examples for place in one.prototypes]
    assert sorted(one.place for one in made) == sorted(shown)


@pytest.mark.parametrize("n", [0, 1.5, True])
def test_numbers_that_are_none_are_refused(n: object) -> None:
    with pytest.raises(InputError, match="at least 1"):
        explain_examples(toy_audit(), Asked(), n, store=False)  # type: ignore[arg-type]


def test_every_link_of_the_page_leads_to_a_report(tmp_path: Path) -> None:
    folder = toy_audit().report(tmp_path / "audit")
    made = explain_examples(toy_audit(), Asked(), 2, calls=32, store=False)
    page = write_examples(made, folder)
    links = re.findall(r'href="([^"]+)"', page.read_text(encoding="utf-8"))
    assert len(links) == 3
    for link in links:
        assert (page.parent / link).is_file()
    listed = json.loads((page.parent / "index.json").read_text(encoding="utf-8"))
    assert [one["id"] for one in listed["texts"]] == [one.id for one in made]


def test_what_a_text_holds_is_never_markup() -> None:
    record = explain_examples(toy_audit(), Asked(), 1, calls=16, store=False)[0].explanation.to_dict()
    record["document"]["text"] = "<b>card</b>"
    page = render_texts([{"id": "<i>", "folder": "x", "record": record}])
    assert "&lt;b&gt;card&lt;/b&gt;" in page
    assert "<i>" not in page


@pytest.mark.slow
def test_the_verb_audit_explains_prototypes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus = tmp_path / "corpus.csv"
    said, what = (
        ("I lost", "where is", "please freeze", "someone took", "I need"),
        ("my card", "some cash", "the fee", "my PIN"),
    )
    when = ("today", "abroad", "again", "this week", "in the app", "at home", "please", "now")
    rows = [f"{one} {two} {three}" for one in said for two in what for three in when]
    corpus.write_text("\n".join(["text", *rows]), encoding="utf-8")
    out = tmp_path / "audit"
    assert main(["audit", str(corpus), "--out", str(out), "--explain", "2", "--quiet"]) in (0, 1)
    assert "explained one by one" in capsys.readouterr().out
    assert len(list((out / "texts").glob("*/report.html"))) == 2
    assert main(["audit", str(corpus), "--explain", "0"]) == 2
