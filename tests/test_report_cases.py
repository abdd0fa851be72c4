"""Records of many kinds, made by explaining small functions; every rendering can show each of them."""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import surrogate
from surrogate.answers import Answers
from surrogate.blackbox.function import FunctionBox
from surrogate.canonical import canonical_bytes
from surrogate.explanation import Explanation
from surrogate.report.html import render_fragment, render_html
from surrogate.report.render.markdown import render_markdown
from surrogate.report.text import render_text
from surrogate.units import from_spans
from tests.toys import conjunction, logistic, words

LABELS = ("cards", "transfers", "security", "access")
MESSAGE = "please help me, I have lost my card yesterday and the transfer of money I made is still pending; what now?"
HOSTILE = (
    '<script>alert("x")</script> my lost card & {{ 7*7 }} {% raw %} =cmd|calc \u202egnp.exe \x07\x1b[31m [bold]b[/bold] '
    "$x_1$ <img src=x onerror=alert(1)> </style></p> \u200btransfer"
)
ORDER = '{"subject": "card lost", "message": "please help", "amount": 25, "paid": true}'
FORM = "Name: Ann Lee\nReason: I lost my card\nWhen: <b>yesterday</b>"
LETTER = "Dear team. I have lost my card near the airport. Please help me at once! Is the transfer pending? Thank you."
WEIGHTS = [
    {"card": 2.2, "lost": 1.0, "new": 0.2},
    {"transfer": 2.5, "money": 0.8},
    {"help": 0.4, "stolen": 1.3},
    {"password": 1.0, "login": 0.6},
]


def _softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True)


def topics(texts: Sequence[str]) -> NDArray[np.float64]:
    held = [set(words(text)) for text in texts]
    return _softmax(
        np.array([[sum(share for word, share in own.items() if word in there) for own in WEIGHTS] for there in held])
    )


def noise(texts: Sequence[str]) -> NDArray[np.float64]:
    """Follows no rule that few words could tell."""
    digests = [hashlib.sha256(text.encode()).digest() for text in texts]
    return _softmax(np.array([[digest[0] / 40, digest[1] / 40] for digest in digests]))


def fields(texts: Sequence[str]) -> NDArray[np.float64]:
    """Topics of a JSON text or a form."""
    return topics([re.sub(r"\W+", " ", text) for text in texts])


def many(texts: Sequence[str]) -> NDArray[np.float64]:
    four = np.log(topics(texts))
    return _softmax(np.column_stack([four, np.full((len(texts), 73), -3.0) - np.arange(73) / 50]))


def independent(texts: Sequence[str]) -> NDArray[np.float64]:
    """Two labels that can hold at once."""
    return np.array([[0.5 + 0.4 * ("card" in text), 0.9 - 0.3 * ("lost" in text)] for text in texts])


def ladder(texts: Sequence[str]) -> NDArray[np.float64]:
    """The more of the words one, two, three ... are there without a gap, the higher: a deep tree."""
    rungs = ["one", "two", "three", "four", "five", "six"]
    steps = [next((step for step, rung in enumerate(rungs) if rung not in words(text)), len(rungs)) for text in texts]
    positive = 1 / (1 + np.exp(3.0 - 1.5 * np.array(steps)))
    return np.column_stack([positive, 1 - positive])


class Flagged(FunctionBox):
    """Truncates long texts, refuses others, or both."""

    def __init__(self, *, truncates: int = 10_000, refuses: str = "\0") -> None:
        super().__init__(topics, classes=list(LABELS), name="flagged")
        self.truncates, self.refuses = truncates, refuses

    def answer(self, texts: Sequence[str]) -> Answers:
        plain = super().answer(texts)
        refused = np.array([self.refuses in text for text in texts], dtype=bool)
        truncated = np.array([len(words(text)) > self.truncates for text in texts], dtype=bool)
        return Answers(plain.log_probabilities, None, np.full(len(texts), 0.9), refused, truncated)


def _explain(text: str, model: Any, **options: Any) -> Explanation:
    return surrogate.explain(text, model, store=False, **options)


def _panel(text: str) -> Explanation:
    """A surrogate of every kind, all of one text."""
    parts = [
        _explain(text, conjunction, classes=["cards", "other"], pipeline=pipeline, calls=384)
        for pipeline in ("local", "local-rules", "local-anchor", "local-shapley")
    ]
    return replace(parts[0], members=tuple(member for part in parts for member in part.members))


