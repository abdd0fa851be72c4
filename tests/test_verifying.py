"""Verifying: what was changed is found and named; what was not is computed again; who signed is known by trust alone."""

from __future__ import annotations

import ast
import gzip
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

import surrogate
from benchmarks.forgeries import FORGERIES, Forgery, forge
from benchmarks.report_folders import seal, sign
from benchmarks.tampering import change_byte
from surrogate.canonical import canonical_bytes
from surrogate.cli import main
from surrogate.verifying.bundle import MODULES, bundle_verifier, clashing_names
from surrogate.verifying.comparison import Recomputed, numbers_of
from surrogate.verifying.evidence import read_evidence
from surrogate.verifying.left_to_rebuilding import LOCAL_REASONS
from surrogate.verifying.local import compare_local
from surrogate.verifying.problems import UnreadableError
from surrogate.verifying.rebuilt import rebuild_report
from surrogate.verifying.signatures import read_trust
from surrogate.verifying.telling import tell
from surrogate.verifying.verdicts import Verification, verify_folder
from tests.toys import MESSAGE, conjunction
from tests.verifying_toys import AUTHOR, REVIEWER, STRANGER, global_report, local_report, says

ROOT = Path(__file__).parent.parent
TODAY = date(2026, 4, 1)
TRUST = read_trust(json.dumps([AUTHOR.key, REVIEWER.key]).encode(), "trust.json")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A signed report of each kind."""
    folder = tmp_path_factory.mktemp("reports")
    return {"local": local_report(folder / "local"), "global": global_report(folder / "global")}


@pytest.fixture
def report(made: dict[str, Path], tmp_path: Path) -> Path:
    """A copy of the local report."""
    return Path(shutil.copytree(made["local"], tmp_path / "report"))


@pytest.fixture(scope="module")
def single_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("auditor") / "verify_report.py"
    path.write_bytes(bundle_verifier())
    return path


def verified(folder: Path) -> Verification:
    return verify_folder(folder, TRUST, TODAY)


def record_of(folder: Path) -> dict:
    return json.loads((folder / "report.json").read_bytes())


@pytest.mark.parametrize("kind", ["local", "global"])
def test_a_report_is_verified_and_rebuilt(made: dict[str, Path], kind: str) -> None:
    said = verified(made[kind])
    assert said.problems == ()
    assert said.sentence == f"verified: signed by Author (key {AUTHOR.keyid[:16]}), author, issue, 2026-03-02"
    assert rebuild_report(said).status == "same bytes"
    assert "report.html" in rebuild_report(said).files


@pytest.mark.parametrize("kind", ["local", "global"])
def test_every_number_is_computed_again_or_told_not_to_be(made: dict[str, Path], kind: str) -> None:
    found = verified(made[kind]).recomputed.found
    assert found is not None
    assert found.unknown == ()
    assert found.n_same + sum(found.left.values()) == len(list(numbers_of(record_of(made[kind]))))
    assert found.n_same > 80


def test_without_trust_the_signer_is_unknown(made: dict[str, Path]) -> None:
    said = verify_folder(made["local"], None, TODAY)
    assert said.sentence == "internally consistent, signer unknown"
    assert [one.state for one in said.integrity.signatures] == ["not checked"]
    assert "signer unknown" in tell(said)
    assert "does not prove" in tell(said)


def test_an_unsigned_report_is_not_verified(report: Path) -> None:
    shutil.rmtree(report / "signatures")
    assert verify_folder(report, None, TODAY).exit_code == 0
    assert verified(report).sentence.startswith("NOT VERIFIED: signatures/: No key that you trust")


def test_single_bytes_changed_anywhere_are_found_and_the_file_named(made: dict[str, Path], tmp_path: Path) -> None:
    generator = random.Random(0)
    for number in range(60):
        folder = Path(shutil.copytree(made["global" if number % 4 == 0 else "local"], tmp_path / str(number)))
        name = change_byte(folder, generator)
        try:
            said = verified(folder)
            told = {file for problem in said.problems for file in problem.files}
            assert said.exit_code == 1
        except UnreadableError as error:
            told = {error.file}
        assert name in told
        shutil.rmtree(folder)


def test_there_are_enough_forgeries() -> None:
    assert len(FORGERIES) >= 20
    assert len({one.name for one in FORGERIES}) == len(FORGERIES)


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda one: f"{one.kind}: {one.name}")
def test_forgeries_fail_under_trust(made: dict[str, Path], tmp_path: Path, forgery: Forgery) -> None:
    folder = forge(made[forgery.kind], tmp_path / "forged", forgery, STRANGER)
    said = verified(folder)
    assert said.exit_code == 1
    assert "signed by a stranger" in " ".join(one.sentence for one in said.problems)
    without = verify_folder(folder, None, TODAY)
    assert without.exit_code == (1 if forgery.seen_by == "numbers" else 0)
    if forgery.name in ("another page", "a limit taken out"):
        assert without.with_rebuilt(rebuild_report(without)).exit_code == 1


def test_a_changed_page_with_its_digest_redone_is_named(made: dict[str, Path], tmp_path: Path) -> None:
    forgery = next(one for one in FORGERIES if one.name == "another page")
    said = verify_folder(forge(made["local"], tmp_path / "forged", forgery, STRANGER), None, TODAY)
    assert rebuild_report(said).files == ("report.html",)


def test_a_signature_of_another_report_does_not_fit(report: Path, tmp_path: Path) -> None:
    other = local_report(tmp_path / "other", formats=())
    shutil.rmtree(report / "signatures")
    shutil.copytree(other / "signatures", report / "signatures")
    (report / "report.txt").write_text("changed", encoding="utf-8")
    seal(report)
    names = {one.files[0] for one in verified(report).problems}
    assert "run.json" in names


def test_a_stranger_is_named_with_the_key(report: Path) -> None:
    sign(report, STRANGER, role="reviewer", decision="approve")
    said = verified(report)
    assert f"the key {STRANGER.keyid[:16]} is not among those" in said.problems[0].message
    assert verify_folder(report, None, TODAY).exit_code == 0


def test_a_key_under_a_wrong_name_is_no_signature(report: Path) -> None:
    path = next((report / "signatures").iterdir())
    envelope = json.loads(path.read_bytes())
    envelope["signatures"][0]["keyid"] = REVIEWER.keyid
    path.unlink()
    path.with_name(f"author-{REVIEWER.keyid[:8]}.dsse.json").write_bytes(canonical_bytes(envelope))
    assert "not made with the key that it names" in verified(report).problems[0].message


@pytest.mark.parametrize(
    ("expires", "today", "code"),
    [("2026-03-31", TODAY, 1), ("2026-04-01", TODAY, 0), (None, TODAY, 0), (None, date(2026, 3, 1), 1)],
)
def test_signatures_expire(report: Path, expires: str | None, today: date, code: int) -> None:
    shutil.rmtree(report / "signatures")
    sign(report, AUTHOR, expires=expires)
    assert verify_folder(report, TRUST, today).exit_code == code


def test_several_signatures_and_files_that_none_covers(report: Path) -> None:
    sign(report, REVIEWER, role="reviewer", decision="conditions", comment="Ask again in May.")
    (report / "report.docx").write_bytes(b"added later")
    seal(report)
    said = verified(report)
    assert said.exit_code == 0
    assert [(one.role, one.decision) for one in said.signers] == [("author", "issue"), ("reviewer", "conditions")]
    assert all(one.uncovered == ("report.docx",) for one in said.signers)
    assert "it does not cover report.docx" in tell(said)


def test_the_signatures_of_the_package_are_those_of_the_verifier(report: Path, tmp_path: Path) -> None:
    from surrogate.signing import load_key, make_key, sign_report

    key = load_key(make_key("ada", tmp_path / "keys"))
    shutil.rmtree(report / "signatures")
    sign_report(report, key, role="approver", decision="approve", date="2026-03-05", expires="2027-01-01")
    trust = read_trust(canonical_bytes(key.public.to_dict()), "ada.pub.json")
    said = verify_folder(report, trust, TODAY)
    assert said.sentence == f"verified: signed by ada (key {key.public.keyid[:16]}), approver, approve, 2026-03-05"


def test_evidence_erased_on_request_is_told(report: Path) -> None:
    from surrogate.signing import erase_report

    erase_report(report, date="2026-03-20", reason="request under GDPR Article 17")
    said = verified(report)
    assert said.exit_code == 0
    assert said.recomputed.reason == "evidence.json.gz was erased on 2026-03-20: request under GDPR Article 17."
    assert "Erased       evidence.json.gz was erased on 2026-03-20" in tell(said)
    rebuilt = rebuild_report(said)
    assert rebuilt.status == "not attempted"
    assert "report.html" in rebuilt.files


def test_a_report_that_was_erased_as_a_whole_cannot_be_read(report: Path) -> None:
    from surrogate.signing import erase_report

    erase_report(report, "all", date="2026-03-20", reason="asked for")
    with pytest.raises(UnreadableError, match="was erased on 2026-03-20: asked for"):
        verified(report)


def test_missing_evidence_is_told(made: dict[str, Path], tmp_path: Path) -> None:
    forgery = next(one for one in FORGERIES if one.name == "the evidence taken away")
    said = verify_folder(forge(made["local"], tmp_path / "without", forgery, AUTHOR), TRUST, TODAY)
    assert said.exit_code == 0
    assert (said.recomputed.status, said.recomputed.reason) == ("not attempted", "there is no evidence")


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


def test_evidence_of_another_report_does_not_belong(made: dict[str, Path], report: Path) -> None:
    said = _rewritten(report, "evidence.json.gz", (made["global"] / "evidence.json.gz").read_bytes())
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


def test_hidden_files_and_reports_inside_are_not_looked_at(report: Path, made: dict[str, Path]) -> None:
    (report / ".DS_Store").write_bytes(b"x")
    shutil.copytree(made["local"], report / "texts" / "abc")
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
def test_a_changed_number_is_found_where_it_is_claimed_to_be_computed(made: dict[str, Path], place: int) -> None:
    evidence = read_evidence((made["local"] / "evidence.json.gz").read_bytes())
    record = record_of(made["local"])
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


def test_modules_know_nothing_but_the_standard_library() -> None:
    for name in MODULES:
        tree = ast.parse((ROOT / "surrogate" / "verifying" / f"{name}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for one in names:
                assert one.startswith("surrogate.verifying.") or one.split(".")[0] in sys.stdlib_module_names
    assert {path.stem for path in (ROOT / "surrogate" / "verifying").glob("*.py")} == {
        *MODULES, "__init__", "bundle", "rebuilt"
    }  # fmt: skip


def test_the_single_file_is_the_published_one() -> None:
    assert clashing_names() == []
    digest, name = (ROOT / "docs" / "verifier.sha256").read_text(encoding="utf-8").split()
    assert name == "verify_report.py"
    assert hashlib.sha256(bundle_verifier()).hexdigest() == digest, "run: surrogate verifier -o verify_report.py"


def _alone(path: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-S", str(path), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env={}, cwd="/", check=False)


@pytest.mark.parametrize("kind", ["local", "global"])
def test_the_single_file_says_what_the_package_says(
    single_file: Path, made: dict[str, Path], tmp_path: Path, kind: str
) -> None:
    trust = AUTHOR.trust_file(tmp_path)
    ran = _alone(single_file, made[kind], "--trust", trust, "--date", "2026-04-01", "--json")
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout) == verified(made[kind]).to_dict()


def test_the_single_file_fails_as_the_package_does(single_file: Path, report: Path, tmp_path: Path) -> None:
    stranger = STRANGER.trust_file(tmp_path)
    assert _alone(single_file, report, "--trust", stranger).returncode == 1
    assert _alone(single_file, tmp_path).returncode == 2
    assert _alone(single_file, report, "--date", "tomorrow").returncode == 2
    (report / "report.html").write_text("", encoding="utf-8")
    ran = _alone(single_file, report)
    assert (ran.returncode, ran.stderr) == (1, "")
    assert "report.html, manifest.json: Its SHA-256 is not that of the manifest" in ran.stdout


def test_the_verb_writes_the_single_file(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    path = tmp_path / "verify_report.py"
    assert main(["verifier", "-o", str(path)]) == 0
    assert capsys.readouterr().out.split()[0] == hashlib.sha256(path.read_bytes()).hexdigest()
    path.write_text("mine", encoding="utf-8")
    assert main(["verifier", "-o", str(path)]) == 2
    assert path.read_text(encoding="utf-8") == "mine"
