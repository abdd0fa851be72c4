"""Reports about one text in Chinese: every message is translated, and what the user wrote stays text."""

from __future__ import annotations

import html
import json
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po

import surrogate
from surrogate.clauses import shipped_packs
from surrogate.errors import InputError
from surrogate.report.edition import AUDIENCES, Edition
from surrogate.report.html import render_fragment, render_html
from surrogate.report.issuance.answers import answered
from surrogate.report.issuance.issuance import Issuance
from surrogate.report.language import recorded, say, speaking
from surrogate.report.record.checklist import FIELDS
from surrogate.report.render import render
from tests.test_precedents import record as record_with_precedents
from tests.test_report_calls import comparison
from tests.test_report_cases import copy_of, member_of
from tests.test_rules_that_fired import explained as explained_with_rules

REPORT = Path(surrogate.__file__).parent / "report"
KEYWORDS = {"say": None, "message": None, "_": None, "plural": (1, 2)}
RENDERERS = {"html": render_html, "fragment": render_fragment}
STAGE = {
    "kind": "paragraph+sentence",
    "n_units": 14,
    "calls": 57,
    "into": "word",
    "split": [7],
    "shares": [0.9],
    "reason": "those split carry 93 % of the squared effects; the others have little each",
}

#: What people might state.
STATED = {
    "date": "2026-03-01",
    "author": "A. N. Other",
    "purpose": "Sorting of letters to the right desk",
    "out_of_scope": [],
    "decision_role": "assisted",
    "retention": {"name": "Seven years", "delete_after": "2033-01-01", "legal_hold": False},
    "applicability": [{"regime": "GDPR", "edition": None, "applies": "no", "why": "no persons", "by": "B"}],
    "findings": [{"id": "F1", "text": "one", "severity": "low", "status": "open", "owner": None, "due": None}],
    "protected_terms": [{"term": "<b>t</b>", "disposition": "rejected", "why": None, "by": None}],
}

CHINESE, ENGLISH = re.compile("[\u4e00-\u9fff]"), re.compile("[a-z]{3,} [a-z]{2,}")

#: Those that take long to explain say nothing that others do not.
CASES = [
    *("anchor", "arabic", "chinese", "constant", "exhaustive", "explained", "few", "form", "json"),
    *("lime", "lines", "multi_label", "no_anchor", "one_word", "panel", "refused", "sentences", "shapley_exact"),
    *("truncated", "unbroken"),
]


def beside() -> dict[str, Any]:
    record = copy_of("explained")
    other = comparison("<i>LIME</i>", "0.2", form="refitted by ridge")
    return {**record, "side_by_side": [comparison("linear", None, n_test_asked=0), other]}


def refined() -> dict[str, Any]:
    stages = [STAGE, {**STAGE, "kind": "line", "split": []}]
    return {**copy_of("sentences"), "refinement": {"kind": "sentence", "n_units": 32, "calls": 57, "stages": stages}}


def measured_again() -> dict[str, Any]:
    record = copy_of("explained")
    fidelity = [{"surrogate": "linear", "fidelity": member_of(record, "linear")["fidelity"]}]
    sample = {
        "perturbation": "infill",
        "source": "a-model",
        "fingerprint": None,
        "n_texts": 30,
        "n_unusable": 2,
        "n_calls": 32,
        "discarded": {"refused": 2, "copy of the text": 1},
        "fidelity": fidelity,
        "examples": ["a text in English words"],
        "note": None,
    }
    few = {"fidelity": [], "n_texts": 0, "note": "Only 2 texts came about, and fewer than 8 show nothing."}
    kinds = ("retrieve", "paraphrase", "delete", "mask", "other")
    others = [{**sample, **few, "perturbation": kind, "source": "a corpus of 200 texts"} for kind in kinds]
    return {**record, "second": [sample, *others]}


def withheld() -> dict[str, Any]:
    """Withheld for what was measured."""
    record = copy_of("explained")
    record["verdict"]["status"] = "withheld"
    measured = "Fidelity R2 is -0.03 (95 % interval -0.07 to 0.60):"
    wide = (
        f"{measured} the interval reaches below the 0.50 that the policy asks for. About 1,024 calls would settle it."
    )
    verdicts = {
        "linear": {
            "status": "fail",
            "reason": f"{measured} below the 0.50 that the policy asks for.",
            "calls_needed": None,
        },
        "tree": {"status": "insufficient evidence", "reason": wide, "calls_needed": 1024},
    }
    for member in record["surrogates"]:
        member |= {"verdict": verdicts[member["kind"]], "withheld": True, "model": None, "rules": []}
    return record


