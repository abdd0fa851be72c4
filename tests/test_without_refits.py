"""An explanation for which no refits were asked: the same numbers, no grades, and a sentence that says so."""

from __future__ import annotations

from surrogate import explain, load
from surrogate.assembly import assemble, teach
from surrogate.blackbox import FunctionBox
from surrogate.evidence import Policy
from surrogate.explanation import Explanation
from surrogate.findings import NOT_REFITTED
from surrogate.long_text import prepare
from surrogate.report.html import render_html
from surrogate.settling import settle
from surrogate.store import MemoryStore
from tests.toys import MESSAGE, logistic

BOX = FunctionBox(logistic({"lost": 3.0, "card": 2.0, "yesterday": -2.5}, -2.0), classes=["card", "other"])


def without_refits(text: str, calls: int) -> Explanation:
    pipe = load("local").set_params(query__black_box=BOX, query__store=MemoryStore())
    settled = settle(pipe, prepare(pipe, text, calls, None))
    return assemble(settled, teach(settled), Policy(), "local", stability=False)


def test_nothing_is_graded_where_no_refits_were_asked_for() -> None:
    made = without_refits(MESSAGE, 128)
    assert NOT_REFITTED in made.limits
    for member in made.members:
        assert member.stability is None
        items = [*getattr(member.model, "terms", ()), *getattr(member.model, "effects", ()), *member.rules]
        assert {(item.grade, item.frequency) for item in items} == {(None, None)}
    assert "was not fitted again to halves of the calls" in render_html(made.to_dict())


def test_all_else_is_as_with_refits() -> None:
    whole, made = explain(MESSAGE, BOX, calls=128, store=False), without_refits(MESSAGE, 128)
    assert [limit for limit in made.limits if limit != NOT_REFITTED] == list(whole.limits)
    assert NOT_REFITTED not in whole.limits
    for one, other in zip(made.members, whole.members, strict=True):
        assert other.stability is not None
        assert (one.verdict, one.fidelity, one.misses) == (other.verdict, other.fidelity, other.misses)
    terms = [
        [(term.text, term.coefficient, term.low) for term in each.members[0].model.terms] for each in (made, whole)
    ]
    assert terms[0] == terms[1]


def test_where_every_copy_was_asked_grades_need_no_refits() -> None:
    made, whole = without_refits("lost my card", 64), explain("lost my card", BOX, calls=64, store=False)
    assert NOT_REFITTED not in made.limits
    assert made.to_dict()["surrogates"] == whole.to_dict()["surrogates"]
