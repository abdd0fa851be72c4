"""Reports that are damaged, hostile or not known are told about, and never followed."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from benchmarks.report_folders import seal
from surrogate.canonical import canonical_bytes
from surrogate.cli import main
from surrogate.verifying.problems import UnreadableError
from surrogate.verifying.rebuilt import rebuild_report
from surrogate.verifying.signatures import read_trust
from surrogate.verifying.telling import tell
from surrogate.verifying.verdicts import Verification, verify_folder
from tests.verifying_toys import AUTHOR, REVIEWER, made

ROOT = Path(__file__).parent.parent
TODAY = date(2026, 4, 1)
TRUST = read_trust(json.dumps([AUTHOR.key, REVIEWER.key]).encode(), "trust.json")


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A copy of the local report."""
    return Path(shutil.copytree(made("local"), tmp_path / "report"))


def verified(folder: Path) -> Verification:
    return verify_folder(folder, TRUST, TODAY)


def record_of(folder: Path) -> dict:
    return json.loads((folder / "report.json").read_bytes())


def _rewritten(report: Path, name: str, content: bytes) -> Verification:
    """A file replaced, its digest redone, and nobody's signature."""
    shutil.rmtree(report / "signatures")
    (report / name).write_bytes(content)
    seal(report)
    return verify_folder(report, None, TODAY)


def test_a_version_that_is_not_known_cannot_be_read(report: Path) -> None:
    with pytest.raises(UnreadableError, match=r"'surrogate-report' of version '7\.0'"):
        _rewritten(report, "report.json", canonical_bytes({**record_of(report), "schema_version": "7.0"}))


def test_evidence_of_another_version_is_told(report: Path) -> None:
    data = json.loads(gzip.decompress((report / "evidence.json.gz").read_bytes()))
    content = gzip.compress(canonical_bytes({**data, "schema_version": "9.9"}))
    said = _rewritten(report, "evidence.json.gz", content)
    assert said.exit_code == 1
    assert "of version '9.9'" in said.problems[0].message


def test_a_record_of_another_form_is_named(report: Path) -> None:
    said = _rewritten(report, "report.json", canonical_bytes({**record_of(report), "more": 1}))
    assert any(one.files == ("report.json",) and "'more' may not stand here" in one.message for one in said.problems)


def test_evidence_of_another_report_does_not_belong(report: Path) -> None:
    said = _rewritten(report, "evidence.json.gz", (made("global") / "evidence.json.gz").read_bytes())
    assert said.exit_code == 1
    assert "evidence.json.gz" in said.problems[0].files


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data["texts"].append(7),
        lambda data: data["readers"].clear(),
        lambda data: data["readers"][0]["text"].append(10**6),
        lambda data: data["readers"][0].update(log_probabilities="AAAA"),
        lambda data: data["readers"][0].update(refused=""),
        lambda data: data["sample"]["mask"].pop(),
        lambda data: data["sample"].update(mask=["ff" * 9] * len(data["sample"]["mask"])),
        lambda data: data["sample"].update(weight=None),
        lambda data: data["sample"].pop("pair"),
        lambda data: data.update(sample=[]),
        lambda data: data.update(kind="global"),
    ],
)
def test_damaged_evidence_is_told(report: Path, change: Callable[[dict], object]) -> None:
    data = json.loads(gzip.decompress((report / "evidence.json.gz").read_bytes()))
    change(data)
    said = _rewritten(report, "evidence.json.gz", gzip.compress(canonical_bytes(data)))
    assert said.exit_code == 1
    assert said.problems[0].files[0] == "evidence.json.gz"


def _manifest(report: Path, change: Callable[[dict], object]) -> None:
    listed = json.loads((report / "manifest.json").read_bytes())
    change(listed)
    (report / "manifest.json").write_bytes(canonical_bytes(listed))


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "a/../../b",
        "C:\\x",
        "manifest.json",
        "signatures/x",
        "con.txt",
        "a\u0000b",
        ".hidden",
    ],
)
def test_hostile_names_in_a_manifest_are_refused(report: Path, name: str) -> None:
    _manifest(report, lambda one: one["subject"].insert(0, {"name": name, "digest": {"sha256": "0" * 64}}))
    with pytest.raises(UnreadableError, match=r"^manifest\.json: It lists"):
        verified(report)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda one: one["subject"].append(one["subject"][-1]), "twice or out of order"),
        (lambda one: one["subject"].reverse(), "twice or out of order"),
        (lambda one: one.update(subject=[]), "must list between"),
        (lambda one: one.update(_type="x"), "no in-toto statement"),
        (lambda one: one["subject"][0].update(digest={"md5": "0"}), "no SHA-256"),
        (lambda one: one["subject"][0].update(size=3), "a name and a digest"),
        (lambda one: one["predicate"].pop("kind"), "predicate must have"),
    ],
)
def test_a_manifest_that_is_none_is_refused(report: Path, change: Callable[[dict], object], said: str) -> None:
    _manifest(report, change)
    with pytest.raises(UnreadableError, match=said):
        verified(report)


