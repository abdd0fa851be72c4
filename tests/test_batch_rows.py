"""Rows of a batch: what they hold, that their files check themselves, and that nothing changed goes unnoticed."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import surrogate
from surrogate.canonical import canonical, canonical_bytes, digest
from surrogate.corpus.batch.checking.checking import verify_batch
from surrogate.corpus.batch.rows.entries import report_folder
from surrogate.corpus.batch.rows.index import INDEX_FIELDS, read_index, seal_batch, write_index
from surrogate.corpus.batch.rows.part_files import check_part, part_bytes, part_is_whole, part_name, read_part
from surrogate.corpus.batch.rows.quick_json import quick_canonical_bytes
from surrogate.corpus.batch.rows.reading import find_row, read_rows
from surrogate.corpus.batch.rows.rows import error_row, row_digest, row_of, shared_of, with_identity
from surrogate.corpus.batch.rows.schema import FIELDS, arrow_schema, fields_of
from surrogate.corpus.batch.values import Settings, SpooledRow
from surrogate.errors import InputError
from surrogate.explanation import Explanation
from surrogate.report.language import speaking

PAGE = Path(__file__).parent.parent / "docs" / "batch-rows.md"
PLAIN = Settings(recipe="", recipe_name="local")
TEXTS = {
    "m1": "please approve my loan now",
    "m2": "no way, pay nothing, sorry",
    "m3": "the loan, the loan, and the card 😀",
    "m4": "please approve my loan now",
    "m5": "",
}

Row = dict[str, Any]


def decide(texts: list[str]) -> list[list[float]]:
    return [[0.9, 0.1] if "loan" in text and "nothing" not in text else [0.25, 0.75] for text in texts]


def explain(text: str, decide: Callable[..., Any] = decide, **options: Any) -> Explanation:
    options = {"calls": 64, "store": False, "classes": ["approve", "decline"], **options}
    return surrogate.explain(text, decide, **options)


def spooled(name: str, text: str) -> SpooledRow:
    return SpooledRow(name, text, digest(text), int(name[1:]))


def row_for(name: str, settings: Settings = PLAIN) -> Row:
    row = spooled(name, TEXTS[name])
    if not row.text:
        return error_row(row, "empty-text", "The text is empty.", settings)
    return row_of(explain(TEXTS[name]), row, settings)


@pytest.fixture(scope="module")
def shown() -> Explanation:
    return explain(TEXTS["m1"])


@pytest.fixture(scope="module")
def withheld() -> Explanation:
    """Parity of the words: no readable surrogate tells it."""
    return explain(
        "one two three four five six seven eight nine ten",
        lambda texts: [[0.9, 0.1][:: 1 - 2 * (len(t.split()) % 2)] for t in texts],
    )


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return [row_for(name) for name in TEXTS]


def write_parts(folder: Path, rows: list[Row], sizes: list[int]) -> list[Row]:
    ordered = sorted(rows, key=lambda row: (row["text_sha256"], row["id"]))
    (folder / "rows").mkdir(parents=True)
    start = 0
    for number, size in enumerate(sizes):
        (folder / part_name(number)).write_bytes(part_bytes(ordered[start : start + size], number))
        start += size
    return ordered


def finish(folder: Path, n_parts: int) -> dict[str, Any]:
    def numbers(part: int) -> list[tuple[str, int]]:
        return [(row["id"], int(row["id"][1:])) for row in read_part(folder / part_name(part))]

    (folder / "batch.json").write_bytes(b'{"schema":"surrogate-batch/1"}')
    told = write_index(folder, range(n_parts), numbers)
    seal_batch(folder, told)
    return told


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished batch in three parts, with one full report."""
    folder = tmp_path_factory.mktemp("made") / "out"
    explanation = explain(TEXTS["m2"])
    row = spooled("m2", TEXTS["m2"])
    report = explanation.report(folder / report_folder(row.text_sha256))
    sha256 = digest((report / "report.json").read_bytes())
    rows = [row_for(name) for name in TEXTS if name != "m2"] + [row_of(explanation, row, PLAIN, sha256)]
    write_parts(folder, rows, _sizes(rows))
    finish(folder, 3)
    return folder


