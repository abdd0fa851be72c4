"""The summary of a batch in Chinese: nothing of ours is left in English, what users wrote stays as it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from surrogate.corpus.batch.summary.drifting import drift_between
from surrogate.corpus.batch.summary.summarizing import summarize
from surrogate.corpus.batch.summary.writing_summary import summary_record
from surrogate.report.batch import render_batch
from surrogate.report.batch.row_errors import _ERRORS, error_meaning, error_way_out
from surrogate.report.language import speaking
from tests.batch_folder_toys import BATCH, Row, batch, error_row, many, row, surrogate, word
from tests.test_languages_comparison import shown_text, words
from tests.test_languages_corpus import CHINESE, FIELD, REPORT, catalogue, sources

MODULES = [path for path in (REPORT / "batch").glob("*.py") if path.stem != "terminal"]

#: What users wrote in these batches, and words that are the same in every language.
OWN = {
    "fees",
    "cards",
    "transfers",
    "fee",
    "charge",
    "charged",
    "abroad",
    "card",
    "lost",
    "stolen",
    "send",
    "money",
    "sent",
}
OWN |= {
    "bank",
    "router",
    "batch",
    "reported",
    "other",
    "min",
    "SHA",
    "json",
    "summary",
    "rare",
    "true",
    "Explain",
    "passage",
}
OWN |= {"The", "text", "has", "words", "torch", "x", "y", "z", "content", "n", "rows", "texts", "alike"}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Pages in Chinese that between them come to every part."""
    top = tmp_path_factory.mktemp("batches")
    first = many(120)
    later = many(100, seed=2, shares=(0.9, 0.05, 0.05), fidelity=0.6)
    later[0] = row(
        "1", "fees", target="cards", truncated=True, words=[word(f"w{n}", 1.0, start=9 * n) for n in range(12)]
    )
    later[1] = row("2", "fees", words=[word("rare", 1.0)])
    later += [row(f"n-{n}", "cards", fidelity=0.1, record_sha256="0" * 64) for n in range(20)]
    settings = {**BATCH["settings"], "recipe": "other", "calls": 32}
    made = {
        "first": batch(top / "first", first, n_parts=2),
        "later": batch(
            top / "later", later, settings=settings, versions={"torch": "1"}, model={"name": "x", "fingerprint": "y"}
        ),
        "unfinished": batch(top / "unfinished", [row("1")], complete=False, n_rows=9, model={"name": "x"}),
        "rare": batch(top / "rare", _rare(), settings={**BATCH["settings"], "corpus_proxy": 0, "keep_text": True}),
        "empty": batch(top / "empty", []),
        "errors": batch(top / "errors", [error_row("1")]),
    }
    pairs = [(name, None) for name in made]
    pairs += [
        ("later", "first"),
        ("first", "first"),
        ("first", "unfinished"),
        ("first", "empty"),
        ("unfinished", "first"),
    ]
    return {f"{after} {before}": _page(made[after], made.get(before or "")) for after, before in pairs}


def _rare() -> list[Row]:
    """Reasons and findings of many kinds, a word on the scale of probabilities, and one that does not speak clearly."""
    points = {**surrogate("linear", "pass", "", 0.9), "scale": "probability"}
    made = [
        row("p", "fees", words=[word("fee", 0.3)], surrogates=[points]),
        row("f", "cards", words=[word("fee", 0.01)]),
    ]
    return made + [row(f"{n}", fidelity=0.1, reason=n * "因", findings=[n * "果"]) for n in range(1, 13)]


def _page(after: Path, before: Path | None) -> str:
    drift = None if before is None else drift_between(before, after)
    return render_batch("html", summary_record(summarize(after), drift), links=True, locale="zh").decode()


def test_every_message_has_a_translation_and_nothing_else_has() -> None:
    templates = (REPORT / "templates" / "batch").glob("*.html.j2")
    assert sources(*MODULES, *templates) == {english for english, _, _ in catalogue("batch.po")}


def test_translations_have_the_same_placeholders_and_stand_once() -> None:
    entries = catalogue("batch.po")
    assert len({english for english, _, _ in entries}) == len(entries)
    for english, chinese, held in entries:
        assert set(FIELD.findall(english)) == set(FIELD.findall(chinese)), english
        assert CHINESE.search(chinese) or not re.search("[a-z]{2}", FIELD.sub("", english)), english
        assert not held


def test_a_chinese_page_has_no_word_of_english(pages: dict[str, str]) -> None:
    for name, told in pages.items():
        assert '<html lang="zh-Hans">' in told
        shown = re.sub(r"[\w.]+ = [\w.]+|sha256:\w+", "", shown_text(told))
        assert words(shown) - OWN == set(), name
        assert "{" not in shown, name


def test_every_message_is_said_on_some_page(pages: dict[str, str]) -> None:
    told = re.sub(r"<[^>]+>", "", "".join(pages.values()))
    errors = {text for pair in _ERRORS.values() for text in pair}
    unsaid = {
        english
        for english, chinese, _ in catalogue("batch.po")
        if english not in errors and not re.search(".*?".join(map(re.escape, FIELD.split(chinese)[::2])), told)
    }
    # Settings and surrogates that these batches do not have.
    assert len(unsaid) < 30, unsaid


def test_errors_of_rows_are_told_in_chinese() -> None:
    with speaking("zh"):
        for code in _ERRORS:
            assert CHINESE.search(error_meaning(code) or "")
            assert CHINESE.search(error_way_out(code))
