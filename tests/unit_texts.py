"""Random texts of every script, for laws of units."""

from __future__ import annotations

from hypothesis import strategies as st

#: What goes wrong in offsets: emoji of several code points, right-to-left text, combining marks, NUL, line breaks.
AWKWARD = [
    "👩‍👩‍👧", "👍🏽", "🇩🇪", "e\u0301", "\u0301", "\0", "\r\n", "\n", "\n\n", "\r", "\t", " ", "\u00a0", "\u3000", "\u200b",
    "\u200d", "\u202e", "\ufeff", "\u2028", "\u2029", "\x85", "\x1c", "\x0b", ".", ". ", "! ", "?", "...", ", ", "(", ") ",
    '"', "'", "-", "–", "/", "%", "€", "$3.50", "1.", "12", "e.g. ", "Dr. ", "the ", "of ", "Card ", "card", "Straße",
    "мир ", "بطاقة ", "नहीं ", "ไทย", "บัตร", "ខ្មែរ", "ລາວ", "မြန်မာ", "한국어 ", "𠀀", "𝒂", "ß", "İ", "。", "、", "？",
    "「", "」", "।", "؟", "۔", "我的银行", "卡", "カード", "を", "失くしました",
]  # fmt: skip

_CHARACTERS = st.characters(exclude_categories=["Cs"])

#: Texts with at least one character that is not white space.
TEXTS = st.one_of(
    st.text(alphabet=_CHARACTERS, min_size=1, max_size=60),
    st.lists(st.one_of(st.sampled_from(AWKWARD), st.text(alphabet=_CHARACTERS, max_size=3)), max_size=30).map("".join),
).filter(str.strip)