def _sizes(rows: list[Row]) -> list[int]:
    """Three parts; the rows of a text are in one."""
    texts = sorted({row["text_sha256"] for row in rows})
    counts = [sum(row["text_sha256"] == text for row in rows) for text in texts]
    return [counts[0], counts[1], sum(counts[2:])]


@pytest.fixture
def batch(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "out"))


# one row


def test_a_row_has_the_fields_of_the_schema_in_their_order(rows: list[Row]) -> None:
    for row in rows:
        assert list(row) == [name for name, _ in fields_of()]


def test_a_row_says_what_the_record_says(shown: Explanation) -> None:
    row, record = row_of(shown, spooled("m1", TEXTS["m1"]), PLAIN), shown.to_dict()
    member = record["surrogates"][0]
    assert row["status"] == record["verdict"]["status"] == "explained"
    assert (row["decision"], row["log_odds"]) == (record["decision"]["label"], record["decision"]["log_odds"])
    assert row["probability"] == record["decision"]["probabilities"][row["decision"]]
    assert [row["fidelity"], row["fidelity_low"], row["fidelity_high"]] == [
        member["fidelity"]["r2"][name] for name in ("value", "low", "high")
    ]
    assert (row["verdict"], row["reason"]) == ("pass", member["verdict"]["reason"])
    assert (row["calls"], row["n_units"]) == (record["calls"]["total"], len(record["document"]["units"]))
    linear = [term["coefficient"] for term in record["surrogates"][0]["model"]["terms"]]
    assert [term["coefficient"] for term in row["terms"]] == linear


def test_words_are_where_they_say(shown: Explanation) -> None:
    row = row_of(shown, spooled("m1", TEXTS["m1"]), PLAIN)
    assert row["words"]
    for word in row["words"]:
        assert TEXTS["m1"][word["start"] : word["end"]] == word["text"]


def test_a_condition_is_worded_as_in_the_report(shown: Explanation) -> None:
    row = row_of(shown, spooled("m1", TEXTS["m1"]), PLAIN)
    assert {rule["text"] for rule in row["rules"]} == {"“loan” is kept", "“loan” is removed"}
    assert all(f"IF {rule['text']} THEN" in str(shown) for rule in row["rules"])


def test_a_withheld_surrogate_shows_its_evidence_and_nothing_else(withheld: Explanation) -> None:
    row = row_of(withheld, spooled("m9", withheld.document.text), PLAIN)
    assert row["status"] == "withheld"
    assert row["verdict"] in ("fail", "insufficient evidence")
    assert (row["terms"], row["words"], row["rules"]) == ([], [], [])
    assert all(one["scale"] is None and one["r2"] is not None for one in row["surrogates"])
    assert row["reason"] in [one["reason"] for one in row["surrogates"]]


def test_the_best_verdict_and_the_fidelity_of_what_is_shown_first(shown: Explanation) -> None:
    first, second = shown.members
    failed = replace(first, verdict=replace(first.verdict, status="fail", reason="No."))
    row = row_of(replace(shown, members=(failed, second)), spooled("m1", TEXTS["m1"]), PLAIN)
    assert (row["verdict"], row["reason"]) == ("pass", second.verdict.reason)
    assert row["fidelity"] == canonical(second.fidelity.r2.value)
    assert {rule["surrogate"] for rule in row["rules"]} == {second.name}
    assert row["terms"] == []


def test_a_row_of_an_explanation_that_was_read_back_is_the_same(shown: Explanation, withheld: Explanation) -> None:
    for explanation in (shown, withheld):
        row = spooled("m1", explanation.document.text)
        again = Explanation.from_dict(json.loads(json.dumps(explanation.to_dict())))
        assert row_of(again, row, PLAIN) == row_of(explanation, row, PLAIN)


