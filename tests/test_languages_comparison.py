"""Comparisons, reasons and workbooks in Chinese: nothing of ours is left in English, what users wrote stays as it is."""

from __future__ import annotations

import copy
import html
import io
import json
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from surrogate import reasons, report
from surrogate.canonical import canonical_bytes
from surrogate.cli import main
from surrogate.comparing import Comparison, Materiality, compare_records
from surrogate.comparing.atoms import Atom
from surrogate.comparing.changes import ADDED, CHANGED, REMOVED, FactChange, MeasureChange, RuleChange, TermChange
from surrogate.comparing.comparison import MemberChange
from surrogate.comparing.decisions import SAMPLED, DecisionsCompared
from surrogate.comparing.judging import judge_changes
from surrogate.errors import InputError
from surrogate.reasons import ReasonPolicy, ReasonTable, reason_case
from surrogate.reasons.page import case_page, case_text
from surrogate.report.comparison import render_comparison
from surrogate.report.comparison.conditions import condition_text
from surrogate.report.comparison.wording import policy_label
from surrogate.report.edition import Edition
from surrogate.report.language import recorded, speaking
from surrogate.report.render.pdf import margin_words
from surrogate.report.render.xlsx import render_xlsx
from tests import test_reasons
from tests.test_comparing import (  # noqa: F401 - two of them are fixtures
    CARDS,
    CHANGES,
    FEES,
    OTHER,
    TEXT_CHANGES,
    Record,
    hostile,
    hostile_text,
    of_corpus,
    of_text,
    with_rules,
)
from tests.test_languages_corpus import CHINESE, FIELD, catalogue, sources
from tests.test_record import old
from tests.test_report_cases import copy_of

REPORT = Path(report.__file__).parent
REASONS = Path(reasons.__file__).parent
SOURCES = {
    "comparison.po": [
        *(path for path in (REPORT / "comparison").glob("*.py") if path.stem != "terminal"),
        *(REPORT / "templates" / "comparison").glob("*.html.j2"),
    ],
    "reasons.po": [REASONS / "page.py", REPORT / "templates" / "reasons.html.j2"],
    "render.po": [*(REPORT / "render").glob("*.py")],
}
HELD = "recorded_comparison.po"
BAD = "<script>alert(1)</script> {{ 7*7 }} {feature} {0.__class__} \u202e"

#: Words that are the same in every language: names of measures and files, and those of people and packages.
SAME = {"SHA", "Shapley", "json", "comparison", "report", "surrogate", "explainer", "schema"}


@pytest.mark.parametrize("name", SOURCES)
def test_every_message_has_a_translation_and_nothing_else_has(name: str) -> None:
    translated = {english for english, _, _ in catalogue(name)}
    assert sources(*SOURCES[name]) == translated


@pytest.mark.parametrize("name", [*SOURCES, HELD])
def test_translations_have_the_same_placeholders_and_stand_once(name: str) -> None:
    entries = catalogue(name)
    assert len({english for english, _, _ in entries}) == len(entries)
    for english, chinese, held in entries:
        assert set(FIELD.findall(english)) == set(FIELD.findall(chinese)), english
        assert CHINESE.search(chinese) or not re.search("[a-z]{2}", FIELD.sub("", english)), english
        assert held == (name == HELD), english


# --- comparisons


def changed(record: Record, change: Any) -> Record:
    after = copy.deepcopy(record)
    change(after)
    return after


def checked(record: Record, status: str) -> Record:
    fields = [{"field": 1, "name": "SHA-256 of the texts", "status": status, "where": None, "reason": ""}]
    return {**record, "schema": "surrogate-report", "schema_version": "2.0", "kind": "global", "checklist": fields}


def twice(record: Record) -> Record:
    """The text with its first words again at the end, so that words are told apart by their place."""
    return changed(record, lambda one: one["document"].update(units=[[0, 6], *one["document"]["units"][1:-1], [0, 6]]))


