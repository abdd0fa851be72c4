"""Units of real Chinese texts, and of sentences in scripts without spaces."""

from __future__ import annotations

import csv
from pathlib import Path
from statistics import mean

import pytest

from surrogate.units import nest, split_units


def texts_of(data: Path, name: str) -> list[str]:
    path = data / name / "dev.csv"
    if not path.is_file():
        pytest.skip(f"the public data set {name} is not here")
    with path.open(encoding="utf-8", newline="") as file:
        return [row["text"] for row in csv.DictReader(file)]


@pytest.mark.parametrize("name", ["waimai_zh", "thucnews_titles_zh"])
def test_units_of_chinese_texts_are_words_with_exact_places(data: Path, name: str) -> None:
    lengths: list[int] = []
    for text in texts_of(data, name):
        document = split_units(text)
        pieces = [gap + unit for gap, unit in zip(document.gaps, document.units, strict=False)]
        assert "".join([*pieces, document.gaps[-1]]) == text
        assert not "".join(document.gaps).strip()
        lengths += [len(unit) for unit in document.units if "\u4e00" <= unit[0] <= "\u9fff"]
        assert len(nest(split_units(text, "phrase"), document)) == document.n_units
    assert 1.4 < mean(lengths) < 2.2
    assert max(lengths) <= 8


@pytest.mark.parametrize(
    ("text", "n_words"),
    [
        ("残高不足で引き落としができませんでした。", 11),
        ("アプリにログインできないので、パスワードを変えたいです。", 13),
        ("ค่าธรรมเนียมแพงเกินไปและแอปใช้งานไม่ได้", 11),
        ("ฉันต้องการยกเลิกบัตรเครดิตของฉัน", 7),
    ],
)
def test_words_of_japanese_and_thai_are_few_and_exact(text: str, n_words: int) -> None:
    document = split_units(text)
    assert "".join(document.units) == text
    assert abs(document.n_units - n_words) <= 3