def test_a_row_does_not_depend_on_the_language_spoken(shown: Explanation) -> None:
    row = spooled("m1", TEXTS["m1"])
    with speaking("zh"):
        there = row_of(shown, row, PLAIN)
    assert there == row_of(shown, row, PLAIN)


def test_rows_of_one_text_differ_in_who_they_are_only(shown: Explanation) -> None:
    shared = shared_of(shown)
    one, other = (with_identity(shared, spooled(name, TEXTS[name]), PLAIN) for name in ("m1", "m4"))
    assert {name for name in one if one[name] != other[name]} == {"id", "row_sha256"}
    assert one == row_of(shown, spooled("m1", TEXTS["m1"]), PLAIN)


def test_texts_are_kept_when_asked_for_only(shown: Explanation) -> None:
    row = spooled("m1", TEXTS["m1"])
    assert row_of(shown, row, PLAIN)["text"] is None
    assert row_of(shown, row, replace(PLAIN, keep_text=True))["text"] == TEXTS["m1"]


def test_the_position_in_the_input_is_not_in_a_row(shown: Explanation) -> None:
    row = spooled("m1", TEXTS["m1"])
    assert row_of(shown, row, PLAIN) == row_of(shown, replace(row, number=77), PLAIN)


def test_not_a_number_is_null(shown: Explanation) -> None:
    changed = replace(shown, decision=replace(shown.decision, log_odds=float("nan")))
    assert row_of(changed, spooled("m1", TEXTS["m1"]), PLAIN)["log_odds"] is None


def test_an_anchor_is_a_rule_and_shapley_values_are_words() -> None:
    text = "please approve my loan now"
    anchor = row_of(explain(text, pipeline="local-anchor"), spooled("m1", text), PLAIN)
    (rule,) = anchor["rules"]
    assert (rule["text"], rule["consequent"], rule["precision"]) == ("“loan” is kept", "approve", 1.0)
    values = row_of(explain(text, pipeline="local-shapley"), spooled("m1", text), PLAIN)
    assert [word["text"] for word in values["words"]] == text.split()
    assert max(values["words"], key=lambda word: word["coefficient"])["text"] == "loan"


def test_without_refits_nothing_has_a_grade(shown: Explanation) -> None:
    members = tuple(replace(member, stability=None) for member in shown.members)
    row = row_of(replace(shown, members=members), spooled("m1", TEXTS["m1"]), PLAIN)
    assert all(one["n_refits"] == 0 and one["stability"] is None for one in row["surrogates"])


# part files


def test_rows_come_back_from_parquet_with_the_same_digests(rows: list[Row]) -> None:
    content = part_bytes(rows, 7)
    again = read_part(content)
    assert again == sorted(rows, key=lambda row: (row["text_sha256"], row["id"]))
    assert [row_digest(row) for row in again] == [row["row_sha256"] for row in again] == check_part(content, 7)


def test_the_same_rows_in_any_order_give_the_same_bytes(rows: list[Row]) -> None:
    assert part_bytes(rows, 0) == part_bytes(rows[::-1], 0)


ANY_TEXT = st.text() | st.sampled_from(["", "\0", "😀", "\"'", "a\0b", "‮", "\u2028", "null", " "])
NUMBERS = st.floats(-1e300, 1e300) | st.sampled_from([1e16, -0.0, 5e-324, 1e300, 123456789.123456789, float("nan")])


