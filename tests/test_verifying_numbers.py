"""The numbers of reports of all kinds follow from their evidence, by the standard library alone."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

import surrogate
from surrogate.canonical import canonical_bytes
from surrogate.verifying.comparison import Recomputed, numbers_of
from surrogate.verifying.evidence import read_evidence
from surrogate.verifying.left_to_rebuilding import LOCAL_REASONS
from surrogate.verifying.local import compare_local
from tests.toys import MESSAGE, conjunction
from tests.verifying_toys import made, says


def record_of(folder: Path) -> dict:
    return json.loads((folder / "report.json").read_bytes())


MODELS: dict[str, Callable[[], surrogate.Explanation]] = {
    "contrast": lambda: surrogate.explain(
        MESSAGE, _three, target="a", contrast="b", classes=["a", "b", "c"], calls=160, store=False
    ),
    "conjunction": lambda: surrogate.explain(MESSAGE, conjunction, classes=["cards", "other"], calls=256, store=False),
    "rules": lambda: surrogate.explain(MESSAGE, _three, "local-rules", classes=["a", "b", "c"], calls=384, store=False),
    "anchor": lambda: surrogate.explain(
        MESSAGE, _three, "local-anchor", classes=["a", "b", "c"], calls=256, store=False
    ),
    "shapley": lambda: surrogate.explain(MESSAGE, says, "local-shapley", classes=["a", "b"], calls=256, store=False),
    "every copy": lambda: surrogate.explain("lost my card", says, classes=["a", "b"], store=False),
    "one word": lambda: surrogate.explain("card", says, classes=["a", "b"], store=False),
    "no reaction": lambda: surrogate.explain(
        MESSAGE, lambda t: [[0.7, 0.3]] * len(t), classes=["a", "b"], calls=64, store=False
    ),
    "certain": lambda: surrogate.explain(
        MESSAGE,
        lambda ts: [[1.0, 0.0] if "card" in t else [0.0, 1.0] for t in ts],
        classes=["a", "b"],
        calls=160,
        store=False,
    ),
    "votes": lambda: surrogate.explain(MESSAGE, _votes(), calls=160, store=False),
    "kernel": lambda: surrogate.explain(MESSAGE, says, "lime", classes=["a", "b"], calls=160, store=False),
}


def _three(texts: list[str]) -> list[list[float]]:
    return [
        [0.8, 0.15, 0.05]
        if "card" in text and "lost" in text
        else [0.1, 0.6, 0.3]
        if "new" in text
        else [0.2, 0.2, 0.6]
        for text in texts
    ]


def _votes():  # type: ignore[no-untyped-def]
    from surrogate.answers import Answers
    from surrogate.blackbox.function import FunctionBox

    class Voting(FunctionBox):
        def answer(self, texts):  # type: ignore[no-untyped-def]
            return Answers.from_votes([[k, 8 - k] for k in (8 * says(texts)[:, 0]).round().astype(int).tolist()])

    return Voting(says, classes=["a", "b"])


@pytest.mark.parametrize("name", MODELS)
def test_numbers_of_all_kinds_of_reports_follow_from_their_evidence(name: str) -> None:
    explanation = MODELS[name]()
    record = json.loads(canonical_bytes(explanation.to_dict()))
    assert explanation.transcript is not None
    comparison = compare_local(record, read_evidence(explanation.transcript.to_bytes()))
    found = Recomputed.of(record, comparison, LOCAL_REASONS)
    assert [one.sentence for one in found.differences] == []
    assert found.unknown == ()


@pytest.mark.parametrize("place", range(12))
def test_a_changed_number_is_found_where_it_is_claimed_to_be_computed(place: int) -> None:
    evidence = read_evidence((made("local") / "evidence.json.gz").read_bytes())
    record = record_of(made("local"))
    seen = compare_local(record, evidence)
    pointers = [one for one in numbers_of(record) if seen.has_seen(one)]
    where = random.Random(place).choice(pointers)
    *steps, last = (step.replace("~1", "/").replace("~0", "~") for step in where.split("/")[1:])
    target = record
    for step in steps:
        target = target[int(step)] if isinstance(target, list) else target[step]
    key = int(last) if isinstance(target, list) else last
    target[key] = target[key] + 1 if isinstance(target[key], int) else target[key] * 1.001 + 1e-6
    assert compare_local(record, evidence).differences
