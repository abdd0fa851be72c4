"""The command line, as a person types it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from surrogate.cli import main
from tests.toys import MESSAGE

ROOT = Path(__file__).parent.parent
SHORT = "I lost my card yesterday"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = main(list(arguments))
    out, err = capsys.readouterr()
    return code, out, err


def test_explain_prints_and_writes_a_report(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run("explain", SHORT, "--out", "r", capsys=capsys)
    assert (code, err) == (0, "")
    assert "card" in out
    assert "report: r/report.html" in out
    assert Path("r/report.json").exists()


def test_without_out_the_folder_is_named_by_content(capsys: pytest.CaptureFixture[str]) -> None:
    _, first, _ = run("explain", SHORT, "-q", capsys=capsys)
    _, second, _ = run("explain", SHORT, "-q", capsys=capsys)
    assert first == second
    assert first.startswith("report: surrogate-report/")


def test_json_is_the_record_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run("explain", SHORT, "--json", capsys=capsys)
    assert code == 0
    assert json.loads(out)["document"]["text"] == SHORT
    assert list(Path().iterdir()) == []


def test_file_and_standard_input_give_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    Path("m.txt").write_text(SHORT + "\n", encoding="utf-8")
    _, from_file, _ = run("explain", "--file", "m.txt", "--json", capsys=capsys)
    piped = subprocess.run(
        [sys.executable, "-m", "surrogate", "explain", "-", "--json"],
        input=SHORT.encode(),
        capture_output=True,
        check=True,
    )
    assert piped.stdout.decode() == from_file


def test_contrast_and_calls_and_formats(capsys: pytest.CaptureFixture[str]) -> None:
    labels = ("--target", "cards", "--contrast", "security")
    output = ("--format", "html", "--format", "md", "--out", "r")
    code, _, err = run("explain", MESSAGE, *labels, "--calls", "64", *output, capsys=capsys)
    assert code in (0, 1)
    assert err == ""
    record = json.loads(Path("r/report.json").read_text())
    assert record["calls"]["total"] <= 64
    assert record["decision"]["contrast"] == "security"
    assert Path("r/report.md").exists()


def test_withheld_is_exit_code_one(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run("explain", MESSAGE, "--calls", "8", "--out", "r", capsys=capsys)
    assert code == 1
    assert "insufficient evidence" in out.lower()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["explain", ""], 2, ["empty-text"]),
        (["explain", "a b", "--target", "nobody"], 2, ["unknown-label", "cards"]),
        (["explain", "a b", "--pipeline", "loacl"], 2, ["unknown-pipeline", "'local'"]),
        (["explain", "a b", "--calls", "3"], 2, ["bad-calls", "8"]),
        (["explain", "a b", "--calls", "many"], 2, ["--calls"]),
        (["explain", "a b", "--format", "pdx"], 2, ["unknown-format", "html"]),
        (["explain", "a b", "--file", "missing.txt"], 2, ["not both"]),
        (["explain", "--file", "missing.txt"], 2, ["bad-file", "missing.txt"]),
        (["explain", "a b", "--model", "bank-ruoter"], 3, ["unknown-model", "bank-router"]),
        (["explain", "a b", "--modle", "x"], 2, ["--modle"]),
        (["exlpain", "a b"], 2, ["exlpain"]),
        (["pipelines", "loacl"], 2, ["unknown-pipeline"]),
    ],
)
def test_errors_are_sentences_with_codes(
    arguments: list[str], code: int, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    got, out, err = run(*arguments, capsys=capsys)
    assert got == code
    assert out == ""
    assert all(word in err for word in words)
    assert "Traceback" not in err
    assert list(Path().iterdir()) == []


def test_bytes_that_are_not_utf8(capsys: pytest.CaptureFixture[str]) -> None:
    Path("latin.txt").write_bytes("d\xe9bit card".encode("latin-1"))
    code, _, err = run("explain", "--file", "latin.txt", capsys=capsys)
    assert code == 2
    assert "not-utf8" in err
    assert "byte 1" in err


def test_a_huge_file_is_refused_without_reading_it_all(capsys: pytest.CaptureFixture[str]) -> None:
    with Path("huge.txt").open("wb") as file:
        file.truncate(2_000_000_000)
    code, _, err = run("explain", "--file", "huge.txt", capsys=capsys)
    assert code == 2
    assert "text-too-long" in err


def test_an_output_folder_that_cannot_be_written(capsys: pytest.CaptureFixture[str]) -> None:
    Path("taken").write_text("a file")
    code, _, err = run("explain", SHORT, "--out", "taken", capsys=capsys)
    assert code == 2
    assert "cannot-write" in err


def test_a_different_report_is_not_overwritten_silently(capsys: pytest.CaptureFixture[str]) -> None:
    run("explain", SHORT, "--out", "r", capsys=capsys)
    before = Path("r/report.json").read_bytes()
    code, _, err = run("explain", "where is my new card", "--out", "r", capsys=capsys)
    assert (code, Path("r/report.json").read_bytes()) == (2, before)
    assert "--overwrite" in err
    assert run("explain", "where is my new card", "--out", "r", "--overwrite", capsys=capsys)[0] == 0


def test_lists_of_models_and_recipes(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run("models", capsys=capsys)
    assert "bank-router" in out
    _, out, _ = run("pipelines", capsys=capsys)
    assert "lime" in out
    _, out, _ = run("pipelines", "local", capsys=capsys)
    assert 'class = "Panel"' in out


def test_version_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--version", capsys=capsys)[1].startswith("surrogate, version 0")
    assert "Exit codes" in run("--help", capsys=capsys)[1]
    assert "--contrast" in run("explain", "--help", capsys=capsys)[1]


def test_no_store_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "c"))
    run("explain", SHORT, "--no-store", "--json", capsys=capsys)
    assert not (tmp_path / "c").exists()
