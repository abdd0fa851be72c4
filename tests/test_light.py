"""What works without torch, and what the README promises."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

WITHOUT_TORCH = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("torch", "transformers"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Missing())
"""


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)


def test_scikit_learn_models_are_explained_without_torch() -> None:
    code = """
import surrogate
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
model = make_pipeline(CountVectorizer(), MultinomialNB()).fit(["lost card", "send money"], ["card", "transfer"])
print(surrogate.explain("my lost card", model, store=False).decision.label)
"""
    done = run(WITHOUT_TORCH + code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "card"


@pytest.mark.parametrize("model", ["bank-router", "bank-router-lm"])
def test_other_models_say_what_to_install(model: str) -> None:
    done = run(
        WITHOUT_TORCH
        + f"import sys; from surrogate.cli import main; sys.exit(main(['explain', 'a card', '--model', '{model}']))"
    )
    assert done.returncode == 3
    assert "missing-package" in done.stderr
    assert "pip install" in done.stderr


def test_the_readme_s_example_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    example = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), flags=re.DOTALL)
    assert example is not None
    assert len(example.group(1).strip().splitlines()) <= 10
    exec(compile(example.group(1), "README.md", "exec"), {})
    assert "cards" in capsys.readouterr().out
    assert (tmp_path / "my-report" / "report.html").exists()


def test_every_link_in_the_documents_leads_somewhere() -> None:
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "models").rglob("*.md"))]:
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}"