@settings(max_examples=20, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(data=st.data())
def test_any_row_comes_back_from_parquet(data: st.DataObject) -> None:
    row = canonical(data.draw(any_struct("")))
    row = {**row, "row_sha256": row_digest(row)}
    content = part_bytes([row], 0)
    assert check_part(content, 0) == [row["row_sha256"]]
    assert read_part(content) == [row]


def any_struct(parent: str) -> st.SearchStrategy[Row]:
    return st.fixed_dictionaries({name: any_value(field.name, field.type) for name, field in fields_of(parent)})


def any_value(name: str, kind: str) -> st.SearchStrategy[Any]:
    plain = {
        "string": ANY_TEXT,
        # Not a number is null, so where there may be none there may be no such number.
        "double": NUMBERS if kind.endswith("?") else NUMBERS.filter(lambda number: number == number),
        "int32": st.integers(-(2**31), 2**31 - 1),
        "boolean": st.booleans(),
        "list<string>": st.lists(ANY_TEXT, max_size=2),
    }
    found = st.lists(any_struct(name), max_size=2) if kind == "list<struct>" else plain[kind.removesuffix("?")]
    return st.none() | found if kind.endswith("?") else found


ANY_NUMBER = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53) + 1, 2**53 - 1)
EDGES = [1e16, -0.0, 5e-324, 1e-4, 9.999e-5, 1e-9, 9.99e-10, 1e-10, 1e21, 1e15 + 0.5, 2.0**53, 123456.789, -1e-7, 1e100]


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | ANY_TEXT | ANY_NUMBER | st.sampled_from(EDGES),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
    )
)
def test_quick_canonical_bytes_are_those_of_rfc_8785(value: Any) -> None:
    assert quick_canonical_bytes(value) == canonical_bytes(value)


@given(st.sampled_from([1, -1]), st.floats(1, 10, exclude_max=True), st.integers(-30, 30))
def test_quick_numbers_of_every_size_are_those_of_rfc_8785(sign: int, digits: float, power: int) -> None:
    value = float(f"{sign * digits!r}e{power}")
    assert quick_canonical_bytes(value) == canonical_bytes(value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53, "\ud800", {"a": [float("-inf")]}])
def test_what_json_cannot_hold_is_refused(value: Any) -> None:
    with pytest.raises(ValueError):
        row_digest({"value": value})


def test_nothing_and_an_empty_list_are_told_apart(rows: list[Row]) -> None:
    assert row_digest({**rows[0], "findings": []}) != row_digest({**rows[0], "findings": None})
    with pytest.raises(InputError, match="has no findings"):
        part_bytes([{**rows[0], "findings": None}], 0)


def test_a_row_with_other_fields_is_refused(rows: list[Row]) -> None:
    with pytest.raises(InputError, match="other fields than 'a row' should: extra"):
        part_bytes([{**rows[0], "extra": 1}], 0)
    with pytest.raises(InputError, match=r"no surrogates\.name"):
        part_bytes([{**rows[0], "surrogates": [{**rows[0]["surrogates"][0], "name": None}]}], 0)


def test_a_text_of_five_megabytes_is_held(rows: list[Row]) -> None:
    text = "a long letter 😀 " * 320_000
    row = {**rows[0], "text": text}
    row["row_sha256"] = row_digest(row)
    content = part_bytes([row, *rows[1:]], 0)
    assert [one["text"] for one in read_part(content) if one["text"]] == [text]
    assert part_is_whole(content, 0)


def test_many_long_rows_are_cut_into_groups(rows: list[Row], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("surrogate.corpus.batch.rows.part_files._MOST_ROWS", 2)
    content = part_bytes(rows, 0)
    assert sorted(row["id"] for row in read_part(content)) == sorted(TEXTS)
    assert len(check_part(content, 0)) == len(rows)


def tampered(rows: list[Row]) -> list[Row]:
    return [{**rows[0], "decision": "decline" if rows[0]["decision"] != "decline" else "approve"}, *rows[1:]]


def exchanged(rows: list[Row]) -> list[Row]:
    """A whole row in the place of another, under the metadata of the first."""
    return [*rows[:-1], rows[0]]


def under_old_facts(rows: list[Row], content: bytes) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    old = pq.ParquetFile(pa.BufferReader(content)).schema_arrow.metadata
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(rows, schema=arrow_schema(old)), sink)
    return sink.getvalue().to_pybytes()


