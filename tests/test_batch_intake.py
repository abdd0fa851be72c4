"""The input of a batch: every format gives the same rows, no row stops the reading, and parts are cut by content."""

from __future__ import annotations

import csv
import json
import os
import random
import sqlite3
import stat
import subprocess
import sys
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from surrogate.corpus import delimited, json_lines
from surrogate.corpus.batch.intake import spool_tables
from surrogate.corpus.batch.intake.intake import MOST_ID, read_rows
from surrogate.corpus.batch.intake.spool import Part, Spool
from surrogate.corpus.batch.intake.spooling import Source
from surrogate.corpus.batch.intake.texts import MOST_CHARACTERS
from surrogate.errors import InputError

ENDINGS = ("csv", "tsv", "jsonl", "parquet")
TEXTS = [
    "I lost my card, again",
    'she said "no"\nand left\r\nat once',
    "=1+1 <b>שלום</b> 😀",
    "我的银行卡丢了。",
    "\tindented, with a NUL \x00 and a line separator \u2028",
    "I lost my card, again",
]
ROWS = [(chr(ord("a") + place), text) for place, text in enumerate(TEXTS)]

Rows = list[tuple[str, Any]]


def write(path: Path, rows: Rows, name: str = "text", group: int = 3) -> Path:
    if path.suffix == ".jsonl":
        path.write_text("".join(json.dumps({"id": id_, name: text}) + "\n" for id_, text in rows), encoding="utf-8")
    elif path.suffix == ".parquet":
        table = pyarrow.table({"id": [id_ for id_, _ in rows], name: [text for _, text in rows]})
        parquet.write_table(table, path, row_group_size=group)
    else:
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, delimiter="\t" if path.suffix == ".tsv" else ",", quoting=csv.QUOTE_ALL)
            writer.writerows([("id", name), *rows])
    return path


def spooled(folder: Path, rows: Rows, ending: str = "csv", name: str = "one") -> Spool:
    given_ = write(folder / f"{name}.{ending}", rows)
    return Spool.build(folder / f".{name}-{ending}" / "spool.sqlite", given_, id="id")


def codes(path: Path, **options: Any) -> list[tuple[str, str | None]]:
    return [(row.id, row.problem and row.problem[0]) for row in read_rows(path, **options)]


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_format_gives_the_same_rows(tmp_path: Path, ending: str) -> None:
    rows = list(read_rows(write(tmp_path / f"a.{ending}", ROWS), id="id"))
    assert [(row.id, row.text) for row in rows] == ROWS
    assert [row.number for row in rows] == [1, 2, 3, 4, 5, 6]
    assert rows[0].text_sha256 == rows[5].text_sha256
    assert len({row.text_sha256 for row in rows}) == 5


@pytest.mark.parametrize("ending", ENDINGS)
def test_without_a_column_of_ids_rows_are_numbered_and_a_limit_is_kept(tmp_path: Path, ending: str) -> None:
    path = write(tmp_path / f"a.{ending}", ROWS, "Message")
    assert [row.id for row in read_rows(path, limit=3)] == ["1", "2", "3"]
    assert len(list(read_rows(path, limit=99))) == 6


UNICODE = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(UNICODE.filter(str.strip), UNICODE, min_size=1, max_size=6))
def test_any_rows_have_the_same_content_in_every_format(
    tmp_path_factory: pytest.TempPathFactory, rows: dict[str, str]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    found = [spooled(folder, list(rows.items()), ending) for ending in ENDINGS]
    assert len({spool.content_sha256 for spool in found}) == 1
    for spool in found:
        assert {row.id: row.text for part in spool.parts(2) for row in spool.rows(part)} == {
            id_: text if text.strip() else None for id_, text in rows.items()
        }


def test_line_ends_and_a_byte_order_mark_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"\xef\xbb\xbfid,text\r\na,one\r\nb,two\r\n")
    (tmp_path / "b.jsonl").write_bytes(b'\xef\xbb\xbf{"id": "a", "text": "one"}\r\n\r\n{"id": "b", "text": "two"}')
    assert [(row.id, row.text) for row in read_rows(tmp_path / "a.csv", id="id")] == [("a", "one"), ("b", "two")]
    assert list(read_rows(tmp_path / "b.jsonl", id="id")) == list(read_rows(tmp_path / "a.csv", id="id"))


