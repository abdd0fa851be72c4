"""The checklist of a record: every field is answered, and every piece of evidence is where it is said to be."""

from __future__ import annotations

import json
from typing import Any

import pytest

from surrogate.report.record.answering import STATUSES
from surrogate.report.record.checklist import FIELDS, checklist
from surrogate.report.record.migrate import migrate
from surrogate.report.record.pointers import resolve
from tests.test_record import OLD, old
from tests.test_report_cases import record_of_case

SOME = ["anchor", "exhaustive", "few", "no_anchor", "one_word", "panel", "refused", "rules", "shapley", "withheld"]


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
    withheld, shown = check(record_of_case("withheld")), check(record_of_case("panel"))
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
    for record in (record_of_case("panel"), record_of_case("withheld"), migrate(old("global-1.0"))):
        assert "complian" not in json.dumps(record["checklist"]).lower()
