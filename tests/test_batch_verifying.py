"""Proving that nobody touched a batch: every file, every row, every full report, and who signed it."""

from __future__ import annotations

import contextlib
import json
import shutil
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from surrogate.canonical import digest
from surrogate.cli import main
from surrogate.corpus.batch.checking.sealing import batch_manifest
from surrogate.corpus.batch.checking.verifying import is_batch, verify_batch_folder
from surrogate.corpus.batch.choosing import Choice
from surrogate.corpus.batch.opening import opened
from surrogate.corpus.batch.request import BatchRequest
from surrogate.corpus.batch.rows.index import read_index, seal_batch, write_index
from surrogate.corpus.batch.rows.part_files import part_bytes, read_part
from surrogate.corpus.batch.rows.rows import row_digest
from surrogate.corpus.batch.run import run_batch
from surrogate.corpus.batch.summary.summarizing import summarize
from surrogate.corpus.batch.summary.writing_summary import write_summary
from surrogate.corpus.batch.workers.backends import Backend
from surrogate.errors import InputError
from surrogate.ledger import open_ledger
from surrogate.signing import SigningKey, load_key, make_key, read_manifest, read_signatures, sign_report
from tests import batch_models as models

ROWS = [(f"m{k:02}", text) for k, text in enumerate(models.messages(8))]
SAID: dict[str, Any] = {"role": "author", "decision": "issue", "date": "2026-05-01"}


def done(out: Path, rows: list[tuple[str, str]] = ROWS, *, overwrite: bool = False, **asked: Any) -> Path:
    source = models.write_csv(out.parent / f"{out.name}.csv", rows)
    asked = {"choice": Choice("sample", 2), "part_texts": 3, "formats": ("html",), **asked}
    with opened(BatchRequest(source, out, id="id", **asked), models.toy(), store=False) as batch:
        return run_batch(batch, Backend("none"), overwrite=overwrite)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return done(tmp_path_factory.mktemp("made") / "out")


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("keys")
    return {name: make_key(name, folder) for name in ("ada", "eve")}


@pytest.fixture(scope="module")
def signed(made: Path, keys: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(shutil.copytree(made, tmp_path_factory.mktemp("signed") / "out"))
    sign_report(folder, key_of(keys, "ada"), **SAID)
    return folder


@pytest.fixture
def batch(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "out"))


@pytest.fixture
def sealed(signed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(signed, tmp_path / "out"))


def key_of(keys: dict[str, Path], name: str) -> SigningKey:
    return load_key(keys[name])


def public(keys: dict[str, Path], name: str) -> str:
    return str(keys[name].with_suffix(".pub.json"))


@dataclass(frozen=True)
class Called:
    exit_code: int
    stdout: str


def call(*words: str) -> Called:
    with contextlib.redirect_stdout(StringIO()) as stream:
        code = main(list(words))
    return Called(code, stream.getvalue())


def verify(folder: Path, *more: str) -> Called:
    return call("verify", str(folder), *more)