# One bad row


def test_a_bad_row_of_a_csv_stops_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(
        b'id,text\na,good\nb,\nc, \t\nd,f\xfcr\ne\nf,too,many\n\ng,"also\ngood"\nh,'
        + b"x" * (MOST_CHARACTERS + 1)
        + b"\n"
    )
    assert codes(path, id="id") == [
        ("a", None),
        ("b", "empty-text"),
        ("c", "empty-text"),
        ("d", "not-utf8"),
        ("line 6", "bad-corpus"),
        ("line 7", "bad-corpus"),
        ("g", None),
        ("h", "text-too-long"),
    ]


def test_a_bad_row_of_a_jsonl_stops_nothing(tmp_path: Path) -> None:
    long = json.dumps({"id": 8, "text": "x" * (MOST_CHARACTERS + 1)}).encode()
    lines = [
        b'{"id": 1, "text": "good"}',
        b'{"id": 2, "text": null}',
        b'{"id": 3, "text": ["secret"]}',
        b'{"id": 4, "te',
    ]
    lines += [b"[5]", b'{"id": 6, "text": "\\ud800"}', b'{"id": 7, "text": "f\xfcr"}', long, b'{"id": 9}']
    lines += [b"[" * 100_000, b'{"id": 1' + b"0" * 10_000 + b"}"]
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\n".join(lines))
    assert codes(path, id="id") == [
        ("1", None),
        ("2", "empty-text"),
        ("3", "not-text"),
        ("line 4", "bad-corpus"),
        ("line 5", "bad-corpus"),
        ("6", "not-utf8"),
        ("7", "not-utf8"),
        ("8", "text-too-long"),
        ("9", "bad-corpus"),
        ("line 10", "bad-corpus"),
        ("line 11", "bad-corpus"),
    ]
    assert codes(path)[3:5] == [("4", "bad-corpus"), ("5", "bad-corpus")]


def test_a_bad_row_of_a_parquet_file_stops_nothing(tmp_path: Path) -> None:
    bad = pyarrow.array([b"good", None, b"f\xfcr", b"x" * (MOST_CHARACTERS + 1), b"  "])
    texts = pyarrow.Array.from_buffers(pyarrow.string(), len(bad), bad.buffers())
    parquet.write_table(pyarrow.table({"id": [1, 2, 3, 4, 5], "text": texts}), tmp_path / "a.parquet")
    assert codes(tmp_path / "a.parquet", id="id") == [
        ("1", None),
        ("2", "empty-text"),
        ("3", "not-utf8"),
        ("4", "text-too-long"),
        ("5", "empty-text"),
    ]


@pytest.mark.parametrize("values", [[1, 2], [b"a", b"b"], [["a"], ["b"]], [{"a": 1}, {"a": 2}]])
def test_values_that_are_no_strings_are_no_texts(tmp_path: Path, values: list[Any]) -> None:
    parquet.write_table(pyarrow.table({"text": values}), tmp_path / "a.parquet")
    assert codes(tmp_path / "a.parquet") == [("1", "not-text"), ("2", "not-text")]


def test_repeated_strings_of_a_dictionary_column_are_texts(tmp_path: Path) -> None:
    column = pyarrow.array(["a", "b", "a"]).dictionary_encode()
    parquet.write_table(pyarrow.table({"text": column}), tmp_path / "a.parquet")
    assert [row.text for row in read_rows(tmp_path / "a.parquet")] == ["a", "b", "a"]


def test_a_dictionary_is_decoded_as_far_as_it_is_needed(tmp_path: Path) -> None:
    texts = [f"text {number}" for number in range(30_000)]
    parquet.write_table(pyarrow.table({"text": pyarrow.array(texts).dictionary_encode()}), tmp_path / "a.parquet")
    rows = read_rows(tmp_path / "a.parquet")
    next(rows)
    tracemalloc.start()
    try:
        assert all(row.text == texts[row.number - 1] for row in rows)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_a_date_beyond_those_of_python_is_told(tmp_path: Path) -> None:
    far = pyarrow.array([10**8], pyarrow.date32())
    parquet.write_table(pyarrow.table({"text": ["a"], "day": far}), tmp_path / "a.parquet")
    assert [row.text for row in read_rows(tmp_path / "a.parquet")] == ["a"]
    with pytest.raises(
        InputError, match=r"a value in the column 'day' \(date32\[day\]\) that cannot be read"
    ) as raised:
        list(read_rows(tmp_path / "a.parquet", id="day"))
    assert raised.value.code == "bad-file"


