"""The corpus proxy: what it knows saves calls, what it does not know changes nothing, and its bytes are always the same."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from surrogate.answers import Answers
from surrogate.canonical import digest
from surrogate.corpus.batch.proxy.corpus_proxy import CorpusProxy, words_of_units
from surrogate.corpus.batch.proxy.proxied import WHY_NOT, Proxied, explain_with_proxy
from surrogate.corpus.batch.proxy.proxy_fitting import fit_corpus_proxy
from surrogate.corpus.batch.proxy.stages import proxied_copies
from surrogate.corpus.batch.rows.rows import row_of
from surrogate.corpus.batch.values import Settings, SpooledRow
from surrogate.errors import InputError
from surrogate.evidence import Policy
from surrogate.local_pipeline import local_pipeline
from surrogate.neighborhood import ROLES
from surrogate.outcome import Outcome
from surrogate.query import ask
from surrogate.store import MemoryStore
from surrogate.units import split_units
from tests.toys import Counting

CALLS = 64
WORDS = [
    f"{first}{second}" for first in ("ba", "de", "ki", "lo", "mu", "ra") for second in ("n", "l", "r", "s", "t", "x")
]
WEIGHTS = dict(zip(WORDS, np.random.default_rng(7).normal(0, 1.2, len(WORDS)), strict=True))
KNOWN = "ban del kir los mut rax bas dex kin lor"
#: None of its words is in the sample, and the model counts how many of them are there.
STRANGE = "one two three four five six seven eight nine ten"


def texts(n: int) -> list[str]:
    generator = np.random.default_rng(3)
    return [" ".join(generator.choice(WORDS, 9, replace=False)) for _ in range(n)]


def answer(texts: Sequence[str]) -> NDArray[np.float64]:
    log_odds = []
    for text in texts:
        strange = sum(word in STRANGE.split() for word in text.split())
        known = sum(WEIGHTS.get(word, 0.0) for word in set(text.split()))
        log_odds.append(2.0 * (-1) ** strange if strange else known)
    positive = 1.0 / (1.0 + np.exp(-np.array(log_odds)))
    return np.column_stack([positive, 1.0 - positive])


def made(fingerprint: str = "toy", **params: object) -> Pipeline:
    return local_pipeline("batch", Counting(answer, ("good", "bad"), fingerprint=fingerprint, **params), MemoryStore())


@pytest.fixture(scope="module")
def proxy() -> CorpusProxy:
    return fit_corpus_proxy(texts(100), 80, made())


def explained(text: str, proxy: CorpusProxy, pipe: Pipeline | None = None, **options: object) -> Proxied:
    return explain_with_proxy(
        made() if pipe is None else pipe, text, proxy, Policy(), "batch", **{"calls": CALLS, **options}
    )  # type: ignore[arg-type]


def plain(text: str, proxy: CorpusProxy, pipe: Pipeline, monkeypatch: pytest.MonkeyPatch) -> Proxied:
    """Without the proxy: no stage is tried."""
    with monkeypatch.context() as patch:
        patch.setattr("surrogate.corpus.batch.proxy.stages.STAGES", ())
        return explained(text, proxy, pipe)


def asked(pipe: Pipeline) -> list[str]:
    return list(pipe.named_steps["query"].black_box.asked)


def row(found: Proxied, text: str) -> dict[str, object]:
    return row_of(found.explanation, SpooledRow("1", text, digest(text), 1), Settings("", "batch"))


def test_what_the_sample_teaches_holds_for_texts_that_were_left_out(proxy: CorpusProxy) -> None:
    told = proxy.description
    assert (told["n_texts"], told["held_out_texts"]) == (80, 10)
    assert told["held_out_r2"] > 0.9
    assert set(proxy.vocabulary) == set(WORDS)


def test_a_text_that_the_proxy_knows_takes_fewer_calls_and_passes(
    proxy: CorpusProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe = made()
    found, whole = explained(KNOWN, proxy, pipe), plain(KNOWN, proxy, made(), monkeypatch)
    assert found.used
    assert found.check is not None
    assert found.check > 0.9
    assert found.explanation.passed
    assert found.explanation.calls["total"] < 0.75 * whole.explanation.calls["total"]
    assert len(asked(pipe)) == len(set(asked(pipe))) == found.explanation.calls["total"]
    assert {member.taught_by for member in found.explanation.members} == {"corpus proxy + Gaussian process"}


def test_fidelity_is_measured_on_the_same_test_copies(proxy: CorpusProxy, monkeypatch: pytest.MonkeyPatch) -> None:
    found, whole = explained(KNOWN, proxy), plain(KNOWN, proxy, made(), monkeypatch)
    tests = [one.explanation.sample.role("test") for one in (found, whole)]  # type: ignore[union-attr]
    assert tests[0].texts == tests[1].texts
    r2 = [one.explanation.members[0].fidelity.r2.value for one in (found, whole)]  # type: ignore[union-attr]
    assert r2[0] > r2[1] - 0.02


def test_a_text_that_contradicts_the_proxy_is_explained_as_without_it(
    proxy: CorpusProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe, other = made(), made()
    found, whole = explained(STRANGE, proxy, pipe), plain(STRANGE, proxy, other, monkeypatch)
    assert (found.used, found.why_not) == (False, "check")
    assert found.check is not None
    assert found.check < 0.9
    with_check, without = row(found, STRANGE), row(whole, STRANGE)
    differing = {name for name in with_check if with_check[name] != without[name]}
    assert differing == {"proxy_check", "row_sha256"}
    assert sorted(asked(pipe)) == sorted(asked(other))


def test_the_check_reads_no_test_copy(proxy: CorpusProxy, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def read(part: object, *_: object) -> object:
        seen.extend(part.texts)  # type: ignore[attr-defined]
        return rows(part, *_)

    from surrogate.corpus.batch.proxy import stages

    rows = stages.usable_rows
    monkeypatch.setattr(stages, "usable_rows", read)
    found = explained(KNOWN, proxy)
    assert seen
    assert not set(seen) & set(found.explanation.sample.role("test").texts)  # type: ignore[union-attr]


@pytest.mark.parametrize("text", [KNOWN, STRANGE])
def test_what_is_asked_a_stage_at_a_time_is_what_an_explanation_asks(text: str, proxy: CorpusProxy) -> None:
    pipe, alone = made(), made()
    box, store = pipe.named_steps["query"].black_box, pipe.named_steps["query"].store
    stages = proxied_copies(pipe, text, CALLS, proxy)
    assert stages is not None
    for copies in stages:
        ask(box, copies, store)
    explained(text, proxy, alone)
    assert sorted(asked(pipe)) == sorted(asked(alone))


def test_a_row_depends_on_itself_and_the_proxy_alone(proxy: CorpusProxy) -> None:
    pipe = made()
    alone = row(explained(KNOWN, proxy), KNOWN)
    explained(STRANGE, proxy, pipe)
    assert row(explained(KNOWN, CorpusProxy.from_bytes(proxy.to_bytes()), pipe), KNOWN) == alone
    assert (alone["proxy_used"], alone["row_sha256"] is None) == (True, False)


def test_refits_are_taught_by_the_proxy_too(proxy: CorpusProxy) -> None:
    found = explained(KNOWN, proxy, calls={"fit": 60, "select": 20, "test": 40}, full=True)
    assert found.used
    assert {member.taught_by for member in found.explanation.members} == {"corpus proxy + Gaussian process"}


@pytest.mark.parametrize(("text", "calls", "why"), [("one two", CALLS, "every copy"), (KNOWN, "auto", "adaptive")])
def test_where_it_takes_no_part_it_says_why(text: str, calls: object, why: str, proxy: CorpusProxy) -> None:
    found = explained(text, proxy, calls=calls)
    assert (found.used, found.check, found.why_not) == (False, None, why)
    assert found.explanation.production["corpus_proxy"]["why_not"] == WHY_NOT[why]
    assert found.explanation.production["corpus_proxy"]["sha256"] == proxy.sha256


def test_a_text_of_the_sample_is_explained_as_without_it(proxy: CorpusProxy) -> None:
    known = [text for text in texts(100) if proxy.was_fitted_to(text)]
    assert len(known) == 80
    found = explained(known[0], proxy)
    assert (found.used, found.why_not) == (False, "sample")


def test_order_and_repetition_of_texts_do_not_matter(proxy: CorpusProxy) -> None:
    again = fit_corpus_proxy([*reversed(texts(100)), *texts(5)], 80, made())
    assert again.to_bytes() == proxy.to_bytes()
    assert again.sha256 == digest(proxy.to_bytes())


def test_texts_that_cannot_be_drawn_from_are_left_out_and_counted() -> None:
    told = fit_corpus_proxy([*texts(20), " ", "word " * 1_001], 22, made()).description
    assert (told["n_texts"], told["n_left_out"]) == (20, 2)


def test_bytes_are_read_back(proxy: CorpusProxy) -> None:
    back = CorpusProxy.from_bytes(proxy.to_bytes())
    assert back.to_bytes() == proxy.to_bytes()
    document, outcome = split_units(KNOWN), Outcome(proxy.classes, "good")
    masks = np.random.default_rng(0).random((20, document.n_units)) < 0.5
    assert np.array_equal(back.prior(document, outcome)(masks), proxy.prior(document, outcome)(masks))
    truth = np.log(np.divide(*answer([document.keep(mask) for mask in masks]).T))
    assert np.corrcoef(proxy.prior(document, outcome)(masks)[:, 0], truth)[0, 1] > 0.97


def damaged(proxy: CorpusProxy) -> list[bytes]:
    whole = proxy.to_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    objects = io.BytesIO()
    np.savez(objects, header=np.array([{}], dtype=object), allow_pickle=True)
    wrong_shape = replace(proxy, hidden=proxy.hidden[:-1])
    not_a_number = replace(proxy, offsets=np.full_like(proxy.offsets, np.nan))
    others = [one.to_bytes() for one in (wrong_shape, not_a_number)]
    return [b"", b"nothing", whole[:-40], bytes(flipped), objects.getvalue(), *others]


def test_damaged_bytes_are_refused(proxy: CorpusProxy) -> None:
    for content in damaged(proxy):
        with pytest.raises(InputError, match="cannot be read") as caught:
            CorpusProxy.from_bytes(content)
        assert caught.value.code == "bad-corpus-proxy"


def test_the_proxy_of_another_model_is_refused(proxy: CorpusProxy) -> None:
    with pytest.raises(InputError, match="another model"):
        explained(KNOWN, proxy, made("other"))


@pytest.mark.parametrize(("n_asked", "told"), [(3, "3 were asked for"), (50, "the sample has 9 that can be used")])
def test_too_few_texts_are_refused_with_what_there_was_too_little_of(n_asked: int, told: str) -> None:
    with pytest.raises(InputError, match=told) as caught:
        fit_corpus_proxy([*texts(9), " "], n_asked, made())
    assert caught.value.code == "bad-corpus-proxy"


class Declining(Counting):
    def answer(self, texts: Sequence[str]) -> Answers:
        return replace(super().answer(texts), refused=np.ones(len(texts), dtype=bool))


@pytest.mark.parametrize(
    ("kind", "given"),
    [(Counting, [f"a{k} b{k} c{k}" for k in range(20)]), (Declining, texts(20))],
    ids=["alone", "declined"],
)
def test_a_sample_from_which_nothing_can_be_learnt_is_refused(kind: type[Counting], given: list[str]) -> None:
    pipe = made().set_params(query__black_box=kind(answer, ("good", "bad"), fingerprint="toy"))
    with pytest.raises(InputError, match="nothing to learn from") as caught:
        fit_corpus_proxy(given, 20, pipe)
    assert caught.value.code == "bad-corpus-proxy"


@pytest.mark.parametrize("params", [{"fingerprint": None}, {"stochastic": True}])
def test_models_that_cannot_be_known_beforehand_are_refused(params: dict[str, object]) -> None:
    with pytest.raises(InputError, match="always answers alike") as caught:
        fit_corpus_proxy(texts(20), 20, made(**params))  # type: ignore[arg-type]
    assert caught.value.code == "bad-corpus-proxy"


def test_words_of_a_text_without_spaces_are_known() -> None:
    document = split_units("我的银行卡丢了")
    assert words_of_units(document) == tuple((unit,) for unit in document.units)
    one = np.ones((1, 1), dtype=np.float32)
    zero = np.zeros(1)
    made = CorpusProxy(("丢",), one, zero, np.array([[3.0, 0.0]]), np.zeros(2), ("lost", "other"), False, "toy")
    said = made.prior(document, Outcome(made.classes, "lost"))(np.eye(document.n_units, dtype=bool))[:, 0]
    assert said.argmax() == document.units.index("丢")


def test_every_label_of_its_own_is_foretold() -> None:
    one = np.ones((1, 1), dtype=np.float32)
    outputs, offsets = np.array([[1.0, 0.5]]), np.full(2, -2.0)
    made = CorpusProxy(("fee",), one, np.zeros(1), outputs, offsets, ("a", "b"), True, "toy")
    said = made.prior(split_units("a fee"), Outcome(made.classes, "a", multi_label=True))(np.array([[True, True]]))
    probability = np.exp(-1.0)
    assert said[0, 0] == pytest.approx(np.log(probability / (1 - probability)))


def test_the_plan_names_every_role() -> None:
    from surrogate.corpus.batch.proxy.proxy_fitting import PROXY_PLAN

    assert tuple(PROXY_PLAN) == ROLES
