"""Answer stores: nothing is asked twice, nothing paid for is lost, no text is kept."""

from __future__ import annotations

import json
import pickle
import signal
import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from surrogate.answers import Answers
from surrogate.errors import InputError, ModelError
from surrogate.perturb import Delete
from surrogate.query import Query, ask
from surrogate.store import MemoryStore, SqliteStore, export_store, purge_store, store_info, verify_store
from surrogate.store.rows import text_digest, to_row
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


def rows_of(path: Path, query: str = "SELECT count(*) FROM answers") -> list[tuple[object, ...]]:
    with sqlite3.connect(path) as connection:
        return connection.execute(query).fetchall()


class Aging(type(card_box())):  # type: ignore[misc]
    """A model behind an address: its answers expire, and it may change."""

    expires_after = 3600.0
    shift = 0.0

    def answer(self, texts):  # type: ignore[no-untyped-def]
        answers = super().answer(texts)
        moved = np.clip(answers.probabilities + self.shift * np.array([1, -1]), 1e-6, 1)
        return Answers.from_probabilities(moved / moved.sum(axis=1, keepdims=True))


def aging(shift: float = 0.0) -> Aging:
    box = Aging(card_box().function, fingerprint="endpoint:1")
    box.shift = shift
    return box


def test_answers_of_an_endpoint_are_used_again_once_a_canary_agrees(path: Path) -> None:
    ask(aging(), ["a", "b", "c"], SqliteStore(path))
    later, store = aging(), SqliteStore(path)
    ask(later, ["a", "b"], store)
    assert len(later.asked) == 1, "one text, asked again"
    ask(later, ["c", "a"], store)
    assert len(later.asked) == 1, "and only once"


def test_answers_of_an_endpoint_that_has_changed_are_forgotten(path: Path) -> None:
    ask(aging(), ["a", "b", "c"], SqliteStore(path))
    later, store = aging(shift=0.2), SqliteStore(path)
    with pytest.warns(UserWarning, match="no longer answers"):
        answers = ask(later, ["a", "b"], store)
    assert sorted(later.asked) == ["a", "b"]
    assert (answers.probabilities == aging(shift=0.2).answer(["a", "b"]).probabilities).all()
    assert rows_of(path) == [(2,)]


def test_answers_of_an_endpoint_expire_and_others_do_not(path: Path) -> None:
    ask(aging(), ["a"], SqliteStore(path))
    ask(card_box(fingerprint="toy:1"), ["a"], SqliteStore(path))
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE answers SET asked_at = asked_at - 7200")
    later, lasting = aging(), card_box(fingerprint="toy:1")
    ask(later, ["a"], SqliteStore(path))
    ask(lasting, ["a"], SqliteStore(path))
    assert (later.asked, lasting.asked) == (["a"], [])
    assert rows_of(path) == [(2,)], "the new answer took the place of the old one"


def test_a_damaged_row_is_asked_again_found_and_purged(path: Path) -> None:
    ask(card_box(fingerprint="toy:1"), ["a", "b"], SqliteStore(path))
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE answers SET label_mass = 0.5 WHERE text_sha256 = ?", (text_digest("a"),))
    assert verify_store(path) == (1, 1)
    assert len(list(export_store(path))) == 1
    later = card_box(fingerprint="toy:1")
    ask(later, ["a", "b"], SqliteStore(path))
    assert later.asked == ["a"]
    assert verify_store(path) == (2, 0)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE answers SET refused = 1 WHERE text_sha256 = ?", (text_digest("b"),))
    assert purge_store(path, damaged=True) == 1
    assert verify_store(path) == (1, 0)


def test_answers_are_purged_by_age_text_and_model(path: Path) -> None:
    for number in (1, 2):
        ask(card_box(fingerprint=f"toy:{number}"), ["a", "b", "c"], SqliteStore(path))
    assert purge_store(path, texts=["a"]) == 2
    assert purge_store(path, fingerprint="toy:2") == 2
    assert [(info.fingerprint, info.answers) for info in store_info(path)] == [("toy:1", 2)]
    assert purge_store(path, older_than=3600) == 0
    assert purge_store(path, older_than=-3600) == 2
    assert store_info(path) == []


def test_what_is_purged_is_gone_from_the_file(path: Path) -> None:
    ask(card_box(fingerprint="a-fingerprint-to-be-found"), ["a"], SqliteStore(path))
    purge_store(path)
    assert all(b"to-be-found" not in file.read_bytes() for file in path.parent.iterdir())


