"""The page: safe, self-contained, deterministic, readable at every width."""

from __future__ import annotations

import html
import itertools
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from surrogate.canonical import canonical_bytes, digest
from surrogate.report.html import render_fragment, render_html
from surrogate.report.svg import terms_chart
from surrogate.report.visible import visible
from tests.test_report_cases import CASES, HOSTILE, RENDERERS, record_of_case

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
VOID = {"meta", "br", "rect", "line", "circle", "polygon", "path"}
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Page(HTMLParser):
    """Collects the tags and checks that they nest."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def names(self) -> set[str]:
        return {tag for tag, _ in self.tags}


@pytest.mark.parametrize("render", [render_html, render_fragment])
@pytest.mark.parametrize("name", CASES)
def test_html_is_well_formed(name: str, render: object) -> None:
    page = Page(render(record_of_case(name)))  # type: ignore[operator]
    assert page.open == []
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("render", [render_html, render_fragment])
@pytest.mark.parametrize("name", ["hostile", "hostile_labels"])
def test_html_escapes_the_document(name: str, render: object) -> None:
    rendered = render(record_of_case(name))  # type: ignore[operator]
    page = Page(rendered)
    assert not page.names() & {"script", "img", "iframe", "object", "link", "form", "base", "b\u202e"}
    assert not any(key.startswith("on") for _, attributes in page.tags for key in attributes)
    assert "<script" not in rendered
    assert rendered.count("</style>") == 1


def test_template_braces_are_inert() -> None:
    rendered = render_html(record_of_case("hostile"))
    assert "{{ 7*7 }}" in html.unescape(re.sub(r"<[^>]+>", "", rendered))
    assert "{{ x }}" in html.unescape(render_html(record_of_case("hostile_labels")))


@pytest.mark.parametrize("name", CASES)
def test_no_script_and_a_strict_policy(name: str) -> None:
    page = Page(render_html(record_of_case(name)))
    policies = [attributes["content"] for tag, attributes in page.tags if tag == "meta" and "http-equiv" in attributes]
    assert policies == [POLICY]
    assert "script" not in page.names()
    assert not any(key in {"src", "href", "action", "srcset"} for _, attributes in page.tags for key in attributes)


@pytest.mark.parametrize("form", RENDERERS)
def test_control_and_direction_characters_are_made_visible(form: str) -> None:
    rendered = RENDERERS[form](record_of_case("hostile"))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u200b\u202a-\u202e\u2066-\u2069]", rendered)
    assert "U+202E" in rendered.replace("\\", "")
    assert "\u2407" in rendered


@pytest.mark.parametrize("form", RENDERERS)
@pytest.mark.parametrize("name", CASES)
def test_no_rendering_holds_a_raw_control_character(name: str, form: str) -> None:
    rendered = RENDERERS[form](record_of_case(name))
    assert visible(rendered) == rendered


def test_joiners_stay_where_scripts_need_them() -> None:
    assert visible("می\u200cخواهم") == "می\u200cخواهم"
    assert visible("ca\u200drd") == "ca‹U+200D›rd"
    assert visible("\ud800") == "‹U+D800›"


def test_the_page_names_the_record_it_renders() -> None:
    record = record_of_case("additive")
    assert digest(canonical_bytes(record)) in render_html(record)


def test_the_verdict_and_the_banner_come_first() -> None:
    for name in ("explained", "withheld"):
        record = record_of_case(name)
        page = render_html(record)
        assert (
            page.index("<h1") < page.index('id="verdict"') < page.index(record["banner"]) < page.index('id="decision"')
        )


def test_headings_tables_and_figures_can_be_used_without_seeing() -> None:
    rendered = render_html(record_of_case("additive"))
    levels = [int(level) for level in re.findall(r"<h(\d)", rendered)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert rendered.count("<table") == rendered.count("<caption>")
    assert not re.search(r"<th(?![^>]*scope=)[ >]", rendered.replace("<thead", ""))
    for drawing in re.findall(r"<figure>.*?</figure>", rendered, flags=re.DOTALL):
        assert "<figcaption" in drawing
    charts = re.findall(r"<svg viewBox[^>]*>", rendered)
    assert charts
    assert all('role="img"' in chart and "aria-label=" in chart for chart in charts)


def test_a_sign_is_never_told_by_colour_alone() -> None:
    rendered = render_html(record_of_case("contrast"))
    assert re.search(r'<mark class="pro s\d">card<sup dir="ltr">\+\d+</sup>', rendered)
    assert re.search(r'<mark class="con s\d">transfer<sup dir="ltr">−\d+</sup>', rendered)
    assert "circle" in rendered
    assert "polygon" in rendered


def test_withheld_terms_are_not_in_any_rendering() -> None:
    record = record_of_case("withheld")
    for form, render in RENDERERS.items():
        rendered = render(record)
        assert "multiplies the odds" not in rendered, form
        assert "coverage" not in rendered.lower(), form
        assert "ithheld" in rendered, form
    assert "<mark" not in render_html(record).split("</style>")[1]


def test_what_is_withheld_says_what_would_settle_it() -> None:
    record = json.loads(json.dumps(record_of_case("withheld")))
    record["surrogates"][0]["verdict"] = {
        "status": "insufficient evidence",
        "reason": "Too wide. About 1,024 calls would settle it.",
        "calls_needed": 1024,
    }
    page = render_html(record)
    assert "About 1,024 calls in all; this report used" in page
    assert page.count("1,024") == 1


def test_a_rule_with_too_few_copies_has_no_precision() -> None:
    record = json.loads(json.dumps(record_of_case("explained")))
    tree = next(member for member in record["surrogates"] if member["rules"])
    tree["rules"][0].update(precision=None, support=12)
    for form, render in RENDERERS.items():
        assert "not reportable: only 12 test copies" in render(record), form


def test_many_labels_are_folded_but_the_explained_one_is_not() -> None:
    page = render_html(record_of_case("many_labels"))
    assert "69 more labels" in page
    record = json.loads(json.dumps(record_of_case("many_labels")))
    record["decision"]["target"] = "label 76"
    assert "68 more labels" in render_html(record)


def test_probabilities_that_do_not_add_up_are_explained() -> None:
    assert "need not add up" in render_html(record_of_case("multi_label"))
    assert "need not add up" not in render_html(record_of_case("additive"))


def test_contrast_probabilities_are_named_as_such() -> None:
    assert "between it and “transfers” alone" in render_html(record_of_case("contrast"))


def test_a_probability_scale_speaks_of_points_not_odds() -> None:
    page = render_html(record_of_case("lime"))
    assert "the probability by" in page
    assert "multiplies the odds" not in page


def test_equal_words_are_told_apart() -> None:
    record = json.loads(json.dumps(record_of_case("exhaustive")))
    record["document"] = {
        "text": "card card my the ?",
        "unit_kind": "word",
        "segmenter": None,
        "units": [[0, 4], [5, 9], [10, 12], [13, 16], [17, 18]],
    }
    assert "“card” (2nd)" in render_html(record)


def test_a_chart_holds_zero_and_every_interval() -> None:
    terms = [{"coefficient": 2.0, "low": 1.5, "high": 2.5}, {"coefficient": -0.1, "low": None, "high": None}]
    for narrow in (False, True):
        chart = terms_chart(["<a>", "b"], terms, "t", scale="log_odds", narrow=narrow)
        assert "&lt;a&gt;" in chart
        assert "NaN" not in chart
        places = [float(number) for number in re.findall(r'\b(?:cx|x1|x2)="([-\d.]+)"', chart)]
        assert 0 <= min(places) <= max(places) <= 912


def _overflow(page: Path, width: int, folder: Path) -> int:
    """Pixels by which a page is wider than a window of this width, measured by a browser."""
    wrapper = folder / f"{page.stem}-{width}.html"
    content = html.escape(page.read_text(encoding="utf-8"), quote=True)
    wrapper.write_text(
        f"<!doctype html><meta charset=utf-8><iframe id=f style='border:0;width:{width}px;height:900px' srcdoc=\"{content}\">"
        "</iframe><p id=o>?</p><script>onload=()=>{const r=document.getElementById('f').contentDocument.documentElement;"
        "document.getElementById('o').textContent='over='+(r.scrollWidth-r.clientWidth)}</script>",
        encoding="utf-8",
    )
    switches = [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
        "--disable-background-networking", "--disable-component-update", "--window-size=1400,1000", "--dump-dom",
    ]  # fmt: skip
    command = [str(CHROMIUM), *switches, f"--user-data-dir={folder / 'profile'}", wrapper.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    found = re.search(r"over=(-?\d+)", done.stdout.rpartition("<p id=")[2])
    assert found is not None, done.stderr[-500:]
    return int(found.group(1))


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
@pytest.mark.parametrize("width", [400, 1280])
@pytest.mark.parametrize(
    "name", ["additive", "contrast", "deep", "hostile", "long", "many_labels", "unbroken", "withheld"]
)
def test_a_browser_shows_the_page_without_horizontal_scrolling(name: str, width: int, tmp_path: Path) -> None:
    page = tmp_path / f"{name}.html"
    page.write_text(render_html(record_of_case(name)), encoding="utf-8")
    assert _overflow(page, width, tmp_path) <= 0


def test_the_hostile_text_is_complete() -> None:
    shown = html.unescape(re.sub(r"<sup.*?</sup>|<[^>]+>", "", re.search(r'<p class="text".*?</p>', render_html(
        record_of_case("hostile")), flags=re.DOTALL).group()))  # fmt: skip
    assert shown == visible(HOSTILE)


def _luminance(color: str) -> float:
    channels = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    low, high = sorted([_luminance(one), _luminance(other)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_contrast_meets_wcag_2_2_aa(theme: int) -> None:
    sheet = render_html(record_of_case("one_word")).split("<style>")[1].split("</style>")[0]
    colors = dict(
        re.findall(r"--([\w-]+): (#[0-9a-f]{6});", re.findall(r":root \{(.*?)\}", sheet, flags=re.DOTALL)[theme])
    )
    panels = ["page", "panel", "yes-bg", "no-bg"]
    marks = [f"{sign}-{strength}" for sign in ("pro", "con") for strength in (1, 2, 3)]
    pairs = [("ink", ground) for ground in panels + marks]
    pairs += [("soft", ground) for ground in [*panels, "pro-1", "con-1"]]
    pairs += [("link", "page"), ("yes", "yes-bg"), ("no", "yes-bg"), ("no", "no-bg")]
    assert {
        pair: _contrast(colors[pair[0]], colors[pair[1]]) for pair in pairs if _contrast(*map(colors.get, pair)) < 4.5
    } == {}
    shapes = [("pro", "page"), ("con", "page"), ("pro", "pro-1"), ("con", "con-1"), ("pro", "pro-3"), ("con", "con-3")]
    shapes += [("soft", "hair"), ("pro", "hair")]
    assert {
        pair: _contrast(colors[pair[0]], colors[pair[1]]) for pair in shapes if _contrast(*map(colors.get, pair)) < 3
    } == {}