@pytest.fixture(scope="module")
def comparisons(of_corpus: Record, of_text: Record) -> dict[str, Record]:  # noqa: F811 - the fixtures
    """Records of comparisons that between them come to every part of the page."""
    first = with_rules(of_corpus, ((0,), FEES), ((1,), CARDS), ((2,), CARDS))
    pairs: dict[str, tuple[Record, Record]] = {
        "alike": (of_corpus, of_corpus),
        "rules": (first, with_rules(of_corpus, ((0, ~1), FEES), ((1,), CARDS), ((3,), OTHER))),
        "order": (first, with_rules(of_corpus, ((1,), CARDS), ((0,), FEES), ((2,), CARDS))),
        "class": (first, with_rules(of_corpus, ((0,), CARDS), ((1,), CARDS), ((2,), CARDS))),
        "checklist": (checked(of_corpus, "evidenced"), checked(of_corpus, "missing")),
        "no fingerprint": (of_corpus, changed(of_corpus, lambda one: one["model"].update(fingerprint=None))),
        "versions of the schema": (old("local-panel-1.0"), copy_of("panel")),
        "text": (of_text, of_text),
        "same word": (of_text, twice(of_text)),
        "cases": (copy_of("explained"), copy_of("sentences")),
        "kinds": (copy_of("few"), copy_of("panel")),
    }
    for name in ("data", "finding", "withheld", "dropped", "sign", "policy"):
        pairs[name] = (of_corpus, changed(of_corpus, CHANGES[name][0]))
    for name, (change, _, _) in TEXT_CHANGES.items():
        pairs[f"text {name}"] = (of_text, changed(of_text, change))
    return {name: compare_records(*pair).to_dict() for name, pair in pairs.items()}


@pytest.fixture(scope="module")
def pages(comparisons: dict[str, Record]) -> dict[str, str]:
    return {name: render_comparison("html", record, locale="zh").decode() for name, record in comparisons.items()}


def shown_text(page: str) -> str:
    """What a reader sees and hears, without what machines read, key paths, and the text that was explained."""
    page = re.sub(r"<style>.*?</style>|<code>.*?</code>|<title>.*?</title>", "", page, flags=re.DOTALL)
    page = re.sub(r'<(p|span|div)[^>]* lang="">.*?</\1>', " ", page, flags=re.DOTALL)
    names = re.findall(r'(?:data-name|aria-label)="([^"]*)"', page)
    return html.unescape("\n".join([re.sub(r"<[^>]+>", "\n", page), *names]))


def words(text: str) -> set[str]:
    """Latin words that are not parts of digests or keys."""
    return set(re.findall(r"(?<![\w.\-/])[A-Za-z][A-Za-z’]+(?![\w.\-/])", text, re.ASCII))


def words_of_users(record: Any, key: str = "") -> set[str]:
    """Words that a record holds of its user: labels, features, names, values that are stated; not its sentences."""
    if isinstance(record, dict):
        own = {
            name: value for name, value in record.items() if name not in ("reason", "sentence", "limits", "told_first")
        }
        return set().union(*(words_of_users(value, name) for name, value in own.items()))
    if isinstance(record, list):
        return set().union(*(words_of_users(value, key) for value in record))
    told = key in ("label", "says", "name", "model", "owner", "text", "schema", "recipe", "before", "after", "target")
    return words(record) if told and isinstance(record, str) and not record.endswith(".") else set()


def test_a_chinese_page_has_no_word_of_english(comparisons: dict[str, Record], pages: dict[str, str]) -> None:
    for name, record in comparisons.items():
        page = pages[name]
        assert '<html lang="zh-Hans">' in page
        assert words(shown_text(page)) - words_of_users(record) - SAME - {"true", "false"} == set(), name
        assert "{" not in shown_text(page), name


def test_every_message_of_a_comparison_is_said_on_some_page(pages: dict[str, str]) -> None:
    told = html.unescape(re.sub(r"<[^>]+>", "", "".join(pages.values())))
    unsaid = {
        english
        for english, chinese, _ in catalogue("comparison.po")
        if not re.search(".*?".join(map(re.escape, FIELD.split(chinese)[::2])), told)
    }
    # Grades and shares that these records do not have, combinations that are sampled, and very long values.
    assert len(unsaid) < 25, unsaid


