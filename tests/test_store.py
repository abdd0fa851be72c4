"""Answer stores: nothing is asked twice, nothing paid for is lost, no text is kept."""

from __future__ import annotations

import pickle
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from surrogate.answers import Answers
from surrogate.errors import ModelError
from surrogate.perturb import Delete
from surrogate.query import Query, ask
from surrogate.store import MemoryStore, SqliteStore
from tests.toys import MESSAGE, card_box


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "answers.sqlite"


def test_query_asks_each_text_once(path: Path) -> None:
    for store in (MemoryStore(), SqliteStore(path)):
        box = card_box(fingerprint="toy:1")
        ask(box, ["a", "b", "a", "c"], store)
        ask(box, ["c", "a", "d"], store)
        assert sorted(box.asked) == ["a", "b", "c", "d"]


def test_answers_come_back_in_order(path: Path) -> None:
    box = card_box(fingerprint="toy:1")
    texts = ["card", "x", "card lost", "x", "card"]
    fresh = ask(box, texts, SqliteStore(path))
    stored = ask(box, texts, SqliteStore(path))
    assert (fresh.log_probabilities == stored.log_probabilities).all()
    assert (fresh.log_probabilities[0] == fresh.log_probabilities[4]).all()


def test_answers_outlive_the_process(path: Path) -> None:
    ask(card_box(fingerprint="toy:1"), ["a", "b"], SqliteStore(path))
    later = card_box(fingerprint="toy:1")
    ask(later, ["a", "b"], SqliteStore(path))
    assert later.asked == []


def test_another_fingerprint_is_another_model(path: Path) -> None:
    ask(card_box(fingerprint="toy:1"), ["a"], SqliteStore(path))
    other = card_box(fingerprint="toy:2")
    ask(other, ["a"], SqliteStore(path))
    assert other.asked == ["a"]


def test_a_box_without_fingerprint_leaves_nothing_on_disk(path: Path) -> None:
    box = card_box()
    ask(box, ["a"], SqliteStore(path))
    assert not path.exists() or not sqlite3.connect(path).execute("SELECT * FROM answers").fetchall()
    ask(card_box(), ["a"], store := MemoryStore())
    second = card_box()
    ask(second, ["a"], store)
    assert second.asked == ["a"]


def test_every_field_survives_the_file(path: Path) -> None:
    answers = Answers(
        np.array([[-0.1, -np.inf], [-1.0, -0.5]]),
        np.array([[1, 2, 3], [4, 5, 6]], dtype=np.float32),
        np.array([0.25, 1.0]),
        np.array([True, False]),
        np.array([False, True]),
    )
    box = card_box(fingerprint="toy:1")
    SqliteStore(path).put(box, ["a", "b"], answers)
    stored = SqliteStore(path).get(box, ["a", "b"])
    back = Answers.concatenate([stored["a"], stored["b"]])
    for name in ("log_probabilities", "embeddings", "label_mass", "refused", "truncated"):
        assert (getattr(back, name) == getattr(answers, name)).all()
        assert getattr(back, name).dtype == getattr(answers, name).dtype


def test_the_file_is_private_and_holds_no_text(path: Path) -> None:
    ask(card_box(fingerprint="toy:1"), ["a very secret sentence"], SqliteStore(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert all(b"very secret" not in file.read_bytes() for file in path.parent.iterdir())


def test_a_corrupt_file_is_moved_aside(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"this is no database, but long enough to look like one" * 50)
    box = card_box(fingerprint="toy:1")
    with pytest.warns(UserWarning, match="moved to"):
        ask(box, ["a"], SqliteStore(path))
    assert path.with_name("answers.sqlite.damaged-1").exists()
    again = card_box(fingerprint="toy:1")
    ask(again, ["a"], SqliteStore(path))
    assert again.asked == []


def test_a_store_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    box, store = card_box(fingerprint="toy:1"), SqliteStore(tmp_path / "file" / "answers.sqlite")
    with pytest.warns(UserWarning, match="memory only"):
        ask(box, ["a"], store)
    ask(box, ["a"], store)
    assert box.asked == ["a"]


def test_many_writers_share_one_file(path: Path) -> None:
    def work(number: int) -> None:
        ask(card_box(fingerprint="toy:1"), [f"text {number} {i}" for i in range(20)], SqliteStore(path))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(8)))
    assert sqlite3.connect(path).execute("SELECT count(*) FROM answers").fetchone() == (160,)


def test_a_failing_model_loses_nothing_answered_before(path: Path) -> None:
    class Failing(type(card_box())):  # type: ignore[misc]
        def answer(self, texts):  # type: ignore[no-untyped-def]
            if "bad" in texts:
                raise ModelError("model-failed", "The model broke.")
            return super().answer(texts)

    box = Failing(card_box().function, fingerprint="toy:1")
    with pytest.raises(ModelError):
        ask(box, ["a", "b", "bad"], SqliteStore(path), batch_size=2)
    later = card_box(fingerprint="toy:1")
    ask(later, ["a", "b"], SqliteStore(path))
    assert later.asked == []


def test_a_pickled_store_holds_no_answers(path: Path) -> None:
    store, box = SqliteStore(path), card_box(fingerprint="toy:1")
    before = len(pickle.dumps(store))
    ask(box, [str(i) for i in range(500)], store)
    assert len(pickle.dumps(store)) == before
    assert "7" in pickle.loads(pickle.dumps(store)).get(box, ["7"])


def test_progress_counts_what_is_asked() -> None:
    seen: list[tuple[int, int]] = []
    neighborhood = Delete(n_samples=64).fit_transform([MESSAGE])
    Query(card_box(), batch_size=10, progress=lambda *state: seen.append(state)).fit_transform(neighborhood)
    assert seen[0] == (0, neighborhood.n_samples)
    assert seen[-1] == (neighborhood.n_samples, neighborhood.n_samples)