def test_what_is_wrong_with_a_part_is_told_apart(rows: list[Row], tmp_path: Path) -> None:
    content = part_bytes(rows, 3)
    ordered = read_part(content)
    wrong = {
        "was cut short": content[:-100],
        "is no Parquet file": b"id,text\n1,a\n",
        "another program wrote it": _foreign(),
        "is part 4 of a batch; part 3": part_bytes(rows, 4),
        "row 1 does not have the SHA-256": under_old_facts(tampered(ordered), content),
        "are not those, in that order": under_old_facts(exchanged(ordered), content),
        "says that it has 5": under_old_facts(ordered[:-1], content),
        "is damaged": content[:200] + bytes([content[200] ^ 1]) + content[201:],
    }
    path = tmp_path / "part-00003.parquet"
    for sentence, changed in wrong.items():
        path.write_bytes(changed)
        with pytest.raises(InputError, match=rf"^part-00003\.parquet.*{sentence}.*\[bad-batch\]"):
            check_part(path, 3)
        assert part_is_whole(path, 3) is ("row 1" in sentence)  # The light check does not recompute rows.
    path.unlink()
    with pytest.raises(InputError, match="No such file"):
        check_part(path, 3)
    assert not part_is_whole(path, 3)


def _foreign() -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"a": [1]}), sink)
    return sink.getvalue().to_pybytes()


def test_a_later_schema_is_named(rows: list[Row]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"a": [1]}).replace_schema_metadata({"surrogate.schema": "surrogate-batch-row/9"}), sink)
    with pytest.raises(InputError, match="'surrogate-batch-row/9', and this release reads 'surrogate-batch-row/1'"):
        read_part(sink.getvalue().to_pybytes())