def sentences(comparisons: dict[str, Record]) -> set[str]:
    """What records of comparisons say in sentences."""
    found = set()
    for record in comparisons.values():
        found |= {*record["told_first"], *record["limits"]}
        found |= {check["sentence"] for check in record["judgement"]["checks"]}
    model = {"model": {"fingerprint": None, "labels": ["a. B", "b"]}, "production": {"answers_sha256": "0"}}
    other = {**model, "model": {"fingerprint": "x", "labels": ["a. B", "C. D"]}}
    third = {**model, "model": {"fingerprint": "y", "labels": ["b", "C. D"]}}
    facts = tuple(FactChange(section, f"max_{n}", CHANGED, 1, 2) for section in ("policy", "recipe") for n in range(9))
    few = (*facts[:1], *facts[9:10], FactChange("prompt", "details.prompt", CHANGED, "a", "b"))
    accuracy = (
        MeasureChange("model", {"value": 0.9}, {"value": 0.8}),
        MeasureChange("model", ONE, ONE, False),
        MeasureChange("model", ONE, LOW, True),
        MeasureChange("model", {"value": 0.9}, None),
        MeasureChange("model", {"value": None}, {"value": 0.9}),
    )
    policy = Materiality(recipe_changed=True)
    fourth = {**model, "model": {"fingerprint": "y", "labels": ["b"]}}
    compared = (
        (model, model, facts),
        (model, other, few),
        (third, other, ()),
        (third, fourth, ()),
        (fourth, third, ()),
    )
    for before, after, stated in compared:
        judged = judge_changes(policy, before, after, members(), (), accuracy, stated)
        found |= {check.sentence for check in judged.checks}
    return found


def members() -> tuple[MemberChange, ...]:
    """Surrogates of which everything can be said that a policy says."""
    shown, withheld = ({"status": "", "reason": "", "withheld": hidden} for hidden in (False, True))
    sides = [(shown, withheld), (withheld, shown), (withheld, withheld), (None, shown), (shown, None), (shown, shown)]
    no = {"value": None, "low": None, "high": None}
    measures = [
        MeasureChange(name, before, after, apart)
        for name in ("agreement", "r2")
        for before, after, apart in ((ONE, ONE, False), (ONE, LOW, True), (ONE, ONE, None), (no, ONE, None))
    ]
    atoms = (Atom("unit", "1", "“a b” (2nd)", True), Atom("unit", "2", "“c”", True))
    sign = {"value": 1.0, "low": 0.5, "high": 1.5, "grade": "stable"}
    term = [TermChange("term", "sign", each, "x. Y", sign, sign) for each in (atoms[:1], atoms[1:], atoms[::-1])]
    order, gone, new = (RuleChange(kind, None, None, how) for kind, how in _RULES)
    decided = [DecisionsCompared(how, 3, 8, 2, ()) for how in ("exhaustive", SAMPLED)]
    return (
        *(MemberChange("A. B", "tree", *side) for side in sides),
        MemberChange("tree", "tree", shown, shown, tuple(measures), (order, gone, new), decided[0], tuple(term[:1])),
        MemberChange("tree", "tree", shown, shown, (), (gone, new), decided[1], tuple(term[1:] * 3)),
        MemberChange("tree", "tree", shown, shown, (), (), None, tuple(term[:2])),
    )


ONE, LOW = ({"value": value, "low": value - 0.1, "high": value + 0.1} for value in (0.9, 0.5))
_RULES = ((CHANGED, ("order",)), (REMOVED, ()), (ADDED, ()))


def test_every_sentence_of_a_comparison_is_translated(comparisons: dict[str, Record]) -> None:
    with speaking("zh"):
        for sentence in sentences(comparisons):
            assert "2nd" not in recorded(sentence)
            told = re.sub("“[^”]*”", "", recorded(sentence))
            assert CHINESE.search(told), sentence
            assert words(re.sub(r"max_\d|details.prompt|SHA|R2|schema", "", told)) == set(), told


def test_every_pattern_fits_some_sentence(comparisons: dict[str, Record]) -> None:
    said = [*sentences(comparisons), comparisons["alike"]["judgement"]["label"]]
    unsaid = {
        english
        for english, _, _ in catalogue(HELD)
        if not any(re.search(".+?".join(map(re.escape, FIELD.split(english)[::2])), one) for one in said)
    }
    assert unsaid <= {f"{{name_unit}}” ({{place_number}}{ending})" for ending in ("st", "rd", "th")}


def test_whose_policy_it_is_may_look_like_two_sentences() -> None:
    for name, told in ((None, "依据 A. B 的政策。"), ("P. Q", "依据 A. B 的政策“P. Q”。")):
        record = {"model": {"fingerprint": "f", "labels": []}, "production": {"answers_sha256": "0"}}
        policy = Materiality(owner="A. B", name=name)
        judgement = judge_changes(policy, record, record, (), (), (), ()).to_dict()
        with speaking("zh"):
            assert policy_label(judgement) == told
        assert policy_label(judgement) == judgement["label"]


