"""Phrases, sentences, paragraphs and lines, in several languages."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from surrogate.units import split_units
from surrogate.units.icu import icu_name

LETTER = """Dear team,

I lost my card near the
airport. please block it!

1. Block the card.
2. Send a new one."""


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Dr. Lee paid $3.50 on Jan. 5. Why?! I know.", ["Dr. Lee paid $3.50 on Jan. 5.", "Why?!", "I know."]),
        ("it failed. can you help me? thanks", ["it failed.", "can you help me?", "thanks"]),
        (
            "It costs e.g. 5 (approx. 6) euros. Etc. and so on.",
            ["It costs e.g. 5 (approx. 6) euros.", "Etc. and so on."],
        ),
        (
            "We left at 3 p.m. Then it rained. J. Smith saw it.",
            ["We left at 3 p.m.", "Then it rained.", "J. Smith saw it."],
        ),
        ("See no. 5 and p. 7. I said no. You know.", ["See no. 5 and p. 7.", "I said no.", "You know."]),
        (
            "Das kostet z. B. 5 Euro. Hr. Meier zahlt bzw. kauft.",
            ["Das kostet z. B. 5 Euro.", "Hr. Meier zahlt bzw. kauft."],
        ),
        ("M. Dupont est là. Il paie.", ["M. Dupont est là.", "Il paie."]),
        ("wait... what happened", ["wait... what happened"]),
        ("我的卡丢了。怎么办？快帮我！", ["我的卡丢了。", "怎么办？", "快帮我！"]),
        ("「はい。」「いいえ。」と言った。", ["「はい。」", "「いいえ。」", "と言った。"]),
        ("मेरा कार्ड खो गया। क्या करूँ?", ["मेरा कार्ड खो गया।", "क्या करूँ?"]),
        ("کارڈ گم ہو گیا۔ کیا کروں؟ شکریہ", ["کارڈ گم ہو گیا۔", "کیا کروں؟", "شکریہ"]),
        ("هل وصلت بطاقتي؟ أريد المساعدة.", ["هل وصلت بطاقتي؟", "أريد المساعدة."]),
        ("บัตรหาย\nช่วยด้วย", ["บัตรหาย", "ช่วยด้วย"]),
        ("😀 Hi. 👍🏽 Yes!", ["😀 Hi.", "👍🏽 Yes!"]),
    ],
)
def test_sentences_end_where_the_script_says(text: str, sentences: list[str]) -> None:
    assert list(split_units(text, "sentence").units) == sentences


def test_a_wrapped_line_goes_on_and_any_other_ends_the_sentence() -> None:
    assert split_units(LETTER, "sentence").units == (
        "Dear team,",
        "I lost my card near the\nairport.",
        "please block it!",
        "1. Block the card.",
        "2. Send a new one.",
    )


def test_paragraphs_have_blank_lines_between_them() -> None:
    assert [unit.splitlines()[0] for unit in split_units(LETTER, "paragraph").units] == [
        "Dear team,",
        "I lost my card near the",
        "1. Block the card.",
    ]
    assert split_units("a\r\n \r\nb\n\n\nc\u2029d", "paragraph").units == ("a", "b", "c", "d")
    assert split_units("a\r\nb", "paragraph").units == ("a\r\nb",)


def test_without_blank_lines_paragraphs_are_lines() -> None:
    assert split_units("Name: Ann\nI lost my card\nyesterday.", "paragraph").units == (
        "Name: Ann",
        "I lost my card\nyesterday.",
    )
    assert split_units("One. Two.", "paragraph").units == ("One. Two.",)


def test_lines_are_lines_whatever_ends_them() -> None:
    assert split_units("a\r\nb\rc\u2028 d \n\n", "line").units == ("a", "b", "c", "d")


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("I lost my card at the station, please help me.", ["I lost my card", "at the station,", "please help me."]),
        ("Mr. Lee (from Rome) paid and/or left", ["Mr. Lee", "(from Rome)", "paid", "and/or left"]),
        ("one two three four five six seven eight", ["one two three four", "five six seven eight"]),
        (
            "Ich habe die Karte am Montag mit dem Brief bekommen",
            ["Ich habe die Karte am Montag", "mit dem Brief bekommen"],
        ),
        ("我的银行卡丢了，请帮我冻结账户。", ["我的银行卡丢了，", "请帮我冻结账户。"]),
        (
            "昨日カードを失くしました。至急停止してください。",
            ["昨日カードを", "失くしました。", "至急停止してください。"],
        ),
        ("ฉันทำบัตรหายเมื่อวานนี้ กรุณาระงับบัตร", ["ฉันทำบัตรหาย", "เมื่อวานนี้", "กรุณาระงับบัตร"]),
    ],
)
def test_phrases_are_what_a_reader_keeps_together(text: str, phrases: list[str]) -> None:
    assert list(split_units(text, "phrase").units) == phrases


def test_a_removed_sentence_leaves_the_others_as_they_were() -> None:
    document = split_units(LETTER, "sentence")
    assert document.keep([1, 0, 1, 0, 1]) == "Dear team, please block it!\n2. Send a new one."


def test_the_guide_shows_what_the_code_does() -> None:
    pytest.importorskip("transformers")
    guide = (Path(__file__).parent.parent / "docs" / "units.md").read_text(encoding="utf-8")
    examples = "\n".join(re.findall(r"```python\n(.*?)```", guide, flags=re.DOTALL))
    # another version of ICU is named otherwise
    examples = examples.replace("ICU 78.3 (icu4py 1.2.0)", icu_name())
    test = doctest.DocTestParser().get_doctest(examples, {}, "docs/units.md", None, None)
    assert doctest.DocTestRunner(verbose=False).run(test).failed == 0