@settings(max_examples=100, deadline=None)
@given(where=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_flipped_bit_is_found_or_changes_no_row(made: Path, where: float, bit: int) -> None:
    content = (made / part_name(0)).read_bytes()
    place = int(where * len(content))
    changed = content[:place] + bytes([content[place] ^ 1 << bit]) + content[place + 1 :]
    assert outcome(lambda: check_part(changed, 0)) in (check_part(content, 0), "bad-batch")


def outcome(check: Callable[[], Any]) -> Any:
    """What a check gives, or the code of its error."""
    try:
        return check()
    except InputError as error:
        return error.code


# the index


def test_the_index_tells_of_every_row_and_its_place(batch: Path) -> None:
    listed = duckdb.sql(f"SELECT * FROM '{batch}/index.parquet' ORDER BY number").df().to_dict("records")
    assert [one["id"] for one in listed] == list(TEXTS)
    assert [name for name, *_ in INDEX_FIELDS] == list(listed[0])
    assert listed[1]["report"] == report_folder(digest(TEXTS["m2"]))
    told = read_index(batch)
    assert (told["rows"], told["texts"], told["reports"]) == (5, 4, 1)
    assert told["counts"] == {"explained": 2, "withheld": 2, "error": 1}


def test_the_index_has_the_same_bytes_again(batch: Path) -> None:
    before = [(batch / name).read_bytes() for name in ("index.parquet", "index.json")]
    finish(batch, 3)
    assert [(batch / name).read_bytes() for name in ("index.parquet", "index.json")] == before


def test_the_digest_of_all_rows_does_not_depend_on_the_cut(rows: list[Row], tmp_path: Path) -> None:
    one, three = tmp_path / "one", tmp_path / "three"
    write_parts(one, rows, [5])
    write_parts(three, rows, _sizes(rows))
    assert finish(one, 1)["content_sha256"] == finish(three, 3)["content_sha256"]
    assert list(read_rows(one)) == list(read_rows(three))


def test_an_index_of_other_rows_than_the_input_s_is_refused(batch: Path) -> None:
    before = (batch / "index.parquet").read_bytes()
    with pytest.raises(InputError, match=r"rows/part-00000\.parquet holds other rows than the input"):
        write_index(batch, range(3), lambda part: [("x", 1)])
    assert (batch / "index.parquet").read_bytes() == before
    assert not list(batch.glob(".surrogate-*"))


def test_parts_out_of_order_are_refused(rows: list[Row], tmp_path: Path) -> None:
    ordered = sorted(rows, key=lambda row: row["text_sha256"], reverse=True)
    write_parts(tmp_path / "a", [], [0, 0])
    (tmp_path / "a" / part_name(0)).write_bytes(part_bytes(ordered[:1], 0))
    (tmp_path / "a" / part_name(1)).write_bytes(part_bytes(ordered[-1:], 1))
    with pytest.raises(InputError, match="does not follow the part before it"):
        finish(tmp_path / "a", 2)


def test_every_row_is_found_by_its_id_finished_or_not(batch: Path, rows: list[Row]) -> None:
    expected = {row["id"]: row for row in read_rows(batch)}
    assert expected.keys() == TEXTS.keys()
    for is_finished in (True, False):
        assert {name: find_row(batch, name) for name in TEXTS} == expected
        with pytest.raises(InputError, match="No row of the batch has the id 'm6'") as caught:
            find_row(batch, "m6")
        assert ("not finished" in str(caught.value)) is not is_finished
        (batch / "index.json").unlink(missing_ok=True)
    assert {row["id"]: row for row in read_rows(batch)} == expected


# nobody touched it


def test_an_id_that_no_row_can_have_is_told(batch: Path) -> None:
    for name, words in (
        (7, "is a string, also where it is a number; got 7"),
        ("\udc80", "No row of the batch has the id"),
    ):
        with pytest.raises(InputError, match=words) as caught:
            find_row(batch, name)  # type: ignore[arg-type]
        assert caught.value.code == "bad-parameter"


def test_a_part_under_a_second_name_is_not_read_twice(batch: Path) -> None:
    (batch / "index.json").unlink()
    for name in ("part-000001.parquet", "part-0000\u0661.parquet", "part-00000009.parquet"):
        (batch / "rows" / name).write_bytes((batch / part_name(1)).read_bytes())
    assert sorted(row["id"] for row in read_rows(batch)) == sorted(TEXTS)


def test_an_untouched_batch_is_unchanged(batch: Path) -> None:
    (batch / "run.json").write_text("{}")
    check = verify_batch(batch)
    assert check.is_unchanged
    assert (check.n_rows, check.n_parts, check.n_reports) == (5, 3, 1)
    assert check.not_covered == ("run.json",)
    assert check.index_sha256 == digest((batch / "index.json").read_bytes())
    assert str(check).startswith("All 5 rows in 3 parts and 1 full reports are as index.json states")
    assert any("sign" in limit for limit in check.limits)
    assert json.loads(json.dumps(check.to_dict()))["is_unchanged"] is True


def test_a_changed_byte_in_any_file_is_found_and_the_file_named(made: Path, tmp_path: Path) -> None:
    names = [path.relative_to(made).as_posix() for path in sorted(made.rglob("*")) if path.is_file()]
    assert len(names) > 10
    for number, name in enumerate(names):
        folder = Path(shutil.copytree(made, tmp_path / str(number)))
        content = (folder / name).read_bytes()
        middle = len(content) // 2
        (folder / name).write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
        if name == "index.json":
            assert outcome(lambda folder=folder: verify_batch(folder).is_unchanged) in (False, "bad-batch")
            continue
        assert name in {problem.file for problem in verify_batch(folder).problems}, name


def test_a_file_that_is_gone_or_was_added_is_named(batch: Path) -> None:
    report = report_folder(digest(TEXTS["m2"]))
    (batch / "rows" / "part-00001.parquet").unlink()
    (batch / "rows" / "part-00009.parquet").write_bytes(part_bytes([], 9))
    (batch / report / "report.json").unlink()
    (batch / report / "more.txt").write_text("hello")
    (batch / "reports" / ("0" * 16)).mkdir()
    (batch / "reports" / ("0" * 16) / "report.json").write_text("{}")
    check = verify_batch(batch)
    assert {problem.file for problem in check.problems} >= {
        "rows/part-00001.parquet",
        "rows/part-00009.parquet",
        f"{report}/report.json",
        f"reports/{'0' * 16}/report.json",
    }
    assert not check.is_unchanged


def test_parts_that_changed_places_are_named(batch: Path) -> None:
    first, second = (batch / part_name(number) for number in (0, 1))
    one, other = first.read_bytes(), second.read_bytes()
    first.write_bytes(other)
    second.write_bytes(one)
    said = {problem.file: problem.sentence for problem in verify_batch(batch).problems}
    assert "is part 1 of a batch; part 0 belongs in its place" in said[part_name(0)]
    assert part_name(1) in said


def test_a_part_and_an_index_made_anew_together_are_found_by_the_index_of_rows(batch: Path) -> None:
    """Whoever rewrites a row, its digest and the part's, and states the new SHA-256, forgot index.parquet."""
    name = part_name(2)
    rows = read_part(batch / name)
    rows[0] = {**rows[0], "decision": "decline", "probability": 0.5}
    rows[0]["row_sha256"] = row_digest(rows[0])
    (batch / name).write_bytes(part_bytes(rows, 2))
    told = read_index(batch)
    told["parts"][2]["sha256"] = digest((batch / name).read_bytes())
    seal_batch(batch, {key: value for key, value in told.items() if key not in ("schema", "files")})
    said = {problem.file: problem.sentence for problem in verify_batch(batch).problems}
    assert "tells the rows of rows/part-00002.parquet otherwise" in said["index.parquet"]
    assert "content_sha256" in said["index.json"]


def test_an_id_or_a_position_that_stands_twice_is_told(rows: list[Row], tmp_path: Path) -> None:
    folder = tmp_path / "out"
    twice = {**rows[1], "id": "m1"}
    twice["row_sha256"] = row_digest(twice)
    write_parts(folder, [rows[0], twice], [2])
    finish(folder, 1)
    said = [problem.sentence for problem in verify_batch(folder).problems]
    assert said == [
        "An id stands in it more than once.",
        "The positions of its rows in the input are not all from 1 to their number, each once.",
    ]


def test_an_unfinished_batch_is_not_checked(batch: Path) -> None:
    (batch / "index.json").unlink()
    with pytest.raises(InputError, match="no finished batch"):
        verify_batch(batch)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"schema":"surrogate-batch-index/1"}', "[" * 100_000])