def test_shares_of_passages_are_named_as_the_record_names_them() -> None:
    atom = {"kind": "share", "key": "", "label": "the whole text (at least 50%)", "present": True}
    assert condition_text(atom) == "share of the whole text (at least 50%) kept"
    assert condition_text({**atom, "label": "“a”, “b”"}) == "share of “a”, “b” kept"
    with speaking("zh"):
        assert condition_text(atom) == "全文（至少 50%） 的份额被保留"


def test_english_is_the_same_after_chinese(comparisons: dict[str, Record]) -> None:
    record = comparisons["rules"]
    before = [render_comparison(name, record) for name in ("html", "text", "md")]
    chinese = render_comparison("html", record, locale="zh")
    with speaking("zh"):
        assert render_comparison("html", record, locale="zh") == chinese != before[0]
        assert [render_comparison(name, record) for name in ("html", "text", "md")] == before
    assert [render_comparison(name, record) for name in ("html", "text", "md")] == before
    assert render_comparison("text", record, locale="zh") == before[1]
    assert '<html lang="en">' in before[0].decode()
    assert not CHINESE.search(b"".join(before).decode())
    assert CHINESE.search(render_comparison("md", record, locale="zh").decode())


def test_what_users_wrote_stays_text(of_corpus: Record, of_text: Record) -> None:  # noqa: F811 - the fixtures
    named = json.loads(json.dumps(of_corpus).replace('"cards"', json.dumps(BAD)))
    pairs = ((of_corpus, hostile(of_corpus)), (of_text, hostile_text(of_text)), (of_corpus, named), (named, of_corpus))
    for before, after in pairs:
        record = compare_records(before, after, Materiality(owner=BAD, name=BAD)).to_dict()
        page = render_comparison("html", record, locale="zh").decode()
        assert "<script" not in page
        assert "<img" not in page
        assert "\u202e" not in page
        assert "&lt;script&gt;" in page
        assert "{{ 7*7 }}" in page
        assert "{0.__class__}" in page


def test_labels_that_read_like_words_of_ours_are_left(of_corpus: Record) -> None:  # noqa: F811 - the fixture
    named = json.loads(json.dumps(of_corpus).replace('"cards"', '"Decision"').replace('"fees"', '"removed"'))
    page = render_comparison("html", compare_records(of_corpus, named).to_dict(), locale="zh").decode()
    assert '<bdi class="user" dir="auto">Decision</bdi>' in page
    assert "新增标签“removed”、“Decision”" in page or "新增标签“removed”, “Decision”" in page


def test_a_language_without_a_catalogue_is_refused(comparisons: dict[str, Record]) -> None:
    with pytest.raises(InputError, match="'xx'"):
        render_comparison("html", comparisons["alike"], locale="xx")


def test_the_verb_writes_the_page_in_a_language(of_corpus: Record, tmp_path: Path) -> None:  # noqa: F811 - the fixture
    (tmp_path / "report.json").write_bytes(canonical_bytes(of_corpus))
    out = tmp_path / "out"
    assert main(["diff", *[str(tmp_path / "report.json")] * 2, "-o", str(out), "--locale", "zh", "-q"]) == 0
    assert '<html lang="zh-Hans">' in (out / "comparison.html").read_text(encoding="utf-8")
    assert Comparison.from_dict(json.loads((out / "comparison.json").read_bytes())).kind == "global"


# --- reasons

TABLE = ReasonTable(
    {"C1": {"zh": "提到了银行卡。", "fr": "Une carte."}}, {("term", "card"): "C1"}, policy=ReasonPolicy(number_shown=1)
)


def cases() -> list[Record]:
    """Records on which everything is said that the page of reasons may say."""
    rule, change = test_reasons.rule, test_reasons.changed
    grades = ("confirmed", "supported", "too few documents", "contradicted")
    effect = "surrogates.0.model.effects.0"
    return [
        test_reasons.with_rules(*(rule(id=f"{n:012}", grade=grade) for n, grade in enumerate(grades))),
        test_reasons.with_rules(rule(), same_model=None),
        test_reasons.with_rules(rule(label="zzz")),
        change(f"{effect}.grade", "weak"),
        change(f"{effect}.grade", "not reportable"),
        change(f"{effect}.coefficient", -1.0),
        change("surrogates.0.model.scale", "probability"),
        change("verdict.status", "withheld"),
        change("decision.label", "other"),
        change("surrogates.0.withheld", True),
        change("surrogates.0.model.margin_intercept", -1e3),
        change("surrogates.0.model.effects", []),
    ]


