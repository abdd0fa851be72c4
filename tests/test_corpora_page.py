"""The page about corpora: what it says runs as it is written."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from surrogate.cli import main

PAGE = (Path(__file__).parent.parent / "docs" / "corpora.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_every_command_and_example_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```(python|sh)\n(.*?)```", PAGE, flags=re.DOTALL)
    commands = [shlex.split(line) for kind, block in blocks if kind == "sh" for line in block.strip().splitlines()]
    first, *rest = [block for kind, block in blocks if kind == "python"]
    exec(compile(first, "corpora.md", "exec"), {})
    for program, *arguments in commands:
        assert (program, main(arguments)) == ("surrogate", 0), arguments
    for block in rest:
        exec(compile(block, "corpora.md", "exec"), {})
    printed = " ".join(capsys.readouterr().out.split())
    assert "of 576 texts" in printed
    assert "hold for this text." in printed or "holds for this text." in printed
    assert "identity and account" in (tmp_path / "my-report" / "report.html").read_text(encoding="utf-8")
