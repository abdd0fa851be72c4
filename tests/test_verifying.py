"""Verifying: what was changed is found and named; what was not follows from the evidence and is rebuilt."""

from __future__ import annotations

import json
import random
import shutil
from datetime import date
from pathlib import Path

import pytest

from benchmarks.forgeries import FORGERIES, Forgery, forge
from benchmarks.report_folders import seal
from benchmarks.tampering import change_byte
from surrogate.verifying.comparison import numbers_of
from surrogate.verifying.problems import UnreadableError
from surrogate.verifying.rebuilt import rebuild_report
from surrogate.verifying.signatures import read_trust
from surrogate.verifying.telling import tell
from surrogate.verifying.verdicts import Verification, verify_folder
from tests.verifying_toys import AUTHOR, REVIEWER, STRANGER, made

ROOT = Path(__file__).parent.parent
TODAY = date(2026, 4, 1)
TRUST = read_trust(json.dumps([AUTHOR.key, REVIEWER.key]).encode(), "trust.json")


def verified(folder: Path) -> Verification:
    return verify_folder(folder, TRUST, TODAY)


def record_of(folder: Path) -> dict:
    return json.loads((folder / "report.json").read_bytes())


@pytest.mark.parametrize("kind", ["local", "global"])
def test_a_report_is_verified_and_rebuilt(kind: str) -> None:
    said = verified(made(kind))
    assert said.problems == ()
    assert said.sentence == f"verified: signed by Author (key {AUTHOR.keyid[:16]}), author, issue, 2026-03-02"
    assert rebuild_report(said).status == "same bytes"
    assert "report.html" in rebuild_report(said).files


@pytest.mark.parametrize("kind", ["local", "global"])
def test_every_number_is_computed_again_or_told_not_to_be(kind: str) -> None:
    found = verified(made(kind)).recomputed.found
    assert found is not None
    assert found.unknown == ()
    assert found.n_same + sum(found.left.values()) == len(list(numbers_of(record_of(made(kind)))))
    assert found.n_same > 80


def test_without_trust_the_signer_is_unknown() -> None:
    said = verify_folder(made("local"), None, TODAY)
    assert said.sentence == "internally consistent, signer unknown"
    assert [one.state for one in said.integrity.signatures] == ["not checked"]
    assert "signer unknown" in tell(said)
    assert "does not prove" in tell(said)


def test_single_bytes_changed_anywhere_are_found_and_the_file_named(tmp_path: Path) -> None:
    generator = random.Random(0)
    for number in range(40):
        folder = Path(shutil.copytree(made("global" if number % 4 == 0 else "local"), tmp_path / str(number)))
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
def test_forgeries_fail_under_trust(tmp_path: Path, forgery: Forgery) -> None:
    folder = forge(made(forgery.kind), tmp_path / "forged", forgery, STRANGER)
    said = verified(folder)
    assert said.exit_code == 1
    assert "signed by a stranger" in " ".join(one.sentence for one in said.problems)
    without = verify_folder(folder, None, TODAY)
    assert without.exit_code == (1 if forgery.seen_by == "numbers" else 0)
    if forgery.name in ("another page", "a limit taken out"):
        assert without.with_rebuilt(rebuild_report(without)).exit_code == 1


def test_a_changed_page_with_its_digest_redone_is_named(tmp_path: Path) -> None:
    forgery = next(one for one in FORGERIES if one.name == "another page")
    said = verify_folder(forge(made("local"), tmp_path / "forged", forgery, STRANGER), None, TODAY)
    assert rebuild_report(said).files == ("report.html",)


def test_exports_are_made_again_too(tmp_path: Path) -> None:
    from surrogate.exporting.folder import export_folder

    folder = Path(shutil.copytree(made("global"), tmp_path / "report"))
    shutil.rmtree(folder / "signatures")
    export_folder(folder, ["sql", "json"])
    assert "exports/rules.sql" in rebuild_report(verify_folder(folder, None, TODAY)).files
    path = folder / "exports" / "rules.sql"
    path.write_bytes(path.read_bytes().replace(b"THEN", b"then", 1))
    seal(folder)
    rebuilt = rebuild_report(verify_folder(folder, None, TODAY))
    assert (rebuilt.status, rebuilt.files) == ("differs", ("exports/rules.sql",))
