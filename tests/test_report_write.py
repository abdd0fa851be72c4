"""Writing: all of a report, or nothing."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from surrogate.canonical import canonical_bytes, digest
from surrogate.errors import InputError
from surrogate.explanation import Explanation
from surrogate.report import FORMATS, write_report
from surrogate.report.record.schema import published_schema
from tests.test_report_cases import CASES, explanation_of_case, record_of_case

SCHEMA = published_schema()


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "run.json"}


@pytest.mark.parametrize("name", CASES)
def test_every_record_is_valid_against_the_published_schema(name: str) -> None:
    validator = jsonschema.Draft202012Validator(SCHEMA)
    assert [error.message for error in validator.iter_errors(record_of_case(name))] == []


def test_the_schema_refuses_what_does_not_belong() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    record = record_of_case("withheld")
    for change in (
        {"host": "here"},
        {"schema_version": "1.0"},
        {"kind": "global"},
        {"checklist": []},
        {"verdict": {"status": "fine"}},
    ):
        assert not jsonschema.Draft202012Validator(SCHEMA).is_valid({**record, **change})
    shown = json.loads(json.dumps(record))
    shown["surrogates"][0]["rules"] = record_of_case("explained")["surrogates"][-1]["rules"] or [{}]
    assert not jsonschema.Draft202012Validator(SCHEMA).is_valid(shown)


def test_the_record_is_written_as_canonical_bytes(tmp_path: Path) -> None:
    explanation = explanation_of_case("additive")
    folder = write_report(explanation, tmp_path / "a" / "b", ("html", "text", "md"))
    assert (folder / "report.json").read_bytes() == canonical_bytes(explanation.to_dict())
    rendered = {"report.html", "report.txt", "report.md"}
    assert names(folder) == {"report.json", "evidence.json.gz", "run.json", "issuance.json", *rendered}


def test_two_runs_give_the_same_record_and_renderings(tmp_path: Path) -> None:
    explanation = explanation_of_case("additive")
    again = Explanation.from_dict(json.loads(canonical_bytes(explanation.to_dict())))
    first = write_report(explanation, tmp_path / "a", tuple(FORMATS), evidence=False)
    second = write_report(again, tmp_path / "b", tuple(FORMATS))
    assert contents(first) == contents(second)


def test_volatile_facts_are_in_run_json_only(tmp_path: Path) -> None:
    explanation = replace(explanation_of_case("additive"), run={"seconds": 1.5})
    folder = write_report(explanation, tmp_path / "a")
    facts = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert facts["run"] == {"seconds": 1.5}
    assert facts["created"].endswith("+00:00")
    assert facts["sha256"]["report.json"] == digest((folder / "report.json").read_bytes())
    assert b"seconds" not in (folder / "report.json").read_bytes()


def test_only_the_owner_may_read_a_report(tmp_path: Path) -> None:
    folder = write_report(explanation_of_case("additive"), tmp_path / "a", tuple(FORMATS))
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_the_same_record_may_be_written_again(tmp_path: Path) -> None:
    explanation = explanation_of_case("additive")
    write_report(explanation, tmp_path / "a", ("text",))
    folder = write_report(explanation, tmp_path / "a", ("html",))
    assert {"report.txt", "report.html"} <= names(folder)


def test_another_record_is_not_overwritten_unless_asked(tmp_path: Path) -> None:
    folder = write_report(explanation_of_case("additive"), tmp_path / "a", ("html", "text"))
    before = contents(folder)
    with pytest.raises(InputError, match="--overwrite") as caught:
        write_report(explanation_of_case("contrast"), folder)
    assert caught.value.code == "output-exists"
    assert contents(folder) == before
    write_report(explanation_of_case("contrast"), folder, ("html",), overwrite=True)
    # No rendering of the old record is left.
    assert names(folder) == {"report.json", "evidence.json.gz", "run.json", "issuance.json", "report.html"}


def test_a_stranger_s_file_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "report.md").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        write_report(explanation_of_case("additive"), tmp_path, ("md",))
    assert caught.value.code == "output-exists"
    assert names(tmp_path) == {"report.md"}


def test_an_unknown_format_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"html, text, md.*Did you mean 'html'") as caught:
        write_report(explanation_of_case("additive"), tmp_path / "a", ("htm",))
    assert caught.value.code == "unknown-format"
    assert not (tmp_path / "a").exists()


def _refuse(*_: Any, **__: Any) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("where", ["os.replace", "os.fdopen"])
@pytest.mark.parametrize("there", [False, True])
def test_a_full_disk_leaves_nothing_half_written(
    where: str, there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "a"
    if there:
        write_report(explanation_of_case("contrast"), folder)
    before = contents(folder) if there else None
    monkeypatch.setattr(where, _refuse)
    with pytest.raises(InputError, match="No space left") as caught:
        write_report(explanation_of_case("additive"), folder, overwrite=True)
    assert caught.value.code == "cannot-write"
    assert (contents(folder) if there else None) == before
    assert folder.exists() == there


def test_what_was_there_comes_back_when_the_last_step_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_report(explanation_of_case("contrast"), tmp_path / "a")
    before = contents(folder)
    really, done = os.replace, []

    def second_fails(source: Any, target: Any) -> None:
        done.append(target)
        if len(done) > 1:
            _refuse()
        really(source, target)

    monkeypatch.setattr("os.replace", second_fails)
    with pytest.raises(InputError):
        write_report(explanation_of_case("additive"), folder, overwrite=True)
    assert contents(folder) == before


def test_a_file_in_the_folder_s_place_is_said(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("", encoding="utf-8")
    for folder in (tmp_path / "a", tmp_path / "a" / "b"):
        with pytest.raises(InputError, match="cannot be written") as caught:
            write_report(explanation_of_case("additive"), folder)
        assert caught.value.code == "cannot-write"


def test_a_folder_in_a_file_s_place_is_said(tmp_path: Path) -> None:
    (tmp_path / "report.html").mkdir()
    with pytest.raises(InputError) as caught:
        write_report(explanation_of_case("additive"), tmp_path)
    assert caught.value.code == "cannot-write"
    assert names(tmp_path) == {"report.html"}


def test_a_folder_without_permission_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(InputError, match=r"Permission denied.*Name a folder") as caught:
        write_report(explanation_of_case("additive"), tmp_path / "a")
    assert caught.value.code == "cannot-write"


def test_the_explanation_writes_itself(tmp_path: Path) -> None:
    assert explanation_of_case("additive").report(tmp_path / "a", ("html",)) == tmp_path / "a"
    assert "surrogate-report" in explanation_of_case("additive")._repr_html_()
    assert "approximation" in str(explanation_of_case("additive"))
