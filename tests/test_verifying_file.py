"""The verifier as one file, and what its modules may know."""

from __future__ import annotations

import ast
import hashlib
import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from surrogate.cli import main
from surrogate.verifying.bundle import MODULES, bundle_verifier, clashing_names
from surrogate.verifying.signatures import read_trust
from surrogate.verifying.verdicts import Verification, verify_folder
from tests.verifying_toys import AUTHOR, REVIEWER, STRANGER, made

ROOT = Path(__file__).parent.parent
TODAY = date(2026, 4, 1)
TRUST = read_trust(json.dumps([AUTHOR.key, REVIEWER.key]).encode(), "trust.json")


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A copy of the local report."""
    return Path(shutil.copytree(made("local"), tmp_path / "report"))


@pytest.fixture(scope="module")
def single_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("auditor") / "verify_report.py"
    path.write_bytes(bundle_verifier())
    return path


def verified(folder: Path) -> Verification:
    return verify_folder(folder, TRUST, TODAY)


def record_of(folder: Path) -> dict:
    return json.loads((folder / "report.json").read_bytes())


def test_modules_know_nothing_but_the_standard_library() -> None:
    for name in MODULES:
        tree = ast.parse((ROOT / "surrogate" / "verifying" / f"{name}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for one in names:
                assert one.startswith("surrogate.verifying.") or one.split(".")[0] in sys.stdlib_module_names
    assert {path.stem for path in (ROOT / "surrogate" / "verifying").glob("*.py")} == {
        *MODULES, "__init__", "bundle", "made_again", "rebuilt"
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
def test_the_single_file_says_what_the_package_says(single_file: Path, tmp_path: Path, kind: str) -> None:
    trust = AUTHOR.trust_file(tmp_path)
    ran = _alone(single_file, made(kind), "--trust", trust, "--date", "2026-04-01", "--json")
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout) == verified(made(kind)).to_dict()


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
