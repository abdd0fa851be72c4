"""Errors: stable codes, each explained in the documentation, each used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from surrogate.errors import CODES, InputError, ModelError

ROOT = Path(__file__).parent.parent


def test_every_code_is_documented_once_and_no_other() -> None:
    page = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    documented = re.findall(r"^\| `([a-z0-9-]+)` \|", page, flags=re.MULTILINE)
    assert sorted(documented) == sorted(CODES)


def test_every_code_is_used_and_registered() -> None:
    source = "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "surrogate").rglob("*.py") if path.name != "errors.py"
    )
    unused = [code for code in CODES if f'"{code}"' not in source]
    assert unused == []


def test_an_unregistered_code_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError, match="registered"):
        InputError("made-up", "No.")


def test_errors_are_also_the_ones_python_users_expect() -> None:
    assert issubclass(InputError, ValueError)
    assert issubclass(ModelError, RuntimeError)
