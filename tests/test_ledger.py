"""The ledger: only added to, chained, and without a word of what reports say."""

from __future__ import annotations

import json
import shutil
import sqlite3
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surrogate.canonical import canonical_bytes, digest
from surrogate.cli import main
from surrogate.errors import InputError
from surrogate.ledger import EVENTS, Ledger, open_ledger
from surrogate.ledger.entry import COLUMNS
from surrogate.report.write import write_files
from surrogate.signing import load_key, make_key, read_manifest, sign_report

RECORD: dict[str, Any] = {
    "schema": "surrogate-report",
    "schema_version": "2.0",
    "kind": "local",
    "text": "my lost card",
}
DAY = "2026-05-01"


@pytest.fixture(scope="module")
def masters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty ledger and one with five entries: copies are made faster than entries."""
    folder = tmp_path_factory.mktemp("masters")
    open_ledger(folder / "empty.sqlite", create=True)
    fill(open_ledger(folder / "filled.sqlite", create=True))
    return folder


@pytest.fixture
def ledger(masters: Path, tmp_path: Path) -> Ledger:
    return copied(masters / "empty.sqlite", tmp_path)


@pytest.fixture
def filled(masters: Path, tmp_path: Path) -> Ledger:
    return copied(masters / "filled.sqlite", tmp_path)


def copied(master: Path, folder: Path) -> Ledger:
    shutil.copy(master, folder / "ledger.sqlite")
    shutil.copy(f"{master}.key", folder / "ledger.sqlite.key")
    return open_ledger(folder / "ledger.sqlite")


def fill(ledger: Ledger, number: int = 5) -> list[str]:
    """Hashes of some new entries."""
    return [
        ledger.append(EVENTS[place % 5], record=digest(f"{place}"), kind="local", date=DAY, note=f"n{place}").hash
        for place in range(number)
    ]


def by_force(ledger: Ledger, *statements: str) -> None:
    """Change a ledger as somebody would who knows SQL: the triggers are dropped, and made again as they were."""
    with closing(sqlite3.connect(ledger.path)) as connection, connection:
        connection.execute("PRAGMA synchronous = OFF")
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        for _, sql in triggers:
            connection.execute(sql)


def code_of(work: Callable[..., Any], *arguments: Any, **options: Any) -> str:
    with pytest.raises(InputError) as caught:
        work(*arguments, **options)
    return caught.value.code


def test_an_empty_ledger_is_whole(ledger: Ledger) -> None:
    found = ledger.check()
    assert (found.is_whole, found.n_entries, found.head) == (True, 0, "0" * 64)
    assert ledger.check("0" * 64).since == 0


def test_entries_come_back_in_their_order_each_chained_to_the_one_before(filled: Ledger) -> None:
    hashes = [entry.hash for entry in filled.entries()]
    entries = open_ledger(filled.path).entries()
    assert [entry.sequence for entry in entries] == [1, 2, 3, 4, 5]
    assert [entry.hash for entry in entries] == hashes
    assert [entry.previous for entry in entries] == ["0" * 64, *hashes[:-1]]
    assert tuple(entries[0].to_dict()) == COLUMNS


def test_ledger_and_key_are_for_their_owner_only(ledger: Ledger) -> None:
    for path in (ledger.path, ledger.path.with_name("ledger.sqlite.key")):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_no_plain_digest_is_in_the_file(ledger: Ledger) -> None:
    record, manifest = digest("record"), digest("manifest")
    ledger.append("issued", record=record, manifest=manifest, kind="local", date=DAY)
    content = ledger.path.read_bytes()
    assert record.encode() not in content
    assert manifest.encode() not in content
    assert ledger.entries(record)[0].report == ledger.keyed(record)
    assert ledger.entries(digest("other")) == ()


def test_two_ledgers_say_nothing_in_common_about_a_report(ledger: Ledger, tmp_path: Path) -> None:
    other = open_ledger(tmp_path / "other.sqlite", create=True)
    assert ledger.keyed(digest("a")) != other.keyed(digest("a"))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET note = 'x' WHERE sequence = 2",
        "DELETE FROM entries",
        "DELETE FROM entries WHERE sequence = 5",
        "UPDATE about SET key_check = 'x'",
        "DELETE FROM about",
        "INSERT INTO about VALUES ('x')",
        "INSERT OR REPLACE INTO entries SELECT * FROM entries WHERE sequence = 2",
        "REPLACE INTO entries SELECT 6, date, event, report, manifest, kind, note, hash, hash FROM entries WHERE sequence = 5",
        "INSERT INTO entries SELECT 7, date, event, report, manifest, kind, note, hash, 'x' FROM entries WHERE sequence = 5",
        "INSERT INTO entries SELECT 6, date, event, report, manifest, kind, note, previous, 'x' FROM entries WHERE sequence = 5",
    ],
)
def test_the_database_refuses_changes(statement: str, filled: Ledger) -> None:
    before = filled.entries()
    with closing(sqlite3.connect(filled.path)) as connection:
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute(statement)
        connection.commit()
    assert filled.entries() == before
    assert filled.check().is_whole


@pytest.mark.parametrize("column", [name for name in COLUMNS if name != "sequence"])
@pytest.mark.parametrize("number", [1, 3, 5])
def test_a_row_changed_by_force_is_found_and_named(column: str, number: int, filled: Ledger) -> None:
    by_force(filled, f"UPDATE entries SET {column} = 'other' WHERE sequence = {number}")
    found = filled.check()
    assert (found.is_whole, found.broken) == (False, number)
    assert f"entry {number}" in found.why
    assert code_of(filled.append, "issued", record=None, date=DAY) == "broken-ledger"
    assert len(filled.entries()) == 5


@pytest.mark.parametrize("value", ["NULL", "x'00'", "1e999", "-1", "''"])
def test_values_of_other_types_are_found(value: str, filled: Ledger) -> None:
    by_force(filled, f"UPDATE entries SET report = {value} WHERE sequence = 2")
    assert filled.check().broken == 2


def test_a_row_taken_out_or_two_swapped_are_found(filled: Ledger, tmp_path: Path) -> None:
    by_force(filled, "DELETE FROM entries WHERE sequence = 3")
    assert filled.check().broken == 3
    other = open_ledger(tmp_path / "other.sqlite", create=True)
    fill(other)
    by_force(other, "UPDATE entries SET sequence = 9 WHERE sequence = 2", "UPDATE entries SET sequence = 2 WHERE sequence = 3",
             "UPDATE entries SET sequence = 3 WHERE sequence = 9")  # fmt: skip
    assert other.check().broken == 2


def test_a_chain_made_anew_without_the_key_is_found(ledger: Ledger) -> None:
    import hashlib

    hashes = fill(ledger, 2)
    forged = {**ledger.entries()[1].to_dict(), "note": "forged"}
    forged.pop("hash")
    link = hashlib.sha256(canonical_bytes(forged)).hexdigest()
    by_force(ledger, f"UPDATE entries SET note = 'forged', hash = '{link}' WHERE hash = '{hashes[1]}'")
    assert ledger.check().broken == 2


def test_entries_cut_off_the_end_are_found_with_the_head(filled: Ledger) -> None:
    hashes = [entry.hash for entry in filled.entries()]
    assert filled.check(hashes[-1]).since == 0
    assert filled.check(hashes[1]).since == 3
    by_force(filled, "DELETE FROM entries WHERE sequence > 3")
    assert filled.check().is_whole  # The chain alone cannot tell.
    assert filled.check(hashes[2]).is_whole
    found = filled.check(hashes[-1])
    assert not found.is_whole
    assert "cut off the end" in found.why


def test_missing_triggers_are_found(filled: Ledger) -> None:
    with closing(sqlite3.connect(filled.path)) as connection, connection:
        connection.execute("DROP TRIGGER entries_no_update")
    assert "triggers" in filled.check().why
    assert code_of(filled.append, "issued", record=None, date=DAY) == "broken-ledger"


def test_the_key_of_another_ledger_is_refused(ledger: Ledger, tmp_path: Path) -> None:
    open_ledger(tmp_path / "other.sqlite", create=True)
    (tmp_path / "other.sqlite.key").replace(tmp_path / "ledger.sqlite.key")
    assert code_of(open_ledger, ledger.path) == "wrong-key"
    (tmp_path / "ledger.sqlite.key").write_text("no key", encoding="utf-8")
    assert code_of(open_ledger, ledger.path) == "wrong-key"
    (tmp_path / "ledger.sqlite.key").unlink()
    assert code_of(open_ledger, ledger.path) == "bad-key"


def test_a_key_that_others_may_read_is_refused(ledger: Ledger) -> None:
    ledger.path.with_name("ledger.sqlite.key").chmod(0o644)
    assert code_of(open_ledger, ledger.path) == "open-key"


def test_a_key_may_be_kept_elsewhere(tmp_path: Path) -> None:
    key = tmp_path / "safe" / "my.key"
    made = open_ledger(tmp_path / "l.sqlite", create=True, key_file=key)
    assert open_ledger(made.path, key_file=key).key == made.key
    assert code_of(open_ledger, made.path) == "bad-key"


def test_a_ledger_that_is_gone_is_not_begun_anew_in_silence(ledger: Ledger) -> None:
    ledger.path.unlink()
    assert code_of(open_ledger, ledger.path) == "bad-ledger"
    assert code_of(open_ledger, ledger.path, create=True) == "bad-ledger"
    assert code_of(ledger.check) == "bad-ledger"
    assert not ledger.path.exists()


def test_other_files_are_no_ledgers(ledger: Ledger, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other.sqlite")) as connection, connection:
        connection.execute("CREATE TABLE entries (a)")
    for content in (b"text, and more of it", (tmp_path / "other.sqlite").read_bytes(), b""):
        ledger.path.write_bytes(content)
        assert code_of(open_ledger, ledger.path) == "bad-ledger"


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_one_changed_byte_of_the_file_is_found_or_changes_no_entry(
    data: st.DataObject, masters: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    ledger = copied(masters / "filled.sqlite", tmp_path_factory.getbasetemp())
    before, content = ledger.entries(), bytearray(ledger.path.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    ledger.path.write_bytes(bytes(content))
    try:
        found, entries = ledger.check(before[-1].hash), ledger.entries()
    except InputError as error:
        found, entries = error.code, ()
    assert found in {"bad-ledger", "wrong-key"} or not found.is_whole or entries == before


@given(note=st.text(max_size=50))
@settings(max_examples=25, deadline=None)
def test_any_note_comes_back_as_it_was_written(
    note: str, masters: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    ledger = copied(masters / "empty.sqlite", tmp_path_factory.getbasetemp())
    ledger.append("issued", record=None, date=DAY, note=note)
    assert ledger.check().is_whole
    assert ledger.entries()[0].note == note


def test_those_who_append_at_once_wait_for_each_other(ledger: Ledger) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: open_ledger(ledger.path).append("issued", record=None, date=DAY), range(12)))
    assert ledger.check().is_whole
    assert ledger.check().n_entries == 12


@pytest.mark.parametrize("change", [{"event": "burned"}, {"date": "soon"}, {"note": "\ud800"}])
def test_bad_entries_are_refused(change: dict[str, str], ledger: Ledger) -> None:
    told = {"event": "issued", "date": DAY, **change}
    assert code_of(ledger.append, told.pop("event"), record=None, **told) == "bad-parameter"
    assert ledger.entries() == ()


def test_a_signature_and_its_entry_are_made_together_or_not_at_all(ledger: Ledger, tmp_path: Path) -> None:
    folder, key = write_files(tmp_path / "r", {}, RECORD, "report.json"), load_key(make_key("ada", tmp_path))
    said = {"role": "author", "decision": "issue", "date": DAY}
    path = sign_report(folder, key, **said, ledger=ledger)
    (entry,) = ledger.entries(read_manifest(folder).record_sha256)
    assert (entry.event, entry.kind, entry.note) == ("signed", "local", f"author: issue, key {key.public.keyid[:8]}")
    by_force(ledger, "UPDATE entries SET note = 'x'")
    assert code_of(sign_report, folder, key, **{**said, "role": "approver"}, ledger=ledger) == "broken-ledger"
    assert list((folder / "signatures").iterdir()) == [path]


def test_the_verbs(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SURROGATE_LEDGER", str(tmp_path / "ledger.sqlite"))
    folder = str(write_files(tmp_path / "r", {"report.txt": b"text"}, RECORD, "report.json"))
    assert main(["ledger", "check"]) == 2
    assert "[bad-ledger]" in capsys.readouterr().err
    assert main(["ledger", "add", "issued", folder, "--date", DAY, "--note", "first\x1b[31m\nline"]) == 0
    assert main(["ledger", "add", "withdrawn", folder, "--json"]) == 0
    head = json.loads(capsys.readouterr().out.splitlines()[-1])["hash"]
    assert main(["ledger", "list", "--report", folder]) == 0
    out = capsys.readouterr().out
    assert len(out.splitlines()) == 2  # However many lines a note has, and nothing that a terminal obeys.
    assert "\x1b" not in out
    assert main(["ledger", "list", "--json"]) == 0
    assert [entry["event"] for entry in json.loads(capsys.readouterr().out)] == ["issued", "withdrawn"]
    assert main(["ledger", "check", "--head", head, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["since"] == 0
    assert main(["ledger", "check"]) == 0
    assert f"head: {head}" in capsys.readouterr().out
    by_force(open_ledger(tmp_path / "ledger.sqlite"), "DELETE FROM entries WHERE sequence = 2")
    assert main(["ledger", "check", "--head", head]) == 1
    assert "cut off the end" in capsys.readouterr().out
    by_force(open_ledger(tmp_path / "ledger.sqlite"), "UPDATE entries SET note = 'x'")
    assert main(["ledger", "check"]) == 1
    assert "entry 1" in capsys.readouterr().out
    assert main(["ledger", "list"]) == 1


def test_a_changed_report_is_not_issued(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_files(tmp_path / "r", {"report.txt": b"text"}, RECORD, "report.json")
    (folder / "report.txt").write_bytes(b"other")
    assert main(["ledger", "add", "issued", str(folder), "--ledger", str(tmp_path / "l.sqlite")]) == 2
    assert "[changed-report]" in capsys.readouterr().err
    assert not (tmp_path / "l.sqlite").exists()
