"""What people state about a report that is there already."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from surrogate.cli import main
from surrogate.errors import InputError
from surrogate.report.restating import state_again
from surrogate.signing import load_key, make_key, sign_report
from surrogate.verifying.verdicts import verify_folder
from tests.test_report_cases import explanation_of_case

PREVIOUS = "a" * 64


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return explanation_of_case("additive").report(tmp_path / "r", ("html", "md"))


@pytest.fixture
def stated(tmp_path: Path) -> Path:
    path = tmp_path / "ours.toml"
    path.write_text(f'purpose = "Routing <b>"\nprevious_report = "{PREVIOUS}"\n', encoding="utf-8")
    return path


def test_every_rendering_tells_what_was_stated_later(folder: Path, stated: Path) -> None:
    before, record = (folder / "evidence.json.gz").read_bytes(), (folder / "report.json").read_bytes()
    assert main(["report", str(folder), "--to", "html", "--locale", "zh"]) == 0
    written = state_again(folder, stated)
    assert {path.name for path in written} == {"issuance.json", "report.html", "report.zh.html", "report.md"}
    for name in ("report.html", "report.zh.html"):
        assert "Routing &lt;b&gt;" in (folder / name).read_text(encoding="utf-8")
    assert (folder / "evidence.json.gz").read_bytes() == before
    assert (folder / "report.json").read_bytes() == record
    assert json.loads((folder / "manifest.json").read_bytes())["predicate"]["previous"] == PREVIOUS
    assert verify_folder(folder).problems == ()


def test_another_statement_is_not_replaced_silently(folder: Path, stated: Path, tmp_path: Path) -> None:
    state_again(folder, stated)
    other = tmp_path / "theirs.toml"
    other.write_text('purpose = "Something else"\n', encoding="utf-8")
    with pytest.raises(InputError, match="--overwrite"):
        state_again(folder, other)
    state_again(folder, other, overwrite=True)
    assert json.loads((folder / "issuance.json").read_bytes())["purpose"] == "Something else"


def test_a_signed_report_is_not_stated_anew(folder: Path, stated: Path, tmp_path: Path) -> None:
    key = load_key(make_key("ada", tmp_path / "keys"))
    sign_report(folder, key, role="author", decision="issue", date="2026-05-01")
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    assert main(["report", str(folder), "--issuance", str(stated)]) == 2
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before


def test_statements_are_kept_with_the_report_itself(folder: Path, stated: Path, tmp_path: Path) -> None:
    assert main(["report", str(folder), "--issuance", str(stated), "-o", str(tmp_path / "other")]) == 2
    assert main(["report", str(folder), "--issuance", str(stated), "--to", "text"]) == 0
    assert (folder / "report.txt").is_file()