_MAKERS: dict[str, Any] = {
    "explained": lambda: _explain(MESSAGE, conjunction, classes=["cards", "other"]),
    "additive": lambda: _explain(MESSAGE, topics, classes=LABELS),
    "contrast": lambda: _explain(MESSAGE, topics, classes=LABELS, target="cards", contrast="transfers"),
    "other_target": lambda: _explain(MESSAGE, topics, classes=LABELS, target="security"),
    "withheld": lambda: _explain(MESSAGE, noise, classes=["a", "b"]),
    "exhaustive": lambda: _explain("I lost my card?", topics, classes=LABELS),
    "deep": lambda: _explain(
        "one two three four five six and then some more words that do not count",
        ladder,
        classes=["high", "low"],
        calls=4096,
    ),
    "one_word": lambda: _explain("card", topics, classes=LABELS),
    "hostile": lambda: _explain(HOSTILE, topics, classes=LABELS),
    "hostile_labels": lambda: _explain(
        MESSAGE,
        FunctionBox(topics, classes=["<b>cards\u202e</b>", "{{ x }}", "$y_1$", "[red]a|b"], name="<script>m</script>"),
    ),
    "arabic": lambda: _explain("هل وصلت بطاقتي card؟ أريد transfer من فضلك اليوم lost", topics, classes=LABELS),
    "chinese": lambda: _explain("我的 card 还没到 transfer 请帮忙", topics, classes=LABELS),
    "lines": lambda: _explain("my card\r\nis lost\n\n\tplease", topics, classes=LABELS),
    "constant": lambda: _explain(MESSAGE, lambda texts: [[0.5, 0.5]] * len(texts), classes=["x", "y"]),
    "many_labels": lambda: _explain(MESSAGE, many, classes=[f"label {number}" for number in range(77)]),
    "multi_label": lambda: _explain(MESSAGE, FunctionBox(independent, classes=["a", "b"], multi_label=True)),
    "truncated": lambda: _explain(MESSAGE, Flagged(truncates=15)),
    "refused": lambda: _explain(MESSAGE, Flagged(refuses="of money I made is still pending")),
    "few": lambda: _explain(MESSAGE, topics, classes=LABELS, calls=8),
    "lime": lambda: _explain(MESSAGE, topics, classes=LABELS, pipeline="lime", calls=400),
    "long": lambda: _explain(
        " ".join([MESSAGE] * 40), logistic({"card": 2.0, "help": 1.0}), classes=["a", "b"], calls=64
    ),
    "rules": lambda: _explain(MESSAGE, conjunction, classes=["cards", "other"], pipeline="local-rules"),
    "anchor": lambda: _explain(MESSAGE, conjunction, classes=["cards", "other"], pipeline="local-anchor"),
    "no_anchor": lambda: _explain(MESSAGE, noise, classes=["a", "b"], pipeline="local-anchor", calls=256),
    "shapley": lambda: _explain(MESSAGE, topics, classes=LABELS, pipeline="local-shapley", calls=256),
    "shapley_exact": lambda: _explain("I lost my card?", topics, classes=LABELS, pipeline="local-shapley"),
    "panel": lambda: _panel(MESSAGE),
    "hostile_panel": lambda: _panel(HOSTILE),
    "json": lambda: _explain(ORDER, fields, classes=LABELS, units="json"),
    "form": lambda: _explain(from_spans(FORM, [(6, 13), (22, 36), (43, len(FORM))]), fields, classes=LABELS),
    "sentences": lambda: _explain(LETTER, topics, classes=LABELS, units="sentence"),
    "unbroken": lambda: _explain("my card is " + "x" * 300 + " now", topics, classes=LABELS),
}

CASES = sorted(_MAKERS)

RENDERERS = {"html": render_html, "fragment": render_fragment, "text": render_text, "md": render_markdown}


@cache
def explanation_of_case(name: str) -> Explanation:
    return _MAKERS[name]()


def record_of_case(name: str) -> dict[str, Any]:
    return explanation_of_case(name).to_dict()


def copy_of(name: str) -> dict[str, Any]:
    """A record that a test may change."""
    return json.loads(json.dumps(record_of_case(name)))


def member_of(record: dict[str, Any], kind: str) -> dict[str, Any]:
    return next(member for member in record["surrogates"] if member["kind"] == kind)


def plain(form: str, record: dict[str, Any]) -> str:
    """The words of a rendering, without markup, on one line."""
    rendered = RENDERERS[form](record)
    if form in ("html", "fragment"):
        rendered = html.unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", rendered, flags=re.DOTALL))
    if form == "md":
        rendered = re.sub(
            r"<br>|</?(?:b|i|sup|sub|del|ins|code)>|\*\*", lambda mark: " " * (mark[0] == "<br>"), rendered
        )
    return " ".join(rendered.replace("\\", "").replace("\xa0", " ").split())


@pytest.mark.parametrize("form", RENDERERS)
@pytest.mark.parametrize("name", CASES)
def test_every_case_renders_in_every_format(name: str, form: str) -> None:
    record = record_of_case(name)
    rendered = RENDERERS[form](record)
    assert "approximation" in rendered
    assert "Undefined" not in rendered
    assert "None" not in rendered.replace("None of", "")


@pytest.mark.parametrize("form", RENDERERS)
@pytest.mark.parametrize("name", CASES)
def test_the_same_record_gives_the_same_bytes(name: str, form: str) -> None:
    record = record_of_case(name)
    first = RENDERERS[form](record)
    assert RENDERERS[form](Explanation.from_dict(record).to_dict()) == first
    assert RENDERERS[form](json.loads(canonical_bytes(record))) == first


def test_the_cases_are_what_they_claim() -> None:
    verdicts = {name: explanation_of_case(name).passed for name in CASES}
    assert [name for name in ("withheld", "constant", "truncated", "few") if verdicts[name]] == []
    assert verdicts["explained"]
    assert verdicts["contrast"]
    assert verdicts["deep"]
    assert record_of_case("exhaustive")["production"]["exhaustive"]
