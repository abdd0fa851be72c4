"""Signatures as the verifier reads them: known signers, strangers, expiry; and what was erased."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from benchmarks.forgeries import FORGERIES, forge
from benchmarks.report_folders import seal, sign
from surrogate.canonical import canonical_bytes
from surrogate.verifying.problems import UnreadableError
from surrogate.verifying.rebuilt import rebuild_report
from surrogate.verifying.signatures import read_trust
from surrogate.verifying.telling import tell
from surrogate.verifying.verdicts import Verification, verify_folder
from tests.verifying_toys import AUTHOR, REVIEWER, STRANGER, local_report, made

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


def test_a_signature_of_another_report_does_not_fit(report: Path, tmp_path: Path) -> None:
    other = local_report(tmp_path / "other", formats=())
    shutil.rmtree(report / "signatures")
    shutil.copytree(other / "signatures", report / "signatures")
    (report / "report.txt").write_text("changed", encoding="utf-8")
    seal(report)
    names = {one.files[0] for one in verified(report).problems}
    assert "run.json" in names


def test_an_unsigned_report_is_not_verified(report: Path) -> None:
    shutil.rmtree(report / "signatures")
    assert verify_folder(report, None, TODAY).exit_code == 0
    assert verified(report).sentence.startswith("NOT VERIFIED: signatures/: No key that you trust")


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


def test_missing_evidence_is_told(tmp_path: Path) -> None:
    forgery = next(one for one in FORGERIES if one.name == "the evidence taken away")
    said = verify_folder(forge(made("local"), tmp_path / "without", forgery, AUTHOR), TRUST, TODAY)
    assert said.exit_code == 0
    assert (said.recomputed.status, said.recomputed.reason) == ("not attempted", "there is no evidence")


def test_the_report_that_is_followed_is_stated_and_listed_alike(report: Path) -> None:
    issuance = json.loads((report / "issuance.json").read_bytes())
    shutil.rmtree(report / "signatures")
    (report / "issuance.json").write_bytes(canonical_bytes({**issuance, "previous_report": "a" * 64}))
    seal(report, "a" * 64)
    said = verify_folder(report, None, TODAY)
    assert said.exit_code == 0
    assert "it follows the report with the record aaaaaaaaaaaaaaaa" in said.integrity.notes[0]
    seal(report, "b" * 64)
    (problem,) = verify_folder(report, None, TODAY).problems
    assert (problem.files[0], problem.pointer) == ("manifest.json", "/predicate/previous")