def test_what_a_manifest_says_of_the_record_is_checked(report: Path) -> None:
    for key, value in (("report_id", "0" * 16), ("kind", "global"), ("generator", {"name": "x", "version": "1"})):
        _manifest(report, lambda one, key=key, value=value: one["predicate"].update({key: value}))
    pointers = {one.pointer for one in verified(report).problems}
    assert {"/predicate/report_id", "/predicate/kind", "/predicate/generator"} <= pointers


def test_files_that_are_added_missing_or_links_are_named(report: Path) -> None:
    (report / "more.txt").write_text("added", encoding="utf-8")
    (report / "report.md").unlink()
    (report / "report.txt").unlink()
    (report / "report.txt").symlink_to("report.html")
    told = {one.files[0]: one.message for one in verified(report).problems}
    assert "was added" in told["more.txt"]
    assert "not there" in told["report.md"]
    assert "link" in told["report.txt"]


def test_hidden_files_and_reports_inside_are_not_looked_at(report: Path) -> None:
    (report / ".DS_Store").write_bytes(b"x")
    shutil.copytree(made("local"), report / "texts" / "abc")
    said = verified(report)
    assert said.exit_code == 0
    assert [note.split()[0] for note in said.integrity.notes] == [".DS_Store", "texts/abc"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
def test_a_pipe_does_not_stop_the_verifier(report: Path) -> None:
    (report / "run.json").unlink()
    os.mkfifo(report / "run.json")
    with pytest.raises(UnreadableError, match=r"^run\.json: "):
        raise UnreadableError(*next((one.files[0], one.message) for one in verified(report).problems))


def test_a_gzip_bomb_is_told(report: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("surrogate.verifying.evidence._MOST_UNPACKED", 10_000_000)
    monkeypatch.setattr("surrogate.verifying.evidence.unzipped.__defaults__", (10_000_000,))
    said = _rewritten(report, "evidence.json.gz", gzip.compress(b"[" * 50_000_000))
    assert "unpacks to more than 10,000,000 bytes" in said.problems[0].message


@pytest.mark.parametrize("content", [b'{"a":1,"a":2}', b"[" * 10_000_000, b"NaN", b'{"schema":' + b'"x"' * 3])
def test_hostile_json_is_told(report: Path, content: bytes) -> None:
    (report / "issuance.json").write_bytes(content)
    _manifest(
        report,
        lambda one: next(row for row in one["subject"] if row["name"] == "issuance.json").update(
            digest={"sha256": hashlib.sha256(content).hexdigest()}
        ),
    )
    said = verify_folder(report, None, TODAY)
    assert any(one.files == ("issuance.json",) for one in said.problems)


@pytest.mark.parametrize(
    "content",
    [
        b"{}",
        b"[]",
        b"no json",
        b'{"keyid":"ab","keytype":"rsa","scheme":"x","keyval":{"public":"' + b"0" * 64 + b'"},"name":"A"}',
    ],
)
def test_a_wrong_key_file_cannot_be_read(
    report: Path, tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture
) -> None:
    (tmp_path / "key.json").write_bytes(content)
    assert main(["verify", str(report), "--trust", str(tmp_path / "key.json")]) == 2
    assert capsys.readouterr().out.startswith("CANNOT BE READ: ")


def test_a_secret_in_a_trust_file_is_refused() -> None:
    key = {**AUTHOR.key, "keyval": {"public": AUTHOR.public, "private": "0" * 64}}
    with pytest.raises(UnreadableError, match="keep the secret one to yourself"):
        read_trust(json.dumps(key).encode(), "key.json")


def test_the_verb_tells_three_verdicts(report: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    trust = str(AUTHOR.trust_file(tmp_path))
    assert main(["verify", str(report), "--trust", trust, "--date", "2026-04-01"]) == 0
    told = capsys.readouterr().out
    assert "\nIntegrity    intact" in told
    assert "\nRecomputed   same" in told
    assert "\nRebuilt      same bytes: report.json, report.html" in told
    assert main(["verify", str(report), "--json", "--no-rebuild"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["verdict"] == "consistent"
    assert said["rebuilt"]["reason"] == "--no-rebuild"
    (report / "report.html").write_text("another", encoding="utf-8")
    assert main(["verify", str(report), "--no-rebuild"]) == 1
    assert "NOT VERIFIED: report.html, manifest.json: " in capsys.readouterr().out
    assert main(["verify", str(tmp_path / "nowhere")]) == 2
    assert "manifest.json" in capsys.readouterr().out


def test_other_versions_are_told_and_no_difference(report: Path) -> None:
    record = record_of(report)
    record["production"]["versions"]["numpy"] = "0.1"
    said = _rewritten(report, "report.json", canonical_bytes(record))
    assert said.exit_code == 0
    rebuilt = rebuild_report(said)
    assert rebuilt.status == "not attempted"
    assert "numpy 0.1 there, " in rebuilt.reason


def test_terminals_are_not_steered(report: Path) -> None:
    (report / "a\x1b[31m.txt").write_text("x", encoding="utf-8")
    assert "\x1b" not in tell(verified(report))
