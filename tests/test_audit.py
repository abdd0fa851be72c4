"""Auditing a corpus: a known rule is found, measured on held-out documents, and told in every rendering."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from surrogate.canonical import canonical_bytes
from surrogate.cli import main
from surrogate.corpus.audit import audit
from surrogate.corpus_explanation import CorpusExplanation
from surrogate.documents import Documents
from surrogate.errors import InputError
from surrogate.report.corpus import render_corpus
from surrogate.report.record.schema import published_schema
from tests.audit_toys import CLASSES, corpus, decide
from tests.toys import Counting

SCHEMA = published_schema()
BAD = '<script>alert(1)</script> =HYPERLINK("x") {{ 7 * 7 }} | ![a](b) \u202e card fee'


def box() -> Counting:
    return Counting(decide, CLASSES, name="toy")


@pytest.fixture(scope="module")
def explained() -> CorpusExplanation:
    return audit(corpus(labels=True), box(), store=False)


def test_the_known_rule_is_found_and_measured(explained: CorpusExplanation) -> None:
    rules = explained.member("rules")
    said = {
        (tuple((rules.model.features[one.feature].label, one.present) for one in rule.conditions), rule.class_index)  # type: ignore[union-attr]
        for rule in rules.model.rules  # type: ignore[union-attr]
    }
    assert ((("fee", True),), 0) in said
    assert ((("charge", True),), 0) in said
    assert rules.fidelity.precision.value >= 0.98
    assert all(member.verdict.passed for member in explained.members)
    assert explained.accuracy is not None
    assert explained.accuracy.model.value == 1.0


def test_nothing_is_measured_on_what_was_fitted(explained: CorpusExplanation) -> None:
    documents = explained.documents
    assert documents["n_fit"] + documents["n_test"] == documents["n_documents"] == 280
    for member in explained.members:
        assert member.fidelity.n == documents["n_test"]
        for rule in member.rules:
            assert not any(explained.quoted[place].held_out for place in rule.typical)
            assert all(explained.quoted[place].held_out for place in rule.counterexamples)


def test_slices_come_worst_first_and_name_columns(explained: CorpusExplanation) -> None:
    for member in explained.members:
        shares = [one.agreement.value for one in member.slices]
        assert shares == sorted(shares)
        assert (
            {"decision", "label", "length", "channel"} >= {one.by for one in member.slices} >= {"decision", "channel"}
        )


def test_the_record_is_as_its_schema_says(explained: CorpusExplanation) -> None:
    import jsonschema

    record = json.loads(canonical_bytes(explained.to_dict()))
    jsonschema.Draft202012Validator(SCHEMA).validate(record)
    assert "load_s" not in json.dumps(record)


@pytest.mark.parametrize("name", ["html", "md", "text"])
def test_every_rendering_tells_the_rules_and_is_the_same_again(explained: CorpusExplanation, name: str) -> None:
    record = explained.to_dict()
    page = render_corpus(name, record)
    assert page == render_corpus(name, json.loads(json.dumps(record)))
    for word in ("“fee”", "“charge”", "Rules", "approximation", "held-out"):
        assert word in page


def test_it_shows_itself_in_a_terminal_and_in_a_notebook(explained: CorpusExplanation) -> None:
    assert "“fee”" in str(explained)
    frame = explained._repr_html_()
    assert frame.startswith("<iframe sandbox srcdoc=")
    assert "<p" not in frame
    assert "&lt;!DOCTYPE html&gt;" in frame


def test_the_same_bytes_again_and_the_same_findings_in_another_order(explained: CorpusExplanation) -> None:
    again = audit(corpus(labels=True), box(), store=False)
    assert canonical_bytes(again.to_dict()) == canonical_bytes(explained.to_dict())
    documents = corpus(labels=True)
    shuffled = documents.take(np.random.default_rng(3).permutation(len(documents)).tolist())
    other = audit(shuffled, box(), store=False)
    for one, two in zip(explained.members, other.members, strict=True):
        assert one.model.to_dict() == two.model.to_dict()
        assert one.fidelity == two.fidelity
        assert one.slices == two.slices


def test_each_distinct_text_is_asked_once() -> None:
    asked = box()
    explanation = audit(corpus(), asked, store=False)
    assert len(asked.asked) == len(set(asked.asked)) == explanation.production["n_calls"]


def test_untrusted_text_is_never_markup() -> None:
    documents = corpus(labels=True)
    texts = (*documents.texts, *(f"{BAD} {number}" for number in range(20)))
    ids = (*documents.ids, *(f"<b>{number}" for number in range(20)))
    labels = (*(documents.labels or ()), *[CLASSES[0]] * 20)
    channels = (*documents.metadata["channel"], *["<i>x</i>"] * 20)
    explanation = audit(Documents(texts, ids, labels, {"<u>channel": channels}), box(), store=False)
    page = render_corpus("html", explanation.to_dict())
    assert "<script" not in page
    assert "&lt;i&gt;x&lt;/i&gt;" in page
    for markup in ("<b>0<", "<i>x", "<u>channel", "\u202e", "49 |"):
        assert markup not in page
    markdown = render_corpus("md", explanation.to_dict())
    assert "<i>x" not in markdown
    assert "<u>" not in markdown


def test_duplicates_are_counted_once_and_empty_rows_told() -> None:
    documents = corpus()
    twice = Documents(
        documents.texts * 2, documents.ids * 2, None, {"channel": documents.metadata["channel"] * 2}, n_empty=3
    )
    explanation = audit(twice, box(), store=False)
    assert explanation.documents["n_duplicates"] == 280
    assert explanation.documents["n_rows"] == 563
    assert explanation.documents["n_documents"] == 280


def test_strange_texts_do_not_disturb() -> None:
    documents = corpus()
    strange = ("x" * 1000, "😀😀😀", "我的卡在哪里", "שלום עולם", "...", "ﬁﬂ \u0000 \ufffd")
    texts = documents.texts + strange
    explanation = audit(Documents(texts, tuple(map(str, range(len(texts))))), box(), store=False)
    assert explanation.documents["n_documents"] == 286
    assert explanation.passed


@pytest.mark.parametrize(
    ("documents", "words"),
    [
        (corpus(40), "about 126 are needed"),
        (Documents(("the same",) * 500, tuple(map(str, range(500)))), "1 distinct documents (499 more repeat them)"),
        (
            Documents(tuple(f"nothing {n}" for n in range(300)), tuple(map(str, range(300)))),
            "'other': over this corpus",
        ),
        (
            Documents(corpus().texts, corpus().ids, ("tax",) * 280),
            "knows none of the labels of the corpus, such as 'tax'",
        ),
    ],
)
def test_corpora_that_cannot_be_audited_say_what_is_needed(documents: Documents, words: str) -> None:
    with pytest.raises(InputError) as raised:
        audit(documents, box(), store=False)
    assert words in str(raised.value)
    assert raised.value.code == "bad-corpus"


def test_labels_that_the_model_does_not_know_are_told() -> None:
    documents = corpus(labels=True)
    labels = ("tax", *(documents.labels or ())[1:])
    explanation = audit(Documents(documents.texts, documents.ids, labels), box(), store=False)
    assert explanation.accuracy is not None
    assert explanation.accuracy.unknown == (("tax", 1),)
    assert any("“tax”" in finding for finding in explanation.findings)


def test_what_the_evidence_does_not_carry_is_withheld() -> None:
    def noise(texts: list[str]) -> list[list[float]]:
        return [[0.9, 0.1] if hash_of(text) % 2 else [0.1, 0.9] for text in texts]

    explanation = audit(corpus(), Counting(noise, ("a", "b")), store=False)  # type: ignore[arg-type]
    assert not explanation.passed
    record = explanation.to_dict()
    assert all(member["model"] is None for member in record["members"])
    assert "No surrogate describes this model" in render_corpus("html", record)


def hash_of(text: str) -> int:
    import hashlib

    return hashlib.sha256(text.encode()).digest()[0]


def write(path: Path) -> Path:
    documents = corpus()
    rows = [
        json.dumps({"message": text, "channel": documents.metadata["channel"][row]})
        for row, text in enumerate(documents.texts)
    ]
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def test_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "corpus.jsonl")
    out = tmp_path / "out"
    code = main(
        ["audit", str(path), "--column", "channel", "--no-store", "-o", str(out), "--format", "html", "--format", "md"]
    )
    shown = capsys.readouterr()
    assert code in (0, 1)
    assert "bank-router decides" in shown.out
    assert sorted(one.name for one in out.iterdir()) == [
        *("evidence.json.gz", "issuance.json", "manifest.json", "report.html", "report.json", "report.md", "run.json")
    ]
    record = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert record["concepts"]
    assert record["production"]["embeddings"]["name"] == "bank-router"
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "<svg" in page
    assert "http" not in page.replace("http-equiv", "")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--column", "nothing"], "has no column 'nothing'"),
        (["--text", "nothing"], "no column 'nothing'"),
        (["-p", "audits"], "There is no recipe named 'audits'"),
        (["--format", "pdfs"], "no report format 'pdfs'"),
        (["--embeddings", "bank-router@7"], "there is no layer 7"),
        (["-p", "local"], "explains single texts"),
    ],
)
def test_wrong_options(tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str) -> None:
    path = write(tmp_path / "corpus.jsonl")
    out = tmp_path / "out"
    assert main(["audit", str(path), *arguments, "--no-store", "-o", str(out)]) == 2
    assert words in capsys.readouterr().err
    assert not out.exists()


def test_scikit_learn_chooses_and_cross_validates_a_pipeline_for_a_corpus() -> None:
    from sklearn.model_selection import GridSearchCV, KFold, cross_val_score
    from sklearn.pipeline import Pipeline

    from surrogate.describe import Describe, Terms
    from surrogate.fit import ClassTree, CorpusPanel
    from surrogate.perturb import Corpus
    from surrogate.query import Query

    panel = CorpusPanel([("tree", ClassTree(max_leaves=8))])
    steps = [("query", Query(box())), ("describe", Describe([("terms", Terms())])), ("surrogate", panel)]
    pipe = Pipeline([("perturb", Corpus(n_copies=2)), *steps])
    texts = np.array(corpus().texts, dtype=object)
    assert cross_val_score(pipe, texts, cv=KFold(4, shuffle=True, random_state=0)).min() == 1.0
    search = GridSearchCV(pipe, {"surrogate__tree__max_leaves": [2, 8]}, cv=3).fit(texts)
    assert search.best_params_ == {"surrogate__tree__max_leaves": 8}
    assert search.predict(["is there a fee", "what a card", "hello"]).tolist() == ["fees", "cards", "other"]


def own_concepts(path: Path) -> Path:
    asking = [f"what is this {word} about today {number}" for word in ("card", "chip") for number in range(5)]
    other = [f"hello the {word} is nice {number}" for word in ("weather", "letter") for number in range(5)]
    path.write_text(
        f'["cards asked for"]\nexamples = {json.dumps(asking)}\ncounterexamples = {json.dumps(other)}\n',
        encoding="utf-8",
    )
    return path


def test_lists_of_words_and_concepts_of_ones_own(tmp_path: Path) -> None:
    words = {"money words": ["fee", "charge"], "nothing": ["zzz"]}
    explanation = audit(corpus(), "bank-router", lexicon=words, probes=own_concepts(tmp_path / "own.toml"), store=False)
    (probe,) = explanation.probes
    assert (probe.probe.name, probe.probe.n_examples, probe.probe.n_counterexamples) == ("cards asked for", 10, 10)
    assert sum(n for _, n in probe.decisions) == probe.n_documents > 0
    record = json.loads(canonical_bytes(explanation.to_dict()))
    assert "money words" in record["production"]["recipe"]["toml"]
    for name in ("html", "md"):
        assert "cards asked for" in render_corpus(name, record)
    import jsonschema

    jsonschema.Draft202012Validator(SCHEMA).validate(record)


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"[broken", "bad-lexicon"), (b"a = 1", "bad-lexicon"), (b"", "bad-lexicon"), (b"\xff\xfe", "not-utf8")],
)
def test_concepts_that_cannot_be_read(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "own.toml"
    path.write_bytes(content)
    with pytest.raises(InputError) as raised:
        audit(corpus(), box(), probes=path, store=False)
    assert raised.value.code == code


def test_concepts_need_embeddings() -> None:
    with pytest.raises(InputError, match="--embeddings NAME"):
        audit(corpus(), box(), probes={"a": {"examples": ["a fee", "a charge"]}}, store=False)


def test_concepts_in_the_embeddings_of_the_answer_itself_are_told_as_such() -> None:
    from surrogate.answers import Answers

    class Embedding(Counting):
        """Embeds a text by its own probabilities."""

        def answer(self, texts):  # type: ignore[no-untyped-def]
            answers = super().answer(texts)
            vectors = np.array([[len(text), text.count("a")] for text in texts], dtype=np.float32)
            nobody = np.zeros(len(texts), dtype=bool)
            return Answers(
                answers.log_probabilities,
                np.hstack([answers.probabilities, vectors]).astype(np.float32),
                None,
                nobody,
                nobody,
            )

        @property
        def embeds(self) -> bool:
            return True

    explanation = audit(corpus(), Embedding(decide, CLASSES), store=False)
    assert explanation.concepts
    assert any("from which the model reads its own answer" in limit for limit in explanation.limits)
    assert not any("its own answer" in limit for limit in audit(corpus(), "bank-router", store=False).limits)
