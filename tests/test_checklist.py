"""The checklist of a record: every field is answered, and every piece of evidence is where it is said to be."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

import pytest

from surrogate.clauses import read_pack, shipped_packs
from surrogate.errors import InputError
from surrogate.report.corpus import render_corpus
from surrogate.report.crosswalk import crosswalk
from surrogate.report.html import render_html
from surrogate.report.issuance import Issuance
from surrogate.report.record.answering import STATUSES
from surrogate.report.record.checklist import FIELDS, checklist
from surrogate.report.record.migrate import migrate
from surrogate.report.record.pointers import resolve
from tests.test_record import OLD, old
from tests.test_report_cases import record_of_case

SOME = ["anchor", "exhaustive", "few", "no_anchor", "one_word", "refused", "rules", "shapley"]


def check(record: dict[str, Any]) -> dict[int, str]:
    told = checklist(record)
    assert [one["field"] for one in told] == list(range(1, len(FIELDS) + 1))
    for one in told:
        assert one["status"] in STATUSES
        assert one["reason"].endswith(".")
        assert one["name"] == FIELDS[one["field"] - 1]
        assert (one["where"] is not None) == (one["status"] == "evidenced")
        if one["where"] is not None:
            assert resolve(record, one["where"]) is not None, one
    return {one["field"]: one["status"] for one in told}


@pytest.mark.parametrize("name", SOME)
def test_every_field_of_every_local_record_is_answered(name: str) -> None:
    record = record_of_case(name)
    found = check(record)
    assert record["checklist"] == checklist(record)
    assert {found[number] for number in (4, 5, 8, 19, 22, 26)} == {"asserted"}


@pytest.mark.parametrize("name", OLD)
def test_every_field_of_a_migrated_record_is_answered(name: str) -> None:
    check(migrate(old(name)))


def test_what_was_withheld_is_missing_and_what_was_never_fitted_does_not_apply() -> None:
    withheld, shown = (check(migrate(old(f"local-{name}-1.0"))) for name in ("withheld", "panel"))
    assert shown[17] == shown[18] == "evidenced"
    assert withheld[18] == "missing"
    assert check(record_of_case("shapley"))[17] == "not applicable"


def test_what_was_asked_in_full_needs_no_test_part() -> None:
    assert check(record_of_case("exhaustive"))[7] == "not applicable"


def test_a_record_without_content_evidences_nothing_but_its_checklist() -> None:
    for kind in ("local", "global"):
        told = checklist({"kind": kind})
        assert [one["field"] for one in told if one["status"] == "evidenced"] == [28]


def test_the_word_compliant_is_never_used() -> None:
    for record in map(migrate, map(old, OLD)):
        assert "complian" not in json.dumps(record["checklist"]).lower()


def test_the_shipped_packs_are_dated_and_name_their_sources() -> None:
    packs = shipped_packs()
    assert {pack.id for pack in packs} == {
        *("china", "eu-ai-act", "gdpr", "iso-42001", "nist-ai-rmf", "reg-b", "sr-26-2")
    }
    for pack in packs:
        assert pack.as_of.startswith("20")
        assert pack.source
        assert pack.clauses
        assert pack.is_named(pack.title)
    answered_to = {number for pack in packs for clause in pack.clauses for number in clause.fields}
    assert answered_to | {16} == set(range(1, 29))


@pytest.mark.parametrize("name", OLD)
def test_every_clause_has_a_row_with_evidence_or_a_reason(name: str) -> None:
    record = migrate(old(name))
    rows = crosswalk(record, None, shipped_packs())
    assert len(rows) == sum(len(clause.fields) for pack in shipped_packs() for clause in pack.clauses)
    for row in rows:
        assert row.status in ("evidenced", "asserted by a person", "missing", "not applicable")
        assert row.reason
        if row.status == "evidenced":
            resolve(record, str(row.where).removeprefix("report.json"))


def test_a_regime_that_people_say_does_not_apply_is_not_applicable_by_their_word() -> None:
    record = migrate(old("global-1.0"))
    stated = Issuance(applicability=[{"regime": "gdpr", "applies": "no", "why": "No personal data."}]).to_dict()  # type: ignore[arg-type]
    rows = crosswalk(record, stated, shipped_packs())
    assert {row.status for row in rows if row.pack == "gdpr"} == {"not applicable"}
    assert {row.reason for row in rows if row.pack == "gdpr"} == {
        "A person states that the regime does not apply: No personal data."
    }
    assert {row.status for row in rows if row.pack == "reg-b"} != {"not applicable"}


@pytest.mark.parametrize("name", OLD)
def test_pages_tell_checklist_and_crosswalk_and_never_claim(name: str) -> None:
    record = migrate(old(name))
    page = render_html(record) if record["kind"] == "local" else render_corpus("html", record)
    assert "All 28 fields" in page
    for pack in shipped_packs():
        assert html.escape(pack.title) in page
    assert "not checked against the original" in page
    assert "complian" not in page.lower()
    assert len(page.encode()) < 500_000
    for table in page[page.index('<section aria-labelledby="people">') :].split("<table>")[1:]:
        assert table.strip().startswith("<caption>")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("id = 3", "id is a text"),
        ("colour = 'red'", "no key 'colour'"),
        ("=", "is no TOML"),
        ("[[clauses]]\nid = 'x'", "a clause needs"),
        ("[[clauses]]\nid = 'x'\ntext = 'y'\nfields = [29]\nverified = true", "from 1 to 28"),
    ],
)
def test_mistakes_in_a_pack_are_named(change: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "pack.toml"
    path.write_text(change, encoding="utf-8")
    with pytest.raises(InputError, match=said) as caught:
        read_pack(path)
    assert caught.value.code == "bad-clauses"
