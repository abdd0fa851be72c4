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
from surrogate.report.write import add_files, write_files
from surrogate.signing.manifest import read_manifest
from surrogate.signing.refreshing import compare
from tests.test_report_cases import CASES, explanation_of_case, record_of_case

SCHEMA = published_schema()


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name not in {"run.json", "manifest.json"}}


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
    beside = {"evidence.json.gz", "run.json", "issuance.json", "manifest.json"}
    assert names(folder) == {"report.json", *beside, *rendered}


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
    beside = {"evidence.json.gz", "run.json", "issuance.json", "manifest.json"}
    assert names(folder) == {"report.json", *beside, "report.html"}


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


RECORD = {"schema": "surrogate-report", "schema_version": "2.0", "kind": "local", "text": "a"}
FILES = {"report.html": b"page", "exports/rules.sql": b"SELECT 1", "evidence.json.gz": b"evidence"}


def matches(folder: Path) -> bool:
    return not any(compare(folder, read_manifest(folder).files).values())


def test_the_manifest_lists_every_other_file_and_is_written_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really, done = os.replace, []

    def noted(source: Any, target: Any) -> None:
        done.append(Path(target).name)
        really(source, target)

    monkeypatch.setattr("os.replace", noted)
    folder = write_files(tmp_path / "a", FILES, RECORD, "report.json", previous="0" * 64)
    manifest = read_manifest(folder)
    assert set(manifest.files) == {*FILES, "report.json", "run.json"}
    assert manifest.record_sha256 == digest(canonical_bytes(RECORD))
    assert manifest.facts["previous"] == "0" * 64
    assert done[-2:] == ["report.json", "manifest.json"]
    assert matches(folder)


def test_sub_folders_are_for_their_owner_only(tmp_path: Path) -> None:
    folder = write_files(tmp_path / "a", FILES, RECORD, "report.json")
    assert stat.S_IMODE((folder / "exports").stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "exports" / "rules.sql").stat().st_mode) == 0o600


def test_what_was_listed_stays_listed_when_the_same_record_is_written_again(tmp_path: Path) -> None:
    folder = write_files(tmp_path / "a", FILES, RECORD, "report.json", previous="0" * 64)
    write_files(folder, {"report.txt": b"text"}, RECORD, "report.json")
    assert set(read_manifest(folder).files) == {*FILES, "report.txt", "report.json", "run.json"}
    assert read_manifest(folder).facts["previous"] == "0" * 64
    assert matches(folder)


def test_exports_and_evidence_of_a_replaced_report_go_and_other_files_stay(tmp_path: Path) -> None:
    folder = write_files(tmp_path / "a", FILES, RECORD, "report.json")
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    write_files(folder, {"report.txt": b"text"}, {**RECORD, "text": "b"}, "report.json", overwrite=True)
    left = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert left == {"report.json", "run.json", "report.txt", "manifest.json", "notes.txt"}
    assert read_manifest(folder).facts["previous"] is None


@pytest.mark.parametrize(
    "name", ["../x", "/x", "a/../../x", "a\0b", "a//b", ".hidden", "manifest.json", "signatures/x"]
)
def test_names_that_lead_elsewhere_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        write_files(tmp_path / "a" / "b", {name: b""}, RECORD, "report.json")
    assert caught.value.code == "bad-manifest"
    assert list(tmp_path.iterdir()) == []
    folder = write_files(tmp_path / "a", FILES, RECORD, "report.json")
    with pytest.raises(InputError):
        add_files(folder, {name: b""})
    assert matches(folder)


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "exports").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match="is a link") as caught:
        write_files(tmp_path / "a", FILES, RECORD, "report.json")
    assert caught.value.code == "cannot-write"
    assert names(tmp_path / "a") == {"exports"}
    assert names(tmp_path / "elsewhere") == set()


@pytest.mark.parametrize("steps", range(6))
def test_wherever_writing_stops_all_is_as_it_was(steps: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_files(tmp_path / "a", FILES, RECORD, "report.json")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    really, done = os.replace, []

    def stops(source: Any, target: Any) -> None:
        done.append(target)
        if len(done) > steps:
            raise KeyboardInterrupt
        really(source, target)

    monkeypatch.setattr("os.replace", stops)
    new = {"report.html": b"other", "sub/one.txt": b"1", "exports/rules.sql": b"SELECT 2"}
    with pytest.raises(KeyboardInterrupt):
        write_files(folder, new, {**RECORD, "text": "b"}, "report.json", overwrite=True)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert not (folder / "sub").exists()


def test_files_are_added_to_a_report_and_its_manifest(tmp_path: Path) -> None:
    folder = write_files(tmp_path / "a", FILES, RECORD, "report.json")
    add_files(folder, {"report.pdf": b"pdf", "exports/rules.sql": b"SELECT 1"})
    assert "report.pdf" in read_manifest(folder).files
    assert matches(folder)
    with pytest.raises(InputError, match=r"another report\.pdf") as caught:
        add_files(folder, {"report.pdf": b"other"})
    assert caught.value.code == "output-exists"
    add_files(folder, {"report.pdf": b"other"}, overwrite=True)
    assert matches(folder)
    with pytest.raises(InputError, match="neither added nor removed"):
        add_files(folder, {"report.json": b"{}"}, overwrite=True)


def test_files_that_others_take_the_place_of_are_removed_and_no_longer_listed(tmp_path: Path) -> None:
    folder = write_files(tmp_path / "a", FILES, RECORD, "report.json")
    add_files(folder, {"exports/rules.py": b"1"}, remove=["exports/rules.sql", "exports/rules.py"])
    assert {path.name for path in (folder / "exports").iterdir()} == {"rules.py"}
    assert matches(folder)
    for name in ("report.json", "../x", "manifest.json"):
        with pytest.raises(InputError, match=r"no rendering|no name"):
            add_files(folder, {}, remove=[name])
    assert matches(folder)


def test_adding_a_file_does_not_hide_that_another_was_changed(tmp_path: Path) -> None:
    folder = write_files(tmp_path / "a", FILES, RECORD, "report.json")
    (folder / "report.html").write_bytes(b"changed")
    add_files(folder, {"report.txt": b"text"})
    write_files(folder, {"report.md": b"text"}, RECORD, "report.json")
    assert compare(folder, read_manifest(folder).files)["changed"] == ["report.html"]


def test_other_records_than_reports_have_no_manifest(tmp_path: Path) -> None:
    assert names(write_files(tmp_path / "a", {}, {"a": 1}, "student.json")) == {"student.json", "run.json"}