def told(folder: Path, *more: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(verify(folder, "--json", *more).stdout)
    return found


def named(folder: Path, *more: str) -> set[str]:
    return {file for problem in told(folder, *more)["problems"] for file in problem["files"]}


def snapshot(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def seal_anew(folder: Path, *, manifest: bool = True) -> None:
    """What somebody does who changed a part, and makes everything that follows from it anew."""
    numbers = positions(folder)
    before = read_index(folder)
    write = write_index(folder, [part["number"] for part in before["parts"]], lambda part: numbers[part])
    kept = (folder / "manifest.json").read_bytes()
    for name in ("index.json", "manifest.json"):
        (folder / name).unlink()
    write_summary(folder, summarize(folder))
    seal_batch(folder, write, list(before["files"]))
    (folder / "manifest.json").write_bytes(batch_manifest(folder).to_bytes() if manifest else kept)


def positions(folder: Path) -> dict[int, list[tuple[str, int]]]:
    """Ids as the parts have them now, with the positions that the index had for the same places."""
    import pyarrow.parquet as pq

    listed = pq.read_table(folder / "index.parquet").to_pylist()
    found: dict[int, list[tuple[str, int]]] = {}
    for path in parts(folder):
        number = int(path.stem.removeprefix("part-"))
        old = [row["number"] for row in listed if row["part"] == number]
        found[number] = [(row["id"], place) for row, place in zip(read_part(path), old, strict=True)]
    return found


def parts(folder: Path) -> list[Path]:
    return sorted((folder / "rows").iterdir())


def change_row(folder: Path, **values: Any) -> Path:
    """Another value in the first row, with the digests of row and part made anew."""
    path = parts(folder)[0]
    rows = read_part(path)
    rows[0] = {**rows[0], **values}
    rows[0]["row_sha256"] = row_digest(rows[0])
    path.write_bytes(part_bytes(rows, 0))
    return path


def test_a_batch_that_nobody_touched_is_consistent_and_its_full_reports_are_verified(made: Path) -> None:
    found = verify(made)
    assert found.exit_code == 0
    assert found.stdout.startswith("internally consistent, signer unknown\n")
    assert "8 rows in 3 parts" in found.stdout
    assert "2 full reports were verified, files and numbers; none of them failed." in found.stdout
    assert "Nothing vouches for run.json" in found.stdout
    assert digest((made / "index.json").read_bytes()) in found.stdout
    assert "This does not prove:" in found.stdout
    said = told(made)
    assert said["verdict"] == "consistent"
    assert said["recomputed"]["status"] == "same"
    assert said["recomputed"]["n_same"] > 80
    assert said["rebuilt"]["status"] == "not attempted"


def test_full_reports_are_rebuilt_on_request(made: Path) -> None:
    assert told(made, "--rebuild")["rebuilt"] == {"status": "same bytes", "reason": "2 full reports", "files": []}


def test_the_manifest_lists_everything_final_and_is_the_same_for_the_same_batch(made: Path, tmp_path: Path) -> None:
    manifest = read_manifest(made)
    there = {name for name in snapshot(made) if not name.startswith("reports/")}
    assert set(manifest.files) == there - {"run.json", "manifest.json"}
    assert manifest.kind == "batch"
    assert manifest.record_sha256 == digest((made / "index.json").read_bytes())
    again = done(tmp_path / "again", ROWS)
    assert (again / "manifest.json").read_bytes() == (made / "manifest.json").read_bytes()


def test_a_changed_byte_in_any_file_is_found_and_the_file_named(signed: Path, tmp_path: Path) -> None:
    names = [name for name in snapshot(signed) if name != "run.json"]
    assert {name.split("/")[0] for name in names} >= {"rows", "reports", "signatures", "manifest.json", "summary.csv"}
    for number, name in enumerate(names):
        folder = Path(shutil.copytree(signed, tmp_path / str(number)))
        content = (folder / name).read_bytes()
        middle = len(content) // 2
        (folder / name).write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
        said = told(folder)
        assert said["exit_code"] in ((1, 2) if name == "index.json" else (1,)), name
        assert name in {file for problem in said["problems"] for file in problem["files"]}, name
        shutil.rmtree(folder)


def test_which_full_report_failed_is_told(batch: Path) -> None:
    report = sorted((batch / "reports").iterdir())[1]
    (report / "report.html").write_text("<p>fine</p>")
    found = verify(batch)
    assert found.exit_code == 1
    assert f"2 full reports were verified, files and numbers; 1 of them failed: reports/{report.name}." in found.stdout
    (report / "manifest.json").unlink()
    assert f"1 of them failed: reports/{report.name}." in verify(batch).stdout


def test_a_file_that_is_gone_or_was_added_is_named(batch: Path) -> None:
    (batch / "summary.html").unlink()
    (batch / "rows" / "part-00009.parquet").write_bytes(b"")
    report = sorted((batch / "reports").iterdir())[0]
    shutil.rmtree(report)
    assert named(batch) >= {"summary.html", "rows/part-00009.parquet", f"reports/{report.name}/report.json"}


def test_a_row_that_was_taken_out_is_found(batch: Path) -> None:
    path = parts(batch)[1]
    path.write_bytes(part_bytes(read_part(path)[1:], 1))
    assert named(batch) >= {"rows/part-00001.parquet", "index.parquet"}


def test_parts_that_changed_places_and_parts_of_another_batch_are_found(batch: Path, tmp_path: Path) -> None:
    first, second = parts(batch)[:2]
    one, other = first.read_bytes(), second.read_bytes()
    first.write_bytes(other)
    second.write_bytes(one)
    assert named(batch) >= {"rows/part-00000.parquet", "rows/part-00001.parquet"}
    first.write_bytes(one)
    strange = done(tmp_path / "strange", [(f"x{k}", f"{text} or so") for k, (_, text) in enumerate(ROWS)])
    second.write_bytes(parts(strange)[1].read_bytes())
    assert "rows/part-00001.parquet" in named(batch)


def test_without_a_signature_who_makes_all_digests_anew_is_not_found_and_with_one_is(
    sealed: Path, batch_copy: Path, keys: dict[str, Path]
) -> None:
    for folder in (sealed, batch_copy):
        assert read_part(change_row(folder, id="m99"))[0]["id"] == "m99"
        seal_anew(folder)
    assert verify(batch_copy).exit_code == 0
    said = told(sealed, "--trust", public(keys, "ada"))
    assert said["exit_code"] == 1
    sentences = {problem["message"] for problem in said["problems"]}
    assert "It was signed, and was changed since." in sentences
    files = {problem["files"][0] for problem in said["problems"]}
    assert files >= {"rows/part-00000.parquet", "index.parquet", "index.json"}


@pytest.fixture
def batch_copy(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "copy"))


def test_an_index_made_anew_without_its_manifest_is_found(batch: Path) -> None:
    change_row(batch, decision="cards", probability=0.5)
    seal_anew(batch, manifest=False)
    assert "manifest.json" in named(batch)


def test_signed_and_trusted(sealed: Path, keys: dict[str, Path]) -> None:
    found = verify(sealed, "--trust", public(keys, "ada"))
    assert found.exit_code == 0
    assert found.stdout.startswith("verified: signed by ada (key ")
    assert "known signer" in found.stdout
    assert told(sealed)["verdict"] == "consistent"


def test_signed_by_a_stranger_and_unsigned(sealed: Path, batch_copy: Path, keys: dict[str, Path]) -> None:
    found = verify(sealed, "--trust", public(keys, "eve"))
    assert found.exit_code == 1
    assert "signed by a stranger" in found.stdout
    found = verify(batch_copy, "--trust", public(keys, "ada"))
    assert found.exit_code == 1
    assert "No key that you trust signed this report" in found.stdout


def test_an_expired_signature_a_renamed_one_and_one_of_another_batch_fail(
    batch: Path, signed: Path, keys: dict[str, Path]
) -> None:
    trust = ["--trust", public(keys, "ada")]
    path = sign_report(batch, key_of(keys, "ada"), **SAID, expires="2026-06-01")
    assert verify(batch, *trust, "--date", "2026-06-01").exit_code == 0
    assert "It expired on 2026-06-01" in verify(batch, *trust, "--date", "2026-06-02").stdout
    assert "It is dated 2026-05-01, after" in verify(batch, *trust, "--date", "2026-04-02").stdout
    path.rename(path.with_name("reviewer-00000000.dsse.json"))
    assert "somebody renamed it" in verify(batch, *trust, "--date", "2026-05-02").stdout
    shutil.rmtree(path.parent)
    shutil.copytree(signed / "signatures", batch / "signatures")
    change_row(batch, decision="cards", probability=0.5)
    seal_anew(batch)
    assert "It was signed, and was changed since." in verify(batch, *trust).stdout


def test_a_manifest_that_was_taken_away_from_a_signed_batch_is_told(sealed: Path) -> None:
    (sealed / "manifest.json").unlink()
    assert is_batch(sealed)
    found = verify(sealed)
    assert found.exit_code == 1
    assert "manifest.json: It is gone, and signatures are there." in found.stdout


def test_the_same_command_again_writes_nothing_into_a_signed_batch(sealed: Path, keys: dict[str, Path]) -> None:
    before = snapshot(sealed)
    done(sealed)
    assert snapshot(sealed) == before
    assert not (sealed / ".work").exists()
    assert verify(sealed, "--trust", public(keys, "ada")).exit_code == 0
    for asked, code in (({"overwrite": True}, "signed-report"), ({"calls": 32}, "other-run")):
        with pytest.raises(InputError) as raised:
            done(sealed, **asked)  # type: ignore[arg-type]
        assert raised.value.code == code
        assert snapshot(sealed) == before


def test_a_signed_batch_that_was_changed_is_not_mended_by_the_same_command(sealed: Path) -> None:
    parts(sealed)[0].unlink()
    before = snapshot(sealed)
    with pytest.raises(InputError, match=r"part-00000\.parquet") as raised:
        done(sealed)
    assert raised.value.code == "changed-report"
    assert snapshot(sealed) == before


def test_a_signed_full_report_in_a_batch_is_not_replaced(batch: Path, keys: dict[str, Path]) -> None:
    report = sorted((batch / "reports").iterdir())[0]
    sign_report(report, key_of(keys, "ada"), **SAID)
    assert verify(batch).exit_code == 0
    before = snapshot(report)
    with pytest.raises(InputError) as raised:
        done(batch, overwrite=True)
    assert raised.value.code == "signed-report"
    for path in parts(batch):
        path.unlink()
    with pytest.raises(InputError) as raised:
        done(batch)
    assert raised.value.code == "signed-report"
    assert snapshot(report) == before


def test_a_batch_that_is_not_signed_is_mended_by_the_same_command(batch: Path) -> None:
    before = snapshot(batch)
    for name in ("summary.json", "summary.html", "manifest.json", "index.parquet", "rows/part-00001.parquet"):
        (batch / name).write_bytes(b"{}")
    assert verify(batch).exit_code == 1
    done(batch)
    after = snapshot(batch)
    # Full reports are written again with the rows that name them: the same records, at another time.
    changed = {name for name in before if after[name] != before[name]}
    assert {name for name in changed if not name.endswith(("run.json", "manifest.json"))} == set()
    assert "manifest.json" not in changed
    assert verify(batch).exit_code == 0


def test_a_whole_part_that_is_not_the_one_of_the_index_is_done_again(batch: Path) -> None:
    before = parts(batch)[0].read_bytes()
    change_row(batch, probability=0.5)
    assert parts(batch)[0].read_bytes() != before
    done(batch)
    assert parts(batch)[0].read_bytes() == before


def test_an_unfinished_batch_cannot_be_read_or_signed(batch: Path, keys: dict[str, Path]) -> None:
    for name in ("index.json", "manifest.json"):
        (batch / name).unlink()
    found = verify(batch)
    assert found.exit_code == 2
    assert found.stdout.startswith("CANNOT BE READ: index.json")
    with pytest.raises(InputError) as raised:
        sign_report(batch, key_of(keys, "ada"), **SAID)
    assert raised.value.code == "no-manifest"


def test_another_file_keeps_a_batch_from_being_signed_and_is_told(batch: Path, keys: dict[str, Path]) -> None:
    (batch / "notes.txt").write_text("mine")
    assert "Nothing vouches for notes.txt" in verify(batch).stdout
    with pytest.raises(InputError, match=r"notes\.txt"):
        sign_report(batch, key_of(keys, "ada"), **SAID)


def test_another_summary_is_not_written_over_the_one_of_the_manifest(sealed: Path) -> None:
    before = snapshot(sealed)
    found = call("summary", str(sealed), "-o", str(sealed), "--locale", "zh", "--overwrite")
    assert found.exit_code == 2
    assert call("summary", str(sealed), "-o", str(sealed)).exit_code == 0
    assert snapshot(sealed) == before


def test_sign_and_ledger_on_the_command_line(batch: Path, keys: dict[str, Path], tmp_path: Path) -> None:
    book = tmp_path / "ledger.sqlite"
    said = ["--key", str(keys["ada"]), "--role", "reviewer", "--decision", "approve", "--ledger", str(book)]
    found = call("sign", str(batch), *said)
    assert found.exit_code == 0, found.stdout
    assert f"reviewer: approve, {len(read_manifest(batch).files)} files" in found.stdout
    added = call("ledger", "add", "issued", str(batch), "--ledger", str(book))
    assert added.exit_code == 0, added.stdout
    assert [(entry.event, entry.kind) for entry in open_ledger(book).entries()] == [
        ("signed", "batch"),
        ("issued", "batch"),
    ]
    assert [one.role for one in read_signatures(batch)] == ["reviewer"]
    parts(batch)[0].write_bytes(b"")
    assert call("ledger", "add", "issued", str(batch), "--ledger", str(book)).exit_code == 2


def test_a_batch_without_full_reports_says_so(tmp_path: Path) -> None:
    out = done(tmp_path / "out", ROWS[:2], choice=Choice("none"))
    assert "Recomputed   not attempted: there are no full reports" in verify(out).stdout


def test_progress_is_told_of_parts_and_reports(made: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    verify_batch_folder(made, watch=lambda *one: seen.append(one))
    assert seen == [*(("parts", k, 3) for k in range(3)), *(("full reports", k, 2) for k in range(2))]
