"""Pages about a corpus in Chinese: nothing of ours is left in English, what users wrote stays as it is."""

from __future__ import annotations

import copy
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from io import StringIO
from itertools import cycle
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from rich.console import Console

from surrogate import report
from surrogate.corpus.findings import find_corpus_findings, state_corpus_limits
from surrogate.corpus_shown import Accuracy
from surrogate.errors import InputError
from surrogate.estimate import Estimate
from surrogate.evidence.corpus_fidelity import Slice, measure_corpus_fidelity
from surrogate.evidence.corpus_gate import CorpusPolicy, judge_corpus
from surrogate.features import FEATURE_KINDS
from surrogate.report.concepts_text import print_concepts
from surrogate.report.corpus import render_corpus, render_frame
from surrogate.report.corpus.texts import render_texts
from surrogate.report.edition import Edition
from surrogate.report.language import recorded, speaking
from surrogate.report.record.global_answers import GLOBAL
from tests.test_audit import BAD, explained  # noqa: F401 - a fixture

REPORT = Path(report.__file__).parent
KEYWORDS = {"say": None, "_": None, "message": None, "plural": (1, 2)}
TEMPLATES = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
CHINESE = re.compile("[\u4e00-\u9fff]")
FIELD, PLACE = re.compile(r"\{(\w*)\}"), re.compile(r"\{\w*\}")

#: Elements that hold what users wrote, what machines read, and names of packages.
FOREIGN = ("style", "pre", "code", "bdi")

#: The word of a user, and words that are the same in every language.
OWN = {"word", "SHA"}


def sources(*paths: Path) -> set[str]:
    """Messages of files, of those with two forms the one for many."""
    found = []
    for path in paths:
        method = "python" if path.suffix == ".py" else "jinja2.ext:babel_extract"
        found += extract_from_file(method, path, keywords=KEYWORDS, options={} if path.suffix == ".py" else TEMPLATES)
    return {text if isinstance(text, str) else text[1] for _, text, _, _ in found}


def messages() -> set[str]:
    """Those of the page; what the terminal prints is English."""
    modules = [path for path in (REPORT / "corpus").glob("*.py") if path.stem != "terminal"]
    return sources(REPORT / "concepts_text.py", *modules, *(REPORT / "templates" / "corpus").glob("*.html.j2"))


def catalogue(name: str) -> list[tuple[str, str, bool]]:
    """English, Chinese, and whether records hold it."""
    with (REPORT / "locale" / "zh" / name).open("rb") as stream:
        entries = [entry for entry in read_po(stream, locale="zh") if entry.id]
    return [(str(entry.id), str(entry.string), "recorded" in entry.auto_comments) for entry in entries]


def test_every_message_has_a_translation_and_nothing_else_has() -> None:
    translated = {english: chinese for english, chinese, _ in catalogue("corpus.po")}
    shared = sources(REPORT / "number_format.py")
    assert messages() - set(translated) == set()
    assert set(translated) - messages() - shared == set()


@pytest.mark.parametrize("name", ["corpus.po", "recorded_corpus.po"])
def test_translations_have_the_same_placeholders_and_stand_once(name: str) -> None:
    entries = catalogue(name)
    assert len({english for english, _, _ in entries}) == len(entries)
    for english, chinese, held in entries:
        assert sorted(set(FIELD.findall(english))) == sorted(FIELD.findall(chinese)), english
        assert CHINESE.search(chinese) or not re.search("[a-z]{2}", FIELD.sub("", english)), english
        assert held == (name == "recorded_corpus.po"), english


def test_a_message_of_several_catalogues_has_one_translation() -> None:
    told: dict[str, set[str]] = {}
    for path in (REPORT / "locale" / "zh").glob("*.po"):
        for english, chinese, _ in catalogue(path.name):
            told.setdefault(english, set()).add(chinese)
    assert {english: found for english, found in told.items() if len(found) > 1} == {}