def test_an_index_that_is_none_is_told(batch: Path, content: str) -> None:
    (batch / "index.json").write_text(content)
    with pytest.raises(InputError, match=r"index\.json was changed"):
        read_index(batch)


def _told_anew(batch: Path, change: Callable[[dict[str, Any]], None]) -> None:
    told = json.loads((batch / "index.json").read_bytes())
    told["index"]["sha256"] = digest((batch / "index.parquet").read_bytes())
    change(told)
    (batch / "index.json").write_bytes(canonical_bytes(told))


@pytest.mark.parametrize("column", ["id", "part", "number", "status"])
def test_an_index_of_other_columns_is_told(batch: Path, column: str) -> None:
    table = pq.read_table(batch / "index.parquet")
    place = table.schema.get_field_index(column)
    for other in (table.drop_columns([column]), table.set_column(place, column, pa.nulls(len(table), pa.float32()))):
        pq.write_table(other, batch / "index.parquet")
        _told_anew(batch, lambda told: None)
        said = {problem.sentence for problem in verify_batch(batch).problems if problem.file == "index.parquet"}
        assert "index.parquet was changed: its columns are not those of an index." in said
        with pytest.raises(InputError, match="not those of an index"):
            find_row(batch, "m1")


@pytest.mark.parametrize("rows", [-1, None, "2"])
def test_an_index_with_numbers_that_are_none_is_told(batch: Path, rows: Any) -> None:
    (batch / part_name(1)).unlink()
    _told_anew(batch, lambda told: told["parts"][1].update(rows=rows))
    with pytest.raises(InputError, match=r"index\.json was changed"):
        verify_batch(batch)


