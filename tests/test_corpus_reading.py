"""Reading a corpus: every format gives the same documents, and what cannot be read says where."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surrogate.corpus import read_corpus
from surrogate.documents import Documents
from surrogate.errors import InputError

ROWS = [
    {"id": "a", "message": "I lost my card, again", "desk": "cards", "sum": "12.5", "city": "Łódź"},
    {"id": "b", "message": 'she said "no"\nand left', "desk": "", "sum": "3", "city": "上海"},
    {"id": "c", "message": "   ", "desk": "cash", "sum": "1", "city": "x"},
    {"id": "d", "message": "=1+1 <b>שלום</b> 😀", "desk": "cash", "sum": "", "city": "7"},
]
OPTIONS = {"label": "desk", "id": "id", "metadata": ["sum", "city"]}


def write(path: Path, rows: list[dict[str, str]]) -> Path:
    import csv

    if path.suffix == ".jsonl":
        path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    elif path.suffix == ".parquet":
        import pyarrow
        from pyarrow import parquet

        parquet.write_table(pyarrow.Table.from_pylist(rows), path)
    else:
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]), delimiter="\t" if path.suffix == ".tsv" else ",")
            writer.writeheader()
            writer.writerows(rows)
    return path


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "parquet"])
def test_every_format_gives_the_same_documents(tmp_path: Path, ending: str) -> None:
    corpus = read_corpus(write(tmp_path / f"corpus.{ending}", ROWS), **OPTIONS)  # type: ignore[arg-type]
    assert corpus.texts == tuple(row["message"] for row in ROWS if row["id"] != "c")
    assert corpus.ids == ("a", "b", "d")
    assert corpus.labels == ("cards", None, "cash")
    assert dict(corpus.metadata) == {"sum": (12.5, 3.0, None), "city": ("Łódź", "上海", "7")}
    assert corpus.n_empty == 1


def test_rows_are_counted_from_one_and_a_limit_is_kept(tmp_path: Path) -> None:
    corpus = read_corpus(write(tmp_path / "c.csv", ROWS), text="message", limit=3)
    assert corpus.ids == ("1", "2")
    assert corpus.n_empty == 1


@pytest.mark.parametrize(
    ("content", "options", "code", "words"),
    [
        (b"", {}, "bad-corpus", "empty"),
        (b"text\n", {}, "bad-corpus", "0 rows"),
        (b"text\n \n\t\n", {}, "bad-corpus", "2 of them empty"),
        (b"a,b\n1,2\n", {}, "bad-corpus", "--text"),
        (b"text,b\n1,2\n", {"text": "c"}, "bad-corpus", "no column 'c'; it has 'text', 'b'"),
        (b"text,b\n1,2\n", {"label": "desk"}, "bad-corpus", "no column 'desk'"),
        (b"text,b\n1,2\n", {"metadata": ["desk"]}, "bad-corpus", "no column 'desk'"),
        (b"text,b\none, two, three\n", {}, "bad-corpus", "line 2"),
        (b"text,b\none\n", {}, "bad-corpus", "line 2"),
        (b'text\n"open\n', {}, "bad-corpus", "CSV"),
        (b"Text,id,text\na,1,b\n", {}, "bad-corpus", "say which of them"),
        (b"text,id,text\na,1,b\n", {}, "bad-corpus", "2 columns named 'text'"),
        (b"text\nx\n", {"limit": -1}, "bad-parameter", "at least 1"),
        (b"text\nkort gestohlen \xe4\n", {}, "not-utf8", "iconv"),
    ],
)
def test_a_csv_that_cannot_be_read_says_what_to_do(
    tmp_path: Path, content: bytes, options: dict[str, object], code: str, words: str
) -> None:
    path = tmp_path / "corpus.csv"
    path.write_bytes(content)
    with pytest.raises(InputError) as raised:
        read_corpus(path, **options)  # type: ignore[arg-type]
    assert raised.value.code == code
    assert words in str(raised.value)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "line 1 is no JSON"),
        ("[1]", "no JSON object"),
        ('{"text": 3}', "is no text"),
        ("[" * 100_000, "no JSON"),
        ('{"text": "half \\ud83d"}', "line 1: the column 'text' holds half"),
        ('{"text": "a", "id": 1}\n{"body": "b", "id": 2}', "line 2 has no column 'text'; it has 'body', 'id'"),
    ],
)
def test_a_broken_line_says_which(tmp_path: Path, line: str, words: str) -> None:
    path = tmp_path / "corpus.jsonl"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(InputError, match=words):
        read_corpus(path)


def test_columns_that_are_not_named_are_not_read(tmp_path: Path) -> None:
    import pyarrow
    from pyarrow import parquet

    far = pyarrow.array([10**8], pyarrow.date32())
    parquet.write_table(pyarrow.table({"text": ["a"], "day": far}), tmp_path / "a.parquet")
    assert read_corpus(tmp_path / "a.parquet").texts == ("a",)
    with pytest.raises(InputError, match="a value in the column 'day'"):
        read_corpus(tmp_path / "a.parquet", metadata=["day"])
    (tmp_path / "a.csv").write_text("text,,\na,1,2\n", encoding="utf-8")
    assert read_corpus(tmp_path / "a.csv").texts == ("a",)


def test_a_document_without_an_id_is_called_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "a", "id": null}\n{"text": "b", "id": 7}\n', encoding="utf-8")
    assert read_corpus(tmp_path / "a.jsonl", id="id").ids == ("", "7")


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"corpus\.xlsx is no \.csv"):
        read_corpus(tmp_path / "corpus.xlsx")
    with pytest.raises(InputError, match="cannot be read"):
        read_corpus(tmp_path / "none.csv")
    (tmp_path / "no.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(InputError, match=r"Parquet"):
        read_corpus(tmp_path / "no.parquet")


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=30), min_size=1, max_size=5))
def test_any_text_comes_back_unchanged(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    path = tmp_path_factory.mktemp("any") / "corpus.jsonl"
    path.write_text("\n".join(json.dumps({"text": text}) for text in ["seen", *texts]), encoding="utf-8")
    assert read_corpus(path).texts == ("seen", *(text for text in texts if text.strip()))


def test_columns_of_other_lengths_are_refused() -> None:
    with pytest.raises(InputError, match="'city' has 1 values for 2 documents"):
        Documents(("a", "b"), ("1", "2"), metadata={"city": ("x",)})