def test_an_export_says_what_was_answered_and_no_text(path: Path) -> None:
    box = card_box(fingerprint="toy:1")
    answers = ask(box, ["lost card"], SqliteStore(path))
    (line,) = export_store(path)
    told = json.loads(line)
    assert told["log_probabilities"] == answers.log_probabilities[0].tolist()
    assert told["text_sha256"] == text_digest("lost card").hex()
    assert "lost card" not in line


def test_a_file_of_the_first_release_keeps_its_answers(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE answers (fingerprint TEXT NOT NULL, text_sha256 BLOB NOT NULL, draw INTEGER NOT NULL, "
            "log_probabilities BLOB NOT NULL, embedding BLOB, label_mass REAL, refused INTEGER NOT NULL, "
            "truncated INTEGER NOT NULL, PRIMARY KEY (fingerprint, text_sha256, draw)) WITHOUT ROWID"
        )
        row = to_row(card_box().answer(["a"]), 0)[:5]
        connection.execute("INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?)", ("toy:1", text_digest("a"), 0, *row))
    box = card_box(fingerprint="toy:1")
    ask(box, ["a", "b"], SqliteStore(path))
    assert box.asked == ["b"]
    assert verify_store(path) == (2, 0)


def test_a_file_of_the_second_release_keeps_its_answers_and_their_age(path: Path) -> None:
    box = card_box(fingerprint="toy:1")
    ask(box, ["a"], SqliteStore(path))
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE answers SET asked_at = 7")
        connection.execute("ALTER TABLE answers DROP COLUMN votes")
        connection.execute("PRAGMA user_version = 2")
    again = card_box(fingerprint="toy:1")
    ask(again, ["a"], SqliteStore(path))
    assert again.asked == []
    assert verify_store(path) == (1, 0)
    assert [info.oldest for info in store_info(path)] == [7]


def test_the_votes_are_kept_with_an_answer(path: Path) -> None:
    box = card_box(fingerprint="toy:1")
    SqliteStore(path).put(box, ["a", "b"], Answers.from_votes([[8, 0], [1, 2]]))
    known = SqliteStore(path).get(box, ["a", "b"])
    assert Answers.concatenate([known["b"], known["a"]]).votes.tolist() == [[1, 2], [8, 0]]
    assert verify_store(path) == (2, 0)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE answers SET votes = NULL WHERE text_sha256 = ?", [text_digest("b")])
    assert verify_store(path) == (1, 1)


def test_a_file_of_a_newer_release_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    box, before = card_box(fingerprint="toy:1"), path.read_bytes()
    with pytest.warns(UserWarning, match="newer release"):
        ask(box, ["a"], SqliteStore(path))
    assert path.read_bytes() == before
    with pytest.raises(InputError, match="newer release"):
        store_info(path)


def test_processes_share_one_new_file(path: Path) -> None:
    program = (
        "import sys; from surrogate.query import ask; from surrogate.store import SqliteStore; from tests.toys import card_box\n"
        "ask(card_box(fingerprint='toy:1'), [f'text {sys.argv[2]} {i}' for i in range(50)], SqliteStore(sys.argv[1]), 5)"
    )
    started = [
        subprocess.Popen([sys.executable, "-W", "error", "-c", program, str(path), str(number)]) for number in range(4)
    ]
    assert [process.wait(120) for process in started] == [0, 0, 0, 0]
    assert rows_of(path) == [(200,)]
    assert verify_store(path) == (200, 0)


def test_a_killed_process_loses_no_batch_that_was_answered(path: Path) -> None:
    program = (
        "import os, signal, sys; from surrogate.query import ask; from surrogate.store import SqliteStore\n"
        "from tests.toys import card_box\n"
        "def progress(done, total):\n"
        "    if done == 30: os.kill(os.getpid(), signal.SIGKILL)\n"
        "ask(card_box(fingerprint='toy:1'), [str(i) for i in range(50)], SqliteStore(sys.argv[1]), 10, progress)"
    )
    assert subprocess.run([sys.executable, "-c", program, str(path)], check=False).returncode == -signal.SIGKILL
    later = card_box(fingerprint="toy:1")
    ask(later, [str(i) for i in range(50)], SqliteStore(path))
    assert len(later.asked) == 20
    assert verify_store(path) == (50, 0)
