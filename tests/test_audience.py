"""Views of a record: what is hidden is nowhere in any rendering, is named, and can be proved."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from surrogate.canonical import canonical_bytes, digest
from surrogate.cli import main
from surrogate.errors import InputError
from surrogate.report.audience import prove, redact, reveal, stated_to
from surrogate.report.edition import Edition
from surrogate.report.page import edition_page
from surrogate.report.record.migrate import migrate
from surrogate.report.record.pointers import replaced, resolve
from surrogate.report.record.reading import read_record
from surrogate.report.render import render
from tests.test_record import OLD, VALID, old

VIEWS = [
    (name, audience) for name in OLD for audience in ("business", "person") if (name, audience) != (OLD[2], "person")
]


def record_of(name: str) -> dict[str, Any]:
    """A record with words that must not be seen where they are hidden."""
    record = json.loads(canonical_bytes(migrate(old(name))))
    record["production"]["recipe"]["toml"] += "\n# SECRET-recipe"
    record["production"]["versions"]["SECRET-package"] = "1"
    record["model"]["details"]["SECRET-detail"] = "1"
    for number, member in enumerate(record.get("surrogates", [])):
        member["misses"] = [{"text": f"SECRET-miss-{number}", "model": 0.9, "surrogate": 0.1}]
    for place, one in record.get("quoted", {}).items():
        one.update(text=f"SECRET-text-{place}", id=f"SECRET-id-{place}")
    return record  # type: ignore[no-any-return]


def test_a_validator_is_shown_the_record_itself() -> None:
    for name in OLD:
        record = record_of(name)
        assert redact(record, "validator") == (record, [])


@pytest.mark.parametrize(("name", "audience"), VIEWS)
def test_what_is_hidden_is_in_no_rendering_and_named_in_each(name: str, audience: str) -> None:
    record = record_of(name)
    before = canonical_bytes(record)
    view, hidden = redact(record, audience)
    assert canonical_bytes(record) == before
    assert "SECRET" not in json.dumps(view)
    edition = Edition(record, audience=audience)
    for form in ("html", "md"):
        content = render(form, edition).decode("utf-8")
        assert "SECRET" not in content
        assert digest(canonical_bytes(record)) in content.replace("\\", "")
    page = edition_page(edition)
    assert all(one["sha256"] in page for one in hidden)
    assert page == edition_page(Edition(json.loads(before), audience=audience))


@pytest.mark.parametrize(("name", "audience"), VIEWS)
def test_what_is_hidden_can_be_proved(name: str, audience: str) -> None:
    record = record_of(name)
    view, hidden = redact(record, audience)
    assert view["redaction"]["hidden"] == hidden
    assert len({one["sha256"] for one in hidden}) == len(hidden)
    assert prove(hidden, record) == ()
    for one in hidden:
        told = reveal(record, one["where"])
        content = bytes.fromhex(told["salt"]) + canonical_bytes(told["value"])
        assert hashlib.sha256(content).hexdigest() == one["sha256"]
        assert told["value"] == resolve(record, one["where"])


def test_another_record_proves_nothing() -> None:
    record = record_of(OLD[0])
    _, hidden = redact(record, "business")
    assert prove(hidden, replaced(record, "/banner", "another"))
    assert prove([{"where": "/nothing", "sha256": "0"}], record) == ("/nothing",)


def test_a_key_of_ones_own_is_needed_again() -> None:
    record = record_of(OLD[0])
    _, hidden = redact(record, "business", key=b"secret")
    assert prove(hidden, record, key=b"secret") == ()
    assert prove(hidden, record) != ()
    with pytest.raises(InputError, match="nothing at"):
        reveal(record, "/nothing")


def test_short_texts_cannot_be_tried_out_one_by_one() -> None:
    record = record_of(OLD[0])
    _, hidden = redact(record, "business")
    for one in hidden:
        assert one["sha256"] != digest(canonical_bytes(resolve(record, one["where"])))


def test_nobody_is_shown_what_absence_would_say_falsely() -> None:
    record = record_of(OLD[0])
    assert record["flips"]
    page = edition_page(Edition(record, audience="business"))
    assert "none changed the decision" not in page
    assert "Not shown in this view." in page
    assert "On none of these copies" not in page


def test_a_person_is_shown_reasons_and_no_internals() -> None:
    record = record_of(OLD[0])
    page = edition_page(Edition(record, {"purpose": "Routing", "author": "A. Lee"}, audience="person"))
    for word in ("“lost”", "“card”", "approximation", "Routing"):
        assert word in page
    for word in (
        "A. Lee",
        "Clause crosswalk",
        "Checklist",
        "Rule tree",
        "Recipe",
        record["model"]["fingerprint"] or "Versions",
    ):
        assert word not in page
    assert "No reasons are given" in edition_page(Edition(record_of(OLD[1]), audience="person"))


def test_a_view_is_no_record(tmp_path: Path) -> None:
    view, hidden = redact(record_of(OLD[0]), "business")
    assert not VALID.is_valid(view)
    (tmp_path / "report.json").write_bytes(canonical_bytes(view))
    with pytest.raises(InputError, match="is a view of a record"):
        read_record(tmp_path)
    assert redact(view, "business") == (view, hidden)
    with pytest.raises(InputError, match="no whole record"):
        redact(view, "person")


@pytest.mark.parametrize(("name", "audience"), [(OLD[2], "person"), (OLD[0], "public")])
def test_views_that_there_are_not_are_refused(name: str, audience: str) -> None:
    with pytest.raises(InputError) as caught:
        redact(record_of(name), audience)
    assert caught.value.code == "bad-parameter"


def test_forms_that_have_no_views_are_refused() -> None:
    for form in ("text", "xlsx"):
        with pytest.raises(InputError, match="unknown-format"):
            render(form, Edition(record_of(OLD[0]), audience="business"))


def test_the_file_that_a_pdf_carries_is_the_view() -> None:
    record = record_of(OLD[0])
    with pikepdf.open(io.BytesIO(render("pdf", Edition(record, audience="business")))) as document:
        [attached] = [one.get_file().read_bytes() for one in document.attachments.values()]
    assert attached == canonical_bytes(redact(record, "business")[0])


def test_a_person_is_told_what_concerns_them_of_what_people_state() -> None:
    stated = {"purpose": "Routing", "author": "A. Lee", "findings": []}
    assert stated_to(stated, "person") == {"purpose": "Routing", "author": None, "findings": None}
    assert stated_to(stated, "business") == stated
    assert stated_to(None, "person") is None


def test_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, out = tmp_path / "report", tmp_path / "view"
    folder.mkdir()
    (folder / "report.json").write_bytes(canonical_bytes(record_of(OLD[0])))
    command = ["report", str(folder), "--to", "html", "--audience", "person"]
    assert main([*command, "-o", str(out)]) == 0
    assert [path.name for path in out.iterdir()] == ["report.person.html"]
    for more in ([], ["-o", str(folder)]):
        assert main([*command, *more]) == 2
    assert "--out" in capsys.readouterr().err