class Words(HTMLParser):
    """Latin words of a page that no element marks as a user's or a machine's."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: set[str] = set()
        self.scripts = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.scripts += tag == "script" or any(name.startswith("on") for name in given)
        foreign = tag in FOREIGN or (given.get("class") or "") in ("user", "code")
        if tag not in ("meta", "br", "circle", "rect", "polygon", "line"):
            self.open.append("foreign" if foreign else tag)
        for name in ("aria-label", "data-name", "title", "alt"):
            self.read(given.get(name) or "")

    def handle_endtag(self, tag: str) -> None:
        if self.open and tag not in ("meta", "br", "circle", "rect", "polygon", "line"):
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if "foreign" not in self.open:
            self.read(data)

    def read(self, text: str) -> None:
        self.words |= set(re.findall(r"[A-Za-z’']{2,}", re.sub("“[^”]*”", "", text)))


def everything(record: dict[str, Any]) -> dict[str, Any]:
    """A record with everything that a page may show."""
    shown = copy.deepcopy(record)
    places = [int(place) for place in list(record["quoted"])[:3]]
    labels = record["model"]["labels"]
    share = {"value": 0.5, "low": 0.4, "high": 0.6, "baseline": None}
    mix = [[labels[0], 30], [labels[1], 10]]
    shown["concepts"] = [{"number": 1, "label": "mixed: qqq · zzz", "decisions": mix, "typical": places}]
    plane = {"points": [[0.0, 0.0], [1.0, 1.0], [2.0, 0.5]] * 3, "concepts": [1, 0, 1] * 3, "decisions": [*range(9)]}
    shown["plane"] = {**plane, "classes": [*labels, *["qqq"] * 6], "n_documents": 10}
    taught = {
        "name": "qqq zzz",
        "n_examples": 4,
        "n_counterexamples": 5,
        "balanced_accuracy": 0.7,
        "low": 0.6,
        "high": 0.8,
    }
    flags = [(True, True, 40), (False, False, 0)]
    shown["probes"] = [
        {**taught, "drawn": drawn, "reportable": fit, "n_documents": n, "decisions": mix} for drawn, fit, n in flags
    ]
    slices = [
        ("length", "up to 9 characters"),
        ("length", "over 9, up to 12 characters"),
        ("length", "over 12 characters"),
    ]
    slices += [
        ("qqq", "up to 3"),
        ("qqq", "over 3, up to 5.25"),
        ("qqq", "over 5.25"),
        ("concept", "1: mixed: qqq"),
        ("label", "zzz"),
    ]
    kinds = cycle(FEATURE_KINDS)
    grades = cycle(["confirmed", "supported", "too few documents", "contradicted"])
    for member in shown["members"]:
        member["slices"] = [{"by": by, "value": value, "n": 12, "agreement": share} for by, value in slices * 2]
        for feature in member["model"]["features"]:
            feature |= {"kind": next(kinds), "label": "qqq is missing", "key": "qqq missing", "forms": ["qqq", "zzz"]}
        for rule in member["rules"]:
            rule |= {"grade": next(grades), "counterexamples": places, "overlaps": [[0, 1], [1, 2]]}
    shown["findings"] = ["No rule covers 38 % of the held-out documents; most of them the model decides as “qqq zzz”."]
    return shown


def variants(record: dict[str, Any]) -> list[dict[str, Any]]:
    """Records that between them come to every sentence of the page."""
    full, other, none = everything(record), everything(record), everything(record)
    for member in other["members"]:
        if member["kind"] == "rule_list":
            member["model"]["ordered"] = not member["model"]["ordered"]
            member["undecided"] = [[other["model"]["labels"][0], 4]]
            for rule in member["model"]["rules"]:
                for condition in rule["conditions"]:
                    condition["present"] = not condition["present"]
        for rule in member["rules"]:
            rule |= {"counterexamples": [], "overlaps": [], "n": 0}
    other["production"]["embeddings"] = {"name": "qqq", "details": {"layer": 2, "pooling": "zzz"}}
    other["plane"]["n_documents"] = 9
    other["members"][0] |= {"withheld": True}
    other["production"]["recipe"]["name"] = other["model"]["fingerprint"] = None
    for member in none["members"]:
        member |= {"withheld": True, "model": None, "rules": [], "shares": []}
    none |= {"concepts": [], "plane": None, "examples": [], "accuracy": None}
    return [full, other, none]


@pytest.fixture(scope="module")
def record(explained: Any) -> dict[str, Any]:  # noqa: F811 - the fixture
    found: dict[str, Any] = json.loads(json.dumps(explained.to_dict()))
    return found


def words_of_users(record: dict[str, Any]) -> set[str]:
    values = [record["model"][key] for key in ("labels", "name", "kind", "details")]
    values += [record["production"]["versions"], record["production"]["recipe"]["name"], [one["by"] for one in SLICES]]
    return OWN | set(re.findall(r"[A-Za-z’']{2,}", json.dumps(values)))


SLICES = [{"by": "qqq"}, {"by": "zzz"}]


@pytest.mark.parametrize("number", range(3))
def test_a_chinese_page_has_no_word_of_english(record: dict[str, Any], number: int) -> None:
    shown = variants(record)[number]
    page = render_corpus("html", Edition(shown, locale="zh"))
    assert '<html lang="zh-Hans">' in page
    # Clauses and commands have English names in every language: there no two words in a row are left.
    shared = '<section aria-labelledby="(?:people|checklist|crosswalk)">.*?</section>'
    assert Words(re.sub(shared, "", page, flags=re.DOTALL)).words - words_of_users(record) == set()
    told = re.sub("<code>.*?</code>|surrogate [a-z]+|“.*?”", "", "".join(re.findall(shared, page, re.DOTALL)))
    assert re.findall("[a-z]{2,},? [a-z]{2,}", re.sub("<[^>]*>", "|", told)) == []
    assert "{" not in re.sub(r"<style>.*?</style>|<pre>.*?</pre>", "", page, flags=re.DOTALL)


def single(status: str) -> dict[str, Any]:
    """A text of the audit with what a page says of its explanation."""
    decision = {"label": "zzz", "probabilities": {"zzz": 0.5}}
    record = {"document": {"text": "qqq zzz"}, "decision": decision, "verdict": {"status": status}}
    return {"id": "qqq", "folder": "1", "record": record}


def test_the_page_of_single_texts_is_chinese_too() -> None:
    page = render_texts([single("explained"), single("withheld")], "zh")
    assert '<html lang="zh-Hans">' in page
    assert Words(page).words | Words(render_texts([], "zh")).words == set()
    for told in ("已解释", "不予展示", "<bdi", "qqq zzz", "50.0"):
        assert told in page


def test_every_message_is_said_on_some_page(record: dict[str, Any]) -> None:
    pages = [render_corpus("html", Edition(one, locale="zh")) for one in variants(record)]
    pages += [
        printed_concepts("zh").replace("\n", ""),
        render_texts([], "zh"),
        render_texts([single("explained")], "zh"),
        render_frame(Edition(record, locale="zh")),
    ]
    unsaid = [
        english
        for english, chinese, _ in catalogue("corpus.po")
        if not re.search(".+?".join(map(re.escape, PLACE.split(chinese))), "".join(pages), re.DOTALL)
    ]
    # Features of these kinds have no forms, so that no list of forms names them.
    assert unsaid == ["words in a row", "characters in a row"]


def renderings(record: dict[str, Any]) -> list[str]:
    return [*(render_corpus(name, record) for name in ("html", "text")), render_texts([]), render_frame(record)]


def test_english_is_the_same_after_chinese(record: dict[str, Any]) -> None:
    shown = everything(record)
    before = renderings(shown)
    chinese = render_corpus("html", Edition(shown, locale="zh"))
    with speaking("zh"):
        assert render_corpus("html", shown) == chinese
        assert render_corpus("text", shown) == before[1]
    assert renderings(shown) == before
    assert '<html lang="en">' in before[0]
    assert not CHINESE.search("".join(before))


def test_what_users_wrote_stays_text(record: dict[str, Any]) -> None:
    bad = f"{BAD} {{feature}} {{0.__class__}}"
    hostile = json.dumps(everything(record), ensure_ascii=False)
    for word in (
        record["model"]["labels"][0],
        "qqq",
        "channel",
        "toy",
        *(one["text"] for one in record["quoted"].values()),
    ):
        hostile = hostile.replace(json.dumps(word), json.dumps(bad))
    page = render_corpus("html", Edition(json.loads(hostile), locale="zh"))
    assert Words(page).scripts == 0
    assert "&lt;script&gt;" in page
    assert "\u202e" not in page
    assert "49 |" not in page
    assert "{0.__class__}" in page


def test_labels_that_read_like_words_of_ours_are_left(record: dict[str, Any]) -> None:
    text = json.dumps(everything(record)).replace(json.dumps(record["model"]["labels"][0]), '"Decision"')
    shown = json.loads(text)
    shown["findings"] = [
        "No rule covers 38 % of the held-out documents; most of them the model decides as “Text”.",
        "Rules: worse where the column is “over the counter”; there the same decision as the model on 50 % of 20 held-out "
        "documents, against 90 % of all.",
        "Rules: worse where the label is “over 30”; there the same decision as the model on 50 % of 20 held-out documents, "
        "against 90 % of all.",
    ]
    page = render_corpus("html", Edition(shown, locale="zh"))
    for kept in (
        "“Text”",
        " column 为“over the counter”",
        "在标签为“over 30”",
        '<bdi class="user" dir="auto">Decision</bdi>',
    ):
        assert kept in page


def test_every_sentence_of_a_record_is_translated(explained: Any) -> None:  # noqa: F811 - the fixture
    with speaking("zh"):
        for sentence in sentences(explained):
            told = re.sub("“[^”]*”", "", recorded(sentence))
            assert CHINESE.search(told), sentence
            assert not re.search("[A-Za-z]{2,}", told.replace("qqq", "")), told


def sentences(made: Any) -> list[str]:
    """What the gate, the findings and the limits can say."""
    facts = {"n_fit": 1200, "n_test": 500, "n_unusable": 1}
    decisions = np.repeat([0, 1], [90, 10])
    few = measure_corpus_fidelity(decisions[:9], decisions[:9], 0)
    poor, good = (measure_corpus_fidelity(decided, decisions, 0) for decided in (decisions * 0, decisions))
    partly = measure_corpus_fidelity(np.where(decisions, -1, 0), decisions, 0)
    found = [
        judge_corpus(one, partial, CorpusPolicy()).reason
        for one in (few, poor, good, partly)
        for partial in (False, True)
    ]
    (rules,) = (member for member in made.members if member.kind == "rule_list")
    (tree,) = (member for member in made.members if member.kind == "class_tree")
    low = Estimate(0.2, 0.1, 0.3)
    parts = [
        ("decision", "a b c"),
        ("label", "over 30"),
        ("concept", "2: a b"),
        ("concept", "3: mixed: a b"),
        ("qqq", "a b"),
        ("qqq", "up to 3"),
    ]
    parts += [
        ("length", "up to 9 characters"),
        ("length", "over 9, up to 12 characters"),
        ("length", "over 12 characters"),
    ]
    parts += [("qqq", "over 3, up to 5"), ("qqq", "over 5.25")]
    found += [
        sentence
        for by, value in parts
        for sentence in find_corpus_findings(
            [replace(tree, slices=(Slice(by, value, 12, low),))], [], None, {**facts, "n_unusable": 0}
        )
    ]
    for n in (1, 2):
        mixed = [SimpleNamespace(concept=SimpleNamespace(mixed=True, number=number)) for number in range(n)]
        accuracy = Accuracy(10, low, (), (("a b c", n),))
        for grade in ("contradicted", "too few documents"):
            graded = replace(rules, rules=(replace(rules.rules[0], grade=grade),) * n, undecided=(("a b c", 4),))
            found += find_corpus_findings([graded], mixed, accuracy, {**facts, "n_unusable": n})  # type: ignore[arg-type]
    assert len(found) > 20
    return [*found, *state_corpus_limits(facts, True)]


def test_what_the_checklist_says_of_a_corpus_is_translated(record: dict[str, Any]) -> None:
    empty = {**everything(record), "accuracy": None}
    empty["members"] = [
        {**member, "fidelity": None, "slices": [], "rules": [], "model": None} for member in empty["members"]
    ]
    again = everything(record)
    for member in again["members"]:
        for one in member["model"].get("coefficients", []):
            one["frequency"] = 0.9
    reasons = {
        GLOBAL[field](one).reason
        for one in (record, again, empty, {**empty, "members": []}, {**record, "accuracy": None})
        for field in GLOBAL
    }
    assert len(reasons) >= 20
    with speaking("zh"):
        for reason in reasons:
            told = re.sub("surrogate explain( --rules)?|/members", "", recorded(reason))
            assert not re.search("[A-Za-z]{2,}", told), reason


def printed_concepts(locale: str) -> str:
    concept = {
        "number": 1,
        "label": "mixed: qqq",
        "n_documents": 3,
        "naming_share": 0.5,
        "cohesion": 0.5,
        "typical": [],
    }
    found = {"embeddings": {"name": "zzz"}, "n_documents": 4, "n_distinct": 3, "n_unusable": 2, "concepts": [concept]}
    stream = StringIO()
    with speaking(locale):
        for rows in (4, 3):
            print_concepts({**found, "n_documents": rows}, Console(file=stream, width=100))
    return stream.getvalue()


def test_concepts_alone_are_printed_in_the_language_of_the_context() -> None:
    assert not re.search("[A-Za-z]{2,}", re.sub("qqq|zzz", "", printed_concepts("zh")))
    assert "Concepts of 3 texts (4 rows) in zzz" in printed_concepts("en")


def test_a_language_without_a_catalogue_is_refused(record: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="'xx'"):
        render_corpus("html", Edition(record, locale="xx"))