def test_blank_lines_before_a_header_are_no_header(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"\r\n\r\nid,text\r\na,one\r\n")
    assert [(row.id, row.text) for row in read_rows(tmp_path / "a.csv", id="id")] == [("a", "one")]


def test_problems_quote_nothing_and_say_the_same_wherever_the_row_stands(tmp_path: Path) -> None:
    bad = [
        '{"id": 2, "text": ["secret"]}',
        '{"id": 3, "text": "secret',
        '"secret"',
        '{"id": 4, "text": "secret \\udfff"}',
    ]
    found = []
    for lines in (['{"id": 1, "text": "x"}', *bad], [*bad[::-1], '{"id": 1, "text": "x"}']):
        (tmp_path / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
        found.append({(row.text_sha256, row.problem) for row in read_rows(tmp_path / "a.jsonl", id="id")})
    assert found[0] == found[1]
    assert "secret" not in str(found)


def test_what_is_no_text_never_has_the_digest_of_one(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": 3}\n{"text": "3"}\n{"text": ""}\n{"text": null}\n', encoding="utf-8")
    first, second, third, fourth = (row.text_sha256 for row in read_rows(tmp_path / "a.jsonl"))
    assert first != second
    assert third == fourth


def test_the_limit_of_the_csv_module_is_put_back(tmp_path: Path) -> None:
    before = csv.field_size_limit(70_000)
    try:
        path = write(tmp_path / "a.csv", [("a", "x" * 200_000), ("b", "y")])
        assert [len(row.text or "") for row in read_rows(path)] == [200_000, 1]
        assert csv.field_size_limit() == 70_000
        next(iter(read_rows(path)))
        assert csv.field_size_limit() == 70_000
    finally:
        csv.field_size_limit(before)


def test_two_csv_files_are_read_in_turn(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", [("a", "x"), ("b", "y" * 200_000)])
    first, second = read_rows(path), read_rows(path)
    assert [next(first).number, next(second).number] == [1, 1]
    first.close()
    assert len(next(second).text or "") == 200_000


# The whole file


@pytest.mark.parametrize(
    ("name", "content", "options", "code", "words"),
    [
        ("a.csv", b"", {}, "bad-corpus", "empty"),
        ("a.csv", b"text\n", {}, "bad-corpus", "holds no row"),
        ("a.jsonl", b"\n\n", {}, "bad-corpus", "holds no row"),
        ("a.csv", b"a,b\n1,2\n", {}, "bad-corpus", "the columns 'a', 'b'; say which"),
        ("a.csv", b"id;text\n1;hello\n", {}, "bad-corpus", "looks like several"),
        ("a.csv", b"My card was lost on Monday\nWhere is it?\n", {}, "bad-corpus", "Write a header"),
        ("a.csv", b"id,text\n1,x\n", {"text": "body"}, "bad-corpus", "no column 'body'; it has 'id', 'text'"),
        ("a.csv", b"nr,text\n1,x\n", {"id": "id"}, "bad-corpus", "no column 'id'; it has 'nr', 'text'"),
        ("a.csv", b"text,text\n1,x\n", {}, "bad-corpus", "2 columns named 'text'"),
        ("a.csv", b"id,text\n1,x\n", {"limit": 0}, "bad-parameter", "at least 1"),
        ("a.csv", b'id,text\n1,"x\n2,y\n', {}, "bad-corpus", "quote"),
        ("a.csv", b'id,text\n1,"x" y\n', {}, "bad-corpus", "line 2"),
        ("a.csv", b"id,t\xe4xt\n1,x\n", {}, "not-utf8", "names of its columns"),
        ("a.csv", "id,text\n1,hello\n".encode("utf-16"), {}, "not-utf8", "iconv -f UTF-16"),
        ("a.tsv", "id\ttext\n1\thello\n".encode("utf-16-le"), {}, "not-utf8", "iconv -f UTF-16"),
        ("a.jsonl", '{"text": "hello"}'.encode("utf-32"), {}, "not-utf8", "iconv"),
        ("a.jsonl", b'[\n{"text": "x"}\n]', {}, "bad-corpus", "jq -c"),
        ("a.jsonl", b'[{"text": "x"}]', {}, "bad-corpus", "jq -c"),
        ("a.jsonl", b"[1]", {}, "bad-corpus", "line 1 is no JSON object"),
        ("a.jsonl", b'{\n"text": "x"\n}', {}, "bad-corpus", "line 1 is no JSON"),
        ("a.jsonl", b'{"id": 1}', {"text": "text"}, "bad-corpus", "no column 'text'; it has 'id'"),
        ("a.jsonl", b"{}", {}, "bad-corpus", "without columns"),
        ("a.parquet", b"PAR1 no", {}, "bad-file", "Parquet"),
        ("a.parquet", b"", {}, "bad-file", "Parquet"),
        ("a.csv", b"id,text\n1,x\n", {"text": "\udcff"}, "bad-corpus", "no column"),
        ("a.xlsx", b"", {}, "bad-file", "is no .csv"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(
    tmp_path: Path, name: str, content: bytes, options: dict[str, Any], code: str, words: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError) as raised:
        list(read_rows(tmp_path / name, **options))
    assert raised.value.code == code
    assert words in str(raised.value)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_file_that_is_not_there_is_named(tmp_path: Path, ending: str) -> None:
    with pytest.raises(InputError, match=r"none\.\w+ cannot be read: No such file"):
        read_rows(tmp_path / f"none.{ending}")
    (tmp_path / f"folder.{ending}").mkdir()
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        read_rows(tmp_path / f"folder.{ending}")


def test_a_column_that_the_first_objects_lack_is_found_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": 1}\n{\n{"id": 2, "text": "x"}\n', encoding="utf-8")
    assert codes(tmp_path / "a.jsonl", id="id") == [("1", "bad-corpus"), ("line 2", "bad-corpus"), ("2", None)]


WHOLE = {
    "csv": "".join(f'{number},"a ""text"", é"\n' for number in ("id", *range(9))).replace('"a ""text"", é"', "text", 1),
    "jsonl": "".join(f'{{"id": {number}, "text": "a \\"text\\", é"}}\n' for number in range(9)),
}


@pytest.mark.parametrize("ending", sorted(WHOLE))
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_the_bytes_there_are_rows_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, ending: str, data: st.DataObject
) -> None:
    content = bytearray(WHOLE[ending].encode())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    path = tmp_path_factory.mktemp("bytes") / f"a.{ending}"
    path.write_bytes(content)
    with suppress(InputError):
        assert all((row.text is None) == (row.problem is not None) for row in read_rows(path))


def test_a_line_without_end_is_no_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (delimited, json_lines):
        monkeypatch.setattr(module, "MOST_VALUE", 1000)
    (tmp_path / "a.jsonl").write_text(
        '{"text": "x"}\n{"text": "%s"}\n{"text": "y"}' % ("long " * 999), encoding="utf-8"
    )
    assert [code for _, code in codes(tmp_path / "a.jsonl")] == [None, "text-too-long", None]
    just = '{"text": "%s"}\n' % ("x" * 987)
    assert len(just) == 1000
    (tmp_path / "c.jsonl").write_text(just + '{"text": "y"}\n{"text": "z"}\n', encoding="utf-8")
    assert [code for _, code in codes(tmp_path / "c.jsonl")] == ["text-too-long", None, None]
    (tmp_path / "a.csv").write_text(f"text\nx\n{'long ' * 999}\n", encoding="utf-8")
    with pytest.raises(InputError, match="hardly a CSV file"):
        read_rows(tmp_path / "a.csv")
    (tmp_path / "b.csv").write_text('text\nx\n"{}\n'.format("long\n" * 999), encoding="utf-8")
    with pytest.raises(InputError, match="Is a quote not closed"):
        read_rows(tmp_path / "b.csv")


# Ids


def test_ids_in_two_rows_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as raised:
        spooled(tmp_path, [("b", "x"), ("a", "x"), ("c", "y"), ("a", "z"), ("b", "z")])
    assert raised.value.code == "bad-corpus"
    assert "2 of them" in str(raised.value)
    assert "'b' in rows 1 and 5" in str(raised.value)
    assert "--id" in str(raised.value)
    assert not list((tmp_path / ".one-csv").iterdir())


@pytest.mark.parametrize("empty", ["", "  "])
@pytest.mark.parametrize("ending", ENDINGS)
def test_empty_ids_are_refused(tmp_path: Path, empty: str, ending: str) -> None:
    with pytest.raises(InputError, match=r"Rows have no id in the column 'id': 2 of them, the first is row 2"):
        spooled(tmp_path, [("b", "x"), (empty, "x"), ("c", "y"), (empty, "y")], ending)


def test_ids_that_name_nothing_are_empty(tmp_path: Path) -> None:
    lines = [f'{{"id": {value}, "text": "x"}}' for value in ("null", "NaN", "[1]", "{}", "0", "false", "1.5")]
    (tmp_path / "a.jsonl").write_text("\n".join([*lines, '{"text": "x"}']), encoding="utf-8")
    assert [row.id for row in read_rows(tmp_path / "a.jsonl", id="id")] == ["", "", "", "", "0", "False", "1.5", ""]


@pytest.mark.parametrize(("name", "code"), [(b"\xfc", "not-utf8"), (b"x" * (MOST_ID + 1), "bad-corpus")])
def test_an_id_that_cannot_be_one_is_refused(tmp_path: Path, name: bytes, code: str) -> None:
    (tmp_path / "a.csv").write_bytes(b"id,text\na,x\n" + name + b",y\n")
    with pytest.raises(InputError, match="The id of row 2") as raised:
        list(read_rows(tmp_path / "a.csv", id="id"))
    assert raised.value.code == code


# The spool

MANY = [(f"id {number}", f"text {number % 40}") for number in range(100)] + [("none", ""), ("blank", " ")]


def test_a_spool_counts_and_gives_every_row_back(tmp_path: Path) -> None:
    spool = spooled(tmp_path, MANY)
    assert (spool.n_rows, spool.n_texts, spool.n_problems) == (102, 42, 2)
    assert (spool.text_column, spool.id_column) == ("text", "id")
    parts = spool.parts(10)
    assert [(part.number, part.n_texts) for part in parts] == [(0, 10), (1, 10), (2, 10), (3, 10), (4, 2)]
    rows = [row for part in parts for row in spool.rows(part)]
    assert rows == sorted(rows, key=lambda row: (row.text_sha256, row.id))
    assert sorted(rows, key=lambda row: row.number) == list(read_rows(tmp_path / "one.csv", id="id"))
    assert [part.n_rows for part in parts] == [len(spool.rows(part)) for part in parts]
    assert [spool.numbers(part) for part in parts] == [
        [(row.id, row.number) for row in spool.rows(part)] for part in parts
    ]
    assert all(part.first <= row.text_sha256 <= part.last for part in parts for row in spool.rows(part))


@settings(max_examples=10, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from(ENDINGS), st.integers(1, 50))
def test_the_order_of_the_rows_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, order: random.Random, ending: str, part_texts: int
) -> None:
    folder = tmp_path_factory.mktemp("order")
    rows = list(MANY)
    order.shuffle(rows)
    one, other = spooled(folder, MANY), spooled(folder, rows, ending, "other")
    assert one.content_sha256 == other.content_sha256
    assert one.parts(part_texts) == other.parts(part_texts)
    assert one.sample(7) == other.sample(7)
    assert [(row.id, row.text) for row in one.sample_rows(7)] == [(row.id, row.text) for row in other.sample_rows(7)]
    for part in one.parts(part_texts):
        assert [(row.id, row.text) for row in one.rows(part)] == [(row.id, row.text) for row in other.rows(part)]


@pytest.mark.parametrize("changed", [("id 0", "text 1"), ("id x", "text 0")])
def test_another_text_or_id_is_another_content(tmp_path: Path, changed: tuple[str, str]) -> None:
    assert spooled(tmp_path, MANY).content_sha256 != spooled(tmp_path, [changed, *MANY[1:]], name="b").content_sha256


def test_rows_of_the_same_text_stay_in_one_part(tmp_path: Path) -> None:
    rows = [(str(number), "the same" if number % 2 else f"text {number % 7}") for number in range(20_000)]
    spool = spooled(tmp_path, rows)
    assert [part.n_texts for part in spool.parts(1)] == [1] * 8
    (most,) = [part for part in spool.parts(1) if part.n_rows == 10_000]
    found = spool.rows(most)
    assert {row.text for row in found} == {"the same"}
    assert len({id(row.text) for row in found}) == 1


def test_parts_hold_at_least_one_text(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="at least 1"):
        spooled(tmp_path, ROWS).parts(0)


def test_a_sample_is_of_texts_that_can_be_used_from_everywhere(tmp_path: Path) -> None:
    spool = spooled(tmp_path, MANY)
    assert len(spool.sample(1000)) == len(spool.sample_rows(1000)) == 40
    assert spool.sample(5) < spool.sample(9)
    assert {row.text_sha256 for row in spool.sample_rows(9)} == spool.sample(9)
    assert all(row.text for row in spool.sample_rows(1000))
    first = {row.text_sha256 for row in spool.rows(spool.parts(9)[0])}
    assert spool.sample(9) != first
    assert spool.sample(0) == set()


def test_chosen_texts_are_marked(tmp_path: Path) -> None:
    spool = spooled(tmp_path, MANY)
    chosen = spool.with_ids(["id 3", "id 43", "id 5"])
    assert len(chosen) == 2
    rows = [row for part in spool.parts(10) for row in spool.rows(part, chosen)]
    assert {row.text for row in rows if row.chosen} == {"text 3", "text 5"}


def test_unknown_ids_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"4 of the ids, for instance 'p', 'q', 'r'; ids stand in the column 'id'"):
        spooled(tmp_path, MANY).with_ids(["p", "id 1", "q", "r", "s"])


def test_only_the_owner_may_read_a_spool(tmp_path: Path) -> None:
    spool = spooled(tmp_path, ROWS)
    assert stat.S_IMODE(os.stat(spool.path).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(spool.path.parent).st_mode) == 0o700
    assert [path.name for path in spool.path.parent.iterdir()] == ["spool.sqlite"]


def test_a_complete_spool_of_the_same_input_is_taken_as_it_is(tmp_path: Path) -> None:
    told: list[int] = []
    rows = [(str(number), "x") for number in range(20_500)]
    given_ = write(tmp_path / "a.csv", rows)
    first = Spool.build(tmp_path / "spool", given_, progress=told.append)
    assert told == [10_000, 20_000]
    assert Spool.build(tmp_path / "spool", given_, progress=told.append) == first == Spool.open(tmp_path / "spool")
    assert first.source == Source.of(given_)
    assert told == [10_000, 20_000]


@pytest.mark.parametrize("options", [{"id": "id"}, {"limit": 3}, {"text": "id"}])
def test_a_spool_of_another_input_is_built_anew(tmp_path: Path, options: dict[str, Any]) -> None:
    given_ = write(tmp_path / "a.csv", ROWS)
    first = Spool.build(tmp_path / "spool", given_)
    assert Spool.build(tmp_path / "spool", given_, **options) != first
    write(given_, ROWS[:-1])
    assert Spool.build(tmp_path / "spool", given_).n_rows == 5


@pytest.mark.parametrize("content", [b"", b"no database at all", b"SQLite format 3\x00" + b"\x00" * 100])
def test_what_is_no_complete_spool_is_built_anew(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "spool"
    assert Spool.open(path) is None
    path.write_bytes(content)
    path.with_name("spool.part").write_bytes(content)
    assert Spool.open(path) is None
    assert Spool.build(path, write(tmp_path / "a.csv", ROWS)).n_rows == 6
    assert not path.with_name("spool.part").exists()


def test_a_foreign_database_is_no_spool(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "spool")
    connection.execute("CREATE TABLE state (content TEXT)")
    connection.execute("INSERT INTO state VALUES ('{\"n_rows\": 3}')")
    connection.commit()
    connection.close()
    assert Spool.open(tmp_path / "spool") is None


def test_a_full_disk_says_how_to_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given_ = write(tmp_path / "a.csv", [(str(number), f"text {number}" * 20) for number in range(2000)])
    before = spool_tables._WHILE_FILLED
    monkeypatch.setattr(spool_tables, "_WHILE_FILLED", (*before, "PRAGMA max_page_count = 20"))
    with pytest.raises(InputError) as raised:
        Spool.build(tmp_path / ".work" / "spool", given_)
    assert raised.value.code == "cannot-write"
    assert "no room is left" in str(raised.value)
    assert str(tmp_path / ".work") in str(raised.value)
    assert "same command again" in str(raised.value)
    monkeypatch.setattr(spool_tables, "_WHILE_FILLED", before)
    assert Spool.build(tmp_path / ".work" / "spool", given_).n_rows == 2000


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="cannot-write"):
        Spool.build(tmp_path / "file" / "deep" / "spool", write(tmp_path / "a.csv", ROWS))


def test_an_input_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    given_ = write(tmp_path / "a.csv", [(str(number), "x") for number in range(10_000)])

    def change(n_rows: int) -> None:
        with given_.open("a", encoding="utf-8") as stream:
            stream.write("more,y\n")

    with pytest.raises(InputError, match="changed while it was read"):
        Spool.build(tmp_path / "spool", given_, progress=change)
    assert Spool.open(tmp_path / "spool") is None


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.csv")
    with pytest.raises(InputError, match="a pipe or a device"):
        Spool.build(tmp_path / "spool", tmp_path / "a.csv")


def test_names_of_columns_are_cut_short_in_sentences(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"{'secret ' * 99},b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError) as raised:
        read_rows(tmp_path / "a.csv")
    assert len(str(raised.value)) < 200


def test_a_spool_that_was_damaged_later_says_so(tmp_path: Path) -> None:
    spool = spooled(tmp_path, MANY)
    spool.path.write_bytes(b"nothing")
    with pytest.raises(InputError, match="Remove it and give the same command again"):
        spool.rows(Part(0, "0" * 64, "f" * 64, 1, 1))


def test_reading_stops_the_spool_where_a_quote_is_never_closed(tmp_path: Path) -> None:
    given_ = write(tmp_path / "a.csv", [(str(number), "x") for number in range(500)])
    with given_.open("a", encoding="utf-8") as stream:
        stream.write('501,"open\n502,y\n')
    with pytest.raises(InputError, match="no proper CSV"):
        Spool.build(tmp_path / ".work" / "spool", given_)
    assert not list((tmp_path / ".work").iterdir())


def test_threads_read_one_spool_at_once(tmp_path: Path) -> None:
    spool = spooled(tmp_path, MANY)
    parts = spool.parts(3)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(spool.rows, parts)) == [spool.rows(part) for part in parts]


# Memory and what is loaded

MEMORY = """
import resource, sys
from surrogate.corpus.batch.intake.spool import Spool
spool = Spool.build(sys.argv[2], sys.argv[1])
rows = sum(len(spool.rows(part)) for part in spool.parts(64))
spool.sample(100)
print(rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def megabytes(given_: Path) -> int:
    # What a child shows first is the memory of its parent, so another process starts it.
    start = "import subprocess, sys; sys.exit(subprocess.run([sys.executable, '-c', *sys.argv[1:]]).returncode)"
    done = subprocess.run(
        [sys.executable, "-c", start, MEMORY, str(given_), str(given_) + ".spool"],
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout.split()[1])


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_memory_does_not_grow_with_the_rows(tmp_path: Path, ending: str) -> None:
    few = write(tmp_path / f"few.{ending}", [(str(number), f"text {number} " * 10) for number in range(500)], group=500)
    many = write(
        tmp_path / f"many.{ending}", [(str(number), f"text {number} " * 30) for number in range(60_000)], group=60_000
    )
    assert megabytes(many) < megabytes(few) + 90


def test_memory_does_not_grow_where_a_long_text_repeats(tmp_path: Path) -> None:
    """A Parquet file holds a text that repeats once, so that a small file is large when it is read."""
    few = write(tmp_path / "few.parquet", [("1", "text")])
    many = write(tmp_path / "many.parquet", [(str(number), "word " * 80_000) for number in range(512)], group=512)
    assert many.stat().st_size < 500_000
    assert megabytes(many) < megabytes(few) + 350


def test_reading_a_table_is_light() -> None:
    code = (
        "import sys; import surrogate.corpus.batch.intake.spool; from surrogate.cli import main; main(['--help']); "
        "print('pyarrow' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("False\n")