@pytest.mark.parametrize("parts", [[3], [None], ["rows/part-00000.parquet"]])
def test_an_index_with_parts_that_are_none_is_told(batch: Path, parts: list[Any]) -> None:
    _told_anew(batch, lambda told: told.update(parts=parts))
    with pytest.raises(InputError, match=r"index\.json was changed"):
        verify_batch(batch)


@pytest.mark.parametrize("name", ["a\0b", "/etc/passwd", "a/../../b", "c:\\b"])
def test_an_index_with_names_that_are_none_is_told(batch: Path, name: str) -> None:
    _told_anew(batch, lambda told: told["files"].update({name: "0" * 64}))
    with pytest.raises(InputError, match=r"index\.json was changed"):
        verify_batch(batch)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes in folders are of POSIX")
def test_a_pipe_in_a_batch_is_not_waited_for(batch: Path) -> None:
    for name in ("batch.json", part_name(1)):
        (batch / name).unlink()
        os.mkfifo(batch / name)
    said = {problem.file: problem.sentence for problem in verify_batch(batch).problems}
    assert "is no file but a pipe or a device" in said["batch.json"]
    assert "is no file but a pipe or a device" in said[part_name(1)]


def test_an_index_cannot_name_files_elsewhere(batch: Path) -> None:
    told = json.loads((batch / "index.json").read_bytes())
    told["parts"][0]["file"] = "../elsewhere.parquet"
    (batch / "index.json").write_text(json.dumps(told, separators=(",", ":"), sort_keys=True))
    with pytest.raises(InputError, match=r"index\.json was changed"):
        read_index(batch)


# the guide


def test_the_guide_has_every_field_and_no_other() -> None:
    found = re.findall(r"^\| `([^`]+)` \| ([^|]+) \| (.+) \|$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert found == [tuple(field) for field in (*FIELDS, *INDEX_FIELDS)]


def test_the_schema_is_made_of_the_fields() -> None:
    assert arrow_schema().names == [field.name for field in FIELDS if "." not in field.name]
    assert len({field.name for field in FIELDS}) == len(FIELDS)
    for field in FIELDS:
        assert field.meaning.endswith((".", ".)"))


def _examples(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)


@pytest.fixture
def beside(batch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The batch in the folder "out", and its input beside it."""
    lines = [f'{name},"{text}"' for name, text in TEXTS.items()]
    (batch.parent / "messages.csv").write_text("\n".join(["id,text", *lines]), encoding="utf-8")
    monkeypatch.chdir(batch.parent)


@pytest.mark.usefixtures("beside")
def test_the_guide_s_queries_run() -> None:
    kinds, adverse, words, terms, ordered = (duckdb.sql(query).fetchall() for query in _examples("sql"))
    assert {tuple(row[:3]) for row in kinds} >= {("error", None, 1), ("explained", "approve", 2)}
    assert [row[0] for row in adverse] == ["m2"]
    assert {(row[0], row[1]) for row in words} >= {("m1", "loan"), ("m4", "loan")}
    assert all(word in text for _, word, *_, text in words)
    assert ("approve", "“loan”", 2) in {row[:3] for row in terms}
    assert [row[0] for row in ordered] == [1, 2, 3, 4, 5]
    assert [row[1] for row in ordered] == list(TEXTS)


@pytest.mark.usefixtures("beside")
def test_the_guide_s_programs_run(capsys: pytest.CaptureFixture[str]) -> None:
    for program in _examples("python"):
        exec(compile(program, "docs/batch-rows.md", "exec"), {})
    said = capsys.readouterr().out
    assert "explained    2" in said
    assert "m1 approve ['loan']" in said
    assert "All 5 rows in 3 parts and 1 full reports" in said