def hostile() -> dict[str, Any]:
    written = json.dumps(copy_of("exhaustive"))
    return json.loads(written.replace("cards", "<b>cards\\u202e</b>").replace("transfers", "{{ x }}"))


MADE = {
    "hostile": hostile,
    "withheld": withheld,
    "beside": beside,
    "refined": refined,
    "measured_again": measured_again,
    "precedents": record_with_precedents,
    "global_rules": lambda: explained_with_rules().to_dict(),
}


def record_of(name: str) -> dict[str, Any]:
    return MADE[name]() if name in MADE else copy_of(name)


def messages() -> dict[str, str]:
    """Every message of modules and pages, of those with two forms that for many, with where it is used.

    The page of reasons has a catalogue of its own.
    """
    found = {}
    # Concepts of a corpus speak with the pages about one.
    modules = sorted(set(REPORT.glob("*.py")) - {REPORT / "concepts_text.py"})
    pages = [page for page in sorted((REPORT / "templates").glob("*.html.j2")) if page.name != "reasons.html.j2"]
    for path in [*modules, *pages]:
        method = "python" if path.suffix == ".py" else "jinja2.ext.babel_extract"
        options = {} if path.suffix == ".py" else {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
        with path.open("rb") as stream:
            for line, text, _, _ in extract(method, stream, keywords=KEYWORDS, options=options):
                found[text if isinstance(text, str) else text[1]] = f"{path.name}:{line}"
    return {text: place for text, place in found.items() if text}


def entries(name: str) -> list[Any]:
    with (REPORT / "locale" / "zh" / name).open("rb") as stream:
        return [entry for entry in read_po(stream, locale="zh") if entry.id]


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_message_is_translated_with_the_same_values() -> None:
    translated = {str(entry.id): str(entry.string) for entry in entries("local.po")}
    used = messages()
    assert {text: place for text, place in used.items() if not translated.get(text)} == {}
    assert [text for text in translated if text not in used] == []
    assert {text for text, said in translated.items() if fields(text) != fields(said)} == set()


def test_both_forms_of_a_number_hold_the_same_values() -> None:
    for path in [*REPORT.glob("*.py"), *(REPORT / "templates").glob("*.html.j2")]:
        method = "python" if path.suffix == ".py" else "jinja2.ext.babel_extract"
        with path.open("rb") as stream:
            for line, text, _, _ in extract(method, stream, keywords={"plural": (1, 2)}):
                one, many = text
                assert fields(one) | {"n"} == fields(many) | {"n"}, f"{path.name}:{line}"


def test_patterns_of_recorded_sentences_hold_the_same_values() -> None:
    for name in ("recorded.po", "recorded_checklist.po"):
        for entry in entries(name):
            assert "recorded" in entry.auto_comments, entry.id
            assert fields(entry.id) == fields(entry.string), entry.id


def sentences(record: dict[str, Any]) -> Iterator[str]:
    """What a record says in English about itself."""
    yield from (record["banner"], *record["findings"], *record["limits"])
    yield from (text for one in answered(record) for text in (one["name"], one["reason"]))
    yield from (record["production"]["fitted"], record["production"]["reference_distribution"])
    yield from (record["stopping"]["sentence"], record["stopping"]["more"])
    for member in record["surrogates"]:
        yield member["verdict"]["reason"]
        yield (member["size_reference"] or {"source": ""})["source"]
        model = member["model"] or {}
        yield from (model.get(key) or "" for key in ("reason", "source") if model.get(key) != "calls")
    for stage in (record["refinement"] or {"stages": []})["stages"]:
        yield stage["reason"]
    for sample in record.get("second") or []:
        yield from (sample["note"] or "", *sample["discarded"])


@pytest.mark.parametrize("name", [*CASES, *MADE])
def test_every_sentence_of_a_record_is_known(name: str) -> None:
    with speaking("zh"):
        for sentence in filter(None, sentences(record_of(name))):
            assert not ENGLISH.search(re.sub("“.*?”|'.*?'|surrogate [a-z]+", "", recorded(sentence))), sentence


def english(page: str) -> set[str]:
    """Three English words or more in a row that stand on a page outside of what the user wrote."""
    page = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    names = re.findall(r'(?:data-name|aria-label)="([^"]*)"', page)
    page = re.sub(r'<(p|span|div)[^>]* lang="">.*?</\1>', " ", page, flags=re.DOTALL)
    page = re.sub(r"<(pre|code|bdi|title)\b.*?</\1>", " ", page, flags=re.DOTALL)
    text = html.unescape("\n".join([re.sub(r"<[^>]+>", "\n", page), *names]))
    return set(re.findall(r"[A-Za-z’']+(?:[ ,]+[A-Za-z’']+){2,}", re.sub("“.*?”", " ", text, flags=re.DOTALL)))


def test_what_a_checklist_and_a_clause_may_say_is_known() -> None:
    """Whatever the record is."""
    told = [
        *FIELDS,
        *_strings("record/local_answers.py"),
        *_strings("record/global_answers.py"),
        *_strings("record/checklist.py"),
    ]
    for pack in shipped_packs():
        told += [pack.title, pack.note, *(clause.text for clause in pack.clauses)]
    with speaking("zh"):
        for text in filter(None, told):
            assert CHINESE.search(recorded(text)), text
            assert not ENGLISH.search(re.sub("surrogate [a-z]+", "", recorded(text))), text


def _strings(name: str) -> list[str]:
    """Sentences in the code of a module that makes parts of records."""
    with (REPORT / name).open("rb") as stream:
        words = {"evidenced": (2,), "asserted": None, "missing": None, "not_applicable": None, "Answer": (2,)}
        return [text for _, text, _, _ in extract("python", stream, keywords=words) if isinstance(text, str)]


@pytest.mark.parametrize("audience", AUDIENCES)
def test_nothing_of_ours_is_left_in_english_in_a_view(audience: str) -> None:
    stated = Issuance.from_dict(STATED).to_dict()
    page = render_html(Edition(record_of("explained"), stated, "zh", audience))
    assert english(page) == set()


@pytest.mark.parametrize("render", RENDERERS.values(), ids=RENDERERS)
@pytest.mark.parametrize("name", [*CASES, *MADE])
def test_nothing_of_ours_is_left_in_english(name: str, render: Any) -> None:
    record = record_of(name)
    own = [record["document"]["text"], record["model"]["name"], *record["model"]["labels"]]
    page = render(Edition(record, locale="zh"))
    assert {run for run in english(page) if not any(run in text for text in own)} == set()
    assert "\u8bcd" in page or "\u6a21\u578b" in page


def test_the_language_of_the_page_is_named() -> None:
    record = record_of("one_word")
    assert '<html lang="zh-Hans">' in render_html(Edition(record, locale="zh"))
    assert '<html lang="en">' in render_html(Edition(record))


@pytest.mark.parametrize("render", RENDERERS.values(), ids=RENDERERS)
def test_english_does_not_change_when_chinese_was_rendered_before(render: Any) -> None:
    record = record_of("panel")
    before = render(record)
    chinese = render(Edition(record, locale="zh"))
    assert render(Edition(record, locale="zh")) == chinese != before
    assert render(record) == render(Edition(record)) == before


@pytest.mark.parametrize("form", ["pdf", "docx", "md"])
def test_every_rendering_of_a_page_takes_chinese(form: str) -> None:
    assert render(form, Edition(record_of("shapley_exact"), locale="zh")) != render(form, record_of("shapley_exact"))


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(InputError, match="written in en or zh; got 'tlh'"):
        render_html(Edition(record_of("one_word"), locale="tlh"))


@pytest.mark.parametrize("render", RENDERERS.values(), ids=RENDERERS)
def test_hostile_values_stay_text(render: Any) -> None:
    record = record_of("hostile")
    record["model"]["name"] = "{label} <script>{0}</script>\u202e"
    page = render(Edition(record, locale="zh"))
    assert "<script" not in page
    assert "\u202e" not in page
    assert "<b>cards" not in page
    assert "&lt;b&gt;cards‹U+202E›&lt;/b&gt;" in page


def test_text_of_the_user_is_never_translated() -> None:
    told = "Numbers are about the log-odds of 'words' against 'units'; other labels may have other reasons."
    with speaking("zh"):
        assert "“words”" in recorded(told)
        assert "“units”" in recorded(told)
        assert recorded("Mine. Explain a shorter passage. Yours.").startswith("Mine. ")
        assert recorded("Mine. Explain a shorter passage. Yours.").endswith("Yours.")
        assert "{n}" in say("{n} {reason}", n="{n}", reason="")


def test_a_label_that_reads_like_two_sentences_is_one_value() -> None:
    told = "Numbers are about the log-odds of 'No. Yes' against all other labels together; other labels may have other reasons."
    with speaking("zh"):
        assert "“No. Yes”" in recorded(told)
        assert "Numbers" not in recorded(told)