def test_reasons_are_told_in_chinese_and_every_message_is_said() -> None:
    strict = ReasonTable({}, {}, policy=ReasonPolicy(min_agreement=1.0))
    made = [reason_case(record, TABLE, "zh") for record in cases()]
    made += [reason_case(test_reasons.changed("surrogates.0.fidelity.agreement.low", 0.5), strict, "zh")]
    own = {"card", "lost", "fee", "panel", "cards", "zzz"}
    told = ""
    for case in made:
        page, text = case_page(case), case_text(case)
        assert '<html lang="zh-Hans">' in page
        assert (
            words(shown_text(page) + text) - own - SAME - words(f"{case.label} {case.model} {case.table['name']}")
            == set()
        )
        told += re.sub("\n+", "", shown_text(page)) + text
    unsaid = [
        english
        for english, chinese, _ in catalogue("reasons.po")
        if not re.search(".*?".join(map(re.escape, FIELD.split(chinese)[::2])), told)
    ]
    # A confirmed rule is among the reasons, where no grades are told.
    assert unsaid == ["confirmed"]


def test_reasons_of_a_locale_without_a_catalogue_are_told_in_english() -> None:
    case = reason_case(test_reasons.record(), TABLE, "fr")
    page = case_page(case)
    assert '<html lang="en">' in page
    assert '<span lang="fr"><bdi class="user" dir="auto">Une carte.</bdi></span>' in page
    assert "Principal reasons" in page
    assert not CHINESE.search(page + case_text(case))


def test_wordings_and_words_of_users_stay_text() -> None:
    table = ReasonTable({"C1": {"zh": BAD}}, {("term", "card"): "C1"}, name=BAD)
    page = case_page(reason_case(test_reasons.changed("decision.label", "cards"), table, "zh"))
    assert "<script" not in page
    assert "\u202e" not in page
    assert "{0.__class__}" in page


# --- workbooks and margins


def books(record: Record) -> tuple[Any, Any]:
    english, chinese = (render_xlsx(Edition(record, locale=locale)) for locale in ("en", "zh"))
    return tuple(openpyxl.load_workbook(io.BytesIO(content)) for content in (english, chinese))  # type: ignore[return-value]


def rows(book: Any) -> list[list[Any]]:
    return [[cell.value for cell in row] for sheet in book for row in sheet.iter_rows()]


@pytest.mark.parametrize("which", ["of_corpus", "of_text", "panel", "constant"])
def test_workbooks_are_chinese_with_the_same_numbers(which: str, request: pytest.FixtureRequest) -> None:
    record = request.getfixturevalue(which) if which.startswith("of_") else copy_of(which)
    english, chinese = books(record)
    own = words(json.dumps([record.get("document"), record["model"], record.get("quoted"), record.get("flips")]))
    own |= words(json.dumps([one.get("slices") for one in record.get("members") or []], ensure_ascii=False))
    own |= words(json.dumps([(one["model"] or {}).get("features") for one in record.get("members") or []]))
    own |= words(json.dumps([one.get("misses") for one in record.get("surrogates") or []])) | {
        "not",
        "linear",
        "tree",
        "rules",
    }
    for sheet in chinese:
        assert CHINESE.search(sheet.title)
        assert len(sheet.title) <= 31
        assert not re.search(r"[\[\]:*?/\\]", sheet.title)
        assert CHINESE.search("".join(str(cell.value) for cell in sheet[1]))
    for before, after in zip(rows(english), rows(chinese), strict=True):
        for value, told in zip(before, after, strict=True):
            assert type(value) is type(told)
            if isinstance(value, str):
                assert words(re.sub("surrogate [a-z]+", "", told)) - own - SAME == set(), told
            else:
                assert value == told
    assert rows(books(record)[0]) == rows(english)


def test_no_name_of_a_column_is_clipped() -> None:
    for book in books(copy_of("panel")):
        sheet = book.worksheets[1]
        for cell in sheet[1]:
            width = sheet.column_dimensions[cell.column_letter].width
            letters = sum(2 if CHINESE.match(letter) else 1 for letter in cell.value)
            assert sheet.row_dimensions[1].height >= 15 * letters / width


def test_words_in_margins_are_those_of_the_catalogue() -> None:
    assert margin_words("zh") == {
        "report": "报告",
        "page": "第 {page} 页，共 {pages} 页",
        "record": "本文件所依据的记录",
    }
    assert margin_words("fr") == margin_words("en")
    assert margin_words("en")["page"] == "page {page} of {pages}"
